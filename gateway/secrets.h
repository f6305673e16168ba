/* gateway/secrets.h: private keys stay in memory that is locked; nothing is dumped. */
#ifndef GATEWAY_SECRETS_H
#define GATEWAY_SECRETS_H

#include <stdbool.h>

enum { SECRETS_WORDS = 96 };

/* Before OpenSSL is asked for anything, and before other threads. From here on OpenSSL keeps
 * private keys in memory of their own that is locked, between guards and in no dump; the process
 * leaves no core, and only root may trace it or read its memory. What fails of it is told by the
 * next two.
 *
 * OpenSSL clears what it gives back, for what decodes a key does not, in every program that has
 * this file. */
void secrets_protect(void);
/* All of it holds. */
bool secrets_are_held(void);
/* As the kernel and OpenSSL say now: "keys locked, no dumps". */
void secrets_describe(char out[SECRETS_WORDS]);

#endif
