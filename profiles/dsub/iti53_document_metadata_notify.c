/* profiles/dsub/iti53_document_metadata_notify.c
 *
 * Document Metadata Notify [ITI-53], ITI TF-2: 3.53. We are the Document Metadata Notification
 * Broker: a consumer is told of what was registered and somebody subscribed for. Who is told what,
 * and when, is gateway/notifying_subscribers.c's. */
#include "profiles/dsub/iti53_document_metadata_notify.h"

#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/dsub/wsnt.h"
#include "profiles/transaction.h"

static void put_endpoint(struct xml_writer *w, const char *name, const char *address)
{
	xml_open(w, name);
	xml_element_text(w, "wsa:Address", address);
	xml_close(w);
}

/* One NotificationMessage, with one list of objects and nothing that joins them (3.53.4.1.2). The
 * producer is this broker: what it says of itself the consumer knows by the subscription. */
void document_metadata_notify_write(struct xml_writer *w, const void *what)
{
	const struct document_metadata_notify *n = what;
	const struct subscription *s = n->subscription;
	xml_open(w, "wsnt:Notify");
	xml_namespace_declare(w, "wsnt", WSNT_NAMESPACE);
	xml_namespace_declare(w, "wsa", ADDRESSING_NAMESPACE);
	xml_open(w, "wsnt:NotificationMessage");
	put_endpoint(w, "wsnt:SubscriptionReference", wsnt_reference(xml_writer_arena(w), s));
	xml_open(w, "wsnt:Topic");
	xml_namespace_declare(w, "ihe", WSNT_TOPICS_NAMESPACE);
	xml_put_attribute(w, "Dialect", WSNT_SIMPLE_DIALECT);
	xml_put_text(w, wsnt_topic_name(s->topic));
	xml_close(w);
	put_endpoint(w, "wsnt:ProducerReference", s->reference);
	xml_open(w, "wsnt:Message");
	xml_open(w, "lcm:SubmitObjectsRequest");
	xml_namespace_declare(w, "lcm", LCM_NAMESPACE);
	ebrim_put_objects(w, xml_writer_arena(w), n->objects,
			  s->topic != TOPIC_MINIMAL_DOCUMENT_ENTRY);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static const struct route none[] = { { 0 } };

const struct transaction iti53_document_metadata_notify = {
	.code = "ITI-53",
	.name = "Document Metadata Notify",
	.section = "ITI TF-2: 3.53",
	.actor = DOCUMENT_METADATA_NOTIFICATION_BROKER,
	.dialect = DIALECT_SOAP,
	.sent = true,
	.routes = none,
	.access = STORE_NONE,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.request_grammar = "iti53-request.rng",
};
