/* store/file_writer.h: a thread that writes what comes of large documents, while whoever brings it
 * hashes what comes next; for blob_files.c.
 *
 * Pieces are written in the order they were given. Of one file FILE_PIECES wait at most: a slow
 * disk holds up who brings more of it, and memory stays bounded. What a write fails with is told by
 * the next call for that file. Thread-safe; of one file one thread at a time. */
#ifndef STORE_FILE_WRITER_H
#define STORE_FILE_WRITER_H

#include <stddef.h>
#include <stdint.h>

enum { FILE_PIECES = 8 };

struct file_writer;

/* Of one file; begins with zeros. Stays where it is until it is settled. */
struct file_pieces {
	unsigned waiting;
	int error; /* errno of the first that failed; 0 */
};

struct file_writer *file_writer_create(void);    /* NULL: no memory */
void file_writer_destroy(struct file_writer *w); /* all are settled; NULL is fine */
/* On the spot. Returns an errno, or 0. */
int file_writer_write(int fd, const void *data, size_t length, uint64_t at);
/* data is copied. The disk begins to write what came every some MiB. Returns an errno, or 0. */
int file_writer_give(struct file_writer *w, struct file_pieces *of, int fd, const void *data,
		     size_t length, uint64_t at);
/* Waits until all of it is written. Returns an errno, or 0. */
int file_writer_settle(struct file_writer *w, struct file_pieces *of);

#endif
