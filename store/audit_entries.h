/* store/audit_entries.h: between audit_log.c, audit_search.c and audit_patients.c, and for nobody
 * else. */
#ifndef STORE_AUDIT_ENTRIES_H
#define STORE_AUDIT_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/audit_log.h"
#include "store/keys.h"

struct store_check;

struct key audit_entry_key(uint64_t sequence);
/* Borrows from the value; false: damaged. Leaves the sequence as it is. */
bool audit_entry_read(struct bytes value, struct arena *a, struct audit_entry *e);

/* Makes the entry one that audit_log_search() finds. */
void audit_index_put(struct store_txn *t, const struct audit_terms *terms, uint64_t sequence);
void audit_index_look(struct store_check *c, struct bytes key, struct bytes value);

/* The patients' index: store/audit_patients.c. */
enum { AUDIT_SEGMENT = 2048 };
/* With every entry that is appended: does something when it fills a segment. */
void audit_patients_put(struct store_txn *t, uint64_t sequence);
/* Where in a segment a patient may be named, ascending. Begin with zeros; to be used again. */
struct audit_places {
	uint64_t *sequences;
	size_t count, room;
};
/* False: the segment has no index. */
bool audit_patients_find(struct store_txn *t, uint64_t segment, const char *patient,
			 struct arena *a, struct audit_places *places);
void audit_patients_look(struct store_check *c, struct bytes key, struct bytes value);

#endif
