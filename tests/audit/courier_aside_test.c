/* tests/audit/courier_aside_test.c: what a repository does not take is set aside, told, and tried
 * again when the operator says so. */
#include "tests/audit/courier_scene.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/audit/event_record.h"
#include "gateway/audit/record_parts.h"
#include "gateway/base/text.h"
#include "store/audit_aside.h"
#include "tests/audit/events.h"
#include "tests/audit/lapse.h"

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
	return suite_run("audit courier: aside", tests);
}
