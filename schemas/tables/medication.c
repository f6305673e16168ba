/* schemas/tables/medication.c: prescriptions, field by field. */
#include "schemas/tables/medication.h"

#include <string.h>

#include "schemas/model/document.h"
#include "schemas/model/medication.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define P(member) offsetof(struct prescription, member)
#define L(member) offsetof(struct medication_line, member)
#define U(member) offsetof(struct medication_usage, member)

#define DRUG "consumable/manufacturedProduct/manufacturedMaterial/"
#define SUPPLY "entryRelationship/supply/quantity/"
#define AUTHOR "author/assignedAuthor/"
#define PERSON "patientRole/patient/"
#define FHIR_DRUG "medicationCodeableConcept/"
#define DOSAGE "dosageInstruction/0/"

const struct medication_field medication_fields[] = {
	{ .place = MEDICATION_PATIENT, .segment = "PID", .field = 5, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = P(family),
	  .cda = PERSON "name/family",
	  .fhir = "name/0/family" },
	{ .place = MEDICATION_PATIENT, .segment = "PID", .field = 5, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = P(given),
	  .cda = PERSON "name/given",
	  .fhir = "name/0/given/0" },
	{ .place = MEDICATION_PATIENT, .segment = "PID", .field = 7, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TIME, .offset = P(birth),
	  .cda = PERSON "birthTime/@value",
	  .fhir = "birthDate" },
	{ .place = MEDICATION_PATIENT, .segment = "PID", .field = 8, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = P(sex),
	  .cda = PERSON "administrativeGenderCode/@code",
	  .fhir = "gender" },

	{ .place = MEDICATION_LINE, .segment = "ORC", .field = 9, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TIME, .offset = L(ordered),
	  .cda = "author/time/@value",
	  .fhir = "authoredOn" },
	{ .place = MEDICATION_LINE, .segment = "ORC", .field = 12, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(prescriber.family),
	  .cda = AUTHOR "assignedPerson/name/family",
	  .fhir = "practitioner/display" },
	{ .place = MEDICATION_LINE, .segment = "ORC", .field = 12, .component = 3,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(prescriber.given),
	  .cda = AUTHOR "assignedPerson/name/given",
	  .fhir = "practitioner/display" },
	{ .place = MEDICATION_LINE, .segment = "ORC", .field = 17, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(department.code),
	  .cda = AUTHOR "code/@code",
	  .fhir = "specialty/0/coding/0/code" },
	{ .place = MEDICATION_LINE, .segment = "ORC", .field = 17, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(department.text),
	  .cda = AUTHOR "code/@displayName",
	  .fhir = "specialty/0/coding/0/display" },
	{ .place = MEDICATION_LINE, .segment = "ORC", .field = 17, .component = 3,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(department.system),
	  .cda = AUTHOR "code/@codeSystem",
	  .fhir = "specialty/0/coding/0/system" },

	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 2, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(drug.code),
	  .cda = DRUG "code/@code",
	  .fhir = FHIR_DRUG "coding/0/code" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 2, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(drug.text),
	  .cda = DRUG "name",
	  .fhir = FHIR_DRUG "text" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 2, .component = 3,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(drug.system),
	  .cda = DRUG "code/@codeSystem",
	  .fhir = FHIR_DRUG "coding/0/system" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 2, .component = 4,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(same_drug.code),
	  .cda = DRUG "code/translation/@code",
	  .fhir = FHIR_DRUG "coding/1/code" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 2, .component = 5,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(same_drug.text),
	  .cda = DRUG "code/translation/@displayName",
	  .fhir = FHIR_DRUG "coding/1/display" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 2, .component = 6,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(same_drug.system),
	  .cda = DRUG "code/translation/@codeSystem",
	  .fhir = FHIR_DRUG "coding/1/system" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 3, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_NUMBER, .offset = L(dose),
	  .cda = "doseQuantity/@value",
	  .fhir = DOSAGE "doseAndRate/0/doseQuantity/value" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 5, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(dose_unit.code),
	  .cda = "doseQuantity/translation/@code",
	  .fhir = DOSAGE "doseAndRate/0/doseQuantity/code" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 5, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(dose_unit.text),
	  .cda = "doseQuantity/translation/@displayName",
	  .fhir = DOSAGE "doseAndRate/0/doseQuantity/unit" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 5, .component = 3,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(dose_unit.system),
	  .cda = "doseQuantity/translation/@codeSystem",
	  .fhir = DOSAGE "doseAndRate/0/doseQuantity/system" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 6, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(form.code),
	  .cda = "administrationUnitCode/@code" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 6, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(form.text),
	  .cda = "administrationUnitCode/@displayName" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 6, .component = 3,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(form.system),
	  .cda = "administrationUnitCode/@codeSystem" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 7, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(instruction.code) },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 7, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(instruction.text),
	  .fhir = DOSAGE "patientInstruction" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 10, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_NUMBER, .offset = L(supply),
	  .cda = SUPPLY "@value",
	  .fhir = "dispenseRequest/quantity/value" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 11, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(supply_unit.code),
	  .cda = SUPPLY "translation/@code",
	  .fhir = "dispenseRequest/quantity/code" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 11, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(supply_unit.text),
	  .cda = SUPPLY "translation/@displayName",
	  .fhir = "dispenseRequest/quantity/unit" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 11, .component = 3,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(supply_unit.system),
	  .cda = SUPPLY "translation/@codeSystem",
	  .fhir = "dispenseRequest/quantity/system" },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 19, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_NUMBER, .offset = L(daily) },
	{ .place = MEDICATION_LINE, .segment = "RXE", .field = 19, .component = 2,
	  .subcomponent = 2, .value = MEDICATION_TEXT, .offset = L(daily_unit) },
	{ .place = MEDICATION_LINE, .segment = "RXR", .field = 1, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(route.code),
	  .cda = "routeCode/@code",
	  .fhir = DOSAGE "route/coding/0/code" },
	{ .place = MEDICATION_LINE, .segment = "RXR", .field = 1, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(route.text),
	  .cda = "routeCode/@displayName",
	  .fhir = DOSAGE "route/coding/0/display" },
	{ .place = MEDICATION_LINE, .segment = "RXR", .field = 1, .component = 3,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = L(route.system),
	  .cda = "routeCode/@codeSystem",
	  .fhir = DOSAGE "route/coding/0/system" },

	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 2, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_NUMBER, .offset = U(dose),
	  .cda = "doseQuantity/@value",
	  .fhir = "doseAndRate/0/doseQuantity/value" },
	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 3, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = U(usage.code),
	  .cda = "code/@code",
	  .fhir = "timing/code/coding/0/code" },
	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 3, .component = 1,
	  .subcomponent = 2, .value = MEDICATION_TEXT, .offset = U(usage.text),
	  .cda = "code/@displayName",
	  .fhir = "timing/code/text" },
	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 3, .component = 1,
	  .subcomponent = 3, .value = MEDICATION_TEXT, .offset = U(usage.system),
	  .cda = "code/@codeSystem",
	  .fhir = "timing/code/coding/0/system" },
	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 6, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_NUMBER, .offset = U(lasting),
	  .cda = "effectiveTime/width/@value",
	  .fhir = "timing/repeat/boundsDuration/value" },
	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 6, .component = 2,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = U(lasting_unit),
	  .cda = "effectiveTime/width/@unit",
	  .fhir = "timing/repeat/boundsDuration/code" },
	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 7, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TIME, .offset = U(start),
	  .cda = "effectiveTime/low/@value" },
	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 8, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TIME, .offset = U(end),
	  .cda = "effectiveTime/high/@value" },
	{ .place = MEDICATION_USAGE, .segment = "TQ1", .field = 11, .component = 1,
	  .subcomponent = 1, .value = MEDICATION_TEXT, .offset = U(instruction),
	  .cda = "text",
	  .fhir = "text" },
	{ .segment = NULL }
};

