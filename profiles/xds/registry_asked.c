/* profiles/xds/registry_asked.c: the Document Registry is asked a stored query, whichever they are:
 * a Document Consumer names it by UUID, fills in its slots, and gets metadata or references. */
#include "profiles/xds/registry_asked.h"

#include <stddef.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_registry.h"
#include "profiles/xca/query_elsewhere.h"

/* The request. */
struct registry_asked {
	struct registry_query query; /* first */
	/* What other communities have to do with it; NULL: nothing. call() writes it, handle() does
	 * not. */
	struct query_elsewhere *elsewhere;
};

static const struct registry_asked *asked(const struct exchange *x)
{
	return x->request;
}

/* ---- Reading ---- */

static bool read_of_any(struct exchange *x, struct registry_asked *r, struct findings *f)
{
	struct registry_desk d = exchange_desk(x);
	return stored_query_read_of_any(&d, QUERIES_OF_ONE_PATIENT, x->soap->body, &r->query, f,
					&x->problem)
	       && query_elsewhere_names(x, r->elsewhere, &r->query);
}

bool registry_asked_read(struct exchange *x, enum stored_queries among)
{
	struct registry_asked *r = arena_new(x->arena, struct registry_asked);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->request = r;
	if (among == QUERIES_OF_ONE_PATIENT)
		r->elsewhere = query_elsewhere_begin(x);
	bool read = r->elsewhere != NULL ? read_of_any(x, r, &f)
					 : stored_query_read(&d, among, x->soap->body, &r->query,
							     &f, &x->problem);
	return read && exchange_findings(x, &f);
}

bool registry_asked_call(struct exchange *x)
{
	const struct registry_asked *r = asked(x);
	return query_elsewhere_ask(x, r->elsewhere, &r->query);
}

/* ---- Answering ---- */

static size_t count_of(const struct text_value *l)
{
	size_t count = 0;
	for (; l != NULL; l = l->next)
		count++;
	return count;
}

/* What was found is written down already, in the order of the answer. */
struct answer {
	struct registry_found found;
	struct ebrim_list *list;
	const char *home; /* said of each object; NULL: as it is registered */
	const struct elsewhere_given *others;
};

/* Where others' objects may be beside them, ours say whose they are (ITI TF-2: 3.18.4.1.2.3.8):
 * whatever they were registered with, they are asked for here. */

static bool write_entry(void *answer, struct arena *each, const struct document_entry *e,
			struct problem *p)
{
	const struct answer *a = answer;
	struct document_entry ours;
	if (a->home == NULL)
		return ebrim_list_entry(a->list, each, e, p);
	ours = *e;
	ours.home_community_id = a->home;
	return ebrim_list_entry(a->list, each, &ours, p);
}

static bool write_set(void *answer, struct arena *each, const struct submission_set *s,
		      struct problem *p)
{
	const struct answer *a = answer;
	struct submission_set ours = *s;
	ours.home_community_id = a->home == NULL ? s->home_community_id : a->home;
	return ebrim_list_set(a->list, each, &ours, p);
}

static bool write_folder(void *answer, struct arena *each, const struct folder *f,
			 struct problem *p)
{
	const struct answer *a = answer;
	struct folder ours = *f;
	ours.home_community_id = a->home == NULL ? f->home_community_id : a->home;
	return ebrim_list_folder(a->list, each, &ours, p);
}

static bool write_association(void *answer, struct arena *each, const struct association *x,
			      struct problem *p)
{
	const struct answer *a = answer;
	struct association ours = *x;
	ours.home_community_id = a->home == NULL ? x->home_community_id : a->home;
	return ebrim_list_association(a->list, each, &ours, p);
}

/* Nothing, or fewer objects than were asked for by their ids. Of several patients, or of all, some
 * may always be hidden. */
