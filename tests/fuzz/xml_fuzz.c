/* tests/fuzz/xml_fuzz.c: any octets, in any pieces, to the XML reader. What it accepts is written
 * again, and must be read again as the same; however it was cut, the verdict is one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/xml_guard.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "schemas/tables/problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct xml_limits limits = {
	.octets = 64 * 1024,
	.depth = 20,
	.attributes = 20,
	.namespaces = 10,
	.nodes = 2000,
	.text = 20000,
	.tag = 2000,
};

static bool sink_element(void *self, const struct xml_node *element, struct problem *p)
{
	(void)self, (void)element, (void)p;
	return true;
}

static bool sink_text(void *self, struct bytes piece, struct problem *p)
{
	(void)p;
	*(size_t *)self += piece.length;
	return true;
}

static struct bytes again(struct arena *a, const struct xml_document *d)
{
	struct xml_writer *w = xml_writer_begin(a);
	xml_copy_node(w, xml_root(d));
	return xml_writer_end(w);
}

/* Through parsers that others have used before. */
static const struct xml_document *read_cut(struct arena *a, struct bytes in, size_t step,
					   struct problem *p)
{
	static struct xml_parsers *spare;
	struct xml_reader *r = xml_reader_begin(a, &limits, p);
	spare = spare == NULL ? xml_parsers_create() : spare;
	xml_reader_reuse(r, spare);
	for (size_t at = 0; at < in.length; at += step)
		xml_reader_feed(r, (struct bytes){ in.data + at,
						   in.length - at < step ? in.length - at : step });
	return xml_reader_end(r);
}

/* The gate in a hurry says the same. */
static void check_gate(struct bytes in)
{
	struct xml_guard slow, quick;
	struct problem p = { 0 }, q = { 0 };
	xml_guard_begin(&slow, &limits);
	xml_guard_begin(&quick, &limits);
	bool passes = xml_guard_feed(&slow, in, &p) && xml_guard_end(&slow, &p);
	if (xml_guard_whole(&quick, in, &q) != passes || q.code != p.code
	    || strcmp(q.where, p.where) != 0)
		abort();
}

static void read_all(struct bytes in)
{
	check_gate(in);
	struct arena *a = arena_create(64 << 20);
	struct problem whole = { 0 }, cut = { 0 }, second = { 0 }, diverted = { 0 };
	const struct xml_document *d = xml_read(a, &limits, in, &whole);
	const struct xml_document *e = read_cut(a, in, in.data[0] % 16 + 1, &cut);
	if ((d == NULL) != (e == NULL) || whole.code != cut.code)
		abort();
	if (d != NULL) {
		/* Writing may need more room than reading did, never other content. */
		const struct xml_document *f = xml_read(a, NULL, again(a, d), &second);
		if (f == NULL || !bytes_equal(again(a, d), again(a, f))
		    || !bytes_equal(again(a, d), again(a, e)))
			abort();
	}
	size_t heard = 0;
	const struct xml_sink sink = { &heard, sink_element, sink_text, sink_element };
	struct xml_reader *r = xml_reader_begin(a, &limits, &diverted);
	xml_reader_divert(r, "urn:d", "Document", &sink);
	xml_reader_feed(r, in);
	xml_reader_end(r);
	if (heard > in.length)
		abort();
	arena_destroy(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		read_all((struct bytes){ data, size });
	return 0;
}
