/* tests/fuzz/ocsp_fuzz.c: what a responder answers, about one certificate and on one day. */
#include "tests/fuzz/ocsp_fuzz.h"

#include <stddef.h>

#include "gateway/transport/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static X509 *read_one(const unsigned char *der, size_t length)
{
	X509 *x = d2i_X509(NULL, &der, (long)length);
	if (x == NULL)
		__builtin_trap();
	return x;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static X509 *leaf, *issuer;
	struct ocsp_said said = { .word = OCSP_SAID_REVOKED };
	if (leaf == NULL) {
		leaf = read_one(leaf_der, sizeof leaf_der);
		issuer = read_one(issuer_der, sizeof issuer_der);
	}
	const char *why = ocsp_read((struct bytes){ data, size }, leaf, issuer, made, &said);
	if ((why == NULL) != (said.word != OCSP_SAID_NOTHING))
		__builtin_trap();
	if (why == NULL && said.this_update == 0)
		__builtin_trap();
	return 0;
}
