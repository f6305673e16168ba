/* tests/store/audit_indexing_test.c: the patients' index is made beside the committer. What that
 * costs, and whom, is counted in looks at the store and at entries; the store is asked through the
 * linker (--wrap). */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"

enum { SEGMENT = 256, PAIR = 10, JOB_OCTETS = 64 << 10 };

static atomic_ulong looks; /* keys asked for, and keys a scan gave */
static atomic_ulong names; /* that were read in entries; the end of one counts, too */
static atomic_ulong jobs;
/* What another node does just before a job of the indexing's. */
static bool (*before_job)(void *with, struct store_txn *t, struct problem *p);
static atomic_bool stop;
static unsigned stop_before; /* that job; 0: never */

bool __real_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
bool __wrap_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
bool __wrap_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value)
{
	atomic_fetch_add(&looks, 1);
	return __real_store_next(c, key, value);
}

bool __real_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool __wrap_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool __wrap_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value)
{
	atomic_fetch_add(&looks, 1);
	if (failing_now("store_get"))
		return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
	return __real_store_get(t, key, a, value);
}

bool __real_audit_name_next(struct record_reader *r, struct audit_name *out);
bool __wrap_audit_name_next(struct record_reader *r, struct audit_name *out);
bool __wrap_audit_name_next(struct record_reader *r, struct audit_name *out)
{
	atomic_fetch_add(&names, 1);
	return __real_audit_name_next(r, out);
}

typedef bool job_function(void *with, struct store_txn *t, struct problem *p);
bool __real_store_write(struct store *s, job_function *run, void *with, struct problem *p);
bool __wrap_store_write(struct store *s, job_function *run, void *with, struct problem *p);
bool __wrap_store_write(struct store *s, job_function *run, void *with, struct problem *p)
{
	unsigned long number = atomic_fetch_add(&jobs, 1) + 1;
	if (failing_now("store_write"))
		return problem_set(p, PROBLEM_STORE_FULL, "made to fail");
	if (before_job != NULL)
		CU_ASSERT_TRUE(__real_store_write(s, before_job, NULL, p));
	if (number == stop_before)
		atomic_store(&stop, true);
	return __real_store_write(s, run, with, p);
}

FAILING(struct arena *, arena_create, (size_t ceiling), (ceiling), NULL)
FAILING(bool, audit_patients_gather,
	(struct store_txn * t, uint64_t segment, struct arena *a, struct audit_pairs *pairs),
	(t, segment, a, pairs), arena_alloc(a, 1 << 30) == NULL) /* a jump, out of it */
FAILING(bool, store_put, (struct store_txn * t, struct bytes key, struct bytes value),
	(t, key, value), problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail"))
FAILING(struct store_txn *, store_begin_read, (struct store * s, struct problem *p), (s, p),
	(problem_set(p, PROBLEM_BUSY, "made to fail"), NULL))

/* Entries of a number of records each; entry n of the first is about record n % 50, too. */
struct appending {
	unsigned entries, records, begin;
};

static struct text_list lee = { "3^^^&1.2.1&ISO", NULL };

static bool append(struct store_txn *t, const void *with)
{
	const struct appending *a = with;
	uint64_t *records = arena_array(store_arena(t), uint64_t, a->records + 2);
	bool kept = true;
	for (unsigned i = 0; kept && i < a->entries; i++) {
		struct audit_terms terms = { .time = (instant)(a->begin + i),
					     .patients = i % 90 == 3 ? &lee : NULL,
					     .subjects = { records, a->records + 1 } };
		records[0] = i % 50;
		for (unsigned k = 1; k <= a->records; k++)
			records[k] = 1000 + (i % 3) * 10000 + k;
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms), NULL);
	}
	return kept;
}

static void appended(struct fixture *f, unsigned entries, unsigned records)
{
	static unsigned begin;
	struct appending a = { entries, records, begin };
	begin += entries;
	CU_ASSERT_TRUE_FATAL(in_job(f, append, &a));
}

static bool is_indexed(struct fixture *f, uint64_t segment)
{
	struct key first = audit_run_key((struct audit_run){ segment, 0 });
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = store_has(t, key_span(&first)), noted = audit_indexed(t, 0) > segment;
	CU_ASSERT_EQUAL(there, noted);
	store_end(t);
	return there;
}

static bool index_all(struct fixture *f)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return audit_log_index(f->store, &stop, &f->problem);
}

/* A sum over which entries are found, in their order; how many is in *count. */
static uint64_t found(struct fixture *f, const struct audit_filter *filter, unsigned *count)
{
	uint64_t sum = 0;
	struct arena *a = arena_create(64 << 20);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_cursor *c = audit_log_search(t, filter, a);
	*count = 0;
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; ++*count)
		sum = sum * 31 + e->sequence;
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	arena_destroy(a);
	return sum;
}

