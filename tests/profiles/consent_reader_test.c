/* tests/profiles/consent_reader_test.c: documents of consent, good ones and others. Of each the
 * place and the reason of the refusal are said; that nothing of a refused one is kept is shown by
 * conformance/cases/bppc.case and appc.case. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "profiles/consent/consent_reader.h"
#include "tests/base/suite.h"

static struct bytes file(struct arena *a, const char *name)
{
	const char *source = getenv("srcdir"), *why;
	struct bytes octets;
	const char *path = text_joined(a, source == NULL ? "." : source, "/tests/cases/", name,
				       NULL);
	CU_ASSERT_TRUE_FATAL(regular_read(a, path, 1 << 20, &octets, &why));
	return octets;
}

/* The file with one text for another; find NULL: as it is. */
static struct bytes edited(struct arena *a, const char *name, const char *find, const char *with)
{
	struct bytes octets = file(a, name);
	const char *text = arena_text_n(a, (const char *)octets.data, octets.length);
	const char *at = find == NULL ? NULL : strstr(text, find);
	if (find == NULL)
		return octets;
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	return bytes_of_text(text_joined(a, arena_text_n(a, text, (size_t)(at - text)), with,
					 at + strlen(find), NULL));
}

struct wrong {
	const char *file, *find, *with, *where, *what;
};

static void refused_as(const struct wrong *w, size_t count, enum consent_kind kind)
{
	for (size_t i = 0; i < count; i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct consent_form form;
		struct bytes octets = edited(a, w[i].file, w[i].find, w[i].with);
		CU_ASSERT_FALSE(consent_form_read(a, kind, octets, &form, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_REGISTRY_METADATA);
		CU_ASSERT_PTR_NOT_NULL(strstr(p.what, w[i].what));
		CU_ASSERT_PTR_NOT_NULL(strstr(p.where, w[i].where));
		if (strstr(p.what, w[i].what) == NULL || strstr(p.where, w[i].where) == NULL)
			printf("\n%zu (%s): %s: %s\n", i, w[i].what, p.where, p.what);
		arena_destroy(a);
	}
}

/* ---- BPPC ---- */

static void bppc_says_what_it_says(void)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct consent_form form;
	CU_ASSERT_TRUE_FATAL(
		consent_form_read(a, CONSENT_BPPC, file(a, "bppc/two.xml"), &form, &p));
	CU_ASSERT_STRING_EQUAL(form.unique_id, "2.999.6.1");
	CU_ASSERT_STRING_EQUAL(form.patients->value, "P1^^^&2.999.2.1&ISO");
	CU_ASSERT_PTR_NULL(form.patients->next);
	CU_ASSERT_STRING_EQUAL(form.custodian->value, "1.2.392.100495.20.3.21^1319952024");
	CU_ASSERT_EQUAL(form.until, 0);
	/* A day in Japan begins at three in the afternoon of the day before. */
	CU_ASSERT_EQUAL(form.from, INT64_C(1767193200) * 1000000);
	const struct consent_statement *s = form.statements;
	CU_ASSERT_EQUAL(s->about, ABOUT_POLICY);
	CU_ASSERT_STRING_EQUAL(s->value, "2.999.5.1");
	CU_ASSERT_STRING_EQUAL(s->scheme, "2.999.5");
	CU_ASSERT_PTR_NOT_NULL(strstr(s->where, "serviceEvent"));
	CU_ASSERT_STRING_EQUAL(s->next->value, "2.999.5.4");
	CU_ASSERT_PTR_NULL(s->next->next);
	/* The last day is of it. */
	CU_ASSERT_TRUE_FATAL(
		consent_form_read(a, CONSENT_BPPC, file(a, "bppc/period.xml"), &form, &p));
	CU_ASSERT_EQUAL(form.until, INT64_C(1798729200) * 1000000);
	CU_ASSERT_TRUE(
		consent_form_read(a, CONSENT_BPPC, file(a, "bppc/never-ends.xml"), &form, &p));
	CU_ASSERT_EQUAL(form.until, 0);
	CU_ASSERT_TRUE(
		consent_form_read(a, CONSENT_BPPC_SCANNED, file(a, "bppc/scanned.xml"), &form, &p));
	/* An extension is a part of the id. */
	CU_ASSERT_TRUE_FATAL(
		consent_form_read(a, CONSENT_BPPC,
				  edited(a, "bppc/join.xml", "<id root=\"2.999.6.1\"/>",
					 "<id root=\"2.999.6\" extension=\"7\"/>"),
				  &form, &p));
	CU_ASSERT_STRING_EQUAL(form.unique_id, "2.999.6^7");
	arena_destroy(a);
}

