/* store/pack_record.c: how a small document stands in a pack file. */
#include "store/pack_record.h"

#include <openssl/sha.h>
#include <string.h>

enum { MAGIC = 8, PACK = 8, AT = 16, LENGTH = 24, HASH = 32, CHECKSUM = 64, CHECKSUM_OCTETS = 8 };

_Static_assert(CHECKSUM + CHECKSUM_OCTETS == PACK_HEAD, "a head is what is laid out above");

static const char record_magic[MAGIC + 1] = "MinatoD1", file_magic[MAGIC + 1] = "MinatoP1";

uint64_t pack_record_octets(uint64_t length)
{
	return (PACK_HEAD + length + PACK_ALIGNED - 1) / PACK_ALIGNED * PACK_ALIGNED;
}

static void put_number(unsigned char *to, uint64_t number)
{
	for (int i = 7; i >= 0; i--, number >>= 8)
		to[i] = (unsigned char)number;
}

static uint64_t get_number(const unsigned char *from)
{
	uint64_t number = 0;
	for (int i = 0; i < 8; i++)
		number = number << 8 | from[i];
	return number;
}

static void checksum(const unsigned char head[PACK_HEAD], unsigned char out[CHECKSUM_OCTETS])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	SHA256(head, CHECKSUM, hash);
	memcpy(out, hash, CHECKSUM_OCTETS);
}

void pack_record_head(const struct pack_record *r, unsigned char head[PACK_HEAD])
{
	memcpy(head, record_magic, MAGIC);
	put_number(head + PACK, r->pack);
	put_number(head + AT, r->at);
	put_number(head + LENGTH, r->length);
	memcpy(head + HASH, r->sha256, PACK_SHA256);
	checksum(head, head + CHECKSUM);
}

void pack_file_head(uint64_t pack, unsigned char head[PACK_HEAD])
{
	memset(head, 0, PACK_HEAD);
	memcpy(head, file_magic, MAGIC);
	put_number(head + PACK, pack);
	checksum(head, head + CHECKSUM);
}

bool pack_is_file_head(uint64_t pack, const unsigned char head[PACK_HEAD])
{
	unsigned char wanted[PACK_HEAD];
	pack_file_head(pack, wanted);
	return memcmp(head, wanted, PACK_HEAD) == 0;
}

const char *pack_fault_words(enum pack_fault f)
{
	static const char *const words[] = {
		[PACK_WHOLE] = "is whole",
		[PACK_CUT] = "ends before it",
		[PACK_NO_RECORD] = "has no record where it should stand",
		[PACK_ELSEWHERE] = "has a record there that belongs elsewhere",
		[PACK_ANOTHER] = "has another document there",
		[PACK_DAMAGED] = "has other octets there than were stored",
	};
	return words[f];
}

static enum pack_fault read_head(const unsigned char *head, const struct pack_record *wanted)
{
	unsigned char sum[CHECKSUM_OCTETS];
	checksum(head, sum);
	if (memcmp(head, record_magic, MAGIC) != 0
	    || memcmp(head + CHECKSUM, sum, CHECKSUM_OCTETS) != 0)
		return PACK_NO_RECORD;
	if (get_number(head + PACK) != wanted->pack || get_number(head + AT) != wanted->at)
		return PACK_ELSEWHERE;
	bool same = get_number(head + LENGTH) == wanted->length
		    && memcmp(head + HASH, wanted->sha256, PACK_SHA256) == 0;
	return same ? PACK_WHOLE : PACK_ANOTHER;
}

enum pack_fault pack_record_read(struct bytes found, const struct pack_record *wanted,
				 struct bytes *content)
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	*content = (struct bytes){ 0 };
	if (found.length < PACK_HEAD)
		return PACK_CUT;
	enum pack_fault f = read_head(found.data, wanted);
	if (f != PACK_WHOLE)
		return f;
	if (found.length - PACK_HEAD < wanted->length)
		return PACK_CUT;
	SHA256(found.data + PACK_HEAD, (size_t)wanted->length, hash);
	if (memcmp(hash, wanted->sha256, PACK_SHA256) != 0)
		return PACK_DAMAGED;
	*content = (struct bytes){ found.data + PACK_HEAD, (size_t)wanted->length };
	return PACK_WHOLE;
}
