/* tests/store/partner_ids_test.c: the promises of ids of partners, each a test of its name; what is
 * raised and how it is settled; and rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/names.h"
#include "store/numbers.h"
#include "tests/base/failing.h"
#include "tests/store/partners_scene.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))

#define THEIRS "2.999.2.1"

/* One job. */
struct doing {
	enum { MAPS, UNMAPS, SETTLES } what;
	struct partner_id id;
	uint64_t number;
	enum settlement settlement;
	struct mapped *mapped;
	struct partner_id *done;
	unsigned *count;
	enum problem_code *refused;
	bool *failed; /* the store has, as it says */
};

static bool do_run(struct store_txn *t, const void *with)
{
	const struct doing *d = with;
	struct partner_id id = d->id;
	struct partner_conflict c;
	struct problem p = { .code = PROBLEM_NONE };
	bool done = true;
	switch (d->what) {
	case MAPS:
		done = partner_id_map(t, &id, d->mapped, &p);
		*d->done = id;
		*d->refused = p.code;
		break;
	case UNMAPS: *d->count = partner_id_unmap(t, id.partner, id.person); break;
	default:
		done = partner_conflict_find(t, store_arena(t), id.partner, d->number, &c)
		       && partner_conflict_settle(t, &c, d->settlement, "settler", NOON + 5);
	}
	if (d->failed != NULL)
		*d->failed = store_failed(t);
	return done;
}

static struct mapped map_at(struct fixture *f, const char *partner, const struct who *w,
			    const char *id, instant now)
{
	struct mapped out = { 0 };
	struct partner_id done;
	enum problem_code code = PROBLEM_NONE;
	const struct doing d = { .what = MAPS,
				 .id = { .partner = partner,
					 .domain = THEIRS,
					 .id = id,
					 .person = person_of(f, w),
					 .by = "mapper",
					 .since = now },
				 .mapped = &out,
				 .done = &done,
				 .refused = &code };
	fixture_must(f, in_job(f, do_run, &d));
	return out;
}

static struct mapped map(struct fixture *f, const struct who *w, const char *id)
{
	return map_at(f, "nw2", w, id, NOON);
}

static unsigned unmap(struct fixture *f, const char *partner, const struct who *w)
{
	unsigned count = 99;
	const struct doing d = { .what = UNMAPS,
				 .id = { .partner = partner, .person = person_of(f, w) },
				 .count = &count };
	fixture_must(f, in_job(f, do_run, &d));
	return count;
}

static bool settle(struct fixture *f, uint64_t number, enum settlement what)
{
	const struct doing d = {
		.what = SETTLES, .id = { .partner = "nw2" }, .number = number, .settlement = what
	};
	return in_job(f, do_run, &d);
}

/* The id of w at that partner; "" none, "?" two. */
static const char *id_of(struct fixture *f, const char *partner, const struct who *w)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct partner_id out = { .id = "" };
	bool disputed,
		found = partner_id_of(t, f->arena, partner, person_of(f, w), &out, &disputed);
	CU_ASSERT_FALSE(found && disputed);
	store_end(t);
	return disputed ? "?" : found ? out.id : "";
}

/* Whose that id is; 0: nobody's. */
static uint64_t whose(struct fixture *f, const char *partner, const char *id)
{
	struct partner_id out = { 0 };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = partner_id_find(t, f->arena, partner, THEIRS, id, &out);
	CU_ASSERT_EQUAL(found, out.person != 0);
	f->problem = *store_problem(t);
	store_end(t);
	return found ? out.person : 0;
}

/* Both directions, and nothing else. */
static bool is_mapped(struct fixture *f, const struct who *w, const char *id)
{
	return strcmp(id_of(f, "nw2", w), id) == 0 && whose(f, "nw2", id) == person_of(f, w);
}

static struct partner_conflict *conflicts(struct fixture *f, const char *partner, uint64_t after,
					  unsigned limit)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct partner_conflict *list = partner_conflicts(t, f->arena, partner, after, limit);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return list;
}

static unsigned raised(struct fixture *f)
{
	unsigned count = 0;
	for (struct partner_conflict *c = conflicts(f, "nw2", 0, 1000); c != NULL; c = c->next)
		count++;
	return count;
}

static unsigned count_ids(struct fixture *f, const struct who *w)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	unsigned count = 0;
	for (struct partner_id *i = partner_ids_of(t, f->arena, person_of(f, w)); i != NULL;
	     i = i->next)
		count++;
	store_end(t);
	return count;
}

/* X of another authority. */
static struct doing other_domain(struct fixture *f, const struct who *w)
{
	return (struct doing){ .what = MAPS,
			       .id = { .partner = "nw2",
				       .domain = "2.999.2.2",
				       .id = "X",
				       .person = person_of(f, w),
				       .by = "mapper",
				       .since = NOON },
			       .mapped = arena_new(f->arena, struct mapped),
			       .done = arena_new(f->arena, struct partner_id),
			       .refused = arena_new(f->arena, enum problem_code) };
}

/* ---- Promises ---- */

