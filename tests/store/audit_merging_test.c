/* tests/store/audit_merging_test.c: runs of the patients' index become fewer as the log grows,
 * beside the committer: each search gives the same answer whatever that ends after, at a cost that
 * hardly grows; and what is missing of a run hides nothing. Looks at the store are counted through
 * the linker (--wrap). */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"

enum { SEGMENT = AUDIT_SEGMENT, FANOUT = AUDIT_FANOUT, AT_ONCE = SEGMENT, OTHERS = 12 };

static atomic_bool stop;
static atomic_ulong looks, jobs;
static bool (*before_job)(void *with, struct store_txn *t, struct problem *p);
static struct fixture *stepping; /* a job of the merging's before each snapshot */

static struct store_txn *reading; /* the latest snapshot */

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

bool __real_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
bool __wrap_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
bool __wrap_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value)
{
	atomic_fetch_add(&looks, 1);
	if (failing_now("store_next"))
		return refused(reading);
	return __real_store_next(c, key, value);
}

typedef bool job_function(void *with, struct store_txn *t, struct problem *p);
bool __real_store_write(struct store *s, job_function *run, void *with, struct problem *p);
bool __wrap_store_write(struct store *s, job_function *run, void *with, struct problem *p);
bool __wrap_store_write(struct store *s, job_function *run, void *with, struct problem *p)
{
	if (failing_now("store_write"))
		return problem_set(p, PROBLEM_STORE_FULL, "made to fail");
	atomic_fetch_add(&jobs, 1);
	if (before_job != NULL)
		CU_ASSERT_TRUE(__real_store_write(s, before_job, NULL, p));
	return __real_store_write(s, run, with, p);
}

FAILING(struct arena *, arena_create, (size_t ceiling), (ceiling), NULL)
FAILING(bool, arena_run, (struct arena * a, void (*work)(void *), void *with), (a, work, with),
	false)
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))

/* One job of the merging's, then as it was asked. */
struct store_txn *__real_store_begin_read(struct store *s, struct problem *p);
struct store_txn *__wrap_store_begin_read(struct store *s, struct problem *p);
struct store_txn *__wrap_store_begin_read(struct store *s, struct problem *p)
{
	struct fixture *f = stepping;
	if (failing_now("store_begin_read")) {
		problem_set(p, PROBLEM_BUSY, "made to fail");
		return NULL;
	}
	if (f != NULL) {
		struct problem own = { .code = PROBLEM_NONE };
		stepping = NULL;
		failing_arm("store_write", 1);
		audit_log_merge(s, NULL, &own);
		failing_disarm();
		stepping = f;
	}
	return reading = __real_store_begin_read(s, p);
}

/* Told to stop between reading and writing. */
static bool stopping_at_end;

void __real_store_end(struct store_txn *t);
void __wrap_store_end(struct store_txn *t);
void __wrap_store_end(struct store_txn *t)
{
	__real_store_end(t);
	if (stopping_at_end)
		atomic_store(&stop, true);
}

/* Everybody is named now and then; record 5 in every entry, lee in three of each segment. What is
 * to be put in several pieces, and go in several jobs, names others beside them. */
static struct text_list lee = { "3^^^&1.2.1&ISO", NULL };
static unsigned others;

static bool append(struct store_txn *t, const void *with)
{
	const unsigned *begin = with;
	bool kept = true;
	for (unsigned i = *begin; kept && i < *begin + AT_ONCE; i++) {
		uint64_t records[2 + OTHERS] = { 5, 100 + i % 177 };
		for (unsigned k = 0; k < others; k++)
			records[2 + k] = 1000 * (1 + k) + i % 500;
		struct audit_terms terms = { .time = (instant)i,
					     .patients = i % 90 == 3 ? &lee : NULL,
					     .subjects = { records, 2 + others } };
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms), NULL);
	}
	return kept;
}

static bool index_all(struct fixture *f)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return audit_log_index(f->store, NULL, &f->problem);
}

static bool merge(struct fixture *f)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return audit_log_merge(f->store, &stop, &f->problem);
}

/* So many segments, indexed and not merged. */
static void filled(struct fixture *f, unsigned segments, unsigned of_others)
{
	others = of_others;
	fixture_open(f);
	for (unsigned i = 0; i < segments * SEGMENT; i += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(in_job(f, append, &i));
	CU_ASSERT_TRUE(index_all(f));
}

static bool is_there(struct fixture *f, uint64_t segment, unsigned level)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = audit_run_is_there(t, (struct audit_run){ segment, level });
	store_end(t);
	return there;
}

