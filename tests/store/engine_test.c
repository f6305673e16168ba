/* tests/store/engine_test.c: what every engine must do. Nothing here knows which one it is. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/text.h"
#include "tests/store/fixture.h"

struct bare {
	struct fixture f;
	struct engine *e;
	struct problem p;
};

static void bare_open(struct bare *b)
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

static void bare_close(struct bare *b)
{
	engine_close(b->e);
	b->f.store = NULL;
	fixture_close(&b->f);
}

static struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

static void put(struct engine_txn *t, const char *key, const char *value)
{
	CU_ASSERT_TRUE(engine_put(t, text(key), text(value)));
}

static bool has_value(struct bare *b, struct engine_txn *t, const char *key, const char *value)
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

static void fill(struct bare *b)
{
	struct engine_txn *t = engine_begin_write(b->e, &b->p);
	for (size_t i = 0; i < COUNT(sorted); i++) {
		size_t j = i * 7 % COUNT(sorted); /* in another order */
		put(t, sorted[j], sorted[j]);
	}
	CU_ASSERT_TRUE(engine_commit(t, &b->p));
	CU_ASSERT_TRUE(engine_flush(b->e, 1, &b->p));
}

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

static void snapshots_stand_still(void)
{
	struct bare b;
	bare_open(&b);
	fill(&b);
	struct engine_txn *before = engine_begin_read(b.e, &b.p);
	struct engine_txn *w = engine_begin_write(b.e, &b.p);
	put(w, "\x01", "changed");
	put(w, "\x22", "new");
	CU_ASSERT_TRUE(engine_add(w, text("\x23"), text("added")));
	engine_delete(w, text("\x80"
			      "1"));
	struct engine_txn *during = engine_begin_read(b.e, &b.p);
	CU_ASSERT_TRUE(has_value(&b, during, "\x01", "\x01")); /* does not wait for the writer */
	CU_ASSERT_TRUE(engine_commit(w, &b.p));
	struct engine_txn *after = engine_begin_read(b.e, &b.p);
	struct engine_txn *old[] = { before, during };
	for (size_t i = 0; i < COUNT(old); i++) {
		CU_ASSERT_TRUE(has_value(&b, old[i], "\x01", "\x01"));
		CU_ASSERT_FALSE(engine_has(old[i], text("\x22")));
		CU_ASSERT_FALSE(engine_has(old[i], text("\x23")));
		struct bytes k;
		struct store_cursor *c = engine_scan(old[i], text("\x22"), text("\x24"), i % 2);
		CU_ASSERT_FALSE(store_next(c, &k, NULL));
		CU_ASSERT_TRUE(engine_has(old[i], text("\x80"
						       "1")));
	}
	CU_ASSERT_TRUE(has_value(&b, after, "\x01", "changed"));
	CU_ASSERT_TRUE(engine_has(after, text("\x22")));
	CU_ASSERT_TRUE(has_value(&b, after, "\x23", "added"));
	CU_ASSERT_FALSE(engine_has(after, text("\x80"
					       "1")));
	engine_abort(before);
	engine_abort(during);
	engine_abort(after);
	bare_close(&b);
}