#define JOIN "bppc/join.xml"
#define EVENT "serviceEvent"

static void bppc_refuses(void)
{
	static const struct wrong rows[] = {
		{ "bppc/doctype.xml", NULL, NULL, "/", "cannot be read" },
		{ "bppc/deep.xml", NULL, NULL, "/", "cannot be read" },
		{ "bppc/cut.xml", NULL, NULL, "/", "cannot be read" },
		{ "appc/permit.xml", NULL, NULL, "PolicySet", "no ClinicalDocument" },
		{ "bppc/no-template.xml", NULL, NULL, "/ClinicalDocument", "lacks the templateId" },
		{ JOIN, "1.3.6.1.4.1.19376.1.5.3.1.1.1\"", "1.3.6.1\"", "/ClinicalDocument",
		  "lacks the templateId" },
		{ JOIN, "57016-8", "34133-9", "code", "is not 57016-8" },
		{ JOIN, "2.16.840.1.113883.6.1\"", "2.999\"", "code", "is not 57016-8" },
		{ JOIN, "<code code=\"57016-8\"", "<kode code=\"57016-8\"", "/ClinicalDocument",
		  "is not 57016-8" },
		{ JOIN, "<id root=\"2.999.6.1\"/>", "", "/ClinicalDocument", "has no id" },
		{ JOIN, "<id root=\"2.999.6.1\"/>", "<id nullFlavor=\"UNK\" root=\"1.2\"/>",
		  "/ClinicalDocument", "has no id" },
		{ JOIN, "<id root=\"2.999.6.1\"/>", "<id root=\"1.2\"/><id root=\"1.3\"/>",
		  "/ClinicalDocument", "or several" },
		{ "bppc/two-targets.xml", NULL, NULL, "/ClinicalDocument", "one recordTarget" },
		{ JOIN, "extension=\"P1\"", "", "patientRole/id", "is no patient's id" },
		{ JOIN, "root=\"2.999.2.1\"", "root=\"x\"", "patientRole/id",
		  "is no patient's id" },
		{ "bppc/no-event.xml", NULL, NULL, "/ClinicalDocument", "acknowledges no policy" },
		{ JOIN, "classCode=\"ACT\"", "classCode=\"OBS\"", EVENT, "is no ACT" },
		{ JOIN, "moodCode=\"EVN\"", "moodCode=\"INT\"", EVENT, "is no ACT" },
		{ JOIN, "typeCode=\"DOC\"", "typeCode=\"SUBJ\"", "documentationOf", "is not DOC" },
		{ JOIN, "<id root=\"2.999.7.1\"/>", "", EVENT, "one id" },
		{ JOIN, "<id root=\"2.999.7.1\"/>", "<id root=\"2.999.7.1\" extension=\"1\"/>",
		  EVENT, "one id" },
		{ JOIN, "codeSystem=\"2.999.5\"", "", EVENT, "one code with its codeSystem" },
		{ JOIN, "<effectiveTime>\n", "<effectiveTime/><effectiveTime>\n", EVENT,
		  "one effectiveTime" },
		{ JOIN, "<low value=\"20260101\"/>", "", "effectiveTime", "low is no time" },
		{ JOIN, "<low value=\"20260101\"/>", "<low value=\"2026-01-01\"/>", "effectiveTime",
		  "low is no time" },
		{ JOIN, "<low value=\"20260101\"/>",
		  "<low value=\"20260101\" inclusive=\"false\"/>", "effectiveTime",
		  "low is no time" },
		{ "bppc/period.xml", "20261231", "x", "effectiveTime", "high is no time" },
		{ "bppc/period.xml", "20261231", "20251231", "effectiveTime", "ends before" },
		{ "bppc/never-ends.xml", "nullFlavor=\"NA\"", "nullFlavor=\"UNK\"", "effectiveTime",
		  "high is no time" },
		{ "bppc/period.xml", "<high value=\"20261231\"/>",
		  "<high value=\"20261231\"/><high value=\"20271231\"/>", "effectiveTime",
		  "twice" },
		{ "bppc/two-times.xml", NULL, NULL, "effectiveTime", "is not that of the other" },
	};
	refused_as(rows, COUNT(rows), CONSENT_BPPC);
	static const struct wrong scanned[] = {
		{ JOIN, NULL, NULL, "/ClinicalDocument", "with a scanned document" },
	};
	refused_as(scanned, COUNT(scanned), CONSENT_BPPC_SCANNED);
}

