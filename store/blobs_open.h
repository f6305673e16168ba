/* store/blobs_open.h: between the store and its blobs, and for nobody else. */
#ifndef STORE_BLOBS_OPEN_H
#define STORE_BLOBS_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/tables/problem.h"

struct blobs;
struct packs;
struct progress;
struct store;
struct store_settings;

struct blobs *blobs_open(const struct store_settings *settings, struct problem *p);
void blobs_close(struct blobs *b); /* NULL is fine */
struct blobs *store_blobs(struct store *s);
struct packs *store_packs(struct store *s); /* NULL: it has none */
/* While true nothing is collected: a backup runs. */
void blobs_stay(struct blobs *b, bool stay);
/* onto: an earlier backup (store/backup_files.h), or NULL: a document it has is linked. */
bool blobs_copy(struct blobs *b, const char *directory, const char *onto, struct progress *progress,
		struct problem *p);

/* What the files hold together, about: they come and go. */
uint64_t blobs_octets(struct blobs *b);

/* False: p says that the disk, one of them, is too full for documents. */
bool blobs_have_room(struct blobs *b, struct problem *p);

#endif
