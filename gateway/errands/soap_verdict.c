/* gateway/errands/soap_verdict.c: what HTTP and SOAP say by themselves of what was posted. */
#include "gateway/errands/soap_verdict.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
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

enum verdict soap_verdict(struct arena *a, const struct call *c, const char **why)
{
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
