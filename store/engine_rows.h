/* store/engine_rows.h: values read lately, so that what is asked again and again is not sought in a
 * tree again. A value may be one of a tree's, or several that were read together.
 *
 * A key has one set of places where it may be; a set that has no place or too many octets gives up
 * rows nobody asked for since its hand last passed. So whatever keys come from outside, a lookup
 * compares ROWS_WAYS times at most, and the memory is that of the sets. What is kept is what the
 * trees hold: who keeps a row has the trees (no commit comes between reading and keeping), and a
 * commit drops each key it changes while it alone has them.
 *
 * Thread-safe. */
#ifndef STORE_ENGINE_ROWS_H
#define STORE_ENGINE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"

enum { ROWS_WAYS = 16 };

struct rows_bounds {
	size_t octets;  /* of memory, at most */
	size_t set;     /* octets of the rows of one set, at most */
	size_t longest; /* octets of key and value together; longer ones are not kept */
};

struct rows;
struct row_kept;
enum row { ROW_UNKNOWN, ROW_ABSENT, ROW_PRESENT };

/* NULL: no memory; every function below takes that and knows nothing. */
struct rows *rows_create(const struct rows_bounds *bounds);
void rows_destroy(struct rows *r);

/* Copies the value to `into` (room for the longest; NULL: only asks whether there is one). */
enum row rows_get(struct rows *r, struct bytes key, unsigned char *into, size_t *length);
/* The value where it is kept; should it be dropped, it lives on until it is given back. NULL:
 * unknown. */
const struct row_kept *rows_borrow(struct rows *r, struct bytes key);
struct bytes rows_value(const struct row_kept *k);
void rows_give_back(const struct row_kept *k); /* NULL is fine */
void rows_keep(struct rows *r, struct bytes key, struct bytes value, bool absent);
void rows_drop(struct rows *r, struct bytes key);

#endif
