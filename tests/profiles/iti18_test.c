/* tests/profiles/iti18_test.c: the stored queries: how values are read, what is found, what is
 * hidden. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/actors/registry_match.h"
#include "tests/envelope/samples.h"
#include "tests/profiles/documents.h"

#define STATUS "urn:oasis:names:tc:ebxml-regrep:StatusType:"
#define APPROVED "'" STATUS "Approved'"
#define SLOT(name, value)                                                                          \
	"<rim:Slot name=\"" name "\"><rim:ValueList><rim:Value>" value                             \
	"</rim:Value></rim:ValueList></rim:Slot>"
#define ENTRY "$XDSDocumentEntry"
#define RELATION "urn:ihe:iti:2007:AssociationType:"
#define MISSING "XDSStoredQueryMissingParam"
#define NUMBER "XDSStoredQueryParamNumber"
#define INVALID "XDSRegistryError"

static struct asked *put(struct house *h, const char *system, const char *body)
{
	struct asked *q = ask(h, &iti42_register_document_set, system, body, NULL);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	return q;
}

static const struct submission *registered(const struct asked *q)
{
	return q->x.result;
}

static struct asked *query(struct house *h, const char *system, const char *body)
{
	return ask(h, &iti18_registry_stored_query, system, body, NULL);
}

static struct asked *get(struct house *h, const char *id, const char *parameter, const char *value)
{
	return query(h, "a-hospital", get_query(h, id, parameter, value));
}

static const char *with_slots(struct house *h, const char *body, const char *slots)
{
	return edit(h, body, "</rim:AdhocQuery>",
		    arena_printf(h->arena, "%s</rim:AdhocQuery>", slots));
}

/* FindDocuments over one document (tests/cases/ebrim/submission.xml), with one slot more. */
static const struct {
	const char *why, *slots;
	unsigned found;
	const char *error;
} finds[] = {
	{ "nothing more", "", 1, "" },
	{ "its class code", SLOT(ENTRY "ClassCode", "('REF^^2.999.4.1')"), 1, "" },
	{ "one of several", SLOT(ENTRY "ClassCode", "('X^^2.999.4.1','REF^^2.999.4.1')"), 1, "" },
	{ "several Values are one list",
	  "<rim:Slot name=\"" ENTRY
	  "ClassCode\"><rim:ValueList><rim:Value>('X^^1.2')</rim:Value><rim:Value> ( "
	  "'REF^^2.999.4.1' ) </rim:Value></rim:ValueList></rim:Slot>",
	  1, "" },
	{ "one value without parentheses", SLOT(ENTRY "ClassCode", "'REF^^2.999.4.1'"), 1, "" },
	{ "another scheme", SLOT(ENTRY "ClassCode", "('REF^^2.999.4.2')"), 0, "" },
	{ "a code without scheme", SLOT(ENTRY "ClassCode", "('REF^^2.999.4.1','REF^^')"), 0,
	  INVALID },
	{ "a code alone", SLOT(ENTRY "ClassCode", "('REF')"), 0, INVALID },
	{ "a class code given twice",
	  SLOT(ENTRY "ClassCode", "('REF^^2.999.4.1')")
		  SLOT(ENTRY "ClassCode", "('REF^^2.999.4.1')"),
	  0, NUMBER },
	{ "event codes: OR inside", SLOT(ENTRY "EventCodeList", "('XX^^1.2','HEAD^^2.999.4.3')"), 1,
	  "" },
	{ "event codes: AND between",
	  SLOT(ENTRY "EventCodeList", "('CT^^1.2.840.10008.2.16.4')")
		  SLOT(ENTRY "EventCodeList", "('HEAD^^2.999.4.3')"),
	  1, "" },
	{ "event codes: one of the slots does not match",
	  SLOT(ENTRY "EventCodeList", "('CT^^1.2.840.10008.2.16.4')")
		  SLOT(ENTRY "EventCodeList", "('XX^^2.999.4.3')"),
	  0, "" },
	{ "confidentiality",
	  SLOT(ENTRY "ConfidentialityCode", "('PSY^^2.999.4.2')")
		  SLOT(ENTRY "ConfidentialityCode", "('N^^2.16.840.1.113883.5.25')"),
	  1, "" },
	{ "practice setting", SLOT(ENTRY "PracticeSettingCode", "('IM^^2.999.4.5')"), 1, "" },
	{ "facility type", SLOT(ENTRY "HealthcareFacilityTypeCode", "('CLINIC^^2.999.4.4')"), 0,
	  "" },
	{ "type code", SLOT(ENTRY "TypeCode", "('57133-1^^2.16.840.1.113883.6.1')"), 1, "" },
	{ "format",
	  SLOT(ENTRY "FormatCode",
	       "('urn:ihe:iti:xds:2017:mimeTypeSufficient^^1.3.6.1.4.1.19376.1.2.3')"),
	  1, "" },
	{ "author by the whole", SLOT(ENTRY "AuthorPerson", "('D0123^山田^花子')"), 1, "" },
	{ "author by a part", SLOT(ENTRY "AuthorPerson", "('%山田%')"), 1, "" },
	{ "a part alone does not match", SLOT(ENTRY "AuthorPerson", "('山田')"), 0, "" },
	{ "_ is one character, not one octet", SLOT(ENTRY "AuthorPerson", "('D0123^__^花_')"), 1,
	  "" },
	{ "_ is not two characters", SLOT(ENTRY "AuthorPerson", "('D0123^_^花子')"), 0, "" },
	{ "a second author", SLOT(ENTRY "AuthorPerson", "('nobody','^Suzuki_\\%^Jiro')"), 0, "" },
	{ "a backslash is not special", SLOT(ENTRY "AuthorPerson", "('^Suzuki__^Ji%')"), 1, "" },
	{ "created from, included", SLOT(ENTRY "CreationTimeFrom", "20251224103000"), 1, "" },
	{ "created to, excluded", SLOT(ENTRY "CreationTimeTo", "20251224103000"), 0, "" },
	{ "created within a year",
	  SLOT(ENTRY "CreationTimeFrom", "2025") SLOT(ENTRY "CreationTimeTo", "2026"), 1, "" },
	{ "a time in apostrophes", SLOT(ENTRY "CreationTimeFrom", "'2026'"), 0, "" },
	{ "a time that is none", SLOT(ENTRY "CreationTimeFrom", "yesterday"), 0, INVALID },
	{ "two times", SLOT(ENTRY "CreationTimeFrom", "(2025,2026)"), 0, NUMBER },
	{ "service start", SLOT(ENTRY "ServiceStartTimeFrom", "20251223000001"), 0, "" },
	{ "service stop", SLOT(ENTRY "ServiceStopTimeTo", "20251224090001"), 1, "" },
	{ "stable, said", SLOT(ENTRY "Type", "('urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1')"),
	  1, "" },
	{ "on-demand only", SLOT(ENTRY "Type", "('urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248')"),
	  0, "" },
	/* told, and passed over */
	{ "a parameter nobody knows", SLOT("$somethingElse", "'x'"), 1, INVALID },
	{ "status again", SLOT(ENTRY "Status", "(" APPROVED ")"), 0, NUMBER },
	{ "an apostrophe too few", SLOT(ENTRY "AuthorPerson", "('x)"), 0, INVALID },
	{ "a parenthesis too few", SLOT(ENTRY "AuthorPerson", "('x'"), 0, INVALID },
	{ "a comma too many", SLOT(ENTRY "AuthorPerson", "('x',)"), 0, INVALID },
	{ "something behind", SLOT(ENTRY "AuthorPerson", "('x') or 1=1"), 0, INVALID },
	{ "an apostrophe doubled", SLOT(ENTRY "AuthorPerson", "('O''Brien')"), 0, "" },
	{ "an empty Value", SLOT(ENTRY "AuthorPerson", " "), 0, INVALID },
};

