/* gateway/base/normalise_place.c: comparison forms of addresses, postcodes and telephone numbers
 * (japan.md C9). */
#include "gateway/base/normalise.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/runes.h"
#include "gateway/base/text.h"

enum { PHONE_LEAST = 9, PHONE_MOST = 15 }; /* with area code; ITU-T E.164 has fifteen */

static bool all_the_same(const char *digits)
{
	return digits[strspn(digits, (char[]){ digits[0], '\0' })] == '\0';
}

/* Only the digits of r, as text. */
static char *digits_of(struct arena *a, struct runes r)
{
	char *digits = arena_alloc(a, r.count + 2);
	size_t length = 0;
	for (size_t i = 0; i < r.count; i++)
		if (rune_digit(r.at[i]))
			digits[length++] = (char)r.at[i];
	return digits;
}

static const char *fold_phone(struct arena *a, const char *text)
{
	struct runes r = runes_nfkc(a, text);
	for (size_t i = 0; i < r.count; i++) /* an extension follows */
		if (rune_in(r.at[i], U"内xX#;"))
			r.count = i;
	char *digits = digits_of(a, r);
	size_t abroad = 0;
	if (r.count > 0 && r.at[0] == U'+' && text_starts(digits, "81"))
		abroad = 2;
	else if (text_starts(digits, "0081"))
		abroad = 4;
	if (abroad != 0) {
		digits += abroad;
		if (digits[0] != '0') {
			digits--;
			digits[0] = '0';
		}
	}
	size_t length = strlen(digits);
	return length < PHONE_LEAST || length > PHONE_MOST || all_the_same(digits) ? NULL : digits;
}

const char *normalise_phone(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_phone);
}

static const char *fold_postcode(struct arena *a, const char *text)
{
	const char *digits = digits_of(a, runes_nfkc(a, text));
	return strlen(digits) != 7 || all_the_same(digits) ? NULL : digits;
}

const char *normalise_postcode(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_postcode);
}

/* ---- Addresses ---- */

static const char32_t *const prefectures[] = {
	U"北海道", U"青森県", U"岩手県", U"宮城県", U"秋田県", U"山形県",   U"福島県", U"茨城県",
	U"栃木県", U"群馬県", U"埼玉県", U"千葉県", U"東京都", U"神奈川県", U"新潟県", U"富山県",
	U"石川県", U"福井県", U"山梨県", U"長野県", U"岐阜県", U"静岡県",   U"愛知県", U"三重県",
	U"滋賀県", U"京都府", U"大阪府", U"兵庫県", U"奈良県", U"和歌山県", U"鳥取県", U"島根県",
	U"岡山県", U"広島県", U"山口県", U"徳島県", U"香川県", U"愛媛県",   U"高知県", U"福岡県",
	U"佐賀県", U"長崎県", U"熊本県", U"大分県", U"宮崎県", U"鹿児島県", U"沖縄県",
};

/* Longest first: 番地の is not 番 and then 地の. */
static const char32_t *const counters[] = { U"丁目", U"番地", U"番", U"号" };

static const char32_t numerals[] = U"〇一二三四五六七八九";

static bool joins(char32_t c)
{
	return rune_hyphen(c) || c == U'ー';
}

static size_t counter_at(struct runes r, size_t i)
{
	for (size_t k = 0; k < COUNT(counters); k++)
		if (runes_start(r, i, counters[k]))
			return k < 2 ? 2 : 1;
	return 0;
}

static int numeral(char32_t c)
{
	for (int i = 0; numerals[i] != 0; i++)
		if (numerals[i] == c)
			return i;
	return c == U'十' ? 10 : c == U'百' ? 100 : -1;
}

/* 二十三 is 23, 一二 is 12. */
static unsigned number_of(const char32_t *at, size_t count)
{
	unsigned total = 0, now = 0;
	for (size_t i = 0; i < count; i++) {
		int n = numeral(at[i]);
		if (n >= 10) {
			total += (now == 0 ? 1 : now) * (unsigned)n;
			now = 0;
		} else {
			now = now * 10 + (unsigned)n;
		}
	}
	return total + now;
}

/* Kanji numerals, but only right before a counter: 三丁目 is 3, 三田 a name. Never longer than
 * was. */
static void write_numerals(struct runes *r)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count;) {
		size_t end = i;
		while (end < r->count && end - i < 6 && numeral(r->at[end]) >= 0)
			end++;
		if (end == i || counter_at(*r, end) == 0) {
			r->at[count++] = r->at[i++];
			continue;
		}
		unsigned value = number_of(r->at + i, end - i), scale = 1;
		while (value / scale >= 10)
			scale *= 10;
		for (; scale != 0; scale /= 10)
			if (count < end)
				r->at[count++] = U'0' + value / scale % 10;
		i = end;
	}
	r->count = count;
}

