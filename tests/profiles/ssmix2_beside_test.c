/* tests/profiles/ssmix2_beside_test.c: what else happens to a patient while his storage is
 * imported: documents his facility submits by ITI-41, merges, another way of keeping documents. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "store/registry.h"
#include "tests/profiles/ssmix2_history.h"

#define DOMAIN_A "1.2.392.100495.20.3.51.1" CODE_A

enum { MANY = 300 }; /* more than one job may change of a patient as a whole */

/* ---- Documents that are no files of the storage ---- */

struct submitting {
	struct imports *im;
	const char *unique_id;
	const char *system;
	const char *replaces; /* entryUUID; NULL: nothing */
	const char *appends_to;
	const char *id; /* of the entry, when it is there */
};

static const char *new_id(struct imports *im)
{
	char out[UUID_URN_TEXT];
	random_uuid(&system_random, out);
	return arena_text(im->f.arena, out);
}

static bool submit(void *with, struct store_txn *t, struct problem *p)
{
	struct submitting *x = with;
	struct imports *im = x->im;
	struct patient_record r;
	fixture_must(&im->f, identity_find(t, im->f.arena, DOMAIN_A, "101", &r));
	struct document_entry entry = { .id = new_id(im),
					.unique_id = x->unique_id,
					.subject = r.number,
					.source_system = x->system,
					.hash = "aa",
					.size = "3",
					.creation_time = "2026" };
	struct submission_set set = { .id = new_id(im),
				      .subject = r.number,
				      .unique_id = arena_printf(im->f.arena, "%s.1", x->unique_id),
				      .source_system = x->system };
	struct association relation = {
		.id = new_id(im),
		.source = entry.id,
		.type = x->replaces != NULL ? ASSOCIATION_RPLC : ASSOCIATION_APND,
		.target = x->replaces != NULL ? x->replaces : x->appends_to,
	};
	struct association member = { .id = new_id(im),
				      .type = ASSOCIATION_HAS_MEMBER,
				      .source = set.id,
				      .target = entry.id,
				      .next = relation.target != NULL ? &relation : NULL };
	member.type_urn = association_type_urn(member.type);
	relation.type_urn = association_type_urn(relation.type);
	struct submission s = { .set = &set, .entries = &entry, .associations = &member };
	x->id = entry.id;
	return registry_put(t, im->f.arena, &s, 1768437000000000, p);
}

static const char *submitted(struct imports *im, const char *unique_id, const char *system,
			     const char *replaces, const char *appends_to)
{
	struct submitting x = { im, unique_id, system, replaces, appends_to, NULL };
	fixture_must(&im->f, store_write(im->f.store, submit, &x, &im->f.problem));
	return x.id;
}

static char status(struct imports *im, const char *id)
{
	struct store_txn *t = store_begin_read(im->f.store, &im->f.problem);
	struct sealed_entry *e = registry_entry(t, im->f.arena, id);
	store_end(t);
	return e == NULL ? '-' : registry_entry_facts(e).status == STATUS_APPROVED ? 'A' : 'D';
}

static void check(struct imports *im, const char *why, const char *const *ids, const char *wanted)
{
	for (size_t i = 0; wanted[i] != '\0'; i++) {
		if (status(im, ids[i]) != wanted[i])
			fprintf(stderr, "%s: document %zu is %c, not %c\n", why, i,
				status(im, ids[i]), wanted[i]);
		CU_ASSERT_EQUAL(status(im, ids[i]), wanted[i]);
	}
}

/* A deleted patient keeps no Approved document of the facility; when he is there again, what his
 * facility submitted is as it left it. Others' documents are not touched. */