static void find_documents_reads_and_matches(void)
{
	struct house h;
	house_open(&h);
	put(&h, "a-hospital", message(&h, "ebrim/submission.xml", h.patient));
	for (size_t i = 0; i < COUNT(finds); i++) {
		const char *body = with_slots(
			&h, message(&h, "stored_query/find_documents.xml", h.patient),
			finds[i].slots);
		struct asked *q = query(&h, "a-hospital", body);
		if (count_entries(&q->objects) != finds[i].found
		    || !text_equal(q->error, finds[i].error)) {
			printf("\n%s: %u found, %s %s\n", finds[i].why, count_entries(&q->objects),
			       q->error, q->context);
			CU_FAIL("another answer was expected");
		}
		q = query(&h, "a-hospital", edit(&h, body, "LeafClass", "ObjectRef"));
		CU_ASSERT_EQUAL(q->references, finds[i].found);
		CU_ASSERT_EQUAL(count_entries(&q->objects), 0);
	}
	house_close(&h);
}

/* Whole messages: required parameters, alternatives, unknown queries. */
static void parameters_are_counted(void)
{
	static const struct {
		const char *find, *replace, *error;
	} rows[] = {
		{ ENTRY "PatientId", "$x", MISSING },
		{ ENTRY "Status", "$x", MISSING },
		{ STATUS "Approved", STATUS "Unknown", MISSING },
		{ "("
		  "'" STATUS "Approved')",
		  "'urn:x'", MISSING },
		{ "14d4debf", "14d4debe", "XDSUnknownStoredQuery" },
		{ "LeafClass", "RepositoryItem", INVALID },
	};
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked *q = query(
			&h, "a-hospital",
			edit(&h, message(&h, "stored_query/find_documents.xml", h.patient),
			     rows[i].find, rows[i].replace));
		CU_ASSERT_STRING_EQUAL(q->error, rows[i].error);
		CU_ASSERT_STRING_EQUAL(q->status, "Failure");
		CU_ASSERT_PTR_NOT_NULL(q->event->objects);
	}
	static const char get_documents[] = "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
	CU_ASSERT_STRING_EQUAL(get(&h, get_documents, "$x", "y")->error, MISSING);
	const char *both = with_slots(&h,
				      get_query(&h, get_documents, ENTRY "EntryUUID",
						"urn:uuid:00000000-0000-4000-8000-000000000000"),
				      SLOT(ENTRY "UniqueId", "('1.2')"));
	CU_ASSERT_STRING_EQUAL(query(&h, "a-hospital", both)->error, NUMBER);
	CU_ASSERT_STRING_EQUAL(
		get(&h, "10cae35a-c7f9-4cf5-b61e-fc3278ffb578", ENTRY "UniqueId", "1','2")->error,
		NUMBER);
	house_close(&h);
}

