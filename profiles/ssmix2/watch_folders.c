/* profiles/ssmix2/watch_folders.c: folders of a storage whose changes the kernel tells. */
#include "profiles/ssmix2/watch_folders.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"

enum {
	MOMENT = 200000,  /* microseconds: one who writes a file writes another */
	WRITING_MOST = 8, /* files of one patient at once */
	CHAINS = 1 << 14,
	READ_AT_ONCE = 64 << 10
};

/* A folder the kernel knows by a number; the path is the patient's, or its own above patients. */
struct told_folder {
	int number;
	bool patients; /* one patient's */
	struct told_folder *next;
	char path[];
};

/* What waits to be looked at. */
struct change {
	char *path;
	int64_t due;
	bool elsewhere;
	uint64_t seen;
	uint64_t writing[WRITING_MOST]; /* of files by folder and name; 0: none */
};

struct watched_folders {
	const struct clock *clock;
	int fd;
	size_t count, changed;
	bool lost, misses;
	struct told_folder *chain[CHAINS];
	struct change change[CHANGES_MOST]; /* the oldest first */
};

struct watched_folders *watched_folders_create(const struct clock *clock)
{
	struct watched_folders *f = calloc(1, sizeof *f);
	if (f == NULL)
		return NULL;
	f->clock = clock;
	f->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	return f;
}

void watched_folders_destroy(struct watched_folders *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < CHAINS; i++)
		for (struct told_folder *one = f->chain[i], *next; one != NULL; one = next) {
			next = one->next;
			free(one);
		}
	while (f->changed != 0)
		free(f->change[--f->changed].path);
	if (f->fd >= 0)
		close(f->fd);
	free(f);
}

int watched_folders_fd(const struct watched_folders *f)
{
	return f->fd;
}

/* ---- Which folders ---- */

static struct told_folder **find(struct watched_folders *f, int number)
{
	struct told_folder **at = &f->chain[(unsigned)number % CHAINS];
	while (*at != NULL && (*at)->number != number)
		at = &(*at)->next;
	return at;
}

static void take_away(struct watched_folders *f, struct told_folder **at)
{
	struct told_folder *gone = *at;
	*at = gone->next;
	free(gone);
	f->count--;
}

/* Of the descriptor, so that it is this folder and no other that bears its name by now. */
static int number_of(const struct watched_folders *f, int fd)
{
	static const uint32_t mask = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO
				     | IN_DELETE | IN_MOVE_SELF | IN_ONLYDIR;
	char path[sizeof "/proc/self/fd/-2147483648"];
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return inotify_add_watch(f->fd, path, mask);
}

static bool remember(struct watched_folders *f, int number, const char *path, bool patients)
{
	struct told_folder **at = find(f, number), *one;
	size_t length = strlen(path);
	if (*at != NULL && (*at)->patients >= patients && text_equal((*at)->path, path))
		return true; /* a patient's folder is met before it is known for one, too */
	if (*at != NULL)
		take_away(f, at);
	one = malloc(sizeof *one + length + 1);
	if (one == NULL) {
		inotify_rm_watch(f->fd, number);
		return false;
	}
	one->number = number;
	one->patients = patients;
	memcpy(one->path, path, length + 1);
	one->next = f->chain[(unsigned)number % CHAINS];
	f->chain[(unsigned)number % CHAINS] = one;
	f->count++;
	return false;
}

bool watched_folders_add(struct watched_folders *f, int fd, const char *path, const char *patient)
{
	int number = f->fd >= 0 && f->count < FOLDERS_MOST ? number_of(f, fd) : -1;
	f->misses = f->misses || number < 0;
	return number >= 0
	       && remember(f, number, patient != NULL ? patient : path, patient != NULL);
}

/* ---- What changed ---- */

static struct change *change_of(struct watched_folders *f, const char *path)
{
	for (size_t i = 0; i < f->changed; i++)
		if (text_equal(f->change[i].path, path))
			return &f->change[i];
	return NULL;
}

/* NULL: there are too many, and all must be looked at. */
static struct change *add_change(struct watched_folders *f, const char *path, int64_t later)
{
	struct change *c = change_of(f, path);
	if (c != NULL)
		return c;
	char *own = f->changed == CHANGES_MOST ? NULL : strdup(path);
	if (own == NULL) {
		f->lost = true;
		return NULL;
	}
	c = &f->change[f->changed++];
	*c = (struct change){ .path = own, .due = f->clock->elapsed(f->clock) + later };
	return c;
}

