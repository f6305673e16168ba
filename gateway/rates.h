/* gateway/rates.h: how much a system may ask for: requests a second, and exchanges at once.
 *
 * The keys of its section say so (requests-per-second with requests-burst, exchanges-at-once);
 * without them it may as much as its connections do. What is beyond is refused when its head is
 * there, before its body is read, in the words of its dialect (503 with Retry-After, env:Receiver,
 * AR 207), and is told as a number (gateway/refusals.h): a flood costs no flush of the store each.
 *
 * A bucket a system: full at the beginning, it holds requests-burst, and requests-per-second flow
 * in. Time is monotonic. Thread-safe; NULL limits nobody. */
#ifndef GATEWAY_RATES_H
#define GATEWAY_RATES_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/model/region.h"

struct rates;

enum rate_verdict { RATE_WITHIN, RATE_TOO_FAST, RATE_TOO_MANY };

struct rates *rates_create(void); /* NULL: no memory */
void rates_destroy(struct rates *r);
/* One more exchange of that system begins; now: clock->elapsed(). RATE_WITHIN: rates_give() ends
 * it. A system without limits has no bucket, and need not be given back. */
enum rate_verdict rates_take(struct rates *r, const struct registered_system *s, int64_t now);
void rates_give(struct rates *r, const struct registered_system *s);
/* What was refused so far, by system, as metrics have it. */
void rates_put(struct rates *r, struct buffer *b);

#endif
