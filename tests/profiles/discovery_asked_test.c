/* tests/profiles/discovery_asked_test.c: another community is asked for a person of ours (ITI TF-2:
 * 3.55): whom it may be asked for, what it is told, and what is made and kept of what it answers.
 * The road is played: a job before, the answer, the job that concludes. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/transaction.h"
#include "profiles/xcpd/discovery_asked.h"
#include "tests/store/partners_scene.h"

#define SECOND INT64_C(1000000)

enum { KEPT = 3600, NEGATIVE = 300 };

static const struct registered_system systems[] = {
	{ .name = "a-hospital", .domains = a_domains },
	{ .name = "b-clinic", .domains = b_domains },
	{ .name = "c-hospital", .domains = c_domains },
	{ .name = "west-gateway", .community = "west" },
};
static const struct partner partners[] = {
	{ .name = "west",
	  .url = "https://west.example/",
	  .purposes = 1u << PARTNER_COMMUNITY,
	  .home_community_id = "urn:oid:2.999.30",
	  .keep_seconds = KEPT },
	{ .name = "east",
	  .url = "https://east.example/",
	  .purposes = 1u << PARTNER_COMMUNITY,
	  .home_community_id = "urn:oid:2.999.31" },
};
static const struct partner *const west = &partners[0], *const east = &partners[1];

struct scene {
	struct fixture f;
	struct region region;
	struct exchange x;
};

static void begin(struct scene *s)
{
	scene_open(&s->f);
	s->region = people_region;
	s->region.systems = systems;
	s->region.system_count = COUNT(systems);
	s->region.partners = partners;
	s->region.partner_count = COUNT(partners);
	s->region.home_community_id = "urn:oid:2.999.10";
	s->region.community_domain = "2.999.1.77";
}

/* A new exchange, so much later. */
static void anew(struct scene *s, instant later)
{
	s->x = (struct exchange){ .arena = s->f.arena,
				  .id = "x",
				  .now = 1000 * SECOND + later,
				  .random = &system_random,
				  .region = &s->region,
				  .store = s->f.store };
}

static void end_look(struct scene *s)
{
	store_end(s->x.txn);
	s->x.txn = NULL;
}

static bool first_run(struct store_txn *t, const void *with)
{
	const struct exchange *x = with;
	for (const struct exchange_first *f = x->first; f != NULL; f = f->next)
		if (!f->keep(x, t, f->what))
			return false;
	return true;
}

static void keep_first(struct scene *s)
{
	CU_ASSERT_TRUE(in_job(&s->f, first_run, &s->x));
	s->x.first = NULL;
}

static bool end_run(struct store_txn *t, const void *with)
{
	const struct exchange *x = with;
	for (const struct exchange_call *c = x->calls; c != NULL; c = c->next)
		if (!c->what->end(x, t, c))
			return false;
	return true;
}

static void conclude(struct scene *s)
{
	CU_ASSERT_TRUE(in_job(&s->f, end_run, &s->x));
}

static bool asks(struct scene *s, const struct who *w, const struct partner *to, bool again)
{
	uint64_t person = person_of(&s->f, w);
	bool done = again ? discovery_ask_anew(&s->x, person, to, false)
			  : discovery_ask(&s->x, person, to);
	end_look(s);
	CU_ASSERT_TRUE(done);
	if (s->x.first == NULL)
		return s->x.calls != NULL;
	keep_first(s);
	return asks(s, w, to, again);
}

static struct discovered told(struct scene *s, const struct who *w, const struct partner *to)
{
	struct discovered is;
	CU_ASSERT_TRUE(discovery_answered(&s->x, person_of(&s->f, w), to, &is));
	end_look(s);
	return is;
}

/* The child of the body, as text. */
static const char *asked(struct scene *s, const struct exchange_call *c)
{
	struct xml_writer *w = xml_writer_begin(s->f.arena);
	c->what->write(w, c->request);
	struct bytes octets = xml_writer_end(w);
	return arena_text_n(s->f.arena, (const char *)octets.data, octets.length);
}

