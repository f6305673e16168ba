/* profiles/ssmix2/watch_folders.h: folders of a storage whose changes the kernel tells
 * (inotify(7)).
 *
 * What it tells is a hint where to look next, never what happened: that the files say. It tells
 * nothing of what another machine writes to a share, and not of more folders than it or we allow;
 * so whole looks go on, and find what was not told.
 *
 * A change is told patient by patient, a moment after it came, and not while a file of his is still
 * being written by whoever made it. Used by one thread. */
#ifndef PROFILES_SSMIX2_WATCH_FOLDERS_H
#define PROFILES_SSMIX2_WATCH_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct clock;
struct watched_folders;

enum {
	FOLDERS_MOST =
		65536,      /* that are watched; some 100 octets each, and 1 KiB of the kernel's */
	CHANGES_MOST = 4096 /* patients that wait to be looked at; more: all are */
};

/* NULL: no memory. */
struct watched_folders *watched_folders_create(const struct clock *clock);
void watched_folders_destroy(struct watched_folders *f); /* NULL is fine */
/* To be waited for: it can be read. -1: the kernel tells nothing. */
int watched_folders_fd(const struct watched_folders *f);

/* What comes into the folder is told from here on: of the patient whose folder's path below the
 * roots is given; NULL: the folder (at path) holds those of patients. True: it was so before, and
 * whatever is not told of was there. */
bool watched_folders_add(struct watched_folders *f, int fd, const char *path, const char *patient);
/* Listens to the kernel. False: something was lost, only a look at all can tell what. */
bool watched_folders_heed(struct watched_folders *f);

/* When there is something to look at next, by clock->elapsed(); INT64_MAX: nothing. */
int64_t watched_folders_due(const struct watched_folders *f);
/* Who is to be looked at: a patient's folder, or one that came above them. */
struct folder_change {
	const char *path;
	bool elsewhere; /* the kernel told nothing of it: somebody else did */
	uint64_t seen;  /* what who looks noted of him when he was due before; else 0 */
};
/* One that is due, its path in the arena. False: there is none. */
bool watched_folders_take(struct watched_folders *f, struct arena *a, struct folder_change *out);
/* It is due, or due again, after so many microseconds. Where there is no room that is lost, as what
 * the kernel tells is. */
void watched_folders_again(struct watched_folders *f, const struct folder_change *c, int64_t later);
/* How many more may wait. */
size_t watched_folders_room(const struct watched_folders *f);
/* Of some folder that was added nothing is told: there are too many. */
bool watched_folders_misses(const struct watched_folders *f);
/* All will be looked at, also those whose files somebody began to write and may never end: they are
 * waited for no more, and told again if he does. */
void watched_folders_pass_written(struct watched_folders *f);

#endif
