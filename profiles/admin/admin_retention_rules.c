/* profiles/admin/admin_retention_rules.c: the rules of retention that are in effect.
 * GET /admin/retention. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_retention.h"

#include "gateway/base/bytes.h"

static bool nothing(struct exchange *x)
{
	(void)x;
	return true;
}

static const char *joined(struct arena *a, const char *const *list)
{
	struct buffer b = buffer_in(a);
	for (; list != NULL && *list != NULL; list++) {
		if (buffer_bytes(&b).length != 0)
			buffer_byte(&b, ' ');
		buffer_text(&b, *list);
	}
	return buffer_bytes(&b).length == 0 ? NULL : buffer_ended(&b);
}

static const char *span_text(struct arena *a, struct calendar_span s)
{
	return !calendar_span_is_said(s) ? NULL
	       : s.months == 0           ? arena_printf(a, "%ud", s.days)
	       : s.months % 12 == 0      ? arena_printf(a, "%uy", s.months / 12)
					 : arena_printf(a, "%umon", s.months);
}

static json_t *show(struct exchange *x, const struct retention_rule *rule)
{
	json_t *o = json_pack("{s:s}", "rule", rule->name);
	admin_put(o, "class", joined(x->arena, rule->classes));
	admin_put(o, "type", joined(x->arena, rule->types));
	admin_put(o, "facility", joined(x->arena, rule->facilities));
	admin_put(o, "after_creation", span_text(x->arena, rule->after_creation));
	admin_put(o, "after_acceptance", span_text(x->arena, rule->after_acceptance));
	if (rule->keep_last != 0)
		json_object_set_new(o, "keep_last", json_integer((json_int_t)rule->keep_last));
	json_object_set_new(o, "keep", json_boolean(rule->keep));
	return o;
}

static json_t *answer(struct exchange *x)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < x->region->retention_count; i++)
		json_array_append_new(rows, show(x, &x->region->retention[i]));
	return json_pack("{s:o}", "rules", rows);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/retention" }, { 0 } };

const struct transaction admin_retention_rules = {
	.code = "retention-list",
	.name = "Rules of retention listed",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.read = nothing,
	.handle = nothing,
	.answer_json = answer,
};
