/* tests/engines/nodes.h: stores of several nodes that share one memory, gone afterwards. */
#ifndef TESTS_ENGINES_NODES_H
#define TESTS_ENGINES_NODES_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "store/node.h"
#include "tests/store/fixture.h"

enum { NODES = 3 };

struct node_of_region {
	struct store_settings settings;
	struct store *store;
	char directory[300], name[16];
};

struct region_of_nodes {
	char directory[256];
	struct node_of_region nodes[NODES];
	struct arena *arena;
	struct problem problem;
};

/* named: each has its own name, else all have the same: then they are one node to the log. */
static inline void region_open(struct region_of_nodes *r, bool named)
{
	static const struct log quiet = { .fd = -1 };
	const char *root = getenv("TMPDIR");
	*r = (struct region_of_nodes){ .arena = arena_create(256 << 20) };
	snprintf(r->directory, sizeof r->directory, "%s/minato-nodes-XXXXXX",
		 root != NULL ? root : "/tmp");
	if (mkdtemp(r->directory) == NULL)
		abort();
	for (unsigned i = 0; i < NODES; i++) {
		struct node_of_region *n = &r->nodes[i];
		snprintf(n->directory, sizeof n->directory, "%s/node-%u", r->directory, i);
		snprintf(n->name, sizeof n->name, "host-%u", named ? i : 0);
		n->settings = (struct store_settings){ .engine = &engine_memory,
						       .directory = n->directory,
						       .node = n->name,
						       .log = &quiet,
						       .clock = &system_clock,
						       .random = &system_random };
		n->store = store_open(&n->settings, &r->problem);
		if (n->store == NULL) {
			fprintf(stderr, "%s\n", r->problem.what);
			abort();
		}
	}
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
