/* gateway/refusals.c: which refusals are told one by one, and which as a number. */
#include "gateway/refusals.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 256 }; /* peers and reasons in ten seconds; what finds no row shares one */
enum { TRIES = 8 };
enum { SINGLY = 5 };           /* of one peer and reason in a stretch: enough to see a pattern */
enum { ALL_IN_A_SECOND = 20 }; /* audit records cost a flush; a region has tens of systems */

static const int64_t second = 1000000, stretch = 10 * INT64_C(1000000);

struct row {
	uint64_t key;  /* of peer and reason; 0: free */
	int64_t since; /* when its stretch began */
	unsigned told;
	struct refusal_notice last; /* its more: those not told yet */
};

struct refusals {
	pthread_mutex_t lock;
	int64_t second_since;
	unsigned in_second[2];     /* with a record of their own to write, and without */
	struct row rows[ROWS + 1]; /* the last is shared by what finds no other */
};

struct refusals *refusals_create(void)
{
	struct refusals *r = calloc(1, sizeof *r);
	if (r != NULL)
		pthread_mutex_init(&r->lock, NULL);
	return r;
}

void refusals_destroy(struct refusals *r)
{
	if (r == NULL)
		return;
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* FNV-1a, 64 bits. */
static uint64_t hash(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

static uint64_t key_of(const struct refusal_notice *n)
{
	uint64_t h = hash(UINT64_C(14695981039346656037), n->who[0] != '\0' ? n->who : n->address);
	h = hash(h, n->why) + (uint64_t)n->problem;
	return h == 0 ? 1 : h;
}

static bool over(const struct row *row, int64_t now)
{
	return now - row->since >= stretch;
}

/* Its own row, or one that is free: over, and nothing left to tell. */
static struct row *row_of(struct refusals *r, uint64_t key, int64_t now)
{
	struct row *unused = NULL;
	for (unsigned i = 0; i < TRIES; i++) {
		struct row *row = &r->rows[(key + i) % ROWS];
		if (row->key == key)
			return row;
		if (unused == NULL && (row->key == 0 || (over(row, now) && row->last.more == 0)))
			unused = row;
	}
	if (unused == NULL)
		return &r->rows[ROWS];
	*unused = (struct row){ .key = key, .since = now };
	return unused;
}

/* Exchanges that are refused anyway do not keep a stranger at the door from being recorded. */
static bool second_has_room(struct refusals *r, const struct refusal_notice *n, int64_t now)
{
	if (now - r->second_since >= second) {
		r->second_since = now;
		r->in_second[0] = r->in_second[1] = 0;
	}
	return r->in_second[n->recorded] < ALL_IN_A_SECOND;
}

static void note(struct row *row, const struct refusal_notice *n, bool shared)
{
	unsigned more = row->last.more + 1;
	row->last = *n;
	row->last.more = more;
	if (!shared)
		return;
	row->last.node = row->last.recorded = false;
	memcpy(row->last.who, "several peers", sizeof "several peers");
	static const char why[] = "more peers and reasons than are told";
	memcpy(row->last.why, why, sizeof why);
	row->last.address[0] = row->last.id[0] = '\0';
}

bool refusals_admit(struct refusals *r, const struct refusal_notice *n, int64_t now)
{
	pthread_mutex_lock(&r->lock);
	struct row *row = row_of(r, key_of(n), now);
	if (over(row, now) && row->last.more == 0) {
		row->since = now;
		row->told = 0;
	}
	bool admitted = row->told < SINGLY && row->last.more == 0 && second_has_room(r, n, now);
	if (admitted) {
		row->told++;
		r->in_second[n->recorded]++;
	} else {
		note(row, n, row == &r->rows[ROWS]);
	}
	pthread_mutex_unlock(&r->lock);
	return admitted;
}

bool refusals_due(struct refusals *r, int64_t now, bool all, struct refusal_notice *out)
{
	bool found = false;
	pthread_mutex_lock(&r->lock);
	for (unsigned i = 0; i <= ROWS && !found; i++) {
		struct row *row = &r->rows[i];
		found = row->last.more > 0
			&& (all || (over(row, now) && second_has_room(r, &row->last, now)));
		if (!found)
			continue;
		*out = row->last;
		out->more--; /* itself is one of them */
		row->last.more = 0;
		row->since = now;
		row->told = SINGLY; /* it goes on: as a number */
		r->in_second[out->recorded]++;
	}
	pthread_mutex_unlock(&r->lock);
	return found;
}
