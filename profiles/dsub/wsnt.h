/* profiles/dsub/wsnt.h: how Document Metadata Subscription names things on the wire:
 * WS-BaseNotification 1.3, WS-Topics 1.3, and the topics of ITI TF-2: 3.52.5.1. */
#ifndef PROFILES_DSUB_WSNT_H
#define PROFILES_DSUB_WSNT_H

#include "schemas/model/subscription.h"

struct arena;

#define WSNT_NAMESPACE "http://docs.oasis-open.org/wsn/b-2"
#define WSNT_ACTION "http://docs.oasis-open.org/wsn/bw-2/"
#define WSNT_SIMPLE_DIALECT "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Simple"
/* What the prefix ihe of topics stands for in the framework's own samples (3.54.4.1.4). */
#define WSNT_TOPICS_NAMESPACE "urn:ihe:iti:pub-sub:2008"

/* "ihe:FullDocumentEntry"; and of such a name, TOPIC_NONE: there is none. */
const char *wsnt_topic_name(enum subscription_topic topic);
enum subscription_topic wsnt_topic_named(const char *name);
/* The address that stands for a subscription, to which it is unsubscribed (3.52.4.2.2). */
const char *wsnt_reference(struct arena *a, const struct subscription *s);

#endif
