/* tests/bench/messages.h: the requests the benches send, made from tests/bench/asked/.
 *
 * Texts in them like @ID@ are replaced. Where one request must differ from the next (unique ids,
 * the octets of a document), SERIAL stands in it, and message_number() writes eleven digits
 * there. */
#ifndef TESTS_BENCH_MESSAGES_H
#define TESTS_BENCH_MESSAGES_H

#include <stdint.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "tests/bench/load.h"

#define SERIAL "SERIALSERIA"
#define SOMEBODY "SOMEBODYSOM" /* the same, of a person's number */

struct replacing {
	const char *name; /* "@ID@"; NULL ends the list */
	const char *text;
};

/* The body made from messages/NAME. */
const char *message_text(struct arena *a, const char *name, const struct replacing *with);
/* The two steps of it, for who makes many. */
const char *message_file(struct arena *a, const char *name);
const char *message_made(struct arena *a, const char *text, const struct replacing *with);

/* A request that is SOAP alone. */
struct load_request message_plain(struct arena *a, const char *path, const char *body);
/* HL7 v2 in a frame of MLLP; a line is a segment. */
struct load_request message_frame(struct arena *a, const char *text);

/* ITI-41 of some documents of equal size for one patient. The content is the caller's, or NULL:
 * octets of no pattern. */
struct submission_plan {
	const char *domain, *id;
	const char *unique; /* OID the uniqueIds begin with; may hold SERIAL */
	unsigned documents;
	size_t octets; /* of each, times `times` */
	unsigned times;
	unsigned char variant; /* of the octets; where times is not 1 */
};
struct load_request message_submission(struct arena *a, const struct submission_plan *p);
/* Its root part alone, without the documents. */
const char *message_submission_root(struct arena *a, const struct submission_plan *p);

/* ITI-42 of the same; the documents are another's. */
struct load_request message_registration(struct arena *a, const struct submission_plan *p);

/* All places of SERIAL, or of that mark, in a request that is one piece. */
struct serials {
	unsigned char *data;
	size_t *places;
	size_t count;
};
struct serials message_serials(struct arena *a, const struct load_request *r);
struct serials message_marks(struct arena *a, const struct load_request *r, const char *mark);
void message_number(const struct serials *s, uint64_t number); /* from 1, below 10^10 */

#endif
