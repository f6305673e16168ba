/* tests/store/match_blocks_test.c: the index of keys against a list of who has which key, through
 * all that may happen to it: leaves that part, keys that too many have, rows that lead astray. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/match_blocks.h"
#include "store/packed.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

enum { FEW = 7 };

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

/* Many at once: number, and which of FEW hashes it has. */
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
	unsigned entries, rows, parted, broken;
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
		struct match_block_row row;
		bool read = match_block_read(t, f->arena, key, value, &row);
		c.broken += !read;
		c.rows++;
		c.parted += read && value.length == 0 && row.count == 0;
		for (size_t i = 0; read && i < row.count; i++) {
			c.entries++;
			CU_ASSERT_TRUE(match_block_has(t, f->arena, &row.at[i]));
		}
	}
	store_scan_end(at);
	store_end(t);
	return c;
}

static bool has(struct fixture *f, uint64_t hash, uint64_t number)
{
	const struct match_block_entry e = { hash, number };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = match_block_has(t, f->arena, &e);
	store_end(t);
	return there;
}

/* ---- Tests ---- */

static void who_shares_most_comes_first(void)
{
	struct fixture f;
	fixture_open(&f);
	struct match_entries abc = { .at = { { 0, 1 }, { 0, 2 }, { 0, UINT64_C(0xfffffffff) } },
				     .count = 3 },
			     ab = abc,
			     bc = { .at = { { 0, 2 }, { 0, UINT64_C(0xfffffffff) } }, .count = 2 },
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
	CU_ASSERT_EQUAL(count(&f).rows, 0);
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
			/* Most are of few beginnings, so that leaves part there. */
			for (; is.count < HASHES && round + 1 < ROUNDS; is.count++)
				is.at[is.count].hash = draw(&state) >> 28
						       >> (draw(&state) % 3 == 0 ? 20 : 0);
			CU_ASSERT_TRUE_FATAL(move_to(&f, n, &has_now[n], &is));
			has_now[n] = is;
		}
	CU_ASSERT_EQUAL(count(&f).entries, 0);
	for (uint64_t n = 1; n <= RECORDS; n++) {
		struct match_entries is = { .count = 0 };
		for (; is.count < HASHES; is.count++)
			is.at[is.count].hash = draw(&state) >> 28 >> (n % 3 == 0 ? 20 : 0);
		CU_ASSERT_TRUE_FATAL(move_to(&f, n, NULL, &is));
		has_now[n] = is;
		entries += is.count;
	}
	struct counted c = count(&f);
	CU_ASSERT_EQUAL(c.entries, entries);
	CU_ASSERT_EQUAL(c.broken, 0);
	CU_ASSERT(c.parted > 0);
	for (uint64_t n = 1; n <= RECORDS; n++)
		for (size_t i = 0; i < HASHES; i++) {
			CU_ASSERT_TRUE(has(&f, has_now[n].at[i].hash, n));
			CU_ASSERT_FALSE(has(&f, has_now[n].at[i].hash, RECORDS + n));
		}
	fixture_close(&f);
}

/* Keys next to each other, so that one alone of a full leaf stays together. */
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
	CU_ASSERT_EQUAL(count(&f).broken, 0);
	CU_ASSERT(has(&f, hash, 139) && !has(&f, hash, 140));
	/* Again, as by another node that makes it: nobody is there twice. */
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_EQUAL(count(&f).entries, MATCH_BLOCK_MOST + 41);
	/* Those behind come in where one goes, until few enough are left. */
	c = (struct crowd){ .first = 1, .count = 39, .gone = true, .hash = hash };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_STRING_EQUAL(told(&f, &of, 0), "999+");
	c = (struct crowd){ .first = 139, .count = 1, .gone = true, .hash = hash };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_EQUAL(find(&f, &of, 0).count, MATCH_BLOCK_MOST + 1);
	CU_ASSERT_EQUAL(find(&f, &of, 0).cut, 0);
	CU_ASSERT_EQUAL(count(&f).entries, MATCH_BLOCK_MOST + 1);
	CU_ASSERT_EQUAL(count(&f).broken, 0);
	fixture_close(&f);
}

