/* tests/store/identity_sharing_test.c: what records of one person say alike stands once, is found
 * and told as if it stood with each, and stands with each again as soon as one says something else
 * or they part; and what a former form kept is read as it was. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_forms.h"
#include "store/record.h"
#include "tests/store/asked.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

#define HANAKO(domain, phone)                                                                      \
	{                                                                                          \
		domain, "1", "サトウ", "ハナコ", "19800101", "F", phone, "1500002", "渋谷1", 0, 0, \
			0, 0                                                                       \
	}
static const struct who hanako_a = HANAKO(A_DOMAIN, "0312345001"),
			hanako_b = HANAKO(B_DOMAIN, "0312345001"),
			hanako_c = HANAKO(C_DOMAIN, "0312345001"),
			moved_a = HANAKO(A_DOMAIN, "0399990000"),
			moved_b = HANAKO(B_DOMAIN, "0399990000");

static struct identity_row row_of(struct fixture *f, const char *domain, const char *id)
{
	struct identity_row row = { .like = 0 };
	uint64_t number = people_record(f, domain, id).number;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, identity_row_get(t, f->arena, number, &row));
	store_end(t);
	return row;
}

/* Whose demographics stand where: a letter for each of the three facilities' records, its own where
 * it keeps them, "-" where there is none. */
static const char *standing(struct fixture *f)
{
	static const char *const domains[] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };
	uint64_t numbers[COUNT(domains)] = { 0 };
	char *letters = arena_alloc(f->arena, COUNT(domains) + 1);
	struct patient_record r;
	for (size_t i = 0; i < COUNT(domains); i++)
		numbers[i] = people_find(f, domains[i], "1", &r) ? r.number : 0;
	for (size_t i = 0; i < COUNT(domains); i++) {
		letters[i] = numbers[i] == 0 ? '-' : (char)('a' + i);
		uint64_t like = numbers[i] == 0 ? 0 : row_of(f, domains[i], "1").like;
		for (size_t j = 0; like != 0 && j < COUNT(domains); j++)
			if (numbers[j] == like)
				letters[i] = (char)('a' + j);
	}
	letters[COUNT(domains)] = '\0';
	return letters;
}

static unsigned entries_of(struct fixture *f, uint64_t number)
{
	struct key k;
	struct bytes key, value;
	unsigned count = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	key_begin(&k, SPACE_IDENTITY_CANDIDATE);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (store_next(c, &key, &value)) {
		struct candidate_entry e;
		uint64_t of = 0;
		CU_ASSERT_TRUE(candidate_key_read(f->arena, key, &e, &of));
		count += of == number;
	}
	store_scan_end(c);
	store_end(t);
	return count;
}

/* A step, where demographics stand after it, and who is found by the name. */
struct step {
	const char *why;
	const struct who *who; /* NULL: a decision about the records of a and b */
	enum pair_decision what;
	const char *standing, *found;
};
static const struct step history[] = {
	{ "one alone", &hanako_a, 0, "a--", "a1" },
	{ "a second says the same", &hanako_b, 0, "aa-", "a1 b1" },
	{ "and a third", &hanako_c, 0, "aaa", "a1 b1 c1" },
	{ "again, nothing new", &hanako_c, 0, "aaa", "a1 b1 c1" },
	{ "who keeps it moves", &moved_a, 0, "acc", "a1 c1 b1" },
	{ "who keeps the rest moves as well", &moved_b, 0, "aac", "a1 b1 c1" },
	{ "and both come back", &hanako_a, 0, "cbc", "b1 c1 a1" },
	{ "the second, too", &hanako_b, 0, "ccc", "c1 a1 b1" },
	{ "they are two persons", NULL, PAIR_APART, NULL, NULL },
	{ "and one again", NULL, PAIR_UNDO, NULL, NULL },
};

struct deciding {
	uint64_t a, b;
	enum pair_decision what;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	static const struct person_decision said = { "clerk", "seen" };
	const struct deciding *d = with;
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, d->a, d->b, d->what, &said, &out, p);
}

