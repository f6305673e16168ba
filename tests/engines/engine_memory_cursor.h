/* tests/engines/engine_memory_cursor.h: between the files of the engine in memory, and for nobody
 * else. */
#ifndef TESTS_ENGINES_ENGINE_MEMORY_CURSOR_H
#define TESTS_ENGINES_ENGINE_MEMORY_CURSOR_H

#include <pthread.h>

#include "store/engine.h"
#include "store/engine_ordered.h"

enum { MEMORY_NAME = 512 };

struct memory {
	char name[MEMORY_NAME];
	struct memory *next;
	pthread_mutex_t lock;    /* versions, commits */
	struct ordered versions; /* (key, commit) -> what that commit wrote */
	uint64_t commits;
	unsigned nodes; /* that have opened it so far */
};

struct memory_engine {
	struct engine base;
	struct memory *memory;
	unsigned node; /* from 1 */
};

/* What a write has read: from key to key, both included. */
struct memory_range {
	struct bytes from, to;
	bool to_the_end; /* whatever comes after from */
	struct memory_range *next;
};

struct memory_txn {
	struct engine_txn base;
	struct memory *memory;
	struct memory_txn *root, *parent;
	bool writing;
	unsigned node;
	uint64_t seen;
	struct ordered changes;
	struct memory_range *read; /* the root's */
	struct memory_cursor *cursors;
};

static inline bool range_reaches(const struct memory_range *r, struct bytes key)
{
	return r->to_the_end || bytes_compare(key, r->to) <= 0;
}

void range_free(struct memory_range *r);
/* Also of a part that is undone: what it was refused for counts. False: no memory. */
bool memory_note_read(struct memory_txn *t, struct bytes from, struct bytes to);
/* With the memory's lock held. NULL: nothing is known of the key. */
const struct ordered_node *memory_see(const struct memory_txn *t, struct bytes key, bool *own);

/* Of a commit that was kept, when that is watched; with the memory's lock held. */
void memory_watch(const struct memory_txn *t);

struct store_cursor *memory_scan(struct engine_txn *t, struct bytes from, struct bytes to,
				 bool descending);
bool memory_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
void memory_scan_end(struct store_cursor *c);
void memory_end_cursors(struct memory_txn *t);

#endif
