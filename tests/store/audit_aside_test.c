/* tests/store/audit_aside_test.c: entries a destination does not take: set aside, listed, tried
 * again; and what a check says of rows that are wrong. */
#include "tests/base/suite.h"

#include <string.h>

#include "store/audit_aside.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "store/record.h"
#include "tests/store/fixture.h"

#define HERE "repository"
#define THERE "repository-2" /* whose name begins with the other's */

/* One job. */
struct step {
	bool (*run)(struct store_txn *t, const struct step *s);
	const char *destination;
	uint64_t sequence;
	instant now;
	size_t *moved;
};

static bool run_step(void *with, struct store_txn *t, struct problem *p)
{
	const struct step *s = with;
	(void)p;
	return s->run(t, s);
}

static void steps(struct fixture *f, const struct step *s, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct step one = s[i];
		CU_ASSERT_TRUE(store_write(f->store, run_step, &one, &f->problem));
	}
}

static bool put(struct store_txn *t, const struct step *s)
{
	return audit_aside_put(t, s->destination, s->sequence, s->now);
}

static bool taken(struct store_txn *t, const struct step *s)
{
	return audit_aside_taken(t, s->destination, s->sequence);
}

static bool try_again(struct store_txn *t, const struct step *s)
{
	*s->moved = audit_aside_try_again(t, s->destination);
	return !store_failed(t);
}

static bool append(struct store_txn *t, const struct step *s)
{
	struct audit_terms terms = { .time = s->now };
	struct bytes record = { (const unsigned char *)"entry", 5 };
	return audit_log_append(t, audit_log_draft(store_arena(t), record, &terms), NULL);
}

static struct audit_aside *list(struct fixture *f, const char *destination, bool again,
				uint64_t after, size_t most, size_t *count)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_aside *l = audit_aside_list(t, f->arena, destination, again, after, most,
						 count);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return l;
}

static uint64_t count_of(struct fixture *f, const char *destination)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	uint64_t count = audit_aside_count(t, destination);
	store_end(t);
	return count;
}