static void m1_one_to_one(void)
{
	struct fixture f;
	scene_open(&f);
	CU_ASSERT_STRING_EQUAL(id_of(&f, "nw2", &tarou), "");
	CU_ASSERT_EQUAL(whose(&f, "nw2", "X"), 0);
	CU_ASSERT_EQUAL(map(&f, &tarou, "X").what, MAPPING_MADE);
	CU_ASSERT_EQUAL(map(&f, &tarou, "X").what, MAPPING_THERE);
	CU_ASSERT_EQUAL(map(&f, &hanako, "Y").what, MAPPING_MADE);
	CU_ASSERT_EQUAL(map_at(&f, "nw3", &hanako, "X", NOON).what, MAPPING_MADE);
	CU_ASSERT_TRUE(is_mapped(&f, &tarou, "X") && is_mapped(&f, &hanako, "Y"));
	CU_ASSERT_EQUAL(whose(&f, "nw3", "X"), person_of(&f, &hanako));
	CU_ASSERT_EQUAL(whose(&f, "nw2", "Z"), 0);
	CU_ASSERT_EQUAL(count_ids(&f, &hanako), 2);
	CU_ASSERT_EQUAL(count_ids(&f, &jirou), 0);
	fixture_reopen(&f);
	CU_ASSERT_TRUE(is_mapped(&f, &tarou, "X"));
	CU_ASSERT_EQUAL(unmap(&f, "nw2", &tarou), 1);
	CU_ASSERT_EQUAL(unmap(&f, "nw2", &tarou), 0);
	CU_ASSERT_EQUAL(unmap(&f, "nobody", &tarou), 0);
	CU_ASSERT_TRUE(whose(&f, "nw2", "X") == 0 && strcmp(id_of(&f, "nw2", &tarou), "") == 0);
	CU_ASSERT_EQUAL(map(&f, &jirou, "X").what, MAPPING_MADE);
	CU_ASSERT_TRUE(is_mapped(&f, &jirou, "X"));
	/* The same digits of another authority are another id, nobody's yet; and he has one. */
	struct doing d = other_domain(&f, &jirou);
	CU_ASSERT_TRUE(in_job(&f, do_run, &d) && d.mapped->what == MAPPING_REFUSED);
	CU_ASSERT_STRING_EQUAL(d.mapped->against->domain, THEIRS);
	d = other_domain(&f, &tarou);
	CU_ASSERT_TRUE(in_job(&f, do_run, &d) && d.mapped->what == MAPPING_MADE);
	CU_ASSERT_TRUE(is_mapped(&f, &jirou, "X"));
	scene_close(&f);
}

/* A name of a partner's that nobody wrote yet has no number. */
static void m1_unknown_partner(void)
{
	struct fixture f;
	scene_open(&f);
	CU_ASSERT_STRING_EQUAL(id_of(&f, "nobody", &tarou), "");
	CU_ASSERT_EQUAL(whose(&f, "nobody", "X"), 0);
	CU_ASSERT_PTR_NULL(conflicts(&f, "nobody", 0, 10));
	CU_ASSERT_FALSE(settle(&f, 1, SETTLE_KEEP));
	scene_close(&f);
}

static void m2_refused_and_raised(void)
{
	struct fixture f;
	scene_open(&f);
	map(&f, &tarou, "X");
	/* The id is another's; the person has another id; both. */
	struct mapped theirs = map(&f, &hanako, "X"), ours = map(&f, &tarou, "Z");
	map(&f, &hanako, "Y");
	struct mapped both = map(&f, &hanako, "X");
	CU_ASSERT_TRUE(theirs.what == MAPPING_REFUSED && theirs.conflict != 0 && !theirs.decided);
	CU_ASSERT_TRUE(ours.what == MAPPING_REFUSED && ours.conflict > theirs.conflict);
	CU_ASSERT_EQUAL(both.conflict, theirs.conflict);
	CU_ASSERT_TRUE(is_mapped(&f, &tarou, "X") && is_mapped(&f, &hanako, "Y"));
	CU_ASSERT_EQUAL(whose(&f, "nw2", "Z"), 0);
	struct partner_conflict *c = conflicts(&f, "nw2", 0, 10);
	fixture_must(&f, c != NULL && c->next != NULL && c->next->next == NULL);
	CU_ASSERT_TRUE(c->number == theirs.conflict && !c->joined);
	CU_ASSERT_TRUE(c->claimed.person == person_of(&f, &hanako) && c->claimed.since == NOON);
	CU_ASSERT_STRING_EQUAL(c->claimed.by, "mapper");
	CU_ASSERT_STRING_EQUAL(c->claimed.domain, THEIRS);
	/* What stands against it: her own id, and whose X is. */
	fixture_must(&f, c->against != NULL && c->against->next != NULL);
	CU_ASSERT_PTR_NULL(c->against->next->next);
	CU_ASSERT_STRING_EQUAL(c->next->against->id, "X");
	CU_ASSERT_PTR_NULL(c->next->against->next);
	/* Pages. */
	CU_ASSERT_PTR_NULL(conflicts(&f, "nw2", 0, 1)->next);
	CU_ASSERT_EQUAL(conflicts(&f, "nw2", theirs.conflict, 10)->number, ours.conflict);
	CU_ASSERT_PTR_NULL(conflicts(&f, "nw2", ours.conflict, 10));
	CU_ASSERT_PTR_NULL(conflicts(&f, "nw2", UINT64_MAX, 10));
	CU_ASSERT_PTR_NULL(conflicts(&f, "nw3", 0, 10));
	scene_close(&f);
}

