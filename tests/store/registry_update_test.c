/* tests/store/registry_update_test.c: versions of what is registered, and their statuses: what
 * store/registry.h promises of them (R5), what is copied, what bounds it, and that a check finds
 * what contradicts it. Histories of random updates are held against a model. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/registry_record.h"
#include "store/registry_sealed.h"
#include "store/usage.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

enum { SUBJECT = 7 };
#define SYSTEM "b-clinic"

static const char *uuid(struct fixture *f)
{
	char out[UUID_URN_TEXT];
	random_uuid(&system_random, out);
	return arena_text(f->arena, out);
}

/* A submission that grows by what is said of it. */
struct draft {
	struct fixture *fixture;
	struct submission s;
	const struct registry_successor *successors;
	const struct registry_standing *standings;
	instant now;
	bool fail; /* after all was written */
};

static struct draft draft(struct fixture *f, unsigned number)
{
	struct draft d = { .fixture = f, .now = INT64_C(1766570000000000) + number };
	d.s.set = arena_new(f->arena, struct submission_set);
	d.s.set->id = uuid(f);
	d.s.set->unique_id = arena_printf(f->arena, "1.2.%u", number);
	d.s.set->subject = SUBJECT;
	d.s.set->source_system = SYSTEM;
	return d;
}

static const char *relate(struct draft *d, enum association_type type, const char *source,
			  const char *target)
{
	struct association **last = &d->s.associations, *x;
	while (*last != NULL)
		last = &(*last)->next;
	*last = x = arena_new(d->fixture->arena, struct association);
	x->id = uuid(d->fixture);
	x->type = type;
	x->type_urn = association_type_urn(type);
	x->source = source;
	x->target = target;
	x->source_system = SYSTEM;
	return x->id;
}

static const char *add_entry(struct draft *d, const char *unique_id)
{
	struct document_entry *e = arena_new(d->fixture->arena, struct document_entry);
	e->id = uuid(d->fixture);
	e->unique_id = unique_id;
	e->subject = SUBJECT;
	e->source_system = SYSTEM;
	e->hash = "aa";
	e->size = "3";
	e->reference_ids = arena_new(d->fixture->arena, struct text_value);
	e->reference_ids->value = "1^^^&2.999.5&ISO^urn:ihe:iti:xds:2013:order";
	e->next = d->s.entries;
	d->s.entries = e;
	relate(d, ASSOCIATION_HAS_MEMBER, d->s.set->id, e->id);
	return e->id;
}

static const char *add_folder(struct draft *d, const char *unique_id)
{
	struct folder *o = arena_new(d->fixture->arena, struct folder);
	o->id = uuid(d->fixture);
	o->unique_id = unique_id;
	o->subject = SUBJECT;
	o->source_system = SYSTEM;
	o->next = d->s.folders;
	d->s.folders = o;
	relate(d, ASSOCIATION_HAS_MEMBER, d->s.set->id, o->id);
	return o->id;
}

static void follows(struct draft *d, const char *id, const char *previous, bool propagates)
{
	struct registry_successor *v = arena_new(d->fixture->arena, struct registry_successor);
	*v = (struct registry_successor){
		.id = id, .previous = previous, .propagates = propagates, .next = d->successors
	};
	d->successors = v;
}

static void stands(struct draft *d, const char *id, enum availability_status status)
{
	struct registry_standing *n = arena_new(d->fixture->arena, struct registry_standing);
	*n = (struct registry_standing){ .uuid = id, .status = status, .next = d->standings };
	d->standings = n;
}

static bool put_job(void *with, struct store_txn *t, struct problem *p)
{
	struct draft *d = with;
	struct arena *a = d->fixture->arena;
	bool done = d->successors == NULL && d->standings == NULL
			    ? registry_put(t, a, &d->s, d->now, p)
			    : registry_update(t, a, &d->s, d->successors, d->standings, d->now, p);
	return done && (!d->fail || problem_set(p, PROBLEM_BUSY, "not this time"));
}

