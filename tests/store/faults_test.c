/* tests/store/faults_test.c: the n-th write or sync of the engine fails, for every n, while S1 to
 * S5 hold. The hooks are Berkeley DB's own replacement of system calls. */
#include "tests/base/suite.h"

#include <db.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "tests/store/fixture.h"

enum { JOBS = 6, KEYS = 5, PACED = 4 }; /* flushes until the store knows the disk's pace */

static struct {
	atomic_int left;     /* calls until one fails; 0: none will */
	atomic_bool lasting; /* and all after it, until repaired */
	atomic_int error;
	atomic_uint failed;
} fault;

static bool fails(void)
{
	int left = atomic_load(&fault.left);
	if (left == 0)
		return false;
	if (left > 1) {
		atomic_fetch_sub(&fault.left, 1);
		return false;
	}
	if (!atomic_load(&fault.lasting))
		atomic_store(&fault.left, 0);
	atomic_fetch_add(&fault.failed, 1);
	errno = atomic_load(&fault.error);
	return true;
}

/* A disk that forgets: what is written to the trees is not there, the next sync of them says so,
 * once, and the one after says that all is well. */
static struct {
	atomic_bool losing;
	pthread_mutex_t lock; /* synced */
	pthread_cond_t changed;
	unsigned synced; /* syncs of a tree that were told to succeed, since the lost one */
	bool lost;
} forgetful = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static bool is_tree(int fd)
{
	char link[64], path[512] = "";
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	const char *name = n > 0 ? strrchr(path, '/') : NULL;
	return name != NULL && !text_starts(name, "/log.");
}

static bool forgets(int fd)
{
	return atomic_load(&forgetful.losing) && is_tree(fd);
}

/* 0, or the errno of a sync. */
static int tell_sync(int fd)
{
	int code = 0;
	if (!is_tree(fd))
		return code;
	pthread_mutex_lock(&forgetful.lock);
	if (atomic_load(&forgetful.losing)) {
		atomic_store(&forgetful.losing, false);
		forgetful.lost = true;
		code = EIO;
	} else if (forgetful.lost) {
		forgetful.synced++;
	}
	pthread_cond_broadcast(&forgetful.changed);
	pthread_mutex_unlock(&forgetful.lock);
	return code;
}

static ssize_t write_or_not(int fd, const void *data, size_t length)
{
	if (forgets(fd))
		return (ssize_t)length;
	return fails() ? -1 : write(fd, data, length);
}

static ssize_t pwrite_or_not(int fd, const void *data, size_t length, off_t at)
{
	if (forgets(fd))
		return (ssize_t)length;
	return fails() ? -1 : pwrite(fd, data, length, at);
}

/* Unlike the others this one is to return the errno itself. */
static int fsync_or_not(int fd)
{
	int code = tell_sync(fd);
	return code != 0 ? code : fails() || fdatasync(fd) != 0 ? errno : 0;
}

static int64_t elapsed_in_haste(const struct clock *c)
{
	static atomic_int_fast64_t later;
	(void)c;
	return 100000000 * atomic_fetch_add(&later, 1);
}

static int64_t now_as_ever(const struct clock *c)
{
	(void)c;
	return system_clock.now(&system_clock);
}

static const struct clock hasty_clock = { .now = now_as_ever, .elapsed = elapsed_in_haste };

static struct key key_of(unsigned job, unsigned i)
{
	struct key k;
	key_begin(&k, (unsigned char)(i % 2 ? 0x20 : 0x80));
	key_number(&k, job);
	key_number(&k, i);
	return k;
}

static bool put_keys(void *with, struct store_txn *t, struct problem *p)
{
	static const unsigned char value[3000];
	(void)p;
	for (unsigned i = 0; i < KEYS; i++) {
		struct key k = key_of(*(unsigned *)with, i);
		store_put(t, key_span(&k), (struct bytes){ value, sizeof value });
	}
	return true;
}

/* What was acknowledged is there, all else is there whole or not at all. */
static unsigned count_broken(struct fixture *f, const bool kept[JOBS])
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	unsigned broken = t == NULL;
	for (unsigned job = 0; t != NULL && job < JOBS; job++) {
		unsigned found = 0;
		for (unsigned i = 0; i < KEYS; i++) {
			struct key k = key_of(job, i);
			found += store_has(t, key_span(&k));
		}
		broken += found != KEYS && (found != 0 || kept[job]);
	}
	store_end(t);
	return broken;
}

static bool nothing(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	struct key k = key_of(JOBS, 0);
	return store_put(t, key_span(&k), bytes_of_text(with));
}

/* Every flush takes so long (µs); more than a millisecond leaves it to the flusher's thread. */
static bool survive_at(unsigned pace, int n, bool lasting, int error)
{
	struct fixture f;
	bool kept[JOBS] = { false };
	unsigned refused = 0;
	atomic_store(&fault.left, 0);
	fixture_open(&f);
	f.settings.clock = &hasty_clock;
	f.settings.flush_delay_us = pace;
	fixture_reopen(&f);
	for (unsigned i = 0; i < PACED; i++)
		CU_ASSERT_TRUE(store_write(f.store, nothing, "paced", &f.problem));
	atomic_store(&fault.failed, 0);
	atomic_store(&fault.lasting, lasting);
	atomic_store(&fault.error, error);
	atomic_store(&fault.left, n);
	for (unsigned job = 0; job < JOBS; job++) {
		struct problem p = { 0 };
		kept[job] = store_write(f.store, put_keys, &job, &p);
		if (!kept[job] && error == ENOSPC && p.code != PROBLEM_STORE_FULL)
			CU_FAIL("refused for another reason");
		refused += !kept[job];
	}
	bool reached = atomic_load(&fault.failed) != 0;
	atomic_store(&fault.left, 0);
	struct problem p = { 0 };
	CU_ASSERT_TRUE(store_write(f.store, nothing, "repaired", &p));
	CU_ASSERT_EQUAL(count_broken(&f, kept), 0);
	if (lasting && reached)
		CU_ASSERT(refused > 0);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(count_broken(&f, kept), 0);
	fixture_close(&f);
	return reached;
}

