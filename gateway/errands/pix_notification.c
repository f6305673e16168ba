/* gateway/errands/pix_notification.c: a consumer is told which ids are one person's now, by HL7 v2
 * (PIX Update Notification, ITI-10; ITI TF-2: 3.10) or v3 (PIXV3 Update Notification, ITI-46; ITI
 * TF-2: 3.46), as its address says when it is told.
 *
 * AE says that the same message would be refused again, AR that another time may do, unless it was
 * the message's form that was refused (ITI TF-2: Table C.2.3.1-2; HL7 table 0357: 200 to 203; of
 * v3's AcknowledgementDetailCode NS200, NS202, NS203 and NS250). CE and CR are the same. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/hl7v3_call.h"
#include "gateway/errands/kinds.h"
#include "gateway/errands/soap_verdict.h"
#include "store/notices.h"

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

static enum verdict judge(struct arena *a, const struct call *c, const char *id, const char **why)
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

const struct errand_kind errand_pix_notification = {
	.name = NOTICE_ERRAND,
	.title =
		"the consumer does not know which ids are one person's now, until the person's ids "
		"change again or it asks",
	.purpose = PARTNER_PIX_NOTIFICATIONS,
	.composed = true,
	.judge = judge,
};
