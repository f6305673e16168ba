/* tests/profiles/iti47_parts_test.c: an answer told part by part, ITI TF-2: 3.47.4.3: the
 * continuation and the cancel. */
#include "tests/profiles/iti47_scene.h"

static void part_by_part(void)
{
	static const struct v3_edit all[] = { { GIVEN, "" }, { LIST, QUANTITY("1") }, { 0 } };
	static const struct v3_edit next[] = { { "<continuationQuantity value=\"1\"/>", "" },
					       { 0 } };
	static const struct v3_edit first[] = { { "<continuationQuantity value=\"1\"/>",
						  "<startResultNumber value=\"1\"/>"
						  "<continuationQuantity value=\"2\"/>" },
						{ 0 } };
	static const struct v3_edit far[] = {
		{ "<continuationQuantity value=\"1\"/>", "<startResultNumber value=\"9\"/>" }, { 0 }
	};
	struct v3 v;
	open_with_people(&v);
	ask(&v, "a-hospital", "iti47/query.xml", all);
	CU_ASSERT_STRING_EQUAL(answered(&v), "REGION 101/101");
	CU_ASSERT_EQUAL(continuations_count(v.continuations), 1);
	ask(&v, "a-hospital", "iti47/continue.xml", next);
	CU_ASSERT_STRING_EQUAL(answered(&v), "REGION 101/102");
	CU_ASSERT_STRING_EQUAL(quantities(&v), "3 1 1");
	/* Another's, by the same name. */
	ask(&v, "c-hospital", "iti47/continue.xml", NULL);
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "controlActProcess/queryAck/queryResponseCode"), "AE");
	CU_ASSERT_STRING_EQUAL(v3_location(&v),
			       "/QUQI_IN000003UV01/controlActProcess/queryContinuation/queryId");
	ask(&v, "c-hospital", "iti47/cancel.xml", NULL);
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/typeCode"), "CA");
	ask(&v, "a-hospital", "iti47/continue.xml", NULL);
	CU_ASSERT_STRING_EQUAL(answered(&v), "REGION 101/103");
	ask(&v, "a-hospital", "iti47/continue.xml", NULL);
	CU_ASSERT_STRING_EQUAL(quantities(&v), "3 0 0");
	/* Back to the first, two from now on; then one that is hidden by now. */
	ask(&v, "a-hospital", "iti47/continue.xml", first);
	CU_ASSERT_STRING_EQUAL(answered(&v), "REGION 101/101 | REGION 101/102");
	CU_ASSERT_STRING_EQUAL(quantities(&v), "3 2 1");
	ask(&v, "a-hospital", "iti47/continue.xml", next);
	CU_ASSERT_STRING_EQUAL(answered(&v), "REGION 101/103");
	ask(&v, "a-hospital", "iti47/continue.xml", far);
	CU_ASSERT_STRING_EQUAL(quantities(&v), "3 0 0");
	/* Long after, and cancelled. */
	v.now = 1768437000000000 + (instant)CONTINUATION_SECONDS * 1000000;
	ask(&v, "a-hospital", "iti47/continue.xml", first);
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/typeCode"), "AE");
	ask(&v, "a-hospital", "iti47/query.xml", all);
	ask(&v, "a-hospital", "iti47/cancel.xml", NULL);
	CU_ASSERT_EQUAL(continuations_count(v.continuations), 0);
	v3_close(&v);
}

/* More than are told: an error that says what to do, and nobody of them; narrowed they are few. */
static void too_many(void)
{
	static const struct v3_edit all[] = { { "ヤマダ", "タナカ" }, { GIVEN, "" }, { 0 } };
	static const struct v3_edit one[] = {
		{ "ヤマダ", "タナカ" },
		{ GIVEN, "" },
		{ ENDS, "<livingSubjectBirthTime><value "
			"value=\"19600101\"/></livingSubjectBirthTime>" ENDS },
		{ 0 }
	};
	struct v3 v;
	open_with_people(&v);
	for (unsigned i = 0; i <= DEMOGRAPHICS_PERSONS; i++)
		people_feed(&v.f, &(struct who){ .domain = A_DOMAIN,
						 .id = arena_printf(v.f.arena, "m%u", i),
						 .family = "タナカ",
						 .given = "イチロウ",
						 .birth = arena_printf(v.f.arena, "19%02u%02u01",
								       60 + i / 12, 1 + i % 12) });
	ask(&v, "a-hospital", "iti47/query.xml", all);
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/typeCode"), "AE");
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/acknowledgementDetail/code"), "207");
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "controlActProcess/queryAck/queryResponseCode"), "AE");
	CU_ASSERT_STRING_EQUAL(quantities(&v), "0 0 0");
	CU_ASSERT_STRING_EQUAL(answered(&v), "");
	/* To who may not be told of them they are nobody. */
	v.hide = true;
	ask(&v, "b-clinic", "iti47/query.xml", all);
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "controlActProcess/queryAck/queryResponseCode"), "NF");
	v.hide = false;
	ask(&v, "a-hospital", "iti47/query.xml", one);
	CU_ASSERT_STRING_EQUAL(answered(&v), "REGION 101/m0");
	v3_close(&v);
}

