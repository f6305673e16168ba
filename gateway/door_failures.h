/* gateway/door_failures.h: what failed at our doors lately, for the operator who looks (minato
 * diagnose --listen): a few hundred, in memory, the oldest of which give way.
 *
 * Each says what failed in our own words: nothing of what the peer wrote stands in it but the
 * subject of its certificate, so that no patient does. The peer is told none of it. Thread-safe. */
#ifndef GATEWAY_DOOR_FAILURES_H
#define GATEWAY_DOOR_FAILURES_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"

struct door_failures;
struct exchange;
struct journey;
struct json_t;
struct refused_peer;

enum { DOOR_FAILURES_KEPT = 256, DOOR_FAILURE_WHO = 160, DOOR_FAILURE_WHAT = 256 };

struct door_failure {
	uint64_t number; /* from 1, without gaps */
	instant at;
	char door[64], address[48], exchange[24]; /* exchange "": it had become none */
	char who[DOOR_FAILURE_WHO]; /* system, or subject of the certificate; "": none shown */
	char sha256[65];            /* of a certificate that no system has; "": none */
	char what[DOOR_FAILURE_WHAT];
	/* Static: "certificate-expired", "tls-alert", or the problem's name; the step of an
	 * assertion, the fault that was answered, or NULL; what to do. */
	const char *finding, *step, *fault, *remedy;
	bool admittable; /* the certificate holds, and is no system's: it may be registered */
};

struct door_failures *door_failures_create(void);    /* NULL: no memory */
void door_failures_destroy(struct door_failures *d); /* NULL is fine */
/* Copies; the number is its own. */
void door_failures_add(struct door_failures *d, const struct door_failure *f);
/* The first of those kept whose number is beyond after; false: there is none. */
bool door_failures_next(struct door_failures *d, uint64_t after, struct door_failure *out);
uint64_t door_failures_last(struct door_failures *d); /* its number; 0: none yet */

/* What a door turned away by itself. who: the system of its certificate, or "". */
void door_failure_of_peer(const struct refused_peer *peer, const char *who,
			  struct door_failure *out);
/* What the road refused. */
void door_failure_of_journey(const struct journey *j, struct door_failure *out);

/* {"failures": [...], "last", "lost"}: those behind x's parameter after; without it none, and where
 * to go on. lost: so many fell out in between. A new reference. */
struct json_t *door_failures_describe(struct door_failures *d, struct exchange *x);

#endif
