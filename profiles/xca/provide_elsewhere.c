/* profiles/xca/provide_elsewhere.c
 *
 * Cross-Gateway Document Provide [ITI-80], ITI XCDR: 3.80, from the sending side. */
#include "profiles/xca/provide_elsewhere.h"

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/across_border.h"
#include "profiles/actors/consent_manager.h"
#include "profiles/actors/document_registry.h"
#include "profiles/transaction.h"
#include "profiles/xca/taking_part.h"
#include "profiles/xds/provided.h"
#include "store/identity.h"
#include "store/partner_ids.h"

/* A document as it leaves. */
struct sent_document {
	struct soap_part part; /* first; in the order of the list, by part.next */
	const char *entry_id;
};

/* What the community is sent. */
struct sent_submission {
	const struct partner *to;
	struct submission what;
	const struct sent_document *documents;
	uint64_t record; /* ours of the patient */
};

struct passing_on {
	struct provided what;
	const struct partner *to;
	const struct sent_submission *sent; /* by call(); NULL: nothing was */
	bool answered;                      /* by what counts */
	enum response_status status;        /* then: what it said */
	struct findings said;               /* ... and of what */
};

/* ---- For whom ---- */

static bool find_community(struct exchange *x, struct passing_on *r)
{
	const char *home, *ours = x->region->home_community_id;
	if (!provided_names(x, &home))
		return false;
	if (home == NULL)
		return problem_at(&x->problem, PROBLEM_MISSING_HOME_COMMUNITY, HOME_SLOT,
				  "is needed in the header homeCommunityBlock and as a slot of the "
				  "request: the community it is for");
	if (text_equal(home, ours))
		return problem_at(&x->problem, PROBLEM_UNKNOWN_COMMUNITY, HOME_SLOT,
				  "\"%s\" is this community: its documents are for its repository",
				  home);
	r->to = region_community(x->region, home);
	return (r->to != NULL && r->to->submit_url != NULL)
	       || problem_at(&x->problem, PROBLEM_UNKNOWN_COMMUNITY, HOME_SLOT,
			     "\"%s\" is no community that this one, which is \"%s\", sends "
			     "documents to",
			     home, ours);
}

bool provide_elsewhere_read(struct exchange *x)
{
	struct passing_on *r = arena_new(x->arena, struct passing_on);
	struct submission *s = &r->what.submission;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	bool readable;
	x->request = r;
	r->said = findings_in(x->arena);
	if (!provided_read(x, &r->what, &f, &readable) || !find_community(x, r))
		return false;
	/* What it says of our repository does not leave. */
	if (document_repository_receive(&d, s, r->what.documents, &f) && readable)
		document_registry_validate(&d, s, SUBMISSION_PUSHES, &f);
	return exchange_findings(x, &f);
}

/* ---- Of whom ---- */

/* As if he were nobody: what is known of him there, and by whom, is not told by this. */
static bool not_for_them(struct exchange *x, const struct passing_on *r)
{
	struct findings f = findings_in(x->arena);
	findings_error(&f, PROBLEM_UNKNOWN_PATIENT, NULL, "SubmissionSet.patientId",
		       "community %s is sent nothing of this patient: it is nobody it is known to "
		       "know, and may see",
		       r->to->name);
	return exchange_findings(x, &f);
}

static bool is_disputed(struct exchange *x, const struct passing_on *r)
{
	return problem_at(&x->problem, PROBLEM_UNAVAILABLE_COMMUNITY, r->to->home_community_id,
			  "two ids there are mapped to this patient; it is sent something of him "
			  "when the region's operator has decided which is his");
}

/* Whoever provides them is not asked by the rules whether the community may have them. */
static bool may_go(struct exchange *x, const struct passing_on *r, uint64_t record)
{
	const struct admission *a = &x->admission;
	const struct document_entry nothing = { .subject = record };
	if (r->what.submission.entries == NULL)
		return a->across(a->self, x->txn, r->to, &nothing);
	for (const struct document_entry *e = r->what.submission.entries; e != NULL; e = e->next) {
		struct document_entry here = *e;
		here.subject = record;
		here.source_system = NULL;
		here.sources = NULL;
		if (!a->across(a->self, x->txn, r->to, &here))
			return false;
	}
	return true;
}

