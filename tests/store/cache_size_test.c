/* tests/store/cache_size_test.c: how much of a store Berkeley DB may keep, by how large it is. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/base/suite.h"
#include "tests/store/fixture.h"

enum { MIB = 1 << 20 };

static bool put_some(void *with, struct store_txn *t, struct problem *p)
{
	unsigned char value[800];
	memset(value, 'x', sizeof value);
	(void)with;
	(void)p;
	for (unsigned i = 0; i < 8000; i++) {
		struct key k;
		key_begin(&k, 0x21);
		key_number(&k, i);
		store_put(t, key_span(&k), (struct bytes){ value, sizeof value });
	}
	return true;
}

struct told {
	size_t cache, keys; /* MiB */
};

/* What the engine says when it is opened. */
static struct told opened(struct fixture *f)
{
	struct told told = { 0 };
	int ends[2];
	char line[1024] = "";
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	const struct log log = { .fd = ends[1], .level = LOG_DETAIL };
	f->settings.log = &log;
	store_close(f->store);
	f->store = store_open(&f->settings, &f->problem);
	fixture_must(f, f->store != NULL);
	CU_ASSERT(read(ends[0], line, sizeof line - 1) > 0);
	const char *said = strstr(line, "store: cache ");
	CU_ASSERT_PTR_NOT_NULL(said);
	CU_ASSERT(said != NULL
		  && sscanf(said, "store: cache %zu MiB, for %zu MiB of keys", &told.cache,
			    &told.keys)
			     == 2);
	store_close(f->store);
	f->store = NULL;
	close(ends[0]);
	close(ends[1]);
	f->settings.log = NULL;
	return told;
}

static void of_a_store(size_t least, size_t most, struct fixture *f, struct told *told)
{
	f->settings.cache_bytes = least * MIB;
	f->settings.cache_most = most * MIB;
	*told = opened(f);
}

static void as_large_as_its_keys(void)
{
	struct fixture f;
	struct told told;
	fixture_open(&f);
	store_close(f.store);
	f.store = NULL;
	f.settings.engine = &engine_berkeleydb;
	of_a_store(1, 64, &f, &told);
	CU_ASSERT(told.keys < 4);
	CU_ASSERT_EQUAL(told.cache, told.keys > 1 ? told.keys : 1);
	f.store = store_open(&f.settings, &f.problem);
	fixture_must(&f, f.store != NULL);
	CU_ASSERT(store_write(f.store, put_some, NULL, &f.problem));
	of_a_store(1, 0, &f, &told);
	CU_ASSERT(told.keys >= 6);
	CU_ASSERT_EQUAL(told.cache, 1);
	of_a_store(1, 3, &f, &told);
	CU_ASSERT_EQUAL(told.cache, 3);
	of_a_store(1, 64, &f, &told);
	CU_ASSERT_EQUAL(told.cache, told.keys);
	of_a_store(16, 64, &f, &told);
	CU_ASSERT_EQUAL(told.cache, 16);
	of_a_store(16, 3, &f, &told);
	CU_ASSERT_EQUAL(told.cache, 16);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "as large as its keys, within bounds", as_large_as_its_keys }, { 0 }
};

int main(void)
{
	return suite_run("cache size", tests);
}
