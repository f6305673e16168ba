/* tests/store/identity_test.c: the promises of store/identity.h, each a test of its name. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "store/names.h"
#include "tests/store/people.h"

static const struct who yamada_a = { A_DOMAIN,
				     "101",
				     "ヤマダ",
				     "ケンイチ",
				     "19410503",
				     "M",
				     "03-1234-5678",
				     "105-0001",
				     "東京都港区虎ノ門1-2-3",
				     NULL,
				     NULL,
				     NULL,
				     NULL };
static const struct who yamada_b = { B_DOMAIN, "031", "ﾔﾏﾀﾞ", "ｹﾝｲﾁ", "19410503", "M", "0312345678",
				     NULL,     NULL,  NULL,   NULL,   NULL,       NULL };
static const struct who yamada_c = { C_DOMAIN,   "522",      "やまだ",
				     "けんいち", "19410503", "M",
				     NULL,       "1050001",  "東京都港区虎ノ門１丁目２番３号",
				     NULL,       NULL,       NULL,
				     NULL };
static const struct who suzuki_a = { A_DOMAIN, "102",          "スズキ", "ハナコ", "19500101",
				     "F",      "03-8765-4321", NULL,     NULL,     NULL,
				     NULL,     NULL,           NULL };

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

static void a_feed_repeated_changes_nothing(void)
{
	struct fixture f;
	fixture_open(&f);
	struct feed_outcome first = people_feed(&f, &yamada_a);
	people_feed(&f, &yamada_b);
	struct patient_record before = people_record(&f, A_DOMAIN, "101");
	struct feed_outcome again = people_feed(&f, &yamada_a);
	struct patient_record after = people_record(&f, A_DOMAIN, "101");
	CU_ASSERT_EQUAL(first.effect, FEED_CREATED);
	CU_ASSERT_EQUAL(again.effect, FEED_UNCHANGED);
	CU_ASSERT_EQUAL(again.record, first.record);
	CU_ASSERT_EQUAL(again.person, first.person);
	CU_ASSERT_EQUAL(before.version, after.version);
	CU_ASSERT_EQUAL(before.updated, after.updated);
	CU_ASSERT_EQUAL(after.version, 1);
	done(&f);
}

static bool merge_then_fail(void *with, struct store_txn *t, struct problem *p)
{
	return people_put_job(with, t, p) && problem_set(p, PROBLEM_INTERNAL, "after the merge");
}

static void a_merge_is_whole_or_not_at_all(void)
{
	struct fixture f;
	struct who twin = yamada_a;
	twin.id = "199";
	twin.phone = twin.postcode = twin.address = NULL;
	fixture_open(&f);
	people_feed(&f, &yamada_a);
	people_feed(&f, &twin);
	struct people_put put = { .domain = A_DOMAIN, .survivor = "101", .subsumed = "199" };
	f.problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_FALSE(store_write(f.store, merge_then_fail, &put, &f.problem));
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "199").status, RECORD_ACTIVE);
	CU_ASSERT_FALSE(people_same(&f, &yamada_a, &twin));
	/* A snapshot begun before sees all of the old, one begun after all of the new. */
	struct store_txn *before = store_begin_read(f.store, &f.problem);
	struct feed_outcome out;
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "101", "199", &out), PROBLEM_NONE);
	CU_ASSERT_EQUAL(out.effect, FEED_UPDATED);
	struct patient_record r, s;
	CU_ASSERT_TRUE(identity_find(before, f.arena, A_DOMAIN, "199", &r));
	CU_ASSERT_TRUE(identity_find(before, f.arena, A_DOMAIN, "101", &s));
	CU_ASSERT_EQUAL(r.status, RECORD_ACTIVE);
	CU_ASSERT_NOT_EQUAL(r.person, s.person);
	store_end(before);
	r = people_record(&f, A_DOMAIN, "199");
	s = people_record(&f, A_DOMAIN, "101");
	CU_ASSERT_EQUAL(r.status, RECORD_SUBSUMED);
	CU_ASSERT_EQUAL(r.survivor, s.number);
	CU_ASSERT_EQUAL(r.person, s.person);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "101", "199", &out), PROBLEM_NONE);
	CU_ASSERT_EQUAL(out.effect, FEED_UNCHANGED);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "199").version, r.version);
	done(&f);
}

