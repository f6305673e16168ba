/* tests/fuzz/mtom_ranges_fuzz.c: a Content-Type, a line end, and any octets, in any pieces, as an
 * answer that was put aside. Whatever it is, its parts lie within it, one behind the other, none of
 * them holds a boundary's line, and however it was cut up the parts are the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/mtom_ranges.h"
#include "schemas/tables/problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mtom_ranges *read_answer(struct arena *a, const char *type, struct bytes body,
				       size_t step, struct problem *p)
{
	struct mtom_ranges *r = mtom_ranges_begin(a, type, p);
	for (size_t at = 0; r != NULL && at < body.length; at += step)
		mtom_ranges_feed(r, (struct bytes){ body.data + at, body.length - at < step
									    ? body.length - at
									    : step });
	if (r != NULL && mtom_ranges_end(r) != (p->code == PROBLEM_NONE))
		abort();
	return r;
}

static void hold(const struct mtom_range *p, uint64_t length)
{
	for (uint64_t at = 0; p != NULL; at = p->offset + p->length, p = p->next)
		if (p->offset < at || p->length > length || p->offset > length - p->length)
			abort();
}

static void compare(const struct mtom_range *a, const struct mtom_range *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (a->offset != b->offset || a->whole != b->whole || a->encoded != b->encoded
		    || a->ambiguous != b->ambiguous || (a->whole && a->length != b->length))
			abort();
	if ((a == NULL) != (b == NULL))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
	if (end == NULL)
		return 0;
	struct arena *a = arena_create(64 << 20);
	const char *type = arena_text_n(a, (const char *)data, (size_t)(end - data));
	struct bytes body = { (unsigned char *)end + 1, size - (size_t)(end - data) - 1 };
	struct problem p = { .code = PROBLEM_NONE }, q = { .code = PROBLEM_NONE };
	struct mtom_ranges *whole = read_answer(a, type, body, size, &p);
	struct mtom_ranges *cut = read_answer(a, type, body, body.length % 13 + 1, &q);
	if ((whole == NULL) != (cut == NULL) || p.code != q.code)
		abort();
	if (whole != NULL) {
		hold(mtom_ranges_parts(whole), body.length);
		compare(mtom_ranges_parts(whole), mtom_ranges_parts(cut));
		struct bytes one = mtom_ranges_root(whole), other = mtom_ranges_root(cut);
		if ((one.data == NULL) != (other.data == NULL)
		    || (one.data != NULL && !bytes_equal(one, other)))
			abort();
	}
	arena_destroy(a);
	return 0;
}
