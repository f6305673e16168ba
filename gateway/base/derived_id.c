/* gateway/base/derived_id.c: ids that are always the same for what they are made of. */
#include "gateway/base/derived_id.h"

#include <openssl/sha.h>
#include <string.h>

#include "gateway/base/arena.h"

/* 16 octets as a decimal number: by ten, from the right. */
static const char *decimal(struct arena *a, const unsigned char value[16])
{
	enum { DIGITS = 40 }; /* 2^128 has 39 */
	unsigned char rest[16];
	char *text = arena_alloc(a, DIGITS + 1), *at = text + DIGITS;
	memcpy(rest, value, sizeof rest);
	for (bool more = true; more;) {
		unsigned carry = 0;
		more = false;
		for (size_t i = 0; i < sizeof rest; i++) {
			unsigned here = carry << 8 | rest[i];
			rest[i] = (unsigned char)(here / 10);
			carry = here % 10;
			more = more || rest[i] != 0;
		}
		*--at = (char)('0' + carry);
	}
	return at;
}

static void hash_of(struct arena *a, struct bytes secret, const char *const *parts, size_t count,
		    unsigned char hash[SHA256_DIGEST_LENGTH])
{
	struct buffer b = buffer_in(a);
	buffer_append(&b, secret.data, secret.length);
	for (size_t i = 0; i < count; i++)
		buffer_append(&b, parts[i], strlen(parts[i]) + 1);
	SHA256(b.data, b.length, hash);
	hash[6] = (unsigned char)((hash[6] & 0x0f) | 0x80);
	hash[8] = (unsigned char)((hash[8] & 0x3f) | 0x80);
}

const char *derived_oid(struct arena *a, struct bytes secret, const char *const *parts,
			size_t count)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	hash_of(a, secret, parts, count, hash);
	return arena_printf(a, "2.25.%s", decimal(a, hash));
}

void derived_uuid(struct arena *a, struct bytes secret, const char *const *parts, size_t count,
		  char out[UUID_URN_TEXT])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	hash_of(a, secret, parts, count, hash);
	uuid_to_urn(hash, out);
}