/* The rules, both sides of each. */
static const struct {
	const char *why;
	struct who x, y;
	bool one;
} rules[] = {
	{ "phone, in any writing",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "03-1234-5678", 0, 0, 0, 0, 0,
	    0 },
	  { B_DOMAIN, "1", "ﾔﾏﾀﾞ", "ｹﾝｲﾁ", "19410503", "M", "+81-3-1234-5678", 0, 0, 0, 0, 0, 0 },
	  true },
	{ "postcode and address",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, "105-0001",
	    "東京都港区虎ノ門1-2-3", 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, "1050001",
	    "東京都港区虎ノ門１丁目２番３号", 0, 0, 0, 0 },
	  true },
	{ "all four of an insurance",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    "01" },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "１２",
	    "３４５", "1" },
	  true },
	{ "one domain, too",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { A_DOMAIN, "2", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  true },
	{ "an insurance without branch, and the given name",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    0 },
	  true },
	{ "an insurance without branch, and another of the household",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンジ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    0 },
	  false },
	{ "a branch on one side only",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    "01" },
	  false },
	{ "married: an insurance with its branch, another family name",
	  { A_DOMAIN, "1", "ヤマダ", "ハナコ", "19800503", "F", 0, 0, 0, "01130012", "12", "345",
	    "01" },
	  { B_DOMAIN, "1", "スズキ", "ハナコ", "19800503", "F", 0, 0, 0, "01130012", "12", "345",
	    "01" },
	  true },
	{ "an insurance with its branch, and kanji that cannot be read",
	  { A_DOMAIN, "1", "山田", "花子", "19800503", "F", 0, 0, 0, "01130012", "12", "345",
	    "01" },
	  { B_DOMAIN, "1", "ヤマダ", "ハナコ", "19800503", "F", 0, 0, 0, "01130012", "12", "345",
	    "01" },
	  true },
	{ "twins, of whom one has the other's branch",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    "02" },
	  { B_DOMAIN, "1", "ヤマダ", "ケンジ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    "02" },
	  false },
	{ "a newborn with its mother's branch",
	  { A_DOMAIN, "1", "ヤマダ", "ベビー", "20260103", "F", 0, 0, 0, "01130012", "12", "345",
	    "02" },
	  { B_DOMAIN, "1", "ヤマダ", "ハナコ", "20260103", "F", 0, 0, 0, "01130012", "12", "345",
	    "02" },
	  false },
	{ "an insurer whose check digit fails",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130013", "12", "345",
	    "01" },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130013", "12", "345",
	    "01" },
	  false },
	{ "a town's insurance, of six digits and without a symbol",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "138016", 0, "345",
	    "01" },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "00138016", 0, "0345",
	    "1" },
	  true },
	{ "the old-age scheme",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "39131156", 0,
	    "12345674", 0 },
	  { B_DOMAIN, "1", "スズキ", "ケンイチ", "19410503", "M", 0, 0, 0, "39131156", 0,
	    "12345674", 0 },
	  true },
	{ "another branch",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    "01" },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, "01130012", "12", "345",
	    "02" },
	  false },
	{ "name, birth and sex alone",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, 0, 0, 0, 0 },
	  false },
	{ "another given name",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンジ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "another birth date",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410504", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "a birth year only",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "1941", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "1941", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "another sex",
	  { A_DOMAIN, "1", "ヤマダ", "カオル", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "カオル", "19410503", "F", "0312345678", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "sex unknown",
	  { A_DOMAIN, "1", "ヤマダ", "カオル", "19410503", "U", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "カオル", "19410503", "U", "0312345678", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "no kana",
	  { A_DOMAIN, "1", "山田", "健一", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "山田", "健一", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "no given name",
	  { A_DOMAIN, "1", "ヤマダ", 0, "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", 0, "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "a name in one piece",
	  { A_DOMAIN, "1", "ヤマダ　ケンイチ", 0, "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	  true },
	{ "a phone of one digit",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "000-0000-0000", 0, 0, 0, 0, 0,
	    0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "00000000000", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "an extension",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "1234-5678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", "12345678", 0, 0, 0, 0, 0, 0 },
	  false },
	{ "a postcode alone",
	  { A_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, "1050001", 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ケンイチ", "19410503", "M", 0, "1050001", 0, 0, 0, 0, 0 },
	  false },
	{ "a name not given yet",
	  { A_DOMAIN, "1", "ヤマダ", "ベビー", "20260103", "F", "0312345678", 0, 0, 0, 0, 0, 0 },
	  { B_DOMAIN, "1", "ヤマダ", "ベビー", "20260103", "F", "0312345678", 0, 0, 0, 0, 0, 0 },
	  false },
};

static void records_are_linked_exactly_when_the_rules_say_so(void)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct fixture f;
		fixture_open(&f);
		people_feed(&f, &rules[i].x);
		struct feed_outcome out = people_feed(&f, &rules[i].y);
		bool one = people_same(&f, &rules[i].x, &rules[i].y);
		if (one != rules[i].one)
			fprintf(stderr, "%s: %s\n", rules[i].why, one ? "linked" : "not linked");
		CU_ASSERT_EQUAL(one, rules[i].one);
		CU_ASSERT_EQUAL(out.linked, rules[i].one);
		done(&f);
	}
}

/* A small generator of its own, so that a failure can be repeated. */
static unsigned dice(uint32_t *seed, unsigned sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

enum { CROWD = 14 };

static struct who roll(struct arena *a, uint32_t *seed, unsigned i)
{
	static const char *const domains[] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };
	static const char *const given[] = { "ケンイチ", "ハナコ" };
	static const char *const phones[] = { NULL, "0311110001", "0311110002", "0311110003" };
	static const char *const places[] = { NULL, "港区虎ノ門1-1", "港区虎ノ門2-2",
					      "港区虎ノ門3-3" };
	static const char *const branches[] = { NULL, "01", "02" };
	static const char *const numbers[] = { "2", "3", "4", "5", "6", "7" };
	unsigned g = dice(seed, 4) == 0;
	return (struct who){ .domain = domains[i % 3],
			     .id = arena_printf(a, "%u", 100 + i),
			     .family = "ヤマダ",
			     .given = given[g],
			     .birth = "19410503",
			     .sex = g == 0 ? "M" : "F",
			     .phone = phones[dice(seed, 4)],
			     .postcode = "1050001",
			     .address = places[dice(seed, 4)],
			     .insurer = "01130012",
			     .symbol = "1",
			     .number = numbers[dice(seed, 6)],
			     .branch = branches[dice(seed, 6) % 3 == 0 ? dice(seed, 3) : 0] };
}

static bool linked(const struct who *x, const struct who *y)
{
	return text_equal(x->given, y->given)
	       && ((x->phone != NULL && text_equal(x->phone, y->phone))
		   || (x->address != NULL && text_equal(x->address, y->address))
		   || (text_equal(x->number, y->number) && text_equal(x->branch, y->branch)));
}

static void partition_of(const struct who *crowd, bool same[CROWD][CROWD])
{
	for (unsigned i = 0; i < CROWD; i++)
		for (unsigned j = 0; j < CROWD; j++)
			same[i][j] = i == j || linked(&crowd[i], &crowd[j]);
	for (unsigned k = 0; k < CROWD; k++)
		for (unsigned i = 0; i < CROWD; i++)
			for (unsigned j = 0; j < CROWD; j++)
				same[i][j] = same[i][j] || (same[i][k] && same[k][j]);
}

static void feed_in_some_order(struct fixture *f, const struct who *crowd, uint32_t *seed)
{
	unsigned order[CROWD];
	for (unsigned i = 0; i < CROWD; i++)
		order[i] = i;
	for (unsigned i = CROWD - 1; i > 0; i--) {
		unsigned j = dice(seed, i + 1), swapped = order[i];
		order[i] = order[j];
		order[j] = swapped;
	}
	for (unsigned i = 0; i < CROWD; i++)
		people_feed(f, &crowd[order[i]]);
}

/* Lists that went away must be said to have: a who without a phone deletes it. */
static void feed_all_of(struct fixture *f, const struct who *w)
{
	struct patient_identifier id = { .id = w->id, .universal_id = w->domain };
	struct people_put put = { .ids = &id, .demographics = people_demographics(f->arena, w) };
	put.demographics.delete_telecoms = put.demographics.delete_addresses = true;
	put.demographics.delete_insurances = true;
	people_write(f, &put);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
}

static void check_partition(struct fixture *f, const struct who *crowd, uint32_t seed)
{
	bool same[CROWD][CROWD];
	partition_of(crowd, same);
	for (unsigned i = 0; i < CROWD; i++)
		for (unsigned j = 0; j < i; j++) {
			bool one = people_same(f, &crowd[i], &crowd[j]);
			if (one != same[i][j])
				fprintf(stderr, "seed %u: records %u and %u\n", seed, i, j);
			CU_ASSERT_EQUAL(one, same[i][j]);
		}
}

static void whatever_the_order_of_the_feeds(void)
{
	for (uint32_t round = 1; round <= 12; round++) {
		struct fixture f;
		struct who crowd[CROWD], later[CROWD];
		uint32_t seed = round;
		fixture_open(&f);
		for (unsigned i = 0; i < CROWD; i++) {
			crowd[i] = roll(f.arena, &seed, i);
			later[i] = roll(f.arena, &seed, i);
			/* Another name and sex would be somebody else, who rests (I7). */
			later[i].given = crowd[i].given;
			later[i].sex = crowd[i].sex;
		}
		feed_in_some_order(&f, crowd, &seed);
		check_partition(&f, crowd, round);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		for (unsigned i = 0; i < CROWD; i++)
			feed_all_of(&f, &later[i]);
		check_partition(&f, later, round);
		done(&f);
	}
}

static void an_update_takes_only_its_own_link_away(void)
{
	struct fixture f;
	struct who moved = yamada_b;
	fixture_open(&f);
	people_feed(&f, &yamada_a);
	people_feed(&f, &yamada_b);
	people_feed(&f, &yamada_c);
	struct person before = people_person(&f, A_DOMAIN, "101");
	CU_ASSERT_TRUE(people_same(&f, &yamada_a, &yamada_b));
	CU_ASSERT_TRUE(people_same(&f, &yamada_a, &yamada_c));
	moved.phone = "06-9999-8888";
	struct feed_outcome out = people_feed(&f, &moved);
	CU_ASSERT_EQUAL(out.effect, FEED_UPDATED);
	CU_ASSERT_EQUAL(out.unlinked, 1);
	CU_ASSERT_EQUAL(out.linked, 0);
	CU_ASSERT_FALSE(people_same(&f, &yamada_a, &yamada_b));
	CU_ASSERT_TRUE(people_same(&f, &yamada_a, &yamada_c));
	struct person kept = people_person(&f, A_DOMAIN, "101"),
		      left = people_person(&f, B_DOMAIN, "031");
	CU_ASSERT_EQUAL(kept.number, before.number);
	CU_ASSERT_STRING_EQUAL(kept.regional_id, before.regional_id);
	CU_ASSERT_STRING_NOT_EQUAL(left.regional_id, before.regional_id);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	unsigned made = 0, unmade = 0;
	for (struct link_decision *d = identity_decisions(t, f.arena, left.number); d != NULL;
	     d = d->next) {
		CU_ASSERT_STRING_EQUAL(d->reason, "phone");
		*(d->linked ? &made : &unmade) += 1;
	}
	store_end(t);
	CU_ASSERT_EQUAL(made, 1);
	CU_ASSERT_EQUAL(unmade, 1);
	/* Back again: one person, and the regional id of the older one. */
	people_feed(&f, &yamada_b);
	CU_ASSERT_TRUE(people_same(&f, &yamada_a, &yamada_b));
	CU_ASSERT_STRING_EQUAL(people_person(&f, B_DOMAIN, "031").regional_id, before.regional_id);
	CU_ASSERT_EQUAL(people_record(&f, AFFINITY, left.regional_id).status, RECORD_SUBSUMED);
	done(&f);
}

/* The oldest record leaves: it takes number and regional id along, the others are a new person. */
static void the_oldest_record_keeps_the_person(void)
{
	struct fixture f;
	struct who moved = yamada_a;
	fixture_open(&f);
	people_feed(&f, &yamada_a);
	people_feed(&f, &yamada_b);
	struct person before = people_person(&f, A_DOMAIN, "101");
	moved.phone = "06-1111-2222";
	people_feed(&f, &moved);
	CU_ASSERT_EQUAL(people_person(&f, A_DOMAIN, "101").number, before.number);
	CU_ASSERT_STRING_EQUAL(people_person(&f, A_DOMAIN, "101").regional_id, before.regional_id);
	CU_ASSERT_TRUE(people_person(&f, B_DOMAIN, "031").number > before.number);
	done(&f);
}

static void a_subsumed_id_is_its_survivors_for_ever(void)
{
	struct fixture f;
	struct who x = yamada_a, y = suzuki_a, z = yamada_b;
	struct patient_record r;
	fixture_open(&f);
	y.domain = z.domain = A_DOMAIN;
	y.id = "102";
	z.id = "103";
	z.phone = "0399998888";
	people_feed(&f, &x);
	people_feed(&f, &y);
	people_feed(&f, &z);
	struct person of_y = people_person(&f, A_DOMAIN, "102"),
		      of_z = people_person(&f, A_DOMAIN, "103");
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "102", "101", NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "103", "102", NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "102", "101", NULL), PROBLEM_NONE); /* again */
	struct person p = people_person(&f, A_DOMAIN, "101");
	CU_ASSERT_EQUAL(p.number, of_z.number);
	CU_ASSERT_STRING_EQUAL(p.regional_id, of_z.regional_id);
	CU_ASSERT_TRUE(people_find(&f, AFFINITY, of_y.regional_id, &r));
	CU_ASSERT_EQUAL(r.status, RECORD_SUBSUMED);
	CU_ASSERT_EQUAL(r.person, of_z.number);
	CU_ASSERT_TRUE(people_find(&f, A_DOMAIN, "101", &r));
	CU_ASSERT_EQUAL(r.status, RECORD_SUBSUMED);
	struct record_numbers subjects;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(identity_subjects(t, f.arena, p.number, &subjects));
	store_end(t);
	CU_ASSERT_EQUAL(subjects.count, 6);
	struct patient_identifier id = { .id = "101", .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &id, .demographics = people_demographics(f.arena, &x) };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_UNKNOWN_KEY);
	done(&f);
}

