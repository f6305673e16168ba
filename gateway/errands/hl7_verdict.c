/* gateway/errands/hl7_verdict.c: what an acknowledgement means. */
#include "gateway/errands/hl7_verdict.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/hl7v3_call.h"
#include "gateway/errands/soap_verdict.h"

/* Message type, event, processing id, version, processing mode: ours are what they are. */
static bool is_about_form(const char *error)
{
	static const char *const codes[] = { "200",   "201",   "202",   "203",
					     "NS200", "NS202", "NS203", "NS250" };
	for (size_t i = 0; i < COUNT(codes); i++)
		if (text_equal(codes[i], error))
			return true;
	return false;
}

enum verdict hl7_verdict(struct arena *a, const struct call *c, const char *id, const char **why)
{
	bool v2 = partner_by_mllp(c->url);
	struct hl7_reply reply;
	struct problem p = { .code = PROBLEM_NONE };
	enum verdict carried = v2 ? VERDICT_TAKEN : soap_verdict(a, c, why);
	if (carried != VERDICT_TAKEN)
		return carried;
	if (!(v2 ? hl7_call_read : hl7v3_call_read)(a, c, id, &reply, &p)) {
		*why = arena_text(a, p.what);
		return VERDICT_LATER;
	}
	if (reply.acknowledged == HL7_ACCEPTED)
		return VERDICT_TAKEN;
	*why = arena_printf(a, "it answered %s%s%s", reply.code, reply.error[0] == '\0' ? "" : ", ",
			    reply.error);
	return reply.acknowledged == HL7_ERROR || is_about_form(reply.error) ? VERDICT_NEVER
									     : VERDICT_LATER;
}
