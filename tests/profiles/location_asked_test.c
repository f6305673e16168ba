/* tests/profiles/location_asked_test.c: a Health Data Locator is asked who else knows somebody (ITI
 * TF-2: 3.56): what it is asked, held against its grammar, and what is made of each answer. The
 * road is played. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/transaction.h"
#include "profiles/xcpd/discovery_asked.h"
#include "profiles/xcpd/location_asked.h"
#include "profiles/xcpd/location_message.h"

enum { RECORD = 7 };

static const struct partner partners[] = {
	{ .name = "west", .url = "https://west.example/", .home_community_id = "urn:oid:2.999.30" },
	{ .name = "east", .url = "https://east.example/", .home_community_id = "urn:oid:2.999.31" },
	{ .name = "south", .url = "https://s.example/", .home_community_id = "urn:oid:2.999.32" },
	{ .name = "mailbox", .url = "https://mailbox.example/" },
};
static const struct region region = {
	.home_community_id = "urn:oid:2.999.10",
	.partners = partners,
	.partner_count = COUNT(partners),
};
static const struct discovered known = { .as = DISCOVERED_ID, .domain = "2.999.30.1", .id = "w-1" };

struct scene {
	struct arena *arena;
	struct exchange x;
};

static void begin(struct scene *s)
{
	s->arena = arena_create(8 << 20);
	s->x = (struct exchange){ .arena = s->arena, .id = "x", .region = &region };
}

static struct located asked(struct scene *s, const struct partner *to)
{
	struct located out;
	location_asked(&s->x, RECORD, to, &known, &out);
	return out;
}

static const char *what_is_asked(struct scene *s, const struct exchange_call *c)
{
	const struct soap_call call = {
		.url = c->to->url,
		.action = c->what->action,
		.message_id = "urn:uuid:0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d11",
		.write = c->what->write,
		.what = c->request
	};
	const char *top = getenv("srcdir");
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_sent sent;
	soap_call_write(s->arena, NULL, &call, &sent);
	const struct xml_grammar *g = xml_grammar_load(
		s->arena,
		arena_printf(s->arena, "%s/schemas/grammar/iti56-request.rng",
			     top == NULL ? "." : top),
		&p);
	const struct xml_document *d = xml_read(s->arena, NULL, sent.body, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	if (!xml_grammar_validate(s->arena, g, xml_root(d), &p))
		fprintf(stderr, "%s: %s\n", p.where, p.what);
	CU_ASSERT_EQUAL(p.code, PROBLEM_NONE);
	return arena_text_n(s->arena, (const char *)sent.body.data, sent.body.length);
}

/* By the id that it told itself, once, however often call() runs. */
static void the_question(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_EQUAL(asked(&s, &partners[0]).as, LOCATED_NOT_YET);
	CU_ASSERT_EQUAL(asked(&s, &partners[0]).as, LOCATED_NOT_YET);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.x.calls);
	CU_ASSERT_PTR_NULL(s.x.calls->next);
	const char *text = what_is_asked(&s, s.x.calls);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "root=\"2.999.30.1\" extension=\"w-1\""));
	CU_ASSERT_STRING_EQUAL(s.x.calls->what->code, "ITI-56");
	CU_ASSERT_EQUAL(asked(&s, &partners[1]).as, LOCATED_NOT_YET);
	CU_ASSERT_PTR_NOT_NULL(s.x.calls->next);
	arena_destroy(s.arena);
}

#define HOME(text) "<HomeCommunityId>" text "</HomeCommunityId>"
#define ID "<RequestedPatientId root=\"2.999.30.1\" extension=\"w-1\"/>"
#define AT(home) "<PatientLocationResponse>" HOME(home) ID "</PatientLocationResponse>"
#define ANSWER(each)                                                                               \
	"<PatientLocationQueryResponse xmlns=\"urn:ihe:iti:xcpd:2009\">" each                      \
	"</PatientLocationQueryResponse>"
#define EIGHT(x) x x x x x x x x