static void merges_are_refused(void)
{
	struct fixture f;
	static const struct {
		const char *why, *survivor, *subsumed;
		enum problem_code code;
	} cases[] = {
		{ "into itself", "101", "101", PROBLEM_MERGE_REFUSED },
		{ "an unknown survivor", "999", "101", PROBLEM_UNKNOWN_KEY },
		{ "an unknown prior id", "101", "999", PROBLEM_UNKNOWN_KEY },
		{ "subsumed by another already", "103", "102", PROBLEM_MERGE_REFUSED },
		{ "a survivor that is subsumed by it", "102", "101", PROBLEM_MERGE_REFUSED },
	};
	struct who third = suzuki_a;
	fixture_open(&f);
	third.id = "103";
	third.given = "ヨシコ";
	people_feed(&f, &yamada_a);
	people_feed(&f, &suzuki_a);
	people_feed(&f, &third);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "101", "102", NULL), PROBLEM_NONE);
	for (size_t i = 0; i < COUNT(cases); i++)
		CU_ASSERT_EQUAL(
			people_merge(&f, A_DOMAIN, cases[i].survivor, cases[i].subsumed, NULL),
			cases[i].code);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "103").status, RECORD_ACTIVE);
	done(&f);
}

/* B's record was linked to what A merged away: it stays where it was, with the regional id. */
static void what_a_merge_leaves_behind_stays(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &yamada_a);
	people_feed(&f, &yamada_b);
	people_feed(&f, &suzuki_a);
	struct person before = people_person(&f, B_DOMAIN, "031");
	struct feed_outcome out;
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "102", "101", &out), PROBLEM_NONE);
	CU_ASSERT_EQUAL(out.unlinked, 1);
	CU_ASSERT_EQUAL(out.linked, 1);
	struct person after = people_person(&f, B_DOMAIN, "031");
	CU_ASSERT_EQUAL(after.number, before.number);
	CU_ASSERT_STRING_EQUAL(after.regional_id, before.regional_id);
	CU_ASSERT_TRUE(people_same(&f, &yamada_a, &suzuki_a));
	CU_ASSERT_FALSE(people_same(&f, &yamada_a, &yamada_b));
	done(&f);
}

