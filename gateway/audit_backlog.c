/* gateway/audit_backlog.c: what the audit repositories do not have yet. */
#include "gateway/audit_backlog.h"

#include <inttypes.h>

#include "gateway/audit/courier.h"
#include "gateway/base/arena.h"
#include "gateway/config.h"
#include "gateway/process.h"

enum { LOOK_MEMORY = 1 << 20 };

uint64_t audit_backlog(const struct courier_state *s, uint64_t records)
{
	return records > s->delivered ? records - s->delivered : 0;
}

struct looking {
	struct gateway *gateway;
	struct arena *arena;
	uint64_t records;
	unsigned most;
	struct problem *problem;
};

static void look(void *with)
{
	struct looking *l = with;
	size_t count;
	struct courier_state *all = courier_look(l->gateway->courier, l->arena, &count);
	for (size_t i = 0; i < count; i++) {
		uint64_t waiting = audit_backlog(&all[i], l->records);
		if (waiting <= l->most || all[i].name == NULL)
			continue;
		problem_set(l->problem, PROBLEM_TIMEOUT,
			    "audit repository %s lacks %" PRIu64
			    " records (ready-audit-waiting, %u)",
			    all[i].name, waiting, l->most);
		return;
	}
}

bool audit_backlog_look(void *self, uint64_t records, struct problem *p)
{
	struct looking l = { .gateway = self, .records = records, .problem = p };
	const struct configuration *c = gateway_configuration(l.gateway);
	l.most = c->service.ready_audit_waiting;
	config_release(c);
	if (l.most == 0)
		return true;
	l.arena = arena_create(LOOK_MEMORY);
	if (l.arena == NULL || !arena_run(l.arena, look, &l))
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to look at the audit courier");
	arena_destroy(l.arena);
	return p->code == PROBLEM_NONE;
}
