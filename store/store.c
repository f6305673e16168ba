/* store/store.c: opening what we keep, snapshots, and the committer.
 *
 * The committer takes what is queued, runs each job in a savepoint of its own, commits them in
 * groups, and the flusher (store/flusher.c) flushes the log once for all: alone a job is committed
 * at once, under load one commit and one flush serve many, those included that are known to come in
 * a moment. On a slow disk the committer goes on with the next while the flush lasts: what it
 * commits then is seen by those who read, as before any flush, but told only after a flush of its
 * own. */
#include "store/store.h"
#include "store/at_rest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <limits.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/progress.h"
#include "store/backup_files.h"
#include "store/backup_said.h"
#include "store/blobs.h"
#include "store/blobs_open.h"
#include "store/flusher.h"
#include "store/job_queue.h"
#include "store/keys.h"
#include "store/names.h"
#include "store/node.h"
#include "store/packing.h"
#include "store/packs.h"
#include "store/record.h"
#include "store/store_bereft.h"
#include "store/store_form.h"
#include "store/store_lock.h"
#include "store/store_txn.h"
#include "store/tries.h"

enum {
	/* jobs until the next flush may begin, and how long they may take: bounds how long the
	 * first of them waits, and who comes meanwhile */
	BATCH = 256,
	BATCH_US = 500,
	/* octets for one commit: readers wait while it is written */
	GROUP = 256 << 10,
	/* About two flushes of a good disk: what waiting for expected jobs may cost those that are
	 * there. */
	PATIENCE_US = 500,
	/* Conflicts in a row, the last ones of a job alone, after which it is told that the store
	 * is busy: with tens of nodes in step ten would be rare, and it holds up all that wait
	 * behind it. */
	TRIES_MOST = 1000,
	JOB_MEMORY = 64 << 20,  /* scratch of one job or snapshot */
	FORGET_DIRECTORIES = 8, /* open at once */
};

struct store {
	struct store_settings settings;
	char *directory;
	struct engine *engine;
	unsigned node; /* store/node.h */
	struct blobs *blobs;
	struct packs *packs; /* NULL: small documents stay among the keys */
	int lock_file;
	pthread_t committer;
	struct flusher *flusher;
	struct arena *scratch;  /* the committer's, for one job after the other */
	uint64_t group_note;    /* its jobs': store_group_note() */
	struct numbers numbers; /* its jobs': store/numbers.h */
	EVP_MD_CTX *digest;     /* its jobs': store_digest() */
	struct dictionaries *dictionaries;
	struct names *names;
	bool threaded;
	pthread_mutex_t lock; /* queue, expected, waiting, ending */
	pthread_cond_t work;
	struct job_queue queue;
	unsigned expected, expected_behind; /* jobs; of those who stand behind */
	struct timespec first_came;         /* when the first of those queued did, monotonic */
	bool waiting;                       /* the committer, for expected jobs */
	bool ending;
	atomic_uint_fast64_t jobs, reads;
	atomic_uint largest_batch;
};

/* Snapshots. */

struct store_txn *store_begin_read(struct store *s, struct problem *p)
{
	struct store_txn *t = calloc(1, sizeof *t);
	struct arena *a = arena_create(JOB_MEMORY);
	if (t != NULL && a != NULL) {
		*t = (struct store_txn){ .store = s,
					 .arena = a,
					 .clock = s->settings.clock,
					 .random = s->settings.random,
					 .dictionaries = s->dictionaries,
					 .names = s->names };
		t->engine = engine_begin_read(s->engine, p);
		if (t->engine != NULL) {
			atomic_fetch_add_explicit(&s->reads, 1, memory_order_relaxed);
			return t;
		}
	}
	problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a snapshot");
	arena_destroy(a);
	free(t);
	return NULL;
}

struct store_txn *store_look_ahead(struct store *s)
{
	struct problem ignored = { .code = PROBLEM_NONE };
	return engine_waits(s->engine) ? store_begin_read(s, &ignored) : NULL;
}

void store_lean(struct store_txn *t, struct arena *on)
{
	arena_lean(t->arena, on);
}

void store_end(struct store_txn *t)
{
	if (t == NULL)
		return;
	engine_abort(t->engine);
	arena_destroy(t->arena);
	free(t);
}

