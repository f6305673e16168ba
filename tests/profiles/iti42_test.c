/* tests/profiles/iti42_test.c: registering: each rule and its error code, and the consequences. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "schemas/tables/metadata.h"
#include "store/registry.h"
#include "tests/profiles/documents.h"

#define RELATION "urn:ihe:iti:2007:AssociationType:"
#define GET_ALL "stored_query/get_all.xml"
#define SLOT(name, value)                                                                          \
	"<rim:Slot name=\"" name "\"><rim:ValueList><rim:Value>" value                             \
	"</rim:Value></rim:ValueList></rim:Slot>"
#define CREATION SLOT("creationTime", "20251224103000")
#define METADATA "XDSRegistryMetadataError"

static struct asked *put(struct house *h, const char *body)
{
	return ask(h, &iti42_register_document_set, "a-hospital", body, NULL);
}

static struct asked *all(struct house *h, const char *system, const char *patient)
{
	return ask(h, &iti18_registry_stored_query, system, message(h, GET_ALL, patient), NULL);
}

/* One edit each on a message that is right: what is found, and where. */
static const struct {
	const char *why, *find, *replace, *error, *context;
} edits[] = {
	{ "classCode missing", "41a5887f-8865-4c09-adf7-e362475b143a",
	  "abd807a3-4432-4053-87b4-fd82c643d1f3", METADATA, "classCode" },
	{ "confidentialityCode missing", "f4f85eac-e6cb-4883-b524-f2705394840f",
	  "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", METADATA, "confidentialityCode" },
	{ "creationTime missing", CREATION, "", METADATA, "creationTime" },
	{ "formatCode missing", "a09d5840-386c-46f2-b5ad-9c3699a4309d",
	  "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", METADATA, "formatCode" },
	{ "healthcareFacilityTypeCode missing", "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1",
	  "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", METADATA, "healthcareFacilityTypeCode" },
	{ "practiceSettingCode missing", "cccf5598-8b07-4b77-a05e-ae952c785ead",
	  "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4", METADATA, "practiceSettingCode" },
	{ "typeCode twice", "cccf5598-8b07-4b77-a05e-ae952c785ead",
	  "f0306f51-975f-434e-a61c-c59651d33983", METADATA, "practiceSettingCode" },
	{ "contentTypeCode missing", "aa543740-bdda-424e-8c96-df4873be8500",
	  "aa543740-bdda-424e-8c96-df4873be8501", METADATA, "contentTypeCode" },
	{ "languageCode missing", SLOT("languageCode", "ja-JP"), "", METADATA, "languageCode" },
	{ "sourcePatientId missing", SLOT("sourcePatientId", "101^^^&amp;2.999.101&amp;ISO"), "",
	  METADATA, "sourcePatientId" },
	{ "hash missing", SLOT("hash", "DA39a3ee5e6b4b0d3255bfef95601890afd80709"), "", METADATA,
	  "hash" },
	{ "size missing", SLOT("size", "36"), "", METADATA, "size" },
	{ "repositoryUniqueId missing", SLOT("repositoryUniqueId", "2.999.77"), "", METADATA,
	  "repositoryUniqueId" },
	{ "our repository's documents come by ITI-41", "2.999.77", OUR_REPOSITORY, METADATA,
	  "repositoryUniqueId" },
	{ "mimeType missing", "mimeType=\"text/xml\"", "", METADATA, "mimeType" },
	{ "mimeType malformed", "mimeType=\"text/xml\"", "mimeType=\"text\"", METADATA,
	  "mimeType" },
	{ "objectType unknown", "7edca82f-054d-47f2-a032-9b2a5b5186c1",
	  "7edca82f-054d-47f2-a032-9b2a5b5186c2", METADATA, "objectType" },
	{ "on-demand entries come by ITI-61", "7edca82f-054d-47f2-a032-9b2a5b5186c1",
	  "34268e47-fdf5-41a6-ba33-82133c465248", METADATA, "objectType" },
	{ "DTM with a zone", "20251224103000", "20251224103000+0900", METADATA, "creationTime" },
	{ "DTM of the 31st of February", "20251224103000", "20250231", METADATA, "creationTime" },
	{ "DTM of odd length", "20251224103000", "202512241", METADATA, "creationTime" },
	{ "stop before start", "202512240900", "20251222", METADATA, "serviceStopTime" },
	{ "stop on the day of the start is fine", "202512240900", "20251223", "", "" },
	{ "hash too short", "DA39a3ee5e6b4b0d3255bfef95601890afd80709", "DA39", METADATA, "hash" },
	{ "size not a number", "<rim:Value>36<", "<rim:Value>36k<", METADATA, "size" },
	{ "language not a tag", "ja-JP", "ja_JP", METADATA, "languageCode" },
	{ "CX with a namespace",
	  "101^^^&amp;2.999.101&amp;ISO</rim:Value></rim:ValueList></rim:Slot>\n<rim:Slot "
	  "name=\"sourcePatientInfo\">",
	  "101^^^A&amp;2.999.101&amp;ISO</rim:Value></rim:ValueList></rim:Slot>\n<rim:Slot "
	  "name=\"sourcePatientInfo\">",
	  METADATA, "sourcePatientId" },
	{ "CX with an OID that is none",
	  "101^^^&amp;2.999.101&amp;ISO</rim:Value></rim:ValueList></rim:Slot>\n<rim:Slot "
	  "name=\"sourcePatientInfo\">",
	  "101^^^&amp;2.999.0101&amp;ISO</rim:Value></rim:ValueList></rim:Slot>\n<rim:Slot "
	  "name=\"sourcePatientInfo\">",
	  METADATA, "sourcePatientId" },
	{ "XCN without id and name", "^Suzuki_%^Jiro", "^^^Jiro", METADATA, "authorPerson" },
	{ "XON without a name", "<rim:Value>A病院^", "<rim:Value>^", METADATA,
	  "authorInstitution" },
	{ "author without person, institution and telecom", SLOT("authorPerson", "^Suzuki_%^Jiro"),
	  SLOT("authorRole", "nurse"), METADATA, "author" },
	{ "two authorPersons", "<rim:Value>^Suzuki_%^Jiro</rim:Value>",
	  "<rim:Value>^Suzuki_%^Jiro</rim:Value><rim:Value>^Sato</rim:Value>", METADATA,
	  "authorPerson" },
	{ "CXi without a type", "ORD-1^^^&amp;2.999.101.6&amp;ISO^urn:ihe:iti:xds:2013:order",
	  "ORD-1^^^&amp;2.999.101.6&amp;ISO", METADATA, "referenceIdList" },
	{ "PID-7 twice", "PID-8|M", "PID-7|M", METADATA, "sourcePatientInfo" },
	{ "sourcePatientInfo without a field name", "PID-8|M", "M", METADATA, "sourcePatientInfo" },
	{ "URI with a space", "DOC0001.XML", "DOC 1.XML", METADATA, "URI" },
	{ "uniqueId with a control character", "2.999.101.1^", "2.999.101.1&#9;^", METADATA,
	  "uniqueId" },
	{ "submission set's uniqueId is no OID", "2.999.101.2.", "2.999.101.2^", METADATA,
	  "uniqueId" },
	{ "sourceId is no OID", "value=\"2.999.101\"", "value=\"A-hospital\"", METADATA,
	  "sourceId" },
	{ "recipient of four parts", "|^^Internet^jiro@b-clinic.example",
	  "|^^Internet^jiro@b-clinic.example|x", METADATA, "intendedRecipient" },
	{ "folder without codes", "1ba97051-7806-41a8-a48b-8fce7af683c5",
	  "1ba97051-7806-41a8-a48b-8fce7af683c6", METADATA, "codeList" },
	{ "folder without title", "<rim:Name><rim:LocalizedString value=\"Folder\"/></rim:Name>",
	  "", METADATA, "title" },
	{ "limited metadata",
	  "classificationNode=\"urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2\"/>",
	  "classificationNode=\"urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2\"/"
	  "><rim:Classification id=\"c\" classifiedObject=\"Folder01\" "
	  "classificationNode=\"urn:uuid:2c144a76-29a9-4b7c-af54-b25409fe7d03\"/>",
	  METADATA, "limitedMetadata" },
	{ "classification without codingScheme", SLOT("codingScheme", "2.999.4.4"), "", METADATA,
	  "healthcareFacilityTypeCode" },
	{ "classification without nodeRepresentation", "nodeRepresentation=\"HOSP\"", "", METADATA,
	  "healthcareFacilityTypeCode" },
	{ "classification without Name",
	  "<rim:Name><rim:LocalizedString value=\"Hospital\"/></rim:Name>", "", METADATA,
	  "healthcareFacilityTypeCode" },
	{ "classification of another object",
	  "classifiedObject=\"Document01\" classificationScheme=\"urn:uuid:f33fb8ac",
	  "classifiedObject=\"Document02\" classificationScheme=\"urn:uuid:f33fb8ac", METADATA,
	  "healthcareFacilityTypeCode" },
	{ "identifier of another object",
	  "registryObject=\"Document01\" identificationScheme=\"urn:uuid:2e82c1f6",
	  "registryObject=\"Set01\" identificationScheme=\"urn:uuid:2e82c1f6", METADATA,
	  "uniqueId" },
	{ "identifier with another Name", "XDSDocumentEntry.uniqueId", "XDSDocumentEntry.uniqueid",
	  METADATA, "uniqueId" },
	{ "slot given twice", SLOT("size", "36"), SLOT("size", "36") SLOT("size", "36"), METADATA,
	  "size" },
	{ "slot with two values", "<rim:Value>36</rim:Value>",
	  "<rim:Value>36</rim:Value><rim:Value>37</rim:Value>", METADATA, "size" },
	{ "slot without a value", "<rim:Value>36</rim:Value>", "", METADATA, "size" },
	{ "an unknown slot that is no URN is left out", "urn:example:ward", "ward",
	  "XDSExtraMetadataNotSaved", "ward" },
	{ "no submission set", "a54d6aa5-d40d-43f9-88c5-b4633d873bdd",
	  "a54d6aa5-d40d-43f9-88c5-b4633d873bde", METADATA, "neither" },
	{ "an association type we do not know",
	  "AssociationType:HasMember\" sourceObject=\"Folder01\"",
	  "AssociationType:hasMember\" sourceObject=\"Folder01\"", METADATA, "associationType" },
	{ "an update's association",
	  "oasis:names:tc:ebxml-regrep:AssociationType:HasMember\" sourceObject=\"Folder01\"",
	  "ihe:iti:2010:AssociationType:SubmitAssociation\" sourceObject=\"Folder01\"", METADATA,
	  "associationType" },
	{ "no SubmissionSetStatus", SLOT("SubmissionSetStatus", "Original"), "", METADATA,
	  "SubmissionSetStatus" },
	{ "Reference for a new document", "<rim:Value>Original<", "<rim:Value>Reference<", METADATA,
	  "SubmissionSetStatus" },
	{ "SubmissionSetStatus misspelt", "<rim:Value>Original<", "<rim:Value>original<", METADATA,
	  "SubmissionSetStatus" },
	{ "document not in the set", "sourceObject=\"Set01\" targetObject=\"Document01\"",
	  "sourceObject=\"Folder01\" targetObject=\"Document01\"", METADATA, "Document01" },
	{ "folder membership not in the set", "targetObject=\"as3\"", "targetObject=\"Folder01\"",
	  METADATA, "as3" },
	{ "a symbolic id of nothing", "targetObject=\"Folder01\"", "targetObject=\"Folder02\"",
	  "UnresolvedReferenceException", "Folder02" },
	{ "a set in a folder", "sourceObject=\"Folder01\" targetObject=\"Document01\"",
	  "sourceObject=\"Folder01\" targetObject=\"Set01\"", METADATA, "targetObject" },
	{ "two objects of one id", "<rim:Association id=\"as2\"", "<rim:Association id=\"as1\"",
	  METADATA, "as1" },
	{ "an id in capitals", "id=\"as2\"", "id=\"urn:uuid:0FE9B0FA-1111-4222-8333-444455556666\"",
	  METADATA, "urn:uuid:0FE9" },
	{ "an update by lid", "<rim:Association id=\"as2\"",
	  "<rim:Association lid=\"urn:uuid:0fe9b0fa-1111-4222-8333-444455556666\" id=\"as2\"",
	  METADATA, "lid" },
	{ "a uniqueId given to two", "value=\"2.999.101.3.", "value=\"2.999.101.2.",
	  "XDSRegistryDuplicateUniqueIdInMessage", "2.999.101.2." },
	{ "another patient's folder",
	  "identificationScheme=\"urn:uuid:f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a\" value=\"",
	  "identificationScheme=\"urn:uuid:f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a\" value=\"9",
	  "XDSPatientIdDoesNotMatch", "Folder01" },
	{ "an unknown patient", "&amp;2.999.1&amp;ISO", "x&amp;2.999.1&amp;ISO", METADATA,
	  "patientId" },
	{ "nothing but a list", "rim:RegistryObjectList", "rim:ObjectList", METADATA,
	  "SubmitObjectsRequest" },
	{ "a strange object", "<rim:Association id=\"as2\"",
	  "<rim:Service id=\"s\"/><rim:Association id=\"as2\"", METADATA, "Service" },
};

