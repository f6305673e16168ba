/* store/identity_forms.h: all that identity compares of a description, in normal forms.
 *
 * Forms are what a feed costs most, so who reads the message makes them (identity_prepared(), in a
 * worker) and the committer has them ready; what of a record's own description is known is taken
 * from beside it. They go by parts: names, birth date, phones, addresses, insurances, each a
 * function of that part alone, so that where an update keeps a part its forms are kept. Pure; what
 * is made lives in the arena. Only store/ includes this. */
#ifndef STORE_IDENTITY_FORMS_H
#define STORE_IDENTITY_FORMS_H

#include "store/identity_candidates.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"

/* Pieces of evidence of one record: readings times values; and of each kind of value as many are
 * looked at. A bound: each is looked up, and each record that has it. What is beyond is kept and
 * not compared, and that is told: UNSETTLED_LEFT_OUT. */
enum { EVIDENCE_MOST = 48 };

/* What may agree besides name, birth date and sex. */
struct identity_value {
	enum link_rule rule;
	const char *parts[4];
	size_t count;
	struct identity_value *next;
};

enum value_kind { VALUE_PHONE, VALUE_ADDRESS, VALUE_INSURANCE, VALUE_KINDS };

struct identity_forms {
	struct identity_core core;
	struct candidate_entries names; /* what it is looked for by, its birth date aside */
	const struct identity_value *values[VALUE_KINDS]; /* each once */
	bool more[VALUE_KINDS];                           /* than were looked at */
	unsigned doubts; /* of enum insurance_doubt: of the insurances that hold */
	bool unknown;    /* nobody knows who it is (PID-31) */
	bool multiple;   /* one of several born together: who is named otherwise is another */
};

struct identity_forms identity_forms(struct arena *a, const struct patient_demographics *d);
/* Of now, which the update `said` made of what was known: where it said something, of that, else of
 * what was known. `names` are those of said. */
struct identity_forms identity_forms_merged(struct arena *a,
					    const struct patient_demographics *said,
					    const struct patient_demographics *known,
					    const struct identity_core *known_core,
					    const struct patient_demographics *now);

/* more: the list is longer than what is looked at. */
struct identity_value *identity_phones(struct arena *a, const struct telecom *list, bool *more);
struct identity_value *identity_addresses(struct arena *a, const struct postal_address *list,
					  bool *more);
/* Those that hold and those before them: a number that was somebody's stays his. */
struct identity_value *identity_insurances(struct arena *a, const struct patient_demographics *d,
					   bool *more);
/* store/identity_insurances.c. What `said` leaves of the insurances that were known: the latest
 * first. last_said: when those that held stood there last; now: when they were said to be others.
 */
enum { FORMER_INSURANCES_MOST = 4 };
struct insurance *identity_former_insurances(struct arena *a,
					     const struct patient_demographics *known,
					     const struct patient_demographics *said,
					     instant last_said, instant now);
/* All that the rules can compare, each hash once, `since` unset; NULL: not enough to link anything.
 * left_out: there is more. */
struct evidence *identity_evidence_of(struct arena *a, const struct identity_forms *f,
				      bool *left_out);

#endif
