/* schemas/tables/identity_proof.h: by what somebody was known to be who he says he is, when he
 * decided about his consent (本人確認). What was shown is kept as its kind, never by its number. */
#ifndef SCHEMAS_TABLES_IDENTITY_PROOF_H
#define SCHEMAS_TABLES_IDENTITY_PROOF_H

#include <stddef.h>

struct identity_proof {
	const char *kind; /* "driving-licence" */
	const char *japanese, *english;
};

extern const struct identity_proof identity_proofs[];
extern const size_t identity_proof_count;

/* NULL: there is no such kind. */
const struct identity_proof *identity_proof(const char *kind);

#endif
