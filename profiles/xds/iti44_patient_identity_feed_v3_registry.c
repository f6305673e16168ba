/* profiles/xds/iti44_patient_identity_feed_v3_registry.c
 *
 * Patient Identity Feed HL7 V3 [ITI-44], ITI TF-2: 3.44. We are the Document Registry: the
 * Patient Identity Source of the affinity domain says which patient ids there are, and which were
 * merged (3.44.4.1.3, 3.44.4.2.4). The same messages as for the cross-reference manager, elsewhere.
 */
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/soap.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"

struct feed_request {
	struct hl7v3_message message;
	struct identity_feed feed;
};

static bool read_feed(struct exchange *x)
{
	struct feed_request *r = arena_new(x->arena, struct feed_request);
	x->request = r;
	return hl7v3_open(x->arena, x->soap->body, &r->message, &x->problem)
		&& hl7v3_read_feed(x->arena, &r->message, &r->feed, &x->problem);
}

static bool feed_patient(struct exchange *x)
{
	const struct feed_request *r = x->request;
	struct cross_reference_fed *fed = arena_new(x->arena, struct cross_reference_fed);
	x->result = fed;
	return cross_reference_feed_registry(x->txn, x->arena, x->region, x->sender, &r->feed, fed,
					     &x->problem);
}

static void record_feed(struct exchange *x, struct audit_event *e)
{
	const struct feed_request *r = x->request;
	if (r != NULL)
		audit_feed(x, e, &r->feed, x->result, "II");
}

/* CA, or CE with what was wrong and where: 3.44.4.1.3. */
static void acknowledge(struct exchange *x, struct xml_writer *w)
{
	const struct feed_request *r = x->request;
	bool done = x->problem.code == PROBLEM_NONE;
	hl7v3_write_accept(w, &(struct hl7v3_answer){
		.interaction = "MCCI_IN000002UV01", .acknowledgement = done ? "CA" : "CE",
		.request = &r->message, .device_id = x->region->device_id, .now = x->now,
		.random = x->random, .findings = x->findings, .problem = &x->problem,
	});
}

static const struct route routes[] = {
	{ "urn:hl7-org:v3:PRPA_IN201301UV02", "PRPA_IN201301UV02", HL7V3_NAMESPACE,
	  "urn:hl7-org:v3:MCCI_IN000002UV01" },
	{ "urn:hl7-org:v3:PRPA_IN201302UV02", "PRPA_IN201302UV02", HL7V3_NAMESPACE,
	  "urn:hl7-org:v3:MCCI_IN000002UV01" },
	{ "urn:hl7-org:v3:PRPA_IN201304UV02", "PRPA_IN201304UV02", HL7V3_NAMESPACE,
	  "urn:hl7-org:v3:MCCI_IN000002UV01" },
	{ 0 }
};

const struct transaction iti44_patient_identity_feed_v3_registry = {
	.code = "ITI-44",
	.name = "Patient Identity Feed",
	.section = "ITI TF-2: 3.44",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE,	/* C, U or D by what was fed: audit_feed() */
	.request_grammar = "iti44-request.rng",
	.answer_grammar = "iti44-response.rng",
	.read = read_feed,
	.handle = feed_patient,
	.audited = record_feed,
	.answer_xml = acknowledge,
};
