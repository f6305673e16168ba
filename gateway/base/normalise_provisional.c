/* gateway/base/normalise_provisional.c: names that are none yet (japan.md C4).
 *
 * Hospitals write what stands for a newborn's, an unknown or a test patient's name in many ways;
 * they are compared in one form: width and kana folded, small kana large, long vowels and blanks
 * gone. */
#include "gateway/base/normalise.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/runes.h"
#include "gateway/base/text.h"

enum {
	CHILD_OF_LEAST = 5,
	CHILD_OF_KANJI_LEAST = 4
}; /* ハナコノコ, 花子ノ子; タケノコ is a word */

/* Wherever they stand. */
static const char32_t *const anywhere[] = {
	U"ベビ",           U"ベイビ",     U"BABY",         U"シンセイジ", U"新生児",
	U"アカチヤン",     U"赤チヤン",   U"男児",         U"女児",       U"乳児",
	U"不明",           U"不詳",       U"氏名不",       U"名無",       U"未命名",
	U"命名前",         U"ミメイメイ", U"メイメイマエ", U"NEWBORN",    U"テスト患者",
	U"テストカンジヤ", U"UNKNOWN",    U"UNNAMED",      U"NONAME",
};

/* When nothing else is there but digits at the end. */
static const char32_t *const alone[] = {
	U"チヨウナン",
	U"チヨウジヨ",
	U"ジナン",
	U"ジジヨ",
	U"サンナン",
	U"サンジヨ",
	U"ヨンナン",
	U"ヨンジヨ",
	U"ゴナン",
	U"ゴジヨ",
	U"ダンジ",
	U"ジヨジ",
	U"ニユウジ",
	U"オトコ",
	U"オンナ",
	U"オトコノコ",
	U"オンナノコ",
	U"男",
	U"女",
	U"男ノ子",
	U"女ノ子",
	U"アカンボウ",
	U"アカゴ",
	U"フタゴ",
	U"ミツゴ",
	U"双子",
	U"双生児",
	U"ソウセイジ",
	U"ダイイツシ",
	U"ダイニシ",
	U"ダイサンシ",
	U"ボイ",
	U"ガル",
	U"BOY",
	U"GIRL",
	U"BB",
	U"BG",
	U"NB",
	U"INFANT",
	U"TWIN",
	U"TWINA",
	U"TWINB",
	U"TEST",
	U"テスト",
	U"DUMMY",
	U"ダミ",
	U"ナナシ",
	U"ナナシノゴンベエ",
	U"ムメイ",
	U"フメイ",
	U"フシヨウ",
	U"シメイフメイ",
	U"シメイフシヨウ",
	U"ミテイ",
	U"未定",
	U"ナマエミテイ",
	U"胎児",
	U"タイジ",
};

/* At the end of a name in one piece as well: a place in the family, or a name. */
static const char32_t *const places[] = {
	U"長男", U"長女", U"次男", U"次女", U"二男", U"二女",
	U"三男", U"三女", U"四男", U"四女", U"五男", U"五女",
};

static char32_t folded(char32_t c)
{
	static const char32_t small[] = U"ァアィイゥウェエォオッツャヤュユョヨヮワヵカヶケ";
	if ((c >= 0x3041 && c <= 0x3096) || c == 0x309d || c == 0x309e)
		c += 0x60;
	if (c < U'ァ' || c > U'ヶ')
		return rune_capital(c);
	for (const char32_t *s = small; *s != 0; s += 2)
		if (s[0] == c)
			return s[1];
	return rune_capital(c);
}

static bool counts(char32_t c)
{
	return !rune_blank(c) && !rune_mark(c) && !rune_hyphen(c) && c != U'ー' && c >= 0x20
	       && !rune_in(c, U"・･.,'’‘`=＝~/()[]（）<>");
}

/* Every name of every feed is held against all these words, and hardly any has one of them: so
 * what runes a name has is asked first, by six bits of each. */
static uint64_t trace_of(char32_t c)
{
	return (uint64_t)1 << (c & 63);
}

static uint64_t traces(struct runes r)
{
	uint64_t all = 0;
	for (size_t i = 0; i < r.count; i++)
		all |= trace_of(r.at[i]);
	return all;
}

static bool stands_anywhere(struct runes r, const char32_t *word)
{
	for (size_t i = 0; i < r.count; i++)
		if (r.at[i] == word[0] && runes_start(r, i, word))
			return true;
	return false;
}

static size_t length_of(const char32_t *word)
{
	size_t length = 0;
	while (word[length] != 0)
		length++;
	return length;
}

static bool ends_with(struct runes r, const char32_t *word)
{
	size_t length = length_of(word);
	return length <= r.count && runes_start(r, r.count - length, word);
}

/* 第1子, 第二子, 2子, B児, II児; 一子 is a name. */
static bool is_numbered_child(struct runes r)
{
	if (r.count < 2 || !rune_in(r.at[r.count - 1], U"子児"))
		return false;
	bool child = r.at[r.count - 1] == U'子', ordinal = r.at[0] == U'第';
	for (size_t i = ordinal; i + 1 < r.count; i++) {
		char32_t c = r.at[i];
		bool number = rune_digit(c) || (ordinal && rune_in(c, U"一二三四五"));
		if (!number && (child || c < U'A' || c > U'Z'))
			return false;
	}
	return r.count > 1u + ordinal;
}

/* ハナコノコ, 花子の子: a mother's name and what is hers. */
static bool is_child_of(struct runes r)
{
	return (r.count >= CHILD_OF_LEAST && ends_with(r, U"ノコ"))
	       || (r.count >= CHILD_OF_KANJI_LEAST && ends_with(r, U"ノ子"));
}

static bool is_alone(struct runes r)
{
	while (r.count > 1 && rune_digit(r.at[r.count - 1]))
		r.count--;
	for (size_t i = 0; i < COUNT(alone) && r.count != 0; i++)
		if (r.at[0] == alone[i][0] && runes_start(r, 0, alone[i])
		    && r.count == length_of(alone[i]))
			return true;
	return false;
}

enum name_standing name_standing(struct arena *a, const char *text)
{
	if (text_empty(text))
		return NAME_IS_GIVEN;
	struct runes r = runes_nfkc(a, text);
	for (size_t i = 0; i < r.count; i++)
		r.at[i] = folded(r.at[i]);
	runes_keep(&r, counts);
	if (is_alone(r) || is_numbered_child(r) || is_child_of(r))
		return NAME_IS_PROVISIONAL;
	const uint64_t there = traces(r);
	for (size_t i = 0; i < COUNT(anywhere); i++)
		if ((there & trace_of(anywhere[i][0])) != 0 && stands_anywhere(r, anywhere[i]))
			return NAME_IS_PROVISIONAL;
	for (size_t i = 0; i < COUNT(places); i++)
		if ((there & trace_of(places[i][0])) != 0 && ends_with(r, places[i]))
			return NAME_IS_AMBIGUOUS;
	return NAME_IS_GIVEN;
}

bool name_is_provisional(struct arena *a, const char *text)
{
	return name_standing(a, text) != NAME_IS_GIVEN;
}
