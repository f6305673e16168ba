/* tests/store/match_blocks_test.c: the index of keys against a list of who has which key, through
 * all that may happen to it: keys that too many have, rows that lead astray. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/match_blocks.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

/* Marsaglia 2003; the same sequence each time. */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static struct match_entries one(uint64_t hash)
{
	return (struct match_entries){ .at = { { KEY_PHONE, hash } }, .count = 1 };
}

/* ---- Moving ---- */

struct moving {
	uint64_t number;
	struct match_entries was, is;
};

static bool move(struct store_txn *t, const void *with)
{
	const struct moving *m = with;
	match_blocks_move(t, m->number, &m->was, &m->is);
	return !store_failed(t);
}

static bool move_to(struct fixture *f, uint64_t number, const struct match_entries *was,
		    const struct match_entries *is)
{
	struct moving m = { .number = number };
	m.was = was == NULL ? m.was : *was;
	m.is = is == NULL ? m.is : *is;
	return in_job(f, move, &m);
}

/* Many at once, of one hash. */
struct crowd {
	uint64_t first, count;
	bool gone;
	uint64_t hash;
};

static bool move_crowd(struct store_txn *t, const void *with)
{
	static const struct match_entries none = { .count = 0 };
	const struct crowd *c = with;
	for (uint64_t n = c->first; n < c->first + c->count; n++) {
		struct match_entries all = one(c->hash);
		match_blocks_move(t, n, c->gone ? &all : &none, c->gone ? &none : &all);
	}
	return !store_failed(t);
}

/* ---- Looking ---- */

static struct match_found find(struct fixture *f, const struct match_entries *of, uint64_t except)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct match_found found = match_blocks_find(t, f->arena, of, except);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return found;
}

/* "3 1+": numbers, + for keys that were cut, more for more. */
static const char *told(struct fixture *f, const struct match_entries *of, uint64_t except)
{
	struct match_found found = find(f, of, except);
	struct buffer b = buffer_in(f->arena);
	for (size_t i = 0; i < found.count; i++)
		buffer_printf(&b, "%s%llu", i == 0 ? "" : " ",
			      (unsigned long long)found.numbers[i]);
	for (unsigned i = 0; i < found.cut; i++)
		buffer_printf(&b, "+");
	buffer_printf(&b, "%s", found.more ? " more" : "");
	return buffer_ended(&b);
}

/* All rows read, as minato check does: how many entries there are, and how many rows are none. */
struct counted {
	unsigned entries, broken;
};

static struct counted count(struct fixture *f)
{
	struct counted c = { 0 };
	struct key space;
	struct bytes key, value;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	key_begin(&space, SPACE_MATCH_BLOCK);
	struct store_cursor *at = store_scan_prefix(t, key_span(&space), false);
	while (store_next(at, &key, &value)) {
		struct match_block_entry e;
		struct key k;
		bool read = match_block_read(key, value, &e);
		CU_ASSERT_TRUE(!read || bytes_equal(match_block_key(&k, &e), key));
		c.broken += !read;
		c.entries += read;
	}
	store_scan_end(at);
	store_end(t);
	return c;
}

static bool has(struct fixture *f, uint64_t hash, uint64_t number)
{
	const struct match_block_entry e = { hash, number };
	struct key k;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = store_has(t, match_block_key(&k, &e));
	store_end(t);
	return there;
}

/* ---- Tests ---- */

