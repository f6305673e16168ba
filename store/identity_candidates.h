/* store/identity_candidates.h: how the index of candidates is laid out. Only store/identity*.c
 * includes this; who asks it finds identity_candidates() in store/identity.h.
 *
 * Of each record a facility feeds, active or subsumed, one entry for each of: how a name is read,
 * how it is written, when its bearer was born. They say no more than the record does. A record
 * whose demographics stand in the row of another one of its person (store/identity_sharing.c) has
 * none: that one's lead to it. So a feed changes them when it changes the record, and links, merges
 * and decisions only where that begins or ends. */
#ifndef STORE_IDENTITY_CANDIDATES_H
#define STORE_IDENTITY_CANDIDATES_H

#include "store/identity_rows.h"

/* Names of one record that are indexed, in the order sent: nobody has more, and no feed costs
 * more. */
enum {
	CANDIDATE_NAMES = 4,
	CANDIDATE_INSURANCES = 8, /* those that hold, then those before */
	CANDIDATE_ENTRIES = 2 * CANDIDATE_NAMES + 1 + CANDIDATE_INSURANCES
};
enum { CANDIDATE_TEXT = 96 }; /* octets of a form that stand in a key */

/* What stands in keys: never another meaning. */
enum candidate_form { CANDIDATE_READING = 1, CANDIDATE_NAME, CANDIDATE_BIRTH, CANDIDATE_INSURED };

struct candidate_entry {
	enum candidate_form form;
	const char *text; /* as much of the normal form as stands in a key */
};
struct candidate_entries {
	struct candidate_entry at[CANDIDATE_ENTRIES]; /* each once */
	size_t count;
};
struct candidate_entries candidate_entries(struct arena *a, const struct patient_demographics *d);
/* The same by its parts: each is added to those in out. birth: its normal form. */
void candidate_entries_of_names(struct arena *a, const struct person_name *names,
				struct candidate_entries *out);
void candidate_entries_of_birth(const char *birth, struct candidate_entries *out);
/* By a household's number, whoever of it somebody is: a hash of it. */
void candidate_entries_of_insurances(struct arena *a, const struct patient_demographics *d,
				     struct candidate_entries *out);
/* Both make the same entries, for they are the same. */
bool candidate_same_names(const struct person_name *x, const struct person_name *y);
bool candidate_entries_have(const struct candidate_entries *all, const struct candidate_entry *one);

/* A kana of a reading takes one octet of it, two digits of a day one, a name what it takes; what a
 * form begins with its key begins with, and keys of a form sort as the forms do. */
struct bytes candidate_key(struct key *k, const struct candidate_entry *e, uint64_t number);
/* False: it is none. The text lives as long as the key and the arena. */
bool candidate_key_read(struct arena *a, struct bytes key, struct candidate_entry *e,
			uint64_t *number);
/* What a feed changed: what was said before, and the entries of what is said now (of names
 * that were kept none). */
struct candidate_change {
	struct patient_demographics known;
	const char *known_birth, *birth; /* in normal form */
	struct candidate_entries names;
};
/* After it is settled whose demographics stand where. */
void identity_candidates_follow(struct identity_work *w, struct identity_row *row);
/* From what the record said to what it says. */
void identity_candidates_move(struct store_txn *t, uint64_t number,
			      const struct candidate_entries *was,
			      const struct candidate_entries *is);

#endif
