/* tests/profiles/subscribing.h: a house in which systems subscribe and publish. */
#ifndef TESTS_PROFILES_SUBSCRIBING_H
#define TESTS_PROFILES_SUBSCRIBING_H

#include "gateway/base/text.h"
#include "schemas/model/subscription.h"
#include "tests/profiles/documents.h"

extern const struct transaction iti52_document_metadata_subscribe;

#define CONSUMER "https://c.example/notified"
#define DOCUMENTS "urn:uuid:aa2332d0-f8fe-11e0-be50-0800200c9a66"
#define SETS "urn:uuid:fbede94e-dbdc-4f6b-bc1f-d730e677cece"
#define FOLDERS "urn:uuid:9376254e-da05-41f5-9af3-ac56d63d8ebd"
#define ALL_DOCUMENTS "urn:uuid:742790e0-aba6-43d6-9f1f-e43ed9790b79"
#define ALL_SETS "urn:uuid:868cad3d-ec09-4565-b66c-1be10d034399"
#define DOCUMENT_PATIENT "$XDSDocumentEntryPatientId"

/* c-hospital and b-clinic may subscribe for one consumer; a-hospital may publish. */
struct bench {
	struct house house;
	struct registered_system systems[COUNT(people_systems)];
};

void bench_open(struct bench *b);
void bench_close(struct bench *b); /* nothing is out of order in its store */

/* One parameter more; value: as it stands in rim:Value. */
struct criterion {
	const char *name, *value;
};

/* The request of those criteria, which take the place of its own. */
const char *subscribe_text(struct house *h, const char *topic, const char *filter,
			   const struct criterion *c, size_t count);
struct asked *subscribe(struct house *h, const char *system, const char *text);
/* c-hospital's. */
const struct subscription *follow(struct house *h, const char *topic, const char *filter,
				  const struct criterion *c, size_t count);
/* An id in its quotes. */
const char *quoted(struct house *h, const char *patient);
const struct subscription *follow_patient(struct house *h, const char *topic, const char *filter,
					  const char *parameter, const char *patient);
/* to: the subscription's address. */
enum problem_code unsubscribe(struct house *h, const char *system, const char *to);
/* a-hospital registers it (ITI-42). */
const struct submission *put(struct house *h, const char *text);
/* The request of ITI-54: a document, its submission set and its folder. */
const char *publish_text(struct house *h, const char *patient);

#endif
