/* gateway/envelope/hl7v2.h: HL7 v2 messages, ER7 encoding (HL7 2.5: chapter 2; ITI TF-2: C.2).
 *
 * Reading is lazy: hl7_parse() finds the delimiters, decodes the characters and finds the segments;
 * fields are cut when asked for and unescaped when read as text. Everything borrows from the
 * message, which lives in the arena it was read into. Absent is the same as empty: no accessor
 * returns NULL or fails, so a reader goes straight down the page.
 *
 * Numbers are HL7's: they begin with 1, MSH-1 is the field separator itself.
 * Thread-safety: a message is not changed after hl7_parse(); a writer belongs to one thread. */
#ifndef GATEWAY_ENVELOPE_HL7V2_H
#define GATEWAY_ENVELOPE_HL7V2_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/envelope/charset.h"
#include "schemas/tables/problem.h"

/* Limits, each far above any honest message. */
enum {
	HL7_MESSAGE_MAX = 1 << 20, /* octets; the MLLP door stops there too */
	HL7_SEGMENTS_MAX = 10000,  /* a long ORU has a few thousand OBX */
	HL7_FIELDS_MAX = 512,      /* in one segment; HL7 2.8 defines at most 100 */
	HL7_REPETITIONS_MAX = 1000 /* of one field */
};

struct hl7_delimiters {
	char field, component, repetition, escape, subcomponent; /* '\0': there is none */
};

extern const struct hl7_delimiters hl7_usual; /* |^~\& */

struct hl7_segment {
	char name[4];
	const char *text; /* decoded, still escaped, without terminator */
	size_t length;
	struct bytes octets; /* as received; empty if the message came in UTF-16 */
	const struct hl7_message *message;
	struct hl7_segment *next;
};

struct hl7_message {
	struct arena *arena;
	struct hl7_delimiters delimiters;
	struct charset_found charset;
	struct hl7_segment *segments; /* MSH first; NULL if it was not even that */
	bool read;                    /* hl7_parse() said true */
	/* MSH-2 had lost one of the usual characters, and was read as if it had not. */
	bool delimiter_lost;
	/* Of MSH, unescaped; "" where there is none. */
	const char *sending_application, *sending_facility;     /* MSH-3.1, MSH-4.1 */
	const char *receiving_application, *receiving_facility; /* MSH-5.1, MSH-6.1 */
	const char *type, *event, *structure;                   /* MSH-9.1, .2, .3 */
	const char *control_id, *processing_id, *version;       /* MSH-10, MSH-11.1, MSH-12.1 */
};

/* False when it cannot be read, or is two messages; *out is set even then, with as much of MSH as
 * could be recovered (control_id above all), so that hl7_ack() can answer. leniency NULL: none.
 * Tolerated: MLLP brackets, a byte order mark, CR, LF and CRLF, blank lines, no terminator at the
 * end. The frame is borrowed: it must live as long as the arena. */
bool hl7_parse(struct arena *a, struct bytes frame, const struct charset_leniency *leniency,
	       struct hl7_message **out, struct problem *p);

/* The n-th segment of that name, or NULL. */
const struct hl7_segment *hl7_segment(const struct hl7_message *m, const char *name, unsigned n);
/* Exactly one; else NULL and the problem: missing or (a second PID smuggled in) repeated, 100. */
const struct hl7_segment *hl7_only_segment(const struct hl7_message *m, const char *name,
					   struct problem *p);
unsigned hl7_occurrence(const struct hl7_segment *s); /* the how-manieth of its name */

/* A place in a segment and what stands there, still escaped. field 0: nothing. */
struct hl7_part {
	const struct hl7_segment *segment;
	const char *text;
	size_t length;
	unsigned field, repetition, component, subcomponent; /* 0: not gone down so far */
};

/* segment may be NULL. A whole field; one repetition of it (of a field), and so on down. A part
 * without the deeper delimiter is its own first piece: PID-5.1 equals PID-5.1.1. */
struct hl7_part hl7_field(const struct hl7_segment *s, unsigned field);
struct hl7_part hl7_repetition(struct hl7_part field, unsigned n);
struct hl7_part hl7_component(struct hl7_part repetition, unsigned n);
struct hl7_part hl7_subcomponent(struct hl7_part component, unsigned n);
unsigned hl7_repetitions(struct hl7_part field); /* 0 when the field is empty */
unsigned hl7_components(struct hl7_part repetition);

bool hl7_present(struct hl7_part part); /* not empty; `""` is present */
bool hl7_deletes(struct hl7_part part); /* exactly `""` (HL7 2.5: 2.5.3.2) */
/* Holds an escape sequence that cannot be read, and stays as it is written. */
bool hl7_unread_escape(struct hl7_part part);
/* The first primitive value in the part, unescaped; "" when empty. */
const char *hl7_text(struct hl7_part part);
/* The whole part, unescaped, deeper delimiters left in (ST and TX of careless senders). */
const char *hl7_whole(struct hl7_part part);
/* NULL when empty, "" when `""`, else hl7_text(): the three marks of an update. */
const char *hl7_update(struct hl7_part part);
/* All at once; 0 for repetition, component or subcomponent means 1. segment may be NULL. */
const char *hl7_value(const struct hl7_segment *s, unsigned field, unsigned repetition,
		      unsigned component, unsigned subcomponent);
