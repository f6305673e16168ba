/* profiles/admin/admin_patients_found.c: who may be meant, by how a reading or a name begins and by
 * birth date, or whose an id is. GET /admin/patients/found. */
#include "profiles/admin/admin_person.h"

#include <stdio.h>

#include "gateway/base/text.h"
#include "profiles/actors/demographics_supplier.h"

/* A question that more than this answer is asked more closely. */
enum { LIMIT = 50, LIMIT_MOST = 200 };

static bool read_id(struct exchange *x, struct demographics_question *q)
{
	const char *text = admin_text(x, "id", false);
	struct patient_identifier *id = arena_new(x->arena, struct patient_identifier);
	if (text != NULL && !admin_read_name(x, text, id)) {
		snprintf(x->problem.where, sizeof x->problem.where, "id");
		return false;
	}
	q->known.id = text == NULL ? NULL : id;
	return x->problem.code == PROBLEM_NONE && admin_yes(x, "joined", &q->joined);
}

static bool read_request(struct exchange *x)
{
	struct demographics_question *q = arena_new(x->arena, struct demographics_question);
	const char *limit = admin_text(x, "limit", false);
	uint64_t most = LIMIT;
	*q = (struct demographics_question){
		.known = { .kana = admin_text(x, "kana", false),
			   .name = admin_text(x, "name", false),
			   .birth_date = admin_text(x, "birth_date", false) },
		.after = admin_text(x, "after", false),
	};
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &most) || most == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	q->limit = (unsigned)most;
	if (!read_id(x, q) || !demographics_supplier_may(x->arena, q, &x->problem))
		return false;
	x->request = q;
	return true;
}

static bool look(struct exchange *x)
{
	struct demographics_answer *found = arena_new(x->arena, struct demographics_answer);
	if (!demographics_supplier_tell_operator(x->txn, x->arena, x->request, found, &x->problem))
		return false;
	x->result = found;
	return true;
}

static void add_asked(struct exchange *x, struct audit_object *o, const char *member,
		      const char *text)
{
	if (text != NULL)
		audit_add_detail(x, o, member, bytes_of_text(text));
}

/* As a list it is a use of the whole; each who was found has it in his trail, and what was asked
 * for stands there, also when nobody was found. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct demographics_question *q = x->request;
	const struct demographics_answer *f = x->result;
	size_t count = f == NULL ? 0 : f->count;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = arena_printf(x->arena, "%zu records found", count),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	if (q != NULL) {
		add_asked(x, o, "kana", q->known.kana);
		add_asked(x, o, "name", q->known.name);
		add_asked(x, o, "birth_date", q->known.birth_date);
		if (q->known.id != NULL)
			add_asked(x, o, "id",
				  cx_text(x->arena, q->known.id->id, q->known.id->universal_id));
	}
	for (size_t i = 0; i < count; i++)
		audit_about(x, e, f->found[i].record->number);
}

static json_t *answer(struct exchange *x)
{
	const struct demographics_answer *f = x->result;
	json_t *rows = json_array(), *o = json_pack("{s:o}", "patients", rows);
	for (size_t i = 0; i < f->count; i++)
		json_array_append_new(
			rows, admin_show_record(x, f->found[i].record, f->found[i].regional_id));
	if (f->next != NULL)
		json_object_set_new(o, "next", json_string(f->next));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/patients/found" },
				       { 0 } };

static const char *const parameters[] = { "kana name birth_date id joined limit after" };

const struct transaction admin_patients_found = {
	.code = "patient-find",
	.name = "Patients looked for",
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
