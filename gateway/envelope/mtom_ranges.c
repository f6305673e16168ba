/* gateway/envelope/mtom_ranges.c: where the documents of an answer stand in it. */
#include "gateway/envelope/mtom_ranges.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/boundary.h"
#include "gateway/envelope/content_type.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/mtom_part.h"
#include "schemas/tables/problem.h"

enum { HEADER_MOST = 8 * 1024, PREAMBLE_MOST = 8 * 1024 };
enum place { PREAMBLE, HEADER, BODY, EPILOGUE };

struct mtom_ranges {
	struct arena *arena;
	struct problem *problem;
	struct boundary boundary;
	const char *start; /* the root's Content-ID, where the answer says it */
	enum place place;
	bool failed;
	uint64_t at; /* octets fed */
	size_t preamble, header_length, line_length, count;
	char header[HEADER_MOST + 1];
	struct buffer root;
	bool in_root, has_root, root_whole;
	struct mtom_range *parts, **last, *current;
};

static bool read_type(struct mtom_ranges *r, const char *text)
{
	struct content_type type;
	if (!content_type_read(r->arena, text, &type)
	    || strcmp(type.media, "multipart/related") != 0)
		return problem_set(r->problem, PROBLEM_MEDIA_TYPE,
				   "its Content-Type is not multipart/related");
	const char *boundary = content_type_parameter(&type, "boundary");
	if (boundary == NULL || !boundary_is_valid(boundary))
		return problem_set(
			r->problem, PROBLEM_MALFORMED,
			"its boundary is missing, or not 1 to 70 characters of RFC 2046");
	boundary_begin(&r->boundary, r->arena, boundary);
	r->start = content_type_parameter(&type, "start");
	size_t length = r->start == NULL ? 0 : strlen(r->start);
	if (length >= 2 && r->start[0] == '<' && r->start[length - 1] == '>')
		r->start = arena_text_n(r->arena, r->start + 1, length - 2);
	return true;
}

struct mtom_ranges *mtom_ranges_begin(struct arena *a, const char *content_type, struct problem *p)
{
	struct mtom_ranges *r = arena_new(a, struct mtom_ranges);
	r->arena = a;
	r->problem = p;
	r->last = &r->parts;
	r->root = buffer_in(a);
	return read_type(r, content_type) ? r : NULL;
}

/* RFC 2387 3.2: start names it, or it is the first. A start that names none is forgiven where the
 * first could be the root, as of what is sent to us (mtom_reader.c). */
static bool is_root(const struct mtom_ranges *r, const struct part_header *h)
{
	bool named = r->start != NULL && h->content_id != NULL
		     && text_equal(content_id_key(r->arena, h->content_id),
				   content_id_key(r->arena, r->start));
	bool first = r->parts == NULL
		     && (r->start == NULL || text_equal(h->media, "application/xop+xml"));
	return !r->has_root && (named || first);
}

/* Whom an Include of that name means nobody can say then. */
static void settle_id(const struct mtom_ranges *r, struct mtom_range *one)
{
	for (struct mtom_range *s = r->parts; one->key != NULL && s != NULL; s = s->next)
		if (text_equal(s->key, one->key))
			s->ambiguous = one->ambiguous = true;
}

static void begin_range(struct mtom_ranges *r, const struct part_header *h, uint64_t at)
{
	struct mtom_range *one = arena_new(r->arena, struct mtom_range);
	*one = (struct mtom_range){
		.content_id = h->content_id,
		.key = h->content_id == NULL ? NULL : content_id_key(r->arena, h->content_id),
		.content_type = h->content_type == NULL ? "application/octet-stream"
							: h->content_type,
		.offset = at,
		.encoded = h->encoding != PART_IDENTITY,
	};
	settle_id(r, one);
	*r->last = one;
	r->last = &one->next;
	r->current = one;
}

static bool begin_part(struct mtom_ranges *r, uint64_t at)
{
	struct part_header h;
	r->header[r->header_length] = '\0';
	if (!part_header_read(r->arena, r->header, &h, r->problem))
		return false;
	r->place = BODY;
	r->in_root = is_root(r, &h);
	if (!r->in_root) {
		begin_range(r, &h, at);
		return true;
	}
	r->has_root = true;
	return h.encoding == PART_IDENTITY
	       || problem_set(r->problem, PROBLEM_MALFORMED,
			      "its root part has a Content-Transfer-Encoding");
}

