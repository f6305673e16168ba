/* tests/audit/courier_leases_test.c: couriers of several nodes: who delivers has a lease, for a
 * batch. */
#include "tests/audit/courier_scene.h"

#include <signal.h>
#include <unistd.h>

#include "gateway/audit/event_record.h"
#include "gateway/base/text.h"
#include "store/audit_aside.h"
#include "tests/audit/events.h"
#include "tests/audit/failing_calls.h"
#include "tests/audit/lapse.h"

/* ---- One node of several ---- */

/* A job on the lease of the first: given back by whom it says, and taken by whom. */
struct move {
	const char *from, *to;
	instant now, until;
};

static bool move_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct move *m = with;
	instant until;
	(void)p;
	if (m->from != NULL)
		lease_end(t, "audit first", m->from);
	return m->to == NULL || lease_take(t, "audit first", m->to, m->now, m->until, &until);
}

static void move(struct scene *s, const char *from, const char *to, int64_t microseconds)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct move m = { from, to, s->now, s->now + microseconds };
	CU_ASSERT_TRUE(store_write(s->f.store, move_run, &m, &p));
}

static void other_takes_over(struct scene *s)
{
	move(s, "gateway", "other", LEASE_SECONDS / 4 * (int64_t)SECOND);
}

static void look_at_lease(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s->f.store, &p);
	struct arena *a = arena_create(1 << 16);
	s->holder[0] = '\0';
	if (lease_look(t, a, "audit first", &s->lease))
		snprintf(s->holder, sizeof s->holder, "%s", s->lease.node);
	arena_destroy(a);
	store_end(t);
}

/* Nobody has it. */
static bool is_free(struct scene *s)
{
	look_at_lease(s);
	return s->holder[0] == '\0';
}

/* It is had for a batch, by the name of the host, and given back. */
static void a_batch_has_a_lease(void)
{
	struct scene s;
	open_scene(&s);
	s.before_end = look_at_lease;
	listen_now(&s);
	courier_stop(start(&s, NULL), STOP_S);
	CU_ASSERT_STRING_EQUAL(s.holder, "gateway");
	CU_ASSERT_EQUAL(s.lease.until, 1002 + LEASE_SECONDS * (int64_t)SECOND);
	CU_ASSERT_TRUE(is_free(&s));
	close_scene(&s, true);
}

static void just_not_half(struct scene *s)
{
	s->elapsed += HALF_A_LEASE * (int64_t)SECOND - 1;
	s->now = SECOND;
}

static void just_half(struct scene *s)
{
	s->elapsed += HALF_A_LEASE * (int64_t)SECOND;
	s->now = SECOND;
}

/* A batch may take long: when half of the lease is over it is renewed. */
static void a_lease_is_renewed(void)
{
	static const struct {
		void (*between)(struct scene *s);
		instant until;
	} rows[] = {
		{ just_not_half, 1002 + LEASE_SECONDS * (int64_t)SECOND },
		{ just_half, SECOND + LEASE_SECONDS * (int64_t)SECOND },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		open_scene(&s);
		s.elapsed = 7;
		s.at_look = 2; /* the first is when it is taken, the next before an entry */
		s.between = rows[i].between;
		s.before_end = look_at_lease;
		listen_now(&s);
		courier_stop(start(&s, NULL), STOP_S);
		CU_ASSERT_EQUAL(s.lease.until, rows[i].until);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4);
		close_scene(&s, true);
	}
}

/* A node that was killed has its lease still, and goes on at once; as does who finds one that is
 * over. */
static void a_lease_that_hinders_nobody(void)
{
	static const struct {
		const char *node;
		int64_t left;
	} rows[] = {
		{ "gateway", LEASE_SECONDS * (int64_t)SECOND },
		{ "other", 0 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		open_scene(&s);
		move(&s, NULL, rows[i].node, rows[i].left);
		listen_now(&s);
		lapse_hold("courier");
		struct courier *c = start(&s, NULL);
		CU_ASSERT_TRUE(lapse_rests());
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4);
		courier_stop(c, STOP_S);
		lapse_hold(NULL);
		close_scene(&s, true);
	}
}

