/* gateway/client/answer_body.h: the octets of an answer as they come, up to a limit, in the call's
 * arena. Known to this room only. */
#ifndef GATEWAY_CLIENT_ANSWER_BODY_H
#define GATEWAY_CLIENT_ANSWER_BODY_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;

struct answer_body {
	unsigned char *octets;
	size_t length, room;
};

/* As many of them as still fit; how many that were: fewer than came when the limit is reached or
 * there is no memory. Never jumps. */
size_t answer_body_add(struct answer_body *b, struct arena *a, size_t most, struct bytes more);

#endif
