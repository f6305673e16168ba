/* schemas/model/code_sets.c: a code is looked for by its hash, open addressing, half of it free. */
#include "schemas/model/code_sets.h"

#include <string.h>

const char *const code_attributes[CODE_ATTRIBUTES] = {
	"associationDocumentation",
	"classCode",
	"codeList",
	"confidentialityCode",
	"contentTypeCode",
	"eventCodeList",
	"formatCode",
	"healthcareFacilityTypeCode",
	"languageCode",
	"mimeType",
	"practiceSettingCode",
	"typeCode",
};

int code_attribute(const char *name)
{
	for (int i = 0; i < CODE_ATTRIBUTES; i++)
		if (strcmp(code_attributes[i], name) == 0)
			return i;
	return -1;
}

bool code_attribute_is_plain(const char *name)
{
	return strcmp(name, "mimeType") == 0 || strcmp(name, "languageCode") == 0;
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

/* FNV-1a, the end of the text with it. */
static uint64_t mix(uint64_t hash, const char *text, bool plain)
{
	const unsigned char *at = (const unsigned char *)text;
	do
		hash = (hash ^ (plain ? lower(*at) : *at)) * UINT64_C(0x100000001b3);
	while (*at++ != '\0');
	return hash;
}

static uint64_t hash_of(const char *attribute, const char *code, const char *scheme)
{
	uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), attribute, false);
	hash = mix(hash, code, code_attribute_is_plain(attribute));
	hash = mix(hash, scheme, false);
	return hash ^ hash >> 32;
}

static bool same(const char *a, const char *b, bool plain)
{
	while (*a != '\0'
	       && (plain ? lower((unsigned char)*a) == lower((unsigned char)*b) : *a == *b))
		a++, b++;
	return *a == *b;
}

size_t code_sets_places(size_t count)
{
	size_t places = 2;
	while (places < 2 * count)
		places *= 2;
	return places;
}

void code_sets_index(struct code_sets *s, uint32_t *places, size_t place_count)
{
	memset(places, 0, place_count * sizeof *places);
	memset(s->limited, 0, sizeof s->limited);
	s->beginnings = false;
	s->places = places;
	s->place_count = place_count;
	for (size_t i = 0; i < s->count; i++) {
		const struct affinity_code *c = &s->codes[i];
		size_t at = (size_t)hash_of(c->attribute, c->code, c->scheme) & (place_count - 1);
		while (places[at] != 0)
			at = (at + 1) & (place_count - 1);
		places[at] = (uint32_t)i + 1;
		s->limited[code_attribute(c->attribute)] = true;
		s->beginnings = s->beginnings || strchr(c->code, '*') != NULL;
	}
}

const struct affinity_code *code_sets_find(const struct code_sets *s, const char *attribute,
					   const char *code, const char *scheme)
{
	if (s->place_count == 0)
		return NULL;
	bool plain = code_attribute_is_plain(attribute);
	const char *in = scheme == NULL ? "" : scheme;
	size_t at = (size_t)hash_of(attribute, code, in) & (s->place_count - 1);
	for (; s->places[at] != 0; at = (at + 1) & (s->place_count - 1)) {
		const struct affinity_code *c = &s->codes[s->places[at] - 1];
		if (same(c->attribute, attribute, false) && same(c->code, code, plain)
		    && same(c->scheme, in, false))
			return c;
	}
	return NULL;
}

/* The code of the sets with * at its end that says how this one begins; of several the longest. */
static const struct affinity_code *beginning_of(const struct code_sets *s, const char *attribute,
						const char *code, const char *scheme)
{
	char beginning[CODE_BEGINNING_MOST + 2];
	size_t length = strlen(code);
	if (length > CODE_BEGINNING_MOST)
		length = CODE_BEGINNING_MOST;
	memcpy(beginning, code, length);
	for (bool more = s->beginnings; more; more = length-- > 0) {
		beginning[length] = '*';
		beginning[length + 1] = '\0';
		const struct affinity_code *c = code_sets_find(s, attribute, beginning, scheme);
		if (c != NULL)
			return c;
	}
	return NULL;
}

const struct affinity_code *code_sets_stands_for(const struct code_sets *s, const char *attribute,
						 const char *code, const char *scheme)
{
	const struct affinity_code *c = code_sets_find(s, attribute, code, scheme);
	return c != NULL ? c : beginning_of(s, attribute, code, scheme);
}

bool code_sets_allow(const struct code_sets *s, const char *attribute, const char *code,
		     const char *scheme)
{
	int number = code_attribute(attribute);
	return number < 0 || !s->limited[number]
	       || code_sets_stands_for(s, attribute, code, scheme) != NULL;
}
