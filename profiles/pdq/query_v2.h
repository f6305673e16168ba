/* profiles/pdq/query_v2.h: what a Patient Demographics Query of HL7 v2 asks: QPD, RCP and DSC of a
 * QBP^Q22 or QBP^ZV1. ITI TF-2: 3.21.4.1.2, 3.22.4.1.2.
 *
 * QPD-3 says one value a repetition: the name of its place in PID, and the value. All of them must
 * hold. A place that nobody could be sought by, and a value that cannot be read, are errors at
 * their repetition and never one that was not said: it could have asked for less. Text is borrowed
 * from the message or lives in its arena. */
#ifndef PROFILES_PDQ_QUERY_V2_H
#define PROFILES_PDQ_QUERY_V2_H

#include <stdbool.h>

#include "gateway/envelope/hl7v2.h"
#include "profiles/actors/demographics_supplier.h"

struct hl7_person_notes;
struct hl7_person_rules;

enum {
	QUERY_V2_IDS = 16,     /* of one person; each costs a look */
	QUERY_V2_DOMAINS = 100 /* of QPD-8, as of ITI-9's QPD-4 */
};

struct query_v2 {
	unsigned quantity;   /* RCP-2, records of one answer; 0: not said */
	const char *pointer; /* DSC-1, where the answer goes on; NULL: it is a new question */
	struct demographics_sought sought;
};

/* An Individual Number stands in a segment behind MSH, as an id, a name or whatever: nothing of the
 * message may go on. Query tags (QPD-2, QID-1) are the sender's own to choose, and not looked at.
 * twelve_digit_ids: an id may look like one. */
bool query_v2_has_my_number(const struct hl7_message *m, bool twelve_digit_ids);

/* visits: of PV1, too, something may be said (ITI-22). False: the problem is at its place, the
 * first that was found. notes->refused, whatever is told: an id was declared an Individual Number.
 */
bool query_v2_read(const struct hl7_message *m, const struct hl7_segment *qpd, bool visits,
		   const struct hl7_person_rules *rules, struct hl7_person_notes *notes,
		   struct query_v2 *out, struct problem *p);

#endif
