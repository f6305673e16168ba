/* profiles/actors/document_registry_query.c: the stored queries, ITI TF-2: 3.18.4.1.2.3.7.
 *
 * One function a query, a table to find it. A patient who is unknown, subsumed or hidden has no
 * documents, and no error tells which of these it was. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/registry_match.h"
#include "profiles/actors/registry_search.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/store.h"

static struct registry_glance entry_glance(const struct registry_query *q)
{
	return (struct registry_glance){ .approved = q->entry_approved,
					 .deprecated = q->entry_deprecated,
					 .stable = q->type_stable,
					 .on_demand = q->type_on_demand,
					 .former = q->level_2,
					 .online_only = !q->level_2 };
}

/* ITI XDS Metadata Update: 3.18.4.1.2.3.5.1.1: at level 1 there is nothing but the latest version,
 * no document that is Offline, no folder that is Deprecated. */
static struct document_entry *shown_entry(const struct search *s, struct sealed_entry *e)
{
	if (e == NULL
	    || (!s->query->level_2
		&& (registry_entry_facts(e).former || registry_entry_facts(e).offline)))
		return NULL;
	struct document_entry *open = document_registry_entry(s->desk, e);
	bool offline = open != NULL && text_equal(open->document_availability, DOCUMENT_OFFLINE);
	return offline && !s->query->level_2 ? NULL : open;
}

static struct folder *shown_folder(const struct search *s, struct sealed_folder *f)
{
	if (f == NULL
	    || (!s->query->level_2
		&& (registry_folder_facts(f).former
		    || registry_folder_facts(f).status == STATUS_DEPRECATED)))
		return NULL;
	return document_registry_folder(s->desk, f);
}

/* The records of the patient of that id; false: nobody's, or of one who was asked for already. */
static bool subjects_of(struct search *s, const char *cx, struct record_numbers *out)
{
	struct registry_patient patient;
	const struct registry_desk *d = s->desk;
	if (!document_registry_patient(d, cx, &patient)
	    || !identity_subjects(d->txn, d->arena, patient.person, out)
	    || !search_ask(s, patient.person, cx, patient.regional_id))
		return false;
	for (size_t i = 0; i < out->count; i++)
		search_know(s, out->numbers[i], patient.person);
	return true;
}

static bool patient_subjects(struct search *s, struct record_numbers *out)
{
	return subjects_of(s, s->query->patient_id, out);
}

/* A query that names nobody looks at everybody's objects, most of which may be hidden or of no use:
 * for each one that an answer may hold at some more, with the shipped most-results a second's work.
 * Who asks more closely is sooner done. */
static bool looks_at_another(struct search *s)
{
	enum { LOOKED_FOR_ONE = 20 };
	size_t most = (size_t)s->desk->region->most_results * LOOKED_FOR_ONE;
	return s->asked != NULL || s->looked++ < most
	       || problem_set(s->problem, PROBLEM_TOO_MANY_RESULTS,
			      "more than %zu objects are to be looked at: name patients", most);
}

typedef bool entry_match(const struct registry_query *, const struct document_entry *);

/* Each of these stops the search by returning false, with the problem set. */
static bool matching_entries(struct search *s, struct registry_cursor *c, entry_match *match)
{
	registry_lend(c, s->each);
	if (!s->query->leaf_class && !registry_match_reads_entry(s->query))
		registry_refer(c);
	for (struct sealed_entry *next; (next = registry_next_entry(c)) != NULL;) {
		if (!looks_at_another(s))
			return false;
		struct document_entry *e = shown_entry(s, next);
		if (e != NULL && match(s->query, e) && !search_add_entry(s, e))
			return false;
	}
	return true;
}

static bool entries_of(struct search *s, uint64_t subject, entry_match *match)
{
	struct registry_glance g = entry_glance(s->query);
	return matching_entries(s, registry_entries(s->desk->txn, s->desk->arena, subject, &g),
				match);
}

