/* tests/bench/arr.h: an Audit Record Repository that takes syslog over TLS (RFC 5425) and remembers
 * of each record its number and a digest, so that gaps, repeats and what is out of order show. It
 * can go away and come back; a thread of its own, one connection at a time, as couriers make them.
 *
 * Of one originator: sequenceIds (RFC 5424: 7.3.1) are numbers of one chain. */
#ifndef TESTS_BENCH_ARR_H
#define TESTS_BENCH_ARR_H

#include <stdbool.h>
#include <stdint.h>

struct arr;

struct arr_figures {
	uint64_t connections, octets;
	uint64_t records; /* that came, repeats among them */
	uint64_t last;    /* the largest number */
	uint64_t repeats; /* came before, octet for octet the same: their number marks them */
	uint64_t changed; /* a number that came before with other octets */
	uint64_t back;    /* a number not behind the one before it on the same connection */
	uint64_t odd;     /* no frame, or no number in it */
};

/* certificate: PEM, chain and key. It listens when this returns; ends the process with a message
 * when it cannot. */
struct arr *arr_start(unsigned port, const char *certificate);
/* Nobody listens, and the connection under way is cut, without a word. */
void arr_go_away(struct arr *r);
void arr_come_back(struct arr *r);
/* The record of that number is lost whenever it arrives, as if it had never left. 0: none is. */
void arr_lose(struct arr *r, uint64_t number);
/* Any time, from any thread. */
struct arr_figures arr_look(struct arr *r);
bool arr_has(struct arr *r, uint64_t number);
void arr_end(struct arr *r);

#endif
