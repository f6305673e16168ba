/* tests/store/match_check_test.c: minato check finds whatever is wrong with pairs that wait and
 * with links by score; and rows that cannot be read harm nobody else. */
#include "tests/base/suite.h"

#include "tests/store/in_job.h"
#include "tests/store/match_scene.h"

static const struct who first = { .domain = A_DOMAIN,
				  .id = "1",
				  .family = "ワタナベ",
				  .given = "ミサキ",
				  .birth = "19700112",
				  .sex = "F" };
static const struct who second = { .domain = B_DOMAIN,
				   .id = "2",
				   .family = "ワタナベ",
				   .given = "ミサキ",
				   .birth = "19700112",
				   .sex = "F" };
/* With who is like her, but for a slip, a link by score. */
static const struct who likely = { .domain = B_DOMAIN,
				   .id = "3",
				   .family = "カワシマ",
				   .given = "ケンイチ",
				   .birth = "19410503",
				   .sex = "M",
				   .phone = "0312345678",
				   .postcode = "1050001",
				   .address = "東京都港区虎ノ門1-2-3" };
static const struct who slipped = { .domain = A_DOMAIN,
				    .id = "4",
				    .family = "カワシマ",
				    .given = "ケンイチ",
				    .birth = "19410504",
				    .sex = "M",
				    .phone = "0312345678",
				    .postcode = "1050001",
				    .address = "東京都港区虎ノ門1-2-3" };

struct stage {
	uint64_t first, second, likely, slipped, regional;
};

typedef void damage(struct store_txn *t, const struct stage *s, struct match_row *row);

/* ---- What may be wrong ---- */

static void put(struct store_txn *t, uint64_t x, uint64_t y, struct bytes value)
{
	struct key k;
	store_put(t, match_row_key(&k, x, y), value);
}

static void an_octet_more(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	struct key k;
	struct bytes value;
	struct buffer b = buffer_in(store_arena(t));
	(void)row;
	store_get(t, match_row_key(&k, s->first, s->second), store_arena(t), &value);
	buffer_append(&b, value.data, value.length);
	buffer_byte(&b, 0);
	put(t, s->first, s->second, buffer_bytes(&b));
}

static void another_octet(struct store_txn *t, const struct stage *s, size_t at, unsigned char is)
{
	struct key k;
	struct bytes value;
	struct buffer b = buffer_in(store_arena(t));
	store_get(t, match_row_key(&k, s->first, s->second), store_arena(t), &value);
	buffer_append(&b, value.data, value.length);
	b.data[at] = is;
	put(t, s->first, s->second, buffer_bytes(&b));
}

static void another_form(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)row;
	another_octet(t, s, 0, 9);
}

static void no_outcome(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)row;
	another_octet(t, s, 1, 3);
}

static void neither_waits_nor_decided(struct store_txn *t, const struct stage *s,
				      struct match_row *row)
{
	(void)row;
	another_octet(t, s, 2, 0);
}

static void bits_of_nothing(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)row;
	another_octet(t, s, 2, 64 + 4);
}

static void no_level(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)t;
	(void)s;
	row->is.verdict.level[FIELD_SEX] = 13;
	match_row_put(t, row);
}

static void empty(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)row;
	put(t, s->first, s->second, (struct bytes){ 0 });
}

static void with_itself(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)row;
	put(t, s->first, s->first, (struct bytes){ 0 });
}

static void a_longer_key(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	struct key k;
	(void)row;
	match_row_key(&k, s->second, s->first);
	key_octet(&k, 1);
	store_put(t, key_span(&k), (struct bytes){ 0 });
}

static void something_on_the_other_side(struct store_txn *t, const struct stage *s,
					struct match_row *row)
{
	(void)row;
	put(t, s->second, s->first, bytes_of_text("x"));
}

static void one_side_only(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	struct key k;
	(void)row;
	store_delete(t, match_row_key(&k, s->second, s->first));
}

static void the_other_side_only(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	struct key k;
	(void)row;
	store_delete(t, match_row_key(&k, s->first, s->second));
}

static void of_nobody(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)s;
	row->is.other = 4711;
	match_row_put(t, row);
}

static void of_ours(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	row->is.other = s->regional > row->is.record ? s->regional : row->is.other + 100;
	match_row_put(t, row);
}

static void a_later_version(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)s;
	row->is.other_version = 2;
	match_row_put(t, row);
}

static void one_person(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	bool in_order = s->likely < s->slipped;
	row->is.record = in_order ? s->likely : s->slipped;
	row->is.other = in_order ? s->slipped : s->likely;
	match_row_put(t, row);
}

static void apart_by_score(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)s;
	row->is.verdict.outcome = MATCH_APART;
	match_row_put(t, row);
}

static void decided_by_nobody(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)s;
	row->decided = true;
	row->is.waiting = MATCH_CHANGED;
	row->is.by = row->is.why = "x";
	row->rests_on[FIELD_BIRTH] = BIRTH_SLIP;
	match_row_put(t, row);
}

static struct identity_row *row_of(struct store_txn *t, uint64_t number)
{
	struct identity_row *row = arena_new(store_arena(t), struct identity_row);
	identity_row_get(t, store_arena(t), number, row);
	return row;
}

static void add_tie(struct store_txn *t, uint64_t x, uint64_t y, enum tie_reason reason)
{
	struct identity_row *row = row_of(t, x);
	struct tie tie = { .other = y, .reason = reason, .time = 1, .next = row->ties };
	row->ties = &tie;
	identity_row_put(t, row);
}

static void waits_and_was_decided(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)row;
	add_tie(t, s->first, s->second, TIE_APART);
	add_tie(t, s->second, s->first, TIE_APART);
}

