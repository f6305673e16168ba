/* profiles/xds/iti62_remove_metadata.c
 *
 * Remove Metadata [ITI-62], ITI Remove Metadata and Documents (RMD): a Document Administrator names
 * objects of the registry by entryUUID, and they go, all of them or none. */
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_removal.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/transaction.h"

/* lcm:RemoveObjectsRequest: objects are named one by one, never by a query. */
static const struct xml_place in_request[] = { { RIM_NAMESPACE, "ObjectRefList", 1 }, { 0 } };
static const struct xml_place in_list[] = { { RIM_NAMESPACE, "ObjectRef", 0 }, { 0 } };
static const struct xml_place in_reference[] = { { 0 } };
static const char *const request_attributes[] = { "id", "comment", "deletionScope", NULL };
static const char *const reference_attributes[] = { "id", "home", "createReplica", "objectType",
						    NULL };

static bool malformed(struct exchange *x, const struct xml_node *n, const char *what)
{
	return problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, n), "%s %s",
			  xml_local(n), what);
}

static bool fits(struct exchange *x, const struct xml_node *n, const struct xml_place *places,
		 const char *const *attributes)
{
	const char *what, *stray = attributes == NULL ? NULL : xml_stray_attribute(n, attributes);
	const struct xml_node *misfit = xml_misfit(n, places, &what);
	if (misfit != NULL)
		return malformed(x, misfit, what);
	return stray == NULL || malformed(x, n, "has an attribute that is not known");
}

/* What else there is would leave the metadata, or the documents, which are removed by ITI-86. */
static bool scope_is_all(struct exchange *x, const struct xml_node *request)
{
	const char *scope = xml_attribute(request, "deletionScope");
	return scope == NULL
	       || text_equal(scope, "urn:oasis:names:tc:ebxml-regrep:DeletionScopeType:DeleteAll")
	       || malformed(x, request, "has a deletionScope other than DeleteAll");
}

/* NULL: it is none, and that is told. */
static struct text_value *read_reference(struct exchange *x, const struct xml_node *n)
{
	if (!fits(x, n, in_reference, reference_attributes))
		return NULL;
	const char *id = xml_attribute(n, "id"), *home = xml_attribute(n, "home");
	struct text_value *one = arena_new(x->arena, struct text_value);
	one->value = id == NULL ? NULL : metadata_type_uuid(x->arena, id);
	if (one->value == NULL)
		malformed(x, n, "has no id, or one that is not urn:uuid: and a UUID");
	else if (!text_empty(home) && !text_equal(home, x->region->home_community_id))
		problem_at(&x->problem, PROBLEM_UNKNOWN_COMMUNITY, home, "is not this community");
	return x->problem.code == PROBLEM_NONE ? one : NULL;
}

/* Each is the committer's work, as those of a submission are. */
static bool read_references(struct exchange *x, const struct xml_node *list)
{
	struct text_value *last = NULL;
	unsigned count = 0;
	const struct xml_node *n = xml_child(list, RIM_NAMESPACE, "ObjectRef");
	for (; n != NULL; n = xml_next(n, RIM_NAMESPACE, "ObjectRef")) {
		struct text_value *one = read_reference(x, n);
		if (one == NULL)
			return false;
		if (last == NULL)
			x->request = one;
		else
			last->next = one;
		last = one;
		if (++count > x->region->submission_objects)
			return problem_set(&x->problem, PROBLEM_TOO_LARGE,
					   "at most %u objects are removed at a time "
					   "(submission-objects)",
					   x->region->submission_objects);
	}
	return last != NULL || malformed(x, list, "names no objects");
}

static bool read_request(struct exchange *x)
{
	const struct xml_node *request = x->soap->body;
	if (!fits(x, request, in_request, request_attributes) || !scope_is_all(x, request))
		return false;
	const struct xml_node *list = xml_child(request, RIM_NAMESPACE, "ObjectRefList");
	if (list == NULL)
		return malformed(x, request, "names no objects");
	return fits(x, list, in_list, NULL) && read_references(x, list);
}

static bool handle(struct exchange *x)
{
	struct removed *r = arena_new(x->arena, struct removed);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->result = r;
	document_registry_remove(&d, x->request, r, &f);
	return exchange_findings(x, &f);
}

/* The patient, and each object by its id. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct removed *r = x->result;
	for (const struct registry_owner *o = r == NULL ? NULL : r->owners; o != NULL; o = o->next)
		audit_about(x, e, o->subject);
	for (const struct text_value *v = r == NULL ? NULL : r->patient_ids; v != NULL; v = v->next)
		audit_patient(x, e, v->value);
	for (const struct text_value *v = x->request; v != NULL; v = v->next) {
		struct audit_object *o = audit_add_object(x, e);
		o->id = v->value;
		o->type_code = 2;
		o->type_code_role = 3;
		o->life_cycle = AUDIT_ERASED;
		o->id_type = (struct coded_value){ .code = "urn:ihe:iti:2017:ObjectRef",
						   .scheme = "IHE XDS Metadata",
						   .display = "registry object reference" };
	}
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	ebrim_put_response(w, ebrim_status(&x->problem, x->findings, false), SIDE_REGISTRY,
			   &x->problem, x->findings);
}

static const struct route routes[] = { { .request = "urn:ihe:iti:2010:DeleteDocumentSet",
					 .detail = "RemoveObjectsRequest",
					 .namespace_uri = LCM_NAMESPACE,
					 .answer = "urn:ihe:iti:2010:DeleteDocumentSetResponse" },
				       { 0 } };

const struct transaction iti62_remove_metadata = {
	.code = "ITI-62",
	.name = "Remove Metadata",
	.section = "ITI RMD: 3.62",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110110, /* DCM Patient Record */
	.audit_action = AUDIT_DELETE,
	.request_grammar = "iti62-request.rng",
	.answer_grammar = "iti62-response.rng",
	.read = read_request,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
