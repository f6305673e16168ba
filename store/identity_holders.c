/* store/identity_holders.c: which records have the same evidence.
 *
 * A row of an evidence's hash tells those that had it first, as many as anybody asks for, packed
 * and in order: so a look costs one row however many there are, and a piece of evidence little more
 * than its hash. Those that had it later have a key each behind it and come in where one goes:
 * whoever gives his records somebody's evidence a thousand times costs neither time nor others
 * their links. */
#include <string.h>

#include "gateway/base/arena.h"
#include "store/identity_rows.h"
#include "store/packed.h"

/* Those identity_linked() tells, and the one who asks. */
enum { HOLDERS_MOST = PERSON_MOST + 2 };

static struct bytes hash_key(struct key *k, const struct evidence *e)
{
	key_begin(k, SPACE_IDENTITY_LINK);
	key_bytes(k, e->hash, EVIDENCE_HASH);
	return key_span(k);
}

static struct bytes later_key(struct key *k, const struct evidence *e, const struct holder *h)
{
	hash_key(k, e);
	key_instant(k, h->since);
	key_short(k, h->number);
	return key_span(k);
}

static bool is_before(const struct holder *x, const struct holder *y)
{
	return x->since != y->since ? x->since < y->since : x->number < y->number;
}

bool holders_read(struct arena *a, struct bytes octets, struct holders *out)
{
	struct packed_reader r = packed_read(octets);
	instant before = 0;
	*out = (struct holders){ .at = arena_array(a, struct holder, HOLDERS_MOST + 1) };
	while (packed_more(&r) && out->count < HOLDERS_MOST) {
		struct holder *h = &out->at[out->count++];
		h->since = before += packed_as_signed(&r);
		h->number = packed_as_number(&r);
	}
	return !r.broken && r.at == r.end && out->count != 0;
}

static struct holders holders_get(struct store_txn *t, struct arena *a, const struct evidence *e)
{
	struct key k;
	struct bytes octets;
	struct holders h = { .count = 0 };
	if (!store_get(t, hash_key(&k, e), a, &octets))
		h.at = arena_array(a, struct holder, HOLDERS_MOST + 1);
	else if (!holders_read(a, octets, &h))
		store_damaged(t, "who shares a piece of evidence cannot be read");
	return h;
}

static bool holders_put(struct store_txn *t, const struct evidence *e, const struct holders *h)
{
	struct key k;
	struct buffer b = buffer_in(store_arena(t));
	if (h->count == 0)
		return store_delete(t, hash_key(&k, e));
	for (size_t i = 0; i < h->count; i++) {
		packed_signed(&b, h->at[i].since - (i == 0 ? 0 : h->at[i - 1].since));
		packed_number(&b, h->at[i].number);
	}
	return store_put(t, hash_key(&k, e), buffer_bytes(&b));
}

bool holders_later(struct bytes key, struct evidence *e, struct holder *out)
{
	struct key_reader r = key_read(key);
	struct bytes hash = key_read_bytes(&r, EVIDENCE_HASH);
	if (r.broken)
		return false;
	memcpy(e->hash, hash.data, EVIDENCE_HASH);
	*out = (struct holder){ 0 };
	if (key_read_end(&r))
		return true;
	out->since = key_read_instant(&r);
	out->number = key_read_short(&r);
	return key_read_end(&r);
}

/* The first of those behind the row comes in. */
static void fill_up(struct store_txn *t, const struct evidence *e, struct holders *h)
{
	struct key k;
	struct bytes key, value;
	struct evidence of = { .rule = e->rule };
	struct holder next = { .number = 0 };
	struct store_cursor *c = store_scan_prefix(t, hash_key(&k, e), false);
	while (next.number == 0 && store_next(c, &key, &value))
		if (!holders_later(key, &of, &next))
			break;
	store_scan_end(c);
	if (next.number == 0)
		return;
	store_delete(t, later_key(&k, e, &next));
	h->at[h->count++] = next;
}

bool identity_link_put(struct store_txn *t, const struct evidence *e, uint64_t number)
{
	struct key k;
	struct holders h = holders_get(t, store_arena(t), e);
	struct holder new = { .since = e->since, .number = number };
	size_t at = h.count;
	if (store_failed(t))
		return false;
	while (at > 0 && is_before(&new, &h.at[at - 1]))
		at--;
	if (at == HOLDERS_MOST)
		return store_put(t, later_key(&k, e, &new), (struct bytes){ 0 });
	memmove(&h.at[at + 1], &h.at[at], (h.count - at) * sizeof h.at[0]);
	h.at[at] = new;
	if (h.count == HOLDERS_MOST)
		store_put(t, later_key(&k, e, &h.at[HOLDERS_MOST]), (struct bytes){ 0 });
	else
		h.count++;
	return holders_put(t, e, &h);
}

bool identity_link_delete(struct store_txn *t, const struct evidence *e, uint64_t number)
{
	struct key k;
	struct holders h = holders_get(t, store_arena(t), e);
	struct holder gone = { .since = e->since, .number = number };
	size_t at = 0;
	if (store_failed(t))
		return false;
	while (at < h.count && (h.at[at].number != number || h.at[at].since != e->since))
		at++;
	if (at == h.count)
		return store_delete(t, later_key(&k, e, &gone));
	h.count--;
	memmove(&h.at[at], &h.at[at + 1], (h.count - at) * sizeof h.at[0]);
	if (h.count + 1 == HOLDERS_MOST)
		fill_up(t, e, &h);
	return holders_put(t, e, &h);
}

struct record_numbers identity_linked(struct store_txn *t, struct arena *a,
				      const struct evidence *e, uint64_t except)
{
	struct holders h = holders_get(t, a, e);
	struct record_numbers found = { .numbers = arena_array(a, uint64_t, PERSON_MOST + 1) };
	for (size_t i = 0; i < h.count && found.count <= PERSON_MOST; i++)
		if (h.at[i].number != except)
			found.numbers[found.count++] = h.at[i].number;
	return found;
}

uint64_t identity_linked_first(struct store_txn *t, struct arena *a, const struct evidence *e,
			       uint64_t except)
{
	struct holders h = holders_get(t, a, e);
	for (size_t i = 0; i < h.count; i++)
		if (h.at[i].number != except)
			return h.at[i].number;
	return 0;
}
