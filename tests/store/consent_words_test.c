/* tests/store/consent_words_test.c: what is kept of all that was said of a person: taken back,
 * taken over, said twice, and more than is kept. */
#include "tests/store/consent_scene.h"

#include "store/identity_rows.h"

static const struct who hanako_moved = { B_DOMAIN,
					 "1",
					 "サトウ",
					 "ハナコ",
					 "19800101",
					 "F",
					 "0312345001",
					 "150-0002",
					 "東京都渋谷区渋谷1-1-1",
					 0,
					 0,
					 0,
					 0 };

static const struct who taro_a = { A_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003",
				   0,        0,   0,        0,        0,          0 };

static bool events_of(struct store_txn *t, struct arena *a, uint64_t subject,
		      struct kept_events *out)
{
	struct consent_row row;
	bool read = consent_row_get(t, a, subject, &row);
	*out = row.events;
	return read;
}

static bool has_row(struct fixture *f, uint64_t subject)
{
	struct key k;
	key_begin(&k, SPACE_CONSENT);
	key_short(&k, subject);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = store_has(t, key_span(&k));
	store_end(t);
	return there;
}

/* Where nothing holds, nothing is kept of a record we made; of one that was fed, what was said. */
static void what_is_taken_back_leaves_nothing(void)
{
	struct scene s;
	struct participation now;
	begin(&s);
	const char *regional = people_person(&s.f, A_DOMAIN, "1").regional_id;
	uint64_t made = people_record(&s.f, AFFINITY, regional).number;
	CU_ASSERT_FALSE(has_row(&s.f, s.a) || has_row(&s.f, made));
	say(&s.f, s.a, CONSENT_EXCLUDE, "role/clerk");
	CU_ASSERT_TRUE(has_row(&s.f, s.a) && has_row(&s.f, s.b) && has_row(&s.f, made));
	say(&s.f, s.b, CONSENT_INCLUDE, "role/clerk");
	CU_ASSERT_TRUE(has_row(&s.f, s.a) && has_row(&s.f, s.b));
	CU_ASSERT_FALSE(has_row(&s.f, made));
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_EQUAL(now.excluded_count, 0);
	CU_ASSERT_EQUAL(now.included_count, 0);
	CU_ASSERT_EQUAL(people_findings(&s.f, true), 0);
	fixture_close(&s.f);
}

/* Of a system that it is included holds, for it may be another region's; as long as nobody excludes
 * it. */
static void who_is_included_is_kept(void)
{
	struct scene s;
	struct participation now;
	begin(&s);
	const char *regional = people_person(&s.f, A_DOMAIN, "1").regional_id;
	uint64_t made = people_record(&s.f, AFFINITY, regional).number;
	say(&s.f, s.a, CONSENT_EXCLUDE, "west-gateway");
	say(&s.f, s.b, CONSENT_INCLUDE, "west-gateway");
	CU_ASSERT_TRUE(participation(&s.f, made, &now));
	CU_ASSERT_EQUAL(now.excluded_count, 0);
	CU_ASSERT_EQUAL_FATAL(now.included_count, 1);
	CU_ASSERT_STRING_EQUAL(now.included[0], "west-gateway");
	say(&s.f, s.a, CONSENT_EXCLUDE, "west-gateway");
	CU_ASSERT_TRUE(participation(&s.f, made, &now));
	CU_ASSERT_EQUAL(now.excluded_count, 1);
	CU_ASSERT_EQUAL(now.included_count, 0);
	CU_ASSERT_EQUAL(people_findings(&s.f, true), 0);
	fixture_close(&s.f);
}

/* A record that was linked later keeps what was said, and that it was taken over. */
static void what_is_taken_over_says_so(void)
{
	struct fixture f;
	struct kept_events list;
	fixture_open(&f);
	uint64_t a = people_feed(&f, &hanako_a).record;
	say(&f, a, CONSENT_JOIN, NULL);
	people_feed(&f, &hanako_alone);
	uint64_t b = people_feed(&f, &hanako_b).record;
	people_feed(&f, &hanako_moved); /* settled again: once is enough */
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(events_of(t, f.arena, a, &list));
	CU_ASSERT_EQUAL_FATAL(list.count, 1);
	CU_ASSERT_FALSE(list.all[0]->inherited);
	CU_ASSERT_TRUE(events_of(t, f.arena, b, &list));
	CU_ASSERT_EQUAL_FATAL(list.count, 1);
	CU_ASSERT_TRUE(list.all[0]->inherited);
	CU_ASSERT_EQUAL(list.all[0]->sequence, 1);
	CU_ASSERT_EQUAL(list.all[0]->version, 1);
	CU_ASSERT_EQUAL(list.all[0]->origin, a);
	CU_ASSERT_TRUE(events_of(t, f.arena, 4711, &list));
	CU_ASSERT_EQUAL(list.count, 0);
	failing_arm("store_get", 0);
	CU_ASSERT_FALSE(events_of(t, f.arena, b, &list));
	CU_ASSERT_TRUE(failing_disarm());
	store_end(t);
	t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(consent_is_decided(t, b));
	failing_arm("store_get", 0);
	CU_ASSERT_FALSE(consent_is_decided(t, b));
	CU_ASSERT_TRUE(failing_disarm());
	store_end(t);
	struct participation now;
	failing_arm("store_get", 0);
	CU_ASSERT_FALSE(participation(&f, b, &now));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_FALSE(now.decided);
	fixture_close(&f);
}

