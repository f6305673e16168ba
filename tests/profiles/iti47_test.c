/* tests/profiles/iti47_test.c: the numbered cases of ITI TF-2: 3.47.4.2.3, what cannot be read, and
 * what is recorded. Who may see whom is the actor's (demographics_supplier_test.c). */
#include "tests/profiles/iti47_scene.h"

#define PARAMETERS "/controlActProcess/queryByParameter/parameterList"

#define SCOPE(root)                                                                                \
	"<otherIDsScopingOrganization><value root=\"" root "\"/></otherIDsScopingOrganization>"

static const struct {
	const char *why, *system;
	struct v3_edit edits[3];
	bool hidden;
	const char *acknowledged, *response, *patients, *quantities, *where[2];
} cases[] = {
	{ "case 1: who sees all domains",
	  "c-hospital",
	  { { NULL, NULL } },
	  false,
	  "AA",
	  "OK",
	  "REGION 101/101 102/031",
	  "1 1 0",
	  { 0 } },
	{ "case 1: by default one's own and the region's",
	  "a-hospital",
	  { { NULL, NULL } },
	  false,
	  "AA",
	  "OK",
	  "REGION 101/101",
	  "1 1 0",
	  { 0 } },
	{ "case 1: several",
	  "a-hospital",
	  { { GIVEN, "" } },
	  false,
	  "AA",
	  "OK",
	  "REGION 101/101 | REGION 101/102 | REGION 101/103",
	  "3 3 0",
	  { 0 } },
	{ "case 1: so many at first",
	  "a-hospital",
	  { { GIVEN, "" }, { LIST, QUANTITY("2") } },
	  false,
	  "AA",
	  "OK",
	  "REGION 101/101 | REGION 101/102",
	  "3 2 1",
	  { 0 } },
	{ "case 1: more than there are",
	  "a-hospital",
	  { { GIVEN, "" }, { LIST, QUANTITY("9") } },
	  false,
	  "AA",
	  "OK",
	  "REGION 101/101 | REGION 101/102 | REGION 101/103",
	  "3 3 0",
	  { 0 } },
	{ "case 2: the domains asked for",
	  "c-hospital",
	  { { ENDS, SCOPE("2.999.102") SCOPE("2.999.103") ENDS } },
	  false,
	  "AA",
	  "OK",
	  "102/031",
	  "1 1 0",
	  { 0 } },
	{ "case 3: unknown domains asked for",
	  "a-hospital",
	  { { ENDS, SCOPE("2.999.777") SCOPE("2.999.1") SCOPE("2.999.778") ENDS } },
	  false,
	  "AE",
	  "AE",
	  "",
	  "0 0 0",
	  { PARAMETERS "/otherIDsScopingOrganization[1]/value",
	    PARAMETERS "/otherIDsScopingOrganization[3]/value" } },
	{ "nobody",
	  "a-hospital",
	  { { "ヤマダ", "ヤマザキ" } },
	  false,
	  "AA",
	  "NF",
	  "",
	  "0 0 0",
	  { 0 } },
	{ "hidden by consent: one's own is told, and only that",
	  "a-hospital",
	  { { NULL, NULL } },
	  true,
	  "AA",
	  "OK",
	  "101/101",
	  "1 1 0",
	  { 0 } },
	{ "hidden by consent: another's is nobody",
	  "c-hospital",
	  { { NULL, NULL } },
	  true,
	  "AA",
	  "NF",
	  "",
	  "0 0 0",
	  { 0 } },
	{ "merged away",
	  "a-hospital",
	  { { "ヤマダ", "サトウ" }, { "ケンイチ", "ジロウ" } },
	  false,
	  "AA",
	  "NF",
	  "",
	  "0 0 0",
	  { 0 } },
	{ "an id of a domain nobody knows",
	  "a-hospital",
	  { { LIST, LIST "<livingSubjectId><value root=\"2.999.777\" extension=\"1\"/>"
			 "</livingSubjectId>" } },
	  false,
	  "AE",
	  "AE",
	  "",
	  "0 0 0",
	  { PARAMETERS "/livingSubjectId/value" } },
	{ "nothing to look by",
	  "a-hospital",
	  { { "<family>ヤマダ</family>", "" } },
	  false,
	  "AE",
	  "AE",
	  "",
	  "0 0 0",
	  { PARAMETERS } },
};

