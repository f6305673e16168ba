/* store/identity_join.c: which records are one person.
 *
 * Links are made one after another, the certain ones first and the older before the younger, and
 * each only if nobody on its one side contradicts anybody on its other. So what one facility feeds
 * later can make strangers one person no more than it can part those who were one before (I6).
 * Where nothing contradicts the result is what is connected, whatever the order. What scores link
 * comes last, and is judged as a whole (store/identity_closure.c). */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/identity_closure.h"
#include "store/identity_core.h"

enum strength {
	BY_MERGE,  /* the source said that two of its ids are one patient's */
	BY_PERSON, /* somebody decided, or the source of the affinity domain */
	BY_EVIDENCE,
	BY_MESSAGE /* ids of one message: what later feeds say goes before it */
};

struct edge {
	enum strength strength;
	instant since;
	size_t x, y;      /* places; x < y */
	unsigned refused; /* why the two could not be joined by it */
};

struct joining {
	struct identity_work *work;
	struct identity_row **rows;     /* the oldest first */
	struct identity_row **numbered; /* the same by number */
	size_t count;
	struct edge *edges;
	size_t edge_count, edge_room;
	uint32_t *between; /* of two places: their edge by evidence, counted from 1 */
	bool any_decided;
	/* Of a part, by its root: */
	size_t *sizes; /* records; ours join nothing */
	bool *rests;   /* one of them has become somebody else's */
	bool *decided; /* somebody decided that they are one */
	bool *refused; /* of two roots: they contradict */
};

/* Of numbers, places and times, none of which is as large as 2^63. */
static int order(int64_t x, int64_t y)
{
	return (x > y) - (x < y);
}

static int by_number(const void *a, const void *b)
{
	return order((int64_t)(*(struct identity_row *const *)a)->record.number,
		     (int64_t)(*(struct identity_row *const *)b)->record.number);
}

static int by_age(const void *a, const void *b)
{
	int by = order((*(struct identity_row *const *)a)->record.created,
		       (*(struct identity_row *const *)b)->record.created);
	return by != 0 ? by : by_number(a, b);
}

void identity_rows_sort(struct identity_row **rows, size_t count)
{
	qsort(rows, count, sizeof *rows, by_age);
	for (size_t i = 0; i < count; i++)
		rows[i]->place = i;
}

struct identity_row **identity_rows_numbered(struct arena *a, struct identity_row *const *rows,
					     size_t count)
{
	struct identity_row **numbered = arena_array(a, struct identity_row *, count);
	for (size_t i = 0; i < count; i++)
		numbered[i] = rows[i];
	qsort(numbered, count, sizeof *numbered, by_number);
	return numbered;
}

size_t identity_rows_place(struct identity_row *const *numbered, size_t count, uint64_t number)
{
	struct identity_row wanted = { .record = { .number = number } }, *key = &wanted;
	struct identity_row *const *found = bsearch(&key, numbered, count, sizeof *numbered,
						    by_number);
	return found == NULL ? count : (*found)->place;
}

size_t identity_rows_root(struct identity_row *const *rows, size_t i)
{
	while (rows[i]->group != i)
		i = rows[i]->group = rows[rows[i]->group]->group;
	return i;
}

static size_t place(const struct joining *j, uint64_t number)
{
	return identity_rows_place(j->numbered, j->count, number);
}

static size_t root(const struct joining *j, size_t i)
{
	return identity_rows_root(j->rows, i);
}

/* y: one of them, or beyond them, where nothing is known of it. */
static void add_edge(struct joining *j, enum strength strength, instant since, size_t x, size_t y)
{
	if (x == y || y >= j->count)
		return;
	if (j->edge_count == j->edge_room) {
		size_t wider = j->edge_room == 0 ? 64 : 2 * j->edge_room;
		j->edges = arena_resize(j->work->arena, j->edges, j->edge_room * sizeof *j->edges,
					wider * sizeof *j->edges);
		j->edge_room = wider;
	}
	j->edges[j->edge_count++] = (struct edge){ strength, since, x < y ? x : y, x < y ? y : x,
						   0 };
}

/* Of two records the oldest evidence they share: where that makes no link no younger one does, for
 * parts only grow, and so does what stands against them. Unless somebody decided that two are one:
 * then who joins them may explain it. */
static void link_pair(struct joining *j, instant since, size_t x, size_t y)
{
	uint32_t *known = &j->between[x * j->count + y];
	struct edge *edge = *known == 0 ? NULL : &j->edges[*known - 1];
	if (edge != NULL && (edge->since == since || !j->any_decided)) {
		edge->since = since < edge->since ? since : edge->since;
		return;
	}
	add_edge(j, BY_EVIDENCE, since, x, y);
	*known = (uint32_t)j->edge_count;
}

