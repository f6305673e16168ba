/* gateway/operator/demo_admin.h: what the operator asks and says in the demo, over the daemon's
 * local socket (HACKING.md, "Admin API"). Answers live as long as the arena. */
#ifndef GATEWAY_OPERATOR_DEMO_ADMIN_H
#define GATEWAY_OPERATOR_DEMO_ADMIN_H

#include <jansson.h>
#include <stdbool.h>

#include "schemas/tables/problem.h"

struct arena;

struct demo_admin {
	struct arena *arena;
	const char *socket;
};

/* NULL with the problem set when the daemon refuses. */
json_t *demo_admin_get(const struct demo_admin *a, const char *path, struct problem *p);
/* All the rows of a list, whatever the number of pages it comes in; an empty one when the daemon
 * refuses, with the problem set. The path has a query already. */
json_t *demo_admin_list(const struct demo_admin *a, const char *path, const char *rows,
			struct problem *p);
json_t *demo_admin_post(const struct demo_admin *a, const char *path, json_t *body,
			struct problem *p);

/* Where the daemon's doors are, which the system has chosen. */
bool demo_admin_doors(const struct demo_admin *a, unsigned *https, unsigned *mllp,
		      struct problem *p);

struct demo_import {
	unsigned patients, documents, unchanged, faults;
	char fault[PROBLEM_TEXT]; /* the first one */
};
bool demo_admin_import(const struct demo_admin *a, const char *directory, const char *facility,
		       struct demo_import *out, struct problem *p);

/* Members; "" and 0 when absent. */
const char *demo_text(const json_t *object, const char *member);
long demo_number(const json_t *object, const char *member);

#endif