static void drop_change(struct watched_folders *f, struct change *c)
{
	free(c->path);
	memmove(c, c + 1, (size_t)(&f->change[--f->changed] - c) * sizeof *c);
}

static uint64_t file_number(const struct inotify_event *e)
{
	uint64_t hash = text_hash(e->name) + (unsigned)e->wd;
	return hash == 0 ? 1 : hash;
}

static uint64_t *place_of(struct change *c, uint64_t file)
{
	for (size_t i = 0; i < WRITING_MOST; i++)
		if (c->writing[i] == file)
			return &c->writing[i];
	return NULL;
}

/* A file that was made is written from then on until it is closed. */
static void note_writing(struct change *c, const struct inotify_event *e)
{
	uint64_t file = file_number(e), *at = place_of(c, file);
	if ((e->mask & IN_CREATE) == 0 && at != NULL)
		*at = 0;
	else if ((e->mask & IN_CREATE) != 0 && at == NULL && (at = place_of(c, 0)) != NULL)
		*at = file;
}

static bool is_written(const struct change *c)
{
	for (size_t i = 0; i < WRITING_MOST; i++)
		if (c->writing[i] != 0)
			return true;
	return false;
}

static void note_within(struct watched_folders *f, const struct told_folder *folder,
			const struct inotify_event *e)
{
	char path[PATH_MAX];
	if ((e->mask & IN_ISDIR) == 0 || (e->mask & (IN_CREATE | IN_MOVED_TO)) == 0)
		return;
	int length = snprintf(path, sizeof path, "%s%s%s", folder->path,
			      folder->path[0] == '\0' ? "" : "/", e->name);
	if (length > 0 && (size_t)length < sizeof path)
		add_change(f, path, MOMENT);
}

static void note(struct watched_folders *f, const struct inotify_event *e)
{
	struct told_folder **at = find(f, e->wd);
	f->lost = f->lost || (e->mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0;
	if (*at == NULL)
		return;
	if ((e->mask & IN_MOVE_SELF) != 0)
		inotify_rm_watch(f->fd, e->wd); /* its path is another's now */
	if ((e->mask & (IN_IGNORED | IN_MOVE_SELF)) != 0) {
		take_away(f, at);
	} else if (!(*at)->patients) {
		note_within(f, *at, e);
	} else if (e->len != 0) {
		struct change *c = add_change(f, (*at)->path, MOMENT);
		if (c != NULL && (e->mask & IN_ISDIR) == 0)
			note_writing(c, e);
	}
}

bool watched_folders_heed(struct watched_folders *f)
{
	union {
		struct inotify_event first;
		char all[READ_AT_ONCE];
	} events;
	ssize_t length;
	while (f->fd >= 0 && (length = read(f->fd, events.all, sizeof events.all)) > 0)
		for (const char *at = events.all; at < events.all + length;) {
			const struct inotify_event *e = (const void *)at;
			note(f, e);
			at += sizeof *e + e->len;
		}
	bool lost = f->lost;
	f->lost = false;
	return !lost;
}

/* ---- What is due ---- */

int64_t watched_folders_due(const struct watched_folders *f)
{
	int64_t due = INT64_MAX;
	for (size_t i = 0; i < f->changed; i++)
		if (f->change[i].due < due && !is_written(&f->change[i]))
			due = f->change[i].due;
	return due;
}

bool watched_folders_take(struct watched_folders *f, struct arena *a, struct folder_change *out)
{
	int64_t now = f->clock->elapsed(f->clock);
	for (size_t i = 0; i < f->changed; i++) {
		struct change *c = &f->change[i];
		if (c->due > now || is_written(c))
			continue;
		*out = (struct folder_change){ arena_text(a, c->path), c->elsewhere, c->seen };
		drop_change(f, c);
		return true;
	}
	return false;
}

void watched_folders_again(struct watched_folders *f, const struct folder_change *again,
			   int64_t later)
{
	struct change *c = add_change(f, again->path, later);
	if (c == NULL || !again->elsewhere)
		return;
	c->elsewhere = true;
	c->seen = again->seen;
}

size_t watched_folders_room(const struct watched_folders *f)
{
	return CHANGES_MOST - f->changed;
}

bool watched_folders_misses(const struct watched_folders *f)
{
	return f->misses;
}

void watched_folders_pass_written(struct watched_folders *f)
{
	for (size_t i = f->changed; i-- > 0;)
		if (is_written(&f->change[i]))
			drop_change(f, &f->change[i]);
}
