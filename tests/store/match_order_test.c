/* tests/store/match_order_test.c: I9, what scores make of records does not depend on the order they
 * came in, nor on what happened in between. */
#include "tests/base/suite.h"

#include <pthread.h>

#include "tests/engines/engine_again.h"
#include "tests/engines/nodes.h"
#include "tests/store/match_scene.h"

enum { CROWD = 28 };

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

struct someone {
	struct who who;
	unsigned truth;
};

static void roll_crowd(struct arena *a, uint32_t *seed, struct someone *crowd)
{
	static const char *const domains[] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };
	for (unsigned i = 0; i < CROWD; i++) {
		crowd[i].truth = scene_dice(seed, SCENE_PEOPLE / 2) * 2 % SCENE_PEOPLE
				 + scene_dice(seed, 2);
		crowd[i].who = scene_roll(a, seed, domains[i % COUNT(domains)], 100 + i,
					  crowd[i].truth);
	}
}

static void shuffle(unsigned *order, unsigned count, uint32_t *seed)
{
	for (unsigned i = 0; i < count; i++)
		order[i] = i;
	for (unsigned i = count - 1; i > 0; i--) {
		unsigned j = scene_dice(seed, i + 1), swapped = order[i];
		order[i] = order[j];
		order[j] = swapped;
	}
}

/* ---- The slow reference ---- */

/* Of what is said alone: who is one by a rule, then what likely pairs connect, where nobody in it
 * contradicts anybody. */
struct reference {
	struct arena *arena;
	const struct match_features *features[CROWD];
	struct evidence *evidence[CROWD];
	unsigned part[CROWD], closure[CROWD];
};

static struct match_score score(const struct reference *r, unsigned i, unsigned k)
{
	struct match_comparison c = match_compare(r->features[i], r->features[k]);
	return match_score(&c, match_weights_default(r->arena));
}

static bool share_evidence(const struct reference *r, unsigned i, unsigned k)
{
	for (const struct evidence *e = r->evidence[i]; e != NULL; e = e->next) {
		const struct evidence *same = evidence_find(r->evidence[k], e);
		if (same != NULL && (e->divided || same->divided))
			return true;
	}
	return false;
}

static bool share_key(const struct reference *r, unsigned i, unsigned k)
{
	struct match_entries x = match_entries(r->features[i]), y = match_entries(r->features[k]);
	for (size_t a = 0; a < x.count; a++)
		for (size_t b = 0; b < y.count; b++)
			if (x.at[a].hash == y.at[b].hash)
				return true;
	return false;
}

static void unite(unsigned *group, unsigned i, unsigned k)
{
	unsigned from = group[i], to = group[k];
	for (unsigned n = 0; n < CROWD; n++)
		group[n] = group[n] == from ? to : group[n];
}

/* Two things were said, and differ. */
static bool contradict(const struct match_score *s)
{
	static const enum match_rule said[] = { RULE_SEXES, RULE_OTHER_BRANCH, RULE_ONE_DOMAIN,
						RULE_BIRTH_ORDER };
	bool any = s->outcome == MATCH_APART;
	for (size_t i = 0; i < COUNT(said); i++)
		any = any || (s->rules & 1u << said[i]) != 0;
	return any || ((s->rules & 1u << RULE_GIVEN_NAMES) != 0 && s->steps[FIELD_GIVEN].level != 0)
	       || ((s->rules & 1u << RULE_BIRTH_DATES) != 0 && s->steps[FIELD_BIRTH].level != 0);
}

static bool is_whole(const struct reference *r, unsigned closure)
{
	for (unsigned i = 0; i < CROWD; i++)
		for (unsigned k = 0; k < i; k++) {
			struct match_score s = score(r, i, k);
			if (r->closure[i] == closure && r->closure[k] == closure
			    && r->part[i] != r->part[k] && contradict(&s))
				return false;
		}
	return true;
}

