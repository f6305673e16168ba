/* tests/store/registry_bounds_test.c: what one submission costs whoever writes after it. The store
 * is asked through the linker (--wrap), so that looks are counted, not time. */
#include "tests/base/suite.h"

#include <stdatomic.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/registry.h"
#include "tests/store/people.h"

enum { SUBJECT = 7 };

static atomic_ulong looks; /* keys asked for, and keys a scan gave */

bool __real_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool __wrap_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value);
bool __wrap_store_get(struct store_txn *t, struct bytes key, struct arena *a, struct bytes *value)
{
	atomic_fetch_add(&looks, 1);
	return __real_store_get(t, key, a, value);
}

bool __real_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
bool __wrap_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
bool __wrap_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value)
{
	atomic_fetch_add(&looks, 1);
	return __real_store_next(c, key, value);
}

/* A submission that is written down the page. */
struct draft {
	struct fixture *fixture;
	struct submission submission;
	instant now;
};

static const char *uuid(struct fixture *f)
{
	char out[UUID_URN_TEXT];
	random_uuid(&system_random, out);
	return arena_text(f->arena, out);
}

static struct draft begin(struct fixture *f, unsigned number)
{
	struct draft d = { .fixture = f, .now = INT64_C(1766570000000000) + number };
	struct submission_set *s = arena_new(f->arena, struct submission_set);
	*s = (struct submission_set){ .id = uuid(f),
				      .subject = SUBJECT,
				      .unique_id = arena_printf(f->arena, "1.2.%u", number) };
	d.submission.set = s;
	return d;
}

static void relate(struct draft *d, enum association_type type, const char *source,
		   const char *target)
{
	struct arena *a = d->fixture->arena;
	struct association *x = arena_new(a, struct association);
	*x = (struct association){ .id = uuid(d->fixture),
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target,
				   .next = d->submission.associations };
	d->submission.associations = x;
}

static const char *with_entry(struct draft *d, const char *unique_id)
{
	struct document_entry *e = arena_new(d->fixture->arena, struct document_entry);
	*e = (struct document_entry){ .id = uuid(d->fixture),
				      .unique_id = unique_id,
				      .subject = SUBJECT,
				      .hash = "aa",
				      .size = "3",
				      .creation_time = "2026",
				      .next = d->submission.entries };
	d->submission.entries = e;
	relate(d, ASSOCIATION_HAS_MEMBER, d->submission.set->id, e->id);
	return e->id;
}

static const char *with_new_entry(struct draft *d)
{
	return with_entry(d, uuid(d->fixture));
}

static const char *with_folder(struct draft *d)
{
	struct folder *f = arena_new(d->fixture->arena, struct folder);
	*f = (struct folder){ .id = uuid(d->fixture),
			      .unique_id = uuid(d->fixture),
			      .subject = SUBJECT,
			      .next = d->submission.folders };
	d->submission.folders = f;
	return f->id;
}

static bool job(void *with, struct store_txn *t, struct problem *p)
{
	struct draft *d = with;
	return registry_put(t, d->fixture->arena, &d->submission, d->now, p);
}

/* What it came to; cost: the looks it took. */
static enum problem_code put(struct draft *d, unsigned long *cost)
{
	struct problem why = { .code = PROBLEM_NONE };
	atomic_store(&looks, 0);
	store_write(d->fixture->store, job, d, &why);
	if (cost != NULL)
		*cost = atomic_load(&looks);
	return why.code;
}

static enum availability_status status(struct fixture *f, const char *id)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct sealed_entry *e = registry_entry(t, f->arena, id);
	store_end(t);
	return e == NULL ? STATUS_NONE : registry_entry_facts(e).status;
}

