/* tests/store/pull_points_test.c: the promises of store/pull_points.h, each a test of its name. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/blobs.h"
#include "store/errands.h"
#include "store/pull_points.h"
#include "store/pull_points_rows.h"
#include "tests/store/in_job.h"
#include "tests/store/own_clock.h"
#include "tests/store/people.h"

#define AT "https://g.example/pullpoint"

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &subscriptions_check, NULL };
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

struct deed {
	struct fixture *fixture;
	struct pull_point *point;
	struct subscription_event event; /* of what happens; as often as: */
	unsigned times;
	unsigned done; /* so many were kept */
};

static bool put_run(struct store_txn *t, const void *with)
{
	const struct deed *d = with;
	struct problem p = { .code = PROBLEM_NONE };
	bool done = pull_point_put(t, d->point, &p);
	if (done)
		d->point->id = arena_text(d->fixture->arena, d->point->id);
	return done;
}

static bool remove_run(struct store_txn *t, const void *with)
{
	const struct deed *d = with;
	return pull_point_remove(t, d->point);
}

static struct subscription wanted(const struct pull_point *p)
{
	return (struct subscription){ .id = "00000000000000000000000000000001",
				      .system = p->system,
				      .consumer = AT "/x",
				      .reference = "https://g.example/dsub",
				      .pull_point = p->id,
				      .topic = TOPIC_FOLDER,
				      .ends = now + DAY };
}

static bool keep_run(struct store_txn *t, const void *with)
{
	struct deed *d = (struct deed *)with;
	struct subscription s = wanted(d->point);
	d->done = 0;
	for (unsigned i = 0; i < d->times; i++)
		d->done += pull_point_keep(t, &s, &d->event);
	return !store_failed(t);
}

static bool take_run(struct store_txn *t, const void *with)
{
	const struct deed *d = with;
	struct pull_point p;
	struct pulled one;
	return pull_point_get(t, store_arena(t), d->point->id, &p)
	       && pull_point_first(t, store_arena(t), &p, &one)
	       && pull_point_take(t, &p, &one, false);
}

static bool asked_run(struct store_txn *t, const void *with)
{
	const struct deed *d = with;
	struct pull_point p;
	return pull_point_get(t, store_arena(t), d->point->id, &p) && pull_point_asked(t, &p, now);
}

struct swept {
	bool more;
};

static bool sweep_run(struct store_txn *t, const void *with)
{
	struct swept *s = (struct swept *)with;
	return pull_points_sweep(t, now, &s->more);
}

/* How many jobs it took. */
static unsigned sweep(struct fixture *f)
{
	struct swept s = { .more = true };
	unsigned jobs = 0;
	for (; s.more; jobs++)
		CU_ASSERT_FATAL(in_job(f, sweep_run, &s));
	return jobs;
}

static struct pull_point made(struct fixture *f)
{
	struct pull_point p = { .system = "c-hospital", .reference = AT };
	const struct deed d = { .fixture = f, .point = &p };
	CU_ASSERT_FATAL(in_job(f, put_run, &d));
	return p;
}

static unsigned keep(struct fixture *f, struct pull_point *p, const char *object, unsigned times)
{
	struct deed d = { .fixture = f,
			  .point = p,
			  .event = { EVENT_SUBMISSION, .object = object },
			  .times = times };
	CU_ASSERT_FATAL(in_job(f, keep_run, &d));
	return d.done;
}

static bool take(struct fixture *f, struct pull_point *p)
{
	const struct deed d = { .fixture = f, .point = p };
	return in_job(f, take_run, &d);
}

static bool get(struct fixture *f, const char *id, struct pull_point *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = pull_point_get(t, f->arena, id, out);
	store_end(t);
	return there;
}

static bool first(struct fixture *f, const struct pull_point *p, struct pulled *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = pull_point_first(t, f->arena, p, out);
	store_end(t);
	return there;
}

static struct pull_points_sum sum_of(struct fixture *f)
{
	struct pull_points_sum sum;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	pull_points_count(t, f->arena, &sum);
	store_end(t);
	return sum;
}

/* ---- P1 ---- */

