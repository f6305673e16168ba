/* gateway/envelope/code_system_oid.c: code systems by URL, and by OID. japan: E2; the others by
 * HL7's registry of code systems. */
#include "gateway/envelope/code_system_oid.h"

#include <stddef.h>
#include <string.h>

#include "gateway/base/text.h"

static const struct {
	const char *url, *oid;
} systems[] = {
	{ "http://loinc.org", "2.16.840.1.113883.6.1" },
	{ "http://snomed.info/sct", "2.16.840.1.113883.6.96" },
	{ "http://hl7.org/fhir/sid/icd-10", "2.16.840.1.113883.6.3" },
	{ "http://unitsofmeasure.org", "2.16.840.1.113883.6.8" },
	{ "http://dicom.nema.org/resources/ontology/DCM", "1.2.840.10008.2.16.4" },
	{ "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "2.16.840.1.113883.5.25" },
	{ "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "2.16.840.1.113883.5.1008" },
	{ "http://terminology.hl7.org/CodeSystem/v3-ActCode", "2.16.840.1.113883.5.4" },
	{ "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
	  "1.3.6.1.4.1.19376.1.2.3" },
	{ "http://jami.jp/SS-MIX2/CodeSystem/ClinicalDepartment", "1.2.392.200250.2.2.2" },
	{ "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "1.2.392.200119.4.504" },
	{ "http://medis.or.jp/CodeSystem/master-HOT9", "1.2.392.200119.4.403.1" },
	{ "http://medis.or.jp/CodeSystem/master-HOT7", "1.2.392.200119.4.403.2" },
	{ "http://medis.or.jp/CodeSystem/master-HOT13", "1.2.392.200119.4.402.1" },
	{ "http://medis.or.jp/CodeSystem/master-disease-keyNumber", "1.2.392.200119.4.101.2" },
	{ "http://medis.or.jp/CodeSystem/master-disease-exCode", "1.2.392.200119.4.101.6" },
};

const char *code_system_oid(const char *system)
{
	static const char prefix[] = "urn:oid:";
	if (system == NULL)
		return NULL;
	if (text_starts(system, prefix))
		system += sizeof prefix - 1;
	if (text_is_oid(system))
		return system;
	for (size_t i = 0; i < COUNT(systems); i++)
		if (text_equal(systems[i].url, system))
			return systems[i].oid;
	return NULL;
}
