/* tests/store/errands_sent_test.c: the promises of tries that have no audit record yet, each a test
 * of its name; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/audit_event.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "store/errands.h"
#include "store/errands_rows.h"
#include "store/errands_sent.h"
#include "tests/store/fixture.h"
#include "tests/store/in_job.h"

#define HERE "mllps://here.example:2575"
#define THERE "mllps://there.example:2575"

struct step {
	const char *partner, *address, *says;
	unsigned parts;
	uint64_t try;
	bool ended;
};

static struct audit_event *record_of(struct arena *a, const struct step *s)
{
	const struct audit_terms terms = { .time = 1, .transaction = "ITI-10", .user = s->says };
	struct audit_event *first = NULL;
	for (unsigned i = 0; i < s->parts; i++) {
		struct audit_event *e = arena_new(a, struct audit_event);
		e->draft = audit_log_draft(a, bytes_of_text("of it"), &terms);
		e->next = first;
		first = e;
	}
	return first;
}

static bool begin_run(void *with, struct store_txn *t, struct problem *p)
{
	struct step *s = with;
	(void)p;
	s->try = errand_sent_begin(t, s->partner, s->address, record_of(store_arena(t), s));
	return s->try != 0;
}

static bool end_run(void *with, struct store_txn *t, struct problem *p)
{
	struct step *s = with;
	(void)p;
	s->ended = errand_sent_end(t, s->partner, s->address, s->try);
	return !store_failed(t);
}

static bool settle_run(void *with, struct store_txn *t, struct problem *p)
{
	struct step *s = with;
	(void)p;
	return errand_sent_settle(t, s->partner, s->address);
}

static bool put_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct bytes *row = with;
	struct key k;
	(void)p;
	key_begin(&k, SPACE_ERRAND_SENT);
	key_text(&k, "a");
	key_text(&k, HERE);
	return store_put(t, key_span(&k), *row);
}

static bool as_job(struct fixture *f, bool (*run)(void *, struct store_txn *, struct problem *),
		   void *with)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(f->store, run, with, &f->problem);
}

static const char *records(struct fixture *f)
{
	const char *text = "";
	const struct audit_entry *e;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_cursor *c = audit_log_from(t, 1, 100, f->arena);
	while ((e = audit_log_next(c)) != NULL)
		text = arena_printf(f->arena, "%s%s ", text, e->terms.user);
	store_end(t);
	return text;
}

static size_t on_their_way(struct fixture *f, size_t most)
{
	size_t count;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct errand_queue *q = errand_sent_queues(t, f->arena, most, &count);
	for (size_t i = 0; i < count; i++)
		CU_ASSERT(q[i].partner[0] != '\0' && text_starts(q[i].address, "mllps://"));
	store_end(t);
	return count;
}

static uint64_t findings(struct fixture *f, char text[FIXTURE_FINDING])
{
	return fixture_findings(f, &errands_check, text);
}

static void t1_one_record(void)
{
	struct fixture f;
	char text[FIXTURE_FINDING];
	struct step one = { "a", HERE, "one", 2, 0, false },
		    two = { "a", HERE, "two", 1, 0, false };
	struct step other = { "a", THERE, "other", 1, 0, false };
	fixture_open(&f);
	/* Concluded by who began it. */
	CU_ASSERT(as_job(&f, begin_run, &one) && as_job(&f, begin_run, &other));
	CU_ASSERT_EQUAL(on_their_way(&f, 8), 2);
	CU_ASSERT(as_job(&f, end_run, &one) && one.ended);
	CU_ASSERT(as_job(&f, end_run, &one) && !one.ended);
	CU_ASSERT_STRING_EQUAL(records(&f), "");
	/* Settled by the next, and by nobody after. */
	CU_ASSERT(as_job(&f, begin_run, &one) && as_job(&f, begin_run, &two));
	CU_ASSERT(one.try != two.try);
	CU_ASSERT_STRING_EQUAL(records(&f), "one one ");
	CU_ASSERT(as_job(&f, end_run, &one) && !one.ended);
	CU_ASSERT(as_job(&f, end_run, &two) && two.ended);
	CU_ASSERT(as_job(&f, settle_run, &two));
	CU_ASSERT_STRING_EQUAL(records(&f), "one one ");
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	fixture_close(&f);
}

