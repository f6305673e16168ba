/* matching/distance.h: how far two texts are apart. Pure functions, thread-safe. */
#ifndef MATCHING_DISTANCE_H
#define MATCHING_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/runes.h"

bool runes_same(struct runes x, struct runes y);
bool runes_begin(struct runes x, struct runes with);
bool runes_end_with(struct runes x, struct runes with);
/* Runes put in, left out, replaced, or changed with their neighbour (optimal string alignment), but
 * most + 1 where they are more than `most`. Of texts of MATCH_RUNES_MOST runes at the most. */
unsigned runes_distance(struct runes x, struct runes y, unsigned most);
/* The same of octets. */
unsigned text_distance(const char *x, const char *y, unsigned most);
/* How much of two sorted lists is in both, from 0 to 1 (Dice 1945); 0 where one is empty. */
double lists_share(const uint32_t *x, size_t x_count, const uint32_t *y, size_t y_count);

#endif
