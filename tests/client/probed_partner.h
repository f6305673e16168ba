/* tests/client/probed_partner.h: who listens for HTTPS on the loopback address, and does of one
 * connection what its manner says. */
#ifndef TESTS_CLIENT_PROBED_PARTNER_H
#define TESTS_CLIENT_PROBED_PARTNER_H

#include <stdbool.h>

enum partner_door {
	DOOR_TAKES,        /* TLS, and what it says then */
	DOOR_IS_SHUT,      /* nobody listens */
	DOOR_IS_FULL,      /* its backlog is, so that the kernel drops who connects */
	DOOR_CLOSES,       /* at once, without a word */
	DOOR_IS_DUMB,      /* it takes the connection, and says nothing of TLS */
	DOOR_SPEAKS_PLAIN, /* other octets than TLS */
	DOOR_IS_OLD,       /* TLS 1.1 at most */
	DOOR_IS_WEAK,      /* a group of Diffie-Hellman of 1536 bits */
};

struct probed_manner {
	enum partner_door door;
	const char *certificate; /* file's name; NULL: "server" */
	const char *clients;     /* of its clients' authority; NULL: "ca" */
	const char *says;        /* when it has the request; NULL: nothing */
	unsigned repeat;         /* says so many times; 0: once */
	bool stays;              /* ... and does not close */
};

struct probed_partner {
	int fd, held[8];
	unsigned port;
	const struct probed_manner *manner;
	void *context;
	int stop[2]; /* a pipe: closed when it is to end */
	unsigned long thread;
};

void probed_partner_begin(struct probed_partner *p, const char *folder,
			  const struct probed_manner *m);
void probed_partner_end(struct probed_partner *p);

#endif
