/* gateway/envelope/occurrence.c: when what a message tells happened. */
#include "gateway/envelope/occurrence.h"

#include <stdbool.h>

#include "gateway/base/text.h"

enum { JST_MINUTES = 540 };

/* A clock that is wrong by years would shut out all that its system sends when it is right again; a
 * wrong zone is less than a day. */
static const instant clock_error_most = (instant)86400 * 1000000;

instant occurrence_of(const char *const *said, size_t count, instant now)
{
	int zone = dtm_zone(count == 0 ? NULL : said[count - 1], JST_MINUTES);
	instant first = 0, last = 0, from, until;
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		if (text_empty(said[i]) || !instant_span_from_dtm(said[i], zone, &from, &until)
		    || from <= 0 || from > now + clock_error_most)
			continue;
		if (found && (from < first || until > last))
			continue;
		found = true;
		first = from;
		last = until;
	}
	return last;
}
