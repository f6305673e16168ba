/* tests/store/lockouts_test.c: the promises of store/lockouts.h, each a test of its name. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/check.h"
#include "store/lockouts.h"
#include "store/record.h"
#include "tests/store/in_job.h"

#define CODE "1310000001"
#define OTHER_CODE "1310000002"

static const struct registered_system one = { .name = "a-hospital", .institution_code = CODE },
				      two = { .name = "a-laboratory", .institution_code = CODE },
				      other = { .name = "b-clinic",
						.institution_code = OTHER_CODE },
				      bare = { .name = "c-bare" };

static bool changed;

static bool put(struct store_txn *t, const void *with)
{
	return lockout_put(t, with, &changed);
}

static bool take(struct store_txn *t, const void *with)
{
	return lockout_remove(t, with, &changed);
}

static struct lockout of(const struct registered_system *s, bool facility, const char *reason)
{
	return (struct lockout){ .system = s->name,
				 .institution = facility ? s->institution_code : NULL,
				 .reason = reason,
				 .by = "uid 0",
				 .since = 1000 };
}

static bool is_locked(struct fixture *f, const struct registered_system *s, struct lockout *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool locked = lockout_of(t, f->arena, s, out);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return locked;
}

/* Letters of those who are locked: 1, 2 of an institution, o of another, b of none. */
static void expect(struct fixture *f, const char *letters)
{
	static const struct {
		char letter;
		const struct registered_system *system;
	} all[] = { { '1', &one }, { '2', &two }, { 'o', &other }, { 'b', &bare } };
	struct lockout is;
	for (size_t i = 0; i < COUNT(all); i++)
		CU_ASSERT_EQUAL(is_locked(f, all[i].system, &is),
				strchr(letters, all[i].letter) != NULL);
}

static void k1_until_unlocked(void)
{
	struct fixture f;
	struct lockout l = of(&other, false, "a stolen key");
	fixture_open(&f);
	expect(&f, "");
	CU_ASSERT_TRUE(in_job(&f, put, &l) && changed);
	expect(&f, "o");
	fixture_reopen(&f);
	expect(&f, "o");
	CU_ASSERT_TRUE(in_job(&f, take, &l) && changed);
	expect(&f, "");
	CU_ASSERT_TRUE(in_job(&f, take, &l) && !changed);
	fixture_close(&f);
}

static void k2_of_a_facility(void)
{
	struct fixture f;
	struct lockout whole = of(&two, true, "the whole"), own = of(&one, false, "this one"),
		       none = of(&bare, true, "without a code");
	struct lockout is = { 0 };
	size_t count;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put, &whole));
	expect(&f, "12");
	CU_ASSERT_TRUE(in_job(&f, put, &own));
	CU_ASSERT_TRUE(is_locked(&f, &one, &is));
	CU_ASSERT_STRING_EQUAL(is.reason, "the whole");
	CU_ASSERT_STRING_EQUAL(is.system, "a-laboratory");
	CU_ASSERT_TRUE(in_job(&f, take, &whole));
	expect(&f, "1");
	CU_ASSERT_TRUE(in_job(&f, put, &none));
	expect(&f, "1b");
	CU_ASSERT_TRUE(in_job(&f, put, &whole));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const struct lockout *all = lockouts_all(t, f.arena, &count);
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT_STRING_EQUAL(all[0].institution, CODE);
	CU_ASSERT_STRING_EQUAL(all[1].system, "a-hospital");
	CU_ASSERT_PTR_NULL(all[1].institution);
	CU_ASSERT_STRING_EQUAL(all[2].system, "c-bare");
	CU_ASSERT_EQUAL(all[2].since, 1000);
	store_end(t);
	fixture_close(&f);
}

static void k3_said_again(void)
{
	struct fixture f;
	struct lockout first = of(&other, false, "first"), again = of(&other, false, "again"), is;
	again.since = 2000;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put, &first) && changed);
	CU_ASSERT_TRUE(in_job(&f, put, &again) && !changed);
	CU_ASSERT_TRUE(is_locked(&f, &other, &is));
	CU_ASSERT_STRING_EQUAL(is.reason, "first");
	CU_ASSERT_STRING_EQUAL(is.by, "uid 0");
	CU_ASSERT_EQUAL(is.since, 1000);
	fixture_close(&f);
}

static uint64_t findings(struct fixture *f, char text[FIXTURE_FINDING]);

static bool has_withdrawn(struct fixture *f, const struct registered_system *s, struct lockout *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool has = lockout_withdrawn(t, f->arena, s, out);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return has;
}

