/* tests/store/consent_papers_test.c: papers that decisions were written on, kept with them. The
 * promises of store/consent_papers.h. */
#include "tests/store/consent_scene.h"

#include <limits.h>

#include "store/blobs.h"
#include "store/consent_papers.h"

static const char small[] = "%PDF-1.7 signed by 101 %%EOF";

enum { LARGE = BLOB_SMALL + 5 };

/* What was scanned, as it is written before the job. */
static struct consent_paper scanned(struct fixture *f, const char *text, size_t length)
{
	struct blob *b = arena_new(f->arena, struct blob);
	struct bytes octets = { (const unsigned char *)text, length };
	fixture_must(f, blob_of_bytes(f->store, f->arena, octets, b, &f->problem));
	return (struct consent_paper){
		.kind = PAPER_PDF, .sha256 = b->sha256, .size = b->size, .octets = b
	};
}

static enum problem_code say_on(struct fixture *f, uint64_t subject, enum consent_action action,
				const struct consent_paper *paper)
{
	struct saying s = { .subject = subject,
			    .event = { .action = action,
				       .reason = "asked",
				       .by = "clerk",
				       .time = 1,
				       .paper = *paper } };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, say_job, &s, &f->problem);
	return f->problem.code;
}

static struct consent_event *newest(struct fixture *f, uint64_t subject)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	const struct record_numbers one = { &subject, 1 };
	struct consent_event *e = consent_history(t, f->arena, &one, 0, 9);
	store_end(t);
	return e;
}

static struct consent_papers_sum kept(struct fixture *f)
{
	struct consent_papers_sum sum;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(consent_papers_kept(t, &sum));
	store_end(t);
	return sum;
}

static bool gives(struct fixture *f, const struct consent_paper *paper, const char *text,
		  size_t length)
{
	struct blob_content content;
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(f->store, &p);
	bool opened = blob_open(t, paper->sha256, f->arena, &content, &p);
	bool same = opened && content.size == length
		    && (content.octets.data == NULL
			|| memcmp(content.octets.data, text, length) == 0);
	store_end(t);
	return same;
}

static void hear_one(void *with, const char *finding)
{
	snprintf(with, 256, "%s", finding);
}

static uint64_t found(struct fixture *f, char last[256])
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &consent_papers_check, NULL };
	struct check_counts counts = { 0 };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	last[0] = '\0';
	fixture_must(f, store_check(f->store, modules, hear_one, last, &counts, &f->problem));
	return counts.findings;
}

/* With every record of the person the decision says which it is, and it is kept once. */
static void e1_e2_a_paper_is_kept_with_its_decision(void)
{
	static char large[LARGE] = "%PDF-1.7";
	struct scene s;
	char last[256];
	begin(&s);
	struct consent_paper paper = scanned(&s.f, small, sizeof small);
	CU_ASSERT_EQUAL(say_on(&s.f, s.a, CONSENT_JOIN, &paper), PROBLEM_NONE);
	const uint64_t both[] = { s.a, s.b };
	for (size_t i = 0; i < COUNT(both); i++) {
		const struct consent_event *e = newest(&s.f, both[i]);
		CU_ASSERT_EQUAL_FATAL(e->paper.kind, PAPER_PDF);
		CU_ASSERT_EQUAL(e->paper.size, sizeof small);
		CU_ASSERT_EQUAL(memcmp(e->paper.sha256, paper.sha256, BLOB_SHA256), 0);
		CU_ASSERT_PTR_NULL(e->paper.octets);
		CU_ASSERT_TRUE(gives(&s.f, &e->paper, small, sizeof small));
	}
	CU_ASSERT_EQUAL(kept(&s.f).count, 1);
	CU_ASSERT_EQUAL(kept(&s.f).octets, sizeof small);
	/* Said otherwise on another one: the first is history, and its paper with it. */
	struct consent_paper other = scanned(&s.f, large, LARGE);
	CU_ASSERT_EQUAL(say_on(&s.f, s.a, CONSENT_LEAVE, &other), PROBLEM_NONE);
	CU_ASSERT_EQUAL(say(&s.f, s.a, CONSENT_JOIN, NULL), PROBLEM_NONE);
	const struct consent_event *e = newest(&s.f, s.b);
	CU_ASSERT_EQUAL(e->paper.kind, PAPER_NONE);
	CU_ASSERT_EQUAL(e->next->paper.size, LARGE);
	CU_ASSERT_TRUE(gives(&s.f, &e->next->paper, large, LARGE));
	CU_ASSERT_EQUAL(e->next->next->paper.size, sizeof small);
	CU_ASSERT_EQUAL(found(&s.f, last), 0);
	fixture_close(&s.f);
}

