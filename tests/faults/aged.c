/* tests/faults/aged.c: puts audit records of long ago into the store of a region nobody serves, for
 * tests of what becomes of old ones.
 *
 *	aged DATA COUNT DAYS	so many, the first so many days ago, a second after the other
 *	aged DATA		says up to which record the log is indexed and packed
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "schemas/model/audit_event.h"
#include "store/audit_entries.h"
#include "store/store.h"

enum { AT_ONCE = 100, SECOND = 1000000 };

struct aging {
	instant from;
	unsigned long at, end;
};

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	static const struct audit_source us = { .source_id = "aged",
						.process_id = "1",
						.host = "aged" };
	const struct aging *g = with;
	struct arena *a = store_arena(t);
	for (unsigned long i = g->at; i < g->end; i++) {
		struct audit_event *e = audit_application(a, &us, i % 2 == 0, "aged",
							  g->from + (instant)i * SECOND);
		struct audit_object *o = arena_new(a, struct audit_object);
		*o = (struct audit_object){
			.id = arena_printf(a, "A%lu^^^&2.999.1&ISO", i % 500),
			.type_code = 1,
			.type_code_role = 1,
			.id_type = { .code = "2", .scheme = "RFC-3881", .display = "Patient" },
		};
		e->objects = o;
		if (!audit_record_append(t, a, &us, e))
			return problem_set(p, PROBLEM_INTERNAL, "it was not kept");
	}
	return true;
}

/* No record behind that can go: store/audit_expiring.c, find_end(). */
static bool say_ready(struct store *store, struct problem *p)
{
	struct store_txn *t = store_begin_read(store, p);
	if (t == NULL)
		return false;
	uint64_t indexed = audit_place(audit_indexed(t, store_node(t)) * AUDIT_SEGMENT),
		 packed = audit_place(audit_folded(t, store_node(t)));
	bool read = !store_failed(t);
	store_end(t);
	return read && printf("%" PRIu64 "\n", indexed < packed ? indexed : packed) > 0;
}

static bool age(struct store *store, const char *count, const char *old, struct problem *p)
{
	unsigned long all = strtoul(count, NULL, 10);
	instant days = (instant)strtoul(old, NULL, 10);
	struct aging g = { .from = system_clock.now(&system_clock) - days * 86400 * SECOND };
	bool kept = true;
	for (; kept && g.at < all; g.at = g.end) {
		g.end = g.at + AT_ONCE < all ? g.at + AT_ONCE : all;
		kept = store_write(store, append, &g, p);
	}
	return kept;
}

int main(int count, char **words)
{
	static const struct log log = { .fd = STDERR_FILENO, .level = LOG_WARNING };
	struct problem p = { .code = PROBLEM_NONE };
	if (count != 2 && count != 4) {
		fprintf(stderr, "usage: aged DATA [COUNT DAYS]\n");
		return 2;
	}
	struct store_settings s = {
		.directory = words[1], .log = &log, .clock = &system_clock, .random = &system_random
	};
	struct store *store = store_open(&s, &p);
	bool done = store != NULL
		    && (count == 4 ? age(store, words[2], words[3], &p) : say_ready(store, &p));
	if (!done)
		fprintf(stderr, "aged: %s\n", p.what);
	if (store != NULL)
		store_close(store);
	return done ? 0 : 1;
}
