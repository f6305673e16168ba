/* profiles/ssmix2/shown_path.c: a path of a storage as an operator may be shown it. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/validate_inside.h"

enum { NUMBER = 12 };

/* A folder or file is called so, or by it and more parts. */
static bool is_number_at(const char *path, const char *at)
{
	char digits[NUMBER + 1];
	if ((at != path && at[-1] != '/') || strspn(at, "0123456789") != NUMBER)
		return false;
	memcpy(digits, at, NUMBER);
	digits[NUMBER] = '\0';
	return text_is_my_number(digits);
}

void path_shown(const char *place, const char *path, bool twelve_digit_ids, char out[PATH_SHOWN])
{
	size_t n = (size_t)snprintf(out, PATH_SHOWN, "%s", place);
	bool text = text_is_utf8((const unsigned char *)path, strlen(path));
	unsigned hidden = 0;
	for (const char *at = path; *at != '\0' && n + 5 < PATH_SHOWN; at++) {
		unsigned char c = (unsigned char)*at;
		if (!twelve_digit_ids && is_number_at(path, at))
			hidden = NUMBER;
		if (hidden > 0)
			hidden--, out[n++] = '*';
		else if (c >= 0x20 && c != 0x7f && (c < 0x80 || text))
			out[n++] = (char)c;
		else
			n += (size_t)snprintf(out + n, PATH_SHOWN - n, "\\x%02x", c);
	}
	/* Not cut within a character: it would be no text any more. */
	while (text && n > 0 && !text_is_utf8((const unsigned char *)out, n))
		n--;
	out[n] = '\0';
}
