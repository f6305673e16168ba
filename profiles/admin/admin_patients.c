/* profiles/admin/admin_patients.c: patients, one page after the other. GET /admin/patients. */
#include "profiles/admin/admin_person.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/text.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };
/* A person has a handful of records; some thousand persons are looked through in milliseconds. */
enum { AT_ONCE = 64, PERSONS_MOST = 4096 };

/* Behind which row a page goes on: the person, and of it the record; record 0: all of them. */
struct list_mark {
	uint64_t person, record;
};

struct page_request {
	const char *facility;
	uint64_t limit;
	struct list_mark after;
};

struct row {
	const struct patient_record *record;
	const char *regional_id;
	uint64_t person;
};

struct page {
	struct row *rows;
	unsigned count;
	const char *next; /* NULL: there is no more */
};

/* PERSON.RECORD, nobody's affair but ours. */
static bool read_mark(struct exchange *x, struct list_mark *out)
{
	const char *text = admin_text(x, "after", false);
	const char *dot = text == NULL ? NULL : strchr(text, '.');
	if (text == NULL)
		return x->problem.code == PROBLEM_NONE;
	bool read = dot != NULL
		    && text_to_number(arena_text_n(x->arena, text, (size_t)(dot - text)),
				      UINT64_MAX, &out->person)
		    && text_to_number(dot + 1, UINT64_MAX, &out->record) && out->person != 0;
	return read
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
			     "'%s' is not the next of an earlier list", text);
}

static bool read_request(struct exchange *x)
{
	struct page_request *r = arena_new(x->arena, struct page_request);
	const char *limit = admin_text(x, "limit", false);
	x->request = r;
	r->limit = LIMIT;
	r->facility = admin_text(x, "facility", false);
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	if (r->facility != NULL && region_system(x->region, r->facility) == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
				  "no facility is called '%s'", r->facility);
	return read_mark(x, &r->after) && x->problem.code == PROBLEM_NONE;
}

static bool is_listed(struct exchange *x, const struct patient_record *record)
{
	const struct page_request *r = x->request;
	return !text_equal(record->domain, x->region->affinity_domain)
	       && (r->facility == NULL
		   || text_equal(admin_facility(x->region, record->domain), r->facility));
}

/* The records of one person that are listed, behind the mark. False: the page is full, and this
 * person's next record is the first that has no room. */
static bool add_rows(struct exchange *x, struct page *p, const struct person *person)
{
	const struct page_request *r = x->request;
	bool behind = person->number != r->after.person || r->after.record == 0;
	for (const struct patient_record *one = person->records; one != NULL; one = one->next) {
		if (behind && is_listed(x, one)) {
			if (p->count == r->limit)
				return false;
			p->rows[p->count++] = (struct row){ one, person->regional_id,
							    person->number };
		}
		behind = behind || one->number == r->after.record;
	}
	return true;
}

/* Rows are counted, for rows are what is asked for; a person may have many. A page also ends when
 * as many persons were looked through, or what they take up fills a quarter of the exchange's
 * memory: who lists a small facility in a large region is told where to go on. */
static bool list(struct exchange *x)
{
	const struct page_request *r = x->request;
	struct page *p = arena_new(x->arena, struct page);
	size_t most = (arena_used(x->arena) + arena_left(x->arena)) / 4,
	       before = arena_used(x->arena);
	uint64_t after = r->after.person - (r->after.record != 0);
	unsigned looked = 0, count;
	p->rows = arena_array(x->arena, struct row, r->limit);
	x->result = p;
	do {
		struct person *persons = identity_list(x->txn, x->arena, after, AT_ONCE, &count);
		for (unsigned i = 0; i < count; after = persons[i++].number)
			if (!add_rows(x, p, &persons[i])) {
				const struct row *last = &p->rows[p->count - 1];
				p->next = arena_printf(x->arena, "%" PRIu64 ".%" PRIu64,
						       last->person, last->record->number);
				return true;
			}
		looked += count;
	} while (count == AT_ONCE && looked < PERSONS_MOST && arena_used(x->arena) - before < most);
	if (count == AT_ONCE)
		p->next = arena_printf(x->arena, "%" PRIu64 ".0", after);
	return true;
}

/* A list is not one patient: it is recorded as a use of the whole, not as hundreds of records. Each
 * of them finds it in his trail nevertheless. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct page *p = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = arena_printf(x->arena, "list of %u records", p == NULL ? 0 : p->count),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	for (unsigned i = 0; p != NULL && i < p->count; i++)
		audit_about(x, e, p->rows[i].record->number);
}

static json_t *answer(struct exchange *x)
{
	const struct page *p = x->result;
	json_t *list_of = json_array(), *o = json_pack("{s:o}", "patients", list_of);
	for (unsigned i = 0; i < p->count; i++)
		json_array_append_new(
			list_of, admin_show_record(x, p->rows[i].record, p->rows[i].regional_id));
	if (p->next != NULL)
		json_object_set_new(o, "next", json_string(p->next));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/patients" }, { 0 } };

static const char *const parameters[] = { "facility limit after" };

const struct transaction admin_patients = {
	.code = "patient-list",
	.name = "Patients listed",
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
