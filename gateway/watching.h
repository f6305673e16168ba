/* gateway/watching.h: the storages of sections ssmix2-storage are watched.
 *
 * Each has a thread, so that one on a share that is slow, or does not answer, is in nobody's way; a
 * few are at work at once (profiles/ssmix2/watch.h). A look that takes long gives the others their
 * turn, and goes on from there with its next one. After a reload the storages
 * are those that are configured then. Of several nodes of one store one watches (store/lease.h). */
#ifndef GATEWAY_WATCHING_H
#define GATEWAY_WATCHING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "profiles/ssmix2/watch.h"

struct gateway;
struct watching;

struct watching *watching_start(struct gateway *g); /* NULL: no memory or thread */
void watching_stop(struct watching *w);             /* NULL is fine */

/* Something was written to that facility's storage: it is looked at at once. On any thread; w NULL
 * is fine. */
void watching_wake(struct watching *w, const char *facility);
/* Each storage that is watched now, in the order of their names, under the lock. On any thread. */
void watching_each(struct watching *w,
		   void (*look)(void *with, const char *facility, const char *directory,
				struct storage_watch *watch),
		   void *with);
/* What of it is in quarantine (facility NULL: of all): {"facility", "path", "what", "since"}. NULL:
 * no such storage. A new reference. */
json_t *watching_quarantine(struct watching *w, const char *facility);
/* What is at or below that path (NULL: all) is tried again at once. How many files; -1: no such
 * storage. */
long watching_release(struct watching *w, const char *facility, const char *path);

#endif
