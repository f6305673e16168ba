/* profiles/dsub/iti52_document_metadata_subscribe.c
 *
 * Document Metadata Subscribe [ITI-52], ITI TF-2: 3.52. We are the Document Metadata Notification
 * Broker: a subscriber says of what a consumer is to be told, and until when; or that it is not to
 * be any more, at the address that the subscription got. */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "gateway/envelope/xml_time.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/notification_broker.h"
#include "profiles/dsub/wsnt.h"
#include "profiles/stored_query/stored_query.h"
#include "profiles/transaction.h"

/* WS-BaseNotification 1.3: 4.2. Of an endpoint more than its address would have to come back in
 * each message to it; what comes with its Metadata describes it only. */
static const struct xml_place in_subscribe[] = { { WSNT_NAMESPACE, "ConsumerReference", 1 },
						 { WSNT_NAMESPACE, "Filter", 1 },
						 { WSNT_NAMESPACE, "InitialTerminationTime", 1 },
						 { WSNT_NAMESPACE, "SubscriptionPolicy", 1 },
						 { 0 } };
static const struct xml_place in_consumer[] = { { ADDRESSING_NAMESPACE, "Address", 1 },
						{ ADDRESSING_NAMESPACE, "Metadata", 1 },
						{ 0 } };
static const struct xml_place in_filter[] = { { WSNT_NAMESPACE, "TopicExpression", 1 },
					      { RIM_NAMESPACE, "AdhocQuery", 1 },
					      { 0 } };

struct subscribing {
	bool ends; /* it is to end: */
	const char *id;
	struct subscription wanted;
};

/* ---- Reading ---- */

static bool fits(struct exchange *x, enum problem_code code, const struct xml_node *n,
		 const struct xml_place *places)
{
	const char *what;
	const struct xml_node *misfit = xml_misfit(n, places, &what);
	return misfit == NULL
	       || problem_at(&x->problem, code, xml_path(x->arena, misfit), "%s %s",
			     xml_local(misfit), what);
}

static bool read_consumer(struct exchange *x, const struct xml_node *n, struct subscription *s)
{
	const struct xml_node *address = xml_child(n, ADDRESSING_NAMESPACE, "Address");
	if (n == NULL || address == NULL)
		return problem_at(&x->problem, PROBLEM_MALFORMED, "ConsumerReference",
				  "there is no ConsumerReference with an Address");
	s->consumer = text_trimmed(x->arena, xml_text(x->arena, address));
	return fits(x, PROBLEM_MALFORMED, n, in_consumer);
}

/* WS-Topics 1.3: 8.1: one QName. */
static bool is_simple(const char *topic)
{
	const char *colon = strchr(topic, ':');
	return *topic != '\0' && strpbrk(topic, " \t\r\n/*|.@") == NULL && colon != topic
	       && (colon == NULL || (colon[1] != '\0' && strchr(colon + 1, ':') == NULL));
}

static bool read_topic(struct exchange *x, const struct xml_node *n, struct subscription *s)
{
	const char *dialect = xml_attribute(n, "Dialect");
	const char *topic = text_trimmed(x->arena, xml_text(x->arena, n));
	if (!text_equal(dialect, WSNT_SIMPLE_DIALECT))
		return problem_at(&x->problem, PROBLEM_TOPIC_DIALECT, "TopicExpression",
				  "the dialect \"%s\" is not known here; %s is",
				  dialect == NULL ? "" : dialect, WSNT_SIMPLE_DIALECT);
	if (xml_first_element(n) != NULL || !is_simple(topic))
		return problem_at(&x->problem, PROBLEM_TOPIC_INVALID, "TopicExpression",
				  "\"%s\" is not the name of one topic", topic);
	s->topic = wsnt_topic_named(topic);
	return s->topic != TOPIC_NONE
	       || problem_at(&x->problem, PROBLEM_TOPIC_NOT_SUPPORTED, "TopicExpression",
			     "there is no topic \"%s\" here", topic);
}

