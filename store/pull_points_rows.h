/* store/pull_points_rows.h: how pull points and what waits at them are laid out in keys. Only
 * store/pull_points*.c includes this, and store/subscriptions_check.c. */
#ifndef STORE_PULL_POINTS_ROWS_H
#define STORE_PULL_POINTS_ROWS_H

#include "store/keys.h"
#include "store/pull_points.h"
#include "store/store_keys.h"
#include "store/subscriptions_rows.h"

struct store_check;

enum {
	SPACE_PULL_POINT = SPACE_PULL_POINTS_FIRST, /* id -> struct pull_point */
	SPACE_PULL_POINT_OF_SYSTEM,                 /* system text, id -> nothing */
	SPACE_PULL_POINT_WAITING,                   /* id, place -> struct pulled */
};

struct bytes pull_point_row(struct arena *a, const struct pull_point *p);
/* Texts are copied into the arena; the id is the key's. */
bool pull_point_row_read(struct arena *a, struct bytes row, struct pull_point *out);
bool pull_point_row_put(struct store_txn *t, const struct pull_point *p);

struct bytes pulled_row(struct arena *a, const struct pulled *one);
/* The same; the place is the key's. */
bool pulled_row_read(struct arena *a, struct bytes row, struct pulled *out);

/* Ids are octets here: SUBSCRIPTION_ID of them. */
struct key pull_point_key(const unsigned char *id);
struct key pull_point_of_system_key(const char *system, const unsigned char *id);
struct key pull_point_waiting_key(const unsigned char *id, uint64_t place);
/* Of a key of SPACE_PULL_POINT_WAITING. */
bool pull_point_waiting_key_read(struct bytes key, unsigned char *id, uint64_t *place);

void pull_point_check_point(struct store_check *c, struct bytes key, struct bytes value);
void pull_point_check_system(struct store_check *c, struct bytes key, struct bytes value);
void pull_point_check_waiting(struct store_check *c, struct bytes key, struct bytes value);

#endif