static void there_until_it_is_destroyed(void)
{
	struct fixture f;
	open_at(&f);
	struct pull_point p = made(&f), again;
	const struct deed d = { .fixture = &f, .point = &p };
	fixture_reopen(&f);
	CU_ASSERT_FATAL(get(&f, p.id, &again));
	CU_ASSERT_EQUAL(strlen(p.id), 32);
	CU_ASSERT_STRING_EQUAL(again.system, "c-hospital");
	CU_ASSERT_STRING_EQUAL(again.reference, AT);
	CU_ASSERT(again.created == now && again.pulled == 0 && again.waiting == 0);
	CU_ASSERT(in_job(&f, asked_run, &d) && get(&f, p.id, &again) && again.pulled == now);
	instant then = now;
	now += DAY - 1;
	CU_ASSERT(in_job(&f, asked_run, &d) && get(&f, p.id, &again) && again.pulled == then);
	now += 1;
	CU_ASSERT(in_job(&f, asked_run, &d) && get(&f, p.id, &again) && again.pulled == now);
	CU_ASSERT(in_job(&f, remove_run, &d));
	CU_ASSERT_FALSE(get(&f, p.id, &again));
	CU_ASSERT_FALSE(get(&f, "0123", &again));
	CU_ASSERT_EQUAL(sum_of(&f).points, 0);
	close_sound(&f);
}

/* ---- P2 ---- */

static void in_its_order_and_once(void)
{
	static const char *const objects[] = { "urn:uuid:1", "urn:uuid:2", "urn:uuid:3" };
	struct fixture f;
	struct pulled one;
	open_at(&f);
	struct pull_point p = made(&f), other = made(&f);
	for (size_t i = 0; i < COUNT(objects); i++)
		CU_ASSERT_EQUAL(keep(&f, &p, objects[i], 1), 1);
	CU_ASSERT_FALSE(first(&f, &other, &one));
	for (size_t i = 0; i < COUNT(objects); i++) {
		fixture_reopen(&f);
		CU_ASSERT_FATAL(first(&f, &p, &one));
		CU_ASSERT_STRING_EQUAL(one.event.object, objects[i]);
		CU_ASSERT(one.event.kind == EVENT_SUBMISSION && one.event.published == NULL);
		CU_ASSERT(one.made == now && one.subscription.topic == TOPIC_FOLDER);
		CU_ASSERT_STRING_EQUAL(one.subscription.pull_point, p.id);
		CU_ASSERT_STRING_EQUAL(one.subscription.id, wanted(&p).id);
		CU_ASSERT_EQUAL(sum_of(&f).waiting, COUNT(objects) - i);
		CU_ASSERT(take(&f, &p));
	}
	CU_ASSERT_FALSE(take(&f, &p));
	CU_ASSERT_FALSE(first(&f, &p, &one));
	close_sound(&f);
}

/* ---- P3 ---- */

static void lost_beyond_the_bound(void)
{
	struct fixture f;
	struct pulled one;
	open_at(&f);
	struct pull_point p = made(&f), after;
	CU_ASSERT_EQUAL(keep(&f, &p, "urn:uuid:first", 1), 1);
	CU_ASSERT_EQUAL(keep(&f, &p, "urn:uuid:more", PULL_POINT_WAITING + 1),
			PULL_POINT_WAITING - 1);
	CU_ASSERT(get(&f, p.id, &after) && after.waiting == PULL_POINT_WAITING && after.lost == 2);
	CU_ASSERT_FATAL(first(&f, &p, &one)); /* the oldest stays */
	CU_ASSERT_STRING_EQUAL(one.event.object, "urn:uuid:first");
	CU_ASSERT(take(&f, &p));
	CU_ASSERT_EQUAL(keep(&f, &p, "urn:uuid:again", 2), 1);
	CU_ASSERT(get(&f, p.id, &after) && after.lost == 3 && sum_of(&f).lost == 3);
	close_sound(&f);
}

static void a_bound_of_each_system(void)
{
	struct fixture f;
	struct pull_point p = { .system = "b-clinic", .reference = AT };
	open_at(&f);
	const struct deed d = { .fixture = &f, .point = &p };
	for (unsigned i = 0; i < PULL_POINTS_OF_SYSTEM; i++)
		made(&f);
	CU_ASSERT(in_job(&f, put_run, &d));
	p.system = "c-hospital";
	CU_ASSERT_FALSE(in_job(&f, put_run, &d));
	CU_ASSERT_EQUAL(sum_of(&f).points, PULL_POINTS_OF_SYSTEM + 1);
	close_sound(&f);
}

