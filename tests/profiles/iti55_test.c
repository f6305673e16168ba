/* tests/profiles/iti55_test.c: the five cases of ITI TF-2: 3.55.4.2.3, what another community is
 * told and what it is not, what of its own ids is kept, what cannot be read, and what is recorded.
 *
 *	request				state				answer
 *	demographics			one sure			OK, his code
 *	demographics			one sure, hidden		NF, the octets of nobody
 *	demographics			near, less said			OK, what would tell
 *	demographics			near, all said			AE, AnswerNotAvailable
 *	demographics			nobody near			NF
 *	demographics and its own id	one sure			OK, and the id is kept
 *	the same, another's id		one sure			OK, a conflict, nothing changed
 *	its own id alone		mapped, hidden, unknown		OK, NF, NF
 *	our code alone			given, revoked, another's	OK, NF, NF
 *	an id of a domain nobody knows	-				AE 204, AnswerNotAvailable
 *	deferred			-				MCCI, AE NS250
 */
#define PEOPLE_MATCHING MATCHING_LINK
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "tests/profiles/v3_exchange.h"

extern const struct transaction iti55_cross_gateway_patient_discovery;

#define CODES "2.999.1.77"
#define THEIRS "2.999.30.1"
#define LIST "<parameterList>"
#define ENDS "</parameterList>"
#define TELECOM                                                                                    \
	"<patientTelecom><value value=\"tel:0312345678\"/><semanticsText>Patient.telecom"          \
	"</semanticsText></patientTelecom>"
#define SEX                                                                                        \
	"<livingSubjectAdministrativeGender><value code=\"M\"/><semanticsText>LivingSubject."      \
	"administrativeGender</semanticsText></livingSubjectAdministrativeGender>"
#define BIRTH                                                                                      \
	"<livingSubjectBirthTime><value value=\"19410503\"/><semanticsText>LivingSubject."         \
	"birthTime</semanticsText></livingSubjectBirthTime>"
#define NAME                                                                                       \
	"<livingSubjectName>\n          <value use=\"SYL\"><family>ヤマダ</family>"               \
	"<given>ケンイチ</given></value>\n          <semanticsText>LivingSubject.name"             \
	"</semanticsText>\n        </livingSubjectName>"
#define ADDRESS                                                                                    \
	"<patientAddress><value><streetAddressLine>丸の内9-9-9</streetAddressLine>"                \
	"<city>千代田区</city><postalCode>1000005</postalCode></value></patientAddress>"
#define ID(root, extension)                                                                        \
	"<livingSubjectId><value root=\"" root "\" extension=\"" extension "\"/></livingSubjectId>"
#define ACT "controlActProcess"

static const struct who people[] = {
	{ A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ B_DOMAIN, "031", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "103", "スズキ", "ハナ", "19500101", "F", "0387654321", 0, 0, 0, 0, 0, 0 },
};

static const struct partner partners[] = {
	{ .name = "west", .purposes = 1 << PARTNER_COMMUNITY, .home_community_id = "urn:oid:2.999.30" },
	{ .name = "east", .purposes = 1 << PARTNER_COMMUNITY, .home_community_id = "urn:oid:2.999.31" },
};
static const char *const shared[] = { C_DOMAIN, NULL };
static const struct registered_system systems[] = {
	{ .name = "a-hospital", .domains = a_domains },
	{ .name = "b-clinic", .domains = b_domains },
	{ .name = "c-hospital", .domains = c_domains },
	{ .name = "west-gateway", .community = "west" },
	{ .name = "east-gateway", .community = "east", .pix_domains = shared },
};

static void open_with_people(struct v3 *v)
{
	v3_open(v);
	v->region.systems = systems;
	v->region.system_count = COUNT(systems);
	v->region.partners = partners;
	v->region.partner_count = COUNT(partners);
	v->region.community_domain = CODES;
	v->region.home_community_id = "urn:oid:2.999.10";
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&v->f, &people[i]);
}

static void ask(struct v3 *v, const char *system, const struct v3_edit *edits)
{
	v3_send(v, &iti55_cross_gateway_patient_discovery, system,
		v3_message(v, "iti55/query.xml", edits));
}

static const struct xml_node *patient_of(const struct v3 *v)
{
	return v3_node(v, ACT "/subject/registrationEvent/subject1/patient");
}