static void m2_no_more_than_so_many(void)
{
	struct fixture f;
	scene_open(&f);
	map(&f, &tarou, "X");
	for (unsigned i = 0; i < PARTNER_CONFLICTS_MOST; i++)
		CU_ASSERT_TRUE(map(&f, &tarou, arena_printf(f.arena, "%u", i)).conflict != 0);
	struct mapped beyond = map(&f, &tarou, "beyond");
	CU_ASSERT_TRUE(beyond.what == MAPPING_REFUSED && beyond.conflict == 0 && !beyond.decided);
	CU_ASSERT_EQUAL(raised(&f), PARTNER_CONFLICTS_MOST);
	/* Another partner's are counted apart. */
	map_at(&f, "nw3", &tarou, "X", NOON);
	CU_ASSERT_TRUE(map_at(&f, "nw3", &tarou, "Y", NOON).conflict != 0);
	CU_ASSERT_TRUE(settle(&f, conflicts(&f, "nw2", 0, 1)->number, SETTLE_KEEP));
	CU_ASSERT_TRUE(map(&f, &tarou, "beyond").conflict != 0);
	scene_close(&f);
}

/* Tarou has X; X is claimed to be Hanako's, who has Y. */
static void m3_settled(void)
{
	static const struct {
		const char *why;
		enum settlement what;
		const char *tarou, *hanako;
		bool decided; /* the same claim is refused without being raised */
		bool made;    /* the same claim is there now, or is made */
	} rows[] = {
		{ "keep", SETTLE_KEEP, "X", "Y", true, false },
		{ "replace", SETTLE_REPLACE, "", "X", false, true },
		{ "drop", SETTLE_DROP, "", "", false, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		scene_open(&f);
		map(&f, &tarou, "X");
		map(&f, &hanako, "Y");
		uint64_t number = map(&f, &hanako, "X").conflict;
		CU_ASSERT_TRUE(settle(&f, number, rows[i].what));
		CU_ASSERT_FALSE(settle(&f, number, rows[i].what));
		CU_ASSERT_EQUAL(raised(&f), 0);
		CU_ASSERT_STRING_EQUAL(id_of(&f, "nw2", &tarou), rows[i].tarou);
		CU_ASSERT_STRING_EQUAL(id_of(&f, "nw2", &hanako), rows[i].hanako);
		CU_ASSERT_EQUAL(scene_findings(&f), 0);
		struct mapped again = map(&f, &hanako, "X");
		CU_ASSERT_EQUAL(again.decided, rows[i].decided);
		CU_ASSERT_EQUAL(again.what != MAPPING_REFUSED, rows[i].made);
		CU_ASSERT_EQUAL(again.conflict, 0);
		scene_close(&f);
	}
}

/* Who made it, and when, is who settled. */
static void m3_by_whom(void)
{
	struct fixture f;
	struct partner_id out = { 0 };
	scene_open(&f);
	map(&f, &tarou, "X");
	CU_ASSERT_TRUE(settle(&f, map(&f, &hanako, "X").conflict, SETTLE_REPLACE));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(partner_id_find(t, f.arena, "nw2", THEIRS, "X", &out));
	store_end(t);
	CU_ASSERT_STRING_EQUAL(out.by, "settler");
	CU_ASSERT_EQUAL(out.since, NOON + 5);
	CU_ASSERT_STRING_EQUAL(out.partner, "nw2");
	scene_close(&f);
}

/* Something has happened since it was raised. */
static void m3_meanwhile(void)
{
	struct fixture f;
	scene_open(&f);
	/* What stood against it is gone: nothing is remembered of keep, the claim may come anew. */
	map(&f, &tarou, "X");
	uint64_t number = map(&f, &hanako, "X").conflict;
	unmap(&f, "nw2", &tarou);
	CU_ASSERT_PTR_NULL(conflicts(&f, "nw2", 0, 1)->against);
	CU_ASSERT_TRUE(settle(&f, number, SETTLE_KEEP));
	CU_ASSERT_EQUAL(map(&f, &hanako, "X").what, MAPPING_MADE);
	unmap(&f, "nw2", &hanako);
	/* Or it was mapped: its conflict is over. */
	map(&f, &tarou, "X");
	map(&f, &hanako, "X");
	unmap(&f, "nw2", &tarou);
	CU_ASSERT_EQUAL(map(&f, &hanako, "X").what, MAPPING_MADE);
	CU_ASSERT_EQUAL(raised(&f), 0);
	/* And after keep, when what it was kept for is gone. */
	CU_ASSERT_TRUE(settle(&f, map(&f, &tarou, "X").conflict, SETTLE_KEEP));
	CU_ASSERT_TRUE(map(&f, &tarou, "X").decided);
	unmap(&f, "nw2", &hanako);
	CU_ASSERT_EQUAL(map(&f, &tarou, "X").what, MAPPING_MADE);
	/* The two have become one person, whose the id then is already. */
	number = map(&f, &hanako, "X").conflict;
	pair(&f, &tarou, &hanako, PAIR_TOGETHER);
	CU_ASSERT_PTR_NULL(conflicts(&f, "nw2", 0, 1)->against);
	CU_ASSERT_TRUE(settle(&f, number, SETTLE_REPLACE));
	CU_ASSERT_TRUE(is_mapped(&f, &hanako, "X"));
	pair(&f, &tarou, &hanako, PAIR_UNDO);
	CU_ASSERT_TRUE(is_mapped(&f, &tarou, "X"));
	scene_close(&f);
}

static void m4_together_and_apart(void)
{
	struct fixture f;
	scene_open(&f);
	map(&f, &hanako, "Y");
	pair(&f, &tarou, &hanako, PAIR_TOGETHER);
	CU_ASSERT_TRUE(is_mapped(&f, &tarou, "Y"));
	CU_ASSERT_EQUAL(map(&f, &tarou, "Y").what, MAPPING_THERE);
	CU_ASSERT_EQUAL(raised(&f), 0);
	pair(&f, &tarou, &hanako, PAIR_UNDO);
	CU_ASSERT_TRUE(is_mapped(&f, &hanako, "Y"));
	CU_ASSERT_STRING_EQUAL(id_of(&f, "nw2", &tarou), "");
	scene_close(&f);
}

/* Two who were mapped become one: raised; neither is told, both lead to the person; and settled by
 * itself when they part. */
static void m4_joined(void)
{
	struct fixture f;
	scene_open(&f);
	map_at(&f, "nw2", &tarou, "X", NOON + 1);
	map_at(&f, "nw2", &hanako, "Y", NOON);
	map_at(&f, "nw3", &tarou, "X", NOON);
	pair(&f, &tarou, &hanako, PAIR_TOGETHER);
	CU_ASSERT_STRING_EQUAL(id_of(&f, "nw2", &tarou), "?");
	CU_ASSERT_STRING_EQUAL(id_of(&f, "nw3", &tarou), "X");
	CU_ASSERT_TRUE(whose(&f, "nw2", "X") == person_of(&f, &tarou)
		       && whose(&f, "nw2", "Y") == person_of(&f, &tarou));
	CU_ASSERT_EQUAL(scene_findings(&f), 0);
	struct partner_conflict *c = conflicts(&f, "nw2", 0, 10);
	fixture_must(&f, c != NULL && c->next == NULL);
	CU_ASSERT_TRUE(c->joined && strcmp(c->claimed.id, "X") == 0
		       && strcmp(c->against->id, "Y") == 0 && c->against->next == NULL);
	CU_ASSERT_EQUAL(map(&f, &tarou, "X").what, MAPPING_THERE);
	/* Nothing that happens to the person otherwise raises it twice. */
	people_feed(&f, &hanako);
	pair(&f, &tarou, &jirou, PAIR_TOGETHER);
	CU_ASSERT_EQUAL(raised(&f), 1);
	pair(&f, &tarou, &jirou, PAIR_UNDO);
	pair(&f, &tarou, &hanako, PAIR_UNDO);
	CU_ASSERT_EQUAL(raised(&f), 0);
	CU_ASSERT_TRUE(is_mapped(&f, &tarou, "X") && is_mapped(&f, &hanako, "Y"));
	scene_close(&f);
}

/* Three become one, and each way it is settled; X is the oldest, Y and Z are raised. */
static void m4_joined_settled(void)
{
	static const struct {
		const char *claimed;
		enum settlement what;
		const char *left;
		unsigned raised;
	} rows[] = {
		{ "Y", SETTLE_KEEP, "XZ", 1 },   { "Z", SETTLE_KEEP, "XY", 1 },
		{ "Y", SETTLE_REPLACE, "Y", 0 }, { "Z", SETTLE_REPLACE, "Z", 0 },
		{ "Y", SETTLE_DROP, "", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		scene_open(&f);
		for (size_t j = 0; j < PEOPLE; j++)
			map(&f, people[j], j == 0 ? "X" : j == 1 ? "Y" : "Z");
		pair(&f, &tarou, &hanako, PAIR_TOGETHER);
		pair(&f, &hanako, &jirou, PAIR_TOGETHER);
		CU_ASSERT_EQUAL(raised(&f), 2);
		struct partner_conflict *c = conflicts(&f, "nw2", 0, 10);
		while (strcmp(c->claimed.id, rows[i].claimed) != 0)
			c = c->next;
		CU_ASSERT_TRUE(settle(&f, c->number, rows[i].what));
		CU_ASSERT_EQUAL(raised(&f), rows[i].raised);
		CU_ASSERT_EQUAL(count_ids(&f, &tarou), strlen(rows[i].left));
		for (const char *left = rows[i].left; *left != '\0'; left++)
			CU_ASSERT_EQUAL(whose(&f, "nw2", arena_text_n(f.arena, left, 1)),
					person_of(&f, &tarou));
		scene_close(&f);
	}
}

/* Of two of one person the older is given to somebody else: nothing is joined any more. */
static void m4_joined_and_taken(void)
{
	struct fixture f;
	scene_open(&f);
	map(&f, &tarou, "X");
	map(&f, &hanako, "Y");
	pair(&f, &tarou, &hanako, PAIR_TOGETHER);
	uint64_t number = map(&f, &jirou, "X").conflict;
	CU_ASSERT_EQUAL(raised(&f), 2);
	CU_ASSERT_TRUE(settle(&f, number, SETTLE_REPLACE));
	CU_ASSERT_EQUAL(raised(&f), 0);
	CU_ASSERT_TRUE(is_mapped(&f, &jirou, "X") && is_mapped(&f, &tarou, "Y"));
	scene_close(&f);
}

/* Where an outside source gives the regional ids, the first record of a person is the one. */
static void m4_outside_source(void)
{
	static const struct who outside = { .domain = AFFINITY,
					    .id = "R1",
					    .family = "ソトノ",
					    .given = "ヒト",
					    .birth = "19700101",
					    .sex = "M" };
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &outside);
	CU_ASSERT_EQUAL(regional_of(&f, &outside), 1);
	CU_ASSERT_EQUAL(map(&f, &outside, "X").what, MAPPING_MADE);
	CU_ASSERT_TRUE(is_mapped(&f, &outside, "X"));
	CU_ASSERT_EQUAL(count_ids(&f, &outside), 1);
	scene_close(&f);
}

static void m4_joined_and_unmapped(void)
{
	struct fixture f;
	scene_open(&f);
	map(&f, &tarou, "X");
	map(&f, &hanako, "Y");
	pair(&f, &tarou, &hanako, PAIR_TOGETHER);
	CU_ASSERT_EQUAL(unmap(&f, "nw2", &tarou), 2);
	CU_ASSERT_EQUAL(raised(&f), 0);
	CU_ASSERT_TRUE(whose(&f, "nw2", "X") == 0 && whose(&f, "nw2", "Y") == 0);
	scene_close(&f);
}

static void m4_somebody_else(void)
{
	struct who another = jirou;
	struct fixture f;
	another.id = tarou.id;
	another.domain = tarou.domain;
	another.phone = "0399999999";
	scene_open(&f);
	map(&f, &tarou, "X");
	CU_ASSERT_TRUE(people_feed(&f, &another).somebody_else);
	people_feed(&f, &tarou);
	CU_ASSERT_FALSE(people_record(&f, tarou.domain, tarou.id).unsettled & UNSETTLED_IDENTITY);
	unmap(&f, "nw2", &tarou);
	CU_ASSERT_FALSE(people_feed(&f, &another).somebody_else);
	scene_close(&f);
}

/* ---- What fails ---- */

static void cannot_be_asked(void)
{
	char domain[202], id[253];
	memset(domain, '1', sizeof domain);
	memset(id, '1', sizeof id);
	domain[200] = id[251] = '\0';
	const struct {
		const char *domain, *id;
		bool person;
		enum problem_code code;
	} rows[] = {
		{ "", "X", true, PROBLEM_REQUEST_INVALID },
		{ THEIRS, "", true, PROBLEM_REQUEST_INVALID },
		{ domain, "X", true, PROBLEM_REQUEST_INVALID },
		{ THEIRS, id, true, PROBLEM_REQUEST_INVALID },
		{ THEIRS, "X", false, PROBLEM_UNKNOWN_PATIENT },
		{ domain + 1, id + 1, true, PROBLEM_NONE },
	};
	struct fixture f;
	scene_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct mapped out;
		struct partner_id done;
		enum problem_code code;
		const struct doing d = { .what = MAPS,
					 .id = { .partner = "nw2",
						 .domain = rows[i].domain,
						 .id = rows[i].id,
						 .person = rows[i].person ? person_of(&f, &tarou)
									  : 9999,
						 .by = "mapper",
						 .since = NOON },
					 .mapped = &out,
					 .done = &done,
					 .refused = &code };
		CU_ASSERT_EQUAL(in_job(&f, do_run, &d), code == PROBLEM_NONE);
		CU_ASSERT_EQUAL(code, rows[i].code);
	}
	/* What cannot be a key leads to nobody. */
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct partner_id out;
	const char *endless = arena_printf(f.arena, "%600d", 0);
	CU_ASSERT_FALSE(partner_id_find(t, f.arena, "nw2", THEIRS, endless, &out));
	CU_ASSERT_PTR_NULL(partner_ids_of(t, f.arena, 9999));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	scene_close(&f);
}

