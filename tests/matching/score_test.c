/* tests/matching/score_test.c: whom the rules link, whom they show to somebody, and who is nobody's
 * business (japan.md C7, D7), with the weights that are shipped, for a region of a million. */
#include "tests/base/suite.h"

#include <math.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "matching/score.h"
#include "tests/matching/people.h"

#define PLACE "1000001/東京都千代田区千代田99-1-2"
#define HERE PLACE "/03-1234-5678/01130012 12 345 -"
#define ELSEWHERE "9000006/那覇市泉崎12-44-8/098-765-4321/06980015 77 981 -"

struct row {
	const char *why, *x, *y;
	enum match_outcome outcome;
	enum match_rule rule; /* one that must have spoken; MATCH_RULES: none may */
};

static void check(const struct row *rows, size_t count)
{
	struct arena *a = arena_create(64 << 20);
	const struct match_weights *w = match_weights_default(a);
	for (size_t i = 0; i < count; i++) {
		struct match_comparison c = match_compare(person(a, rows[i].x),
							  person(a, rows[i].y));
		struct match_score s = match_score(&c, w);
		bool right = s.outcome == rows[i].outcome
			     && (rows[i].rule == MATCH_RULES ? s.rules == 0
							     : (s.rules >> rows[i].rule & 1) != 0);
		if (!right)
			printf("%s:\n%s\n", rows[i].why, match_explained(a, &s, w));
		CU_ASSERT_TRUE(right);
	}
	arena_destroy(a);
}

