/* profiles/actors/demographics_supplier.c: who may be meant, by what is known of him. */
#include "profiles/actors/demographics_supplier.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/authority.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/actors/demographics_match.h"
#include "schemas/tables/leniency.h"
#include "store/store.h"

/* ---- The operator's question ---- */

/* Neither the record of the question nor its answer may hold one. */
static bool is_my_number(const char *member, const char *text, struct problem *p)
{
	return text != NULL && text_is_my_number(text)
	       && !problem_at(p, PROBLEM_REQUEST_INVALID, member,
			      "an Individual Number is nobody's name");
}

bool demographics_supplier_may(struct arena *a, struct demographics_question *q, struct problem *p)
{
	const struct demographics_known *k = &q->known;
	return !is_my_number("kana", k->kana, p) && !is_my_number("name", k->name, p)
	       && !is_my_number("birth_date", k->birth_date, p)
	       && ((k->id != NULL && k->kana == NULL && k->name == NULL && k->birth_date == NULL)
		   || candidates_wanted(a, k->kana, k->name, k->birth_date, &q->wanted, p));
}

/* The record of that id, if all else that is known holds of it: a page of one, or of none. */
static bool page_of_id(struct store_txn *t, struct arena *a, const struct demographics_question *q,
		       struct candidate_page *page, struct problem *p)
{
	const struct patient_identifier *id = q->known.id;
	struct patient_record *r = arena_new(a, struct patient_record);
	*page = (struct candidate_page){ .records = NULL };
	if (q->after != NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "after",
				  "there is one record of an id, and no next of it");
	if (!identity_find(t, a, id->universal_id, id->id, r))
		return problem_at(p, PROBLEM_UNKNOWN_KEY, "id", "nobody is known as '%s' of %s",
				  id->id, id->universal_id);
	if (candidates_fit(a, &q->wanted, &r->demographics))
		*page = (struct candidate_page){ .records = r, .count = 1 };
	return true;
}

static bool page_of(struct store_txn *t, struct arena *a, const struct demographics_question *q,
		    struct candidate_page *page, struct problem *p)
{
	if (q->known.id != NULL)
		return page_of_id(t, a, q, page, p);
	return identity_candidates(t, a, &q->wanted, q->after, q->limit, page)
	       || problem_at(p, PROBLEM_REQUEST_INVALID, "after",
			     "'%s' is not the next of an earlier answer to this", q->after);
}

static void add_found(struct arena *a, struct demographics_answer *out, size_t *room,
		      const struct patient_record *r, const char *regional_id)
{
	if (out->count == *room) {
		size_t was = *room * sizeof out->found[0];
		*room = *room * 2 + 16;
		out->found = arena_resize(a, out->found, was, *room * sizeof out->found[0]);
	}
	out->found[out->count++] = (struct demographics_found){ r, regional_id };
}

static bool has_person(const struct demographics_answer *out, uint64_t person)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->found[i].record->person == person)
			return true;
	return false;
}

/* A regional record says nothing: its id stands beside each of the others. */
static void add_joined(struct store_txn *t, struct arena *a, struct demographics_answer *out,
		       size_t *room, uint64_t number)
{
	struct person person;
	if (has_person(out, number) || !identity_person(t, a, number, &person))
		return;
	for (const struct patient_record *r = person.records; r != NULL; r = r->next)
		if (r->source_system[0] != '\0')
			add_found(a, out, room, r, person.regional_id);
}

bool demographics_supplier_tell_operator(struct store_txn *t, struct arena *a,
					 const struct demographics_question *q,
					 struct demographics_answer *out, struct problem *p)
{
	struct candidate_page page;
	size_t room = 0;
	if (!page_of(t, a, q, &page, p))
		return false;
	*out = (struct demographics_answer){ .next = page.next };
	for (const struct patient_record *r = page.records; r != NULL; r = r->next)
		if (q->joined)
			add_joined(t, a, out, &room, r->person);
		else
			add_found(a, out, &room, r, identity_regional_id(t, a, r->person));
	return true;
}

/* ---- A system's question ---- */

enum { PAGE = 50, PAGES_MOST = 40 }; /* of candidates, whoever may be told of them: some 40 ms */

struct finding_persons {
	struct store_txn *txn;
	/* What is looked at and not told is in one of its own, for what the policy decided of it
	 * stays in the exchange's. */
	struct arena *arena, *passing;
	const struct demographics_asker *asker;
	const struct demographics_forms *forms;
	unsigned least_degree;
	struct demographics_fits *out;
	struct hit *hits; /* beside out->at: what the record that is told is chosen by */
	unsigned pages;   /* looked at, by all searches */
	struct problem *problem;
};

