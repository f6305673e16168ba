/* gateway/operator/backup_proof.c: whether what a backup holds is what a region kept. */
#include "gateway/operator/backup_proof.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/log.h"
#include "profiles/admin/region_checks.h"
#include "store/at_rest.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "store/store.h"
#include "store/store_form.h"

enum { CACHE = 64 << 20, DESCRIPTORS = 16 };

struct proving {
	const char *directory;
	char scratch[PATH_MAX];
	const struct at_rest *at_rest;
	const struct clock *clock;
	struct arena *arena;
	void (*report)(void *with, const char *finding);
	void *with;
	struct backup_proof *out;
};

static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void report_one(void *with, const char *finding)
{
	struct proving *v = with;
	v->report(v->with, finding);
}

/* Documents are read where they lie: nothing is ever appended to them here. */
static bool link_documents(const struct proving *v, const char *part, struct problem *p)
{
	char from[PATH_MAX], to[PATH_MAX], *real;
	if (snprintf(from, sizeof from, "%s/%s", v->directory, part) >= PATH_MAX
	    || snprintf(to, sizeof to, "%s/%s", v->scratch, part) >= PATH_MAX
	    || (real = realpath(from, NULL)) == NULL)
		return problem_at(p, PROBLEM_CONFLICT, v->directory, "it has no %s", part);
	bool linked = symlink(real, to) == 0
		      || problem_at(p, PROBLEM_REQUEST_INVALID, to, "could not make it: %s",
				    strerror(errno));
	free(real);
	return linked;
}

/* Beside it: the same file system has the room, and the same key. */
static bool make_scratch(struct proving *v, struct problem *p)
{
	size_t length = strlen(v->directory);
	while (length > 1 && v->directory[length - 1] == '/')
		length--;
	if (snprintf(v->scratch, sizeof v->scratch, "%.*s.verifying-XXXXXX", (int)length,
		     v->directory)
		    >= PATH_MAX
	    || mkdtemp(v->scratch) == NULL) {
		v->scratch[0] = '\0';
		return problem_at(p, PROBLEM_REQUEST_INVALID, v->directory,
				  "no directory could be made beside it, to look at a copy of its "
				  "keys: %s",
				  strerror(errno));
	}
	struct backup_looked taken;
	return (v->at_rest == NULL || at_rest_encrypt(v->at_rest, v->scratch, p))
	       && backup_take_out(v->directory, v->scratch, true, &taken, p)
	       && link_documents(v, "packs", p) && link_documents(v, "blobs", p);
}

static bool verify_chains(struct proving *v, struct store *s, struct problem *p)
{
	struct audit_verdict verdict = { 0 };
	struct store_txn *t = store_begin_read(s, p);
	bool walked = t != NULL
		      && audit_log_verify_watched(&(struct audit_watch){ 0 }, t, v->arena, &verdict,
						  p);
	for (size_t n = 0; walked && n < verdict.count; n++) {
		const struct audit_verified *one = &verdict.chains[n];
		v->out->records += audit_place(one->head.sequence);
		if (one->broken == 0)
			continue;
		char place[AUDIT_PLACE_TEXT];
		v->out->findings++;
		report_one(v, arena_printf(v->arena, "audit record %s: %s",
					   audit_place_text(one->broken, place),
					   one->what == NULL ? "the chain is broken" : one->what));
	}
	store_end(t);
	return walked;
}

static bool prove_store(struct proving *v, struct problem *p)
{
	struct log_gate gate = LOG_GATE;
	const struct log log = { .fd = -1, .gate = &gate, .level = LOG_ERROR };
	const struct store_settings settings = { .directory = v->scratch,
						 .cache_bytes = CACHE,
						 .as_it_is = true,
						 .log = &log,
						 .clock = v->clock,
						 .random = &system_random };
	struct check_counts counts = { 0 };
	struct store *s = store_open(&settings, p);
	bool proved = s != NULL && store_check(s, region_checks, report_one, v, &counts, p)
		      && verify_chains(v, s, p);
	v->out->keys = counts.keys;
	v->out->findings += counts.findings;
	store_close(s);
	return proved;
}

bool backup_prove(const char *directory, const struct at_rest *at_rest, const struct clock *clock,
		  struct arena *a, void (*report)(void *with, const char *finding), void *with,
		  struct backup_proof *out, struct problem *p)
{
	struct proving v = { .directory = directory,
			     .at_rest = at_rest,
			     .clock = clock,
			     .arena = a,
			     .report = report,
			     .with = with,
			     .out = out };
	*out = (struct backup_proof){ 0 };
	if (!backup_manifest_read(directory, a, &out->about, p))
		return false;
	if (!store_form_is_read(out->about.form))
		return problem_at(p, PROBLEM_CONFLICT, directory,
				  "it is of form %u, which this release does not read: verify and "
				  "restore it with the release that made it",
				  out->about.form);
	if (!backup_look(directory, report_one, &v, &out->looked, p))
		return false;
	out->opened = out->looked.faults_of_keys == 0;
	if (!out->opened)
		return true; /* it is told by name; what it would say of the rest is no proof */
	bool proved = make_scratch(&v, p) && prove_store(&v, p);
	if (v.scratch[0] != '\0')
		nftw(v.scratch, forget, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
	return proved;
}
