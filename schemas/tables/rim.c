/* schemas/tables/rim.c: the parts of an ebRIM object, one row each. */
#include "schemas/tables/rim.h"

static const struct rim_part_row rows[RIM_PARTS] = {
	[RIM_SLOT_NAME] = { .part = "Slot/@name", .most = RIM_LONG_NAME },
	[RIM_VALUE] = { .part = "Value", .most = RIM_LONG_NAME },
	[RIM_NODE_REPRESENTATION] = { .part = "@nodeRepresentation", .most = RIM_LONG_NAME },
	[RIM_IDENTIFIER] = { .part = "ExternalIdentifier/@value", .most = RIM_LONG_NAME },
	[RIM_NAME] = { .part = "Name/LocalizedString/@value", .most = RIM_FREE_FORM_TEXT },
	[RIM_DESCRIPTION] = { .part = "Description/LocalizedString/@value", .most = RIM_UNBOUNDED },
	[RIM_LANGUAGE] = { .part = "LocalizedString/@xml:lang", .most = RIM_UNBOUNDED },
	[RIM_MIME_TYPE] = { .part = "@mimeType", .most = RIM_LONG_NAME },
	[RIM_HOME] = { .part = "@home", .most = RIM_LONG_NAME },
};

const struct rim_part_row *rim_part(enum rim_part part)
{
	return &rows[part];
}

/* No control character but tab and the ends of lines; not U+FFFE, not U+FFFF. */
bool rim_can_hold(const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
		if ((*c < 0x20 && *c != '\t' && *c != '\n' && *c != '\r')
		    || (c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe))
			return false;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool rim_is_language(const char *text)
{
	enum { SUBTAG_MOST = 8 };
	size_t length = 0;
	bool first = true;
	for (; *text != '\0'; text++) {
		if (*text == '-' && length > 0) {
			first = false;
			length = 0;
		} else if ((!is_letter(*text) && (first || *text < '0' || *text > '9'))
			   || ++length > SUBTAG_MOST) {
			return false;
		}
	}
	return length > 0;
}
