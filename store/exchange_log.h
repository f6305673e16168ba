/* store/exchange_log.h: what was exchanged lately, for the operator who asks about one by its id:
 * headers and findings of so many exchanges, not older than so many days.
 *
 * Not the audit log: it may lose what came in the last seconds before a crash, and forgets. All of
 * it is in memory; a file of the store's directory, encrypted as that is, is written from there by
 * whoever has the upkeep, never by who serves somebody. Three parts, so that none drives out
 * another: what was done, what was refused, as many of these, and an eighth of what strangers were.
 * Of what was sent its headers alone, and never words that quote it (gateway/base/withheld.h sees
 * to that); the file lies where the store's key is for. No backup has it. Thread-safe. */
#ifndef STORE_EXCHANGE_LOG_H
#define STORE_EXCHANGE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct arena;
struct exchange_log;

enum { EXCHANGE_NOTE_MOST = 4096, EXCHANGE_FINDINGS_MOST = 8, EXCHANGE_HEADERS_MOST = 16 };

struct exchange_finding_note {
	const char *problem, *what, *where; /* name of its row; "" where there is none */
	bool warning;
};

/* As a message said of itself; what is no text to be shown in a value is '?'. */
struct exchange_header_note {
	const char *name, *value;
};

/* Texts are "" where there is none. */
struct exchange_note {
	instant at;
	const char *id, *transaction; /* transaction "": it was refused before it had one */
	const char *system;           /* a system's name, or the subject of a certificate */
	const char *address, *door;
	const char *
		section; /* that was not kept to, of one without a transaction, which has its own */
	const char *problem, *what, *where; /* problem "": it was done */
	const char *step;                   /* of an assertion that failed; the peer is not told */
	unsigned status;                    /* HTTP's; 0: it was not asked by HTTP */
	unsigned milliseconds;
	struct exchange_finding_note findings[EXCHANGE_FINDINGS_MOST];
	size_t finding_count;
	unsigned findings_more; /* that are not kept */
	struct exchange_header_note headers[EXCHANGE_HEADERS_MOST];
	size_t header_count;
};

/* Octets as they are kept, in the arena: EXCHANGE_NOTE_MOST at most, whatever it is given. What is
 * too long, or no UTF-8 any more, is cut; findings that do not fit are only counted, headers that
 * do not beside them are left out. */
struct bytes exchange_note_write(struct arena *a, const struct exchange_note *n);
/* False: they are no such octets. Texts are borrowed from them. */
bool exchange_note_read(struct bytes octets, struct exchange_note *out);

/* What is in the directory's file is read, as far as it is whole; the first write is anew, so that
 * what a kill left behind that goes. most: of those that were done, at least 1. keep: microseconds.
 * NULL: no memory. */
struct exchange_log *exchange_log_open(const char *directory, unsigned most, int64_t keep,
				       instant now);
void exchange_log_close(struct exchange_log *l); /* as exchange_log_write() left it; NULL is fine */
/* Of one that is not kept any more: no file of it stays in the directory. */
void exchange_log_forget(const char *directory);
/* Copies. What is no note, or was no memory for, is passed over. NULL is fine: it is off. */
void exchange_log_add(struct exchange_log *l, struct bytes note, bool stranger);
/* The latest of those before that number (0: of all) into out, which has EXCHANGE_NOTE_MOST
 * octets; its number, or 0: there is none. */
uint64_t exchange_log_before(struct exchange_log *l, uint64_t number, instant now,
			     unsigned char *out, size_t *length);
/* What came since goes to the file; now and then that is written anew. One thread at a time. False:
 * p says what the disk said; it is tried again by the next. */
bool exchange_log_write(struct exchange_log *l, instant now, struct problem *p);

/* One frame of the file: four octets of length, a flag, the note. The octets it takes, or 0: it is
 * none, or not whole. */
size_t exchange_frame_read(struct bytes file, struct bytes *note, bool *stranger);

#endif
