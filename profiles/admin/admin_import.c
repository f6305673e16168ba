/* profiles/admin/admin_import.c: takes an export of a region in. POST /admin/import {directory,
 * dry_run}; HACKING.md: Export and import. */
#include "profiles/admin/admin_person.h"
#include "profiles/admin/importing.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"

enum { LINES_MOST = 10000 }; /* told one by one; the rest are counted */
/* One person, or one submission set as it is read and kept. */
#define EACH_MEMORY ((size_t)1 << 30)

struct imported {
	struct bundle_import im;
	double seconds;
};

static bool read_request(struct exchange *x)
{
	struct import_request *r = arena_new(x->arena, struct import_request);
	const char *said = admin_text(x, "directory", true);
	x->request = r;
	if (said == NULL)
		return false;
	char *resolved = said[0] != '/' ? NULL : realpath(said, NULL);
	if (said[0] != '/')
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "directory",
				  "'%s' is not absolute", said);
	if (resolved == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "directory", "%s: %s", said,
				  regular_why(errno));
	r->directory = arena_text(x->arena, resolved);
	free(resolved);
	return admin_yes(x, "dry_run", &r->dry_run);
}

/* ---- What the operator is told ---- */

struct line {
	struct bundle_import *im;
	const char *kind, *where, *what;
};

/* Beside what is emptied after a person or a set. */
static void add_line(void *with)
{
	struct line *l = with;
	json_array_append_new(l->im->lines, json_pack("{s:{s:s, s:s}}", l->kind, "path", l->where,
						      "what", l->what));
}

__attribute__((format(printf, 4, 0))) static void
tell(struct bundle_import *im, const char *kind, const char *where, const char *what, va_list args)
{
	char text[512];
	struct line l = { im, kind, where, text };
	vsnprintf(text, sizeof text, what, args);
	if (!text_is_utf8((const unsigned char *)text, strlen(text)))
		snprintf(text, sizeof text, "it holds what cannot be shown");
	if (json_array_size(im->lines) < LINES_MOST)
		json_arena_run(im->x->arena, add_line, &l);
}

bool taking_fault(struct bundle_import *im, const char *where, const char *what, ...)
{
	va_list args;
	va_start(args, what);
	tell(im, "fault", where, what, args);
	va_end(args);
	im->counts.faults++;
	return false;
}

void taking_warning(struct bundle_import *im, const char *where, const char *what, ...)
{
	va_list args;
	va_start(args, what);
	tell(im, "warning", where, what, args);
	va_end(args);
	im->counts.warnings++;
}

bool taking_ends(struct bundle_import *im)
{
	struct exchange *x = im->x;
	if (x->problem.code == PROBLEM_NONE && progress_is_stopped(x->progress))
		problem_set(&x->problem, PROBLEM_BUSY,
			    im->applying ? "the import was stopped; what was taken in is kept, "
					   "import again for the rest"
					 : "the import was stopped before anything was taken in");
	return x->problem.code != PROBLEM_NONE;
}

/* ---- For its parts ---- */

const struct registered_system *taking_owner(const struct bundle_import *im, const char *domain)
{
	const struct region *r = im->x->region;
	if (im->facility != NULL)
		return system_owns(im->facility, domain) ? im->facility : NULL;
	for (size_t i = 0; i < r->system_count; i++)
		if (system_owns(&r->systems[i], domain))
			return &r->systems[i];
	return NULL;
}

bool taking_write(struct bundle_import *im,
		  bool (*run)(void *with, struct store_txn *t, struct problem *p), void *with,
		  size_t size, struct problem *p)
{
	const struct store_block blocks[] = { { with, size },
					      { &im->x->needed, sizeof im->x->needed } };
	const struct store_afresh afresh = { .arena = im->each,
					     .blocks = blocks,
					     .count = COUNT(blocks) };
	return store_write_afresh(im->x->store, &afresh, run, with, p);
}

struct audit_event *taking_event(struct exchange *x, const struct registered_system *of,
				 int event_id, enum audit_action action)
{
	struct audit_event *e = arena_new(x->arena, struct audit_event);
	e->participants = arena_new(x->arena, struct audit_participant);
	*e->participants = (struct audit_participant){ .user_id = of->name,
						       .user_name = of->title,
						       .role = AUDIT_SOURCE };
	e->event_id = event_id;
	e->action = action;
	e->type = (struct coded_value){ .code = "import", .scheme = "Minato", .display = "Import" };
	e->transaction = "import";
	return e;
}

