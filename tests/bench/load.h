/* tests/bench/load.h: many clients at once over mutual TLS, keep-alive, each asking as soon as it
 * is answered. What the benches measure with; it shares nothing with the server but OpenSSL. */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct load_target {
	const char *host;
	unsigned port;
	const char *ca, *certificate; /* PEM files */
	bool mllp; /* requests are frames, and so are answers; their status is 200 */
};

/* One HTTP request, head and body, as it goes over the line. */
struct load_request {
	const unsigned char *data;
	size_t length;
	unsigned times;                  /* data is sent that often; 0 is 1 */
	const struct load_request *then; /* what follows of the same request */
};

struct load_plan {
	struct load_target target;
	unsigned clients;  /* threads, a connection each */
	uint64_t requests; /* in all; 0: until seconds are over */
	double seconds;
	bool anew; /* a connection for each request */
	/* Its threads go before others: elsewhere clients have processors of their own. */
	bool first;
	/* The next request of that client (counted from 0); borrowed until the next call with the
	 * same client. Must be thread-safe for different clients. NULL: nothing is asked, only
	 * connected. */
	struct load_request (*next)(void *with, unsigned client, uint64_t number);
	/* The answer's status and body, if anybody wants to look: false counts as failed. May be
	 * NULL; then every answer of status 200 is good. */
	bool (*look)(void *with, unsigned client, int status, const unsigned char *body,
		     size_t length);
	void *with;
	/* When all are connected, before anybody asks: from here on it is measured. May be NULL. */
	void (*connected)(void *to);
	void *to;
};

struct load_result {
	uint64_t done, failed;
	uint64_t bytes_in; /* octets of answers */
	double seconds;
	double cpu; /* seconds the clients themselves used, since they were connected */
	double median_us, p99_us;
	char why[160]; /* of the first failure */
};

/* Blocks until all are done. */
void load_run(const struct load_plan *plan, struct load_result *out);

/* A single connection, held open. NULL: it could not be made. */
struct load_line;
struct load_context *load_context(const struct load_target *target);
void load_context_free(struct load_context *c);
struct load_line *load_connect(const struct load_context *c);
bool load_ask(struct load_line *line, const struct load_request *r, int *status, uint64_t *length);
void load_disconnect(struct load_line *line);
/* For who does not keep to it: a connection without TLS, or -1; octets of no whole request; what
 * comes of an answer, 0 when the line is over; whether the other end has ended it. */
int load_dial(const struct load_context *c);
bool load_say(struct load_line *line, const void *data, size_t length);
size_t load_hear(struct load_line *line, void *into, size_t room);
bool load_is_over(const struct load_line *line);

#endif
