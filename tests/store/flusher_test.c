/* tests/store/flusher_test.c: a slow disk holds up the answers, not the work; order and failures.
 *
 * Flushes of SLOW_US leave the next to the flusher's thread. Nothing here depends on how long
 * anything takes: who must be late is held at a gate. */
#include "tests/base/suite.h"

#include <db.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "tests/store/fixture.h"

enum {
	SLOW_US = 2000,
	SLOW_RUN = 4, /* so many in a row, and the next is the thread's */
	CACHE = 1 << 20,
	LOOKS = 5000,           /* into the store: longer than a quick flush */
	MOST = 600,             /* jobs of a test */
	PATIENCE_SECONDS = 120, /* with what should come at once, then it has failed */
};

/* Every look at it is minutes later: the store never rests before it recovers. */
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

/* Something that happens once, and may be waited for. */
struct event {
	pthread_mutex_t lock;
	pthread_cond_t came;
	bool happened;
};

#define EVENT                                                                                      \
	{                                                                                          \
		.lock = PTHREAD_MUTEX_INITIALIZER, .came = PTHREAD_COND_INITIALIZER                \
	}

static void event_happen(struct event *e)
{
	pthread_mutex_lock(&e->lock);
	e->happened = true;
	pthread_cond_broadcast(&e->came);
	pthread_mutex_unlock(&e->lock);
}

static bool event_wait(struct event *e)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_SECONDS;
	pthread_mutex_lock(&e->lock);
	while (!e->happened && pthread_cond_timedwait(&e->came, &e->lock, &until) == 0)
		continue;
	bool happened = e->happened;
	pthread_mutex_unlock(&e->lock);
	return happened;
}

/* While it is not 0 each sync of Berkeley DB fails so. */
static atomic_int disk_error;

/* The next sync says that it began, waits, and fails; NULL: it does not. */
struct held_sync {
	struct event began, gate;
	int error;
};
static _Atomic(struct held_sync *) held_sync;

static int fsync_or_not(int fd)
{
	struct held_sync *held = atomic_exchange(&held_sync, NULL);
	if (held != NULL) {
		event_happen(&held->began);
		event_wait(&held->gate);
		return held->error;
	}
	int error = atomic_load(&disk_error);
	return error != 0 ? error : fdatasync(fd) != 0 ? errno : 0;
}

/* The store with what its jobs say of themselves. */
struct stage {
	struct fixture f;
	atomic_uint told;
	unsigned order[MOST]; /* numbers of the jobs, as they were told */
};

struct spoken {
	struct store_job job;
	struct stage *stage;
	unsigned number;
	size_t octets; /* of what it puts */
	struct event ran, held, ended;
	struct event *gate;    /* done() waits for it; NULL: it does not */
	struct spoken *queues; /* done() queues this one; NULL: none */
	bool writes;           /* done() tries store_write() */
	/* For who has waited for `ended`. */
	bool kept, held_up, wrote;
	uint64_t flushes; /* counted when it was told */
	struct problem refused;
};

static struct key key_of(unsigned number)
{
	struct key k;
	key_begin(&k, 0x20);
	key_number(&k, number);
	return k;
}

static bool run_spoken(struct store_job *job, struct store_txn *t, struct problem *p)
{
	struct spoken *j = (struct spoken *)job;
	struct key k = key_of(j->number);
	unsigned char *value = arena_array(store_arena(t), unsigned char, j->octets);
	(void)p;
	memset(value, 0, j->octets);
	store_put(t, key_span(&k), (struct bytes){ value, j->octets });
	event_happen(&j->ran);
	return true;
}

static bool nothing(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)t;
	(void)p;
	return true;
}

static void tell_spoken(struct store_job *job, bool kept)
{
	struct spoken *j = (struct spoken *)job;
	struct stage *s = j->stage;
	struct store_counts counts;
	store_count(s->f.store, &counts);
	j->flushes = counts.flushes;
	j->kept = kept;
	event_happen(&j->held);
	j->held_up = j->gate != NULL && !event_wait(j->gate);
	j->wrote = j->writes && store_write(s->f.store, nothing, NULL, &j->refused);
	if (j->queues != NULL)
		store_submit(s->f.store, &j->queues->job);
	unsigned place = atomic_fetch_add(&s->told, 1);
	s->order[place % MOST] = j->number;
	event_happen(&j->ended);
}

