/* store/backup_files.h: a backup as files: what is in it, whether it is whole, and taking it out.
 *
 *	DIR/manifest		written last: whoever has none did not come to his end
 *	DIR/keys/...		what the engine copied
 *	DIR/packs/...		small documents (store/packs.h)
 *	DIR/blobs/ab/abcd...	large ones, named by their SHA-256
 *
 * The manifest is text, a line each: what the copy is ("region-affinity-domain 2.999.1"), then
 * "file SHA256 OCTETS PATH", last "end SHA256" of all that stands before. It holds nothing of a
 * patient. It is read line by line, however many documents there are.
 *
 * A backup made onto another shares with it what can never change: large documents, which are named
 * by what is in them, and pack files that are not the last of their node in either and have the
 * same octets. Each is a whole backup: any may be removed, in any order.
 *
 * No function here needs a store to be open. Thread-safe. */
#ifndef STORE_BACKUP_FILES_H
#define STORE_BACKUP_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/tables/problem.h"

struct arena;
struct progress;

enum { BACKUP_DIGEST = 65 }; /* in hex, and its end */

/* What the first lines say; borrowed or in the arena. NULL: not said. */
struct backup_about {
	const char *made; /* 2026-01-15T00:30:01.234567Z */
	unsigned form;    /* of the store: store/store_form.h */
	const char *affinity_domain, *home_community_id, *repository_unique_id;
	uint64_t record; /* the last of the audit log when it began, of the node that wrote it */
};

/* All that is in the directory, durable. onto: the backup it shares files with; NULL: none. */
bool backup_manifest_write(const char *directory, const char *onto, const struct backup_about *b,
			   struct progress *progress, struct problem *p);
/* a NULL: texts that are said are "". False: PROBLEM_CONFLICT, it is no backup that came to its
 * end, or another release's. */
bool backup_manifest_read(const char *directory, struct arena *a, struct backup_about *out,
			  struct problem *p);
/* What a manifest says of a file of keys or packs. False: nothing. */
bool backup_manifest_finds(const char *directory, const char *path, char sha256[BACKUP_DIGEST],
			   uint64_t *octets);
/* Of a file below that directory, in hex. False with errno, or ECANCELED. */
bool backup_digest(int directory, const char *path, struct progress *progress,
		   char out[BACKUP_DIGEST]);

struct backup_looked {
	uint64_t files, octets;
	uint64_t faults, faults_of_keys;
};

/* Reads every file. Each that is not what the manifest says is told to report(), by its name, and
 * so is one that it does not name. False: the reading itself could not be done. */
bool backup_look(const char *directory, void (*report)(void *with, const char *finding), void *with,
		 struct backup_looked *out, struct problem *p);
/* Copies every file into `to`, which is there and empty, durable, and compares as it does. The
 * first that is not what the manifest says fails it (PROBLEM_CONFLICT), by its name. keys_only:
 * those the engine copied. */
bool backup_take_out(const char *directory, const char *to, bool keys_only,
		     struct backup_looked *out, struct problem *p);

#endif
