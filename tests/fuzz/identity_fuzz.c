/* tests/fuzz/identity_fuzz.c: any octets as demographics that are kept: read, or found to be
 * damaged; what could be read is packed and comes back. And as what is to be packed: it comes back
 * octet by octet, whatever it was. */
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "store/identity_packing.h"
#include "store/identity_rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void pack(struct arena *a, struct bytes said)
{
	struct bytes packed = identity_packed(a, said), back = { 0 };
	if (packed.length != 0
	    && (packed.length >= said.length || !identity_unpacked(a, packed, &back)
		|| !bytes_equal(back, said)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { MEMORY = 64 << 20, MOST = 1 << 16 };
	struct bytes octets = { data, size }, said = { 0 };
	struct patient_demographics d = { .names = NULL }, again = { .names = NULL };
	if (size == 0 || size > MOST)
		return 0;
	struct arena *a = arena_create(MEMORY);
	pack(a, octets);
	if (identity_unpacked(a, octets, &said)) {
		pack(a, said);
		if (identity_demographics_read(a, said, &d)) {
			struct bytes written = identity_demographics_octets(a, &d);
			pack(a, written);
			if (!identity_demographics_read(a, written, &again))
				abort();
		}
	}
	arena_destroy(a);
	return 0;
}
