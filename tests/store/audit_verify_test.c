/* tests/store/audit_verify_test.c: a long log is verified in steps, each in a snapshot of its own,
 * while others write. What happens between is put there by the linker (--wrap). */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/audit_log.h"
#include "tests/base/failing.h"
#include "tests/store/fixture.h"

enum {
	AT_ONCE = 512, /* entries of one job */
	STEPS = 5,
	ENTRIES = STEPS * AUDIT_VERIFIED_AT_ONCE,
	SNAPSHOT_OCTETS = 1 << 20,
	/* As much as a step leaves behind fits, as much as two leave does not. */
	OCTETS = SNAPSHOT_OCTETS * 3 / 4 / (AUDIT_VERIFIED_AT_ONCE / AT_ONCE),
};

/* What is done to the entry at which a step rests. */
enum displacing { LEFT, SHORTENED, MOVED, CUT };

typedef bool job_function(void *with, struct store_txn *t, struct problem *p);

/* What others do meanwhile. */
static struct {
	struct fixture *f;
	unsigned entries, renewals; /* so far */
	bool writing, appending, refusing, damaging;
	job_function *beginning; /* what is done to the beginning of the chain */
	enum displacing displacing;
	unsigned stop_at; /* renewal */
	atomic_bool stop;
} meanwhile;

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	const struct audit_terms terms = { .time = 1,
					   .transaction = "ITI-18",
					   .system = "a-hospital" };
	bool kept = true;
	(void)p;
	for (unsigned i = 0; kept && i < *(unsigned *)with; i++)
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("record"), &terms), NULL);
	return kept;
}

/* What the snapshot sees of that key is to be remembered for it. */
static bool write_much(void *with, struct store_txn *t, struct problem *p)
{
	static const unsigned char octets[OCTETS];
	struct key k;
	(void)p;
	key_begin(&k, SPACE_OUTBOX_FIRST);
	key_number(&k, *(unsigned *)with);
	return store_put(t, key_span(&k), (struct bytes){ octets, OCTETS });
}

bool __real_audit_walk_next(struct audit_walk *w, uint64_t *sequence, struct bytes *value);
bool __wrap_audit_walk_next(struct audit_walk *w, uint64_t *sequence, struct bytes *value);
bool __wrap_audit_walk_next(struct audit_walk *w, uint64_t *sequence, struct bytes *value)
{
	struct problem p = { 0 };
	unsigned number = ++meanwhile.entries / AT_ONCE;
	if (meanwhile.writing && meanwhile.entries % AT_ONCE == 0)
		CU_ASSERT_TRUE(store_write(meanwhile.f->store, write_much, &number, &p));
	return __real_audit_walk_next(w, sequence, value);
}

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

static bool damage_head(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)with, (void)p;
	key_begin(&k, SPACE_AUDIT_HEAD);
	key_number(&k, 0);
	return store_put(t, key_span(&k), bytes_of_text("rubbish"));
}

static struct key sheet_key(uint64_t first)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_SHEET);
	key_number(&k, first);
	return k;
}

/* The sheet this entry stands on. False: there is none. */
static bool take_sheet_away(struct store_txn *t, uint64_t entry)
{
	struct key low = sheet_key(0), high = sheet_key(entry + 1);
	struct bytes key, value;
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), true);
	bool there = store_next(c, &key, &value);
	struct bytes at = there ? audit_entry_copy(key, store_arena(t)) : (struct bytes){ 0 };
	store_scan_end(c);
	return there && store_delete(t, at);
}

/* A sheet of its own for the entry at which the first step rests: its hash, and nothing after it.
 * Or its sheet is away, and the hash, with an octet after it, stands one place further on. Or
 * nothing is left from there on. */
static bool displace(void *with, struct store_txn *t, struct problem *p)
{
	const enum displacing how = *(enum displacing *)with;
	unsigned char sheet[4 + AUDIT_HASH + 1] = { 0, 0, 0, AUDIT_HASH + (how == MOVED) };
	struct key k = sheet_key(AUDIT_VERIFIED_AT_ONCE + (how == MOVED));
	(void)p;
	if (!audit_log_hash(t, AUDIT_VERIFIED_AT_ONCE, sheet + 4))
		return false;
	if (how == MOVED && !take_sheet_away(t, AUDIT_VERIFIED_AT_ONCE))
		return false;
	while (how == CUT && audit_log_hash(t, AUDIT_VERIFIED_AT_ONCE, sheet + 4))
		if (!take_sheet_away(t, ENTRIES))
			return false;
	return how == CUT || store_put(t, key_span(&k), (struct bytes){ sheet, 4U + sheet[3] });
}

