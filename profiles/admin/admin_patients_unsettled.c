/* profiles/admin/admin_patients_unsettled.c: the records that wait for the operator, with the
 * reasons. GET /admin/patients/unsettled. */
#include "profiles/admin/admin_person.h"

#include <inttypes.h>

#include "gateway/base/text.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

struct page_request {
	uint64_t limit, after;
};

/* A row of the list: regional is the person's id, against the other's as the operator writes it. */
struct row {
	const char *regional, *against;
};

struct page {
	struct unsettled_record *records;
	struct row *rows;
	unsigned count;
};

/* What it is, and what settles it. */
static const struct {
	enum unsettled reason;
	const char *name, *remedy;
} reasons[] = {
	{ UNSETTLED_IDENTITY, "identity-changed",
	  "the id has become somebody else's: ask the facility; patient confirm if it is the same "
	  "person" },
	{ UNSETTLED_CONTRADICTION, "contradiction",
	  "what would link it leads to somebody it contradicts: patient apart, or patient "
	  "together" },
	{ UNSETTLED_TIE, "ids-of-one-message",
	  "ids that were one patient's contradict one another: patient apart, or patient "
	  "together" },
	{ UNSETTLED_SIZE, "too-many-records",
	  "one person would have more records than one can have: ask the facility" },
	{ UNSETTLED_CONSENT, "decisions-meet",
	  "joined here, left there: the stricter holds; ask the person, then consent join or "
	  "leave" },
	{ UNSETTLED_LEFT_OUT, "more-than-compared",
	  "it has more names, phones, addresses or insurances than are compared: what is beyond "
	  "links nobody; ask the facility" },
};

static bool read_request(struct exchange *x)
{
	struct page_request *r = arena_new(x->arena, struct page_request);
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	x->request = r;
	r->limit = LIMIT;
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (after != NULL && (!text_to_number(after, UINT64_MAX, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	return x->problem.code == PROBLEM_NONE;
}

static bool list(struct exchange *x)
{
	const struct page_request *r = x->request;
	struct page *p = arena_new(x->arena, struct page);
	p->records = identity_unsettled(x->txn, x->arena, r->after, (unsigned)r->limit, &p->count);
	p->rows = arena_array(x->arena, struct row, p->count + 1);
	for (unsigned i = 0; i < p->count; i++) {
		struct patient_record other;
		p->rows[i].regional = identity_regional_id(x->txn, x->arena,
							   p->records[i].record.person);
		if (identity_place(x->txn, x->arena, p->records[i].against, &other))
			p->rows[i].against = cx_text(x->arena, other.id, other.domain);
	}
	x->result = p;
	return true;
}

/* A list is not one patient: it is recorded as a use of the whole. Each of them finds it in his
 * trail nevertheless, and so does whom one of them is against, whose id is told. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct page *p = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = arena_printf(x->arena, "list of %u unsettled records",
				     p == NULL ? 0 : p->count),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	for (unsigned i = 0; p != NULL && i < p->count; i++) {
		audit_about(x, e, p->records[i].record.number);
		if (p->rows[i].against != NULL)
			audit_about(x, e, p->records[i].against);
	}
}

static json_t *show(struct exchange *x, const struct unsettled_record *u, const struct row *row)
{
	json_t *o = admin_show_record(x, &u->record, row->regional);
	const char *names = NULL, *remedy = NULL;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		if ((u->record.unsettled & reasons[i].reason) == 0)
			continue;
		names = names == NULL ? reasons[i].name
				      : text_joined(x->arena, names, " ", reasons[i].name, NULL);
		remedy = remedy == NULL ? reasons[i].remedy : remedy;
	}
	json_object_set_new(o, "reason", json_string(names == NULL ? "" : names));
	json_object_set_new(o, "do", json_string(remedy == NULL ? "" : remedy));
	if (row->against != NULL)
		json_object_set_new(o, "against", json_string(row->against));
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct page_request *r = x->request;
	const struct page *p = x->result;
	json_t *rows = json_array(), *o = json_pack("{s:o}", "patients", rows);
	for (unsigned i = 0; i < p->count; i++)
		json_array_append_new(rows, show(x, &p->records[i], &p->rows[i]));
	if (p->count != 0 && p->count == r->limit)
		json_object_set_new(
			o, "next",
			json_string(arena_printf(x->arena, "%" PRIu64,
						 p->records[p->count - 1].record.number)));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/patients/unsettled" },
				       { 0 } };

static const char *const parameters[] = { "limit after" };

const struct transaction admin_patients_unsettled = {
	.code = "patient-unsettled",
	.name = "Unsettled patient records listed",
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
	.handle = list,
	.audited = audited,
	.answer_json = answer,
};