/* "PID^1^3^1^4": what struct problem.where takes (ERL, HL7 2.5: 2.A.28). */
const char *hl7_where(struct hl7_part part);
/* The octets of a field as they were received (MSA-2, QAK-1), whatever the character set. */
struct bytes hl7_field_octets(const struct hl7_segment *s, unsigned field);

/* ---- Writing ---- */

struct hl7_writer;

/* Who answers and when: fresh MSH-10 and MSH-7, and the names for MSH-3/4 when the request has no
 * MSH-5/6 to turn round. */
struct hl7_stamp {
	const char *control_id;
	const char *exchange; /* whose answer it is, told in each ERR; NULL: it is none */
	instant now;
	const char *application, *facility;
	bool legacy_err; /* the peer wants ERR-1 of HL7 2.3.1 instead of ERR-2, 3, 4, 7, 8 */
	bool commit;     /* HL7_ACCEPT is due: CA, CE, CR instead of AA, AE, AR */
};

/* A message of our own making (ITI-10), with the usual delimiters. MSH-3 to 6, 11 and 12 are whole
 * fields, escaped where that matters ("MINATO^2.999.1^ISO"). */
struct hl7_header {
	const char *sending_application, *sending_facility;
	const char *receiving_application, *receiving_facility;
	const char *type, *event, *structure; /* structure is not sent in versions before 2.4 */
	const char *processing_id, *version;
	const char *profile; /* MSH-21, or NULL */
	bool local_time;     /* MSH-7 is JST without a zone, as in an SS-MIX2 storage */
};
struct hl7_writer *hl7_message_write(struct arena *a, const struct hl7_header *h,
				     enum charset charset, const struct hl7_stamp *stamp);
/* An answer: delimiters and character set of the request (where it is not what MSH-18 said: the set
 * it said, or one that MSH-18 can say), MSH-3..6 turned round, MSH-11 and MSH-12 as
 * in the request. type "RSP", event "K23", structure "RSP_K23". MSH needs no put of its own. */
struct hl7_writer *hl7_answer_write(const struct hl7_message *request, const char *type,
				    const char *event, const char *structure,
				    const struct hl7_stamp *stamp);

/* Begins a segment, ending the one before; MSH is already there. A peer whose set is ASCII or
 * unsaid gets UTF-8, said in MSH-18, as soon as something needs it. */
void hl7_put_segment(struct hl7_writer *w, const char *name);
/* A value at its place in the current segment, escaped; places must ascend; 0 stands for 1, and
 * nothing is written for NULL or "". */
void hl7_put(struct hl7_writer *w, unsigned field, unsigned repetition, unsigned component,
	     unsigned subcomponent, const char *text);
void hl7_put_field(struct hl7_writer *w, unsigned field, const char *text);    /* .1.1.1 */
void hl7_put_verbatim(struct hl7_writer *w, unsigned field, const char *text); /* escaped */
/* A field, or a whole segment, of the request octet for octet (MSA-2; QAK-1 and QPD, ITI TF-2:
 * 3.9.4.2.2.5). Only a request in another set than it said is re-encoded in the answer's. */
void hl7_put_same_field(struct hl7_writer *w, unsigned field, const struct hl7_segment *s,
			unsigned from);
void hl7_put_empty(struct hl7_writer *w, unsigned field); /* its separator, and nothing */
void hl7_put_same_segment(struct hl7_writer *w, const struct hl7_segment *s);
void hl7_put_msa(struct hl7_writer *w, const struct hl7_message *request, const char *code,
		 const struct hl7_stamp *stamp);
void hl7_put_err(struct hl7_writer *w, const struct problem *problem, bool warning,
		 const struct hl7_stamp *stamp);
/* The message, every segment ended by CR; the writer is of no more use. */
struct bytes hl7_written(struct hl7_writer *w);
size_t hl7_lost(const struct hl7_writer *w); /* characters the peer's set could not carry */

/* Which acknowledgment a request is due (HL7 2.5: 2.9, 2.15.9.15, 2.15.9.16; table 0155). IHE's is
 * the original mode: always one. Who says otherwise in MSH-15 and MSH-16 is obeyed: no application
 * acknowledgment where MSH-16 does not want one, then an accept acknowledgment where MSH-15 does.
 * What is an answer itself (ACK, a message with MSA) never gets one: two would answer for ever. */
bool hl7_is_answer(const struct hl7_message *m);
enum hl7_due { HL7_NOTHING, HL7_ACCEPT, HL7_APPLICATION };
enum hl7_due hl7_acknowledgment_due(const struct hl7_message *request, bool failed);

/* MSH MSA [ERR ...] (ITI TF-2: C.2.3). problem NULL or PROBLEM_NONE: AA. notes: warnings (or more
 * errors) after it, or NULL. Works for every message hl7_parse() gave, read or not. */
struct bytes hl7_ack(const struct hl7_message *request, const struct problem *problem,
		     const struct finding *notes, const struct hl7_stamp *stamp);

#endif