static struct spoken spoken(struct stage *s, unsigned number, struct event *gate)
{
	return (struct spoken){ .job = { .run = run_spoken, .done = tell_spoken },
				.stage = s,
				.number = number,
				.octets = 1,
				.ran = EVENT,
				.held = EVENT,
				.ended = EVENT,
				.gate = gate };
}

static void submit(struct spoken *j)
{
	store_submit(j->stage->f.store, &j->job);
}

/* From here on the thread flushes. */
static void be_slow(struct stage *s)
{
	struct problem p = { 0 };
	store_slow_disk(s->f.store, SLOW_US);
	for (unsigned i = 0; i < SLOW_RUN; i++)
		CU_ASSERT_TRUE(store_write(s->f.store, nothing, NULL, &p));
}

static void stage_open(struct stage *s, const struct clock *clock)
{
	*s = (struct stage){ 0 };
	fixture_open(&s->f);
	s->f.settings.clock = clock;
	s->f.settings.cache_bytes = CACHE;
	fixture_reopen(&s->f);
	be_slow(s);
}

static bool there(struct store *s, unsigned number)
{
	struct problem p = { 0 };
	struct key k = key_of(number);
	struct store_txn *t = store_begin_read(s, &p);
	bool found = t != NULL && store_has(t, key_span(&k));
	store_end(t);
	return found;
}

static void in_order(const struct stage *s, unsigned count)
{
	unsigned wrong = 0;
	CU_ASSERT_EQUAL(atomic_load(&s->told), count);
	for (unsigned i = 0; i < count; i++)
		wrong += s->order[i] != i;
	CU_ASSERT_EQUAL(wrong, 0);
}

/* While the first of them holds the flusher the others run and are committed; none is told before
 * it, nor without a flush after its commit. */
static void a_flush_holds_up_no_work(void)
{
	struct stage s;
	struct event gate = EVENT;
	struct spoken jobs[4];
	stage_open(&s, &system_clock);
	for (unsigned i = 0; i < COUNT(jobs); i++)
		jobs[i] = spoken(&s, i, i == 0 ? &gate : NULL);
	submit(&jobs[0]);
	CU_ASSERT_TRUE(event_wait(&jobs[0].held));
	for (unsigned i = 1; i < COUNT(jobs); i++) {
		submit(&jobs[i]);
		CU_ASSERT_TRUE(event_wait(&jobs[i].ran));
	}
	CU_ASSERT_TRUE(there(s.f.store, 2)); /* not of the batch that has run last */
	CU_ASSERT_EQUAL(atomic_load(&s.told), 0);
	event_happen(&gate);
	for (unsigned i = 0; i < COUNT(jobs); i++)
		CU_ASSERT_TRUE(event_wait(&jobs[i].ended) && jobs[i].kept && !jobs[i].held_up);
	in_order(&s, COUNT(jobs));
	CU_ASSERT(jobs[1].flushes > jobs[0].flushes);
	CU_ASSERT_EQUAL(jobs[2].flushes, jobs[1].flushes); /* one for both */
	fixture_close(&s.f);
}

/* The disk is quick again while the thread still tells: the committer does not overtake it. */
static void who_was_first_is_told_first(void)
{
	struct stage s;
	struct event gate = EVENT;
	stage_open(&s, &system_clock);
	struct spoken first = spoken(&s, 0, &gate), second = spoken(&s, 1, NULL);
	store_slow_disk(s.f.store, 0);
	submit(&first);
	CU_ASSERT_TRUE(event_wait(&first.held));
	submit(&second);
	CU_ASSERT_TRUE(event_wait(&second.ran));
	for (unsigned i = 0; i < LOOKS; i++) /* it would overtake meanwhile, if it could */
		CU_ASSERT_TRUE(there(s.f.store, 0));
	CU_ASSERT_EQUAL(atomic_load(&s.told), 0);
	event_happen(&gate);
	CU_ASSERT_TRUE(event_wait(&first.ended) && event_wait(&second.ended));
	CU_ASSERT_TRUE(first.kept && second.kept);
	in_order(&s, 2);
	fixture_close(&s.f);
}

