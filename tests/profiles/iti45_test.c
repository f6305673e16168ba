/* tests/profiles/iti45_test.c: the numbered cases of ITI TF-2: 3.45.4.2.2.1, and who sees what. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "tests/profiles/v3_exchange.h"

extern const struct transaction iti45_pix_query_v3;

#define ASKED "root=\"2.999.101\" extension=\"101\""
#define SOURCE(root)                                                                               \
	"<dataSource><value root=\"" root                                                          \
	"\"/><semanticsText>DataSource.id</semanticsText></dataSource>"
#define LIST "<parameterList>"
#define PARAMETERS "/controlActProcess/queryByParameter/parameterList"

static const struct who people[] = {
	{ A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ B_DOMAIN, "031", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ C_DOMAIN, "522", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ C_DOMAIN, "523", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ B_DOMAIN, "777", "スズキ", "ハナコ", "19500101", "F", "0387654321", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "150", "サトウ", "イチロウ", "19600101", "M", 0, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "151", "サトウ", "イチロウ", "19600101", "M", 0, 0, 0, 0, 0, 0, 0 },
};

static void open_with_people(struct v3 *v)
{
	v3_open(v);
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&v->f, &people[i]);
	fixture_must(&v->f, people_merge(&v->f, A_DOMAIN, "150", "151", NULL) == PROBLEM_NONE);
}

/* The ids of the answer, in order: "domain/id domain/id"; the regional ones as "REGION". */
static const char *answered(struct v3 *v)
{
	struct buffer b = buffer_in(v->f.arena);
	const struct xml_node *n = v3_node(
		v, "controlActProcess/subject/registrationEvent/subject1/patient/id");
	for (; n != NULL; n = xml_next(n, V3, "id")) {
		const char *root = xml_attribute(n, "root");
		if (b.length != 0)
			buffer_text(&b, " ");
		if (text_equal(root, AFFINITY))
			buffer_text(&b, "REGION");
		else
			buffer_printf(&b, "%s/%s", root + strlen("2.999."),
				      xml_attribute(n, "extension"));
	}
	return buffer_ended(&b);
}

