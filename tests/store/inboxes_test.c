/* tests/store/inboxes_test.c: the promises of store/inboxes.h, each a test of its name; and what is
 * dropped while each call of the store that it makes fails once. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/inbox_rows.h"
#include "store/usage.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

#define SENDER "a-hospital"

enum { LONG = 70 * 1024 }; /* octets that get a file of their own */

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_has, (struct store_txn * t, struct bytes k), (t, k), refused(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &inboxes_check, &usage_check, NULL };
	struct check_counts counts = { 0 };
	fixture_must(f, store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static void close_sound(struct fixture *f)
{
	CU_ASSERT_EQUAL(findings(f), 0);
	fixture_close(f);
}

/* ---- Jobs ---- */

static bool put_run(void *with, struct store_txn *t, struct problem *p)
{
	struct push *one = with;
	return push_put(t, store_arena(t), one, p);
}

static struct blob blob_of(struct fixture *f, const char *text)
{
	struct blob b;
	fixture_must(f, blob_of_bytes(f->store, f->arena, bytes_of_text(text), &b, &f->problem));
	return b;
}

/* A push of one document; the id that it was given, or NULL. */
static const char *push(struct fixture *f, const char *inbox, const char *set, const char *uid,
			const char *text)
{
	struct pushed_document d = { .unique_id = uid,
				     .entry_id = "d1",
				     .mime_type = "text/plain",
				     .title = "letter",
				     .octets = blob_of(f, text) };
	struct push p = { .inbox = inbox,
			  .set_unique_id = set,
			  .system = SENDER,
			  .patient_id = "1^^^&2.999.7&ISO",
			  .fingerprint = text,
			  .metadata = blob_of(f, set),
			  .documents = &d };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(f->store, put_run, &p, &f->problem) ? arena_text(f->arena, p.id) : NULL;
}

static bool drop_run(struct store_txn *t, const void *id)
{
	struct push p;
	return push_get(t, store_arena(t), id, &p) && push_drop(t, &p);
}

static bool drop(struct fixture *f, const char *id)
{
	return in_job(f, drop_run, id);
}

static bool get(struct fixture *f, const char *id, struct push *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = push_get(t, f->arena, id, out);
	store_end(t);
	return there;
}

static bool finds(struct fixture *f, const char *inbox, const char *uid, const char *text)
{
	struct push p;
	const struct pushed_document *d;
	struct blob_content content = { .fd = -1 };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = push_of_document(t, f->arena, inbox, uid, &p, &d)
		     && blob_open(t, d->octets.sha256, f->arena, &content, &f->problem);
	CU_ASSERT(!there || text_equal(p.inbox, inbox));
	CU_ASSERT(!there || content.size == strlen(text));
	CU_ASSERT(!there || content.fd >= 0
		  || memcmp(content.octets.data, text, strlen(text)) == 0);
	store_end(t);
	return there;
}

static struct inbox_sum sum_of(struct fixture *f, const char *inbox)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct inbox_sum s = inbox_sum_of(t, inbox);
	store_end(t);
	return s;
}

static uint64_t used(struct fixture *f)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct usage u = usage_of(t, SENDER);
	store_end(t);
	return usage_octets(&u);
}

static size_t listed(struct fixture *f, const char *inbox, const char *after, size_t most)
{
	size_t count;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	pushes_list(t, f->arena, inbox, after, most, &count);
	store_end(t);
	return count;
}

/* ---- Promises ---- */

static void i1(void)
{
	struct fixture f;
	struct push p;
	fixture_open(&f);
	const char *id = push(&f, "one", "2.999.1", "2.999.2", "octets");
	CU_ASSERT_PTR_NOT_NULL_FATAL(id);
	fixture_reopen(&f);
	CU_ASSERT_TRUE_FATAL(get(&f, id, &p));
	CU_ASSERT_STRING_EQUAL(p.inbox, "one");
	CU_ASSERT_STRING_EQUAL(p.set_unique_id, "2.999.1");
	CU_ASSERT_STRING_EQUAL(p.system, SENDER);
	CU_ASSERT_STRING_EQUAL(p.patient_id, "1^^^&2.999.7&ISO");
	CU_ASSERT_STRING_EQUAL(p.documents->title, "letter");
	CU_ASSERT_PTR_NULL(p.documents->next);
	CU_ASSERT(p.received != 0 && p.fetched == 0 && p.taken == 0);
	CU_ASSERT_TRUE(finds(&f, "one", "2.999.2", "octets"));
	CU_ASSERT_FALSE(finds(&f, "on", "2.999.2", "octets"));
	CU_ASSERT_FALSE(finds(&f, "two", "2.999.2", "octets"));
	CU_ASSERT_FALSE(finds(&f, "one", "2.999", "octets"));
	CU_ASSERT_EQUAL(sum_of(&f, "one").octets, push_octets(&p));
	CU_ASSERT_EQUAL(used(&f), push_octets(&p));
	static const char *const none[] = { "", "x", "0000000000000000", "00000000000000001" };
	for (size_t i = 0; i < COUNT(none); i++)
		CU_ASSERT_FALSE(get(&f, none[i], &p));
	close_sound(&f);
}

