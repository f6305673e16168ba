/* store/identity_closure.c: which parts are one person by score.
 *
 * Scores connect parts that everything else has made (store/identity_join.c). What they connect is
 * judged as a whole: where any two of it who speak cannot be one person none of its links is made,
 * and all of them are noted, so that all of it is looked at whenever any of it changes. So the
 * result is a function of what is said, not of the order it was said in (I9). Whether two cannot be
 * one is judged by their score, too: a slip in a birth date is what it explains. */
#include "store/identity_closure.h"

#include "gateway/base/arena.h"

struct score_edge {
	size_t x, y; /* places; x < y */
};

struct closures {
	struct identity_work *work;
	const struct identity_parts *parts;
	struct score_edge *edges;
	size_t edge_count;
	size_t *closure; /* of a part, by its root: the classic forest of parents */
	bool *cut;       /* of a part: one of its links leads to whom nobody has looked at */
};

struct match_score identity_work_score(struct identity_work *w, struct identity_row *x,
				       struct identity_row *y)
{
	struct match_comparison c = match_compare(identity_work_features(w, x),
						  identity_work_features(w, y));
	return match_score(&c, identity_work_weights(w));
}

bool match_contradicts(const struct match_score *s)
{
	enum {
		DIFFERENT = 1u << RULE_SEXES | 1u << RULE_OTHER_BRANCH | 1u << RULE_ONE_DOMAIN
			    | 1u << RULE_BIRTH_ORDER
	};
	/* These two rules forbid also where one of them says nothing. */
	bool given = (s->rules & 1u << RULE_GIVEN_NAMES) != 0
		     && s->steps[FIELD_GIVEN].level != NOT_SAID;
	bool birth = (s->rules & 1u << RULE_BIRTH_DATES) != 0
		     && s->steps[FIELD_BIRTH].level != NOT_SAID;
	return s->outcome == MATCH_APART || (s->rules & DIFFERENT) != 0 || given || birth;
}

static size_t root(const struct closures *c, size_t i)
{
	return identity_rows_root(c->parts->rows, i);
}

static size_t closure_of(const struct closures *c, size_t i)
{
	size_t part = root(c, i);
	while (c->closure[part] != part)
		part = c->closure[part] = c->closure[c->closure[part]];
	return part;
}

static struct identity_row *row(const struct closures *c, size_t i)
{
	return c->parts->rows[i];
}

/* ---- What links there are ---- */

static bool are_apart(const struct closures *c, size_t x, size_t y)
{
	for (const struct tie *tie = row(c, x)->ties; tie != NULL; tie = tie->next)
		if (tie->other == row(c, y)->record.number && tie->reason == TIE_APART)
			return true;
	return false;
}

/* Nobody is led to a part that rests, nor by what two records say of whom a person said that they
 * are two. */
static bool leads(const struct closures *c, size_t x, size_t y)
{
	return identity_row_speaks(row(c, x)) && identity_row_speaks(row(c, y))
	       && !c->parts->rests[root(c, x)] && !c->parts->rests[root(c, y)]
	       && root(c, x) != root(c, y) && !are_apart(c, x, y);
}

/* Each stands at both of its ends. */
static void edges_of(struct closures *c, size_t x)
{
	const struct identity_parts *p = c->parts;
	for (const struct tie *tie = row(c, x)->ties; tie != NULL; tie = tie->next) {
		if (tie->reason != TIE_SCORE)
			continue;
		size_t y = identity_rows_place(p->numbered, p->count, tie->other);
		if (y == p->count)
			c->cut[root(c, x)] = c->cut[root(c, x)] || identity_work_is_full(c->work);
		else if (x < y && leads(c, x, y))
			c->edges[c->edge_count++] = (struct score_edge){ x, y };
	}
}

static size_t count_ties(const struct identity_parts *p)
{
	size_t count = 0;
	for (size_t i = 0; i < p->count; i++)
		for (const struct tie *tie = p->rows[i]->ties; tie != NULL; tie = tie->next)
			count += tie->reason == TIE_SCORE;
	return count;
}

static void connect(struct closures *c, const struct score_edge *e)
{
	size_t x = closure_of(c, e->x), y = closure_of(c, e->y);
	c->closure[x < y ? y : x] = x < y ? x : y;
}

/* ---- What stands against them ---- */

