/* tests/store/identity_reading_test.c: ids, numbers, persons, links and lists; and that a store
 * which fails leaves nothing half done, half told or half read: no patient is unknown for that,
 * and none is new. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/names.h"
#include "tests/base/failing.h"
#include "tests/store/row_scene.h"
#include "tests/store/told.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))

#define HANAKO(domain, id, phone)                                                                  \
	{                                                                                          \
		domain, id, "サトウ", "ハナコ", "19800101", "F", phone, 0, 0, 0, 0, 0, 0           \
	}
static const struct who hanako_a = HANAKO(A_DOMAIN, "1", "0312345001"),
			hanako_b = HANAKO(B_DOMAIN, "1", "0312345001");
static const struct who second_a = HANAKO(A_DOMAIN, "2", "0399990002");

static struct who other_phone(const struct who *w)
{
	struct who moved = *w;
	moved.phone = "0399990000";
	return moved;
}

/* ---- Ids, numbers, persons, links ---- */

static const char *text_of(struct arena *a, size_t length)
{
	char *text = arena_alloc(a, length + 1);
	memset(text, '7', length);
	text[length] = '\0';
	return text;
}

static bool use_ids(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = with;
	uint64_t number = 0;
	static const struct {
		size_t domain, id;
		bool found;
	} rows[] = {
		{ DOMAIN_MOST, ID_MOST, true },
		{ DOMAIN_MOST + 1, 1, false },
		{ 1, ID_MOST + 1, false },
		{ 1, 1, true },
	};
	(void)p;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *domain = text_of(a, rows[i].domain), *id = text_of(a, rows[i].id);
		identity_id_put(t, domain, id, 0x0123456789abcdefu + i);
		CU_ASSERT_EQUAL(identity_id_get(t, a, domain, id, &number), rows[i].found);
		CU_ASSERT_TRUE(!rows[i].found || number == 0x0123456789abcdefu + i);
	}
	CU_ASSERT_FALSE(identity_id_get(t, a, NULL, "1", &number));
	CU_ASSERT_FALSE(identity_id_get(t, a, "7", NULL, &number));
	CU_ASSERT_FALSE(identity_id_get(t, a, "7", "", &number));
	CU_ASSERT_FALSE(identity_id_get(t, a, "7", "8", &number));
	return true;
}

static bool use_persons(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = with;
	uint64_t members[] = { 3, 5 };
	struct person_row row = { .number = 9,
				  .regional = 5,
				  .since = 77,
				  .members = members,
				  .count = 2 },
			  read;
	(void)p;
	CU_ASSERT_TRUE(person_row_put(t, &row));
	CU_ASSERT_TRUE(person_row_get(t, a, 9, &read));
	CU_ASSERT(read.number == 9 && read.regional == 5 && read.count == 2);
	CU_ASSERT_EQUAL(read.since, 77);
	CU_ASSERT(read.members[0] == 3 && read.members[1] == 5);
	CU_ASSERT_FALSE(person_row_get(t, a, 0, &read));
	CU_ASSERT_FALSE(person_row_get(t, a, 8, &read));
	CU_ASSERT_TRUE(person_row_delete(t, 9));
	CU_ASSERT_FALSE(person_row_get(t, a, 9, &read));
	CU_ASSERT_FALSE(store_failed(t));
	for (unsigned i = 0; i < 3; i++) {
		row.regional = i == 0 ? 0 : 5;
		row.count = i == 1 ? 0 : 2;
		*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_TRUE(person_row_put(t, &row));
		if (i == 2) /* whole, and more that is not */
			CU_ASSERT_TRUE(
				put_octets(t, SPACE_IDENTITY_PERSON, 9,
					   bytes_of_text("\x01\x01\x01\x05\x02\x01\x03\xff")));
		CU_ASSERT_FALSE(person_row_get(t, a, 9, &read));
		CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
	}
	return false;
}