static void ids_of_one_message_are_one_patient(void)
{
	struct fixture f;
	struct patient_identifier second = { .id = "A-7", .universal_id = A_DOMAIN };
	struct patient_identifier first = { .id = "A-3",
					    .universal_id = A_DOMAIN,
					    .next = &second };
	struct people_put put = { .ids = &first };
	fixture_open(&f);
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	CU_ASSERT_EQUAL(put.outcome.effect, FEED_CREATED);
	CU_ASSERT_EQUAL(put.outcome.linked, 1);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "A-3").person,
			people_record(&f, A_DOMAIN, "A-7").person);
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	CU_ASSERT_EQUAL(put.outcome.effect, FEED_UNCHANGED);
	done(&f);
}

static void an_update_keeps_or_deletes(void)
{
	struct fixture f;
	struct patient_identifier id = { .id = "101", .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &id, .demographics = { .sex = "" } };
	fixture_open(&f);
	people_feed(&f, &yamada_a);
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	struct patient_record r = people_record(&f, A_DOMAIN, "101");
	CU_ASSERT_PTR_NULL(r.demographics.sex);
	CU_ASSERT_STRING_EQUAL(r.demographics.birth_date, "19410503");
	CU_ASSERT_STRING_EQUAL(r.demographics.names->family, "ヤマダ");
	CU_ASSERT_STRING_EQUAL(r.demographics.telecoms->number, "03-1234-5678");
	CU_ASSERT_EQUAL(r.version, 2);
	CU_ASSERT_STRING_EQUAL(r.source_system, "a-hospital");
	put.demographics = (struct patient_demographics){ .delete_telecoms = true };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	r = people_record(&f, A_DOMAIN, "101");
	CU_ASSERT_PTR_NULL(r.demographics.telecoms);
	CU_ASSERT_PTR_NOT_NULL(r.demographics.addresses);
	CU_ASSERT_EQUAL(r.version, 3);
	/* Every version is kept. */
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct key k;
	struct bytes octets;
	struct identity_row old;
	key_begin(&k, SPACE_IDENTITY_HISTORY);
	key_short(&k, r.number);
	key_short(&k, 1);
	CU_ASSERT_TRUE(store_get(t, key_span(&k), f.arena, &octets));
	CU_ASSERT_TRUE(identity_row_read(t, f.arena, octets, &old));
	CU_ASSERT_STRING_EQUAL(old.record.demographics.sex, "M");
	store_end(t);
	done(&f);
}

