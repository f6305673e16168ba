/* tests/store/identity_work_test.c: which records a change brings in: whole persons, each once, and
 * whom evidence and ties lead to; of those no more than the bound, so that others who write need
 * not wait. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

/* Record n, the record made for it, and one made before are one person. */
enum { FED = 1000, MADE = 5000, LEFT = 7000, PERSON = 9000, RECORDS = 3 };

static void put_person(struct store_txn *t, unsigned n, struct evidence *evidence, struct tie *ties)
{
	uint64_t members[RECORDS] = { FED + n, MADE + n, LEFT + n };
	struct identity_row fed = { .record = { .number = FED + n,
						.domain = A_DOMAIN,
						.id = "1",
						.person = PERSON + n },
				    .evidence = evidence,
				    .ties = ties };
	struct identity_row made = { .record = { .number = MADE + n,
						 .domain = AFFINITY,
						 .id = "1",
						 .person = PERSON + n },
				     .made = true,
				     .anchor = FED + n };
	struct person_row person = {
		.number = PERSON + n, .regional = MADE + n, .members = members, .count = RECORDS
	};
	CU_ASSERT_TRUE(identity_row_put(t, &fed) && identity_row_put(t, &made)
		       && person_row_put(t, &person));
	made.record.number = LEFT + n;
	made.record.status = RECORD_SUBSUMED;
	made.record.survivor = MADE + n;
	CU_ASSERT_TRUE(identity_row_put(t, &made));
	for (const struct evidence *e = evidence; e != NULL; e = e->next)
		CU_ASSERT_TRUE(identity_link_put(t, e, FED + n));
}

static bool persons_are_whole(struct store_txn *t, const void *with)
{
	struct identity_work w = identity_work_begin(t, &people_region);
	(void)with;
	put_person(t, 1, NULL, NULL);
	put_person(t, 2, NULL, NULL);
	CU_ASSERT_PTR_NULL(identity_work_row(&w, 4711));
	CU_ASSERT_EQUAL(w.count, 0);
	for (unsigned again = 0; again < 2; again++) {
		struct identity_row *row = identity_work_row(&w, again ? FED + 1 : MADE + 1);
		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		CU_ASSERT_EQUAL(row->record.number, again ? FED + 1 : MADE + 1);
		identity_work_person(&w, PERSON + 1);
		CU_ASSERT(w.count == RECORDS && w.fed == 1);
	}
	identity_work_person(&w, PERSON + 2);
	CU_ASSERT(w.count == 2 * RECORDS && w.fed == 2);
	CU_ASSERT_PTR_NOT_NULL(identity_work_held(&w, FED + 2));
	CU_ASSERT_PTR_NULL(identity_work_held(&w, FED + 3));
	return !store_failed(t);
}