/* Each row that is written fails: nothing of it is kept. */
static unsigned fails_each(struct fixture *f, const struct doing *d)
{
	unsigned failures = 0;
	for (unsigned n = 0;; n++) {
		failing_arm("store_put", n);
		bool kept = in_job(f, do_run, d);
		if (!failing_disarm()) {
			CU_ASSERT_TRUE(kept);
			return failures;
		}
		failures++;
		CU_ASSERT_FALSE(kept);
		CU_ASSERT_EQUAL(scene_findings(f), 0);
	}
}

static void not_kept(void)
{
	struct fixture f;
	struct mapped out;
	struct partner_id done;
	enum problem_code code;
	struct doing d = { .what = MAPS,
			   .id = { .partner = "nw2", .domain = THEIRS, .id = "X", .by = "mapper" },
			   .mapped = &out,
			   .done = &done,
			   .refused = &code };
	scene_open(&f);
	d.id.person = person_of(&f, &tarou);
	CU_ASSERT_TRUE(fails_each(&f, &d) >= 4); /* a name and a mapping, both sides of each */
	CU_ASSERT_TRUE(is_mapped(&f, &tarou, "X"));
	d.id.person = person_of(&f, &hanako);
	/* Numbers come in blocks: the row of the first is one more. */
	CU_ASSERT_EQUAL(fails_each(&f, &d), 3);
	CU_ASSERT_EQUAL(raised(&f), 1);
	d.what = SETTLES;
	d.number = out.conflict;
	d.settlement = SETTLE_REPLACE;
	CU_ASSERT_EQUAL(fails_each(&f, &d), 2);
	CU_ASSERT_TRUE(is_mapped(&f, &hanako, "X"));
	d.number = map(&f, &tarou, "X").conflict;
	d.settlement = SETTLE_KEEP;
	CU_ASSERT_EQUAL(fails_each(&f, &d), 1);
	CU_ASSERT_EQUAL(raised(&f), 0);
	scene_close(&f);
}

