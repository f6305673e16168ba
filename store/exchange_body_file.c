/* store/exchange_body_file.c: frames, encrypted and read. */
#include "store/exchange_body_file.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"

enum { MAGIC = 8, NONCE = 12, PLACED = EXCHANGE_BODY_HEAD + 8 };

static const char magic[] = "MINATOB1";
static const char use[] = "minato exchange bodies"; /* of the key, if something else has it too */

static void put_number(unsigned char *to, uint64_t number, unsigned octets)
{
	while (octets-- > 0) {
		to[octets] = (unsigned char)number;
		number >>= 8;
	}
}

static uint64_t number_at(const unsigned char *from, unsigned octets)
{
	uint64_t number = 0;
	while (octets-- > 0)
		number = number << 8 | *from++;
	return number;
}

void body_file_head_write(const struct random_source *r, unsigned char *head)
{
	memcpy(head, magic, MAGIC);
	r->fill(r, head + MAGIC, BODY_FILE_HEAD - MAGIC);
}

bool body_file_key(const unsigned char *key, const unsigned char *head, unsigned char *out)
{
	if (memcmp(head, magic, MAGIC) != 0)
		return false;
	EVP_KDF *kind = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *kdf = kind == NULL ? NULL : EVP_KDF_CTX_new(kind);
	const OSSL_PARAM with[] = {
		OSSL_PARAM_construct_utf8_string("digest", (char *)"SHA256", 0),
		OSSL_PARAM_construct_octet_string("key", (void *)key, EXCHANGE_BODIES_KEY),
		OSSL_PARAM_construct_octet_string("salt", (void *)(head + MAGIC),
						  BODY_FILE_HEAD - MAGIC),
		OSSL_PARAM_construct_octet_string("info", (void *)use, sizeof use - 1),
		OSSL_PARAM_construct_end(),
	};
	bool derived = kdf != NULL && EVP_KDF_derive(kdf, out, BODY_FILE_KEY, with) == 1;
	EVP_KDF_CTX_free(kdf);
	EVP_KDF_free(kind);
	return derived;
}

/* ---- One frame ---- */

bool body_id_read(const char *id, unsigned char octets[BODY_ID])
{
	return strlen(id) == 2 * BODY_ID && bytes_from_hex(id, 2 * BODY_ID, octets);
}

void body_id_write(const unsigned char octets[BODY_ID], char id[17])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < BODY_ID; i++) {
		id[2 * i] = digits[octets[i] >> 4];
		id[2 * i + 1] = digits[octets[i] & 15];
	}
	id[2 * (size_t)BODY_ID] = '\0';
}

/* No moment is 0: what a crash leaves of a file may be zeros. */
bool exchange_body_head_read(struct bytes octets, struct exchange_body_head *out)
{
	if (octets.length < EXCHANGE_BODY_HEAD)
		return false;
	uint64_t at = number_at(octets.data + BODY_ID, 8),
		 length = number_at(octets.data + BODY_ID + 8, 4);
	if (at == 0 || at > INT64_MAX || length > EXCHANGE_BODY_MOST)
		return false;
	*out = (struct exchange_body_head){ .at = (instant)at, .length = (uint32_t)length };
	body_id_write(octets.data, out->id);
	return true;
}

size_t body_frame_length(size_t octets)
{
	return EXCHANGE_BODY_HEAD + octets + BODY_TAG;
}

/* What is authenticated with a frame, and its nonce. */
struct placed {
	unsigned char octets[PLACED], nonce[NONCE];
};

static struct placed placed_at(const struct body_place *place, const unsigned char *head)
{
	struct placed p = { .nonce = { 0 } };
	memcpy(p.octets, head, EXCHANGE_BODY_HEAD);
	put_number(p.octets + EXCHANGE_BODY_HEAD, place->file, 8);
	put_number(p.nonce + NONCE - 8, place->frame, 8);
	return p;
}

bool body_frame_write(const unsigned char *file_key, const struct body_place *place,
		      const struct body *b, unsigned char *frame)
{
	unsigned char *to = frame + EXCHANGE_BODY_HEAD;
	int n = 0, last = 0, length = (int)b->octets.length;
	memcpy(frame, b->id, BODY_ID);
	put_number(frame + BODY_ID, (uint64_t)b->at, 8);
	put_number(frame + BODY_ID + 8, b->octets.length, 4);
	struct placed p = placed_at(place, frame);
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	bool written = c != NULL
		       && EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, file_key, p.nonce) == 1
		       && EVP_EncryptUpdate(c, NULL, &n, p.octets, PLACED) == 1
		       && EVP_EncryptUpdate(c, to, &n, b->octets.data, length) == 1
		       && EVP_EncryptFinal_ex(c, to + length, &last) == 1
		       && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, BODY_TAG, to + length) == 1;
	EVP_CIPHER_CTX_free(c);
	return written && n == length;
}

