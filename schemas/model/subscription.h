/* schemas/model/subscription.h: somebody wants to be told of what is registered: of what, until
 * when, and where. No dialect: Document Metadata Subscription (DSUB, ITI TF-1: 26) is one that is
 * spoken about it. */
#ifndef SCHEMAS_MODEL_SUBSCRIPTION_H
#define SCHEMAS_MODEL_SUBSCRIPTION_H

#include <stdint.h>

#include "schemas/model/registry_query.h"

/* What is told of: the objects of one kind, whole or by their ids (ITI TF-2: 3.52.5.1). Their
 * numbers stand in the store. */
enum subscription_topic {
	TOPIC_NONE,
	TOPIC_FULL_DOCUMENT_ENTRY,
	TOPIC_MINIMAL_DOCUMENT_ENTRY,
	TOPIC_SUBMISSION_SET,
	TOPIC_FOLDER, /* registered, or it gained a document */
	TOPIC_COUNT
};

struct subscription {
	const char *id;       /* random, hexadecimal digits: who does not know it cannot name it */
	const char *system;   /* who subscribed: what he may see is told, and he ends it */
	const char *consumer; /* URL of who is told */
	const char *pull_point; /* id of what it waits at (store/pull_points.h); NULL: it is sent */
	const char *reference;  /* by which the dialect names it to both; opaque here */
	enum subscription_topic topic;
	/* The criteria alone; patient_id as it was sent. */
	struct registry_query filter;
	uint64_t subject;      /* the patient record it hangs on; 0: it is of every patient */
	int64_t created, ends; /* microseconds since 1970; from `ends` on it is over */
	uint64_t lost;         /* what there was no room for where it waits */
	struct subscription *next;
};

/* What happened, of which a notification tells: a submission was registered, a folder gained
 * documents, or somebody published what is registered elsewhere (ITI-54). The numbers stand in the
 * store. */
enum subscription_event_kind { EVENT_SUBMISSION = 1, EVENT_FOLDER, EVENT_PUBLISHED };

#endif
