/* gateway/base/withheld.c: what may be told of a problem to who is not to see whose it was. */
#include "gateway/base/withheld.h"

#include <stdbool.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

/* More digits than an index or a number of a field has: somebody's number. */
enum { DIGITS_MOST = 4 };

/* A place of an XPath has names and indices, one of HL7 numbers between ^. */
#define PLACE_MARKS " $._/:^[]*@-()"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Past a conversion of printf; at is behind its %. */
static const char *past_conversion(const char *at)
{
	at += strspn(at, "-+ #'0123456789.*hlLjzt");
	return *at == '\0' ? at : at + 1;
}

const char *withheld_words(struct arena *a, const struct problem *p)
{
	struct buffer b = buffer_in(a);
	bool said = false;
	const char *at = p->form == NULL ? "" : p->form;
	while (*at != '\0') {
		size_t plain = strcspn(at, "%");
		for (size_t i = 0; i < plain; i++)
			said = said || is_letter(at[i]);
		buffer_append(&b, at, plain);
		at += plain;
		if (at[0] == '%' && at[1] == '%') {
			buffer_text(&b, "%");
			at += 2;
		} else if (at[0] == '%') {
			buffer_text(&b, "…");
			at = past_conversion(at + 1);
		}
	}
	return said ? buffer_ended(&b) : "";
}

const char *withheld_place(const struct problem *p)
{
	size_t digits = 0;
	for (const char *c = p->where; *c != '\0'; c++) {
		digits = is_digit(*c) ? digits + 1 : 0;
		if (digits > DIGITS_MOST
		    || (!is_digit(*c) && !is_letter(*c) && strchr(PLACE_MARKS, *c) == NULL))
			return "";
	}
	return is_digit(p->where[0]) ? "" : p->where;
}
