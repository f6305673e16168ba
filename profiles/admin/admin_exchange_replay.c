/* profiles/admin/admin_exchange_replay.c: what was sent in an exchange is answered again, without
 * effect, and held against what was answered then. POST /admin/exchange/replay. */
#include "profiles/admin/admin_said.h"

#include "gateway/base/text.h"
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"
#include "profiles/admin/replay_difference.h"

struct replay {
	const struct exchange_said *said;
	struct exchange_replayed now;
};

static bool read_request(struct exchange *x)
{
	bool dry = false;
	x->request = admin_exchange_id(x);
	return x->request != NULL && admin_yes(x, "dry_run", &dry)
	       && (dry
		   || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "dry_run",
				 "nothing is done again for somebody else: a replay is a dry run"));
}

static bool replay(struct exchange *x)
{
	struct replay *r = arena_new(x->arena, struct replay);
	r->said = admin_said_of(x, x->request);
	if (r->said == NULL)
		return false;
	x->result = r;
	if (!r->said->request.whole)
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "request",
				  "it had %llu octets, more than is kept of one (store "
				  "exchange-body-most)",
				  (unsigned long long)r->said->request.length);
	return x->replay(x, r->said, &r->now);
}

/* Whom it was about then, and whom it is about now. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct replay *r = x->result;
	if (x->request == NULL)
		return;
	admin_audit_exchange(x, e, x->request);
	if (r == NULL)
		return;
	admin_audit_said(x, e, r->said);
	for (size_t i = 0; i < r->now.subject_count; i++)
		audit_about(x, e, r->now.subjects[i]);
}

static const char *result_of(const char *problem)
{
	return *problem == '\0' ? "done" : problem;
}

static json_t *then(const struct exchange_said *s)
{
	json_t *o = json_pack("{s:s}", "result", result_of(s->problem));
	if (s->status != 0)
		json_object_set_new(o, "status", json_integer((json_int_t)s->status));
	return o;
}

static json_t *now(const struct exchange_replayed *r)
{
	json_t *o = json_pack("{s:s}", "result", result_of(r->problem));
	admin_put(o, "what", *r->what == '\0' ? NULL : r->what);
	if (r->status != 0)
		json_object_set_new(o, "status", json_integer((json_int_t)r->status));
	return o;
}

/* Answers that are not there in full cannot be held against each other. */
static const char *uncompared(struct exchange *x, const struct replay *r)
{
	if (r->now.asks != NULL)
		return arena_printf(x->arena, "it would ask %s first, and a replay asks nobody",
				    r->now.asks);
	if (r->said->elsewhere)
		return "the answer went to an address that the request named, and was not kept";
	if (!r->said->answer.whole || !r->now.whole)
		return "an answer is longer than what is kept of one (store exchange-body-most)";
	return NULL;
}

static json_t *answer(struct exchange *x)
{
	const struct replay *r = x->result;
	const char *why = uncompared(x, r);
	json_t *o = json_pack("{s:s, s:s*, s:o}", "id", x->request, "transaction",
			      *r->said->transaction == '\0' ? NULL : r->said->transaction, "then",
			      then(r->said));
	if (r->now.asks == NULL)
		json_object_set_new(o, "now", now(&r->now));
	if (why != NULL) {
		admin_put(o, "uncompared", why);
		json_object_set_new(o, "same", json_false());
		return o;
	}
	json_t *difference = replay_difference(x->arena, r->said->answer.octets, &r->now);
	bool same = json_array_size(difference) == 0 && text_equal(r->said->problem, r->now.problem)
		    && r->said->status == r->now.status;
	json_object_set_new(o, "same", json_boolean(same));
	json_object_set_new(o, "difference", difference);
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/exchange/replay", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "id dry_run" };

const struct transaction admin_exchange_replay = {
	.code = "exchange-replay",
	.name = "Exchange answered again",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.parameters = parameters,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = replay,
	.audited = audited,
	.answer_json = answer,
};
