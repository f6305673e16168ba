/* profiles/actors/registry_search.c: finding, judging, collecting for the stored queries.
 *
 * What leaves is shown as the asker may see it: patientId is what the asker asked with or the
 * regional id, and another facility's own numbers are left out where the region says so. What
 * leaves to another community says that it is ours, and names the person by that community's code
 * and by nothing else. */
#include "profiles/actors/registry_search.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/across_border.h"
#include "profiles/actors/submitter.h"
#include "store/identity.h"
#include "store/registry.h"

enum { REFERENCES_FOR_ONE = 10, ASSOCIATION_DEPTH = 2 };

struct asked_person {
	uint64_t person;
	const char *cx, *regional_id;
	const struct asked_person *next;
};

struct known_subject {
	uint64_t subject, person;
	const char *regional_id;
	struct known_subject *next;
};

/* References are small, and there to be read in portions by GetDocuments. */
size_t document_registry_most(const struct region *r, const struct registry_query *q)
{
	size_t most = (size_t)r->most_results * (q->leaf_class ? 1 : REFERENCES_FOR_ONE);
	return q->most_results != 0 && q->most_results < most ? (size_t)q->most_results : most;
}

void search_begin(struct search *s, const struct registry_desk *d, const struct registry_query *q,
		  const struct registry_taker *taker, struct registry_found *found,
		  struct problem *p)
{
	*found = (struct registry_found){ 0 };
	*s = (struct search){
		.desk = d,
		.query = q,
		.taker = taker,
		.found = found,
		.problem = p,
		.each = arena_create_within(d->arena),
		.ids = text_set_in(d->arena),
		.last_set = &s->sets,
		.last_entry = &s->entries,
		.last_folder = &s->folders,
		.most = document_registry_most(d->region, q),
	};
}

void search_forget(struct search *s)
{
	arena_reset(s->each);
}

static const struct asked_person *asked(const struct search *s, uint64_t person)
{
	const struct asked_person *one = s->asked;
	while (one != NULL && one->person != person)
		one = one->next;
	return one;
}

bool search_ask(struct search *s, uint64_t person, const char *cx, const char *regional_id)
{
	if (asked(s, person) != NULL)
		return false;
	struct asked_person *one = arena_new(s->desk->arena, struct asked_person);
	*one = (struct asked_person){ person, cx, regional_id, s->asked };
	s->asked = one;
	return true;
}

static struct known_subject *know(struct search *s, uint64_t subject, uint64_t person)
{
	struct known_subject *k = arena_new(s->desk->arena, struct known_subject);
	k->subject = subject;
	k->person = person;
	k->next = s->subjects;
	return s->subjects = k;
}

void search_know(struct search *s, uint64_t subject, uint64_t person)
{
	know(s, subject, person);
}

static uint64_t person_of(struct search *s, uint64_t subject)
{
	struct patient_record record;
	for (const struct known_subject *k = s->subjects; k != NULL; k = k->next)
		if (k->subject == subject)
			return k->person;
	return identity_place(s->desk->txn, s->desk->arena, subject, &record)
		       ? know(s, subject, record.person)->person
		       : 0;
}

static bool end_visible(struct search *s, const char *uuid, unsigned depth)
{
	const struct registry_desk *d = s->desk;
	struct sealed_entry *e;
	struct sealed_set *set;
	struct sealed_folder *f;
	const struct association *x;
	if (search_has(s, uuid))
		return true;
	if ((e = registry_entry(d->txn, s->each, uuid)) != NULL)
		return document_registry_entry(d, e) != NULL;
	if ((set = registry_submission_set(d->txn, s->each, uuid)) != NULL)
		return document_registry_set(d, set) != NULL;
	if ((f = registry_folder(d->txn, s->each, uuid)) != NULL)
		return document_registry_folder(d, f) != NULL;
	x = depth == 0 ? NULL : registry_association(d->txn, s->each, uuid);
	return x != NULL && end_visible(s, x->source, depth - 1)
	       && end_visible(s, x->target, depth - 1);
}

bool search_association_visible(struct search *s, const struct association *x)
{
	return end_visible(s, x->source, ASSOCIATION_DEPTH)
	       && end_visible(s, x->target, ASSOCIATION_DEPTH);
}

bool search_has(const struct search *s, const char *id)
{
	return text_set_has(&s->ids, id);
}

/* False: there is no room for it. */
static bool take(struct search *s, const char *id, struct text_list ***last)
{
	struct arena *a = s->desk->arena;
	if (s->count == s->most)
		return problem_set(
			s->problem, PROBLEM_TOO_MANY_RESULTS,
			"more than %zu objects match (most-results); narrow the query, or ask for "
			"references first",
			s->most);
	s->count++;
	if (s->once)
		return true;
	id = arena_text(a, id);
	text_set_add(&s->ids, id);
	if (last != NULL)
		*last = text_list_add(a, *last, id);
	return true;
}

static void note_owner(struct search *s, uint64_t subject)
{
	const struct registry_owner *newest = s->found->owners;
	s->found->objects++;
	if (newest != NULL && newest->subject == subject)
		return;
	struct registry_owner *o = arena_new(s->desk->arena, struct registry_owner);
	*o = (struct registry_owner){ subject, s->found->owners };
	s->found->owners = o;
}

