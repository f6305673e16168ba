/* gateway/metrics.h: counts for the operator, as Prometheus text. Thread-safe. */
#ifndef GATEWAY_METRICS_H
#define GATEWAY_METRICS_H

#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/model/region.h"
#include "schemas/tables/problem.h"

struct gateway;
struct metrics;
struct transaction;

struct metrics *metrics_create(void);	/* NULL: no memory */
void metrics_destroy(struct metrics *m);
/* An exchange has been concluded. transaction NULL: it was refused before it had one. */
void metrics_count(struct metrics *m, const struct transaction *t, enum problem_code code,
		   int64_t micros);
/* It needed these leniencies of that system. */
void metrics_count_needed(struct metrics *m, const struct registered_system *s,
			  const struct leniencies *needed);
uint64_t metrics_exchanges(const struct metrics *m);
struct bytes metrics_text(struct gateway *g, struct arena *a);

#endif
