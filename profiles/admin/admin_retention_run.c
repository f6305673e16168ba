/* profiles/admin/admin_retention_run.c: the rules of retention are carried out now.
 * POST /admin/retention/run {rule}. */
#include "profiles/admin/admin_retention.h"

#include "gateway/base/progress.h"

static bool read_request(struct exchange *x)
{
	const char *rule;
	bool fine = admin_retention_read(x, &rule);
	x->request = rule;
	return fine && x->problem.code == PROBLEM_NONE;
}

static bool record(void *self, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	struct exchange *x = self;
	return x->record(x, t, a, e);
}

static bool run(struct exchange *x)
{
	struct retention_run *r = arena_new(x->arena, struct retention_run);
	*r = (struct retention_run){ .store = x->store,
				     .asked = admin_retention_asked(x, x->request),
				     .recorder = { x, record },
				     .progress = x->progress };
	x->result = r;
	return retention_run(r, &x->problem);
}

/* Each that went is in its person's trail; here, that somebody had it done. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct retention_run *r = x->result;
	const char *rule = x->request;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "documents",
		.type_code = 2,
		.type_code_role = 20,
		.name = arena_printf(x->arena, "%llu documents removed by rule",
				     r == NULL ? 0ULL : (unsigned long long)r->done.documents),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	if (rule != NULL)
		audit_add_detail(x, o, "Retention Rule", bytes_of_text(rule));
}

static json_t *answer(struct exchange *x)
{
	const struct retention_run *r = x->result;
	return json_pack("{s:I, s:I, s:I}", "removed", (json_int_t)r->done.documents, "octets_of",
			 (json_int_t)r->done.octets_of, "stayed", (json_int_t)r->done.stayed);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/retention/run", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "rule" };

static const struct long_work_kind long_work = {
	"retention run", "what was removed is removed: run it again for the rest"
};

const struct transaction admin_retention_run = {
	.code = "retention-run",
	.name = "Rules of retention carried out",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_DELETE,
	.read = read_request,
	.handle = run,
	.audited = audited,
	.answer_json = answer,
};
