/* profiles/medication/medication_document.c: prescriptions are gathered, read, put into order and
 * written. */
#include "profiles/medication/medication_document.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/derived_id.h"
#include "gateway/base/text.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/medication/medication_writers.h"
#include "profiles/medication/prescription.h"
#include "schemas/model/registry_query.h"
#include "schemas/tables/medication.h"

/* A document as it was found; read NULL: it could not be. */
struct gathered {
	const char *document, *day, *created;
	struct prescription *read;
};

struct making {
	const struct registry_desk *desk;
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
static void name_facility(const struct registry_desk *d, const struct registered_system *s,
			  const char *name, struct prescription *p)
{
	const char *title = s == NULL || text_empty(s->title) ? name : s->title;
	p->facility = known_text(d->arena, title);
	if (s != NULL && s->institution_code != NULL)
		p->institution_code = s->institution_code + INSTITUTION_PREFIX;
}

static void take(void *self, struct arena *each, const struct document_entry *e,
		 struct bytes octets)
{
	struct making *m = self;
	const struct registry_desk *d = m->desk;
	const struct registered_system *s = region_system(d->region, e->source_system);
	struct gathered *g = &m->all[m->count++];
	on_demand_sources_add(&m->sources, d->arena, e); /* if only by how many could not be read */
	const char *day = e->service_start_time != NULL ? e->service_start_time : e->creation_time;
	*g = (struct gathered){ .document = arena_text(d->arena, e->unique_id),
				.day = known_text(d->arena, day),
				.created = known_text(d->arena, e->creation_time) };
	if (octets.data != NULL)
		g->read = prescription_read(d->arena, each, octets, s, e->source_patient_id);
	if (g->read == NULL)
		return;
	name_facility(d, s, e->source_system, g->read);
	g->read->document = g->document;
	g->read->day = g->day;
}

/* Newest first; what is of one moment by its uniqueId, so that the order is always the same. */
static int newest_first(const void *a, const void *b)
{
	const struct gathered *x = a, *y = b;
	int order = strcmp(y->day, x->day);
	if (order == 0)
		order = strcmp(y->created, x->created);
	if (order == 0)
		order = strcmp(x->document, y->document);
	return order != 0 ? order : (x->read == NULL) - (y->read == NULL);
}

/* The same document may have been registered in several submissions: it is one prescription. */
static void string_together(struct making *m, struct medication_list *list)
{
	struct prescription *first = NULL, **last = &first;
	list->time = "";
	qsort(m->all, m->count, sizeof *m->all, newest_first);
	for (size_t i = 0; i < m->count; i++) {
		const struct gathered *g = &m->all[i];
		if (strcmp(g->created, list->time) > 0)
			list->time = g->created;
		if (i != 0 && text_equal(g->document, g[-1].document))
			continue;
		list->unread += g->read == NULL;
		if (g->read == NULL)
			continue;
		*last = g->read;
		last = &g->read->next;
	}
	list->prescriptions = first;
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

static bool head_list(const struct registry_desk *d, const struct on_demand_document *what,
		      const char *of, struct medication_list *list)
{
	struct cx_parts parts;
	const char *patient = on_demand_source_patient(d, what);
	if (patient == NULL || !metadata_type_cx(patient, &parts))
		return false;
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

static const char *id_of(struct arena *a, struct bytes octets)
{
	unsigned char sha256[SHA256_DIGEST_LENGTH];
	SHA256(octets.data, octets.length, sha256);
	const char *parts[] = { "medication-list",
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

static struct bytes (*const writers[MEDICATION_FORMS])(struct arena *a,
						       const struct medication_list *list,
						       const char *id) = {
	[MEDICATION_CDA] = medication_write_cda,
	[MEDICATION_FHIR] = medication_write_fhir,
};

bool medication_document_make(const struct registry_desk *d, const struct on_demand_document *what,
			      const char *of, struct medication_document *out, struct problem *p)
{
	struct making m = { .desk = d,
			    .all = arena_array(d->arena, struct gathered,
					       MEDICATION_PRESCRIPTIONS_MOST) };
	const struct on_demand_taker taker = { &m, take };
	struct medication_list list = { .time = NULL };
	if (!on_demand_source_gather(d, what->subject, &taker, p))
		return false;
	string_together(&m, &list);
	if (m.count == 0 || !head_list(d, what, of, &list))
		return problem_set(p, PROBLEM_DOCUMENT_UNIQUE_ID,
				   "the repository has no such document");
	struct bytes octets = writers[what->form](d->arena, &list, NO_ID_YET);
	out->unique_id = id_of(d->arena, octets);
	out->mime_type = on_demand_mime_type(what->form);
	out->time = list.time;
	out->sources = m.sources;
	out->octets = with_id(octets, out->unique_id);
	return true;
}

/* False: it is not there, or could not be made, and the findings say so. */
static bool make(const struct registry_desk *d, struct retrieved_document *doc,
		 struct medication_document *made, struct findings *f)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (!medication_document_make(d, doc->on_demand, doc->request->document_unique_id, made,
				      &p))
		return document_repository_not_made(doc, &p, f);
	return document_repository_made(d, doc, made->unique_id, made->octets);
}

bool medication_document_fill(const struct registry_desk *d, struct retrieved_document *doc,
			      struct findings *f)
{
	struct medication_document made;
	return doc->on_demand == NULL ? doc->found : make(d, doc, &made, f);
}

bool medication_document_give(const struct registry_desk *d, struct store *store,
			      struct retrieved_document *doc,
			      const struct on_demand_snapshot **keep, struct findings *f)
{
	struct medication_document made;
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
		doc->new_repository_unique_id = d->region->medication.repository_unique_id;
	if (p.code != PROBLEM_NONE) {
		doc->found = false;
		return document_repository_not_made(doc, &p, f);
	}
	return true;
}
