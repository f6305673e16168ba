/* gateway/client/hl7v3_call.c: the accept acknowledgement of an HL7 v3 message of ours. */
#include "gateway/client/hl7v3_call.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/xml_reader.h"

#define ACKNOWLEDGEMENT "MCCI_IN000002UV01"
#define ITS_ACTION "urn:hl7-org:v3:" ACKNOWLEDGEMENT

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, HL7V3_NAMESPACE, local);
}

/* NULL also where there are two, of which another reader may take the other. */
static const struct xml_node *only_child(const struct xml_node *n, const char *local)
{
	const struct xml_node *one = child(n, local);
	return one == NULL || xml_next(one, HL7V3_NAMESPACE, local) != NULL ? NULL : one;
}

/* Three digits, alone (table 0357) or after one of the prefixes of HL7 v3's
 * AcknowledgementDetailCode; anything else is the partner's own. */
static const char *error_code(const struct xml_node *acknowledgement)
{
	static const char *const prefixes[] = { "", "NS", "SYN", "KEY" };
	const struct xml_node *detail = child(acknowledgement, "acknowledgementDetail");
	const char *kind = xml_attribute(detail, "typeCode");
	const char *code = xml_attribute(child(detail, "code"), "code");
	if (code == NULL || text_equal(kind, "W") || text_equal(kind, "I"))
		return "";
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		size_t length = strlen(prefixes[i]);
		if (text_starts(code, prefixes[i]) && strlen(code) == length + 3
		    && strspn(code + length, "0123456789") == 3)
			return code;
	}
	return "";
}

/* A UUID is the same in either case. */
static bool is_of(const struct xml_node *acknowledgement, const char *id)
{
	const struct xml_node *target = only_child(acknowledgement, "targetMessage");
	const struct xml_node *said = only_child(target, "id");
	return said != NULL && text_equal_nocase(xml_attribute(said, "root"), id)
	       && text_empty(xml_attribute(said, "extension"));
}

static bool open_answer(struct arena *a, const struct call *c, const char *id,
			struct soap_reply *reply, struct problem *p)
{
	const struct soap_sent sent = { .message_id = arena_printf(a, "urn:uuid:%s", id) };
	struct problem why = { .code = PROBLEM_NONE };
	if (!c->answered)
		return problem_set(p, PROBLEM_BUSY, "%s", c->why);
	if (!c->whole && c->body.length == c->answer_most)
		return problem_set(p, PROBLEM_TOO_LARGE,
				   "its answer is larger than the %zu octets we take",
				   c->answer_most);
	if (!c->whole)
		return problem_set(p, PROBLEM_BUSY, "its answer broke off");
	if (soap_call_read(a, &sent, c->status, c->content_type, c->body, reply, &why))
		return true;
	return why.code == PROBLEM_ADDRESSING_INVALID
		       ? problem_set(p, why.code,
				     "its answer is to another message (wsa:RelatesTo)")
		       : problem_set(
			       p, PROBLEM_MALFORMED,
			       "it answered with HTTP status %d, and no SOAP that can be read",
			       c->status);
}

bool hl7v3_accept_read(const struct soap_message *m, const char *id, struct hl7_reply *out,
		       struct problem *p)
{
	*out = (struct hl7_reply){ .error = "" };
	if (!xml_is(m->body, HL7V3_NAMESPACE, ACKNOWLEDGEMENT))
		return problem_set(p, PROBLEM_MALFORMED, "its answer is no " ACKNOWLEDGEMENT);
	if (!text_equal(m->action, ITS_ACTION))
		return problem_set(p, PROBLEM_ACTION_MISMATCH,
				   "its answer has not the action " ITS_ACTION);
	const struct xml_node *acknowledgement = only_child(m->body, "acknowledgement");
	if (acknowledgement == NULL)
		return problem_set(p, PROBLEM_MALFORMED, "its answer has not one acknowledgement");
	if (!is_of(acknowledgement, id))
		return problem_set(p, PROBLEM_ADDRESSING_INVALID,
				   "its answer is to another message (targetMessage)");
	if (!hl7_reply_code(xml_attribute(only_child(acknowledgement, "typeCode"), "code"), out))
		return problem_set(p, PROBLEM_MALFORMED,
				   "its answer has an acknowledgement/typeCode nobody knows");
	out->error = error_code(acknowledgement);
	return true;
}

bool hl7v3_call_read(struct arena *a, const struct call *c, const char *id, struct hl7_reply *out,
		     struct problem *p)
{
	struct soap_reply reply = { 0 };
	*out = (struct hl7_reply){ .error = "" };
	return open_answer(a, c, id, &reply, p) && hl7v3_accept_read(&reply.message, id, out, p);
}
