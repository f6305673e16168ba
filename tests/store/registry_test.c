/* tests/store/registry_test.c: the promises of store/registry.h and store/repository.h. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "store/registry_record.h"
#include "store/registry_sealed.h"
#include "store/repository.h"
#include "tests/store/people.h"

enum { SUBJECT = 7, OTHER_SUBJECT = 8 };

/* A submission of one document, and what is to become of it. */
struct putting {
	struct fixture *fixture;
	struct submission submission;
	struct submission_set set;
	struct document_entry entry;
	struct folder folder;
	struct association member, folder_of_set, folder_member, of_set, relation;
	instant now;
	bool fail;    /* the job fails after all was written */
	bool audited; /* and an audit record was, too */
};

static const char *uuid(struct fixture *f)
{
	char out[UUID_URN_TEXT];
	random_uuid(&system_random, out);
	return arena_text(f->arena, out);
}

static struct association *append(struct submission *s, struct association *x)
{
	struct association **last = &s->associations;
	while (*last != NULL)
		last = &(*last)->next;
	return *last = x;
}

static void associate(struct putting *p, struct association *x, enum association_type type,
		      const char *source, const char *target)
{
	*x = (struct association){ .id = uuid(p->fixture),
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target };
	append(&p->submission, x);
}

static void prepare(struct fixture *f, struct putting *p, unsigned number, const char *hash)
{
	*p = (struct putting){ .fixture = f, .now = INT64_C(1766570000000000) + number };
	p->set = (struct submission_set){ .id = uuid(f),
					  .unique_id = arena_printf(f->arena, "1.2.%u", number),
					  .subject = SUBJECT };
	p->entry = (struct document_entry){ .id = uuid(f),
					    .unique_id = arena_printf(f->arena, "1.3.%u", number),
					    .subject = SUBJECT,
					    .hash = hash,
					    .size = "3",
					    .creation_time = "2026" };
	p->submission.set = &p->set;
	p->submission.entries = &p->entry;
	associate(p, &p->member, ASSOCIATION_HAS_MEMBER, p->set.id, p->entry.id);
}

static void with_folder(struct putting *p)
{
	p->folder = (struct folder){ .id = uuid(p->fixture),
				     .unique_id = "1.4.1",
				     .subject = SUBJECT };
	p->submission.folders = &p->folder;
	associate(p, &p->folder_of_set, ASSOCIATION_HAS_MEMBER, p->set.id, p->folder.id);
	associate(p, &p->folder_member, ASSOCIATION_HAS_MEMBER, p->folder.id, p->entry.id);
	associate(p, &p->of_set, ASSOCIATION_HAS_MEMBER, p->set.id, p->folder_member.id);
}

static bool job(void *with, struct store_txn *t, struct problem *p)
{
	struct putting *put = with;
	struct audit_terms terms = { .time = put->now };
	uint64_t sequence;
	if (!registry_put(t, put->fixture->arena, &put->submission, put->now, p))
		return false;
	if (put->audited)
		audit_log_append(t,
				 audit_log_draft(store_arena(t), bytes_of_text("record"), &terms),
				 &sequence);
	return !put->fail || problem_set(p, PROBLEM_BUSY, "not this time");
}

static enum problem_code put(struct putting *p)
{
	struct problem why = { .code = PROBLEM_NONE };
	store_write(p->fixture->store, job, p, &why);
	return why.code;
}

static unsigned entries(struct fixture *f, uint64_t subject, bool deprecated)
{
	struct registry_glance g = {
		.approved = true, .deprecated = deprecated, .stable = true, .on_demand = true
	};
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct registry_cursor *c = registry_entries(t, f->arena, subject, &g);
	unsigned n = 0;
	while (registry_next_entry(c) != NULL)
		n++;
	store_end(t);
	return n;
}

