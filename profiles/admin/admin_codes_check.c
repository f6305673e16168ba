/* profiles/admin/admin_codes_check.c: which codes registered objects use that no code set has.
 * POST /admin/codes/check {file}: by the sets of that file, or by those in effect. */
#include "profiles/admin/admin_person.h"

#include <string.h>

#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/envelope/code_file.h"
#include "store/registry_codes.h"

enum {
	TOLD_MOST = 1000, /* different ones; beyond, uses are only counted */
	PLACES = 4096     /* of their index: four times as many */
};

/* One code that no set has, of one submitter. */
struct stray {
	struct code_use use;
	uint64_t count;
	struct stray *next; /* in the order they were met */
};

struct strays {
	struct exchange *x;
	const struct code_sets *sets;
	struct stray *places[PLACES];
	struct stray *first, **tail;
	unsigned told;
	uint64_t uses, beyond;
};

static bool read_request(struct exchange *x)
{
	const char *file = admin_text(x, "file", false);
	x->request = file;
	if (file != NULL && file[0] != '/')
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "file",
				  "'%s' is not absolute", file);
	return x->problem.code == PROBLEM_NONE;
}

static bool file_refused(struct exchange *x, const char *path, const struct code_file *f)
{
	const struct code_fault *w = f->faults;
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID,
			  arena_printf(x->arena, "%s:%u", path, w->line), "%s: %s", w->what,
			  w->remedy);
}

static bool sets_of_file(struct exchange *x, const char *path, struct code_sets *out)
{
	struct code_file f = code_file_in(x->arena);
	struct bytes text;
	const char *why;
	if (!regular_read(x->arena, path, CODE_FILE_MOST, &text, &why))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "file",
				  "cannot read %s: %s", path, why);
	if (code_form_of(text) != CODE_FORM_TSV)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "file",
				  "%s is no table of codes: minato codes import makes one of it",
				  path);
	if (!code_file_read(&f, text, NULL))
		return file_refused(x, path, &f);
	*out = code_file_sets(&f);
	return true;
}

static bool same(const struct code_use *a, const struct code_use *b)
{
	return text_equal(a->attribute, b->attribute) && text_equal(a->code, b->code)
	       && text_equal(a->scheme, b->scheme)
	       && text_equal(a->source_system, b->source_system);
}

static size_t place_of(const struct code_use *u)
{
	uint64_t hash = text_hash(u->attribute) * 31 + text_hash(u->code);
	hash = hash * 31 + (u->scheme == NULL ? 0 : text_hash(u->scheme));
	hash = hash * 31 + (u->source_system == NULL ? 0 : text_hash(u->source_system));
	return (size_t)(hash ^ hash >> 32) % PLACES;
}

/* The walk has a snapshot open: exhaustion must not jump over it. */
static const char *text_kept(struct arena *a, const char *text, bool *kept)
{
	size_t size = text == NULL ? 0 : strlen(text) + 1;
	char *copy = size == 0 ? NULL : arena_try(a, size);
	*kept = *kept && (size == 0 || copy != NULL);
	return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* NULL: no memory for it. */
static struct stray *keep(struct strays *s, const struct code_use *u)
{
	struct arena *a = s->x->arena;
	struct stray *one = arena_try(a, sizeof *one);
	bool kept = one != NULL;
	if (!kept)
		return NULL;
	*one = (struct stray){ .use = { .attribute = u->attribute,
					.code = text_kept(a, u->code, &kept),
					.scheme = text_kept(a, u->scheme, &kept),
					.source_system = text_kept(a, u->source_system, &kept) } };
	if (!kept)
		return NULL;
	*s->tail = one;
	s->tail = &one->next;
	s->told++;
	return one;
}

static void used(void *with, const struct code_use *u)
{
	struct strays *s = with;
	s->uses++;
	if (code_sets_allow(s->sets, u->attribute, u->code, u->scheme))
		return;
	size_t at = place_of(u);
	while (s->places[at] != NULL && !same(&s->places[at]->use, u))
		at = (at + 1) % PLACES;
	if (s->places[at] == NULL && s->told < TOLD_MOST)
		s->places[at] = keep(s, u);
	if (s->places[at] == NULL)
		s->beyond++;
	else
		s->places[at]->count++;
}

static bool check(struct exchange *x)
{
	struct strays *s = arena_new(x->arena, struct strays);
	struct code_sets *sets = arena_new(x->arena, struct code_sets);
	s->x = x;
	s->sets = x->request == NULL ? &x->region->codes : sets;
	s->tail = &s->first;
	x->result = s;
	return (x->request == NULL || sets_of_file(x, x->request, sets))
	       && registry_codes(x->progress, x->store, used, s, &x->problem);
}

static unsigned count_limited(const struct code_sets *sets)
{
	unsigned limited = 0;
	for (unsigned i = 0; i < CODE_ATTRIBUTES; i++)
		limited += sets->limited[i];
	return limited;
}

static json_t *answer(struct exchange *x)
{
	const struct strays *s = x->result;
	json_t *codes = json_array();
	for (const struct stray *one = s->first; one != NULL; one = one->next)
		json_array_append_new(codes,
				      json_pack("{s:s, s:s, s:s*, s:s*, s:I}", "attribute",
						one->use.attribute, "code", one->use.code, "scheme",
						one->use.scheme, "system", one->use.source_system,
						"uses", (json_int_t)one->count));
	return json_pack("{s:b, s:o, s:I, s:I, s:i}", "valid", s->first == NULL && s->beyond == 0,
			 "codes", codes, "uses_beyond", (json_int_t)s->beyond, "uses_checked",
			 (json_int_t)s->uses, "attributes_limited", (int)count_limited(s->sets));
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/codes/check", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "file" };

static const struct long_work_kind long_work = { "codes check", "nothing is said of the rest" };

const struct transaction admin_codes_check = {
	.code = "codes-check",
	.name = "Codes checked",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.parameters = parameters,
	.read = read_request,
	.handle = check,
	.answer_json = answer,
};
