/* profiles/admin/admin_disasters.c: disaster mode (災害): what was declared, the latest first, and
 * what is on. GET /admin/disasters. Names nobody's data, and leaves no record. */
#include "profiles/admin/admin_disaster.h"

struct declared {
	struct disaster *first;
};

static bool read_request(struct exchange *x)
{
	return x->problem.code == PROBLEM_NONE;
}

static bool list(struct exchange *x)
{
	struct declared *d = arena_new(x->arena, struct declared);
	d->first = disasters_list(x->txn, x->arena);
	x->result = d;
	return true;
}

static const char *state_of(const struct exchange *x, const struct disaster *d)
{
	if (disaster_is_on(d, x->now))
		return "on";
	return d->ended != 0 || d->until <= x->now ? "over" : "proposed";
}

json_t *admin_show_disaster(struct exchange *x, const struct disaster *d)
{
	json_t *o = json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*}", "number",
			      (json_int_t)d->number, "municipalities", d->municipalities, "reason",
			      d->reason, "by", d->by, "since", admin_time(x->arena, d->since),
			      "until", admin_time(x->arena, d->until), "state", state_of(x, d),
			      "approved_by", d->approved_by, "ended_by", d->ended_by, "end_reason",
			      d->end_reason);
	if (d->approved != 0)
		json_object_set_new(o, "approved", json_string(admin_time(x->arena, d->approved)));
	if (d->ended != 0)
		json_object_set_new(o, "ended", json_string(admin_time(x->arena, d->ended)));
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct declared *all = x->result;
	json_t *rows = json_array();
	for (const struct disaster *d = all->first; d != NULL; d = d->next)
		json_array_append_new(rows, admin_show_disaster(x, d));
	return json_pack("{s:o}", "disasters", rows);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/disasters" }, { 0 } };

static const char *const parameters[] = { "" };

const struct transaction admin_disasters = {
	.code = "disaster-list",
	.name = "Disasters listed",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.read = read_request,
	.handle = list,
	.answer_json = answer,
};
