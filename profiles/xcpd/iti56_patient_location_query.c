/* profiles/xcpd/iti56_patient_location_query.c
 *
 * Patient Location Query [ITI-56], of the supplement XCPD Health Data Locator and Revoke (ITI TF-2:
 * 3.56). We are the Responding Gateway: another community asks which communities know a patient.
 *
 * Where else somebody is known is told to no third, so we are no Health Data Locator of anybody: we
 * say so of each whom we return (ITI-55, NotHealthDataLocator), and answer with no data (ITI TF-2:
 * 3.55.4.2.2.5), whomever is asked for. So nothing is looked up, and nothing can be seen of who is
 * there.
 */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/person_reader.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/transaction.h"
#include "profiles/xcpd/time_to_live.h"
#include "schemas/tables/leniency.h"

enum { LOCATION_ID = 250 }; /* characters of an id, or of its root */

struct location_request {
	const char *root, *extension;
};

static bool is_id(const char *text)
{
	return !text_empty(text) && strlen(text) <= LOCATION_ID;
}

/* One id, whole. An Individual Number is none, and nothing of it is repeated. */
static bool read_id(struct exchange *x, struct location_request *r)
{
	const struct xml_node *n = xml_child(x->soap->body, XCPD_NAMESPACE, "RequestedPatientId");
	const char *where = xml_path(x->arena, n == NULL ? x->soap->body : n);
	struct hl7_person_rules rules;
	exchange_person_rules(x, &rules);
	r->root = xml_attribute(n, "root");
	r->extension = xml_attribute(n, "extension");
	if (!is_id(r->root) || !is_id(r->extension)
	    || xml_next(n, XCPD_NAMESPACE, "RequestedPatientId") != NULL)
		return problem_at(&x->problem, PROBLEM_FIELD_MISSING, where,
				  "one RequestedPatientId is needed, with its root and extension");
	if (text_is_my_number(r->root)
	    || (!rules.twelve_digit_ids && text_is_my_number(r->extension))) {
		r->root = r->extension = NULL;
		return problem_at(&x->problem, PROBLEM_TABLE_VALUE, where,
				  "an Individual Number is nobody's id" TWELVE_DIGIT_IDS_REMEDY);
	}
	return true;
}

static bool read_request(struct exchange *x)
{
	struct location_request *r = arena_new(x->arena, struct location_request);
	x->request = r;
	if (!read_id(x, r))
		return false;
	return region_community_of(x->region, x->sender) != NULL
	       || problem_set(&x->problem, PROBLEM_NOT_PERMITTED,
			      "only the gateway of another community asks here");
}

static bool handle(struct exchange *x)
{
	x->lacks = true;
	return true;
}

static void record_query(struct exchange *x, struct audit_event *e)
{
	const struct location_request *r = x->request;
	if (r == NULL || r->root == NULL || r->extension == NULL)
		return;
	const char *cx = cx_text(x->arena, r->extension, r->root);
	struct xml_writer *w = xml_writer_begin(x->arena);
	audit_patient(x, e, cx);
	xml_copy_node(w, x->soap->body);
	/* An Individual Number stands in no record. */
	bool kept = audit_patient_id(x, cx) == cx;
	audit_query(x, e, x->soap->message_id == NULL ? "unknown" : x->soap->message_id,
		    kept ? xml_writer_end(w) : bytes_of_text("withheld"));
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	(void)x;
	xml_open(w, "xcpd:PatientLocationQueryResponse");
	xml_namespace_declare(w, "xcpd", XCPD_NAMESPACE);
	xml_close(w);
}

static const struct route routes[] = {
	{ .request = "urn:ihe:iti:2009:PatientLocationQuery",
	  .detail = "PatientLocationQueryRequest",
	  .namespace_uri = XCPD_NAMESPACE,
	  .answer = "urn:ihe:iti:2009:PatientLocationQueryResponse" },
	{ 0 }
};

const struct transaction iti56_patient_location_query = {
	.code = "ITI-56",
	.name = "Patient Location Query",
	.section = "ITI TF-2: 3.56",
	.actor = DISCOVERY_GATEWAY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.refuses_by_fault = true,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110112,
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti56-request.rng",
	.answer_grammar = "iti56-response.rng",
	.read = read_request,
	.handle = handle,
	.audited = record_query,
	.answer_xml = answer,
};
