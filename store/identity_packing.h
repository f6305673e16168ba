/* store/identity_packing.h: what was said of a patient, in few octets.
 *
 * Half of what is kept of a record are names and addresses: as symbols and texts of few octets
 * (store/identity_dense.c) they are a third. What is long, or nothing that we write, is LZ4 with a
 * dictionary of what is common, as all was in forms of the store before 11. Each by itself, so that
 * each is read by itself, and only by whoever looks at demographics: who asks for ids does not.
 * Pure; what is made lives in the arena. Only store/identity*.c includes this. */
#ifndef STORE_IDENTITY_PACKING_H
#define STORE_IDENTITY_PACKING_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;
struct packed_reader;

/* Empty: it would not be less. */
struct bytes identity_packed(struct arena *a, struct bytes octets);
/* False: damaged. */
bool identity_unpacked(struct arena *a, struct bytes packed, struct bytes *octets);

enum { DENSE_LONGEST = 1 << 16 };
/* Appends it to b. False: a field, or what it says, is none that there is a symbol for. */
bool identity_dense_write(struct buffer *b, struct bytes said);
/* All that is left of r. False: damaged. */
bool identity_dense_read(struct arena *a, struct packed_reader *r, struct bytes *said);

#endif
