/* gateway/process.h: the one process: what every exchange may reach, and who touches what.
 *
 *	front     network, no store, no file transport's loops; parses framing only
 *	workers   store (read), no network   run the road, parse hostile bodies
 *	taking    store (read), no network   as workers, for messages that are large
 *	long reads store (read), no network  what looks at much, large documents to be verified
 *	operators store (read), no network   what comes by the local socket and the admin door
 *	watchers  store (read), no network   what comes by doors that serve no transactions
 *	long work store (read), no network   checks, verifications, backups, imports
 *	committer store (write), no network  store/store.c
 *	indexer   store (read), no network   the audit log's index of patients
 *	client    outward network            calls of exchanges and errands
 *	answers   files it was given         what comes of those calls, where it may be long
 *	outbox    store, no network          errands: what is due, what became of it
 *	ocsp      store, no network          which responder is to be asked, what it said
 *	courier   outward network            audit delivery
 *	retaining store (read), no network   rules of retention, once a day
 *	watching  store (read), no network   storages of SS-MIX2, look after look
 *	receiving network, store             audit records of others that come as datagrams
 *
 * They share this struct and pass each other plain data, so that a wall between two rows can become
 * a process wall. What one process can hold of these walls, walls.h does. */
#ifndef GATEWAY_PROCESS_H
#define GATEWAY_PROCESS_H

#include <pthread.h>
#include <stdbool.h>

#include "gateway/audit/record.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/transport/door.h"

struct anchors;
struct at_rest;
struct upkeep;
struct retaining;
struct watching;
struct circuits;
struct client_thread;
struct config_door;
struct configuration;
struct courier;
struct event_packer;
struct exchange_bodies;
struct exchange_log;
struct expiries;
struct front;
struct grammars;
struct long_reads;
struct indexer;
struct locked_out;
struct long_works;
struct metrics;
struct anchoring;
struct ocsp_answers;
struct ocsp_asking;
struct outbox;
struct problem;
struct refusals;
struct rates;
struct readiness;
struct revocations;
struct receiving;
struct shares;
struct spools;
struct continuations;
struct door_failures;
struct store;
struct ticks;
struct arena_pool;
struct workers;
struct walls;
struct xml_parsers;

enum { REKEYING_WORDS = 512 };

struct gateway {
	const struct clock *clock;
	const struct random_source *random; /* the supply */
	struct random_supply supply;
	struct log log;
	struct walls *walls;
	struct at_rest *at_rest;        /* the key of what is kept; NULL: plain */
	struct at_rest *at_rest_before; /* of what minatod -r has not reached; NULL: none */
	char rekeying[REKEYING_WORDS];  /* where it has not, at the start; "": nowhere */
	struct event_packer *packer;
	struct audit_source source;
	const struct configuration *named; /* whose texts the source has; a reload leaves it */
	const char *rehearsing;            /* the directory of gateway_rehearse(); NULL: a start */
	struct store *store;
	struct exchange_log *exchange_log;       /* NULL: there is none */
	bool exchanges_unwritten;                /* upkeep's: that was told */
	struct exchange_bodies *exchange_bodies; /* NULL: none are kept */
	bool bodies_unwritten;                   /* upkeep's, likewise */
	uint64_t bodies_lost;
	struct workers *workers, *operators; /* those serve the local socket and the admin door */
	struct workers *watchers;            /* doors without transactions */
	struct workers *taking;              /* ... what is large, as it comes; they give way */
	struct long_reads *long_reads;       /* what would hold those up */
	struct shares *open_documents;       /* by system */
	struct long_works *long_works;
	struct arena_pool *memory;           /* spare, of exchanges that ended */
	struct spools *spools;               /* of answers that are long */
	struct continuations *continuations; /* of answers that are told part by part */
	struct front *front;
	struct grammars *grammars;
	struct xml_parsers *parsers;
	struct assertion_memory *assertions; /* that were presented */
	struct metrics *metrics;
	struct refusals *refusals;
	struct door_failures *door_failures; /* lately, for who looks */
	struct locked_out *locked_out;
	struct rates *rates;
	struct expiries *expiries;
	struct revocations *revocations; /* upkeep's */
	struct ocsp_answers *ocsp_answers;
	struct ocsp_asking *ocsp_asking;
	struct readiness *readiness;
	struct outbox *outbox;
	struct client_thread *client;
	struct circuits *circuits; /* of communities */
	struct ticks *ticks;
	struct courier *courier;
	struct anchors *anchors; /* of the audit log; key and names as long as we live */
	struct anchoring *anchoring;
	struct indexer *indexer; /* of the audit log */
	struct upkeep *upkeep;
	struct retaining *retaining;
	struct watching *watching;   /* storages of SS-MIX2 */
	struct receiving *receiving; /* audit records that come as datagrams; NULL: none do */
	struct house house;          /* arriving.c, with ourselves behind it */
	char host[256], pid[16];
	int64_t started; /* clock->elapsed() */
	instant started_at;

	pthread_mutex_t renewing; /* doors: one at a time */
	pthread_mutex_t lock;     /* over configuration */
	const struct configuration *configuration;
};

/* The configuration as it is now, held; give it back with config_release(). */
const struct configuration *gateway_configuration(struct gateway *g);

/* Read for a start; what is wrong with it is told on stderr. NULL: too much. */
const struct configuration *process_configuration(const char *path);
/* Who does what comes in at that door; d NULL: at one that is in no configuration. */
struct workers *gateway_workers_at(const struct gateway *g, const struct config_door *d);

/* The door, if it is open, has these settings from now on. False: it has what it had, and why says
 * the reason (borrowed until the next call). Thread-safe. */
bool gateway_renew_door(struct gateway *g, const struct config_door *d, const char **why);
/* A security alert of our own making (DCM 110113): type code and name, a label to search by. */
bool gateway_alert(struct gateway *g, const char *code, const char *name, enum audit_doing doing,
		   const char *description);
/* The same of a region that nobody serves: its store is opened for it, and closed. */
bool gateway_alert_alone(const char *path, const struct log *log, const char *code,
			 const char *name, enum audit_doing doing, const char *description);
/* Starts all, in the order of need; false after telling the log why. path: the configuration
 * file. */
bool gateway_start(struct gateway *g, const char *path, const struct log *log);
/* Whether a start would be refused for what is kept: it is done, as far as that, with the store in
 * that directory (store.h, rehearsed); the process ends afterwards. False: the problem that the
 * start would tell, or where there is none in p, an error of the log. */
bool gateway_rehearse(const char *path, const char *directory, const struct log *log,
		      struct problem *p);
/* A new configuration, if it is whole: systems, limits, certificates, CRLs. */
void gateway_reload(struct gateway *g);
/* Finishes running exchanges within the configured time, records the stop, closes the store. */
void gateway_stop(struct gateway *g);

#endif
