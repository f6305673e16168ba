/* tests/store/engine_test.c: what every engine must do. Nothing here knows which one it is. */
#include "tests/store/engine_scene.h"

#include <pthread.h>
#include <sys/stat.h>

/* Every range there is, both ways, against the sorted list. */
static void ranges_in_both_directions(void)
{
	struct bare b;
	bare_open(&b);
	fill(&b);
	struct engine_txn *t = engine_begin_read(b.e, &b.p);
	unsigned wrong = 0;
	for (size_t from = 0; from < COUNT(sorted); from++)
		for (size_t to = from; to <= COUNT(sorted); to++)
			for (int descending = 0; descending < 2; descending++) {
				struct bytes end = to == COUNT(sorted) ? (struct bytes){ 0 }
								       : text(sorted[to]);
				struct store_cursor *c = engine_scan(t, text(sorted[from]), end,
								     descending);
				struct bytes k, v;
				size_t n = 0;
				for (; store_next(c, &k, &v); n++) {
					size_t i = descending ? to - 1 - n : from + n;
					wrong += n >= to - from || !bytes_equal(k, text(sorted[i]))
						 || !bytes_equal(v, k);
				}
				wrong += n != to - from || store_next(c, &k, &v);
				store_scan_end(c);
			}
	CU_ASSERT_EQUAL(wrong, 0);
	engine_abort(t);
	bare_close(&b);
}

/* Some have one key, some about as many as are fetched at once. */
static unsigned keys_in(unsigned space)
{
	return space % 16 == 3 ? 62 + space / 16 : 1;
}

static struct key key_in(unsigned space, unsigned i)
{
	struct key k;
	key_begin(&k, (unsigned char)space);
	key_number(&k, i);
	return k;
}

static void a_range_over_all_spaces(void)
{
	enum { FIRST = 1, LAST = 255 };
	struct bare b;
	struct bytes key, value;
	unsigned wrong = 0;
	bare_open(&b);
	struct engine_txn *t = engine_begin_write(b.e, &b.p);
	for (unsigned space = FIRST; space <= LAST; space++)
		for (unsigned i = 0; i < keys_in(space); i++) {
			struct key k = key_in(space, i);
			engine_put(t, key_span(&k), text("x"));
		}
	CU_ASSERT_TRUE(engine_commit(t, &b.p));
	t = engine_begin_read(b.e, &b.p);
	struct store_cursor *up = engine_scan(t, (struct bytes){ 0 }, (struct bytes){ 0 }, false);
	for (unsigned space = FIRST; space <= LAST; space++)
		for (unsigned i = 0; i < keys_in(space); i++) {
			struct key k = key_in(space, i);
			wrong += !store_next(up, &key, &value) || !bytes_equal(key, key_span(&k));
		}
	wrong += store_next(up, &key, &value);
	struct store_cursor *down = engine_scan(t, (struct bytes){ 0 }, (struct bytes){ 0 }, true);
	for (unsigned space = LAST; space >= FIRST; space--)
		for (unsigned i = keys_in(space); i > 0; i--) {
			struct key k = key_in(space, i - 1);
			wrong += !store_next(down, &key, &value) || !bytes_equal(key, key_span(&k));
		}
	wrong += store_next(down, &key, &value);
	CU_ASSERT_EQUAL(wrong, 0);
	engine_abort(t);
	bare_close(&b);
}

static bool begin_space(struct bare *b, unsigned space)
{
	struct key k = key_in(space, 0);
	struct engine_txn *t = engine_begin_write(b->e, &b->p);
	engine_put(t, key_span(&k), text("x"));
	return engine_commit(t, &b->p) && engine_flush(b->e, 1, &b->p);
}

/* One key after another, each the first of its space, each durable. */
static void *begin_spaces(void *with)
{
	for (unsigned space = 2; space <= 255 && begin_space(with, space); space++)
		continue;
	return NULL;
}

