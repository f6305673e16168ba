/* gateway/config.h: the configuration, read once, typed, checked, then never changed.
 *
 * A reload makes a new one and swaps a pointer: whoever works with the old one holds it until done.
 *
 * Promises, each with a test in tests/operator/:
 *   C1  a configuration with one fault is refused whole; the one in use stays
 *   C2  every fault is told, with file, line and what to do (up to the first one of syntax, behind
 *       which nothing can be read with certainty)
 *   C3  what config_values() lists, written down, reads back as the same configuration
 *
 * config_load() is for one thread at a time (libconfuse's scanner has one state); all else is
 * thread-safe.
 */
#ifndef GATEWAY_CONFIG_H
#define GATEWAY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/log.h"
#include "gateway/config_text.h"
#include "gateway/transport/door.h"
#include "profiles/actor.h"
#include "schemas/model/region.h"

struct arena;

/* What is to be had at a door, in bits: the words of its key `serves`, and the operator's. */
enum door_service {
	SERVES_TRANSACTIONS = 1,
	SERVES_HEALTH = 2,
	SERVES_METRICS = 4,
	SERVES_OPERATOR = 8
};

struct config_door {
	enum door_kind kind;
	const char *name;    /* "https", "mllp", "admin", "local", or a further door's own */
	const char *section; /* where it is configured: "https-door monitoring" */
	const char *address; /* of the local one: the socket's path */
	unsigned port;
	struct tls_profile_paths tls; /* of HTTPS and MLLP */
	struct door_limits limits;
	unsigned serves; /* bits of enum door_service */
	/* as its keys have them: an enum client_certificates, and words */
	unsigned client_certificates;
	const char *const *served;
};

/* An Audit Record Repository we deliver to over syslog-TLS (ITI-20, RFC 5425). */
struct config_audit_repository {
	const char *name, *host;
	unsigned port;
	const char *ca, *certificate; /* PEM files; certificate holds chain and key */
};

/* Where audit records come as datagrams (RFC 5426). */
struct config_syslog_udp {
	const char *address;
	unsigned port;
	const char *const *sources; /* numeric addresses that are heard; NULL: it is off */
	uint64_t quota;             /* octets of one address; 0: any number */
};

/* One value as it is in effect, for `minato config show`. */
struct config_value {
	const char *section, *title, *key; /* title NULL where the section has none */
	const char *value;                 /* as text; a list as {"a", "b"} */
	const char *file;                  /* of a key that names one: where it is; or NULL */
	struct config_place place;         /* file NULL: the default */
	bool restart;                      /* a change takes effect at the next start only */
	const struct config_value *next;
};

/* Of which exchanges what was sent and answered is kept (gateway/bodies_kept.h). */
enum bodies_kept { BODIES_NONE, BODIES_REFUSED, BODIES_ALL };

struct configuration {
	const char *path;      /* of the file, as given */
	const char *directory; /* the file's: relative names start there */
	const char *code_sets; /* the file of region code-sets; NULL: none */
	struct region region;
	struct actors actors;
	struct {
		const char *directory;
		uint64_t cache, snapshot_memory, audit_reserve;
		unsigned exchanges;     /* of the message log; 0: it is off */
		unsigned exchange_days; /* how long each is in it */
		enum bodies_kept exchange_bodies;
		const char *exchange_bodies_key; /* a file; NULL: none are kept */
		uint64_t exchange_body_most;     /* octets of a request, and of an answer */
		uint64_t exchange_bodies_room;   /* octets of the disk */
		unsigned exchange_bodies_days;
		const char *data_key;        /* a file; NULL: nothing is encrypted */
		const char *data_key_before; /* of what has not got that one yet; NULL: none */
	} store;
	struct {
		uint64_t exchange_memory;              /* ceiling of one exchange's arena */
		uint64_t answers_memory, answers_disk; /* of all answers under way */
		unsigned workers, loops;               /* threads */
		unsigned stop_within;         /* seconds running exchanges may still take */
		unsigned ready_within;        /* seconds each part has to show that it is */
		unsigned ready_audit_waiting; /* records; 0: no limit */
		unsigned long_work_waiting;   /* how many may wait for a place */
		unsigned long_reads_waiting;  /* ... of one system, for documents to be hashed */
		unsigned open_documents;      /* large ones of one system, on their way */
		unsigned log_level;           /* enum log_level */
		unsigned log_format;          /* enum log_format */
		const char *socket;           /* of the operator's tool */
		const char *grammars;         /* directory */
		unsigned walls;               /* enum walls_wanted */
		const char *const *reach;     /* directories; NULL: all there are */
		/* users, by number, who may look at patients; NULL: all who may operate */
		const char *const *patient_operators;
		bool allow_root;
	} service;
	struct {
		unsigned errands, errands_per_partner; /* that may wait */
		uint64_t octets, octets_per_partner;
		unsigned give_up_seconds; /* after so long one is set aside */
	} outbox;
	struct config_door https, mllp, admin, local;
	const struct config_door *const *doors;      /* these and all others, NULL-ended */
	const struct tls_more_authorities *gateways; /* of communities, at each https door */
	struct {
		const char *enterprise_site_id; /* AuditSourceIdentification, ITI TF-2: 3.20.7 */
		const char *source_id;
		const char *anchor_key;         /* PEM file; NULL: no anchors */
		const char *anchors;            /* the file they are added to */
		const char *others_anchor_keys; /* PEM file; NULL: none */
		unsigned anchor_seconds;
	} audit;
	const struct config_audit_repository *audit_repositories;
	size_t audit_repository_count;
	struct config_syslog_udp syslog_udp;
	struct {
		/* false: documents stay in the storage and are read from there */
		bool copy;
		/* those that are watched, in the order of the file */
		const struct watched_storage {
			const char *facility; /* a system's name */
			const char *directory;
			unsigned every;           /* seconds between looks */
			unsigned all_every;       /* while the transactions tell */
			const char *transactions; /* or NULL */
			bool delegated;           /* we write it ourselves */
		} * storages;
		size_t count;
	} ssmix2;
	const struct config_value *values;
};

