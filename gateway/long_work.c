/* gateway/long_work.c: what takes long has a place of its own. */
#include "gateway/long_work.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

struct long_works {
	struct workers *pool;
	unsigned places;
	pthread_mutex_t lock;
	struct long_work *first, **last; /* in the order they came */
	uint64_t refused, cancelled;
};

static bool is_unwanted(const struct long_work *w)
{
	return atomic_load(w->unwanted);
}

struct long_works *long_works_create(unsigned places)
{
	struct long_works *all = calloc(1, sizeof *all);
	if (all == NULL)
		return NULL;
	pthread_mutex_init(&all->lock, NULL);
	all->last = &all->first;
	all->places = places;
	all->pool = workers_create_behind(places);
	if (all->pool != NULL)
		return all;
	long_works_destroy(all);
	return NULL;
}

void long_works_destroy(struct long_works *all)
{
	if (all == NULL)
		return;
	if (all->pool != NULL)
		workers_destroy(all->pool);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

static void count(struct long_works *all, struct long_works_counts *out)
{
	*out = (struct long_works_counts){ .refused = all->refused, .cancelled = all->cancelled };
	for (const struct long_work *w = all->first; w != NULL; w = w->next) {
		out->at_work += !w->waits;
		out->waiting += w->waits && !is_unwanted(w);
	}
}

static struct long_work *find(struct long_works *all, const char *name)
{
	struct long_work *w = all->first;
	while (w != NULL && (w->name == NULL || !text_equal(w->name, name)))
		w = w->next;
	return w;
}

static void unlink_work(struct long_works *all, struct long_work *w)
{
	struct long_work **at = &all->first;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	if (*at == NULL)
		all->last = at;
	w->next = NULL;
}

/* Out of the queue again, to be concluded without a place. False: it has begun. */
static bool take_back(struct long_works *all, struct long_work *w)
{
	if (!w->waits || !workers_take_back(all->pool, &w->job))
		return false;
	unlink_work(all, w);
	w->all = NULL;
	return true;
}

/* Those who wait and whom nobody waits for: they are a list of their own then. */
static struct long_work *take_back_unwanted(struct long_works *all)
{
	struct long_work *gone = NULL, **tail = &gone;
	for (struct long_work *w = all->first, *next; w != NULL; w = next) {
		next = w->next;
		if (w->waits && is_unwanted(w) && take_back(all, w)) {
			*tail = w;
			tail = &w->next;
		}
	}
	return gone;
}

static void conclude(struct long_work *gone)
{
	for (struct long_work *next; gone != NULL; gone = next) {
		next = gone->next;
		gone->next = NULL;
		gone->run(gone);
	}
}

static void begin(struct job *job)
{
	struct long_work *w = (struct long_work *)((char *)job - offsetof(struct long_work, job));
	struct long_works *all = w->all;
	pthread_mutex_lock(&all->lock);
	w->waits = false;
	pthread_mutex_unlock(&all->lock);
	w->run(w);
}

static bool may_wait(struct long_works *all, const struct long_work *w, unsigned most,
		     struct problem *p)
{
	struct long_works_counts now;
	if (w->name != NULL && find(all, w->name) != NULL)
		return problem_set(p, PROBLEM_CONFLICT, "another work is called %s", w->name);
	count(all, &now);
	/* Those about to begin count as waiting for that moment: places are free for them. */
	if (now.at_work + now.waiting < all->places + most)
		return true;
	all->refused++;
	return problem_set(p, PROBLEM_NO_PLACE,
			   "%u are at work and %u wait for a place already (service "
			   "long-work-waiting)",
			   now.at_work, now.waiting);
}

bool long_works_take(struct long_works *all, struct long_work *w, unsigned most, struct problem *p)
{
	w->job = (struct job){ .run = begin };
	w->next = NULL;
	pthread_mutex_lock(&all->lock);
	struct long_work *gone = take_back_unwanted(all);
	bool may = may_wait(all, w, most, p);
	if (may) {
		w->waits = true;
		w->all = all;
		*all->last = w;
		all->last = &w->next;
		workers_queue(all->pool, &w->job);
	}
	pthread_mutex_unlock(&all->lock);
	conclude(gone);
	return may;
}

void long_works_end(struct long_work *w)
{
	struct long_works *all = w->all;
	if (all == NULL)
		return;
	pthread_mutex_lock(&all->lock);
	unlink_work(all, w);
	w->all = NULL;
	pthread_mutex_unlock(&all->lock);
}

bool long_works_cancel(struct long_works *all, const char *name, struct problem *p)
{
	pthread_mutex_lock(&all->lock);
	struct long_work *w = find(all, name), *gone = NULL;
	if (w != NULL) {
		all->cancelled += !atomic_exchange(&w->cancelled, true);
		w->give_up(w);
		gone = take_back(all, w) ? w : NULL;
	}
	pthread_mutex_unlock(&all->lock);
	conclude(gone);
	return w != NULL || problem_set(p, PROBLEM_NOT_FOUND, "no long work is called %s", name);
}

void long_works_each(struct long_works *all, void (*look)(void *with, struct long_work *w),
		     void *with)
{
	pthread_mutex_lock(&all->lock);
	for (struct long_work *w = all->first; w != NULL; w = w->next)
		if (!w->waits || !is_unwanted(w))
			look(with, w);
	pthread_mutex_unlock(&all->lock);
}

void long_works_count(struct long_works *all, struct long_works_counts *out)
{
	pthread_mutex_lock(&all->lock);
	count(all, out);
	pthread_mutex_unlock(&all->lock);
}

bool long_work_name_is_one(const char *name)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
	size_t length = strlen(name);
	return length > 0 && length <= LONG_WORK_NAME && strspn(name, letters) == length;
}
