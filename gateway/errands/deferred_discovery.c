/* gateway/errands/deferred_discovery.c: another community is told whom we know, which it asked to
 * be told later (ITI-55, Deferred Response Option; ITI TF-2: 3.55.6.2). It acknowledges that. */
#include "gateway/errands/hl7_verdict.h"
#include "gateway/errands/kinds.h"
#include "store/deferred_questions.h"

const struct errand_kind errand_deferred_discovery = {
	.name = DEFERRED_ERRAND,
	.title = "the community does not learn whether the person is known here, and may ask again",
	.purpose = PARTNER_ANSWERS,
	.composed = true,
	.judge = hl7_verdict,
};
