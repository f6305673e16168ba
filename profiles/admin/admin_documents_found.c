/* profiles/admin/admin_documents_found.c: documents by what their metadata say, of one person or of
 * the whole region. GET /admin/documents/found. The registry is walked: it may take long. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "store/registry.h"

enum { LIMIT = 100, LIMIT_MOST = 10000 };

struct documents_asked {
	const char *patient, *facility, *class_code, *type_code, *status, *from, *to, *title;
	const char *reference, *hash;
	uint64_t limit, after; /* so many have been shown before */
};

struct shown_document {
	const struct document_entry *entry;
	struct shown_document *next;
};

struct documents_found {
	struct shown_document *first, **tail;
	uint64_t count, passed;
	bool more;
};

static bool has_code(const struct coded_value *c, const char *code)
{
	for (; c != NULL; c = c->next)
		if (text_equal(c->code, code))
			return true;
	return false;
}

static bool has_text(const struct text_value *v, const char *text)
{
	for (; v != NULL; v = v->next)
		if (text_equal(v->value, text))
			return true;
	return false;
}

static bool is_of_facility(const struct document_entry *e, const char *facility)
{
	return text_equal(e->source_system, facility);
}

static bool is_of_class(const struct document_entry *e, const char *code)
{
	return has_code(e->class_code, code);
}

static bool is_of_type(const struct document_entry *e, const char *code)
{
	return has_code(e->type_code, code);
}

static bool has_status(const struct document_entry *e, const char *status)
{
	return text_equal_nocase(status, e->status == STATUS_APPROVED ? "approved" : "deprecated");
}

static int created_against(const struct document_entry *e, const char *time)
{
	char created[DTM_FULL], asked[DTM_FULL];
	metadata_type_dtm_full(e->creation_time, created);
	metadata_type_dtm_full(time, asked);
	return strcmp(created, asked);
}

/* What has no creationTime (on demand) is of no time. */
static bool is_from(const struct document_entry *e, const char *from)
{
	return e->creation_time != NULL && created_against(e, from) >= 0;
}

static bool is_before(const struct document_entry *e, const char *to)
{
	return e->creation_time != NULL && created_against(e, to) < 0;
}

static bool has_in_title(const struct document_entry *e, const char *text)
{
	for (const struct localized *l = e->title; l != NULL; l = l->next)
		if (l->value != NULL && strstr(l->value, text) != NULL)
			return true;
	return false;
}

static bool refers_to(const struct document_entry *e, const char *reference)
{
	return has_text(e->reference_ids, reference);
}

static bool has_hash(const struct document_entry *e, const char *hash)
{
	return text_equal_nocase(e->hash, hash);
}

#define ASKED(field) offsetof(struct documents_asked, field)
static const struct criterion {
	const char *name;
	size_t offset;
	bool (*holds)(const struct document_entry *e, const char *asked);
	enum { A_TEXT, A_TIME } kind;
} criteria[] = {
	{ "facility", ASKED(facility), is_of_facility, A_TEXT },
	{ "class", ASKED(class_code), is_of_class, A_TEXT },
	{ "type", ASKED(type_code), is_of_type, A_TEXT },
	{ "status", ASKED(status), has_status, A_TEXT },
	{ "from", ASKED(from), is_from, A_TIME },
	{ "to", ASKED(to), is_before, A_TIME },
	{ "title", ASKED(title), has_in_title, A_TEXT },
	{ "reference", ASKED(reference), refers_to, A_TEXT },
	{ "hash", ASKED(hash), has_hash, A_TEXT },
};
enum { CRITERIA = sizeof criteria / sizeof criteria[0] };

static const char **asked_of(const struct documents_asked *r, size_t i)
{
	return (const char **)((char *)r + criteria[i].offset);
}

/* A day or a time as DTM has it; of the forms people write the digits are that. */
static const char *digits_of(struct exchange *x, size_t i, const char *text)
{
	char *digits = arena_text(x->arena, text), *end = digits;
	for (const char *c = text; *c != '\0'; c++)
		if (strchr("-:TZ ", *c) == NULL)
			*end++ = *c;
	*end = '\0';
	if (metadata_type_fault(TYPE_DTM, digits) != NULL)
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, criteria[i].name,
			   "'%s' is no time, such as 2026-01-15 or 2026-01-15T09:00:00Z", text);
	return digits;
}

static bool read_criteria(struct exchange *x, struct documents_asked *r)
{
	bool any = r->patient != NULL;
	for (size_t i = 0; i < CRITERIA; i++) {
		const char *text = admin_text(x, criteria[i].name, false);
		any = any || text != NULL;
		*asked_of(r, i) = text == NULL || criteria[i].kind != A_TIME
					  ? text
					  : digits_of(x, i, text);
	}
	if (r->status != NULL && !text_equal_nocase(r->status, "approved")
	    && !text_equal_nocase(r->status, "deprecated"))
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "status",
			   "'%s' is neither approved nor deprecated", r->status);
	if (!any)
		problem_set(&x->problem, PROBLEM_REQUEST_INVALID,
			    "nothing is asked for: name a person, or anything the metadata say");
	return x->problem.code == PROBLEM_NONE;
}