/* Slow, quick, slow, and while it changes: who came first is told first. */
static void order_outlasts_the_disks_pace(void)
{
	static struct spoken jobs[MOST];
	static struct stage s;
	stage_open(&s, &system_clock);
	for (unsigned i = 0; i < MOST; i++) {
		if (i % 40 == 0)
			store_slow_disk(s.f.store, i % 80 == 0 ? 0 : SLOW_US);
		jobs[i] = spoken(&s, i, NULL);
		submit(&jobs[i]);
		if (i % 8 == 7)
			CU_ASSERT_TRUE(event_wait(&jobs[i - i % 3].ended));
	}
	CU_ASSERT_TRUE(event_wait(&jobs[MOST - 1].ended));
	in_order(&s, MOST);
	fixture_close(&s.f);
}

/* Of what one flush was to cover, nothing is told kept when it fails; what is asked next is. */
static void a_failed_flush_fails_all_it_was_for(void)
{
	struct stage s;
	struct event gate = EVENT;
	stage_open(&s, &hasty_clock);
	struct spoken first = spoken(&s, 0, &gate), second = spoken(&s, 1, NULL),
		      third = spoken(&s, 2, NULL), later = spoken(&s, 3, NULL);
	submit(&first);
	CU_ASSERT_TRUE(event_wait(&first.held));
	submit(&second);
	CU_ASSERT_TRUE(event_wait(&second.ran));
	submit(&third);
	CU_ASSERT_TRUE(event_wait(&third.ran));
	atomic_store(&disk_error, EIO);
	event_happen(&gate);
	CU_ASSERT_TRUE(event_wait(&second.ended) && event_wait(&third.ended));
	atomic_store(&disk_error, 0);
	CU_ASSERT_TRUE(first.kept);
	CU_ASSERT_FALSE(second.kept || third.kept);
	CU_ASSERT(second.job.problem.code != PROBLEM_NONE && third.job.problem.what[0] != '\0');
	submit(&later);
	CU_ASSERT_TRUE(event_wait(&later.ended) && later.kept);
	fixture_reopen(&s.f);
	CU_ASSERT_TRUE(there(s.f.store, 0) && there(s.f.store, 3));
	fixture_close(&s.f);
}

static bool put_before(void *with, struct store_txn *t, struct problem *p)
{
	struct key k = key_of(MOST);
	(void)with, (void)p;
	return store_put(t, key_span(&k), (struct bytes){ 0 });
}

/* Who is committed while the flush before his fails for want of room is told so, too. */
static void a_full_disk_is_called_so(void)
{
	struct stage s;
	struct held_sync held = { .began = EVENT, .gate = EVENT, .error = ENOSPC };
	stage_open(&s, &hasty_clock);
	struct spoken first = spoken(&s, 0, NULL), second = spoken(&s, 1, NULL),
		      third = spoken(&s, 2, NULL), later = spoken(&s, 3, NULL);
	/* The first that is put into a tree makes its file, which is flushed by who commits. */
	CU_ASSERT_TRUE(store_write(s.f.store, put_before, NULL, &s.f.problem));
	atomic_store(&held_sync, &held);
	submit(&first);
	CU_ASSERT_TRUE(event_wait(&held.began));
	submit(&second);
	CU_ASSERT_TRUE(event_wait(&second.ran));
	submit(&third);
	CU_ASSERT_TRUE(event_wait(&third.ran)); /* the second is committed */
	event_happen(&held.gate);
	CU_ASSERT_TRUE(event_wait(&first.ended) && event_wait(&second.ended)
		       && event_wait(&third.ended));
	CU_ASSERT_FALSE(first.kept || second.kept);
	CU_ASSERT_EQUAL(first.job.problem.code, PROBLEM_STORE_FULL);
	CU_ASSERT_EQUAL(second.job.problem.code, PROBLEM_STORE_FULL);
	submit(&later);
	CU_ASSERT_TRUE(event_wait(&later.ended) && later.kept);
	fixture_close(&s.f);
}

