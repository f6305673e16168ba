/* tests/fuzz/mtom_fuzz.c: a Content-Type, a line end, and any octets, in any pieces, to the MTOM
 * reader with the XML reader behind it. However it was cut, the verdict and what was heard are
 * one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mtom_limits limits = {
	.parts = 20,
	.unreferenced = 4,
	.part_header = 400,
	.part = 20000,
	.preamble = 200,
};

struct receipt {
	struct arena *arena;
	struct mtom_reader *mtom;
	struct xml_reader *xml;
	struct buffer heard;
	size_t open; /* parts begun and not ended */
	struct problem problem;
	bool whole;
};

static bool on_begin(void *self, const struct mtom_part *part, struct problem *p)
{
	struct receipt *t = self;
	if (t->open++ != 0)
		abort();
	if (part->root)
		t->xml = xml_reader_begin(t->arena, NULL, p);
	return true;
}

static bool on_data(void *self, const struct mtom_part *part, struct bytes octets,
		    struct problem *p)
{
	struct receipt *t = self;
	(void)p;
	if (t->open != 1 || octets.length == 0)
		abort();
	if (part->root)
		return xml_reader_feed(t->xml, octets);
	buffer_append(&t->heard, octets.data, octets.length);
	return true;
}

static bool on_end(void *self, const struct mtom_part *part, struct problem *p)
{
	struct receipt *t = self;
	(void)p;
	t->open--;
	buffer_byte(&t->heard, '|');
	if (!part->root)
		return true;
	const struct xml_document *d = xml_reader_end(t->xml);
	return d != NULL && mtom_expect(t->mtom, d);
}

static void receive(struct receipt *t, const char *type, struct bytes body, size_t step)
{
	const struct mtom_sink sink = { t, on_begin, on_data, on_end };
	t->heard = buffer_in(t->arena);
	t->mtom = mtom_begin(t->arena, type, &limits, &sink, &t->problem);
	if (t->mtom == NULL)
		return;
	for (size_t at = 0; at < body.length; at += step)
		mtom_feed(t->mtom,
			  (struct bytes){ body.data + at,
					  body.length - at < step ? body.length - at : step });
	t->whole = mtom_finish(t->mtom);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
	if (end == NULL)
		return 0;
	struct arena *a = arena_create(64 << 20);
	const char *type = arena_text_n(a, (const char *)data, (size_t)(end - data));
	struct bytes body = { end + 1, size - (size_t)(end - data) - 1 };
	struct receipt whole = { .arena = a }, cut = { .arena = a };
	receive(&whole, type, body, size);
	receive(&cut, type, body, body.length % 13 + 1);
	if (whole.whole != cut.whole || whole.problem.code != cut.problem.code
	    || whole.whole != (whole.problem.code == PROBLEM_NONE))
		abort();
	if (whole.whole && !bytes_equal(buffer_bytes(&whole.heard), buffer_bytes(&cut.heard)))
		abort();
	arena_destroy(a);
	return 0;
}