static bool sets_of(struct search *s, uint64_t subject)
{
	struct registry_glance g = { .approved = s->query->set_approved,
				     .deprecated = s->query->set_deprecated };
	struct registry_cursor *c = registry_submission_sets(s->desk->txn, s->desk->arena, subject,
							     &g);
	registry_lend(c, s->each);
	for (struct sealed_set *next; (next = registry_next_submission_set(c)) != NULL;) {
		struct submission_set *set = document_registry_set(s->desk, next);
		if (set != NULL && registry_match_submission_set(s->query, set)
		    && !search_add_set(s, set))
			return false;
	}
	return true;
}

static struct registry_glance folder_glance(const struct registry_query *q)
{
	return (struct registry_glance){ .approved = q->folder_approved,
					 .deprecated = q->folder_deprecated,
					 .former = q->level_2 };
}

static bool matching_folders(struct search *s, struct registry_cursor *c)
{
	registry_lend(c, s->each);
	for (struct sealed_folder *next; (next = registry_next_folder(c)) != NULL;) {
		if (!looks_at_another(s))
			return false;
		struct folder *f = shown_folder(s, next);
		if (f != NULL && registry_match_folder(s->query, f) && !search_add_folder(s, f))
			return false;
	}
	return true;
}

static bool folders_of(struct search *s, uint64_t subject)
{
	struct registry_glance g = folder_glance(s->query);
	return matching_folders(s, registry_folders(s->desk->txn, s->desk->arena, subject, &g));
}

static bool find_documents(struct search *s)
{
	struct record_numbers subjects;
	if (!patient_subjects(s, &subjects))
		return true;
	for (size_t i = 0; i < subjects.count; i++)
		if (!entries_of(s, subjects.numbers[i], registry_match_entry))
			return false;
	return true;
}

static bool find_submission_sets(struct search *s)
{
	struct record_numbers subjects;
	if (!patient_subjects(s, &subjects))
		return true;
	for (size_t i = 0; i < subjects.count; i++)
		if (!sets_of(s, subjects.numbers[i]))
			return false;
	return true;
}

static bool find_folders(struct search *s)
{
	struct record_numbers subjects;
	if (!patient_subjects(s, &subjects))
		return true;
	for (size_t i = 0; i < subjects.count; i++)
		if (!folders_of(s, subjects.numbers[i]))
			return false;
	return true;
}

/* Each of the patients named; of one that is nobody's, or hidden, there is nothing. */
static bool of_each_patient(struct search *s, bool (*find)(struct search *s, uint64_t subject))
{
	for (const struct text_value *v = s->query->patient_ids; v != NULL; v = v->next) {
		struct record_numbers subjects;
		if (!subjects_of(s, v->value, &subjects))
			continue;
		for (size_t i = 0; i < subjects.count; i++)
			if (!find(s, subjects.numbers[i]))
				return false;
	}
	return true;
}

static bool matching_entries_of(struct search *s, uint64_t subject)
{
	return entries_of(s, subject, registry_match_entry);
}

/* ITI TF-2: 3.51.4.1.2.1.1 */
static bool find_documents_for_multiple_patients(struct search *s)
{
	struct registry_glance g = entry_glance(s->query);
	return s->query->patient_ids != NULL
		       ? of_each_patient(s, matching_entries_of)
		       : matching_entries(s, registry_all_entries(s->desk->txn, s->desk->arena, &g),
					  registry_match_entry);
}

/* ITI TF-2: 3.51.4.1.2.1.2 */
static bool find_folders_for_multiple_patients(struct search *s)
{
	struct registry_glance g = folder_glance(s->query);
	return s->query->patient_ids != NULL
		       ? of_each_patient(s, folders_of)
		       : matching_folders(s,
					  registry_all_folders(s->desk->txn, s->desk->arena, &g));
}

static bool entries_referring(struct search *s, const char *reference_id, uint64_t subject)
{
	struct registry_glance g = entry_glance(s->query);
	struct registry_cursor *c = registry_referring(s->desk->txn, s->desk->arena, reference_id,
						       subject, &g);
	return matching_entries(s, c, registry_match_entry);
}

/* The first group of reference ids finds the entries, the others are looked at in each. */
static bool find_documents_by_reference_id(struct search *s)
{
	struct record_numbers subjects;
	if (s->query->reference_ids == NULL || !patient_subjects(s, &subjects))
		return true;
	for (const struct text_value *v = s->query->reference_ids->any; v != NULL; v = v->next)
		for (size_t i = 0; i < subjects.count; i++)
			if (!entries_referring(s, v->value, subjects.numbers[i]))
				return false;
	return true;
}

