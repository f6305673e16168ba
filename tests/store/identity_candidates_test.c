/* tests/store/identity_candidates_test.c: who may be meant: found by reading, name and birth date,
 * as any feed, merge or decision left him; page by page; and what is wrong in the index is told,
 * and put right when it is made anew. */
#include "tests/base/suite.h"

#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "store/identity_candidates.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/store/asked.h"
#include "tests/store/people.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))

static struct store_txn *no_snapshot(struct problem *p)
{
	problem_set(p, PROBLEM_STORE_FULL, "made to fail");
	return NULL;
}
FAILING(struct store_txn *, store_begin_read, (struct store * s, struct problem *p), (s, p),
	no_snapshot(p))

struct named {
	const char *domain, *id, *kanji, *given, *kana, *kana_given, *birth;
};
static const struct named yamazaki = { A_DOMAIN,   "1",      "山﨑",    "太郎",
				       "ヤマザキ", "タロウ", "19700303" };
static const struct named people[] = {
	{ A_DOMAIN, "2", "山田", "花子", "ヤマダ", "ハナコ", "19800101" },
	{ B_DOMAIN, "1", "山崎", "太郎", "やまさき", "たろう", "19700303" },
	{ B_DOMAIN, "2", "佐藤", "太郎", "サトウ", "タロウ", "19700303" },
	{ B_DOMAIN, "3", NULL, NULL, "ヤマダ", "イチロウ", NULL },
	{ C_DOMAIN, "1", "Yamada", "Hanako", NULL, NULL, "19800101" },
};

static struct patient_demographics described(struct arena *a, const struct named *n)
{
	struct patient_demographics d = { .birth_date = n->birth == NULL ? "" : n->birth,
					  .sex = "F",
					  .delete_names = true };
	struct person_name **last = &d.names;
	if (n->kanji != NULL) {
		*last = arena_new(a, struct person_name);
		**last = (struct person_name){ .family = n->kanji,
					       .given = n->given,
					       .representation = NAME_IDEOGRAPHIC };
		last = &(*last)->next;
	}
	if (n->kana != NULL) {
		*last = arena_new(a, struct person_name);
		**last = (struct person_name){ .family = n->kana,
					       .given = n->kana_given,
					       .representation = NAME_PHONETIC };
	}
	return d;
}

static struct feed_outcome feed(struct fixture *f, const struct named *n)
{
	struct patient_identifier id = { .id = n->id, .universal_id = n->domain };
	struct people_put put = { .ids = &id, .demographics = described(f->arena, n) };
	people_write(f, &put);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
	return put.outcome;
}

static void feed_all(struct fixture *f)
{
	feed(f, &yamazaki);
	for (size_t i = 0; i < COUNT(people); i++)
		feed(f, &people[i]);
}

static const struct {
	const char *why;
	struct asked asked;
	const char *found;
} questions[] = {
	{ "a reading", { .kana = "サトウタロウ" }, "b2" },
	{ "as it begins, in the order of the kana", { .kana = "ヤマ" }, "a1 b1 b3 a2" },
	{ "voiced or not", { .kana = "ヤマザキ" }, "a1 b1" },
	{ "voiced or not, the other way round", { .kana = "ヤマサキ" }, "a1 b1" },
	{ "hiragana, with a blank", { .kana = "さとう たろう" }, "b2" },
	{ "half width", { .kana = "ﾔﾏﾀﾞ" }, "b3 a2" },
	{ "long vowels are not heard", { .kana = "サト" }, "b2" },
	{ "a name", { .name = "佐藤太郎" }, "b2" },
	{ "a name as it begins", { .name = "山" }, "a1 b1 a2" },
	{ "one of several ways to write it", { .name = "山﨑" }, "a1 b1" },
	{ "Latin letters, large or small", { .name = "yamada" }, "c1" },
	{ "a day", { .birth = "1980-01-01" }, "a2 c1" },
	{ "a day of an era", { .birth = "昭和45年3月3日" }, "a1 b1 b2" },
	{ "a day and a reading", { .kana = "ヤマ", .birth = "19700303" }, "a1 b1" },
	{ "a reading and a name", { .kana = "ヤマ", .name = "山田" }, "a2" },
	{ "all three", { .kana = "ヤマダ", .name = "山田", .birth = "19800101" }, "a2" },
	{ "a day nobody was born on", { .birth = "19700304" }, "" },
	{ "in the middle", { .kana = "タロウ" }, "" },
	{ "more than anybody is called", { .kana = "サトウタロウマル" }, "" },
	{ "all three, of which one is wrong",
	  { .kana = "ヤマダ", .name = "佐藤", .birth = "19800101" },
	  "" },
};

