/* profiles/xca/retrieve_elsewhere.c
 *
 * Cross Gateway Retrieve [ITI-39], ITI TF-2: 3.39, from the asking side. */
#include "profiles/xca/retrieve_elsewhere.h"

#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/mtom_ranges.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/transaction.h"
#include "profiles/xca/whose_documents.h"
#include "profiles/xds/document_requests.h"
#include "schemas/model/registry_query.h"

/* ---- Whose ---- */

static bool asks_others(const struct exchange *x)
{
	enum actor actor = x->transaction->actor;
	return x->region->asks_communities
	       && (actor == DOCUMENT_REPOSITORY || actor == INITIATING_GATEWAY)
	       && region_community_of(x->region, x->sender) == NULL;
}

static const struct partner *community_of(const struct exchange *x,
					  const struct document_request *r)
{
	return r->home_community_id == NULL
			       || text_equal(r->home_community_id, x->region->home_community_id)
		       ? NULL
		       : region_community(x->region, r->home_community_id);
}

enum whose_request retrieve_elsewhere_whose(const struct exchange *x,
					    const struct document_request *r)
{
	if (r->home_community_id == NULL && x->transaction->actor == INITIATING_GATEWAY)
		return REQUEST_WITHOUT_HOME;
	return asks_others(x) && community_of(x, r) != NULL ? REQUEST_ELSEWHERE : REQUEST_OURS;
}

static bool same_document(const struct document_request *a, const struct document_request *b)
{
	return text_equal(a->document_unique_id, b->document_unique_id)
	       && text_equal(a->repository_unique_id, b->repository_unique_id)
	       && text_equal(a->home_community_id, b->home_community_id);
}

static bool is_among(const struct document_request *all, const struct document_request *r)
{
	while (all != NULL && !same_document(all, r))
		all = all->next;
	return all != NULL;
}

/* ---- Asking ---- */

static void write_request(struct xml_writer *w, const void *request)
{
	xml_open(w, "xds:RetrieveDocumentSetRequest");
	xml_namespace_declare(w, "xds", XDSB_NAMESPACE);
	for (const struct document_request *r = request; r != NULL; r = r->next) {
		xml_open(w, "xds:DocumentRequest");
		xml_element_text(w, "xds:HomeCommunityId", r->home_community_id);
		xml_element_text(w, "xds:RepositoryUniqueId", r->repository_unique_id);
		xml_element_text(w, "xds:DocumentUniqueId", r->document_unique_id);
		xml_close(w);
	}
	xml_close(w);
}

/* One of the records that a call leaves: of documents of one patient that came, or did not. */
struct told_part {
	uint64_t subject;
	bool came;
	struct audit_event *event;
	struct told_part *next;
};

/* whole: as the call's event was, which is the first part's. */
static struct audit_event *begin_part(struct exchange *x, struct audit_event *first,
				      const struct audit_event *whole,
				      const struct wanted_document *w, bool came)
{
	struct audit_event *e = first->objects == NULL ? first : audit_another(x, first);
	struct audit_event *after = e->next;
	*e = *whole;
	e->next = after;
	if (w->patient_id != NULL)
		audit_patient(x, e, w->patient_id);
	audit_about(x, e, w->subject);
	if (!came && e->outcome == AUDIT_SUCCESS) {
		e->outcome = AUDIT_SERIOUS;
		e->problem = problem_row(PROBLEM_DOCUMENT_UNIQUE_ID)->name;
		e->outcome_description = e->problem;
	}
	return e;
}

/* ITI TF-2: 3.39.6, 3.43.6.1: a record names one patient, as the community did when it was asked of
 * whom the documents are; what came and what did not are records of their own. */
static void audited(struct exchange *x, const struct exchange_call *c, struct audit_event *e)
{
	const struct audit_event whole = *e;
	struct told_part *parts = NULL;
	for (const struct document_request *r = c->request; r != NULL; r = r->next) {
		const struct wanted_document *w = (const struct wanted_document *)r;
		bool came = whole.outcome == AUDIT_SUCCESS && w->came;
		struct told_part *p = parts;
		while (p != NULL && !(p->subject == w->subject && p->came == came))
			p = p->next;
		if (p == NULL) {
			p = arena_new(x->arena, struct told_part);
			*p = (struct told_part){ w->subject, came,
						 begin_part(x, e, &whole, w, came), parts };
			parts = p;
		}
		document_requests_audit(x, p->event, r);
	}
}

