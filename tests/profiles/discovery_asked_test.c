/* tests/profiles/discovery_asked_test.c: another community is asked for a person of ours (ITI TF-2:
 * 3.55): whom it may be asked for, what it is told, and what is made and kept of what it answers.
 * The road is played: a job before, the answer, the job that concludes. */
#include "tests/profiles/discovery_scene.h"

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
