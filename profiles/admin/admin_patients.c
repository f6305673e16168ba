/* profiles/admin/admin_patients.c: patients, one page after the other. GET /admin/patients. */
#include "profiles/admin/admin_person.h"

#include <inttypes.h>

#include "gateway/base/text.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

struct page_request {
	const char *facility;
	uint64_t limit, after;
};

struct page {
	struct person *persons;
	unsigned count;
};

static bool read_request(struct exchange *x)
{
	struct page_request *r = arena_new(x->arena, struct page_request);
	const char *limit = admin_text(x, "limit", false), *after = admin_text(x, "after", false);
	x->request = r;
	r->limit = LIMIT;
	r->facility = admin_text(x, "facility", false);
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (after != NULL && !text_to_number(after, UINT64_MAX, &r->after))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not a number", after);
	if (r->facility != NULL && region_system(x->region, r->facility) == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
				  "no facility is called '%s'", r->facility);
	return x->problem.code == PROBLEM_NONE;
}

static bool list(struct exchange *x)
{
	const struct page_request *r = x->request;
	struct page *p = arena_new(x->arena, struct page);
	p->persons = identity_list(x->txn, x->arena, r->after, (unsigned)r->limit, &p->count);
	x->result = p;
	return true;
}

/* A list is not one patient: it is recorded as a use of the whole, not as hundreds of records. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct page *p = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients", .type_code = 2, .type_code_role = 17,
		.name = arena_printf(x->arena, "list of %u persons", p == NULL ? 0 : p->count),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

static json_t *answer(struct exchange *x)
{
	const struct page_request *r = x->request;
	const struct page *p = x->result;
	json_t *list_of = json_array(), *o = json_pack("{s:o}", "patients", list_of);
	for (unsigned i = 0; i < p->count; i++) {
		const struct person *one = &p->persons[i];
		for (const struct patient_record *record = one->records; record != NULL;
		     record = record->next) {
			bool regional = text_equal(record->domain, x->region->affinity_domain);
			if (regional || (r->facility != NULL
					 && !text_equal(admin_facility(x->region, record->domain), r->facility)))
				continue;
			json_array_append_new(list_of,
					      admin_show_record(x, record, one->regional_id));
		}
	}
	if (p->count == r->limit)
		json_object_set_new(o, "next",
				    json_string(arena_printf(x->arena, "%" PRIu64,
							     p->persons[p->count - 1].number)));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/patients" }, { 0 } };

const struct transaction admin_patients = {
	.code = "patient-list", .name = "Patients listed", .section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR, .dialect = DIALECT_ADMIN, .routes = routes, .access = STORE_READ,
	.audit_event = 110110, .audit_action = AUDIT_READ,
	.read = read_request, .handle = list, .audited = audited, .answer_json = answer,
};