static bool find_patient(struct exchange *x, const struct passing_on *r, struct partner_id *out)
{
	const struct registry_desk d = exchange_desk(x);
	const char *cx = r->what.submission.set->patient_id; /* of all of it: it was validated */
	struct registry_patient patient;
	bool disputed = false;
	if (cx == NULL || !document_registry_patient(&d, cx, &patient)
	    || !taking_part(x, patient.person))
		return not_for_them(x, r);
	bool known = partner_id_of(x->txn, x->arena, r->to->name, patient.person, out, &disputed);
	if (!known && !disputed)
		return not_for_them(x, r);
	if (consent_manager_excludes(x->txn, x->arena, x->region, patient.person, r->to, x->now,
				     &x->problem)
	    || !may_go(x, r, patient.record))
		return not_for_them(x, r);
	return known || is_disputed(x, r);
}

/* ---- What is sent ---- */

static void make_entries(struct exchange *x, struct submission *s, const char *cx)
{
	struct document_entry **last = &s->entries;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		struct document_entry *own = arena_new(x->arena, struct document_entry);
		*own = *e;
		own->patient_id = cx;
		across_border_entry(x->region, own);
		own->home_community_id = own->repository_unique_id = NULL; /* theirs to say */
		own->extra = NULL;
		*last = own;
		last = &own->next;
	}
}

static void make_folders(struct exchange *x, struct submission *s, const char *cx)
{
	struct folder **last = &s->folders;
	for (const struct folder *f = s->folders; f != NULL; f = f->next) {
		struct folder *own = arena_new(x->arena, struct folder);
		*own = *f;
		own->patient_id = cx;
		own->home_community_id = NULL;
		own->extra = NULL;
		*last = own;
		last = &own->next;
	}
}

static void make_associations(struct exchange *x, struct submission *s)
{
	struct association **last = &s->associations;
	for (const struct association *o = s->associations; o != NULL; o = o->next) {
		struct association *own = arena_new(x->arena, struct association);
		*own = *o;
		own->home_community_id = NULL;
		own->extra = NULL;
		*last = own;
		last = &own->next;
	}
}

/* sourceId stays (ITI XCDR: 40.6.1). */
static void make_submission(struct exchange *x, const struct passing_on *r, const char *cx,
			    struct submission *out)
{
	struct submission_set *set = arena_new(x->arena, struct submission_set);
	*out = r->what.submission;
	*set = *out->set;
	set->patient_id = cx;
	set->home_community_id = NULL;
	set->extra = NULL;
	out->set = set;
	make_entries(x, out, cx);
	make_folders(x, out, cx);
	make_associations(x, out);
}

static const char *type_of(const struct submission *s, const char *entry_id)
{
	const struct document_entry *e = s->entries;
	while (e != NULL && !text_equal(e->id, entry_id))
		e = e->next;
	return e == NULL ? NULL : e->mime_type;
}

/* A large one stays in its file, which nothing but this exchange knows yet. */
static bool open_documents(struct exchange *x, const struct passing_on *r,
			   struct sent_submission *out)
{
	const struct soap_part **last = NULL;
	for (const struct provided_document *d = r->what.documents; d != NULL; d = d->next) {
		struct sent_document *one = arena_new(x->arena, struct sent_document);
		struct blob_content content;
		if (!blob_open_written(x->txn, d->blob, x->arena, &content, &x->problem))
			return false;
		one->entry_id = d->entry_id;
		one->part = (struct soap_part){
			.content_id = mtom_content_id(x->arena, x->random),
			.content_type = type_of(&r->what.submission, d->entry_id),
			.octets = content.octets,
			.fd = content.fd,
			.length = content.size,
		};
		if (last == NULL)
			out->documents = one;
		else
			*last = &one->part;
		last = &one->part.next;
	}
	return true;
}

static const struct soap_part *parts_of(const void *request)
{
	const struct sent_submission *s = request;
	return s->documents == NULL ? NULL : &s->documents->part;
}

static void write_document(struct xml_writer *w, const struct sent_document *d)
{
	const char *at = arena_printf(xml_writer_arena(w), "cid:%s", d->part.content_id);
	xml_open(w, "xds:Document");
	xml_put_attribute(w, "id", d->entry_id);
	xml_open(w, "xop:Include");
	xml_namespace_declare(w, "xop", XOP_NAMESPACE);
	xml_put_attribute(w, "href", at);
	xml_close(w);
	xml_close(w);
}

static void write_request(struct xml_writer *w, const void *request)
{
	const struct sent_submission *s = request;
	xml_open(w, "xds:ProvideAndRegisterDocumentSetRequest");
	xml_namespace_declare(w, "xds", XDSB_NAMESPACE);
	ebrim_put_submission_slot(w, &s->what, HOME_SLOT, s->to->home_community_id);
	for (const struct soap_part *p = parts_of(s); p != NULL; p = p->next)
		write_document(w, (const struct sent_document *)p);
	xml_close(w);
}

