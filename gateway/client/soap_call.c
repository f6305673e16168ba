/* gateway/client/soap_call.c: a SOAP request and its answer, ITI TF-2: V.3 and V.8. */
#include "gateway/client/soap_call.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/mtom_ranges.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"

static struct bytes write_envelope(struct arena *a, const struct soap_call *call,
				   const char *message_id)
{
	struct xml_writer *w = xml_writer_begin(a);
	const struct soap_headers headers = {
		.action = call->action,
		.message_id = message_id,
		.relates_to = call->relates_to,
		.to = call->url,
		.reply_to_anonymous = true,
	};
	soap_begin(w, &headers);
	if (call->write_security != NULL) {
		soap_begin_security(w);
		call->write_security(w, call->security);
		xml_close(w);
	}
	if (call->write_headers != NULL)
		call->write_headers(w, call->what);
	soap_body(w);
	call->write(w, call->what);
	soap_end(w);
	return xml_writer_end(w);
}

static void append(struct buffer *b, struct bytes octets)
{
	buffer_append(b, octets.data, octets.length);
}

static uint64_t part_length(const struct soap_part *part)
{
	return part->octets.data != NULL ? part->octets.length : part->length;
}

/* How many parts. */
static size_t frame(struct arena *a, const struct random_source *random, struct bytes root,
		    const struct soap_part *parts, struct mtom_frame *out)
{
	size_t count = 0, n = 0;
	for (const struct soap_part *part = parts; part != NULL; part = part->next)
		count++;
	struct mtom_attachment *attachments = arena_array(a, struct mtom_attachment, count + 1);
	for (const struct soap_part *part = parts; part != NULL; part = part->next)
		attachments[n++] = (struct mtom_attachment){ part->content_id, part->content_type,
							     part_length(part) };
	mtom_frame(a, random, root, attachments, count, out);
	return count;
}

static struct bytes joined(struct arena *a, const struct mtom_frame *f, struct bytes root,
			   const struct soap_part *parts)
{
	struct buffer b = buffer_in(a);
	size_t n = 0;
	append(&b, f->opening);
	append(&b, root);
	for (const struct soap_part *part = parts; part != NULL; part = part->next) {
		append(&b, f->before[n++]);
		append(&b, part->octets);
	}
	append(&b, f->closing);
	return buffer_bytes(&b);
}

/* The answer while its parts come. */
struct opening {
	struct arena *arena;
	struct mtom_reader *mtom;
	struct xml_reader *xml;
	const struct xml_document *document;
	struct buffer octets;
	const struct soap_part **last;
};

static bool begin_part(void *self, const struct mtom_part *part, struct problem *p)
{
	struct opening *o = self;
	if (part->root)
		o->xml = xml_reader_begin(o->arena, NULL, p);
	else
		o->octets = buffer_in(o->arena);
	return true;
}

static bool take_data(void *self, const struct mtom_part *part, struct bytes octets,
		      struct problem *p)
{
	struct opening *o = self;
	(void)p;
	if (part->root)
		return xml_reader_feed(o->xml, octets);
	append(&o->octets, octets);
	return true;
}

static bool end_part(void *self, const struct mtom_part *part, struct problem *p)
{
	struct opening *o = self;
	(void)p;
	if (part->root) {
		o->document = xml_reader_end(o->xml);
		return o->document != NULL && mtom_expect(o->mtom, o->document);
	}
	struct soap_part *kept = arena_new(o->arena, struct soap_part);
	kept->content_id = arena_text(o->arena, part->content_id);
	kept->content_type = arena_text(o->arena, part->content_type);
	kept->octets = buffer_bytes(&o->octets);
	*o->last = kept;
	o->last = &kept->next;
	return true;
}

static const struct xml_document *open_multipart(struct arena *a, const char *content_type,
						 struct bytes body, struct soap_reply *out,
						 struct problem *p)
{
	struct opening o = { .arena = a, .last = &out->parts };
	const struct mtom_sink sink = { &o, begin_part, take_data, end_part };
	o.mtom = mtom_begin(a, content_type, NULL, &sink, p);
	if (o.mtom == NULL || !mtom_feed(o.mtom, body) || !mtom_finish(o.mtom))
		return NULL;
	return o.document;
}

static void write_root(struct arena *a, const struct random_source *random,
		       const struct soap_call *call, struct soap_sent *out)
{
	char drawn[UUID_URN_TEXT];
	if (call->message_id == NULL)
		random_uuid(random, drawn);
	out->message_id = arena_text(a, call->message_id == NULL ? drawn : call->message_id);
	out->body = write_envelope(a, call, out->message_id);
	out->content_type = arena_printf(a, "application/soap+xml; charset=UTF-8; action=\"%s\"",
					 call->action);
}

void soap_call_write(struct arena *a, const struct random_source *random,
		     const struct soap_call *call, struct soap_sent *out)
{
	struct mtom_frame f;
	write_root(a, random, call, out);
	if (!call->multipart)
		return;
	frame(a, random, out->body, call->parts, &f);
	out->body = joined(a, &f, out->body, call->parts);
	out->content_type = f.content_type;
}

static struct call_piece in_memory(struct bytes octets)
{
	return (struct call_piece){ .octets = octets, .fd = -1 };
}