/* Under a cursor that stands, what it has passed and what is still to come changes. */
static void scans_go_on_across_commits(void)
{
	enum { NUMBERS = 300 };
	struct bare b;
	bare_open(&b);
	struct key k;
	struct engine_txn *t = engine_begin_write(b.e, &b.p);
	for (unsigned i = 0; i < NUMBERS; i++) {
		key_begin(&k, i < NUMBERS / 2 ? 0x20 : 0x80);
		key_number(&k, i * 10);
		engine_put(t, key_span(&k), key_span(&k));
	}
	CU_ASSERT_TRUE(engine_commit(t, &b.p));
	struct engine_txn *seen = engine_begin_read(b.e, &b.p);
	struct store_cursor *up = engine_scan(seen, text("\x20"), text("\x81"), false);
	struct store_cursor *down = engine_scan(seen, text("\x20"), text("\x81"), true);
	unsigned wrong = 0;
	for (unsigned i = 0; i < NUMBERS; i++) {
		struct bytes key, value;
		key_begin(&k, i < NUMBERS / 2 ? 0x20 : 0x80);
		key_number(&k, i * 10);
		wrong += !store_next(up, &key, &value) || !bytes_equal(key, key_span(&k))
			 || !bytes_equal(value, key_span(&k));
		unsigned j = NUMBERS - 1 - i;
		key_begin(&k, j < NUMBERS / 2 ? 0x20 : 0x80);
		key_number(&k, j * 10);
		wrong += !store_next(down, &key, &value) || !bytes_equal(value, key_span(&k));
		t = engine_begin_write(b.e, &b.p);
		for (unsigned n = 0; n < 6; n++) { /* here, next, and further on */
			unsigned at = (n < 3 ? i : j) * 10 + n % 3 * 20;
			key_begin(&k, at / 10 < NUMBERS / 2 ? 0x20 : 0x80);
			key_number(&k, at + (i % 3 == 0));
			if (i % 3 == 1)
				engine_delete(t, key_span(&k));
			else
				engine_put(t, key_span(&k), text("changed"));
		}
		wrong += !engine_commit(t, &b.p);
	}
	struct bytes key;
	wrong += store_next(up, &key, NULL) || store_next(down, &key, NULL);
	CU_ASSERT_EQUAL(wrong, 0);
	engine_abort(seen);
	bare_close(&b);
}

/* A history by chance, against the plainest model there is: an array a snapshot. */

enum {
	PLAIN_KEYS = 60,
	GROUP_KEYS = 12,
	GROUPS = 4, /* keys of one space and number: a group */
	MODEL_KEYS = PLAIN_KEYS + GROUP_KEYS * GROUPS,
	MODEL_SNAPSHOTS = 4,
	ABSENT = -1,
};

struct model {
	int value[MODEL_KEYS];
};

struct history {
	struct bare b;
	uint64_t chance;
	struct model now, seen[MODEL_SNAPSHOTS];
	struct engine_txn *snapshots[MODEL_SNAPSHOTS];
	unsigned wrong;
};

static unsigned choose(struct history *h, unsigned below)
{
	h->chance = h->chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(h->chance >> 33) % below;
}

/* What the keys of a group begin with: neighbours in one space, and in another tree. */
static struct key group_key(unsigned group)
{
	static const struct {
		unsigned char space;
		uint64_t number;
	} groups[GROUPS] = {
		{ 0x42, 0xffff },
		{ 0x42, 0x10000 },
		{ 0x42, UINT64_MAX },
		{ 0x88, 7 },
	};
	struct key k;
	key_begin(&k, groups[group].space);
	key_number(&k, groups[group].number);
	return k;
}

/* Spread over the trees, some the beginning of others. */
static struct key model_key(unsigned i)
{
	static const unsigned char spaces[] = { 0x10, 0x20, 0x7f, 0x80, 0xc0, 0xff };
	bool plain = i < PLAIN_KEYS;
	unsigned longer = plain ? i % 10 : (i - PLAIN_KEYS) % GROUP_KEYS;
	struct key k;
	if (plain)
		key_begin(&k, spaces[i / 10]);
	else
		k = group_key((i - PLAIN_KEYS) / GROUP_KEYS);
	for (unsigned j = 0; j < longer; j++)
		key_octet(&k, j < 5 ? 0xff : 0x00);
	return k;
}

static unsigned order[MODEL_KEYS];

static int by_key(const void *a, const void *b)
{
	struct key k = model_key(*(const unsigned *)a), l = model_key(*(const unsigned *)b);
	return bytes_compare(key_span(&k), key_span(&l));
}

/* The keys at [from, to) of the order, and no others, are what the cursor brings. */
static void compare_scan(struct history *h, struct store_cursor *c, const struct model *m,
			 unsigned from, unsigned to, bool descending)
{
	struct bytes key, value;
	for (unsigned n = from; n < to; n++) {
		unsigned i = order[descending ? to - 1 - (n - from) : n];
		struct key expected = model_key(i);
		if (m->value[i] == ABSENT)
			continue;
		if (!store_next(c, &key, &value) || !bytes_equal(key, key_span(&expected))
		    || value.length != (size_t)m->value[i])
			h->wrong++;
	}
	h->wrong += store_next(c, &key, &value);
	store_scan_end(c);
}

