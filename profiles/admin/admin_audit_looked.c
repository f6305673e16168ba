/* profiles/admin/admin_audit_looked.c: who looked: a person's trail in that person's words. GET
 * /admin/audit/looked?patient=..., language=ja or en, everything=yes; HACKING.md: Admin API.
 *
 * It is made to be handed to the patient. So it names facilities and people, not systems, and no
 * other patient: one exchange may have been about several, and of the documents it named only those
 * are told that hang on this person's records. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_trail.h"
#include "profiles/admin/looks.h"

#include <string.h>

#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "schemas/tables/look_words.h"
#include "store/registry.h"

/* Of one look, told and looked up. */
enum { DOCUMENTS_TOLD = 20, DOCUMENTS_TRIED = 100 };

struct looked_question {
	struct trail_question trail;
	enum look_language language;
};

struct document_seen {
	const char *unique_id, *title;
	struct document_seen *next;
};

/* One look, with what was looked at. */
struct look {
	const struct trail_record *record;
	struct document_seen *documents;
	struct look *next;
};

struct looked {
	struct trail_page *page;
	struct look *looks;
};

/* What was given, changed and tended is the person's to know as well, but not a look. What has no
 * words yet is told rather than left out. */
static bool is_look(const void *self, const struct trail_record *r)
{
	const struct look_words *w = look_words_for(r->entry, r->kept);
	(void)self;
	return w == NULL || w->kind == LOOK_SEEN || w->kind == LOOK_TOLD;
}

static bool read_language(struct exchange *x, enum look_language *out)
{
	const char *said = admin_text(x, "language", false);
	*out = text_equal(said, "en") ? LOOK_ENGLISH : LOOK_JAPANESE;
	return said == NULL || text_equal(said, "en") || text_equal(said, "ja")
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "language",
			     "'%s' is neither ja nor en", said);
}

static bool read_request(struct exchange *x)
{
	struct looked_question *q = arena_new(x->arena, struct looked_question);
	bool everything;
	x->request = q;
	if (admin_text(x, "patient", true) == NULL || !read_language(x, &q->language)
	    || !trail_read(x, &q->trail) || !admin_yes(x, "everything", &everything))
		return false;
	if (!everything)
		q->trail.wanted = is_look;
	return true;
}

static bool is_his(const struct trail_page *p, uint64_t record)
{
	for (size_t i = 0; i < p->his.count; i++)
		if (p->his.numbers[i] == record)
			return true;
	return false;
}

/* NULL: it is not this person's, or is registered no more. */
static struct document_seen *see(struct exchange *x, const struct trail_page *p, const char *id)
{
	struct registry_desk desk = exchange_desk(x);
	struct document_entry *e = document_registry_entry(&desk,
							   registry_entry_of(x->txn, x->arena, id));
	if (e == NULL || !is_his(p, e->subject))
		return NULL;
	struct document_seen *seen = arena_new(x->arena, struct document_seen);
	*seen = (struct document_seen){ .unique_id = e->unique_id,
					.title = e->title == NULL ? NULL : e->title->value };
	return seen;
}

static bool is_document(const struct audit_object *o)
{
	return o->type_code == 2 && o->type_code_role == 3 && o->id != NULL
	       && text_equal(o->id_type.code, "9");
}

static struct document_seen *see_documents(struct exchange *x, const struct trail_page *p,
					   const struct trail_record *r)
{
	struct document_seen *list = NULL, **tail = &list;
	const struct audit_object *o = r->kept == NULL ? NULL : r->kept->event.objects;
	unsigned told = 0, tried = 0;
	for (; o != NULL && told < DOCUMENTS_TOLD && tried < DOCUMENTS_TRIED; o = o->next) {
		if (!is_document(o))
			continue;
		tried++;
		if ((*tail = see(x, p, o->id)) != NULL) {
			tail = &(*tail)->next;
			told++;
		}
	}
	return list;
}

static bool search(struct exchange *x)
{
	const struct looked_question *q = x->request;
	struct looked *l = arena_new(x->arena, struct looked);
	struct look **tail = &l->looks;
	x->result = l;
	if ((l->page = trail_search(x, &q->trail)) == NULL)
		return false;
	for (const struct trail_record *r = l->page->found; r != NULL; r = r->next) {
		*tail = arena_new(x->arena, struct look);
		**tail = (struct look){ .record = r, .documents = see_documents(x, l->page, r) };
		tail = &(*tail)->next;
	}
	return l->looks != NULL || trail_is_somebodys(x, &q->trail, l->page);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct looked_question *q = x->request;
	const struct looked *l = x->result;
	trail_audited(x, e, q == NULL ? NULL : &q->trail, l == NULL ? NULL : l->page);
}

static const char *titles(struct arena *a, const struct document_seen *list)
{
	struct buffer b = buffer_in(a);
	for (; list != NULL; list = list->next)
		buffer_printf(&b, "%s%s", b.length == 0 ? "" : ", ",
			      text_empty(list->title) ? list->unique_id : list->title);
	return b.length == 0 ? NULL : buffer_ended(&b);
}

static json_t *show_documents(const struct document_seen *list)
{
	json_t *array = json_array();
	for (; list != NULL; list = list->next) {
		json_t *o = json_object();
		admin_put(o, "unique_id", list->unique_id);
		admin_put(o, "title", list->title);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *show(struct exchange *x, const struct look *l)
{
	const struct looked_question *q = x->request;
	const struct trail_record *r = l->record;
	const struct look_words *w = look_words_for(r->entry, r->kept);
	json_t *o = json_object();
	admin_put(o, "time", admin_time(x->arena, r->entry->terms.time));
	admin_put(o, "who", look_who(x, q->language, r->entry->terms.system));
	admin_put(o, "person", trail_person(r->kept));
	admin_put(o, "what", look_what(q->language, r->entry, r->kept));
	admin_put(o, "kind", w == NULL ? NULL : look_kind_name(w->kind));
	admin_put(o, "about", titles(x->arena, l->documents));
	json_object_set_new(o, "documents", show_documents(l->documents));
	json_object_set_new(o, "refused", json_boolean(r->entry->terms.refused));
	json_object_set_new(o, "number", json_integer((json_int_t)r->entry->sequence));
	admin_put(o, "transaction", r->entry->terms.transaction);
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct looked *l = x->result;
	json_t *list = json_array();
	for (const struct look *one = l->looks; one != NULL; one = one->next)
		json_array_append_new(list, show(x, one));
	json_t *page = json_pack("{s:o}", "looks", list);
	admin_put(page, "next", l->page->next);
	admin_put(page, "known_since", l->page->known_since);
	return page;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/audit/looked" },
				       { 0 } };

static const char *const parameters[] = { "patient from to language everything limit after" };

const struct transaction admin_audit_looked = {
	.code = "audit-looked",
	.name = "Audit Log Used",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110101,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = search,
	.audited = audited,
	.answer_json = answer,
};
