/* gateway/soap_road.c: SOAP 1.2 over HTTPS, with and without attachments (ITI TF-2: V.3.2).
 *
 * The body is parsed while it arrives: markup into a bounded tree, documents straight into the
 * store's keeping, whether they come as MIME parts or as base64 inside xds:Document. */
#include "gateway/journey.h"

#include <stdio.h>
#include <string.h>

#include "gateway/assertion/assertion.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/envelope/content_type.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "gateway/grammars.h"
#include "gateway/process.h"
#include "gateway/soap_assertion.h"
#include "gateway/soap_claims.h"
#include "schemas/tables/leniency.h"
#include "store/blobs.h"

#define XDSB_NAMESPACE "urn:ihe:iti:xds-b:2007"
#define SOAP_TYPE "application/soap+xml"

enum { PIECE = 64 * 1024 };

struct soap_reading {
	struct journey *journey;
	struct xml_reader *xml;
	struct mtom_reader *mtom; /* NULL: plain SOAP */
	struct mtom_sink parts;
	struct xml_sink inlined;
	const struct xml_document *document;
	struct soap_message message;
	const struct assertion *assertion; /* that was verified; or NULL */
	struct attachment **tail;
	struct attachment *current; /* the document arriving now */
	struct blob_writer *writer;
	struct problem unkept; /* why the store could not take a document */
	struct base64_reader base64;
	bool text_seen; /* of the current inline document */
	struct soap_claims claims;
	bool unquoted; /* Content-Type lacks quotes (content_type.h) */
	bool ascii;    /* it names a charset that is read as far as it is ASCII */
};

/* ---- Documents on their way in ----
 *
 * A document the store cannot take (its disk is full) does not end the reading: the message is read
 * to its end, so that its transaction is known and refuses it in its own words (ITI TF-3:
 * 4.2.4.1). */

static bool document_begin(struct soap_reading *r, const char *content_id, const char *element_id,
			   const char *type, struct problem *p)
{
	struct exchange *x = &r->journey->x;
	r->current = arena_try(x->arena, sizeof *r->current);
	if (r->current == NULL)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "too many documents in one message");
	*r->current = (struct attachment){ .content_id = content_id,
					   .element_id = element_id,
					   .content_type = type };
	if (r->unkept.code == PROBLEM_NONE)
		r->writer = blob_begin(x->store, x->arena, &r->unkept);
	if (r->unkept.code == PROBLEM_NONE)
		blob_below(r->writer, region_documents_of(x->region, x->sender->name));
	return true;
}

static void document_data(struct soap_reading *r, const unsigned char *octets, size_t length)
{
	if (r->unkept.code == PROBLEM_NONE)
		blob_write(r->writer, octets, length, &r->unkept);
}

static bool document_end(struct soap_reading *r, struct problem *p)
{
	struct exchange *x = &r->journey->x;
	r->current->blob = arena_try(x->arena, sizeof *r->current->blob);
	if (r->current->blob == NULL)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "too many documents in one message");
	if (r->unkept.code != PROBLEM_NONE
	    || !blob_finish(r->writer, r->current->blob, &r->unkept)) {
		r->current = NULL;
		return true;
	}
	*r->tail = r->current;
	r->tail = &r->current->next;
	r->current = NULL;
	return true;
}

/* An attachment is a MIME part that is not the root. */
static bool part_begin(void *self, const struct mtom_part *part, struct problem *p)
{
	struct soap_reading *r = self;
	if (part->root) {
		r->claims.root_type = part->content_type;
		return claims_charset(r->journey->x.arena, part->content_type, &r->ascii, p);
	}
	return document_begin(r, part->content_id, NULL, part->content_type, p);
}

static bool markup(struct soap_reading *r, struct bytes octets, struct problem *p)
{
	return (!r->ascii || claims_ascii(octets, p)) && xml_reader_feed(r->xml, octets);
}

static bool part_data(void *self, const struct mtom_part *part, struct bytes octets,
		      struct problem *p)
{
	struct soap_reading *r = self;
	if (part->root)
		return markup(r, octets, p);
	document_data(r, octets.data, octets.length);
	return true;
}

