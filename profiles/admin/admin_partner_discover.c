/* profiles/admin/admin_partner_discover.c: other communities are asked whether they know a person
 * (ITI-55; profiles/xcpd/discovery_asked.h).
 *
 * POST /admin/partner/discover {patient, partner, without_code} or {patient, all, without_code}:
 * asked anew, whatever is remembered, and all at once. That the operator looked is one record, each
 * community that was asked another; what it answered is kept as for anybody who asks.
 *
 * One that says it is a Health Data Locator, and has health-data-locator, is asked who else knows
 * the person (ITI-56; profiles/xcpd/location_asked.h). Whom it names, of the communities that are
 * configured, is asked as well: each once, however many name it, so that locators which name each
 * other lead nowhere; and STEPS_MOST locators behind each other at most. Where all are asked anyway
 * nobody has to be located. */
#include "profiles/admin/admin_partner.h"

#include "gateway/base/text.h"
#include "profiles/xcpd/discovery_asked.h"
#include "profiles/xcpd/location_asked.h"

/* Each step takes two rounds of the exchange's time, which is half a minute by default. */
enum { STEPS_MOST = 3 };

struct asked_community {
	const struct partner *to;
	const struct partner *named_by; /* NULL: the operator said so */
	unsigned steps;                 /* locators that led to it */
	struct discovered is;
	bool followed;        /* it was asked who else knows him */
	struct located where; /* and said that */
	struct asked_community *next;
};

struct discover_request {
	const char *patient;
	bool all, without_code;
	struct asked_community *communities;
	/* By call(). */
	struct patient_record record;
	bool found;
};

static bool is_community(const struct partner *p)
{
	return (p->purposes & 1u << PARTNER_COMMUNITY) != 0;
}

/* Whom it is to be asked twice is asked once. */
static void add(struct exchange *x, struct discover_request *r, const struct partner *to,
		const struct asked_community *named_by)
{
	struct asked_community **last = &r->communities;
	for (; *last != NULL; last = &(*last)->next)
		if ((*last)->to == to)
			return;
	*last = arena_new(x->arena, struct asked_community);
	(*last)->to = to;
	if (named_by == NULL)
		return;
	(*last)->named_by = named_by->to;
	(*last)->steps = named_by->steps + 1;
}

static bool read_communities(struct exchange *x, struct discover_request *r)
{
	const struct region *region = x->region;
	const struct partner *one = r->all ? NULL : admin_read_partner(x);
	if (!r->all && one == NULL)
		return false;
	if (one != NULL && !is_community(one))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "partner",
				  "'%s' is no community: it is not asked for patients", one->name);
	for (size_t i = 0; i < region->partner_count; i++)
		if (r->all ? is_community(&region->partners[i]) : &region->partners[i] == one)
			add(x, r, &region->partners[i], NULL);
	return r->communities != NULL
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "all",
			     "the configuration names no community");
}

static bool read_request(struct exchange *x)
{
	struct discover_request *r = arena_new(x->arena, struct discover_request);
	x->request = r;
	r->patient = admin_text(x, "patient", true);
	if (r->patient == NULL || !admin_yes(x, "all", &r->all)
	    || !admin_yes(x, "without_code", &r->without_code))
		return false;
	if (r->all && json_object_get(x->json, "partner") != NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "all",
				  "either one partner is asked or all of them");
	return read_communities(x, r);
}

static bool may_follow(const struct discover_request *r, const struct asked_community *c)
{
	return c->is.locator && c->to->health_data_locator && !r->all && c->steps < STEPS_MOST;
}

/* Whom it names is at the end of the list, which is being gone through. */
static void follow(struct exchange *x, struct discover_request *r, struct asked_community *c)
{
	if (c->followed || !may_follow(r, c))
		return;
	location_asked(x, r->record.number, c->to, &c->is, &c->where);
	c->followed = c->where.as != LOCATED_NOT_YET;
	for (size_t i = 0; i < c->where.named_count; i++)
		add(x, r, c->where.named[i], c);
}

