/* profiles/xds/iti41_provide_and_register.c
 *
 * Provide and Register Document Set-b [ITI-41], ITI TF-2: 3.41. We are the Document Repository, and
 * the Document Registry behind it: documents, index and metadata are kept in one step, so there is
 * never a document without its entry, nor the other way round.
 *
 * Or the registry is another's (partner for registry): it is asked first (ITI-42), while the
 * documents are with us and nobody's, and they are kept when it has said Success. What it refuses
 * leaves nothing; what breaks off in between neither: then it may have an entry of a document that
 * is not there, and the Document Source, who was never told Success, sends again. A registry that
 * has the set already says so: of the very same submission that is Success (store/asked_sets.h). */
#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "profiles/actors/document_repository.h"
#include "profiles/actors/document_signatures.h"
#include "profiles/actors/quota.h"
#include "profiles/transaction.h"
#include "profiles/xds/registry_elsewhere.h"

/* Verified by call(), with what the store shows then. */
struct verified_signatures {
	const struct document_signature *first;
};

struct providing {
	struct submission submission;
	struct verified_signatures *signatures; /* NULL: there are none among the documents */
	struct provided_document *documents;
	const char *patient_id; /* as sent; registration makes it the regional one */
};

/* The octets of one xds:Document: a MIME part it names, or what stood inside it. */
static const struct attachment *attachment_of(const struct exchange *x, const char *content_id,
					      const char *element_id)
{
	for (const struct attachment *a = x->attachments; a != NULL; a = a->next)
		if (content_id != NULL
			    ? text_equal(a->content_id, content_id)
			    : a->content_id == NULL && text_equal(a->element_id, element_id))
			return a;
	return NULL;
}

/* What ProvideAndRegisterDocumentSetRequest and Document hold (ITI TF-2: 3.41.4.1.2). */
static const struct xml_place in_request[] = { { LCM_NAMESPACE, "SubmitObjectsRequest", 1 },
					       { XDSB_NAMESPACE, "Document", 0 },
					       { 0 } };
static const struct xml_place in_document[] = { { XOP_NAMESPACE, "Include", 1 }, { 0 } };

static bool fits(struct exchange *x, const struct xml_node *n, const struct xml_place *places,
		 struct findings *f)
{
	const char *what;
	const struct xml_node *misfit = xml_misfit(n, places, &what);
	return misfit == NULL
	       || findings_error(f, PROBLEM_REPOSITORY_METADATA, NULL, xml_path(x->arena, misfit),
				 "%s", what);
}

/* Octets that came with the message and belong to no Document would be lost under Success. */
static void check_parts_named(struct exchange *x, const struct providing *r, struct findings *f)
{
	for (const struct attachment *a = x->attachments; a != NULL; a = a->next) {
		const struct provided_document *d = r->documents;
		while (d != NULL && d->blob != a->blob)
			d = d->next;
		if (d == NULL)
			findings_error(f, PROBLEM_MISSING_DOCUMENT_METADATA, NULL,
				       a->content_id == NULL ? "Document" : a->content_id,
				       "the message holds a part that no Document names");
	}
}

static bool read_documents(struct exchange *x, struct providing *r, struct findings *f)
{
	struct provided_document **last = &r->documents;
	for (const struct xml_node *n = xml_child(x->soap->body, XDSB_NAMESPACE, "Document");
	     n != NULL; n = xml_next(n, XDSB_NAMESPACE, "Document")) {
		const char *content_id = NULL, *id = xml_attribute(n, "id");
		if (!xop_reference(x->arena, n, &content_id, &x->problem))
			return false;
		fits(x, n, in_document, f);
		if (text_empty(id)) {
			findings_error(f, PROBLEM_MISSING_DOCUMENT_METADATA, NULL, "Document",
				       "a Document has no id, so that no DocumentEntry is its");
			continue;
		}
		const struct attachment *a = attachment_of(x, content_id, id);
		if (a == NULL) {
			findings_error(f, PROBLEM_MISSING_DOCUMENT, NULL, id,
				       "the message holds no octets for this Document");
			continue;
		}
		*last = arena_new(x->arena, struct provided_document);
		(*last)->entry_id = id;
		(*last)->blob = a->blob;
		last = &(*last)->next;
	}
	if (f->errors == 0)
		check_parts_named(x, r, f);
	return true;
}

/* As many objects, and as many Documents, as a submission may have. */
static bool takes(struct exchange *x, const struct registry_desk *d,
		  const struct xml_node *metadata, struct findings *f)
{
	size_t documents = 0;
	for (const struct xml_node *n = xml_child(x->soap->body, XDSB_NAMESPACE, "Document");
	     n != NULL; n = xml_next(n, XDSB_NAMESPACE, "Document"))
		documents++;
	return document_registry_takes(d, ebrim_count_objects(metadata), f)
	       && document_registry_takes(d, documents, f);
}

