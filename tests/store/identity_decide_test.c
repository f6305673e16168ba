/* tests/store/identity_decide_test.c: what a person decides of two records, of one that rests, and
 * what is refused: nothing of it holds then. The trail says who decided what, and why (I8). */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "tests/store/people.h"

#define HANAKO(domain, id)                                                                         \
	{                                                                                          \
		domain, id, "サトウ", "ハナコ", "19800101", "F", "0312345001", 0, 0, 0, 0, 0, 0    \
	}
static const struct who hanako_a = HANAKO(A_DOMAIN, "1"), hanako_b = HANAKO(B_DOMAIN, "1");
static const struct who taro_b = { B_DOMAIN, "3", "ヤマダ", "タロウ", "19700303", "M", "0312345003",
				   0,        0,   0,        0,        0,          0 };

struct deciding {
	uint64_t record, other;
	enum pair_decision what;
	bool confirm;
	struct person_decision said;
	struct feed_outcome out;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	struct deciding *d = with;
	bool done = d->confirm
			    ? identity_confirm(t, &people_region, d->record, &d->said, &d->out, p)
			    : identity_decide_pair(t, &people_region, d->record, d->other, d->what,
						   &d->said, &d->out, p);
	CU_ASSERT_EQUAL(done, p->code == PROBLEM_NONE);
	return done;
}

static enum problem_code decide(struct fixture *f, struct deciding d)
{
	if (d.said.by == NULL && d.said.why == NULL)
		d.said = (struct person_decision){ "clerk", "seen" };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, decide_job, &d, &f->problem);
	return f->problem.code;
}

struct scene {
	struct fixture f;
	uint64_t a, b, other, regional;
};

static void begin(struct scene *s)
{
	fixture_open(&s->f);
	s->a = people_feed(&s->f, &hanako_a).record;
	s->b = people_feed(&s->f, &hanako_b).record;
	s->other = people_feed(&s->f, &taro_b).record;
	s->regional = people_record(&s->f, AFFINITY,
				    people_person(&s->f, A_DOMAIN, "1").regional_id)
			      .number;
}

static void end(struct scene *s)
{
	CU_ASSERT_EQUAL(people_findings(&s->f, true), 0);
	fixture_close(&s->f);
}

/* Decisions of a person (not of rules) about one record, in the trail of its person. */
static unsigned decisions(struct scene *s, uint64_t record, const char *reason, bool linked)
{
	unsigned count = 0;
	struct patient_record r;
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	CU_ASSERT_TRUE(identity_record(t, s->f.arena, record, &r));
	for (struct link_decision *d = identity_decisions(t, s->f.arena, r.person); d != NULL;
	     d = d->next)
		if (d->record == record && text_equal(d->reason, reason)) {
			CU_ASSERT_TRUE(text_equal(d->by, "clerk") && text_equal(d->why, "seen"));
			CU_ASSERT_EQUAL(d->linked, linked);
			CU_ASSERT_EQUAL(d->other == 0, text_equal(reason, "confirmed"));
			count++;
		}
	store_end(t);
	return count;
}

static enum problem_code pair(struct scene *s, uint64_t record, uint64_t other,
			      enum pair_decision what)
{
	return decide(&s->f, (struct deciding){ .record = record, .other = other, .what = what });
}

static bool are_one(struct scene *s)
{
	return people_same(&s->f, &hanako_a, &hanako_b);
}

