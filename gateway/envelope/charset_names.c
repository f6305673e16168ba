/* gateway/envelope/charset_names.c: the character sets and what they are called (HL7 tables 0211,
 * 0356; 2.5: 2.15.9.18, 2.15.9.20). */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/charset.h"
#include "gateway/envelope/charset_sets.h"
#include "schemas/model/region.h"

/* clang-format off */
static const struct charset_row rows[CHARSET_COUNT] = {
	[CHARSET_NONE] = { .name = "none", .msh18 = "", .msh20 = "" },
	[CHARSET_ASCII] = { .name = "ascii", .msh18 = "", .msh20 = "", .converter = "US-ASCII" },
	[CHARSET_8859_1] = { .name = "8859-1", .msh18 = "8859/1", .msh20 = "",
	  .converter = "ISO-8859-1" },
	[CHARSET_8859_2] = { .name = "8859-2", .msh18 = "8859/2", .msh20 = "",
	  .converter = "ISO-8859-2" },
	[CHARSET_8859_3] = { .name = "8859-3", .msh18 = "8859/3", .msh20 = "",
	  .converter = "ISO-8859-3" },
	[CHARSET_8859_4] = { .name = "8859-4", .msh18 = "8859/4", .msh20 = "",
	  .converter = "ISO-8859-4" },
	[CHARSET_8859_5] = { .name = "8859-5", .msh18 = "8859/5", .msh20 = "",
	  .converter = "ISO-8859-5" },
	[CHARSET_8859_6] = { .name = "8859-6", .msh18 = "8859/6", .msh20 = "",
	  .converter = "ISO-8859-6" },
	[CHARSET_8859_7] = { .name = "8859-7", .msh18 = "8859/7", .msh20 = "",
	  .converter = "ISO-8859-7" },
	[CHARSET_8859_8] = { .name = "8859-8", .msh18 = "8859/8", .msh20 = "",
	  .converter = "ISO-8859-8" },
	[CHARSET_8859_9] = { .name = "8859-9", .msh18 = "8859/9", .msh20 = "",
	  .converter = "ISO-8859-9" },
	[CHARSET_8859_15] = { .name = "8859-15", .msh18 = "8859/15", .msh20 = "",
	  .converter = "ISO-8859-15" },
	[CHARSET_UTF_8] = { .name = "utf-8", .msh18 = "UNICODE UTF-8", .msh20 = "" },
	[CHARSET_UTF_16] = { .name = "utf-16", .msh18 = "UNICODE", .msh20 = "",
	  .converter = "UTF-16" },
	[CHARSET_JIS_X_0201] = { .name = "jis-x-0201", .msh18 = "ISO IR14", .msh20 = "",
	  .japanese = true },
	[CHARSET_ISO_2022_JP] = { .name = "iso-2022-jp", .msh18 = "~ISO IR87",
	  .msh20 = "ISO 2022-1994", .japanese = true },
	[CHARSET_WINDOWS_50221] = { .name = "windows-50221", .msh18 = "~ISO IR87",
	  .msh20 = "ISO 2022-1994", .japanese = true },
	[CHARSET_WINDOWS_31J] = { .name = "windows-31j", .msh18 = "", .msh20 = "",
	  .converter = "ibm-943_P15A-2003", .japanese = true },
	[CHARSET_EUC_JP] = { .name = "euc-jp", .msh18 = "", .msh20 = "",
	  .converter = "EUC-JP", .japanese = true },
	[CHARSET_GB_18030] = { .name = "gb-18030", .msh18 = "GB 18030-2000", .msh20 = "",
	  .converter = "gb18030" },
	[CHARSET_BIG_5] = { .name = "big-5", .msh18 = "BIG-5", .msh20 = "", .converter = "Big5" },
	[CHARSET_KS_X_1001] = { .name = "ks-x-1001", .msh18 = "KS X 1001", .msh20 = "",
	  .converter = "EUC-KR" },
};
/* clang-format on */

