/* store/exchange_bodies.c: bodies that wait to be written, and what is asked for. */
#include "store/exchange_bodies.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/exchange_bodies_files.h"

struct waiting {
	struct waiting *next;
	struct body body; /* its octets follow */
	unsigned char octets[];
};

struct exchange_bodies {
	pthread_mutex_t lock; /* of the queue, and as the files say */
	struct waiting *first, **last;
	size_t count, octets;
	uint64_t lost;
	struct body_files files;
};

struct exchange_bodies *exchange_bodies_open(const struct exchange_bodies_settings *s,
					     struct problem *p)
{
	struct exchange_bodies *b = calloc(1, sizeof *b);
	if (b == NULL) {
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "bodies of exchanges: no memory");
		return NULL;
	}
	b->last = &b->first;
	pthread_mutex_init(&b->lock, NULL);
	if (body_files_open(&b->files, s, &b->lock, p))
		return b;
	exchange_bodies_close(b);
	return NULL;
}

/* ---- The queue ---- */

static size_t weight(const struct waiting *w)
{
	return sizeof *w + w->body.octets.length;
}

/* NULL: it cannot be kept, or there is no memory. */
static struct waiting *waiting_of(const struct exchange_bodies *b, const char *id, instant at,
				  struct bytes octets)
{
	struct body body = { .at = at };
	if (at <= 0 || octets.length > EXCHANGE_BODY_MOST
	    || !body_files_may_have(&b->files, octets.length) || !body_id_read(id, body.id))
		return NULL;
	struct waiting *w = malloc(sizeof *w + octets.length);
	if (w == NULL)
		return NULL;
	body.octets = (struct bytes){ w->octets, octets.length };
	*w = (struct waiting){ .body = body };
	if (octets.length > 0)
		memcpy(w->octets, octets.data, octets.length);
	return w;
}

bool exchange_bodies_add(struct exchange_bodies *b, const char *id, instant at, struct bytes octets)
{
	if (b == NULL)
		return false;
	struct waiting *w = waiting_of(b, id, at, octets);
	pthread_mutex_lock(&b->lock);
	bool fits = w != NULL && b->octets + weight(w) <= EXCHANGE_BODIES_QUEUE;
	if (fits) {
		*b->last = w;
		b->last = &w->next;
		b->count++;
		b->octets += weight(w);
	} else
		b->lost++;
	pthread_mutex_unlock(&b->lock);
	if (!fits)
		free(w);
	return fits;
}

void exchange_bodies_lose(struct exchange_bodies *b)
{
	if (b == NULL)
		return;
	pthread_mutex_lock(&b->lock);
	b->lost++;
	pthread_mutex_unlock(&b->lock);
}

uint64_t exchange_bodies_lost(struct exchange_bodies *b)
{
	if (b == NULL)
		return 0;
	pthread_mutex_lock(&b->lock);
	uint64_t lost = b->lost;
	pthread_mutex_unlock(&b->lock);
	return lost;
}

static void drop_first(struct exchange_bodies *b)
{
	struct waiting *w = b->first;
	b->first = w->next;
	if (b->first == NULL)
		b->last = &b->first;
	b->count--;
	b->octets -= weight(w);
	free(w);
}

