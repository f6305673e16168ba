/* gateway/answering_later.c: another community is told later whom it asked for (ITI-55, Deferred
 * Response Option; ITI TF-2: 3.55.6.2).
 *
 * What was decided is kept with the question (store/deferred_questions.h); the message is made of
 * both when it is sent, and again in the job before it leaves it is asked whether the person may be
 * told of: who has left, excluded that community or become somebody else since is as one nobody
 * knows. Its id is the question's, so that who gets it twice knows it. */
#include "gateway/composing.h"

#include <string.h>

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/soap_call.h"
#include "gateway/config.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "gateway/errands/visit.h"
#include "gateway/journey.h"
#include "gateway/policy/decide.h"
#include "gateway/process.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/pdq/query_v3.h"
#include "profiles/transaction.h"
#include "profiles/xcpd/discovery_answer.h"
#include "profiles/xcpd/time_to_live.h"
#include "store/deferred_questions.h"
#include "store/errands.h"
#include "store/partner_codes.h"
#include "store/store.h"

extern const struct transaction iti55_cross_gateway_patient_discovery;

/* What was made of an errand; in the visit's arena. */
struct answer_made {
	struct deferred_question question;
	struct hl7v3_message message;
	const struct xml_node *query;
	struct patient_record record; /* whoever is told of */
	bool told;                    /* he is */
	const char *url, *home;
};

/* ---- Whether he may be told of ---- */

static bool admits(void *self, struct store_txn *t, uint64_t subject)
{
	return policy_of_record(self, t, subject)->ruling == RULING_PERMIT;
}

/* The system is still the community's, his code leads to him, and the community may see him. */
static bool may_be_told(struct store_txn *t, struct arena *a, const struct region *r, instant now,
			const struct deferred_question *q, struct patient_record *out)
{
	const struct registered_system *system = region_system(r, q->system);
	const struct requester who = { .region = r, .system = system, .time = now };
	const struct partner *community = region_community_of(r, system);
	struct partner_code code;
	if (q->outcome != DEFERRED_ONE || community == NULL
	    || !text_equal(community->name, q->partner) || !identity_record(t, a, q->record, out)
	    || out->status != RECORD_ACTIVE || !partner_code_find(t, a, q->partner, q->code, &code)
	    || code.person != out->person)
		return false;
	struct admission admission = { .self = policy_begin(a, &who), .record = admits };
	return cross_reference_tells(t, a, r, system, &admission, out);
}

/* ---- What is said ---- */

static bool open_question(struct arena *a, struct answer_made *m)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(a, NULL, m->question.body, &p);
	if (d == NULL || !hl7v3_open(a, xml_root(d), &m->message, &p))
		return false;
	m->query = xml_child(m->message.control_act, HL7V3_NAMESPACE, "queryByParameter");
	return m->query != NULL;
}

static enum discovery_outcome outcome_of(const struct answer_made *m)
{
	switch (m->question.outcome) {
	case DEFERRED_ONE: return m->told ? DISCOVERY_ONE : DISCOVERY_NOBODY;
	case DEFERRED_MORE_WANTED: return DISCOVERY_MORE_WANTED;
	case DEFERRED_UNDECIDED: return DISCOVERY_UNDECIDED;
	default: return DISCOVERY_NOBODY;
	}
}

static void write_reply(struct xml_writer *w, const void *what)
{
	discovery_reply_write(w, what);
}

static void write_headers(struct xml_writer *w, const void *what)
{
	if (((const struct discovery_reply *)what)->outcome == DISCOVERY_ONE)
		time_to_live_write(w, DISCOVERY_CODE_KEPT);
}

static void write_message(struct arena *a, const struct region *r, instant now,
			  const struct answer_made *m, struct errand_message *out)
{
	const struct discovery_reply reply = {
		.region = r,
		.request = &m->message,
		.query = m->query,
		.outcome = outcome_of(m),
		.wants = m->question.wants,
		.record = &m->record,
		.code = m->question.code,
		.degree = m->question.degree,
		.id = m->question.answer_id,
		.now = now,
	};
	const struct soap_call call = {
		.url = m->url,
		.action = DISCOVERY_LATER_ACTION,
		.message_id = arena_printf(a, "urn:uuid:%s", m->question.answer_id),
		.relates_to = m->question.message_id,
		.write = write_reply,
		.write_headers = write_headers,
		.what = &reply,
	};
	struct soap_sent sent;
	soap_call_write(a, NULL, &call, &sent);
	out->octets = sent.body;
	out->content_type = sent.content_type;
	out->id = m->question.answer_id;
}

/* ---- Its audit record (ITI TF-2: 3.55.5.1.2): that of the question, with who was returned ---- */

static struct audit_object *add_object(struct arena *a, struct audit_event *e)
{
	struct audit_object **tail = &e->objects;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = arena_new(a, struct audit_object);
	return *tail;
}

static void add_detail(struct arena *a, struct audit_object *o, const char *type, const char *value)
{
	struct audit_detail **tail = &o->details;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = arena_new(a, struct audit_detail);
	**tail = (struct audit_detail){ .type = type,
					.value = (const unsigned char *)value,
					.length = strlen(value) };
}

static void add_patient(struct arena *a, const struct region *r, const struct answer_made *m,
			struct audit_event *e)
{
	*add_object(a, e) = (struct audit_object){
		.id = cx_text(a, m->question.code, r->community_domain),
		.type_code = 1,
		.type_code_role = 1,
		.id_type = { .code = "2", .scheme = "RFC-3881", .display = "Patient Number" },
	};
	e->about = arena_new(a, struct audit_about);
	*e->about = (struct audit_about){ .record = m->record.number };
}

