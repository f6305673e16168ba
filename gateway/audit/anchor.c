/* gateway/audit/anchor.c: one node's signed heads of the audit log, as a line of text. */
#include "gateway/audit/anchor.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/private_key.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"

static const char prefix[] = "minato-anchor-2 ";
enum { PREFIX = sizeof prefix - 1 };

/* The longest number, UINT64_MAX, and its end; what stands behind the heads. */
enum { NUMBER_DIGITS = 20, NUMBER_TEXT = NUMBER_DIGITS + 1 };
enum { ENDING = 2 * AUDIT_HASH + 1 + 2 * ANCHOR_SIGNATURE };

struct anchor_key {
	EVP_PKEY *pair;
};

static void to_hex(const unsigned char *octets, size_t length, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < length; i++) {
		*out++ = digits[octets[i] >> 4];
		*out++ = digits[octets[i] & 15];
	}
	*out = '\0';
}

/* The key. */

struct anchor_key *anchor_key_read(const char *path, const char **why)
{
	FILE *f = regular_stream(path);
	if (f == NULL) {
		*why = errno == EMEDIUMTYPE ? regular_why(errno) : "it cannot be read";
		return NULL;
	}
	EVP_PKEY *pair = private_key_read(f);
	struct anchor_key *k = NULL;
	ERR_clear_error();
	if (pair == NULL)
		*why = "there is no private key in it that can be read without a passphrase";
	else if (EVP_PKEY_get_id(pair) != EVP_PKEY_ED25519)
		*why = "its key is not an Ed25519 key";
	else if ((k = malloc(sizeof *k)) == NULL)
		*why = "there is no memory for it";
	if (k == NULL) {
		EVP_PKEY_free(pair);
		return NULL;
	}
	k->pair = pair;
	return k;
}

void anchor_key_free(struct anchor_key *k)
{
	if (k != NULL)
		EVP_PKEY_free(k->pair);
	free(k);
}

static struct anchor_key *key_of(EVP_PKEY *public, const char **why)
{
	struct anchor_key *k = NULL;
	if (EVP_PKEY_get_id(public) != EVP_PKEY_ED25519)
		*why = "a key in it is not an Ed25519 key";
	else if ((k = malloc(sizeof *k)) == NULL)
		*why = "there is no memory for it";
	if (k == NULL)
		EVP_PKEY_free(public);
	else
		k->pair = public;
	return k;
}

/* Whatever other block of PEM it is, it is no key of theirs. NULL: there is none, or with why set
 * it cannot be read. */
static EVP_PKEY *read_public(FILE *f, const char **why)
{
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	const unsigned char *at;
	long length;
	EVP_PKEY *public = NULL;
	ERR_clear_error();
	if (PEM_read(f, &name, &header, &der, &length) == 1) {
		at = der;
		public = text_equal(name, PEM_STRING_PUBLIC) ? d2i_PUBKEY(NULL, &at, length) : NULL;
		if (public == NULL)
			*why = "a key in it cannot be read";
	} else if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
		*why = "a key in it cannot be read";
	}
	ERR_clear_error();
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	return public;
}

/* False at the end, or with why set. */
static bool next_public(FILE *f, struct anchor_keys *out, const char **why)
{
	EVP_PKEY *public = read_public(f, why);
	if (public == NULL)
		return false;
	if (out->count == ANCHOR_OTHERS) {
		EVP_PKEY_free(public);
		*why = "there are more than 31 keys in it";
		return false;
	}
	out->of[out->count] = key_of(public, why);
	out->count += out->of[out->count] != NULL;
	return *why == NULL;
}

struct anchor_keys *anchor_keys_read(const char *path, const char **why)
{
	FILE *f = regular_stream(path);
	struct anchor_keys *k = calloc(1, sizeof *k);
	*why = f != NULL ? NULL : errno == EMEDIUMTYPE ? regular_why(errno) : "it cannot be read";
	while (f != NULL && k != NULL && next_public(f, k, why))
		continue;
	if (f != NULL)
		fclose(f);
	if (k == NULL)
		*why = "there is no memory for it";
	else if (*why == NULL && k->count == 0)
		*why = "there is no public key in it";
	if (*why == NULL)
		return k;
	anchor_keys_free(k);
	return NULL;
}

void anchor_keys_free(struct anchor_keys *k)
{
	for (size_t i = 0; k != NULL && i < k->count; i++)
		anchor_key_free(k->of[i]);
	free(k);
}

void anchor_key_name(const struct anchor_key *k, char out[ANCHOR_KEY_NAME])
{
	unsigned char *der = NULL, hash[AUDIT_HASH];
	int length = i2d_PUBKEY(k->pair, &der);
	out[0] = '\0';
	if (length > 0 && EVP_Digest(der, (size_t)length, hash, NULL, EVP_sha256(), NULL) == 1)
		to_hex(hash, sizeof hash, out);
	OPENSSL_free(der);
}

/* The line. */

bool anchor_digest(struct bytes line, unsigned char out[AUDIT_HASH])
{
	return EVP_Digest(line.data, line.length, out, NULL, EVP_sha256(), NULL) == 1;
}

