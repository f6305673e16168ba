/* tests/operator/place.h: a directory of a test's own, gone afterwards. */
#ifndef TESTS_OPERATOR_PLACE_H
#define TESTS_OPERATOR_PLACE_H

#include <stdbool.h>

struct arena;

struct place {
	struct arena *arena;
	const char *directory; /* under $TMPDIR */
};

bool place_begin(struct place *p);
void place_end(struct place *p); /* removes the directory and all in it */
const char *place_name(const struct place *p, const char *name);
bool place_write(const struct place *p, const char *name, const char *text);
/* The whole file, or "" */
const char *place_read(const struct place *p, const char *name);

#endif