/* A document in so many folders, and what replacing it costs. */
static unsigned long replacing_costs(unsigned folders)
{
	struct fixture f;
	unsigned long cost = 0;
	fixture_open(&f);
	struct draft old = begin(&f, 1), new = begin(&f, 2);
	const char *replaced = with_new_entry(&old);
	for (unsigned i = 0; i < folders; i++)
		relate(&old, ASSOCIATION_HAS_MEMBER, with_folder(&old), replaced);
	CU_ASSERT_EQUAL(put(&old, NULL), PROBLEM_NONE);
	relate(&new, ASSOCIATION_RPLC, with_new_entry(&new), replaced);
	CU_ASSERT_EQUAL(put(&new, &cost), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	unsigned members = 0;
	for (struct association *x = registry_to(t, f.arena, new.submission.entries->id); x != NULL;
	     x = x->next)
		members += x->type == ASSOCIATION_HAS_MEMBER;
	CU_ASSERT_EQUAL(members, folders + 1); /* and its submission set's */
	store_end(t);
	fixture_close(&f);
	return cost;
}

static void a_replacement_joins_folders_one_by_one(void)
{
	unsigned long few = replacing_costs(100), many = replacing_costs(400);
	CU_ASSERT(many < 5 * few);
}

static void a_unique_id_is_looked_up_once(void)
{
	struct fixture f;
	unsigned long second = 0, last = 0;
	fixture_open(&f);
	for (unsigned i = 1; i <= 60; i++) {
		struct draft d = begin(&f, i);
		with_entry(&d, "1.3.1");
		CU_ASSERT_EQUAL(put(&d, i == 2 ? &second : &last), PROBLEM_NONE);
	}
	CU_ASSERT_EQUAL(last, second);
	struct draft other = begin(&f, 61);
	with_entry(&other, "1.3.1");
	other.submission.entries->hash = "bb";
	CU_ASSERT_EQUAL(put(&other, NULL), PROBLEM_NON_IDENTICAL_HASH);
	fixture_close(&f);
}

/* Documents, each with so many associations that end at it: its set's, and references to it. */
static const char **crowded(struct fixture *f, unsigned *number, unsigned documents, unsigned ends)
{
	const char **ids = arena_array(f->arena, const char *, documents);
	for (unsigned i = 0; i < documents; i++) {
		struct draft d = begin(f, ++*number);
		ids[i] = with_new_entry(&d);
		for (unsigned n = 1; n < ends; n++)
			relate(&d, ASSOCIATION_HAS_MEMBER, d.submission.set->id, ids[i]);
		CU_ASSERT_EQUAL(put(&d, NULL), PROBLEM_NONE);
	}
	return ids;
}

static void replace(struct draft *d, const char *const *ids, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		relate(d, ASSOCIATION_RPLC, with_new_entry(d), ids[i]);
}

/* Replacing a document of E ends looks at 2 E + 1: twice at each, for addenda and for folders, and
 * at the one that ends at the replacement, its set's. */
static void one_submission_looks_at_so_many(void)
{
	enum { DOCUMENTS = 10, ENDS = (REGISTRY_LOOKED_MOST / DOCUMENTS - 1) / 2, FEW = 2 };
	enum { LOOKED = DOCUMENTS * (2 * ENDS + 1) + 2 * (2 * FEW + 1) };
	struct fixture f;
	unsigned number = 0;
	fixture_open(&f);
	CU_ASSERT_EQUAL(LOOKED, REGISTRY_LOOKED_MOST);
	/* Of each the replacement's own association is the last that ends at it. */
	const char **ids = crowded(&f, &number, DOCUMENTS, ENDS - 1);
	const char **two = crowded(&f, &number, 2, FEW - 1), **one = crowded(&f, &number, 1, FEW);
	struct draft most = begin(&f, ++number), beyond = begin(&f, ++number);
	replace(&beyond, ids, DOCUMENTS);
	replace(&beyond, two, 1);
	replace(&beyond, one, 1);
	CU_ASSERT_EQUAL(put(&beyond, NULL), PROBLEM_TOO_MANY_RELATED);
	CU_ASSERT_EQUAL(status(&f, ids[0]), STATUS_APPROVED);
	CU_ASSERT_EQUAL(status(&f, one[0]), STATUS_APPROVED);
	replace(&most, ids, DOCUMENTS);
	replace(&most, two, 2);
	CU_ASSERT_EQUAL(put(&most, NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(status(&f, ids[0]), STATUS_DEPRECATED);
	fixture_close(&f);
}

/* Addenda, and addenda of these. */
static void one_submission_deprecates_so_many(void)
{
	struct fixture f;
	fixture_open(&f);
	for (unsigned more = 0; more <= 1; more++) {
		struct draft base = begin(&f, 1 + 2 * more), new = begin(&f, 2 + 2 * more);
		const char *root = with_new_entry(&base), *last = root;
		for (unsigned i = 1; i < REGISTRY_DEPRECATED_MOST + more; i++) {
			const char *next = with_new_entry(&base);
			relate(&base, ASSOCIATION_APND, next, last);
			last = next;
		}
		CU_ASSERT_EQUAL(put(&base, NULL), PROBLEM_NONE);
		relate(&new, ASSOCIATION_RPLC, with_new_entry(&new), root);
		CU_ASSERT_EQUAL(put(&new, NULL),
				more == 0 ? PROBLEM_NONE : PROBLEM_TOO_MANY_RELATED);
		CU_ASSERT_EQUAL(status(&f, last), more == 0 ? STATUS_DEPRECATED : STATUS_APPROVED);
	}
	fixture_close(&f);
}

/* As large as an object may be (metadata-object): a slot of others'. */
static struct slot *large_slot(struct fixture *f)
{
	enum { OCTETS = 256 << 10 };
	struct slot *s = arena_new(f->arena, struct slot);
	char *text = arena_alloc(f->arena, OCTETS + 1);
	memset(text, 'v', OCTETS);
	s->name = "urn:example";
	s->values = arena_new(f->arena, struct text_value);
	s->values->value = text;
	return s;
}

/* Together more than a job's memory holds (64 MiB), documents and Associations each by themselves:
 * nobody may keep a document from being replaced by hanging what is large on it. */
static void what_hangs_there_may_be_large(void)
{
	enum { HUNG = 300 };
	struct fixture f;
	fixture_open(&f);
	struct slot *large = large_slot(&f);
	struct draft base = begin(&f, 1), new = begin(&f, 2);
	const char *root = with_new_entry(&base), *last = NULL;
	relate(&base, ASSOCIATION_HAS_MEMBER, with_folder(&base), root);
	base.submission.folders->extra = large;
	CU_ASSERT_EQUAL(put(&base, NULL), PROBLEM_NONE);
	for (unsigned i = 0; i < HUNG; i++) {
		struct arena_mark before = arena_mark(f.arena);
		struct draft d = begin(&f, 10 + i);
		last = with_new_entry(&d);
		relate(&d, ASSOCIATION_APND, last, root);
		d.submission.entries->extra = d.submission.associations->extra = large;
		CU_ASSERT_EQUAL_FATAL(put(&d, NULL), PROBLEM_NONE);
		char *kept = strdup(last);
		arena_rewind(f.arena, &before);
		last = arena_text(f.arena, kept);
		free(kept);
	}
	unsigned left = REGISTRY_LOOKED_MOST;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(registry_hanging(t, f.arena, root, 1000, &left), 2 + HUNG * 2);
	CU_ASSERT(arena_used(f.arena) < 32 << 20);
	store_end(t);
	relate(&new, ASSOCIATION_RPLC, with_new_entry(&new), root);
	CU_ASSERT_EQUAL(put(&new, NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(status(&f, root), STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(status(&f, last), STATUS_DEPRECATED);
	fixture_close(&f);
}

static void what_hangs_on_one_is_counted_step_by_step(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft base = begin(&f, 1), reference = begin(&f, 2);
	const char *root = with_new_entry(&base);
	CU_ASSERT_EQUAL(put(&base, NULL), PROBLEM_NONE);
	const char *hung[3];
	for (unsigned i = 0; i < 3; i++) {
		struct draft d = begin(&f, 10 + i);
		hung[i] = with_new_entry(&d);
		relate(&d, i == 1 ? ASSOCIATION_XFRM : ASSOCIATION_APND, hung[i],
		       i == 2 ? hung[0] : root);
		CU_ASSERT_EQUAL(put(&d, NULL), PROBLEM_NONE);
	}
	relate(&reference, ASSOCIATION_HAS_MEMBER, reference.submission.set->id, hung[2]);
	CU_ASSERT_EQUAL(put(&reference, NULL), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	unsigned left = 100;
	/* Its set's and two addenda; of each addendum its set's, and what hangs on it. */
	CU_ASSERT_EQUAL(registry_hanging(t, f.arena, root, 100, &left), 3 + 2 + 1 + 2);
	CU_ASSERT(left > 0);
	CU_ASSERT_EQUAL(registry_hanging(t, f.arena, root, 4, &left), 4);
	CU_ASSERT_EQUAL(registry_hanging(t, f.arena, hung[0], 100, &left), 2 + 2);
	CU_ASSERT_EQUAL(registry_hanging(t, f.arena, hung[2], 100, &left), 2);
	const struct text_list *up = registry_hangs_on(t, f.arena, hung[2], &left);
	CU_ASSERT_STRING_EQUAL(up->value, hung[2]);
	CU_ASSERT_STRING_EQUAL(up->next->value, hung[0]);
	CU_ASSERT_STRING_EQUAL(up->next->next->value, root);
	CU_ASSERT_PTR_NULL(up->next->next->next);
	left = 3;
	CU_ASSERT_EQUAL(registry_hanging(t, f.arena, root, 100, &left), 3);
	CU_ASSERT_EQUAL(left, 0);
	CU_ASSERT_EQUAL(registry_members(t, base.submission.set->id, 100), 1);
	CU_ASSERT_EQUAL(registry_same(t, base.submission.entries->unique_id, 100), 1);
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "a replacement joins folders one by one", a_replacement_joins_folders_one_by_one },
	{ "a uniqueId is looked up once", a_unique_id_is_looked_up_once },
	{ "one submission looks at so many associations", one_submission_looks_at_so_many },
	{ "one submission deprecates so many documents", one_submission_deprecates_so_many },
	{ "what hangs there may be large", what_hangs_there_may_be_large },
	{ "what hangs on one is counted step by step", what_hangs_on_one_is_counted_step_by_step },
	{ 0 }
};

int main(void)
{
	return suite_run("store: bounds of the registry", tests);
}
