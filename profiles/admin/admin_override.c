/* profiles/admin/admin_override.c: how the operator names an override, and how one is shown. */
#include "profiles/admin/admin_override.h"

#include "gateway/base/text.h"
#include "store/errands.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

bool admin_read_override(struct exchange *x, const char **id)
{
	*id = admin_text(x, "id", true);
	return *id != NULL;
}

bool admin_find_override(struct exchange *x, const char *id, struct override *out)
{
	return override_get(x->txn, x->arena, id, out)
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "id", "there is no override '%s'", id);
}

static const char *time_or_none(struct exchange *x, instant t)
{
	return t == 0 ? NULL : admin_time(x->arena, t);
}

void admin_show_telling(struct exchange *x, json_t *shown, const struct override *o)
{
	struct errand e;
	bool under_way = o->told == 0 && o->errand != 0
			 && errand_get(x->txn, x->arena, o->errand, &e);
	const char *notice = o->told != 0 ? "told"
			     : !under_way ? "letter"
			     : e.aside    ? "aside"
					  : "errand";
	json_object_set_new(shown, "notice", json_string(notice));
	if (under_way)
		json_object_set_new(shown, "errand", json_integer((json_int_t)e.number));
}

json_t *admin_show_override(struct exchange *x, const struct override *o)
{
	json_t *shown = json_pack(
		"{s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s, s:s, s:s, s:s, s:I}", "id", o->id,
		"patient", o->patient, "facility", o->system, "who", o->asker, "name", o->display,
		"role", o->role, "organization", o->organization, "purpose", o->purpose, "reason",
		o->reason, "since", admin_time(x->arena, o->since), "until",
		admin_time(x->arena, o->until), "accesses", (json_int_t)o->accesses);
	json_t *after = json_pack("{s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*, s:s*}", "ended",
				  time_or_none(x, o->ended), "reviewed",
				  time_or_none(x, o->reviewed), "reviewed_by", o->reviewed_by,
				  "review", o->review, "told", time_or_none(x, o->told), "told_by",
				  o->told_by, "told_how", o->told_how, "exchange", o->exchange);
	json_object_update_new(shown, after);
	json_object_set_new(shown, "state",
			    json_string(o->reviewed != 0 ? "reviewed" : "unreviewed"));
	admin_show_telling(x, shown, o);
	return shown;
}

void admin_audit_override(struct exchange *x, struct audit_event *e, const struct override *o)
{
	if (o == NULL)
		return;
	struct audit_object *p = audit_patient(x, e, o->patient);
	audit_add_detail(x, p, "override", bytes_of_text(o->id));
	audit_about(x, e, o->record);
}

bool admin_read_one_override(struct exchange *x)
{
	const char **id = arena_new(x->arena, const char *);
	x->request = id;
	return admin_read_override(x, id);
}

bool admin_find_one_override(struct exchange *x)
{
	struct override *o = arena_new(x->arena, struct override);
	if (!admin_find_override(x, *(const char *const *)x->request, o))
		return false;
	x->result = o;
	return true;
}

void admin_audit_one_override(struct exchange *x, struct audit_event *e)
{
	admin_audit_override(x, e, x->result);
}

/* ---- Lists ---- */

bool admin_read_overrides(struct exchange *x, enum override_list waiting)
{
	struct override_page *p = arena_new(x->arena, struct override_page);
	x->request = p;
	bool all = false, good = admin_yes(x, "all", &all);
	p->which = all ? OVERRIDES_ALL : waiting;
	p->after = admin_text(x, "after", false);
	return good && x->problem.code == PROBLEM_NONE
	       && admin_limit(x, LIMIT, LIMIT_MOST, &p->limit);
}

bool admin_list_overrides(struct exchange *x)
{
	struct override_page *p = arena_new(x->arena, struct override_page);
	struct override last;
	*p = *(const struct override_page *)x->request;
	if (p->after != NULL && !override_get(x->txn, x->arena, p->after, &last)
	    && !store_failed(x->txn))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", p->after);
	p->overrides = overrides_list(x->txn, x->arena, p->which, p->after, p->limit, &p->count);
	x->result = p;
	return true;
}

void admin_audit_overrides(struct exchange *x, struct audit_event *e)
{
	const struct override_page *p = x->result;
	for (size_t i = 0; p != NULL && i < p->count; i++)
		audit_about(x, e, p->overrides[i].record);
}

json_t *admin_show_overrides(struct exchange *x, const char *member,
			     json_t *(*show)(struct exchange *x, const struct override *o))
{
	const struct override_page *p = x->result;
	json_t *rows = json_array(), *o = json_pack("{s:o}", member, rows);
	for (size_t i = 0; i < p->count; i++)
		json_array_append_new(rows, show(x, &p->overrides[i]));
	if (p->count != 0 && p->count == p->limit)
		json_object_set_new(o, "next", json_string(p->overrides[p->count - 1].id));
	return o;
}
