/* tests/bench/residents_test.c: the residents are what tests/bench/residents.h says, and the batch
 * deduplication finds what comparing everybody with everybody finds. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "matching/score.h"
#include "tests/bench/dedup.h"
#include "tests/bench/residents.h"

enum { PERSONS = 1500, RECORDS = 700, SEED = 5 };

static const struct residents some = { SEED };

static void everybody_lives_in_one_household(void)
{
	uint64_t next = 0;
	for (uint64_t house = 0; next < PERSONS; house++) {
		struct household h = household_of(house);
		CU_ASSERT_EQUAL(h.first, next);
		CU_ASSERT(h.count >= 1 && h.count <= HOUSEHOLD_MOST);
		for (unsigned i = 0; i < h.count; i++)
			CU_ASSERT_EQUAL(resident_house(h.first + i), house);
		next += h.count;
		CU_ASSERT_EQUAL(household_count(next), house + 1);
	}
}

static bool same_record(const struct resident_record *x, const struct resident_record *y)
{
	return text_equal(x->family, y->family) && text_equal(x->given, y->given)
	       && text_equal(x->family_kana, y->family_kana)
	       && text_equal(x->birth_date, y->birth_date) && text_equal(x->phone, y->phone)
	       && text_equal(x->address, y->address) && text_equal(x->number, y->number)
	       && x->facility == y->facility;
}

static void a_record_is_the_same_each_time(void)
{
	struct arena *a = arena_create(SIZE_MAX);
	struct residents other = { SEED + 1 };
	unsigned differs = 0;
	for (uint64_t k = 0; k < PERSONS; k++) {
		unsigned count = resident_records(&some, k);
		CU_ASSERT(count >= 1 && count <= RESIDENT_RECORDS);
		for (unsigned n = 0; n < count; n++) {
			struct resident_record one = resident_record(&some, a, k, n),
					       again = resident_record(&some, a, k, n),
					       elsewhere = resident_record(&other, a, k, n);
			CU_ASSERT_TRUE(same_record(&one, &again));
			CU_ASSERT_EQUAL(one.facility, resident_facility(&some, k, n));
			CU_ASSERT(one.family != NULL || one.family_kana != NULL);
			differs += !same_record(&one, &elsewhere);
		}
	}
	CU_ASSERT(differs > PERSONS / 2);
	arena_destroy(a);
}

static void nobody_of_a_household_is_called_the_same(void)
{
	struct arena *a = arena_create(SIZE_MAX);
	unsigned twins = 0;
	for (uint64_t house = 0; house < PERSONS; house++) {
		struct household h = household_of(house);
		for (unsigned i = 1; i < h.count; i++)
			for (unsigned k = 0; k < i; k++) {
				struct resident_record x = resident_truth(&some, a, h.first + i),
						       y = resident_truth(&some, a, h.first + k);
				CU_ASSERT_STRING_NOT_EQUAL(x.given, y.given);
				twins += text_equal(x.birth_date, y.birth_date);
			}
	}
	CU_ASSERT(twins > 0);
	arena_destroy(a);
}

/* ---- What a household shares ---- */

struct shared {
	uint64_t hash, house;
};

static int by_hash(const void *x, const void *y)
{
	const struct shared *a = x, *b = y;
	return (a->hash > b->hash) - (a->hash < b->hash);
}

static void note(struct shared *at, size_t *count, uint64_t house, const char *text)
{
	if (text != NULL)
		at[(*count)++] = (struct shared){ text_hash(text), house };
}

/* Slips aside, of which there may be one in a million alike. */
static void no_two_households_share_anything(void)
{
	enum { OF_ONE = 3 };
	struct arena *a = arena_create(SIZE_MAX);
	struct shared *all = calloc(PERSONS * RESIDENT_RECORDS * OF_ONE, sizeof *all);
	size_t count = 0;
	for (uint64_t k = 0; k < PERSONS; k++)
		for (unsigned n = 0; n < RESIDENT_RECORDS; n++) {
			struct resident_record r = resident_record(&some, a, k, n);
			uint64_t house = resident_house(k);
			note(all, &count, house, r.phone);
			note(all, &count, house, r.address);
			note(all, &count, house,
			     r.insurer == NULL ? NULL
					       : text_joined(a, r.insurer, "-", r.symbol, "-",
							     r.number, NULL));
		}
	qsort(all, count, sizeof *all, by_hash);
	for (size_t i = 1; i < count; i++)
		CU_ASSERT(all[i].hash != all[i - 1].hash || all[i].house == all[i - 1].house);
	free(all);
	arena_destroy(a);
}

/* ---- The batch deduplication ---- */

struct whose {
	uint64_t person;
	unsigned nth;
};

static void list(struct whose at[RECORDS])
{
	size_t count = 0;
	for (uint64_t person = 0; count < RECORDS; person++)
		for (unsigned n = 0; n < resident_records(&some, person) && count < RECORDS; n++)
			at[count++] = (struct whose){ person, n };
}

static struct dedup_record record_of(const void *with, struct arena *a, size_t number)
{
	static const char *const domains[] = { "1", "2", "3", "4" };
	const struct whose *w = (const struct whose *)with + number;
	struct resident_record r = resident_record(&some, a, w->person, w->nth);
	struct patient_demographics *d = arena_new(a, struct patient_demographics);
	*d = resident_demographics(a, &r);
	return (struct dedup_record){ { .demographics = d, .domain = domains[r.facility] },
				      w->person };
}

static uint64_t links_of_all(struct arena *a, const struct whose *all,
			     const struct match_weights *w)
{
	const struct match_features *features[RECORDS];
	uint64_t links = 0;
	for (size_t i = 0; i < RECORDS; i++) {
		struct dedup_record r = record_of(all, a, i);
		features[i] = match_features(a, &r.subject);
		for (size_t k = 0; k < i; k++) {
			struct match_comparison c = match_compare(features[i], features[k]);
			links += match_score(&c, w).outcome == MATCH_LINK;
		}
	}
	return links;
}

static void what_is_found_is_what_comparing_all_finds(void)
{
	struct arena *a = arena_create(SIZE_MAX);
	struct whose all[RECORDS];
	struct match_weights *w = match_weights_default(a);
	list(all);
	match_weights_for(w, RECORDS);
	uint64_t links = links_of_all(a, all, w), true_pairs = 0;
	for (size_t i = 0; i < RECORDS; i++)
		true_pairs += all[i].nth; /* with those of him before */
	CU_ASSERT(links > RECORDS / 4);
	for (unsigned threads = 1; threads <= 3; threads++) {
		struct dedup_result r;
		struct dedup_plan plan = { RECORDS, threads, w, record_of, all };
		dedup_run(&plan, &r);
		CU_ASSERT_EQUAL(r.links, links);
		CU_ASSERT_EQUAL(r.linked.right + r.linked.wrong, links);
		CU_ASSERT_EQUAL(r.linked.right + r.linked.missed, true_pairs);
		CU_ASSERT_EQUAL(r.joined.right + r.joined.missed, true_pairs);
		CU_ASSERT(r.joined.right >= r.linked.right);
		CU_ASSERT(r.persons + r.parted < RECORDS);
	}
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = {
		{ "everybody lives in one household", everybody_lives_in_one_household },
		{ "a record is the same each time", a_record_is_the_same_each_time },
		{ "nobody of a household is called the same",
		  nobody_of_a_household_is_called_the_same },
		{ "no two households share anything", no_two_households_share_anything },
		{ "what is found is what comparing all finds",
		  what_is_found_is_what_comparing_all_finds },
		{ 0 },
	};
	return suite_run("residents", tests);
}