/* Those who had it first come first, the one who asks is left out, and there is a bound. */
static bool use_links(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = with;
	struct evidence e = { .hash = { 7 }, .rule = RULE_PHONE }, other = { .hash = { 8 } };
	(void)p;
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 0).count, 0);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, &e, 1), 0);
	for (uint64_t i = 1; i <= PERSON_MOST + 3; i++) {
		e.since = (instant)(1000 - i);
		CU_ASSERT_TRUE(identity_link_put(t, &e, i));
	}
	CU_ASSERT_TRUE(identity_link_put(t, &other, 99));
	struct record_numbers found = identity_linked(t, a, &e, PERSON_MOST + 2);
	CU_ASSERT_EQUAL(identity_linked(t, a, &other, 99).count,
			0); /* takes nothing away from those */
	CU_ASSERT_EQUAL_FATAL(found.count, PERSON_MOST + 1);
	CU_ASSERT(found.numbers[0] == PERSON_MOST + 3 && found.numbers[1] == PERSON_MOST + 1);
	CU_ASSERT_EQUAL(found.numbers[PERSON_MOST], 2);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, &e, 1), PERSON_MOST + 3);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, &e, PERSON_MOST + 3), PERSON_MOST + 2);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, &other, 99), 0);
	CU_ASSERT_TRUE(identity_link_delete(t, &e, PERSON_MOST + 3));
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 0).count, PERSON_MOST + 1);
	e.since = 1000 - 1;
	CU_ASSERT_TRUE(identity_link_delete(t, &e, 1));
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 0).count, PERSON_MOST + 1);
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 2).count, PERSON_MOST);
	return true;
}

static void ids_persons_and_links(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, use_ids, f.arena, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, use_links, f.arena, &f.problem));
	CU_ASSERT_FALSE(store_write(f.store, use_persons, f.arena, &f.problem));
	fixture_close(&f);
}

/* ---- Lists ---- */

static void feed_twin(struct fixture *f, const char *id, const char *order)
{
	struct patient_identifier named = { .id = id, .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &named,
				  .demographics = people_demographics(f->arena, &hanako_a) };
	put.demographics.multiple_birth = "Y";
	put.demographics.birth_order = order;
	CU_ASSERT_EQUAL(people_write(f, &put), PROBLEM_NONE);
}

/* From where the last ended, so many, and nothing beyond the last. */
static void lists_go_on_where_they_ended(void)
{
	struct fixture f;
	unsigned count;
	uint64_t persons[3], records[3];
	static const char *const ids[] = { "1", "2", "3" };
	fixture_open(&f);
	for (size_t i = 0; i < 3; i++)
		feed_twin(&f, ids[i], ids[i]);
	for (size_t i = 0; i < 3; i++) {
		struct patient_record r = people_record(&f, A_DOMAIN, ids[i]);
		persons[i] = r.person;
		records[i] = r.number;
		CU_ASSERT_TRUE(i == 0 || persons[i] > persons[i - 1]);
	}
	static const struct {
		unsigned after, limit, count;
	} rows[] = {
		{ 0, 0, 0 }, { 0, 1, 1 }, { 0, 2, 2 }, { 0, 3, 3 }, { 0, 4, 3 },
		{ 1, 4, 2 }, { 2, 4, 1 }, { 3, 4, 0 }, { 9, 4, 0 },
	};
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned after = rows[i].after;
		uint64_t last = after == 0   ? 0
				: after == 9 ? UINT64_MAX
					     : persons[after - 1],
			 waits = after == 0   ? 0
				 : after == 9 ? UINT64_MAX
					      : records[after - 1];
		struct person *list = identity_list(t, f.arena, last, rows[i].limit, &count);
		CU_ASSERT_EQUAL(count, rows[i].count);
		for (unsigned k = 0; k < count; k++)
			CU_ASSERT_EQUAL(list[k].number, persons[after + k]);
		struct unsettled_record *waiting = identity_unsettled(t, f.arena, waits,
								      rows[i].limit, &count);
		CU_ASSERT_EQUAL(count, rows[i].count);
		for (unsigned k = 0; k < count; k++) {
			CU_ASSERT_EQUAL(waiting[k].record.number, records[after + k]);
			CU_ASSERT_EQUAL(waiting[k].record.unsettled, UNSETTLED_CONTRADICTION);
			CU_ASSERT_EQUAL(waiting[k].against,
					after + k == 0 ? records[1] : records[0]);
		}
	}
	store_end(t);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

