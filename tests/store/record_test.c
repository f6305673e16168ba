/* tests/store/record_test.c: keys sort as their meaning, records read back, broken octets do no
 * harm. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/keys.h"
#include "store/record.h"

static void keys_sort_as_their_parts(void)
{
	static const struct {
		const char *text;
		uint64_t number;
		instant time;
	} rows[] = {
		{ "", 0, -5 },          { "", 0, 7 },
		{ "", 1, 0 },           { "a", 0, 0 },
		{ "a", 255, 0 },        { "a", 256, 0 },
		{ "a", UINT64_MAX, 0 }, { "a b", 0, 0 },
		{ "ab", 0, 0 },         { "\xe5\xb1\xb1", 3, 9 },
	};
	struct key earlier, later;
	for (size_t i = 1; i < COUNT(rows); i++) {
		for (size_t j = i - 1; j <= i; j++) {
			struct key *k = j == i ? &later : &earlier;
			key_begin(k, SPACE_STORE);
			key_text(k, rows[j].text);
			key_number(k, rows[j].number);
			key_instant(k, rows[j].time);
		}
		CU_ASSERT(bytes_compare(key_span(&earlier), key_span(&later)) < 0);
	}
	key_begin(&earlier, 2);
	key_number_reversed(&earlier, 9);
	key_instant_reversed(&earlier, 3);
	key_begin(&later, 2);
	key_number_reversed(&later, 9);
	key_instant_reversed(&later, -3);
	CU_ASSERT(bytes_compare(key_span(&earlier), key_span(&later)) < 0);
}

static void keys_read_back(void)
{
	struct key k;
	key_begin(&k, 0x33);
	key_text(&k, "101");
	key_number(&k, 77);
	key_number_reversed(&k, 78);
	key_instant(&k, -1);
	key_instant_reversed(&k, 1000);
	key_octet(&k, 9);
	key_bytes(&k, "\0\1\2", 3);
	struct key_reader r = key_read(key_span(&k));
	CU_ASSERT_STRING_EQUAL(key_read_text(&r), "101");
	CU_ASSERT_EQUAL(key_read_number(&r), 77);
	CU_ASSERT_EQUAL(key_read_number_reversed(&r), 78);
	CU_ASSERT_EQUAL(key_read_instant(&r), -1);
	CU_ASSERT_EQUAL(key_read_instant_reversed(&r), 1000);
	CU_ASSERT_EQUAL(key_read_octet(&r), 9);
	CU_ASSERT_FALSE(key_read_end(&r));
	CU_ASSERT(bytes_equal(key_read_bytes(&r, 3),
			      (struct bytes){ (const unsigned char *)"\0\1\2", 3 }));
	CU_ASSERT_TRUE(key_read_end(&r));
	CU_ASSERT_EQUAL(key_read_number(&r), 0);
	CU_ASSERT_TRUE(r.broken);
	CU_ASSERT_STRING_EQUAL(key_read_text(&r), "");
}

/* As they are counted, in as few octets as it takes, and in no other way. */
static void short_numbers(void)
{
	static const uint64_t numbers[] = { 0, 1, 255, 256, 65535, 65536, UINT32_MAX, UINT64_MAX };
	static const size_t lengths[] = { 1, 2, 2, 3, 3, 4, 5, 9 };
	static const unsigned char odd[][4] = { { 2, 2, 0, 1 }, { 2, 9, 1, 1 }, { 2, 3, 1, 1 } };
	struct key k, before = { .length = 0 };
	for (size_t i = 0; i < COUNT(numbers); i++) {
		key_begin(&k, SPACE_STORE);
		key_short(&k, numbers[i]);
		CU_ASSERT_EQUAL(k.length, 1 + lengths[i]);
		CU_ASSERT(bytes_compare(key_span(&before), key_span(&k)) < 0);
		struct key_reader r = key_read(key_span(&k));
		CU_ASSERT_EQUAL(key_read_short(&r), numbers[i]);
		CU_ASSERT_TRUE(key_read_end(&r));
		before = k;
	}
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct key_reader r = key_read((struct bytes){ odd[i], sizeof odd[i] });
		CU_ASSERT_EQUAL(key_read_short(&r), 0);
		CU_ASSERT_TRUE(r.broken);
	}
}

static void a_key_too_long_is_empty(void)
{
	char text[KEY_MOST];
	struct key k;
	memset(text, 'x', sizeof text);
	text[KEY_MOST - 2] = '\0'; /* with the space and the NUL exactly as much as fits */
	key_begin(&k, 1);
	key_text(&k, text);
	CU_ASSERT_EQUAL(key_span(&k).length, KEY_MOST);
	key_octet(&k, 1);
	CU_ASSERT_TRUE(k.overflow);
	CU_ASSERT_EQUAL(key_span(&k).length, 0);
}