/* Writes from there on; returns the end. */
static char *put_head(char *at, const struct audit_head *head)
{
	at += snprintf(at, NUMBER_TEXT + 1, "%" PRIu64 " ", head->sequence);
	to_hex(head->hash, AUDIT_HASH, at);
	at += 2 * AUDIT_HASH;
	*at++ = ' ';
	return at;
}

/* What is signed; returns its length. */
static size_t put_line(const struct anchor *a, char out[ANCHOR_LINE + 1])
{
	char *at = out
		   + snprintf(out, ANCHOR_LINE + 1, "%s%" PRIu64 " %" PRId64 " ", prefix, a->number,
			      a->time);
	at = put_head(at, &a->head);
	for (size_t i = 0; i < a->other_count; i++)
		at = put_head(at, &a->others[i]);
	to_hex(a->before, AUDIT_HASH, at);
	return (size_t)(at - out) + 2 * AUDIT_HASH;
}

bool anchor_key_sign(const struct anchor_key *k, struct bytes text,
		     unsigned char out[ANCHOR_SIGNATURE])
{
	size_t length = ANCHOR_SIGNATURE; /* Ed25519 knows no other (RFC 8032, 5.1.6) */
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool done = c != NULL && EVP_DigestSignInit(c, NULL, NULL, NULL, k->pair) == 1
		    && EVP_DigestSign(c, out, &length, text.data, text.length) == 1;
	EVP_MD_CTX_free(c);
	return done;
}

bool anchor_sign(const struct anchor *a, const struct anchor_key *k, char out[ANCHOR_LINE + 1])
{
	unsigned char signature[ANCHOR_SIGNATURE];
	size_t length = put_line(a, out);
	bool done = anchor_key_sign(k, (struct bytes){ (const unsigned char *)out, length },
				    signature);
	if (done) {
		out[length] = ' ';
		to_hex(signature, sizeof signature, out + length + 1);
	}
	return done;
}

static int digit(unsigned char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes the next word: exactly so many octets in hexadecimal digits. */
static bool take_hex(struct bytes *line, unsigned char *out, size_t length)
{
	if (line->length < 2 * length)
		return false;
	for (size_t i = 0; i < length; i++) {
		int high = digit(line->data[2 * i]), low = digit(line->data[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	line->data += 2 * length;
	line->length -= 2 * length;
	return true;
}

static bool take_blank(struct bytes *line)
{
	bool there = line->length != 0 && line->data[0] == ' ';
	line->data += there;
	line->length -= there;
	return there;
}

/* One form of each number, or two lines could say the same. */
static bool take_number(struct bytes *line, uint64_t *out)
{
	char text[NUMBER_TEXT] = "";
	size_t n = 0;
	size_t most = line->length < NUMBER_DIGITS ? line->length : NUMBER_DIGITS;
	while (n < most && line->data[n] >= '0' && line->data[n] <= '9') {
		text[n] = (char)line->data[n];
		n++;
	}
	line->data += n;
	line->length -= n;
	return (n == 1 || text[0] != '0') && text_to_number(text, UINT64_MAX, out);
}

static bool take_head(struct bytes *line, struct audit_head *out)
{
	return take_number(line, &out->sequence) && take_blank(line)
	       && take_hex(line, out->hash, AUDIT_HASH) && take_blank(line);
}

/* As long as there is more than what ends each line; of that nothing is left over then. */
static bool take_others(struct bytes *line, struct anchor *out)
{
	bool taken = true;
	out->other_count = 0;
	while (taken && line->length > ENDING)
		taken = out->other_count < ANCHOR_OTHERS
			&& take_head(line, &out->others[out->other_count++]);
	return taken;
}

bool anchor_read(struct bytes line, struct anchor *out)
{
	unsigned char signature[ANCHOR_SIGNATURE];
	uint64_t time = 0;
	if (line.length < PREFIX || memcmp(line.data, prefix, PREFIX) != 0)
		return false;
	line.data += PREFIX;
	line.length -= PREFIX;
	bool read = take_number(&line, &out->number) && take_blank(&line)
		    && take_number(&line, &time) && take_blank(&line)
		    && take_head(&line, &out->head) && take_others(&line, out)
		    && take_hex(&line, out->before, AUDIT_HASH) && take_blank(&line)
		    && take_hex(&line, signature, ANCHOR_SIGNATURE);
	out->time = (instant)time;
	return read && out->number != 0 && time <= INT64_MAX;
}

bool anchor_signed(struct bytes line, const struct anchor_key *k)
{
	unsigned char signature[ANCHOR_SIGNATURE];
	const size_t tail = 1 + 2 * ANCHOR_SIGNATURE;
	if (line.length <= tail)
		return false;
	struct bytes said = { line.data, line.length - tail };
	struct bytes end = { line.data + said.length + 1, tail - 1 };
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool done = line.data[said.length] == ' ' && take_hex(&end, signature, sizeof signature)
		    && c != NULL && EVP_DigestVerifyInit(c, NULL, NULL, NULL, k->pair) == 1
		    && EVP_DigestVerify(c, signature, sizeof signature, said.data, said.length)
			       == 1;
	EVP_MD_CTX_free(c);
	ERR_clear_error();
	return done;
}

bool anchor_signed_by_any(struct bytes line, const struct anchor_keys *keys)
{
	bool found = false;
	for (size_t i = 0; keys != NULL && !found && i < keys->count; i++)
		found = anchor_signed(line, keys->of[i]);
	return found;
}