static bool call(struct exchange *x)
{
	struct discover_request *r = (struct discover_request *)x->request;
	if (exchange_look(x) == NULL)
		return false;
	if (!r->found && !admin_find_person(x, r->patient, &r->record))
		return false;
	r->found = true;
	for (struct asked_community *c = r->communities; c != NULL; c = c->next) {
		if (!discovery_ask_anew(x, r->record.person, c->to, r->without_code)
		    || !discovery_answered(x, r->record.person, c->to, &c->is))
			return false;
		follow(x, r, c);
	}
	return true;
}

/* Whom nobody was asked about: why not. */
static bool tell(struct exchange *x)
{
	const struct discover_request *r = x->request;
	for (struct asked_community *c = r->communities; c != NULL; c = c->next)
		if (!c->is.asked && !discovery_answered(x, r->record.person, c->to, &c->is))
			return false;
	x->result = (void *)r;
	return true;
}

static const char *name_of(struct exchange *x, const struct discover_request *r)
{
	return cx_text(x->arena, r->record.id, r->record.domain);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct discover_request *r = x->request;
	if (r == NULL || !r->found)
		return;
	struct audit_object *o = audit_patient(x, e, name_of(x, r));
	for (const struct asked_community *c = r->communities; c != NULL; c = c->next) {
		audit_add_detail(x, o, "partner", bytes_of_text(c->to->name));
		audit_add_detail(x, o, "action",
				 bytes_of_text(c->is.asked ? "asked" : "not asked"));
	}
}

static const char *moment(struct exchange *x, instant t)
{
	return t == 0 ? "" : admin_time(x->arena, t);
}

static const char *and_also(struct exchange *x, const char *why, const char *more)
{
	return text_joined(x->arena, why, *why == '\0' ? "" : "; ", more, NULL);
}

/* What came of its being a locator. */
static const char *located(struct exchange *x, const struct discover_request *r,
			   const struct asked_community *c, const char *why)
{
	const struct located *w = &c->where;
	if (c->is.locator && !may_follow(r, c) && !r->all)
		return and_also(x, why, "a Health Data Locator, which is not asked who else does");
	if (!c->followed)
		return why;
	if (w->as == LOCATED_NO_ANSWER)
		return and_also(
			x, why,
			text_joined(x->arena, "who else does it did not say: ", w->why, NULL));
	why = and_also(x, why,
		       arena_printf(x->arena, "a Health Data Locator, which names %zu partners",
				    w->named_count));
	if (w->left_out != 0)
		why = and_also(x, why, "and us, or itself: left out");
	return *w->strangers == '\0'
		       ? why
		       : and_also(x, why,
				  text_joined(x->arena, "and who is no partner of ours: ",
					      w->strangers, NULL));
}

static const char *why_of(struct exchange *x, const struct discover_request *r,
			  const struct asked_community *c)
{
	const char *why = c->is.why == NULL ? "" : c->is.why;
	if (c->is.foreign != 0)
		why = and_also(
			x, why,
			arena_printf(x->arena, "%u of another community left out", c->is.foreign));
	return located(x, r, c, why);
}

static json_t *answer(struct exchange *x)
{
	const struct discover_request *r = x->result;
	json_t *list = json_array();
	for (const struct asked_community *c = r->communities; c != NULL; c = c->next)
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s}", "partner",
				  c->to->name, "home", c->to->home_community_id, "answer",
				  discovered_name(c->is.as), "asked", c->is.asked, "id",
				  c->is.id == NULL ? "" : cx_text(x->arena, c->is.id, c->is.domain),
				  "until", moment(x, c->is.until), "named_by",
				  c->named_by == NULL ? "" : c->named_by->name, "why",
				  why_of(x, r, c)));
	return json_pack("{s:s, s:o}", "patient", name_of(x, r), "communities", list);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/partner/discover", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "patient partner all without_code" };

const struct transaction admin_partner_discover = {
	.code = "partner-discover",
	.name = "Other communities asked for a person",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.call = call,
	.handle = tell,
	.audited = audited,
	.answer_json = answer,
};