static void they_are_found(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_STRING_EQUAL(found(&f, questions[0].asked), "");
	feed_all(&f);
	for (size_t i = 0; i < COUNT(questions); i++) {
		const char *who = found(&f, questions[i].asked);
		if (!text_equal(who, questions[i].found))
			fprintf(stderr, "%s: \"%s\"\n", questions[i].why, who);
		CU_ASSERT_STRING_EQUAL(who, questions[i].found);
	}
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* An actor may want a year or a month (ITI TF-2: 3.47.4.1.2.2), or what two days begin with. */
static void a_part_of_a_day_is_enough(void)
{
	static const struct {
		const char *birth;
		unsigned found;
	} rows[] = { { "1970", 3 }, { "197003", 3 }, { "1970030", 3 }, { "198", 2 },
		     { "1981", 0 }, { "197004", 0 }, { "1970031", 0 } };
	struct fixture f;
	fixture_open(&f);
	feed_all(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct candidates_wanted w = { .birth = rows[i].birth };
		struct candidate_page page;
		CU_ASSERT_TRUE(identity_candidates(t, f.arena, &w, NULL, 100, &page));
		CU_ASSERT_EQUAL(page.count, rows[i].found);
	}
	store_end(t);
	fixture_close(&f);
}

static void what_cannot_be_asked_is_refused(void)
{
	static const struct asked rows[] = {
		{ 0 },
		{ .kana = "" },
		{ .kana = "山田" },
		{ .kana = "Yamada" },
		{ .name = "" },
		{ .name = "  " },
		{ .birth = "1970" },
		{ .birth = "19700231" },
		{ .birth = "yesterday" },
		{ .kana = "ヤマ", .birth = "x" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct candidates_wanted w;
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_FALSE(
			candidates_wanted(a, rows[i].kana, rows[i].name, rows[i].birth, &w, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_REQUEST_INVALID);
	}
	arena_destroy(a);
}

/* As any feed leaves it: what is no longer said leads to nobody. */
static void it_follows_every_feed(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_all(&f);
	struct named married = yamazaki;
	married.kanji = "鈴木";
	married.kana = "スズキ";
	CU_ASSERT_EQUAL(feed(&f, &married).effect, FEED_UPDATED);
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "スズキ" }), "a1");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "ヤマザキ" }), "b1");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .name = "山﨑" }), "b1");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .birth = "19700303" }), "a1 b1 b2");
	CU_ASSERT_EQUAL(feed(&f, &married).effect, FEED_UNCHANGED);
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "スズキ" }), "a1");
	married.birth = NULL;
	married.kanji = NULL;
	feed(&f, &married);
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .birth = "19700303" }), "b1 b2");
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .name = "鈴木" }), "");
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	const enum pair_decision *what = with;
	struct patient_record x, y;
	struct feed_outcome out;
	struct person_decision said = { "clerk", "seen" };
	return identity_find_place(t, store_arena(t), A_DOMAIN, "2", &x)
	       && identity_find_place(t, store_arena(t), B_DOMAIN, "2", &y)
	       && identity_decide_pair(t, &people_region, x.number, y.number, *what, &said, &out,
				       p);
}