static enum availability_status status(struct fixture *f, const char *id)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct sealed_entry *e = registry_entry(t, f->arena, id);
	store_end(t);
	return e == NULL ? STATUS_NONE : registry_entry_facts(e).status;
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &registry_check, &repository_check,
							      NULL };
	struct check_counts counts = { 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static void a_submission_is_visible_whole_or_not_at_all(void)
{
	struct fixture f;
	struct putting p;
	fixture_open(&f);
	prepare(&f, &p, 1, "aa");
	with_folder(&p);
	p.fail = true;
	struct store_txn *before = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(put(&p), PROBLEM_BUSY);
	CU_ASSERT_EQUAL(entries(&f, SUBJECT, true), 0);
	CU_ASSERT_FALSE(registry_has(before, p.set.id));
	p.fail = false;
	CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
	/* a snapshot begun before sees nothing of it */
	CU_ASSERT_FALSE(registry_has(before, p.entry.id));
	store_end(before);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const char *ids[] = { p.set.id,    p.entry.id,         p.folder.id,
			      p.member.id, p.folder_member.id, p.of_set.id };
	for (size_t i = 0; i < COUNT(ids); i++)
		CU_ASSERT_TRUE(registry_has(t, ids[i]));
	CU_ASSERT_PTR_NOT_NULL(registry_submission_set_of(t, f.arena, "1.2.1"));
	CU_ASSERT_PTR_NOT_NULL(registry_folder_of(t, f.arena, "1.4.1"));
	CU_ASSERT_PTR_NOT_NULL(registry_entry_of(t, f.arena, "1.3.1"));
	CU_ASSERT_PTR_NULL(registry_entry_of(t, f.arena, "1.3"));
	CU_ASSERT_PTR_NULL(registry_folder(t, f.arena, p.entry.id));
	CU_ASSERT_PTR_NULL(registry_entry(t, f.arena, "Document01"));
	store_end(t);
	/* What is there already is refused, and nothing of the rest is kept. */
	const char *entry = p.entry.id;
	prepare(&f, &p, 2, "aa");
	p.entry.id = entry;
	CU_ASSERT_EQUAL(put(&p), PROBLEM_REGISTRY_METADATA);
	prepare(&f, &p, 2, "aa");
	p.set.unique_id = "1.2.1";
	CU_ASSERT_EQUAL(put(&p), PROBLEM_DUPLICATE_IN_REGISTRY);
	CU_ASSERT_EQUAL(entries(&f, SUBJECT, true), 1);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(entries(&f, SUBJECT, true), 1);
	fixture_close(&f);
}

static void replacement_deprecates(void)
{
	struct fixture f;
	struct putting base, addendum, new;
	fixture_open(&f);
	prepare(&f, &base, 1, "aa");
	with_folder(&base);
	CU_ASSERT_EQUAL(put(&base), PROBLEM_NONE);
	prepare(&f, &addendum, 2, "bb");
	associate(&addendum, &addendum.relation, ASSOCIATION_APND, addendum.entry.id,
		  base.entry.id);
	CU_ASSERT_EQUAL(put(&addendum), PROBLEM_NONE);
	prepare(&f, &new, 3, "cc");
	new.now += INT64_C(60000000);
	associate(&new, &new.relation, ASSOCIATION_RPLC, new.entry.id, base.entry.id);
	CU_ASSERT_EQUAL(put(&new), PROBLEM_NONE);
	CU_ASSERT_EQUAL(status(&f, base.entry.id), STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(status(&f, addendum.entry.id), STATUS_DEPRECATED);
	CU_ASSERT_EQUAL(status(&f, new.entry.id), STATUS_APPROVED);
	CU_ASSERT_EQUAL(entries(&f, SUBJECT, false), 1);
	CU_ASSERT_EQUAL(entries(&f, SUBJECT, true), 3);
	CU_ASSERT_EQUAL(entries(&f, OTHER_SUBJECT, true), 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	unsigned members = 0, of_set = 0;
	for (struct association *x = registry_from(t, f.arena, base.folder.id); x != NULL;
	     x = x->next)
		members += text_equal(x->target, new.entry.id);
	for (struct association *x = registry_from(t, f.arena, new.set.id); x != NULL; x = x->next)
		of_set++;
	CU_ASSERT_EQUAL(members, 1);
	CU_ASSERT_EQUAL(of_set, 2);
	char now[DTM_TEXT];
	instant_to_dtm(new.now, now);
	CU_ASSERT_STRING_EQUAL(registry_unseal_folder(registry_folder(t, f.arena, base.folder.id))
				       ->last_update_time,
			       now);
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void one_unique_id_one_hash(void)
{
	struct fixture f;
	struct putting p;
	fixture_open(&f);
	prepare(&f, &p, 1, "aa");
	CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
	prepare(&f, &p, 2, "AA");
	p.entry.unique_id = "1.3.1";
	CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
	prepare(&f, &p, 3, "ab");
	p.entry.unique_id = "1.3.1";
	CU_ASSERT_EQUAL(put(&p), PROBLEM_NON_IDENTICAL_HASH);
	prepare(&f, &p, 3, "aa");
	p.entry.unique_id = "1.3.1";
	p.entry.size = "4";
	CU_ASSERT_EQUAL(put(&p), PROBLEM_NON_IDENTICAL_SIZE);
	CU_ASSERT_EQUAL(entries(&f, SUBJECT, true), 2);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct registry_cursor *c = registry_entries_of(t, f.arena, "1.3.1");
	/* oldest first, each as submitted */
	CU_ASSERT_STRING_EQUAL(registry_document_of(registry_next_entry(c)).hash, "aa");
	CU_ASSERT_STRING_EQUAL(registry_document_of(registry_next_entry(c)).hash, "AA");
	CU_ASSERT_PTR_NULL(registry_next_entry(c));
	CU_ASSERT_PTR_NULL(registry_next_entry(registry_entries_of(t, f.arena, "1.3")));
	store_end(t);
	fixture_close(&f);
}

static void a_change_and_its_audit_record(void)
{
	struct fixture f;
	struct putting p;
	struct audit_head head;
	fixture_open(&f);
	for (unsigned round = 0; round < 2; round++) {
		prepare(&f, &p, 1, "aa");
		p.audited = true;
		p.fail = round == 0;
		put(&p);
		fixture_reopen(&f);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_TRUE(audit_log_head(t, &head));
		CU_ASSERT_EQUAL(head.sequence, round);
		CU_ASSERT_EQUAL(registry_has(t, p.entry.id), round == 1);
		store_end(t);
	}
	fixture_close(&f);
}

struct keeping {
	struct fixture *fixture;
	const char *unique_id, *octets;
};

static bool keep_job(void *with, struct store_txn *t, struct problem *p)
{
	struct keeping *k = with;
	struct blob b;
	struct kept_document d = { .repository_unique_id = "1.9",
				   .unique_id = k->unique_id,
				   .mime_type = "text/plain" };
	if (!blob_of_bytes(k->fixture->store, k->fixture->arena, bytes_of_text(k->octets), &b, p))
		return false;
	memcpy(d.sha256, b.sha256, sizeof d.sha256);
	d.size = b.size;
	return repository_put(t, k->fixture->arena, &d, &b, p);
}

static enum problem_code keep(struct fixture *f, const char *unique_id, const char *octets)
{
	struct keeping k = { f, unique_id, octets };
	struct problem p = { .code = PROBLEM_NONE };
	store_write(f->store, keep_job, &k, &p);
	return p.code;
}

static void a_document_never_changes(void)
{
	struct fixture f;
	struct kept_document d;
	fixture_open(&f);
	CU_ASSERT_EQUAL(keep(&f, "1.3.1^x", "abc"), PROBLEM_NONE);
	CU_ASSERT_EQUAL(keep(&f, "1.3.1^x", "abc"), PROBLEM_NONE);
	CU_ASSERT_EQUAL(keep(&f, "1.3.1^x", "abd"), PROBLEM_NON_IDENTICAL_HASH);
	CU_ASSERT_EQUAL(keep(&f, "1.3.1^y", "abc"), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(repository_find(t, f.arena, "1.9", "1.3.1^x", &d));
	CU_ASSERT_STRING_EQUAL(d.mime_type, "text/plain");
	CU_ASSERT_EQUAL(d.size, 3);
	CU_ASSERT_FALSE(repository_find(t, f.arena, "1.8", "1.3.1^x", &d));
	CU_ASSERT_FALSE(repository_find(t, f.arena, "1.9", "1.3.1", &d));
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

struct status_change {
	const char *id;
	bool (*change)(struct store_txn *t, struct arena *a, const char *uuid, struct problem *p);
};

static bool change_status(void *with, struct store_txn *t, struct problem *p)
{
	const struct status_change *x = with;
	return x->change(t, store_arena(t), x->id, p);
}

static void set_status(struct fixture *f, const char *id,
		       bool (*change)(struct store_txn *, struct arena *, const char *,
				      struct problem *))
{
	struct status_change x = { id, change };
	CU_ASSERT_TRUE(store_write(f->store, change_status, &x, &f->problem));
}

static enum availability_status association_status(struct fixture *f, const char *id)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct association *x = registry_association(t, f->arena, id);
	store_end(t);
	return x == NULL ? STATUS_NONE : x->status;
}

/* Once, and as often as the source changes its mind; what RPLC means is told right each time. */
static void a_source_takes_back_and_restores(void)
{
	struct fixture f;
	struct putting old, new;
	fixture_open(&f);
	prepare(&f, &old, 1, "aa");
	CU_ASSERT_EQUAL(put(&old), PROBLEM_NONE);
	prepare(&f, &new, 2, "bb");
	associate(&new, &new.relation, ASSOCIATION_RPLC, new.entry.id, old.entry.id);
	CU_ASSERT_EQUAL(put(&new), PROBLEM_NONE);
	for (int n = 0; n < 2; n++) {
		set_status(&f, new.entry.id, registry_deprecate);
		set_status(&f, old.entry.id, registry_approve);
		CU_ASSERT_EQUAL(status(&f, old.entry.id), STATUS_APPROVED);
		CU_ASSERT_EQUAL(status(&f, new.entry.id), STATUS_DEPRECATED);
		CU_ASSERT_EQUAL(association_status(&f, new.relation.id), STATUS_DEPRECATED);
		CU_ASSERT_EQUAL(findings(&f), 0);
		set_status(&f, old.entry.id, registry_deprecate);
		set_status(&f, new.entry.id, registry_approve);
		set_status(&f, new.entry.id, registry_approve);
		CU_ASSERT_EQUAL(status(&f, new.entry.id), STATUS_APPROVED);
		CU_ASSERT_EQUAL(association_status(&f, new.relation.id), STATUS_APPROVED);
		CU_ASSERT_EQUAL(findings(&f), 0);
	}
	set_status(&f, "urn:uuid:00000000-0000-4000-8000-000000000000", registry_approve);
	CU_ASSERT_EQUAL(entries(&f, SUBJECT, false), 1);
	fixture_close(&f);
}

/* Also of those that came at one moment, in one job. */
static void newest_first(void)
{
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	struct fixture f;
	struct putting p;
	instant now = INT64_C(1766570000000000);
	fixture_open(&f);
	for (unsigned number = 1; number <= 3; number++) {
		prepare(&f, &p, number, "aa");
		p.now = number < 3 ? now : now - 1;
		CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
	}
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct registry_cursor *c = registry_entries(t, f.arena, SUBJECT, &all);
	static const char *const order[] = { "1.3.2", "1.3.1", "1.3.3" };
	for (size_t i = 0; i < COUNT(order); i++) {
		struct document_entry *e = registry_unseal_entry(registry_next_entry(c));
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_STRING_EQUAL(e->unique_id, order[i]);
	}
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static const char *unique_id_of(struct sealed_entry *e)
{
	return e == NULL ? NULL : registry_unseal_entry(e)->unique_id;
}

/* Two cursors at once, one that keeps and one that lends: the same entries, and memory for one;
 * those with a reference id are looked for among others. */
static void one_at_a_time(void)
{
	enum { ENTRIES = 60, EVERY = 3 };
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	struct fixture f;
	struct putting p;
	struct text_value reference = { "R^^^&1.5&ISO^urn:x", NULL };
	fixture_open(&f);
	for (unsigned number = 1; number <= ENTRIES; number++) {
		prepare(&f, &p, number, "aa");
		if (number % EVERY == 0)
			p.entry.reference_ids = &reference;
		CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
	}
	for (unsigned referring = 0; referring < 2; referring++) {
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct arena *each = arena_create_within(f.arena);
		struct registry_cursor *c[2];
		for (unsigned i = 0; i < COUNT(c); i++)
			c[i] = referring ? registry_referring(t, f.arena, reference.value, SUBJECT,
							      &all)
					 : registry_entries(t, f.arena, SUBJECT, &all);
		registry_lend(c[1], each);
		unsigned count = 0;
		for (const char *kept; (kept = unique_id_of(registry_next_entry(c[0]))) != NULL;
		     count++) {
			CU_ASSERT_STRING_EQUAL(unique_id_of(registry_next_entry(c[1])), kept);
			CU_ASSERT(arena_used(each) < 20 * 1024);
		}
		CU_ASSERT_PTR_NULL(registry_next_entry(c[1]));
		CU_ASSERT_EQUAL(count, referring ? ENTRIES / EVERY : ENTRIES);
		store_end(t);
	}
	fixture_close(&f);
}

/* What a reference says stands before what is packed, but for the home community. */
static void a_reference_reads_no_entry(void)
{
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	struct fixture f;
	fixture_open(&f);
	for (unsigned home = 0; home < 2; home++) {
		struct putting p;
		prepare(&f, &p, 1 + home, "aa");
		p.entry.source_system = "a-hospital";
		p.entry.home_community_id = home ? "urn:oid:2.999.10" : NULL;
		CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct registry_cursor *c = registry_entries(t, f.arena, SUBJECT, &all);
		registry_refer(c);
		const struct document_entry *e = registry_unseal_entry(registry_next_entry(c));
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_STRING_EQUAL(e->id, p.entry.id);
		CU_ASSERT_STRING_EQUAL(e->source_system, "a-hospital");
		CU_ASSERT_EQUAL(e->subject, SUBJECT);
		CU_ASSERT_EQUAL(e->status, STATUS_APPROVED);
		CU_ASSERT_EQUAL(e->type, ENTRY_STABLE);
		CU_ASSERT_EQUAL(e->unique_id != NULL, home);
		CU_ASSERT_TRUE(text_equal(e->home_community_id, p.entry.home_community_id));
		store_end(t);
	}
	fixture_close(&f);
}

static void read_as_any(struct store_txn *t, struct bytes record)
{
	struct arena *a = arena_create(1 << 20);
	struct registry_facts facts;
	entry_of_record(t, a, SUBJECT, record);
	set_of_record(t, a, SUBJECT, record);
	folder_of_record(t, a, SUBJECT, record);
	association_of_record(t, a, record);
	record_facts(record, SUBJECT, &facts);
	record_document(t, a, record);
	record_refers(t, a, record, "R");
	usage_of_object(SPACE_ENTRY, record);
	usage_of_object(SPACE_ASSOCIATION, record);
	arena_destroy(a);
}

/* Cut anywhere, or with any octet changed, and of whatever kind it is taken to be. */
static void damaged_records_do_no_harm(void)
{
	static const unsigned char spaces[] = { SPACE_ENTRY, SPACE_SET, SPACE_FOLDER,
						SPACE_ASSOCIATION };
	struct fixture f;
	struct putting p;
	fixture_open(&f);
	prepare(&f, &p, 1, "aa");
	p.entry.source_system = p.set.source_system = "a-hospital";
	with_folder(&p);
	CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(spaces); i++) {
		struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &spaces[i], 1 },
							   false);
		struct bytes key, value;
		CU_ASSERT_TRUE_FATAL(store_next(c, &key, &value));
		for (size_t n = 0; n < value.length; n++) {
			unsigned char *copy = malloc(value.length);
			memcpy(copy, value.data, value.length);
			read_as_any(t, (struct bytes){ copy, n });
			copy[n] ^= 0xff;
			read_as_any(t, (struct bytes){ copy, value.length });
			free(copy);
		}
		store_scan_end(c);
	}
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

static bool spoil(void *with, struct store_txn *t, struct problem *p)
{
	struct bytes key, value;
	struct key k;
	(void)p;
	key_begin(&k, SPACE_ENTRY);
	key_id(&k, SUBJECT);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	CU_ASSERT_TRUE_FATAL(store_next(c, &key, &value));
	struct key at = { .length = key.length };
	memcpy(at.data, key.data, key.length);
	struct bytes cut = { arena_alloc(store_arena(t), value.length), value.length - 1 };
	memcpy((unsigned char *)cut.data, value.data, cut.length);
	store_scan_end(c);
	*(bool *)with = true;
	return store_put(t, key_span(&at), cut);
}

/* What is sealed was not read: of one that cannot be, whose it is and what status it has are known
 * all the same, and others' answers do not fail for it; who opens it is told. */
static void what_is_sealed_is_not_read(void)
{
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	struct fixture f;
	struct putting p;
	bool spoilt = false;
	fixture_open(&f);
	prepare(&f, &p, 1, "aa");
	p.entry.source_system = "a-hospital";
	CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
	CU_ASSERT_TRUE(store_write(f.store, spoil, &spoilt, &f.problem) && spoilt);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct registry_cursor *c = registry_entries(t, f.arena, SUBJECT, &all);
	struct sealed_entry *e = registry_next_entry(c);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(registry_entry_facts(e).source_system, "a-hospital");
	CU_ASSERT_EQUAL(registry_entry_facts(e).subject, SUBJECT);
	CU_ASSERT_EQUAL(registry_entry_facts(e).status, STATUS_APPROVED);
	CU_ASSERT_PTR_NULL(registry_next_entry(c));
	CU_ASSERT_FALSE(store_failed(t));
	CU_ASSERT_PTR_NULL(registry_unseal_entry(e));
	CU_ASSERT_TRUE(store_is_damaged(t));
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f), 1);
	fixture_close(&f);
}

/* The last thing a check told, and how many. */
struct told {
	unsigned count;
	char what[256];
};

static void keep_told(void *with, const char *finding)
{
	struct told *t = with;
	t->count++;
	snprintf(t->what, sizeof t->what, "%s", finding);
}

static struct told told(struct fixture *f)
{
	static const struct check_module *const modules[] = { &registry_check, &repository_check,
							      NULL };
	struct told t = { .count = 0 };
	struct check_counts counts = { 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, keep_told, &t, &counts, &f->problem));
	CU_ASSERT_EQUAL(counts.findings, t.count);
	return t;
}

/* What it stands in: each way it can be wrong is told, and nothing else. */
static void what_belongs_to_nothing_is_found(void)
{
	static const struct {
		bool folder, member, folder_of_set;
		enum association_type type; /* of a relation from the folder to the entry */
		const char *told;
	} rows[] = {
		{ true, true, true, ASSOCIATION_UNKNOWN, NULL },
		{ false, false, false, ASSOCIATION_UNKNOWN, "DocumentEntry * belongs to no" },
		{ true, true, false, ASSOCIATION_UNKNOWN, "Folder * belongs to no" },
		{ true, true, true, ASSOCIATION_APND, "joins what it cannot" },
		{ true, true, true, ASSOCIATION_SIGNS, "joins what it cannot" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct putting p;
		fixture_open(&f);
		prepare(&f, &p, 1, "aa");
		p.submission.associations = NULL;
		if (rows[i].member)
			associate(&p, &p.member, ASSOCIATION_HAS_MEMBER, p.set.id, p.entry.id);
		p.folder = (struct folder){ .id = uuid(&f), .unique_id = "1.4.1", .subject = 7 };
		p.submission.folders = rows[i].folder ? &p.folder : NULL;
		if (rows[i].folder_of_set)
			associate(&p, &p.folder_of_set, ASSOCIATION_HAS_MEMBER, p.set.id,
				  p.folder.id);
		if (rows[i].type != ASSOCIATION_UNKNOWN)
			associate(&p, &p.relation, rows[i].type, p.folder.id, p.entry.id);
		CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
		struct told t = told(&f);
		const char *star = rows[i].told == NULL ? NULL : strchr(rows[i].told, '*');
		CU_ASSERT_EQUAL(t.count, rows[i].told == NULL ? 0 : 1);
		if (rows[i].told != NULL)
			CU_ASSERT_PTR_NOT_NULL(
				strstr(t.what, star == NULL ? rows[i].told : star + 2));
		if (star != NULL)
			CU_ASSERT_PTR_NOT_NULL(
				strstr(t.what, arena_text_n(f.arena, rows[i].told,
							    (size_t)(star - rows[i].told))));
		fixture_close(&f);
	}
}

static bool keep_octets(void *with, struct store_txn *t, struct problem *p)
{
	const struct blob *b = with;
	struct kept_document d = { .repository_unique_id = "2.999.20",
				   .unique_id = "1.3.1",
				   .mime_type = "text/plain",
				   .size = b->size };
	memcpy(d.sha256, b->sha256, sizeof d.sha256);
	return repository_put(t, store_arena(t), &d, b, p);
}

static bool remove_octets(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	return repository_remove(t, store_arena(t), "2.999.20", "1.3.1", p);
}

/* What an entry says of a document of ours is so. */
static void what_an_entry_says_of_its_document_is_compared(void)
{
	static const struct {
		const char *repository, *unique_id, *hash, *size;
		bool removed;
		const char *told;
	} rows[] = {
		{ "2.999.20", "1.3.1", NULL, "5", false, NULL },
		{ "2.999.20", "1.3.1", "AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D", "5", false,
		  NULL },
		{ "2.999.20", "1.3.1", "aa", "5", false, "another hash" },
		{ "2.999.20", "1.3.1", NULL, "6", false, "another size" },
		{ "2.999.20", "1.3.1", NULL, "x", false, "another size" },
		{ "2.999.20", "1.3.2", NULL, "5", false, "does not hold" },
		{ "2.999.2", "1.3.2", NULL, "5", false, NULL },
		{ "2.999.200", "1.3.2", NULL, "5", false, NULL },
		{ "2.999.20", "1.3.1", "aa", "6", true, NULL },
		{ NULL, "1.3.1", NULL, "5", false, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct putting p;
		struct blob b;
		fixture_open(&f);
		CU_ASSERT_TRUE(
			blob_of_bytes(f.store, f.arena, bytes_of_text("hello"), &b, &f.problem));
		CU_ASSERT_TRUE(store_write(f.store, keep_octets, &b, &f.problem));
		prepare(&f, &p, 1, "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
		p.entry.repository_unique_id = rows[i].repository;
		p.entry.unique_id = rows[i].unique_id;
		p.entry.size = rows[i].size;
		if (rows[i].hash != NULL)
			p.entry.hash = rows[i].hash;
		CU_ASSERT_EQUAL(put(&p), PROBLEM_NONE);
		if (rows[i].removed)
			CU_ASSERT_TRUE(store_write(f.store, remove_octets, NULL, &f.problem));
		struct told t = told(&f);
		CU_ASSERT_EQUAL(t.count, rows[i].told == NULL ? 0 : 1);
		CU_ASSERT_TRUE(rows[i].told == NULL || strstr(t.what, rows[i].told) != NULL);
		fixture_close(&f);
	}
}

/* Of how many others it is made, behind a name or none; they stay through a change of status. */
static void what_it_is_made_of_stays(void)
{
	static const char a_document[] = "urn:uuid:00000000-0000-4000-8000-0000000000aa";
	static const size_t counts[] = { 1, 2, REGISTRY_SOURCES_MOST, REGISTRY_SOURCES_MOST + 1 };
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct fixture f;
		struct putting p;
		struct object_source sources[REGISTRY_SOURCES_MOST + 1] = { 0 };
		fixture_open(&f);
		prepare(&f, &p, 1, "aa");
		for (size_t k = 0; k < counts[i]; k++)
			sources[k] = (struct object_source){
				.subject = (UINT64_MAX >> 1) - k,
				.document = k % 4 == 1 ? a_document : NULL,
				.system = k % 3 == 0 ? NULL : arena_printf(f.arena, "s%zu", k),
				.next = k + 1 < counts[i] ? &sources[k + 1] : NULL
			};
		p.entry.source_system = i % 2 == 0 ? NULL : "a-hospital";
		p.entry.sources = p.set.sources = sources;
		bool may = counts[i] <= REGISTRY_SOURCES_MOST;
		CU_ASSERT_EQUAL(put(&p), may ? PROBLEM_NONE : PROBLEM_INTERNAL);
		if (may)
			set_status(&f, p.entry.id, registry_deprecate);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct sealed_entry *e = registry_entry(t, f.arena, p.entry.id);
		struct sealed_set *s = registry_submission_set(t, f.arena, p.set.id);
		CU_ASSERT_EQUAL(e != NULL && s != NULL, may);
		if (may) {
			CU_ASSERT_EQUAL(registry_entry_facts(e).status, STATUS_DEPRECATED);
			const struct object_source *of = registry_unseal_entry(e)->sources;
			const struct object_source *set = registry_unseal_set(s)->sources;
			struct bytes left = registry_entry_facts(e).sources;
			struct registry_source one;
			for (size_t k = 0; k < counts[i]; k++, of = of->next, set = set->next) {
				CU_ASSERT_TRUE_FATAL(registry_next_source(&left, &one));
				CU_ASSERT_FATAL(of != NULL && set != NULL);
				CU_ASSERT_EQUAL(one.subject, sources[k].subject);
				CU_ASSERT_EQUAL(of->subject, sources[k].subject);
				CU_ASSERT_TRUE(text_equal(of->document, sources[k].document));
				CU_ASSERT_EQUAL(one.document[0] != '\0',
						sources[k].document != NULL);
				CU_ASSERT_EQUAL(set->subject, sources[k].subject);
				CU_ASSERT_TRUE(one.system == sources[k].system
					       || text_equal(one.system, sources[k].system));
			}
			CU_ASSERT_FALSE(registry_next_source(&left, &one));
			CU_ASSERT_PTR_NULL(of);
		}
		store_end(t);
		CU_ASSERT_EQUAL(findings(&f), 0);
		fixture_close(&f);
	}
}

/* Cut off anywhere among them it is no record, rather than one of fewer. */
static void cut_sources_are_no_record(void)
{
	static const char a_document[] = "urn:uuid:00000000-0000-4000-8000-0000000000aa";
	struct arena *a = arena_create(1 << 20);
	struct object_source two = { .subject = 7, .system = "b", .document = a_document };
	struct object_source one = { .subject = 5, .system = "a", .next = &two };
	struct document_entry e = { .id = "urn:uuid:00000000-0000-4000-8000-000000000001",
				    .status = STATUS_APPROVED,
				    .sources = &one };
	struct fixture f;
	struct registry_facts facts;
	fixture_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct bytes whole = entry_record(t, a, &e);
	const size_t front = 2 + UUID_OCTETS + 1, sources = 1 + 2 * (8 + 2) + UUID_OCTETS;
	CU_ASSERT_FATAL(whole.length > front + sources);
	for (size_t cut = front; cut < front + sources; cut++)
		CU_ASSERT_FALSE(record_facts((struct bytes){ whole.data, cut }, 1, &facts));
	CU_ASSERT_TRUE(record_facts((struct bytes){ whole.data, front + sources }, 1, &facts));
	CU_ASSERT_EQUAL(facts.sources.length, sources - 1);
	store_end(t);
	fixture_close(&f);
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "what it is made of stays", what_it_is_made_of_stays },
	{ "cut sources are no record", cut_sources_are_no_record },
	{ "what belongs to nothing is found", what_belongs_to_nothing_is_found },
	{ "what an entry says of its document is compared",
	  what_an_entry_says_of_its_document_is_compared },
	{ "R1 a submission is visible whole or not at all",
	  a_submission_is_visible_whole_or_not_at_all },
	{ "R2 the submission that replaces a DocumentEntry deprecates it", replacement_deprecates },
	{ "R3 one uniqueId, one hash, for ever", one_unique_id_one_hash },
	{ "R4 a change and its audit record are committed together or not at all",
	  a_change_and_its_audit_record },
	{ "a document never changes", a_document_never_changes },
	{ "a source takes back and restores", a_source_takes_back_and_restores },
	{ "newest first", newest_first },
	{ "one at a time", one_at_a_time },
	{ "a reference reads no entry", a_reference_reads_no_entry },
	{ "damaged records do no harm", damaged_records_do_no_harm },
	{ "what is sealed is not read", what_is_sealed_is_not_read },
	{ 0 }
};

int main(void)
{
	return suite_run("store: registry and repository", tests);
}
