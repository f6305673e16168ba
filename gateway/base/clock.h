/* gateway/base/clock.h: time and randomness, as arguments, so that tests own them. */
#ifndef GATEWAY_BASE_CLOCK_H
#define GATEWAY_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Microseconds since 1970-01-01T00:00:00Z, without leap seconds. */
typedef int64_t instant;

struct clock {
	instant (*now)(const struct clock *c); /* civil time */
	/* monotonic microseconds: for every timeout */
	int64_t (*elapsed)(const struct clock *c);
};

struct random_source {
	void (*fill)(const struct random_source *r, void *out, size_t length);
};

/* Draws from another source once for many: what exchanges make ids of. Octets that were given out
 * are not kept. Thread-safe; stays where it is. */
enum { RANDOM_SUPPLY = 1024 };
struct random_supply {
	struct random_source source;
	const struct random_source *from;
	pthread_mutex_t lock; /* octets, left */
	unsigned char octets[RANDOM_SUPPLY];
	size_t left; /* of octets, at their end */
};
void random_supply_begin(struct random_supply *s, const struct random_source *from);
void random_supply_end(struct random_supply *s);

extern const struct clock system_clock;          /* thread-safe */
extern const struct random_source system_random; /* thread-safe; getrandom(2) */

/* Text forms of an instant. Sizes are of the array the caller gives, NUL included. */
enum { DTM_TEXT = 15, XML_TIME_TEXT = 28, MILLI_TEXT = 25 };
/* YYYYMMDDhhmmss, UTC (ITI TF-3: 4.2.3.1.7) */
void instant_to_dtm(instant t, char out[DTM_TEXT]);
void instant_to_xml(instant t, char out[XML_TIME_TEXT]); /* 2026-01-15T00:30:01.234567Z */
void instant_to_dtm_jst(instant t, char out[DTM_TEXT]);  /* SS-MIX2 and display only */
/* From an HL7 timestamp YYYY[MM[DD[hh[mm[ss[.s+]]]]]][+-zzzz]; without a zone offset_minutes
 * applies (0 = UTC, 540 = JST). The missing parts are their lowest values. False if not one. */
bool instant_from_dtm(const char *text, int offset_minutes, instant *out);
/* The same, with the last instant it may mean: 20260115 is a day long. */
bool instant_span_from_dtm(const char *text, int offset_minutes, instant *first, instant *last);
/* The zone that a timestamp names, in minutes; `otherwise` if it names none. */
int dtm_zone(const char *text, int otherwise);

/* RFC 4122 version 4, "urn:uuid:" + 36 lower-case characters + NUL. */
enum { UUID_URN_TEXT = 46 };
void random_uuid(const struct random_source *r, char out[UUID_URN_TEXT]);
/* RFC 9562 version 7, of that moment to the microsecond: what is named later sorts later, as text
 * and as octets. It tells when it was named. */
void time_uuid(instant t, const struct random_source *r, char out[UUID_URN_TEXT]);
/* The same 16 octets as text. */
void uuid_to_urn(const unsigned char octets[16], char out[UUID_URN_TEXT]);

#endif
