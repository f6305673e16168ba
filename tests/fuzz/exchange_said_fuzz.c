/* tests/fuzz/exchange_said_fuzz.c: any octets as what was said in an exchange: read, or not, and
 * never outside; what was read, written again, reads the same. And as a frame's head. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/exchange_bodies.h"
#include "store/exchange_said.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static bool within(struct bytes all, struct bytes part)
{
	return part.length == 0
	       || (part.data >= all.data && part.data + part.length <= all.data + all.length);
}

static bool parts_agree(const struct said_part *one, const struct said_part *other)
{
	return one->whole == other->whole && one->length == other->length
	       && (!one->whole || bytes_equal(one->octets, other->octets));
}

static void write_again(struct arena *a, const struct exchange_said *s)
{
	struct exchange_said again, third;
	struct bytes octets = exchange_said_write(a, s);
	expect(exchange_said_read(a, octets, &again));
	expect(parts_agree(&s->request, &again.request) && parts_agree(&s->answer, &again.answer));
	struct bytes same = exchange_said_write(a, &again);
	expect(exchange_said_read(a, same, &third) && bytes_equal(octets, same));
	expect(third.header_count == s->header_count && third.subject_count == s->subject_count);
	expect(strcmp(third.path, s->path) == 0 && strcmp(third.certificate, s->certificate) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes octets = { data, size };
	struct exchange_body_head head;
	struct exchange_said s;
	struct arena *a = arena_create(64 << 20);
	if (exchange_body_head_read(octets, &head))
		expect(strlen(head.id) == 16 && head.at > 0 && head.length <= EXCHANGE_BODY_MOST);
	if (exchange_said_read(a, octets, &s)) {
		expect(s.header_count <= SAID_HEADERS_MOST
		       && s.subject_count <= SAID_SUBJECTS_MOST);
		expect(within(octets, s.request.octets) && within(octets, s.answer.octets));
		write_again(a, &s);
	}
	arena_destroy(a);
	return 0;
}
