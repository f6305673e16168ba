/* tests/store/registry_moving_test.c: what was registered elsewhere is registered as it was there
 * (registry_take_over()): statuses, versions, a folder's time; what cannot be is refused, and a
 * check finds nothing. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/registry.h"
#include "store/registry_sealed.h"
#include "store/usage.h"
#include "tests/store/people.h"

enum { SUBJECT = 7 };
#define SYSTEM "b-clinic"
#define TIME "20250102030405"

struct moving {
	struct fixture *f;
	struct submission s;
};

static const char *uuid(struct fixture *f)
{
	char out[UUID_URN_TEXT];
	random_uuid(&system_random, out);
	return arena_text(f->arena, out);
}

static struct moving moving(struct fixture *f, const char *unique_id)
{
	struct moving m = { .f = f };
	m.s.set = arena_new(f->arena, struct submission_set);
	*m.s.set = (struct submission_set){
		.id = uuid(f), .unique_id = unique_id, .subject = SUBJECT, .source_system = SYSTEM
	};
	return m;
}

static struct document_entry *entry(struct moving *m, const char *unique_id, const char *logical_id,
				    uint32_t version, enum availability_status status)
{
	struct document_entry *e = arena_new(m->f->arena, struct document_entry);
	*e = (struct document_entry){ .id = uuid(m->f),
				      .unique_id = unique_id,
				      .logical_id = logical_id,
				      .version = version,
				      .status = status,
				      .hash = "aa",
				      .size = "3",
				      .subject = SUBJECT,
				      .source_system = SYSTEM,
				      .next = m->s.entries };
	if (logical_id == NULL)
		e->logical_id = e->id;
	m->s.entries = e;
	return e;
}

static struct folder *folder(struct moving *m, const char *unique_id, uint32_t version)
{
	struct folder *o = arena_new(m->f->arena, struct folder);
	*o = (struct folder){ .id = uuid(m->f),
			      .unique_id = unique_id,
			      .version = version,
			      .status = STATUS_APPROVED,
			      .last_update_time = TIME,
			      .subject = SUBJECT,
			      .source_system = SYSTEM };
	o->logical_id = o->id;
	m->s.folders = o;
	return o;
}

static const char *relate(struct moving *m, enum association_type type, const char *source,
			  const char *target, enum availability_status status)
{
	struct association *x = arena_new(m->f->arena, struct association);
	*x = (struct association){ .id = uuid(m->f),
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target,
				   .status = status,
				   .source_system = SYSTEM,
				   .next = m->s.associations };
	m->s.associations = x;
	return x->id;
}

static bool take_job(void *with, struct store_txn *t, struct problem *p)
{
	struct moving *m = with;
	return registry_take_over(t, m->f->arena, &m->s, INT64_C(1766570000000000), p);
}

static enum problem_code take(struct moving *m)
{
	struct problem p = { .code = PROBLEM_NONE };
	store_write(m->f->store, take_job, m, &p);
	return p.code;
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &registry_check, &usage_check, NULL };
	struct check_counts counts = { 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static void it_is_as_it_was(void)
{
	struct fixture f;
	fixture_open(&f);
	struct moving m = moving(&f, "1.2.1");
	const struct document_entry *old = entry(&m, "1.3.1", NULL, 1, STATUS_DEPRECATED),
				    *new = entry(&m, "1.3.2", NULL, 1, STATUS_APPROVED);
	const struct folder *o = folder(&m, "1.4.1", 1);
	relate(&m, ASSOCIATION_HAS_MEMBER, m.s.set->id, old->id, STATUS_APPROVED);
	relate(&m, ASSOCIATION_HAS_MEMBER, m.s.set->id, new->id, STATUS_APPROVED);
	relate(&m, ASSOCIATION_HAS_MEMBER, m.s.set->id, o->id, STATUS_APPROVED);
	const char *inside = relate(&m, ASSOCIATION_HAS_MEMBER, o->id, old->id, STATUS_DEPRECATED),
		   *rplc = relate(&m, ASSOCIATION_RPLC, new->id, old->id, STATUS_APPROVED);
	CU_ASSERT_EQUAL(take(&m), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(registry_entry_facts(registry_entry(t, f.arena, old->id)).status,
			STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(registry_entry_facts(registry_entry(t, f.arena, new->id)).status,
			STATUS_APPROVED);
	CU_ASSERT_EQUAL(registry_association(t, f.arena, inside)->status, STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(registry_association(t, f.arena, rplc)->status, STATUS_APPROVED);
	CU_ASSERT_STRING_EQUAL(
		registry_unseal_folder(registry_folder(t, f.arena, o->id))->last_update_time, TIME);
	/* Nothing follows from it: the replacement is in no folder it was not in. */
	CU_ASSERT_EQUAL(registry_members(t, o->id, 10), 1);
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void versions_come_in_their_order(void)
{
	struct fixture f;
	fixture_open(&f);
	struct moving first = moving(&f, "1.2.1"), third = moving(&f, "1.2.3"),
		      second = moving(&f, "1.2.2");
	const struct document_entry *v1 = entry(&first, "1.3.1", NULL, 1, STATUS_DEPRECATED);
	relate(&first, ASSOCIATION_HAS_MEMBER, first.s.set->id, v1->id, STATUS_APPROVED);
	const struct document_entry *v3 = entry(&third, "1.3.1", v1->id, 3, STATUS_APPROVED);
	relate(&third, ASSOCIATION_HAS_MEMBER, third.s.set->id, v3->id, STATUS_APPROVED);
	const struct document_entry *v2 = entry(&second, "1.3.1", v1->id, 2, STATUS_DEPRECATED);
	relate(&second, ASSOCIATION_HAS_MEMBER, second.s.set->id, v2->id, STATUS_APPROVED);
	CU_ASSERT_EQUAL(take(&third), PROBLEM_METADATA_VERSION);
	CU_ASSERT_EQUAL(take(&first), PROBLEM_NONE);
	CU_ASSERT_EQUAL(take(&third), PROBLEM_METADATA_VERSION);
	CU_ASSERT_EQUAL(take(&second), PROBLEM_NONE);
	CU_ASSERT_EQUAL(take(&third), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(registry_version_count(t, v1->id, 10), 3);
	CU_ASSERT_STRING_EQUAL(registry_unseal_entry(registry_latest_entry(t, f.arena, v1->id))->id,
			       v3->id);
	CU_ASSERT_TRUE(registry_entry_facts(registry_entry(t, f.arena, v2->id)).former);
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

/* What was offered of the first one here, follows those that come after it. */
static void a_form_follows_what_comes(void)
{
	struct fixture f;
	fixture_open(&f);
	struct moving first = moving(&f, "1.2.1"), second = moving(&f, "1.2.2");
	const struct document_entry *v1 = entry(&first, "1.3.1", NULL, 1, STATUS_APPROVED);
	const struct object_source of = { SUBJECT, SYSTEM, NULL, v1->id };
	struct document_entry *form = entry(&first, "1.3.2", NULL, 1, STATUS_APPROVED);
	form->hash = form->size = NULL;
	form->type = ENTRY_ON_DEMAND;
	form->sources = &of;
	for (const struct document_entry *e = first.s.entries; e != NULL; e = e->next)
		relate(&first, ASSOCIATION_HAS_MEMBER, first.s.set->id, e->id, STATUS_APPROVED);
	relate(&first, ASSOCIATION_XFRM, form->id, v1->id, STATUS_APPROVED);
	CU_ASSERT_EQUAL(take(&first), PROBLEM_NONE);
	struct document_entry *v2 = entry(&second, "1.3.1", v1->id, 2, STATUS_APPROVED);
	v2->language_code = "ja-JP";
	relate(&second, ASSOCIATION_HAS_MEMBER, second.s.set->id, v2->id, STATUS_APPROVED);
	CU_ASSERT_EQUAL(take(&second), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const struct document_entry *now = registry_unseal_entry(
		registry_latest_entry(t, f.arena, form->id));
	CU_ASSERT_EQUAL(now->version, 2);
	CU_ASSERT_STRING_EQUAL(now->language_code, "ja-JP");
	CU_ASSERT_STRING_EQUAL(registry_to(t, f.arena, v2->id)->source, now->id);
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void what_cannot_be_is_refused(void)
{
	struct fixture f;
	fixture_open(&f);
	struct moving m = moving(&f, "1.2.1"), again = moving(&f, "1.2.1"),
		      zero = moving(&f, "1.2.4"), own = moving(&f, "1.2.5"),
		      end = moving(&f, "1.2.6"), other = moving(&f, "1.2.7");
	const struct document_entry *e = entry(&m, "1.3.1", NULL, 1, STATUS_APPROVED);
	CU_ASSERT_EQUAL(take(&m), PROBLEM_NONE);
	CU_ASSERT_EQUAL(take(&again), PROBLEM_DUPLICATE_IN_REGISTRY);
	entry(&zero, "1.3.4", NULL, 0, STATUS_APPROVED);
	CU_ASSERT_EQUAL(take(&zero), PROBLEM_METADATA_VERSION);
	entry(&own, "1.3.5", NULL, 2, STATUS_APPROVED);
	CU_ASSERT_EQUAL(take(&own), PROBLEM_METADATA_VERSION);
	relate(&end, ASSOCIATION_HAS_MEMBER, end.s.set->id, uuid(&f), STATUS_APPROVED);
	CU_ASSERT_NOT_EQUAL(take(&end), PROBLEM_NONE);
	entry(&other, "1.3.1", NULL, 1, STATUS_APPROVED)->hash = "bb";
	CU_ASSERT_EQUAL(take(&other), PROBLEM_NON_IDENTICAL_HASH);
	/* Associations alone, between what is there. */
	struct moving late = { .f = &f };
	relate(&late, ASSOCIATION_HAS_MEMBER, m.s.set->id, e->id, STATUS_APPROVED);
	CU_ASSERT_EQUAL(take(&late), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_PTR_NOT_NULL(registry_from(t, f.arena, m.s.set->id));
	CU_ASSERT_PTR_NULL(registry_submission_set_of(t, f.arena, "1.2.6"));
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static const struct test tests[] = { { "it is as it was", it_is_as_it_was },
				     { "versions come in their order",
				       versions_come_in_their_order },
				     { "a form follows what comes", a_form_follows_what_comes },
				     { "what cannot be is refused", what_cannot_be_is_refused },
				     { 0 } };

int main(void)
{
	return suite_run("store: what was registered elsewhere", tests);
}
