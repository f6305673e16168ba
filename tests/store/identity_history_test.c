/* tests/store/identity_history_test.c: what happened to a person is told, all of it, in order: of
 * the records it has now from the first feed on, of one that is elsewhere as long as it was here.
 */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_history.h"
#include "tests/store/people.h"

#define HANAKO(domain, id, phone)                                                                  \
	{                                                                                          \
		domain, id, "サトウ", "ハナコ", "19800101", "F", phone, 0, 0, 0, 0, 0, 0           \
	}
static const struct who at_a = HANAKO(A_DOMAIN, "1", "0312345001"),
			at_b = HANAKO(B_DOMAIN, "1", "0312345001"),
			moved_b = HANAKO(B_DOMAIN, "1", "0312345002"),
			moved_more_b = HANAKO(B_DOMAIN, "1", "0312345003"),
			at_c = HANAKO(C_DOMAIN, "1", "0312345002");

/* "made 1, linked 1-2 phone, went 2": kinds and records in order, of the records' own numbers from
 * 1 as they are given. */
static const char *told(struct fixture *f, uint64_t person, const uint64_t *numbers, size_t count)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct person_history *h = identity_history(t, f->arena, person);
	struct buffer b = buffer_in(f->arena);
	CU_ASSERT_PTR_NOT_NULL_FATAL(h);
	CU_ASSERT_FALSE(h->more);
	for (size_t i = 0; i < h->count; i++) {
		static const char *const kinds[] = { "made", "changed", "came", "went" };
		const struct person_event *e = &h->events[i];
		size_t at = 0, other = 0;
		while (at < count && numbers[at] != e->record)
			at++;
		while (other < count && numbers[other] != e->decision.other)
			other++;
		if (e->kind != PERSON_DECISION)
			buffer_printf(&b, "%s%s %zu", i == 0 ? "" : ", ", kinds[e->kind], at + 1);
		else
			buffer_printf(&b, "%s%s %zu-%zu %s", i == 0 ? "" : ", ",
				      e->decision.linked ? "linked" : "unlinked", at + 1, other + 1,
				      e->decision.reason);
		CU_ASSERT(i == 0 || h->events[i - 1].time <= e->time);
	}
	store_end(t);
	return buffer_ended(&b);
}

#define TOLD(person, text) CU_ASSERT_STRING_EQUAL(told(&f, person, numbers, 3), text)

static void who_came_and_went(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t numbers[3] = { people_feed(&f, &at_a).record, people_feed(&f, &at_b).record };
	uint64_t person = people_record(&f, A_DOMAIN, "1").person;
	TOLD(person, "made 1, made 2, linked 2-1 phone");
	people_feed(&f, &moved_b);
	uint64_t another = people_record(&f, B_DOMAIN, "1").person;
	CU_ASSERT_NOT_EQUAL(another, person);
	TOLD(person, "made 1, made 2, linked 2-1 phone, changed 2, unlinked 2-1 phone, went 2");
	/* What is of another now is his; what was before he has with him. */
	TOLD(another, "made 2, linked 2-1 phone, changed 2, unlinked 2-1 phone, came 2");
	numbers[2] = people_feed(&f, &at_c).record;
	TOLD(person, "made 1, made 2, linked 2-1 phone, changed 2, unlinked 2-1 phone, went 2");
	people_feed(&f, &at_b);
	TOLD(person, "made 1, made 2, linked 2-1 phone, changed 2, unlinked 2-1 phone, went 2, "
		     "changed 2, unlinked 2-3 phone, linked 2-1 phone, came 2");
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void twice_here(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t numbers[3] = { people_feed(&f, &at_a).record, people_feed(&f, &at_b).record };
	uint64_t person = people_record(&f, A_DOMAIN, "1").person;
	people_feed(&f, &moved_b);
	people_feed(&f, &moved_more_b); /* elsewhere: not this person's affair */
	people_feed(&f, &at_b);
	people_feed(&f, &moved_b);
	TOLD(person, "made 1, made 2, linked 2-1 phone, changed 2, unlinked 2-1 phone, went 2, "
		     "changed 2, linked 2-1 phone, came 2, changed 2, unlinked 2-1 phone, went 2");
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

struct deciding {
	uint64_t record, other;
	enum pair_decision what;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct deciding *d = with;
	const struct person_decision said = { "clerk", "seen" };
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, d->record, d->other, d->what, &said, &out,
				    p);
}

static void decide(struct fixture *f, uint64_t record, uint64_t other, enum pair_decision what)
{
	struct deciding d = { record, other, what };
	CU_ASSERT_TRUE(store_write(f->store, decide_job, &d, &f->problem));
}

/* What is decided stands in the trail of the one that was named first; the other's person has it in
 * its history, too, whether or not they were ever one. */
static void the_others_decisions(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t numbers[3] = { people_feed(&f, &at_a).record, people_feed(&f, &moved_b).record };
	uint64_t first = people_record(&f, A_DOMAIN, "1").person;
	decide(&f, numbers[0], numbers[1], PAIR_TOGETHER);
	decide(&f, numbers[0], numbers[1], PAIR_UNDO);
	uint64_t second = people_record(&f, B_DOMAIN, "1").person;
	CU_ASSERT_NOT_EQUAL(first, second);
	TOLD(first, "made 1, linked 1-2 together, came 2, unlinked 1-2 undone, went 2");
	TOLD(second, "made 2, linked 1-2 together, unlinked 1-2 undone, came 2");
	decide(&f, numbers[0], numbers[1], PAIR_APART);
	TOLD(second, "made 2, linked 1-2 together, unlinked 1-2 undone, came 2, "
		     "unlinked 1-2 apart");
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void versions_are_there(void)
{
	struct fixture f;
	struct patient_record was = { 0 };
	fixture_open(&f);
	uint64_t record = people_feed(&f, &at_b).record;
	people_feed(&f, &moved_b);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(identity_version(t, f.arena, record, 1, &was));
	CU_ASSERT_STRING_EQUAL(was.demographics.telecoms->number, "0312345001");
	CU_ASSERT_TRUE(identity_version(t, f.arena, record, 2, &was));
	CU_ASSERT_STRING_EQUAL(was.demographics.telecoms->number, "0312345002");
	CU_ASSERT_FALSE(identity_version(t, f.arena, record, 3, &was));
	CU_ASSERT_PTR_NULL(identity_history(t, f.arena, 4711));
	store_end(t);
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = {
		{ "who came and went", who_came_and_went },
		{ "twice here", twice_here },
		{ "the other's decisions", the_others_decisions },
		{ "versions are there", versions_are_there },
		{ NULL, NULL },
	};
	return suite_run("identity: history", tests);
}
