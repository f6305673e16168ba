/* gateway/status.h: what the gateway says of itself (HACKING.md: Admin API, GET /admin/status). */
#ifndef GATEWAY_STATUS_H
#define GATEWAY_STATUS_H

struct exchange;
struct gateway;
struct json_t;
struct ready_seen;

/* A new reference; NULL: no memory. No patient data, so no audit record. ready: what was seen of
 * the parts when this was asked. */
struct json_t *status_describe(struct gateway *g, struct exchange *x,
			       const struct ready_seen *ready);
/* {"work": [{"what", "by", "since", "state", "done", "of", ...}], "waiting"}: what takes long.
 * name: only what a client calls so; NULL: all. */
struct json_t *status_work(struct gateway *g, const char *name);
/* {"values": [{"section", "key", "value", "source", "restart", "next"}]}: what is in effect. A key
 * that takes effect at the next start has the value of the last one; next is what the next will
 * have. */
struct json_t *status_configuration(struct gateway *g, struct exchange *x);

#endif