static enum problem_code put(struct draft *d)
{
	struct problem p = { .code = PROBLEM_NONE };
	store_write(d->fixture->store, put_job, d, &p);
	return p.code;
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &registry_check, &usage_check, NULL };
	struct check_counts counts = { 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

/* Of one entry, as the registry has it. */
static struct document_entry *entry(struct fixture *f, struct store_txn *t, const char *id)
{
	return registry_unseal_entry(registry_entry(t, f->arena, id));
}

static unsigned count_entries(struct fixture *f, struct registry_glance g)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct registry_cursor *c = registry_entries(t, f->arena, SUBJECT, &g);
	unsigned n = 0;
	while (registry_next_entry(c) != NULL)
		n++;
	store_end(t);
	return n;
}

static const struct registry_glance latest = { .approved = true,
					       .deprecated = true,
					       .stable = true };
static const struct registry_glance whatever = {
	.approved = true, .deprecated = true, .stable = true, .former = true
};

/* ---- What is promised ---- */

static void versions_are_numbered(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *v1 = add_entry(&d, "1.3.1"), *ids[4] = { v1 };
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	CU_ASSERT_EQUAL(findings(&f), 0);
	for (unsigned i = 1; i < 4; i++) {
		struct draft next = draft(&f, 1 + i);
		ids[i] = add_entry(&next, "1.3.1");
		follows(&next, ids[i], ids[i - 1], true);
		/* Nothing of it stays of a job that fails after all was written. */
		next.fail = true;
		CU_ASSERT_EQUAL(put(&next), PROBLEM_BUSY);
		CU_ASSERT_EQUAL(count_entries(&f, whatever), i);
		next.fail = false;
		CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
		CU_ASSERT_EQUAL(count_entries(&f, latest), 1);
		CU_ASSERT_EQUAL(findings(&f), 0);
	}
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct registry_cursor *c = registry_entry_versions(t, f.arena, v1);
	for (unsigned i = 0; i < 4; i++) {
		struct sealed_entry *one = registry_next_entry(c);
		CU_ASSERT_PTR_NOT_NULL_FATAL(one);
		struct registry_facts facts = registry_entry_facts(one);
		const struct document_entry *e = registry_unseal_entry(one);
		CU_ASSERT_STRING_EQUAL(e->id, ids[i]);
		CU_ASSERT_STRING_EQUAL(e->logical_id, v1);
		CU_ASSERT_EQUAL(e->version, i + 1);
		CU_ASSERT_EQUAL(facts.former, i != 3);
		CU_ASSERT_EQUAL(facts.status, i != 3 ? STATUS_DEPRECATED : STATUS_APPROVED);
	}
	CU_ASSERT_PTR_NULL(registry_next_entry(c));
	CU_ASSERT_EQUAL(registry_version_count(t, v1, 100), 4);
	CU_ASSERT_EQUAL(registry_version_count(t, v1, 3), 3);
	CU_ASSERT_STRING_EQUAL(registry_unseal_entry(registry_latest_entry(t, f.arena, v1))->id,
			       ids[3]);
	/* By uniqueId it is the latest as well; a later version's id is no logical id. */
	CU_ASSERT_STRING_EQUAL(registry_unseal_entry(registry_entry_of(t, f.arena, "1.3.1"))->id,
			       ids[3]);
	CU_ASSERT_PTR_NULL(registry_latest_entry(t, f.arena, ids[1]));
	CU_ASSERT_PTR_NULL(registry_latest_entry(t, f.arena, "urn:uuid:x"));
	CU_ASSERT_PTR_NULL(registry_latest_folder(t, f.arena, v1));
	CU_ASSERT_PTR_NULL(registry_next_entry(registry_entry_versions(t, f.arena, ids[1])));
	CU_ASSERT_PTR_NULL(registry_next_entry(registry_entry_versions(t, f.arena, "x")));
	CU_ASSERT_PTR_NULL(registry_next_folder(registry_folder_versions(t, f.arena, v1)));
	struct usage u = usage_of(t, SYSTEM);
	CU_ASSERT_TRUE(usage_metadata(&u) > 0);
	store_end(t);
	fixture_close(&f);
}

