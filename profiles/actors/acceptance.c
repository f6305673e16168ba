/* profiles/actors/acceptance.c: whether a document has reached those it was addressed to. */
#include "profiles/actors/acceptance.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_repository.h"
#include "profiles/actors/retention.h"
#include "schemas/model/region_policy.h"
#include "store/acceptances.h"
#include "store/registry.h"

/* Somebody may ask whether it was accepted. */
static bool needs_acceptance(const struct registry_desk *d, const struct document_entry *e)
{
	return retention_needs_acceptance(d->region, e)
	       || region_policy_addresses(d->region->policy, e);
}

/* What the document came with. NULL: hidden, or gone. */
static const struct submission_set *set_of(const struct registry_desk *d,
					   const struct document_entry *e)
{
	for (const struct association *x = registry_to(d->txn, d->arena, e->id); x != NULL;
	     x = x->next) {
		if (x->type != ASSOCIATION_HAS_MEMBER
		    || text_equal(x->submission_set_status, "Reference"))
			continue;
		const struct submission_set *s = document_registry_set(
			d, registry_submission_set(d->txn, d->arena, x->source));
		if (s != NULL && text_equal(s->source_system, e->source_system))
			return s;
	}
	return NULL;
}

static bool addresses(const struct registry_desk *d, const struct submission_set *s)
{
	const struct text_value *v = s == NULL ? NULL : s->intended_recipients;
	for (; v != NULL; v = v->next)
		if (recipient_institution(v->value) && system_is_institution(d->sender, v->value))
			return true;
	return false;
}

const struct text_value *acceptance_begins(const struct registry_desk *d,
					   const struct document_request *r)
{
	struct text_value *first = NULL, **last = &first;
	struct registry_cursor *c = d->sender == NULL ? NULL
						      : registry_entries_of(d->txn, d->arena,
									    r->document_unique_id);
	for (struct sealed_entry *one; c != NULL && (one = registry_next_entry(c)) != NULL;) {
		const struct document_entry *e = document_registry_entry(d, one);
		if (e == NULL || !text_equal(e->repository_unique_id, r->repository_unique_id)
		    || !needs_acceptance(d, e) || acceptance_of(d->txn, e->id, d->sender->name) != 0
		    || !addresses(d, set_of(d, e)))
			continue;
		*last = arena_new(d->arena, struct text_value);
		(*last)->value = e->id;
		last = &(*last)->next;
	}
	return first;
}

instant acceptance_since(const struct registry_desk *d, const struct document_entry *e)
{
	const struct submission_set *s = set_of(d, e);
	return s == NULL ? 0 : acceptance_by_all(d->txn, d->region, e->id, s->intended_recipients);
}
