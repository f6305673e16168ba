/* tests/store/audit_expiring_test.c: the beginning of a chain goes, all of it or nothing, and what
 * is left proves itself; whatever the sweep ends after, every answer is the same. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_aside.h"
#include "store/audit_entries.h"
#include "store/audit_expiring.h"
#include "store/audit_received.h"
#include "store/check.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"

enum { SECOND = 1000000, SEGMENT = AUDIT_SEGMENT, AT_ONCE = 128, ANY = 1 << 30 };

typedef bool job_function(void *with, struct store_txn *t, struct problem *p);
FAILING(bool, store_write, (struct store * s, job_function *run, void *with, struct problem *p),
	(s, run, with, p), problem_set(p, PROBLEM_STORE_FULL, "made to fail"))
FAILING(struct arena *, arena_create, (size_t ceiling), (ceiling), NULL)

static struct text_list lee = { "3^^^&1.2.1&ISO", NULL };

/* The i-th at its second, by one of two systems; every tenth names lee. */
static bool append(struct store_txn *t, const void *with)
{
	const unsigned *begin = with;
	bool kept = true;
	for (unsigned i = *begin; kept && i < *begin + AT_ONCE; i++) {
		const uint64_t record = 100 + i % 7;
		struct audit_terms terms = { .time = (instant)i * SECOND,
					     .transaction = "ITI-18",
					     .system = i % 3 == 0 ? "a-hospital" : "b-clinic",
					     .patients = i % 10 == 0 ? &lee : NULL,
					     .subjects = { &record, 1 } };
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("record"), &terms), NULL);
	}
	return kept;
}

static void tend(struct fixture *f)
{
	CU_ASSERT_TRUE(audit_log_index(f->store, NULL, &f->problem));
	CU_ASSERT_TRUE(audit_log_merge(f->store, NULL, &f->problem));
	CU_ASSERT_TRUE(audit_log_fold(f->store, NULL, &f->problem));
}

static void grow(struct fixture *f, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(in_job(f, append, &i));
}

/* So many segments, indexed, merged and packed. */
static void filled(struct fixture *f, unsigned segments)
{
	fixture_open(f);
	grow(f, 0, segments * SEGMENT);
	tend(f);
}

static void tell(void *with, const char *finding)
{
	(void)with;
	printf("%s\n", finding);
}

static uint64_t findings(struct fixture *f, bool aloud)
{
	struct check_counts counts;
	static const struct check_module *const modules[] = { &audit_aside_check, &received_check,
							      NULL };
	CU_ASSERT_TRUE(
		store_check(f->store, modules, aloud ? tell : NULL, NULL, &counts, &f->problem));
	return counts.findings;
}

/* ---- Going ---- */

struct going {
	enum audit_kind kind;
	struct audit_checkpoint at;
	uint64_t since;
	struct problem problem;
};

static bool put(void *with, struct store_txn *t, struct problem *p)
{
	const struct going *g = with;
	return audit_checkpoint_put(t, g->kind, &g->at, g->since, p);
}

static uint64_t floor_of(struct fixture *f, enum audit_kind kind)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	uint64_t floor = audit_floor(t, kind, 0);
	store_end(t);
	return floor;
}

/* What may go; then it does, unless it is only to be found. */
static bool find(struct fixture *f, enum audit_kind kind, const struct audit_expiry *e,
		 struct going *g, enum audit_kept_for *why)
{
	uint64_t past;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	*g = (struct going){ .kind = kind, .since = audit_floor(t, kind, 0) };
	bool any = audit_expiring_find(t, kind, 0, e, &g->at, &past, why);
	CU_ASSERT_EQUAL(past, any ? g->at.sequence - g->since : 0);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	g->at.line = bytes_of_text("signed");
	return any;
}

static enum audit_kept_for go(struct fixture *f, enum audit_kind kind, instant before,
			      uint64_t up_to)
{
	struct going g;
	enum audit_kept_for why;
	const struct audit_expiry e = { before, up_to, ANY };
	struct problem p = { .code = PROBLEM_NONE };
	if (find(f, kind, &e, &g, &why)) {
		CU_ASSERT_TRUE(store_write(f->store, put, &g, &p));
		CU_ASSERT_EQUAL(floor_of(f, kind), g.at.sequence);
	}
	return why;
}

static bool sweep(struct fixture *f)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return audit_expired_sweep(f->store, NULL, &f->problem);
}