/* The building: what follows a blank after a number (unless the number goes on). */
static void cut_building(struct runes *r)
{
	bool digit = false;
	for (size_t i = 0; i < r->count; i++) {
		digit = digit || rune_digit(r->at[i]);
		if (!rune_blank(r->at[i]) || !digit)
			continue;
		size_t next = i;
		while (next < r->count && rune_blank(r->at[next]))
			next++;
		bool on = next < r->count && (joins(r->at[next]) || counter_at(*r, next) != 0);
		if (on || (i > 0 && (joins(r->at[i - 1]) || rune_in(r->at[i - 1], U"目番地"))))
			continue;
		r->count = i;
	}
}

static bool not_blank(char32_t c)
{
	return !rune_blank(c) && !rune_mark(c);
}

/* 1丁目2番地の3号, 1ー2ー3 and 1-2-3 are one. */
static void write_hyphens(struct runes *r)
{
	size_t count = 0;
	for (size_t i = 0; i < r->count;) {
		bool after_digit = count > 0 && rune_digit(r->at[count - 1]);
		size_t step = after_digit ? counter_at(*r, i) : 0;
		if (step != 0 && i + step < r->count && rune_in(r->at[i + step], U"のノ之"))
			step++;
		if (step == 0 && after_digit && i + 1 < r->count && rune_digit(r->at[i + 1])
		    && (joins(r->at[i]) || rune_in(r->at[i], U"のノ之")))
			step = 1;
		if (step == 0) {
			r->at[count++] = r->at[i++];
			continue;
		}
		r->at[count++] = U'-';
		i += step;
	}
	while (count > 0 && r->at[count - 1] == U'-')
		count--;
	r->count = count;
}

static size_t prefecture(struct runes r)
{
	for (size_t i = 0; i < COUNT(prefectures); i++)
		if (runes_start(r, 0, prefectures[i])) {
			size_t length = 0;
			while (prefectures[i][length] != 0)
				length++;
			return length < r.count ? length : 0;
		}
	return 0;
}

static char32_t same_letter(char32_t c)
{
	if (rune_in(c, U"ヶヵケがガ"))
		return U'ケ';
	if (rune_in(c, U"のノ之"))
		return U'ノ';
	return (char32_t)normalise_kanji(rune_capital(c));
}

static const char *fold_address(struct arena *a, const char *text)
{
	struct runes r = runes_nfkc(a, text);
	size_t count = 0, start;
	cut_building(&r);
	runes_keep(&r, not_blank);
	write_numerals(&r);
	write_hyphens(&r);
	start = prefecture(r);
	for (size_t i = start; i < r.count; i++) {
		if (runes_start(r, i, U"大字")) {
			i++;
			continue;
		}
		/* 字 before a place, not inside a name such as 十字街. */
		if (r.at[i] == U'字' && count > 0 && rune_in(r.at[count - 1], U"市町村区郡"))
			continue;
		r.at[count++] = same_letter(r.at[i]);
	}
	r.count = count;
	return runes_text(a, r);
}

const char *normalise_address(struct arena *a, const char *text)
{
	return runes_settled(a, text, fold_address);
}

/* ---- What is written where nothing is known ---- */

static bool one_digit_over(const char *digits)
{
	return digits[strspn(digits, (const char[]){ digits[0], '\0' })] == '\0';
}

/* 0123456789, 9876543210: each digit the next. */
static bool is_a_staircase(const char *digits)
{
	int step = digits[1] - digits[0];
	if (step != 1 && step != -1)
		return false;
	for (const char *d = digits; d[1] != '\0'; d++)
		if ((d[1] - d[0] - step) % 10 != 0)
			return false;
	return true;
}

/* Numbers anybody may call (freephone, shared cost) are a firm's, not a person's. */
static bool is_a_service(const char *digits)
{
	static const char *const prefixes[] = { "0120", "0800", "0570" };
	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (text_starts(digits, prefixes[i]))
			return true;
	return false;
}

bool phone_says_nothing(const char *digits)
{
	enum { LOCAL = 7 }; /* the digits of a local number: 03-0000-0000, 045-111-1111 */
	size_t length = strlen(digits);
	return length < LOCAL || one_digit_over(digits + length - LOCAL) || is_a_staircase(digits)
	       || is_a_service(digits);
}

bool address_says_nothing(const char *form)
{
	static const char *const none[] = { "不明",    "不定",   "不詳",       "未定",     "未入力",
					    "未登録",  "未記入", "記載ナシ",   "登録ナシ", "無シ",
					    "ナシ",    "同上",   "同左",       "確認中",   "調査中",
					    "テスト",  "TEST",   "ホームレス", "路上",     "海外",
					    "UNKNOWN", "XXX" };
	for (size_t i = 0; i < COUNT(none); i++)
		if (strstr(form, none[i]) != NULL)
			return true;
	return false;
}
