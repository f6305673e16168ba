/* profiles/pix/iti9_pix_query.c
 *
 * PIX Query [ITI-9], ITI TF-2: 3.9. We are the Patient Identifier Cross-reference Manager: a
 * consumer names one id (QPD-3) and gets the ids the same person has in the domains it asks for
 * (QPD-4). */
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/hl7v2_my_number.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"
#include "schemas/tables/leniency.h"

enum { TAG = 2, PATIENT = 3, DOMAINS = 4 }; /* fields of QPD */
enum { DOMAINS_MOST = 100 };                /* a region has tens of domains */

struct query_request {
	const struct hl7_segment *qpd;
	struct cross_reference_query asked;
	/* QPD has an Individual Number: never repeated, never kept */
	bool withheld;
};

/* QPD-4: only the assigning authority (CX.4) of each repetition counts. */
static bool read_domains(struct exchange *x, struct query_request *r,
			 struct hl7_person_notes *notes)
{
	struct hl7_part field = hl7_field(r->qpd, DOMAINS);
	struct patient_identifier **tail = &r->asked.domains;
	unsigned count = hl7_repetitions(field);
	if (count > DOMAINS_MOST)
		return problem_at(&x->problem, PROBLEM_TOO_LARGE, "QPD^1^4",
				  "QPD-4 names more than %d domains", DOMAINS_MOST);
	for (unsigned n = 1; n <= count; n++) {
		struct patient_identifier *domain = arena_new(x->arena, struct patient_identifier);
		hl7_read_domain(hl7_repetition(field, n), notes, &x->problem, domain);
		domain->where = arena_printf(x->arena, "QPD^1^4^%u", n);
		*tail = domain;
		tail = &domain->next;
	}
	return x->problem.code == PROBLEM_NONE;
}

/* Where the id stands that is asked about. */
static bool is_the_id(const struct hl7_segment *s, unsigned field, struct hl7_part repetition)
{
	(void)repetition;
	return text_equal(s->name, "QPD") && field == PATIENT;
}

/* What is not read could have asked for something else. */
static bool check_form(struct exchange *x, const struct hl7_segment *qpd)
{
	const char *structure = x->hl7->structure;
	if (!text_empty(structure) && !text_equal(structure, "QBP_Q21")
	    && !text_equal(structure, "QBP_Q23"))
		return problem_at(&x->problem, PROBLEM_MESSAGE_TYPE, "MSH^1^9^1^3",
				  "the structure '%s' is not that of Q23", structure);
	if (hl7_segment(x->hl7, "RCP", 2) != NULL)
		return problem_at(&x->problem, PROBLEM_SEGMENT_MISSING, "RCP^2",
				  "segment RCP stands there twice");
	for (unsigned f = DOMAINS + 1; f <= HL7_FIELDS_MAX; f++)
		if (hl7_present(hl7_field(qpd, f)))
			return problem_at(&x->problem, PROBLEM_DATA_TYPE,
					  arena_printf(x->arena, "QPD^1^%u", f),
					  "the query has no parameter QPD-%u", f);
	return true;
}

static bool read_query(struct exchange *x)
{
	struct query_request *r = arena_new(x->arena, struct query_request);
	struct hl7_person_rules rules;
	struct hl7_person_notes notes = { .refused = 0 };
	struct problem found = { .code = PROBLEM_NONE };
	x->request = r;
	r->qpd = hl7_only_segment(x->hl7, "QPD", &x->problem);
	if (r->qpd == NULL)
		return false;
	exchange_person_rules(x, &rules);
	const struct patient_identifier *id = hl7_read_ids(hl7_field(r->qpd, PATIENT), &rules,
							   &notes, &found);
	/* Anywhere: QPD is echoed, and the message is kept in its record. */
	r->withheld = notes.refused != 0
		      || hl7_has_my_number(x->hl7, rules.twelve_digit_ids ? is_the_id : NULL);
	x->needed.twelve_digit_ids = notes.twelve_digit_id;
	if (!hl7_present(hl7_field(r->qpd, TAG)))
		return problem_at(&x->problem, PROBLEM_FIELD_MISSING, "QPD^1^2",
				  "the query has no tag (QPD-2)");
	if (!check_form(x, r->qpd))
		return false;
	if (id == NULL)
		return problem_at(&x->problem, found.code, found.where, "%s", found.what);
	if (id->next != NULL)
		return problem_at(&x->problem, PROBLEM_DATA_TYPE, "QPD^1^3",
				  "a query is about exactly one id");
	r->asked.id = *id;
	return read_domains(x, r, &notes);
}

