/* gateway/notifying_dialect.h: a PIX Update Notification while it is made, and the dialects it is
 * told in: one file and one row each. Who is told what and when, and what is left of it, is
 * notifying.c's; a dialect writes what it is given, and gives it a name. */
#ifndef GATEWAY_NOTIFYING_DIALECT_H
#define GATEWAY_NOTIFYING_DIALECT_H

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/model/patient.h"
#include "store/notices.h"

struct arena;
struct audit_source;
struct configuration;
struct decisions;
struct errand;
struct errand_partner;
struct notification_dialect;
struct registered_system;
struct store_txn;
struct transaction;

/* What was made of a notice; all in the visit's arena. */
struct notification {
	struct notice seen;
	bool gone; /* the person */
	unsigned char told[NOTICE_DIGEST];
	const struct notification_dialect *dialect;
	const char *us, *them; /* for the audit record: UserID */
	const char *url, *id;  /* of the message */
	const char **ids;      /* CX, NULL-ended */
};

struct composing {
	struct arena *arena;
	struct store_txn *txn;
	const struct audit_source *source;
	const struct configuration *configuration;
	const struct registered_system *system;
	const struct errand_partner *to;
	const struct errand *errand;
	struct decisions *decisions;
	struct notification *made;
};

/* What goes out. */
struct notification_octets {
	struct bytes octets;
	const char *content_type;
};

struct notification_dialect {
	const struct transaction *transaction;
	const char *detail; /* ParticipantObjectDetail: what the message's id is called */
	/* name: the same for the same errand and the same ids, so that who gets it twice knows it.
	 * Sets us, them and id of c->made. */
	struct notification_octets (*write)(struct composing *c,
					    const unsigned char name[NOTICE_DIGEST],
					    const struct patient_identifier *ids, instant now);
};

extern const struct notification_dialect notification_hl7v2, notification_hl7v3;

#endif
