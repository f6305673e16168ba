/* schemas/tables/leniency.h: what is taken from a system although a standard says otherwise.
 *
 * A leniency is a flag of struct leniencies (schemas/model/region.h) and a row here. The flags of a
 * registered system say what is allowed; those of an exchange say which it needed: the strict rule
 * would have refused it or read it otherwise. They are counted by system (gateway/metrics.h), so
 * that an operator sees whose software needs which, and may switch off the others. */
#ifndef SCHEMAS_TABLES_LENIENCY_H
#define SCHEMAS_TABLES_LENIENCY_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/model/region.h"

struct leniency_row {
	const char *name;    /* the key of the configuration: "fill-domain" */
	const char *section; /* where the strict rule is written */
	size_t flag;         /* its place in struct leniencies */
};

enum { LENIENCY_COUNT = sizeof(struct leniencies) / sizeof(bool) };
extern const struct leniency_row leniency_rows[LENIENCY_COUNT];

/* What is told of who sends an id that has an Individual Number's form (japan.md D2, rule 3): how
 * it is taken for the id that it may be. Behind the reason. */
#define TWELVE_DIGIT_IDS_REMEDY                                                                    \
	"; if ids of the sender's own have twelve digits, twelve-digit-ids = yes in its section "  \
	"of the configuration allows them"

/* Is it allowed? Then it is noted as needed: ask only where the strict rule would have said no. */
bool leniency_grants(bool allowed, bool *needed);
bool leniency_is_set(const struct leniencies *l, size_t row);
/* Notes in *all what *more notes. */
void leniencies_add(struct leniencies *all, const struct leniencies *more);

#endif
