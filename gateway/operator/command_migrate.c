/* gateway/operator/command_migrate.c: a store of a former release is brought over to this one,
 * without the daemon: a backup that is proved first, then step by step. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/log.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/backup_proof.h"
#include "gateway/operator/command.h"
#include "gateway/operator/long_watch.h"
#include "gateway/operator/owned_file.h"
#include "store/at_rest.h"
#include "store/backup_said.h"
#include "store/store.h"
#include "store/store_form.h"
#include "store/store_migration.h"

enum { CACHE = 64 << 20, DESCRIPTORS = 16, SHOWN_EVERY_MS = 500, LINE_MEMORY = 1 << 16 };

struct migrating {
	struct invocation *i;
	const struct configuration *c;
	struct at_rest *key;
	struct store *store;
	const char *backup, *growing; /* growing: until it is proved */
	unsigned was;
	uint64_t faults;
	struct progress progress;
	/* Who shows it. */
	pthread_t watcher;
	pthread_mutex_t lock;
	pthread_cond_t ends;
	bool watched, over, shown;
};

/* ---- How far it is, and Ctrl-C ---- */

static atomic_bool interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	atomic_store(&interrupted, true);
}

/* Between two lines of others: under the lock. */
static void show(struct migrating *m)
{
	struct progress_seen seen;
	struct arena *a = arena_create(LINE_MEMORY);
	progress_look(&m->progress, &seen);
	if (a != NULL && seen.unit != NULL) {
		json_t *work = json_pack("{s:s, s:I, s:f, s:I}", "unit", seen.unit, "done",
					 (json_int_t)seen.done, "per_second", seen.rate, "of",
					 (json_int_t)seen.of);
		const char *text = long_watch_sentence(a, m->i->command->noun, work);
		fprintf(m->i->talk, m->i->terminal ? "\r%s\033[K" : "%s\n", text);
		fflush(m->i->talk);
		m->shown = m->i->terminal;
		json_decref(work);
	}
	arena_destroy(a);
}

static void *watch(void *with)
{
	struct migrating *m = with;
	struct timespec until;
	pthread_mutex_lock(&m->lock);
	while (!m->over) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += SHOWN_EVERY_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		if (pthread_cond_timedwait(&m->ends, &m->lock, &until) == ETIMEDOUT && !m->over)
			show(m);
	}
	pthread_mutex_unlock(&m->lock);
	return NULL;
}

/* Who was started to ignore interrupts goes on ignoring them; a second one ends the tool. */
static void watch_begin(struct migrating *m, struct sigaction *before)
{
	struct sigaction ours = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };
	bool shows = m->i->terminal || invocation_option(m->i, "progress") != NULL;
	progress_create(&m->progress, m->i->clock, &interrupted);
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->ends, NULL);
	sigaction(SIGINT, NULL, before);
	if (before->sa_handler != SIG_IGN)
		sigaction(SIGINT, &ours, NULL);
	m->watched = shows && pthread_create(&m->watcher, NULL, watch, m) == 0;
}

static void watch_end(struct migrating *m, const struct sigaction *before)
{
	pthread_mutex_lock(&m->lock);
	m->over = true;
	pthread_cond_signal(&m->ends);
	pthread_mutex_unlock(&m->lock);
	if (m->watched)
		pthread_join(m->watcher, NULL);
	if (m->shown)
		fputs("\r\033[K", m->i->talk);
	sigaction(SIGINT, before, NULL);
	pthread_cond_destroy(&m->ends);
	pthread_mutex_destroy(&m->lock);
	progress_destroy(&m->progress);
}

/* One line of its own. */
static void say(struct migrating *m, const char *line)
{
	pthread_mutex_lock(&m->lock);
	if (m->shown)
		fputs("\r\033[K", m->i->talk);
	m->shown = false;
	fprintf(m->i->talk, "%s\n", line);
	fflush(m->i->talk);
	pthread_mutex_unlock(&m->lock);
}

/* ---- The store ---- */

/* What root makes there the daemon could not read: so root becomes the owner, for good. */
static bool become_owner(const char *directory, struct problem *p)
{
	struct stat st;
	if (stat(directory, &st) != 0)
		return problem_at(p, PROBLEM_NOT_FOUND, directory, "no store is there: %s",
				  strerror(errno));
	const struct passwd *owner = getpwuid(st.st_uid);
	const char *name = owner == NULL ? "its owner" : owner->pw_name;
	if (st.st_uid == geteuid())
		return true;
	if (geteuid() != 0)
		return problem_at(p, PROBLEM_REQUEST_INVALID, directory,
				  "the store belongs to another user: run it as %s", name);
	bool became = (owner == NULL ? setgroups(0, NULL) : initgroups(name, st.st_gid)) == 0
		      && setgid(st.st_gid) == 0 && setuid(st.st_uid) == 0;
	return became
	       || problem_at(p, PROBLEM_REQUEST_INVALID, directory,
			     "the store belongs to %s, and root could not become that user: %s",
			     name, strerror(errno));
}

static bool read_key(struct migrating *m, struct problem *p)
{
	const char *file = m->c->store.data_key, *why = NULL;
	m->key = file == NULL ? NULL : at_rest_read(file, &why);
	if (why != NULL)
		return problem_at(p, PROBLEM_CONFIGURATION, file, "store data-key: %s", why);
	return m->key == NULL || at_rest_encrypt(m->key, m->c->store.directory, p);
}

