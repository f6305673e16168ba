/* profiles/ssmix2/shown_path.h: a path of a storage as an operator may be shown it. Thread-safe. */
#ifndef PROFILES_SSMIX2_SHOWN_PATH_H
#define PROFILES_SSMIX2_SHOWN_PATH_H

#include <stdbool.h>

enum { PATH_SHOWN = 1024 };
/* A path of others as text behind the place it is below: what is no UTF-8 or a control character is
 * shown by its number, an Individual Number (マイナンバー) that a folder or file is named by by
 * asterisks, unless ids may be so. */
void path_shown(const char *place, const char *path, bool twelve_digit_ids, char out[PATH_SHOWN]);

#endif