/* X1: whole segments, from the beginning, by the boundary on each side. Entry n is of second n - 1;
 * the last of segment s is 256 s + 255. */
static void nothing_else_goes(void)
{
	static const struct {
		instant before; /* seconds */
		uint64_t up_to, most, expected;
		enum audit_kept_for why;
	} rows[] = {
		{ 255, ANY, ANY, 255, KEPT_FOR_AGE },
		{ 254, ANY, ANY, 0, KEPT_FOR_AGE },
		{ 510, ANY, ANY, 255, KEPT_FOR_AGE },
		{ 511, ANY, ANY, 511, KEPT_FOR_AGE },
		{ ANY, 255, ANY, 255, KEPT_AS_NEEDED },
		{ ANY, 254, ANY, 0, KEPT_AS_NEEDED },
		{ ANY, 0, ANY, 0, KEPT_AS_NEEDED },
		{ ANY, 700, ANY, 511, KEPT_AS_NEEDED },
		{ ANY, ANY, 512, 511, KEPT_FOR_NEXT },
		{ 255, ANY, 512, 255, KEPT_FOR_AGE },
		/* The last one stays. */
		{ ANY, ANY, ANY, 2559, KEPT_AS_LATEST },
		{ 0, ANY, ANY, 0, KEPT_FOR_AGE },
	};
	struct fixture f;
	filled(&f, 10);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct going g;
		enum audit_kept_for why;
		const struct audit_expiry e = { rows[i].before * SECOND, rows[i].up_to,
						rows[i].most };
		bool any = find(&f, AUDIT_OWN, &e, &g, &why);
		if (g.at.sequence != rows[i].expected || why != rows[i].why)
			printf("\n  row %zu: %llu, %d", i, (unsigned long long)g.at.sequence,
			       (int)why);
		CU_ASSERT_EQUAL(any, rows[i].expected != 0);
		CU_ASSERT_EQUAL(g.at.sequence, rows[i].expected);
		CU_ASSERT_EQUAL(why, rows[i].why);
		if (!any)
			continue;
		CU_ASSERT_EQUAL(g.at.first, 0);
		CU_ASSERT_EQUAL(g.at.last, (instant)(rows[i].expected - 1) * SECOND);
	}
	fixture_close(&f);
}

/* ---- What is found ---- */

struct found {
	uint64_t sum;
	unsigned count;
	bool failed;
};

static const uint64_t hundred[] = { 100 };
static const struct audit_filter filters[] = {
	{ .limit = 0 },
	{ .system = "a-hospital" },
	{ .transaction = "ITI-18", .from = 100 * (instant)SECOND },
	{ .patient = "3^^^&1.2.1&ISO" },
	{ .patient = "nobody", .subjects = { hundred, 1 } },
	{ .patient = "nobody" },
	{ .to = 200 * (instant)SECOND },
};

static struct found found(struct fixture *f, const struct audit_filter *filter, uint64_t beyond)
{
	struct found n = { 0 };
	struct arena *a = arena_create(256 << 20);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_cursor *c = audit_log_search(t, filter, a);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;) {
		if (e->sequence <= beyond)
			continue;
		n.sum = n.sum * 31 + e->sequence;
		n.count++;
	}
	n.failed = store_failed(t);
	store_end(t);
	arena_destroy(a);
	return n;
}

/* Of what is behind that entry. */
static void found_all(struct fixture *f, struct found out[COUNT(filters)], uint64_t beyond)
{
	for (size_t i = 0; i < COUNT(filters); i++) {
		out[i] = found(f, &filters[i], beyond);
		CU_ASSERT_FALSE(out[i].failed);
	}
}

static void found_the_same(struct fixture *f, const struct found *expected)
{
	struct found now[COUNT(filters)];
	found_all(f, now, 0);
	for (size_t i = 0; i < COUNT(filters); i++) {
		CU_ASSERT_EQUAL(now[i].count, expected[i].count);
		CU_ASSERT_EQUAL(now[i].sum, expected[i].sum);
	}
}

static uint64_t first_left(struct fixture *f)
{
	struct audit_kept kept = { .sequence = 0 };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	size_t count = audit_log_kept(t, 1, &kept, 1, f->arena);
	const struct audit_entry *e = audit_log_next(audit_log_from(t, 1, 1, f->arena));
	CU_ASSERT_TRUE_FATAL(count == 1 && e != NULL);
	CU_ASSERT_EQUAL(e->sequence, kept.sequence);
	store_end(t);
	return kept.sequence;
}

