/* tests/audit/courier_chains_test.c: one log of several nodes' chains, delivered by whichever of
 * them has the lease. */
#include "tests/audit/courier_scene.h"

#include <inttypes.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/base/text.h"
#include "store/audit_aside.h"
#include "store/node.h"
#include "store/record.h"
#include "tests/audit/events.h"
#include "tests/audit/lapse.h"
#include "tests/engines/nodes.h"
#include "tests/store/in_job.h"

enum { BATCH = 1000 };

/* The scene's repository, and a region whose nodes deliver to it. */
struct region_scene {
	struct scene s;
	struct region_of_nodes r;
	struct courier_destination to;
};

static void begin(struct region_scene *x)
{
	open_scene(&x->s);
	region_open(&x->r, true);
	x->to = (struct courier_destination){ "first", "127.0.0.1", x->s.port,
					      place_name(&x->s.place, "ca.pem"), NULL };
}

static void end(struct region_scene *x, bool listened)
{
	region_close(&x->r);
	close_scene(&x->s, listened);
}

static struct courier *serve_by(struct region_scene *x, unsigned node, const struct clock *clock)
{
	struct courier *c = courier_start(x->r.nodes[node].store, &x->to, 1, x->r.nodes[node].name,
					  "4711", clock, &x->s.log);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	return c;
}

static struct courier *serve(struct region_scene *x, unsigned node)
{
	return serve_by(x, node, &system_clock);
}

static bool append_some(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	bool kept = true;
	(void)p;
	for (unsigned i = 0; kept && i < *(unsigned *)with; i++)
		kept = audit_record_append(t, a, &events_source, events_start(a));
	return kept;
}

static void write_some(struct region_scene *x, unsigned node, unsigned count)
{
	CU_ASSERT_TRUE(store_write(x->r.nodes[node].store, append_some, &count, &x->r.problem));
}

/* What the repository has got of a host: in order, each once, and who is named as their process.
 * How many. */
static uint64_t received(struct region_scene *x, const char *host, const char *process)
{
	const char *words = arena_printf(x->r.arena, " %s minato ", host);
	const char *at = x->s.received;
	uint64_t count = 0;
	while ((at = strstr(at, words)) != NULL) {
		const char *is = arena_printf(
			x->r.arena, "%s%s IHE+RFC-3881 [meta sequenceId=\"%" PRIu64 "\"] ", words,
			process, ++count);
		CU_ASSERT_EQUAL(strncmp(at, is, strlen(is)), 0);
		at++;
	}
	return count;
}

static uint64_t place_of(struct region_scene *x, unsigned chain)
{
	struct store_txn *t = store_begin_read(x->r.nodes[0].store, &x->r.problem);
	uint64_t place = audit_place(audit_log_acknowledged(t, "first", chain));
	store_end(t);
	return place;
}

static void wait_for_repository(struct region_scene *x)
{
	shutdown(x->s.listener, SHUT_RDWR);
	pthread_join(x->s.thread, NULL);
}

/* One node delivers what all have written; each entry bears who wrote it. */
static void one_delivers_all(void)
{
	for (unsigned by = 0; by < NODES; by++) {
		struct region_scene x;
		size_t count;
		begin(&x);
		listen_now(&x.s);
		for (unsigned node = 0; node < NODES; node++)
			write_some(&x, node, 3 + node);
		struct courier *c = serve(&x, by);
		write_some(&x, by, 1);
		courier_wake(c);
		while (courier_look(c, x.r.arena, &count)->delivered < 3 + 4 + 5 + 1)
			sched_yield();
		CU_ASSERT_EQUAL(courier_look(c, x.r.arena, &count)->delivered, 3 + 4 + 5 + 1);
		courier_stop(c, STOP_S);
		wait_for_repository(&x);
		for (unsigned node = 0; node < NODES; node++) {
			CU_ASSERT_EQUAL(place_of(&x, node), 3 + node + (node == by));
			CU_ASSERT_EQUAL(
				received(&x, x.r.nodes[node].name, node == by ? "4711" : "-"),
				3 + node + (node == by));
		}
		/* What was delivered is known to who comes next, and to the other nodes. */
		c = serve(&x, (by + 1) % NODES);
		CU_ASSERT_EQUAL(courier_look(c, x.r.arena, &count)->delivered, 3 + 4 + 5 + 1);
		courier_stop(c, STOP_S);
		end(&x, false);
	}
}

static bool acknowledge_both(struct store_txn *t, const void *with)
{
	return audit_log_acknowledge(t, "first", audit_number(*(const unsigned *)with, 2));
}