/* Of any number: the first beyond what is read refuses it. */
static void bppc_is_bounded(void)
{
	static const char event[] =
		"<documentationOf><serviceEvent classCode=\"ACT\" moodCode=\"EVN\">"
		"<templateId root=\"1.3.6.1.4.1.19376.1.5.3.1.2.6\"/><id root=\"2.999.7.3\"/>"
		"<code code=\"2.999.5.9\" codeSystem=\"2.999.5\"/><effectiveTime>"
		"<low value=\"20260101\"/></effectiveTime></serviceEvent></documentationOf>";
	for (unsigned more = CONSENT_STATEMENTS_MOST - 1; more <= CONSENT_STATEMENTS_MOST; more++) {
		struct arena *a = arena_create(64 << 20);
		struct buffer b = buffer_in(a);
		struct problem p = { .code = PROBLEM_NONE };
		struct consent_form form;
		for (unsigned i = 0; i < more; i++)
			buffer_append(&b, event, strlen(event));
		buffer_append(&b, "<component>", strlen("<component>"));
		bool fits = consent_form_read(a, CONSENT_BPPC,
					      edited(a, JOIN, "<component>", buffer_ended(&b)),
					      &form, &p);
		CU_ASSERT_EQUAL(fits, more < CONSENT_STATEMENTS_MOST);
		arena_destroy(a);
	}
}

/* ---- APPC ---- */

