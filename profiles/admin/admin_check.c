/* profiles/admin/admin_check.c: walks the store and proves every invariant. POST /admin/check. */
#include "profiles/admin/admin_person.h"
#include "profiles/admin/region_checks.h"

#include "gateway/base/text.h"
#include "store/acceptances.h"
#include "store/asked_sets.h"
#include "store/audit_aside.h"
#include "store/audit_received.h"
#include "store/awaited.h"
#include "store/calls_sent.h"
#include "store/check.h"
#include "store/consent.h"
#include "store/consent_documents.h"
#include "store/consent_papers.h"
#include "store/correlations.h"
#include "store/deferred_questions.h"
#include "store/disasters.h"
#include "store/errands.h"
#include "store/expiries.h"
#include "store/inboxes.h"
#include "store/lease.h"
#include "store/lockouts.h"
#include "store/notices.h"
#include "store/ocsp_said.h"
#include "store/overrides.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/revocations.h"
#include "store/signature_verdicts.h"
#include "store/subscriptions.h"

/* clang-format off */
const struct check_module *const region_checks[] = {
	&identity_check,
	&consent_check,
	&registry_check,
	&repository_check,
	&errands_check,
	&lease_check,
	&lockouts_check,
	&expiries_check,
	&revocations_check,
	&audit_aside_check,
	&received_check,
	&notices_check,
	&calls_sent_check,
	&asked_sets_check,
	&acceptances_check,
	&partner_codes_check,
	&partner_ids_check,
	&subscriptions_check,
	&inboxes_check,
	&overrides_check,
	&disasters_check,
	&signature_verdicts_check,
	&consent_documents_check,
	&ocsp_said_check,
	&consent_papers_check,
	&correlations_check,
	&awaited_check,
	&deferred_questions_check,
	NULL
};
/* clang-format on */

enum { FINDINGS_MOST = 1000 };

struct checked {
	struct exchange *x;
	struct check_counts counts;
	struct text_list *findings, **tail;
	unsigned kept;
};

static bool read_request(struct exchange *x)
{
	(void)x;
	return true;
}

static void report(void *with, const char *finding)
{
	struct checked *c = with;
	if (c->kept++ < FINDINGS_MOST)
		c->tail = text_list_add(c->x->arena, c->tail, arena_text(c->x->arena, finding));
}

static bool check(struct exchange *x)
{
	struct checked *c = arena_new(x->arena, struct checked);
	c->x = x;
	c->tail = &c->findings;
	x->result = c;
	return store_check_watched(x->progress, x->store, region_checks, report, c, &c->counts,
				   &x->problem);
}

static json_t *answer(struct exchange *x)
{
	const struct checked *c = x->result;
	json_t *faults = json_array();
	for (const struct text_list *f = c->findings; f != NULL; f = f->next)
		json_array_append_new(faults,
				      json_pack("{s:s, s:s}", "what", f->value, "where", "store"));
	return json_pack("{s:b, s:o, s:[{s:s, s:I}]}", "valid", c->counts.findings == 0, "faults",
			 faults, "checked", "what", "keys", "count", (json_int_t)c->counts.keys);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/check", .media = "application/json" }, { 0 }
};

static const struct long_work_kind long_work = { "check", "nothing is said of the rest" };

const struct transaction admin_check = {
	.code = "check",
	.name = "Store checked",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.read = read_request,
	.handle = check,
	.answer_json = answer,
};