static void each_rule_has_its_code(void)
{
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(edits); i++) {
		const char *body = edit(&h, message(&h, "ebrim/submission.xml", h.patient),
					edits[i].find, edits[i].replace);
		struct asked *q = put(&h, body);
		if (!text_equal(q->error, edits[i].error)
		    || strstr(q->context, edits[i].context) == NULL) {
			printf("\n%s: %s %s\n", edits[i].why, q->error, q->context);
			CU_FAIL("another answer was expected");
		}
		bool fine = text_equal(edits[i].error, "")
			    || (text_equal(edits[i].error, "XDSExtraMetadataNotSaved")
				&& q->errors == 0);
		CU_ASSERT_STRING_EQUAL(q->status, fine ? "Success" : "Failure");
		CU_ASSERT_PTR_NOT_NULL(q->event);
	}
	house_close(&h);
}

/* Every attribute of the model, compared by the table of attributes. */
static bool same_texts(const struct text_value *a, const struct text_value *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (!text_equal(a->value, b->value))
			return false;
	return a == b;
}

static bool same_codes(const struct coded_value *a, const struct coded_value *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (!text_equal(a->code, b->code) || !text_equal(a->scheme, b->scheme)
		    || !text_equal(a->display, b->display)
		    || !text_equal(a->display_language, b->display_language))
			return false;
	return a == b;
}

