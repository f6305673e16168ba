/* gateway/walls.c: what each kind of thread is kept from. */
#include "gateway/walls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gateway/base/sanitized.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/secrets.h"
#include "gateway/walls_calls.h"

/* Of the kernel's later than the headers we are built with. */
enum { RIGHT_TRUNCATE = 1 << 14, MDWE_SET = 65, MDWE_REFUSE_EXEC_GAIN = 1 };

enum {
	READS = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	RUNS = LANDLOCK_ACCESS_FS_EXECUTE,
	WRITES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR
		 | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR
		 | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG
		 | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO
		 | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM
		 | LANDLOCK_ACCESS_FS_REFER,
	/* what a right can mean of something that is no directory */
	OF_A_FILE = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RUNS
		    | RIGHT_TRUNCATE,
};

/* The first with which a file can be linked from one directory to another (Linux 5.19), as a
 * document gets its name. */
enum { LEAST_ABI = 2, TRUNCATE_ABI = 3 };

struct walls {
	int abi;      /* Landlock's; 0: none */
	bool calls;   /* seccomp */
	bool no_gain; /* nothing written in memory can be made executable */
	bool closed;  /* reach holds for all */
	int rules[WALLS];
	char words[WALLS_WORDS];
};

/* What rules are made of, and for. */
struct laying {
	const struct configuration *c;
	const char *store; /* as the kernel calls it */
	int fd;
	uint64_t handled;
	bool whole; /* all that was granted could be */
};

static int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
			   LANDLOCK_CREATE_RULESET_VERSION);
	return abi < LEAST_ABI ? 0 : (int)abi;
}

static bool begin_rules(struct laying *l, int abi, uint64_t handled)
{
	if (abi >= TRUNCATE_ABI && (handled & LANDLOCK_ACCESS_FS_WRITE_FILE) != 0)
		handled |= RIGHT_TRUNCATE;
	struct landlock_ruleset_attr a = { .handled_access_fs = handled };
	l->handled = handled;
	l->whole = true;
	l->fd = (int)syscall(SYS_landlock_create_ruleset, &a, sizeof a, 0U);
	return l->fd >= 0;
}

/* What is not there is not granted: when it comes it is closed. */
static void grant(struct laying *l, const char *path, uint64_t rights)
{
	struct stat st;
	struct landlock_path_beneath_attr a = { .parent_fd = open(path, O_PATH | O_CLOEXEC) };
	if (a.parent_fd < 0)
		return;
	if ((rights & WRITES) != 0)
		rights |= RIGHT_TRUNCATE;
	if (fstat(a.parent_fd, &st) != 0 || !S_ISDIR(st.st_mode))
		rights &= OF_A_FILE;
	a.allowed_access = rights & l->handled;
	l->whole = l->whole
		   && (a.allowed_access == 0
		       || syscall(SYS_landlock_add_rule, l->fd, LANDLOCK_RULE_PATH_BENEATH, &a, 0U)
				  == 0);
	close(a.parent_fd);
}

/* Whoever may read below that directory may read the store. */
static bool holds_store(const struct laying *l, const char *directory)
{
	char real[PATH_MAX];
	size_t length = realpath(directory, real) == NULL ? 0 : strlen(real);
	if (length == 1)
		return true;
	return length != 0 && l->store != NULL && strncmp(l->store, real, length) == 0
	       && (l->store[length] == '/' || l->store[length] == '\0');
}

