/* tests/store/consent_documents_test.c: documents of consent, kept; when they are due; and rows
 * that are none. What they decide is tests/profiles/consent_documents_test.c's. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/consent_documents.h"
#include "store/identity.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/store/fixture.h"
#include "tests/store/in_job.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))

#define ENTRY "urn:uuid:00000000-0000-4000-8000-000000000001"
#define OTHER "urn:uuid:00000000-0000-4000-8000-000000000002"

enum { SUBJECT = 7, FROM = 1000, UNTIL = 2000, CAME = 500 };

static struct consent_word exclude = {
	.action = WORD_EXCLUDE, .target = "role/clerk", .number = 9, .taken_back = 11
};
static struct consent_word join = { .action = WORD_JOIN, .number = 8, .next = &exclude };
static const struct consent_document whole = { .subject = SUBJECT,
					       .entry = ENTRY,
					       .unique_id = "2.999.6.1",
					       .system = "b-clinic",
					       .kind = CONSENT_APPC,
					       .state = CONSENT_PENDING,
					       .from = FROM,
					       .until = UNTIL,
					       .recorded = CAME,
					       .record = 3,
					       .words = &join };

static bool put(struct store_txn *t, const void *with)
{
	return consent_document_put(t, store_arena(t), with);
}

static struct consent_document *get(struct fixture *f, uint64_t subject)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct consent_document *d = consent_documents_with(t, f->arena, subject);
	if (store_failed(t))
		f->problem = *store_problem(t);
	store_end(t);
	return d;
}

static struct consent_document *due(struct fixture *f, instant now)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct consent_document *d = consent_document_due(t, f->arena, now);
	if (store_failed(t))
		f->problem = *store_problem(t);
	store_end(t);
	return d;
}

static void d1_is_read_word_for_word(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_PTR_NULL(get(&f, SUBJECT));
	CU_ASSERT_TRUE(in_job(&f, put, &whole));
	fixture_reopen(&f);
	const struct consent_document *d = get(&f, SUBJECT);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_EQUAL(d->subject, SUBJECT);
	CU_ASSERT_STRING_EQUAL(d->entry, ENTRY);
	CU_ASSERT_STRING_EQUAL(d->unique_id, "2.999.6.1");
	CU_ASSERT_STRING_EQUAL(d->system, "b-clinic");
	CU_ASSERT_EQUAL(d->kind, CONSENT_APPC);
	CU_ASSERT_EQUAL(d->state, CONSENT_PENDING);
	CU_ASSERT_EQUAL(d->from, FROM);
	CU_ASSERT_EQUAL(d->until, UNTIL);
	CU_ASSERT_EQUAL(d->recorded, CAME);
	CU_ASSERT_EQUAL(d->record, 3);
	CU_ASSERT_FALSE(d->unusable);
	CU_ASSERT_EQUAL(d->words->action, WORD_JOIN);
	CU_ASSERT_PTR_NULL(d->words->target);
	CU_ASSERT_EQUAL(d->words->number, 8);
	CU_ASSERT_EQUAL(d->words->taken_back, 0);
	CU_ASSERT_EQUAL(d->words->next->action, WORD_EXCLUDE);
	CU_ASSERT_STRING_EQUAL(d->words->next->target, "role/clerk");
	CU_ASSERT_EQUAL(d->words->next->taken_back, 11);
	CU_ASSERT_PTR_NULL(d->words->next->next);
	CU_ASSERT_PTR_NULL(d->next);
	/* The region's own, without an end, unusable; of another record, and of this one. */
	struct consent_document other = whole;
	other.entry = OTHER;
	other.system = NULL;
	other.until = 0;
	other.unusable = true;
	other.state = CONSENT_WITHDRAWN;
	CU_ASSERT_TRUE(in_job(&f, put, &other));
	other.subject = SUBJECT + 1;
	CU_ASSERT_TRUE(in_job(&f, put, &other));
	d = get(&f, SUBJECT);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d->next);
	CU_ASSERT_PTR_NULL(d->next->system);
	CU_ASSERT_EQUAL(d->next->until, 0);
	CU_ASSERT_TRUE(d->next->unusable);
	d = get(&f, SUBJECT + 1);
	CU_ASSERT_PTR_NULL(d->next);
	other.entry = "symbolic";
	CU_ASSERT_FALSE(in_job(&f, put, &other));
	fixture_close(&f);
}