static bool read_request(struct exchange *x)
{
	struct providing *r = arena_new(x->arena, struct providing);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->request = r;
	const struct xml_node *metadata = xml_child(x->soap->body, LCM_NAMESPACE,
						    "SubmitObjectsRequest");
	bool few = takes(x, &d, metadata, &f);
	bool readable = fits(x, x->soap->body, in_request, &f)
			&& ebrim_read_submission(x->arena, metadata, &r->submission, &f);
	if (r->submission.set != NULL)
		r->patient_id = r->submission.set->patient_id;
	if (!few)
		return exchange_findings(x, &f);
	if (!read_documents(x, r, &f))
		return false;
	if (document_repository_receive(&d, &r->submission, r->documents, &f) && readable)
		document_registry_validate(&d, &r->submission, SUBMISSION_PROVIDES, &f);
	if (f.errors == 0)
		document_repository_fingerprint(&d, &r->submission, r->documents);
	for (const struct document_entry *e = r->submission.entries; e != NULL; e = e->next)
		if (r->signatures == NULL && document_is_signature(e))
			r->signatures = arena_new(x->arena, struct verified_signatures);
	return exchange_findings(x, &f);
}

/* Signatures over documents, before the committer and before another's registry. A repository keeps
 * what it is given, octet for octet (ITI TF-2: 3.41.4.1.3): it may say what it sees, and refuses
 * only where its region wants that. */
static bool verify_signatures(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	if (exchange_look(x) == NULL)
		return false;
	struct registry_desk d = exchange_desk(x);
	r->signatures->first = document_signatures_arrived(&d, &r->submission, r->documents);
	document_signatures_tell(&d, r->signatures->first, &f);
	return exchange_findings(x, &f);
}

/* What would be refused, before anything is kept or anybody is asked. */
static bool may_keep(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	if (exchange_look(x) == NULL)
		return false;
	struct registry_desk d = exchange_desk(x);
	x->stored_elsewhere = quota_elsewhere(&d);
	if (x->region->registry != NULL)
		document_repository_may_keep(&d, &r->submission, r->documents, &f);
	if (f.errors == 0)
		document_repository_has_room(&d, &r->submission, r->documents, &f);
	return exchange_findings(x, &f);
}

/* Another's registry, when there is one, before anything is kept. */
static bool call(struct exchange *x)
{
	const struct providing *r = x->request;
	const struct registry_desk d = exchange_desk(x);
	if (x->calls != NULL)
		return registry_elsewhere_answered(x);
	if (r->signatures != NULL && !verify_signatures(x))
		return false;
	if (x->region->registry == NULL && !quota_is_set(&d))
		return true;
	if (!may_keep(x))
		return false;
	if (x->region->registry != NULL)
		registry_elsewhere_ask(x, &r->submission);
	return true;
}

static void look_ahead(struct exchange *x)
{
	const struct providing *r = x->request;
	struct registry_desk d = exchange_desk(x);
	document_repository_look_ahead(&d, &r->submission, r->documents);
}

static bool handle(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	if (x->calls != NULL) {
		document_repository_keep(&d, &r->submission, r->documents, &f);
		return exchange_findings(x, &f);
	}
	struct submission *registered = document_repository_provide(&d, &r->submission,
								    r->documents, &f);
	x->result = registered;
	if (registered != NULL && r->signatures != NULL)
		document_signatures_keep(&d, r->signatures->first, registered);
	return exchange_findings(x, &f);
}

/* ITI TF-3: 5.5.7.2: each verification is an event of its own. */
static void audit_signatures(struct exchange *x, struct audit_event *e, const struct providing *r)
{
	for (const struct document_signature *s = r->signatures->first; s != NULL; s = s->next) {
		struct audit_event *verified = audit_another(x, e);
		if (r->patient_id != NULL)
			audit_patient(x, verified, r->patient_id);
		audit_signature(x, verified, s->entry->unique_id, &s->verdict);
	}
}

/* ITI TF-2: 3.41.5.1: patient and submission set. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct providing *r = x->request;
	const struct submission *registered = x->result;
	if (r == NULL || r->submission.set == NULL)
		return;
	if (r->signatures != NULL)
		audit_signatures(x, e, r);
	if (r->patient_id != NULL)
		audit_patient(x, e, r->patient_id);
	if (r->submission.set->unique_id == NULL)
		return;
	struct audit_object *o = audit_submission_set(x, e, r->submission.set->unique_id);
	if (registered != NULL)
		audit_add_offered(x, e, registered->offered);
	if (registered != NULL && registered->again)
		audit_add_detail(
			x, o, "sent again",
			bytes_of_text("registered before; the first answer was given again"));
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	ebrim_put_response(w, ebrim_status(&x->problem, x->findings, false), SIDE_REPOSITORY,
			   &x->problem, x->findings);
}

static const struct route routes[] = {
	{ .request = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
	  .detail = "ProvideAndRegisterDocumentSetRequest",
	  .namespace_uri = XDSB_NAMESPACE,
	  .answer = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse" },
	{ 0 }
};

const struct transaction iti41_provide_and_register = {
	.code = "ITI-41",
	.name = "Provide and Register Document Set-b",
	.section = "ITI TF-2: 3.41",
	.actor = DOCUMENT_REPOSITORY,
	.dialect = DIALECT_SOAP,
	.mtom = true,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti41-request.rng",
	.answer_grammar = "iti41-response.rng",
	.read = read_request,
	.call = call,
	.look_ahead = look_ahead,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
