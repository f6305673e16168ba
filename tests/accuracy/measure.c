/* tests/accuracy/measure.c: what a set of weights makes of a sample. */
#include "tests/accuracy/measure.h"

#include <stdio.h>
#include <time.h>

#include "gateway/base/arena.h"
#include "matching/train.h"

double quality_precision(const struct quality *q)
{
	uint64_t all = q->right + q->wrong;
	return all == 0 ? 1 : (double)q->right / (double)all;
}

double quality_recall(const struct quality *q)
{
	uint64_t all = q->right + q->missed;
	return all == 0 ? 1 : (double)q->right / (double)all;
}

double quality_f1(const struct quality *q)
{
	double all = (double)(2 * q->right + q->wrong + q->missed);
	return all > 0 ? 2.0 * (double)q->right / all : 1;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct match_score scored(const struct sample *s, const struct match_weights *w, size_t x,
				 size_t y)
{
	struct match_comparison c = match_compare(s->at[x].features, s->at[y].features);
	return match_score(&c, w);
}

static bool is_true(const struct sample *s, size_t x, size_t y)
{
	return s->at[x].truth == s->at[y].truth;
}

/* ---- Persons: what links join, unless two of their records are apart ---- */

struct forest {
	uint32_t *parent;
};

static uint32_t root(const struct forest *f, uint32_t i)
{
	while (f->parent[i] != i)
		i = f->parent[i] = f->parent[f->parent[i]];
	return i;
}

/* The records of a person as a list: who is next, one more than his place; 0 ends it. */
struct members {
	uint32_t *first, *next;
};

static struct members members_of(struct arena *a, const struct sample *s, const struct forest *f)
{
	struct members m = { arena_array(a, uint32_t, s->count + 1),
			     arena_array(a, uint32_t, s->count + 1) };
	for (size_t i = s->count; i-- > 0;) {
		uint32_t r = root(f, (uint32_t)i);
		m.next[i] = m.first[r];
		m.first[r] = (uint32_t)i + 1;
	}
	return m;
}

static void count_person(const struct sample *s, const struct match_weights *w,
			 const struct members *all, uint32_t first, struct measure *m)
{
	uint64_t right = 0, wrong = 0;
	for (uint32_t i = first; i != 0; i = all->next[i - 1])
		for (uint32_t k = all->next[i - 1]; k != 0; k = all->next[k - 1]) {
			if (scored(s, w, i - 1, k - 1).outcome == MATCH_APART) {
				m->parted++;
				return;
			}
			if (is_true(s, i - 1, k - 1))
				right++;
			else
				wrong++;
		}
	m->partition.right += right;
	m->partition.wrong += wrong;
}

static void count_partition(struct arena *a, const struct sample *s, const struct match_weights *w,
			    const struct forest *f, struct measure *m)
{
	struct members all = members_of(a, s, f);
	for (size_t r = 0; r < s->count; r++)
		count_person(s, w, &all, all.first[r], m);
	m->partition.missed = m->true_pairs - m->partition.right;
}

/* ---- Counting ---- */

static void count(struct quality *q, bool said, bool is)
{
	q->right += said && is;
	q->wrong += said && !is;
}

static void explain(struct arena *a, const struct sample *s, const struct match_weights *w,
		    const struct match_score *score, size_t x, size_t y)
{
	struct arena_mark mark = arena_mark(a);
	printf("%s of %s, %s: truly %s\n%s\n", s->at[x].id, s->name, s->at[y].id,
	       is_true(s, x, y) ? "one person" : "two", match_explained(a, score, w));
	arena_rewind(a, &mark);
}

static void count_pair(const struct match_score *score, bool is, struct measure *m)
{
	bool link = score->outcome == MATCH_LINK;
	count(&m->links, link, is);
	count(&m->likely, match_probability(score) >= 0.5, is);
	count(&m->seen, score->outcome != MATCH_APART, is);
	m->review += score->outcome == MATCH_REVIEW;
	m->one_domain += is && !link && score->rules == 1u << RULE_ONE_DOMAIN
			 && score->outcome == MATCH_REVIEW;
	m->candidates_true += is;
}

struct measure measure(struct arena *a, const struct sample *s, const struct pairs *p,
		       const struct match_weights *w, unsigned show)
{
	struct measure m = { .records = s->count,
			     .candidates = p->count,
			     .true_pairs = sample_true_pairs(a, s) };
	struct forest f = { arena_array(a, uint32_t, s->count + 1) };
	double began = now();
	for (size_t i = 0; i < s->count; i++)
		f.parent[i] = (uint32_t)i;
	for (size_t i = 0; i < p->count; i++) {
		struct pair pair = p->at[i];
		struct match_score score = scored(s, w, pair.x, pair.y);
		bool is = is_true(s, pair.x, pair.y);
		count_pair(&score, is, &m);
		if (score.outcome == MATCH_LINK)
			f.parent[root(&f, pair.x)] = root(&f, pair.y);
		bool wrong = is ? score.outcome == MATCH_APART : score.outcome == MATCH_LINK;
		if (wrong && show > 0) {
			explain(a, s, w, &score, pair.x, pair.y);
			show--;
		}
	}
	m.comparisons = (double)p->count / (now() - began);
	m.links.missed = m.true_pairs - m.links.right;
	m.likely.missed = m.true_pairs - m.likely.right;
	m.seen.missed = m.true_pairs - m.seen.right;
	count_partition(a, s, w, &f, &m);
	return m;
}

/* ---- Learning ---- */

enum { DRAWN = 200000 };

/* A fixed sequence: the same sample teaches the same (Marsaglia 2003). */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

const struct match_weights *measure_learn(struct arena *a, const struct sample *s,
					  const struct pairs *p, const struct match_weights *from)
{
	struct match_training *t = match_training_begin(a, from, s->count);
	struct match_trained learnt;
	uint64_t state = 0x2545f4914f6cdd1du;
	for (size_t i = 0; i < s->count; i++)
		match_training_record(t, s->at[i].features);
	for (size_t i = 0; i < p->count; i++) {
		struct match_comparison c = match_compare(s->at[p->at[i].x].features,
							  s->at[p->at[i].y].features);
		match_training_candidate(t, &c);
	}
	for (size_t i = 0; i < DRAWN && s->count > 1; i++) {
		uint32_t x = (uint32_t)(draw(&state) % s->count),
			 y = (uint32_t)(draw(&state) % s->count);
		if (x == y || pairs_have(p, x, y))
			continue;
		struct match_comparison c = match_compare(s->at[x].features, s->at[y].features);
		match_training_random(t, &c);
	}
	match_training_end(t, &learnt);
	return learnt.weights;
}
