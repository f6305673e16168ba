/* store/subscriptions_rows.h: how subscriptions are laid out in keys. Only store/subscriptions*.c
 * and store/pull_points*.c include this. */
#ifndef STORE_SUBSCRIPTIONS_ROWS_H
#define STORE_SUBSCRIPTIONS_ROWS_H

#include "store/keys.h"
#include "store/store_keys.h"
#include "store/subscriptions.h"

enum {
	SPACE_SUBSCRIPTION = SPACE_OUTBOX_FIRST + 6,            /* id -> struct subscription */
	SPACE_SUBSCRIPTION_OF_RECORD,                           /* record, id -> system text */
	SPACE_SUBSCRIPTION_OF_SYSTEM = SPACE_OUTBOX_FIRST + 11, /* system text, id -> nothing */
	SPACE_SUBSCRIPTION_ENDS,                                /* when it ends, id -> nothing */
};

struct bytes subscription_row(struct arena *a, const struct subscription *s);
/* Texts are copied into the arena; the id is the key's. */
bool subscription_row_read(struct arena *a, struct bytes row, struct subscription *out);

/* The octets of an id; false: it is none. */
bool subscription_id_octets(const char *id, unsigned char out[SUBSCRIPTION_ID]);
struct key subscription_key(const unsigned char id[SUBSCRIPTION_ID]);
struct key subscription_of_record_key(uint64_t record, const unsigned char id[SUBSCRIPTION_ID]);
struct key subscription_of_system_key(const char *system, const unsigned char id[SUBSCRIPTION_ID]);
struct key subscription_ends_key(instant ends, const unsigned char id[SUBSCRIPTION_ID]);

#endif
