/* profiles/admin/admin_audit_expire.c: audit records that are older than their rule says go now, or
 * it is told what would go. POST /admin/audit/expire {dry-run, node}; gateway/audit/expiring.h.
 *
 * What goes of a chain is an event of its own, with the signed checkpoint, in the job that makes it
 * go; here, that somebody had it done (110101, DICOM PS3.15 A.5.3.2). */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include "gateway/audit/expiring.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/node.h"
#include "store/store.h"

struct asked {
	bool dry;
	const char *node; /* NULL: this one */
};

static bool read_request(struct exchange *x)
{
	struct asked *q = arena_new(x->arena, struct asked);
	x->request = q;
	q->node = admin_text(x, "node", false);
	return admin_yes(x, "dry-run", &q->dry) && x->problem.code == PROBLEM_NONE;
}

/* The chain of a node by its name. This node's own is not named: it goes by itself. */
static bool find_chain(struct exchange *x, const char *node, uint64_t *chain)
{
	struct store_txn *t = store_begin_read(x->store, &x->problem);
	bool found = false;
	if (t == NULL)
		return false;
	for (unsigned i = 0; !found && i < NODES_MOST && !store_failed(t); i++) {
		const char *name = node_name(t, i, x->arena);
		if (name == NULL)
			break;
		found = text_equal(name, node);
		*chain = i;
	}
	bool own = found && *chain == store_node(t);
	store_end(t);
	if (!found)
		return problem_set(&x->problem, PROBLEM_UNKNOWN_KEY, "no node is called '%s'",
				   node);
	return !own
	       || problem_set(&x->problem, PROBLEM_REQUEST_INVALID,
			      "'%s' is this node: leave --node away", node);
}

static bool expire(struct exchange *x)
{
	const struct asked *q = x->request;
	struct expired_all *done = arena_new(x->arena, struct expired_all);
	struct expiring e = { .store = x->store,
			      .anchors = x->anchors,
			      .keeping = &x->region->audit_keeping,
			      .now = x->now,
			      .dry = q->dry,
			      .named = q->node != NULL,
			      .stop = x->stopping };
	x->result = done;
	if (q->node != NULL && !find_chain(x, q->node, &e.chain))
		return false;
	if (e.keeping->keep == 0 && e.keeping->keep_received == 0)
		return problem_set(&x->problem, PROBLEM_CONFIGURATION,
				   "section audit says neither keep nor keep-received: audit "
				   "records are kept for ever");
	progress_begin(x->progress, "audit records", 0);
	return expiring_run(&e, x->arena, done, &x->problem);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct asked *q = x->request;
	const struct expired_all *done = x->result;
	struct audit_object *o = audit_add_object(x, e);
	uint64_t records = done == NULL
				   ? 0
				   : done->of[AUDIT_OWN].records + done->of[AUDIT_RECEIVED].records;
	*o = (struct audit_object){
		.id = x->endpoint,
		.type_code = 2,
		.type_code_role = 13,
		.name = arena_printf(x->arena, "%llu audit records %s by rule",
				     (unsigned long long)records,
				     q != NULL && q->dry ? "would go" : "went"),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	e->type = (struct coded_value){ 0 };
}

/* ---- Answering ---- */

static const char *why_text(struct exchange *x, const struct expired *of)
{
	switch (of->why) {
	case KEPT_FOR_AGE:
		return of->needed == NULL
			       ? "it is not old enough"
			       : arena_printf(x->arena, "it is needed by %s", of->needed);
	case KEPT_AS_NEEDED:
		return arena_printf(x->arena, "it is needed by %s",
				    of->needed == NULL ? "others" : of->needed);
	case KEPT_AS_LATEST: return "the last records of a log stay";
	case KEPT_AS_BROKEN:
		return "it is damaged, or one is missing: minato audit verify tells more";
	case KEPT_FOR_NEXT: return "more may go: as many are looked at in one go";
	}
	return "";
}

static json_t *told(struct exchange *x, const struct expired_all *done, enum audit_kind kind)
{
	const struct expired *of = &done->of[kind];
	if (!done->ruled[kind])
		return NULL;
	json_t *o = json_pack("{s:I, s:I, s:s}", "records", (json_int_t)of->records, "kept_from",
			      (json_int_t)of->left_from, "why_kept", why_text(x, of));
	if (of->records != 0) {
		admin_put(o, "from", admin_time(x->arena, of->first));
		admin_put(o, "to", admin_time(x->arena, of->last));
	}
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct asked *q = x->request;
	const struct expired_all *done = x->result;
	return json_pack("{s:b, s:o*, s:o*}", "dry_run", q->dry, "own", told(x, done, AUDIT_OWN),
			 "received", told(x, done, AUDIT_RECEIVED));
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/audit/expire", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "dry-run node" };

static const struct long_work_kind long_work = { "audit expire",
						 "what went has gone: run it again for the rest" };

const struct transaction admin_audit_expire = {
	.code = "audit-expire",
	.name = "Audit records removed by rule",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.parameters = parameters,
	.audit_event = 110101,
	.audit_action = AUDIT_DELETE,
	.read = read_request,
	.handle = expire,
	.audited = audited,
	.answer_json = answer,
};