bool store_renew(struct store_txn *t)
{
	if (store_failed(t) || t->group_note != NULL)
		return !store_failed(t);
	struct engine_txn *next = engine_begin_read(t->store->engine, store_problem(t));
	if (next == NULL)
		return false;
	next->stop = t->engine->stop;
	next->passing_by = t->engine->passing_by;
	next->hurries = t->engine->hurries;
	next->looks = t->engine->looks;
	engine_abort(t->engine);
	t->engine = next;
	return true;
}

/* The committer. */

struct running {
	struct store_job *job;
	struct store_txn *txn;
	bool done;
};

static void run_job(void *with)
{
	struct running *r = with;
	r->done = r->job->run(r->job, r->txn, &r->job->problem);
}

/* In the group's transaction, nested. True: part of it now. Else the job's problem says why. */
static bool run_in_group(struct store *s, struct engine_txn *group, struct store_job *j)
{
	struct store_txn t = { .store = s,
			       .arena = s->scratch,
			       .clock = &j->given.clock,
			       .random = &j->given.random,
			       .group_note = &s->group_note,
			       .numbers = &s->numbers,
			       .packs = s->packs,
			       .digest = s->digest,
			       .dictionaries = s->dictionaries,
			       .names = s->names };
	struct running r = { .job = j, .txn = &t };
	struct store_mark had = store_txn_mark(&t);
	if (!tries_begin(j, s->engine->does->conflicts))
		return false;
	tries_given(j, &s->settings, s->digest);
	t.engine = engine_begin_nested(group, &j->problem);
	if (t.engine == NULL)
		return false;
	if (!arena_run(t.arena, run_job, &r)) {
		r.done = false;
		problem_set(&j->problem, PROBLEM_OUT_OF_RESOURCES,
			    "a store job needs more memory than it may");
	}
	bool done = store_txn_conclude(&t, r.done, &j->problem);
	arena_reset(s->scratch);
	if (!done)
		store_txn_return(&t, &had);
	return done;
}

struct job_list {
	struct store_job *first, **last;
};

static void job_list_add(struct job_list *l, struct store_job *j)
{
	j->next = NULL;
	*l->last = j;
	l->last = &j->next;
}

static void tell_job(struct store_job *j, bool kept)
{
	tries_end(j);
	j->done(j, kept);
}

static void fail_job(struct store_job *j, const struct problem *why)
{
	problem_at(&j->problem, why->code, why->where, "%s", why->what);
	tell_job(j, false);
}

/* Some jobs, committed together. */
struct group {
	struct store_job *first, *rest; /* those that were run, and those after them */
	unsigned count;                 /* of those run */
	uint64_t generation;
	bool kept, conflict;
	bool divided; /* others' conflicts, and not its size, left the rest */
	bool full;    /* the disk is, as why says: on the reserve */
	struct problem why;
};

/* Where the disk is full those that keep audit records go on, and no others. */
static struct engine_txn *begin_group(struct store *s, struct group *g)
{
	struct engine_txn *txn = engine_begin_write(s->engine, &g->why);
	bool some = false;
	for (const struct store_job *j = g->first; j != NULL; j = j->next)
		some = some || j->on_reserve;
	g->full = txn == NULL && g->why.code == PROBLEM_STORE_FULL && some;
	if (!g->full)
		return txn;
	struct problem why = { .code = PROBLEM_NONE };
	txn = engine_begin_on_reserve(s->engine, &why);
	g->full = txn != NULL;
	return txn;
}

static bool may_run(const struct group *g, struct store_job *j)
{
	return !g->full || j->on_reserve
	       || problem_at(&j->problem, g->why.code, g->why.where, "%s", g->why.what);
}

/* The documents are on the disk before anything that names them can be. */
static void conclude_group(struct store *s, struct group *g, struct engine_txn *txn)
{
	bool appended = packs_pending(s->packs) != 0;
	bool settled = txn != NULL && packs_settle(s->packs, &g->why);
	if (settled && appended)
		flusher_pause(s->flusher);
	if (settled)
		g->kept = engine_conclude(txn, &g->conflict, &g->why);
	else
		engine_abort(txn);
}

/* What it took is remembered of its submitter. */
static bool run_timed(struct store *s, struct engine_txn *txn, struct store_job *j)
{
	int64_t begun = system_clock.elapsed(&system_clock);
	bool ready = run_in_group(s, txn, j);
	job_queue_spent(&s->queue, j, (uint64_t)(system_clock.elapsed(&system_clock) - begun));
	return ready;
}

