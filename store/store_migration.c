/* store/store_migration.c: a store of a former form becomes one of this release's, step by step. */
#include "store/store_migration.h"

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/identity.h"
#include "store/store.h"
#include "store/store_form.h"

struct form_step {
	unsigned from, to;
	bool (*before)(struct store *s, struct problem *p); /* jobs of its own; NULL: nothing */
	const char *changes;
};

static bool make_keys(struct store *s, struct problem *p)
{
	uint64_t made;
	return identity_keys_ready(s, &made, p);
}

/* The last is to the form of this release. */
static const struct form_step steps[] = {
	{ 10, 11, NULL, "rows of persons are read as they are, and written shorter from now on" },
	{ 11, 12, make_keys, "every record gets its keys for matching" },
	{ 12, 13, NULL, "which release made the store, and which brought it here, is kept" },
};

struct moving {
	const struct form_step *step;
	unsigned was;
};

static bool move(void *with, struct store_txn *t, struct problem *p)
{
	const struct moving *m = with;
	return store_form_of(t) == m->step->from
		       ? store_form_move(t, m->step->to, m->was)
		       : problem_set(p, PROBLEM_CONFLICT, "the store is not of form %u any more",
				     m->step->from);
}

static unsigned form_now(struct store *s, struct problem *p)
{
	struct store_txn *t = store_begin_read(s, p);
	unsigned form = t == NULL ? 0 : store_form_of(t);
	store_end(t);
	return form;
}

static bool take_step(struct store *s, const struct store_migration *m, struct moving *one,
		      struct problem *p)
{
	const struct form_step *step = one->step;
	if (progress_is_stopped(m->progress))
		return problem_set(p, PROBLEM_BUSY, "it was stopped before form %u", step->to);
	m->tell(m->with, step->from, step->to, step->changes, false);
	bool taken = (step->before == NULL || step->before(s, p)) && store_write(s, move, one, p);
	if (taken)
		m->tell(m->with, step->from, step->to, step->changes, true);
	progress_add(m->progress, taken);
	return taken;
}

bool store_migrate(struct store *s, const struct store_migration *m, struct problem *p)
{
	unsigned was = form_now(s, p);
	bool fine = p->code == PROBLEM_NONE;
	progress_begin(m->progress, "forms", was == 0 ? 0 : store_form_number() - was);
	for (size_t i = 0; fine && i < COUNT(steps); i++) {
		struct moving one = { &steps[i], was };
		if (steps[i].from >= was)
			fine = take_step(s, m, &one, p);
	}
	return fine;
}
