/* tests/fuzz/bundle_fuzz.c: any octets as a file of an export: a line of SHA256SUMS, a line of
 * patients or of decisions. What is taken names no other file, and is said again as it was read. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "profiles/admin/bundle.h"
#include "profiles/admin/bundle_person.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	struct bytes text;
};

static void use_version(struct arena *a, const json_t *said)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct patient_demographics d, again;
	bool read = person_read(a, said, &d, &p);
	assert(read == (p.code == PROBLEM_NONE));
	if (!read)
		return;
	json_t *once = person_json(&d);
	assert(person_read(a, once, &again, &p));
	json_t *twice = person_json(&again);
	assert(json_equal(once, twice));
	json_decref(once);
	json_decref(twice);
	person_take_away(&again, &d);
}

static void use_line(struct arena *a, const json_t *line)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct consent_event e;
	const json_t *versions = json_object_get(line, "versions");
	assert(consent_read(a, line, &e, &p) == (p.code == PROBLEM_NONE));
	use_version(a, line);
	for (size_t i = 0; i < json_array_size(versions); i++)
		use_version(a, json_array_get(versions, i));
}

static void use(void *with)
{
	struct input *in = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct bundle_sum sum;
	if (bundle_read_sum((const char *)in->text.data, in->text.length, &sum)) {
		assert(sum.kind != BUNDLE_NOTHING && strstr(sum.name, "..") == NULL);
		assert(sum.name[0] != '/' && strlen(sum.name) < BUNDLE_NAME);
	}
	json_t *line = bundle_json(in->text, &p);
	assert((line == NULL) == (p.code != PROBLEM_NONE));
	if (line != NULL)
		use_line(in->arena, line);
	json_decref(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(64 << 20), { data, size } };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
