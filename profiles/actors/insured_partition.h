/* profiles/actors/insured_partition.h: which insured numbers of those that were asked belong to one
 * person (japan.md D6: 履歴照会).
 *
 * Who asks has the numbers already, and learns of them only which are one person's: no number comes
 * back that he did not send, and one that nobody here has is as one that stands alone. A number of
 * a household is nobody's. Who does not take part, or excludes the purpose, is not known to him. */
#ifndef PROFILES_ACTORS_INSURED_PARTITION_H
#define PROFILES_ACTORS_INSURED_PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/model/requester.h"
#include "schemas/tables/problem.h"

struct arena;
struct insurance_form;
struct store_txn;

struct insured_asked {
	const char *said; /* 保険者番号:記号:番号:枝番, as it was sent */
	const struct insurance_form *form; /* NULL: of a household, so nobody's */
	uint64_t person;                   /* 0: nobody's whom the asker may know, or several's */
};

/* Reads one. False: it is none, or an Individual Number; p says which, and repeats nothing. */
bool insured_read(struct arena *a, const char *said, struct insured_asked *out, struct problem *p);
/* In a snapshot: whose each is. as: for whom it is asked, of whom only purposes and time count.
 * False: the store failed. */
bool insured_partition(struct store_txn *t, struct arena *a, const struct requester *as,
		       struct insured_asked *all, size_t count);

#endif
