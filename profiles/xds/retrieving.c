/* profiles/xds/retrieving.c: documents named by repository and uniqueId are given, unchanged. */
#include "profiles/xds/retrieving.h"

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_repository.h"
#include "profiles/medication/medication_document.h"
#include "profiles/xds/document_requests.h"
#include "profiles/xds/outcome.h"
#include "schemas/model/registry_query.h"
#include "store/acceptances.h"
#include "store/inboxes.h"

struct delivered {
	struct retrieved_document *document;
	const char *content_id;
	const struct on_demand_snapshot *keep; /* of what was made; NULL: nothing */
	struct delivered *next;
};
struct retrieval {
	struct retrieved_document *documents;
	struct delivered *delivered;
};

bool retrieving_handle(struct exchange *x)
{
	struct retrieval *r = arena_new(x->arena, struct retrieval);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	struct delivered **last = &r->delivered;
	r->documents = document_repository_retrieve(&d, x->request, &f);
	for (struct retrieved_document *doc = r->documents; doc != NULL; doc = doc->next) {
		/* A list may lack what the asker may not see, and must not tell by how soon it
		 * comes. */
		const struct on_demand_snapshot *made;
		x->lacks = x->lacks || doc->on_demand != NULL;
		if (!medication_document_give(&d, x->store, doc, &made, &f))
			continue;
		*last = arena_new(x->arena, struct delivered);
		(*last)->document = doc;
		(*last)->keep = made;
		x->keeps_more = x->keeps_more || made != NULL;
		(*last)->content_id = exchange_depart(x, doc->mime_type, &doc->content);
		last = &(*last)->next;
	}
	x->result = r;
	return exchange_findings(x, &f);
}

/* Whose documents were given, each person once (ITI TF-2: 3.43.5.1.2: Patient, if known): who read
 * a person's records is what the trail is asked most. */
static void audit_persons(struct exchange *x, struct audit_event *e, const struct retrieval *r)
{
	for (const struct retrieved_document *d = r->documents; d != NULL; d = d->next) {
		const struct retrieved_document *earlier = r->documents;
		while (earlier != d
		       && !(earlier->found && text_equal(earlier->patient_id, d->patient_id)))
			earlier = earlier->next;
		if (d->found && d->patient_id != NULL && earlier == d)
			audit_patient(x, e, d->patient_id);
		if (d->found)
			audit_about(x, e, d->subject);
	}
}

/* ITI TF-2: 3.43.5.1: what was given and what was not are two records. */
void retrieving_audited(struct exchange *x, struct audit_event *e)
{
	const struct retrieval *r = x->result;
	struct audit_event *failed = e;
	if (r == NULL) {
		for (const struct document_request *d = x->request; d != NULL; d = d->next)
			document_requests_audit(x, e, d);
		return;
	}
	if (r->delivered != NULL && x->problem.code != PROBLEM_NONE) {
		failed = audit_another(x, e);
		e->outcome = AUDIT_SUCCESS;
		e->outcome_description = NULL;
	}
	audit_persons(x, e, r);
	for (const struct delivered *d = r->delivered; d != NULL; d = d->next)
		if (d->keep != NULL)
			audit_add_snapshot(x, failed, &d->keep->set);
	for (const struct retrieved_document *d = r->documents; d != NULL; d = d->next)
		document_requests_audit(x, d->found ? e : failed, d->request);
}

/* A document asked for twice was made once. */
static bool keep_made(const struct exchange *x, struct store_txn *t, const struct delivered *d)
{
	struct problem p = { .code = PROBLEM_NONE };
	return d->keep == NULL || on_demand_snapshot_keep(d->keep, t, x->now, &p);
}

static bool keep_one(const struct exchange *x, struct store_txn *t,
		     const struct retrieved_document *d)
{
	bool kept = d->pushed == NULL || push_fetched(t, store_arena(t), d->pushed, x->now);
	for (const struct text_value *e = d->accepted; kept && e != NULL; e = e->next)
		kept = acceptance_put(t, e->value, x->sender->name, x->now);
	return kept;
}

/* An addressee has what was sent to it: rules of retention count from here, and its inbox tells
 * what was fetched. And what was made on demand is registered before it leaves (3.43.4.2.3). */
bool retrieving_keep(const struct exchange *x, struct store_txn *t)
{
	const struct retrieval *r = x->result;
	bool kept = true;
	for (const struct delivered *d = r == NULL ? NULL : r->delivered; kept && d != NULL;
	     d = d->next)
		kept = keep_made(x, t, d) && keep_one(x, t, d->document);
	return kept;
}

static void put_document(struct exchange *x, struct xml_writer *w, const struct delivered *d)
{
	const struct document_request *r = d->document->request;
	xml_open(w, "xds:DocumentResponse");
	if (r->home_community_id != NULL) /* echoed if and only if it was given */
		xml_element_text(w, "xds:HomeCommunityId", x->region->home_community_id);
	xml_element_text(w, "xds:RepositoryUniqueId", r->repository_unique_id);
	xml_element_text(w, "xds:DocumentUniqueId", r->document_unique_id);
	xml_element_text(w, "xds:NewRepositoryUniqueId", d->document->new_repository_unique_id);
	xml_element_text(w, "xds:NewDocumentUniqueId", d->document->new_unique_id);
	xml_element_text(w, "xds:mimeType", d->document->mime_type);
	xml_open(w, "xds:Document");
	xml_open(w, "xop:Include");
	xml_namespace_declare(w, "xop", XOP_NAMESPACE);
	xml_put_attribute(w, "href", arena_printf(x->arena, "cid:%s", d->content_id));
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

void retrieving_answer(struct exchange *x, struct xml_writer *w)
{
	const struct retrieval *r = x->result;
	const struct delivered *first = r == NULL ? NULL : r->delivered;
	struct outcome told = outcome_of(x);
	xml_open(w, "xds:RetrieveDocumentSetResponse");
	xml_namespace_declare(w, "xds", XDSB_NAMESPACE);
	ebrim_put_response(w, ebrim_status(told.problem, told.findings, first != NULL),
			   SIDE_REPOSITORY, told.problem, told.findings);
	for (const struct delivered *d = first; d != NULL; d = d->next)
		put_document(x, w, d);
	xml_close(w);
}
