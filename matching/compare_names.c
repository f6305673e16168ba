/* matching/compare_names.c: names held against each other (japan.md C1, C2, C3, C6). */
#include "matching/compare_names.h"

#include "gateway/base/text.h"
#include "matching/distance.h"

/* Of one part of a name in one view; the nearer the less. */
enum part_level { PART_SAME, PART_NEAR, PART_CLOSE, PART_SIMILAR, PART_DIFFERS, PART_NONE, PARTS };

/* A name in two parts, in one view. */
struct parts {
	struct match_part family, given;
};

struct view {
	enum part_level family, given;
	uint64_t family_value, given_value; /* of what is the same; 0: not told apart */
	bool swapped;
};

/* ---- One part ---- */

static size_t longer(struct runes x, struct runes y)
{
	return x.count > y.count ? x.count : y.count;
}

static size_t shorter(struct runes x, struct runes y)
{
	return x.count < y.count ? x.count : y.count;
}

static enum part_level readings(const struct match_part *x, const struct match_part *y)
{
	size_t least = shorter(x->form, y->form);
	unsigned apart = runes_distance(x->form, y->form, 2);
	if (apart == 1)
		return least >= 3 ? PART_CLOSE : PART_SIMILAR;
	return apart == 2 && least >= 4 ? PART_SIMILAR : PART_DIFFERS;
}

/* Letters say less each than kana do. */
static enum part_level letters(const struct match_part *x, const struct match_part *y)
{
	size_t least = shorter(x->form, y->form), most = longer(x->form, y->form);
	unsigned apart = runes_distance(x->form, y->form, 3);
	if ((apart == 1 && most >= 3) || (apart == 2 && least >= 6))
		return PART_CLOSE;
	if ((apart == 2 && most >= 4) || (apart == 3 && least >= 6))
		return PART_SIMILAR;
	bool cut = least >= 3 && (runes_begin(x->form, y->form) || runes_begin(y->form, x->form));
	return cut ? PART_SIMILAR : PART_DIFFERS;
}

/* A mark for a character the system lacks is any one character, once in a part (C6). */
static bool differ_by_a_mark(struct runes x, struct runes y)
{
	unsigned marks = 0, others = 0;
	if (x.count != y.count)
		return false;
	for (size_t i = 0; i < x.count; i++) {
		bool mark = x.at[i] == U'■' || y.at[i] == U'■';
		marks += mark;
		others += !mark && x.at[i] != y.at[i];
	}
	return marks == 1 && others == 0;
}

/* Half of the characters in their places, or one more at an end. */
static bool share_kanji(struct runes x, struct runes y)
{
	size_t same = 0, least = shorter(x, y), most = longer(x, y);
	for (size_t i = 0; i < least; i++)
		same += x.at[i] == y.at[i];
	if (x.count == y.count)
		return least >= 2 && 2 * same >= least;
	return most - least == 1
	       && (runes_begin(x, y) || runes_begin(y, x) || runes_end_with(x, y)
		   || runes_end_with(y, x));
}

static enum part_level part(enum match_script script, const struct match_part *x,
			    const struct match_part *y)
{
	if (x->form.count == 0 || y->form.count == 0)
		return PART_NONE;
	if (runes_same(x->form, y->form))
		return PART_SAME;
	if (runes_same(x->loose, y->loose))
		return PART_NEAR;
	if (script == MATCH_READING)
		return readings(x, y);
	if (script == MATCH_LATIN)
		return letters(x, y);
	return differ_by_a_mark(x->form, y->form) ? PART_NEAR
	       : share_kanji(x->form, y->form)    ? PART_SIMILAR
						  : PART_DIFFERS;
}

/* ---- Names that were not told apart ---- */

static struct runes from(struct runes r, size_t at)
{
	return (struct runes){ r.at + at, r.count - at };
}

static struct runes up_to(struct runes r, size_t at)
{
	return (struct runes){ r.at, at };
}

/* Where the given name begins, when the other's parts say how long they are. */
static size_t seam(struct runes whole, struct runes family, struct runes given)
{
	if (runes_begin(whole, family))
		return family.count;
	if (runes_end_with(whole, given))
		return whole.count - given.count;
	return family.count < whole.count ? family.count : whole.count;
}

