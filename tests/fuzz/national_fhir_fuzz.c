/* tests/fuzz/national_fhir_fuzz.c: any octets as a national document in FHIR. It is read within its
 * bounds, or refused with a reason and a place; what was read is whole. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
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
	if (!national_fhir_read(in->arena, in->octets, &doc, &p)) {
		assert(p.code != PROBLEM_NONE && p.what[0] != '\0' && p.where[0] != '\0');
		return;
	}
	assert(p.code == PROBLEM_NONE && doc.time_count <= NATIONAL_TIMES_MOST);
	assert(length_of(doc.names) <= NATIONAL_LIST_MOST);
	assert(length_of(doc.institutions) <= NATIONAL_LIST_MOST);
	assert((doc.confidentiality < 0) == (doc.confidentiality_at == NULL));
	for (unsigned i = 0; i < doc.time_count; i++)
		assert(doc.times[i].first <= doc.times[i].last);
	for (const struct national_id *id = doc.ids; id != NULL; id = id->next)
		assert(text_is_oid(id->domain) && id->value[0] != '\0' && id->where[0] != '\0');
	assert(doc.birth == NULL || strspn(doc.birth, "0123456789") == strlen(doc.birth));
	assert(doc.version == NULL || doc.kind != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(256 << 20), { data, size } };
	json_arena_install();
	json_arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
