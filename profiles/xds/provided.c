/* profiles/xds/provided.c: documents with their metadata, as they came. */
#include "profiles/xds/provided.h"

#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "profiles/national/national_arrived.h"
#include "profiles/xds/outcome.h"

const struct route provided_routes[] = {
	{ .request = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
	  .detail = "ProvideAndRegisterDocumentSetRequest",
	  .namespace_uri = XDSB_NAMESPACE,
	  .answer = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-bResponse" },
	{ 0 }
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
static void check_parts_named(struct exchange *x, const struct provided *r, struct findings *f)
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

static bool read_documents(struct exchange *x, struct provided *r, struct findings *f)
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

/* ---- For which community ---- */

/* What a header and a slot of the request say, each value once, and no more than two: more than one
 * are too many. The header is there for bodies that are encrypted (ITI XCDR: 3.41.4.1.2.2), so that
 * either will do. */
struct targets {
	struct text_list *first, **last;
};

static void add_target(struct arena *a, struct targets *t, const char *text)
{
	bool full = t->first != NULL && t->first->next != NULL;
	text = text_trimmed(a, text);
	if (!full && !text_empty(text) && !text_list_has(t->first, text))
		t->last = text_list_add(a, t->last, text);
}

static const struct text_list *targets_of(const struct exchange *x)
{
	struct targets t = { .last = &t.first };
	const struct xml_node *block = xml_child(x->soap->header, SOAP_XCDR_NAMESPACE,
						 "homeCommunityBlock");
	for (; block != NULL; block = xml_next(block, SOAP_XCDR_NAMESPACE, "homeCommunityBlock"))
		for (const struct xml_node *id =
			     xml_child(block, SOAP_XCDR_NAMESPACE, "homeCommunityId");
		     id != NULL; id = xml_next(id, SOAP_XCDR_NAMESPACE, "homeCommunityId"))
			add_target(x->arena, &t, xml_text(x->arena, id));
	for (const struct text_list *v = ebrim_request_slot(
		     x->arena, xml_child(x->soap->body, LCM_NAMESPACE, "SubmitObjectsRequest"),
		     HOME_SLOT);
	     v != NULL; v = v->next)
		add_target(x->arena, &t, v->value);
	return t.first;
}

bool provided_names(struct exchange *x, const char **home)
{
	const struct text_list *said = targets_of(x);
	*home = said == NULL ? NULL : said->value;
	return said == NULL || said->next == NULL
	       || problem_at(&x->problem, PROBLEM_UNKNOWN_COMMUNITY, HOME_SLOT,
			     "two communities are named, and a submission is for one");
}

bool provided_is_for_us(struct exchange *x)
{
	const char *ours = x->region->home_community_id, *said;
	if (!provided_names(x, &said))
		return false;
	if (said == NULL)
		return !actor_is_across_the_border(x->transaction->actor)
		       || problem_at(&x->problem, PROBLEM_MISSING_HOME_COMMUNITY, HOME_SLOT,
				     "is needed in the header homeCommunityBlock and as a slot of "
				     "the request: this community's is \"%s\"",
				     ours);
	return text_equal(said, ours)
	       || problem_at(&x->problem, PROBLEM_UNKNOWN_COMMUNITY, HOME_SLOT,
			     "\"%s\" is not this community, which is \"%s\"", said, ours);
}

bool provided_read(struct exchange *x, struct provided *r, struct findings *f, bool *readable)
{
	struct registry_desk d = exchange_desk(x);
	const struct xml_node *metadata = xml_child(x->soap->body, LCM_NAMESPACE,
						    "SubmitObjectsRequest");
	bool few = takes(x, &d, metadata, f);
	*readable = fits(x, x->soap->body, in_request, f)
		    && ebrim_read_submission_slot(x->arena, metadata, HOME_SLOT, &r->submission, f);
	if (r->submission.set != NULL)
		r->patient_id = r->submission.set->patient_id;
	return few ? read_documents(x, r, f) : exchange_findings(x, f);
}

struct audit_object *provided_audit(struct exchange *x, struct audit_event *e,
				    const struct provided *r)
{
	if (r->patient_id != NULL)
		audit_patient(x, e, r->patient_id);
	if (r->submission.set == NULL || r->submission.set->unique_id == NULL)
		return NULL;
	struct audit_object *o = audit_submission_set(x, e, r->submission.set->unique_id);
	const struct text_list own = { .value = x->region->home_community_id };
	const struct text_list *home = targets_of(x);
	/* A record of ITI-80 names one always (ITI XCDR: 3.80.7.2): it came to us. */
	if (home == NULL && actor_is_across_the_border(x->transaction->actor))
		home = &own;
	for (; home != NULL; home = home->next)
		audit_add_detail(x, o, "urn:ihe:iti:xca:2010:homeCommunityId",
				 bytes_of_text(home->value));
	return o;
}

bool provided_pushes(struct exchange *x, const struct provided *r)
{
	const struct national_arrived *unused;
	struct findings f = findings_in(x->arena);
	if (!national_arrive(&r->submission, r->documents))
		return true;
	if (exchange_look(x) == NULL)
		return false;
	struct registry_desk d = exchange_desk(x);
	national_arrived_read(&d, &r->submission, r->documents, SUBMISSION_PUSHES, &unused, &f);
	return exchange_findings(x, &f);
}

void provided_answer(struct exchange *x, struct xml_writer *w)
{
	const struct outcome o = outcome_of(x);
	ebrim_put_response(w, ebrim_status(o.problem, o.findings, false), SIDE_REPOSITORY,
			   o.problem, o.findings);
}
