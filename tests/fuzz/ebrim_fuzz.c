/* tests/fuzz/ebrim_fuzz.c: any well-formed XML to the reader of submissions and to the validation
 * behind it, as of what is registered and of what is pushed with limited metadata. What is read is
 * written, and read again as the same. */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_registry.h"
#include "schemas/model/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes written(struct arena *a, const struct submission *s)
{
	struct registry_objects all = { s->set, s->entries, s->folders, s->associations };
	struct xml_writer *w = xml_writer_begin(a);
	xml_open(w, "lcm:SubmitObjectsRequest");
	xml_namespace_declare(w, "lcm", LCM_NAMESPACE);
	ebrim_put_objects(w, a, &all, true);
	return xml_writer_end(w);
}

struct task {
	struct arena *arena;
	struct bytes in;
};

static void read_all(void *with)
{
	const struct task *t = with;
	static const struct region region = { .affinity_domain = "2.999.1",
					      .repository_unique_id = "2.999.20",
					      .metadata_object = 256 << 10 };
	struct problem p = { .code = PROBLEM_NONE };
	struct findings f = findings_in(t->arena), again = f, registered = f, pushed = f;
	struct registry_desk d = { .arena = t->arena, .region = &region };
	struct submission s = { 0 }, second = { 0 };
	const struct xml_document *doc = xml_read(t->arena, NULL, t->in, &p);
	if (doc == NULL)
		return;
	/* Reading a slot of the request changes nothing but what is told of it. */
	struct findings slotted = f;
	struct submission other = { 0 };
	bool read = ebrim_read_submission(t->arena, xml_root(doc), &s, &f);
	ebrim_request_slot(t->arena, xml_root(doc), "homeCommunityId");
	if (ebrim_read_submission_slot(t->arena, xml_root(doc), "homeCommunityId", &other, &slotted)
		    != read
	    || slotted.errors != f.errors)
		abort();
	if (!read)
		return;
	/* What passed every check comes back as the same octets once it has been through us. */
	bool fine = document_registry_validate(&d, &s, SUBMISSION_REGISTERS, &registered);
	fine = document_registry_validate(&d, &s, SUBMISSION_PUSHES_LIMITED, &pushed) || fine;
	if (f.errors > 0 || !fine)
		return;
	struct bytes out = written(t->arena, &s);
	doc = xml_read(t->arena, NULL, out, &p);
	if (doc == NULL || !ebrim_read_submission(t->arena, xml_root(doc), &second, &again)
	    || !bytes_equal(out, written(t->arena, &second)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task t = { arena_create(64 << 20), { data, size } };
	arena_run(t.arena, read_all, &t);
	arena_destroy(t.arena);
	return 0;
}