static void ids_that_cannot_be(void)
{
	static char long_id[252];
	struct fixture f;
	memset(long_id, '1', sizeof long_id - 1);
	static const struct {
		const char *domain, *id;
	} cases[] = {
		{ A_DOMAIN, "" },
		{ A_DOMAIN, NULL },
		{ A_DOMAIN, long_id },
		{ "", "1" },
	};
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct patient_identifier id = { .id = cases[i].id,
						 .universal_id = cases[i].domain };
		struct people_put put = { .ids = &id };
		struct patient_record r;
		CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_DATA_TYPE);
		CU_ASSERT_FALSE(people_find(&f, cases[i].domain, cases[i].id, &r));
	}
	long_id[250] = '\0';
	struct patient_identifier id = { .id = long_id, .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &id };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	done(&f);
}

/* 64 records are one person; the next with the same evidence stays alone, and the decision says
 * why. */
static void a_person_is_bounded(void)
{
	struct fixture f;
	struct who one = yamada_b;
	fixture_open(&f);
	for (unsigned i = 0; i < PERSON_MOST; i++) {
		one.id = arena_printf(f.arena, "%u", i);
		people_feed(&f, &one);
	}
	struct person p = people_person(&f, B_DOMAIN, "0");
	unsigned count = 0;
	for (struct patient_record *r = p.records; r != NULL; r = r->next)
		count++;
	CU_ASSERT_EQUAL(count, PERSON_MOST + 1); /* and the regional one */
	one.id = "over";
	struct feed_outcome out = people_feed(&f, &one);
	CU_ASSERT_NOT_EQUAL(out.person, p.number);
	CU_ASSERT_EQUAL(out.unlinked, 1);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct link_decision *d = identity_decisions(t, f.arena, out.person);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_STRING_EQUAL(d->reason, "too many records");
	store_end(t);
	CU_ASSERT_EQUAL(people_feed(&f, &one).effect, FEED_UNCHANGED);
	done(&f);
}

