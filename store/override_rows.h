/* store/override_rows.h: how overrides are laid out in keys. Only store/override*.c includes
 * this. */
#ifndef STORE_OVERRIDE_ROWS_H
#define STORE_OVERRIDE_ROWS_H

#include "store/keys.h"
#include "store/overrides.h"
#include "store/store_keys.h"

enum {
	SPACE_OVERRIDE = SPACE_OVERRIDES_FIRST, /* id -> struct override */
	SPACE_OVERRIDE_OPEN,                    /* person, id -> until when its window goes on */
	SPACE_OVERRIDE_UNREVIEWED,              /* id -> nothing */
	SPACE_OVERRIDE_UNTOLD,                  /* id -> nothing */
};

bool override_put(struct store_txn *t, const struct override *o);
struct bytes override_row(struct arena *a, const struct override *o);
/* Texts are borrowed from the row; the id is the caller's. */
bool override_row_read(struct bytes row, struct override *out);
struct bytes override_until_row(struct arena *a, const struct override *o);
instant override_until_read(struct bytes row); /* 0: it cannot be read */
/* The octets of an id; false: it is none. */
bool override_id_octets(const char *id, unsigned char out[OVERRIDE_ID]);
/* In one of the spaces whose keys are ids. */
struct key override_key(unsigned char space, const unsigned char id[OVERRIDE_ID]);
/* id NULL: what all of that person's begin with. */
struct key override_open_key(uint64_t person, const unsigned char *id);

#endif
