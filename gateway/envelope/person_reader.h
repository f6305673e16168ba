/* gateway/envelope/person_reader.h: what HL7 says of a person, read once for every dialect.
 *
 * HL7 v2 (ITI-8, ITI-9, SS-MIX2) and v3 (ITI-44, 45, 47) find the values in their own syntax; what
 * a value means, whether it can be kept, and what the sender is told of it is decided here. A value
 * that is read past, or otherwise than it was said, is a warning at its place. */
#ifndef GATEWAY_ENVELOPE_PERSON_READER_H
#define GATEWAY_ENVELOPE_PERSON_READER_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "schemas/model/patient.h"
#include "schemas/tables/problem.h"

struct arena;

enum {
	HL7_PERSON_REPETITIONS_MAX = 100, /* of ids, names, addresses, telephones, IN1 ... */
	HL7_WARNINGS_MAX = 16             /* of one message; who sends more knows by then */
};

struct hl7_person_rules {
	/* The sender's own ids have twelve digits: an undeclared number with a valid check digit is
	 * an id (japan.md D2, rule 3). */
	bool twelve_digit_ids;
	bool local_sex_codes; /* 1 and 2 for M and F (SS-MIX2 profile) */
	bool written_dates;   /* a birth date may be 1941/05/03 or 昭和16年5月3日 */
	/* Of what feeds a patient: nobody of it is born later than on the day after this one. 0: of
	 * a question, which may name any day. */
	instant fed_at;
};

struct hl7_person_notes {
	unsigned refused;     /* Individual Numbers left out */
	bool refused_by_form; /* one was nowhere said to be one: it may be an id all the same */
	/* Rules that were needed. */
	bool twelve_digit_id, local_sex_code;
	unsigned shifted_names;     /* XPN with L, I one component early (japan.md B2) */
	bool sex_unknown_code;      /* not of table 0001, read as U */
	bool birth_date_impossible; /* not a date, read as not sent */
	bool birth_date_to_come;    /* later than tomorrow, read as not sent */
	bool birth_date_written;    /* in another form than YYYYMMDD, and read */
	bool identity_unknown;      /* PID-31 = Y */
	bool validity_impossible;   /* of an insurance: no days, or the last before the first */
	/* What the sender should know, each with its place. */
	struct finding *warnings;
	unsigned warning_count;
};

/* A place in a message is the dialect's: `at` is given back to where(), which names it. */
struct person_reader {
	struct arena *arena;
	const struct hl7_person_rules *rules; /* NULL: strict */
	struct hl7_person_notes *notes;
	struct problem *problem; /* the first one stays */
	const char *(*where)(const struct person_reader *r, const void *at);
};

/* NULL when there is nothing, or (with the problem) when it cannot be kept:
 * gateway/base/value.h. */
const char *person_text(const struct person_reader *r, const char *said, const void *at);
const char *person_code(const struct person_reader *r, const char *said, const void *at);

/* CX or II. label: the namespace is a name for people, as v3's assigningAuthorityName is. */
struct person_id_said {
	const char *id, *namespace_id, *universal_id, *universal_id_type, *type;
	bool label;
};
/* NULL when there is none, when it is an Individual Number (マイナンバー: left out, counted, told),
 * or with the problem. at: the whole of it; at_id: the number alone. */
struct patient_identifier *person_id(const struct person_reader *r,
				     const struct person_id_said *said, const void *at,
				     const void *at_id);
/* Why nobody is known by it, where it was the only id. */
const char *person_my_number_told(const struct hl7_person_notes *n);
/* The domain alone, into `into`. */
void person_authority(const struct person_reader *r, const struct person_id_said *said,
		      const void *at, struct patient_identifier *into);

/* YYYY[MM[DD...]] that can be; zeros and nines are how systems say that they do not know: NULL. One
 * that cannot be, or of what feeds a patient is to come, is NULL and noted: refusing is the
 * transaction's. */
const char *person_birth_date(const struct person_reader *r, const char *said, const void *at);
/* Why the date was read as not sent; NULL: it was not, or said nothing. */
const char *person_birth_date_told(const struct hl7_person_notes *n);
const char *person_time(const struct person_reader *r, const char *said, const void *at);
/* YYYY[MM[DD...]] from or until when an insurance is valid; zeros and nines say nothing. What is no
 * date is NULL, and told. */
const char *person_validity(const struct person_reader *r, const char *said, const void *at);
/* Of both that were read: where the last comes before the first neither is kept, and it is told. */
void person_validity_read(const struct person_reader *r, struct insurance *in, const void *at);
/* Of table 0001; v3's UN is U. Every other code is U, and told. */
const char *person_sex(const struct person_reader *r, const char *said, const void *at);
/* Y or N, of Y, true, 1 and N, false, 0 in any case; else NULL, and told. */
const char *person_flag(const struct person_reader *r, const char *said, const void *at);
/* A number from 1, without leading zeros; else NULL, and told. */
const char *person_birth_order(const struct person_reader *r, const char *said, const void *at);

/* The name whose parts were read: NULL if there are none; a whole name in one part divided, its
 * writing found by its script where nobody says it. */
struct person_name *person_name_read(const struct person_reader *r, struct person_name *name);
/* NULL for nothing, and for a fax machine, which is nobody's phone. */
struct telecom *person_telecom(const struct person_reader *r, const char *number, const char *use,
			       const char *equipment);
/* NULL if it says nothing; a country alone is no address. */
struct postal_address *person_address_read(struct postal_address *ad);

/* More than HL7_PERSON_REPETITIONS_MAX: true, with the problem. */
bool person_too_many(const struct person_reader *r, unsigned count, const void *at);
/* Tells the sender something at a place. */
void person_warn(const struct person_reader *r, enum problem_code code, const void *at,
		 const char *what);

#endif
