/* tests/policy/emergency_test.c: what an emergency opens, to whom, and what it never does.
 *
 * One person, and one who is somebody else; a document of each that C submitted, and B asks. Each
 * row says what differs from a physician who breaks the glass as he may. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/disaster_area.h"
#include "gateway/policy/explain.h"
#include "gateway/policy/policy_file.h"
#include "schemas/model/patient.h"
#include "store/disasters.h"
#include "tests/store/people.h"

#define NAMES                                                                                      \
	"role doctor 1^2.999.1\nrole clerk 2^2.999.1\npurpose emergency E^2.999.2\n"               \
	"purpose care T^2.999.2\ndocuments note type N^2.999.5\ndocuments letter type L^2.999.5\n"
#define USUAL "emergency role doctor purpose emergency\n"

enum { NO_SYSTEM = 1, NOT_VOUCHED = 2, NO_REASON = 4, NOT_EMERGENCY = 8, CLERK = 16, OPT_OUT = 32 };
enum { MAPPED = 64, NOT_ASKED = 128, UNSAID = 256 };
enum { VISIT = 1000 }; /* the end of one: nobody asks later */

static const struct who one = {
	A_DOMAIN, "1", "ヤマダ", "イチ", "19410101", "M", NULL, "9860001", "宮城県石巻市門脇1-1",
	0,        0,   0,        0
};
static const struct who another = { A_DOMAIN, "2", "スズキ", "ニ", "19420202", "F", NULL,
				    0,        0,   0,        0,    0,          0 };

struct scene {
	struct fixture f;
	struct region region;
	struct registered_system systems[COUNT(people_systems)];
	uint64_t record, other;
	struct store_txn *t;
};

struct saying {
	uint64_t subject;
	enum consent_action action;
	const char *target;
	instant time;
	const char *groups; /* of a grant */
};

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct saying *s = with;
	struct consent_coverage coverage;
	const struct consent_event e = { .action = s->action,
					 .facility = s->target,
					 .groups = s->groups,
					 .until = s->groups == NULL ? 0 : VISIT,
					 .reason = "asked for it",
					 .by = "clerk",
					 .time = s->time };
	return consent_record(t, &people_region, s->subject, &e, &coverage, p);
}

/* "join", "leave", "grant:GROUPS" to who asks, or what is excluded; parted by blanks. */
static void say(struct scene *s, uint64_t subject, const char *words)
{
	instant now = 1;
	for (const char *at = words; at != NULL && *at != '\0';) {
		size_t length = strcspn(at, " ");
		char *word = arena_text_n(s->f.arena, at, length);
		struct saying said = {
			.subject = subject, .action = CONSENT_EXCLUDE, .target = word, .time = now++
		};
		if (text_equal(word, "join") || text_equal(word, "leave")) {
			said.action = text_equal(word, "join") ? CONSENT_JOIN : CONSENT_LEAVE;
			said.target = NULL;
		} else if (text_starts(word, "grant:")) {
			said.action = CONSENT_GRANT;
			said.target = "b-clinic";
			said.groups = word + strlen("grant:");
		}
		CU_ASSERT_TRUE_FATAL(store_write(s->f.store, say_job, &said, &s->f.problem));
		at += length + (at[length] == ' ');
	}
}

static void begin(struct scene *s, const char *rules, const char *said)
{
	*s = (struct scene){ .record = 0 };
	fixture_open(&s->f);
	s->record = people_feed(&s->f, &one).record;
	s->other = people_feed(&s->f, &another).record;
	say(s, s->record, said);
	s->t = store_begin_read(s->f.store, &s->f.problem);
	s->region = people_region;
	memcpy(s->systems, people_systems, sizeof s->systems);
	s->region.systems = s->systems;
	if (rules == NULL)
		return;
	const char *text = arena_printf(s->f.arena, NAMES "%s", rules);
	s->region.policy = policy_file_read(s->f.arena, "rules", bytes_of_text(text), NULL).policy;
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->region.policy);
}

static void end(struct scene *s)
{
	store_end(s->t);
	fixture_close(&s->f);
}

static struct coded_value doctor = { .code = "1", .scheme = "2.999.1" },
			  clerk = { .code = "2", .scheme = "2.999.1" },
			  mapped = { .code = "E", .scheme = "2.999.2" },
			  care = { .code = "T", .scheme = "2.999.2" };

