/* tests/store/fixture.h: a store in a directory of its own, gone afterwards. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "store/check.h"
#include "store/engine.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "tests/engines/engine_memory.h"
#include "tests/engines/engines.h"

enum { FIXTURE_FINDING = 128 };

struct fixture {
	char directory[256];
	struct store_settings settings;
	struct store *store;
	struct arena *arena;
	struct problem problem;
};

/* Without a store there is nothing to test. */
static inline void fixture_must(const struct fixture *f, bool can)
{
	if (!can) {
		fprintf(stderr, "%s: %s\n", f->directory, f->problem.what);
		abort();
	}
}

static inline int fixture_forget(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static inline void fixture_settle(struct fixture *f)
{
	static const struct log quiet = { .fd = -1 };
	f->settings = (struct store_settings){ .engine = engines_chosen(),
					       .directory = f->directory,
					       .log = &quiet,
					       .clock = &system_clock,
					       .random = &system_random };
}

static inline void fixture_open(struct fixture *f)
{
	const char *root = getenv("TMPDIR");
	*f = (struct fixture){ 0 };
	snprintf(f->directory, sizeof f->directory, "%s/minato-store-XXXXXX",
		 root != NULL ? root : "/tmp");
	fixture_must(f, mkdtemp(f->directory) != NULL);
	fixture_settle(f);
	f->arena = arena_create(256 << 20);
	f->store = store_open(&f->settings, &f->problem);
	fixture_must(f, f->store != NULL);
}

static inline void fixture_reopen(struct fixture *f)
{
	store_close(f->store);
	f->problem = (struct problem){ 0 };
	f->store = store_open(&f->settings, &f->problem);
	fixture_must(f, f->store != NULL);
}

static inline void fixture_tell(void *with, const char *finding)
{
	snprintf(with, FIXTURE_FINDING, "%s", finding);
}

/* What `minato check` finds of that module's rows: how much, and the last of it. */
static inline uint64_t fixture_findings(struct fixture *f, const struct check_module *module,
					char text[FIXTURE_FINDING])
{
	const struct check_module *const modules[] = { module, NULL };
	struct check_counts counts = { .findings = 0 };
	fixture_must(f, store_check(f->store, modules, fixture_tell, text, &counts, &f->problem));
	return counts.findings;
}

static inline void fixture_close(struct fixture *f)
{
	store_close(f->store);
	arena_destroy(f->arena);
	engine_memory_forget(f->directory);
	nftw(f->directory, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
