/* tests/policy/decide_scene.h: a region in which some have joined, some left, some closed
 * themselves to somebody, and who asks there; and one submission of c-hospital. */
#ifndef TESTS_POLICY_DECIDE_SCENE_H
#define TESTS_POLICY_DECIDE_SCENE_H

#include "gateway/policy/decide.h"
#include "store/registry.h"
#include "tests/store/people.h"

enum { PEOPLE = 6, ASKERS = 10 };

/* In a region of which default; a letter for each person: + permitted, - hidden. */
struct asker {
	const char *system; /* NULL: the operator */
	bool opt_in;
	const char *sees;
};
extern const struct asker askers[ASKERS];

struct scene {
	struct fixture f;
	struct region region;
	uint64_t records[PEOPLE];
	struct store_txn *t;
};

void scene_begin(struct scene *s);
void scene_end(struct scene *s);
struct decisions *of_asker(struct scene *s, size_t i);
bool permits(struct decisions *d, struct store_txn *t, uint64_t record);
bool permits_object(struct decisions *d, struct store_txn *t, uint64_t record, const char *source);

/* One submission of c-hospital about a person's record: a set, an entry, a folder. */
struct submitted {
	struct submission_set set;
	struct document_entry entry;
	struct folder folder;
	struct association members[2];
	struct submission all;
};

const char *uuid(struct scene *s);
void compose(struct scene *s, struct submitted *x, uint64_t subject);
bool submit(void *with, struct store_txn *t, struct problem *p); /* with: what was composed */

#endif
