/* profiles/actors/acceptance.c: whether a document has reached those it was addressed to. */
#include "profiles/actors/acceptance.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_repository.h"
#include "profiles/actors/retention.h"
#include "profiles/actors/submitter.h"
#include "store/acceptances.h"
#include "store/registry.h"

/* XON|XCN|XTN: the institution; NULL: none is named. */
static const char *institution(struct arena *a, const char *recipient)
{
	size_t length = strcspn(recipient, "|");
	return length == 0 ? NULL : arena_text_n(a, recipient, length);
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
	for (; v != NULL; v = v->next) {
		const char *xon = institution(d->arena, v->value);
		if (xon != NULL && submitter_is_institution(d->sender, xon))
			return true;
	}
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
		    || !retention_needs_acceptance(d->region, e)
		    || acceptance_of(d->txn, e->id, d->sender->name) != 0
		    || !addresses(d, set_of(d, e)))
			continue;
		*last = arena_new(d->arena, struct text_value);
		(*last)->value = e->id;
		last = &(*last)->next;
	}
	return first;
}

/* Of that institution the system that had it first; 0: none has. */
static instant had_by(const struct registry_desk *d, const struct document_entry *e,
		      const char *xon)
{
	instant first = 0;
	for (size_t i = 0; i < d->region->system_count; i++) {
		const struct registered_system *s = &d->region->systems[i];
		instant since = submitter_is_institution(s, xon)
					? acceptance_of(d->txn, e->id, s->name)
					: 0;
		if (since != 0 && (first == 0 || since < first))
			first = since;
	}
	return first;
}

instant acceptance_since(const struct registry_desk *d, const struct document_entry *e)
{
	const struct submission_set *s = set_of(d, e);
	instant latest = 0;
	for (const struct text_value *v = s == NULL ? NULL : s->intended_recipients; v != NULL;
	     v = v->next) {
		const char *xon = institution(d->arena, v->value);
		instant since = xon == NULL ? 0 : had_by(d, e, xon);
		if (xon != NULL && since == 0)
			return 0;
		latest = since > latest ? since : latest;
	}
	return latest;
}
