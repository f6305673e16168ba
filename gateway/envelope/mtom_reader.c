/* gateway/envelope/mtom_reader.c: a multipart/related body, part by part, as it comes. */
#include "gateway/envelope/mtom.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/boundary.h"
#include "gateway/envelope/content_type.h"
#include "gateway/envelope/mtom_part.h"
#include "gateway/envelope/quoted_printable.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/problem.h"

/* A submission has at most some hundred documents; toolkits write part headers below 1 KiB; nobody
 * has business before the first boundary but a note for readers without MIME. A document may be as
 * large as the door lets a body be. */
const struct mtom_limits mtom_limits_default = {
	.parts = 1000,
	.unreferenced = 16,
	.part_header = 8 * 1024,
	.part = (uint64_t)2 << 30,
	.preamble = 8 * 1024,
};

/* An encoded part is decoded in pieces of this many characters. */
enum { DECODED = 4096 };

enum place { PREAMBLE, HEADER, BODY, EPILOGUE };

struct seen_part {
	struct mtom_part part;
	const char *key;   /* its Content-ID in a form both spellings share; or NULL */
	const char *named; /* what the reference calls it */
	struct seen_part *next;
};

struct reference {
	const char *content_id, *key;
	bool met, by_key;
	struct reference *next;
};

struct mtom_reader {
	struct arena *arena;
	struct mtom_limits limits;
	struct mtom_sink sink;
	struct problem *problem;
	bool failed;
	struct boundary boundary;
	const char *start; /* the root's Content-ID, if the message says it */
	enum place place;
	size_t preamble;
	char *header; /* of limits.part_header + 1 octets */
	size_t header_length, line_length;
	struct seen_part *parts, **parts_tail, *current;
	size_t count, unreferenced;
	const struct mtom_part *root;
	bool expecting; /* references are known */
	struct reference *references;
	uint64_t length; /* of the current part */
	enum part_encoding encoding;
	struct base64_reader base64;
	struct quoted_reader quoted;
	struct mtom_oddities odd;
};

bool mtom_is(struct arena *a, const char *content_type)
{
	struct content_type type;
	return content_type_read(a, content_type, &type)
	       && strcmp(type.media, "multipart/related") == 0;
}

/* What the header field of the whole says: boundary and start. */
static bool read_type(struct mtom_reader *r, const char *text)
{
	struct content_type type;
	if (!content_type_read(r->arena, text, &type)
	    || strcmp(type.media, "multipart/related") != 0)
		return problem_set(r->problem, PROBLEM_MEDIA_TYPE,
				   "the Content-Type is not multipart/related");
	const char *inner = content_type_parameter(&type, "type");
	if (inner != NULL && !text_equal_nocase(inner, "application/xop+xml"))
		return problem_set(r->problem, PROBLEM_MEDIA_TYPE,
				   "the multipart is of type \"%.60s\", not application/xop+xml",
				   inner);
	const char *boundary = content_type_parameter(&type, "boundary");
	if (boundary == NULL || !boundary_is_valid(boundary))
		return problem_set(
			r->problem, PROBLEM_MALFORMED,
			"the boundary is missing, or not 1 to 70 characters of RFC 2046");
	boundary_begin(&r->boundary, r->arena, boundary);
	r->start = content_type_parameter(&type, "start");
	size_t length = r->start == NULL ? 0 : strlen(r->start);
	if (length >= 2 && r->start[0] == '<' && r->start[length - 1] == '>')
		r->start = arena_text_n(r->arena, r->start + 1, length - 2);
	r->odd.unquoted = type.unquoted;
	return true;
}

struct mtom_reader *mtom_begin(struct arena *a, const char *content_type,
			       const struct mtom_limits *limits, const struct mtom_sink *sink,
			       struct problem *p)
{
	struct mtom_reader *r = arena_new(a, struct mtom_reader);
	r->arena = a;
	r->limits = limits == NULL ? mtom_limits_default : *limits;
	r->sink = *sink;
	r->problem = p;
	r->parts_tail = &r->parts;
	if (!read_type(r, content_type))
		return NULL;
	r->header = arena_alloc(a, r->limits.part_header + 1);
	return r;
}

