/* schemas/tables/view_allergies.c: allergies (ADT^A60, SS-MIX2 ADT-61; HL7 2.5: 3.4.7), an IAM an
 * item. FHIR: JP Core's AllergyIntolerance. */
#include "schemas/tables/views.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define O "observation[classCode=OBS][moodCode=EVN]/"
#define ASSERTION "code[code=ASSERTION][codeSystem=2.16.840.1.113883.5.4]"
#define AGENT O "participant[typeCode=CSM]/participantRole[classCode=MANU]" \
	"/playingEntity[classCode=MMAT]/"
#define AUTHOR O "author/assignedAuthor/"
#define REACTION O "entryRelationship[typeCode=MFST][inversionInd=true]" \
	"/observation[classCode=OBS][moodCode=EVN]/"
#define SEVERITY O "entryRelationship[typeCode=SUBJ][inversionInd=true]" \
	"/observation[classCode=OBS][moodCode=EVN]/"
#define NOTE O "entryRelationship[typeCode=COMP]/act[classCode=ACT][moodCode=EVN]/"
#define CLINICAL "clinicalStatus/coding/0" \
	"[system=http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical]/code"
#define VERIFIED "verificationStatus/coding/0" \
	"[system=http://terminology.hl7.org/CodeSystem/allergyintolerance-verification]/code"
#define RECORDER "contained/0[resourceType=PractitionerRole][id=recorder]/organization/"

enum { DAY = 1, FACILITY, KIND, ABOUT, HOW_BAD, SEEN, SINCE, CERTAIN, NATURE, REPORTED, NOTED };

/* HL7 table 0127: what FHIR has no word for stays a word. */
static const struct view_word categories[] = {
	{ .said = "DA", .fhir = "medication" },
	{ .said = "FA", .fhir = "food" },
	{ .said = "EA", .fhir = "environment" },
	{ .said = "PA", .fhir = "environment" },
	{ .said = "LA", .fhir = "environment" },
	{ .said = NULL }
};
/* HL7 table 0128. */
static const struct view_word severities[] = {
	{ .said = "MI", .fhir = "mild" },
	{ .said = "MO", .fhir = "moderate" },
	{ .said = "SV", .fhir = "severe" },
	{ .said = NULL }
};
/* HL7 table 0436; the others say what happened, not what it is. */
static const struct view_word natures[] = {
	{ .said = "AL", .fhir = "allergy" },
	{ .said = "IN", .fhir = "intolerance" },
	{ .said = NULL }
};
/* HL7 table 0438; its E is taken back. What stands in the list is active unless it says that it is
 * not (FHIR: ait-1 wants one of them). */
static const struct view_word verified[] = {
	{ .said = "C", .fhir = "confirmed" },
	{ .said = "I", .fhir = "confirmed" },
	{ .said = "U", .fhir = "unconfirmed" },
	{ .said = "P", .fhir = "unconfirmed" },
	{ .said = "S", .fhir = "unconfirmed" },
	{ .said = "D", .fhir = "unconfirmed" },
	{ .said = NULL }
};
static const struct view_word clinical[] = {
	{ .said = "I", .cda = "suspended", .fhir = "inactive" },
	{ .cda = "active", .fhir = "active" }
};