/* False: the n-th call was never reached. */
static bool survive(int n, bool lasting, int error)
{
	bool quick = survive_at(0, n, lasting, error);
	return survive_at(1000, n, lasting, error) || quick;
}

static void every_write_fails_once(void)
{
	int n = 1;
	while (survive(n, false, ENOSPC))
		n++;
	CU_ASSERT(n > JOBS);
}

static void every_write_fails_and_goes_on_failing(void)
{
	int n = 1;
	while (survive(n, true, ENOSPC))
		n++;
	CU_ASSERT(n > JOBS);
}

static void a_broken_disk(void)
{
	for (int n = 1; n < 8; n++)
		survive(n, true, EIO);
}

/* More than is written between two checkpoints. */
enum { HEAPS = 8, PIECES = 50, PIECE = 50000 };

static struct key heap_key(unsigned heap, unsigned piece)
{
	struct key k;
	key_begin(&k, 0x20);
	key_number(&k, heap);
	key_number(&k, piece);
	return k;
}

static bool put_heap(void *with, struct store_txn *t, struct problem *p)
{
	static unsigned char octets[PIECE];
	unsigned heap = *(unsigned *)with;
	(void)p;
	memset(octets, (int)heap + 1, sizeof octets);
	for (unsigned i = 0; i < PIECES; i++) {
		struct key k = heap_key(heap, i);
		store_put(t, key_span(&k), (struct bytes){ octets, sizeof octets });
	}
	return true;
}

static unsigned heaps_broken(struct fixture *f, unsigned count)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	unsigned broken = t == NULL;
	for (unsigned heap = 0; t != NULL && heap < count; heap++)
		for (unsigned i = 0; i < PIECES; i++) {
			struct key k = heap_key(heap, i);
			struct bytes found = { 0 };
			broken += !store_get(t, key_span(&k), f->arena, &found)
				  || found.length != PIECE || found.data[0] != heap + 1
				  || found.data[PIECE - 1] != heap + 1;
		}
	store_end(t);
	return broken;
}

/* Acknowledged ones only; while the store recovers it may refuse. */
static void put_heaps(struct fixture *f, unsigned from, unsigned to)
{
	for (unsigned heap = from; heap < to; heap++) {
		unsigned tries = 0;
		struct problem p = { 0 };
		while (!store_write(f->store, put_heap, &heap, &p) && ++tries < 10)
			p = (struct problem){ 0 };
		CU_ASSERT(tries < 10);
	}
}

/* A sync of the trees fails; pages it was to make durable are gone, though the next sync succeeds
 * and old log goes. */
static void a_checkpoint_the_disk_forgot(void)
{
	struct fixture f;
	fixture_open(&f);
	f.settings.clock = &hasty_clock;
	f.settings.cache_bytes = 256 << 20; /* nothing is written but by checkpoints */
	fixture_reopen(&f);
	atomic_store(&forgetful.losing, true);
	put_heaps(&f, 0, HEAPS);
	pthread_mutex_lock(&forgetful.lock);
	while (!forgetful.lost)
		pthread_cond_wait(&forgetful.changed, &forgetful.lock);
	pthread_mutex_unlock(&forgetful.lock);
	put_heaps(&f, HEAPS, 2 * HEAPS);
	pthread_mutex_lock(&forgetful.lock);
	while (forgetful.synced == 0)
		pthread_cond_wait(&forgetful.changed, &forgetful.lock);
	forgetful.lost = false;
	pthread_mutex_unlock(&forgetful.lock);
	put_heaps(&f, 2 * HEAPS, 3 * HEAPS);
	CU_ASSERT_EQUAL(heaps_broken(&f, 3 * HEAPS), 0);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(heaps_broken(&f, 3 * HEAPS), 0);
	fixture_close(&f);
}

/* Each recovery leaves an environment behind; none may keep its files open. */
static void no_file_stays_open(void)
{
	unsigned open_files = 0;
	for (int fd = 3; fd < 1024; fd++)
		open_files += fcntl(fd, F_GETFD) >= 0;
	CU_ASSERT(open_files < 16);
}

static const struct test tests[] = {
	{ "every write fails once", every_write_fails_once },
	{ "every write fails and goes on failing", every_write_fails_and_goes_on_failing },
	{ "a broken disk", a_broken_disk },
	{ "a checkpoint the disk forgot", a_checkpoint_the_disk_forgot },
	{ "no file stays open", no_file_stays_open },
	{ 0 }
};

/* Berkeley DB keeps what a broken environment held: store/engine_berkeleydb_environment.c. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libdb-5.3.so";
}

int main(void)
{
	db_env_set_func_write(write_or_not);
	db_env_set_func_pwrite(pwrite_or_not);
	db_env_set_func_fsync(fsync_or_not);
	return suite_run("store: faults", tests);
}
