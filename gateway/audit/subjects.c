/* gateway/audit/subjects.c: whose records an audit event is about, as records. */
#include "gateway/audit/subjects.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity.h"
#include "store/store.h"

struct numbers {
	struct arena *arena;
	uint64_t *at;
	size_t count, room;
};

static void add(struct numbers *n, const uint64_t *more, size_t count)
{
	size_t room = n->room == 0 ? 8 : n->room;
	while (room < n->count + count)
		room *= 2;
	if (room != n->room)
		n->at = arena_resize(n->arena, n->at, n->room * sizeof *n->at,
				     room * sizeof *n->at);
	n->room = room;
	memcpy(n->at + n->count, more, count * sizeof *more);
	n->count += count;
}

static int ascending(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static void each_once(struct numbers *n)
{
	size_t kept = 0;
	if (n->count > 1)
		qsort(n->at, n->count, sizeof *n->at, ascending);
	for (size_t i = 0; i < n->count; i++)
		if (i == 0 || n->at[i] != n->at[i - 1])
			n->at[kept++] = n->at[i];
	n->count = kept;
}

/* ID^^^&OID&ISO: as patients are named in events. */
static bool find(struct store_txn *t, struct arena *a, const char *patient,
		 struct patient_record *out)
{
	static const char between[] = "^^^&", end[] = "&ISO";
	const char *domain = strstr(patient, between);
	size_t left = domain == NULL ? 0 : strlen(domain) - strlen(between);
	if (left <= strlen(end) || strcmp(domain + strlen(domain) - strlen(end), end) != 0)
		return false;
	return identity_find_place(t, a,
				   arena_text_n(a, domain + strlen(between), left - strlen(end)),
				   arena_text_n(a, patient, (size_t)(domain - patient)), out);
}

static bool is_patient(const struct audit_object *o)
{
	return o->type_code == 1 && o->type_code_role == 1 && o->id != NULL;
}

/* The persons of one event. */
static void gather(struct store_txn *t, const struct audit_event *e, struct numbers *persons)
{
	struct patient_record found;
	for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
		if (is_patient(o) && find(t, persons->arena, o->id, &found))
			add(persons, &found.person, 1);
	for (const struct audit_about *b = e->about; b != NULL; b = b->next)
		if (identity_place(t, persons->arena, b->record, &found))
			add(persons, &found.person, 1);
	each_once(persons);
}

bool audit_subjects_fill(struct store_txn *t, struct arena *a, struct audit_event *e)
{
	for (; e != NULL; e = e->next) {
		struct numbers records = { .arena = a }, persons = { .arena = a };
		struct record_numbers his;
		gather(t, e, &persons);
		for (size_t i = 0; i < persons.count; i++)
			if (identity_subjects(t, a, persons.at[i], &his))
				add(&records, his.numbers, his.count);
		each_once(&records);
		e->subjects = records.at;
		e->subject_count = records.count;
	}
	return !store_failed(t);
}

bool audit_subjects_search(struct store_txn *t, struct arena *a, const char *patient,
			   struct audit_filter *f)
{
	struct patient_record found, one;
	struct text_list *aliases = NULL, **tail = &aliases;
	struct record_numbers his;
	f->patient = patient;
	if (!find(t, a, patient, &found) || !identity_subjects(t, a, found.person, &his))
		return !store_failed(t);
	for (size_t i = 0; i < his.count; i++)
		if (identity_place(t, a, his.numbers[i], &one))
			tail = text_list_add(a, tail,
					     arena_printf(a, "%s^^^&%s&ISO", one.id, one.domain));
	f->subjects = (struct audit_subjects){ his.numbers, his.count };
	f->aliases = aliases;
	return !store_failed(t);
}
