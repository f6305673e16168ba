/* schemas/tables/medication.c: prescriptions, field by field. */
#include "schemas/tables/medication.h"

#include <string.h>

#include "schemas/model/document.h"
#include "schemas/model/medication.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define P(member) MEDICATION_TEXT, offsetof(struct prescription, member)
#define P_TIME(member) MEDICATION_TIME, offsetof(struct prescription, member)
#define L(member) MEDICATION_TEXT, offsetof(struct medication_line, member)
#define L_NUMBER(member) MEDICATION_NUMBER, offsetof(struct medication_line, member)
#define L_TIME(member) MEDICATION_TIME, offsetof(struct medication_line, member)
#define U(member) MEDICATION_TEXT, offsetof(struct medication_usage, member)
#define U_NUMBER(member) MEDICATION_NUMBER, offsetof(struct medication_usage, member)
#define U_TIME(member) MEDICATION_TIME, offsetof(struct medication_usage, member)

#define DRUG "consumable/manufacturedProduct/manufacturedMaterial/"
#define SUPPLY "entryRelationship/supply/quantity/"
#define AUTHOR "author/assignedAuthor/"
#define PERSON "patientRole/patient/"
#define FHIR_DRUG "medicationCodeableConcept/"
#define DOSAGE "dosageInstruction/0/"