size_t soap_call_pieces(struct arena *a, const struct random_source *random,
			const struct soap_call *call, struct soap_sent *out,
			const struct call_piece **pieces)
{
	struct mtom_frame f;
	size_t n = 0, i = 0;
	if (!call->multipart || call->parts == NULL) {
		struct call_piece *whole = arena_new(a, struct call_piece);
		soap_call_write(a, random, call, out);
		*whole = in_memory(out->body);
		*pieces = whole;
		return 1;
	}
	write_root(a, random, call, out);
	size_t parts = frame(a, random, out->body, call->parts, &f);
	struct call_piece *all = arena_array(a, struct call_piece, 2 * parts + 3);
	all[n++] = in_memory(f.opening);
	all[n++] = in_memory(out->body);
	for (const struct soap_part *part = call->parts; part != NULL; part = part->next) {
		all[n++] = in_memory(f.before[i++]);
		all[n++] = (struct call_piece){ part->octets, part->fd, part->length };
	}
	all[n++] = in_memory(f.closing);
	out->content_type = f.content_type;
	*pieces = all;
	return n;
}

bool soap_call_read(struct arena *a, const struct soap_sent *sent, int status,
		    const char *content_type, struct bytes body, struct soap_reply *out,
		    struct problem *p)
{
	*out = (struct soap_reply){ .status = status };
	const struct xml_document *d = mtom_is(a, content_type)
					       ? open_multipart(a, content_type, body, out, p)
					       : xml_read(a, NULL, body, p);
	if (d == NULL)
		return problem_set(p, PROBLEM_MALFORMED, "the answer, HTTP status %d, is no SOAP",
				   status);
	return soap_open_answer(a, d, sent->message_id, &out->message, p);
}

/* ---- In a file ---- */

enum { READ_AT_ONCE = 64 * 1024 };

struct in_file {
	int fd;
	uint64_t at, length;
	unsigned char *octets; /* READ_AT_ONCE of them */
};

/* What follows in it; false: it cannot be read. Nothing follows: length 0. */
static bool read_more(struct in_file *f, struct bytes *out, struct problem *p)
{
	uint64_t rest = f->length - f->at;
	ssize_t n = 0;
	do
		n = rest == 0 ? 0
			      : pread(f->fd, f->octets, rest < READ_AT_ONCE ? rest : READ_AT_ONCE,
				      (off_t)f->at);
	while (n < 0 && errno == EINTR);
	if (n < 0 || (n == 0 && rest > 0))
		return problem_set(p, PROBLEM_INTERNAL, "the answer could not be read again: %s",
				   n == 0 ? "its file is shorter" : strerror(errno));
	f->at += (uint64_t)n;
	*out = (struct bytes){ f->octets, (size_t)n };
	return true;
}

/* Where it is spoilt the rest of it is not looked at. */
static bool read_ranges(struct arena *a, const char *content_type, struct in_file *f,
			struct soap_reply *out, struct bytes *root, struct problem *p)
{
	struct bytes more = { 0 };
	struct mtom_ranges *r = mtom_ranges_begin(a, content_type, &out->cut);
	bool goes_on = r != NULL;
	while (goes_on) {
		if (!read_more(f, &more, p))
			return false;
		goes_on = more.length > 0 && mtom_ranges_feed(r, more);
	}
	if (r != NULL)
		mtom_ranges_end(r);
	*root = r == NULL ? (struct bytes){ 0 } : mtom_ranges_root(r);
	if (root->data == NULL) {
		*p = out->cut;
		return false;
	}
	out->ranges = mtom_ranges_parts(r);
	return true;
}

static bool read_plain(struct arena *a, struct in_file *f, struct bytes *root, struct problem *p)
{
	struct bytes more = { 0 };
	struct buffer b = buffer_in(a);
	if (f->length > MTOM_ROOT_MOST)
		return problem_set(p, PROBLEM_TOO_LARGE, "it is no MTOM, and larger than %d octets",
				   MTOM_ROOT_MOST);
	do {
		if (!read_more(f, &more, p))
			return false;
		append(&b, more);
	} while (more.length > 0);
	*root = buffer_bytes(&b);
	return true;
}

bool soap_call_read_file(struct arena *a, const struct soap_sent *sent, int status,
			 const char *content_type, int fd, uint64_t length, struct soap_reply *out,
			 struct problem *p)
{
	struct in_file f = { .fd = fd, .length = length };
	struct bytes root;
	*out = (struct soap_reply){ .status = status };
	f.octets = arena_alloc(a, READ_AT_ONCE);
	if (!(mtom_is(a, content_type) ? read_ranges(a, content_type, &f, out, &root, p)
				       : read_plain(a, &f, &root, p)))
		return false;
	const struct xml_document *d = xml_read(a, NULL, root, p);
	if (d == NULL)
		return problem_set(p, PROBLEM_MALFORMED, "the answer, HTTP status %d, is no SOAP",
				   status);
	return soap_open_answer(a, d, sent->message_id, &out->message, p);
}

bool soap_reply_octets(struct arena *a, const struct soap_reply *reply,
		       const struct xml_node *element, struct bytes *out, struct problem *p)
{
	const char *id;
	if (!xop_reference(a, element, &id, p))
		return false;
	if (id == NULL)
		return bytes_from_base64(a, xml_text(a, element), out)
		       || problem_set(p, PROBLEM_MALFORMED, "the document is not in base64");
	for (const struct soap_part *part = reply->parts; part != NULL; part = part->next) {
		if (text_equal(part->content_id, id)) {
			*out = part->octets;
			return true;
		}
	}
	return problem_set(p, PROBLEM_MALFORMED, "the answer has no part '%s'", id);
}
