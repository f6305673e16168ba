/* profiles/xds/outcome.c: where an error arose, for whoever is elsewhere. */
#include "profiles/xds/outcome.h"

static struct finding *at_home(struct exchange *x, const struct finding *f)
{
	const char *home = x->region->home_community_id;
	struct finding *copy = arena_new(x->arena, struct finding);
	*copy = *f;
	copy->location = f->location == NULL ? home
					     : arena_printf(x->arena, "%s %s", home, f->location);
	copy->next = NULL;
	return copy;
}

/* The problem is among the findings, or there is none that is an error. */
struct outcome outcome_of(struct exchange *x)
{
	struct outcome o = { &x->problem, x->findings };
	struct finding *first = NULL, **last = &first;
	bool told = x->problem.code == PROBLEM_NONE;
	if (!actor_is_across_the_border(x->transaction->actor))
		return o;
	for (const struct finding *f = x->findings; f != NULL; f = f->next)
		told = told || !f->warning;
	if (!told) {
		*last = at_home(x, &(struct finding){ .problem = x->problem });
		last = &(*last)->next;
	}
	for (const struct finding *f = x->findings; f != NULL; f = f->next) {
		*last = at_home(x, f);
		last = &(*last)->next;
	}
	o.findings = first;
	return o;
}
