/* gateway/operator/command_backup.c: backups without the daemon: proving one, putting one back. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/backup_proof.h"
#include "gateway/operator/command.h"
#include "gateway/operator/owned_file.h"
#include "store/at_rest.h"
#include "store/store_form.h"

enum { DESCRIPTORS = 16, FAULTS_MOST = 1000 };

static const struct column fault_columns[] = { { .key = "what", .heading = "FAULT" },
					       { .key = "where", .heading = "WHERE" },
					       { 0 } };

/* ---- The key of what is encrypted ---- */

/* *out NULL: the configuration names none. */
static bool read_key(const struct configuration *c, struct at_rest **out, struct problem *p)
{
	const char *why = NULL;
	*out = c->store.data_key == NULL ? NULL : at_rest_read(c->store.data_key, &why);
	return why == NULL
	       || problem_at(p, PROBLEM_CONFIGURATION, c->store.data_key, "store data-key: %s",
			     why);
}

/* ---- backup verify ---- */

struct faults {
	json_t *rows;
	const char *directory;
};

static void take_fault(void *with, const char *finding)
{
	const struct faults *f = with;
	if (json_array_size(f->rows) < FAULTS_MOST)
		json_array_append_new(
			f->rows, json_pack("{s:s, s:s}", "what", finding, "where", f->directory));
}

static void tell_proof(struct invocation *i, const struct backup_proof *b, json_t *rows)
{
	bool valid = b->looked.faults + b->findings == 0;
	if (i->format == OUTPUT_JSON) {
		json_t *all = json_pack("{s:b, s:O, s:s, s:I, s:I, s:I, s:I}", "valid", valid,
					"faults", rows, "made", b->about.made, "files",
					(json_int_t)b->looked.files, "octets",
					(json_int_t)b->looked.octets, "keys", (json_int_t)b->keys,
					"records", (json_int_t)b->records);
		output_object(i->out, i->arena, i->format, all);
		json_decref(all);
		return;
	}
	output_rows(i->out, i->arena, i->format, rows, fault_columns);
	fprintf(i->talk,
		"made %s: %" PRIu64 " files of %" PRIu64 " octets, %" PRIu64 " keys, %" PRIu64
		" audit records: %s\n",
		b->about.made, b->looked.files, b->looked.octets, b->keys, b->records,
		valid       ? "whole"
		: b->opened ? "not whole"
			    : "not whole; with keys that are not, no more was read");
}

static enum outcome prove(struct invocation *i, const char *directory, const struct at_rest *key)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct faults f = { .rows = json_array(), .directory = directory };
	struct backup_proof b;
	bool looked = backup_prove(directory, key, i->clock, i->arena, take_fault, &f, &b, &p);
	enum outcome outcome = looked ? b.looked.faults + b.findings == 0 ? OUTCOME_DONE
									  : OUTCOME_NEGATIVE
				      : invocation_fail(i, &p);
	if (looked)
		tell_proof(i, &b, f.rows);
	json_decref(f.rows);
	return outcome;
}

/* Only what is encrypted needs the configuration: a backup is verified on any machine. */
enum outcome command_backup_verify(struct invocation *i)
{
	const char *directory = invocation_path(i, i->arguments[0]);
	struct problem p = { .code = PROBLEM_NONE };
	struct at_rest *key = NULL;
	if (!at_rest_is_encrypted(directory))
		return prove(i, directory, NULL);
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	bool opened = read_key(c, &key, &p) && (key == NULL || at_rest_encrypt(key, directory, &p));
	enum outcome outcome = opened ? prove(i, directory, key) : invocation_fail(i, &p);
	at_rest_free(key);
	config_release(c);
	return outcome;
}

/* ---- restore ---- */

struct restoring {
	struct invocation *i;
	const char *backup, *region, *to; /* to: where it grows */
	const struct configuration *c;
	struct at_rest *key;
	struct backup_about about;
	struct backup_looked taken;
};