static void decide(struct fixture *f, enum pair_decision what)
{
	struct deciding d = { people_record(f, A_DOMAIN, "1").number,
			      people_record(f, B_DOMAIN, "1").number, what };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_write(f->store, decide_job, &d, &f->problem));
}

/* Each record is whole, whoever keeps it, and has entries of its own when it does. */
static void look_at_all(struct fixture *f, const char *why)
{
	static const char *const domains[] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };
	unsigned findings = people_findings(f, true);
	if (findings != 0)
		printf("%s: %u findings\n", why, findings);
	CU_ASSERT_EQUAL(findings, 0);
	for (size_t i = 0; i < COUNT(domains); i++) {
		struct patient_record r;
		if (!people_find(f, domains[i], "1", &r))
			continue;
		struct identity_row row = row_of(f, domains[i], "1");
		CU_ASSERT_STRING_EQUAL(r.demographics.names->given, "ハナコ");
		CU_ASSERT_PTR_NOT_NULL(row.kept_core.data);
		CU_ASSERT(row.evidence != NULL && row.evidence->since != 0);
		CU_ASSERT_EQUAL(entries_of(f, r.number), row.like == 0 ? 2 : 0);
	}
}

static void it_stands_once(void)
{
	static const struct asked by_name = { .kana = "サトウ" };
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(history); i++) {
		const struct step *s = &history[i];
		if (s->who != NULL)
			people_feed(&f, s->who);
		else
			decide(&f, s->what);
		look_at_all(&f, s->why);
		if (s->standing != NULL && !text_equal(standing(&f), s->standing))
			printf("%s: %s\n", s->why, standing(&f));
		CU_ASSERT_TRUE(s->standing == NULL || text_equal(standing(&f), s->standing));
		if (s->found != NULL && !text_equal(found(&f, by_name), s->found))
			printf("%s: %s\n", s->why, found(&f, by_name));
		CU_ASSERT_TRUE(s->found == NULL || text_equal(found(&f, by_name), s->found));
	}
	fixture_close(&f);
}

/* No version of a record needs another record. */
static void history_is_whole(void)
{
	struct fixture f;
	struct identity_row old;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	CU_ASSERT_STRING_EQUAL(standing(&f), "aa-");
	uint64_t number = people_record(&f, B_DOMAIN, "1").number;
	people_feed(&f, &moved_b);
	people_feed(&f, &moved_a);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE_FATAL(identity_row_version(t, f.arena, number, 1, &old));
	CU_ASSERT(old.like == 0 && old.record.version == 1);
	CU_ASSERT_STRING_EQUAL(old.record.demographics.telecoms->number, "0312345001");
	store_end(t);
	fixture_close(&f);
}

/* Two ids of one message. */
static void ids_of_one_message(void)
{
	struct fixture f;
	fixture_open(&f);
	struct patient_identifier ids[] = {
		{ .id = "1", .universal_id = A_DOMAIN, .next = &ids[1] },
		{ .id = "2", .universal_id = A_DOMAIN, .next = &ids[2] },
		{ .id = "1", .universal_id = A_DOMAIN },
	};
	struct people_put put = { .ids = ids,
				  .demographics = people_demographics(f.arena, &hanako_a) };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	uint64_t one = people_record(&f, A_DOMAIN, "1").number,
		 two = people_record(&f, A_DOMAIN, "2").number;
	CU_ASSERT_EQUAL(entries_of(&f, one) + entries_of(&f, two), 2);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* Those of one entry may be more than a page has: the next goes on among them. */
static void pages_end_among_them(void)
{
	static const struct asked asked = { .kana = "サトウ" };
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_c);
	for (unsigned limit = 1; limit <= 4; limit++) {
		const char *all = "", *next = NULL;
		do {
			struct candidate_page page = ask(&f, asked, next, limit);
			CU_ASSERT_TRUE(page.count <= limit);
			all = text_joined(f.arena, all, listed(&f, &page), NULL);
			next = page.next;
		} while (next != NULL);
		CU_ASSERT_STRING_EQUAL(all, limit == 1   ? "a1b1c1"
					    : limit == 2 ? "a1 b1c1"
							 : "a1 b1 c1");
	}
	const char *mark = ask(&f, asked, NULL, 1).next;
	const size_t digits = strcspn(mark, ".");
	static const char *const none[] = { ".", ".0", ".x", ".1x", ".1111" };
	struct candidates_wanted w;
	struct candidate_page page;
	CU_ASSERT_TRUE(candidates_wanted(f.arena, "サトウ", NULL, NULL, &w, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(none); i++)
		CU_ASSERT_FALSE(identity_candidates(
			t, f.arena, &w,
			text_joined(f.arena, arena_text_n(f.arena, mark, digits), none[i], NULL), 1,
			&page));
	store_end(t);
	/* What it ended at is another's, or gone, since. */
	people_feed(&f, &moved_a);
	page = ask(&f, asked, mark, 9);
	CU_ASSERT_STRING_EQUAL(listed(&f, &page), "c1 b1");
	fixture_close(&f);
}

static bool forget_the_index(struct store_txn *t, const void *with)
{
	struct key k;
	(void)with;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "candidates");
	return store_delete(t, key_span(&k));
}

