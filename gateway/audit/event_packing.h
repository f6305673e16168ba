/* gateway/audit/event_packing.h: makes the octets of an audit event few, and gives them back.
 *
 * LZ4 with a dictionary of what the records of every installation share. The first octet says how:
 * 0, the octets follow as they are; n, the length of the octets follows (three octets, most
 * significant first), then the octets in LZ4's block format against dictionary n. A dictionary that
 * has been used is never changed: a better one gets the next number. */
#ifndef GATEWAY_AUDIT_EVENT_PACKING_H
#define GATEWAY_AUDIT_EVENT_PACKING_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;

/* The dictionary, looked through once. Not changed afterwards: any thread may use it. */
struct event_packer;
struct event_packer *event_packer_create(void);    /* NULL: no memory */
void event_packer_destroy(struct event_packer *p); /* NULL is fine */

/* p NULL, or octets that do not become fewer: as they are. Deterministic. */
struct bytes event_pack(struct arena *a, const struct event_packer *p, struct bytes octets);
/* False: damaged, or made by a later version. Any octets may be given. */
bool event_unpack(struct arena *a, struct bytes packed, struct bytes *octets);

/* gateway/audit/event_dictionary.c; empty: there is none of that number. */
enum { EVENT_DICTIONARY = 2 }; /* the last, and the one to write with */
struct bytes event_dictionary(unsigned number);

#endif
