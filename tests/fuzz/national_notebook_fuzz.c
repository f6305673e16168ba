/* tests/fuzz/national_notebook_fuzz.c: any octets as a medication notebook. It is read within its
 * bounds, or refused with a reason and a place; what was read is whole. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "profiles/national/national_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	struct bytes octets;
};

static size_t length_of(const struct text_list *list)
{
	size_t count = 0;
	for (; list != NULL; list = list->next) {
		assert(list->value[0] != '\0');
		count++;
	}
	return count;
}

static void use(void *with)
{
	struct input *in = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct national_document doc;
	bool begins = national_notebook_begins(in->octets);
	if (!national_notebook_read(in->arena, in->octets, &doc, &p)) {
		assert(p.code != PROBLEM_NONE && p.what[0] != '\0' && p.where[0] != '\0');
		return;
	}
	assert(begins && p.code == PROBLEM_NONE && doc.kind == &national_notebook);
	assert(strlen(doc.version) == 9 && doc.confidentiality < 0);
	assert(length_of(doc.names) <= NATIONAL_LIST_MOST);
	assert(length_of(doc.institutions) <= NATIONAL_LIST_MOST);
	assert(doc.service.first <= doc.service.last);
	assert(doc.birth == NULL || strlen(doc.birth) == 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(256 << 20), { data, size } };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