static struct parts split(const struct match_name *n, size_t form_at, size_t loose_at)
{
	return (struct parts){
		.family = { .form = up_to(n->whole.form, form_at),
			    .loose = up_to(n->whole.loose, loose_at) },
		.given = { .form = from(n->whole.form, form_at),
			   .loose = from(n->whole.loose, loose_at) },
	};
}

static struct parts split_like(const struct match_name *n, const struct match_name *like)
{
	return split(n, seam(n->whole.form, like->family.form, like->given.form),
		     seam(n->whole.loose, like->family.loose, like->given.loose));
}

static size_t common_beginning(struct runes x, struct runes y)
{
	size_t i = 0;
	while (i < x.count && i < y.count && x.at[i] == y.at[i])
		i++;
	return i;
}

static size_t common_end(struct runes x, struct runes y)
{
	size_t i = 0;
	while (i < x.count && i < y.count && x.at[x.count - 1 - i] == y.at[y.count - 1 - i])
		i++;
	return i;
}

/* Nobody told either apart. What begins alike is the family's name, as long as one is; what is left
 * is the given one. Only a long common end makes it the given name that is alike. */
static struct view undivided(enum match_script script, const struct match_name *x,
			     const struct match_name *y)
{
	bool kanji = script == MATCH_KANJI;
	struct runes a = x->whole.form, b = y->whole.form;
	size_t family = kanji ? 2 : 3, given = kanji ? 2 : 4, alike = common_beginning(a, b);
	if (runes_same(a, b))
		return (struct view){ .family = PART_SAME, .given = PART_SAME };
	if (runes_same(x->whole.loose, y->whole.loose))
		return (struct view){ .family = PART_NEAR, .given = PART_NEAR };
	if (alike < family)
		return (struct view){ .family = PART_DIFFERS,
				      .given = common_end(a, b) >= given ? PART_SAME
									 : PART_DIFFERS };
	struct parts p = split(x, family, family < x->whole.loose.count ? family : 0),
		     q = split(y, family, family < y->whole.loose.count ? family : 0);
	enum part_level rest = part(script, &p.given, &q.given);
	return (struct view){ .family = PART_SAME,
			      .given = rest == PART_NONE ? PART_DIFFERS : rest };
}

/* ---- One view ---- */

static struct view told_apart(enum match_script script, const struct parts *x,
			      const struct parts *y)
{
	struct view v = { .family = part(script, &x->family, &y->family),
			  .given = part(script, &x->given, &y->given) };
	v.swapped = v.family != PART_SAME && v.given != PART_SAME
		    && part(script, &x->family, &y->given) == PART_SAME
		    && part(script, &x->given, &y->family) == PART_SAME;
	if (v.family == PART_SAME)
		v.family_value = x->family.value != 0 ? x->family.value : y->family.value;
	if (v.given == PART_SAME)
		v.given_value = x->given.value != 0 ? x->given.value : y->given.value;
	return v;
}

static struct view names(const struct match_name *x, const struct match_name *y)
{
	bool x_divided = x->family.form.count != 0, y_divided = y->family.form.count != 0;
	struct parts p = { x->family, x->given }, q = { y->family, y->given };
	if (!x_divided && !y_divided)
		return undivided(x->script, x, y);
	if (!x_divided)
		p = split_like(x, y);
	if (!y_divided)
		q = split_like(y, x);
	return told_apart(x->script, &p, &q);
}

/* The nearer the less, and different for all that differs. */
static unsigned farness(const struct view *v)
{
	unsigned family = v->swapped ? PART_CLOSE : v->family,
		 given = v->swapped ? PART_CLOSE : v->given;
	return (family + given) * PARTS * 2 + given * 2 + v->swapped;
}

static bool is_nearer(const struct view *v, const struct view *than)
{
	unsigned now = farness(v), best = farness(than);
	return now != best                           ? now < best
	       : v->given_value != than->given_value ? v->given_value < than->given_value
						     : v->family_value < than->family_value;
}