static struct reference reference_of(struct arena *a, const struct someone *crowd)
{
	struct reference r = { .arena = a };
	for (unsigned i = 0; i < CROWD; i++) {
		struct patient_demographics *d = arena_new(a, struct patient_demographics);
		*d = people_demographics(a, &crowd[i].who);
		const struct match_subject s = { .demographics = d, .domain = crowd[i].who.domain };
		r.features[i] = match_features(a, &s);
		r.evidence[i] = identity_evidence(a, d);
		r.part[i] = i;
	}
	for (unsigned i = 0; i < CROWD; i++)
		for (unsigned k = 0; k < i; k++)
			if (share_evidence(&r, i, k))
				unite(r.part, i, k);
	memcpy(r.closure, r.part, sizeof r.part);
	for (unsigned i = 0; i < CROWD; i++)
		for (unsigned k = 0; k < i; k++)
			if (r.part[i] != r.part[k] && !share_evidence(&r, i, k)
			    && share_key(&r, i, k) && score(&r, i, k).outcome == MATCH_LINK)
				unite(r.closure, i, k);
	unsigned joined[CROWD];
	memcpy(joined, r.part, sizeof joined);
	for (unsigned i = 0; i < CROWD; i++)
		for (unsigned k = 0; k < i; k++)
			if (r.closure[i] == r.closure[k] && is_whole(&r, r.closure[i]))
				unite(joined, i, k);
	memcpy(r.closure, joined, sizeof joined);
	return r;
}

/* The store has divided them so; and nobody is with anybody else. */
static void compare(struct fixture *f, const struct someone *crowd, unsigned round)
{
	struct reference r = reference_of(f->arena, crowd);
	for (unsigned i = 0; i < CROWD; i++)
		for (unsigned k = 0; k < i; k++) {
			bool one = people_same(f, &crowd[i].who, &crowd[k].who);
			if (one != (r.closure[i] == r.closure[k]))
				fprintf(stderr, "round %u: %u and %u\n", round, i, k);
			CU_ASSERT_EQUAL(one, r.closure[i] == r.closure[k]);
			if (one && crowd[i].truth != crowd[k].truth)
				fprintf(stderr, "round %u: %u and %u are two\n", round, i, k);
			CU_ASSERT_FALSE(one && crowd[i].truth != crowd[k].truth);
		}
}

static void feed_in_some_order(struct fixture *f, const struct someone *crowd, uint32_t *seed)
{
	unsigned order[CROWD];
	shuffle(order, CROWD, seed);
	for (unsigned i = 0; i < CROWD; i++)
		people_feed(f, &crowd[order[i]].who);
}

/* Lists that went away must be said to have: a who without a phone deletes it. */
static struct feed_outcome feed_all_of(struct fixture *f, const struct who *w)
{
	struct patient_identifier id = { .id = w->id, .universal_id = w->domain };
	struct people_put put = { .ids = &id, .demographics = people_demographics(f->arena, w) };
	put.demographics.delete_telecoms = put.demographics.delete_addresses = true;
	put.demographics.delete_insurances = true;
	people_write(f, &put);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
	return put.outcome;
}

static void whatever_the_order(void)
{
	unsigned linked = 0, contested = 0;
	for (unsigned round = 1; round <= 24; round++) {
		struct someone crowd[CROWD], later[CROWD];
		struct fixture f;
		uint32_t seed = round * 977;
		fixture_open(&f);
		roll_crowd(f.arena, &seed, crowd);
		roll_crowd(f.arena, &seed, later);
		feed_in_some_order(&f, crowd, &seed);
		compare(&f, crowd, round);
		CU_ASSERT_EQUAL(scene_wrongs(&f), 0);
		linked += scene_ties(&f, true);
		contested += scene_ties(&f, false);
		done(&f);
	}
	/* Else it shows nothing. */
	fprintf(stderr, "%u linked by score, %u not\n", linked, contested);
	CU_ASSERT_TRUE(linked > 80);
	CU_ASSERT_TRUE(contested > 10);
}

/* ---- Several who feed ---- */

struct feeder {
	pthread_t thread;
	struct fixture f; /* of the node's store */
	const struct someone *crowd;
	const unsigned *order;
	unsigned first; /* then every NODES-th */
};

static void *feed_some_of(void *with)
{
	struct feeder *one = with;
	for (unsigned i = one->first; i < CROWD; i += NODES)
		people_feed(&one->f, &one->crowd[one->order[i]].who);
	return NULL;
}

