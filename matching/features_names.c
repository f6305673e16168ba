/* matching/features_names.c: names made comparable (japan.md C2, C3, C4). */
#include "matching/features_names.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "matching/kanji.h"

/* A name as it was sent, told apart as far as a blank does. */
struct sent_name {
	const char *family, *given; /* given NULL: all in one */
	enum match_script script;
};

/* ---- Forms ---- */

struct runes match_cut(struct runes r, size_t most)
{
	if (r.count > most)
		r.count = most;
	return r;
}

static struct runes runes_of(struct arena *a, const char *form)
{
	return match_cut(runes_nfkc(a, form), MATCH_RUNES_MOST);
}

/* The spoken form has neither small kana nor the mark of a long vowel. */
static bool is_reading(struct runes r)
{
	enum { FIRST = 0x30a2, LAST = 0x30fa }; /* ア ヺ */
	for (size_t i = 0; i < r.count; i++)
		if (r.at[i] < FIRST || r.at[i] > LAST)
			return false;
	return r.count != 0;
}

static bool is_latin(struct runes r)
{
	for (size_t i = 0; i < r.count; i++)
		if (r.at[i] >= 0x80)
			return false;
	return true;
}

/* Hiragana in a name of kanji is written either way: さくら, サクラ. */
static char32_t written(char32_t c)
{
	return c >= 0x3041 && c <= 0x3096 ? c + 0x60 : kanji_plain(c);
}

static struct runes mapped(struct arena *a, struct runes r, char32_t (*map)(char32_t c))
{
	struct runes out = { arena_array(a, char32_t, r.count + 1), r.count };
	for (size_t i = 0; i < r.count; i++)
		out.at[i] = map(r.at[i]);
	return out;
}

static uint64_t value_of(struct arena *a, struct runes form)
{
	return form.count == 0 ? 0 : text_hash(runes_text(a, form));
}

uint64_t match_value(struct arena *a, const char *form)
{
	return value_of(a, mapped(a, runes_of(a, form), written));
}

static struct match_part part(struct arena *a, enum match_script script, const char *text)
{
	struct match_part p = { 0 };
	if (text == NULL)
		return p;
	if (script == MATCH_KANJI) {
		p.form = mapped(a, runes_of(a, normalise_name(a, text)), written);
		p.loose = mapped(a, p.form, kanji_confusable);
	} else {
		p.form = runes_of(a, normalise_kana_name(a, text, KANA_SPOKEN));
		p.loose = script == MATCH_LATIN
				  ? p.form
				  : runes_of(a, normalise_kana_name(a, text, KANA_BARE));
	}
	p.value = value_of(a, p.form);
	return p;
}

static struct runes joined_runes(struct arena *a, struct runes x, struct runes y)
{
	struct runes out = { arena_array(a, char32_t, x.count + y.count + 1), x.count + y.count };
	for (size_t i = 0; i < out.count; i++)
		out.at[i] = i < x.count ? x.at[i] : y.at[i - x.count];
	return match_cut(out, MATCH_RUNES_MOST);
}

static struct match_part joined(struct arena *a, const struct match_part *x,
				const struct match_part *y)
{
	struct match_part p = { .form = joined_runes(a, x->form, y->form),
				.loose = joined_runes(a, x->loose, y->loose) };
	p.value = value_of(a, p.form);
	return p;
}

/* ---- Telling apart ---- */

static const char *whole_text(struct arena *a, const char *family, const char *given)
{
	return text_joined(a, family == NULL ? "" : family, given == NULL ? "" : given, NULL);
}

/* Text of nothing but kana, or of kana and kanji without what a normal form would take away, as
 * most is: what is known of its form without making it. */
enum plainness { NOT_PLAIN, PLAIN_KANA, PLAIN_KANJI };

static enum plainness plainness(const char *text)
{
	enum plainness found = PLAIN_KANA;
	char32_t c = 0;
	if (text == NULL || *text == '\0'
	    || !text_is_utf8((const unsigned char *)text, strlen(text)))
		return NOT_PLAIN;
	for (const char *at = text; *at != '\0';) {
		c = text_code_point(&at);
		if (c >= 0x4e00 && c <= 0x9fff)
			found = PLAIN_KANJI;
		else if (!(c >= 0x3041 && c <= 0x3096) && !(c >= 0x30a1 && c <= 0x30f4))
			return NOT_PLAIN;
	}
	return rune_in(c, U"様殿") ? NOT_PLAIN : found;
}