/* ITI TF-2: 3.52.5.3: one topic, and the criteria it goes with. */
static bool read_filter(struct exchange *x, const struct xml_node *filter, struct subscription *s)
{
	const struct xml_node *topic = xml_child(filter, WSNT_NAMESPACE, "TopicExpression");
	const struct xml_node *query = xml_child(filter, RIM_NAMESPACE, "AdhocQuery");
	struct registry_desk d = exchange_desk(x);
	struct problem p = { .code = PROBLEM_NONE };
	if (topic == NULL || query == NULL)
		return problem_at(&x->problem, PROBLEM_FILTER_INVALID, "Filter", "there is no %s",
				  topic == NULL ? "TopicExpression" : "AdhocQuery");
	if (!fits(x, PROBLEM_FILTER_INVALID, filter, in_filter) || !read_topic(x, topic, s))
		return false;
	if (stored_query_filter_read(&d, query, &s->filter, &p))
		return true;
	/* That one names an Individual Number: it stays the road's, which keeps nothing of it. */
	return problem_at(&x->problem,
			  p.code == PROBLEM_MALFORMED ? p.code : PROBLEM_FILTER_INVALID, p.where,
			  "%s", p.what);
}

/* A moment or a span (WS-BaseNotification 1.3: 4.2); xsi:nil asks for no end, which is what nobody
 * gets. */
static bool read_end(struct exchange *x, const struct xml_node *n, struct subscription *s)
{
	const char *nil = xml_attribute_ns(n, "http://www.w3.org/2001/XMLSchema-instance", "nil");
	const char *text = n == NULL ? NULL : text_trimmed(x->arena, xml_text(x->arena, n));
	if (n == NULL || text_equal(nil, "true") || text_equal(nil, "1"))
		return true;
	if (!xml_date_time_read(text, &s->ends) && !xml_duration_add(text, x->now, &s->ends))
		return problem_at(&x->problem, PROBLEM_TERMINATION_TIME, "InitialTerminationTime",
				  "\"%s\" is neither an xsd:dateTime nor an xsd:duration", text);
	return s->ends > x->now
	       || problem_at(&x->problem, PROBLEM_TERMINATION_TIME, "InitialTerminationTime",
			     "\"%s\" is not to come", text);
}

static bool read_policy(struct exchange *x, const struct xml_node *n)
{
	const struct xml_node *first = xml_first_element(n);
	return first == NULL
	       || problem_at(&x->problem, PROBLEM_POLICY_UNKNOWN, "SubscriptionPolicy",
			     "%s is not known here", xml_local(first));
}

static bool read_subscribe(struct exchange *x, const struct xml_node *n, struct subscription *s)
{
	const struct xml_node *filter = xml_child(n, WSNT_NAMESPACE, "Filter");
	s->reference = x->endpoint;
	if (!fits(x, PROBLEM_MALFORMED, n, in_subscribe)
	    || !read_consumer(x, xml_child(n, WSNT_NAMESPACE, "ConsumerReference"), s)
	    || !read_policy(x, xml_child(n, WSNT_NAMESPACE, "SubscriptionPolicy")))
		return false;
	if (filter == NULL)
		return problem_at(&x->problem, PROBLEM_FILTER_INVALID, "Filter",
				  "there is no Filter");
	return read_filter(x, filter, s)
	       && read_end(x, xml_child(n, WSNT_NAMESPACE, "InitialTerminationTime"), s);
}

static bool read_request(struct exchange *x)
{
	struct subscribing *r = arena_new(x->arena, struct subscribing);
	const struct xml_node *n = x->soap->body;
	x->request = r;
	r->ends = xml_is(n, WSNT_NAMESPACE, "Unsubscribe");
	if (!r->ends)
		return text_empty(x->resource)
			       ? read_subscribe(x, n, &r->wanted)
			       : problem_at(&x->problem, PROBLEM_SUBSCRIPTION_UNKNOWN, "wsa:To",
					    "nobody subscribes at a subscription");
	r->id = wsnt_resource(x);
	return xml_first_element(n) == NULL
	       || problem_at(&x->problem, PROBLEM_MALFORMED, "Unsubscribe",
			     "Unsubscribe has elements inside");
}