struct hit {
	bool own;
	int64_t updated;
};

static bool too_many(struct finding_persons *f)
{
	return problem_set(f->problem, PROBLEM_TOO_MANY_RESULTS,
			   "too many may be meant (more than %d): say more of who is looked for",
			   DEMOGRAPHICS_PERSONS);
}

/* Of one person the asker's own record goes before others', the better fit before the worse, and
 * what was said last before what was said earlier. */
static bool is_better(const struct demographics_fit *was, const struct hit *was_hit,
		      const struct demographics_fit *is, const struct hit *is_hit)
{
	if (was_hit->own != is_hit->own)
		return is_hit->own;
	if (was->degree != is->degree)
		return is->degree > was->degree;
	return is_hit->updated > was_hit->updated;
}

static bool take(struct finding_persons *f, const struct patient_record *r, unsigned degree)
{
	struct demographics_fits *out = f->out;
	const struct demographics_fit fit = { r->person, r->number, degree };
	const struct hit hit = { system_owns(f->asker->system, r->domain), r->updated };
	size_t i = 0;
	while (i < out->count && out->at[i].person != r->person)
		i++;
	if (i == DEMOGRAPHICS_PERSONS)
		return too_many(f);
	if (i == out->count)
		out->count++;
	else if (!is_better(&out->at[i], &f->hits[i], &fit, &hit))
		return true;
	out->at[i] = fit;
	f->hits[i] = hit;
	return true;
}

/* A record that fits and that the asker may be told of. One merged away is no patient's. */
static bool look_at(struct finding_persons *f, const struct patient_record *r)
{
	const struct demographics_asker *who = f->asker;
	unsigned degree = r->status == RECORD_ACTIVE
				  ? demographics_degree(f->passing, f->forms, &r->demographics)
				  : 0;
	return degree == 0 || degree < f->least_degree
	       || !cross_reference_tells(f->txn, f->passing, who->region, who->system,
					 who->admission, r)
	       || take(f, r, degree);
}

/* Nothing of a page stays: what is told is read anew. */
static bool search(struct finding_persons *f, const struct candidates_wanted *wanted)
{
	char mark[1024] = "";
	while (f->pages++ < PAGES_MOST) {
		struct candidate_page page;
		if (!identity_candidates(f->txn, f->passing, wanted, mark[0] == '\0' ? NULL : mark,
					 PAGE, &page))
			return problem_set(f->problem, PROBLEM_INTERNAL, "a search lost its place");
		for (const struct patient_record *r = page.records; r != NULL; r = r->next)
			if (!look_at(f, r))
				return false;
		bool over = page.next == NULL;
		if (!over && strlen(page.next) < sizeof mark)
			memcpy(mark, page.next, strlen(page.next) + 1);
		arena_reset(f->passing);
		if (over)
			return true;
	}
	return too_many(f);
}

/* All of the ids must be one person's, each as far as the asker may know; with what else is said
 * one of his records must fit. An id nobody knows, and one he may not know of, are the same. */
static bool by_ids(struct finding_persons *f, uint64_t number)
{
	struct person person;
	if (!identity_person(f->txn, f->arena, number, &person))
		return true;
	for (const struct patient_record *r = person.records; r != NULL; r = r->next)
		if (r->number != person.regional_record && !look_at(f, r))
			return false;
	return true;
}

/* Whose ids they are; 0: nobody's, or not one person's. Domains nobody knows are noted. */
static uint64_t whose(struct finding_persons *f, const struct demographics_sought *s)
{
	struct cross_reference_query query = { .domains = NULL };
	struct patient_identifier *asked = NULL, **tail = &asked;
	struct demographics_fits *out = f->out;
	uint64_t person = 0;
	bool nobody = false;
	for (const struct patient_identifier *id = s->ids; id != NULL; id = id->next) {
		struct cross_reference_found found;
		uint64_t one = 0;
		query.id = *id;
		query.id.next = NULL;
		enum cross_reference_outcome whose_id = cross_reference_person(
			f->txn, f->arena, f->asker->region, f->asker->system, f->asker->admission,
			&query, &found, &one);
		leniencies_add(&out->needed, &found.needed);
		if (whose_id == CROSS_REFERENCE_UNKNOWN_DOMAIN) {
			out->unknown_authority = out->unknown_authority == NULL
							 ? id
							 : out->unknown_authority;
			continue;
		}
		*tail = arena_new(f->arena, struct patient_identifier);
		**tail = found.asked;
		(*tail)->next = NULL;
		tail = &(*tail)->next;
		nobody = nobody || one == 0 || (person != 0 && one != person);
		person = one;
	}
	out->asked = asked;
	return nobody ? 0 : person;
}