/* Where the store fails when two become one, they do not. */
static void joined_not_kept(void)
{
	struct fixture f;
	const struct pairing q = { &tarou, &hanako, PAIR_TOGETHER };
	unsigned failures = 0;
	scene_open(&f);
	map(&f, &tarou, "X");
	map(&f, &hanako, "Y");
	for (unsigned n = 0;; n++) {
		failing_arm("store_put", n);
		bool kept = in_job(&f, pair_run, &q);
		if (!failing_disarm())
			break;
		failures++;
		CU_ASSERT_FALSE(kept);
		CU_ASSERT_FALSE(people_same(&f, &tarou, &hanako));
		CU_ASSERT_EQUAL(raised(&f), 0);
	}
	CU_ASSERT_TRUE(failures > 4);
	CU_ASSERT_TRUE(people_same(&f, &tarou, &hanako) && raised(&f) == 1);
	scene_close(&f);
}

/* ---- Rows that are none ---- */

/* Tarou has X at nw2, Hanako claims it. */
struct broken {
	struct fixture f;
	uint64_t partner, record, claimed, number;
	struct key theirs, ours, conflict, claim;
};

static void add_id(struct key *k, const char *id)
{
	key_oid(k, THEIRS);
	key_identifier(k, id);
}

static void broken_open(struct broken *b)
{
	scene_open(&b->f);
	map(&b->f, &tarou, "X");
	b->number = map(&b->f, &hanako, "X").conflict;
	struct store_txn *t = store_begin_read(b->f.store, &b->f.problem);
	CU_ASSERT_TRUE(name_find(t, "nw2", &b->partner));
	store_end(t);
	b->record = regional_of(&b->f, &tarou);
	b->claimed = regional_of(&b->f, &hanako);
	key_begin(&b->theirs, SPACE_PARTNER_ID);
	key_short(&b->theirs, b->partner);
	add_id(&b->theirs, "X");
	key_begin(&b->ours, SPACE_PARTNER_ID_OF);
	key_short(&b->ours, b->record);
	key_short(&b->ours, b->partner);
	key_begin(&b->conflict, SPACE_PARTNER_CONFLICT);
	key_short(&b->conflict, b->partner);
	key_short(&b->conflict, b->number);
	key_begin(&b->claim, SPACE_PARTNER_CLAIMED);
	key_short(&b->claim, b->partner);
	key_short(&b->claim, b->claimed);
	add_id(&b->claim, "X");
}

