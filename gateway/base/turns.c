/* gateway/base/turns.c: jobs that wait, and which of them is next. */
#include "gateway/base/turns.h"

#include <stddef.h>

/* Where a peer's first job hangs, or would. Numbers of peers are hashes already. */
static struct job **bucket_of(struct turns *t, uint64_t peer)
{
	struct job **at = &t->buckets[peer % TURNS_BUCKETS];
	while (*at != NULL && (*at)->peer != peer)
		at = &(*at)->chain;
	return at;
}

static void row_append(struct turns_row *r, struct job *first)
{
	first->after = NULL;
	*(r->last != NULL ? &r->last->after : &r->first) = first;
	r->last = first;
}

static void row_prepend(struct turns_row *r, struct job *first)
{
	first->after = r->first;
	r->first = first;
	if (r->last == NULL)
		r->last = first;
}

static struct turns_row *row_of(struct turns *t, const struct job *first)
{
	return first->had_turn ? &t->again : &t->fresh;
}

static struct job *row_take(struct turns_row *r)
{
	struct job *first = r->first;
	r->first = first->after;
	if (r->first == NULL)
		r->last = NULL;
	return first;
}

/* What stood at before is what stands behind it: another job, or nothing. */
static void row_replace(struct turns_row *r, const struct job *before, struct job *by)
{
	struct job **at = &r->first, *ahead = NULL;
	while (*at != before) {
		ahead = *at;
		at = &(*at)->after;
	}
	if (by != NULL)
		by->after = before->after;
	*at = by != NULL ? by : before->after;
	if (r->last == before)
		r->last = by != NULL ? by : ahead;
}

/* The next of its peer leads the others in its place; NULL: there is none. */
static struct job *succeed(struct turns *t, struct job *first)
{
	struct job **bucket = bucket_of(t, first->peer), *next = first->next;
	*bucket = next != NULL ? next : first->chain;
	if (next == NULL)
		return NULL;
	next->chain = first->chain;
	next->last = first->last;
	next->had_turn = first->had_turn;
	return next;
}

void turns_put(struct turns *t, struct job *j)
{
	struct job **bucket = bucket_of(t, j->peer), *first = *bucket;
	j->next = NULL;
	if (first != NULL) {
		first->last->next = j;
		first->last = j;
		return;
	}
	j->last = j;
	j->chain = NULL;
	j->had_turn = j->behind;
	*bucket = j;
	row_append(row_of(t, j), j);
}

static struct job *take(struct turns *t, struct turns_row *row)
{
	if (row->first == NULL)
		return NULL;
	t->in_row = row == &t->again || t->again.first == NULL ? 0 : t->in_row + 1;
	struct job *j = row_take(row), *next = succeed(t, j);
	if (next != NULL) {
		next->had_turn = true;
		row_append(&t->again, next);
	}
	return j;
}

struct job *turns_take(struct turns *t)
{
	bool again = t->fresh.first == NULL || (t->again.first != NULL && t->in_row >= TURNS_FRESH);
	return take(t, again ? &t->again : &t->fresh);
}

struct job *turns_take_fresh(struct turns *t)
{
	return take(t, &t->fresh);
}

struct job *turns_take_again(struct turns *t)
{
	return take(t, &t->again);
}

void turns_give_back(struct turns *t, struct job *j)
{
	struct job **bucket = bucket_of(t, j->peer), *first = *bucket;
	if (first != NULL)
		row_replace(row_of(t, first), first, NULL);
	j->next = first;
	j->last = first != NULL ? first->last : j;
	j->chain = first != NULL ? first->chain : NULL;
	*bucket = j;
	row_prepend(row_of(t, j), j);
}

bool turns_remove(struct turns *t, struct job *j)
{
	struct job *first = *bucket_of(t, j->peer), *ahead = first;
	if (first == j) {
		row_replace(row_of(t, j), j, succeed(t, j));
		return true;
	}
	while (ahead != NULL && ahead->next != j)
		ahead = ahead->next;
	if (ahead == NULL)
		return false;
	ahead->next = j->next;
	if (first->last == j)
		first->last = ahead;
	return true;
}
