/* tests/profiles/national_test.c: national documents, read and held against their metadata. What is
 * answered, kept and shown of them is conformance/cases/national.case's. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/policy/policy_file.h"
#include "profiles/national/national_document.h"
#include "schemas/model/region_policy.h"
#include "tests/base/suite.h"

#define REFERRAL "national_fhir/referral.json"
#define CANONICAL "http://jpfhir.jp/fhir/clins/StructureDefinition/"
#define DOMAIN "1.2.392.100495.20.3.51.11319952024"

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

/* ---- Read ---- */

static void each_kind_is_known_by_its_profile(void)
{
	static const struct {
		const char *file, *mark, *version, *type;
	} rows[] = {
		{ REFERRAL, "JP_Bundle_eReferral", "1.11.0", "57133-1" },
		{ "national_fhir/discharge.json", "JP_Bundle_eDischargeSummary", "1", "18842-5" },
		{ "national_fhir/check-up.json", "JP_Bundle_eCheckupGeneral", NULL, "JPGCHKUP01" },
		{ "national_fhir/summary.json", "JP_Bundle_ePCS", "1", "56447-6" },
		{ "national_fhir/allergies.json", "JP_Bundle_CLINS", "1", "48765-2" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		CU_ASSERT_TRUE_FATAL(national_fhir_read(a, file(a, rows[i].file), &doc, &p));
		CU_ASSERT_PTR_NOT_NULL_FATAL(doc.kind);
		CU_ASSERT_STRING_EQUAL(doc.kind->mark, rows[i].mark);
		CU_ASSERT_TRUE(text_equal(doc.version, rows[i].version));
		CU_ASSERT_TRUE(text_equal(doc.type_code, rows[i].type));
		CU_ASSERT_PTR_NULL(doc.uninformed_at);
		CU_ASSERT_PTR_NULL(doc.my_number_at);
		arena_destroy(a);
	}
}

static void a_profile_is_known_whatever_its_version(void)
{
	static const struct {
		const char *canonical, *mark, *version;
	} rows[] = {
		{ CANONICAL "JP_Bundle_eReferral|99.0.0-rc1", "JP_Bundle_eReferral", "99.0.0-rc1" },
		{ CANONICAL "JP_Bundle_eReferral|", "JP_Bundle_eReferral", NULL },
		{ CANONICAL "JP_Bundle_eReferral|1 <b>", "JP_Bundle_eReferral", NULL },
		{ "https://jpfhir.jp/fhir/eReferral/StructureDefinition/JP_Bundle_eReferral",
		  "JP_Bundle_eReferral", NULL },
		{ CANONICAL "JP_Bundle_eReferralX", NULL, NULL },
		{ CANONICAL "JP_Bundle_e", NULL, NULL },
		{ "http://jpfhir.jp/fhir/JP_Bundle_eReferral", NULL, NULL },
		{ "http://example.org/StructureDefinition/JP_Bundle_eReferral", NULL, NULL },
		{ "", NULL, NULL },
		{ NULL, NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct national_kind *kind = national_kind_of(rows[i].canonical);
		CU_ASSERT_TRUE(text_equal(kind == NULL ? NULL : kind->mark, rows[i].mark));
		if (kind != NULL)
			CU_ASSERT_TRUE(text_equal(national_version_of(rows[i].canonical),
						  rows[i].version));
	}
}

static void what_it_says_is_read(void)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct national_document doc;
	CU_ASSERT_TRUE_FATAL(national_fhir_read(a, file(a, REFERRAL), &doc, &p));
	CU_ASSERT_STRING_EQUAL(doc.title, "診療情報提供書");
	CU_ASSERT_EQUAL(doc.time_count, 2);
	CU_ASSERT_EQUAL(doc.times[0].first, INT64_C(1768469400) * 1000000);
	CU_ASSERT_EQUAL(doc.confidentiality, CONFIDENTIALITY_NORMAL);
	CU_ASSERT_STRING_EQUAL(doc.confidentiality_at, "Composition.confidentiality");
	CU_ASSERT_STRING_EQUAL(doc.ids->domain, DOMAIN);
	CU_ASSERT_STRING_EQUAL(doc.ids->value, "031");
	CU_ASSERT_PTR_NULL(doc.ids->next);
	CU_ASSERT_STRING_EQUAL(doc.names->value, "山田健一");
	CU_ASSERT_STRING_EQUAL(doc.names->next->value, "ヤマダケンイチ");
	CU_ASSERT_STRING_EQUAL(doc.birth, "19410503");
	CU_ASSERT_EQUAL(doc.sex, 'M');
	CU_ASSERT_STRING_EQUAL(doc.institutions->value, "1319952024");
	/* Of another kind of resource: marks and ids alone. */
	CU_ASSERT_TRUE(national_fhir_read(a, file(a, "national_fhir/resource.json"), &doc, &p));
	CU_ASSERT_PTR_NULL(doc.kind);
	CU_ASSERT_PTR_NULL(doc.ids);
	arena_destroy(a);
}

static void times_are_as_exact_as_they_are_said(void)
{
	static const struct {
		const char *date;
		int64_t first, last; /* seconds */
	} rows[] = {
		{ "2026-01-15T09:30:00Z", 1768469400, 1768469400 },
		{ "2026-01-15T09:30:00.250Z", 1768469400, 1768469400 },
		{ "2026-01-15T04:30:00-05:00", 1768469400, 1768469400 },
		{ "2026-01-15", 1768402800, 1768489199 }, /* a day of Japan */
		{ "2026", 1767193200, 1798729199 },
		{ "yesterday", 0, 0 },
		{ "2026-13-40", 0, 0 },
		{ "", 0, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, REFERRAL, "2026-01-15T18:30:00+09:00",
					     rows[i].date);
		CU_ASSERT_TRUE_FATAL(national_fhir_read(a, octets, &doc, &p));
		CU_ASSERT_EQUAL(doc.time_count, rows[i].first == 0 ? 1 : 2);
		if (rows[i].first != 0) {
			CU_ASSERT_EQUAL(doc.times[0].first / 1000000, rows[i].first);
			CU_ASSERT_EQUAL(doc.times[0].last / 1000000, rows[i].last);
		}
		arena_destroy(a);
	}
}

static void marks_are_found_wherever_they_stand(void)
{
	static const struct {
		const char *find, *with, *uninformed, *undelivered, *level;
	} rows[] = {
		{ NULL, NULL, NULL, NULL, "Composition.confidentiality" },
		{ "\"code\": \"LTS\"", "\"code\": \"UNINFORMED\"",
		  "Bundle.entry[4].resource.meta.tag[0]", NULL, "Composition.confidentiality" },
		/* whatever the system is called */
		{ "\"system\": \"http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication\",",
		  "\"code\": \"UNDELIVERED\"}, {", NULL, "Bundle.entry[4].resource.meta.tag[0]",
		  "Composition.confidentiality" },
		{ "\"meta\": {", "\"meta\": {\"security\": [{\"code\": \"UNINFORMED\"}],",
		  "Bundle.meta.security[0]", NULL, "Composition.confidentiality" },
		{ "\"text\": \"胃潰瘍\"",
		  "\"a\": {\"山田\": [{\"meta\": {\"tag\": [{\"code\": \"UNDELIVERED\"}]}}]}", NULL,
		  "Bundle.entry[4].resource.code.a.?[0].meta.tag[0]",
		  "Composition.confidentiality" },
		{ "\"meta\": {",
		  "\"meta\": {\"security\": [{\"system\": "
		  "\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\", "
		  "\"code\": \"R\"}],",
		  NULL, NULL, "Bundle.meta.security[0]" },
		/* another system's R is none, and no tag takes back what the Composition says */
		{ "\"meta\": {",
		  "\"meta\": {\"security\": [{\"system\": \"http://example.org\", \"code\": "
		  "\"V\"}, {}, 7],",
		  NULL, NULL, "Composition.confidentiality" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, REFERRAL, rows[i].find, rows[i].with);
		CU_ASSERT_TRUE_FATAL(national_fhir_read(a, octets, &doc, &p));
		CU_ASSERT_TRUE(text_equal(doc.uninformed_at, rows[i].uninformed));
		CU_ASSERT_TRUE(text_equal(doc.undelivered_at, rows[i].undelivered));
		CU_ASSERT_TRUE(text_equal(doc.confidentiality_at, rows[i].level));
		arena_destroy(a);
	}
}

#define SUBJECT "\"subject\": {"

static void individual_numbers_are_found(void)
{
	static const struct {
		const char *find, *with, *at, *declared;
	} rows[] = {
		{ "\"value\": \"031\"", "\"value\": \"123456789018\"",
		  "Bundle.entry[1].resource.identifier[0]", NULL },
		{ "\"value\": \"031\"", "\"value\": \"１２３４-５６７８-９０１８\"",
		  "Bundle.entry[1].resource.identifier[0]", NULL },
		{ "\"value\": \"031\"", "\"value\": \"123456789019\"", NULL, NULL },
		{ "\"value\": \"031\"",
		  "\"type\": {\"coding\": [{\"code\": \"NI\"}]}, \"value\": \"1\"", NULL,
		  "Bundle.entry[1].resource.identifier[0]" },
		{ SUBJECT, SUBJECT "\"identifier\": {\"value\": \"123456789018\"},",
		  "Bundle.entry[0].resource.subject.identifier", NULL },
		/* within a resource; and a number that is no person's */
		{ "\"text\": \"胃潰瘍\"\n    }",
		  "\"text\": \"\"}, \"contained\": [{\"resourceType\": \"Patient\", "
		  "\"identifier\": [{\"value\": \"123456789018\"}]}]",
		  "Bundle.entry[4].resource.contained[0].identifier[0]", NULL },
		{ "\"text\": \"胃潰瘍\"\n    }",
		  "\"text\": \"\"}, \"identifier\": [{\"value\": "
		  "\"123456789018\"}]",
		  NULL, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, REFERRAL, rows[i].find, rows[i].with);
		CU_ASSERT_TRUE_FATAL(national_fhir_read(a, octets, &doc, &p));
		CU_ASSERT_TRUE(text_equal(doc.my_number_at, rows[i].at));
		CU_ASSERT_TRUE(text_equal(doc.declared_at, rows[i].declared));
		arena_destroy(a);
	}
}

struct wrong {
	const char *file, *find, *with, *where, *what;
};

static void what_is_no_such_document_is_refused(void)
{
	static const struct wrong rows[] = {
		{ "national_fhir/cut.json", NULL, NULL, "Bundle", "is no JSON" },
		{ "national_fhir/deep.json", NULL, NULL, "Bundle", "deeper than 64" },
		{ REFERRAL, "\"male\"", "\"male", "Bundle", "is no JSON" },
		{ REFERRAL, "山田", "\xff", "Bundle", "is no JSON" },
		{ REFERRAL, "\"gender\"", "\"birthDate\"", "Bundle", "is no JSON" },
		{ REFERRAL, "\"resourceType\": \"Bundle\"", "\"kind\": \"Bundle\"", "Resource",
		  "no resourceType" },
		{ REFERRAL, "\"document\"", "\"message\"", "Bundle.type", "is not document" },
		{ REFERRAL, "\"Composition\"", "\"Basic\"", "Bundle.entry[0]", "no Composition" },
		{ REFERRAL, "\"resourceType\": \"Patient\"", "\"resourceType\": \"Group\"",
		  "Bundle.entry", "no Patient" },
		{ "national_fhir/allergies.json", "\"collection\"", "\"document\"", "Bundle.type",
		  "is not collection" },
		{ "national_fhir/allergies.json", "\"resourceType\": \"Patient\"",
		  "\"resourceType\": \"Group\"", "Bundle.entry[0]", "no Patient" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets = edited(a, rows[i].file, rows[i].find, rows[i].with);
		CU_ASSERT_FALSE(national_fhir_read(a, octets, &doc, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_REPOSITORY_METADATA);
		CU_ASSERT_STRING_EQUAL(p.where, rows[i].where);
		CU_ASSERT_PTR_NOT_NULL(strstr(p.what, rows[i].what));
		CU_ASSERT_PTR_NULL(strstr(p.what, "山田"));
		arena_destroy(a);
	}
}

/* ---- Held against its metadata ---- */

struct scene {
	struct arena *arena;
	struct region region;
	struct registered_system sender;
	struct leniencies needed;
	struct registry_desk desk;
	struct document_entry entry;
	struct coded_value format, type, class, level;
	struct localized title;
	struct author author;
	struct text_value institution, info;
	struct national_document doc;
	struct findings findings;
};

static const char keeps_from_patient[] =
	"role patient 本人\nhide role patient confidentiality V\ndefault permit\n";

/* A referral and an entry that says the same of it. */
static void begin(struct scene *s, const char *name)
{
	struct problem p = { .code = PROBLEM_NONE };
	*s = (struct scene){ .arena = arena_create(64 << 20) };
	s->region.policy =
		policy_file_read(s->arena, "rules", bytes_of_text(keeps_from_patient), NULL).policy;
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->region.policy);
	s->desk = (struct registry_desk){
		.arena = s->arena, .region = &s->region, .sender = &s->sender, .needed = &s->needed
	};
	s->format = (struct coded_value){ .code = CANONICAL "JP_Bundle_eReferral",
					  .scheme = NATIONAL_CLASSES };
	s->type = (struct coded_value){ .code = "57133-1", .scheme = NATIONAL_LOINC };
	s->class = (struct coded_value){ .code = "DOCUMENT", .scheme = NATIONAL_CLASSES };
	s->level = (struct coded_value){ .code = "N", .scheme = "2.16.840.1.113883.5.25" };
	s->title.value = "診療情報提供書";
	s->institution.value = "B診療所^^^^^&2.999.6&ISO^^^^1319952024";
	s->author.institution = &s->institution;
	s->info.value = "PID-5|山田^健一~ﾔﾏﾀﾞ^ｹﾝｲﾁ";
	s->entry = (struct document_entry){ .id = "d1",
					    .unique_id = "2.999.1",
					    .mime_type = "application/fhir+json",
					    .format_code = &s->format,
					    .type_code = &s->type,
					    .class_code = &s->class,
					    .confidentiality_codes = &s->level,
					    .title = &s->title,
					    .authors = &s->author,
					    .creation_time = "20260115093000",
					    .patient_id = "900^^^&2.999.1&ISO",
					    .source_patient_id = "031^^^&" DOMAIN "&ISO",
					    .source_patient_info = &s->info };
	CU_ASSERT_TRUE_FATAL(national_fhir_read(s->arena, file(s->arena, name), &s->doc, &p));
}

static bool fits(struct scene *s, enum submission_rules rules)
{
	s->findings = findings_in(s->arena);
	return national_document_fits(&s->desk, &s->entry, &s->doc, rules, &s->findings);
}

/* One finding, of that severity, about that attribute. */
static void found(struct scene *s, enum submission_rules rules, bool warning, const char *attribute)
{
	bool good = fits(s, rules);
	for (const struct finding *f = attribute == NULL ? s->findings.first : NULL; f != NULL;
	     f = f->next)
		printf("\n%s: %s\n", f->problem.where, f->problem.what);
	CU_ASSERT_EQUAL(good, warning || attribute == NULL);
	CU_ASSERT_EQUAL(s->findings.errors, attribute != NULL && !warning);
	CU_ASSERT_EQUAL(s->findings.warnings, attribute != NULL && warning);
	if (attribute != NULL && s->findings.first != NULL)
		CU_ASSERT_STRING_EQUAL(s->findings.first->problem.where,
				       arena_printf(s->arena, "DocumentEntry(d1).%s", attribute));
	if (attribute != NULL && s->findings.first != NULL)
		CU_ASSERT_EQUAL(s->findings.first->problem.code, national_problem(rules));
	arena_destroy(s->arena);
}

#define FOUND(warning, attribute, ...)                                                             \
	do {                                                                                       \
		struct scene s;                                                                    \
		begin(&s, REFERRAL);                                                               \
		__VA_ARGS__;                                                                       \
		found(&s, SUBMISSION_PROVIDES, warning, attribute);                                \
	} while (0)

static void what_agrees_is_taken(void)
{
	FOUND(false, NULL, (void)0);
	FOUND(false, NULL, s.format.code = CANONICAL "JP_Bundle_eReferral|1");
	FOUND(false, NULL, s.entry.mime_type = "Application/FHIR+JSON");
	FOUND(false, NULL, s.class = s.type);
	FOUND(false, NULL, s.class.scheme = s.type.scheme = "2.999.5";
	      s.class.code = s.type.code = "X");
	FOUND(false, NULL, s.type.scheme = "urn:oid:" NATIONAL_LOINC);
	FOUND(false, NULL, s.entry.creation_time = "2026");
	FOUND(false, NULL, s.entry.creation_time = "202601150931"); /* of the bundle */
	FOUND(false, NULL, s.level.code = "V");
	FOUND(false, NULL, s.entry.source_patient_id = "7^^^&2.999.2&ISO");
	FOUND(false, NULL, s.info.value = "PID-7|194105");
	FOUND(false, NULL, s.info.value = "PID-7|19410503");
	FOUND(false, NULL, s.info.value = "PID-8|M");
	FOUND(false, NULL, s.info.value = "PID-8|O");
	FOUND(false, NULL, s.info.value = "PID-5|");
	FOUND(false, NULL, s.info.value = "PID-5|やまだ&x^けんいち");
	FOUND(false, NULL, s.info.value = "PID-5|YAMADA^KENICHI"; s.doc.names = NULL);
	FOUND(false, NULL, s.info.value = "PID-3|7^^^&2.999.2&ISO~031^^^&" DOMAIN "&ISO");
	FOUND(false, NULL, s.institution.value = "B診療所");
	FOUND(false, NULL, s.institution.value = "D薬局^^^^^^^^^9954046");
	/* What a push may leave out (ITI TF-1: 15.2.3). */
	FOUND(false, NULL,
	      s.entry = ((struct document_entry){ .id = "d1",
						  .confidentiality_codes = &s.level,
						  .mime_type = "application/fhir+json" }));
}

static void what_contradicts_is_refused(void)
{
	FOUND(false, "formatCode", s.format.code = CANONICAL "JP_Bundle_ePCS");
	FOUND(false, "formatCode", s.doc.kind = NULL);
	FOUND(false, "mimeType", s.entry.mime_type = "application/json");
	FOUND(false, "typeCode", s.type.code = "18842-5"; s.class.scheme = "2.999");
	FOUND(false, "creationTime", s.entry.creation_time = "20260112");
	FOUND(false, "confidentialityCode", s.doc.confidentiality = CONFIDENTIALITY_RESTRICTED);
	FOUND(false, "confidentialityCode", s.level.scheme = "2.999.5");
	FOUND(false, "confidentialityCode", s.entry.confidentiality_codes = NULL);
	FOUND(false, "sourcePatientId", s.entry.source_patient_id = "32^^^&" DOMAIN "&ISO");
	FOUND(false, "sourcePatientId", s.entry.source_patient_id = "0031^^^&" DOMAIN "&ISO");
	FOUND(false, "patientId", s.entry.patient_id = "32^^^&" DOMAIN "&ISO");
	FOUND(false, "sourcePatientInfo",
	      s.info.value = "PID-3|7^^^&2.999.2&ISO~1^^^&" DOMAIN "&ISO");
	FOUND(false, "sourcePatientInfo", s.info.value = "PID-7|19410504");
	FOUND(false, "sourcePatientInfo", s.info.value = "PID-7|1940");
	FOUND(false, "sourcePatientInfo", s.info.value = "PID-8|F");
	FOUND(false, "uniqueId", s.doc.my_number_at = "Patient.identifier[0]");
	FOUND(false, "uniqueId", s.doc.declared_at = "Patient.identifier[0]");
	FOUND(false, "uniqueId", s.sender.lenient.twelve_digit_ids = true;
	      s.doc.declared_at = "Patient.identifier[0]");
}

static void what_may_be_meant_well_is_told(void)
{
	FOUND(true, "formatCode", s.format.code = "urn:ihe:iti:xds:2017:mimeTypeSufficient");
	FOUND(true, "typeCode", s.doc.type_code = "99999-9");
	FOUND(true, "classCode", s.class.code = "PLAN");
	FOUND(true, "classCode", s.class = s.type; s.class.code = "11502-2");
	FOUND(true, "creationTime", s.entry.creation_time = "20260115183000");
	FOUND(true, "title", s.title.value = "紹介状");
	FOUND(true, "authorInstitution", s.institution.value = "C^^^^^&2.999.6&ISO^^^^1319953031");
	FOUND(true, "sourcePatientInfo", s.info.value = "PID-5|佐藤^健一");
	FOUND(true, "sourcePatientInfo", s.info.value = "PID-5|サトウ^ケンイチ");
}

static void a_leniency_is_granted_and_noted(void)
{
	struct scene s;
	begin(&s, REFERRAL);
	s.sender.lenient.twelve_digit_ids = true;
	s.doc.my_number_at = "Patient.identifier[0]";
	CU_ASSERT_TRUE(fits(&s, SUBMISSION_PROVIDES));
	CU_ASSERT_TRUE(s.needed.twelve_digit_ids);
	arena_destroy(s.arena);
}

/* 未告知, 未提供: by what it comes, with which confidentialityCode, and what the region's rules are
 * (NULL: those that keep V from the patient). */
static void marks_decide(void)
{
	static const struct {
		const char *file, *level;
		enum submission_rules rules;
		const char *policy, *attribute;
	} rows[] = {
		{ "uninformed", "V", SUBMISSION_PROVIDES, NULL, NULL },
		{ "uninformed", "R", SUBMISSION_PROVIDES, NULL, "confidentialityCode" },
		{ "uninformed", "V", SUBMISSION_PROVIDES, "", "confidentialityCode" },
		{ "uninformed", "V", SUBMISSION_PROVIDES,
		  "hide confidentiality V\ndefault permit\n", "confidentialityCode" },
		{ "uninformed", "V", SUBMISSION_PROVIDES,
		  "role patient\nhide role patient confidentiality R\ndefault permit\n",
		  "confidentialityCode" },
		{ "uninformed", "V", SUBMISSION_PROVIDES,
		  "role patient\ndeny role patient\ndefault permit\n", NULL },
		/* no rules are asked of what comes to one facility */
		{ "uninformed", "V", SUBMISSION_PUSHES, "", NULL },
		{ "uninformed", "N", SUBMISSION_PUSHES_LIMITED, NULL, "confidentialityCode" },
		{ "undelivered", "V", SUBMISSION_PROVIDES, NULL, "confidentialityCode" },
		{ "undelivered", "V", SUBMISSION_PUSHES, NULL, "confidentialityCode" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		char name[64];
		snprintf(name, sizeof name, "national_fhir/%s.json", rows[i].file);
		begin(&s, name);
		s.level.code = rows[i].level;
		if (rows[i].policy != NULL)
			s.region.policy = policy_file_read(s.arena, "rules",
							   bytes_of_text(rows[i].policy), NULL)
						  .policy;
		if (rows[i].policy != NULL && rows[i].policy[0] == '\0')
			s.region.policy = NULL;
		found(&s, rows[i].rules, false, rows[i].attribute);
	}
}

static void a_collection_is_of_what_is_in_it(void)
{
	static const struct {
		const char *resource, *type, *class;
		bool warning;
		const char *attribute;
	} rows[] = {
		{ "AllergyIntolerance", "48765-2", "PROBLEM", false, NULL },
		{ "Condition", "11450-4", "PROBLEM", false, NULL },
		{ "Observation", "11502-2", "RESULT", false, NULL },
		{ "Observation", "48765-2", "RESULT", false, "typeCode" },
		{ "MedicationRequest", "57833-6", "MEDICATION", true, "typeCode" },
		{ "Basic", "48765-2", "PROBLEM", false, NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct scene s;
		begin(&s, "national_fhir/allergies.json");
		CU_ASSERT_TRUE_FATAL(
			national_fhir_read(s.arena,
					   edited(s.arena, "national_fhir/allergies.json",
						  "AllergyIntolerance", rows[i].resource),
					   &s.doc, &p));
		s.format.code = CANONICAL "JP_Bundle_CLINS";
		s.type.code = rows[i].type;
		s.class.code = rows[i].class;
		found(&s, SUBMISSION_PROVIDES, rows[i].warning, rows[i].attribute);
	}
}

static void which_are_read(void)
{
	static const struct {
		const char *mime, *format;
		enum national_reader is;
	} rows[] = {
		{ "application/fhir+json", "X", NATIONAL_AS_FHIR },
		{ "application/FHIR+json; fhirVersion=4.0", "X", NATIONAL_AS_FHIR },
		{ "application/fhir+json-ish", "X", NATIONAL_UNREAD },
		{ "text/plain", CANONICAL "JP_Bundle_eReferral", NATIONAL_AS_FHIR },
		{ "text/xml", CANONICAL "JP_Bundle_eReferral", NATIONAL_AS_FHIR },
		{ "text/xml", "X", NATIONAL_AS_CDA_PERHAPS },
		{ "application/xml;charset=UTF-8", "X", NATIONAL_AS_CDA_PERHAPS },
		{ "text/xml", "urn:ihe:iti:bppc:2007", NATIONAL_UNREAD },
		{ "text/plain", "X", NATIONAL_AS_NOTEBOOK_PERHAPS },
		{ "application/octet-stream", "X", NATIONAL_AS_NOTEBOOK_PERHAPS },
		{ "application/pdf", "JAHISTC07", NATIONAL_AS_NOTEBOOK },
		{ "application/pdf", "X", NATIONAL_UNREAD },
		{ NULL, "X", NATIONAL_UNREAD },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct coded_value format = { .code = rows[i].format };
		struct document_entry e = { .mime_type = rows[i].mime, .format_code = &format };
		CU_ASSERT_EQUAL(national_reader_of(&e), rows[i].is);
	}
}

/* The public examples of JP-CLINS, where they are there: made by others. */
static void public_examples_are_read(void)
{
	static const char *const rows[][2] = {
		{ "clins-referral-document.json", "JP_Bundle_eReferral" },
		{ "clins-pcs-document.json", "JP_Bundle_ePCS" },
		{ "echeckup-document.json", "JP_Bundle_eCheckupGeneral" },
		{ "clins-observations-collection.json", "JP_Bundle_CLINS" },
	};
	const char *folder = getenv("MINATO_SHARED"), *top = getenv("srcdir"), *why;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(64 << 20);
		struct problem p = { .code = PROBLEM_NONE };
		struct national_document doc;
		struct bytes octets;
		const char *path = folder != NULL ? text_joined(a, folder, "/samples/fhir/jp/",
								rows[i][0], NULL)
						  : text_joined(a, top == NULL ? "." : top,
								"/../shared/samples/fhir/jp/",
								rows[i][0], NULL);
		if (regular_read(a, path, 8 << 20, &octets, &why)) {
			CU_ASSERT_TRUE(national_fhir_read(a, octets, &doc, &p));
			CU_ASSERT_PTR_NOT_NULL_FATAL(doc.kind);
			CU_ASSERT_STRING_EQUAL(doc.kind->mark, rows[i][1]);
			CU_ASSERT_PTR_NOT_NULL(doc.ids);
		}
		arena_destroy(a);
	}
}

static const struct test tests[] = {
	{ "each kind is known by its profile", each_kind_is_known_by_its_profile },
	{ "a profile is known whatever its version", a_profile_is_known_whatever_its_version },
	{ "what it says is read", what_it_says_is_read },
	{ "times are as exact as they are said", times_are_as_exact_as_they_are_said },
	{ "marks are found wherever they stand", marks_are_found_wherever_they_stand },
	{ "Individual Numbers are found", individual_numbers_are_found },
	{ "what is no such document is refused", what_is_no_such_document_is_refused },
	{ "what agrees is taken", what_agrees_is_taken },
	{ "what contradicts is refused", what_contradicts_is_refused },
	{ "what may be meant well is told", what_may_be_meant_well_is_told },
	{ "a leniency is granted and noted", a_leniency_is_granted_and_noted },
	{ "marks decide", marks_decide },
	{ "a collection is of what is in it", a_collection_is_of_what_is_in_it },
	{ "which are read", which_are_read },
	{ "public examples are read", public_examples_are_read },
	{ 0 }
};

int main(void)
{
	return suite_run("national documents", tests);
}
