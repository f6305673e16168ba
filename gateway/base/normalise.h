/* gateway/base/normalise.h: normal forms of Japanese names, addresses and numbers.
 *
 * They are index keys and comparison forms only: never shown, never sent, never stored in place of
 * what was written (japan.md C1). Every function takes any text, NULL included, and returns NULL
 * when nothing is left that could be compared. Idempotent. Thread-safe: pure functions.
 *
 * FORM_VERSION is stored beside keys; raise it when any form changes, so that keys are rebuilt. */
#ifndef GATEWAY_BASE_NORMALISE_H
#define GATEWAY_BASE_NORMALISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum { NORMALISE_FORM_VERSION = 2 };

/* How much a reading is folded (japan.md C2). */
enum kana_form {
	KANA_WRITTEN, /* K1: width, hiragana, blanks and marks, small kana */
	KANA_SPOKEN,  /* K2: also long vowels and historical kana (ヅ ズ, ヲ オ, ヴァ バ) */
	KANA_BARE     /* K3: also voicing marks and long vowels dropped: for candidates only */
};
/* The family, given or whole name; Latin letters become capitals. KANA_SPOKEN is the one for
 * exact rules. */
const char *normalise_kana_name(struct arena *a, const char *text, enum kana_form form);
/* The kanji (or any) name: width, blanks, selectors, compatibility ideographs and common variants
 * (髙 高, 﨑 崎, 邊 辺) folded; unknown-character marks (■ 〓 □ and private use) become U+25A0. */
const char *normalise_name(struct arena *a, const char *text);
/* The representative of a kanji's variant group, or the character itself. */
uint32_t normalise_kanji(uint32_t character);
/* Not a person's name yet (japan.md C4), in any width and script, and however the long vowel is
 * written: ベビー, ﾍﾞﾋﾞ-, チョウナン, 男児, 第一子, 不明, テスト. 三男 and its like are ambiguous:
 * a newborn's place in the family, or a name that is read ミツオ. */
enum name_standing { NAME_IS_GIVEN, NAME_IS_AMBIGUOUS, NAME_IS_PROVISIONAL };
enum name_standing name_standing(struct arena *a, const char *text);
/* Provisional or ambiguous. */
bool name_is_provisional(struct arena *a, const char *text);

const char *normalise_phone(struct arena *a, const char *text);    /* digits; +81 is 0 */
const char *normalise_postcode(struct arena *a, const char *text); /* seven digits */
const char *normalise_address(struct arena *a, const char *text);  /* japan.md C9 */
/* Of a normal form: what is written where there is none (03-0000-0000, 0123456789), or what anybody
 * may call; and what is written of an address nobody knows (不詳, 同上). Nobody is known by it. */
bool phone_says_nothing(const char *digits);
bool address_says_nothing(const char *form);
/* YYYYMMDD of a full and possible date, Gregorian or Japanese era, that says something: year-only
 * dates and the placeholders (19000101, 99999999 ...) are NULL. HL7 times are cut to the day. */
const char *normalise_birth_date(struct arena *a, const char *text);

/* 保険者番号, 記号, 番号, 枝番 (japan.md D4). */
const char *normalise_insurer(struct arena *a, const char *text); /* eight digits */
const char *normalise_insurance_symbol(struct arena *a, const char *text);
const char *normalise_insurance_number(struct arena *a, const char *text);
const char *normalise_insurance_branch(struct arena *a, const char *text); /* two digits */
struct insurance;
struct insurance_form {
	const char *insurer, *symbol, *number; /* symbol "": it has none */
	const char *branch;                    /* "": none is said; 00 is one */
	bool checked;   /* each check digit it has holds; one that fails lowers trust (D1) */
	bool of_person; /* it names one person: by its branch, or as 後期高齢者 (39) do; else a
			 * household */
};
/* False: it says nothing that could be compared. */
bool normalise_insurance(struct arena *a, const struct insurance *i, struct insurance_form *out);
/* All but the branch is the same. */
bool insurance_of_one_household(const struct insurance_form *x, const struct insurance_form *y);
/* Modulus 10, weight 2-1 (japan.md D1), over ASCII digits, the last being the check digit. */
bool check_digit_holds(const char *digits);

/* Twelve digits (any width, with blanks or hyphens between) whose check digit is an Individual
 * Number's (japan.md D2). */
bool text_is_my_number(const char *text);

#endif
