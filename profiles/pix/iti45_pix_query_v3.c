/* profiles/pix/iti45_pix_query_v3.c
 *
 * PIXV3 Query [ITI-45], ITI TF-2: 3.45. We are the Patient Identifier Cross-reference Manager: a
 * consumer names one id and gets the ids the same person has in the domains it asks for.
 */
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/feed_v3.h"
#include "profiles/transaction.h"
#include "schemas/tables/leniency.h"

struct query_request {
	struct hl7v3_message message;
	const struct xml_node *query; /* queryByParameter */
	struct cross_reference_query asked;
	bool readable;
};

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, HL7V3_NAMESPACE, local);
}

/* The next one of the same name, which would be read past. */
static const struct xml_node *second(const struct xml_node *n)
{
	return n == NULL ? NULL : xml_next(n, HL7V3_NAMESPACE, xml_local(n));
}

static bool twice(struct exchange *x, const struct xml_node *at, const char *what)
{
	return problem_at(&x->problem, PROBLEM_SEGMENT_MISSING, xml_path(x->arena, at), "%s", what);
}

/* Anywhere among the parameters, for all of them are echoed. */
static bool has_my_number(const struct xml_node *n)
{
	if (text_is_my_number(xml_attribute(n, "extension")))
		return true;
	const struct xml_node *inner = xml_first_element(n);
	for (; inner != NULL; inner = xml_next_element(inner))
		if (!xml_is(inner, HL7V3_NAMESPACE, "queryId") && has_my_number(inner))
			return true;
	return false;
}

/* An Individual Number may not even be echoed in queryByParameter: nothing of this goes on. */
static bool my_number_refused(struct exchange *x, const struct xml_node *at)
{
	return problem_at(
		&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, at),
		"an Individual Number is not a patient identifier" TWELVE_DIGIT_IDS_REMEDY);
}

/* dataSource: a domain, root only; ITI TF-2: 3.45.4.1.2.2. */
static bool read_domains(struct exchange *x, const struct person_reader *reader,
			 const struct xml_node *list, struct patient_identifier **tail)
{
	const struct xml_node *source = child(list, "dataSource");
	unsigned count = 0;
	for (; source != NULL; source = xml_next(source, HL7V3_NAMESPACE, "dataSource")) {
		const struct xml_node *value = child(source, "value");
		struct person_id_said domain = { .universal_id = xml_attribute(value, "root"),
						 .universal_id_type = "ISO" };
		if (text_empty(domain.universal_id))
			return problem_at(&x->problem, PROBLEM_FIELD_MISSING,
					  xml_path(x->arena, source),
					  "a dataSource must name a domain by its root");
		if (second(value) != NULL)
			return twice(x, second(value), "a dataSource names one domain");
		if (person_too_many(reader, ++count, source))
			return false;
		*tail = arena_new(x->arena, struct patient_identifier);
		person_authority(reader, &domain, value, *tail);
		(*tail)->where = xml_path(x->arena, value);
		tail = &(*tail)->next;
	}
	return x->problem.code == PROBLEM_NONE;
}

/* A parameter that is not read could have asked for less. */
static bool known_parameters(struct exchange *x, const struct xml_node *list)
{
	const struct xml_node *n = xml_first_element(list);
	for (; n != NULL; n = xml_next_element(n))
		if (!xml_is(n, HL7V3_NAMESPACE, "patientIdentifier")
		    && !xml_is(n, HL7V3_NAMESPACE, "dataSource"))
			return problem_at(&x->problem, PROBLEM_DATA_TYPE, xml_path(x->arena, n),
					  "the query has no such parameter");
	return true;
}

/* Without it there is nobody to ask for. */
static bool no_identifier(struct exchange *x, const struct xml_node *at)
{
	return problem_at(&x->problem, PROBLEM_FIELD_MISSING, xml_path(x->arena, at),
			  "the query needs a patientIdentifier with root and extension");
}

static bool read_parameters(struct exchange *x, struct query_request *r)
{
	const struct xml_node *list = child(r->query, "parameterList");
	const struct xml_node *parameter = child(list, "patientIdentifier");
	const struct xml_node *value = child(parameter, "value");
	struct hl7_person_rules rules;
	struct hl7_person_notes notes = { .refused = 0 };
	struct person_reader reader = hl7v3_reader(x->arena, &rules, &notes, &x->problem);
	exchange_person_rules(x, &rules);
	if (second(list) != NULL)
		return twice(x, second(list), "a query has one parameterList");
	if (parameter == NULL)
		return no_identifier(x, list != NULL ? list : r->query);
	if (second(parameter) != NULL || second(value) != NULL)
		return twice(x, second(parameter) != NULL ? second(parameter) : second(value),
			     "a query is about exactly one patientIdentifier");
	const struct patient_identifier *id = hl7v3_read_identifier(&reader, value);
	x->needed.twelve_digit_ids = notes.twelve_digit_id;
	if (notes.refused != 0)
		return my_number_refused(x, list);
	if (id == NULL)
		return no_identifier(x, parameter);
	r->asked.id = *id;
	return known_parameters(x, list) && read_domains(x, &reader, list, &r->asked.domains);
}

static bool read_query(struct exchange *x)
{
	struct query_request *r = arena_new(x->arena, struct query_request);
	const struct xml_node *act = child(x->soap->body, "controlActProcess");
	x->request = r;
	r->query = child(act, "queryByParameter");
	/* Without it there is nothing the prescribed answer could be made of. */
	if (child(r->query, "queryId") == NULL)
		return problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, x->soap->body),
				  "there is no queryByParameter with a queryId");
	/* First of all, for every refusal but a fault echoes the query. */
	struct hl7_person_rules rules;
	exchange_person_rules(x, &rules);
	if (!rules.twelve_digit_ids && has_my_number(r->query))
		return my_number_refused(x, r->query);
	r->readable = hl7v3_open(x->arena, x->soap->body, &r->message, &x->problem)
		      && v3_version_taken(x, &r->message) && read_parameters(x, r);
	return r->readable;
}

