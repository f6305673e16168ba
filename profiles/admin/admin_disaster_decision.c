/* profiles/admin/admin_disaster_decision.c: disaster mode is declared, approved by another
 * operator, and ended by one. POST /admin/disaster/decision {action: on, municipality, until,
 * reason}, {action: approve, number} or {action: off, number, reason}. */
#include "profiles/admin/admin_disaster.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/admin/admin_moment.h"
#include "schemas/model/region_policy.h"

enum { SECOND = 1000000, MUNICIPALITIES_MOST = 200 };
enum disaster_action { DISASTER_ON, DISASTER_APPROVE, DISASTER_OFF, DISASTER_ACTIONS };

struct decision_request {
	enum disaster_action action;
	uint64_t number;
	const char *reason, *municipalities;
	instant until;
};

static const char *const actions[DISASTER_ACTIONS] = { "on", "approve", "off" };

/* ---- What is asked ---- */

static bool is_known(const struct region_policy *p, const char *code)
{
	for (size_t i = 0; p != NULL && i < p->municipality_count; i++)
		if (text_equal(p->municipalities[i].code, code))
			return true;
	return false;
}

/* Codes parted by blanks or commas; each is one of the region's rules. */
static bool read_municipalities(struct exchange *x, struct decision_request *r)
{
	const char *at = admin_text(x, "municipality", true);
	struct buffer b = buffer_in(x->arena);
	unsigned count = 0;
	if (at == NULL)
		return false;
	for (at += strspn(at, " ,"); *at != '\0'; at += strspn(at, " ,")) {
		size_t length = strcspn(at, " ,");
		const char *code = arena_text_n(x->arena, at, length);
		if (!is_known(x->region->policy, code) || ++count > MUNICIPALITIES_MOST)
			return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "municipality",
					  "'%s' is no municipality of the region's rules, or one "
					  "of more than %d",
					  code, MUNICIPALITIES_MOST);
		buffer_printf(&b, "%s%s", b.length == 0 ? "" : " ", code);
		at += length;
	}
	r->municipalities = b.length == 0 ? NULL : buffer_ended(&b);
	return r->municipalities != NULL
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "municipality", "it names none");
}

static bool read_until(struct exchange *x, struct decision_request *r)
{
	int64_t most = (int64_t)x->region->emergency.disaster * SECOND;
	if (admin_text(x, "until", true) == NULL || !admin_moment(x, "until", &r->until))
		return false;
	return (r->until > x->now && r->until - x->now <= most)
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "until",
			     "it is past, or further away than disaster-most allows");
}

static bool read_number(struct exchange *x, struct decision_request *r)
{
	const char *text = admin_text(x, "number", true);
	return text != NULL
	       && (text_to_number(text, DISASTERS_MOST, &r->number)
		   || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "number",
				 "'%s' is not the number of a disaster", text));
}

static bool read_request(struct exchange *x)
{
	struct decision_request *r = arena_new(x->arena, struct decision_request);
	const char *action = admin_text(x, "action", true);
	x->request = r;
	while (r->action < DISASTER_ACTIONS && !text_equal(action, actions[r->action]))
		r->action++;
	if (r->action == DISASTER_ACTIONS)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "action",
				  "'%s' is none of on, approve, off", action == NULL ? "" : action);
	r->reason = admin_text(x, "reason", r->action != DISASTER_APPROVE);
	if (x->problem.code != PROBLEM_NONE)
		return false;
	return r->action == DISASTER_ON ? admin_text(x, "municipality", true) != NULL
						  && read_until(x, r) && read_municipalities(x, r)
					: read_number(x, r);
}

/* ---- What becomes of it ---- */

static bool declare(struct exchange *x, const struct decision_request *r, struct disaster *d)
{
	*d = (struct disaster){ .municipalities = r->municipalities,
				.reason = r->reason,
				.by = x->who.person.name,
				.since = x->now,
				.until = r->until };
	return disaster_propose(x->txn, d)
	       || problem_set(&x->problem, PROBLEM_CONFLICT,
			      "there have been %d already, or the store failed", DISASTERS_MOST);
}

static bool approve(struct exchange *x, struct disaster *d)
{
	const char *by = x->who.person.name;
	if (d->approved != 0)
		return problem_at(&x->problem, PROBLEM_CONFLICT, "number",
				  "it was approved before, by %s", d->approved_by);
	if (text_equal(by, d->by))
		return problem_at(&x->problem, PROBLEM_CONFLICT, "number",
				  "who declared it does not approve it: another operator does");
	d->approved = x->now;
	d->approved_by = by;
	return disaster_put(x->txn, d);
}

static bool end(struct exchange *x, const struct decision_request *r, struct disaster *d)
{
	d->ended = x->now;
	d->ended_by = x->who.person.name;
	d->end_reason = r->reason;
	return disaster_put(x->txn, d);
}

static bool decide(struct exchange *x)
{
	const struct decision_request *r = x->request;
	struct disaster *d = arena_new(x->arena, struct disaster);
	if (r->action == DISASTER_ON) {
		x->result = d;
		return declare(x, r, d);
	}
	if (!disaster_get(x->txn, x->arena, r->number, d))
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "number",
				  "there is no such disaster");
	x->result = d;
	if (d->ended != 0 || d->until <= x->now)
		return problem_at(&x->problem, PROBLEM_CONFLICT, "number", "it is over");
	return r->action == DISASTER_APPROVE ? approve(x, d) : end(x, r, d);
}

/* ---- What is told of it ---- */

/* That what was closed is open, and that it is no more (DCM 110127, 110138). */
static struct coded_value *override_code(struct exchange *x, const struct decision_request *r,
					 const struct disaster *d)
{
	bool on = r->action == DISASTER_APPROVE;
	if (x->problem.code != PROBLEM_NONE || d->approved == 0)
		return NULL;
	struct coded_value *c = arena_new(x->arena, struct coded_value);
	*c = (struct coded_value){ .code = on ? "110127" : "110138",
				   .scheme = "DCM",
				   .display = on ? "Emergency Override Started"
						 : "Emergency Override Stopped" };
	return c;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct decision_request *r = x->request;
	const struct disaster *d = x->result;
	if (r == NULL || d == NULL)
		return;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = arena_printf(x->arena, "disaster %llu", (unsigned long long)d->number),
		.type_code = 2,
		.type_code_role = 13, /* a security resource */
		.name = d->municipalities,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	audit_add_detail(x, o, "action", bytes_of_text(actions[r->action]));
	if (r->reason != NULL)
		audit_add_detail(x, o, "reason", bytes_of_text(r->reason));
	e->type.next = override_code(x, r, d);
}

static json_t *answer(struct exchange *x)
{
	return admin_show_disaster(x, x->result);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/disaster/decision", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "action municipality until number reason" };

const struct transaction admin_disaster_decision = {
	.code = "disaster-decision",
	.name = "Disaster decided",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110113,
	.audit_action = AUDIT_EXECUTE,
	.read = read_request,
	.handle = decide,
	.audited = audited,
	.answer_json = answer,
};
