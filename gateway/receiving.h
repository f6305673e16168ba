/* gateway/receiving.h: audit records of others that come as datagrams (RFC 5426; ITI TF-2:
 * 3.20.4.1.2).
 *
 * Nobody is known by a datagram: what it says may be anybody's who can write such an address, so
 * that it is off unless section syslog-udp says where it listens and whom it hears. A thread of its
 * own takes as many as have come, and takes no more before those are kept; what comes meanwhile
 * waits in the kernel, and what it has no room for is lost, which UDP promises nothing about. */
#ifndef GATEWAY_RECEIVING_H
#define GATEWAY_RECEIVING_H

#include <stdbool.h>

struct gateway;
struct receiving;

/* As the configuration says at the start; false: it cannot listen, which is told. *out NULL: it is
 * not to. */
bool receiving_start(struct gateway *g, struct receiving **out);
/* Keeps what it has taken, then ends. NULL is fine. */
void receiving_stop(struct receiving *r);

#endif
