/* profiles/ssmix2/shown_path.c: a path of a storage as an operator may be shown it. */
#include "profiles/ssmix2/shown_path.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

enum { NUMBER_OCTETS = 64 }; /* twelve digits of full width, with something between them */

/* How long an Individual Number is that a folder or file is called by, or begins with as with its
 * first part; 0: there is none. */
static size_t number_at(const char *path, const char *at)
{
	char part[NUMBER_OCTETS];
	size_t length = strcspn(at, "_/.");
	if ((at != path && at[-1] != '/') || length == 0 || length >= sizeof part)
		return 0;
	memcpy(part, at, length);
	part[length] = '\0';
	return text_is_my_number(part) ? length : 0;
}

void path_shown(const char *place, const char *path, bool twelve_digit_ids, char out[PATH_SHOWN])
{
	size_t n = (size_t)snprintf(out, PATH_SHOWN, "%s", place);
	bool text = text_is_utf8((const unsigned char *)path, strlen(path));
	size_t hidden = 0;
	for (const char *at = path; *at != '\0' && n + 5 < PATH_SHOWN; at++) {
		unsigned char c = (unsigned char)*at;
		if (hidden == 0 && !twelve_digit_ids)
			hidden = number_at(path, at);
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
