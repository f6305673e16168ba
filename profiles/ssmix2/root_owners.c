/* profiles/ssmix2/root_owners.c: whose root a folder is, by whatever path it is reached. */
#include "profiles/ssmix2/root_owners.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/text.h"

struct owner {
	struct owner *next;
	const void *storage;
	char *facility;
	struct root_id id[ROOTS_MOST];
	const char *path[ROOTS_MOST]; /* the claim's; until it is done */
	size_t count;
};

struct root_owners {
	pthread_mutex_t lock;
	struct owner *first;
};

bool root_id_of(const char *directory, struct root_id *out)
{
	struct stat st;
	if (stat(directory, &st) != 0 || !S_ISDIR(st.st_mode))
		return false;
	*out = (struct root_id){ .device = st.st_dev, .inode = st.st_ino };
	return true;
}

bool root_id_equal(const struct root_id *a, const struct root_id *b)
{
	return a->device == b->device && a->inode == b->inode;
}

struct root_owners *root_owners_create(void)
{
	struct root_owners *o = calloc(1, sizeof *o);
	if (o != NULL)
		pthread_mutex_init(&o->lock, NULL);
	return o;
}

static void forget(struct owner *one)
{
	free(one->facility);
	free(one);
}

void root_owners_destroy(struct root_owners *o)
{
	if (o == NULL)
		return;
	for (struct owner *next; o->first != NULL; o->first = next) {
		next = o->first->next;
		forget(o->first);
	}
	pthread_mutex_destroy(&o->lock);
	free(o);
}

static void leave(struct root_owners *o, const void *storage)
{
	for (struct owner **at = &o->first; *at != NULL; at = &(*at)->next) {
		struct owner *one = *at;
		if (one->storage != storage)
			continue;
		*at = one->next;
		forget(one);
		return;
	}
}

void root_owners_leave(struct root_owners *o, const void *storage)
{
	if (o == NULL)
		return;
	pthread_mutex_lock(&o->lock);
	leave(o, storage);
	pthread_mutex_unlock(&o->lock);
}

static bool has(const struct owner *one, const struct root_id *id)
{
	for (size_t i = 0; i < one->count; i++)
		if (root_id_equal(&one->id[i], id))
			return true;
	return false;
}

/* NULL: nobody else. */
static const char *facility_that_has(const struct root_owners *o, const char *facility,
				     const struct root_id *id)
{
	for (const struct owner *one = o->first; one != NULL; one = one->next)
		if (!text_equal(one->facility, facility) && has(one, id))
			return one->facility;
	return NULL;
}

static struct owner *new_owner(const void *storage, const char *facility)
{
	struct owner *one = calloc(1, sizeof *one);
	if (one == NULL)
		return NULL;
	one->storage = storage;
	one->facility = strdup(facility);
	if (one->facility != NULL)
		return one;
	free(one);
	return NULL;
}

/* Without the lock, for a share may not answer. What is not there is nobody's: the look itself
 * will tell. */
static void look_at_roots(struct owner *one, const struct storage_roots *roots)
{
	for (size_t i = 0; i < roots->count; i++) {
		one->path[one->count] = roots->root[i].directory;
		one->count += root_id_of(roots->root[i].directory, &one->id[one->count]);
	}
}

static bool is_nobody_elses(const struct root_owners *o, const struct owner *one, struct problem *p)
{
	for (size_t i = 0; i < one->count; i++) {
		const char *other = facility_that_has(o, one->facility, &one->id[i]);
		if (other != NULL)
			return problem_at(p, PROBLEM_REQUEST_INVALID, "directory",
					  "%s is the root of %s, and %s has it by a link or a "
					  "mount as well: a root is one facility's",
					  one->path[i], other, one->facility);
	}
	return true;
}

bool root_owners_claim(struct root_owners *o, const void *storage, const char *facility,
		       const struct storage_roots *roots, struct problem *p)
{
	if (o == NULL)
		return true;
	struct owner *one = new_owner(storage, facility);
	if (one == NULL)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "there is no memory to remember whose a root is");
	look_at_roots(one, roots);
	pthread_mutex_lock(&o->lock);
	leave(o, storage);
	bool free_of_others = is_nobody_elses(o, one, p);
	if (free_of_others) {
		one->next = o->first;
		o->first = one;
	}
	pthread_mutex_unlock(&o->lock);
	if (!free_of_others)
		forget(one);
	return free_of_others;
}