/* Runs jobs from g->first on until there is much to write, or `most` were, and commits what they
 * did. */
static void try_group(struct store *s, struct group *g, unsigned most)
{
	struct engine_txn *txn = begin_group(s, g);
	struct store_job **link = &g->first;
	s->group_note = 0;
	g->count = 0;
	g->generation = txn == NULL ? 0 : txn->generation;
	if (txn != NULL && s->numbers.generation != txn->generation)
		s->numbers = (struct numbers){ .generation = txn->generation };
	struct numbers had = s->numbers;
	struct pack_mark stood = packs_begin_group(s->packs);
	do {
		struct store_job *j = *link;
		j->ready = txn != NULL && may_run(g, j) && run_timed(s, txn, j);
		link = &j->next;
		g->count++;
	} while (*link != NULL && txn != NULL && g->count < most && engine_pending(txn) < GROUP
		 && packs_pending(s->packs) < PACK_GROUP);
	g->rest = *link;
	if (g->full)
		g->why = (struct problem){ .code = PROBLEM_NONE };
	conclude_group(s, g, txn);
	/* Nothing was kept, so all that was given can be given again; or nobody knows. */
	if (g->kept)
		return;
	bool undone = txn == NULL || g->conflict;
	s->numbers = undone ? had : (struct numbers){ 0 };
	packs_return(s->packs, undone ? stood : packs_unsure(s->packs));
}

/* None of them was told anything: what one of them did, or refused, may rest on what another node
 * changed meanwhile. So all are run again, fewer together the more often. */
static void run_group(struct store *s, struct group *g)
{
	unsigned most = BATCH;
	for (unsigned tries = 1;; tries++) {
		*g = (struct group){ .first = g->first };
		try_group(s, g, most);
		g->divided = most < BATCH;
		if (!g->conflict)
			return;
		if (tries == TRIES_MOST) {
			g->why = (struct problem){ 0 };
			problem_set(&g->why, PROBLEM_BUSY,
				    "others kept changing what this would have changed");
			return;
		}
		most = g->count > 1 ? g->count / 2 : 1;
	}
}

/* Runs jobs from j on and commits what they did: what is committed is added to the list, to be
 * flushed; who failed is told. */
static struct group commit_group(struct store *s, struct store_job *j, struct job_list *committed)
{
	struct group g = { .first = j };
	run_group(s, &g);
	for (struct store_job *next; j != g.rest; j = next) {
		next = j->next;
		j->generation = g.generation;
		atomic_fetch_add(&s->jobs, 1);
		if (g.kept && j->ready)
			job_list_add(committed, j);
		else if (g.kept || j->problem.code != PROBLEM_NONE)
			tell_job(j, false);
		else
			fail_job(j, &g.why);
	}
	return g;
}

void store_slow_disk(struct store *s, unsigned us)
{
	flusher_slow(s->flusher, us);
}

/* One group, and what of the batch it left is queued again: who comes meanwhile has his turn. What
 * conflicts divided shares a flush as if there had been none. */
static void commit_batch(struct store *s, struct store_job *batch)
{
	struct job_list committed = { .last = &committed.first };
	struct group g = commit_group(s, batch, &committed);
	while (g.divided && g.rest != NULL)
		g = commit_group(s, g.rest, &committed);
	if (committed.first != NULL)
		flusher_take(s->flusher, committed.first);
	pthread_mutex_lock(&s->lock);
	job_queue_give_back(&s->queue, g.rest);
	pthread_mutex_unlock(&s->lock);
}

/* With s->lock held. */
static struct store_job *take_batch(struct store *s)
{
	unsigned before = s->queue.count;
	struct store_job *batch = job_queue_take(&s->queue, BATCH, BATCH_US);
	unsigned count = before - s->queue.count;
	if (count > atomic_load(&s->largest_batch))
		atomic_store(&s->largest_batch, count);
	return batch;
}

/* Nobody waits for one that would stand behind him. */
static bool more_to_come(const struct store *s)
{
	bool some = s->expected > 0
		    || (s->expected_behind > 0 && s->queue.turns.fresh.first == NULL);
	return some && s->queue.count < BATCH && !s->ending;
}

