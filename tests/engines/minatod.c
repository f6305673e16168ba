/* tests/engines/minatod.c: the daemon on an engine of the tests. Linked with
 * --wrap=store_open. */
#include "store/store.h"
#include "tests/engines/engines.h"

struct store *__real_store_open(const struct store_settings *settings, struct problem *p);
struct store *__wrap_store_open(const struct store_settings *settings, struct problem *p);

struct store *__wrap_store_open(const struct store_settings *settings, struct problem *p)
{
	struct store_settings chosen = *settings;
	chosen.engine = engines_chosen();
	return __real_store_open(&chosen, p);
}
