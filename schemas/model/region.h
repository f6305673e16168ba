/* schemas/model/region.h: the region as configured: its identifiers, systems and domains.
 * Immutable once loaded; a reload makes a new one. Strings live as long as the configuration. */
#ifndef SCHEMAS_MODEL_REGION_H
#define SCHEMAS_MODEL_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/model/assertion.h"
#include "schemas/model/code_sets.h"
#include "schemas/model/partner.h"
#include "schemas/model/retention.h"
#include "schemas/model/signature.h"

/* A patient identifier domain: the assigning authority's HD (ITI TF-2: Appendix E). */
struct assigning_authority {
	const char *namespace_id; /* HD.1, may be "" */
	const char *universal_id; /* HD.2, an OID */
	/* name of the one Patient Identity Source; NULL: nobody may feed it */
	const char *owner;
};

/* Leniencies on input: each one named, each can be switched off per peer. Nothing but flags, each
 * with its row in schemas/tables/leniency.c. */
struct leniencies {
	bool resolve_own_ids; /* ask and submit with an id of one's own domain */
	/* PID-3.4 absent: the system's own domain (ITI TF-2: 3.8.4.1.3.1) */
	bool fill_domain;
	bool any_hl7_version;        /* MSH-12 other than 2.3.1 and 2.5 */
	bool missing_event_segments; /* EVN or PV1 absent in ITI-8, ITI-30 */
	bool plain_soap_for_mtom;    /* an ITI-41/43 request that is not multipart */
	bool update_creates;         /* A08 / PRPA_IN201302UV02 for an unknown id creates it */
	/* its own ids have twelve digits: only a declared Individual Number is one */
	bool twelve_digit_ids;
	bool local_sex_codes; /* PID-8 1 and 2 for M and F */
	/* HD.1 that nobody configured beside the right OID, HD.3 not ISO, the OID in HD.1 */
	bool loose_authority;
	bool mllp_framing;        /* a frame without VT, or without CR behind FS */
	bool unquoted_parameters; /* of Content-Type: type=application/xop+xml */
	bool content_id_spelling; /* cid: and Content-ID percent-encoded differently */
	bool lost_delimiter;      /* MSH-2 that lost one of its characters */
	bool misnamed_charset;    /* UTF-8 although MSH-18 names another set */
	bool unmodifiable_type;   /* ITI-92: a changed objectType is UnmodifiableMetadataError */
};

/* A registered system: a node with a certificate, acting for a facility. */
struct registered_system {
	const char *name;  /* "a-hospital" */
	const char *title; /* "A病院" */
	const char *role;  /* of whoever uses it and is vouched for by nobody; NULL: none */
	const char *institution_code;        /* 10 digits, or NULL */
	const char *certificate_sha256;      /* leaf DER, lower-case hex */
	const char *next_certificate_sha256; /* that will take its place; or NULL */
	/* From then on (microseconds since 1970) only that one is taken; 0: both are. */
	int64_t certificate_until;
	/* universal ids it feeds and owns; NULL-ended, first is its default */
	const char *const *domains;
	const char *const
		*pix_domains; /* whose ids it may see besides its own and the affinity domain's;
					 * NULL-ended; "*" = all */
	const char *const *reply_to;     /* partners its answers may be sent to; NULL-ended */
	const char *const *consumers;    /* partners it may subscribe for; NULL-ended */
	const char *const *transactions; /* codes it may use, NULL-ended; NULL: all */
	const char *notify; /* the partner that is told when ids it may be told change; or NULL */
	/* the partner, a community, on whose behalf it asks: another region's gateway; or NULL */
	const char *community;
	const char *hl7_facility, *hl7_application; /* MSH-4, MSH-3 it must use; NULL: any */
	/* of HL7 v2 without MSH-18, in MSH-18 notation; NULL: UTF-8 */
	const char *charset;
	bool strict_input; /* validate its requests against our grammars */
	/* an outside Patient Identity Source of the affinity domain */
	bool feeds_affinity_domain;
	bool legacy_err;     /* answer ERR in the HL7 2.3.1 form */
	bool faults_as_500;  /* SOAP faults with status 500, whatever they are about */
	bool replace_others; /* its documents may replace other facilities' */
	bool remove_others;  /* it may remove what other facilities submitted (ITI-62, ITI-86) */
	bool update_others;  /* it may update what other facilities submitted (ITI-57, ITI-92) */
	bool publish;        /* it may publish what is registered elsewhere (ITI-54) */
	bool emergency;      /* whoever asks through it may break the glass */
	bool responder;      /* in a disaster it may see whom that covers (store/disasters.h) */
	enum assertion_need assertions;
	/* Whose people may ask through it: organization-id, without "urn:oid:"; NULL-ended; "*":
	 * anybody's. */
	const char *const *organizations;
	uint64_t disk_quota;  /* octets that what it sends may take up; 0: any number */
	uint64_t audit_quota; /* the same of audit records it sends (ITI-20) */
	/* What it may ask for (gateway/rates.h); 0: any number. */
	unsigned requests_per_second, requests_burst, exchanges_at_once;
	struct leniencies lenient;
};

