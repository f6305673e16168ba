/* store/exchange_bodies_files.h: the files of the bodies of exchanges, in their folder: which there
 * are, what goes of them, and what comes to the last.
 *
 * Names are numbers, in 16 hexadecimal digits; what has another name, or is no regular file, is
 * nobody's here and stays. One thread at a time writes and drops. */
#ifndef STORE_EXCHANGE_BODIES_FILES_H
#define STORE_EXCHANGE_BODIES_FILES_H

#include <pthread.h>

#include "store/exchange_body_file.h"

struct body_secrets;

struct body_file {
	uint64_t number;
	uint64_t octets;       /* up to its last whole frame */
	instant first, newest; /* moments of its frames; first 0: it has none */
};

struct body_files {
	pthread_mutex_t *lock;  /* of files, count and used: they change under it */
	struct body_file *rows; /* the oldest first */
	size_t count;
	uint64_t used; /* octets of the disk */
	char *path;    /* of the folder */
	int folder;
	uint64_t room;
	int64_t keep;
	const struct random_source *random;
	struct body_secrets *secrets;
	/* the writer's */
	int fd;          /* of the last file; -1: the next frame begins one */
	uint64_t frames; /* that it has */
	uint64_t number; /* the highest a file has, or had */
	bool unsettled;  /* a file went, and the folder may not say so yet */
};

/* To be closed whatever it gives. False: p says why. */
bool body_files_open(struct body_files *f, const struct exchange_bodies_settings *s,
		     pthread_mutex_t *lock, struct problem *p);
void body_files_close(struct body_files *f);
/* One of so many octets has room there, if all others go. */
bool body_files_may_have(const struct body_files *f, size_t octets);

/* All of these: false, errno; ENOMEM is of memory. */
bool body_files_drop_old(struct body_files *f, instant now);
/* The oldest go where there is no room. It is not read before body_files_note(), which is called
 * next, under the lock. */
bool body_files_write(struct body_files *f, const struct body *b);
void body_files_note(struct body_files *f, const struct body *b);
/* What went is gone after a crash as well. */
bool body_files_settle(struct body_files *f);

/* In one of them, as its row was once. */
enum exchange_body_found body_files_find(const struct body_files *f, const struct body_file *row,
					 const struct body_wanted *wanted, struct arena *a,
					 struct bytes *out, int *error);

#endif