/* What stands between the first of `before` and the next quotation mark. */
static const char *attribute(struct scene *s, const char *text, const char *before)
{
	const char *at = strstr(text, before);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	at += strlen(before);
	return arena_text_n(s->f.arena, at, strcspn(at, "\""));
}

/* ---- What the other community says ---- */

#define PERSON(family, given, birth)                                                               \
	"<patientPerson><name use=\"SYL\"><family>" family "</family><given>" given                \
	"</given></name><administrativeGenderCode code=\"M\"/><birthTime value=\"" birth           \
	"\"/></patientPerson>"
#define HIM PERSON("ヤマダ", "タロウ", "19410503")
#define EVENT(id, person)                                                                          \
	"<subject><registrationEvent><subject1><patient><id root=\"2.999.30.1\" extension=\"" id   \
	"\"/>" person "</patient></subject1><custodian><assignedEntity><id "                       \
	"root=\"2.999.30\"/></assignedEntity></custodian></registrationEvent></subject>"
#define WANTS                                                                                      \
	"<reasonOf><detectedIssueEvent><triggerFor><actOrderRequired><code "                       \
	"code=\"PatientAddressRequested\" codeSystem=\"1.3.6.1.4.1.19376.1.2.27.1\"/>"             \
	"</actOrderRequired></triggerFor></detectedIssueEvent></reasonOf>"

static const char *answer_to(struct scene *s, const char *question, const char *ack,
			     const char *events, const char *code)
{
	return arena_printf(
		s->f.arena,
		"<PRPA_IN201306UV02 xmlns=\"urn:hl7-org:v3\"><acknowledgement><typeCode "
		"code=\"%s\"/><targetMessage><id "
		"root=\"%s\"/></targetMessage></acknowledgement><controlActProcess>%s<queryAck>"
		"<queryId root=\"%s\"/><queryResponseCode code=\"%s\"/></queryAck>"
		"</controlActProcess></PRPA_IN201306UV02>",
		ack, attribute(s, question, "ITSVersion=\"XML_1.0\"><id root=\""), events,
		attribute(s, question, "<queryId root=\""), code);
}

static void answers(struct scene *s, const char *ack, const char *events, const char *code,
		    const char *ttl)
{
	struct exchange_call *c = s->x.calls;
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message *m = arena_new(s->f.arena, struct soap_message);
	const char *header = arena_printf(s->f.arena,
					  "<h><CorrelationTimeToLive "
					  "xmlns=\"urn:ihe:iti:xcpd:2009\">%s"
					  "</CorrelationTimeToLive></h>",
					  ttl);
	const char *body = answer_to(s, asked(s, c), ack, events, code);
	m->header = xml_root(xml_read(s->f.arena, NULL, bytes_of_text(header), &p));
	m->body = xml_root(xml_read(s->f.arena, NULL, bytes_of_text(body), &p));
	c->answer = m;
	c->over = true;
}

/* The whole of one: asked, answered, kept. */
static struct discovered asked_and_told(struct scene *s, const char *events, const char *code,
					const char *ttl)
{
	CU_ASSERT_TRUE_FATAL(asks(s, &tarou, west, true));
	answers(s, "AA", events, code, ttl);
	struct discovered is = told(s, &tarou, west);
	conclude(s);
	return is;
}

/* What is known without anybody being asked. */
static struct discovered recalled(struct scene *s, instant later)
{
	anew(s, later);
	CU_ASSERT_FALSE(asks(s, &tarou, west, false));
	return told(s, &tarou, west);
}

static bool is_asked(struct scene *s, instant later)
{
	anew(s, later);
	return asks(s, &tarou, west, false);
}

/* ---- Cases ---- */