static void k4_withdrawn(void)
{
	struct fixture f;
	struct lockout lock = of(&other, false, "a stolen key"), is = { 0 };
	struct lockout gone = of(&two, true, "its letter"), own = of(&bare, false, "its own");
	size_t count;
	gone.withdrawn = own.withdrawn = true;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put, &lock));
	CU_ASSERT_FALSE(has_withdrawn(&f, &other, &is));
	CU_ASSERT_TRUE(in_job(&f, put, &gone) && changed);
	CU_ASSERT_TRUE(in_job(&f, put, &own) && changed);
	expect(&f, "12ob");
	CU_ASSERT_TRUE(has_withdrawn(&f, &one, &is) && is.withdrawn);
	CU_ASSERT_STRING_EQUAL(is.reason, "its letter");
	CU_ASSERT_TRUE(has_withdrawn(&f, &bare, &is) && is.withdrawn);
	CU_ASSERT_FALSE(has_withdrawn(&f, &other, &is));
	/* Locked out besides: that is told first, and either ends alone. */
	struct lockout both = of(&two, true, "a stolen key");
	CU_ASSERT_TRUE(in_job(&f, put, &both) && changed);
	CU_ASSERT_TRUE(is_locked(&f, &one, &is) && !is.withdrawn);
	CU_ASSERT_STRING_EQUAL(is.reason, "a stolen key");
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const struct lockout *all = lockouts_all(t, f.arena, &count);
	CU_ASSERT_EQUAL_FATAL(count, 4);
	CU_ASSERT_TRUE(!all[0].withdrawn && !all[1].withdrawn && all[2].withdrawn
		       && all[3].withdrawn);
	store_end(t);
	CU_ASSERT_TRUE(in_job(&f, take, &both) && changed);
	expect(&f, "12ob");
	CU_ASSERT_TRUE(is_locked(&f, &one, &is) && is.withdrawn);
	CU_ASSERT_TRUE(in_job(&f, put, &both));
	CU_ASSERT_TRUE(in_job(&f, take, &gone) && changed);
	CU_ASSERT_FALSE(has_withdrawn(&f, &one, &is));
	expect(&f, "12ob");
	char text[FIXTURE_FINDING] = "";
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	fixture_close(&f);
}

/* More than the first room for them, each under its own name. */
static void many(void)
{
	struct fixture f;
	size_t count;
	fixture_open(&f);
	for (unsigned i = 0; i < 20; i++) {
		struct lockout l = of(&bare, false, "many");
		l.system = arena_printf(f.arena, "s-%02u", i);
		CU_ASSERT_TRUE(in_job(&f, put, &l));
	}
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const struct lockout *all = lockouts_all(t, f.arena, &count);
	CU_ASSERT_EQUAL_FATAL(count, 20);
	for (unsigned i = 0; i < 20; i++)
		CU_ASSERT_STRING_EQUAL(all[i].system, arena_printf(f.arena, "s-%02u", i));
	store_end(t);
	fixture_close(&f);
}

/* ---- What is not ours to read ---- */

struct row {
	struct key key;
	struct bytes value;
};

static bool put_row(struct store_txn *t, const void *with)
{
	const struct row *r = with;
	return store_put(t, key_span(&r->key), r->value);
}

static struct row row_of(const char *name, struct bytes value)
{
	struct row r = { .value = value };
	key_begin(&r.key, SPACE_LOCKOUT);
	key_octet(&r.key, 's');
	key_text(&r.key, name);
	return r;
}

static uint64_t findings(struct fixture *f, char text[FIXTURE_FINDING])
{
	return fixture_findings(f, &lockouts_check, text);
}

/* Who cannot be read is not let in for it: whoever asks finds that the store failed. */
static void damaged(void)
{
	struct fixture f;
	char text[FIXTURE_FINDING] = "";
	struct lockout is, sound = of(&other, false, "sound");
	size_t count;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put, &sound));
	CU_ASSERT_EQUAL(findings(&f, text), 0);
	struct row bad = row_of("c-bare", bytes_of_text("no record"));
	CU_ASSERT_TRUE(in_job(&f, put_row, &bad));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(lockout_of(t, f.arena, &bare, &is));
	CU_ASSERT_TRUE(store_failed(t));
	store_end(t);
	t = store_begin_read(f.store, &f.problem);
	lockouts_all(t, f.arena, &count);
	CU_ASSERT_TRUE(store_failed(t));
	store_end(t);
	CU_ASSERT_EQUAL(findings(&f, text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "cannot be read"));
	fixture_close(&f);
}

static void under_anothers_key(void)
{
	struct fixture f;
	char text[FIXTURE_FINDING] = "";
	fixture_open(&f);
	struct record_writer w = record_begin(f.arena, 1);
	record_text(&w, 1, "b-clinic");
	record_text(&w, 3, "reason");
	record_text(&w, 4, "uid 0");
	record_instant(&w, 5, 7);
	struct row wrong = row_of("c-bare", record_end(&w));
	CU_ASSERT_TRUE(in_job(&f, put_row, &wrong));
	CU_ASSERT_EQUAL(findings(&f, text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "another's key"));
	fixture_close(&f);
}

int main(void)
{
	static const struct test tests[] = {
		{ "K1 until unlocked", k1_until_unlocked },
		{ "K2 of a facility", k2_of_a_facility },
		{ "K3 said again", k3_said_again },
		{ "K4: who has withdrawn is locked out, and the other way round not",
		  k4_withdrawn },
		{ "many", many },
		{ "damaged", damaged },
		{ "under another's key", under_anothers_key },
		{ 0 }
	};
	return suite_run("store: lock-outs", tests);
}
