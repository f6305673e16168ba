/* profiles/ssmix2/ssmix2_export.c: a facility takes its delegated storage home. POST
 * /admin/ssmix2/export {facility, directory}; HACKING.md: Admin API.
 *
 * Whose messages it holds has a record of it, in jobs of their own, before the export has its
 * name. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/delegated.h"
#include "profiles/ssmix2/export_copy.h"

enum { SHOWN_MOST = 256, TELL_MEMORY = 16 << 20 };

struct export_request {
	const struct registered_system *facility;
	const char *directory;
};

struct exporting {
	struct export_copy copy;
	char shown[SHOWN_MOST][STORAGE_ID_MOST + 1]; /* patients of whom no record tells yet */
	size_t shown_count;
	uint64_t patients;
	struct arena *arena; /* of a record */
	double seconds;
};

static const char *text_of(struct exchange *x, const char *member)
{
	const char *value = json_string_value(json_object_get(x->json, member));
	if (value == NULL)
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member, "'%s' is needed", member);
	return value;
}

/* Absolute, without slashes at its end, in a directory that is there and is no storage's. */
static bool read_directory(struct exchange *x, struct export_request *r, const char *said)
{
	size_t length = strlen(said);
	const struct delegated_storage *from = region_delegated(x->region, r->facility);
	while (length > 1 && said[length - 1] == '/')
		length--;
	if (said[0] != '/' || length < 2)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "directory",
				  "'%s' is not absolute, or has no name", said);
	r->directory = arena_text_n(x->arena, said, length);
	const char *slash = strrchr(r->directory, '/');
	const char *above = arena_text_n(
		x->arena, r->directory, slash == r->directory ? 1 : (size_t)(slash - r->directory));
	char *real = realpath(above, NULL), *storage = realpath(from->directory, NULL);
	bool within = real != NULL && storage != NULL
		      && strncmp(real, storage, strlen(storage)) == 0
		      && (real[strlen(storage)] == '/' || real[strlen(storage)] == '\0');
	free(real);
	free(storage);
	return !within
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "directory",
			     "'%s' lies in the storage itself", said);
}

static bool read_request(struct exchange *x)
{
	struct export_request *r = arena_new(x->arena, struct export_request);
	const char *name = text_of(x, "facility");
	const char *directory = name == NULL ? NULL : text_of(x, "directory");
	x->request = r;
	if (directory == NULL)
		return false;
	r->facility = region_system(x->region, name);
	if (r->facility == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
				  "'%s' names no facility of the region", name);
	if (region_delegated(x->region, r->facility) == NULL)
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "facility",
				  "the storage of %s is not delegated: it has its own", name);
	return read_directory(x, r, directory);
}

/* ---- Who was shown ---- */

static void add_directory(struct exchange *x, struct audit_event *e)
{
	const struct export_request *r = x->request;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = r != NULL && r->directory != NULL ? r->directory : "unknown",
		.type_code = 2,
		.type_code_role = 3,
		.name = r != NULL && r->facility != NULL ? r->facility->name : NULL,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

static bool tell(void *with, struct store_txn *t, struct problem *p)
{
	struct exporting *ex = with;
	struct exchange x = *ex->copy.x; /* the audit objects are this job's */
	x.arena = ex->arena;
	struct audit_event *e = arena_new(ex->arena, struct audit_event);
	*e = (struct audit_event){
		.event_id = 110106,
		.action = AUDIT_READ,
		.type = { .code = "ssmix2-export",
			  .scheme = "Minato",
			  .display = "Delegated Storage Export" },
		.transaction = "ssmix2-export",
	};
	for (size_t i = 0; i < ex->shown_count; i++)
		audit_patient(&x, e,
			      cx_text(ex->arena, ex->shown[i], ex->copy.facility->domains[0]));
	add_directory(&x, e);
	return ex->copy.x->record(ex->copy.x, t, ex->arena, e)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
			      "the audit record of an export could not be kept");
}

static bool tell_shown(struct exporting *ex)
{
	bool told = ex->shown_count == 0
		    || store_write(ex->copy.x->store, tell, ex, &ex->copy.x->problem);
	ex->shown_count = 0;
	arena_reset(ex->arena);
	return told;
}

static bool on_patient(void *self, const char *id)
{
	struct exporting *ex = self;
	if (id == NULL)
		return tell_shown(ex);
	ex->patients++;
	snprintf(ex->shown[ex->shown_count++], sizeof ex->shown[0], "%s", id);
	return ex->shown_count < SHOWN_MOST || tell_shown(ex);
}

/* ---- The work ---- */

static bool end_looking(void *self)
{
	const struct exchange *x = self;
	return x->stopping != NULL && atomic_load(x->stopping);
}

static bool run(struct exchange *x)
{
	const struct export_request *r = x->request;
	const struct delegated_storage *from = region_delegated(x->region, r->facility);
	struct exporting *ex = arena_new(x->arena, struct exporting);
	struct storage_roots *roots = arena_new(x->arena, struct storage_roots);
	const struct import_roots_asker asker = { x, end_looking };
	int64_t begun = system_clock.elapsed(&system_clock);
	if (!import_roots_find(x->arena, x->region, r->facility, from->directory, &asker, roots,
			       &x->problem))
		return false;
	ex->copy = (struct export_copy){ .x = x,
					 .facility = r->facility,
					 .roots = roots,
					 .storage = from->directory,
					 .directory = r->directory,
					 .patient = on_patient,
					 .self = ex };
	ex->arena = arena_create(TELL_MEMORY);
	if (ex->arena == NULL)
		return problem_set(&x->problem, PROBLEM_OUT_OF_RESOURCES,
				   "there is no memory to export with");
	progress_begin(x->progress, "files", 0);
	bool done = export_copy(&ex->copy);
	arena_destroy(ex->arena);
	ex->seconds = (double)(system_clock.elapsed(&system_clock) - begun) / 1e6;
	x->result = ex;
	return done;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	add_directory(x, e);
}

static json_t *answer(struct exchange *x)
{
	const struct exporting *ex = x->result;
	const struct export_copied *n = &ex->copy.copied;
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:f}", "directory", ex->copy.directory,
			 "patients", (json_int_t)ex->patients, "messages", (json_int_t)n->messages,
			 "files", (json_int_t)n->files, "octets", (json_int_t)n->octets,
			 "passed_by", (json_int_t)n->passed_by, "seconds", ex->seconds);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/ssmix2/export", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "facility directory" };

static const struct long_work_kind long_work = { "ssmix2 export", "nothing of the export is left" };

const struct transaction ssmix2_export = {
	.code = "ssmix2-export",
	.name = "Delegated Storage Export",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.parameters = parameters,
	.access = STORE_NONE,
	.long_work = &long_work,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = run,
	.audited = audited,
	.answer_json = answer,
};
