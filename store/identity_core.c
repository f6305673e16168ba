/* store/identity_core.c: what makes somebody somebody. */
#include "store/identity_core.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/runes.h"
#include "gateway/base/text.h"

/* The spoken form has neither small kana nor the mark of a long vowel. */
bool core_is_reading(const char *text)
{
	enum { FIRST = 0x30a2, LAST = 0x30fa }; /* ア ヺ */
	bool any = *text != '\0';
	while (*text != '\0') {
		unsigned c = text_code_point(&text);
		if (c < FIRST || c > LAST)
			return false;
	}
	return any;
}

/* Parted by blanks; of those only that leave something to compare. form: of the whole text. */
static unsigned words(struct arena *a, const char *text, const char *form)
{
	unsigned count = 0;
	const char *const whole = text;
	while (!text_empty(text)) {
		const char *end = text, *next = text;
		while (*end != '\0' && !rune_blank(text_code_point(&next)))
			end = next;
		if (text == whole && *end == '\0')
			return form != NULL;
		count += normalise_kana_name(a, arena_text_n(a, text, (size_t)(end - text)),
					     KANA_SPOKEN)
			 != NULL;
		text = next;
	}
	return count;
}

/* A name as it is spoken, made once for all that asks. */
struct spoken {
	const char *family, *given, *whole;
	bool divided;
};

static const char *joined(struct arena *a, const char *family, const char *given)
{
	return text_joined(a, family == NULL ? "" : family, given == NULL ? "" : given, NULL);
}

static struct spoken spoken(struct arena *a, const struct person_name *n)
{
	struct spoken s = { .family = normalise_kana_name(a, n->family, KANA_SPOKEN),
			    .given = normalise_kana_name(a, n->given, KANA_SPOKEN) };
	s.whole = joined(a, s.family, s.given);
	s.divided = words(a, n->family, s.family) + words(a, n->given, s.given) > 1;
	return s;
}

bool core_is_divided(struct arena *a, const struct person_name *n)
{
	return spoken(a, n).divided;
}

