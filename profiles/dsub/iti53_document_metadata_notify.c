/* profiles/dsub/iti53_document_metadata_notify.c
 *
 * Document Metadata Notify [ITI-53], ITI TF-2: 3.53. We are the Document Metadata Notification
 * Broker: a consumer is told of what was registered and somebody subscribed for. Who is told what,
 * and when, is gateway/notifying_subscribers.c's. */
#include "profiles/dsub/iti53_document_metadata_notify.h"

#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/dsub/notification.h"
#include "profiles/dsub/wsnt.h"
#include "profiles/transaction.h"

void document_metadata_notify_write(struct xml_writer *w, const void *what)
{
	const struct document_metadata_notify *n = what;
	xml_open(w, "wsnt:Notify");
	xml_namespace_declare(w, "wsnt", WSNT_NAMESPACE);
	xml_namespace_declare(w, "wsa", ADDRESSING_NAMESPACE);
	notification_write(w, n->subscription, n->objects);
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
