/* schemas/tables/view_laboratory.c: results of a laboratory (OUL^R22, SS-MIX2 OML-11; HL7 2.5:
 * 7.4.2, 7.4.3, 17.4.3), an OBX an item. FHIR: JP Core's Observation of a laboratory. */
#include "schemas/tables/views.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define O "observation[classCode=OBS][moodCode=EVN]/"
#define SPECIMEN O "specimen/specimenRole/specimenPlayingEntity/code/"
#define AUTHOR O "author/assignedAuthor/"
#define NUMBER O "value[xsi:type=PQ]/"
#define CODED O "value[xsi:type=CD]/"
#define NOTE O "entryRelationship[typeCode=COMP]/act[classCode=ACT][moodCode=EVN]/"
#define FHIR_SPECIMEN "contained/0[resourceType=Specimen][id=specimen]/type/"
#define ABSENT "dataAbsentReason/coding/0" \
	"[system=http://terminology.hl7.org/CodeSystem/data-absent-reason]"
#define INTERPRETED "interpretation/0/coding/0" \
	"[system=http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation]/code"

enum { DAY = 1, FACILITY, GROUP, TEST, RESULT, UNIT, RANGE, FLAG, STATUS, MATERIAL, WHEN, NOTED };

/* HL7 table 0085; its D and W are taken back. */
static const struct view_word statuses[] = {
	{ .said = "F", .cda = "completed", .fhir = "final", .told = "確定" },
	{ .said = "C", .cda = "completed", .fhir = "corrected", .told = "訂正" },
	{ .said = "U", .cda = "completed", .fhir = "final", .told = "確定" },
	{ .said = "P", .cda = "active", .fhir = "preliminary", .told = "速報" },
	{ .said = "R", .cda = "active", .fhir = "preliminary", .told = "未確認" },
	{ .said = "S", .cda = "active", .fhir = "preliminary", .told = "一部" },
	{ .said = "I", .cda = "active", .fhir = "registered", .told = "検査中" },
	{ .said = "O", .cda = "active", .fhir = "registered", .told = "依頼" },
	{ .said = "X", .cda = "aborted", .fhir = "cancelled", .told = "中止" },
	{ .fhir = "unknown" }
};
/* HL7 table 0078, as far as ObservationInterpretation has the same. */
static const struct view_word flags[] = {
	{ .said = "H", .cda = "H", .fhir = "H", .told = "H" },
	{ .said = "HH", .cda = "HH", .fhir = "HH", .told = "HH" },
	{ .said = "L", .cda = "L", .fhir = "L", .told = "L" },
	{ .said = "LL", .cda = "LL", .fhir = "LL", .told = "LL" },
	{ .said = "N", .cda = "N", .fhir = "N", .told = "N" },
	{ .said = "A", .cda = "A", .fhir = "A", .told = "A" },
	{ .said = "AA", .cda = "AA", .fhir = "AA", .told = "AA" },
	{ .said = "<", .cda = "<", .fhir = "<", .told = "<" },
	{ .said = ">", .cda = ">", .fhir = ">", .told = ">" },
	{ .said = "S", .cda = "S", .fhir = "S", .told = "S" },
	{ .said = "R", .cda = "R", .fhir = "R", .told = "R" },
	{ .said = "I", .cda = "I", .fhir = "I", .told = "I" },
	{ .said = NULL }
};