static bool find_ids(struct exchange *x)
{
	const struct query_request *r = x->request;
	struct cross_reference_found *found = arena_new(x->arena, struct cross_reference_found);
	if (!cross_reference_query(x->txn, x->arena, x->region, x->sender, &x->admission, &r->asked,
				   found, &x->problem))
		return false;
	x->result = found;
	x->lacks = found->outcome != CROSS_REFERENCE_FOUND;
	leniencies_add(&x->needed, &found->needed);
	switch (found->outcome) {
	case CROSS_REFERENCE_UNKNOWN_ID:
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "QPD^1^3^1^1",
				  "the id is not known");
	case CROSS_REFERENCE_UNKNOWN_DOMAIN:
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "QPD^1^3^1^4",
				  "the domain of the id is not known");
	case CROSS_REFERENCE_UNKNOWN_TARGETS:
		/* RSP_K23 has room for one ERR: the first of them (3.9.4.2.2.5, case 5). */
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY,
				  arena_printf(x->arena, "QPD^1^4^%u", found->unknown_targets[0]),
				  "a domain asked for is not known");
	default: return true;
	}
}

static void record_query(struct exchange *x, struct audit_event *e)
{
	const struct query_request *r = x->request;
	const struct cross_reference_found *found = x->result;
	/* Whom was asked for, known or not: who tries numbers is found by them. */
	if (found != NULL && !text_empty(found->asked.id) && !text_empty(found->asked.universal_id))
		audit_patient(x, e, cx_text(x->arena, found->asked.id, found->asked.universal_id));
	if (found != NULL && x->problem.code == PROBLEM_NONE) {
		for (const struct patient_identifier *one = found->ids; one != NULL;
		     one = one->next)
			audit_patient(x, e, cx_text(x->arena, one->id, one->universal_id));
	}
	const char *tag = r == NULL ? "" : hl7_value(r->qpd, 2, 1, 1, 1);
	/* An Individual Number is never kept: where one was, or nobody could look, the message is
	 * not. */
	bool kept = r != NULL && r->qpd != NULL && !r->withheld;
	struct audit_object *o = audit_query(x, e, tag,
					     kept ? x->raw_request : bytes_of_text("withheld"));
	audit_add_detail(x, o, "MSH-10", bytes_of_text(x->hl7->control_id));
}

/* PID-5 is one empty name and one of type S: the consumer is not told who it is (3.9.4.2.2.7). */
static void put_patient(struct hl7_writer *w, const struct patient_identifier *ids)
{
	unsigned repetition = 1;
	hl7_put_segment(w, "PID");
	for (const struct patient_identifier *id = ids; id != NULL; id = id->next)
		hl7_put_cx(w, 3, repetition++, id);
	hl7_put(w, 5, 2, 7, 1, "S");
}

/* The query as it came (3.9.4.2.2.5); one with an Individual Number without its QPD-3. */
static void put_query(struct hl7_writer *w, const struct query_request *r)
{
	if (!r->withheld) {
		hl7_put_same_segment(w, r->qpd);
		return;
	}
	hl7_put_segment(w, "QPD");
	hl7_put_same_field(w, 1, r->qpd, 1);
	hl7_put_same_field(w, 2, r->qpd, 2);
}

static struct bytes answer_query(struct exchange *x, const struct hl7_stamp *stamp)
{
	const struct query_request *r = x->request;
	const struct cross_reference_found *found = x->result;
	bool done = x->problem.code == PROBLEM_NONE && found != NULL;
	bool any = done && found->outcome == CROSS_REFERENCE_FOUND;
	if (r == NULL || r->qpd == NULL)
		return hl7_ack(x->hl7, &x->problem, x->findings, stamp);
	const char *code = done ? "AA" : problem_row(x->problem.code)->hl7_ack;
	struct hl7_writer *w = hl7_answer_write(x->hl7, "RSP", "K23", "RSP_K23", stamp);
	hl7_put_msa(w, x->hl7, code, stamp);
	if (!done)
		hl7_put_err(w, &x->problem, false, stamp);
	hl7_put_segment(w, "QAK");
	hl7_put_same_field(w, 1, r->qpd, 2);
	hl7_put_field(w, 2, any ? "OK" : done ? "NF" : code);
	put_query(w, r);
	if (any)
		put_patient(w, found->ids);
	return hl7_written(w);
}

static const struct route routes[] = {
	{ .request = "QBP", .detail = "Q23", .answer = "RSP^K23^RSP_K23" }, { 0 }
};

const struct transaction iti9_pix_query = {
	.code = "ITI-9",
	.name = "PIX Query",
	.section = "ITI TF-2: 3.9",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_HL7V2,
	.routes = routes,
	.hl7_version = "2.5",
	.access = STORE_READ,
	.audit_event = 110112,
	.audit_action = AUDIT_EXECUTE,
	.read = read_query,
	.handle = find_ids,
	.audited = record_query,
	.answer_hl7 = answer_query,
};