static void d2_is_due_at_its_next_moment(void)
{
	struct fixture f;
	struct consent_document d = whole;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put, &d));
	CU_ASSERT_PTR_NULL(due(&f, FROM - 1));
	CU_ASSERT_PTR_NOT_NULL(due(&f, FROM));
	d.state = CONSENT_IN_FORCE;
	CU_ASSERT_TRUE(in_job(&f, put, &d));
	CU_ASSERT_PTR_NULL(due(&f, UNTIL - 1));
	CU_ASSERT_PTR_NOT_NULL(due(&f, UNTIL));
	/* It could not be seen to: later. */
	d.again = UNTIL + 50;
	CU_ASSERT_TRUE(in_job(&f, put, &d));
	CU_ASSERT_PTR_NULL(due(&f, UNTIL));
	CU_ASSERT_PTR_NOT_NULL(due(&f, UNTIL + 50));
	/* The one that has been due longest is first. */
	struct consent_document other = whole;
	other.entry = OTHER;
	CU_ASSERT_TRUE(in_job(&f, put, &other));
	CU_ASSERT_STRING_EQUAL(due(&f, UNTIL + 50)->entry, OTHER);
	d.state = CONSENT_OVER;
	other.state = CONSENT_WITHDRAWN;
	CU_ASSERT_TRUE(in_job(&f, put, &d));
	CU_ASSERT_TRUE(in_job(&f, put, &other));
	CU_ASSERT_PTR_NULL(due(&f, INT64_MAX / 2));
	/* Without an end it is never due any more. */
	other.state = CONSENT_IN_FORCE;
	other.until = 0;
	CU_ASSERT_TRUE(in_job(&f, put, &other));
	CU_ASSERT_PTR_NULL(due(&f, INT64_MAX / 2));
	fixture_close(&f);
}

/* Written again as it stands it is due as before. */
static void what_is_written_again(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put, &whole));
	CU_ASSERT_TRUE(in_job(&f, put, &whole));
	CU_ASSERT_PTR_NULL(due(&f, FROM - 1));
	CU_ASSERT_PTR_NOT_NULL(due(&f, FROM));
	fixture_close(&f);
}

/* The moment that was and the one that is: all of it changes, or nothing. */
static void a_change_is_whole_or_not_at_all(void)
{
	static const struct {
		const char *call;
		unsigned passing;
	} rows[] = { { "store_delete", 0 }, { "store_put", 0 }, { "store_put", 1 } };
	struct consent_document later = whole;
	later.from = FROM + 100;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put, &whole));
		failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_FALSE(in_job(&f, put, &later));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_STORE_FULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(due(&f, FROM));
		CU_ASSERT_EQUAL(due(&f, FROM)->from, FROM);
		CU_ASSERT_TRUE(in_job(&f, put, &later));
		CU_ASSERT_PTR_NULL(due(&f, FROM));
		CU_ASSERT_PTR_NOT_NULL(due(&f, FROM + 100));
		fixture_close(&f);
	}
}

/* A store that has failed says nothing of what is due. */
static bool due_in_failed(struct store_txn *t, const void *with)
{
	(void)with;
	CU_ASSERT_PTR_NOT_NULL(consent_document_due(t, store_arena(t), FROM));
	refused(t);
	CU_ASSERT_PTR_NULL(consent_document_due(t, store_arena(t), FROM));
	return false;
}

static void a_store_that_has_failed(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put, &whole));
	CU_ASSERT_FALSE(in_job(&f, due_in_failed, NULL));
	fixture_close(&f);
}

/* ---- Rows that are none ---- */

#define ODD "urn:uuid:00000000-0000-0000-0000-000000000001"
enum { LATER = 99 };                        /* a tag nobody knows yet */
static const unsigned char nine[9] = { 1 }; /* a number of more octets than any has */

struct odd {
	uint64_t kind, state, action;
	bool no_id, no_words, target;
	bool long_key, wide, wide_word; /* a number in it that is none */
	bool later;                     /* it, and its word, have a field of a later version */
	unsigned char version;
	bool due; /* a moment of its own is written as well */
	const char *finding;
};

static bool put_odd(struct store_txn *t, const void *with)
{
	static const unsigned char octets[16] = { [15] = 1 };
	const struct odd *o = with;
	struct record_writer w = record_begin(store_arena(t), o->version);
	struct key k, d;
	key_begin(&k, SPACE_CONSENT_DOCUMENT);
	key_id(&k, SUBJECT);
	key_bytes(&k, octets, sizeof octets);
	if (o->long_key)
		key_bytes(&k, octets, 1);
	if (!o->no_id)
		record_text(&w, 1, "2.999.6.1");
	record_number(&w, 3, o->kind);
	record_number(&w, 4, o->state);
	record_instant(&w, 5, FROM);
	record_instant(&w, 7, CAME);
	if (o->wide)
		record_bytes(&w, 8, (struct bytes){ nine, sizeof nine });
	if (o->later)
		record_number(&w, LATER, 1);
	if (!o->no_words) {
		record_open(&w, 9);
		if (o->wide_word)
			record_bytes(&w, 3, (struct bytes){ nine, sizeof nine });
		if (o->later)
			record_number(&w, LATER, 1);
		record_number(&w, 1, o->action);
		record_text(&w, 2, o->target ? "role/clerk" : NULL);
		record_close(&w);
	}
	key_begin(&d, SPACE_CONSENT_DOCUMENT_DUE);
	key_moment(&d, FROM);
	key_bytes(&d, k.data + 1, k.length - 1);
	if (o->due)
		store_put(t, key_span(&d), (struct bytes){ 0 });
	return store_put(t, key_span(&k), record_end(&w));
}

