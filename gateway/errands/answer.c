/* gateway/errands/answer.c: an answer whose wsa:ReplyTo is an address (ITI TF-2: V.5).
 *
 * The receiver says that he has it by any status of success. A SOAP fault counts whatever its
 * status: one of the sender, or of an envelope he cannot read, will be the same next time (SOAP 1.2
 * part 1: 5.4.6); one of the receiver may pass. Of HTTP's other statuses 408, 425 and 429 ask for
 * another time (RFC 9110 15.5.9, RFC 8470 5.2, RFC 6585 4), the rest of 4xx and a redirect will not
 * change by themselves, and 5xx may (RFC 9110 15.6). */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/errands/kinds.h"
#include "schemas/tables/problem.h"

/* Whose fault, by the code of SOAP 1.2 (part 1: 5.4.6), as one of our own words. NULL: there is
 * none. */
static const char *fault_of(struct arena *a, const struct call *c)
{
	static const char *const codes[] = { "Sender", "Receiver", "MustUnderstand",
					     "VersionMismatch", "DataEncodingUnknown" };
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message m = { .action = NULL };
	if (c->body.length == 0 || strstr(c->content_type, "xml") == NULL)
		return NULL;
	const struct xml_document *d = xml_read(a, NULL, c->body, &p);
	if (d == NULL || !soap_open_answer(a, d, NULL, &m, &p) || m.fault == NULL)
		return NULL;
	const struct xml_node *code = xml_child(m.fault, SOAP_NAMESPACE, "Code");
	const char *value = text_trimmed(a, xml_text(a, xml_child(code, SOAP_NAMESPACE, "Value")));
	const char *colon = value == NULL ? NULL : strchr(value, ':');
	for (size_t i = 0; value != NULL && i < COUNT(codes); i++)
		if (text_equal(colon == NULL ? value : colon + 1, codes[i]))
			return codes[i];
	return "Receiver";
}

static bool asks_for_another_time(int status)
{
	return status == 408 || status == 425 || status == 429 || status / 100 == 5;
}

static enum verdict judge(struct arena *a, const struct call *c, const char *id, const char **why)
{
	(void)id;
	const char *fault = fault_of(a, c);
	if (fault != NULL) {
		*why = arena_printf(a, "it answered with the SOAP fault %s (HTTP status %d)", fault,
				    c->status);
		return text_equal(fault, "Receiver") ? VERDICT_LATER : VERDICT_NEVER;
	}
	if (c->status / 100 == 2)
		return VERDICT_TAKEN;
	*why = arena_printf(a, "it answered with HTTP status %d%s", c->status,
			    c->status / 100 == 3 ? ", which sends us elsewhere" : "");
	return asks_for_another_time(c->status) ? VERDICT_LATER : VERDICT_NEVER;
}

const struct errand_kind errand_answer = {
	.name = "answer",
	.title = "the consumer lacks the answer to its query, and may ask again",
	.purpose = PARTNER_ANSWERS,
	.judge = judge,
};
