/* tests/engines/order_test.c: what came first came first, whichever node it came to. Numbers say
 * nothing of that: a node that has few to do still gives those of a block taken long ago. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/consent.h"
#include "store/errands.h"
#include "store/numbers.h"
#include "store/registry.h"
#include "tests/engines/nodes.h"
#include "tests/store/people.h"

enum { FIRST, SECOND, THIRD };

/* ---- One job on a node ---- */

typedef bool deed(void *with, struct store_txn *t, struct problem *p);

static bool did(struct region_of_nodes *r, unsigned node, deed *what, void *with)
{
	struct problem p = { .code = PROBLEM_NONE };
	return store_write(r->nodes[node].store, what, with, &p);
}

static bool number_all(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)p;
	for (enum number_kind kind = NUMBER_RECORD; kind < NUMBER_KINDS; kind++)
		number_next(t, kind);
	return !store_failed(t);
}

/* The later a node comes the more its numbers are. */
static void open_in_order(struct region_of_nodes *r)
{
	region_open_timed(r);
	for (unsigned i = 0; i < NODES; i++)
		CU_ASSERT_TRUE(did(r, i, number_all, NULL));
}

struct feeding {
	const char *domain, *id, *phone;
	struct feed_outcome out;
};

static bool feed(void *with, struct store_txn *t, struct problem *p)
{
	struct feeding *f = with;
	const struct who who = { .family = "サトウ",
				 .given = "ハナコ",
				 .birth = "19800101",
				 .sex = "F",
				 .phone = f->phone };
	struct patient_identifier id = { .id = f->id, .universal_id = f->domain };
	struct patient_demographics d = people_demographics(store_arena(t), &who);
	return identity_put(t, &people_region, people_system(f->domain), &id, &d, 0, &f->out, p);
}

static struct feed_outcome fed(struct region_of_nodes *r, unsigned node, const char *domain,
			       const char *phone)
{
	struct feeding f = { .domain = domain, .id = "1", .phone = phone };
	CU_ASSERT_TRUE(did(r, node, feed, &f));
	return f.out;
}

static struct person person_of(struct region_of_nodes *r, struct arena *a, unsigned node,
			       const char *domain)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct patient_record record = { 0 };
	struct person person = { 0 };
	struct store_txn *t = store_begin_read(r->nodes[node].store, &p);
	CU_ASSERT_TRUE(identity_find(t, a, domain, "1", &record));
	CU_ASSERT_TRUE(identity_person(t, a, record.person, &person));
	store_end(t);
	return person;
}

static void sound(struct region_of_nodes *r)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &registry_check, NULL };
	struct check_counts counts;
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(store_check(r->nodes[FIRST].store, modules, people_tell, NULL, &counts, &p));
	CU_ASSERT_EQUAL(counts.findings, 0);
}

/* ---- Persons ---- */

/* Where two become one the older keeps number and regional id, and is its own again afterwards. */
static void the_older_person_stays(void)
{
	struct region_of_nodes r;
	struct arena *a = arena_create(1 << 20);
	open_in_order(&r);
	struct feed_outcome old = fed(&r, THIRD, A_DOMAIN, "0311112222"),
			    young = fed(&r, FIRST, B_DOMAIN, "0333334444");
	CU_ASSERT_TRUE(old.record > young.record && old.person > young.person);
	const char *regional = person_of(&r, a, SECOND, A_DOMAIN).regional_id;
	const char *other = person_of(&r, a, SECOND, B_DOMAIN).regional_id;
	CU_ASSERT_EQUAL(fed(&r, FIRST, B_DOMAIN, "0311112222").person, old.person);
	struct person one = person_of(&r, a, SECOND, B_DOMAIN);
	CU_ASSERT_EQUAL(one.number, old.person);
	CU_ASSERT_STRING_EQUAL(one.regional_id, regional);
	sound(&r);
	/* They part: the older record stays what it was. */
	CU_ASSERT_NOT_EQUAL(fed(&r, SECOND, B_DOMAIN, "0333334444").person, old.person);
	CU_ASSERT_EQUAL(person_of(&r, a, FIRST, A_DOMAIN).number, old.person);
	CU_ASSERT_STRING_EQUAL(person_of(&r, a, FIRST, A_DOMAIN).regional_id, regional);
	CU_ASSERT_STRING_EQUAL(person_of(&r, a, FIRST, B_DOMAIN).regional_id, other);
	sound(&r);
	arena_destroy(a);
	region_close(&r);
}

