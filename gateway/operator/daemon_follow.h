/* gateway/operator/daemon_follow.h: the running daemon takes what a command has changed.
 *
 * With --reload: tells it to read its configuration again, and waits until it has what was changed.
 * OUTCOME_REFUSED: it did not take it; OUTCOME_UNREACHABLE: none runs. Without: says how. */
#ifndef GATEWAY_OPERATOR_DAEMON_FOLLOW_H
#define GATEWAY_OPERATOR_DAEMON_FOLLOW_H

#include "gateway/operator/command.h"

/* It has that system as the file has it. */
enum outcome daemon_follow(struct invocation *i, const char *system);
/* Each open door that the configuration gives that file shows its certificate: its SHA-256,
 * lower-case hex. */
enum outcome daemon_shows(struct invocation *i, const char *file, const char *sha256);

#endif