/* How many spaces the copy has; none may be missing between two. */
static unsigned spaces_copied(const struct bare *b, const char *directory)
{
	struct problem p = { 0 };
	struct store_settings settings = b->f.settings;
	unsigned count = 0;
	settings.directory = directory;
	struct engine *copy = engine_open(&settings, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	struct engine_txn *t = engine_begin_read(copy, &p);
	for (unsigned space = 1; space <= 255; space++) {
		struct key k = key_in(space, 0);
		if (engine_has(t, key_span(&k)))
			CU_ASSERT_EQUAL(++count, space);
	}
	engine_abort(t);
	engine_close(copy);
	return count;
}

static int remove_file(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s, (void)kind, (void)at;
	return remove(path);
}

/* A tree that is made while the others are copied is in the copy as far as its log is. */
static void a_copy_while_spaces_begin(void)
{
	struct bare b;
	pthread_t writer;
	char directory[512];
	unsigned last = 0;
	if (!engines_are_durable())
		return;
	bare_open(&b);
	CU_ASSERT_TRUE(
		begin_space(&b, 1)); /* of an engine where nothing ever was there is no copy */
	pthread_create(&writer, NULL, begin_spaces, &b);
	while (last < 255) {
		struct problem p = { 0 };
		snprintf(directory, sizeof directory, "%.200s-copy", b.f.directory);
		CU_ASSERT_TRUE_FATAL(mkdir(directory, 0700) == 0);
		bool copied = engine_backup(b.e, directory, NULL, &p);
		CU_ASSERT_TRUE(copied);
		if (!copied) {
			fprintf(stderr, "%s\n", p.what);
			break;
		}
		unsigned count = spaces_copied(&b, directory);
		CU_ASSERT(count >= last);
		last = count;
		nftw(directory, remove_file, 16, FTW_DEPTH | FTW_PHYS);
	}
	pthread_join(writer, NULL);
	CU_ASSERT_EQUAL(b.p.code, PROBLEM_NONE);
	bare_close(&b);
}

static void limits_need_not_exist(void)
{
	static const struct {
		const char *from, *to;
		unsigned count;
	} rows[] = {
		{ "\x01"
		  "aa",
		  "\x20"
		  "aaa",
		  2 },
		{ "\x01"
		  "bb",
		  "\x02", 0 },
		{ "\x30", "\x90", 3 },
		{ "\x7f", "\x80", 1 },
		{ "\xff\xff\xff", "", 0 },
		{ "", "", COUNT(sorted) },
		{ "\x21", "\x20", 0 },
		{ "\x90", "\x20", 0 },
	};
	struct bare b;
	bare_open(&b);
	fill(&b);
	struct engine_txn *t = engine_begin_read(b.e, &b.p);
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct store_cursor *c = engine_scan(t, text(rows[i / 2].from),
						     text(rows[i / 2].to), i % 2);
		struct bytes k;
		unsigned n = 0;
		while (store_next(c, &k, NULL))
			n++;
		CU_ASSERT_EQUAL(n, rows[i / 2].count);
	}
	engine_abort(t); /* ends the cursors too */
	bare_close(&b);
}

static void values_of_any_size(void)
{
	static const size_t sizes[] = { 0, 1, 1000, 4095, 4096, 4097, 65536, 3 << 20 };
	struct bare b;
	bare_open(&b);
	unsigned char *octets = malloc(3 << 20);
	for (size_t i = 0; i < 3 << 20; i++)
		octets[i] = (unsigned char)(i * 31 >> 3);
	struct engine_txn *t = engine_begin_write(b.e, &b.p);
	for (unsigned char i = 0; i < COUNT(sizes); i++)
		CU_ASSERT_TRUE(engine_put(t, (struct bytes){ (unsigned char[]){ 0x20, i }, 2 },
					  (struct bytes){ octets, sizes[i] }));
	CU_ASSERT_TRUE(engine_commit(t, &b.p));
	t = engine_begin_read(b.e, &b.p);
	for (unsigned char i = 0; i < COUNT(sizes); i++) {
		struct bytes v;
		CU_ASSERT_TRUE(engine_get(t, (struct bytes){ (unsigned char[]){ 0x20, i }, 2 },
					  b.f.arena, &v));
		CU_ASSERT_TRUE(bytes_equal(v, (struct bytes){ octets, sizes[i] }));
	}
	struct store_cursor *c = engine_scan(t, text("\x20"), text("\x21"), false);
	struct bytes k, v;
	for (size_t i = 0; i < COUNT(sizes); i++)
		CU_ASSERT_TRUE(store_next(c, &k, &v)
			       && bytes_equal(v, (struct bytes){ octets, sizes[i] }));
	engine_abort(t);
	free(octets);
	bare_close(&b);
}

static void overwriting_and_deleting(void)
{
	struct bare b;
	bare_open(&b);
	struct engine_txn *t = engine_begin_write(b.e, &b.p);
	put(t, "\x20k", "one");
	put(t, "\x20k", "two");
	CU_ASSERT_TRUE(has_value(&b, t, "\x20k", "two"));
	CU_ASSERT_TRUE(engine_delete(t, text("\x20k")));
	CU_ASSERT_TRUE(engine_delete(t, text("\x20k")));
	CU_ASSERT_FALSE(engine_has(t, text("\x20k")));
	CU_ASSERT_EQUAL(engine_problem(t)->code, PROBLEM_NONE);
	CU_ASSERT_TRUE(engine_commit(t, &b.p));
	bare_close(&b);
}

