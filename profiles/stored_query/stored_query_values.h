/* profiles/stored_query/stored_query_values.h: the values of one parameter, read as its row
 * says. */
#ifndef PROFILES_STORED_QUERY_STORED_QUERY_VALUES_H
#define PROFILES_STORED_QUERY_STORED_QUERY_VALUES_H

#include <stdbool.h>

#include "profiles/stored_query/stored_query_rows.h"

struct findings;
struct problem;
struct query_slot;
struct registry_desk;

/* One slot of a query that is being read. */
struct reading_slot {
	const struct registry_desk *desk;
	const struct parameter *parameter;
	const struct query_slot *slot;
	struct registry_query *query;
	struct findings *findings;
	struct problem *problem;
};

/* Of a slot that has values, into the parameter's field. False: refused, by the parameter's
 * name. */
bool stored_query_values_read(struct reading_slot *r);

#endif
