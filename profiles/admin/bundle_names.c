/* profiles/admin/bundle_names.c: what the files of an export are called, and nothing else is. */
#include "profiles/admin/bundle.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"

const char bundle_identities[] = "identities.ndjson";
const char bundle_consents[] = "consents.ndjson";
const char bundle_audit[] = "audit/messages.ndjson";
const char bundle_readme[] = "README.txt";
const char bundle_index[] = "index.html";
const char bundle_looks[] = "looks.ndjson";
const char bundle_provisions[] = "provisions.ndjson";

enum { FOLDER_DIGITS = 6, NUMBER_DIGITS = 9, FOLDER_HOLDS = 1000 };

static bool is_hex(const char *text, size_t length)
{
	return strspn(text, "0123456789abcdef") >= length;
}

/* ab/ab and 62 digits more. */
static bool is_document(const char *rest)
{
	return strlen(rest) == 3 + BUNDLE_HEX && is_hex(rest, 2) && rest[2] == '/'
	       && is_hex(rest + 3, BUNDLE_HEX) && memcmp(rest, rest + 3, 2) == 0;
}

/* 000001/000001234 and an ending; the folder is the number without its last three digits. */
static enum bundle_kind metadata_kind(const char *rest)
{
	static const char digits[] = "0123456789";
	const char *number = rest + FOLDER_DIGITS + 1;
	if (strspn(rest, digits) != FOLDER_DIGITS || rest[FOLDER_DIGITS] != '/'
	    || strspn(number, digits) != NUMBER_DIGITS || memcmp(rest, number, FOLDER_DIGITS) != 0)
		return BUNDLE_NOTHING;
	return text_equal(number + NUMBER_DIGITS, ".json")  ? BUNDLE_METADATA_JSON
	       : text_equal(number + NUMBER_DIGITS, ".xml") ? BUNDLE_METADATA_XML
							    : BUNDLE_NOTHING;
}

enum bundle_kind bundle_kind_of(const char *name)
{
	static const struct {
		const char *name;
		enum bundle_kind kind;
	} alone[] = {
		{ bundle_readme, BUNDLE_README },         { bundle_identities, BUNDLE_IDENTITIES },
		{ bundle_consents, BUNDLE_CONSENTS },     { bundle_audit, BUNDLE_AUDIT },
		{ bundle_index, BUNDLE_INDEX },           { bundle_looks, BUNDLE_LOOKS },
		{ bundle_provisions, BUNDLE_PROVISIONS },
	};
	for (size_t i = 0; i < COUNT(alone); i++)
		if (text_equal(name, alone[i].name))
			return alone[i].kind;
	if (text_starts(name, "documents/"))
		return is_document(name + strlen("documents/")) ? BUNDLE_DOCUMENT : BUNDLE_NOTHING;
	return text_starts(name, "metadata/") ? metadata_kind(name + strlen("metadata/"))
					      : BUNDLE_NOTHING;
}

/* As sha256sum(1) writes it: the digits, two blanks, the name. */
bool bundle_read_sum(const char *line, size_t length, struct bundle_sum *out)
{
	enum { BEFORE = BUNDLE_HEX + 2 };
	*out = (struct bundle_sum){ .kind = BUNDLE_NOTHING };
	if (length <= BEFORE || length - BEFORE >= BUNDLE_NAME || memchr(line, '\0', length) != NULL
	    || memcmp(line + BUNDLE_HEX, "  ", 2) != 0)
		return false;
	for (size_t i = 0; i < BUNDLE_HEX; i++)
		if (strchr("0123456789abcdef", line[i]) == NULL)
			return false;
	memcpy(out->name, line + BEFORE, length - BEFORE);
	out->kind = bundle_kind_of(out->name);
	if (!bytes_from_hex(line, BUNDLE_HEX, out->sha256))
		return false;
	return out->kind != BUNDLE_NOTHING
	       && (out->kind != BUNDLE_DOCUMENT
		   || memcmp(line, strrchr(out->name, '/') + 1, BUNDLE_HEX) == 0);
}

void bundle_document_name(const unsigned char sha256[BUNDLE_SHA256], char out[BUNDLE_NAME])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = (size_t)snprintf(out, BUNDLE_NAME, "documents/%02x/", sha256[0]);
	for (size_t i = 0; i < BUNDLE_SHA256; i++) {
		out[n++] = digits[sha256[i] >> 4];
		out[n++] = digits[sha256[i] & 15];
	}
	out[n] = '\0';
}

void bundle_metadata_name(uint64_t number, const char *ending, char out[BUNDLE_NAME])
{
	snprintf(out, BUNDLE_NAME, "metadata/%0*llu/%0*llu.%s", FOLDER_DIGITS,
		 (unsigned long long)(number / FOLDER_HOLDS), NUMBER_DIGITS,
		 (unsigned long long)number, ending);
}