static const char **document_directories(struct arena *a, const struct region *r)
{
	const char **all = arena_array(a, const char *, r->repository_count + 1);
	size_t count = 0;
	for (size_t n = 0; n < r->repository_count; n++)
		if (r->repositories[n].directory != NULL)
			all[count++] = r->repositories[n].directory;
	all[count] = NULL;
	return all;
}

static bool open_it(struct migrating *m, struct problem *p)
{
	static struct log_gate gate = LOG_GATE;
	static const struct log quiet = { .fd = -1, .gate = &gate, .level = LOG_ERROR };
	const char **directories = document_directories(m->i->arena, &m->c->region);
	const struct store_settings s = { .directory = m->c->store.directory,
					  .document_directories = directories,
					  .cache_bytes = CACHE,
					  .at_rest = m->key,
					  .as_it_is = true,
					  .log = &quiet,
					  .clock = m->i->clock,
					  .random = &system_random };
	if (!become_owner(s.directory, p) || !read_key(m, p)
	    || (m->store = store_open(&s, p)) == NULL)
		return false;
	struct store_txn *t = store_begin_read(m->store, p);
	m->was = t == NULL ? 0 : store_form_of(t);
	store_end(t);
	return t != NULL;
}

/* ---- The backup ---- */

static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void on_fault(void *with, const char *finding)
{
	struct migrating *m = with;
	m->faults++;
	say(m, finding);
}

static bool prove(struct migrating *m, const char *directory, struct problem *p)
{
	struct backup_proof proof;
	if (!backup_prove(directory, m->key, m->i->clock, m->i->arena, on_fault, m, &proof, p))
		return false;
	return m->faults == 0
	       || problem_at(p, PROBLEM_CONFLICT, directory,
			     "the backup is not whole, and so is the store, which stays as it is: "
			     "see what minato check says of it with the release before");
}

/* It has its name when it is proved: what has it is a backup of then. */
static bool make_backup(struct migrating *m, struct problem *p)
{
	nftw(m->growing, forget, DESCRIPTORS,
	     FTW_DEPTH | FTW_PHYS); /* of one that was broken off */
	say(m, arena_printf(m->i->arena, "backup of form %u into %s", m->was, m->backup));
	bool made = store_backup_watched(&m->progress, m->store, m->growing, p)
		    && prove(m, m->growing, p);
	if (made && (rename(m->growing, m->backup) != 0 || !owned_name_settle(m->backup)))
		made = problem_at(p, PROBLEM_REQUEST_INVALID, m->backup,
				  "could not give it its name: %s", strerror(errno));
	if (made)
		say(m, "the backup is whole");
	return made;
}

/* Of one that was made before something broke it off: nothing was kept since. */
static bool is_of_now(struct migrating *m, struct problem *p)
{
	struct backup_about about;
	struct backup_said now;
	if (!backup_manifest_read(m->backup, m->i->arena, &about, p)
	    || !backup_said_of(m->store, &now, p))
		return false;
	if (about.form != m->was || about.record != now.about.record
	    || (about.affinity_domain != NULL
		&& !text_equal(about.affinity_domain, now.about.affinity_domain)))
		return problem_at(p, PROBLEM_CONFLICT, m->backup,
				  "another backup stands there: name a new directory");
	say(m,
	    arena_printf(m->i->arena, "backup of form %u, made before, in %s", m->was, m->backup));
	return prove(m, m->backup, p);
}

static bool back_up(struct migrating *m, struct problem *p)
{
	const char *named = m->i->argument_count == 0 ? NULL : m->i->arguments[0];
	m->backup = named == NULL
			    ? arena_printf(m->i->arena, "%s.form-%u", m->c->store.directory, m->was)
			    : invocation_path(m->i, named);
	m->growing = arena_printf(m->i->arena, "%s.growing", m->backup);
	return access(m->backup, F_OK) == 0 ? is_of_now(m, p) : make_backup(m, p);
}

/* ---- The steps ---- */

static void tell_step(void *with, unsigned from, unsigned to, const char *changes, bool done)
{
	struct migrating *m = with;
	struct arena *a = m->i->arena;
	say(m, done ? arena_printf(a, "the store is of form %u", to)
		    : arena_printf(a, "form %u to %u: %s", from, to, changes));
}

static bool migrate(struct migrating *m, struct problem *p)
{
	const struct store_migration how = { tell_step, m, &m->progress };
	if (!open_it(m, p))
		return false;
	if (m->was == store_form_number()) {
		say(m,
		    arena_printf(m->i->arena,
				 "the store is of form %u, which this release writes: nothing is "
				 "to be done",
				 m->was));
		return true;
	}
	if (!back_up(m, p) || !store_migrate(m->store, &how, p))
		return false;
	say(m,
	    arena_printf(m->i->arena,
			 "brought over from form %u; %s stays for the release before, until what "
			 "was brought over has been checked (minatod, minato check)",
			 m->was, m->backup));
	return true;
}

enum outcome command_migrate(struct invocation *i)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct migrating m = { .i = i, .c = invocation_configuration(i) };
	struct sigaction before;
	if (m.c == NULL)
		return OUTCOME_CONFIGURATION;
	watch_begin(&m, &before);
	bool migrated = migrate(&m, &p);
	store_close(m.store);
	watch_end(&m, &before);
	enum outcome outcome = migrated ? OUTCOME_DONE : invocation_fail(i, &p);
	if (!migrated && atomic_load(&interrupted))
		outcome = OUTCOME_INTERRUPTED;
	at_rest_free(m.key);
	config_release(m.c);
	return outcome;
}