static const struct view_field fields[] = {
	{ .segment = "@item", .value = VIEW_ID, .cda = O "id", .fhir = "identifier/0" },
	{ .segment = "@", .value = VIEW_CONSTANT,
	  .fhir = "category/0/coding/0"
		  "[system=http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS]"
		  "[code=laboratory]" },

	/* What was looked for: a standard code, a facility's, or both, as they stand. */
	{ .segment = "OBX", .field = 3, .component = 1, .value = VIEW_TEXT,
	  .cda = O "code/@code", .fhir = "code/coding/0/code" },
	{ .segment = "OBX", .field = 3, .component = 3, .value = VIEW_SYSTEM,
	  .cda = O "code/@codeSystem", .fhir = "code/coding/0/system" },
	{ .segment = "OBX", .field = 3, .component = 2, .value = VIEW_TEXT,
	  .cda = O "code/@displayName", .fhir = "code/coding/0/display" },
	{ .segment = "OBX", .field = 3, .component = 2, .value = VIEW_EITHER,
	  .fhir = "code/text", .column = TEST },
	{ .segment = "OBX", .field = 3, .component = 4, .value = VIEW_TEXT,
	  .cda = O "code/translation/@code", .fhir = "code/coding/1/code" },
	{ .segment = "OBX", .field = 3, .component = 6, .value = VIEW_SYSTEM,
	  .cda = O "code/translation/@codeSystem", .fhir = "code/coding/1/system" },
	{ .segment = "OBX", .field = 3, .component = 5, .value = VIEW_TEXT,
	  .cda = O "code/translation/@displayName", .fhir = "code/coding/1/display" },

	{ .segment = "OBX", .field = 11, .value = VIEW_TEXT, .words = statuses,
	  .cda = O "statusCode/@code", .fhir = "status", .column = STATUS },
	{ .segment = "SPM", .field = 17, .value = VIEW_TIME,
	  .cda = O "effectiveTime/@value", .fhir = "effectiveDateTime", .column = WHEN },
	{ .segment = "OBR", .field = 22, .value = VIEW_INSTANT, .fhir = "issued" },

	/* What was found, by its type. */
	{ .segment = "OBX", .field = 5, .value = VIEW_NUMBER, .when = "NM",
	  .cda = NUMBER "@value", .fhir = "valueQuantity/value" },
	{ .segment = "OBX", .field = 6, .component = 1, .value = VIEW_UNIT, .when = "NM",
	  .cda = NUMBER "translation/@code", .fhir = "valueQuantity/code" },
	{ .segment = "OBX", .field = 6, .component = 3, .value = VIEW_SYSTEM, .when = "NM",
	  .cda = NUMBER "translation/@codeSystem", .fhir = "valueQuantity/system" },
	{ .segment = "OBX", .field = 6, .component = 2, .value = VIEW_TEXT, .when = "NM",
	  .cda = NUMBER "translation/@displayName" },
	{ .segment = "OBX", .field = 5, .value = VIEW_NUMBER, .when = "NM",
	  .with = NUMBER "translation", .cda = NUMBER "translation/@value" },
	{ .segment = "OBX", .field = 6, .component = 2, .value = VIEW_EITHER, .when = "NM SN",
	  .fhir = "valueQuantity/unit" },
	{ .segment = "OBX", .field = 5, .component = 1, .value = VIEW_TEXT, .when = "SN",
	  .fhir = "valueQuantity/comparator" },
	{ .segment = "OBX", .field = 5, .component = 2, .value = VIEW_NUMBER, .when = "SN",
	  .fhir = "valueQuantity/value" },
	{ .segment = "OBX", .field = 6, .component = 1, .value = VIEW_UNIT, .when = "SN",
	  .fhir = "valueQuantity/code" },
	{ .segment = "OBX", .field = 6, .component = 3, .value = VIEW_SYSTEM, .when = "SN",
	  .fhir = "valueQuantity/system" },
	{ .segment = "OBX", .field = 5, .value = VIEW_WHOLE, .when = "ST",
	  .fhir = "valueString" },
	{ .segment = "OBX", .field = 5, .value = VIEW_WHOLE, .when = "ST SN",
	  .cda = O "value[xsi:type=ST]" },
	{ .segment = "OBX", .field = 5, .value = VIEW_WHOLE, .when = "NM ST SN",
	  .column = RESULT },
	{ .segment = "OBX", .field = 5, .component = 1, .value = VIEW_TEXT, .when = "CE",
	  .cda = CODED "@code", .fhir = "valueCodeableConcept/coding/0/code" },
	{ .segment = "OBX", .field = 5, .component = 3, .value = VIEW_SYSTEM, .when = "CE",
	  .cda = CODED "@codeSystem", .fhir = "valueCodeableConcept/coding/0/system" },
	{ .segment = "OBX", .field = 5, .component = 2, .value = VIEW_TEXT, .when = "CE",
	  .cda = CODED "@displayName", .fhir = "valueCodeableConcept/coding/0/display" },
	{ .segment = "OBX", .field = 5, .component = 2, .value = VIEW_EITHER, .when = "CE",
	  .fhir = "valueCodeableConcept/text", .column = RESULT },
	{ .segment = "OBX", .field = 5, .component = 4, .value = VIEW_TEXT, .when = "CE",
	  .cda = CODED "translation/@code", .fhir = "valueCodeableConcept/coding/1/code" },
	{ .segment = "OBX", .field = 5, .component = 6, .value = VIEW_SYSTEM, .when = "CE",
	  .cda = CODED "translation/@codeSystem",
	  .fhir = "valueCodeableConcept/coding/1/system" },
	{ .segment = "OBX", .field = 5, .component = 5, .value = VIEW_TEXT, .when = "CE",
	  .cda = CODED "translation/@displayName",
	  .fhir = "valueCodeableConcept/coding/1/display" },
	{ .segment = "@", .value = VIEW_CONSTANT, .when = "NONE",
	  .cda = O "value[xsi:type=ST][nullFlavor=NI]", .fhir = ABSENT "[code=unknown]" },
	{ .segment = "OBX", .field = 2, .value = VIEW_TEXT, .when = "OTHER", .column = RESULT },
	{ .segment = "@", .value = VIEW_CONSTANT, .when = "OTHER",
	  .cda = O "value[xsi:type=ED][nullFlavor=OTH]", .fhir = ABSENT "[code=unsupported]" },

	{ .segment = "OBX", .field = 6, .component = 2, .value = VIEW_EITHER, .column = UNIT },
	{ .segment = "OBX", .field = 8, .value = VIEW_TEXT, .words = flags,
	  .cda = O "interpretationCode[codeSystem=2.16.840.1.113883.5.83]/@code",
	  .fhir = INTERPRETED },
	{ .segment = "OBX", .field = 8, .value = VIEW_WHOLE, .column = FLAG },
	{ .segment = "OBX", .field = 7, .value = VIEW_WHOLE,
	  .fhir = "referenceRange/0/text", .column = RANGE },

	/* Of what. */
	{ .segment = "SPM", .field = 4, .component = 1, .value = VIEW_TEXT,
	  .cda = SPECIMEN "@code", .fhir = FHIR_SPECIMEN "coding/0/code" },
	{ .segment = "SPM", .field = 4, .component = 3, .value = VIEW_SYSTEM,
	  .cda = SPECIMEN "@codeSystem", .fhir = FHIR_SPECIMEN "coding/0/system" },
	{ .segment = "SPM", .field = 4, .component = 2, .value = VIEW_TEXT,
	  .cda = SPECIMEN "@displayName", .fhir = FHIR_SPECIMEN "coding/0/display" },
	{ .segment = "SPM", .field = 4, .component = 2, .value = VIEW_EITHER,
	  .fhir = FHIR_SPECIMEN "text", .column = MATERIAL },
	{ .segment = "SPM", .field = 4, .component = 2, .value = VIEW_EITHER,
	  .fhir = "specimen[reference=#specimen]/display" },

	/* Whose. */
	{ .segment = "OBR", .field = 22, .value = VIEW_TIME, .cda = O "author/time/@value" },
	{ .segment = "@", .value = VIEW_CONSTANT, .unless = O "author/time",
	  .cda = O "author/time[nullFlavor=UNK]" },
	{ .segment = "@", .value = VIEW_CONSTANT, .cda = AUTHOR "id[nullFlavor=NI]" },
	{ .segment = "@institution", .value = VIEW_TEXT,
	  .cda = AUTHOR "representedOrganization/id[root=1.2.392.100495.20.3.23]/@extension",
	  .fhir = "performer/0/identifier"
		  "[system=http://jpfhir.jp/fhir/core/mhlw/IdSystem/MedicalOrganizationID]"
		  "/value" },
	{ .segment = "@facility", .value = VIEW_TEXT,
	  .cda = AUTHOR "representedOrganization/name", .fhir = "performer/0/display" },

	{ .segment = "OBR", .field = 4, .component = 2, .value = VIEW_EITHER, .column = GROUP },
	{ .segment = "@note", .value = VIEW_MARK,
	  .cda = NOTE "code[code=48767-8][codeSystem=2.16.840.1.113883.6.1]" },
	{ .segment = "@note", .value = VIEW_TEXT,
	  .cda = NOTE "text", .fhir = "note/0/text", .column = NOTED },
	{ .segment = "@document", .value = VIEW_ID,
	  .cda = O "reference[typeCode=XCRPT]/externalDocument/id" },
	{ .segment = "OBX", .field = 7, .value = VIEW_WHOLE,
	  .cda = O "referenceRange/observationRange/text" },
	{ .segment = NULL }
};

const struct view_table view_laboratory = {
	.type = "OUL", .events = "R22",
	.segments = { { "SPM", VIEW_GROUP }, { "OBR", VIEW_GROUP }, { "ORC", VIEW_OF_GROUP },
		      { "OBX", VIEW_ITEM } },
	.withdrawals = { { .segment = "OBX", .field = 11, .codes = "D W" },
			 { .segment = "ORC", .field = 1, .codes = "CA" } },
	.about = { "OBX", 3 },
	.typed = true,
	.fields = fields,
	.resource = "Observation", .subject = "subject",
	.profile = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Observation_LabResult",
	.profile_needs = "code/coding/0 code/text effectiveDateTime specimen",
	.columns = { "日付", "医療機関", "区分", "検査", "結果", "単位", "基準値", "判定", "状態",
		     "検体", "採取", "備考" },
};
/* clang-format on */

const struct view_table *view_table_of(enum view_kind kind)
{
	static const struct view_table *const tables[VIEW_KINDS] = {
		[VIEW_LABORATORY] = &view_laboratory,
		[VIEW_ALLERGIES] = &view_allergies,
		[VIEW_DIAGNOSES] = &view_diagnoses,
		[VIEW_VISITS] = &view_visits,
	};
	return tables[kind];
}
