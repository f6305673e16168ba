/* gateway/errands/dsub_notification.c: whoever subscribed is told of what was registered (Document
 * Metadata Notify, ITI-53; ITI TF-2: 3.53). It is one way: the receiver says that he has it by any
 * status of success that is no fault. */
#include "gateway/errands/kinds.h"
#include "gateway/errands/soap_verdict.h"
#include "store/subscriptions.h"

static enum verdict judge(struct arena *a, const struct call *c, const char *id, const char **why)
{
	(void)id;
	return soap_verdict(a, c, why);
}

const struct errand_kind errand_dsub_notification = {
	.name = SUBSCRIPTION_ERRAND,
	.title = "the consumer has not been told of something that was registered, and can ask for "
		 "it by a query",
	.purpose = PARTNER_SUBSCRIPTIONS,
	.composed = true,
	.judge = judge,
};