static void who_shares_most_comes_first(void)
{
	struct fixture f;
	fixture_open(&f);
	struct match_entries abc = { .at = { { 0, 1 }, { 0, 2 }, { 0, UINT64_C(0xffffffffff) } },
				     .count = 3 },
			     ab = abc,
			     bc = { .at = { { 0, 2 }, { 0, UINT64_C(0xffffffffff) } }, .count = 2 },
			     a = one(1), d = one(UINT64_C(0x800000000));
	ab.count = 2;
	CU_ASSERT_STRING_EQUAL(told(&f, &abc, 0), "");
	CU_ASSERT(move_to(&f, 9, NULL, &a) && move_to(&f, 4, NULL, &abc));
	CU_ASSERT(move_to(&f, 5, NULL, &bc) && move_to(&f, 300, NULL, &ab));
	CU_ASSERT_STRING_EQUAL(told(&f, &abc, 0), "4 5 300 9");
	CU_ASSERT_STRING_EQUAL(told(&f, &abc, 4), "5 300 9");
	CU_ASSERT_STRING_EQUAL(told(&f, &a, 0), "4 9 300");
	CU_ASSERT_STRING_EQUAL(told(&f, &d, 0), "");
	/* What stays is not touched; what was put already is there once. */
	CU_ASSERT(move_to(&f, 4, &abc, &ab) && move_to(&f, 9, NULL, &a));
	CU_ASSERT_STRING_EQUAL(told(&f, &bc, 0), "5 4 300");
	CU_ASSERT_EQUAL(count(&f).entries, 7);
	CU_ASSERT(move_to(&f, 4, &ab, NULL) && move_to(&f, 9, &a, NULL));
	CU_ASSERT(move_to(&f, 5, &bc, NULL) && move_to(&f, 300, &ab, NULL));
	CU_ASSERT_EQUAL(count(&f).entries, 0);
	fixture_close(&f);
}

/* Random moves of many records, against a table of what each has. */
static void it_has_what_was_put(void)
{
	enum { RECORDS = 1200, ROUNDS = 3, HASHES = 5 };
	struct fixture f;
	fixture_open(&f);
	uint64_t state = 0x2545f4914f6cdd1du, entries = 0;
	struct match_entries *has_now = arena_array(f.arena, struct match_entries, RECORDS + 1);
	for (unsigned round = 0; round < ROUNDS; round++)
		for (uint64_t n = 1; n <= RECORDS; n++) {
			struct match_entries is = { .count = 0 };
			for (; is.count < HASHES && round + 1 < ROUNDS; is.count++)
				is.at[is.count].hash = draw(&state) >> 24;
			CU_ASSERT_TRUE_FATAL(move_to(&f, n, &has_now[n], &is));
			has_now[n] = is;
		}
	CU_ASSERT_EQUAL(count(&f).entries, 0);
	for (uint64_t n = 1; n <= RECORDS; n++) {
		struct match_entries is = { .count = 0 };
		for (; is.count < HASHES; is.count++)
			is.at[is.count].hash = draw(&state) >> 24;
		CU_ASSERT_TRUE_FATAL(move_to(&f, n, NULL, &is));
		has_now[n] = is;
		entries += is.count;
	}
	struct counted c = count(&f);
	CU_ASSERT_EQUAL(c.entries, entries);
	CU_ASSERT_EQUAL(c.broken, 0);
	for (uint64_t n = 1; n <= RECORDS; n++)
		for (size_t i = 0; i < HASHES; i++) {
			CU_ASSERT_TRUE(has(&f, has_now[n].at[i].hash, n));
			CU_ASSERT_FALSE(has(&f, has_now[n].at[i].hash, RECORDS + n));
		}
	fixture_close(&f);
}

static void too_many_lead_to_nobody(void)
{
	static const uint64_t hash = 5, beside = 6;
	struct fixture f;
	fixture_open(&f);
	struct match_entries of = { .at = { { 0, hash }, { 0, beside } }, .count = 2 };
	struct match_entries other = one(beside);
	CU_ASSERT_TRUE(move_to(&f, 999, NULL, &other));
	struct crowd c = { .first = 1, .count = MATCH_BLOCK_MOST, .hash = hash };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_EQUAL(find(&f, &of, 0).count, MATCH_BLOCK_MOST + 1);
	c = (struct crowd){ .first = 100, .count = 40, .hash = hash };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_STRING_EQUAL(told(&f, &of, 0), "999+");
	CU_ASSERT_EQUAL(count(&f).entries, MATCH_BLOCK_MOST + 41);
	CU_ASSERT(has(&f, hash, 139) && !has(&f, hash, 140));
	/* Again, as by another node that makes it: nobody is there twice. */
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_EQUAL(count(&f).entries, MATCH_BLOCK_MOST + 41);
	/* Until few enough are left; who asks does not count himself. */
	c = (struct crowd){ .first = 1, .count = 39, .gone = true, .hash = hash };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_STRING_EQUAL(told(&f, &of, 0), "999+");
	CU_ASSERT_EQUAL(find(&f, &of, 139).count, MATCH_BLOCK_MOST + 1);
	c = (struct crowd){ .first = 139, .count = 1, .gone = true, .hash = hash };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_EQUAL(find(&f, &of, 0).count, MATCH_BLOCK_MOST + 1);
	CU_ASSERT_EQUAL(find(&f, &of, 0).cut, 0);
	CU_ASSERT_EQUAL(count(&f).broken, 0);
	fixture_close(&f);
}

