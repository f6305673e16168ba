/* profiles/xcpd/time_to_live.h: xcpd:CorrelationTimeToLive, how long who asked and who answered
 * recommend to each other to keep what they found out (ITI TF-2: 3.55.4.1.2, 3.55.4.2.2). */
#ifndef PROFILES_XCPD_TIME_TO_LIVE_H
#define PROFILES_XCPD_TIME_TO_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"

#define XCPD_NAMESPACE "urn:ihe:iti:xcpd:2009"

struct arena;
struct soap_message;
struct xml_writer;

/* xs:duration in seconds: a year has 365 days there, a month 30, and what is longer than a hundred
 * years is so long; a negative one is 0, for it recommends nothing. False: it is none. */
bool duration_seconds(const char *text, int64_t *seconds);

/* Of the request's header; *seconds 0: it is recommended to keep nothing. False: the problem is at
 * the header. */
bool time_to_live_read(struct arena *a, const struct soap_message *m, int64_t *seconds,
		       struct problem *p);
/* duration: "P1D". */
void time_to_live_write(struct xml_writer *w, const char *duration);

#endif
