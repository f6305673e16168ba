/* profiles/admin/admin_audit_retry.c: the operator has audit records tried again that a repository
 * did not take. POST /admin/audit/retry {repository}; HACKING.md: Admin API. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/text.h"
#include "store/audit_aside.h"

struct retry_request {
	const char *repository;
};

struct retried {
	size_t count;
};

static bool read_request(struct exchange *x)
{
	struct retry_request *r = arena_new(x->arena, struct retry_request);
	x->request = r;
	r->repository = admin_text(x, "repository", true);
	return x->problem.code == PROBLEM_NONE;
}

/* The courier is woken by the record of this, which it delivers with them. */
static bool retry(struct exchange *x)
{
	const struct retry_request *r = x->request;
	struct retried *done = arena_new(x->arena, struct retried);
	x->result = done;
	done->count = audit_aside_try_again(x->txn, r->repository);
	return done->count != 0
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "repository",
			     "nothing is set aside for a repository called '%s'", r->repository);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct retry_request *r = x->request;
	const struct retried *done = x->result;
	if (r == NULL || r->repository == NULL)
		return;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = arena_printf(x->arena, "audit repository %s", r->repository),
		.type_code = 2,
		.type_code_role = 13, /* a security resource */
		.name = "Security Audit Log",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	audit_add_detail(
		x, o, "tried again",
		bytes_of_text(arena_printf(x->arena, "%zu", done == NULL ? 0 : done->count)));
}

static json_t *answer(struct exchange *x)
{
	const struct retry_request *r = x->request;
	const struct retried *done = x->result;
	return json_pack("{s:s, s:I}", "repository", r->repository, "records",
			 (json_int_t)done->count);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/audit/retry", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "repository" };

const struct transaction admin_audit_retry = {
	.code = "audit-retry",
	.name = "Audit records tried again",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110101, /* Audit Log Used */
	.audit_action = AUDIT_EXECUTE,
	.read = read_request,
	.handle = retry,
	.audited = audited,
	.answer_json = answer,
};
