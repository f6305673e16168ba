/* gateway/base/normalise_name.c: comparison forms of names (japan.md C2, C3).
 *
 * The variant table is ours: the old and new forms of the law's own lists (常用漢字表,
 * 戸籍法施行規則別表第二) and everyday surname variants; the first of a group represents it. */
#include "gateway/base/normalise.h"

#include <string.h>
#include <wchar.h>

#include "gateway/base/arena.h"
#include "gateway/base/runes.h"
#include "gateway/base/text.h"

/* Groups are parted by blanks. Characters that NFKC folds already (神 福 祥 of U+F900..) are not
 * listed. 斎 and 斉 are different characters and stay apart. */
static const char32_t variants[] =
	U"高髙 崎﨑嵜 辺邊邉 沢澤 広廣 国國 浜濱濵 島嶋嶌 真眞 恵惠 竜龍 実實 蔵藏 "
	U"徳德 桜櫻 栄榮 弥彌 富冨 寿壽 曽曾 瀬瀨 渕淵渊 吉𠮷 柳栁桺 桑桒 土圡 黒黑 "
	U"寛寬 緑綠 清淸 条條 亀龜 野埜 館舘 斎齋 斉齊 関關 与與 万萬 滝瀧 渋澁 "
	U"学學 児兒 来來 礼禮 豊豐 穂穗 横橫 鶴靏靍 当當 凜凛 遥遙 巌巖 桧檜 薮藪 "
	U"籠篭 槙槇 塩鹽 円圓 応應 桝枡 芦蘆 庄莊荘 尭堯 晋晉 奥奧 温溫 楽樂 顕顯 "
	U"県縣 厳嚴 剣劍劔 検檢 険險 鉱鑛 黄黃 剤劑 桟棧 参參 賛贊 湿濕 収收 従從 "
	U"縦縱 焼燒 奨奬 将將 乗乘 浄淨 嬢孃 譲讓 醸釀 畳疊 静靜 摂攝 専專 戦戰 "
	U"禅禪 双雙 総總 聡聰 尽盡 粋粹 酔醉 声聲 伝傳 転轉 盗盜 稲稻 売賣 髪髮 "
	U"抜拔 晩晚 秘祕 瓶甁 払拂 仏佛 歩步 翻飜 毎每 黙默 薬藥 揺搖 様樣 謡謠 "
	U"頼賴 覧覽 涼凉 涙淚 塁壘 暦曆 歴歷 錬鍊 録錄 鉄鐵 会會 絵繪 気氣 旧舊 "
	U"区區 体體 対對 台臺 団團 図圖 数數 点點 浅淺 銭錢 価價 帰歸 勲勳 薫薰 "
	U"恒恆 暁曉 ";

_Static_assert(sizeof(wchar_t) == sizeof(char32_t), "wmemchr() looks through runes");

uint32_t normalise_kanji(uint32_t character)
{
	if (character < 0x3400)
		return character;
	const wchar_t *all = (const wchar_t *)variants;
	const wchar_t *at = wmemchr(all, (wchar_t)character, COUNT(variants) - 1);
	if (at == NULL)
		return character;
	while (at > all && at[-1] != L' ')
		at--;
	return (uint32_t)*at;
}

/* Parts in round brackets: （旧姓 …）, (故). An opening one that is never closed is kept. */
static void drop_brackets(struct runes *r)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count; i++) {
		size_t close = i;
		if (rune_in(r->at[i], U"([〔「"))
			while (close < r->count && !rune_in(r->at[close], U")]〕」"))
				close++;
		if (close > i && close < r->count)
			i = close;
		else
			r->at[count++] = r->at[i];
	}
	r->count = count;
}

static void drop_honorific(struct runes *r)
{
	while (r->count > 1 && rune_in(r->at[r->count - 1], U"様殿"))
		r->count--;
}

static bool part_of_name(char32_t c)
{
	return !rune_blank(c) && !rune_hyphen(c) && !rune_mark(c) && c >= 0x20
	       && !rune_in(c, U"・･.,'’‘`=＝");
}

static struct runes cleaned(struct arena *a, const char *text)
{
	struct runes r = runes_nfkc(a, text);
	drop_brackets(&r);
	runes_keep(&r, part_of_name);
	drop_honorific(&r);
	for (size_t i = 0; i < r.count; i++)
		r.at[i] = rune_capital(r.at[i]);
	return r;
}

/* An unknown character: geta, squares, private use (japan.md C6). */
static bool unknown(char32_t c)
{
	return rune_in(c, U"■〓□?\ufffd") || (c >= 0xe000 && c <= 0xf8ff) || c >= 0xf0000;
}

