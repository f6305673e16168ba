/* store/compact_text.c: texts of digits and dots in half an octet a character. */
#include "store/compact_text.h"

enum { DOT = 10, END = 15 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static unsigned char half_of(char c)
{
	return c == '\0' ? END : c == '.' ? DOT : (unsigned char)(c - '0');
}

size_t compact_text_octets(const char *text)
{
	size_t length = 0;
	if (text == NULL)
		return 0;
	while (is_digit(text[length]) || text[length] == '.')
		length++;
	return text[length] == '\0' ? length / 2 + 1 : 0;
}

void compact_text_write(const char *text, unsigned char *out)
{
	for (bool ended = false; !ended; text += 2) {
		ended = text[0] == '\0' || text[1] == '\0';
		unsigned char low = text[0] == '\0' ? END : half_of(text[1]);
		*out++ = (unsigned char)(half_of(text[0]) << 4 | low);
	}
}

static const char characters[] = "0123456789.";

bool compact_text_read(const unsigned char *octets, size_t length, char *out)
{
	if (length == 0)
		return false;
	for (size_t i = 0; i + 1 < length; i++) {
		unsigned high = octets[i] >> 4, low = octets[i] & 15;
		if (high > DOT || low > DOT)
			return false;
		*out++ = characters[high];
		*out++ = characters[low];
	}
	unsigned high = octets[length - 1] >> 4, low = octets[length - 1] & 15;
	if ((high > DOT && high != END) || low != END)
		return false;
	if (high != END)
		*out++ = characters[high];
	*out = '\0';
	return true;
}