/* A decision that is refused leaves nothing: not its paper either. */
static void e1_what_is_refused_leaves_no_paper(void)
{
	struct scene s;
	char last[256];
	begin(&s);
	struct consent_paper paper = scanned(&s.f, small, sizeof small);
	CU_ASSERT_EQUAL(say_on(&s.f, 4711, CONSENT_JOIN, &paper), PROBLEM_UNKNOWN_PATIENT);
	CU_ASSERT_EQUAL(kept(&s.f).count, 0);
	CU_ASSERT_FALSE(gives(&s.f, &paper, small, sizeof small));
	CU_ASSERT_EQUAL(found(&s.f, last), 0);
	fixture_close(&s.f);
}

/* Whichever call fails. */
static void e1_both_or_neither(void)
{
	static const char *const calls[] = { "store_get", "store_put", "store_delete" };
	for (size_t i = 0; i < COUNT(calls); i++)
		for (unsigned n = 0, more = 1; more != 0; n++) {
			struct scene s;
			char last[256];
			begin(&s);
			struct consent_paper paper = scanned(&s.f, small, sizeof small);
			failing_arm(calls[i], n);
			enum problem_code code = say_on(&s.f, s.a, CONSENT_JOIN, &paper);
			bool failed = failing_disarm();
			CU_ASSERT_EQUAL(code, failed ? PROBLEM_STORE_FULL : PROBLEM_NONE);
			CU_ASSERT_EQUAL(newest(&s.f, s.a) != NULL, !failed);
			CU_ASSERT_EQUAL(gives(&s.f, &paper, small, sizeof small), !failed);
			CU_ASSERT_EQUAL(kept(&s.f).count, failed ? 0 : 1);
			CU_ASSERT_EQUAL(found(&s.f, last), 0);
			fixture_close(&s.f);
			more = failed;
		}
}

/* The same form for two decisions is two uses of its octets. */
static void e4_all_are_counted(void)
{
	struct scene s;
	char last[256];
	begin(&s);
	for (unsigned n = 1; n <= 3; n++) {
		struct consent_paper paper = scanned(&s.f, small, sizeof small);
		say_on(&s.f, s.a, n % 2 != 0 ? CONSENT_JOIN : CONSENT_LEAVE, &paper);
		CU_ASSERT_EQUAL(kept(&s.f).count, n);
		CU_ASSERT_EQUAL(kept(&s.f).octets, n * sizeof small);
	}
	CU_ASSERT_EQUAL(found(&s.f, last), 0);
	fixture_close(&s.f);
}

/* ---- What is found ---- */

struct row {
	unsigned char space;
	uint64_t number;
	bool longer; /* its key */
	struct bytes value;
};

static bool put_row(void *with, struct store_txn *t, struct problem *p)
{
	const struct row *r = with;
	struct key k;
	(void)p;
	key_begin(&k, r->space);
	key_number(&k, r->number);
	if (r->longer)
		key_octet(&k, 1);
	return r->value.data == NULL ? store_delete(t, key_span(&k))
				     : store_put(t, key_span(&k), r->value);
}

static void write_row(struct fixture *f, struct row r)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_write(f->store, put_row, &r, &f->problem));
}

/* Of a record's number, kind, size and hash. */
static struct bytes paper_row(struct arena *a, uint64_t record, unsigned kind, uint64_t size,
			      const unsigned char *sha256, unsigned less)
{
	struct buffer b = buffer_in(a);
	packed_number(&b, record);
	packed_number(&b, kind);
	packed_number(&b, size);
	buffer_append(&b, sha256, BLOB_SHA256);
	struct bytes row = buffer_bytes(&b);
	row.length -= less;
	return row;
}

static bool is_kept(struct fixture *f, uint64_t number, const struct consent_paper *p)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool is = consent_paper_is_kept(t, number, p);
	store_end(t);
	return is;
}

