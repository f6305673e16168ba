/* store/partner_conflicts.c: two mappings where one may be: raised, told, settled. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity.h"
#include "store/names.h"
#include "store/numbers.h"
#include "store/partner_ids_rows.h"

/* ---- Raising ---- */

bool partner_claim_get(struct store_txn *t, struct arena *a, uint64_t partner,
		       const struct partner_id *claimed, uint64_t *number)
{
	struct key k = partner_claimed_key(partner, claimed);
	return partner_number_get(t, a, &k, number);
}

static uint64_t put(struct store_txn *t, uint64_t partner, const struct partner_id *claimed,
		    bool joined)
{
	const struct partner_conflict c = { .number = number_next(t, NUMBER_PARTNER_CONFLICT),
					    .claimed = *claimed,
					    .joined = joined };
	struct key k = partner_claimed_key(partner, claimed);
	return c.number != 0 && partner_conflict_row_put(t, partner, &c)
			       && partner_number_put(t, &k, c.number)
		       ? c.number
		       : 0;
}

static bool has_room(struct store_txn *t, uint64_t partner)
{
	struct key k = partner_conflicts_key(partner);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	struct bytes key, value;
	unsigned count = 0;
	while (count < PARTNER_CONFLICTS_MOST && store_next(c, &key, &value))
		count++;
	store_scan_end(c);
	return count < PARTNER_CONFLICTS_MOST;
}

uint64_t partner_claim_raise(struct store_txn *t, uint64_t partner,
			     const struct partner_id *claimed)
{
	return has_room(t, partner) ? put(t, partner, claimed, false) : 0;
}

void partner_claim_forget(struct store_txn *t, uint64_t partner, const struct partner_id *claimed)
{
	struct key k = partner_claimed_key(partner, claimed);
	uint64_t number;
	if (partner_number_get(t, store_arena(t), &k, &number)) {
		struct key row = partner_conflict_key(partner, number);
		store_delete(t, key_span(&row));
		store_delete(t, key_span(&k));
	}
}

/* What joins is no claim of a partner's: it is raised whatever waits. */
void partner_joined_follow(struct store_txn *t, uint64_t partner, uint64_t person)
{
	const struct partner_id *oldest = partner_ids_at(t, store_arena(t), person, partner);
	uint64_t number;
	for (const struct partner_id *one = oldest; one != NULL; one = one->next) {
		if (one == oldest)
			partner_claim_forget(t, partner, one);
		else if (!partner_claim_get(t, store_arena(t), partner, one, &number))
			put(t, partner, one, true);
	}
}

/* ---- Telling ---- */

/* Whom the record is of now, and what stands against it. False: the store failed. */
static bool complete(struct store_txn *t, struct arena *a, uint64_t partner,
		     struct partner_conflict *c)
{
	struct patient_record place;
	if (!identity_place(t, a, c->claimed.record, &place))
		return store_damaged(t, "a conflict with a partner is about nobody");
	c->claimed.person = place.person;
	c->against = partner_ids_against(t, a, partner, &c->claimed);
	return !store_failed(t);
}

bool partner_conflict_find(struct store_txn *t, struct arena *a, const char *partner,
			   uint64_t number, struct partner_conflict *out)
{
	struct bytes row;
	uint64_t named;
	if (!name_find(t, partner, &named))
		return false;
	struct key k = partner_conflict_key(named, number);
	if (!store_get(t, key_span(&k), a, &row))
		return false;
	if (!partner_conflict_row_read(a, row, out))
		return store_damaged(t, "a conflict with a partner cannot be read");
	out->number = number;
	out->claimed.partner = partner;
	return complete(t, a, named, out);
}

/* The numbers only, for what each is about is read beside the cursor. */
static unsigned numbers_from(struct store_txn *t, uint64_t partner, uint64_t after, unsigned limit,
			     uint64_t *out)
{
	struct key from = partner_conflict_key(partner, after + 1),
		   to = partner_conflicts_key(partner + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	struct bytes key, value;
	unsigned count = 0;
	for (; count < limit && store_next(c, &key, &value); count++) {
		struct key_reader r = key_read(key);
		key_read_short(&r);
		out[count] = key_read_short(&r);
	}
	store_scan_end(c);
	return count;
}

struct partner_conflict *partner_conflicts(struct store_txn *t, struct arena *a,
					   const char *partner, uint64_t after, unsigned limit)
{
	struct partner_conflict *first = NULL, **last = &first;
	uint64_t named, *numbers = arena_array(a, uint64_t, limit);
	unsigned count = after != UINT64_MAX && name_find(t, partner, &named)
				 ? numbers_from(t, named, after, limit, numbers)
				 : 0;
	for (unsigned i = 0; i < count; i++) {
		struct partner_conflict *c = arena_new(a, struct partner_conflict);
		if (partner_conflict_find(t, a, partner, numbers[i], c)) {
			*last = c;
			last = &c->next;
		}
	}
	return first;
}

/* ---- Settling ---- */

/* `keep` of a claim is remembered, so that it is not raised again. */
static void remember_keep(struct store_txn *t, uint64_t partner, const struct partner_conflict *c)
{
	struct key row = partner_conflict_key(partner, c->number),
		   claim = partner_claimed_key(partner, &c->claimed);
	store_delete(t, key_span(&row));
	partner_number_put(t, &claim, 0);
}

static void take_away(struct store_txn *t, uint64_t partner, const struct partner_id *one)
{
	partner_claim_forget(t, partner, one);
	partner_id_delete(t, partner, one);
	partner_joined_follow(t, partner, one->person);
}

bool partner_conflict_settle(struct store_txn *t, const struct partner_conflict *c,
			     enum settlement what, const char *by, instant now)
{
	struct partner_id claimed = c->claimed;
	uint64_t partner = name_number(t, claimed.partner);
	struct key theirs = partner_id_key(partner, &claimed);
	claimed.by = by;
	claimed.since = now;
	if (what == SETTLE_KEEP && !c->joined && c->against != NULL) {
		remember_keep(t, partner, c);
		return !store_failed(t);
	}
	partner_claim_forget(t, partner, &c->claimed);
	for (const struct partner_id *one = c->against; one != NULL && what != SETTLE_KEEP;
	     one = one->next)
		take_away(t, partner, one);
	if (c->joined && what != SETTLE_REPLACE)
		take_away(t, partner, &c->claimed);
	/* It may have become the same person's meanwhile. */
	if (!c->joined && what == SETTLE_REPLACE && !store_has(t, key_span(&theirs)))
		partner_id_put(t, partner, &claimed);
	return !store_failed(t);
}
