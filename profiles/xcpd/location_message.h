/* profiles/xcpd/location_message.h: Patient Location Query [ITI-56], of the supplement XCPD Health
 * Data Locator and Revoke (ITI TF-2: 3.56), as the Initiating Gateway says it and hears it. Pure:
 * nothing is looked up, nothing is kept.
 *
 * What is written and read lives in the arena given. Thread-safety: as the arena. */
#ifndef PROFILES_XCPD_LOCATION_MESSAGE_H
#define PROFILES_XCPD_LOCATION_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct problem;
struct soap_message;
struct xml_writer;

#define LOCATION_ACTION "urn:ihe:iti:2009:PatientLocationQuery"
#define LOCATION_ANSWER "urn:ihe:iti:2009:PatientLocationQueryResponse"

/* Whom it means: by the id it told of him (ITI-55). */
struct location_question {
	const char *domain, *id;
};

/* The child of the body. q: struct location_question. */
void location_write(struct xml_writer *w, const void *q);

enum {
	LOCATIONS_MOST = 64,           /* communities that one answer may name */
	LOCATION_ANSWER_MOST = 1 << 16 /* octets: each takes some three hundred */
};

/* Each once, in its order. What CorrespondingPatientId says is not read: by which id a community
 * knows somebody is that community's to say. */
struct located_home {
	const char *home; /* urn:oid:... */
	struct located_home *next;
};

/* False: it is no answer to that, as p says, which repeats nothing of it; it is at the place in it.
 * *out NULL: it names nobody. */
bool location_read(struct arena *a, const struct soap_message *m, const struct location_question *q,
		   struct located_home **out, struct problem *p);

#endif