static void tell_stray(void *with, const char *finding)
{
	(void)with;
	printf("%s\n", finding);
}

static void nothing_is_wrong(struct fixture *f)
{
	struct check_counts counts;
	CU_ASSERT_TRUE(store_check(f->store, NULL, tell_stray, NULL, &counts, &f->problem));
	CU_ASSERT_EQUAL(counts.findings, 0);
}

/* The job whose entry fills a segment does what every other does, however much it holds. */
static void filling_costs_nothing(void)
{
	struct fixture f;
	fixture_open(&f);
	appended(&f, SEGMENT - 3, 20);
	unsigned long cost[3];
	for (unsigned i = 0; i < 3; i++) {
		unsigned long before = atomic_load(&looks), read = atomic_load(&names);
		appended(&f, 1, 20);
		cost[i] = atomic_load(&looks) - before;
		CU_ASSERT_EQUAL(atomic_load(&names), read);
	}
	CU_ASSERT_EQUAL(cost[1], cost[0]);
	CU_ASSERT_EQUAL(cost[2], cost[0]);
	CU_ASSERT_FALSE(is_indexed(&f, 0));
	fixture_close(&f);
}

/* What is full is indexed, in order; what is not, and what was, is not looked at. */
static void what_is_full(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(index_all(&f));
	appended(&f, SEGMENT - 2, 1);
	CU_ASSERT_TRUE(index_all(&f));
	CU_ASSERT_FALSE(is_indexed(&f, 0));
	appended(&f, 1, 1);
	CU_ASSERT_TRUE(audit_log_index(f.store, NULL, &f.problem));
	CU_ASSERT_TRUE(is_indexed(&f, 0));
	appended(&f, 2 * SEGMENT - 1, 1);
	CU_ASSERT_TRUE(index_all(&f));
	CU_ASSERT_TRUE(is_indexed(&f, 1));
	CU_ASSERT_FALSE(is_indexed(&f, 2));
	appended(&f, 1, 1);
	CU_ASSERT_TRUE(index_all(&f));
	CU_ASSERT_TRUE(is_indexed(&f, 2));
	appended(&f, 5, 1);
	unsigned long read = atomic_load(&names), written = atomic_load(&jobs);
	CU_ASSERT_TRUE(index_all(&f));
	CU_ASSERT_EQUAL(atomic_load(&names), read);
	CU_ASSERT_EQUAL(atomic_load(&jobs), written);
	nothing_is_wrong(&f);
	fixture_close(&f);
}

/* Whatever it ends after, each search gives the same answer, the check finds nothing, and the next
 * start makes all of it. */
static void ended_anywhere(void)
{
	enum { RECORDS = 160 };
	static const uint64_t one[] = { 1007 }, other[] = { 21299 }, early[] = { 7 };
	static const struct audit_filter filters[] = {
		{ .patient = "3^^^&1.2.1&ISO" },
		{ .patient = "nobody", .subjects = { one, 1 } },
		{ .patient = "nobody", .subjects = { other, 1 } },
		{ .patient = "nobody", .subjects = { early, 1 } },
		{ .patient = "nobody" },
	};
	uint64_t expected[COUNT(filters)];
	unsigned count, most[COUNT(filters)];
	struct fixture f;
	fixture_open(&f);
	appended(&f, SEGMENT - 1, RECORDS);
	for (size_t i = 0; i < COUNT(filters); i++)
		expected[i] = found(&f, &filters[i], &most[i]);
	CU_ASSERT_EQUAL(most[0], 3);
	CU_ASSERT_EQUAL(most[1], (SEGMENT + 1) / 3);
	CU_ASSERT_EQUAL(most[4], 0);
	unsigned done = 0;
	for (bool whole = false; !whole; done++) {
		failing_arm("store_write", done);
		whole = index_all(&f);
		failing_disarm();
		CU_ASSERT(whole || f.problem.code == PROBLEM_STORE_FULL);
		CU_ASSERT_EQUAL(is_indexed(&f, 0), whole);
		for (size_t i = 0; i < COUNT(filters); i++) {
			CU_ASSERT_EQUAL(found(&f, &filters[i], &count), expected[i]);
			CU_ASSERT_EQUAL(count, most[i]);
		}
		if (done % 4 == 0 || whole)
			nothing_is_wrong(&f);
		fixture_reopen(&f);
	}
	CU_ASSERT(done > (SEGMENT - 1) * RECORDS * PAIR / JOB_OCTETS);
	fixture_close(&f);
}

