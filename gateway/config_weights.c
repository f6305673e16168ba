/* gateway/config_weights.c: the weights of matching, of their file or as they are shipped. */
#include "gateway/config_weights.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "matching/weights.h"
#include "schemas/tables/problem.h"

/* All values there may be, each with its longest name. */
enum { WEIGHTS_FILE_MOST = 4 << 20 };

static bool wrong(struct config_making *m, struct config_place where, const char *path,
		  const char *why)
{
	return config_fault_add(m->faults, where,
				"name a file that minato match train has written, or mend it",
				"region match-weights, %s: %s", path, why);
}

/* Of the faults' arena: what is made of it is copied. */
static bool read_text(struct config_making *m, struct config_place where, const char *path,
		      struct bytes *out)
{
	int fd = regular_open(path, O_RDONLY);
	if (fd < 0)
		return wrong(m, where, path, regular_why(errno));
	struct buffer b = buffer_in(m->faults->arena);
	ssize_t got = 1;
	while (got > 0 && b.length <= WEIGHTS_FILE_MOST) {
		got = read(fd, buffer_reserve(&b, 1 << 16), 1 << 16);
		b.length += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	*out = buffer_bytes(&b);
	return got == 0 || wrong(m, where, path, "it cannot be read, or is longer than 4 MiB");
}

/* They are not changed any more: which they are need not be made each time. */
static const struct match_weights *shipped(struct arena *a)
{
	struct match_weights *w = match_weights_default(a);
	w->id = match_weights_id(w);
	return w;
}

const struct match_weights *config_weights(struct config_making *m, struct config_place where,
					   const char *path)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct bytes text = { 0 };
	if (path == NULL)
		return shipped(m->arena);
	if (!read_text(m, where, path, &text))
		return NULL;
	const struct match_weights *w = match_weights_read(m->arena, text, &p);
	if (w == NULL)
		wrong(m, where, path,
		      arena_printf(m->arena, "%s%s%s", p.where, p.where[0] == '\0' ? "" : ", ",
				   p.what));
	return w;
}