static bool part_end(void *self, const struct mtom_part *part, struct problem *p)
{
	struct soap_reading *r = self;
	if (!part->root)
		return document_end(r, p);
	r->document = xml_reader_end(r->xml);
	return r->document != NULL && mtom_expect(r->mtom, r->document);
}

/* xds:Document with its octets inline. An element holding xop:Include has no text: no
 * attachment. */
static bool inline_begin(void *self, const struct xml_node *element, struct problem *p)
{
	struct soap_reading *r = self;
	(void)element;
	(void)p;
	r->base64 = (struct base64_reader){ 0 };
	r->text_seen = false;
	return true;
}

static bool blank(struct bytes text)
{
	for (size_t i = 0; i < text.length; i++)
		if (strchr(" \t\r\n", text.data[i]) == NULL || text.data[i] == '\0')
			return false;
	return true;
}

static bool inline_text(void *self, struct bytes text, struct problem *p)
{
	struct soap_reading *r = self;
	unsigned char octets[PIECE / 4 * 3 + 3];
	if (!r->text_seen && blank(text))
		return true;
	if (!r->text_seen && !document_begin(r, NULL, NULL, "application/octet-stream", p))
		return false;
	r->text_seen = true;
	while (text.length > 0) {
		struct bytes piece = { text.data, text.length < PIECE ? text.length : PIECE };
		size_t length;
		if (!base64_feed(&r->base64, piece, octets, &length))
			return problem_set(p, PROBLEM_MALFORMED, "a document is not base64");
		document_data(r, octets, length);
		text.data += piece.length;
		text.length -= piece.length;
	}
	return true;
}

static bool inline_end(void *self, const struct xml_node *element, struct problem *p)
{
	struct soap_reading *r = self;
	unsigned char octets[3];
	size_t length;
	bool referenced = xml_child(element, XOP_NAMESPACE, "Include") != NULL;
	if (referenced)
		return true;
	if (!r->text_seen && !document_begin(r, NULL, NULL, "application/octet-stream", p))
		return false; /* an empty document is one, too */
	r->current->element_id = xml_attribute(element, "id");
	if (!base64_finish(&r->base64, octets, &length))
		return problem_set(p, PROBLEM_MALFORMED, "a document is not base64");
	document_data(r, octets, length);
	return document_end(r, p);
}

/* ---- The head and the body ---- */

struct at_path {
	bool known, served;
};

/* What stands behind the actor's path; NULL: it is another path. */
static const char *behind_path(const struct transaction *t, const char *path)
{
	const char *own = actor_path(t->actor);
	if (!text_starts(path, own))
		return NULL;
	const char *rest = path + strlen(own);
	if (*rest == '\0')
		return rest;
	return t->has_resources && *rest == '/' ? rest + 1 : NULL;
}

/* An actor that is off keeps its path, and offers nothing there. */
static struct at_path path_served(const struct journey *j)
{
	struct at_path there = { false, false };
	for (size_t i = 0; transactions[i] != NULL; i++)
		if (transactions[i]->dialect == DIALECT_SOAP
		    && behind_path(transactions[i], j->head->path) != NULL) {
			there.known = true;
			there.served |= journey_serves(j, transactions[i]);
		}
	return there;
}

static void begin_reading(struct soap_reading *r, const char *content_type)
{
	struct journey *j = r->journey;
	struct exchange *x = &j->x;
	r->inlined = (struct xml_sink){
		.self = r, .begin = inline_begin, .text = inline_text, .end = inline_end
	};
	r->xml = xml_reader_begin(x->arena, NULL, &x->problem);
	xml_reader_reuse(r->xml, j->gateway->parsers);
	xml_reader_divert(r->xml, XDSB_NAMESPACE, "Document", &r->inlined);
	if (!mtom_is(x->arena, content_type))
		return;
	r->parts = (struct mtom_sink){
		.self = r, .begin = part_begin, .data = part_data, .end = part_end
	};
	r->mtom = mtom_begin(x->arena, content_type, NULL, &r->parts, &x->problem);
}