/* With s->lock held. */
static void expect(struct store *s, bool behind, int more)
{
	unsigned *counter = behind ? &s->expected_behind : &s->expected;
	*counter += (unsigned)more;
}

/* With s->lock held. */
static void wait_for_expected(struct store *s)
{
	unsigned us = s->settings.patience_us != 0 ? s->settings.patience_us : PATIENCE_US;
	struct timespec until = s->first_came;
	until.tv_nsec += (long)us * 1000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	s->waiting = true;
	while (more_to_come(s) && pthread_cond_timedwait(&s->work, &s->lock, &until) == 0)
		continue;
	s->waiting = false;
}

/* With s->lock held. All were told, and none of them queued another. */
static bool finished(struct store *s)
{
	pthread_mutex_unlock(&s->lock);
	flusher_wait(s->flusher);
	pthread_mutex_lock(&s->lock);
	return s->queue.count == 0;
}

static void *commits(void *with)
{
	struct store *s = with;
	pthread_setname_np(pthread_self(), "committer");
	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (s->queue.count == 0 && !s->ending)
			pthread_cond_wait(&s->work, &s->lock);
		if (s->queue.count == 0 && finished(s))
			break;
		wait_for_expected(s);
		struct store_job *batch = take_batch(s);
		pthread_mutex_unlock(&s->lock);
		commit_batch(s, batch);
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

void store_submit(struct store *s, struct store_job *j)
{
	tries_expect(j);
	pthread_mutex_lock(&s->lock);
	bool idle = s->queue.count == 0;
	if (idle)
		clock_gettime(CLOCK_MONOTONIC, &s->first_came);
	job_queue_add(&s->queue, j);
	if (j->expected)
		expect(s, j->behind, -1);
	if (s->waiting ? !more_to_come(s) : idle)
		pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->lock);
}

void store_expect(struct store *s, bool behind)
{
	pthread_mutex_lock(&s->lock);
	expect(s, behind, 1);
	pthread_mutex_unlock(&s->lock);
}

void store_expect_no_more(struct store *s, bool behind)
{
	pthread_mutex_lock(&s->lock);
	expect(s, behind, -1);
	if (s->waiting && !more_to_come(s))
		pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->lock);
}

/* Waiting for one's own job. */

struct waiting {
	struct store_job job; /* first */
	bool (*run)(void *with, struct store_txn *t, struct problem *p);
	void *with;
	pthread_mutex_t lock;
	pthread_cond_t told;
	bool ended, kept;
};

static bool run_waiting(struct store_job *j, struct store_txn *t, struct problem *p)
{
	struct waiting *w = (struct waiting *)j;
	return w->run(w->with, t, p);
}

static void tell_waiting(struct store_job *j, bool kept)
{
	struct waiting *w = (struct waiting *)j;
	pthread_mutex_lock(&w->lock);
	w->kept = kept;
	w->ended = true;
	pthread_cond_signal(&w->told);
	pthread_mutex_unlock(&w->lock);
}

static bool write_and_wait(struct store *s, struct waiting *w, struct problem *p)
{
	if (pthread_equal(pthread_self(), s->committer) || flusher_is_me(s->flusher))
		return problem_set(p, PROBLEM_INTERNAL, "a store job waited for another");
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->told, NULL);
	store_submit(s, &w->job);
	pthread_mutex_lock(&w->lock);
	while (!w->ended)
		pthread_cond_wait(&w->told, &w->lock);
	pthread_mutex_unlock(&w->lock);
	pthread_cond_destroy(&w->told);
	pthread_mutex_destroy(&w->lock);
	return w->kept
	       || problem_at(p, w->job.problem.code, w->job.problem.where, "%s",
			     w->job.problem.what);
}

bool store_write_afresh(struct store *s, const struct store_afresh *afresh,
			bool (*run)(void *with, struct store_txn *t, struct problem *p), void *with,
			struct problem *p)
{
	struct waiting w = { .job = { .run = run_waiting, .done = tell_waiting, .afresh = *afresh },
			     .run = run,
			     .with = with };
	return write_and_wait(s, &w, p);
}

bool store_write_on_reserve(struct store *s, const struct store_afresh *afresh,
			    bool (*run)(void *with, struct store_txn *t, struct problem *p),
			    void *with, struct problem *p)
{
	struct waiting w = { .job = { .run = run_waiting,
				      .done = tell_waiting,
				      .afresh = *afresh,
				      .on_reserve = true },
			     .run = run,
			     .with = with };
	return write_and_wait(s, &w, p);
}

