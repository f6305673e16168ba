/* profiles/dsub/iti53_document_metadata_notify.h: the message of ITI-53, for who sends it
 * (gateway/notifying_subscribers.c). */
#ifndef PROFILES_DSUB_ITI53_DOCUMENT_METADATA_NOTIFY_H
#define PROFILES_DSUB_ITI53_DOCUMENT_METADATA_NOTIFY_H

#include "schemas/model/document.h"
#include "schemas/model/subscription.h"

struct xml_writer;

#define DOCUMENT_METADATA_NOTIFY_ACTION                                                            \
	"http://docs.oasis-open.org/wsn/bw-2/NotificationConsumer/Notify"

struct document_metadata_notify {
	const struct subscription *subscription;
	/* Of its topic: entries, one set or one folder. */
	const struct registry_objects *objects;
};

/* what: a struct document_metadata_notify. Writes wsnt:Notify, the child of the body. */
void document_metadata_notify_write(struct xml_writer *w, const void *what);

#endif
