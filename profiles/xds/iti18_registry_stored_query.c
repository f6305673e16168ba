/* profiles/xds/iti18_registry_stored_query.c
 *
 * Registry Stored Query [ITI-18], ITI TF-2: 3.18. We are the Document Registry: a Document Consumer
 * names a stored query by UUID, fills in its slots, and gets metadata or references. */
#include <stddef.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/transaction.h"
#include "schemas/tables/leniency.h"
#include "schemas/model/registry_query.h"

/* ---- The stored queries, as tables ---- */

/* How values are read, ITI TF-2: 3.18.4.1.2.3.4 and 3.18.4.1.2.3.5. */
enum reading {
	AS_TEXT,		/* const char * */
	AS_TEXTS, AS_TEXTS_ANDED,	/* struct text_value *, struct text_alternatives * */
	AS_CODES, AS_CODES_ANDED,	/* struct coded_value *, struct code_alternatives * */
	AS_TIME,		/* const char *, padded to 14 digits */
	AS_STATUS,		/* two bool: approved, deprecated */
	AS_TYPE			/* two bool: stable, on-demand */
};
enum number { ONE, MANY };
enum need { OPTIONAL, REQUIRED, EITHER };	/* EITHER: exactly one of those of a query */

struct parameter {
	const char *name;
	enum reading as;
	enum number number;
	enum need need;
	size_t offset;		/* into struct registry_query */
};
#define INTO(field) offsetof(struct registry_query, field)

/* Values inside one slot are ORed; where a slot is ANDED it may be repeated, and the repetitions
 * must all match (3.18.4.1.2.3.5). */
