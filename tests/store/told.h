/* tests/store/told.h: the region of people.h, in which two of the facilities are told of changes:
 * c-hospital, which sees every domain, and b-clinic, which sees its own and the region's. */
#ifndef TESTS_STORE_TOLD_H
#define TESTS_STORE_TOLD_H

#include "store/errands.h"
#include "store/notices.h"
#include "tests/store/people.h"

enum { TOLD_A, TOLD_B, TOLD_C, TOLD_MPI, TOLD_SYSTEMS };

static const struct partner told_partners[] = {
	{ .name = "b-told",
	  .url = "mllps://b.example:2575",
	  .purposes = 1u << PARTNER_PIX_NOTIFICATIONS },
	{ .name = "c-told",
	  .url = "mllps://c.example:2575",
	  .purposes = 1u << PARTNER_PIX_NOTIFICATIONS },
};

/* A copy that may be changed; lives as long as systems. */
static inline struct region told_region(struct registered_system systems[TOLD_SYSTEMS])
{
	struct region r = people_region;
	memcpy(systems, people_systems, sizeof people_systems);
	systems[TOLD_B].notify = "b-told";
	systems[TOLD_C].notify = "c-told";
	r.systems = systems;
	r.partners = told_partners;
	r.partner_count = 2;
	return r;
}

/* What happens, as a job. */
struct told_step {
	const struct region *region;
	const struct who *who;           /* fed; or */
	const char *survivor, *subsumed; /* of A, merged; or */
	uint64_t record;                 /* whose person says: */
	enum consent_action action;
	const char *facility;
	uint64_t other; /* not 0: the operator decides of the two records: */
	enum pair_decision decision;
	struct arena *arena;
};

static inline bool told_run(void *with, struct store_txn *t, struct problem *p)
{
	struct told_step *s = with;
	struct feed_outcome out;
	struct consent_coverage coverage;
	const struct consent_event e = { .action = s->action,
					 .facility = s->facility,
					 .reason = "asked for it",
					 .by = "clerk",
					 .time = 100 };
	if (s->survivor != NULL)
		return identity_merge(t, s->region, A_DOMAIN, s->survivor, s->subsumed, &out, p);
	if (s->other != 0)
		return identity_decide_pair(t, s->region, s->record, s->other, s->decision,
					    &(struct person_decision){ "clerk", "seen" }, &out, p);
	if (s->who == NULL)
		return consent_record(t, s->region, s->record, &e, &coverage, p);
	const struct patient_demographics d = people_demographics(s->arena, s->who);
	const struct patient_identifier id = { .id = s->who->id, .universal_id = s->who->domain };
	return identity_put(t, s->region, people_system(s->who->domain), &id, &d, 0, &out, p);
}

static inline bool told_do(struct fixture *f, struct told_step *s)
{
	s->arena = f->arena;
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(f->store, told_run, s, &f->problem);
}

/* How often something changed of what the system is told of that person. */
static inline uint64_t told_changes(struct fixture *f, const char *system, uint64_t person)
{
	struct notice n;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	notice_get(t, f->arena, system, person, &n);
	store_end(t);
	return n.change;
}

#endif