/* Where each has said one thing, each keeps both; of one moment what closes is behind. */
static void each_keeps_what_the_other_said(void)
{
	struct fixture f;
	struct kept_events list;
	fixture_open(&f);
	uint64_t numbers[] = { people_feed(&f, &hanako_a).record,
			       people_feed(&f, &hanako_alone).record };
	say(&f, numbers[1], CONSENT_EXCLUDE, "c-hospital");
	say(&f, numbers[0], CONSENT_JOIN, NULL);
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_moved);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(events_of(t, f.arena, numbers[i], &list));
		CU_ASSERT_EQUAL_FATAL(list.count, 2);
		CU_ASSERT_EQUAL(list.all[0]->event.action, CONSENT_JOIN);
		CU_ASSERT_EQUAL(list.all[1]->event.action, CONSENT_EXCLUDE);
		CU_ASSERT_EQUAL(list.all[0]->inherited, i == 1);
		CU_ASSERT_EQUAL(list.all[1]->inherited, i == 0);
	}
	store_end(t);
	fixture_close(&f);
}

/* Two who speak for one person exclude the same facility. */
static void what_is_excluded_twice(void)
{
	struct scene s;
	struct participation now;
	begin(&s);
	say(&s.f, s.a, CONSENT_EXCLUDE, "b-clinic");
	say(&s.f, s.a, CONSENT_EXCLUDE, "c-hospital");
	say(&s.f, s.b, CONSENT_EXCLUDE, "c-hospital");
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_EQUAL(now.excluded_count, 2);
	say(&s.f, s.b, CONSENT_INCLUDE, "b-clinic");
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_EQUAL_FATAL(now.excluded_count, 1);
	CU_ASSERT_STRING_EQUAL(now.excluded[0], "c-hospital");
	fixture_close(&s.f);
}

/* What was taken back while they were apart is taken back for both when they are one again; and a
 * feed that changes nothing writes nothing. */
static void what_was_taken_back_apart(void)
{
	struct scene s;
	struct kept_events list;
	begin(&s);
	say(&s.f, s.a, CONSENT_EXCLUDE, "c-hospital");
	say(&s.f, s.a, CONSENT_JOIN, NULL);
	people_feed(&s.f, &hanako_alone);
	say(&s.f, s.a, CONSENT_INCLUDE, "c-hospital");
	people_feed(&s.f, &hanako_b);
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_TRUE(events_of(t, s.f.arena, s.b, &list));
	CU_ASSERT_EQUAL_FATAL(list.count, 2);
	CU_ASSERT_EQUAL(list.all[0]->event.action, CONSENT_JOIN);
	CU_ASSERT_EQUAL(list.all[1]->event.action, CONSENT_INCLUDE);
	CU_ASSERT_TRUE(consent_history_has(t, s.b, 1)); /* the exclusion */
	store_end(t);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	unsigned long before = atomic_load(&written);
	people_feed(&s.f, &hanako_moved);
	CU_ASSERT_EQUAL(atomic_load(&written), before);
	fixture_close(&s.f);
}

/* A list by its letters: a giver (a, b) and what he says: + joins, - leaves, 1..9 excludes that
 * facility, and the same shifted (! to )) includes it; what is left of it, so written. */