static const struct {
	const char *name, *body;
	const char *named; /* partners, in order, each with a blank */
	const char *strangers;
	unsigned left_out;
	const char *why; /* NULL: it is an answer */
} answers[] = {
	{ .name = "nobody", .body = ANSWER(""), .named = "", .strangers = "" },
	{ .name = "two partners, in its order, each once",
	  .body = ANSWER(AT("urn:oid:2.999.32") AT(" urn:oid:2.999.31\n") AT("urn:oid:2.999.32")),
	  .named = "south east ",
	  .strangers = "" },
	{ .name = "us, itself, and who is no partner",
	  .body = ANSWER(AT("urn:oid:2.999.10") AT("urn:oid:2.999.30") AT("urn:oid:2.999.77")
				 AT("urn:oid:2.999.78")),
	  .named = "",
	  .strangers = "urn:oid:2.999.77, urn:oid:2.999.78",
	  .left_out = 2 },
	{ .name = "with an id that it says they have, which is theirs to say",
	  .body = ANSWER("<PatientLocationResponse>" HOME(
		  "urn:oid:2.999.31") "<"
				      "CorrespondingPatientId root=\"2.999.31.1\" "
				      "extension=\"e-9\"/>" ID "</PatientLocationResponse>"),
	  .named = "east ",
	  .strangers = "" },
	{ .name = "as many as are looked at",
	  .body = ANSWER(EIGHT(EIGHT(AT("urn:oid:2.999.31")))),
	  .named = "east ",
	  .strangers = "" },
	{ .name = "one more",
	  .body = ANSWER(EIGHT(EIGHT(AT("urn:oid:2.999.31"))) AT("urn:oid:2.999.31")),
	  .why = "more communities" },
	{ .name = "another patient's",
	  .body = ANSWER(AT("urn:oid:2.999.31") "<PatientLocationResponse>" HOME(
		  "urn:oid:2.999.32") "<RequestedPatientId root=\"2.999.30.1\" extension=\"w-2\"/>"
				      "</PatientLocationResponse>"),
	  .why = "of the patient" },
	{ .name = "another domain's",
	  .body = ANSWER("<PatientLocationResponse>" HOME(
		  "urn:oid:2.999.32") "<RequestedPatientId root=\"2.999.30\" extension=\"w-1\"/>"
				      "</PatientLocationResponse>"),
	  .why = "of the patient" },
	{ .name = "nobody's",
	  .body = ANSWER("<PatientLocationResponse>" HOME("urn:oid:2.999.32") "</Patient"
									      "LocationResponse>"),
	  .why = "of the patient" },
	{ .name = "two patients of one",
	  .body = ANSWER("<PatientLocationResponse>" HOME("urn:oid:2.999.32") ID ID
			 "</PatientLocationResponse>"),
	  .why = "of the patient" },
	{ .name = "two homes of one",
	  .body = ANSWER("<PatientLocationResponse>" HOME("urn:oid:2.999.32")
				 HOME("urn:oid:2.999.31") ID "</PatientLocationResponse>"),
	  .why = "one HomeCommunityId" },
	{ .name = "no home",
	  .body = ANSWER("<PatientLocationResponse>" ID "</PatientLocationResponse>"),
	  .why = "one HomeCommunityId" },
	{ .name = "a home that is no OID",
	  .body = ANSWER(AT("urn:oid:山田")),
	  .why = "one HomeCommunityId" },
	{ .name = "an OID alone", .body = ANSWER(AT("2.999.31")), .why = "one HomeCommunityId" },
	{ .name = "another body",
	  .body = "<PRPA_IN201306UV02 xmlns=\"urn:hl7-org:v3\"/>",
	  .why = "no PatientLocationQueryResponse" },
};

static bool is_made(struct scene *s, size_t i)
{
	struct soap_message *m = arena_new(s->arena, struct soap_message);
	struct problem p = { .code = PROBLEM_NONE };
	const char *named = "";
	asked(s, &partners[0]);
	m->body = xml_root(xml_read(s->arena, NULL, bytes_of_text(answers[i].body), &p));
	s->x.calls->answer = m;
	s->x.calls->over = true;
	struct located is = asked(s, &partners[0]);
	bool again = is.named_count == asked(s, &partners[0]).named_count;
	if (answers[i].why != NULL)
		return is.as == LOCATED_NO_ANSWER && is.named_count == 0
		       && s->x.calls->problem.code == PROBLEM_MALFORMED
		       && strstr(is.why, answers[i].why) != NULL && strstr(is.why, "山田") == NULL;
	for (size_t n = 0; n < is.named_count; n++)
		named = text_joined(s->arena, named, is.named[n]->name, " ", NULL);
	return again && is.as == LOCATED_TOLD && text_equal(named, answers[i].named)
	       && text_equal(is.strangers, answers[i].strangers)
	       && is.left_out == answers[i].left_out && s->x.calls->problem.code == PROBLEM_NONE;
}

static void what_is_made_of_it(void)
{
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct scene s;
		begin(&s);
		if (!is_made(&s, i)) {
			fprintf(stderr, "%s\n", answers[i].name);
			CU_FAIL("what is made of an answer");
		}
		arena_destroy(s.arena);
	}
}

static void no_answer(void)
{
	struct scene s;
	begin(&s);
	asked(&s, &partners[0]);
	s.x.calls->over = true;
	problem_set(&s.x.calls->problem, PROBLEM_BUSY, "it has not answered in time");
	struct located is = asked(&s, &partners[0]);
	CU_ASSERT_EQUAL(is.as, LOCATED_NO_ANSWER);
	CU_ASSERT_STRING_EQUAL(is.why, "it has not answered in time");
	arena_destroy(s.arena);
}

/* As what is asked of us: the patient by the id he is asked for by, and the query. */
static void what_is_recorded(void)
{
	struct scene s;
	struct audit_event e = { .event_id = 110112,
				 .type = { .code = "ITI-56", .scheme = "IHE Transactions" } };
	begin(&s);
	asked(&s, &partners[0]);
	s.x.calls->message_id = "urn:uuid:0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d11";
	s.x.calls->what->audited(&s.x, s.x.calls, &e);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e.objects);
	CU_ASSERT_STRING_EQUAL(e.objects->id, "w-1^^^&2.999.30.1&ISO");
	CU_ASSERT_PTR_NOT_NULL_FATAL(e.objects->next);
	CU_ASSERT_STRING_EQUAL(e.objects->next->id, s.x.calls->message_id);
	CU_ASSERT_STRING_EQUAL(e.objects->next->id_type.code, "ITI-56");
	CU_ASSERT_PTR_NOT_NULL_FATAL(e.about);
	CU_ASSERT_EQUAL(e.about->record, RECORD);
	arena_destroy(s.arena);
}

static const struct test tests[] = {
	{ "the question", the_question },
	{ "what is made of it", what_is_made_of_it },
	{ "no answer", no_answer },
	{ "what is recorded", what_is_recorded },
	{ 0 },
};

int main(void)
{
	return suite_run("who else knows somebody", tests);
}
