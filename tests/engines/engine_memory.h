/* tests/engines/engine_memory.h: an engine in memory, for several nodes at once.
 *
 * Every version of every key is kept, by the number of the commit that wrote it. A transaction sees
 * what was committed when it began. A write notes what it reads, keys and ranges; at its commit
 * none of that may have a newer version, else another node was first: a conflict. So all commits
 * are as if one had come after the other.
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
/* What the stores of that directory shared, when none of them is open. */
void engine_memory_forget(const char *directory);

#endif
