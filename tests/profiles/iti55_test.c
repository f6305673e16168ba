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
 *	the same, another's id		one sure			OK, and a conflict
 *	its own id alone		mapped, hidden, unknown		OK, NF, NF
 *	our code alone			given, revoked, another's	OK, NF, NF
 *	an id of a domain nobody knows	-				AE 204, AnswerNotAvailable
 */
#define PEOPLE_MATCHING MATCHING_LINK
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "tests/profiles/iti55_scene.h"

static uint64_t number_of(struct v3 *v, const char *domain, const char *id)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(v->f.store, &p);
	struct patient_record r = { .number = 0 };
	fixture_must(&v->f, t != NULL && identity_find(t, v->f.arena, domain, id, &r));
	store_end(t);
	return r.number;
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
		const char *code = xml_attribute(xml_child(xml_first_element(n), V3, "code"),
						 "code");
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
	{ "case 1: another community",
	  "east-gateway",
	  { { "<id root=\"2.999.30\"/>", "<id root=\"2.999.31\"/>" } },
	  false,
	  "AA",
	  "OK",
	  true,
	  "",
	  "" },
	{ "case 1: the home community is not said",
	  "west-gateway",
	  { { "<id root=\"2.999.30\"/>", "<id nullFlavor=\"NI\"/>" } },
	  false,
	  "AA",
	  "OK",
	  true,
	  "",
	  "" },
	{ "case 1: hidden by consent",
	  "west-gateway",
	  { { NULL, NULL } },
	  true,
	  "AA",
	  "NF",
	  false,
	  "",
	  "" },
	{ "case 3: no address, no telecom",
	  "west-gateway",
	  { { TELECOM, "" } },
	  false,
	  "AA",
	  "OK",
	  false,
	  "PatientAddressRequested PatientTelecomRequested",
	  "" },
	{ "case 3: nor a sex",
	  "west-gateway",
	  { { SEX, "" }, { TELECOM, "" } },
	  false,
	  "AA",
	  "OK",
	  false,
	  GENDER_WANTED " PatientAddressRequested PatientTelecomRequested",
	  "" },
	{ "case 3: near, and hidden",
	  "west-gateway",
	  { { TELECOM, "" } },
	  true,
	  "AA",
	  "NF",
	  false,
	  "",
	  "" },
	{ "case 4: another name",
	  "west-gateway",
	  { { "ヤマダ", "コバヤシ" }, { "ケンイチ", "タロウ" } },
	  false,
	  "AA",
	  "NF",
	  false,
	  "",
	  "" },
	{ "case 3: another sex may be a slip, where all else is the same",
	  "west-gateway",
	  { { "code=\"M\"", "code=\"F\"" } },
	  false,
	  "AA",
	  "OK",
	  false,
	  "PatientAddressRequested",
	  "" },
	{ "case 5: near, and all is said",
	  "west-gateway",
	  { { "tel:0312345678", "tel:0399999999" }, { ENDS, ADDRESS ENDS } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "AnswerNotAvailable",
	  "" },
	{ "case 5: the same of whom it may not see",
	  "west-gateway",
	  { { "tel:0312345678", "tel:0399999999" }, { ENDS, ADDRESS ENDS } },
	  true,
	  "AA",
	  "NF",
	  false,
	  "",
	  "" },
	{ "by no name",
	  "west-gateway",
	  { { "<family>ヤマダ</family><given>ケンイチ</given>", "" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "/livingSubjectName/value" },
	{ "names by their sound",
	  "west-gateway",
	  { { "use=\"SYL\"", "use=\"SRCH\"" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "/livingSubjectName/value" },
	{ "an asterisk",
	  "west-gateway",
	  { { "ケンイチ", "ケン*" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "/livingSubjectName/value" },
	{ "without birth time",
	  "west-gateway",
	  { { BIRTH, "" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "" },
	{ "other ids are not asked for",
	  "west-gateway",
	  { { ENDS, "<otherIDsScopingOrganization><value root=\"2.999.1\"/>"
		    "</otherIDsScopingOrganization>" ENDS } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "/otherIDsScopingOrganization" },
	{ "a range that ends before it begins",
	  "west-gateway",
	  { { "<value value=\"19410503\"/>",
	      "<value><low value=\"1942\"/><high value=\"1941\"/></value>" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "/livingSubjectBirthTime/value" },
	{ "on behalf of another community",
	  "west-gateway",
	  { { "<id root=\"2.999.30\"/>", "<id root=\"2.999.31\"/>" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "AnswerNotAvailable",
	  "" },
	{ "an id of nobody's domain alone",
	  "west-gateway",
	  { { SEX, "" }, { BIRTH, ID("2.999.777", "1") }, { NAME, "" }, { TELECOM, "" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "AnswerNotAvailable",
	  "/livingSubjectId/value" },
	{ "a duration that is none",
	  "west-gateway",
	  { { "P0Y0M7D", "a week" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "" },
	{ "a priority that is none",
	  "west-gateway",
	  { { "code=\"I\"", "code=\"X\"" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "" },
	{ "later, by the action of at once",
	  "west-gateway",
	  { { "code=\"I\"", "code=\"D\"" } },
	  false,
	  "AE",
	  "AE",
	  false,
	  "",
	  "" },
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
	close_all(&v);
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
	static const struct who hidden = {
		C_DOMAIN, "777", "サカモト", "リョウ", "19620707", "M", "0666666666",
		0,        0,     0,          0,        0,          0
	};
	static const struct v3_edit who[] = { { "19410503", "19620707" },
					      { "ヤマダ", "サカモト" },
					      { "ケンイチ", "リョウ" },
					      { "0312345678", "0666666666" },
					      { 0 } };
	static const struct v3_edit near[] = { { "19410503", "19620707" },
					       { "ヤマダ", "サカモト" },
					       { "ケンイチ", "リョウ" },
					       { TELECOM, "" },
					       { 0 } };
	static const struct v3_edit *const asked[] = { who, near };
	struct v3 hides, lacks;
	open_with_people(&hides);
	open_with_people(&lacks);
	people_feed(&hides.f, &hidden);
	for (size_t i = 0; i < COUNT(asked); i++) {
		hides.hidden = 0;
		ask(&hides, "west-gateway", asked[i]);
		CU_ASSERT_STRING_EQUAL(v3_code(&hides, ACT "/queryAck/queryResponseCode"), "OK");
		hides.hidden = number_of(&hides, C_DOMAIN, "777");
		ask(&hides, "west-gateway", asked[i]);
		ask(&lacks, "west-gateway", asked[i]);
		CU_ASSERT_STRING_EQUAL(v3_code(&hides, ACT "/queryAck/queryResponseCode"), "NF");
		CU_ASSERT_STRING_EQUAL(but_for_ids(&hides), but_for_ids(&lacks));
	}
	close_all(&hides);
	close_all(&lacks);
}

/* The same code, whatever is asked with; another community's is another. */
static void one_code_of_each_community(void)
{
	static const struct v3_edit east[] = {
		{ "<id root=\"2.999.30\"/>", "<id root=\"2.999.31\"/>" }, { 0 }
	};
	struct v3 v;
	open_with_people(&v);
	ask(&v, "west-gateway", NULL);
	const char *code = code_of(&v);
	CU_ASSERT_EQUAL(strlen(code), PARTNER_CODE_TEXT - 1);
	CU_ASSERT_STRING_EQUAL(xml_attribute(v3_node(&v, ACT "/subject/registrationEvent/custodian/"
							     "assignedEntity/id"),
					     "root"),
			       "2.999.10");
	CU_ASSERT_PTR_NULL(xml_next(xml_child(patient_of(&v), V3, "id"), V3, "id"));
	/* What crosses the border: no id of ours, nor the region's. */
	const char *all = arena_text_n(v.f.arena, (const char *)v.answer.data, v.answer.length);
	CU_ASSERT_PTR_NULL(strstr(all, A_DOMAIN));
	CU_ASSERT_PTR_NULL(strstr(all, "\"" AFFINITY "\""));
	ask(&v, "west-gateway", NULL);
	CU_ASSERT_STRING_EQUAL(code_of(&v), code);
	ask(&v, "east-gateway", east);
	CU_ASSERT_STRING_NOT_EQUAL(code_of(&v), code);
	close_all(&v);
}

/* ---- By ids ---- */

/* The id alone, in the place of all else. */
static void ask_by_id(struct v3 *v, const char *system, const char *root, const char *id)
{
	const struct v3_edit edits[] = {
		{ SEX, "" },
		{ BIRTH, arena_printf(v->f.arena,
				      "<livingSubjectId><value root=\"%s\" extension=\"%s\"/>"
				      "</livingSubjectId>",
				      root, id) },
		{ NAME, "" },
		{ TELECOM, "" },
		{ text_equal(system, "east-gateway") ? "<id root=\"2.999.30\"/>" : "<env:Body>",
		  text_equal(system, "east-gateway") ? "<id root=\"2.999.31\"/>" : "<env:Body>" },
		{ 0 }
	};
	ask(v, system, edits);
}

static const char *response_of(const struct v3 *v)
{
	return v3_code(v, ACT "/queryAck/queryResponseCode");
}

static void our_code_alone(void)
{
	struct v3 v;
	open_with_people(&v);
	ask(&v, "west-gateway", NULL);
	const char *code = arena_text(v.f.arena, code_of(&v));
	ask_by_id(&v, "west-gateway", CODES, code);
	CU_ASSERT_STRING_EQUAL(code_of(&v), code);
	CU_ASSERT_STRING_EQUAL(response_of(&v), "OK");
	ask_by_id(&v, "west-gateway", "urn:oid:" CODES, code);
	CU_ASSERT_STRING_EQUAL(response_of(&v), "OK");
	/* It was not given to another. */
	ask_by_id(&v, "east-gateway", CODES, code);
	CU_ASSERT_STRING_EQUAL(response_of(&v), "NF");
	v.hide = true;
	ask_by_id(&v, "west-gateway", CODES, code);
	CU_ASSERT_STRING_EQUAL(response_of(&v), "NF");
	v.hide = false;
	ask_by_id(&v, "west-gateway", CODES, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "NF");
	/* With what is said of somebody else it is nobody's. */
	const struct v3_edit other[] = { { "ヤマダ", "コバヤシ" },
					 { "ケンイチ", "タロウ" },
					 { "<livingSubjectName>",
					   arena_printf(v.f.arena,
							"<livingSubjectId><value root=\"" CODES
							"\" extension=\"%s\"/>"
							"</livingSubjectId><livingSubjectName>",
							code) },
					 { 0 } };
	ask(&v, "west-gateway", other);
	CU_ASSERT_STRING_EQUAL(response_of(&v), "AE");
	CU_ASSERT_STRING_EQUAL(issues(&v), "AnswerNotAvailable");
	close_all(&v);
}

/* Neither a facility's id nor the region's says anything to who is not to see it. */
static void ids_of_the_region(void)
{
	static const struct who shared_id = {
		C_DOMAIN, "555", "スズキ", "ハナ", "19500101", "F", "0387654321", 0, 0, 0, 0, 0, 0
	};
	struct v3 v;
	open_with_people(&v);
	people_feed(&v.f, &shared_id);
	ask_by_id(&v, "west-gateway", A_DOMAIN, "101");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "AE");
	ask_by_id(&v, "west-gateway", AFFINITY, "1");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "AE");
	ask_by_id(&v, "east-gateway", C_DOMAIN, "555");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "OK");
	ask_by_id(&v, "east-gateway", C_DOMAIN, "556");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "NF");
	v.hide = true;
	ask_by_id(&v, "east-gateway", C_DOMAIN, "555");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "NF");
	close_all(&v);
}

/* ---- Ids of theirs ---- */

static uint64_t person_of_theirs(struct v3 *v, const char *id, unsigned *conflicts)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(v->f.store, &p);
	struct partner_id found;
	fixture_must(&v->f, t != NULL);
	uint64_t person = partner_id_find(t, v->f.arena, "west", THEIRS, id, &found) ? found.person
										     : 0;
	*conflicts = 0;
	for (const struct partner_conflict *c = partner_conflicts(t, v->f.arena, "west", 0, 10);
	     c != NULL; c = c->next)
		(*conflicts)++;
	store_end(t);
	return person;
}

static void ask_with(struct v3 *v, const char *id, const char *family, const char *ttl)
{
	const struct v3_edit edits[] = { { "P0Y0M7D", ttl },
					 { "<livingSubjectName>",
					   arena_printf(v->f.arena,
							"<livingSubjectId><value root=\"" THEIRS
							"\" extension=\"%s\"/>"
							"</livingSubjectId><livingSubjectName>",
							id) },
					 { "ヤマダ", family },
					 { 0 } };
	ask(v, "west-gateway", edits);
}

static void their_id_is_kept(void)
{
	struct v3 v;
	unsigned conflicts;
	open_with_people(&v);
	/* Not for nothing, nor of whom nobody is sure. */
	ask_with(&v, "w1", "ヤマダ", "P0D");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "OK");
	CU_ASSERT_EQUAL(person_of_theirs(&v, "w1", &conflicts), 0);
	ask_by_id(&v, "west-gateway", THEIRS, "w1");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "NF");
	v.hide = true;
	ask_with(&v, "w1", "ヤマダ", "P7D");
	CU_ASSERT_EQUAL(person_of_theirs(&v, "w1", &conflicts), 0);
	v.hide = false;
	ask_with(&v, "w1", "ヤマダ", "P7D");
	const char *code = arena_text(v.f.arena, code_of(&v));
	uint64_t person = person_of_theirs(&v, "w1", &conflicts);
	CU_ASSERT_NOT_EQUAL(person, 0);
	ask_by_id(&v, "west-gateway", THEIRS, "w1");
	CU_ASSERT_STRING_EQUAL(code_of(&v), code);
	v.hide = true;
	ask_by_id(&v, "west-gateway", THEIRS, "w1");
	CU_ASSERT_STRING_EQUAL(response_of(&v), "NF");
	v.hide = false;
	/* A second id of his is raised, once, and changes nothing; he is told all the same. */
	for (int again = 0; again < 2; again++) {
		ask_with(&v, "w2", "ヤマダ", "P7D");
		CU_ASSERT_STRING_EQUAL(code_of(&v), code);
		CU_ASSERT_EQUAL(person_of_theirs(&v, "w2", &conflicts), 0);
		CU_ASSERT_EQUAL(person_of_theirs(&v, "w1", &conflicts), person);
		CU_ASSERT_EQUAL(conflicts, 1);
	}
	close_all(&v);
}

/* An authority of ours is nobody else's, whatever the message says. */
static void ours_is_not_theirs(void)
{
	static const struct v3_edit edits[] = {
		{ "<id root=\"" THEIRS "\"/>", "<id root=\"" A_DOMAIN "\"/>" },
		{ "<livingSubjectName>", ID(A_DOMAIN, "103") "<livingSubjectName>" },
		{ 0 }
	};
	struct partner_id found;
	struct problem p = { .code = PROBLEM_NONE };
	struct v3 v;
	open_with_people(&v);
	ask(&v, "west-gateway", edits);
	CU_ASSERT_STRING_EQUAL(response_of(&v), "OK");
	struct store_txn *t = store_begin_read(v.f.store, &p);
	fixture_must(&v.f, t != NULL);
	CU_ASSERT_FALSE(partner_id_find(t, v.f.arena, "west", A_DOMAIN, "103", &found));
	store_end(t);
	close_all(&v);
}

/* ---- What nobody keeps is said ---- */

static void what_nobody_keeps(void)
{
	static const struct v3_edit edits[] = {
		{ "<livingSubjectBirthTime>",
		  "<livingSubjectBirthPlaceAddress><value><city>大阪市</city></value>"
		  "</livingSubjectBirthPlaceAddress><livingSubjectBirthPlaceName><value>大阪</"
		  "value>"
		  "</livingSubjectBirthPlaceName><livingSubjectBirthTime>" },
		{ ENDS, "<principalCareProviderId><value root=\"2.999.5\" extension=\"1\"/>"
			"</principalCareProviderId>" ENDS },
		{ 0 }
	};
	struct v3 v;
	open_with_people(&v);
	ask(&v, "west-gateway", edits);
	CU_ASSERT_STRING_EQUAL(response_of(&v), "OK");
	CU_ASSERT_STRING_NOT_EQUAL(code_of(&v), "");
	unsigned warnings = 0;
	const struct xml_node *n = v3_node(&v, "acknowledgement/acknowledgementDetail");
	for (; n != NULL; n = xml_next(n, V3, "acknowledgementDetail"))
		warnings += text_equal(xml_attribute(n, "typeCode"), "W");
	CU_ASSERT_EQUAL(warnings, 3);
	close_all(&v);
}

/* ---- What is recorded ---- */

static void the_record(void)
{
	struct v3 v;
	open_with_people(&v);
	ask(&v, "west-gateway", NULL);
	const char *cx = arena_printf(v.f.arena, "%s^^^&" CODES "&ISO", code_of(&v));
	const struct audit_object *o = v.event.objects;
	CU_ASSERT_PTR_NOT_NULL_FATAL(o);
	CU_ASSERT_STRING_EQUAL(o->id, cx);
	CU_ASSERT_PTR_NOT_NULL_FATAL(o->next);
	CU_ASSERT_EQUAL(o->next->type_code_role, 24);
	CU_ASSERT_PTR_NOT_NULL_FATAL(o->next->details);
	CU_ASSERT_STRING_EQUAL(o->next->details->type, "ihe:homeCommunityID");
	CU_ASSERT_PTR_NULL(o->next->next);
	CU_ASSERT_PTR_NOT_NULL(v.event.about);
	v.hide = true;
	ask(&v, "west-gateway", NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(v.event.objects);
	CU_ASSERT_EQUAL(v.event.objects->type_code_role, 24);
	CU_ASSERT_PTR_NULL(v.event.objects->next);
	close_all(&v);
}

static const struct test tests[] = { { "the five cases", the_five_cases },
				     { "hidden is not there", hidden_is_not_there },
				     { "one code of each community", one_code_of_each_community },
				     { "our code alone", our_code_alone },
				     { "ids of the region", ids_of_the_region },
				     { "their id is kept", their_id_is_kept },
				     { "ours is not theirs", ours_is_not_theirs },
				     { "what nobody keeps", what_nobody_keeps },
				     { "the record", the_record },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: Cross Gateway Patient Discovery", tests);
}