static bool same_localized(const struct localized *a, const struct localized *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (!text_equal(a->value, b->value) || !text_equal(a->language, b->language)
		    || !text_equal(a->charset, b->charset))
			return false;
	return a == b;
}

static void compare(enum metadata_object kind, const void *a, const void *b);

static bool same(const struct metadata_attribute *m, const void *a, const void *b)
{
	switch (m->field) {
	case FIELD_TEXT: return text_equal(METADATA_OF(a, m, char *), METADATA_OF(b, m, char *));
	case FIELD_TEXTS:
		return same_texts(METADATA_OF(a, m, struct text_value *),
				  METADATA_OF(b, m, struct text_value *));
	case FIELD_CODES:
		return same_codes(METADATA_OF(a, m, struct coded_value *),
				  METADATA_OF(b, m, struct coded_value *));
	case FIELD_LOCALIZED:
		return same_localized(METADATA_OF(a, m, struct localized *),
				      METADATA_OF(b, m, struct localized *));
	case FIELD_FLAG: return METADATA_OF(a, m, bool) == METADATA_OF(b, m, bool);
	case FIELD_AUTHORS: break;
	}
	const struct author *x = METADATA_OF(a, m, struct author *),
			    *y = METADATA_OF(b, m, struct author *);
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		compare(METADATA_AUTHOR, x, y);
	return x == y;
}