/* They move persons, and what a record says stays. */
static void it_outlives_merges_and_decisions(void)
{
	static const enum pair_decision decisions[] = { PAIR_TOGETHER, PAIR_APART, PAIR_UNDO };
	struct fixture f;
	fixture_open(&f);
	feed_all(&f);
	for (size_t i = 0; i < COUNT(decisions); i++) {
		enum pair_decision what = decisions[i];
		CU_ASSERT_TRUE(store_write(f.store, decide_job, &what, &f.problem));
		for (size_t q = 0; q < COUNT(questions); q++)
			CU_ASSERT_STRING_EQUAL(found(&f, questions[q].asked), questions[q].found);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	}
	CU_ASSERT_EQUAL(people_merge(&f, B_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	struct candidate_page page = ask(&f, (struct asked){ .kana = "ヤマサキ" }, NULL, 100);
	CU_ASSERT_STRING_EQUAL(listed(&f, &page), "a1 b1");
	CU_ASSERT_EQUAL(page.records->next->status, RECORD_SUBSUMED);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* Whoever has several names of one beginning is shown once, wherever a page ends. */
static void pages_go_on(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_all(&f);
	struct patient_identifier id = { .id = "9", .universal_id = C_DOMAIN };
	struct people_put put = { .ids = &id, .demographics = described(f.arena, &yamazaki) };
	put.demographics.names->representation = NAME_PHONETIC;
	put.demographics.names->family = "ヤマモト";
	put.demographics.names->given = "タロウ";
	people_write(&f, &put);
	for (unsigned limit = 1; limit < 7; limit++) {
		struct buffer all = buffer_in(f.arena);
		const char *after = NULL;
		do {
			struct candidate_page page = ask(&f, (struct asked){ .kana = "ヤマ" },
							 after, limit);
			CU_ASSERT_TRUE(page.count <= limit);
			buffer_printf(&all, "%s%s", page.count == 0 || all.length == 0 ? "" : " ",
				      listed(&f, &page));
			after = page.next;
		} while (after != NULL);
		CU_ASSERT_STRING_EQUAL(buffer_ended(&all), "a1 b1 c9 b3 a2");
	}
	fixture_close(&f);
}

/* So many octets of a mark. */
static const char *begun(struct fixture *f, const char *mark, size_t octets)
{
	return arena_text_n(f->arena, mark, 2 * octets);
}

static void a_mark_is_of_its_question(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_all(&f);
	const char *mark = ask(&f, (struct asked){ .kana = "ヤマ" }, NULL, 1).next;
	const char *const none[] = { "",
				     "0",
				     "zz",
				     "2801",
				     "28",
				     arena_printf(f.arena, "%.*szz", (int)strlen(mark) - 2, mark),
				     ask(&f, (struct asked){ .name = "山" }, NULL, 1).next,
				     text_joined(f.arena, mark, "0", NULL),
				     begun(&f, mark, 1),
				     begun(&f, mark, 2),
				     begun(&f, mark, 1 + 1 + 1), /* space, form, a kana */
				     begun(&f, mark, 1 + 1 + 2),
				     arena_printf(f.arena, "%s%0*d", mark,
						  2 * KEY_MOST - (int)strlen(mark), 0),
				     arena_printf(f.arena, "%s%01100d", mark, 0) };
	struct candidates_wanted w;
	struct candidate_page page;
	CU_ASSERT_TRUE(candidates_wanted(f.arena, "ヤマ", NULL, NULL, &w, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	/* After one that is: nothing of it counts for them. */
	CU_ASSERT_TRUE(identity_candidates(t, f.arena, &w, mark, 10, &page));
	for (size_t i = 0; i < COUNT(none); i++)
		CU_ASSERT_FALSE(identity_candidates(t, f.arena, &w, none[i], 10, &page));
	CU_ASSERT_TRUE(identity_candidates(t, f.arena, &w, mark, 10, &page));
	CU_ASSERT_STRING_EQUAL(listed(&f, &page), "b1 b3 a2");
	store_end(t);
	fixture_close(&f);
}

/* What a key says is read as it was written, one begins with another where its form does, and they
 * sort as the forms do. */
static void keys_are_short_and_read_back(void)
{
	static const struct {
		struct candidate_entry entry;
		size_t octets; /* of the form */
	} rows[] = {
		{ { CANDIDATE_READING, "ア" }, 2 },
		{ { CANDIDATE_READING, "アヺ" }, 3 },
		{ { CANDIDATE_READING, "ヤマサキ" }, 5 },
		{ { CANDIDATE_READING, "ヤマサキタロウ" }, 8 },
		{ { CANDIDATE_READING, "ヺ" }, 2 },
		{ { CANDIDATE_NAME, "YAMADA" }, 7 },
		{ { CANDIDATE_NAME, "山" }, 4 },
		{ { CANDIDATE_NAME, "山崎" }, 7 },
		{ { CANDIDATE_BIRTH, "19700303" }, 4 },
		{ { CANDIDATE_BIRTH, "20260101" }, 4 },
	};
	struct arena *a = arena_create(1 << 20);
	struct key k, before = { .length = 0 };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct candidate_entry read;
		uint64_t number = 0;
		struct bytes key = candidate_key(&k, &rows[i].entry, 4711);
		CU_ASSERT_EQUAL(key.length, 1 + 1 + rows[i].octets + 3);
		CU_ASSERT_TRUE(candidate_key_read(a, key, &read, &number));
		CU_ASSERT_EQUAL(read.form, rows[i].entry.form);
		CU_ASSERT_STRING_EQUAL(read.text, rows[i].entry.text);
		CU_ASSERT_EQUAL(number, 4711);
		CU_ASSERT_TRUE(bytes_compare(key_span(&before), key) < 0);
		for (size_t length = 0; length < key.length; length++)
			CU_ASSERT_FALSE(candidate_key_read(a, (struct bytes){ key.data, length },
							   &read, &number));
		before = k;
	}
	arena_destroy(a);
}

/* ---- Many ---- */

enum { MANY = 1100 }; /* more than one question looks at, and than one job indexes */

static bool feed_many(void *with, struct store_txn *t, struct problem *p)
{
	struct fixture *f = with;
	for (unsigned i = 0; i < MANY; i++) {
		struct named n = { A_DOMAIN, arena_printf(f->arena, "m%u", i),
				   "多田",   "一",
				   "タダ",   "ハジメ",
				   NULL };
		struct patient_identifier id = { .id = n.id, .universal_id = n.domain };
		struct patient_demographics d = described(f->arena, &n);
		struct feed_outcome out;
		if (!identity_put(t, &people_region, "a-hospital", &id, &d, 0, &out, p))
			return false;
	}
	return true;
}

/* However many begin so, and none of them is meant: a question ends, and can be gone on with. */
static void a_question_ends(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, feed_many, &f, &f.problem));
	feed(&f, &(struct named){ B_DOMAIN, "1", "只見", "一", "タダミ", "ハジメ", NULL });
	size_t used = arena_used(f.arena);
	struct candidate_page page = ask(&f, (struct asked){ .kana = "タ", .name = "只" }, NULL,
					 10);
	CU_ASSERT_EQUAL(page.count, 0);
	/* It was asked of so many, and they leave nothing behind. */
	CU_ASSERT_TRUE(arena_used(f.arena) - used < 4096);
	struct candidate_entry last = { CANDIDATE_READING, "タタハシメ" };
	struct key k;
	uint64_t number = people_record(&f, A_DOMAIN, "m999").number;
	CU_ASSERT_STRING_EQUAL(page.next, bytes_to_hex(f.arena, candidate_key(&k, &last, number)));
	page = ask(&f, (struct asked){ .kana = "タ", .name = "只" }, page.next, 10);
	CU_ASSERT_STRING_EQUAL(listed(&f, &page), "b1");
	CU_ASSERT_PTR_NULL(page.next);
	fixture_close(&f);
}

/* ---- Damaged, and made anew ---- */

struct damage {
	struct candidate_entry entry;
	uint64_t number;
	bool remove, longer;
};

static bool damage_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct damage *d = with;
	struct key k;
	(void)p;
	struct bytes key = candidate_key(&k, &d->entry, d->number);
	if (d->longer)
		key_octet(&k, 1);
	key = key_span(&k);
	CU_ASSERT_EQUAL(store_has(t, key), d->remove);
	return d->remove ? store_delete(t, key) : store_put(t, key, (struct bytes){ 0 });
}

static bool forget_mark(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)with;
	(void)p;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "candidates");
	return store_delete(t, key_span(&k));
}

