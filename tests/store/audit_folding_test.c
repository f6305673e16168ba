/* tests/store/audit_folding_test.c: sheets of the audit log are put together and packed beside the
 * committer: nothing of the entries changes, nobody who reads meanwhile notices, and whatever it
 * ends after, all of it was done or nothing. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"

enum { STEP = 512, ROOM = 8100 };

static atomic_bool stop;
/* What is done just before a job of the folding's. */
static bool (*before_job)(void *with, struct store_txn *t, struct problem *p);
static struct fixture *renewing; /* folded before a snapshot goes on as of now */
static unsigned renewals;

typedef bool job_function(void *with, struct store_txn *t, struct problem *p);
bool __real_store_write(struct store *s, job_function *run, void *with, struct problem *p);
bool __wrap_store_write(struct store *s, job_function *run, void *with, struct problem *p);
bool __wrap_store_write(struct store *s, job_function *run, void *with, struct problem *p)
{
	if (failing_now("store_write"))
		return problem_set(p, PROBLEM_STORE_FULL, "made to fail");
	if (before_job != NULL)
		CU_ASSERT_TRUE(__real_store_write(s, before_job, NULL, p));
	return __real_store_write(s, run, with, p);
}

bool __real_store_renew(struct store_txn *t);
bool __wrap_store_renew(struct store_txn *t);
bool __wrap_store_renew(struct store_txn *t)
{
	struct problem p = { .code = PROBLEM_NONE };
	renewals++;
	if (renewing != NULL)
		CU_ASSERT_TRUE(audit_log_fold(renewing->store, NULL, &p));
	return __real_store_renew(t);
}

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(struct arena *, arena_create, (size_t ceiling), (ceiling), NULL)
FAILING(bool, arena_run, (struct arena * a, void (*work)(void *), void *with), (a, work, with),
	false)
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))
FAILING(struct store_txn *, store_begin_read, (struct store * s, struct problem *p), (s, p),
	(problem_set(p, PROBLEM_BUSY, "made to fail"), NULL))

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

/* Appending: so many entries, a job each or all in one, of so many octets beside the usual. */
struct appending {
	unsigned begin, entries;
	size_t octets;
};

static struct text_list lee = { "3^^^&1.2.1&ISO", NULL };

/* Of an entry's own, and hardly to be packed. */
static void fill(char *large, size_t octets, unsigned entry)
{
	uint32_t drawn = 2 * entry + 1;
	for (size_t i = 0; i < octets; i++) {
		drawn = drawn * 1664525 + 1013904223;
		large[i] = (char)('0' + (drawn >> 26));
	}
}

static bool append(struct store_txn *t, const void *with)
{
	const struct appending *a = with;
	bool kept = true;
	char *large = arena_alloc(store_arena(t), a->octets + 1);
	for (unsigned i = a->begin; kept && i < a->begin + a->entries; i++) {
		fill(large, a->octets, i);
		uint64_t record = i % 50;
		struct audit_terms terms = { .time = (instant)i * 1000,
					     .transaction = i % 7 == 0 ? "ITI-18" : "ITI-45",
					     .system = "a-hospital",
					     .patients = i % 100 == 3 ? &lee : NULL,
					     .subjects = { &record, 1 } };
		const char *text = arena_printf(store_arena(t), "record %u is%s what it is", i,
						large);
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text(text), &terms), NULL);
	}
	return kept;
}

static void appended(struct fixture *f, unsigned entries, unsigned a_job, size_t octets)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_head head;
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	store_end(t);
	for (unsigned i = 0; i < entries; i += a_job) {
		struct appending a = { (unsigned)head.sequence + i,
				       a_job < entries - i ? a_job : entries - i, octets };
		CU_ASSERT_TRUE_FATAL(in_job(f, append, &a));
	}
}

static bool fold(struct fixture *f)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return audit_log_fold(f->store, &stop, &f->problem);
}

static uint64_t folded(struct fixture *f)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	uint64_t last = audit_folded(t, 0);
	store_end(t);
	return last;
}

struct sheets {
	unsigned count, packed;
	size_t octets, largest;
};

