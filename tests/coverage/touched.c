/* Linked into the programs of the coverage build alone: a process writes no counts of what it ran
 * nothing of. At its end libgcov opens, locks, reads and writes the file of counts of each of
 * some 700 objects, and adds nothing to most. A sum stays what it is without noughts, and gcov
 * takes what has no file of counts as never run.
 *
 * The structures are libgcov's own, of gcc 12 (libgcov.h); with another compiler all is counted as
 * ever. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined __GNUC__ && !defined __clang__ && __GNUC__ == 12
enum { KINDS = 8 }; /* GCOV_COUNTERS */

struct counters {
	unsigned count;
	int64_t *values;
};

struct object;

struct function {
	const struct object *key;
	unsigned ident;
	unsigned lineno_checksum;
	unsigned cfg_checksum;
	struct counters counters[]; /* of each kind that has a merge, in their order */
};

struct object {
	unsigned version;
	struct object *next;
	unsigned stamp;
	unsigned checksum;
	const char *filename;
	void (*merge[KINDS])(int64_t *, unsigned);
	unsigned functions_count;
	const struct function *const *functions;
};

/* What libgcov walks at the end. */
struct root {
	struct object *list;
};
extern struct root __gcov_root;

static bool any(const struct counters *c)
{
	for (unsigned i = 0; i < c->count; i++) {
		if (c->values[i])
			return true;
	}
	return false;
}

static unsigned kinds_of(const struct object *o)
{
	unsigned kinds = 0;
	for (int i = 0; i < KINDS; i++)
		kinds += o->merge[i] != NULL;
	return kinds;
}

static bool touched(const struct object *o)
{
	unsigned kinds = kinds_of(o);
	for (unsigned f = 0; f < o->functions_count; f++) {
		const struct function *each = o->functions[f];
		/* One that another object gave, as libgcov sees it. */
		if (!each || each->key != o)
			continue;
		for (unsigned i = 0; i < kinds; i++) {
			if (any(&each->counters[i]))
				return true;
		}
	}
	return false;
}

/* Before libgcov's own, whose priority is 100. */
__attribute__((destructor)) void leave_untouched_out(void);
void leave_untouched_out(void)
{
	for (struct object **at = &__gcov_root.list; *at;) {
		if (touched(*at))
			at = &(*at)->next;
		else
			*at = (*at)->next;
	}
}
#else
void leave_untouched_out(void);
void leave_untouched_out(void)
{
}
#endif
