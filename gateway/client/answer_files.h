/* gateway/client/answer_files.h: the octets of answers on their way to files, by a thread that
 * writes them, so that whoever takes them off the network never waits for a disk.
 *
 * Who has octets adds them. They stand in pieces of 64 KiB until they are written: eight of a file
 * at most, and so many that wait of all files together. Where there is no more room the answer is
 * to wait: it is told by wrote() when there is, on the writing thread. So memory is bounded, a slow
 * disk holds up only those answers that are for it, and each of these holds up its own partner.
 *
 * What the file fails with (the budget of the service, the disk) is the file's own problem
 * (gateway/base/spool.h) and ends that answer.
 *
 * Threads: an answer_file is one thread's, who adds; the writing thread has its own place in it. A
 * file that is forgotten while pieces of it wait goes when the writing thread has come by. */
#ifndef GATEWAY_CLIENT_ANSWER_FILES_H
#define GATEWAY_CLIENT_ANSWER_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"

struct answer_file;
struct answer_files;
struct spool_file;

enum {
	ANSWER_PIECE = 64 * 1024,
	ANSWER_PIECES = 8,      /* of one file */
	ANSWER_PIECES_ALL = 96, /* 6 MiB */
};

/* wrote(with): brief, never blocks; somebody who was to wait need not any more. NULL: no memory or
 * thread. */
struct answer_files *answer_files_start(void (*wrote)(void *with), void *with);
void answer_files_stop(struct answer_files *all); /* all are forgotten; NULL is fine */

/* Holds that file. NULL: no memory. */
struct answer_file *answer_file_begin(struct answer_files *all, struct spool_file *to);
enum answer_taken { ANSWER_TAKEN, ANSWER_WAITS, ANSWER_FAILED };
/* All of it, or nothing of it. Not more than half of ANSWER_PIECES at once. */
enum answer_taken answer_file_add(struct answer_file *f, struct bytes more);
/* So much would be taken now. */
bool answer_file_has_room(struct answer_file *f, size_t octets);
/* There will be no more; wrote() is called when all of it is in the file, or it failed. */
void answer_file_end(struct answer_file *f);
bool answer_file_is_settled(struct answer_file *f); /* after its end */
void answer_file_forget(struct answer_file *f);     /* at any time; NULL is fine */

#endif
