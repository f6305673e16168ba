/* profiles/admin/provisions.c: records of third-party provision, made when they are asked for.
 *
 * Nothing is kept for them: the audit log is the record (it cannot be changed), the registry says
 * whose a document is, the consent store on which decision it was provided. */
#include "profiles/admin/provisions.h"

#include "gateway/audit/event_record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"
#include "profiles/admin/admin_trail.h"
#include "store/audit_log.h"
#include "store/consent.h"
#include "store/registry.h"

enum { DECISIONS_AT_ONCE = 100 };

static bool is_document(const struct audit_object *o)
{
	return o->type_code == 2 && o->type_code_role == 3 && o->id != NULL
	       && text_equal(o->id_type.code, "9");
}

/* To a facility, and across the border. */
static bool gives_documents(const char *transaction)
{
	return text_equal(transaction, "ITI-43") || text_equal(transaction, "ITI-39");
}

bool provisions_may_be(const struct audit_entry *e, const struct kept_event *kept)
{
	if (kept == NULL || e->terms.system == NULL || e->terms.refused
	    || !gives_documents(e->terms.transaction) || kept->event.outcome != AUDIT_SUCCESS)
		return false;
	const struct audit_object *o = kept->event.objects;
	while (o != NULL && !is_document(o))
		o = o->next;
	return o != NULL;
}

/* ---- Gathering ---- */

static const char *purposes_of(struct arena *a, const struct audit_event *e)
{
	struct buffer b = buffer_in(a);
	for (const struct coded_value *c = e->purposes; c != NULL; c = c->next)
		buffer_printf(&b, "%s%s", b.length == 0 ? "" : ", ", c->code);
	return b.length == 0 ? NULL : buffer_ended(&b);
}

/* Of a document that is registered no more: whose all records are that the exchange was about, if
 * they are one person's. */
static uint64_t person_of_trail(struct store_txn *t, struct arena *a, const struct audit_entry *e)
{
	const struct audit_subjects *s = &e->terms.subjects;
	uint64_t person = 0;
	struct patient_record r;
	for (size_t i = 0; i < s->count; i++) {
		if (!identity_place(t, a, s->numbers[i], &r))
			continue;
		if (person != 0 && person != r.person)
			return 0;
		person = r.person;
	}
	return person;
}

static struct provision *provision_of(struct provision **list, struct arena *a,
				      const struct provision *like)
{
	struct provision **at = list;
	while (*at != NULL
	       && ((*at)->whose != like->whose || !text_equal((*at)->provider, like->provider)))
		at = &(*at)->next;
	if (*at == NULL) {
		*at = arena_new(a, struct provision);
		**at = *like;
	}
	return *at;
}

static void add_document(struct provision *p, struct arena *a, const char *id,
			 const struct document_entry *e)
{
	struct provided_document *d = arena_new(a, struct provided_document), **at = &p->documents;
	*d = (struct provided_document){ .unique_id = arena_text(a, id) };
	if (e != NULL && e->title != NULL)
		d->title = arena_text(a, e->title->value);
	if (e != NULL && e->type_code != NULL)
		d->type = arena_text(a, e->type_code->display != NULL ? e->type_code->display
								      : e->type_code->code);
	while (*at != NULL)
		at = &(*at)->next;
	*at = d;
}

static void add(struct exchange *x, struct store_txn *t, struct arena *a, struct provision **list,
		struct provision like, const char *id)
{
	const struct registry_desk desk = { .admission = &x->admission, .txn = t };
	const struct document_entry *e = document_registry_entry(&desk,
								 registry_entry_of(t, a, id));
	struct patient_record r;
	if (e != NULL && text_equal(e->source_system, like.receiver->name))
		return; /* its own */
	if (e == NULL)
		like.whose = person_of_trail(t, a, like.entry);
	else if (identity_place(t, a, e->subject, &r))
		like.whose = r.person;
	like.provider = e == NULL ? NULL : arena_text(a, e->source_system);
	add_document(provision_of(list, a, &like), a, id, e);
}

struct provision *provisions_of(struct exchange *x, struct store_txn *t, struct arena *a,
				const struct audit_entry *e, const struct kept_event *kept)
{
	struct provision *list = NULL;
	if (!provisions_may_be(e, kept))
		return NULL;
	const struct provision like = {
		.entry = e,
		.receiver = region_system(x->region, e->terms.system),
		.person = trail_person(kept),
		.purposes = purposes_of(a, &kept->event),
	};
	if (like.receiver == NULL)
		return NULL; /* the operator, or who is registered no more */
	for (const struct audit_object *o = kept->event.objects; o != NULL; o = o->next)
		if (is_document(o))
			add(x, t, a, &list, like, o->id);
	return list;
}

