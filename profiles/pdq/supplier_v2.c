/* profiles/pdq/supplier_v2.c: a Patient Demographics Query of HL7 v2, from message to answer.
 * ITI TF-2: 3.21.4, 3.22.4. */
#include "profiles/pdq/supplier_v2.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "profiles/actors/continuations.h"
#include "profiles/pdq/query_v2.h"
#include "profiles/transaction.h"
#include "schemas/tables/leniency.h"

enum { TAG = 2 };         /* a field of QPD */
enum { DEGREE_BITS = 8 }; /* of what is kept of one who fits: his record, and how well */
_Static_assert((int)DEMOGRAPHICS_PERSONS <= (int)CONTINUATION_ITEMS, "all found can be kept");

struct supplier_request {
	const struct supplier_v2 *how;
	const struct hl7_segment *qpd; /* NULL: it cancels one */
	const char *tag;               /* QPD-2, QID-1 */
	/* An Individual Number stands in it, or nobody could look: never repeated, never kept. */
	bool withheld;
	struct query_v2 asked;
	const struct demographics_forms *forms;
};

struct shown {
	struct demographics_shown is;
	unsigned degree;
	struct shown *next;
};
struct supplier_result {
	struct demographics_fits fits;
	struct shown *shown;
	size_t total, told, remaining;
	const char *pointer; /* DSC-1; NULL: nothing is left */
};

/* ---- Reading ---- */

/* So that whatever is found can be continued, and nobody has long to look for numbers. */
static bool is_short(struct exchange *x)
{
	size_t length = 0;
	for (const struct hl7_segment *s = x->hl7->segments->next; s != NULL; s = s->next)
		length += s->length + 1;
	return length <= CONTINUATION_QUESTION
	       || problem_at(&x->problem, PROBLEM_DATA_TYPE, "QPD^1",
			     "a query has no more than %d octets behind MSH",
			     CONTINUATION_QUESTION);
}

static bool my_number_refused(struct exchange *x, struct supplier_request *r, const char *where)
{
	r->withheld = true;
	x->problem = (struct problem){ .code = PROBLEM_NONE };
	return problem_at(&x->problem, PROBLEM_TABLE_VALUE, where,
			  "an Individual Number is neither an id nor anything else of a "
			  "person" TWELVE_DIGIT_IDS_REMEDY);
}

static bool check_structure(struct exchange *x, const char *expected)
{
	const char *structure = x->hl7->structure;
	return text_empty(structure) || text_equal(structure, expected)
	       || problem_at(&x->problem, PROBLEM_MESSAGE_TYPE, "MSH^1^9^1^3",
			     "the structure '%s' is not %s", structure, expected);
}

static bool read_question(struct exchange *x, struct supplier_request *r)
{
	struct hl7_person_rules rules;
	struct hl7_person_notes notes = { .refused = 0 };
	exchange_person_rules(x, &rules);
	r->withheld = true;
	r->qpd = hl7_only_segment(x->hl7, "QPD", &x->problem);
	if (r->qpd == NULL || !is_short(x))
		return false;
	if (query_v2_has_my_number(x->hl7, rules.twelve_digit_ids))
		return my_number_refused(x, r, "QPD^1");
	r->withheld = false;
	r->tag = hl7_whole(hl7_field(r->qpd, TAG));
	bool read = query_v2_read(x->hl7, r->qpd, r->how->visits, &rules, &notes, &r->asked,
				  &x->problem);
	x->needed.twelve_digit_ids = notes.twelve_digit_id;
	x->needed.local_sex_codes = notes.local_sex_code;
	if (notes.refused != 0)
		return my_number_refused(x, r, "QPD^1^3");
	if (text_empty(r->tag)) {
		x->problem = (struct problem){ .code = PROBLEM_NONE };
		return problem_at(&x->problem, PROBLEM_FIELD_MISSING, "QPD^1^2",
				  "the query has no tag (QPD-2)");
	}
	if (!check_structure(x, "QBP_Q21") || !read)
		return false;
	r->forms = demographics_prepare(x->arena, x->region, &r->asked.sought, &x->problem);
	return r->forms != NULL;
}