/* In place; the tag follows the octets. */
static bool decrypt(const unsigned char *file_key, const struct placed *p, unsigned char *octets,
		    size_t length)
{
	int n = 0, last = 0;
	unsigned char *tag = octets + length;
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	bool read = c != NULL
		    && EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, file_key, p->nonce) == 1
		    && EVP_DecryptUpdate(c, NULL, &n, p->octets, PLACED) == 1
		    && EVP_DecryptUpdate(c, octets, &n, octets, (int)length) == 1
		    && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, BODY_TAG, tag) == 1
		    && EVP_DecryptFinal_ex(c, tag, &last) == 1;
	EVP_CIPHER_CTX_free(c);
	return read && (size_t)n == length;
}

/* ---- All frames of a file ---- */

/* So many octets, or fewer: there are no more. -1: errno. */
static ssize_t read_at(int fd, unsigned char *to, size_t length, uint64_t at)
{
	size_t has = 0;
	while (has < length) {
		ssize_t n = pread(fd, to + has, length - has, (off_t)(at + has));
		if (n < 0 && errno != EINTR)
			return -1;
		if (n == 0)
			break;
		has += n < 0 ? 0 : (size_t)n;
	}
	return (ssize_t)has;
}

struct body_walk body_walk_begin(int fd, uint64_t end)
{
	return (struct body_walk){ .fd = fd, .end = end, .next = BODY_FILE_HEAD };
}

bool body_walk_next(struct body_walk *w)
{
	unsigned char head[EXCHANGE_BODY_HEAD];
	if (w->next > w->end || w->end - w->next < sizeof head)
		return false;
	ssize_t n = read_at(w->fd, head, sizeof head, w->next);
	w->error = n < 0 ? errno : 0;
	if (n < 0 || !exchange_body_head_read((struct bytes){ head, (size_t)n }, &w->head))
		return false;
	w->at = w->next;
	w->next += body_frame_length(w->head.length);
	w->count++;
	return true;
}

/* The frame as it was found: what its head says of its length holds here as well. */
static enum exchange_body_found read_frame(const struct body_walk *found, uint64_t file,
					   const unsigned char *file_key, struct arena *a,
					   struct bytes *out, int *error)
{
	const struct body_place place = { .file = file, .frame = found->count - 1 };
	size_t length = body_frame_length(found->head.length);
	unsigned char *frame = arena_try(a, length);
	*error = ENOMEM;
	if (frame == NULL)
		return BODY_FAILED;
	ssize_t n = read_at(found->fd, frame, length, found->at);
	*error = errno;
	if (n < 0)
		return BODY_FAILED;
	struct placed p = placed_at(&place, frame);
	unsigned char *octets = frame + EXCHANGE_BODY_HEAD;
	if ((size_t)n < length || !decrypt(file_key, &p, octets, found->head.length)) {
		OPENSSL_cleanse(frame, length); /* it was decrypted before it was found wrong */
		return BODY_UNREADABLE;
	}
	*out = (struct bytes){ octets, found->head.length };
	return BODY_FOUND;
}

static bool is_it(const struct exchange_body_head *h, const struct body_wanted *wanted)
{
	return memcmp(h->id, wanted->id, sizeof h->id) == 0 && h->at >= wanted->since;
}

enum exchange_body_found body_file_find(int fd, uint64_t end, uint64_t file,
					const unsigned char *key, const struct body_wanted *wanted,
					struct arena *a, struct bytes *out, int *error)
{
	unsigned char head[BODY_FILE_HEAD], file_key[BODY_FILE_KEY];
	struct body_walk w = body_walk_begin(fd, end), found = { .count = 0 };
	ssize_t n = read_at(fd, head, sizeof head, 0);
	*error = errno;
	if (n < 0)
		return BODY_FAILED;
	if ((size_t)n < sizeof head || memcmp(head, magic, MAGIC) != 0)
		return BODY_ABSENT;
	while (body_walk_next(&w))
		if (is_it(&w.head, wanted))
			found = w;
	*error = w.error;
	if (w.error != 0)
		return BODY_FAILED;
	if (found.count == 0)
		return BODY_ABSENT;
	if (found.next > end || !body_file_key(key, head, file_key))
		return BODY_UNREADABLE;
	enum exchange_body_found is = read_frame(&found, file, file_key, a, out, error);
	OPENSSL_cleanse(file_key, sizeof file_key);
	return is;
}