static void get_queries_compose(void)
{
	struct house h;
	house_open(&h);
	const struct submission *s = registered(
		put(&h, "a-hospital", message(&h, "ebrim/submission.xml", h.patient)));
	const char *body = edit(&h, message(&h, "ebrim/related.xml", h.patient), "$relation$",
				RELATION "APND");
	const struct submission *addendum = registered(
		put(&h, "a-hospital", edit(&h, body, "$target$", s->entries->id)));
	const struct {
		const char *id, *parameter, *value;
		unsigned sets, entries, folders, associations;
	} rows[] = {
		{ "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", ENTRY "EntryUUID", s->entries->id, 0, 1,
		  0, 0 },
		{ "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", ENTRY "UniqueId", s->entries->unique_id,
		  0, 1, 0, 0 },
		{ "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", ENTRY "EntryUUID", s->set->id, 0, 0, 0,
		  0 },
		{ "5737b14c-8a1a-4539-b659-e03a34a5e1e4", "$XDSFolderEntryUUID", s->folders->id, 0,
		  0, 1, 0 },
		{ "5737b14c-8a1a-4539-b659-e03a34a5e1e4", "$XDSFolderUniqueId",
		  s->folders->unique_id, 0, 0, 1, 0 },
		{ "a7ae438b-4bc2-4642-93e9-be891f7bb155", "$uuid", s->entries->id, 0, 0, 0, 3 },
		{ "a7ae438b-4bc2-4642-93e9-be891f7bb155", "$uuid", s->set->id, 0, 0, 0, 3 },
		{ "bab9529a-4a10-40b3-a01f-f68a615d247a", ENTRY "EntryUUID", s->entries->id, 0, 1,
		  0, 3 },
		{ "51224314-5390-4169-9b91-b1980040715a", "$uuid", s->entries->id, 1, 0, 0, 1 },
		{ "51224314-5390-4169-9b91-b1980040715a", "$uuid", s->folders->id, 1, 0, 0, 1 },
		{ "e8e3cb2c-e39c-46b9-99e4-c12f57260b83", "$XDSSubmissionSetEntryUUID", s->set->id,
		  1, 1, 1, 4 },
		{ "e8e3cb2c-e39c-46b9-99e4-c12f57260b83", "$XDSSubmissionSetUniqueId",
		  s->set->unique_id, 1, 1, 1, 4 },
		{ "b909a503-523d-4517-8acf-8e5834dfc4c7", "$XDSFolderEntryUUID", s->folders->id, 0,
		  1, 1, 1 },
		{ "b909a503-523d-4517-8acf-8e5834dfc4c7", "$XDSFolderUniqueId",
		  s->folders->unique_id, 0, 1, 1, 1 },
		{ "10cae35a-c7f9-4cf5-b61e-fc3278ffb578", ENTRY "EntryUUID", s->entries->id, 0, 0,
		  1, 0 },
		{ "10cae35a-c7f9-4cf5-b61e-fc3278ffb578", ENTRY "UniqueId",
		  addendum->entries->unique_id, 0, 0, 0, 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asked *q = get(&h, rows[i].id, rows[i].parameter, rows[i].value);
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
		CU_ASSERT_EQUAL(q->objects.set_count, rows[i].sets);
		CU_ASSERT_EQUAL(count_entries(&q->objects), rows[i].entries);
		CU_ASSERT_EQUAL(count_folders(&q->objects), rows[i].folders);
		CU_ASSERT_EQUAL(count_associations(&q->objects), rows[i].associations);
	}
	const char *related = get_query(&h, "d90e5407-b356-4d91-a89f-873917b4b0e6",
					ENTRY "EntryUUID", s->entries->id);
	struct asked *q = query(
		&h, "a-hospital",
		with_slots(&h, related,
			   SLOT("$AssociationTypes", "('" RELATION "APND','" RELATION "RPLC')")));
	CU_ASSERT_EQUAL(count_entries(&q->objects), 2);
	CU_ASSERT_EQUAL(count_associations(&q->objects), 1);
	CU_ASSERT_PTR_NOT_NULL(q->objects.associations->documentation);
	q = query(&h, "a-hospital",
		  with_slots(&h, related, SLOT("$AssociationTypes", "('" RELATION "RPLC')")));
	CU_ASSERT_EQUAL(count_entries(&q->objects) + count_associations(&q->objects), 0);
	/* By reference id: exact, AND between slots. */
	const char *by_reference = edit(
		&h, message(&h, "stored_query/find_documents.xml", h.patient),
		"14d4debf-8f97-4251-9a74-a90016b0af0d", "12941a89-e02e-4be5-967c-ce4bfc8fe492");
#define ACCESSION "ACC-1^^^&amp;2.999.101.5&amp;ISO^urn:ihe:iti:xds:2013:accession"
#define ORDER "ORD-1^^^&amp;2.999.101.6&amp;ISO^urn:ihe:iti:xds:2013:order"
	q = query(&h, "a-hospital",
		  with_slots(&h, by_reference,
			     SLOT(ENTRY "ReferenceIdList", "('" ACCESSION "','" ORDER "')")));
	CU_ASSERT_EQUAL(count_entries(&q->objects), 2);
	q = query(&h, "a-hospital",
		  with_slots(&h, by_reference,
			     SLOT(ENTRY "ReferenceIdList", "('" ACCESSION "')")
				     SLOT(ENTRY "ReferenceIdList", "('ACC-1')")));
	CU_ASSERT_EQUAL(count_entries(&q->objects), 0);
	CU_ASSERT_STRING_EQUAL(query(&h, "a-hospital", by_reference)->error, MISSING);
	house_close(&h);
}

static void answers_of_several_patients_are_references(void)
{
	struct house h;
	house_open(&h);
	const char *one = registered(put(&h, "a-hospital",
					 message(&h, "ebrim/document.xml", h.patient)))
				  ->entries->id;
	const char *two = registered(
				  put(&h, "a-hospital", message(&h, "ebrim/document.xml", h.other)))
				  ->entries->id;
	const char *body = get_query(&h, "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", ENTRY "EntryUUID",
				     arena_printf(h.arena, "%s','%s", one, two));
	CU_ASSERT_STRING_EQUAL(query(&h, "a-hospital", body)->error, "XDSResultNotSinglePatient");
	CU_ASSERT_EQUAL(
		query(&h, "a-hospital", edit(&h, body, "LeafClass", "ObjectRef"))->references, 2);
	/* And not too many. */
	h.region.most_results = 1;
	put(&h, "a-hospital", message(&h, "ebrim/document.xml", h.patient));
	struct asked *q = query(&h, "a-hospital",
				message(&h, "stored_query/find_documents.xml", h.patient));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSTooManyResults");
	h.region.most_results = 2;
	q = query(&h, "a-hospital", message(&h, "stored_query/find_documents.xml", h.patient));
	CU_ASSERT_EQUAL(count_entries(&q->objects), 2);
	house_close(&h);
}

static void a_patient_is_one_by_all_his_ids(void)
{
	struct house h;
	house_open(&h);
	const char *own = "101^^^&" A_DOMAIN "&ISO";
	put(&h, "a-hospital", message(&h, "ebrim/document.xml", own));
	put(&h, "b-clinic", message(&h, "ebrim/document.xml", h.patient));
	struct asked *q = query(&h, "a-hospital",
				message(&h, "stored_query/find_documents.xml", own));
	CU_ASSERT_EQUAL_FATAL(count_entries(&q->objects), 2);
	/* patientId is what was asked with; by id it is the regional one. */
	CU_ASSERT_STRING_EQUAL(q->objects.entries->patient_id, own);
	CU_ASSERT_TRUE(q->x.needed.resolve_own_ids);
	q = get(&h, "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", ENTRY "EntryUUID",
		q->objects.entries->id);
	CU_ASSERT_STRING_EQUAL(q->objects.entries->patient_id, h.patient);
	CU_ASSERT_FALSE(q->x.needed.resolve_own_ids);
	/* Another's id, or one without the leniency: nobody. */
	CU_ASSERT_EQUAL(count_entries(&query(&h, "c-hospital",
					     message(&h, "stored_query/find_documents.xml", own))
					       ->objects),
			0);
	CU_ASSERT_EQUAL(count_entries(&query(&h, "b-clinic",
					     message(&h, "stored_query/find_documents.xml",
						     "031^^^&" B_DOMAIN "&ISO"))
					       ->objects),
			0);
	/* Nobody has such an id; and such ids nobody can have here. */
	static const struct {
		const char *id, *error;
	} nobody[] = {
		{ "99^^^&" AFFINITY "&ISO", "" },
		{ "%^^^&" AFFINITY "&ISO", "" },
		{ "101", INVALID },
		{ "101^^^&1.2.3&ISO", INVALID },
		{ "''''''", INVALID },
		{ "031^^^&" B_DOMAIN "&ISO", INVALID },
	};
	for (size_t i = 0; i < COUNT(nobody); i++) {
		q = query(&h, "a-hospital",
			  message(&h, "stored_query/find_documents.xml", nobody[i].id));
		CU_ASSERT_STRING_EQUAL(q->error, nobody[i].error);
		CU_ASSERT_EQUAL(count_entries(&q->objects), 0);
	}
	house_close(&h);
}

static bool has_text(const struct text_value *v, const char *part)
{
	for (; v != NULL; v = v->next)
		if (strstr(v->value, part) != NULL)
			return true;
	return false;
}

static void hidden_things_do_not_exist(void)
{
	struct house h;
	house_open(&h);
	const struct submission *s = registered(
		put(&h, "a-hospital", message(&h, "ebrim/submission.xml", h.patient)));
	const char *body = edit(&h, message(&h, "ebrim/related.xml", h.patient), "$relation$",
				RELATION "APND");
	const struct submission *own = registered(ask(&h, &iti42_register_document_set, "b-clinic",
						      edit(&h, body, "$target$", s->entries->id),
						      NULL));
	struct asked *q = query(&h, "b-clinic", message(&h, "stored_query/get_all.xml", h.patient));
	CU_ASSERT_EQUAL(count_entries(&q->objects), 2);
	h.hidden = "a-hospital";
	q = query(&h, "b-clinic", message(&h, "stored_query/get_all.xml", h.patient));
	CU_ASSERT_EQUAL(count_entries(&q->objects), 1);
	CU_ASSERT_EQUAL(q->objects.set_count, 1);
	CU_ASSERT_EQUAL(count_folders(&q->objects), 0);
	/* The APND to the hidden document would tell its id. */
	CU_ASSERT_EQUAL(count_associations(&q->objects), 1);
	const struct {
		const char *id, *parameter, *value;
	} hidden[] = {
		{ "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", ENTRY "EntryUUID", s->entries->id },
		{ "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", ENTRY "UniqueId", s->entries->unique_id },
		{ "5737b14c-8a1a-4539-b659-e03a34a5e1e4", "$XDSFolderEntryUUID", s->folders->id },
		{ "a7ae438b-4bc2-4642-93e9-be891f7bb155", "$uuid", s->entries->id },
		{ "bab9529a-4a10-40b3-a01f-f68a615d247a", ENTRY "EntryUUID", s->entries->id },
		{ "51224314-5390-4169-9b91-b1980040715a", "$uuid", s->entries->id },
		{ "e8e3cb2c-e39c-46b9-99e4-c12f57260b83", "$XDSSubmissionSetEntryUUID",
		  s->set->id },
		{ "b909a503-523d-4517-8acf-8e5834dfc4c7", "$XDSFolderEntryUUID", s->folders->id },
		{ "10cae35a-c7f9-4cf5-b61e-fc3278ffb578", ENTRY "EntryUUID", s->entries->id },
	};
	for (size_t i = 0; i < COUNT(hidden); i++) {
		q = query(&h, "b-clinic",
			  get_query(&h, hidden[i].id, hidden[i].parameter, hidden[i].value));
		CU_ASSERT_STRING_EQUAL(q->status, "Success");
		CU_ASSERT_EQUAL(q->objects.set_count + count_entries(&q->objects)
					+ count_folders(&q->objects)
					+ count_associations(&q->objects),
				0);
	}
	q = query(&h, "b-clinic",
		  get_query(&h, "a7ae438b-4bc2-4642-93e9-be891f7bb155", "$uuid", own->entries->id));
	CU_ASSERT_EQUAL(count_associations(&q->objects), 1);
	house_close(&h);
}

static void others_numbers_are_left_out(void)
{
	struct house h;
	house_open(&h);
	put(&h, "a-hospital", message(&h, "ebrim/document.xml", h.patient));
	const char *find = message(&h, "stored_query/find_documents.xml", h.patient);
	CU_ASSERT_STRING_EQUAL(query(&h, "b-clinic", find)->objects.entries->source_patient_id,
			       "101^^^&2.999.101&ISO");
	h.region.hide_source_ids = true;
	const struct document_entry *e = query(&h, "b-clinic", find)->objects.entries;
	CU_ASSERT_STRING_EQUAL(e->source_patient_id, h.patient);
	CU_ASSERT_FALSE(has_text(e->source_patient_info, "PID-3|"));
	CU_ASSERT_TRUE(has_text(e->source_patient_info, "PID-5|"));
	e = query(&h, "a-hospital", find)->objects.entries;
	CU_ASSERT_STRING_EQUAL(e->source_patient_id, "101^^^&2.999.101&ISO");
	CU_ASSERT_TRUE(has_text(e->source_patient_info, "PID-3|101"));
	house_close(&h);
}

/* Others' requests, hostile ones first: an answer for each, and never somebody else's documents. */
static void others_requests_are_answered(void)
{
	static const struct {
		const char *path, *error;
	} rows[] = {
		{ "security/malicious/query/01-pid-like-wildcard.xml", INVALID },
		{ "security/malicious/query/02-pid-sql-quote.xml", INVALID },
		{ "security/malicious/query/05-unterminated-quote.xml", INVALID },
		{ "security/malicious/query/06-pid-missing.xml", MISSING },
		{ "security/malicious/query/07-pid-two-values.xml", NUMBER },
		{ "security/malicious/query/09-list-10000-uuids.xml", INVALID },
		{ "xds/iti-18-finddocuments-request-ipf-injection.xml", INVALID },
		{ "xds/iti-18-finddocuments-request-nist-body.xml", INVALID },
	};
	struct house h;
	house_open(&h);
	put(&h, "a-hospital", message(&h, "ebrim/document.xml", h.patient));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes octets;
		if (!sample_shared(h.arena, rows[i].path, &octets))
			continue;
		struct asked *q = query(
			&h, "a-hospital",
			arena_text_n(h.arena, (const char *)octets.data, octets.length));
		if (!text_equal(q->error, rows[i].error)) {
			printf("\n%s: %s %s\n", rows[i].path, q->error, q->context);
			CU_FAIL("another answer was expected");
		}
		CU_ASSERT_EQUAL(count_entries(&q->objects), 0);
	}
	const char **names = sample_names(h.arena, "security/malicious/query", ".xml");
	for (; names != NULL && *names != NULL; names++) {
		struct bytes octets;
		if (sample_shared(h.arena,
				  arena_printf(h.arena, "security/malicious/query/%s", *names),
				  &octets))
			query(&h, "a-hospital",
			      arena_text_n(h.arena, (const char *)octets.data, octets.length));
	}
	house_close(&h);
}

