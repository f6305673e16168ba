/* tests/store/identity_bounds_test.c: what one facility's feeds cost whoever writes or checks after
 * them. The store is asked through the linker (--wrap), so that looks are counted, not time. */
#include "tests/base/suite.h"

#include <stdatomic.h>
#include <string.h>

#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/identity_rows.h"
#include "tests/store/people.h"

static atomic_ulong looks; /* keys asked for */

bool __real_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool __wrap_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool __wrap_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value)
{
	atomic_fetch_add(&looks, 1);
	return __real_store_get(t, key, a, value);
}

/* What a feed makes of its names and phones, wherever it does. */
static atomic_ulong hashes, forms;

unsigned char *__real_SHA256(const unsigned char *data, size_t length, unsigned char *sum);
unsigned char *__wrap_SHA256(const unsigned char *data, size_t length, unsigned char *sum);
unsigned char *__wrap_SHA256(const unsigned char *data, size_t length, unsigned char *sum)
{
	atomic_fetch_add(&hashes, 1);
	return __real_SHA256(data, length, sum);
}

const char *__real_normalise_phone(struct arena *a, const char *number);
const char *__wrap_normalise_phone(struct arena *a, const char *number);
const char *__wrap_normalise_phone(struct arena *a, const char *number)
{
	atomic_fetch_add(&forms, 1);
	return __real_normalise_phone(a, number);
}

const char *__real_normalise_kana_name(struct arena *a, const char *name, enum kana_form form);
const char *__wrap_normalise_kana_name(struct arena *a, const char *name, enum kana_form form);
const char *__wrap_normalise_kana_name(struct arena *a, const char *name, enum kana_form form)
{
	atomic_fetch_add(&forms, 1);
	return __real_normalise_kana_name(a, name, form);
}

static const char *feed(struct fixture *f, const char *domain, unsigned number)
{
	const char *id = arena_printf(f->arena, "%u", 100 + number);
	struct who who = { domain, id, "ヤマダ", "ケンイチ", "19410503", "M", 0, 0, 0, 0, 0, 0, 0 };
	people_feed(f, &who);
	return id;
}

