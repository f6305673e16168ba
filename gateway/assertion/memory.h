/* gateway/assertion/memory.h: which assertions were presented, and by whom first.
 *
 * A client fetches one assertion and sends many requests with it: (Issuer, ID) belongs to the
 * certificate it came with first, until it has ended. Of another it is a replay; of OneTimeUse
 * (SAML Core 2.0: 2.5.1.5) every second use is. There is room for so many; when all are taken and
 * none has ended, a new one is refused, for what is forgotten could be replayed. Only what was
 * verified is remembered, so only an issuer of ours can fill it.
 *
 * In the memory of this process: another node, and the next start, know nothing of it. An assertion
 * lives minutes; who must close that gap has holder-of-key, which no other peer can present.
 * Thread-safe. */
#ifndef GATEWAY_ASSERTION_MEMORY_H
#define GATEWAY_ASSERTION_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct clock;

enum { ASSERTION_KEY = 32 }; /* SHA-256 */

enum claim { CLAIM_GRANTED, CLAIM_ANOTHERS, CLAIM_SPENT, CLAIM_FULL };

struct assertion_claim {
	unsigned char key[ASSERTION_KEY];  /* of Issuer and ID */
	unsigned char peer[ASSERTION_KEY]; /* of the certificate it came with */
	int64_t lives;                     /* microseconds from now on */
	bool once;
};

struct assertion_memory;
struct assertion_memory *assertion_memory_create(const struct clock *clock); /* NULL: no memory */
void assertion_memory_destroy(struct assertion_memory *m);
/* Would it be granted? Takes nothing. */
enum claim assertion_memory_look(struct assertion_memory *m, const struct assertion_claim *c);
/* most: so many at once. */
enum claim assertion_memory_claim(struct assertion_memory *m, const struct assertion_claim *c,
				  unsigned most);
unsigned assertion_memory_count(struct assertion_memory *m);

#endif
