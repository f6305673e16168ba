/* profiles/admin/admin_partner_whose.c: whose a partner's code, or an id of the partner's own, is.
 * GET /admin/partner/whose?partner=&code= (or &id=). Nothing that is said here repeats the code. */
#include "profiles/admin/admin_partner.h"

struct whose_request {
	const struct partner *partner;
	const char *code;
	struct partner_id id; /* code NULL */
};

struct found {
	struct person person;
};

static bool read_request(struct exchange *x)
{
	struct whose_request *r = arena_new(x->arena, struct whose_request);
	const char *id = admin_text(x, "id", false);
	x->request = r;
	r->partner = admin_read_partner(x);
	r->code = admin_text(x, "code", false);
	if ((r->code == NULL) == (id == NULL))
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "code",
			   "either a code or an id of the partner's is needed");
	else if (id != NULL)
		admin_read_partner_id(x, "id", id, &r->id);
	return x->problem.code == PROBLEM_NONE;
}

static bool find_by_code(struct exchange *x, const struct whose_request *r, uint64_t *person)
{
	struct partner_code c;
	if (!partner_code_find(x->txn, x->arena, r->partner->name, r->code, &c))
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "code",
				  "the partner was never given such a code");
	*person = c.person;
	return c.revoked == 0
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "code",
			     "the code was revoked at %s, and leads nowhere",
			     admin_time(x->arena, c.revoked));
}

static bool find_by_id(struct exchange *x, const struct whose_request *r, uint64_t *person)
{
	struct partner_id id;
	if (!partner_id_find(x->txn, x->arena, r->partner->name, r->id.domain, r->id.id, &id))
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "id",
				  "that id of the partner is nobody's here");
	*person = id.person;
	return true;
}

static bool find(struct exchange *x)
{
	const struct whose_request *r = x->request;
	struct found *f = arena_new(x->arena, struct found);
	uint64_t person = 0;
	if (!(r->code != NULL ? find_by_code(x, r, &person) : find_by_id(x, r, &person)))
		return false;
	if (!identity_person(x->txn, x->arena, person, &f->person))
		return problem_set(&x->problem, PROBLEM_INTERNAL, "the person could not be read");
	x->result = f;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct whose_request *r = x->request;
	const struct found *f = x->result;
	const struct patient_record *shown = f == NULL ? NULL : admin_shown_record(&f->person);
	if (shown == NULL)
		return;
	struct audit_object *o = audit_patient(x, e, cx_text(x->arena, shown->id, shown->domain));
	audit_add_detail(x, o, "partner", bytes_of_text(r->partner->name));
	audit_add_detail(x, o, "by", bytes_of_text(r->code != NULL ? "code" : "id"));
}

static json_t *answer(struct exchange *x)
{
	const struct found *f = x->result;
	json_t *rows = json_array();
	for (const struct patient_record *r = f->person.records; r != NULL; r = r->next)
		if (r->source_system[0] != '\0')
			json_array_append_new(rows, admin_show_record(x, r, f->person.regional_id));
	return json_pack("{s:o}", "patients", rows);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/partner/whose" },
				       { 0 } };

static const char *const parameters[] = { "partner code id" };

const struct transaction admin_partner_whose = {
	.code = "partner-whose",
	.name = "Person behind a partner's code shown",
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
	.handle = find,
	.audited = audited,
	.answer_json = answer,
};