static bool is_less_than_asked(const struct registry_query *q, const struct registry_found *found)
{
	if (q->kind == QUERY_FIND_DOCUMENTS_FOR_MULTIPLE_PATIENTS
	    || q->kind == QUERY_FIND_FOLDERS_FOR_MULTIPLE_PATIENTS)
		return true;
	size_t asked = count_of(q->uuids) + count_of(q->unique_ids) + count_of(q->logical_ids);
	return found->objects == 0 ? found->associations == 0 : found->objects < asked;
}

static bool ask_here(struct exchange *x, const struct registry_query *q, struct answer *a)
{
	struct registry_desk d = exchange_desk(x);
	const struct registry_taker taker = {
		.self = a,
		.entry = write_entry,
		.set = write_set,
		.folder = write_folder,
		.association = write_association,
	};
	bool done = document_registry_query(&d, q, &taker, &a->found, &x->problem);
	x->lacks = is_less_than_asked(q, &a->found);
	return done;
}

bool registry_asked_handle(struct exchange *x)
{
	const struct registry_asked *r = asked(x);
	struct answer *a = arena_new(x->arena, struct answer);
	a->list = ebrim_list_begin(x->arena, x->spools, r->query.leaf_class);
	a->home = r->elsewhere == NULL ? NULL : x->region->home_community_id;
	x->result = a;
	bool done = !query_elsewhere_here(r->elsewhere) || ask_here(x, &r->query, a);
	ebrim_list_end(a->list, done);
	a->others = query_elsewhere_give(x, r->elsewhere, &r->query, done,
					 a->found.objects + a->found.associations);
	return a->others == NULL ? done : x->problem.code == PROBLEM_NONE;
}

/* Whose objects were found, for queries that name no patient but objects. An association is shown
 * with what it joins, or holds nothing but ids. */
static void audit_owners(struct exchange *x, struct audit_event *e, const struct answer *a)
{
	for (const struct registry_owner *o = a->found.owners; o != NULL; o = o->next)
		audit_about(x, e, o->subject);
}

/* ITI TF-2: 3.18.5.1, 3.51.5.1.2 */
void registry_asked_audited(struct exchange *x, struct audit_event *e)
{
	const struct registry_query *q = x->request;
	if (q != NULL)
		query_elsewhere_audited(x, asked(x)->elsewhere, e);
	if (x->result != NULL)
		audit_owners(x, e, x->result);
	struct xml_writer *w = xml_writer_begin(x->arena);
	if (q != NULL && q->patient_id != NULL)
		audit_patient(x, e, q->patient_id);
	for (const struct text_value *v = q == NULL ? NULL : q->patient_ids; v != NULL; v = v->next)
		audit_patient(x, e, v->value);
	xml_copy_node(w, x->soap->body);
	const char *id = q == NULL || text_empty(q->query_id) ? "unknown" : q->query_id;
	struct audit_object *o = audit_query(x, e, id, xml_writer_end(w));
	audit_add_detail(x, o, "QueryEncoding", bytes_of_text("UTF-8"));
	if (q != NULL && q->home_community_id != NULL)
		audit_add_detail(x, o, "urn:ihe:iti:xca:2010:homeCommunityId",
				 bytes_of_text(q->home_community_id));
}

static void put_all(struct xml_writer *w, const struct answer *a)
{
	query_elsewhere_put_outcome(w, a->others);
	xml_open(w, "rim:RegistryObjectList");
	xml_namespace_declare(w, "rim", RIM_NAMESPACE);
	ebrim_put_list_content(w, a->list);
	query_elsewhere_put_objects(w, a->others);
	xml_close(w);
}

void registry_asked_answer(struct exchange *x, struct xml_writer *w)
{
	const struct answer *a = x->result;
	bool refused = x->problem.code != PROBLEM_NONE;
	xml_open(w, "query:AdhocQueryResponse");
	xml_namespace_declare(w, "query", QUERY_NAMESPACE);
	if (a != NULL && a->others != NULL) {
		put_all(w, a);
	} else {
		ebrim_put_outcome(w, ebrim_status(&x->problem, x->findings, false), SIDE_REGISTRY,
				  &x->problem, x->findings);
		ebrim_put_list(w, refused || a == NULL ? NULL : a->list);
	}
	xml_close(w);
}
