/* tests/profiles/retention_run_test.c: what rules of retention remove, and that nothing of it is
 * left, nothing else is gone, and each removal has its records. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "profiles/actors/retention_run.h"
#include "store/acceptances.h"
#include "store/daily.h"
#include "store/lease.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/usage.h"
#include "tests/profiles/documents.h"
#include "tests/store/in_job.h"

extern const struct transaction iti57_update_document_set, iti62_remove_metadata;

#define LOINC "2.16.840.1.113883.6.1"
#define REFERRAL "57133-1"
#define RELATION "urn:ihe:iti:2007:AssociationType:"
#define TO_B                                                                                       \
	"B診療所^^^^^&amp;2.999.102&amp;ISO^^^^1|D0456^佐藤^次郎|^^Internet^jiro@b-clinic.example"

static const char *const referrals[] = { REFERRAL "^" LOINC, NULL };
static const char *const summaries[] = { "18842-5^" LOINC, NULL };
static const struct retention_rule half_a_year[] = {
	{ .name = "referrals", .types = referrals, .after_creation = { 6, 0 } },
};

/* ---- A region with rules ---- */

struct scene {
	struct house h;
	struct registered_system systems[4];
	struct retention_recorder recorder;
	unsigned metadata, documents; /* records of the run */
	unsigned fails_at;            /* which record cannot be kept; 0: none */
	const struct audit_event *last;
	bool (*give_way)(void *self, int64_t took); /* NULL: nothing comes between its jobs */
	void *between;
	struct retention_removed done;
	struct problem problem;
};

static bool record(void *self, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	struct scene *s = self;
	(void)t;
	(void)a;
	CU_ASSERT_EQUAL(e->action, AUDIT_DELETE);
	CU_ASSERT_PTR_NOT_NULL(e->about);
	CU_ASSERT_EQUAL(e->objects->type_code, 1); /* the patient first, then the rule */
	CU_ASSERT_TRUE(text_starts(e->objects->next->id, "retention "));
	s->metadata += text_equal(e->transaction, "ITI-62");
	s->documents += text_equal(e->transaction, "ITI-86");
	return s->fails_at == 0 || s->metadata + s->documents != s->fails_at;
}

static void begin(struct scene *s, const struct retention_rule *rules, size_t count)
{
	*s = (struct scene){ .fails_at = 0 };
	house_open(&s->h);
	memcpy(s->systems, people_systems, sizeof s->systems);
	s->systems[1].title = "B診療所";
	s->systems[2].institution_code = "1312345670";
	s->h.region.systems = s->systems;
	s->h.region.retention = rules;
	s->h.region.retention_count = count;
	s->recorder = (struct retention_recorder){ s, record };
}

static bool run_at(struct scene *s, const char *now, const char *only)
{
	struct admission sees = house_admission(&s->h);
	struct leniencies needed = { .resolve_own_ids = false };
	struct retention_run r = {
		.store = s->h.store.store,
		.asked = { .desk = { .region = &s->h.region,
				     .admission = &sees,
				     .needed = &needed },
			   .only = only },
		.recorder = s->recorder,
		.give_way = s->give_way,
		.self = s->between,
	};
	s->problem = (struct problem){ .code = PROBLEM_NONE };
	s->metadata = s->documents = 0;
	CU_ASSERT_TRUE_FATAL(instant_from_dtm(now, 0, &r.asked.desk.now));
	bool done = retention_run(&r, &s->problem);
	s->done = r.done;
	return done;
}

static unsigned findings(struct scene *s)
{
	static const struct check_module *const modules[] = { &identity_check,
							      &consent_check,
							      &registry_check,
							      &repository_check,
							      &acceptances_check,
							      &lease_check,
							      NULL };
	struct check_counts counts = { 0 };
	CU_ASSERT_TRUE(
		store_check(s->h.store.store, modules, people_tell, NULL, &counts, &s->problem));
	return (unsigned)counts.findings;
}

static void end(struct scene *s)
{
	CU_ASSERT_EQUAL(findings(s), 0);
	house_close(&s->h);
}

/* One document, submitted alone. */
struct paper {
	const char *created;
	const char *type;              /* NULL: a referral */
	const char *relation, *target; /* NULL: none */
	const char *recipient;         /* NULL: as it is */
	const char *system;            /* NULL: a-hospital */
	bool other;                    /* of the other patient */
};

