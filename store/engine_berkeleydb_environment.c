/* store/engine_berkeleydb_environment.c: opening, recovering, checkpoints and backup of the
 * engine. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/progress.h"
#include "gateway/base/regular_file.h"
#include "store/disk_reserve.h"
#include "store/engine.h"
#include "store/engine_berkeleydb.h"
#include "store/store.h"

enum {
	CACHE_DEFAULT = 16 << 20,      /* a ceiling: memory is taken as pages come */
	SNAPSHOTS_DEFAULT = 256 << 20, /* a ceiling, too */
	ROWS_SHARE = 4,                /* one part of so many is for single values, */
	GROUPS_SHARE = 8,              /* and one for groups */
	LOG_FILE = 8 << 20,
	LOG_BUFFER = 512 << 10,
	/* written since the last one: bounds log and recovery time */
	CHECKPOINT_OCTETS = 16 << 20,
	CHECKPOINT_SECONDS = 60, /* ... or that long after the first write */
	/* Room a writer wants to see before it begins: the log's next file and the trees'
	 * growth. */
	ROOM = LOG_FILE + (4 << 20),
	/* The same of one that uses what is kept for audit records: a group's, and what the trees
	 * grow by until the next look. Others may write to that disk, too, and would take more. */
	ROOM_ON_RESERVE = 4 << 20,
	/* Given back to the disk when recovery itself finds it full. What was written since the
	 * last checkpoint is in no tree's file yet, and takes up to twice its octets there: pages
	 * are half full at least. */
	RESERVE = 2 * CHECKPOINT_OCTETS,
	/* before another attempt to recover; doubles until one lasts */
	RETRY_US = 200 * 1000,
	RETRY_MOST_US = 60 * 1000 * 1000,
	/* On a full disk, between two checkpoints that are to make room. */
	MAKE_ROOM_US = 1000 * 1000,
	/* Berkeley DB keeps the memory of an environment that broke, a few MiB each (closed after
	 * all, it would write to files that are the next one's): so a disk that stays broken is not
	 * met for ever. */
	BROKEN_MOST = 64,
	SAID_MOST = 20, /* warnings of one environment; the rest is detail */
	PATH = 4096,
};

struct berkeleydb {
	struct engine base;
	const struct log *log;
	const struct clock *clock;
	char home[PATH], own_path[PATH], kept_path[PATH];
	uint64_t kept_octets;
	bool rehearsed;
	int64_t makes_room; /* not before this moment; of who begins writing */
	size_t cache, snapshot_memory;
	/* own, kept, current, references, retry, problem, broke_by, wrote, ending */
	pthread_mutex_t lock;
	struct disk_reserve own;  /* for recovery */
	struct disk_reserve kept; /* for audit records */
	/* held while log files are removed, or while they must not be */
	pthread_mutex_t keeping;
	pthread_rwlock_t writing; /* shared: somebody writes; alone: recovery */
	pthread_cond_t wake;
	struct environment *current;
	int64_t retry, pause;   /* not before this moment; and how long next time */
	struct problem problem; /* why the last attempt failed */
	int broke_by;           /* the errno the environment before this one broke with */
	uint64_t wrote, generations;
	bool ending, threaded;
	pthread_t checkpointer;
};

static bool is_full(int code)
{
	return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

static uint64_t octets_left(const char *home)
{
	struct statvfs fs;
	return statvfs(home, &fs) != 0 ? UINT64_MAX : (uint64_t)fs.f_bavail * fs.f_frsize;
}

/* Pages that cannot be written fill the cache, and then Berkeley DB speaks of memory. */
static bool means_full(struct environment *v, int code)
{
	const char *home = NULL;
	return is_full(code)
	       || (code == ENOMEM && v->env != NULL && v->env->get_home(v->env, &home) == 0
		   && home != NULL && octets_left(home) < ROOM);
}

bool environment_problem(struct environment *v, int code, const char *doing, struct problem *p)
{
	if (code == DB_RUNRECOVERY) {
		atomic_store(&v->broken, true);
		if (atomic_load(&v->cause) != 0)
			code = atomic_load(&v->cause);
	}
	if (means_full(v, code))
		return problem_set(p, PROBLEM_STORE_FULL, "could not %s: the disk is full", doing);
	if (code == ENOMEM)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "could not %s: %s", doing,
				   db_strerror(code));
	return problem_set(p, PROBLEM_INTERNAL, "could not %s: %s", doing, db_strerror(code));
}

