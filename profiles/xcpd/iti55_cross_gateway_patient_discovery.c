/* profiles/xcpd/iti55_cross_gateway_patient_discovery.c
 *
 * Cross Gateway Patient Discovery [ITI-55], ITI TF-2: 3.55. We are the Responding Gateway: another
 * community says what it knows of a patient, and gets the code by which it may ask for him, if one
 * of our persons is meant for sure and may be seen by it (profiles/actors/patient_discovery.h).
 *
 * The code is made in the job of its answer, so this is a write; who is meant is found out before,
 * in a snapshot. What is asked is who is there, so every answer leaves at a tick
 * (gateway/ticks.h).
 */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/patient_discovery.h"
#include "profiles/feed_v3.h"
#include "profiles/pdq/query_v3.h"
#include "profiles/transaction.h"
#include "profiles/xcpd/time_to_live.h"
#include "schemas/tables/leniency.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"
#define DEFERRED ":Deferred:"
/* How long we recommend to keep a code. It holds longer, but who may be seen changes. */
#define CODE_KEPT "P1D"

/* Of ITI TF-2: 3.55.4.2.2.5 to 3.55.4.2.2.7. */
#define LOCATORS "1.3.6.1.4.1.19376.1.2.27.2"
#define WANTED "1.3.6.1.4.1.19376.1.2.27.1"
#define TROUBLES "1.3.6.1.4.1.19376.1.2.27.3"
#define ISSUES "2.16.840.1.113883.5.4"

enum { QUERY_MOST = 64 << 10 }; /* octets that are repeated */

struct discovery_request {
	struct hl7v3_message message;
	bool deferred;    /* by its action: what answers it is an acknowledgement */
	bool unsupported; /* it is to be answered later (ITI TF-2: 3.55.6.2) */
	const struct xml_node
		*query; /* queryByParameter; NULL: there is none that can be repeated */
	const char *query_name;
	struct query_v3 asked;
	struct discovery_question question;
	const struct discovery_found *found; /* by weigh(); NULL: nobody has looked */
};

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, HL7V3_NAMESPACE, local);
}

/* ---- Reading ---- */

static bool my_number_refused(struct exchange *x, const struct xml_node *at)
{
	return problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, at),
			  "an Individual Number is neither an id nor anything else of a "
			  "person" TWELVE_DIGIT_IDS_REMEDY);
}

static bool contains(const char *text, const char *part)
{
	return text != NULL && strstr(text, part) != NULL;
}

/* ITI TF-2: 3.55.4.1.3. */
static bool defers(struct exchange *x, struct discovery_request *r)
{
	const struct xml_node *priority = child(r->query, "responsePriorityCode");
	r->deferred = contains(x->soap->action, DEFERRED);
	r->unsupported = r->deferred || text_equal(xml_attribute(priority, "code"), "D");
	return r->unsupported;
}

/* The root alone, without what stands before an OID in a URN. */
static const char *oid_of(const char *id)
{
	return text_starts(id, "urn:oid:") ? id + strlen("urn:oid:") : id;
}

/* Whose certificate it is, is who asks; what the message says of it may not be another. */
static bool is_of_community(struct exchange *x, struct discovery_request *r)
{
	const struct partner *c = region_community_of(x->region, x->sender);
	const char *said = r->message.sender_organization.root;
	r->question.community = c;
	if (c == NULL)
		return problem_set(&x->problem, PROBLEM_NOT_PERMITTED,
				   "only the gateway of another community asks here: who is of "
				   "this region asks by ITI-47");
	return text_empty(said) || text_equal(oid_of(said), oid_of(c->home_community_id))
	       || problem_at(&x->problem, PROBLEM_NOT_PERMITTED,
			     xml_path(x->arena, child(r->message.body, "sender")),
			     "the sender's home community is not that of the system whose "
			     "certificate it is");
}

/* The authority of the community's own ids: the one that an assignedDevice names by its root
 * (ITI TF-2: 3.55.4.1.2.4). */
static const char *own_domain(const struct discovery_request *r)
{
	const struct xml_node *n = child(r->message.control_act, "authorOrPerformer");
	for (; n != NULL; n = xml_next(n, HL7V3_NAMESPACE, "authorOrPerformer")) {
		const char *root = xml_attribute(child(child(n, "assignedDevice"), "id"), "root");
		if (!text_empty(root))
			return root;
	}
	return NULL;
}