static bool body_data(struct mtom_ranges *r, struct bytes octets)
{
	if (!r->in_root) {
		r->current->length += octets.length;
		return true;
	}
	if (r->root.length + octets.length > MTOM_ROOT_MOST)
		return problem_set(r->problem, PROBLEM_TOO_LARGE,
				   "its root part is larger than %d octets", MTOM_ROOT_MOST);
	buffer_append(&r->root, octets.data, octets.length);
	return true;
}

/* Up to the empty line; what follows it is the part's body. at: of these octets. */
static bool header_data(struct mtom_ranges *r, struct bytes octets, uint64_t at)
{
	for (size_t i = 0; i < octets.length; i++) {
		unsigned char c = octets.data[i];
		if (c == '\n' && r->line_length == 0)
			return begin_part(r, at + i + 1)
			       && body_data(r, (struct bytes){ octets.data + i + 1,
							       octets.length - i - 1 });
		if (c == '\0')
			return problem_set(r->problem, PROBLEM_MALFORMED,
					   "a part's header holds NUL");
		if (c == '\r' && r->line_length == 0)
			continue;
		if (r->header_length == HEADER_MOST)
			return problem_set(r->problem, PROBLEM_TOO_LARGE,
					   "a part's header is larger than %d octets", HEADER_MOST);
		r->header[r->header_length++] = (char)c;
		r->line_length = c == '\n' ? 0 : r->line_length + 1;
	}
	return true;
}

static bool on_data(struct mtom_ranges *r, struct bytes octets, uint64_t at)
{
	switch (r->place) {
	case PREAMBLE:
		r->preamble += octets.length;
		return r->preamble <= PREAMBLE_MOST
		       || problem_set(r->problem, PROBLEM_MALFORMED,
				      "its boundary does not appear");
	case HEADER: return header_data(r, octets, at);
	case BODY: return body_data(r, octets);
	case EPILOGUE: break;
	}
	return true;
}

static void end_part(struct mtom_ranges *r)
{
	if (r->in_root)
		r->root_whole = true;
	else
		r->current->whole = true;
	r->in_root = false;
	r->current = NULL;
}

static bool on_delimiter(struct mtom_ranges *r, bool last, uint64_t at)
{
	/* A header may end without an empty line when no body follows (RFC 2046 5.1.1). */
	if (r->place == HEADER && !begin_part(r, at))
		return false;
	if (r->place == BODY)
		end_part(r);
	if (last) {
		r->place = EPILOGUE;
		return true;
	}
	if (r->count++ == MTOM_RANGES_MOST)
		return problem_set(r->problem, PROBLEM_TOO_LARGE, "it has more than %d parts",
				   MTOM_RANGES_MOST);
	r->place = HEADER;
	r->header_length = r->line_length = 0;
	return true;
}

/* What the boundary gives stands right before what it has not taken yet, also where it had been
 * held back. */
bool mtom_ranges_feed(struct mtom_ranges *r, struct bytes octets)
{
	const uint64_t end = r->at + octets.length;
	struct bytes data;
	enum boundary_event e;
	while (!r->failed && (e = boundary_next(&r->boundary, &octets, &data)) != BOUNDARY_MORE) {
		uint64_t at = end - octets.length;
		r->failed = !(e == BOUNDARY_DATA ? on_data(r, data, at - data.length)
						 : on_delimiter(r, e == BOUNDARY_LAST, at));
	}
	r->at = end;
	return !r->failed;
}

bool mtom_ranges_end(struct mtom_ranges *r)
{
	if (r->failed)
		return false;
	r->failed = true;
	if (r->place != EPILOGUE)
		return problem_set(r->problem, PROBLEM_MALFORMED,
				   "its closing boundary is missing");
	return r->has_root || problem_set(r->problem, PROBLEM_MALFORMED, "it has no root part");
}

struct bytes mtom_ranges_root(const struct mtom_ranges *r)
{
	return r->root_whole ? (struct bytes){ r->root.data, r->root.length } : (struct bytes){ 0 };
}

const struct mtom_range *mtom_ranges_parts(const struct mtom_ranges *r)
{
	return r->parts;
}

const struct mtom_range *mtom_range_of(struct arena *a, const struct mtom_range *parts,
				       const char *content_id)
{
	const char *key = content_id_key(a, content_id);
	while (parts != NULL && !text_equal(parts->key, key))
		parts = parts->next;
	return parts;
}
