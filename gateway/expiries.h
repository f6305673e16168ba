/* gateway/expiries.h: what runs out: certificates and revocation lists of the configuration.
 *
 * Every PEM file that a key names is read when the gateway starts, at a reload, and every hour;
 * what is in it stands in status and metrics with the days that are left. When a certificate has
 * 60, 30, 14, 7 days, a day or nothing left, that is told to log and audit log (DCM 110113), each
 * once: the step is in the store (store/expiries.h), written in the job of its record, so no node
 * and no restart tells it again. Of a list those steps count that are in the last eighth of its
 * time, and its end: one that is made each week is near its end each week. A clock that was ahead
 * and is put right lowers the step without a word, so that what comes is told in its time.
 */
#ifndef GATEWAY_EXPIRIES_H
#define GATEWAY_EXPIRIES_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/clock.h"
#include "store/expiries.h"

struct arena;
struct configuration;
struct expiries;
struct gateway;

/* One certificate or list. */
struct expiry {
	const char *section, *title, *key; /* of the configuration; title: NULL where it has none */
	const char *file;
	const char *subject; /* RFC 2253; of a list its issuer */
	bool list;
	size_t key_of;        /* the same of all that one key names */
	instant since, until; /* notBefore, notAfter; thisUpdate, nextUpdate */
	unsigned char sha256[EXPIRY_SHA256];
};

/* As they were read last: in the order of the configuration. Immutable. */
struct expiries_seen {
	size_t count;
	const struct expiry *all;
};

enum { EXPIRY_STEPS = 6 }; /* 60, 30, 14, 7, 1, 0 days */

/* Those that the configuration names, in its order, in the arena; without what cannot be read. */
void expiries_read(const struct configuration *c, struct arena *a, struct expiries_seen *out);
/* What runs out first, first. */
const struct expiry *const *expiries_sorted(const struct expiries_seen *s, struct arena *a);
struct expiries *expiries_create(void); /* NULL: no memory */
void expiries_destroy(struct expiries *e);
/* Reads the files and tells what is to be told. Not on the committer. */
void expiries_look(struct gateway *g);
void expiries_look_at(struct gateway *g, instant now);
const struct expiries_seen *expiries_hold(struct expiries *e); /* NULL: not read yet */
void expiries_release(const struct expiries_seen *s);          /* NULL is fine */
/* Whole days, rounded down; negative when it has run out. */
int expiry_days(const struct expiry *e, instant now);
/* The nearest step, from 1; 0: none yet. */
unsigned expiry_step(const struct expiry *e, instant now);
/* What follows when it has run out, and what the operator does before. */
const char *expiry_effect(const struct expiry *e);
const char *expiry_remedy(const struct expiry *e);

#endif
