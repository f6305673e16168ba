/* tests/fuzz/code_table_fuzz.c: any octets as our own table of codes. */
#include "tests/fuzz/code_file_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return code_file_fuzz(data, size, code_file_read_tsv);
}