static const struct outward cross_gateway_retrieve = {
	.code = "ITI-39",
	.name = "Cross Gateway Retrieve",
	.action = "urn:ihe:iti:2007:CrossGatewayRetrieve",
	.answer = "urn:ihe:iti:2007:CrossGatewayRetrieveResponse",
	.at = PARTNER_RETRIEVE,
	.multipart = true,
	.spooled = true,
	.brings = true,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.write = write_request,
	.audited = audited,
};

/* Those of one community, each once. */
static struct wanted_document *all_of(struct exchange *x, const struct partner *p)
{
	struct wanted_document *first = NULL;
	struct document_request *last = NULL;
	for (const struct document_request *r = x->request; r != NULL; r = r->next) {
		if (community_of(x, r) != p || (first != NULL && is_among(&first->request, r)))
			continue;
		struct wanted_document *one = arena_new(x->arena, struct wanted_document);
		one->request = *r;
		one->request.next = NULL;
		if (last == NULL)
			first = one;
		else
			last->next = &one->request;
		last = &one->request;
	}
	return first;
}

static bool is_asked(const struct exchange *x, const struct partner *p)
{
	const struct exchange_call *c = x->calls;
	while (c != NULL && c->to != p)
		c = c->next;
	return c != NULL;
}

/* What each said of whom they are decides what is fetched of it. */
static bool fetch(struct exchange *x)
{
	struct wanted_document *may;
	for (struct exchange_call *c = x->calls; c != NULL; c = c->next) {
		if (!whose_documents_is(c))
			continue;
		if (!whose_documents_judge(x, c, &may))
			return false;
		if (may != NULL)
			exchange_call(x, &cross_gateway_retrieve, c->to, &may->request);
	}
	return true;
}

/* All communities at once: first of whom the documents are, then for those that may be given. */
bool retrieve_elsewhere_ask(struct exchange *x)
{
	if (x->calls != NULL)
		return fetch(x);
	for (const struct document_request *r = asks_others(x) ? x->request : NULL; r != NULL;
	     r = r->next) {
		const struct partner *p = community_of(x, r);
		if (p != NULL && !is_asked(x, p))
			whose_documents_ask(x, p, all_of(x, p));
	}
	return true;
}

/* ---- What one of them gave ---- */

struct taking {
	struct exchange *x;
	struct exchange_call *call;
	struct findings *findings;
	struct elsewhere_document *first, **last;
	struct spoilt *spoilt; /* what was told of already */
};

struct spoilt {
	const struct document_request *request;
	struct spoilt *next;
};

/* Nothing more is to be said of it. */
static void is_told(struct taking *t, const struct document_request *r)
{
	struct spoilt *s = arena_new(t->x->arena, struct spoilt);
	*s = (struct spoilt){ r, t->spoilt };
	t->spoilt = s;
}

/* A document's own error. */
static bool is_spoilt(struct taking *t, const struct document_request *r, const char *why)
{
	is_told(t, r);
	return findings_error(t->findings, PROBLEM_COMMUNITY_CONTRADICTS, r->document_unique_id,
			      r->document_unique_id, "the document of community %s %s",
			      t->call->to->name, why);
}

static const char *text_of(struct taking *t, const struct xml_node *response, const char *name)
{
	const struct xml_node *n = xml_child(response, XDSB_NAMESPACE, name);
	const char *text = n == NULL ? NULL : text_trimmed(t->x->arena, xml_text(t->x->arena, n));
	return text_empty(text) ? NULL : text;
}

/* Two documents would be one. */
static bool is_used(const struct taking *t, const struct mtom_range *part)
{
	const struct elsewhere_document *d = t->first;
	while (d != NULL && !(d->fd >= 0 && d->offset == part->offset && d->from == t->call->to))
		d = d->next;
	return d != NULL;
}

/* NULL: all is well with it. */
static const char *what_is_wrong(const struct taking *t, const struct mtom_range *part)
{
	const struct problem *cut = &t->call->cut;
	if (part == NULL && cut->code != PROBLEM_NONE)
		return arena_printf(t->x->arena, "did not come: %s", cut->what);
	if (part == NULL)
		return "is named by a Content-ID that no part of its answer has";
	if (part->ambiguous)
		return "is named by a Content-ID that two parts of its answer have";
	if (part->encoded)
		return "came with a Content-Transfer-Encoding, and not as the octets it is";
	if (!part->whole)
		return arena_printf(t->x->arena, "came in part: %s", cut->what);
	return is_used(t, part) ? "came in a part that is another document's as well" : NULL;
}

