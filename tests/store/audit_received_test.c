/* tests/store/audit_received_test.c: audit records of others: kept, found, counted, proved. */
#include "tests/base/suite.h"

#include <string.h>

#include "store/audit_received.h"
#include "store/audit_received_rows.h"
#include "store/check.h"
#include "store/record.h"
#include "tests/store/fixture.h"

#define PATIENT "1^^^&2.999&ISO"

struct one {
	const char *source, *octets, *patient, *event;
	instant time;
	uint64_t quota;
	uint64_t sequence; /* told */
	struct problem problem;
};

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	struct one *o = with;
	struct text_list patient = { .value = o->patient };
	struct received_terms terms = { .received = 1000,
					.time = o->time,
					.source = o->source,
					.address = "192.0.2.1",
					.event = o->event,
					.patients = o->patient == NULL ? NULL : &patient };
	return received_append(t, &terms, bytes_of_text(o->octets), o->quota, &o->sequence, p);
}

static bool put(struct fixture *f, struct one *o)
{
	o->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(f->store, append, o, &o->problem);
}

static struct one some[] = {
	{ .source = "a", .octets = "first", .patient = PATIENT, .event = "110112", .time = 30 },
	{ .source = "b", .octets = "second", .event = "110106", .time = 10 },
	{ .source = "a", .octets = "third", .event = "110106", .time = 20 },
	{ .source = "ab", .octets = "fourth", .patient = PATIENT, .event = "110112", .time = -5 },
};

static void put_some(struct fixture *f)
{
	for (size_t i = 0; i < COUNT(some); i++) {
		CU_ASSERT_TRUE(put(f, &some[i]));
		CU_ASSERT_EQUAL(some[i].sequence, i + 1);
	}
}

/* The octets of what is found, newest first, with blanks between. */
static const char *found(struct fixture *f, const struct received_filter *filter)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct received_cursor *c = received_search(t, filter, f->arena);
	struct buffer b = buffer_in(f->arena);
	for (const struct received_entry *e; (e = received_next(c)) != NULL;) {
		buffer_text(&b, b.length == 0 ? "" : " ");
		buffer_append(&b, e->octets.data, e->octets.length);
		if (e->first != 0)
			buffer_printf(&b, "=%llu", (unsigned long long)e->first);
	}
	CU_ASSERT_FALSE(store_failed(t));
	const char *text = buffer_ended(&b);
	store_end(t);
	return text;
}

static void finds(void)
{
	static const struct {
		struct received_filter filter;
		const char *out;
	} rows[] = {
		{ { .from = 0 }, "first third second fourth" },
		{ { .source = "a" }, "first third" },
		{ { .source = "ab" }, "fourth" },
		{ { .source = "c" }, "" },
		{ { .patient = PATIENT }, "first fourth" },
		{ { .patient = PATIENT, .source = "ab" }, "fourth" },
		{ { .patient = "1^^^&2.998&ISO" }, "" },
		{ { .from = 10, .to = 30 }, "third second" },
		{ { .from = 10 }, "first third second" },
		{ { .to = 10 }, "fourth" },
		{ { .from = 11, .to = 12 }, "" },
		{ { .source = "a", .from = 25 }, "first" },
		{ { .patient = PATIENT, .to = 30 }, "fourth" },
		{ { .event = "110106" }, "third second" },
		{ { .event = "110106", .source = "b" }, "second" },
		{ { .user = "x" }, "" },
		{ { .after = { 30, 1 } }, "third second fourth" },
		{ { .after = { 10, 2 } }, "fourth" },
		{ { .after = { -5, 4 } }, "" },
		{ { .source = "a", .after = { 30, 1 } }, "third" },
	};
	struct fixture f;
	fixture_open(&f);
	put_some(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *said = found(&f, &rows[i].filter);
		if (strcmp(said, rows[i].out) != 0)
			printf("\n  row %zu: %s", i, said);
		CU_ASSERT_STRING_EQUAL(said, rows[i].out);
	}
	fixture_close(&f);
}