/* Whom evidence leads to, and whom ties: of one record once, even if there are more by then. */
static bool leads_are_followed_once(struct store_txn *t, const void *with)
{
	struct identity_work w = identity_work_begin(t, &people_region);
	struct evidence e = { .hash = { 7 }, .rule = RULE_PHONE };
	struct tie tie = { .other = FED + 3, .reason = TIE_APART };
	(void)with;
	put_person(t, 1, &e, &tie);
	put_person(t, 2, &e, NULL);
	put_person(t, 3, NULL, NULL);
	struct identity_row *row = identity_work_row(&w, FED + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	identity_work_explore(&w, row);
	CU_ASSERT(w.count == 3 * RECORDS && w.fed == 3);
	CU_ASSERT_PTR_NOT_NULL(identity_work_held(&w, MADE + 2));
	CU_ASSERT_PTR_NOT_NULL(identity_work_held(&w, MADE + 3));
	put_person(t, 4, &e, NULL);
	identity_work_explore(&w, row);
	CU_ASSERT_EQUAL(w.count, 3 * RECORDS);
	return !store_failed(t);
}

enum { BOUND = 8 * PERSON_MOST, EACH = PERSON_MOST, KINDS = BOUND / EACH };

/* As many as are led to, by evidence and by a tie, up to the bound: those made for them do not
 * count. */
static unsigned brought_in(struct store_txn *t, unsigned led_to)
{
	struct identity_work w = identity_work_begin(t, &people_region);
	struct evidence kinds[KINDS + 1];
	struct tie tie = { .other = FED + led_to, .reason = TIE_APART };
	for (unsigned kind = 0; kind <= KINDS; kind++)
		kinds[kind] = (struct evidence){ .hash = { (unsigned char)(kind + 1) },
						 .rule = RULE_PHONE,
						 .next = kind < KINDS ? &kinds[kind + 1] : NULL };
	for (unsigned n = 1; n < led_to; n++) {
		struct evidence one = kinds[n / EACH];
		one.next = NULL;
		put_person(t, n, &one, NULL);
	}
	put_person(t, led_to, NULL, NULL);
	put_person(t, 0, kinds, &tie);
	struct identity_row *row = identity_work_row(&w, FED);
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	identity_work_explore(&w, row);
	CU_ASSERT_EQUAL(w.count, RECORDS * w.fed);
	CU_ASSERT_EQUAL(identity_work_held(&w, FED + led_to) != NULL, led_to < BOUND);
	return (unsigned)w.fed;
}

static bool there_is_a_bound(struct store_txn *t, const void *with)
{
	const unsigned *led_to = with;
	CU_ASSERT_EQUAL(brought_in(t, *led_to), *led_to < BOUND ? *led_to + 1 : BOUND);
	return !store_failed(t);
}

/* Of a record whose demographics cannot be read there is nothing to compare: that is the store's
 * failure, and not somebody without a name. */
static bool a_core_is_made_once(struct store_txn *t, const void *with)
{
	static const unsigned char no_record[] = { 1, 3, 9, 'F' };
	struct identity_work w = identity_work_begin(t, &people_region);
	(void)with;
	put_person(t, 1, NULL, NULL);
	struct identity_row *row = identity_work_row(&w, FED + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	const struct identity_core *core = identity_work_core(&w, row);
	CU_ASSERT_PTR_NOT_NULL_FATAL(core);
	CU_ASSERT_PTR_EQUAL(identity_work_core(&w, row), core);
	CU_ASSERT_FALSE(store_failed(t));
	row->core = NULL;
	row->said = (struct bytes){ no_record, sizeof no_record };
	core = identity_work_core(&w, row);
	CU_ASSERT_PTR_NOT_NULL_FATAL(core);
	CU_ASSERT(core->names == NULL && core->birth == NULL && core->sex == 0);
	CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(store_problem(t)->what, "patient record 1001"));
	*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
	return true;
}

static void in_a_job(in_job_function *what, const void *with)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, what, with));
	fixture_close(&f);
}

static void persons_are_loaded_whole_and_once(void)
{
	in_a_job(persons_are_whole, NULL);
}

static void leads_are_followed(void)
{
	in_a_job(leads_are_followed_once, NULL);
}

static void a_core_that_cannot_be_read(void)
{
	in_a_job(a_core_is_made_once, NULL);
}

static void so_many_are_brought_in(void)
{
	static const unsigned led_to[] = { 1, BOUND - 1, BOUND, BOUND + 1, BOUND + 2 };
	for (size_t i = 0; i < COUNT(led_to); i++)
		in_a_job(there_is_a_bound, &led_to[i]);
}

static const struct test tests[] = { { "persons are loaded whole, and once",
				       persons_are_loaded_whole_and_once },
				     { "leads are followed", leads_are_followed },
				     { "a core that cannot be read", a_core_that_cannot_be_read },
				     { "so many are brought in", so_many_are_brought_in },
				     { 0 } };

int main(void)
{
	return suite_run("store: records a change touches", tests);
}
