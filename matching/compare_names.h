/* matching/compare_names.h: names held against each other. Only matching/compare.c includes
 * this. */
#ifndef MATCHING_COMPARE_NAMES_H
#define MATCHING_COMPARE_NAMES_H

#include "matching/compare.h"

/* Sets the levels of both names, their values and SIGN_LATIN. Whether a family's name was changed
 * is the caller's to say: it needs the sex. */
void compare_names(const struct match_features *x, const struct match_features *y,
		   struct match_comparison *out);

#endif
