/* gateway/client/answer_body.c: the octets of an answer as they come. */
#include "gateway/client/answer_body.h"

#include <string.h>

#include "gateway/base/arena.h"

enum { FIRST_ROOM = 4096 };

/* Twice the room as often as need be: most answers are short, whatever they may have. */
static bool make_room(struct answer_body *b, struct arena *a, size_t most, size_t needed)
{
	size_t room = b->room == 0 ? FIRST_ROOM : b->room;
	while (room < needed)
		room *= 2;
	if (room > most)
		room = most;
	unsigned char *octets = room == b->room ? b->octets
						: arena_try_resize(a, b->octets, b->room, room);
	if (octets == NULL)
		return false;
	b->octets = octets;
	b->room = room;
	return true;
}

size_t answer_body_add(struct answer_body *b, struct arena *a, size_t most, struct bytes more)
{
	size_t left = most - b->length;
	size_t take = more.length < left ? more.length : left;
	if (take == 0 || !make_room(b, a, most, b->length + take))
		return 0;
	memcpy(b->octets + b->length, more.data, take);
	b->length += take;
	return take;
}
