/* profiles/ssmix2/ssmix2_import.c: takes in an SS-MIX2 storage (HS026).
 *
 * POST /admin/ssmix2/import {directory, facility}. HACKING.md: Admin API. The directory is the root
 * of the facility (its institution code, a suffix allowed) or holds it beside others'. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/normalise.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/import.h"
#include "profiles/ssmix2/import_lanes.h"
#include "profiles/ssmix2/import_roots.h"
#include "schemas/tables/leniency.h"

struct import_request {
	const struct registered_system *facility;
	const char *directory; /* absolute, resolved */
};

struct import_result {
	struct importing importing;
	struct import_lanes *lanes;
	double seconds;
};

static const char *text_of(struct exchange *x, const char *member)
{
	json_t *value = json_object_get(x->json, member);
	if (!json_is_string(value) || text_empty(json_string_value(value)))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member, "'%s' is needed",
				  member),
		       NULL;
	return arena_text(x->arena, json_string_value(value));
}

static bool read_directory(struct exchange *x, struct import_request *r)
{
	const char *said = text_of(x, "directory");
	char *resolved = said == NULL || said[0] != '/' ? NULL : realpath(said, NULL);
	if (said == NULL)
		return false;
	if (said[0] != '/')
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "directory",
				  "'%s' is not absolute", said);
	if (resolved == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "directory", "%s: %s", said,
				  strerror(errno));
	r->directory = arena_text(x->arena, resolved);
	free(resolved);
	return true;
}

static bool read_request(struct exchange *x)
{
	struct import_request *r = arena_new(x->arena, struct import_request);
	const char *name = text_of(x, "facility");
	x->request = r;
	if (name == NULL)
		return false;
	r->facility = region_system(x->region, name);
	if (r->facility == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
				  "'%s' names no facility of the region", name);
	if (r->facility->domains == NULL || r->facility->domains[0] == NULL)
		return problem_at(
			&x->problem, PROBLEM_REQUEST_INVALID, "facility",
			"%s owns no patient identifier domain; give it domains in minato.conf",
			name);
	return read_directory(x, r);
}

/* ---- The walk ---- */

static void on_patient(void *self, struct arena *a, struct storage_name *files)
{
	struct import_result *r = self;
	/* storage_walk() entered such a folder by leniency alone. */
	if (text_is_my_number(files->patient_id))
		r->importing.needed.twelve_digit_ids = true;
	import_lanes_give(r->lanes, a, files, NULL);
}

static void on_concluded(void *self, const struct lane_patient *p)
{
	struct import_result *r = self;
	for (const struct storage_name *n = p->importing->stopped ? NULL : p->files; n != NULL;
	     n = n->next)
		progress_add(r->importing.x->progress, 1);
}

static void on_fault(void *self, const struct storage_root *root, const char *path,
		     const char *what)
{
	struct import_result *r = self;
	import_lanes_wait(r->lanes);
	import_fault_at(&r->importing, root, path, what);
}

static void on_ignored(void *self)
{
	struct import_result *r = self;
	r->importing.counts.ignored++;
}

static bool on_look(void *self)
{
	struct import_result *r = self;
	return import_ends(&r->importing);
}

/* ---- How many files there are, before the first is read ---- */

static void count_files(void *self, struct arena *a, struct storage_name *files)
{
	struct import_result *r = self;
	(void)a;
	for (; files != NULL; files = files->next)
		progress_add(r->importing.x->progress, 1), r->importing.files++;
}

static void pass_fault(void *self, const struct storage_root *root, const char *path,
		       const char *what)
{
	(void)self, (void)root, (void)path, (void)what;
}

static void pass_ignored(void *self)
{
	(void)self;
}

/* Folders are only listed, which is little beside reading what is in them. */
static bool count_all(struct import_result *r, const struct storage_roots *roots)
{
	struct importing *im = &r->importing;
	struct storage_visitor v = {
		.self = r,
		.twelve_digit_ids = im->source.facility->lenient.twelve_digit_ids,
		.patient = count_files,
		.fault = pass_fault,
		.ignored = pass_ignored,
		.ends = on_look,
	};
	progress_begin(im->x->progress, "files found", 0);
	return storage_walk(roots->root, roots->count, &v, &im->problem) && !im->stopped;
}