static uint64_t made_ready(struct fixture *f)
{
	uint64_t made = 4711;
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(identity_candidates_ready(f->store, &made, &f->problem));
	return made;
}

static void what_is_wrong_is_told_and_put_right(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_EQUAL(made_ready(&f), 0);
	feed_all(&f);
	uint64_t a1 = people_record(&f, A_DOMAIN, "1").number;
	uint64_t regional = people_person(&f, A_DOMAIN, "1").regional_record;
	const struct damage damages[] = {
		{ { CANDIDATE_READING, "ヤマサキタロ" }, a1, .remove = true },
		{ { CANDIDATE_NAME, "山崎太郎" }, a1, .remove = true },
		{ { CANDIDATE_BIRTH, "19700303" }, a1, .remove = true },
		{ { CANDIDATE_READING, "ヤマダ" }, a1, .remove = false },
		{ { CANDIDATE_NAME, "ヤマサキタロ" }, a1, .remove = false },
		{ { CANDIDATE_BIRTH, "19700303" }, 4711, .remove = false },
		{ { CANDIDATE_BIRTH, "19700303" }, regional, .remove = false },
		{ { (enum candidate_form)7, "19700303" }, a1, .remove = false },
		{ { CANDIDATE_BIRTH, "19700303" }, a1, .longer = true },
	};
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct damage d = damages[i];
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		CU_ASSERT_TRUE(store_write(f.store, damage_job, &d, &f.problem));
		CU_ASSERT_EQUAL(people_findings(&f, false), 1);
		if (!d.remove) /* what the record does not say is not found */
			CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .birth = "19700303" }),
					       "a1 b1 b2");
		CU_ASSERT_EQUAL(made_ready(&f), 0);
		CU_ASSERT_TRUE(store_write(f.store, forget_mark, NULL, &f.problem));
		CU_ASSERT_EQUAL(made_ready(&f), 1 + COUNT(people));
		CU_ASSERT_EQUAL(made_ready(&f), 0);
	}
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

