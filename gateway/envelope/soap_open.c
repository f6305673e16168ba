/* gateway/envelope/soap_open.c: a SOAP 1.2 envelope -> what it says about itself.
 *
 * SOAP 1.2 part 1: 5; WS-Addressing 1.0 Core 3, SOAP Binding 6.4; ITI TF-2: V.3.2. */
#include "gateway/envelope/soap.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/problem.h"

/* Header blocks we act upon; whatever else says mustUnderstand is refused, also what is well known
 * and read where it belongs alone: the community of XCDR (ITI XCDR: 3.80), the time of XCPD
 * (3.55.4.1.2.4); and a token of WS-Security (3.40), unless the caller verifies it. */
static const struct {
	const char *space, *local;
} understood[] = {
	{ ADDRESSING_NAMESPACE, "Action" },    { ADDRESSING_NAMESPACE, "MessageID" },
	{ ADDRESSING_NAMESPACE, "To" },        { ADDRESSING_NAMESPACE, "From" },
	{ ADDRESSING_NAMESPACE, "ReplyTo" },   { ADDRESSING_NAMESPACE, "FaultTo" },
	{ ADDRESSING_NAMESPACE, "RelatesTo" },
};

/* SOAP 1.2 part 1: 2.2: roles that are ours as the last receiver. */
static const char *const our_roles[] = {
	SOAP_NAMESPACE "/role/next",
	SOAP_NAMESPACE "/role/ultimateReceiver",
};

struct opening {
	struct arena *arena;
	struct soap_message *message;
	struct problem *problem;
	bool secured; /* Security is understood */
};

static bool for_us(const struct xml_node *block)
{
	const char *role = xml_attribute_ns(block, SOAP_NAMESPACE, "role");
	if (text_empty(role))
		return true;
	for (size_t i = 0; i < COUNT(our_roles); i++)
		if (strcmp(role, our_roles[i]) == 0)
			return true;
	return false;
}

/* What says something to who is asked for one thing, and to nobody else. */
static const struct {
	const char *space, *local;
	const char *action; /* it has that in it */
} of_actions[] = {
	/* how long a correlation may be kept (ITI TF-2: 3.55.4.1.2) */
	{ "urn:ihe:iti:xcpd:2009", "CorrelationTimeToLive", ":CrossGatewayPatientDiscovery" },
	/* which community documents are for (ITI XCDR: 3.41, 3.80) */
	{ SOAP_XCDR_NAMESPACE, "homeCommunityBlock", ":CrossGatewayDocumentProvide" },
	{ SOAP_XCDR_NAMESPACE, "homeCommunityBlock", ":ProvideAndRegisterDocumentSet-b" },
};

static bool is_of_action(const struct opening *o, const struct xml_node *block)
{
	const struct xml_node *action = xml_child(o->message->header, ADDRESSING_NAMESPACE,
						  "Action");
	for (size_t i = 0; action != NULL && i < COUNT(of_actions); i++)
		if (xml_is(block, of_actions[i].space, of_actions[i].local)
		    && strstr(xml_text(o->arena, action), of_actions[i].action) != NULL)
			return true;
	return false;
}

static bool is_understood(const struct opening *o, const struct xml_node *block)
{
	if (is_of_action(o, block))
		return true;
	if (o->secured && xml_is(block, SECURITY_NAMESPACE, "Security"))
		return true;
	for (size_t i = 0; i < COUNT(understood); i++)
		if (xml_is(block, understood[i].space, understood[i].local))
			return true;
	return false;
}

/* One that must be understood, and is not. The attribute counts only in the SOAP namespace. */
static bool fails_us(const struct opening *o, const struct xml_node *h)
{
	const char *must = xml_attribute_ns(h, SOAP_NAMESPACE, "mustUnderstand");
	if (must == NULL || !for_us(h))
		return false;
	must = text_trimmed(o->arena, must);
	if (strcmp(must, "0") == 0 || strcmp(must, "false") == 0)
		return false;
	if (strcmp(must, "1") == 0 || strcmp(must, "true") == 0)
		return !is_understood(o, h);
	problem_at(o->problem, PROBLEM_MALFORMED, xml_path(o->arena, h),
		   "mustUnderstand is not a boolean");
	return false;
}

/* Every header that must be understood, is; else all of them are named (SOAP 1.2 part 1: 5.4.8). */
static void headers_understood(const struct opening *o, const struct xml_node *header)
{
	struct soap_message *m = o->message;
	const struct xml_node *h = xml_first_element(header);
	for (; h != NULL; h = xml_next_element(h)) {
		if (!fails_us(o, h))
			continue;
		if (m->not_understood_count < SOAP_NOT_UNDERSTOOD_MOST)
			m->not_understood[m->not_understood_count++] = h;
		problem_at(o->problem, PROBLEM_MUST_UNDERSTAND, xml_path(o->arena, h),
			   "the header %.100s of namespace %.200s is not understood here",
			   xml_local(h), xml_namespace(h) == NULL ? "(none)" : xml_namespace(h));
	}
}

