/* gateway/envelope/hl7v2_person_write.c: CX, XPN, XAD, XTN and PID going out (HL7 2.5: 2.A,
 * 3.4.2). */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2_patient.h"

void hl7_put_cx(struct hl7_writer *w, unsigned field, unsigned r,
		const struct patient_identifier *id)
{
	const char *type = text_empty(id->universal_id_type) ? "ISO" : id->universal_id_type;
	hl7_put(w, field, r, 1, 1, id->id);
	hl7_put(w, field, r, 4, 1, id->namespace_id);
	hl7_put(w, field, r, 4, 2, id->universal_id);
	/* ITI TF-2: E.1: HD.3 goes with HD.2; ours are OIDs. */
	hl7_put(w, field, r, 4, 3, text_empty(id->universal_id) ? NULL : type);
	hl7_put(w, field, r, 5, 1, id->type);
}

void hl7_put_xpn(struct hl7_writer *w, unsigned field, unsigned r, const struct person_name *name)
{
	static const char *const representations[] = {
		[NAME_UNSPECIFIED] = NULL,
		[NAME_IDEOGRAPHIC] = "I",
		[NAME_PHONETIC] = "P",
		[NAME_ALPHABETIC] = "A",
	};
	hl7_put(w, field, r, 1, 1, name->family);
	hl7_put(w, field, r, 2, 1, name->given);
	hl7_put(w, field, r, 3, 1, name->middle);
	hl7_put(w, field, r, 4, 1, name->suffix);
	hl7_put(w, field, r, 5, 1, name->prefix);
	hl7_put(w, field, r, 7, 1, name->use);
	hl7_put(w, field, r, 8, 1, representations[name->representation]);
}

void hl7_put_xad(struct hl7_writer *w, unsigned field, unsigned r, const struct postal_address *ad)
{
	const char *const components[] = { ad->street,      ad->other,   ad->city, ad->state,
					   ad->postal_code, ad->country, ad->use,  ad->text };
	for (unsigned c = 0; c < COUNT(components); c++)
		hl7_put(w, field, r, c + 1, 1, components[c]);
}

void hl7_put_xtn(struct hl7_writer *w, unsigned field, unsigned r, const struct telecom *t)
{
	bool mail = t->number != NULL && strchr(t->number, '@') != NULL;
	hl7_put(w, field, r, 1, 1, mail ? NULL : t->number);
	hl7_put(w, field, r, 2, 1, mail ? "NET" : t->use);
	hl7_put(w, field, r, 3, 1, mail ? "Internet" : "PH");
	hl7_put(w, field, r, 4, 1, mail ? t->number : NULL);
}

void hl7_put_person(struct hl7_writer *w, const struct patient_identifier *ids,
		    const struct patient_demographics *d)
{
	unsigned r = 0;
	for (; ids != NULL; ids = ids->next)
		hl7_put_cx(w, 3, ++r, ids);
	r = 0;
	for (const struct person_name *name = d->names; name != NULL; name = name->next)
		hl7_put_xpn(w, 5, ++r, name);
	hl7_put_field(w, 6, d->mothers_maiden_name);
	hl7_put_field(w, 7, d->birth_date);
	hl7_put_field(w, 8, d->sex);
	r = 0;
	for (const struct postal_address *ad = d->addresses; ad != NULL; ad = ad->next)
		hl7_put_xad(w, 11, ++r, ad);
	r = 0;
	for (const struct telecom *t = d->telecoms; t != NULL; t = t->next)
		hl7_put_xtn(w, 13, ++r, t);
	hl7_put_field(w, 24, d->multiple_birth);
	hl7_put_field(w, 25, d->birth_order);
	hl7_put_field(w, 29, d->deceased_time);
	hl7_put_field(w, 30, d->deceased);
}
