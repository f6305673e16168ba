/* gateway/base/log.h: what the operator reads on stderr.
 *
 * One line an event; an error has three: error, effect, do. What systemd's journal reads is one
 * line whatever it is, for each line is an entry there, and begins with its priority, <3> to <6>
 * (sd-daemon(3)). Patient data never goes here, secrets never go anywhere: pass ids of exchanges,
 * names of systems, file names of our own.
 * Octets outside printable UTF-8 are written as \xNN, so no peer can forge a line.
 * Thread-safe: an event is one write(2). With a gate nobody waits for whoever reads the lines:
 * where there is no room they are left out, and their number is told when there is again. */
#ifndef GATEWAY_BASE_LOG_H
#define GATEWAY_BASE_LOG_H

#include <pthread.h>
#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DETAIL };
enum log_format { LOG_AUTO, LOG_LINES, LOG_JOURNAL };

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
		level;         /* the least urgent still written; a reload sets it meanwhile */
	_Atomic(bool) journal; /* as systemd's journal reads it; so may this */
};

/* Whether what is written there goes to systemd's journal: JOURNAL_STREAM says so
 * (systemd.exec(5)), and it is that stream still, not a file that somebody led it to. */
bool log_is_journal(int fd);
void log_set_format(struct log *l, enum log_format f);
void log_write(const struct log *l, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* All three of an error. effect and remedy may be NULL. */
void log_failure(const struct log *l, const char *error, const char *effect, const char *remedy);

#endif