static const char *written(struct house *h, const struct paper *p)
{
	const char *text = message(h, "ebrim/document.xml", p->other ? h->other : h->patient);
	text = edit(h, text, "<rim:Value>DA39a3ee5e6b4b0d3255bfef95601890afd80709</rim:Value>", "");
	text = edit(h, text, "<rim:Slot name=\"hash\"><rim:ValueList></rim:ValueList></rim:Slot>",
		    "");
	text = edit(h, text,
		    "<rim:Slot name=\"size\"><rim:ValueList><rim:Value>36</rim:Value>"
		    "</rim:ValueList></rim:Slot>",
		    "");
	text = edit(h, text, "20251224103000", p->created);
	if (p->type != NULL)
		text = edit(h, text, REFERRAL, p->type);
	if (p->recipient != NULL)
		text = edit(h, text, TO_B, p->recipient);
	if (p->relation == NULL)
		return text;
	return edit(h, text, "</rim:RegistryObjectList>",
		    arena_printf(h->arena,
				 "<rim:Association id=\"rel\" associationType=\"%s\" "
				 "sourceObject=\"Document01\" targetObject=\"%s\"/>"
				 "</rim:RegistryObjectList>",
				 p->relation, p->target));
}

static const struct submission *submit(struct scene *s, const struct paper *p)
{
	struct house *h = &s->h;
	const char *system = p->system == NULL ? "a-hospital" : p->system;
	struct asked *q = ask(
		h, &iti41_provide_and_register, system, provide(h, written(h, p), "Document01"),
		attach(h, "Document01", arena_printf(h->arena, "octets %u", h->number)));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	if (!text_equal(q->status, "Success"))
		printf("%s %s\n", q->error, q->context);
	return q->x.result;
}

static const struct document_entry *put(struct scene *s, const struct paper *p)
{
	return submit(s, p)->entries;
}

static bool is_there(struct scene *s, const char *uuid)
{
	struct store_txn *t = store_begin_read(s->h.store.store, &s->problem);
	bool there = registry_has(t, uuid);
	store_end(t);
	return there;
}

static bool has_octets(struct scene *s, const struct document_entry *e)
{
	struct store_txn *t = store_begin_read(s->h.store.store, &s->problem);
	struct kept_document kept;
	bool there = repository_find(t, s->h.arena, e->repository_unique_id, e->unique_id, &kept);
	store_end(t);
	return there;
}

static uint64_t used(struct scene *s, const char *system)
{
	struct store_txn *t = store_begin_read(s->h.store.store, &s->problem);
	struct usage u = usage_of(t, system);
	store_end(t);
	return usage_octets(&u);
}

/* ---- One ---- */

static void what_is_due_goes_whole(void)
{
	struct scene s;
	begin(&s, half_a_year, COUNT(half_a_year));
	const struct submission *young = submit(&s, &(struct paper){ .created = "20250701" });
	uint64_t before = used(&s, "a-hospital");
	const struct submission *old = submit(&s, &(struct paper){ .created = "20250601" });
	CU_ASSERT_TRUE(used(&s, "a-hospital") > before);
	CU_ASSERT_TRUE(run_at(&s, "20251201", NULL));
	CU_ASSERT_EQUAL(s.done.documents, 0);
	CU_ASSERT_TRUE(run_at(&s, "20251202", NULL));
	CU_ASSERT_EQUAL(s.done.documents, 1);
	CU_ASSERT_EQUAL(s.done.octets_of, 1);
	CU_ASSERT_EQUAL(s.done.stayed, 0);
	CU_ASSERT_EQUAL(s.metadata, 1);
	CU_ASSERT_EQUAL(s.documents, 1);
	CU_ASSERT_FALSE(is_there(&s, old->entries->id));
	CU_ASSERT_FALSE(is_there(&s, old->set->id));
	CU_ASSERT_FALSE(is_there(&s, old->associations->id));
	CU_ASSERT_FALSE(has_octets(&s, old->entries));
	CU_ASSERT_TRUE(is_there(&s, young->entries->id));
	CU_ASSERT_TRUE(is_there(&s, young->set->id));
	CU_ASSERT_TRUE(has_octets(&s, young->entries));
	CU_ASSERT_EQUAL(used(&s, "a-hospital"), before);
	CU_ASSERT_TRUE(run_at(&s, "20251202", NULL));
	CU_ASSERT_EQUAL(s.done.documents, 0);
	end(&s);
}

