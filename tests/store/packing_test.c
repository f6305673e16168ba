/* tests/store/packing_test.c: records kept short: nothing is lost, nothing that is a patient's is
 * learnt, and damaged octets do no harm. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/compact_text.h"
#include "store/packing.h"
#include "tests/store/in_job.h"

enum { RECORDS = 600, LEARNT_MOST = 700, REST_MOST = 300 };

static struct bytes text(const char *t)
{
	return bytes_of_text(t);
}

/* What is packed, by the numbers of a generator of its own. */
struct sample {
	unsigned char learnt[LEARNT_MOST], rest[REST_MOST];
	size_t learnt_length, rest_length;
	const char *sender;
};

static uint64_t chance(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Some say what was said before, some are all new, some are empty. */
static void make(struct sample *s, unsigned i)
{
	static const char *const senders[] = { "a-hospital", "b-clinic", NULL };
	uint64_t state = i, said = i % 7;
	s->sender = senders[i % COUNT(senders)];
	s->learnt_length = i % 11 == 0 ? 0 : (size_t)(chance(&said) % LEARNT_MOST);
	s->rest_length = i % 5 == 0 ? 0 : (size_t)(chance(&state) % REST_MOST);
	if (i % 13 == 0)
		said = i;
	for (size_t n = 0; n < s->learnt_length; n++)
		s->learnt[n] = (unsigned char)chance(&said);
	for (size_t n = 0; n < s->rest_length; n++)
		s->rest[n] = (unsigned char)(n % 3 == 0 ? chance(&state) : 'r');
}

static struct bytes learnt_of(const struct sample *s)
{
	return (struct bytes){ s->learnt, s->learnt_length };
}

static struct bytes rest_of(const struct sample *s)
{
	return (struct bytes){ s->rest, s->rest_length };
}

static void compare(struct store_txn *t, struct arena *a, struct bytes packed,
		    const struct sample *s)
{
	struct bytes got;
	CU_ASSERT_TRUE_FATAL(record_unpack(t, a, packed, &got));
	CU_ASSERT_EQUAL_FATAL(got.length, s->learnt_length + s->rest_length);
	CU_ASSERT(memcmp(got.data, s->learnt, s->learnt_length) == 0);
	CU_ASSERT(memcmp(got.data + s->learnt_length, s->rest, s->rest_length) == 0);
}

struct all {
	struct arena *arena;
	struct bytes packed[RECORDS];
};

static bool pack_all(struct store_txn *t, const void *with)
{
	struct all *all = (struct all *)with;
	for (unsigned i = 0; i < RECORDS; i++) {
		struct sample s;
		struct buffer out = buffer_in(all->arena);
		make(&s, i);
		if (!record_pack(t, &out, s.sender, learnt_of(&s), rest_of(&s)))
			return false;
		all->packed[i] = buffer_bytes(&out);
		compare(t, all->arena, all->packed[i], &s);
	}
	return true;
}

/* In the job that packs, in a snapshot, and by a store that remembers nothing. */
static void nothing_is_lost(void)
{
	static struct all all;
	struct fixture f;
	fixture_open(&f);
	all.arena = f.arena;
	CU_ASSERT_TRUE_FATAL(in_job(&f, pack_all, &all));
	for (unsigned again = 0; again < 2; again++) {
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		for (unsigned i = 0; i < RECORDS; i++) {
			struct sample s;
			make(&s, i);
			compare(t, f.arena, all.packed[i], &s);
		}
		store_end(t);
		if (again == 0 && engines_are_durable())
			fixture_reopen(&f);
	}
	fixture_close(&f);
}

#define STAFF                                                                                      \
	"\x02\x10\x0fWelby Hospital^^^^^&2.999.2&ISO\x11\x06"                                      \
	"34133-9 Summarization of Episode"
#define PATIENT "Yamada^Taro 1970-01-01 P00000042 " STAFF

struct said {
	struct arena *arena;
	struct bytes learnt, rest, packed;
};

static bool pack_one(struct store_txn *t, const void *with)
{
	struct said *s = (struct said *)with;
	struct buffer out = buffer_in(s->arena);
	bool packed = record_pack(t, &out, "a-hospital", s->learnt, s->rest);
	s->packed = buffer_bytes(&out);
	return packed;
}

static struct said say(struct fixture *f, const char *learnt, const char *rest)
{
	struct said s = { f->arena, text(learnt), text(rest), { 0 } };
	CU_ASSERT_TRUE(in_job(f, pack_one, &s));
	return s;
}

/* The names of dictionaries and what they say; how many octets there are of them. */
static size_t dictionaries_say(struct fixture *f, const char *what, bool *says)
{
	static const unsigned char space = SPACE_DICTIONARY;
	struct bytes key, value;
	size_t octets = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	*says = false;
	while (store_next(c, &key, &value)) {
		octets += value.length;
		*says = *says || memmem(value.data, value.length, what, strlen(what)) != NULL;
		CU_ASSERT(value.length <= DICTIONARY_OCTETS);
	}
	store_end(t);
	return octets;
}

static void what_is_a_patients_is_not_learnt(void)
{
	struct fixture f;
	bool says;
	fixture_open(&f);
	say(&f, STAFF, PATIENT);
	struct said known = say(&f, STAFF, ""), both = say(&f, STAFF, PATIENT);
	CU_ASSERT(known.packed.length < 12);
	CU_ASSERT(both.packed.length < strlen(PATIENT));
	dictionaries_say(&f, STAFF, &says);
	CU_ASSERT_TRUE(says);
	dictionaries_say(&f, "Yamada", &says);
	CU_ASSERT_FALSE(says);
	fixture_close(&f);
}

struct noise {
	struct arena *arena;
	unsigned from;
};

static bool make_noise(struct store_txn *t, const void *with)
{
	const struct noise *n = with;
	unsigned char octets[1000];
	uint64_t state = n->from;
	for (size_t i = 0; i < sizeof octets; i++)
		octets[i] = (unsigned char)chance(&state);
	struct buffer out = buffer_in(n->arena);
	return record_pack(t, &out, "a-hospital", (struct bytes){ octets, sizeof octets },
			   text(""));
}

/* Who never says the same twice fills nothing but his own dictionaries. */
static void what_is_learnt_is_bounded(void)
{
	struct fixture f;
	bool says;
	fixture_open(&f);
	for (unsigned i = 0; i < DICTIONARIES_MOST + 20; i++) {
		struct noise n = { f.arena, i };
		CU_ASSERT_TRUE_FATAL(in_job(&f, make_noise, &n));
	}
	size_t octets = dictionaries_say(&f, STAFF, &says);
	CU_ASSERT_FALSE(says);
	CU_ASSERT(octets <= (size_t)DICTIONARIES_MOST * DICTIONARY_OCTETS);
	say(&f, STAFF, PATIENT);
	CU_ASSERT_EQUAL(dictionaries_say(&f, STAFF, &says), octets);
	fixture_close(&f);
}

static bool pack_and_refuse(struct store_txn *t, const void *with)
{
	CU_ASSERT_TRUE(pack_one(t, with));
	return false;
}

/* What a job that was undone had learnt is learnt again. */
static void what_was_undone_was_not_learnt(void)
{
	struct fixture f;
	struct bytes got;
	bool says;
	fixture_open(&f);
	struct said s = { f.arena, text(STAFF), text(""), { 0 } };
	CU_ASSERT_FALSE(in_job(&f, pack_and_refuse, &s));
	CU_ASSERT_EQUAL(dictionaries_say(&f, STAFF, &says), 0);
	s = say(&f, STAFF, "");
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(record_unpack(t, f.arena, s.packed, &got));
	CU_ASSERT(bytes_equal(got, text(STAFF)));
	store_end(t);
	fixture_close(&f);
}

/* Cut anywhere, or with any octet changed: read as something or not at all. */
static void damaged_octets_do_no_harm(void)
{
	struct fixture f;
	struct bytes got;
	fixture_open(&f);
	say(&f, STAFF, PATIENT);
	struct said all[] = { say(&f, STAFF, PATIENT), say(&f, STAFF, ""), say(&f, "", "rest") };
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(all); i++) {
		for (size_t n = 0; n < all[i].packed.length; n++) {
			unsigned char *copy = malloc(all[i].packed.length);
			memcpy(copy, all[i].packed.data, all[i].packed.length);
			record_unpack(t, f.arena, (struct bytes){ copy, n }, &got);
			copy[n] ^= 0xff;
			record_unpack(t, f.arena, (struct bytes){ copy, all[i].packed.length },
				      &got);
			free(copy);
		}
	}
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

static void count_finding(void *with, const char *finding)
{
	CU_ASSERT_PTR_NOT_NULL(strstr(finding, "packing: "));
	++*(unsigned *)with;
}

static bool lose_dictionaries(struct store_txn *t, const void *with)
{
	static const unsigned char space = SPACE_DICTIONARY;
	struct bytes key, value;
	struct key found[8];
	unsigned count = 0;
	(void)with;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	while (count < COUNT(found) && store_next(c, &key, &value)) {
		found[count] = (struct key){ .length = key.length };
		memcpy(found[count++].data, key.data, key.length);
	}
	store_scan_end(c);
	while (count > 0)
		store_delete(t, key_span(&found[--count]));
	return true;
}

static void a_check_finds_what_is_gone(void)
{
	struct fixture f;
	unsigned findings = 0;
	struct check_counts counts;
	fixture_open(&f);
	say(&f, STAFF, PATIENT);
	CU_ASSERT_TRUE(store_check(f.store, NULL, count_finding, &findings, &counts, &f.problem));
	CU_ASSERT_EQUAL(findings, 0);
	CU_ASSERT_TRUE(in_job(&f, lose_dictionaries, NULL));
	CU_ASSERT_TRUE(store_check(f.store, NULL, count_finding, &findings, &counts, &f.problem));
	CU_ASSERT_EQUAL(findings, 1);
	fixture_close(&f);
}

/* ---- Texts and keys of digits and dots ---- */

static const char *const texts[] = {
	"",
	".",
	"1",
	"12",
	"1.",
	"1.2",
	"1.23",
	"12.3",
	"20260115093000",
	"2.25.329800735698586629",
};

static void texts_are_shortened_and_read_back(void)
{
	unsigned char octets[64];
	char back[128];
	for (size_t i = 0; i < COUNT(texts); i++) {
		size_t length = compact_text_octets(texts[i]);
		CU_ASSERT_EQUAL(length, strlen(texts[i]) / 2 + 1);
		compact_text_write(texts[i], octets);
		CU_ASSERT_TRUE(compact_text_read(octets, length, back));
		CU_ASSERT_STRING_EQUAL(back, texts[i]);
		CU_ASSERT_FALSE(compact_text_read(octets, length - 1, back));
	}
	CU_ASSERT_EQUAL(compact_text_octets("1 2"), 0);
	CU_ASSERT_EQUAL(compact_text_octets("1.2^3"), 0);
	CU_ASSERT_EQUAL(compact_text_octets("a"), 0);
	CU_ASSERT_EQUAL(compact_text_octets(NULL), 0);
	static const unsigned char wrong[][2] = {
		{ 0xb1, 0xff }, { 0x12, 0x34 }, { 0xf1, 0xff }, { 0x1f, 0xff }
	};
	for (size_t i = 0; i < COUNT(wrong); i++)
		CU_ASSERT_FALSE(compact_text_read(wrong[i], 2, back));
}

static void no_oid_in_a_key_begins_with_another(void)
{
	static const char *const others[] = { "1.2^a", "1.2^ab", "urn:uuid:1", "1.2 " };
	struct key keys[COUNT(texts) + COUNT(others)];
	for (size_t i = 0; i < COUNT(keys); i++) {
		key_begin(&keys[i], 0x46);
		key_oid(&keys[i], i < COUNT(texts) ? texts[i] : others[i - COUNT(texts)]);
	}
	for (size_t i = 0; i < COUNT(keys); i++)
		for (size_t j = 0; j < COUNT(keys); j++)
			if (i != j && keys[i].length <= keys[j].length)
				CU_ASSERT(memcmp(keys[i].data, keys[j].data, keys[i].length) != 0);
}

/* Of a patient's id, whatever it is made of. */
static void no_id_in_a_key_begins_with_another(void)
{
	static const struct {
		const char *id;
		size_t octets;
	} rows[] = {
		{ "7", 1 },
		{ "70", 2 },
		{ "12345678", 5 },
		{ "A7", 4 },
		{ "A", 3 },
		{ "0123456789abcdef0123456789abcdef", 17 },
		{ "0123456789abcdef0123456789abcdee", 17 },
		{ "0123456789abcdef0123456789abcdeF", 34 },
		{ "0123456789ABCDEF0123456789abcdef", 34 },
		{ "0123456789abcdef0123456789abcdeg", 34 },
		{ "0123456789abcdef0123456789abcde", 33 },
		{ "0123456789abcdef0123456789abcdef0", 35 },
		{ "01234567890123456789012345678901", 17 },
	};
	struct key keys[COUNT(rows)];
	for (size_t i = 0; i < COUNT(rows); i++) {
		key_begin(&keys[i], 0x21);
		key_identifier(&keys[i], rows[i].id);
		CU_ASSERT_EQUAL(keys[i].length, 1 + rows[i].octets);
	}
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t j = 0; j < COUNT(rows); j++)
			if (i != j && keys[i].length <= keys[j].length)
				CU_ASSERT(memcmp(keys[i].data, keys[j].data, keys[i].length) != 0);
}

