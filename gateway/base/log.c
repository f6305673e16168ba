/* gateway/base/log.c: what the operator reads on stderr. */
#include "gateway/base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No more than PIPE_BUF: what is written at once stands together. */
enum { TEXT = 1024, PART = 1300, EVENT = 4096 };

static const char *const names[] = { "error", "warning", "notice", "detail" };
/* sd-daemon(3): SD_ERR, SD_WARNING, SD_NOTICE, SD_INFO. */
static const char *const priorities[] = { "<3>", "<4>", "<5>", "<6>" };

bool log_is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char seen[64];
	struct stat st;
	if (stream == NULL || fstat(fd, &st) != 0)
		return false;
	snprintf(seen, sizeof seen, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(seen, stream) == 0;
}

void log_set_format(struct log *l, enum log_format f)
{
	l->journal = f == LOG_JOURNAL || (f == LOG_AUTO && log_is_journal(l->fd));
}

/* Escapes control characters; text above ASCII passes. */
static size_t escaped(char *out, size_t room, const char *text)
{
	size_t used = 0;
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0' && used + 5 < room;
	     c++) {
		if (*c >= 0x20 && *c != 0x7f)
			out[used++] = (char)*c;
		else
			used += (size_t)snprintf(out + used, room - used, "\\x%02x", *c);
	}
	return used;
}

static void put(int fd, const char *out, size_t length)
{
	if (write(fd, out, length) < 0)
		return; /* nobody is left to be told */
}

/* A pipe that says so has room for PIPE_BUF octets; so has a socket. */
static bool has_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

static unsigned long lines_in(const char *out, size_t length)
{
	unsigned long lines = 0;
	for (size_t i = 0; i < length; i++)
		lines += out[i] == '\n';
	return lines;
}

/* One at a time: what one saw as room another could take. */
static void put_if_room(const struct log *l, const char *out, size_t length)
{
	struct log_gate *g = l->gate;
	char told[96];
	pthread_mutex_lock(&g->lock);
	if (g->left_out != 0 && has_room(l->fd)) {
		int used = snprintf(told, sizeof told,
				    "%swarning: %lu lines are left out here: nobody took them\n",
				    l->journal ? priorities[LOG_WARNING] : "", g->left_out);
		put(l->fd, told, (size_t)used);
		g->left_out = 0;
	}
	if (g->left_out == 0 && has_room(l->fd))
		put(l->fd, out, length);
	else
		g->left_out += lines_in(out, length);
	pthread_mutex_unlock(&g->lock);
}

struct event {
	const struct log *log;
	size_t used;
	char out[EVENT];
};

static void begin(struct event *e, const struct log *l, enum log_level level)
{
	e->log = l;
	e->used = 0;
	if (l->journal)
		e->used = (size_t)snprintf(e->out, sizeof e->out, "%s", priorities[level]);
}

/* Three parts have room in an event, each as much. */
static void add(struct event *e, const char *label, const char *text)
{
	size_t most = e->used + PART;
	e->used += (size_t)snprintf(e->out + e->used, PART, "%s: ", label);
	e->used += escaped(e->out + e->used, most - e->used, text);
}

static void next(struct event *e)
{
	const char *between = e->log->journal ? "; " : "\n";
	e->used += (size_t)snprintf(e->out + e->used, sizeof e->out - e->used, "%s", between);
}

static void end(struct event *e)
{
	e->out[e->used++] = '\n';
	if (e->log->gate == NULL)
		put(e->log->fd, e->out, e->used);
	else
		put_if_room(e->log, e->out, e->used);
}

void log_write(const struct log *l, enum log_level level, const char *format, ...)
{
	if (l == NULL || l->fd < 0 || level > l->level)
		return;
	char text[TEXT];
	struct event e;
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	begin(&e, l, level);
	add(&e, names[level], text);
	end(&e);
}

void log_failure(const struct log *l, const char *error, const char *effect, const char *remedy)
{
	if (l == NULL || l->fd < 0)
		return;
	struct event e;
	begin(&e, l, LOG_ERROR);
	add(&e, "error", error);
	if (effect != NULL) {
		next(&e);
		add(&e, "effect", effect);
	}
	if (remedy != NULL) {
		next(&e);
		add(&e, "do", remedy);
	}
	end(&e);
}
