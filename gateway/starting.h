/* gateway/starting.h: the parts of a start, for process.c only, which says in which order.
 *
 * Each puts what it makes into the gateway, where gateway_stop() finds it, whole or not. What takes
 * a void * is run by walls_within(), on a thread behind the wall of those it makes. */
#ifndef GATEWAY_STARTING_H
#define GATEWAY_STARTING_H

#include <stdbool.h>

struct gateway;
struct log;

/* False after telling the log: it is root who starts, and may not. */
bool starting_as_root(struct gateway *g);
/* The directories of store and documents are there, and encrypted where the configuration says so.
 * False after telling the log: they are not. */
bool starting_at_rest(struct gateway *g);
/* Whether that would find all it needs; false: p says what it lacks. Changes nothing. */
struct configuration;
struct problem;
bool starting_would_encrypt(const struct configuration *c, struct problem *p);
#define WALLS_REMEDY "give it a kernel that has them, or say service walls = where-possible"
#define AT_REST_REMEDY "give it the key and the file system that store data-key needs"
/* After the store. had: it was ours, and nobody can open the directories any more; else another may
 * have them open. */
void starting_undone_at_rest(struct gateway *g, bool had);
/* minatod -e: what was kept without data-key moves into directories that are encrypted. Tells on
 * stderr what it did, or why not. */
bool starting_encrypt(const char *path);
/* minatod -r: what is encrypted with data-key-before is encrypted with data-key. Tells on stderr
 * how far it is, and why not; log: what opening the store has to say. */
bool starting_rekey(const char *path, const struct log *log);
/* False after telling the log: walls are required, and cannot stand. */
bool starting_walls(struct gateway *g);
/* What has no threads. False: no memory. */
bool starting_shared(struct gateway *g);

/* False: no thread, or no memory. */
bool starting_pools(void *gateway);
bool starting_client(void *gateway);
bool starting_readiness(void *gateway);
bool starting_front(void *gateway);
/* Without these it serves as well. */
bool starting_retaining(void *gateway);
bool starting_watching(void *gateway);
bool starting_upkeep(void *gateway);

#endif
