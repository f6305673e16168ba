/* tests/audit/courier_test.c: what the courier does when something on its way fails. */
#include "tests/audit/courier_scene.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/audit/event_record.h"
#include "gateway/audit/record_parts.h"
#include "gateway/base/text.h"
#include "store/audit_aside.h"
#include "tests/audit/events.h"
#include "tests/audit/failing_calls.h"
#include "tests/audit/lapse.h"
#include "tests/base/open_files.h"

static char *frame(struct arena *a, const struct audit_event *e, unsigned sequence)
{
	char when[XML_TIME_TEXT];
	struct bytes m = audit_record_write(a, &events_source, e);
	instant_to_xml(e->time, when);
	const char *text = arena_printf(a,
					"<85>1 %s gateway minato 4711 IHE+RFC-3881 "
					"[meta sequenceId=\"%u\"] %.*s",
					when, sequence, (int)m.length, (const char *)m.data);
	return arena_printf(a, "%zu %s", strlen(text), text);
}

/* RFC 5424 in RFC 5425, of all that can be read and is not ours alone; nothing is told that is not
 * so. */
static void what_is_sent(void)
{
	struct scene s;
	open_scene(&s);
	listen_now(&s);
	struct courier *c = start(&s, NULL);
	courier_stop(c, STOP_S);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4);
	CU_ASSERT_EQUAL(said(&s, "audit entry 3 is damaged"), 1);
	CU_ASSERT_EQUAL(said(&s, "takes records again"), 0);
	CU_ASSERT_EQUAL(said(&s, "records wait"), 0);
	shutdown(s.listener, SHUT_RDWR);
	pthread_join(s.thread, NULL);
	const char *expected = arena_printf(s.f.arena, "%s%s",
					    frame(s.f.arena, events_start(s.f.arena), 1),
					    frame(s.f.arena, events_find(s.f.arena), 4));
	CU_ASSERT_STRING_EQUAL(s.received, expected);
	close_scene(&s, false);
}

/* What is ours alone is passed over, and for that nobody is called. */
static void nothing_to_send(void)
{
	struct scene s;
	open_scene(&s);
	CU_ASSERT_TRUE(store_write(s.f.store, acknowledge, "first", &s.f.problem)
		       && store_write(s.f.store, acknowledge, "second", &s.f.problem)
		       && store_write(s.f.store, append_local, NULL, &s.f.problem));
	courier_stop(start(&s, place_name(&s.place, "server.pem")), STOP_S);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 5);
	CU_ASSERT_EQUAL(acknowledged(&s, "second"), 5);
	CU_ASSERT_EQUAL(said(&s, "\n"), 0);
	close_scene(&s, false);
}

/* The pause after a failure doubles up to a minute; the outage is told once, with its first
 * instant. */
static void pauses_double(void)
{
	static const long pauses[] = { 2, 4, 8, 16, 32, 60, 60 };
	struct scene s;
	size_t count;
	open_scene(&s);
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_EQUAL(lapse_awaited(), 1);
	courier_wake(c); /* does not shorten it */
	for (size_t i = 0; i < COUNT(pauses); i++)
		CU_ASSERT_EQUAL(lapse_pass(), pauses[i]);
	CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->unreachable_since, 1001);
	CU_ASSERT_EQUAL(said(&s, "records wait in the audit log"), 1);
	listen_now(&s);
	CU_ASSERT_TRUE(lapse_over());
	CU_ASSERT_TRUE(hears(&s, "takes records again"));
	wakes(&s, c);
	CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->unreachable_since, 0);
	courier_stop(c, STOP_S);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 5);
	CU_ASSERT_EQUAL(said(&s, "takes records again"), 1);
	lapse_hold(NULL);
	close_scene(&s, true);
}