static bool verifies(struct fixture *f, uint64_t *broken)
{
	struct audit_head head;
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool whole = audit_log_verify(t, &head, broken, &p);
	store_end(t);
	return whole;
}

static void whole(struct fixture *f)
{
	uint64_t broken;
	CU_ASSERT_TRUE(verifies(f, &broken));
	CU_ASSERT_EQUAL(broken, 0);
	CU_ASSERT_EQUAL(findings(f, true), 0);
}

/* Rows of what has gone: sheets, keys of time and system. */
static unsigned rows_left(struct fixture *f, uint64_t floor)
{
	static const unsigned char spaces[] = { SPACE_AUDIT_SHEET, SPACE_AUDIT_RUN_BY_TIME,
						SPACE_AUDIT_RUN_BY_SYSTEM };
	unsigned count = 0;
	struct bytes key, value;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	for (size_t i = 0; i < COUNT(spaces); i++) {
		struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &spaces[i], 1 },
							   false);
		while (store_next(c, &key, &value)) {
			struct key_reader r = key_read(key);
			key_read_to_last(&r, sizeof(uint64_t));
			uint64_t number = key_read_number(&r);
			count += i == 0 ? number <= floor : number * 32 <= floor;
		}
		store_scan_end(c);
	}
	store_end(t);
	return count;
}

/* X2: the answer is that of now after the checkpoint's job, and after each of the sweep. */
static void swept_whatever_ends_it(void)
{
	struct fixture f;
	struct found expected[COUNT(filters)];
	bool done = false;
	unsigned jobs = 0;
	filled(&f, 20);
	const uint64_t floor = 11 * SEGMENT - 1;
	found_all(&f, expected, floor);
	CU_ASSERT_EQUAL(go(&f, AUDIT_OWN, ANY * (instant)SECOND, floor + 7), KEPT_AS_NEEDED);
	CU_ASSERT_EQUAL(floor_of(&f, AUDIT_OWN), floor);
	CU_ASSERT(rows_left(&f, floor) > 1000);
	for (; !done; jobs++) {
		CU_ASSERT_EQUAL(first_left(&f), floor + 1);
		found_the_same(&f, expected);
		whole(&f);
		failing_arm("store_write", 1);
		done = sweep(&f);
		failing_disarm();
		CU_ASSERT(done || f.problem.code == PROBLEM_STORE_FULL);
		fixture_reopen(&f);
	}
	CU_ASSERT(jobs > 5);
	CU_ASSERT_EQUAL(rows_left(&f, floor), 0);
	found_the_same(&f, expected);
	whole(&f);
	/* The log goes on as ever, and so does what goes of it. */
	grow(&f, 20 * SEGMENT, 30 * SEGMENT);
	tend(&f);
	whole(&f);
	go(&f, AUDIT_OWN, ANY * (instant)SECOND, 18 * SEGMENT);
	CU_ASSERT_TRUE(sweep(&f));
	CU_ASSERT_EQUAL(first_left(&f), 18 * SEGMENT);
	CU_ASSERT_EQUAL(rows_left(&f, 18 * SEGMENT - 1), 0);
	whole(&f);
	fixture_close(&f);
}

static void no_memory(void)
{
	struct fixture f;
	filled(&f, 8);
	go(&f, AUDIT_OWN, ANY * (instant)SECOND, 4 * SEGMENT);
	failing_arm("arena_create", 0);
	CU_ASSERT_FALSE(sweep(&f));
	failing_disarm();
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_OUT_OF_RESOURCES);
	atomic_bool stop = true;
	f.problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_FALSE(audit_expired_sweep(f.store, &stop, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
	CU_ASSERT_TRUE(sweep(&f));
	whole(&f);
	fixture_close(&f);
}

/* ---- The patients' index ---- */

static bool is_there(struct fixture *f, uint64_t segment, unsigned level)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = audit_run_is_there(t, (struct audit_run){ segment, level });
	store_end(t);
	return there;
}

