/* store/usage_rows.h: what a system has, as it is kept. Only store/usage*.c includes this.
 *
 *	0x03  system text, node -> octets of its documents, metadata, versions of patient records
 *
 * The node is the one that wrote it: store/node.h. */
#ifndef STORE_USAGE_ROWS_H
#define STORE_USAGE_ROWS_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "store/usage.h"

struct arena;

void usage_add_up(struct usage *sum, const struct usage *one);
struct bytes usage_row(struct arena *a, const struct usage *u);
/* system is borrowed from the key. False: not one. */
bool usage_row_read(struct bytes key, struct bytes row, const char **system, struct usage *out);

#endif