static void whichever_node_is_fed(void)
{
	for (unsigned round = 1; round <= 6; round++) {
		struct region_of_nodes r;
		struct feeder feeders[NODES];
		struct someone crowd[CROWD];
		unsigned order[CROWD];
		uint32_t seed = round * 104729;
		region_open(&r, true);
		roll_crowd(r.arena, &seed, crowd);
		shuffle(order, CROWD, &seed);
		for (unsigned i = 0; i < NODES; i++) {
			feeders[i] = (struct feeder){ .crowd = crowd, .order = order, .first = i };
			feeders[i].f.store = r.nodes[i].store;
			feeders[i].f.arena = arena_create(256 << 20);
			CU_ASSERT_EQUAL_FATAL(
				pthread_create(&feeders[i].thread, NULL, feed_some_of, &feeders[i]),
				0);
		}
		for (unsigned i = 0; i < NODES; i++)
			pthread_join(feeders[i].thread, NULL);
		compare(&feeders[1].f, crowd, round);
		CU_ASSERT_EQUAL(scene_wrongs(&feeders[2].f), 0);
		CU_ASSERT_EQUAL(people_findings(&feeders[0].f, true), 0);
		for (unsigned i = 0; i < NODES; i++)
			arena_destroy(feeders[i].f.arena);
		region_close(&r);
	}
}

