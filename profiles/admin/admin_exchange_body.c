/* profiles/admin/admin_exchange_body.c: what was sent in an exchange, or answered, octet for octet.
 * GET /admin/exchanges/{id}/body. */
#include "profiles/admin/admin_said.h"

#include "gateway/base/text.h"
#include "profiles/admin/admin_person.h"
#include "store/blobs.h"

struct body_request {
	const char *id;
	bool answer;
};

static bool read_request(struct exchange *x)
{
	struct body_request *r = arena_new(x->arena, struct body_request);
	x->request = r;
	r->id = admin_exchange_id(x);
	return r->id != NULL && admin_yes(x, "answer", &r->answer);
}

static bool show(struct exchange *x)
{
	const struct body_request *r = x->request;
	const struct exchange_said *said = admin_said_of(x, r->id);
	const char *which = r->answer ? "answer" : "request";
	if (said == NULL)
		return false;
	const struct said_part *part = r->answer ? &said->answer : &said->request;
	if (!part->whole)
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, which,
				  "the %s had %llu octets, more than is kept of one (store "
				  "exchange-body-most)",
				  which, (unsigned long long)part->length);
	struct departure *d = arena_new(x->arena, struct departure);
	*d = (struct departure){ .octets = part->octets, .fd = -1 };
	x->departures = d;
	x->result = (void *)said;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct body_request *r = x->request;
	if (r == NULL || r->id == NULL)
		return;
	admin_audit_exchange(x, e, r->id);
	admin_audit_said(x, e, x->result);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/exchanges/{id}/body" },
				       { 0 } };

static const char *const parameters[] = { "answer" };

const struct transaction admin_exchange_body = {
	.code = "exchange-body",
	.name = "Exchange's body shown",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = show,
	.audited = audited,
};
