/* tests/fuzz/stored_query_fuzz.c: any well-formed XML as a stored query: read, answered by ITI-18's
 * own reader, never more than the limits. */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/actors/registry_match.h"
#include "profiles/transaction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct transaction iti18_registry_stored_query;

struct task {
	struct arena *arena;
	struct bytes in;
};

static void check_bounds(struct arena *a, const struct xml_node *root)
{
	struct adhoc_query q = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	unsigned values = 0, slots = 0;
	if (!ebrim_read_query(a, root, &q, &p))
		return;
	for (const struct query_slot *s = q.slots; s != NULL; s = s->next, slots++)
		for (const struct query_value *v = s->values; v != NULL; v = v->next, values++)
			registry_match_like("D0123^\xe5\xb1\xb1\xe7\x94\xb0", v->text);
	if (slots > QUERY_SLOTS_MOST || values > QUERY_VALUES_MOST)
		abort();
}

static void read_all(void *with)
{
	const struct task *t = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message m = { 0 };
	static const struct region region = { .affinity_domain = "2.999.1",
					      .home_community_id = "urn:oid:2.999.10" };
	struct exchange x = { .arena = t->arena,
			      .soap = &m,
			      .region = &region,
			      .transaction = &iti18_registry_stored_query };
	const struct xml_document *doc = xml_read(t->arena, NULL, t->in, &p);
	if (doc == NULL)
		return;
	m.body = xml_root(doc);
	check_bounds(t->arena, m.body);
	if (x.transaction->read(&x) == (x.problem.code != PROBLEM_NONE))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task t = { arena_create(64 << 20), { data, size } };
	arena_run(t.arena, read_all, &t);
	arena_destroy(t.arena);
	return 0;
}
