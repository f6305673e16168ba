/* store/identity_own_ids.c: the ids we give say which record they are of.
 *
 * An id of ours has 16 octets, written as 32 hexadecimal digits: eleven of chance, and the record's
 * number, over which lies the beginning of the SHA-256 of the store's secret and the eleven. So it
 * needs no key of its own to be found by, and tells nobody how many there are. It is nobody's
 * unless that record bears it, all of it: what comes from outside may be any digits, and what was
 * given before the store was put back from a backup was given by chance as well. */
#include <openssl/sha.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/identity_rows.h"

enum { CHANCE = 11, NUMBER = 5, OWN = CHANCE + NUMBER, DIGITS = 2 * OWN };

/* False: the store failed. */
static bool veil(struct store_txn *t, const unsigned char chance[CHANCE], uint64_t *out)
{
	unsigned char keyed[STORE_SECRET + CHANCE], hash[SHA256_DIGEST_LENGTH];
	if (!store_secret(t, keyed))
		return false;
	memcpy(keyed + STORE_SECRET, chance, CHANCE);
	SHA256(keyed, sizeof keyed, hash);
	*out = 0;
	for (size_t i = 0; i < NUMBER; i++)
		*out = *out << 8 | hash[i];
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
