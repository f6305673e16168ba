/* tests/audit/failing_calls.h: calls that can fail, made to fail one at a time.
 *
 * The linker (--wrap) leads these calls here. An armed thread's nth call fails as the system would
 * have it fail; all others, and those of other threads, pass. Or the next call of a name fails, on
 * whatever thread. Names beyond those of calls: "connect at once" succeeds without a wait, "two
 * addresses" lets getaddrinfo() say each several times and "another address" something else,
 * "nothing yet" lets recv() find nothing and the wait for more run out, "a moment nothing" lets it
 * find nothing once, "pending error" and "octets without receipt" are what the socket tells of
 * itself.
 *
 * Some calls are as strange as they may be, always: close() leaves another errno, and must have
 * something to close; SSL_read_ex() leaves errno alone when no call of the system failed; calloc()
 * has no memory of no octets. */
#ifndef TESTS_AUDIT_FAILING_CALLS_H
#define TESTS_AUDIT_FAILING_CALLS_H

#include <stdbool.h>

/* How a wait fails: by an error, or by its time running out. */
enum failing_wait { WAIT_BREAKS, WAIT_RUNS_OUT };

void failing_arm(unsigned nth, enum failing_wait waits);
/* Whether a call failed since. */
bool failing_failed(void);
bool failing_disarm(void);
void failing_next(const char *name);
/* The one after so many. */
void failing_after(unsigned passing, const char *name);
/* Called before each poll() of this thread, one that fails, too. NULL: nothing is. */
void failing_on_wait(void (*waits)(void *self), void *self);

#endif
