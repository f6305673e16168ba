/* tests/store/usage_test.c: the promises of store/usage.h, and that the check holds what systems
 * have against what is there. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "store/registry.h"
#include "store/registry_record.h"
#include "store/repository.h"
#include "store/usage.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

/* A document of so many octets, or a submission of one entry without a hash. */
struct thing {
	struct fixture *fixture;
	const char *system, *unique_id;
	size_t octets;
	bool elsewhere, fail;
};

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	const struct thing *k = with;
	struct arena *a = store_arena(t);
	struct blob b;
	struct kept_document d = { .repository_unique_id = "1.9",
				   .unique_id = k->unique_id,
				   .mime_type = "text/plain",
				   .source_system = k->system };
	unsigned char *octets = arena_alloc(a, k->octets);
	memset(octets, 'o', k->octets);
	if (!blob_of_bytes(k->fixture->store, a, (struct bytes){ octets, k->octets }, &b, p))
		return false;
	memcpy(d.sha256, b.sha256, sizeof d.sha256);
	d.size = b.size;
	bool kept = k->elsewhere ? repository_put_external(t, a, &d, &b, "/storage", "one", p)
				 : repository_put(t, a, &d, &b, p);
	return kept && (!k->fail || problem_set(p, PROBLEM_BUSY, "not this time"));
}

static bool kept(struct thing k)
{
	struct problem p = { .code = PROBLEM_NONE };
	return store_write(k.fixture->store, keep, &k, &p);
}

static const char *uuid(struct store_txn *t)
{
	char out[UUID_URN_TEXT];
	random_uuid(store_random(t), out);
	return arena_text(store_arena(t), out);
}

static bool submit(void *with, struct store_txn *t, struct problem *p)
{
	const struct thing *k = with;
	struct arena *a = store_arena(t);
	struct submission_set set = { .id = uuid(t),
				      .unique_id = arena_printf(a, "%s.1", k->unique_id),
				      .subject = 7,
				      .source_system = k->system };
	struct document_entry entry = {
		.id = uuid(t), .unique_id = k->unique_id, .subject = 7, .source_system = k->system
	};
	struct association member = { .id = uuid(t),
				      .type = ASSOCIATION_HAS_MEMBER,
				      .type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
				      .source = set.id,
				      .target = entry.id,
				      .source_system = k->system };
	struct submission s = { .set = &set, .entries = &entry, .associations = &member };
	if (!registry_put(t, a, &s, INT64_C(1766570000000000), p))
		return false;
	return registry_deprecate(t, a, entry.id, p)
	       && (!k->fail || problem_set(p, PROBLEM_BUSY, "not this time"));
}

static bool submitted(struct thing k)
{
	struct problem p = { .code = PROBLEM_NONE };
	return store_write(k.fixture->store, submit, &k, &p);
}

static struct usage usage(struct fixture *f, const char *system)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct usage u = usage_of(t, system), here = usage_here(t, system);
	CU_ASSERT_EQUAL(usage_octets(&u), usage_octets(&here)); /* one node */
	store_end(t);
	return u;
}

static char told[512];

