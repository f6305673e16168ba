/* gateway/walls.h: what each kind of thread is kept from, as far as one process can hold it.
 *
 *	wall       may                                         may not
 *	listening  read and write what it was given            open any file, call anybody
 *	calling    call others, read certificates              open the store, write a file, listen
 *	delivering call others, open the store                 listen, write elsewhere
 *	keeping    open the store, read what it is told of     use the network, write elsewhere
 *	(none)     what the operator asks: backups, imports    run programs, trace, load code
 *
 * Files are Landlock's part (Linux 5.19, a domain of each thread), system calls seccomp's. A thread
 * inherits the walls of the one that makes it: walls_within() makes a thread that goes behind its
 * wall first and then makes others, so nobody who makes threads knows of walls. One address space
 * stays one: who runs code of his own in one thread can write into another's stack, and what holds
 * him then is what holds for all: no program, no tracing, no new executable memory, no file outside
 * of reach (where `reach` says so).
 *
 * A build with a sanitizer has no walls: its run-time starts programs and reads /proc. */
#ifndef GATEWAY_WALLS_H
#define GATEWAY_WALLS_H

#include <stdbool.h>

struct configuration;

enum wall { WALL_LISTENING, WALL_CALLING, WALL_DELIVERING, WALL_KEEPING, WALLS };

/* service walls, in the order of its choices. */
enum walls_wanted { WALLS_WHERE_POSSIBLE, WALLS_REQUIRED, WALLS_OFF };

enum { WALLS_WORDS = 256 };

struct walls;

/* Before the first thread. What holds for all holds from here on, and cannot be taken back. Makes
 * the directories of store and documents that are missing, for walls stand on what there is. NULL:
 * they are required and cannot stand, or there is no memory; why says which. */
struct walls *walls_raise(const struct configuration *c, char why[WALLS_WORDS]);
/* Runs make(with) on a thread behind that wall, and waits: threads it makes stay there. False: it
 * could not go there, or make() failed. */
bool walls_within(const struct walls *w, enum wall wall, bool (*make)(void *), void *with);
/* What stands, for log and operator; as long as w lives. */
const char *walls_words(const struct walls *w);
void walls_free(struct walls *w); /* what stands stays; NULL is fine */

#endif