/* mimeType says what format it has as far as any template would, for none is claimed. */
const struct medication_entry_code medication_entry_codes[] = {
	{ .attribute = "classCode", .code = "56445-0", .scheme = "2.16.840.1.113883.6.1",
	  .display = "処方の一覧" },
	{ .attribute = "typeCode", .code = "56445-0", .scheme = "2.16.840.1.113883.6.1",
	  .display = "処方の一覧" },
	{ .attribute = "formatCode", .code = "urn:ihe:iti:xds:2017:mimeTypeSufficient",
	  .scheme = "1.3.6.1.4.1.19376.1.2.3", .display = "mimeType Sufficient" },
	{ .attribute = "confidentialityCode", .code = "N", .scheme = "2.16.840.1.113883.5.25",
	  .display = "normal" },
	{ .attribute = "practiceSettingCode", .code = "UNK", .scheme = "2.16.840.1.113883.5.1008",
	  .display = "診療科不明" },
	{ .attribute = "healthcareFacilityTypeCode", .code = "UNK",
	  .scheme = "2.16.840.1.113883.5.1008", .display = "施設種別不明" },
	{ .attribute = NULL }
};

/* Who says HOT says one of three, by its length. FHIR: JP Core's names. */
static const struct medication_system systems[] = {
	{ .name = "HOT", .length = 7, .oid = "1.2.392.200119.4.403.2",
	  .url = "http://medis.or.jp/CodeSystem/master-HOT7" },
	{ .name = "HOT", .length = 9, .oid = "1.2.392.200119.4.403.1",
	  .url = "http://medis.or.jp/CodeSystem/master-HOT9" },
	{ .name = "HOT", .length = 13, .oid = "1.2.392.200119.4.402.1",
	  .url = "http://medis.or.jp/CodeSystem/master-HOT13" },
	{ .name = "HOT7", .length = 7, .oid = "1.2.392.200119.4.403.2",
	  .url = "http://medis.or.jp/CodeSystem/master-HOT7" },
	{ .name = "HOT9", .length = 9, .oid = "1.2.392.200119.4.403.1",
	  .url = "http://medis.or.jp/CodeSystem/master-HOT9" },
	{ .name = "HOT13", .length = 13, .oid = "1.2.392.200119.4.402.1",
	  .url = "http://medis.or.jp/CodeSystem/master-HOT13" },
	{ .name = "YJ", .length = 12, .oid = "1.2.392.100495.20.2.73",
	  .url = "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code" },
	{ .name = "JAMISDP01", .length = 16, .oid = "1.2.392.200250.2.2.20",
	  .url = "http://jami.jp/CodeSystem/MedicationUsage" },
	{ .name = "HL70162", .length = 0, .oid = "2.16.840.1.113883.12.162",
	  .url = "http://terminology.hl7.org/CodeSystem/v2-0162" },
	{ .name = "HL70069", .length = 0, .oid = "2.16.840.1.113883.12.69",
	  .url = "http://terminology.hl7.org/CodeSystem/v2-0069" },
	{ .name = "UCUM", .length = 0, .oid = "2.16.840.1.113883.6.8",
	  .url = "http://unitsofmeasure.org" },
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
