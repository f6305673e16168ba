/* gateway/base/findings.c: several problems of one message, in the order they were found. */
#include "gateway/base/findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

struct findings findings_in(struct arena *a)
{
	return (struct findings){ .arena = a };
}

/* Errors go before warnings when room is short: a list full of warnings still takes the first
 * error. */
static struct finding *room_for(struct findings *f, bool warning)
{
	unsigned before = f->errors + f->warnings;
	if (warning)
		f->warnings++;
	else
		f->errors++;
	if (before >= FINDINGS_MOST && (warning || f->errors > 1))
		return NULL;
	struct finding *new = arena_new(f->arena, struct finding);
	if (f->last == NULL)
		f->first = new;
	else
		f->last->next = new;
	f->last = new;
	return new;
}

__attribute__((format(printf, 6, 0))) static void add(struct findings *f, bool warning,
						      enum problem_code code, const char *location,
						      const char *where, const char *what,
						      va_list args)
{
	struct finding *new = room_for(f, warning);
	if (new == NULL)
		return;
	new->warning = warning;
	new->location = arena_text(f->arena, location);
	new->problem.code = code;
	new->problem.form = what;
	snprintf(new->problem.where, sizeof new->problem.where, "%s", where == NULL ? "" : where);
	vsnprintf(new->problem.what, sizeof new->problem.what, what, args);
}

bool findings_error(struct findings *f, enum problem_code code, const char *location,
		    const char *where, const char *what, ...)
{
	va_list args;
	va_start(args, what);
	add(f, false, code, location, where, what, args);
	va_end(args);
	return false;
}

bool findings_warn(struct findings *f, enum problem_code code, const char *location,
		   const char *where, const char *what, ...)
{
	va_list args;
	va_start(args, what);
	add(f, true, code, location, where, what, args);
	va_end(args);
	return false;
}

void findings_relay(struct findings *f, bool warning, const char *error_code, const char *context,
		    const char *location)
{
	struct finding *new = room_for(f, warning);
	size_t length = strlen(context);
	if (new == NULL)
		return;
	if (length >= PROBLEM_TEXT) /* to a whole character */
		length = text_utf8_length((const unsigned char *)context, PROBLEM_TEXT - 1);
	new->warning = warning;
	new->location = arena_text(f->arena, location);
	new->relayed = arena_text(f->arena, error_code);
	problem_set(&new->problem, PROBLEM_REGISTRY_REFUSED, "%.*s", (int)length, context);
}
