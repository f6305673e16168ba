/* gateway/base/private_key.c: a private key is read from a file so that no copy of it is left. */
#include "gateway/base/private_key.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>

static int no_pass_phrase(char *text, int room, int writing, void *with)
{
	(void)text, (void)room, (void)writing, (void)with;
	return -1;
}

EVP_PKEY *private_key_read(FILE *pem)
{
	char passing[BUFSIZ];
	setvbuf(pem, passing, _IOFBF, sizeof passing);
	EVP_PKEY *key = PEM_read_PrivateKey(pem, NULL, no_pass_phrase, NULL);
	fclose(pem);
	OPENSSL_cleanse(passing, sizeof passing);
	return key;
}