const struct medication_field medication_fields[] = {
	{ MEDICATION_PATIENT, "PID", 5, 1, 1, P(family),
	  PERSON "name/family", "name/0/family" },
	{ MEDICATION_PATIENT, "PID", 5, 2, 1, P(given),
	  PERSON "name/given", "name/0/given/0" },
	{ MEDICATION_PATIENT, "PID", 7, 1, 1, P_TIME(birth),
	  PERSON "birthTime/@value", "birthDate" },
	{ MEDICATION_PATIENT, "PID", 8, 1, 1, P(sex),
	  PERSON "administrativeGenderCode/@code", "gender" },

	{ MEDICATION_LINE, "ORC", 9, 1, 1, L_TIME(ordered), "author/time/@value", "authoredOn" },
	{ MEDICATION_LINE, "ORC", 12, 2, 1, L(prescriber.family),
	  AUTHOR "assignedPerson/name/family", "practitioner/display" },
	{ MEDICATION_LINE, "ORC", 12, 3, 1, L(prescriber.given),
	  AUTHOR "assignedPerson/name/given", "practitioner/display" },
	{ MEDICATION_LINE, "ORC", 17, 1, 1, L(department.code),
	  AUTHOR "code/@code", "specialty/0/coding/0/code" },
	{ MEDICATION_LINE, "ORC", 17, 2, 1, L(department.text),
	  AUTHOR "code/@displayName", "specialty/0/coding/0/display" },
	{ MEDICATION_LINE, "ORC", 17, 3, 1, L(department.system),
	  AUTHOR "code/@codeSystem", "specialty/0/coding/0/system" },

	{ MEDICATION_LINE, "RXE", 2, 1, 1, L(drug.code),
	  DRUG "code/@code", FHIR_DRUG "coding/0/code" },
	{ MEDICATION_LINE, "RXE", 2, 2, 1, L(drug.text),
	  DRUG "name", FHIR_DRUG "text" },
	{ MEDICATION_LINE, "RXE", 2, 3, 1, L(drug.system),
	  DRUG "code/@codeSystem", FHIR_DRUG "coding/0/system" },
	{ MEDICATION_LINE, "RXE", 2, 4, 1, L(same_drug.code),
	  DRUG "code/translation/@code", FHIR_DRUG "coding/1/code" },
	{ MEDICATION_LINE, "RXE", 2, 5, 1, L(same_drug.text),
	  DRUG "code/translation/@displayName", FHIR_DRUG "coding/1/display" },
	{ MEDICATION_LINE, "RXE", 2, 6, 1, L(same_drug.system),
	  DRUG "code/translation/@codeSystem", FHIR_DRUG "coding/1/system" },
	{ MEDICATION_LINE, "RXE", 3, 1, 1, L_NUMBER(dose),
	  "doseQuantity/@value", DOSAGE "doseAndRate/0/doseQuantity/value" },
	{ MEDICATION_LINE, "RXE", 5, 1, 1, L(dose_unit.code),
	  "doseQuantity/translation/@code", DOSAGE "doseAndRate/0/doseQuantity/code" },
	{ MEDICATION_LINE, "RXE", 5, 2, 1, L(dose_unit.text),
	  "doseQuantity/translation/@displayName", DOSAGE "doseAndRate/0/doseQuantity/unit" },
	{ MEDICATION_LINE, "RXE", 5, 3, 1, L(dose_unit.system),
	  "doseQuantity/translation/@codeSystem", DOSAGE "doseAndRate/0/doseQuantity/system" },
	{ MEDICATION_LINE, "RXE", 6, 1, 1, L(form.code),
	  "administrationUnitCode/@code", NULL },
	{ MEDICATION_LINE, "RXE", 6, 2, 1, L(form.text),
	  "administrationUnitCode/@displayName", NULL },
	{ MEDICATION_LINE, "RXE", 6, 3, 1, L(form.system),
	  "administrationUnitCode/@codeSystem", NULL },
	{ MEDICATION_LINE, "RXE", 7, 1, 1, L(instruction.code), NULL, NULL },
	{ MEDICATION_LINE, "RXE", 7, 2, 1, L(instruction.text),
	  NULL, DOSAGE "patientInstruction" },
	{ MEDICATION_LINE, "RXE", 10, 1, 1, L_NUMBER(supply),
	  SUPPLY "@value", "dispenseRequest/quantity/value" },
	{ MEDICATION_LINE, "RXE", 11, 1, 1, L(supply_unit.code),
	  SUPPLY "translation/@code", "dispenseRequest/quantity/code" },
	{ MEDICATION_LINE, "RXE", 11, 2, 1, L(supply_unit.text),
	  SUPPLY "translation/@displayName", "dispenseRequest/quantity/unit" },
	{ MEDICATION_LINE, "RXE", 11, 3, 1, L(supply_unit.system),
	  SUPPLY "translation/@codeSystem", "dispenseRequest/quantity/system" },
	{ MEDICATION_LINE, "RXE", 19, 1, 1, L_NUMBER(daily), NULL, NULL },
	{ MEDICATION_LINE, "RXE", 19, 2, 2, L(daily_unit), NULL, NULL },
	{ MEDICATION_LINE, "RXR", 1, 1, 1, L(route.code),
	  "routeCode/@code", DOSAGE "route/coding/0/code" },
	{ MEDICATION_LINE, "RXR", 1, 2, 1, L(route.text),
	  "routeCode/@displayName", DOSAGE "route/coding/0/display" },
	{ MEDICATION_LINE, "RXR", 1, 3, 1, L(route.system),
	  "routeCode/@codeSystem", DOSAGE "route/coding/0/system" },

	{ MEDICATION_USAGE, "TQ1", 2, 1, 1, U_NUMBER(dose),
	  "doseQuantity/@value", "doseAndRate/0/doseQuantity/value" },
	{ MEDICATION_USAGE, "TQ1", 3, 1, 1, U(usage.code),
	  "code/@code", "timing/code/coding/0/code" },
	{ MEDICATION_USAGE, "TQ1", 3, 1, 2, U(usage.text),
	  "code/@displayName", "timing/code/text" },
	{ MEDICATION_USAGE, "TQ1", 3, 1, 3, U(usage.system),
	  "code/@codeSystem", "timing/code/coding/0/system" },
	{ MEDICATION_USAGE, "TQ1", 6, 1, 1, U_NUMBER(lasting),
	  "effectiveTime/width/@value", "timing/repeat/boundsDuration/value" },
	{ MEDICATION_USAGE, "TQ1", 6, 2, 1, U(lasting_unit),
	  "effectiveTime/width/@unit", "timing/repeat/boundsDuration/code" },
	{ MEDICATION_USAGE, "TQ1", 7, 1, 1, U_TIME(start),
	  "effectiveTime/low/@value", NULL },
	{ MEDICATION_USAGE, "TQ1", 8, 1, 1, U_TIME(end),
	  "effectiveTime/high/@value", NULL },
	{ MEDICATION_USAGE, "TQ1", 11, 1, 1, U(instruction), "text", "text" },
	{ .segment = NULL }
};

