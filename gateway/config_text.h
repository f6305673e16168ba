/* gateway/config_text.h: the lines of a configuration, before anything is understood.
 *
 * libconfuse 3.3 counts a comment as several lines and refuses one inside a list; so it is given a
 * text without comments, with included files in their place, and this map says which line of which
 * file each of its lines was. */
#ifndef GATEWAY_CONFIG_TEXT_H
#define GATEWAY_CONFIG_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct config_place {
	const char *file; /* as the operator named it, or as included */
	unsigned line;    /* from 1; 0: the file as a whole */
};

/* One thing that is wrong, and what to do about it. */
struct config_fault {
	struct config_place place;
	const char *what, *remedy;
	/* Time has brought it, as it runs out a system's certificate: told by every check, but no
	 * reason to stop serving all others. */
	bool tolerable;
	struct config_fault *next;
};

struct config_faults {
	struct arena *arena;
	struct config_fault *first, **tail;
};

void config_faults_begin(struct config_faults *f, struct arena *a);
/* Keeps the fault; always false, so that a check can end with it. */
bool config_fault_add(struct config_faults *f, struct config_place place, const char *remedy,
		      const char *what, ...) __attribute__((format(printf, 4, 5)));

/* The fault that was added last is one. */
void config_fault_tolerate(struct config_faults *f);

enum {
	/* octets of one file: a region of 1,000 systems needs 1 MiB */
	CONFIG_FILE_MOST = 4 << 20,
	CONFIG_INCLUDES_MOST = 64, /* files in all: ends a file that includes itself */
};

struct config_text {
	char *text; /* NUL-ended; comments are blanks */
	const struct config_place *lines;
	size_t count;
};

/* Where the file itself is, when path is a link to it: the region's files stand beside it. */
const char *config_real_path(struct arena *a, const char *path);

/* False when a file cannot be read or its quotes do not close: then faults says so. */
bool config_text_read(const char *path, struct config_faults *faults, struct config_text *out);
struct config_place config_text_place(const struct config_text *t, unsigned line);
/* Blanks the statement that begins with name on that line of the text, to read on behind it. */
bool config_text_blank(struct config_text *t, unsigned line, const char *name);

#endif
