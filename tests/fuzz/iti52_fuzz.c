/* tests/fuzz/iti52_fuzz.c: any well-formed XML as what is asked of a broker or a pull point: each
 * of their transactions reads it by its own reader. */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/transaction.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern const struct transaction iti52_document_metadata_subscribe, iti69_create_destroy_pull_point,
	iti70_pull_notification;

static const struct transaction *const asked[] = { &iti52_document_metadata_subscribe,
						   &iti69_create_destroy_pull_point,
						   &iti70_pull_notification };

struct task {
	struct arena *arena;
	struct bytes in;
};

static void read_all(void *with)
{
	const struct task *t = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message m = { 0 };
	static const struct region region = { .affinity_domain = "2.999.1",
					      .home_community_id = "urn:oid:2.999.10" };
	static const struct registered_system system = { .name = "x" };
	struct exchange x = { .arena = t->arena,
			      .soap = &m,
			      .region = &region,
			      .sender = &system,
			      .resource = "",
			      .endpoint = "https://g.example/dsub",
			      .now = INT64_C(1800000000) * 1000000 };
	const struct xml_document *doc = xml_read(t->arena, NULL, t->in, &p);
	if (doc == NULL)
		return;
	m.body = xml_root(doc);
	for (size_t i = 0; i < COUNT(asked); i++) {
		x.problem = (struct problem){ .code = PROBLEM_NONE };
		x.transaction = asked[i];
		if (x.transaction->read(&x) == (x.problem.code != PROBLEM_NONE))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task t = { arena_create(64 << 20), { data, size } };
	arena_run(t.arena, read_all, &t);
	arena_destroy(t.arena);
	return 0;
}
