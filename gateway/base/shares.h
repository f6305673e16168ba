/* gateway/base/shares.h: how much of something that is scarce each peer holds, so that nobody takes
 * what others need. Thread-safe. */
#ifndef GATEWAY_BASE_SHARES_H
#define GATEWAY_BASE_SHARES_H

#include <stdbool.h>
#include <stdint.h>

struct shares;
struct share; /* of one peer */

struct shares_counts {
	unsigned held;    /* by all */
	uint64_t refused; /* since the beginning, because a peer had as much as it may */
};

struct shares *shares_create(void);    /* NULL: no memory */
void shares_destroy(struct shares *s); /* when nobody holds any; NULL is fine */
/* One more for who is called so (a certificate's fingerprint, an address, a system); NULL when it
 * has most already, or there is no memory. */
struct share *shares_take(struct shares *s, const char *name, unsigned most);
void shares_give(struct shares *s, struct share *share); /* NULL is fine */
/* Of what its peer holds, so much is in use: counted by whoever uses it, while he holds one. */
void share_begin_use(struct share *share);
void share_end_use(struct share *share);
unsigned share_in_use(const struct share *share);
/* More than SHARE_QUIET are in use; or were so lately: who fills all he has again and again is not
 * another one in between. So many uses more begun beyond it than within it are remembered, and from
 * SHARE_LOUD_FROM on its peer stays loud. */
enum { SHARE_QUIET = 4, SHARE_LOUD_FROM = 16, SHARE_LOUD_MOST = 64 };
bool share_is_loud(const struct share *share);
void shares_count(struct shares *s, struct shares_counts *out);

#endif