/* ---- P4 ---- */

static void too_long(void)
{
	struct fixture f;
	struct pulled one;
	open_at(&f);
	struct pull_point p = made(&f), other = made(&f), after;
	keep(&f, &p, "urn:uuid:old", 300);
	now += DAY;
	keep(&f, &p, "urn:uuid:new", 1);
	keep(&f, &other, "urn:uuid:other", 1);
	now += (PULL_POINT_DAYS - 1) * DAY - 1;
	CU_ASSERT_EQUAL(sweep(&f), 1);
	CU_ASSERT(get(&f, p.id, &after) && after.waiting == 301 && after.lost == 0);
	now += 1;
	CU_ASSERT_EQUAL(sweep(&f), 2); /* some at a time */
	CU_ASSERT(get(&f, p.id, &after) && after.waiting == 1 && after.lost == 300);
	CU_ASSERT_FATAL(first(&f, &p, &one));
	CU_ASSERT_STRING_EQUAL(one.event.object, "urn:uuid:new");
	CU_ASSERT(get(&f, other.id, &after) && after.waiting == 1 && after.lost == 0);
	close_sound(&f);
}

/* ---- P5 ---- */

static bool is_known(struct fixture *f, const struct blob *b)
{
	struct blob known;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = blob_known(t, b->sha256, &known);
	store_end(t);
	return there;
}

static void keep_published(struct fixture *f, struct pull_point *p, const struct blob *b)
{
	struct deed d = { .fixture = f,
			  .point = p,
			  .event = { EVENT_PUBLISHED, .object = "-", .subject = 7,
				     .source_system = "a-hospital", .published = b },
			  .times = 1 };
	CU_ASSERT(in_job(f, keep_run, &d) && d.done == 1);
}

static void goes_with_its_pull_point(void)
{
	struct fixture f;
	struct blob metadata;
	struct pulled one;
	open_at(&f);
	struct pull_point p = made(&f), stays = made(&f);
	const struct deed d = { .fixture = &f, .point = &p };
	CU_ASSERT_FATAL(blob_of_bytes(f.store, f.arena, bytes_of_text("<published/>"), &metadata,
				      &f.problem));
	keep_published(&f, &p, &metadata);
	keep_published(&f, &p, &metadata);
	CU_ASSERT_FATAL(first(&f, &p, &one));
	CU_ASSERT(one.event.kind == EVENT_PUBLISHED && one.event.subject == 7);
	CU_ASSERT_STRING_EQUAL(one.event.source_system, "a-hospital");
	CU_ASSERT(one.event.published->size == metadata.size);
	CU_ASSERT(memcmp(one.event.published->sha256, metadata.sha256, BLOB_SHA256) == 0);
	CU_ASSERT(take(&f, &p) && is_known(&f, &metadata));
	keep(&f, &p, "urn:uuid:1", 300);
	keep(&f, &stays, "urn:uuid:2", 1);
	CU_ASSERT(in_job(&f, remove_run, &d));
	CU_ASSERT_EQUAL(keep(&f, &p, "urn:uuid:3", 1), 0); /* it is not there any more */
	CU_ASSERT_EQUAL(findings(&f), 0);
	CU_ASSERT_EQUAL(sweep(&f), 2);
	CU_ASSERT_FALSE(first(&f, &p, &one));
	CU_ASSERT_FALSE(is_known(&f, &metadata));
	CU_ASSERT(first(&f, &stays, &one));
	close_sound(&f);
}

/* ---- Rows that nobody writes, as `minato check` finds them ---- */

static const struct {
	const char *why;
	unsigned char space;
	size_t zeros; /* behind it */
	const char *value;
} odd[] = {
	{ "a pull point that cannot be read", SPACE_PULL_POINT, 16, "?" },
	{ "a pull point of no id", SPACE_PULL_POINT, 3, "\x01" },
	{ "an index of none", SPACE_PULL_POINT_OF_SYSTEM, 17, "" },
	{ "an index of nothing", SPACE_PULL_POINT_OF_SYSTEM, 1, "" },
	{ "what waits cannot be read", SPACE_PULL_POINT_WAITING, 24, "?" },
	{ "what waits nowhere", SPACE_PULL_POINT_WAITING, 3, "\x01" },
};

