/* tests/fuzz/code_file_fuzz.h: any octets as a file of codes, in whichever form. What is taken is
 * written as our own table, and read again says the same. */
#ifndef TESTS_FUZZ_CODE_FILE_FUZZ_H
#define TESTS_FUZZ_CODE_FILE_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/envelope/code_file.h"

typedef bool code_file_reader(struct code_file *f, struct bytes text);

int code_file_fuzz(const uint8_t *data, size_t size, code_file_reader *read);

#endif
