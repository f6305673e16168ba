/* tests/audit/courier_scene.h: a log, a repository that takes it or not, and what the courier
 * between them says. Every step that must not fail is an assertion. */
#ifndef TESTS_AUDIT_COURIER_SCENE_H
#define TESTS_AUDIT_COURIER_SCENE_H

#include "tests/base/suite.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "gateway/audit/courier.h"
#include "store/audit_log.h"
#include "store/lease.h"
#include "tests/operator/place.h"
#include "tests/store/fixture.h"

enum { LOG_SIZE = 1 << 16, RECEIVED_MOST = 1 << 20 };
/* A courier that has all its time at its end: only what hangs takes so long. */
enum { STOP_S = 600 };
enum { SECOND = 1000000, LEASE_SECONDS = 120, HALF_A_LEASE = LEASE_SECONDS / 2 };

/* A store with a few entries, a repository that may be there, and what the courier says. */
struct scene {
	struct fixture f;
	struct place place;
	SSL_CTX *tls;
	int listener, heard; /* heard: the log's end for reading */
	unsigned port;
	atomic_bool mute;            /* takes connections, and says nothing */
	const char *_Atomic refuses; /* ends the connection on which these words come */
	pthread_t thread;
	struct log log;
	char said[LOG_SIZE];
	size_t length;
	char received[RECEIVED_MOST]; /* by the repository, as much as fits */
	size_t received_length;
	struct clock clock;
	atomic_int_least64_t now;     /* what it says; one more each time */
	atomic_int_least64_t elapsed; /* what it says of that */
	atomic_uint looks;            /* at the latter, by any courier */
	/* What comes between when it is looked at for that time; or before the repository has ended
	 * its side of the first connection. */
	unsigned at_look;
	void (*between)(struct scene *s);
	void (*before_end)(struct scene *s);
	struct lease lease; /* as the latter found it */
	char holder[16];
};

struct audit_event;
/* What goes over the line of an event: RFC 5424 in RFC 5425. */
char *frame(struct arena *a, const struct audit_event *e, unsigned sequence);

/* Jobs: four entries, one of which cannot be read; one that cannot be read; one that is ours alone;
 * a destination (with) that has the first four; one entry. */
bool append(void *with, struct store_txn *t, struct problem *p);
bool append_damaged(void *with, struct store_txn *t, struct problem *p);
bool append_local(void *with, struct store_txn *t, struct problem *p);
bool acknowledge(void *with, struct store_txn *t, struct problem *p);
bool append_one(void *with, struct store_txn *t, struct problem *p);
uint64_t acknowledged(struct scene *s, const char *destination);

/* The port is the repository's from now on; it listens when told to. */
void open_scene(struct scene *s);
void listen_now(struct scene *s);
void close_scene(struct scene *s, bool listened);
/* Waits until the log holds these words. */
bool hears(struct scene *s, const char *words);
/* How often the log has said them so far. */
unsigned said(struct scene *s, const char *words);
/* Waits until it has said them so often. */
bool hears_times(struct scene *s, const char *words, unsigned times);
struct courier *start(struct scene *s, const char *certificate);
/* An entry that cannot be read shows that a courier, woken, has been there. */
void wakes(struct scene *s, struct courier *c);

#endif
