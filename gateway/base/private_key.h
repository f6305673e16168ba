/* gateway/base/private_key.h: a private key is read from a file so that no copy of it is left: a
 * stream of the C library gives back memory as it is. */
#ifndef GATEWAY_BASE_PRIVATE_KEY_H
#define GATEWAY_BASE_PRIVATE_KEY_H

#include <openssl/evp.h>
#include <stdio.h>

/* The first private key of a PEM file that nothing was read from yet; closes it. One with a pass
 * phrase is none: a daemon has nobody to ask. NULL: there is none, or it cannot be read; OpenSSL's
 * errors are the caller's to clear. */
EVP_PKEY *private_key_read(FILE *pem);

#endif