/* The tag alone says which: two questions have different ones (3.21.4.3.2.2). */
static bool read_cancel(struct exchange *x, struct supplier_request *r)
{
	struct hl7_person_rules rules;
	exchange_person_rules(x, &rules);
	r->withheld = true;
	const struct hl7_segment *qid = hl7_only_segment(x->hl7, "QID", &x->problem);
	if (qid == NULL || !is_short(x))
		return false;
	if (query_v2_has_my_number(x->hl7, rules.twelve_digit_ids))
		return my_number_refused(x, r, "QID^1");
	r->withheld = false;
	r->tag = hl7_whole(hl7_field(qid, 1));
	return check_structure(x, "QCN_J01")
	       && (!text_empty(r->tag)
		   || problem_at(&x->problem, PROBLEM_FIELD_MISSING, "QID^1^1",
				 "the query has no tag (QID-1)"));
}

bool supplier_v2_read(struct exchange *x, const struct supplier_v2 *v)
{
	struct supplier_request *r = arena_new(x->arena, struct supplier_request);
	x->request = r;
	r->how = v;
	r->tag = "";
	return text_equal(x->hl7->type, "QCN") ? read_cancel(x, r) : read_question(x, r);
}

/* ---- Continuation pointers ---- */

/* All of one tag begin the same way, so that one cancel ends them. */
static const char *all_of_tag(struct exchange *x, const struct supplier_request *r)
{
	return arena_printf(x->arena, "v2\n%s\n", r->tag);
}

/* Under which name it is kept: the exchange that answered it first. */
static const char *name_of(struct exchange *x, const struct supplier_request *r,
			   const char *exchange)
{
	return arena_printf(x->arena, "%s%s\n%s", all_of_tag(x, r), r->how->event, exchange);
}

/* False: it is none of ours. */
static bool read_pointer(struct exchange *x, const char *pointer, const char **exchange,
			 size_t *from)
{
	const char *mark = strrchr(pointer, 'x');
	uint64_t number = 0;
	if (mark == NULL || !text_to_number(mark + 1, CONTINUATION_ITEMS, &number) || number == 0)
		return false;
	*exchange = arena_text_n(x->arena, pointer, (size_t)(mark - pointer));
	*from = (size_t)number;
	return true;
}

/* ---- Handling ---- */

static bool unknown_key(struct exchange *x, const char *where, const char *what)
{
	struct problem p = { .code = PROBLEM_NONE };
	problem_at(&p, PROBLEM_UNKNOWN_KEY, where, "%s", what);
	return exchange_finding(x, false, where, &p);
}

static struct demographics_asker asker_of(struct exchange *x)
{
	return (struct demographics_asker){ .region = x->region,
					    .system = x->sender,
					    .admission = &x->admission };
}

/* Who may not be told of any more, or has no id in the domains asked for (3.21.4.2.2.8, case 2), is
 * left out. */
static bool is_told(struct exchange *x, const struct supplier_request *r, uint64_t record,
		    struct demographics_shown *out)
{
	const struct demographics_asker asker = asker_of(x);
	return demographics_supplier_show(x->txn, x->arena, &asker, record, r->asked.sought.domains,
					  out)
	       && out->as_wanted;
}

/* The part from `from`; what is behind it is told under a pointer. */
static void tell_part(struct exchange *x, const struct supplier_request *r,
		      const struct continuation *c, size_t from, size_t quantity,
		      const char *exchange)
{
	struct supplier_result *result = x->result;
	struct shown **tail = &result->shown;
	size_t left = c->count - from, part = quantity < left ? quantity : left;
	for (size_t i = from; i < from + part; i++) {
		struct shown *one = arena_new(x->arena, struct shown);
		if (!is_told(x, r, c->items[i] >> DEGREE_BITS, &one->is))
			continue;
		one->degree = c->items[i] & ((1 << DEGREE_BITS) - 1);
		*tail = one;
		tail = &one->next;
		result->told++;
	}
	result->total = c->count;
	result->remaining = left - part;
	if (result->remaining != 0)
		result->pointer = arena_printf(x->arena, "%sx%zu", exchange, from + part);
}

/* As they are kept, best first. */
static struct continuation items_of(struct exchange *x, const struct supplier_request *r,
				    const struct demographics_fits *fits)
{
	uint64_t *items = arena_array(x->arena, uint64_t, fits->count + 1);
	struct demographics_shown is;
	size_t count = 0;
	for (size_t i = 0; i < fits->count; i++)
		if (r->asked.sought.domains == NULL || is_told(x, r, fits->at[i].record, &is))
			items[count++] = fits->at[i].record << DEGREE_BITS | fits->at[i].degree;
	return (struct continuation){ .items = items, .count = count };
}