static char *bounded(struct arena *a, const char *said)
{
	static const char excludes[] = "123456789", includes[] = "!@#$%^&*(";
	struct kept_events list = { .count = 0 };
	struct buffer left = buffer_in(a);
	for (size_t i = 0; said[2 * i] != '\0'; i++) {
		char what = said[2 * i + 1];
		const char *out = strchr(excludes, what), *in = strchr(includes, what);
		struct kept_event e = { .sequence = i + 1,
					.origin = (uint64_t)said[2 * i],
					.version = 7 };
		e.event.time = (int64_t)i;
		e.event.action = what == '+'   ? CONSENT_JOIN
				 : what == '-' ? CONSENT_LEAVE
				 : out != NULL ? CONSENT_EXCLUDE
					       : CONSENT_INCLUDE;
		if (out != NULL || in != NULL)
			e.event.facility = arena_printf(
				a, "%d", (int)(out != NULL ? out - excludes : in - includes));
		e.event.reason = arena_text_n(a, said + 2 * i, 2);
		consent_events_add(a, &list, &e);
	}
	consent_events_bound(&list);
	for (size_t i = 0; i < list.count; i++)
		buffer_append(&left, list.all[i]->event.reason, 2);
	buffer_byte(&left, '\0');
	return (char *)left.data;
}

