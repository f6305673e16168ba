/* tests/client/mllp_partner.h: who takes HL7 v2 messages over MLLP and TLS, and answers each as the
 * script says. */
#ifndef TESTS_CLIENT_MLLP_PARTNER_H
#define TESTS_CLIENT_MLLP_PARTNER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { PARTNER_GOT = 4096 };

/* What is done of one message: octets are sent (NULL: none), and the connection is closed. */
struct manner {
	const char *octets;
	size_t repeat; /* the octets so many times; 0: once */
	bool closes;
};

struct mllp_partner {
	int fd;
	unsigned port;
	void *context;
	const struct manner *script; /* one for each message; the last for all that follow */
	size_t steps;
	atomic_uint connections, messages;
	char got[PARTNER_GOT]; /* the last message, with its frame; read it when it was answered */
	unsigned long thread;
};

/* certificate: PEM with chain and key; ca: who issues the clients'. */
void mllp_partner_begin(struct mllp_partner *p, const char *certificate, const char *ca,
			const struct manner *script, size_t steps);
void mllp_partner_end(struct mllp_partner *p);

#endif