static void tied_and_two(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)row;
	add_tie(t, s->first, s->second, TIE_SCORE);
	add_tie(t, s->second, s->first, TIE_SCORE);
}

static void tied_one_way(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	(void)row;
	add_tie(t, s->first, s->second, TIE_SCORE);
}

static void rests(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	struct identity_row *one = row_of(t, s->first);
	(void)row;
	one->unsettled |= UNSETTLED_IDENTITY;
	identity_row_put(t, one);
	identity_unsettled_put(t, one);
}

static void tied_and_rests(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	struct identity_row *one = row_of(t, s->likely);
	(void)row;
	one->unsettled |= UNSETTLED_IDENTITY;
	identity_row_put(t, one);
	identity_unsettled_put(t, one);
}

static void merged_away(struct store_txn *t, const struct stage *s, struct match_row *row)
{
	struct identity_row *one = row_of(t, s->second);
	(void)row;
	one->record.status = RECORD_SUBSUMED;
	one->record.survivor = s->first;
	identity_row_put(t, one);
}

static const struct {
	const char *name;
	damage *done;
	const char *found;
} cases[] = {
	{ "an octet more", an_octet_more, "cannot be read" },
	{ "another form", another_form, "cannot be read" },
	{ "no outcome", no_outcome, "cannot be read" },
	{ "neither waits nor decided", neither_waits_nor_decided, "cannot be read" },
	{ "bits of nothing", bits_of_nothing, "cannot be read" },
	{ "no level", no_level, "cannot be read" },
	{ "empty", empty, "cannot be read" },
	{ "with itself", with_itself, "cannot be read" },
	{ "a longer key", a_longer_key, "cannot be read" },
	{ "something on the other side", something_on_the_other_side, "cannot be read" },
	{ "one side only", one_side_only, "from one of the two only" },
	{ "the other side only", the_other_side_only, "from one of the two only" },
	{ "of nobody", of_nobody, "is not there" },
	{ "of ours", of_ours, "is not there" },
	{ "a later version", a_later_version, "nobody has said" },
	{ "one person", one_person, "is one person" },
	{ "apart by score", apart_by_score, "sets it apart" },
	{ "decided by nobody", decided_by_nobody, "nobody has decided so" },
	{ "waits and was decided", waits_and_was_decided, "waits, and was decided" },
	{ "tied and two", tied_and_two, "by score, and are two persons" },
	{ "tied one way", tied_one_way, "does not know it" },
	{ "rests", rests, "rests or was merged" },
	{ "tied and rests", tied_and_rests, "by score, and rests" },
	{ "merged away", merged_away, "rests or was merged" },
};

struct damaging {
	struct stage stage;
	damage *done;
};

static bool do_damage(struct store_txn *t, const void *with)
{
	const struct damaging *d = with;
	struct match_row row;
	if (!match_row_get(t, store_arena(t), d->stage.first, d->stage.second, &row))
		return false;
	d->done(t, &d->stage, &row);
	return !store_failed(t);
}

struct told {
	const char *wanted;
	unsigned found;
};

static void note(void *with, const char *finding)
{
	struct told *told = with;
	told->found += strstr(finding, told->wanted) != NULL;
}

static struct stage begin(struct fixture *f)
{
	fixture_open(f);
	people_feed(f, &first);
	people_feed(f, &second);
	people_feed(f, &likely);
	people_feed(f, &slipped);
	CU_ASSERT_TRUE(people_same(f, &likely, &slipped));
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	return (struct stage){
		.first = people_record(f, A_DOMAIN, "1").number,
		.second = people_record(f, B_DOMAIN, "2").number,
		.likely = people_record(f, B_DOMAIN, "3").number,
		.slipped = people_record(f, A_DOMAIN, "4").number,
		.regional = people_person(f, B_DOMAIN, "2").regional_record,
	};
}

static void each_damage_is_found(void)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      NULL };
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;
		struct damaging d = { begin(&f), cases[i].done };
		struct told told = { cases[i].found, 0 };
		struct check_counts counts = { 0 };
		CU_ASSERT_TRUE(in_job(&f, do_damage, &d));
		fixture_must(&f, store_check(f.store, modules, note, &told, &counts, &f.problem));
		if (told.found == 0)
			fprintf(stderr, "%s: not found\n", cases[i].name);
		CU_ASSERT_TRUE(told.found != 0);
		fixture_close(&f);
	}
}

/* Whoever meets it is told that the store is damaged, and nothing is changed; others are not. */
static void whoever_meets_it_is_told(void)
{
	static damage *const unreadable[] = { an_octet_more, empty, with_itself };
	for (size_t i = 0; i < COUNT(unreadable); i++) {
		struct fixture f;
		struct damaging d = { begin(&f), unreadable[i] };
		struct who changed = first, other = likely;
		changed.phone = "0398765432";
		other.phone = "0398765432";
		CU_ASSERT_TRUE(in_job(&f, do_damage, &d));
		const struct patient_identifier id = { .id = first.id, .universal_id = A_DOMAIN };
		struct people_put put = { .ids = &id,
					  .demographics = people_demographics(f.arena, &changed) };
		CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_INTERNAL);
		CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").version, 1);
		people_feed(&f, &other);
		struct match_page page;
		struct match_waits w;
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(match_queue_list(t, f.arena, NULL, 10, &page), i == 2);
		store_end(t);
		t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(match_queue_find(t, f.arena, d.stage.first, d.stage.second, &w),
				i == 2);
		store_end(t);
		t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(match_queue_count(t), i != 1);
		store_end(t);
		fixture_close(&f);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{ "each damage is found", each_damage_is_found },
		{ "whoever meets it is told", whoever_meets_it_is_told },
		{ 0 },
	};
	return suite_run("store: match_check", tests);
}