/* What would be committed is refused twice before it is. */
static void however_often_a_job_is_run(void)
{
	for (unsigned round = 1; round <= 3; round++) {
		struct someone crowd[CROWD];
		struct fixture f;
		uint32_t seed = round * 7907;
		fixture_open(&f);
		store_close(f.store);
		nftw(f.directory, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
		f.settings.engine = engine_again();
		f.store = store_open(&f.settings, &f.problem);
		fixture_must(&f, f.store != NULL);
		engine_again_times(2);
		roll_crowd(f.arena, &seed, crowd);
		feed_in_some_order(&f, crowd, &seed);
		compare(&f, crowd, round);
		CU_ASSERT_EQUAL(scene_wrongs(&f), 0);
		engine_again_times(0);
		done(&f);
	}
}

/* Who says other things later is as if he had always said so. */
static void whatever_was_said_before(void)
{
	for (unsigned round = 1; round <= 8; round++) {
		struct someone before[CROWD], crowd[CROWD];
		struct fixture f;
		uint32_t seed = round * 31337;
		unsigned order[CROWD];
		fixture_open(&f);
		roll_crowd(f.arena, &seed, crowd);
		for (unsigned i = 0; i < CROWD; i++) {
			before[i] = crowd[i];
			before[i].who = scene_roll(f.arena, &seed, crowd[i].who.domain, 100 + i,
						   crowd[i].truth);
		}
		feed_in_some_order(&f, before, &seed);
		shuffle(order, CROWD, &seed);
		for (unsigned i = 0; i < CROWD; i++) {
			feed_all_of(&f, &crowd[order[i]].who);
			CU_ASSERT_EQUAL(scene_wrongs(&f), 0);
		}
		bool rests = false;
		for (unsigned i = 0; i < CROWD; i++)
			rests = rests
				|| (people_record(&f, crowd[i].who.domain, crowd[i].who.id)
					    .unsettled
				    & UNSETTLED_IDENTITY)
					   != 0;
		if (!rests)
			compare(&f, crowd, round);
		done(&f);
	}
}

/* ---- Histories ---- */

/* One thing that happens to two records. */
struct deed {
	uint64_t x, y;
	unsigned what;
	struct feed_outcome out;
};
enum { LINK, UNLINK, APART, TOGETHER, UNDO, CONFIRM, DEEDS };

static bool do_deed(void *with, struct store_txn *t, struct problem *p)
{
	static const enum pair_decision decisions[DEEDS] = {
		[APART] = PAIR_APART, [TOGETHER] = PAIR_TOGETHER, [UNDO] = PAIR_UNDO
	};
	static const struct person_decision said = { .by = "clerk", .why = "asked them" };
	struct deed *d = with;
	switch (d->what) {
	case LINK: return identity_link(t, &people_region, "a-hospital", d->x, d->y, &d->out, p);
	case UNLINK:
		return identity_unlink(t, &people_region, "a-hospital", d->x, d->y, &d->out, p);
	case CONFIRM: return identity_confirm(t, &people_region, d->x, &said, &d->out, p);
	default:
		return identity_decide_pair(t, &people_region, d->x, d->y, decisions[d->what],
					    &said, &d->out, p);
	}
}

/* Most are refused by somebody, and none may break anything. */
static void do_some(struct fixture *f, const struct someone *crowd, uint32_t *seed)
{
	struct patient_record x, y;
	unsigned i = scene_dice(seed, CROWD), k = scene_dice(seed, CROWD);
	const struct who *of_x = &crowd[i].who, *of_y = &crowd[k].who;
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	if (!people_find(f, of_x->domain, of_x->id, &x)
	    || !people_find(f, of_y->domain, of_y->id, &y))
		return;
	struct deed d = { x.number, y.number, scene_dice(seed, DEEDS), { 0 } };
	store_write(f->store, do_deed, &d, &f->problem);
	CU_ASSERT_NOT_EQUAL(f->problem.code, PROBLEM_INTERNAL);
}

static void merge_some(struct fixture *f, const struct someone *crowd, uint32_t *seed)
{
	unsigned i = scene_dice(seed, CROWD), k = scene_dice(seed, CROWD);
	if (text_equal(crowd[i].who.domain, crowd[k].who.domain))
		people_merge(f, crowd[i].who.domain, crowd[i].who.id, crowd[k].who.id, NULL);
	CU_ASSERT_NOT_EQUAL(f->problem.code, PROBLEM_INTERNAL);
}

/* As before, or as somebody else, or as nobody any more; or two ids in one message. */
static void feed_some(struct fixture *f, struct someone *crowd, uint32_t *seed)
{
	unsigned i = scene_dice(seed, CROWD), next = (i + 3) % CROWD;
	struct someone *s = &crowd[i];
	if (scene_dice(seed, 10) == 0)
		s->truth = scene_dice(seed, SCENE_PEOPLE);
	s->who = scene_roll(f->arena, seed, s->who.domain, 100 + i, s->truth);
	struct patient_identifier second = { .id = crowd[next].who.id,
					     .universal_id = s->who.domain };
	struct patient_identifier id = { .id = s->who.id,
					 .universal_id = s->who.domain,
					 .next = scene_dice(seed, 6) == 0 ? &second : NULL };
	struct people_put put = { .ids = &id,
				  .demographics = people_demographics(f->arena, &s->who) };
	put.demographics.delete_telecoms = put.demographics.delete_addresses = true;
	put.demographics.delete_insurances = true;
	if (scene_dice(seed, 20) == 0)
		put.demographics = (struct patient_demographics){ .birth_date = "",
								  .sex = "",
								  .delete_names = true,
								  .delete_addresses = true,
								  .delete_telecoms = true,
								  .delete_insurances = true,
								  .delete_all = true };
	people_write(f, &put); /* a subsumed id is refused */
	CU_ASSERT_NOT_EQUAL(f->problem.code, PROBLEM_INTERNAL);
}

static void whatever_happens(void)
{
	for (unsigned round = 1; round <= 12; round++) {
		struct someone crowd[CROWD];
		struct fixture f;
		uint32_t seed = round * 7919;
		fixture_open(&f);
		roll_crowd(f.arena, &seed, crowd);
		unsigned wrong = 0;
		for (unsigned step = 0; step < 150 && wrong == 0; step++) {
			unsigned what = scene_dice(&seed, 12);
			if (what == 0)
				merge_some(&f, crowd, &seed);
			else if (what < 5)
				do_some(&f, crowd, &seed);
			else
				feed_some(&f, crowd, &seed);
			wrong = scene_wrongs(&f) + (step % 5 == 0 ? people_findings(&f, true) : 0);
			if (wrong != 0)
				fprintf(stderr, "round %u, step %u, %u\n", round, step, what);
		}
		CU_ASSERT_EQUAL(wrong, 0);
		done(&f);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{ "I9 whatever the order of the feeds", whatever_the_order },
		{ "I9 whichever node is fed", whichever_node_is_fed },
		{ "I9 however often a job is run", however_often_a_job_is_run },
		{ "I9 whatever was said before", whatever_was_said_before },
		{ "I9 whatever happens", whatever_happens },
		{ 0 },
	};
	return suite_run("store: match_order", tests);
}
