/* tests/accuracy/sample.h: records whose truth is known, made comparable. */
#ifndef TESTS_ACCURACY_SAMPLE_H
#define TESTS_ACCURACY_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "matching/features.h"

struct arena;
struct evidence;
struct identity_core;

struct sample_record {
	const char *id;
	uint64_t truth; /* of one person: the same */
	const struct match_features *features;
	/* What the exact rules of the store compare (store/identity_rules.c); NULL: FEBRL has none
	 * of it. */
	const struct evidence *evidence;
	const struct identity_core *core;
};

struct sample {
	const char *name; /* of the file */
	struct sample_record *at;
	size_t count;
	bool japanese;
	double seconds; /* that making them comparable took */
};

/* Either of the two formats, by the header: FEBRL (Christen 2005), or that of
 * shared/samples/japan-names. personal: FEBRL's social security number is compared too. False, and
 * said why on stderr: it cannot be read; silent where it is not there. */
bool sample_read(struct arena *a, const char *path, bool personal, struct sample *out);
/* Those of which the truth falls into that part of two: no person is in both. */
struct sample sample_part(struct arena *a, const struct sample *s, unsigned part);
uint64_t sample_true_pairs(struct arena *a, const struct sample *s);

#endif