/* As many as its octets want; of a block that does not fit whole up to 7 KiB go into the next. */
static void in_short_jobs(void)
{
	static const unsigned records[] = { 1, 24, 25, 120, 240 };
	enum { FULL = JOB_OCTETS - (7 << 10) };
	for (size_t i = 0; i < COUNT(records); i++) {
		unsigned long octets = (SEGMENT - 1ul) * (records[i] + 1) * PAIR;
		struct fixture f;
		fixture_open(&f);
		appended(&f, SEGMENT - 1, records[i]);
		unsigned long before = atomic_load(&jobs);
		CU_ASSERT_TRUE(index_all(&f));
		unsigned long made = atomic_load(&jobs) - before;
		CU_ASSERT(made >= (octets + JOB_OCTETS - 1) / JOB_OCTETS);
		CU_ASSERT(made <= (octets + FULL - 1) / FULL);
		nothing_is_wrong(&f);
		fixture_close(&f);
	}
}

/* The next segment is read, and the stop comes between two jobs. */
static void told_to_stop(void)
{
	struct fixture f;
	fixture_open(&f);
	appended(&f, SEGMENT - 1, 60);
	atomic_store(&stop, true);
	unsigned long read = atomic_load(&names);
	CU_ASSERT_FALSE(index_all(&f));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
	CU_ASSERT_EQUAL(atomic_load(&names), read);
	atomic_store(&stop, false);
	stop_before = (unsigned)atomic_load(&jobs) + 1;
	CU_ASSERT_FALSE(index_all(&f));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
	CU_ASSERT_EQUAL(atomic_load(&jobs), stop_before);
	stop_before = 0;
	atomic_store(&stop, false);
	CU_ASSERT_FALSE(is_indexed(&f, 0));
	nothing_is_wrong(&f);
	CU_ASSERT_TRUE(index_all(&f));
	CU_ASSERT_TRUE(is_indexed(&f, 0));
	fixture_close(&f);
}

static bool other_note(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)p;
	return audit_note_indexed(t, 1);
}

/* Of the segment's last entry: as if the log had been exchanged. */
static bool other_entry(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	struct bytes sheet, key;
	(void)with;
	(void)p;
	key_begin(&k, SPACE_AUDIT_SHEET);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), true);
	CU_ASSERT_TRUE_FATAL(store_next(c, &key, &sheet));
	unsigned char *other = arena_alloc(store_arena(t), sheet.length),
		      *at = arena_alloc(store_arena(t), key.length);
	memcpy(other, sheet.data, sheet.length);
	memcpy(at, key.data, key.length);
	other[4] ^= 1;
	store_scan_end(c);
	return store_put(t, (struct bytes){ at, key.length },
			 (struct bytes){ other, sheet.length });
}