struct broken_row {
	uint64_t number;
};

static bool break_row(void *with, struct store_txn *t, struct problem *p)
{
	const struct broken_row *b = with;
	struct key k;
	(void)p;
	key_begin(&k, SPACE_IDENTITY_RECORD);
	key_short(&k, b->number);
	return store_put(t, key_span(&k), bytes_of_text("\x01\xff"));
}

/* What the store does not give or take is told, and the index is not said to be there. A record
 * that cannot be read keeps nobody else from being found. */
static void a_making_can_fail(void)
{
	static const char *const calls[] = { "store_get", "store_put", "store_delete" };
	struct fixture f;
	uint64_t made;
	fixture_open(&f);
	feed_all(&f);
	for (size_t i = 0; i < COUNT(calls); i++)
		for (unsigned nth = 0, failed = 1; failed != 0; nth++) {
			CU_ASSERT_TRUE(store_write(f.store, forget_mark, NULL, &f.problem));
			f.problem = (struct problem){ .code = PROBLEM_NONE };
			failing_arm(calls[i], nth);
			bool ready = identity_candidates_ready(f.store, &made, &f.problem);
			failed = failing_disarm();
			CU_ASSERT_EQUAL(ready, failed == 0);
			CU_ASSERT_EQUAL(f.problem.code, ready ? PROBLEM_NONE : PROBLEM_STORE_FULL);
		}
	failing_arm("store_begin_read", 0);
	CU_ASSERT_FALSE(identity_candidates_ready(f.store, &made, &f.problem));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_STORE_FULL);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	struct broken_row b = { people_record(&f, A_DOMAIN, "1").number };
	CU_ASSERT_TRUE(store_write(f.store, break_row, &b, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, forget_mark, NULL, &f.problem));
	CU_ASSERT_EQUAL(made_ready(&f), COUNT(people));
	CU_ASSERT_STRING_EQUAL(found(&f, (struct asked){ .kana = "ヤマサ" }), "b1");
	fixture_close(&f);
}

