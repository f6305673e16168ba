/* gateway/transport/door.c: what every door has: its usual limits, and how a head is asked. */
#include "gateway/transport/door.h"

#include "gateway/base/text.h"

const struct door_limits door_limits_default = {
	.request_line = 8 * 1024,	/* a long FHIR search; a longer one is sent by POST */
	.header_block = 32 * 1024,	/* tokens travel in headers, documents do not */
	.headers = 100,
	.body = (uint64_t)2 << 30,	/* some documents of 512 MiB in one submission; streamed */
	.frame = 1024 * 1024,		/* an HL7 v2 message with embedded report stays below */
	.connections = 8192,		/* 5,000 idle ones and room; descriptors are the other bound */
	.connections_per_peer = 256,	/* one hospital's cluster, not one hospital's mistake */
	.handshake_seconds = 10,
	.head_seconds = 15,		/* from its first octet, however slowly the rest drips */
	.idle_seconds = 300,		/* an MLLP link is opened anew by its sender at will */
	.total_seconds = 3600,		/* 512 MiB over a line of 1.2 Mbit/s */
	.least_rate = 1024,		/* slower than any line a hospital has */
	.recheck_seconds = 600,		/* links stay up for months, revocation must not wait for that */
};

const char *head_header(const struct head *h, const char *name)
{
	for (size_t i = 0; i < h->header_count; i++)
		if (text_equal_nocase(h->headers[i].name, name))
			return h->headers[i].value;
	return NULL;
}
