/* profiles/pdq/iti47_patient_demographics_query_v3.c
 *
 * Patient Demographics Query HL7 V3 [ITI-47], ITI TF-2: 3.47. We are the Patient Demographics
 * Supplier: a consumer says what it knows of somebody, and gets who may be meant, part by part if
 * it wishes (Continuation Option).
 *
 * What is asked is what may be shown, so every answer leaves at a tick: whether it lacks somebody
 * cannot be seen by when it comes (gateway/ticks.h).
 */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/continuations.h"
#include "profiles/feed_v3.h"
#include "profiles/pdq/query_v3.h"
#include "profiles/transaction.h"
#include "schemas/tables/leniency.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

enum { DEGREE_BITS = 8 }; /* of what is kept of one who fits: his record, and how well */
_Static_assert((int)DEMOGRAPHICS_PERSONS <= (int)CONTINUATION_ITEMS, "all found can be kept");

struct pdq_request {
	struct hl7v3_message message;
	bool continues, cancels;      /* else it is a new question */
	const struct xml_node *query; /* queryByParameter; NULL: it continues one */
	const char *query_name;       /* its queryId as text */
	struct query_v3 asked;
	const struct demographics_forms *forms;
	struct query_v3_continuation going_on;
	bool readable;
};

struct shown {
	struct demographics_shown is;
	unsigned degree;
	struct shown *next;
};
struct pdq_result {
	const struct xml_node *query; /* to be repeated */
	struct demographics_fits fits;
	struct shown *shown;
	struct hl7v3_quantities quantities;
};

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, HL7V3_NAMESPACE, local);
}

/* ---- Reading ---- */

/* It may not even be echoed in queryByParameter: nothing of this goes on. */
static bool my_number_refused(struct exchange *x, const struct xml_node *at)
{
	return problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, at),
			  "an Individual Number is neither an id nor anything else of a "
			  "person" TWELVE_DIGIT_IDS_REMEDY);
}

static struct person_reader reader_of(struct exchange *x, struct hl7_person_rules *rules,
				      struct hl7_person_notes *notes)
{
	exchange_person_rules(x, rules);
	*notes = (struct hl7_person_notes){ .refused = 0 };
	return hl7v3_reader(x->arena, rules, notes, &x->problem);
}

static bool read_parameters(struct exchange *x, struct pdq_request *r)
{
	struct hl7_person_rules rules;
	struct hl7_person_notes notes;
	struct person_reader reader = reader_of(x, &rules, &notes);
	r->readable = query_v3_read(&reader, r->query, &r->asked);
	x->needed.twelve_digit_ids = notes.twelve_digit_id;
	x->needed.local_sex_codes = notes.local_sex_code;
	if (notes.refused != 0) {
		x->problem.code = PROBLEM_NONE;
		return my_number_refused(x, r->query);
	}
	if (r->readable)
		r->forms = demographics_prepare(x->arena, x->region, &r->asked.sought, &x->problem);
	return r->forms != NULL;
}

/* So that whatever is found can be continued. */
static bool is_short(struct exchange *x, const struct xml_node *query)
{
	struct xml_writer *w = xml_writer_begin(x->arena);
	xml_copy_node(w, query);
	return xml_writer_end(w).length <= CONTINUATION_QUESTION
	       || problem_at(&x->problem, PROBLEM_DATA_TYPE, xml_path(x->arena, query),
			     "a query has no more than %d octets", CONTINUATION_QUESTION);
}

static bool read_question(struct exchange *x, struct pdq_request *r, const struct xml_node *act)
{
	struct hl7_person_rules rules;
	exchange_person_rules(x, &rules);
	r->query = child(act, "queryByParameter");
	const struct xml_node *id = child(r->query, "queryId");
	/* Without it there is nothing the prescribed answer could be made of. */
	if (id == NULL || text_empty(xml_attribute(id, "root")))
		return problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, x->soap->body),
				  "there is no queryByParameter with a queryId");
	/* First of all, for every refusal but a fault echoes the query. */
	if (query_v3_has_my_number(x->arena, r->query, rules.twelve_digit_ids))
		return my_number_refused(x, r->query);
	r->query_name = hl7v3_ii_text(
		x->arena, &(struct hl7v3_ii){ .root = xml_attribute(id, "root"),
					      .extension = xml_attribute(id, "extension") });
	return hl7v3_open(x->arena, x->soap->body, &r->message, &x->problem)
	       && v3_version_taken(x, &r->message) && is_short(x, r->query)
	       && read_parameters(x, r);
}