static const struct {
	const char *why, *system;
	struct v3_edit edits[3];
	bool hidden;
	const char *acknowledged, *response, *ids, *where[2];
} cases[] = {
	{ "case 1: in the domain asked for",
	  "c-hospital",
	  { { ASKED, "root=\"2.999.103\" extension=\"522\"" }, { LIST, LIST SOURCE("2.999.102") } },
	  false,
	  "AA",
	  "OK",
	  "102/031",
	  { 0 } },
	{ "case 2: all domains that are seen",
	  "c-hospital",
	  { { ASKED, "root=\"2.999.103\" extension=\"522\"" } },
	  false,
	  "AA",
	  "OK",
	  "REGION 101/101 102/031 103/523",
	  { 0 } },
	{ "case 2: by default one's own and the region's",
	  "a-hospital",
	  { { NULL, NULL } },
	  false,
	  "AA",
	  "OK",
	  "REGION",
	  { 0 } },
	{ "case 3: nothing there",
	  "c-hospital",
	  { { ASKED, "root=\"2.999.102\" extension=\"777\"" }, { LIST, LIST SOURCE("2.999.101") } },
	  false,
	  "AA",
	  "NF",
	  "",
	  { 0 } },
	{ "case 3: a domain that is not seen",
	  "a-hospital",
	  { { LIST, LIST SOURCE("2.999.102") } },
	  false,
	  "AA",
	  "NF",
	  "",
	  { 0 } },
	{ "case 4: an unknown id",
	  "a-hospital",
	  { { "extension=\"101\"", "extension=\"999\"" } },
	  false,
	  "AE",
	  "AE",
	  "",
	  { PARAMETERS "/patientIdentifier/value" } },
	{ "case 4: an unknown domain",
	  "a-hospital",
	  { { "root=\"2.999.101\" ", "root=\"2.999.777\" " } },
	  false,
	  "AE",
	  "AE",
	  "",
	  { PARAMETERS "/patientIdentifier/value" } },
	{ "case 4: a subsumed id",
	  "a-hospital",
	  { { "extension=\"101\"", "extension=\"151\"" } },
	  false,
	  "AE",
	  "AE",
	  "",
	  { PARAMETERS "/patientIdentifier/value" } },
	{ "case 4 goes before case 5",
	  "a-hospital",
	  { { "extension=\"101\"", "extension=\"999\"" }, { LIST, LIST SOURCE("2.999.777") } },
	  false,
	  "AE",
	  "AE",
	  "",
	  { PARAMETERS "/patientIdentifier/value" } },
	{ "case 5: unknown domains asked for",
	  "a-hospital",
	  { { LIST, LIST SOURCE("2.999.777") SOURCE("2.999.1") SOURCE("2.999.778") } },
	  false,
	  "AE",
	  "AE",
	  "",
	  { PARAMETERS "/dataSource[1]/value", PARAMETERS "/dataSource[3]/value" } },
	{ "case 6: several in one domain",
	  "c-hospital",
	  { { ASKED, "root=\"2.999.102\" extension=\"031\"" }, { LIST, LIST SOURCE("2.999.103") } },
	  false,
	  "AA",
	  "OK",
	  "103/522 103/523",
	  { 0 } },
	{ "case 6: several in the id's own",
	  "c-hospital",
	  { { ASKED, "root=\"2.999.103\" extension=\"522\"" }, { LIST, LIST SOURCE("2.999.103") } },
	  false,
	  "AA",
	  "OK",
	  "103/523",
	  { 0 } },
	{ "an id one may not see",
	  "a-hospital",
	  { { ASKED, "root=\"2.999.102\" extension=\"031\"" } },
	  false,
	  "AE",
	  "AE",
	  "",
	  { PARAMETERS "/patientIdentifier/value" } },
	{ "hidden by consent: only one's own",
	  "c-hospital",
	  { { ASKED, "root=\"2.999.103\" extension=\"522\"" } },
	  true,
	  "AA",
	  "OK",
	  "103/523",
	  { 0 } },
	{ "hidden by consent: nothing of one's own",
	  "a-hospital",
	  { { NULL, NULL } },
	  true,
	  "AA",
	  "NF",
	  "",
	  { 0 } },
	{ "hidden by consent: another's id is unknown",
	  "c-hospital",
	  { { ASKED, "root=\"2.999.102\" extension=\"031\"" } },
	  true,
	  "AE",
	  "AE",
	  "",
	  { PARAMETERS "/patientIdentifier/value" } },
	{ "no id asked for",
	  "a-hospital",
	  { { "<value " ASKED "/>", "<value root=\"2.999.101\"/>" } },
	  false,
	  "AE",
	  "QE",
	  "",
	  { PARAMETERS "/patientIdentifier" } },
};