static bool in_part(struct taking *t, const char *content_id, struct elsewhere_document *d)
{
	const struct mtom_range *part = mtom_range_of(t->x->arena, t->call->ranges, content_id);
	const char *wrong = what_is_wrong(t, part);
	if (wrong != NULL)
		return is_spoilt(t, d->request, wrong);
	d->fd = t->call->fd;
	d->offset = part->offset;
	d->length = part->length;
	return true;
}

static bool inline_octets(struct taking *t, const struct xml_node *document,
			  struct elsewhere_document *d)
{
	if (!bytes_from_base64(t->x->arena, xml_text(t->x->arena, document), &d->octets))
		return is_spoilt(t, d->request, "is neither a part of its answer nor base64");
	d->length = d->octets.length;
	return true;
}

static bool take_octets(struct taking *t, const struct xml_node *response,
			struct elsewhere_document *d)
{
	const struct xml_node *document = xml_child(response, XDSB_NAMESPACE, "Document");
	const char *content_id = NULL;
	struct problem p = { .code = PROBLEM_NONE };
	if (document == NULL)
		return is_spoilt(t, d->request, "came without a Document");
	if (!xop_reference(t->x->arena, document, &content_id, &p))
		return is_spoilt(t, d->request, "is included in a way that cannot be read");
	return content_id != NULL ? in_part(t, content_id, d) : inline_octets(t, document, d);
}

static const struct document_request *request_of(const struct taking *t,
						 const struct document_request *said)
{
	const struct document_request *r = t->call->request;
	while (r != NULL && !same_document(r, said))
		r = r->next;
	return r;
}

/* It is not given, and that is told: whoever asked did not ask for it. */
static void drop(struct taking *t, const struct document_request *said, const char *why)
{
	findings_warn(t->findings, PROBLEM_COMMUNITY_CONTRADICTS, t->call->to->home_community_id,
		      said->document_unique_id,
		      "community %s gave a document that %s; it was dropped", t->call->to->name,
		      why);
}

static struct elsewhere_document *document_of(struct taking *t, const struct xml_node *response,
					      const struct document_request *said)
{
	struct elsewhere_document *d = arena_new(t->x->arena, struct elsewhere_document);
	*d = (struct elsewhere_document){
		.request = request_of(t, said),
		.from = t->call->to,
		.mime_type = text_of(t, response, "mimeType"),
		.new_unique_id = text_of(t, response, "NewDocumentUniqueId"),
		.new_repository_unique_id = text_of(t, response, "NewRepositoryUniqueId"),
		.fd = -1,
	};
	const struct wanted_document *w = (const struct wanted_document *)d->request;
	d->subject = w == NULL ? 0 : w->subject;
	d->patient_id = w == NULL ? NULL : w->patient_id;
	return d;
}

static bool without_home(struct taking *t, const struct document_request *r)
{
	is_told(t, r);
	return findings_error(t->findings, PROBLEM_MISSING_HOME_COMMUNITY,
			      t->call->to->home_community_id, r->document_unique_id,
			      "community %s gave this document without HomeCommunityId",
			      t->call->to->name);
}

static void take_document(struct taking *t, const struct xml_node *response)
{
	struct document_request said = {
		.home_community_id = text_of(t, response, "HomeCommunityId"),
		.repository_unique_id = text_of(t, response, "RepositoryUniqueId"),
		.document_unique_id = text_of(t, response, "DocumentUniqueId"),
	};
	bool nameless = said.home_community_id == NULL;
	if (nameless)
		said.home_community_id = t->call->to->home_community_id;
	struct elsewhere_document *d = document_of(t, response, &said);
	if (d->request == NULL) {
		drop(t, &said, "nobody asked it for");
	} else if (retrieve_elsewhere_given(t->first, d->request) != NULL) {
		drop(t, &said, "it had given already");
	} else if (nameless) {
		without_home(t, d->request);
	} else if (d->mime_type == NULL) {
		is_spoilt(t, d->request, "came without a mimeType");
	} else if (take_octets(t, response, d)) {
		*t->last = d;
		t->last = &d->next;
	}
}

