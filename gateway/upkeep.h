/* gateway/upkeep.h: what has to be looked after now and then, whether or not anybody asks.
 *
 * Every hour: document files no key knows (left by a crash between the two) are removed after a
 * day; certificates of ours that run out within 60, 30, 14, 7 or 1 days are told to the log and, as
 * a security alert, to the audit trail (security: a.5). One thread, asleep in between. */
#ifndef GATEWAY_UPKEEP_H
#define GATEWAY_UPKEEP_H

struct upkeep;
struct gateway;

struct upkeep *upkeep_start(struct gateway *g); /* NULL: no thread to be had */
void upkeep_stop(struct upkeep *c);             /* NULL is fine */

#endif
