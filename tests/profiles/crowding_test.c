/* tests/profiles/crowding_test.c: how much may hang on one object, from both sides: of who
 * submitted it, and of others, who must not keep him from his own. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "store/registry.h"
#include "tests/profiles/documents.h"

#define OWNER "a-hospital"
#define OTHER "b-clinic"

/* A submission that is written down the page. */
struct draft {
	struct house *house;
	const char *system;
	struct submission submission;
	bool unasked; /* straight into the store: what was there before */
	struct findings findings;
};

static const char *uuid(struct house *h)
{
	char out[UUID_URN_TEXT];
	random_uuid(&system_random, out);
	return arena_text(h->arena, out);
}

static struct draft begin(struct house *h, const char *system)
{
	struct draft d = { .house = h, .system = system };
	struct submission_set *s = arena_new(h->arena, struct submission_set);
	*s = (struct submission_set){ .id = uuid(h),
				      .unique_id = uuid(h),
				      .patient_id = h->patient,
				      .source_system = system };
	d.submission.set = s;
	return d;
}

static void relate(struct draft *d, enum association_type type, const char *source,
		   const char *target)
{
	struct association *x = arena_new(d->house->arena, struct association);
	*x = (struct association){ .id = uuid(d->house),
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target,
				   .source_system = d->system,
				   .next = d->submission.associations };
	d->submission.associations = x;
}

static const char *with_entry(struct draft *d, const char *unique_id)
{
	struct document_entry *e = arena_new(d->house->arena, struct document_entry);
	*e = (struct document_entry){ .id = uuid(d->house),
				      .unique_id = unique_id,
				      .hash = "aa",
				      .size = "3",
				      .creation_time = "2026",
				      .type = ENTRY_STABLE,
				      .patient_id = d->house->patient,
				      .source_system = d->system,
				      .next = d->submission.entries };
	d->submission.entries = e;
	relate(d, ASSOCIATION_HAS_MEMBER, d->submission.set->id, e->id);
	return e->id;
}

static const char *with_new_entry(struct draft *d)
{
	return with_entry(d, uuid(d->house));
}

static const char *with_folder(struct draft *d)
{
	struct folder *f = arena_new(d->house->arena, struct folder);
	*f = (struct folder){ .id = uuid(d->house),
			      .unique_id = uuid(d->house),
			      .patient_id = d->house->patient,
			      .source_system = d->system,
			      .next = d->submission.folders };
	d->submission.folders = f;
	relate(d, ASSOCIATION_HAS_MEMBER, d->submission.set->id, f->id);
	return f->id;
}

static bool part(void *with, struct store_txn *t, struct problem *p)
{
	struct draft *d = with;
	struct house *h = d->house;
	struct admission all = house_admission(h);
	struct leniencies needed = { 0 };
	struct registry_desk desk = { .arena = h->arena,
				      .region = &h->region,
				      .admission = &all,
				      .sender = region_system(&h->region, d->system),
				      .needed = &needed,
				      .now = h->now,
				      .txn = t };
	d->findings = findings_in(h->arena);
	if (d->unasked)
		return registry_put(t, h->arena, &d->submission, h->now, p);
	return document_registry_register(&desk, &d->submission, &d->findings)
	       || problem_set(p, d->findings.first->problem.code, "%s",
			      d->findings.first->problem.what);
}

static enum problem_code put(struct draft *d)
{
	struct problem why = { .code = PROBLEM_NONE };
	store_write(d->house->store.store, part, d, &why);
	return why.code;
}

/* References, each from a set of the sender's. */
static enum problem_code refer(struct house *h, const char *system, const char *target,
			       unsigned times)
{
	struct draft d = begin(h, system);
	for (unsigned i = 0; i < times; i++)
		relate(&d, ASSOCIATION_HAS_MEMBER, d.submission.set->id, target);
	return put(&d);
}

static enum problem_code append(struct house *h, const char *system, const char *target,
				const char **id)
{
	struct draft d = begin(h, system);
	const char *entry = with_new_entry(&d);
	relate(&d, ASSOCIATION_APND, entry, target);
	enum problem_code code = put(&d);
	if (id != NULL)
		*id = entry;
	return code;
}

