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
#include "profiles/xds/outcome.h"

/* ---- Reading ---- */

bool registry_asked_read(struct exchange *x, enum stored_queries among)
{
	struct registry_query *q = arena_new(x->arena, struct registry_query);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->request = q;
	return stored_query_read(&d, among, x->soap->body, q, &f, &x->problem)
	       && exchange_findings(x, &f);
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
	uint64_t asked; /* a record of whom another community asked for; 0: it asked with no code */
	struct ebrim_list *list;
};

static bool write_entry(void *list, struct arena *each, const struct document_entry *e,
			struct problem *p)
{
	return ebrim_list_entry(list, each, e, p);
}

static bool write_set(void *list, struct arena *each, const struct submission_set *s,
		      struct problem *p)
{
	return ebrim_list_set(list, each, s, p);
}

static bool write_folder(void *list, struct arena *each, const struct folder *f, struct problem *p)
{
	return ebrim_list_folder(list, each, f, p);
}

static bool write_association(void *list, struct arena *each, const struct association *a,
			      struct problem *p)
{
	return ebrim_list_association(list, each, a, p);
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

bool registry_asked_handle(struct exchange *x)
{
	const struct registry_query *q = x->request;
	struct answer *a = arena_new(x->arena, struct answer);
	struct registry_desk d = exchange_desk(x);
	a->list = ebrim_list_begin(x->arena, x->spools, q->leaf_class);
	const struct registry_taker taker = {
		.self = a->list,
		.entry = write_entry,
		.set = write_set,
		.folder = write_folder,
		.association = write_association,
	};
	x->result = a;
	struct registry_patient patient;
	if (d.community != NULL && q->patient_id != NULL
	    && document_registry_patient(&d, q->patient_id, &patient))
		a->asked = patient.record;
	bool done = document_registry_query(&d, q, &taker, &a->found, &x->problem);
	ebrim_list_end(a->list, done);
	x->lacks = is_less_than_asked(q, &a->found);
	return done;
}

/* Whose objects were found, for queries that name no patient but objects. An association is shown
 * with what it joins, or holds nothing but ids. */
static void audit_owners(struct exchange *x, struct audit_event *e, const struct answer *a)
{
	for (const struct registry_owner *o = a->found.owners; o != NULL; o = o->next)
		audit_about(x, e, o->subject);
	/* A code is no id the trail finds people by. */
	audit_about(x, e, a->asked);
}

/* ITI TF-2: 3.18.5.1, 3.51.5.1.2 */
void registry_asked_audited(struct exchange *x, struct audit_event *e)
{
	const struct registry_query *q = x->request;
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

void registry_asked_answer(struct exchange *x, struct xml_writer *w)
{
	const struct answer *a = x->result;
	bool refused = x->problem.code != PROBLEM_NONE;
	struct outcome told = outcome_of(x);
	xml_open(w, "query:AdhocQueryResponse");
	xml_namespace_declare(w, "query", QUERY_NAMESPACE);
	ebrim_put_outcome(w, ebrim_status(told.problem, told.findings, false), SIDE_REGISTRY,
			  told.problem, told.findings);
	ebrim_put_list(w, refused || a == NULL ? NULL : a->list);
	xml_close(w);
}
