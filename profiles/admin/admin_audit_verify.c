/* profiles/admin/admin_audit_verify.c: walks the hash chain. POST /admin/audit/verify. */
#include "profiles/admin/admin_person.h"

#include "store/audit_log.h"

struct verified {
	bool whole;
	struct audit_head head;
	uint64_t broken;
	struct problem why;
};

static bool read_request(struct exchange *x)
{
	(void)x;
	return true;
}

static bool verify(struct exchange *x)
{
	struct verified *v = arena_new(x->arena, struct verified);
	x->result = v;
	v->whole = audit_log_verify(x->txn, &v->head, &v->broken, &v->why);
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct verified *v = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = x->endpoint, .type_code = 2, .type_code_role = 13, .name = "Security Audit Log",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	e->type = (struct coded_value){ 0 };
	if (v != NULL && !v->whole) {
		e->outcome = AUDIT_MAJOR;
		e->outcome_description = "the chain of audit records is broken";
	}
}

static json_t *answer(struct exchange *x)
{
	const struct verified *v = x->result;
	json_t *faults = json_array();
	if (!v->whole)
		json_array_append_new(faults,
				      json_pack("{s:I, s:s}", "number", (json_int_t)v->broken,
						"what", v->why.what));
	return json_pack(
		"{s:b, s:I, s:s, s:o}", "valid", v->whole, "records", (json_int_t)v->head.sequence,
		"head", bytes_to_hex(x->arena, (struct bytes){ v->head.hash, sizeof v->head.hash }),
		"faults", faults);
}

static const struct route routes[] = { { .request = "POST", .detail = "/admin/audit/verify" },
				       { 0 } };

const struct transaction admin_audit_verify = {
	.code = "audit-verify", .name = "Audit Log Used", .section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR, .dialect = DIALECT_ADMIN, .routes = routes, .access = STORE_READ,
	.audit_event = 110101, .audit_action = AUDIT_READ,
	.read = read_request, .handle = verify, .audited = audited, .answer_json = answer,
};
