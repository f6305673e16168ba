/* tests/store/engine_scene.h: an engine with nothing around it, and keys of several spaces in their
 * order. */
#ifndef TESTS_STORE_ENGINE_SCENE_H
#define TESTS_STORE_ENGINE_SCENE_H

#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "tests/store/fixture.h"

struct bare {
	struct fixture f;
	struct engine *e;
	struct problem p;
};

static inline void bare_open(struct bare *b)
{
	*b = (struct bare){ 0 };
	const char *root = getenv("TMPDIR");
	snprintf(b->f.directory, sizeof b->f.directory, "%s/minato-engine-XXXXXX",
		 root ? root : "/tmp");
	fixture_must(&b->f, mkdtemp(b->f.directory) != NULL);
	fixture_settle(&b->f);
	b->f.arena = arena_create(64 << 20);
	b->e = engine_open(&b->f.settings, &b->f.problem);
	fixture_must(&b->f, b->e != NULL);
}

static inline void bare_close(struct bare *b)
{
	engine_close(b->e);
	b->f.store = NULL;
	fixture_close(&b->f);
}

static inline struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static inline void put(struct engine_txn *t, const char *key, const char *value)
{
	CU_ASSERT_TRUE(engine_put(t, text(key), text(value)));
}

static inline bool has_value(struct bare *b, struct engine_txn *t, const char *key,
			     const char *value)
{
	struct bytes found;
	return engine_get(t, text(key), b->f.arena, &found) && bytes_equal(found, text(value));
}

/* Of several spaces; \xff sorts last. */
static const char *const sorted[] = {
	"\x01",
	"\x01"
	"a",
	"\x01"
	"a\x01",
	"\x01"
	"b",
	"\x20"
	"aa",
	"\x20\xff",
	"\x20\xff\xff",
	"\x21",
	"\x7f"
	"z",
	"\x80"
	"1",
	"\x80"
	"2",
	"\xbf",
	"\xc0"
	"x",
	"\xff",
	"\xff\xff",
};

static inline void fill(struct bare *b)
{
	struct engine_txn *t = engine_begin_write(b->e, &b->p);
	for (size_t i = 0; i < COUNT(sorted); i++) {
		size_t j = i * 7 % COUNT(sorted); /* in another order */
		put(t, sorted[j], sorted[j]);
	}
	CU_ASSERT_TRUE(engine_commit(t, &b->p));
	CU_ASSERT_TRUE(engine_flush(b->e, 1, &b->p));
}

#endif