/* ITI XCDR: 3.41.4.1.2.2: there as well. */
static void write_headers(struct xml_writer *w, const void *request)
{
	const struct sent_submission *s = request;
	xml_open(w, "xdr:homeCommunityBlock");
	xml_namespace_declare(w, "xdr", SOAP_XCDR_NAMESPACE);
	xml_element_text(w, "xdr:homeCommunityId", s->to->home_community_id);
	xml_close(w);
}

/* ITI XCDR: 3.80.7.1: patient and submission set, as they left, and the home. */
static void call_audited(struct exchange *x, const struct exchange_call *c, struct audit_event *e)
{
	const struct sent_submission *s = c->request;
	audit_patient(x, e, s->what.set->patient_id);
	audit_about(x, e, s->record);
	audit_add_detail(x, audit_submission_set(x, e, s->what.set->unique_id),
			 "urn:ihe:iti:xca:2010:homeCommunityId",
			 bytes_of_text(c->to->home_community_id));
}

static const struct outward cross_gateway_document_provide = {
	.code = "ITI-80",
	.name = "CrossGatewayDocumentProvide", /* so it stands in ITI XCDR: 3.80.7.1 */
	.action = "urn:ihe:iti:2015:CrossGatewayDocumentProvide",
	.answer = "urn:ihe:iti:2015:CrossGatewayDocumentProvideResponse",
	.at = PARTNER_SUBMIT,
	.answer_most = 1 << 20, /* the errors of a submission of a thousand objects */
	.multipart = true,
	.once = true,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.write = write_request,
	.parts = parts_of,
	.write_headers = write_headers,
	.audited = call_audited,
};

static bool send(struct exchange *x, struct passing_on *r)
{
	struct partner_id id;
	if (!provided_pushes(x, &r->what) || exchange_look(x) == NULL || !find_patient(x, r, &id))
		return false;
	struct sent_submission *s = arena_new(x->arena, struct sent_submission);
	*s = (struct sent_submission){ .to = r->to, .record = id.record };
	make_submission(x, r, cx_text(x->arena, id.id, id.domain), &s->what);
	if (!open_documents(x, r, s))
		return false;
	r->sent = s;
	exchange_call(x, &cross_gateway_document_provide, r->to, s);
	return true;
}

/* ---- What it said ---- */

static bool no_answer(struct exchange *x, const struct exchange_call *c)
{
	struct findings f = findings_in(x->arena);
	findings_error(&f, PROBLEM_UNAVAILABLE_COMMUNITY, c->to->home_community_id,
		       c->to->home_community_id, "community %s gave no answer that counts: %s",
		       c->to->name, c->problem.what);
	return exchange_findings(x, &f);
}

static bool answered(struct exchange *x, struct passing_on *r)
{
	struct exchange_call *c = x->calls;
	struct findings said = findings_in(x->arena);
	if (c->answer == NULL
	    || !ebrim_read_response(c->answer->body, &r->status, &said, &c->problem))
		return no_answer(x, c);
	r->answered = true;
	if (r->status == RESPONSE_FAILURE)
		problem_set(&c->problem, PROBLEM_REGISTRY_REFUSED,
			    "community %s refused the submission", c->to->name);
	for (const struct finding *f = said.first; f != NULL; f = f->next)
		findings_relay(&r->said, f->warning, f->relayed, f->problem.what,
			       f->location == NULL ? c->to->home_community_id : f->location);
	return true;
}

bool provide_elsewhere_call(struct exchange *x)
{
	struct passing_on *r = (struct passing_on *)x->request;
	return x->calls == NULL ? send(x, r) : answered(x, r);
}

/* It may have failed without a reason. */
bool provide_elsewhere_handle(struct exchange *x)
{
	const struct passing_on *r = x->request;
	if (!exchange_findings(x, &r->said) || r->status != RESPONSE_FAILURE)
		return x->problem.code == PROBLEM_NONE;
	return exchange_finding(x, false, r->to->home_community_id, &x->calls->problem);
}

void provide_elsewhere_audited(struct exchange *x, struct audit_event *e)
{
	const struct passing_on *r = x->request;
	if (r == NULL)
		return;
	provided_audit(x, e, &r->what);
	if (r->sent != NULL)
		audit_about(x, e, r->sent->record);
}

/* PartialSuccess is what it said, though errors came with it. */
void provide_elsewhere_answer(struct exchange *x, struct xml_writer *w)
{
	const struct passing_on *r = x->request;
	if (r != NULL && r->answered && r->status == RESPONSE_PARTIAL_SUCCESS)
		ebrim_put_response(w, r->status, SIDE_REPOSITORY, &x->problem, x->findings);
	else
		provided_answer(x, w);
}
