/* gateway/encrypting.c: what is kept is encrypted: at a start, and by minatod -e and -r. */
#include "gateway/starting.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/config.h"
#include "gateway/process.h"
#include "gateway/walls.h"
#include "store/at_rest.h"

#define RUN_AGAIN "stop minatod and run minatod -r"

/* Each directory that things are kept in, for g->named may not be there yet. */
static const char *kept_in(const struct configuration *c, size_t n)
{
	return n == 0 ? c->store.directory : c->region.repositories[n - 1].directory;
}

/* Made as the store would make it, or the file system has nothing to encrypt. What has the key
 * before keeps it until minatod -r. */
static bool encrypt_one(struct gateway *g, const char *directory, struct problem *p)
{
	bool before = g->at_rest_before != NULL && at_rest_has(g->at_rest_before, directory);
	if (mkdir(directory, 0700) != 0 && errno != EEXIST)
		return true; /* told by the store, which needs it */
	return at_rest_encrypt(before ? g->at_rest_before : g->at_rest, directory, p);
}

/* NULL where there is none; false: p says what is wrong with the file. */
static bool read_key(const char *key, const char *path, struct at_rest **r, struct problem *p)
{
	const char *why = NULL;
	*r = path == NULL ? NULL : at_rest_read(path, &why);
	return why == NULL || problem_at(p, PROBLEM_CONFIGURATION, path, "store %s: %s", key, why);
}

/* Of all directories the first that is not settled is told of. */
static void tell_change(struct gateway *g)
{
	const struct configuration *c = g->configuration;
	const struct at_rest_change change = { .fresh = g->at_rest, .before = g->at_rest_before };
	for (size_t i = 0; i <= c->region.repository_count; i++) {
		const char *directory = kept_in(c, i);
		enum at_rest_stage s = directory == NULL ? AT_REST_SETTLED
							 : at_rest_stage(&change, directory);
		if (s == AT_REST_SETTLED)
			continue;
		if (g->rekeying[0] == '\0')
			snprintf(g->rekeying, sizeof g->rekeying, "%s: %s (" RUN_AGAIN ")",
				 directory, at_rest_stage_words(s));
		log_write(&g->log, LOG_WARNING, "%s: %s: " RUN_AGAIN, directory,
			  at_rest_stage_words(s));
	}
}

bool starting_at_rest(struct gateway *g)
{
	const struct configuration *c = g->configuration;
	struct problem p = { .code = PROBLEM_NONE };
	if (c->store.data_key == NULL)
		return true;
	bool encrypted = read_key("data-key", c->store.data_key, &g->at_rest, &p)
			 && read_key("data-key-before", c->store.data_key_before,
				     &g->at_rest_before, &p);
	for (size_t i = 0; encrypted && i <= c->region.repository_count; i++)
		if (kept_in(c, i) != NULL)
			encrypted = encrypt_one(g, kept_in(c, i), &p);
	if (!encrypted)
		log_failure(&g->log, p.what, "the gateway does not start", AT_REST_REMEDY);
	else
		tell_change(g);
	return encrypted;
}

/* Whether a start would find each encrypted, or could make it so. */
bool starting_would_encrypt(const struct configuration *c, struct problem *p)
{
	struct at_rest *fresh = NULL, *before = NULL;
	bool would = read_key("data-key", c->store.data_key, &fresh, p)
		     && read_key("data-key-before", c->store.data_key_before, &before, p);
	for (size_t i = 0; would && fresh != NULL && i <= c->region.repository_count; i++) {
		const char *in = kept_in(c, i);
		would = in == NULL || (before != NULL && at_rest_has(before, in))
			|| at_rest_would_encrypt(fresh, in, p);
	}
	at_rest_free(fresh);
	at_rest_free(before);
	return would;
}

static void lock_all(const struct configuration *c, const struct at_rest *r)
{
	for (size_t i = 0; r != NULL && i <= c->region.repository_count; i++)
		if (kept_in(c, i) != NULL)
			at_rest_lock(r, kept_in(c, i));
}

void starting_undone_at_rest(struct gateway *g, bool had)
{
	if (had) {
		lock_all(g->named, g->at_rest);
		lock_all(g->named, g->at_rest_before);
	}
	at_rest_free(g->at_rest);
	at_rest_free(g->at_rest_before);
	g->at_rest = g->at_rest_before = NULL;
}

static bool move_one(const struct at_rest *r, const char *directory)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool moved = at_rest_move(r, directory, &p);
	if (moved)
		fprintf(stderr, "%s: encrypted\n", directory);
	else
		fprintf(stderr, "%s: %s\n", directory, p.what);
	return moved;
}

static bool move_all(const struct configuration *c)
{
	const char *why = "there is none";
	struct at_rest *r = c->store.data_key == NULL ? NULL
						      : at_rest_read(c->store.data_key, &why);
	bool moved = r != NULL;
	if (!moved)
		fprintf(stderr, "store data-key: %s\n", why);
	for (size_t i = 0; moved && i <= c->region.repository_count; i++)
		if (kept_in(c, i) != NULL)
			moved = move_one(r, kept_in(c, i));
	if (moved)
		lock_all(c, r);
	at_rest_free(r);
	return moved;
}

bool starting_encrypt(const char *path)
{
	const struct configuration *c = process_configuration(path);
	bool moved = c != NULL && move_all(c);
	config_release(c);
	return moved;
}

/* ---- minatod -r ---- */