/* What another node has is left to it while its lease lasts, in whole seconds, whatever it says. */
static void a_lease_of_another(void)
{
	static const struct {
		int64_t left;
		long pause;
	} rows[] = {
		{ 1, 1 },
		{ 2 * SECOND, 2 },
		{ 2 * SECOND + 1, 3 },
		{ LEASE_SECONDS * (int64_t)SECOND, LEASE_SECONDS },
		{ LEASE_SECONDS * (int64_t)SECOND * 9, LEASE_SECONDS },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		size_t count;
		open_scene(&s);
		move(&s, NULL, "other", rows[i].left);
		lapse_hold("courier");
		struct courier *c = start(&s, NULL);
		CU_ASSERT_EQUAL(lapse_awaited(), rows[i].pause);
		CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->delivered, 0);
		CU_ASSERT_EQUAL(said(&s, "\n"), 0);
		/* It was killed, and its lease ends. */
		listen_now(&s);
		s.now += rows[i].left;
		CU_ASSERT_TRUE(lapse_over());
		wakes(&s, c);
		courier_stop(c, STOP_S);
		lapse_hold(NULL);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 5);
		CU_ASSERT_EQUAL(said(&s, "records"), 0);
		close_scene(&s, true);
	}
}

/* Its end is not waited for when there is something new, and the lease was given back. */
static void a_lease_given_back(void)
{
	struct scene s;
	open_scene(&s);
	move(&s, NULL, "other", SECOND);
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_EQUAL(lapse_awaited(), 1);
	move(&s, "other", NULL, 0);
	listen_now(&s);
	wakes(&s, c);
	CU_ASSERT_TRUE(lapse_rests());
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 5);
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	close_scene(&s, true);
}

/* The pause after a failure is every node's; then who comes first has it, and what he delivered is
 * known here, too. */
static void a_pause_is_shared(void)
{
	struct scene s;
	size_t count;
	open_scene(&s);
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	for (long pause = 1; pause <= 4; pause *= 2) {
		CU_ASSERT_EQUAL(lapse_awaited(), pause);
		look_at_lease(&s);
		CU_ASSERT_STRING_EQUAL(s.holder, "gateway");
		CU_ASSERT_EQUAL(s.lease.until, s.now - 1 + pause * SECOND);
		if (pause < 4)
			CU_ASSERT_TRUE(lapse_over());
	}
	other_takes_over(&s);
	CU_ASSERT_EQUAL(lapse_pass(), LEASE_SECONDS / 4);
	CU_ASSERT_EQUAL(said(&s, "audit repository first is left to another node"), 1);
	CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->unreachable_since, 0);
	CU_ASSERT_TRUE(store_write(s.f.store, acknowledge, "first", &s.f.problem));
	CU_ASSERT_EQUAL(lapse_pass(), LEASE_SECONDS / 4);
	CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->delivered, 4);
	CU_ASSERT_EQUAL(said(&s, "is left to another node"), 1);
	/* It fails anew, from the first pause on. */
	move(&s, "other", NULL, 0);
	CU_ASSERT_TRUE(store_write(s.f.store, append_one, NULL, &s.f.problem));
	CU_ASSERT_EQUAL(lapse_pass(), 1);
	CU_ASSERT_EQUAL(said(&s, "records wait in the audit log"), 2);
	courier_stop(c, 0);
	lapse_hold(NULL);
	close_scene(&s, false);
}

static void full_when_half(struct scene *s)
{
	just_half(s);
	failing_next("store_write_on_reserve");
}

/* The store may be full when it is renewed: what was sent is sent again, with the same numbers. */
static void a_lease_that_cannot_be_renewed(void)
{
	struct scene s;
	open_scene(&s);
	s.at_look = 2;
	s.between = full_when_half;
	listen_now(&s);
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_TRUE(hears(&s, "its lease could not be taken: the disk is full"));
	CU_ASSERT_EQUAL(lapse_awaited(), 1);
	CU_ASSERT_TRUE(lapse_over());
	CU_ASSERT_TRUE(hears(&s, "takes records again"));
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4);
	close_scene(&s, true);
}

static void other_delivers(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(store_write(s->f.store, acknowledge, "first", &p));
}

/* Another had it, delivered, and gave it back since we looked: nobody is called for that again. */
static void delivered_meanwhile(void)
{
	struct scene s;
	size_t count;
	open_scene(&s);
	s.at_look = 1;
	s.between = other_delivers;
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_TRUE(lapse_rests());
	CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->delivered, 4);
	CU_ASSERT_EQUAL(said(&s, "records wait"), 0);
	CU_ASSERT_TRUE(is_free(&s));
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	close_scene(&s, false);
}

static void other_takes_over_at_half(struct scene *s)
{
	just_half(s);
	other_takes_over(s);
}

/* Another took it over, before an entry was sent or after all were, when we were about to make good
 * what failed before: what we did does not count. */
