/* profiles/ssmix2/watch_course.h: the course of a look at all of a storage.
 *
 * A look that gives way is gone on with behind the last patient's folder it met, so that it comes
 * to its end however short its turns are. What it has counted and told until then is kept with it.
 * Of other roots than it began with it says nothing. It may begin behind any place: then it goes to
 * the end, and from the beginning through that place. So it meets every patient's folder once;
 * where it begins decides who waits, and nothing else. Used by one thread. */
#ifndef PROFILES_SSMIX2_WATCH_COURSE_H
#define PROFILES_SSMIX2_WATCH_COURSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "profiles/ssmix2/walk_place.h"

struct storage_roots;

struct look_counts {
	uint64_t patients, files;
	uint64_t waiting; /* patients whose newest file is too young */
	uint64_t taken;
	instant newest; /* the newest file's time; 0: none */
};

struct look_course {
	bool under_way;
	uint64_t roots; /* of which it is, by a hash */
	bool has_start, has_reached;
	bool to_start; /* it was at the end */
	struct walk_place start, reached;
	struct look_counts counts;
	uint64_t marked_files; /* that were counted when it was marked last (watch_mark.h) */
	json_t *lines;         /* what was told of the walk itself */
};

/* False: it begins, for none was under way, or one at other roots. */
bool look_course_goes_on(struct look_course *c, const struct storage_roots *roots);
/* It begins there, before anything was met. */
void look_course_begin_behind(struct look_course *c, const struct walk_place *start);
/* The stretch that is next, or what is left of it. */
struct walk_stretch look_course_rest(const struct look_course *c);
/* A patient's folder was. */
void look_course_met(struct look_course *c, unsigned root, const char *path);
/* All of that stretch was. True: that was the last. */
bool look_course_walked(struct look_course *c);
/* A line was added that may be one of those before: a walk that is gone on with tells again of what
 * lies beside the folders it passes. */
void look_course_told(struct look_course *c);
/* It came to its end, or is of no use. */
void look_course_end(struct look_course *c);

#endif
