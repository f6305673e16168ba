/* gateway/client/admin_client.h: the operator's tool asks the daemon, over its local socket.
 * The routes are in HACKING.md, "Admin API". */
#ifndef GATEWAY_CLIENT_ADMIN_CLIENT_H
#define GATEWAY_CLIENT_ADMIN_CLIENT_H

#include <stdbool.h>

#include "gateway/base/bytes.h"

struct arena;

/* For who wants to know, or to leave, before the answer is there. */
struct admin_watch {
	int fd;                   /* called as well when it can be read; -1: there is none */
	unsigned every_ms;        /* about so often */
	bool (*look)(void *with); /* false: hang up */
	void *with;
};

struct admin_question {
	const char *socket;
	const char *method, *path;       /* path with its query, encoded */
	const char *body;                /* JSON, or NULL */
	const char *work;                /* what this work is called, or NULL */
	const struct admin_watch *watch; /* NULL: it only waits */
	long within_ms;                  /* without a watch: no longer than that; 0: for ever */
	/* Each line of an application/x-ndjson answer as it comes, without its end; NULL: none
	 * expected. */
	void (*line)(void *with, const char *line);
	/* The octets of a document as they come (application/octet-stream); NULL: none expected.
	 * False: they cannot be taken, and the connection is ended. */
	bool (*octets)(void *with, const void *octets, size_t length);
	void *with;
};

struct admin_answer {
	bool reached;    /* false: nobody listens, or the connection broke */
	bool forbidden;  /* not reached: the socket is not for this user */
	bool untaken;    /* not reached: octets() said no */
	const char *why; /* then the reason */
	long status;
	bool streamed;    /* the lines, or the octets, have been given; body is empty */
	const char *body; /* NUL-ended */
};

/* Everything lives in a. */
void admin_ask(struct arena *a, const struct admin_question *q, struct admin_answer *out);
/* Percent-encodes all but RFC 3986 2.3 unreserved. */
void admin_encode(struct buffer *b, const char *text);

#endif