static void without_a_rule_nothing_goes(void)
{
	struct scene s;
	begin(&s, half_a_year, 0);
	const struct document_entry *e = put(&s, &(struct paper){ .created = "2000" });
	CU_ASSERT_TRUE(run_at(&s, "20990101", NULL));
	CU_ASSERT_TRUE(is_there(&s, e->id));
	s.h.region.retention_count = 1;
	CU_ASSERT_TRUE(run_at(&s, "20990101", "another"));
	CU_ASSERT_TRUE(is_there(&s, e->id));
	CU_ASSERT_TRUE(run_at(&s, "20990101", "referrals"));
	CU_ASSERT_FALSE(is_there(&s, e->id));
	end(&s);
}

/* ---- What belongs together ---- */

enum { FAMILY = 4 };

static const struct retention_rule of_families[] = {
	{ .name = "referrals", .types = referrals, .after_creation = { 6, 0 } },
	{ .name = "hold", .types = summaries, .keep = true },
};
static const struct {
	const char *why;
	size_t rules;
	struct {
		const char *created, *type, *relation;
		size_t target;
	} papers[FAMILY];
	const char *goes; /* which of them */
} families[] = {
	{ "the old one was replaced by a young one",
	  1,
	  { { "20250101", NULL, NULL, 0 }, { "20251101", NULL, RELATION "RPLC", 0 } },
	  "--" },
	{ "the chain is old",
	  1,
	  { { "20250101", NULL, NULL, 0 },
	    { "20250301", NULL, RELATION "RPLC", 0 },
	    { "20250401", NULL, RELATION "RPLC", 1 } },
	  "xxx" },
	{ "what was replaced is of another kind",
	  1,
	  { { "20250101", "11488-4", NULL, 0 }, { "20250301", NULL, RELATION "RPLC", 0 } },
	  "xx" },
	{ "an addendum no rule names goes along, whatever its age",
	  1,
	  { { "20250101", NULL, NULL, 0 }, { "20251101", "11488-4", RELATION "APND", 0 } },
	  "xx" },
	{ "an addendum that a rule names is due itself, or all stay",
	  1,
	  { { "20250101", NULL, NULL, 0 }, { "20251101", NULL, RELATION "APND", 0 } },
	  "--" },
	{ "both are due",
	  1,
	  { { "20250101", NULL, NULL, 0 }, { "20250301", NULL, RELATION "APND", 0 } },
	  "xx" },
	{ "what it is appended to is of no rule",
	  1,
	  { { "20250101", "11488-4", NULL, 0 }, { "20250301", NULL, RELATION "APND", 0 } },
	  "--" },
	{ "made from it",
	  1,
	  { { "20250101", NULL, NULL, 0 }, { "20250101", "11488-4", RELATION "XFRM", 0 } },
	  "xx" },
	{ "made from it in its place",
	  1,
	  { { "20250101", NULL, NULL, 0 }, { "20251101", NULL, RELATION "XFRM_RPLC", 0 } },
	  "--" },
	{ "signed",
	  1,
	  { { "20250101", NULL, NULL, 0 }, { "20250101", "11488-4", RELATION "signs", 0 } },
	  "xx" },
	{ "an addendum of a replacement's predecessor",
	  1,
	  { { "20250101", NULL, NULL, 0 },
	    { "20250101", "11488-4", RELATION "APND", 0 },
	    { "20250301", NULL, RELATION "RPLC", 0 } },
	  "xxx" },
	{ "a rule keeps the addendum",
	  2,
	  { { "20250101", NULL, NULL, 0 }, { "20250101", "18842-5", RELATION "APND", 0 } },
	  "--" },
	{ "apart they do not matter to each other",
	  2,
	  { { "20250101", NULL, NULL, 0 },
	    { "20250101", "18842-5", NULL, 0 },
	    { "20251101", NULL, NULL, 0 } },
	  "x--" },
};

/* The papers of one, put one after the other. */
static void put_family(struct scene *s, size_t row, const char *ids[FAMILY])
{
	for (size_t n = 0; n < FAMILY && families[row].papers[n].created != NULL; n++) {
		const struct paper p = { .created = families[row].papers[n].created,
					 .type = families[row].papers[n].type,
					 .relation = families[row].papers[n].relation,
					 .target = ids[families[row].papers[n].target] };
		ids[n] = put(s, &p)->id;
	}
}