static struct sheets sheets_of(struct fixture *f)
{
	unsigned char prefix = SPACE_AUDIT_SHEET;
	struct sheets s = { 0 };
	struct bytes key, sheet;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &prefix, 1 }, false);
	while (store_next(c, &key, &sheet)) {
		s.count++;
		s.octets += sheet.length;
		if (!audit_sheet_is_packed(sheet))
			continue;
		s.packed++;
		s.largest = sheet.length > s.largest ? sheet.length : s.largest;
	}
	store_end(t);
	return s;
}

/* A sum over all entries as they are kept, numbers and octets. */
static uint64_t sum_of(struct fixture *f)
{
	uint64_t sum = 0, sequence;
	struct bytes value;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_walk w = audit_walk_from(t, 1, UINT64_MAX);
	while (audit_walk_next(&w, &sequence, &value)) {
		sum = sum * 31 + sequence;
		for (size_t i = 0; i < value.length; i++)
			sum = sum * 31 + value.data[i];
	}
	audit_walk_end(&w);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return sum;
}

/* The same of what a search finds. */
static uint64_t found_by(struct fixture *f, const struct audit_filter *filter)
{
	uint64_t sum = 0;
	struct arena *a = arena_create(64 << 20);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_cursor *c = audit_log_search(t, filter, a);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;)
		sum = sum * 31 + e->sequence;
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	arena_destroy(a);
	return sum;
}

static void tell(void *with, const char *finding)
{
	(void)with;
	printf("%s\n", finding);
}

static void nothing_is_wrong(struct fixture *f)
{
	struct check_counts counts;
	struct audit_head head;
	uint64_t broken;
	CU_ASSERT_TRUE(store_check(f->store, NULL, tell, NULL, &counts, &f->problem));
	CU_ASSERT_EQUAL(counts.findings, 0);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(audit_log_verify(t, &head, &broken, &f->problem));
	store_end(t);
}

/* Committed one by one, in tens, in hundreds; each of several steps. */
static void the_same_in_fewer_octets(void)
{
	static const unsigned a_job[] = { 1, 10, 300 };
	static const struct audit_filter filters[] = {
		{ .from = 0 },
		{ .from = 100000, .to = 900000 },
		{ .transaction = "ITI-18" },
		{ .patient = "3^^^&1.2.1&ISO" },
	};
	for (size_t i = 0; i < COUNT(a_job); i++) {
		uint64_t found[COUNT(filters)];
		struct fixture f;
		fixture_open(&f);
		appended(&f, 2 * STEP + 100, a_job[i], 0);
		struct sheets before = sheets_of(&f);
		uint64_t sum = sum_of(&f);
		for (size_t k = 0; k < COUNT(filters); k++)
			found[k] = found_by(&f, &filters[k]);
		CU_ASSERT_TRUE(fold(&f));
		struct sheets after = sheets_of(&f);
		CU_ASSERT(folded(&f) >= 2 * STEP);
		CU_ASSERT(after.packed > 5 && after.packed <= 10);
		CU_ASSERT(after.largest <= ROOM);
		CU_ASSERT(after.octets < before.octets * 3 / 4);
		CU_ASSERT(after.count < before.count);
		CU_ASSERT_EQUAL(sum_of(&f), sum);
		for (size_t k = 0; k < COUNT(filters); k++)
			CU_ASSERT_EQUAL(found_by(&f, &filters[k]), found[k]);
		nothing_is_wrong(&f);
		fixture_reopen(&f);
		CU_ASSERT_TRUE(fold(&f));
		CU_ASSERT_EQUAL(sheets_of(&f).octets, after.octets);
		CU_ASSERT_EQUAL(sum_of(&f), sum);
		fixture_close(&f);
	}
}

