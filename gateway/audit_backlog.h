/* gateway/audit_backlog.h: what the audit repositories do not have yet. Thread-safe. */
#ifndef GATEWAY_AUDIT_BACKLOG_H
#define GATEWAY_AUDIT_BACKLOG_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"

struct courier_state;

/* Of a log of so many records. */
uint64_t audit_backlog(const struct courier_state *s, uint64_t records);
/* self: the gateway. False: some repository lacks more than ready-audit-waiting, and p says which
 * (gateway/readiness.h: struct ready_audit). */
bool audit_backlog_look(void *self, uint64_t records, struct problem *p);

#endif
