/* tests/profiles/retention_test.c: whom a rule of retention names, and the second it lets a
 * document go. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "profiles/actors/retention.h"

static instant at(const char *dtm)
{
	instant t = 0;
	CU_ASSERT_FATAL(instant_from_dtm(dtm, 0, &t));
	return t;
}

/* ---- The calendar ---- */

static void spans_end_where_the_calendar_says(void)
{
	static const struct {
		const char *from;
		struct calendar_span span;
		const char *to;
	} rows[] = {
		{ "20260115093000", { 6, 0 }, "20260715093000" },
		{ "20260131093000", { 1, 0 }, "20260228093000" },
		{ "20240131093000", { 1, 0 }, "20240229093000" },
		{ "20240229000000", { 12, 0 }, "20250228000000" },
		{ "20240229000000", { 48, 0 }, "20280229000000" },
		{ "20960229000000", { 48, 0 }, "21000228000000" }, /* no leap year */
		{ "19960229000000", { 48, 0 }, "20000229000000" }, /* one */
		{ "20260831235959", { 6, 0 }, "20270228235959" },
		{ "20261201000000", { 1, 0 }, "20270101000000" },
		{ "20261231235959", { 0, 1 }, "20270101235959" },
		{ "20240228120000", { 0, 1 }, "20240229120000" },
		{ "20260228120000", { 0, 1 }, "20260301120000" },
		{ "20260115093000", { 0, 180 }, "20260714093000" },
		{ "20240131000000", { 1, 1 }, "20240301000000" },
		{ "19691231235959", { 1, 0 }, "19700131235959" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(calendar_span_after(at(rows[i].from), rows[i].span),
				at(rows[i].to));
	/* What is less than a second stays. */
	CU_ASSERT_EQUAL(calendar_span_after(at("20260115093000") + 7,
					    (struct calendar_span){ .months = 1 }),
			at("20260215093000") + 7);
	CU_ASSERT_EQUAL(calendar_span_after(-1, (struct calendar_span){ .days = 1 }),
			INT64_C(86400000000) - 1);
}

/* ---- When ---- */

#define CREATED(m, d) .after_creation = { m, d }
#define ACCEPTED(m, d) .after_acceptance = { m, d }

/* Whatever is not said of a document is not so: it was never accepted, none is newer, it stays. */
static const struct {
	const char *why;
	struct retention_rule rule;
	const char *created, *accepted;
	unsigned newer;
	const char *now;
	enum retention_reason reason;
} due[] = {
	{ .why = "a second before",
	  .rule = { CREATED(6, 0) },
	  .created = "20260115093000",
	  .now = "20260715093000",
	  .reason = RETENTION_STAYS },
	{ .why = "its second is over",
	  .rule = { CREATED(6, 0) },
	  .created = "20260115093000",
	  .now = "20260715093001",
	  .reason = RETENTION_CREATED },
	{ .why = "days",
	  .rule = { CREATED(0, 180) },
	  .created = "20260115093000",
	  .now = "20260714093001",
	  .reason = RETENTION_CREATED },
	{ .why = "of a day its last moment",
	  .rule = { CREATED(1, 0) },
	  .created = "20260131",
	  .now = "20260228235959",
	  .reason = RETENTION_STAYS },
	{ .why = "and then",
	  .rule = { CREATED(1, 0) },
	  .created = "20260131",
	  .now = "20260301",
	  .reason = RETENTION_CREATED },
	{ .why = "of a minute",
	  .rule = { CREATED(0, 1) },
	  .created = "202601310900",
	  .now = "20260201090059",
	  .reason = RETENTION_STAYS },
	{ .why = "of a month",
	  .rule = { CREATED(12, 0) },
	  .created = "202602",
	  .now = "20270228235959",
	  .reason = RETENTION_STAYS },
	{ .why = "and then",
	  .rule = { CREATED(12, 0) },
	  .created = "202602",
	  .now = "20270301",
	  .reason = RETENTION_CREATED },
	{ .why = "of a year",
	  .rule = { CREATED(12, 0) },
	  .created = "2026",
	  .now = "20271231235959",
	  .reason = RETENTION_STAYS },
	{ .why = "and then",
	  .rule = { CREATED(12, 0) },
	  .created = "2026",
	  .now = "20280101",
	  .reason = RETENTION_CREATED },
	{ .why = "no creationTime",
	  .rule = { CREATED(0, 1) },
	  .now = "20990101",
	  .reason = RETENTION_STAYS },
	{ .why = "none that can be read",
	  .rule = { CREATED(0, 1) },
	  .created = "yesterday",
	  .now = "20990101",
	  .reason = RETENTION_STAYS },
	{ .why = "of the future",
	  .rule = { CREATED(0, 1) },
	  .created = "20990101",
	  .now = "20260101",
	  .reason = RETENTION_STAYS },
	{ .why = "not accepted",
	  .rule = { ACCEPTED(0, 7) },
	  .created = "20200101",
	  .now = "20260101",
	  .reason = RETENTION_STAYS },
	{ .why = "accepted a week ago, less a second",
	  .rule = { ACCEPTED(0, 7) },
	  .created = "20200101",
	  .accepted = "20260101120000",
	  .now = "20260108115959",
	  .reason = RETENTION_STAYS },
	{ .why = "a week ago",
	  .rule = { ACCEPTED(0, 7) },
	  .created = "20200101",
	  .accepted = "20260101120000",
	  .now = "20260108120000",
	  .reason = RETENTION_ACCEPTED },
	{ .why = "accepted, without creationTime",
	  .rule = { ACCEPTED(0, 7) },
	  .accepted = "20260101120000",
	  .now = "20260108120000",
	  .reason = RETENTION_ACCEPTED },
	{ .why = "either: the creation",
	  .rule = { CREATED(6, 0), ACCEPTED(0, 7) },
	  .created = "20250101",
	  .accepted = "20260101",
	  .now = "20260102",
	  .reason = RETENTION_CREATED },
	{ .why = "either: the acceptance",
	  .rule = { CREATED(6, 0), ACCEPTED(0, 7) },
	  .created = "20260101",
	  .accepted = "20260101",
	  .now = "20260109",
	  .reason = RETENTION_ACCEPTED },
	{ .why = "either: neither",
	  .rule = { CREATED(6, 0), ACCEPTED(0, 7) },
	  .created = "20260101",
	  .accepted = "20260105",
	  .now = "20260109",
	  .reason = RETENTION_STAYS },
	{ .why = "one of the last three",
	  .rule = { .keep_last = 3 },
	  .created = "20200101",
	  .newer = 2,
	  .now = "20260101",
	  .reason = RETENTION_STAYS },
	{ .why = "behind them",
	  .rule = { .keep_last = 3 },
	  .created = "20200101",
	  .newer = 3,
	  .now = "20260101",
	  .reason = RETENTION_BEHIND },
	{ .why = "behind them, without creationTime",
	  .rule = { .keep_last = 3 },
	  .newer = 3,
	  .now = "20260101",
	  .reason = RETENTION_STAYS },
	{ .why = "100 days or the last three: old, one of them",
	  .rule = { CREATED(0, 100), .keep_last = 3 },
	  .created = "20200101",
	  .newer = 2,
	  .now = "20260101",
	  .reason = RETENTION_STAYS },
	{ .why = "old, behind them",
	  .rule = { CREATED(0, 100), .keep_last = 3 },
	  .created = "20200101",
	  .newer = 3,
	  .now = "20260101",
	  .reason = RETENTION_CREATED },
	{ .why = "young, behind them",
	  .rule = { CREATED(0, 100), .keep_last = 3 },
	  .created = "20251231",
	  .newer = 9,
	  .now = "20260101",
	  .reason = RETENTION_STAYS },
	{ .why = "kept",
	  .rule = { .keep = true },
	  .created = "20200101",
	  .accepted = "20200101",
	  .newer = 9,
	  .now = "20260101",
	  .reason = RETENTION_STAYS },
};

static void a_document_is_due_to_the_second(void)
{
	for (size_t i = 0; i < COUNT(due); i++) {
		const struct retention_facts facts = {
			.creation_time = due[i].created,
			.accepted = due[i].accepted == NULL ? 0 : at(due[i].accepted),
			.newer = due[i].newer,
			.now = at(due[i].now),
		};
		if (retention_due(&due[i].rule, &facts) != due[i].reason) {
			printf("%zu: %s\n", i, due[i].why);
			CU_FAIL("another reason");
		}
	}
}

/* ---- Whom ---- */

static const struct registered_system systems[] = {
	{ .name = "a-hospital", .institution_code = "1312345671" },
	{ .name = "a-ward", .institution_code = "1312345671" },
	{ .name = "b-clinic", .institution_code = "1312345672" },
};
static const struct region region = { .systems = systems, .system_count = COUNT(systems) };

static void a_rule_names_by_class_type_and_facility(void)
{
	static const char *const one[] = { "1^2.3", NULL }, *const two[] = { "9^2.3", "1^2.3",
									     NULL };
	static const char *const other[] = { "1^2", NULL }, *const at_a[] = { "a-hospital", NULL };
	static struct coded_value coded = { .code = "1", .scheme = "2.3" };
	static const struct {
		struct retention_rule rule;
		enum document_entry_type type;
		const char *system;
		bool named;
	} rows[] = {
		{ { .classes = one }, ENTRY_STABLE, NULL, true },
		{ { .classes = two }, ENTRY_STABLE, NULL, true },
		{ { .classes = other }, ENTRY_STABLE, NULL, false },
		{ { .types = one }, ENTRY_STABLE, NULL, true },
		{ { .types = other }, ENTRY_STABLE, NULL, false },
		{ { .classes = one, .types = two }, ENTRY_STABLE, NULL, true },
		{ { .classes = one, .types = other }, ENTRY_STABLE, NULL, false },
		{ { .classes = other, .types = one }, ENTRY_STABLE, NULL, false },
		{ { .classes = one }, ENTRY_ON_DEMAND, NULL, false },
		{ { .classes = one, .facilities = at_a }, ENTRY_STABLE, "a-hospital", true },
		{ { .classes = one, .facilities = at_a }, ENTRY_STABLE, "a-ward", true },
		{ { .classes = one, .facilities = at_a }, ENTRY_STABLE, "b-clinic", false },
		{ { .classes = one, .facilities = at_a }, ENTRY_STABLE, "gone", false },
		{ { .classes = one, .facilities = at_a }, ENTRY_STABLE, NULL, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct document_entry e = { .type = rows[i].type,
						  .class_code = &coded,
						  .type_code = &coded,
						  .source_system = rows[i].system };
		CU_ASSERT_EQUAL(retention_names(&region, &rows[i].rule, &e), rows[i].named);
	}
	const struct document_entry bare = { .type = ENTRY_STABLE };
	CU_ASSERT_FALSE(retention_names(&region, &rows[0].rule, &bare));
}

static void acceptance_matters_where_a_rule_asks_for_it(void)
{
	static const char *const one[] = { "1^2.3", NULL };
	static struct coded_value coded = { .code = "1", .scheme = "2.3" };
	const struct document_entry e = { .class_code = &coded }, bare = { .class_code = NULL };
	struct retention_rule rules[] = { { .classes = one, CREATED(6, 0) },
					  { .classes = one, CREATED(6, 0) } };
	struct region r = region;
	r.retention = rules;
	CU_ASSERT_FALSE(retention_needs_acceptance(&r, &e));
	r.retention_count = COUNT(rules);
	CU_ASSERT_FALSE(retention_needs_acceptance(&r, &e));
	rules[1].after_acceptance.days = 7;
	CU_ASSERT_TRUE(retention_needs_acceptance(&r, &e));
	CU_ASSERT_FALSE(retention_needs_acceptance(&r, &bare));
}

static void every_two_documents_have_an_order(void)
{
	static const struct {
		const char *a, *b;
		bool newer;
	} rows[] = {
		{ "20260102", "20260101", true },
		{ "20260101", "20260102", false },
		{ "2026", "20260101", true }, /* alike, and the later id */
		{ "20260101000001", "20260101", true },
		{ "20260101", NULL, true },
		{ NULL, "20260101", false },
		{ NULL, NULL, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct document_entry a = { .id = "urn:uuid:2", .creation_time = rows[i].a };
		const struct document_entry b = { .id = "urn:uuid:1", .creation_time = rows[i].b };
		CU_ASSERT_EQUAL(retention_is_newer(&a, &b), rows[i].newer);
		if (rows[i].a != NULL || rows[i].b != NULL)
			CU_ASSERT_EQUAL(retention_is_newer(&b, &a), !rows[i].newer);
	}
	CU_ASSERT_STRING_EQUAL(retention_reason_name(RETENTION_ACCEPTED), "after-acceptance");
}

static const struct test tests[] = {
	{ "spans end where the calendar says", spans_end_where_the_calendar_says },
	{ "a document is due to the second", a_document_is_due_to_the_second },
	{ "a rule names by class, type and facility", a_rule_names_by_class_type_and_facility },
	{ "acceptance matters where a rule asks for it",
	  acceptance_matters_where_a_rule_asks_for_it },
	{ "every two documents have an order", every_two_documents_have_an_order },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: retention", tests);
}
