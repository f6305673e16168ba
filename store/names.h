/* store/names.h: names of domains, systems and partners as short numbers.
 *
 * Every id and every record says a domain, an OID of some thirty characters, and a record whose
 * system fed it: a region has some hundreds of such names, and millions of rows that say them. So a
 * name gets a number, once, from the job that writes it first, and keeps it for ever: what was
 * written with a number is read with the name.
 *
 *	0x06  name text -> number
 *	0x07  number -> name
 *
 * What snapshots have read is remembered for all of a store; a job remembers nothing, for what it
 * gave may be undone. Thread-safe as the transaction is. */
#ifndef STORE_NAMES_H
#define STORE_NAMES_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct check_module;
struct problem;
struct region;
struct store;
struct store_txn;

/* Within a job: the name's number, a new one if it has none. 0: the store failed. */
uint64_t name_number(struct store_txn *t, const char *name);
/* False: it has none, and so nothing is written with it; or the store failed. */
bool name_find(struct store_txn *t, const char *name, uint64_t *number);
/* NULL: it is nobody's, or the store failed. Lives as long as the arena and the store. */
const char *name_text(struct store_txn *t, struct arena *a, uint64_t number);

/* All that the region's rows will say, given in one job before anybody writes: so two nodes that
 * feed do not meet where a name is new. Without room for them whoever writes first gives them, when
 * there is some: questions are answered meanwhile. False: the store failed. */
bool names_of_region(struct store *s, const struct region *r, struct problem *p);

/* What a store remembers. NULL: no memory; then names are read each time. */
struct names;
struct names *names_create(void);
void names_destroy(struct names *n);

extern const struct check_module names_check;

#endif
