/* profiles/ssmix2/message.h: one file of an SS-MIX2 storage as the HL7 v2.5 message it holds.
 *
 * The file is believed only where message and name agree: the patient in PID-3 and the kind of
 * message. Identity is taken from ADT-00 alone, never from the PID of a result. */
#ifndef PROFILES_SSMIX2_MESSAGE_H
#define PROFILES_SSMIX2_MESSAGE_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "profiles/ssmix2/document_entry.h"
#include "profiles/ssmix2/storage_name.h"
#include "schemas/model/patient.h"
#include "schemas/model/region.h"
#include "schemas/tables/problem.h"

struct ssmix2_message {
	struct hl7_message *hl7;
	bool cancels; /* the cancelling message of its type, or ORC-1 = CA in every ORC */
	const char *shortcoming;  /* taken all the same, but the operator should know; NULL: none */
	struct leniencies needed; /* of the facility's */
};

/* False: what is wrong, without the patient's data. The octets must live as long as the arena. */
bool ssmix2_message_read(struct arena *a, const struct ssmix2_source *source,
			 const struct storage_name *name, struct bytes octets,
			 struct ssmix2_message *out, struct problem *p);
/* care_date.c: the first segment that says another 診療日 than the folder, where none says the
 * same: several orders of one message may be of several days. NULL: there is none, or no such
 * field. */
const struct hl7_segment *ssmix2_other_day(struct arena *a, const struct hl7_message *m,
					   const struct storage_name *n, unsigned *field);
/* A file that ends within double-byte characters was not written to its end. */
bool ssmix2_breaks_off(struct bytes octets, enum charset charset);
/* False where PID-3 does not name this patient of the facility. */
bool ssmix2_names_patient(const struct hl7_segment *pid, const struct ssmix2_source *source,
			  const char *patient_id, struct problem *p);
/* A document is kept whole: false where it holds an Individual Number, whose place is told. */
bool ssmix2_message_may_be_kept(const struct ssmix2_source *source, struct ssmix2_message *m,
				struct problem *p);
/* ADT-00: PID and IN1 as an identity feed about the one id that folder and PID-3 agree on. */
bool ssmix2_message_feed(struct arena *a, const struct ssmix2_source *source,
			 const struct storage_name *name, struct ssmix2_message *m,
			 struct identity_feed *out, struct problem *p);

#endif