static struct reference *find_reference(const struct mtom_reader *r, const char *content_id)
{
	struct reference *f = r->references;
	while (f != NULL && !text_equal(f->content_id, content_id))
		f = f->next;
	return f;
}

/* The reference that means this part, only written otherwise: percent-encoded once more or once
 * less (Apache CXF and others put the same text in both places), or with cid: in the Content-ID. */
static struct reference *find_by_key(const struct mtom_reader *r, const char *key)
{
	struct reference *f = r->references;
	while (f != NULL && !text_equal(f->key, key))
		f = f->next;
	return f;
}

static bool settle_by_key(struct mtom_reader *r, struct seen_part *s, struct reference *f)
{
	if (f->met)
		return problem_set(
			r->problem, PROBLEM_MALFORMED,
			"two parts may be meant by one reference: their Content-IDs differ "
			"in percent-encoding only");
	f->by_key = true;
	s->named = f->content_id;
	r->odd.content_id = true;
	return true;
}

/* Holds a part against the references of the root, once they are known. */
static bool settle(struct mtom_reader *r, struct seen_part *s)
{
	struct mtom_part *part = &s->part;
	struct reference *f = part->content_id == NULL ? NULL : find_reference(r, part->content_id);
	if (part->root)
		return f == NULL
		       || problem_set(r->problem, PROBLEM_MALFORMED,
				      "xop:Include names the root part itself");
	if (f == NULL && s->key != NULL && (f = find_by_key(r, s->key)) != NULL
	    && !settle_by_key(r, s, f))
		return false;
	if (f != NULL && f->met && f->by_key)
		return settle_by_key(r, s, f);
	part->referenced = f != NULL;
	if (f != NULL)
		f->met = true;
	else if (++r->unreferenced > r->limits.unreferenced)
		return problem_set(r->problem, PROBLEM_TOO_LARGE,
				   "more than %zu parts are not referenced",
				   r->limits.unreferenced);
	return true;
}

static bool named_otherwise(struct mtom_reader *r, const struct mtom_part *part)
{
	bool same = part->content_id != NULL
		    && text_equal(content_id_key(r->arena, part->content_id),
				  content_id_key(r->arena, r->start));
	r->odd.content_id = r->odd.content_id || same;
	return same;
}

/* RFC 2387 3.2: start names the root, without it the first part is the root. A start that names
 * nothing is forgiven (the example of ITI TF-2: V.9 has one); so a part that could be the root is
 * taken for it when it comes, and a later one that start does name makes two readings possible. */
static bool choose_root(struct mtom_reader *r, struct mtom_part *part, const struct part_header *h)
{
	bool named = r->start != NULL
		     && (text_equal(part->content_id, r->start) || named_otherwise(r, part));
	if (r->root != NULL)
		return !named
		       || problem_set(r->problem, PROBLEM_MALFORMED,
				      "start names a part after another that could be the root");
	bool xop = strcmp(h->media, "application/xop+xml") == 0;
	if (named || r->start == NULL) {
		if (!xop && strcmp(h->media, "application/soap+xml") != 0
		    && strcmp(h->media, "text/xml") != 0)
			return problem_set(r->problem, PROBLEM_MALFORMED,
					   "the root part is not of type application/xop+xml");
		part->root = true;
	} else {
		part->root = xop;
	}
	if (part->root)
		r->root = part;
	return true;
}

static bool is_new_id(struct mtom_reader *r, const char *content_id)
{
	for (const struct seen_part *s = r->parts; content_id != NULL && s != NULL; s = s->next)
		if (text_equal(s->part.content_id, content_id))
			return problem_set(r->problem, PROBLEM_MALFORMED,
					   "two parts have the same Content-ID");
	return true;
}