/* A problem of WS-Addressing, with what its fault says of it (SOAP Binding 6.3, 6.4). */
static void misaddressed(const struct opening *o, const char *where, const char *header,
			 const char *detail, const char *what)
{
	if (o->problem->code == PROBLEM_NONE) {
		o->message->problem_header = header;
		o->message->problem_detail = detail;
	}
	problem_at(o->problem, PROBLEM_ADDRESSING_INVALID, where, "wsa:%s %s", header, what);
}

/* The only addressing header of that name meant for us. NULL when there is none; a second one is a
 * problem (SOAP Binding 6.4.1.1, wsa:InvalidCardinality). */
static const struct xml_node *addressing(const struct opening *o, const char *local)
{
	const struct xml_node *found = NULL;
	const struct xml_node *h = xml_child(o->message->header, ADDRESSING_NAMESPACE, local);
	for (; h != NULL; h = xml_next(h, ADDRESSING_NAMESPACE, local)) {
		if (!for_us(h))
			continue;
		if (found != NULL)
			misaddressed(o, xml_path(o->arena, h), local, "wsa:InvalidCardinality",
				     "is given more than once");
		else
			found = h;
	}
	return found;
}

static const char *trimmed_or_problem(const struct opening *o, const struct xml_node *n)
{
	const char *text = text_trimmed(o->arena, xml_text(o->arena, n));
	if (*text != '\0')
		return text;
	misaddressed(o, xml_path(o->arena, n), xml_local(n), "wsa:InvalidAddress", "is empty");
	return NULL;
}

static const char *addressing_text(const struct opening *o, const char *local)
{
	const struct xml_node *n = addressing(o, local);
	return n == NULL ? NULL : trimmed_or_problem(o, n);
}

/* What comes back as headers of the answer (Core 3.4) must not read as one of the answer's own. */
static const struct xml_node *checked(const struct opening *o, const struct xml_node *parameters,
				      const char *local)
{
	for (const struct xml_node *n = xml_first_element(parameters); n != NULL;
	     n = xml_next_element(n)) {
		const char *space = xml_namespace(n);
		if (!text_equal(space, ADDRESSING_NAMESPACE) && !text_equal(space, SOAP_NAMESPACE)
		    && !text_equal(space, SECURITY_NAMESPACE))
			continue;
		misaddressed(o, xml_path(o->arena, n), local, "wsa:InvalidEPR",
			     "has a reference parameter that would be a header of ours");
		return NULL;
	}
	return parameters;
}

/* Where an endpoint reference points; NULL for the connection the message came on. */
static const char *addressing_endpoint(const struct opening *o, const char *local,
				       const struct xml_node **parameters)
{
	const struct xml_node *n = addressing(o, local);
	if (n == NULL)
		return NULL;
	const struct xml_node *address = xml_child(n, ADDRESSING_NAMESPACE, "Address");
	if (address == NULL) {
		misaddressed(o, xml_path(o->arena, n), local, "wsa:MissingAddressInEPR",
			     "has no Address");
		return NULL;
	}
	if (xml_next(address, ADDRESSING_NAMESPACE, "Address") != NULL)
		misaddressed(o, xml_path(o->arena, n), local, "wsa:InvalidEPR",
			     "has two Addresses");
	const struct xml_node *given = xml_child(n, ADDRESSING_NAMESPACE, "ReferenceParameters");
	if (xml_next(given, ADDRESSING_NAMESPACE, "ReferenceParameters") != NULL)
		misaddressed(o, xml_path(o->arena, n), local, "wsa:InvalidEPR",
			     "has two ReferenceParameters");
	*parameters = checked(o, given, local);
	const char *text = trimmed_or_problem(o, address);
	return text_equal(text, ADDRESSING_ANONYMOUS) ? NULL : text;
}

/* The message this one answers: the RelatesTo that is a reply, which is also the default kind. */
static const char *answered(const struct opening *o)
{
	const struct xml_node *n = xml_child(o->message->header, ADDRESSING_NAMESPACE, "RelatesTo");
	for (; n != NULL; n = xml_next(n, ADDRESSING_NAMESPACE, "RelatesTo")) {
		const char *kind = xml_attribute(n, "RelationshipType");
		if (text_empty(kind) || strcmp(kind, ADDRESSING_NAMESPACE "/reply") == 0)
			return text_trimmed(o->arena, xml_text(o->arena, n));
	}
	return NULL;
}

static void read_headers(const struct opening *o)
{
	struct soap_message *m = o->message;
	m->message_id = addressing_text(o, "MessageID");
	m->action = addressing_text(o, "Action");
	m->to = addressing_text(o, "To");
	m->reply_to = addressing_endpoint(o, "ReplyTo", &m->reply_parameters);
	m->fault_to = addressing_endpoint(o, "FaultTo", &m->fault_parameters);
	m->has_fault_to = xml_child(m->header, ADDRESSING_NAMESPACE, "FaultTo") != NULL;
	m->relates_to = answered(o);
}