/* mimeType says what format it has as far as any template would, for none is claimed. */
const struct medication_entry_code medication_entry_codes[] = {
	{ "classCode", "56445-0", "2.16.840.1.113883.6.1", "処方の一覧" },
	{ "typeCode", "56445-0", "2.16.840.1.113883.6.1", "処方の一覧" },
	{ "formatCode", "urn:ihe:iti:xds:2017:mimeTypeSufficient", "1.3.6.1.4.1.19376.1.2.3",
	  "mimeType Sufficient" },
	{ "confidentialityCode", "N", "2.16.840.1.113883.5.25", "normal" },
	{ "practiceSettingCode", "UNK", "2.16.840.1.113883.5.1008", "診療科不明" },
	{ "healthcareFacilityTypeCode", "UNK", "2.16.840.1.113883.5.1008", "施設種別不明" },
	{ .attribute = NULL }
};

/* Who says HOT says one of three, by its length. FHIR: JP Core's names. */
static const struct medication_system systems[] = {
	{ "HOT", 7, "1.2.392.200119.4.403.2", "http://medis.or.jp/CodeSystem/master-HOT7" },
	{ "HOT", 9, "1.2.392.200119.4.403.1", "http://medis.or.jp/CodeSystem/master-HOT9" },
	{ "HOT", 13, "1.2.392.200119.4.402.1", "http://medis.or.jp/CodeSystem/master-HOT13" },
	{ "HOT7", 7, "1.2.392.200119.4.403.2", "http://medis.or.jp/CodeSystem/master-HOT7" },
	{ "HOT9", 9, "1.2.392.200119.4.403.1", "http://medis.or.jp/CodeSystem/master-HOT9" },
	{ "HOT13", 13, "1.2.392.200119.4.402.1", "http://medis.or.jp/CodeSystem/master-HOT13" },
	{ "YJ", 12, "1.2.392.100495.20.2.73",
	  "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code" },
	{ "JAMISDP01", 16, "1.2.392.200250.2.2.20",
	  "http://jami.jp/CodeSystem/MedicationUsage" },
	{ "HL70162", 0, "2.16.840.1.113883.12.162",
	  "http://terminology.hl7.org/CodeSystem/v2-0162" },
	{ "HL70069", 0, "2.16.840.1.113883.12.69",
	  "http://terminology.hl7.org/CodeSystem/v2-0069" },
	{ "UCUM", 0, "2.16.840.1.113883.6.8", "http://unitsofmeasure.org" },
};
/* clang-format on */

const struct medication_system *medication_system_of(const char *name, const char *code)
{
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
		if (strcmp(systems[i].name, name) == 0
		    && (systems[i].length == 0 || systems[i].length == strlen(code)))
			return &systems[i];
	return NULL;
}

static bool is_code(const struct coded_value *c, const char *code, const char *scheme)
{
	return c != NULL && c->code != NULL && c->scheme != NULL && strcmp(c->code, code) == 0
	       && strcmp(c->scheme, scheme) == 0;
}

bool medication_is_prescription(const struct document_entry *e)
{
	return e->type == ENTRY_STABLE
	       && is_code(e->format_code, "SS-MIX2_1.20", "1.2.392.200250.2.1.100.1.2.120")
	       && is_code(e->type_code, "57833-6", "2.16.840.1.113883.6.1");
}
