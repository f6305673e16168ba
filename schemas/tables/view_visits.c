/* schemas/tables/view_visits.c: comings and goings (SS-MIX2 ADT-12 to ADT-52; HL7 2.5: 3.3), a
 * message an item: visits of outpatients, admissions, transfers, leaves, and what of these is
 * planned. A discharge or return ends what it ends; where that is not known it stands by itself.
 * FHIR: JP Core's Encounter. */
#include "schemas/tables/views.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define E "encounter[classCode=ENC]/"
#define DOCTOR_OF E "performer[typeCode=PRF]/assignedEntity/"
#define PLACE E "participant[typeCode=LOC]/participantRole[classCode=SDLOC]" \
	"/playingEntity[classCode=PLC]/name"
#define WHOLE E "entryRelationship[typeCode=COMP][inversionInd=true]" \
	"/encounter[classCode=ENC][moodCode=EVN]/"
#define ACT_CODE "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#define PARTICIPATION "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
#define INPATIENT "A01 A02 A03 A14 A15 A16 A21 A22"

enum { DAY = 1, FACILITY, KIND, STATE, SINCE, UNTIL, DEPARTMENT, WARD, DOCTOR, BEFORE, OUTCOME };

static const struct view_word moods[] = {
	{ .said = "A14", .cda = "INT" },
	{ .said = "A15", .cda = "INT" },
	{ .said = "A16", .cda = "INT" },
	{ .cda = "EVN" }
};
/* HL7 table 0004. */
static const struct view_word classes[] = {
	{ .said = "E", .cda = "EMER", .fhir = "EMER" },
	{ .cda = "AMB", .fhir = "AMB" }
};
#define CALLED(is, word) { .said = is, .cda = word, .fhir = word, .told = word }
static const struct view_word names[] = {
	CALLED("A04", "外来"),
	CALLED("A01", "入院"), CALLED("A03", "入院"),
	CALLED("A02", "転科・転棟"),
	CALLED("A21", "外出・外泊"), CALLED("A22", "外出・外泊"),
	CALLED("A14", "入院予定"),
	CALLED("A15", "転科・転棟予定"),
	CALLED("A16", "退院予定"),
	{ .said = NULL }
};
/* What a reception became of is said by no message. */
static const struct view_word states[] = {
	{ .said = "A04", .fhir = "unknown", .told = "受付" },
	{ .said = "A01", .cda = "active", .fhir = "in-progress", .told = "継続中" },
	{ .said = "A02", .cda = "active", .fhir = "in-progress", .told = "継続中" },
	{ .said = "A21", .cda = "active", .fhir = "onleave", .told = "継続中" },
	{ .said = "A14", .fhir = "planned", .told = "予定" },
	{ .said = "A15", .fhir = "planned", .told = "予定" },
	{ .said = "A16", .fhir = "planned", .told = "予定" },
	{ .cda = "completed", .fhir = "finished", .told = "終了" }
};

