/* gateway/client/calls.h: many requests to others at once, none of which anybody waits for.
 *
 * One thread has the calls: it begins some, rests in calls_wait() until one is over, and takes it
 * from over(). libcurl's multi interface underneath; how a connection is secured is
 * curl_handle.h's. https:// is one POST, mllps://HOST:PORT one message of HL7 v2 and its
 * acknowledgment (mllp_calls.h). A call is bounded in time, by call_groups.h; of an answer no more
 * than answer_most is kept in memory, and the rest is not waited for. An answer that may be of any
 * size goes to a file instead, by answer_files.h.
 *
 * What a call looks like stands in struct caller, so that a test can be the other side. */
#ifndef GATEWAY_CLIENT_CALLS_H
#define GATEWAY_CLIENT_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/model/partner.h"

struct arena;
struct clock;
struct spool_file;

enum { CALL_WHY = 200, CALL_HEADERS_MOST = 4 };

struct call_header {
	const char *name, *value;
};

struct call_piece {
	struct bytes octets; /* data NULL: length octets of the file */
	int fd;
	uint64_t length;
};

/* All it points to stays until it is over. Of MLLP the pieces are the message without its frame,
 * and there are no headers and no status. */
struct call {
	struct arena *arena; /* the answer is kept there */
	const char *url;
	/* By http without TLS, to whom nothing is told that is not everybody's and who signs what
	 * he answers: a responder of OCSP. Of us only connect_seconds counts then. */
	bool plain;
	/* On a connection of its own: one that was kept and has ended meanwhile would have it sent
	 * twice. */
	bool once;
	struct client_identity us;
	struct call_header headers[CALL_HEADERS_MOST];
	size_t header_count;
	const struct call_piece *pieces;
	size_t piece_count;
	size_t answer_most;
	/* https: the answer goes there, whatever its size, and body stays empty. NULL: it does not.
	 * The caller's holder stays until it is over. */
	struct spool_file *to;

	/* When it is over: what came is in the file then, or that has failed and says why. */
	bool answered; /* a final status, or octets of MLLP came, whatever came after it */
	bool whole;    /* and all of it: body is what the partner said */
	int status;
	const char *content_type; /* "" if none */
	struct bytes body;        /* the first of it */
	char why[CALL_WHY]; /* not answered, or MLLP and not whole: in our words and libcurl's */

	void *under_way; /* the caller's own */
};

struct caller {
	/* False: it could not be begun; why is set. Never blocks. */
	bool (*begin)(struct caller *self, struct call *c);
	struct call *(*over)(struct caller *self); /* one that is over; NULL: none is */
	/* Of one that was begun and is not over: it ends here, and over() never gives it. */
	void (*give_up)(struct caller *self, struct call *c);
};

struct calls;

/* Once in a process that has threads: before the first of them, and after the last. */
void calls_library_begin(void);
void calls_library_end(void);

/* most: connections kept of https. NULL: no memory. */
struct calls *calls_open(unsigned most, const struct clock *clock);
struct caller *calls_caller(struct calls *c);
/* Until something happens, calls_wake(), or so many microseconds; less than 0: for as long as it
 * takes. */
void calls_wait(struct calls *c, int64_t micros);
void calls_wake(struct calls *c);  /* from any thread; never blocks */
void calls_close(struct calls *c); /* gives up what is under way; NULL is fine */

#endif
