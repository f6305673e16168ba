/* store/partner_ids_rows.c: how the ids of partners are laid out in keys. */
#include "store/partner_ids_rows.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity.h"
#include "store/names.h"
#include "store/record.h"

enum { VERSION = 1, TAG_DOMAIN = 1, TAG_ID, TAG_SINCE, TAG_BY, TAG_RECORD, TAG_JOINED };
enum { TAG_NUMBER = 1 };

static void add_id(struct key *k, const struct partner_id *id)
{
	key_oid(k, id->domain);
	key_identifier(k, id->id);
}

struct key partner_id_key(uint64_t partner, const struct partner_id *id)
{
	struct key k;
	key_begin(&k, SPACE_PARTNER_ID);
	key_short(&k, partner);
	add_id(&k, id);
	return k;
}

struct key partner_record_key(uint64_t record)
{
	struct key k;
	key_begin(&k, SPACE_PARTNER_ID_OF);
	key_short(&k, record);
	return k;
}

struct key partner_id_of_key(uint64_t record, uint64_t partner)
{
	struct key k = partner_record_key(record);
	key_short(&k, partner);
	return k;
}

struct key partner_conflicts_key(uint64_t partner)
{
	struct key k;
	key_begin(&k, SPACE_PARTNER_CONFLICT);
	key_short(&k, partner);
	return k;
}

struct key partner_conflict_key(uint64_t partner, uint64_t number)
{
	struct key k = partner_conflicts_key(partner);
	key_short(&k, number);
	return k;
}

struct key partner_claimed_key(uint64_t partner, const struct partner_id *id)
{
	struct key k;
	key_begin(&k, SPACE_PARTNER_CLAIMED);
	key_short(&k, partner);
	key_short(&k, id->record);
	add_id(&k, id);
	return k;
}

bool partner_conflict_row_read(struct arena *a, struct bytes row, struct partner_conflict *out)
{
	struct record_reader r = record_read(row);
	struct partner_id *id = &out->claimed;
	*out = (struct partner_conflict){ 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_DOMAIN: id->domain = arena_text(a, record_as_text(&r)); break;
		case TAG_ID: id->id = arena_text(a, record_as_text(&r)); break;
		case TAG_SINCE: id->since = record_as_instant(&r); break;
		case TAG_BY: id->by = arena_text(a, record_as_text(&r)); break;
		case TAG_RECORD: id->record = record_as_number(&r); break;
		case TAG_JOINED: out->joined = record_as_flag(&r); break;
		}
	return !r.broken && id->domain != NULL && id->id != NULL && id->by != NULL;
}

static struct record_writer begin_row(struct store_txn *t, const struct partner_id *id)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_text(&w, TAG_DOMAIN, id->domain);
	record_text(&w, TAG_ID, id->id);
	record_instant(&w, TAG_SINCE, id->since);
	record_text(&w, TAG_BY, id->by);
	return w;
}

bool partner_id_same(const struct partner_id *x, const struct partner_id *y)
{
	return text_equal(x->domain, y->domain) && text_equal(x->id, y->id);
}

bool partner_conflict_row_put(struct store_txn *t, uint64_t partner,
			      const struct partner_conflict *c)
{
	struct key k = partner_conflict_key(partner, c->number);
	struct record_writer w = begin_row(t, &c->claimed);
	record_number(&w, TAG_RECORD, c->claimed.record);
	record_flag(&w, TAG_JOINED, c->joined);
	return store_put(t, key_span(&k), record_end(&w));
}

bool partner_number_read(struct bytes row, uint64_t *out)
{
	struct record_reader r = record_read(row);
	bool said = false;
	while (r.version == VERSION && record_next(&r))
		if (r.tag == TAG_NUMBER) {
			*out = record_as_number(&r);
			said = true;
		}
	return said && !r.broken;
}

bool partner_number_put(struct store_txn *t, const struct key *k, uint64_t number)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_NUMBER, number);
	return store_put(t, key_span(k), record_end(&w));
}

