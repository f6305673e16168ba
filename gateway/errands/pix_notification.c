/* gateway/errands/pix_notification.c: a consumer is told which ids are one person's now, by HL7 v2
 * (PIX Update Notification, ITI-10; ITI TF-2: 3.10) or v3 (PIXV3 Update Notification, ITI-46; ITI
 * TF-2: 3.46), as its address says when it is told. */
#include "gateway/errands/hl7_verdict.h"
#include "gateway/errands/kinds.h"
#include "store/notices.h"

const struct errand_kind errand_pix_notification = {
	.name = NOTICE_ERRAND,
	.title =
		"the consumer does not know which ids are one person's now, until the person's ids "
		"change again or it asks",
	.purpose = PARTNER_PIX_NOTIFICATIONS,
	.composed = true,
	.judge = hl7_verdict,
};