struct rekeying {
	const char *path;
	const struct log *log;
	const struct configuration *c;
	struct at_rest *fresh, *before;
	struct at_rest_change change;
	const char *directory, *doing; /* what was last told of */
	uint64_t percent;
};

/* A line for each hundredth. */
static void tell(void *with, const char *directory, const char *doing, uint64_t done, uint64_t of)
{
	struct rekeying *r = with;
	uint64_t percent = of == 0 || done >= of ? 100 : done * 100 / of;
	if (r->directory == directory && r->doing == doing && r->percent == percent)
		return;
	r->directory = directory;
	r->doing = doing;
	r->percent = percent;
	fprintf(stderr, "%s: %s: %" PRIu64 "%% of %" PRIu64 " MiB\n", directory, doing, percent,
		(of + (1 << 20) - 1) >> 20);
}

/* What is wrong, where, and what to do. */
static bool refuse(const struct problem *p)
{
	fprintf(stderr,
		"%s: %s: %s\n"
		"  do: mend that and run minatod -r again; nothing is lost\n",
		problem_row(p->code)->name, p->where, p->what);
	return false;
}

static bool read_keys(struct rekeying *r, struct problem *p)
{
	if (r->c->store.data_key == NULL || r->c->store.data_key_before == NULL)
		return problem_at(p, PROBLEM_CONFIGURATION, r->path,
				  "store %s is not named: data-key is the key that is to be, "
				  "data-key-before the one until now",
				  r->c->store.data_key == NULL ? "data-key" : "data-key-before");
	bool read = read_key("data-key", r->c->store.data_key, &r->fresh, p)
		    && read_key("data-key-before", r->c->store.data_key_before, &r->before, p);
	r->change = (struct at_rest_change){
		.fresh = r->fresh,
		.before = r->before,
		.watch = { .tell = tell, .with = r },
	};
	return read;
}

/* Before anything is done, so that nothing is done by halves for want of a key. */
static bool look(struct rekeying *r, bool found[], struct problem *p)
{
	for (size_t i = 0; i <= r->c->region.repository_count; i++) {
		const char *directory = kept_in(r->c, i);
		enum at_rest_stage s = directory == NULL ? AT_REST_SETTLED
							 : at_rest_stage(&r->change, directory);
		if (s == AT_REST_STRANGE)
			return problem_at(p, PROBLEM_CONFIGURATION, directory, "%s",
					  at_rest_stage_words(s));
		found[s] = true;
	}
	return true;
}

/* In the store itself, which is opened and closed for it: what cannot be recorded is not done. */
static bool record(struct rekeying *r, const char *words, struct problem *p)
{
	return gateway_alert_alone(r->path, r->log, "110129", "Security Configuration",
				   AUDIT_DOING_REKEYED, words)
	       || problem_at(p, PROBLEM_AUDIT_UNAVAILABLE, r->c->store.directory,
			     "\"%s\" could not be written to the audit log", words);
}

/* Without its key it has no names to look for. */
static bool hold(struct rekeying *r, int *held, struct problem *p)
{
	const char *directory = r->c->store.directory;
	bool before = at_rest_has(r->before, directory);
	return at_rest_encrypt(before ? r->before : r->fresh, directory, p)
	       && at_rest_hold(directory, held, p);
}

/* Told before anything else fails of it. */
static bool is_free(struct rekeying *r, struct problem *p)
{
	int held = -1;
	bool free = hold(r, &held, p);
	if (held >= 0)
		close(held);
	return free;
}

/* The store's own last: while it is held nobody serves, and nothing changes. The kernel forgets the
 * keys while it is, for afterwards another may serve by them; when all went well record() does. */
static bool rekey_all(struct rekeying *r, struct problem *p)
{
	int held = -1;
	bool done = hold(r, &held, p);
	for (size_t i = r->c->region.repository_count + 1; done && i-- > 0;)
		if (kept_in(r->c, i) != NULL)
			done = at_rest_rekey(&r->change, kept_in(r->c, i), p);
	if (held >= 0 && !done) {
		lock_all(r->c, r->fresh);
		lock_all(r->c, r->before);
	}
	if (held >= 0)
		close(held);
	return done;
}

static bool forget_all(struct rekeying *r, struct problem *p)
{
	bool forgotten = true;
	for (size_t i = 0; forgotten && i <= r->c->region.repository_count; i++)
		if (kept_in(r->c, i) != NULL)
			forgotten = at_rest_forget(&r->change, kept_in(r->c, i), p);
	return forgotten;
}

static bool rekey(struct rekeying *r, struct problem *p)
{
	bool found[AT_REST_STRANGE + 1] = { false };
	if (!read_keys(r, p) || !look(r, found, p))
		return false;
	bool begins = found[AT_REST_BEFORE] || found[AT_REST_BROKEN_OFF];
	if (begins
	    && !(is_free(r, p) && record(r, "change of the data key begun", p) && rekey_all(r, p)))
		return false;
	if ((begins || found[AT_REST_LEFT])
	    && !(is_free(r, p) && record(r, "data key changed: all has the new one", p)
		 && forget_all(r, p)))
		return false;
	fprintf(stderr, "all is encrypted with data-key: take data-key-before out of the "
			"configuration; backups made until now need the key before\n");
	return true;
}

bool starting_rekey(const char *path, const struct log *log)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct rekeying r = { .path = path, .log = log, .c = process_configuration(path) };
	bool done = r.c != NULL && rekey(&r, &p);
	at_rest_free(r.fresh);
	at_rest_free(r.before);
	config_release(r.c);
	return done || (p.code != PROBLEM_NONE && refuse(&p));
}