static void other_delivers(struct scene *s)
{
	struct region_scene *x = (struct region_scene *)s;
	struct fixture f = { .store = x->r.nodes[0].store };
	unsigned last = NODES - 1;
	CU_ASSERT_TRUE(in_job(&f, acknowledge_both, &last));
}

/* Another node had the lease since we looked, delivered one chain, the last at that, and gave it
 * back: nobody gets that chain from us. */
static void one_was_delivered_meanwhile(void)
{
	struct region_scene x;
	begin(&x);
	for (unsigned node = 0; node < NODES; node++)
		write_some(&x, node, 2);
	x.s.at_look = 1;
	x.s.between = other_delivers;
	listen_now(&x.s);
	courier_stop(serve_by(&x, 0, &x.s.clock), STOP_S);
	wait_for_repository(&x);
	for (unsigned node = 0; node < NODES; node++) {
		CU_ASSERT_EQUAL(place_of(&x, node), 2);
		CU_ASSERT_EQUAL(received(&x, x.r.nodes[node].name, node == 0 ? "4711" : "-"),
				node == NODES - 1 ? 0 : 2);
	}
	end(&x, false);
}

enum { ROUNDS = 12 };

/* Couriers of all nodes, while all write: the lease moves, and each entry comes once, in its
 * chain's order. */
static void all_deliver_once(void)
{
	struct region_scene x;
	struct courier *couriers[NODES];
	begin(&x);
	listen_now(&x.s);
	engine_memory_delay(5, 1);
	for (unsigned i = 0; i < NODES; i++)
		couriers[i] = serve(&x, i);
	for (unsigned i = 0; i < ROUNDS * NODES; i++) {
		write_some(&x, i % NODES, 1);
		courier_wake(couriers[i % NODES]);
	}
	for (unsigned i = 0; i < NODES; i++)
		courier_stop(couriers[i], STOP_S);
	wait_for_repository(&x);
	for (unsigned node = 0; node < NODES; node++) {
		const char *words = arena_printf(x.r.arena, " %s minato ", x.r.nodes[node].name);
		const char *at = x.s.received;
		CU_ASSERT_EQUAL(place_of(&x, node), ROUNDS);
		for (unsigned i = 1; i <= ROUNDS; i++) {
			const char *is = arena_printf(x.r.arena, "[meta sequenceId=\"%u\"] ", i);
			at = strstr(at, words);
			CU_ASSERT_PTR_NOT_NULL_FATAL(at);
			at = strstr(at, "[meta");
			CU_ASSERT_TRUE_FATAL(at != NULL && strncmp(at, is, strlen(is)) == 0);
		}
		CU_ASSERT_PTR_NULL(strstr(at, words));
	}
	CU_ASSERT_EQUAL(said(&x.s, "records"), 0);
	end(&x, false);
}

/* Everything is behind the first batch that the repository takes: then it goes away. */
static void go_away(struct scene *s)
{
	shutdown(s->listener, SHUT_RDWR);
}