static bool scored_by_tie(const struct closures *c, size_t x, size_t y)
{
	for (const struct tie *tie = row(c, x)->ties; tie != NULL; tie = tie->next)
		if (tie->other == row(c, y)->record.number && tie->reason == TIE_SCORE)
			return true;
	return false;
}

/* Those who are linked by their score do not contradict, and need not be scored again. */
static bool differ(struct closures *c, size_t x, size_t y)
{
	if (scored_by_tie(c, x, y))
		return false;
	struct match_score s = identity_work_score(c->work, row(c, x), row(c, y));
	return match_contradicts(&s);
}

/* As is_explained() of store/identity_join.c: a person decided that z is one with somebody who
 * differs from it, and y agrees with that one. */
static bool is_explained(struct closures *c, size_t z, size_t y)
{
	size_t part = root(c, z);
	for (size_t x = 0; c->parts->decided[part] && x < c->parts->count; x++)
		if (x != z && root(c, x) == part && identity_row_speaks(row(c, x))
		    && differ(c, x, z) && !differ(c, x, y))
			return true;
	return false;
}

static bool stand_against(struct closures *c, size_t x, size_t y)
{
	return are_apart(c, x, y)
	       || (differ(c, x, y) && !is_explained(c, x, y) && !is_explained(c, y, x));
}

/* Whether x cannot be one person with anybody before it in the closure. */
static bool stands_against_any(struct closures *c, size_t closure, size_t x)
{
	for (size_t y = 0; y < x; y++)
		if (root(c, y) != root(c, x) && closure_of(c, y) == closure
		    && identity_row_speaks(row(c, y)) && stand_against(c, x, y))
			return true;
	return false;
}

static bool anybody_contradicts(struct closures *c, size_t closure)
{
	for (size_t x = 1; x < c->parts->count; x++)
		if (identity_row_speaks(row(c, x)) && closure_of(c, x) == closure
		    && stands_against_any(c, closure, x))
			return true;
	return false;
}

static bool is_too_large(const struct closures *c, size_t closure)
{
	size_t size = 0;
	bool cut = false;
	for (size_t i = 0; i < c->parts->count; i++)
		if (root(c, i) == i && closure_of(c, i) == closure) {
			size += c->parts->sizes[i];
			cut = cut || c->cut[i];
		}
	return cut || size > PERSON_MOST;
}

/* 0: nothing stands against it. */
static unsigned judge(struct closures *c, size_t closure)
{
	return is_too_large(c, closure)          ? UNSETTLED_SIZE
	       : anybody_contradicts(c, closure) ? UNSETTLED_CONTRADICTION
						 : 0;
}

/* ---- What becomes of it ---- */

/* Of a link that was judged: its closure is that of either end. */
static void make(struct closures *c, const struct score_edge *e, unsigned refused)
{
	if (refused != 0) {
		identity_note(row(c, e->x), refused, row(c, e->y));
		identity_note(row(c, e->y), refused, row(c, e->x));
		return;
	}
	size_t x = root(c, e->x), y = root(c, e->y);
	row(c, x < y ? y : x)->group = x < y ? x : y;
}

void identity_join_by_score(struct identity_work *w, const struct identity_parts *p)
{
	struct closures c = { .work = w, .parts = p };
	size_t ties = count_ties(p);
	if (ties == 0)
		return;
	c.edges = arena_array(w->arena, struct score_edge, ties);
	c.closure = arena_array(w->arena, size_t, p->count);
	c.cut = arena_array(w->arena, bool, p->count);
	bool *linked = arena_array(w->arena, bool, p->count); /* of a closure, by its root */
	unsigned *refused = arena_array(w->arena, unsigned, p->count);
	for (size_t i = 0; i < p->count; i++) {
		c.closure[i] = i;
		edges_of(&c, i);
	}
	for (size_t i = 0; i < c.edge_count; i++)
		connect(&c, &c.edges[i]);
	/* Judged before any is made, for then parts are others; closures are not. */
	for (size_t i = 0; i < c.edge_count; i++)
		linked[closure_of(&c, c.edges[i].x)] = true;
	for (size_t i = 0; i < p->count; i++)
		refused[i] = linked[i] ? judge(&c, i) : 0;
	for (size_t i = 0; i < c.edge_count; i++)
		make(&c, &c.edges[i], refused[closure_of(&c, c.edges[i].x)]);
}
