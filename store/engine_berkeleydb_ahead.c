/* store/engine_berkeleydb_ahead.c: pages a commit will need are read before it, by several threads
 * at once.
 *
 * In a store larger than memory a key that is put may stand on a page that only the disk has. A
 * commit that reads such pages one after the other is what everybody waits for who writes, and each
 * such read costs twice the processor time of one among many (measured: 24 and 12 us). So whoever
 * commits hands out the keys of what he is about to change, and begins when all their pages are
 * there. Nothing is decided by it: what could not be read the commit meets itself.
 *
 * A store that is in memory pays one question to the kernel a commit: how many blocks this thread
 * has waited for. Only when there were some it is asked tree by tree, and for a while the keys of
 * those trees are read ahead. */
#include <stdlib.h>
#include <sys/resource.h>

#include "store/engine_berkeleydb.h"

/* Read from the disk for the thread that asks; none where the kernel does not tell. */
static long blocks_read(void)
{
	struct rusage used;
	return getrusage(RUSAGE_THREAD, &used) == 0 ? used.ru_inblock : 0;
}

/* Since it was asked last. */
static bool has_waited(struct ahead *a)
{
	long before = a->blocks;
	a->blocks = blocks_read();
	return a->blocks != before;
}

void ahead_create(struct ahead *a)
{
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->work, NULL);
	pthread_cond_init(&a->over, NULL);
}

void ahead_destroy(struct ahead *a)
{
	pthread_mutex_lock(&a->lock);
	a->ending = true;
	pthread_cond_broadcast(&a->work);
	pthread_mutex_unlock(&a->lock);
	for (unsigned i = 0; i < a->count; i++)
		pthread_join(a->readers[i], NULL);
	pthread_cond_destroy(&a->over);
	pthread_cond_destroy(&a->work);
	pthread_mutex_destroy(&a->lock);
}

static bool is_awaited(const struct ahead *a, const struct ordered_node *n)
{
	return a->trees[n->key.data[0]] != 0;
}

/* With the lock held: the next that nobody has. NULL: there is none left. */
static const struct ordered_node *take(struct ahead *a)
{
	const struct ordered_node *n = a->next;
	while (n != NULL && !is_awaited(a, n))
		n = n->links[0].next;
	a->next = n == NULL ? NULL : n->links[0].next;
	return n;
}

/* No lock of the trees: the one who changes them waits for us. */
static void read_page(const struct environment *v, const struct ordered_node *n)
{
	DB *tree = v->trees[n->key.data[0]];
	DBT key = { .data = (void *)n->key.data, .size = (u_int32_t)n->key.length };
	if (tree != NULL)
		tree->exists(tree, NULL, &key, 0);
}

/* With the lock held. */
static void read_some(struct ahead *a)
{
	const struct ordered_node *n;
	a->busy++;
	while ((n = take(a)) != NULL) {
		pthread_mutex_unlock(&a->lock);
		read_page(a->of, n);
		pthread_mutex_lock(&a->lock);
	}
	if (--a->busy == 0)
		pthread_cond_signal(&a->over);
}

static void *reads(void *with)
{
	struct ahead *a = with;
	pthread_setname_np(pthread_self(), "ahead");
	pthread_mutex_lock(&a->lock);
	while (!a->ending) {
		if (a->next == NULL)
			pthread_cond_wait(&a->work, &a->lock);
		else
			read_some(a);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* How many keys are to be read, as far as there are threads for them. */
static unsigned wanted(const struct ahead *a, const struct ordered *changes)
{
	unsigned count = 0;
	for (const struct ordered_node *n = changes->first[0].next;
	     n != NULL && count <= AHEAD_READERS; n = n->links[0].next)
		count += is_awaited(a, n);
	return count;
}

/* Threads begin when they are needed first: a store that is in memory has none. With the lock
 * held. */
static void call_readers(struct ahead *a, unsigned others)
{
	while (a->count < others && pthread_create(&a->readers[a->count], NULL, reads, a) == 0)
		a->count++;
	for (unsigned i = 0; i < others; i++)
		pthread_cond_signal(&a->work);
}

static void read_all(struct environment *v, const struct ordered *changes)
{
	struct ahead *a = &v->ahead;
	unsigned count = wanted(a, changes);
	if (count < 2)
		return; /* nobody to share it with */
	pthread_mutex_lock(&a->lock);
	a->of = v;
	a->next = changes->first[0].next;
	call_readers(a, count - 1);
	read_some(a);
	while (a->busy > 0)
		pthread_cond_wait(&a->over, &a->lock);
	pthread_mutex_unlock(&a->lock);
}

static void awaits_no_longer(struct ahead *a)
{
	for (unsigned i = 0; i < TREES; i++)
		if (a->trees[i] != 0)
			a->trees[i]--;
}

void ahead_before_commit(struct environment *v, const struct ordered *changes)
{
	struct ahead *a = &v->ahead;
	unsigned waits = atomic_load(&a->waits);
	if (waits == 0)
		return;
	atomic_store(&a->waits, has_waited(a) ? AHEAD_COMMITS : waits - 1);
	read_all(v, changes);
	awaits_no_longer(a);
}

void ahead_after_space(struct environment *v, unsigned char space)
{
	struct ahead *a = &v->ahead;
	if (atomic_load(&a->waits) == 0 || !has_waited(a))
		return;
	a->trees[space] = AHEAD_COMMITS;
	atomic_store(&a->waits, AHEAD_COMMITS);
}

void ahead_after_commit(struct environment *v)
{
	struct ahead *a = &v->ahead;
	if (atomic_load(&a->waits) == 0 && has_waited(a))
		atomic_store(&a->waits, AHEAD_COMMITS);
}
