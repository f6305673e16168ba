/* profiles/views/view_document.c: messages are gathered, read, put into order and written. */
#include "profiles/views/view_document.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/derived_id.h"
#include "gateway/base/text.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/views/medication_writers.h"
#include "profiles/views/prescription.h"
#include "profiles/views/view_read.h"
#include "profiles/views/view_writers.h"
#include "schemas/model/registry_query.h"
#include "schemas/tables/view_kinds.h"
#include "schemas/tables/views.h"

/* A document as it was found; read NULL: it could not be. Of a list of medication it is a struct
 * prescription, else a struct view_source. */
struct gathered {
	struct view_origin origin;
	void *read;
};

struct making {
	const struct registry_desk *desk;
	enum view_kind kind;
	struct gathered *all;
	size_t count;
	struct on_demand_sources sources;
};

static const char *known_text(struct arena *a, const char *text)
{
	return text == NULL ? "" : arena_text(a, text);
}

/* 医療機関コード: without prefecture and fee table. */
enum { INSTITUTION_PREFIX = 3 };

/* The facility as its own configuration names it. */
static struct view_origin origin_of(const struct registry_desk *d, const struct document_entry *e,
				    const struct registered_system *s)
{
	const char *title = s == NULL || text_empty(s->title) ? e->source_system : s->title;
	const char *day = e->service_start_time != NULL ? e->service_start_time : e->creation_time;
	struct view_origin o = { .document = arena_text(d->arena, e->unique_id),
				 .system = known_text(d->arena, e->source_system),
				 .facility = known_text(d->arena, title),
				 .day = known_text(d->arena, day),
				 .created = known_text(d->arena, e->creation_time) };
	if (s != NULL && s->institution_code != NULL)
		o.institution_code = s->institution_code + INSTITUTION_PREFIX;
	return o;
}

static void *read_source(const struct making *m, struct arena *each, const struct document_entry *e,
			 const struct registered_system *s, struct bytes octets)
{
	struct arena *kept = m->desk->arena;
	if (m->kind == VIEW_MEDICATION)
		return prescription_read(kept, each, octets, s, e->source_patient_id);
	return view_read(kept, each, octets, view_table_of(m->kind), s, e->source_patient_id);
}

static void take(void *self, struct arena *each, const struct document_entry *e,
		 struct bytes octets)
{
	struct making *m = self;
	const struct registry_desk *d = m->desk;
	const struct registered_system *s = region_system(d->region, e->source_system);
	struct gathered *g = &m->all[m->count++];
	on_demand_sources_add(&m->sources, d->arena, e); /* if only by how many could not be read */
	*g = (struct gathered){ .origin = origin_of(d, e, s) };
	if (octets.data != NULL)
		g->read = read_source(m, each, e, s, octets);
}

/* Newest first; what is of one moment by its uniqueId, so that the order is always the same. */
static int newest_first(const void *a, const void *b)
{
	const struct gathered *x = a, *y = b;
	int order = strcmp(y->origin.day, x->origin.day);
	if (order == 0)
		order = strcmp(y->origin.created, x->origin.created);
	if (order == 0)
		order = strcmp(x->origin.document, y->origin.document);
	return order != 0 ? order : (x->read == NULL) - (y->read == NULL);
}

/* The same document may have been registered in several submissions: it is one source. */
static void put_in_order(struct making *m, struct view_head *head)
{
	size_t kept = 0;
	head->time = "";
	qsort(m->all, m->count, sizeof *m->all, newest_first);
	for (size_t i = 0; i < m->count; i++) {
		const struct gathered g = m->all[i];
		if (strcmp(g.origin.created, head->time) > 0)
			head->time = g.origin.created;
		if (kept != 0 && text_equal(g.origin.document, m->all[kept - 1].origin.document))
			continue;
		head->unread += g.read == NULL;
		m->all[kept++] = g;
	}
	m->count = kept;
}

static const struct prescription *prescriptions(struct making *m, struct view_head *head)
{
	struct prescription *first = NULL, **last = &first;
	for (size_t i = 0; i < m->count; i++) {
		struct prescription *one = m->all[i].read;
		if (one == NULL)
			continue;
		one->origin = m->all[i].origin;
		*last = one;
		last = &one->next;
	}
	head->person = first == NULL ? NULL : &first->person;
	return first;
}

static const struct view_source *sources(struct making *m, struct view_head *head)
{
	struct view_source *first = NULL, **last = &first;
	for (size_t i = 0; i < m->count; i++) {
		struct view_source *one = m->all[i].read;
		if (one == NULL)
			continue;
		one->origin = m->all[i].origin;
		*last = one;
		last = &one->next;
	}
	view_withdraw(m->desk->arena, first);
	view_pair(m->desk->arena, view_table_of(m->kind), first);
	head->person = first == NULL ? NULL : &first->person;
	return first;
}

/* Seconds, which FHIR wants of a moment that has hours. */
static const char *to_seconds(struct arena *a, const char *dtm)
{
	instant t;
	char full[DTM_TEXT];
	if (!instant_from_dtm(dtm, 0, &t))
		return dtm;
	instant_to_dtm(t, full);
	return arena_text(a, full);
}

static const char *without_urn(const char *oid)
{
	return text_starts(oid, "urn:oid:") ? oid + strlen("urn:oid:") : oid;
}

/* One message's document is called as the message is. */
static const struct view_kind_row *kind_of_one(struct arena *a, enum view_kind kind)
{
	struct view_kind_row *k = arena_new(a, struct view_kind_row);
	*k = view_kinds[kind];
	k->title = k->noun;
	k->preface = arena_printf(a, "1 件の%sから、求められたときに作られた文書です。", k->noun);
	if (k->of_one.code != NULL)
		k->type = k->of_one;
	return k;
}

