/* profiles/actors/submission_index.h: the objects of one submission by the ids it gives them. */
#ifndef PROFILES_ACTORS_SUBMISSION_INDEX_H
#define PROFILES_ACTORS_SUBMISSION_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/model/document.h"

struct arena;

enum submitted_kind { SUBMITTED_SET, SUBMITTED_ENTRY, SUBMITTED_FOLDER, SUBMITTED_ASSOCIATION };

struct submitted {
	const char *id; /* as submitted */
	enum submitted_kind kind;
	void *object;
	const char **id_field; /* where the object keeps its id */
	bool member;           /* of the submission set; marked by validation */
};

struct submission_index {
	struct submitted *objects; /* sorted by id */
	size_t count;
};

struct submission_index submission_index_of(struct arena *a, const struct submission *s);
struct submitted *submission_index_find(const struct submission_index *x,
					const char *id); /* or NULL */
/* An id given to two objects, NULL if none is. */
const char *submission_index_twice(const struct submission_index *x);

#endif
