/* store/subscriptions_events.c: what is to be told to who subscribed: errands that name the
 * subscription and what happened, or what waits at a pull point. */
#include <inttypes.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/errands.h"
#include "store/pull_points.h"
#include "store/store.h"
#include "store/subscriptions_rows.h"

static const char *const kinds[] = {
	[EVENT_SUBMISSION] = "submission",
	[EVENT_FOLDER] = "folder",
	[EVENT_PUBLISHED] = "published",
};

static bool has_room(struct store_txn *t, const struct subscription *s)
{
	struct errand_queue q;
	errand_queue_get(t, store_arena(t), s->system, s->consumer, &q);
	return q.waiting + q.aside < SUBSCRIPTION_WAITING;
}

/* The row as it is now: others may have lost some since it was read. */
static void count_lost(struct store_txn *t, const char *id)
{
	struct subscription s;
	unsigned char octets[SUBSCRIPTION_ID];
	if (!subscription_get(t, store_arena(t), id, &s) || !subscription_id_octets(id, octets))
		return;
	struct key k = subscription_key(octets);
	s.lost++;
	store_put(t, key_span(&k), subscription_row(store_arena(t), &s));
}

/* The outbox's bounds are for what others cause; this has its own. Words, with blanks between. */
static bool send(struct store_txn *t, const struct subscription *s,
		 const struct subscription_event *e)
{
	static const struct errand_bounds none = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	struct problem p = { .code = PROBLEM_NONE };
	const char *text = arena_printf(store_arena(t), "%s %s %s %" PRIu64 " %s", s->id,
					kinds[e->kind], e->object, e->subject,
					e->source_system == NULL ? "-" : e->source_system);
	struct errand_part metadata = { .own = true };
	struct errand_part part = { .octets = bytes_of_text(text) };
	struct errand errand = { .kind = SUBSCRIPTION_ERRAND,
				 .partner = s->system,
				 .address = s->consumer,
				 .what = "ITI-53",
				 .content_type = "application/soap+xml",
				 .parts = &part,
				 .made = store_clock(t)->now(store_clock(t)) };
	if (e->published != NULL) {
		metadata.blob = *e->published;
		part.next = &metadata;
	}
	return has_room(t, s) && errand_put(t, &errand, &none, &p);
}

void subscription_tell(struct store_txn *t, const struct subscription *s,
		       const struct subscription_event *e)
{
	if (!(s->pull_point != NULL ? pull_point_keep(t, s, e) : send(t, s, e)))
		count_lost(t, s->id);
}

/* The next word, which ends at a blank or at the end. */
static const char *word(struct arena *a, const char **at)
{
	size_t length = strcspn(*at, " ");
	const char *found = arena_text_n(a, *at, length);
	*at += length + ((*at)[length] == ' ');
	return found;
}

bool subscription_event_of(struct arena *a, const struct errand *e, const char **id,
			   struct subscription_event *out)
{
	*out = (struct subscription_event){ .object = NULL };
	if (!text_equal(e->kind, SUBSCRIPTION_ERRAND) || e->parts == NULL
	    || e->parts->octets.data == NULL)
		return false;
	const char *at = arena_text_n(a, (const char *)e->parts->octets.data,
				      e->parts->octets.length);
	*id = word(a, &at);
	const char *kind = word(a, &at);
	for (unsigned i = EVENT_SUBMISSION; i < COUNT(kinds); i++)
		if (text_equal(kinds[i], kind))
			out->kind = i;
	out->object = word(a, &at);
	bool numbered = text_to_number(word(a, &at), INT64_MAX, &out->subject);
	out->source_system = word(a, &at);
	if (text_equal(out->source_system, "-"))
		out->source_system = NULL;
	return out->kind != 0 && numbered && *out->object != '\0' && *at == '\0';
}
