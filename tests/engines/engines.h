/* tests/engines/engines.h: which engine a test runs on: MINATO_TEST_ENGINE names it; the one in
 * service when that is not set. */
#ifndef TESTS_ENGINES_ENGINES_H
#define TESTS_ENGINES_ENGINES_H

#include <stdbool.h>

struct engine_functions;

const struct engine_functions *engines_chosen(void);
/* What it keeps is on a disk. */
bool engines_are_durable(void);

#endif
