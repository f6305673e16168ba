/* store/check_counts.h: two sets of rows compared, without holding them.
 *
 * Of each part of each set, by key, the product of (r - row) modulo a prime is made, whatever the
 * order. Parts that differ have the same product for one r in 2^61 / rows, and r is drawn anew each
 * time, so that nobody could choose rows that pass. Not thread-safe. */
#ifndef STORE_CHECK_COUNTS_H
#define STORE_CHECK_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

struct random_source;

enum check_side { CHECK_EXPECTED, CHECK_THERE };

struct check_counts_of;
struct check_counts_of *check_counts_create(const struct random_source *r); /* NULL: no memory */
void check_counts_destroy(struct check_counts_of *c);                       /* NULL is fine */
/* A row of one of the sets: a key and what it leads to. */
void check_counts_add(struct check_counts_of *c, enum check_side side, struct bytes key,
		      struct bytes leads_to);
/* Whether the part the key is in is the same in both. */
bool check_counts_agree(const struct check_counts_of *c, struct bytes key);
size_t check_counts_differing(const struct check_counts_of *c); /* parts */

#endif
