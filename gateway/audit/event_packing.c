/* gateway/audit/event_packing.c: makes the octets of an audit event few, and gives them back. */
#include "gateway/audit/event_packing.h"

#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"

/* An octet of LZ4 stands for 255 at most (LZ4 Block Format Description): a length that promises
 * more is not worth asking memory for. */
enum { AS_IT_IS = 0, HEAD = 4, LENGTH_MOST = 0xffffff, STRETCH_MOST = 255, ACCELERATION = 1 };

struct event_packer {
	LZ4_stream_t dictionary; /* loaded, nothing written with it */
};

struct event_packer *event_packer_create(void)
{
	struct event_packer *p = malloc(sizeof *p);
	struct bytes d = event_dictionary(EVENT_DICTIONARY);
	if (p == NULL || LZ4_initStream(&p->dictionary, sizeof p->dictionary) == NULL) {
		free(p);
		return NULL;
	}
	LZ4_loadDict(&p->dictionary, (const char *)d.data, (int)d.length);
	return p;
}

void event_packer_destroy(struct event_packer *p)
{
	free(p);
}

static struct bytes as_it_is(struct arena *a, struct bytes octets)
{
	unsigned char *out = arena_alloc(a, octets.length + 1);
	out[0] = AS_IT_IS;
	if (octets.length != 0)
		memcpy(out + 1, octets.data, octets.length);
	return (struct bytes){ out, octets.length + 1 };
}

/* Each record is packed by itself, so that each can be read by itself: the stream is a copy of the
 * one that has seen the dictionary and nothing else. */
struct bytes event_pack(struct arena *a, const struct event_packer *p, struct bytes octets)
{
	if (p == NULL || octets.length > LENGTH_MOST)
		return as_it_is(a, octets);
	LZ4_stream_t stream = p->dictionary;
	unsigned char *out = arena_alloc(a, HEAD + octets.length);
	out[0] = EVENT_DICTIONARY;
	out[1] = (unsigned char)(octets.length >> 16);
	out[2] = (unsigned char)(octets.length >> 8);
	out[3] = (unsigned char)octets.length;
	int length = LZ4_compress_fast_continue(&stream, (const char *)octets.data,
						(char *)out + HEAD, (int)octets.length,
						(int)octets.length, ACCELERATION);
	return length <= 0 ? as_it_is(a, octets) : (struct bytes){ out, HEAD + (size_t)length };
}

bool event_unpack(struct arena *a, struct bytes packed, struct bytes *octets)
{
	if (packed.length == 0)
		return false;
	if (packed.data[0] == AS_IT_IS) {
		*octets = (struct bytes){ packed.data + 1, packed.length - 1 };
		return true;
	}
	struct bytes d = event_dictionary(packed.data[0]);
	if (d.length == 0 || packed.length <= HEAD)
		return false;
	size_t length = (size_t)packed.data[1] << 16 | (size_t)packed.data[2] << 8 | packed.data[3];
	if (packed.length > LENGTH_MOST + HEAD || length > (packed.length - HEAD) * STRETCH_MOST)
		return false;
	unsigned char *out = arena_alloc(a, length);
	int got = LZ4_decompress_safe_usingDict((const char *)packed.data + HEAD, (char *)out,
						(int)(packed.length - HEAD), (int)length,
						(const char *)d.data, (int)d.length);
	*octets = (struct bytes){ out, length };
	return got == (int)length; /* damaged octets give less than 0 */
}