/* A region whose patient ids come from outside: such an id is the person's regional id. */
static void an_outside_source_of_the_affinity_domain(void)
{
	struct fixture f;
	struct who outside = yamada_a, gone = yamada_a;
	fixture_open(&f);
	outside.domain = AFFINITY;
	outside.id = "R-1";
	people_feed(&f, &yamada_a);
	struct person before = people_person(&f, A_DOMAIN, "101");
	people_feed(&f, &outside);
	struct person after = people_person(&f, A_DOMAIN, "101");
	CU_ASSERT_STRING_EQUAL(after.regional_id, "R-1");
	CU_ASSERT_EQUAL(people_record(&f, AFFINITY, before.regional_id).status, RECORD_SUBSUMED);
	/* It moves on: what is left has the id of ours again that it had before. */
	gone.domain = AFFINITY;
	gone.id = "R-1";
	gone.phone = "0690000001";
	gone.address = "大阪府大阪市北区梅田9-9-9";
	people_feed(&f, &gone);
	CU_ASSERT_STRING_NOT_EQUAL(people_person(&f, A_DOMAIN, "101").regional_id, "R-1");
	CU_ASSERT_STRING_EQUAL(people_person(&f, A_DOMAIN, "101").regional_id, before.regional_id);
	CU_ASSERT_STRING_EQUAL(people_person(&f, AFFINITY, "R-1").regional_id, "R-1");
	/* An id of ours is nobody's to feed. */
	struct patient_identifier id = { .id = people_person(&f, A_DOMAIN, "101").regional_id,
					 .universal_id = AFFINITY };
	struct people_put put = { .ids = &id };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_DUPLICATE_KEY);
	done(&f);
}