static struct requester asks(struct scene *s, unsigned but)
{
	s->region.opt_in = (but & OPT_OUT) == 0;
	s->systems[1].emergency = (but & NO_SYSTEM) == 0;
	return (struct requester){
		.region = &s->region,
		.system = &s->systems[1], /* b-clinic */
		.person = { .vouched = (but & NOT_VOUCHED) != 0 ? VOUCHED_BY_SYSTEM
								: VOUCHED_BY_ASSERTION,
			    .roles = (but & UNSAID) != 0  ? NULL
				     : (but & CLERK) != 0 ? &clerk
							  : &doctor,
			    .reason = (but & NO_REASON) != 0 ? NULL : "unconscious" },
		.purposes = (but & UNSAID) != 0   ? NULL
			    : (but & MAPPED) != 0 ? &mapped
						  : &care,
		.emergency = (but & (NOT_EMERGENCY | MAPPED)) == 0,
	};
}

static struct decisions *decisions_of(struct scene *s, unsigned but)
{
	const struct requester who = asks(s, but);
	struct decisions *d = policy_begin(s->f.arena, &who);
	if ((but & NOT_ASKED) == 0)
		policy_may_break_glass(d);
	return d;
}

static struct coded_value note = { .code = "N", .scheme = "2.999.5" };

static struct document_entry document(struct scene *s, uint64_t subject, const char *secrecy)
{
	struct coded_value *level = arena_new(s->f.arena, struct coded_value);
	*level = (struct coded_value){ .code = secrecy, .scheme = "2.16.840.1.113883.5.25" };
	return (struct document_entry){ .id = "urn:uuid:1",
					.unique_id = "2.999.2",
					.type_code = &note,
					.confidentiality_codes = level,
					.subject = subject,
					.source_system = "c-hospital" };
}

