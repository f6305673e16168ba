/* store/registry_forms.c: other forms of a document (struct object_source: document), which stand
 * as it does and follow it from version to version. */
#include "store/registry.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "schemas/tables/view_kinds.h"
#include "store/registry_keeping.h"
#include "store/registry_record.h"
#include "store/registry_sealed.h"
#include "store/store.h"
#include "store/store_keys.h"

/* NULL: there is no such DocumentEntry. */
static const char *logical_id_of(struct keeping *k, const char *uuid)
{
	struct bytes place, record;
	return keeping_find_place(k, k->arena, uuid, &place) && place.data[0] == SPACE_ENTRY
			       && store_get(k->txn, place, k->arena, &record)
		       ? record_version(k->txn, k->arena, record).logical_id
		       : NULL;
}

/* The latest version of the next one of what has that logical id; there until the one after it. */
static const char *next_form(struct keeping *k, struct registry_ends *ends, const char *logical_id)
{
	struct registry_source of;
	for (struct association *x; (x = keeping_look_on(k, ends)) != NULL;) {
		const struct sealed_entry *e = x->type != ASSOCIATION_XFRM
						       ? NULL
						       : registry_entry(k->txn, k->one, x->source);
		if (e != NULL && !registry_entry_facts(e).former
		    && registry_is_form(registry_entry_facts(e), &of)
		    && text_equal(of.document, logical_id))
			return x->source;
	}
	return NULL;
}

void keeping_forms(struct keeping *k, const char *uuid, enum availability_status status)
{
	const char *logical_id = logical_id_of(k, uuid);
	struct registry_ends *ends = registry_ends_to(k->txn, store_arena(k->txn), uuid);
	for (const char *form; (form = next_form(k, ends, logical_id)) != NULL;)
		keeping_status(k, form, status);
	registry_ends_over(ends);
}

/* ---- Versions ---- */

struct registry_form {
	const struct document_entry *was, *of;
	const struct registry_successor *row;
	struct registry_form *next;
};

/* What is no message any more has no form that could be made. */
static const struct registry_successor *row_of(struct keeping *k, const char *previous,
					       const struct document_entry *of,
					       const struct registry_successor *row,
					       const struct registry_successor *next)
{
	struct registry_successor *own = arena_new(k->arena, struct registry_successor);
	char uuid[UUID_URN_TEXT];
	time_uuid(k->now, store_random(k->txn), uuid);
	*own = (struct registry_successor){ .id = arena_text(k->arena, uuid),
					    .previous = previous,
					    .propagates = row->propagates,
					    .deprecated = row->deprecated
							  || view_kind_of_source(of) == VIEW_KINDS,
					    .next = next };
	return own;
}

static const struct document_entry *entry_named(const struct keeping *k, const char *id)
{
	const struct document_entry *e = k->submission->entries;
	while (e != NULL && !text_equal(e->id, id))
		e = e->next;
	return e;
}

struct registry_form *keeping_forms_of(struct keeping *k, const struct registry_successor **all)
{
	struct registry_form *forms = NULL;
	struct text_set known = text_set_in(k->arena);
	for (const struct registry_successor *v = *all; v != NULL; v = v->next) {
		const struct document_entry *of = entry_named(k, v->id);
		const char *logical_id = logical_id_of(k, v->previous), *uuid;
		struct registry_ends *ends = registry_ends_to(k->txn, k->arena, v->previous);
		while (of != NULL && (uuid = next_form(k, ends, logical_id)) != NULL) {
			const char *id = text_set_keep(&known, uuid);
			if (id == NULL)
				continue;
			struct registry_form *f = arena_new(k->arena, struct registry_form);
			*f = (struct registry_form){ .of = of, .next = forms };
			f->was = registry_unseal_entry(registry_entry(k->txn, k->arena, id));
			f->row = *all = row_of(k, id, of, v, *all);
			forms = f;
		}
		registry_ends_over(ends);
	}
	return forms;
}

/* It is called as what it is made of is, once that has come to be something else. */
static struct localized *title_of(const struct document_entry *was, const struct document_entry *of)
{
	struct document_entry before = *of;
	before.type_code = was->type_code;
	return view_kind_of_source(&before) == view_kind_of_source(of) ? was->title : of->title;
}

static struct document_entry *successor_of(struct keeping *k, const struct registry_form *f)
{
	struct document_entry *e = arena_new(k->arena, struct document_entry);
	struct object_source *source = arena_new(k->arena, struct object_source);
	*e = document_as_form(f->of);
	*source = (struct object_source){ .subject = f->of->subject,
					  .system = f->of->source_system,
					  .document = f->of->logical_id };
	e->sources = source;
	e->id = f->row->id;
	e->title = title_of(f->was, f->of);
	e->format_code = f->was->format_code;
	e->mime_type = f->was->mime_type;
	e->repository_unique_id = f->was->repository_unique_id;
	e->unique_id = f->was->unique_id;
	return e;
}

static void follow(struct keeping *k, const struct registry_form *f,
		   const struct registry_successor *all)
{
	const struct association member = {
		.type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
		.submission_set_status = "Original",
	};
	struct document_entry *e = successor_of(k, f);
	keeping_successor(k, e, all);
	keeping_new(k, &member, ASSOCIATION_HAS_MEMBER, k->submission->set->id, e->id);
	if (!f->row->propagates)
		keeping_new(k, NULL, ASSOCIATION_XFRM, e->id, f->of->id);
}

void keeping_forms_follow(struct keeping *k, const struct registry_form *forms,
			  const struct registry_successor *all)
{
	for (const struct registry_form *f = forms; f != NULL && k->problem->code == PROBLEM_NONE;
	     f = f->next)
		if (f->was == NULL)
			store_damaged(k->txn,
				      "a record of the registry cannot be read; run minato check");
		else
			follow(k, f, all);
}
