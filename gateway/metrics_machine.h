/* gateway/metrics_machine.h: what of the metrics is of this process and its machine: version, disk,
 * store, and what the audit repositories do not have yet. Thread-safe. */
#ifndef GATEWAY_METRICS_MACHINE_H
#define GATEWAY_METRICS_MACHINE_H

struct buffer;
struct gateway;

/* Lines of gateway/exposition.h. What cannot be measured now has no sample. */
void metrics_put_machine(struct gateway *g, struct buffer *b);

#endif