static unsigned keys_of_index(struct fixture *f)
{
	unsigned char prefix = SPACE_AUDIT_PATIENTS;
	struct bytes key, block;
	unsigned keys = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &prefix, 1 }, false);
	while (store_next(c, &key, &block))
		keys++;
	store_end(t);
	return keys;
}

struct found {
	uint64_t sum;
	unsigned count;
	bool failed;
};

static struct found found(struct fixture *f, const struct audit_filter *filter)
{
	struct found n = { 0 };
	struct arena *a = arena_create(256 << 20);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_cursor *c = audit_log_search(t, filter, a);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; n.count++)
		n.sum = n.sum * 31 + e->sequence;
	n.failed = store_failed(t);
	store_end(t);
	arena_destroy(a);
	return n;
}

static void tell(void *with, const char *finding)
{
	(void)with;
	printf("%s\n", finding);
}

static uint64_t findings(struct fixture *f, bool aloud)
{
	struct check_counts counts;
	CU_ASSERT_TRUE(
		store_check(f->store, NULL, aloud ? tell : NULL, NULL, &counts, &f->problem));
	return counts.findings;
}

static const uint64_t one[] = { 187 }, other[] = { 276 }, all[] = { 5 };
static const struct audit_filter filters[] = {
	{ .patient = "3^^^&1.2.1&ISO" },
	{ .patient = "nobody", .subjects = { one, 1 } },
	{ .patient = "nobody", .subjects = { other, 1 } },
	{ .patient = "nobody", .subjects = { all, 1 }, .from = 10, .to = 500 },
	{ .patient = "nobody" },
};

static void found_all(struct fixture *f, struct found *out)
{
	for (size_t i = 0; i < COUNT(filters); i++) {
		out[i] = found(f, &filters[i]);
		CU_ASSERT_FALSE(out[i].failed);
	}
}

static void found_the_same(struct fixture *f, const struct found *expected)
{
	struct found now[COUNT(filters)];
	found_all(f, now);
	for (size_t i = 0; i < COUNT(filters); i++) {
		CU_ASSERT_EQUAL(now[i].count, expected[i].count);
		CU_ASSERT_EQUAL(now[i].sum, expected[i].sum);
	}
}

