/* store/partner_ids.c: which patient of another network is which person of ours. */
#include "store/partner_ids.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/identity.h"
#include "store/names.h"
#include "store/partner_ids_rows.h"

enum { DOMAIN_MOST = 199, ID_MOST = 250 }; /* as of ids of ours: store/identity_rows.h */

/* ---- Finding ---- */

bool partner_id_find(struct store_txn *t, struct arena *a, const char *partner, const char *domain,
		     const char *id, struct partner_id *out)
{
	const struct partner_id theirs = { .domain = domain, .id = id };
	uint64_t number, record;
	if (!name_find(t, partner, &number))
		return false;
	struct key k = partner_id_key(number, &theirs);
	return !k.overflow && partner_number_get(t, a, &k, &record)
	       && partner_id_led_to(t, a, record, number, out);
}

bool partner_id_of(struct store_txn *t, struct arena *a, const char *partner, uint64_t person,
		   struct partner_id *out, bool *disputed)
{
	uint64_t number;
	const struct partner_id *list = name_find(t, partner, &number)
						? partner_ids_at(t, a, person, number)
						: NULL;
	*disputed = list != NULL && list->next != NULL;
	if (list == NULL || *disputed)
		return false;
	*out = *list;
	return true;
}

/* The partners for which something hangs on that record; each a part of its key. */
static bool next_partner(struct store_cursor *c, uint64_t *partner)
{
	struct bytes key, value;
	if (!store_next(c, &key, &value))
		return false;
	struct key_reader r = key_read(key);
	key_read_short(&r);
	*partner = key_read_short(&r);
	return true;
}

static struct partner_id **gather(struct store_txn *t, struct arena *a, uint64_t record,
				  struct partner_id **last)
{
	struct key k = partner_record_key(record);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	uint64_t partner;
	while (next_partner(c, &partner)) {
		struct partner_id *one = arena_new(a, struct partner_id);
		if (partner_id_get(t, a, record, partner, one)) {
			*last = one;
			last = &one->next;
		}
	}
	store_scan_end(c);
	return last;
}

struct partner_id *partner_ids_of(struct store_txn *t, struct arena *a, uint64_t person)
{
	struct partner_id *first = NULL, **last = &first;
	struct record_numbers records;
	if (!identity_subjects(t, a, person, &records))
		return NULL;
	for (size_t i = 0; i < records.count; i++)
		last = gather(t, a, records.numbers[i], last);
	return first;
}

bool partner_id_hangs_on(struct store_txn *t, uint64_t record)
{
	struct key k = partner_record_key(record);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	uint64_t partner;
	bool some = next_partner(c, &partner);
	store_scan_end(c);
	return some;
}

/* ---- Mapping ---- */

static bool may_be_asked(struct store_txn *t, struct partner_id *id, struct problem *p)
{
	struct person person;
	if (text_empty(id->domain) || text_empty(id->id) || strlen(id->domain) > DOMAIN_MOST
	    || strlen(id->id) > ID_MOST)
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "an id of a partner has an authority of at most %d characters "
				   "and an id of at most %d",
				   DOMAIN_MOST, ID_MOST);
	if (!identity_person_places(t, store_arena(t), id->person, &person))
		return problem_set(p, PROBLEM_UNKNOWN_PATIENT, "there is no such person");
	id->record = person.regional_record;
	return true;
}

/* The very mapping that is asked for. */
static bool is_there(struct store_txn *t, uint64_t partner, const struct partner_id *id,
		     struct partner_id *out)
{
	struct key k = partner_id_key(partner, id);
	uint64_t record;
	return partner_number_get(t, store_arena(t), &k, &record)
	       && partner_id_get(t, store_arena(t), record, partner, out)
	       && out->person == id->person;
}

static void refuse(struct store_txn *t, uint64_t partner, const struct partner_id *id,
		   struct mapped *out)
{
	out->what = MAPPING_REFUSED;
	if (partner_claim_get(t, store_arena(t), partner, id, &out->conflict))
		out->decided = out->conflict == 0;
	else
		out->conflict = partner_claim_raise(t, partner, id);
}

static void map(struct store_txn *t, uint64_t partner, const struct partner_id *id,
		struct mapped *out)
{
	struct partner_id there;
	if (is_there(t, partner, id, &there)) {
		out->what = MAPPING_THERE;
		return;
	}
	out->against = partner_ids_against(t, store_arena(t), partner, id);
	if (out->against != NULL) {
		refuse(t, partner, id, out);
	} else {
		partner_claim_forget(t, partner, id);
		partner_id_put(t, partner, id);
	}
}

bool partner_id_map(struct store_txn *t, struct partner_id *id, struct mapped *out,
		    struct problem *p)
{
	*out = (struct mapped){ .what = MAPPING_MADE };
	bool may = may_be_asked(t, id, p);
	if (may)
		map(t, name_number(t, id->partner), id, out);
	if (store_failed(t))
		*p = *store_problem(t);
	return may && !store_failed(t);
}

