/* profiles/admin/admin_match_train.c: weights learnt from the region's own records, and what would
 * be linked and asked about by them. Nothing changes by it: they are given as text, to be named in
 * the configuration by whoever wants them (matching/train.h). POST /admin/match/train. */
#include "profiles/admin/admin_match.h"

#include <string.h>

#include "gateway/base/progress.h"
#include "matching/train.h"
#include "store/match_look.h"
#include "store/match_walk.h"

/* Pairs that are scored by both sets; each pair that was met is as likely to be among them as any
 * other. */
enum { SAMPLE = 1 << 16 };

struct learning {
	struct match_training *training;
	struct match_comparison *sample;
	uint64_t met, random;
};

/* Of the sample, by one set and by the other. */
struct dry_run {
	uint64_t pairs;
	uint64_t links[2], reviews[2];
	uint64_t links_more, links_fewer; /* that only one of them has */
};

struct trained {
	uint64_t records;
	struct match_walked walked;
	struct match_trained learnt;
	const struct match_weights *before;
	struct dry_run run;
	struct bytes text;
	double seconds;
};

static bool read_request(struct exchange *x)
{
	(void)x;
	return true;
}

/* ---- Learning ---- */

static void on_record(void *self, const struct match_features *f)
{
	match_training_record(((struct learning *)self)->training, f);
}

/* xorshift64* (Vigna 2016): the same sample each time. */
static uint64_t drawn(struct learning *l, uint64_t below)
{
	l->random ^= l->random >> 12;
	l->random ^= l->random << 25;
	l->random ^= l->random >> 27;
	return (l->random * UINT64_C(0x2545f4914f6cdd1d) >> 11) % below;
}

static void on_candidate(void *self, const struct match_comparison *c)
{
	struct learning *l = self;
	uint64_t at = l->met < SAMPLE ? l->met : drawn(l, l->met + 1);
	l->met++;
	if (at < SAMPLE)
		l->sample[at] = *c;
	match_training_candidate(l->training, c);
}

static void on_random(void *self, const struct match_comparison *c)
{
	match_training_random(((struct learning *)self)->training, c);
}

/* ---- What would change ---- */

static enum match_outcome outcome_of(const struct match_comparison *c,
				     const struct match_weights *w)
{
	return match_score(c, w).outcome;
}

static void compare_outcomes(const struct learning *l, struct trained *t)
{
	const struct match_weights *const sets[] = { t->before, t->learnt.weights };
	struct dry_run *d = &t->run;
	d->pairs = l->met < SAMPLE ? l->met : SAMPLE;
	for (uint64_t i = 0; i < d->pairs; i++) {
		enum match_outcome by[2];
		for (int s = 0; s < 2; s++) {
			by[s] = outcome_of(&l->sample[i], sets[s]);
			d->links[s] += by[s] == MATCH_LINK;
			d->reviews[s] += by[s] == MATCH_REVIEW;
		}
		d->links_more += by[0] != MATCH_LINK && by[1] == MATCH_LINK;
		d->links_fewer += by[0] == MATCH_LINK && by[1] != MATCH_LINK;
	}
}

static bool learn(struct exchange *x, struct trained *t)
{
	struct learning l = {
		.training = match_training_begin(x->arena, t->before, t->records),
		.sample = arena_array(x->arena, struct match_comparison, SAMPLE),
		.random = UINT64_C(0x9e3779b97f4a7c15),
	};
	const struct match_walker walker = { &l, x->arena, on_record, on_candidate, on_random };
	if (!match_walk(x->store, x->progress, t->records, &walker, &t->walked, &x->problem))
		return false;
	if (!match_training_end(l.training, &t->learnt))
		return problem_set(&x->problem, PROBLEM_CONFLICT,
				   "no two records have anything in common: there is nothing to "
				   "learn from");
	compare_outcomes(&l, t);
	return true;
}

static bool train(struct exchange *x)
{
	struct trained *t = arena_new(x->arena, struct trained);
	int64_t begun = system_clock.elapsed(&system_clock);
	t->before = match_weights_of(x->arena, x->region);
	if (!match_walk_count(x->store, x->progress, &t->records, &x->problem) || !learn(x, t))
		return false;
	t->text = match_weights_write(x->arena, t->learnt.weights);
	t->seconds = (double)(system_clock.elapsed(&system_clock) - begun) / 1e6;
	x->result = t;
	return true;
}

/* Of nobody in particular: what is given are numbers, and names that several bear. */
static void audited(struct exchange *x, struct audit_event *e)
{
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = "weights learnt of all records",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

static json_t *show_run(const struct dry_run *d)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "pairs", (json_int_t)d->pairs,
			 "links", (json_int_t)d->links[1], "links_before", (json_int_t)d->links[0],
			 "links_more", (json_int_t)d->links_more, "links_fewer",
			 (json_int_t)d->links_fewer, "reviews", (json_int_t)d->reviews[1],
			 "reviews_before", (json_int_t)d->reviews[0]);
}

static json_t *answer(struct exchange *x)
{
	const struct trained *t = x->result;
	const struct match_weights *w = t->learnt.weights;
	json_t *o = json_pack(
		"{s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:f, s:i, s:I, s:f, s:f, s:o, s:f}", "weights",
		match_weights_text(x->arena, match_weights_id(w)), "weights_before",
		match_weights_text(x->arena, match_weights_id(t->before)), "records",
		(json_int_t)t->walked.records, "candidates", (json_int_t)t->walked.candidates,
		"random", (json_int_t)t->walked.random, "cut", (json_int_t)t->walked.cut, "same",
		t->learnt.same, "relatives", t->learnt.relatives, "rounds", (int)t->learnt.rounds,
		"left_out", (json_int_t)t->learnt.left_out, "link_at", match_rounded(w->link_at),
		"review_at", match_rounded(w->review_at), "sample", show_run(&t->run), "seconds",
		t->seconds);
	json_object_set_new(o, "text", json_stringn((const char *)t->text.data, t->text.length));
	return o;
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/match/train", .media = "application/json" }, { 0 }
};

static const struct long_work_kind long_work = { "match train", "nothing was learnt" };

const struct transaction admin_match_train = {
	.code = "match-train",
	.name = "Weights learnt",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = train,
	.audited = audited,
	.answer_json = answer,
};