/* Its media type may be right: what is wrong is how it goes on. */
static bool unreadable_type(struct journey *j, const char *value)
{
	return problem_at(&j->x.problem, PROBLEM_MEDIA_TYPE, "Content-Type",
			  value == NULL
				  ? "Content-Type is missing%s"
				  : "Content-Type cannot be read: '%.200s'. A parameter is "
				    "name=value, the value in "
				    "quotes where it is no token, none given twice (RFC 2045 5.1)",
			  value == NULL ? "" : value);
}

static bool soap_head(struct journey *j)
{
	struct exchange *x = &j->x;
	struct soap_reading *r = arena_new(x->arena, struct soap_reading);
	struct content_type type;
	const char *value = head_header(j->head, "Content-Type");

	r->journey = j;
	r->tail = &x->attachments;
	j->reading = r;
	/* Who speaks comes before what is said: a stranger is a stranger in the audit trail. */
	if (!journey_is_systems(j))
		return false;
	struct at_path there = path_served(j);
	if (!there.known)
		return problem_set(&x->problem, PROBLEM_PATH_UNKNOWN,
				   "no actor of this gateway is at '%s'", j->head->path);
	if (!text_equal(j->head->method, "POST"))
		return problem_set(&x->problem, PROBLEM_METHOD, "SOAP is sent by POST, not by %s",
				   j->head->method);
	if (!content_type_read(x->arena, value, &type))
		return unreadable_type(j, value);
	bool plain = text_equal(type.media, SOAP_TYPE);
	if (!plain && !text_equal(type.media, "multipart/related"))
		return problem_set(&x->problem,
				   text_equal(type.media, "text/xml") ? PROBLEM_VERSION_MISMATCH
								      : PROBLEM_MEDIA_TYPE,
				   "Content-Type is '%.200s'; expected " SOAP_TYPE
				   " or multipart/related",
				   value);
	r->claims = (struct soap_claims){ .content_type = value,
					  .soap_action = head_header(j->head, "SOAPAction") };
	r->unquoted = type.unquoted;
	if (plain && !claims_charset(x->arena, value, &r->ascii, &x->problem))
		return false;
	/* Read to its end, to be answered as its transaction's; its documents are not kept. */
	if (!there.served)
		problem_set(&r->unkept, PROBLEM_ACTION_NOT_SUPPORTED, "the actor at %s is off",
			    j->head->path);
	begin_reading(r, value);
	return x->problem.code == PROBLEM_NONE;
}

static bool soap_take(struct journey *j, struct bytes octets)
{
	struct soap_reading *r = j->reading;
	return r->mtom != NULL ? mtom_feed(r->mtom, octets) : markup(r, octets, &j->x.problem);
}

/* ---- Finding the transaction ---- */

/* A SOAP action is honoured on any path whose actor offers it (contract: Doors). */
static bool find_transaction(struct journey *j, const struct soap_message *m)
{
	struct exchange *x = &j->x;
	for (size_t i = 0; transactions[i] != NULL; i++) {
		const struct transaction *t = transactions[i];
		if (t->dialect != DIALECT_SOAP || !journey_serves(j, t)
		    || behind_path(t, j->head->path) == NULL)
			continue;
		for (const struct route *route = t->routes; route->request != NULL; route++)
			if (text_equal(route->request, m->action)) {
				x->transaction = t;
				x->resource = behind_path(t, j->head->path);
				j->route = route;
				return true;
			}
	}
	return problem_set(&x->problem, PROBLEM_ACTION_NOT_SUPPORTED,
			   "the action '%s' is not offered at %s", m->action, j->head->path);
}

static bool check_packaging(struct journey *j, const struct soap_reading *r)
{
	struct exchange *x = &j->x;
	if (x->transaction->mtom && r->mtom == NULL
	    && !leniency_grants(x->sender->lenient.plain_soap_for_mtom,
				&x->needed.plain_soap_for_mtom))
		return problem_set(&x->problem, PROBLEM_MEDIA_TYPE,
				   "%s is sent in MTOM packaging (multipart/related)",
				   x->transaction->code);
	if (!x->transaction->mtom && r->mtom != NULL)
		return problem_set(&x->problem, PROBLEM_MEDIA_TYPE,
				   "%s is sent as " SOAP_TYPE ", without MTOM",
				   x->transaction->code);
	return true;
}

/* An address a peer names is only used when it is a partner's that its section names: no open
 * relay. */
