/* store/exchange_bodies.h: what was sent and answered lately, for the operator who asks what it
 * was: the bodies of exchanges of the message log (store/exchange_log.h), by their ids.
 *
 * It is patients' data, so it never meets the disk in plain: AES-256-GCM, with a key from a file
 * that lies outside of the data directory. Files of the folder exchange-bodies follow each other,
 * each with a salt from which its own key is derived (HKDF-SHA256), so that the number of a frame
 * is its nonce; the frame's head (id, moment, length) is authenticated with it, and so is its
 * place: no frame can stand for another. A file is begun when the last has a sixteenth of the room,
 * or of the days, and the oldest goes as a whole when its last frame is too old or there is no more
 * room; so what is kept is less than both by a sixteenth at most. No backup has any of it.
 *
 * Like the log it may lose what came in the last seconds before a crash. Who serves somebody only
 * copies into a queue, of QUEUE octets at most; whoever has the upkeep writes. Nothing is indexed:
 * who asks, and few do, reads the heads of all frames. Thread-safe. */
#ifndef STORE_EXCHANGE_BODIES_H
#define STORE_EXCHANGE_BODIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct arena;
struct exchange_bodies;
struct random_source;

enum {
	EXCHANGE_BODIES_KEY = 64,            /* octets of its file */
	EXCHANGE_BODY_MOST = 4 << 20,        /* of what is kept of one exchange, in all */
	EXCHANGE_BODIES_QUEUE = 16 << 20,    /* not written yet, of all */
	EXCHANGE_BODIES_ROOM_LEAST = 1 << 20 /* octets of the disk */
};

struct exchange_bodies_settings {
	const char *directory; /* of the data; its folder exchange-bodies is made, mode 0700 */
	const char *key;       /* the file */
	uint64_t room;         /* octets of the disk, at least EXCHANGE_BODIES_ROOM_LEAST */
	int64_t keep;          /* microseconds */
	const struct random_source *random;
};

/* What is wrong with the file of a key, as a start would find it; NULL: nothing. */
const char *exchange_bodies_key_fault(const char *path);
/* What is there of an earlier process, under this key or another, is found as far as it can be
 * read, and goes by the same rules; the first frame begins a file. NULL: p says why. */
struct exchange_bodies *exchange_bodies_open(const struct exchange_bodies_settings *s,
					     struct problem *p);
/* As exchange_bodies_write() left it; the key is overwritten. NULL is fine. */
void exchange_bodies_close(struct exchange_bodies *b);
/* Of a region that keeps none any more: the folder goes. */
void exchange_bodies_forget(const char *directory);

/* Copies. id: the exchange's 16 hexadecimal digits. False: it is too long, the queue is full, or
 * there is no memory; then it is counted. NULL is fine: false. */
bool exchange_bodies_add(struct exchange_bodies *b, const char *id, instant at,
			 struct bytes octets);
/* One that did not come so far. NULL is fine. */
void exchange_bodies_lose(struct exchange_bodies *b);
uint64_t exchange_bodies_lost(struct exchange_bodies *b); /* since the start */

enum exchange_body_found {
	BODY_FOUND,
	BODY_ABSENT,     /* none is kept by that id */
	BODY_UNREADABLE, /* it is there, but not under this key, or it is not what was written */
	BODY_FAILED,     /* the disk could not be read: p */
};
/* The latest of that id, of those that are not too old, whether it was written yet or not. Octets
 * are in the arena. */
enum exchange_body_found exchange_bodies_find(struct exchange_bodies *b, struct arena *a,
					      const char *id, instant now, struct bytes *out,
					      struct problem *p);

/* What came since goes to the disk, and what is too old or too much goes from it. One thread at a
 * time. False: p says what the disk said; what was not written stays in the queue, and is tried
 * again by the next. */
bool exchange_bodies_write(struct exchange_bodies *b, instant now, struct problem *p);
/* Only what is too old goes: for while there is no room to write. By the same thread. */
bool exchange_bodies_drop_old(struct exchange_bodies *b, instant now, struct problem *p);

/* One frame's head, as it stands in a file: what follows it. False: it is none. */
enum { EXCHANGE_BODY_HEAD = 20 };
struct exchange_body_head {
	char id[17];
	instant at;
	uint32_t length; /* of the octets; the tag of 16 follows them */
};
bool exchange_body_head_read(struct bytes octets, struct exchange_body_head *out);

#endif
