/* tests/bench/residents.h: a region's people as their facilities wrote them down, as many as are
 * wanted, none of them kept.
 *
 * Where tests/bench/population.h has people who are written alike everywhere, these are written as
 * clerks do it: one to four records each, one a facility, with variants of kanji, slips, readings
 * or names left out, birth dates mistyped; women who marry, people who move, change their phone or
 * their insurance between two records. They live in households under one name, phone and insurance,
 * some with twins. Names are as uneven as in Japan: forty common families and some two thousand
 * that are put together, all of our own choosing; rates of errors are ours, too.
 *
 * Person k is a function of the seed and k alone, the n-th record of him of n besides. No two
 * households share an address, a phone (but by a slip) or an insurance, so that whoever loads them
 * household by household links the same records as who feeds all. Thread-safe. */
#ifndef TESTS_BENCH_RESIDENTS_H
#define TESTS_BENCH_RESIDENTS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "schemas/model/patient.h"
#include "tests/bench/bulk.h"
#include "tests/bench/population.h"

struct arena;

enum { RESIDENT_RECORDS = 4, RESIDENT_FACILITIES = 4, HOUSEHOLD_MOST = 5 };

struct residents {
	uint64_t seed;
};

/* NULL: not written down. An undivided name stands in family alone. */
struct resident_record {
	uint64_t person;
	unsigned facility;
	const char *family, *given, *family_kana, *given_kana;
	const char *birth_date, *sex, *postcode, *address, *phone;
	const char *insurer, *symbol, *number, *branch;
};

/* The persons of that household: first, and how many. */
struct household {
	uint64_t first;
	unsigned count;
};
struct household household_of(uint64_t house);
uint64_t household_count(uint64_t persons); /* of a region of so many, the last one whole */
uint64_t resident_house(uint64_t person);

unsigned resident_records(const struct residents *r, uint64_t person);
unsigned resident_facility(const struct residents *r, uint64_t person, unsigned nth);
/* nth from 0; from resident_records() on: what the next one who meets him would write. */
struct resident_record resident_record(const struct residents *r, struct arena *a, uint64_t person,
				       unsigned nth);
/* As he was born, without any error: who asks for him says so. */
struct resident_record resident_truth(const struct residents *r, struct arena *a, uint64_t person);
struct patient_demographics resident_demographics(struct arena *a,
						  const struct resident_record *record);

/* For tests/bench/bulk.h: a household each, each record by population_id() of the person. */
size_t residents_load(const void *residents, struct arena *a, uint64_t house,
		      struct bulk_record out[BULK_RECORDS]);

/* In the format of shared/samples/japan-names, which tests/accuracy/accuracy reads. */
void residents_head(FILE *to);
void residents_line(FILE *to, uint64_t number, const struct resident_record *record);

#endif
