/* store/blob_claims.c: who relies on a document's file that no key knows yet. */
#include "store/blob_claims.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/blob_files.h"

struct blob_claims {
	pthread_mutex_t lock;
	struct blob_claim *first; /* hundreds at most: one for each large document under way */
	bool ended;
};

struct blob_claims *blob_claims_create(void)
{
	struct blob_claims *c = calloc(1, sizeof *c);
	if (c != NULL)
		pthread_mutex_init(&c->lock, NULL);
	return c;
}

/* With the lock held, which it gives back. */
static void leave(struct blob_claims *c)
{
	bool last = c->ended && c->first == NULL;
	pthread_mutex_unlock(&c->lock);
	if (!last)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void blob_claims_end(struct blob_claims *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->ended = true;
	leave(c);
}

void blob_claim_begin(struct blob_claims *c, struct store *s,
		      const unsigned char sha256[BLOB_SHA256], struct blob_claim *out)
{
	out->of = c;
	out->store = s;
	memcpy(out->sha256, sha256, BLOB_SHA256);
	pthread_mutex_lock(&c->lock);
	out->next = c->first;
	c->first = out;
	pthread_mutex_unlock(&c->lock);
}

/* Takes it off the list. True: no other has the same hash. */
static bool take_off(struct blob_claims *c, struct blob_claim *one)
{
	bool last = true;
	for (struct blob_claim **at = &c->first; *at != NULL;) {
		if (*at == one) {
			*at = one->next;
			continue;
		}
		last = last && memcmp((*at)->sha256, one->sha256, BLOB_SHA256) != 0;
		at = &(*at)->next;
	}
	return last;
}

void blob_claim_over(struct blob_claim *one)
{
	struct blob_claims *c = one->of;
	if (c == NULL)
		return;
	one->of = NULL;
	pthread_mutex_lock(&c->lock);
	if (take_off(c, one) && !c->ended)
		blob_file_forget(one->store, one->sha256);
	leave(c);
}