bool store_write(struct store *s, bool (*run)(void *with, struct store_txn *t, struct problem *p),
		 void *with, struct problem *p)
{
	return store_write_afresh(s, &(struct store_afresh){ .arena = NULL }, run, with, p);
}

/* Opening and closing. */

bool store_has_room(struct store *s, struct problem *p)
{
	return blobs_have_room(s->blobs, p);
}

/* Asked of the engine, before anything else is opened. */
static bool is_admitted(struct store *s, struct problem *p)
{
	struct key k = store_form_key();
	struct bytes found;
	struct engine_txn *t = engine_begin_read(s->engine, p);
	bool formed = t != NULL && t->does->get(t, key_span(&k), s->scratch, &found);
	engine_abort(t);
	return t != NULL && (!formed || store_form_admits(found, &s->settings, p));
}

static bool know_format(struct store *s, struct problem *p)
{
	struct store_txn *t = store_begin_read(s, p);
	bool known = t != NULL
		     && (store_form_is_ours(t) || (s->settings.as_it_is && store_form_of(t) != 0));
	bool begins = t != NULL && store_form_of(t) == 0 && s->engine->does->beside_files;
	store_end(t);
	return known
	       || (p->code == PROBLEM_NONE && (!begins || store_may_begin(s->directory, p))
		   && store_write(s, store_form_agree, NULL, p));
}

static bool open_all(struct store *s, struct problem *p)
{
	if (mkdir(s->directory, 0700) != 0 && errno != EEXIST)
		return problem_at(p, errno == ENOSPC ? PROBLEM_STORE_FULL : PROBLEM_CONFIGURATION,
				  s->directory, "could not make it: %s", strerror(errno));
	if (!store_lock(s->directory, s->settings.log, &s->lock_file, p))
		return false;
	s->scratch = arena_create(JOB_MEMORY);
	if (s->scratch == NULL)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
	s->engine = engine_open(&s->settings, p);
	if (s->engine == NULL || !is_admitted(s, p)
	    || (s->blobs = blobs_open(&s->settings, p)) == NULL)
		return false;
	if (s->engine->does->beside_files && (s->packs = packs_open(s->directory, p)) == NULL)
		return false;
	s->digest = EVP_MD_CTX_new();
	s->dictionaries = dictionaries_create();
	s->names = names_create();
	s->flusher = flusher_start(s->engine, s->settings.flush_delay_us);
	s->threaded = s->digest != NULL && s->flusher != NULL
		      && EVP_DigestInit_ex(s->digest, EVP_sha256(), NULL) == 1
		      && pthread_create(&s->committer, NULL, commits, s) == 0;
	if (!s->threaded)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "no thread or memory for the committer");
	return know_format(s, p)
	       && (!s->engine->does->conflicts || node_take(s, s->settings.node, &s->node, p));
}

unsigned store_node(const struct store_txn *t)
{
	return t->store->node;
}

struct store *store_open(const struct store_settings *settings, struct problem *p)
{
	struct store *s = calloc(1, sizeof *s);
	if (s == NULL || (s->directory = strdup(settings->directory)) == NULL) {
		free(s);
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
		return NULL;
	}
	s->settings = *settings;
	s->settings.directory = s->directory;
	s->lock_file = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (open_all(s, p))
		return s;
	store_close(s);
	return NULL;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->ending = true;
	pthread_cond_signal(&s->work);
	pthread_mutex_unlock(&s->lock);
	if (s->threaded)
		pthread_join(s->committer, NULL);
	flusher_stop(s->flusher);
	arena_destroy(s->scratch);
	EVP_MD_CTX_free(s->digest);
	packs_close(s->packs);
	dictionaries_destroy(s->dictionaries);
	names_destroy(s->names);
	blobs_close(s->blobs);
	engine_close(s->engine);
	if (s->lock_file >= 0)
		close(s->lock_file);
	pthread_cond_destroy(&s->work);
	pthread_mutex_destroy(&s->lock);
	free(s->directory);
	free(s);
}

struct blobs *store_blobs(struct store *s)
{
	return s->blobs;
}

