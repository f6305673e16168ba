/* tests/profiles/discovery_scene.h: other communities are asked for persons of ours, and the road
 * is played: a job before, the answer, the job that concludes. */
#ifndef TESTS_PROFILES_DISCOVERY_SCENE_H
#define TESTS_PROFILES_DISCOVERY_SCENE_H

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
	{ .name = "south",
	  .url = "https://south.example/",
	  .purposes = 1u << PARTNER_COMMUNITY,
	  .home_community_id = "urn:oid:2.999.30",
	  .keep_seconds = KEPT,
	  .respond_to = "https://ours.example/xcpd" },
};
static const struct partner *const west = &partners[0], *const east = &partners[1],
				   *const south = &partners[2];

struct scene {
	struct fixture f;
	struct region region;
	struct exchange x;
};

static inline void begin(struct scene *s)
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
static inline void anew(struct scene *s, instant later)
{
	s->x = (struct exchange){ .arena = s->f.arena,
				  .id = "x",
				  .now = 1000 * SECOND + later,
				  .random = &system_random,
				  .region = &s->region,
				  .store = s->f.store };
}

static inline void end_look(struct scene *s)
{
	store_end(s->x.txn);
	s->x.txn = NULL;
}

static inline bool first_run(struct store_txn *t, const void *with)
{
	const struct exchange *x = with;
	for (const struct exchange_first *f = x->first; f != NULL; f = f->next)
		if (!f->keep(x, t, f->what))
			return false;
	return true;
}

static inline void keep_first(struct scene *s)
{
	CU_ASSERT_TRUE(in_job(&s->f, first_run, &s->x));
	s->x.first = NULL;
}

static inline bool end_run(struct store_txn *t, const void *with)
{
	const struct exchange *x = with;
	for (const struct exchange_call *c = x->calls; c != NULL; c = c->next)
		if (!c->what->end(x, t, c))
			return false;
	return true;
}

static inline void conclude(struct scene *s)
{
	CU_ASSERT_TRUE(in_job(&s->f, end_run, &s->x));
}

static inline bool asks(struct scene *s, const struct who *w, const struct partner *to, bool again)
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

static inline struct discovered told(struct scene *s, const struct who *w, const struct partner *to)
{
	struct discovered is;
	CU_ASSERT_TRUE(discovery_answered(&s->x, person_of(&s->f, w), to, &is));
	end_look(s);
	return is;
}

/* The child of the body, as text. */
static inline const char *asked(struct scene *s, const struct exchange_call *c)
{
	struct xml_writer *w = xml_writer_begin(s->f.arena);
	c->what->write(w, c->request);
	struct bytes octets = xml_writer_end(w);
	return arena_text_n(s->f.arena, (const char *)octets.data, octets.length);
}

/* What stands between the first of `before` and the next quotation mark. */
static inline const char *attribute(struct scene *s, const char *text, const char *before)
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

static inline const char *answer_to(struct scene *s, const char *question, const char *ack,
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

static inline void answers(struct scene *s, const char *ack, const char *events, const char *code,
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
static inline struct discovered asked_and_told(struct scene *s, const char *events,
					       const char *code, const char *ttl)
{
	CU_ASSERT_TRUE_FATAL(asks(s, &tarou, west, true));
	answers(s, "AA", events, code, ttl);
	struct discovered is = told(s, &tarou, west);
	conclude(s);
	return is;
}

/* What is known without anybody being asked. */
static inline struct discovered recalled(struct scene *s, instant later)
{
	anew(s, later);
	CU_ASSERT_FALSE(asks(s, &tarou, west, false));
	return told(s, &tarou, west);
}

static inline bool is_asked(struct scene *s, instant later)
{
	anew(s, later);
	return asks(s, &tarou, west, false);
}

static inline const char *mapped(struct scene *s)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	const struct partner_id *id = partner_ids_of(t, s->f.arena, person_of(&s->f, &tarou));
	store_end(t);
	return id == NULL ? "" : id->id;
}

struct decided {
	const struct who *who;
	enum consent_action action;
	const char *facility;
	const struct region *region;
};

static inline bool decide_run(struct store_txn *t, const void *with)
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

static inline void decide(struct scene *s, enum consent_action action, const char *facility)
{
	const struct decided d = { &tarou, action, facility, &s->region };
	fixture_must(&s->f, in_job(&s->f, decide_run, &d));
}

#endif
