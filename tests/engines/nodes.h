/* tests/engines/nodes.h: stores of several nodes that share one memory, gone afterwards. */
#ifndef TESTS_ENGINES_NODES_H
#define TESTS_ENGINES_NODES_H

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/node.h"
#include "tests/store/fixture.h"

enum { NODES = 3 };

/* A node's own clock: each moment it tells is another, and none of another node's. All run in step
 * but for `ahead`. */
enum { CLOCK_STEP = 1 << 10, NODE_STEP = 1 << 7 };
struct node_clock {
	struct clock clock;
	atomic_llong *steps; /* the region's */
	instant ahead;
	unsigned node;
};

struct node_of_region {
	struct store_settings settings;
	struct store *store;
	struct node_clock clock;
	char directory[300], name[16];
};

struct region_of_nodes {
	char directory[256];
	struct node_of_region nodes[NODES];
	struct arena *arena;
	struct problem problem;
	atomic_llong steps;
};

static inline instant node_now(const struct clock *c)
{
	const struct node_clock *n = (const struct node_clock *)c;
	return INT64_C(1800000000000000) + atomic_fetch_add(n->steps, 1) * CLOCK_STEP + n->ahead
	       + (instant)n->node * NODE_STEP;
}

static inline int64_t node_elapsed(const struct clock *c)
{
	(void)c;
	return system_clock.elapsed(&system_clock);
}

/* clock: NULL: the node's own. */
static inline void region_add_node(struct region_of_nodes *r, unsigned i, const char *name,
				   const struct clock *clock)
{
	static const struct log quiet = { .fd = -1 };
	struct node_of_region *n = &r->nodes[i];
	snprintf(n->directory, sizeof n->directory, "%s/node-%u", r->directory, i);
	snprintf(n->name, sizeof n->name, "%s", name);
	n->clock = (struct node_clock){ .clock = { .now = node_now, .elapsed = node_elapsed },
					.steps = &r->steps,
					.node = i };
	n->settings = (struct store_settings){ .engine = &engine_memory,
					       .directory = n->directory,
					       .node = n->name,
					       .log = &quiet,
					       .clock = clock != NULL ? clock : &n->clock.clock,
					       .random = &system_random };
	n->store = store_open(&n->settings, &r->problem);
	if (n->store == NULL) {
		fprintf(stderr, "%s\n", r->problem.what);
		abort();
	}
}

static inline void region_make(struct region_of_nodes *r)
{
	const char *root = getenv("TMPDIR");
	*r = (struct region_of_nodes){ .arena = arena_create(256 << 20) };
	snprintf(r->directory, sizeof r->directory, "%s/minato-nodes-XXXXXX",
		 root != NULL ? root : "/tmp");
	if (mkdtemp(r->directory) == NULL)
		abort();
}

/* named: each has its own name, else all have the same: then they are one node to the log. */
static inline void region_open(struct region_of_nodes *r, bool named)
{
	static const char *const names[NODES] = { "host-0", "host-1", "host-2" };
	region_make(r);
	for (unsigned i = 0; i < NODES; i++)
		region_add_node(r, i, names[named ? i : 0], &system_clock);
}

/* Each has its own name, and its own clock. */
static inline void region_open_timed(struct region_of_nodes *r)
{
	static const char *const names[NODES] = { "host-0", "host-1", "host-2" };
	region_make(r);
	for (unsigned i = 0; i < NODES; i++)
		region_add_node(r, i, names[i], NULL);
}

static inline void region_close(struct region_of_nodes *r)
{
	for (unsigned i = 0; i < NODES; i++)
		store_close(r->nodes[i].store);
	engine_memory_plan(0, 0);
	engine_memory_forget(r->nodes[0].directory);
	nftw(r->directory, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
	arena_destroy(r->arena);
}

#endif
