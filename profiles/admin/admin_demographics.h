/* profiles/admin/admin_demographics.h: what a record says of a person, field by field, as one line
 * of text each: for who holds two of them beside each other, or one before and after a feed. */
#ifndef PROFILES_ADMIN_ADMIN_DEMOGRAPHICS_H
#define PROFILES_ADMIN_ADMIN_DEMOGRAPHICS_H

#include "schemas/model/patient.h"

struct arena;

/* The first as matching/compare.h has its fields. */
enum shown_field {
	SHOWN_GIVEN,
	SHOWN_FAMILY,
	SHOWN_BIRTH,
	SHOWN_SEX,
	SHOWN_ADDRESS,
	SHOWN_PHONE,
	SHOWN_INSURANCE,
	SHOWN_MOTHER,
	SHOWN_BIRTH_ORDER,
	SHOWN_DEATH,
	SHOWN_UNKNOWN,
	SHOWN_FIELDS
};

const char *shown_field_name(enum shown_field field);
/* Its values in the order they were sent, " / " between; NULL: it says nothing. */
const char *shown_field_text(struct arena *a, const struct patient_demographics *d,
			     enum shown_field field);

#endif