/* What an earlier run delivered is delivered, whoever answers today; also for those renewed. */
static void what_was_delivered_is_known(void)
{
	struct scene s;
	size_t count = 0;
	open_scene(&s);
	/* Names that fill what they lie in. */
	struct courier_destination to[] = {
		{ "first-repository", "127.0.0.1", s.port, place_name(&s.place, "ca.pem"), NULL },
		{ "other-repository", "127.0.0.1", s.port, place_name(&s.place, "ca.pem"), NULL },
	};
	CU_ASSERT_TRUE(store_write(s.f.store, acknowledge, "first-repository", &s.f.problem));
	/* There is more to deliver, and nobody takes it. */
	CU_ASSERT_TRUE(store_write(s.f.store, append, NULL, &s.f.problem));
	struct courier *c = courier_start(s.f.store, to, 1, "gateway", "4711", &s.clock, &s.log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	const struct courier_state *state = courier_look(c, s.f.arena, &count);
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_EQUAL(state[0].delivered, 4);
	CU_ASSERT_TRUE(store_write(s.f.store, acknowledge, "other-repository", &s.f.problem));
	CU_ASSERT_TRUE(courier_renew(c, to, 2));
	state = courier_look(c, s.f.arena, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	for (size_t i = 0; i < count; i++) {
		CU_ASSERT_STRING_EQUAL(state[i].name, to[i].name);
		CU_ASSERT_EQUAL(state[i].delivered, 4);
	}
	courier_stop(c, STOP_S);
	close_scene(&s, false);
}

/* How far a repository has come is told, also when there was nothing more for it; and a courier
 * looks when it is woken, not else: it would fail. */
static void it_rests_until_woken(void)
{
	struct scene s;
	size_t count;
	open_scene(&s);
	listen_now(&s);
	lapse_hold("courier");
	/* What was delivered before, a batch, and one of nothing. */
	failing_after(3, "store_begin_read");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_TRUE(lapse_rests());
	CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->delivered, 4);
	failing_after(2, "store_begin_read");
	wakes(&s, c);
	CU_ASSERT_TRUE(lapse_rests());
	CU_ASSERT_EQUAL(courier_look(c, s.f.arena, &count)->delivered, 5);
	failing_next(NULL);
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	close_scene(&s, true);
}

static void deliveries_wait_for_who_is_away(void)
{
	struct scene s;
	open_scene(&s);
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_TRUE(hears(&s, "could not connect"));
	CU_ASSERT_TRUE(hears(&s, "records wait in the audit log"));
	size_t count = 0;
	const struct courier_state *state = courier_look(c, s.f.arena, &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_STRING_EQUAL(state[0].name, "first");
	CU_ASSERT_EQUAL(state[0].delivered, 0);
	listen_now(&s);
	CU_ASSERT_TRUE(lapse_over());
	CU_ASSERT_TRUE(hears(&s, "audit repository first takes records again"));
	CU_ASSERT_TRUE(hears(&s, "audit entry 3 is damaged"));
	wakes(&s, c);
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 5);
	close_scene(&s, true);
}

/* As long as a record may be, and as many as a batch may have. */
enum { LARGE = 1000, LARGE_OCTETS = 22000, LARGE_A_JOB = 50 };

static bool append_large(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct audit_event *e = events_find(a);
	char *query = arena_alloc(a, LARGE_OCTETS);
	bool kept = true;
	(void)with;
	(void)p;
	for (size_t i = 0; i < LARGE_OCTETS; i++)
		query[i] = (char)('a' + i * i % 7);
	e->objects->next->query = (const unsigned char *)query;
	e->objects->next->query_length = LARGE_OCTETS;
	for (unsigned i = 0; kept && i < LARGE_A_JOB; i++)
		kept = audit_record_append(t, a, &events_source, e);
	return kept;
}

/* More than a batch's memory holds goes in several. */
static void large_entries_go_in_several_batches(void)
{
	struct scene s;
	open_scene(&s);
	for (int i = 0; i < LARGE / LARGE_A_JOB; i++)
		CU_ASSERT_TRUE(store_write(s.f.store, append_large, NULL, &s.f.problem));
	listen_now(&s);
	struct courier *c = start(&s, NULL);
	courier_stop(c, STOP_S);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4 + LARGE);
	close_scene(&s, true);
}