static bool is_latin(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* By what is written, not by what it is said to be: kana in a name called ideographic is a
 * reading. */
static enum core_script script_of(const char *whole)
{
	return core_is_reading(whole) ? SCRIPT_READING
	       : is_latin(whole)      ? SCRIPT_LATIN
				      : SCRIPT_KANJI;
}

static struct core_name *core_name(struct arena *a, const struct person_name *n)
{
	struct core_name *c = arena_new(a, struct core_name);
	const struct spoken s = spoken(a, n);
	const char *family = s.family, *given = s.given;
	c->whole = s.whole;
	c->divided = s.divided;
	c->of = n;
	c->says_reading = n->representation == NAME_PHONETIC
			  || n->representation == NAME_UNSPECIFIED;
	c->script = script_of(c->whole);
	if (c->script == SCRIPT_KANJI) {
		family = normalise_name(a, n->family);
		given = normalise_name(a, n->given);
		c->whole = joined(a, family, given);
	}
	if (family != NULL && given != NULL) {
		c->family = family;
		c->given = given;
	}
	return c;
}

static char sex_of(const char *sex)
{
	return sex != NULL && strlen(sex) == 1 && strchr("MFO", *sex) != NULL ? *sex : 0;
}

/* The order, where one of several was born; its spelling aside (1, 01). */
static const char *order_of(const struct patient_demographics *d)
{
	const char *order = d->birth_order;
	if (!text_equal(d->multiple_birth, "Y") || text_empty(order))
		return NULL;
	while (*order == '0')
		order++;
	return order;
}

static enum name_standing standing(struct arena *a, const struct person_name *n)
{
	enum name_standing family = name_standing(a, n->family), given = name_standing(a, n->given);
	return family > given ? family : given;
}

/* The reading of a family's name alone says nothing of a given name that was told apart. */
static bool is_read(struct arena *a, const struct patient_demographics *d, bool divided)
{
	for (const struct person_name *n = d->names; n != NULL; n = n->next) {
		if (standing(a, n) != NAME_IS_GIVEN)
			continue;
		const struct spoken s = spoken(a, n);
		if ((s.divided || !divided) && script_of(s.whole) == SCRIPT_READING)
			return true;
	}
	return false;
}

/* A name that may be a place in the family (三男) is one unless a reading says otherwise
 * (ミツオ). */
bool core_is_unnamed(struct arena *a, const struct patient_demographics *d)
{
	bool ambiguous = false, divided = false;
	for (const struct person_name *n = d->names; n != NULL; n = n->next) {
		enum name_standing now = standing(a, n);
		if (now == NAME_IS_PROVISIONAL)
			return true;
		ambiguous = ambiguous || now == NAME_IS_AMBIGUOUS;
		divided = divided || (now == NAME_IS_AMBIGUOUS && core_is_divided(a, n));
	}
	return ambiguous && !is_read(a, d, divided);
}

void core_take_signs(struct identity_core *core, const struct patient_demographics *d)
{
	core->sex = sex_of(d->sex);
	core->order = order_of(d);
}

struct identity_core identity_core(struct arena *a, const struct patient_demographics *d)
{
	struct identity_core core = { .birth = normalise_birth_date(a, d->birth_date) };
	struct core_name **tail = &core.names;
	const struct person_name *n = core_is_unnamed(a, d) ? NULL : d->names;
	core_take_signs(&core, d);
	for (unsigned count = 0; n != NULL && count < CORE_NAMES_MOST; n = n->next) {
		struct core_name *c = core_name(a, n);
		if (*c->whole == '\0')
			continue;
		*tail = c;
		tail = &c->next;
		count++;
	}
	core.left_out = n != NULL;
	return core;
}

static enum name_agreement agreement(const struct core_name *x, const struct core_name *y)
{
	if (text_equal(x->whole, y->whole))
		return NAMES_AGREE;
	if (x->given != NULL && text_equal(x->given, y->given))
		return NAMES_SHARE_GIVEN;
	if (x->family != NULL && text_equal(x->family, y->family))
		return NAMES_SHARE_FAMILY;
	return NAMES_DIFFER;
}

enum name_agreement core_names(const struct identity_core *x, const struct identity_core *y)
{
	enum name_agreement best = NAMES_NOT_COMPARABLE;
	for (const struct core_name *n = x->names; n != NULL && best != NAMES_AGREE; n = n->next)
		for (const struct core_name *m = y->names; m != NULL; m = m->next) {
			enum name_agreement now = n->script == m->script ? agreement(n, m)
									 : NAMES_NOT_COMPARABLE;
			if (now > best)
				best = now;
		}
	return best;
}

static bool births_differ(const struct identity_core *x, const struct identity_core *y)
{
	return x->birth != NULL && y->birth != NULL && !text_equal(x->birth, y->birth);
}

static bool sexes_differ(const struct identity_core *x, const struct identity_core *y)
{
	return x->sex != 0 && y->sex != 0 && x->sex != y->sex;
}

static bool orders_differ(const struct identity_core *x, const struct identity_core *y)
{
	return x->order != NULL && y->order != NULL && !text_equal(x->order, y->order);
}

bool core_contradict(const struct identity_core *x, const struct identity_core *y)
{
	enum name_agreement names = core_names(x, y);
	return births_differ(x, y) || sexes_differ(x, y) || orders_differ(x, y)
	       || names == NAMES_DIFFER || names == NAMES_SHARE_FAMILY;
}

/* Of a multiple birth who has another place or another given name is the other one: all else
 * agrees. */
static bool is_the_twin(const struct identity_core *x, const struct identity_core *y)
{
	return orders_differ(x, y)
	       || ((x->order != NULL || y->order != NULL)
		   && core_names(x, y) == NAMES_SHARE_FAMILY);
}

/* A family's name alone, which the other one says with a given name. */
static bool is_family_of(const struct core_name *n, const struct identity_core *other)
{
	const struct core_name *m = other->names;
	while (m != NULL
	       && (m->script != n->script || m->family == NULL || !text_equal(m->family, n->whole)))
		m = m->next;
	return n->given == NULL && m != NULL;
}

/* Of a newborn nothing but the family's name was known, and now he has one. */
static bool is_named(const struct identity_core *was, const struct identity_core *now)
{
	const struct core_name *n = was->names;
	while (n != NULL && is_family_of(n, now))
		n = n->next;
	return n == NULL;
}

bool core_far(const struct identity_core *was, const struct identity_core *now)
{
	static const unsigned weights[] = {
		[NAMES_NOT_COMPARABLE] = 1, [NAMES_DIFFER] = 2, [NAMES_SHARE_FAMILY] = 1,
		[NAMES_SHARE_GIVEN] = 1,    [NAMES_AGREE] = 0,
	};
	bool unnamed = was->names == NULL || now->names == NULL;
	enum name_agreement names = core_names(was, now);
	unsigned changes = unnamed                                       ? 0
			   : names == NAMES_DIFFER && is_named(was, now) ? 1
									 : weights[names];
	return is_the_twin(was, now)
	       || changes + births_differ(was, now) + sexes_differ(was, now) >= 2;
}

static const struct core_name *first_in(const struct identity_core *c, enum core_script script)
{
	const struct core_name *n = c->names;
	while (n != NULL && n->script != script)
		n = n->next;
	return n;
}

static enum name_agreement any_with(const struct core_name *first,
				    const struct identity_core *other)
{
	enum name_agreement best = NAMES_NOT_COMPARABLE;
	for (const struct core_name *n = other->names; first != NULL && n != NULL; n = n->next)
		if (n->script == first->script && agreement(first, n) > best)
			best = agreement(first, n);
	return best;
}

/* The reading decides; the same kanji count where readings cannot be compared, or the family's
 * alone is read in two ways (山路: ヤマジ, ヤマチ). */
static bool is_called(const struct identity_core *who, const struct identity_core *other)
{
	enum name_agreement reading = any_with(first_in(who, SCRIPT_READING), other),
			    kanji = any_with(first_in(who, SCRIPT_KANJI), other),
			    latin = any_with(first_in(who, SCRIPT_LATIN), other);
	if (reading == NAMES_AGREE)
		return true;
	if (reading == NAMES_SHARE_GIVEN || reading == NAMES_NOT_COMPARABLE)
		return kanji == NAMES_AGREE
		       || (kanji == NAMES_NOT_COMPARABLE && reading == NAMES_NOT_COMPARABLE
			   && latin == NAMES_AGREE);
	return false;
}

bool core_speaks_for(const struct identity_core *who, const struct identity_core *other)
{
	return who->birth != NULL && text_equal(who->birth, other->birth) && who->sex != 0
	       && who->sex == other->sex && is_called(who, other) && !orders_differ(who, other);
}
