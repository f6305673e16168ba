/* store/exchange_body_file.h: one file of the bodies of exchanges (store/exchange_bodies.h), as the
 * disk has it.
 *
 * Eight octets that say what it is, and a salt of 32 that its key follows from; then frames: a
 * head, as many octets as that says, encrypted, and a tag of 16. The nonce is the frame's number in
 * its file; head and number of the file are authenticated. So no two frames may ever have the same
 * number under one salt: a file is written by the process that began it, and no more once a write
 * failed. Thread-safe. */
#ifndef STORE_EXCHANGE_BODY_FILE_H
#define STORE_EXCHANGE_BODY_FILE_H

#include "store/exchange_bodies.h"

enum { BODY_ID = 8, BODY_TAG = 16, BODY_FILE_HEAD = 40, BODY_FILE_KEY = 32 };

struct body {
	unsigned char id[BODY_ID];
	instant at;
	struct bytes octets;
};

/* Which frame, counted from 0, of which file. */
struct body_place {
	uint64_t file, frame;
};

void body_file_head_write(const struct random_source *r, unsigned char *head);
/* The file's own key, of the one all have. False: it is no such head, or OpenSSL failed. */
bool body_file_key(const unsigned char *key, const unsigned char *head, unsigned char *out);

/* False: they are not 16 hexadecimal digits. */
bool body_id_read(const char *id, unsigned char octets[BODY_ID]);
void body_id_write(const unsigned char octets[BODY_ID], char id[17]); /* in lower case */
size_t body_frame_length(size_t octets);
/* The frame, of body_frame_length(). False: OpenSSL failed. */
bool body_frame_write(const unsigned char *file_key, const struct body_place *place,
		      const struct body *b, unsigned char *frame);

/* Frames of a file, as far as there is one after the other; of a torn one the head, if that is
 * whole. */
struct body_walk {
	int fd;
	uint64_t end, next; /* octets of the file that are looked at, and where the next one is */
	uint64_t count;     /* that were found */
	int error;          /* errno of a disk that could not be read, or 0 */
	/* the one that was found, and where */
	struct exchange_body_head head;
	uint64_t at;
};
struct body_walk body_walk_begin(int fd, uint64_t end);
bool body_walk_next(struct body_walk *w);

struct body_wanted {
	char id[17];   /* as heads have it */
	instant since; /* not before that */
};
/* The last of that id in a file, of which end octets are looked at. error: errno, of BODY_FAILED;
 * ENOMEM: of the arena, which is not left. */
enum exchange_body_found body_file_find(int fd, uint64_t end, uint64_t file,
					const unsigned char *key, const struct body_wanted *wanted,
					struct arena *a, struct bytes *out, int *error);

#endif