static const char *submitted(struct house *h, const char *system)
{
	struct draft d = begin(h, system);
	const char *id = with_new_entry(&d);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	return id;
}

static enum problem_code replace(struct house *h, const char *system, const char *target)
{
	struct draft d = begin(h, system);
	relate(&d, ASSOCIATION_RPLC, with_new_entry(&d), target);
	return put(&d);
}

static enum availability_status status(struct house *h, const char *id)
{
	struct store_txn *t = store_begin_read(h->store.store, &h->store.problem);
	struct sealed_entry *e = registry_entry(t, h->arena, id);
	store_end(t);
	return e == NULL ? STATUS_NONE : registry_entry_facts(e).status;
}

static void others_may_not_crowd_a_document(void)
{
	struct house h;
	house_open(&h);
	const char *base = submitted(&h, OWNER); /* its set's association is the first */
	CU_ASSERT_EQUAL(refer(&h, OTHER, base, REGISTRY_HANGING_OTHERS), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_EQUAL(refer(&h, OTHER, base, REGISTRY_HANGING_OTHERS - 2), PROBLEM_NONE);
	CU_ASSERT_EQUAL(refer(&h, OTHER, base, 2), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_EQUAL(append(&h, OTHER, base, NULL),
			PROBLEM_NONE); /* up to the bound; and below: */
	CU_ASSERT_EQUAL(append(&h, OTHER, base, NULL), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_EQUAL(refer(&h, "c-hospital", base, 1), PROBLEM_TOO_MANY_RELATED);
	/* Who submitted it has as much again, and replaces it then as well. */
	const unsigned there = REGISTRY_HANGING_OTHERS + 1; /* the addendum's set's */
	CU_ASSERT_EQUAL(refer(&h, OWNER, base, REGISTRY_HANGING_MOST - there), PROBLEM_NONE);
	CU_ASSERT_EQUAL(refer(&h, OWNER, base, 1), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_EQUAL(append(&h, OWNER, base, NULL), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_EQUAL(replace(&h, OWNER, base), PROBLEM_NONE);
	CU_ASSERT_EQUAL(status(&h, base), STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* What hangs on an addendum hangs on the document: its replacement ends both. */
static void nor_through_addenda_of_their_own(void)
{
	struct house h;
	const char *addendum;
	house_open(&h);
	const char *base = submitted(&h, OWNER);
	CU_ASSERT_EQUAL(append(&h, OTHER, base, &addendum), PROBLEM_NONE);
	CU_ASSERT_EQUAL(refer(&h, OTHER, addendum, REGISTRY_HANGING_OTHERS - 4), PROBLEM_NONE);
	CU_ASSERT_EQUAL(refer(&h, OTHER, addendum, 2), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_EQUAL(refer(&h, OTHER, addendum, 1), PROBLEM_NONE);
	CU_ASSERT_EQUAL(append(&h, OTHER, addendum, NULL), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_EQUAL(append(&h, OWNER, base, NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(replace(&h, OWNER, base), PROBLEM_NONE);
	CU_ASSERT_EQUAL(status(&h, addendum), STATUS_DEPRECATED);
	house_close(&h);
}

/* Told before anything is kept, with the number and the constant, in the standard's words. */
static void a_refusal_says_how_much(void)
{
	struct house h;
	house_open(&h);
	const char *base = submitted(&h, OWNER);
	struct draft d = begin(&h, OTHER);
	for (unsigned i = 0; i < REGISTRY_HANGING_OTHERS; i++)
		relate(&d, ASSOCIATION_HAS_MEMBER, d.submission.set->id, base);
	const char *mine = with_new_entry(&d);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_STRING_EQUAL(d.findings.first->problem.where, base);
	CU_ASSERT_PTR_NOT_NULL(strstr(d.findings.first->problem.what, "500"));
	CU_ASSERT_PTR_NOT_NULL(strstr(d.findings.first->problem.what, "REGISTRY_HANGING_OTHERS"));
	CU_ASSERT_STRING_EQUAL(problem_row(PROBLEM_TOO_MANY_RELATED)->registry_error,
			       "XDSRegistryOutOfResources");
	CU_ASSERT_EQUAL(status(&h, mine), STATUS_NONE);
	house_close(&h);
}

/* A folder that was filled before: straight into the store, for a submission may not have as
 * many. */
static void a_folder_holds_so_many(void)
{
	struct house h;
	house_open(&h);
	struct draft d = begin(&h, OWNER);
	const char *folder = with_folder(&d), *entry = with_new_entry(&d);
	d.submission.folders->subject = d.submission.entries->subject = 1;
	for (unsigned i = 0; i < REGISTRY_MEMBERS_OTHERS - 1; i++)
		relate(&d, ASSOCIATION_HAS_MEMBER, folder, entry);
	d.unasked = true;
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	for (unsigned i = 0; i < 3; i++) {
		struct draft more = begin(&h, i < 2 ? OTHER : OWNER);
		relate(&more, ASSOCIATION_HAS_MEMBER, folder, with_new_entry(&more));
		CU_ASSERT_EQUAL(put(&more), i == 1 ? PROBLEM_TOO_MANY_RELATED : PROBLEM_NONE);
	}
	house_close(&h);
}

static void a_unique_id_comes_so_often(void)
{
	struct house h;
	house_open(&h);
	for (unsigned i = 0; i < REGISTRY_SAME_OTHERS; i++) {
		struct draft d = begin(&h, OWNER);
		with_entry(&d, "1.3.1");
		CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	}
	struct draft others = begin(&h, OTHER);
	with_entry(&others, "1.3.1");
	CU_ASSERT_EQUAL(put(&others), PROBLEM_TOO_MANY_RELATED);
	for (unsigned i = REGISTRY_SAME_OTHERS; i <= REGISTRY_SAME_MOST; i++) {
		struct draft d = begin(&h, OWNER);
		with_entry(&d, "1.3.1");
		CU_ASSERT_EQUAL(put(&d),
				i < REGISTRY_SAME_MOST ? PROBLEM_NONE : PROBLEM_TOO_MANY_RELATED);
	}
	house_close(&h);
}

enum { LONG = 4000 }; /* comments */

/* What all queries take that lead over Associations, with few and with many of them that lead to
 * what OTHER keeps to itself. */
struct hung {
	struct house house;
	const char *document, *folder;
};

static void hang(struct hung *g, unsigned times)
{
	struct house *h = &g->house;
	char *comments = arena_alloc(h->arena, LONG + 1);
	struct localized said = { .value = memset(comments, 'x', LONG) };
	h->hidden = NULL;
	for (unsigned i = 0; i < times; i++) {
		struct draft d = begin(h, OTHER);
		const char *entry = with_new_entry(&d);
		d.submission.entries->comments = &said;
		relate(&d, ASSOCIATION_APND, entry, g->document);
		relate(&d, ASSOCIATION_HAS_MEMBER, with_folder(&d), g->document);
		relate(&d, ASSOCIATION_HAS_MEMBER, d.submission.set->id, g->document);
		relate(&d, ASSOCIATION_HAS_MEMBER, g->folder, entry);
		CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	}
	h->hidden = OTHER;
}

static bool takes_entry(void *self, struct arena *each, const struct document_entry *e,
			struct problem *p)
{
	(void)self;
	(void)each;
	(void)e;
	(void)p;
	return true;
}
static bool takes_set(void *self, struct arena *each, const struct submission_set *s,
		      struct problem *p)
{
	(void)self;
	(void)each;
	(void)s;
	(void)p;
	return true;
}
static bool takes_folder(void *self, struct arena *each, const struct folder *f, struct problem *p)
{
	(void)self;
	(void)each;
	(void)f;
	(void)p;
	return true;
}
static bool takes_association(void *self, struct arena *each, const struct association *x,
			      struct problem *p)
{
	(void)self;
	(void)each;
	(void)x;
	(void)p;
	return true;
}

/* Octets of the asker's that it needs, and how much is found. */
static size_t taken_by_query(struct house *h, const struct registry_query *q, size_t *objects)
{
	static const struct registry_taker taker = { .entry = takes_entry,
						     .set = takes_set,
						     .folder = takes_folder,
						     .association = takes_association };
	struct problem p = { .code = PROBLEM_NONE };
	struct admission most = house_admission(h);
	struct leniencies needed = { 0 };
	struct registry_found found;
	struct registry_desk desk = { .arena = arena_create(64 << 20),
				      .region = &h->region,
				      .admission = &most,
				      .sender = region_system(&h->region, OWNER),
				      .needed = &needed,
				      .now = h->now,
				      .txn = store_begin_read(h->store.store, &p) };
	CU_ASSERT_TRUE(document_registry_query(&desk, q, &taker, &found, &p));
	*objects = found.objects + found.associations;
	size_t used = arena_used(desk.arena);
	store_end(desk.txn);
	arena_destroy(desk.arena);
	return used;
}

static size_t taken_by(struct hung *g, enum stored_query kind, size_t *objects)
{
	struct text_value folder = { .value = g->folder }, document = { .value = g->document },
			  appends = { .value = association_type_urn(ASSOCIATION_APND) };
	struct registry_query q = { .kind = kind,
				    .leaf_class = true,
				    .type_stable = true,
				    .association_types = &appends,
				    .uuids = kind == QUERY_GET_FOLDER_AND_CONTENTS ? &folder
										   : &document };
	return taken_by_query(&g->house, &q, objects);
}

static void what_is_hidden_takes_nothing(void)
{
	enum { FEW = 3, MANY = 60 };
	static const struct {
		enum stored_query kind;
		size_t objects;
	} rows[] = {
		{ QUERY_GET_DOCUMENTS_AND_ASSOCIATIONS, 4 },
		{ QUERY_GET_ASSOCIATIONS, 3 },
		{ QUERY_GET_SUBMISSION_SETS, 2 },
		{ QUERY_GET_FOLDERS_FOR_DOCUMENT, 1 },
		{ QUERY_GET_FOLDER_AND_CONTENTS, 3 },
		{ QUERY_GET_RELATED_DOCUMENTS, 3 },
	};
	struct hung g;
	size_t few[COUNT(rows)], objects;
	house_open(&g.house);
	g.document = submitted(&g.house, OWNER);
	struct draft d = begin(&g.house, OWNER);
	g.folder = with_folder(&d);
	relate(&d, ASSOCIATION_HAS_MEMBER, g.folder, g.document);
	relate(&d, ASSOCIATION_APND, with_new_entry(&d), g.document);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	hang(&g, FEW);
	for (size_t i = 0; i < COUNT(rows); i++) {
		few[i] = taken_by(&g, rows[i].kind, &objects);
		CU_ASSERT_EQUAL(objects, rows[i].objects);
	}
	hang(&g, MANY);
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t many = taken_by(&g, rows[i].kind, &objects);
		CU_ASSERT_EQUAL(objects, rows[i].objects);
		CU_ASSERT_EQUAL(many, few[i]);
		if (many != few[i] || objects != rows[i].objects)
			printf("%zu: %zu, %zu, %zu objects\n", i, few[i], many, objects);
	}
	house_close(&g.house);
}

/* Others' entries of the same uniqueId, hidden: those asked for are found, and it takes no more. */
static void a_name_that_others_took_as_well(void)
{
	enum { MANY = 40 };
	static const enum stored_query kinds[] = { QUERY_GET_DOCUMENTS,
						   QUERY_GET_FOLDERS_FOR_DOCUMENT,
						   QUERY_GET_RELATED_DOCUMENTS };
	static const size_t objects[] = { 1, 1, 3 };
	struct text_value name = { .value = "1.3.7" },
			  appends = { .value = association_type_urn(ASSOCIATION_APND) };
	struct house h;
	size_t alone[COUNT(kinds)], found;
	house_open(&h);
	char *comments = arena_alloc(h.arena, LONG + 1);
	struct localized said = { .value = memset(comments, 'x', LONG) };
	struct draft d = begin(&h, OWNER);
	const char *mine = with_entry(&d, name.value);
	relate(&d, ASSOCIATION_HAS_MEMBER, with_folder(&d), mine);
	relate(&d, ASSOCIATION_APND, with_new_entry(&d), mine);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	h.hidden = OTHER;
	for (unsigned others = 0; others <= MANY; others += MANY) {
		for (unsigned i = 0; i < others; i++) {
			struct draft more = begin(&h, OTHER);
			with_entry(&more, name.value);
			more.submission.entries->comments = &said;
			CU_ASSERT_EQUAL(put(&more), PROBLEM_NONE);
		}
		for (size_t i = 0; i < COUNT(kinds); i++) {
			struct registry_query q = { .kind = kinds[i],
						    .leaf_class = true,
						    .type_stable = true,
						    .unique_ids = &name,
						    .association_types = &appends };
			size_t taken = taken_by_query(&h, &q, &found);
			CU_ASSERT_EQUAL(found, objects[i]);
			if (others == 0)
				alone[i] = taken;
			CU_ASSERT_EQUAL(taken, alone[i]);
			if (taken != alone[i])
				printf("%zu: %zu, %zu\n", i, alone[i], taken);
		}
	}
	house_close(&h);
}

/* Of one patient, with long comments; `wanted` of them, spread over all, are of this year. */
static void fill(struct house *h, unsigned times, unsigned wanted)
{
	char *comments = arena_alloc(h->arena, LONG + 1);
	struct localized said = { .value = memset(comments, 'x', LONG) };
	for (unsigned i = 0; i < times; i++) {
		struct draft d = begin(h, i % 2 != 0 ? OTHER : OWNER);
		with_new_entry(&d);
		with_folder(&d);
		d.submission.entries->comments = d.submission.set->comments =
			d.submission.folders->comments = &said;
		d.submission.entries->creation_time = i % (times / wanted) == 0 ? "2026" : "2025";
		CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	}
}

static void what_does_not_match_takes_nothing(void)
{
	enum { SOME = 100, MANY = 400, WANTED = 10 };
	static const enum stored_query kinds[] = { QUERY_FIND_DOCUMENTS, QUERY_FIND_SUBMISSION_SETS,
						   QUERY_FIND_FOLDERS };
	size_t some[COUNT(kinds)], objects[2];
	for (unsigned turn = 0; turn < 2; turn++) {
		struct house h;
		house_open(&h);
		fill(&h, turn == 0 ? SOME : MANY, WANTED);
		for (size_t i = 0; i < COUNT(kinds); i++) {
			struct registry_query q = { .kind = kinds[i],
						    .leaf_class = true,
						    .type_stable = true,
						    .entry_approved = true,
						    .set_approved = true,
						    .folder_approved = true,
						    .patient_id = h.patient };
			q.creation.from = "20260101000000";
			q.submission.from = q.last_update.from = "21000101000000";
			size_t taken = taken_by_query(&h, &q, objects);
			CU_ASSERT_EQUAL(*objects, i == 0 ? WANTED : 0);
			if (turn == 0)
				some[i] = taken;
			/* Of those that match more or fewer may be among the first that are
			 * read. */
			CU_ASSERT(taken <= some[i] + (i == 0 ? WANTED * 2 * LONG : 0));
		}
		house_close(&h);
	}
}

static const struct test tests[] = {
	{ "what does not match takes nothing", what_does_not_match_takes_nothing },
	{ "a name that others took as well", a_name_that_others_took_as_well },
	{ "what is hidden takes nothing", what_is_hidden_takes_nothing },
	{ "others may not crowd a document", others_may_not_crowd_a_document },
	{ "nor through addenda of their own", nor_through_addenda_of_their_own },
	{ "a refusal says how much", a_refusal_says_how_much },
	{ "a folder holds so many", a_folder_holds_so_many },
	{ "a uniqueId comes so often", a_unique_id_comes_so_often },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: how much hangs on one object", tests);
}
