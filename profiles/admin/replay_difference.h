/* profiles/admin/replay_difference.h: in what two answers to one request differ, line by line.
 *
 * What is drawn for an answer and what time it was differs always: ids that the later one drew, and
 * moments while it was made, are as whatever id or moment stands in their place in the former. Any
 * other id has to be the same: of documents it is what the question was about. */
#ifndef PROFILES_ADMIN_REPLAY_DIFFERENCE_H
#define PROFILES_ADMIN_REPLAY_DIFFERENCE_H

#include <jansson.h>

#include "gateway/base/bytes.h"

struct arena;
struct exchange_replayed;

enum { DIFFERENCE_LINES_MOST = 400, DIFFERENCE_LINE_MOST = 400 };

/* [{"then": line} | {"now": line}, ...], in their order: a line ends where a segment, a line of
 * text or an element does. Empty: they are the same. What is more than DIFFERENCE_LINES_MOST is
 * counted by the last row: {"more": number}. A new reference. */
json_t *replay_difference(struct arena *a, struct bytes then, const struct exchange_replayed *now);

#endif
