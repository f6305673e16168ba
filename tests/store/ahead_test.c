/* tests/store/ahead_test.c: a commit whose pages only the disk has reads them before it closes the
 * trees, several at a time; a store in memory is left alone.
 *
 * How much a thread has waited for is what the kernel says, and here the linker leads that question
 * to __wrap_getrusage(); Berkeley DB reads its files by a function of ours, which sees whether the
 * trees are closed then. */
#include "tests/base/suite.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <time.h>

#include "store/engine_berkeleydb.h"
#include "tests/store/fixture.h"

enum { KEYS = 4000, CHANGED = 200, LENGTH = 400, SPACE = 0x31, OTHER = 0x32 };

/* Of this program alone: what Berkeley DB calls has no other way to tell. */
static struct {
	atomic_long blocks, rises; /* rises: between two questions */
	atomic_bool no_threads;
	pthread_rwlock_t *trees;  /* looked at while pages are read; NULL: they are not */
	atomic_uint open, closed; /* pages read while the trees were */
	unsigned together;        /* readers to be met at once; 0: nobody waits for others */
	unsigned inside, most;
	pthread_mutex_t lock;
	pthread_cond_t met;
} seen = { .lock = PTHREAD_MUTEX_INITIALIZER, .met = PTHREAD_COND_INITIALIZER };

int __wrap_getrusage(int who, struct rusage *used);

int __wrap_getrusage(int who, struct rusage *used)
{
	long rises = atomic_load(&seen.rises);
	*used = (struct rusage){ .ru_inblock = atomic_fetch_add(&seen.blocks, rises) + rises };
	return who == RUSAGE_THREAD ? 0 : -1;
}

int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *with);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *with);

int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *with)
{
	return atomic_load(&seen.no_threads) ? EAGAIN : __real_pthread_create(t, a, run, with);
}

/* Whoever reads waits until others do as well: two minutes, where nobody comes. */
static void meet(void)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 120;
	pthread_mutex_lock(&seen.lock);
	seen.inside++;
	seen.most = seen.inside > seen.most ? seen.inside : seen.most;
	pthread_cond_broadcast(&seen.met);
	while (seen.most < seen.together
	       && pthread_cond_timedwait(&seen.met, &seen.lock, &until) == 0)
		continue;
	seen.inside--;
	pthread_mutex_unlock(&seen.lock);
}

static ssize_t reads(int fd, void *to, size_t length, off_t at)
{
	if (seen.trees != NULL && pthread_rwlock_tryrdlock(seen.trees) == 0) {
		pthread_rwlock_unlock(seen.trees);
		atomic_fetch_add(&seen.open, 1);
		if (seen.together != 0)
			meet();
	} else if (seen.trees != NULL) {
		atomic_fetch_add(&seen.closed, 1);
	}
	return pread(fd, to, length, at);
}

struct bare {
	struct fixture f;
	struct engine *e;
};

static void open_engine(struct bare *b)
{
	b->e = engine_open(&b->f.settings, &b->f.problem);
	fixture_must(&b->f, b->e != NULL);
}

static void look_at_trees(struct bare *b)
{
	struct engine_txn *t = engine_begin_read(b->e, &b->f.problem);
	seen.trees = &((struct berkeleydb_txn *)t)->environment->trees_lock;
	engine_abort(t);
}

/* As a hash would have it: neighbours are nowhere near. */
static struct key key_of(unsigned char space, uint64_t number)
{
	struct key k;
	key_begin(&k, space);
	key_number(&k, (number + 1) * UINT64_C(0x9e3779b97f4a7c15));
	return k;
}

static void put(struct engine_txn *t, unsigned char space, unsigned first, unsigned step,
		unsigned count)
{
	static const unsigned char value[LENGTH];
	for (unsigned i = 0; i < count; i++) {
		struct key k = key_of(space, first + i * step);
		CU_ASSERT_TRUE(engine_put(t, key_span(&k), (struct bytes){ value, sizeof value }));
	}
}

