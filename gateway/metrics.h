/* gateway/metrics.h: counts for the operator, as Prometheus or OpenMetrics text. Thread-safe. */
#ifndef GATEWAY_METRICS_H
#define GATEWAY_METRICS_H

#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/exposition.h"
#include "schemas/model/region.h"
#include "schemas/tables/problem.h"

struct gateway;
struct metrics;
struct transaction;

/* Systems come and go with reloads, and a count must not fall. So names are kept, until there are
 * so many (a region has tens of systems): what comes later has the empty name. */
enum { METRICS_SYSTEMS_MOST = 1000 };

struct metrics *metrics_create(void); /* NULL: no memory */
void metrics_destroy(struct metrics *m);
/* An exchange has been concluded. transaction NULL: it was refused before it had one. */
void metrics_count(struct metrics *m, const struct transaction *t, enum problem_code code,
		   int64_t micros);
/* It needed these leniencies of that system. */
void metrics_count_needed(struct metrics *m, const struct registered_system *s,
			  const struct leniencies *needed);
/* Those parts of the text, as lines of gateway/exposition.h. */
void metrics_put_exchanges(const struct metrics *m, struct buffer *b);
void metrics_put_needed(const struct metrics *m, struct buffer *b);
/* An audit record of others was refused (ITI-20); and how often, of that source. */
void metrics_count_refused_record(struct metrics *m, const char *source);
uint64_t metrics_refused_records(struct metrics *m, const char *source);
/* Links it made by score, and keys that led to nobody for too many records have them. */
void metrics_count_matching(struct metrics *m, unsigned links, unsigned keys_cut);
uint64_t metrics_exchanges(const struct metrics *m);
struct bytes metrics_text(struct gateway *g, struct arena *a, enum exposition as);

#endif
