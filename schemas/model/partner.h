/* schemas/model/partner.h: somebody we call, as configured: where, what for, and by what we know
 * each other. Immutable once loaded; strings live as long as the configuration. */
#ifndef SCHEMAS_MODEL_PARTNER_H
#define SCHEMAS_MODEL_PARTNER_H

#include <stdbool.h>

struct purpose_row; /* schemas/model/assertion.h */

/* By what we know whom we call, and as whom we call him. */
struct client_identity {
	/* PEM file of the authorities his certificate is checked against, or of that one
	 * certificate */
	const char *ca;
	const char *crl;          /* PEM file of those authorities' revocation lists; or NULL */
	const char *certificate;  /* PEM file: ours, its chain and its key */
	const char *server_name;  /* his certificate bears; NULL: the host of the URL */
	bool staple;              /* an OCSP answer has to come beside his certificate, and hold */
	unsigned connect_seconds; /* 0: as curl_handle.c has it */
};

/* What a partner is for; a row of partner_purposes[] each. */
enum partner_purpose {
	PARTNER_ANSWERS, /* answers whose wsa:ReplyTo is its URL (ITI TF-2: V.5) */
	/* the Document Registry our repository registers its documents with (ITI-42) */
	PARTNER_REGISTRY,
	/* PIX Update Notifications of the systems that name it: ITI-10 where its URL is MLLP's,
	 * else ITI-46 */
	PARTNER_PIX_NOTIFICATIONS,
	/* Document Metadata Notify (ITI-53) of the subscriptions of systems that name it */
	PARTNER_SUBSCRIPTIONS,
	/* whoever sees to it that a patient is told of an emergency override: one at most */
	PARTNER_PATIENT_NOTICES,
	/* Another community (ITI TF-1: 18, 27): its Responding Gateway answers us, and ours answers
	 * the systems that ask on its behalf (registered_system.community) */
	PARTNER_COMMUNITY,
	PARTNER_PURPOSES
};

/* Of a community: where each kind of question is asked. */
enum partner_address {
	PARTNER_URL,      /* whatever has no address of its own; ITI-55, 56 */
	PARTNER_QUERY,    /* ITI-38 */
	PARTNER_RETRIEVE, /* ITI-39 */
	PARTNER_SUBMIT,   /* ITI-80 */
};

struct partner {
	const char *name;  /* "a-mailbox" */
	const char *url;   /* https://..., or mllps://HOST:PORT */
	unsigned purposes; /* bits: 1 << enum partner_purpose */
	struct client_identity identity;
	unsigned connections;    /* calls under way to it at a time */
	unsigned answer_seconds; /* a call may take, in all */
	/* OID of the device a v3 message is for (ITI TF-2: O.1.1); NULL: not said */
	const char *device_id;
	/* What follows is a community's, and NULL of others. */
	const char *home_community_id;        /* urn:oid:... */
	const char *query_url, *retrieve_url; /* NULL: url */
	const char *submit_url;               /* NULL: it is sent no documents */
	unsigned keep_seconds; /* what it answers of whom it knows is kept so long at most */
	/* Our address, https://..., where it sends what it answers later (ITI-55, Deferred Response
	 * Option): so it is asked. NULL: it answers at once. */
	const char *respond_to;
	bool health_data_locator; /* what it says of where else somebody is known is asked for */
	bool consent_assumed;     /* patients need not have said that it may see what is theirs */
	/* What it is told of who asks, by an assertion of ours (ITI TF-2: 3.40). */
	const char *assertion_audience; /* NULL: none is sent */
	/* Our certificate towards it, DER in base64: it is for its holder. NULL: for the bearer. */
	const char *assertion_holder;
	const char *emergency_reason; /* Name of the Attribute that says why; NULL: none does */
	/* What becomes of purposes of use; others are refused. NULL: they stay as they are. */
	const struct purpose_row *purposes_out, *purposes_in;
};

/* https://..., by the kind of question. */
const char *partner_address(const struct partner *p, enum partner_address which);

/* As the configuration has it: "registry". */
const char *partner_purpose_name(enum partner_purpose p);

/* By HL7 v2 over MLLP; else by https. */
bool partner_by_mllp(const char *url);

#endif
