/* tests/store/calls_sent_test.c: the promises of calls that have no audit record yet, each a test
 * of its name; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/audit_event.h"
#include "store/audit_log.h"
#include "store/calls_sent.h"
#include "store/check.h"
#include "tests/engines/nodes.h"
#include "tests/store/fixture.h"

enum { SPACE = SPACE_OUTBOX_LAST - 1, NEVER = 1, LATER = 1000, MANY = 150 };

struct step {
	const char *exchange, *says;
	unsigned parts;
	instant until;
	bool ended;
};

/* Of who settles. */
struct round {
	bool starts, more;
	instant now;
};

static struct audit_event *records_of(struct arena *a, const struct step *s)
{
	const struct audit_terms terms = { .time = 1, .transaction = "ITI-42", .user = s->says };
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
	const struct calls_sent c = { s->exchange, s->until, records_of(store_arena(t), s) };
	(void)p;
	return calls_sent_begin(t, &c);
}

static bool end_run(void *with, struct store_txn *t, struct problem *p)
{
	struct step *s = with;
	(void)p;
	s->ended = calls_sent_end(t, s->exchange);
	return !store_failed(t);
}

static bool settle_run(void *with, struct store_txn *t, struct problem *p)
{
	struct round *r = with;
	(void)p;
	return calls_sent_settle(t, r->starts, r->now, &r->more);
}

static bool put_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct bytes *row = with;
	struct key k;
	(void)p;
	key_begin(&k, SPACE);
	key_number(&k, store_node(t));
	key_text(&k, "x");
	return store_put(t, key_span(&k), *row);
}

static bool as_job(struct store *s, bool (*run)(void *, struct store_txn *, struct problem *),
		   void *with, struct problem *p)
{
	*p = (struct problem){ .code = PROBLEM_NONE };
	return store_write(s, run, with, p);
}

/* Of every node. */
static const char *records(struct store *s, struct arena *a)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct buffer b = buffer_in(a);
	const struct audit_entry *e;
	struct store_txn *t = store_begin_read(s, &p);
	for (unsigned node = 0; node < NODES; node++)
		for (struct audit_cursor *c = audit_log_from(t, audit_number(node, 1), 0, a);
		     (e = audit_log_next(c)) != NULL && audit_chain(e->sequence) == node;)
			buffer_printf(&b, "%s ", e->terms.user);
	store_end(t);
	return buffer_ended(&b);
}

static uint64_t findings(struct fixture *f, char text[FIXTURE_FINDING])
{
	return fixture_findings(f, &calls_sent_check, text);
}

static void c1_one_record(void)
{
	struct fixture f;
	char text[FIXTURE_FINDING];
	struct step one = { "x1", "one", 2, LATER, false },
		    again = { "x1", "again", 1, LATER, false };
	struct step other = { "x2", "other", 1, LATER, false };
	struct round start = { .starts = true };
	fixture_open(&f);
	/* Concluded by who began it, and once. */
	CU_ASSERT(as_job(f.store, begin_run, &one, &f.problem)
		  && as_job(f.store, begin_run, &other, &f.problem));
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	CU_ASSERT(as_job(f.store, end_run, &one, &f.problem) && one.ended);
	CU_ASSERT(as_job(f.store, end_run, &one, &f.problem) && !one.ended);
	CU_ASSERT_STRING_EQUAL(records(f.store, f.arena), "");
	/* Of a second round's records those of the first are a part. */
	CU_ASSERT(as_job(f.store, begin_run, &one, &f.problem)
		  && as_job(f.store, begin_run, &again, &f.problem));
	CU_ASSERT(as_job(f.store, settle_run, &start, &f.problem) && !start.more);
	CU_ASSERT_STRING_EQUAL(records(f.store, f.arena), "again other ");
	/* Who comes too late has nothing to write. */
	CU_ASSERT(as_job(f.store, end_run, &one, &f.problem) && !one.ended);
	CU_ASSERT(as_job(f.store, settle_run, &start, &f.problem));
	CU_ASSERT_STRING_EQUAL(records(f.store, f.arena), "again other ");
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	fixture_close(&f);
}