static void like_is_like(void)
{
	static const struct {
		const char *text, *pattern;
		bool like;
	} rows[] = {
		{ "", "", true },
		{ "", "%", true },
		{ "", "_", false },
		{ "a", "", false },
		{ "abc", "abc", true },
		{ "abc", "a%", true },
		{ "abc", "%c", true },
		{ "abc", "%b%", true },
		{ "abc", "a_c", true },
		{ "abc", "a__c", false },
		{ "abcbc", "a%bc", true },
		{ "ab", "a%b%b", false },
		{ "a%c", "a\\%c", false },
		{ "山田", "__", true },
		{ "山田", "___", false },
		{ "山田", "%田", true },
		{ "aaa", "%a%a%a%a%", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(registry_match_like(rows[i].text, rows[i].pattern), rows[i].like);
	/* Hostile patterns cost the product of the lengths, not a power. */
	char text[2001], pattern[2001];
	memset(text, 'a', 2000);
	for (unsigned i = 0; i < 2000; i++)
		pattern[i] = i % 2 == 0 ? '%' : 'a';
	text[2000] = pattern[2000] = '\0';
	pattern[1999] = 'b';
	CU_ASSERT_FALSE(registry_match_like(text, pattern));
}

static const struct test tests[] = {
	{ "FindDocuments reads and matches", find_documents_reads_and_matches },
	{ "parameters are counted", parameters_are_counted },
	{ "Get queries compose", get_queries_compose },
	{ "answers of several patients are references",
	  answers_of_several_patients_are_references },
	{ "a patient is one by all his ids", a_patient_is_one_by_all_his_ids },
	{ "hidden things do not exist", hidden_things_do_not_exist },
	{ "others' numbers are left out", others_numbers_are_left_out },
	{ "others' requests are answered", others_requests_are_answered },
	{ "LIKE is like", like_is_like },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: ITI-18", tests);
}
