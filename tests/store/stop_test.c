/* tests/store/stop_test.c: what takes long ends when it is told to, and holds no snapshot for
 * long. */
#include "tests/base/suite.h"

#include <dirent.h>
#include <pthread.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/blobs.h"
#include "store/check.h"
#include "tests/store/fixture.h"

enum { SPACE = 0x70, KEYS = 20000, AT_ONCE = 500 };

static bool put_keys(void *with, struct store_txn *t, struct problem *p)
{
	unsigned from = *(unsigned *)with;
	(void)p;
	for (unsigned i = from; i < from + AT_ONCE; i++) {
		struct key k;
		key_begin(&k, SPACE);
		key_number(&k, i);
		store_put(t, key_span(&k), bytes_of_text("value"));
	}
	return !store_failed(t);
}

static void fill(struct fixture *f)
{
	for (unsigned from = 0; from < KEYS; from += AT_ONCE)
		CU_ASSERT_TRUE(store_write(f->store, put_keys, &from, &f->problem));
}

static bool put_octets(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_keep(t, with);
}

/* A module whose looks count themselves, and may set the flag or write. */
static struct {
	struct fixture *f;
	unsigned looks, stop_at, write_at;
	bool missed;
	atomic_bool stop;
} looking;

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	(void)value;
	looking.looks++;
	looking.missed = looking.missed || !store_has(check_txn(c), key);
	if (looking.looks == looking.stop_at)
		atomic_store(&looking.stop, true);
	if (looking.looks == looking.write_at) {
		unsigned from = KEYS;
		store_write(looking.f->store, put_keys, &from, &looking.f->problem);
	}
}

static const struct check_module module = {
	.name = "test",
	.rows = (const struct check_row[]){ { SPACE, "test", look }, { 0 } },
};
static const struct check_module *const modules[] = { &module, NULL };

static uint64_t snapshots(struct fixture *f)
{
	struct store_counts counts;
	store_count(f->store, &counts);
	return counts.reads;
}

/* What is written meanwhile behind the place is seen: it went on in another snapshot. */
static void a_check_holds_no_snapshot_for_long(void)
{
	struct fixture f;
	struct check_counts counts;
	fixture_open(&f);
	fill(&f);
	uint64_t before = snapshots(&f);
	looking.f = &f;
	looking.looks = looking.stop_at = 0;
	looking.write_at = 100;
	CU_ASSERT_TRUE(store_check(f.store, modules, NULL, NULL, &counts, &f.problem));
	CU_ASSERT_EQUAL(counts.findings, 0);
	CU_ASSERT_EQUAL(looking.looks, KEYS + AT_ONCE);
	CU_ASSERT_FALSE(looking.missed);
	CU_ASSERT(snapshots(&f) - before >= 256 + KEYS / 4096);
	fixture_close(&f);
}