/* His code is made, and is durable, before anybody is asked by it; and stays the same. */
static void our_code_first(void)
{
	struct scene s;
	begin(&s);
	anew(&s, 0);
	CU_ASSERT_TRUE(discovery_ask(&s.x, person_of(&s.f, &tarou), west));
	end_look(&s);
	CU_ASSERT_PTR_NULL(s.x.calls);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.x.first);
	CU_ASSERT_EQUAL(told(&s, &tarou, west).as, DISCOVERED_NOT_YET);
	keep_first(&s);
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	const struct partner_code *code = partner_codes_of(t, s.f.arena, person_of(&s.f, &tarou));
	store_end(t);
	CU_ASSERT_PTR_NOT_NULL_FATAL(code);
	CU_ASSERT_TRUE(asks(&s, &tarou, west, false) && asks(&s, &tarou, west, false));
	CU_ASSERT_PTR_NULL(s.x.calls->next);
	const char *text = asked(&s, s.x.calls);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, code->text));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<id root=\"2.999.1.77\"/>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<id root=\"2.999.10\"/>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "ヤマダ"));
	/* Neither his facility's id nor the region's. */
	CU_ASSERT_PTR_NULL(strstr(text, A_DOMAIN));
	CU_ASSERT_PTR_NULL(strstr(text, "\"" AFFINITY "\""));
	CU_ASSERT_EQUAL(told(&s, &tarou, west).as, DISCOVERED_NOT_YET);
	/* Another community has another. */
	CU_ASSERT_TRUE(asks(&s, &tarou, east, false));
	CU_ASSERT_PTR_NULL(strstr(asked(&s, s.x.calls->next), code->text));
	scene_close(&s.f);
}

/* By his description alone: no code is made, and none is told. */
static void without_a_code(void)
{
	struct scene s;
	begin(&s);
	anew(&s, 0);
	CU_ASSERT_TRUE(discovery_ask_anew(&s.x, person_of(&s.f, &tarou), west, true));
	end_look(&s);
	CU_ASSERT_PTR_NULL(s.x.first);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.x.calls);
	CU_ASSERT_PTR_NULL(strstr(asked(&s, s.x.calls), "livingSubjectId"));
	answers(&s, "AA", EVENT("w-1", HIM), "OK", "PT60S");
	CU_ASSERT_EQUAL(told(&s, &tarou, west).as, DISCOVERED_ID);
	scene_close(&s.f);
}

/* events, code, ttl -> what is told now, and what is known of it later without asking. */
static const struct made_of {
	const char *why, *ack, *events, *code, *ttl;
	enum discovered_as as;
	const char *words; /* of its why */
	instant kept;      /* so long it is not asked again */
	const char *id;    /* it is mapped to */
} made[] = {
	{ .why = "one, who fits",
	  .events = EVENT("w-1", HIM),
	  .code = "OK",
	  .ttl = "PT60S",
	  .as = DISCOVERED_ID,
	  .kept = 60,
	  .id = "w-1" },
	{ .why = "one, and kept no longer than we allow",
	  .events = EVENT("w-1", HIM),
	  .code = "OK",
	  .ttl = "P365D",
	  .as = DISCOVERED_ID,
	  .kept = KEPT,
	  .id = "w-1" },
	{ .why = "one, and it does not say for how long",
	  .events = EVENT("w-1", HIM),
	  .code = "OK",
	  .ttl = "",
	  .as = DISCOVERED_ID,
	  .kept = 0,
	  .id = "w-1" },
	{ .why = "nobody",
	  .events = "",
	  .code = "NF",
	  .ttl = "P1D",
	  .as = DISCOVERED_UNKNOWN,
	  .kept = NEGATIVE },
	{ .why = "two, of whom none is chosen",
	  .events = EVENT("w-1", HIM) EVENT("w-2", HIM),
	  .code = "OK",
	  .ttl = "P1D",
	  .as = DISCOVERED_SEVERAL,
	  .words = "2 persons",
	  .kept = NEGATIVE },
	{ .why = "more would help",
	  .events = WANTS,
	  .code = "OK",
	  .ttl = "",
	  .as = DISCOVERED_MORE,
	  .words = "address",
	  .kept = NEGATIVE },
	{ .why = "somebody else",
	  .events = EVENT("w-1", PERSON("スズキ", "イチロウ", "19800101")),
	  .code = "OK",
	  .ttl = "P1D",
	  .as = DISCOVERED_DOUBTFUL,
	  .words = "not surely",
	  .kept = NEGATIVE },
	{ .why = "his twin, perhaps",
	  .events = EVENT("w-1", PERSON("ヤマダ", "ジロウ", "19410503")),
	  .code = "OK",
	  .ttl = "P1D",
	  .as = DISCOVERED_DOUBTFUL,
	  .words = "not surely",
	  .kept = NEGATIVE },
	{ .why = "his name, another birth date",
	  .events = EVENT("w-1", PERSON("ヤマダ", "タロウ", "19450913")),
	  .code = "OK",
	  .ttl = "P1D",
	  .as = DISCOVERED_DOUBTFUL,
	  .words = "not surely",
	  .kept = NEGATIVE },
	{ .why = "nobody knows who",
	  .events = EVENT("w-1", "<patientPerson><name nullFlavor=\"NA\"/></patientPerson>"),
	  .code = "OK",
	  .ttl = "P1D",
	  .as = DISCOVERED_DOUBTFUL,
	  .words = "whom it means",
	  .kept = NEGATIVE },
	{ .why = "it cannot answer",
	  .ack = "AE",
	  .events = "",
	  .code = "AE",
	  .ttl = "P1D",
	  .as = DISCOVERED_NO_ANSWER,
	  .words = "could not answer" },
	{ .why = "it contradicts itself",
	  .events = EVENT("w-1", HIM),
	  .code = "NF",
	  .ttl = "P1D",
	  .as = DISCOVERED_NO_ANSWER,
	  .words = "knows nobody" },
};

