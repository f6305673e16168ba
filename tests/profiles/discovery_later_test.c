/* tests/profiles/discovery_later_test.c: another community is asked to answer later (ITI TF-2:
 * 3.55.6.2): what is awaited, what is taken of what comes, and what is dropped. */
#include "tests/profiles/discovery_scene.h"

#include "store/awaited.h"

#define QUESTION "urn:uuid:0af51c2e-6d6a-4e4f-9d0b-2f6a3a5c7d11"

static bool begin_run(struct store_txn *t, const void *with)
{
	const struct exchange *x = with;
	return x->calls->what->begin(x, t, x->calls);
}

/* The question leaves: what is awaited is kept before. */
static const char *asks_for_later(struct scene *s)
{
	CU_ASSERT_TRUE_FATAL(asks(s, &tarou, south, true));
	s->x.calls->message_id = QUESTION;
	CU_ASSERT_TRUE(in_job(&s->f, begin_run, &s->x));
	return asked(s, s->x.calls);
}

static void acknowledges(struct scene *s, const char *code, const char *id)
{
	struct exchange_call *c = s->x.calls;
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message *m = arena_new(s->f.arena, struct soap_message);
	const char *body = arena_printf(
		s->f.arena,
		"<MCCI_IN000002UV01 xmlns=\"urn:hl7-org:v3\"><acknowledgement><typeCode "
		"code=\"%s\"/><targetMessage><id root=\"%s\"/></targetMessage></acknowledgement>"
		"</MCCI_IN000002UV01>",
		code, id);
	m->action = "urn:hl7-org:v3:MCCI_IN000002UV01";
	m->body = xml_root(xml_read(s->f.arena, NULL, bytes_of_text(body), &p));
	c->answer = m;
	c->over = true;
}

static bool is_awaited(struct scene *s, instant later)
{
	struct awaited a;
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	bool there = awaited_find(t, s->f.arena, "south", QUESTION, 1000 * SECOND + later, &a);
	store_end(t);
	return there;
}

static void asked_to_answer_later(void)
{
	struct scene s;
	begin(&s);
	anew(&s, 0);
	const char *text = asks_for_later(&s);
	CU_ASSERT_STRING_EQUAL(s.x.calls->what->action, "urn:hl7-org:v3:PRPA_IN201305UV02:Deferred:"
							"CrossGatewayPatientDiscovery");
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<responsePriorityCode code=\"D\"/>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "<telecom value=\"https://ours.example/xcpd\"/>"));
	CU_ASSERT_TRUE(is_awaited(&s, 0));
	acknowledges(&s, "CA", attribute(&s, text, "ITSVersion=\"XML_1.0\"><id root=\""));
	struct discovered is = told(&s, &tarou, south);
	CU_ASSERT_EQUAL(is.as, DISCOVERED_LATER);
	CU_ASSERT_EQUAL(is.until, (1000 + 8 * 86400) * SECOND);
	conclude(&s);
	/* It is not asked again meanwhile; and is when that is over, or anything has changed. */
	anew(&s, 8 * 86400 * SECOND - 1);
	CU_ASSERT_FALSE(asks(&s, &tarou, south, false));
	CU_ASSERT_EQUAL(told(&s, &tarou, south).as, DISCOVERED_LATER);
	anew(&s, 8 * 86400 * SECOND);
	CU_ASSERT_TRUE(asks(&s, &tarou, south, false));
	decide(&s, CONSENT_EXCLUDE, "c-hospital");
	anew(&s, 1);
	CU_ASSERT_TRUE(asks(&s, &tarou, south, false));
	scene_close(&s.f);
}

/* ack, of which message -> awaited still */
static const struct acknowledged {
	const char *why, *code, *id;
	bool awaited;
} acknowledged[] = {
	{ "it will not", "AE", NULL, false },
	{ "it cannot be read", "CE", NULL, false },
	{ "of another message", "CA", "2.999", true },
	{ "by a code of its own", "ZZ", NULL, true },
};

static void what_is_no_acknowledgement(void)
{
	for (size_t i = 0; i < COUNT(acknowledged); i++) {
		const struct acknowledged *a = &acknowledged[i];
		struct scene s;
		begin(&s);
		anew(&s, 0);
		const char *text = asks_for_later(&s);
		acknowledges(&s, a->code,
			     a->id != NULL
				     ? a->id
				     : attribute(&s, text, "ITSVersion=\"XML_1.0\"><id root=\""));
		CU_ASSERT_EQUAL(told(&s, &tarou, south).as, DISCOVERED_NO_ANSWER);
		conclude(&s);
		if (is_awaited(&s, 0) != a->awaited)
			fprintf(stderr, "%s\n", a->why);
		CU_ASSERT_EQUAL(is_awaited(&s, 0), a->awaited);
		scene_close(&s.f);
	}
}

