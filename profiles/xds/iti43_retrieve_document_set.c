/* profiles/xds/iti43_retrieve_document_set.c
 *
 * Retrieve Document Set [ITI-43], ITI TF-2: 3.43. We are the Document Repository: a Document
 * Consumer names documents by repository and uniqueId and gets their octets, unchanged. */
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_repository.h"
#include "profiles/transaction.h"
#include "schemas/model/registry_query.h"

enum { DOCUMENTS_MOST = 256 }; /* each may be an open file until the answer has left */

struct delivered {
	struct retrieved_document *document;
	const char *content_id;
	struct delivered *next;
};
struct retrieval {
	struct retrieved_document *documents;
	struct delivered *delivered;
};

/* What the request and its parts hold (ITI TF-2: 3.43.4.1.2). */
static const struct xml_place in_request[] = { { XDSB_NAMESPACE, "DocumentRequest", 0 }, { 0 } };
static const struct xml_place in_document_request[] = { { XDSB_NAMESPACE, "HomeCommunityId", 1 },
							{ XDSB_NAMESPACE, "RepositoryUniqueId", 1 },
							{ XDSB_NAMESPACE, "DocumentUniqueId", 1 },
							{ 0 } };

static bool fits(struct exchange *x, const struct xml_node *n, const struct xml_place *places)
{
	const char *what;
	const struct xml_node *misfit = xml_misfit(n, places, &what);
	return misfit == NULL
	       || problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, misfit), "%s %s",
			     xml_local(misfit), what);
}

/* NULL: absent, empty or, with the problem set, not a text alone. */
static const char *child_text(struct exchange *x, const struct xml_node *n, const char *name)
{
	const struct xml_node *child = xml_child(n, XDSB_NAMESPACE, name);
	const char *text = child == NULL ? NULL : text_trimmed(x->arena, xml_text(x->arena, child));
	if (xml_first_element(child) != NULL)
		problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, child),
			   "%s has an element inside its text", name);
	return text_empty(text) ? NULL : text;
}

static bool read_document_request(struct exchange *x, const struct xml_node *n,
				  struct document_request *r)
{
	if (!fits(x, n, in_document_request))
		return false;
	r->home_community_id = child_text(x, n, "HomeCommunityId");
	r->repository_unique_id = child_text(x, n, "RepositoryUniqueId");
	r->document_unique_id = child_text(x, n, "DocumentUniqueId");
	if (r->repository_unique_id == NULL || r->document_unique_id == NULL)
		problem_at(&x->problem, PROBLEM_MALFORMED, "DocumentRequest",
			   "RepositoryUniqueId and DocumentUniqueId are required");
	return x->problem.code == PROBLEM_NONE;
}

static bool read_request(struct exchange *x)
{
	struct document_request *first = NULL, **last = &first;
	unsigned count = 0;
	if (!fits(x, x->soap->body, in_request))
		return false;
	const struct xml_node *n = xml_child(x->soap->body, XDSB_NAMESPACE, "DocumentRequest");
	for (; n != NULL; n = xml_next(n, XDSB_NAMESPACE, "DocumentRequest")) {
		struct document_request *r = arena_new(x->arena, struct document_request);
		if (!read_document_request(x, n, r))
			return false;
		*last = r;
		last = &r->next;
		x->request = first;
		if (++count > DOCUMENTS_MOST)
			return problem_set(&x->problem, PROBLEM_TOO_MANY_RESULTS,
					   "at most %d documents are given at a time",
					   DOCUMENTS_MOST);
	}
	return first != NULL
	       || problem_at(&x->problem, PROBLEM_MALFORMED, "RetrieveDocumentSetRequest",
			     "there is no DocumentRequest");
}

static bool handle(struct exchange *x)
{
	struct retrieval *r = arena_new(x->arena, struct retrieval);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	struct delivered **last = &r->delivered;
	r->documents = document_repository_retrieve(&d, x->request, &f);
	for (struct retrieved_document *doc = r->documents; doc != NULL; doc = doc->next) {
		if (!doc->found)
			continue;
		*last = arena_new(x->arena, struct delivered);
		(*last)->document = doc;
		(*last)->content_id = exchange_depart(x, doc->mime_type, &doc->content);
		last = &(*last)->next;
	}
	x->result = r;
	return exchange_findings(x, &f);
}

static void audit_document(struct exchange *x, struct audit_event *e,
			   const struct document_request *r)
{
	struct audit_object *o = audit_add_object(x, e);
	o->id = r->document_unique_id;
	o->type_code = 2;
	o->type_code_role = 3;
	o->id_type = (struct coded_value){ .code = "9",
					   .scheme = "RFC-3881",
					   .display = "Report Number" };
	audit_add_detail(x, o, "Repository Unique ID", bytes_of_text(r->repository_unique_id));
	if (r->home_community_id != NULL)
		audit_add_detail(x, o, "ihe:homeCommunityID", bytes_of_text(r->home_community_id));
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
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct retrieval *r = x->result;
	struct audit_event *failed = e;
	if (r == NULL) {
		for (const struct document_request *d = x->request; d != NULL; d = d->next)
			audit_document(x, e, d);
		return;
	}
	if (r->delivered != NULL && x->problem.code != PROBLEM_NONE) {
		failed = audit_another(x, e);
		e->outcome = AUDIT_SUCCESS;
		e->outcome_description = NULL;
	}
	audit_persons(x, e, r);
	for (const struct retrieved_document *d = r->documents; d != NULL; d = d->next)
		audit_document(x, d->found ? e : failed, d->request);
}

static void put_document(struct exchange *x, struct xml_writer *w, const struct delivered *d)
{
	const struct document_request *r = d->document->request;
	xml_open(w, "xds:DocumentResponse");
	if (r->home_community_id != NULL) /* echoed if and only if it was given */
		xml_element_text(w, "xds:HomeCommunityId", x->region->home_community_id);
	xml_element_text(w, "xds:RepositoryUniqueId", r->repository_unique_id);
	xml_element_text(w, "xds:DocumentUniqueId", r->document_unique_id);
	xml_element_text(w, "xds:mimeType", d->document->mime_type);
	xml_open(w, "xds:Document");
	xml_open(w, "xop:Include");
	xml_namespace_declare(w, "xop", XOP_NAMESPACE);
	xml_put_attribute(w, "href", arena_printf(x->arena, "cid:%s", d->content_id));
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	const struct retrieval *r = x->result;
	const struct delivered *first = r == NULL ? NULL : r->delivered;
	xml_open(w, "xds:RetrieveDocumentSetResponse");
	xml_namespace_declare(w, "xds", XDSB_NAMESPACE);
	ebrim_put_response(w, ebrim_status(&x->problem, x->findings, first != NULL),
			   SIDE_REPOSITORY, &x->problem, x->findings);
	for (const struct delivered *d = first; d != NULL; d = d->next)
		put_document(x, w, d);
	xml_close(w);
}

static const struct route routes[] = { { .request = "urn:ihe:iti:2007:RetrieveDocumentSet",
					 .detail = "RetrieveDocumentSetRequest",
					 .namespace_uri = XDSB_NAMESPACE,
					 .answer = "urn:ihe:iti:2007:RetrieveDocumentSetResponse" },
				       { 0 } };

const struct transaction iti43_retrieve_document_set = {
	.code = "ITI-43",
	.name = "Retrieve Document Set",
	.section = "ITI TF-2: 3.43",
	.actor = DOCUMENT_REPOSITORY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.mtom = true,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.audit_source_is_us = true,
	.request_grammar = "iti43-request.rng",
	.answer_grammar = "iti43-response.rng",
	.read = read_request,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
