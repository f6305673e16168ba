/* profiles/dsub/notification.h: what a notification is on the wire and in the audit log, whether it
 * is sent (ITI-53) or fetched (ITI-70); and what was published (ITI-54), kept until it is told. */
#ifndef PROFILES_DSUB_NOTIFICATION_H
#define PROFILES_DSUB_NOTIFICATION_H

#include <stdbool.h>

#include "schemas/model/document.h"
#include "schemas/model/subscription.h"

struct arena;
struct audit_event;
struct audit_object;
struct blob;
struct exchange;
struct store_txn;
struct xml_writer;

/* objects: of the subscription's topic: entries, one set or one folder. */
bool notification_is_empty(const struct registry_objects *objects);
/* wsnt:NotificationMessage, with one list of objects and nothing that joins them (ITI TF-2:
 * 3.53.4.1.2). wsnt stands for its namespace where it is written. */
void notification_write(struct xml_writer *w, const struct subscription *s,
			const struct registry_objects *objects);

/* Each object by its entryUUID (ITI TF-2: 3.53.5.1.2, 3.54.5.1.2; DSUB Extensions 3.70.5.1.2), with
 * its home community's id; home, which is kept as long as a: of those that do not say it. */
struct audit_object *notification_audit_objects(struct arena *a,
						const struct registry_objects *objects,
						const char *home);
/* The same, added to an exchange's. */
void notification_audit(struct exchange *x, struct audit_event *e,
			const struct registry_objects *objects);

/* Metadata that were published, as they stand in the store's keeping: a SubmitObjectsRequest. In a
 * snapshot or a job; all of it is in the arena. NULL: it cannot be read. */
struct submission *notification_published(struct store_txn *t, struct arena *a,
					  const struct blob *kept);

#endif