/* Entries go on being appended behind what was packed. */
static void what_is_full(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(fold(&f));
	appended(&f, STEP - 1, 10, 0);
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_EQUAL(folded(&f), 0);
	CU_ASSERT_EQUAL(sheets_of(&f).packed, 0);
	appended(&f, 1, 1, 0);
	CU_ASSERT_TRUE(audit_log_fold(f.store, NULL, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_NONE);
	CU_ASSERT_EQUAL(folded(&f), STEP);
	struct sheets s = sheets_of(&f);
	CU_ASSERT_EQUAL(s.packed, s.count);
	appended(&f, STEP, 7, 0);
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_EQUAL(folded(&f), 2 * STEP);
	nothing_is_wrong(&f);
	fixture_close(&f);
}

/* One a sheet when they are large, however large. */
static void large_entries(void)
{
	static const size_t octets[] = { 1000, 9000, 70000, 9 << 20 };
	for (size_t i = 0; i < COUNT(octets); i++) {
		struct fixture f;
		fixture_open(&f);
		appended(&f, 6, 1, octets[i]);
		appended(&f, STEP, 10, 0);
		uint64_t sum = sum_of(&f);
		CU_ASSERT_TRUE(fold(&f));
		CU_ASSERT(folded(&f) >= STEP);
		CU_ASSERT_EQUAL(sum_of(&f), sum);
		nothing_is_wrong(&f);
		fixture_close(&f);
	}
}

/* A sheet with so many values of so many octets, whatever they are, in the place of each of these,
 * and of those whose entries they would be. */
struct forging {
	unsigned first, sheets, values;
	size_t octets;
};

static bool forge(struct store_txn *t, const void *with)
{
	const struct forging *g = with;
	size_t each = 4 + g->octets;
	unsigned char *sheet = arena_alloc(store_arena(t), g->values * each);
	for (unsigned i = 0; i < g->values; i++) {
		for (unsigned k = 0; k < 4; k++)
			sheet[i * each + k] = (unsigned char)(g->octets >> (24 - 8 * k));
		memset(sheet + i * each + 4, (int)i, g->octets);
	}
	for (unsigned i = 1; i < g->values; i++) {
		struct key k = audit_sheet_key(g->first + i);
		store_delete(t, key_span(&k));
	}
	for (unsigned i = 0; i < g->sheets; i++) {
		struct key k = audit_sheet_key(g->first + i);
		store_put(t, key_span(&k), (struct bytes){ sheet, g->values * each });
	}
	return !store_failed(t);
}

static bool is_packed(struct fixture *f, uint64_t first)
{
	struct key k = audit_sheet_key(first);
	struct bytes sheet = { 0 };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool packed = store_get(t, key_span(&k), store_arena(t), &sheet)
		      && audit_sheet_is_packed(sheet);
	store_end(t);
	return packed;
}

/* Of how long a value its sheet is packed, and of how many values. */
static void what_is_packed(void)
{
	enum { MOST = 8 << 20, AT_ONCE = 800 };
	static const struct {
		const char *why;
		struct forging forged;
		bool packed;
	} rows[] = {
		{ "as they come", { 1, 0, 0, 0 }, true },
		{ "a hash", { 1, 1, 1, AUDIT_HASH }, false },
		{ "a hash and an octet", { 1, 1, 1, AUDIT_HASH + 1 }, true },
		{ "the largest", { 1, 1, 1, MOST }, true },
		{ "an octet more", { 1, 1, 1, MOST + 1 }, false },
		{ "more than there is room for", { 1, 1, AT_ONCE, AUDIT_HASH + 1 }, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		appended(&f, 1, 1, 0);
		appended(&f, AT_ONCE - 1, AT_ONCE - 1, 0);
		appended(&f, 2 * STEP, STEP, 0);
		CU_ASSERT_TRUE(in_job(&f, forge, &rows[i].forged));
		uint64_t sum = sum_of(&f);
		CU_ASSERT_TRUE(fold(&f));
		CU_ASSERT_EQUAL(is_packed(&f, 1), rows[i].packed);
		if (is_packed(&f, 1) != rows[i].packed)
			printf("%s\n", rows[i].why);
		CU_ASSERT(folded(&f) > AT_ONCE);
		CU_ASSERT_EQUAL(sum_of(&f), sum);
		fixture_close(&f);
	}
}

/* Of those guessed that are too many there stay as many as fit, not one. */
static void as_many_as_fit(void)
{
	struct fixture f;
	fixture_open(&f);
	appended(&f, STEP, 10, 1000);
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_TRUE(is_packed(&f, 1));
	CU_ASSERT_FALSE(is_packed(&f, 2));
	CU_ASSERT(sheets_of(&f).largest <= ROOM);
	fixture_close(&f);
}

/* One step ends with the sheet that makes it as many entries, or as many octets, as it may have. */
static void ends_of_a_step(void)
{
	enum { EACH = 4096, FULL = (256 << 10) / EACH };
	struct fixture f;
	fixture_open(&f);
	appended(&f, STEP + 8, 8, 0);
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_EQUAL(folded(&f), STEP);
	fixture_close(&f);
	fixture_open(&f);
	appended(&f, STEP, 1, 0);
	CU_ASSERT_TRUE(in_job(&f, forge, &(struct forging){ 1, FULL + 1, 1, EACH }));
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_EQUAL(folded(&f), FULL);
	fixture_close(&f);
}

/* Whatever fails, nothing was done; the next time all of it. */
static void ended_anywhere(void)
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
		{ "store_get", 2, PROBLEM_STORE_FULL },
		{ "store_write", 0, PROBLEM_STORE_FULL },
		{ "store_delete", 0, PROBLEM_STORE_FULL },
		{ "store_delete", 5, PROBLEM_STORE_FULL },
		{ "store_put", 0, PROBLEM_STORE_FULL },
		{ "store_put", 2, PROBLEM_STORE_FULL },
	};
	struct fixture f;
	fixture_open(&f);
	appended(&f, STEP, 10, 0);
	uint64_t sum = sum_of(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_FALSE(fold(&f));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(f.problem.code, rows[i].code);
		CU_ASSERT_EQUAL(folded(&f), 0);
		CU_ASSERT_EQUAL(sheets_of(&f).packed, 0);
		CU_ASSERT_EQUAL(sum_of(&f), sum);
	}
	nothing_is_wrong(&f);
	fixture_reopen(&f);
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_EQUAL(folded(&f), STEP);
	CU_ASSERT_EQUAL(sum_of(&f), sum);
	nothing_is_wrong(&f);
	fixture_close(&f);
}