/* Something is left of it in its normal form. */
static bool is_said(struct arena *a, const char *text)
{
	return plainness(text) != NOT_PLAIN || normalise_kana_name(a, text, KANA_SPOKEN) != NULL;
}

static enum match_script script_of(struct arena *a, const char *family, const char *given)
{
	enum plainness first = plainness(family), second = plainness(given);
	if (first != NOT_PLAIN && second != NOT_PLAIN)
		return first == PLAIN_KANJI || second == PLAIN_KANJI ? MATCH_KANJI : MATCH_READING;
	struct runes r = runes_nfkc(
		a, normalise_kana_name(a, whole_text(a, family, given), KANA_SPOKEN));
	return is_reading(r) ? MATCH_READING : is_latin(r) ? MATCH_LATIN : MATCH_KANJI;
}

/* Where the first blank that has something before and behind it begins, or NULL. */
static const char *first_blank(const char *text)
{
	const char *at = text;
	bool begun = false;
	while (*at != '\0') {
		const char *here = at;
		bool blank = rune_blank(text_code_point(&at));
		if (blank && begun)
			return here;
		begun = begun || !blank;
	}
	return NULL;
}

/* Who sends all in one sends the family's name first, and a blank where he tells them apart. */
static struct sent_name told_apart(struct arena *a, const struct person_name *n)
{
	struct sent_name s = { n->family, n->given, script_of(a, n->family, n->given) };
	if (!is_said(a, s.family)) {
		s.family = s.given;
		s.given = NULL;
	}
	if (is_said(a, s.given))
		return s;
	const char *blank = text_empty(s.family) ? NULL : first_blank(s.family);
	s.given = blank;
	if (blank != NULL)
		s.family = arena_text_n(a, s.family, (size_t)(blank - s.family));
	return s;
}

static struct match_name *made(struct arena *a, const struct sent_name *s)
{
	struct match_name *m = arena_new(a, struct match_name);
	struct match_part family = part(a, s->script, s->family),
			  given = part(a, s->script, s->given);
	m->script = s->script;
	m->whole = joined(a, &family, &given);
	if (family.form.count != 0 && given.form.count != 0) {
		m->family = family;
		m->given = given;
	}
	return m->whole.form.count == 0 ? NULL : m;
}

/* What stands in brackets behind 旧姓, or NULL: 山田（旧姓佐藤）花子. */
static const char *former_family(struct arena *a, const char *text)
{
	static const char word[] = "旧姓";
	const char *from = text == NULL ? NULL : strstr(text, word);
	if (from == NULL)
		return NULL;
	from += sizeof word - 1;
	const char *end = from;
	while (*end != '\0') {
		const char *next = end;
		char32_t c = text_code_point(&next);
		bool stops = rune_in(c, U"()（）[]〔〕「」");
		if (stops && end > from)
			break;
		if (stops || rune_in(c, U":： 　"))
			from = next;
		end = next;
	}
	return end == from ? NULL : arena_text_n(a, from, (size_t)(end - from));
}

/* ---- All of one record ---- */

static enum name_standing standing(struct arena *a, const struct person_name *n)
{
	enum name_standing family = name_standing(a, n->family), given = name_standing(a, n->given);
	return family > given ? family : given;
}

/* A name that may be a place in the family (三男) is one unless a reading says otherwise. */
bool match_is_unnamed(struct arena *a, const struct person_name *names)
{
	bool ambiguous = false, read = false;
	for (const struct person_name *n = names; n != NULL; n = n->next) {
		enum name_standing now = standing(a, n);
		if (now == NAME_IS_PROVISIONAL)
			return true;
		ambiguous = ambiguous || now == NAME_IS_AMBIGUOUS;
	}
	for (const struct person_name *n = names; ambiguous && !read && n != NULL; n = n->next)
		read = standing(a, n) == NAME_IS_GIVEN
		       && script_of(a, n->family, n->given) == MATCH_READING;
	return ambiguous && !read;
}

struct match_name *match_names(struct arena *a, const struct person_name *names)
{
	struct match_name *first = NULL, **tail = &first;
	unsigned count = 0;
	for (const struct person_name *n = names; n != NULL; n = n->next) {
		struct sent_name s = told_apart(a, n), before = s;
		before.family = former_family(a, n->family);
		const struct sent_name *both[] = { &s, before.family == NULL ? NULL : &before };
		for (size_t i = 0; i < COUNT(both) && count < MATCH_NAMES_MOST; i++) {
			if (both[i] == NULL || (*tail = made(a, both[i])) == NULL)
				continue;
			tail = &(*tail)->next;
			count++;
		}
	}
	return first;
}
