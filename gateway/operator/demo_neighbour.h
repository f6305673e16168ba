/* gateway/operator/demo_neighbour.h: the demo's second region, to which somebody moves: another
 * identity, a daemon of its own, and the two as partners of each other.
 *
 * It lies below the first one's directory, so that it goes, or is kept, with it. */
#ifndef GATEWAY_OPERATOR_DEMO_NEIGHBOUR_H
#define GATEWAY_OPERATOR_DEMO_NEIGHBOUR_H

#include <stdbool.h>

#include "gateway/operator/demo_admin.h"
#include "gateway/operator/demo_node.h"
#include "gateway/operator/demo_region.h"

/* What each calls the other, and the gateway that asks on its behalf. */
#define DEMO_HERE "minato"
#define DEMO_THERE "tonari"
#define DEMO_THEIR_GATEWAY DEMO_THERE "-gateway"

struct demo_neighbour {
	struct demo_region region;
	struct demo_admin admin;
	struct demo_node hospital; /* E病院 */
};

/* here: it runs, and its systems are asked at that port. Whatever was begun is the caller's to end
 * by demo_process_stop(). */
bool demo_neighbour_begin(struct demo_neighbour *n, const struct demo_region *here, unsigned https,
			  struct problem *p);

#endif
