/* gateway/base/log.c: what the operator reads on stderr. */
#include "gateway/base/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE = 2048 };

static const char *const names[] = { "error", "warning", "notice", "detail" };

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

/* A pipe that says so has room for PIPE_BUF octets, more than a line; so has a socket. */
static bool has_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	return poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

/* One at a time: what one saw as room another could take. */
static void put_if_room(const struct log *l, const char *out, size_t length)
{
	struct log_gate *g = l->gate;
	char told[96];
	pthread_mutex_lock(&g->lock);
	if (g->left_out != 0 && has_room(l->fd)) {
		int used = snprintf(told, sizeof told,
				    "warning: %lu lines are left out here: nobody took them\n",
				    g->left_out);
		put(l->fd, told, (size_t)used);
		g->left_out = 0;
	}
	if (g->left_out == 0 && has_room(l->fd))
		put(l->fd, out, length);
	else
		g->left_out++;
	pthread_mutex_unlock(&g->lock);
}

static void line(const struct log *l, const char *label, const char *text)
{
	char out[LINE];
	size_t used = (size_t)snprintf(out, sizeof out, "%s: ", label);
	used += escaped(out + used, sizeof out - used - 1, text);
	out[used++] = '\n';
	if (l->gate == NULL)
		put(l->fd, out, used);
	else
		put_if_room(l, out, used);
}

void log_write(const struct log *l, enum log_level level, const char *format, ...)
{
	if (l == NULL || l->fd < 0 || level > l->level)
		return;
	char text[LINE / 2];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	line(l, names[level], text);
}

void log_failure(const struct log *l, const char *error, const char *effect, const char *remedy)
{
	if (l == NULL || l->fd < 0)
		return;
	line(l, "error", error);
	if (effect != NULL)
		line(l, "effect", effect);
	if (remedy != NULL)
		line(l, "do", remedy);
}
