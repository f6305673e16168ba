/* tests/fuzz/hl7v3_ack_fuzz.c: any octets as the answer to an HL7 v3 message of ours. It is an
 * acknowledgement whose code and error are HL7's own, or a problem that says something; and an
 * answer to another message never is one. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/hl7v3_call.h"

#define ID "0af51c2e-6d6a-8e4f-9d0b-2f6a3a5c7d11"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(64 << 20);
	struct hl7_reply reply;
	struct problem p = { .code = PROBLEM_NONE };
	const struct call c = { .answered = true,
				.whole = true,
				.status = 200,
				.answer_most = 64 << 10,
				.content_type = "application/soap+xml; charset=UTF-8",
				.body = { data, size } };
	bool read = hl7v3_call_read(a, &c, ID, &reply, &p);
	must(read == (p.code == PROBLEM_NONE) && (read || p.what[0] != '\0'));
	must(reply.error != NULL && strlen(reply.error) <= 6);
	must(!read || (strlen(reply.code) == 2 && strspn(reply.code, "ACER") == 2));
	p = (struct problem){ .code = PROBLEM_NONE };
	must(!read || !hl7v3_call_read(a, &c, "0" ID, &reply, &p));
	arena_destroy(a);
	return 0;
}
