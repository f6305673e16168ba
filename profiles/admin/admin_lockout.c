/* profiles/admin/admin_lockout.c: a facility's systems, or one of them, may do nothing from now on.
 * POST /admin/facility/lock {facility, only, reason}. */
#include "profiles/admin/admin_lockout.h"

#include "gateway/base/text.h"

struct locked {
	struct lockout is;
	bool changed;
};

/* A community is meant by the system that asks on its behalf. NULL: it is none, or has none or
 * several, of which each is named by itself. */
static const char *gateway_of(const struct region *r, const char *partner)
{
	const struct partner *p = region_partner(r, partner);
	const char *found = NULL;
	for (size_t i = 0; p != NULL && i < r->system_count; i++) {
		if (!text_equal(r->systems[i].community, partner))
			continue;
		if (found != NULL)
			return NULL;
		found = r->systems[i].name;
	}
	return found;
}

/* Who is in the configuration no more can be let in again all the same: by his own name. */
bool admin_read_lockout(struct exchange *x)
{
	struct lockout_request *r = arena_new(x->arena, struct lockout_request);
	x->request = r;
	r->system = admin_text(x, "facility", true);
	r->reason = admin_text(x, "reason", true);
	if (!admin_yes(x, "only", &r->only))
		return false;
	const char *gateway = region_system(x->region, r->system) == NULL
				      ? gateway_of(x->region, r->system)
				      : NULL;
	r->system = gateway == NULL ? r->system : gateway;
	const struct registered_system *s = region_system(x->region, r->system);
	if (s != NULL && !r->only)
		r->institution = s->institution_code;
	return true;
}

bool admin_read_withdrawal(struct exchange *x)
{
	bool read = admin_read_lockout(x);
	struct lockout_request *r = arena_new(x->arena, struct lockout_request);
	*r = *(const struct lockout_request *)x->request;
	r->withdrawn = true;
	x->request = r;
	return read;
}

static bool is_meant(const struct lockout *l, const struct registered_system *s)
{
	return l->institution != NULL ? text_equal(l->institution, s->institution_code)
				      : text_equal(l->system, s->name);
}

json_t *admin_show_lockout(struct exchange *x, const struct lockout *l)
{
	json_t *systems = json_array();
	for (size_t i = 0; i < x->region->system_count; i++)
		if (is_meant(l, &x->region->systems[i]))
			json_array_append_new(systems, json_string(x->region->systems[i].name));
	return json_pack("{s:s, s:s*, s:o, s:b, s:s, s:s, s:s}", "system", l->system, "institution",
			 l->institution, "systems", systems, "withdrawn", l->withdrawn, "reason",
			 l->reason, "by", l->by, "since", admin_time(x->arena, l->since));
}

void admin_audit_lockout(struct exchange *x, struct audit_event *e, const char *what)
{
	const struct lockout_request *r = x->request;
	struct coded_value *roles = arena_new(x->arena, struct coded_value);
	*roles = (struct coded_value){ .code = "110136",
				       .scheme = "DCM",
				       .display = "Security Roles Changed" };
	e->type.next = roles;
	if (r == NULL || r->system == NULL)
		return;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = r->system,
		.type_code = 2,
		.type_code_role = 11, /* a security user entity */
		.id_type = { .code = "110182", .scheme = "DCM", .display = "Node ID" },
		.name = r->institution != NULL
				? arena_printf(x->arena, "institution %s", r->institution)
				: r->system,
	};
	audit_add_detail(x, o, "Alert Description",
			 bytes_of_text(arena_printf(x->arena, "%s: %s", what,
						    r->reason == NULL ? "" : r->reason)));
}

bool admin_lock_out(struct exchange *x)
{
	const struct lockout_request *r = x->request;
	struct locked *v = arena_new(x->arena, struct locked);
	const struct registered_system *s = region_system(x->region, r->system);
	if (s == NULL)
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "facility",
				  "no system is called '%s'", r->system);
	const struct lockout l = { .system = r->system,
				   .institution = r->institution,
				   .reason = r->reason,
				   .by = requester_name(&x->who),
				   .since = x->now,
				   .withdrawn = r->withdrawn };
	x->result = v;
	x->locks_changed = true;
	if (lockout_put(x->txn, &l, &v->changed)
	    && (r->withdrawn ? lockout_withdrawn(x->txn, x->arena, s, &v->is)
			     : lockout_of(x->txn, x->arena, s, &v->is)))
		return true;
	return problem_set(&x->problem, PROBLEM_INTERNAL, "the lock-out could not be kept");
}

static void audited(struct exchange *x, struct audit_event *e)
{
	admin_audit_lockout(x, e, "locked out");
}

json_t *admin_show_locked(struct exchange *x)
{
	const struct locked *v = x->result;
	json_t *o = admin_show_lockout(x, &v->is);
	json_object_set_new(o, "changed", json_boolean(v->changed));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/facility/lock", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "facility only reason" };

const struct transaction admin_lockout = {
	.code = "facility-lock",
	.name = "Facility locked out",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110113, /* DCM Security Alert */
	.audit_action = AUDIT_EXECUTE,
	.read = admin_read_lockout,
	.handle = admin_lock_out,
	.audited = audited,
	.answer_json = admin_show_locked,
};
