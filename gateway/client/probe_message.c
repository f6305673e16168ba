/* gateway/client/probe_message.c: what a partner answered to what it was tried with. */
#include "gateway/client/probing.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/hl7_call.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/xml_reader.h"

enum { REASON_MOST = 300 };

static const struct {
	int status;
	const char *what, *remedy;
} statuses[] = {
	{ 400, "it could not read our request", "its log says what it wants" },
	{ 401, "it wants us to log in",
	  "a partner knows us by our certificate, not by a password" },
	{ 403, "we are not permitted there", "ask who runs that system to admit our certificate" },
	{ 404, "there is nothing at that path", "compare the path in url" },
	{ 405, "that path takes no POST", "compare the path in url" },
	{ 413, "our request is too large for it",
	  "an empty question is not large: something between the two answers" },
	{ 415, "that path takes no SOAP 1.2 (application/soap+xml)",
	  "compare the path in url; SOAP 1.1 is not spoken" },
	{ 500, "something failed there", "its log says what" },
	{ 501, "it does not do that", "compare the path in url" },
	{ 502, "something in front of it cannot reach it", "is the system behind it running?" },
	{ 503, "it is too busy, or not ready", "try again; its log says why" },
	{ 504, "something in front of it waited in vain for it",
	  "is the system behind it running?" },
};

static void fail_by_status(struct probing *p)
{
	int status = p->out->status;
	size_t i = 0;
	while (i < COUNT(statuses) && statuses[i].status != status)
		i++;
	bool known = i < COUNT(statuses);
	probing_fail(p, PROBE_HTTP_STATUS, "HTTP status %d: %s", status,
		     known ? statuses[i].what : "it refused our request");
	p->out->remedy = known ? statuses[i].remedy : "its log says why";
}

static bool is_soap(const char *content_type)
{
	return text_starts(content_type, "application/soap+xml")
	       || text_starts(content_type, "multipart/related");
}

/* It speaks SOAP, and does not do at that place what was asked: that is no fault of its. */
static bool does_not_offer(const char *code)
{
	static const char *const said[] = { "ActionNotSupported", "UnknownTransaction" };
	for (size_t i = 0; code != NULL && i < COUNT(said); i++)
		if (strstr(code, said[i]) != NULL)
			return true;
	return false;
}

static void fail_by_fault(struct probing *p)
{
	const struct probed *out = p->out;
	probing_fail(p, PROBE_FAULT, "SOAP fault %s: %.*s", out->fault_code, (int)REASON_MOST,
		     out->fault_reason);
	if (strstr(out->fault_code, "DestinationUnreachable") != NULL)
		p->out->remedy = "there is nothing at that path: compare the path in url";
}

static void read_fault(struct probing *p, const struct soap_message *m)
{
	struct probed *out = p->out;
	out->fault_code = m->fault_code == NULL ? "" : m->fault_code;
	out->fault_reason = m->fault_reason == NULL ? "" : m->fault_reason;
	if (does_not_offer(out->fault_code))
		out->seen[PROBE_MESSAGE] = arena_printf(
			p->arena, "SOAP; it does not offer the harmless query we sent (%s)",
			out->fault_code);
	else
		fail_by_fault(p);
}

static void tell_http(struct probing *p)
{
	long status = 0;
	const char *type = NULL;
	curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(p->curl, CURLINFO_CONTENT_TYPE, &type);
	p->out->status = (int)status;
	p->out->content_type = probing_text(p->arena, type == NULL ? "" : type);
	p->out->seen[PROBE_ANSWER] = arena_printf(p->arena, "HTTP status %ld, %s", status,
						  type == NULL ? "no content"
							       : p->out->content_type);
}

/* What was answered and is no SOAP that can be read. */
static void fail_to_read(struct probing *p, const struct problem *why)
{
	if (why->code == PROBLEM_ADDRESSING_INVALID)
		probing_fail(p, PROBE_OTHER_ANSWER, "its answer is to another message");
	else if (p->out->status >= 400)
		fail_by_status(p);
	else if (!is_soap(p->out->content_type))
		probing_fail(p, PROBE_CONTENT_TYPE,
			     "what it answered is no SOAP 1.2 but of type \"%s\"",
			     p->out->content_type);
	else
		probing_fail(p, PROBE_MALFORMED, "its answer cannot be read: %s", why->what);
}

void probing_read_soap(struct probing *p)
{
	struct soap_reply *reply = arena_new(p->arena, struct soap_reply);
	struct problem why = { .code = PROBLEM_NONE };
	struct bytes body = { p->body.octets, p->body.length };
	tell_http(p);
	int status = p->out->status;
	if (status / 100 == 3) {
		probing_fail(p, PROBE_REDIRECT, "HTTP status %d sends us elsewhere", status);
	} else if (status / 100 == 2 && body.length == 0) {
		p->out->seen[PROBE_MESSAGE] = "it took the message, and says nothing more";
	} else if (!soap_call_read(p->arena, p->message->soap, status, p->out->content_type, body,
				   reply, &why)) {
		fail_to_read(p, &why);
	} else if (reply->message.fault != NULL) {
		read_fault(p, &reply->message);
	} else {
		p->out->seen[PROBE_MESSAGE] = arena_printf(p->arena, "SOAP; it answered %s",
							   reply->message.action == NULL
								   ? "without an action"
								   : reply->message.action);
	}
}

/* What was sent holds, and is to be taken. */
static void read_acceptance(struct probing *p, const struct hl7_reply *r)
{
	if (r->acknowledged == HL7_ACCEPTED) {
		p->out->seen[PROBE_MESSAGE] = arena_printf(p->arena, "HL7 v2; it took it (%s)",
							   r->code);
		return;
	}
	probing_fail(p, PROBE_NOT_TAKEN, "HL7 v2; it refused it by %s%s%s", r->code,
		     *r->error == '\0' ? "" : " ", r->error);
}

void probing_read_hl7(struct probing *p)
{
	struct hl7_reply reply;
	struct problem why = { .code = PROBLEM_NONE };
	const struct call answered = { .answered = true,
				       .whole = true,
				       .body = { p->body.octets, p->body.length } };
	bool read = hl7_call_read(p->arena, &answered, p->message->control_id, &reply, &why);
	if (read && p->message->accepted)
		read_acceptance(p, &reply);
	else if (read)
		p->out->seen[PROBE_MESSAGE] = arena_printf(
			p->arena, "HL7 v2; it acknowledged by %s%s%s, as an empty query is to be",
			reply.code, *reply.error == '\0' ? "" : " ", reply.error);
	else
		probing_fail(p,
			     why.code == PROBLEM_ADDRESSING_INVALID ? PROBE_OTHER_ANSWER
								    : PROBE_MALFORMED,
			     "%s", why.what);
}
