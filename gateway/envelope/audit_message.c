/* gateway/envelope/audit_message.c: what an AuditMessage of others is found by. */
#include "gateway/envelope/audit_message.h"

#include <libxml/parser.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/xml_guard.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_time.h"
#include "schemas/tables/problem.h"

/* An id or a name; a record's longer values are queries, which are text and not looked at. */
enum { VALUE_MOST = 1024 };
/* Handed to the parser in pieces of that size, so that it ends soon after it was told to. */
enum { PIECE = 16 * 1024 };

struct list {
	struct text_list *first, **tail;
	size_t count;
};

struct reading {
	struct arena *arena;
	struct audit_message *out;
	xmlParserCtxt *parser;
	unsigned depth;
	bool asked; /* out->user is of one who asked */
	struct list participants, patients, objects;
};

/* The attributes of an element as SAX2 gives them: local name, prefix, namespace, value, end. */
struct attributes {
	const xmlChar **all;
	int count;
};

/* Within the parser nothing may leave by a long jump: without memory the value is not told. */
static const char *value_of(struct reading *r, struct attributes of, const char *name)
{
	for (int i = 0; i < of.count; i++) {
		const xmlChar **one = of.all + (size_t)i * 5;
		size_t length = (size_t)(one[4] - one[3]);
		if (strcmp((const char *)one[0], name) != 0)
			continue;
		char *copy = length > VALUE_MOST ? NULL : arena_try(r->arena, length + 1);
		if (copy == NULL)
			return NULL;
		memcpy(copy, one[3], length);
		copy[length] = '\0';
		return copy;
	}
	return NULL;
}

/* RFC 3881 called it code. */
static const char *code_of(struct reading *r, struct attributes of)
{
	const char *code = value_of(r, of, "csd-code");
	return code != NULL ? code : value_of(r, of, "code");
}

static void add(struct reading *r, struct list *l, const char *value)
{
	struct text_list *one = text_empty(value) || l->count == AUDIT_MESSAGE_MOST
					? NULL
					: arena_try(r->arena, sizeof *one);
	if (one == NULL)
		return;
	*one = (struct text_list){ .value = value };
	if (l->tail == NULL)
		l->tail = &l->first;
	*l->tail = one;
	l->tail = &one->next;
	l->count++;
}

static void read_event(struct reading *r, struct attributes of)
{
	const char *time = value_of(r, of, "EventDateTime");
	r->out->timed = time != NULL && xml_date_time_read(time, &r->out->time);
	r->out->action = value_of(r, of, "EventActionCode");
	r->out->outcome = value_of(r, of, "EventOutcomeIndicator");
}

static void read_event_id(struct reading *r, struct attributes of)
{
	if (r->out->event == NULL)
		r->out->event = code_of(r, of);
}

static void read_event_type(struct reading *r, struct attributes of)
{
	if (r->out->type == NULL)
		r->out->type = code_of(r, of);
}

static void read_participant(struct reading *r, struct attributes of)
{
	const char *user = value_of(r, of, "UserID");
	const char *asks = value_of(r, of, "UserIsRequestor");
	bool asked = text_equal(asks, "true") || text_equal(asks, "1");
	add(r, &r->participants, user);
	if (!text_empty(user) && (r->out->user == NULL || (asked && !r->asked))) {
		r->out->user = user;
		r->asked = asked;
	}
}

static void read_source(struct reading *r, struct attributes of)
{
	if (r->out->source == NULL)
		r->out->source = value_of(r, of, "AuditSourceID");
}

static void read_object(struct reading *r, struct attributes of)
{
	bool patient = text_equal(value_of(r, of, "ParticipantObjectTypeCode"), "1")
		       && text_equal(value_of(r, of, "ParticipantObjectTypeCodeRole"), "1");
	add(r, patient ? &r->patients : &r->objects, value_of(r, of, "ParticipantObjectID"));
}

static const struct {
	const char *name;
	void (*read)(struct reading *r, struct attributes of);
} elements[] = {
	{ "EventIdentification", read_event },
	{ "EventID", read_event_id },
	{ "EventTypeCode", read_event_type },
	{ "ActiveParticipant", read_participant },
	{ "AuditSourceIdentification", read_source },
	{ "ParticipantObjectIdentification", read_object },
};

static void begin_element(void *with, const xmlChar *name, const xmlChar *prefix,
			  const xmlChar *uri, int namespaces, const xmlChar **declared, int count,
			  int defaulted, const xmlChar **all)
{
	struct reading *r = ((xmlParserCtxt *)with)->_private;
	(void)prefix, (void)uri, (void)namespaces, (void)declared, (void)defaulted;
	if (r->depth++ == 0)
		r->out->is_one = strcmp((const char *)name, "AuditMessage") == 0;
	for (size_t i = 0; r->out->is_one && i < COUNT(elements); i++)
		if (strcmp((const char *)name, elements[i].name) == 0)
			elements[i].read(r, (struct attributes){ all, count });
}

static void end_element(void *with, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *r = ((xmlParserCtxt *)with)->_private;
	(void)name, (void)prefix, (void)uri;
	r->depth--;
}

/* The guard turns a DOCTYPE away; should one come here all the same, nothing of it is used. */
static void refuse_subset(void *with, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	(void)name, (void)id, (void)system;
	xmlStopParser(with);
}

static void say_nothing(void *with, const xmlError *error)
{
	(void)with, (void)error;
}

static xmlParserCtxt *parser_of(struct reading *r)
{
	xmlSAXHandler events = { .initialized = XML_SAX2_MAGIC,
				 .startElementNs = begin_element,
				 .endElementNs = end_element,
				 .internalSubset = refuse_subset,
				 .serror = (xmlStructuredErrorFunc)say_nothing };
	xmlParserCtxt *c = xmlCreatePushParserCtxt(&events, NULL, NULL, 0, NULL);
	if (c == NULL)
		return NULL;
	/* As gateway/envelope/xml_parsers.c: &amp; is read as &; there are no other entities. */
	xmlCtxtUseOptions(c, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOENT);
	c->_private = r;
	return c;
}

/* Piece by piece, as long as the guard has nothing against it. */
static bool parse(struct reading *r, struct bytes octets)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct xml_guard guard;
	bool well = true;
	xml_guard_begin(&guard, &xml_limits_default);
	while (well && octets.length > 0) {
		size_t length = octets.length < PIECE ? octets.length : PIECE;
		struct bytes piece = { octets.data, length };
		well = xml_guard_feed(&guard, piece, &p)
		       && xmlParseChunk(r->parser, (const char *)piece.data, (int)length, 0) == 0;
		octets.data += length;
		octets.length -= length;
	}
	return well && xml_guard_end(&guard, &p) && xmlParseChunk(r->parser, NULL, 0, 1) == 0
	       && r->parser->wellFormed;
}

struct audit_message audit_message_read(struct arena *a, struct bytes octets)
{
	struct audit_message m = { .is_one = false };
	struct reading r = { .arena = a, .out = &m };
	r.parser = parser_of(&r);
	if (r.parser == NULL)
		return m;
	m.whole = parse(&r, octets) && m.is_one;
	xmlFreeDoc(r.parser->myDoc);
	xmlFreeParserCtxt(r.parser);
	m.participants = r.participants.first;
	m.patients = r.patients.first;
	m.objects = r.objects.first;
	return m;
}
