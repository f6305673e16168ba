/* profiles/ssmix2/storage_walk.h: walks an SS-MIX2 storage, patient by patient. Standardised and
 * extended ones are told apart by the folders of data types, not by their roots, so that both may
 * stand side by side, or in one.
 *
 * Nothing is opened but below the root, no link is followed, and what a folder holds is bounded by
 * memory of its own: one monstrous folder fails alone. Order: folders by name, and within a patient
 * the identity first, then key by key, each in the order of 発生日時. */
#ifndef PROFILES_SSMIX2_STORAGE_WALK_H
#define PROFILES_SSMIX2_STORAGE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "gateway/base/bytes.h"
#include "profiles/ssmix2/storage_name.h"
#include "profiles/ssmix2/walk_place.h"
#include "schemas/tables/problem.h"

enum {
	STORAGE_LEVELS_ABOVE = 3, /* folders above a patient's */
	STORAGE_FILE_MOST =
		1 << 20, /* what an HL7 message may be; a standardised file is 1 to 20 KB */
};
#define STORAGE_DOCUMENT_MOST ((uint64_t)2 << 30) /* extended storage: as of a document by ITI-41 */

struct storage_visitor {
	void *self;
	bool twelve_digit_ids; /* a folder of twelve digits is a patient's all the same */
	/* The files of one patient, of all roots. The arena and all in it end after the call. */
	void (*patient)(void *self, struct arena *a, struct storage_name *files);
	/* The same, to keep: the arena is whoever's takes it, and outlives the walk if he likes.
	 * NULL: patient() is called. */
	void (*take)(void *self, struct arena *a, struct storage_name *files);
	/* What cannot be taken, by its path below the root. */
	void (*fault)(void *self, const struct storage_root *root, const char *path,
		      const char *what);
	/* A file that is no message: Thumbs.db, *.tmp. */
	void (*ignored)(void *self);
	/* The same: its folder below the root, and its name. NULL: nobody asks. */
	void (*passed_by)(void *self, const struct storage_root *root, const char *folder,
			  const char *name);
	/* A patient's folder, by its path below the root of that number, is behind us: all there is
	 * of him was told. NULL: nobody asks. */
	void (*met)(void *self, unsigned root, const char *path);
	/* A folder is about to be listed: its path below its root, and its patient's; NULL: it
	 * stands above patients, or who it is of is not known yet. NULL: nobody asks. */
	void (*enter)(void *self, int fd, const char *path, const char *patient);
	/* Asked at every entry of every folder, whatever it is: once true, the walk ends where it
	 * is and tells nothing more. How much there is to walk is not ours to know. */
	bool (*ends)(void *self);
};

/* A patient's folder stands at the same place below each root that has it, and is visited once,
 * with the files of all of them. False: a root itself cannot be opened. True also where the visitor
 * ended it. */
bool storage_walk(const struct storage_root *roots, size_t count, const struct storage_visitor *v,
		  struct problem *p);

/* The same of a part of it: of the patients whose folders the stretch holds. Who is told of what
 * else lies beside them is told of it in one of two stretches that a place divides. */
bool storage_walk_stretch(const struct storage_root *roots, size_t count,
			  const struct walk_stretch *stretch, const struct storage_visitor *v,
			  struct problem *p);

/* The same of one folder only, at that path below the roots ("": all): a patient's, or one above
 * patients. One that is in none of them is nobody's. */
bool storage_walk_at(const struct storage_root *roots, size_t count, const char *path,
		     const struct storage_visitor *v, struct problem *p);

/* One regular file below the root, whole. NULL, or why not in a few words; storage_gone: it was
 * there when it was listed. */
extern const char storage_gone[];
const char *storage_read(struct arena *a, const struct storage_name *n, struct bytes *out);

/* The same, opened to be read piece by piece; the file is closed when the arena ends. */
struct storage_file {
	int fd;
	uint64_t size;
	struct timespec written;
};
const char *storage_open(struct arena *a, const struct storage_name *n, uint64_t most,
			 struct storage_file *out);
/* Behind the last piece: NULL, or that it was written to meanwhile. */
const char *storage_unchanged(const struct storage_file *f);

#endif