static void links(void)
{
	static const struct row rows[] = {
		{ "all alike", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE, MATCH_LINK, MATCH_RULES },
		{ "moved, the same phone", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19550812/F/9000006/那覇市泉崎12-44-8/03-1234-5678",
		  MATCH_LINK, MATCH_RULES },
		{ "undivided, half width, another form",
		  "髙橋　惠子/タカハシ　ケイコ/S30.8.12/F/" HERE,
		  "高橋恵子/ﾀｶﾊｼｹｲｺ/19550812/F/" PLACE, MATCH_LINK, MATCH_RULES },
		{ "married, the same phone", "山田　花子/ヤマダ　ハナコ/19850812/F/" HERE,
		  "佐藤　花子/サトウ　ハナコ/19850812/F/9000006/那覇市泉崎12-44-8/03-1234-5678",
		  MATCH_LINK, MATCH_RULES },
		{ "one's own insurance number, all else changed",
		  "山田　花子/ヤマダ　ハナコ/19850812/F/" PLACE "/-/01130012 12 345 02",
		  "佐藤　花子/サトウ　ハナコ/19850812/F/9000006/那覇市泉崎12-44-8/-/"
		  "01130012 12 345 02",
		  MATCH_LINK, MATCH_RULES },
		{ "day and month, and the same phone", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19551208/F/" HERE, MATCH_LINK, MATCH_RULES },
		{ "昭和 for 平成", "山田　花子/ヤマダ　ハナコ/19930812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19300812/F/" HERE, MATCH_LINK, MATCH_RULES },
		{ "the sex alone", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19550812/M/" HERE, MATCH_LINK, MATCH_RULES },
		{ "registered twice in one domain, all the same",
		  "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE "/domain=1",
		  "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE "/domain=1", MATCH_LINK,
		  MATCH_RULES },
		{ "no birth date, but the name read and written",
		  "山田　花子/ヤマダ　ハナコ/-/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE, MATCH_LINK, MATCH_RULES },
		{ "no given name to compare, one's own insurance number",
		  "山田　花子/-/19550812/F/" PLACE "/-/01130012 12 345 02",
		  "-/ヤマダ　ハナコ/19550812/F/" PLACE "/-/01130012 12 345 02", MATCH_LINK,
		  MATCH_RULES },
		{ "Latin, one slip, one's own number",
		  "//19550812/F/" HERE "/latin=Smith_Maria personal=1234567",
		  "//19550812/F/" HERE "/latin=Smith_Marie personal=1234567", MATCH_LINK,
		  MATCH_RULES },
		{ "kanji only and kana only", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "-/ﾔﾏﾀﾞ ﾊﾅｺ/19550812/F/" HERE, MATCH_LINK, MATCH_RULES },
	};
	check(rows, COUNT(rows));
}

static void never_links(void)
{
	static const struct row rows[] = {
		{ "twins", "山田　太郎/ヤマダ　タロウ/20100812/M/" HERE,
		  "山田　次郎/ヤマダ　ジロウ/20100812/M/" HERE, MATCH_REVIEW, RULE_GIVEN_NAMES },
		{ "twins, one kana", "山田　美香/ヤマダ　ミカ/20100812/F/" HERE,
		  "山田　美花/ヤマダ　ミハ/20100812/F/" HERE, MATCH_REVIEW, RULE_GIVEN_NAMES },
		{ "twins, read alike but for a long vowel, other kanji",
		  "山田　優希/ヤマダ　ユウキ/20100812/F/" HERE,
		  "山田　由紀/ヤマダ　ユキ/20100812/F/" HERE, MATCH_REVIEW, RULE_GIVEN_NAMES },
		{ "twins of two branches",
		  "山田　太郎/ヤマダ　タロウ/20100812/M/" PLACE "/-/01130012 12 345 03",
		  "山田　太朗/ヤマダ　タロウ/20100812/M/" PLACE "/-/01130012 12 345 04",
		  MATCH_REVIEW, RULE_OTHER_BRANCH },
		{ "of a multiple birth",
		  "山田　太郎/ヤマダ　タロウ/20100812/M/" HERE "/multiple order=1",
		  "山田　太郎/ヤマダ　タロウ/20100812/M/" HERE "/multiple order=2", MATCH_REVIEW,
		  RULE_BIRTH_ORDER },
		{ "one name, one birthday, two strangers",
		  "佐藤　一郎/サトウ　イチロウ/19550812/M/" HERE,
		  "佐藤　一郎/サトウ　イチロウ/19550812/M/" ELSEWHERE, MATCH_REVIEW, RULE_ALONE },
		{ "a postcode where nobody knows the address: the facility's own",
		  "佐藤　一郎/サトウ　イチロウ/19550812/M/1500002/不明",
		  "佐藤　一郎/サトウ　イチロウ/19550812/M/1500002/住所不定", MATCH_REVIEW,
		  RULE_ALONE },
		{ "the same of a rare name", "勅使河原　一郎/テシガワラ　イチロウ/19550812/M/" HERE,
		  "勅使河原　一郎/テシガワラ　イチロウ/19550812/M/" ELSEWHERE, MATCH_REVIEW,
		  RULE_ALONE },
		{ "two ids of one domain, another phone",
		  "山田　花子/ヤマダ　ハナコ/19550812/F/" PLACE "/-/-/domain=1",
		  "山田　花子/ヤマダ　ハナコ/19550812/F/" PLACE "/-/-/domain=1", MATCH_REVIEW,
		  RULE_ONE_DOMAIN },
		{ "two ids of one domain, read otherwise",
		  "山田　裕子/ヤマダ　ユウコ/19550812/F/" HERE "/domain=1",
		  "山田　裕子/ヤマダ　ヒロコ/19550812/F/" HERE "/domain=1", MATCH_REVIEW,
		  RULE_ONE_DOMAIN },
		{ "nobody knows who", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE "/unknown",
		  "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE, MATCH_REVIEW, RULE_NO_NAME },
		{ "no birth date, a number of one's own, and a name that may be a sister's",
		  "山田　花子/ヤマダ　ハナコ/-/F/" PLACE "/-/01130012 12 345 02",
		  "山田　華子/ヤマダ　ハナコ/19550812/F/" PLACE "/-/01130012 12 345 02",
		  MATCH_REVIEW, RULE_BIRTH_DATES },
		{ "no birth date and no kanji", "-/ヤマダ　ハナコ/-/F/" HERE,
		  "-/ヤマダ　ハナコ/19550812/F/" HERE, MATCH_REVIEW, RULE_BIRTH_DATES },
		{ "no given name to compare", "山田　花子/-/19550812/F/" HERE,
		  "-/ヤマダ　ハナコ/19550812/F/" HERE, MATCH_REVIEW, RULE_GIVEN_NAMES },
		{ "Latin, one slip, one address", "//19550812/F/" HERE "/latin=Smith_Maria",
		  "//19550812/F/" HERE "/latin=Smith_Marie", MATCH_REVIEW, RULE_GIVEN_NAMES },
		{ "two parts of it", "山田　花子/ヤマダ　ハナコ/19550812/F/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19560912/F/" HERE, MATCH_REVIEW, RULE_BIRTH_DATES },
		{ "married, day and month, no insurance",
		  "山田　花子/ヤマダ　ハナコ/19850812/F/" PLACE,
		  "佐藤　花子/サトウ　ハナコ/19851208/F/1000001", MATCH_REVIEW, RULE_WEAKNESSES },
		{ "the sex, and another kanji", "山田　薫/ヤマダ　カオル/19550812/F/" HERE,
		  "山田　馨/ヤマダ　カオル/19550812/M/" HERE, MATCH_REVIEW, RULE_SEXES },
	};
	check(rows, COUNT(rows));
}

static void apart(void)
{
	static const struct row rows[] = {
		{ "parent and child", "山田　一郎/ヤマダ　イチロウ/19550812/M/" HERE,
		  "山田　健太/ヤマダ　ケンタ/19850301/M/" HERE, MATCH_APART, MATCH_RULES },
		{ "husband and wife", "山田　一郎/ヤマダ　イチロウ/19550812/M/" HERE,
		  "山田　花子/ヤマダ　ハナコ/19570921/F/" HERE, MATCH_APART, MATCH_RULES },
		{ "sisters", "山田　花子/ヤマダ　ハナコ/20050812/F/" HERE,
		  "山田　美咲/ヤマダ　ミサキ/20080921/F/" HERE, MATCH_APART, MATCH_RULES },
		{ "namesakes", "佐藤　一郎/サトウ　イチロウ/19550812/M/" HERE,
		  "佐藤　一郎/サトウ　イチロウ/19720921/M/" ELSEWHERE, MATCH_APART, MATCH_RULES },
		{ "one birthday", "佐藤　一郎/サトウ　イチロウ/19550812/M/" HERE,
		  "田中　健太/タナカ　ケンタ/19550812/M/" ELSEWHERE, MATCH_APART, MATCH_RULES },
		{ "nothing", "", "", MATCH_APART, MATCH_RULES },
	};
	check(rows, COUNT(rows));
}

static void is_explained(void)
{
	struct arena *a = arena_create(64 << 20);
	const struct match_weights *w = match_weights_default(a);
	struct match_comparison c = match_compare(
		person(a, "山田　太郎/ヤマダ　タロウ/20100812/M/" HERE),
		person(a, "山田　次郎/ヤマダ　ジロウ/20100812/M/" HERE));
	struct match_score s = match_score(&c, w);
	double stranger = w->prior_stranger, relative = w->prior_relative;
	for (enum match_field f = 0; f < MATCH_FIELDS; f++) {
		stranger += s.steps[f].stranger;
		relative += s.steps[f].relative;
		CU_ASSERT_DOUBLE_EQUAL(s.steps[f].total_stranger, stranger, 1e-9);
		CU_ASSERT_DOUBLE_EQUAL(s.steps[f].total_relative, relative, 1e-9);
	}
	CU_ASSERT_DOUBLE_EQUAL(s.total_stranger, stranger, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(s.total_relative, relative, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(s.total, fmin(stranger, relative), 1e-9);
	const char *text = match_explained(a, &s, w);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "not linked: given-names-differ\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "outcome: review\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\ngiven      close-both "));
	CU_ASSERT_PTR_NULL(strstr(text, "\nmother "));
	CU_ASSERT_PTR_NULL(strstr(text, "山田"));
	double probability = match_probability(&s);
	CU_ASSERT(probability > 0 && probability < 1);
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = { { "links", links },
					     { "never links", never_links },
					     { "apart", apart },
					     { "is explained", is_explained },
					     { NULL, NULL } };
	return suite_run("score", tests);
}
