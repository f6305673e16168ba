/* tests/fuzz/anchor_fuzz.c: any octets as a line of a file of anchors. One that can be read says
 * what it says in one form: signed again it is the same line up to its signature, which is then
 * ours. So no two lines say the same, and nothing of a line is left unread. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/audit/anchor.h"
#include "gateway/base/text.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct anchor_key *key; /* of this run */

int LLVMFuzzerInitialize(int *count, char ***words)
{
	char path[] = "/tmp/minato-anchor-XXXXXX";
	const char *why = "it cannot be made";
	FILE *f = fdopen(mkstemp(path), "w");
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	(void)count, (void)words;
	if (f != NULL && PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL) == 1
	    && fclose(f) == 0)
		key = anchor_key_read(path, &why);
	EVP_PKEY_free(pair);
	unlink(path);
	if (key == NULL) {
		fprintf(stderr, "the key: %s\n", why);
		abort();
	}
	return 0;
}

static void sign_again(const struct anchor *said, struct bytes line)
{
	char again[ANCHOR_LINE + 1];
	struct anchor same;
	if (!anchor_sign(said, key, again) || strlen(again) != line.length
	    || memcmp(again, line.data, line.length - 2 * (size_t)ANCHOR_SIGNATURE) != 0
	    || !anchor_signed(bytes_of_text(again), key)
	    || !anchor_read(bytes_of_text(again), &same) || same.other_count != said->other_count)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct anchor said;
	unsigned char digest[AUDIT_HASH];
	struct bytes line = { data, size };
	if (anchor_read(line, &said))
		sign_again(&said, line);
	else if (anchor_signed(line, key))
		abort(); /* our key signs nothing else */
	if (!anchor_digest(line, digest))
		abort();
	return 0;
}