/* Nobody to deliver to is fine, and so is no courier. */
static void nobody_to_deliver_to(void)
{
	struct scene s;
	open_scene(&s);
	struct courier *c = courier_start(s.f.store, NULL, 0, "gateway", "4711", &system_clock,
					  &s.log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	courier_wake(c);
	courier_wake(NULL);
	size_t count = 7;
	CU_ASSERT_PTR_NOT_NULL(courier_look(c, s.f.arena, &count));
	CU_ASSERT_EQUAL(count, 0);
	courier_stop(c, 0);
	courier_stop(NULL, 0);
	close_scene(&s, false);
}

/* What an earlier run delivered may be unknown; without the rest there is no courier. */
static void starting_may_fail_anywhere(void)
{
	enum { CALLS_MOST = 100 };
	static const struct {
		const char *call;
		unsigned times;
	} needed[] = {
		{ "calloc", 2 },
		{ "strdup", 9 },
		{ "eventfd", 1 },
		{ "pthread_create", 2 },
	};
	struct scene s;
	open_scene(&s);
	bool failed = true;
	unsigned n = 1;
	for (; failed && n < CALLS_MOST; n++) {
		failing_arm(n, WAIT_BREAKS);
		struct courier *c = start(&s, place_name(&s.place, "server.pem"));
		failed = failing_disarm();
		CU_ASSERT_TRUE(c != NULL || failed);
		courier_stop(c, 0);
	}
	CU_ASSERT(n > 8 && !failed);
	unsigned files = open_files();
	for (size_t i = 0; i < COUNT(needed); i++)
		for (unsigned passing = 0; passing < needed[i].times; passing++) {
			failing_after(passing, needed[i].call);
			struct courier *c = start(&s, place_name(&s.place, "server.pem"));
			CU_ASSERT_PTR_NULL(c);
			courier_stop(c, 0);
		}
	CU_ASSERT_EQUAL(open_files(), files);
	close_scene(&s, false);
}

/* Without a standard input its place is anybody's. */
static void descriptor_0_is_one(void)
{
	struct scene s;
	open_scene(&s);
	courier_stop(start(&s, NULL), 0); /* what it reads of the store is open from then on */
	int input = dup(STDIN_FILENO);
	close(STDIN_FILENO);
	unsigned files = open_files();
	struct courier *c = start(&s, NULL);
	CU_ASSERT_PTR_NOT_NULL(c);
	courier_stop(c, 0);
	CU_ASSERT_EQUAL(open_files(), files);
	dup2(input, STDIN_FILENO);
	close(input);
	close_scene(&s, false);
}

/* Each call, failing once on the courier's thread: told, and made good. */
static void a_batch_may_fail_anywhere(void)
{
	static const struct {
		const char *call;
		unsigned passing;
		const char *words;
	} rows[] = {
		{ "arena_run", 1, "no memory for a batch" },
		/* The first are to know what has been delivered before. */
		{ "arena_create", 1, "no memory for a batch" },
		{ "store_begin_read", 1, "): failed" },
		{ "audit_log_acknowledge", 0, "could not be kept; the records will be sent again" },
		{ "store_write_on_reserve", 0, "its lease could not be taken: the disk is full" },
		{ "store_write_on_reserve", 1, "the disk is full; the records will be sent again" },
		{ "SSL_write_ex", 0, "could not send" },
		{ "ioctl", 0, "did not end the connection in order" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		unsigned files = open_files();
		open_scene(&s);
		listen_now(&s);
		lapse_hold("courier");
		failing_after(rows[i].passing, rows[i].call);
		struct courier *c = start(&s, NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		CU_ASSERT_TRUE(hears(&s, rows[i].words));
		CU_ASSERT_TRUE(lapse_over());
		CU_ASSERT_TRUE(hears(&s, "takes records again"));
		courier_stop(c, STOP_S);
		lapse_hold(NULL);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4);
		close_scene(&s, true);
		CU_ASSERT_EQUAL(open_files(), files);
	}
}

/* What an earlier run delivered may be unknown for want of memory: told, and delivered all the
 * same. */
static void what_was_delivered_may_be_unknown(void)
{
	struct scene s;
	open_scene(&s);
	listen_now(&s);
	failing_next("arena_run");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(said(&s, "what was delivered is not shown: no memory"), 1);
	courier_stop(c, STOP_S);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4);
	close_scene(&s, true);
}

/* Another list of destinations takes the place of the first, or all stays as it was. */
static void destinations_are_renewed(void)
{
	enum { CALLS_MOST = 50 };
	struct scene s;
	open_scene(&s);
	struct courier_destination to = { "renewed", "127.0.0.1", s.port,
					  place_name(&s.place, "ca.pem"), NULL };
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_TRUE(hears(&s, "could not connect"));
	bool failed = true;
	for (unsigned n = 1; failed && n < CALLS_MOST; n++) {
		failing_arm(n, WAIT_BREAKS);
		bool renewed = courier_renew(c, &to, 1);
		failed = failing_disarm();
		CU_ASSERT_TRUE(renewed || failed);
		size_t count = 0;
		const char *name = courier_look(c, s.f.arena, &count)->name;
		CU_ASSERT_EQUAL(count, 1);
		CU_ASSERT_STRING_EQUAL(name,
				       renewed || strcmp(name, "first") != 0 ? "renewed" : "first");
	}
	CU_ASSERT_FALSE(failed);
	CU_ASSERT_EQUAL(lapse_awaited(), 1);
	listen_now(&s);
	CU_ASSERT_TRUE(lapse_over());
	CU_ASSERT_TRUE(hears(&s, "audit repository renewed takes records again"));
	wakes(&s, c);
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	CU_ASSERT_EQUAL(acknowledged(&s, "renewed"), 5);
	close_scene(&s, true);
}

/* What is said of the destinations without memory for it. */
static void looking_without_memory(void)
{
	struct scene s;
	open_scene(&s);
	struct courier *c = start(&s, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	for (unsigned n = 1; n <= 3; n++) {
		size_t count = 7;
		failing_after(n - 1, "arena_try");
		const struct courier_state *state = courier_look(c, s.f.arena, &count);
		failing_next(NULL);
		CU_ASSERT_EQUAL(state == NULL, n == 1);
		CU_ASSERT_EQUAL(count, n == 1 ? 0 : 1);
		CU_ASSERT_TRUE(state == NULL || (state[0].name == NULL) == (n == 2));
	}
	courier_stop(c, 0);
	close_scene(&s, false);
}

static void *let_go(void *self)
{
	struct scene *s = self;
	CU_ASSERT_TRUE(hears(s, "the audit courier could not be hurried"));
	shutdown(s->listener, SHUT_RDWR);
	return NULL;
}

/* A repository that takes the connection and says nothing is not waited for at the end. */
static void the_end_does_not_wait_for_the_mute(void)
{
	for (unsigned hurried = 0; hurried < 2; hurried++) {
		struct scene s;
		open_scene(&s);
		s.mute = true;
		listen_now(&s);
		struct courier *c = start(&s, NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		CU_ASSERT_TRUE(hears(&s, "a connection is kept waiting"));
		pthread_t other;
		if (hurried == 0) {
			/* Not even hurried: then only the repository's own end lets it go. */
			failing_next("eventfd_write");
			CU_ASSERT_EQUAL_FATAL(pthread_create(&other, NULL, let_go, &s), 0);
		}
		courier_stop(c, 0);
		if (hurried == 0)
			pthread_join(other, NULL);
		CU_ASSERT_EQUAL(said(&s, "could not be hurried"), hurried == 0);
		CU_ASSERT_EQUAL(said(&s, strerror(ECANCELED)), hurried);
		close_scene(&s, true);
	}
}

/* Nor when there is another list; and who was hurried then is not hurried any more. */
static void a_renewal_does_not_wait_for_the_mute(void)
{
	struct scene s;
	open_scene(&s);
	struct courier_destination to = { "renewed", "127.0.0.1", s.port,
					  place_name(&s.place, "ca.pem"), NULL };
	s.mute = true;
	listen_now(&s);
	struct courier *c = start(&s, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_TRUE(hears(&s, "a connection is kept waiting"));
	s.mute = false;
	CU_ASSERT_TRUE(courier_renew(c, &to, 1));
	courier_stop(c, STOP_S);
	CU_ASSERT_EQUAL(said(&s, strerror(ECANCELED)), 1);
	CU_ASSERT_EQUAL(acknowledged(&s, "renewed"), 4);
	close_scene(&s, true);
}

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

static bool append_one(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	(void)with;
	(void)p;
	return audit_record_append(t, a, &events_source, events_find(a));
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

/* ---- What a repository does not take ---- */

static bool append_poison(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct audit_event *e = events_find(a);
	(void)with;
	(void)p;
	e->participants->user_name = "poison";
	return audit_record_append(t, a, &events_source, e);
}

static void appends(struct scene *s, bool (*run)(void *, struct store_txn *, struct problem *),
		    unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		CU_ASSERT_TRUE(store_write(s->f.store, run, NULL, &s->f.problem));
}

/* What is aside for the first; *count: how many. */
static struct audit_aside *aside_of(struct scene *s, bool again, size_t *count)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	struct audit_aside *list = audit_aside_list(t, s->f.arena, "first", again, 0, 100, count);
	store_end(t);
	return list;
}

static bool try_again_run(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	*(size_t *)with = audit_aside_try_again(t, "first");
	return true;
}

/* A batch is not taken three times, with pauses, before anybody looks for what it is in it. */
static void three_times(struct scene *s, unsigned outage)
{
	CU_ASSERT_TRUE(hears_times(s, "records wait in the audit log", outage));
	CU_ASSERT_EQUAL(lapse_awaited(), 1);
	CU_ASSERT_EQUAL(lapse_pass(), 2);
	CU_ASSERT_EQUAL(lapse_pass(), 4);
	CU_ASSERT_TRUE(lapse_over());
	CU_ASSERT_TRUE(hears_times(s, "takes records again", outage));
	CU_ASSERT_TRUE(lapse_rests());
}

/* An entry that cannot be read shows that a courier, woken, has been there, and with what was
 * before it. */
static void comes_by(struct scene *s, struct courier *c, unsigned number)
{
	appends(s, append_damaged, 1);
	courier_wake(c);
	CU_ASSERT_TRUE(hears(s, arena_printf(s->f.arena, "audit entry %u is damaged", number)));
	CU_ASSERT_TRUE(lapse_rests());
}

/* Told by its number, kept in mind, and the others are there; what comes later is delivered at
 * once. */
static void one_record_is_set_aside(void)
{
	struct scene s;
	size_t count;
	open_scene(&s);
	appends(&s, append_poison, 1);
	appends(&s, append_one, 1);
	s.refuses = "poison";
	listen_now(&s);
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	three_times(&s, 1);
	CU_ASSERT_EQUAL(said(&s, "audit repository first does not take audit entry 5 (of 1)"), 1);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 6);
	const struct audit_aside *list = aside_of(&s, false, &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT(list->sequence == 5 && list->refusals == 1 && list->since > 1000);
	appends(&s, append_one, 1);
	comes_by(&s, c, 8);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 8);
	CU_ASSERT_EQUAL(said(&s, "does not take"), 1);
	CU_ASSERT_EQUAL(said(&s, "poison"), 0);
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	shutdown(s.listener, SHUT_RDWR);
	pthread_join(s.thread, NULL);
	for (unsigned i = 1; i <= 7; i++) {
		const char *id = arena_printf(s.f.arena, "sequenceId=\"%u\"", i);
		bool there = memmem(s.received, s.received_length, id, strlen(id)) != NULL;
		CU_ASSERT_EQUAL(there, i != 2 && i != 3 && i != 5);
	}
	close_scene(&s, false);
}

/* On the operator's word: refused once more, and then, when the repository was mended, taken. */
static void it_is_tried_again_when_asked(void)
{
	struct scene s;
	size_t count, moved = 0;
	open_scene(&s);
	appends(&s, append_poison, 2);
	appends(&s, append_one, 1);
	s.refuses = "poison";
	listen_now(&s);
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	three_times(&s, 1);
	CU_ASSERT_EQUAL(said(&s, "does not take audit entry 5 (of 2)"), 1);
	CU_ASSERT_TRUE(store_write(s.f.store, try_again_run, &moved, &s.f.problem));
	CU_ASSERT_EQUAL(moved, 2);
	aside_of(&s, true, &count);
	CU_ASSERT_EQUAL(count, 2);
	courier_wake(c); /* there is nothing new */
	three_times(&s, 2);
	const struct audit_aside *list = aside_of(&s, false, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	CU_ASSERT(list[0].refusals == 2 && list[1].sequence == 6);
	s.refuses = NULL;
	CU_ASSERT_TRUE(store_write(s.f.store, try_again_run, &moved, &s.f.problem));
	comes_by(&s, c, 8);
	aside_of(&s, false, &count);
	CU_ASSERT_EQUAL(count, 0);
	aside_of(&s, true, &count);
	CU_ASSERT_EQUAL(count, 0);
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 8);
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	close_scene(&s, true);
}

/* One that takes nothing at all is away, whatever it was sent: nothing is set aside for that. */
static void a_repository_that_takes_nothing(void)
{
	enum { TIMES = 8 };
	for (unsigned knows = 0; knows < 2; knows++) {
		struct scene s;
		size_t count;
		open_scene(&s);
		s.refuses = knows ? NULL : "AuditMessage";
		listen_now(&s);
		lapse_hold("courier");
		struct courier *c = start(&s, NULL);
		if (knows) {
			CU_ASSERT_TRUE(lapse_rests());
			s.refuses = "AuditMessage";
			appends(&s, append_one, 1);
			courier_wake(c);
		}
		CU_ASSERT_TRUE(hears(&s, "records wait in the audit log"));
		CU_ASSERT_EQUAL(lapse_awaited(), 1);
		for (unsigned i = 0; i < TIMES; i++)
			lapse_pass();
		aside_of(&s, false, &count);
		CU_ASSERT_EQUAL(count, 0);
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), knows ? 4 : 0);
		s.refuses = NULL;
		CU_ASSERT_TRUE(lapse_over());
		CU_ASSERT_TRUE(hears(&s, "takes records again"));
		CU_ASSERT_TRUE(lapse_rests());
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), knows ? 5 : 4);
		CU_ASSERT_EQUAL(said(&s, "does not take"), 0);
		courier_stop(c, STOP_S);
		lapse_hold(NULL);
		close_scene(&s, true);
	}
}