static void e3_a_paper_that_is_lost_is_found(void)
{
	static const unsigned char other[BLOB_SHA256] = { 1 };
	struct scene s;
	char last[256];
	begin(&s);
	struct consent_paper paper = scanned(&s.f, small, sizeof small);
	say_on(&s.f, s.a, CONSENT_JOIN, &paper);
	uint64_t number = newest(&s.f, s.a)->number;
	const unsigned char *sha256 = paper.sha256;
	const struct {
		uint64_t record;
		unsigned kind;
		uint64_t size;
		const unsigned char *sha256;
		unsigned less;
		bool kept;
	} rows[] = {
		{ s.a, PAPER_PDF, sizeof small, sha256, 0, true },
		{ s.a, PAPER_JPEG, sizeof small, sha256, 0, false },
		{ s.a, PAPER_NONE, sizeof small, sha256, 0, false },
		{ s.a, PAPER_KINDS, sizeof small, sha256, 0, false },
		{ s.a, PAPER_PDF, sizeof small + 1, sha256, 0, false },
		{ s.a, PAPER_PDF, sizeof small, other, 0, false },
		{ s.a, PAPER_PDF, sizeof small, sha256, 1, false },
		{ s.b, PAPER_PDF, sizeof small, sha256, 0, true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes row = paper_row(s.f.arena, rows[i].record, rows[i].kind, rows[i].size,
					     rows[i].sha256, rows[i].less);
		write_row(&s.f, (struct row){ SPACE_CONSENT_PAPER, number, .value = row });
		CU_ASSERT_EQUAL(is_kept(&s.f, number, &paper), rows[i].kept);
		CU_ASSERT_EQUAL(found(&s.f, last) == 0, rows[i].kept);
	}
	/* With something behind the hash. */
	struct buffer longer = buffer_in(s.f.arena);
	struct bytes whole = paper_row(s.f.arena, s.a, PAPER_PDF, sizeof small, sha256, 0);
	buffer_append(&longer, whole.data, whole.length);
	buffer_byte(&longer, 0);
	write_row(&s.f, (struct row){ .space = SPACE_CONSENT_PAPER,
				      .number = number,
				      .value = buffer_bytes(&longer) });
	CU_ASSERT_FALSE(is_kept(&s.f, number, &paper));
	/* Of a record that keeps no such decision. */
	struct bytes strange = paper_row(s.f.arena, 4711, PAPER_PDF, sizeof small, sha256, 0);
	write_row(&s.f, (struct row){ SPACE_CONSENT_PAPER, number, .value = strange });
	CU_ASSERT_EQUAL(found(&s.f, last), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(last, "where no decision came with it"));
	/* It says so itself, and there is none. */
	write_row(&s.f, (struct row){ .space = SPACE_CONSENT_PAPER, .number = number });
	CU_ASSERT_FALSE(is_kept(&s.f, number, &paper));
	CU_ASSERT_EQUAL(found(&s.f, last), 3); /* with both records, and in the sum */
	fixture_close(&s.f);
}

/* Octets the store does not know, or not of that size. */
static void e3_octets_that_are_lost_are_found(void)
{
	static const unsigned char other[BLOB_SHA256] = { 1 };
	struct scene s;
	begin(&s);
	struct consent_paper paper = scanned(&s.f, small, sizeof small);
	say_on(&s.f, s.a, CONSENT_JOIN, &paper);
	uint64_t number = newest(&s.f, s.a)->number;
	struct consent_paper wide = { PAPER_PDF, paper.sha256, sizeof small + 1, NULL };
	struct consent_paper gone = { PAPER_PDF, other, sizeof small, NULL };
	const struct consent_paper *const says[] = { &wide, &gone };
	for (size_t i = 0; i < COUNT(says); i++) {
		struct bytes row = paper_row(s.f.arena, s.a, PAPER_PDF, says[i]->size,
					     says[i]->sha256, 0);
		write_row(&s.f, (struct row){ SPACE_CONSENT_PAPER, number, .value = row });
		CU_ASSERT_FALSE(is_kept(&s.f, number, says[i]));
	}
	fixture_close(&s.f);
}

static void e3_a_paper_of_no_decision_is_found(void)
{
	struct scene s;
	char last[256];
	begin(&s);
	struct consent_paper paper = scanned(&s.f, small, sizeof small);
	CU_ASSERT_EQUAL(say(&s.f, s.a, CONSENT_JOIN, NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(say(&s.f, s.a, CONSENT_LEAVE, NULL), PROBLEM_NONE);
	const struct consent_event *last_one = newest(&s.f, s.a);
	const uint64_t numbers[] = { last_one->number, last_one->next->number, last_one->number + 7,
				     0 };
	struct bytes row = paper_row(s.f.arena, s.a, PAPER_PDF, sizeof small, paper.sha256, 0);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		write_row(&s.f, (struct row){ SPACE_CONSENT_PAPER, numbers[i], .value = row });
		CU_ASSERT_EQUAL(found(&s.f, last), 2);
		write_row(&s.f, (struct row){ .space = SPACE_CONSENT_PAPER, .number = numbers[i] });
		CU_ASSERT_EQUAL(found(&s.f, last), 0);
	}
	write_row(&s.f, (struct row){ SPACE_CONSENT_PAPER, 1, .longer = true, .value = row });
	CU_ASSERT_EQUAL(found(&s.f, last), 2);
	fixture_close(&s.f);
}

/* Where the record's own decisions cannot be read, or its history. */
static void e3_where_nothing_can_be_read(void)
{
	static const unsigned char first[] = { 1, 9 };
	struct scene s;
	char last[256];
	begin(&s);
	struct consent_paper paper = scanned(&s.f, small, sizeof small);
	struct bytes row = paper_row(s.f.arena, s.a, PAPER_PDF, sizeof small, paper.sha256, 0);
	say(&s.f, s.a, CONSENT_JOIN, NULL);
	write_row(&s.f, (struct row){ SPACE_CONSENT_PAPER, 9, .value = row });
	put(&s.f, (struct putting){ SPACE_CONSENT_HISTORY, s.a, .more = { first, sizeof first },
				    .value = bytes_of_text("\x02") });
	CU_ASSERT_NOT_EQUAL(found(&s.f, last), 0);
	put(&s.f, (struct putting){ SPACE_CONSENT, s.a, .value = bytes_of_text("\x01\xff\xff") });
	CU_ASSERT_NOT_EQUAL(found(&s.f, last), 0);
	fixture_close(&s.f);
}

static void e4_a_count_that_is_wrong_is_found(void)
{
	static const struct {
		struct row row;
		const char *told;
		bool readable;
	} rows[] = {
		{ { SPACE_CONSENT_PAPERS, 7, false, { (const unsigned char *)"\1\0", 2 } },
		  "are counted",
		  true },
		{ { SPACE_CONSENT_PAPERS, 7, false, { (const unsigned char *)"\0\5", 2 } },
		  "are counted",
		  true },
		{ { SPACE_CONSENT_PAPERS, 7, false, { (const unsigned char *)"\1", 1 } },
		  "cannot be read",
		  false },
		{ { SPACE_CONSENT_PAPERS, 7, false, { (const unsigned char *)"\1\1\1", 3 } },
		  "cannot be read",
		  false },
		{ { SPACE_CONSENT_PAPERS, 7, true, { (const unsigned char *)"\0\0", 2 } },
		  "cannot be read",
		  true },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct consent_papers_sum sum;
		struct scene s;
		char last[256];
		begin(&s);
		write_row(&s.f, rows[i].row);
		CU_ASSERT_NOT_EQUAL(found(&s.f, last), 0);
		if (strstr(last, rows[i].told) == NULL)
			CU_FAIL(rows[i].told);
		struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
		CU_ASSERT_EQUAL(consent_papers_kept(t, &sum), rows[i].readable);
		CU_ASSERT_EQUAL(store_is_damaged(t), !rows[i].readable);
		store_end(t);
		fixture_close(&s.f);
	}
}

/* A node does not count on what it cannot read: then the decision is not kept either. */
static void e4_nothing_is_counted_over_damage(void)
{
	struct scene s;
	begin(&s);
	struct consent_paper paper = scanned(&s.f, small, sizeof small);
	write_row(&s.f, (struct row){ SPACE_CONSENT_PAPERS, 0, .value = bytes_of_text("\1") });
	CU_ASSERT_EQUAL(say_on(&s.f, s.a, CONSENT_JOIN, &paper), PROBLEM_INTERNAL);
	CU_ASSERT_PTR_NULL(newest(&s.f, s.a));
	fixture_close(&s.f);
}

/* Nor is anything told of a store that fails. */
static void e4_a_store_that_fails_is_told(void)
{
	struct consent_papers_sum sum;
	struct scene s;
	begin(&s);
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	failing_txn = t;
	failing_arm("store_next", 0);
	CU_ASSERT_FALSE(consent_papers_kept(t, &sum));
	CU_ASSERT_TRUE(failing_disarm());
	store_end(t);
	fixture_close(&s.f);
}

static const struct test tests[] = {
	{ "E1, E2: a paper is kept with its decision", e1_e2_a_paper_is_kept_with_its_decision },
	{ "E1: what is refused leaves no paper", e1_what_is_refused_leaves_no_paper },
	{ "E1: both or neither", e1_both_or_neither },
	{ "E3: a paper that is lost is found", e3_a_paper_that_is_lost_is_found },
	{ "E3: octets that are lost are found", e3_octets_that_are_lost_are_found },
	{ "E3: a paper of no decision is found", e3_a_paper_of_no_decision_is_found },
	{ "E3: where nothing can be read", e3_where_nothing_can_be_read },
	{ "E4: all are counted", e4_all_are_counted },
	{ "E4: a count that is wrong is found", e4_a_count_that_is_wrong_is_found },
	{ "E4: nothing is counted over damage", e4_nothing_is_counted_over_damage },
	{ "E4: a store that fails is told", e4_a_store_that_fails_is_told },
	{ 0 }
};

int main(void)
{
	return suite_run("consent: papers", tests);
}
