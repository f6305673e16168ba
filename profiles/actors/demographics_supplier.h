/* profiles/actors/demographics_supplier.h: Patient Demographics Supplier (ITI TF-1: 8): who may be
 * meant, by what is known of him, whoever asks and in whatever dialect: the operator now, the
 * dialects of Patient Demographics Query the same way.
 *
 * Records are a facility's; each comes with the regional id of its person. Who asks for a partner
 * sees what his admission permits, as if nothing else were there; the operator's right to see all
 * is a call of its own. Thread-safety: as the transaction. */
#ifndef PROFILES_ACTORS_DEMOGRAPHICS_SUPPLIER_H
#define PROFILES_ACTORS_DEMOGRAPHICS_SUPPLIER_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/tables/problem.h"
#include "store/identity.h"

struct admission;
struct arena;
struct store_txn;

/* What is said of whoever is meant, as it was written; NULL: nothing. Where several are given all
 * must hold; kana and name are beginnings. */
struct demographics_known {
	const char *kana, *name, *birth_date;
};

struct demographics_question {
	struct demographics_known known;
	struct candidates_wanted wanted; /* demographics_supplier_may() */
	const char *after;               /* next of the answer before; NULL: from the first */
	unsigned limit;                  /* records on a page, from 1 */
};

struct demographics_found {
	const struct patient_record *record;
	const char *regional_id; /* NULL: its person has none */
};
struct demographics_answer {
	struct demographics_found *found; /* a page may have none, and still go on */
	size_t count;
	const char *next; /* NULL: there are no more */
};

/* Before there is a store: whether it can be asked. Fills in wanted. False: p names the member, and
 * repeats nothing of what was said; an Individual Number is nobody's name. */
bool demographics_supplier_may(struct arena *a, struct demographics_question *q, struct problem *p);
/* What the admission permits. False: after is no next of this question's. */
bool demographics_supplier_answer(struct store_txn *t, struct arena *a,
				  const struct admission *admission,
				  const struct demographics_question *q,
				  struct demographics_answer *out, struct problem *p);
/* The operator's right: all of them. */
bool demographics_supplier_tell_operator(struct store_txn *t, struct arena *a,
					 const struct demographics_question *q,
					 struct demographics_answer *out, struct problem *p);

#endif