static void c2_settled(void)
{
	struct fixture f;
	struct round start = { .starts = true, .more = true };
	struct round round = { .now = LATER };
	struct step s = { "x", "late", 1, LATER, false };
	fixture_open(&f);
	CU_ASSERT(as_job(f.store, begin_run, &s, &f.problem));
	s = (struct step){ "y", "later", 1, LATER + 1, false };
	CU_ASSERT(as_job(f.store, begin_run, &s, &f.problem));
	CU_ASSERT(as_job(f.store, settle_run, &round, &f.problem) && !round.more);
	CU_ASSERT_STRING_EQUAL(records(f.store, f.arena), "late ");
	/* However many there are. */
	for (unsigned i = 0; i < MANY; i++) {
		s.exchange = arena_printf(f.arena, "x%u", i);
		s.says = "m";
		CU_ASSERT(as_job(f.store, begin_run, &s, &f.problem));
	}
	for (unsigned jobs = 0; start.more && jobs < MANY; jobs++)
		CU_ASSERT(as_job(f.store, settle_run, &start, &f.problem));
	CU_ASSERT_EQUAL(strlen(records(f.store, f.arena)), strlen("late later ") + 2 * MANY);
	fixture_close(&f);
}

static void c3_others(void)
{
	struct region_of_nodes r;
	struct problem p;
	struct step mine = { "x", "mine", 1, LATER, false },
		    theirs = { "x", "theirs", 1, LATER, false };
	struct round start = { .starts = true }, round = { .now = LATER - 1 };
	region_open(&r, true);
	CU_ASSERT(as_job(r.nodes[0].store, begin_run, &mine, &p)
		  && as_job(r.nodes[1].store, begin_run, &theirs, &p));
	CU_ASSERT(as_job(r.nodes[0].store, settle_run, &round, &p));
	CU_ASSERT_STRING_EQUAL(records(r.nodes[0].store, r.arena), "");
	CU_ASSERT(as_job(r.nodes[0].store, settle_run, &start, &p));
	CU_ASSERT_STRING_EQUAL(records(r.nodes[0].store, r.arena), "mine ");
	/* That node is gone: when the time of what it had under way is over, another settles it. */
	round.now = LATER;
	CU_ASSERT(as_job(r.nodes[2].store, settle_run, &round, &p));
	CU_ASSERT_STRING_EQUAL(records(r.nodes[0].store, r.arena), "mine theirs ");
	CU_ASSERT(as_job(r.nodes[1].store, end_run, &theirs, &p) && !theirs.ended);
	region_close(&r);
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
		{ "no end", "\1\2\1\1", 4 },
		{ "no draft", "\1\1\1\2", 4 },
		{ "a draft that is none", "\1\1\1\2\2\3\1\1\7", 9 },
		{ "broken off", "\1\1\1\2\2\7\1", 7 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char text[FIXTURE_FINDING] = "";
		struct bytes row = { (const unsigned char *)rows[i].octets, rows[i].length };
		struct round start = { .starts = true };
		fixture_open(&f);
		CU_ASSERT_TRUE(as_job(f.store, put_run, &row, &f.problem));
		if (as_job(f.store, settle_run, &start, &f.problem)
		    || strstr(f.problem.what, "cannot be read") == NULL || findings(&f, text) != 1
		    || strstr(text, "a row that cannot be read") == NULL) {
			fprintf(stderr, "%s\n", rows[i].why);
			CU_FAIL("a row that is none was taken for one");
		}
		CU_ASSERT_STRING_EQUAL(records(f.store, f.arena), "");
		fixture_close(&f);
	}
}

static const struct test tests[] = { { "C1: one record, whoever concludes it", c1_one_record },
				     { "C2: what was left behind is settled", c2_settled },
				     { "C3: what another node has under way is left alone",
				       c3_others },
				     { "rows that are none", damaged },
				     { 0 } };

int main(void)
{
	return suite_run("store: calls of exchanges", tests);
}
