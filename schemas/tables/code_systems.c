/* schemas/tables/code_systems.c: code systems as HL7 v2 messages name them. */
#include "schemas/tables/code_systems.h"

#include <string.h>

/* Rows are laid out by hand. */
/* clang-format off */

/* Who says HOT says one of three, by its length. FHIR: JP Core's names. */
static const struct code_system systems[] = {
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
	/* Laboratory: JLAC10 whole, and its part for the material. */
	{ .name = "JC10", .length = 17, .oid = "1.2.392.200119.4.504",
	  .url = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits" },
	{ .name = "JLAC10", .length = 17, .oid = "1.2.392.200119.4.504",
	  .url = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits" },
	{ .name = "JC10", .length = 3,
	  .url = "http://jpfhir.jp/fhir/core/CodeSystem/JP_ObservationSampleMaterialCode_CS" },
	{ .name = "LN", .length = 0, .oid = "2.16.840.1.113883.6.1", .url = "http://loinc.org" },
	/* Diseases: 病名管理番号 and 病名交換用コード go by one name. */
	{ .name = "MDCDX2", .length = 8, .oid = "1.2.392.200119.4.101.2",
	  .url = "http://medis.or.jp/CodeSystem/master-disease-keyNumber" },
	{ .name = "MDCDX2", .length = 4, .oid = "1.2.392.200119.4.101.6",
	  .url = "http://medis.or.jp/CodeSystem/master-disease-exCode" },
	{ .name = "I10", .length = 0, .oid = "2.16.840.1.113883.6.3",
	  .url = "http://hl7.org/fhir/sid/icd-10" },
	/* Allergies: J-FAGY, whose foods begin with J9F. */
	{ .name = "J-FAGY", .length = 12, .prefix = "J9F",
	  .url = "http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyFoodAllergen_CS" },
	{ .name = "HL70127", .length = 0, .oid = "2.16.840.1.113883.12.127",
	  .url = "http://terminology.hl7.org/CodeSystem/v2-0127" },
	{ .name = "HL70128", .length = 0, .oid = "2.16.840.1.113883.12.128",
	  .url = "http://terminology.hl7.org/CodeSystem/v2-0128" },
	{ .name = "HL70436", .length = 0, .oid = "2.16.840.1.113883.12.436",
	  .url = "http://terminology.hl7.org/CodeSystem/v2-0436" },
};
/* clang-format on */

static bool is_of(const struct code_system *s, const char *name, const char *code)
{
	return strcmp(s->name, name) == 0 && (s->length == 0 || s->length == strlen(code))
	       && (s->prefix == NULL || strncmp(s->prefix, code, strlen(s->prefix)) == 0);
}

const struct code_system *code_system_of(const char *name, const char *code)
{
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
		if (is_of(&systems[i], name, code))
			return &systems[i];
	return NULL;
}
