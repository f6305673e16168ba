/* tests/transport/bed.h: a front with one door over real sockets and real TLS, and what belongs to
 * it. */
#ifndef TESTS_TRANSPORT_BED_H
#define TESTS_TRANSPORT_BED_H

#include "tests/base/suite.h"

#include "gateway/base/workers.h"
#include "tests/transport/peer.h"

#define OK(condition) CU_ASSERT(condition)

enum { MEBI = 1 << 20, WORKERS = 4 };

/* One front with one door, and what belongs to it. */
struct bed {
	char folder[64], certificate[96], ca[96], crl[96];
	struct workers *workers, *large;
	struct front *front;
	struct house_state house;
	struct door_settings settings;
	unsigned port;
	char text[4096];
	size_t length;
};

/* A name in its folder, into 96 octets. */
const char *file(struct bed *b, char *into, const char *name);
/* The door is open; whatever fails is an assertion. rsa: with server-rsa.pem (pki.h). */
void bed_make_with(struct bed *b, enum door_kind kind, const struct door_limits *limits, bool rsa);
void bed_make(struct bed *b, enum door_kind kind, const struct door_limits *limits);
/* Everything that arrived has been released. */
void bed_end(struct bed *b);
/* Connects as who has that certificate; NULL: none. */
bool asks(struct bed *b, struct peer_end *p, const char *pem);
/* The status of the next answer, its body in text; 0: there is none. */
int answer(struct bed *b, struct peer_end *p);

#define REQUEST(method, path, more) method " " path " HTTP/1.1\r\nHost: gw\r\n" more "\r\n"

/* Connects, asks and is answered. */
bool is_served(struct bed *b, struct peer_end *p, const char *pem);
/* A refusal is told before its connection has closed. */
struct front_counts when_open(struct bed *b, unsigned most);

#endif