/* The copy of an invalid query is not valid, and cannot be. */
static const struct {
	const char *why;
	struct v3_edit edits[3];
	const char *where;
	enum problem_code code;
} unreadable[] = {
	{ "two ids asked for",
	  { { "</patientIdentifier>", "</patientIdentifier><patientIdentifier>"
				      "<value root=\"2.999.101\" "
				      "extension=\"150\"/><semanticsText>Patient.id</"
				      "semanticsText></patientIdentifier>" } },
	  PARAMETERS "/patientIdentifier[2]",
	  PROBLEM_SEGMENT_MISSING },
	{ "two values of it",
	  { { "<value " ASKED "/>", "<value " ASKED "/><value " ASKED "/>" } },
	  PARAMETERS "/patientIdentifier/value[2]",
	  PROBLEM_SEGMENT_MISSING },
	{ "two lists of parameters",
	  { { "</parameterList>", "</parameterList><parameterList/>" } },
	  "/controlActProcess/queryByParameter/parameterList[2]",
	  PROBLEM_SEGMENT_MISSING },
	{ "a parameter nobody knows",
	  { { "</parameterList>", "<livingSubjectName/></parameterList>" } },
	  PARAMETERS "/livingSubjectName",
	  PROBLEM_DATA_TYPE },
	{ "two domains in one dataSource",
	  { { LIST, LIST
	      "<dataSource><value root=\"2.999.1\"/><value root=\"2.999.2\"/></dataSource>" } },
	  PARAMETERS "/dataSource/value[2]",
	  PROBLEM_SEGMENT_MISSING },
	{ "two queries",
	  { { "</queryByParameter>", "</queryByParameter><queryByParameter><queryId "
				     "root=\"2.999.5\"/></queryByParameter>" } },
	  "/controlActProcess/queryByParameter[2]",
	  PROBLEM_SEGMENT_MISSING },
	{ "an id with a delimiter",
	  { { "extension=\"101\"", "extension=\"10^1\"" } },
	  PARAMETERS "/patientIdentifier/value",
	  PROBLEM_DATA_TYPE },
	{ "a dataSource without a root",
	  { { LIST, LIST "<dataSource><value nullFlavor=\"NI\"/>"
			 "<semanticsText>DataSource.id</semanticsText></dataSource>" } },
	  PARAMETERS "/dataSource",
	  PROBLEM_FIELD_MISSING },
};

static void the_numbered_cases(void)
{
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(cases); i++) {
		v.hide = cases[i].hidden;
		v3_send(&v, &iti45_pix_query_v3, cases[i].system,
			v3_message(&v, "iti45/query.xml", cases[i].edits));
		const char *ack = v3_code(&v, "acknowledgement/typeCode"), *ids = answered(&v);
		const char *response = v3_code(&v, "controlActProcess/queryAck/queryResponseCode");
		if (!text_equal(ack, cases[i].acknowledged)
		    || !text_equal(response, cases[i].response) || !text_equal(ids, cases[i].ids))
			fprintf(stderr, "%s: %s %s %s\n", cases[i].why, ack, response, ids);
		CU_ASSERT_STRING_EQUAL(ack, cases[i].acknowledged);
		CU_ASSERT_STRING_EQUAL(response, cases[i].response);
		CU_ASSERT_STRING_EQUAL(ids, cases[i].ids);
		const struct xml_node *detail = v3_node(&v,
							"acknowledgement/acknowledgementDetail");
		for (size_t n = 0; n < COUNT(cases[i].where) && cases[i].where[n] != NULL; n++) {
			CU_ASSERT_PTR_NOT_NULL_FATAL(detail);
			const char *location = xml_text(v.f.arena,
							xml_child(detail, V3, "location"));
			CU_ASSERT_STRING_EQUAL(location + strlen("/PRPA_IN201309UV02"),
					       cases[i].where[n]);
			if (text_equal(response, "AE"))
				CU_ASSERT_STRING_EQUAL(
					xml_attribute(xml_child(detail, V3, "code"), "code"),
					"204");
			detail = xml_next(detail, V3, "acknowledgementDetail");
		}
		CU_ASSERT_PTR_NULL(detail);
	}
	v3_close(&v);
}

static void parameters_that_cannot_be(void)
{
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(unreadable); i++) {
		struct soap_message soap;
		const char *message = v3_message(&v, "iti45/query.xml", unreadable[i].edits);
		const struct xml_document *d = xml_read(v.f.arena, NULL, bytes_of_text(message),
							&v.f.problem);
		fixture_must(&v.f, soap_open(v.f.arena, d, &soap, &v.f.problem));
		v.x = (struct exchange){ .arena = v.f.arena,
					 .region = &v.region,
					 .soap = &soap,
					 .transaction = &iti45_pix_query_v3 };
		CU_ASSERT_FALSE(iti45_pix_query_v3.read(&v.x));
		if (v.x.problem.code != unreadable[i].code)
			fprintf(stderr, "%s: %s\n", unreadable[i].why, v.x.problem.what);
		CU_ASSERT_EQUAL(v.x.problem.code, unreadable[i].code);
		CU_ASSERT_STRING_EQUAL(v.x.problem.where + strlen("/PRPA_IN201309UV02"),
				       unreadable[i].where);
	}
	v3_close(&v);
}