bool partner_number_get(struct store_txn *t, struct arena *a, const struct key *k, uint64_t *out)
{
	struct bytes row;
	if (!store_get(t, key_span(k), a, &row))
		return false;
	if (!partner_number_read(row, out))
		return store_damaged(t, "an id of a partner cannot be read");
	return true;
}

/* ---- Mappings ---- */

bool partner_id_row_read(struct arena *a, struct bytes row, struct partner_id *out)
{
	struct partner_conflict c;
	bool read = partner_conflict_row_read(a, row, &c) && c.claimed.record == 0 && !c.joined;
	*out = c.claimed;
	return read;
}

bool partner_id_put(struct store_txn *t, uint64_t partner, const struct partner_id *id)
{
	struct key theirs = partner_id_key(partner, id),
		   ours = partner_id_of_key(id->record, partner);
	struct record_writer w = begin_row(t, id);
	return partner_number_put(t, &theirs, id->record)
	       && store_put(t, key_span(&ours), record_end(&w));
}

void partner_id_delete(struct store_txn *t, uint64_t partner, const struct partner_id *id)
{
	struct key theirs = partner_id_key(partner, id),
		   ours = partner_id_of_key(id->record, partner);
	store_delete(t, key_span(&theirs));
	store_delete(t, key_span(&ours));
}

bool partner_id_get(struct store_txn *t, struct arena *a, uint64_t record, uint64_t partner,
		    struct partner_id *out)
{
	struct key ours = partner_id_of_key(record, partner);
	struct patient_record place;
	struct bytes row;
	if (!store_get(t, key_span(&ours), a, &row))
		return false;
	if (!partner_id_row_read(a, row, out) || !identity_place(t, a, record, &place)
	    || (out->partner = name_text(t, a, partner)) == NULL)
		return store_damaged(t, "the id of a person at a partner cannot be read");
	out->record = record;
	out->person = place.person;
	return true;
}

bool partner_id_led_to(struct store_txn *t, struct arena *a, uint64_t record, uint64_t partner,
		       struct partner_id *out)
{
	if (!partner_id_get(t, a, record, partner, out))
		return store_damaged(t, "an id of a partner leads to nobody");
	return true;
}

/* Numbers tell nothing of time, but of one moment the order. */
static bool goes_before(const struct partner_id *x, const struct partner_id *y)
{
	return x->since != y->since ? x->since < y->since : x->record < y->record;
}

static void add_sorted(struct partner_id **list, struct partner_id *one)
{
	while (*list != NULL && goes_before(*list, one))
		list = &(*list)->next;
	one->next = *list;
	*list = one;
}

struct partner_id *partner_ids_at(struct store_txn *t, struct arena *a, uint64_t person,
				  uint64_t partner)
{
	struct partner_id *list = NULL;
	struct record_numbers records;
	if (!identity_subjects(t, a, person, &records))
		return NULL;
	for (size_t i = 0; i < records.count; i++) {
		struct partner_id *one = arena_new(a, struct partner_id);
		if (partner_id_get(t, a, records.numbers[i], partner, one))
			add_sorted(&list, one);
	}
	return store_failed(t) ? NULL : list;
}

struct partner_id *partner_ids_against(struct store_txn *t, struct arena *a, uint64_t partner,
				       const struct partner_id *claimed)
{
	struct key theirs = partner_id_key(partner, claimed);
	struct partner_id *list = partner_ids_at(t, a, claimed->person, partner), **at = &list;
	struct partner_id *other = arena_new(a, struct partner_id);
	uint64_t record = 0;
	while (*at != NULL)
		if (partner_id_same(*at, claimed))
			*at = (*at)->next;
		else
			at = &(*at)->next;
	if (partner_number_get(t, a, &theirs, &record)
	    && partner_id_led_to(t, a, record, partner, other) && other->person != claimed->person)
		add_sorted(&list, other);
	return list;
}
