/* gateway/revocations.h: the revocation lists of doors, read again when their files change.
 *
 * Every few seconds the files are looked at (not read); one that is another than before is read,
 * held against its door's authorities and against what was used before it (store/revocations.h),
 * and the door goes on with it: new connections at once, open ones are held against it within the
 * next ticks of their loops. A file that does not do (torn, another authority's, a delta, older
 * than its predecessor) changes nothing, and is told once. Called by one thread at a time. */
#ifndef GATEWAY_REVOCATIONS_H
#define GATEWAY_REVOCATIONS_H

#include <stdbool.h>

struct configuration;
struct gateway;
struct revocations;

struct revocations *revocations_create(void); /* NULL: no memory */
void revocations_destroy(struct revocations *r);
void revocations_look(struct gateway *g);
/* No list of that configuration is older than one that was used. False: it was told which. */
bool revocations_agree(struct gateway *g, const struct configuration *c);

#endif
