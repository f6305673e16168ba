/* store/at_rest.h: what the disk holds is encrypted, by the file system, with a key from outside.
 *
 * ext4 and others encrypt a directory and all that is made in it (fscrypt, policy version 2): names
 * by AES-256-CTS, octets by AES-256-XTS, each file with a key of its own that is derived from ours
 * and a nonce (HKDF-SHA512). So keys, their log, documents, long answers and copies are covered by
 * one rule, and nothing of the store knows. The directory says by which key: another one is
 * refused. What it does not do is authenticate: that octets are what they were is shown by hashes
 * of documents, sums of pages and the audit log's anchors, as ever. Who is let in while the store
 * is open reads plain octets; who has the disk, or a copy of it, reads none.
 *
 * Thread-safe. */
#ifndef STORE_AT_REST_H
#define STORE_AT_REST_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"
#include "store/key_file.h"

enum { AT_REST_KEY = KEY_FILE };

struct at_rest;

/* Whoever wants to know how far it is: so many octets of so many. */
struct at_rest_watch {
	void (*tell)(void *with, const char *directory, const char *doing, uint64_t done,
		     uint64_t of);
	void *with;
};

/* From one key to another; before NULL: there is none. */
struct at_rest_change {
	const struct at_rest *fresh, *before;
	struct at_rest_watch watch; /* for at_rest_rekey() */
};

/* How far a change of its key is, as a directory says itself. */
enum at_rest_stage {
	AT_REST_SETTLED,    /* it has the fresh key, or is not there */
	AT_REST_BEFORE,     /* nothing has begun */
	AT_REST_BROKEN_OFF, /* a copy has begun, and was not finished */
	AT_REST_LEFT,    /* the copy has taken its place, and what it was still stands beside it */
	AT_REST_STRANGE, /* it has neither key, or none */
};

/* The key, read from its file into memory that is locked, where secrets are (gateway/secrets.h).
 * NULL: why says what is wrong with the file. */
struct at_rest *at_rest_read(const char *path, const char **why);
/* Ends it; the kernel keeps what it was given until at_rest_lock(). NULL is fine. */
void at_rest_free(struct at_rest *r);
/* From here on all that is made in the directory is encrypted; it has that key already, or is
 * there, ours and empty. False: p says which of it is not so. */
bool at_rest_encrypt(const struct at_rest *r, const char *directory, struct problem *p);
/* Whether the former would, as far as can be seen without giving the kernel the key: nothing is
 * changed. Of a directory that is not there: the one it would be made in. */
bool at_rest_would_encrypt(const struct at_rest *r, const char *directory, struct problem *p);
/* The kernel forgets the key: what is encrypted there cannot be opened any more. */
void at_rest_lock(const struct at_rest *r, const char *directory);
/* What was kept without a key is copied into DIRECTORY.encrypted, which then takes its place; what
 * was stays as DIRECTORY.plain, for whoever has looked at the copy to take away. Of one that is
 * encrypted, or not there, nothing. No store may be open. False: p says why, and all is as it was;
 * broken off it begins again. */
bool at_rest_move(const struct at_rest *r, const char *directory, struct problem *p);
/* The directory says that it is encrypted. */
bool at_rest_is_encrypted(const char *directory);
/* It says so, and with this key. */
bool at_rest_has(const struct at_rest *r, const char *directory);
bool at_rest_is_same(const struct at_rest *one, const struct at_rest *other);

/* Nobody else opens the store of that directory until *held (-1: it has none) is closed. */
bool at_rest_hold(const char *directory, int *held, struct problem *p);
enum at_rest_stage at_rest_stage(const struct at_rest_change *c, const char *directory);
const char *at_rest_stage_words(enum at_rest_stage s);
/* What has the key before is copied into DIRECTORY.rekeyed, compared as the disk has it, and then
 * the two exchange their names: at any moment the directory is whole, with one key or the other.
 * Broken off it is called again, and begins that directory again. The caller holds the store. */
bool at_rest_rekey(const struct at_rest_change *c, const char *directory, struct problem *p);
/* What it was with the key before goes. */
bool at_rest_forget(const struct at_rest_change *c, const char *directory, struct problem *p);

#endif
