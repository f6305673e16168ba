/* profiles/actors/pull_point.c: pull points are made and destroyed, and what waits is fetched. */
#include "profiles/actors/pull_point.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/admission.h"
#include "store/store.h"

/* How many that are hidden are passed by at once: a job is to be short. Who is told then that
 * nothing waits finds what follows when he asks again. */
enum { PASSED_AT_ONCE = 256 };

static bool failed(const struct registry_desk *d, struct problem *p)
{
	return problem_set(p, store_problem(d->txn)->code, "%s", store_problem(d->txn)->what);
}

static bool find_own(const struct registry_desk *d, const char *id, struct pull_point *out,
		     struct problem *p)
{
	if (pull_point_get(d->txn, d->arena, id, out) && text_equal(out->system, d->sender->name))
		return true;
	return store_failed(d->txn)
		       ? failed(d, p)
		       : problem_at(p, PROBLEM_PULL_POINT_UNKNOWN, "wsa:To",
				    "there is no such pull point of %s", d->sender->name);
}

bool pull_point_at(const struct registry_desk *d, const char *address, struct pull_point *out)
{
	const char *slash = strrchr(address, '/');
	struct problem none = { .code = PROBLEM_NONE };
	if (slash == NULL || !find_own(d, slash + 1, out, &none))
		return false;
	size_t length = strlen(out->reference);
	return (size_t)(slash - address) == length && memcmp(address, out->reference, length) == 0;
}

bool pull_point_create(const struct registry_desk *d, const char *reference,
		       struct pull_point *made, struct problem *p)
{
	*made = (struct pull_point){ .system = d->sender->name, .reference = reference };
	return pull_point_put(d->txn, made, p);
}

bool pull_point_destroy(const struct registry_desk *d, const char *id, struct pull_point *was,
			struct problem *p)
{
	if (!find_own(d, id, was, p))
		return false;
	if (subscriptions_lead_to(d->txn, was->system, was->id, d->now))
		return problem_at(p, PROBLEM_PULL_POINT_IN_USE, "wsa:To",
				  "%s still subscribes for it (DSUB Extensions 26.1.1.5)",
				  was->system);
	return pull_point_remove(d->txn, was) || failed(d, p);
}

/* Nobody reads what is hidden, to find nothing of it. */
static bool may_be_told(const struct registry_desk *d, const struct subscription_event *e)
{
	return e->kind != EVENT_PUBLISHED
	       || d->admission->object(d->admission->self, d->txn, e->subject, e->source_system);
}

static bool is_told(const struct broker_told *told)
{
	return told->objects.entries != NULL || told->objects.sets != NULL
	       || told->objects.folders != NULL;
}

/* What was published and cannot be read any more is lost; all else is told as far as it may be. */
static bool fetch_one(const struct registry_desk *d, pull_point_published *published,
		      struct pull_point_fetched *out, struct problem *p)
{
	const struct subscription_event *e = &out->what.event;
	struct submission *read = NULL;
	bool lost = false;
	if (may_be_told(d, e)) {
		if (e->kind == EVENT_PUBLISHED)
			read = published(d->txn, d->arena, e->published);
		lost = e->kind == EVENT_PUBLISHED && read == NULL;
		if (!lost && !broker_tell(d, &out->what.subscription, e, read, &out->told, p))
			return false;
	}
	return pull_point_take(d->txn, &out->point, &out->what, lost) || failed(d, p);
}

bool pull_point_fetch(const struct registry_desk *d, const char *id,
		      pull_point_published *published, struct pull_point_fetched *out,
		      struct problem *p)
{
	*out = (struct pull_point_fetched){ .told = { .owners = NULL } };
	if (!find_own(d, id, &out->point, p))
		return false;
	pull_point_asked(d->txn, &out->point, d->now);
	unsigned most = published == NULL ? 0 : PASSED_AT_ONCE;
	for (unsigned passed = 0; passed < most && !is_told(&out->told)
				  && pull_point_first(d->txn, d->arena, &out->point, &out->what);
	     passed++)
		if (!fetch_one(d, published, out, p))
			return false;
	return !store_failed(d->txn) || failed(d, p);
}
