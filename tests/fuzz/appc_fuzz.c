/* tests/fuzz/appc_fuzz.c: any octets as a consent of rules (XACML). It is read whole, within its
 * bounds, or refused with a reason; and what is read says whose it is. */
#undef NDEBUG
#include <assert.h>

#include "gateway/base/arena.h"
#include "profiles/consent/consent_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	struct bytes octets;
};

static void use(void *with)
{
	struct input *in = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct consent_form form;
	unsigned count = 0;
	if (!appc_read(in->arena, in->octets, &form, &p)) {
		assert(p.code != PROBLEM_NONE && p.what[0] != '\0');
		return;
	}
	assert(p.code == PROBLEM_NONE && form.patients != NULL && form.patients->next == NULL);
	assert(form.until == 0 || form.until > form.from);
	for (const struct consent_statement *s = form.statements; s != NULL; s = s->next) {
		assert(s->about != ABOUT_POLICY && s->about < ABOUTS);
		assert((s->about == ABOUT_ALL) == (s->value == NULL));
		count++;
	}
	assert(count > 0 && count <= CONSENT_STATEMENTS_MOST);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(256 << 20), { data, size } };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