static void compare(enum metadata_object kind, const void *a, const void *b)
{
	for (const struct metadata_attribute *m = metadata_attributes(kind); m->name != NULL; m++)
		if (!text_equal(m->name, "lastUpdateTime") && !same(m, a, b)) {
			printf("\n%s came back different\n", m->name);
			CU_FAIL("an attribute was lost");
		}
}

static void nothing_is_lost(void)
{
	struct house h;
	house_open(&h);
	struct asked *sent = put(&h, message(&h, "ebrim/submission.xml", h.patient));
	CU_ASSERT_STRING_EQUAL(sent->status, "Success");
	/* x->result holds what was registered: the ids replaced, everything else as sent. */
	const struct submission *s = sent->x.result;
	struct asked *q = all(&h, "a-hospital", h.patient);
	CU_ASSERT_EQUAL_FATAL(count_entries(&q->objects), 1);
	CU_ASSERT_EQUAL_FATAL(count_folders(&q->objects), 1);
	CU_ASSERT_EQUAL(count_associations(&q->objects), 4);
	CU_ASSERT_PTR_NOT_NULL_FATAL(q->objects.set);
	compare(METADATA_ENTRY, s->entries, q->objects.entries);
	compare(METADATA_SET, s->set, q->objects.set);
	compare(METADATA_FOLDER, s->folders, q->objects.folders);
	CU_ASSERT_STRING_EQUAL(q->objects.entries->extra->name, "urn:example:ward");
	CU_ASSERT_TRUE(same_texts(q->objects.entries->extra->values, s->entries->extra->values));
	CU_ASSERT_STRING_EQUAL(q->objects.entries->logical_id, q->objects.entries->id);
	/* The submitted lastUpdateTime is never kept. */
	CU_ASSERT_TRUE(strncmp(q->objects.folders->last_update_time, "2025", 4) == 0);
	CU_ASSERT_STRING_EQUAL(q->objects.entries->patient_id, h.patient);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static const char *registered(const struct asked *q)
{
	return ((const struct submission *)q->x.result)->entries->id;
}

static const char *status_of(struct house *h, const char *uuid)
{
	struct store_txn *t = store_begin_read(h->store.store, &h->store.problem);
	struct sealed_entry *e = registry_entry(t, h->arena, uuid);
	store_end(t);
	return e == NULL                                           ? "none"
	       : registry_entry_facts(e).status == STATUS_APPROVED ? "Approved"
								   : "Deprecated";
}

static struct asked *relate(struct house *h, const char *relation, const char *target,
			    const char *patient)
{
	const char *body = message(h, "ebrim/related.xml", patient);
	return put(h, edit(h, edit(h, body, "$relation$", relation), "$target$", target));
}

static void replacement_deprecates_and_inherits(void)
{
	struct house h;
	house_open(&h);
	const char *base = registered(put(&h, message(&h, "ebrim/submission.xml", h.patient)));
	const char *addendum = registered(relate(&h, RELATION "APND", base, h.patient));
	const char *translation = registered(relate(&h, RELATION "XFRM", base, h.patient));
	const char *second = registered(relate(&h, RELATION "APND", addendum, h.patient));
	CU_ASSERT_STRING_EQUAL(status_of(&h, base), "Approved");
	struct asked *q = relate(&h, RELATION "RPLC", base, h.patient);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	const char *replacement = registered(q);
	CU_ASSERT_STRING_EQUAL(status_of(&h, base), "Deprecated");
	CU_ASSERT_STRING_EQUAL(status_of(&h, addendum), "Deprecated");
	CU_ASSERT_STRING_EQUAL(status_of(&h, translation), "Deprecated");
	CU_ASSERT_STRING_EQUAL(status_of(&h, second), "Deprecated");
	CU_ASSERT_STRING_EQUAL(status_of(&h, replacement), "Approved");
	/* The replacement is in the folder, and that is a member of its submission set. */
	q = ask(&h, &iti18_registry_stored_query, "a-hospital",
		get_query(&h, "10cae35a-c7f9-4cf5-b61e-fc3278ffb578", "$XDSDocumentEntryEntryUUID",
			  replacement),
		NULL);
	CU_ASSERT_EQUAL(count_folders(&q->objects), 1);
	q = ask(&h, &iti18_registry_stored_query, "a-hospital",
		get_query(&h, "51224314-5390-4169-9b91-b1980040715a", "$uuid", replacement), NULL);
	CU_ASSERT_EQUAL(q->objects.set_count, 1);
	CU_ASSERT_EQUAL(count_associations(&q->objects), 1);
	/* What is Deprecated is related to no more. */
	static const char *const kinds[] = { RELATION "APND", RELATION "XFRM", RELATION "RPLC",
					     RELATION "XFRM_RPLC", RELATION "signs" };
	for (size_t i = 0; i < COUNT(kinds); i++)
		CU_ASSERT_STRING_EQUAL(relate(&h, kinds[i], base, h.patient)->error,
				       "XDSRegistryDeprecatedDocumentError");
	/* XFRM_RPLC is both. */
	const char *last = registered(relate(&h, RELATION "XFRM_RPLC", replacement, h.patient));
	CU_ASSERT_STRING_EQUAL(status_of(&h, replacement), "Deprecated");
	CU_ASSERT_STRING_EQUAL(status_of(&h, last), "Approved");
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static struct asked *relate_as(struct house *h, const char *system, const char *relation,
			       const char *target)
{
	const char *body = edit(h, message(h, "ebrim/related.xml", h->patient), "$relation$",
				relation);
	return ask(h, &iti42_register_document_set, system, edit(h, body, "$target$", target),
		   NULL);
}

/* What deprecates a document is its facility's, or a right; what is hidden is nothing. */
static void replacing_anothers_takes_a_right(void)
{
	static const char *const kinds[] = { RELATION "RPLC", RELATION "XFRM_RPLC" };
	struct registered_system systems[8];
	struct house h;
	house_open(&h);
	CU_ASSERT_TRUE_FATAL(h.region.system_count <= COUNT(systems));
	memcpy(systems, h.region.systems, h.region.system_count * sizeof systems[0]);
	h.region.systems = systems;
	struct registered_system *b = NULL, *a = NULL;
	for (size_t i = 0; i < h.region.system_count; i++) {
		a = text_equal(systems[i].name, "a-hospital") ? &systems[i] : a;
		b = text_equal(systems[i].name, "b-clinic") ? &systems[i] : b;
	}
	CU_ASSERT_TRUE_FATAL(a != NULL && b != NULL);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *base = registered(
			put(&h, message(&h, "ebrim/document.xml", h.patient)));
		CU_ASSERT_STRING_EQUAL(relate_as(&h, "b-clinic", RELATION "APND", base)->status,
				       "Success");
		struct asked *q = relate_as(&h, "b-clinic", kinds[i], base);
		CU_ASSERT_STRING_EQUAL(q->error, "XDSRegistryError");
		CU_ASSERT_STRING_EQUAL(status_of(&h, base), "Approved");
		h.hidden = "a-hospital";
		q = relate_as(&h, "b-clinic", kinds[i], base);
		const char *nobody = "urn:uuid:00000000-0000-4000-8000-000000000404";
		struct asked *none = relate_as(&h, "b-clinic", kinds[i], nobody);
		CU_ASSERT_STRING_EQUAL(q->error, none->error);
		CU_ASSERT_STRING_EQUAL(strchr(q->context, ' '), strchr(none->context, ' '));
		CU_ASSERT_EQUAL(q->errors, none->errors);
		b->replace_others = true; /* opens nothing that is hidden */
		CU_ASSERT_STRING_EQUAL(relate_as(&h, "b-clinic", kinds[i], base)->error,
				       "UnresolvedReferenceException");
		h.hidden = NULL;
		b->replace_others = false;
		/* A second system of the same facility. */
		a->institution_code = b->institution_code = i == 0 ? "1319951013" : NULL;
		b->replace_others = i != 0;
		CU_ASSERT_STRING_EQUAL(relate_as(&h, "b-clinic", kinds[i], base)->status,
				       "Success");
		CU_ASSERT_STRING_EQUAL(status_of(&h, base), "Deprecated");
		a->institution_code = b->institution_code = NULL;
		b->replace_others = false;
	}
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static void associations_reach_what_is_there(void)
{
	struct house h;
	house_open(&h);
	static const char nobody[] = "urn:uuid:0fe9b0fa-1111-4222-8333-444455556666";
	const char *base = registered(put(&h, message(&h, "ebrim/submission.xml", h.patient)));
	CU_ASSERT_STRING_EQUAL(relate(&h, RELATION "RPLC", nobody, h.patient)->error,
			       "UnresolvedReferenceException");
	CU_ASSERT_STRING_EQUAL(relate(&h, RELATION "APND", nobody, h.patient)->error,
			       "UnresolvedReferenceException");
	CU_ASSERT_STRING_EQUAL(relate(&h, RELATION "RPLC", base, h.other)->error,
			       "XDSPatientIdDoesNotMatch");
	CU_ASSERT_STRING_EQUAL(status_of(&h, base), "Approved");
	CU_ASSERT_STRING_EQUAL(
		relate(&h, "urn:ihe:iti:2010:AssociationType:IsSnapshotOf", base, h.patient)->error,
		METADATA);
	/* By Reference the patient may be another; the object must be there. */
	struct asked *q = put(
		&h, edit(&h, message(&h, "ebrim/reference.xml", h.other), "$target$", base));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	q = put(&h, edit(&h, message(&h, "ebrim/reference.xml", h.other), "$target$", nobody));
	CU_ASSERT_STRING_EQUAL(q->error, "UnresolvedReferenceException");
	/* A document enters an existing folder. */
	const struct folder *f = all(&h, "a-hospital", h.patient)->objects.folders;
	const char *add = edit(&h, message(&h, "ebrim/folder_add.xml", h.patient), "$folder$",
			       f->id);
	const char *new = registered(put(&h, message(&h, "ebrim/document.xml", h.patient)));
	CU_ASSERT_STRING_EQUAL(put(&h, edit(&h, add, "$target$", new))->status, "Success");
	CU_ASSERT_STRING_NOT_EQUAL(
		all(&h, "a-hospital", h.patient)->objects.folders->last_update_time,
		f->last_update_time);
	add = edit(&h, message(&h, "ebrim/folder_add.xml", h.other), "$folder$", f->id);
	CU_ASSERT_STRING_EQUAL(put(&h, edit(&h, add, "$target$", new))->error,
			       "XDSPatientIdDoesNotMatch");
	/* What is hidden does not exist. */
	h.hidden = "a-hospital";
	const char *body = edit(&h, message(&h, "ebrim/related.xml", h.patient), "$relation$",
				RELATION "APND");
	q = ask(&h, &iti42_register_document_set, "b-clinic", edit(&h, body, "$target$", new),
		NULL);
	CU_ASSERT_STRING_EQUAL(q->error, "UnresolvedReferenceException");
	house_close(&h);
}

static void identifiers_are_told_apart(void)
{
	struct house h;
	house_open(&h);
	static const char uuid[] = "urn:uuid:0fe9b0fa-1111-4222-8333-444455556666";
	const char *body = edit(&h, message(&h, "ebrim/document.xml", h.patient), "Document01",
				uuid);
	CU_ASSERT_STRING_EQUAL(put(&h, body)->status, "Success");
	struct asked *q = put(&h, edit(&h, body, "ja-JP", "en"));
	CU_ASSERT_EQUAL(q->errors, 2); /* the id, and the set's uniqueId */
	CU_ASSERT_STRING_EQUAL(q->error, METADATA);
	const char *again = edit(&h, edit(&h, body, uuid, "d"), "2.999.101.2.", "2.999.101.22.");
	CU_ASSERT_STRING_EQUAL(put(&h, edit(&h, again, "DA39", "da39"))->status, "Success");
	again = edit(&h, again, "2.999.101.22.", "2.999.101.23.");
	CU_ASSERT_STRING_EQUAL(put(&h, edit(&h, again, "DA39", "DB39"))->error,
			       "XDSNonIdenticalHash");
	CU_ASSERT_STRING_EQUAL(put(&h, edit(&h, again, ">36<", ">37<"))->error,
			       "XDSNonIdenticalSize");
	again = edit(&h, again, "^1\"", "^other\"");
	q = put(&h, edit(&h, again, "2.999.101.23.", "2.999.101.22."));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDuplicateUniqueIdInRegistry");
	q = put(&h, edit(&h, message(&h, "ebrim/document.xml", h.patient), "&amp;2.999.1&amp;",
			 "&amp;2.999.1.1&amp;"));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSUnknownPatientId");
	/* With resolve-own-ids a system may use its own; nobody may use another's. */
	const char *own = "101^^^&" A_DOMAIN "&ISO";
	q = put(&h, message(&h, "ebrim/document.xml", own));
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_TRUE(q->x.needed.resolve_own_ids);
	q = put(&h, message(&h, "ebrim/document.xml", h.patient));
	CU_ASSERT_FALSE(q->x.needed.resolve_own_ids);
	q = ask(&h, &iti42_register_document_set, "b-clinic",
		message(&h, "ebrim/document.xml", own), NULL);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSUnknownPatientId");
	q = ask(&h, &iti42_register_document_set, "b-clinic",
		message(&h, "ebrim/document.xml", "031^^^&" B_DOMAIN "&ISO"), NULL);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSUnknownPatientId"); /* its leniency is off */
	CU_ASSERT_FALSE(q->x.needed.resolve_own_ids);
	house_close(&h);
}

static void codes_are_of_the_affinity_domain(void)
{
	static const struct affinity_code codes[] = {
		{ .attribute = "classCode", .code = "REF", .scheme = "2.999.4.1" },
		{ .attribute = "typeCode", .code = "x", .scheme = "y" },
	};
	uint32_t places[4];
	struct house h;
	house_open(&h);
	h.region.codes = (struct code_sets){ .codes = codes, .count = 2 };
	code_sets_index(&h.region.codes, places, COUNT(places));
	struct asked *q = put(&h, message(&h, "ebrim/document.xml", h.patient));
	CU_ASSERT_EQUAL(q->errors, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(q->context, "typeCode"));
	CU_ASSERT_PTR_NOT_NULL(strstr(q->context, "minato codes import"));
	h.region.codes.count = 1;
	code_sets_index(&h.region.codes, places, COUNT(places));
	CU_ASSERT_STRING_EQUAL(put(&h, message(&h, "ebrim/document.xml", h.patient))->status,
			       "Success");
	house_close(&h);
}

/* What was told once is told again, to who was told; whatever became of it meanwhile. */
static void sent_again_is_answered_as_at_first(void)
{
	struct house h;
	house_open(&h);
	const char *body = message(&h, "ebrim/submission.xml", h.patient);
	CU_ASSERT_STRING_EQUAL(put(&h, body)->status, "Success");
	struct asked *q = put(&h, body);
	CU_ASSERT_STRING_EQUAL(q->status, "Success");
	CU_ASSERT_PTR_NOT_NULL(q->event->objects);
	CU_ASSERT_EQUAL(count_entries(&all(&h, "a-hospital", h.patient)->objects), 1);
	q = ask(&h, &iti42_register_document_set, "b-clinic", body, NULL);
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDuplicateUniqueIdInRegistry");
	q = put(&h, edit(&h, body, "7 east", "7 west"));
	CU_ASSERT_STRING_EQUAL(q->error, "XDSDuplicateUniqueIdInRegistry");
	/* The patient is nobody's any more: what landed has landed. */
	h.region.affinity_domain = "2.999.404";
	CU_ASSERT_STRING_EQUAL(put(&h, body)->status, "Success");
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

/* The first object of that kind so many times more. */
static const char *crowd(struct house *h, const char *body, const char *begin, const char *end,
			 unsigned times)
{
	const char *from = strstr(body, begin), *to = strstr(from, end) + strlen(end);
	struct buffer b = buffer_in(h->arena);
	buffer_append(&b, body, (size_t)(to - body));
	for (unsigned i = 0; i < times; i++)
		buffer_append(&b, from, (size_t)(to - from));
	buffer_text(&b, to);
	return buffer_ended(&b);
}

/* One submission is one job, and everybody who writes waits for it: region submission-objects. */
static void a_submission_has_so_many_objects(void)
{
	/* submission.xml: a set, a document, a folder and four associations. */
	static const struct {
		const char *why, *begin, *end;
		unsigned more;
	} kinds[] = {
		{ "as it is", "<rim:Association ", "</rim:RegistryObjectList>", 0 },
		{ "documents", "<rim:ExtrinsicObject ", "</rim:ExtrinsicObject>", 5 },
		{ "folders", "<rim:RegistryPackage id=\"Folder01\"", "</rim:RegistryPackage>", 5 },
		{ "associations", "<rim:Association ", "</rim:Association>", 5 },
	};
	struct house h;
	house_open(&h);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *body = message(&h, "ebrim/submission.xml", h.patient);
		body = crowd(&h, body, kinds[i].begin, kinds[i].end, kinds[i].more);
		h.region.submission_objects = 7 + kinds[i].more;
		struct asked *q = put(&h, body);
		if (text_equal(q->error, "XDSRegistryOutOfResources")) {
			printf("\n%s: %s\n", kinds[i].why, q->context);
			CU_FAIL("so many are allowed");
		}
		h.region.submission_objects--;
		q = put(&h, edit(&h, body, "2.999.101.2.", "2.999.101.2.9"));
		const char *told = arena_printf(h.arena, "%u", 6 + kinds[i].more);
		if (!text_equal(q->error, "XDSRegistryOutOfResources")
		    || strstr(q->context, "submission-objects") == NULL
		    || strstr(q->context, told) == NULL) {
			printf("\n%s: %s %s\n", kinds[i].why, q->error, q->context);
			CU_FAIL("one more than allowed");
		}
		/* The record tells whose submission it was. */
		CU_ASSERT_PTR_NOT_NULL(q->event->objects);
	}
	CU_ASSERT_EQUAL(count_entries(&all(&h, "a-hospital", h.patient)->objects), 1);
	CU_ASSERT_EQUAL(house_findings(&h), 0);
	house_close(&h);
}

static const struct test tests[] = {
	{ "each rule has its code", each_rule_has_its_code },
	{ "nothing is lost", nothing_is_lost },
	{ "replacement deprecates and inherits", replacement_deprecates_and_inherits },
	{ "replacing another's takes a right", replacing_anothers_takes_a_right },
	{ "associations reach what is there", associations_reach_what_is_there },
	{ "identifiers are told apart", identifiers_are_told_apart },
	{ "codes are of the affinity domain", codes_are_of_the_affinity_domain },
	{ "sent again is answered as at first", sent_again_is_answered_as_at_first },
	{ "a submission has so many objects", a_submission_has_so_many_objects },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: ITI-42", tests);
}
