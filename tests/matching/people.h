/* tests/matching/people.h: people written as lines, for tables of tests.
 *
 * "kanji/kana/birth/sex/postcode/address/phone/insurer symbol number branch/more", from the left as
 * far as is said; a symbol or branch that is not said is "-". More: words of
 * domain=X multiple order=N unknown personal=N mother=NAME latin=FAMILY_GIVEN. */
#ifndef TESTS_MATCHING_PEOPLE_H
#define TESTS_MATCHING_PEOPLE_H

#include "matching/features.h"

struct match_features *person(struct arena *a, const char *line);

#endif