static const char *mapped(struct scene *s)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	const struct partner_id *id = partner_ids_of(t, s->f.arena, person_of(&s->f, &tarou));
	store_end(t);
	return id == NULL ? "" : id->id;
}

static bool is_made(struct scene *s, const struct made_of *m)
{
	anew(s, 0);
	if (!asks(s, &tarou, west, false))
		return false;
	answers(s, m->ack == NULL ? "AA" : m->ack, m->events, m->code, m->ttl);
	struct discovered is = told(s, &tarou, west);
	conclude(s);
	if (is.as != m->as || !is.asked || (m->as == DISCOVERED_ID) != (is.id != NULL)
	    || (m->words != NULL && strstr(is.why, m->words) == NULL))
		return false;
	if (!text_equal(mapped(s), m->id == NULL ? "" : m->id)
	    || (s->x.calls->problem.code != PROBLEM_NONE) != (m->as == DISCOVERED_NO_ANSWER))
		return false;
	if (m->kept == 0)
		return is_asked(s, 1);
	is = recalled(s, m->kept * SECOND - 1);
	return is.as == m->as && !is.asked && text_equal(is.id, m->id)
	       && is_asked(s, m->kept * SECOND);
}

static void what_is_made_of_it(void)
{
	for (size_t i = 0; i < COUNT(made); i++) {
		struct scene s;
		begin(&s);
		if (!is_made(&s, &made[i])) {
			fprintf(stderr, "%s\n", made[i].why);
			CU_FAIL("what is made of an answer");
		}
		scene_close(&s.f);
	}
}

/* It gave none: the road says why. */
static void no_answer(void)
{
	struct scene s;
	begin(&s);
	anew(&s, 0);
	CU_ASSERT_TRUE(asks(&s, &tarou, west, false));
	s.x.calls->over = true;
	problem_set(&s.x.calls->problem, PROBLEM_BUSY, "it has not answered in time");
	struct discovered is = told(&s, &tarou, west);
	CU_ASSERT_EQUAL(is.as, DISCOVERED_NO_ANSWER);
	CU_ASSERT_STRING_EQUAL(is.why, "it has not answered in time");
	conclude(&s);
	CU_ASSERT_TRUE(is_asked(&s, 1));
	scene_close(&s.f);
}

/* Who does not listen has learnt nothing. */
static void nobody_listened(void)
{
	struct scene s;
	begin(&s);
	anew(&s, 0);
	CU_ASSERT_TRUE(asks(&s, &tarou, west, false));
	answers(&s, "AA", EVENT("w-1", HIM), "OK", "P1D");
	conclude(&s);
	CU_ASSERT_STRING_EQUAL(mapped(&s), "");
	CU_ASSERT_TRUE(is_asked(&s, 1));
	scene_close(&s.f);
}

