/* tests/audit/courier_test.c: what the courier does when something on its way fails. */
#include "tests/audit/courier_scene.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/audit/event_record.h"
#include "gateway/base/text.h"
#include "store/audit_aside.h"
#include "tests/audit/events.h"
#include "tests/audit/failing_calls.h"
#include "tests/audit/lapse.h"
#include "tests/base/open_files.h"

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

/* A port that is somebody's, and at which nobody listens; the descriptor that holds it. */
static int held_port(unsigned *port)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof here;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(fd != -1 && bind(fd, (struct sockaddr *)&here, size) == 0
			&& getsockname(fd, (struct sockaddr *)&here, &size) == 0);
	*port = ntohs(here.sin_port);
	return fd;
}

/* Several repositories: what one cannot be given keeps nothing from another. */
static void each_has_a_queue_of_its_own(void)
{
	struct scene s;
	unsigned port;
	size_t count = 0;
	open_scene(&s);
	int held = held_port(&port);
	const struct courier_destination to[] = {
		{ "away", "127.0.0.1", port, place_name(&s.place, "ca.pem"), NULL },
		{ "first", "127.0.0.1", s.port, place_name(&s.place, "ca.pem"), NULL },
	};
	listen_now(&s);
	struct courier *c = courier_start(s.f.store, to, COUNT(to), "gateway", "4711", &s.clock,
					  &s.log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_TRUE(hears(&s, "could not connect"));
	wakes(&s, c);
	const struct courier_state *state = courier_look(c, s.f.arena, &count);
	CU_ASSERT_EQUAL_FATAL(count, COUNT(to));
	CU_ASSERT_NOT_EQUAL(state[0].unreachable_since, 0);
	CU_ASSERT_EQUAL(state[1].unreachable_since, 0);
	courier_stop(c, STOP_S);
	close(held);
	CU_ASSERT_EQUAL(acknowledged(&s, "away"), 0);
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

static const struct test tests[] = {
	{ "what is sent", what_is_sent },
	{ "nothing to send", nothing_to_send },
	{ "pauses double", pauses_double },
	{ "what was delivered is known", what_was_delivered_is_known },
	{ "it rests until it is woken", it_rests_until_woken },
	{ "deliveries wait for who is away", deliveries_wait_for_who_is_away },
	{ "each repository has a queue of its own", each_has_a_queue_of_its_own },
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
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as minatod does */
	return suite_run("audit courier", tests);
}