static void one_behind_goes_from_there(void)
{
	static const uint64_t hash = 1;
	struct fixture f;
	fixture_open(&f);
	struct crowd c = { .first = 1, .count = MATCH_BLOCK_MOST + 3, .hash = hash };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	c = (struct crowd){ .first = MATCH_BLOCK_MOST + 2, .count = 2, .gone = true, .hash = hash };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_EQUAL(count(&f).entries, MATCH_BLOCK_MOST + 1);
	CU_ASSERT_EQUAL(count(&f).rows, 1);
	/* Also where its number is less than theirs. */
	const uint64_t other = UINT64_C(1) << 30;
	c = (struct crowd){ .first = 100, .count = MATCH_BLOCK_MOST + 1, .hash = other };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	struct match_entries all = one(other);
	CU_ASSERT(move_to(&f, 1, NULL, &all) && has(&f, other, 1));
	CU_ASSERT_EQUAL(count(&f).broken, 0);
	CU_ASSERT(move_to(&f, 1, &all, NULL) && !has(&f, other, 1));
	CU_ASSERT_EQUAL(count(&f).entries, 2 * (MATCH_BLOCK_MOST + 1));
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
	size_t octets;
	bool looked_at; /* by whoever looks for hash 0: the store has failed */
};
#define ZERO_12 .key = "\x0c\x00\x00", .length = 3
#define BEHIND_0 .key = "\xff\x00\x00\x00\x00\x00\x01\x07", .length = 8
#define SAYS(text) .value = text, .octets = sizeof(text) - 1
static const struct damage damages[] = {
	{ .why = "it ends too soon", ZERO_12, SAYS("\x81"), .looked_at = true },
	{ .why = "nobody's number", ZERO_12, SAYS("\x01\x00"), .looked_at = true },
	{ .why = "a number beyond all",
	  ZERO_12,
	  SAYS("\x01\xff\xff\xff\xff\xff\xff\xff\x01"),
	  .looked_at = true },
	{ .why = "a hash beyond all",
	  ZERO_12,
	  SAYS("\xff\xff\xff\xff\xff\x7f\x01"),
	  .looked_at = true },
	{ .why = "one of another leaf",
	  ZERO_12,
	  SAYS("\x80\x80\x80\x80\x01\x01"),
	  .looked_at = true },
	{ .why = "a key of no depth", .key = "\x0d\x00\x00", .length = 3, SAYS("\x01\x01") },
	{ .why = "a key with more than its depth",
	  .key = "\x0c\x00\x01",
	  .length = 3,
	  SAYS("\x01\x01") },
	{ .why = "below nothing", .key = "\x0e\x40\x00", .length = 3, SAYS("\x01\x01") },
	{ .why = "how deep, between two", .key = "", .length = 1, SAYS("\x0d") },
	{ .why = "how deep, above all", .key = "", .length = 1, SAYS("\x0a") },
	{ .why = "how deep, below all", .key = "", .length = 1, SAYS("\x26") },
	{ .why = "how deep, twice", .key = "", .length = 1, SAYS("\x0c\x0c") },
	{ .why = "how deep, of something", .key = "\x00\x01", .length = 2, SAYS("\x0c") },
	{ .why = "behind a leaf that is not full", BEHIND_0, SAYS("") },
	{ .why = "behind, and a value", BEHIND_0, SAYS("x") },
	{ .why = "behind, without a number", .key = "\xff\x00\x00\x00\x00", .length = 6, SAYS("") },
};

static bool put_damage(struct store_txn *t, const void *with)
{
	const struct damage *d = with;
	struct key k;
	key_begin(&k, SPACE_MATCH_BLOCK);
	key_bytes(&k, d->key, d->length);
	return store_put(t, key_span(&k),
			 (struct bytes){ (const unsigned char *)d->value, d->octets });
}

static void what_is_damaged_is_told(void)
{
	for (size_t i = 0; i < COUNT(damages); i++) {
		const struct damage *d = &damages[i];
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_damage, d));
		if (count(&f).broken != 1)
			fprintf(stderr, "not told: %s\n", d->why);
		CU_ASSERT_EQUAL(count(&f).broken, 1);
		CU_ASSERT_EQUAL(people_findings(&f, false), 1);
		struct match_entries zero = one(0);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		match_blocks_find(t, f.arena, &zero, 0);
		if (store_failed(t) != d->looked_at)
			fprintf(stderr, "looked at: %s\n", d->why);
		CU_ASSERT_EQUAL(store_failed(t), d->looked_at);
		CU_ASSERT_FALSE(match_block_has(t, f.arena, &(struct match_block_entry){ 0, 7 }));
		store_end(t);
		CU_ASSERT_EQUAL(move_to(&f, FEW, NULL, &zero), !d->looked_at);
		fixture_close(&f);
	}
}