static bool check_address(struct journey *j, struct soap_message *m, const char *header,
			  const char *address)
{
	struct exchange *x = &j->x;
	char where[16];
	if (address == NULL)
		return true;
	snprintf(where, sizeof where, "wsa:%s", header);
	m->problem_header = header;
	if (!x->transaction->may_reply_elsewhere) {
		m->problem_detail = "wsa:OnlyAnonymousAddressSupported";
		return problem_at(&x->problem, PROBLEM_ADDRESSING_INVALID, where,
				  "%s is answered on its own connection only",
				  x->transaction->code);
	}
	if (region_answers_at(&j->configuration->region, x->sender, address) != NULL)
		return true;
	m->problem_detail = "wsa:InvalidAddress";
	return problem_at(&x->problem, PROBLEM_ADDRESSING_INVALID, where,
			  "'%s' is the url of no partner in reply-to of %s", address,
			  x->sender->name);
}

static bool check_reply_to(struct journey *j, struct soap_message *m)
{
	if (!check_address(j, m, "ReplyTo", m->reply_to)
	    || !check_address(j, m, "FaultTo", m->fault_to))
		return false;
	j->reply_to = m->reply_to;
	j->addressed = true;
	return true;
}

/* What its sender's software needs, and is granted or not. */
static bool check_oddities(struct journey *j, struct soap_reading *r)
{
	struct exchange *x = &j->x;
	struct mtom_oddities odd = { .unquoted = r->unquoted };
	if (r->mtom != NULL)
		odd = mtom_odd(r->mtom);
	if (odd.unquoted
	    && !leniency_grants(x->sender->lenient.unquoted_parameters,
				&x->needed.unquoted_parameters))
		return problem_at(&x->problem, PROBLEM_MEDIA_TYPE, "Content-Type",
				  "a parameter of Content-Type needs quotes around its value: "
				  "type=\"application/xop+xml\" (RFC 2045 5.1)");
	if (odd.content_id
	    && !leniency_grants(x->sender->lenient.content_id_spelling,
				&x->needed.content_id_spelling))
		return problem_at(&x->problem, PROBLEM_MALFORMED, "Content-ID",
				  "a reference and its Content-ID are percent-encoded differently "
				  "(RFC 2392 2)");
	for (struct attachment *t = x->attachments; t != NULL && odd.content_id; t = t->next)
		t->content_id = mtom_named(r->mtom, t->content_id);
	return true;
}

/* The envelope, and who is vouched for in it: before anything is done for him. */
static bool open_envelope(struct journey *j, struct soap_reading *r)
{
	struct exchange *x = &j->x;
	bool opened = assertions_are_understood(j)
			      ? soap_open_secured(x->arena, r->document, &r->message, &x->problem)
			      : soap_open(x->arena, r->document, &r->message, &x->problem);
	if (x->problem.code == PROBLEM_SECURITY_INVALID)
		return assertion_of_no_message(j);
	return opened && assertion_of_message(j, &r->message, r->document, &r->assertion);
}

static bool soap_whole(struct journey *j)
{
	struct exchange *x = &j->x;
	struct soap_reading *r = j->reading;
	if (r->mtom == NULL)
		r->document = xml_reader_end(r->xml);
	else if (!mtom_finish(r->mtom))
		r->document = NULL;
	if (r->document == NULL)
		return problem_set(&x->problem, PROBLEM_MALFORMED, "the message could not be read");
	x->soap = &r->message;
	if (!open_envelope(j, r) || !claims_agree(x->arena, &r->claims, &r->message, &x->problem)
	    || !find_transaction(j, &r->message) || !check_packaging(j, r) || !check_oddities(j, r))
		return false;
	if (!xml_is(r->message.body, j->route->namespace_uri, j->route->detail))
		return problem_set(
			&x->problem, PROBLEM_ACTION_MISMATCH, "the action '%s' asks for %s, not %s",
			r->message.action, j->route->detail,
			r->message.body == NULL ? "nothing" : xml_local(r->message.body));
	if (!check_reply_to(j, &r->message))
		return false;
	if (r->unkept.code != PROBLEM_NONE) {
		x->problem = r->unkept;
		return x->transaction->mtom;
	}
	return !x->sender->strict_input
	       || grammars_accept(j->gateway->grammars, x->transaction, x->arena,
				  xml_root(r->document), &x->problem);
}