/* The engine breaks and recovers while jobs wait for their flush, one of before, one of after. */
static void each_generation_by_itself(void)
{
	struct stage s;
	struct event gate = EVENT;
	stage_open(&s, &hasty_clock);
	struct spoken first = spoken(&s, 0, &gate), before = spoken(&s, 1, NULL),
		      breaks = spoken(&s, 2, NULL), after = spoken(&s, 3, NULL),
		      last = spoken(&s, 4, NULL);
	breaks.octets = 2 * CACHE; /* neither written nor, then, undone without a sync */
	submit(&first);
	CU_ASSERT_TRUE(event_wait(&first.held));
	submit(&before);
	CU_ASSERT_TRUE(event_wait(&before.ran));
	atomic_store(&disk_error, EIO);
	submit(&breaks);
	CU_ASSERT_TRUE(event_wait(&breaks.ended));
	CU_ASSERT_FALSE(breaks.kept);
	atomic_store(&disk_error, 0);
	submit(&after);
	CU_ASSERT_TRUE(event_wait(&after.ran));
	submit(&last);
	CU_ASSERT_TRUE(event_wait(&last.ran)); /* the one before it waits for its flush */
	event_happen(&gate);
	CU_ASSERT_TRUE(event_wait(&before.ended) && event_wait(&after.ended)
		       && event_wait(&last.ended));
	CU_ASSERT_TRUE(first.kept && after.kept && last.kept);
	CU_ASSERT_FALSE(before.kept);
	CU_ASSERT_NOT_EQUAL(before.job.problem.code, PROBLEM_NONE);
	fixture_reopen(&s.f);
	CU_ASSERT_TRUE(there(s.f.store, 0) && there(s.f.store, 3) && there(s.f.store, 4));
	CU_ASSERT_FALSE(there(s.f.store, 2));
	fixture_close(&s.f);
}

/* What is under way when the store closes is told, and so is what somebody queues when told. */
static void closing_tells_all(void)
{
	static struct spoken jobs[MOST];
	static struct stage s;
	unsigned kept = 0;
	stage_open(&s, &system_clock);
	for (unsigned i = 0; i < MOST; i++)
		jobs[i] = spoken(&s, i, NULL);
	for (unsigned i = 0; i + 1 < MOST; i++) {
		jobs[i].queues = i + 2 == MOST ? &jobs[MOST - 1] : NULL;
		submit(&jobs[i]);
	}
	fixture_reopen(&s.f);
	for (unsigned i = 0; i < MOST; i++)
		kept += jobs[i].kept && there(s.f.store, i);
	CU_ASSERT_EQUAL(kept, MOST);
	in_order(&s, MOST);
	fixture_close(&s.f);
}

/* Neither of the committer nor of the flusher, who would wait for themselves. */
static void who_tells_does_not_wait_for_a_job(void)
{
	static const unsigned delays[] = { 0, SLOW_US };
	for (size_t i = 0; i < COUNT(delays); i++) {
		struct stage s;
		stage_open(&s, &system_clock);
		struct spoken settled = spoken(&s, 0, NULL), job = spoken(&s, 1, NULL);
		store_slow_disk(s.f.store, delays[i]);
		submit(&settled);
		CU_ASSERT_TRUE(event_wait(&settled.ended));
		job.writes = true;
		submit(&job);
		CU_ASSERT_TRUE(event_wait(&job.ended) && job.kept);
		CU_ASSERT_FALSE(job.wrote);
		CU_ASSERT_EQUAL(job.refused.code, PROBLEM_INTERNAL);
		fixture_close(&s.f);
	}
}

static const struct test tests[] = {
	{ "a flush holds up no work", a_flush_holds_up_no_work },
	{ "who was first is told first", who_was_first_is_told_first },
	{ "order outlasts the disk's pace", order_outlasts_the_disks_pace },
	{ "a failed flush fails all it was for", a_failed_flush_fails_all_it_was_for },
	{ "a full disk is called so", a_full_disk_is_called_so },
	{ "each generation by itself", each_generation_by_itself },
	{ "closing tells all", closing_tells_all },
	{ "who tells does not wait for a job", who_tells_does_not_wait_for_a_job },
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
	db_env_set_func_fsync(fsync_or_not);
	return suite_run("store: flusher", tests);
}