static bool put_odd(struct store_txn *t, const void *with)
{
	size_t i = *(const size_t *)with;
	struct key k;
	key_begin(&k, odd[i].space);
	for (size_t n = 0; n < odd[i].zeros; n++)
		key_octet(&k, 0);
	return store_put(t, key_span(&k), bytes_of_text(odd[i].value));
}

static void what_is_not_in_order_is_found(void)
{
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct fixture f;
		open_at(&f);
		CU_ASSERT_FATAL(in_job(&f, put_odd, &i));
		if (findings(&f) != 1) {
			fprintf(stderr, "%s\n", odd[i].why);
			CU_FAIL("found otherwise");
		}
		fixture_close(&f);
	}
}

static bool miscount(struct store_txn *t, const void *with)
{
	struct pull_point p = *((const struct deed *)with)->point;
	unsigned char id[SUBSCRIPTION_ID];
	subscription_id_octets(p.id, id);
	struct key k = pull_point_of_system_key(p.system, id);
	p.waiting = 3;
	return pull_point_row_put(t, &p) && store_delete(t, key_span(&k));
}

static void what_is_miscounted_is_found(void)
{
	struct fixture f;
	open_at(&f);
	struct pull_point p = made(&f);
	const struct deed d = { .fixture = &f, .point = &p };
	CU_ASSERT_FATAL(in_job(&f, miscount, &d));
	CU_ASSERT_EQUAL(findings(&f), 2);
	fixture_close(&f);
}

static void what_cannot_be_read_is_damaged(void)
{
	struct fixture f;
	struct pull_point out;
	struct pulled one;
	size_t point = 0, waits = 4;
	open_at(&f);
	CU_ASSERT_FATAL(in_job(&f, put_odd, &point) && in_job(&f, put_odd, &waits));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(pull_point_get(t, f.arena, "00000000000000000000000000000001", &out));
	CU_ASSERT_FALSE(store_failed(t));
	CU_ASSERT_FALSE(pull_point_get(t, f.arena, "00000000000000000000000000000000", &out));
	CU_ASSERT_TRUE(store_is_damaged(t));
	store_end(t);
	t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(pull_point_first(t, f.arena, &out, &one));
	CU_ASSERT_TRUE(store_is_damaged(t));
	store_end(t);
	fixture_close(&f);
}

/* However it is cut, and whatever octet is another: it is refused, or says something whole. */
static void a_row_that_is_damaged(void)
{
	struct fixture f;
	open_at(&f);
	struct pull_point p = made(&f);
	struct pulled one = { .made = now,
			      .subscription = wanted(&p),
			      .event = { EVENT_FOLDER, .object = "urn:uuid:1" } },
		      out = { 0 };
	struct bytes row = pulled_row(f.arena, &one);
	unsigned char *octets = arena_alloc(f.arena, row.length);
	memcpy(octets, row.data, row.length);
	unsigned whole = 0;
	for (size_t n = 0; n < row.length; n++)
		whole += pulled_row_read(f.arena, (struct bytes){ octets, n }, &out);
	CU_ASSERT(whole < 3); /* without the subject it has none */
	for (size_t i = 0; i < row.length; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			octets[i] ^= (unsigned char)(1u << bit);
			if (pulled_row_read(f.arena, (struct bytes){ octets, row.length }, &out))
				CU_ASSERT(out.event.object != NULL && out.subscription.id != NULL
					  && out.subscription.system != NULL
					  && out.event.published == NULL);
			octets[i] ^= (unsigned char)(1u << bit);
		}
	close_sound(&f);
}

static const struct test tests[] = {
	{ "P1: it is there until it is destroyed", there_until_it_is_destroyed },
	{ "P2: what waits is given in its order, and once", in_its_order_and_once },
	{ "P3: beyond the bound it is counted as lost", lost_beyond_the_bound },
	{ "a bound of each system", a_bound_of_each_system },
	{ "P4: what waited for too long goes", too_long },
	{ "P5: what waited goes with its pull point", goes_with_its_pull_point },
	{ "what is not in order is found", what_is_not_in_order_is_found },
	{ "what is miscounted is found", what_is_miscounted_is_found },
	{ "what cannot be read is damaged", what_cannot_be_read_is_damaged },
	{ "a row that is damaged", a_row_that_is_damaged },
	{ 0 }
};

int main(void)
{
	return suite_run("pull points", tests);
}
