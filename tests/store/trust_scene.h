/* tests/store/trust_scene.h: people of three facilities, what is said and decided of them, and what
 * is seen then. */
#ifndef TESTS_STORE_TRUST_SCENE_H
#define TESTS_STORE_TRUST_SCENE_H

#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "tests/store/people.h"

#define PERSON(domain, id, family, given, birth, sex, phone)                                       \
	{                                                                                          \
		domain, id, family, given, birth, sex, phone, 0, 0, 0, 0, 0, 0                     \
	}

static const struct who hanako_a = PERSON(A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F",
					  "0312345001");
static const struct who hanako_b = PERSON(B_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F",
					  "0312345001");
static const struct who ai_b = PERSON(B_DOMAIN, "2", "サトウ", "アイ", "19800101", "F",
				      "0312345001");
static const struct who taro_b = PERSON(B_DOMAIN, "3", "ヤマダ", "タロウ", "19700303", "M",
					"0312345003");
static const struct who taro_c = PERSON(C_DOMAIN, "3", "ヤマダ", "タロウ", "19700303", "M",
					"0312345003");

/* ---- Doing ---- */

struct saying {
	uint64_t subject;
	struct consent_event event;
	struct consent_coverage coverage;
};

static inline bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	return consent_record(t, &people_region, s->subject, &s->event, &s->coverage, p);
}

static inline enum problem_code say(struct fixture *f, const struct who *w,
				    enum consent_action action)
{
	struct saying s = { .subject = people_record(f, w->domain, w->id).number,
			    .event = { .action = action,
				       .reason = "asked",
				       .by = "clerk",
				       .time = 1,
				       .facility = action == CONSENT_EXCLUDE ? "d-pharmacy"
									     : NULL } };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, say_job, &s, &f->problem);
	return f->problem.code;
}

struct deciding {
	uint64_t record, other;
	enum pair_decision what;
	bool confirm;
	struct person_decision said;
	struct feed_outcome out;
};

static inline bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	struct deciding *d = with;
	return d->confirm ? identity_confirm(t, &people_region, d->record, &d->said, &d->out, p)
			  : identity_decide_pair(t, &people_region, d->record, d->other, d->what,
						 &d->said, &d->out, p);
}

static inline enum problem_code confirm(struct fixture *f, const struct who *x)
{
	struct deciding d = { .record = people_record(f, x->domain, x->id).number,
			      .confirm = true,
			      .said = { "clerk", "seen" } };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, decide_job, &d, &f->problem);
	return f->problem.code;
}

/* ---- Seeing ---- */

static inline struct participation state(struct fixture *f, const struct who *w)
{
	struct participation now;
	uint64_t number = people_record(f, w->domain, w->id).number;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, consent_participation(t, f->arena, number, 0, &now));
	store_end(t);
	return now;
}

static inline bool is_open(struct fixture *f, const struct who *w)
{
	struct participation now = state(f, w);
	return now.decided && now.joined && !now.rests;
}

static inline unsigned waits(struct fixture *f, const struct who *w)
{
	return people_record(f, w->domain, w->id).unsettled;
}

static inline unsigned unsettled_count(struct fixture *f)
{
	unsigned count;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	identity_unsettled(t, f->arena, 0, 1000, &count);
	store_end(t);
	return count;
}

static inline void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

static inline struct who as(const struct who *w, const struct who *whose)
{
	struct who changed = *whose;
	changed.domain = w->domain;
	changed.id = w->id;
	return changed;
}

#endif