static void read_security(const struct opening *o)
{
	struct soap_message *m = o->message;
	const struct xml_node *h = xml_child(m->header, SECURITY_NAMESPACE, "Security");
	for (; h != NULL; h = xml_next(h, SECURITY_NAMESPACE, "Security"))
		if (for_us(h) && m->security_count++ == 0)
			m->security = h;
}

/* Envelope is Header?, Body and nothing else; Body has at most one child. */
static bool read_shape(const struct opening *o, const struct xml_node *root)
{
	struct soap_message *m = o->message;
	if (root == NULL || strcmp(xml_local(root), "Envelope") != 0)
		return problem_set(o->problem, PROBLEM_MALFORMED, "not a SOAP envelope");
	if (!xml_is(root, SOAP_NAMESPACE, "Envelope"))
		return problem_set(o->problem, PROBLEM_VERSION_MISMATCH,
				   "only SOAP 1.2 is spoken here");
	const struct xml_node *at = xml_first_element(root);
	if (xml_is(at, SOAP_NAMESPACE, "Header")) {
		m->header = at;
		at = xml_next_element(at);
		read_security(o);
	}
	if (!xml_is(at, SOAP_NAMESPACE, "Body") || xml_next_element(at) != NULL)
		return problem_set(o->problem, PROBLEM_MALFORMED,
				   "a SOAP envelope holds at most one Header, then one Body");
	m->body = xml_first_element(at);
	/* Beside a token, what was signed and what is read could be two of them. */
	if (xml_next_element(m->body) != NULL)
		return problem_set(o->problem,
				   o->secured && m->security != NULL ? PROBLEM_SECURITY_INVALID
								     : PROBLEM_MALFORMED,
				   "the SOAP body has two children");
	return true;
}

static bool required(struct problem *p, struct soap_message *m, const char *value,
		     const char *local)
{
	if (value == NULL && p->code == PROBLEM_NONE)
		m->problem_header = local;
	return value != NULL
	       || problem_set(p, PROBLEM_ADDRESSING_REQUIRED, "wsa:%s is missing", local);
}

static bool open_request(const struct opening *o, const struct xml_document *d)
{
	struct soap_message *m = o->message;
	struct problem *p = o->problem;
	*m = (struct soap_message){ .action = NULL };
	if (!read_shape(o, xml_root(d)))
		return false;
	/* Processing order of SOAP 1.2 part 1: 2.6: what must be understood comes first; the
	 * headers are read all the same, so that the fault can relate to the message. */
	headers_understood(o, m->header);
	read_headers(o);
	return required(p, m, m->action, "Action") && required(p, m, m->message_id, "MessageID")
	       && p->code == PROBLEM_NONE;
}

bool soap_open(struct arena *a, const struct xml_document *d, struct soap_message *m,
	       struct problem *p)
{
	const struct opening o = { .arena = a, .message = m, .problem = p };
	return open_request(&o, d);
}

bool soap_open_secured(struct arena *a, const struct xml_document *d, struct soap_message *m,
		       struct problem *p)
{
	const struct opening o = { .arena = a, .message = m, .problem = p, .secured = true };
	return open_request(&o, d);
}

static void read_fault(const struct opening *o)
{
	struct soap_message *m = o->message;
	if (!xml_is(m->body, SOAP_NAMESPACE, "Fault"))
		return;
	m->fault = m->body;
	const struct xml_node *code = xml_child(m->fault, SOAP_NAMESPACE, "Code");
	const struct xml_node *inner;
	while ((inner = xml_child(code, SOAP_NAMESPACE, "Subcode")) != NULL)
		code = inner;
	const struct xml_node *value = xml_child(code, SOAP_NAMESPACE, "Value");
	const struct xml_node *reason = xml_child(m->fault, SOAP_NAMESPACE, "Reason");
	reason = xml_child(reason, SOAP_NAMESPACE, "Text");
	if (value != NULL)
		m->fault_code = text_trimmed(o->arena, xml_text(o->arena, value));
	if (reason != NULL)
		m->fault_reason = text_trimmed(o->arena, xml_text(o->arena, reason));
}

bool soap_open_answer(struct arena *a, const struct xml_document *d, const char *relates_to,
		      struct soap_message *m, struct problem *p)
{
	struct opening o = { .arena = a, .message = m, .problem = p };
	*m = (struct soap_message){ .action = NULL };
	if (!read_shape(&o, xml_root(d)))
		return false;
	headers_understood(&o, m->header);
	if (p->code != PROBLEM_NONE)
		return false;
	read_headers(&o);
	read_fault(&o);
	if (m->fault != NULL)
		return p->code == PROBLEM_NONE;
	if (m->action == NULL)
		return problem_set(p, PROBLEM_ADDRESSING_REQUIRED, "wsa:Action is missing");
	if (relates_to != NULL && !text_equal(m->relates_to, relates_to))
		return problem_set(p, PROBLEM_ADDRESSING_INVALID,
				   "wsa:RelatesTo does not name the request");
	return p->code == PROBLEM_NONE;
}