static void says(const DB_ENV *env, const char *prefix, const char *message)
{
	(void)prefix;
	struct environment *v = env->app_private;
	/* Once broken it says so at every call, and of a full disk for every page. */
	bool again = atomic_load(&v->broken) || atomic_fetch_add(&v->said, 1) >= SAID_MOST;
	log_write(v->log, again ? LOG_DETAIL : LOG_WARNING, "store engine: %s", message);
}

static void happens(DB_ENV *env, u_int32_t event, void *info)
{
	struct environment *v = env->app_private;
	if (event != DB_EVENT_PANIC)
		return;
	int none = 0;
	if (info != NULL && *(int *)info != DB_RUNRECOVERY)
		atomic_compare_exchange_strong(&v->cause, &none, *(int *)info);
	atomic_store(&v->broken, true);
}

static int settle(struct berkeleydb *e, DB_ENV *env)
{
	size_t pages = e->cache - e->cache / ROWS_SHARE - e->cache / GROUPS_SHARE;
	int code = env->set_cachesize(env, (u_int32_t)(pages >> 30),
				      (u_int32_t)(pages & ((1u << 30) - 1)), 1);
	code = code != 0 ? code : env->set_lg_max(env, LOG_FILE);
	code = code != 0 ? code : env->set_lg_bsize(env, LOG_BUFFER);
	code = code != 0 ? code : env->set_event_notify(env, happens);
	env->set_errcall(env, says);
	return code;
}

static void shut(struct environment *v)
{
	ahead_destroy(&v->ahead);
	if (v->env != NULL && !atomic_load(&v->broken) && v->opened)
		v->env->txn_checkpoint(v->env, 0, 0, 0);
	for (unsigned i = 0; i < TREES; i++)
		if (v->trees[i] != NULL)
			v->trees[i]->close(v->trees[i], atomic_load(&v->broken) ? DB_NOSYNC : 0);
	if (v->env != NULL)
		v->env->close(v->env, 0);
	past_clear(&v->past);
	rows_destroy(v->rows);
	rows_destroy(v->groups);
	pthread_rwlock_destroy(&v->trees_lock);
	pthread_mutex_destroy(&v->snapshots_lock);
	free(v);
}