static bool begin_part(struct mtom_reader *r)
{
	struct part_header h;
	r->header[r->header_length] = '\0';
	if (!part_header_read(r->arena, r->header, &h, r->problem) || !is_new_id(r, h.content_id))
		return false;
	struct seen_part *s = arena_new(r->arena, struct seen_part);
	s->part.content_id = h.content_id;
	s->part.content_type = h.content_type == NULL ? "application/octet-stream" : h.content_type;
	s->key = h.content_id == NULL ? NULL : content_id_key(r->arena, h.content_id);
	s->named = h.content_id;
	r->odd.unquoted = r->odd.unquoted || h.unquoted;
	if (!choose_root(r, &s->part, &h) || (r->expecting && !settle(r, s)))
		return false;
	*r->parts_tail = s;
	r->parts_tail = &s->next;
	r->current = s;
	r->encoding = h.encoding;
	r->base64 = (struct base64_reader){ 0 };
	r->quoted = (struct quoted_reader){ 0 };
	r->length = 0;
	r->place = BODY;
	return r->sink.begin(r->sink.self, &s->part, r->problem);
}

static bool give(struct mtom_reader *r, struct bytes octets)
{
	if (octets.length == 0)
		return true;
	r->length += octets.length;
	if (r->length > r->limits.part)
		return problem_set(r->problem, PROBLEM_TOO_LARGE,
				   "a part is larger than %llu octets",
				   (unsigned long long)r->limits.part);
	return r->sink.data(r->sink.self, &r->current->part, octets, r->problem);
}

static bool not_as_said(struct mtom_reader *r)
{
	return problem_set(r->problem, PROBLEM_MALFORMED, "a part said to be %s is not",
			   r->encoding == PART_BASE64 ? "base64" : "quoted-printable");
}

static bool decode(struct mtom_reader *r, struct bytes text, unsigned char *out, size_t *length)
{
	return r->encoding == PART_BASE64 ? base64_feed(&r->base64, text, out, length)
					  : quoted_feed(&r->quoted, text, out, length);
}

static bool body_data(struct mtom_reader *r, struct bytes octets)
{
	unsigned char decoded[DECODED + QUOTED_BLANKS];
	if (r->encoding == PART_IDENTITY)
		return give(r, octets);
	while (octets.length > 0) {
		struct bytes now = { octets.data,
				     octets.length < DECODED ? octets.length : DECODED };
		size_t length;
		if (!decode(r, now, decoded, &length))
			return not_as_said(r);
		if (!give(r, (struct bytes){ decoded, length }))
			return false;
		octets.data += now.length;
		octets.length -= now.length;
	}
	return true;
}

static bool end_part(struct mtom_reader *r)
{
	unsigned char last[QUOTED_BLANKS + 1];
	size_t length;
	if (r->encoding != PART_IDENTITY) {
		if (!(r->encoding == PART_BASE64 ? base64_finish(&r->base64, last, &length)
						 : quoted_finish(&r->quoted, last, &length)))
			return not_as_said(r);
		if (!give(r, (struct bytes){ last, length }))
			return false;
	}
	const struct mtom_part *part = &r->current->part;
	r->current = NULL;
	return r->sink.end(r->sink.self, part, r->problem);
}

/* Up to the empty line; what follows it is the part's body. */
static bool header_data(struct mtom_reader *r, struct bytes octets)
{
	for (size_t i = 0; i < octets.length; i++) {
		unsigned char c = octets.data[i];
		if (c == '\n' && r->line_length == 0) {
			struct bytes body = { octets.data + i + 1, octets.length - i - 1 };
			return begin_part(r) && body_data(r, body);
		}
		if (c == '\0')
			return problem_set(r->problem, PROBLEM_MALFORMED,
					   "a part's header holds NUL");
		/* A CR at the start of a line can only be that of an empty one. */
		if (c == '\r' && r->line_length == 0)
			continue;
		if (r->header_length == r->limits.part_header)
			return problem_set(r->problem, PROBLEM_TOO_LARGE,
					   "a part's header is larger than %zu octets",
					   r->limits.part_header);
		r->header[r->header_length++] = (char)c;
		r->line_length = c == '\n' ? 0 : r->line_length + 1;
	}
	return true;
}

static bool on_data(struct mtom_reader *r, struct bytes octets)
{
	switch (r->place) {
	case PREAMBLE:
		r->preamble += octets.length;
		return r->preamble <= r->limits.preamble
		       || problem_set(r->problem, PROBLEM_MALFORMED,
				      "the boundary does not appear");
	case HEADER: return header_data(r, octets);
	case BODY: return body_data(r, octets);
	case EPILOGUE: break;
	}
	return true;
}

