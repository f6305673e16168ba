/* profiles/feed_hearing.c: a patient identity feed of either dialect is heard by its actor. */
#include "profiles/feed_hearing.h"

#include "profiles/actors/quota.h"
#include "store/identity.h"
#include "store/store.h"

struct hearing {
	struct exchange *x;
	feed_hearer *hear;
	const struct identity_feed *feed;
	const char *unkept;
	struct cross_reference_fed *fed;
	bool heard;
};

static bool hear_feed(struct hearing *h)
{
	struct exchange *x = h->x;
	const struct registry_desk d = exchange_desk(x);
	uint64_t used = quota_used(&d);
	bool heard = h->hear(x->txn, x->arena, x->region, x->sender, h->feed, h->fed, &x->problem)
		     && quota_allows(&d, used, &x->problem);
	x->scored = heard && h->unkept == NULL ? h->fed->scored : 0;
	x->keys_cut = identity_scored_cut(h->feed->demographics.scored);
	return heard;
}

/* What was found is answered, and undone whatever it was. */
static bool rehearse(void *with, struct store_txn *t, struct problem *p)
{
	struct hearing *h = with;
	(void)t;
	h->heard = hear_feed(h);
	return problem_at(p, PROBLEM_PROCESSING_ID, h->unkept,
			  "checked, and nothing of it is kept: it is not for production (P)");
}

bool feed_hear(struct exchange *x, feed_hearer *hear, const struct identity_feed *feed,
	       const char *unkept, struct cross_reference_fed *fed)
{
	struct hearing h = { .x = x, .hear = hear, .feed = feed, .unkept = unkept, .fed = fed };
	struct problem why = { .code = PROBLEM_NONE };
	if (unkept == NULL)
		return hear_feed(&h);
	store_savepoint(x->txn, rehearse, &h, &why);
	fed->rehearsed = h.heard;
	if (h.heard)
		exchange_finding(x, true, NULL, &why);
	return h.heard;
}