/* Of more than are compared those that share least are left out, and that is told. */
static void who_is_told_is_bounded(void)
{
	struct fixture f;
	fixture_open(&f);
	struct match_entries of = { .count = 0 };
	for (uint64_t i = 0; i < 4; i++) {
		struct crowd c = { .first = 1 + i * 50, .count = 50, .hash = i << 30 };
		CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
		of.at[of.count++].hash = i << 30;
	}
	struct match_entries last = one(1);
	CU_ASSERT_TRUE(move_to(&f, 200, NULL, &last));
	of.at[of.count++].hash = 1;
	struct match_found found = find(&f, &of, 0);
	CU_ASSERT(found.more && found.count == MATCH_CANDIDATES_MOST);
	CU_ASSERT_EQUAL(found.numbers[0], 200);
	CU_ASSERT_EQUAL(found.numbers[1], 1);
	CU_ASSERT_EQUAL(found.numbers[MATCH_CANDIDATES_MOST - 1], MATCH_CANDIDATES_MOST - 1);
	fixture_close(&f);
}

/* ---- Damage ---- */

/* A row as it should not be. length: of the key's octets behind the space. */
struct damage {
	const char *why, *key;
	size_t length;
	const char *value;
	bool looked_at; /* by whoever looks for hash 0: the store has failed */
};
static const struct damage damages[] = {
	{ "no number", "\0\0\0\0\0", 5, "", true },
	{ "nobody's number", "\0\0\0\0\0\0", 6, "", true },
	{ "more behind it", "\0\0\0\0\0\1\7\7", 8, "", true },
	{ "a value", "\0\0\0\0\0\1\7", 7, "x", true },
	{ "a hash too short", "\1\1", 2, "", false },
	{ "a record that is not there", "\0\0\0\0\0\1\7", 7, "", false },
};

static bool put_damage(struct store_txn *t, const void *with)
{
	const struct damage *d = with;
	struct key k;
	key_begin(&k, SPACE_MATCH_BLOCK);
	key_bytes(&k, d->key, d->length);
	return store_put(t, key_span(&k), bytes_of_text(d->value));
}

static void what_is_damaged_is_told(void)
{
	for (size_t i = 0; i < COUNT(damages); i++) {
		const struct damage *d = &damages[i];
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_damage, d));
		CU_ASSERT_EQUAL(people_findings(&f, false), 1);
		struct match_entries zero = one(0);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		match_blocks_find(t, f.arena, &zero, 0);
		if (store_failed(t) != d->looked_at)
			fprintf(stderr, "looked at: %s\n", d->why);
		CU_ASSERT_EQUAL(store_failed(t), d->looked_at);
		store_end(t);
		fixture_close(&f);
	}
}

static const struct test tests[] = { { "who shares most comes first", who_shares_most_comes_first },
				     { "it has what was put", it_has_what_was_put },
				     { "too many lead to nobody", too_many_lead_to_nobody },
				     { "who is told is bounded", who_is_told_is_bounded },
				     { "what is damaged is told", what_is_damaged_is_told },
				     { 0 } };

int main(void)
{
	return suite_run("store: keys for matching", tests);
}