static bool head_list(const struct registry_desk *d, const struct on_demand_document *what,
		      const char *of, struct view_head *list)
{
	struct cx_parts parts;
	const char *patient = on_demand_source_patient(d, what);
	if (patient == NULL || !metadata_type_cx(patient, &parts))
		return false;
	list->kind = what->message == NULL ? &view_kinds[what->view.kind]
					   : kind_of_one(d->arena, what->view.kind);
	list->of = of;
	list->patient_id = arena_text_n(d->arena, parts.id, parts.id_length);
	list->patient_domain = arena_text_n(d->arena, parts.universal_id,
					    parts.universal_id_length);
	list->made_by = d->region->name;
	list->made_by_id = without_urn(d->region->home_community_id);
	list->device_id = d->region->device_id;
	list->time = to_seconds(d->arena, list->time);
	return true;
}

/* ---- Its own id ---- */

/* Where the id is to stand, as long as the longest; nothing a message says comes before it. */
#define NO_ID_YET "2.25.000000000000000000000000000000000000000"

static const char *id_of(struct arena *a, enum view_kind kind, struct bytes octets)
{
	unsigned char sha256[SHA256_DIGEST_LENGTH];
	SHA256(octets.data, octets.length, sha256);
	const char *parts[] = { view_kinds[kind].name,
				bytes_to_hex(a, (struct bytes){ sha256, sizeof sha256 }) };
	return derived_oid(a, (struct bytes){ NULL, 0 }, parts, COUNT(parts));
}

/* In its place: such a document may be half of what an exchange may use. */
static struct bytes with_id(struct bytes octets, const char *id)
{
	const size_t place = strlen(NO_ID_YET), length = strlen(id);
	unsigned char *at = memmem(octets.data, octets.length, NO_ID_YET, place);
	size_t behind = octets.length - (size_t)(at - octets.data) - place;
	memcpy(at, id, length);
	memmove(at + length, at + place, behind);
	return (struct bytes){ octets.data, octets.length - place + length };
}

static struct bytes written(struct making *m, const struct view_head *head, enum view_form form)
{
	struct arena *a = m->desk->arena;
	struct view_head h = *head;
	if (m->kind == VIEW_MEDICATION) {
		struct medication_list list = { .prescriptions = prescriptions(m, &h) };
		list.head = h;
		return form == VIEW_CDA ? medication_write_cda(a, &list, NO_ID_YET)
					: medication_write_fhir(a, &list, NO_ID_YET);
	}
	struct view_list list = { .table = view_table_of(m->kind), .sources = sources(m, &h) };
	list.head = h;
	return form == VIEW_CDA ? view_write_cda(a, &list, NO_ID_YET)
				: view_write_fhir(a, &list, NO_ID_YET);
}

bool view_document_make(const struct registry_desk *d, const struct on_demand_document *what,
			const char *of, struct view_document *out, struct problem *p)
{
	struct making m = { .desk = d,
			    .kind = what->view.kind,
			    .all = arena_array(d->arena, struct gathered, VIEW_SOURCES_MOST) };
	struct view_head head = { .time = NULL };
	const struct on_demand_taker taker = { &m, take, &head.older };
	if (!on_demand_source_gather(d, what, &taker, p))
		return false;
	put_in_order(&m, &head);
	bool found = m.count != 0 && (what->message == NULL || head.unread == 0);
	if (!found || !head_list(d, what, of, &head))
		return problem_set(p, PROBLEM_DOCUMENT_UNIQUE_ID,
				   "the repository has no such document");
	struct bytes octets = written(&m, &head, what->view.form);
	out->unique_id = id_of(d->arena, m.kind, octets);
	out->mime_type = on_demand_mime_type(what->view.form);
	out->time = head.time;
	out->sources = m.sources;
	out->octets = with_id(octets, out->unique_id);
	return true;
}

/* False: it is not there, or could not be made, and the findings say so. */
static bool make(const struct registry_desk *d, struct retrieved_document *doc,
		 struct view_document *made, struct findings *f)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (!view_document_make(d, doc->on_demand, doc->request->document_unique_id, made, &p))
		return document_repository_not_made(doc, &p, f);
	return document_repository_made(d, doc, made->unique_id, made->octets);
}

bool view_document_fill(const struct registry_desk *d, struct retrieved_document *doc,
			struct findings *f)
{
	struct view_document made;
	return doc->on_demand == NULL ? doc->found : make(d, doc, &made, f);
}

bool view_document_give(const struct registry_desk *d, struct store *store,
			struct retrieved_document *doc, const struct on_demand_snapshot **keep,
			struct findings *f)
{
	struct view_document made;
	struct problem p = { .code = PROBLEM_NONE };
	*keep = NULL;
	if (doc->on_demand == NULL)
		return doc->found;
	if (!make(d, doc, &made, f))
		return false;
	const struct on_demand_made what = { made.unique_id, made.time, made.octets, made.sources };
	/* It names its person by another community's code: nobody else is given it. */
	if (d->community != NULL)
		return true;
	if (on_demand_snapshot_of(d, store, doc->on_demand, &what, keep, &p))
		doc->new_repository_unique_id =
			d->region->on_demand[doc->on_demand->view.kind].repository_unique_id;
	if (p.code != PROBLEM_NONE) {
		doc->found = false;
		return document_repository_not_made(doc, &p, f);
	}
	return true;
}
