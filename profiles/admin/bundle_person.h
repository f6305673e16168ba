/* profiles/admin/bundle_person.h: a patient as a list of an export says him. Pure.
 *
 * A text that is not known is left out; lists are arrays. What is read is bounded in number and
 * length, and lives in the arena. */
#ifndef PROFILES_ADMIN_BUNDLE_PERSON_H
#define PROFILES_ADMIN_BUNDLE_PERSON_H

#include <jansson.h>
#include <stdbool.h>

#include "gateway/base/clock.h"
#include "schemas/model/patient.h"
#include "schemas/tables/problem.h"
#include "store/consent.h"

struct arena;

enum {
	PERSON_TEXT_MOST = 4096, /* octets of one text */
	PERSON_LIST_MOST = 256   /* names, addresses ... of one version */
};

json_t *person_json(const struct patient_demographics *d); /* a new reference */
/* False: p says which member is not so. */
bool person_read(struct arena *a, const json_t *said, struct patient_demographics *out,
		 struct problem *p);
/* What is not said in d, but was in before, as what a feed says takes it away. */
void person_take_away(struct patient_demographics *d, const struct patient_demographics *before);

/* To the microsecond. */
json_t *moment_json(instant t);
bool moment_read(const char *text, instant *out);

const char *consent_word(enum consent_action action); /* "join" */
json_t *consent_json(struct arena *a, const struct consent_event *e);
json_t *consent_proof_json(const struct consent_proof *proof);
json_t *consent_paper_json(struct arena *a, const struct consent_paper *paper);
bool consent_read(struct arena *a, const json_t *said, struct consent_event *out,
		  struct problem *p);

#endif