static void i2(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_PTR_NOT_NULL(push(&f, "one", "2.999.1", "2.999.2", "octets"));
	CU_ASSERT_PTR_NULL(push(&f, "one", "2.999.1", "2.999.3", "octets"));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_DUPLICATE_IN_REGISTRY);
	CU_ASSERT_PTR_NULL(push(&f, "one", "2.999.9", "2.999.2", "others"));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_NON_IDENTICAL_HASH);
	CU_ASSERT_FALSE(finds(&f, "one", "2.999.3", "octets"));
	CU_ASSERT_PTR_NOT_NULL(push(&f, "one", "2.999.9", "2.999.2", "octets"));
	CU_ASSERT_PTR_NOT_NULL(push(&f, "two", "2.999.1", "2.999.2", "others"));
	CU_ASSERT_TRUE(finds(&f, "one", "2.999.2", "octets"));
	CU_ASSERT_TRUE(finds(&f, "two", "2.999.2", "others"));
	close_sound(&f);
}

static unsigned keys_of(struct fixture *f, unsigned char space)
{
	unsigned count = 0;
	struct bytes key, value;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	while (store_next(c, &key, &value))
		count++;
	store_scan_end(c);
	store_end(t);
	return count;
}

static void i3(void)
{
	struct fixture f;
	fixture_open(&f);
	const char *one = push(&f, "one", "2.999.1", "2.999.2", "octets");
	const char *other = push(&f, "one", "2.999.9", "2.999.2", "octets");
	CU_ASSERT_TRUE(drop(&f, one));
	CU_ASSERT_TRUE(finds(&f, "one", "2.999.2", "octets")); /* the other's use */
	CU_ASSERT_EQUAL(sum_of(&f, "one").pushes, 1);
	CU_ASSERT_TRUE(drop(&f, other));
	CU_ASSERT_FALSE(drop(&f, other));
	CU_ASSERT_FALSE(finds(&f, "one", "2.999.2", "octets"));
	CU_ASSERT_EQUAL(used(&f), 0);
	for (unsigned char space = SPACE_INBOX_FIRST; space <= SPACE_INBOX_LAST; space++)
		CU_ASSERT_EQUAL(keys_of(&f, space), 0);
	CU_ASSERT_EQUAL(keys_of(&f, SPACE_BLOB), 0);
	CU_ASSERT_PTR_NOT_NULL(push(&f, "one", "2.999.1", "2.999.2", "others"));
	CU_ASSERT_TRUE(finds(&f, "one", "2.999.2", "others"));
	close_sound(&f);
}

static void i4(void)
{
	enum { MANY = 10, AT_ONCE = 3 };
	struct fixture f;
	const char *ids[MANY], *after = NULL;
	size_t count = 0, told = 0;
	fixture_open(&f);
	for (unsigned i = 0; i < MANY; i++)
		ids[i] = push(&f, i % 2 == 0 ? "one" : "two",
			      arena_printf(f.arena, "2.999.1.%u", i),
			      arena_printf(f.arena, "2.999.2.%u", i), "octets");
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	do {
		struct push *list = pushes_list(t, f.arena, "one", after, AT_ONCE, &count);
		for (size_t i = 0; i < count; i++, told++)
			CU_ASSERT_STRING_EQUAL(list[i].id, ids[2 * told]);
		after = count == 0 ? NULL : list[count - 1].id;
	} while (count == AT_ONCE);
	store_end(t);
	CU_ASSERT_EQUAL(told, MANY / 2);
	CU_ASSERT_EQUAL(listed(&f, NULL, NULL, 100), MANY);
	CU_ASSERT_EQUAL(listed(&f, NULL, ids[0], 100), MANY - 1);
	CU_ASSERT_EQUAL(listed(&f, "on", NULL, 100), 0);
	close_sound(&f);
}