enum question { WHOSE, ID_OF, ALL_OF, MAP, AGAIN, LIST, SETTLE, UNMAP, QUESTIONS };

/* Whether the store says that it failed. */
static bool fails_at(struct broken *b, enum question q)
{
	struct mapped out;
	struct partner_id done;
	enum problem_code code = PROBLEM_NONE;
	bool disputed;
	struct doing d = { .what = q == UNMAP    ? UNMAPS
				   : q == SETTLE ? SETTLES
						 : MAPS,
			   .id = { .partner = "nw2",
				   .domain = THEIRS,
				   .id = "X",
				   .by = "mapper",
				   .person = person_of(&b->f, q == AGAIN ? &tarou
							      : q == MAP ? &hanako
									 : &tarou) },
			   .number = b->number,
			   .settlement = SETTLE_DROP,
			   .mapped = &out,
			   .done = &done,
			   .count = &(unsigned){ 0 },
			   .refused = &code };
	if (q >= MAP && q != LIST) {
		bool told = false;
		d.failed = &told;
		return !in_job(&b->f, do_run, &d) && told
		       && (d.what != MAPS || code == PROBLEM_INTERNAL);
	}
	struct store_txn *t = store_begin_read(b->f.store, &b->f.problem);
	uint64_t person = d.id.person;
	switch (q) {
	case WHOSE: partner_id_find(t, b->f.arena, "nw2", THEIRS, "X", &done); break;
	case ID_OF: partner_id_of(t, b->f.arena, "nw2", person, &done, &disputed); break;
	case ALL_OF: partner_ids_of(t, b->f.arena, person); break;
	default: partner_conflicts(t, b->f.arena, "nw2", 0, 10); break;
	}
	bool failed = store_failed(t);
	store_end(t);
	return failed;
}

/* A mapping: version, domain (1), id (2), since (3), by (4), record (5), joined (6). */
#define ROW                                                                                        \
	"\1\1\x0a" THEIRS "\0"                                                                     \
	"\2\2X\0"                                                                                  \
	"\3\1\2"                                                                                   \
	"\4\2m\0"