static void scans_see_their_own_writes(void)
{
	struct bare b;
	struct bytes k, v;
	bare_open(&b);
	fill(&b);
	struct engine_txn *t = engine_begin_write(b.e, &b.p);
	struct store_cursor *c = engine_scan(t, text("\x01"), text("\x02"), false);
	CU_ASSERT_TRUE(store_next(c, &k, &v));
	CU_ASSERT_TRUE(engine_delete(t, k)); /* the one it stands on */
	put(t,
	    "\x01"
	    "aa",
	    "new");
	put(t,
	    "\x01"
	    "0",
	    "new");
	CU_ASSERT_TRUE(engine_delete(t, text("\x01"
					     "b")));
	static const char *const left[] = { "\x01"
					    "0",
					    "\x01"
					    "a",
					    "\x01"
					    "a\x01",
					    "\x01"
					    "aa" };
	for (size_t i = 0; i < COUNT(left); i++)
		CU_ASSERT_TRUE(store_next(c, &k, &v) && bytes_equal(k, text(left[i])));
	CU_ASSERT_FALSE(store_next(c, &k, &v));
	engine_abort(t);
	t = engine_begin_read(b.e, &b.p);
	CU_ASSERT_TRUE(engine_has(t, text("\x01"
					  "b")));
	CU_ASSERT_FALSE(engine_has(t, text("\x01"
					   "aa")));
	engine_abort(t);
	bare_close(&b);
}

static void errors_are_sticky(void)
{
	struct bare b;
	struct bytes v;
	bare_open(&b);
	struct engine_txn *t = engine_begin_write(b.e, &b.p);
	put(t,
	    "\x20"
	    "a",
	    "1");
	CU_ASSERT_FALSE(engine_put(t, (struct bytes){ 0 }, text("x")));
	CU_ASSERT_EQUAL(engine_problem(t)->code, PROBLEM_REQUEST_INVALID);
	CU_ASSERT_FALSE(engine_put(t,
				   text("\x20"
					"b"),
				   text("2")));
	CU_ASSERT_FALSE(engine_get(t,
				   text("\x20"
					"a"),
				   b.f.arena, &v));
	CU_ASSERT_FALSE(engine_has(t, text("\x20"
					   "a")));
	CU_ASSERT_FALSE(engine_delete(t, text("\x20"
					      "a")));
	CU_ASSERT_PTR_NULL(engine_scan(t, text("\x20"), text("\x21"), false));
	CU_ASSERT_FALSE(store_next(NULL, &v, &v));
	CU_ASSERT_PTR_NULL(engine_begin_nested(t, &b.p));
	b.p = (struct problem){ 0 };
	CU_ASSERT_FALSE(engine_commit(t, &b.p));
	CU_ASSERT_EQUAL(b.p.code, PROBLEM_REQUEST_INVALID);
	t = engine_begin_read(b.e, &b.p);
	CU_ASSERT_FALSE(engine_has(t, text("\x20"
					   "a")));
	CU_ASSERT_FALSE(engine_put(t,
				   text("\x20"
					"a"),
				   text("into a snapshot")));
	engine_abort(t);
	bare_close(&b);
}

static void nested_aborts_undo_only_themselves(void)
{
	struct bare b;
	bare_open(&b);
	struct engine_txn *t = engine_begin_write(b.e, &b.p), *n, *m;
	put(t,
	    "\x20"
	    "outer",
	    "1");
	n = engine_begin_nested(t, &b.p);
	put(n,
	    "\x20"
	    "outer",
	    "2");
	put(n,
	    "\x80"
	    "undone",
	    "1");
	engine_abort(n);
	CU_ASSERT_TRUE(has_value(&b, t,
				 "\x20"
				 "outer",
				 "1"));
	n = engine_begin_nested(t, &b.p);
	put(n,
	    "\x20"
	    "kept",
	    "1");
	m = engine_begin_nested(n, &b.p);
	put(m,
	    "\x20"
	    "kept",
	    "2");
	engine_abort(m);
	m = engine_begin_nested(n, &b.p);
	put(m,
	    "\xc0"
	    "deep",
	    "1");
	CU_ASSERT_TRUE(engine_commit(m, &b.p));
	CU_ASSERT_TRUE(engine_commit(n, &b.p));
	CU_ASSERT_TRUE(engine_commit(t, &b.p));
	t = engine_begin_read(b.e, &b.p);
	CU_ASSERT_TRUE(has_value(&b, t,
				 "\x20"
				 "outer",
				 "1"));
	CU_ASSERT_TRUE(has_value(&b, t,
				 "\x20"
				 "kept",
				 "1"));
	CU_ASSERT_TRUE(has_value(&b, t,
				 "\xc0"
				 "deep",
				 "1"));
	CU_ASSERT_FALSE(engine_has(t, text("\x80"
					   "undone")));
	engine_abort(t);
	bare_close(&b);
}

static const struct test tests[] = { { "ranges in both directions", ranges_in_both_directions },
				     { "a range over all spaces", a_range_over_all_spaces },
				     { "a copy while spaces begin", a_copy_while_spaces_begin },
				     { "limits need not exist", limits_need_not_exist },
				     { "values of any size", values_of_any_size },
				     { "overwriting and deleting", overwriting_and_deleting },
				     { "scans see their own writes", scans_see_their_own_writes },
				     { "errors are sticky", errors_are_sticky },
				     { "nested aborts undo only themselves",
				       nested_aborts_undo_only_themselves },
				     { 0 } };

int main(void)
{
	return suite_run("store: engine", tests);
}
