/* gateway/operator/demo_storage.h: SS-MIX2 standardised storages (HS026) for the demo's hospitals.
 *
 * Files as a hospital's system writes them: HL7 v2.5 in ISO-2022-JP, ADT-00 for every patient,
 * OMP-01 and OML-11 for the visits of the last half year. What a patient had is fixed arithmetic;
 * only the dates follow the day given. */
#ifndef GATEWAY_OPERATOR_DEMO_STORAGE_H
#define GATEWAY_OPERATOR_DEMO_STORAGE_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "gateway/operator/demo_people.h"
#include "schemas/tables/problem.h"

struct arena;

struct demo_storage {
	const char *root;                          /* the storage: DIRECTORY/INSTITUTION-CODE */
	unsigned patients, prescriptions, results; /* files of ADT-00, OMP-01, OML-11 */
};

/* What 山田健一 and 鈴木花子 have at each of the two. */
enum { DEMO_YAMADA_DOCUMENTS = 4, DEMO_SUZUKI_DOCUMENTS = 2 };

/* Writes the storage into directory, which must exist. */
bool demo_storage_write(struct arena *a, const char *directory, enum demo_hospital hospital,
			const struct demo_people *people, instant now, struct demo_storage *out,
			struct problem *p);

/* PID as a model, for those who write a person down in another message. */
struct patient_demographics;
struct patient_demographics demo_person_demographics(struct arena *a,
						     const struct demo_person *person,
						     const struct demo_writing *as);

#endif
