/* store/errands_sent.c: tries of errands whose audit record is not written yet. */
#include "store/errands_sent.h"

#include "gateway/base/arena.h"
#include "schemas/model/audit_event.h"
#include "store/audit_log.h"
#include "store/errands_rows.h"
#include "store/record.h"
#include "store/store.h"

enum { VERSION = 1, TAG_TRY = 1, TAG_DRAFT };

static struct key sent_key(const char *partner, const char *address)
{
	struct key k;
	key_begin(&k, SPACE_ERRAND_SENT);
	key_text(&k, partner);
	key_text(&k, address);
	return k;
}

/* Drafts are read to see that they are whole; with t they get their place in the log. */
static bool read_row(struct arena *a, struct bytes row, struct store_txn *t, uint64_t *try)
{
	struct record_reader r = record_read(row);
	bool drafted = false, whole = r.version == VERSION;
	*try = 0;
	while (whole && record_next(&r)) {
		if (r.tag == TAG_TRY)
			*try = record_as_number(&r);
		if (r.tag != TAG_DRAFT)
			continue;
		struct audit_draft *d = audit_draft_read(a, r.value);
		drafted = true;
		whole = d != NULL && (t == NULL || audit_log_append(t, d, NULL));
	}
	return whole && !r.broken && *try != 0 && drafted;
}

bool errand_sent_row_read(struct arena *a, struct bytes row)
{
	uint64_t try;
	return read_row(a, row, NULL, &try);
}

/* False: there is none (or the store failed). */
static bool get(struct store_txn *t, const struct key *k, struct bytes *row, uint64_t *try)
{
	return store_get(t, key_span(k), store_arena(t), row)
	       && (read_row(store_arena(t), *row, NULL, try)
		   || store_damaged(t, "a try of an errand cannot be read"));
}

bool errand_sent_settle(struct store_txn *t, const char *partner, const char *address)
{
	struct key k = sent_key(partner, address);
	struct bytes row;
	uint64_t try;
	if (get(t, &k, &row, &try) && read_row(store_arena(t), row, t, &try))
		store_delete(t, key_span(&k));
	return !store_failed(t);
}

static uint64_t draw(struct store_txn *t)
{
	uint64_t try;
	store_random(t)->fill(store_random(t), &try, sizeof try);
	return try | 1; /* never 0 */
}

uint64_t errand_sent_begin(struct store_txn *t, const char *partner, const char *address,
			   const struct audit_event *record)
{
	struct key k = sent_key(partner, address);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	uint64_t try = draw(t);
	if (!errand_sent_settle(t, partner, address))
		return 0;
	record_number(&w, TAG_TRY, try);
	for (; record != NULL; record = record->next)
		record_bytes(&w, TAG_DRAFT, audit_draft_octets(record->draft));
	return store_put(t, key_span(&k), record_end(&w)) ?
	try:
		0;
}

bool errand_sent_end(struct store_txn *t, const char *partner, const char *address, uint64_t try)
{
	struct key k = sent_key(partner, address);
	struct bytes row;
	uint64_t is;
	return get(t, &k, &row, &is) && is == try && store_delete(t, key_span(&k));
}

struct errand_queue *errand_sent_queues(struct store_txn *t, struct arena *a, size_t most,
					size_t *count)
{
	return errand_queues_of_space(t, a, SPACE_ERRAND_SENT, most, count);
}
