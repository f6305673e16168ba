/* tests/audit/anchor_scene.h: an audit log, the key and the file of its anchors, and what is done
 * with them. Not thread-safe; every step that must not fail is an assertion. */
#ifndef TESTS_AUDIT_ANCHOR_SCENE_H
#define TESTS_AUDIT_ANCHOR_SCENE_H

#include "tests/base/suite.h"

#include "gateway/audit/anchors.h"
#include "gateway/base/clock.h"
#include "store/audit_log.h"
#include "tests/store/fixture.h"

/* A store, a key, a file; entries differ by the seed. Lives on the test's stack. */
struct scene {
	struct fixture f;
	struct anchors at;
	struct anchor_key *key, *other;
	const char *name; /* of the file */
	const char *seed;
	const char *repositories[2];
	instant now;
	struct anchors_verdict v;
	struct problem p;          /* of the last comparison */
	const struct clock *clock; /* the anchoring's */
};

void scene_begin(struct scene *s);
void scene_end(struct scene *s);
void scene_entries(struct scene *s, unsigned count); /* so many more in the log */

/* What anchors_compare finds is in s->v and s->p. True: nothing is against it. */
bool scene_compare(struct scene *s, bool whole);
bool scene_says(const struct anchors_verdict *v, const char *fault);
bool scene_remarks(const struct anchors_verdict *v, const char *remark);

/* One anchor more, as the anchoring makes it: signed with our key and noted, or with that one. */
void scene_anchor(struct scene *s);
void scene_anchor_as(struct scene *s, const struct anchor_key *key, bool noted);
void scene_foreign_anchor(struct scene *s);              /* signed with another's key */
void scene_broken_line(struct scene *s);                 /* a line that broke off */
void scene_add_text(struct scene *s, const char *text);  /* to the file */
void scene_acknowledge(struct scene *s, uint64_t up_to); /* by the repository "other" */

#endif
