/* tests/fuzz/traceparent_fuzz.c: any text as a traceparent. One that is read is written again as
 * one of ours that reads the same; one that is not leaves all as it was. */
#undef NDEBUG
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const char *text)
{
	struct trace t = { .id = "untouched" }, again = { .id = "" };
	char written[TRACE_PARENT];
	if (!trace_read(text, &t)) {
		assert(strcmp(t.id, "untouched") == 0 && !t.sampled);
		return;
	}
	assert(strlen(t.id) == TRACE_ID - 1 && strncmp(text + 3, t.id, TRACE_ID - 1) == 0);
	trace_write(&t, &system_random, written);
	assert(strlen(written) == TRACE_PARENT - 1 && trace_read(written, &again));
	assert(strcmp(t.id, again.id) == 0 && t.sampled == again.sampled);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1); /* so that an octet too far is one of nobody's */
	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check(text);
	free(text);
	return 0;
}