/* The code he was returned by; "": nobody was. */
static const char *code_of(const struct v3 *v)
{
	const struct xml_node *id = xml_child(patient_of(v), V3, "id");
	CU_ASSERT_TRUE(id == NULL || text_equal(xml_attribute(id, "root"), CODES));
	const char *code = xml_attribute(id, "extension");
	return code == NULL ? "" : code;
}

/* Codes of what is wanted, or of the trouble, in their order. */
static const char *issues(struct v3 *v)
{
	struct buffer b = buffer_in(v->f.arena);
	const struct xml_node *event = v3_node(v, ACT "/reasonOf/detectedIssueEvent");
	for (const struct xml_node *n = xml_first_element(event); n != NULL;
	     n = xml_next_element(n)) {
		const char *code = xml_attribute(
			xml_child(xml_first_element(n), V3, "code"), "code");
		if (code != NULL)
			buffer_printf(&b, "%s%s", b.length == 0 ? "" : " ", code);
	}
	return buffer_ended(&b);
}

#define GENDER_WANTED "LivingSubjectAdministrativeGenderRequested"

static const struct {
	const char *why, *system;
	struct v3_edit edits[4];
	bool hidden;
	const char *acknowledged, *response;
	bool found;
	const char *issues, *where;
} cases[] = {
	{ "case 1", "west-gateway", { { NULL, NULL } }, false, "AA", "OK", true, "", "" },
	{ "case 1: another community", "east-gateway",
	  { { "<id root=\"2.999.30\"/>", "<id root=\"2.999.31\"/>" } }, false, "AA", "OK", true, "",
	  "" },
	{ "case 1: the home community is not said", "west-gateway",
	  { { "<id root=\"2.999.30\"/>", "<id nullFlavor=\"NI\"/>" } }, false, "AA", "OK", true, "",
	  "" },
	{ "case 1: hidden by consent", "west-gateway", { { NULL, NULL } }, true, "AA", "NF", false,
	  "", "" },
	{ "case 3: no address, no telecom", "west-gateway", { { TELECOM, "" } }, false, "AA", "OK",
	  false, "PatientAddressRequested PatientTelecomRequested", "" },
	{ "case 3: nor a sex", "west-gateway", { { SEX, "" }, { TELECOM, "" } }, false, "AA", "OK",
	  false, GENDER_WANTED " PatientAddressRequested PatientTelecomRequested", "" },
	{ "case 3: near, and hidden", "west-gateway", { { TELECOM, "" } }, true, "AA", "NF", false,
	  "", "" },
	{ "case 4: another name", "west-gateway",
	  { { "ヤマダ", "コバヤシ" }, { "ケンイチ", "タロウ" } }, false, "AA", "NF", false, "", "" },
	{ "case 3: another sex may be a slip, where all else is the same", "west-gateway",
	  { { "code=\"M\"", "code=\"F\"" } }, false, "AA", "OK", false, "PatientAddressRequested",
	  "" },
	{ "case 5: near, and all is said", "west-gateway",
	  { { "tel:0312345678", "tel:0399999999" }, { ENDS, ADDRESS ENDS } }, false, "AE", "AE",
	  false, "AnswerNotAvailable", "" },
	{ "case 5: the same of whom it may not see", "west-gateway",
	  { { "tel:0312345678", "tel:0399999999" }, { ENDS, ADDRESS ENDS } }, true, "AA", "NF",
	  false, "", "" },
	{ "by no name", "west-gateway", { { "<family>ヤマダ</family><given>ケンイチ</given>", "" } },
	  false, "AE", "AE", false, "", "/livingSubjectName/value" },
	{ "names by their sound", "west-gateway", { { "use=\"SYL\"", "use=\"SRCH\"" } }, false, "AE",
	  "AE", false, "", "/livingSubjectName/value" },
	{ "an asterisk", "west-gateway", { { "ケンイチ", "ケン*" } }, false, "AE", "AE", false, "",
	  "/livingSubjectName/value" },
	{ "without birth time", "west-gateway", { { BIRTH, "" } }, false, "AE", "AE", false, "", "" },
	{ "other ids are not asked for", "west-gateway",
	  { { ENDS, "<otherIDsScopingOrganization><value root=\"2.999.1\"/>"
		    "</otherIDsScopingOrganization>" ENDS } },
	  false, "AE", "AE", false, "", "/otherIDsScopingOrganization" },
	{ "a range that ends before it begins", "west-gateway",
	  { { "<value value=\"19410503\"/>",
	      "<value><low value=\"1942\"/><high value=\"1941\"/></value>" } },
	  false, "AE", "AE", false, "", "/livingSubjectBirthTime/value" },
	{ "a facility of the region does not ask here", "a-hospital", { { NULL, NULL } }, false,
	  "AE", "AE", false, "AnswerNotAvailable", "" },
	{ "on behalf of another community", "west-gateway",
	  { { "<id root=\"2.999.30\"/>", "<id root=\"2.999.31\"/>" } }, false, "AE", "AE", false,
	  "AnswerNotAvailable", "" },
	{ "an id of nobody's domain alone", "west-gateway",
	  { { SEX, "" }, { BIRTH, ID("2.999.777", "1") }, { NAME, "" }, { TELECOM, "" } },
	  false, "AE", "AE", false, "AnswerNotAvailable", "/livingSubjectId/value" },
	{ "a duration that is none", "west-gateway", { { "P0Y0M7D", "a week" } }, false, "AE", "AE",
	  false, "", "" },
	{ "a priority that is none", "west-gateway", { { "code=\"I\"", "code=\"X\"" } }, false, "AE",
	  "AE", false, "", "" },
	{ "later, by the action of at once", "west-gateway", { { "code=\"I\"", "code=\"D\"" } },
	  false, "AE", "AE", false, "", "" },
};

