/* schemas/tables/view_diagnoses.c: diagnoses (PPR^ZD1, SS-MIX2 PPR-01; HL7 2.5: 12.4.2), a PRB an
 * item, with ZPR and ORC behind it. FHIR: JP Core's Condition. */
#include "schemas/tables/views.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define O "observation[classCode=OBS][moodCode=EVN]/"
#define DISEASE O "value[xsi:type=CD]/"
#define AUTHOR O "author/assignedAuthor/"
#define NOTE O "entryRelationship[typeCode=COMP]/act[classCode=ACT][moodCode=EVN]/"
#define RECORDER "contained/0[resourceType=PractitionerRole][id=recorder]/"
#define MODIFIER(at, which) "code/extension/" #at \
	"[url=http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Condition_Disease" which \
	"Modifier]/valueCodeableConcept/text"
#define ICD "value[xsi:type=CD]/translation#2/"

enum { DAY = 1, FACILITY, DEPARTMENT, DOCTOR, ABOUT, MODIFIERS, CLASSES, SURE, SINCE, UNTIL, MADE,
       PRIORITY, NOTED };

/* PRB-13: 1 is 疑い, as storages have it; what others say stays a word. */
static const struct view_word confirmed[] = {
	{ .said = "1", .fhir = "unconfirmed", .told = "疑い" },
	{ .said = NULL }
};