/* A Document Repository of ours besides the region's own. */
struct own_repository {
	const char *unique_id;      /* OID */
	const char *const *systems; /* whose documents it takes; NULL-ended, or NULL */
	const char *directory;      /* of its large documents; NULL: the store's own */
};

/* Where one facility is sent documents that are for it alone (XDR, ITI TF-1: 15). */
struct facility_inbox {
	const char *name;                 /* at /xdr/NAME */
	const char *facility;             /* the system whose facility it is: it may fetch */
	const char *repository_unique_id; /* OID by which it does (ITI-43); no repository's */
	const char *const *from;          /* systems that may push; NULL-ended; "*": all */
	const char *const *media_types;   /* of documents it takes; NULL-ended, or NULL: any */
	bool limited_metadata;            /* Accepts Limited Metadata, ITI TF-1: 15.2.3 */
	uint64_t quota;                   /* octets that all it holds may take up */
	unsigned most;                    /* submissions it may hold */
};

/* An SS-MIX2 storage of a facility that has none of its own: we write it (委託保管). */
struct delegated_storage {
	const char *system;    /* its name; it has an institution code and a domain */
	const char *directory; /* absolute; its root stands there, and others' may */
};

/* What is made of a person's messages when somebody asks for it (schemas/tables/view_kinds.h), and
 * the forms it is made in. */
enum view_kind {
	VIEW_MEDICATION,
	VIEW_LABORATORY,
	VIEW_ALLERGIES,
	VIEW_DIAGNOSES,
	VIEW_VISITS,
	VIEW_KINDS
};
enum view_form { VIEW_CDA, VIEW_FHIR, VIEW_FORMS };

struct on_demand_list {
	const char *repository_unique_id; /* one of ours; NULL: none is offered */
	bool forms[VIEW_FORMS];
	bool persists; /* what was given is kept (ITI TF-2: 3.43.4.2.3) */
	bool each;     /* and one message by itself */
};

/* In seconds. */
struct emergency_limits {
	unsigned window;   /* of one override: one asker, one person */
	unsigned review;   /* from when on one that nobody has reviewed is told of */
	unsigned disaster; /* of disaster mode, at most */
};

struct match_weights;
struct region_policy;

/* What becomes of records that are likely one person's, and of which no exact rule says so. */
enum matching {
	MATCHING_OFF,    /* nothing: they are not looked for */
	MATCHING_REVIEW, /* somebody is asked, always */
	MATCHING_LINK    /* the sure ones are linked, of the others somebody is asked */
};

/* How long audit records stay, in seconds (0: for ever), and which audit repositories must have had
 * ours before they go (gateway/audit/expiring.h). */
struct audit_keeping {
	uint64_t keep, keep_received;
	const char *const *repositories;
	size_t repository_count;
};

struct region {
	const char *name;
	const char *affinity_domain; /* OID */
	const char *affinity_namespace;
	const char *home_community_id;             /* urn:oid:... */
	const char *repository_unique_id;          /* OID: of whatever no other repository takes */
	const struct own_repository *repositories; /* besides */
	size_t repository_count;
	const struct facility_inbox *inboxes;
	size_t inbox_count;
	struct on_demand_list on_demand[VIEW_KINDS]; /* what we make (ITI TF-1: 10.1.1.6) */
	const char *device_id; /* OID of this gateway in HL7 v3 sender/receiver */
	/* OID: the assigning authority of the codes by which other communities know a person
	 * (store/partner_codes.h); NULL: no partner is a community */
	const char *community_domain;
	/* consent default: nobody is shared before joining */
	bool opt_in;
	const struct region_policy *policy; /* about documents (region_policy.h); NULL: none */
	enum matching matching;
	const struct match_weights *weights; /* of matching/weights.h; NULL: those shipped */
	/* what one person decides of two records takes effect when another one agrees */
	bool four_eyes;
	/* imported documents are copied; else they stay where they are */
	bool ssmix2_copy;
	/* others do not see sourcePatientId/-Info as submitted */
	bool hide_source_ids;
	/* what messages say of insurance is neither kept nor compared nor asked for */
	bool without_insurances;
	/* it is kept and compared, and nobody asks for a patient by it */
	bool unasked_insurances;
	/* entries one answer may hold (XDSTooManyResults) */
	unsigned most_results;
	/* documents, folders, associations and the set of one submission, together */
	unsigned submission_objects;
	/* octets of one of them, as the registry keeps it */
	size_t metadata_object;
	struct assertion_policy assertions; /* who vouches for persons */
	struct signature_policy signatures; /* how those over documents are verified */
	struct emergency_limits emergency;
	const struct registered_system *systems;
	size_t system_count;
	const struct partner *partners;
	size_t partner_count;
	/* We are an Initiating Gateway, and some of them are communities: they are asked, too. */
	bool asks_communities;
	/* whom documents that come by ITI-41 are registered with; NULL: ourselves */
	const struct partner *registry;
	/* who is handed what patients are told of overrides; NULL: somebody prints letters */
	const struct partner *patient_notices;
	const struct assigning_authority *domains; /* all known, affinity domain included */
	size_t domain_count;
	struct code_sets codes; /* an attribute without codes accepts every one */
	/* in the order of the file; without one nothing is removed by rule */
	const struct retention_rule *retention;
	size_t retention_count;
	unsigned retention_minute; /* of the day, in the host's zone: when it is carried out */
	struct audit_keeping audit_keeping;
	const struct delegated_storage *delegated;
	size_t delegated_count;
};