static void soap_identify(struct journey *j, struct requester *who)
{
	const struct soap_reading *r = j->reading;
	if (r == NULL || r->assertion == NULL)
		return;
	who->person = r->assertion->person;
	who->purposes = r->assertion->purposes;
	who->emergency = r->assertion->emergency;
}

/* ---- Audit: ITI TF-2: 3.20.7, participants of SOAP transactions ---- */

void journey_audit_persons(struct exchange *x, struct audit_participant **tail)
{
	const struct requesting_person *p = &x->who.person;
	if (p->vouched != VOUCHED_BY_ASSERTION)
		return;
	struct audit_participant *a = arena_new(x->arena, struct audit_participant);
	*a = (struct audit_participant){ .user_id = p->id,
					 .user_name = p->name,
					 .roles = p->roles };
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = a;
	for (const struct requesting_delegate *d = p->delegates; d != NULL; d = d->next) {
		a->next = arena_new(x->arena, struct audit_participant);
		a = a->next;
		*a = (struct audit_participant){
			.user_id = d->id,
			.user_name = arena_printf(x->arena, "<%s@%s>", d->id, p->issuer),
		};
	}
}

static void soap_participants(struct journey *j, struct audit_event *e)
{
	struct exchange *x = &j->x;
	const struct audit_source *us = &j->gateway->source;
	struct audit_participant *peer = arena_new(x->arena, struct audit_participant);
	struct audit_participant *own = arena_new(x->arena, struct audit_participant);
	bool from_us = x->transaction->audit_source_is_us;

	*peer = (struct audit_participant){
		.user_id = j->reply_to != NULL ? j->reply_to : ADDRESSING_ANONYMOUS,
		.user_name = x->sender == NULL ? NULL : x->sender->title,
		.requestor = true,
		.role = from_us ? AUDIT_DESTINATION : AUDIT_SOURCE,
		.network_access_point = x->peer_address,
		.network_access_point_type = 2,
	};
	*own = (struct audit_participant){
		.user_id = x->endpoint,
		.alternative_user_id = us->process_id,
		.role = from_us ? AUDIT_SOURCE : AUDIT_DESTINATION,
		.network_access_point = us->host,
		.network_access_point_type = 1,
	};
	e->participants = from_us ? own : peer;
	e->participants->next = from_us ? peer : own;
	struct audit_participant *last = e->participants->next;
	journey_audit_persons(x, &last->next);
	if (last->next != NULL && x->transaction->audit_person_requests) {
		last->next->requestor = true;
		peer->requestor = false; /* at most one is (DICOM PS3.15 A.5.2) */
	}
}

/* ---- The answer ---- */

static const char *fresh_id(struct exchange *x)
{
	char uuid[UUID_URN_TEXT];
	random_uuid(x->random, uuid);
	return arena_text(x->arena, uuid);
}

static void seal_fault(struct journey *j)
{
	struct exchange *x = &j->x;
	const struct soap_message *m = x->soap;
	/* FaultTo, else ReplyTo (Core 3.4). Which of their addresses are allowed is known by now,
	 * if the message came so far; else the fault goes back on the connection. */
	bool elsewhere = m != NULL && m->has_fault_to;
	if (elsewhere && j->addressed)
		j->reply_to = m->fault_to;
	struct soap_fault_message fault = {
		.problem = &x->problem,
		.message_id = fresh_id(x),
		.exchange = x->id,
		.to = j->reply_to,
		.relates_to = m == NULL ? NULL : m->message_id,
		.parameters = m == NULL   ? NULL
			      : elsewhere ? m->fault_parameters
					  : m->reply_parameters,
		.request = m,
		.soap_action = head_header(j->head, "SOAPAction"),
		.element = j->route == NULL ? NULL : j->route->fault,
		.now = x->now,
	};
	struct xml_writer *w = xml_writer_begin(x->arena);
	soap_write_fault(w, &fault);
	int status = x->sender != NULL && x->sender->faults_as_500
			     ? 500
			     : problem_row(x->problem.code)->http;
	if (x->problem.code == PROBLEM_METHOD)
		reply_say(&x->reply, x->arena, REPLY_ALLOW, "POST"); /* RFC 9110 15.5.6 */
	journey_answer(j, status, SOAP_TYPE "; charset=UTF-8", xml_writer_end(w));
	/* A body that was not read to its end would be taken for the next request. */
	j->answer.close = x->problem.code == PROBLEM_TOO_LARGE;
}