/* Of a person that falls apart its oldest record keeps what it had, whatever the numbers. */
static void the_oldest_record_keeps(void)
{
	struct region_of_nodes r;
	struct arena *a = arena_create(1 << 20);
	open_in_order(&r);
	struct feed_outcome old = fed(&r, THIRD, A_DOMAIN, "0311112222");
	struct feed_outcome young = fed(&r, FIRST, B_DOMAIN, "0311112222");
	CU_ASSERT_TRUE(old.record > young.record);
	CU_ASSERT_EQUAL(young.person, old.person);
	struct person one = person_of(&r, a, SECOND, A_DOMAIN);
	CU_ASSERT_EQUAL(fed(&r, SECOND, A_DOMAIN, "0333334444").person, old.person);
	CU_ASSERT_STRING_EQUAL(person_of(&r, a, THIRD, A_DOMAIN).regional_id, one.regional_id);
	CU_ASSERT_NOT_EQUAL(person_of(&r, a, THIRD, B_DOMAIN).number, old.person);
	sound(&r);
	arena_destroy(a);
	region_close(&r);
}

/* A node of lesser numbers makes a person of a record of greater ones: it lists them in order. */
static void what_is_listed_is_in_order(void)
{
	struct region_of_nodes r;
	struct arena *a = arena_create(1 << 20);
	open_in_order(&r);
	fed(&r, THIRD, A_DOMAIN, "0311112222");
	struct feed_outcome moved = fed(&r, THIRD, B_DOMAIN, "0311112222");
	fed(&r, FIRST, B_DOMAIN, "0333334444");
	struct person own = person_of(&r, a, SECOND, B_DOMAIN);
	CU_ASSERT_TRUE(own.regional_record < moved.record);
	CU_ASSERT_TRUE(own.records != NULL && own.records->next != NULL
		       && own.records->next->next == NULL);
	sound(&r);
	arena_destroy(a);
	region_close(&r);
}

struct still_clock {
	struct clock clock;
	instant now;
};

static instant still_now(const struct clock *c)
{
	return ((const struct still_clock *)c)->now;
}

/* Of persons of one moment the lesser number stays, whichever record is the older. */
static void of_one_moment_the_lesser_number(void)
{
	for (unsigned first = 0; first < 2; first++) {
		struct still_clock still = {
			.clock = { .now = still_now, .elapsed = node_elapsed },
			.now = INT64_C(1800000000000000),
		};
		struct region_of_nodes r;
		struct feed_outcome old, young;
		region_make(&r);
		for (unsigned i = 0; i < NODES; i++)
			region_add_node(&r, i, "host", &still.clock);
		fed(&r, FIRST, A_DOMAIN, "0311112222");
		fed(&r, FIRST, B_DOMAIN, "0311112222");
		still.now += CLOCK_STEP;
		if (first == 0)
			old = fed(&r, FIRST, B_DOMAIN, "0333334444");
		young = fed(&r, FIRST, C_DOMAIN, "0355556666");
		if (first == 1)
			old = fed(&r, FIRST, B_DOMAIN, "0333334444");
		CU_ASSERT_EQUAL(old.person < young.person, first == 0);
		still.now += CLOCK_STEP;
		CU_ASSERT_EQUAL(fed(&r, FIRST, C_DOMAIN, "0333334444").person,
				first == 0 ? old.person : young.person);
		sound(&r);
		region_close(&r);
	}
}

/* ---- Consent ---- */

struct deciding {
	uint64_t record;
	enum consent_action action;
};

static bool decide(void *with, struct store_txn *t, struct problem *p)
{
	const struct deciding *d = with;
	struct consent_coverage coverage;
	const struct consent_event e = { .action = d->action,
					 .facility = d->action == CONSENT_EXCLUDE
								     || d->action == CONSENT_INCLUDE
							     ? "c-hospital"
							     : NULL,
					 .reason = "asked for it",
					 .by = "clerk",
					 .time = store_clock(t)->now(store_clock(t)) };
	return consent_record(t, &people_region, d->record, &e, &coverage, p);
}

static struct participation said(struct region_of_nodes *r, struct arena *a, unsigned node,
				 struct deciding d)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct participation now = { 0 };
	CU_ASSERT_TRUE(did(r, node, decide, &d));
	/* Another node is asked, at once. */
	struct store_txn *t = store_begin_read(r->nodes[(node + 1) % NODES].store, &p);
	CU_ASSERT_TRUE(consent_participation(t, a, d.record, 0, &now));
	store_end(t);
	return now;
}

