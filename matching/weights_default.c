/* matching/weights_default.c: data. What each level weighs before a region has taught better.
 *
 * Chosen by us: chance agreements from published shares of names, the calendar and the shapes of
 * numbers (japan.md C8, D4); errors and changes of life from what registers report (C2, C4, C5).
 * The shares of the most common family names are estimates for all of Japan (C8). */
#include "matching/weights.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "matching/features_names.h"

struct row {
	unsigned level;
	double same, stranger, relative;
};

/* Of all three columns only what is said counts. */
static const struct row given[] = {
	{ NAME_SAME, 0.70, 0.0012, 0.00002 },
	{ NAME_SAME_READING, 0.09, 0.0003, 0.00005 },
	{ NAME_SAME_KANJI, 0.05, 0.0001, 0.00002 },
	{ NAME_NEAR, 0.08, 0.0004, 0.0001 },
	{ NAME_OTHER_READING, 0.03, 0.0006, 0.0001 },
	{ NAME_OTHER_KANJI, 0.035, 0.0025, 0.0005 },
	{ NAME_SWAPPED, 0.0005, 0.000001, 0.000001 },
	{ NAME_VOICED, 0.003, 0.0008, 0.001 },
	{ NAME_CLOSE, 0.003, 0.004, 0.008 },
	{ NAME_CLOSE_BOTH, 0.003, 0.02, 0.06 },
	{ NAME_SIMILAR, 0.001, 0.008, 0.015 },
	{ NAME_CHANGED, 0.0000001, 0.0000001, 0.0000001 },
	{ NAME_DIFFERS, 0.0045, 0.962, 0.91521 },
};
static const struct row family[] = {
	{ NAME_SAME, 0.62, 0.0018, 0.65 },
	{ NAME_SAME_READING, 0.085, 0.0003, 0.09 },
	{ NAME_SAME_KANJI, 0.05, 0.0002, 0.05 },
	{ NAME_NEAR, 0.13, 0.0006, 0.13 },
	{ NAME_OTHER_READING, 0.02, 0.0004, 0.015 },
	{ NAME_OTHER_KANJI, 0.01, 0.0006, 0.008 },
	{ NAME_SWAPPED, 0.0005, 0.000001, 0.000001 },
	{ NAME_VOICED, 0.005, 0.0003, 0.004 },
	{ NAME_CLOSE, 0.003, 0.003, 0.003 },
	{ NAME_CLOSE_BOTH, 0.008, 0.015, 0.005 },
	{ NAME_SIMILAR, 0.002, 0.006, 0.002 },
	{ NAME_CHANGED, 0.05, 0.45, 0.02 },
	{ NAME_DIFFERS, 0.0165, 0.5218, 0.023 },
};
static const struct row birth[] = {
	{ BIRTH_SAME, 0.945, 0.00004, 0.02 },      { BIRTH_PARTIAL, 0.002, 0.0001, 0.0001 },
	{ BIRTH_ERA, 0.006, 0.0004, 0.0004 },      { BIRTH_SWAPPED, 0.007, 0.00003, 0.00003 },
	{ BIRTH_SLIP, 0.025, 0.0012, 0.004 },      { BIRTH_ONE_PART, 0.005, 0.012, 0.03 },
	{ BIRTH_DIFFERS, 0.01, 0.98623, 0.94547 },
};
static const struct row sex[] = {
	{ SEX_SAME, 0.993, 0.5, 0.42 },
	{ SEX_DIFFERS, 0.007, 0.5, 0.58 },
};
static const struct row address[] = {
	{ ADDRESS_SAME, 0.62, 0.000001, 0.68 },  { ADDRESS_NUMBERS, 0.10, 0.0000005, 0.12 },
	{ ADDRESS_CLOSE, 0.03, 0.000002, 0.03 }, { ADDRESS_SIMILAR, 0.03, 0.00005, 0.02 },
	{ ADDRESS_MOVED_BY, 0.01, 0.001, 0.01 }, { ADDRESS_POSTCODE, 0.01, 0.0003, 0.01 },
	{ ADDRESS_RELATED, 0.03, 0.02, 0.03 },   { ADDRESS_DIFFERS, 0.17, 0.9786, 0.10 },
};
static const struct row phone[] = {
	{ NUMBER_SAME, 0.78, 0.0000005, 0.85 },
	{ NUMBER_SLIP, 0.01, 0.000002, 0.005 },
	{ NUMBER_DIFFERS, 0.21, 0.9999975, 0.145 },
};
static const struct row insurance[] = {
	{ INSURANCE_PERSON, 0.12, 0.0000001, 0.002 },
	{ INSURANCE_HOUSEHOLD, 0.50, 0.0000003, 0.55 },
	{ INSURANCE_OTHER_BRANCH, 0.003, 0.0000003, 0.14 },
	{ INSURANCE_SLIP, 0.03, 0.000002, 0.03 },
	{ INSURANCE_INSURER, 0.06, 0.01, 0.05 },
	{ INSURANCE_DIFFERS, 0.287, 0.99, 0.228 },
};
static const struct row personal[] = {
	{ NUMBER_SAME, 0.95, 0.000001, 0.0001 },
	{ NUMBER_SLIP, 0.035, 0.00005, 0.0002 },
	{ NUMBER_DIFFERS, 0.015, 0.99995, 0.9997 },
};
static const struct row mother[] = {
	{ MOTHER_SAME, 0.85, 0.004, 0.5 },
	{ MOTHER_CLOSE, 0.05, 0.01, 0.02 },
	{ MOTHER_DIFFERS, 0.10, 0.986, 0.48 },
};