static void told_to_stop(void)
{
	struct fixture f;
	fixture_open(&f);
	appended(&f, STEP, 10, 0);
	/* While it reads, then before it writes. */
	for (unsigned i = 0; i < 2; i++) {
		stopping_at_end = i == 1;
		atomic_store(&stop, i == 0);
		CU_ASSERT_FALSE(fold(&f));
		stopping_at_end = false;
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
		CU_ASSERT_EQUAL(text_equal(f.problem.what, "told to stop"), i == 1);
		atomic_store(&stop, false);
		CU_ASSERT_EQUAL(folded(&f), 0);
	}
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_EQUAL(folded(&f), STEP);
	fixture_close(&f);
}

static bool other_note(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)p;
	return audit_note_folded(t, 7);
}

/* Of the last entry read: as if the log had been exchanged. */
static bool other_entry(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	struct bytes sheet, key;
	(void)with;
	(void)p;
	key_begin(&k, SPACE_AUDIT_SHEET);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), true);
	CU_ASSERT_TRUE_FATAL(store_next(c, &key, &sheet));
	struct bytes other = audit_entry_copy(sheet, store_arena(t)),
		     at = audit_entry_copy(key, store_arena(t));
	((unsigned char *)other.data)[4] ^= 1;
	store_scan_end(c);
	return store_put(t, at, other);
}

