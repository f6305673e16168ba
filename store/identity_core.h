/* store/identity_core.h: what makes somebody somebody, for telling whether two descriptions can be
 * one person's. Names, birth date, sex and the order of a multiple birth in normal forms; nothing
 * of where people live. Pure; what is made lives in the arena. Only store/ includes this. */
#ifndef STORE_IDENTITY_CORE_H
#define STORE_IDENTITY_CORE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/model/patient.h"

struct arena;

/* Of one person: legal, as read, as written in Latin, before a marriage, an alias. A bound: every
 * name of a record is held against every one of another's. What else is said is kept, not compared,
 * and that is told. */
enum { CORE_NAMES_MOST = 12 };

enum core_script { SCRIPT_READING, SCRIPT_KANJI, SCRIPT_LATIN, CORE_SCRIPTS };
struct core_name {
	enum core_script script;
	bool divided;                 /* family and given name were told apart: core_is_divided() */
	bool says_reading;            /* it may be how the name is read: not said to be kanji */
	const char *whole;            /* family and given in one */
	const char *family, *given;   /* NULL: not told apart */
	const struct person_name *of; /* what it was made of */
	struct core_name *next;
};

struct identity_core {
	struct core_name *names; /* in the order sent; none: nobody knows the name yet */
	const char *birth;       /* YYYYMMDD, or NULL */
	char sex;                /* M F O, or 0 */
	const char *order;       /* of a multiple birth, or NULL */
	bool left_out;           /* there are more names than are compared */
};
/* A name in the kana form is a reading: katakana as that form writes it, and nothing else. */
bool core_is_reading(const char *text);
/* Two parts of a name, or one that was written with a blank between them. What stands for a missing
 * one (blanks, a hyphen) is no part. */
bool core_is_divided(struct arena *a, const struct person_name *n);
/* A newborn, an unknown or a test patient: what is written as the name stands for one. */
bool core_is_unnamed(struct arena *a, const struct patient_demographics *d);
struct identity_core identity_core(struct arena *a, const struct patient_demographics *d);
/* Only what needs no normal form: sex, and the order of a multiple birth. */
void core_take_signs(struct identity_core *core, const struct patient_demographics *d);

/* ---- Beside what it was made of ---- */

/* As it is kept with d, of which identity_core() made it: a few octets where forms are as sent. */
struct bytes core_octets(struct arena *a, const struct identity_core *core,
			 const struct patient_demographics *d);
bool core_is_current(struct bytes octets); /* of today's forms */
/* False: it is of other forms than today's, or not of d; then it is made anew. Borrows from d and
 * the octets. */
bool core_read(struct arena *a, struct bytes octets, const struct patient_demographics *d,
	       struct identity_core *out);

/* How much of two names agrees; the best over all scripts. */
enum name_agreement {
	NAMES_NOT_COMPARABLE, /* one has none, or they share no script */
	NAMES_DIFFER,         /* nothing agrees */
	NAMES_SHARE_FAMILY,   /* the given name differs */
	NAMES_SHARE_GIVEN,    /* the family name differs: as after a marriage */
	NAMES_AGREE
};
enum name_agreement core_names(const struct identity_core *x, const struct identity_core *y);

/* They cannot be one person: two sexes, two birth dates, two of a multiple birth, or names of which
 * not even the given one agrees (brothers, sisters and twins share the other). */
bool core_contradict(const struct identity_core *x, const struct identity_core *y);
/* So far apart that a description that turned from one into the other is somebody else's: nothing
 * of the name agrees, two of name, birth date and sex changed, or it is the other of twins now. A
 * given name beside what was the family's alone is one change: a newborn gets one. */
bool core_far(const struct identity_core *was, const struct identity_core *now);
/* Whoever spoke for `who` spoke for this one: birth date and sex are known and the same, and so is
 * the name `who` is called by first; further names of his prove nothing, they may be anybody's. */
bool core_speaks_for(const struct identity_core *who, const struct identity_core *other);

#endif
