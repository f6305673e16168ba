/* matching/features_names.h: names made comparable. Only matching/features.c and weights.c include
 * this. */
#ifndef MATCHING_FEATURES_NAMES_H
#define MATCHING_FEATURES_NAMES_H

#include "matching/features.h"

struct match_name *match_names(struct arena *a, const struct person_name *names);
/* What is written as the name stands for one that is not there yet (japan.md C4). */
bool match_is_unnamed(struct arena *a, const struct person_name *names);
/* struct match_part's value of a name in its normal form. */
uint64_t match_value(struct arena *a, const char *form);
struct runes match_cut(struct runes r, size_t most);

#endif