static void what_is_refused(void)
{
	struct scene s;
	begin(&s);
	const struct {
		const char *why;
		struct deciding d;
		enum problem_code code;
	} rows[] = {
		{ "nobody says so",
		  { .record = s.a, .other = s.b, .what = PAIR_APART, .said = { "", "seen" } },
		  PROBLEM_REQUEST_INVALID },
		{ "no reason",
		  { .record = s.a, .other = s.b, .what = PAIR_APART, .said = { "clerk", "" } },
		  PROBLEM_REQUEST_INVALID },
		{ "nobody confirms",
		  { .record = s.a, .confirm = true, .said = { "", "seen" } },
		  PROBLEM_REQUEST_INVALID },
		{ "no reason to confirm",
		  { .record = s.a, .confirm = true, .said = { "clerk", "" } },
		  PROBLEM_REQUEST_INVALID },
		{ "one record",
		  { .record = s.a, .other = s.a, .what = PAIR_APART },
		  PROBLEM_REQUEST_INVALID },
		{ "no first record",
		  { .record = 4711, .other = s.a, .what = PAIR_APART },
		  PROBLEM_UNKNOWN_PATIENT },
		{ "no second record",
		  { .record = s.a, .other = 4711, .what = PAIR_APART },
		  PROBLEM_UNKNOWN_PATIENT },
		{ "one of ours first",
		  { .record = s.regional, .other = s.b, .what = PAIR_APART },
		  PROBLEM_UNKNOWN_PATIENT },
		{ "one of ours second",
		  { .record = s.b, .other = s.regional, .what = PAIR_TOGETHER },
		  PROBLEM_UNKNOWN_PATIENT },
		{ "no record to confirm",
		  { .record = 4711, .confirm = true },
		  PROBLEM_UNKNOWN_PATIENT },
		{ "one of ours to confirm",
		  { .record = s.regional, .confirm = true },
		  PROBLEM_UNKNOWN_PATIENT },
		{ "nothing to undo",
		  { .record = s.a, .other = s.b, .what = PAIR_UNDO },
		  PROBLEM_CONFLICT },
		{ "nothing to confirm", { .record = s.a, .confirm = true }, PROBLEM_CONFLICT },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum problem_code code = decide(&s.f, rows[i].d);
		if (code != rows[i].code)
			fprintf(stderr, "%s: %d\n", rows[i].why, code);
		CU_ASSERT_EQUAL(code, rows[i].code);
		CU_ASSERT_TRUE(are_one(&s));
		CU_ASSERT_EQUAL(decisions(&s, s.a, "apart", false), 0);
	}
	end(&s);
}

/* A later decision takes the place of the one before, whichever record is named first; the same
 * again is no decision. */
static void decisions_follow_each_other(void)
{
	struct scene s;
	begin(&s);
	for (unsigned turned = 0; turned < 2; turned++) {
		uint64_t x = turned ? s.b : s.a, y = turned ? s.a : s.b;
		CU_ASSERT_EQUAL(pair(&s, x, y, PAIR_APART), PROBLEM_NONE);
		CU_ASSERT_FALSE(are_one(&s));
		CU_ASSERT_EQUAL(decisions(&s, x, "apart", false), 1);
		CU_ASSERT_EQUAL(pair(&s, x, y, PAIR_APART), PROBLEM_NONE);
		CU_ASSERT_EQUAL(pair(&s, y, x, PAIR_APART), PROBLEM_NONE);
		CU_ASSERT_EQUAL(decisions(&s, x, "apart", false), 1);
		CU_ASSERT_EQUAL(pair(&s, x, y, PAIR_TOGETHER), PROBLEM_NONE);
		CU_ASSERT_TRUE(are_one(&s));
		CU_ASSERT_EQUAL(decisions(&s, x, "together", true), 1);
		CU_ASSERT_EQUAL(pair(&s, x, y, PAIR_TOGETHER), PROBLEM_NONE);
		CU_ASSERT_EQUAL(decisions(&s, x, "together", true), 1);
		CU_ASSERT_EQUAL(pair(&s, x, y, PAIR_APART), PROBLEM_NONE);
		CU_ASSERT_FALSE(are_one(&s));
		CU_ASSERT_EQUAL(pair(&s, y, x, PAIR_UNDO), PROBLEM_NONE);
		CU_ASSERT_TRUE(are_one(&s));
		CU_ASSERT_EQUAL(decisions(&s, y, "undone", false), 1);
		CU_ASSERT_EQUAL(pair(&s, x, y, PAIR_UNDO), PROBLEM_CONFLICT);
	}
	end(&s);
}

