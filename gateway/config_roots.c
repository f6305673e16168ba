/* gateway/config_roots.c: the roots that storages have, looked up by a thread that may hang. */
#include "gateway/config_roots.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/arena.h"
#include "profiles/ssmix2/root_owners.h"
#include "schemas/model/region.h"

enum { SECONDS_MOST = 2, ROOTS_MEMORY = 1 << 20 };

/* One that has not answered when it is waited for no more is never looked at again. */
struct looked_up {
	struct registered_system facility;
	char *directory, *resolved;
	struct root_id id[ROOTS_MOST];
	size_t count;
};

struct looking_up {
	pthread_mutex_t lock; /* over what follows, and over those that are done */
	pthread_cond_t more;
	size_t done;
	bool left; /* by who waited: what there is, is the thread's to free */
	size_t count;
	struct looked_up all[];
};

static void forget(struct looking_up *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free((char *)l->all[i].facility.institution_code);
		free(l->all[i].directory);
		free(l->all[i].resolved);
	}
	pthread_cond_destroy(&l->more);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static bool never(void *self)
{
	(void)self;
	return false;
}

struct root_finding {
	struct looked_up *of;
	struct arena *arena;
};

static void find_within(void *with)
{
	const struct root_finding *f = with;
	const struct import_roots_asker asker = { .ends = never };
	struct storage_roots *roots = arena_new(f->arena, struct storage_roots);
	struct problem p = { .code = PROBLEM_NONE };
	if (!import_roots_find(f->arena, NULL, &f->of->facility, f->of->resolved, &asker, roots,
			       &p))
		return;
	for (size_t i = 0; i < roots->count; i++)
		f->of->count += root_id_of(roots->root[i].directory, &f->of->id[f->of->count]);
}

static void find(struct looked_up *one)
{
	struct root_finding f = { .of = one, .arena = arena_create(ROOTS_MEMORY) };
	one->resolved = realpath(one->directory, NULL);
	if (one->resolved != NULL && f.arena != NULL)
		arena_run(f.arena, find_within, &f);
	arena_destroy(f.arena);
}

static void *look_up(void *self)
{
	struct looking_up *l = self;
	bool left = false;
	for (size_t i = 0; i < l->count && !left; i++) {
		find(&l->all[i]);
		pthread_mutex_lock(&l->lock);
		l->done = i + 1;
		left = l->left;
		pthread_cond_signal(&l->more);
		pthread_mutex_unlock(&l->lock);
	}
	if (left)
		forget(l);
	return NULL;
}

static struct looking_up *asked(const struct storage_of_facility *all, size_t count)
{
	struct looking_up *l = calloc(1, sizeof *l + count * sizeof l->all[0]);
	pthread_condattr_t monotonic;
	if (l == NULL)
		return NULL;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&l->more, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&l->lock, NULL);
	bool copied = true;
	for (; l->count < count && copied; l->count++) {
		const struct storage_of_facility *from = &all[l->count];
		struct looked_up *one = &l->all[l->count];
		const char *code = from->institution_code;
		one->facility.name = "the facility";
		one->facility.institution_code = code == NULL ? NULL : strdup(code);
		one->directory = strdup(from->directory);
		copied = one->directory != NULL
			 && (code == NULL || one->facility.institution_code != NULL);
	}
	if (copied)
		return l;
	forget(l);
	return NULL;
}

static void take(struct arena *a, const struct looked_up *one, struct storage_of_facility *out)
{
	if (one->resolved != NULL)
		out->resolved = arena_text(a, one->resolved);
	out->roots = arena_array(a, struct root_id, one->count + 1);
	memcpy(out->roots, one->id, one->count * sizeof one->id[0]);
	out->root_count = one->count;
}

/* How many are known. */
static size_t wait_for(struct looking_up *l)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += SECONDS_MOST;
	pthread_mutex_lock(&l->lock);
	while (l->done < l->count && pthread_cond_timedwait(&l->more, &l->lock, &until) == 0)
		;
	size_t done = l->done;
	pthread_mutex_unlock(&l->lock);
	return done;
}

/* True: the thread goes on, and what there is, is its own. */
static bool leave(struct looking_up *l)
{
	pthread_mutex_lock(&l->lock);
	bool goes_on = l->done < l->count;
	l->left = goes_on;
	pthread_mutex_unlock(&l->lock);
	return goes_on;
}

void config_roots_find(struct arena *a, struct storage_of_facility *all, size_t count)
{
	struct looking_up *l = count == 0 ? NULL : asked(all, count);
	pthread_t thread;
	if (l == NULL)
		return;
	if (pthread_create(&thread, NULL, look_up, l) != 0) {
		forget(l);
		return;
	}
	size_t done = wait_for(l);
	for (size_t i = 0; i < done; i++)
		take(a, &l->all[i], &all[i]);
	if (leave(l)) {
		pthread_detach(thread);
		return;
	}
	pthread_join(thread, NULL);
	forget(l);
}