static void compare_group(struct history *h, struct engine_txn *t, const struct model *m)
{
	struct key low = group_key(choose(h, GROUPS)), high = low;
	while (high.data[high.length - 1] == 0xff)
		high.length--;
	high.data[high.length - 1]++;
	unsigned from = 0, to;
	for (; from < MODEL_KEYS; from++) {
		struct key k = model_key(order[from]);
		if (bytes_equal(key_span(&k), key_span(&low)))
			break;
	}
	to = from + GROUP_KEYS;
	bool descending = choose(h, 4) == 0;
	compare_scan(h, engine_scan(t, key_span(&low), key_span(&high), descending), m, from, to,
		     descending);
}

/* Some range of what the transaction sees, both ways, and one key by itself. */
static void compare(struct history *h, struct engine_txn *t, const struct model *m)
{
	compare_group(h, t, m);
	unsigned from = choose(h, MODEL_KEYS), to = choose(h, MODEL_KEYS),
		 one = choose(h, MODEL_KEYS);
	bool descending = choose(h, 2);
	struct key low = model_key(order[from]), high = model_key(order[to]), k = model_key(one);
	struct bytes value;
	compare_scan(h, engine_scan(t, key_span(&low), key_span(&high), descending), m, from, to,
		     descending);
	h->wrong += engine_has(t, key_span(&k)) != (m->value[one] != ABSENT);
	if (engine_get(t, key_span(&k), h->b.f.arena, &value))
		h->wrong += value.length != (size_t)m->value[one];
	h->wrong += engine_problem(t)->code != PROBLEM_NONE;
}

static void change_some(struct history *h, struct engine_txn *t, struct model *m, unsigned depth)
{
	static const unsigned char octets[6000];
	for (unsigned n = choose(h, 8); n > 0; n--) {
		unsigned i = choose(h, MODEL_KEYS);
		struct key k = model_key(i);
		m->value[i] = choose(h, 3) == 0 ? ABSENT
						: (int)choose(h, choose(h, 8) == 0 ? 6000 : 50);
		if (m->value[i] == ABSENT)
			engine_delete(t, key_span(&k));
		else
			engine_put(t, key_span(&k), (struct bytes){ octets, (size_t)m->value[i] });
	}
	if (depth < 3 && choose(h, 2) == 0) {
		struct model inner = *m;
		struct engine_txn *n = engine_begin_nested(t, &h->b.p);
		change_some(h, n, &inner, depth + 1);
		if (choose(h, 2) == 0) {
			engine_abort(n);
		} else {
			h->wrong += !engine_commit(n, &h->b.p);
			*m = inner;
		}
	}
	compare(h, t, m);
}

static void a_history_by_chance(void)
{
	struct history h = { .chance = 42 };
	bare_open(&h.b);
	for (unsigned i = 0; i < MODEL_KEYS; i++) {
		order[i] = i;
		h.now.value[i] = ABSENT;
	}
	qsort(order, MODEL_KEYS, sizeof order[0], by_key);
	for (unsigned round = 0; round < 3000; round++) {
		unsigned s = choose(&h, MODEL_SNAPSHOTS);
		if (h.snapshots[s] != NULL && choose(&h, 4) == 0) {
			engine_abort(h.snapshots[s]);
			h.snapshots[s] = NULL;
		} else if (h.snapshots[s] != NULL) {
			compare(&h, h.snapshots[s], &h.seen[s]);
		} else {
			h.snapshots[s] = engine_begin_read(h.b.e, &h.b.p);
			h.seen[s] = h.now;
		}
		struct engine_txn *t = engine_begin_write(h.b.e, &h.b.p);
		struct model m = h.now;
		change_some(&h, t, &m, 0);
		if (choose(&h, 4) == 0) {
			engine_abort(t);
		} else {
			h.wrong += !engine_commit(t, &h.b.p);
			h.now = m;
		}
	}
	for (unsigned s = 0; s < MODEL_SNAPSHOTS; s++)
		engine_abort(h.snapshots[s]);
	CU_ASSERT_EQUAL(h.wrong, 0);
	bare_close(&h.b);
}