/* A chain with much to send leaves room for the others; one with nothing takes none. */
static void chains_share_a_batch(void)
{
	static const struct {
		unsigned written[NODES], first[NODES];
	} rows[] = {
		{ { BATCH + 1, 0, 0 }, { BATCH, 0, 0 } },
		{ { 0, BATCH + 1, 0 }, { 0, BATCH, 0 } },
		{ { BATCH, BATCH, 0 }, { BATCH / 2, BATCH / 2, 0 } },
		{ { BATCH, 1, BATCH }, { BATCH / 3 + 1, 1, BATCH / 3 + 1 } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct region_scene x;
		begin(&x);
		for (unsigned node = 0; node < NODES; node++)
			write_some(&x, node, rows[i].written[node]);
		x.s.before_end = go_away;
		listen_now(&x.s);
		struct courier *c = serve(&x, 2);
		CU_ASSERT_TRUE(hears(&x.s, "records wait in the audit log"));
		courier_stop(c, 0);
		for (unsigned node = 0; node < NODES; node++)
			CU_ASSERT_EQUAL(place_of(&x, node), rows[i].first[node]);
		end(&x, true);
	}
}

enum { LARGE_OCTETS = 22000, LARGE_A_JOB = 50 };

static bool append_large(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct audit_event *e = events_find(a);
	char *query = arena_alloc(a, LARGE_OCTETS);
	bool kept = true;
	(void)with;
	for (size_t i = 0; i < LARGE_OCTETS; i++)
		query[i] = (char)('a' + i * i % 7);
	e->objects->next->query = (const unsigned char *)query;
	e->objects->next->query_length = LARGE_OCTETS;
	for (unsigned i = 0; kept && i < LARGE_A_JOB; i++)
		kept = audit_record_append(t, a, &events_source, e);
	return kept;
}

/* A batch's memory is shared as well, where all chains have long entries; what does not fit goes
 * with the next. */
static void chains_share_the_memory(void)
{
	struct region_scene x;
	begin(&x);
	for (unsigned node = 0; node < 2; node++) {
		struct fixture f = { .store = x.r.nodes[node].store };
		for (unsigned i = 0; i < BATCH / 2 / LARGE_A_JOB; i++)
			CU_ASSERT_TRUE(in_job(&f, append_large, NULL));
	}
	listen_now(&x.s);
	courier_stop(serve(&x, 2), STOP_S);
	wait_for_repository(&x);
	CU_ASSERT_EQUAL(said(&x.s, "no memory"), 0);
	CU_ASSERT(place_of(&x, 0) == BATCH / 2 && place_of(&x, 1) == BATCH / 2);
	end(&x, false);
}

/* The lease is given back behind the last entry of the last chain, not before. */
static void the_lease_is_kept_for_the_rest(void)
{
	static const struct {
		unsigned written[NODES];
		bool kept;
	} rows[] = {
		{ { BATCH / 2 + 1, 1, BATCH / 2 + 1 }, true },
		{ { BATCH / 4, BATCH / 4, BATCH / 4 }, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct region_scene x;
		struct lease lease;
		begin(&x);
		for (unsigned node = 0; node < NODES; node++)
			write_some(&x, node, rows[i].written[node]);
		x.s.before_end = go_away;
		listen_now(&x.s);
		struct courier *c = serve(&x, 0);
		while (place_of(&x, 1) == 0)
			sched_yield();
		if (rows[i].kept)
			CU_ASSERT_TRUE(hears(&x.s, "records wait in the audit log"));
		struct store_txn *t = store_begin_read(x.r.nodes[1].store, &x.r.problem);
		CU_ASSERT_EQUAL(lease_look(t, x.r.arena, "audit first", &lease), rows[i].kept);
		store_end(t);
		courier_stop(c, 0);
		end(&x, true);
	}
}

static void look_at_lease(struct scene *s)
{
	struct region_scene *x = (struct region_scene *)s;
	struct store_txn *t = store_begin_read(x->r.nodes[1].store, &x->r.problem);
	s->holder[0] = '\0';
	if (lease_look(t, x->r.arena, "audit first", &s->lease))
		snprintf(s->holder, sizeof s->holder, "%s", s->lease.node);
	store_end(t);
}

/* Whichever chain it is of which there is more: when the next batch begins the lease is there
 * still. Seen from within, for who goes on takes it anew. */
static void whichever_has_the_rest(void)
{
	enum { SHARE = (BATCH + NODES - 1) / NODES };
	for (unsigned longest = 0; longest < NODES; longest++)
		for (unsigned more = 0; more < 2; more++) {
			struct region_scene x;
			begin(&x);
			for (unsigned node = 0; node < NODES; node++)
				write_some(&x, node, node == longest ? SHARE + more : 1);
			x.s.between = look_at_lease;
			/* It looks at the time when it takes the lease, and before each entry. */
			x.s.at_look = 1 + SHARE + (NODES - 1) + 1;
			listen_now(&x.s);
			struct courier *c = serve_by(&x, 0, &x.s.clock);
			while (place_of(&x, longest) != SHARE + more)
				sched_yield();
			if (!more) { /* there is a next batch */
				write_some(&x, longest, 1);
				courier_wake(c);
			}
			courier_stop(c, STOP_S);
			CU_ASSERT_STRING_EQUAL(x.s.holder, more ? x.r.nodes[0].name : "");
			for (unsigned node = 0; node < NODES; node++)
				CU_ASSERT_EQUAL(place_of(&x, node),
						node == longest ? SHARE + 1 : 1);
			end(&x, true);
		}
}

static bool append_alert(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	(void)with;
	return audit_record_append(t, a, &events_source, events_alert(a));
}

/* What is ours alone is passed over in each chain, where there is nothing else as well. */
static void nothing_to_send_of_one(void)
{
	for (unsigned node = 0; node < NODES; node++) {
		struct region_scene x;
		begin(&x);
		struct fixture f = { .store = x.r.nodes[node].store };
		CU_ASSERT_TRUE(in_job(&f, append_alert, NULL));
		courier_stop(serve(&x, 0), STOP_S);
		CU_ASSERT_EQUAL(place_of(&x, node), 1);
		CU_ASSERT_EQUAL(said(&x.s, "\n"), 0);
		end(&x, false);
	}
}

/* A node nobody knows any more: its entries are delivered, without a name. */
static bool forget_node(struct store_txn *t, const void *with)
{
	struct key k;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "node");
	key_text(&k, with);
	return store_delete(t, key_span(&k));
}

static void a_node_without_a_name(void)
{
	struct region_scene x;
	struct fixture f;
	begin(&x);
	f = (struct fixture){ .store = x.r.nodes[0].store };
	listen_now(&x.s);
	write_some(&x, 1, 2);
	CU_ASSERT_TRUE(in_job(&f, forget_node, x.r.nodes[1].name));
	courier_stop(serve(&x, 0), STOP_S);
	wait_for_repository(&x);
	CU_ASSERT_EQUAL(received(&x, "-", "-"), 2);
	end(&x, false);
}

static bool append_rubbish(struct store_txn *t, const void *with)
{
	const struct audit_terms terms = { .time = 5, .transaction = "ITI-18" };
	(void)with;
	return audit_log_append(
		t, audit_log_draft(store_arena(t), bytes_of_text("rubbish"), &terms), NULL);
}

/* Which entry it is, is told by its chain as well. */
static void a_damaged_entry_is_named(void)
{
	struct region_scene x;
	struct fixture f;
	begin(&x);
	f = (struct fixture){ .store = x.r.nodes[2].store };
	listen_now(&x.s);
	write_some(&x, 2, 3);
	CU_ASSERT_TRUE(in_job(&f, append_rubbish, NULL));
	courier_stop(serve(&x, 0), STOP_S);
	CU_ASSERT_EQUAL(said(&x.s, "audit entry 4 of chain 2 is damaged"), 1);
	CU_ASSERT_EQUAL(place_of(&x, 2), 4);
	end(&x, true);
}

static bool append_poison(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct audit_event *e = events_start(a);
	(void)with;
	e->participants->user_name = "poison";
	return audit_record_append(t, a, &events_source, e);
}

static bool try_again(struct store_txn *t, const void *with)
{
	(void)with;
	return audit_aside_try_again(t, "first") == 1;
}

/* What is not taken is set aside by its chain as well, and tried again with what its node's name
 * is. */
static void what_is_not_taken_of_another(void)
{
	struct region_scene x;
	struct fixture f, other;
	size_t count;
	begin(&x);
	f = (struct fixture){ .store = x.r.nodes[0].store };
	other = (struct fixture){ .store = x.r.nodes[1].store };
	write_some(&x, 0, 2);
	write_some(&x, 1, 1);
	CU_ASSERT_TRUE(in_job(&other, append_poison, NULL));
	write_some(&x, 1, 1);
	x.s.refuses = "poison";
	listen_now(&x.s);
	lapse_hold("courier");
	struct courier *c = serve(&x, 0);
	CU_ASSERT_EQUAL(lapse_awaited(), 1);
	CU_ASSERT_EQUAL(lapse_pass(), 2);
	CU_ASSERT_EQUAL(lapse_pass(), 4);
	CU_ASSERT_TRUE(lapse_over());
	CU_ASSERT_TRUE(hears(&x.s, "does not take audit entry 2 of chain 1 (of 1)"));
	CU_ASSERT_TRUE(lapse_rests());
	CU_ASSERT_EQUAL(place_of(&x, 0), 2);
	CU_ASSERT_EQUAL(place_of(&x, 1), 3);
	struct store_txn *t = store_begin_read(x.r.nodes[0].store, &x.r.problem);
	const struct audit_aside *list = audit_aside_list(t, x.r.arena, "first", false, 0, 9,
							  &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_EQUAL(list[0].sequence, audit_number(1, 2));
	store_end(t);
	x.s.refuses = NULL;
	CU_ASSERT_TRUE(in_job(&f, try_again, NULL));
	courier_wake(c);
	CU_ASSERT_TRUE(lapse_rests());
	courier_stop(c, STOP_S);
	lapse_hold(NULL);
	wait_for_repository(&x);
	const char *words = arena_printf(
		x.r.arena, " %s minato - IHE+RFC-3881 [meta sequenceId=\"2\"] ", x.r.nodes[1].name);
	CU_ASSERT_PTR_NOT_NULL(strstr(x.s.received, words));
	end(&x, false);
}

/* A head that cannot be read is an outage, and told: it looked like a log with nothing to send. */
static bool spoil_head(struct store_txn *t, const void *with)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_HEAD);
	key_number(&k, *(const unsigned *)with);
	return store_put(t, key_span(&k), bytes_of_text("rubbish"));
}