const struct registered_system *region_system(const struct region *r, const char *name);
const struct registered_system *region_system_by_certificate(const struct region *r,
							     const char *sha256);
/* The same at that moment: not by a certificate whose time is over. */
const struct registered_system *region_system_at(const struct region *r, const char *sha256,
						 int64_t now);
/* The storage of that system's facility that we write; NULL: there is none. */
const struct delegated_storage *region_delegated(const struct region *r,
						 const struct registered_system *s);
/* The repositoryUniqueId under which a system's documents are kept; system NULL: the region's. */
const char *region_repository_of(const struct region *r, const char *system);
/* Where its large documents stand; NULL: in the store's own place. */
const char *region_documents_of(const struct region *r, const char *system);
/* Whether that is the repositoryUniqueId of one of ours. */
bool region_has_repository(const struct region *r, const char *unique_id);
/* Anything at all. */
bool region_makes_on_demand(const struct region *r);
/* By its name, or by its repositoryUniqueId; NULL: there is none. */
const struct facility_inbox *region_inbox(const struct region *r, const char *name);
const struct facility_inbox *region_inbox_of_repository(const struct region *r,
							const char *unique_id);
/* That system may push to it; that system's facility may have what is in it. */
bool inbox_takes_from(const struct facility_inbox *i, const char *system);
bool inbox_is_of(const struct region *r, const struct facility_inbox *i,
		 const struct registered_system *s);
const struct partner *region_partner(const struct region *r, const char *name);
/* The community of that id, "urn:oid:...". NULL: no partner is that. */
const struct partner *region_community(const struct region *r, const char *home_community_id);
/* Whether any partner is one. */
bool region_has_community(const struct region *r);
/* The community on whose behalf that system asks. NULL: none, it is a facility's. */
const struct partner *region_community_of(const struct region *r,
					  const struct registered_system *s);
/* The partner of that URL, if the system's answers may be sent there. NULL: they may not. */
const struct partner *region_answers_at(const struct region *r, const struct registered_system *s,
					const char *url);
/* The partner of that URL, if the system may subscribe for it (ITI-52). NULL: it may not. */
const struct partner *region_consumer(const struct region *r, const struct registered_system *s,
				      const char *url);
/* Where the system is told of changes of ids (ITI-10); NULL: it is not. */
const struct partner *region_notified(const struct region *r, const struct registered_system *s);
/* By universal id (an "urn:oid:" prefix is accepted), else by namespace; both given must agree.
 * NULL: unknown. */
const struct assigning_authority *region_domain(const struct region *r, const char *universal_id,
						const char *namespace_id);
/* Of one facility: the same name, or the same institution code. */
bool system_same_facility(const struct region *r, const struct registered_system *s,
			  const char *name);
/* Is that XON, or the XON of that XON|XCN|XTN, the system's institution? By its code (XON.10), or
 * by its title (XON.1). */
bool system_is_institution(const struct registered_system *s, const char *xon);
/* Does that XON|XCN|XTN name an institution at all? */
bool recipient_institution(const char *recipient);
bool system_owns(const struct registered_system *s, const char *universal_id);
/* May this system be told ids of that domain (own, affinity, pix_domains)? */
bool system_sees(const struct region *r, const struct registered_system *s,
		 const char *universal_id);

#endif
