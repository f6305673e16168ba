/* schemas/tables/view_kinds.c: the documents we make when they are asked for. Codes: LOINC, as
 * schemas/codes/japan.tsv has them; of a list of medication, what IHE Pharmacy's has. */
#include "schemas/tables/view_kinds.h"

#include <string.h>

#include "schemas/model/document.h"

#define LOINC "2.16.840.1.113883.6.1"
#define SSMIX2 "1.2.392.200250.2.1.100.1.2.120"
#define NULL_FLAVOR "2.16.840.1.113883.5.1008"

const struct view_kind_row view_kinds[VIEW_KINDS] = {
	[VIEW_MEDICATION] = {
		.name = "medication-list",
		.title = "処方の一覧",
		.titles = { [VIEW_CDA] = "処方の一覧 (CDA)", [VIEW_FHIR] = "処方の一覧 (FHIR)" },
		.type = { "56445-0", "Medication summary Document" },
		.of_one = { "57833-6", "Prescription for medication" },
		.section = { "10160-0", "History of Medication use Narrative" },
		.class_code = "56445-0",
		.noun = "処方", .nouns = "prescriptions",
		.octets_most = 2 << 20, /* some 6,000 drugs */
		.preface = "求めた施設に開示されている処方から、求められたときに作られた一覧です。"
			   "服用の有無は分かりません。",
		.source_codes = "57833-6", .source_scheme = LOINC,
	},
	[VIEW_LABORATORY] = {
		.name = "laboratory-results",
		.title = "検体検査結果の一覧",
		.titles = { [VIEW_CDA] = "検体検査結果の一覧 (CDA)",
			    [VIEW_FHIR] = "検体検査結果の一覧 (FHIR)" },
		.type = { "11502-2", "Laboratory report" },
		.section = { "30954-2",
			     "Relevant diagnostic tests/laboratory data Narrative" },
		.class_code = "26436-6",
		.noun = "検体検査結果", .nouns = "laboratory results",
		.octets_most = 512 << 10, /* some 7,000 results */
		.newest = true,
		.preface = "求めた施設に開示されている検体検査結果から、求められたときに"
			   "作られた一覧です。",
		.source_codes = "11502-2", .source_scheme = LOINC,
	},
	[VIEW_ALLERGIES] = {
		.name = "allergies",
		.title = "アレルギーの一覧",
		.titles = { [VIEW_CDA] = "アレルギーの一覧 (CDA)",
			    [VIEW_FHIR] = "アレルギーの一覧 (FHIR)" },
		.type = { "48765-2", "Allergies and adverse reactions Document" },
		.section = { "48765-2", "Allergies and adverse reactions Document" },
		.class_code = "48765-2",
		.noun = "アレルギー情報", .nouns = "records of allergies",
		.octets_most = 512 << 10,
		.preface = "求めた施設に開示されているアレルギー情報から、求められたときに"
			   "作られた一覧です。ここにないことは、アレルギーがないことを"
			   "意味しません。",
		.source_codes = "ADT-61", .source_scheme = SSMIX2,
	},
	[VIEW_DIAGNOSES] = {
		.name = "diagnoses",
		.title = "病名の一覧",
		.titles = { [VIEW_CDA] = "病名の一覧 (CDA)", [VIEW_FHIR] = "病名の一覧 (FHIR)" },
		.type = { "11450-4", "Problem list - Reported" },
		.section = { "11450-4", "Problem list - Reported" },
		.class_code = "11450-4",
		.noun = "病名情報", .nouns = "records of diagnoses",
		.octets_most = 512 << 10,
		.preface = "求めた施設に開示されている病名情報から、求められたときに作られた"
			   "一覧です。",
		.source_codes = "PPR-01", .source_scheme = SSMIX2,
	},
	[VIEW_VISITS] = {
		.name = "visits",
		.title = "受診・入退院の経過",
		.titles = { [VIEW_CDA] = "受診・入退院の経過 (CDA)",
			    [VIEW_FHIR] = "受診・入退院の経過 (FHIR)" },
		.type = { "46240-8",
			  "History of Hospitalizations+Outpatient visits Narrative" },
		.section = { "46240-8",
			     "History of Hospitalizations+Outpatient visits Narrative" },
		.class_code = "46240-8",
		.noun = "受診・入退院の記録", .nouns = "records of visits",
		.octets_most = 512 << 10,
		.newest = true,
		.preface = "求めた施設に開示されている受付・入院・転科・外泊・退院の記録から、"
			   "求められたときに作られた一覧です。終わりの記録がないものは"
			   "「継続中」とあります。",
		.source_codes = "ADT-12 ADT-21 ADT-22 ADT-31 ADT-32 ADT-41 ADT-42 ADT-51 ADT-52",
		.source_scheme = SSMIX2,
	},
};

/* mimeType says what format it has as far as any template would, for none is claimed. */
void view_entry_codes(enum view_kind kind, struct view_entry_code out[VIEW_ENTRY_CODES])
{
	const struct view_kind_row *k = &view_kinds[kind];
	const struct view_entry_code codes[VIEW_ENTRY_CODES] = {
		{ .attribute = "classCode",
		  .code = k->class_code,
		  .scheme = LOINC,
		  .display = k->title },
		{ .attribute = "typeCode",
		  .code = k->type.code,
		  .scheme = LOINC,
		  .display = k->title },
		{ .attribute = "formatCode",
		  .code = "urn:ihe:iti:xds:2017:mimeTypeSufficient",
		  .scheme = "1.3.6.1.4.1.19376.1.2.3",
		  .display = "mimeType Sufficient" },
		{ .attribute = "confidentialityCode",
		  .code = "N",
		  .scheme = "2.16.840.1.113883.5.25",
		  .display = "normal" },
		{ .attribute = "practiceSettingCode",
		  .code = "UNK",
		  .scheme = NULL_FLAVOR,
		  .display = "診療科不明" },
		{ .attribute = "healthcareFacilityTypeCode",
		  .code = "UNK",
		  .scheme = NULL_FLAVOR,
		  .display = "施設種別不明" },
	};
	memcpy(out, codes, sizeof codes);
}

static bool is_among(const char *list, const char *one)
{
	size_t length = strlen(one);
	for (const char *at = list; length != 0 && (at = strstr(at, one)) != NULL; at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static bool is_code(const struct coded_value *c, const char *codes, const char *scheme)
{
	return c != NULL && c->code != NULL && c->scheme != NULL && is_among(codes, c->code)
	       && strcmp(c->scheme, scheme) == 0;
}

enum view_kind view_kind_of_source(const struct document_entry *e)
{
	enum view_kind kind = 0;
	if (e->type != ENTRY_STABLE || !is_code(e->format_code, "SS-MIX2_1.20", SSMIX2))
		return VIEW_KINDS;
	while (kind < VIEW_KINDS
	       && !is_code(e->type_code, view_kinds[kind].source_codes,
			   view_kinds[kind].source_scheme))
		kind++;
	return kind;
}

enum view_kind view_kind_named(const char *name)
{
	enum view_kind kind = 0;
	while (kind < VIEW_KINDS && strcmp(view_kinds[kind].name, name) != 0)
		kind++;
	return kind;
}