static const struct view_field fields[] = {
	{ .segment = "@type", .value = VIEW_TEXT, .words = moods, .cda = E "@moodCode" },
	{ .segment = "@item", .value = VIEW_ID, .cda = E "id", .fhir = "identifier/0" },
	{ .segment = "@state", .value = VIEW_TEXT, .words = states, .fhir = "status",
	  .column = STATE },
	{ .segment = "PV1", .field = 2, .value = VIEW_TEXT, .when = "A04", .words = classes,
	  .cda = E "code[codeSystem=2.16.840.1.113883.5.4]/@code",
	  .fhir = "class[system=" ACT_CODE "]/code" },
	{ .segment = "@", .value = VIEW_CONSTANT, .when = INPATIENT,
	  .cda = E "code[code=IMP][codeSystem=2.16.840.1.113883.5.4]",
	  .fhir = "class[system=" ACT_CODE "][code=IMP]" },
	{ .segment = "@type", .value = VIEW_TEXT, .words = names, .cda = E "text",
	  .fhir = "type/0/text", .column = KIND },
	{ .segment = "@state", .value = VIEW_TEXT, .words = states, .cda = E "statusCode/@code" },

	/* From when to when. */
	{ .segment = "PV1", .field = 44, .or = { { "EVN", 2 } }, .value = VIEW_TIME, .when = "A04",
	  .cda = E "effectiveTime/low/@value", .fhir = "period/start", .column = SINCE },
	{ .segment = "PV1", .field = 44, .or = { { "EVN", 6 } }, .value = VIEW_TIME, .when = "A01",
	  .cda = E "effectiveTime/low/@value", .fhir = "period/start", .column = SINCE },
	{ .segment = "PV1", .field = 44, .value = VIEW_TIME, .when = "A03",
	  .cda = E "effectiveTime/low/@value", .fhir = "period/start", .column = SINCE },
	{ .segment = "EVN", .field = 6, .value = VIEW_TIME, .when = "A02 A21",
	  .cda = E "effectiveTime/low/@value", .fhir = "period/start", .column = SINCE },
	{ .segment = "PV2", .field = 8, .value = VIEW_TIME, .when = "A14 A15",
	  .cda = E "effectiveTime/low/@value", .fhir = "period/start", .column = SINCE },
	{ .segment = "PV1", .field = 45, .or = { { "EVN", 6 } }, .value = VIEW_TIME, .ends = true,
	  .when = "A01 A02 A03",
	  .cda = E "effectiveTime/high/@value", .fhir = "period/end", .column = UNTIL },
	{ .segment = "EVN", .field = 6, .or = { { "PV2", 47 }, { "PV1", 45 } }, .value = VIEW_TIME,
	  .ends = true, .when = "A21 A22",
	  .cda = E "effectiveTime/high/@value", .fhir = "period/end", .column = UNTIL },
	{ .segment = "PV2", .field = 9, .value = VIEW_TIME, .when = "A16",
	  .cda = E "effectiveTime/high/@value", .fhir = "period/end", .column = UNTIL },

	/* By whom, and where. */
	{ .segment = "@", .value = VIEW_CONSTANT, .cda = DOCTOR_OF "id[nullFlavor=NI]" },
	{ .segment = "PV1", .field = 7, .value = VIEW_MARK,
	  .fhir = "participant/0/type/0/coding/0[system=" PARTICIPATION "][code=ATND]" },
	{ .segment = "PV1", .field = 7, .component = 2, .value = VIEW_TEXT,
	  .cda = DOCTOR_OF "assignedPerson/name/family",
	  .fhir = "participant/0/individual/display", .column = DOCTOR },
	{ .segment = "PV1", .field = 7, .component = 3, .value = VIEW_TEXT,
	  .cda = DOCTOR_OF "assignedPerson/name/given",
	  .fhir = "participant/0/individual/display", .column = DOCTOR },
	{ .segment = "@institution", .value = VIEW_TEXT,
	  .cda = DOCTOR_OF "representedOrganization/id[root=1.2.392.100495.20.3.23]/@extension",
	  .fhir = "serviceProvider/identifier"
		  "[system=http://jpfhir.jp/fhir/core/mhlw/IdSystem/MedicalOrganizationID]"
		  "/value" },
	{ .segment = "@facility", .value = VIEW_TEXT,
	  .cda = DOCTOR_OF "representedOrganization/name", .fhir = "serviceProvider/display" },
	{ .segment = "PV1", .field = 10, .or = { { "PV1", 3 } }, .value = VIEW_DEPARTMENT,
	  .when = "A04", .cda = PLACE, .fhir = "serviceType/text", .column = DEPARTMENT },
	{ .segment = "PV1", .field = 10, .value = VIEW_DEPARTMENT, .when = INPATIENT,
	  .cda = PLACE, .fhir = "serviceType/text", .column = DEPARTMENT },
	{ .segment = "PV1", .field = 3, .component = 1, .value = VIEW_TEXT, .when = INPATIENT,
	  .cda = PLACE, .fhir = "location/0/location/display", .column = WARD },
	{ .segment = "PV1", .field = 3, .component = 2, .value = VIEW_TEXT, .when = INPATIENT,
	  .cda = PLACE, .fhir = "location/0/location/display", .column = WARD },
	{ .segment = "PV1", .field = 3, .component = 3, .value = VIEW_TEXT, .when = INPATIENT,
	  .cda = PLACE, .fhir = "location/0/location/display", .column = WARD },
	{ .segment = "PV1", .field = 6, .component = 1, .value = VIEW_TEXT, .when = "A02",
	  .column = BEFORE },
	{ .segment = "PV1", .field = 36, .value = VIEW_TEXT, .ends = true, .when = "A01 A03",
	  .fhir = "hospitalization/dischargeDisposition/coding/0/code", .column = OUTCOME },

	{ .segment = "@within", .value = VIEW_PART, .fhir = "partOf" },
	{ .segment = "@within", .value = VIEW_ID, .cda = WHOLE "id" },
	{ .segment = "@document", .value = VIEW_ID,
	  .cda = E "reference[typeCode=XCRPT]/externalDocument/id" },
	{ .segment = NULL }
};

const struct view_table view_visits = {
	.type = "ADT", .events = "A01 A02 A03 A04 A14 A15 A16 A21 A22",
	.segments = { { "EVN", VIEW_GROUP }, { "PV1", VIEW_ITEM }, { "PV2", VIEW_DETAIL } },
	.about = { "PV1", 2 },
	.number = { "PV1", 19 },
	/* Outpatients registered by the message of an admission are seen in storages of many. */
	.event_types = { { .event = "A01", .place = { "PV1", 2 }, .codes = "O E",
			   .type = "A04" } },
	.pairings = { { .type = "A01", .by = "A03", .absorbed = "A03" },
		      { .type = "A21", .by = "A22", .absorbed = "A22" },
		      { .type = "A21", .by = "A03" },
		      { .type = "A02", .by = "A02 A03" },
		      { .type = "A14", .by = "A01", .planned = true },
		      { .type = "A15", .by = "A02 A03", .planned = true },
		      { .type = "A16", .by = "A03", .planned = true } },
	.by_event = true, .part = "A02 A21", .whole = "A01",
	.fields = fields,
	.resource = "Encounter", .subject = "subject",
	.profile = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Encounter",
	.profile_needs = "status class",
	.columns = { "日付", "医療機関", "区分", "状態", "開始", "終了", "診療科", "病棟・病室",
		     "担当医", "転出元", "転帰" },
};
/* clang-format on */
