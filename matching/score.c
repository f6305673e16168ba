/* matching/score.c: what two records are to each other, and why. */
#include "matching/score.h"

#include <math.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"

/* ---- What corroborates, and what is weak ---- */

/* Points. A postcode is shared by some hundred people, a house or a phone by a household; a number
 * of one person's own needs no other. */
enum { SOME = 1, HOUSEHOLD = 2, OWN = 8 };

static const uint8_t address_points[MATCH_LEVELS_MOST] = {
	[ADDRESS_SAME] = HOUSEHOLD, [ADDRESS_NUMBERS] = HOUSEHOLD, [ADDRESS_CLOSE] = HOUSEHOLD,
	[ADDRESS_SIMILAR] = SOME,   [ADDRESS_POSTCODE] = SOME,
};
static const uint8_t phone_points[MATCH_LEVELS_MOST] = { [NUMBER_SAME] = HOUSEHOLD };
static const uint8_t insurance_points[MATCH_LEVELS_MOST] = {
	[INSURANCE_PERSON] = OWN, [INSURANCE_HOUSEHOLD] = HOUSEHOLD, [INSURANCE_SLIP] = SOME
};
static const uint8_t personal_points[MATCH_LEVELS_MOST] = { [NUMBER_SAME] = OWN };

static const uint8_t *const corroborating[MATCH_FIELDS] = {
	[FIELD_ADDRESS] = address_points,
	[FIELD_PHONE] = phone_points,
	[FIELD_INSURANCE] = insurance_points,
	[FIELD_PERSONAL] = personal_points,
};

/* What must be outweighed by more points than these. */
static const uint8_t given_weakness[MATCH_LEVELS_MOST] = {
	[NOT_SAID] = 4,     [NAME_OTHER_READING] = 1, [NAME_OTHER_KANJI] = 1,
	[NAME_VOICED] = 4,  [NAME_CLOSE] = 4,         [NAME_CLOSE_BOTH] = 7,
	[NAME_SIMILAR] = 6, [NAME_CHANGED] = 7,       [NAME_DIFFERS] = 7,
};
static const uint8_t family_weakness[MATCH_LEVELS_MOST] = {
	[NOT_SAID] = 1,
	[NAME_CHANGED] = 1,
	[NAME_DIFFERS] = 1,
};
static const uint8_t birth_weakness[MATCH_LEVELS_MOST] = {
	[NOT_SAID] = 1,   [BIRTH_PARTIAL] = 2,  [BIRTH_ERA] = 1,     [BIRTH_SWAPPED] = 1,
	[BIRTH_SLIP] = 1, [BIRTH_ONE_PART] = 2, [BIRTH_DIFFERS] = 8,
};
static const uint8_t sex_weakness[MATCH_LEVELS_MOST] = { [SEX_DIFFERS] = 1 };

static const uint8_t *const weak[MATCH_FIELDS] = {
	[FIELD_GIVEN] = given_weakness,
	[FIELD_FAMILY] = family_weakness,
	[FIELD_BIRTH] = birth_weakness,
	[FIELD_SEX] = sex_weakness,
};

static unsigned points(const uint8_t *const *table, const struct match_comparison *c)
{
	unsigned sum = 0;
	for (enum match_field f = 0; f < MATCH_FIELDS; f++)
		sum += table[f] == NULL ? 0 : table[f][c->level[f]];
	return sum;
}

/* ---- Rules ---- */

static bool has_own_number(const struct match_comparison *c)
{
	return c->level[FIELD_PERSONAL] == NUMBER_SAME
	       || c->level[FIELD_INSURANCE] == INSURANCE_PERSON;
}

static bool given_agrees(const struct match_comparison *c)
{
	unsigned level = c->level[FIELD_GIVEN];
	return level != NOT_SAID && level <= NAME_SWAPPED;
}

/* A number of one's own, birth date and sex make up for a given name that cannot be compared; and
 * as letters are typed wrong more than kana, it tells a slip from a twin. */
static bool given_names(const struct match_comparison *c)
{
	unsigned given = c->level[FIELD_GIVEN];
	bool told_otherwise = given == NOT_SAID && has_own_number(c)
			      && c->level[FIELD_BIRTH] == BIRTH_SAME
			      && c->level[FIELD_SEX] == SEX_SAME;
	bool slip = (c->signs & SIGN_LATIN) != 0 && c->level[FIELD_PERSONAL] == NUMBER_SAME
		    && given != NAME_DIFFERS;
	return !given_agrees(c) && !told_otherwise && !slip;
}

/* Where none is said only the same name, read and written, makes up for it, with the family's or a
 * number of one's own: no two of one household are called so. */
static bool birth_dates(const struct match_comparison *c)
{
	bool surely_named = c->level[FIELD_GIVEN] == NAME_SAME
			    && (c->level[FIELD_FAMILY] == NAME_SAME
				|| c->level[FIELD_FAMILY] == NAME_NEAR || has_own_number(c));
	return (c->signs & SIGN_SEVERAL_PARTS) != 0 || c->level[FIELD_BIRTH] == BIRTH_DIFFERS
	       || (c->level[FIELD_BIRTH] == NOT_SAID && !surely_named);
}

static bool sexes(const struct match_comparison *c)
{
	unsigned given = c->level[FIELD_GIVEN];
	return c->level[FIELD_SEX] == SEX_DIFFERS
	       && (given == NOT_SAID || given > NAME_NEAR || c->level[FIELD_BIRTH] != BIRTH_SAME);
}

