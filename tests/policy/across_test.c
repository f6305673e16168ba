/* tests/policy/across_test.c: whether a community may be given a document, which its gateways are
 * asked for, each as if it had asked itself (gateway/admitting.c). */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/journey.h"
#include "tests/policy/decide_scene.h"

/* The scene's people have excluded b-clinic, a-hospital and c-hospital; here these are gateways. */
enum { SYSTEMS = 4 };

struct asking {
	struct scene s;
	struct registered_system systems[SYSTEMS];
	struct partner partners[2];
	struct journey j;
};

static void asking_begin(struct asking *a)
{
	static const struct transaction sends = { .code = "ITI-41",
						  .actor = INITIATING_GATEWAY,
						  .access = STORE_WRITE };
	scene_begin(&a->s);
	for (size_t i = 0; i < SYSTEMS; i++)
		a->systems[i] = people_systems[i];
	a->partners[0] = (struct partner){ .name = "west",
					   .home_community_id = "urn:oid:2.999.30",
					   .purposes = 1u << PARTNER_COMMUNITY };
	a->partners[1] = a->partners[0];
	a->partners[1].name = "east";
	a->partners[1].home_community_id = "urn:oid:2.999.40";
	a->s.region.systems = a->systems;
	a->s.region.partners = a->partners;
	a->s.region.partner_count = COUNT(a->partners);
	a->j = (struct journey){ .x = { .arena = a->s.f.arena,
					.region = &a->s.region,
					.transaction = &sends,
					.who = { .region = &a->s.region,
						 .system = &a->systems[3] } } };
}

static bool may_have(struct asking *a, size_t person)
{
	const struct document_entry e = { .subject = a->s.records[person], .unique_id = "2.999.2" };
	journey_begin_policy(&a->j);
	const struct admission *now = &a->j.x.admission;
	return now->across(now->self, a->s.t, &a->partners[0], &e);
}

/* Of each person, in the scene's order: joined, left, joined without B, undecided, joined without C
 * and A, left and joined again. */
static const struct {
	const char *name;
	const char *community[SYSTEMS]; /* whose gateway a-hospital is, b-clinic, c-hospital ... */
	bool assumed;
	const char *given;
} rows[] = {
	{ "nobody's gateway", { NULL, NULL, NULL, NULL }, true, "------" },
	{ "another's gateway", { "east", NULL, NULL, NULL }, true, "------" },
	{ "one", { NULL, NULL, NULL, "west" }, true, "+-+-++" },
	{ "one who is excluded", { NULL, "west", NULL, NULL }, true, "+---++" },
	{ "each of two", { "west", "west", NULL, NULL }, true, "+----+" },
	{ "the last of two", { NULL, NULL, "west", "west" }, true, "+-+--+" },
	{ "another's is not asked", { NULL, "east", NULL, "west" }, true, "+-+-++" },
	{ "whom nobody has let in", { NULL, NULL, NULL, "west" }, false, "------" },
};

static void each_gateway_is_asked(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct asking a;
		asking_begin(&a);
		a.s.region.opt_in = true;
		a.partners[0].consent_assumed = rows[i].assumed;
		for (size_t n = 0; n < SYSTEMS; n++)
			a.systems[n].community = rows[i].community[n];
		for (size_t who = 0; who < PEOPLE; who++) {
			bool given = may_have(&a, who);
			if (given != (rows[i].given[who] == '+'))
				fprintf(stderr, "%s: person %zu\n", rows[i].name, who);
			CU_ASSERT_EQUAL(given, rows[i].given[who] == '+');
		}
		scene_end(&a.s);
	}
}

/* Whoever asks here: what was decided about him is not remembered for them. */
static void whoever_asks(void)
{
	struct asking a;
	asking_begin(&a);
	a.s.region.opt_in = true;
	a.partners[0].consent_assumed = true;
	a.systems[3].community = "west";
	a.j.x.who.system = &a.systems[1]; /* whom person 2 has excluded */
	CU_ASSERT_TRUE(may_have(&a, 2));
	const struct admission *now = &a.j.x.admission;
	CU_ASSERT_FALSE(now->object(now->self, a.s.t, a.s.records[2], "c-hospital"));
	CU_ASSERT_TRUE(may_have(&a, 2));
	scene_end(&a.s);
}

int main(void)
{
	static const struct test tests[] = { { "each gateway is asked", each_gateway_is_asked },
					     { "whoever asks", whoever_asks },
					     { 0 } };
	return suite_run("across", tests);
}
