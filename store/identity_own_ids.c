/* store/identity_own_ids.c: the ids we give say which record they are of.
 *
 * An id of ours has 16 octets, written as 32 hexadecimal digits: eleven of chance, and the record's
 * number, over which lies what SipHash-2-4 makes of the eleven with the store's secret. So it needs
 * no key of its own to be found by, and tells nobody how many there are. It is nobody's unless that
 * record bears it, all of it: what comes from outside may be any digits, and what was given before
 * the store was put back from a backup was given by chance as well. */
#include <string.h>

#include "gateway/base/arena.h"
#include "store/identity_rows.h"

enum { CHANCE = 11, NUMBER = 5, OWN = CHANCE + NUMBER, DIGITS = 2 * OWN };

struct sip {
	uint64_t v[4];
};

static uint64_t turned(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

/* SipHash (Aumasson, Bernstein 2012), section 2. */
static void sip_rounds(struct sip *s, unsigned rounds)
{
	uint64_t *v = s->v;
	for (; rounds > 0; rounds--) {
		v[0] += v[1];
		v[1] = turned(v[1], 13) ^ v[0];
		v[0] = turned(v[0], 32);
		v[2] += v[3];
		v[3] = turned(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = turned(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = turned(v[1], 17) ^ v[2];
		v[2] = turned(v[2], 32);
	}
}

static uint64_t little_endian(const unsigned char *octets, size_t count)
{
	uint64_t word = 0;
	for (size_t i = count; i > 0; i--)
		word = word << 8 | octets[i - 1];
	return word;
}

/* Of fewer than 16 octets: one whole word and one that ends with the length. */
static uint64_t siphash(const unsigned char key[16], const unsigned char *octets, size_t length)
{
	enum { WORD = 8, EACH = 2, AT_END = 4 };
	uint64_t k0 = little_endian(key, WORD), k1 = little_endian(key + WORD, WORD);
	const uint64_t words[] = { little_endian(octets, WORD),
				   little_endian(octets + WORD, length - WORD)
					   | (uint64_t)length << 56 };
	struct sip s = { { k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du,
			   k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u } };
	for (unsigned i = 0; i < 2; i++) {
		s.v[3] ^= words[i];
		sip_rounds(&s, EACH);
		s.v[0] ^= words[i];
	}
	s.v[2] ^= 0xff;
	sip_rounds(&s, AT_END);
	return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}

/* False: the store failed. */
static bool veil(struct store_txn *t, const unsigned char chance[CHANCE], uint64_t *out)
{
	unsigned char secret[STORE_SECRET];
	if (!store_secret(t, secret))
		return false;
	*out = siphash(secret, chance, CHANCE) >> (64 - 8 * NUMBER);
	return true;
}

const char *identity_own_id(struct store_txn *t, struct arena *a, uint64_t number)
{
	unsigned char octets[OWN];
	uint64_t over;
	store_random(t)->fill(store_random(t), octets, CHANCE);
	if (!veil(t, octets, &over))
		return NULL;
	over ^= number;
	for (size_t i = OWN; i > CHANCE; i--, over >>= 8)
		octets[i - 1] = (unsigned char)over;
	return bytes_to_hex(a, (struct bytes){ octets, sizeof octets });
}

uint64_t identity_own_id_number(struct store_txn *t, const char *id)
{
	unsigned char octets[OWN];
	uint64_t over, number = 0;
	if (strlen(id) != DIGITS || strpbrk(id, "ABCDEF") != NULL
	    || !bytes_from_hex(id, DIGITS, octets) || !veil(t, octets, &over))
		return 0;
	for (size_t i = CHANCE; i < OWN; i++)
		number = number << 8 | octets[i];
	return number ^ over;
}
