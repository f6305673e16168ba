/* gateway/envelope/charset.h: octets of an HL7 v2 message <-> UTF-8.
 *
 * MSH-18 (table HL70211) and MSH-20 (table HL70356) name the set; the wild spells them loosely.
 * A message is decoded whole, before it is split: inside a JIS X 0208 run the octets of `|^~\&`
 * are halves of kanji (HL7 2.5: 2.15.9.18). Nothing is lost silently: what is no character at all
 * refuses the message, what has no Unicode counterpart becomes U+FFFD, is counted, and refused
 * where it would be kept (gateway/base/value.h).
 * Pure functions of their arguments; thread-safe. */
#ifndef GATEWAY_ENVELOPE_CHARSET_H
#define GATEWAY_ENVELOPE_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

enum charset {
	CHARSET_NONE, /* not said, or no leave given */
	CHARSET_ASCII,
	CHARSET_8859_1,
	CHARSET_8859_2,
	CHARSET_8859_3,
	CHARSET_8859_4,
	CHARSET_8859_5,
	CHARSET_8859_6,
	CHARSET_8859_7,
	CHARSET_8859_8,
	CHARSET_8859_9,
	CHARSET_8859_15,
	CHARSET_UTF_8,
	CHARSET_UTF_16,        /* input only: we answer in UTF-8 */
	CHARSET_JIS_X_0201,    /* ISO IR14: Roman and half-width katakana, 7 or 8 bit */
	CHARSET_ISO_2022_JP,   /* out: JIS X 0208 only; in: all x-windows-50221 has, 0212, 0213 */
	CHARSET_WINDOWS_50221, /* out: also NEC row 13 and the IBM extension; in: the same */
	CHARSET_WINDOWS_31J,   /* CP932; only where a peer's profile allows it */
	CHARSET_EUC_JP,        /* likewise */
	CHARSET_GB_18030,
	CHARSET_BIG_5,
	CHARSET_KS_X_1001,
	CHARSET_COUNT
};

const char *charset_name(enum charset c);         /* for configuration and logs: "iso-2022-jp" */
enum charset charset_from_name(const char *name); /* CHARSET_NONE if there is no such name */
const char *charset_msh18(enum charset c);        /* how we write it: "~ISO IR87"; "" for ASCII */
const char *charset_msh20(enum charset c);        /* "ISO 2022-1994", or "" */

/* What MSH-18 says, repetitions separated as in the message (`~`, wildly also `^`): blanks and case
 * do not matter, the first repetition may be empty. CHARSET_NONE if empty; false if unknown. */
bool charset_from_msh18(const char *field, enum charset *out);

/* What a peer is allowed beyond the letter; from its section of the configuration. */
struct charset_leniency {
	/* Octets >= 0x80 (or ISO 2022 switches) though MSH-18 is empty or ASCII, and not UTF-8. */
	enum charset when_unsaid;
	/* Octets >= 0x80 under `ISO IR87`, and not UTF-8: Windows-31J or EUC-JP; CHARSET_NONE
	 * refuses the message, UTF-8 too (japan.md B1). */
	enum charset when_false;
	/* UTF-8 under another name, where it can be nothing else. Without leave it is refused. */
	bool misnamed;
};

/* Of a file of an SS-MIX2 storage: JIS X 0208 by ISO 2022 is its rule, also where MSH-18 does not
 * say so. What is said and not so (CP932 under ISO IR87) is not guessed. facility NULL: one that is
 * not known any more. */
struct registered_system;
struct charset_leniency charset_of_storage(const struct registered_system *facility);

struct charset_found {
	enum charset used;
	bool mismatch;   /* MSH-18 said something else: an event for the operator */
	bool misnamed;   /* namely another set than UTF-8, and it is UTF-8 */
	size_t replaced; /* characters that became U+FFFD */
};

/* Walks octets so that a delimiter is told from half a kanji. Also the way to split raw octets. */
enum charset_set { SET_ASCII, SET_KATAKANA, SET_X0208, SET_X0212, SET_X0213_1, SET_X0213_2 };
enum charset_step { STEP_ASCII, STEP_CHARACTER, STEP_SWITCH, STEP_BAD };

struct charset_walk {
	enum charset charset;
	enum charset_set set;
	bool shifted;         /* SO: katakana until SI */
	bool by_escape;       /* the set was opened by \M..\, so \C..\ closes it */
	unsigned char escape; /* the message's escape character, 0 for none */
};

/* The unit at data[0] (left > 0) and its length. STEP_ASCII is one octet that means itself. */
enum charset_step charset_walk_step(struct charset_walk *w, const unsigned char *data, size_t left,
				    size_t *length);

enum { CHARSET_PLACE = 40 };
/* The place of octets[at] as hl7_where() names it, "PID^1^5^2": of its component at most. */
void charset_place(struct bytes octets, enum charset charset, unsigned char escape, size_t at,
		   char place[CHARSET_PLACE]);

/* Octets to UTF-8 (borrowing them where they are it already). said is what MSH-18 says. On false
 * the problem says where: PID^1^5^2, or MSH^1^18 for what concerns the set. NUL inside is
 * refused. */
bool charset_decode(struct arena *a, struct bytes octets, enum charset said,
		    const struct charset_leniency *leniency, unsigned char escape,
		    struct bytes *utf8, struct charset_found *found, struct problem *p);

/* UTF-8 to octets. ISO-2022-JP is back in ASCII before every ASCII character and at the end;
 * half-width katakana become full-width; what the set lacks is written by its compatibility form
 * or its common variant, else as U+25A0 (Japanese sets) or `?`, and counted in *lost. */
struct bytes charset_encode(struct arena *a, enum charset c, const char *text, size_t length,
			    size_t *lost);

#endif