struct packs *store_packs(struct store *s)
{
	return s->packs;
}

/* As the file says it: whoever gives of it is the engine. */
static uint64_t reserve_left(const struct store *s)
{
	char path[PATH_MAX];
	struct stat st;
	snprintf(path, sizeof path, "%s/audit-reserve", s->directory);
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

void store_count(struct store *s, struct store_counts *out)
{
	*out = (struct store_counts){
		.jobs = atomic_load(&s->jobs),
		.kept = flusher_kept(s->flusher),
		.flushes = flusher_flushes(s->flusher),
		.reads = atomic_load(&s->reads),
		.largest_batch = atomic_load(&s->largest_batch),
		.audit_reserve = reserve_left(s),
	};
	pthread_mutex_lock(&s->lock);
	out->queued = s->queue.count;
	pthread_mutex_unlock(&s->lock);
}

/* False with errno: ENOTEMPTY, or why it cannot be looked into. */
static bool is_empty_directory(const char *path)
{
	DIR *d = opendir(path);
	bool empty = d != NULL;
	for (struct dirent *e; empty && (e = readdir(d)) != NULL;)
		empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	if (d == NULL)
		return false;
	closedir(d);
	if (!empty)
		errno = ENOTEMPTY;
	return empty;
}

const char *store_rekeying(const struct store *s)
{
	return s->settings.rekeying;
}

/* Of a directory that was empty: all in it is ours. The directory itself stays. */
static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind;
	return at->level == 0 ? 0 : remove(path);
}

/* What a copy will hold, as far as it can be told before: log files come and go, documents come. 0:
 * it cannot be told. Berkeley DB's memory (__db.*) is not copied, nor what is still being
 * written. */
static uint64_t octets_of(struct store *s, const struct progress *progress)
{
	char keys[PATH_MAX];
	uint64_t octets = blobs_octets(s->blobs) + packs_octets(s->packs);
	snprintf(keys, sizeof keys, "%s/keys", s->directory);
	FTS *walk = fts_open((char *[]){ keys, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	for (FTSENT *e; walk != NULL && (e = fts_read(walk)) != NULL;) {
		if (progress_is_stopped(progress))
			break;
		if (e->fts_info == FTS_F && strncmp(e->fts_name, "__db.", 5) != 0)
			octets += (uint64_t)e->fts_statp->st_size;
	}
	if (walk != NULL)
		fts_close(walk);
	return octets;
}

/* Keys first: what they name is on the disk by then, and stays while documents are copied. */
bool store_backup_onto(struct progress *progress, struct store *s, const char *directory,
		       const char *onto, struct problem *p)
{
	struct backup_said said;
	if (!backup_said_of(s, &said, p)
	    || (onto != NULL && !backup_said_is_whole(onto, directory, p)))
		return false;
	if (mkdir(directory, 0700) != 0 && errno != EEXIST)
		return problem_at(p, errno == ENOSPC ? PROBLEM_STORE_FULL : PROBLEM_REQUEST_INVALID,
				  directory, "could not make it: %s", strerror(errno));
	if (!is_empty_directory(directory))
		return problem_at(p, PROBLEM_CONFLICT, directory,
				  "a backup goes into an empty directory: %s", strerror(errno));
	if (s->settings.at_rest != NULL && !at_rest_encrypt(s->settings.at_rest, directory, p))
		return false;
	blobs_stay(s->blobs, true);
	progress_begin(progress, "octets", octets_of(s, progress));
	bool copied = engine_backup(s->engine, directory, progress, p)
		      && blobs_copy(s->blobs, directory, onto, progress, p)
		      && packs_copy(s->packs, directory, onto, progress, p)
		      && backup_manifest_write(directory, onto, &said.about, progress, p);
	/* Who was told that it is to end must not find one after all. */
	if (copied && progress_is_stopped(progress))
		copied = problem_set(p, PROBLEM_BUSY, "the backup was stopped");
	blobs_stay(s->blobs, false);
	if (!copied)
		nftw(directory, forget, FORGET_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
	return copied;
}

bool store_backup_watched(struct progress *progress, struct store *s, const char *directory,
			  struct problem *p)
{
	return store_backup_onto(progress, s, directory, NULL, p);
}

bool store_backup(struct store *s, const char *directory, struct problem *p)
{
	return store_backup_watched(NULL, s, directory, p);
}