/* Which of them went, as goes says it; how many. */
static unsigned gone_of(struct scene *s, const char *const ids[FAMILY], char gone[FAMILY + 1])
{
	unsigned count = 0;
	for (size_t n = 0; n < FAMILY && ids[n] != NULL; n++) {
		gone[n] = is_there(s, ids[n]) ? '-' : 'x';
		count += gone[n] == 'x';
	}
	return count;
}

static void families_go_or_stay_whole(void)
{
	for (size_t i = 0; i < COUNT(families); i++) {
		struct scene s;
		const char *ids[FAMILY] = { NULL };
		char gone[FAMILY + 1] = "";
		begin(&s, of_families, families[i].rules);
		put_family(&s, i, ids);
		CU_ASSERT_TRUE(run_at(&s, "20251124", NULL));
		unsigned count = gone_of(&s, ids, gone);
		if (!text_equal(gone, families[i].goes)) {
			printf("%s: %s\n", families[i].why, gone);
			CU_FAIL("another went");
		}
		CU_ASSERT_EQUAL(s.done.documents, count);
		end(&s);
	}
}

/* Each hangs on the first, and goes along with it; but for one too many. */
static void a_family_that_is_too_large_stays(void)
{
	for (unsigned more = 0; more <= 1; more++) {
		struct scene s;
		begin(&s, half_a_year, COUNT(half_a_year));
		const char *first = put(&s, &(struct paper){ .created = "20250101" })->id;
		for (unsigned i = 1; i < FAMILY_MOST + more; i++)
			put(&s, &(struct paper){ .created = "20250101",
						 .type = "11488-4",
						 .relation = RELATION "APND",
						 .target = first });
		CU_ASSERT_TRUE(run_at(&s, "20251124", NULL));
		CU_ASSERT_EQUAL(s.done.documents, more == 0 ? FAMILY_MOST : 0);
		CU_ASSERT_EQUAL(is_there(&s, first), more != 0);
		end(&s);
	}
}

static void a_folder_stays_and_so_does_a_set_with_something_left(void)
{
	struct scene s;
	begin(&s, half_a_year, COUNT(half_a_year));
	struct asked *q = ask(&s.h, &iti42_register_document_set, "a-hospital",
			      message(&s.h, "ebrim/submission.xml", s.h.patient), NULL);
	CU_ASSERT_STRING_EQUAL_FATAL(q->status, "Success");
	const struct submission *all = q->x.result;
	/* Another's repository has its octets: not ours to remove. */
	CU_ASSERT_TRUE(run_at(&s, "20990101", NULL));
	CU_ASSERT_TRUE(is_there(&s, all->entries->id));
	s.h.region.repository_unique_id = all->entries->repository_unique_id;
	CU_ASSERT_TRUE(run_at(&s, "20990101", NULL));
	CU_ASSERT_FALSE(is_there(&s, all->entries->id));
	CU_ASSERT_TRUE(is_there(&s, all->folders->id));
	CU_ASSERT_TRUE(is_there(&s, all->set->id));
	CU_ASSERT_EQUAL(s.done.octets_of, 0);
	CU_ASSERT_EQUAL(s.documents, 0); /* no octets went: one record */
	CU_ASSERT_EQUAL(s.metadata, 1);
	end(&s);
}

static void octets_stay_where_another_entry_has_them(void)
{
	struct scene s;
	begin(&s, half_a_year, COUNT(half_a_year));
	struct house *h = &s.h;
	const struct paper p = { .created = "20250101" };
	const char *text = written(h, &p);
	const char *other = edit(h, text, REFERRAL, "11488-4");
	other = edit(h, other, "2.999.101.2.", "2.999.101.3.");
	struct attachment *octets = attach(h, "Document01", "the same octets");
	struct asked *one = ask(h, &iti41_provide_and_register, "a-hospital",
				provide(h, text, "Document01"), octets);
	struct asked *two = ask(h, &iti41_provide_and_register, "a-hospital",
				provide(h, other, "Document01"),
				attach(h, "Document01", "the same octets"));
	CU_ASSERT_STRING_EQUAL_FATAL(one->status, "Success");
	CU_ASSERT_STRING_EQUAL_FATAL(two->status, "Success");
	const struct submission *first = one->x.result, *second = two->x.result;
	CU_ASSERT_STRING_EQUAL(first->entries->unique_id, second->entries->unique_id);
	CU_ASSERT_TRUE(run_at(&s, "20251124", NULL));
	CU_ASSERT_FALSE(is_there(&s, first->entries->id));
	CU_ASSERT_TRUE(is_there(&s, second->entries->id));
	CU_ASSERT_TRUE(has_octets(&s, second->entries));
	CU_ASSERT_EQUAL(s.done.documents, 1);
	CU_ASSERT_EQUAL(s.done.octets_of, 0);
	end(&s);
}