static bool read_continuation(struct exchange *x, struct pdq_request *r, const struct xml_node *act)
{
	struct hl7_person_rules rules;
	struct hl7_person_notes notes;
	struct person_reader reader = reader_of(x, &rules, &notes);
	r->readable = hl7v3_open(x->arena, x->soap->body, &r->message, &x->problem)
		      && v3_version_taken(x, &r->message)
		      && query_v3_read_continuation(&reader, act, &r->going_on);
	if (!r->readable)
		return false;
	r->query_name = hl7v3_ii_text(x->arena, &r->going_on.id);
	return r->cancels == r->going_on.cancelled
	       || problem_at(&x->problem, PROBLEM_DATA_TYPE,
			     xml_path(x->arena, child(act, "queryContinuation")),
			     "a query is cancelled by the action that ends with _Cancel and the "
			     "status aborted, and continued without either");
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = text == NULL ? 0 : strlen(text);
	return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static bool read_request(struct exchange *x)
{
	struct pdq_request *r = arena_new(x->arena, struct pdq_request);
	const struct xml_node *act = child(x->soap->body, "controlActProcess");
	x->request = r;
	r->continues = xml_is(x->soap->body, HL7V3_NAMESPACE, "QUQI_IN000003UV01");
	r->cancels = r->continues && ends_with(x->soap->action, "_Cancel");
	return r->continues ? read_continuation(x, r, act) : read_question(x, r, act);
}

/* ---- Handling ---- */

static bool unknown_key(struct exchange *x, const char *where, const char *what)
{
	struct problem p = { .code = PROBLEM_NONE };
	problem_at(&p, PROBLEM_UNKNOWN_KEY, where == NULL ? "" : where, "%s", what);
	return exchange_finding(x, false, where, &p);
}

static struct demographics_asker asker_of(struct exchange *x)
{
	return (struct demographics_asker){ .region = x->region,
					    .system = x->sender,
					    .admission = &x->admission };
}

/* From there on, so many; who may not be told of any more is left out. */
static size_t show(struct exchange *x, struct pdq_result *result, const struct query_v3 *asked,
		   const uint64_t *items, size_t count)
{
	const struct demographics_asker asker = asker_of(x);
	struct shown **tail = &result->shown;
	size_t told = 0;
	for (size_t i = 0; i < count; i++) {
		struct shown *one = arena_new(x->arena, struct shown);
		if (!demographics_supplier_show(x->txn, x->arena, &asker, items[i] >> DEGREE_BITS,
						asked->sought.domains, &one->is))
			continue;
		one->degree = items[i] & ((1 << DEGREE_BITS) - 1);
		*tail = one;
		tail = &one->next;
		told++;
	}
	return told;
}

/* The part from `from`, and how many there are. */
static void tell_part(struct exchange *x, struct pdq_result *result, const struct query_v3 *asked,
		      const struct continuation *c, size_t from, size_t quantity)
{
	size_t left = from < c->count ? c->count - from : 0;
	size_t part = quantity < left ? quantity : left;
	size_t told = show(x, result, asked, c->items + from, part);
	result->quantities = (struct hl7v3_quantities){ .total = (unsigned)c->count,
							.current = (unsigned)told,
							.remaining = (unsigned)(left - part) };
}

static bool keep_rest(struct exchange *x, const struct pdq_request *r, struct continuation *c)
{
	struct xml_writer *w = xml_writer_begin(x->arena);
	xml_copy_node(w, r->query);
	c->question = xml_writer_end(w);
	return continuations_keep(x->continuations, x->sender->name, r->query_name, x->now, c)
	       || problem_set(&x->problem, PROBLEM_OUT_OF_RESOURCES,
			      "the rest of the answer could not be kept");
}

/* Cases 1 to 3. */
static bool find(struct exchange *x, const struct pdq_request *r, struct pdq_result *result)
{
	const struct demographics_asker asker = asker_of(x);
	struct demographics_fits *fits = &result->fits;
	result->query = r->query;
	bool found = demographics_supplier_find(x->txn, x->arena, &asker, &r->asked.sought,
						r->forms, fits, &x->problem);
	leniencies_add(&x->needed, &fits->needed);
	if (!found)
		return false;
	if (fits->unknown_authority != NULL)
		unknown_key(x, fits->unknown_authority->where,
			    "the assigning authority of the id is not known");
	for (size_t i = 0; i < fits->unknown_domain_count; i++) {
		const struct patient_identifier *domain = r->asked.sought.domains;
		for (unsigned place = fits->unknown_domains[i]; place > 1; place--)
			domain = domain->next;
		unknown_key(x, domain->where, "the domain asked for is not known");
	}
	uint64_t *items = arena_array(x->arena, uint64_t, fits->count + 1);
	for (size_t i = 0; i < fits->count; i++)
		items[i] = fits->at[i].record << DEGREE_BITS | fits->at[i].degree;
	struct continuation c = { .items = items,
				  .count = fits->count,
				  .quantity = r->asked.quantity };
	size_t quantity = c.quantity == 0 ? c.count : c.quantity;
	tell_part(x, result, &r->asked, &c, 0, quantity);
	c.told = quantity;
	return x->problem.code == PROBLEM_NONE && (c.count <= quantity || keep_rest(x, r, &c));
}

/* What was asked is read again, for its domains; it was readable then. */
static bool read_again(struct exchange *x, struct bytes question, struct pdq_result *result,
		       struct query_v3 *asked)
{
	struct hl7_person_rules rules;
	struct hl7_person_notes notes;
	struct person_reader reader = reader_of(x, &rules, &notes);
	const struct xml_document *d = xml_read(x->arena, NULL, question, &x->problem);
	result->query = d == NULL ? NULL : xml_root(d);
	return result->query != NULL && query_v3_read(&reader, result->query, asked);
}

/* A question of that name that this system has asked, and not long ago: whatever else is said is
 * nobody's. */
static bool go_on(struct exchange *x, const struct pdq_request *r, struct pdq_result *result)
{
	struct continuation c;
	struct query_v3 asked;
	if (!continuations_find(x->continuations, x->arena, x->sender->name, r->query_name, x->now,
				&c))
		return unknown_key(x,
				   arena_printf(x->arena, "%s/queryContinuation/queryId",
						xml_path(x->arena, r->message.control_act)),
				   "there is no such query to go on with, or not any more");
	if (!read_again(x, c.question, result, &asked))
		return false;
	size_t from = r->going_on.start == 0 ? c.told : r->going_on.start - 1;
	size_t quantity = r->going_on.quantity == 0 ? c.quantity : r->going_on.quantity;
	from = from < c.count ? from : c.count;
	tell_part(x, result, &asked, &c, from, quantity);
	continuations_told(x->continuations, x->sender->name, r->query_name, x->now,
			   from + quantity, quantity);
	return true;
}

static bool handle(struct exchange *x)
{
	const struct pdq_request *r = x->request;
	struct pdq_result *result = arena_new(x->arena, struct pdq_result);
	x->result = result;
	x->lacks = true;
	if (r->cancels) {
		continuations_forget(x->continuations, x->sender->name, r->query_name);
		return true;
	}
	return r->continues ? go_on(x, r, result) : find(x, r, result);
}

/* ---- The record, ITI TF-2: 3.47.5.1 ---- */

/* An insured number stands in no record (japan.md D4). */
static struct bytes recorded(struct exchange *x, const struct xml_node *query)
{
	if (query_v3_asks_by_insured_number(query))
		return bytes_of_text("withheld");
	struct xml_writer *w = xml_writer_begin(x->arena);
	xml_copy_node(w, query);
	return xml_writer_end(w);
}

/* Who was asked for by id is named; of each who was told the record is in his trail, and the list
 * stands nowhere else. */
static void record_query(struct exchange *x, struct audit_event *e)
{
	const struct pdq_request *r = x->request;
	const struct pdq_result *result = x->result;
	if (r == NULL || x->problem.code == PROBLEM_MALFORMED)
		return;
	const struct patient_identifier *id = result == NULL ? NULL : result->fits.asked;
	for (; id != NULL; id = id->next)
		if (!text_empty(id->id))
			audit_patient(x, e, cx_text(x->arena, id->id, id->universal_id));
	for (const struct shown *s = result == NULL ? NULL : result->shown; s != NULL; s = s->next)
		audit_about(x, e, s->is.record.number);
	const struct xml_node *query = r->query;
	if (query == NULL)
		query = result != NULL && result->query != NULL
				? result->query
				: child(r->message.control_act, "queryContinuation");
	struct audit_object *o = audit_query(
		x, e, text_empty(r->query_name) ? "unknown" : r->query_name, recorded(x, query));
	audit_add_detail(x, o, "II", bytes_of_text(hl7v3_ii_text(x->arena, &r->message.id)));
}

/* ---- Answering ---- */

/* Where the domain has no id of him (3.47.4.2.3, case 2). */
static void put_without(struct xml_writer *w, const struct assigning_authority *domain)
{
	xml_open(w, "asOtherIDs");
	xml_put_attribute(w, "classCode", "PAT");
	xml_open(w, "id");
	xml_put_attribute(w, "nullFlavor", "UNK");
	xml_close(w);
	xml_open(w, "scopingOrganization");
	xml_put_attribute(w, "classCode", "ORG");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	hl7v3_put_ii(w, "id", domain->universal_id, NULL, NULL);
	xml_close(w);
	xml_close(w);
}

static void put_degree(struct xml_writer *w, unsigned degree)
{
	xml_open(w, "subjectOf1");
	xml_put_attribute(w, "typeCode", "SBJ");
	xml_open(w, "queryMatchObservation");
	xml_put_attribute(w, "classCode", "COND");
	xml_put_attribute(w, "moodCode", "EVN");
	hl7v3_put_code(w, "code", "IHE_PDQ");
	xml_open(w, "value");
	xml_namespace_declare(w, "xsi", XSI);
	xml_put_attribute(w, "xsi:type", "INT");
	xml_put_attribute(w, "value", arena_printf(xml_writer_arena(w), "%u", degree));
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void put_patient(struct xml_writer *w, const struct shown *s, const char *custodian)
{
	const struct demographics_shown *is = &s->is;
	hl7v3_begin_registration(w);
	for (const struct patient_identifier *id = is->ids; id != NULL; id = id->next)
		hl7v3_put_ii(w, "id", id->universal_id, id->id, id->namespace_id);
	hl7v3_put_code(w, "statusCode", "active");
	xml_open(w, "patientPerson");
	xml_put_attribute(w, "classCode", "PSN");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	hl7v3_put_person(w, &is->record.demographics);
	for (size_t i = 0; is->without[i] != NULL; i++)
		put_without(w, is->without[i]);
	hl7v3_put_mother(w, is->record.demographics.mothers_maiden_name);
	xml_close(w);
	put_degree(w, s->degree);
	hl7v3_end_registration(w, custodian);
}

/* A value that cannot be is nobody's, as in ITI-45; a query that has no form is an error of its
 * own. */
static const char *response_code(const struct exchange *x, const struct pdq_request *r,
				 const struct pdq_result *result)
{
	if (x->problem.code == PROBLEM_NONE)
		return result != NULL && result->shown != NULL ? "OK" : "NF";
	return r->readable || x->problem.code == PROBLEM_DATA_TYPE
			       || x->problem.code == PROBLEM_TABLE_VALUE
		       ? "AE"
		       : "QE";
}

static void answer_query(struct exchange *x, struct xml_writer *w)
{
	static const struct hl7v3_quantities none = { .total = 0 };
	const struct pdq_request *r = x->request;
	const struct pdq_result *result = x->result;
	bool done = x->problem.code == PROBLEM_NONE;
	struct hl7v3_answer head = {
		.interaction = r->cancels ? "MCCI_IN000002UV01" : "PRPA_IN201306UV02",
		.acknowledgement = r->cancels ? (done ? "CA" : "CE") : (done ? "AA" : "AE"),
		.request = &r->message,
		.device_id = x->region->device_id,
		.now = x->now,
		.random = x->random,
		.findings = x->findings,
		.problem = &x->problem,
	};
	if (r->cancels) {
		hl7v3_write_accept(w, &head);
		return;
	}
	hl7v3_begin_answer(w, &head);
	hl7v3_begin_control_act(w, "PRPA_TE201306UV02");
	for (const struct shown *s = done ? result->shown : NULL; s != NULL; s = s->next)
		put_patient(w, s, x->region->device_id);
	const struct xml_node *query = result != NULL && result->query != NULL ? result->query
									       : r->query;
	const struct hl7v3_quantities *quantities = done ? &result->quantities : &none;
	const char *code = response_code(x, r, result);
	if (query != NULL)
		hl7v3_write_query_ack(w, query, code, quantities);
	else
		hl7v3_write_query_ack_of(w, &r->going_on.id, code, quantities);
	xml_close(w);
	xml_close(w);
}

#define CONTINUES "QUQI_IN000003UV01"
static const struct route routes[] = { { .request = "urn:hl7-org:v3:PRPA_IN201305UV02",
					 .detail = "PRPA_IN201305UV02",
					 .namespace_uri = HL7V3_NAMESPACE,
					 .answer = "urn:hl7-org:v3:PRPA_IN201306UV02" },
				       { .request = "urn:hl7-org:v3:" CONTINUES "_Continue",
					 .detail = CONTINUES,
					 .namespace_uri = HL7V3_NAMESPACE,
					 .answer = "urn:hl7-org:v3:PRPA_IN201306UV02" },
				       { .request = "urn:hl7-org:v3:" CONTINUES "_Cancel",
					 .detail = CONTINUES,
					 .namespace_uri = HL7V3_NAMESPACE,
					 .answer = "urn:hl7-org:v3:MCCI_IN000002UV01" },
				       { 0 } };

const struct transaction iti47_patient_demographics_query_v3 = {
	.code = "ITI-47",
	.name = "Patient Demographics Query",
	.section = "ITI TF-2: 3.47",
	.actor = PATIENT_DEMOGRAPHICS_SUPPLIER,
	.dialect = DIALECT_SOAP,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110112,
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti47-request.rng",
	.answer_grammar = "iti47-response.rng",
	.read = read_request,
	.handle = handle,
	.audited = record_query,
	.answer_xml = answer_query,
};