static void a_folder_has_versions_too(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *f1 = add_folder(&d, "1.4.1"), *e1 = add_entry(&d, "1.3.1");
	relate(&d, ASSOCIATION_HAS_MEMBER, f1, e1);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct registry_cursor *c = registry_folder_versions_of(t, f.arena, "1.4.1");
	CU_ASSERT_PTR_NOT_NULL(registry_next_folder(c));
	CU_ASSERT_PTR_NULL(registry_next_folder(c));
	CU_ASSERT_PTR_NULL(registry_next_folder(registry_folder_versions_of(t, f.arena, "1.4")));
	store_end(t);
	struct draft next = draft(&f, 2);
	next.now += INT64_C(60000000);
	const char *f2 = add_folder(&next, "1.4.1");
	follows(&next, f2, f1, true);
	CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
	t = store_begin_read(f.store, &f.problem);
	c = registry_folder_versions_of(t, f.arena, "1.4.1");
	const struct folder *old = registry_unseal_folder(registry_next_folder(c));
	const struct folder *new = registry_unseal_folder(registry_next_folder(c));
	CU_ASSERT_STRING_EQUAL(old->id, f1);
	CU_ASSERT_STRING_EQUAL(new->id, f2);
	CU_ASSERT_EQUAL(new->version, 2);
	CU_ASSERT_EQUAL(old->status, STATUS_DEPRECATED);
	CU_ASSERT_STRING_NOT_EQUAL(old->last_update_time, new->last_update_time);
	CU_ASSERT_EQUAL(registry_members(t, f2, 10), 1);
	CU_ASSERT_EQUAL(registry_members(t, f1, 10), 1);
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	/* What is put into a folder that is former does not touch it; into the latest it does. */
	struct draft more = draft(&f, 3);
	more.now += INT64_C(120000000);
	const char *e2 = add_entry(&more, "1.3.2");
	relate(&more, ASSOCIATION_HAS_MEMBER, f1, e2);
	relate(&more, ASSOCIATION_HAS_MEMBER, f2, e2);
	CU_ASSERT_EQUAL(put(&more), PROBLEM_NONE);
	t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_STRING_EQUAL(
		registry_unseal_folder(registry_folder(t, f.arena, f1))->last_update_time,
		old->last_update_time);
	CU_ASSERT_STRING_NOT_EQUAL(
		registry_unseal_folder(registry_folder(t, f.arena, f2))->last_update_time,
		new->last_update_time);
	CU_ASSERT_TRUE(registry_folder_facts(registry_folder(t, f.arena, f1)).former);
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static unsigned between(struct fixture *f, const char *source, const char *target)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	unsigned n = 0;
	for (struct association *x = registry_from(t, f->arena, source); x != NULL; x = x->next)
		n += text_equal(x->target, target) && x->status == STATUS_APPROVED;
	store_end(t);
	return n;
}

/* Of an entry that is in an open folder and in one that is Deprecated, related to one that is
 * replaced, and was related to another. */
