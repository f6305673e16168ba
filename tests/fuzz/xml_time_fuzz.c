/* tests/fuzz/xml_time_fuzz.c: any text as a moment or a span of XML Schema. A moment that is read
 * is the same when it is written and read again, and a span stays within a thousand years or so. */
#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/envelope/xml_time.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int64_t bound = INT64_C(2100) * 366 * 86400 * 1000000;
	char *text = malloc(size + 1), again[XML_TIME_TEXT];
	instant t, same;
	memcpy(text, data, size);
	text[size] = '\0';
	if (xml_date_time_read(text, &t)) {
		instant_to_xml(t, again);
		/* A zone may take it out of the years that are read. */
		assert(!xml_date_time_read(again, &same) || same == t);
	}
	if (xml_duration_add(text, 0, &t))
		assert(t > -bound && t < bound && xml_duration_add(text, 0, &same) && same == t);
	free(text);
	return 0;
}
