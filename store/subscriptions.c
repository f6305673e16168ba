/* store/subscriptions.c: who wants to be told of what is registered. */
#include "store/subscriptions.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/store.h"
#include "store/subscriptions_rows.h"

enum { SWEPT_AT_ONCE = 256 }; /* a job: it is to be short */
static const int64_t day = INT64_C(24) * 3600 * 1000000;

static instant now_of(const struct store_txn *t)
{
	return store_clock(t)->now(store_clock(t));
}

bool subscription_is_over(const struct subscription *s, instant now)
{
	return now >= s->ends;
}

/* ---- Bounds ---- */

/* Keys that begin so, up to that many; of them those of one system (NULL: nobody asks). */
static size_t count_of(struct store_txn *t, const struct key *prefix, size_t most,
		       const char *system, size_t *own)
{
	struct store_cursor *c = store_scan_prefix(t, key_span(prefix), false);
	struct bytes key, value;
	size_t count = 0;
	while (count < most && store_next(c, &key, &value)) {
		count++;
		if (system != NULL)
			*own += bytes_equal(value, bytes_of_text(system));
	}
	store_scan_end(c);
	return count;
}

static bool record_has_room(struct store_txn *t, const struct subscription *s, struct problem *p)
{
	struct key prefix;
	size_t own = 0;
	size_t most = s->subject == 0 ? SUBSCRIPTIONS_OF_ALL : SUBSCRIPTIONS_OF_RECORD;
	key_begin(&prefix, SPACE_SUBSCRIPTION_OF_RECORD);
	key_number(&prefix, s->subject);
	size_t count = count_of(t, &prefix, most, s->system, &own);
	const char *whom = s->subject == 0 ? "to every patient" : "to this patient";
	if (own >= SUBSCRIPTIONS_EACH)
		return problem_set(p, PROBLEM_SUBSCRIPTIONS_FULL,
				   "%s has %d subscriptions %s, and no more are taken", s->system,
				   SUBSCRIPTIONS_EACH, whom);
	return count < most
	       || problem_set(p, PROBLEM_SUBSCRIPTIONS_FULL,
			      "there are %zu subscriptions %s, and no more are taken", most, whom);
}

static bool has_room(struct store_txn *t, const struct subscription *s, struct problem *p)
{
	struct key prefix;
	key_begin(&prefix, SPACE_SUBSCRIPTION_OF_SYSTEM);
	key_text(&prefix, s->system);
	if (count_of(t, &prefix, SUBSCRIPTIONS_OF_SYSTEM, NULL, NULL) >= SUBSCRIPTIONS_OF_SYSTEM)
		return problem_set(p, PROBLEM_SUBSCRIPTIONS_FULL,
				   "%s has %d subscriptions, and no more are taken", s->system,
				   SUBSCRIPTIONS_OF_SYSTEM);
	return record_has_room(t, s, p);
}

/* ---- Writing ---- */

static void put_row(struct store_txn *t, const struct subscription *s)
{
	unsigned char id[SUBSCRIPTION_ID];
	subscription_id_octets(s->id, id);
	struct key k = subscription_key(id);
	store_put(t, key_span(&k), subscription_row(store_arena(t), s));
}

static void put_indices(struct store_txn *t, const struct subscription *s)
{
	unsigned char id[SUBSCRIPTION_ID];
	subscription_id_octets(s->id, id);
	struct key of_record = subscription_of_record_key(s->subject, id);
	struct key of_system = subscription_of_system_key(s->system, id);
	struct key ends = subscription_ends_key(s->ends, id);
	store_put(t, key_span(&of_record), bytes_of_text(s->system));
	store_put(t, key_span(&of_system), (struct bytes){ 0 });
	store_put(t, key_span(&ends), (struct bytes){ 0 });
}

