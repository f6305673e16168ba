/* store/record.h: how values are written: compact, versioned, able to gain fields.
 *
 * A record is one octet of version, then fields: tag, length, octets; tag and length as varints
 * (seven bits an octet, least first). A field that is absent has its default, a tag the reader does
 * not know is passed over, and a field given several times is a list in that order. So a field may
 * be added without changing the version, and no tag is ever used twice.
 *
 * The writer's octets live in its arena. The reader never looks outside the octets it was given and
 * borrows everything from them: keep them (store_get() copies into an arena) as long as what was
 * read. Thread-safety: as the arena's. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

enum { RECORD_DEPTH = 16 }; /* records within records; ours go four deep */

struct record_writer {
	struct buffer out;
	size_t starts[RECORD_DEPTH];
	unsigned depth;
};

struct record_writer record_begin(struct arena *a, unsigned char version);
/* NULL writes nothing */
void record_text(struct record_writer *w, unsigned tag, const char *text);
void record_number(struct record_writer *w, unsigned tag, uint64_t number);
void record_signed(struct record_writer *w, unsigned tag, int64_t number);
void record_instant(struct record_writer *w, unsigned tag, instant t);
/* false writes nothing */
void record_flag(struct record_writer *w, unsigned tag, bool flag);
void record_bytes(struct record_writer *w, unsigned tag, struct bytes octets);
/* A record within: its fields are written between the two. */
void record_open(struct record_writer *w, unsigned tag);
void record_close(struct record_writer *w);
struct bytes record_end(struct record_writer *w); /* borrowed from the arena */

/*	struct record_reader r = record_read(octets);
 *	while (record_next(&r))
 *		switch (r.tag) {
 *		case TAG_NAME: name = record_as_text(&r); break;
 *		...
 *		}
 *	if (r.broken) ...
 */
struct record_reader {
	const unsigned char *at, *end;
	unsigned char version;
	/* the octets are not a record; everything reads as absent from then on */
	bool broken;
	unsigned tag; /* of the current field */
	struct bytes value;
};

struct record_reader record_read(struct bytes octets);
bool record_next(struct record_reader *r); /* false at the end, or broken */
/* The current field. One that does not have that form sets broken and reads as "", 0, false. */
const char *record_as_text(struct record_reader *r); /* borrowed, NUL-ended, none inside */
uint64_t record_as_number(struct record_reader *r);
int64_t record_as_signed(struct record_reader *r);
instant record_as_instant(struct record_reader *r);
bool record_as_flag(struct record_reader *r);
/* The fields within. A broken inner record does not show in the outer one: look at both. */
struct record_reader record_within(const struct record_reader *r);

#endif