static void others_meanwhile(void)
{
	static const struct {
		job_function *what;
		bool done;
		uint64_t folded;
	} rows[] = {
		{ other_note, true, 7 },
		{ other_entry, false, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		appended(&f, STEP - 1, 10, 0);
		appended(&f, 1, 1, 0);
		before_job = rows[i].what;
		CU_ASSERT_EQUAL(fold(&f), rows[i].done);
		before_job = NULL;
		CU_ASSERT(rows[i].done || f.problem.code == PROBLEM_CONFLICT);
		CU_ASSERT_EQUAL(folded(&f), rows[i].folded);
		CU_ASSERT_EQUAL(sheets_of(&f).packed, 0);
		fixture_close(&f);
	}
}

/* Sheets that stay, and those around them that do not. */
struct spoiling {
	const char *why;
	uint64_t sheet;
	bool gone, longer;
};

static bool spoil(struct store_txn *t, const void *with)
{
	const struct spoiling *s = with;
	struct key k = audit_sheet_key(s->sheet);
	if (s->gone)
		return store_delete(t, key_span(&k));
	if (s->longer)
		key_octet(&k, 0);
	return store_put(t, key_span(&k), bytes_of_text("no sheet"));
}

static void what_cannot_be_read(void)
{
	static const struct spoiling rows[] = {
		{ "the first", 1, false, false },       { "one between", 101, false, false },
		{ "the first gone", 1, true, false },   { "one gone", 101, true, false },
		{ "a key too long", 101, false, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		appended(&f, 3 * STEP, 10, 0);
		CU_ASSERT_TRUE(in_job(&f, spoil, &rows[i]));
		uint64_t sum = sum_of(&f);
		CU_ASSERT_TRUE(fold(&f));
		CU_ASSERT(folded(&f) > 2 * STEP);
		if (f.problem.code != PROBLEM_NONE)
			printf("%s: %s\n", rows[i].why, f.problem.what);
		CU_ASSERT(sheets_of(&f).packed > 5);
		/* What stands before it is packed; not so when the first of it is not found. */
		CU_ASSERT_EQUAL(is_packed(&f, 1), rows[i].sheet != 1 && !rows[i].longer);
		CU_ASSERT_EQUAL(sum_of(&f), sum);
		fixture_close(&f);
	}
}

/* A head, and no sheet: there is nothing to be done, and that ends. */
static bool lose_sheets(struct store_txn *t, const void *with)
{
	unsigned char prefix = SPACE_AUDIT_SHEET;
	struct bytes key, sheet;
	bool more = true;
	(void)with;
	while (more) {
		struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &prefix, 1 }, false);
		more = store_next(c, &key, &sheet);
		struct bytes at = more ? audit_entry_copy(key, store_arena(t))
				       : (struct bytes){ 0 };
		store_scan_end(c);
		if (more)
			store_delete(t, at);
	}
	return !store_failed(t);
}

static void no_sheet_at_all(void)
{
	struct fixture f;
	fixture_open(&f);
	appended(&f, STEP, STEP, 0);
	CU_ASSERT_TRUE(in_job(&f, lose_sheets, NULL));
	CU_ASSERT_EQUAL(sheets_of(&f).count, 0);
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_EQUAL(folded(&f), 0);
	fixture_close(&f);
}

static bool lose_note(struct store_txn *t, const void *with)
{
	struct key k;
	(void)with;
	key_begin(&k, SPACE_AUDIT_FOLDED);
	key_number(&k, 0);
	return store_delete(t, key_span(&k));
}

/* Who does not know what was packed packs none of it twice. */
static void packed_already(void)
{
	struct fixture f;
	fixture_open(&f);
	appended(&f, 2 * STEP, 10, 0);
	CU_ASSERT_TRUE(fold(&f));
	uint64_t sum = sum_of(&f), reached = folded(&f);
	size_t packed = sheets_of(&f).packed;
	CU_ASSERT_TRUE(in_job(&f, lose_note, NULL));
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT(folded(&f) > reached - STEP);
	CU_ASSERT_EQUAL(sheets_of(&f).packed, packed);
	CU_ASSERT_EQUAL(sum_of(&f), sum);
	nothing_is_wrong(&f);
	fixture_close(&f);
}

/* A snapshot of a verification goes on in one in which all it has yet to see was packed. */
static void verified_meanwhile(void)
{
	struct fixture f;
	struct audit_head head;
	uint64_t broken;
	struct problem p = { .code = PROBLEM_NONE };
	fixture_open(&f);
	for (unsigned a_job = 9; a_job < 12; a_job++) {
		appended(&f, AUDIT_VERIFIED_AT_ONCE + 300, a_job, 0);
		renewing = &f;
		renewals = 0;
		struct store_txn *t = store_begin_read(f.store, &p);
		CU_ASSERT_TRUE(audit_log_verify(t, &head, &broken, &p));
		store_end(t);
		renewing = NULL;
		CU_ASSERT(renewals > 0);
		CU_ASSERT_STRING_EQUAL(p.what, "");
	}
	fixture_close(&f);
}

/* A packed sheet that is damaged: told by the walk as one entry without octets, by check and verify
 * as a finding. */
static bool damage(struct store_txn *t, const void *with)
{
	const size_t *octet = with;
	struct key k = audit_sheet_key(1);
	struct bytes sheet;
	if (!store_get(t, key_span(&k), store_arena(t), &sheet))
		return false;
	((unsigned char *)sheet.data)[*octet < sheet.length ? *octet : sheet.length - 1] ^= 0x55;
	return store_put(t, key_span(&k), sheet);
}