static void the_five_cases(void)
{
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(cases); i++) {
		v.hide = cases[i].hidden;
		ask(&v, cases[i].system, cases[i].edits);
		const char *ack = v3_code(&v, "acknowledgement/typeCode"), *code = code_of(&v);
		const char *response = v3_code(&v, ACT "/queryAck/queryResponseCode");
		const char *told = issues(&v);
		if (!text_equal(ack, cases[i].acknowledged)
		    || !text_equal(response, cases[i].response)
		    || !text_equal(told, cases[i].issues) || (*code != '\0') != cases[i].found)
			fprintf(stderr, "%s: %s %s %s %s: %s %s\n", cases[i].why, ack, response,
				code, told, v.x.problem.what, v3_location(&v));
		CU_ASSERT_STRING_EQUAL(ack, cases[i].acknowledged);
		CU_ASSERT_STRING_EQUAL(response, cases[i].response);
		CU_ASSERT_STRING_EQUAL(told, cases[i].issues);
		CU_ASSERT_EQUAL(*code != '\0', cases[i].found);
		CU_ASSERT_TRUE(strstr(v3_location(&v), cases[i].where) != NULL);
		CU_ASSERT_PTR_NULL(v3_node(&v, ACT "/queryAck/resultTotalQuantity"));
		CU_ASSERT_TRUE(v.x.lacks || v.x.problem.code != PROBLEM_NONE);
	}
	v3_close(&v);
}

/* What of the answer is not drawn anew for each. */
static const char *but_for_ids(struct v3 *v)
{
	char *text = arena_text_n(v->f.arena, (const char *)v->answer.data, v->answer.length);
	char *id = strstr(text, "<id root=\"");
	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	memset(id + strlen("<id root=\""), 'x', 36);
	return text;
}

static void hidden_is_not_there(void)
{
	struct v3 hides, lacks;
	open_with_people(&hides);
	open_with_people(&lacks);
	const struct v3_edit who[] = { { "ヤマダ", "サカモト" }, { 0 } };
	static const struct who hidden = { C_DOMAIN,     "777", "サカモト", "ケンイチ",
					   "19410503", "M",   "0312345678", 0,
					   0,          0,     0,          0,
					   0 };
	people_feed(&hides.f, &hidden);
	hides.hide = true;
	ask(&hides, "west-gateway", who);
	ask(&lacks, "west-gateway", who);
	fprintf(stderr, "%s\n%s\n", but_for_ids(&hides), but_for_ids(&lacks));
	CU_ASSERT_STRING_EQUAL(but_for_ids(&hides), but_for_ids(&lacks));
	v3_close(&hides);
	v3_close(&lacks);
}

static const struct test tests[] = { { "the five cases", the_five_cases },
				     { "hidden is not there", hidden_is_not_there },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: Cross Gateway Patient Discovery", tests);
}