static void damaged(void)
{
	enum { ALL = 1u << QUESTIONS, OURS = 1, THEIRS_ROW, CONFLICT, CLAIM };
	static const struct {
		const char *why;
		int what;
		const char *octets;
		size_t length;
		unsigned fail; /* bits of 1 << enum question */
	} rows[] = {
		{ "nothing", OURS, "", 0,
		  1u << WHOSE | 1u << ID_OF | 1u << ALL_OF | 1u << MAP | 1u << AGAIN
			  | 1u << UNMAP },
		{ "another version", OURS, "\2" ROW, sizeof ROW, 1u << WHOSE | 1u << ID_OF },
		{ "no domain", OURS, "\1\2\2X\0\3\1\2\4\2m", 12, 1u << WHOSE | 1u << ID_OF },
		{ "no id", OURS, "\1\1\2d\0\3\1\2\4\2m", 12, 1u << WHOSE | 1u << ID_OF },
		{ "by nobody", OURS, "\1\1\2d\0\2\2X\0\3\1\2", 12, 1u << WHOSE | 1u << ID_OF },
		{ "broken off", OURS, ROW "\4\7", sizeof ROW + 1, 1u << WHOSE | 1u << ID_OF },
		{ "with a record", OURS, ROW "\5\1\1", sizeof ROW + 2, 1u << WHOSE | 1u << ID_OF },
		{ "joined", OURS, ROW "\6\1\1", sizeof ROW + 2, 1u << WHOSE | 1u << ID_OF },
		{ "gone", OURS, NULL, 0, 1u << WHOSE | 1u << MAP },
		{ "nothing", THEIRS_ROW, "", 0, 1u << WHOSE | 1u << MAP | 1u << AGAIN },
		{ "another version", THEIRS_ROW, "\2\1\1\1", 4, 1u << WHOSE | 1u << MAP },
		{ "no number", THEIRS_ROW, "\1\2\1\1", 4, 1u << WHOSE | 1u << MAP },
		{ "broken off", THEIRS_ROW, "\1\1\1\1\1\7", 6, 1u << WHOSE | 1u << MAP },
		{ "of nobody", THEIRS_ROW, "\1\1\2\x27\x0f", 5, 1u << WHOSE | 1u << MAP },
		{ "nothing", CONFLICT, "", 0, 1u << LIST | 1u << SETTLE },
		{ "of no record", CONFLICT, ROW, sizeof ROW - 1, 1u << LIST | 1u << SETTLE },
		{ "of a record there is not", CONFLICT, ROW "\5\2\x27\x0f", sizeof ROW + 3,
		  1u << LIST | 1u << SETTLE },
		{ "nothing", CLAIM, "", 0, 1u << MAP | 1u << SETTLE },
		{ "no number", CLAIM, "\1\2\1\1", 4, 1u << MAP | 1u << SETTLE },
		{ "broken off", CLAIM, "\1\1\1\1\1\7", 6, 1u << MAP | 1u << SETTLE },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned q = 0; q < QUESTIONS; q++) {
			struct broken b;
			if ((rows[i].fail & 1u << q) == 0)
				continue;
			broken_open(&b);
			put_raw(&b.f,
				rows[i].what == OURS         ? b.ours
				: rows[i].what == THEIRS_ROW ? b.theirs
				: rows[i].what == CONFLICT   ? b.conflict
							     : b.claim,
				rows[i].octets, rows[i].length);
			if (!fails_at(&b, (enum question)q) || scene_findings(&b.f) == 0) {
				fprintf(stderr, "%zu %s, question %u\n", i, rows[i].why, q);
				CU_FAIL("a row that is none was taken for one");
			}
			fixture_close(&b.f);
		}
}

/* A row of a partner without a name. */
static void nameless(void)
{
	struct broken b;
	struct key named;
	broken_open(&b);
	key_begin(&named, SPACE_NAMED);
	key_short(&named, b.partner);
	put_raw(&b.f, named, NULL, 0);
	fixture_reopen(&b.f);
	CU_ASSERT_TRUE(fails_at(&b, ALL_OF));
	fixture_close(&b.f);
}

/* Who is mapped becomes one with somebody, and his mapping cannot be read: he does not. */
static void joined_damaged(void)
{
	const struct pairing join = { &tarou, &hanako, PAIR_TOGETHER };
	struct broken b;
	struct key hers;
	broken_open(&b);
	map(&b.f, &hanako, "Y");
	key_begin(&hers, SPACE_PARTNER_ID_OF);
	key_short(&hers, b.claimed);
	key_short(&hers, b.partner);
	put_raw(&b.f, hers, "", 0);
	CU_ASSERT_FALSE(in_job(&b.f, pair_run, &join));
	CU_ASSERT_EQUAL(b.f.problem.code, PROBLEM_INTERNAL);
	fixture_close(&b.f);
}

/* ---- What `minato check` tells ---- */

static void tells(struct broken *b, const char *what)
{
	if (scene_findings(&b->f) != 1 || strstr(scene_finding, what) == NULL) {
		fprintf(stderr, "%s: '%s'\n", what, scene_finding);
		CU_FAIL("a finding that was to be told");
	}
	fixture_close(&b->f);
}

