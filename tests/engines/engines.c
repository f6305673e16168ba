/* tests/engines/engines.c: which engine a test runs on. */
#include "tests/engines/engines.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/text.h"
#include "tests/engines/engine_again.h"
#include "tests/engines/engine_memory.h"

const struct engine_functions *engines_chosen(void)
{
	const char *name = getenv("MINATO_TEST_ENGINE");
	if (name == NULL || text_equal(name, "berkeleydb"))
		return &engine_berkeleydb;
	if (text_equal(name, "again"))
		return engine_again();
	if (text_equal(name, "memory"))
		return &engine_memory;
	fprintf(stderr, "MINATO_TEST_ENGINE: there is no engine \"%s\"\n", name);
	abort();
}

bool engines_are_durable(void)
{
	return engines_chosen() != &engine_memory;
}
