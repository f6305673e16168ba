/* tests/policy/decide_scene.c: as the header says. */
#include "tests/policy/decide_scene.h"

#include "gateway/base/text.h"
#include "tests/base/suite.h"

/* Strangers to each other, fed in this order: their records' numbers ascend. */
static const struct who people[PEOPLE] = {
	{ A_DOMAIN, "1", "ヤマダ", "イチ", "19410101", "M", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "2", "スズキ", "ニ", "19420202", "F", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "3", "サトウ", "サン", "19430303", "M", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "4", "タナカ", "ヨン", "19440404", "F", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "5", "ワタナベ", "ゴ", "19450505", "M", NULL, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "6", "イトウ", "ロク", "19460606", "F", NULL, 0, 0, 0, 0, 0, 0 },
};

struct said {
	size_t who;
	enum consent_action action;
	const char *facility;
};

/* Joined, left, joined without B, undecided, joined without C and others, left and joined again. */
static const struct said decisions[] = {
	{ 0, CONSENT_JOIN, NULL },
	{ 1, CONSENT_JOIN, NULL },
	{ 1, CONSENT_LEAVE, NULL },
	{ 2, CONSENT_JOIN, NULL },
	{ 2, CONSENT_EXCLUDE, "b-clinic" },
	{ 4, CONSENT_JOIN, NULL },
	{ 4, CONSENT_EXCLUDE, "a-hospital" },
	{ 4, CONSENT_EXCLUDE, "c-hospital" },
	{ 5, CONSENT_LEAVE, NULL },
	{ 5, CONSENT_JOIN, NULL },
};

const struct asker askers[ASKERS] = {
	{ "b-clinic", true, "+---++" },    { "b-clinic", false, "+--+++" },
	{ "c-hospital", true, "+-+--+" },  { "c-hospital", false, "+-++-+" },
	{ "a-hospital", true, "+-+--+" },  { "a-hospital", false, "+-++-+" },
	{ "outside-mpi", true, "+-+-++" }, { "outside-mpi", false, "+-++++" },
	{ NULL, true, "++++++" },          { NULL, false, "++++++" },
};
static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct consent_coverage coverage;
	struct {
		uint64_t subject;
		struct consent_event event;
	} *s = with;
	return consent_record(t, &people_region, s->subject, &s->event, &coverage, p);
}

void scene_begin(struct scene *s)
{
	*s = (struct scene){ 0 };
	fixture_open(&s->f);
	for (size_t i = 0; i < PEOPLE; i++)
		s->records[i] = people_feed(&s->f, &people[i]).record;
	for (size_t i = 0; i < COUNT(decisions); i++) {
		struct {
			uint64_t subject;
			struct consent_event event;
		} said = { s->records[decisions[i].who],
			   { .action = decisions[i].action,
			     .facility = decisions[i].facility,
			     .reason = "asked for it",
			     .by = "clerk",
			     .time = (instant)i + 1 } };
		CU_ASSERT_TRUE_FATAL(store_write(s->f.store, say_job, &said, &s->f.problem));
	}
	s->t = store_begin_read(s->f.store, &s->f.problem);
	s->region = people_region;
}

void scene_end(struct scene *s)
{
	store_end(s->t);
	fixture_close(&s->f);
}

struct decisions *of_asker(struct scene *s, size_t i)
{
	s->region.opt_in = askers[i].opt_in;
	struct requester who = { .region = &s->region,
				 .operates = askers[i].system == NULL,
				 .system = askers[i].system == NULL
						   ? NULL
						   : region_system(&s->region, askers[i].system) };
	CU_ASSERT_TRUE_FATAL(who.operates || who.system != NULL);
	return who.operates ? policy_begin_operator(s->f.arena, &who)
			    : policy_begin(s->f.arena, &who);
}

bool permits(struct decisions *d, struct store_txn *t, uint64_t record)
{
	const struct decision *now = policy_of_record(d, t, record);
	CU_ASSERT(now->ruling != RULING_DENY);
	CU_ASSERT_EQUAL(now->duties, now->ruling == RULING_HIDE ? DUTY_RECORD : 0);
	return now->ruling == RULING_PERMIT;
}

bool permits_object(struct decisions *d, struct store_txn *t, uint64_t record, const char *source)
{
	return policy_of_object(d, t, record, source)->ruling == RULING_PERMIT;
}

const char *uuid(struct scene *s)
{
	char urn[UUID_URN_TEXT];
	random_uuid(&system_random, urn);
	return arena_text(s->f.arena, urn);
}

void compose(struct scene *s, struct submitted *x, uint64_t subject)
{
	const char *by = "c-hospital";
	*x = (struct submitted){
		.set = { .id = uuid(s),
			 .unique_id = "2.999.1",
			 .subject = subject,
			 .source_system = by },
		.entry = { .id = uuid(s),
			   .unique_id = "2.999.2",
			   .subject = subject,
			   .source_system = by },
		.folder = { .id = uuid(s),
			    .unique_id = "2.999.3",
			    .subject = subject,
			    .source_system = by },
	};
	const char *targets[] = { x->entry.id, x->folder.id };
	for (size_t i = 0; i < COUNT(targets); i++)
		x->members[i] = (struct association){
			.id = uuid(s),
			.type = ASSOCIATION_HAS_MEMBER,
			.source = x->set.id,
			.type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
			.target = targets[i],
			.next = i + 1 < COUNT(targets) ? &x->members[i + 1] : NULL
		};
	x->all = (struct submission){ .set = &x->set,
				      .entries = &x->entry,
				      .folders = &x->folder,
				      .associations = x->members };
}

bool submit(void *with, struct store_txn *t, struct problem *p)
{
	struct submitted *x = with;
	return registry_put(t, store_arena(t), &x->all, 1, p);
}