static bool damage(struct fixture *f, const struct damage *d)
{
	return in_job(f, put_damage, d);
}

/* What says that it was parted all the way down leads nowhere. */
static void parted_without_end(void)
{
	static const char zeros[6] = { 0 };
	struct fixture f;
	fixture_open(&f);
	for (char depth = 12; depth <= 36; depth += 2) {
		char key[sizeof zeros];
		memcpy(key, zeros, sizeof key);
		key[0] = depth;
		const struct damage d = { .key = key,
					  .length = 1 + (size_t)(depth + 7) / 8,
					  .value = "" };
		CU_ASSERT_TRUE(damage(&f, &d));
	}
	CU_ASSERT_EQUAL(count(&f).broken, 1);
	struct match_entries zero = one(0);
	CU_ASSERT_FALSE(move_to(&f, FEW, NULL, &zero));
	fixture_close(&f);
}

/* Below one that is not parted; behind one where it stands already, or that cannot be read. */
static void two_that_do_not_agree(void)
{
	static const struct damage below = { .key = "\x0e\x00\x00", .length = 3, SAYS("\x01\x01") },
				   behind = { BEHIND_0, SAYS("") },
				   unread = { ZERO_12, SAYS("\x81") };
	struct fixture f;
	fixture_open(&f);
	struct crowd c = { .first = 1, .count = MATCH_BLOCK_MOST + 1, .hash = 0 };
	CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
	CU_ASSERT_EQUAL(count(&f).broken, 0);
	CU_ASSERT_TRUE(damage(&f, &below));
	CU_ASSERT_EQUAL(count(&f).broken, 1);
	CU_ASSERT_TRUE(damage(&f, &behind));
	CU_ASSERT_EQUAL(count(&f).broken, 2);
	CU_ASSERT_TRUE(damage(&f, &unread));
	CU_ASSERT_EQUAL(people_findings(&f, false), 3);
	fixture_close(&f);
}

/* Leaves that are not where the first was taken for are found all the same. */
static void depth_is_a_guess(void)
{
	static const struct {
		unsigned char depth;
		unsigned broken;
	} guesses[] = { { 12, 0 }, { 20, 0 }, { 36, 0 }, { 2, 1 }, { 64, 1 }, { 13, 1 } };
	for (size_t i = 0; i < COUNT(guesses); i++) {
		struct fixture f;
		fixture_open(&f);
		struct crowd c = { .first = 1, .count = 1, .hash = 0 };
		for (; c.first < 200; c.first++, c.hash += UINT64_C(1) << 17)
			CU_ASSERT_TRUE(in_job(&f, move_crowd, &c));
		const struct damage guess = { .key = "",
					      .length = 1,
					      .value = (const char *)&guesses[i].depth,
					      .octets = 1 };
		CU_ASSERT_TRUE(in_job(&f, put_damage, &guess));
		CU_ASSERT_TRUE(has(&f, UINT64_C(7) << 17, 8));
		CU_ASSERT_FALSE(has(&f, UINT64_C(1) << 35, 8));
		CU_ASSERT_EQUAL(count(&f).broken, guesses[i].broken);
		fixture_close(&f);
	}
}

static const struct test tests[] = { { "who shares most comes first", who_shares_most_comes_first },
				     { "it has what was put", it_has_what_was_put },
				     { "too many lead to nobody", too_many_lead_to_nobody },
				     { "one behind goes from there", one_behind_goes_from_there },
				     { "who is told is bounded", who_is_told_is_bounded },
				     { "what is damaged is told", what_is_damaged_is_told },
				     { "parted without end", parted_without_end },
				     { "two that do not agree", two_that_do_not_agree },
				     { "depth is a guess", depth_is_a_guess },
				     { 0 } };

int main(void)
{
	return suite_run("store: keys for matching", tests);
}