static void set_aside_and_back(void)
{
	struct fixture f;
	size_t moved = 7, count;
	fixture_open(&f);
	const struct step some[] = {
		{ put, HERE, 9, 100, NULL },  { put, HERE, 3, 110, NULL },
		{ put, HERE, 9, 120, NULL }, /* once more: since the first time */
		{ put, THERE, 5, 130, NULL }, { taken, HERE, 77, 0, NULL },
	};
	steps(&f, some, COUNT(some));
	struct audit_aside *l = list(&f, HERE, false, 0, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	CU_ASSERT(l[0].sequence == 3 && l[0].since == 110 && l[0].refusals == 1 && !l[0].again);
	CU_ASSERT(l[1].sequence == 9 && l[1].since == 100 && l[1].refusals == 2);
	list(&f, HERE, false, 3, 10, &count);
	CU_ASSERT_EQUAL(count, 1);
	list(&f, HERE, false, 0, 1, &count);
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT(count_of(&f, HERE) == 2 && count_of(&f, THERE) == 1 && count_of(&f, NULL) == 3);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	l = audit_aside_all(t, f.arena, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT(strcmp(l[1].destination, HERE) == 0 && strcmp(l[2].destination, THERE) == 0);
	CU_ASSERT_EQUAL(l[2].sequence, 5);
	store_end(t);
	const struct step asked = { try_again, HERE, 0, 0, &moved };
	steps(&f, &asked, 1);
	CU_ASSERT_EQUAL(moved, 2);
	list(&f, HERE, false, 0, 10, &count);
	CU_ASSERT_EQUAL(count, 0);
	l = list(&f, HERE, true, 0, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	CU_ASSERT(l[1].sequence == 9 && l[1].since == 100 && l[1].refusals == 2 && l[1].again);
	CU_ASSERT_EQUAL(count_of(&f, HERE), 2);
	/* One is refused once more, the other is there. */
	const struct step tried[] = { { put, HERE, 9, 200, NULL }, { taken, HERE, 3, 0, NULL } };
	steps(&f, tried, COUNT(tried));
	l = list(&f, HERE, false, 0, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT(l[0].sequence == 9 && l[0].since == 100 && l[0].refusals == 3 && !l[0].again);
	list(&f, HERE, true, 0, 10, &count);
	CU_ASSERT_EQUAL(count, 0);
	list(&f, THERE, false, 0, 10, &count);
	CU_ASSERT_EQUAL(count, 1);
	fixture_close(&f);
}

/* One job of the operator's moves so many. */
static bool put_many(struct store_txn *t, const struct step *s)
{
	for (uint64_t i = 1; i <= s->sequence; i++)
		audit_aside_put(t, s->destination, i, 1);
	return !store_failed(t);
}

static void so_many_at_once(void)
{
	struct fixture f;
	size_t moved[2] = { 0 };
	fixture_open(&f);
	const struct step all[] = { { put_many, HERE, AUDIT_AGAIN_MOST + 1, 0, NULL },
				    { try_again, HERE, 0, 0, &moved[0] },
				    { try_again, HERE, 0, 0, &moved[1] } };
	steps(&f, all, COUNT(all));
	CU_ASSERT_EQUAL(moved[0], AUDIT_AGAIN_MOST);
	CU_ASSERT_EQUAL(moved[1], 1);
	fixture_close(&f);
}

/* ---- Rows that are wrong ---- */

enum spoilt { KEY_SHORT, VALUE_BROKEN, VALUE_OF_LATER };

static bool spoil(struct store_txn *t, const struct step *s)
{
	struct key k;
	struct record_writer w = record_begin(store_arena(t), 1);
	key_begin(&k, SPACE_AUDIT_ASIDE);
	key_text(&k, HERE);
	key_octet(&k, 0);
	key_number(&k, 1);
	if (s->sequence == KEY_SHORT)
		key_octet(&k, 0);
	record_number(&w, 99, 1); /* a field a later release has */
	struct bytes row = record_end(&w);
	if (s->sequence == VALUE_BROKEN)
		row.length--;
	return store_put(t, key_span(&k), row);
}

static void tell(void *with, const char *finding)
{
	snprintf(with, 200, "%s", finding);
}

static uint64_t findings(struct fixture *f, char last[200])
{
	static const struct check_module *const modules[] = { &audit_aside_check, NULL };
	struct check_counts counts = { 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, tell, last, &counts, &f->problem));
	return counts.findings;
}

static void rows_that_are_wrong(void)
{
	static const struct {
		enum spoilt how;
		bool readable;
		const char *says;
	} rows[] = {
		{ KEY_SHORT, false, "cannot be read" },
		{ VALUE_BROKEN, false, "cannot be read" },
		{ VALUE_OF_LATER, true, "" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char last[200] = "";
		size_t count;
		fixture_open(&f);
		const struct step with_entry[] = { { append, NULL, 0, 1, NULL },
						   { spoil, NULL, rows[i].how, 0, NULL } };
		steps(&f, with_entry, COUNT(with_entry));
		CU_ASSERT_EQUAL(findings(&f, last), !rows[i].readable);
		CU_ASSERT_PTR_NOT_NULL(strstr(last, rows[i].says));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		audit_aside_list(t, f.arena, HERE, false, 0, 10, &count);
		CU_ASSERT_EQUAL(count, rows[i].readable);
		CU_ASSERT_EQUAL(store_is_damaged(t), !rows[i].readable);
		store_end(t);
		/* Set aside again it is as new. */
		const struct step again = { put, HERE, 1, 5, NULL };
		if (rows[i].how == VALUE_BROKEN) {
			steps(&f, &again, 1);
			CU_ASSERT_EQUAL(findings(&f, last), 0);
		}
		fixture_close(&f);
	}
}

static void an_entry_that_is_not_there(void)
{
	struct fixture f;
	char last[200] = "";
	fixture_open(&f);
	const struct step one[] = { { append, NULL, 0, 1, NULL }, { put, HERE, 1, 0, NULL } };
	const struct step beyond = { put, HERE, 2, 0, NULL };
	steps(&f, one, COUNT(one));
	CU_ASSERT_EQUAL(findings(&f, last), 0);
	steps(&f, &beyond, 1);
	CU_ASSERT_EQUAL(findings(&f, last), 1);
	CU_ASSERT_STRING_EQUAL(last, "audit: entry 2 was set aside, and is not there");
	fixture_close(&f);
}

/* A job whose store has failed leaves nothing. */
static bool put_after_failure(struct store_txn *t, const struct step *s)
{
	store_damaged(t, "on purpose");
	CU_ASSERT_FALSE(audit_aside_put(t, HERE, 1, 1));
	CU_ASSERT_EQUAL(audit_aside_try_again(t, HERE), 0);
	return s == NULL;
}

static void a_store_that_fails(void)
{
	struct fixture f;
	struct step one = { put_after_failure, NULL, 0, 0, NULL };
	fixture_open(&f);
	CU_ASSERT_FALSE(store_write(f.store, run_step, &one, &f.problem));
	CU_ASSERT_EQUAL(count_of(&f, HERE), 0);
	fixture_close(&f);
}

static const struct test tests[] = { { "set aside and back", set_aside_and_back },
				     { "so many at once", so_many_at_once },
				     { "rows that are wrong", rows_that_are_wrong },
				     { "an entry that is not there", an_entry_that_is_not_there },
				     { "a store that fails", a_store_that_fails },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit entries set aside", tests);
}