/* Sources by name, with what each has and when its oldest and newest came. */
static void sources(void)
{
	struct fixture f;
	size_t count;
	fixture_open(&f);
	put_some(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct received_source *list = received_sources(t, f.arena, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT_STRING_EQUAL(list[0].name, "a");
	CU_ASSERT_EQUAL(list[0].used.records, 2);
	CU_ASSERT_EQUAL(list[0].newest, 1000);
	CU_ASSERT_EQUAL(list[0].oldest, 1000);
	CU_ASSERT_STRING_EQUAL(list[1].name, "ab");
	CU_ASSERT_STRING_EQUAL(list[2].name, "b");
	received_sources(t, f.arena, 2, &count);
	CU_ASSERT_EQUAL(count, 2);
	store_end(t);
	fixture_close(&f);
}

/* Of another node too; of one of which all has gone; with what a newer program would say. */
static bool count_more(void *with, struct store_txn *t, struct problem *p)
{
	const struct received_usage some_more = { .octets = 7, .records = 3, .odd = 2 },
				    none = { .octets = 0 };
	struct key k = received_source_key(SPACE_USED, "newer");
	struct record_writer w = record_begin(store_arena(t), 1);
	(void)with;
	(void)p;
	key_number(&k, 0);
	record_number(&w, 2, 5);
	record_number(&w, 99, 1);
	return received_count_put(t, "a", 1, &some_more) && received_count_put(t, "gone", 0, &none)
	       && store_put(t, key_span(&k), record_end(&w));
}

static void sources_of_several_nodes(void)
{
	struct fixture f;
	struct received_usage used;
	size_t count;
	fixture_open(&f);
	put_some(&f);
	CU_ASSERT_TRUE(store_write(f.store, count_more, NULL, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct received_source *list = received_sources(t, f.arena, 1, &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_EQUAL(list[0].used.records, 2 + 3);
	CU_ASSERT_EQUAL(list[0].used.odd, 2);
	list = received_sources(t, f.arena, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 5);
	CU_ASSERT_STRING_EQUAL(list[3].name, "gone");
	CU_ASSERT(list[3].oldest == 0 && list[3].newest == 0);
	CU_ASSERT_EQUAL(list[4].used.records, 5);
	CU_ASSERT_TRUE(received_used(t, "a", &used));
	CU_ASSERT_EQUAL(used.records, 5);
	CU_ASSERT_EQUAL(received_counted(t, "a", 1).odd, 2);
	CU_ASSERT_EQUAL(received_counted(t, "a", 2).records, 0);
	store_end(t);
	fixture_close(&f);
}

static void check_sound(struct fixture *f, uint64_t entries)
{
	struct received_verdict v;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(received_verify(t, f->arena, NULL, &v, &f->problem));
	CU_ASSERT_EQUAL(v.broken, 0);
	CU_ASSERT_EQUAL(v.entries, entries);
	store_end(t);
}

/* V3: marked, and not kept twice; also where another source sends them, or much later. */
static void sent_again(void)
{
	struct one again = { .source = "a", .octets = "first", .patient = PATIENT, .time = 40 };
	struct received_usage used, before;
	struct fixture f;
	fixture_open(&f);
	put_some(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(received_used(t, "a", &before));
	store_end(t);
	CU_ASSERT_TRUE(put(&f, &again));
	CU_ASSERT_EQUAL(again.sequence, 5);
	fixture_reopen(&f);
	CU_ASSERT_STRING_EQUAL(found(&f, &(struct received_filter){ .patient = PATIENT }),
			       "first=1 first fourth");
	t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(received_used(t, "a", &used));
	CU_ASSERT_EQUAL(used.records, 3);
	CU_ASSERT_EQUAL(used.again, 1);
	CU_ASSERT(used.octets > before.octets && used.octets - before.octets < 1024);
	CU_ASSERT_PTR_NOT_NULL(received_get(t, 5, f.arena));
	CU_ASSERT_PTR_NULL(received_get(t, 6, f.arena));
	store_end(t);
	check_sound(&f, 5);
	fixture_close(&f);
}

/* V4 */
static void quotas(void)
{
	struct one a = { .source = "a", .octets = "x1", .quota = 1200 }, b = a;
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(put(&f, &a));
	a.octets = "x2";
	CU_ASSERT_TRUE(put(&f, &a));
	a.octets = "x3";
	CU_ASSERT_FALSE(put(&f, &a));
	CU_ASSERT_EQUAL(a.problem.code, PROBLEM_DISK_QUOTA);
	b.source = "b";
	b.octets = "x4";
	CU_ASSERT_TRUE(put(&f, &b));
	CU_ASSERT_EQUAL(b.sequence, 3); /* no number was used up by what was refused */
	a.octets = "x3";
	a.quota = 0;
	CU_ASSERT_TRUE(put(&f, &a));
	CU_ASSERT_STRING_EQUAL(found(&f, &(struct received_filter){ .source = "a" }), "x3 x2 x1");
	check_sound(&f, 4);
	fixture_close(&f);
}

/* V2: octets of every sort, and many of them. */
static void octet_for_octet(void)
{
	enum { LONG = 300 * 1024 };
	static char text[LONG + 1];
	struct one o = { .source = "a", .octets = text };
	struct fixture f;
	memset(text, 0xff, LONG);
	fixture_open(&f);
	CU_ASSERT_TRUE(put(&f, &o));
	fixture_reopen(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const struct received_entry *e = received_get(t, 1, f.arena);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT(bytes_equal(e->octets, bytes_of_text(text)));
	store_end(t);
	fixture_close(&f);
}

/* ---- V1 ---- */

enum { ENTRY = SPACE_RECEIVED_FIRST, HEAD };

struct harm {
	const char *why;
	uint64_t from, to; /* the value of `from` goes where `to` is; 0: it is removed */
	bool flip;         /* its last octet is another */
	bool head;         /* the head, too, is removed */
	uint64_t broken;
};

static struct key entry_key(uint64_t sequence)
{
	struct key k;
	key_begin(&k, ENTRY);
	key_number(&k, sequence);
	return k;
}

static bool do_harm(void *with, struct store_txn *t, struct problem *p)
{
	const struct harm *h = with;
	struct key from = entry_key(h->from), to = entry_key(h->to), head;
	struct bytes a, b;
	(void)p;
	key_begin(&head, HEAD);
	key_number(&head, 0);
	if (!store_get(t, key_span(&from), store_arena(t), &a))
		return false;
	if (h->flip) {
		((unsigned char *)a.data)[a.length - 1] ^= 1;
		return store_put(t, key_span(&from), a);
	}
	if (h->to == 0) {
		store_delete(t, key_span(&from));
	} else {
		if (store_get(t, key_span(&to), store_arena(t), &b))
			store_put(t, key_span(&from), b);
		store_put(t, key_span(&to), a);
	}
	if (h->head)
		store_delete(t, key_span(&head));
	return !store_failed(t);
}

static void harm_is_found(void)
{
	static struct harm rows[] = {
		{ "changed", .from = 2, .flip = true, .broken = 2 },
		{ "removed", .from = 2, .broken = 2 },
		{ "the first removed", .from = 1, .broken = 1 },
		{ "the last removed", .from = 4, .broken = 4 },
		{ "exchanged", .from = 2, .to = 3, .broken = 2 },
		{ "added", .from = 4, .to = 5, .broken = 5 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct received_verdict v;
		fixture_open(&f);
		put_some(&f);
		check_sound(&f, 4);
		CU_ASSERT_TRUE(store_write(f.store, do_harm, &rows[i], &f.problem));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_TRUE(received_verify(t, f.arena, NULL, &v, &f.problem));
		if (v.broken != rows[i].broken)
			printf("\n  %s: %llu", rows[i].why, (unsigned long long)v.broken);
		CU_ASSERT_EQUAL(v.broken, rows[i].broken);
		store_end(t);
		fixture_close(&f);
	}
}

static void report(void *with, const char *finding)
{
	(void)finding;
	(*(unsigned *)with)++;
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &received_check, NULL };
	struct check_counts counts;
	unsigned told = 0;
	CU_ASSERT_TRUE(store_check(f->store, modules, report, &told, &counts, &f->problem));
	return told;
}

static void checks(void)
{
	struct harm gone = { "removed", .from = 1 };
	struct fixture f;
	fixture_open(&f);
	put_some(&f);
	CU_ASSERT_EQUAL(findings(&f), 0);
	CU_ASSERT_TRUE(store_write(f.store, do_harm, &gone, &f.problem));
	/* by time, by source, by patient, and the chain */
	CU_ASSERT_EQUAL(findings(&f), 4);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "V1 changing, removing, adding, exchanging is found", harm_is_found },
	{ "V2 octet for octet", octet_for_octet },
	{ "V3 sent again", sent_again },
	{ "V4 quotas", quotas },
	{ "finds", finds },
	{ "sources", sources },
	{ "sources of several nodes", sources_of_several_nodes },
	{ "checks", checks },
	{ 0 },
};

int main(void)
{
	return suite_run("store: received audit records", tests);
}