struct decided {
	const struct who *who;
	enum consent_action action;
	const char *facility;
	const struct region *region;
};

static bool decide_run(struct store_txn *t, const void *with)
{
	const struct decided *d = with;
	const struct consent_event e = { .action = d->action,
					 .facility = d->facility,
					 .reason = "asked",
					 .by = "tester",
					 .time = 1 };
	struct consent_coverage covered;
	struct problem p = { .code = PROBLEM_NONE };
	struct patient_record r;
	return identity_find(t, store_arena(t), d->who->domain, d->who->id, &r)
	       && consent_record(t, d->region, r.number, &e, &covered, &p);
}

static void decide(struct scene *s, enum consent_action action, const char *facility)
{
	const struct decided d = { &tarou, action, facility, &s->region };
	fixture_must(&s->f, in_job(&s->f, decide_run, &d));
}

/* Who takes part, and has not excluded it: whatever it may see of him. */
static void whom_it_is_asked_for(void)
{
	struct scene s;
	begin(&s);
	decide(&s, CONSENT_LEAVE, NULL);
	CU_ASSERT_EQUAL(recalled(&s, 0).as, DISCOVERED_CLOSED);
	anew(&s, 0);
	CU_ASSERT_FALSE(asks(&s, &tarou, west, true));
	decide(&s, CONSENT_JOIN, NULL);
	CU_ASSERT_TRUE(is_asked(&s, 1));
	decide(&s, CONSENT_EXCLUDE, "c-hospital");
	CU_ASSERT_TRUE(is_asked(&s, 2));
	decide(&s, CONSENT_EXCLUDE, "west-gateway");
	CU_ASSERT_EQUAL(recalled(&s, 3).as, DISCOVERED_CLOSED);
	anew(&s, 3);
	CU_ASSERT_TRUE(asks(&s, &tarou, east, false));
	s.region.opt_in = true;
	anew(&s, 4);
	CU_ASSERT_FALSE(asks(&s, &hanako, west, false));
	CU_ASSERT_EQUAL(told(&s, &hanako, west).as, DISCOVERED_CLOSED);
	scene_close(&s.f);
}

static void nobody_without_a_name(void)
{
	static const struct who unnamed = { .domain = A_DOMAIN, .id = "900", .birth = "19410503" };
	struct scene s;
	begin(&s);
	people_feed(&s.f, &unnamed);
	anew(&s, 0);
	CU_ASSERT_FALSE(asks(&s, &unnamed, west, true));
	CU_ASSERT_EQUAL(told(&s, &unnamed, west).as, DISCOVERED_NAMELESS);
	scene_close(&s.f);
}

static unsigned raised(struct scene *s)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	unsigned n = 0;
	for (const struct partner_conflict *c = partner_conflicts(t, s->f.arena, "west", 0, 10);
	     c != NULL; c = c->next)
		n++;
	store_end(t);
	return n;
}

/* Another id of his, and another person of that id: what stands stays, and it is raised once. */
static void what_stands_against_it(void)
{
	struct scene s;
	begin(&s);
	anew(&s, 0);
	CU_ASSERT_EQUAL(asked_and_told(&s, EVENT("w-1", HIM), "OK", "P1D").as, DISCOVERED_ID);
	for (int times = 0; times < 2; times++) {
		anew(&s, 1);
		CU_ASSERT_EQUAL(asked_and_told(&s, EVENT("w-2", HIM), "OK", "P1D").as,
				DISCOVERED_CONFLICT);
		CU_ASSERT_STRING_EQUAL(mapped(&s), "w-1");
		CU_ASSERT_EQUAL(raised(&s), 1);
	}
	CU_ASSERT_EQUAL(recalled(&s, 2).as, DISCOVERED_CONFLICT);
	scene_close(&s.f);
}

/* It knew him, and does so no more. */
static void taken_back(void)
{
	struct scene s;
	begin(&s);
	anew(&s, 0);
	asked_and_told(&s, EVENT("w-1", HIM), "OK", "P1D");
	CU_ASSERT_STRING_EQUAL(mapped(&s), "w-1");
	anew(&s, 1);
	CU_ASSERT_EQUAL(asked_and_told(&s, "", "NF", "").as, DISCOVERED_UNKNOWN);
	CU_ASSERT_STRING_EQUAL(mapped(&s), "");
	scene_close(&s.f);
}

