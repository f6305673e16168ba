/* store/registry_moving.c: what was registered elsewhere, registered here as it was there. */
#include "store/registry.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/registry_keeping.h"
#include "store/registry_record.h"
#include "store/registry_sealed.h"
#include "store/store.h"

static bool is_numbered(struct keeping *k, const char *id, const char *logical_id, uint32_t version)
{
	if (version > 0 && (version == 1) == text_equal(id, logical_id))
		return true;
	return problem_at(k->problem, PROBLEM_METADATA_VERSION, id,
			  "its version and its logical id do not go together");
}

/* The one before it, which it follows. */
static void follow(struct keeping *k, const char *id, const char *latest, uint32_t before,
		   uint32_t version)
{
	if (latest == NULL || before + 1 != version)
		problem_at(k->problem, PROBLEM_METADATA_VERSION, id,
			   "it is version %u, and the one before it is not the latest here",
			   version);
	else
		keeping_follow(k, latest);
}

static void take_entry(struct keeping *k, struct document_entry *e)
{
	const struct document_entry *latest = NULL;
	if (!is_numbered(k, e->id, e->logical_id, e->version))
		return;
	struct registry_form *forms = NULL;
	struct registry_successor row = { .id = e->id,
					  .deprecated = e->status == STATUS_DEPRECATED };
	const struct registry_successor *rows = &row;
	if (e->version > 1) {
		latest = registry_unseal_entry(
			registry_latest_entry(k->txn, k->arena, e->logical_id));
		row.previous = latest == NULL ? e->id : latest->id;
		forms = keeping_forms_of(k, &rows);
		follow(k, e->id, latest == NULL ? NULL : latest->id,
		       latest == NULL ? 0 : latest->version, e->version);
	}
	if (k->problem->code == PROBLEM_NONE)
		keeping_entry(k, e);
	keeping_forms_follow(k, forms, rows); /* which we offered meanwhile */
}

static void take_folder(struct keeping *k, struct folder *f)
{
	const struct folder *latest = NULL;
	if (!is_numbered(k, f->id, f->logical_id, f->version))
		return;
	if (f->version > 1) {
		latest = registry_unseal_folder(
			registry_latest_folder(k->txn, k->arena, f->logical_id));
		follow(k, f->id, latest == NULL ? NULL : latest->id,
		       latest == NULL ? 0 : latest->version, f->version);
	}
	if (k->problem->code == PROBLEM_NONE)
		keeping_folder_as_it_is(k, f);
}

/* Kept as Approved, which all are first. */
static void take_association(struct keeping *k, struct association *x)
{
	enum availability_status status = x->status;
	keeping_association(k, x);
	if (status == STATUS_DEPRECATED && k->problem->code == PROBLEM_NONE)
		keeping_association_status(k, x, status);
}

bool registry_take_over(struct store_txn *t, struct arena *a, struct submission *s, instant now,
			struct problem *p)
{
	struct keeping k = { .txn = t, .arena = a, .submission = s, .now = now, .problem = p };
	instant_to_dtm(now, k.now_text);
	if (s->set != NULL)
		keeping_set(&k, s->set);
	for (struct document_entry *e = s->entries; e != NULL && p->code == PROBLEM_NONE;
	     e = e->next)
		take_entry(&k, e);
	for (struct folder *f = s->folders; f != NULL && p->code == PROBLEM_NONE; f = f->next)
		take_folder(&k, f);
	for (struct association *x = s->associations; x != NULL && p->code == PROBLEM_NONE;
	     x = x->next)
		take_association(&k, x);
	for (const struct association *x = s->associations; x != NULL && p->code == PROBLEM_NONE;
	     x = x->next)
		keeping_ends(&k, x);
	return keeping_over(&k);
}
