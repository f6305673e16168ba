/* store/identity_packing.h: what was said of a patient, in few octets.
 *
 * Half of what is kept of a record are names and addresses, of which each has little that others
 * have not: LZ4 with a dictionary of what is common makes them two thirds. Each by itself, so that
 * each is read by itself, and only by whoever looks at demographics: who asks for ids does not.
 * Pure; what is made lives in the arena. Only store/identity*.c includes this. */
#ifndef STORE_IDENTITY_PACKING_H
#define STORE_IDENTITY_PACKING_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;

/* Empty: it would not be less. */
struct bytes identity_packed(struct arena *a, struct bytes octets);
/* False: damaged. */
bool identity_unpacked(struct arena *a, struct bytes packed, struct bytes *octets);

#endif
