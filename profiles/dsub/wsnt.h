/* profiles/dsub/wsnt.h: how Document Metadata Subscription names things on the wire:
 * WS-BaseNotification 1.3, WS-Topics 1.3, and the topics of ITI TF-2: 3.52.5.1. */
#ifndef PROFILES_DSUB_WSNT_H
#define PROFILES_DSUB_WSNT_H

#include "schemas/model/subscription.h"

struct arena;
struct exchange;
struct xml_writer;

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
/* The same of what has that id at an endpoint of ours. */
const char *wsnt_address(struct arena *a, const char *reference, const char *id);
/* An element that says by an address what is meant. */
void wsnt_put_endpoint(struct xml_writer *w, const char *name, const char *address);
/* The id of what a request is sent to: the path names it, or else wsa:To does, which a proxy leaves
 * as it is. "": neither, or each another. */
const char *wsnt_resource(const struct exchange *x);

#endif
