/* matching/compare.h: two records' features, held against each other field by field.
 *
 * Each field is answered by one level of a small table, from "not said" (0, which weighs nothing)
 * over agreements to the plain difference (the last). What depends on each other is one level and
 * not two: how a name is read and how it is written; a postcode and its address. Nothing is weighed
 * here (matching/weights.h) and nothing decided (matching/score.h).
 *
 * Pure functions, thread-safe; symmetric: of x and y the same as of y and x. */
#ifndef MATCHING_COMPARE_H
#define MATCHING_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "matching/features.h"

enum match_field {
	FIELD_GIVEN,
	FIELD_FAMILY,
	FIELD_BIRTH,
	FIELD_SEX,
	FIELD_ADDRESS,
	FIELD_PHONE,
	FIELD_INSURANCE,
	FIELD_PERSONAL,
	FIELD_MOTHER,
	MATCH_FIELDS
};

enum { NOT_SAID = 0, MATCH_LEVELS_MOST = 14 };

/* Of the family's and of the given name: both views of it at once. "Near": the reading is one of
 * sound (voiced or long otherwise), or the kanji are ones that clerks confuse. */
enum name_level {
	NAME_SAME = 1,      /* read and written alike */
	NAME_SAME_READING,  /* one of them has no kanji */
	NAME_SAME_KANJI,    /* one of them has no reading */
	NAME_NEAR,          /* alike in one view, near or one slip apart in the other */
	NAME_OTHER_READING, /* the same kanji, read otherwise: 裕子 ユウコ, ヒロコ */
	NAME_OTHER_KANJI,   /* read alike, other kanji */
	NAME_SWAPPED,       /* both stand in each other's place: said of the given name alone */
	NAME_VOICED,        /* near, and no view in which it is alike */
	NAME_CLOSE,         /* one slip apart in the only view there is */
	NAME_CLOSE_BOTH,    /* not alike in any view, but not far: as twins are called */
	NAME_SIMILAR,       /* some of it in the only view there is */
	NAME_CHANGED,       /* another family's name, of a woman: most often a marriage (C4) */
	NAME_DIFFERS
};

enum birth_level {
	BIRTH_SAME = 1,
	BIRTH_PARTIAL,  /* as far as it is said */
	BIRTH_ERA,      /* one era written for another, the year of it the same (C5) */
	BIRTH_SWAPPED,  /* day and month changed */
	BIRTH_SLIP,     /* one digit, two that stand together changed, or one or ten of one part */
	BIRTH_ONE_PART, /* year, month or day is another */
	BIRTH_DIFFERS   /* two of them at least */
};

enum sex_level { SEX_SAME = 1, SEX_DIFFERS };

enum address_level {
	ADDRESS_SAME = 1,
	ADDRESS_NUMBERS,  /* postcode and 丁目-番-号, written with other words */
	ADDRESS_CLOSE,    /* nearly the same text, and no other postcode */
	ADDRESS_SIMILAR,  /* much of the text, and the postcode */
	ADDRESS_MOVED_BY, /* much of the text, not the postcode: a slip in it, or a neighbour */
	ADDRESS_POSTCODE, /* nothing but the postcode */
	ADDRESS_RELATED,  /* some of the text */
	ADDRESS_DIFFERS
};

enum number_level { NUMBER_SAME = 1, NUMBER_SLIP, NUMBER_DIFFERS };

enum insurance_level {
	INSURANCE_PERSON = 1,   /* all four parts: one person's */
	INSURANCE_HOUSEHOLD,    /* a branch is not said: somebody's of one household */
	INSURANCE_OTHER_BRANCH, /* one household, another person of it */
	INSURANCE_SLIP,         /* one slip apart, or the insurer's check digit fails */
	INSURANCE_INSURER,      /* the same insurer */
	INSURANCE_DIFFERS
};

enum mother_level { MOTHER_SAME = 1, MOTHER_CLOSE, MOTHER_DIFFERS };

/* What no level tells: things that forbid, whatever agrees (japan.md D7). */
enum match_sign {
	SIGN_ONE_DOMAIN = 1 << 0,    /* two living ids of one domain: the sender's own to merge */
	SIGN_UNNAMED = 1 << 1,       /* one has no name yet */
	SIGN_UNKNOWN = 1 << 2,       /* nobody knows who one of them is */
	SIGN_OTHER_ORDER = 1 << 3,   /* another of a multiple birth */
	SIGN_MULTIPLE = 1 << 4,      /* one of a multiple birth */
	SIGN_SEVERAL_PARTS = 1 << 5, /* both birth dates full, two parts different */
	SIGN_OTHER_BRANCH = 1 << 6,  /* of one household's insurance, another person */
	SIGN_LATIN = 1 << 7          /* the names were compared in Latin letters */
};

struct match_comparison {
	uint8_t level[MATCH_FIELDS];
	/* What agrees in FIELD_GIVEN and FIELD_FAMILY, where it is the same: how common it is
	 * weighs; 0: nothing to look up. */
	uint64_t value[2];
	unsigned signs; /* enum match_sign */
};

struct match_comparison match_compare(const struct match_features *x,
				      const struct match_features *y);

/* For people and for the text of weights. level: below match_level_count(). */
const char *match_field_name(enum match_field field);
unsigned match_level_count(enum match_field field); /* "not said" included */
const char *match_level_name(enum match_field field, unsigned level);

#endif