/* What was to be tried again and cannot be read any more is told, and in nobody's way. */
static bool forget_run(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)p;
	return audit_aside_put(t, "first", 3, 7) && audit_aside_put(t, "first", 999, 7)
	       && audit_aside_try_again(t, "first") == 2;
}

static void what_is_gone_is_not_tried_again(void)
{
	struct scene s;
	open_scene(&s);
	CU_ASSERT_TRUE(store_write(s.f.store, forget_run, NULL, &s.f.problem));
	listen_now(&s);
	lapse_hold("courier");
	struct courier *c = start(&s, NULL);
	CU_ASSERT_TRUE(lapse_rests());
	CU_ASSERT_EQUAL(acknowledged(&s, "first"), 4);
	CU_ASSERT(said(&s, "audit entry 3 is damaged") >= 2);
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	close_scene(&s, true);
}

/* Also the first entry of all, which nothing is before. */
static bool set_first_aside(void *with, struct store_txn *t, struct problem *p)
{
	return acknowledge(with, t, p) && audit_aside_put(t, "first", 1, 7)
	       && audit_aside_try_again(t, "first") == 1;
}

static void the_first_is_tried_again(void)
{
	struct scene s;
	size_t count;
	open_scene(&s);
	CU_ASSERT_TRUE(store_write(s.f.store, set_first_aside, "first", &s.f.problem));
	listen_now(&s);
	courier_stop(start(&s, NULL), STOP_S);
	aside_of(&s, true, &count);
	CU_ASSERT_EQUAL(count, 0);
	shutdown(s.listener, SHUT_RDWR);
	pthread_join(s.thread, NULL);
	CU_ASSERT_STRING_EQUAL(s.received, frame(s.f.arena, events_start(s.f.arena), 1));
	close_scene(&s, false);
}