static bool alone(const struct match_comparison *c)
{
	return points(corroborating, c) == 0;
}

static bool weaknesses(const struct match_comparison *c)
{
	return points(corroborating, c) <= points(weak, c);
}

static bool other_branch(const struct match_comparison *c)
{
	return (c->signs & SIGN_OTHER_BRANCH) != 0;
}

static bool read_alike(unsigned level)
{
	return level == NAME_SAME || level == NAME_SAME_READING;
}

/* Somebody who was registered twice with all the same is one person by any rule. */
static bool one_domain(const struct match_comparison *c)
{
	bool exact = read_alike(c->level[FIELD_GIVEN]) && read_alike(c->level[FIELD_FAMILY])
		     && c->level[FIELD_BIRTH] == BIRTH_SAME && c->level[FIELD_SEX] == SEX_SAME
		     && points(corroborating, c) >= 2 * HOUSEHOLD;
	return (c->signs & SIGN_ONE_DOMAIN) != 0 && !exact;
}

static bool birth_order(const struct match_comparison *c)
{
	unsigned given = c->level[FIELD_GIVEN];
	return (c->signs & SIGN_OTHER_ORDER) != 0
	       || ((c->signs & SIGN_MULTIPLE) != 0 && (given == NOT_SAID || given > NAME_NEAR));
}

static bool no_name(const struct match_comparison *c)
{
	return (c->signs & (SIGN_UNNAMED | SIGN_UNKNOWN)) != 0;
}

static const struct {
	const char *name;
	bool (*forbids)(const struct match_comparison *c);
} rules[MATCH_RULES] = {
	[RULE_GIVEN_NAMES] = { "given-names-differ", given_names },
	[RULE_BIRTH_DATES] = { "birth-dates-differ", birth_dates },
	[RULE_SEXES] = { "sexes-differ", sexes },
	[RULE_ALONE] = { "nothing-corroborates", alone },
	[RULE_WEAKNESSES] = { "too-little-corroborates", weaknesses },
	[RULE_OTHER_BRANCH] = { "other-branch-of-insurance", other_branch },
	[RULE_ONE_DOMAIN] = { "two-ids-of-one-domain", one_domain },
	[RULE_BIRTH_ORDER] = { "multiple-birth", birth_order },
	[RULE_NO_NAME] = { "no-name-yet", no_name },
};

const char *match_rule_name(enum match_rule rule)
{
	return rules[rule].name;
}

/* ---- The score ---- */

const char *match_outcome_name(enum match_outcome outcome)
{
	static const char *const names[] = { "apart", "review", "link" };
	return names[outcome];
}

static double smaller(double x, double y)
{
	return x < y ? x : y;
}

struct match_score match_score(const struct match_comparison *c, const struct match_weights *w)
{
	struct match_score s = { .total_stranger = w->prior_stranger,
				 .total_relative = w->prior_relative };
	for (enum match_field f = 0; f < MATCH_FIELDS; f++) {
		struct match_step *step = &s.steps[f];
		uint64_t value = f <= FIELD_FAMILY ? c->value[f] : 0;
		step->field = f;
		step->level = c->level[f];
		step->stranger = match_weight(w, MATCH_STRANGER, f, c->level[f], value);
		step->relative = match_weight(w, MATCH_RELATIVE, f, c->level[f], value);
		s.total_stranger = step->total_stranger = s.total_stranger + step->stranger;
		s.total_relative = step->total_relative = s.total_relative + step->relative;
	}
	s.total = smaller(s.total_stranger, s.total_relative);
	if (s.total < w->review_at)
		return s;
	for (enum match_rule r = 0; r < MATCH_RULES; r++)
		if (rules[r].forbids(c))
			s.rules |= 1u << r;
	s.outcome = s.total >= w->link_at && s.rules == 0 ? MATCH_LINK : MATCH_REVIEW;
	return s;
}

double match_probability(const struct match_score *s)
{
	return 1 / (1 + exp2(-s->total_stranger) + exp2(-s->total_relative));
}

/* ---- Explained ---- */

const char *match_explained(struct arena *a, const struct match_score *s,
			    const struct match_weights *w)
{
	struct buffer b = buffer_in(a);
	buffer_printf(&b, "%-10s %-14s %9s %9s %9s %9s\n", "field", "agreement", "stranger",
		      "total", "relative", "total");
	buffer_printf(&b, "%-10s %-14s %9s %9.2f %9s %9.2f\n", "before", "", "", w->prior_stranger,
		      "", w->prior_relative);
	for (enum match_field f = 0; f < MATCH_FIELDS; f++) {
		const struct match_step *t = &s->steps[f];
		if (t->level != NOT_SAID)
			buffer_printf(&b, "%-10s %-14s %+9.2f %9.2f %+9.2f %9.2f\n",
				      match_field_name(f), match_level_name(f, t->level),
				      t->stranger, t->total_stranger, t->relative,
				      t->total_relative);
	}
	buffer_printf(&b, "total %.2f, link from %.2f, review from %.2f\n", s->total, w->link_at,
		      w->review_at);
	for (enum match_rule r = 0; r < MATCH_RULES; r++)
		if ((s->rules & 1u << r) != 0)
			buffer_printf(&b, "not linked: %s\n", match_rule_name(r));
	buffer_printf(&b, "outcome: %s\n", match_outcome_name(s->outcome));
	return buffer_ended(&b);
}