/* Two regional ids are merged: so are the persons, for good. */
static void merging_regional_ids_merges_persons(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &yamada_a);
	people_feed(&f, &yamada_b);
	people_feed(&f, &suzuki_a);
	struct person y = people_person(&f, A_DOMAIN, "101"),
		      s = people_person(&f, A_DOMAIN, "102");
	struct feed_outcome out;
	CU_ASSERT_EQUAL(people_merge(&f, AFFINITY, s.regional_id, y.regional_id, &out),
			PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &yamada_b, &suzuki_a));
	CU_ASSERT_STRING_EQUAL(people_person(&f, A_DOMAIN, "101").regional_id, s.regional_id);
	CU_ASSERT_EQUAL(people_merge(&f, AFFINITY, s.regional_id, y.regional_id, &out),
			PROBLEM_NONE);
	CU_ASSERT_EQUAL(out.effect, FEED_UNCHANGED);
	done(&f);
}

static void regional_ids_say_nothing(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &yamada_a);
	people_feed(&f, &suzuki_a);
	const char *x = people_person(&f, A_DOMAIN, "101").regional_id;
	const char *y = people_person(&f, A_DOMAIN, "102").regional_id;
	CU_ASSERT_EQUAL(strlen(x), 32);
	CU_ASSERT_EQUAL(strspn(x, "0123456789abcdef"), 32);
	CU_ASSERT_STRING_NOT_EQUAL(x, y);
	unsigned count;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct person *list = identity_list(t, f.arena, 0, 10, &count);
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT_STRING_EQUAL(list[0].regional_id, x);
	identity_list(t, f.arena, list[0].number, 10, &count);
	CU_ASSERT_EQUAL(count, 1);
	identity_list(t, f.arena, 0, 1, &count);
	CU_ASSERT_EQUAL(count, 1);
	store_end(t);
	done(&f);
}

/* A merge of two records chosen at random, any domain; most are refused, none may break
 * anything. */
static void merge_some(struct fixture *f, uint32_t *seed)
{
	unsigned count;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct person *list = identity_list(t, f->arena, 0, 100, &count);
	store_end(t);
	const struct patient_record *chosen[2] = { NULL, NULL };
	for (unsigned side = 0; side < 2 && count != 0; side++) {
		const struct patient_record *r = list[dice(seed, count)].records;
		for (unsigned steps = dice(seed, 4); steps > 0 && r->next != NULL; steps--)
			r = r->next;
		chosen[side] = r;
	}
	if (count != 0 && text_equal(chosen[0]->domain, chosen[1]->domain))
		people_merge(f, chosen[0]->domain, chosen[0]->id, chosen[1]->id, NULL);
}