static void what_decides_nothing_is_left_out(void)
{
	static const struct {
		const char *said, *left;
	} rows[] = {
		{ "a+", "a+" },       { "a+a+", "a+" },       { "a+a+a+", "a+" },
		{ "a+a-", "a-" },     { "a+a-a+", "a+" },     { "a+b+", "a+b+" },
		{ "a+b+a+", "b+a+" }, { "a+b-a+", "b-a+" },   { "a+b-a-", "b-a-" },
		{ "a1a2", "a1a2" },   { "a1a1", "a1" },       { "a1a2a1", "a1a2" },
		{ "a1a!", "a!" },     { "a1b!", "a1b!" },     { "a+a1a-a+", "a1a+" },
		{ "a+a1a+", "a+a1" }, { "a1a+a!", "a+a!" },   { "a1a+a!a1", "a+a1" },
		{ "a1b1a!", "b1a!" }, { "a+a+a1", "a+a1" },   { "a1a+a+a2b+", "a1a+a2b+" },
		{ "a9a(a9", "a9" },   { "a+b1a+b1", "a+b1" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *left = bounded(a, rows[i].said);
		CU_ASSERT_STRING_EQUAL(left, rows[i].left);
		CU_ASSERT_STRING_EQUAL(bounded(a, left), left);
		if (strcmp(left, rows[i].left) != 0)
			printf("%s: %s\n", rows[i].said, left);
	}
	arena_destroy(a);
}

/* Each giver is another: at most EVENTS_MOST, the oldest go; but not who was the last to say
 * that. */
static void what_is_too_much_goes(void)
{
	static const struct {
		unsigned joins, excludes, left, first, oldest;
	} rows[] = {
		{ EVENTS_MOST, 0, EVENTS_MOST, 1, 1 },
		{ EVENTS_MOST + 1, 0, EVENTS_MOST, 2, 2 },
		{ EVENTS_MOST - 1, 1, EVENTS_MOST, 1, 2 },
		{ EVENTS_MOST, 1, EVENTS_MOST, 1, 3 },
		{ EVENTS_MOST + 9, 1, EVENTS_MOST, 1, 12 },
		{ 1, EVENTS_MOST + 9, EVENTS_MOST + 10, 1, EVENTS_MOST + 10 },
		{ 2, EVENTS_MOST + 9, EVENTS_MOST + 10, 1, EVENTS_MOST + 11 },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kept_events list = { .count = 0 };
		for (unsigned k = 1; k <= rows[i].excludes + rows[i].joins; k++) {
			struct kept_event e = { .sequence = k, .origin = 1, .version = k };
			bool excludes = k <= rows[i].excludes;
			e.event.time = k;
			e.event.action = excludes ? CONSENT_EXCLUDE : CONSENT_JOIN;
			e.event.facility = excludes ? arena_printf(a, "%u", k) : NULL;
			consent_events_add(a, &list, &e);
		}
		consent_events_bound(&list);
		CU_ASSERT_EQUAL(list.count, rows[i].left);
		CU_ASSERT_EQUAL(list.all[0]->sequence, rows[i].first);
		CU_ASSERT_EQUAL(list.all[rows[i].excludes]->sequence, rows[i].oldest);
		if (list.count != rows[i].left)
			printf("%zu: %zu\n", i, list.count);
	}
	arena_destroy(a);
}

/* Whoever left as somebody he was before is closed when he is that one again, whatever was said
 * since. */
static void what_closed_goes_last(void)
{
	static const struct {
		unsigned closed, opened, left, kept;
	} rows[] = {
		{ 1, EVENTS_MOST, EVENTS_MOST, 1 },
		{ 9, EVENTS_MOST + 9, EVENTS_MOST, 9 },
		{ EVENTS_MOST - 1, 2, EVENTS_MOST, EVENTS_MOST - 1 },
		{ EVENTS_MOST, 1, EVENTS_MOST, EVENTS_MOST - 1 },
		{ EVENTS_MOST + 5, 1, EVENTS_MOST, EVENTS_MOST - 1 },
	};
	static const struct {
		enum consent_action closes, opens;
		const char *facility;
	} words[] = {
		{ CONSENT_LEAVE, CONSENT_JOIN, NULL },
		{ CONSENT_EXCLUDE, CONSENT_INCLUDE, "c-hospital" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows) * COUNT(words); i++) {
		unsigned row = (unsigned)(i / COUNT(words)), word = (unsigned)(i % COUNT(words)),
			 closed = 0;
		struct kept_events list = { .count = 0 };
		for (unsigned k = 1; k <= rows[row].closed + rows[row].opened; k++) {
			struct kept_event e = { .sequence = k, .origin = 1, .version = k };
			e.event.time = k;
			e.event.action = k <= rows[row].closed ? words[word].closes
							       : words[word].opens;
			e.event.facility = words[word].facility;
			consent_events_add(a, &list, &e);
		}
		consent_events_bound(&list);
		for (size_t k = 0; k < list.count; k++)
			closed += list.all[k]->event.action == words[word].closes;
		CU_ASSERT_EQUAL(list.count, rows[row].left);
		CU_ASSERT_EQUAL(closed, rows[row].kept);
		CU_ASSERT_EQUAL(list.all[list.count - 1]->event.action, words[word].opens);
	}
	arena_destroy(a);
}

/* However often somebody changes his mind, a feed of his reads no more, and all of it can be
 * read. */
static void many_changes_cost_nobody(void)
{
	enum { OFTEN = 300, PAGE = 7 };
	struct scene s;
	struct kept_events list;
	uint64_t numbers[2], number = 0;
	begin(&s);
	for (unsigned i = 0; i < OFTEN; i++) {
		say(&s.f, i % 3 == 0 ? s.b : s.a, i % 2 == 0 ? CONSENT_JOIN : CONSENT_LEAVE, NULL);
		if (i % 10 == 0)
			say(&s.f, s.a, CONSENT_EXCLUDE, "c-hospital");
	}
	numbers[0] = s.a;
	numbers[1] = s.b;
	struct record_numbers subjects = { numbers, 2 };
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_TRUE(events_of(t, s.f.arena, s.a, &list));
	CU_ASSERT_EQUAL(list.count, 3); /* what each of the two said last, and one exclusion */
	unsigned count = 0, size;
	do {
		struct consent_event *e = consent_history(t, s.f.arena, &subjects, number, PAGE);
		for (size = 0; e != NULL; e = e->next, size++) {
			CU_ASSERT(number == 0 || e->number == number - 1);
			number = e->number;
		}
		count += size;
	} while (size == PAGE);
	CU_ASSERT_EQUAL(count, OFTEN + OFTEN / 10);
	CU_ASSERT_EQUAL(number, 1);
	CU_ASSERT_PTR_NULL(consent_history(t, s.f.arena, &subjects, 1, PAGE));
	unsigned long before = atomic_load(&steps);
	consent_history(t, s.f.arena, &subjects, 0, PAGE);
	CU_ASSERT(atomic_load(&steps) - before <= 2 * (PAGE + 1));
	CU_ASSERT_PTR_NULL(consent_history(t, s.f.arena, &subjects, 0, 0));
	store_end(t);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	fixture_close(&s.f);
}

/* What only repeats decides nothing, and what is said after it is later all the same. */
static void what_is_said_later_is_later(void)
{
	static const enum consent_action said[] = { CONSENT_JOIN, CONSENT_JOIN, CONSENT_LEAVE };
	struct scene s;
	begin(&s);
	for (size_t i = 0; i < COUNT(said); i++)
		say(&s.f, s.a, said[i], NULL);
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	struct consent_event *e = consent_history(t, s.f.arena, &(struct record_numbers){ &s.a, 1 },
						  0, COUNT(said) + 1);
	for (size_t i = COUNT(said); i > 0; i--, e = e->next) {
		CU_ASSERT_TRUE_FATAL(e != NULL);
		CU_ASSERT_EQUAL(e->action, said[i - 1]);
		CU_ASSERT_TRUE(e->next == NULL || e->time > e->next->time);
	}
	CU_ASSERT_PTR_NULL(e);
	store_end(t);
	fixture_close(&s.f);
}

/* Two records, each with words of its own, in turns: a page holds the newest of both. */
static void a_page_of_several_records(void)
{
	enum { EACH = 6, MOST = 5 };
	struct fixture f;
	fixture_open(&f);
	uint64_t numbers[2] = { people_feed(&f, &hanako_a).record,
				people_feed(&f, &hanako_alone).record };
	for (unsigned i = 0; i < 2 * EACH; i++)
		say(&f, numbers[i / 2 % 2], i % 3 == 0 ? CONSENT_JOIN : CONSENT_LEAVE, NULL);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (unsigned turned = 0; turned < 2; turned++)
		for (uint64_t before = 1; before <= 2 * EACH + 1; before++)
			for (unsigned most = 1; most <= MOST; most++) {
				uint64_t both[] = { numbers[turned], numbers[1 - turned] },
					 next = before;
				struct record_numbers subjects = { both, 2 };
				struct consent_event *e = consent_history(t, f.arena, &subjects,
									  before, most);
				unsigned count = 0;
				for (; e != NULL; e = e->next, count++)
					CU_ASSERT_EQUAL(e->number, --next);
				CU_ASSERT_EQUAL(count, before - 1 < most ? before - 1 : most);
			}
	store_end(t);
	fixture_close(&f);
}

/* What was said for an identity nobody knows any more holds for that record, and opens no other. */
static void a_word_for_an_unknown_identity_opens_no_other(void)
{
	struct scene s;
	struct participation now;
	begin(&s);
	struct bytes row = event_octets(s.f.arena, &event_rows[0], 77);
	put(&s.f, (struct putting){ SPACE_CONSENT, s.a, .value = row });
	people_feed(&s.f, &hanako_moved);
	CU_ASSERT_TRUE(people_same(&s.f, &hanako_a, &hanako_b));
	CU_ASSERT_TRUE(participation(&s.f, s.a, &now));
	CU_ASSERT_TRUE(now.decided && now.joined);
	CU_ASSERT_TRUE(participation(&s.f, s.b, &now));
	CU_ASSERT_FALSE(now.decided);
	fixture_close(&s.f);
}

/* A record of ours stands open by its anchor's decision, and rests with it: nothing to find. */
static void a_made_record_has_no_words_of_its_own(void)
{
	struct scene s;
	begin(&s);
	say(&s.f, s.a, CONSENT_JOIN, NULL);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	people_feed(&s.f, &taro_a);
	CU_ASSERT_EQUAL(findings(&s.f, "nothing"), 0);
	fixture_close(&s.f);
}

/* A record of ours whose anchor is somebody else's (a damaged store) covers only the anchor's
 * person. */
static bool anchor_elsewhere(void *with, struct store_txn *t, struct problem *p)
{
	const uint64_t *numbers = with;
	struct identity_row row;
	(void)p;
	fixture_must(NULL, identity_row_get(t, store_arena(t), numbers[0], &row) && row.made);
	row.anchor = numbers[1];
	return identity_row_put(t, &row);
}

static void a_decision_stays_in_its_person(void)
{
	struct fixture f;
	struct participation now;
	fixture_open(&f);
	uint64_t a = people_feed(&f, &hanako_a).record, b = people_feed(&f, &hanako_alone).record;
	const char *regional = people_person(&f, A_DOMAIN, "1").regional_id;
	uint64_t numbers[] = { people_record(&f, AFFINITY, regional).number, b };
	fixture_must(&f, store_write(f.store, anchor_elsewhere, numbers, &f.problem));
	CU_ASSERT_EQUAL(say(&f, numbers[0], CONSENT_JOIN, NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(participation(&f, b, &now));
	CU_ASSERT_TRUE(now.joined);
	CU_ASSERT_TRUE(participation(&f, a, &now));
	CU_ASSERT_FALSE(now.decided);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "what is taken back leaves nothing", what_is_taken_back_leaves_nothing },
	{ "who is included is kept", who_is_included_is_kept },
	{ "what is taken over says so", what_is_taken_over_says_so },
	{ "each keeps what the other said", each_keeps_what_the_other_said },
	{ "what was taken back apart", what_was_taken_back_apart },
	{ "what is excluded twice", what_is_excluded_twice },
	{ "what decides nothing is left out", what_decides_nothing_is_left_out },
	{ "what is too much goes", what_is_too_much_goes },
	{ "what closed goes last", what_closed_goes_last },
	{ "many changes cost nobody", many_changes_cost_nobody },
	{ "what is said later is later", what_is_said_later_is_later },
	{ "a page of several records", a_page_of_several_records },
	{ "a word for an unknown identity opens no other",
	  a_word_for_an_unknown_identity_opens_no_other },
	{ "a made record has no words of its own", a_made_record_has_no_words_of_its_own },
	{ "a decision stays in its person", a_decision_stays_in_its_person },
	{ 0 }
};

int main(void)
{
	return suite_run("consent: words", tests);
}