/* Between two parts somebody leaves, and another id is merged away. */
static void who_is_gone_is_told_no_more(void)
{
	static const struct v3_edit all[] = { { GIVEN, "" }, { LIST, QUANTITY("1") }, { 0 } };
	static const struct v3_edit rest[] = { { "<continuationQuantity value=\"1\"/>",
						 "<continuationQuantity value=\"9\"/>" },
					       { 0 } };
	struct v3 v;
	open_with_people(&v);
	ask(&v, "c-hospital", "iti47/query.xml", all);
	CU_ASSERT_STRING_EQUAL(quantities(&v), "3 1 2");
	v.hidden = people_record(&v.f, A_DOMAIN, "103").number;
	fixture_must(&v.f, people_merge(&v.f, A_DOMAIN, "101", "102", NULL) == PROBLEM_NONE);
	ask(&v, "c-hospital", "iti47/continue.xml", rest);
	CU_ASSERT_STRING_EQUAL(answered(&v), "");
	CU_ASSERT_STRING_EQUAL(quantities(&v), "3 0 0");
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "controlActProcess/queryAck/queryResponseCode"), "NF");
	v3_close(&v);
}

#define GOES_ON "<queryId root=\"2.999.101.6\" extension=\"q-1\"/>"

static const struct {
	const char *why, *file;
	struct v3_edit edits[2];
	const char *ack, *code;
} unreadable_continuations[] = {
	{ "no query", "iti47/continue.xml", { { GOES_ON, "" } }, "AE", "QE" },
	{ "two queries", "iti47/continue.xml", { { GOES_ON, GOES_ON GOES_ON } }, "AE", "QE" },
	{ "no continuation",
	  "iti47/continue.xml",
	  { { "<queryContinuation>", "<x>" }, { "</queryContinuation>", "</x>" } },
	  "AE",
	  "QE" },
	{ "two continuations",
	  "iti47/continue.xml",
	  { { "</queryContinuation>", "</queryContinuation><queryContinuation/>" } },
	  "AE",
	  "QE" },
	{ "no record", "iti47/continue.xml", { { "value=\"1\"", "value=\"0\"" } }, "AE", "AE" },
	{ "a start that is none",
	  "iti47/continue.xml",
	  { { "<continuationQuantity", "<startResultNumber value=\"0\"/><continuationQuantity" } },
	  "AE",
	  "AE" },
	{ "a status there is not",
	  "iti47/continue.xml",
	  { { "waitContinuedQueryResponse", "new" } },
	  "AE",
	  "AE" },
	{ "cancelled by the action that continues",
	  "iti47/continue.xml",
	  { { "waitContinuedQueryResponse", "aborted" } },
	  "AE",
	  "AE" },
	{ "continued by the action that cancels",
	  "iti47/cancel.xml",
	  { { "value=\"0\"", "value=\"1\"" }, { "aborted", "waitContinuedQueryResponse" } },
	  "CE",
	  "" },
	{ "another version",
	  "iti47/continue.xml",
	  { { "<interactionId", "<versionCode code=\"V3\"/><interactionId" } },
	  "AE",
	  "QE" },
	{ "another trigger",
	  "iti47/continue.xml",
	  { { "QUQI_TE000003UV01", "PRPA_TE201305UV02" } },
	  "AE",
	  "QE" },
};

static void continuations_that_cannot_be(void)
{
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(unreadable_continuations); i++) {
		struct v3_edit edits[3] = { unreadable_continuations[i].edits[0],
					    unreadable_continuations[i].edits[1],
					    { 0 } };
		ask(&v, "b-clinic", unreadable_continuations[i].file, edits);
		const char *ack = v3_code(&v, "acknowledgement/typeCode");
		const char *code = v3_code(&v, "controlActProcess/queryAck/queryResponseCode");
		if (!text_equal(code, unreadable_continuations[i].code))
			fprintf(stderr, "%s: %s %s\n", unreadable_continuations[i].why, code,
				v.x.problem.what);
		CU_ASSERT_STRING_EQUAL(ack, unreadable_continuations[i].ack);
		CU_ASSERT_STRING_EQUAL(code, unreadable_continuations[i].code);
	}
	v3_close(&v);
}

static const struct test tests[] = { { "part by part", part_by_part },
				     { "too many", too_many },
				     { "who is gone is told no more", who_is_gone_is_told_no_more },
				     { "continuations that cannot be",
				       continuations_that_cannot_be },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: ITI-47, part by part", tests);
}
