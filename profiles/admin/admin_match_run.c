/* profiles/admin/admin_match_run.c: weighs all records again, as if each were fed with what is
 * known of it: after weights or the region's matching changed, or where a store was filled before
 * there was matching. POST /admin/match/run {after}. */
#include "profiles/admin/admin_match.h"

#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/match_walk.h"

/* Of one job, behind which all others that write wait. */
enum { RECORDS_AT_ONCE = 8 };

struct run_request {
	uint64_t after;
};

/* What a job makes; taken back when it is run again. */
struct run_step {
	const struct region *region;
	uint64_t after, reached;
};

struct run_done {
	uint64_t last, reached; /* record numbers */
	double seconds;
};

static bool read_request(struct exchange *x)
{
	struct run_request *r = arena_new(x->arena, struct run_request);
	const char *after = admin_text(x, "after", false);
	x->request = r;
	if (after != NULL && (!text_to_number(after, UINT64_MAX, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is no number of a record", after);
	return x->problem.code == PROBLEM_NONE;
}

static bool weigh_some(void *with, struct store_txn *t, struct problem *p)
{
	struct run_step *s = with;
	return match_run(t, s->region, s->after, RECORDS_AT_ONCE, &s->reached, p);
}

static bool find_last(struct exchange *x, uint64_t *last)
{
	struct store_txn *t = store_begin_read(x->store, &x->problem);
	if (t == NULL)
		return false;
	*last = match_walk_last(t);
	if (store_failed(t))
		problem_set(&x->problem, store_problem(t)->code, "%s", store_problem(t)->what);
	store_end(t);
	return x->problem.code == PROBLEM_NONE;
}

static bool weigh_all(struct exchange *x, struct run_done *done)
{
	struct run_step step = { .region = x->region, .after = done->reached };
	const struct store_block block = { &step, sizeof step };
	const struct store_afresh afresh = { .blocks = &block, .count = 1 };
	for (;;) {
		if (progress_is_stopped(x->progress))
			return problem_set(&x->problem, PROBLEM_BUSY, "it was to stop");
		if (!store_write_afresh(x->store, &afresh, weigh_some, &step, &x->problem))
			return false;
		if (step.reached == 0)
			return true;
		progress_add(x->progress, step.reached - step.after);
		done->reached = step.after = step.reached;
		step.reached = 0;
	}
}

static bool run(struct exchange *x)
{
	const struct run_request *r = x->request;
	struct run_done *done = arena_new(x->arena, struct run_done);
	int64_t begun = system_clock.elapsed(&system_clock);
	x->result = done;
	if (x->region->matching == MATCHING_OFF)
		return problem_set(&x->problem, PROBLEM_CONFLICT,
				   "region matching is off: nothing is weighed");
	if (!find_last(x, &done->last))
		return false;
	done->reached = r->after;
	progress_begin(x->progress, "record numbers", done->last);
	progress_add(x->progress, r->after < done->last ? r->after : done->last);
	if (!weigh_all(x, done))
		return false;
	done->reached = done->last;
	done->seconds = (double)(system_clock.elapsed(&system_clock) - begun) / 1e6;
	return true;
}

/* What it linked and parted is in the trail of each person; here, that somebody had it done. */
static void audited(struct exchange *x, struct audit_event *e)
{
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = "all records weighed again",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

static json_t *answer(struct exchange *x)
{
	const struct run_done *done = x->result;
	return json_pack("{s:I, s:f}", "reached", (json_int_t)done->reached, "seconds",
			 done->seconds);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/match/run", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "after" };

static const struct long_work_kind long_work = {
	"match run", "what was weighed is kept: go on with --after and the number it had reached"
};

const struct transaction admin_match_run = {
	.code = "match-run",
	.name = "All records weighed again",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_EXECUTE,
	.read = read_request,
	.handle = run,
	.audited = audited,
	.answer_json = answer,
};
