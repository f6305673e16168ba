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
#include "profiles/xcpd/discovery_answer.h"
#include "profiles/xcpd/time_to_live.h"
#include "schemas/tables/leniency.h"
#include "store/deferred_questions.h"

#define DEFERRED ":Deferred:"

enum { QUERY_MOST = 64 << 10 }; /* octets that are repeated */
enum { SECOND = 1000000 };

struct discovery_request {
	struct hl7v3_message message;
	bool deferred;    /* by its action: what answers it is an acknowledgement (3.55.6.2) */
	bool unsupported; /* it is to be answered later, and cannot be */
	struct deferred_question later; /* deferred: what is kept of it, until it is answered */
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

/* ITI TF-2: 3.55.4.1.3. Who may be answered nowhere but on the connection is answered at once, and
 * who asks for the one by its priority and for the other by its action is not guessed at. */
static bool is_unsupported(struct exchange *x, struct discovery_request *r, bool later)
{
	const char *const *mailboxes = x->sender == NULL ? NULL : x->sender->reply_to;
	bool elsewhere = mailboxes != NULL && *mailboxes != NULL;
	r->unsupported = r->deferred ? !elsewhere : later;
	if (!r->unsupported)
		return false;
	x->problem.code = PROBLEM_NONE;
	problem_at(&x->problem, PROBLEM_PROCESSING_ID,
		   xml_path(x->arena, child(r->query, "responsePriorityCode")),
		   "Deferred Response not supported: ask with priority I, and asynchronously "
		   "(wsa:ReplyTo) if it may take long");
	return true;
}

/* An address that a peer names is only used when it is a partner's that its section names: no open
 * relay. */
static bool read_respond_to(struct exchange *x, struct discovery_request *r)
{
	const struct xml_node *to = child(r->message.body, "respondTo");
	const struct xml_node *telecom = child(to, "telecom");
	const char *where = xml_path(x->arena, to == NULL ? r->message.body : to);
	r->later.address = xml_attribute(telecom, "value");
	if (r->later.address == NULL || xml_next(to, HL7V3_NAMESPACE, "respondTo") != NULL
	    || xml_next(telecom, HL7V3_NAMESPACE, "telecom") != NULL)
		return problem_at(&x->problem, PROBLEM_FIELD_MISSING, where,
				  "one respondTo is needed, with one telecom: where it is to be "
				  "answered");
	return region_answers_at(x->region, x->sender, r->later.address) != NULL
	       || problem_at(&x->problem, PROBLEM_NOT_PERMITTED, where,
			     "respondTo is the url of no partner in reply-to of %s",
			     x->sender->name);
}

static const char *drawn(struct exchange *x)
{
	char uuid[UUID_URN_TEXT];
	random_uuid(x->random, uuid);
	return arena_text(x->arena, uuid + strlen("urn:uuid:"));
}

/* The message as it came, for its answer repeats the query and is addressed by it. */
static void take_question(struct exchange *x, struct discovery_request *r)
{
	struct xml_writer *w = xml_writer_begin(x->arena);
	xml_copy_node(w, x->soap->body);
	r->later.body = xml_writer_end(w);
	r->later.system = x->sender->name;
	r->later.partner = r->question.community->name;
	r->later.message_id = x->soap->message_id;
	r->later.answer_id = drawn(x);
	r->later.endpoint = x->endpoint;
	r->later.exchange = x->id;
	r->later.asked = x->now;
	r->later.until = x->now + (instant)DEFERRED_SECONDS * SECOND;
}

static bool read_deferred(struct exchange *x, struct discovery_request *r, const char *priority)
{
	const char *where = xml_path(x->arena, child(r->query, "responsePriorityCode"));
	if (!r->deferred)
		return priority == NULL || text_equal(priority, "I")
		       || problem_at(&x->problem, PROBLEM_DATA_TYPE, where,
				     "answers are given immediately (I), or later (D)");
	if (!text_equal(priority, "D"))
		return problem_at(&x->problem, PROBLEM_PROCESSING_ID, where,
				  "what is to be answered later has priority D");
	if (!read_respond_to(x, r))
		return false;
	take_question(x, r);
	if (text_empty(r->later.message_id) || strlen(r->later.message_id) > DEFERRED_NAME_MOST)
		return problem_at(&x->problem, PROBLEM_DATA_TYPE, "wsa:MessageID",
				  "the answer relates to it: it has 1 to %d octets",
				  DEFERRED_NAME_MOST);
	return r->later.body.length <= DEFERRED_OCTETS
	       || problem_at(&x->problem, PROBLEM_DATA_TYPE, xml_path(x->arena, r->message.body),
			     "what is to be answered later has no more than %d octets",
			     DEFERRED_OCTETS);
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
	const char *priority = xml_attribute(child(r->query, "responsePriorityCode"), "code");
	r->deferred = contains(x->soap->action, DEFERRED);
	if (is_unsupported(x, r, text_equal(priority, "D")) || !opened
	    || !v3_version_taken(x, &r->message) || !is_of_community(x, r) || !is_short(x, r->query)
	    || !time_to_live_read(x->arena, x->soap, &kept, &x->problem))
		return false;
	r->question.own_domain = own_domain(r);
	r->question.keeps = kept > 0;
	return read_deferred(x, r, priority) && read_parameters(x, r);
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

/* What is to be told; nothing of it is told now, so that a question of somebody who is here is
 * acknowledged as one of nobody. */
static bool keep_for_later(struct exchange *x, const struct discovery_told *told)
{
	static const enum deferred_outcome outcomes[] = {
		[DISCOVERY_NOBODY] = DEFERRED_NOBODY,
		[DISCOVERY_ONE] = DEFERRED_ONE,
		[DISCOVERY_MORE_WANTED] = DEFERRED_MORE_WANTED,
		[DISCOVERY_UNDECIDED] = DEFERRED_UNDECIDED,
	};
	const struct discovery_request *r = x->request;
	struct deferred_question q = r->later;
	q.outcome = outcomes[told->outcome];
	q.wants = discovery_wants(&r->asked.sought);
	if (told->outcome == DISCOVERY_ONE) {
		q.record = told->record.number;
		q.code = told->code;
		q.degree = told->degree;
	}
	x->outbox_changed = true;
	return deferred_question_put(x->txn, &q, &x->problem);
}

/* It is sent again, for our acknowledgement was lost: its answer is on its way, or was taken. */
static bool was_asked(struct exchange *x, const struct discovery_request *r)
{
	struct deferred_question before;
	if (!r->deferred
	    || !deferred_question_find(x->txn, x->arena, r->later.partner, r->later.message_id,
				       x->now, &before))
		return false;
	if (!deferred_question_is(&before, r->later.body))
		problem_at(&x->problem, PROBLEM_DUPLICATE_KEY, "wsa:MessageID",
			   "another question of yours had this MessageID");
	return true;
}

static bool handle(struct exchange *x)
{
	const struct discovery_request *r = x->request;
	const struct demographics_asker asker = asker_of(x);
	struct discovery_told *told = arena_new(x->arena, struct discovery_told);
	x->result = told;
	x->lacks = true;
	if (was_asked(x, r))
		return x->problem.code == PROBLEM_NONE;
	return patient_discovery_settle(x->txn, x->arena, &asker, &r->question, r->found, x->now,
					told, &x->problem)
	       && (!r->deferred || keep_for_later(x, told));
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

/* Each who was returned is named, by what he was returned as. Of what is answered later that is the
 * record of the answer (gateway/answering_later.c). */
static void record_query(struct exchange *x, struct audit_event *e)
{
	const struct discovery_request *r = x->request;
	const struct discovery_told *told = x->result;
	if (r == NULL || r->query == NULL || x->problem.code == PROBLEM_MALFORMED)
		return;
	if (x->problem.code == PROBLEM_NONE && told != NULL && told->code != NULL && !r->deferred) {
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

static const char unsupported[] = "NS250"; /* HL7's AcknowledgementDetailCode */

static void acknowledge(struct exchange *x, struct xml_writer *w)
{
	const struct discovery_request *r = x->request;
	bool done = x->problem.code == PROBLEM_NONE;
	hl7v3_write_accept(w, &(struct hl7v3_answer){
				      .interaction = "MCCI_IN000002UV01",
				      .acknowledgement = done ? "CA" : "AE",
				      .request = &r->message,
				      .device_id = x->region->device_id,
				      .now = x->now,
				      .random = x->random,
				      .findings = x->findings,
				      .problem = &x->problem,
				      .organization = oid_of(x->region->home_community_id),
				      .code = r->unsupported ? unsupported : NULL,
				      .code_name = "Unsupported processing mode",
			      });
}

static void answer_query(struct exchange *x, struct xml_writer *w)
{
	const struct discovery_request *r = x->request;
	const struct discovery_told *told = x->result;
	if (r->deferred) {
		acknowledge(x, w);
		return;
	}
	discovery_reply_write(w, &(struct discovery_reply){
					 .region = x->region,
					 .request = &r->message,
					 .query = r->query,
					 .outcome = told == NULL ? DISCOVERY_NOBODY : told->outcome,
					 .wants = discovery_wants(&r->asked.sought),
					 .record = told == NULL ? NULL : &told->record,
					 .code = told == NULL ? NULL : told->code,
					 .degree = told == NULL ? 0 : told->degree,
					 .problem = x->problem,
					 .problem_code = r->unsupported ? unsupported : NULL,
					 .problem_name = "Unsupported processing mode",
					 .findings = x->findings,
					 .random = x->random,
					 .now = x->now,
				 });
}

/* Of a code alone: that somebody is not there may be otherwise tomorrow. */
static void put_headers(struct exchange *x, struct xml_writer *w)
{
	const struct discovery_request *r = x->request;
	const struct discovery_told *told = x->result;
	if (x->problem.code == PROBLEM_NONE && told != NULL && told->code != NULL && !r->deferred)
		time_to_live_write(w, DISCOVERY_CODE_KEPT);
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
