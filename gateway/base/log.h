/* gateway/base/log.h: what the operator reads on stderr.
 *
 * One line an event; an error has three: error, effect, do. Patient data never goes here, secrets
 * never go anywhere: pass ids of exchanges, names of systems, file names of our own.
 * Octets outside printable UTF-8 are written as \xNN, so no peer can forge a line.
 * Thread-safe: a line is one write(2). With a gate nobody waits for whoever reads the lines: where
 * there is no room they are left out, and their number is told when there is again. */
#ifndef GATEWAY_BASE_LOG_H
#define GATEWAY_BASE_LOG_H

#include <pthread.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DETAIL };

/* Shared by all copies of a log; begin with LOG_GATE. */
struct log_gate {
	pthread_mutex_t lock;
	unsigned long left_out; /* lines since one was last written */
};
#define LOG_GATE                                                                                   \
	{                                                                                          \
		.lock = PTHREAD_MUTEX_INITIALIZER                                                  \
	}

struct log {
	int fd;                /* -1 keeps silent */
	struct log_gate *gate; /* NULL: a line waits until it is taken */
	_Atomic(enum log_level)
		level; /* the least urgent still written; a reload sets it meanwhile */
};

void log_write(const struct log *l, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The three lines. effect and remedy may be NULL. */
void log_failure(const struct log *l, const char *error, const char *effect, const char *remedy);

#endif
