/* tests/profiles/discovery_message_test.c: Cross Gateway Patient Discovery as we ask it, held
 * against its grammar, and what another community may answer (ITI TF-2: 3.55.4): a row a case. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/xcpd/discovery_message.h"

#define UUID "0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d11"
#define QUERY "0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d12"
#define CODE "JBSWY3DPEB3W64TMMQQQ4YTVOQQGS3TU"
#define NOW (INT64_C(1700000000) * 1000000)
#define SECOND INT64_C(1000000)

static struct person_name kana = { .family = "ヤマダ",
				   .given = "タロウ",
				   .representation = NAME_PHONETIC };
static struct person_name kanji = {
	.family = "山田", .given = "太郎", .representation = NAME_IDEOGRAPHIC, .next = &kana
};
static struct postal_address home = { .city = "仙台市",
				      .street = "青葉1-2-3",
				      .postal_code = "980-0001" };
static struct telecom phone = { .number = "022 123 4567", .use = "PRN" };
static const struct patient_demographics taro = {
	.names = &kanji,
	.birth_date = "19410503",
	.sex = "M",
	.addresses = &home,
	.telecoms = &phone,
};

static struct discovery_question question(void)
{
	return (struct discovery_question){ .id = UUID,
					    .query_id = QUERY,
					    .device = "2.999.10.1",
					    .home = "2.999.10",
					    .their_home = "2.999.30",
					    .domain = "2.999.1.77",
					    .code = CODE,
					    .who = &taro,
					    .keep_seconds = 604800,
					    .now = NOW };
}

/* The whole envelope; and held against the grammar of what we send. */
static const char *asked(struct arena *a, const struct discovery_question *q)
{
	const struct soap_call call = { .url = "https://west.example/xcpd",
					.action = DISCOVERY_ACTION,
					.message_id = "urn:uuid:" UUID,
					.write = discovery_write,
					.write_headers = discovery_write_headers,
					.what = q };
	const char *top = getenv("srcdir");
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_sent sent;
	soap_call_write(a, NULL, &call, &sent);
	const struct xml_document *d = xml_read(a, NULL, sent.body, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	const struct xml_grammar *g = xml_grammar_load(
		a, arena_printf(a, "%s/schemas/grammar/iti55-asked.rng", top == NULL ? "." : top),
		&p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	if (!xml_grammar_validate(a, g, xml_root(d), &p))
		fprintf(stderr, "%s: %s\n", p.where, p.what);
	CU_ASSERT_EQUAL(p.code, PROBLEM_NONE);
	return arena_text_n(a, (const char *)sent.body.data, sent.body.length);
}

static void has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fprintf(stderr, "there is no %s in %s\n", part, text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
}

static void has_not(const char *text, const char *part)
{
	CU_ASSERT_PTR_NULL(strstr(text, part));
}

/* 3.55.4.1.2: both ways of writing the name, and what a reverse query needs. */
static void demographics_and_our_code(void)
{
	struct arena *a = arena_create(8 << 20);
	const struct discovery_question q = question();
	const char *text = asked(a, &q);
	has(text,
	    "<sender typeCode=\"SND\"><device classCode=\"DEV\" determinerCode=\"INSTANCE\"><id "
	    "root=\"2.999.10.1\"/><asAgent classCode=\"AGNT\"><representedOrganization "
	    "classCode=\"ORG\" determinerCode=\"INSTANCE\"><id root=\"2.999.10\"/>");
	has(text, "<authorOrPerformer typeCode=\"AUT\"><assignedDevice classCode=\"ASSIGNED\"><id "
		  "root=\"2.999.1.77\"/>");
	has(text, "<livingSubjectId><value root=\"2.999.1.77\" extension=\"" CODE "\"/>"
		  "<semanticsText>LivingSubject.id</semanticsText>");
	has(text, "<value use=\"IDE\"><family>山田</family><given>太郎</given></value>");
	has(text, "<value use=\"SYL\"><family>ヤマダ</family><given>タロウ</given></value>");
	has(text, "<livingSubjectBirthTime><value value=\"19410503\"/>");
	has(text, "<livingSubjectAdministrativeGender><value code=\"M\"/>");
	has(text, "<city>仙台市</city>");
	has(text, "<value use=\"HP\" value=\"tel:0221234567\"/>");
	has(text, "<xcpd:CorrelationTimeToLive xmlns:xcpd=\"urn:ihe:iti:xcpd:2009\">PT604800S<");
	has_not(text, "SRCH");
	has_not(text, "urn:oid:");
	arena_destroy(a);
}

static void demographics_only(void)
{
	struct arena *a = arena_create(8 << 20);
	struct discovery_question q = question();
	q.code = NULL;
	q.keep_seconds = 0;
	const char *text = asked(a, &q);
	has_not(text, "livingSubjectId");
	has_not(text, "authorOrPerformer");
	has_not(text, "CorrelationTimeToLive");
	has(text, "2.999.10\"/></representedOrganization>");
	arena_destroy(a);
}

/* Name and birth date are optional then (3.55.4.1.2.1). */
static void a_shared_id(void)
{
	struct arena *a = arena_create(8 << 20);
	struct discovery_question q = question();
	const struct patient_identifier shared = { .id = "58910", .universal_id = "2.999.4.1" };
	q.who = NULL;
	q.shared = &shared;
	const char *text = asked(a, &q);
	has(text, CODE);
	has(text, "<value root=\"2.999.4.1\" extension=\"58910\"/>");
	has_not(text, "livingSubjectName");
	arena_destroy(a);
}

/* Whoever reads the records does not know him behind his code. */
static void what_is_recorded(void)
{
	struct arena *a = arena_create(8 << 20);
	const struct discovery_question q = question();
	struct bytes octets = discovery_recorded(a, &q);
	const char *text = arena_text_n(a, (const char *)octets.data, octets.length);
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_PTR_NOT_NULL(xml_read(a, NULL, octets, &p));
	has(text, "19410503");
	has_not(text, CODE);
	arena_destroy(a);
}

/* ---- Answers ---- */

#define HEAD "<PRPA_IN201306UV02 xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\"><id root=\"x\"/>"
#define ACK(code) ACK_OF(code, UUID)
#define ACK_OF(code, of)                                                                           \
	"<acknowledgement><typeCode code=\"" code "\"/><targetMessage><id root=\"" of              \
	"\"/></targetMessage></acknowledgement>"
#define ACT "<controlActProcess classCode=\"CACT\" moodCode=\"EVN\">"
#define ASKED(code) ASKED_OF(code, QUERY)
#define ASKED_OF(code, of)                                                                         \
	"<queryAck><queryId root=\"" of "\"/><statusCode code=\"deliveredResponse\"/>"             \
	"<queryResponseCode code=\"" code "\"/></queryAck>"
#define TAIL "</controlActProcess></PRPA_IN201306UV02>"
#define TARO                                                                                       \
	"<patientPerson><name use=\"IDE\"><family>山田</family><given>太郎</given></name>"     \
	"<administrativeGenderCode code=\"M\"/><birthTime value=\"19410503\"/></patientPerson>"
#define ID(id) "<id root=\"2.999.30.1\" extension=\"" id "\"/>"
#define EVENT_OF(home, ids, person, more)                                                          \
	"<subject><registrationEvent><subject1><patient>" ids                                      \
	"<statusCode code=\"active\"/>" person                                                     \
	"</patient></subject1><custodian><assignedEntity><id root=\"" home "\"/>" more             \
	"</assignedEntity></custodian></registrationEvent></subject>"
#define EVENT(home, ids, person) EVENT_OF(home, ids, person, "")
#define LOCATORS "1.3.6.1.4.1.19376.1.2.27.2"
#define LOCATED(code, system)                                                                      \
	EVENT_OF("2.999.30", ID("w-1"), TARO, "<code code=\"" code "\" codeSystem=\"" system "\"/>")
#define ISSUE(inside) "<reasonOf><detectedIssueEvent>" inside "</detectedIssueEvent></reasonOf>"
#define WANTS(code)                                                                                \
	"<triggerFor><actOrderRequired><code code=\"" code                                         \
	"\" codeSystem=\"1.3.6.1.4.1.19376.1.2.27.1\"/></actOrderRequired></triggerFor>"
#define BECAUSE(code)                                                                              \
	"<mitigatedBy><detectedIssueManagement><code code=\"" code                                 \
	"\" codeSystem=\"1.3.6.1.4.1.19376.1.2.27.3\"/></detectedIssueManagement></mitigatedBy>"
#define FOUR(x) x x x x

/* `why` NULL: it is an answer, of that kind. */
static const struct answered {
	const char *name, *body, *why;
	enum discovery_said said;
	unsigned persons, foreign, wants;
	bool locator;
	const char *reason;
} answers[] = {
	{ .name = "case 1: exactly one",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", ID("w-1"), TARO) ASKED("OK") TAIL,
	  .said = DISCOVERY_KNOWN,
	  .persons = 1 },
	{ .name = "the same twice is one",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", ID("w-1"), TARO)
		  EVENT("2.999.30", ID("w-1"), TARO) ASKED("OK") TAIL,
	  .said = DISCOVERY_KNOWN,
	  .persons = 1 },
	{ .name = "one, of a Health Data Locator",
	  .body = HEAD ACK("AA") ACT LOCATED("SupportsHealthDataLocator", LOCATORS) ASKED("OK")
		  TAIL,
	  .said = DISCOVERY_KNOWN,
	  .persons = 1,
	  .locator = true },
	{ .name = "one, of no Health Data Locator",
	  .body = HEAD ACK("AA") ACT LOCATED("NotHealthDataLocator", LOCATORS) ASKED("OK") TAIL,
	  .said = DISCOVERY_KNOWN,
	  .persons = 1 },
	{ .name = "one, of whom another system's code is said",
	  .body = HEAD ACK("AA") ACT LOCATED("SupportsHealthDataLocator", "2.999.1") ASKED("OK")
		  TAIL,
	  .said = DISCOVERY_KNOWN,
	  .persons = 1 },
	{ .name = "case 2: two, and none is chosen",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", ID("w-1"), TARO)
		  EVENT("2.999.30", ID("w-2"), TARO) ASKED("OK") TAIL,
	  .said = DISCOVERY_SEVERAL,
	  .persons = 2 },
	{ .name = "one of theirs, one of another community's",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.31", ID("z"), TARO)
		  EVENT("2.999.30", ID("w-1"), TARO) ASKED("OK") TAIL,
	  .said = DISCOVERY_KNOWN,
	  .persons = 1,
	  .foreign = 1 },
	{ .name = "only another community's",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.31", ID("z"), TARO) ASKED("OK") TAIL,
	  .why = "only persons of another community" },
	{ .name = "no custodian is nobody's",
	  .body = HEAD ACK("AA") ACT "<subject><registrationEvent><subject1><patient>" ID("w-1")
		  TARO "</patient></subject1></registrationEvent></subject>" ASKED("OK") TAIL,
	  .why = "only persons of another community" },
	{ .name = "case 3: more attributes would help",
	  .body = HEAD ACK("AA") ACT ISSUE(WANTS("PatientAddressRequested") WANTS(
		  "MothersMaidenNameRequested") WANTS("Else")) ASKED("OK") TAIL,
	  .said = DISCOVERY_MORE,
	  .wants = 1u << 1 | 1u << 5 },
	{ .name = "case 3: nothing would help",
	  .body = HEAD ACK("AA") ACT ASKED("OK") TAIL,
	  .said = DISCOVERY_MORE },
	{ .name = "case 4: nobody",
	  .body = HEAD ACK("AA") ACT ASKED("NF") TAIL,
	  .said = DISCOVERY_UNKNOWN },
	{ .name = "case 5: busy",
	  .body = HEAD ACK("AE") ACT ISSUE(BECAUSE("ResponderBusy")) ASKED("AE") TAIL,
	  .said = DISCOVERY_CANNOT,
	  .reason = "ResponderBusy" },
	{ .name = "case 5 with words of its own",
	  .body = HEAD ACK("AE") ACT ISSUE(BECAUSE("山田")) ASKED("AE") TAIL,
	  .said = DISCOVERY_CANNOT },
	{ .name = "case 5 without a reason",
	  .body = HEAD ACK("AA") ACT ASKED("QE") TAIL,
	  .said = DISCOVERY_CANNOT },
	{ .name = "it could not, and names somebody",
	  .body = HEAD ACK("AE") ACT EVENT("2.999.30", ID("w-1"), TARO) ASKED("AE") TAIL,
	  .why = "could not answer, and names" },
	{ .name = "nobody, and somebody",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", ID("w-1"), TARO) ASKED("NF") TAIL,
	  .why = "knows nobody, and names" },
	{ .name = "an acknowledgement of its own",
	  .body = HEAD ACK("CA") ACT ASKED("OK") TAIL,
	  .why = "none that is known" },
	{ .name = "another query's",
	  .body = HEAD ACK("AA") ACT ASKED_OF("NF", UUID) TAIL,
	  .why = "to another query" },
	{ .name = "another message's",
	  .body = HEAD ACK_OF("AA", QUERY) ACT ASKED("NF") TAIL,
	  .why = "another message" },
	{ .name = "no queryAck",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", ID("w-1"), TARO) TAIL,
	  .why = "must each stand there once" },
	{ .name = "two queryAcks",
	  .body = HEAD ACK("AA") ACT ASKED("NF") ASKED("OK") TAIL,
	  .why = "must each stand there once" },
	{ .name = "an accept acknowledgement",
	  .body = "<MCCI_IN000002UV01 xmlns=\"urn:hl7-org:v3\">" ACK("AE") "</MCCI_IN000002UV01>",
	  .why = "no PRPA_IN201306UV02" },
	{ .name = "two ids of one patient",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", ID("w-1") ID("w-2"), TARO) ASKED("OK") TAIL,
	  .why = "exactly one id" },
	{ .name = "no id",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", "", TARO) ASKED("OK") TAIL,
	  .why = "exactly one id" },
	{ .name = "an id that is null",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", "<id nullFlavor=\"UNK\"/>", TARO) ASKED("OK")
		  TAIL,
	  .why = "a root and an extension" },
	{ .name = "an Individual Number",
	  .body = HEAD ACK("AA") ACT EVENT("2.999.30", ID("123456789018"), TARO) ASKED("OK") TAIL,
	  .why = "Individual Number" },
	{ .name = "sixteen are read",
	  .body = HEAD ACK("AA") ACT FOUR(FOUR(EVENT("2.999.30", ID("w-1"), TARO))) ASKED("OK")
		  TAIL,
	  .said = DISCOVERY_KNOWN,
	  .persons = 1 },
	{ .name = "seventeen are too many",
	  .body = HEAD ACK("AA") ACT FOUR(FOUR(EVENT("2.999.30", ID("w-1"), TARO)))
		  EVENT("2.999.30", ID("w-1"), TARO) ASKED("OK") TAIL,
	  .why = "more persons than" },
	{ .name = "two patients of one event",
	  .body = HEAD ACK("AA") ACT "<subject><registrationEvent><subject1><patient>" ID(
		  "w-1") "</patient><patient/></subject1></registrationEvent></subject>" ASKED("OK")
		  TAIL,
	  .why = "exactly one patient" },
	{ .name = "one whose name is withheld",
	  .body = HEAD ACK("AA") ACT EVENT(
		  "2.999.30", ID("w-1"), "<patientPerson><name nullFlavor=\"NA\"/></patientPerson>")
		  ASKED("OK") TAIL,
	  .said = DISCOVERY_KNOWN,
	  .persons = 1 },
};

static const struct soap_message *message(struct arena *a, const char *header, const char *body)
{
	struct soap_message *m = arena_new(a, struct soap_message);
	struct problem p = { .code = PROBLEM_NONE };
	const struct xml_document *h = xml_read(a, NULL, bytes_of_text(header), &p);
	const struct xml_document *b = xml_read(a, NULL, bytes_of_text(body), &p);
	*m = (struct soap_message){ .header = h == NULL ? NULL : xml_root(h),
				    .body = b == NULL ? NULL : xml_root(b) };
	return m;
}

static void what_is_answered(void)
{
	for (size_t i = 0; i < COUNT(answers); i++) {
		const struct answered *c = &answers[i];
		struct arena *a = arena_create(8 << 20);
		const struct discovery_question q = question();
		struct problem p = { .code = PROBLEM_NONE };
		struct discovery_answer out;
		const struct soap_message *m = message(a, "<h/>", c->body);
		bool is_answer = m->body != NULL && discovery_read(a, m, &q, &out, &p);
		bool right = is_answer == (c->why == NULL);
		if (right && c->why != NULL)
			right = strstr(p.what, c->why) != NULL && strstr(p.what, "山田") == NULL;
		if (right && is_answer)
			right = out.said == c->said && out.persons == c->persons
				&& out.foreign == c->foreign && out.locator == c->locator
				&& out.wants == c->wants
				&& text_equal(out.reason, c->reason == NULL ? "" : c->reason);
		if (!right)
			fprintf(stderr, "%s: %s\n", c->name, is_answer ? "an answer" : p.what);
		CU_ASSERT_TRUE(right);
		arena_destroy(a);
	}
}

static void who_it_is(void)
{
	struct arena *a = arena_create(8 << 20);
	const struct discovery_question q = question();
	struct problem p = { .code = PROBLEM_NONE };
	struct discovery_answer out;
	CU_ASSERT_TRUE_FATAL(discovery_read(a, message(a, "<h/>", answers[0].body), &q, &out, &p));
	CU_ASSERT_STRING_EQUAL(out.id->id, "w-1");
	CU_ASSERT_STRING_EQUAL(out.id->universal_id, "2.999.30.1");
	CU_ASSERT_STRING_EQUAL(out.who.names->family, "山田");
	CU_ASSERT_STRING_EQUAL(out.who.birth_date, "19410503");
	CU_ASSERT_STRING_EQUAL(out.who.sex, "M");
	arena_destroy(a);
}

/* CorrelationTimeToLive (3.55.4.2.2): without one that can be read nothing is kept. */
static void how_long(void)
{
#define TTL(text)                                                                                  \
	"<x:CorrelationTimeToLive xmlns:x=\"urn:ihe:iti:xcpd:2009\">" text                         \
	"</x:CorrelationTimeToLive>"
	static const struct {
		const char *header;
		instant until;
	} cases[] = {
		{ "<h/>", 0 },
		{ "<h>" TTL("PT10S") "</h>", NOW + 10 * SECOND },
		{ "<h>" TTL(" P0Y0M7D\n") "</h>", NOW + 7 * 86400 * SECOND },
		{ "<h>" TTL("-P1D") "</h>", 0 },
		{ "<h>" TTL("PT0S") "</h>", 0 },
		{ "<h>" TTL("for ever") "</h>", 0 },
		{ "<h>" TTL("PT10S") TTL("P7D") "</h>", 0 },
		{ "<h><CorrelationTimeToLive>P7D</CorrelationTimeToLive></h>", 0 },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(8 << 20);
		const struct discovery_question q = question();
		struct problem p = { .code = PROBLEM_NONE };
		struct discovery_answer out;
		const struct soap_message *m = message(a, cases[i].header, answers[0].body);
		CU_ASSERT_TRUE(discovery_read(a, m, &q, &out, &p));
		CU_ASSERT_EQUAL(out.until, cases[i].until);
		arena_destroy(a);
	}
}

static void words(void)
{
	for (int i = 0; i < DISCOVERY_SAIDS; i++)
		CU_ASSERT_PTR_NOT_NULL(discovery_said_name((enum discovery_said)i));
	for (int i = 0; i < DISCOVERY_WANTS; i++)
		CU_ASSERT_PTR_NOT_NULL(discovery_wanted[i]);
}

static const struct test tests[] = {
	{ "demographics and our code", demographics_and_our_code },
	{ "demographics only", demographics_only },
	{ "a shared id", a_shared_id },
	{ "what is recorded", what_is_recorded },
	{ "what is answered", what_is_answered },
	{ "who it is", who_it_is },
	{ "how long", how_long },
	{ "words", words },
	{ 0 },
};

int main(void)
{
	return suite_run("ITI-55, asked", tests);
}