static void taken_over_meanwhile(void)
{
	for (unsigned sent = 0; sent < 2; sent++) {
		struct scene s;
		size_t count;
		open_scene(&s);
		s.at_look = 3;
		s.between = sent ? look_at_lease : other_takes_over_at_half;
		s.before_end = sent ? other_takes_over : NULL;
		listen_now(&s);
		lapse_hold("courier");
		failing_next("store_write_on_reserve");
		struct courier *c = start(&s, NULL);
		CU_ASSERT_EQUAL(lapse_awaited(), 1);
		CU_ASSERT_EQUAL(lapse_pass(), LEASE_SECONDS / 4);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 0);
		CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->delivered, 0);
		CU_ASSERT_EQUAL(s.received_length != 0, sent);
		CU_ASSERT_EQUAL(said(&s, "takes records again"), 0);
		CU_ASSERT_EQUAL(said(&s, "audit repository first is left to another node"), 1);
		look_at_lease(&s);
		CU_ASSERT_STRING_EQUAL(s.holder, "other");
		s.now += LEASE_SECONDS * (int64_t)SECOND;
		CU_ASSERT_TRUE(lapse_over());
		wakes(&s, c);
		courier_stop(c, STOP_S);
		lapse_hold(NULL);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 5);
		close_scene(&s, true);
	}
}

/* How far a repository has come is told with the batch, whatever comes of the look behind it: with
 * one that another took over nobody has come any further. Behind the last there is no limit to the
 * rest, whatever the time is. */
static void each_batch_is_told(void)
{
	for (unsigned taken_over = 0; taken_over < 2; taken_over++) {
		struct scene s;
		size_t count;
		open_scene(&s);
		s.now = 10 * SECOND;
		s.before_end = taken_over ? other_takes_over : NULL;
		listen_now(&s);
		lapse_hold("courier");
		/* What was delivered before, and a batch. */
		failing_after(2, "store_begin_read");
		struct courier *c = start(&s, NULL);
		CU_ASSERT_EQUAL(lapse_awaited(), 1);
		CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->delivered, taken_over ? 0 : 4);
		CU_ASSERT_TRUE(lapse_over());
		CU_ASSERT_TRUE(
			hears(&s, taken_over ? "is left to another node" : "takes records again"));
		CU_ASSERT_EQUAL(lapse_rests(), !taken_over);
		courier_stop(c, STOP_S);
		lapse_hold(NULL);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), taken_over ? 0 : 4);
		close_scene(&s, true);
	}
}

static bool spoil_run(void *with, struct store_txn *t, struct problem *p)
{
	const bool *spoilt = with;
	struct key k;
	(void)p;
	key_begin(&k, SPACE_OUTBOX_LAST);
	key_text(&k, "audit first");
	return *spoilt ? store_put(t, key_span(&k), bytes_of_text("rubbish"))
		       : store_delete(t, key_span(&k));
}

static void spoil(struct scene *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool spoilt = true;
	CU_ASSERT_TRUE(store_write(s->f.store, spoil_run, &spoilt, &p));
}

/* A lease that nobody can read: told, and delivered when it is mended. At first it is found by
 * looking, then by taking it, at last when everything was sent. */
static void a_lease_that_cannot_be_read(void)
{
	static const char *const words[] = {
		"): a lease cannot be read",
		"its lease could not be taken: a lease cannot be read",
		"a lease cannot be read; the records will be sent again",
	};
	for (unsigned when = 0; when < COUNT(words); when++) {
		struct scene s;
		bool spoilt = false;
		open_scene(&s);
		if (when == 0)
			spoil(&s);
		s.at_look = when == 1;
		s.between = spoil;
		s.before_end = when == 2 ? spoil : NULL;
		listen_now(&s);
		lapse_hold("courier");
		struct courier *c = start(&s, NULL);
		CU_ASSERT_TRUE(hears(&s, words[when]));
		CU_ASSERT_EQUAL(lapse_awaited(), 1);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 0);
		CU_ASSERT_TRUE(store_write(s.f.store, spoil_run, &spoilt, &s.f.problem));
		CU_ASSERT_TRUE(lapse_over());
		CU_ASSERT_TRUE(hears(&s, "takes records again"));
		courier_stop(c, STOP_S);
		lapse_hold(NULL);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4);
		close_scene(&s, true);
	}
}

static const struct test tests[] = { { "a batch has a lease", a_batch_has_a_lease },
				     { "a lease is renewed", a_lease_is_renewed },
				     { "a lease that hinders nobody", a_lease_that_hinders_nobody },
				     { "a lease of another", a_lease_of_another },
				     { "a lease given back", a_lease_given_back },
				     { "a pause is shared", a_pause_is_shared },
				     { "a lease that cannot be renewed",
				       a_lease_that_cannot_be_renewed },
				     { "delivered meanwhile", delivered_meanwhile },
				     { "taken over meanwhile", taken_over_meanwhile },
				     { "each batch is told", each_batch_is_told },
				     { "a lease that cannot be read", a_lease_that_cannot_be_read },
				     { 0 } };

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as minatod does */
	return suite_run("audit courier: leases", tests);
}
