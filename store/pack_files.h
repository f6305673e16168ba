/* store/pack_files.h: pack files as files: names, opening, reading, copying; for packs.c.
 * Thread-safe. */
#ifndef STORE_PACK_FILES_H
#define STORE_PACK_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/tables/problem.h"

struct progress;

enum { PACK_NAME = 32 };

/* The upper half of a pack's number is its node's ordinal. */
void pack_file_name(uint64_t pack, char name[PACK_NAME]);
/* The directory of packs below the store's, made if missing. -1: p says why. */
int pack_directory(const char *store, struct problem *p);
bool pack_directory_has_room(int directory, uint64_t octets, struct problem *p);
/* The highest number of that node's files; 0: there is none. */
uint64_t pack_files_youngest(int directory, uint64_t node);
/* how: O_RDWR; or O_RDONLY, for who only looks at one, of a backup that nobody may write to. -1:
 * there is none (ENOENT), or what stands there is none of ours. */
int pack_file_open(int directory, uint64_t pack, int how, uint64_t *length);
/* A new one, empty, its name durable. -1: p says why. */
int pack_file_make(int directory, uint64_t pack, struct problem *p);
bool pack_file_write(int fd, const void *data, size_t length, uint64_t at, struct problem *p);
/* Fewer than length only where the file ends. -1: p says why. */
int64_t pack_file_read(int directory, uint64_t pack, void *into, size_t length, uint64_t at,
		       struct problem *p);
bool pack_file_failed(const char *doing, int code, struct problem *p); /* false */

uint64_t pack_files_octets(int directory);
/* onto: an earlier backup (store/backup_files.h): what it has of files that do not grow any more is
 * linked from there; or NULL. */
bool pack_files_copy(int directory, const char *to, const char *onto, struct progress *progress,
		     struct problem *p);

#endif