bool __real_store_renew(struct store_txn *t);
bool __wrap_store_renew(struct store_txn *t);
bool __wrap_store_renew(struct store_txn *t)
{
	unsigned more = 10;
	struct problem p = { 0 };
	meanwhile.renewals++;
	if (meanwhile.appending)
		CU_ASSERT_TRUE(store_write(meanwhile.f->store, append, &more, &p));
	if (meanwhile.beginning != NULL && meanwhile.renewals == 1)
		CU_ASSERT_TRUE(store_write(meanwhile.f->store, meanwhile.beginning, NULL, &p));
	if (meanwhile.damaging)
		CU_ASSERT_TRUE(store_write(meanwhile.f->store, damage_head, NULL, &p));
	if (meanwhile.displacing != LEFT)
		CU_ASSERT_TRUE(
			store_write(meanwhile.f->store, displace, &meanwhile.displacing, &p));
	if (meanwhile.renewals == meanwhile.stop_at)
		atomic_store(&meanwhile.stop, true);
	return meanwhile.refusing ? refused(t) : __real_store_renew(t);
}

FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))

static void fill(struct fixture *f)
{
	unsigned some = AT_ONCE;
	memset(&meanwhile, 0, sizeof meanwhile);
	meanwhile.f = f;
	fixture_open(f);
	store_close(f->store);
	f->settings.snapshot_bytes = SNAPSHOT_OCTETS;
	f->store = store_open(&f->settings, &f->problem);
	fixture_must(f, f->store != NULL);
	for (unsigned i = 0; i < ENTRIES; i += AT_ONCE)
		CU_ASSERT_TRUE(store_write(f->store, append, &some, &f->problem));
}

static bool verify(struct fixture *f, struct audit_head *head, struct problem *p)
{
	uint64_t broken;
	*p = (struct problem){ 0 };
	struct store_txn *t = store_begin_read(f->store, p);
	store_stop_on(t, &meanwhile.stop);
	bool whole = audit_log_verify(t, head, &broken, p);
	store_end(t);
	return whole;
}

static void no_snapshot_is_held_for_long(void)
{
	struct fixture f;
	struct problem p = { 0 };
	struct audit_head head;
	fill(&f);
	for (unsigned number = 0; number <= ENTRIES / AT_ONCE + 1; number++)
		CU_ASSERT_TRUE(store_write(f.store, write_much, &number, &p));
	meanwhile.entries = 0;
	meanwhile.writing = true;
	CU_ASSERT_TRUE(verify(&f, &head, &p));
	CU_ASSERT_STRING_EQUAL(p.what, "");
	CU_ASSERT_EQUAL(head.sequence, ENTRIES);
	CU_ASSERT(meanwhile.renewals >= STEPS - 1);
	fixture_close(&f);
}

static void what_is_verified_is_counted(void)
{
	struct fixture f;
	struct problem p = { 0 };
	struct progress progress;
	struct progress_seen seen;
	struct audit_watch watch = { .progress = &progress };
	struct audit_verdict verdict;
	fill(&f);
	progress_create(&progress, &system_clock, NULL);
	struct store_txn *t = store_begin_read(f.store, &p);
	CU_ASSERT_TRUE(audit_log_verify_watched(&watch, t, f.arena, &verdict, &p));
	CU_ASSERT_TRUE(verdict.whole && verdict.count == 1);
	store_end(t);
	progress_look(&progress, &seen);
	CU_ASSERT_STRING_EQUAL(seen.unit, "audit records");
	CU_ASSERT_EQUAL(seen.done, ENTRIES);
	CU_ASSERT_EQUAL(seen.of, ENTRIES);
	progress_destroy(&progress);
	fixture_close(&f);
}

/* The end is the head of the last step's snapshot. */
static void what_is_appended_meanwhile_is_verified(void)
{
	struct fixture f;
	struct problem p;
	struct audit_head head;
	fill(&f);
	meanwhile.appending = true;
	CU_ASSERT_TRUE(verify(&f, &head, &p));
	CU_ASSERT(meanwhile.renewals >= STEPS - 1);
	CU_ASSERT_EQUAL(head.sequence, ENTRIES + 10 * meanwhile.renewals);
	fixture_close(&f);
}