static const struct {
	const char *said, *rules;
	unsigned but;
	const char *secrecy; /* NULL: normal */
	const char *rule;
	bool broken; /* something was opened */
} rows[] = {
	/* What its patient closed is open, of each kind; and it is not without the glass. */
	{ NULL, USUAL "default permit", 0, NULL, "emergency", true },
	{ NULL, USUAL "default permit", NOT_ASKED, NULL, "not-joined", false },
	{ "join leave", USUAL "default permit", 0, NULL, "emergency", true },
	{ "join leave", USUAL "default permit", NOT_ASKED, NULL, "left", false },
	{ "join document/2.999.2", USUAL "default permit", 0, NULL, "emergency", true },
	{ "join documents/note", USUAL "default permit", 0, NULL, "emergency", true },
	{ "join documents/note", USUAL "default permit", NOT_ASKED, NULL, "closed", false },
	{ "join document/2.999.9", USUAL "default permit", 0, NULL, "region-permits", false },
	/* Of a visit what was not granted opens as if there had been none. */
	{ "grant:letter", USUAL "default permit", 0, NULL, "emergency", true },
	{ "grant:letter", USUAL "default permit", NOT_ASKED, NULL, "not-granted", false },
	{ "grant:note", USUAL "default permit", 0, NULL, "region-permits", false },
	{ "grant:letter", "emergency role doctor opens closed\ndefault permit", 0, NULL,
	  "not-granted", false },
	{ "grant:letter documents/note", USUAL "default permit", 0, NULL, "emergency", true },
	{ "grant:letter documents/note", "emergency role doctor opens closed\ndefault permit", 0,
	  NULL, "closed", true },
	{ "grant:letter documents/note", "emergency role doctor opens not-joined\ndefault permit",
	  0, NULL, "closed", false },
	/* What is open is no emergency. */
	{ "join", USUAL "default permit", 0, NULL, "region-permits", false },
	{ NULL, USUAL "default permit", OPT_OUT, NULL, "region-permits", false },
	/* Whom he excluded stays out, unless the rules say so. */
	{ "join b-clinic", USUAL "default permit", 0, NULL, "excluded", false },
	{ "join role/doctor", USUAL "default permit", 0, NULL, "excluded", false },
	{ "join b-clinic", "emergency role doctor opens excluded\ndefault permit", 0, NULL,
	  "emergency", true },
	{ NULL, "emergency role doctor opens excluded\ndefault permit", 0, NULL, "not-joined",
	  false },
	{ "join leave", "emergency role doctor opens not-joined closed\ndefault permit", 0, NULL,
	  "left", false },
	{ "join documents/note", "emergency role doctor opens left\ndefault permit", 0, NULL,
	  "closed", false },
	/* A record that was opened keeps closed of it what may not be. */
	{ "join b-clinic documents/note", "emergency role doctor opens excluded\ndefault permit", 0,
	  NULL, "excluded", true },
	{ "join b-clinic documents/note",
	  "emergency role doctor opens excluded closed\ndefault permit", 0, NULL, "emergency",
	  true },
	/* Not everybody, not anyhow. */
	{ NULL, USUAL "default permit", NO_SYSTEM, NULL, "not-joined", false },
	{ NULL, USUAL "default permit", NOT_VOUCHED, NULL, "not-joined", false },
	{ NULL, USUAL "default permit", NO_REASON, NULL, "not-joined", false },
	{ NULL, USUAL "default permit", NOT_EMERGENCY, NULL, "not-joined", false },
	{ NULL, USUAL "default permit", CLERK, NULL, "not-joined", false },
	{ NULL, USUAL "default permit", MAPPED, NULL, "emergency", true },
	{ NULL, "emergency role doctor\ndefault permit", MAPPED, NULL, "not-joined", false },
	{ NULL, "emergency role unsaid purpose unsaid\ndefault permit", UNSAID | NOT_EMERGENCY,
	  NULL, "not-joined", false },
	{ NULL, "emergency role unsaid\ndefault permit", UNSAID, NULL, "emergency", true },
	{ NULL, "default permit", 0, NULL, "not-joined", false },
	{ NULL, NULL, 0, NULL, "not-joined", false },
	{ "join documents/note", "default permit", 0, NULL, "closed", false },
	/* The region's law: what its rules hide or deny, what is very restricted, what a never
	 * names. Nobody learns which. */
	{ NULL, USUAL "default hide", 0, NULL, "not-joined", true },
	{ NULL, USUAL "default deny", 0, NULL, "not-joined", true },
	{ "join documents/note", USUAL "default deny", 0, NULL, "closed", false },
	{ "join", USUAL "default deny", 0, NULL, "region-denies", false },
	{ NULL, USUAL "default permit", 0, "R", "emergency", true },
	{ NULL, USUAL "default permit", 0, "V", "not-joined", true },
	{ NULL, USUAL "default permit", 0, "nobody knows", "not-joined", true },
	{ "join documents/note", USUAL "default permit", 0, "V", "closed", false },
	{ "join", USUAL "default permit", 0, "V", "region-permits", false },
	{ NULL, USUAL "never confidentiality R\ndefault permit", 0, "R", "not-joined", true },
	{ NULL, USUAL "never confidentiality R\ndefault permit", 0, "N", "emergency", true },
	{ NULL, USUAL "never documents note\ndefault permit", 0, NULL, "not-joined", true },
	{ NULL, USUAL "never documents letter\ndefault permit", 0, NULL, "emergency", true },
	{ NULL, USUAL "never role clerk\ndefault permit", 0, NULL, "emergency", true },
	{ NULL, USUAL "never role doctor\ndefault permit", 0, NULL, "not-joined", true },
	{ NULL, USUAL "never purpose care\ndefault permit", 0, NULL, "not-joined", true },
	{ NULL, USUAL "never\ndefault permit", 0, NULL, "not-joined", true },
	{ "join", USUAL "never\ndefault permit", 0, NULL, "region-permits", false },
};

static bool is_hiding(const char *rule)
{
	return !text_equal(rule, "emergency") && !text_equal(rule, "region-permits");
}

static void what_it_opens(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		begin(&s, rows[i].rules, rows[i].said);
		struct decisions *d = decisions_of(&s, rows[i].but);
		struct document_entry e = document(&s, s.record,
						   rows[i].secrecy == NULL ? "N" : rows[i].secrecy);
		CU_ASSERT_EQUAL(policy_broken(d).person, 0);
		const struct decision *now = policy_of_entry(d, s.t, &e);
		if (!text_equal(now->rule, rows[i].rule))
			fprintf(stderr, "row %zu: %s, and not %s\n", i, now->rule, rows[i].rule);
		CU_ASSERT_STRING_EQUAL(now->rule, rows[i].rule);
		CU_ASSERT_EQUAL(policy_broken(d).person != 0, rows[i].broken);
		CU_ASSERT_EQUAL(policy_broken(d).subject, rows[i].broken ? s.record : 0);
		CU_ASSERT_EQUAL(policy_denied(d), text_equal(now->rule, "region-denies"));
		CU_ASSERT_EQUAL(policy_stood_on(d) != NULL, text_starts(now->rule, "region-"));
		CU_ASSERT_EQUAL(now->ruling == RULING_PERMIT, !is_hiding(now->rule));
		/* Who is there is told as ever. */
		CU_ASSERT_STRING_NOT_EQUAL(policy_of_record(d, s.t, s.record)->rule, "emergency");
		/* And decided again it is the same. */
		CU_ASSERT_PTR_EQUAL(policy_of_entry(d, s.t, &e), now);
		end(&s);
	}
}

