/* tests/matching/people.c: people written as lines, for tables of tests. */
#include "tests/matching/people.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

enum { KANJI, KANA, BIRTH, SEX, POSTCODE, ADDRESS, PHONE, INSURANCE, MORE, PARTS };

static const char *or_null(const char *text)
{
	return text_empty(text) || text_equal(text, "-") ? NULL : text;
}

static void add_name(struct arena *a, struct patient_demographics *d, const char *text,
		     enum name_representation representation)
{
	if (or_null(text) == NULL)
		return;
	struct person_name *n = arena_new(a, struct person_name);
	*n = (struct person_name){ .family = text,
				   .representation = representation,
				   .next = d->names };
	d->names = n;
}

static void add_insurance(struct arena *a, struct patient_demographics *d, const char *text)
{
	char *rest = arena_text(a, text);
	const char *part[4] = { NULL };
	for (size_t i = 0; i < COUNT(part) && rest != NULL; i++)
		part[i] = or_null(strsep(&rest, " "));
	if (part[0] == NULL)
		return;
	d->insurances = arena_new(a, struct insurance);
	*d->insurances = (struct insurance){
		.insurer = part[0], .symbol = part[1], .number = part[2], .branch = part[3]
	};
}

static void add_word(struct arena *a, struct match_subject *s, struct patient_demographics *d,
		     char *word)
{
	char *value = word;
	const char *name = strsep(&value, "=");
	if (text_equal(name, "domain"))
		s->domain = value;
	else if (text_equal(name, "personal"))
		s->personal = value;
	else if (text_equal(name, "multiple"))
		d->multiple_birth = "Y";
	else if (text_equal(name, "order"))
		d->birth_order = value;
	else if (text_equal(name, "unknown"))
		d->identity_unknown = "Y";
	else if (text_equal(name, "mother"))
		d->mothers_maiden_name = value;
	else if (text_equal(name, "latin")) {
		struct person_name *n = arena_new(a, struct person_name);
		n->family = strsep(&value, "_");
		n->given = value;
		d->names = n;
	}
}

struct match_features *person(struct arena *a, const char *line)
{
	char *rest = arena_text(a, line);
	const char *part[PARTS] = { NULL };
	for (size_t i = 0; i < PARTS && rest != NULL; i++)
		part[i] = or_null(strsep(&rest, "/"));
	struct postal_address address = { .text = part[ADDRESS], .postal_code = part[POSTCODE] };
	struct telecom phone = { .number = part[PHONE] };
	struct patient_demographics d = { .birth_date = part[BIRTH], .sex = part[SEX] };
	struct match_subject s = { &d, NULL, NULL };
	add_name(a, &d, part[KANA], NAME_PHONETIC);
	add_name(a, &d, part[KANJI], NAME_IDEOGRAPHIC);
	d.addresses = part[ADDRESS] != NULL || part[POSTCODE] != NULL ? &address : NULL;
	d.telecoms = part[PHONE] != NULL ? &phone : NULL;
	if (part[INSURANCE] != NULL)
		add_insurance(a, &d, part[INSURANCE]);
	char *words = part[MORE] == NULL ? NULL : arena_text(a, part[MORE]);
	while (words != NULL)
		add_word(a, &s, &d, strsep(&words, " "));
	return match_features(a, &s);
}