/* What was said last holds, though its number would be the smaller, and a clock be late. */
static void the_last_word_holds(void)
{
	static const struct {
		unsigned node;
		instant ahead; /* of that node's clock, in the clock's steps */
		enum consent_action action;
	} words[] = {
		{ THIRD, 0, CONSENT_JOIN },       { FIRST, 0, CONSENT_LEAVE },
		{ SECOND, 99, CONSENT_JOIN },     { FIRST, -99, CONSENT_LEAVE },
		{ FIRST, -99, CONSENT_JOIN },     { THIRD, -99, CONSENT_EXCLUDE },
		{ SECOND, -99, CONSENT_INCLUDE }, { FIRST, 0, CONSENT_LEAVE },
	};
	struct region_of_nodes r;
	struct arena *a = arena_create(1 << 20);
	open_in_order(&r);
	struct feed_outcome who = fed(&r, SECOND, A_DOMAIN, "0311112222");
	bool joined = false, excluded = false;
	for (size_t i = 0; i < COUNT(words); i++) {
		r.nodes[words[i].node].clock.ahead = words[i].ahead * CLOCK_STEP;
		struct participation now = said(&r, a, words[i].node,
						(struct deciding){ who.record, words[i].action });
		joined = words[i].action == CONSENT_JOIN
			 || (joined && words[i].action != CONSENT_LEAVE);
		excluded = words[i].action == CONSENT_EXCLUDE
			   || (excluded && words[i].action != CONSENT_INCLUDE);
		CU_ASSERT_TRUE(now.decided);
		CU_ASSERT_EQUAL(now.joined, joined);
		CU_ASSERT_EQUAL(now.excluded_count, excluded);
	}
	/* And so the history says. */
	struct problem p = { .code = PROBLEM_NONE };
	struct record_numbers subjects = { &who.record, 1 };
	struct store_txn *t = store_begin_read(r.nodes[FIRST].store, &p);
	const struct consent_event *e = consent_history(t, a, &subjects, 0, 100);
	for (size_t i = COUNT(words); i-- > 0; e = e->next) {
		CU_ASSERT_FATAL(e != NULL);
		CU_ASSERT_EQUAL(e->action, words[i].action);
		CU_ASSERT_TRUE(e->next == NULL || e->next->time < e->time);
	}
	store_end(t);
	sound(&r);
	arena_destroy(a);
	region_close(&r);
}

/* Of two who were strangers then, the time is all there is: A's inclusion came after B's
 * exclusion. */
static void strangers_words_stand_in_time(void)
{
	struct region_of_nodes r;
	struct arena *a = arena_create(1 << 20);
	open_in_order(&r);
	struct feed_outcome x = fed(&r, FIRST, A_DOMAIN, "0311112222");
	struct feed_outcome y = fed(&r, FIRST, B_DOMAIN, "0333334444");
	said(&r, a, THIRD, (struct deciding){ y.record, CONSENT_EXCLUDE });
	said(&r, a, FIRST, (struct deciding){ x.record, CONSENT_INCLUDE });
	fed(&r, SECOND, B_DOMAIN, "0311112222");
	struct problem p = { .code = PROBLEM_NONE };
	struct participation now;
	struct store_txn *t = store_begin_read(r.nodes[SECOND].store, &p);
	CU_ASSERT_TRUE(consent_participation(t, a, x.record, 0, &now));
	CU_ASSERT_EQUAL(now.excluded_count, 0);
	store_end(t);
	sound(&r);
	arena_destroy(a);
	region_close(&r);
}

/* ---- Documents ---- */

struct submitting {
	const char *source_system, *uuids[3];
	unsigned name; /* of the set */
};

static bool submit(void *with, struct store_txn *t, struct problem *p)
{
	const struct submitting *s = with;
	struct arena *a = store_arena(t);
	struct submission_set set = { .id = s->uuids[0],
				      .unique_id = arena_printf(a, "1.2.%u", s->name),
				      .source_system = s->source_system,
				      .subject = 7 };
	struct document_entry entry = { .id = s->uuids[1],
					.unique_id = "1.3.1",
					.source_system = s->source_system,
					.subject = 7,
					.hash = "aa",
					.size = "3",
					.creation_time = "2026" };
	struct association member = { .id = s->uuids[2],
				      .type = ASSOCIATION_HAS_MEMBER,
				      .type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
				      .source = s->uuids[0],
				      .target = s->uuids[1],
				      .source_system = s->source_system };
	struct submission all = { .set = &set, .entries = &entry, .associations = &member };
	return registry_put(t, a, &all, store_clock(t)->now(store_clock(t)), p);
}