static struct xml_writer *envelope(struct journey *j)
{
	struct exchange *x = &j->x;
	struct xml_writer *w = xml_writer_begin(x->arena);
	struct soap_headers headers = {
		.action = j->route->answer,
		.message_id = fresh_id(x),
		.relates_to = x->soap->message_id,
		.to = j->reply_to,
		.parameters = x->soap->reply_parameters,
	};
	xml_writer_answers(w, x->id);
	soap_begin(w, &headers);
	if (x->transaction->answer_headers != NULL)
		x->transaction->answer_headers(x, w);
	soap_body(w);
	x->transaction->answer_xml(x, w);
	soap_end(w);
	return w;
}

/* What of it was spooled is sent from where it is. */
static void seal_plain(struct journey *j, const struct spool_part *parts)
{
	size_t count = 0, i = 0;
	struct bytes first = { 0 };
	for (const struct spool_part *p = parts; p != NULL; p = p->next)
		first = count++ == 0 ? p->octets : first;
	struct piece *pieces = arena_array(j->x.arena, struct piece, count);
	journey_answer(j, 200, SOAP_TYPE "; charset=UTF-8", first);
	for (const struct spool_part *p = parts; p != NULL; p = p->next)
		pieces[i++] = (struct piece){
			.octets = p->octets, .fd = p->fd, .offset = p->offset, .length = p->length
		};
	j->answer.pieces = pieces;
	j->answer.piece_count = count;
}

static void seal_with_parts(struct journey *j, struct bytes root)
{
	struct exchange *x = &j->x;
	size_t count = 0, i = 0;
	for (struct departure *d = x->departures; d != NULL; d = d->next)
		count++;
	struct mtom_attachment *parts = arena_array(x->arena, struct mtom_attachment, count + 1);
	struct piece *pieces = arena_array(x->arena, struct piece, 3 + 2 * count);
	struct mtom_frame frame;
	for (struct departure *d = x->departures; d != NULL; d = d->next)
		parts[i++] = (struct mtom_attachment){ .content_id = d->content_id,
						       .content_type = d->content_type,
						       .length = d->length };
	mtom_frame(x->arena, x->random, root, parts, count, &frame);
	journey_answer(j, 200, frame.content_type, root);
	size_t n = 0;
	pieces[n++] = (struct piece){ .octets = frame.opening, .fd = -1 };
	pieces[n++] = (struct piece){ .octets = root, .fd = -1 };
	i = 0;
	for (struct departure *d = x->departures; d != NULL; d = d->next) {
		pieces[n++] = (struct piece){ .octets = frame.before[i++], .fd = -1 };
		pieces[n++] = (struct piece){
			.octets = d->octets,
			.fd = d->fd,
			.offset = d->offset,
			.length = d->length,
			.name = d->sha256,
		};
	}
	pieces[n++] = (struct piece){ .octets = frame.closing, .fd = -1 };
	j->answer.pieces = pieces;
	j->answer.piece_count = n;
}

static void soap_seal(struct journey *j, bool fault)
{
	struct exchange *x = &j->x;
	bool refused = x->problem.code != PROBLEM_NONE && x->transaction != NULL
		       && x->transaction->refuses_by_fault;
	if (fault || refused || x->transaction == NULL) {
		seal_fault(j);
		return;
	}
	if (j->route->answer == NULL) {
		journey_answer(j, 202, NULL, (struct bytes){ 0 });
		return;
	}
	struct xml_writer *w = envelope(j);
	if (x->transaction->mtom)
		seal_with_parts(j, xml_writer_end(w));
	else
		seal_plain(j, xml_writer_end_in_parts(w));
}

const struct dialect_road soap_road = {
	.begin = soap_head,
	.take = soap_take,
	.open = soap_whole,
	.identify = soap_identify,
	.participants = soap_participants,
	.seal = soap_seal,
};