/* ---- The last ones ---- */

static void the_newest_of_each_patient_and_type_stay(void)
{
	static const struct retention_rule last_two[] = {
		{ .name = "last", .types = referrals, .keep_last = 2 },
	};
	struct scene s;
	begin(&s, last_two, 1);
	const struct paper papers[] = {
		{ .created = "20250101" },
		{ .created = "20250301", .system = "b-clinic" },
		{ .created = "20250201" },
		{ .created = "20240101", .other = true },
		{ .created = "20240101", .type = "18842-5" },
	};
	const struct document_entry *e[COUNT(papers)];
	for (size_t i = 0; i < COUNT(papers); i++)
		e[i] = put(&s, &papers[i]);
	/* A correction of the second, made later: one document still. */
	const char *correction = put(&s, &(struct paper){ .created = "20250401",
							  .relation = RELATION "RPLC",
							  .target = e[2]->id })
					 ->id;
	/* Of the future: pushes nobody out. */
	const char *future = put(&s, &(struct paper){ .created = "20990101" })->id;
	CU_ASSERT_TRUE(run_at(&s, "20250501", NULL));
	CU_ASSERT_EQUAL(s.done.documents, 1);
	CU_ASSERT_FALSE(is_there(&s, e[0]->id));
	CU_ASSERT_TRUE(is_there(&s, e[1]->id));
	CU_ASSERT_TRUE(is_there(&s, e[2]->id)); /* replaced by one of the last */
	CU_ASSERT_TRUE(is_there(&s, correction));
	CU_ASSERT_TRUE(is_there(&s, e[3]->id));
	CU_ASSERT_TRUE(is_there(&s, e[4]->id));
	/* Two newer ones, and the chain goes whole. */
	put(&s, &(struct paper){ .created = "20250601" });
	put(&s, &(struct paper){ .created = "20250602" });
	CU_ASSERT_TRUE(run_at(&s, "20250701", NULL));
	CU_ASSERT_EQUAL(s.done.documents, 3);
	CU_ASSERT_FALSE(is_there(&s, e[1]->id));
	CU_ASSERT_FALSE(is_there(&s, e[2]->id));
	CU_ASSERT_FALSE(is_there(&s, correction));
	CU_ASSERT_TRUE(is_there(&s, future));
	end(&s);
}

/* ---- Acceptance ---- */

static const struct retention_rule a_week[] = {
	{ .name = "had", .types = referrals, .after_acceptance = { 0, 7 } },
};

