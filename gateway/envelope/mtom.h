/* gateway/envelope/mtom.h: SOAP with attachments, multipart/related of application/xop+xml.
 *
 * ITI TF-2: V.3.2 and V.8; RFC 2046 5.1, RFC 2387; W3C XOP 1.0. The reader is fed octets as they
 * come and passes each part on at once: it holds a part's header and at most one line of
 * look-ahead.
 *
 * Tolerated: no start parameter (the root is the first part), a start that names no part (the root
 * is the first part of type application/xop+xml), text before the first boundary, quoted
 * boundaries, LF instead of CRLF when the first boundary line ends so, 7bit, 8bit, binary, base64
 * and quoted-printable parts. Told in mtom_odd(), for the road to grant: parameters without their
 * quotes; a reference or start whose Content-ID is percent-encoded differently, if only one part
 * has it. Refused: boundaries of no or more than 70 characters, a missing closing boundary, nested
 * multiparts, a Content-ID given twice, a start that names a part after another candidate for the
 * root (two readers would disagree), xop:Include that is not alone in its element, names no part,
 * the root, a part named before, or anything but cid:. */
#ifndef GATEWAY_ENVELOPE_MTOM_H
#define GATEWAY_ENVELOPE_MTOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

struct arena;
struct problem;
struct random_source;
struct xml_document;
struct xml_node;
struct mtom_reader;

#define XOP_NAMESPACE "http://www.w3.org/2004/08/xop/include"

struct mtom_limits {
	size_t parts;        /* the root included */
	size_t unreferenced; /* parts no xop:Include names */
	size_t part_header;  /* octets of one part's header */
	uint64_t part;       /* octets of one part, decoded */
	size_t preamble;     /* octets before the first boundary */
};

extern const struct mtom_limits mtom_limits_default;

struct mtom_part {
	bool root;
	const char *content_id; /* without <>; NULL when it has none */
	/* as written; "application/octet-stream" when it has none */
	const char *content_type;
	bool referenced; /* known only after mtom_expect() */
};

/* Called in the order of the message, for one part after the other. Each may refuse by returning
 * false with the problem set, and may leave through the arena. What the root's data() gets is for
 * xml_reader_feed(); its end() is the place for xml_reader_end() and mtom_expect(). */
struct mtom_sink {
	void *self;
	bool (*begin)(void *self, const struct mtom_part *part, struct problem *p);
	bool (*data)(void *self, const struct mtom_part *part, struct bytes octets,
		     struct problem *p);
	bool (*end)(void *self, const struct mtom_part *part, struct problem *p);
};

/* This Content-Type asks for this reader. */
bool mtom_is(struct arena *a, const char *content_type);

/* content_type: the value of the HTTP header field. NULL with the problem set when it will not do;
 * limits NULL: the default ones. sink and p must outlive the reader. */
struct mtom_reader *mtom_begin(struct arena *a, const char *content_type,
			       const struct mtom_limits *limits, const struct mtom_sink *sink,
			       struct problem *p);
bool mtom_feed(struct mtom_reader *r, struct bytes octets);
/* Reads every xop:Include of the root, checks them, and holds the parts to them: those that came
 * already now, those to come as they come. */
bool mtom_expect(struct mtom_reader *r, const struct xml_document *root);
/* The message is complete: closing boundary seen, root seen, every part named there. */
bool mtom_finish(struct mtom_reader *r);

/* What an element of type base64Binary refers to: its only child is xop:Include -> true and the
 * content id, percent-decoded; no such child -> true and NULL (the content is inline); anything
 * else
 * -> false. element NULL counts as having no such child. */
bool xop_reference(struct arena *a, const struct xml_node *element, const char **content_id,
		   struct problem *p);

/* What the message needed beyond the standards, for leniency_grants(). */
struct mtom_oddities {
	bool unquoted;   /* RFC 2045 5.1 */
	bool content_id; /* RFC 2392 2 */
};
struct mtom_oddities mtom_odd(const struct mtom_reader *r);
/* How the root's reference writes this Content-ID; itself when none names it. */
const char *mtom_named(const struct mtom_reader *r, const char *content_id);
/* A Content-ID or reference in a form that all its spellings share. */
const char *content_id_key(struct arena *a, const char *content_id);

/* Writing. First a content id for each attachment, to be named in the root as
 * <xop:Include href="cid:..."/>; then the frame around root and attachments. */
const char *mtom_content_id(struct arena *a, const struct random_source *r);

struct mtom_attachment {
	const char *content_id; /* from mtom_content_id() */
	/* anything but type/subtype becomes application/octet-stream */
	const char *content_type;
	uint64_t length;
};

/* The body is: opening, root, then for every attachment before[i] and its octets, then closing. */
struct mtom_frame {
	const char *content_type; /* value of the HTTP header field */
	struct bytes opening;
	struct bytes *before;
	struct bytes closing;
	uint64_t length; /* of the whole body */
};

/* The boundary is random: 128 bits nobody can have put into a document beforehand. */
void mtom_frame(struct arena *a, const struct random_source *r, struct bytes root,
		const struct mtom_attachment *attachments, size_t count, struct mtom_frame *out);

#endif