static void note_person(struct search *s, uint64_t subject)
{
	uint64_t person = person_of(s, subject);
	if (s->first_person == 0)
		s->first_person = person;
	s->several_persons = s->several_persons || person != s->first_person;
}

static const char *regional_id(struct search *s, uint64_t subject)
{
	uint64_t person = person_of(s, subject);
	const struct asked_person *one = asked(s, person);
	if (one != NULL && one->regional_id != NULL)
		return one->regional_id;
	struct known_subject *own = NULL;
	for (struct known_subject *k = s->subjects; k != NULL; k = k->next) {
		if (k->person != person)
			continue;
		if (k->regional_id != NULL)
			return k->regional_id;
		own = k;
	}
	const char *id = document_registry_told_id(s->desk, person);
	if (own != NULL)
		own->regional_id = id;
	return id;
}

/* The id a query was made with is the patientId of its answer (ITI TF-2: 3.18.4.1.3). */
static const char *shown_patient_id(struct search *s, uint64_t subject, const char *stored)
{
	const struct asked_person *one = asked(s, person_of(s, subject));
	if (one != NULL)
		return one->cx;
	const char *id = regional_id(s, subject);
	return id != NULL ? id : stored;
}

/* The fields of sourcePatientInfo that number a patient or an account: the patient's internal,
 * external and other ids, account, social security and driver's licence number, the mother's id;
 * however the field's number is written. */
static bool numbers_patient(const char *info)
{
	static const unsigned fields[] = { 2, 3, 4, 18, 19, 20, 21 };
	unsigned field = 0;
	if (!text_starts(info, "PID-"))
		return false;
	for (const char *c = info + strlen("PID-"); *c >= '0' && *c <= '9' && field < 100; c++)
		field = field * 10 + (unsigned)(*c - '0');
	for (size_t i = 0; i < COUNT(fields); i++)
		if (fields[i] == field)
			return true;
	return false;
}

/* Another facility's numbers are that facility's: region->hide_source_ids. */
static void hide_source(struct search *s, struct document_entry *e)
{
	const struct registry_desk *d = s->desk;
	if (!submitter_is_hidden(d, e->source_system))
		return;
	const char *id = regional_id(s, e->subject);
	e->source_patient_id = id != NULL ? id : e->patient_id;
	struct text_value **v = &e->source_patient_info;
	while (*v != NULL) {
		if (numbers_patient((*v)->value))
			*v = (*v)->next;
		else
			v = &(*v)->next;
	}
}

bool search_add_entry(struct search *s, struct document_entry *e)
{
	if (e == NULL || search_has(s, e->id))
		return true;
	if (!take(s, e->id, &s->last_entry))
		return false;
	note_owner(s, e->subject);
	note_person(s, e->subject);
	if (s->query->leaf_class) {
		e->patient_id = shown_patient_id(s, e->subject, e->patient_id);
		hide_source(s, e);
	}
	if (s->desk->community != NULL)
		across_border_entry(s->desk->region, e);
	return s->taker->entry(s->taker->self, s->each, e, s->problem);
}

bool search_add_set(struct search *s, struct submission_set *set)
{
	if (set == NULL || search_has(s, set->id))
		return true;
	if (!take(s, set->id, &s->last_set))
		return false;
	note_owner(s, set->subject);
	note_person(s, set->subject);
	set->patient_id = shown_patient_id(s, set->subject, set->patient_id);
	if (s->desk->community != NULL) {
		set->home_community_id = s->desk->region->home_community_id;
		across_border_slots(&set->extra);
	}
	return s->taker->set(s->taker->self, s->each, set, s->problem);
}

bool search_add_folder(struct search *s, struct folder *f)
{
	if (f == NULL || search_has(s, f->id))
		return true;
	if (!take(s, f->id, &s->last_folder))
		return false;
	note_owner(s, f->subject);
	note_person(s, f->subject);
	f->patient_id = shown_patient_id(s, f->subject, f->patient_id);
	if (s->desk->community != NULL) {
		f->home_community_id = s->desk->region->home_community_id;
		across_border_slots(&f->extra);
	}
	return s->taker->folder(s->taker->self, s->each, f, s->problem);
}

/* What is Deprecated is of level 2 (ITI XDS Metadata Update: 3.18.4.1.2.3.5.1.1): a replacement
 * that was taken back is none. */
static bool of_status(const struct registry_query *q, const struct association *x)
{
	if (x->status == STATUS_DEPRECATED && !q->level_2)
		return false;
	return (!q->association_approved && !q->association_deprecated)
	       || (x->status == STATUS_DEPRECATED ? q->association_deprecated
						  : q->association_approved);
}

bool search_passes_over(const struct search *s, const struct association *x)
{
	return x->status == STATUS_DEPRECATED && !of_status(s->query, x);
}

bool search_add_association(struct search *s, const struct association *x)
{
	if (search_has(s, x->id) || !of_status(s->query, x) || !search_association_visible(s, x))
		return true;
	if (!take(s, x->id, NULL))
		return false;
	s->found->associations++;
	if (s->desk->community == NULL)
		return s->taker->association(s->taker->self, s->each, x, s->problem);
	struct association across = *x;
	across.home_community_id = s->desk->region->home_community_id;
	across_border_slots(&across.extra);
	return s->taker->association(s->taker->self, s->each, &across, s->problem);
}