static void feed_some(struct fixture *f, uint32_t *seed)
{
	struct who w = roll(f->arena, seed, dice(seed, CROWD));
	struct patient_identifier second = { .id = arena_printf(f->arena, "%u",
								100 + dice(seed, CROWD)),
					     .universal_id = w.domain };
	struct patient_identifier id = { .id = w.id,
					 .universal_id = w.domain,
					 .next = dice(seed, 8) == 0 ? &second : NULL };
	struct people_put put = { .ids = &id, .demographics = people_demographics(f->arena, &w) };
	if (dice(seed, 6) == 0) {
		id.universal_id = AFFINITY;
		id.next = NULL;
	}
	people_write(f, &put); /* a subsumed id is refused */
}

/* Whatever is fed and merged, every invariant holds, and no id ever changes its record. */
static void invariants_hold_whatever_happens(void)
{
	for (uint32_t round = 1; round <= 6; round++) {
		struct fixture f;
		uint32_t seed = round * 7919;
		uint64_t number[CROWD] = { 0 };
		fixture_open(&f);
		for (unsigned step = 0; step < 120; step++) {
			if (dice(&seed, 4) == 0)
				merge_some(&f, &seed);
			else
				feed_some(&f, &seed);
			if (step % 10 == 9 && people_findings(&f, true) != 0) {
				fprintf(stderr, "round %u, step %u\n", round, step);
				CU_FAIL("the store is broken");
				break;
			}
		}
		for (unsigned pass = 0; pass < 2; pass++) {
			for (unsigned i = 0; i < CROWD; i++) {
				struct patient_record r = { .number = 0 };
				people_find(&f, A_DOMAIN, arena_printf(f.arena, "%u", 100 + i), &r);
				CU_ASSERT_TRUE(pass == 0 || number[i] == 0
					       || number[i] == r.number);
				number[i] = r.number;
			}
			feed_some(&f, &seed);
		}
		done(&f);
	}
}

static bool break_links(void *with, struct store_txn *t, struct problem *p)
{
	struct key from, to;
	struct bytes key, value;
	(void)with;
	(void)p;
	key_begin(&from, SPACE_IDENTITY_ID);
	key_short(&from, name_number(t, A_DOMAIN));
	key_begin(&to, SPACE_IDENTITY_PERSON);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	bool any = store_next(c, &key, &value);
	struct key gone = { .length = key.length };
	memcpy(gone.data, key.data, key.length);
	store_scan_end(c);
	return any && store_delete(t, key_span(&gone));
}

static void what_is_broken_is_found(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &yamada_a);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_must(&f, store_write(f.store, break_links, NULL, &f.problem));
	CU_ASSERT_EQUAL(people_findings(&f, false), 1);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "I1 a feed repeated changes nothing", a_feed_repeated_changes_nothing },
	{ "I2 a merge is seen whole or not at all, repeated it changes nothing",
	  a_merge_is_whole_or_not_at_all },
	{ "I3 records are linked exactly when the rules say so",
	  records_are_linked_exactly_when_the_rules_say_so },
	{ "I3 whatever the order of the feeds", whatever_the_order_of_the_feeds },
	{ "I4 an update that takes a reason away takes that link away only",
	  an_update_takes_only_its_own_link_away },
	{ "I4 the oldest record keeps the person", the_oldest_record_keeps_the_person },
	{ "I5 a subsumed id is its survivor's for ever", a_subsumed_id_is_its_survivors_for_ever },
	{ "merges are refused", merges_are_refused },
	{ "what a merge leaves behind stays", what_a_merge_leaves_behind_stays },
	{ "ids of one message are one patient", ids_of_one_message_are_one_patient },
	{ "an update keeps or deletes", an_update_keeps_or_deletes },
	{ "ids that cannot be", ids_that_cannot_be },
	{ "a person is bounded", a_person_is_bounded },
	{ "an outside source of the affinity domain", an_outside_source_of_the_affinity_domain },
	{ "merging regional ids merges persons", merging_regional_ids_merges_persons },
	{ "regional ids say nothing", regional_ids_say_nothing },
	{ "invariants hold whatever happens", invariants_hold_whatever_happens },
	{ "what is broken is found", what_is_broken_is_found },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity", tests);
}
