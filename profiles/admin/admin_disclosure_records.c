/* profiles/admin/admin_disclosure_records.c: records of third-party provision (第三者提供記録,
 * 個人情報の保護に関する法律 articles 29 and 30). GET /admin/disclosure/records?facility=&patient=,
 * from, to, limit, after; HACKING.md: Admin API.
 *
 * Of a facility: what it provided, and what it was provided with. That they were shown is a use of
 * the log [DICOM PS3.15 A.5.3.2], and stands in the trail of everybody who is in them. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_trail.h"
#include "profiles/admin/provisions.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

struct records_question {
	struct trail_question trail;
	const struct registered_system *facility; /* NULL: of all */
};

struct records {
	struct trail_page *page;
	json_t *told;
	uint64_t *about; /* a record of each person who is in them, one a line */
	size_t count, room;
};

static bool may_be(const void *self, const struct trail_record *r)
{
	(void)self;
	return provisions_may_be(r->entry, r->kept);
}

static bool read_request(struct exchange *x)
{
	struct records_question *q = arena_new(x->arena, struct records_question);
	const char *facility = admin_text(x, "facility", false);
	x->request = q;
	if (!trail_read(x, &q->trail))
		return false;
	q->trail.filter.transaction = "ITI-43";
	q->trail.filter.or_transaction = "ITI-39";
	q->trail.wanted = may_be;
	q->facility = facility == NULL ? NULL : region_system(x->region, facility);
	return facility == NULL || q->facility != NULL
	       || problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "facility",
			     "'%s' names no facility of the region", facility);
}

static bool is_his(struct exchange *x, const struct trail_page *page, uint64_t person)
{
	struct patient_record r;
	for (size_t i = 0; i < page->his.count; i++)
		if (identity_place(x->txn, x->arena, page->his.numbers[i], &r)
		    && r.person == person)
			return true;
	return false;
}

/* A document that is registered no more may have been anybody's: who asks for one facility is told
 * of it where that was the receiver. */
static bool is_asked_for(struct exchange *x, const struct records *out, const struct provision *p)
{
	const struct records_question *q = x->request;
	if (q->facility != NULL && !text_equal(p->receiver->name, q->facility->name)
	    && !text_equal(p->provider, q->facility->name))
		return false;
	return q->trail.filter.patient == NULL || is_his(x, out->page, p->whose);
}

/* Everybody who is in them finds it in his trail. */
static void note_person(struct exchange *x, struct records *out, uint64_t person)
{
	struct record_numbers all;
	if (person == 0 || !identity_subjects(x->txn, x->arena, person, &all) || all.count == 0)
		return;
	if (out->count == out->room) {
		out->about = arena_resize(x->arena, out->about, out->room * sizeof *out->about,
					  (2 * out->room + 16) * sizeof *out->about);
		out->room = 2 * out->room + 16;
	}
	out->about[out->count++] = all.numbers[0];
}

static void tell(struct exchange *x, struct records *out, const struct provision *p)
{
	const struct records_question *q = x->request;
	json_t *o = provision_json(x, x->txn, x->arena, p);
	if (q->facility != NULL)
		admin_put(o, "record",
			  text_equal(p->receiver->name, q->facility->name) ? "received"
									   : "provided");
	json_array_append_new(out->told, o);
	note_person(x, out, p->whose);
}

static bool search(struct exchange *x)
{
	const struct records_question *q = x->request;
	struct records *out = arena_new(x->arena, struct records);
	x->result = out;
	out->told = json_array();
	if ((out->page = trail_search(x, &q->trail)) == NULL)
		return false;
	for (const struct trail_record *r = out->page->found; r != NULL; r = r->next) {
		const struct provision *p = provisions_of(x, x->txn, x->arena, r->entry, r->kept);
		for (; p != NULL; p = p->next)
			if (is_asked_for(x, out, p))
				tell(x, out, p);
	}
	return json_array_size(out->told) > 0 || trail_is_somebodys(x, &q->trail, out->page);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct records_question *q = x->request;
	const struct records *out = x->result;
	trail_audited(x, e, q == NULL ? NULL : &q->trail, out == NULL ? NULL : out->page);
	for (size_t i = 0; out != NULL && i < out->count; i++)
		audit_about(x, e, out->about[i]);
}

static json_t *answer(struct exchange *x)
{
	const struct records *out = x->result;
	json_t *page = json_pack("{s:O}", "records", out->told);
	admin_put(page, "next", out->page->next);
	admin_put(page, "known_since", out->page->known_since);
	return page;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/disclosure/records" },
				       { 0 } };

static const char *const parameters[] = { "facility patient from to limit after" };

const struct transaction admin_disclosure_records = {
	.code = "disclosure-records",
	.name = "Audit Log Used",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110101,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = search,
	.audited = audited,
	.answer_json = answer,
};