static void tell(void *with, const char *finding)
{
	(void)with;
	snprintf(told, sizeof told, "%s", finding);
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &registry_check, &repository_check,
							      NULL };
	struct check_counts counts = { 0 };
	told[0] = '\0';
	CU_ASSERT_TRUE(store_check(f->store, modules, tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static void documents_count_for_who_brought_them(void)
{
	struct fixture f;
	fixture_open(&f);
	struct thing k = { .fixture = &f, .system = "a-hospital", .unique_id = "1.1" };
	k.octets = 1000;
	CU_ASSERT_TRUE(kept(k));
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").documents, 1000 + USAGE_EACH);
	CU_ASSERT_TRUE(kept(k)); /* again: nothing is kept */
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").documents, 1000 + USAGE_EACH);
	k.system = "b-clinic";
	CU_ASSERT_TRUE(kept(k)); /* it is there, and another's */
	CU_ASSERT_EQUAL(usage(&f, "b-clinic").documents, 0);
	k.unique_id = "1.2"; /* the same octets count in full */
	CU_ASSERT_TRUE(kept(k));
	CU_ASSERT_EQUAL(usage(&f, "b-clinic").documents, 1000 + USAGE_EACH);
	k.unique_id = "1.3";
	k.fail = true;
	CU_ASSERT_FALSE(kept(k));
	CU_ASSERT_EQUAL(usage(&f, "b-clinic").documents, 1000 + USAGE_EACH);
	k = (struct thing){ .fixture = &f, .unique_id = "1.4", .octets = 9 };
	CU_ASSERT_TRUE(kept(k)); /* the operator's */
	CU_ASSERT_EQUAL(usage(&f, "").documents, 0);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").documents, 1000 + USAGE_EACH);
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").metadata, 0);
	fixture_close(&f);
}

static bool take_in(struct store_txn *t, const void *with)
{
	struct problem p = { .code = PROBLEM_NONE };
	return repository_took_in(t, store_arena(t), "1.9", with, &p);
}

static void octets_elsewhere_count_when_they_are_taken_in(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(kept((struct thing){ .fixture = &f,
					    .system = "a-hospital",
					    .unique_id = "1.1",
					    .octets = 1000,
					    .elsewhere = true }));
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").documents, USAGE_EACH);
	CU_ASSERT_TRUE(in_job(&f, take_in, "1.2")); /* not held */
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(in_job(&f, take_in, "1.1"));
		CU_ASSERT_EQUAL(usage(&f, "a-hospital").documents, 1000 + USAGE_EACH);
	}
	fixture_close(&f);
}

static void metadata_counts_as_it_is_kept(void)
{
	struct fixture f;
	fixture_open(&f);
	struct thing k = { .fixture = &f, .system = "a-hospital", .unique_id = "1.1" };
	CU_ASSERT_TRUE(submitted(k));
	uint64_t one = usage(&f, "a-hospital").metadata;
	CU_ASSERT(one > 3 * USAGE_EACH && one < 3 * USAGE_EACH + 1000);
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").documents, 0);
	k.unique_id = "1.2";
	CU_ASSERT_TRUE(submitted(k));
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").metadata, 2 * one);
	k.fail = true;
	k.unique_id = "1.3";
	CU_ASSERT_FALSE(submitted(k));
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").metadata, 2 * one);
	CU_ASSERT_EQUAL(usage(&f, "a-hosp").metadata, 0);
	k = (struct thing){ .fixture = &f, .system = "b-clinic", .unique_id = "1.4" };
	CU_ASSERT_TRUE(submitted(k));
	CU_ASSERT(usage(&f, "b-clinic").metadata < one); /* its name is shorter */
	k = (struct thing){ .fixture = &f, .unique_id = "1.5" };
	CU_ASSERT_TRUE(submitted(k)); /* the operator's */
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void who_has_anything_is_told(void)
{
	struct fixture f;
	fixture_open(&f);
	static const char *const names[] = { "a", "a-hospital", "b" };
	for (size_t i = 3; i-- > 0;)
		CU_ASSERT_TRUE(kept((struct thing){
			.fixture = &f, .system = names[i], .unique_id = names[i], .octets = 10 }));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const char *name = NULL;
	for (size_t i = 0; i < 3; i++) {
		name = usage_next(t, f.arena, name);
		CU_ASSERT_STRING_EQUAL(name, names[i]);
	}
	CU_ASSERT_PTR_NULL(usage_next(t, f.arena, name));
	store_end(t);
	fixture_close(&f);
}

/* ---- What is not as it should be ---- */

static const struct usage one_octet = { .documents = 1 }, one_less = { .metadata = UINT64_MAX };

static bool add_document(struct store_txn *t, const void *with)
{
	(void)with;
	return usage_add(t, "a-hospital", &one_octet);
}

static bool take_metadata(struct store_txn *t, const void *with)
{
	(void)with;
	return usage_add(t, "a-hospital", &one_less);
}

static bool add_stranger(struct store_txn *t, const void *with)
{
	(void)with;
	return usage_add(t, "z-clinic", &one_octet);
}

static struct key row_key(const char *system)
{
	struct key k;
	key_begin(&k, SPACE_USAGE);
	key_text(&k, system);
	key_number(&k, 0);
	return k;
}

static bool lose_row(struct store_txn *t, const void *with)
{
	struct key k = row_key("a-hospital");
	(void)with;
	return store_delete(t, key_span(&k));
}

static bool break_row(struct store_txn *t, const void *with)
{
	struct key k = row_key("a-hospital");
	(void)with;
	return store_put(t, key_span(&k), bytes_of_text("\1\1"));
}

static bool lengthen_key(struct store_txn *t, const void *with)
{
	struct key k = row_key("a-hospital");
	(void)with;
	key_octet(&k, 0);
	return store_put(t, key_span(&k), bytes_of_text("\1"));
}

static void a_row_that_differs_is_told(void)
{
	static const struct {
		in_job_function *make;
		unsigned findings;
		const char *told;
	} rows[] = {
		{ add_document, 1, "usage: the documents of a-hospital take up 266 octets" },
		{ take_metadata, 1, "usage: the metadata of a-hospital take up " },
		{ add_stranger, 1,
		  "usage: the documents of z-clinic take up 0 octets, and their "
		  "row says 1" },
		{ lose_row, 2, "usage: the metadata of a-hospital take up " },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		struct thing k = { .fixture = &f, .system = "a-hospital", .unique_id = "1.1" };
		k.octets = 10;
		CU_ASSERT_TRUE(kept(k) && submitted(k));
		CU_ASSERT_EQUAL(findings(&f), 0);
		CU_ASSERT_TRUE(in_job(&f, rows[i].make, NULL));
		CU_ASSERT_EQUAL(findings(&f), rows[i].findings);
		CU_ASSERT_PTR_NOT_NULL(strstr(told, rows[i].told));
		fixture_close(&f);
	}
}

static bool add_to_broken(struct store_txn *t, const void *with)
{
	(void)with;
	bool added = usage_add(t, "a-hospital", &one_octet);
	CU_ASSERT_FALSE(added);
	return added;
}

static void a_row_that_cannot_be_read(void)
{
	in_job_function *const makes[] = { break_row, lengthen_key };
	for (size_t i = 0; i < COUNT(makes); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(kept((struct thing){
			.fixture = &f, .system = "a-hospital", .unique_id = "1.1", .octets = 10 }));
		CU_ASSERT_TRUE(in_job(&f, makes[i], NULL));
		CU_ASSERT(findings(&f) != 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(told, "cannot be read"));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		usage_of(t, "a-hospital");
		CU_ASSERT_TRUE(store_is_damaged(t));
		store_end(t);
		if (i == 0)
			CU_ASSERT_FALSE(in_job(&f, add_to_broken, NULL));
		fixture_close(&f);
	}
}

static bool lose_version(struct store_txn *t, const void *with)
{
	const struct patient_record *r = with;
	struct key k;
	key_begin(&k, SPACE_IDENTITY_HISTORY);
	key_short(&k, r->number);
	key_short(&k, 1);
	return store_delete(t, key_span(&k));
}

static unsigned findings_of_people(struct fixture *f)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      NULL };
	struct check_counts counts = { 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

/* Each version counts for who said it; one that is gone is told, and sums prove nothing then. */
static void versions_of_a_patient(void)
{
	struct fixture f;
	struct who who = {
		.domain = A_DOMAIN, .id = "1", .family = "サトウ", .phone = "0312345678"
	};
	fixture_open(&f);
	people_feed(&f, &who);
	uint64_t one = usage(&f, "a-hospital").persons;
	CU_ASSERT(one > 2 * USAGE_EACH && one < 4 * USAGE_EACH);
	people_feed(&f, &who);
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").persons, one);
	who.phone = "0387654321";
	people_feed(&f, &who);
	CU_ASSERT_EQUAL(usage(&f, "a-hospital").persons, 2 * one);
	CU_ASSERT_EQUAL(usage(&f, "").persons, 0); /* what we made of it is the region's */
	CU_ASSERT_EQUAL(findings_of_people(&f), 0);
	struct patient_record r;
	CU_ASSERT_TRUE_FATAL(people_find(&f, A_DOMAIN, "1", &r));
	CU_ASSERT_TRUE(in_job(&f, lose_version, &r));
	CU_ASSERT_EQUAL(findings_of_people(&f), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(told, "version 1 of patient record"));
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "documents count for who brought them", documents_count_for_who_brought_them },
	{ "octets elsewhere count when they are taken in",
	  octets_elsewhere_count_when_they_are_taken_in },
	{ "metadata counts as it is kept", metadata_counts_as_it_is_kept },
	{ "versions of a patient", versions_of_a_patient },
	{ "who has anything is told", who_has_anything_is_told },
	{ "a row that differs is told", a_row_that_differs_is_told },
	{ "a row that cannot be read", a_row_that_cannot_be_read },
	{ 0 },
};

int main(void)
{
	return suite_run("store: usage", tests);
}
