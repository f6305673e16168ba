/* tests/matching/train_test.c: what is learnt from pairs of which nobody said who is who. */
#include "tests/base/suite.h"

#include <math.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "matching/features_names.h"
#include "matching/train.h"
#include "schemas/tables/problem.h"
#include "tests/matching/people.h"

/* The weights that made the pairs: other ones than those that learning begins from. */
static struct match_weights *truth(struct arena *a)
{
	struct match_weights *w = match_weights_default(a);
	w->probability[MATCH_SAME][FIELD_PHONE][NUMBER_SAME] = 0.5;
	w->probability[MATCH_SAME][FIELD_PHONE][NUMBER_DIFFERS] = 0.5;
	w->probability[MATCH_SAME][FIELD_SEX][SEX_SAME] = 0.97;
	w->probability[MATCH_SAME][FIELD_SEX][SEX_DIFFERS] = 0.03;
	match_weights_settle(w);
	return w;
}

static double drawn(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 11) / 9007199254740992.0;
}

static struct match_comparison pair_of(const struct match_weights *w, enum match_class c,
				       uint64_t *state)
{
	struct match_comparison pair = { .signs = 0 };
	for (enum match_field f = 0; f < MATCH_FIELDS; f++) {
		double left = drawn(state);
		unsigned level = 1;
		while (level + 1 < match_level_count(f)
		       && (left -= w->probability[c][f][level]) > 0)
			level++;
		pair.level[f] = (uint8_t)level;
	}
	return pair;
}

enum { SAME = 3000, RELATIVES = 4000, FOUND_STRANGERS = 3000, RECORDS = 20000 };

static void finds_what_made_them(void)
{
	struct arena *a = arena_create(256 << 20);
	static const unsigned count[MATCH_CLASSES] = { [MATCH_SAME] = SAME,
						       [MATCH_STRANGER] = FOUND_STRANGERS,
						       [MATCH_RELATIVE] = RELATIVES };
	struct match_weights *made = truth(a), *from = match_weights_default(a);
	struct match_training *t = match_training_begin(a, from, RECORDS);
	struct match_trained learnt;
	uint64_t state = 7;
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (unsigned i = 0; i < count[c]; i++) {
			struct match_comparison pair = pair_of(made, c, &state);
			match_training_candidate(t, &pair);
		}
	for (unsigned i = 0; i < 50000; i++) {
		struct match_comparison pair = pair_of(made, MATCH_STRANGER, &state);
		match_training_random(t, &pair);
	}
	CU_ASSERT_TRUE_FATAL(match_training_end(t, &learnt));
	const struct match_weights *w = learnt.weights;
	printf("%u rounds, %.0f same, %.0f relatives\n", learnt.rounds, learnt.same,
	       learnt.relatives);
	CU_ASSERT_DOUBLE_EQUAL(learnt.same, SAME, SAME * 0.03);
	CU_ASSERT_DOUBLE_EQUAL(learnt.relatives, RELATIVES, RELATIVES * 0.03);
	CU_ASSERT_DOUBLE_EQUAL(w->probability[MATCH_SAME][FIELD_PHONE][NUMBER_SAME], 0.5, 0.05);
	CU_ASSERT_DOUBLE_EQUAL(w->probability[MATCH_SAME][FIELD_SEX][SEX_DIFFERS], 0.03, 0.01);
	CU_ASSERT_DOUBLE_EQUAL(w->prior_stranger, log2(SAME / (RECORDS * (RECORDS - 1.0) / 2)),
			       0.1);
	CU_ASSERT_DOUBLE_EQUAL(w->prior_relative, log2((double)SAME / RELATIVES), 0.1);
	CU_ASSERT_EQUAL(w->link_at, from->link_at);
	CU_ASSERT_EQUAL(w->review_at, from->review_at);
	CU_ASSERT_EQUAL(learnt.left_out, 0);
	arena_destroy(a);
}

static void nothing_teaches_nothing(void)
{
	struct arena *a = arena_create(64 << 20);
	struct match_weights *from = match_weights_default(a);
	struct match_trained learnt;
	struct match_training *t = match_training_begin(a, from, 0);
	CU_ASSERT_FALSE(match_training_end(t, &learnt));
	CU_ASSERT_EQUAL(memcmp(learnt.weights, from, sizeof *from), 0);
	t = match_training_begin(a, from, 1);
	struct match_comparison none = { .signs = 0 };
	match_training_candidate(t, &none);
	CU_ASSERT_TRUE(match_training_end(t, &learnt));
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (enum match_field f = 0; f < MATCH_FIELDS; f++)
			for (unsigned i = 1; i < match_level_count(f); i++)
				CU_ASSERT_DOUBLE_EQUAL(learnt.weights->probability[c][f][i],
						       from->probability[c][f][i], 1e-7);
	arena_destroy(a);
}

static void counts_names(void)
{
	struct arena *a = arena_create(64 << 20);
	static const struct {
		const char *line;
		unsigned times;
	} people[] = {
		{ "佐藤　花子/サトウ　ハナコ", 60 }, { "鈴木　一郎/スズキ　イチロウ", 30 },
		{ "及川　茂/オイカワ　シゲル", 9 },  { "勅使河原　茂/テシガワラ　シゲル", 1 },
		{ "山田太郎/ヤマダタロウ", 50 },
	};
	struct match_training *t = match_training_begin(a, match_weights_default(a), 150);
	struct match_comparison none = { .signs = 0 };
	struct match_trained learnt;
	for (size_t i = 0; i < COUNT(people); i++)
		for (unsigned n = 0; n < people[i].times; n++)
			match_training_record(t, person(a, people[i].line));
	match_training_candidate(t, &none);
	CU_ASSERT_TRUE_FATAL(match_training_end(t, &learnt));
	const struct match_rarities *r = &learnt.weights->rarities[FIELD_FAMILY];
	CU_ASSERT_EQUAL(r->count, 6);
	CU_ASSERT_DOUBLE_EQUAL(r->chance, 0.36 + 0.09 + 0.0081, 1e-9);
	CU_ASSERT_DOUBLE_EQUAL(r->rest, 0.015, 1e-9);
	for (size_t i = 0; i < r->count; i++)
		if (r->at[i].value == match_value(a, "佐藤"))
			CU_ASSERT_DOUBLE_EQUAL(r->at[i].share, 0.6, 1e-9);
	struct bytes text = match_weights_write(a, learnt.weights);
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_PTR_NOT_NULL(match_weights_read(a, text, &p));
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = { { "finds what made them", finds_what_made_them },
					     { "nothing teaches nothing", nothing_teaches_nothing },
					     { "counts names", counts_names },
					     { NULL, NULL } };
	return suite_run("train", tests);
}