static const struct view_field fields[] = {
	{ .segment = "@item", .value = VIEW_ID, .cda = O "id", .fhir = "identifier/0" },
	{ .segment = "@", .value = VIEW_CONSTANT,
	  .cda = O "code[code=ASSERTION][codeSystem=2.16.840.1.113883.5.4]" },
	/* Modifiers (修飾語): without "の疑い" behind it a disease is another one. */
	{ .segment = "ZPR", .field = 1, .component = 2, .value = VIEW_EACH,
	  .cda = O "text", .fhir = MODIFIER(0, "Prefix"), .column = MODIFIERS },
	{ .segment = "ZPR", .field = 3, .component = 2, .value = VIEW_EACH,
	  .cda = O "text", .fhir = MODIFIER(1, "Postfix"), .column = MODIFIERS },
	{ .segment = "@", .value = VIEW_CONSTANT, .cda = O "statusCode[code=completed]" },
	{ .segment = "PRB", .field = 16, .value = VIEW_TIME,
	  .cda = O "effectiveTime/low/@value", .fhir = "onsetDateTime", .column = SINCE },
	{ .segment = "PRB", .field = 17, .value = VIEW_TEXT, .unless = "onsetDateTime",
	  .fhir = "onsetString", .column = SINCE },
	/* FHIR, con-4: what is over is not active; whether it was healed PRB-9 does not say. */
	{ .segment = "PRB", .field = 9, .value = VIEW_TIME,
	  .cda = O "effectiveTime/high/@value", .fhir = "abatementDateTime", .column = UNTIL },
	{ .segment = "@", .value = VIEW_CONSTANT, .with = "abatementDateTime",
	  .fhir = "clinicalStatus/coding/0"
		  "[system=http://terminology.hl7.org/CodeSystem/condition-clinical]"
		  "[code=inactive]" },
	{ .segment = "PRB", .field = 13, .component = 1, .value = VIEW_TEXT, .words = confirmed,
	  .fhir = "verificationStatus/coding/0"
		  "[system=http://terminology.hl7.org/CodeSystem/condition-ver-status]/code",
	  .column = SURE },
	{ .segment = "PRB", .field = 13, .component = 2, .value = VIEW_TEXT, .column = SURE },
	{ .segment = "PRB", .field = 7, .value = VIEW_TIME, .fhir = "recordedDate",
	  .column = MADE },
	{ .segment = "PRB", .field = 6, .value = VIEW_TEXT, .column = PRIORITY },

	/* What it is: 管理番号 or 交換用コード, a facility's code, and ICD-10, as they stand. */
	{ .segment = "PRB", .field = 3, .component = 1, .value = VIEW_TEXT,
	  .cda = DISEASE "@code", .fhir = "code/coding/0/code" },
	{ .segment = "PRB", .field = 3, .component = 3, .value = VIEW_SYSTEM,
	  .cda = DISEASE "@codeSystem", .fhir = "code/coding/0/system" },
	{ .segment = "PRB", .field = 3, .component = 2, .value = VIEW_TEXT,
	  .cda = DISEASE "@displayName", .fhir = "code/coding/0/display" },
	{ .segment = "PRB", .field = 3, .component = 4, .value = VIEW_TEXT,
	  .cda = DISEASE "translation/@code", .fhir = "code/coding/1/code" },
	{ .segment = "PRB", .field = 3, .component = 6, .value = VIEW_SYSTEM,
	  .cda = DISEASE "translation/@codeSystem", .fhir = "code/coding/1/system" },
	{ .segment = "PRB", .field = 3, .component = 5, .value = VIEW_TEXT,
	  .cda = DISEASE "translation/@displayName", .fhir = "code/coding/1/display" },
	{ .segment = "PRB", .field = 10, .component = 1, .value = VIEW_TEXT,
	  .cda = O ICD "@code", .fhir = "code/coding/2/code", .column = CLASSES },
	{ .segment = "PRB", .field = 10, .component = 3, .value = VIEW_SYSTEM,
	  .with = "code/coding/2/code", .fhir = "code/coding/2/system" },
	{ .segment = "PRB", .field = 10, .component = 3, .value = VIEW_SYSTEM, .with = O ICD,
	  .cda = O ICD "@codeSystem" },
	{ .segment = "PRB", .field = 10, .component = 2, .value = VIEW_TEXT,
	  .cda = O ICD "@displayName", .fhir = "code/coding/2/display", .column = CLASSES },
	{ .segment = "PRB", .field = 10, .component = 5, .value = VIEW_EITHER, .column = CLASSES },
	{ .segment = "PRB", .field = 3, .component = 2, .value = VIEW_EITHER,
	  .fhir = "code/text", .column = ABOUT },

	/* Whose. */
	{ .segment = "PRB", .field = 7, .value = VIEW_TIME, .cda = O "author/time/@value" },
	{ .segment = "@", .value = VIEW_CONSTANT, .unless = O "author/time",
	  .cda = O "author/time[nullFlavor=UNK]" },
	{ .segment = "@", .value = VIEW_CONSTANT, .cda = AUTHOR "id[nullFlavor=NI]",
	  .fhir = "recorder[reference=#recorder]" },
	{ .segment = "ORC", .field = 17, .component = 1, .value = VIEW_TEXT,
	  .cda = AUTHOR "code/@code", .fhir = RECORDER "specialty/0/coding/0/code" },
	{ .segment = "ORC", .field = 17, .component = 3, .value = VIEW_SYSTEM,
	  .cda = AUTHOR "code/@codeSystem", .fhir = RECORDER "specialty/0/coding/0/system" },
	{ .segment = "ORC", .field = 17, .component = 2, .value = VIEW_TEXT,
	  .cda = AUTHOR "code/@displayName", .fhir = RECORDER "specialty/0/coding/0/display" },
	{ .segment = "ORC", .field = 17, .component = 2, .value = VIEW_EITHER,
	  .column = DEPARTMENT },
	{ .segment = "ORC", .field = 12, .component = 2, .value = VIEW_TEXT,
	  .cda = AUTHOR "assignedPerson/name/family", .fhir = RECORDER "practitioner/display",
	  .column = DOCTOR },
	{ .segment = "ORC", .field = 12, .component = 3, .value = VIEW_TEXT,
	  .cda = AUTHOR "assignedPerson/name/given", .fhir = RECORDER "practitioner/display",
	  .column = DOCTOR },
	{ .segment = "@institution", .value = VIEW_TEXT,
	  .cda = AUTHOR "representedOrganization/id[root=1.2.392.100495.20.3.23]/@extension",
	  .fhir = RECORDER "organization/identifier"
		  "[system=http://jpfhir.jp/fhir/core/mhlw/IdSystem/MedicalOrganizationID]"
		  "/value" },
	{ .segment = "@facility", .value = VIEW_TEXT,
	  .cda = AUTHOR "representedOrganization/name",
	  .fhir = RECORDER "organization/display" },

	{ .segment = "ZPR", .field = 7, .value = VIEW_MARK,
	  .cda = NOTE "code[code=48767-8][codeSystem=2.16.840.1.113883.6.1]" },
	{ .segment = "ZPR", .field = 7, .value = VIEW_WHOLE,
	  .cda = NOTE "text", .fhir = "note/0/text", .column = NOTED },
	{ .segment = "@note", .value = VIEW_MARK,
	  .cda = NOTE "code[code=48767-8][codeSystem=2.16.840.1.113883.6.1]" },
	{ .segment = "@note", .value = VIEW_TEXT,
	  .cda = NOTE "text", .fhir = "note/0/text", .column = NOTED },
	{ .segment = "@document", .value = VIEW_ID,
	  .cda = O "reference[typeCode=XCRPT]/externalDocument/id" },
	{ .segment = NULL }
};

const struct view_table view_diagnoses = {
	.type = "PPR", .events = "ZD1",
	.segments = { { "PRB", VIEW_ITEM }, { "ZPR", VIEW_DETAIL }, { "ORC", VIEW_DETAIL } },
	.withdrawals = { { .segment = "PRB", .field = 1, .codes = "DE", .earlier = true },
			 { .segment = "ORC", .field = 1, .codes = "CA" } },
	.about = { "PRB", 3 },
	.number = { "PRB", 4 },
	.fields = fields,
	.resource = "Condition", .subject = "subject",
	.profile = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Condition",
	.profile_needs = "code",
	.columns = { "日付", "医療機関", "診療科", "医師", "病名", "修飾語", "分類", "確度", "発症",
		     "終了", "診断", "順位", "備考" },
};
/* clang-format on */