struct take {
	struct scene *scene;
	bool *taken;
	struct discovered *is;
	uint64_t *record;
};

static bool take_run(struct store_txn *t, const void *with)
{
	const struct take *k = with;
	struct exchange *x = &k->scene->x;
	struct awaited of;
	x->txn = t;
	*k->taken = awaited_find(t, x->arena, "south", QUESTION, x->now, &of)
		    && discovery_take(x, south, &of, k->is, k->record);
	x->txn = NULL;
	return *k->taken;
}

/* What came later; false: it was not taken. */
static bool takes(struct scene *s, const char *question, const char *events, const char *code,
		  struct discovered *is)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message *m = arena_new(s->f.arena, struct soap_message);
	const char *body = answer_to(s, question, "AA", events, code);
	uint64_t record = 0;
	bool taken = false;
	const struct take k = { s, &taken, is, &record };
	m->header = xml_root(xml_read(s->f.arena, NULL,
				      bytes_of_text("<h><CorrelationTimeToLive xmlns=\"urn:ihe:"
						    "iti:xcpd:2009\">PT60S"
						    "</CorrelationTimeToLive></h>"),
				      &p));
	m->body = xml_root(xml_read(s->f.arena, NULL, bytes_of_text(body), &p));
	s->x.soap = m;
	in_job(&s->f, take_run, &k);
	return taken;
}

static void taken_later(void)
{
	struct scene s;
	struct discovered is;
	begin(&s);
	anew(&s, 0);
	const char *text = asks_for_later(&s);
	anew(&s, 5);
	/* It contradicts itself: nothing of it, and it is awaited still. */
	CU_ASSERT_FALSE(takes(&s, text, EVENT("w-1", HIM), "NF", &is));
	CU_ASSERT_EQUAL(s.x.problem.code, PROBLEM_MALFORMED);
	CU_ASSERT_TRUE(is_awaited(&s, 5));
	CU_ASSERT_STRING_EQUAL(mapped(&s), "");
	anew(&s, 6);
	CU_ASSERT_TRUE(takes(&s, text, EVENT("w-1", HIM), "OK", &is));
	CU_ASSERT_EQUAL(is.as, DISCOVERED_ID);
	CU_ASSERT_STRING_EQUAL(mapped(&s), "w-1");
	CU_ASSERT_FALSE(is_awaited(&s, 6));
	CU_ASSERT_FALSE(takes(&s, text, EVENT("w-2", HIM), "OK", &is));
	anew(&s, 7);
	CU_ASSERT_FALSE(asks(&s, &tarou, south, false));
	CU_ASSERT_EQUAL(told(&s, &tarou, south).as, DISCOVERED_ID);
	anew(&s, 60 * SECOND + 6);
	CU_ASSERT_TRUE(asks(&s, &tarou, south, false));
	scene_close(&s.f);
}

/* Who is no more who was asked for, or may not be told of: what is said of him is dropped. */
static void dropped_later(void)
{
	struct who moved = tarou;
	struct scene s;
	struct discovered is;
	moved.address = "仙台市青葉1-2-3";
	for (int how = 0; how < 3; how++) {
		begin(&s);
		anew(&s, 0);
		const char *text = asks_for_later(&s);
		if (how == 0)
			people_feed(&s.f, &moved);
		else if (how == 1)
			decide(&s, CONSENT_LEAVE, NULL);
		else
			pair(&s.f, &tarou, &hanako, PAIR_TOGETHER);
		anew(&s, 5);
		CU_ASSERT_TRUE(takes(&s, text, EVENT("w-1", HIM), "OK", &is));
		CU_ASSERT_EQUAL(is.as, DISCOVERED_CHANGED);
		CU_ASSERT_STRING_EQUAL(mapped(&s), "");
		CU_ASSERT_FALSE(is_awaited(&s, 5));
		scene_close(&s.f);
	}
}

static const struct test tests[] = {
	{ "asked to answer later", asked_to_answer_later },
	{ "what is no acknowledgement", what_is_no_acknowledgement },
	{ "taken later", taken_later },
	{ "dropped later", dropped_later },
	{ 0 },
};

int main(void)
{
	return suite_run("answers that come later", tests);
}