enum { NAME = 1, COUNT_OF = 2, BALANCE = 3, BORN = 4, DEAD = 5, PHOTO = 6, CHILD = 7, LATER = 300 };

static struct bytes written(struct arena *a)
{
	struct record_writer w = record_begin(a, 3);
	record_text(&w, NAME, "山田健一");
	record_text(&w, LATER, NULL);
	record_number(&w, COUNT_OF, 0);
	record_signed(&w, BALANCE, -2);
	record_instant(&w, BORN, INT64_MIN);
	record_flag(&w, DEAD, true);
	record_bytes(&w, PHOTO, (struct bytes){ (const unsigned char *)"\0\xff", 2 });
	for (unsigned i = 0; i < 3; i++) {
		record_open(&w, CHILD);
		record_number(&w, COUNT_OF, UINT64_MAX - i);
		record_open(&w, CHILD);
		for (unsigned j = 0; j < i * 30; j++)
			record_text(&w, NAME, "deep");
		record_close(&w);
		record_close(&w);
	}
	record_text(&w, LATER, "added in a later version");
	return record_end(&w);
}

static void records_read_back(void)
{
	struct arena *a = arena_create(1 << 20);
	struct record_reader r = record_read(written(a));
	unsigned children = 0, deep = 0, seen = 0;
	CU_ASSERT_EQUAL(r.version, 3);
	while (record_next(&r)) {
		switch (r.tag) {
		case NAME:
			CU_ASSERT_STRING_EQUAL(record_as_text(&r), "山田健一");
			seen++;
			break;
		case COUNT_OF:
			CU_ASSERT_EQUAL(record_as_number(&r), 0);
			seen++;
			break;
		case BALANCE:
			CU_ASSERT_EQUAL(record_as_signed(&r), -2);
			seen++;
			break;
		case BORN:
			CU_ASSERT_EQUAL(record_as_instant(&r), INT64_MIN);
			seen++;
			break;
		case DEAD:
			CU_ASSERT_TRUE(record_as_flag(&r));
			seen++;
			break;
		case PHOTO:
			CU_ASSERT_EQUAL(r.value.length, 2);
			seen++;
			break;
		case CHILD: {
			struct record_reader in = record_within(&r);
			CU_ASSERT_TRUE(record_next(&in));
			CU_ASSERT_EQUAL(record_as_number(&in), UINT64_MAX - children);
			CU_ASSERT_TRUE(record_next(&in));
			for (struct record_reader d = record_within(&in); record_next(&d);)
				deep++;
			CU_ASSERT_FALSE(record_next(&in) || in.broken);
			children++;
			break;
		}
		}
	}
	CU_ASSERT_FALSE(r.broken);
	CU_ASSERT_EQUAL(seen, 6);
	CU_ASSERT_EQUAL(children, 3);
	CU_ASSERT_EQUAL(deep, 90);
	arena_destroy(a);
}

static void walk(struct record_reader r, unsigned depth)
{
	while (record_next(&r)) {
		struct record_reader copy = r;
		record_as_text(&copy);
		copy = r;
		record_as_signed(&copy);
		if (depth < RECORD_DEPTH)
			walk(record_within(&r), depth + 1);
	}
}

/* Every prefix, and every octet turned over: never outside the octets (the sanitizers watch). */
static void broken_records_do_no_harm(void)
{
	struct arena *a = arena_create(64 << 20);
	struct bytes whole = written(a);
	for (size_t i = 0; i < whole.length; i++) {
		unsigned char *cut = malloc(i + 1);
		memcpy(cut, whole.data, i);
		walk(record_read((struct bytes){ cut, i }), 0);
		free(cut);
		unsigned char *turned = malloc(whole.length);
		memcpy(turned, whole.data, whole.length);
		turned[i] ^= 0xff;
		walk(record_read((struct bytes){ turned, whole.length }), 0);
		free(turned);
	}
	struct record_reader r = record_read(
		(struct bytes){ (const unsigned char *)"\1\1\377", 3 });
	CU_ASSERT_FALSE(record_next(&r));
	CU_ASSERT_TRUE(r.broken);
	r = record_read((struct bytes){ (const unsigned char *)"\1\1\2ab", 5 });
	CU_ASSERT_TRUE(record_next(&r));
	CU_ASSERT_STRING_EQUAL(record_as_text(&r), "");
	CU_ASSERT_TRUE(r.broken);
	arena_destroy(a);
}

static const struct test tests[] = { { "keys sort as their parts", keys_sort_as_their_parts },
				     { "keys read back", keys_read_back },
				     { "short numbers", short_numbers },
				     { "a key too long is empty", a_key_too_long_is_empty },
				     { "records read back", records_read_back },
				     { "broken records do no harm", broken_records_do_no_harm },
				     { 0 } };

int main(void)
{
	return suite_run("store: keys and records", tests);
}
