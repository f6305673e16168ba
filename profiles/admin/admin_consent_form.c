/* profiles/admin/admin_consent_form.c: the form that a decision about consent was written on, as it
 * was scanned. GET /admin/consent/form?patient=&event=. The answer is octets and nothing else. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/text.h"
#include "profiles/admin/consent_told.h"
#include "store/blobs.h"
#include "store/consent.h"

struct form_request {
	const char *patient;
	uint64_t event;
};

struct form_found {
	const char *cx;
	struct consent_event *event; /* NULL: there is none of that number */
};

static bool read_request(struct exchange *x)
{
	struct form_request *r = arena_new(x->arena, struct form_request);
	const char *event = admin_text(x, "event", true);
	x->request = r;
	r->patient = admin_text(x, "patient", true);
	if (event == NULL || r->patient == NULL)
		return false;
	return (text_to_number(event, UINT64_MAX - 1, &r->event) && r->event != 0)
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "event",
			     "'%s' is no event of the history of consent", event);
}

/* Kept with any of the person's records. */
static struct consent_event *find_event(struct exchange *x, const struct patient_record *of,
					uint64_t number)
{
	struct record_numbers subjects;
	if (!identity_subjects(x->txn, x->arena, of->person, &subjects))
		return NULL;
	struct consent_event *e = consent_history(x->txn, x->arena, &subjects, number + 1, 1);
	return e != NULL && e->number == number ? e : NULL;
}

static bool open(struct exchange *x)
{
	const struct form_request *r = x->request;
	struct form_found *found = arena_new(x->arena, struct form_found);
	struct blob_content *content = arena_new(x->arena, struct blob_content);
	struct patient_record record;
	if (!admin_find_person(x, r->patient, &record))
		return false;
	found->cx = cx_text(x->arena, record.id, record.domain);
	found->event = find_event(x, &record, r->event);
	x->result = found;
	const struct consent_event *e = found->event;
	if (e == NULL || e->paper.kind == PAPER_NONE)
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "event",
				  e == NULL ? "no decision of the patient has that event"
					    : "no form came with that decision");
	if (!blob_open(x->txn, e->paper.sha256, x->arena, content, &x->problem))
		return false;
	exchange_depart(x, paper_media_types[e->paper.kind], content);
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct form_request *r = x->request;
	const struct form_found *found = x->result;
	if (r == NULL || r->patient == NULL)
		return;
	struct audit_object *o = audit_patient(x, e, found != NULL ? found->cx : r->patient);
	audit_add_detail(
		x, o, "event",
		bytes_of_text(arena_printf(x->arena, "%llu", (unsigned long long)r->event)));
	if (found != NULL && found->event != NULL)
		consent_audit_more(x, o, found->event);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/consent/form" },
				       { 0 } };

static const char *const parameters[] = { "patient event" };

const struct transaction admin_consent_form = {
	.code = "consent-form",
	.name = "Consent Form",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = open,
	.audited = audited,
};