static void t2_found(void)
{
	struct fixture f;
	struct step s = { "a", HERE, "one", 1, 0, false };
	fixture_open(&f);
	CU_ASSERT_TRUE(as_job(&f, begin_run, &s));
	s.address = THERE;
	CU_ASSERT_TRUE(as_job(&f, begin_run, &s));
	CU_ASSERT(on_their_way(&f, 1) == 1 && on_their_way(&f, 8) == 2);
	CU_ASSERT_TRUE(as_job(&f, settle_run, &s));
	CU_ASSERT_EQUAL(on_their_way(&f, 8), 1);
	s.partner = "nobody";
	CU_ASSERT_TRUE(as_job(&f, settle_run, &s));
	CU_ASSERT_STRING_EQUAL(records(&f), "one ");
	fixture_close(&f);
}

/* No record of it is lost in silence: whoever needs it fails, and a check tells it. */
static void damaged(void)
{
	static const struct {
		const char *why;
		const char *octets;
		size_t length;
	} rows[] = {
		{ "nothing", "", 0 },
		{ "another version", "\2\1\1\1\2\1\1", 7 },
		{ "no try", "\1\2\1\1", 4 },
		{ "no draft", "\1\1\1\1", 4 },
		{ "a draft that is none", "\1\1\1\1\2\3\1\1\7", 9 },
		{ "broken off", "\1\1\1\1\2\7\1", 7 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char text[FIXTURE_FINDING];
		struct bytes row = { (const unsigned char *)rows[i].octets, rows[i].length };
		struct step s = { "a", HERE, "one", 1, 1, false };
		fixture_open(&f);
		CU_ASSERT_TRUE(as_job(&f, put_run, &row));
		if (as_job(&f, settle_run, &s) || as_job(&f, end_run, &s)
		    || as_job(&f, begin_run, &s) || strstr(f.problem.what, "cannot be read") == NULL
		    || findings(&f, text) != 1 || strstr(text, "a try cannot be read") == NULL) {
			fprintf(stderr, "%s\n", rows[i].why);
			CU_FAIL("a row that is none was taken for one");
		}
		CU_ASSERT_STRING_EQUAL(records(&f), "");
		fixture_close(&f);
	}
}

/* What a draft becomes does not depend on where it was kept meanwhile. */
static void drafts_kept_elsewhere(void)
{
	struct arena *a = arena_create(1 << 20);
	const uint64_t numbers[] = { 3, 9 };
	const struct text_list patient = { .value = "1^^^&2.999.1.1&ISO" };
	const struct audit_terms terms = { 5,        "ITI-10",       "a",  "u",
					   &patient, { numbers, 2 }, true, true };
	struct audit_draft *d = audit_log_draft(a, bytes_of_text("record"), &terms);
	struct audit_draft *again = audit_draft_read(a, audit_draft_octets(d));
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	struct bytes one = audit_draft_octets(d), two = audit_draft_octets(again);
	CU_ASSERT(one.length == two.length && memcmp(one.data, two.data, one.length) == 0);
	one.length--;
	CU_ASSERT_PTR_NULL(audit_draft_read(a, one));
	CU_ASSERT_PTR_NULL(audit_draft_read(a, (struct bytes){ 0 }));
	arena_destroy(a);
}

static const struct test tests[] = { { "T1: one record, whoever concludes it", t1_one_record },
				     { "T2: found by whoever looks", t2_found },
				     { "rows that are none", damaged },
				     { "drafts kept elsewhere", drafts_kept_elsewhere },
				     { 0 } };

int main(void)
{
	return suite_run("store: tries of errands", tests);
}