static uint64_t findings(struct fixture *f, char text[FIXTURE_FINDING])
{
	return fixture_findings(f, &consent_documents_check, text);
}

static void d3_odd_rows_fail_and_are_found(void)
{
	static const struct odd rows[] = {
		{ .version = 2, .finding = "be read" },
		{ .version = 1, .kind = CONSENT_KINDS, .finding = "be read" },
		{ .version = 1, .state = CONSENT_DOCUMENT_STATES, .finding = "be read" },
		{ .version = 1, .no_id = true, .finding = "be read" },
		{ .version = 1, .no_words = true, .finding = "be read" },
		{ .version = 1, .action = WORD_ACTIONS, .finding = "be read" },
		{ .version = 1, .action = WORD_JOIN, .target = true, .finding = "be read" },
		{ .version = 1, .action = WORD_INCLUDE, .finding = "be read" },
		{ .version = 1, .wide = true, .finding = "be read" },
		{ .version = 1, .wide_word = true, .finding = "be read" },
		{ .version = 1, .long_key = true, .finding = "be read" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char text[FIXTURE_FINDING] = "";
		struct odd with_moment = rows[i];
		struct consent_document over_it = whole;
		over_it.entry = ODD;
		fixture_open(&f);
		CU_ASSERT_EQUAL(findings(&f, text), 0);
		CU_ASSERT_TRUE(in_job(&f, put_odd, &rows[i]));
		CU_ASSERT_EQUAL(findings(&f, text), 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, rows[i].finding));
		CU_ASSERT_PTR_NULL(get(&f, SUBJECT));
		CU_ASSERT_NOT_EQUAL(f.problem.code, PROBLEM_NONE);
		with_moment.due = true;
		CU_ASSERT_TRUE(in_job(&f, put_odd, &with_moment));
		CU_ASSERT_PTR_NULL(due(&f, FROM));
		CU_ASSERT_NOT_EQUAL(f.problem.code, PROBLEM_NONE);
		CU_ASSERT_EQUAL(findings(&f, text), 2);
		/* Nothing is written over it; the longer key is nobody's. */
		CU_ASSERT_EQUAL(in_job(&f, put, &over_it), rows[i].long_key);
		fixture_close(&f);
	}
}

/* What a later version says of it is passed over. */
static void a_later_version_is_read(void)
{
	static const struct odd over = { .version = 1, .state = CONSENT_OVER, .later = true };
	struct fixture f;
	char text[FIXTURE_FINDING] = "";
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_odd, &over));
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	const struct consent_document *d = get(&f, SUBJECT);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_EQUAL(d->state, CONSENT_OVER);
	CU_ASSERT_EQUAL(d->words->action, WORD_JOIN);
	fixture_close(&f);
}

static bool put_moment(struct store_txn *t, const void *with)
{
	static const unsigned char octets[16] = { [15] = 1 };
	const instant *when = with;
	struct key d;
	key_begin(&d, SPACE_CONSENT_DOCUMENT_DUE);
	key_moment(&d, *when);
	key_id(&d, SUBJECT);
	key_bytes(&d, octets, sizeof octets);
	return store_put(t, key_span(&d), (struct bytes){ 0 });
}

static void moments_and_rows_belong_together(void)
{
	static const struct odd pending = { .version = 1, .state = CONSENT_PENDING };
	static const instant own = FROM, other = FROM + 1;
	struct fixture f;
	char text[FIXTURE_FINDING] = "";
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_odd, &pending));
	CU_ASSERT_EQUAL(findings(&f, text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "nothing says when"));
	CU_ASSERT_TRUE(in_job(&f, put_moment, &own));
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	CU_ASSERT_TRUE(in_job(&f, put_moment, &other));
	CU_ASSERT_EQUAL(findings(&f, text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "not its own"));
	fixture_close(&f);
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_moment, &own));
	CU_ASSERT_EQUAL(findings(&f, text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "not its own"));
	CU_ASSERT_PTR_NULL(due(&f, FROM));
	CU_ASSERT_NOT_EQUAL(f.problem.code, PROBLEM_NONE);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "D1: is read word for word", d1_is_read_word_for_word },
	{ "D2: is due at its next moment", d2_is_due_at_its_next_moment },
	{ "what is written again", what_is_written_again },
	{ "a change is whole or not at all", a_change_is_whole_or_not_at_all },
	{ "a store that has failed", a_store_that_has_failed },
	{ "what a later version says is passed over", a_later_version_is_read },
	{ "D3: odd rows fail, and are found", d3_odd_rows_fail_and_are_found },
	{ "moments and rows belong together", moments_and_rows_belong_together },
	{ 0 }
};

int main(void)
{
	return suite_run("documents of consent, kept", tests);
}
