/* profiles/admin/admin_patients_found.c: who may be meant, by how a reading or a name begins and by
 * birth date. GET /admin/patients/found. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

/* A question that more than this answer is asked more closely. */
enum { LIMIT = 50, LIMIT_MOST = 200 };

struct found_request {
	const char *kana, *name, *birth_date; /* as they were written */
	struct candidates_wanted wanted;
	const char *after;
	uint64_t limit;
};

struct found {
	struct candidate_page page;
	const char **persons; /* the regional id of each */
};

/* Neither the record of the question nor its answer may hold one. */
static bool is_my_number(struct exchange *x, const char *member, const char *text)
{
	return text != NULL && text_is_my_number(text)
	       && !problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member,
			      "an Individual Number is nobody's name");
}

static bool read_request(struct exchange *x)
{
	struct found_request *r = arena_new(x->arena, struct found_request);
	const char *kana = admin_text(x, "kana", false), *name = admin_text(x, "name", false),
		   *birth_date = admin_text(x, "birth_date", false),
		   *limit = admin_text(x, "limit", false);
	r->after = admin_text(x, "after", false);
	r->limit = LIMIT;
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (x->problem.code != PROBLEM_NONE || is_my_number(x, "kana", kana)
	    || is_my_number(x, "name", name) || is_my_number(x, "birth_date", birth_date)
	    || !candidates_wanted(x->arena, kana, name, birth_date, &r->wanted, &x->problem))
		return false;
	r->kana = kana;
	r->name = name;
	r->birth_date = birth_date;
	x->request = r;
	return true;
}

static bool look(struct exchange *x)
{
	const struct found_request *r = x->request;
	struct found *f = arena_new(x->arena, struct found);
	size_t i = 0;
	if (!identity_candidates(x->txn, x->arena, &r->wanted, r->after, (unsigned)r->limit,
				 &f->page))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier answer to this", r->after);
	f->persons = arena_array(x->arena, const char *, f->page.count + 1);
	for (const struct patient_record *one = f->page.records; one != NULL; one = one->next)
		f->persons[i++] = identity_regional_id(x->txn, x->arena, one->person);
	x->result = f;
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
	const struct found_request *r = x->request;
	const struct found *f = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = arena_printf(x->arena, "%u records found", f == NULL ? 0 : f->page.count),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	if (r != NULL) {
		add_asked(x, o, "kana", r->kana);
		add_asked(x, o, "name", r->name);
		add_asked(x, o, "birth_date", r->birth_date);
	}
	for (const struct patient_record *one = f == NULL ? NULL : f->page.records; one != NULL;
	     one = one->next)
		audit_about(x, e, one->number);
}

static json_t *answer(struct exchange *x)
{
	const struct found *f = x->result;
	json_t *rows = json_array(), *o = json_pack("{s:o}", "patients", rows);
	size_t i = 0;
	for (const struct patient_record *r = f->page.records; r != NULL; r = r->next)
		json_array_append_new(rows, admin_show_record(x, r, f->persons[i++]));
	if (f->page.next != NULL)
		json_object_set_new(o, "next", json_string(f->page.next));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/patients/found" },
				       { 0 } };

static const char *const parameters[] = { "kana name birth_date limit after" };

const struct transaction admin_patients_found = {
	.code = "patient-find",
	.name = "Patients looked for",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
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