static struct bytes question_of(const struct supplier_request *r)
{
	return (struct bytes){ (const unsigned char *)r->qpd->text, r->qpd->length };
}

static void tell_unknown(struct exchange *x, const struct demographics_fits *fits)
{
	if (fits->unknown_authority != NULL)
		unknown_key(x, fits->unknown_authority->where,
			    "the assigning authority of the id is not known");
	for (size_t i = 0; i < fits->unknown_domain_count; i++)
		unknown_key(x, arena_printf(x->arena, "QPD^1^8^%u", fits->unknown_domains[i]),
			    "the domain asked for is not known");
}

/* Cases 1 to 3. */
static bool find(struct exchange *x, const struct supplier_request *r)
{
	struct supplier_result *result = x->result;
	const struct demographics_asker asker = asker_of(x);
	struct demographics_fits *fits = &result->fits;
	bool found = demographics_supplier_find(x->txn, x->arena, &asker, &r->asked.sought,
						r->forms, fits, &x->problem);
	leniencies_add(&x->needed, &fits->needed);
	if (!found)
		return false;
	tell_unknown(x, fits);
	if (x->problem.code != PROBLEM_NONE)
		return false;
	struct continuation c = items_of(x, r, fits);
	c.quantity = r->asked.quantity == 0 ? c.count : r->asked.quantity;
	c.told = c.quantity;
	c.question = question_of(r);
	tell_part(x, r, &c, 0, c.quantity, x->id);
	return result->remaining == 0
	       || continuations_keep(x->continuations, x->sender->name, name_of(x, r, x->id),
				     x->now, &c)
	       || problem_set(&x->problem, PROBLEM_OUT_OF_RESOURCES,
			      "the rest of the answer could not be kept");
}

/* A pointer that this system was given for this very question, and not long ago: whatever else is
 * said is nobody's. */
static bool go_on(struct exchange *x, const struct supplier_request *r)
{
	struct continuation c = { .count = 0 };
	const char *exchange = "", *name = "";
	size_t from = 0;
	bool there = read_pointer(x, r->asked.pointer, &exchange, &from);
	if (there) {
		name = name_of(x, r, exchange);
		there = continuations_find(x->continuations, x->arena, x->sender->name, name,
					   x->now, &c);
	}
	if (!there || from >= c.count)
		return unknown_key(x, "DSC^1^1",
				   "there is nothing to go on with there, or not any more");
	if (!bytes_equal(c.question, question_of(r)))
		return unknown_key(x, "DSC^1^1", "it goes on with another query than this one");
	size_t quantity = r->asked.quantity == 0 ? c.quantity : r->asked.quantity;
	tell_part(x, r, &c, from, quantity, exchange);
	continuations_told(x->continuations, x->sender->name, name, x->now, from + quantity,
			   quantity);
	return true;
}

bool supplier_v2_handle(struct exchange *x)
{
	const struct supplier_request *r = x->request;
	x->result = arena_new(x->arena, struct supplier_result);
	x->lacks = true;
	if (r->qpd == NULL) {
		continuations_forget_all(x->continuations, x->sender->name, all_of_tag(x, r));
		return true;
	}
	return r->asked.pointer != NULL ? go_on(x, r) : find(x, r);
}

/* ---- The record, ITI TF-2: 3.21.5.1, 3.22.5.1 ---- */

static bool asks_by_insured_number(struct arena *a, const struct hl7_segment *qpd)
{
	return qpd != NULL && demographics_names_insurer(arena_text_n(a, qpd->text, qpd->length));
}

static struct bytes recorded(struct exchange *x, const struct supplier_request *r)
{
	/* An insured number stands in no record (japan.md D4). */
	if (r == NULL || r->withheld || asks_by_insured_number(x->arena, r->qpd))
		return bytes_of_text("withheld");
	if (r->qpd == NULL || r->how->records_message)
		return x->raw_request;
	return r->qpd->octets.length != 0 ? r->qpd->octets : question_of(r);
}

/* Who was asked for by id is named; of each who was told the record is in his trail, and the list
 * stands nowhere else. */
