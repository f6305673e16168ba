/* gateway/transport/peers.h: how many connections each peer holds. Thread-safe. */
#ifndef GATEWAY_TRANSPORT_PEERS_H
#define GATEWAY_TRANSPORT_PEERS_H

struct peers;
struct peer;

struct peers *peers_create(void); /* NULL: no memory */
void peers_destroy(struct peers *p);
/* One more connection of that name (a certificate's fingerprint or an address); NULL when it has
 * most already, or there is no memory. */
struct peer *peers_enter(struct peers *p, const char *name, unsigned most);
void peers_leave(struct peers *p, struct peer *peer); /* NULL is fine */

#endif