static void unknown_key(struct exchange *x, const char *where, const char *what)
{
	struct problem p = { .code = PROBLEM_NONE };
	problem_at(&p, PROBLEM_UNKNOWN_KEY, where == NULL ? "" : where, "%s", what);
	exchange_finding(x, false, where, &p);
}

/* Cases 4 and 5; V3 has no case of its own for an unknown domain of the id (3.45.4.2.2.1). */
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
	if (found->outcome == CROSS_REFERENCE_UNKNOWN_ID
	    || found->outcome == CROSS_REFERENCE_UNKNOWN_DOMAIN)
		unknown_key(x, r->asked.id.where, "the patient identifier is not known");
	for (size_t i = 0; i < found->unknown_count; i++) {
		const struct patient_identifier *domain = r->asked.domains;
		for (unsigned place = found->unknown_targets[i]; place > 1; place--)
			domain = domain->next;
		unknown_key(x, domain->where, "the domain asked for is not known");
	}
	return x->problem.code == PROBLEM_NONE;
}

/* ITI TF-2: 3.45.5.1: the patients, and the query as it was received. */
static void record_query(struct exchange *x, struct audit_event *e)
{
	const struct query_request *r = x->request;
	const struct cross_reference_found *found = x->result;
	const struct xml_node *id = r == NULL ? NULL : child(r->query, "queryId");
	if (r == NULL || r->query == NULL || x->problem.code == PROBLEM_MALFORMED)
		return;
	/* Whom was asked for, known or not: who tries numbers is found by them. */
	if (found != NULL && !text_empty(found->asked.id) && !text_empty(found->asked.universal_id))
		audit_patient(x, e, cx_text(x->arena, found->asked.id, found->asked.universal_id));
	if (found != NULL && x->problem.code == PROBLEM_NONE) {
		for (const struct patient_identifier *one = found->ids; one != NULL;
		     one = one->next)
			audit_patient(x, e, cx_text(x->arena, one->id, one->universal_id));
	}
	struct hl7v3_ii query_id = { .root = xml_attribute(id, "root"),
				     .extension = xml_attribute(id, "extension") };
	struct xml_writer *w = xml_writer_begin(x->arena);
	xml_copy_node(w, r->query);
	const char *name = hl7v3_ii_text(x->arena, &query_id);
	struct audit_object *o = audit_query(x, e, text_empty(name) ? "unknown" : name,
					     xml_writer_end(w));
	audit_add_detail(x, o, "II", bytes_of_text(hl7v3_ii_text(x->arena, &r->message.id)));
}

/* All ids go to Patient.id, so that there are no OtherIDs (3.45.4.2.2.1, case 6). */
static void put_patient(struct xml_writer *w, const struct cross_reference_found *found,
			const char *custodian)
{
	hl7v3_begin_registration(w);
	for (const struct patient_identifier *id = found->ids; id != NULL; id = id->next)
		hl7v3_put_ii(w, "id", id->universal_id, id->id, id->namespace_id);
	hl7v3_put_code(w, "statusCode", "active");
	xml_open(w, "patientPerson");
	xml_put_attribute(w, "classCode", "PSN");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	hl7v3_put_names(w, found->names);
	xml_close(w);
	hl7v3_end_registration(w, custodian);
}

/* A value that cannot be is nobody's, as in ITI-9; a query that has no form is an error of its
 * own. */
static bool could_be_asked(const struct exchange *x, const struct query_request *r)
{
	return r->readable || x->problem.code == PROBLEM_DATA_TYPE;
}

static void answer_query(struct exchange *x, struct xml_writer *w)
{
	const struct query_request *r = x->request;
	const struct cross_reference_found *found = x->result;
	bool done = x->problem.code == PROBLEM_NONE && found != NULL;
	bool any = done && found->outcome == CROSS_REFERENCE_FOUND;
	hl7v3_begin_answer(w, &(struct hl7v3_answer){
				      .interaction = "PRPA_IN201310UV02",
				      .acknowledgement = done ? "AA" : "AE",
				      .request = &r->message,
				      .device_id = x->region->device_id,
				      .now = x->now,
				      .random = x->random,
				      .findings = x->findings,
				      .problem = &x->problem,
			      });
	hl7v3_begin_control_act(w, "PRPA_TE201310UV02");
	if (any)
		put_patient(w, found, x->region->device_id);
	hl7v3_write_query_ack(w, r->query,
			      any                    ? "OK"
			      : done                 ? "NF"
			      : could_be_asked(x, r) ? "AE"
						     : "QE",
			      NULL);
	xml_close(w);
	xml_close(w);
}

static const struct route routes[] = { { .request = "urn:hl7-org:v3:PRPA_IN201309UV02",
					 .detail = "PRPA_IN201309UV02",
					 .namespace_uri = HL7V3_NAMESPACE,
					 .answer = "urn:hl7-org:v3:PRPA_IN201310UV02" },
				       { 0 } };

const struct transaction iti45_pix_query_v3 = {
	.code = "ITI-45",
	.name = "PIX Query",
	.section = "ITI TF-2: 3.45",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_SOAP,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110112,
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti45-request.rng",
	.answer_grammar = "iti45-response.rng",
	.read = read_query,
	.handle = find_ids,
	.audited = record_query,
	.answer_xml = answer_query,
};
