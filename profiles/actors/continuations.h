/* profiles/actors/continuations.h: answers that are told part by part (ITI TF-2: 3.21.4.1.3.3,
 * 3.47.4.1.3.3): whom a question found, kept until who asked has been told of all.
 *
 * It is kept by who asked and the name he gave his question, so that nobody continues another's,
 * whatever he guesses; in the memory of this process, for some minutes, the latest few of each
 * system: what ends early is asked again. (A pointer that holds all of it instead, under a MAC,
 * would have to hold the question too, for its answer repeats it and the continuation of HL7 v3
 * does not: names of patients in message ids, which others write into their logs.) Only numbers of
 * records are kept, in the order they were found: feeds that come between shift no part, and of
 * each record it is asked anew what may be told. Thread-safe. */
#ifndef PROFILES_ACTORS_CONTINUATIONS_H
#define PROFILES_ACTORS_CONTINUATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

struct arena;
struct continuations;

enum {
	CONTINUATIONS_OF_SYSTEM = 8,   /* who begins more ends his oldest */
	CONTINUATION_QUESTION = 16384, /* octets of the question that is repeated */
	CONTINUATION_ITEMS = 200,      /* of its answer */
	CONTINUATION_SECONDS = 5 * 60  /* since its last part */
};

struct continuation {
	struct bytes question; /* as it was asked */
	const uint64_t *items; /* in the order they are told; their meaning is the actor's */
	size_t count, told;    /* of them, so many have been told */
	size_t quantity;       /* of one part, from 1 */
};

struct continuations *continuations_create(void);    /* NULL: no memory */
void continuations_destroy(struct continuations *c); /* NULL is fine */
/* In the place of an earlier one of that name. Copies. False: it is larger than may be kept, or
 * there is no memory. */
bool continuations_keep(struct continuations *c, const char *system, const char *name, instant now,
			const struct continuation *what);
/* What is kept, copied into the arena. False: nothing of that name, or its time has passed. */
bool continuations_find(struct continuations *c, struct arena *a, const char *system,
			const char *name, instant now, struct continuation *out);
/* Another part was told: of so many, each from now on. Unknown: nothing. */
void continuations_told(struct continuations *c, const char *system, const char *name, instant now,
			size_t told, size_t quantity);
/* Nobody goes on with it. Unknown: nothing. */
void continuations_forget(struct continuations *c, const char *system, const char *name);
/* With all of the system's whose names begin like that. */
void continuations_forget_all(struct continuations *c, const char *system, const char *beginning);
size_t continuations_count(struct continuations *c);

#endif