typedef bool look_at(struct search *s, const struct association *x);

/* How many there are others decide, most of them may be hidden: of all of them there is one at a
 * time. */
static bool each_of(struct search *s, struct registry_ends *ends, look_at *look)
{
	const struct association *x;
	bool goes_on = true;
	search_forget(s);
	while (goes_on && (x = registry_next_end(ends, s->each)) != NULL) {
		goes_on = look(s, x);
		search_forget(s);
	}
	registry_ends_over(ends);
	return goes_on;
}

static bool each_from(struct search *s, const char *uuid, look_at *look)
{
	return each_of(s, registry_ends_from(s->desk->txn, s->desk->arena, uuid), look);
}

static bool each_to(struct search *s, const char *uuid, look_at *look)
{
	return each_of(s, registry_ends_to(s->desk->txn, s->desk->arena, uuid), look);
}

static bool associations_touching(struct search *s, const char *uuid)
{
	return each_from(s, uuid, search_add_association)
	       && each_to(s, uuid, search_add_association);
}

static bool associations_of(struct search *s, const struct text_list *ids)
{
	for (; ids != NULL; ids = ids->next)
		if (!associations_touching(s, ids->value))
			return false;
	return true;
}

/* All Associations touching what is returned, though the other end may be filtered out. */
static bool get_all(struct search *s)
{
	struct record_numbers subjects;
	if (!patient_subjects(s, &subjects))
		return true;
	for (size_t i = 0; i < subjects.count; i++)
		if (!sets_of(s, subjects.numbers[i])
		    || !entries_of(s, subjects.numbers[i], registry_match_content)
		    || !folders_of(s, subjects.numbers[i]))
			return false;
	return associations_of(s, s->sets) && associations_of(s, s->entries)
	       && associations_of(s, s->folders);
}

static struct folder *folder_of(struct search *s, const char *uuid)
{
	return shown_folder(s, registry_folder(s->desk->txn, s->each, uuid));
}

static struct document_entry *entry_of(struct search *s, const char *uuid)
{
	return shown_entry(s, registry_entry(s->desk->txn, s->each, uuid));
}

static struct submission_set *set_of(struct search *s, const char *uuid)
{
	return document_registry_set(s->desk, registry_submission_set(s->desk->txn, s->each, uuid));
}

typedef bool look_at_entry(struct search *s, struct document_entry *e);

static bool each_lent(struct search *s, struct registry_cursor *c, look_at_entry *look)
{
	struct document_entry *e;
	registry_lend(c, s->each);
	for (struct sealed_entry *one; (one = registry_next_entry(c)) != NULL;)
		if ((e = shown_entry(s, one)) != NULL && !look(s, e))
			return false;
	return true;
}

/* The entries named by entryUUID, logical id or uniqueId that may be seen; the latter two may name
 * several, and others decide how many. */
static bool each_named(struct search *s, look_at_entry *look)
{
	const struct registry_desk *d = s->desk;
	struct document_entry *e;
	for (const struct text_value *v = s->query->uuids; v != NULL; v = v->next) {
		search_forget(s);
		if ((e = entry_of(s, v->value)) != NULL && !look(s, e))
			return false;
	}
	for (const struct text_value *v = s->query->logical_ids; v != NULL; v = v->next)
		if (!each_lent(s, registry_entry_versions(d->txn, d->arena, v->value), look))
			return false;
	for (const struct text_value *v = s->query->unique_ids; v != NULL; v = v->next)
		if (!each_lent(s, registry_entries_of(d->txn, d->arena, v->value), look))
			return false;
	search_forget(s);
	return true;
}

static bool note_named(struct search *s, struct document_entry *e)
{
	s->last_named = text_list_add(s->desk->arena, s->last_named,
				      arena_text(s->desk->arena, e->id));
	return true;
}

static const struct text_list *named_entries(struct search *s)
{
	s->last_named = &s->named;
	each_named(s, note_named);
	return s->named;
}