/* Whom it is about: who it was before, if that is so still, else the first. */
void identity_note(struct identity_row *row, unsigned reason, const struct identity_row *against)
{
	uint64_t number = against->record.number;
	row->unsettled |= reason;
	if (row->against == 0 || number == row->old_against)
		row->against = number;
}

static void note(struct joining *j, size_t i, unsigned reason, size_t against)
{
	identity_note(j->rows[i], reason, j->rows[against]);
}

/* ---- What links there are ---- */

struct claim {
	const struct evidence *evidence;
	size_t place;
};

static int by_hash_and_age(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int by = memcmp(x->evidence->hash, y->evidence->hash, EVIDENCE_HASH);
	if (by == 0)
		by = order(x->evidence->since, y->evidence->since);
	return by != 0 ? by : order(x->place, y->place);
}

static void link_two(struct joining *j, const struct claim *x, const struct claim *y)
{
	size_t first = x->place < y->place ? x->place : y->place;
	if (x->place != y->place)
		link_pair(j, x->evidence->since, first, x->place + y->place - first);
}

/* Of one hash: each with every older one, for any of the links may be the one that can be made. Two
 * names that were never divided may both be a family's. */
static void link_claims(struct joining *j, const struct claim *first, size_t count)
{
	for (; count > PERSON_MOST + 1; count--)
		note(j, first[count - 1].place, UNSETTLED_SIZE, first[0].place);
	for (size_t i = 1; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (first[i].evidence->divided || first[k].evidence->divided)
				link_two(j, &first[i], &first[k]);
}

static void link_by_evidence(struct joining *j)
{
	size_t count = 0, n = 0;
	for (size_t i = 0; i < j->count; i++)
		for (const struct evidence *e = j->rows[i]->evidence; e != NULL; e = e->next)
			count++;
	struct claim *all = arena_array(j->work->arena, struct claim, count);
	for (size_t i = 0; i < j->count; i++)
		for (const struct evidence *e = j->rows[i]->evidence; e != NULL; e = e->next)
			all[n++] = (struct claim){ e, i };
	qsort(all, count, sizeof *all, by_hash_and_age);
	for (size_t from = 0, to; from < count; from = to) {
		for (to = from + 1;
		     to < count
		     && memcmp(all[from].evidence->hash, all[to].evidence->hash, EVIDENCE_HASH)
				== 0;
		     to++)
			;
		link_claims(j, all + from, to - from);
	}
}

/* A record made by us is no reason by itself: its anchor stands for it. */
static size_t standing_for(const struct joining *j, uint64_t number)
{
	size_t i = place(j, number);
	return i < j->count && j->rows[i]->made ? place(j, j->rows[i]->anchor) : i;
}

static void link_by_ties(struct joining *j, size_t i)
{
	static const enum strength strengths[] = {
		[TIE_SAME_MESSAGE] = BY_MESSAGE,
		[TIE_MERGE] = BY_PERSON,
		[TIE_TOGETHER] = BY_PERSON,
	};
	const struct identity_row *row = j->rows[i];
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next) {
		if (tie->reason == TIE_APART || tie->reason == TIE_SCORE)
			continue;
		add_edge(j, strengths[tie->reason], tie->time, i, standing_for(j, tie->other));
		j->any_decided = j->any_decided || strengths[tie->reason] == BY_PERSON;
	}
	if (!row->made && row->record.status == RECORD_SUBSUMED)
		add_edge(j, BY_MERGE, row->record.updated, i,
			 standing_for(j, row->record.survivor));
}

static int by_strength_and_age(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	int by = order(x->strength, y->strength);
	if (by == 0)
		by = order(x->since, y->since);
	if (by == 0)
		by = order(x->y, y->y);
	return by != 0 ? by : order(x->x, y->x);
}

/* ---- What stands against them ---- */

static bool tied(const struct identity_row *row, uint64_t other, enum tie_reason reason)
{
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next)
		if (tie->other == other && tie->reason == reason)
			return true;
	return false;
}

static bool differ(struct joining *j, size_t x, size_t y)
{
	return core_contradict(identity_work_core(j->work, j->rows[x]),
			       identity_work_core(j->work, j->rows[y]));
}

/* y differs from z. Somebody decided that those of z's part are one though they differ: then
 * whoever agrees with one that differs as well may join them. One that agrees with both only says
 * less. */
static bool is_explained(struct joining *j, size_t z, size_t y)
{
	size_t part = root(j, z);
	for (size_t x = 0; j->decided[part] && x < j->count; x++)
		if (root(j, x) == part && identity_row_speaks(j->rows[x]) && differ(j, x, z)
		    && !differ(j, x, y))
			return true;
	return false;
}

static bool pair_contradicts(struct joining *j, size_t x, size_t y)
{
	return differ(j, x, y) && !is_explained(j, x, y) && !is_explained(j, y, x);
}