static const struct {
	const struct row *rows;
	size_t count;
} fields[MATCH_FIELDS] = {
	[FIELD_GIVEN] = { given, COUNT(given) },
	[FIELD_FAMILY] = { family, COUNT(family) },
	[FIELD_BIRTH] = { birth, COUNT(birth) },
	[FIELD_SEX] = { sex, COUNT(sex) },
	[FIELD_ADDRESS] = { address, COUNT(address) },
	[FIELD_PHONE] = { phone, COUNT(phone) },
	[FIELD_INSURANCE] = { insurance, COUNT(insurance) },
	[FIELD_PERSONAL] = { personal, COUNT(personal) },
	[FIELD_MOTHER] = { mother, COUNT(mother) },
};

/* By kanji and by reading; サトウ is read of 佐藤 and of rarer ones. */
static const struct {
	const char *form;
	double share;
} common_families[] = {
	{ "佐藤", 0.0151 },     { "鈴木", 0.0144 },   { "高橋", 0.0114 },   { "田中", 0.0107 },
	{ "伊藤", 0.0086 },     { "渡辺", 0.0086 },   { "サトウ", 0.0158 }, { "スズキ", 0.0145 },
	{ "タカハシ", 0.0115 }, { "タナカ", 0.0108 }, { "イトウ", 0.0105 }, { "ワタナベ", 0.0105 },
};

static void take_rows(struct match_weights *w, enum match_field f)
{
	for (size_t i = 0; i < fields[f].count; i++) {
		const struct row *r = &fields[f].rows[i];
		w->probability[MATCH_SAME][f][r->level] = r->same;
		w->probability[MATCH_STRANGER][f][r->level] = r->stranger;
		w->probability[MATCH_RELATIVE][f][r->level] = r->relative;
	}
}

static struct match_rarities families(struct arena *a)
{
	struct match_rarities r = { .chance = 0.00204,
				    .rest = 0.00002, /* of rank 5,000 */
				    .at = arena_array(a, struct match_rarity,
						      COUNT(common_families)),
				    .count = COUNT(common_families) };
	for (size_t i = 0; i < r.count; i++)
		r.at[i] = (struct match_rarity){ match_value(a, common_families[i].form),
						 common_families[i].form,
						 common_families[i].share };
	match_rarities_sort(&r);
	return r;
}

struct match_weights *match_weights_default(struct arena *a)
{
	struct match_weights *w = arena_new(a, struct match_weights);
	*w = (struct match_weights){ .records = 1000000,
				     .prior_stranger = -20,
				     .prior_relative = -1,
				     .link_at = 10,
				     .review_at = -3 };
	for (enum match_field f = 0; f < MATCH_FIELDS; f++)
		take_rows(w, f);
	w->rarities[FIELD_FAMILY] = families(a);
	match_weights_settle(w);
	return w;
}