static void checked(void)
{
	struct broken b;
	struct key odd;
	broken_open(&b);
	CU_ASSERT_EQUAL(scene_findings(&b.f), 0);
	put_raw(&b.f, b.theirs, NULL, 0);
	tells(&b, "does not lead to it");
	broken_open(&b);
	put_raw(&b.f, b.ours, NULL, 0);
	tells(&b, "and it has another one");
	/* It leads to another record, and that has another id. */
	broken_open(&b);
	map(&b.f, &jirou, "J");
	put_raw(&b.f, b.theirs, arena_printf(b.f.arena, "\1\1\1%c", (int)regional_of(&b.f, &jirou)),
		4);
	CU_ASSERT_EQUAL(scene_findings(&b.f), 2);
	fixture_close(&b.f);
	broken_open(&b);
	put_raw(&b.f, b.conflict, NULL, 0);
	tells(&b, "was not raised");
	broken_open(&b);
	put_raw(&b.f, b.claim, NULL, 0);
	tells(&b, "it is of no claim");
	broken_open(&b);
	put_raw(&b.f, b.claim, "\1\1\1\0", 4);
	tells(&b, "it is of no claim");
	/* Keys that are none. */
	static const struct {
		unsigned char space;
		const char *what;
	} spaces[] = { { SPACE_PARTNER_ID, "it cannot be read" },
		       { SPACE_PARTNER_ID_OF, "cannot be read" },
		       { SPACE_PARTNER_CONFLICT, "it is of no claim" },
		       { SPACE_PARTNER_CLAIMED, "cannot be read" } };
	for (size_t i = 0; i < COUNT(spaces); i++) {
		broken_open(&b);
		key_begin(&odd, spaces[i].space);
		key_octet(&odd, 9);
		put_raw(&b.f, odd, ROW, sizeof ROW - 1);
		tells(&b, spaces[i].what);
	}
	/* Two of one person, and nobody was told. */
	broken_open(&b);
	map(&b.f, &hanako, "Y");
	pair(&b.f, &tarou, &hanako, PAIR_TOGETHER);
	CU_ASSERT_EQUAL(scene_findings(&b.f), 0);
	b.claim.length = 0;
	key_begin(&b.claim, SPACE_PARTNER_CLAIMED);
	key_short(&b.claim, b.partner);
	key_short(&b.claim, b.claimed);
	add_id(&b.claim, "Y");
	put_raw(&b.f, b.claim, NULL, 0);
	CU_ASSERT_EQUAL(scene_findings(&b.f), 2);
	fixture_close(&b.f);
	/* And where one of the two cannot be read, that is told, and no more. */
	broken_open(&b);
	map(&b.f, &hanako, "Y");
	pair(&b.f, &tarou, &hanako, PAIR_TOGETHER);
	put_raw(&b.f, b.ours, "", 0);
	CU_ASSERT_TRUE(scene_findings(&b.f) > 1);
	fixture_close(&b.f);
	/* Of a record there is not: a mapping, and a claim. */
	broken_open(&b);
	key_begin(&odd, SPACE_PARTNER_ID_OF);
	key_short(&odd, 9999);
	key_short(&odd, b.partner);
	put_raw(&b.f, odd, ROW, sizeof ROW - 1);
	put_raw(&b.f, b.theirs, "\1\1\2\x27\x0f", 5);
	CU_ASSERT_EQUAL(whose(&b.f, "nw2", "X"), 0);
	CU_ASSERT_EQUAL(b.f.problem.code, PROBLEM_INTERNAL);
	CU_ASSERT_EQUAL(scene_findings(&b.f), 2);
	fixture_close(&b.f);
	broken_open(&b);
	key_begin(&odd, SPACE_PARTNER_CLAIMED);
	key_short(&odd, b.partner);
	key_short(&odd, 9999);
	put_raw(&b.f, odd, "\1\1\1\0", 4);
	tells(&b, "was not raised");
	/* What a later release may add is passed over. */
	broken_open(&b);
	put_raw(&b.f, b.ours, ROW "\x09\1\1", sizeof ROW + 2);
	put_raw(&b.f, b.theirs, arena_printf(b.f.arena, "\1\2\1\1\1\1%c", (int)b.record), 7);
	CU_ASSERT_TRUE(is_mapped(&b.f, &tarou, "X"));
	CU_ASSERT_EQUAL(scene_findings(&b.f), 0);
	fixture_close(&b.f);
	/* The person's row is gone. */
	broken_open(&b);
	key_begin(&odd, SPACE_IDENTITY_FIRST + 2);
	key_short(&odd, person_of(&b.f, &tarou));
	put_raw(&b.f, odd, NULL, 0);
	CU_ASSERT_TRUE(scene_findings(&b.f) > 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(scene_finding, "and is nobody's"));
	fixture_close(&b.f);
}

static const struct test tests[] = { { "M1: one to one", m1_one_to_one },
				     { "M1: a partner nobody knows", m1_unknown_partner },
				     { "M2: refused, and raised", m2_refused_and_raised },
				     { "M2: no more than so many", m2_no_more_than_so_many },
				     { "M3: settled", m3_settled },
				     { "M3: by whom", m3_by_whom },
				     { "M3: what happened meanwhile", m3_meanwhile },
				     { "M4: together and apart", m4_together_and_apart },
				     { "M4: joined", m4_joined },
				     { "M4: joined, and settled", m4_joined_settled },
				     { "M4: joined, and unmapped", m4_joined_and_unmapped },
				     { "M4: joined, and taken", m4_joined_and_taken },
				     { "M4: an outside source", m4_outside_source },
				     { "M4: somebody else", m4_somebody_else },
				     { "what cannot be asked", cannot_be_asked },
				     { "what is not kept", not_kept },
				     { "joined, and not kept", joined_not_kept },
				     { "rows that are none", damaged },
				     { "without a name", nameless },
				     { "joined, and damaged", joined_damaged },
				     { "what check tells", checked },
				     { 0 } };

int main(void)
{
	return suite_run("store: ids of partners", tests);
}
