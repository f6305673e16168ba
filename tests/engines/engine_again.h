/* tests/engines/engine_again.h: the engine in service, with conflicts that never were: what would
 * be committed is refused so many times before it is, as if another node had been first. And it
 * always says that writing waits for the disk, so that what jobs will read is looked at before. */
#ifndef TESTS_ENGINES_ENGINE_AGAIN_H
#define TESTS_ENGINES_ENGINE_AGAIN_H

#include "store/engine.h"

const struct engine_functions *engine_again(void);

/* Conflicts before each commit from now on. The environment's MINATO_AGAIN, when it was never
 * called; 3 when that is not set. */
void engine_again_times(unsigned times);
/* Conflicts there have been. */
unsigned long engine_again_count(void);

#endif