static void it_ends_when_told(void)
{
	struct fixture f;
	struct problem p;
	struct audit_head head;
	fill(&f);
	meanwhile.stop_at = 2;
	CU_ASSERT_FALSE(verify(&f, &head, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_BUSY);
	CU_ASSERT_EQUAL(meanwhile.renewals, 2);
	fixture_close(&f);
}

/* A sheet put behind another, or taken away again: as the next, or with the number of that other
 * and an octet more. */
struct forging {
	uint64_t sheet;
	bool longer, undo, was_there;
};

static bool forge(void *with, struct store_txn *t, struct problem *p)
{
	struct forging *x = with;
	struct bytes value;
	struct key from, to;
	(void)p;
	key_begin(&from, SPACE_AUDIT_SHEET);
	to = from;
	key_number(&from, x->sheet);
	key_number(&to, x->longer ? x->sheet : x->sheet + 1);
	if (x->longer)
		key_octet(&to, 0);
	x->was_there = store_get(t, key_span(&from), store_arena(t), &value);
	if (!x->was_there)
		return true;
	return x->undo ? store_delete(t, key_span(&to)) : store_put(t, key_span(&to), value);
}

/* Wherever a step rests: none of the sheets around it hides one that was added. */
static void nothing_hides_between_two_steps(void)
{
	struct fixture f;
	struct problem p;
	struct audit_head head;
	unsigned forged = 0;
	fill(&f);
	for (uint64_t i = 0; i < 1200; i++) {
		struct forging x = { .sheet = AUDIT_VERIFIED_AT_ONCE - 300 + i / 2,
				     .longer = i % 2 };
		CU_ASSERT_TRUE(store_write(f.store, forge, &x, &p));
		if (!x.was_there)
			continue;
		forged++;
		CU_ASSERT_FALSE(verify(&f, &head, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
		x.undo = true;
		CU_ASSERT_TRUE(store_write(f.store, forge, &x, &p));
	}
	CU_ASSERT(forged >= 8);
	CU_ASSERT_TRUE(verify(&f, &head, &p));
	fixture_close(&f);
}

/* No snapshot of now, or no end of the log in it: who cannot go on has not verified. */
static void what_cannot_go_on(void)
{
	struct fixture f;
	struct problem p;
	struct audit_head head;
	fill(&f);
	failing_arm("store_get", 3);
	CU_ASSERT_FALSE(verify(&f, &head, &p));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_EQUAL(meanwhile.renewals, 1);
	CU_ASSERT_EQUAL(p.code, PROBLEM_STORE_FULL);
	meanwhile.refusing = true;
	CU_ASSERT_FALSE(verify(&f, &head, &p));
	CU_ASSERT_EQUAL(meanwhile.renewals, 2);
	CU_ASSERT_EQUAL(p.code, PROBLEM_STORE_FULL);
	fixture_close(&f);
}

/* A head that is damaged meanwhile: what is behind it cannot be judged, and that is what is
 * said. */
static void a_head_damaged_meanwhile(void)
{
	struct fixture f;
	struct problem p;
	struct audit_head head;
	fill(&f);
	meanwhile.damaging = true;
	CU_ASSERT_FALSE(verify(&f, &head, &p));
	CU_ASSERT_EQUAL(meanwhile.renewals, 1);
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(p.what, "cannot be judged: the head is damaged"));
	fixture_close(&f);
}

/* Further than the entry at which the first step rests, by rule. */
static bool goes(void *with, struct store_txn *t, struct problem *p)
{
	struct audit_checkpoint c = { .sequence = AUDIT_VERIFIED_AT_ONCE + AUDIT_SEGMENT - 1,
				      .line = bytes_of_text("signed") };
	(void)with;
	return audit_log_hash(t, c.sequence, c.hash)
	       && audit_checkpoint_put(t, AUDIT_OWN, &c, audit_number(0, 0), p);
}

static bool is_damaged(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)with, (void)p;
	key_begin(&k, SPACE_AUDIT_CHECKPOINT);
	key_number(&k, 0);
	return store_put(t, key_span(&k), bytes_of_text("rubbish"));
}

/* What has gone meanwhile is not missed: it goes on behind it. A checkpoint that cannot be read
 * says of nothing that it has gone. */
static void a_beginning_that_goes_meanwhile(void)
{
	static const struct {
		job_function *what;
		const char *says; /* NULL: it is whole */
	} rows[] = {
		{ goes, NULL },
		{ is_damaged, "cannot be judged: the checkpoint is damaged" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct problem p;
		struct audit_head head;
		fill(&f);
		meanwhile.beginning = rows[i].what;
		CU_ASSERT_EQUAL(verify(&f, &head, &p), rows[i].says == NULL);
		CU_ASSERT_EQUAL(meanwhile.renewals > 1, rows[i].says == NULL);
		CU_ASSERT_EQUAL(head.sequence, ENTRIES);
		if (rows[i].says != NULL)
			CU_ASSERT_PTR_NOT_NULL(strstr(p.what, rows[i].says));
		fixture_close(&f);
	}
}

/* Though what is there has its hash, it is not the entry at which the step rested; or it is the
 * log's end. */
static void an_entry_that_is_not_where_it_was(void)
{
	for (enum displacing how = SHORTENED; how <= CUT; how++) {
		struct fixture f;
		struct problem p;
		struct audit_head head;
		fill(&f);
		meanwhile.displacing = how;
		CU_ASSERT_FALSE(verify(&f, &head, &p));
		CU_ASSERT_EQUAL(meanwhile.renewals, 1);
		CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
		CU_ASSERT_STRING_EQUAL(p.what, "audit entry 4096 is not where it was");
		fixture_close(&f);
	}
}

static const struct test tests[] = {
	{ "an entry that is not where it was", an_entry_that_is_not_where_it_was },
	{ "a beginning that goes meanwhile", a_beginning_that_goes_meanwhile },
	{ "a head damaged meanwhile", a_head_damaged_meanwhile },
	{ "what cannot go on", what_cannot_go_on },
	{ "no snapshot is held for long", no_snapshot_is_held_for_long },
	{ "what is verified is counted", what_is_verified_is_counted },
	{ "what is appended meanwhile is verified", what_is_appended_meanwhile_is_verified },
	{ "it ends when told", it_ends_when_told },
	{ "nothing hides between two steps", nothing_hides_between_two_steps },
	{ 0 }
};

int main(void)
{
	return suite_run("store: verifying a long audit log", tests);
}