static const char *fold_name(struct arena *a, const char *text)
{
	struct runes r = cleaned(a, text);
	for (size_t i = 0; i < r.count; i++)
		r.at[i] = unknown(r.at[i]) ? U'■' : (char32_t)normalise_kanji(r.at[i]);
	return runes_text(a, r);
}

const char *normalise_name(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_name);
}

/* ---- Readings ---- */

/* from, to, from, to ... */
static char32_t paired(char32_t c, const char32_t *pairs)
{
	for (; *pairs != 0; pairs += 2)
		if (pairs[0] == c)
			return pairs[1];
	return c;
}

static char32_t katakana(char32_t c)
{
	return (c >= 0x3041 && c <= 0x3096) || c == 0x309d || c == 0x309e ? c + 0x60 : c;
}

static const char32_t small_kana[] = U"ァアィイゥウェエォオッツャヤュユョヨヮワヵカヶケ";
static const char32_t historical_kana[] = U"ヲオヅズヂジヰイヱエ";
static const char32_t voiced_kana[] = U"ガカギキグクゲケゴコザサジシズスゼセゾソダタヂチヅツデテド"
				      U"トバハビヒブフベヘボホパハピヒプフペヘポホヴウ";

static const char32_t rows[5][24] = {
	U"アカサタナハマヤラワガザダバパ", U"イキシチニヒミリギジヂビピヰ",
	U"ウクスツヌフムユルグズヅブプヴ", U"エケセテネヘメレゲゼデベペヱ",
	U"オコソトノホモヨロヲゴゾドボポ",
};
static const char32_t vowels[] = U"アイウエオ";

/* The vowel a kana ends in, or 0. */
static char32_t vowel(char32_t c)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rune_in(c, rows[i]))
			return vowels[i];
	return 0;
}

/* ー is the vowel before it; without one it is nothing. */
static void spell_long_vowels(struct runes *r)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count; i++) {
		char32_t c = r->at[i];
		if (c == U'ー')
			c = count > 0 ? vowel(r->at[count - 1]) : 0;
		if (c != 0)
			r->at[count++] = c;
	}
	r->count = count;
}

/* ヴァ ヴィ ヴェ ヴォ -> バ ビ ベ ボ, ヴ -> ブ, and the kana that have lost their sound. */
static void modernise(struct runes *r)
{
	static const char32_t after[] = U"アバイビエベオボ";
	size_t count = 0;
	for (size_t i = 0; i < r->count; i++) {
		char32_t c = r->at[i];
		if (c == U'ヴ' && i + 1 < r->count && paired(r->at[i + 1], after) != r->at[i + 1])
			c = paired(r->at[++i], after);
		else if (c == U'ヴ')
			c = U'ブ';
		else
			c = paired(c, historical_kana);
		r->at[count++] = c;
	}
	r->count = count;
}

/* オウ オオ ウウ イイ: the second only lengthens the first. */
static bool lengthens(char32_t c, char32_t before)
{
	if (c == U'ウ')
		return rune_in(vowel(before), U"オウ");
	return (c == U'オ' || c == U'イ') && vowel(before) == c;
}

/* Voicing goes; then what lengthens, however long it is. */
static void bare(struct runes *r)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count; i++) {
		char32_t c = paired(r->at[i], voiced_kana);
		if (count == 0 || !lengthens(c, r->at[count - 1]))
			r->at[count++] = c;
	}
	r->count = count;
}

static const char *fold_kana_name(struct arena *a, const char *text, enum kana_form form)
{
	struct runes r = cleaned(a, text);
	for (size_t i = 0; i < r.count; i++)
		r.at[i] = paired(katakana(r.at[i]), small_kana);
	if (form != KANA_WRITTEN) {
		spell_long_vowels(&r);
		modernise(&r);
	}
	if (form == KANA_BARE)
		bare(&r);
	return runes_text(a, r);
}

static const char *fold_written(struct arena *a, const char *text)
{
	return fold_kana_name(a, text, KANA_WRITTEN);
}

static const char *fold_spoken(struct arena *a, const char *text)
{
	return fold_kana_name(a, text, KANA_SPOKEN);
}

static const char *fold_bare(struct arena *a, const char *text)
{
	return fold_kana_name(a, text, KANA_BARE);
}

const char *normalise_kana_name(struct arena *a, const char *text, enum kana_form form)
{
	return runes_settled(a, text,
			     form == KANA_WRITTEN  ? fold_written
			     : form == KANA_SPOKEN ? fold_spoken
						   : fold_bare);
}