static int forget(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

/* What is not there is empty as well. */
static bool is_empty(const char *directory)
{
	return rmdir(directory) == 0 || errno == ENOENT;
}

static bool has_octets(const char *path)
{
	struct stat st;
	return path != NULL && stat(path, &st) == 0 && st.st_size != 0;
}

/* Nothing is changed when it is refused. An empty directory is made anew, with its key. */
static bool may_restore(const struct restoring *r, struct problem *p)
{
	const char *data = r->c->store.directory;
	int held = -1;
	bool free = at_rest_hold(data, &held, p);
	if (held >= 0)
		close(held);
	if (!free)
		return false;
	if (has_octets(r->c->audit.anchors))
		return problem_at(
			p, PROBLEM_CONFLICT, r->c->audit.anchors,
			"the anchors of another log stand there, and would tell that this "
			"one was put back: move the file away first, and keep it");
	return is_empty(data)
	       || problem_at(p, PROBLEM_CONFLICT, data,
			     "the region is not empty, and a restore replaces nothing: move this "
			     "directory away first, and keep it until the restored region has "
			     "been checked");
}

static bool is_same_region(const struct restoring *r, struct problem *p)
{
	const struct region *g = &r->c->region;
	const struct {
		const char *key, *kept, *named;
	} rows[] = {
		{ "affinity-domain", r->about.affinity_domain, g->affinity_domain },
		{ "home-community-id", r->about.home_community_id, g->home_community_id },
		{ "repository-unique-id", r->about.repository_unique_id, g->repository_unique_id },
	};
	for (size_t n = 0; n < COUNT(rows); n++)
		if (rows[n].kept != NULL && !text_equal(rows[n].kept, rows[n].named))
			return problem_at(p, PROBLEM_CONFIGURATION, r->c->path,
					  "the backup is of a region whose %s is \"%s\", and this "
					  "configuration says \"%s\": put the configuration of "
					  "that region here",
					  rows[n].key, rows[n].kept,
					  rows[n].named == NULL ? "" : rows[n].named);
	return store_form_is_read(r->about.form)
	       || problem_at(p, PROBLEM_CONFLICT, r->backup,
			     "it is of form %u, which this release does not read: restore it with "
			     "the release that made it",
			     r->about.form);
}

/* What root puts there belongs to the region's owner. */
static bool give_to_owner(const struct restoring *r, struct problem *p)
{
	struct stat owner;
	bool given = true;
	if (geteuid() != 0 || stat(r->region, &owner) != 0)
		return true;
	FTS *walk = fts_open((char *[]){ (char *)r->to, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	for (FTSENT *e; given && walk != NULL && (e = fts_read(walk)) != NULL;)
		if (e->fts_info != FTS_DP)
			given = lchown(e->fts_path, owner.st_uid, owner.st_gid) == 0;
	if (walk != NULL)
		fts_close(walk);
	return (given && walk != NULL)
	       || problem_at(p, PROBLEM_REQUEST_INVALID, r->to,
			     "could not be given to the region's owner: %s", strerror(errno));
}

/* It has its name when it is whole: broken off anywhere, the region is as empty as it was. */
static bool put_in(struct restoring *r, struct problem *p)
{
	const char *data = r->c->store.directory;
	nftw(r->to, forget, DESCRIPTORS, FTW_DEPTH | FTW_PHYS); /* of one that was broken off */
	if (mkdir(r->to, 0700) != 0)
		return problem_at(p, PROBLEM_REQUEST_INVALID, r->to, "could not make it: %s",
				  strerror(errno));
	bool put = (r->key == NULL || at_rest_encrypt(r->key, r->to, p))
		   && backup_take_out(r->backup, r->to, false, &r->taken, p) && give_to_owner(r, p);
	if (put && (rename(r->to, data) != 0 || !owned_name_settle(data)))
		put = problem_at(p, PROBLEM_REQUEST_INVALID, data, "could not give it its name: %s",
				 strerror(errno));
	if (!put)
		nftw(r->to, forget, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
	return put;
}

static void tell_partners(const struct restoring *r)
{
	FILE *out = r->i->out;
	fprintf(out, "7. Tell these that the region was put back to that moment; what they were "
		     "sent since may come again:\n");
	for (size_t n = 0; n < r->c->region.partner_count; n++)
		fprintf(out, "   - partner %s\n", r->c->region.partners[n].name);
	for (size_t n = 0; n < r->c->region.system_count; n++)
		fprintf(out, "   - %s (%s), who sends again what it sent since\n",
			r->c->region.systems[n].name, r->c->region.systems[n].title);
}

static void tell_checklist(const struct restoring *r)
{
	FILE *out = r->i->out;
	const struct region *g = &r->c->region;
	fprintf(out,
		"restored: %" PRIu64 " files of %" PRIu64 " octets, each as the manifest says, "
		"into %s\n\n"
		"Before it serves:\n"
		"1. Identity: affinity domain %s, home community %s, repository %s, as in the "
		"backup.\n"
		"2. Keys and certificates are in no backup: %s/pki, and whatever minato.conf "
		"names. Does \"minatod -t -c %s\" find all, and are they those that facilities "
		"and partners trust?\n"
		"3. Key of the disk: %s\n"
		"4. Not in the backup either: minato.conf, code sets, rules, weights, directories "
		"that imports refer to, storages that are delegated.\n",
		r->taken.files, r->taken.octets, r->c->store.directory, g->affinity_domain,
		g->home_community_id, g->repository_unique_id, r->region, r->c->path,
		r->key == NULL ? "none is named, so that what was restored is plain."
			       : "what was restored is encrypted with store data-key; a copy of it "
				 "belongs in another place.");
	fprintf(out,
		"5. Lost is what was acknowledged after %s, when the backup was begun: the audit "
		"repositories have the records after number %" PRIu64 " of that node. Documents "
		"and patients removed since are back, and have to be removed again.\n"
		"6. The audit log goes on from the backup's last record, and anchors begin anew; "
		"keep the lost region's anchors.\n",
		r->about.made, r->about.record);
	tell_partners(r);
	bool former = r->about.form != store_form_number();
	if (former)
		fprintf(out, "8. It is of form %u: bring it over first: minato -c %s migrate\n",
			r->about.form, r->c->path);
	fprintf(out, "%d. Start minatod, then: minato -c %s check; minato -c %s audit verify\n",
		former ? 9 : 8, r->c->path, r->c->path);
}

static bool restore(struct restoring *r, struct problem *p)
{
	return read_key(r->c, &r->key, p)
	       && (r->key == NULL || !at_rest_is_encrypted(r->backup)
		   || at_rest_encrypt(r->key, r->backup, p))
	       && backup_manifest_read(r->backup, r->i->arena, &r->about, p) && is_same_region(r, p)
	       && may_restore(r, p) && put_in(r, p);
}

enum outcome command_restore(struct invocation *i)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct restoring r = { .i = i,
			       .backup = invocation_path(i, i->arguments[0]),
			       .region = invocation_path(i, i->arguments[1]) };
	i->configuration = arena_printf(i->arena, "%s/minato.conf", r.region);
	if (access(i->configuration, F_OK) != 0) {
		problem_at(&p, PROBLEM_CONFIGURATION, i->configuration,
			   "it is not there: put the region's configuration and its pki/ there "
			   "first, which are in no backup");
		return invocation_fail(i, &p);
	}
	r.c = invocation_configuration(i);
	if (r.c == NULL)
		return OUTCOME_CONFIGURATION;
	r.to = arena_printf(i->arena, "%s.restoring", r.c->store.directory);
	bool restored = restore(&r, &p);
	if (restored)
		tell_checklist(&r);
	enum outcome outcome = restored ? OUTCOME_DONE : invocation_fail(i, &p);
	at_rest_free(r.key);
	config_release(r.c);
	return outcome;
}