static const char *parent_of(const char *path, char out[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t length = slash == NULL || slash == path ? 1 : (size_t)(slash - path);
	snprintf(out, PATH_MAX, "%.*s", (int)length, slash == NULL ? "." : path);
	return out;
}

/* The file's directory, so that another of its name is found at the next reload. Where that holds
 * the store as well, and the store is to be closed, the file alone: another waits for a start. */
static void grant_beside(struct laying *l, const char *path, uint64_t rights, bool store_too)
{
	char parent[PATH_MAX];
	if (path == NULL)
		return;
	parent_of(path, parent);
	grant(l, store_too || !holds_store(l, parent) ? parent : path, rights);
}

/* A value of the configuration as it was written, in quotes, its name begun where files begin. */
static bool path_of(const struct laying *l, const struct config_value *v, char out[PATH_MAX])
{
	size_t length = strlen(v->value);
	if (length < 3 || v->value[0] != '"')
		return false;
	snprintf(out, PATH_MAX, "%s%s%.*s", v->value[1] == '/' ? "" : l->c->directory,
		 v->value[1] == '/' ? "" : "/", (int)length - 2, v->value + 1);
	return true;
}

static const struct config_key *key_of(const struct config_value *v)
{
	const struct config_section_kind *s = config_sections;
	while (s->name != NULL && !text_equal(s->name, v->section))
		s++;
	const struct config_key *k = s->keys;
	while (s->name != NULL && k->name != NULL && !text_equal(k->name, v->key))
		k++;
	return s->name == NULL || k->name == NULL ? NULL : k;
}

static bool is_of_certificates(const char *key)
{
	static const char *const keys[] = { "certificate", "ca", "server-certificate", "crl" };
	for (size_t i = 0; i < COUNT(keys); i++)
		if (text_equal(key, keys[i]))
			return true;
	return false;
}

/* What names are resolved with, and libraries loaded from. */
static void grant_system(struct laying *l)
{
	static const char *const paths[] = { "/etc",        "/usr",        "/lib",
					     "/lib64",      "/run/nscd",   "/run/systemd",
					     "/dev/random", "/dev/urandom" };
	for (size_t i = 0; i < COUNT(paths); i++)
		if (!holds_store(l, paths[i]))
			grant(l, paths[i], READS);
	grant(l, "/dev/null", READS | WRITES);
}

static void grant_certificates(struct laying *l)
{
	char path[PATH_MAX];
	for (const struct config_value *v = l->c->values; v != NULL; v = v->next)
		if (is_of_certificates(v->key) && path_of(l, v, path))
			grant_beside(l, path, READS, false);
}

/* Missing ones are made as the store would make them, whoever waits behind a wall. */
static void grant_kept(struct laying *l, const char *directory)
{
	if (mkdir(directory, 0700) == 0 || errno == EEXIST)
		grant(l, directory, READS | WRITES);
}

/* Where whoever keeps something writes. */
static void grant_store(struct laying *l)
{
	const struct region *r = &l->c->region;
	grant_kept(l, l->c->store.directory);
	for (size_t i = 0; i < r->repository_count; i++)
		if (r->repositories[i].directory != NULL)
			grant_kept(l, r->repositories[i].directory);
	for (size_t i = 0; i < r->delegated_count; i++)
		grant_kept(l, r->delegated[i].directory);
	grant_beside(l, l->c->audit.anchors, READS | WRITES, true);
	grant(l, "/dev/null", READS | WRITES);
}

/* Whatever the configuration names, and where its own text stands. */
static void grant_configured(struct laying *l)
{
	char path[PATH_MAX];
	grant(l, l->c->directory, READS);
	grant_beside(l, l->c->path, READS, true);
	for (const struct config_value *v = l->c->values; v != NULL; v = v->next) {
		const struct config_key *k = key_of(v);
		if (k != NULL && k->kind == CONFIG_PATH && path_of(l, v, path))
			grant_beside(l, path, READS, true);
		if (v->place.file != NULL)
			grant_beside(l, v->place.file, READS, true);
	}
	grant(l, l->c->service.grammars, READS);
	grant_beside(l, l->c->service.socket, READS | WRITES, true);
}

static void grant_all_reach(struct laying *l)
{
	static const char *const paths[] = { "/proc", "/sys", "/dev", "/run" };
	grant_system(l);
	grant_configured(l);
	grant_store(l);
	for (size_t i = 0; i < COUNT(paths); i++)
		grant(l, paths[i], READS);
	for (const char *const *each = l->c->service.reach; *each != NULL; each++)
		grant(l, *each, READS | WRITES);
}

/* ---- Laying, raising, going behind ---- */

static bool lay(struct walls *w, struct laying *l, enum wall wall)
{
	bool keeps = wall == WALL_KEEPING || wall == WALL_DELIVERING;
	if (!begin_rules(l, w->abi, keeps ? RUNS | WRITES : RUNS | WRITES | READS))
		return false;
	w->rules[wall] = l->fd;
	if (keeps)
		grant_store(l);
	if (wall == WALL_CALLING) {
		grant_system(l);
		grant_certificates(l);
	}
	return l->whole;
}

static bool lay_all(struct walls *w, struct laying *l)
{
	bool laid = true;
	for (enum wall wall = 0; laid && wall < WALLS; wall++)
		laid = lay(w, l, wall);
	return laid;
}

static bool go_behind(int rules)
{
	return syscall(SYS_landlock_restrict_self, rules, 0U) == 0;
}

/* For all: nothing but what the configuration names can be opened from here on. */
static bool close_all(struct walls *w, struct laying *l)
{
	if (l->c->service.reach == NULL || *l->c->service.reach == NULL)
		return true;
	bool made = begin_rules(l, w->abi, RUNS | READS | WRITES);
	if (!made)
		return false;
	grant_all_reach(l);
	w->closed = l->whole && go_behind(l->fd);
	close(l->fd);
	return w->closed;
}

static bool raise_files(struct walls *w, const struct configuration *c)
{
	struct laying l = { .c = c };
	char real[PATH_MAX];
	w->abi = landlock_abi();
	if (w->abi == 0)
		return false;
	/* made first: what is not there has no name of the kernel's */
	if (mkdir(c->store.directory, 0700) == 0 || errno == EEXIST)
		l.store = realpath(c->store.directory, real);
	if (lay_all(w, &l) && close_all(w, &l))
		return true;
	w->abi = 0;
	return false;
}

static void describe(struct walls *w)
{
	char files[64] = "no Landlock (Linux 5.19)", secrets[SECRETS_WORDS];
	if (w->abi != 0)
		snprintf(files, sizeof files, "Landlock (ABI %d%s)", w->abi,
			 w->closed ? ", closed for all" : "");
	secrets_describe(secrets);
	snprintf(w->words, sizeof w->words, "%s, %s, %s; %s", files,
		 w->calls ? "seccomp" : "no seccomp",
		 w->no_gain ? "no new executable memory" : "executable memory as ever (Linux 6.3)",
		 secrets);
}

/* Privileges first, or the kernel lets nobody wall himself in. */
static void raise_all(struct walls *w, const struct configuration *c)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) != 0)
		return;
	w->no_gain = prctl(MDWE_SET, (unsigned long)MDWE_REFUSE_EXEC_GAIN, 0UL, 0UL, 0UL) == 0;
	w->calls = walls_calls_known() && walls_calls_of_all();
	raise_files(w, c);
}