static bool read_parameters(struct exchange *x, struct discovery_request *r)
{
	struct hl7_person_rules rules;
	struct hl7_person_notes notes = { .refused = 0 };
	exchange_person_rules(x, &rules);
	struct person_reader reader = hl7v3_reader(x->arena, &rules, &notes, &x->problem);
	bool read = query_v3_read_discovery(&reader, r->query, &r->asked);
	x->needed.twelve_digit_ids = notes.twelve_digit_id;
	x->needed.local_sex_codes = notes.local_sex_code;
	if (notes.refused != 0) {
		x->problem.code = PROBLEM_NONE;
		return my_number_refused(x, r->query);
	}
	if (!read)
		return false;
	for (size_t i = 0; i < r->asked.unkept_count; i++) {
		struct problem p = { .code = PROBLEM_NONE };
		problem_at(&p, PROBLEM_TABLE_VALUE, r->asked.unkept[i],
			   "no record here says anything of this: it was compared with nothing");
		exchange_finding(x, true, r->asked.unkept[i], &p);
	}
	r->question.sought = &r->asked.sought;
	return patient_discovery_prepare(x->arena, x->region, &r->question, &x->problem);
}

static bool is_short(struct exchange *x, const struct xml_node *query)
{
	struct xml_writer *w = xml_writer_begin(x->arena);
	xml_copy_node(w, query);
	return xml_writer_end(w).length <= QUERY_MOST
	       || problem_at(&x->problem, PROBLEM_DATA_TYPE, xml_path(x->arena, query),
			     "a query has no more than %d octets", QUERY_MOST);
}

/* What no answer could be made of, or may not be repeated: a fault. */
static bool find_query(struct exchange *x, struct discovery_request *r)
{
	struct hl7_person_rules rules;
	const struct xml_node *query = child(child(x->soap->body, "controlActProcess"),
					     "queryByParameter");
	const struct xml_node *id = child(query, "queryId");
	exchange_person_rules(x, &rules);
	if (id == NULL || text_empty(xml_attribute(id, "root")))
		return problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, x->soap->body),
				  "there is no queryByParameter with a queryId");
	if (query_v3_has_my_number(x->arena, query, rules.twelve_digit_ids))
		return my_number_refused(x, query);
	r->query = query;
	r->query_name = hl7v3_ii_text(
		x->arena, &(struct hl7v3_ii){ .root = xml_attribute(id, "root"),
					      .extension = xml_attribute(id, "extension") });
	return true;
}

static bool read_request(struct exchange *x)
{
	struct discovery_request *r = arena_new(x->arena, struct discovery_request);
	int64_t kept = 0;
	x->request = r;
	if (!find_query(x, r))
		return false;
	bool opened = hl7v3_open(x->arena, x->soap->body, &r->message, &x->problem);
	if (defers(x, r)) {
		x->problem.code = PROBLEM_NONE;
		return problem_at(&x->problem, PROBLEM_PROCESSING_ID,
				  xml_path(x->arena, child(r->query, "responsePriorityCode")),
				  "Deferred Response not supported: ask with priority I, and "
				  "asynchronously (wsa:ReplyTo) if it may take long");
	}
	if (!opened || !v3_version_taken(x, &r->message) || !is_of_community(x, r)
	    || !is_short(x, r->query) || !time_to_live_read(x->arena, x->soap, &kept, &x->problem))
		return false;
	r->question.own_domain = own_domain(r);
	r->question.keeps = kept > 0;
	return read_parameters(x, r);
}

/* ---- Handling ---- */

static struct demographics_asker asker_of(struct exchange *x)
{
	return (struct demographics_asker){ .region = x->region,
					    .system = x->sender,
					    .admission = &x->admission };
}

/* The request is read()'s, and nobody else's yet. */
static void weigh(struct exchange *x)
{
	struct discovery_request *r = (struct discovery_request *)x->request;
	const struct demographics_asker asker = asker_of(x);
	struct discovery_found *found = arena_new(x->arena, struct discovery_found);
	struct problem unsaid = { .code = PROBLEM_NONE };
	if (patient_discovery_seek(x->txn, x->arena, &asker, &r->question, found, &unsaid))
		r->found = found;
}

static bool handle(struct exchange *x)
{
	const struct discovery_request *r = x->request;
	const struct demographics_asker asker = asker_of(x);
	struct discovery_told *told = arena_new(x->arena, struct discovery_told);
	x->result = told;
	x->lacks = true;
	return patient_discovery_settle(x->txn, x->arena, &asker, &r->question, r->found, x->now,
					told, &x->problem);
}

/* ---- The record, ITI TF-2: 3.55.5.1.2 ---- */

