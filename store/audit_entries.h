/* store/audit_entries.h: between the files of the audit log, and for nobody else. */
#ifndef STORE_AUDIT_ENTRIES_H
#define STORE_AUDIT_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>

#include "store/audit_log.h"
#include "store/keys.h"

struct store_check;
struct store_cursor;

/* Where entries are kept: store/audit_sheets.c. A value is the entry's hash, then itself. */
bool audit_sheet_add(struct store_txn *t, uint64_t sequence, struct bytes value);
/* The values from a sequence on up to (not including) another, as they are kept; end it. */
struct audit_walk {
	struct store_txn *txn;
	uint64_t from, end;
	struct store_cursor *sheets;
	bool ascending;			/* past the sheet that `from` may stand on */
	struct bytes sheet;		/* what is left of the one it stands on */
	bool fresh;			/* nothing of it was taken yet */
	uint64_t sequence;		/* of the next on it */
	uint64_t first;			/* the one it begins with */
};
struct audit_walk audit_walk_from(struct store_txn *t, uint64_t from, uint64_t end);
/* From the sheet after that one on, to the end: where another walk rested. */
struct audit_walk audit_walk_after(struct store_txn *t, uint64_t first);
bool audit_walk_rests(const struct audit_walk *w);	/* between two sheets */
/* Of one sheet only. */
struct audit_walk audit_walk_on(struct bytes key, struct bytes sheet);
/* The value is borrowed until the next call; one that cannot be told from the others is empty. */
bool audit_walk_next(struct audit_walk *w, uint64_t *sequence, struct bytes *value);
void audit_walk_end(struct audit_walk *w);
/* One value, copied; false: there is none. */
bool audit_entry_get(struct store_txn *t, uint64_t sequence, struct arena *a, struct bytes *value);
struct bytes audit_entry_copy(struct bytes value, struct arena *a);

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
/* The filter's patient: by his id, his records, or his other ids. False: the segment has no index. */
bool audit_patients_find(struct store_txn *t, uint64_t segment, const struct audit_filter *f,
			 struct arena *a, struct audit_places *places);
void audit_patients_look(struct store_check *c, struct bytes key, struct bytes value);

#endif
