/* matching/train.c: weights learnt from a region's own records. */
#include "matching/train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

enum {
	PATTERNS = 1 << 16, /* slots; a region has some thousands of patterns */
	NAMES = 1 << 16,    /* slots for values of each of both names */
	FILLED_MOST = 3,    /* quarters of them */
	ROUNDS_MOST = 200,
	SEEN_LEAST = 3 /* a name met less often is as rare as any */
};

/* What was known before counts as so many pairs. Of strangers there are millions. */
static const double known_same = 50, known_relatives = 5000, known_strangers = 1e6;
static const double settled = 1e-9; /* the likelihood of a pair changes by less, relatively */

struct pattern {
	uint8_t level[MATCH_FIELDS];
	double count; /* 0: a free slot */
};

struct name_count {
	uint64_t value; /* 0: a free slot */
	const char *form;
	double count;
};

struct names {
	struct name_count *at;
	size_t filled;
	double all;     /* records that have one */
	double counted; /* read and written each */
};

struct match_training {
	struct arena *arena;
	const struct match_weights *from;
	double records;
	struct pattern *patterns;
	size_t filled;
	double candidates;
	double drawn[MATCH_FIELDS][MATCH_LEVELS_MOST]; /* of random pairs */
	double drawn_all;
	struct names names[2]; /* FIELD_GIVEN, FIELD_FAMILY */
	uint64_t left_out;
};

struct match_training *match_training_begin(struct arena *a, const struct match_weights *from,
					    uint64_t records)
{
	struct match_training *t = arena_new(a, struct match_training);
	t->arena = a;
	t->from = from;
	t->records = (double)records;
	t->patterns = arena_array(a, struct pattern, PATTERNS);
	for (size_t i = 0; i < COUNT(t->names); i++)
		t->names[i].at = arena_array(a, struct name_count, NAMES);
	return t;
}

/* ---- Counting ---- */

static bool is_full(size_t filled, size_t slots)
{
	return filled >= slots / 4 * FILLED_MOST;
}

static size_t slot_of(const uint8_t *level)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < MATCH_FIELDS; i++)
		h = (h ^ level[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32) % PATTERNS;
}

void match_training_candidate(struct match_training *t, const struct match_comparison *c)
{
	size_t at = slot_of(c->level);
	while (t->patterns[at].count > 0
	       && memcmp(t->patterns[at].level, c->level, MATCH_FIELDS) != 0)
		at = (at + 1) % PATTERNS;
	struct pattern *p = &t->patterns[at];
	if (!(p->count > 0) && is_full(t->filled, PATTERNS)) {
		t->left_out++;
		return;
	}
	t->filled += !(p->count > 0);
	memcpy(p->level, c->level, MATCH_FIELDS);
	p->count++;
	t->candidates++;
}

void match_training_random(struct match_training *t, const struct match_comparison *c)
{
	for (enum match_field f = 0; f < MATCH_FIELDS; f++)
		t->drawn[f][c->level[f]]++;
	t->drawn_all++;
}

static void count_name(struct match_training *t, struct names *n, const struct match_part *p)
{
	size_t at = (size_t)(p->value ^ p->value >> 32) % NAMES;
	while (n->at[at].value != 0 && n->at[at].value != p->value)
		at = (at + 1) % NAMES;
	if (n->at[at].value == 0 && is_full(n->filled, NAMES)) {
		t->left_out++;
		return;
	}
	if (n->at[at].value == 0) {
		const char *form = runes_text(t->arena, p->form);
		if (strlen(form) > MATCH_RARITY_TEXT)
			return;
		n->filled++;
		n->at[at] = (struct name_count){ .value = p->value, .form = form };
	}
	n->at[at].count++;
	n->counted++;
}

/* Each as read and as written: both are looked up. */
void match_training_record(struct match_training *t, const struct match_features *f)
{
	bool told_apart = false;
	for (const struct match_name *n = f->names; n != NULL; n = n->next) {
		if (n->family.value == 0 || n->given.value == 0)
			continue;
		told_apart = true;
		count_name(t, &t->names[FIELD_FAMILY], &n->family);
		count_name(t, &t->names[FIELD_GIVEN], &n->given);
	}
	for (size_t i = 0; i < COUNT(t->names); i++)
		t->names[i].all += told_apart;
}

/* ---- Expecting ---- */

/* Pairs expected in each class and, of them, at each level. */
struct expected {
	double pairs[MATCH_CLASSES];
	double levels[MATCH_CLASSES][MATCH_FIELDS][MATCH_LEVELS_MOST];
	double likelihood;
};

static double all_pairs(const struct match_training *t)
{
	double all = t->records * (t->records - 1) / 2;
	return all > t->candidates ? all : t->candidates;
}

/* log(how many such pairs the class has). */
static double density(const struct match_weights *w, enum match_class c, double pairs,
		      const uint8_t *level)
{
	double sum = log(pairs);
	for (enum match_field f = 0; f < MATCH_FIELDS; f++)
		if (level[f] != NOT_SAID)
			sum += log(w->probability[c][f][level[f]]);
	return sum;
}

