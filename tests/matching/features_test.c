/* tests/matching/features_test.c: what is taken of demographics, and the keys of candidates. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "matching/candidates.h"
#include "tests/matching/people.h"

/* Changes only with what keys are made of; then an index that was kept is made anew. */
#define KEYS_OF_HANAKO 0x952a7ab7d83b11beu
#define INDEXED_OF_HANAKO 0xa10cc2471b882175u

static const char *text_of(struct arena *a, struct runes r)
{
	const char *text = runes_text(a, r);
	return text == NULL ? "" : text;
}

static void names(void)
{
	static const struct {
		const char *why, *line;
		enum match_script script;
		const char *whole, *family, *given, *loose;
	} rows[] = {
		{ "kana", "-/ﾔﾏｻﾞｷ ﾊﾅｺ", MATCH_READING, "ヤマザキハナコ", "ヤマザキ", "ハナコ",
		  "ヤマサキハナコ" },
		{ "undivided", "-/やまざきはなこ", MATCH_READING, "ヤマザキハナコ", "", "",
		  "ヤマサキハナコ" },
		{ "kanji", "髙﨑　惠さくら", MATCH_KANJI, "高崎恵サクラ", "高崎", "恵サクラ",
		  "高崎恵サクラ" },
		{ "confusable", "斉藤　一", MATCH_KANJI, "斉藤一", "斉藤", "一", "斎藤一" },
		{ "a blank at both ends", "　山田　", MATCH_KANJI, "山田", "", "", "山田" },
		{ "of two parts", "////////latin=Smith_John", MATCH_LATIN, "SMITHJOHN", "SMITH",
		  "JOHN", "SMITHJOHN" },
		{ "the given one alone", "////////latin=_John", MATCH_LATIN, "JOHN", "", "",
		  "JOHN" },
		{ "of three words", "////////latin=A B C", MATCH_LATIN, "A", "", "", "A" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct match_name *n = person(a, rows[i].line)->names;
		CU_ASSERT_PTR_NOT_NULL_FATAL(n);
		CU_ASSERT_EQUAL(n->script, rows[i].script);
		CU_ASSERT_STRING_EQUAL(text_of(a, n->whole.form), rows[i].whole);
		CU_ASSERT_STRING_EQUAL(text_of(a, n->family.form), rows[i].family);
		CU_ASSERT_STRING_EQUAL(text_of(a, n->given.form), rows[i].given);
		CU_ASSERT_STRING_EQUAL(text_of(a, n->whole.loose), rows[i].loose);
	}
	arena_destroy(a);
}

static void has_bounds(void)
{
	struct arena *a = arena_create(64 << 20);
	struct person_name names[MATCH_NAMES_MOST + 2];
	struct telecom phones[MATCH_VALUES_MOST + 2];
	struct postal_address addresses[MATCH_VALUES_MOST + 2];
	struct insurance insurances[MATCH_VALUES_MOST + 2];
	char *long_name = arena_alloc(a, 400);
	memset(long_name, 'A', 399);
	for (size_t i = 0; i < COUNT(names); i++)
		names[i] = (struct person_name){ .family = long_name,
						 .next = i + 1 < COUNT(names) ? &names[i + 1]
									      : NULL };
	for (size_t i = 0; i < COUNT(phones); i++) {
		bool last = i + 1 == COUNT(phones);
		phones[i] = (struct telecom){ arena_printf(a, "03-1234-567%zu", i), NULL,
					      last ? NULL : &phones[i + 1] };
		addresses[i] = (struct postal_address){ .postal_code = "1234567",
							.text = long_name,
							.next = last ? NULL : &addresses[i + 1] };
		insurances[i] = (struct insurance){ .insurer = "01130012",
						    .symbol = "1",
						    .number = "234",
						    .next = last ? NULL : &insurances[i + 1] };
	}
	struct patient_demographics d = {
		.names = names, .telecoms = phones, .addresses = addresses, .insurances = insurances
	};
	struct match_subject s = { &d, NULL, NULL };
	struct match_features *f = match_features(a, &s);
	unsigned count = 0;
	for (const struct match_name *n = f->names; n != NULL; n = n->next, count++)
		CU_ASSERT_EQUAL(n->whole.form.count, MATCH_RUNES_MOST);
	CU_ASSERT_EQUAL(count, MATCH_NAMES_MOST);
	CU_ASSERT_EQUAL(f->phone_count, MATCH_VALUES_MOST);
	CU_ASSERT_EQUAL(f->address_count, MATCH_VALUES_MOST);
	CU_ASSERT_EQUAL(f->insurance_count, MATCH_VALUES_MOST);
	CU_ASSERT_EQUAL(f->addresses[0].text.count, MATCH_ADDRESS_MOST);
	arena_destroy(a);
}

/* By what somebody was insured before he is compared, too; each list leaves the other room. */
static void former_insurances_count(void)
{
	struct arena *a = arena_create(64 << 20);
	struct insurance now[MATCH_VALUES_MOST + 1], former[MATCH_INSURANCES_MOST + 1];
	struct insurance *const lists[] = { now, former };
	const size_t counts[] = { COUNT(now), COUNT(former) };
	for (size_t n = 0; n < COUNT(lists); n++)
		for (size_t i = 0; i < counts[n]; i++)
			lists[n][i] = (struct insurance){
				.insurer = n == 0 ? "01130012" : "39131156",
				.number = "12345674",
				.branch = "01",
				.next = i + 1 < counts[n] ? &lists[n][i + 1] : NULL
			};
	struct patient_demographics d = { .insurances = now, .former_insurances = former };
	const struct match_features *f = match_features(a,
							&(struct match_subject){ &d, NULL, NULL });
	CU_ASSERT_EQUAL_FATAL(f->insurance_count, MATCH_INSURANCES_MOST);
	CU_ASSERT_STRING_EQUAL(f->insurances[MATCH_VALUES_MOST - 1].insurer, "01130012");
	CU_ASSERT_STRING_EQUAL(f->insurances[MATCH_VALUES_MOST - 1].branch, "01");
	/* A number of the old-age scheme is one person's, and has no branch. */
	CU_ASSERT_STRING_EQUAL(f->insurances[MATCH_VALUES_MOST].insurer, "39131156");
	CU_ASSERT_STRING_EQUAL(f->insurances[MATCH_VALUES_MOST].branch, "");
	d.insurances = NULL;
	f = match_features(a, &(struct match_subject){ &d, NULL, NULL });
	CU_ASSERT_EQUAL(f->insurance_count, MATCH_INSURANCES_MOST);
	arena_destroy(a);
}

/* Nothing of what was given is kept: a feature outlives its message. */
static void borrows_nothing(void)
{
	struct arena *a = arena_create(64 << 20);
	char domain[] = "1.2.3", order[] = "2";
	struct patient_demographics d = { .multiple_birth = "Y", .birth_order = order };
	struct match_subject s = { &d, domain, NULL };
	struct match_features *f = match_features(a, &s);
	memset(domain, 'x', sizeof domain - 1);
	memset(order, 'x', sizeof order - 1);
	CU_ASSERT_STRING_EQUAL(f->domain, "1.2.3");
	CU_ASSERT_STRING_EQUAL(f->order, "2");
	arena_destroy(a);
}

/* ---- Candidates ---- */

#define PLACE "1000001/東京都千代田区千代田99-1-2"
#define HERE PLACE "/03-1234-5678/01130012 12 345 -"
#define ELSEWHERE "9000006/那覇市泉崎12-44-8/098-765-4321/06980015 77 981 -"

typedef size_t keys_of(const struct match_features *f, struct match_key out[MATCH_KEYS_MOST]);

static const char *shared(struct arena *a, keys_of *keys, const char *x, const char *y)
{
	struct match_key one[MATCH_KEYS_MOST], two[MATCH_KEYS_MOST];
	size_t ones = keys(person(a, x), one), twos = keys(person(a, y), two);
	for (size_t i = 0; i < ones; i++)
		for (size_t k = 0; k < twos; k++)
			if (one[i].hash == two[k].hash)
				return match_key_name(one[i].kind);
	return "none";
}

static void candidates(void)
{
	static const struct {
		const char *why, *x, *y, *key;
	} rows[] = {
		{ "one's own number", "////////personal=1234567", "////////personal=1234567",
		  "personal" },
		{ "insurance, whatever the branch", "///////01130012 12 345 -",
		  "///////01130012 12 345 02", "insurance" },
		{ "phone", "//////03-1234-5678", "//////0312345678", "phone" },
		{ "moved", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19550812/F/" ELSEWHERE, "name-year" },
		{ "moved, another era", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/20180812/F/" ELSEWHERE, "name-day" },
		{ "moved, day and month", "山田　花子/-/19550812/F/" HERE,
		  "山田　花子/-/19551208/F/" ELSEWHERE, "written-year" },
		{ "moved, another era, kanji only", "山田　花子/-/19550812/F/" HERE,
		  "山田　花子/-/20180812/F/" ELSEWHERE, "written-day" },
		{ "married and moved", "山田　花子/ヤマダ　ハナコ/19850812/F/" HERE,
		  "佐藤　花子/サトウ　ハナコ/19850812/F/" ELSEWHERE, "birth-reading" },
		{ "the given name misread, moved", "山田　裕子/ヤマダ　ユウコ/19850812/F/" HERE,
		  "山田　裕子/ヤマダ　ヒロミ/19850812/F/" ELSEWHERE, "written-year" },
		{ "the end typed wrong, moved", "-/ヤマダ　ハナコ/19850812/F/" HERE,
		  "-/ヤマダ　ハナキ/19850812/F/" ELSEWHERE, "birth-family" },
		{ "married, read otherwise, moved", "山田　裕子/ヤマダ　ユウコ/19850812/F/" HERE,
		  "佐藤　裕子/サトウ　ヒロミ/19850812/F/" ELSEWHERE, "birth-written" },
		{ "the birth date all wrong", "-/ヤマダ　ハナコ/19850812/F/" PLACE,
		  "-/ヤマダ　ハナコ/19441130/F/" PLACE, "place-given" },
		{ "the birth date and the end", "-/ヤマダ　ハナコ/19850812/F/" PLACE,
		  "-/ヤマダ　カズキ/19851130/F/" PLACE, "place-family" },
		{ "the name all wrong", "-/ヤマダ　ハナコ/19850812/F/1000001",
		  "-/ミムラ　ソノエ/19850812/F/1000001", "birth-place" },
		{ "nothing but the house", "-/ヤマダ　ハナコ/19850812/F/" PLACE,
		  "-/ミムラ　ソノエ/19441130/F/" PLACE, "house" },
		{ "a namesake elsewhere", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19710123/F/" ELSEWHERE, "name" },
		{ "one birthday", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "佐藤　健太/サトウ　ケンタ/19550812/M/" ELSEWHERE, "birth" },
		{ "letters, both names in the other order", "////9000006////latin=Smith_John",
		  "////1000001////latin=John_Smith", "heads" },
		{ "a street, one letter of the postcode", "////1230001/5 Mackey Place///latin=A_B",
		  "////1230010/7 Mackeyplace///latin=C_B", "street" },
		{ "a town and a house, another postcode", "////9000006/那覇市泉崎旭町字中央12-44-8",
		  "////9000007/那覇市泉崎旭町字中央12-44-8", "street" },
		{ "one name, another birth date, elsewhere", "山田　花子/-/19550812/F/" HERE,
		  "山田　花子/-/19710123/F/" ELSEWHERE, "written" },
		{ "nothing", "", "", "none" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *key = shared(a, match_keys, rows[i].x, rows[i].y);
		if (!text_equal(key, rows[i].key))
			printf("%s: they share %s, not %s\n", rows[i].why, key, rows[i].key);
		CU_ASSERT_STRING_EQUAL(key, rows[i].key);
	}
	arena_destroy(a);
}

/* The same of those that an index keeps: what is wide is none of them. */
static void indexed_keys(void)
{
	static const struct {
		const char *why, *x, *y, *key;
	} rows[] = {
		{ "insurance", "///////01130012 12 345 -", "///////01130012 12 345 02",
		  "insurance" },
		{ "one's own number", "////////personal=1234567", "////////personal=1234567",
		  "personal" },
		{ "moved", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19550811/F/" ELSEWHERE, "name-year" },
		{ "moved, another era", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/20180812/F/" ELSEWHERE, "name-day" },
		{ "married and moved", "山田　花子/ヤマダ　ハナコ/19850812/F/" HERE,
		  "佐藤　花子/サトウ　ハナコ/19850812/F/" ELSEWHERE, "birth-reading" },
		{ "read otherwise, moved", "山田　裕子/ヤマダ　ユウコ/19850812/F/" HERE,
		  "佐藤　裕子/サトウ　ヒロミ/19850812/F/" ELSEWHERE, "birth-kanji" },
		{ "one character of the end", "山田　裕子/ヤマダ　ユウコ/19850812/F/" HERE,
		  "佐藤　洋子/サトウ　ヒロミ/19850812/F/" ELSEWHERE, "none" },
		{ "the birth date all wrong", "-/ヤマダ　ハナコ/19850812/F/" PLACE,
		  "-/ヤマダ　ハナコ/19441130/F/" PLACE, "place-given" },
		{ "the name all wrong", "-/ヤマダ　ハナコ/19850812/F/1000001",
		  "-/ミムラ　ソノエ/19850812/F/1000001", "birth-place" },
		{ "nothing but the house", "-/ヤマダ　ハナコ/19850812/F/" PLACE,
		  "-/ミムラ　ソノエ/19441130/F/" PLACE, "none" },
		{ "a namesake elsewhere", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19710123/F/" ELSEWHERE, "none" },
		{ "one birthday", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "佐藤　健太/サトウ　ケンタ/19550812/M/" ELSEWHERE, "none" },
		{ "a town and a house, another postcode", "////9000006/那覇市泉崎旭町字中央12-44-8",
		  "////9000007/那覇市泉崎旭町字中央12-44-8", "none" },
		{ "letters, both names in the other order", "////9000006////latin=Smith_John",
		  "////1000001////latin=John_Smith", "heads" },
		{ "letters, a birth date and one name", "//19850812/M/9000006////latin=Smith_John",
		  "//19850812/M/1000001////latin=Smythe_John", "birth-heads" },
		{ "letters, of one name alone", "//19850812/M/9000006////latin=Smith",
		  "//19850812/M/1000001////latin=Smith", "birth-heads" },
		{ "letters, no birth date", "////9000006////latin=Smith",
		  "////1000001////latin=Smith", "none" },
		{ "a street and its number", "////1230001/5 Mackey Place///latin=A_B",
		  "////1230010/5 Mackeyplace///latin=C_D", "street" },
		{ "a street and another number", "////1230001/5 Mackey Place///latin=A_B",
		  "////1230010/7 Mackeyplace///latin=C_B", "none" },
		{ "nothing", "", "", "none" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *key = shared(a, match_indexed_keys, rows[i].x, rows[i].y);
		if (!text_equal(key, rows[i].key))
			printf("%s: they share %s, not %s\n", rows[i].why, key, rows[i].key);
		CU_ASSERT_STRING_EQUAL(key, rows[i].key);
	}
	arena_destroy(a);
}

/* Who is found by kana is found by letters only together with a birth date. */
static void letters_beside_kana(void)
{
	struct arena *a = arena_create(64 << 20);
	struct match_key keys[MATCH_KEYS_MOST];
	struct person_name kana = { .family = "ヤマダ", .given = "ハナコ" },
			   letters = { .family = "Yamada", .given = "Hanako", .next = &kana };
	struct patient_demographics d = { .names = &letters };
	const struct match_subject s = { .demographics = &d };
	CU_ASSERT_EQUAL(match_indexed_keys(match_features(a, &s), keys), 0);
	d.birth_date = "19850812";
	CU_ASSERT_EQUAL(match_indexed_keys(match_features(a, &s), keys), 5);
	struct postal_address street = { .text = "5 Mackey Place" };
	d.addresses = &street;
	CU_ASSERT_EQUAL(match_indexed_keys(match_features(a, &s), keys), 5);
	d.addresses = NULL;
	letters.next = NULL;
	CU_ASSERT_EQUAL(match_indexed_keys(match_features(a, &s), keys), 3);
	arena_destroy(a);
}

/* An index may be kept: the same on every machine, whatever made it. */
static void keys_are_lasting(void)
{
	struct arena *a = arena_create(64 << 20);
	struct match_key keys[MATCH_KEYS_MOST];
	size_t count = match_keys(person(a, "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE), keys);
	uint64_t all = 0;
	for (size_t i = 0; i < count; i++)
		all ^= keys[i].hash;
	CU_ASSERT_EQUAL(count, 17);
	if (all != KEYS_OF_HANAKO)
		printf("%zu keys, %#llx\n", count, (unsigned long long)all);
	CU_ASSERT_EQUAL(all, KEYS_OF_HANAKO);
	count = match_indexed_keys(person(a, "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE), keys);
	all = 0;
	for (size_t i = 0; i < count; i++)
		all ^= keys[i].hash;
	CU_ASSERT_EQUAL(count, 8);
	if (all != INDEXED_OF_HANAKO)
		printf("%zu indexed, %#llx\n", count, (unsigned long long)all);
	CU_ASSERT_EQUAL(all, INDEXED_OF_HANAKO);
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = { { "names", names },
					     { "has bounds", has_bounds },
					     { "former insurances count", former_insurances_count },
					     { "borrows nothing", borrows_nothing },
					     { "candidates", candidates },
					     { "indexed keys", indexed_keys },
					     { "letters beside kana", letters_beside_kana },
					     { "keys are lasting", keys_are_lasting },
					     { NULL, NULL } };
	return suite_run("features", tests);
}
