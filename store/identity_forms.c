/* store/identity_forms.c: all that identity compares of a description, made once. */
#include "store/identity_forms.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

struct identity_forms identity_forms(struct arena *a, const struct patient_demographics *d)
{
	struct identity_forms f = { .core = identity_core(a, d),
				    .unknown = text_equal(d->identity_unknown, "Y"),
				    .multiple = text_equal(d->multiple_birth, "Y") };
	candidate_entries_of_names(a, d->names, &f.names);
	f.doubts = insurance_doubts(a, d->insurances);
	f.values[VALUE_PHONE] = identity_phones(a, d->telecoms, &f.more[VALUE_PHONE]);
	f.values[VALUE_ADDRESS] = identity_addresses(a, d->addresses, &f.more[VALUE_ADDRESS]);
	f.values[VALUE_INSURANCE] = identity_insurances(a, d, &f.more[VALUE_INSURANCE]);
	return f;
}

const struct identity_forms *identity_prepared(struct arena *a,
					       const struct patient_demographics *d)
{
	struct identity_forms *f = arena_new(a, struct identity_forms);
	*f = identity_forms(a, d);
	return f;
}

struct identity_forms identity_forms_merged(struct arena *a,
					    const struct patient_demographics *said,
					    const struct patient_demographics *known,
					    const struct identity_core *known_core,
					    const struct patient_demographics *now)
{
	struct identity_forms f = said->forms != NULL ? *said->forms : identity_forms(a, said);
	core_take_signs(&f.core, now);
	f.unknown = text_equal(now->identity_unknown, "Y");
	f.multiple = text_equal(now->multiple_birth, "Y");
	/* Names make their forms together: whether one is a name at all another may say. */
	if (said->names == NULL && !said->delete_names) {
		f.core.names = known_core->names;
		f.core.left_out = known_core->left_out;
	}
	if (said->birth_date == NULL)
		f.core.birth = known_core->birth;
	if (said->telecoms == NULL && !said->delete_telecoms)
		f.values[VALUE_PHONE] = identity_phones(a, known->telecoms, &f.more[VALUE_PHONE]);
	if (said->addresses == NULL && !said->delete_addresses)
		f.values[VALUE_ADDRESS] = identity_addresses(a, known->addresses,
							     &f.more[VALUE_ADDRESS]);
	if ((said->insurances == NULL && !said->delete_insurances)
	    || now->former_insurances != NULL)
		f.values[VALUE_INSURANCE] = identity_insurances(a, now, &f.more[VALUE_INSURANCE]);
	return f;
}
