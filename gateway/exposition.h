/* gateway/exposition.h: metrics as text, as Prometheus reads it and as OpenMetrics has it.
 *
 * What is measured is written once, as lines of Prometheus' text format in any order, each family
 * with HELP and TYPE before its first sample; here they become the whole text. A family's samples
 * stand together in both (OpenMetrics 1.0.0, ABNF; Prometheus, exposition formats). Of OpenMetrics
 * the families of counters lose "_total", "info" its "_info", a family that ends in a unit names
 * it, and the end is said. In the lines the type info may be used: Prometheus has it as a gauge.
 * Pure functions, thread-safe; what is returned is the arena's. */
#ifndef GATEWAY_EXPOSITION_H
#define GATEWAY_EXPOSITION_H

#include "gateway/base/bytes.h"

enum exposition { EXPOSITION_PROMETHEUS, EXPOSITION_OPENMETRICS };

/* What whoever sent that header would rather have (RFC 9110 12.5.1); NULL: there was none.
 * OpenMetrics only for who names it, in a version of 1.0.0 or none. */
enum exposition exposition_asked(const char *accept);
const char *exposition_media_type(enum exposition as);
/* A sample whose family has no TYPE is left out: whoever wrote it forgot it, and a scrape that is
 * refused as a whole would tell nothing. */
struct bytes exposition_write(struct arena *a, enum exposition as, struct bytes lines);

#endif