static void others_meanwhile(void)
{
	static const struct {
		job_function *what;
		bool done;
	} rows[] = {
		{ other_note, true },
		{ other_entry, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct key first = audit_run_key((struct audit_run){ 0, 0 });
		struct fixture f;
		fixture_open(&f);
		appended(&f, SEGMENT - 2, 1);
		appended(&f, 1, 1);
		before_job = rows[i].what;
		CU_ASSERT_EQUAL(index_all(&f), rows[i].done);
		before_job = NULL;
		CU_ASSERT(rows[i].done || f.problem.code == PROBLEM_CONFLICT);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_FALSE(store_has(t, key_span(&first)));
		CU_ASSERT_EQUAL(audit_indexed(t, 0), rows[i].done);
		store_end(t);
		fixture_close(&f);
	}
}

static bool damage(struct store_txn *t, const void *with)
{
	struct key k;
	(void)with;
	key_begin(&k, SPACE_AUDIT_SHEET);
	key_number(&k, 1);
	return store_put(t, key_span(&k), bytes_of_text("no sheet"));
}

/* It stays without, and in nobody's way. */
static void not_to_be_indexed(void)
{
	struct key first = audit_run_key((struct audit_run){ 0, 0 });
	struct fixture f;
	fixture_open(&f);
	appended(&f, SEGMENT - 1, 1);
	CU_ASSERT_TRUE(in_job(&f, damage, NULL));
	appended(&f, SEGMENT, 1);
	CU_ASSERT_TRUE(index_all(&f));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(store_has(t, key_span(&first)));
	CU_ASSERT_EQUAL(audit_indexed(t, 0), 2);
	store_end(t);
	CU_ASSERT_TRUE(is_indexed(&f, 1));
	fixture_close(&f);
}

static void what_fails(void)
{
	static const struct {
		const char *call;
		unsigned passing;
		enum problem_code code;
	} rows[] = {
		{ "arena_create", 0, PROBLEM_OUT_OF_RESOURCES },
		{ "store_begin_read", 0, PROBLEM_BUSY },
		{ "store_get", 0, PROBLEM_STORE_FULL },
		{ "store_get", 1, PROBLEM_STORE_FULL },
		{ "store_get", 2, PROBLEM_STORE_FULL },
		{ "store_write", 0, PROBLEM_STORE_FULL },
		{ "store_put", 0, PROBLEM_STORE_FULL },
		{ "store_put", 1, PROBLEM_STORE_FULL },
		{ "audit_patients_gather", 0, PROBLEM_OUT_OF_RESOURCES },
	};
	struct fixture f;
	fixture_open(&f);
	appended(&f, SEGMENT - 1, 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_FALSE(index_all(&f));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(f.problem.code, rows[i].code);
		CU_ASSERT_FALSE(is_indexed(&f, 0));
	}
	CU_ASSERT_TRUE(index_all(&f));
	CU_ASSERT_TRUE(is_indexed(&f, 0));
	fixture_close(&f);
}

/* The last block but one of a segment goes, or the last goes elsewhere, or is not there at all. */
enum spoiling { GONE, ELSEWHERE, LAST_GONE };

static bool spoil(struct store_txn *t, const void *with)
{
	const enum spoiling *how = with;
	const struct audit_run run = { 0, 0 };
	struct key from = audit_run_key(run), to = audit_run_end(run), at;
	struct audit_pair pair;
	struct bytes key, block, copy = { 0 };
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), true);
	for (unsigned i = 0; i < (*how == GONE ? 2 : 1); i++)
		CU_ASSERT_TRUE_FATAL(store_next(c, &key, &block));
	copy = audit_entry_copy(block, store_arena(t));
	struct key_reader r = key_read(key);
	key_read_number(&r);
	key_read_octet(&r);
	pair.hash = key_read_number(&r);
	pair.place = key_read_number(&r);
	store_scan_end(c);
	at = audit_patients_key(run, pair);
	bool done = store_delete(t, key_span(&at));
	pair.hash++;
	at = audit_patients_key(run, pair);
	return done && (*how != ELSEWHERE || store_put(t, key_span(&at), copy));
}

static void what_is_spoilt(void)
{
	static const enum spoiling ways[] = { GONE, ELSEWHERE, LAST_GONE };
	for (size_t i = 0; i < COUNT(ways); i++) {
		struct check_counts counts;
		struct fixture f;
		fixture_open(&f);
		appended(&f, SEGMENT - 1, 3);
		CU_ASSERT_TRUE(index_all(&f));
		CU_ASSERT_TRUE(in_job(&f, spoil, &ways[i]));
		CU_ASSERT_TRUE(store_check(f.store, NULL, NULL, NULL, &counts, &f.problem));
		CU_ASSERT_EQUAL(counts.findings, 1);
		fixture_close(&f);
	}
}

/* Each name of each entry once, each key once, however many names an entry has. */
static void checking_is_linear(void)
{
	enum { FEW = 25, OFTEN = 4 };
	unsigned long read[2], looked[2];
	for (unsigned i = 0; i < 2; i++) {
		unsigned records = i == 0 ? FEW : FEW * OFTEN;
		struct check_counts counts;
		struct fixture f;
		fixture_open(&f);
		appended(&f, SEGMENT - 1, records);
		appended(&f, SEGMENT, records);
		CU_ASSERT_TRUE(index_all(&f));
		unsigned long looks_before = atomic_load(&looks),
			      names_before = atomic_load(&names);
		CU_ASSERT_TRUE(store_check(f.store, NULL, tell_stray, NULL, &counts, &f.problem));
		looked[i] = atomic_load(&looks) - looks_before;
		read[i] = atomic_load(&names) - names_before;
		/* Each entry is about one record more, three of a segment name lee, and each has an
		 * end. */
		CU_ASSERT_EQUAL(read[i], (2 * SEGMENT - 1) * (records + 2ul) + 6);
		fixture_close(&f);
	}
	CU_ASSERT(looked[1] < looked[0] * OFTEN);
}

static const struct test tests[] = { { "filling costs nothing", filling_costs_nothing },
				     { "what is full", what_is_full },
				     { "in short jobs", in_short_jobs },
				     { "ended anywhere", ended_anywhere },
				     { "told to stop", told_to_stop },
				     { "others meanwhile", others_meanwhile },
				     { "not to be indexed", not_to_be_indexed },
				     { "what fails", what_fails },
				     { "what is spoilt", what_is_spoilt },
				     { "checking is linear", checking_is_linear },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit indexing", tests);
}