static bool get_documents(struct search *s)
{
	return each_named(s, search_add_entry);
}

static bool get_documents_and_associations(struct search *s)
{
	return get_documents(s) && associations_of(s, s->entries);
}

static bool add_folders(struct search *s, struct registry_cursor *c)
{
	registry_lend(c, s->each);
	for (struct sealed_folder *one; (one = registry_next_folder(c)) != NULL;)
		if (!search_add_folder(s, shown_folder(s, one)))
			return false;
	return true;
}

static bool get_folders(struct search *s)
{
	const struct registry_desk *d = s->desk;
	for (const struct text_value *v = s->query->uuids; v != NULL; v = v->next) {
		search_forget(s);
		if (!search_add_folder(s, folder_of(s, v->value)))
			return false;
	}
	for (const struct text_value *v = s->query->logical_ids; v != NULL; v = v->next)
		if (!add_folders(s, registry_folder_versions(d->txn, d->arena, v->value)))
			return false;
	for (const struct text_value *v = s->query->unique_ids; v != NULL; v = v->next)
		if (!add_folders(s, registry_folder_versions_of(d->txn, d->arena, v->value)))
			return false;
	return true;
}

static bool get_associations(struct search *s)
{
	for (const struct text_value *v = s->query->uuids; v != NULL; v = v->next)
		if (!associations_touching(s, v->value))
			return false;
	return true;
}

/* The set that holds it, with the HasMember that says so. */
static bool add_holder(struct search *s, const struct association *x)
{
	struct submission_set *set = x->type != ASSOCIATION_HAS_MEMBER ? NULL
								       : set_of(s, x->source);
	if (set == NULL || !search_association_visible(s, x))
		return true;
	return search_add_set(s, set) && search_add_association(s, x);
}

static bool get_submission_sets(struct search *s)
{
	for (const struct text_value *v = s->query->uuids; v != NULL; v = v->next)
		if (!each_to(s, v->value, add_holder))
			return false;
	return true;
}

/* An entry or folder that a set or folder holds, with the association that says so. */
static bool add_member(struct search *s, const struct association *x)
{
	if (x->type != ASSOCIATION_HAS_MEMBER || search_passes_over(s, x))
		return true;
	struct document_entry *e = entry_of(s, x->target);
	if (e != NULL && registry_match_content(s->query, e) && !search_add_entry(s, e))
		return false;
	if (e == NULL && !search_add_folder(s, folder_of(s, x->target)))
		return false;
	return !search_has(s, x->target) || search_add_association(s, x);
}

/* A folder membership that is a member of the set, when both its ends are in the result. */
static bool add_membership(struct search *s, const struct association *x)
{
	const struct association *inner = registry_association(s->desk->txn, s->each, x->target);
	return inner == NULL || !search_has(s, inner->source) || !search_has(s, inner->target)
	       || (search_add_association(s, inner) && search_add_association(s, x));
}

static bool set_contents(struct search *s, struct submission_set *set)
{
	const struct registry_desk *d = s->desk;
	const char *id = arena_text(d->arena, set->id);
	if (!search_add_set(s, set) || !search_has(s, id))
		return s->problem->code == PROBLEM_NONE;
	return each_from(s, id, add_member) && each_from(s, id, add_membership);
}

static bool get_submission_set_and_contents(struct search *s)
{
	const struct registry_desk *d = s->desk;
	struct submission_set *set = NULL;
	if (s->query->uuids != NULL)
		set = set_of(s, s->query->uuids->value);
	else if (s->query->unique_ids != NULL)
		set = document_registry_set(
			d,
			registry_submission_set_of(d->txn, s->each, s->query->unique_ids->value));
	return set == NULL || set_contents(s, set);
}

static bool get_folder_and_contents(struct search *s)
{
	if (!get_folders(s))
		return false;
	for (const struct text_list *l = s->folders; l != NULL; l = l->next)
		if (!each_from(s, l->value, add_member))
			return false;
	return true;
}

/* The folder that holds it. */
static bool add_folder(struct search *s, const struct association *x)
{
	return x->type != ASSOCIATION_HAS_MEMBER || search_passes_over(s, x)
	       || search_add_folder(s, folder_of(s, x->source));
}

