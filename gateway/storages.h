/* gateway/storages.h: what the operator is told, and asks, of the storages that are watched.
 * HACKING.md: Admin API. */
#ifndef GATEWAY_STORAGES_H
#define GATEWAY_STORAGES_H

#include <jansson.h>
#include <stdbool.h>

struct arena;
struct buffer;
struct exchange;
struct gateway;

/* {"storages": [...]}; a new reference. */
json_t *storages_describe(struct gateway *g, struct exchange *x);
/* How many are watched, cannot be looked at, and live by which source; a new reference. */
json_t *storages_count(struct gateway *g);
/* minato_ssmix2_*, as Prometheus text. */
void storages_measure(struct gateway *g, struct buffer *b);
/* Member facility (of all without it). x->result: {"quarantine": [...]}, a new reference. It names
 * files of patients, so that somebody looked is recorded. False: x->problem. */
bool storages_quarantine(struct gateway *g, struct exchange *x);
/* Members facility and path (without it: all). x->result: {"released": N}. Recorded as well. */
bool storages_release(struct gateway *g, struct exchange *x);

#endif
