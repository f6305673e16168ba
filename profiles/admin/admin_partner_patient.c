/* profiles/admin/admin_partner_patient.c: what partners know a person by: codes, and their own
 * ids. GET /admin/partner/patient?patient=. */
#include "profiles/admin/admin_partner.h"

struct known_id {
	const struct partner_id *id;
	bool told; /* false: he has another one there, until the operator has settled that */
	struct known_id *next;
};

struct known {
	struct patient_record record;
	const struct partner_code *codes;
	struct known_id *ids;
};

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "patient", true);
	return x->request != NULL;
}

static void look_at_ids(struct exchange *x, struct known *k)
{
	struct known_id **last = &k->ids;
	for (const struct partner_id *id = partner_ids_of(x->txn, x->arena, k->record.person);
	     id != NULL; id = id->next) {
		struct partner_id only;
		bool disputed;
		*last = arena_new(x->arena, struct known_id);
		(*last)->id = id;
		(*last)->told = partner_id_of(x->txn, x->arena, id->partner, k->record.person,
					      &only, &disputed);
		last = &(*last)->next;
	}
}

static bool look(struct exchange *x)
{
	struct known *k = arena_new(x->arena, struct known);
	if (!admin_find_person(x, x->request, &k->record))
		return false;
	k->codes = partner_codes_of(x->txn, x->arena, k->record.person);
	look_at_ids(x, k);
	x->result = k;
	return true;
}

static const char *name_of(struct exchange *x, const struct known *k)
{
	return cx_text(x->arena, k->record.id, k->record.domain);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct known *k = x->result;
	if (k != NULL)
		audit_patient(x, e, name_of(x, k));
}

static json_t *answer(struct exchange *x)
{
	const struct known *k = x->result;
	json_t *codes = json_array(), *ids = json_array();
	for (const struct partner_code *c = k->codes; c != NULL; c = c->next)
		json_array_append_new(
			codes, json_pack("{s:s, s:s, s:s, s:s, s:b}", "partner", c->partner,
					 "purpose", code_purpose_name(c->purpose), "code", c->text,
					 "since", admin_time(x->arena, c->made), "told", c->told));
	for (const struct known_id *one = k->ids; one != NULL; one = one->next) {
		json_t *o = admin_show_partner_id(x, one->id, name_of(x, k));
		json_object_set_new(o, "told", json_boolean(one->told));
		json_array_append_new(ids, o);
	}
	return json_pack("{s:s, s:o, s:o}", "patient", name_of(x, k), "codes", codes, "ids", ids);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/partner/patient" },
				       { 0 } };

static const char *const parameters[] = { "patient" };

const struct transaction admin_partner_patient = {
	.code = "partner-show",
	.name = "What partners know a person by shown",
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
	.handle = look,
	.audited = audited,
	.answer_json = answer,
};
