/* store/verified_files.c: which files were found to be what their hash says. */
#include "store/verified_files.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_ASKED = 1 }; /* as if before all others: it is the first to be forgotten */

struct verified {
	uint64_t asked; /* when last, as counted here; 0: nothing stands here */
	unsigned char sha256[BLOB_SHA256];
	dev_t device;
	ino_t inode;
	/* Both, for a file server may keep the one and not the other. */
	struct timespec changed, modified;
};

struct verified_files {
	pthread_mutex_t lock;
	uint64_t asked; /* from NOT_ASKED on */
	struct verified files[VERIFIED_FILES];
};

struct verified_files *verified_files_create(void)
{
	struct verified_files *v = calloc(1, sizeof *v);
	if (v == NULL)
		return NULL;
	pthread_mutex_init(&v->lock, NULL);
	v->asked = NOT_ASKED;
	return v;
}

void verified_files_destroy(struct verified_files *v)
{
	if (v != NULL)
		pthread_mutex_destroy(&v->lock);
	free(v);
}

/* Its place; else the one to be had. Looking through all is little beside opening a file. */
static struct verified *place_of(struct verified_files *v, const unsigned char sha256[BLOB_SHA256])
{
	struct verified *oldest = v->files;
	for (struct verified *f = v->files; f < v->files + VERIFIED_FILES; f++) {
		if (f->asked != 0 && memcmp(f->sha256, sha256, BLOB_SHA256) == 0)
			return f;
		if (f->asked < oldest->asked)
			oldest = f;
	}
	return oldest;
}

static bool same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool is_of(const struct verified *f, const unsigned char sha256[BLOB_SHA256],
		  const struct stat *st)
{
	return f->asked != 0 && memcmp(f->sha256, sha256, BLOB_SHA256) == 0
	       && f->device == st->st_dev && f->inode == st->st_ino
	       && same_time(f->changed, st->st_ctim) && same_time(f->modified, st->st_mtim);
}

bool verified_files_know(struct verified_files *v, const unsigned char sha256[BLOB_SHA256],
			 const struct stat *st, bool passing_by)
{
	pthread_mutex_lock(&v->lock);
	struct verified *f = place_of(v, sha256);
	bool known = is_of(f, sha256, st);
	if (known && !passing_by)
		f->asked = ++v->asked;
	pthread_mutex_unlock(&v->lock);
	return known;
}

void verified_files_add(struct verified_files *v, const unsigned char sha256[BLOB_SHA256],
			const struct stat *st, bool passing_by)
{
	pthread_mutex_lock(&v->lock);
	struct verified *f = place_of(v, sha256);
	bool own = f->asked != 0 && memcmp(f->sha256, sha256, BLOB_SHA256) == 0;
	if (passing_by && f->asked != 0 && !own) {
		pthread_mutex_unlock(&v->lock);
		return;
	}
	uint64_t asked = !passing_by ? ++v->asked : own ? f->asked : NOT_ASKED;
	*f = (struct verified){ .asked = asked,
				.device = st->st_dev,
				.inode = st->st_ino,
				.changed = st->st_ctim,
				.modified = st->st_mtim };
	memcpy(f->sha256, sha256, BLOB_SHA256);
	pthread_mutex_unlock(&v->lock);
}
