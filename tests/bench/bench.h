/* tests/bench/bench.h: the parts of `make bench` and what they share. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdbool.h>

#include "gateway/process.h"
#include "tests/bench/crowd.h"
#include "tests/bench/null_house.h"
#include "tests/bench/people.h"
#include "tests/bench/rounds.h"

struct bench {
	struct arena *arena;
	struct rounds rounds;
	unsigned missed; /* goals */
	bool table_begun;
	bool alone; /* for a profiler: no turns of the null house */
	/* The gateway in this process, when a part asks for it, and a null house behind a door of
	 * it. */
	bool running;
	struct place place;
	struct gateway gateway;
	struct null_house null;
	unsigned null_https, null_mllp;
	struct crowd crowd; /* who lives there */
};

/* The goal is named, and whether it was reached; counts what was not. */
void bench_goal(struct bench *b, bool reached, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Of the environment. */
double bench_number(const char *variable, double otherwise);
void bench_server(struct bench *b); /* starts it once, with its people */
/* The same with other people in its store. */
void bench_server_with(struct bench *b, const struct crowd_loading *people);
/* Its steps, for who starts and stops it himself: a place with people in it, the gateway there. */
void bench_settle(struct bench *b, const struct crowd_loading *people, struct bulk_result *loaded);
void bench_open(struct bench *b);
void bench_close(struct bench *b);
void bench_server_end(struct bench *b);

/* In this process, null house by turns. */
void bench_pix(struct bench *b);
void bench_find(struct bench *b);
void bench_references(struct bench *b);
void bench_fetch(struct bench *b);
void bench_retrieve(struct bench *b);
void bench_register(struct bench *b);
void bench_feed(struct bench *b);
void bench_admit(struct bench *b);
void bench_shake(struct bench *b);
void bench_provide(struct bench *b);
void bench_held(struct bench *b);
void bench_check(struct bench *b);
void bench_assertions(struct bench *b);
/* minatod as a child. */
void bench_idle(struct bench *b);
void bench_document(struct bench *b);
void bench_long(struct bench *b);
void bench_connections(struct bench *b);
void bench_beside(struct bench *b);
void bench_policy_cost(struct bench *b);
void bench_misbehaving(struct bench *b);

#endif
