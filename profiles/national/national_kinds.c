/* profiles/national/national_kinds.c: the table. japan.md E3, E6, E7, E9. */
#include "profiles/national/national_kinds.h"

#include <string.h>

#include "gateway/base/text.h"

/* Whose canonical URLs these are, whichever guide below it has the profile: JP-CLINS took over
 * those that had guides of their own (eReferral, eDischargeSummary, eCheckup). */
static const char *const publishers[] = { "http://jpfhir.jp/fhir/", "https://jpfhir.jp/fhir/" };
static const char definition[] = "/StructureDefinition/";

static const struct national_kind kinds[] = {
	{ .name = "a referral (診療情報提供書, HS038)",
	  .form = NATIONAL_FHIR_DOCUMENT,
	  .mark = "JP_Bundle_eReferral",
	  .types = { "57133-1" },
	  .class_code = "DOCUMENT" },
	{ .name = "a discharge summary (退院時サマリー, HS039)",
	  .form = NATIONAL_FHIR_DOCUMENT,
	  .mark = "JP_Bundle_eDischargeSummary",
	  .types = { "18842-5" },
	  .class_code = "DOCUMENT" },
	{ .name = "a check-up report (健診結果報告書, HS037)",
	  .form = NATIONAL_FHIR_DOCUMENT,
	  .mark = "JP_Bundle_eCheckupGeneral",
	  .types = { "53576-5", "JPGCHKUP01" },
	  .class_code = "CHECKUP" },
	{ .name = "a patient summary (患者サマリー)",
	  .form = NATIONAL_FHIR_DOCUMENT,
	  .mark = "JP_Bundle_ePCS",
	  .types = { "56447-6" },
	  .class_code = "PLAN" },
	{ .name = "one of the five kinds of data (5情報)",
	  .form = NATIONAL_FHIR_COLLECTION,
	  .mark = "JP_Bundle_CLINS" },
	{ .name = "a referral (診療情報提供書, CDA)",
	  .form = NATIONAL_CDA,
	  .mark = "57133-1",
	  .mark_system = NATIONAL_LOINC,
	  .types = { "57133-1" },
	  .class_code = "DOCUMENT" },
	{ .name = "a referral (紹介状, CDA)",
	  .form = NATIONAL_CDA,
	  .mark = "MD0020730",
	  .mark_system = "1.2.392.200119.5.3.1", /* JMIX */
	  .types = { "57133-1" },
	  .class_code = "DOCUMENT" },
	{ .name = "a discharge summary (退院時サマリー, CDA)",
	  .form = NATIONAL_CDA,
	  .mark = "18842-5",
	  .mark_system = NATIONAL_LOINC,
	  .types = { "18842-5" },
	  .class_code = "DOCUMENT" },
	{ .name = "a check-up report (特定健診, CDA)",
	  .form = NATIONAL_CDA,
	  .mark = "10",
	  .mark_system = "2.16.840.1.113883.2.2.1.6.1001",
	  .types = { "53576-5" },
	  .class_code = "CHECKUP" },
	{ .name = "a check-up report (健診結果報告書, CDA)",
	  .form = NATIONAL_CDA,
	  .mark = "53576-5",
	  .mark_system = NATIONAL_LOINC,
	  .types = { "53576-5" },
	  .class_code = "CHECKUP" },
};

/* The types that are LOINC's: what a pharmacy sends of what it dispensed, or a patient of what he
 * takes. A domain may have a type of its own. */
const struct national_kind national_notebook = {
	.name = "a medication notebook (お薬手帳)",
	.form = NATIONAL_NOTEBOOK,
	.mark = "JAHISTC",
	.types = { "57833-6", "60590-7", "10160-0", "56445-0" },
	.class_code = "MEDICATION",
};

static const struct national_content contents[] = {
	{ .resource = "AllergyIntolerance", .type = "48765-2", .class_code = "PROBLEM" },
	{ .resource = "Condition", .type = "11450-4", .class_code = "PROBLEM" },
	{ .resource = "MedicationRequest",
	  .type = "57833-6",
	  .class_code = "MEDICATION",
	  .withdrawn = true },
	{ .resource = "Observation", .type = "11502-2", .class_code = "RESULT" },
};

/* What follows the publisher's address; NULL: it is another's. */
static const char *published(const char *canonical)
{
	for (size_t i = 0; i < COUNT(publishers); i++)
		if (text_starts(canonical, publishers[i]))
			return canonical + strlen(publishers[i]);
	return NULL;
}

const struct national_kind *national_kind_of(const char *canonical)
{
	const char *path = canonical == NULL ? NULL : published(canonical);
	const char *name = path == NULL ? NULL : strstr(path, definition);
	if (name == NULL)
		return NULL;
	name += strlen(definition);
	size_t length = strcspn(name, "|");
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].mark_system == NULL && strlen(kinds[i].mark) == length
		    && memcmp(kinds[i].mark, name, length) == 0)
			return &kinds[i];
	return NULL;
}

const struct national_kind *national_kind_of_code(const char *code, const char *system)
{
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (kinds[i].mark_system != NULL && text_equal(kinds[i].mark, code)
		    && text_equal(kinds[i].mark_system, system))
			return &kinds[i];
	return NULL;
}

const char *national_version_of(const char *canonical)
{
	enum { VERSION_MOST = 32 };
	const char *version = canonical == NULL ? NULL : strchr(canonical, '|');
	size_t length = version == NULL ? 0
					: strspn(version + 1, "0123456789.-"
							      "abcdefghijklmnopqrstuvwxyz"
							      "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return length > 0 && length <= VERSION_MOST && version[1 + length] == '\0' ? version + 1
										   : NULL;
}

const struct national_content *national_content_of(const char *resource)
{
	for (size_t i = 0; i < COUNT(contents); i++)
		if (text_equal(contents[i].resource, resource))
			return &contents[i];
	return NULL;
}