static void a_check_ends_when_told(void)
{
	struct fixture f;
	struct check_counts counts;
	fixture_open(&f);
	fill(&f);
	looking.looks = looking.write_at = 0;
	looking.stop_at = 1000;
	struct progress progress;
	progress_create(&progress, &system_clock, &looking.stop);
	CU_ASSERT_FALSE(
		store_check_watched(&progress, f.store, modules, NULL, NULL, &counts, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
	CU_ASSERT_EQUAL(looking.looks, 1000);
	struct progress_seen seen;
	progress_look(&progress, &seen);
	CU_ASSERT_STRING_EQUAL(seen.unit, "keys");
	CU_ASSERT_EQUAL(seen.done, counts.keys);
	CU_ASSERT_EQUAL(seen.of, 0);
	progress_destroy(&progress);
	atomic_store(&looking.stop, false);
	fixture_close(&f);
}

static void a_snapshot_ends_when_told(void)
{
	struct fixture f;
	atomic_bool stop = false;
	fixture_open(&f);
	fill(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct store_txn *other = store_begin_read(f.store, &f.problem);
	store_stop_on(t, &stop);
	unsigned char space = SPACE;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	struct bytes key, copy[1];
	CU_ASSERT_TRUE(store_next(c, &key, NULL));
	CU_ASSERT_FALSE(store_stopped(t));
	atomic_store(&stop, true);
	CU_ASSERT_FALSE(store_next(c, &key, NULL));
	CU_ASSERT_TRUE(store_stopped(t));
	CU_ASSERT_TRUE(store_failed(t));
	CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_BUSY);
	CU_ASSERT_FALSE(store_get(t, (struct bytes){ &space, 1 }, f.arena, copy));
	c = store_scan_prefix(other, (struct bytes){ &space, 1 }, false);
	CU_ASSERT_TRUE(store_next(c, &key, NULL));
	store_end(t);
	store_end(other);
	fixture_close(&f);
}

/* A snapshot from before passes all that came since, and lets writers in between. */
static void many_keys_it_does_not_see(void)
{
	struct fixture f;
	unsigned char space = SPACE;
	struct bytes key;
	fixture_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	fill(&f);
	for (int descending = 0; descending < 2; descending++) {
		struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 },
							   descending);
		CU_ASSERT_FALSE(store_next(c, &key, NULL));
	}
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

/* Backups. */

static unsigned entries_of(const char *directory)
{
	unsigned n = 0;
	DIR *d = opendir(directory);
	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	if (d != NULL)
		closedir(d);
	return n;
}

/* Set when so much more has been told to be done. */
static struct {
	atomic_bool *stop;
	unsigned after; /* calls; 0: it is not */
} stopping;

void __real_progress_add(struct progress *p, uint64_t more);
void __wrap_progress_add(struct progress *p, uint64_t more);
void __wrap_progress_add(struct progress *p, uint64_t more)
{
	__real_progress_add(p, more);
	if (stopping.after != 0 && --stopping.after == 0)
		atomic_store(stopping.stop, true);
}

/* So that there is much to be done after the keys. */
static void fill_with_documents(struct fixture *f)
{
	enum { DOCUMENTS = 40, OCTETS = 1 << 20 };
	unsigned char *octets = calloc(1, OCTETS);
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		struct blob b;
		octets[0] = (unsigned char)i;
		CU_ASSERT_TRUE(blob_of_bytes(f->store, f->arena, (struct bytes){ octets, OCTETS },
					     &b, &f->problem));
		CU_ASSERT_TRUE(store_write(f->store, put_octets, &b, &f->problem));
	}
	free(octets);
}