unsigned partner_id_unmap(struct store_txn *t, const char *partner, uint64_t person)
{
	uint64_t number;
	unsigned count = 0;
	if (!name_find(t, partner, &number))
		return 0;
	for (const struct partner_id *one = partner_ids_at(t, store_arena(t), person, number);
	     one != NULL; one = one->next, count++) {
		partner_claim_forget(t, number, one);
		partner_id_delete(t, number, one);
	}
	return count;
}

void partner_ids_moved(struct store_txn *t, uint64_t record, uint64_t from)
{
	struct partner_id *list = NULL;
	gather(t, store_arena(t), record, &list);
	for (const struct partner_id *one = list; one != NULL; one = one->next) {
		uint64_t partner = name_number(t, one->partner);
		partner_joined_follow(t, partner, one->person);
		partner_joined_follow(t, partner, from);
	}
}

/* ---- For `minato check` ---- */

static void finding(struct store_check *c, uint64_t record, const char *what)
{
	check_finding(c, "record %llu: %s", (unsigned long long)record, what);
}

static void look_at_id(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct partner_id is;
	struct bytes row;
	uint64_t record = 0, partner = key_read_short(&r);
	if (r.broken || !partner_number_read(value, &record)) {
		check_finding(c, "id of a partner: it cannot be read");
		return;
	}
	struct key of = partner_id_of_key(record, partner), back = { .overflow = true };
	if (store_get(check_txn(c), key_span(&of), check_arena(c), &row)
	    && partner_id_row_read(check_arena(c), row, &is))
		back = partner_id_key(partner, &is);
	if (!bytes_equal(key_span(&back), key))
		finding(c, record, "an id of a partner leads to it, and it has another one");
}

/* All but the oldest of one person were raised. */
static bool is_raised(struct store_check *c, uint64_t partner, const struct partner_id *is)
{
	const struct partner_id *oldest = partner_ids_at(check_txn(c), check_arena(c), is->person,
							 partner);
	struct key k = partner_claimed_key(partner, is);
	return oldest == NULL || oldest->record == is->record
	       || store_has(check_txn(c), key_span(&k));
}

static void look_at_record(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct partner_id is;
	struct patient_record place;
	struct person person;
	uint64_t record = key_read_short(&r), partner = key_read_short(&r), leads = 0;
	if (!key_read_end(&r) || !partner_id_row_read(check_arena(c), value, &is)) {
		finding(c, record, "its id at a partner cannot be read");
		return;
	}
	struct key theirs = partner_id_key(partner, &is);
	is.record = record;
	if (!partner_number_get(check_txn(c), check_arena(c), &theirs, &leads) || leads != record)
		finding(c, record, "its id at a partner does not lead to it");
	else if (!identity_place(check_txn(c), check_arena(c), record, &place)
		 || !identity_person_places(check_txn(c), check_arena(c), place.person, &person))
		finding(c, record, "it has an id at a partner, and is nobody's");
	else {
		is.person = place.person;
		if (!is_raised(c, partner, &is))
			finding(c, record,
				"its person has two ids at a partner, and nobody is told");
	}
}

static void look_at_conflict(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct partner_conflict is;
	uint64_t partner = key_read_short(&r), number = key_read_short(&r), said = 0;
	struct key k = { .overflow = true };
	if (key_read_end(&r) && partner_conflict_row_read(check_arena(c), value, &is))
		k = partner_claimed_key(partner, &is.claimed);
	if (k.overflow || !partner_number_get(check_txn(c), check_arena(c), &k, &said)
	    || said != number)
		check_finding(c, "conflict %llu of a partner: it is of no claim",
			      (unsigned long long)number);
}

static void look_at_claim(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct patient_record place;
	uint64_t partner = key_read_short(&r), record = key_read_short(&r), number = 0;
	bool read = !r.broken && partner_number_read(value, &number);
	struct key k = partner_conflict_key(partner, number);
	if (!read || !identity_place(check_txn(c), check_arena(c), record, &place)
	    || (number != 0 && !store_has(check_txn(c), key_span(&k))))
		finding(c, record, "a partner's claim of it cannot be read, or was not raised");
}

const struct check_module partner_ids_check = {
	.name = "partner ids",
	.rows =
		(const struct check_row[]){
			{ SPACE_PARTNER_ID, "partner's id", look_at_id },
			{ SPACE_PARTNER_ID_OF, "id at a partner", look_at_record },
			{ SPACE_PARTNER_CONFLICT, "conflict with a partner", look_at_conflict },
			{ SPACE_PARTNER_CLAIMED, "claim of a partner", look_at_claim },
			{ 0 },
		},
};