static struct environment *environment_open(struct berkeleydb *e, const char *home,
					    u_int32_t recover, struct problem *p)
{
	struct environment *v = calloc(1, sizeof *v);
	if (v == NULL) {
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
		return NULL;
	}
	v->log = e->log;
	v->references = 1;
	v->past_most = e->snapshot_memory;
	v->rows = rows_create(&(struct rows_bounds){ e->cache / ROWS_SHARE, ROW_SET, ROW_MOST });
	v->groups = rows_create(
		&(struct rows_bounds){ e->cache / GROUPS_SHARE, GROUP_SET, GROUP_MOST });
	pthread_mutex_init(&v->snapshots_lock, NULL);
	ahead_create(&v->ahead);
	/* However many read, a commit must get its turn; nobody holds it twice. */
	pthread_rwlockattr_t fair;
	pthread_rwlockattr_init(&fair);
	pthread_rwlockattr_setkind_np(&fair, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	pthread_rwlock_init(&v->trees_lock, &fair);
	pthread_rwlockattr_destroy(&fair);
	int code = db_env_create(&v->env, 0);
	if (code == 0) {
		v->env->app_private = v;
		code = settle(e, v->env);
	}
	if (code == 0)
		code = v->env->open(v->env, home,
				    DB_CREATE | DB_INIT_TXN | DB_INIT_LOG | DB_INIT_MPOOL
					    | DB_PRIVATE | DB_THREAD | recover,
				    0600);
	if (code == 0)
		code = berkeleydb_open_trees(v, home, p);
	if (code == 0)
		return v;
	environment_problem(v, code, "open the store", p);
	shut(v);
	return NULL;
}

/* Beside so many octets that are not to be taken. */
static bool room_left(const struct berkeleydb *e, uint64_t beside, struct problem *p)
{
	uint64_t left = octets_left(e->home);
	if (left >= beside && left - beside >= ROOM)
		return true;
	/* Peers read this, too: no names of files. */
	return problem_set(p, PROBLEM_STORE_FULL, "the disk of the store is full (%llu KiB left)",
			   (unsigned long long)(left >> 10));
}

/* What is kept for audit records comes last: a store that does not open can keep none. */
static bool give_room(struct berkeleydb *e)
{
	return disk_reserve_give(&e->own) || disk_reserve_give(&e->kept);
}

static struct environment *open_with_reserve(struct berkeleydb *e, struct problem *p)
{
	struct environment *v = environment_open(e, e->home, DB_RECOVER, p);
	while (v == NULL && p->code == PROBLEM_STORE_FULL && give_room(e)) {
		*p = (struct problem){ 0 };
		v = environment_open(e, e->home, DB_RECOVER, p);
	}
	e->generations++;
	if (v != NULL)
		v->generation = e->generations;
	return v;
}

/* With e->lock held. */
static bool may_recover(struct berkeleydb *e)
{
	if (e->clock->elapsed(e->clock) < e->retry)
		return false;
	e->problem = (struct problem){ 0 };
	if (e->generations >= BROKEN_MOST)
		return problem_set(
			&e->problem, PROBLEM_INTERNAL,
			"the store's disk failed too often: repair it, then restart the service");
	/* Recovery writes, if little. While even the reserve is used up it would only break
	 * again. */
	return e->own.lacks < e->own.octets || e->kept.lacks < e->kept.octets
	       || room_left(e, 0, &e->problem);
}

/* With e->lock held. */
static bool recover(struct berkeleydb *e)
{
	struct environment *old = e->current, *fresh;
	if (!may_recover(e))
		return false;
	pthread_rwlock_wrlock(&e->writing);
	fresh = open_with_reserve(e, &e->problem);
	pthread_rwlock_unlock(&e->writing);
	e->retry = e->clock->elapsed(e->clock) + e->pause;
	e->pause = e->pause * 2 < RETRY_MOST_US ? e->pause * 2 : RETRY_MOST_US;
	if (fresh == NULL)
		return false;
	e->current = fresh;
	e->broke_by = atomic_load(&old->cause);
	if (--old->references == 0)
		shut(old);
	log_write(e->log, LOG_NOTICE, "store: recovered, in service again");
	return true;
}

struct environment *environment_take(struct berkeleydb *e, struct problem *p)
{
	struct environment *v = NULL;
	pthread_mutex_lock(&e->lock);
	if (!atomic_load(&e->current->broken) || recover(e)) {
		v = e->current;
		v->references++;
	} else if (e->problem.code != PROBLEM_NONE) {
		problem_set(p, e->problem.code, "%s", e->problem.what);
	} else {
		problem_set(p, PROBLEM_BUSY, "the store is recovering");
	}
	pthread_mutex_unlock(&e->lock);
	return v;
}

void environment_write_begin(struct berkeleydb *e)
{
	pthread_rwlock_rdlock(&e->writing);
}

void environment_write_end(struct berkeleydb *e)
{
	pthread_rwlock_unlock(&e->writing);
}

void environment_drop(struct berkeleydb *e, struct environment *v)
{
	pthread_mutex_lock(&e->lock);
	bool last = --v->references == 0;
	pthread_mutex_unlock(&e->lock);
	if (last)
		shut(v);
}

void environment_committed(struct berkeleydb *e, uint64_t octets)
{
	pthread_mutex_lock(&e->lock);
	bool first = e->wrote == 0;
	e->wrote += octets;
	if (first || e->wrote >= CHECKPOINT_OCTETS)
		pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
}

/* After a failed write or sync nobody knows what the disk holds (a second sync may succeed without
 * having written): go on from what the log really says. Nobody sees what was told not kept
 * meanwhile, unless the log held it, whole. */
static bool give_up(struct environment *v, int code, const char *doing, struct problem *p)
{
	int none = 0;
	if (code != DB_RUNRECOVERY)
		atomic_compare_exchange_strong(&v->cause, &none, code);
	atomic_store(&v->broken, true);
	v->env->set_flags(v->env, DB_PANIC_ENVIRONMENT, 1);
	return environment_problem(v, code, doing, p);
}

bool environment_commit_problem(struct environment *v, int code, struct problem *p)
{
	return code == EIO ? give_up(v, code, "write", p)
			   : environment_problem(v, code, "write", p);
}

bool berkeleydb_waits(struct engine *engine)
{
	struct berkeleydb *e = (struct berkeleydb *)engine;
	pthread_mutex_lock(&e->lock);
	bool waits = atomic_load(&e->current->ahead.waits) != 0;
	pthread_mutex_unlock(&e->lock);
	return waits;
}

/* What was committed in an environment that broke since is only kept as far as its log reached the
 * disk: nobody can promise it. */
static bool lost(struct berkeleydb *e, struct problem *p)
{
	pthread_mutex_lock(&e->lock);
	bool full = is_full(e->broke_by);
	pthread_mutex_unlock(&e->lock);
	return problem_set(p, full ? PROBLEM_STORE_FULL : PROBLEM_INTERNAL,
			   "the store had to recover before this was durable%s",
			   full ? ": the disk was full" : "");
}

bool berkeleydb_flush(struct engine *engine, uint64_t generation, struct problem *p)
{
	struct berkeleydb *e = (struct berkeleydb *)engine;
	struct environment *v = environment_take(e, p);
	if (v == NULL)
		return false;
	environment_write_begin(e);
	int code = v->generation == generation ? v->env->log_flush(v->env, NULL) : DB_RUNRECOVERY;
	environment_write_end(e);
	if (v->generation != generation)
		lost(e, p);
	else if (code != 0)
		give_up(v, code, "make durable", p);
	pthread_mutex_lock(&e->lock);
	e->pause = code == 0 ? RETRY_US : e->pause;
	pthread_mutex_unlock(&e->lock);
	environment_drop(e, v);
	return code == 0;
}

/* Writes the trees and removes log no recovery needs. With e->keeping held. When the disk fails it,
 * pages may be lost that the next checkpoint would take for written, and remove their log: only
 * recovery writes them again. */
static void checkpoint(struct berkeleydb *e)
{
	struct environment *v = environment_take(e, NULL);
	if (v == NULL)
		return;
	char **removed = NULL;
	environment_write_begin(e);
	int code = v->env->txn_checkpoint(v->env, 0, 0, 0);
	if (code == 0)
		code = v->env->log_archive(v->env, &removed, DB_ARCH_REMOVE);
	environment_write_end(e);
	free(removed);
	if (code != 0 && !atomic_load(&v->broken))
		log_write(e->log, LOG_WARNING, "store: no checkpoint: %s", db_strerror(code));
	struct problem ignored = { 0 };
	if (code == EIO)
		give_up(v, code, "bring the trees up to date", &ignored);
	environment_drop(e, v);
}

/* What was given back of the reserves is no room for others. */
static bool room_beside_reserve(struct berkeleydb *e, struct problem *p)
{
	pthread_mutex_lock(&e->lock);
	if (e->own.lacks != 0)
		disk_reserve_fill(&e->own, octets_left(e->home), ROOM);
	if (e->kept.lacks != 0)
		disk_reserve_fill(&e->kept, octets_left(e->home), ROOM);
	uint64_t lacks = e->own.lacks + e->kept.lacks;
	pthread_mutex_unlock(&e->lock);
	return room_left(e, lacks, p);
}

static bool room_on_reserve(struct berkeleydb *e, struct problem *p)
{
	bool some = true;
	pthread_mutex_lock(&e->lock);
	while (some && octets_left(e->home) < ROOM_ON_RESERVE)
		some = disk_reserve_give(&e->kept);
	pthread_mutex_unlock(&e->lock);
	return some || room_left(e, 0, p);
}

/* Old log may be what fills the disk, above all that of a job that did not fit. */
static void make_room(struct berkeleydb *e)
{
	int64_t now = e->clock->elapsed(e->clock);
	if (now < e->makes_room || pthread_mutex_trylock(&e->keeping) != 0)
		return;
	e->makes_room = now + MAKE_ROOM_US;
	checkpoint(e);
	pthread_mutex_unlock(&e->keeping);
}

bool environment_has_room(struct berkeleydb *e, bool on_reserve, struct problem *p)
{
	if (e->rehearsed)
		return true;
	if (on_reserve)
		return room_on_reserve(e, p);
	if (room_beside_reserve(e, NULL))
		return true;
	make_room(e);
	return room_beside_reserve(e, p);
}

/* Sleeps until there is something to write, then until it is much or old. */
static void *checkpoints(void *with)
{
	struct berkeleydb *e = with;
	pthread_setname_np(pthread_self(), "checkpoint");
	pthread_mutex_lock(&e->lock);
	while (!e->ending) {
		while (e->wrote == 0 && !e->ending)
			pthread_cond_wait(&e->wake, &e->lock);
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += CHECKPOINT_SECONDS;
		int code = 0;
		while (code == 0 && e->wrote < CHECKPOINT_OCTETS && !e->ending)
			code = pthread_cond_timedwait(&e->wake, &e->lock, &until);
		if (e->ending)
			break;
		e->wrote = 0;
		pthread_mutex_unlock(&e->lock);
		pthread_mutex_lock(&e->keeping);
		checkpoint(e);
		pthread_mutex_unlock(&e->keeping);
		pthread_mutex_lock(&e->lock);
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

static bool start(struct berkeleydb *e, struct problem *p)
{
	disk_reserve_open(&e->own, e->own_path, e->rehearsed ? 0 : RESERVE);
	disk_reserve_open(&e->kept, e->kept_path, e->kept_octets);
	e->current = open_with_reserve(e, p);
	if (e->current == NULL)
		return false;
	e->threaded = pthread_create(&e->checkpointer, NULL, checkpoints, e) == 0;
	return e->threaded || problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no thread for checkpoints");
}

/* Pages that do not fit are read again and again, and each is verified as often: a large store has
 * more of them kept, as far as it may. */
static size_t cache_for(const struct store_settings *settings, const char *home)
{
	size_t least = settings->cache_bytes != 0 ? settings->cache_bytes : CACHE_DEFAULT;
	size_t keys = berkeleydb_trees_octets(home);
	size_t cache = keys < settings->cache_most ? keys : settings->cache_most;
	cache = cache > least ? cache : least;
	log_write(settings->log, LOG_DETAIL, "store: cache %zu MiB, for %zu MiB of keys",
		  cache >> 20, keys >> 20);
	return cache;
}

struct engine *berkeleydb_open(const struct store_settings *settings, struct problem *p)
{
	struct berkeleydb *e = calloc(1, sizeof *e);
	if (e == NULL) {
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
		return NULL;
	}
	e->base.does = &engine_berkeleydb;
	e->log = settings->log;
	e->clock = settings->clock;
	e->pause = RETRY_US;
	e->snapshot_memory = settings->snapshot_bytes != 0 ? settings->snapshot_bytes
							   : SNAPSHOTS_DEFAULT;
	e->rehearsed = settings->rehearsed;
	snprintf(e->home, sizeof e->home, "%s/keys", settings->directory);
	e->cache = cache_for(settings, e->home);
	snprintf(e->own_path, sizeof e->own_path, "%s/reserve", settings->directory);
	snprintf(e->kept_path, sizeof e->kept_path, "%s/audit-reserve", settings->directory);
	e->kept_octets = e->rehearsed ? 0 : settings->audit_reserve;
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&e->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&e->lock, NULL);
	pthread_mutex_init(&e->keeping, NULL);
	pthread_rwlock_init(&e->writing, NULL);
	if (e->rehearsed && !berkeleydb_shadow())
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
	else if (mkdir(e->home, 0700) != 0 && errno != EEXIST)
		problem_set(p, is_full(errno) ? PROBLEM_STORE_FULL : PROBLEM_CONFIGURATION,
			    "could not make %s: %s", e->home, strerror(errno));
	else if (start(e, p))
		return &e->base;
	berkeleydb_close(&e->base);
	return NULL;
}

void berkeleydb_close(struct engine *engine)
{
	struct berkeleydb *e = (struct berkeleydb *)engine;
	pthread_mutex_lock(&e->lock);
	e->ending = true;
	pthread_cond_signal(&e->wake);
	pthread_mutex_unlock(&e->lock);
	if (e->threaded)
		pthread_join(e->checkpointer, NULL);
	if (e->current != NULL)
		environment_drop(e, e->current);
	pthread_cond_destroy(&e->wake);
	pthread_mutex_destroy(&e->lock);
	pthread_mutex_destroy(&e->keeping);
	pthread_rwlock_destroy(&e->writing);
	free(e);
}

/* The copy is of pages from different moments; recovery from its log makes them one. */
bool berkeleydb_backup(struct engine *engine, const char *directory, struct progress *progress,
		       struct problem *p)
{
	struct berkeleydb *e = (struct berkeleydb *)engine;
	struct environment *v = environment_take(e, p);
	char home[PATH];
	if (v == NULL)
		return false;
	snprintf(home, sizeof home, "%s/keys", directory);
	pthread_mutex_lock(&e->keeping);
	int code = mkdir(home, 0700) == 0 ? environment_copy(v, home, progress) : errno;
	pthread_mutex_unlock(&e->keeping);
	/* What a callback refuses with comes out of Berkeley DB as this or as another code. */
	bool stopped = progress_is_stopped(progress);
	bool copied = code == 0
		      || (stopped ? problem_set(p, PROBLEM_BUSY, "the backup was stopped")
				  : environment_problem(v, code, "copy the store", p));
	environment_drop(e, v);
	if (!copied)
		return false;
	struct environment *copy = environment_open(e, home, DB_RECOVER_FATAL, p);
	if (copy == NULL)
		return false;
	shut(copy);
	return true;
}