/* An insured number stands in no record (japan.md D4). */
static struct bytes recorded(struct exchange *x, const struct xml_node *query)
{
	if (query_v3_asks_by_insured_number(query))
		return bytes_of_text("withheld");
	struct xml_writer *w = xml_writer_begin(x->arena);
	xml_copy_node(w, query);
	return xml_writer_end(w);
}

/* Each who was returned is named, by what he was returned as. */
static void record_query(struct exchange *x, struct audit_event *e)
{
	const struct discovery_request *r = x->request;
	const struct discovery_told *told = x->result;
	if (r == NULL || r->query == NULL || x->problem.code == PROBLEM_MALFORMED)
		return;
	if (x->problem.code == PROBLEM_NONE && told != NULL && told->code != NULL) {
		audit_patient(x, e, cx_text(x->arena, told->code, x->region->community_domain));
		audit_about(x, e, told->record.number);
	}
	struct audit_object *o = audit_query(x, e, r->query_name, recorded(x, r->query));
	audit_add_detail(x, o, "ihe:homeCommunityID",
			 bytes_of_text(x->region->home_community_id == NULL
					       ? ""
					       : x->region->home_community_id));
	audit_add_detail(x, o, "II", bytes_of_text(hl7v3_ii_text(x->arena, &r->message.id)));
}

/* ---- Answering ---- */

static void put_code_of(struct xml_writer *w, const char *code, const char *system)
{
	xml_open(w, "code");
	xml_put_attribute(w, "code", code);
	xml_put_attribute(w, "codeSystem", system);
	xml_close(w);
}

static void begin_issue(struct xml_writer *w)
{
	xml_open(w, "reasonOf");
	xml_put_attribute(w, "typeCode", "RSON");
	xml_open(w, "detectedIssueEvent");
	xml_put_attribute(w, "classCode", "ALRT");
	xml_put_attribute(w, "moodCode", "EVN");
	put_code_of(w, "_ActAdministrativeDetectedIssueManagementCode", ISSUES);
}

static void put_act(struct xml_writer *w, const char *relation, const char *type, const char *act,
		    const char *mood)
{
	xml_open(w, relation);
	xml_put_attribute(w, "typeCode", type);
	xml_open(w, act);
	xml_put_attribute(w, "classCode", "ACT");
	xml_put_attribute(w, "moodCode", mood);
}

/* Case 3: what our rules go by, and was not said. */
static void put_wanted(struct xml_writer *w, const struct demographics_sought *s)
{
	const struct {
		bool missing;
		const char *code;
	} rows[] = {
		{ s->sex == NULL, "LivingSubjectAdministrativeGenderRequested" },
		{ s->addresses == NULL, "PatientAddressRequested" },
		{ s->telecoms == NULL, "PatientTelecomRequested" },
	};
	begin_issue(w);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!rows[i].missing)
			continue;
		put_act(w, "triggerFor", "TRIG", "actOrderRequired", "RQO");
		put_code_of(w, rows[i].code, WANTED);
		xml_close(w);
		xml_close(w);
	}
	xml_close(w);
	xml_close(w);
}

/* Case 5; of a message that cannot be read the detail says why, and there is no code for it. */
static const char *trouble_of(enum problem_code code)
{
	switch (code) {
	case PROBLEM_BUSY:
	case PROBLEM_RATE:
	case PROBLEM_OUT_OF_RESOURCES:
	case PROBLEM_STORE_FULL: return "ResponderBusy";
	case PROBLEM_INTERNAL:
	case PROBLEM_AUDIT_UNAVAILABLE: return "InternalError";
	case PROBLEM_NOT_PERMITTED:
	case PROBLEM_UNKNOWN_KEY:
	case PROBLEM_RESULT_NOT_SINGLE_PATIENT: return "AnswerNotAvailable";
	default: return NULL;
	}
}

