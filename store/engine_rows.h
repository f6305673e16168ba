/* store/engine_rows.h: values read lately, so that what is asked again and again is not sought in a
 * tree again.
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

enum {
	ROWS_WAYS = 16,
	ROWS_SET = 8192,	/* octets of the rows of one set, at most */
	ROWS_MOST = 2048,	/* octets of key and value together; longer ones are not kept */
};

struct rows;
enum row { ROW_UNKNOWN, ROW_ABSENT, ROW_PRESENT };

/* octets: of memory, at most. NULL: no memory; every function below takes that and knows nothing. */
struct rows *rows_create(size_t octets);
void rows_destroy(struct rows *r);

/* Copies the value to `into` (ROWS_MOST octets of room; NULL: only asks whether there is one). */
enum row rows_get(struct rows *r, struct bytes key, unsigned char *into, size_t *length);
void rows_keep(struct rows *r, struct bytes key, struct bytes value, bool absent);
void rows_drop(struct rows *r, struct bytes key);

#endif
