/* gateway/operator/trial_people.h: people for a region to try things in, all made up.
 *
 * Each is a function of a seed and a number: whoever asks again gets the same. Older people are
 * the more, as in a waiting room; most are known to several facilities, a few under the name or
 * the insurer they had before, or with another telephone, as happens in life; of some the
 * insurance has no branch number (枝番). Town, post codes, telephone exchanges and insurers
 * (prefecture 99) do not exist. */
#ifndef GATEWAY_OPERATOR_TRIAL_PEOPLE_H
#define GATEWAY_OPERATOR_TRIAL_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/operator/demo_people.h"
#include "schemas/model/patient.h"

struct arena;

/* Who feeds: the first three of the example region. */
enum { TRIAL_FACILITIES = 3 };

/* How one facility knows somebody. */
struct trial_record {
	struct demo_person
		person; /* at[DEMO_HOSPITAL_A] is what it has written; id NULL: nobody's */
	struct insurance insurance;
};

struct trial_person {
	struct trial_record at[TRIAL_FACILITIES]; /* of one at least */
	unsigned age;                             /* years */
	bool joins;
};

/* In the arena. year: the present one. */
void trial_person_draw(struct arena *a, uint64_t seed, uint64_t number, unsigned year,
		       struct trial_person *out);

#endif
