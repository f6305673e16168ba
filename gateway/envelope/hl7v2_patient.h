/* gateway/envelope/hl7v2_patient.h: the data types of a person in HL7 v2, and PID, MRG, IN1.
 *
 * Shared by ITI-8, ITI-9 and the SS-MIX2 importer. Where the values stand is read here, what they
 * mean by gateway/envelope/person_reader.h. They are given as sent: domains are resolved elsewhere,
 * names keep their code points. An Individual Number (マイナンバー) is never taken up: `refused`
 * counts. */
#ifndef GATEWAY_ENVELOPE_HL7V2_PATIENT_H
#define GATEWAY_ENVELOPE_HL7V2_PATIENT_H

#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/person_reader.h"
#include "schemas/model/patient.h"

/* The domain of one repetition of CX (its fourth component). */
void hl7_read_domain(struct hl7_part repetition, struct hl7_person_notes *notes, struct problem *p,
		     struct patient_identifier *into);

/* A field of CX (PID-3, MRG-1, QPD-3) in order. Repetitions without an id, or deleted with `""`,
 * are passed over. A repetition that is an Individual Number is left out and counted; if it was the
 * only one the problem is PROBLEM_TABLE_VALUE at its place, without the value. No id at all:
 * PROBLEM_FIELD_MISSING. NULL on every problem. */
struct patient_identifier *hl7_read_ids(struct hl7_part field, const struct hl7_person_rules *rules,
					struct hl7_person_notes *notes, struct problem *p);

/* PID (and the IN1 segments of its message) into what the model says; PID-3 is not read here. A
 * PID-7 that is no date is left out and noted: refusing (102) or not is the transaction's. Dates
 * of zeros or nines, and PID-3's number in PID-19, mean "not said". */
bool hl7_read_demographics(const struct hl7_segment *pid, const struct hl7_person_rules *rules,
			   struct patient_demographics *out, struct hl7_person_notes *notes,
			   struct problem *p);

/* Writing. Repetition r (from 1) of a field of the current segment. */
void hl7_put_cx(struct hl7_writer *w, unsigned field, unsigned r,
		const struct patient_identifier *id);
void hl7_put_xpn(struct hl7_writer *w, unsigned field, unsigned r, const struct person_name *name);
void hl7_put_xad(struct hl7_writer *w, unsigned field, unsigned r, const struct postal_address *ad);
void hl7_put_xtn(struct hl7_writer *w, unsigned field, unsigned r, const struct telecom *t);
/* PID-3, 5, 6, 7, 8, 11, 13, 24, 25, 29, 30 of the current segment, which must be PID. */
void hl7_put_person(struct hl7_writer *w, const struct patient_identifier *ids,
		    const struct patient_demographics *d);

#endif