/* In its own words; where it does not say where, it is there. */
static void relay(struct taking *t, const struct findings *said)
{
	for (const struct finding *f = said->first; f != NULL; f = f->next)
		findings_relay(t->findings, f->warning, f->relayed, f->problem.what,
			       f->location == NULL ? t->call->to->home_community_id : f->location);
}

/* It names that document in an error. */
static bool says_why(const struct findings *said, const struct document_request *r)
{
	for (const struct finding *f = said->first; f != NULL; f = f->next)
		if (!f->warning
		    && (strstr(f->problem.what, r->document_unique_id) != NULL
			|| (f->location != NULL
			    && strstr(f->location, r->document_unique_id) != NULL)))
			return true;
	return false;
}

/* A Responding Gateway may keep its reasons to itself (ITI TF-2: 3.39.4.2.3); who asked us is told
 * which of his documents he does not get. */
static void tell_missing(struct taking *t, const struct findings *said)
{
	for (const struct document_request *r = t->call->request; r != NULL; r = r->next) {
		const struct spoilt *s = t->spoilt;
		while (s != NULL && s->request != r)
			s = s->next;
		if (s == NULL && retrieve_elsewhere_given(t->first, r) == NULL
		    && !says_why(said, r))
			findings_error(t->findings, PROBLEM_DOCUMENT_UNIQUE_ID,
				       r->document_unique_id, r->document_unique_id,
				       "community %s gave neither this document nor a reason",
				       t->call->to->name);
	}
}

static bool no_answer(struct taking *t)
{
	const struct partner *to = t->call->to;
	return findings_error(t->findings, PROBLEM_UNAVAILABLE_COMMUNITY, to->home_community_id,
			      to->home_community_id, "community %s gave no answer that counts: %s",
			      to->name, t->call->problem.what);
}

static bool take_answer(struct taking *t)
{
	const struct soap_message *answer = t->call->answer;
	struct findings said = findings_in(t->x->arena);
	enum response_status status;
	if (answer == NULL)
		return no_answer(t);
	const struct xml_node *response = xml_child(answer->body, RS_NAMESPACE, "RegistryResponse");
	t->call->problem = (struct problem){ .code = PROBLEM_NONE };
	if (!xml_is(answer->body, XDSB_NAMESPACE, "RetrieveDocumentSetResponse")
	    || response == NULL) {
		problem_set(&t->call->problem, PROBLEM_MALFORMED,
			    "its answer is no RetrieveDocumentSetResponse");
		return no_answer(t);
	}
	if (!ebrim_read_response(response, &status, &said, &t->call->problem))
		return no_answer(t);
	relay(t, &said);
	const struct xml_node *d = xml_child(answer->body, XDSB_NAMESPACE, "DocumentResponse");
	for (; d != NULL; d = xml_next(d, XDSB_NAMESPACE, "DocumentResponse"))
		take_document(t, d);
	tell_missing(t, &said);
	return true;
}

/* For its record: what it was asked for it did not give. */
static void conclude(struct taking *t)
{
	struct exchange_call *c = t->call;
	bool any = false;
	for (const struct document_request *r = c->request; r != NULL; r = r->next) {
		struct wanted_document *w = (struct wanted_document *)r;
		w->came = retrieve_elsewhere_given(t->first, r) != NULL;
		any = any || w->came;
	}
	if (any)
		return;
	problem_set(&c->problem, PROBLEM_REGISTRY_REFUSED, "community %s gave none of them",
		    c->to->name);
}

const struct elsewhere_document *retrieve_elsewhere_take(struct exchange *x, struct findings *f)
{
	struct taking t = { .x = x, .findings = f };
	t.last = &t.first;
	for (t.call = x->calls; t.call != NULL; t.call = t.call->next) {
		if (!whose_documents_is(t.call)) {
			if (take_answer(&t))
				conclude(&t);
		} else if (t.call->answer == NULL) {
			no_answer(&t);
		} else {
			whose_documents_tell(t.call, f);
		}
	}
	return t.first;
}

const struct elsewhere_document *retrieve_elsewhere_given(const struct elsewhere_document *all,
							  const struct document_request *r)
{
	while (all != NULL && !same_document(all->request, r))
		all = all->next;
	return all;
}