/* What was decided to be one parts when that is undone, for nothing else said so. */
static void together_is_undone(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_EQUAL(pair(&s, s.a, s.other, PAIR_TOGETHER), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&s.f, &hanako_a, &taro_b));
	CU_ASSERT_TRUE(are_one(&s));
	CU_ASSERT_EQUAL(pair(&s, s.a, s.b, PAIR_UNDO), PROBLEM_CONFLICT);
	CU_ASSERT_EQUAL(pair(&s, s.other, s.a, PAIR_UNDO), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&s.f, &hanako_a, &taro_b));
	CU_ASSERT_TRUE(are_one(&s));
	end(&s);
}

/* What is decided of a record and another, as who looks at the one is told: "together with 3,
 * clerk: seen". */
static const char *told(struct scene *s, uint64_t record)
{
	struct buffer b = buffer_in(s->f.arena);
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	for (struct pair_decided *d = identity_pairs_decided(t, s->f.arena, record); d != NULL;
	     d = d->next)
		buffer_printf(&b, "%s%s %llu, %s: %s", b.length == 0 ? "" : "; ",
			      d->together ? "together with" : "apart from",
			      (unsigned long long)d->other, d->by, d->why);
	store_end(t);
	return buffer_ended(&b);
}

static const char *says(struct scene *s, const char *what, uint64_t other, const char *why)
{
	return arena_printf(s->f.arena, "%s %llu, %s", what, (unsigned long long)other, why);
}