/* ---- Whose it is ---- */

/* Its facility is one of ours, and has the domains it had. */
static bool find_facility(struct bundle_import *im)
{
	struct exchange *x = im->x;
	const json_t *manifest = bundle_manifest(im->bundle),
		     *facilities = json_object_get(manifest, "facilities");
	const char *name = bundle_text(manifest, "facility", 200);
	if (json_object_get(manifest, "disclosure") != NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "manifest.json",
				  "it is a disclosure, from which something may be left out: "
				  "import an export");
	if (name == NULL)
		return bundle_text(manifest, "patient", 1024) != NULL
		       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "manifest.json",
				     "says neither whose facility nor whose patient's it is");
	im->facility = region_system(x->region, name);
	if (im->facility == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "manifest.json",
				  "it is %s's, which is no facility of this region: register it "
				  "first (minato facility add)",
				  name);
	const json_t *domains = json_object_get(json_array_get(facilities, 0), "domains");
	for (size_t i = 0; i < json_array_size(domains); i++) {
		const char *domain = json_string_value(json_array_get(domains, i));
		if (!system_owns(im->facility, domain))
			return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "manifest.json",
					  "%s has not the patient identifier domain %s here", name,
					  domain == NULL ? "?" : domain);
	}
	return true;
}

/* ---- The work ---- */

static bool all_of_it(struct bundle_import *im, bool applying)
{
	im->applying = applying;
	im->counts = (struct import_counts){ .faults = im->counts.faults,
					     .warnings = im->counts.warnings };
	return taking_persons(im) && (im->counts.faults > 0 || taking_sets(im));
}

static bool take_in(struct bundle_import *im)
{
	struct exchange *x = im->x;
	im->bundle = bundle_open(x->arena, im->request->directory, &x->problem);
	if (im->bundle == NULL || !find_facility(im)
	    || !bundle_verify(im->bundle, x->progress, &x->problem) || !all_of_it(im, false))
		return false;
	return im->counts.faults > 0 || im->request->dry_run || all_of_it(im, true);
}

static void end_arena(void *arena)
{
	arena_destroy(arena);
}

static bool import(struct exchange *x)
{
	struct imported *out = arena_new(x->arena, struct imported);
	struct bundle_import *im = &out->im;
	int64_t begun = system_clock.elapsed(&system_clock);
	*im = (struct bundle_import){ .x = x,
				      .request = x->request,
				      .lines = json_array(),
				      .each = arena_create(EACH_MEMORY),
				      .hashed = arena_create(EACH_MEMORY) };
	if (im->each == NULL || im->hashed == NULL)
		return problem_set(&x->problem, PROBLEM_OUT_OF_RESOURCES,
				   "there is no memory to import with");
	arena_at_end(x->arena, end_arena, im->each);
	arena_at_end(x->arena, end_arena, im->hashed);
	x->reply.media_type = REPLY_JSON_LINES;
	if (!take_in(im))
		return false;
	out->seconds = (double)(system_clock.elapsed(&system_clock) - begun) / 1e6;
	x->result = out;
	return true;
}

/* That somebody had an export taken in; what was has records of its own. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct import_request *r = x->request;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = r != NULL && r->directory != NULL ? r->directory : "unknown",
		.type_code = 2,
		.type_code_role = 20,
		.name = "export",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

static json_t *answer(struct exchange *x)
{
	const struct imported *out = x->result;
	const struct import_counts *n = &out->im.counts;
	json_t *lines = json_incref(out->im.lines);
	json_array_append_new(
		lines,
		json_pack("{s:{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f}}", "done",
			  "changed", out->im.applying && n->records + n->consents + n->sets > 0,
			  "records", (json_int_t)n->records, "consents", (json_int_t)n->consents,
			  "submissionSets", (json_int_t)n->sets, "documents",
			  (json_int_t)n->documents, "unchanged", (json_int_t)n->unchanged,
			  "unattributed", (json_int_t)n->unattributed, "waiting",
			  (json_int_t)n->waiting, "warnings", (json_int_t)n->warnings, "faults",
			  (json_int_t)n->faults, "seconds", out->seconds));
	return lines;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/import", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "directory dry_run" };

static const struct long_work_kind long_work = {
	"import", "what was taken in is kept: import again for the rest"
};

const struct transaction admin_import = {
	.code = "import",
	.name = "Import",
	.section = "HACKING.md: Export and import",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
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
};
