/* profiles/admin/admin_moment.c: a moment, as the operator writes it. */
#include "profiles/admin/admin_moment.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/admin/admin_person.h"

/* The zone behind a time: none (UTC), Z, or +09:00; of a date alone there is none. */
static bool take_zone(const char *text, char *out)
{
	bool zone = (*text == '+' || *text == '-') && strlen(text) == strlen("+09:00")
		    && text[3] == ':';
	if (zone)
		snprintf(out, 6, "%.3s%s", text, text + 4);
	return zone || *text == '\0' || text_equal(text, "Z");
}

/* 2026-01-15, 2026-01-15T00:30, 2026-01-15T00:30:01.5Z, 2026-01-15T09:30:01+09:00; also without
 * punctuation: 20260115, 20260115003001. To the DTM of HL7; false: of none of these forms. */
static bool dtm_of(const char *text, char out[32])
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t n = 0, at = 0;
	if (strspn(text, "0123456789") >= strlen("20260115")) {
		n = strspn(text, "0123456789");
		return (n == 8 || n == 12 || n == 14)
		       && (text[n] == '\0' || text_equal(text + n, "Z"))
		       && snprintf(out, 32, "%.*s", (int)n, text) > 0;
	}
	for (; form[at] != '\0' && text[at] != '\0'; at++) {
		if (form[at] == '0' ? text[at] < '0' || text[at] > '9' : text[at] != form[at])
			break;
		if (form[at] == '0')
			out[n++] = text[at];
	}
	if (at == strlen(form) && text[at] == '.')
		for (out[n++] = text[at++]; text[at] >= '0' && text[at] <= '9' && n < 21;)
			out[n++] = text[at++];
	out[n] = '\0';
	return at == 10 ? text[at] == '\0'
			: (at == 16 || at >= 19) && take_zone(text + at, out + n);
}

bool admin_moment(struct exchange *x, const char *member, instant *out)
{
	const char *text = admin_text(x, member, false);
	char dtm[32];
	if (text == NULL)
		return x->problem.code == PROBLEM_NONE;
	return (dtm_of(text, dtm) && instant_from_dtm(dtm, 0, out))
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member,
			     "'%s' is not a time like 2026-01-15 or 2026-01-15T00:30:01Z", text);
}
