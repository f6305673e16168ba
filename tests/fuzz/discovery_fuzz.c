/* tests/fuzz/discovery_fuzz.c: any document as another community's answer to a Cross Gateway
 * Patient Discovery. What is taken can be kept and told, of one person at most; what is not has a
 * reason, at a place. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/xcpd/discovery_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void look(const struct discovery_answer *out, instant now)
{
	must(out->said < DISCOVERY_SAIDS && out->persons + out->foreign <= DISCOVERY_EVENTS_MOST);
	must((out->said == DISCOVERY_KNOWN) == (out->persons == 1));
	must((out->said == DISCOVERY_SEVERAL) == (out->persons > 1));
	must(out->persons == 0 || out->id != NULL);
	must(out->id == NULL || (!text_empty(out->id->id) && !text_empty(out->id->universal_id)));
	must(out->wants < 1u << DISCOVERY_WANTS && out->reason != NULL);
	must(out->until == 0 || out->until > now);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct discovery_question q = {
		.id = "0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d11",
		.query_id = "0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d12",
		.their_home = "2.999.30",
		.now = INT64_C(1700000000) * 1000000,
	};
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE }, refused = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(a, NULL, (struct bytes){ data, size }, &p);
	struct discovery_answer out;
	struct soap_message m;
	if (d != NULL && soap_open_answer(a, d, NULL, &m, &p) && m.body != NULL) {
		bool read = discovery_read(a, &m, &q, &out, &refused);
		must(read == (refused.code == PROBLEM_NONE));
		must(read || (refused.where[0] != '\0' && refused.what[0] != '\0'));
		if (read)
			look(&out, q.now);
	}
	arena_destroy(a);
	return 0;
}