/* An event whose frame, as entry 5, has so many octets: more than is written today. */
static struct audit_event *event_of(struct arena *a, size_t octets)
{
	struct audit_event *e = events_large(a);
	const char *name = e->participants->user_name;
	e->objects->next->query_length = 3 * 7000;
	size_t left = octets - strlen(frame(a, e, 5));
	e->objects->next->query_length += left / 4 * 3;
	e->participants->user_name = arena_printf(a, "%s%.*s", name, (int)(left % 4), "xxx");
	CU_ASSERT_EQUAL(strlen(frame(a, e, 5)), octets);
	return e;
}

/* As logs of earlier releases have them. */
static bool append_long(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct audit_event *e = event_of(a, *(size_t *)with);
	struct audit_terms terms = event_terms(a, e);
	(void)p;
	return audit_log_append(
		t, audit_log_draft(a, event_record_write(a, &events_source, e), &terms), NULL);
}

/* The longest there may be is remembered, and shows then that it is one record alone that is not
 * taken. Of a longer one nothing is known: that is an outage, until something else is taken. */
static void the_longest_is_remembered(void)
{
	for (unsigned longer = 0; longer < 2; longer++) {
		struct scene s;
		size_t count, octets = SYSLOG_FRAME_MOST + longer;
		open_scene(&s);
		CU_ASSERT_TRUE(store_write(s.f.store, acknowledge, "first", &s.f.problem));
		CU_ASSERT_TRUE(store_write(s.f.store, append_long, &octets, &s.f.problem));
		listen_now(&s);
		lapse_hold("courier");
		struct courier *c = start(&s, NULL);
		CU_ASSERT_TRUE(lapse_rests());
		CU_ASSERT_EQUAL(acknowledged(&s, "first"), 5);
		s.refuses = "poison";
		appends(&s, append_poison, 1);
		courier_wake(c);
		CU_ASSERT_TRUE(hears(&s, "records wait in the audit log"));
		CU_ASSERT_EQUAL(lapse_awaited(), 1);
		CU_ASSERT_EQUAL(lapse_pass(), 2);
		CU_ASSERT_EQUAL(lapse_pass(), 4);
		if (longer) {
			CU_ASSERT_EQUAL(lapse_pass(), 8);
			aside_of(&s, false, &count);
			CU_ASSERT_EQUAL(count, 0);
			appends(&s, append_one, 1);
		}
		CU_ASSERT_TRUE(lapse_over());
		CU_ASSERT_TRUE(hears(&s, "takes records again"));
		CU_ASSERT_TRUE(lapse_rests());
		aside_of(&s, false, &count);
		CU_ASSERT_EQUAL(count, 1);
		courier_stop(c, STOP_S);
		lapse_hold(NULL);
		close_scene(&s, true);
	}
}