static void a_head_that_cannot_be_read(void)
{
	for (unsigned chain = 0; chain < NODES; chain++) {
		struct region_scene x;
		struct fixture f;
		begin(&x);
		f = (struct fixture){ .store = x.r.nodes[0].store };
		write_some(&x, 0, 1);
		CU_ASSERT_TRUE(in_job(&f, spoil_head, &chain));
		struct courier *c = serve(&x, 1);
		CU_ASSERT_TRUE(hears(&x.s, "): the audit log's head is damaged"));
		courier_stop(c, 0);
		CU_ASSERT_EQUAL(place_of(&x, 0), 0);
		end(&x, false);
	}
}

/* The number told to a repository begins anew behind 2^31 - 1 (RFC 5424, 7.3.1), in any chain. */
static bool put_head(struct store_txn *t, const void *with)
{
	struct record_writer w = record_begin(store_arena(t), 1);
	unsigned char hash[AUDIT_HASH] = { 0 };
	uint64_t sequence = *(const uint64_t *)with;
	struct key k;
	key_begin(&k, SPACE_AUDIT_HEAD);
	key_number(&k, audit_chain(sequence));
	record_number(&w, 1, sequence);
	record_bytes(&w, 2, (struct bytes){ hash, sizeof hash });
	return store_put(t, key_span(&k), record_end(&w))
	       && audit_log_acknowledge(t, "first", sequence);
}

