/* profiles/admin/admin_partner_mapping.c: which patient of a partner a person is
 * (store/partner_ids.h).
 *
 * POST /admin/partner/mapping {partner, patient, action, id, reason}: map, unmap. What is refused
 * because something stands against it is an answer, not an error: it was raised, and that stays. */
#include "profiles/admin/admin_partner.h"

#include <inttypes.h>

#include "gateway/base/text.h"

struct mapping_request {
	const struct partner *partner;
	const char *patient, *reason;
	bool unmap;
	struct partner_id id;
};

struct mapping_done {
	struct patient_record record;
	struct mapped told;
	unsigned unmapped;
};

static void read_action(struct exchange *x, struct mapping_request *r)
{
	const char *action = admin_text(x, "action", true), *id = admin_text(x, "id", false);
	r->unmap = text_equal(action, "unmap");
	if (action != NULL && !r->unmap && !text_equal(action, "map"))
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "action",
			   "'%s' is none of map, unmap", action);
	else if (r->unmap == (id != NULL))
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "id",
			   r->unmap ? "the person is unmapped, whatever id he has there"
				    : "'id' is needed");
	else if (id != NULL)
		admin_read_partner_id(x, "id", id, &r->id);
}

static bool read_request(struct exchange *x)
{
	struct mapping_request *r = arena_new(x->arena, struct mapping_request);
	x->request = r;
	r->partner = admin_read_partner(x);
	r->patient = admin_text(x, "patient", true);
	r->reason = admin_text(x, "reason", true);
	if (x->problem.code == PROBLEM_NONE)
		read_action(x, r);
	return x->problem.code == PROBLEM_NONE;
}

static bool unmap(struct exchange *x, struct mapping_done *d)
{
	const struct mapping_request *r = x->request;
	d->unmapped = partner_id_unmap(x->txn, r->partner->name, d->record.person);
	return d->unmapped != 0
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "patient",
			     "the person has no id at that partner");
}

static bool map(struct exchange *x, struct mapping_done *d)
{
	const struct mapping_request *r = x->request;
	struct partner_id id = r->id;
	id.partner = r->partner->name;
	id.person = d->record.person;
	id.by = x->who.person.name;
	id.since = x->now;
	return partner_id_map(x->txn, &id, &d->told, &x->problem);
}

static bool change(struct exchange *x)
{
	const struct mapping_request *r = x->request;
	struct mapping_done *d = arena_new(x->arena, struct mapping_done);
	if (!admin_find_person(x, r->patient, &d->record))
		return false;
	x->result = d;
	bool done = r->unmap ? unmap(x, d) : map(x, d);
	if (done && !r->unmap && d->told.what == MAPPING_MADE) {
		x->reply.status = 201;
		reply_location(&x->reply, x->arena, "/admin/partner/patient", "patient",
			       cx_text(x->arena, d->record.id, d->record.domain));
	}
	return done;
}

static const char *const outcomes[] = {
	[MAPPING_MADE] = "map",
	[MAPPING_THERE] = "map, as it was",
	[MAPPING_REFUSED] = "map, refused",
};

/* Who stands against it is told, and finds that in his trail. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct mapping_request *r = x->request;
	const struct mapping_done *d = x->result;
	if (d == NULL)
		return;
	struct audit_object *o = audit_patient(x, e,
					       cx_text(x->arena, d->record.id, d->record.domain));
	audit_add_detail(x, o, "partner", bytes_of_text(r->partner->name));
	audit_add_detail(x, o, "action",
			 bytes_of_text(r->unmap ? "unmap" : outcomes[d->told.what]));
	if (!r->unmap)
		audit_add_detail(x, o, "id",
				 bytes_of_text(cx_text(x->arena, r->id.id, r->id.domain)));
	audit_add_detail(x, o, "reason", bytes_of_text(r->reason));
	for (const struct partner_id *one = d->told.against; one != NULL; one = one->next)
		audit_about(x, e, one->record);
}

static json_t *answer_map(struct exchange *x, const struct mapping_request *r,
			  const struct mapping_done *d, json_t *o)
{
	bool mapped = d->told.what != MAPPING_REFUSED;
	json_object_set_new(o, "id", json_string(cx_text(x->arena, r->id.id, r->id.domain)));
	json_object_set_new(o, "mapped", json_boolean(mapped));
	json_object_set_new(o, "changed", json_boolean(d->told.what == MAPPING_MADE));
	if (mapped)
		return o;
	if (d->told.conflict != 0)
		json_object_set_new(
			o, "conflict",
			json_string(arena_printf(x->arena, "%" PRIu64, d->told.conflict)));
	json_object_set_new(
		o, "do",
		json_string(d->told.conflict != 0 ? "minato partner conflicts shows what stands "
						    "against it, partner settle decides"
			    : d->told.decided ? "it was decided to keep what stands: unmap that "
						"first"
					      : "too many wait: settle some of minato partner "
						"conflicts first"));
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct mapping_request *r = x->request;
	const struct mapping_done *d = x->result;
	json_t *o = json_pack("{s:s, s:s}", "partner", r->partner->name, "patient",
			      cx_text(x->arena, d->record.id, d->record.domain));
	if (!r->unmap)
		return answer_map(x, r, d, o);
	json_object_set_new(o, "unmapped", json_integer(d->unmapped));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/partner/mapping", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "partner patient action id reason" };

const struct transaction admin_partner_mapping = {
	.code = "partner-mapping",
	.name = "Patient of a partner mapped",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_WRITE,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE,
	.read = read_request,
	.handle = change,
	.audited = audited,
	.answer_json = answer,
};
