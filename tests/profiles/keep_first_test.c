/* tests/profiles/keep_first_test.c: what a transaction keeps before it asks anybody
 * (profiles/transaction.h: exchange_keep_first()): durable when call() is run anew; and where it
 * cannot be kept nobody is asked, and nothing is handled. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "profiles/transaction.h"
#include "store/names.h"
#include "tests/profiles/road.h"
#include "tests/store/people.h"

static const char first[] = "kept first", second[] = "kept with it";

/* How often each was run, and what it saw. */
struct doings {
	unsigned called, kept, handled;
	bool fails;                /* the second cannot be kept */
	bool saw_before, saw_then; /* both names, in call() before and after */
	bool saw_in_handle;
};

/* The one exchange of a case; its admission is the suite's in handle() alone. */
static struct doings *doing;

static struct doings *doings_of(const struct exchange *x)
{
	(void)x;
	return doing;
}

static bool keep(const struct exchange *x, struct store_txn *t, const void *what)
{
	struct doings *d = doings_of(x);
	d->kept++;
	return (!d->fails || what != second) && name_number(t, what) != 0;
}

static bool has_both(struct exchange *x)
{
	uint64_t number;
	struct store_txn *t = exchange_look(x);
	return t != NULL && name_find(t, first, &number) && name_find(t, second, &number);
}

static bool read_it(struct exchange *x)
{
	(void)x;
	return true;
}

static bool call(struct exchange *x)
{
	struct doings *d = doings_of(x);
	if (d->called++ == 0) {
		d->saw_before = has_both(x);
		exchange_keep_first(x, keep, first);
		exchange_keep_first(x, keep, second);
	} else {
		d->saw_then = has_both(x);
	}
	return true;
}

static bool handle(struct exchange *x)
{
	struct doings *d = doings_of(x);
	d->handled++;
	d->saw_in_handle = has_both(x);
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	(void)x, (void)e;
}

static struct doings run(struct fixture *f, bool fails, enum problem_code *problem)
{
	static const struct transaction asks = { .code = "ITI-55",
						 .name = "a case",
						 .dialect = DIALECT_SOAP,
						 .access = STORE_READ,
						 .audit_event = 110112,
						 .audit_action = AUDIT_EXECUTE,
						 .read = read_it,
						 .call = call,
						 .handle = handle,
						 .audited = audited };
	struct doings d = { .fails = fails };
	struct road *road = road_open(f->store);
	struct audit_event e;
	struct exchange x = { .arena = f->arena,
			      .id = "x",
			      .now = 1768437000000000,
			      .transaction = &asks,
			      .random = &system_random,
			      .region = &people_region,
			      .store = f->store,
			      .sender = &people_systems[0] };
	doing = &d;
	road_run(road, &x, 0, &e);
	*problem = x.problem.code;
	road_close(road);
	return d;
}

static void durable_when_it_goes_on(void)
{
	struct fixture f;
	enum problem_code problem;
	fixture_open(&f);
	struct doings d = run(&f, false, &problem);
	CU_ASSERT_EQUAL(problem, PROBLEM_NONE);
	CU_ASSERT_TRUE(d.called == 2 && d.kept >= 2 && d.handled == 1);
	CU_ASSERT_FALSE(d.saw_before);
	CU_ASSERT_TRUE(d.saw_then && d.saw_in_handle);
	fixture_close(&f);
}

/* All of it or nothing, and then call() is not run anew. */
static void what_cannot_be_kept(void)
{
	struct fixture f;
	enum problem_code problem;
	uint64_t number;
	fixture_open(&f);
	struct doings d = run(&f, true, &problem);
	CU_ASSERT_NOT_EQUAL(problem, PROBLEM_NONE);
	CU_ASSERT_TRUE(d.called == 1 && d.handled == 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(name_find(t, first, &number));
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = { { "durable when it goes on", durable_when_it_goes_on },
				     { "what cannot be kept", what_cannot_be_kept },
				     { 0 } };

int main(void)
{
	return suite_run("kept before others are asked", tests);
}