static void expect_pattern(const struct match_weights *w, const double *pairs,
			   const struct pattern *p, struct expected *e)
{
	double each[MATCH_CLASSES], most = -INFINITY, sum = 0;
	for (unsigned c = 0; c < MATCH_CLASSES; c++) {
		each[c] = density(w, (enum match_class)c, pairs[c], p->level);
		most = each[c] > most ? each[c] : most;
	}
	for (unsigned c = 0; c < MATCH_CLASSES; c++)
		sum += each[c] = exp(each[c] - most);
	e->likelihood += p->count * (most + log(sum));
	for (unsigned c = 0; c < MATCH_CLASSES; c++) {
		double share = p->count * each[c] / sum;
		e->pairs[c] += share;
		for (enum match_field f = 0; f < MATCH_FIELDS; f++)
			e->levels[c][f][p->level[f]] += share;
	}
}

/* The pairs that share no key are strangers, as those drawn are. */
static void expect_the_others(const struct match_training *t, struct expected *e)
{
	double others = all_pairs(t) - t->candidates;
	for (enum match_field f = 0; t->drawn_all > 0 && f < MATCH_FIELDS; f++)
		for (unsigned i = 0; i < MATCH_LEVELS_MOST; i++)
			e->levels[MATCH_STRANGER][f][i] += t->drawn[f][i] / t->drawn_all * others;
}

static void expect(const struct match_training *t, const struct match_weights *w,
		   const double *pairs, struct expected *e)
{
	*e = (struct expected){ .likelihood = 0 };
	for (size_t i = 0; i < PATTERNS; i++)
		if (t->patterns[i].count > 0)
			expect_pattern(w, pairs, &t->patterns[i], e);
	expect_the_others(t, e);
}

/* ---- Maximising ---- */

static void maximise(const struct match_training *t, const struct expected *e,
		     struct match_weights *w)
{
	static const double known[MATCH_CLASSES] = { [MATCH_SAME] = known_same,
						     [MATCH_STRANGER] = known_strangers,
						     [MATCH_RELATIVE] = known_relatives };
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (enum match_field f = 0; f < MATCH_FIELDS; f++)
			for (unsigned i = 1; i < match_level_count(f); i++)
				w->probability[c][f][i] = e->levels[c][f][i]
							  + known[c]
								    * t->from->probability[c][f][i];
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (enum match_field f = 0; f < MATCH_FIELDS; f++) {
			double sum = 0;
			for (unsigned i = 1; i < match_level_count(f); i++)
				sum += w->probability[c][f][i];
			for (unsigned i = 1; i < match_level_count(f); i++)
				w->probability[c][f][i] /= sum;
		}
	match_weights_settle(w);
}

/* ---- Rarities ---- */

static int more_often(const void *x, const void *y)
{
	const struct name_count *a = x, *b = y;
	if (a->count > b->count || a->count < b->count)
		return a->count > b->count ? -1 : 1;
	return a->value < b->value ? -1 : a->value > b->value;
}

/* A region that was never told two names apart keeps what was known. */
static void take_rarities(struct match_training *t, struct names *n, struct match_rarities *out)
{
	size_t count = 0;
	if (!(n->all > 0))
		return;
	qsort(n->at, NAMES, sizeof n->at[0], more_often);
	while (count < MATCH_RARITIES_MOST && n->at[count].count >= SEEN_LEAST)
		count++;
	*out = (struct match_rarities){ .rest = SEEN_LEAST / 2.0 / n->all,
					.at = arena_array(t->arena, struct match_rarity, count),
					.count = count };
	for (size_t i = 0; i < count; i++) {
		double share = n->at[i].count / n->all;
		out->at[i] = (struct match_rarity){ n->at[i].value, n->at[i].form, share };
		out->chance += share * share;
	}
	out->chance /= n->counted / n->all; /* of both views the mean */
	out->chance = out->chance > out->rest ? out->chance : out->rest;
	match_rarities_sort(out);
}

bool match_training_end(struct match_training *t, struct match_trained *out)
{
	struct match_weights *w = arena_new(t->arena, struct match_weights);
	struct expected *e = arena_new(t->arena, struct expected);
	double before = -INFINITY;
	*w = *t->from;
	*out = (struct match_trained){ .weights = w, .left_out = t->left_out };
	if (!(t->candidates > 0))
		return false;
	double pairs[MATCH_CLASSES] = { [MATCH_SAME] = t->candidates / 3,
					[MATCH_STRANGER] = all_pairs(t),
					[MATCH_RELATIVE] = t->candidates / 3 };
	for (; out->rounds < ROUNDS_MOST; out->rounds++) {
		expect(t, w, pairs, e);
		pairs[MATCH_SAME] = e->pairs[MATCH_SAME] + 1;
		pairs[MATCH_RELATIVE] = e->pairs[MATCH_RELATIVE] + 1;
		maximise(t, e, w);
		if (e->likelihood - before < settled * fabs(e->likelihood))
			break;
		before = e->likelihood;
	}
	out->same = pairs[MATCH_SAME];
	out->relatives = pairs[MATCH_RELATIVE];
	w->records = t->records;
	w->prior_stranger = log2(pairs[MATCH_SAME] / pairs[MATCH_STRANGER]);
	w->prior_relative = log2(pairs[MATCH_SAME] / pairs[MATCH_RELATIVE]);
	for (size_t i = 0; i < COUNT(t->names); i++)
		take_rarities(t, &t->names[i], &w->rarities[i]);
	return true;
}
