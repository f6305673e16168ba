/* tests/fuzz/bppc_fuzz.c: any octets as a consent of acknowledged policies. It is read whole,
 * within its bounds, or refused with a reason; never half. */
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
	for (enum consent_kind k = CONSENT_BPPC; k <= CONSENT_BPPC_SCANNED; k++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct consent_form form;
		unsigned count = 0;
		if (!bppc_read(in->arena, k, in->octets, &form, &p)) {
			assert(p.code != PROBLEM_NONE && p.what[0] != '\0');
			continue;
		}
		assert(p.code == PROBLEM_NONE && form.unique_id != NULL && form.patients != NULL);
		assert(form.until == 0 || form.until > form.from);
		for (const struct consent_statement *s = form.statements; s != NULL; s = s->next) {
			assert(s->about == ABOUT_POLICY && s->value[0] != '\0'
			       && s->scheme[0] != '\0');
			count++;
		}
		assert(count > 0 && count <= CONSENT_STATEMENTS_MOST);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(256 << 20), { data, size } };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
