/* tests/fuzz/location_fuzz.c: any document as a Health Data Locator's answer to a Patient Location
 * Query. What is taken is homes, each once; what is not has a reason, at a place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/xcpd/location_message.h"
#include "schemas/tables/problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void look(const struct located_home *homes)
{
	unsigned count = 0;
	for (const struct located_home *h = homes; h != NULL; h = h->next) {
		must(++count <= LOCATIONS_MOST);
		must(text_starts(h->home, "urn:oid:") && text_is_oid(h->home + 8));
		for (const struct located_home *o = h->next; o != NULL; o = o->next)
			must(!text_equal(o->home, h->home));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct location_question q = { .domain = "2.999.30.1", .id = "w-1" };
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE }, refused = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(a, NULL, (struct bytes){ data, size }, &p);
	struct located_home *homes;
	struct soap_message m;
	if (d != NULL && soap_open_answer(a, d, NULL, &m, &p) && m.body != NULL) {
		bool read = location_read(a, &m, &q, &homes, &refused);
		must(read == (refused.code == PROBLEM_NONE));
		must(read || (refused.where[0] != '\0' && refused.what[0] != '\0'));
		if (read)
			look(homes);
	}
	arena_destroy(a);
	return 0;
}