static bool mark_run(struct store_txn *t, const void *id)
{
	struct push p;
	return push_fetched(t, store_arena(t), id, 5) && push_fetched(t, store_arena(t), id, 6)
	       && push_get(t, store_arena(t), id, &p)
	       && push_take(t, store_arena(t), &p, "uid 0", 7)
	       && push_take(t, store_arena(t), &p, "uid 1", 8);
}

static void what_was_first_stays(void)
{
	struct fixture f;
	struct push p;
	fixture_open(&f);
	const char *id = push(&f, "one", "2.999.1", "2.999.2", "octets");
	CU_ASSERT_TRUE(in_job(&f, mark_run, id));
	CU_ASSERT_TRUE_FATAL(get(&f, id, &p));
	CU_ASSERT_EQUAL(p.fetched, 5);
	CU_ASSERT_EQUAL(p.taken, 7);
	CU_ASSERT_STRING_EQUAL(p.taken_by, "uid 0");
	CU_ASSERT_TRUE(finds(&f, "one", "2.999.2", "octets"));
	close_sound(&f);
}

/* ---- Damage is found ---- */

struct damage {
	unsigned char space;
	bool gone; /* the row; else it says something else */
};

static bool damage_run(struct store_txn *t, const void *with)
{
	const struct damage *d = with;
	struct bytes key, value;
	struct key copy;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &d->space, 1 }, false);
	bool found = store_next(c, &key, &value);
	key_begin(&copy, d->space);
	if (found)
		key_bytes(&copy, key.data + 1, key.length - 1);
	store_scan_end(c);
	return found
	       && (d->gone ? store_delete(t, key_span(&copy))
			   : store_put(t, key_span(&copy), bytes_of_text("\x01\xff")));
}

static void damage_is_found(void)
{
	static const struct damage damages[] = {
		{ SPACE_PUSH, true },
		{ SPACE_PUSH_OF_INBOX, true },
		{ SPACE_PUSH_OF_SET, true },
		{ SPACE_PUSH_OF_DOCUMENT, true },
		{ SPACE_PUSH, false },
		{ SPACE_PUSH_OF_SET, false },
		{ SPACE_PUSH_OF_DOCUMENT, false },
		{ SPACE_INBOX_SUM, false },
		{ SPACE_BLOB, true },
	};
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_PTR_NOT_NULL(push(&f, "one", "2.999.1", "2.999.2", "octets"));
		CU_ASSERT_TRUE(in_job(&f, damage_run, &damages[i]));
		if (findings(&f) == 0) {
			printf("\nnothing found of space %x\n", damages[i].space);
			CU_FAIL("damage was not found");
		}
		fixture_close(&f);
	}
}

/* ---- Calls that fail ---- */

static void each_call_fails_once(void)
{
	static const char *const calls[] = { "store_get", "store_has", "store_put",
					     "store_delete" };
	struct fixture f;
	unsigned failed = 0;
	fixture_open(&f);
	char *text = arena_alloc(f.arena, LONG + 1);
	memset(text, 'x', LONG);
	text[LONG] = '\0';
	for (size_t c = 0; c < COUNT(calls); c++) {
		unsigned passing = 0;
		for (bool fell = true; fell;) {
			const char *id = push(&f, "one", "2.999.1", "2.999.2", text);
			CU_ASSERT_PTR_NOT_NULL_FATAL(id);
			for (bool done = false; !done && fell; passing++) {
				failing_arm(calls[c], passing);
				done = drop(&f, id);
				fell = failing_disarm();
				failed += fell;
				CU_ASSERT_EQUAL(finds(&f, "one", "2.999.2", text), !done);
			}
		}
	}
	CU_ASSERT(failed > 10);
	close_sound(&f);
}

static const struct test tests[] = {
	{ "I1: it is there, whole, in its inbox and in no other", i1 },
	{ "I2: a uniqueId means the same, within an inbox", i2 },
	{ "I3: what is dropped leaves nothing", i3 },
	{ "I4: in the order it came, going on where it ended", i4 },
	{ "what was first stays", what_was_first_stays },
	{ "damage is found", damage_is_found },
	{ "each call fails once while it is dropped", each_call_fails_once },
	{ 0 },
};

int main(void)
{
	return suite_run("store: inboxes", tests);
}