/* Eight become one, wherever there are eight; what is merged is not looked at again. */
static void eight_become_one(void)
{
	struct fixture f;
	struct found before[COUNT(filters)];
	filled(&f, FANOUT - 1, 0);
	CU_ASSERT_TRUE(merge(&f));
	CU_ASSERT_TRUE(is_there(&f, 0, 0));
	CU_ASSERT_FALSE(is_there(&f, 0, 1));
	for (unsigned i = 0; i < 10 * SEGMENT; i += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(in_job(&f, append, &i));
	CU_ASSERT_TRUE(index_all(&f));
	found_all(&f, before);
	CU_ASSERT(before[0].count > 20 && before[1].count > 10 && before[3].count == 490 * 2);
	CU_ASSERT_TRUE(audit_log_merge(f.store, NULL, &f.problem));
	for (unsigned i = 0; i < 2 * FANOUT; i++)
		CU_ASSERT_FALSE(is_there(&f, i, 0));
	CU_ASSERT_TRUE(is_there(&f, 0, 1) && is_there(&f, FANOUT, 1));
	CU_ASSERT_TRUE(is_there(&f, 2 * FANOUT, 0));
	found_the_same(&f, before);
	CU_ASSERT_EQUAL(findings(&f, true), 0);
	unsigned long written = atomic_load(&jobs);
	CU_ASSERT_TRUE(merge(&f));
	CU_ASSERT_EQUAL(atomic_load(&jobs), written);
	fixture_close(&f);
}

/* Of three levels a search asks no more than of one; but for the entries it finds. */
static void as_few_however_long(void)
{
	static const struct audit_filter nobody = { .patient = "nobody" };
	unsigned long cost[2];
	for (unsigned i = 0; i < 2; i++) {
		struct fixture f;
		struct found before[COUNT(filters)];
		filled(&f, i == 0 ? FANOUT : FANOUT * FANOUT, 0);
		found_all(&f, before);
		CU_ASSERT_TRUE(merge(&f));
		found_the_same(&f, before);
		CU_ASSERT_TRUE(is_there(&f, 0, i + 1));
		CU_ASSERT_FALSE(is_there(&f, 0, i));
		unsigned long from = atomic_load(&looks);
		CU_ASSERT_EQUAL(found(&f, &nobody).count, 0);
		cost[i] = atomic_load(&looks) - from;
		CU_ASSERT_EQUAL(findings(&f, true), 0);
		fixture_close(&f);
	}
	CU_ASSERT(cost[1] <= cost[0] + 8);
}

/* After each job a search gives the same answer and the check finds nothing; the next start goes
 * on, and ends with the same keys. */
static void ended_anywhere(void)
{
	struct fixture f;
	struct found before[COUNT(filters)];
	unsigned keys[2];
	for (unsigned round = 0; round < 2; round++) {
		bool whole = false;
		filled(&f, FANOUT, OTHERS);
		found_all(&f, before);
		while (!whole) {
			if (round == 0)
				failing_arm("store_write", 1);
			whole = merge(&f);
			failing_disarm();
			CU_ASSERT(whole || f.problem.code == PROBLEM_STORE_FULL);
			found_the_same(&f, before);
			CU_ASSERT_EQUAL(findings(&f, true), 0);
			fixture_reopen(&f);
		}
		keys[round] = keys_of_index(&f);
		fixture_close(&f);
	}
	CU_ASSERT_EQUAL(keys[0], keys[1]);
}

/* A check whose every snapshot sees it further. */
static void checked_meanwhile(void)
{
	struct fixture f;
	filled(&f, FANOUT, OTHERS);
	stepping = &f;
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(findings(&f, true), 0);
	stepping = NULL;
	CU_ASSERT_TRUE(is_there(&f, 0, 1));
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
		{ "arena_run", 0, PROBLEM_OUT_OF_RESOURCES },
		{ "store_begin_read", 0, PROBLEM_BUSY },
		{ "store_get", 0, PROBLEM_STORE_FULL },
		{ "store_get", 1, PROBLEM_STORE_FULL },
		/* Before the first piece is put. */
		{ "store_get", 2, PROBLEM_STORE_FULL },
		/* Looking for what was put, at the first source, at the last, for the next pair. */
		{ "store_next", 0, PROBLEM_STORE_FULL },
		{ "store_next", 1, PROBLEM_STORE_FULL },
		{ "store_next", FANOUT, PROBLEM_STORE_FULL },
		{ "store_next", FANOUT + 9, PROBLEM_STORE_FULL },
		{ "store_write", 0, PROBLEM_STORE_FULL },
		{ "store_put", 0, PROBLEM_STORE_FULL },
		{ "store_put", 100, PROBLEM_STORE_FULL },
		{ "store_delete", 0, PROBLEM_STORE_FULL },
		{ "store_delete", 300, PROBLEM_STORE_FULL },
		/* For what goes. */
		{ "store_next", 0, PROBLEM_STORE_FULL },
		{ "store_next", 20, PROBLEM_STORE_FULL },
	};
	struct fixture f;
	struct found before[COUNT(filters)];
	filled(&f, FANOUT, OTHERS);
	found_all(&f, before);
	for (size_t i = 0; i < COUNT(rows); i++) {
		failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_FALSE(merge(&f));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(f.problem.code, rows[i].code);
		found_the_same(&f, before);
	}
	/* While it reads, then before it writes. */
	for (unsigned i = 0; i < 2; i++) {
		unsigned keys = keys_of_index(&f);
		stopping_at_end = i == 1;
		atomic_store(&stop, i == 0);
		CU_ASSERT_FALSE(merge(&f));
		stopping_at_end = false;
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
		CU_ASSERT_EQUAL(text_equal(f.problem.what, "told to stop"), i == 1);
		atomic_store(&stop, false);
		CU_ASSERT_EQUAL(keys_of_index(&f), keys);
	}
	CU_ASSERT_TRUE(merge(&f));
	found_the_same(&f, before);
	CU_ASSERT_EQUAL(findings(&f, true), 0);
	fixture_close(&f);
}

/* Somebody else of this node did it meanwhile: nothing is written that was read before. */
static bool other_note(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)p;
	return audit_note_merged(t, 0, 0, 1);
}

static void overtaken(void)
{
	for (unsigned put = 0; put < 2; put++) {
		struct fixture f;
		filled(&f, FANOUT, OTHERS);
		/* The first job that takes away is the first that deletes. */
		failing_arm(put ? "store_delete" : "store_write", 0);
		CU_ASSERT_FALSE(merge(&f));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(is_there(&f, 0, 1), put);
		unsigned keys = keys_of_index(&f);
		before_job = other_note;
		CU_ASSERT_TRUE(merge(&f));
		before_job = NULL;
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_NONE);
		CU_ASSERT_EQUAL(keys_of_index(&f), keys);
		fixture_close(&f);
	}
}

/* A block by its number from the run's first; it goes, or is changed. */
struct spoiling {
	unsigned block;
	size_t octet;        /* changed; 0: it goes */
	struct arena *arena; /* of what it was */
	struct bytes *was;   /* key and block */
};

