/* tests/fuzz/policy_file_fuzz.c: any octets as a file of rules, which includes itself as far as it
 * may. What is taken decides about any document; what is not says why. */
#undef NDEBUG
#include <assert.h>

#include "gateway/base/arena.h"
#include "gateway/policy/policy_file.h"
#include "gateway/policy/region_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	struct bytes text;
};

static bool open_itself(void *self, const char *name, struct bytes *text, const char **file,
			const char **why)
{
	const struct input *in = self;
	*text = in->text;
	*file = name;
	*why = "it is short";
	return in->text.length > 8;
}

static void use(void *with)
{
	struct input *in = with;
	const struct policy_source source = { in, open_itself };
	struct policy_reading read = policy_file_read(in->arena, "fuzz", in->text, &source);
	assert((read.policy == NULL) == (read.fault_count != 0));
	assert((read.faults == NULL) == (read.fault_count == 0));
	if (read.policy == NULL)
		return;
	const struct region region = { .policy = read.policy };
	const struct requester who = { .region = &region };
	struct coded_value code = { .code = "1", .scheme = "2" };
	struct document_entry e = { .class_code = &code, .confidentiality_codes = &code };
	struct rules_asker asks = rules_begin(in->arena, &who);
	struct rules_marks m = rules_marks_of(read.policy, &e);
	const struct region_rule *rule = rules_decide(&asks, m);
	assert(rule == &read.policy->standard || rules_misses(&asks, rule, m) == NULL);
	for (size_t i = 0; i < read.policy->rule_count; i++)
		assert(rules_misses(&asks, &read.policy->rules[i], m) != NULL
		       || read.policy->rules[i].ruling <= rule->ruling);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(256 << 20), { data, size } };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