void exchange_bodies_close(struct exchange_bodies *b)
{
	if (b == NULL)
		return;
	while (b->first != NULL)
		drop_first(b);
	body_files_close(&b->files);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

/* ---- To the disk ---- */

static bool failed(const struct exchange_bodies *b, int why, struct problem *p)
{
	return problem_set(p, why == ENOMEM ? PROBLEM_OUT_OF_RESOURCES : PROBLEM_STORE_FULL,
			   "%s: %s", b->files.path, strerror(why));
}

bool exchange_bodies_drop_old(struct exchange_bodies *b, instant now, struct problem *p)
{
	if (b == NULL)
		return true;
	pthread_mutex_lock(&b->lock);
	while (b->first != NULL && b->first->body.at < now - b->files.keep)
		drop_first(b);
	pthread_mutex_unlock(&b->lock);
	return body_files_drop_old(&b->files, now) || failed(b, errno, p);
}

/* Whoever looks meanwhile finds it in the queue or in a file. Only this thread takes from the
 * queue, so the first stays. */
static bool write_first(struct exchange_bodies *b)
{
	pthread_mutex_lock(&b->lock);
	const struct waiting *w = b->first;
	pthread_mutex_unlock(&b->lock);
	if (!body_files_write(&b->files, &w->body))
		return false;
	pthread_mutex_lock(&b->lock);
	body_files_note(&b->files, &w->body);
	drop_first(b);
	pthread_mutex_unlock(&b->lock);
	return true;
}

/* What comes meanwhile is left to the next: it ends, however much comes. */
bool exchange_bodies_write(struct exchange_bodies *b, instant now, struct problem *p)
{
	if (b == NULL)
		return true;
	if (!exchange_bodies_drop_old(b, now, p))
		return false;
	pthread_mutex_lock(&b->lock);
	size_t left = b->count;
	pthread_mutex_unlock(&b->lock);
	bool written = true;
	for (; written && left > 0; left--)
		written = write_first(b);
	return (written && body_files_settle(&b->files)) || failed(b, errno, p);
}

/* ---- What is asked for ---- */

/* What there was at one moment: the octets, or the files to look in. */
struct asked {
	unsigned char *octets; /* NULL: it does not wait */
	size_t length;
	struct body_file *rows;
	size_t count;
	bool failed; /* there is no memory */
};

static const struct waiting *find_waiting(const struct exchange_bodies *b,
					  const unsigned char id[BODY_ID], instant since)
{
	const struct waiting *found = NULL;
	for (const struct waiting *w = b->first; w != NULL; w = w->next)
		if (w->body.at >= since && memcmp(w->body.id, id, BODY_ID) == 0)
			found = w;
	return found;
}

/* The arena is not left: who holds a lock, or memory of his own, comes back. */
static void copy_waiting(const struct waiting *w, struct arena *a, struct asked *q)
{
	q->length = w->body.octets.length;
	q->octets = arena_try(a, q->length + 1);
	q->failed = q->octets == NULL;
	if (!q->failed)
		memcpy(q->octets, w->octets, q->length);
}

static void copy_rows(const struct body_files *f, struct asked *q)
{
	q->count = f->count;
	q->rows = calloc(f->count + 1, sizeof *f->rows);
	q->failed = q->rows == NULL;
	if (!q->failed)
		memcpy(q->rows, f->rows, f->count * sizeof *f->rows);
}

static struct asked ask(struct exchange_bodies *b, struct arena *a, const unsigned char id[BODY_ID],
			instant since)
{
	struct asked q = { .octets = NULL };
	pthread_mutex_lock(&b->lock);
	const struct waiting *w = find_waiting(b, id, since);
	if (w != NULL)
		copy_waiting(w, a, &q);
	else
		copy_rows(&b->files, &q);
	pthread_mutex_unlock(&b->lock);
	return q;
}

enum exchange_body_found exchange_bodies_find(struct exchange_bodies *b, struct arena *a,
					      const char *id, instant now, struct bytes *out,
					      struct problem *p)
{
	enum exchange_body_found is = BODY_ABSENT;
	unsigned char octets[BODY_ID];
	struct body_wanted wanted;
	if (b == NULL || !body_id_read(id, octets))
		return BODY_ABSENT;
	body_id_write(octets, wanted.id);
	wanted.since = now - b->files.keep;
	struct asked q = ask(b, a, octets, wanted.since);
	int error = ENOMEM;
	if (q.failed)
		is = BODY_FAILED;
	else if (q.octets != NULL) {
		*out = (struct bytes){ q.octets, q.length };
		is = BODY_FOUND;
	}
	for (size_t n = q.count; is == BODY_ABSENT && n-- > 0;)
		is = body_files_find(&b->files, &q.rows[n], &wanted, a, out, &error);
	free(q.rows);
	if (is == BODY_FAILED)
		problem_set(p, error == ENOMEM ? PROBLEM_OUT_OF_RESOURCES : PROBLEM_INTERNAL,
			    "%s could not be read: %s", b->files.path, strerror(error));
	return is;
}