static bool map_run(struct store_txn *t, const void *with)
{
	struct partner_id id = *(const struct partner_id *)with;
	struct mapped out;
	struct problem p = { .code = PROBLEM_NONE };
	return partner_id_map(t, &id, &out, &p);
}

/* What the operator mapped needs no asking, and is his to take back. */
static void the_operators(void)
{
	struct scene s;
	begin(&s);
	const struct partner_id id = { .partner = "west",
				       .domain = "2.999.30.1",
				       .id = "w-7",
				       .person = person_of(&s.f, &tarou),
				       .by = "operator",
				       .since = 1 };
	CU_ASSERT_TRUE(in_job(&s.f, map_run, &id));
	struct discovered is = recalled(&s, 0);
	CU_ASSERT_EQUAL(is.as, DISCOVERED_ID);
	CU_ASSERT_STRING_EQUAL(is.id, "w-7");
	anew(&s, 1);
	CU_ASSERT_EQUAL(asked_and_told(&s, "", "NF", "").as, DISCOVERED_UNKNOWN);
	CU_ASSERT_STRING_EQUAL(mapped(&s), "w-7");
	scene_close(&s.f);
}

/* What is remembered is of whom he was. */
static void another_now(void)
{
	struct who moved = tarou;
	struct scene s;
	begin(&s);
	anew(&s, 0);
	asked_and_told(&s, EVENT("w-1", HIM), "OK", "P1D");
	CU_ASSERT_EQUAL(recalled(&s, 1).as, DISCOVERED_ID);
	moved.address = "仙台市青葉1-2-3";
	people_feed(&s.f, &moved);
	CU_ASSERT_TRUE(is_asked(&s, 2));
	CU_ASSERT_PTR_NOT_NULL(strstr(asked(&s, s.x.calls), "青葉"));
	scene_close(&s.f);
}

/* ITI TF-2: 3.55.5.1.1: the query with the community, and no patient object; his code nowhere. */
static void what_is_recorded(void)
{
	struct scene s;
	struct audit_event e = { .event_id = 110112,
				 .type = { .code = "ITI-55", .scheme = "IHE Transactions" } };
	begin(&s);
	anew(&s, 0);
	CU_ASSERT_TRUE(asks(&s, &tarou, west, false));
	const char *code = attribute(&s, asked(&s, s.x.calls),
				     "<value root=\"2.999.1.77\" extension=\"");
	s.x.calls->what->audited(&s.x, s.x.calls, &e);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e.objects);
	CU_ASSERT_PTR_NULL(e.objects->next);
	CU_ASSERT_STRING_EQUAL(e.objects->id_type.code, "ITI-55");
	CU_ASSERT_PTR_NOT_NULL(e.about);
	const char *text = arena_text_n(s.f.arena, (const char *)e.objects->query,
					e.objects->query_length);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "19410503"));
	CU_ASSERT_PTR_NULL(strstr(text, code));
	CU_ASSERT_EQUAL(s.x.calls->what->audit_event, 110112);
	scene_close(&s.f);
}

static void words(void)
{
	for (int i = 0; i < DISCOVERED_KINDS; i++)
		CU_ASSERT_PTR_NOT_NULL(discovered_name((enum discovered_as)i));
}

static const struct test tests[] = {
	{ "our code first", our_code_first },
	{ "without a code", without_a_code },
	{ "what is made of it", what_is_made_of_it },
	{ "no answer", no_answer },
	{ "nobody listened", nobody_listened },
	{ "whom it is asked for", whom_it_is_asked_for },
	{ "nobody without a name", nobody_without_a_name },
	{ "what stands against it", what_stands_against_it },
	{ "taken back", taken_back },
	{ "the operator's", the_operators },
	{ "another now", another_now },
	{ "what is recorded", what_is_recorded },
	{ "words", words },
	{ 0 },
};

int main(void)
{
	return suite_run("other communities asked", tests);
}
