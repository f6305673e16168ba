/* gateway/errands/answer.c: an answer whose wsa:ReplyTo is an address (ITI TF-2: V.5). The receiver
 * says that he has it by any status of success that is no fault. */
#include "gateway/errands/kinds.h"
#include "gateway/errands/soap_verdict.h"

static enum verdict judge(struct arena *a, const struct call *c, const char *id, const char **why)
{
	(void)id;
	return soap_verdict(a, c, why);
}

const struct errand_kind errand_answer = {
	.name = "answer",
	.title = "the consumer lacks the answer to its query, and may ask again",
	.purpose = PARTNER_ANSWERS,
	.judge = judge,
};
