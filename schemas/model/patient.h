/* schemas/model/patient.h: who a patient is, in whatever dialect it was said.
 *
 * Strings are UTF-8 with their original code points; normal forms are made only for index keys.
 * In an update NULL means "not sent, keep" and "" means "delete what you have" (HL7 v2 `""`). */
#ifndef SCHEMAS_MODEL_PATIENT_H
#define SCHEMAS_MODEL_PATIENT_H

#include <stdbool.h>
#include <stdint.h>

/* CX / II: an id in a patient identifier domain. */
struct patient_identifier {
	const char *id;
	const char *namespace_id;      /* HD.1 as sent, or NULL */
	const char *universal_id;      /* HD.2, an OID; after resolution always set */
	const char *universal_id_type; /* HD.3 as sent, or NULL */
	const char *type;              /* CX.5, or NULL */
	bool label;  /* namespace_id is a name for people only (v3's assigningAuthorityName) */
	bool beside; /* not the patient's at the sender: asOtherIDs */
	const char *where; /* where it stood: PID^1^3^2, or an XPath; NULL: not said */
	struct patient_identifier *next;
};

enum name_representation { NAME_UNSPECIFIED, NAME_IDEOGRAPHIC, NAME_PHONETIC, NAME_ALPHABETIC };

struct person_name {
	const char *family, *given, *middle, *prefix, *suffix;
	const char *use;                         /* XPN-7: L legal, M maiden, ... or NULL */
	enum name_representation representation; /* XPN-8 I P A; v3 use IDE SYL ABC */
	struct person_name *next;
};

struct postal_address {
	const char *street, *other, *city, *state, *postal_code, *country;
	/* the whole in one line (XAD-8 / unstructured addr), or NULL */
	const char *text;
	const char *use;
	struct postal_address *next;
};

struct telecom {
	const char *number; /* a phone number as written, or an e-mail address */
	const char *use;    /* PRN, WPN, H, WP ... as sent */
	struct telecom *next;
};

/* Health insurance: 保険者番号, 記号, 番号, 枝番, and the days it is valid from and until. */
struct insurance {
	const char *insurer, *symbol, *number, *branch;
	const char *from, *until; /* YYYY[MM[DD]] as sent (IN1-12, IN1-13), or NULL */
	/* Of one that was replaced: when it stood there last, YYYYMMDDHHMMSS, UTC; else NULL. */
	const char *last_said;
	struct insurance *next;
};

struct patient_demographics {
	struct person_name *names;
	const char *birth_date; /* YYYY[MM[DD...]] as sent */
	const char *sex;        /* HL7 table 0001: F M O U A N; v3 UN becomes U */
	struct postal_address *addresses;
	struct telecom *telecoms;
	struct insurance *insurances;
	/* What its source said before these, the latest first: the store's memory, of which no feed
	 * says anything. Never shown as what holds. */
	struct insurance *former_insurances;
	const char *mothers_maiden_name;
	const char *multiple_birth; /* Y or N */
	const char *birth_order;
	const char *deceased; /* Y or N */
	const char *deceased_time;
	/* Y: nobody knows who it is (PID-31); no rule links it then */
	const char *identity_unknown;
	/* A list sent as `""` is deleted; NULL in the list pointer alone means "keep". */
	bool delete_names, delete_addresses, delete_telecoms, delete_insurances;
	/* The source takes back that it ever knew this patient; all else says so, too. */
	bool delete_all;
	/* Of what a feed says: its normal forms, made by whoever read it (store/identity.h,
	 * identity_prepared()), so that the committer need not. NULL: nobody has. */
	const struct identity_forms *forms;
	/* Of what a feed says: whom it may be, weighed in a snapshot (store/identity_score.h).
	 * NULL: nobody has looked. */
	const struct identity_scored *scored;
};

/* What an identity feed says (ITI-8, ITI-30, ITI-44, ITI-104, SS-MIX2 ADT-00), dialect gone. */
enum feed_kind {
	FEED_CREATE,
	FEED_UPDATE,
	FEED_MERGE,
	/* ITI TF-2: 3.30.6.5 to 3.30.6.7 */
	FEED_CHANGE_ID,
	FEED_LINK,
	FEED_UNLINK,
	FEED_DELETE, /* all that was said of the patient is taken back */
	FEED_VISIT   /* something about a visit, which carries of identity at most a death */
};

struct identity_feed {
	enum feed_kind kind;
	struct patient_identifier *ids; /* of the patient (survivor); as sent, unresolved */
	/* FEED_MERGE, FEED_CHANGE_ID: MRG-1, priorRegisteredRole/id; FEED_LINK, FEED_UNLINK: those
	 * of the other patient. */
	struct patient_identifier *subsumed;
	struct patient_demographics demographics;
	const char *message_id; /* MSH-10, or the v3 message id as root^extension */
	/* When the sender says that it happened: microseconds since 1970, UTC; 0: not said. A feed
	 * that happened before what is known already is an older one, sent again or late. */
	int64_t occurred;
	/* An update makes the patient known, a merge into an id nobody knows changes the id, one of
	 * an id nobody knows does nothing: no error (ITI TF-2: 3.30.6.3.4, 3.30.6.4.4). */
	bool unknown_is_no_error;
};

/* A PIX query (ITI-9, ITI-45, ITI-83), dialect gone. */
struct cross_reference_query {
	struct patient_identifier id;
	struct patient_identifier *domains; /* only their domain parts; NULL: all */
};

#endif