static bool import_roots(struct import_result *r, const struct storage_roots *roots)
{
	struct importing *im = &r->importing;
	const struct lane_teller teller = { r, on_concluded };
	struct storage_visitor v = {
		.self = r,
		.twelve_digit_ids = im->source.facility->lenient.twelve_digit_ids,
		.take = on_patient,
		.fault = on_fault,
		.ignored = on_ignored,
		.ends = on_look,
	};
	if (!count_all(r, roots))
		return false;
	progress_begin(im->x->progress, "files", im->files);
	r->lanes = import_lanes_begin(im, &teller);
	bool walked = r->lanes != NULL && storage_walk(roots->root, roots->count, &v, &im->problem);
	import_lanes_end(r->lanes);
	return walked && !im->stopped;
}

static bool import_all(struct import_result *out, const struct import_request *r)
{
	struct importing *im = &out->importing;
	struct storage_roots roots;
	bool done = import_roots_find(im->x->arena, im->x->region, r->facility, r->directory,
				      &(struct import_roots_asker){ out, on_look }, &roots,
				      &im->problem)
		    && import_roots(out, &roots);
	leniencies_add(&im->x->needed, &im->needed);
	if (!done)
		im->x->problem = im->problem;
	return done;
}

static void release_lines(void *lines)
{
	json_decref(lines);
}

bool import_know_secret(struct exchange *x, struct ssmix2_source *source)
{
	struct store_txn *t = store_begin_read(x->store, &x->problem);
	bool known = t != NULL && store_secret(t, source->secret);
	store_end(t);
	return known
	       || problem_set(&x->problem, PROBLEM_INTERNAL, "the store does not give its secret");
}

static bool import(struct exchange *x)
{
	const struct import_request *r = x->request;
	struct import_result *out = arena_new(x->arena, struct import_result);
	int64_t begun = system_clock.elapsed(&system_clock);
	out->importing = (struct importing){
		.x = x,
		.source = { .region = x->region, .facility = r->facility, .now = x->now },
		.copy = x->region->ssmix2_copy,
		.lines = json_array(),
	};
	arena_at_end(x->arena, release_lines, out->importing.lines);
	x->result = out;
	x->needed_by = r->facility;
	x->reply.media_type = REPLY_JSON_LINES;
	if (!import_know_secret(x, &out->importing.source) || !import_all(out, r))
		return false;
	out->seconds = (double)(system_clock.elapsed(&system_clock) - begun) / 1e6;
	return true;
}

/* That somebody had a storage imported; what was taken in has records of its own. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct import_request *r = x->request;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = r != NULL && r->directory != NULL ? r->directory : "unknown",
		.type_code = 2,
		.type_code_role = 20,
		.name = r != NULL && r->facility != NULL ? r->facility->name : NULL,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

static json_t *answer(struct exchange *x)
{
	const struct import_result *r = x->result;
	const struct import_counts *n = &r->importing.counts;
	json_t *lines = json_incref(r->importing.lines);
	json_array_append_new(
		lines, json_pack("{s:{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:f}}", "done",
				 "patients", (int)n->patients, "documents", (int)n->documents,
				 "replaced", (int)n->replaced, "withdrawn", (int)n->withdrawn,
				 "restored", (int)n->restored, "unchanged", (int)n->unchanged,
				 "ignored", (int)n->ignored, "warnings", (int)n->warnings, "faults",
				 (int)n->faults, "seconds", r->seconds));
	return lines;
}

/* What was refused before it was cancelled nobody would find again but by another import. */
static json_t *told_so_far(struct exchange *x)
{
	const struct import_result *r = x->result;
	return r == NULL || json_array_size(r->importing.lines) == 0
		       ? NULL
		       : json_incref(r->importing.lines);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/ssmix2/import", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "directory facility" };

static const struct long_work_kind long_work = {
	"ssmix2 import", "what was taken in is kept: import again for the rest"
};

const struct transaction ssmix2_import = {
	.code = "SS-MIX2",
	.name = "SS-MIX2 Import",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	/* It feeds patients, keeps documents and registers them. */
	.works_with = 1 << PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER | 1 << DOCUMENT_REGISTRY
		      | 1 << DOCUMENT_REPOSITORY,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.parameters = parameters,
	.access = STORE_NONE,
	.long_work = &long_work,
	.audit_event = 110107,
	.audit_action = AUDIT_CREATE,
	.read = read_request,
	.handle = import,
	.audited = audited,
	.answer_json = answer,
	.told_so_far = told_so_far,
};
