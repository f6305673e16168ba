/* gateway/operator/demo_people.h: the people of the demo region, all made up.
 *
 * A few are written out, each for something that happens in life (a letter of the name written
 * another way, a move, a new telephone, somebody who is only alike); the rest is combined from
 * tables of family and given names by fixed arithmetic, the same in every run. Town, post codes,
 * telephone exchanges beginning with 0 and blocks 99丁目 do not exist. */
#ifndef GATEWAY_OPERATOR_DEMO_PEOPLE_H
#define GATEWAY_OPERATOR_DEMO_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum demo_hospital { DEMO_HOSPITAL_A, DEMO_HOSPITAL_C, DEMO_HOSPITALS };

/* How a hospital has written a person down. */
struct demo_writing {
	const char *id; /* its own number; NULL: not its patient */
	const char *family, *phone, *postcode, *address;
};

struct demo_person {
	struct demo_writing at[DEMO_HOSPITALS];
	const char *given, *family_kana, *given_kana;
	const char *birth_date; /* YYYYMMDD */
	const char *sex;        /* M or F */
	bool joins;             /* takes part in the region */
	bool alike;             /* patients of both, not proven to be one: never linked */
};

struct demo_people {
	const struct demo_person *all;
	size_t count;
	size_t patients[DEMO_HOSPITALS];
	size_t linked; /* patients of both that the exact rules find to be one person */
};

/* The founding documents' own example, and the one who has not joined. */
enum { DEMO_YAMADA, DEMO_SUZUKI };

/* In the arena, except for constants. */
struct demo_people demo_people_make(struct arena *a);

/* What people are combined of, by a number that is as good as random. */
struct demo_name {
	const char *kanji, *kana;
};
const struct demo_name *demo_family_name(uint64_t r);
const struct demo_name *demo_given_name(bool man, uint64_t r);
const char *demo_town(uint64_t r);
uint64_t demo_mixed(uint64_t n);

#endif
