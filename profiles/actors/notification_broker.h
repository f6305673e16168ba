/* profiles/actors/notification_broker.h: what a Document Metadata Notification Broker does,
 * whatever the dialect: who subscribes is told of what is registered or published. ITI TF-1: 26;
 * ITI TF-2: 3.52 to 3.54.
 *
 * An event is matched in its own job, as far as that needs nobody's leave: against what was just
 * submitted. Whatever matches is an errand (store/subscriptions.h). What the subscriber may see of
 * it is asked when it is sent, as a stored query would ask: what is hidden is not told, and where
 * nothing is left there is no message. */
#ifndef PROFILES_ACTORS_NOTIFICATION_BROKER_H
#define PROFILES_ACTORS_NOTIFICATION_BROKER_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/actors/document_registry.h"
#include "store/subscriptions.h"

struct blob;

/* On the committer. wanted is the sender's; made gets its id, record and end. NOT_PERMITTED: it may
 * not subscribe for that consumer; FILTER_INVALID: the topic is none of that filter's, or nobody
 * knows the patient; SUBSCRIPTIONS_FULL. */
bool broker_subscribe(const struct registry_desk *d, const struct subscription *wanted,
		      struct subscription *made, struct problem *p);
/* On the committer. SUBSCRIPTION_UNKNOWN: there is none of that id, or it is another's. */
bool broker_unsubscribe(const struct registry_desk *d, const char *id, struct subscription *was,
			struct problem *p);

/* In the job that registered it: s with the ids of the registry, of that person. Never fails
 * it. */
void broker_registered(const struct registry_desk *d, const struct submission *s, uint64_t person);

/* The same of an update (ITI-57, 92), whose versions and statuses are none of our topics' events
 * (DSUB Extensions: Tables 3.53.4.3.2-1 and 2): who follows a folder is told of the documents that
 * it puts in. */
void broker_updated(const struct registry_desk *d, const struct submission *s, uint64_t person);

/* What is registered elsewhere, of one patient: objects, and the same as octets (a
 * SubmitObjectsRequest) in the store's keeping. On the committer. record: whose it is.
 * NOT_PERMITTED: the sender may not publish; UNKNOWN_PATIENT. */
struct publication {
	struct submission submission;
	const char *patient_id;
	const struct blob *metadata;
};
bool broker_publish(const struct registry_desk *d, const struct publication *what, uint64_t *record,
		    struct problem *p);

/* What a subscriber is to be told of an event now: in a snapshot, d is the subscriber's. published:
 * what the event brought, else NULL. An empty list: nothing. */
struct broker_told {
	struct registry_objects objects;
	const struct registry_owner *owners; /* of them */
};
bool broker_tell(const struct registry_desk *d, const struct subscription *s,
		 const struct subscription_event *e, struct submission *published,
		 struct broker_told *out, struct problem *p);

#endif
