/* store/match_check.h: what must be true of pairs that wait and of links by score. Only
 * store/identity_check.c includes this. */
#ifndef STORE_MATCH_CHECK_H
#define STORE_MATCH_CHECK_H

#include "gateway/base/bytes.h"
#include "store/identity_rows.h"

struct store_check;

/* Of one key of SPACE_MATCH_WAITS. */
void match_check_pair(struct store_check *c, struct bytes key, struct bytes value);
/* Of a tie by score of the row, which the other one knows. */
void match_check_tie(struct store_check *c, const struct identity_row *row,
		     const struct identity_row *other);

#endif
