/* tests/store/partners_scene.h: persons whom partners know, who become one and part. */
#ifndef TESTS_STORE_PARTNERS_SCENE_H
#define TESTS_STORE_PARTNERS_SCENE_H

#include "store/awaited.h"
#include "store/correlations.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

enum { NOON = 1000 };

static const struct who tarou = { .domain = A_DOMAIN,
				  .id = "101",
				  .family = "ヤマダ",
				  .given = "タロウ",
				  .birth = "19410503",
				  .sex = "M",
				  .phone = "0312345600" };
static const struct who hanako = { .domain = B_DOMAIN,
				   .id = "031",
				   .family = "スズキ",
				   .given = "ハナコ",
				   .birth = "19500101",
				   .sex = "F",
				   .phone = "0312345601" };
static const struct who jirou = { .domain = C_DOMAIN,
				  .id = "522",
				  .family = "タナカ",
				  .given = "ジロウ",
				  .birth = "19600202",
				  .sex = "M",
				  .phone = "0312345602" };
static const struct who *const people[] = { &tarou, &hanako, &jirou };
enum { PEOPLE = 3 };

static inline uint64_t person_of(struct fixture *f, const struct who *w)
{
	return people_record(f, w->domain, w->id).person;
}

static inline uint64_t regional_of(struct fixture *f, const struct who *w)
{
	return people_person(f, w->domain, w->id).regional_record;
}

static inline void scene_open(struct fixture *f)
{
	fixture_open(f);
	for (size_t i = 0; i < PEOPLE; i++)
		people_feed(f, people[i]);
}

struct pairing {
	const struct who *x, *y;
	enum pair_decision what;
};

static inline bool pair_run(struct store_txn *t, const void *with)
{
	const struct pairing *q = with;
	const struct person_decision said = { "tester", "a case" };
	struct patient_record x, y;
	struct feed_outcome out;
	struct problem p = { .code = PROBLEM_NONE };
	return identity_find(t, store_arena(t), q->x->domain, q->x->id, &x)
	       && identity_find(t, store_arena(t), q->y->domain, q->y->id, &y)
	       && identity_decide_pair(t, &people_region, x.number, y.number, q->what, &said, &out,
				       &p);
}

static inline void pair(struct fixture *f, const struct who *x, const struct who *y,
			enum pair_decision what)
{
	const struct pairing q = { x, y, what };
	fixture_must(f, in_job(f, pair_run, &q));
}

static char scene_finding[4096];
static inline void scene_tell(void *with, const char *finding)
{
	size_t length = strlen(scene_finding);
	(void)with;
	snprintf(scene_finding + length, sizeof scene_finding - length, "%s\n", finding);
}

/* How many things are wrong in the store; all of them are kept. */
static inline unsigned scene_findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &identity_check,
							      &consent_check,
							      &partner_codes_check,
							      &partner_ids_check,
							      &correlations_check,
							      &awaited_check,
							      NULL };
	struct check_counts counts = { 0 };
	scene_finding[0] = '\0';
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_check(f->store, modules, scene_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static inline void scene_close(struct fixture *f)
{
	CU_ASSERT_EQUAL(scene_findings(f), 0);
	if (scene_finding[0] != '\0')
		fprintf(stderr, "finding: %s\n", scene_finding);
	fixture_close(f);
}

/* A row as it is not written. */
struct raw_row {
	struct key key;
	struct bytes value; /* none: it is taken away */
};
static inline bool raw_run(struct store_txn *t, const void *with)
{
	const struct raw_row *r = with;
	return r->value.data == NULL ? store_delete(t, key_span(&r->key))
				     : store_put(t, key_span(&r->key), r->value);
}

static inline void put_raw(struct fixture *f, struct key key, const char *octets, size_t length)
{
	const struct raw_row r = { key, { (const unsigned char *)octets, length } };
	fixture_must(f, in_job(f, raw_run, &r));
}

#endif