static void fetch(struct scene *s, const char *system, const struct document_entry *e)
{
	struct house *h = &s->h;
	struct asked *q = ask(h, &iti43_retrieve_document_set, system,
			      arena_printf(h->arena,
					   "<xds:RetrieveDocumentSetRequest xmlns:xds=\"%s\">"
					   "<xds:DocumentRequest><xds:RepositoryUniqueId>%s"
					   "</xds:RepositoryUniqueId><xds:DocumentUniqueId>%s"
					   "</xds:DocumentUniqueId></xds:DocumentRequest>"
					   "</xds:RetrieveDocumentSetRequest>",
					   XDSB_NAMESPACE, e->repository_unique_id, e->unique_id),
			      NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
}

static instant had(struct scene *s, const struct document_entry *e, const char *system)
{
	struct store_txn *t = store_begin_read(s->h.store.store, &s->problem);
	instant since = acceptance_of(t, e->id, system);
	store_end(t);
	return since;
}

static void addressees_have_what_they_fetched(void)
{
	struct scene s;
	begin(&s, a_week, 1);
	const struct document_entry *e = put(&s, &(struct paper){ .created = "20250101" });
	fetch(&s, "c-hospital", e);
	fetch(&s, "a-hospital", e);
	CU_ASSERT_EQUAL(had(&s, e, "c-hospital"), 0);
	CU_ASSERT_TRUE(run_at(&s, "20990101", NULL));
	CU_ASSERT_TRUE(is_there(&s, e->id));
	fetch(&s, "b-clinic", e);
	instant since = had(&s, e, "b-clinic");
	CU_ASSERT_EQUAL(since, s.h.now);
	fetch(&s, "b-clinic", e);
	CU_ASSERT_EQUAL(had(&s, e, "b-clinic"), since);
	CU_ASSERT_EQUAL(findings(&s), 0);
	/* 2025-12-24, a few seconds past 09:53:20 */
	CU_ASSERT_TRUE(run_at(&s, "20251231095320", NULL));
	CU_ASSERT_TRUE(is_there(&s, e->id));
	CU_ASSERT_TRUE(run_at(&s, "20251231095400", NULL));
	CU_ASSERT_FALSE(is_there(&s, e->id));
	CU_ASSERT_EQUAL(had(&s, e, "b-clinic"), 0);
	end(&s);
}

static void all_institutions_have_it_or_none(void)
{
	static const struct {
		const char *why, *recipient;
		const char *fetched[3];
		bool goes;
	} rows[] = {
		{ "two, one has it",
		  TO_B "</rim:Value><rim:Value>C病院^^^^^&amp;2.9&amp;ISO^^^^1312345670",
		  { "b-clinic" },
		  false },
		{ "both",
		  TO_B "</rim:Value><rim:Value>C病院^^^^^&amp;2.9&amp;ISO^^^^1312345670",
		  { "b-clinic", "c-hospital" },
		  true },
		{ "one that is no system",
		  TO_B "</rim:Value><rim:Value>X病院^^^^^&amp;2.9&amp;ISO^^^^1",
		  { "b-clinic", "c-hospital" },
		  false },
		{ "a person of none beside",
		  TO_B "</rim:Value><rim:Value>|D1^佐藤",
		  { "b-clinic" },
		  true },
		{ "a person alone", "|D1^佐藤", { "b-clinic" }, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		begin(&s, a_week, 1);
		const struct document_entry *e = put(
			&s,
			&(struct paper){ .created = "20250101", .recipient = rows[i].recipient });
		for (size_t n = 0; rows[i].fetched[n] != NULL; n++)
			fetch(&s, rows[i].fetched[n], e);
		CU_ASSERT_TRUE(run_at(&s, "20990101", NULL));
		if (is_there(&s, e->id) == rows[i].goes) {
			printf("%s\n", rows[i].why);
			CU_FAIL("it should not");
		}
		end(&s);
	}
}

/* Whoever addresses another's document to himself has not been sent it. */
static void a_later_set_addresses_nobody(void)
{
	struct scene s;
	begin(&s, a_week, 1);
	const struct document_entry *e = put(&s, &(struct paper){ .created = "20250101" });
	const char *text = message(&s.h, "ebrim/reference.xml", s.h.patient);
	text = edit(&s.h, text, "$target$", e->id);
	struct asked *q = ask(&s.h, &iti42_register_document_set, "c-hospital", text, NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	fetch(&s, "c-hospital", e);
	CU_ASSERT_EQUAL(had(&s, e, "c-hospital"), 0);
	end(&s);
}

/* No row is written of what no rule counts. */
static void nothing_is_noted_without_a_rule(void)
{
	struct scene s;
	begin(&s, half_a_year, COUNT(half_a_year));
	const struct document_entry *e = put(&s, &(struct paper){ .created = "20250101" });
	fetch(&s, "b-clinic", e);
	CU_ASSERT_EQUAL(had(&s, e, "b-clinic"), 0);
	end(&s);
}

/* ---- Between the look and the job ---- */

enum { MANY = 20 }; /* more than one job removes */

struct between {
	struct scene *s;
	const struct document_entry *papers[MANY]; /* all found by one look */
	const struct document_entry *touched;      /* one that is still there after a job */
	void (*change)(struct between *b);
};

static void replace_by_a_young_one(struct between *b)
{
	put(b->s, &(struct paper){ .created = "20251101",
				   .relation = RELATION "RPLC",
				   .target = b->touched->id });
}

static void append_what_is_kept(struct between *b)
{
	put(b->s, &(struct paper){ .created = "20250101",
				   .type = "18842-5",
				   .relation = RELATION "APND",
				   .target = b->touched->id });
}

/* What it says of its creation was wrong. */
static void update_it(struct between *b)
{
	struct house *h = &b->s->h;
	const struct document_entry *e = b->touched;
	const char *text = message(h, "update/entry.xml", h->patient);
	text = edit(h, edit(h, text, "$entry$", e->id), "$unique$", e->unique_id);
	text = edit(h, edit(h, text, "$previous$", "1"), "$propagates$", "yes");
	text = edit(h, text, "DA39a3ee5e6b4b0d3255bfef95601890afd80709", e->hash);
	text = edit(h, text, "<rim:Value>36</rim:Value>",
		    arena_printf(h->arena, "<rim:Value>%s</rim:Value>", e->size));
	text = edit(h, text, "2.999.77", e->repository_unique_id);
	text = edit(h, text, "20251224103000", "20251101");
	struct asked *q = ask(h, &iti57_update_document_set, "a-hospital", text, NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
}

static void put_reference(struct buffer *b, struct house *h, const char *id)
{
	buffer_text(b, arena_printf(h->arena, "<rim:ObjectRef id=\"%s\"/>", id));
}

/* Its octets stay: whoever removes the entry alone has not said a word of them. */
static void remove_it_otherwise(struct between *b)
{
	struct house *h = &b->s->h;
	struct buffer ids = buffer_in(h->arena);
	struct store_txn *t = store_begin_read(h->store.store, &b->s->problem);
	struct admission sees = house_admission(h);
	const struct registry_desk desk = {
		.txn = t, .arena = h->arena, .region = &h->region, .admission = &sees
	};
	struct document_family family;
	CU_ASSERT_TRUE(document_family_of(&desk, b->touched->id, &family));
	for (const struct text_value *v = document_family_objects(&desk, &family); v != NULL;
	     v = v->next)
		put_reference(&ids, h, v->value);
	store_end(t);
	const char *body = arena_printf(h->arena,
					"<lcm:RemoveObjectsRequest xmlns:lcm=\"" LCM_NAMESPACE
					"\" xmlns:rim=\"" RIM_NAMESPACE "\"><rim:ObjectRefList>%s"
					"</rim:ObjectRefList></lcm:RemoveObjectsRequest>",
					buffer_ended(&ids));
	struct asked *q = ask(h, &iti62_remove_metadata, "a-hospital", body, NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
}

static void nothing(struct between *b)
{
	(void)b;
}

static bool change_between(void *self, int64_t took)
{
	struct between *b = self;
	for (size_t i = 0; took != 0 && b->touched == NULL && i < MANY; i++)
		if (is_there(b->s, b->papers[i]->id))
			b->touched = b->papers[i];
	if (b->touched != NULL && b->change != NULL)
		b->change(b);
	b->change = NULL;
	return true;
}

static void what_changed_since_the_look_is_judged_anew(void)
{
	static const struct retention_rule rules[] = {
		{ .name = "referrals", .types = referrals, .after_creation = { 6, 0 } },
		{ .name = "hold", .types = summaries, .keep = true },
	};
	static const struct {
		const char *why;
		void (*change)(struct between *b);
		bool stays, octets_stay, recorded;
	} rows[] = {
		{ "nothing came", nothing, false, false, true },
		{ "replaced by a young one", replace_by_a_young_one, true, true, false },
		{ "appended to by what a rule keeps", append_what_is_kept, true, true, false },
		{ "updated", update_it, true, true, false },
		{ "removed by somebody else", remove_it_otherwise, false, true, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct between b = { .s = &s, .change = rows[i].change };
		const unsigned wanted = rows[i].recorded ? MANY : MANY - 1;
		begin(&s, rules, COUNT(rules));
		for (size_t n = 0; n < MANY; n++)
			b.papers[n] = put(&s, &(struct paper){ .created = "20250101" });
		s.give_way = change_between;
		s.between = &b;
		CU_ASSERT_TRUE(run_at(&s, "20251124", NULL));
		CU_ASSERT_PTR_NOT_NULL_FATAL(b.touched);
		for (size_t n = 0; n < MANY; n++)
			CU_ASSERT_EQUAL(is_there(&s, b.papers[n]->id),
					rows[i].stays && b.papers[n] == b.touched);
		CU_ASSERT_EQUAL(has_octets(&s, b.touched), rows[i].octets_stay);
		CU_ASSERT_EQUAL(s.done.documents, wanted);
		CU_ASSERT_EQUAL(s.metadata, wanted);
		CU_ASSERT_EQUAL(s.documents, wanted);
		if (s.metadata != wanted)
			printf("%s: %u records\n", rows[i].why, s.metadata);
		end(&s);
	}
}

/* ---- The last whole run ---- */

static bool last_run(struct scene *s, struct daily *out)
{
	struct store_txn *t = store_begin_read(s->h.store.store, &s->problem);
	bool there = daily_look(t, RETENTION_DAILY, out);
	store_end(t);
	return there;
}

/* By all rules, to its end; kept with the end of its lease. */
static void a_whole_run_is_noted(void)
{
	struct scene s;
	struct daily row;
	instant first = 0;
	begin(&s, half_a_year, COUNT(half_a_year));
	s.h.region.retention_minute = 200;
	CU_ASSERT_TRUE(run_at(&s, "20251124", "referrals"));
	CU_ASSERT_FALSE(last_run(&s, &row));
	CU_ASSERT_TRUE(run_at(&s, "20251124", NULL));
	CU_ASSERT_TRUE_FATAL(last_run(&s, &row));
	CU_ASSERT_TRUE(instant_from_dtm("20251124", 0, &first));
	CU_ASSERT_EQUAL(row.done, first);
	CU_ASSERT_EQUAL(row.minute, 200);
	put(&s, &(struct paper){ .created = "20250101" });
	s.fails_at = 1;
	CU_ASSERT_FALSE(run_at(&s, "20251125", NULL));
	CU_ASSERT_TRUE(last_run(&s, &row));
	CU_ASSERT_EQUAL(row.done, first);
	end(&s);
}

/* ---- Cut short ---- */

static void what_cannot_be_recorded_stays_and_goes_later(void)
{
	enum { PAPERS = 5 };
	for (unsigned at = 1; at <= 2 * PAPERS + 1; at++) {
		struct scene s;
		const char *ids[PAPERS];
		begin(&s, half_a_year, COUNT(half_a_year));
		for (size_t i = 0; i < PAPERS; i++)
			ids[i] = put(&s,
				     &(struct paper){ .created = "20250101", .other = i % 2 != 0 })
					 ->id;
		s.fails_at = at;
		bool done = run_at(&s, "20251124", NULL);
		CU_ASSERT_EQUAL(done, at > 2 * PAPERS);
		CU_ASSERT_TRUE(done || s.problem.code == PROBLEM_AUDIT_UNAVAILABLE);
		CU_ASSERT_EQUAL(findings(&s), 0);
		s.fails_at = 0;
		CU_ASSERT_TRUE(run_at(&s, "20251124", NULL));
		for (size_t i = 0; i < PAPERS; i++)
			CU_ASSERT_FALSE(is_there(&s, ids[i]));
		end(&s);
	}
}

static bool others_lease(struct store_txn *t, const void *with)
{
	const instant *end = with;
	instant until;
	return lease_take(t, RETENTION_LEASE, "another-node", 1, *end, &until);
}

static void one_node_does_it(void)
{
	struct scene s;
	instant end_of_it = system_clock.now(&system_clock) + INT64_C(3600000000);
	begin(&s, half_a_year, COUNT(half_a_year));
	const struct document_entry *e = put(&s, &(struct paper){ .created = "20250101" });
	CU_ASSERT_TRUE(in_job(&s.h.store, others_lease, &end_of_it));
	CU_ASSERT_FALSE(run_at(&s, "20251124", NULL));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(s.problem.what, "another-node"));
	CU_ASSERT_TRUE(is_there(&s, e->id));
	end(&s);
}

static const struct test tests[] = {
	{ "what is due goes whole", what_is_due_goes_whole },
	{ "without a rule nothing goes", without_a_rule_nothing_goes },
	{ "families go or stay whole", families_go_or_stay_whole },
	{ "a family that is too large stays", a_family_that_is_too_large_stays },
	{ "a folder stays, and so does a set with something left",
	  a_folder_stays_and_so_does_a_set_with_something_left },
	{ "octets stay where another entry has them", octets_stay_where_another_entry_has_them },
	{ "the newest of each patient and type stay", the_newest_of_each_patient_and_type_stay },
	{ "addressees have what they fetched", addressees_have_what_they_fetched },
	{ "all institutions have it, or none", all_institutions_have_it_or_none },
	{ "a later set addresses nobody", a_later_set_addresses_nobody },
	{ "nothing is noted without a rule", nothing_is_noted_without_a_rule },
	{ "what changed since the look is judged anew",
	  what_changed_since_the_look_is_judged_anew },
	{ "a whole run is noted", a_whole_run_is_noted },
	{ "what cannot be recorded stays, and goes later",
	  what_cannot_be_recorded_stays_and_goes_later },
	{ "one node does it", one_node_does_it },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: retention runs", tests);
}