/* A making that is killed goes on where it was, with those who are in it already. */
static void a_making_goes_on(void)
{
	struct fixture f;
	uint64_t made, in_all = 0;
	unsigned kills = 0;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, feed_many, &f, &f.problem));
	feed_all(&f);
	/* Two entries a fed record, and as many that were made: of each start two jobs are kept,
	 * fewer where they are run again. */
	for (bool ready = false; !ready; kills += !ready) {
		f.problem = (struct problem){ .code = PROBLEM_NONE };
		failing_arm("store_put", 600);
		ready = identity_candidates_ready(f.store, &made, &f.problem);
		failing_disarm();
		in_all += made;
		fixture_reopen(&f);
	}
	CU_ASSERT_TRUE(kills >= 2);
	CU_ASSERT_EQUAL(in_all, MANY + 1 + COUNT(people));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	CU_ASSERT_EQUAL(made_ready(&f), 0);
	fixture_close(&f);
}

struct mark_row {
	const char *why;
	unsigned char version;
	uint64_t forms, stage; /* forms 0: the present ones */
	int reached;           /* up to that record; -1: not said */
	const char *octets;    /* as they are, instead */
	bool kept;             /* what stands in the index stays */
	uint64_t made;
};

static bool put_mark_row(void *with, struct store_txn *t, struct problem *p)
{
	const struct mark_row *row = with;
	struct key k;
	struct record_writer w = record_begin(store_arena(t), row->version);
	(void)p;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "candidates");
	/* In another order than ours: that says nothing. */
	if (row->reached >= 0)
		record_number(&w, 2, (uint64_t)row->reached);
	record_number(&w, 3, row->stage);
	record_number(&w, 1, row->forms == 0 ? NORMALISE_FORM_VERSION : row->forms);
	return store_put(t, key_span(&k),
			 row->octets == NULL ? record_end(&w) : bytes_of_text(row->octets));
}

/* How far it is stands in the store, and whoever looks next goes on there: another start, or
 * another node. What is of other versions begins anew. */
static void marks_are_read(void)
{
	enum { READY_STAGE = 3, FED = 1 + COUNT(people) };
	static const struct mark_row rows[] = {
		{ "ready", 4, 0, READY_STAGE, 0, NULL, true, 0 },
		{ "filling, from the start", 4, 0, 2, 0, NULL, true, FED },
		{ "filling, the first is in it", 4, 0, 2, 1, NULL, true, FED - 1 },
		{ "filling, not said how far", 4, 0, 2, -1, NULL, true, FED },
		{ "clearing", 4, 0, 1, 0, NULL, false, FED },
		{ "clearing, reached says nothing", 4, 0, 1, 1, NULL, false, FED },
		{ "none", 4, 0, 0, 0, NULL, false, FED },
		{ "no such stage", 4, 0, 4, 0, NULL, false, FED },
		{ "of another version", 3, 0, READY_STAGE, 0, NULL, false, FED },
		{ "of a later version", 5, 0, READY_STAGE, 0, NULL, false, FED },
		{ "of other forms", 4, NORMALISE_FORM_VERSION + 1, READY_STAGE, 0, NULL, false,
		  FED },
		{ "no record", 4, 0, 0, 0, "\x04\xff", false, FED },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		feed_all(&f);
		struct damage d = { { CANDIDATE_READING, "ヤマダ" }, 4711, .remove = false };
		CU_ASSERT_TRUE(store_write(f.store, damage_job, &d, &f.problem));
		CU_ASSERT_TRUE(store_write(f.store, put_mark_row, (void *)&rows[i], &f.problem));
		if (made_ready(&f) != rows[i].made
		    || (people_findings(&f, false) != 0) != rows[i].kept)
			CU_FAIL(rows[i].why);
		CU_ASSERT_EQUAL(made_ready(&f), 0);
		fixture_close(&f);
	}
}

