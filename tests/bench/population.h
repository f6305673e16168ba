/* tests/bench/population.h: a region's people, as many as are wanted, none of them kept.
 *
 * Person k (from 0) is a function of the seed and k alone, so anybody may ask for the k-th. All
 * data is of our own making: families, given names and their readings are combined by chance, four
 * neighbours in k live in one house under one name and differ in the decade they were born in. A
 * telephone is one person's, so that nobody shares the evidence of somebody else
 * (store/identity_rules.h): whoever loads them in parts links the same records.
 *
 * He is P1 and ten digits at each facility that knows him: at the first two always, at the third
 * every other one. Thread-safe. */
#ifndef TESTS_BENCH_POPULATION_H
#define TESTS_BENCH_POPULATION_H

#include <stdint.h>

#include "schemas/model/patient.h"

struct arena;

enum { POPULATION_FACILITIES = 3, POPULATION_ID = 13 /* P, 1, ten digits, NUL */ };

/* Persons at, at + every, at + 2 * every, and so on, have so many documents. */
struct population_class {
	uint64_t every, at; /* every 0 ends a list */
	unsigned documents;
};

struct population {
	uint64_t seed;
	unsigned documents_least, documents_most; /* of each person who is of no class */
	const struct population_class
		*classes; /* the first he is of counts; NULL: there are none */
};

struct inhabitant {
	uint64_t number;
	char id[POPULATION_ID];
	unsigned facilities; /* the first so many know him */
	unsigned documents;
	const char *family, *given, *family_kana, *given_kana;
	const char *birth_date, *sex, *phone, *postcode, *address; /* the arena's */
};

void population_person(const struct population *p, struct arena *a, uint64_t number,
		       struct inhabitant *out);
/* As a feed says it (ITI-44), in the arena. */
struct patient_demographics inhabitant_demographics(struct arena *a, const struct inhabitant *who);
/* How many persons of so many are of that class, by its numbers alone. */
uint64_t population_class_size(const struct population_class *c, uint64_t persons);
void population_id(char out[static POPULATION_ID], uint64_t number);
/* As good as random, and the same everywhere; for whoever picks somebody. */
uint64_t population_mixed(uint64_t n);

#endif