/* A run goes with the last of its segments; before that it is as it was. */
static void runs_go_whole(void)
{
	struct fixture f;
	struct found expected[COUNT(filters)];
	filled(&f, 20);
	CU_ASSERT_TRUE(is_there(&f, 0, 1) && is_there(&f, 8, 1) && is_there(&f, 16, 0));
	whole(&f);
	found_all(&f, expected, 3 * SEGMENT - 1);
	go(&f, AUDIT_OWN, ANY * (instant)SECOND, 3 * SEGMENT - 1);
	CU_ASSERT_TRUE(sweep(&f));
	CU_ASSERT_TRUE(is_there(&f, 0, 1));
	found_the_same(&f, expected);
	whole(&f);
	found_all(&f, expected, 8 * SEGMENT - 1);
	go(&f, AUDIT_OWN, ANY * (instant)SECOND, 8 * SEGMENT - 1);
	whole(&f); /* it is there yet */
	CU_ASSERT_TRUE(sweep(&f));
	CU_ASSERT_FALSE(is_there(&f, 0, 1));
	CU_ASSERT_TRUE(is_there(&f, 8, 1));
	found_the_same(&f, expected);
	whole(&f);
	fixture_close(&f);
}

/* Of eight runs that could become one some have gone: the others stay as they are, and what was put
 * of the one goes. */
static void merged_no_more(bool begun)
{
	struct fixture f;
	struct found expected[COUNT(filters)];
	fixture_open(&f);
	grow(&f, 0, 20 * SEGMENT);
	CU_ASSERT_TRUE(audit_log_index(f.store, NULL, &f.problem));
	CU_ASSERT_TRUE(audit_log_fold(f.store, NULL, &f.problem));
	if (begun) {
		failing_arm("store_write", 1);
		CU_ASSERT_FALSE(audit_log_merge(f.store, NULL, &f.problem));
		failing_disarm();
	}
	found_all(&f, expected, 3 * SEGMENT - 1);
	go(&f, AUDIT_OWN, ANY * (instant)SECOND, 3 * SEGMENT - 1);
	CU_ASSERT_TRUE(sweep(&f));
	f.problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(audit_log_merge(f.store, NULL, &f.problem));
	CU_ASSERT_FALSE(is_there(&f, 0, 0));
	CU_ASSERT_EQUAL(is_there(&f, 0, 1), begun && is_there(&f, 0, 1));
	CU_ASSERT_TRUE(is_there(&f, 8, 1));
	found_the_same(&f, expected);
	whole(&f);
	fixture_close(&f);
}

static void what_can_be_merged_no_more(void)
{
	merged_no_more(false);
	merged_no_more(true);
}

/* ---- X3 and X4: what is not as it should be ---- */

/* One octet of the sheet that holds the entry; or the sheet goes. */
struct spoiling {
	uint64_t sequence;
	bool goes;
};

static bool spoil(struct store_txn *t, const void *with)
{
	const struct spoiling *s = with;
	struct key low = audit_sheet_key(0), high = audit_sheet_key(s->sequence + 1);
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), true);
	struct bytes key, sheet;
	CU_ASSERT_TRUE_FATAL(store_next(c, &key, &sheet));
	struct bytes k = audit_entry_copy(key, store_arena(t));
	struct bytes v = audit_entry_copy(sheet, store_arena(t));
	store_scan_end(c);
	if (s->goes)
		return store_delete(t, k);
	((unsigned char *)v.data)[v.length - 1] ^= 1;
	return store_put(t, k, v);
}

static void what_is_wrong_stays(void)
{
	for (unsigned goes = 0; goes < 2; goes++) {
		struct fixture f;
		const struct spoiling s = { 600, goes };
		uint64_t broken;
		filled(&f, 10);
		CU_ASSERT_TRUE(in_job(&f, spoil, &s));
		CU_ASSERT_EQUAL(go(&f, AUDIT_OWN, ANY * (instant)SECOND, ANY), KEPT_AS_BROKEN);
		CU_ASSERT(floor_of(&f, AUDIT_OWN) < 600);
		CU_ASSERT_TRUE(sweep(&f));
		CU_ASSERT_FALSE(verifies(&f, &broken));
		/* What is packed together is damaged together. */
		CU_ASSERT(broken > floor_of(&f, AUDIT_OWN) && broken < 600 + AUDIT_PACKED_ENTRIES);
		fixture_close(&f);
	}
}

/* The checkpoint says where the chain begins: what is gone behind it is a hole. */
static void a_hole_is_none(void)
{
	struct fixture f;
	uint64_t broken;
	const struct spoiling first = { 3 * SEGMENT, true };
	filled(&f, 10);
	go(&f, AUDIT_OWN, ANY * (instant)SECOND, 3 * SEGMENT - 1);
	CU_ASSERT_TRUE(sweep(&f));
	whole(&f);
	CU_ASSERT_TRUE(in_job(&f, spoil, &first));
	CU_ASSERT_FALSE(verifies(&f, &broken));
	CU_ASSERT_EQUAL(broken, 3 * SEGMENT);
	CU_ASSERT(findings(&f, false) != 0);
	fixture_close(&f);
}