static void numbers_begin_anew(void)
{
	for (unsigned node = 0; node < NODES; node++) {
		struct region_scene x;
		struct fixture f;
		uint64_t sequence = audit_number(node, INT32_MAX - 1);
		begin(&x);
		f = (struct fixture){ .store = x.r.nodes[node].store };
		listen_now(&x.s);
		CU_ASSERT_TRUE(in_job(&f, put_head, &sequence));
		write_some(&x, node, 2);
		courier_stop(serve(&x, node), STOP_S);
		wait_for_repository(&x);
		const char *at = strstr(x.s.received, "[meta sequenceId=\"2147483647\"]");
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		CU_ASSERT_PTR_NOT_NULL(strstr(at, "[meta sequenceId=\"1\"]"));
		end(&x, false);
	}
}

/* A courier's first look waits at its end, when told to, until somebody waits for the courier's. */
static struct {
	atomic_bool held;
	sem_t looked, awaited;
} look;

void __real_store_end(struct store_txn *t);
void __wrap_store_end(struct store_txn *t);
void __wrap_store_end(struct store_txn *t)
{
	char name[16];
	__real_store_end(t);
	if (!look.held || pthread_getname_np(pthread_self(), name, sizeof name) != 0
	    || strcmp(name, "courier") != 0)
		return;
	look.held = false;
	sem_post(&look.looked);
	sem_wait(&look.awaited);
}

int __real_pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *until);
int __wrap_pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *until);
int __wrap_pthread_timedjoin_np(pthread_t thread, void **result, const struct timespec *until)
{
	sem_post(&look.awaited);
	return __real_pthread_timedjoin_np(thread, result, until);
}

/* It had found nothing to do when this was written, and it was told to end before it was heard. */
static void written_before_the_end(void)
{
	struct region_scene x;
	begin(&x);
	listen_now(&x.s);
	sem_init(&look.looked, 0, 0);
	sem_init(&look.awaited, 0, 0);
	look.held = true;
	struct courier *c = serve(&x, 0);
	sem_wait(&look.looked);
	write_some(&x, 0, 1);
	courier_wake(c);
	courier_stop(c, STOP_S);
	CU_ASSERT_EQUAL(place_of(&x, 0), 1);
	end(&x, true);
}

static const struct test tests[] = {
	{ "one delivers all", one_delivers_all },
	{ "one was delivered meanwhile", one_was_delivered_meanwhile },
	{ "all deliver once", all_deliver_once },
	{ "chains share a batch", chains_share_a_batch },
	{ "chains share the memory", chains_share_the_memory },
	{ "the lease is kept for the rest", the_lease_is_kept_for_the_rest },
	{ "whichever has the rest", whichever_has_the_rest },
	{ "written before the end", written_before_the_end },
	{ "nothing to send of one", nothing_to_send_of_one },
	{ "a node without a name", a_node_without_a_name },
	{ "a damaged entry is named", a_damaged_entry_is_named },
	{ "what is not taken of another", what_is_not_taken_of_another },
	{ "a head that cannot be read", a_head_that_cannot_be_read },
	{ "numbers begin anew", numbers_begin_anew },
	{ 0 },
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as minatod does */
	return suite_run("audit: couriers of several chains", tests);
}