/* The index made anew has none of their own for those that borrow; one all the same is wrong. */
static void the_index_is_made_of_it(void)
{
	struct fixture f;
	uint64_t made = 0;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	CU_ASSERT_TRUE(in_job(&f, forget_the_index, NULL));
	CU_ASSERT_TRUE(identity_candidates_ready(f.store, &made, &f.problem));
	CU_ASSERT_EQUAL(made, 2);
	look_at_all(&f, "made anew");
	CU_ASSERT_STRING_EQUAL(standing(&f), "aa-");
	fixture_close(&f);
}

struct entering {
	struct candidate_entry entry;
	uint64_t number;
};

static bool enter(struct store_txn *t, const void *with)
{
	const struct entering *e = with;
	struct key k;
	return store_put(t, candidate_key(&k, &e->entry, e->number), (struct bytes){ 0 });
}

static void an_entry_too_many(void)
{
	static const struct asked by_name = { .kana = "サトウ" };
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	struct entering e = { { CANDIDATE_READING, "サトウハナコ" },
			      people_feed(&f, &hanako_b).record };
	CU_ASSERT_TRUE(in_job(&f, enter, &e));
	CU_ASSERT_EQUAL(people_findings(&f, false), 1);
	CU_ASSERT_STRING_EQUAL(found(&f, by_name), "a1 b1");
	fixture_close(&f);
}

/* Who keeps it is linked by other evidence than before, as with later forms: those that borrow it
 * say their own until it is the same again. */
static bool strip(struct store_txn *t, const void *with)
{
	const uint64_t *numbers = with;
	struct identity_row rows[2];
	for (size_t i = 0; i < 2; i++)
		CU_ASSERT_TRUE_FATAL(identity_row_get(t, store_arena(t), numbers[i], &rows[i]));
	CU_ASSERT_EQUAL_FATAL(rows[1].like, numbers[0]);
	identity_link_delete(t, rows[0].evidence, numbers[0]);
	rows[0].evidence = rows[0].evidence->next;
	rows[1].like_evidence = rows[0].evidence;
	return identity_row_put(t, &rows[0]) && identity_row_put(t, &rows[1]);
}

static void evidence_moves_alone(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t numbers[2] = { people_feed(&f, &hanako_a).record };
	numbers[1] = people_feed(&f, &hanako_b).record;
	CU_ASSERT_TRUE(in_job(&f, strip, numbers));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	people_feed(&f, &hanako_a);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	CU_ASSERT_STRING_EQUAL(standing(&f), "aa-");
	struct identity_row row = row_of(&f, B_DOMAIN, "1");
	CU_ASSERT(row.evidence != NULL && row.evidence->next != NULL);
	fixture_close(&f);
}

static const struct test tests[] = { { "it stands once", it_stands_once },
				     { "history is whole", history_is_whole },
				     { "ids of one message", ids_of_one_message },
				     { "pages end among them", pages_end_among_them },
				     { "the index is made of it", the_index_is_made_of_it },
				     { "an entry too many", an_entry_too_many },
				     { "evidence moves alone", evidence_moves_alone },
				     { 0 } };

int main(void)
{
	return suite_run("store: what records say alike", tests);
}
