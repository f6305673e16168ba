/* tests/fuzz/match_weights_fuzz.c: any octets as weights. What is taken is settled, and what is
 * written of it is taken again. */
#undef NDEBUG
#include <assert.h>
#include <math.h>

#include "gateway/base/arena.h"
#include "matching/weights.h"
#include "schemas/tables/problem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	struct bytes text;
};

static void use(void *with)
{
	struct input *in = with;
	struct problem p = { .code = PROBLEM_NONE };
	const struct match_weights *w = match_weights_read(in->arena, in->text, &p);
	assert((w == NULL) == (p.code != PROBLEM_NONE));
	if (w == NULL)
		return;
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (enum match_field f = 0; f < MATCH_FIELDS; f++)
			for (unsigned i = 0; i < match_level_count(f); i++)
				assert(isfinite(match_weight(w, c, f, i, 1)));
	assert(match_weights_read(in->arena, match_weights_write(in->arena, w), &p) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(64 << 20), { data, size } };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
