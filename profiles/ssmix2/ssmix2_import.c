/* profiles/ssmix2/ssmix2_import.c: takes in an SS-MIX2 standardised storage (HS026).
 *
 * POST /admin/ssmix2/import {directory, facility}. HACKING.md: Admin API. The directory is the root
 * of the facility (its institution code, a suffix allowed) or holds it beside others'. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/normalise.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/import.h"

enum {
	LINES_MOST = 10000, /* faults and warnings told one by one; the rest are counted */
	ROOTS_MOST = 64,    /* one facility's, split by period or data type */
	PATH_SHOWN = 1024
};

struct import_request {
	const struct registered_system *facility;
	const char *directory; /* absolute, resolved */
};

struct import_result {
	struct importing importing;
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

/* ---- What the operator is told ---- */

/* A path of others as text: what is no UTF-8 or a control character is shown by its number. */
static void show_path(const char *place, const char *path, char out[PATH_SHOWN])
{
	size_t n = (size_t)snprintf(out, PATH_SHOWN, "%s", place);
	bool text = text_is_utf8((const unsigned char *)path, strlen(path));
	for (const unsigned char *c = (const unsigned char *)path; *c != '\0' && n + 5 < PATH_SHOWN;
	     c++) {
		if (*c >= 0x20 && *c != 0x7f && (*c < 0x80 || text))
			out[n++] = (char)*c;
		else
			n += (size_t)snprintf(out + n, PATH_SHOWN - n, "\\x%02x", *c);
	}
	out[n] = '\0';
}

static void add_line(struct importing *im, const char *kind, const struct storage_root *root,
		     const char *path, const char *what)
{
	char shown[PATH_SHOWN];
	if (json_array_size(im->lines) >= LINES_MOST)
		return;
	show_path(root->shown, path, shown);
	/* A path cut within a character is no UTF-8 any more: the whole line must not be lost for
	 * it. */
	json_t *line = json_pack("{s:{s:s, s:s}}", kind, "path", shown, "what", what);
	json_array_append_new(
		im->lines,
		line != NULL ? line : json_pack("{s:{s:s, s:s}}", kind, "path", "?", "what", what));
}

void import_fault(struct importing *im, const struct storage_name *n, const char *what)
{
	im->counts.faults++;
	add_line(im, "fault", n->root, n->path, what);
}

void import_warning(struct importing *im, const struct storage_name *n, const char *what)
{
	im->counts.warnings++;
	add_line(im, "warning", n->root, n->path, what);
}

/* ---- The walk ---- */

static void on_patient(void *self, struct arena *a, struct storage_name *files)
{
	struct importing *im = self;
	/* storage_walk() entered such a folder by leniency alone. */
	if (files != NULL && text_is_my_number(files->patient_id))
		im->x->needed.twelve_digit_ids = true;
	import_patient(im, a, files);
	for (; files != NULL; files = files->next)
		progress_add(im->x->progress, 1);
}

static void on_fault(void *self, const struct storage_root *root, const char *path,
		     const char *what)
{
	struct importing *im = self;
	im->counts.faults++;
	add_line(im, "fault", root, path, what);
}

static void on_ignored(void *self)
{
	struct importing *im = self;
	im->counts.ignored++;
}

static bool on_look(void *self)
{
	return import_ends(self);
}

/* ---- How many files there are, before the first is read ---- */

static void count_files(void *self, struct arena *a, struct storage_name *files)
{
	struct importing *im = self;
	(void)a;
	for (; files != NULL; files = files->next)
		progress_add(im->x->progress, 1), im->files++;
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
static bool count_all(struct importing *im, const struct storage_root *roots, size_t count)
{
	struct storage_visitor v = {
		.self = im,
		.twelve_digit_ids = im->source.facility->lenient.twelve_digit_ids,
		.patient = count_files,
		.fault = pass_fault,
		.ignored = pass_ignored,
		.ends = on_look,
	};
	progress_begin(im->x->progress, "files found", 0);
	return storage_walk(roots, count, &v, &im->x->problem) && !im->stopped;
}

static bool import_roots(struct importing *im, const struct storage_root *roots, size_t count)
{
	struct storage_visitor v = {
		.self = im,
		.twelve_digit_ids = im->source.facility->lenient.twelve_digit_ids,
		.patient = on_patient,
		.fault = on_fault,
		.ignored = on_ignored,
		.ends = on_look,
	};
	if (!count_all(im, roots, count))
		return false;
	progress_begin(im->x->progress, "files", im->files);
	return storage_walk(roots, count, &v, &im->x->problem) && !im->stopped;
}

/* 1319951013, 1319951013_2015, 1319951013-dental; but no longer number. */
static bool is_root_of(const char *name, const char *code)
{
	size_t length = strlen(code);
	return strncmp(name, code, length) == 0 && (name[length] < '0' || name[length] > '9');
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The roots of one facility that stand side by side; sorted. Beside them may stand any number of
 * others. Counts one more than there may be at most: which of them were left out would be the
 * directory's whim. */
static size_t list_roots(struct importing *im, const char *directory, const char *code,
			 const char *out[ROOTS_MOST])
{
	size_t count = 0;
	DIR *d = opendir(directory);
	for (const struct dirent *e;
	     d != NULL && count <= ROOTS_MOST && !import_ends(im) && (e = readdir(d)) != NULL;) {
		struct stat st;
		if (!is_root_of(e->d_name, code)
		    || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0
		    || !S_ISDIR(st.st_mode))
			continue;
		if (count < ROOTS_MOST)
			out[count] = arena_text(im->x->arena, e->d_name);
		count++;
	}
	if (d != NULL)
		closedir(d);
	if (count > 1 && count <= ROOTS_MOST)
		qsort(out, count, sizeof out[0], by_name);
	return count;
}

static bool refuse_roots(struct exchange *x, const struct import_request *r, size_t count)
{
	if (count == 0)
		return problem_at(
			&x->problem, PROBLEM_REQUEST_INVALID, "directory",
			"%s neither is nor holds a folder named %s, the institution-code of %s",
			r->directory, r->facility->institution_code, r->facility->name);
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "directory",
			  "%s holds more than %d folders whose names begin with %s, the "
			  "institution-code of %s: they are read side by side, as one storage",
			  r->directory, ROOTS_MOST, r->facility->institution_code,
			  r->facility->name);
}

static bool import_all(struct importing *im, const struct import_request *r)
{
	struct exchange *x = im->x;
	const char *code = r->facility->institution_code, *base = strrchr(r->directory, '/') + 1;
	const char *names[ROOTS_MOST];
	struct storage_root roots[ROOTS_MOST] = { { .directory = r->directory, .shown = "" } };
	if (code == NULL || is_root_of(base, code))
		return import_roots(im, roots, 1);
	size_t count = list_roots(im, r->directory, code, names);
	if (im->stopped)
		return false;
	if (count == 0 || count > ROOTS_MOST)
		return refuse_roots(x, r, count);
	for (size_t i = 0; i < count; i++)
		roots[i] = (struct storage_root){
			.directory = arena_printf(x->arena, "%s/%s", r->directory, names[i]),
			.shown = arena_printf(x->arena, "%s/", names[i]),
		};
	return import_roots(im, roots, count);
}

static void release_lines(void *lines)
{
	json_decref(lines);
}

static bool know_secret(struct exchange *x, struct ssmix2_source *source)
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
	if (!know_secret(x, &out->importing.source) || !import_all(&out->importing, r))
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
		lines,
		json_pack("{s:{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:f}}", "done",
			  "patients", (int)n->patients, "documents", (int)n->documents, "replaced",
			  (int)n->replaced, "withdrawn", (int)n->withdrawn, "restored",
			  (int)n->restored, "unchanged", (int)n->unchanged, "others",
			  (int)n->others, "ignored", (int)n->ignored, "warnings", (int)n->warnings,
			  "faults", (int)n->faults, "seconds", r->seconds));
	return lines;
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
};
