/* profiles/admin/admin_subscription.c: one subscription, whom it is of, and where it waits.
 * GET /admin/subscriptions/{id}. */
#include "profiles/admin/admin_subscription.h"

#include "gateway/base/text.h"
#include "store/pull_points.h"

bool admin_find_subscription(struct exchange *x, const char *id, struct subscription *out)
{
	return subscription_get(x->txn, x->arena, id, out)
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "id",
			     "there is no subscription '%s', or no longer: it has ended", id);
}

json_t *admin_show_subscription(struct exchange *x, const struct subscription *s)
{
	static const char *const topics[TOPIC_COUNT] = {
		[TOPIC_FULL_DOCUMENT_ENTRY] = "documents",
		[TOPIC_MINIMAL_DOCUMENT_ENTRY] = "document-references",
		[TOPIC_SUBMISSION_SET] = "submission-sets",
		[TOPIC_FOLDER] = "folders",
	};
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "id", s->id,
			 "system", s->system, "consumer", s->consumer, "is",
			 s->pull_point == NULL ? "sent" : "fetched", "topic", topics[s->topic],
			 "of", s->subject == 0 ? "every-patient" : "one-patient", "created",
			 admin_time(x->arena, s->created), "ends", admin_time(x->arena, s->ends),
			 "state", subscription_is_over(s, x->now) ? "over" : "lives", "lost",
			 (json_int_t)s->lost);
}

/* Of what waits there as of what is lost there other subscriptions may have a part. */
static json_t *show_pull_point(struct exchange *x, const struct pull_point *p)
{
	json_t *o = json_pack("{s:I, s:I, s:s}", "waiting", (json_int_t)p->waiting, "lost",
			      (json_int_t)p->lost, "created", admin_time(x->arena, p->created));
	if (p->pulled != 0)
		json_object_set_new(o, "asked", json_string(admin_time(x->arena, p->pulled)));
	return o;
}

struct audit_object *admin_audit_subscription(struct exchange *x, struct audit_event *e,
					      const char *id, const struct subscription *s)
{
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = arena_printf(x->arena, "subscription %s", s == NULL ? id : s->id),
		.type_code = 2,
		.type_code_role = 20, /* a job */
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	if (s != NULL)
		o->name = arena_printf(x->arena, "of %s for %s", s->system, s->consumer);
	if (s != NULL && s->subject != 0)
		audit_about(x, e, s->subject);
	return o;
}

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "id", true);
	return x->request != NULL;
}

struct shown {
	struct subscription subscription;
	struct pull_point pull_point;
	bool pulled; /* it is there */
};

static bool show(struct exchange *x)
{
	struct shown *r = arena_new(x->arena, struct shown);
	struct subscription *s = &r->subscription;
	if (!admin_find_subscription(x, x->request, s))
		return false;
	r->pulled = s->pull_point != NULL
		    && pull_point_get(x->txn, x->arena, s->pull_point, &r->pull_point);
	x->result = r;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct shown *r = x->result;
	if (x->request != NULL)
		admin_audit_subscription(x, e, x->request, r == NULL ? NULL : &r->subscription);
}

static json_t *answer(struct exchange *x)
{
	const struct shown *r = x->result;
	const struct subscription *s = &r->subscription;
	json_t *o = admin_show_subscription(x, s);
	if (r->pulled)
		json_object_set_new(o, "pull-point", show_pull_point(x, &r->pull_point));
	json_object_set_new(o, "filter", json_string(s->filter.query_id));
	if (s->filter.patient_id != NULL)
		json_object_set_new(o, "patient", json_string(s->filter.patient_id));
	return json_pack("{s:o}", "subscription", o);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/subscriptions/{id}" },
				       { 0 } };

static const char *const parameters[] = { "id" };

const struct transaction admin_subscription = {
	.code = "subscription-show",
	.name = "Subscription shown",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110106,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = show,
	.audited = audited,
	.answer_json = answer,
};