static void the_numbered_cases(void)
{
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(cases); i++) {
		v.hide = cases[i].hidden;
		ask(&v, cases[i].system, "iti47/query.xml", cases[i].edits);
		const char *ack = v3_code(&v, "acknowledgement/typeCode"), *who = answered(&v);
		const char *response = v3_code(&v, "controlActProcess/queryAck/queryResponseCode");
		if (!text_equal(who, cases[i].patients) || !text_equal(response, cases[i].response))
			fprintf(stderr, "%s: %s %s %s\n", cases[i].why, ack, response, who);
		CU_ASSERT_STRING_EQUAL(ack, cases[i].acknowledged);
		CU_ASSERT_STRING_EQUAL(response, cases[i].response);
		CU_ASSERT_STRING_EQUAL(who, cases[i].patients);
		CU_ASSERT_STRING_EQUAL(quantities(&v), cases[i].quantities);
		const struct xml_node *detail = v3_node(&v,
							"acknowledgement/acknowledgementDetail");
		for (size_t n = 0; n < COUNT(cases[i].where) && cases[i].where[n] != NULL; n++) {
			CU_ASSERT_PTR_NOT_NULL_FATAL(detail);
			const char *location = xml_text(v.f.arena,
							xml_child(detail, V3, "location"));
			CU_ASSERT_STRING_EQUAL(location + strlen("/PRPA_IN201305UV02"),
					       cases[i].where[n]);
			detail = xml_next(detail, V3, "acknowledgementDetail");
		}
		CU_ASSERT_PTR_NULL(detail);
		/* Found, hidden or not there: all leave at a tick. */
		CU_ASSERT_TRUE(v.x.lacks || v.x.problem.code != PROBLEM_NONE);
	}
	v3_close(&v);
}

/* Behind the name, or instead of something. */
#define ADDED(parameter)                                                                           \
	{                                                                                          \
		{                                                                                  \
			ENDS, parameter ENDS                                                       \
		}                                                                                  \
	}

#define VALUE(element, value) "<" element ">" value "</" element ">"