/* Whose uniqueId it is says how many may come: the first, not who has the smaller number. */
static void the_first_of_a_unique_id(void)
{
	struct region_of_nodes r;
	struct arena *a = arena_create(1 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	static const char *const systems[] = { "a-hospital", "b-clinic", "c-hospital" };
	open_in_order(&r);
	for (unsigned i = 0; i < NODES; i++) {
		struct submitting s = { .source_system = systems[i], .name = i };
		for (unsigned k = 0; k < COUNT(s.uuids); k++) {
			char uuid[UUID_URN_TEXT];
			random_uuid(&system_random, uuid);
			s.uuids[k] = arena_text(a, uuid);
		}
		CU_ASSERT_TRUE(did(&r, NODES - 1 - i, submit, &s));
	}
	struct store_txn *t = store_begin_read(r.nodes[FIRST].store, &p);
	const struct sealed_entry *e = registry_entry_of(t, a, "1.3.1");
	CU_ASSERT_STRING_EQUAL(registry_entry_facts(e).source_system, systems[0]);
	struct registry_cursor *all = registry_entries_of(t, a, "1.3.1");
	for (unsigned i = 0; i < NODES; i++) {
		e = registry_next_entry(all);
		CU_ASSERT_FATAL(e != NULL);
		CU_ASSERT_STRING_EQUAL(registry_entry_facts(e).source_system, systems[i]);
	}
	store_end(t);
	sound(&r);
	arena_destroy(a);
	region_close(&r);
}

/* ---- Errands ---- */

struct sending {
	uint64_t number;
};

static bool put_errand(void *with, struct store_txn *t, struct problem *p)
{
	static const struct errand_bounds wide = { 1000, 1 << 20, 1000, 1 << 20 };
	struct sending *s = with;
	const struct errand_part part = { .octets = bytes_of_text("<answer/>") };
	struct errand e = { .kind = "answer",
			    .partner = "b-clinic",
			    .address = "https://b.example/",
			    .content_type = "text/xml",
			    .parts = &part,
			    .made = store_clock(t)->now(store_clock(t)) };
	bool put = errand_put(t, &e, &wide, p);
	s->number = e.number;
	return put;
}

static bool end_errand(void *with, struct store_txn *t, struct problem *p)
{
	const struct sending *s = with;
	(void)p;
	return errand_done(t, s->number, store_clock(t)->now(store_clock(t)));
}

/* The first of a queue is who came first, on whichever node, also when one's clock is behind. */
static void the_first_of_a_queue(void)
{
	enum { SENT = 9 };
	static const struct check_module *const modules[] = { &errands_check, NULL };
	struct region_of_nodes r;
	struct sending sent[SENT];
	struct arena *a = arena_create(1 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct check_counts counts;
	open_in_order(&r);
	r.nodes[FIRST].clock.ahead = -99 * CLOCK_STEP;
	for (unsigned i = 0; i < SENT; i++)
		CU_ASSERT_TRUE(did(&r, NODES - 1 - i % NODES, put_errand, &sent[i]));
	CU_ASSERT_TRUE(sent[0].number > sent[2].number);
	for (unsigned i = 0; i < SENT; i++) {
		struct errand e = { 0 };
		struct store_txn *t = store_begin_read(r.nodes[i % NODES].store, &p);
		CU_ASSERT_TRUE(errand_first(t, a, "b-clinic", "https://b.example/", &e));
		CU_ASSERT_EQUAL(e.number, sent[i].number);
		store_end(t);
		CU_ASSERT_TRUE(
			store_check(r.nodes[FIRST].store, modules, people_tell, NULL, &counts, &p));
		CU_ASSERT_EQUAL(counts.findings, 0);
		CU_ASSERT_TRUE(did(&r, i % NODES, end_errand, &sent[i]));
	}
	arena_destroy(a);
	region_close(&r);
}

int main(void)
{
	static const struct test tests[] = {
		{ "the older person stays", the_older_person_stays },
		{ "the oldest record keeps what it had", the_oldest_record_keeps },
		{ "what is listed is in order", what_is_listed_is_in_order },
		{ "of one moment the lesser number", of_one_moment_the_lesser_number },
		{ "the last word holds", the_last_word_holds },
		{ "strangers' words stand in time", strangers_words_stand_in_time },
		{ "the first of a uniqueId", the_first_of_a_unique_id },
		{ "the first of a queue", the_first_of_a_queue },
		{ 0 },
	};
	return suite_run("engines: order", tests);
}
