/* gateway/operator/demo_watch.c: waits for what is to come in a file that another process
 * writes. */
#include "gateway/operator/demo_watch.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { CHANGE_WITHIN_MS = 20000, EVENTS = 4096 };

/* A line that is still being written stays for the next time. */
static bool give_lines(FILE *f, bool (*line)(void *with, const char *text), void *with)
{
	char *text = NULL;
	size_t size = 0;
	bool done = false;
	for (ssize_t length; !done && (length = getline(&text, &size, f)) > 0;) {
		if (text[length - 1] != '\n') {
			fseek(f, -length, SEEK_CUR);
			break;
		}
		done = line(with, text);
	}
	free(text);
	clearerr(f);
	return done;
}

bool demo_watch(const char *path, bool (*line)(void *with, const char *text), void *with)
{
	char events[EVENTS];
	FILE *f = fopen(path, "re");
	struct pollfd on = { .fd = inotify_init1(IN_CLOEXEC), .events = POLLIN };
	bool going = f != NULL && on.fd >= 0 && inotify_add_watch(on.fd, path, IN_MODIFY) >= 0,
	     done = false;
	while (going && !(done = give_lines(f, line, with)))
		going = poll(&on, 1, CHANGE_WITHIN_MS) == 1
			&& read(on.fd, events, sizeof events) > 0;
	if (f != NULL)
		fclose(f);
	if (on.fd >= 0)
		close(on.fd);
	return done;
}
