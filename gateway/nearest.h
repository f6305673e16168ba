/* gateway/nearest.h: what somebody probably meant. Pure, thread-safe. */
#ifndef GATEWAY_NEAREST_H
#define GATEWAY_NEAREST_H

#include <stddef.h>

/* How many letters to insert, drop, change or swap with their neighbour to make b of a; without
 * case, '_' and '-' are one. Names longer than NEAREST_LENGTH count as far from everything. */
enum { NEAREST_LENGTH = 64 };
unsigned nearest_distance(const char *a, const char *b);

/* The name of least distance, the first of equals; NULL when there are no names. */
const char *nearest_name(const char *given, const char *const *names, size_t count);

#endif
