/* gateway/base/regular_file.h: opening what must be a file, whatever stands there, and
 * reading and writing all of one.
 *
 * Whoever can write a directory can put something else in a file's place: a FIFO that waits for a
 * writer for ever, a device, a directory. A thread that opens it must not hang: it is opened
 * without waiting, looked at, and given back only when it is a regular file. */
#ifndef GATEWAY_BASE_REGULAR_FILE_H
#define GATEWAY_BASE_REGULAR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "gateway/base/bytes.h"

/* As openat(2); flags beside O_CLOEXEC. -1: errno; of what is no regular file, EMEDIUMTYPE. */
int regular_open_at(int directory, const char *path, int flags, unsigned mode);
int regular_open(const char *path, int flags);
/* All of it, in the arena; most: octets it may have. False: why says the reason. */
bool regular_read(struct arena *a, const char *path, size_t most, struct bytes *out,
		  const char **why);
/* All of it, at the descriptor's place. False: errno. */
bool regular_write(int fd, struct bytes octets);
/* For reading. NULL: errno as above. */
FILE *regular_stream(const char *path);
/* strerror(3), in words that fit a file. */
const char *regular_why(int error);

#endif
