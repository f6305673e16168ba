/* tests/bench/place.h: a demo region of our own, and the built minatod in it. */
#ifndef TESTS_BENCH_PLACE_H
#define TESTS_BENCH_PLACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "gateway/base/arena.h"
#include "tests/bench/load.h"

struct place {
	char directory[64], configuration[160];
	char ca[160], a_hospital[160], b_clinic[160]; /* PEM */
	unsigned https, mllp, admin;
	pid_t daemon;    /* 0: not running */
	int manager;     /* the socket it tells its state to */
	double ready_ms; /* from fork(2) to READY=1 */
};

unsigned place_free_port(void);
/* `minato init --demo` below the working directory, with as many connections a peer as it likes.
 * Ends the process with a message when that fails; so do the others. */
void place_make(struct place *p);
void place_remove(struct place *p);
/* In every section that has the key; read by the next start. */
void place_configure(const struct place *p, const char *key, const char *value);
void place_start(struct place *p); /* minatod as a child, ready */
void place_stop(struct place *p);
void place_kill(struct place *p); /* as a crash does */
/* `minato` on the running daemon, by its last arguments. */
void place_tell(const struct place *p, char *const *arguments);
/* The PEM file of a system of that region. */
const char *place_certificate(const struct place *p, struct arena *a, const char *system);
struct load_target place_target(const struct place *p, const char *certificate);

#endif