/* NULL when there are faults that stop it. They are put into arena a, in the order of the file;
 * with a configuration there may be tolerable ones. What is returned is held once. */
const struct configuration *config_load(const char *path, struct arena *a,
					const struct config_fault **faults);
/* Where the daemon's socket is, from what the file says of it alone: nothing else is checked, and
 * no certificate or key is opened, for who may not ask may not read them either. NULL: it says
 * none. */
const char *config_socket(const char *path, struct arena *a);
/* In the same way: the file of our own certificate and key (https certificate), and the
 * authorities that stand beside it. It may have run out, and then no configuration is valid. False:
 * the section cannot be read, or has faults of words. */
bool config_own_certificate(const char *path, struct arena *a, const char **certificate,
			    const char **ca);
/* In the same way: which actors it says are on. False: it cannot be read, or has faults of
 * words. */
bool config_actors(const char *path, struct arena *a, struct actors *out);
const struct configuration *config_hold(const struct configuration *c); /* returns c */
void config_release(const struct configuration *c);                     /* NULL is fine */

/* The door of that name; NULL: it names none. */
const struct config_door *config_door_named(const struct configuration *c, const char *name);
/* The words of what it serves, with ", " between. */
const char *config_door_services(struct arena *a, const struct config_door *d);
/* What is to be had there can be had without a certificate, in part at least. */
bool config_door_serves_anybody(const struct config_door *d);

/* The value of the same section, title and key in a list; NULL: there is none. */
const struct config_value *config_value_of(const struct config_value *list,
					   const struct config_value *v);
/* "SECTION KEY, SECTION TITLE KEY": what differs and needs a restart; NULL when nothing does. */
const char *config_restart_needed(struct arena *a, const struct configuration *old,
				  const struct configuration *new);

/* `minato config check`, and with here `minatod -t`: tells the faults, or that there are none, on
 * stream. True when there are none. here: what this machine says of it, too
 * (gateway/config_machine.h). */
bool config_test(const char *path, bool here, FILE *stream);
void config_tell_fault(const struct config_fault *fault, FILE *stream);

/* The tables behind it, for those who write or explain a configuration (gateway/config_keys.c). */
enum config_kind {
	CONFIG_TEXT,
	CONFIG_OID,
	CONFIG_URN,
	CONFIG_PATH,
	CONFIG_SHA256,
	CONFIG_ADDRESS,
	CONFIG_FLAG,
	CONFIG_COUNT,
	CONFIG_NUMBER,
	CONFIG_OCTETS,
	CONFIG_SECONDS,
	CONFIG_CHOICE,
	CONFIG_WORD,
	CONFIG_TEXTS,
	CONFIG_OIDS,
	CONFIG_WORDS
};

bool config_kind_is_list(enum config_kind kind);

struct config_key {
	const char *name; /* NULL ends the table */
	enum config_kind kind;
	size_t offset;       /* where in the section's struct */
	const char *preset;  /* its default, as text (a list's: one value); NULL: none */
	const char *choices; /* CONFIG_CHOICE: "first second", in the order of their values;
					 * CONFIG_WORD, _WORDS: the same, but kept as text */
	/* CONFIG_COUNT, _NUMBER, _OCTETS, _SECONDS; most 0: no bound */
	uint64_t least, most;
	bool needed, restart;
	const char *help; /* one or more sentences */
};

struct config_section_kind {
	const char *name; /* NULL ends the table */
	/* what its title is, "NAME"; NULL: the section stands once */
	const char *title;
	const struct config_key *keys;
	size_t size; /* of its struct */
	const char *help;
	const char
		*like; /* the section that explains its keys, for it has the same; NULL: itself */
};

extern const struct config_section_kind config_sections[];

#endif
