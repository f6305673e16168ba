/* store/store_peek.h: a few keys out of a store's files, for who only looks: nothing is
 * opened for writing, recovered or locked, and no environment is made.
 *
 * Of a store that no process has open, and that was closed, it reads what a start would. After a
 * kill what only the log has is not seen: each key as it was when its page was written last. Any
 * thread. */
#ifndef STORE_STORE_PEEK_H
#define STORE_STORE_PEEK_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;

/* By the store's directory. False: there is none, or it cannot be read by us. */
bool store_peek(const char *directory, struct bytes key, struct arena *a, struct bytes *out);
/* Some key begins with that octet. */
bool store_peek_any(const char *directory, unsigned char space);

#endif