static unsigned count_group(struct bare *b, const struct key *group)
{
	struct key end = *group;
	struct bytes key, value;
	unsigned count = 0;
	end.data[end.length - 1]++;
	struct engine_txn *t = engine_begin_read(b->e, &b->p);
	struct store_cursor *c = engine_scan(t, key_span(group), key_span(&end), false);
	while (store_next(c, &key, &value))
		count += key.length == group->length + 1
			 && value.length == key.data[key.length - 1];
	engine_abort(t);
	return count;
}

/* A group of any size is found whole, however often, and as it is by then. */
static void groups_of_any_size(void)
{
	enum { MOST = 200 };
	static const unsigned char octets[256];
	struct bare b;
	bare_open(&b);
	struct key group, k;
	key_begin(&group, 0x42);
	key_number(&group, 7);
	for (unsigned n = 0; n < MOST; n++) {
		CU_ASSERT_EQUAL(count_group(&b, &group), n);
		CU_ASSERT_EQUAL(count_group(&b, &group), n);
		struct engine_txn *t = engine_begin_write(b.e, &b.p);
		k = group;
		key_octet(&k, (unsigned char)(MOST - n));
		engine_put(t, key_span(&k), (struct bytes){ octets, MOST - n });
		CU_ASSERT_TRUE(engine_commit(t, &b.p));
	}
	struct engine_txn *t = engine_begin_write(b.e, &b.p);
	engine_delete(t, key_span(&k));
	CU_ASSERT_TRUE(engine_commit(t, &b.p));
	CU_ASSERT_EQUAL(count_group(&b, &group), MOST - 1);
	bare_close(&b);
}

/* A writer moves one token between two trees; no reader may ever see none or two. */
struct moving {
	struct bare *b;
	atomic_bool stop;
	atomic_uint torn, rounds;
};

static void *watch(void *with)
{
	struct moving *m = with;
	while (!atomic_load(&m->stop)) {
		struct problem p = { 0 };
		struct engine_txn *t = engine_begin_read(m->b->e, &p);
		bool here = engine_has(t, text("\x20token")),
		     there = engine_has(t, text("\x80token"));
		if (here == there)
			atomic_fetch_add(&m->torn, 1);
		atomic_fetch_add(&m->rounds, 1);
		engine_abort(t);
	}
	return NULL;
}

static void readers_beside_a_writer(void)
{
	struct bare b;
	pthread_t readers[4];
	bare_open(&b);
	struct moving m = { .b = &b };
	struct engine_txn *t = engine_begin_write(b.e, &b.p);
	put(t, "\x20token", "");
	CU_ASSERT_TRUE(engine_commit(t, &b.p));
	for (size_t i = 0; i < COUNT(readers); i++)
		pthread_create(&readers[i], NULL, watch, &m);
	for (unsigned i = 0; i < 1000; i++) {
		t = engine_begin_write(b.e, &b.p);
		put(t, i % 2 ? "\x20token" : "\x80token", "");
		engine_delete(t, text(i % 2 ? "\x80token" : "\x20token"));
		CU_ASSERT_TRUE(engine_commit(t, &b.p));
	}
	atomic_store(&m.stop, true);
	for (size_t i = 0; i < COUNT(readers); i++)
		pthread_join(readers[i], NULL);
	CU_ASSERT_EQUAL(atomic_load(&m.torn), 0);
	bare_close(&b);
}

/* More than the cache holds changes under a snapshot that stays open. */
static void old_snapshots_outlive_the_cache(void)
{
	struct bare b;
	unsigned char value[900];
	bare_open(&b);
	engine_close(b.e);
	b.f.settings.cache_bytes = 1 << 20;
	b.e = engine_open(&b.f.settings, &b.p);
	memset(value, 'o', sizeof value);
	struct engine_txn *old = NULL;
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned batch = 0; batch < 20; batch++) {
			struct engine_txn *t = engine_begin_write(b.e, &b.p);
			for (unsigned i = 0; i < 100; i++) {
				struct key k;
				key_begin(&k, 0x20);
				key_number(&k, batch * 100 + i);
				engine_put(t, key_span(&k), (struct bytes){ value, sizeof value });
			}
			CU_ASSERT_TRUE(engine_commit(t, &b.p));
		}
		if (round == 0)
			old = engine_begin_read(b.e, &b.p);
		value[0] = (unsigned char)('0' + round);
	}
	struct store_cursor *c = engine_scan(old, text("\x20"), text("\x21"), false);
	struct bytes k, v;
	unsigned n = 0, wrong = 0;
	for (; store_next(c, &k, &v); n++)
		wrong += v.length != sizeof value || v.data[0] != 'o';
	CU_ASSERT_EQUAL(n, 2000);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(engine_problem(old)->code, PROBLEM_NONE);
	engine_abort(old);
	CU_ASSERT_EQUAL(b.p.code, PROBLEM_NONE);
	bare_close(&b);
}

