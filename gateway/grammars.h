/* gateway/grammars.h: the RELAX NG grammars of schemas/grammar, loaded once at start.
 *
 * A request of a peer with strict-input is validated against its transaction's request grammar.
 * Thread-safe after grammars_load(). */
#ifndef GATEWAY_GRAMMARS_H
#define GATEWAY_GRAMMARS_H

#include <stdbool.h>

#include "schemas/tables/problem.h"

struct arena;
struct grammars;
struct transaction;
struct xml_node;

/* directory: where the grammars are installed. Loads those the transactions name. */
struct grammars *grammars_load(const char *directory, struct problem *p);
void grammars_free(struct grammars *g);
/* root: the envelope. True also when the transaction names no grammar. */
bool grammars_accept(const struct grammars *g, const struct transaction *t, struct arena *a,
		     const struct xml_node *root, struct problem *p);

#endif
