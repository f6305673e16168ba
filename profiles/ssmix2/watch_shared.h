/* profiles/ssmix2/watch_shared.h: roots that another machine may write: inotify(7) tells of what
 * this one does. */
#ifndef PROFILES_SSMIX2_WATCH_SHARED_H
#define PROFILES_SSMIX2_WATCH_SHARED_H

#include <stdbool.h>

struct storage_roots;

/* One of them, or nobody knows. */
bool storage_is_shared(const struct storage_roots *roots);

#endif
