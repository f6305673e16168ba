/* gateway/base/spool.h: an answer of any size, in little memory, until it is sent.
 *
 * Whoever writes an answer passes on what he has whenever his buffer is full. The spool keeps it in
 * memory up to SPOOL_MEMORY, and the rest in a file without a name, so that neither its length nor
 * a peer that does not read costs memory, and a crash leaves nothing. All spools of the service
 * share one budget: where its memory is used up they go to their files sooner, where its room on
 * the disk is used up they fail, as where the disk itself is full. A spool that failed gives back
 * at once what it holds, and takes the rest without keeping it: who writes may look once, at the
 * end.
 *
 * An answer that fits the writer's first window (SPOOL_WINDOW) never comes here.
 *
 * Thread-safety: struct spools is for all threads; a spool is used by one thread at a time, as the
 * arena it lives in, which ends it. */
#ifndef GATEWAY_BASE_SPOOL_H
#define GATEWAY_BASE_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;
struct spool;
struct spools;

enum {
	/* What is passed on at a time: a FindDocuments of ten entries fits. */
	SPOOL_WINDOW = 64 * 1024,
	/* Of one answer in memory: some eighty entries. A longer one is mostly waited for. */
	SPOOL_MEMORY = 512 * 1024,
};

/* Files grow in that directory, which may be on the store's disk: some of it is always left. NULL:
 * no memory, or no such directory. It outlives its spools. */
struct spools *spools_create(const char *directory);
void spools_destroy(struct spools *all); /* NULL is fine */
/* The most that all of them may hold, in octets; those under way go on as they are. */
void spools_allow(struct spools *all, uint64_t memory, uint64_t disk);

struct spools_counts {
	uint64_t memory, disk;  /* octets held now */
	uint64_t files, failed; /* begun, of spools that failed: since the start */
};
void spools_count(const struct spools *all, struct spools_counts *out);

/* all NULL: everything stays in the arena. */
struct spool *spool_begin(struct spools *all, struct arena *a);
/* Keeps what the buffer holds, which is of the same arena and empty afterwards, with room for as
 * much again. */
void spool_pass(struct spool *s, struct buffer *b);
/* The last of it: the octets stay where they are until the arena's end. */
void spool_end(struct spool *s, struct bytes last);
/* What it holds is not sent after all, and nothing is kept any more. */
void spool_discard(struct spool *s);
/* Why it failed: PROBLEM_STORE_FULL, PROBLEM_ANSWERS_FULL, PROBLEM_INTERNAL; NULL: it did not. */
const struct problem *spool_problem(const struct spool *s);

/* A file of its own for what comes to us, of which neither length nor end is known: of the same
 * budget, and with the same room left on the disk. Who begins it may open files; who writes need
 * not, and is one thread at a time; who reads waits for him. Its holders let it go each, and the
 * last closes it: it never outlives them, and leaves nothing behind. */
struct spool_file;
/* One holder's. NULL: the problem says why. */
struct spool_file *spool_file_begin(struct spools *all, struct problem *p);
struct spool_file *spool_file_hold(struct spool_file *f); /* thread-safe, as letting go is */
void spool_file_let_go(struct spool_file *f);
/* At its end. False: it failed, now or before, gave back what it held, and takes no more. */
bool spool_file_write(struct spool_file *f, struct bytes octets);
const struct problem *spool_file_problem(const struct spool_file *f); /* NULL: it did not fail */
uint64_t spool_file_length(const struct spool_file *f);
int spool_file_descriptor(const struct spool_file *f); /* its own; -1: it failed */

/* What it holds, in order: octets in memory, or a range of a file. */
struct spool_part {
	struct bytes octets; /* data NULL: */
	int fd;              /* the spool's own */
	uint64_t offset, length;
	struct spool_part *next;
};
const struct spool_part *spool_parts(const struct spool *s);
uint64_t spool_length(const struct spool *s);
/* All of it, in the arena, for who needs it in one piece. False: it failed, then or now. */
bool spool_read(struct spool *s, struct bytes *out);

#endif
