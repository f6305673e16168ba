/* tests/store/match_trust_test.c: what one facility feeds is linked by score with nobody who is not
 * its patient, and a link by score opens and closes nothing that nobody decided for it. */
#include "tests/base/suite.h"

#include "store/consent.h"
#include "tests/store/in_job.h"
#include "tests/store/match_scene.h"

static const struct who patient = { .domain = A_DOMAIN,
				    .id = "1",
				    .family = "カワシマ",
				    .given = "ミサキ",
				    .birth = "19700112",
				    .sex = "F",
				    .phone = "0312345678",
				    .postcode = "1050001",
				    .address = "東京都港区虎ノ門1-2-3",
				    .insurer = "01130012",
				    .symbol = "12",
				    .number = "345",
				    .branch = "03" };

/* Whoever knows that much of her: what a name list, a household, or she herself tells. */
static const struct {
	const char *why;
	struct who who;
	bool linked, waits;
} crafted[] = {
	{ .why = "name, birth date and sex",
	  .who = { B_DOMAIN, "1", "カワシマ", "ミサキ", "19700112", "F", 0, 0, 0, 0, 0, 0, 0 },
	  .waits = true },
	{ .why = "her house, and a slip in the birth date",
	  .who = { B_DOMAIN, "1", "カワシマ", "ミサキ", "19700113", "F", "0312345678", "1050001",
		   "東京都港区虎ノ門1-2-3", 0, 0, 0, 0 },
	  .linked = true },
	{ .why = "her twin",
	  .who = { B_DOMAIN, "1", "カワシマ", "ミサト", "19700112", "F", "0312345678", "1050001",
		   "東京都港区虎ノ門1-2-3", "01130012", "12", "345", "04" } },
	{ .why = "her twin, whose branch nobody said",
	  .who = { B_DOMAIN, "1", "カワシマ", "ミサト", "19700112", "F", "0312345678", "1050001",
		   "東京都港区虎ノ門1-2-3", "01130012", "12", "345", 0 } },
	{ .why = "her daughter",
	  .who = { B_DOMAIN, "1", "カワシマ", "マナ", "19980203", "F", "0312345678", "1050001",
		   "東京都港区虎ノ門1-2-3", "01130012", "12", "345", "05" } },
	{ .why = "a namesake of another year",
	  .who = { B_DOMAIN, "1", "カワシマ", "ミサキ", "19830827", "F", "0312345678", "1050001",
		   "東京都港区虎ノ門1-2-3", 0, 0, 0, 0 } },
	{ .why = "nobody's name at her house",
	  .who = { B_DOMAIN, "1", 0, 0, "19700112", "F", "0312345678", "1050001",
		   "東京都港区虎ノ門1-2-3", 0, 0, 0, 0 } },
	{ .why = "a newborn at her house",
	  .who = { B_DOMAIN, "1", "カワシマ", "ベビー", "19700112", "F", "0312345678", "1050001",
		   "東京都港区虎ノ門1-2-3", 0, 0, 0, 0 } },
};

static bool waits(struct fixture *f, const struct who *x, const struct who *y)
{
	struct match_waits w;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = match_queue_find(t, f->arena, people_record(f, x->domain, x->id).number,
				      people_record(f, y->domain, y->id).number, &w);
	store_end(t);
	return found;
}

static void nobody_without_corroboration(void)
{
	for (size_t i = 0; i < COUNT(crafted); i++)
		for (unsigned turned = 0; turned < 2; turned++) {
			struct fixture f;
			fixture_open(&f);
			people_feed(&f, turned == 0 ? &patient : &crafted[i].who);
			people_feed(&f, turned == 0 ? &crafted[i].who : &patient);
			bool one = people_same(&f, &patient, &crafted[i].who);
			if (one != crafted[i].linked)
				fprintf(stderr, "%s: %s\n", crafted[i].why,
					one ? "linked" : "not linked");
			CU_ASSERT_EQUAL(one, crafted[i].linked);
			CU_ASSERT_TRUE(!crafted[i].waits || waits(&f, &patient, &crafted[i].who));
			CU_ASSERT_EQUAL(scene_wrongs(&f), 0);
			CU_ASSERT_EQUAL(people_findings(&f, true), 0);
			fixture_close(&f);
		}
}

static bool leave(struct store_txn *t, const void *with)
{
	const struct consent_event e = { .action = CONSENT_LEAVE,
					 .reason = "asked",
					 .by = "kato",
					 .time = store_clock(t)->now(store_clock(t)) };
	struct consent_coverage coverage;
	return consent_record(t, &people_region, *(const uint64_t *)with, &e, &coverage,
			      store_problem(t));
}

static struct participation part_of(struct fixture *f, const struct who *w)
{
	struct participation p;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(consent_participation(t, f->arena, people_record(f, w->domain, w->id).number,
					     0, &p));
	store_end(t);
	return p;
}

/* A decision is one of who bears that name, birth date and sex: a slip in it is another one's. */
static void consent_goes_by_identity(void)
{
	const struct who *slipped = &crafted[1].who;
	for (unsigned linked_first = 0; linked_first < 2; linked_first++) {
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, &patient);
		uint64_t number = people_record(&f, A_DOMAIN, "1").number;
		if (linked_first == 0)
			CU_ASSERT_TRUE(in_job(&f, leave, &number));
		people_feed(&f, slipped);
		if (linked_first != 0)
			CU_ASSERT_TRUE(in_job(&f, leave, &number));
		CU_ASSERT_TRUE(people_same(&f, &patient, slipped));
		CU_ASSERT_TRUE(part_of(&f, &patient).decided);
		CU_ASSERT_FALSE(part_of(&f, &patient).joined);
		CU_ASSERT_FALSE(part_of(&f, slipped).decided);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		fixture_close(&f);
	}
}

/* Two living ids of one facility are its own to merge. */
static void not_within_one_facility(void)
{
	struct fixture f;
	struct who again = crafted[1].who;
	again.domain = A_DOMAIN;
	again.id = "2";
	fixture_open(&f);
	people_feed(&f, &patient);
	people_feed(&f, &again);
	CU_ASSERT_FALSE(people_same(&f, &patient, &again));
	CU_ASSERT_TRUE(waits(&f, &patient, &again));
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = {
		{ "nobody without corroboration", nobody_without_corroboration },
		{ "consent goes by identity", consent_goes_by_identity },
		{ "not within one facility", not_within_one_facility },
		{ 0 },
	};
	return suite_run("store: match_trust", tests);
}
