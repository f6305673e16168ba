/* profiles/xcpd/time_to_live.c: how long what was found out may be kept. */
#include "profiles/xcpd/time_to_live.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"

enum { DURATION_MOST = 64, DAY = 86400 }; /* characters; seconds */
static const int64_t most = (int64_t)100 * 365 * DAY;

/* In their order; T stands before the last three. */
static const struct {
	char letter;
	bool of_time;
	int64_t seconds;
} parts[] = {
	{ .letter = 'Y', .seconds = (int64_t)365 * DAY },
	{ .letter = 'M', .seconds = (int64_t)30 * DAY },
	{ .letter = 'D', .seconds = DAY },
	{ .letter = 'H', .of_time = true, .seconds = 3600 },
	{ .letter = 'M', .of_time = true, .seconds = 60 },
	{ .letter = 'S', .of_time = true, .seconds = 1 },
};

/* Digits, and of seconds a fraction, which is left out. NULL: none. */
static const char *read_count(const char *at, int64_t *count, bool *fraction)
{
	const char *begin = at;
	for (*count = 0; isdigit((unsigned char)*at); at++)
		if (*count <= most)
			*count = *count * 10 + (*at - '0');
	*fraction = at != begin && *at == '.';
	if (!*fraction)
		return at == begin ? NULL : at;
	for (begin = ++at; isdigit((unsigned char)*at); at++)
		;
	return at == begin ? NULL : at;
}

static bool read_parts(const char *at, int64_t *seconds)
{
	size_t next = 0, read = 0;
	bool of_time = false, fraction;
	int64_t count;
	while (*at != '\0') {
		if (*at == 'T' && !of_time) {
			of_time = true;
			read = 0; /* something must follow it */
			at++;
		}
		at = read_count(at, &count, &fraction);
		if (at == NULL)
			return false;
		while (next < COUNT(parts)
		       && (parts[next].letter != *at || parts[next].of_time != of_time))
			next++;
		if (next == COUNT(parts) || (fraction && parts[next].letter != 'S'))
			return false;
		*seconds += count > most / parts[next].seconds ? most : count * parts[next].seconds;
		next++;
		read++;
		at++;
	}
	return read != 0;
}

bool duration_seconds(const char *text, int64_t *seconds)
{
	bool negative = text != NULL && *text == '-';
	*seconds = 0;
	if (text == NULL || strlen(text) > DURATION_MOST || text[negative] != 'P'
	    || !read_parts(text + negative + 1, seconds))
		return false;
	*seconds = negative ? 0 : *seconds < most ? *seconds : most;
	return true;
}

bool time_to_live_read(struct arena *a, const struct soap_message *m, int64_t *seconds,
		       struct problem *p)
{
	const struct xml_node *n = xml_child(m->header, XCPD_NAMESPACE, "CorrelationTimeToLive");
	*seconds = 0;
	if (n == NULL)
		return true;
	if (xml_next(n, XCPD_NAMESPACE, "CorrelationTimeToLive") != NULL)
		return problem_at(p, PROBLEM_SEGMENT_MISSING, xml_path(a, n),
				  "CorrelationTimeToLive stands there twice");
	return duration_seconds(text_trimmed(a, xml_text(a, n)), seconds)
	       || problem_at(p, PROBLEM_DATA_TYPE, xml_path(a, n),
			     "CorrelationTimeToLive is no xs:duration, such as P7D");
}

void time_to_live_write(struct xml_writer *w, const char *duration)
{
	xml_open(w, "xcpd:CorrelationTimeToLive");
	xml_namespace_declare(w, "xcpd", XCPD_NAMESPACE);
	xml_put_text(w, duration);
	xml_close(w);
}