#define FIND_DOCUMENTS \
	{ "$XDSDocumentEntryPatientId", AS_TEXT, ONE, REQUIRED, INTO(patient_id) }, \
	{ "$XDSDocumentEntryStatus", AS_STATUS, MANY, REQUIRED, INTO(entry_approved) }, \
	{ "$XDSDocumentEntryClassCode", AS_CODES, MANY, OPTIONAL, INTO(class_codes) }, \
	{ "$XDSDocumentEntryTypeCode", AS_CODES, MANY, OPTIONAL, INTO(type_codes) }, \
	{ "$XDSDocumentEntryPracticeSettingCode", AS_CODES, MANY, OPTIONAL, INTO(practice_setting_codes) }, \
	{ "$XDSDocumentEntryCreationTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(creation.from) }, \
	{ "$XDSDocumentEntryCreationTimeTo", AS_TIME, ONE, OPTIONAL, INTO(creation.to) }, \
	{ "$XDSDocumentEntryServiceStartTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(service_start.from) }, \
	{ "$XDSDocumentEntryServiceStartTimeTo", AS_TIME, ONE, OPTIONAL, INTO(service_start.to) }, \
	{ "$XDSDocumentEntryServiceStopTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(service_stop.from) }, \
	{ "$XDSDocumentEntryServiceStopTimeTo", AS_TIME, ONE, OPTIONAL, INTO(service_stop.to) }, \
	{ "$XDSDocumentEntryHealthcareFacilityTypeCode", AS_CODES, MANY, OPTIONAL, INTO(facility_type_codes) }, \
	{ "$XDSDocumentEntryEventCodeList", AS_CODES_ANDED, MANY, OPTIONAL, INTO(event_codes) }, \
	{ "$XDSDocumentEntryConfidentialityCode", AS_CODES_ANDED, MANY, OPTIONAL, INTO(confidentiality_codes) }, \
	{ "$XDSDocumentEntryAuthorPerson", AS_TEXTS, MANY, OPTIONAL, INTO(author_persons) }, \
	{ "$XDSDocumentEntryFormatCode", AS_CODES, MANY, OPTIONAL, INTO(format_codes) }, \
	{ "$XDSDocumentEntryType", AS_TYPE, MANY, OPTIONAL, INTO(type_stable) }

/* The filters of queries that return what a package holds. */
#define CONTENT \
	{ "$XDSDocumentEntryFormatCode", AS_CODES, MANY, OPTIONAL, INTO(format_codes) }, \
	{ "$XDSDocumentEntryConfidentialityCode", AS_CODES_ANDED, MANY, OPTIONAL, INTO(confidentiality_codes) }, \
	{ "$XDSDocumentEntryType", AS_TYPE, MANY, OPTIONAL, INTO(type_stable) }

static const struct parameter find_documents[] = { FIND_DOCUMENTS, { 0 } };
static const struct parameter find_documents_by_reference_id[] = {
	FIND_DOCUMENTS,
	{ "$XDSDocumentEntryReferenceIdList", AS_TEXTS_ANDED, MANY, REQUIRED, INTO(reference_ids) },
	{ 0 }
};
static const struct parameter find_submission_sets[] = {
	{ "$XDSSubmissionSetPatientId", AS_TEXT, ONE, REQUIRED, INTO(patient_id) },
	{ "$XDSSubmissionSetStatus", AS_STATUS, MANY, REQUIRED, INTO(set_approved) },
	{ "$XDSSubmissionSetSourceId", AS_TEXTS, MANY, OPTIONAL, INTO(source_ids) },
	{ "$XDSSubmissionSetSubmissionTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(submission.from) },
	{ "$XDSSubmissionSetSubmissionTimeTo", AS_TIME, ONE, OPTIONAL, INTO(submission.to) },
	{ "$XDSSubmissionSetAuthorPerson", AS_TEXTS, ONE, OPTIONAL, INTO(author_persons) },
	{ "$XDSSubmissionSetContentType", AS_CODES, MANY, OPTIONAL, INTO(content_types) },
	{ 0 }
};
static const struct parameter find_folders[] = {
	{ "$XDSFolderPatientId", AS_TEXT, ONE, REQUIRED, INTO(patient_id) },
	{ "$XDSFolderStatus", AS_STATUS, MANY, REQUIRED, INTO(folder_approved) },
	{ "$XDSFolderLastUpdateTimeFrom", AS_TIME, ONE, OPTIONAL, INTO(last_update.from) },
	{ "$XDSFolderLastUpdateTimeTo", AS_TIME, ONE, OPTIONAL, INTO(last_update.to) },
	{ "$XDSFolderCodeList", AS_CODES_ANDED, MANY, OPTIONAL, INTO(folder_codes) },
	{ 0 }
};
static const struct parameter get_all[] = {
	{ "$patientId", AS_TEXT, ONE, REQUIRED, INTO(patient_id) },
	{ "$XDSDocumentEntryStatus", AS_STATUS, MANY, REQUIRED, INTO(entry_approved) },
	{ "$XDSSubmissionSetStatus", AS_STATUS, MANY, REQUIRED, INTO(set_approved) },
	{ "$XDSFolderStatus", AS_STATUS, MANY, REQUIRED, INTO(folder_approved) },
	CONTENT,
	{ 0 }
};
static const struct parameter get_documents[] = {
	{ "$XDSDocumentEntryEntryUUID", AS_TEXTS, MANY, EITHER, INTO(uuids) },
	{ "$XDSDocumentEntryUniqueId", AS_TEXTS, MANY, EITHER, INTO(unique_ids) },
	{ 0 }
};
static const struct parameter get_folders[] = {
	{ "$XDSFolderEntryUUID", AS_TEXTS, MANY, EITHER, INTO(uuids) },
	{ "$XDSFolderUniqueId", AS_TEXTS, MANY, EITHER, INTO(unique_ids) },
	{ 0 }
};
/* GetAssociations and GetSubmissionSets. */
static const struct parameter by_uuid[] = {
	{ "$uuid", AS_TEXTS, MANY, REQUIRED, INTO(uuids) },
	{ 0 }
};
static const struct parameter get_submission_set_and_contents[] = {
	{ "$XDSSubmissionSetEntryUUID", AS_TEXTS, ONE, EITHER, INTO(uuids) },
	{ "$XDSSubmissionSetUniqueId", AS_TEXTS, ONE, EITHER, INTO(unique_ids) },
	CONTENT,
	{ 0 }
};
static const struct parameter get_folder_and_contents[] = {
	{ "$XDSFolderEntryUUID", AS_TEXTS, ONE, EITHER, INTO(uuids) },
	{ "$XDSFolderUniqueId", AS_TEXTS, ONE, EITHER, INTO(unique_ids) },
	CONTENT,
	{ 0 }
};
static const struct parameter get_folders_for_document[] = {
	{ "$XDSDocumentEntryEntryUUID", AS_TEXTS, ONE, EITHER, INTO(uuids) },
	{ "$XDSDocumentEntryUniqueId", AS_TEXTS, ONE, EITHER, INTO(unique_ids) },
	{ 0 }
};
static const struct parameter get_related_documents[] = {
	{ "$XDSDocumentEntryEntryUUID", AS_TEXTS, ONE, EITHER, INTO(uuids) },
	{ "$XDSDocumentEntryUniqueId", AS_TEXTS, ONE, EITHER, INTO(unique_ids) },
	{ "$AssociationTypes", AS_TEXTS, MANY, REQUIRED, INTO(association_types) },
	{ "$XDSDocumentEntryType", AS_TYPE, MANY, OPTIONAL, INTO(type_stable) },
	{ 0 }
};

/* ITI TF-2: 3.18.4.1.2.4 */
static const struct {
	const char *id;
	enum stored_query kind;
	const struct parameter *parameters;
} queries[] = {
	{ "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d", QUERY_FIND_DOCUMENTS, find_documents },
	{ "urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9", QUERY_FIND_SUBMISSION_SETS,
	  find_submission_sets },
	{ "urn:uuid:958f3006-baad-4929-a4de-ff1114824431", QUERY_FIND_FOLDERS, find_folders },
	{ "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3", QUERY_GET_ALL, get_all },
	{ "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", QUERY_GET_DOCUMENTS, get_documents },
	{ "urn:uuid:5737b14c-8a1a-4539-b659-e03a34a5e1e4", QUERY_GET_FOLDERS, get_folders },
	{ "urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155", QUERY_GET_ASSOCIATIONS, by_uuid },
	{ "urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a", QUERY_GET_DOCUMENTS_AND_ASSOCIATIONS,
	  get_documents },
	{ "urn:uuid:51224314-5390-4169-9b91-b1980040715a", QUERY_GET_SUBMISSION_SETS, by_uuid },
	{ "urn:uuid:e8e3cb2c-e39c-46b9-99e4-c12f57260b83", QUERY_GET_SUBMISSION_SET_AND_CONTENTS,
	  get_submission_set_and_contents },
	{ "urn:uuid:b909a503-523d-4517-8acf-8e5834dfc4c7", QUERY_GET_FOLDER_AND_CONTENTS,
	  get_folder_and_contents },
	{ "urn:uuid:10cae35a-c7f9-4cf5-b61e-fc3278ffb578", QUERY_GET_FOLDERS_FOR_DOCUMENT,
	  get_folders_for_document },
	{ "urn:uuid:d90e5407-b356-4d91-a89f-873917b4b0e6", QUERY_GET_RELATED_DOCUMENTS,
	  get_related_documents },
	{ "urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492", QUERY_FIND_DOCUMENTS_BY_REFERENCE_ID,
	  find_documents_by_reference_id },
};

/* ---- Reading values ---- */

static struct text_value *texts_of(struct arena *a, const struct query_slot *s)
{
	struct text_value *first = NULL, **last = &first;
	for (const struct query_value *v = s->values; v != NULL; v = v->next) {
		*last = arena_new(a, struct text_value);
		(*last)->value = v->text;
		last = &(*last)->next;
	}
	return first;
}

/* code^^scheme: a code without its scheme is an error, never a wildcard. */
static bool code_of(struct arena *a, const char *text, struct coded_value *out)
{
	const char *carets = strstr(text, "^^");
	if (carets == NULL || carets == text || carets[2] == '\0' || strchr(text, '^') != carets
	    || strchr(carets + 2, '^') != NULL)
		return false;
	out->code = arena_text_n(a, text, (size_t)(carets - text));
	out->scheme = carets + 2;
	return true;
}

static bool codes_of(struct arena *a, const struct query_slot *s, struct coded_value **out,
		     struct problem *p)
{
	struct coded_value **last = out;
	for (const struct query_value *v = s->values; v != NULL; v = v->next) {
		*last = arena_new(a, struct coded_value);
		if (!code_of(a, v->text, *last))
			return problem_at(p, PROBLEM_QUERY_INVALID, s->name,
					  "\"%s\" is not of the form code^^codingScheme", v->text);
		last = &(*last)->next;
	}
	return true;
}

static bool time_of(struct arena *a, const struct query_slot *s, const char **out,
		    struct problem *p)
{
	const char *text = s->values->text;
	char full[DTM_FULL];
	if (metadata_type_fault(TYPE_DTM, text) != NULL)
		return problem_at(p, PROBLEM_QUERY_INVALID, s->name, "\"%s\" is not a time", text);
	metadata_type_dtm_full(text, full);
	*out = arena_text(a, full);
	return true;
}

/* Two flags side by side. Values we do not know are passed over. */
static bool flags_of(const struct query_slot *s, bool out[2], const char *const urns[2])
{
	for (const struct query_value *v = s->values; v != NULL; v = v->next)
		for (unsigned i = 0; i < 2; i++)
			out[i] = out[i] || text_equal(v->text, urns[i]);
	return out[0] || out[1];
}

static bool read_into(struct arena *a, const struct parameter *m, const struct query_slot *s,
		      struct registry_query *q, struct problem *p)
{
	static const char *const types[] = { UUID_STABLE, UUID_ON_DEMAND };
	const char *const states[] = { availability_status_urn(STATUS_APPROVED),
				       availability_status_urn(STATUS_DEPRECATED) };
	void *field = (char *)q + m->offset;
	switch (m->as) {
	case AS_TEXT:
		*(const char **)field = s->values->text;
		return true;
	case AS_TEXTS:
		*(struct text_value **)field = texts_of(a, s);
		return true;
	case AS_TEXTS_ANDED: {
		struct text_alternatives **last = field;
		while (*last != NULL)
			last = &(*last)->next;
		*last = arena_new(a, struct text_alternatives);
		(*last)->any = texts_of(a, s);
		return true;
	}
	case AS_CODES:
		return codes_of(a, s, field, p);
	case AS_CODES_ANDED: {
		struct code_alternatives **last = field;
		while (*last != NULL)
			last = &(*last)->next;
		*last = arena_new(a, struct code_alternatives);
		return codes_of(a, s, &(*last)->any, p);
	}
	case AS_TIME:
		return time_of(a, s, field, p);
	case AS_STATUS:
		return flags_of(s, field, states)
			|| problem_at(p, PROBLEM_QUERY_MISSING_PARAMETER, s->name,
				      "none of the values is a status");
	case AS_TYPE:
		flags_of(s, field, types);
		return true;
	}
	return true;
}

/* ---- Reading a query ---- */

static bool may_repeat(const struct parameter *m)
{
	return m->as == AS_CODES_ANDED || m->as == AS_TEXTS_ANDED;
}

/* Parameters no table has are passed over: gateways send them on (ITI TF-2: 3.38.4.1.2). */
static bool read_slots(struct arena *a, const struct parameter *parameters,
		       const struct query_slot *s, struct registry_query *q, uint64_t *seen,
		       struct problem *p)
{
	for (; s != NULL; s = s->next) {
		const struct parameter *m = parameters;
		while (m->name != NULL && !text_equal(m->name, s->name))
			m++;
		if (m->name == NULL || s->count == 0)
			continue;
		uint64_t bit = UINT64_C(1) << (m - parameters);
		if ((*seen & bit) != 0 && !may_repeat(m))
			return problem_at(p, PROBLEM_QUERY_PARAMETER_NUMBER, s->name,
					  "this parameter may be given once");
		if (m->number == ONE && s->count != 1)
			return problem_at(p, PROBLEM_QUERY_PARAMETER_NUMBER, s->name,
					  "this parameter has one value, and %u are given",
					  s->count);
		*seen |= bit;
		if (!read_into(a, m, s, q, p))
			return false;
	}
	return true;
}

static bool check_needs(const struct parameter *parameters, uint64_t seen, struct problem *p)
{
	const struct parameter *either = NULL;
	unsigned given = 0;
	for (const struct parameter *m = parameters; m->name != NULL; m++) {
		bool is = (seen >> (m - parameters) & 1) != 0;
		if (m->need == REQUIRED && !is)
			return problem_at(p, PROBLEM_QUERY_MISSING_PARAMETER, m->name,
					  "this parameter is required");
		if (m->need == EITHER) {
			either = m;
			given += is;
		}
	}
	if (either != NULL && given == 0)
		return problem_at(p, PROBLEM_QUERY_MISSING_PARAMETER, either->name,
				  "this parameter or its alternative is required");
	return given < 2 || problem_at(p, PROBLEM_QUERY_PARAMETER_NUMBER, either->name,
				       "this parameter excludes its alternative");
}

static bool read_parameters(struct arena *a, const struct adhoc_query *sent,
			    struct registry_query *q, struct problem *p)
{
	uint64_t seen = 0;
	for (size_t i = 0; i < COUNT(queries); i++) {
		const struct parameter *parameters = queries[i].parameters;
		if (!text_equal(queries[i].id, sent->id))
			continue;
		q->kind = queries[i].kind;
		if (!read_slots(a, parameters, sent->slots, q, &seen, p)
		    || !check_needs(parameters, seen, p))
			return false;
		bool typed = false;
		for (const struct parameter *m = parameters; m->name != NULL; m++)
			typed = typed || (m->as == AS_TYPE && (seen >> (m - parameters) & 1) != 0);
		q->type_stable = q->type_stable || !typed;	/* 3.18.4.1.2.3.6.2: the default */
		return true;
	}
	return problem_at(p, PROBLEM_UNKNOWN_QUERY, sent->id, "this stored query is not offered");
}

/* An Individual Number may not even stay in the query's audit record: nothing of this goes on. */
static bool names_my_number(struct exchange *x, const struct query_slot *s)
{
	bool allowed = x->sender != NULL && x->sender->lenient.twelve_digit_ids;
	for (; s != NULL; s = s->next)
		for (const struct query_value *v = s->values; v != NULL; v = v->next)
			if (strchr(v->text, '^') != NULL && metadata_type_my_number(v->text)
			    && !leniency_grants(allowed, &x->needed.twelve_digit_ids))
				return !problem_at(
					&x->problem, PROBLEM_MALFORMED, s->name,
					"an Individual Number is not a patient identifier");
	return false;
}

static bool read_request(struct exchange *x)
{
	struct registry_query *q = arena_new(x->arena, struct registry_query);
	struct adhoc_query sent = { 0 };
	x->request = q;
	bool readable = ebrim_read_query(x->arena, x->soap->body, &sent, &x->problem);
	q->query_id = sent.id;
	q->home_community_id = sent.home;
	q->leaf_class = sent.leaf_class;
	q->most_results = sent.most_results;
	return readable && !names_my_number(x, sent.slots)
		&& read_parameters(x->arena, &sent, q, &x->problem);
}

/* ---- Answering ---- */

static bool handle(struct exchange *x)
{
	const struct registry_query *q = x->request;
	struct registry_objects *found = arena_new(x->arena, struct registry_objects);
	struct registry_desk d = exchange_desk(x);
	x->result = found;
	/* What is asked of another community is nothing a registry has. */
	if (q->home_community_id != NULL
	    && !text_equal(q->home_community_id, x->region->home_community_id))
		return true;
	return document_registry_query(&d, q, found, &x->problem);
}

/* ITI TF-2: 3.18.5.1 */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct registry_query *q = x->request;
	struct xml_writer *w = xml_writer_begin(x->arena);
	if (q != NULL && q->patient_id != NULL)
		audit_patient(x, e, q->patient_id);
	xml_copy_node(w, x->soap->body);
	const char *id = q == NULL || text_empty(q->query_id) ? "unknown" : q->query_id;
	struct audit_object *o = audit_query(x, e, id, xml_writer_end(w));
	audit_add_detail(x, o, "QueryEncoding", bytes_of_text("UTF-8"));
	if (q != NULL && q->home_community_id != NULL)
		audit_add_detail(x, o, "urn:ihe:iti:xca:2010:homeCommunityId",
				 bytes_of_text(q->home_community_id));
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	const struct registry_query *q = x->request;
	bool refused = x->problem.code != PROBLEM_NONE;
	xml_open(w, "query:AdhocQueryResponse");
	xml_namespace_declare(w, "query", QUERY_NAMESPACE);
	ebrim_put_outcome(w, ebrim_status(&x->problem, x->findings, false), SIDE_REGISTRY,
			  &x->problem, x->findings);
	ebrim_put_objects(w, x->arena, refused ? NULL : x->result, q != NULL && q->leaf_class);
	xml_close(w);
}

static const struct route routes[] = {
	{ "urn:ihe:iti:2007:RegistryStoredQuery", "AdhocQueryRequest", QUERY_NAMESPACE,
	  "urn:ihe:iti:2007:RegistryStoredQueryResponse" },
	{ 0 }
};

const struct transaction iti18_registry_stored_query = {
	.code = "ITI-18",
	.name = "Registry Stored Query",
	.section = "ITI TF-2: 3.18",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.may_reply_elsewhere = true,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110112,		/* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti18-request.rng",
	.answer_grammar = "iti18-response.rng",
	.read = read_request,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
