/* tests/engines/engine_memory.h: an engine in memory, for several nodes at once.
 *
 * Every version of every key is kept, by the number of the commit that wrote it. A transaction sees
 * what was committed when it began. A write notes what it reads, keys and ranges; at its commit
 * none of that, nor of what it writes, may have a newer version, else another node was first: a
 * conflict. So all commits are as if one had come after the other; that a key which was only
 * written counts is how engines are that let the first writer win.
 *
 * Stores whose directories lie in one directory and are called node-SOMETHING share one memory, any
 * other has its own. It outlives the store, so that it can be opened again. Nothing survives the
 * process. */
#ifndef TESTS_ENGINES_ENGINE_MEMORY_H
#define TESTS_ENGINES_ENGINE_MEMORY_H

#include <stdint.h>

#include "store/engine.h"

extern const struct engine_functions engine_memory;

/* From now on one commit of `one_in` ends in a conflict that never was, and at as many places a
 * thread lets others go first. 0: none. The same seed and order of calls, the same plan. */
void engine_memory_plan(uint64_t seed, unsigned one_in);
/* The delays alone: every conflict from now on is a true one. */
void engine_memory_delay(uint64_t seed, unsigned one_in);
/* Conflicts there have been: those of the plan and true ones; and true ones alone, about keys of
 * these spaces. */
unsigned long engine_memory_conflicts(void);
unsigned long engine_memory_conflicts_about(unsigned char first, unsigned char last);
/* From now on it is noted what commits read and write, and by which node. */
void engine_memory_watch(void);
/* No longer. Tells each key that one node wrote and another read or wrote as well, in whatever
 * order: where they could have met, had they come at the same time. Returns how many there are. */
unsigned engine_memory_shared(void (*tell)(void *with, struct bytes key), void *with);
/* The number of the commit that wrote the key last; 0: none did. */
uint64_t engine_memory_commit_of(const char *directory, struct bytes key);
/* What the stores of that directory shared, when none of them is open. */
void engine_memory_forget(const char *directory);

#endif
