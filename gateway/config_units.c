/* gateway/config_units.c: values with their units. */
#include "gateway/config_units.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"

struct unit {
	const char *name;
	uint64_t factor;
};

/* From small to large: the way back takes the largest that divides. */
static const struct unit octets[] = {
	{ "B", 1 },         { "KiB", 1 << 10 },           { "MiB", 1 << 20 },
	{ "GiB", 1 << 30 }, { "TiB", UINT64_C(1) << 40 }, { NULL, 0 }
};
static const struct unit seconds[] = {
	{ "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", 86400 }, { NULL, 0 }
};

static bool read_units(const char *text, const struct unit *units, uint64_t *out)
{
	char digits[21];
	size_t length = strspn(text, "0123456789");
	uint64_t number;
	if (length == 0 || length >= sizeof digits)
		return false;
	memcpy(digits, text, length);
	digits[length] = '\0';
	if (!text_to_number(digits, UINT64_MAX, &number))
		return false;
	const char *unit = text + length + strspn(text + length, " ");
	if (number == 0 && *unit == '\0') {
		*out = 0;
		return true;
	}
	for (; units->name != NULL; units++)
		if (text_equal(unit, units->name)) {
			if (number > UINT64_MAX / units->factor)
				return false;
			*out = number * units->factor;
			return true;
		}
	return false;
}

static void write_units(uint64_t value, const struct unit *units, char out[UNITS_TEXT])
{
	const struct unit *best = units;
	for (; units->name != NULL; units++)
		if (value != 0 && value % units->factor == 0)
			best = units;
	snprintf(out, UNITS_TEXT, "%" PRIu64 "%s", value / best->factor, best->name);
}

bool units_to_octets(const char *text, uint64_t *out)
{
	return read_units(text, octets, out);
}

bool units_to_seconds(const char *text, uint64_t *out)
{
	return read_units(text, seconds, out);
}

bool units_to_flag(const char *text, bool *out)
{
	static const struct {
		const char *name;
		bool value;
	} words[] = {
		{ "yes", true }, { "on", true },   { "true", true },
		{ "no", false }, { "off", false }, { "false", false },
	};
	for (size_t i = 0; i < COUNT(words); i++)
		if (text_equal(text, words[i].name)) {
			*out = words[i].value;
			return true;
		}
	return false;
}

void units_from_octets(uint64_t value, char out[UNITS_TEXT])
{
	write_units(value, octets, out);
}

void units_from_seconds(uint64_t value, char out[UNITS_TEXT])
{
	write_units(value, seconds, out);
}
