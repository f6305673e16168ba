/* profiles/actors/demographics_match.h: whether what is sought fits a record. Known to the Patient
 * Demographics Supplier only. Pure; what is made lives in the arena. */
#ifndef PROFILES_ACTORS_DEMOGRAPHICS_MATCH_H
#define PROFILES_ACTORS_DEMOGRAPHICS_MATCH_H

#include "profiles/actors/demographics_supplier.h"

/* A part of a name in its form; NULL: nothing is said of it. */
struct part_form {
	const char *form;
	bool begins; /* it is how the part begins */
};

struct name_form {
	bool reading, loose;
	struct part_form family, given, middle;
	const char *whole; /* family and given in one; NULL: one of them is not said, or begins */
	/* By what of it the index is asked: a beginning of family and given name in one. */
	struct candidates_wanted wanted;
	bool indexed, full;
	struct name_form *next;
};

struct address_form {
	const char *state, *rest, *postcode, *country;
	struct address_form *next;
};

struct telecom_form {
	const char *phone, *other; /* one of them */
	struct telecom_form *next;
};

struct insured_form {
	const struct insurance_form *number; /* branch "": whoever of the household */
	struct insured_form *next;
};

struct demographics_forms {
	const struct name_form *names, *mother;
	const char *born_from, *born_to; /* digits: 4, 6 or 8 */
	const char *sex;
	const struct address_form *addresses;
	const struct telecom_form *telecoms;
	const struct insured_form *insured;
	/* What the index is asked, one after the other: at least one, or there are ids. */
	struct candidates_wanted *searches;
	size_t search_count;
};

/* 0: it does not fit. */
unsigned demographics_degree(struct arena *a, const struct demographics_forms *f,
			     const struct patient_demographics *d);

#endif