/* Of the first person whom it opened, and nobody else in that exchange. */
static void of_one_person(void)
{
	struct scene s;
	begin(&s, USUAL "default permit", NULL);
	struct decisions *d = decisions_of(&s, 0);
	struct document_entry his = document(&s, s.record, "N"), hers = document(&s, s.other, "N"),
			      nobodys = document(&s, 0, "N"), gone = document(&s, 999999, "N");
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &nobodys)->rule, "nobody");
	CU_ASSERT_NOT_EQUAL(policy_of_entry(d, s.t, &gone)->ruling, RULING_PERMIT);
	CU_ASSERT_EQUAL(policy_broken(d).person, 0);
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &hers)->rule, "emergency");
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &his)->rule, "not-joined");
	CU_ASSERT_EQUAL(policy_broken(d).subject, s.other);
	CU_ASSERT_EQUAL(policy_owed(d, DUTY_RECORD), 3);
	end(&s);
}

/* A document that another person closed stays so as well. */
static void closed_of_another(void)
{
	struct scene s;
	begin(&s, USUAL "default permit", "join documents/note");
	store_end(s.t);
	say(&s, s.other, "join documents/note");
	s.t = store_begin_read(s.f.store, &s.f.problem);
	struct decisions *d = decisions_of(&s, 0);
	struct document_entry his = document(&s, s.record, "N"), hers = document(&s, s.other, "N");
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &his)->rule, "emergency");
	CU_ASSERT_STRING_EQUAL(policy_of_entry(d, s.t, &hers)->rule, "closed");
	CU_ASSERT_STRING_EQUAL(policy_owed_of_documents(d, DUTY_RECORD, s.f.arena), "closed");
	end(&s);
}

/* The trace: what closed it, what opened it; or what it is that says never. */
static void explained(void)
{
	static const struct {
		const char *said, *rules;
		unsigned but;
		const char *trace;
	} lines[] = {
		{ NULL, USUAL "default permit", 0, "not-joined- emergency!" },
		{ NULL, USUAL "default permit", NO_REASON, "not-joined!" },
		{ "join documents/note", USUAL "default permit", 0, "joined emergency!" },
		{ NULL, USUAL "never documents note\ndefault permit", 0,
		  "not-joined- emergency not-joined! never" },
		{ NULL, USUAL "never documents letter\ndefault permit", 0,
		  "not-joined- emergency! never-" },
		{ "join", USUAL "default permit", 0, "joined default!" },
	};
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct scene s;
		begin(&s, lines[i].rules, lines[i].said);
		const struct requester who = asks(&s, lines[i].but);
		struct document_entry e = document(&s, s.record, "N");
		const struct explanation *x = policy_explain(s.f.arena, s.t, &who, &e);
		struct buffer b = buffer_in(s.f.arena);
		for (const struct explained_rule *r = x->rules; r != NULL; r = r->next)
			buffer_printf(&b, "%s%.*s%s%s", b.length == 0 ? "" : " ",
				      (int)strcspn(r->rule, " "), r->rule,
				      r->misses != NULL ? "-" : "", r->decides ? "!" : "");
		CU_ASSERT_STRING_EQUAL(buffer_ended(&b), lines[i].trace);
		end(&s);
	}
}

/* Of a form whose document is gone there are no rules to be told. */
static void explained_of_nothing(void)
{
	struct scene s;
	begin(&s, USUAL "never documents note\ndefault permit", NULL);
	const struct requester who = asks(&s, 0);
	struct document_entry e = document(&s, s.record, "N");
	const struct object_source of = { s.record, e.source_system, NULL,
					  "urn:uuid:00000000-0000-4000-8000-0000000000aa" };
	e.sources = &of;
	const struct explanation *x = policy_explain(s.f.arena, s.t, &who, &e);
	CU_ASSERT_EQUAL(x->ruling, RULING_HIDE);
	CU_ASSERT_STRING_EQUAL(x->rule, "nobody");
	end(&s);
}