/* Whoever is named, and is none of ours: a mistake more likely than a question. */
static bool read_request(struct exchange *x)
{
	struct documents_asked *r = arena_new(x->arena, struct documents_asked);
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	x->request = r;
	r->limit = LIMIT;
	r->patient = admin_text(x, "patient", false);
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (after != NULL && (!text_to_number(after, UINT32_MAX, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	if (!read_criteria(x, r))
		return false;
	return r->facility == NULL || region_system(x->region, r->facility) != NULL
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
			     "no system is called '%s'", r->facility);
}

static bool holds(const struct documents_asked *r, const struct document_entry *e)
{
	for (size_t i = 0; i < CRITERIA; i++)
		if (*asked_of(r, i) != NULL && !criteria[i].holds(e, *asked_of(r, i)))
			return false;
	return true;
}

/* What is shown is read once more, into the arena that stays. */
static void show(struct exchange *x, struct documents_found *f, const char *uuid)
{
	struct registry_desk d = exchange_desk(x);
	struct shown_document *s = arena_new(x->arena, struct shown_document);
	s->entry = document_registry_entry(&d, registry_entry(x->txn, x->arena, uuid));
	if (s->entry == NULL)
		return;
	*f->tail = s;
	f->tail = &s->next;
	f->count++;
}

static bool walk(struct exchange *x, struct documents_found *f, struct registry_cursor *c)
{
	const struct documents_asked *r = x->request;
	struct arena *each = arena_create_within(x->arena);
	struct registry_desk d = exchange_desk(x);
	registry_lend(c, each);
	for (struct sealed_entry *s;
	     !f->more && !progress_is_stopped(x->progress) && (s = registry_next_entry(c)) != NULL;
	     progress_add(x->progress, 1)) {
		const struct document_entry *e = document_registry_entry(&d, s);
		if (e == NULL || !holds(r, e) || f->passed++ < r->after)
			continue;
		f->more = f->count == r->limit;
		if (!f->more)
			show(x, f, e->id);
	}
	registry_cursor_over(c);
	return !progress_is_stopped(x->progress)
	       || problem_set(&x->problem, PROBLEM_BUSY,
			      "it was stopped before all were looked at");
}

static bool find(struct exchange *x)
{
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	const struct documents_asked *r = x->request;
	struct documents_found *f = arena_new(x->arena, struct documents_found);
	struct patient_record record;
	struct record_numbers subjects;
	bool fine = true;
	f->tail = &f->first;
	x->result = f;
	progress_begin(x->progress, "documents", 0);
	if (r->patient == NULL)
		return walk(x, f, registry_all_entries(x->txn, x->arena, &all));
	if (!admin_find_person(x, r->patient, &record))
		return false;
	if (!identity_subjects(x->txn, x->arena, record.person, &subjects))
		return problem_set(&x->problem, PROBLEM_INTERNAL, "the person could not be read");
	for (size_t i = 0; fine && i < subjects.count; i++)
		fine = walk(x, f, registry_entries(x->txn, x->arena, subjects.numbers[i], &all));
	return fine;
}

static void add_asked(struct exchange *x, struct audit_object *o, const char *name,
		      const char *text)
{
	if (text != NULL)
		audit_add_detail(x, o, name, bytes_of_text(text));
}

/* As a list it is a use of the whole; each whose document was shown has it in his trail. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct documents_asked *r = x->request;
	const struct documents_found *f = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "documents",
		.type_code = 2,
		.type_code_role = 17,
		.name = arena_printf(x->arena, "%llu documents found",
				     f == NULL ? 0ULL : (unsigned long long)f->count),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	for (size_t i = 0; r != NULL && i < CRITERIA; i++)
		add_asked(x, o, criteria[i].name, *asked_of(r, i));
	for (const struct shown_document *s = f == NULL ? NULL : f->first; s != NULL; s = s->next)
		audit_about(x, e, s->entry->subject);
}

static json_t *answer(struct exchange *x)
{
	const struct documents_asked *r = x->request;
	const struct documents_found *f = x->result;
	json_t *rows = json_array();
	for (const struct shown_document *s = f->first; s != NULL; s = s->next) {
		json_t *o = admin_show_document(x, s->entry);
		admin_put(o, "patient", s->entry->patient_id);
		json_array_append_new(rows, o);
	}
	json_t *page = json_pack("{s:o}", "documents", rows);
	if (f->more)
		admin_put(page, "next", arena_printf(x->arena, "%" PRIu64, r->after + r->limit));
	return page;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/documents/found" },
				       { 0 } };

static const char *const parameters[] = {
	"patient facility class type status from to title reference hash limit after"
};

static const struct long_work_kind long_work = { "document find", "nothing is said of the rest" };

const struct transaction admin_documents_found = {
	.code = "document-find",
	.name = "Documents looked for",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.long_work = &long_work,
	.read = read_request,
	.handle = find,
	.audited = audited,
	.answer_json = answer,
};
