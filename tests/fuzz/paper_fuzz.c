/* tests/fuzz/paper_fuzz.c: any octets as a scanned paper. What is one is of one kind, and half of
 * it is not read beyond its end. */
#undef NDEBUG
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "schemas/model/paper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum paper_kind kind = paper_kind_of(data, size);
	assert(kind < PAPER_KINDS);
	if (kind != PAPER_NONE)
		assert(size >= 5 && paper_kind_named(paper_media_types[kind]) == kind);
	/* In a block of its own, so that one octet too many is noticed. */
	unsigned char *half = malloc(size / 2 + 1);
	if (half != NULL && size / 2 != 0) {
		memcpy(half, data, size / 2);
		unsigned char *exact = realloc(half, size / 2);
		half = exact != NULL ? exact : half;
		paper_kind_of(half, size / 2);
	}
	free(half);
	return 0;
}
