/* profiles/actors/submitter.c: author and certificate compared. */
#include "profiles/actors/submitter.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

bool submitter_may_replace(const struct registry_desk *d, const struct document_entry *e)
{
	return d->sender == NULL || d->sender->replace_others
	       || system_same_facility(d->region, d->sender, e->source_system);
}

bool submitter_is_hidden(const struct registry_desk *d, const char *source_system)
{
	return d->region->hide_source_ids && d->sender != NULL
	       && !text_equal(d->sender->name, source_system);
}

bool submitter_is_author(const struct registered_system *s, const struct document_entry *e)
{
	for (const struct author *a = e->authors; a != NULL; a = a->next)
		for (const struct text_value *v = a->institution; v != NULL; v = v->next)
			if (system_is_institution(s, v->value))
				return true;
	return false;
}

void submitter_show(const struct registry_desk *d, struct document_entry *e)
{
	if (d->sender == NULL || submitter_is_author(d->sender, e))
		return;
	struct slot *shown = NULL, **last = &shown;
	for (const struct slot *other = e->extra; other != NULL; other = other->next) {
		if (text_equal(other->name, SUBMITTER_SLOT))
			return; /* it replaces several, and is told once */
		*last = arena_new(d->arena, struct slot);
		**last = *other;
		last = &(*last)->next;
	}
	*last = arena_new(d->arena, struct slot);
	(*last)->name = SUBMITTER_SLOT;
	(*last)->values = arena_new(d->arena, struct text_value);
	(*last)->values->value = d->sender->title == NULL ? d->sender->name : d->sender->title;
	e->extra = shown; /* a list of its own: those before are the request's */
}
