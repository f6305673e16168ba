/* gateway/config_keys.h: the structs the table of keys fills; known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_KEYS_H
#define GATEWAY_CONFIG_KEYS_H

#include "gateway/config.h"

enum config_section_number {
	SECTION_REGION,
	SECTION_ACTORS,
	SECTION_HTTPS,
	SECTION_MLLP,
	SECTION_ADMIN,
	SECTION_HTTPS_DOOR,
	SECTION_MLLP_DOOR,
	SECTION_SYSLOG_DOOR,
	SECTION_SYSLOG_UDP,
	SECTION_STORE,
	SECTION_SERVICE,
	SECTION_OUTBOX,
	SECTION_AUDIT,
	SECTION_AUDIT_REPOSITORY,
	SECTION_SSMIX2,
	SECTION_SSMIX2_STORAGE,
	SECTION_PARTNER,
	SECTION_REPOSITORY,
	SECTION_INBOX,
	SECTION_ON_DEMAND,
	SECTION_DOMAIN,
	SECTION_CODES,
	SECTION_RETENTION,
	SECTION_ASSERTION_ISSUER,
	SECTION_SYSTEM,
	SECTION_COUNT
};

struct region_keys {
	const char *name, *affinity_domain, *affinity_namespace, *home_community_id;
	const char *repository_unique_id, *device_id, *community_domain;
	unsigned consent_default; /* 0 opt-in, 1 opt-out */
	const char *policy;
	bool resolve_own_ids, hide_source_ids;
	unsigned most_results, submission_objects;
	uint64_t metadata_object, disk_quota;
	unsigned matching; /* 0 link, 1 review, 2 off */
	const char *match_weights;
	bool match_four_eyes;
	unsigned insurance; /* 0 on, 1 match-only, 2 off, 3 match, which is what on was called */
	const char *code_sets;
	const char *retention_at;
	const char *signature_anchors, *signature_revocations;
	unsigned invalid_signatures; /* 0 take, 1 refuse */
	bool signature_sha1;
	const char *const *assertion_audiences;
	unsigned assertions_remembered;
	const char *emergency_reason;
	const char *assertion_certificate, *assertion_entity_id;
	unsigned emergency_window, review_within, disaster_most; /* seconds */
};

struct store_keys {
	const char *directory;
	uint64_t cache, snapshot_memory, audit_reserve;
	unsigned exchanges, exchange_days;
	unsigned exchange_bodies; /* enum bodies_kept */
	const char *exchange_bodies_key;
	uint64_t exchange_body_most, exchange_bodies_room;
	unsigned exchange_bodies_days;
	const char *data_key, *data_key_before;
};

struct service_keys {
	uint64_t exchange_memory, answers_memory, answers_disk;
	unsigned workers, loops, stop_within, ready_within, ready_audit_waiting, long_work_waiting,
		long_reads_waiting;
	unsigned open_documents, log_level, log_format;
	const char *socket, *grammars;
	unsigned walls; /* 0 where-possible, 1 required, 2 off */
	const char *const *reach, *const *patient_operators;
	bool allow_root;
};

struct outbox_keys {
	unsigned errands, errands_per_partner, give_up_seconds;
	uint64_t octets, octets_per_partner;
};

struct audit_keys {
	const char *enterprise_site_id, *source_id;
	const char *anchor_key, *anchors, *others_anchor_keys;
	unsigned anchor_seconds;
	const char *keep, *keep_received;
};

struct ssmix2_keys {
	unsigned documents;
}; /* 0 copy, 1 reference */

struct ssmix2_storage_keys {
	const char *directory;
	unsigned every;     /* seconds */
	unsigned all_every; /* the same; 0: not said */
	bool delegated;
	const char *transactions;
};

struct partner_keys {
	struct partner partner;
	const char *const *purposes;
	const char *ca, *server_certificate;
	unsigned consent;
	unsigned ocsp; /* 0 off, 1 staple */
	unsigned confirmation;
	const char *const *purposes_out, *const *purposes_in;
};
enum { CONFIRMATION_BEARER, CONFIRMATION_HOLDER_OF_KEY };   /* of assertion-confirmation */
enum { INSURANCE_ON, INSURANCE_MATCH_ONLY, INSURANCE_OFF }; /* choices of region insurance */
enum { CONSENT_NEEDED, CONSENT_ASSUMED };                   /* choices of partner consent */

struct repository_keys {
	const char *const *systems;
	const char *directory;
};

struct inbox_keys {
	const char *facility, *repository_unique_id;
	const char *const *from, *const *media_types;
	bool limited_metadata;
	uint64_t quota;
	unsigned most;
};

struct on_demand_keys {
	const char *repository_unique_id;
	bool forms[VIEW_FORMS];
	bool persists, each;
};

struct domain_keys {
	const char *namespace_id;
};

struct codes_keys {
	const char *const *allow;
};

struct retention_keys {
	const char *const *classes, *const *types, *const *facilities;
	const char *after_creation, *after_acceptance;
	unsigned keep_last;
	bool keep;
};

struct assertion_issuer_keys {
	const char *entity_id, *certificate;
	unsigned max_lifetime, skew; /* seconds */
	const char *const *contexts, *const *organizations, *const *roles;
};

struct system_keys {
	struct registered_system system;
	unsigned assertions; /* 0 optional, 1 required, 2 forbidden */
	const char *certificate, *next_certificate, *certificate_until;
};

#endif