static void submitted_documents_go_and_come_with_the_patient(void)
{
	struct imports im;
	struct history s = { .im = &im };
	const char *ids[5];
	imports_open(&im);
	history_word(&s, "P9:1");
	history_word(&s, "R7/2/9:1");
	CU_ASSERT_TRUE(history_import(&s));
	ids[0] = submitted(&im, "1.3.1", "a-hospital", NULL, NULL);
	ids[1] = submitted(&im, "1.3.2", "a-hospital", ids[0], NULL);
	ids[2] = submitted(&im, "1.3.3", "a-hospital", NULL, ids[1]);
	ids[3] = submitted(&im, "1.3.4", "a-hospital", NULL, ids[2]);
	ids[4] = submitted(&im, "1.3.5", "b-clinic", NULL, NULL);
	check(&im, "before", ids, "DAAAA");
	history_word(&s, "P9:1>0");
	history_word(&s, "D12:0");
	CU_ASSERT_TRUE(history_import(&s));
	check(&im, "deleted", ids, "DDDDA");
	CU_ASSERT_EQUAL(done(&im, "withdrawn"), 4);
	CU_ASSERT_TRUE(history_import(&s));
	CU_ASSERT_EQUAL(im.events, 0);
	history_word(&s, "P13:1");
	CU_ASSERT_TRUE(history_import(&s));
	check(&im, "there again", ids, "DAAAA");
	CU_ASSERT_EQUAL(done(&im, "restored"), 4);
	CU_ASSERT_TRUE(history_import(&s));
	CU_ASSERT_EQUAL(im.events, 0);
	imports_close(&im);
}

static void no_job_changes_a_whole_patient_at_once(void)
{
	struct imports im;
	struct history s = { .im = &im };
	imports_open(&im);
	history_word(&s, "P9:1");
	CU_ASSERT_TRUE(history_import(&s));
	for (int n = 0; n < MANY; n++)
		submitted(&im, arena_printf(im.f.arena, "1.3.%d", n), "a-hospital", NULL, NULL);
	history_word(&s, "P9:1>0");
	history_word(&s, "D12:0");
	CU_ASSERT_TRUE(history_import(&s));
	CU_ASSERT_EQUAL(im.updated, 2);
	CU_ASSERT_EQUAL(done(&im, "withdrawn"), MANY);
	CU_ASSERT_EQUAL(done(&im, "warnings"), 1);
	CU_ASSERT_EQUAL(history_approved(&s), 0);
	imports_close(&im);
}

/* ---- Merges ---- */

static bool merge(void *with, struct store_txn *t, struct problem *p)
{
	struct imports *im = with;
	struct feed_outcome out;
	struct patient_identifier id = { .id = "202", .universal_id = DOMAIN_A };
	struct person_name name = { .family = "例示", .given = "花子" };
	struct patient_demographics d = { .names = &name, .sex = "F" };
	return identity_put(t, &im->region, "a-hospital", &id, &d, 0, &out, p)
	       && identity_merge(t, &im->region, DOMAIN_A, "202", "101", &out, p);
}

/* A40 at the other door: the storage goes on under the old id, and its states with it. */
static void a_merged_patients_documents_go_on_as_their_files_say(void)
{
	struct imports im;
	struct history s = { .im = &im };
	imports_open(&im);
	history_word(&s, "P9:1");
	history_word(&s, "R7/2/9:1");
	history_word(&s, "R8/2/9:1");
	CU_ASSERT_TRUE(history_import(&s));
	fixture_must(&im.f, store_write(im.f.store, merge, &im, &im.f.problem));
	static const char *const words[] = { "R7/2/9:1>2", "R7/2/10:1", "R8/2/9:1>0", "R9/2/11:1" };
	for (size_t i = 0; i < COUNT(words); i++)
		history_word(&s, words[i]);
	CU_ASSERT_TRUE(history_import(&s));
	CU_ASSERT_EQUAL(done(&im, "faults"), 0);
	static const char wanted[] = "-DDAA";
	for (size_t i = 0; i < s.count; i++)
		if (s.files[i].kind == 'R')
			CU_ASSERT_EQUAL(history_status(&s, &s.files[i]), wanted[i]);
	history_word(&s, "R8/2/9:0>1");
	CU_ASSERT_TRUE(history_import(&s));
	CU_ASSERT_EQUAL(done(&im, "restored"), 1);
	CU_ASSERT_EQUAL(history_approved(&s), 3);
	imports_close(&im);
}

