/* gateway/envelope/mtom_ranges.h: an answer with attachments, taken apart without its documents
 * being touched: where each of them stands in it.
 *
 * For answers of others that were put aside in a file: only the root is kept, the parts are ranges.
 * So it costs what is read at a time and the root, whatever the documents' size. Unlike the reader
 * of what is sent to us (mtom.h) it gives what it could read: an answer with ten documents of which
 * one is spoilt is an answer with nine, and each spoilt part says what is wrong with it.
 *
 * Refused as a whole: no boundary, no root, a root beyond ROOT_MOST, a part's header that is none,
 * too many parts. What stands before that is given all the same, its parts as far as they ended.
 *
 * ITI TF-2: V.3.2, V.8; RFC 2046 5.1, RFC 2387. */
#ifndef GATEWAY_ENVELOPE_MTOM_RANGES_H
#define GATEWAY_ENVELOPE_MTOM_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

struct arena;
struct problem;
struct mtom_ranges;

enum { MTOM_ROOT_MOST = 1 << 20, MTOM_RANGES_MOST = 1000 };

struct mtom_range {
	const char *content_id;   /* without <>; NULL when it has none */
	const char *key;          /* the same in a form all its spellings share; or NULL */
	const char *content_type; /* as written; "application/octet-stream" when it has none */
	uint64_t offset, length;  /* octets of the answer */
	bool whole;               /* its end came */
	bool encoded;             /* base64 or quoted-printable: it is not the document's octets */
	bool ambiguous;           /* another part has this Content-ID */
	struct mtom_range *next;
};

/* NULL with the problem: the Content-Type is not that of such an answer. p outlives it. */
struct mtom_ranges *mtom_ranges_begin(struct arena *a, const char *content_type, struct problem *p);
/* The octets that follow. False: no more of it can be read; p says why. */
bool mtom_ranges_feed(struct mtom_ranges *r, struct bytes octets);
/* False: it has no end, or one that cannot be read; p says so. */
bool mtom_ranges_end(struct mtom_ranges *r);
/* The root's octets; data NULL: it did not come, or not whole. */
struct bytes mtom_ranges_root(const struct mtom_ranges *r);
/* All others, in order; those that were begun. */
const struct mtom_range *mtom_ranges_parts(const struct mtom_ranges *r);
/* The one an xop:Include means (percent-decoded); NULL: none, or several it could mean. */
const struct mtom_range *mtom_range_of(struct arena *a, const struct mtom_range *parts,
				       const char *content_id);

#endif