static void a_damaged_packed_sheet(void)
{
	static const size_t octets[] = { 0, 1, 2, 3, 6, 7, 40, 4000, 1 << 20 };
	for (size_t i = 0; i < COUNT(octets); i++) {
		struct check_counts counts;
		struct audit_head head;
		uint64_t broken;
		struct fixture f;
		fixture_open(&f);
		appended(&f, STEP, 10, 0);
		CU_ASSERT_TRUE(fold(&f));
		CU_ASSERT_TRUE(in_job(&f, damage, &octets[i]));
		CU_ASSERT_TRUE(store_check(f.store, NULL, NULL, NULL, &counts, &f.problem));
		CU_ASSERT(counts.findings > 0);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_FALSE(audit_log_verify(t, &head, &broken, &f.problem));
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_CONFLICT);
		store_end(t);
		fixture_close(&f);
	}
}

/* However many sheets it goes over; and what it had of the last it gives back. */
static void a_walk_has_one_sheet_at_a_time(void)
{
	struct fixture f;
	uint64_t sequence;
	struct bytes value;
	fixture_open(&f);
	appended(&f, 10 * STEP, STEP, 100);
	CU_ASSERT_TRUE(fold(&f));
	CU_ASSERT_TRUE(sheets_of(&f).packed >= 5);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct audit_walk w = audit_walk_from(t, 1, UINT64_MAX);
	CU_ASSERT_TRUE_FATAL(audit_walk_next(&w, &sequence, &value) && w.unpacked != NULL);
	size_t used = arena_used(w.unpacked), most = used, octets = value.length;
	while (audit_walk_next(&w, &sequence, &value)) {
		used = arena_used(w.unpacked);
		most = used > most ? used : most;
		octets += value.length;
	}
	CU_ASSERT_EQUAL(sequence, 10 * STEP);
	/* Unpacking one needs its octets twice. */
	CU_ASSERT_TRUE(most < octets / 4);
	audit_walk_end(&w);
	CU_ASSERT_TRUE(arena_used(w.unpacked) < used / 2);
	store_end(t);
	fixture_close(&f);
}

/* Page by page, each by a search of its own: whoever looks through all of a log does so in one
 * snapshot, whose memory does not grow with the log. */
static void paged_through_in_one_snapshot(void)
{
	enum { PAGE = 16 };
	struct fixture f;
	struct arena *a = arena_create(SIZE_MAX);
	fixture_open(&f);
	appended(&f, 2 * STEP + 100, 300, 0);
	CU_ASSERT_TRUE(fold(&f));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	size_t found = 0, before = arena_used(store_arena(t));
	struct audit_mark after = { 0 };
	for (size_t count = PAGE; count == PAGE; found += count) {
		const struct audit_filter page = { .after = after, .limit = PAGE };
		arena_reset(a);
		struct audit_cursor *c = audit_log_search(t, &page, a);
		count = 0;
		for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; count++)
			after = (struct audit_mark){ e->terms.time, e->sequence };
		CU_ASSERT_PTR_NULL(audit_log_next(c));
	}
	for (uint64_t from = 1; from < STEP; from += PAGE) {
		arena_reset(a);
		struct audit_cursor *c = audit_log_from(t, from, PAGE, a);
		while (audit_log_next(c) != NULL)
			found++;
	}
	CU_ASSERT(found >= 3 * STEP);
	CU_ASSERT(arena_used(store_arena(t)) - before <= 64 << 10);
	store_end(t);
	arena_destroy(a);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "what is full", what_is_full },
	{ "paged through in one snapshot", paged_through_in_one_snapshot },
	{ "ends of a step", ends_of_a_step },
	{ "the same in fewer octets", the_same_in_fewer_octets },
	{ "a walk has one sheet at a time", a_walk_has_one_sheet_at_a_time },
	{ "large entries", large_entries },
	{ "what is packed", what_is_packed },
	{ "as many as fit", as_many_as_fit },
	{ "ended anywhere", ended_anywhere },
	{ "told to stop", told_to_stop },
	{ "others meanwhile", others_meanwhile },
	{ "what cannot be read", what_cannot_be_read },
	{ "no sheet at all", no_sheet_at_all },
	{ "packed already", packed_already },
	{ "verified meanwhile", verified_meanwhile },
	{ "a damaged packed sheet", a_damaged_packed_sheet },
	{ 0 }
};

int main(void)
{
	return suite_run("store: audit folding", tests);
}