static void commit(struct bare *b, unsigned char space, unsigned first, unsigned step,
		   unsigned count)
{
	struct engine_txn *t = engine_begin_write(b->e, &b->f.problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	put(t, space, first, step, count);
	CU_ASSERT_TRUE(engine_commit(t, &b->f.problem));
}

/* Two spaces full of keys, in files; the pages of none of them are in the cache. */
static void begin(struct bare *b)
{
	*b = (struct bare){ 0 };
	snprintf(b->f.directory, sizeof b->f.directory, "/tmp/minato-ahead-XXXXXX");
	fixture_must(&b->f, mkdtemp(b->f.directory) != NULL);
	fixture_settle(&b->f);
	b->f.settings.engine = &engine_berkeleydb;
	b->f.arena = arena_create(64 << 20);
	atomic_store(&seen.blocks, 0);
	open_engine(b);
	commit(b, SPACE, 0, 1, KEYS);
	commit(b, OTHER, 0, 1, KEYS);
	engine_close(b->e);
	open_engine(b);
	look_at_trees(b);
	atomic_store(&seen.open, 0);
	atomic_store(&seen.closed, 0);
	seen.inside = seen.most = seen.together = 0;
}

static void end(struct bare *b)
{
	seen.trees = NULL;
	engine_close(b->e);
	b->f.store = NULL;
	fixture_close(&b->f);
}

/* The disk is waited for while that is committed: twice, for the first tells no more than that. */
static void wait_in(struct bare *b, unsigned char space)
{
	for (unsigned i = 0; i < 2; i++) {
		atomic_store(&seen.rises, 8);
		commit(b, space, i, 1, 1);
		atomic_store(&seen.rises, 0);
	}
	commit(b, space, 0, 1, 1); /* what the last question told of is over */
	atomic_store(&seen.open, 0);
	atomic_store(&seen.closed, 0);
}

static void pages_come_before_the_trees_are_closed(void)
{
	struct bare b;
	begin(&b);
	wait_in(&b, SPACE);
	commit(&b, SPACE, 5, 17, CHANGED);
	CU_ASSERT_EQUAL(atomic_load(&seen.closed), 0);
	CU_ASSERT_TRUE(atomic_load(&seen.open) > CHANGED / 4);
	end(&b);
}

static void memory_is_left_alone(void)
{
	struct bare b;
	begin(&b);
	CU_ASSERT_FALSE(engine_waits(b.e));
	commit(&b, SPACE, 5, 17, CHANGED);
	commit(&b, SPACE, 6, 17, CHANGED);
	CU_ASSERT_EQUAL(atomic_load(&seen.open), 0);
	CU_ASSERT_TRUE(atomic_load(&seen.closed) > CHANGED / 4);
	CU_ASSERT_FALSE(engine_waits(b.e));
	end(&b);
}

static void other_spaces_are_left_alone(void)
{
	struct bare b;
	begin(&b);
	wait_in(&b, SPACE);
	commit(&b, OTHER, 5, 17, CHANGED);
	CU_ASSERT_EQUAL(atomic_load(&seen.open), 0);
	CU_ASSERT_TRUE(atomic_load(&seen.closed) > CHANGED / 4);
	end(&b);
}

static void several_read_at_once(void)
{
	struct bare b;
	begin(&b);
	wait_in(&b, SPACE);
	seen.together = 8;
	commit(&b, SPACE, 5, 17, CHANGED);
	CU_ASSERT_TRUE(seen.most >= 8);
	CU_ASSERT_EQUAL(atomic_load(&seen.closed), 0);
	end(&b);
}

static void without_threads_it_reads_alone(void)
{
	struct bare b;
	begin(&b);
	wait_in(&b, SPACE);
	atomic_store(&seen.no_threads, true);
	commit(&b, SPACE, 5, 17, CHANGED);
	atomic_store(&seen.no_threads, false);
	CU_ASSERT_EQUAL(atomic_load(&seen.closed), 0);
	CU_ASSERT_TRUE(atomic_load(&seen.open) > CHANGED / 4);
	end(&b);
}

/* One page is as far away for whoever reads it. */
static void one_key_is_not_shared(void)
{
	struct bare b;
	begin(&b);
	wait_in(&b, SPACE);
	commit(&b, SPACE, 1234, 1, 1);
	CU_ASSERT_EQUAL(atomic_load(&seen.open), 0);
	end(&b);
}

static void it_ends_when_nobody_waits(void)
{
	struct bare b;
	begin(&b);
	wait_in(&b, SPACE);
	CU_ASSERT_TRUE(engine_waits(b.e));
	for (unsigned i = 0; i <= AHEAD_COMMITS; i++)
		commit(&b, OTHER + 1, i, 1, 1);
	CU_ASSERT_FALSE(engine_waits(b.e));
	commit(&b, SPACE, 5, 17, CHANGED);
	CU_ASSERT_EQUAL(atomic_load(&seen.open), 0);
	end(&b);
}

/* What it begins with was not put by who reads ahead: new keys, among the others and behind. */
static void what_is_put_is_there(void)
{
	struct bare b;
	begin(&b);
	wait_in(&b, SPACE);
	commit(&b, SPACE, KEYS, 3, CHANGED);
	CU_ASSERT_EQUAL(atomic_load(&seen.closed), 0);
	struct engine_txn *t = engine_begin_read(b.e, &b.f.problem);
	for (unsigned i = 0; i < CHANGED; i++) {
		struct key k = key_of(SPACE, KEYS + 3 * i), no = key_of(SPACE, KEYS + 3 * i + 1);
		CU_ASSERT_TRUE(engine_has(t, key_span(&k)));
		CU_ASSERT_FALSE(engine_has(t, key_span(&no)));
	}
	engine_abort(t);
	end(&b);
}

static const struct test tests[] = {
	{ "pages come before the trees are closed", pages_come_before_the_trees_are_closed },
	{ "a store in memory is left alone", memory_is_left_alone },
	{ "other spaces are left alone", other_spaces_are_left_alone },
	{ "several read at once", several_read_at_once },
	{ "without threads it reads alone", without_threads_it_reads_alone },
	{ "one key is not shared", one_key_is_not_shared },
	{ "it ends when nobody waits", it_ends_when_nobody_waits },
	{ "what is put is there", what_is_put_is_there },
	{ 0 },
};

int main(void)
{
	db_env_set_func_pread(reads);
	return suite_run("ahead", tests);
}
