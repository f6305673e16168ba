/* matching/candidates.h: which records are worth comparing at all.
 *
 * A record has a few keys; two that share one are candidates. Each key survives other errors: who
 * married keeps her birth date and given name, who moved his name, whose birth date was typed wrong
 * his name, phone or insurance. Keys are hashes of normal forms, to be kept as rows of an index or
 * in a table; they tell nothing of whom they are of beyond what equal keys tell, and say no more
 * than the record they stand beside. Pure, thread-safe. */
#ifndef MATCHING_CANDIDATES_H
#define MATCHING_CANDIDATES_H

#include <stddef.h>
#include <stdint.h>

#include "matching/features.h"

enum match_key_kind {
	KEY_INSURANCE,     /* insurer, symbol, number: a household's */
	KEY_PHONE,         /* a household's */
	KEY_PERSONAL,      /* one person's */
	KEY_BIRTH_READING, /* birth date and the end of the reading: the given name's */
	KEY_BIRTH_FAMILY,  /* birth date and how the reading begins: the family's name */
	KEY_BIRTH_WRITTEN, /* birth date and the last character: readings that differ */
	KEY_NAME_YEAR,     /* the whole name as read, and the year of birth */
	KEY_NAME_DAY,      /* the same, month and day: another year, another era */
	KEY_WRITTEN_YEAR,  /* the whole name as written, and the year of birth */
	KEY_WRITTEN_DAY,   /* the same, month and day */
	KEY_PLACE_GIVEN,   /* postcode and the end of the name as read */
	KEY_PLACE_FAMILY,  /* postcode and its beginning */
	KEY_BIRTH_PLACE,   /* birth date and postcode: names that are written in another order */
	KEY_HOUSE,         /* postcode and 丁目-番-号: a household's, or some */
	/* Wide ones: of use where few share them, which is for a rare name or a small region. */
	KEY_NAME,    /* the whole name as read */
	KEY_WRITTEN, /* the whole name as written */
	KEY_BIRTH,   /* the birth date */
	KEY_STREET,  /* how an address begins, without postcode or with another */
	KEY_HEADS,   /* letters only: how both names begin, in any order */
	/* Of an index only: parts of wide ones that stay small in a region of ten millions. */
	KEY_BIRTH_KANJI, /* birth date and the last two characters: the given name's */
	KEY_BIRTH_HEADS, /* letters only: birth date and how one of both names begins */
	KEY_KINDS
};

enum { MATCH_KEYS_MOST = 64 };

struct match_key {
	enum match_key_kind kind;
	uint64_t hash; /* of what, and of which kind */
};

/* Each once; returns how many. More than MATCH_KEYS_MOST are left out. */
size_t match_keys(const struct match_features *f, struct match_key out[MATCH_KEYS_MOST]);
/* The fewest of them that find whom all would find, and that few share in a large region: some
 * eight, which a store keeps as rows. INDEXED_KEYS_VERSION is raised when others are chosen, or
 * when a form they are made of changes. */
enum { INDEXED_KEYS_VERSION = 1 };
size_t match_indexed_keys(const struct match_features *f, struct match_key out[MATCH_KEYS_MOST]);
const char *match_key_name(enum match_key_kind kind);

#endif
