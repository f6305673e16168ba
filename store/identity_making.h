/* store/identity_making.h: an index of patient records, made anew where it is missing or of other
 * versions. Only store/identity_candidates.c and store/match_blocks_made.c include this.
 *
 * Several nodes may make it at once, and feed meanwhile: how far it is stands in the store alone,
 * and each job reads that, does the next part, and writes it. What a former version left is cleared
 * before anything is filled in; who feeds then puts his entries himself. */
#ifndef STORE_IDENTITY_MAKING_H
#define STORE_IDENTITY_MAKING_H

#include "store/identity_rows.h"

struct index_made {
	const char *name; /* of its mark in SPACE_STORE */
	unsigned version; /* what it is, and how it is laid out */
	unsigned forms;   /* those it is made of */
	unsigned char space;
	/* One record a facility fed, within a job; where `like` is set, what it says is another
	 * one's, and so are its entries. */
	void (*put)(struct store_txn *t, struct identity_row *row);
};

/* Before anything is fed; *made: of how many records. False, and p says why: the store failed. */
bool index_make(struct store *s, const struct index_made *index, uint64_t *made, struct problem *p);
/* It is there, of these versions. */
bool index_is_made(struct store_txn *t, const struct index_made *index);

#endif