static void what_cannot_be_answered_is_a_fault(void)
{
	static const struct v3_edit edits[][2] = {
		{ { "<queryId root=\"2.999.101.6\" extension=\"q-1\"/>", "" }, { NULL, NULL } },
		/* an Individual Number */
		{ { "extension=\"101\"", "extension=\"123456789018\"" }, { NULL, NULL } },
	};
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(edits); i++) {
		v3_send(&v, &iti45_pix_query_v3, "a-hospital",
			v3_message(&v, "iti45/query.xml", edits[i]));
		CU_ASSERT_EQUAL(v.x.problem.code, PROBLEM_MALFORMED);
		CU_ASSERT_PTR_NULL(strstr(v.x.problem.what, "123456789018"));
		/* An alert, which names us and nobody else. */
		CU_ASSERT_EQUAL(v.event.event_id, 110113);
		CU_ASSERT_EQUAL(v.event.objects->type_code_role, 13);
		CU_ASSERT_PTR_NULL(v.event.objects->next);
	}
	v3_close(&v);
}

/* ITI TF-2: 3.45.5.1 */
static void a_query_is_recorded(void)
{
	struct v3 v;
	open_with_people(&v);
	v3_send(&v, &iti45_pix_query_v3, "c-hospital",
		v3_message(
			&v, "iti45/query.xml",
			(const struct v3_edit[]){ { ASKED, "root=\"2.999.103\" extension=\"522\"" },
						  { LIST, LIST SOURCE("2.999.102") },
						  { NULL, NULL } }));
	const struct audit_object *o = v.event.objects;
	CU_ASSERT_STRING_EQUAL(o->id, "522^^^&" C_DOMAIN "&ISO");
	CU_ASSERT_STRING_EQUAL(o->next->id, "031^^^&" B_DOMAIN "&ISO");
	o = o->next->next;
	CU_ASSERT_EQUAL(o->type_code, 2);
	CU_ASSERT_EQUAL(o->type_code_role, 24);
	CU_ASSERT_STRING_EQUAL(o->id, "2.999.101.6^q-1");
	CU_ASSERT_PTR_NOT_NULL(memmem(o->query, o->query_length, "queryByParameter", 16));
	CU_ASSERT_PTR_NOT_NULL(memmem(o->query, o->query_length, "extension=\"522\"", 15));
	CU_ASSERT_STRING_EQUAL(o->details->type, "II");
	CU_ASSERT_PTR_NULL(o->next);
	/* The asker's own names come back, nobody else's. */
	const struct xml_node *name = v3_node(
		&v,
		"controlActProcess/subject/registrationEvent/subject1/patient/patientPerson/name");
	CU_ASSERT_STRING_EQUAL(xml_text(v.f.arena, xml_child(name, V3, "family")), "ヤマダ");
	CU_ASSERT_STRING_EQUAL(xml_attribute(name, "use"), "SYL");
	v3_send(&v, &iti45_pix_query_v3, "c-hospital",
		v3_message(
			&v, "iti45/query.xml",
			(const struct v3_edit[]){ { ASKED, "root=\"2.999.102\" extension=\"777\"" },
						  { NULL, NULL } }));
	name = v3_node(
		&v,
		"controlActProcess/subject/registrationEvent/subject1/patient/patientPerson/name");
	CU_ASSERT_STRING_EQUAL(xml_attribute(name, "nullFlavor"), "NA");
	v3_close(&v);
}

