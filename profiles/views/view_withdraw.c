/* profiles/views/view_withdraw.c: what a later message takes back of an earlier one. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/views/view_read.h"

/* What was taken back by what came later: the numbers, and what was told by what it is about, with
 * a number of its own and without. Going from the newest to the oldest each item asks once. */
enum { NUMBERED, ABOUT, ABOUT_NUMBERED, SETS, BUCKETS = 256 };
struct taken_back {
	const char *system, *same;
	struct taken_back *next;
};
struct taking_back {
	struct arena *arena;
	struct taken_back *sets[SETS][BUCKETS];
};

static struct taken_back **bucket(struct taking_back *t, unsigned set, const char *same)
{
	unsigned hash = 5381;
	for (const unsigned char *c = (const unsigned char *)same; *c != '\0'; c++)
		hash = hash * 33 + *c;
	return &t->sets[set][hash % BUCKETS];
}

static bool holds(struct taking_back *t, unsigned set, const char *system, const char *same)
{
	const struct taken_back *one = *bucket(t, set, same);
	while (one != NULL && !(text_equal(one->same, same) && text_equal(one->system, system)))
		one = one->next;
	return one != NULL;
}

static void add(struct taking_back *t, unsigned set, const char *system, const char *same)
{
	struct taken_back **at = bucket(t, set, same);
	struct taken_back *one = arena_new(t->arena, struct taken_back);
	if (holds(t, set, system, same))
		return;
	*one = (struct taken_back){ system, same, *at };
	*at = one;
}

static void judge(struct taking_back *t, const char *system, struct view_item *i)
{
	bool numbered = i->same[0][0] != '\0';
	if (i->withdraws) {
		if (numbered)
			add(t, NUMBERED, system, i->same[0]);
		add(t, numbered ? ABOUT_NUMBERED : ABOUT, system, i->same[1]);
		return;
	}
	i->withdrawn = i->withdrawn || (numbered && holds(t, NUMBERED, system, i->same[0]))
		       || holds(t, ABOUT, system, i->same[1])
		       || (!numbered && holds(t, ABOUT_NUMBERED, system, i->same[1]));
}

/* The last of a message first. */
static void judge_source(struct taking_back *t, const struct view_source *s)
{
	size_t count = 0;
	for (const struct view_item *i = s->items; i != NULL; i = i->next)
		count++;
	struct view_item **all = arena_array(t->arena, struct view_item *, count + 1);
	size_t n = 0;
	for (struct view_item *i = s->items; i != NULL; i = i->next)
		all[n++] = i;
	while (n != 0)
		judge(t, s->origin.system, all[--n]);
}

void view_withdraw(struct arena *a, const struct view_source *sources)
{
	struct taking_back *t = arena_new(a, struct taking_back);
	t->arena = a;
	for (const struct view_source *s = sources; s != NULL; s = s->next)
		judge_source(t, s);
}