static void appc_says_what_it_says(void)
{
	static const struct {
		const char *file;
		enum consent_about about;
		bool permits;
		const char *value, *scheme;
	} rows[] = {
		{ "appc/permit.xml", ABOUT_ALL, true, NULL, NULL },
		{ "appc/deny.xml", ABOUT_ALL, false, NULL, NULL },
		{ "appc/type.xml", ABOUT_TYPE, false, "T", "2.999.3" },
		{ "appc/document.xml", ABOUT_DOCUMENT, false, "2.999.9.9", NULL },
		{ "appc/person.xml", ABOUT_PERSON, false, "U1@https://idp.example", NULL },
		{ "appc/organisation.xml", ABOUT_ORGANISATION, false, "2.999.4.1", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct consent_form form;
		bool read = consent_form_read(a, CONSENT_APPC, file(a, rows[i].file), &form, &p);
		CU_ASSERT_TRUE(read);
		if (!read)
			printf("\n%s: %s: %s\n", rows[i].file, p.where, p.what);
		const struct consent_statement *s = read ? form.statements : NULL;
		CU_ASSERT_TRUE(read && s->about == rows[i].about && s->permits == rows[i].permits
			       && text_equal(s->value, rows[i].value)
			       && text_equal(s->scheme, rows[i].scheme) && s->next == NULL
			       && form.unique_id == NULL
			       && text_equal(form.patients->value, "P1^^^&2.999.2.1&ISO"));
		arena_destroy(a);
	}
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct consent_form form;
	CU_ASSERT_TRUE_FATAL(
		consent_form_read(a, CONSENT_APPC, file(a, "appc/period.xml"), &form, &p));
	CU_ASSERT_EQUAL(form.from, INT64_C(1767193200) * 1000000);
	CU_ASSERT_EQUAL(form.until, INT64_C(1798729200) * 1000000);
	CU_ASSERT_TRUE_FATAL(
		consent_form_read(a, CONSENT_APPC, file(a, "appc/role.xml"), &form, &p));
	CU_ASSERT_EQUAL(form.statements->about, ABOUT_ALL);
	CU_ASSERT_EQUAL(form.statements->next->about, ABOUT_ROLE);
	arena_destroy(a);
}

#define ROLE "appc/role.xml"
#define SUBJECTS "<Target><Subjects><Subject>"

static void appc_refuses(void)
{
	static const struct wrong rows[] = {
		{ "bppc/join.xml", NULL, NULL, "ClinicalDocument", "no PolicySet" },
		{ "bppc/cut.xml", NULL, NULL, "/", "cannot be read" },
		{ "appc/permit-overrides.xml", NULL, NULL, "PolicySet", "deny-overrides" },
		{ "appc/obligation.xml", NULL, NULL, "Obligations", "Obligations: has no place" },
		{ "appc/reference.xml", NULL, NULL, "PolicySetIdReference", "has no place" },
		{ "appc/start-only.xml", NULL, NULL, "Environments", "a first and a last day" },
		{ "appc/period.xml", "2026-12-31", "2025-12-31", "Environments", "ends before" },
		{ "appc/period.xml", "2026-12-31", "31.12.2026", "EnvironmentMatch", "is no day" },
		{ "appc/period.xml", "current-date", "current-time", "EnvironmentMatch",
		  "is no day" },
		{ "appc/period.xml", "function:date-less-than-or-equal", "function:date-equal",
		  "EnvironmentMatch", "MatchId" },
		{ "appc/permit.xml", "rule-combining-algorithm:deny-overrides",
		  "rule-combining-algorithm:first-applicable", "Policy", "deny-overrides" },
		{ "appc/permit.xml", "Effect=\"Permit\"", "Effect=\"permit\"", "Rule",
		  "has no Effect" },
		{ "appc/permit.xml", "<Rule RuleId=\"all\" Effect=\"Permit\"/>", "", "PolicySet",
		  "says nothing" },
		{ "appc/permit.xml", "<Rule RuleId=\"all\" Effect=\"Permit\"/>",
		  "<Rule RuleId=\"all\" Effect=\"Permit\"><Condition/></Rule>", "Condition",
		  "has no place" },
		{ "appc/permit.xml", "RuleId=\"all\"", "RuleId=\"all\" Until=\"x\"", "Rule",
		  "attribute Until" },
		{ "appc/permit.xml", "resource:resource-id", "resource:scope", "ResourceMatch",
		  "whose record" },
		{ "appc/permit.xml", "root=\"2.999.2.1\"", "root=\"x\"", "ResourceMatch",
		  "whose record" },
		{ "appc/permit.xml", "extension=\"P1\"", "extension=\"\"", "InstanceIdentifier",
		  "not said whole" },
		{ "appc/permit.xml", "<Resources>", "<Resources>x", "Resources", "text where" },
		{ ROLE, "subject:role", "subject:rank", "SubjectMatch", "not understood" },
		{ ROLE, "CV-equal", "CV-subsumes", "SubjectMatch", "MatchId" },
		{ ROLE, "DataType=\"urn:hl7-org:v3#CV\"><hl7", "DataType=\"urn:x\"><hl7",
		  "AttributeValue", "DataType that is not" },
		{ ROLE, "codeSystem=\"2.999.1\"", "codeSystem=\"2.999.1\" codeSystemVersion=\"1\"",
		  "CodedValue", "attribute codeSystemVersion" },
		{ ROLE, "codeSystem=\"2.999.1\"", "", "CodedValue", "not said whole" },
		{ ROLE, "<Target><Subjects>", "<Target><Actions/><Subjects>", "Actions",
		  "has no place" },
		{ ROLE, "</Subjects></Target>",
		  "</Subjects><Resources><Resource/></Resources></Target>", "Resources",
		  "second condition" },
		{ ROLE, "deny-overrides\"><Target/>",
		  "deny-overrides\"><Target><Subjects><Subject/></Subjects></Target>", "Subject",
		  "" },
		{ "appc/person.xml", "subject:subject-id-qualifier", "subject:other",
		  "SubjectMatch", "but of a person" },
		{ "appc/document.xml", "2.999.9.9", "<x/>", "AttributeValue", "more than text" },
		{ "appc/document.xml", "2.999.9.9", " ", "AttributeValue", "is empty" },
		{ "appc/document.xml", "document-entry:unique-id", "document-entry:class-code",
		  "ResourceMatch", "another DataType" },
		{ "appc/permit.xml", "<Target><Resources>", "<Target><Environments/><Resources>",
		  "Environments", "a first and a last day" },
	};
	refused_as(rows, COUNT(rows), CONSENT_APPC);
}

static const struct test tests[] = { { "BPPC: policies, patient, times", bppc_says_what_it_says },
				     { "BPPC: refused, and where", bppc_refuses },
				     { "BPPC: bounded", bppc_is_bounded },
				     { "APPC: the subset", appc_says_what_it_says },
				     { "APPC: all else is refused, and named", appc_refuses },
				     { 0 } };

int main(void)
{
	return suite_run("documents of consent", tests);
}
