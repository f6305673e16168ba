/* store/identity_insurances.c: by what somebody was insured before.
 *
 * People change jobs, marry, turn 75, and what another facility knows is still the old number. So
 * an update that names another insurance keeps the one before it (japan.md D4), unless that was
 * wrong. It was a correction, and nothing is kept, where
 *
 *  - the same insurance is said with another branch, or with one at last;
 *  - the new one is valid from the same day: nobody has two from one day;
 *  - the insurer is the same, and the old number was said on this very day, of which the messages
 *    say no two beginnings.
 *
 * To or from the old-age scheme (39) is a change, whatever is said beside it. What fails its check
 * digit, or says nothing, is evidence of nothing and not kept either. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "store/identity_forms.h"
#include "store/months.h"
#include "store/usage.h"

enum { DAY = 8 }; /* digits */

struct former {
	struct arena *arena;
	const struct insurance *known; /* what stood there before */
	const struct insurance *said;  /* what does now */
	bool today;                    /* it was said on the day of this update */
	struct insurance **tail;
	unsigned count;
	struct insurance *list;
};

static bool is_among(struct arena *a, const struct insurance_form *f, const struct insurance *list)
{
	struct insurance_form other;
	for (; list != NULL; list = list->next)
		if (normalise_insurance(a, list, &other) && insurance_of_one_household(f, &other))
			return true;
	return false;
}

static bool says_day(const char *date)
{
	return date != NULL && strspn(date, "0123456789") >= DAY;
}

static bool begins_alike(const struct insurance *x, const struct insurance *y)
{
	return says_day(x->from) && says_day(y->from) && strncmp(x->from, y->from, DAY) == 0;
}

static bool begins_otherwise(const struct insurance *x, const struct insurance *y)
{
	return says_day(x->from) && says_day(y->from) && !begins_alike(x, y);
}

/* Of the old-age scheme no other has a number without a branch that names one person. */
static bool is_of_old_age(const struct insurance_form *f)
{
	return f->of_person && *f->branch == '\0';
}

static bool corrects(const struct former *f, const struct insurance *old,
		     const struct insurance_form *was, const struct insurance *new,
		     const struct insurance_form *is)
{
	if (is_of_old_age(was) != is_of_old_age(is) || is_among(f->arena, is, f->known))
		return false;
	return begins_alike(old, new)
	       || (f->today && text_equal(was->insurer, is->insurer)
		   && !begins_otherwise(old, new));
}

static bool is_corrected(const struct former *f, const struct insurance *old,
			 const struct insurance_form *was)
{
	struct insurance_form is;
	for (const struct insurance *new = f->said; new != NULL; new = new->next)
		if (normalise_insurance(f->arena, new, &is) && corrects(f, old, was, new, &is))
			return true;
	return false;
}

static void keep(struct former *f, const struct insurance *i, const char *last_said)
{
	struct insurance_form form;
	if (f->count == FORMER_INSURANCES_MOST || !normalise_insurance(f->arena, i, &form)
	    || !form.checked || is_among(f->arena, &form, f->said)
	    || is_among(f->arena, &form, f->list)
	    || (i->last_said == NULL && is_corrected(f, i, &form)))
		return;
	struct insurance *one = arena_new(f->arena, struct insurance);
	*one = *i;
	one->last_said = last_said;
	one->next = NULL;
	*f->tail = one;
	f->tail = &one->next;
	f->count++;
}

/* Octet by octet, as most messages repeat it: nothing need be made of it. */
static bool same_said(const struct insurance *x, const struct insurance *y)
{
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		if (!text_equal(x->insurer, y->insurer) || !text_equal(x->symbol, y->symbol)
		    || !text_equal(x->number, y->number) || !text_equal(x->branch, y->branch))
			return false;
	return x == NULL && y == NULL;
}

struct insurance *identity_former_insurances(struct arena *a,
					     const struct patient_demographics *known,
					     const struct patient_demographics *said,
					     instant last_said, instant now)
{
	char then[DTM_TEXT], day[DTM_TEXT], today[DTM_TEXT];
	if (said->delete_insurances)
		return NULL;
	if (said->insurances == NULL || same_said(known->insurances, said->insurances))
		return known->former_insurances;
	instant_to_dtm(last_said, then);
	instant_to_dtm_jst(last_said, day);
	instant_to_dtm_jst(now, today);
	struct former f = { .arena = a,
			    .known = known->insurances,
			    .said = said->insurances,
			    .today = strncmp(day, today, DAY) == 0 };
	f.tail = &f.list;
	for (const struct insurance *i = known->insurances; i != NULL; i = i->next)
		keep(&f, i, arena_text(a, then));
	for (const struct insurance *i = known->former_insurances; i != NULL; i = i->next)
		keep(&f, i, i->last_said);
	return f.list;
}

/* ---- What weighs against them, counted by system ---- */

unsigned insurance_doubts(struct arena *a, const struct insurance *list)
{
	struct insurance_form f;
	unsigned doubts = 0;
	for (unsigned n = 0; list != NULL && n < EVIDENCE_MOST; list = list->next, n++) {
		if (!normalise_insurance(a, list, &f))
			continue;
		doubts |= f.of_person ? 0u : (unsigned)DOUBT_NO_BRANCH;
		doubts |= f.checked ? 0u : (unsigned)DOUBT_CHECK_DIGIT;
	}
	return doubts;
}

static void tally(struct usage_tally *t, bool had, bool has)
{
	t->begun += has && !had;
	t->ended += had && !has;
}

static void count(struct store_txn *t, const char *system, unsigned was, unsigned now)
{
	struct usage one = { .documents = 0 };
	if (was == now || text_empty(system))
		return;
	tally(&one.no_branch, (was & DOUBT_NO_BRANCH) != 0, (now & DOUBT_NO_BRANCH) != 0);
	tally(&one.check_digit, (was & DOUBT_CHECK_DIGIT) != 0, (now & DOUBT_CHECK_DIGIT) != 0);
	const struct month_count month = { .no_branch = one.no_branch };
	usage_add(t, system, &one);
	months_add(t, system, &month);
}

void identity_doubts_move(struct store_txn *t, struct identity_row *row, const char *system,
			  unsigned now)
{
	const char *before = row->record.source_system;
	if (text_equal(before, system)) {
		count(t, system, row->doubts, now);
	} else {
		count(t, before, row->doubts, 0);
		count(t, system, 0, now);
	}
	row->doubts = now;
}
