/* profiles/ssmix2/watch_course.c: the course of a look at all of a storage. */
#include "profiles/ssmix2/watch_course.h"

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/import_roots.h"

static uint64_t hash_of(const struct storage_roots *roots)
{
	uint64_t each[ROOTS_MOST];
	for (size_t i = 0; i < roots->count; i++)
		each[i] = text_hash(roots->root[i].directory);
	return bytes_hash(
		(struct bytes){ (const unsigned char *)each, roots->count * sizeof each[0] });
}

bool look_course_goes_on(struct look_course *c, const struct storage_roots *roots)
{
	uint64_t hash = hash_of(roots);
	if (c->under_way && c->roots == hash)
		return true;
	look_course_end(c);
	*c = (struct look_course){ .under_way = true, .roots = hash, .lines = json_array() };
	return false;
}

void look_course_begin_behind(struct look_course *c, const struct walk_place *start)
{
	c->has_start = true;
	c->start = *start;
}

struct walk_stretch look_course_rest(const struct look_course *c)
{
	const struct walk_place *begin = c->has_start && !c->to_start ? &c->start : NULL;
	return (struct walk_stretch){ .behind = c->has_reached ? &c->reached : begin,
				      .through = c->to_start ? &c->start : NULL };
}

void look_course_met(struct look_course *c, unsigned root, const char *path)
{
	c->has_reached = walk_place_set(&c->reached, root, path) || c->has_reached;
}

bool look_course_walked(struct look_course *c)
{
	bool last = !c->has_start || c->to_start;
	c->to_start = c->has_start;
	c->has_reached = false;
	return last;
}

void look_course_told(struct look_course *c)
{
	size_t last = json_array_size(c->lines);
	if (last-- == 0)
		return;
	for (size_t i = 0; i < last; i++)
		if (json_equal(json_array_get(c->lines, i), json_array_get(c->lines, last))) {
			json_array_remove(c->lines, last);
			return;
		}
}

void look_course_end(struct look_course *c)
{
	json_decref(c->lines);
	*c = (struct look_course){ .under_way = false };
}
