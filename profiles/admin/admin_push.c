/* profiles/admin/admin_push.c: one push, and whose it is. GET /admin/pushes/{id}. */
#include "profiles/admin/admin_push.h"

#include "profiles/admin/admin_document.h"

bool admin_find_push(struct exchange *x, const char *id, struct push *out)
{
	return push_get(x->txn, x->arena, id, out)
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "id",
			     "no inbox has '%s', or no longer: it was dropped", id);
}

json_t *admin_show_push(struct exchange *x, const struct push *p)
{
	json_int_t documents = 0;
	for (const struct pushed_document *d = p->documents; d != NULL; d = d->next)
		documents++;
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s}", "id", p->id, "inbox", p->inbox,
			 "received", admin_time(x->arena, p->received), "from", p->system,
			 "documents", documents, "octets", (json_int_t)push_octets(p), "state",
			 p->taken != 0     ? "taken"
			 : p->fetched != 0 ? "fetched"
					   : "new");
}

struct audit_object *admin_audit_push(struct exchange *x, struct audit_event *e, const char *id,
				      const struct push *p)
{
	if (p != NULL && p->patient_id != NULL)
		audit_patient(x, e, p->patient_id);
	if (p != NULL)
		audit_submission_set(x, e, p->set_unique_id);
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = arena_printf(x->arena, "push %s", p == NULL ? id : p->id),
		.type_code = 2,
		.type_code_role = 20, /* a job */
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	if (p != NULL)
		o->name = arena_printf(x->arena, "to %s by %s", p->inbox, p->system);
	return o;
}

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "id", true);
	return x->request != NULL;
}

static bool show(struct exchange *x)
{
	struct push *p = arena_new(x->arena, struct push);
	if (!admin_find_push(x, x->request, p))
		return false;
	x->result = p;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	if (x->request != NULL)
		admin_audit_push(x, e, x->request, x->result);
}

static json_t *show_document(const struct pushed_document *d)
{
	json_t *o = json_pack("{s:s, s:s, s:I}", "unique_id", d->unique_id, "mime_type",
			      d->mime_type, "size", (json_int_t)d->octets.size);
	admin_put(o, "title", d->title);
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct push *p = x->result;
	json_t *o = admin_show_push(x, p), *list = json_array();
	for (const struct pushed_document *d = p->documents; d != NULL; d = d->next)
		json_array_append_new(list, show_document(d));
	json_object_set_new(o, "documents", list);
	admin_put(o, "patient", p->patient_id);
	admin_put(o, "submission_set", p->set_unique_id);
	if (p->fetched != 0)
		admin_put(o, "fetched", admin_time(x->arena, p->fetched));
	if (p->taken != 0)
		admin_put(o, "taken", admin_time(x->arena, p->taken));
	admin_put(o, "taken_by", p->taken_by);
	return json_pack("{s:o}", "push", o);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/pushes/{id}" },
				       { 0 } };

static const char *const parameters[] = { "id" };

const struct transaction admin_push = {
	.code = "inbox-show",
	.name = "Pushed submission shown",
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
	.handle = show,
	.audited = audited,
	.answer_json = answer,
};
