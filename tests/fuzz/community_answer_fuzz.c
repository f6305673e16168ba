/* tests/fuzz/community_answer_fuzz.c: any document as what a community answered a stored query.
 * What counts is given with as many objects as were written, what does not says why, and nothing is
 * written of another patient than the one who was asked for. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/xca/community_answer.h"
#include "schemas/model/document.h"
#include "schemas/model/partner.h"

enum { ARENA = 32 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool is_for_asker(void *self, struct community_part *part)
{
	part->shown = self;
	return strlen(part->theirs) % 2 == 0;
}

/* Some he may, some not; of what could not be read there is nothing to go by. */
static bool may_have(void *self, const struct community_part *part, const struct document_entry *e)
{
	must(self != NULL && part->community != NULL && e != NULL);
	return e->unique_id != NULL && strlen(e->unique_id) % 2 == 0;
}

struct input {
	struct arena *arena;
	struct bytes octets;
};

static void read_as(const struct input *in, bool leaf_class, bool of_patient)
{
	static const struct partner west = { .name = "west",
					     .home_community_id = "urn:oid:2.999.30" };
	static char shown[] = "shown^^^&2.999.1&ISO";
	struct arena *a = in->arena;
	struct problem p = { .code = PROBLEM_NONE };
	struct community_part part = { .community = &west, .findings = findings_in(a) };
	const struct community_reading r = { .arena = a,
					     .each = arena_create_within(a),
					     .leaf_class = leaf_class,
					     .patient = { shown, is_for_asker, may_have } };
	if (of_patient) {
		part.theirs = "W1^^^&2.999.30.1&ISO";
		part.shown = shown;
	}
	const struct xml_node *root = xml_root(xml_read(a, NULL, in->octets, &p));
	if (root == NULL)
		return;
	bool counts = community_answer_read(&r, root, &part, &p);
	must(counts == (p.code == PROBLEM_NONE));
	must((part.spool != NULL) == (part.objects != 0) || !counts);
	must(!part.succeeded || counts);
	for (const struct finding *f = part.findings.first; f != NULL; f = f->next)
		must(f->location != NULL || !counts);
}

static void read_all(void *with)
{
	for (unsigned i = 0; i < 4; i++)
		read_as(with, (i & 1) != 0, (i & 2) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { .arena = arena_create(ARENA), .octets = { data, size } };
	arena_run(in.arena, read_all, &in);
	arena_destroy(in.arena);
	return 0;
}