static const struct test tests[] = {
	{ "what is sent", what_is_sent },
	{ "nothing to send", nothing_to_send },
	{ "pauses double", pauses_double },
	{ "what was delivered is known", what_was_delivered_is_known },
	{ "it rests until it is woken", it_rests_until_woken },
	{ "deliveries wait for who is away", deliveries_wait_for_who_is_away },
	{ "nobody to deliver to", nobody_to_deliver_to },
	{ "starting may fail anywhere", starting_may_fail_anywhere },
	{ "descriptor 0 is one like others", descriptor_0_is_one },
	{ "a batch may fail anywhere", a_batch_may_fail_anywhere },
	{ "what was delivered may be unknown", what_was_delivered_may_be_unknown },
	{ "destinations are renewed", destinations_are_renewed },
	{ "looking without memory", looking_without_memory },
	{ "the end does not wait for the mute", the_end_does_not_wait_for_the_mute },
	{ "a renewal does not wait for the mute", a_renewal_does_not_wait_for_the_mute },
	{ "large entries go in several batches", large_entries_go_in_several_batches },
	{ "a batch has a lease", a_batch_has_a_lease },
	{ "a lease is renewed", a_lease_is_renewed },
	{ "a lease that hinders nobody", a_lease_that_hinders_nobody },
	{ "a lease of another", a_lease_of_another },
	{ "a lease given back", a_lease_given_back },
	{ "a pause is shared", a_pause_is_shared },
	{ "a lease that cannot be renewed", a_lease_that_cannot_be_renewed },
	{ "delivered meanwhile", delivered_meanwhile },
	{ "taken over meanwhile", taken_over_meanwhile },
	{ "each batch is told", each_batch_is_told },
	{ "a lease that cannot be read", a_lease_that_cannot_be_read },
	{ "one record is set aside", one_record_is_set_aside },
	{ "it is tried again when asked", it_is_tried_again_when_asked },
	{ "a repository that takes nothing", a_repository_that_takes_nothing },
	{ "what is gone is not tried again", what_is_gone_is_not_tried_again },
	{ "the first is tried again", the_first_is_tried_again },
	{ "the longest is remembered", the_longest_is_remembered },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as minatod does */
	return suite_run("audit: courier", tests);
}
