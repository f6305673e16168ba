/* tests/bench/misbehaviours.h: what peers do that no honest one does, again and again. */
#ifndef TESTS_BENCH_MISBEHAVIOURS_H
#define TESTS_BENCH_MISBEHAVIOURS_H

#include "tests/bench/load.h"

enum { PEERS = 32, LARGE_DOCUMENTS = 4 };

/* One system that misbehaves: where it does it, and what it may send. */
struct misbehaving {
	const struct load_context *https, *mllp;
	struct load_request query, broken, find, upload; /* ITI-45, bad XML, ITI-18, ITI-41 */
	struct load_request large[LARGE_DOCUMENTS];      /* ITI-43, each of another */
	struct load_request feeds[2];                    /* ITI-44 of many names and phones */
	int ready; /* where one octet says that it begins now */
	/* What all did so far: connections, questions answered, uploads, as their sort is named. */
	_Atomic unsigned long *done;
};

struct misbehaviour {
	const char *what;
	void (*run)(const struct misbehaving *m); /* until the process ends */
	unsigned peers;                           /* so many at once, PEERS at most */
};

extern const struct misbehaviour misbehaviours[]; /* ended by one without run */

#endif