/* ---- Disasters ---- */

enum { TODAY = 1000, TOMORROW = 2000 };

struct declaring {
	const char *municipalities;
	bool approved, ended;
	instant until;
};

static bool declare_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct declaring *d = with;
	struct disaster one_more = { .municipalities = d->municipalities,
				     .reason = "earthquake",
				     .by = "uid 1",
				     .since = 1,
				     .until = d->until,
				     .approved = d->approved ? 2 : 0,
				     .ended = d->ended ? 3 : 0 };
	(void)p;
	return disaster_propose(t, &one_more);
}

#define PLACES                                                                                     \
	"municipality 04202 宮城県石巻市 石巻市\nmunicipality 04100 仙台市\n"          \
	"municipality 04581 9862\nmunicipality 04999 98600\n"

static const struct {
	const char *said, *rules;
	struct declaring declared;
	bool no_responder, not_asked, breaks;
	const char *secrecy, *rule, *person; /* the document, the record */
} disasters[] = {
	{ NULL,
	  "default permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "disaster",
	  "disaster" },
	{ "join leave",
	  "default permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "disaster",
	  "disaster" },
	{ "join documents/note",
	  "default permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "disaster",
	  "joined" },
	{ "join",
	  "default permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "region-permits",
	  "joined" },
	/* Of who lives elsewhere, and where nothing is on, it opens nothing. */
	{ NULL,
	  "default permit",
	  { "04100 04581", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	{ NULL,
	  "default permit",
	  { "04100 04999", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "disaster",
	  "disaster" },
	{ NULL,
	  "default permit",
	  { "04201 042020", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	{ NULL,
	  "default permit",
	  { "04202", false, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	{ NULL,
	  "default permit",
	  { "04202", true, true, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	{ NULL,
	  "default permit",
	  { "04202", true, false, TODAY },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	{ NULL,
	  "default permit",
	  { NULL, false, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	/* Not for everybody, and not for what changes something. */
	{ NULL,
	  "default permit",
	  { "04202", true, false, TOMORROW },
	  true,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	{ NULL,
	  "default permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  true,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	{ NULL,
	  NULL,
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "not-joined" },
	/* The law is kept. */
	{ NULL,
	  "default hide",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "disaster" },
	{ NULL,
	  "default permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "V",
	  "not-joined",
	  "disaster" },
	{ NULL,
	  "never documents note\ndefault permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "not-joined",
	  "disaster" },
	{ "join b-clinic",
	  "default permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "excluded",
	  "excluded" },
	/* What a record's opening does not: documents that may not be. */
	{ "join b-clinic documents/note",
	  "emergency role doctor opens excluded\ndefault permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  false,
	  "N",
	  "excluded",
	  "disaster" },
	/* Both at once: it is the disaster, of which nobody needs to be told. */
	{ NULL,
	  USUAL "default permit",
	  { "04202", true, false, TOMORROW },
	  false,
	  false,
	  true,
	  "N",
	  "disaster",
	  "disaster" },
	{ NULL,
	  USUAL "default permit",
	  { "04100", true, false, TOMORROW },
	  false,
	  false,
	  true,
	  "N",
	  "emergency",
	  "not-joined" },
};

static void in_a_disaster(void)
{
	for (size_t i = 0; i < COUNT(disasters); i++) {
		struct scene s;
		struct declaring declared = disasters[i].declared;
		const char *rules = disasters[i].rules;
		begin(&s, NULL, disasters[i].said);
		if (rules != NULL) {
			const char *text = arena_printf(s.f.arena, NAMES PLACES "%s", rules);
			s.region.policy = policy_file_read(s.f.arena, "rules", bytes_of_text(text),
							   NULL)
						  .policy;
			CU_ASSERT_PTR_NOT_NULL_FATAL(s.region.policy);
		}
		store_end(s.t);
		if (declared.municipalities != NULL)
			CU_ASSERT_TRUE_FATAL(
				store_write(s.f.store, declare_job, &declared, &s.f.problem));
		s.t = store_begin_read(s.f.store, &s.f.problem);
		s.systems[1].responder = !disasters[i].no_responder;
		struct requester who = asks(&s, disasters[i].breaks ? 0 : NO_SYSTEM);
		who.time = TODAY;
		struct decisions *d = policy_begin(s.f.arena, &who);
		if (!disasters[i].not_asked)
			policy_may_respond(d);
		policy_may_break_glass(d);
		struct document_entry e = document(&s, s.record, disasters[i].secrecy);
		const struct decision *now = policy_of_entry(d, s.t, &e);
		if (!text_equal(now->rule, disasters[i].rule))
			fprintf(stderr, "row %zu: %s\n", i, now->rule);
		CU_ASSERT_STRING_EQUAL(now->rule, disasters[i].rule);
		CU_ASSERT_STRING_EQUAL(policy_of_record(d, s.t, s.record)->rule,
				       disasters[i].person);
		bool opened = text_equal(now->rule, "disaster")
			      || text_equal(disasters[i].person, "disaster");
		CU_ASSERT_EQUAL(policy_disaster(d), opened ? 1 : 0);
		CU_ASSERT_EQUAL(policy_broken(d).person != 0, text_equal(now->rule, "emergency"));
		/* Who is nobody lives nowhere. */
		CU_ASSERT_NOT_EQUAL(policy_of_record(d, s.t, 999999)->ruling, RULING_PERMIT);
		end(&s);
	}
	struct requester nobody = { .operates = true };
	struct arena *a = arena_create(1 << 20);
	struct decisions *d = policy_begin(a, &nobody);
	policy_may_respond(d);
	CU_ASSERT_EQUAL(policy_disaster(d), 0);
	arena_destroy(a);
}

/* Of two that are on the latest that covers him. */
static void the_latest_that_covers(void)
{
	static const struct declaring all[] = { { "04202", true, false, TOMORROW },
						{ "04202", false, false, TOMORROW },
						{ "04100", true, false, TOMORROW } };
	struct scene s;
	begin(&s, PLACES "default permit", NULL);
	store_end(s.t);
	for (size_t i = 0; i < COUNT(all); i++)
		CU_ASSERT_TRUE(store_write(s.f.store, declare_job, (void *)&all[i], &s.f.problem));
	s.t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_EQUAL(disaster_of(s.t, s.f.arena, &s.region, TODAY, s.record), 1);
	CU_ASSERT_EQUAL(disaster_of(s.t, s.f.arena, &s.region, TODAY, s.other), 0);
	CU_ASSERT_EQUAL(disaster_of(s.t, s.f.arena, &s.region, TOMORROW, s.record), 0);
	end(&s);
}

static void where_an_address_is(void)
{
	static const char *const places[] = { "宮城県石巻市", "985", "\ufe00", NULL };
	static const struct policy_municipality m = { "04202", places };
	static const struct {
		struct postal_address at;
		bool in;
	} addresses[] = {
		{ { .text = "宮城県石巻市1-1" }, true },
		{ { .text = "　宮城県 石巻市 １－１" }, true },
		{ { .state = "宮城県", .city = "石巻市", .street = "1-1" }, true },
		{ { .state = "宮城県", .city = "石巻" }, false },
		{ { .city = "石巻市" }, false },
		{ { .text = "宮城県石巻\u5dff\ufe00市" }, false },
		{ { .text = "宮城県石\ufe00巻市1" }, true }, /* a variation selector */
		{ { .text = "東京都 宮城県石巻市会館" }, false },
		{ { .text = "宮城県" }, false },
		{ { .postal_code = "985-0001" }, true },
		{ { .postal_code = "９８５－０００１" }, true },
		{ { .postal_code = "9" }, false },
		{ { .postal_code = "986-0985" }, false },
		{ { .text = "985" }, false },
		{ { .text = NULL }, false },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(addresses); i++)
		CU_ASSERT_EQUAL(disaster_area_has(a, &m, &addresses[i].at), addresses[i].in);
	arena_destroy(a);
}

static const struct test tests[] = { { "what it opens", what_it_opens },
				     { "in a disaster", in_a_disaster },
				     { "the latest that covers", the_latest_that_covers },
				     { "where an address is", where_an_address_is },
				     { "of one person", of_one_person },
				     { "closed of another", closed_of_another },
				     { "explained", explained },
				     { "explained of nothing", explained_of_nothing },
				     { 0 } };

int main(void)
{
	return suite_run("policy: emergency", tests);
}
