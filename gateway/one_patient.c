/* gateway/one_patient.c: an assertion that is of one patient (resource-id, ITI TF-2: 3.40.4.1.2)
 * opens nobody else.
 *
 * A request that names another patient is refused once it is read; what it finds of others, where
 * it names none (ITI-43), is as if it did not exist. Patients are the same by their id, or because
 * they are one person here. Whom a request names is what its audit record says. */
#include "gateway/journey.h"

#include <string.h>

#include "gateway/assertion/assertion.h"
#include "gateway/base/text.h"
#include "gateway/process.h"
#include "profiles/actors/metadata_type.h"
#include "store/identity.h"

/* 0: nobody we know, or no id that can be read. */
static uint64_t person_of(struct journey *j, struct store_txn *t, const char *cx)
{
	struct arena *a = j->x.arena;
	struct cx_parts parts;
	struct patient_record place;
	if (t == NULL || !metadata_type_cx(cx, &parts)
	    || !identity_find_place(t, a,
				    arena_text_n(a, parts.universal_id, parts.universal_id_length),
				    arena_text_n(a, parts.id, parts.id_length), &place))
		return 0;
	return place.person;
}

static bool is_its(struct journey *j, struct store_txn *t, const char *cx)
{
	const char *its = j->x.who.person.patient_id;
	if (text_equal(cx, its))
		return true;
	uint64_t person = person_of(j, t, its);
	return person != 0 && person == person_of(j, t, cx);
}

static bool is_patient(const struct audit_object *o)
{
	return o->type_code == 1 && o->type_code_role == 1 && o->id != NULL;
}

static bool all_are_its(struct journey *j, struct store_txn *t, const struct audit_event *e)
{
	for (; e != NULL; e = e->next)
		for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
			if (is_patient(o) && !is_its(j, t, o->id))
				return false;
	return true;
}

bool journey_names_its_patient(struct journey *j)
{
	struct exchange *x = &j->x;
	const struct assertion_step_row *row = assertion_step_row(ASSERTION_PATIENT);
	struct audit_event named = { .event_id = x->transaction->audit_event };
	struct problem ignored = { .code = PROBLEM_NONE };
	if (x->who.person.patient_id == NULL || x->transaction->audited == NULL)
		return true;
	/* As of one that failed: nothing was found yet. */
	problem_set(&x->problem, row->problem, "%s", assertion_words(row->problem));
	x->transaction->audited(x, &named);
	struct store_txn *t = store_begin_read(j->gateway->store, &ignored);
	bool its = all_are_its(j, t, &named);
	store_end(t);
	if (its)
		x->problem = (struct problem){ .code = PROBLEM_NONE };
	else
		j->failed = row->name, j->failed_remedy = row->remedy;
	return its;
}

bool journey_is_its_patients(struct journey *j, struct store_txn *t, uint64_t subject)
{
	struct patient_record place;
	if (j->x.who.person.patient_id == NULL)
		return true;
	if (j->patient_in != t) {
		j->patient_in = t;
		j->patient_person = person_of(j, t, j->x.who.person.patient_id);
		j->patient_record = 0;
	}
	if (j->patient_person == 0 || subject == 0)
		return false;
	if (subject != j->patient_record && identity_place(t, j->x.arena, subject, &place)
	    && place.person == j->patient_person)
		j->patient_record = subject;
	return subject == j->patient_record;
}
