/* tests/store/engine_histories_test.c: what every engine must do over time: histories by chance
 * against a model, readers beside a writer, what was flushed. Nothing here knows which one it is.
 * */
#include "tests/store/engine_scene.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

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
	return suite_run("store: engine, histories", tests);
}
