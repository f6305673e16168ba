/* store/at_rest_copy.h: a directory copied whole beside itself, for at_rest_moving.c and
 * at_rest_changing.c, and nobody else.
 *
 * Nobody may have the store open meanwhile. The caller owns the struct; one thread at a time. */
#ifndef STORE_AT_REST_COPY_H
#define STORE_AT_REST_COPY_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"
#include "store/at_rest.h"

struct at_rest_copy {
	const char *from, *to;
	const struct at_rest *r;           /* what the copy is encrypted with */
	const struct at_rest_watch *watch; /* NULL: nobody watches */
	const char *doing;                 /* for whoever watches */
	bool comparing;
	uint64_t done, of; /* octets */
};

/* Without slashes at its end, and the name of what stands beside it. False: too long. */
bool at_rest_beside(const char *directory, const char *suffix, char path[PATH_MAX]);
bool at_rest_is_there(const char *path);
/* What stands there goes, with all that is in it. */
bool at_rest_remove(const char *path, struct problem *p);
/* What a directory above holds by name is durable. */
bool at_rest_settle(const char *path, struct problem *p);
/* c->to is made, and everything of c->from is in it, durably. A link, a device or a tree that is
 * too deep is refused: whoever left it out might lose it. False: p says why. */
bool at_rest_copy(struct at_rest_copy *c, struct problem *p);
/* Every file of c->from is in c->to with the same octets, as the disk has them. */
bool at_rest_compare(struct at_rest_copy *c, struct problem *p);

#endif