static void what_holds_is_copied(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *v1 = add_entry(&d, "1.3.1"), *base = add_entry(&d, "1.3.2"),
		   *gone = add_entry(&d, "1.3.3"), *open = add_folder(&d, "1.4.1"),
		   *closed = add_folder(&d, "1.4.2");
	relate(&d, ASSOCIATION_HAS_MEMBER, open, v1);
	relate(&d, ASSOCIATION_HAS_MEMBER, closed, v1);
	relate(&d, ASSOCIATION_SIGNS, v1, base);
	const char *past = relate(&d, ASSOCIATION_SIGNS, gone, v1);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	struct draft status = draft(&f, 2);
	stands(&status, closed, STATUS_DEPRECATED);
	stands(&status, past, STATUS_DEPRECATED);
	stands(&status, base, STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(put(&status), PROBLEM_NONE);
	struct draft next = draft(&f, 3);
	const char *v2 = add_entry(&next, "1.3.1");
	follows(&next, v2, v1, true);
	CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
	CU_ASSERT_EQUAL(between(&f, open, v2), 1);
	CU_ASSERT_EQUAL(between(&f, closed, v2), 0);
	CU_ASSERT_EQUAL(between(&f, v2, base), 1); /* whatever its status: it is the latest */
	CU_ASSERT_EQUAL(between(&f, gone, v2), 0);
	CU_ASSERT_EQUAL(between(&f, open, v1), 1); /* and stays where it was */
	/* A former version's is copied no more, nor what leads to one. */
	struct draft again = draft(&f, 4);
	const char *base2 = add_entry(&again, "1.3.2");
	follows(&again, base2, base, false);
	CU_ASSERT_EQUAL(put(&again), PROBLEM_NONE);
	struct draft third = draft(&f, 5);
	const char *v3 = add_entry(&third, "1.3.1");
	follows(&third, v3, v2, true);
	CU_ASSERT_EQUAL(put(&third), PROBLEM_NONE);
	CU_ASSERT_EQUAL(between(&f, v3, base), 0);
	CU_ASSERT_EQUAL(between(&f, v3, base2), 0);
	CU_ASSERT_EQUAL(between(&f, open, v3), 1);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

/* A folder and its document by one update; with and without propagation. */
static void both_ends_at_once(void)
{
	for (unsigned how = 0; how < 4; how++) {
		struct fixture f;
		fixture_open(&f);
		struct draft d = draft(&f, 1);
		const char *v1 = add_entry(&d, "1.3.1"), *f1 = add_folder(&d, "1.4.1");
		relate(&d, ASSOCIATION_HAS_MEMBER, f1, v1);
		CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
		struct draft next = draft(&f, 2);
		const char *v2 = add_entry(&next, "1.3.1"), *f2 = add_folder(&next, "1.4.1");
		follows(&next, v2, v1, (how & 1) != 0);
		follows(&next, f2, f1, (how & 2) != 0);
		CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
		CU_ASSERT_EQUAL(between(&f, f2, v2), how == 3);
		CU_ASSERT_EQUAL(between(&f, f1, v2) + between(&f, f2, v1), 0);
		CU_ASSERT_EQUAL(findings(&f), 0);
		fixture_close(&f);
	}
}

/* R2 holds of what is Approved again. */
static void what_is_approved_again_is_not_replaced(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *old = add_entry(&d, "1.3.1");
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	struct draft new = draft(&f, 2);
	const char *relation = relate(&new, ASSOCIATION_RPLC, add_entry(&new, "1.3.2"), old);
	CU_ASSERT_EQUAL(put(&new), PROBLEM_NONE);
	struct draft restored = draft(&f, 3);
	stands(&restored, old, STATUS_APPROVED);
	CU_ASSERT_EQUAL(put(&restored), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(registry_association(t, f.arena, relation)->status, STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(entry(&f, t, old)->status, STATUS_APPROVED);
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	struct draft back = draft(&f, 4);
	stands(&back, relation, STATUS_APPROVED);
	CU_ASSERT_EQUAL(put(&back), PROBLEM_METADATA_UPDATE);
	stands(&back, old, STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(put(&back), PROBLEM_NONE);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void hash_and_size_stay(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *v1 = add_entry(&d, "1.3.1");
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	struct draft next = draft(&f, 2);
	const char *v2 = add_entry(&next, "1.3.1");
	next.s.entries->hash = "bb";
	follows(&next, v2, v1, true);
	CU_ASSERT_EQUAL(put(&next), PROBLEM_NON_IDENTICAL_HASH);
	next.s.entries->hash = "aa";
	next.s.entries->size = "4";
	CU_ASSERT_EQUAL(put(&next), PROBLEM_NON_IDENTICAL_SIZE);
	CU_ASSERT_EQUAL(count_entries(&f, whatever), 1);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void offline_is_in_front(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *v1 = add_entry(&d, "1.3.1");
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	struct draft next = draft(&f, 2);
	const char *v2 = add_entry(&next, "1.3.1");
	next.s.entries->document_availability = DOCUMENT_OFFLINE;
	follows(&next, v2, v1, true);
	CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
	struct registry_glance online = latest;
	online.online_only = true;
	CU_ASSERT_EQUAL(count_entries(&f, latest), 1);
	CU_ASSERT_EQUAL(count_entries(&f, online), 0);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

/* ---- Bounds ---- */

static enum problem_code copying(unsigned members)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *f1 = add_folder(&d, "1.4.1");
	for (unsigned i = 0; i < members; i++)
		relate(&d, ASSOCIATION_HAS_MEMBER, f1,
		       add_entry(&d, arena_printf(f.arena, "1.3.%u", i)));
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	struct draft next = draft(&f, 2);
	const char *f2 = add_folder(&next, "1.4.1");
	follows(&next, f2, f1, true);
	enum problem_code code = put(&next);
	if (code != PROBLEM_NONE) {
		/* Without them it may have its version. */
		struct draft bare = draft(&f, 3);
		follows(&bare, add_folder(&bare, "1.4.1"), f1, false);
		CU_ASSERT_EQUAL(put(&bare), PROBLEM_NONE);
	}
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
	return code;
}

static void so_many_are_copied(void)
{
	CU_ASSERT_EQUAL(copying(REGISTRY_COPIED_MOST), PROBLEM_NONE);
	CU_ASSERT_EQUAL(copying(REGISTRY_COPIED_MOST + 1), PROBLEM_TOO_MANY_RELATED);
}

/* ---- Removal ---- */

struct removing {
	struct fixture *fixture;
	const char *const *ids;
};

static bool removal_job(void *with, struct store_txn *t, struct problem *p)
{
	struct removing *r = with;
	struct text_value *first = NULL;
	for (const char *const *id = r->ids; *id != NULL; id++) {
		struct text_value *v = arena_new(r->fixture->arena, struct text_value);
		*v = (struct text_value){ *id, first };
		first = v;
	}
	return registry_remove(t, r->fixture->arena, first, p);
}

static enum problem_code take_away(struct fixture *f, const char *const *ids)
{
	struct removing r = { f, ids };
	struct problem p = { .code = PROBLEM_NONE };
	store_write(f->store, removal_job, &r, &p);
	return p.code;
}

static void versions_are_removed_together(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *v1 = add_entry(&d, "1.3.1"), *f1 = add_folder(&d, "1.4.1");
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	struct draft next = draft(&f, 2);
	const char *v2 = add_entry(&next, "1.3.1"), *f2 = add_folder(&next, "1.4.1");
	follows(&next, v2, v1, true);
	follows(&next, f2, f1, true);
	CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
	const char *first[] = {
		d.s.set->id, v1, f1, d.s.associations->id, d.s.associations->next->id, NULL
	};
	const char *second[] = {
		next.s.set->id, v2, f2, next.s.associations->id, next.s.associations->next->id, NULL
	};
	CU_ASSERT_EQUAL(take_away(&f, first), PROBLEM_REFERENCES_EXIST);
	CU_ASSERT_EQUAL(take_away(&f, second), PROBLEM_REFERENCES_EXIST);
	const char *all[COUNT(first) + COUNT(second)] = { NULL };
	for (size_t i = 0; i < COUNT(first) - 1; i++) {
		all[2 * i] = first[i];
		all[2 * i + 1] = second[i];
	}
	CU_ASSERT_EQUAL(take_away(&f, all), PROBLEM_NONE);
	CU_ASSERT_EQUAL(count_entries(&f, whatever), 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(registry_version_count(t, v1, 10), 0);
	CU_ASSERT_PTR_NULL(registry_folder_of(t, f.arena, "1.4.1"));
	struct usage u = usage_of(t, SYSTEM);
	CU_ASSERT_EQUAL(usage_metadata(&u), 0);
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	/* The same ids may come again. */
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

/* ---- What a check finds ---- */

enum damage { ROW_GONE, ROW_OF_FIRST, ROW_BEYOND, ROW_OF_NOTHING, FORMER_LATEST, LATEST_FORMER };

struct damaging {
	enum damage how;
	const char *lid;
	struct arena *arena;
};

/* The place of that version. */
static struct bytes place_of(struct store_txn *t, struct arena *a, const char *lid, uint32_t n)
{
	struct key k;
	struct bytes place = { 0 };
	version_key(lid, n, &k);
	store_get(t, key_span(&k), a, &place);
	return place;
}

static bool damage_job(struct store_txn *t, const void *with)
{
	const struct damaging *d = with;
	struct key k;
	struct bytes place, record;
	switch (d->how) {
	case ROW_GONE:
	case ROW_OF_FIRST:
		version_key(d->lid, d->how == ROW_GONE ? 2 : 1, &k);
		return store_delete(t, key_span(&k));
	case ROW_BEYOND:
	case ROW_OF_NOTHING:
		place = place_of(t, d->arena, d->lid, 2);
		version_key(d->lid, d->how == ROW_BEYOND ? 3 : 9, &k);
		return store_put(t, key_span(&k), place);
	default:
		place = place_of(t, d->arena, d->lid, d->how == FORMER_LATEST ? 1 : 2);
		if (!store_get(t, place, d->arena, &record))
			return false;
		return store_put(t, place,
				 d->how == LATEST_FORMER
					 ? record_of_former(d->arena, record)
					 : record_with_status(d->arena, record, STATUS_APPROVED));
	}
}

static void a_check_finds_what_contradicts(void)
{
	for (enum damage how = ROW_GONE; how <= LATEST_FORMER; how++) {
		struct fixture f;
		fixture_open(&f);
		struct draft d = draft(&f, 1);
		const char *v1 = add_entry(&d, "1.3.1");
		CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
		struct draft next = draft(&f, 2);
		follows(&next, add_entry(&next, "1.3.1"), v1, true);
		CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
		CU_ASSERT_EQUAL(findings(&f), 0);
		struct damaging damaging = { how, v1, f.arena };
		CU_ASSERT_TRUE(in_job(&f, damage_job, &damaging));
		CU_ASSERT_TRUE(findings(&f) > 0);
		fixture_close(&f);
	}
}

/* ---- Other forms ---- */

static const char *add_form(struct draft *d, const char *unique_id, const char *document)
{
	struct object_source *of = arena_new(d->fixture->arena, struct object_source);
	*of = (struct object_source){ .subject = SUBJECT, .system = SYSTEM, .document = document };
	const char *id = add_entry(d, unique_id);
	d->s.entries->sources = of;
	d->s.entries->type = ENTRY_ON_DEMAND;
	d->s.entries->hash = d->s.entries->size = NULL;
	return id;
}

/* Nobody would see one whose document is gone, nor know why. */
static void a_form_of_nothing_is_found(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *e = add_entry(&d, "1.3.1");
	add_form(&d, "1.3.2", e);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	CU_ASSERT_EQUAL(findings(&f), 0);
	struct draft next = draft(&f, 2);
	add_form(&next, "1.3.3", d.s.set->id);
	CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
	CU_ASSERT_EQUAL(findings(&f), 1);
	fixture_close(&f);
}

/* A form follows the document it is of, and not what else it is said to be a transform of. */
static void a_form_follows_its_own(void)
{
	struct fixture f;
	fixture_open(&f);
	struct draft d = draft(&f, 1);
	const char *e = add_entry(&d, "1.3.1"), *other = add_entry(&d, "1.3.2");
	const char *form = add_form(&d, "1.3.3", e);
	relate(&d, ASSOCIATION_XFRM, form, e);
	relate(&d, ASSOCIATION_XFRM, form, other);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
	const char *followed[] = { other, e };
	for (unsigned i = 0; i < COUNT(followed); i++) {
		struct draft next = draft(&f, 2 + i);
		follows(&next, add_entry(&next, i == 0 ? "1.3.2" : "1.3.1"), followed[i], true);
		stands(&next, next.s.entries->id, STATUS_DEPRECATED);
		CU_ASSERT_EQUAL(put(&next), PROBLEM_NONE);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(registry_version_count(t, form, 9), 1 + i);
		CU_ASSERT_EQUAL(
			registry_entry_facts(registry_latest_entry(t, f.arena, form)).status,
			i == 0 ? STATUS_APPROVED : STATUS_DEPRECATED);
		store_end(t);
	}
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

/* ---- Histories ---- */

enum { LINES_MOST = 12, STEPS = 50, HISTORIES = 6 };

/* A logical object as the model knows it. */
struct line {
	const char *lid, *latest, *unique_id;
	unsigned versions;
	bool folder, deprecated;
};

struct history {
	struct fixture f;
	struct line lines[LINES_MOST];
	unsigned count, number;
	uint64_t seed;
};

static unsigned draw(struct history *h, unsigned below)
{
	h->seed = h->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(h->seed >> 33) % below;
}

static void begin_line(struct history *h)
{
	struct line *l = &h->lines[h->count++];
	struct draft d = draft(&h->f, ++h->number);
	l->folder = draw(h, 3) == 0;
	l->unique_id = arena_printf(h->f.arena, "1.%u.%u", l->folder ? 4 : 3, h->number);
	l->lid = l->latest = l->folder ? add_folder(&d, l->unique_id) : add_entry(&d, l->unique_id);
	l->versions = 1;
	const struct line *other = &h->lines[draw(h, h->count)];
	if (!l->folder && other != l && !other->deprecated)
		relate(&d, other->folder ? ASSOCIATION_HAS_MEMBER : ASSOCIATION_APND,
		       other->folder ? other->latest : l->latest,
		       other->folder ? l->latest : other->latest);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
}

static void step_lines(struct history *h)
{
	struct draft d = draft(&h->f, ++h->number);
	unsigned updated = 0;
	for (unsigned i = 0; i < h->count; i++) {
		struct line *l = &h->lines[i];
		if (l->deprecated || draw(h, 4) != 0)
			continue;
		const char *id = l->folder ? add_folder(&d, l->unique_id)
					   : add_entry(&d, l->unique_id);
		follows(&d, id, l->latest, draw(h, 3) != 0);
		l->latest = id;
		l->versions++;
		updated++;
	}
	if (updated != 0)
		CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
}

static void step_status(struct history *h)
{
	struct line *l = &h->lines[draw(h, h->count)];
	struct draft d = draft(&h->f, ++h->number);
	l->deprecated = !l->deprecated;
	stands(&d, l->latest, l->deprecated ? STATUS_DEPRECATED : STATUS_APPROVED);
	CU_ASSERT_EQUAL(put(&d), PROBLEM_NONE);
}

static void compare(struct history *h)
{
	struct store_txn *t = store_begin_read(h->f.store, &h->f.problem);
	struct arena *a = arena_create_within(h->f.arena);
	for (unsigned i = 0; i < h->count; i++) {
		const struct line *l = &h->lines[i];
		CU_ASSERT_EQUAL(registry_version_count(t, l->lid, 1000), l->versions);
		const struct registry_facts facts =
			l->folder ? registry_folder_facts(registry_latest_folder(t, a, l->lid))
				  : registry_entry_facts(registry_latest_entry(t, a, l->lid));
		CU_ASSERT_FALSE(facts.former);
		CU_ASSERT_EQUAL(facts.status, l->deprecated ? STATUS_DEPRECATED : STATUS_APPROVED);
		const char *id =
			l->folder ? registry_unseal_folder(registry_latest_folder(t, a, l->lid))->id
				  : registry_unseal_entry(registry_latest_entry(t, a, l->lid))->id;
		CU_ASSERT_STRING_EQUAL(id, l->latest);
		arena_reset(a);
	}
	store_end(t);
}

static void histories(void)
{
	for (uint64_t seed = 1; seed <= HISTORIES; seed++) {
		struct history h = { .seed = seed };
		fixture_open(&h.f);
		begin_line(&h);
		for (unsigned i = 0; i < STEPS; i++) {
			switch (draw(&h, 4)) {
			case 0:
				if (h.count < LINES_MOST)
					begin_line(&h);
				break;
			case 1: step_status(&h); break;
			default: step_lines(&h);
			}
			compare(&h);
		}
		CU_ASSERT_EQUAL(findings(&h.f), 0);
		fixture_close(&h.f);
	}
}

static const struct test tests[] = {
	{ "R5 versions are numbered, and all but the last are Deprecated", versions_are_numbered },
	{ "a folder has versions, too", a_folder_has_versions_too },
	{ "what holds is copied", what_holds_is_copied },
	{ "both ends at once", both_ends_at_once },
	{ "what is Approved again is not replaced", what_is_approved_again_is_not_replaced },
	{ "R3 hash and size stay", hash_and_size_stay },
	{ "Offline is in front", offline_is_in_front },
	{ "so many are copied", so_many_are_copied },
	{ "versions are removed together", versions_are_removed_together },
	{ "a check finds what contradicts", a_check_finds_what_contradicts },
	{ "a form of nothing is found", a_form_of_nothing_is_found },
	{ "R6 a form follows its own", a_form_follows_its_own },
	{ "histories", histories },
	{ 0 }
};

int main(void)
{
	return suite_run("store: versions of the registry", tests);
}
