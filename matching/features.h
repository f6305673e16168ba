/* matching/features.h: what of a person's demographics is compared, in forms made once.
 *
 * A record is made comparable when it arrives or is read, is compared with many, and is forgotten
 * with its arena. Names are held in two views that know nothing of each other, how they are read
 * and how they are written (japan.md C1): kana in a field for kanji is a reading, by what is
 * written and not by where. Of numbers those that name a household are told apart from those that
 * name a person (japan.md D4). Every list has a bound: what is beyond it is not compared.
 *
 * Pure; all that is made lives in the arena given, and is constant from then on: many threads may
 * compare it at once. */
#ifndef MATCHING_FEATURES_H
#define MATCHING_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/runes.h"
#include "schemas/model/patient.h"

struct arena;

/* The names of one record: legal and before a marriage, each read and written. Every one is held
 * against every one of another's. */
enum { MATCH_NAMES_MOST = 6, MATCH_VALUES_MOST = 4, MATCH_INSURANCES_MOST = 8 };
/* Runes of a name or a number that are compared; longer ones are cut: distances are quadratic. */
enum { MATCH_RUNES_MOST = 40, MATCH_ADDRESS_MOST = 96 };

enum match_script { MATCH_READING, MATCH_KANJI, MATCH_LATIN };

/* A name, or a part of one, as far as it was told apart; without runes: none. */
struct match_part {
	struct runes form;  /* reading: KANA_SPOKEN; kanji: variants folded; Latin: capitals */
	struct runes loose; /* reading: KANA_BARE; kanji: also what clerks confuse; Latin: form */
	uint64_t value;     /* of the form, for how common it is (matching/weights.h); 0: none */
};

struct match_name {
	enum match_script script;
	struct match_part whole;
	struct match_part family, given; /* both or neither */
	struct match_name *next;
};

/* year 0: no birth date. */
struct match_birth {
	unsigned year, month, day; /* month, day 0: not said */
	bool possible;             /* a day of the calendar; else only its digits say something */
};

struct match_address {
	const char *postcode;  /* digits, or NULL */
	struct runes text;     /* japan.md C9; Latin: capitals and digits */
	struct runes numbers;  /* 丁目-番-号 as 1-2-3, or none */
	const uint32_t *pairs; /* of neighbouring runes, sorted */
	size_t pair_count;
};

/* All parts but the branch name a household; with the branch they name a person (D4). */
struct match_insurance {
	const char *insurer, *symbol, *number; /* symbol may be NULL */
	/* NULL: not said, which is no branch of its own; "": the number alone is one person's */
	const char *branch;
	bool trusted; /* each check digit it has holds (D1) */
};

struct match_features {
	struct match_name *names;
	struct match_birth birth;
	char sex; /* M F O, or 0 */
	struct match_address addresses[MATCH_VALUES_MOST];
	const char *phones[MATCH_VALUES_MOST];
	struct match_insurance insurances[MATCH_INSURANCES_MOST]; /* former ones, too */
	size_t address_count, phone_count, insurance_count;
	const char *personal; /* as in struct match_subject, capitals and digits */
	struct runes mother;
	const char *domain; /* as in struct match_subject */
	const char *order;  /* of a multiple birth, or NULL */
	bool multiple;      /* one of several born together */
	bool unnamed;       /* a newborn, a test patient: what stands as the name is none (C4) */
	bool unknown;       /* nobody knows who it is (PID-31) */
};

/* Whom the features are of. All is borrowed and not kept. */
struct match_subject {
	const struct patient_demographics *demographics;
	const char *domain; /* where the record is one of the living ones; NULL: in none */
	/* A number that names one person for life and that the region may compare. None in Japan:
	 * マイナンバー never reaches this room. */
	const char *personal;
};

struct match_features *match_features(struct arena *a, const struct match_subject *s);

#endif