static bool get_folders_for_document(struct search *s)
{
	for (const struct text_list *l = named_entries(s); l != NULL; l = l->next)
		if (!each_to(s, l->value, add_folder))
			return false;
	return true;
}

static bool is_wanted(const struct text_value *types, const struct association *x)
{
	for (; types != NULL; types = types->next)
		if (text_equal(types->value, x->type_urn))
			return true;
	return false;
}

/* An association both of whose ends are DocumentEntries the asker may see, and the query wants. */
static bool add_related(struct search *s, const struct association *x)
{
	if (!is_wanted(s->query->association_types, x) || search_passes_over(s, x))
		return true;
	struct document_entry *source = entry_of(s, x->source), *target = entry_of(s, x->target);
	if (source == NULL || target == NULL || !search_association_visible(s, x)
	    || !registry_match_content(s->query, source)
	    || !registry_match_content(s->query, target))
		return true;
	return search_add_entry(s, source) && search_add_entry(s, target)
	       && search_add_association(s, x);
}

static bool get_related_documents(struct search *s)
{
	for (const struct text_list *l = named_entries(s); l != NULL; l = l->next)
		if (!each_from(s, l->value, add_related) || !each_to(s, l->value, add_related))
			return false;
	return true;
}

static const struct {
	bool (*run)(struct search *s);
	bool one_patient; /* LeafClass answers are of one patient (3.18.4.1.3.1) */
	bool once; /* each object comes once: it hangs on one record, and they are distinct */
} queries[] = {
	[QUERY_FIND_DOCUMENTS] = { find_documents, .once = true },
	[QUERY_FIND_SUBMISSION_SETS] = { find_submission_sets, .once = true },
	[QUERY_FIND_FOLDERS] = { find_folders, .once = true },
	[QUERY_GET_ALL] = { get_all, .one_patient = false },
	[QUERY_GET_DOCUMENTS] = { get_documents, .one_patient = true },
	[QUERY_GET_FOLDERS] = { get_folders, .one_patient = true },
	[QUERY_GET_ASSOCIATIONS] = { get_associations, .one_patient = true },
	[QUERY_GET_DOCUMENTS_AND_ASSOCIATIONS] = { get_documents_and_associations,
						   .one_patient = true },
	[QUERY_GET_SUBMISSION_SETS] = { get_submission_sets, .one_patient = true },
	[QUERY_GET_SUBMISSION_SET_AND_CONTENTS] = { get_submission_set_and_contents,
						    .one_patient = true },
	[QUERY_GET_FOLDER_AND_CONTENTS] = { get_folder_and_contents, .one_patient = true },
	[QUERY_GET_FOLDERS_FOR_DOCUMENT] = { get_folders_for_document, .one_patient = true },
	[QUERY_GET_RELATED_DOCUMENTS] = { get_related_documents, .one_patient = true },
	[QUERY_FIND_DOCUMENTS_BY_REFERENCE_ID] = { find_documents_by_reference_id,
						   .one_patient = false },
	[QUERY_FIND_DOCUMENTS_FOR_MULTIPLE_PATIENTS] = { find_documents_for_multiple_patients,
							 .once = true },
	[QUERY_FIND_FOLDERS_FOR_MULTIPLE_PATIENTS] = { find_folders_for_multiple_patients,
						       .once = true },
};

bool document_registry_query(const struct registry_desk *d, const struct registry_query *q,
			     const struct registry_taker *taker, struct registry_found *found,
			     struct problem *p)
{
	struct search s;
	search_begin(&s, d, q, taker, found, p);
	if ((size_t)q->kind >= COUNT(queries) || queries[q->kind].run == NULL)
		return problem_at(p, PROBLEM_UNKNOWN_QUERY, q->query_id,
				  "this stored query is not offered");
	s.once = queries[q->kind].once;
	bool done = queries[q->kind].run(&s);
	if (done && q->leaf_class && queries[q->kind].one_patient && s.several_persons)
		done = problem_set(
			p, PROBLEM_RESULT_NOT_SINGLE_PATIENT,
			"the objects asked for are of several patients; ask for references");
	if (!done)
		*found = (struct registry_found){ 0 };
	return done;
}