/* What there is of a former version, and of records that cannot be read. */
struct remains {
	unsigned entries, records;
	unsigned jobs; /* in which the index is made anew */
};

static bool put_remains(void *with, struct store_txn *t, struct problem *p)
{
	const struct remains *r = with;
	const struct candidate_entry birth = { CANDIDATE_BIRTH, "19700303" };
	struct key k;
	bool kept = true;
	for (unsigned i = 1; kept && i <= r->entries; i++)
		kept = store_put(t, candidate_key(&k, &birth, i), (struct bytes){ 0 });
	for (unsigned i = 1; kept && i <= r->records; i++)
		kept = break_row(&(struct broken_row){ i }, t, p);
	return kept;
}

static unsigned entries_kept(struct fixture *f)
{
	struct bytes key, value;
	struct key space;
	unsigned count = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	key_begin(&space, SPACE_IDENTITY_CANDIDATE);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	while (store_next(c, &key, &value))
		count++;
	store_scan_end(c);
	store_end(t);
	return count;
}

/* Others' jobs are let in between: none clears or looks at more than so many; and where it is made
 * already nothing is written. */
static void it_is_made_in_steps(void)
{
	static const struct remains rows[] = {
		{ 0, 0, 2 },   { 1023, 0, 2 }, { 1024, 0, 3 }, { 1025, 0, 3 }, { 2048, 0, 4 },
		{ 0, 255, 2 }, { 0, 256, 3 },  { 0, 257, 3 },  { 0, 512, 4 },  { 1024, 256, 4 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct store_counts before, after, again;
		fixture_open(&f);
		CU_ASSERT_TRUE(store_write(f.store, put_remains, (void *)&rows[i], &f.problem));
		store_count(f.store, &before);
		CU_ASSERT_EQUAL(made_ready(&f), 0);
		store_count(f.store, &after);
		CU_ASSERT_EQUAL(after.jobs - before.jobs, rows[i].jobs);
		CU_ASSERT_EQUAL(entries_kept(&f), 0);
		CU_ASSERT_EQUAL(made_ready(&f), 0);
		store_count(f.store, &again);
		CU_ASSERT_EQUAL(again.jobs, after.jobs);
		fixture_close(&f);
	}
}

static void many_are_made_ready(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, feed_many, &f, &f.problem));
	feed_all(&f);
	CU_ASSERT_EQUAL(made_ready(&f), MANY + 1 + COUNT(people));
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(made_ready(&f), 0);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "they are found", they_are_found },
	{ "a part of a day is enough", a_part_of_a_day_is_enough },
	{ "what cannot be asked is refused", what_cannot_be_asked_is_refused },
	{ "it follows every feed", it_follows_every_feed },
	{ "it outlives merges and decisions", it_outlives_merges_and_decisions },
	{ "pages go on", pages_go_on },
	{ "a mark is of its question", a_mark_is_of_its_question },
	{ "a question ends", a_question_ends },
	{ "what is wrong is told and put right", what_is_wrong_is_told_and_put_right },
	{ "a making can fail", a_making_can_fail },
	{ "a making goes on", a_making_goes_on },
	{ "keys are short and read back", keys_are_short_and_read_back },
	{ "marks are read", marks_are_read },
	{ "it is made in steps", it_is_made_in_steps },
	{ "many are made ready", many_are_made_ready },
	{ 0 }
};

int main(void)
{
	return suite_run("candidates", tests);
}