static void put_trouble(struct xml_writer *w, const char *code)
{
	begin_issue(w);
	put_act(w, "mitigatedBy", "MITGT", "detectedIssueManagement", "EVN");
	put_code_of(w, code, TROUBLES);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void put_degree(struct xml_writer *w, unsigned degree)
{
	xml_open(w, "subjectOf1");
	xml_put_attribute(w, "typeCode", "SBJ");
	xml_open(w, "queryMatchObservation");
	xml_put_attribute(w, "classCode", "COND");
	xml_put_attribute(w, "moodCode", "EVN");
	hl7v3_put_code(w, "code", "IHE_PDQ");
	xml_open(w, "value");
	xml_namespace_declare(w, "xsi", XSI);
	xml_put_attribute(w, "xsi:type", "INT");
	xml_put_attribute(w, "value", arena_printf(xml_writer_arena(w), "%u", degree));
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

/* By his code alone: no id of a facility crosses the border, nor the region's. */
static void put_patient(struct exchange *x, struct xml_writer *w, const struct discovery_told *told)
{
	const struct patient_demographics *d = &told->record.demographics;
	hl7v3_begin_registration(w);
	hl7v3_put_ii(w, "id", x->region->community_domain, told->code, NULL);
	hl7v3_put_code(w, "statusCode", "active");
	xml_open(w, "patientPerson");
	xml_put_attribute(w, "classCode", "PSN");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	hl7v3_put_person(w, d);
	hl7v3_put_mother(w, d->mothers_maiden_name);
	xml_close(w);
	put_degree(w, told->degree);
	hl7v3_end_registration_by(w, oid_of(x->region->home_community_id), "NotHealthDataLocator",
				  LOCATORS);
}

/* Several may be meant, and nothing that could be said would tell. */
static struct problem undecided(void)
{
	struct problem p = { .code = PROBLEM_NONE };
	problem_set(&p, PROBLEM_RESULT_NOT_SINGLE_PATIENT,
		    "somebody is like who is asked for, and nothing of what can be asked would "
		    "tell: somebody has to look");
	return p;
}

static void answer_query(struct exchange *x, struct xml_writer *w)
{
	const struct discovery_request *r = x->request;
	const struct discovery_told *told = x->result;
	struct problem p = x->problem;
	if (p.code == PROBLEM_NONE && told->outcome == DISCOVERY_UNDECIDED)
		p = undecided();
	bool done = p.code == PROBLEM_NONE;
	struct hl7v3_answer head = {
		.interaction = r->deferred ? "MCCI_IN000002UV01" : "PRPA_IN201306UV02",
		.acknowledgement = done ? "AA" : "AE",
		.request = &r->message,
		.device_id = x->region->device_id,
		.now = x->now,
		.random = x->random,
		.findings = x->findings,
		.problem = &p,
		.organization = oid_of(x->region->home_community_id),
		.code = r->unsupported ? "NS250" : NULL,
		.code_name = "Unsupported processing mode",
	};
	if (r->deferred) {
		hl7v3_write_accept(w, &head);
		return;
	}
	hl7v3_begin_answer(w, &head);
	hl7v3_begin_control_act(w, "PRPA_TE201306UV02");
	if (done && told->outcome == DISCOVERY_ONE)
		put_patient(x, w, told);
	else if (done && told->outcome == DISCOVERY_MORE_WANTED)
		put_wanted(w, &r->asked.sought);
	else if (!done && trouble_of(p.code) != NULL)
		put_trouble(w, trouble_of(p.code));
	hl7v3_write_query_ack(w, r->query,
			      !done                               ? "AE"
			      : told->outcome == DISCOVERY_NOBODY ? "NF"
								  : "OK",
			      NULL);
	xml_close(w);
	xml_close(w);
}

/* Of a code alone: that somebody is not there may be otherwise tomorrow. */
static void put_headers(struct exchange *x, struct xml_writer *w)
{
	const struct discovery_told *told = x->result;
	if (x->problem.code == PROBLEM_NONE && told != NULL && told->code != NULL)
		time_to_live_write(w, CODE_KEPT);
}

static const struct route routes[] = {
	{ .request = "urn:hl7-org:v3:PRPA_IN201305UV02:CrossGatewayPatientDiscovery",
	  .detail = "PRPA_IN201305UV02",
	  .namespace_uri = HL7V3_NAMESPACE,
	  .answer = "urn:hl7-org:v3:PRPA_IN201306UV02:CrossGatewayPatientDiscovery" },
	{ .request = "urn:hl7-org:v3:PRPA_IN201305UV02" DEFERRED "CrossGatewayPatientDiscovery",
	  .detail = "PRPA_IN201305UV02",
	  .namespace_uri = HL7V3_NAMESPACE,
	  .answer = "urn:hl7-org:v3:MCCI_IN000002UV01" },
	{ 0 }
};

const struct transaction iti55_cross_gateway_patient_discovery = {
	.code = "ITI-55",
	.name = "Cross Gateway Patient Discovery",
	.section = "ITI TF-2: 3.55",
	.actor = DISCOVERY_GATEWAY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.answers_at_ticks = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110112,
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti55-request.rng",
	.answer_grammar = "iti55-response.rng",
	.read = read_request,
	.weigh = weigh,
	.handle = handle,
	.audited = record_query,
	.answer_xml = answer_query,
	.answer_headers = put_headers,
};
