/* tests/audit/lapse.h: time that passes when a test says so, for the threads of one name.
 *
 * Linked with --wrap for what waiting is made of (tests.mk). Who signals such a thread wakes it as
 * ever; its time limit comes only by lapse_over(). So an hour lasts as long as a test wants, and no
 * test sleeps for it. One such thread at a time. */
#ifndef TESTS_AUDIT_LAPSE_H
#define TESTS_AUDIT_LAPSE_H

#include <stdbool.h>

/* From now on; NULL: time passes by itself. */
void lapse_hold(const char *thread);
/* Until it waits: whether without a limit, for whoever signals. */
bool lapse_rests(void);
/* Until it waits: for how many seconds; or -1: by another clock than CLOCK_MONOTONIC, or it has not
 * come to waiting in half a minute. */
long lapse_awaited(void);
/* What it waits for, or will, is over; false: as -1 there. */
bool lapse_over(void);
/* The same; returns when it waits again, as lapse_awaited(). */
long lapse_pass(void);

#endif
