/* gateway/policy/decide.c: permit or hide. */
#include "gateway/policy/decide.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent.h"
#include "store/identity.h"

/* What was decided about a person, and which records are known to be the person's. */
struct verdict {
	uint64_t person;
	bool permit;
	struct verdict *next;
};

struct belonging {
	uint64_t subject, person;
	struct belonging *next;
};

struct decisions {
	struct arena *arena;
	struct requester who;
	struct verdict *verdicts;
	struct belonging *belongings;
	unsigned hidden;
};

struct decisions *policy_begin(struct arena *a, const struct requester *who)
{
	struct decisions *d = arena_new(a, struct decisions);
	d->arena = a;
	d->who = *who;
	return d;
}

static bool excluded(const struct participation *p, const char *facility)
{
	for (size_t i = 0; i < p->excluded_count; i++)
		if (text_equal(p->excluded[i], facility))
			return true;
	return false;
}

/* A store that cannot be read permits nothing. */
static bool participates(struct decisions *d, struct store_txn *t, uint64_t person)
{
	struct record_numbers subjects;
	struct participation now;
	if (!identity_subjects(t, d->arena, person, &subjects)
	    || !consent_participation(t, d->arena, &subjects, &now))
		return false;
	bool shared = now.decided ? now.joined : !d->who.region->opt_in;
	return shared && !excluded(&now, d->who.system->name);
}

bool policy_permits_person(struct decisions *d, struct store_txn *t, uint64_t person)
{
	if (d->who.system == NULL)
		return true;
	for (struct verdict *v = d->verdicts; v != NULL; v = v->next)
		if (v->person == person)
			return v->permit;
	struct verdict *v = arena_new(d->arena, struct verdict);
	*v = (struct verdict){ .person = person, .permit = participates(d, t, person),
			       .next = d->verdicts };
	d->verdicts = v;
	d->hidden += !v->permit;
	return v->permit;
}

static bool person_of(struct decisions *d, struct store_txn *t, uint64_t subject, uint64_t *person)
{
	for (struct belonging *b = d->belongings; b != NULL; b = b->next)
		if (b->subject == subject) {
			*person = b->person;
			return true;
		}
	struct patient_record record;
	if (!identity_place(t, d->arena, subject, &record))
		return false;
	struct belonging *b = arena_new(d->arena, struct belonging);
	*b = (struct belonging){ .subject = subject,
				 .person = record.person,
				 .next = d->belongings };
	d->belongings = b;
	*person = record.person;
	return true;
}

bool policy_permits_subject(struct decisions *d, struct store_txn *t, uint64_t subject,
			    const char *source_system)
{
	uint64_t person;
	if (d->who.system == NULL || text_equal(source_system, d->who.system->name))
		return true;
	return person_of(d, t, subject, &person) && policy_permits_person(d, t, person);
}

unsigned policy_hidden(const struct decisions *d)
{
	return d->hidden;
}
