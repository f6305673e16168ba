/* store/inboxes.c: what was pushed to a facility, until it is dropped. */
#include "store/inboxes.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/inbox_rows.h"
#include "store/store.h"
#include "store/usage.h"

static bool failed(struct store_txn *t, struct problem *p)
{
	return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static struct usage usage_of_push(const struct push *p)
{
	struct usage u = { .metadata = USAGE_EACH + p->metadata.size };
	for (const struct pushed_document *d = p->documents; d != NULL; d = d->next)
		u.documents += USAGE_EACH + d->octets.size;
	return u;
}

uint64_t push_octets(const struct push *p)
{
	const struct usage u = usage_of_push(p);
	return u.documents + u.metadata;
}

/* ---- Sums ---- */

struct inbox_sum inbox_sum_of(struct store_txn *t, const char *inbox)
{
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	struct key k = inbox_sum_key(inbox);
	struct inbox_sum sum = { 0 };
	struct bytes row;
	if (store_get(t, key_span(&k), a, &row) && !inbox_sum_read(row, &sum))
		store_damaged(t, "what an inbox holds cannot be read; run minato check");
	arena_rewind(a, &before);
	return sum;
}

/* False: the store failed. */
static bool put_sum(struct store_txn *t, const char *inbox, const struct inbox_sum *sum)
{
	struct key k = inbox_sum_key(inbox);
	return sum->pushes == 0 ? store_delete(t, key_span(&k))
				: store_put(t, key_span(&k), inbox_sum_row(store_arena(t), sum));
}

static bool count(struct store_txn *t, const struct push *p)
{
	const struct usage more = usage_of_push(p);
	struct inbox_sum sum = inbox_sum_of(t, p->inbox);
	if (store_failed(t))
		return false;
	sum.pushes++;
	sum.octets += push_octets(p);
	return put_sum(t, p->inbox, &sum) && usage_add(t, p->system, &more);
}

static bool discount(struct store_txn *t, const struct push *p)
{
	const struct usage less = usage_of_push(p);
	struct inbox_sum sum = inbox_sum_of(t, p->inbox);
	if (store_failed(t))
		return false;
	if (sum.pushes == 0 || sum.octets < push_octets(p))
		return store_damaged(t, "an inbox holds less than what is dropped of it");
	sum.pushes--;
	sum.octets -= push_octets(p);
	return put_sum(t, p->inbox, &sum) && usage_take(t, p->system, &less);
}

/* ---- Reading ---- */

static bool get(struct store_txn *t, struct arena *a, const unsigned char id[PUSH_ID],
		struct push *out)
{
	struct key k = push_key(id);
	struct bytes row;
	*out = (struct push){ .id = bytes_to_hex(a, (struct bytes){ id, PUSH_ID }) };
	return store_get(t, key_span(&k), a, &row)
	       && (push_row_read(a, row, out) || store_damaged(t, "a push cannot be read"));
}

bool push_get(struct store_txn *t, struct arena *a, const char *id, struct push *out)
{
	unsigned char octets[PUSH_ID];
	return push_id_octets(id, octets) && get(t, a, octets, out);
}

bool push_of_set(struct store_txn *t, struct arena *a, const char *inbox, const char *set_unique_id,
		 struct push *out)
{
	struct key k = push_of_set_key(inbox, set_unique_id);
	struct bytes id;
	if (!store_get(t, key_span(&k), a, &id))
		return false;
	return (id.length == PUSH_ID && get(t, a, id.data, out))
	       || store_damaged(t, "a SubmissionSet of an inbox leads to no push");
}

/* The first row of that document: what its octets are, and whose push. */
static bool first_of(struct store_txn *t, const char *inbox, const char *unique_id,
		     unsigned char id[PUSH_ID], unsigned char sha256[BLOB_SHA256])
{
	struct key prefix = push_of_document_key(inbox, unique_id, NULL);
	struct bytes key, value;
	struct store_cursor *c = prefix.overflow ? NULL
						 : store_scan_prefix(t, key_span(&prefix), false);
	bool found = store_next(c, &key, &value);
	bool whole = found && key.length == prefix.length + PUSH_ID && value.length == BLOB_SHA256;
	if (whole) {
		memcpy(id, key.data + prefix.length, PUSH_ID);
		memcpy(sha256, value.data, BLOB_SHA256);
	}
	store_scan_end(c);
	return whole || (found && store_damaged(t, "a document of an inbox cannot be read"));
}

bool push_of_document(struct store_txn *t, struct arena *a, const char *inbox,
		      const char *unique_id, struct push *out,
		      const struct pushed_document **document)
{
	unsigned char id[PUSH_ID], sha256[BLOB_SHA256];
	if (!first_of(t, inbox, unique_id, id, sha256))
		return false;
	if (!get(t, a, id, out))
		return !store_failed(t) && store_damaged(t, "a document of an inbox leads nowhere");
	*document = out->documents;
	while (*document != NULL && !text_equal((*document)->unique_id, unique_id))
		*document = (*document)->next;
	return *document != NULL || store_damaged(t, "a document of an inbox is not in its push");
}

static bool id_of_key(struct bytes key, unsigned char id[PUSH_ID])
{
	if (key.length < PUSH_ID)
		return false;
	memcpy(id, key.data + key.length - PUSH_ID, PUSH_ID);
	return true;
}

/* From behind that push, if there is one, to the end of the inbox, or of all of them. */
static struct store_cursor *scan_after(struct store_txn *t, struct arena *a, const char *inbox,
				       const char *after)
{
	struct key from, to;
	struct push last;
	unsigned char id[PUSH_ID];
	key_begin(&from, SPACE_PUSH_OF_INBOX);
	key_begin(&to, inbox == NULL ? SPACE_PUSH_OF_INBOX + 1 : SPACE_PUSH_OF_INBOX);
	if (inbox != NULL) {
		key_text(&from, inbox);
		key_bytes(&to, inbox, strlen(inbox));
		key_octet(&to, 1); /* what is its own has 0 there */
	}
	if (push_id_octets(after, id) && get(t, a, id, &last)) {
		from = push_of_inbox_key(&last, id);
		key_octet(&from, 0);
	}
	return store_scan(t, key_span(&from), key_span(&to), false);
}

struct push *pushes_list(struct store_txn *t, struct arena *a, const char *inbox, const char *after,
			 size_t most, size_t *count_of)
{
	struct push *list = arena_array(a, struct push, most + 1);
	unsigned char id[PUSH_ID];
	struct bytes key, value;
	struct store_cursor *c = scan_after(t, a, inbox, after);
	for (*count_of = 0; *count_of < most && store_next(c, &key, &value) && id_of_key(key, id);)
		*count_of += get(t, a, id, &list[*count_of]);
	store_scan_end(c);
	return list;
}

/* ---- Writing ---- */

static bool is_new(struct store_txn *t, const struct push *p, struct problem *why)
{
	struct key set = push_of_set_key(p->inbox, p->set_unique_id);
	unsigned char id[PUSH_ID], sha256[BLOB_SHA256];
	if (store_has(t, key_span(&set)))
		return problem_at(why, PROBLEM_DUPLICATE_IN_REGISTRY, p->set_unique_id,
				  "a SubmissionSet of this uniqueId was pushed before");
	for (const struct pushed_document *d = p->documents; d != NULL; d = d->next)
		if (first_of(t, p->inbox, d->unique_id, id, sha256)
		    && memcmp(sha256, d->octets.sha256, BLOB_SHA256) != 0)
			return problem_at(why, PROBLEM_NON_IDENTICAL_HASH, d->unique_id,
					  "the inbox holds other octets under this uniqueId");
	return !store_failed(t);
}

static bool put_row(struct store_txn *t, const struct push *p, const unsigned char id[PUSH_ID])
{
	struct key k = push_key(id);
	return store_put(t, key_span(&k), push_row(store_arena(t), p));
}

static bool put_indices(struct store_txn *t, const struct push *p, const unsigned char id[PUSH_ID])
{
	struct key of_inbox = push_of_inbox_key(p, id);
	struct key of_set = push_of_set_key(p->inbox, p->set_unique_id);
	bool kept = store_put(t, key_span(&of_inbox), (struct bytes){ 0 })
		    && store_put(t, key_span(&of_set), (struct bytes){ id, PUSH_ID });
	for (const struct pushed_document *d = p->documents; kept && d != NULL; d = d->next) {
		struct key k = push_of_document_key(p->inbox, d->unique_id, id);
		kept = store_put(t, key_span(&k), (struct bytes){ d->octets.sha256, BLOB_SHA256 });
	}
	return kept;
}

static bool keep_octets(struct store_txn *t, const struct push *p)
{
	bool kept = blob_keep(t, &p->metadata);
	for (const struct pushed_document *d = p->documents; kept && d != NULL; d = d->next)
		kept = blob_keep(t, &d->octets);
	return kept;
}

/* One that nobody has. */
static const char *draw_id(struct store_txn *t, struct arena *a, unsigned char id[PUSH_ID])
{
	struct key k;
	do {
		store_random(t)->fill(store_random(t), id, PUSH_ID);
		k = push_key(id);
	} while (store_has(t, key_span(&k)));
	return bytes_to_hex(a, (struct bytes){ id, PUSH_ID });
}

bool push_put(struct store_txn *t, struct arena *a, struct push *p, struct problem *why)
{
	unsigned char id[PUSH_ID];
	if (!is_new(t, p, why))
		return why->code == PROBLEM_NONE ? failed(t, why) : false;
	p->id = draw_id(t, a, id);
	p->received = store_clock(t)->now(store_clock(t));
	return (keep_octets(t, p) && put_row(t, p, id) && put_indices(t, p, id) && count(t, p))
	       || failed(t, why);
}

bool push_fetched(struct store_txn *t, struct arena *a, const char *id, instant now)
{
	struct push p;
	unsigned char octets[PUSH_ID];
	if (!push_id_octets(id, octets) || !get(t, a, octets, &p) || p.fetched != 0)
		return !store_failed(t); /* dropped meanwhile, or known */
	p.fetched = now;
	return put_row(t, &p, octets);
}

bool push_take(struct store_txn *t, struct arena *a, struct push *p, const char *by, instant now)
{
	unsigned char id[PUSH_ID];
	if (p->taken != 0)
		return true;
	p->taken = now;
	p->taken_by = arena_text(a, by);
	return push_id_octets(p->id, id) && put_row(t, p, id);
}

bool push_drop(struct store_txn *t, const struct push *p)
{
	unsigned char id[PUSH_ID];
	if (!push_id_octets(p->id, id))
		return false;
	struct key row = push_key(id), of_inbox = push_of_inbox_key(p, id);
	struct key of_set = push_of_set_key(p->inbox, p->set_unique_id);
	bool gone = discount(t, p) && blob_release(t, p->metadata.sha256)
		    && store_delete(t, key_span(&row)) && store_delete(t, key_span(&of_inbox))
		    && store_delete(t, key_span(&of_set));
	for (const struct pushed_document *d = p->documents; gone && d != NULL; d = d->next) {
		struct key k = push_of_document_key(p->inbox, d->unique_id, id);
		gone = store_delete(t, key_span(&k)) && blob_release(t, d->octets.sha256);
	}
	return gone;
}