/* ---- Another way of keeping ---- */

/* documents = "copy" where they stayed before: they are copied, and the storage may go. */
static void what_was_referred_to_is_copied_when_it_is_to_be(void)
{
	struct imports im;
	struct history s = { .im = &im };
	struct bytes octets;
	unsigned n;
	imports_open(&im);
	im.region.ssmix2_copy = false;
	history_word(&s, "P9:1");
	history_word(&s, "R7/2/9:1");
	CU_ASSERT_TRUE(history_import(&s));
	im.region.ssmix2_copy = true;
	history_word(&s, "R7/2/9:1>0");
	CU_ASSERT_TRUE(history_import(&s));
	CU_ASSERT_EQUAL(done(&im, "faults"), 0);
	fixture_must(&im.f,
		     unlink(arena_printf(im.f.arena, "%s/%s", im.root, s.files[1].path)) == 0);
	const struct document_entry *e = entries_of(&im, DOMAIN_A, "101", &n);
	CU_ASSERT_EQUAL_FATAL(n, 1);
	CU_ASSERT_EQUAL(e->status, STATUS_DEPRECATED);
	CU_ASSERT_TRUE(retrieve(&im, e->unique_id, &octets));
	imports_close(&im);
}

/* ---- The hospital does not wait for us ---- */

static void correct_the_last(void *with)
{
	struct history *s = with;
	s->im->at_event = NULL;
	history_word(s, "R40/2/50:1>2");
	history_word(s, "R40/2/60:1");
}

/* Listed under one name, read after it got another: what it says is seen by the next import, and
 * until then nothing of the order changes. */
static void a_file_renamed_meanwhile_waits_for_the_next_import(void)
{
	struct imports im;
	struct history s = { .im = &im };
	imports_open(&im);
	history_word(&s, "P9:1");
	history_word(&s, "R40/2/20:2");
	history_word(&s, "R40/2/50:1");
	CU_ASSERT_TRUE(history_import(&s));
	for (int n = 1; n < 40; n++) /* two jobs; the corrected one is in the second */
		history_word(&s, arena_printf(im.f.arena, "R%d/2/%d:1", n, n < 30 ? n + 1 : n));
	im.at_event = correct_the_last;
	im.with = &s;
	CU_ASSERT_TRUE(history_import(&s));
	CU_ASSERT_PTR_NULL(im.at_event);
	CU_ASSERT_EQUAL(done(&im, "faults"), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(told(&im, "fault", "_40_"), "import again"));
	CU_ASSERT_EQUAL(history_status(&s, &s.files[1]), 'D');
	CU_ASSERT_EQUAL(history_status(&s, &s.files[2]), 'A');
	CU_ASSERT_TRUE(history_import(&s));
	CU_ASSERT_EQUAL(done(&im, "faults"), 0);
	CU_ASSERT_EQUAL(history_status(&s, &s.files[1]), 'D');
	CU_ASSERT_EQUAL(history_status(&s, &s.files[2]), 'D');
	CU_ASSERT_EQUAL(history_status(&s, &s.files[s.count - 1]), 'A');
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "submitted documents go and come with the patient",
		  submitted_documents_go_and_come_with_the_patient },
		{ "no job changes a whole patient at once",
		  no_job_changes_a_whole_patient_at_once },
		{ "a merged patient's documents go on as their files say",
		  a_merged_patients_documents_go_on_as_their_files_say },
		{ "what was referred to is copied when it is to be",
		  what_was_referred_to_is_copied_when_it_is_to_be },
		{ "a file renamed meanwhile waits for the next import",
		  a_file_renamed_meanwhile_waits_for_the_next_import },
		{ NULL, NULL }
	};
	return suite_run("ssmix2 beside", tests);
}
