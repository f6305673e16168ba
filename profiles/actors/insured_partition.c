/* profiles/actors/insured_partition.c: which insured numbers belong to one person. */
#include "profiles/actors/insured_partition.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "schemas/model/exclusion.h"
#include "store/consent.h"
#include "store/identity.h"
#include "store/store.h"

enum { PARTS = 4, PAGE = 20, PAGES_MOST = 5 };

/* ---- What was asked ---- */

/* False: there are more or fewer. */
static bool split(struct arena *a, const char *said, const char *parts[PARTS])
{
	char *rest = arena_text(a, said), *one;
	size_t count = 0;
	while ((one = strsep(&rest, ":")) != NULL) {
		if (count == PARTS)
			return false;
		parts[count++] = one;
	}
	return count == PARTS;
}

static const char *or_nothing(const char *text)
{
	return text_empty(text) ? NULL : text;
}

bool insured_read(struct arena *a, const char *said, struct insured_asked *out, struct problem *p)
{
	const char *parts[PARTS];
	struct insurance_form *form = arena_new(a, struct insurance_form);
	*out = (struct insured_asked){ .said = said };
	if (!split(a, said, parts))
		return problem_set(p, PROBLEM_DATA_TYPE,
				   "an insured number is 保険者番号:記号:番号:枝番, where what is "
				   "not said leaves its colon");
	for (size_t i = 0; i < PARTS; i++)
		if (text_is_my_number(parts[i]))
			return problem_set(p, PROBLEM_DATA_TYPE,
					   "an Individual Number is nobody's insurance");
	const struct insurance number = { .insurer = parts[0],
					  .symbol = or_nothing(parts[1]),
					  .number = parts[2],
					  .branch = or_nothing(parts[3]) };
	if (!normalise_insurance(a, &number, form))
		return problem_set(p, PROBLEM_DATA_TYPE, "nobody is insured by such a number");
	out->form = form->of_person ? form : NULL;
	return true;
}

/* ---- Whose it is ---- */

static bool has(struct arena *a, const struct insurance_form *sought, const struct insurance *list)
{
	struct insurance_form one;
	for (; list != NULL; list = list->next)
		if (normalise_insurance(a, list, &one) && insurance_of_one_household(sought, &one)
		    && text_equal(sought->branch, one.branch))
			return true;
	return false;
}

/* By what the region's rules have for the purpose; where they do not know it, by whatever the
 * person closed of purposes. */
static bool is_closed_to(const struct participation *now, const struct requester *as)
{
	const char *what;
	for (size_t i = 0; i < now->excluded_count; i++)
		if (exclusion_meets(now->excluded[i], as)
		    || (as->purposes == NULL
			&& exclusion_kind(now->excluded[i], &what) == EXCLUSION_PURPOSE))
			return true;
	return false;
}

static bool takes_part(struct store_txn *t, struct arena *a, const struct requester *as,
		       const struct patient_record *r)
{
	struct participation now;
	return consent_participation(t, a, r->number, as->time, &now) && !now.rests
	       && (now.decided ? now.joined : !as->region->opt_in) && !is_closed_to(&now, as);
}

/* A number that two bear is a mistake of one of them, and says nothing. */
static bool note(struct store_txn *t, struct arena *a, const struct requester *as,
		 const struct patient_record *r, struct insured_asked *one)
{
	const struct patient_demographics *d = &r->demographics;
	if (r->status != RECORD_ACTIVE
	    || (!has(a, one->form, d->insurances) && !has(a, one->form, d->former_insurances))
	    || !takes_part(t, a, as, r))
		return true;
	bool same = one->person == 0 || one->person == r->person;
	one->person = same ? r->person : 0;
	return same;
}

static void find(struct store_txn *t, struct arena *a, const struct requester *as,
		 struct insured_asked *one)
{
	const struct candidates_wanted wanted = { .insured = candidates_insured(a, one->form) };
	struct candidate_page page = { .next = NULL };
	one->person = 0;
	for (unsigned n = 0; n < PAGES_MOST; n++) {
		if (!identity_candidates(t, a, &wanted, page.next, PAGE, &page))
			return;
		for (const struct patient_record *r = page.records; r != NULL; r = r->next)
			if (!note(t, a, as, r, one))
				return;
		if (page.next == NULL)
			return;
	}
	one->person = 0; /* of so many that nobody is meant */
}

bool insured_partition(struct store_txn *t, struct arena *a, const struct requester *as,
		       struct insured_asked *all, size_t count)
{
	for (size_t i = 0; i < count && !store_failed(t); i++)
		if (all[i].form != NULL)
			find(t, a, as, &all[i]);
	return !store_failed(t);
}
