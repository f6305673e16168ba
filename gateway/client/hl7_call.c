/* gateway/client/hl7_call.c: the acknowledgment of an HL7 v2 message of ours. */
#include "gateway/client/hl7_call.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/envelope/hl7v2.h"

/* Table 0008 */
static const struct {
	const char *code;
	enum hl7_acknowledged means;
} codes[] = {
	{ "AA", HL7_ACCEPTED }, { "AE", HL7_ERROR }, { "AR", HL7_REJECTED },
	{ "CA", HL7_ACCEPTED }, { "CE", HL7_ERROR }, { "CR", HL7_REJECTED },
};

bool hl7_reply_code(const char *text, struct hl7_reply *out)
{
	for (size_t i = 0; i < COUNT(codes); i++) {
		if (!text_equal(codes[i].code, text))
			continue;
		out->code = codes[i].code;
		out->acknowledged = codes[i].means;
		return true;
	}
	return false;
}

/* Three digits; anything else is the partner's own. */
static const char *error_code(const struct hl7_message *m)
{
	const char *code = hl7_value(hl7_segment(m, "ERR", 1), 3, 1, 1, 1);
	return strlen(code) == 3 && strspn(code, "0123456789") == 3 ? code : "";
}

bool hl7_call_read(struct arena *a, const struct call *c, const char *control_id,
		   struct hl7_reply *out, struct problem *p)
{
	struct hl7_message *m = NULL;
	struct problem why = { .code = PROBLEM_NONE };
	*out = (struct hl7_reply){ .error = "" };
	if (!c->answered)
		return problem_set(p, PROBLEM_BUSY, "%s", c->why);
	if (!c->whole)
		return problem_set(p, PROBLEM_MALFORMED, "%s", c->why);
	if (!hl7_parse(a, c->body, NULL, &m, &why))
		return problem_set(p, PROBLEM_MALFORMED,
				   "what it answered is no HL7 v2 message that can be read");
	const struct hl7_segment *msa = hl7_only_segment(m, "MSA", &why);
	if (msa == NULL)
		return problem_set(p, PROBLEM_MALFORMED, "its answer has not one MSA");
	if (!text_equal(hl7_value(msa, 2, 1, 1, 1), control_id))
		return problem_set(p, PROBLEM_ADDRESSING_INVALID,
				   "its answer is to another message (MSA-2)");
	if (!hl7_reply_code(hl7_value(msa, 1, 1, 1, 1), out))
		return problem_set(p, PROBLEM_MALFORMED, "its answer has an MSA-1 nobody knows");
	out->error = error_code(m);
	return true;
}
