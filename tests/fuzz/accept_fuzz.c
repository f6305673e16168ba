/* tests/fuzz/accept_fuzz.c: any text as the Accept of who asks for metrics. OpenMetrics is only for
 * who names it, and what he would have besides, if less, changes nothing. */
#undef NDEBUG
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gateway/exposition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool names_it(const char *text)
{
	static const char name[] = "application/openmetrics-text";
	for (; *text != '\0'; text++)
		if (strncasecmp(text, name, sizeof name - 1) == 0)
			return true;
	return false;
}

static enum exposition asked_with(const char *text, const char *more)
{
	size_t room = strlen(text) + strlen(more) + 1;
	char *both = malloc(room);
	assert(both != NULL);
	snprintf(both, room, "%s%s", text, more);
	enum exposition asked = exposition_asked(both);
	free(both);
	return asked;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	enum exposition asked = exposition_asked(text);
	assert(asked == EXPOSITION_PROMETHEUS || names_it(text));
	assert(exposition_media_type(asked) != NULL);
	assert(asked_with(text, ",application/json,*/*;q=0.1,text/plain;q=0") == asked);
	assert(asked_with(text, ",application/openmetrics-text") == EXPOSITION_OPENMETRICS);
	free(text);
	return 0;
}