static bool on_delimiter(struct mtom_reader *r, bool last)
{
	/* A header may end without an empty line when no body follows (RFC 2046 5.1.1). */
	if (r->place == HEADER && !begin_part(r))
		return false;
	if (r->place == BODY && !end_part(r))
		return false;
	if (last) {
		r->place = EPILOGUE;
		return true;
	}
	if (r->count++ == r->limits.parts)
		return problem_set(r->problem, PROBLEM_TOO_LARGE, "more than %zu parts",
				   r->limits.parts);
	r->place = HEADER;
	r->header_length = r->line_length = 0;
	return true;
}

bool mtom_feed(struct mtom_reader *r, struct bytes octets)
{
	struct bytes data;
	enum boundary_event e;
	while (!r->failed && (e = boundary_next(&r->boundary, &octets, &data)) != BOUNDARY_MORE)
		r->failed = !(e == BOUNDARY_DATA ? on_data(r, data)
						 : on_delimiter(r, e == BOUNDARY_LAST));
	return !r->failed;
}

/* The next element in document order. */
static const struct xml_node *following(const struct xml_node *n)
{
	const struct xml_node *next = xml_first_element(n);
	for (; next == NULL && n != NULL; n = xml_parent(n))
		next = xml_next_element(n);
	return next;
}

static bool add_reference(struct mtom_reader *r, const struct xml_node *include)
{
	const char *content_id = NULL;
	if (xml_parent(include) == NULL)
		return problem_set(r->problem, PROBLEM_MALFORMED,
				   "xop:Include is the whole document");
	if (!xop_reference(r->arena, xml_parent(include), &content_id, r->problem))
		return false;
	if (find_reference(r, content_id) != NULL)
		return problem_at(r->problem, PROBLEM_MALFORMED, xml_path(r->arena, include),
				  "a part is included twice");
	struct reference *f = arena_new(r->arena, struct reference);
	*f = (struct reference){ .content_id = content_id,
				 .next = r->references,
				 .key = content_id_key(r->arena, content_id) };
	r->references = f;
	return true;
}

static bool expect(struct mtom_reader *r, const struct xml_document *root)
{
	size_t references = 0;
	for (const struct xml_node *n = xml_root(root); n != NULL; n = following(n)) {
		if (!xml_is(n, XOP_NAMESPACE, "Include"))
			continue;
		if (++references > r->limits.parts)
			return problem_set(r->problem, PROBLEM_TOO_LARGE,
					   "more than %zu parts are included", r->limits.parts);
		if (!add_reference(r, n))
			return false;
	}
	r->expecting = true;
	for (struct seen_part *s = r->parts; s != NULL; s = s->next)
		if (!settle(r, s))
			return false;
	return true;
}

bool mtom_expect(struct mtom_reader *r, const struct xml_document *root)
{
	if (!r->failed)
		r->failed = !expect(r, root);
	return !r->failed;
}

bool mtom_finish(struct mtom_reader *r)
{
	if (r->failed)
		return false;
	r->failed = true; /* nothing can be fed any more */
	if (r->place != EPILOGUE)
		return problem_set(r->problem, PROBLEM_MALFORMED,
				   "the closing boundary is missing");
	if (r->root == NULL)
		return problem_set(r->problem, PROBLEM_MALFORMED, "the multipart has no root part");
	for (const struct reference *f = r->references; f != NULL; f = f->next)
		if (!f->met)
			return problem_set(r->problem, PROBLEM_MISSING_DOCUMENT,
					   "no part has the Content-ID \"%.200s\"", f->content_id);
	return true;
}

const char *mtom_named(const struct mtom_reader *r, const char *content_id)
{
	for (const struct seen_part *s = r->parts; content_id != NULL && s != NULL; s = s->next)
		if (text_equal(s->part.content_id, content_id))
			return s->named;
	return content_id;
}

struct mtom_oddities mtom_odd(const struct mtom_reader *r)
{
	return r->odd;
}