void supplier_v2_audited(struct exchange *x, struct audit_event *e)
{
	const struct supplier_request *r = x->request;
	const struct supplier_result *result = x->result;
	const struct patient_identifier *id = result == NULL ? NULL : result->fits.asked;
	for (; id != NULL; id = id->next)
		if (!text_empty(id->id))
			audit_patient(x, e, cx_text(x->arena, id->id, id->universal_id));
	for (const struct shown *s = result == NULL ? NULL : result->shown; s != NULL; s = s->next)
		audit_about(x, e, s->is.record.number);
	struct audit_object *o = audit_query(x, e, r == NULL ? "" : r->tag, recorded(x, r));
	audit_add_detail(x, o, "MSH-10", bytes_of_text(x->hl7->control_id));
}

/* ---- Answering ---- */

/* Each ERR in its turn: domains that are not known have one each (3.21.4.2.2.8, case 3). */
static void put_errors(struct hl7_writer *w, const struct exchange *x,
		       const struct hl7_stamp *stamp)
{
	bool listed = false;
	for (const struct finding *f = x->findings; f != NULL; f = f->next)
		listed = listed || !f->warning;
	if (x->problem.code != PROBLEM_NONE && !listed)
		hl7_put_err(w, &x->problem, false, stamp);
	for (const struct finding *f = x->findings; f != NULL; f = f->next)
		hl7_put_err(w, &f->problem, f->warning, stamp);
}

/* The query as it came (3.21.4.2.2.4); one with an Individual Number without what it asks. */
static void put_query(struct hl7_writer *w, const struct supplier_request *r)
{
	if (!r->withheld) {
		hl7_put_same_segment(w, r->qpd);
		return;
	}
	hl7_put_segment(w, "QPD");
	hl7_put_same_field(w, 1, r->qpd, 1);
	hl7_put_same_field(w, 2, r->qpd, TAG);
}

/* QAK-4 to 6 count what was found (HL7 2.5: 5.5.2). */
static void put_status(struct hl7_writer *w, const struct supplier_request *r, const char *status,
		       const struct supplier_result *result, struct arena *a)
{
	hl7_put_segment(w, "QAK");
	hl7_put_same_field(w, 1, r->qpd, TAG);
	hl7_put_field(w, 2, status);
	if (result == NULL)
		return;
	hl7_put_field(w, 4, arena_printf(a, "%zu", result->total));
	hl7_put_field(w, 5, arena_printf(a, "%zu", result->told));
	hl7_put_field(w, 6, arena_printf(a, "%zu", result->remaining));
}

/* We keep no visits: what must be said of one (3.22.4.2.2.7) is that none is meant, N of HL7 table
 * 0004, as in a notification (ITI TF-2: 3.10.4.1.2.4). */
static void put_patient(struct hl7_writer *w, const struct shown *s, unsigned number, bool visits,
			struct arena *a)
{
	hl7_put_segment(w, "PID");
	hl7_put_field(w, 1, arena_printf(a, "%u", number));
	hl7_put_person(w, s->is.ids, &s->is.record.demographics);
	if (visits) {
		hl7_put_segment(w, "PV1");
		hl7_put_field(w, 2, "N");
	}
	hl7_put_segment(w, "QRI");
	hl7_put_field(w, 1, arena_printf(a, "%u", s->degree));
}

struct bytes supplier_v2_answer(struct exchange *x, const struct hl7_stamp *stamp)
{
	const struct supplier_request *r = x->request;
	const struct supplier_result *result = x->result;
	bool done = x->problem.code == PROBLEM_NONE && result != NULL;
	if (r == NULL || r->qpd == NULL)
		return hl7_ack(x->hl7, &x->problem, x->findings, stamp);
	const char *code = done ? "AA" : problem_row(x->problem.code)->hl7_ack;
	struct hl7_writer *w = hl7_answer_write(x->hl7, "RSP", r->how->event, r->how->structure,
						stamp);
	hl7_put_msa(w, x->hl7, code, stamp);
	put_errors(w, x, stamp);
	put_status(w, r,
		   !done               ? code
		   : result->told != 0 ? "OK"
				       : "NF",
		   done ? result : NULL, x->arena);
	put_query(w, r);
	unsigned number = 0;
	for (const struct shown *s = done ? result->shown : NULL; s != NULL; s = s->next)
		put_patient(w, s, ++number, r->how->visits, x->arena);
	if (done && result->pointer != NULL) {
		hl7_put_segment(w, "DSC");
		hl7_put_field(w, 1, result->pointer);
	}
	return hl7_written(w);
}
