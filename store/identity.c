/* store/identity.c: reading patient records and persons. */
#include "store/identity.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/identity_rows.h"

bool identity_record(struct store_txn *t, struct arena *a, uint64_t number,
		     struct patient_record *out)
{
	struct identity_row row;
	if (!identity_row_get(t, a, number, &row))
		return false;
	*out = row.record;
	return true;
}

/* What a row of the store leads to is there, or the store cannot be read. */
static bool led_to(struct store_txn *t, bool there, uint64_t number)
{
	return there || identity_row_broken(t, "patient record", number);
}

bool identity_find(struct store_txn *t, struct arena *a, const char *domain, const char *id,
		   struct patient_record *out)
{
	uint64_t number;
	return identity_id_get(t, a, domain, id, &number)
	       && led_to(t, identity_record(t, a, number, out), number);
}

bool identity_place(struct store_txn *t, struct arena *a, uint64_t number,
		    struct patient_record *out)
{
	return identity_place_get(t, a, number, out);
}

bool identity_find_place(struct store_txn *t, struct arena *a, const char *domain, const char *id,
			 struct patient_record *out)
{
	uint64_t number;
	return identity_id_get(t, a, domain, id, &number)
	       && led_to(t, identity_place(t, a, number, out), number);
}

const char *identity_regional_id(struct store_txn *t, struct arena *a, uint64_t person)
{
	struct person_row row;
	struct patient_record regional;
	return person_row_get(t, a, person, &row)
			       && led_to(t, identity_place(t, a, row.regional, &regional),
					 row.regional)
		       ? regional.id
		       : NULL;
}

bool identity_rest(struct store_txn *t, struct arena *a, const struct patient_record *place,
		   const struct patient_record *among, struct patient_record *out)
{
	struct identity_row row;
	if (!identity_row_read_among(t, a, place, among, &row))
		return identity_row_broken(t, "patient record", place->number);
	*out = row.record;
	return true;
}

typedef bool record_reader(struct store_txn *t, struct arena *a, uint64_t number,
			   struct patient_record *out);

static bool fill_person(struct store_txn *t, struct arena *a, const struct person_row *row,
			record_reader *read, const struct patient_record *known, struct person *out)
{
	struct patient_record **tail = &out->records;
	*out = (struct person){ .number = row->number,
				.regional_record = row->regional,
				.regional_id = "" };
	for (size_t i = 0; i < row->count; i++) {
		struct patient_record *r = arena_new(a, struct patient_record);
		bool is_known = known != NULL && known->number == row->members[i];
		if (is_known)
			*r = *known;
		else if (!led_to(t, read(t, a, row->members[i], r), row->members[i]))
			return false;
		if (r->number == row->regional)
			out->regional_id = r->id;
		*tail = r;
		tail = &r->next;
	}
	return true;
}

bool identity_person(struct store_txn *t, struct arena *a, uint64_t number, struct person *out)
{
	struct person_row row;
	return person_row_get(t, a, number, &row)
	       && fill_person(t, a, &row, identity_record, NULL, out);
}

bool identity_person_places(struct store_txn *t, struct arena *a, uint64_t number,
			    struct person *out)
{
	struct person_row row;
	return person_row_get(t, a, number, &row)
	       && fill_person(t, a, &row, identity_place, NULL, out);
}

bool identity_person_of(struct store_txn *t, struct arena *a, const struct patient_record *place,
			struct person *out)
{
	struct person_row row;
	return person_row_get(t, a, place->person, &row)
	       && fill_person(t, a, &row, identity_place, place, out);
}

bool identity_subjects(struct store_txn *t, struct arena *a, uint64_t person,
		       struct record_numbers *out)
{
	struct person_row row;
	if (!person_row_get(t, a, person, &row))
		return false;
	*out = (struct record_numbers){ .numbers = row.members, .count = row.count };
	return true;
}

struct person *identity_list(struct store_txn *t, struct arena *a, uint64_t after, unsigned limit,
			     unsigned *count)
{
	struct key from, to;
	struct bytes key, value;
	struct person *list = arena_array(a, struct person, limit);
	*count = 0;
	if (after == UINT64_MAX)
		return list;
	key_begin(&from, SPACE_IDENTITY_PERSON);
	key_short(&from, after + 1);
	key_begin(&to, SPACE_IDENTITY_PERSON + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	while (*count < limit && store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		struct person_row row;
		uint64_t number = key_read_short(&r);
		if (!person_row_read(a, number, value, &row)
		    || !fill_person(t, a, &row, identity_record, NULL, &list[*count])) {
			identity_row_broken(t, "person", number);
			break;
		}
		(*count)++;
	}
	store_scan_end(c);
	return list;
}