static void ids_and_moments_sort_and_read_back(void)
{
	static const instant times[] = { -(INT64_C(1) << 55),   -1, 0, 1, INT64_C(1770000000000000),
					 (INT64_C(1) << 55) - 1 };
	static const uint64_t ids[] = { 0, 1, 255, 256, (UINT64_C(1) << 40) - 1 };
	struct key k, before;
	for (size_t i = 0; i < COUNT(times); i++) {
		for (size_t j = 0; j < COUNT(ids); j++) {
			key_begin(&k, 0x41);
			key_moment(&k, times[i]);
			key_id(&k, ids[j]);
			if (i + j > 0)
				CU_ASSERT(bytes_compare(key_span(&before), key_span(&k)) < 0);
			before = k;
			key_moment_reversed(&k, times[i]);
			key_id_reversed(&k, ids[j]);
			struct key_reader r = key_read(key_span(&k));
			CU_ASSERT_EQUAL(key_read_moment(&r), times[i]);
			CU_ASSERT_EQUAL(key_read_id(&r), ids[j]);
			CU_ASSERT_EQUAL(key_read_moment_reversed(&r), times[i]);
			CU_ASSERT_EQUAL(key_read_id_reversed(&r), ids[j]);
			CU_ASSERT_TRUE(key_read_end(&r));
			key_read_to_last(&r, 1);
			CU_ASSERT_TRUE(r.broken);
		}
	}
	key_begin(&k, 0x41);
	key_id(&k, UINT64_C(1) << 40);
	CU_ASSERT_EQUAL(key_span(&k).length, 0);
	key_begin(&k, 0x41);
	key_moment(&k, INT64_C(1) << 55);
	CU_ASSERT_EQUAL(key_span(&k).length, 0);
}

static const struct test tests[] = {
	{ "nothing is lost", nothing_is_lost },
	{ "what is a patient's is not learnt", what_is_a_patients_is_not_learnt },
	{ "what is learnt is bounded", what_is_learnt_is_bounded },
	{ "what was undone was not learnt", what_was_undone_was_not_learnt },
	{ "damaged octets do no harm", damaged_octets_do_no_harm },
	{ "a check finds what is gone", a_check_finds_what_is_gone },
	{ "texts are shortened and read back", texts_are_shortened_and_read_back },
	{ "no OID in a key begins with another", no_oid_in_a_key_begins_with_another },
	{ "no id in a key begins with another", no_id_in_a_key_begins_with_another },
	{ "ids and moments sort and read back", ids_and_moments_sort_and_read_back },
	{ 0 },
};

int main(void)
{
	return suite_run("store: packing", tests);
}