static bool spoil(struct store_txn *t, const void *with)
{
	const struct spoiling *s = with;
	unsigned char prefix = SPACE_AUDIT_PATIENTS;
	struct bytes key = { 0 }, block;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &prefix, 1 }, false);
	for (unsigned i = 0; i <= s->block; i++)
		CU_ASSERT_TRUE_FATAL(store_next(c, &key, &block));
	s->was[0] = audit_entry_copy(key, s->arena);
	s->was[1] = audit_entry_copy(block, s->arena);
	store_scan_end(c);
	if (s->octet == 0)
		return store_delete(t, s->was[0]);
	struct bytes copy = audit_entry_copy(s->was[1], store_arena(t));
	((unsigned char *)copy.data)[s->octet - 1] ^= 1;
	return store_put(t, s->was[0], copy);
}

static bool put_back(struct store_txn *t, const void *with)
{
	const struct spoiling *s = with;
	return store_put(t, s->was[0], s->was[1]);
}

/* Whoever is in every entry is in most blocks: to find him all of them are walked. */
static void what_is_missing(void)
{
	static const struct audit_filter everywhere = { .patient = "nobody",
							.subjects = { all, 1 } };
	struct fixture f;
	struct bytes was[2];
	filled(&f, FANOUT, 0);
	CU_ASSERT_TRUE(merge(&f));
	struct found before = found(&f, &everywhere);
	CU_ASSERT_EQUAL(before.count, FANOUT * SEGMENT);
	unsigned blocks = keys_of_index(&f), told = 0;
	CU_ASSERT(blocks > 40);
	for (unsigned i = 0; i < blocks; i += 6) {
		const struct spoiling s = { .block = i, .arena = f.arena, .was = was };
		CU_ASSERT_TRUE(in_job(&f, spoil, &s));
		struct found now = found(&f, &everywhere);
		/* Told, or found all the same. */
		CU_ASSERT(now.failed || (now.count == before.count && now.sum == before.sum));
		told += now.failed;
		CU_ASSERT(findings(&f, false) > 0);
		CU_ASSERT_TRUE(in_job(&f, put_back, &s));
	}
	CU_ASSERT(told > 1);
	CU_ASSERT_EQUAL(findings(&f, true), 0);
	fixture_close(&f);
}

/* What one reads damaged is not made into something else. */
static void what_is_damaged(void)
{
	struct fixture f;
	struct bytes was[2];
	filled(&f, FANOUT, 0);
	const struct spoiling cut = { .block = 3, .arena = f.arena, .was = was },
			      changed = { .block = 1, .octet = 3, .arena = f.arena, .was = was };
	CU_ASSERT_TRUE(in_job(&f, spoil, &changed));
	CU_ASSERT(findings(&f, false) > 0);
	CU_ASSERT_TRUE(in_job(&f, put_back, &changed));
	CU_ASSERT_TRUE(merge(&f));
	CU_ASSERT_EQUAL(findings(&f, true), 0);
	CU_ASSERT_TRUE(in_job(&f, spoil, &cut));
	CU_ASSERT(findings(&f, false) > 0);
	fixture_close(&f);
}

/* The number of a block of which one pair can have another place, or hash, without any out of its
 * order, and the octet that says so: only what the entries name tells. */
static struct spoiling misplaced(struct fixture *f, bool hash, struct bytes *was)
{
	struct spoiling s = { .arena = f->arena, .was = was };
	unsigned char prefix = SPACE_AUDIT_PATIENTS;
	struct bytes key, octets;
	struct audit_block b;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &prefix, 1 }, false);
	for (; s.octet == 0 && store_next(c, &key, &octets); s.block++) {
		CU_ASSERT_TRUE_FATAL(audit_block_read(octets, &b));
		for (size_t i = 1; s.octet == 0 && i + 1 < b.count; i++) {
			struct audit_pair before = audit_block_pair(&b, i - 1),
					  pair = audit_block_pair(&b, i),
					  after = audit_block_pair(&b, i + 1);
			*(hash ? &pair.hash : &pair.place) ^= 1;
			if (audit_pair_order(&before, &pair) < 0
			    && audit_pair_order(&pair, &after) < 0)
				s.octet = (i + 1) * AUDIT_PAIR + (hash ? 6 : AUDIT_PAIR);
		}
	}
	s.block--;
	store_end(t);
	CU_ASSERT_FATAL(s.octet != 0);
	return s;
}

/* Little numbers, which are as good as large ones to whoever does not know them. */
static atomic_uint drawn;