static void a_stopped_backup_leaves_nothing(void)
{
	struct fixture f;
	char directory[300];
	atomic_bool stop = true;
	bool whole = false;
	unsigned stops = 0;
	fixture_open(&f);
	fill(&f);
	fill_with_documents(&f);
	snprintf(directory, sizeof directory, "%s-copy", f.directory);
	struct progress progress;
	progress_create(&progress, &system_clock, &stop);
	CU_ASSERT_FALSE(store_backup_watched(&progress, f.store, directory, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
	CU_ASSERT_EQUAL(entries_of(directory), 0);
	/* Soon after its beginning, and ever later, up to its end. */
	for (unsigned after = 1; !whole; after *= 2, stops++) {
		struct problem p = { 0 };
		stop = false;
		stopping.stop = &stop;
		stopping.after = after;
		whole = store_backup_watched(&progress, f.store, directory, &p);
		CU_ASSERT(whole || p.code == PROBLEM_BUSY);
		CU_ASSERT(whole == (entries_of(directory) != 0));
	}
	stopping.after = 0;
	CU_ASSERT(stops > 5);
	nftw(directory, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
	struct problem p = { 0 };
	stop = false; /* there is nothing again */
	CU_ASSERT_TRUE(store_backup_watched(&progress, f.store, directory, &p));
	struct progress_seen seen;
	progress_look(&progress, &seen);
	CU_ASSERT_STRING_EQUAL(seen.unit, "octets");
	CU_ASSERT(seen.done >= 40 << 20);
	CU_ASSERT_EQUAL(seen.done, seen.of);
	progress_destroy(&progress);
	CU_ASSERT(entries_of(directory) >= 2);
	unsigned from = KEYS;
	CU_ASSERT_TRUE(store_write(f.store, put_keys, &from, &p)); /* the store took no harm */
	nftw(directory, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
	fixture_close(&f);
}

static unsigned look_up(struct store_txn *t, unsigned keys)
{
	unsigned found = 0;
	for (unsigned i = 0; i < keys; i++) {
		struct key k;
		struct bytes value;
		key_begin(&k, SPACE);
		key_number(&k, i);
		found += i % 2 == 0 ? store_has(t, key_span(&k))
				    : store_get(t, key_span(&k), store_arena(t), &value);
	}
	return found;
}

static unsigned walk(struct store_txn *t, unsigned keys)
{
	struct bytes key, value;
	unsigned found = 0;
	struct key from;
	key_begin(&from, SPACE);
	struct store_cursor *c = store_scan_prefix(t, key_span(&from), false);
	while (found < keys && store_next(c, &key, &value))
		found++;
	store_scan_end(c);
	return found;
}

/* Each key that is looked at counts, however it is looked at; one past what is allowed fails the
 * snapshot, which says why. */
static void a_snapshot_in_a_hurry_looks_at_so_much(void)
{
	enum { LOOKS = 20 };
	static const struct {
		unsigned gets, steps, found;
		uint64_t may;
		enum store_undone left;
	} rows[] = {
		{ LOOKS, 0, LOOKS, LOOKS, UNDONE_NOTHING },
		{ LOOKS, 0, LOOKS - 1, LOOKS - 1, UNDONE_LOOKING },
		{ 0, LOOKS, LOOKS, LOOKS, UNDONE_NOTHING },
		{ 0, LOOKS, LOOKS - 1, LOOKS - 1, UNDONE_LOOKING },
		{ LOOKS / 2, LOOKS / 2, LOOKS, LOOKS, UNDONE_NOTHING },
		{ LOOKS / 2, LOOKS / 2, LOOKS - 1, LOOKS - 1, UNDONE_LOOKING },
		{ 1, 0, 0, 0, UNDONE_LOOKING },
		{ KEYS, KEYS, 2 * KEYS, STORE_ALL_LOOKS, UNDONE_NOTHING },
	};
	struct fixture f;
	fixture_open(&f);
	fill(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		store_hurry(t, 0, rows[i].may);
		unsigned found = look_up(t, rows[i].gets);
		CU_ASSERT_EQUAL(found + walk(t, rows[i].steps), rows[i].found);
		CU_ASSERT_EQUAL(store_left_undone(t), rows[i].left);
		CU_ASSERT_EQUAL(store_problem(t)->code,
				rows[i].left == UNDONE_NOTHING ? PROBLEM_NONE : PROBLEM_BUSY);
		store_end(t);
	}
	/* Who has found what he looked for need not hurry any more. */
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	store_hurry(t, 0, 1);
	CU_ASSERT_EQUAL(look_up(t, 1), 1);
	store_hurry_no_more(t);
	CU_ASSERT_EQUAL(look_up(t, LOOKS), LOOKS);
	CU_ASSERT_EQUAL(store_left_undone(t), UNDONE_NOTHING);
	CU_ASSERT_TRUE(store_may_hash(t, 1));
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "a check holds no snapshot for long", a_check_holds_no_snapshot_for_long },
	{ "a check ends when told", a_check_ends_when_told },
	{ "a snapshot ends when told", a_snapshot_ends_when_told },
	{ "a snapshot in a hurry looks at so much", a_snapshot_in_a_hurry_looks_at_so_much },
	{ "many keys it does not see", many_keys_it_does_not_see },
	{ "a stopped backup leaves nothing", a_stopped_backup_leaves_nothing },
	{ 0 }
};

int main(void)
{
	return suite_run("stop", tests);
}