static bool are_apart(const struct joining *j, size_t x, size_t y)
{
	return tied(j->rows[x], j->rows[y]->record.number, TIE_APART);
}

/* Whether anybody in one part cannot be one person with somebody in the other. */
static bool look_for_contradiction(struct joining *j, size_t r, size_t s, bool apart_only)
{
	for (size_t x = 0; x < j->count; x++) {
		if (root(j, x) != r || !identity_row_speaks(j->rows[x]))
			continue;
		for (size_t y = 0; y < j->count; y++)
			if (root(j, y) == s && identity_row_speaks(j->rows[y])
			    && (are_apart(j, x, y) || (!apart_only && pair_contradicts(j, x, y))))
				return true;
	}
	return false;
}

/* Parts only grow, so those that contradict once do so for ever: each two are looked at once. Only
 * whoever joins a part of which somebody decided may explain what stood against it. */
static bool parts_contradict(struct joining *j, size_t r, size_t s, bool apart_only)
{
	bool *refused = &j->refused[r * j->count + s];
	*refused = *refused || look_for_contradiction(j, r, s, apart_only);
	return *refused;
}

static void forget_refusals(struct joining *j, size_t part)
{
	for (size_t i = 0; i < j->count; i++)
		j->refused[part * j->count + i] = j->refused[i * j->count + part] = false;
}

static void join(struct joining *j, size_t r, size_t s, bool decided)
{
	size_t first = r < s ? r : s, second = r < s ? s : r;
	j->rows[second]->group = first;
	j->sizes[first] += j->sizes[second];
	j->rests[first] = j->rests[first] || j->rests[second];
	j->decided[first] = j->decided[first] || j->decided[second] || decided;
	if (j->decided[first])
		forget_refusals(j, first);
}

/* Nobody is led to a part that rests, nor by a record that does. */
static bool leads_to_rest(const struct joining *j, const struct edge *e, size_t r, size_t s)
{
	return j->rests[r] || j->rests[s] || row_rests(j->rows[e->x]) || row_rests(j->rows[e->y]);
}

static void try_edge(struct joining *j, struct edge *e)
{
	size_t r = root(j, e->x), s = root(j, e->y);
	if (r == s || (e->strength != BY_MERGE && leads_to_rest(j, e, r, s)))
		return;
	if (e->strength == BY_MERGE)
		join(j, r, s, false);
	else if (e->strength != BY_PERSON && j->sizes[r] + j->sizes[s] > PERSON_MOST)
		e->refused = UNSETTLED_SIZE;
	else if (parts_contradict(j, r, s, e->strength == BY_PERSON))
		e->refused = e->strength == BY_MESSAGE ? UNSETTLED_TIE : UNSETTLED_CONTRADICTION;
	else
		join(j, r, s, e->strength == BY_PERSON);
}

/* Of those that are not one in the end, by whatever link. That two were decided to be apart is
 * settled. */
static void note_refused(struct joining *j, const struct edge *e)
{
	if (e->refused == 0 || root(j, e->x) == root(j, e->y) || are_apart(j, e->x, e->y))
		return;
	note(j, e->x, e->refused, e->y);
	note(j, e->y, e->refused, e->x);
}

void identity_join(struct identity_work *w, struct identity_row **rows, size_t count)
{
	struct joining j = { .work = w,
			     .rows = rows,
			     .numbered = identity_rows_numbered(w->arena, rows, count),
			     .count = count,
			     .sizes = arena_array(w->arena, size_t, count),
			     .rests = arena_array(w->arena, bool, count),
			     .decided = arena_array(w->arena, bool, count),
			     .between = arena_array(w->arena, uint32_t, count * count),
			     .refused = arena_array(w->arena, bool, count *count) };
	for (size_t i = 0; i < count; i++) {
		rows[i]->group = i;
		rows[i]->unsettled &= UNSETTLED_IDENTITY | UNSETTLED_LEFT_OUT;
		rows[i]->against = row_rests(rows[i]) ? rows[i]->against : 0;
		j.sizes[i] = 1;
		j.rests[i] = row_rests(rows[i]) && identity_row_speaks(rows[i]);
	}
	for (size_t i = 0; i < count; i++)
		link_by_ties(&j, i);
	link_by_evidence(&j);
	if (j.edge_count != 0)
		qsort(j.edges, j.edge_count, sizeof *j.edges, by_strength_and_age);
	for (size_t i = 0; i < j.edge_count; i++)
		try_edge(&j, &j.edges[i]);
	const struct identity_parts parts = { .rows = j.rows,
					      .numbered = j.numbered,
					      .count = j.count,
					      .sizes = j.sizes,
					      .rests = j.rests,
					      .decided = j.decided };
	identity_join_by_score(w, &parts);
	for (size_t i = 0; i < j.edge_count; i++)
		note_refused(&j, &j.edges[i]);
}