static bool put_octets(struct store_txn *t, const void *with)
{
	struct key k;
	const struct bytes *value = with;
	key_begin(&k, SPACE_AUDIT_CHECKPOINT);
	key_number(&k, 0);
	return store_put(t, key_span(&k), *value);
}

static void a_damaged_checkpoint(void)
{
	struct fixture f;
	uint64_t broken;
	const struct bytes none = bytes_of_text("x");
	filled(&f, 4);
	CU_ASSERT_TRUE(in_job(&f, put_octets, &none));
	CU_ASSERT_FALSE(verifies(&f, &broken));
	CU_ASSERT_EQUAL(broken, 1);
	CU_ASSERT(findings(&f, false) != 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct audit_checkpoint c;
	instant since;
	CU_ASSERT_FALSE(audit_checkpoint_look(t, AUDIT_OWN, 0, f.arena, &c));
	CU_ASSERT_TRUE(store_is_damaged(t));
	CU_ASSERT_FALSE(audit_known_since(t, AUDIT_OWN, &since));
	store_end(t);
	fixture_close(&f);
}

/* What was found is put on what it was found on, and of the chain it was found in. */
static void overtaken(void)
{
	struct fixture f;
	struct going one, two;
	enum audit_kept_for why;
	const struct audit_expiry e = { ANY * (instant)SECOND, 3 * SEGMENT, ANY };
	struct problem p = { .code = PROBLEM_NONE };
	filled(&f, 10);
	CU_ASSERT_TRUE(find(&f, AUDIT_OWN, &e, &one, &why));
	two = one;
	two.at.hash[3] ^= 1;
	CU_ASSERT_FALSE(store_write(f.store, put, &two, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
	p = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(store_write(f.store, put, &one, &p));
	CU_ASSERT_FALSE(store_write(f.store, put, &one, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
	fixture_close(&f);
}

/* ---- How far it is known ---- */

static void known_since(void)
{
	struct fixture f;
	instant since = 1;
	struct audit_checkpoint c;
	filled(&f, 6);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(audit_known_since(t, AUDIT_OWN, &since));
	CU_ASSERT_FALSE(audit_checkpoint_look(t, AUDIT_OWN, 0, f.arena, &c));
	CU_ASSERT_EQUAL(audit_place(c.sequence), 0);
	store_end(t);
	go(&f, AUDIT_OWN, ANY * (instant)SECOND, SEGMENT - 1);
	t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_known_since(t, AUDIT_OWN, &since));
	CU_ASSERT_EQUAL(since, 254 * (instant)SECOND);
	CU_ASSERT_FALSE(audit_known_since(t, AUDIT_RECEIVED, &since));
	CU_ASSERT_TRUE(audit_checkpoint_look(t, AUDIT_OWN, 0, f.arena, &c));
	CU_ASSERT_TRUE(bytes_equal(c.line, bytes_of_text("signed")));
	unsigned char hash[AUDIT_HASH];
	CU_ASSERT_FALSE(audit_log_hash(t, SEGMENT - 1, hash));
	CU_ASSERT_TRUE(audit_log_hash(t, SEGMENT, hash));
	CU_ASSERT_PTR_NULL(audit_log_entry(t, 5, f.arena));
	store_end(t);
	fixture_close(&f);
}

/* What was set aside for a destination that is none any more goes with its entry. */
static bool set_aside(struct store_txn *t, const void *with)
{
	const uint64_t *sequence = with;
	return audit_aside_put(t, "former", *sequence, 1);
}

static void aside_goes_too(void)
{
	struct fixture f;
	const uint64_t early = 7, late = 4 * SEGMENT;
	filled(&f, 8);
	CU_ASSERT_TRUE(in_job(&f, set_aside, &early) && in_job(&f, set_aside, &late));
	go(&f, AUDIT_OWN, ANY * (instant)SECOND, SEGMENT);
	whole(&f);
	CU_ASSERT_TRUE(sweep(&f));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(audit_aside_count(t, "former"), 1);
	store_end(t);
	whole(&f);
	fixture_close(&f);
}

/* ---- Records of others ---- */

static bool receive(struct store_txn *t, const void *with)
{
	const unsigned *begin = with;
	bool kept = true;
	for (unsigned i = *begin; kept && i < *begin + AT_ONCE; i++) {
		struct problem p = { .code = PROBLEM_NONE };
		/* Every fiftieth comes twice. */
		struct bytes octets = bytes_of_text(
			arena_printf(store_arena(t), "record %u", i - (i % 50 == 1)));
		struct received_terms terms = { .received = (instant)i * SECOND,
						.time = (instant)(i + 5) * SECOND,
						.source = i % 2 == 0 ? "a" : "b",
						.patients = i % 10 == 0 ? &lee : NULL };
		kept = received_append(t, &terms, octets, 0, NULL, &p);
	}
	return kept;
}

static struct received_usage used(struct fixture *f, const char *source)
{
	struct received_usage u;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(received_used(t, source, &u));
	store_end(t);
	return u;
}

static unsigned received_count(struct fixture *f, const struct received_filter *filter)
{
	unsigned count = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct received_cursor *c = received_search(t, filter, f->arena);
	while (received_next(c) != NULL)
		count++;
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return count;
}

static void received_sound(struct fixture *f, uint64_t entries)
{
	struct received_verdict v;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(received_verify(t, f->arena, NULL, &v, &f->problem));
	CU_ASSERT_EQUAL(v.broken, 0);
	CU_ASSERT_EQUAL(v.entries, entries);
	store_end(t);
	CU_ASSERT_EQUAL(findings(f, true), 0);
}

static void those_of_others(void)
{
	enum { ALL = 6 * SEGMENT, GONE = 2 * SEGMENT - 1 };
	static const struct received_filter everything = { .from = 0 },
					    of_lee = { .patient = "3^^^&1.2.1&ISO" };
	struct fixture f;
	bool done = false;
	fixture_open(&f);
	for (unsigned i = 0; i < ALL; i += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(in_job(&f, receive, &i));
	CU_ASSERT_EQUAL(received_count(&f, &of_lee), (ALL + 9) / 10);
	CU_ASSERT_EQUAL(go(&f, AUDIT_RECEIVED, 600 * (instant)SECOND, ANY), KEPT_FOR_AGE);
	CU_ASSERT_EQUAL(floor_of(&f, AUDIT_RECEIVED), GONE);
	CU_ASSERT_EQUAL(floor_of(&f, AUDIT_OWN), 0);
	while (!done) {
		CU_ASSERT_EQUAL(received_count(&f, &everything), ALL - GONE);
		CU_ASSERT_EQUAL(received_count(&f, &of_lee), (ALL + 9) / 10 - (GONE + 9) / 10);
		received_sound(&f, ALL - GONE);
		failing_arm("store_write", 1);
		done = sweep(&f);
		failing_disarm();
		fixture_reopen(&f);
	}
	CU_ASSERT_EQUAL(used(&f, "a").records + used(&f, "b").records, ALL - GONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_PTR_NULL(received_get(t, GONE, f.arena));
	CU_ASSERT_PTR_NOT_NULL(received_get(t, GONE + 1, f.arena));
	store_end(t);
	/* What has gone, sent once more, is the first again. */
	const unsigned zero = 0;
	CU_ASSERT_TRUE(in_job(&f, receive, &zero));
	t = store_begin_read(f.store, &f.problem);
	const struct received_entry *e = received_get(t, ALL + 1, f.arena);
	CU_ASSERT_TRUE(e != NULL && e->first == 0);
	store_end(t);
	received_sound(&f, ALL - GONE + AT_ONCE);
	/* The last one stays. */
	CU_ASSERT_EQUAL(go(&f, AUDIT_RECEIVED, ANY * (instant)SECOND, ANY), KEPT_AS_LATEST);
	CU_ASSERT_TRUE(sweep(&f));
	CU_ASSERT(received_count(&f, &everything) > 0);
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = {
		{ "X1 nothing else goes", nothing_else_goes },
		{ "X2 swept, whatever ends it", swept_whatever_ends_it },
		{ "no memory, told to stop", no_memory },
		{ "runs go whole", runs_go_whole },
		{ "what can be merged no more", what_can_be_merged_no_more },
		{ "X3 what is wrong stays", what_is_wrong_stays },
		{ "X4 a hole is no checkpoint", a_hole_is_none },
		{ "a damaged checkpoint", a_damaged_checkpoint },
		{ "overtaken", overtaken },
		{ "known since", known_since },
		{ "what was set aside goes too", aside_goes_too },
		{ "those of others", those_of_others },
		{ 0 },
	};
	return suite_run("audit expiring", tests);
}
