/* tests/bench/people.h: who lives in the benches' region, and what is asked about them.
 *
 * Person n is P1000n at A病院 and at B診療所, one person for the region (name, birth date,
 * phone). */
#ifndef TESTS_BENCH_PEOPLE_H
#define TESTS_BENCH_PEOPLE_H

#include "tests/bench/messages.h"
#include "tests/bench/place.h"

#define A_DOMAIN "1.2.392.100495.20.3.51.11319951013"
#define B_DOMAIN "1.2.392.100495.20.3.51.11319952024"

/* Requests that are asked in turn. */
struct asking {
	struct load_request *requests;
	unsigned count, clients;
};

struct load_request people_next(void *asking, unsigned client, uint64_t number);

const char *people_id(struct arena *a, unsigned person);
struct asking people_pix(struct arena *a, const char *domain, unsigned count);  /* ITI-45 */
struct asking people_find(struct arena *a, const char *domain, unsigned count); /* ITI-18 */
struct load_request people_retrieve(struct arena *a, const char *unique);       /* ITI-43 */

/* Through the door, as everybody: ITI-44 from both hospitals, and ITI-41 of ten documents each for
 * the first `sharing` of them. Ends the process with a message when one is refused. */
void people_feed(struct arena *a, const struct place *p, unsigned count);
/* ITI-44 from both for so many from `first` on. */
void people_register(struct arena *a, const struct place *p, unsigned first, unsigned count);
/* From one system, of its domain. */
void people_register_at(struct arena *a, const struct place *p, const char *certificate,
			const char *domain, unsigned first, unsigned count);
/* Such a request of A病院. */
struct load_request people_registration(struct arena *a, unsigned person);
struct load_request people_registration_at(struct arena *a, const char *domain, unsigned person);
void people_share(struct arena *a, const struct place *p, unsigned sharing);
/* An answer that says that it was done, whatever the transaction. */
bool people_accepted(int status, const unsigned char *body, size_t length);
/* Asks once; look: the answer must say that it was done. Its length. */
uint64_t people_ask(const struct load_target *target, const struct load_request *r, bool look);

#endif