static void so_many_are_merged_into_one(void)
{
	struct fixture f;
	struct patient_record r;
	fixture_open(&f);
	const char *survivor = feed(&f, A_DOMAIN, 0), *id = NULL;
	for (unsigned i = 1; i <= MERGED_MOST + 1; i++) {
		id = feed(&f, A_DOMAIN, i);
		CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, survivor, id, NULL),
				i <= MERGED_MOST ? PROBLEM_NONE : PROBLEM_TOO_MANY_RELATED);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(f.problem.what, "128"));
	CU_ASSERT_TRUE(people_find(&f, A_DOMAIN, id, &r));
	CU_ASSERT_EQUAL(r.status, RECORD_ACTIVE);
	/* The other way round it is the same person; and one who was merged counts as one of
	 * his. */
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, id, survivor, NULL), PROBLEM_TOO_MANY_RELATED);
	/* Another facility's ids have room of their own. */
	const char *theirs = feed(&f, B_DOMAIN, 0), *other = feed(&f, B_DOMAIN, 1);
	CU_ASSERT_EQUAL(people_merge(&f, B_DOMAIN, theirs, other, NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* So many names and phones, all alike or each another. */
static struct patient_demographics many(struct arena *a, unsigned count, bool alike)
{
	struct patient_demographics d = { .birth_date = "19410503", .sex = "M" };
	for (unsigned i = 0; i < count; i++) {
		static const char *const kana[] = { "ア", "カ", "サ", "タ", "ナ",
						    "ハ", "マ", "ヤ", "ラ", "ワ" };
		struct person_name *n = arena_new(a, struct person_name);
		struct telecom *t = arena_new(a, struct telecom);
		unsigned number = alike ? 0 : i;
		*n = (struct person_name){ .family = "ヤマダ",
					   .given = arena_printf(a, "ケン%s%s",
								 kana[number / 10 % 10],
								 kana[number % 10]),
					   .use = "L",
					   .representation = NAME_PHONETIC,
					   .next = d.names };
		t->number = arena_printf(a, "03123%05u", 45678 - number);
		t->next = d.telecoms;
		d.names = n;
		d.telecoms = t;
	}
	return d;
}

enum { MANY = 100, EVIDENCE_MOST = 48 };

static unsigned count_evidence(const struct evidence *e)
{
	unsigned count = 0;
	for (; e != NULL; e = e->next)
		count++;
	return count;
}

/* A hundred names times a hundred phones are as much work as two hundred, and no more hashes than
 * count, in the job all who write wait for: also where they are all the same. */
static void names_times_phones(void)
{
	for (unsigned alike = 0; alike < 2; alike++) {
		struct arena *a = arena_create(16 << 20);
		struct patient_demographics d = many(a, MANY, alike);
		atomic_store(&hashes, 0);
		atomic_store(&forms, 0);
		unsigned count = count_evidence(identity_evidence(a, &d));
		CU_ASSERT_EQUAL(count, alike ? 1 : EVIDENCE_MOST);
		CU_ASSERT_EQUAL(atomic_load(&hashes), count);
		/* Of each phone one form; of each name some for each of its parts. */
		CU_ASSERT(atomic_load(&forms) <= MANY + 12 * MANY);
		arena_destroy(a);
	}
}

/* The bound is met in the midst of a name's. */
static void bound_within_a_name(void)
{
	struct arena *a = arena_create(16 << 20);
	struct patient_demographics d = many(a, EVIDENCE_MOST - 10, false);
	CU_ASSERT_EQUAL(count_evidence(identity_evidence(a, &d)), EVIDENCE_MOST);
	arena_destroy(a);
}

struct spoiling {
	unsigned char space;
	uint64_t number;
};

static bool spoil(void *with, struct store_txn *t, struct problem *p)
{
	const struct spoiling *s = with;
	struct key k;
	(void)p;
	key_begin(&k, s->space);
	key_short(&k, s->number);
	return store_put(t, key_span(&k), bytes_of_text("no record of anything"));
}

/* It is told for its own key, and for those that lead to it; all the others are looked at. */
static void a_damaged_row_is_one_finding(void)
{
	static const unsigned char spaces[] = { SPACE_IDENTITY_RECORD, SPACE_IDENTITY_PERSON };
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      NULL };
	for (size_t i = 0; i < COUNT(spaces); i++) {
		struct fixture f;
		struct check_counts whole, counts;
		fixture_open(&f);
		for (unsigned n = 0; n < 30; n++)
			feed(&f, A_DOMAIN, n);
		CU_ASSERT_TRUE(store_check(f.store, modules, NULL, NULL, &whole, &f.problem));
		struct person somebody = people_person(&f, A_DOMAIN, "110");
		struct patient_record r;
		CU_ASSERT_TRUE(people_find(&f, A_DOMAIN, "110", &r));
		struct spoiling s = { spaces[i], i == 0 ? r.number : somebody.number };
		CU_ASSERT_TRUE(store_write(f.store, spoil, &s, &f.problem));
		CU_ASSERT_TRUE(store_check(f.store, modules, NULL, NULL, &counts, &f.problem));
		CU_ASSERT_EQUAL(counts.keys, whole.keys);
		CU_ASSERT(counts.findings == 2);
		fixture_close(&f);
	}
}

/* Each record merged into the next: looks of a check a record. */
static unsigned long checking_costs(unsigned records)
{
	struct fixture f;
	fixture_open(&f);
	const char *before = feed(&f, A_DOMAIN, 0);
	for (unsigned i = 1; i < records; i++) {
		const char *next = feed(&f, A_DOMAIN, i);
		CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, next, before, NULL), PROBLEM_NONE);
		before = next;
	}
	atomic_store(&looks, 0);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	unsigned long all = atomic_load(&looks);
	fixture_close(&f);
	return all / records;
}

static void a_chain_of_merges_is_walked_once(void)
{
	unsigned long few = checking_costs(30), many = checking_costs(120);
	CU_ASSERT(many < few * 3 / 2);
}

static const struct test tests[] = {
	{ "names times phones", names_times_phones },
	{ "the bound is met within a name", bound_within_a_name },
	{ "a damaged row is one finding", a_damaged_row_is_one_finding },
	{ "a chain of merges is walked once", a_chain_of_merges_is_walked_once },
	{ "so many are merged into one", so_many_are_merged_into_one },
	{ 0 }
};

int main(void)
{
	return suite_run("store: bounds of identity", tests);
}
