/* tests/fuzz/code_file_fuzz.c: what is read of codes, written and read again. */
#include "tests/fuzz/code_file_fuzz.h"

#undef NDEBUG
#include <assert.h>

#include "gateway/base/arena.h"

struct input {
	struct arena *arena;
	struct bytes text;
	code_file_reader *read;
};

static void use(void *with_input)
{
	struct input *in = with_input;
	struct code_file f = code_file_in(in->arena), again = code_file_in(in->arena);
	if (!in->read(&f, in->text) || f.count == 0)
		return;
	struct code_sets sets = code_file_sets(&f);
	struct buffer b = buffer_in(in->arena);
	code_file_write(&b, f.first);
	assert(code_file_read_tsv(&again, buffer_bytes(&b)));
	assert(again.count == f.count);
	for (const struct code_row *r = again.first; r != NULL; r = r->next)
		assert(code_sets_find(&sets, r->code.attribute, r->code.code, r->code.scheme)
		       != NULL);
}

int code_file_fuzz(const uint8_t *data, size_t size, code_file_reader *read)
{
	struct input in = { arena_create(256 << 20), { data, size }, read };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