/* Both records know, and whoever speaks for one that was merged away. */
static void who_decided_is_told(void)
{
	struct scene s;
	begin(&s);
	struct deciding apart = {
		.record = s.a, .other = s.b, .what = PAIR_APART, .said = { "uid 0", "twins" }
	};
	CU_ASSERT_STRING_EQUAL(told(&s, s.a), "");
	CU_ASSERT_STRING_EQUAL(told(&s, 4711), "");
	/* That two ids came in one message was decided by nobody. */
	struct patient_identifier twice[] = {
		{ .id = "5", .universal_id = B_DOMAIN, .next = &twice[1] },
		{ .id = "6", .universal_id = B_DOMAIN }
	};
	struct people_put put = { .ids = twice };
	CU_ASSERT_EQUAL(people_write(&s.f, &put), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(told(&s, put.outcome.record), "");
	CU_ASSERT_EQUAL(decide(&s.f, apart), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(told(&s, s.a), says(&s, "apart from", s.b, "uid 0: twins"));
	CU_ASSERT_STRING_EQUAL(told(&s, s.b), says(&s, "apart from", s.a, "uid 0: twins"));
	struct who moved = hanako_b;
	moved.id = "9";
	uint64_t survivor = people_feed(&s.f, &moved).record;
	CU_ASSERT_EQUAL(people_merge(&s.f, B_DOMAIN, "9", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(told(&s, s.b), "");
	CU_ASSERT_STRING_EQUAL(told(&s, s.a), says(&s, "apart from", survivor, "uid 0: twins"));
	CU_ASSERT_STRING_EQUAL(told(&s, survivor), says(&s, "apart from", s.a, "uid 0: twins"));
	CU_ASSERT_EQUAL(pair(&s, survivor, s.other, PAIR_TOGETHER), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(told(&s, s.other),
			       says(&s, "together with", survivor, "clerk: seen"));
	CU_ASSERT_STRING_EQUAL(told(&s, survivor),
			       text_joined(s.f.arena,
					   says(&s, "together with", s.other, "clerk: seen"), "; ",
					   says(&s, "apart from", s.a, "uid 0: twins"), NULL));
	CU_ASSERT_EQUAL(pair(&s, s.b, s.a, PAIR_UNDO), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(told(&s, s.a), "");
	CU_ASSERT_EQUAL(pair(&s, s.b, s.other, PAIR_UNDO), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(told(&s, survivor), "");
	end(&s);
}

/* A message of their source makes two no more one than a rule does, nor do the ids the region
 * made. */
static void no_merge_undoes_a_decision(void)
{
	struct scene s;
	struct who second = hanako_a;
	second.id = "2";
	begin(&s);
	uint64_t record = people_feed(&s.f, &second).record;
	CU_ASSERT_EQUAL(pair(&s, s.a, record, PAIR_APART), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_merge(&s.f, A_DOMAIN, "1", "2", NULL), PROBLEM_MERGE_REFUSED);
	CU_ASSERT_EQUAL(people_merge(&s.f, A_DOMAIN, "2", "1", NULL), PROBLEM_MERGE_REFUSED);
	CU_ASSERT_EQUAL(people_merge(&s.f, AFFINITY, people_person(&s.f, A_DOMAIN, "1").regional_id,
				     people_person(&s.f, A_DOMAIN, "2").regional_id, NULL),
			PROBLEM_MERGE_REFUSED);
	CU_ASSERT_FALSE(people_same(&s.f, &hanako_a, &second));
	CU_ASSERT_EQUAL(people_record(&s.f, A_DOMAIN, "2").status, RECORD_ACTIVE);
	CU_ASSERT_EQUAL(pair(&s, s.a, record, PAIR_UNDO), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_merge(&s.f, A_DOMAIN, "1", "2", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&s.f, &hanako_a, &second));
	end(&s);
}

/* Rows as a damaged store, or a former release, has them. */
struct change {
	uint64_t record, anchor; /* of one we made */
	bool nobody_said;        /* its ties do not name who did */
};

static bool change_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct change *c = with;
	struct identity_row row;
	(void)p;
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, store_arena(t), c->record, &row));
	row.anchor = c->anchor != 0 ? c->anchor : row.anchor;
	for (struct tie *tie = row.ties; tie != NULL && c->nobody_said; tie = tie->next)
		tie->said = (struct trail_place){ 0 };
	return identity_row_put(t, &row);
}

/* What a former release decided holds, though it does not say by whom. */
static void decisions_without_a_name_hold(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_EQUAL(pair(&s, s.a, s.b, PAIR_APART), PROBLEM_NONE);
	struct change changes[] = { { .record = s.a, .nobody_said = true },
				    { .record = s.b, .nobody_said = true } };
	for (size_t i = 0; i < COUNT(changes); i++)
		CU_ASSERT_TRUE(store_write(s.f.store, change_job, &changes[i], &s.f.problem));
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	struct pair_decided *d = identity_pairs_decided(t, s.f.arena, s.a);
	CU_ASSERT_TRUE(d != NULL && d->other == s.b && !d->together && d->by == NULL
		       && d->why == NULL);
	CU_ASSERT_PTR_NULL(identity_pairs_decided(t, s.f.arena, 4711));
	store_end(t);
	CU_ASSERT_FALSE(are_one(&s));
	end(&s);
}

/* What a message says is no decision. */
static void a_message_decides_nothing(void)
{
	struct scene s;
	struct patient_identifier second = { .id = "8", .universal_id = A_DOMAIN },
				  first = { .id = "1", .universal_id = A_DOMAIN, .next = &second };
	begin(&s);
	struct people_put put = { .ids = &first,
				  .demographics = people_demographics(s.f.arena, &hanako_a) };
	CU_ASSERT_EQUAL(people_write(&s.f, &put), PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(told(&s, s.a), "");
	end(&s);
}

/* Whose anchor is gone is apart from nobody: the merge goes on as far as it can. */
static void a_lost_anchor_is_apart_from_nobody(void)
{
	for (unsigned turned = 0; turned < 2; turned++) {
		struct scene s;
		begin(&s);
		uint64_t theirs = people_person(&s.f, B_DOMAIN, "3").regional_record;
		const char *ours = people_person(&s.f, A_DOMAIN, "1").regional_id,
			   *other = people_person(&s.f, B_DOMAIN, "3").regional_id;
		struct change c = { .record = turned ? theirs : s.regional, .anchor = 4711 };
		CU_ASSERT_TRUE(store_write(s.f.store, change_job, &c, &s.f.problem));
		CU_ASSERT_NOT_EQUAL(people_merge(&s.f, AFFINITY, ours, other, NULL),
				    PROBLEM_MERGE_REFUSED);
		fixture_close(&s.f);
	}
}

/* A place in the trail that says something else, or nobody's word. */
struct forgery {
	uint64_t record;
	struct link_decision instead;
};

static bool forge_trail(void *with, struct store_txn *t, struct problem *p)
{
	const struct forgery *f = with;
	struct identity_row row;
	struct key k;
	struct bytes value;
	(void)p;
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, store_arena(t), f->record, &row));
	struct trail_place place = identity_decision_put(t, &f->instead);
	for (unsigned i = 0; i < 2; i++) {
		key_begin(&k, SPACE_IDENTITY_DECISION);
		key_short(&k, i == 0 ? place.record : row.ties->said.record);
		key_short(&k, i == 0 ? place.sequence : row.ties->said.sequence);
		if (i == 0)
			CU_ASSERT_TRUE_FATAL(store_get(t, key_span(&k), store_arena(t), &value));
	}
	return store_put(t, key_span(&k), value);
}

static void a_forged_decision_is_found(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_EQUAL(pair(&s, s.a, s.b, PAIR_APART), PROBLEM_NONE);
	struct forgery rows[] = {
		{ s.a,
		  { .record = s.a,
		    .other = s.b,
		    .reason = "together",
		    .by = "clerk",
		    .why = "seen" } },
		{ s.a,
		  { .record = s.a, .other = s.b, .reason = "apart", .by = "", .why = "seen" } },
		{ s.a,
		  { .record = s.a, .other = s.b, .reason = "apart", .by = "clerk", .why = "" } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(store_write(s.f.store, forge_trail, &rows[i], &s.f.problem));
		CU_ASSERT_EQUAL(people_findings(&s.f, false), 2);
	}
	rows[0].instead.reason = "apart";
	CU_ASSERT_TRUE(store_write(s.f.store, forge_trail, &rows[0], &s.f.problem));
	end(&s);
}

static bool forget_trail(void *with, struct store_txn *t, struct problem *p)
{
	struct key k, gone;
	struct bytes key, value;
	(void)p;
	key_begin(&k, SPACE_IDENTITY_DECISION);
	key_short(&k, *(const uint64_t *)with);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), true);
	bool any = store_next(c, &key, &value);
	key_begin(&gone, SPACE_IDENTITY_DECISION);
	key_bytes(&gone, key.data + 1, key.length - 1);
	store_scan_end(c);
	return any && store_delete(t, key_span(&gone));
}

static void a_decision_nobody_made_is_found(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_EQUAL(pair(&s, s.a, s.b, PAIR_APART), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_findings(&s.f, true), 0);
	CU_ASSERT_TRUE(store_write(s.f.store, forget_trail, &s.a, &s.f.problem));
	CU_ASSERT_EQUAL(people_findings(&s.f, false), 2);
	fixture_close(&s.f);
}

/* So many decisions about one record, and no more; those before hold. */
static void so_many_decisions(void)
{
	struct scene s;
	begin(&s);
	for (unsigned i = 0; i <= TIES_MOST; i++) {
		struct who one = taro_b;
		one.domain = C_DOMAIN;
		one.id = arena_printf(s.f.arena, "%u", i);
		one.phone = NULL;
		uint64_t record = people_feed(&s.f, &one).record;
		CU_ASSERT_EQUAL(pair(&s, s.a, record, PAIR_APART),
				i < TIES_MOST ? PROBLEM_NONE : PROBLEM_CONFLICT);
		CU_ASSERT_EQUAL(pair(&s, record, s.a, PAIR_UNDO),
				i < TIES_MOST ? PROBLEM_NONE : PROBLEM_CONFLICT);
		if (i < TIES_MOST)
			CU_ASSERT_EQUAL(pair(&s, record, s.a, PAIR_APART), PROBLEM_NONE);
	}
	end(&s);
}

/* A record that rests is the same person as before, if somebody says so. */
static void a_change_is_confirmed(void)
{
	struct scene s;
	struct who changed = taro_b;
	changed.domain = A_DOMAIN;
	changed.id = "1";
	begin(&s);
	/* Something hangs on it: the link to b. */
	CU_ASSERT_EQUAL(pair(&s, s.a, s.b, PAIR_TOGETHER), PROBLEM_NONE);
	people_feed(&s.f, &changed);
	CU_ASSERT_NOT_EQUAL(people_record(&s.f, A_DOMAIN, "1").unsettled & UNSETTLED_IDENTITY, 0);
	CU_ASSERT_FALSE(people_same(&s.f, &hanako_a, &taro_b));
	CU_ASSERT_EQUAL(decide(&s.f, (struct deciding){ .record = s.a, .confirm = true }),
			PROBLEM_NONE);
	CU_ASSERT_EQUAL(decisions(&s, s.a, "confirmed", true), 1);
	CU_ASSERT_EQUAL(people_record(&s.f, A_DOMAIN, "1").unsettled & UNSETTLED_IDENTITY, 0);
	CU_ASSERT_EQUAL(decide(&s.f, (struct deciding){ .record = s.a, .confirm = true }),
			PROBLEM_CONFLICT);
	CU_ASSERT_TRUE(people_same(&s.f, &hanako_a, &taro_b));
	end(&s);
}

/* What was confirmed is certain from then on: what was known before is somebody else's now. */
static void a_confirmed_record_is_measured_anew(void)
{
	struct scene s;
	struct who changed = taro_b;
	struct deciding d = { .confirm = true };
	changed.domain = A_DOMAIN;
	changed.id = "1";
	begin(&s);
	people_feed(&s.f, &changed);
	CU_ASSERT_TRUE(people_record(&s.f, A_DOMAIN, "1").unsettled & UNSETTLED_IDENTITY);
	d.record = s.a;
	CU_ASSERT_EQUAL(decide(&s.f, d), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_record(&s.f, A_DOMAIN, "1").unsettled, 0);
	CU_ASSERT_TRUE(people_same(&s.f, &changed, &taro_b));
	people_feed(&s.f, &hanako_a);
	CU_ASSERT_TRUE(people_record(&s.f, A_DOMAIN, "1").unsettled & UNSETTLED_IDENTITY);
	CU_ASSERT_FALSE(people_same(&s.f, &hanako_a, &hanako_b));
	end(&s);
}

static const struct test tests[] = {
	{ "I7 a confirmed record is measured anew", a_confirmed_record_is_measured_anew },
	{ "what is refused", what_is_refused },
	{ "I8 decisions follow each other", decisions_follow_each_other },
	{ "I8 together is undone", together_is_undone },
	{ "I8 who decided is told", who_decided_is_told },
	{ "I8 no merge undoes a decision", no_merge_undoes_a_decision },
	{ "I8 decisions without a name hold", decisions_without_a_name_hold },
	{ "a message decides nothing", a_message_decides_nothing },
	{ "a lost anchor is apart from nobody", a_lost_anchor_is_apart_from_nobody },
	{ "a forged decision is found", a_forged_decision_is_found },
	{ "a decision nobody made is found", a_decision_nobody_made_is_found },
	{ "so many decisions", so_many_decisions },
	{ "I7 a change is confirmed", a_change_is_confirmed },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity decide", tests);
}
