/* store/override_errand.c: the errand by which a patient is told that somebody broke the glass. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/partner.h"
#include "store/errands.h"
#include "store/override_rows.h"
#include "store/overrides.h"
#include "store/store.h"

/* Patients who wait for one service; a region of a million people has some overrides a day. */
enum { WAITING_MOST = 10000 };

static bool has_room(struct store_txn *t, const struct partner *to)
{
	struct errand_queue q;
	errand_queue_get(t, store_arena(t), to->name, to->url, &q);
	return q.waiting + q.aside < WAITING_MOST;
}

/* The outbox's bounds are for what others cause; this has its own. */
bool override_send(struct store_txn *t, struct override *o, const struct partner *to)
{
	static const struct errand_bounds none = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	struct problem p = { .code = PROBLEM_NONE };
	const struct errand_part part = { .octets = bytes_of_text(o->id) };
	struct errand e = { .kind = OVERRIDE_ERRAND,
			    .partner = to->name,
			    .address = to->url,
			    .what = OVERRIDE_ERRAND,
			    .exchange = o->exchange,
			    .content_type = "application/fhir+json",
			    .parts = &part,
			    .made = store_clock(t)->now(store_clock(t)) };
	if (has_room(t, to) && errand_put(t, &e, &none, &p)) {
		o->errand = e.number;
		override_put(t, o);
	}
	return !store_failed(t);
}

bool override_of_errand(struct store_txn *t, struct arena *a, const struct errand *e,
			struct override *out)
{
	const struct errand_part *part = e->parts;
	if (!text_equal(e->kind, OVERRIDE_ERRAND) || part == NULL || part->octets.data == NULL)
		return false;
	const char *id = arena_text_n(a, (const char *)part->octets.data, part->octets.length);
	return override_get(t, a, id, out);
}