static const struct view_field fields[] = {
	{ .segment = "@item", .value = VIEW_ID, .cda = O "id", .fhir = "identifier/0" },
	{ .segment = "@", .value = VIEW_CONSTANT, .cda = O ASSERTION },
	{ .segment = "IAM", .field = 17, .value = VIEW_TEXT, .words = clinical,
	  .cda = O "statusCode/@code", .fhir = CLINICAL },
	{ .segment = "IAM", .field = 17, .value = VIEW_TEXT, .words = verified, .fhir = VERIFIED },
	{ .segment = "IAM", .field = 17, .component = 2, .value = VIEW_EITHER, .column = CERTAIN },
	{ .segment = "IAM", .field = 11, .value = VIEW_TIME,
	  .cda = O "effectiveTime/low/@value", .fhir = "onsetDateTime", .column = SINCE },
	{ .segment = "IAM", .field = 12, .value = VIEW_TEXT, .unless = "onsetDateTime",
	  .fhir = "onsetString", .column = SINCE },
	{ .segment = "IAM", .field = 13, .value = VIEW_TIME, .fhir = "recordedDate",
	  .column = REPORTED },

	/* Of what kind. */
	{ .segment = "IAM", .field = 2, .component = 1, .value = VIEW_TEXT,
	  .cda = O "value[xsi:type=CD]/@code" },
	{ .segment = "IAM", .field = 2, .component = 3, .value = VIEW_SYSTEM,
	  .cda = O "value[xsi:type=CD]/@codeSystem" },
	{ .segment = "IAM", .field = 2, .component = 2, .value = VIEW_TEXT,
	  .cda = O "value[xsi:type=CD]/@displayName" },
	{ .segment = "IAM", .field = 2, .component = 2, .value = VIEW_EITHER, .column = KIND },
	{ .segment = "IAM", .field = 2, .component = 1, .value = VIEW_TEXT, .words = categories,
	  .fhir = "category/0" },
	{ .segment = "IAM", .field = 9, .component = 1, .value = VIEW_TEXT, .words = natures,
	  .fhir = "type" },
	{ .segment = "IAM", .field = 9, .component = 2, .value = VIEW_EITHER, .column = NATURE },

	/* Whose. */
	{ .segment = "IAM", .field = 13, .value = VIEW_TIME, .cda = O "author/time/@value" },
	{ .segment = "@", .value = VIEW_CONSTANT, .unless = O "author/time",
	  .cda = O "author/time[nullFlavor=UNK]" },
	{ .segment = "@", .value = VIEW_CONSTANT, .cda = AUTHOR "id[nullFlavor=NI]",
	  .fhir = "recorder[reference=#recorder]" },
	{ .segment = "@institution", .value = VIEW_TEXT,
	  .cda = AUTHOR "representedOrganization/id[root=1.2.392.100495.20.3.23]/@extension",
	  .fhir = RECORDER "identifier"
		  "[system=http://jpfhir.jp/fhir/core/mhlw/IdSystem/MedicalOrganizationID]"
		  "/value" },
	{ .segment = "@facility", .value = VIEW_TEXT,
	  .cda = AUTHOR "representedOrganization/name", .fhir = RECORDER "display" },

	/* Against what: a standard code, a facility's, or both, as they stand. */
	{ .segment = "IAM", .field = 3, .component = 1, .value = VIEW_TEXT,
	  .cda = AGENT "code/@code", .fhir = "code/coding/0/code" },
	{ .segment = "IAM", .field = 3, .component = 3, .value = VIEW_SYSTEM,
	  .cda = AGENT "code/@codeSystem", .fhir = "code/coding/0/system" },
	{ .segment = "IAM", .field = 3, .component = 2, .value = VIEW_TEXT,
	  .cda = AGENT "code/@displayName", .fhir = "code/coding/0/display" },
	{ .segment = "IAM", .field = 3, .component = 4, .value = VIEW_TEXT,
	  .cda = AGENT "code/translation/@code", .fhir = "code/coding/1/code" },
	{ .segment = "IAM", .field = 3, .component = 6, .value = VIEW_SYSTEM,
	  .cda = AGENT "code/translation/@codeSystem", .fhir = "code/coding/1/system" },
	{ .segment = "IAM", .field = 3, .component = 5, .value = VIEW_TEXT,
	  .cda = AGENT "code/translation/@displayName", .fhir = "code/coding/1/display" },
	{ .segment = "IAM", .field = 3, .component = 2, .value = VIEW_EITHER,
	  .cda = AGENT "name", .fhir = "code/text", .column = ABOUT },

	/* What happened, and how bad it was. */
	{ .segment = "IAM", .field = 5, .value = VIEW_MARK, .cda = REACTION ASSERTION },
	{ .segment = "IAM", .field = 5, .value = VIEW_EACH,
	  .cda = REACTION "value[xsi:type=ST]", .fhir = "reaction/0/manifestation/0/text",
	  .column = SEEN },
	{ .segment = "IAM", .field = 4, .component = 1, .value = VIEW_TEXT, .words = severities,
	  .fhir = "reaction/0/severity" },
	{ .segment = "@", .value = VIEW_CONSTANT, .unless = "reaction/0/manifestation",
	  .with = "reaction/0",
	  .fhir = "reaction/0/manifestation/0/extension/0"
		  "[url=http://hl7.org/fhir/StructureDefinition/data-absent-reason]"
		  "[valueCode=unknown]" },
	{ .segment = "IAM", .field = 4, .value = VIEW_MARK,
	  .cda = SEVERITY "code[code=SEV][codeSystem=2.16.840.1.113883.5.4]" },
	{ .segment = "IAM", .field = 4, .component = 1, .value = VIEW_TEXT,
	  .cda = SEVERITY "value[xsi:type=CD]/@code" },
	{ .segment = "IAM", .field = 4, .component = 3, .value = VIEW_SYSTEM,
	  .cda = SEVERITY "value[xsi:type=CD]/@codeSystem" },
	{ .segment = "IAM", .field = 4, .component = 2, .value = VIEW_TEXT,
	  .cda = SEVERITY "value[xsi:type=CD]/@displayName" },
	{ .segment = "IAM", .field = 4, .component = 2, .value = VIEW_EITHER, .column = HOW_BAD },

	{ .segment = "@note", .value = VIEW_MARK,
	  .cda = NOTE "code[code=48767-8][codeSystem=2.16.840.1.113883.6.1]" },
	{ .segment = "@note", .value = VIEW_TEXT,
	  .cda = NOTE "text", .fhir = "note/0/text", .column = NOTED },
	{ .segment = "@document", .value = VIEW_ID,
	  .cda = O "reference[typeCode=XCRPT]/externalDocument/id" },
	{ .segment = NULL }
};

const struct view_table view_allergies = {
	.type = "ADT", .events = "A60",
	.segments = { { "IAM", VIEW_ITEM } },
	.withdrawals = { { .segment = "IAM", .field = 6, .codes = "D", .earlier = true },
			 { .segment = "IAM", .field = 17, .codes = "E", .earlier = true } },
	.about = { "IAM", 3 },
	.number = { "IAM", 7 },
	.fields = fields,
	.resource = "AllergyIntolerance", .subject = "patient",
	.profile = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_AllergyIntolerance",
	.profile_needs = "code clinicalStatus",
	.columns = { "日付", "医療機関", "種類", "アレルゲン", "重症度", "反応", "発症", "確認",
		     "区分", "報告", "備考" },
};
/* clang-format on */
