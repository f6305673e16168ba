/* store/verified_files.c: which files were found to be what their hash says. */
#include "store/verified_files.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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
	uint64_t asked;
	struct verified files[VERIFIED_FILES];
};

struct verified_files *verified_files_create(void)
{
	struct verified_files *v = calloc(1, sizeof *v);
	if (v != NULL)
		pthread_mutex_init(&v->lock, NULL);
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
			 const struct stat *st)
{
	pthread_mutex_lock(&v->lock);
	struct verified *f = place_of(v, sha256);
	bool known = is_of(f, sha256, st);
	if (known)
		f->asked = ++v->asked;
	pthread_mutex_unlock(&v->lock);
	return known;
}

void verified_files_add(struct verified_files *v, const unsigned char sha256[BLOB_SHA256],
			const struct stat *st)
{
	pthread_mutex_lock(&v->lock);
	struct verified *f = place_of(v, sha256);
	*f = (struct verified){ .asked = ++v->asked,
				.device = st->st_dev,
				.inode = st->st_ino,
				.changed = st->st_ctim,
				.modified = st->st_mtim };
	memcpy(f->sha256, sha256, BLOB_SHA256);
	pthread_mutex_unlock(&v->lock);
}