/* ---- Handling ---- */

static bool handle(struct exchange *x)
{
	const struct subscribing *r = x->request;
	struct subscription *s = arena_new(x->arena, struct subscription);
	struct registry_desk d = exchange_desk(x);
	bool done = r->ends ? broker_unsubscribe(&d, r->id, s, &x->problem)
			    : broker_subscribe(&d, &r->wanted, s, &x->problem);
	x->result = done ? s : NULL;
	if (done)
		s->id = arena_text(x->arena, s->id);
	return done;
}

/* ITI TF-2: 3.52.6.1: the subscription, where there is one; the patient; of Subscribe its
 * request. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct subscribing *r = x->request;
	const struct subscription *s = x->result;
	const char *patient = s != NULL   ? s->filter.patient_id
			      : r != NULL ? r->wanted.filter.patient_id
					  : NULL;
	bool ends = r != NULL && r->ends;
	e->action = ends ? AUDIT_DELETE : AUDIT_CREATE;
	if (s != NULL) {
		struct audit_object *o = audit_add_object(x, e);
		o->id = wsnt_reference(x->arena, s);
		o->type_code = 2;
		o->type_code_role = 20;
		o->id_type = (struct coded_value){ .code = "ITI-52",
						   .scheme = "IHE Transactions",
						   .display = "Document Metadata Subscribe" };
		if (s->subject != 0)
			audit_about(x, e, s->subject);
	}
	if (patient != NULL)
		audit_patient(x, e, patient);
	if (ends)
		return;
	struct xml_writer *w = xml_writer_begin(x->arena);
	const char *id = r == NULL ? NULL : r->wanted.filter.query_id;
	xml_copy_node(w, x->soap->body);
	audit_query(x, e, text_empty(id) ? "unknown" : id, xml_writer_end(w));
}

/* TerminationTime is said always: nothing is for ever here. */
static void answer(struct exchange *x, struct xml_writer *w)
{
	const struct subscribing *r = x->request;
	const struct subscription *s = x->result;
	char ends[XML_TIME_TEXT];
	xml_open(w, r->ends ? "wsnt:UnsubscribeResponse" : "wsnt:SubscribeResponse");
	xml_namespace_declare(w, "wsnt", WSNT_NAMESPACE);
	if (!r->ends) {
		instant_to_xml(s->ends, ends);
		wsnt_put_endpoint(w, "wsnt:SubscriptionReference", wsnt_reference(x->arena, s));
		xml_element_text(w, "wsnt:TerminationTime", ends);
	}
	xml_close(w);
}

static const struct route routes[] = {
	{ .request = WSNT_ACTION "NotificationProducer/SubscribeRequest",
	  .detail = "Subscribe",
	  .namespace_uri = WSNT_NAMESPACE,
	  .answer = WSNT_ACTION "NotificationProducer/SubscribeResponse",
	  .fault = "wsnt:SubscribeCreationFailedFault" },
	{ .request = WSNT_ACTION "SubscriptionManager/UnsubscribeRequest",
	  .detail = "Unsubscribe",
	  .namespace_uri = WSNT_NAMESPACE,
	  .answer = WSNT_ACTION "SubscriptionManager/UnsubscribeResponse",
	  .fault = "wsnt:UnableToDestroySubscriptionFault" },
	{ 0 }
};

const struct transaction iti52_document_metadata_subscribe = {
	.code = "ITI-52",
	.name = "Document Metadata Subscribe",
	.section = "ITI TF-2: 3.52",
	.actor = DOCUMENT_METADATA_NOTIFICATION_BROKER,
	.dialect = DIALECT_SOAP,
	.has_resources = true,
	.refuses_by_fault = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti52-request.rng",
	.answer_grammar = "iti52-response.rng",
	.read = read_request,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
