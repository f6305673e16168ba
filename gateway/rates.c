/* gateway/rates.c: how much a system may ask for. */
#include "gateway/rates.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

enum { SECOND = 1000000 };
enum { BUCKETS_MOST = 1000 }; /* systems that were limited, over all reloads */

struct bucket {
	struct bucket *next;
	/* Millionths of a request; so that what flows in within a microsecond counts. */
	int64_t held;
	int64_t filled; /* when it flowed in last */
	unsigned under_way;
	uint64_t refused;
	char system[];
};

struct rates {
	pthread_mutex_t lock;
	struct bucket *first;
	unsigned count;
};

struct rates *rates_create(void)
{
	struct rates *r = calloc(1, sizeof *r);
	if (r != NULL)
		pthread_mutex_init(&r->lock, NULL);
	return r;
}

void rates_destroy(struct rates *r)
{
	if (r == NULL)
		return;
	for (struct bucket *b = r->first, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static bool is_limited(const struct registered_system *s)
{
	return s->requests_per_second != 0 || s->exchanges_at_once != 0;
}

static struct bucket *find(const struct rates *r, const char *system)
{
	struct bucket *b = r->first;
	while (b != NULL && !text_equal(b->system, system))
		b = b->next;
	return b;
}

static int64_t room(const struct registered_system *s)
{
	unsigned burst = s->requests_burst > s->requests_per_second ? s->requests_burst
								    : s->requests_per_second;
	return (int64_t)burst * SECOND;
}

/* NULL: no memory, or too many: then nobody is limited for it. */
static struct bucket *bucket_of(struct rates *r, const struct registered_system *s, int64_t now)
{
	struct bucket *b = find(r, s->name);
	size_t length = strlen(s->name) + 1;
	if (b != NULL || r->count == BUCKETS_MOST)
		return b;
	b = calloc(1, sizeof *b + length);
	if (b == NULL)
		return NULL;
	memcpy(b->system, s->name, length);
	b->held = room(s);
	b->filled = now;
	b->next = r->first;
	r->first = b;
	r->count++;
	return b;
}

/* A bucket that was full for long does not overflow; the rate may be another since a reload. */
static void flow_in(struct bucket *b, const struct registered_system *s, int64_t now)
{
	int64_t most = room(s), passed = now > b->filled ? now - b->filled : 0;
	int64_t needs = (most - b->held) / s->requests_per_second;
	b->held = passed > needs ? most : b->held + passed * s->requests_per_second;
	if (b->held > most)
		b->held = most;
	b->filled = now;
}

static enum rate_verdict judge(struct bucket *b, const struct registered_system *s, int64_t now)
{
	if (s->exchanges_at_once != 0 && b->under_way >= s->exchanges_at_once)
		return RATE_TOO_MANY;
	if (s->requests_per_second == 0)
		return RATE_WITHIN;
	flow_in(b, s, now);
	if (b->held < SECOND)
		return RATE_TOO_FAST;
	b->held -= SECOND;
	return RATE_WITHIN;
}

enum rate_verdict rates_take(struct rates *r, const struct registered_system *s, int64_t now)
{
	if (r == NULL || !is_limited(s))
		return RATE_WITHIN;
	pthread_mutex_lock(&r->lock);
	struct bucket *b = bucket_of(r, s, now);
	enum rate_verdict v = b == NULL ? RATE_WITHIN : judge(b, s, now);
	if (b != NULL && v == RATE_WITHIN)
		b->under_way++;
	else if (b != NULL)
		__atomic_fetch_add(&b->refused, 1, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&r->lock);
	return v;
}

/* The configuration is the exchange's own, so who was counted is given back. */
void rates_give(struct rates *r, const struct registered_system *s)
{
	if (r == NULL || !is_limited(s))
		return;
	pthread_mutex_lock(&r->lock);
	struct bucket *b = find(r, s->name);
	if (b != NULL && b->under_way > 0)
		b->under_way--;
	pthread_mutex_unlock(&r->lock);
}

void rates_put(struct rates *r, struct buffer *b)
{
	buffer_text(b, "# HELP minato_requests_limited_total Requests refused because their system "
		       "asked for more than it may.\n"
		       "# TYPE minato_requests_limited_total counter\n");
	if (r == NULL)
		return;
	/* Buckets stay until the end, and new ones come first: the list may be read as it was. */
	pthread_mutex_lock(&r->lock);
	const struct bucket *first = r->first;
	pthread_mutex_unlock(&r->lock);
	for (const struct bucket *k = first; k != NULL; k = k->next)
		buffer_printf(b, "minato_requests_limited_total{system=\"%s\"} %" PRIu64 "\n",
			      k->system, __atomic_load_n(&k->refused, __ATOMIC_RELAXED));
}
