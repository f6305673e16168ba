/* gateway/status.h: what the gateway says of itself (HACKING.md: Admin API, GET /admin/status). */
#ifndef GATEWAY_STATUS_H
#define GATEWAY_STATUS_H

struct exchange;
struct gateway;
struct json_t;

/* A new reference; NULL: no memory. No patient data, so no audit record. */
struct json_t *status_describe(struct gateway *g, struct exchange *x);

#endif