/* The nearest of all their names of that script. */
static struct view view(enum match_script script, const struct match_name *x,
			const struct match_name *y)
{
	struct view best = { .family = PART_NONE, .given = PART_NONE };
	for (; x != NULL; x = x->next)
		for (const struct match_name *n = y; x->script == script && n != NULL;
		     n = n->next) {
			if (n->script != script)
				continue;
			struct view now = names(x, n);
			if (is_nearer(&now, &best))
				best = now;
		}
	return best;
}

/* ---- Both views ---- */

/* How it is read (rows) and how it is written (columns). */
static const uint8_t joint[PARTS][PARTS] = {
	[PART_SAME] = { [PART_SAME] = NAME_SAME,
			[PART_NEAR] = NAME_NEAR,
			[PART_CLOSE] = NAME_OTHER_KANJI,
			[PART_SIMILAR] = NAME_OTHER_KANJI,
			[PART_DIFFERS] = NAME_OTHER_KANJI,
			[PART_NONE] = NAME_SAME_READING },
	[PART_NEAR] = { [PART_SAME] = NAME_NEAR,
			[PART_NEAR] = NAME_VOICED,
			[PART_CLOSE] = NAME_CLOSE_BOTH,
			[PART_SIMILAR] = NAME_CLOSE_BOTH,
			[PART_DIFFERS] = NAME_CLOSE_BOTH,
			[PART_NONE] = NAME_VOICED },
	[PART_CLOSE] = { [PART_SAME] = NAME_NEAR,
			 [PART_NEAR] = NAME_CLOSE_BOTH,
			 [PART_CLOSE] = NAME_CLOSE_BOTH,
			 [PART_SIMILAR] = NAME_CLOSE_BOTH,
			 [PART_DIFFERS] = NAME_CLOSE_BOTH,
			 [PART_NONE] = NAME_CLOSE },
	[PART_SIMILAR] = { [PART_SAME] = NAME_OTHER_READING,
			   [PART_NEAR] = NAME_CLOSE_BOTH,
			   [PART_CLOSE] = NAME_CLOSE_BOTH,
			   [PART_SIMILAR] = NAME_CLOSE_BOTH,
			   [PART_DIFFERS] = NAME_DIFFERS,
			   [PART_NONE] = NAME_SIMILAR },
	[PART_DIFFERS] = { [PART_SAME] = NAME_OTHER_READING,
			   [PART_NEAR] = NAME_CLOSE_BOTH,
			   [PART_CLOSE] = NAME_DIFFERS,
			   [PART_SIMILAR] = NAME_DIFFERS,
			   [PART_DIFFERS] = NAME_DIFFERS,
			   [PART_NONE] = NAME_DIFFERS },
	[PART_NONE] = { [PART_SAME] = NAME_SAME_KANJI,
			[PART_NEAR] = NAME_VOICED,
			[PART_CLOSE] = NAME_SIMILAR,
			[PART_SIMILAR] = NAME_SIMILAR,
			[PART_DIFFERS] = NAME_DIFFERS,
			[PART_NONE] = NOT_SAID },
};

static uint64_t value_of(enum part_level kanji, uint64_t kanji_value, uint64_t reading_value)
{
	return kanji == PART_SAME && kanji_value != 0 ? kanji_value : reading_value;
}

void compare_names(const struct match_features *x, const struct match_features *y,
		   struct match_comparison *out)
{
	struct view reading = view(MATCH_READING, x->names, y->names),
		    kanji = view(MATCH_KANJI, x->names, y->names);
	if (reading.given == PART_NONE && reading.family == PART_NONE && kanji.given == PART_NONE
	    && kanji.family == PART_NONE) {
		reading = view(MATCH_LATIN, x->names, y->names);
		out->signs |= reading.given != PART_NONE || reading.family != PART_NONE ? SIGN_LATIN
											: 0;
	}
	out->level[FIELD_GIVEN] = joint[reading.given][kanji.given];
	out->level[FIELD_FAMILY] = joint[reading.family][kanji.family];
	if (reading.swapped || kanji.swapped) { /* one accident, told once */
		out->level[FIELD_GIVEN] = NAME_SWAPPED;
		out->level[FIELD_FAMILY] = NOT_SAID;
	}
	out->value[FIELD_GIVEN] = value_of(kanji.given, kanji.given_value, reading.given_value);
	out->value[FIELD_FAMILY] = value_of(kanji.family, kanji.family_value, reading.family_value);
}