/* What MSH-18 is met as, without blanks, `-`, `/` and `_`, in capitals. */
static const struct {
	const char *spelled;
	enum charset charset;
} spellings[] = {
	{ "ASCII", CHARSET_ASCII },          { "USASCII", CHARSET_ASCII },
	{ "ISOIR6", CHARSET_ASCII },         { "88591", CHARSET_8859_1 },
	{ "88592", CHARSET_8859_2 },         { "88593", CHARSET_8859_3 },
	{ "88594", CHARSET_8859_4 },         { "88595", CHARSET_8859_5 },
	{ "88596", CHARSET_8859_6 },         { "88597", CHARSET_8859_7 },
	{ "88598", CHARSET_8859_8 },         { "88599", CHARSET_8859_9 },
	{ "885915", CHARSET_8859_15 },       { "ISO88591", CHARSET_8859_1 },
	{ "ISOIR100", CHARSET_8859_1 },      { "ISOIR101", CHARSET_8859_2 },
	{ "UNICODEUTF8", CHARSET_UTF_8 },    { "UTF8", CHARSET_UTF_8 },
	{ "UNICODE", CHARSET_UTF_16 },       { "UNICODEUTF16", CHARSET_UTF_16 },
	{ "UTF16", CHARSET_UTF_16 },         { "ISOIR13", CHARSET_JIS_X_0201 },
	{ "ISOIR14", CHARSET_JIS_X_0201 },   { "ISOIR87", CHARSET_ISO_2022_JP },
	{ "ISOIR159", CHARSET_ISO_2022_JP }, { "ISOIR168", CHARSET_ISO_2022_JP },
	{ "ISOIR228", CHARSET_ISO_2022_JP }, { "ISOIR229", CHARSET_ISO_2022_JP },
	{ "ISOIR233", CHARSET_ISO_2022_JP }, { "ISO2022JP", CHARSET_ISO_2022_JP },
	{ "GB180302000", CHARSET_GB_18030 }, { "GB18030", CHARSET_GB_18030 },
	{ "BIG5", CHARSET_BIG_5 },           { "KSX1001", CHARSET_KS_X_1001 },
};

static const struct {
	unsigned microsoft, jis;
} readings[] = {
	{ 0xff5e, 0x301c }, { 0x2225, 0x2016 }, { 0xff0d, 0x2212 },
	{ 0xffe0, 0x00a2 }, { 0xffe1, 0x00a3 }, { 0xffe2, 0x00ac },
};

const struct charset_row *charset_row(enum charset c)
{
	return &rows[c < CHARSET_COUNT ? c : CHARSET_NONE];
}

const char *charset_name(enum charset c)
{
	return charset_row(c)->name;
}

const char *charset_msh18(enum charset c)
{
	return charset_row(c)->msh18;
}

const char *charset_msh20(enum charset c)
{
	return charset_row(c)->msh20;
}

enum charset charset_from_name(const char *name)
{
	for (unsigned c = 0; c < CHARSET_COUNT; c++)
		if (text_equal_nocase(rows[c].name, name))
			return (enum charset)c;
	return CHARSET_NONE;
}

unsigned charset_jis_reading(unsigned microsoft)
{
	for (size_t i = 0; i < COUNT(readings); i++)
		if (readings[i].microsoft == microsoft)
			return readings[i].jis;
	return 0;
}

unsigned charset_microsoft_reading(unsigned jis)
{
	for (size_t i = 0; i < COUNT(readings); i++)
		if (readings[i].jis == jis)
			return readings[i].microsoft;
	return 0;
}

/* Any set reached by ISO 2022 switching makes the whole an ISO 2022 stream. */
static enum charset both(enum charset before, enum charset now)
{
	if (before == CHARSET_NONE || now == CHARSET_ISO_2022_JP)
		return now;
	if (before == CHARSET_ASCII)
		return now;
	return before;
}

bool charset_from_msh18(const char *field, enum charset *out)
{
	char spelled[16];
	size_t length = 0;
	*out = CHARSET_NONE;
	for (const char *c = field;; c++) {
		if (*c != '\0' && *c != '~' && *c != '^') {
			if (strchr(" -/_", *c) != NULL)
				continue;
			if (length + 1 >= sizeof spelled)
				return false;
			spelled[length++] = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
			continue;
		}
		spelled[length] = '\0';
		size_t i = 0;
		while (length != 0 && i < COUNT(spellings)
		       && strcmp(spellings[i].spelled, spelled) != 0)
			i++;
		if (i == COUNT(spellings))
			return false;
		if (length != 0)
			*out = both(*out, spellings[i].charset);
		length = 0;
		if (*c == '\0')
			return true;
	}
}

struct charset_leniency charset_of_storage(const struct registered_system *facility)
{
	struct charset_leniency l = { .when_unsaid = CHARSET_ISO_2022_JP,
				      .when_false = CHARSET_NONE };
	enum charset said;
	if (facility == NULL)
		return l;
	l.misnamed = facility->lenient.misnamed_charset;
	if (facility->charset != NULL && charset_from_msh18(facility->charset, &said)
	    && said != CHARSET_NONE)
		l.when_unsaid = said;
	return l;
}