struct spoiling {
	unsigned char space;
	uint64_t number;
};

static bool spoil_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct spoiling *s = with;
	(void)p;
	return put_octets(t, s->space, s->number, bytes_of_text("no record of anything"));
}

/* Up to what cannot be read; that there would be more is the store's failure, not the end. */
static void lists_end_where_the_store_is_damaged(void)
{
	static const struct {
		unsigned char space;
		unsigned persons, waiting;
	} rows[] = {
		{ SPACE_IDENTITY_PERSON, 1, 3 },
		{ SPACE_IDENTITY_RECORD, 1, 1 },
		{ SPACE_IDENTITY_UNSETTLED, 3, 3 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		unsigned count;
		fixture_open(&f);
		feed_twin(&f, "1", "1");
		feed_twin(&f, "2", "2");
		feed_twin(&f, "3", "3");
		struct patient_record second = people_record(&f, A_DOMAIN, "2");
		struct spoiling s = { rows[i].space,
				      rows[i].space == SPACE_IDENTITY_PERSON ? second.person
				      : rows[i].space == SPACE_IDENTITY_RECORD
					      ? second.number
					      : 4711 }; /* a record that is not there */
		fixture_must(&f, store_write(f.store, spoil_job, &s, &f.problem));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		identity_list(t, f.arena, 0, 9, &count);
		CU_ASSERT_EQUAL(count, rows[i].persons);
		CU_ASSERT_EQUAL(store_problem(t)->code,
				count == 3 ? PROBLEM_NONE : PROBLEM_INTERNAL);
		store_end(t);
		t = store_begin_read(f.store, &f.problem);
		identity_unsettled(t, f.arena, 0, 9, &count);
		CU_ASSERT_EQUAL(count, rows[i].waiting);
		CU_ASSERT_EQUAL(store_problem(t)->code,
				s.space == SPACE_IDENTITY_PERSON ? PROBLEM_NONE : PROBLEM_INTERNAL);
		store_end(t);
		fixture_close(&f);
	}
}

static uint64_t stands_against(struct fixture *f, const char *id)
{
	unsigned count;
	uint64_t against = 0, number = people_record(f, A_DOMAIN, id).number;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct unsettled_record *list = identity_unsettled(t, f->arena, number - 1, 1, &count);
	if (count == 1 && list->record.number == number)
		against = list->against;
	store_end(t);
	return against;
}

/* Whom it cannot be one with is somebody it cannot be one with now, and the same as long as that is
 * so. */
static void who_stands_against_it_now(void)
{
	static const struct {
		const char *id, *order;
		unsigned against;
	} steps[] = {
		{ "1", "1", 0 }, { "2", "2", 2 },  { "3", "3", 2 },  { "2", NULL, 3 },
		{ "2", "2", 3 }, { "3", NULL, 2 }, { "2", NULL, 0 },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (steps[i].order != NULL) {
			feed_twin(&f, steps[i].id, steps[i].order);
		} else {
			struct who gone = other_phone(&hanako_a);
			gone.id = steps[i].id;
			people_feed(&f, &gone);
		}
		CU_ASSERT_EQUAL(
			stands_against(&f, "1"),
			steps[i].against == 0
				? 0
				: people_record(&f, A_DOMAIN, steps[i].against == 2 ? "2" : "3")
					  .number);
	}
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void a_person_is_its_records(void)
{
	struct fixture f;
	struct person p, places;
	struct patient_record r;
	fixture_open(&f);
	struct feed_outcome out = people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE_FATAL(identity_person(t, f.arena, out.person, &p));
	CU_ASSERT_EQUAL(p.number, out.person);
	CU_ASSERT_EQUAL(p.records->number, out.record);
	CU_ASSERT_TRUE(identity_record(t, f.arena, p.regional_record, &r));
	CU_ASSERT(r.person == p.number && text_equal(r.domain, AFFINITY)
		  && text_equal(r.id, p.regional_id));
	CU_ASSERT_EQUAL(r.version, 1);
	CU_ASSERT_STRING_EQUAL(identity_regional_id(t, f.arena, out.person), p.regional_id);
	unsigned count = 0;
	for (struct patient_record *each = p.records; each != NULL; each = each->next)
		count += each->person == p.number;
	CU_ASSERT_EQUAL(count, 3);
	CU_ASSERT_TRUE_FATAL(identity_person_places(t, f.arena, out.person, &places));
	CU_ASSERT(places.number == p.number && places.regional_record == p.regional_record);
	CU_ASSERT_STRING_EQUAL(places.regional_id, p.regional_id);
	for (struct patient_record *each = p.records, *place = places.records; each != NULL;
	     each = each->next, place = place->next) {
		CU_ASSERT_TRUE_FATAL(place != NULL);
		CU_ASSERT_EQUAL(place->number, each->number);
		CU_ASSERT_PTR_NULL(place->demographics.names);
	}
	CU_ASSERT_FALSE(identity_person(t, f.arena, 4711, &p));
	CU_ASSERT_FALSE(identity_person_places(t, f.arena, 4711, &places));
	CU_ASSERT_PTR_NULL(identity_regional_id(t, f.arena, 4711));
	CU_ASSERT_PTR_NULL(identity_decisions(t, f.arena, 4711));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

/* In the order they were made, whosever they are. */
static void decisions_in_order(void)
{
	static const struct {
		bool a;
		const char *reason;
		bool linked;
	} said[] = {
		{ false, "phone", true },  { true, "phone", false }, { true, "phone", true },
		{ false, "phone", false }, { false, "phone", true },
	};
	const struct who gone_a = other_phone(&hanako_a), gone_b = other_phone(&hanako_b);
	struct fixture f;
	size_t n = 0;
	fixture_open(&f);
	struct feed_outcome a = people_feed(&f, &hanako_a), b = people_feed(&f, &hanako_b);
	people_feed(&f, &gone_a);
	people_feed(&f, &hanako_a);
	people_feed(&f, &gone_b);
	b = people_feed(&f, &hanako_b);
	instant last = people_record(&f, B_DOMAIN, "1").updated;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (struct link_decision *d = identity_decisions(t, f.arena, b.person); d != NULL;
	     d = d->next, n++) {
		CU_ASSERT_TRUE_FATAL(n < COUNT(said));
		CU_ASSERT_EQUAL(d->record, said[n].a ? a.record : b.record);
		CU_ASSERT_EQUAL(d->other, said[n].a ? b.record : a.record);
		CU_ASSERT_EQUAL(d->linked, said[n].linked);
		CU_ASSERT_STRING_EQUAL(d->reason, said[n].reason);
		CU_ASSERT(d->by == NULL && d->why == NULL && d->time > 0);
		CU_ASSERT_TRUE(d->next != NULL || d->time == last);
	}
	CU_ASSERT_EQUAL(n, COUNT(said));
	store_end(t);
	fixture_close(&f);
}

/* ---- A store that fails ---- */

struct doing {
	const char *why;
	struct who put; /* or: */
	const char *survivor, *subsumed;
	bool decide, confirm;
	enum pair_decision what;
	const struct region *region; /* or NULL: that of people.h */
	/* Of the one who does it: */
	struct arena *arena;
	uint64_t record, other;
	bool keep;
};

static bool do_one(const struct doing *d, struct store_txn *t, struct problem *p)
{
	static const struct person_decision said = { "clerk", "seen" };
	const struct region *region = d->region != NULL ? d->region : &people_region;
	struct feed_outcome out;
	if (d->decide)
		return identity_decide_pair(t, region, d->record, d->other, d->what, &said, &out,
					    p);
	if (d->confirm)
		return identity_confirm(t, region, d->other, &said, &out, p);
	if (d->survivor != NULL)
		return identity_merge(t, region, A_DOMAIN, d->survivor, d->subsumed, &out, p);
	struct patient_identifier id = { .id = d->put.id, .universal_id = d->put.domain };
	struct patient_demographics demographics = people_demographics(d->arena, &d->put);
	return identity_put(t, region, people_system(id.universal_id), &id, &demographics, 0, &out,
			    p);
}

/* Taken back, unless it is to be kept. */
static bool do_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct doing *d = with;
	bool did = do_one(d, t, p);
	CU_ASSERT_EQUAL(did, p->code == PROBLEM_NONE);
	return did && (d->keep || problem_set(p, PROBLEM_NOT_FOUND, "taken back"));
}

/* call: the one that fails after n of them, or NULL. */
static enum problem_code do_it(struct fixture *f, const struct doing *said, const char *call,
			       unsigned n)
{
	struct doing d = *said;
	d.arena = f->arena;
	d.record = people_record(f, A_DOMAIN, "1").number;
	d.other = people_record(f, B_DOMAIN, "1").number;
	d.keep = call == NULL;
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	failing_arm(call, n);
	store_write(f->store, do_job, &d, &f->problem);
	return f->problem.code;
}

/* The nth call of that name fails, for each n: the reason is the store's, and nothing has
 * changed. */
static void fail_each(struct fixture *f, const struct doing *d, const char *call)
{
	enum { CALLS_MOST = 400 };
	bool failed = true;
	for (unsigned n = 0; failed; n++) {
		enum problem_code code = do_it(f, d, call, n);
		failed = failing_disarm();
		if (code != (failed ? PROBLEM_STORE_FULL : PROBLEM_NOT_FOUND))
			fprintf(stderr, "%s, %s %u: %d\n", d->why, call, n, code);
		CU_ASSERT_EQUAL(code, failed ? PROBLEM_STORE_FULL : PROBLEM_NOT_FOUND);
		CU_ASSERT_TRUE_FATAL(n < CALLS_MOST);
	}
}

static void nothing_is_half_done(void)
{
	static const struct doing all[] = {
		{ .why = "a new record", .put = HANAKO(C_DOMAIN, "1", "0312345001") },
		{ .why = "a link goes", .put = HANAKO(A_DOMAIN, "1", "0399990000") },
		{ .why = "it comes back", .put = HANAKO(A_DOMAIN, "1", "0312345001") },
		{ .why = "apart", .decide = true, .what = PAIR_APART },
		{ .why = "undone", .decide = true, .what = PAIR_UNDO },
		{ .why = "together", .decide = true, .what = PAIR_TOGETHER },
		{ .why = "somebody else",
		  .put = { B_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003", 0, 0,
			   0, 0, 0, 0 } },
		{ .why = "confirmed", .confirm = true },
		{ .why = "a merge", .survivor = "2", .subsumed = "1" },
		{ .why = "a merge again", .survivor = "2", .subsumed = "1" },
	};
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	people_feed(&f, &second_a);
	for (size_t i = 0; i < COUNT(all); i++) {
		fail_each(&f, &all[i], "store_get");
		fail_each(&f, &all[i], "store_put");
		fail_each(&f, &all[i], "store_delete");
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		CU_ASSERT_EQUAL(do_it(&f, &all[i], NULL, 0), PROBLEM_NONE);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	}
	fixture_close(&f);
}

static unsigned findings_told(struct fixture *f)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &errands_check, &notices_check,
							      NULL };
	struct check_counts counts = { 0 };
	fixture_must(f, store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

/* The same where it is to be told to others what changed: a change of which it cannot be found out
 * whom it is shown to is none. */
static void nothing_is_half_told(void)
{
	struct registered_system systems[TOLD_SYSTEMS];
	const struct region region = told_region(systems);
	const struct doing all[] = {
		{ .why = "a new record",
		  .put = HANAKO(C_DOMAIN, "1", "0312345001"),
		  .region = &region },
		{ .why = "a link goes",
		  .put = HANAKO(A_DOMAIN, "1", "0399990000"),
		  .region = &region },
		{ .why = "a merge", .survivor = "2", .subsumed = "1", .region = &region },
	};
	struct fixture f;
	fixture_open(&f);
	uint64_t person = people_feed(&f, &hanako_a).person;
	people_feed(&f, &hanako_b);
	people_feed(&f, &second_a);
	for (size_t i = 0; i < COUNT(all); i++) {
		uint64_t told = told_changes(&f, "c-hospital", person);
		fail_each(&f, &all[i], "store_get");
		fail_each(&f, &all[i], "store_put");
		CU_ASSERT_EQUAL(told_changes(&f, "c-hospital", person), told);
		CU_ASSERT_EQUAL(do_it(&f, &all[i], NULL, 0), PROBLEM_NONE);
		if (i < 2)
			CU_ASSERT_EQUAL(told_changes(&f, "c-hospital", person), told + 1);
		CU_ASSERT_EQUAL(findings_told(&f), 0);
	}
	fixture_close(&f);
}

/* What is read of a person is whole, or the store's failure. */
static void nothing_is_half_read(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t person = people_feed(&f, &hanako_a).person;
	people_feed(&f, &hanako_b);
	people_feed(&f, &second_a);
	for (unsigned what = 0; what < 8; what++)
		for (unsigned n = 0, failed = 1; failed; n++) {
			struct patient_record r;
			struct person p;
			struct record_numbers numbers;
			unsigned count = 9;
			bool read = true;
			struct store_txn *t = store_begin_read(f.store, &f.problem);
			failing_arm("store_get", n);
			switch (what) {
			case 0: read = identity_find(t, f.arena, A_DOMAIN, "1", &r); break;
			case 1: read = identity_find_place(t, f.arena, A_DOMAIN, "1", &r); break;
			case 2: read = identity_person(t, f.arena, person, &p); break;
			case 3: read = identity_subjects(t, f.arena, person, &numbers); break;
			case 4: read = identity_regional_id(t, f.arena, person) != NULL; break;
			case 5:
				identity_list(t, f.arena, 0, 9, &count);
				read = count == 2;
				break;
			case 6: read = identity_decisions(t, f.arena, person) != NULL; break;
			case 7: read = identity_person_places(t, f.arena, person, &p); break;
			}
			failed = failing_disarm();
			CU_ASSERT_EQUAL(read, !failed);
			CU_ASSERT_EQUAL(store_failed(t), failed);
			store_end(t);
		}
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "ids, persons and links", ids_persons_and_links },
	{ "lists go on where they ended", lists_go_on_where_they_ended },
	{ "lists end where the store is damaged", lists_end_where_the_store_is_damaged },
	{ "who stands against it now", who_stands_against_it_now },
	{ "a person is its records", a_person_is_its_records },
	{ "decisions in order", decisions_in_order },
	{ "nothing is half done", nothing_is_half_done },
	{ "nothing is half told", nothing_is_half_told },
	{ "nothing is half read", nothing_is_half_read },
	{ 0 }
};

int main(void)
{
	return suite_run("store: reading identity", tests);
}
