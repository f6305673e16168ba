/* gateway/base/trace.c: which work of several systems belongs together. */
#include "gateway/base/trace.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"

/* version "-" trace-id "-" parent-id "-" trace-flags */
enum { VERSION = 2, ID = 32, PARENT = 16, FLAGS = 2 };
enum { ID_AT = VERSION + 1, PARENT_AT = ID_AT + ID + 1, FLAGS_AT = PARENT_AT + PARENT + 1 };
enum { LENGTH = FLAGS_AT + FLAGS };

static bool is_hex(const char *at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!((at[i] >= '0' && at[i] <= '9') || (at[i] >= 'a' && at[i] <= 'f')))
			return false;
	return true;
}

static bool is_zero(const char *at, size_t length)
{
	return strspn(at, "0") >= length;
}

/* 3.2.2, and 3.2.4 for versions to come: they may go on after a '-', 00 may not. */
static bool ends_well(const char *text)
{
	char next = text[LENGTH];
	return next == '\0' || (next == '-' && strncmp(text, "00", VERSION) != 0);
}

static bool is_well_formed(const char *text)
{
	return strnlen(text, LENGTH) == LENGTH && is_hex(text, VERSION)
	       && strncmp(text, "ff", VERSION) != 0 && text[VERSION] == '-'
	       && is_hex(text + ID_AT, ID) && !is_zero(text + ID_AT, ID) && text[ID_AT + ID] == '-'
	       && is_hex(text + PARENT_AT, PARENT) && !is_zero(text + PARENT_AT, PARENT)
	       && text[PARENT_AT + PARENT] == '-' && is_hex(text + FLAGS_AT, FLAGS)
	       && ends_well(text);
}

bool trace_read(const char *traceparent, struct trace *out)
{
	if (traceparent == NULL || !is_well_formed(traceparent))
		return false;
	memcpy(out->id, traceparent + ID_AT, ID);
	out->id[ID] = '\0';
	char low = traceparent[FLAGS_AT + 1];
	unsigned digit = (unsigned)(low <= '9' ? low - '0' : low - 'a' + 10);
	out->sampled = (digit & 1) != 0;
	return true;
}

void trace_write(const struct trace *t, const struct random_source *r, char out[TRACE_PARENT])
{
	uint64_t parent;
	r->fill(r, &parent, sizeof parent);
	parent += parent == 0; /* none is all zeros */
	snprintf(out, TRACE_PARENT, "00-%s-%016llx-%02x", t->id, (unsigned long long)parent,
		 (unsigned)t->sampled);
}
