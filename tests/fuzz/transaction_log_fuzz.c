/* tests/fuzz/transaction_log_fuzz.c: any octets as a piece of a transaction storage. Who is named
 * is no path; what is over and done with is told once, in one piece or in two. */
#undef NDEBUG
#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "profiles/ssmix2/storage_name.h"
#include "profiles/ssmix2/transaction_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_patient(void *with, const char *id)
{
	unsigned *count = with;
	assert(strlen(id) >= 1 && strlen(id) <= STORAGE_ID_MOST);
	for (; *id != '\0'; id++)
		assert(isalnum((unsigned char)*id));
	++*count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(64 << 20);
	unsigned whole = 0, first = 0, rest = 0;
	size_t done = transaction_log_records(a, (struct bytes){ data, size }, on_patient, &whole);
	assert(done <= size && (size == 0 || done < size || done == 0));
	size_t half = size / 2;
	done = transaction_log_records(a, (struct bytes){ data, half }, on_patient, &first);
	transaction_log_records(a, (struct bytes){ data + done, size - done }, on_patient, &rest);
	assert(first <= whole && first + rest >= whole);
	arena_destroy(a);
	return 0;
}