/* The domains asked for that nobody knows (ITI TF-2: 3.47.4.2.3, case 3). */
static void look_for_domains(struct finding_persons *f, const struct demographics_sought *s)
{
	struct cross_reference_found found;
	cross_reference_domains(f->arena, f->asker->region, f->asker->system, s->domains, &found);
	f->out->unknown_domains = found.unknown_targets;
	f->out->unknown_domain_count = found.unknown_count;
	leniencies_add(&f->out->needed, &found.needed);
}

static int better_first(const void *x, const void *y)
{
	const struct demographics_fit *a = x, *b = y;
	if (a->degree != b->degree)
		return a->degree > b->degree ? -1 : 1;
	return a->record < b->record ? -1 : 1;
}

bool demographics_supplier_find(struct store_txn *t, struct arena *a,
				const struct demographics_asker *asker,
				const struct demographics_sought *s,
				const struct demographics_forms *forms,
				struct demographics_fits *out, struct problem *p)
{
	struct finding_persons f = {
		.txn = t,
		.arena = a,
		.passing = arena_create_within(a),
		.asker = asker,
		.forms = forms,
		.least_degree = s->least_degree,
		.out = out,
		.hits = arena_array(a, struct hit, DEMOGRAPHICS_PERSONS),
		.problem = p,
	};
	*out = (struct demographics_fits){
		.at = arena_array(a, struct demographics_fit, DEMOGRAPHICS_PERSONS),
	};
	look_for_domains(&f, s);
	uint64_t person = whose(&f, s);
	if (out->unknown_domain_count != 0 || out->unknown_authority != NULL)
		return !store_failed(t)
		       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	bool done = true;
	if (s->ids != NULL)
		done = person == 0 || by_ids(&f, person);
	for (size_t i = 0; s->ids == NULL && done && i < forms->search_count; i++)
		done = search(&f, &forms->searches[i]);
	if (store_failed(t))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	qsort(out->at, out->count, sizeof *out->at, better_first);
	return done;
}

/* ---- What is told of one ---- */

static bool wants(const struct demographics_asker *asker, const struct patient_identifier *domains,
		  struct arena *a, const char *domain)
{
	for (const struct patient_identifier *d = domains; d != NULL; d = d->next) {
		const struct assigning_authority *one = authority_of(a, asker->region, d).domain;
		if (one != NULL && text_equal(one->universal_id, domain))
			return true;
	}
	return domains == NULL;
}

static bool has_of(const struct patient_identifier *ids, const char *domain)
{
	while (ids != NULL && !text_equal(ids->universal_id, domain))
		ids = ids->next;
	return ids != NULL;
}

/* Those in the domains wanted; else the regional id, else the asker's own. */
static struct patient_identifier *wanted_of(struct arena *a, const struct demographics_asker *asker,
					    const struct patient_identifier *domains,
					    struct patient_identifier *all, bool *as_wanted)
{
	const char *affinity = asker->region->affinity_domain;
	struct patient_identifier *wanted = NULL, **tail = &wanted, *next;
	bool any = false, regional = has_of(all, affinity);
	for (const struct patient_identifier *id = all; id != NULL; id = id->next)
		any = any || wants(asker, domains, a, id->universal_id);
	*as_wanted = any;
	for (struct patient_identifier *id = all; id != NULL; id = next) {
		next = id->next;
		bool stands = any        ? wants(asker, domains, a, id->universal_id)
			      : regional ? text_equal(id->universal_id, affinity)
					 : true;
		id->next = NULL;
		if (stands) {
			*tail = id;
			tail = &id->next;
		}
	}
	return wanted;
}

bool demographics_supplier_show(struct store_txn *t, struct arena *a,
				const struct demographics_asker *asker, uint64_t record,
				const struct patient_identifier *domains,
				struct demographics_shown *out)
{
	const struct region *r = asker->region;
	bool there;
	size_t count = 0;
	*out = (struct demographics_shown){ .ids = NULL };
	if (!identity_record(t, a, record, &out->record) || out->record.status != RECORD_ACTIVE
	    || !cross_reference_tells(t, a, r, asker->system, asker->admission, &out->record))
		return false;
	out->ids = wanted_of(a, asker, domains,
			     cross_reference_shown(t, a, r, asker->system, asker->admission,
						   out->record.person, &there),
			     &out->as_wanted);
	out->without = arena_array(a, const struct assigning_authority *, r->domain_count + 1);
	for (size_t i = 0; domains != NULL && i < r->domain_count; i++)
		if (wants(asker, domains, a, r->domains[i].universal_id)
		    && !has_of(out->ids, r->domains[i].universal_id))
			out->without[count++] = &r->domains[i];
	return out->ids != NULL;
}
