/* store/identity_ahead.c: what a feed will look at: its own records, and those it may be linked
 * with, each with all of its person. */
#include "store/identity_forms.h"

/* Of a record that is not there the person is nobody's, and not there either. */
static void look_at_person(struct store_txn *t, struct arena *a, const struct patient_record *r)
{
	struct person whole;
	identity_person_places(t, a, r->person, &whole);
}

static void look_at_linked(struct store_txn *t, struct arena *a, const struct evidence *e)
{
	struct record_numbers others = identity_linked(t, a, e, 0);
	for (size_t i = 0; i < others.count; i++) {
		struct patient_record r = { .number = others.numbers[i] };
		identity_place(t, a, r.number, &r);
		look_at_person(t, a, &r);
	}
}

void identity_look_ahead(struct store_txn *t, struct arena *a, const struct patient_identifier *ids,
			 const struct patient_demographics *d)
{
	struct identity_forms forms = d->forms != NULL ? *d->forms : identity_forms(a, d);
	bool left_out;
	for (; ids != NULL; ids = ids->next) {
		struct patient_record r = { .id = ids->id };
		if (!identity_find_place(t, a, ids->universal_id, ids->id, &r))
			identity_await_look_ahead(t, ids);
		look_at_person(t, a, &r);
	}
	for (const struct evidence *e = identity_evidence_of(a, &forms, &left_out); e != NULL;
	     e = e->next)
		look_at_linked(t, a, e);
}