/* ---- Told ---- */

static const char *title_of(const struct registered_system *s)
{
	return s->title == NULL ? s->name : s->title;
}

static void put_facility(struct exchange *x, struct arena *a, json_t *o, const char *side,
			 const char *name, const struct person *whose)
{
	const struct registered_system *s = name == NULL ? NULL : region_system(x->region, name);
	admin_put(o, side, s == NULL ? name : title_of(s));
	if (s == NULL)
		return;
	admin_put(o, arena_printf(a, "%s_system", side), s->name);
	admin_put(o, arena_printf(a, "%s_code", side), s->institution_code);
	for (const struct patient_record *r = whose->records; r != NULL; r = r->next)
		if (r->status == RECORD_ACTIVE && system_owns(s, r->domain)) {
			admin_put(o, arena_printf(a, "patient_at_%s", side),
				  cx_text(a, r->id, r->domain));
			return;
		}
}

/* The first name there is, of whichever record. */
static void put_name(struct exchange *x, json_t *o, const struct person *whose)
{
	for (const struct patient_record *r = whose->records; r != NULL; r = r->next) {
		json_t *shown = admin_show_record(x, r, NULL);
		const char *name = json_string_value(json_object_get(shown, "name"));
		admin_put(o, "patient_name", name);
		json_decref(shown);
		if (name != NULL)
			return;
	}
}

/* The decision to take part, or not to, that held at that time. */
static const struct consent_event *held(struct store_txn *t, struct arena *a, uint64_t person,
					instant when)
{
	struct record_numbers all;
	uint64_t before = 0;
	if (!identity_subjects(t, a, person, &all))
		return NULL;
	for (;;) {
		const struct consent_event *e = consent_history(t, a, &all, before,
								DECISIONS_AT_ONCE);
		if (e == NULL)
			return NULL;
		for (; e != NULL; e = e->next) {
			before = e->number;
			if (e->time <= when
			    && (e->action == CONSENT_JOIN || e->action == CONSENT_LEAVE))
				return e;
		}
	}
}

static void put_consent(struct store_txn *t, struct arena *a, json_t *o, const struct provision *p)
{
	const struct consent_event *e = p->whose == 0 ? NULL
						      : held(t, a, p->whose, p->entry->terms.time);
	if (e == NULL || e->action != CONSENT_JOIN) {
		json_object_set_new(o, "consent", json_string("none recorded"));
		return;
	}
	const char *time = admin_time(a, e->time);
	json_object_set_new(o, "consent",
			    json_string(arena_printf(a, "join %s: %s", time, e->reason)));
	json_object_set_new(o, "consent_time", json_string(time));
	admin_put(o, "consent_reason", e->reason);
	admin_put(o, "consent_by", e->by);
}

static void put_documents(struct arena *a, json_t *o, const struct provided_document *d)
{
	json_t *list = json_array();
	struct buffer items = buffer_in(a);
	for (; d != NULL; d = d->next) {
		json_t *one = json_pack("{s:s}", "unique_id", d->unique_id);
		admin_put(one, "title", d->title);
		admin_put(one, "type", d->type);
		json_array_append_new(list, one);
		buffer_printf(&items, "%s%s", items.length == 0 ? "" : ", ",
			      !text_empty(d->title) ? d->title
			      : d->type != NULL     ? d->type
						    : d->unique_id);
	}
	json_object_set_new(o, "items", json_string(buffer_ended(&items)));
	json_object_set_new(o, "documents", list);
}

json_t *provision_json(struct exchange *x, struct store_txn *t, struct arena *a,
		       const struct provision *p)
{
	struct person whose = { .records = NULL };
	json_t *o = json_pack("{s:s}", "time", admin_time(a, p->entry->terms.time));
	if (p->whose != 0 && !identity_person(t, a, p->whose, &whose))
		whose = (struct person){ .records = NULL };
	put_facility(x, a, o, "provider", p->provider, &whose);
	put_facility(x, a, o, "receiver", p->receiver->name, &whose);
	admin_put(o, "receiver_person", p->person);
	admin_put(o, "purpose", p->purposes);
	put_name(x, o, &whose);
	put_documents(a, o, p->documents);
	put_consent(t, a, o, p);
	json_object_set_new(o, "transaction", json_string(p->entry->terms.transaction));
	json_object_set_new(o, "number", json_integer((json_int_t)p->entry->sequence));
	return o;
}