/* The regional id is learnt by PIX and may be asked with; not when consent hides the person. */
static void asking_with_the_regional_id(void)
{
	struct v3 v;
	open_with_people(&v);
	const char *regional = people_person(&v.f, A_DOMAIN, "101").regional_id;
	const struct v3_edit edits[] = {
		{ ASKED, arena_printf(v.f.arena, "root=\"2.999.1\" extension=\"%s\"", regional) },
		{ NULL, NULL }
	};
	v3_send(&v, &iti45_pix_query_v3, "b-clinic", v3_message(&v, "iti45/query.xml", edits));
	CU_ASSERT_STRING_EQUAL(answered(&v), "102/031");
	v.hide = true;
	v3_send(&v, &iti45_pix_query_v3, "b-clinic", v3_message(&v, "iti45/query.xml", edits));
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/typeCode"), "AE");
	CU_ASSERT(v.refused > 0);
	v3_close(&v);
}

/* Prefixes of the query that stand only inside xsi:type still mean what they meant. */
static void the_query_is_copied_with_its_namespaces(void)
{
	struct v3 v;
	open_with_people(&v);
	v3_send(&v, &iti45_pix_query_v3, "a-hospital",
		v3_message(&v, "iti45/query.xml",
			   (const struct v3_edit[]){
				   { "<PRPA_IN201309UV02 ",
				     "<PRPA_IN201309UV02 xmlns:h=\"urn:hl7-org:v3\" "
				     "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" " },
				   { "<value " ASKED, "<value xsi:type=\"h:II\" " ASKED },
				   { NULL, NULL } }));
	const struct xml_node *value = v3_node(
		&v, "controlActProcess/queryByParameter/parameterList/patientIdentifier/value");
	CU_ASSERT_STRING_EQUAL(
		xml_attribute_ns(value, "http://www.w3.org/2001/XMLSchema-instance", "type"),
		"h:II");
	CU_ASSERT_STRING_EQUAL(xml_resolve_prefix(value, "h"), V3);
	v3_close(&v);
}

static const struct {
	const char *file, *id;
	unsigned domains;
} samples[] = {
	{ "ITI-45_201309_epr-request.xml", "900010", 2 },
	{ "ITI-45_201309_nist-10501-04.xml", "PIX10501", 1 },
	{ "ITI-45_NEG_201309_nist-10502-03_unknown-id.xml", NULL, 1 },
};

/* All are readable; asked here, none of their domains is known: case 4. */
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
		const char *body = strstr(text, "<PRPA_IN201309UV02");
		if (strstr(text, "Envelope") == NULL)
			text = arena_printf(v.f.arena,
					    "<e:Envelope xmlns:e=\"" SOAP_NAMESPACE "\"><e:Header>"
					    "<a:Action xmlns:a=\"" ADDRESSING_NAMESPACE
					    "\" e:mustUnderstand=\"1\">x</a:Action>"
					    "<a:MessageID xmlns:a=\"" ADDRESSING_NAMESPACE
					    "\">urn:uuid:1</a:MessageID></e:Header>"
					    "<e:Body>%s</e:Body></e:Envelope>",
					    body);
		v3_send(&v, &iti45_pix_query_v3, "a-hospital", text);
		CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/typeCode"), "AE");
		CU_ASSERT_TRUE(samples[i].id == NULL
			       || strstr((const char *)v.answer.data, samples[i].id) != NULL);
	}
	v3_close(&v);
}

static const struct test tests[] = {
	{ "the numbered cases", the_numbered_cases },
	{ "parameters that cannot be", parameters_that_cannot_be },
	{ "what cannot be answered is a fault", what_cannot_be_answered_is_a_fault },
	{ "a query is recorded", a_query_is_recorded },
	{ "asking with the regional id", asking_with_the_regional_id },
	{ "the query is copied with its namespaces", the_query_is_copied_with_its_namespaces },
	{ "messages of others are answered", messages_of_others_are_answered },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: ITI-45", tests);
}