/* An insured number stands in no record (japan.md D4). */
static struct bytes recorded(struct arena *a, const struct xml_node *query)
{
	struct xml_writer *w = xml_writer_begin(a);
	if (query_v3_asks_by_insured_number(query))
		return bytes_of_text("withheld");
	xml_copy_node(w, query);
	return xml_writer_end(w);
}

static void add_query(struct arena *a, const struct answer_made *m, struct audit_event *e)
{
	const struct transaction *is = &iti55_cross_gateway_patient_discovery;
	const struct xml_node *id = xml_child(m->query, HL7V3_NAMESPACE, "queryId");
	const struct hl7v3_ii query = { .root = xml_attribute(id, "root"),
					.extension = xml_attribute(id, "extension") };
	struct audit_object *o = add_object(a, e);
	struct bytes octets = recorded(a, m->query);
	*o = (struct audit_object){
		.id = hl7v3_ii_text(a, &query),
		.type_code = 2,
		.type_code_role = 24,
		.id_type = { .code = is->code, .scheme = "IHE Transactions", .display = is->name },
		.query = octets.data,
		.query_length = octets.length,
	};
	add_detail(a, o, "ihe:homeCommunityID", m->home);
	add_detail(a, o, "II", hl7v3_ii_text(a, &m->message.id));
}

/* Who asked, at the address where he is answered, and we, where we were asked. */
static struct audit_participant *participants(struct arena *a, const struct audit_source *us,
					      const struct answer_made *m)
{
	struct audit_participant *peer = arena_new(a, struct audit_participant);
	struct audit_participant *own = arena_new(a, struct audit_participant);
	*peer = (struct audit_participant){
		.user_id = m->url, .requestor = true, .role = AUDIT_SOURCE, .next = own
	};
	journey_audit_host(a, m->url, peer);
	*own = (struct audit_participant){
		.user_id = m->question.endpoint,
		.alternative_user_id = us->process_id,
		.role = AUDIT_DESTINATION,
		.network_access_point = us->host,
		.network_access_point_type = 1,
	};
	return peer;
}

static struct audit_event *event_of(struct arena *a, const struct gateway *g,
				    const struct region *r, const struct answer_made *m,
				    instant now)
{
	struct audit_event *e = composing_event(a, &iti55_cross_gateway_patient_discovery,
						participants(a, &g->source, m), m->question.system,
						now);
	e->exchange = m->question.exchange;
	if (m->told)
		add_patient(a, r, m, e);
	add_query(a, m, e);
	return e;
}

/* ---- The errand ---- */

static bool make(struct gateway *g, const struct region *r, struct arena *a, struct store_txn *t,
		 struct answer_made *m, struct errand_message *out)
{
	instant now = g->clock->now(g->clock);
	if (!open_question(a, m))
		return false;
	m->told = may_be_told(t, a, r, now, &m->question, &m->record);
	if (store_failed(t))
		return false;
	write_message(a, r, now, m, out);
	struct audit_event *event = event_of(a, g, r, m, now);
	event->outcome_description = "cut short: whether it arrived is not known";
	out->record = event;
	return audit_record_prepare(t, a, &g->source, event);
}

/* What is there no more was answered, or has had its time for good. */
static bool compose(void *self, struct arena *a, struct store_txn *t, const struct errand *e,
		    const struct errand_partner *to, struct errand_message *out)
{
	struct gateway *g = self;
	const struct configuration *now = gateway_configuration(g);
	struct answer_made *m = arena_new(a, struct answer_made);
	const char *home = now->region.home_community_id;
	*m = (struct answer_made){ .url = arena_text(a, to->url),
				   .home = home == NULL ? "" : arena_text(a, home) };
	out->made = m;
	out->nothing = !deferred_question_of(t, a, e, g->clock->now(g->clock), &m->question)
		       && !store_failed(t);
	bool made = !store_failed(t) && (out->nothing || make(g, &now->region, a, t, m, out));
	config_release(now);
	return made;
}

/* Nobody has answered it, and what was found of the person is still so. */
static bool holds(void *self, struct store_txn *t, const struct errand *e,
		  const struct errand_message *message)
{
	struct gateway *g = self;
	const struct answer_made *m = message->made;
	struct arena *a = store_arena(t);
	instant time = g->clock->now(g->clock);
	struct deferred_question is;
	struct patient_record record = { .version = 0 };
	if (!deferred_question_of(t, a, e, time, &is))
		return false;
	const struct configuration *now = gateway_configuration(g);
	bool told = may_be_told(t, a, &now->region, time, &is, &record);
	config_release(now);
	return told == m->told && (!told || record.version == m->record.version);
}

static bool record(void *self, struct store_txn *t, const struct errand_end *end)
{
	struct gateway *g = self;
	struct arena *a = store_arena(t);
	bool taken = end->verdict == VERDICT_TAKEN;
	const struct configuration *now = gateway_configuration(g);
	struct audit_event *e = event_of(a, g, &now->region, end->message->made, end->now);
	e->outcome = taken ? AUDIT_SUCCESS : end->answered ? AUDIT_MINOR : AUDIT_SERIOUS;
	e->outcome_description = taken ? NULL : end->why;
	bool kept = audit_record_append(t, a, &g->source, e);
	config_release(now);
	return kept;
}

static void conclude(void *self, struct store_txn *t, const struct errand_end *end)
{
	const struct answer_made *m = end->message->made;
	(void)self;
	if (end->verdict == VERDICT_TAKEN && m != NULL && !end->message->nothing)
		deferred_question_answered(t, &m->question);
}

const struct composer composer_of_deferred_answers = {
	.kind = DEFERRED_ERRAND,
	.compose = compose,
	.holds = holds,
	.record = record,
	.conclude = conclude,
};
