/* tests/fuzz/code_fhir_fuzz.c: any octets as a FHIR resource of codes. */
#include "tests/fuzz/code_file_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_fhir(struct code_file *f, struct bytes text)
{
	static const struct code_reading with = { .attribute = "typeCode" };
	return code_file_read_fhir(f, text, &with);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return code_file_fuzz(data, size, read_fhir);
}
