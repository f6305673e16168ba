/* gateway/errands/patient_notice.c: whoever tells patients is handed what one is to be told: that
 * somebody broke the glass. It says that it has it by any status of success. */
#include "gateway/errands/kinds.h"
#include "gateway/errands/soap_verdict.h"
#include "store/overrides.h"

static enum verdict judge(struct arena *a, const struct call *c, const char *id, const char **why)
{
	(void)id;
	return soap_verdict(a, c, why);
}

const struct errand_kind errand_patient_notice = {
	.name = OVERRIDE_ERRAND,
	.title = "the patient is not told by the service for it that somebody broke the glass; "
		 "minato notice show has a letter",
	.purpose = PARTNER_PATIENT_NOTICES,
	.composed = true,
	.judge = judge,
};
