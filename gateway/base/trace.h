/* gateway/base/trace.h: which work of several systems belongs together, as W3C Trace Context has it
 * (Recommendation of 23 November 2021, 3.2).
 *
 * What comes is anybody's text until it has been read: it has to be as the grammar says, octet by
 * octet, or there is none. It is told in the log and passed on to whom an exchange asks; it decides
 * nothing. tracestate, which is vendors' own text, is not passed on (3.3 allows that). Pure
 * functions, thread-safe. */
#ifndef GATEWAY_BASE_TRACE_H
#define GATEWAY_BASE_TRACE_H

#include <stdbool.h>

struct random_source;

enum { TRACE_ID = 33, TRACE_PARENT = 56 }; /* with their NUL */

struct trace {
	char id[TRACE_ID]; /* 32 hexadecimal digits, lower case */
	bool sampled;
};

/* False: it is none, and *out stays as it is. */
bool trace_read(const char *traceparent, struct trace *out);
/* A traceparent of version 00 whose parent is a new id of ours. */
void trace_write(const struct trace *t, const struct random_source *r, char out[TRACE_PARENT]);

#endif
