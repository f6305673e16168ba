/* gateway/secrets.c: private keys stay in memory that is locked; nothing is dumped. */
#include "gateway/secrets.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "gateway/base/sanitized.h"

/* A key of 4,096 bits takes some 4 KiB; a connection keeps its ephemeral key of 32 octets: there is
 * room for 100,000. Half of what may be locked is left to others. */
enum { HEAP_MOST = 4 << 20, HEAP_LEAST = 64 << 10, PIECE_LEAST = 32 };

/* What is made smaller by less than that stays where it is. */
enum { KEPT_WHOLE = 4096 };

static size_t heap_size(void)
{
	struct rlimit locked;
	size_t size = HEAP_MOST;
	if (getrlimit(RLIMIT_MEMLOCK, &locked) != 0 || locked.rlim_cur == RLIM_INFINITY)
		return size;
	while (size > HEAP_LEAST && size > locked.rlim_cur / 2)
		size /= 2;
	return size;
}

/* What a decoder of keys held is found by whoever gets that memory next. */
static void clear_and_free(void *old, const char *file, int line)
{
	(void)file, (void)line;
	if (old != NULL)
		OPENSSL_cleanse(old, malloc_usable_size(old));
	free(old);
}

static void *allocate(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return malloc(size);
}

static void *resize(void *old, size_t size, const char *file, int line)
{
	size_t had = old == NULL ? 0 : malloc_usable_size(old);
	if (old != NULL && size != 0 && size <= had && had - size < KEPT_WHOLE)
		return old;
	void *new = size == 0 ? NULL : malloc(size);
	if (new == NULL && size != 0)
		return NULL;
	if (old != NULL && new != NULL)
		memcpy(new, old, had < size ? had : size);
	clear_and_free(old, file, line);
	return new;
}

static void choose_memory(int argc, char **argv, char **environment)
{
	(void)argc, (void)argv, (void)environment;
	CRYPTO_set_mem_functions(allocate, resize, clear_and_free);
}

/* OpenSSL takes other functions for memory only before it has asked for some, which constructors of
 * libraries do: this stands before them (System V ABI, DT_PREINIT_ARRAY). */
__attribute__((section(".preinit_array"),
	       used)) static void (*const before_all)(int, char **, char **) = choose_memory;

void secrets_protect(void)
{
	const struct rlimit none = { 0 };
	prctl(PR_SET_DUMPABLE, 0UL, 0UL, 0UL, 0UL);
	setrlimit(RLIMIT_CORE, &none);
	/* Locked or not at all: memory that could be swapped out would only look as if it were.
	 * What OpenSSL keeps there points to what a sanitizer would take for lost. */
	if (!SANITIZED && CRYPTO_secure_malloc_init(heap_size(), PIECE_LEAST) == 2)
		CRYPTO_secure_malloc_done();
}

static bool are_locked(void)
{
	return CRYPTO_secure_malloc_initialized() == 1;
}

static bool are_not_dumped(void)
{
	struct rlimit core;
	return prctl(PR_GET_DUMPABLE, 0UL, 0UL, 0UL, 0UL) == 0 && getrlimit(RLIMIT_CORE, &core) == 0
	       && core.rlim_cur == 0 && core.rlim_max == 0;
}

bool secrets_are_held(void)
{
	return are_locked() && are_not_dumped();
}

void secrets_describe(char out[SECRETS_WORDS])
{
	snprintf(out, SECRETS_WORDS, "%s, %s",
		 are_locked() ? "keys locked" : "keys not locked (LimitMEMLOCK)",
		 are_not_dumped() ? "no dumps" : "dumps possible");
}
