/* gateway/client/soap_client.c: one SOAP request and its answer, ITI TF-2: V.3 and V.8. */
#include "gateway/client/soap_client.h"

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"

static struct bytes write_envelope(struct arena *a, const struct soap_call *call,
				   const char *message_id)
{
	struct xml_writer *w = xml_writer_begin(a);
	const struct soap_headers headers = {
		.action = call->action,
		.message_id = message_id,
		.to = call->url,
		.reply_to_anonymous = true,
	};
	soap_begin(w, &headers);
	soap_body(w);
	call->write(w, call->what);
	soap_end(w);
	return xml_writer_end(w);
}

static void append(struct buffer *b, struct bytes octets)
{
	buffer_append(b, octets.data, octets.length);
}

static struct bytes frame(struct arena *a, const struct random_source *random, struct bytes root,
			  const struct soap_part *parts, const char **content_type)
{
	struct mtom_frame f;
	struct buffer b = buffer_in(a);
	size_t count = 0;
	for (const struct soap_part *part = parts; part != NULL; part = part->next)
		count++;
	struct mtom_attachment *attachments = arena_array(a, struct mtom_attachment, count + 1);
	size_t n = 0;
	for (const struct soap_part *part = parts; part != NULL; part = part->next)
		attachments[n++] = (struct mtom_attachment){ part->content_id, part->content_type,
							     part->octets.length };
	mtom_frame(a, random, root, attachments, count, &f);
	append(&b, f.opening);
	append(&b, root);
	n = 0;
	for (const struct soap_part *part = parts; part != NULL; part = part->next) {
		append(&b, f.before[n++]);
		append(&b, part->octets);
	}
	append(&b, f.closing);
	*content_type = f.content_type;
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

static const struct xml_document *open_multipart(struct arena *a, const struct https_answer *answer,
						 struct soap_reply *out, struct problem *p)
{
	struct opening o = { .arena = a, .last = &out->parts };
	const struct mtom_sink sink = { &o, begin_part, take_data, end_part };
	o.mtom = mtom_begin(a, answer->content_type, NULL, &sink, p);
	if (o.mtom == NULL || !mtom_feed(o.mtom, answer->body) || !mtom_finish(o.mtom))
		return NULL;
	return o.document;
}

bool soap_client_call(struct https_client *c, struct arena *a, const struct random_source *random,
		      const struct soap_call *call, struct soap_reply *out, struct problem *p)
{
	char message_id[UUID_URN_TEXT];
	struct https_answer answer;
	*out = (struct soap_reply){ 0 };
	random_uuid(random, message_id);
	struct bytes body = write_envelope(a, call, message_id);
	const char *type = arena_printf(a, "application/soap+xml; charset=UTF-8; action=\"%s\"",
					call->action);
	if (call->multipart)
		body = frame(a, random, body, call->parts, &type);
	if (!https_client_post(c, a, call->url, type, body, &answer, p))
		return false;
	out->status = answer.status;
	const struct xml_document *d = mtom_is(a, answer.content_type)
					       ? open_multipart(a, &answer, out, p)
					       : xml_read(a, NULL, answer.body, p);
	if (d == NULL)
		return problem_set(p, PROBLEM_MALFORMED, "the answer, HTTP status %d, is no SOAP",
				   answer.status);
	return soap_open_answer(a, d, arena_text(a, message_id), &out->message, p);
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
