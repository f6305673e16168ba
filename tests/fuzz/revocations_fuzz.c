/* tests/fuzz/revocations_fuzz.c: a file of revocation lists, PEM or DER. */
#include <stddef.h>
#include <stdint.h>

#include "gateway/transport/revocation_lists.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why = NULL;
	STACK_OF(X509_CRL) *lists = revocation_lists_of((struct bytes){ data, size }, &why);
	if ((lists == NULL) == (why == NULL))
		__builtin_trap();
	if (sk_X509_CRL_num(lists) > REVOCATION_LISTS_MOST)
		__builtin_trap();
	sk_X509_CRL_pop_free(lists, X509_CRL_free);
	return 0;
}