static const struct {
	const char *why;
	struct v3_edit edits[2];
	enum problem_code code;
	const char *where;
} unreadable[] = {
	{ "no value", ADDED("<livingSubjectId/>"), PROBLEM_FIELD_MISSING, "/livingSubjectId" },
	{ "two values",
	  ADDED(VALUE("livingSubjectId", "<value root=\"2.999.101\" extension=\"1\"/>"
					 "<value root=\"2.999.101\" extension=\"1\"/>")),
	  PROBLEM_SEGMENT_MISSING, "/livingSubjectId/value[2]" },
	{ "an id without root", ADDED(VALUE("livingSubjectId", "<value extension=\"1\"/>")),
	  PROBLEM_FIELD_MISSING, "/livingSubjectId/value" },
	{ "an id with a delimiter",
	  ADDED(VALUE("livingSubjectId", "<value root=\"2.999.101\" extension=\"1^1\"/>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectId/value" },
	{ "an empty name", ADDED(VALUE("livingSubjectName", "<value/>")), PROBLEM_FIELD_MISSING,
	  "/livingSubjectName[2]/value" },
	{ "a name with a control character",
	  ADDED(VALUE("livingSubjectName", "<value><family>a&#x85;b</family></value>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectName[2]/value/family" },
	{ "a title alone", ADDED(VALUE("livingSubjectName", "<value><prefix>Dr</prefix></value>")),
	  PROBLEM_FIELD_MISSING, "/livingSubjectName[2]/value" },
	{ "a name without value", ADDED("<livingSubjectName/>"), PROBLEM_FIELD_MISSING,
	  "/livingSubjectName[2]" },
	{ "a mother without a family name",
	  ADDED(VALUE("mothersMaidenName", "<value><given>ハナ</given></value>")),
	  PROBLEM_FIELD_MISSING, "/mothersMaidenName" },
	{ "a mother without value", ADDED("<mothersMaidenName/>"), PROBLEM_FIELD_MISSING,
	  "/mothersMaidenName" },
	{ "a sex without value", ADDED("<livingSubjectAdministrativeGender/>"),
	  PROBLEM_FIELD_MISSING, "/livingSubjectAdministrativeGender" },
	{ "a sex without code", ADDED(VALUE("livingSubjectAdministrativeGender", "<value/>")),
	  PROBLEM_FIELD_MISSING, "/livingSubjectAdministrativeGender/value" },
	{ "a sex there is not",
	  ADDED(VALUE("livingSubjectAdministrativeGender", "<value code=\"Q\"/>")),
	  PROBLEM_TABLE_VALUE, "/livingSubjectAdministrativeGender/value" },
	{ "a sex with a control character",
	  ADDED(VALUE("livingSubjectAdministrativeGender", "<value code=\"&#x9;M&#x85;F\"/>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectAdministrativeGender/value" },
	{ "a birth time without value", ADDED("<livingSubjectBirthTime/>"), PROBLEM_FIELD_MISSING,
	  "/livingSubjectBirthTime" },
	{ "an empty one", ADDED(VALUE("livingSubjectBirthTime", "<value/>")), PROBLEM_FIELD_MISSING,
	  "/livingSubjectBirthTime/value" },
	{ "a word", ADDED(VALUE("livingSubjectBirthTime", "<value value=\"today\"/>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectBirthTime/value" },
	{ "zeros", ADDED(VALUE("livingSubjectBirthTime", "<value value=\"0000\"/>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectBirthTime/value" },
	{ "a control character",
	  ADDED(VALUE("livingSubjectBirthTime", "<value value=\"1941&#x85;05\"/>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectBirthTime/value" },
	{ "a low end that is none",
	  ADDED(VALUE("livingSubjectBirthTime", "<value><low value=\"19411301\"/></value>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectBirthTime/value/low" },
	{ "a high end that is none",
	  ADDED(VALUE("livingSubjectBirthTime",
		      "<value><low value=\"1941\"/><high value=\"x\"/></value>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectBirthTime/value/high" },
	{ "a width",
	  ADDED(VALUE("livingSubjectBirthTime",
		      "<value><low value=\"1941\"/><width value=\"1\" unit=\"a\"/></value>")),
	  PROBLEM_DATA_TYPE, "/livingSubjectBirthTime/value" },
	{ "an address without value", ADDED("<patientAddress/>"), PROBLEM_FIELD_MISSING,
	  "/patientAddress" },
	{ "an empty address", ADDED(VALUE("patientAddress", "<value/>")), PROBLEM_FIELD_MISSING,
	  "/patientAddress/value" },
	{ "an address with a control character",
	  ADDED(VALUE("patientAddress", "<value><city>a&#x85;b</city></value>")), PROBLEM_DATA_TYPE,
	  "/patientAddress/value/city" },
	{ "a telecom without value", ADDED("<patientTelecom/>"), PROBLEM_FIELD_MISSING,
	  "/patientTelecom" },
	{ "a fax machine", ADDED(VALUE("patientTelecom", "<value value=\"fax:03\"/>")),
	  PROBLEM_FIELD_MISSING, "/patientTelecom/value" },
	{ "a telecom with a control character",
	  ADDED(VALUE("patientTelecom", "<value value=\"tel:0&#x85;3\"/>")), PROBLEM_DATA_TYPE,
	  "/patientTelecom/value" },
	{ "a domain without value", ADDED("<otherIDsScopingOrganization/>"), PROBLEM_FIELD_MISSING,
	  "/otherIDsScopingOrganization" },
	{ "a domain without root",
	  ADDED(VALUE("otherIDsScopingOrganization", "<value nullFlavor=\"NI\"/>")),
	  PROBLEM_FIELD_MISSING, "/otherIDsScopingOrganization" },
	{ "a domain with an empty root",
	  ADDED(VALUE("otherIDsScopingOrganization", "<value root=\"\"/>")), PROBLEM_FIELD_MISSING,
	  "/otherIDsScopingOrganization/value" },
	{ "a domain with an extension",
	  ADDED(VALUE("otherIDsScopingOrganization", "<value root=\"2.999.1\" extension=\"1\"/>")),
	  PROBLEM_FIELD_MISSING, "/otherIDsScopingOrganization/value" },
	{ "a domain with a control character",
	  ADDED(VALUE("otherIDsScopingOrganization", "<value root=\"2&#x85;9\"/>")),
	  PROBLEM_DATA_TYPE, "/otherIDsScopingOrganization/value" },
	{ "a parameter nobody knows", ADDED("<patientStatusCode/>"), PROBLEM_DATA_TYPE,
	  "/patientStatusCode" },
	{ "a parameter twice",
	  ADDED(VALUE("patientTelecom", "<value value=\"tel:03\"/>")
			VALUE("patientTelecom", "<value value=\"tel:03\"/>")),
	  PROBLEM_SEGMENT_MISSING, "/patientTelecom[2]" },
};

/* Reads it alone: the copy of an invalid query is not valid, and cannot be. */
static bool reads(struct v3 *v, const char *message)
{
	struct soap_message *soap = arena_new(v->f.arena, struct soap_message);
	const struct xml_document *d = xml_read(v->f.arena, NULL, bytes_of_text(message),
						&v->f.problem);
	fixture_must(&v->f, soap_open(v->f.arena, d, soap, &v->f.problem));
	v->x = (struct exchange){ .arena = v->f.arena,
				  .region = &v->region,
				  .soap = soap,
				  .transaction = &iti47_patient_demographics_query_v3 };
	return iti47_patient_demographics_query_v3.read(&v->x);
}

static void parameters_that_cannot_be(void)
{
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(unreadable); i++) {
		CU_ASSERT_FALSE(reads(&v, v3_message(&v, "iti47/query.xml", unreadable[i].edits)));
		const char *where = v.x.problem.where;
		if (v.x.problem.code != unreadable[i].code
		    || !text_starts(where, "/PRPA_IN201305UV02" PARAMETERS))
			fprintf(stderr, "%s: %s at %s\n", unreadable[i].why, v.x.problem.what,
				where);
		CU_ASSERT_EQUAL(v.x.problem.code, unreadable[i].code);
		CU_ASSERT_STRING_EQUAL(where + strlen("/PRPA_IN201305UV02" PARAMETERS),
				       unreadable[i].where);
	}
	v3_close(&v);
}

/* So often a parameter, or a value of it, may stand there, and no more often. */
static void bounds(void)
{
	static const struct {
		const char *parameter, *before, *each, *behind;
		bool first; /* the message has one already */
	} rows[] = {
		{ "/livingSubjectName", "",
		  "<livingSubjectName><value><family>ヤマダ</family></value></livingSubjectName>",
		  "", true },
		{ "/livingSubjectId", "",
		  "<livingSubjectId><value root=\"2.999.101\" extension=\"1\"/></livingSubjectId>",
		  "", false },
		{ "/patientTelecom", "<patientTelecom>", "<value value=\"tel:03\"/>",
		  "</patientTelecom>", false },
		{ "/patientAddress", "<patientAddress>", "<value><city>a</city></value>",
		  "</patientAddress>", false },
	};
	enum { MOST = 16 };
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int over = 0; over <= 1; over++) {
			struct buffer b = buffer_in(v.f.arena);
			buffer_text(&b, rows[i].before);
			for (int n = rows[i].first; n < MOST + over; n++)
				buffer_text(&b, rows[i].each);
			buffer_text(&b, rows[i].behind);
			buffer_text(&b, ENDS);
			const struct v3_edit edits[] = { { ENDS, buffer_ended(&b) }, { 0 } };
			CU_ASSERT_EQUAL(reads(&v, v3_message(&v, "iti47/query.xml", edits)), !over);
			CU_ASSERT_TRUE(!over
				       || strstr(v.x.problem.where, rows[i].parameter) != NULL);
		}
	/* And the whole of it, so that it can be continued. */
	char *long_name = arena_alloc(v.f.arena, CONTINUATION_QUESTION + 1);
	memset(long_name, ' ', CONTINUATION_QUESTION);
	const struct v3_edit edits[] = { { "ヤマダ", long_name }, { 0 } };
	CU_ASSERT_FALSE(reads(&v, v3_message(&v, "iti47/query.xml", edits)));
	CU_ASSERT_EQUAL(v.x.problem.code, PROBLEM_DATA_TYPE);
	v3_close(&v);
}

static const struct {
	const char *why;
	struct v3_edit edits[2];
	enum problem_code code;
} misshapen[] = {
	{ "two lists",
	  { { "</parameterList>", "</parameterList><parameterList/>" } },
	  PROBLEM_SEGMENT_MISSING },
	{ "no list",
	  { { "<parameterList>", "<list>" }, { "</parameterList>", "</list>" } },
	  PROBLEM_SEGMENT_MISSING },
	{ "another status", { { "code=\"new\"", "code=\"aborted\"" } }, PROBLEM_DATA_TYPE },
	{ "another modality", { { "code=\"R\"", "code=\"B\"" } }, PROBLEM_DATA_TYPE },
	{ "deferred", { { "code=\"I\"", "code=\"D\"" } }, PROBLEM_DATA_TYPE },
	{ "lines", { { LIST, "<initialQuantityCode code=\"LI\"/>" LIST } }, PROBLEM_DATA_TYPE },
	{ "no record at all", { { LIST, QUANTITY("0") } }, PROBLEM_DATA_TYPE },
	{ "a word of records", { { LIST, QUANTITY("many") } }, PROBLEM_DATA_TYPE },
	{ "a degree that is none",
	  { { LIST, "<matchCriterionList><minimumDegreeMatch><value value=\"-1\"/>"
		    "</minimumDegreeMatch></matchCriterionList>" LIST } },
	  PROBLEM_DATA_TYPE },
	{ "a degree without value",
	  { { LIST, "<matchCriterionList><minimumDegreeMatch/></matchCriterionList>" LIST } },
	  PROBLEM_FIELD_MISSING },
	{ "another version",
	  { { "<interactionId", "<versionCode code=\"V3\"/><interactionId" } },
	  PROBLEM_VERSION_ID },
	{ "no sender",
	  { { "<sender typeCode=\"SND\">", "<sender typeCode=\"SND\"><device/></sender>"
					   "<sender>" } },
	  PROBLEM_SEGMENT_MISSING },
};

static void queries_without_form(void)
{
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(misshapen); i++) {
		struct v3_edit edits[3] = { misshapen[i].edits[0], misshapen[i].edits[1], { 0 } };
		CU_ASSERT_FALSE(reads(&v, v3_message(&v, "iti47/query.xml", edits)));
		if (v.x.problem.code != misshapen[i].code)
			fprintf(stderr, "%s: %s\n", misshapen[i].why, v.x.problem.what);
		CU_ASSERT_EQUAL(v.x.problem.code, misshapen[i].code);
	}
	/* What is about the list itself, and a wish that is not known here, are no parameters. */
	const struct v3_edit fine[] = {
		{ LIST, "<matchCriterionList><matchAlgorithm><value>x</value></matchAlgorithm>"
			"</matchCriterionList>" LIST "<id root=\"2.999.5\"/>" },
		{ 0 }
	};
	CU_ASSERT_TRUE(reads(&v, v3_message(&v, "iti47/query.xml", fine)));
	v3_close(&v);
}

static void what_cannot_be_answered_is_a_fault(void)
{
	static const struct v3_edit edits[][2] = {
		{ { "<queryId root=\"2.999.101.6\" extension=\"q-1\"/>", "" }, { NULL, NULL } },
		{ { "<queryId root=\"2.999.101.6\" extension=\"q-1\"/>", "<queryId/>" },
		  { NULL, NULL } },
		/* an Individual Number */
		{ { "ヤマダ", "123456789018" }, { NULL, NULL } },
		{ { "ヤマダ", "1234-5678-9018" }, { NULL, NULL } },
		{ { ENDS, "<livingSubjectId><value root=\"2.999.101\" extension=\"123456789018\"/>"
			  "</livingSubjectId>" ENDS },
		  { NULL, NULL } },
		/* declared as one, whatever it looks like */
		{ { ENDS, "<livingSubjectId><value assigningAuthorityName=\"マイナンバー\" "
			  "root=\"2.999.101\" extension=\"1\"/></livingSubjectId>" ENDS },
		  { NULL, NULL } },
		{ { ENDS,
		    "<patientTelecom><value value=\"tel:123456789018\"/></patientTelecom>" ENDS },
		  { NULL, NULL } },
		{ { ENDS, "<livingSubjectBirthTime><value value=\"123456789018\"/>"
			  "</livingSubjectBirthTime>" ENDS },
		  { NULL, NULL } },
	};
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(edits); i++) {
		ask(&v, "a-hospital", "iti47/query.xml", edits[i]);
		CU_ASSERT_EQUAL(v.x.problem.code, PROBLEM_MALFORMED);
		CU_ASSERT_PTR_NULL(strstr(v.x.problem.what, "9018"));
		CU_ASSERT_EQUAL(v.event.event_id, 110113);
		CU_ASSERT_PTR_NULL(v.event.objects->next);
	}
	/* Its own ids have twelve digits. */
	v.systems[0].lenient.twelve_digit_ids = true;
	const struct v3_edit own[] = {
		{ ENDS, "<livingSubjectId><value root=\"2.999.101\" extension=\"123456789018\"/>"
			"</livingSubjectId>" ENDS },
		{ 0 }
	};
	ask(&v, "a-hospital", "iti47/query.xml", own);
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "controlActProcess/queryAck/queryResponseCode"), "NF");
	CU_ASSERT_TRUE(v.x.needed.twelve_digit_ids);
	v3_close(&v);
}

/* ITI TF-2: 3.47.5.1; who was told of is in his trail, and named nowhere. */
static void a_query_is_recorded(void)
{
	struct v3 v;
	open_with_people(&v);
	const struct v3_edit by_id[] = {
		{ ENDS, "<livingSubjectId><value root=\"2.999.101\" extension=\"101\"/>"
			"</livingSubjectId>" ENDS },
		{ 0 }
	};
	ask(&v, "c-hospital", "iti47/query.xml", by_id);
	CU_ASSERT_EQUAL(v.event.event_id, 110112);
	const struct audit_object *o = v.event.objects;
	CU_ASSERT_STRING_EQUAL(o->id, "101^^^&" A_DOMAIN "&ISO");
	o = o->next;
	CU_ASSERT_EQUAL(o->type_code, 2);
	CU_ASSERT_EQUAL(o->type_code_role, 24);
	CU_ASSERT_STRING_EQUAL(o->id, "2.999.101.6^q-1");
	CU_ASSERT_PTR_NOT_NULL(memmem(o->query, o->query_length, "queryByParameter", 16));
	CU_ASSERT_STRING_EQUAL(o->details->type, "II");
	CU_ASSERT_PTR_NULL(o->next);
	ask(&v, "a-hospital", "iti47/continue.xml", NULL);
	o = v.event.objects;
	CU_ASSERT_PTR_NOT_NULL(memmem(o->query, o->query_length, "queryContinuation", 17));
	v3_close(&v);
}

/* Written, and read as a feed would be: the same person, in other forms of the same values. */
static void a_person_is_written_as_it_would_be_read(void)
{
	struct person_name reading = { .family = "ヤマダ",
				       .given = "ケンイチ",
				       .representation = NAME_PHONETIC };
	struct person_name latin = { .family = "SMITH",
				     .given = "ANN",
				     .middle = "J",
				     .prefix = "Dr",
				     .suffix = "Jr",
				     .representation = NAME_ALPHABETIC,
				     .next = &reading };
	struct telecom mail = { .number = "a@example.jp", .use = "NET" };
	struct telecom phone = { .number = "03 1234 5678", .use = "PRN", .next = &mail };
	struct postal_address text = { .text = "東京都千代田区1-1" };
	struct postal_address home = { .street = "1-1",
				       .other = "3F",
				       .city = "千代田区",
				       .state = "東京都",
				       .postal_code = "1000001",
				       .country = "JP",
				       .next = &text };
	const struct patient_demographics all = { .names = &latin,
						  .birth_date = "19410503",
						  .sex = "U",
						  .addresses = &home,
						  .telecoms = &phone,
						  .mothers_maiden_name = "ホンダ",
						  .multiple_birth = "Y",
						  .birth_order = "2",
						  .deceased = "N",
						  .deceased_time = "20200102030405" };
	/* What has no form there is left out. */
	const struct patient_demographics odd = {
		.birth_date = "S16.5.3", .multiple_birth = "?", .deceased = "", .sex = ""
	};
	struct arena *a = arena_create(1 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct hl7_person_notes notes = { .refused = 0 };
	struct person_reader r = hl7v3_reader(a, NULL, &notes, &p);
	for (int i = 0; i <= 1; i++) {
		struct patient_demographics d = { .sex = NULL };
		struct xml_writer *w = xml_writer_begin(a);
		xml_open(w, "patientPerson");
		xml_namespace_declare(w, NULL, V3);
		hl7v3_put_person(w, i == 0 ? &all : &odd);
		hl7v3_put_mother(w, i == 0 ? all.mothers_maiden_name : NULL);
		xml_close(w);
		const struct xml_document *read = xml_read(a, NULL, xml_writer_end(w), &p);
		hl7v3_read_person(&r, xml_root(read), &d);
		if (i == 1) {
			CU_ASSERT_PTR_NULL(d.names);
			CU_ASSERT_PTR_NULL(d.birth_date);
			CU_ASSERT_PTR_NULL(d.sex);
			continue;
		}
		CU_ASSERT_STRING_EQUAL(d.names->family, "SMITH");
		CU_ASSERT_STRING_EQUAL(d.names->middle, "J");
		CU_ASSERT_STRING_EQUAL(d.names->prefix, "Dr");
		CU_ASSERT_EQUAL(d.names->representation, NAME_ALPHABETIC);
		CU_ASSERT_EQUAL(d.names->next->representation, NAME_PHONETIC);
		CU_ASSERT_STRING_EQUAL(d.birth_date, all.birth_date);
		CU_ASSERT_STRING_EQUAL(d.sex, "U");
		CU_ASSERT_STRING_EQUAL(d.telecoms->number, "0312345678");
		CU_ASSERT_STRING_EQUAL(d.telecoms->use, "HP");
		CU_ASSERT_STRING_EQUAL(d.telecoms->next->number, mail.number);
		CU_ASSERT_PTR_NULL(d.telecoms->next->use);
		CU_ASSERT_STRING_EQUAL(d.addresses->city, home.city);
		CU_ASSERT_STRING_EQUAL(d.addresses->other, home.other);
		CU_ASSERT_STRING_EQUAL(d.addresses->next->text, text.text);
		CU_ASSERT_STRING_EQUAL(d.mothers_maiden_name, all.mothers_maiden_name);
		CU_ASSERT_STRING_EQUAL(d.multiple_birth, "Y");
		CU_ASSERT_STRING_EQUAL(d.birth_order, "2");
		CU_ASSERT_STRING_EQUAL(d.deceased, "N");
		CU_ASSERT_STRING_EQUAL(d.deceased_time, all.deceased_time);
	}
	arena_destroy(a);
}

static const struct {
	const char *file, *response;
} samples[] = {
	{ "ITI-47_201305_epr-request.xml", "AE" },
	{ "ITI-47_id-query.xml", "AE" },
	{ "ITI-47_maximal.xml", "AE" },
};

/* All are readable; asked here, none of their domains is known. */
static void messages_of_others_are_answered(void)
{
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct bytes octets;
		if (!sample_shared(v.f.arena,
				   arena_printf(v.f.arena, "identity/%s", samples[i].file),
				   &octets))
			continue;
		const char *text = arena_text_n(v.f.arena, (const char *)octets.data,
						octets.length);
		const char *body = strstr(text, "<PRPA_IN201305UV02");
		if (strstr(text, "Envelope") == NULL)
			text = arena_printf(v.f.arena,
					    "<e:Envelope xmlns:e=\"" SOAP_NAMESPACE "\"><e:Header>"
					    "<a:Action xmlns:a=\"" ADDRESSING_NAMESPACE
					    "\" e:mustUnderstand=\"1\">x</a:Action>"
					    "<a:MessageID xmlns:a=\"" ADDRESSING_NAMESPACE
					    "\">urn:uuid:1</a:MessageID></e:Header>"
					    "<e:Body>%s</e:Body></e:Envelope>",
					    body);
		v3_send(&v, &iti47_patient_demographics_query_v3, "a-hospital", text);
		CU_ASSERT_STRING_EQUAL(v3_code(&v, "controlActProcess/queryAck/queryResponseCode"),
				       samples[i].response);
		CU_ASSERT_EQUAL(v.x.problem.code, PROBLEM_UNKNOWN_KEY);
	}
	v3_close(&v);
}

static const struct test tests[] = {
	{ "the numbered cases", the_numbered_cases },
	{ "parameters that cannot be", parameters_that_cannot_be },
	{ "bounds", bounds },
	{ "queries without form", queries_without_form },
	{ "what cannot be answered is a fault", what_cannot_be_answered_is_a_fault },
	{ "a query is recorded", a_query_is_recorded },
	{ "a person is written as it would be read", a_person_is_written_as_it_would_be_read },
	{ "messages of others are answered", messages_of_others_are_answered },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: ITI-47", tests);
}
