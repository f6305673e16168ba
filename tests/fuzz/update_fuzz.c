/* tests/fuzz/update_fuzz.c: any well-formed XML to what recognises the operations of an update
 * (ITI-57, ITI-92). What is recognised can be done: each operation is whole, none is there
 * twice. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/actors/document_update.h"
#include "schemas/model/region.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct task {
	struct arena *arena;
	struct bytes in;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void hold(const struct document_update *u, enum update_rules rules)
{
	must(u->versions != NULL || u->statuses != NULL || u->associations != NULL);
	must(rules == UPDATE_OF_ALL || (u->statuses == NULL && u->associations == NULL));
	for (const struct update_version *v = u->versions; v != NULL; v = v->next) {
		must((v->entry == NULL) != (v->folder == NULL));
		must(v->previous > 0 && strcmp(v->id, v->logical_id) != 0);
		for (const struct update_version *w = v->next; w != NULL; w = w->next)
			must(strcmp(v->logical_id, w->logical_id) != 0);
	}
	for (const struct update_status *s = u->statuses; s != NULL; s = s->next)
		must(s->from != s->to && s->from != STATUS_NONE && s->to != STATUS_NONE);
	for (const struct update_association *x = u->associations; x != NULL; x = x->next)
		must(strcmp(x->association->source, u->submission.set->id) != 0);
}

static void read_all(void *with)
{
	const struct task *t = with;
	static const struct region region = { .affinity_domain = "2.999.1",
					      .repository_unique_id = "2.999.20",
					      .metadata_object = 256 << 10 };
	for (enum update_rules rules = UPDATE_OF_ALL; rules <= UPDATE_RESTRICTED; rules++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct findings f = findings_in(t->arena);
		struct registry_desk d = { .arena = t->arena, .region = &region };
		struct document_update u = { .rules = rules };
		const struct xml_document *doc = xml_read(t->arena, NULL, t->in, &p);
		if (doc == NULL
		    || !ebrim_read_submission(t->arena, xml_root(doc), &u.submission, &f))
			return;
		document_registry_validate(&d, &u.submission, SUBMISSION_UPDATES, &f);
		if (u.submission.set != NULL && document_update_read(&d, rules, &u, &f)
		    && f.errors == 0)
			hold(&u, rules);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct task t = { arena_create(64 << 20), { data, size } };
	arena_run(t.arena, read_all, &t);
	arena_destroy(t.arena);
	return 0;
}
