/* tests/fuzz/signature_fuzz.c: any octets as a signature document. It is read or has a reason, is
 * never valid without an authority, and what it signs is bounded. Documents are what it says, so
 * that all of verifying is reached. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/signature/signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static enum signature_document read_document(void *self, const char *unique_id,
					     const struct signature_taker *to)
{
	(void)self;
	must(unique_id != NULL);
	to->take(to->with, (struct bytes){ (const unsigned char *)unique_id, strlen(unique_id) });
	return unique_id[0] == 'x' ? SIGNATURE_DOCUMENT_MISSING : SIGNATURE_DOCUMENT_READ;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool installed;
	static const struct signature_policy policy = { .takes_sha1 = true };
	const struct signature_documents documents = { .read = read_document };
	struct arena *a = arena_create(64 << 20);
	if (!installed)
		json_arena_install();
	installed = true;
	const struct signature_read *r = signature_read(a, (struct bytes){ data, size });
	const struct signature *says = signature_says(r);
	struct signature_verdict v = signature_verify(r, &documents, &policy, 1);
	must(signature_reason_row(v.reason) != NULL && v.reason != SIGNATURE_HOLDS);
	must(says == NULL || says->reference_count <= SIGNATURE_REFERENCES_MOST);
	must(says != NULL || v.reason >= SIGNATURE_UNREADABLE);
	arena_destroy(a);
	return 0;
}