bool subscription_put(struct store_txn *t, struct subscription *s, struct problem *p)
{
	unsigned char id[SUBSCRIPTION_ID];
	instant latest;
	s->created = now_of(t);
	latest = s->created + SUBSCRIPTION_DAYS * day;
	if (s->ends == 0 || s->ends > latest)
		s->ends = latest;
	if (!has_room(t, s, p))
		return false;
	store_random(t)->fill(store_random(t), id, sizeof id);
	s->id = bytes_to_hex(store_arena(t), (struct bytes){ id, sizeof id });
	put_row(t, s);
	put_indices(t, s);
	return !store_failed(t)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

bool subscription_remove(struct store_txn *t, const struct subscription *s)
{
	unsigned char id[SUBSCRIPTION_ID];
	if (!subscription_id_octets(s->id, id))
		return false;
	struct key row = subscription_key(id);
	struct key of_record = subscription_of_record_key(s->subject, id);
	struct key of_system = subscription_of_system_key(s->system, id);
	struct key ends = subscription_ends_key(s->ends, id);
	store_delete(t, key_span(&row));
	store_delete(t, key_span(&of_record));
	store_delete(t, key_span(&of_system));
	return store_delete(t, key_span(&ends));
}

/* ---- Reading ---- */

static bool get(struct store_txn *t, struct arena *a, const unsigned char id[SUBSCRIPTION_ID],
		struct subscription *out)
{
	struct key k = subscription_key(id);
	struct bytes row;
	*out = (struct subscription){ .id = bytes_to_hex(a,
							 (struct bytes){ id, SUBSCRIPTION_ID }) };
	return store_get(t, key_span(&k), a, &row)
	       && (subscription_row_read(a, row, out)
		   || store_damaged(t, "a subscription cannot be read"));
}

bool subscription_get(struct store_txn *t, struct arena *a, const char *id,
		      struct subscription *out)
{
	unsigned char octets[SUBSCRIPTION_ID];
	return subscription_id_octets(id, octets) && get(t, a, octets, out);
}

/* The id at the end of a key. */
static bool id_of_key(struct bytes key, unsigned char id[SUBSCRIPTION_ID])
{
	if (key.length < SUBSCRIPTION_ID)
		return false;
	memcpy(id, key.data + key.length - SUBSCRIPTION_ID, SUBSCRIPTION_ID);
	return true;
}

struct subscription *subscriptions_of(struct store_txn *t, struct arena *a, uint64_t subject,
				      instant now)
{
	struct subscription *first = NULL, **last = &first;
	struct key prefix;
	struct bytes key, value;
	unsigned char id[SUBSCRIPTION_ID];
	key_begin(&prefix, SPACE_SUBSCRIPTION_OF_RECORD);
	key_number(&prefix, subject);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	while (store_next(c, &key, &value) && id_of_key(key, id)) {
		struct subscription *s = arena_new(a, struct subscription);
		if (!get(t, a, id, s) || subscription_is_over(s, now))
			continue;
		*last = s;
		last = &s->next;
	}
	store_scan_end(c);
	return first;
}

bool subscriptions_hang_on(struct store_txn *t, uint64_t record)
{
	struct key prefix;
	key_begin(&prefix, SPACE_SUBSCRIPTION_OF_RECORD);
	key_number(&prefix, record);
	return count_of(t, &prefix, 1, NULL, NULL) != 0;
}

/* Of what follows `after` in a space where ids are ordered. */
static struct store_cursor *scan_after(struct store_txn *t, struct key prefix,
				       const unsigned char *after)
{
	struct key from = prefix, to = prefix;
	if (after == NULL)
		return store_scan_prefix(t, key_span(&prefix), false);
	key_bytes(&from, after, SUBSCRIPTION_ID);
	key_octet(&from, 0);
	for (size_t i = 0; i <= SUBSCRIPTION_ID; i++)
		key_octet(&to, 0xff);
	return store_scan(t, key_span(&from), key_span(&to), false);
}

struct subscription *subscriptions_list(struct store_txn *t, struct arena *a, const char *after,
					const char *system, size_t most, size_t *count)
{
	struct subscription *list = arena_array(a, struct subscription, most);
	unsigned char past[SUBSCRIPTION_ID], id[SUBSCRIPTION_ID];
	bool goes_on = subscription_id_octets(after, past);
	struct key prefix;
	struct bytes key, value;
	key_begin(&prefix, system == NULL ? SPACE_SUBSCRIPTION : SPACE_SUBSCRIPTION_OF_SYSTEM);
	if (system != NULL)
		key_text(&prefix, system);
	struct store_cursor *c = scan_after(t, prefix, goes_on ? past : NULL);
	for (*count = 0; *count < most && store_next(c, &key, &value) && id_of_key(key, id);)
		*count += get(t, a, id, &list[*count]);
	store_scan_end(c);
	return list;
}

bool subscriptions_lead_to(struct store_txn *t, const char *system, const char *pull_point,
			   instant now)
{
	struct key prefix;
	struct bytes key, value;
	struct subscription s;
	unsigned char id[SUBSCRIPTION_ID];
	bool found = false;
	key_begin(&prefix, SPACE_SUBSCRIPTION_OF_SYSTEM);
	key_text(&prefix, system);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	while (!found && store_next(c, &key, &value) && id_of_key(key, id))
		found = get(t, store_arena(t), id, &s) && text_equal(s.pull_point, pull_point)
			&& !subscription_is_over(&s, now);
	store_scan_end(c);
	return found;
}

bool subscriptions_sweep(struct store_txn *t, instant now, bool *more)
{
	struct arena *a = store_arena(t);
	struct key from, to;
	struct bytes key, value;
	struct subscription *over = arena_array(a, struct subscription, SWEPT_AT_ONCE);
	unsigned char id[SUBSCRIPTION_ID];
	size_t count = 0;
	key_begin(&from, SPACE_SUBSCRIPTION_ENDS);
	to = from;
	key_instant(&to, now + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	while (count < SWEPT_AT_ONCE && store_next(c, &key, &value) && id_of_key(key, id))
		count += get(t, a, id, &over[count]);
	store_scan_end(c);
	*more = count == SWEPT_AT_ONCE;
	for (size_t i = 0; i < count; i++)
		subscription_remove(t, &over[i]);
	return !store_failed(t);
}