static void what_was_flushed_is_there_again(void)
{
	struct bare b;
	bare_open(&b);
	fill(&b);
	engine_close(b.e);
	b.e = engine_open(&b.f.settings, &b.p);
	struct engine_txn *t = engine_begin_read(b.e, &b.p);
	for (size_t i = 0; i < COUNT(sorted); i++)
		CU_ASSERT_TRUE(has_value(&b, t, sorted[i], sorted[i]));
	engine_abort(t);
	bare_close(&b);
}

static void the_log_is_bounded(void)
{
	struct bare b;
	unsigned char value[1000] = { 0 };
	bare_open(&b);
	for (unsigned i = 0; i < 100; i++) { /* some 60 MiB of log */
		struct engine_txn *t = engine_begin_write(b.e, &b.p);
		for (unsigned j = 0; j < 300; j++) {
			struct key k;
			key_begin(&k, 0x20);
			key_number(&k, (i * 300 + j) % 5000);
			value[0]++;
			engine_put(t, key_span(&k), (struct bytes){ value, sizeof value });
		}
		CU_ASSERT_TRUE(engine_commit(t, &b.p));
		CU_ASSERT_TRUE(engine_flush(b.e, 1, &b.p));
	}
	engine_close(b.e);
	unsigned files = 0;
	for (unsigned i = 1; i < 100; i++) {
		char path[512];
		struct stat st;
		snprintf(path, sizeof path, "%s/keys/log.%010u", b.f.directory, i);
		files += stat(path, &st) == 0;
	}
	CU_ASSERT(files <= 4);
	b.e = engine_open(&b.f.settings, &b.p);
	CU_ASSERT_PTR_NOT_NULL(b.e);
	bare_close(&b);
}

/* A flush can only speak for the environment that is there. */
static void a_flush_is_of_one_generation(void)
{
	struct bare b;
	struct problem p = { 0 };
	bare_open(&b);
	struct engine_txn *t = engine_begin_write(b.e, &b.p), *n = engine_begin_nested(t, &b.p);
	CU_ASSERT_EQUAL(t->generation, 1);
	CU_ASSERT_EQUAL(n->generation, 1);
	engine_abort(n);
	put(t, "\x20k", "one");
	CU_ASSERT_TRUE(engine_commit(t, &b.p));
	CU_ASSERT_FALSE(engine_flush(b.e, 2, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_INTERNAL);
	CU_ASSERT_TRUE(engine_flush(b.e, 1, &b.p)); /* and asking so broke nothing */
	bare_close(&b);
}

static const struct test tests[] = {
	{ "ranges in both directions", ranges_in_both_directions },
	{ "a range over all spaces", a_range_over_all_spaces },
	{ "a copy while spaces begin", a_copy_while_spaces_begin },
	{ "limits need not exist", limits_need_not_exist },
	{ "values of any size", values_of_any_size },
	{ "overwriting and deleting", overwriting_and_deleting },
	{ "scans see their own writes", scans_see_their_own_writes },
	{ "errors are sticky", errors_are_sticky },
	{ "nested aborts undo only themselves", nested_aborts_undo_only_themselves },
	{ "snapshots stand still", snapshots_stand_still },
	{ "scans go on across commits", scans_go_on_across_commits },
	{ "groups of any size", groups_of_any_size },
	{ "a history by chance", a_history_by_chance },
	{ "readers beside a writer", readers_beside_a_writer },
	{ "old snapshots outlive the cache", old_snapshots_outlive_the_cache },
	{ "what was flushed is there again", what_was_flushed_is_there_again },
	{ "a flush is of one generation", a_flush_is_of_one_generation },
	{ "the log is bounded", the_log_is_bounded },
	{ 0 }
};

int main(void)
{
	return suite_run("store: engine", tests);
}
