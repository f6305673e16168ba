/* profiles/actors/registry_search.h: what the stored queries are made of: finding, judging,
 * collecting. Between the document_registry_query*.c files and notification_broker_tell.c only.
 *
 * Whatever enters a result was opened by the desk's admission (document_registry_entry() and its
 * like) and goes through search_add_*(): nothing hidden, nothing twice, not too much. */
#ifndef PROFILES_ACTORS_REGISTRY_SEARCH_H
#define PROFILES_ACTORS_REGISTRY_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "profiles/actors/document_registry.h"

struct asked_person;  /* a patient the query names */
struct known_subject; /* a subject's person, looked up once */
struct search {
	const struct registry_desk *desk;
	const struct registry_query *query;
	const struct registry_taker *taker;
	struct registry_found *found;
	struct problem *problem;
	struct arena *each; /* of what is looked at now: emptied by search_forget() */
	/* Of what is found, unless each object comes once by itself: once. In the order they
	 * came. */
	bool once;
	struct text_set ids;
	struct text_list *named, **last_named; /* the entries a query is about */
	struct text_list *sets, *entries, *folders;
	struct text_list **last_set, **last_entry, **last_folder;
	struct known_subject *subjects;
	size_t count, most;
	const struct asked_person *asked;
	size_t looked;         /* at objects of whoever it was, where no patient is named */
	uint64_t first_person; /* of the first object found */
	bool several_persons;
};

/* Not to be moved afterwards: it points into itself. */
void search_begin(struct search *s, const struct registry_desk *d, const struct registry_query *q,
		  const struct registry_taker *taker, struct registry_found *found,
		  struct problem *p);
/* What was read into s->each is not needed any more: before the next is. */
void search_forget(struct search *s);
/* A patient the query names: all objects of his records, which are known beforehand, are shown as
 * of this id (CX). regional_id: his, when it is what was asked with; or NULL. False: he was asked
 * for already. */
bool search_ask(struct search *s, uint64_t person, const char *cx, const char *regional_id);
/* The subject's objects belong to this person, known beforehand. */
void search_know(struct search *s, uint64_t subject, uint64_t person);

/* Both ends exist and may be seen. */
bool search_association_visible(struct search *s, const struct association *x);

/* It is Deprecated, and what is asked for is not: nothing follows from it. */
bool search_passes_over(const struct search *s, const struct association *x);

/* False: the search is over (too much, or not to be kept). Repeated objects are passed over, and
 * NULL. */
bool search_add_entry(struct search *s, struct document_entry *e);
bool search_add_set(struct search *s, struct submission_set *set);
bool search_add_folder(struct search *s, struct folder *f);
bool search_add_association(struct search *s, const struct association *x);
/* It is in the result. Nothing is, of a search that finds each once by itself. */
bool search_has(const struct search *s, const char *id);

#endif