static void fill_little(const struct random_source *r, void *out, size_t length)
{
	unsigned char *octets = out;
	(void)r;
	memset(octets, 0, length);
	octets[0] = (unsigned char)(atomic_fetch_add(&drawn, 1) % 255 + 1);
}

static const struct random_source little = { .fill = fill_little };

static void what_is_misplaced(void)
{
	struct fixture f;
	struct bytes was[2];
	filled(&f, FANOUT, 0);
	f.settings.random = &little;
	fixture_reopen(&f);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_TRUE(i < 2 || merge(&f));
		struct spoiling s = misplaced(&f, i % 2 == 1, was);
		unsigned before = atomic_load(&drawn);
		CU_ASSERT_EQUAL(findings(&f, true), 0);
		CU_ASSERT(atomic_load(&drawn) >= before + 2);
		CU_ASSERT_TRUE(in_job(&f, spoil, &s));
		CU_ASSERT_EQUAL(findings(&f, false), 1);
		CU_ASSERT_TRUE(in_job(&f, put_back, &s));
	}
	fixture_close(&f);
}

/* A segment without a run: its group stays, and so does the one above; all is found. */
static bool lose_run(struct store_txn *t, const void *with)
{
	const struct audit_run *run = with;
	struct key low = audit_run_key(*run), high = audit_run_end(*run);
	struct bytes key, block;
	bool more = true;
	while (more) {
		struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), false);
		more = store_next(c, &key, &block);
		struct bytes at = more ? audit_entry_copy(key, store_arena(t))
				       : (struct bytes){ 0 };
		store_scan_end(c);
		if (more)
			store_delete(t, at);
	}
	return !store_failed(t);
}

static void a_group_with_a_gap(void)
{
	static const struct audit_run lost[] = { { 0, 0 }, { 3, 0 }, { FANOUT - 1, 0 } };
	for (size_t i = 0; i < COUNT(lost); i++) {
		struct fixture f;
		struct found before[COUNT(filters)];
		filled(&f, 2 * FANOUT, 0);
		found_all(&f, before);
		CU_ASSERT_TRUE(in_job(&f, lose_run, &lost[i]));
		CU_ASSERT_TRUE(merge(&f));
		CU_ASSERT_FALSE(is_there(&f, 0, 1));
		CU_ASSERT_TRUE(is_there(&f, 1, 0) && is_there(&f, FANOUT, 1));
		found_the_same(&f, before);
		CU_ASSERT_EQUAL(findings(&f, true), 0);
		fixture_close(&f);
	}
}

/* A block that is none: told, and nothing is made of it. */
static bool spoil_block(struct store_txn *t, const void *with)
{
	struct key k = audit_run_key(*(const struct audit_run *)with);
	return store_put(t, key_span(&k), bytes_of_text("none"));
}

static void a_block_that_is_none(void)
{
	static const struct audit_run spoilt = { 2, 0 };
	struct fixture f;
	filled(&f, FANOUT, 0);
	CU_ASSERT_TRUE(in_job(&f, spoil_block, &spoilt));
	CU_ASSERT_FALSE(merge(&f));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_INTERNAL);
	CU_ASSERT_STRING_EQUAL(f.problem.what,
			       "the audit log's index of patients is damaged at segment 0");
	CU_ASSERT_FALSE(is_there(&f, 0, 1));
	fixture_close(&f);
}

/* As if so many segments were indexed that the last level had one run more than it may. */
static bool note_all_levels(struct store_txn *t, const void *with)
{
	uint64_t segments = audit_run_segments(AUDIT_LEVELS);
	(void)with;
	for (unsigned level = 0; level + 1 < AUDIT_LEVELS; level++)
		audit_note_merged(t, 0, level, segments / audit_run_segments(level + 1));
	return audit_note_indexed(t, segments);
}

static void no_level_beyond(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, note_all_levels, NULL));
	unsigned long written = atomic_load(&jobs);
	CU_ASSERT_TRUE(merge(&f));
	CU_ASSERT_EQUAL(atomic_load(&jobs), written);
	fixture_close(&f);
}

static const struct test tests[] = { { "eight become one", eight_become_one },
				     { "as few however long", as_few_however_long },
				     { "ended anywhere", ended_anywhere },
				     { "checked meanwhile", checked_meanwhile },
				     { "what fails", what_fails },
				     { "overtaken", overtaken },
				     { "what is missing", what_is_missing },
				     { "what is damaged", what_is_damaged },
				     { "what is misplaced", what_is_misplaced },
				     { "a group with a gap", a_group_with_a_gap },
				     { "a block that is none", a_block_that_is_none },
				     { "no level beyond", no_level_beyond },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit merging", tests);
}