static struct walls *none(const char *because)
{
	struct walls *w = calloc(1, sizeof *w);
	char secrets[SECRETS_WORDS];
	if (w == NULL)
		return NULL;
	for (enum wall wall = 0; wall < WALLS; wall++)
		w->rules[wall] = -1;
	secrets_describe(secrets);
	snprintf(w->words, sizeof w->words, "none: %s; %s", because, secrets);
	return w;
}

struct walls *walls_raise(const struct configuration *c, char why[WALLS_WORDS])
{
	bool wanted = c->service.walls != WALLS_OFF, required = c->service.walls == WALLS_REQUIRED;
	struct walls *w = none(SANITIZED ? "built with a sanitizer" : "switched off");
	snprintf(why, WALLS_WORDS, "no memory for walls");
	if (w != NULL && wanted && !SANITIZED) {
		raise_all(w, c);
		describe(w);
	}
	bool stand = w != NULL && w->abi != 0 && w->calls && secrets_are_held();
	if (w == NULL || !required || stand)
		return w;
	snprintf(why, WALLS_WORDS, "walls are required, and there are: %.200s", w->words);
	walls_free(w);
	return NULL;
}

struct entering {
	const struct walls *w;
	enum wall wall;
	bool (*make)(void *);
	void *with;
	bool made;
};

static void *enter(void *self)
{
	struct entering *e = self;
	bool behind = (e->w->abi == 0 || go_behind(e->w->rules[e->wall]))
		      && (!e->w->calls || walls_calls_of(e->wall));
	e->made = behind && e->make(e->with);
	return NULL;
}

bool walls_within(const struct walls *w, enum wall wall, bool (*make)(void *), void *with)
{
	struct entering e = { .w = w, .wall = wall, .make = make, .with = with };
	pthread_t thread;
	if (w->abi == 0 && !w->calls)
		return make(with);
	if (pthread_create(&thread, NULL, enter, &e) != 0)
		return false;
	pthread_join(thread, NULL);
	return e.made;
}

const char *walls_words(const struct walls *w)
{
	return w->words;
}

void walls_free(struct walls *w)
{
	for (enum wall wall = 0; w != NULL && wall < WALLS; wall++)
		if (w->rules[wall] >= 0)
			close(w->rules[wall]);
	free(w);
}
