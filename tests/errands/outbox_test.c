/* tests/errands/outbox_test.c: the outbox's thread and the client thread together, with partners
 * that are sockets of ours: one nobody listens at, one that never says anything. */
#include "tests/base/suite.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/client/client_thread.h"
#include "gateway/errands/outbox.h"
#include "gateway/errands/visit.h"
#include "store/errands.h"
#include "tests/store/fixture.h"
#include "tests/transport/pki.h"

/* The files are there: a client that lacks them is refused before it has said anything. */
struct bed {
	struct fixture f;
	struct log log;
	struct client_thread *client;
	struct outbox *outbox;
	char folder[64], ca[96], us[96];
	char address[64];
	int listens; /* -1: nobody does */
};

static bool look_up(void *self, struct arena *a, enum partner_purpose purpose,
		    const struct errand *e, struct errand_partner *out)
{
	struct bed *b = self;
	(void)purpose;
	*out = (struct errand_partner){ .name = "p",
					.url = arena_text(a, e->address),
					.us = { .ca = b->ca, .certificate = b->us },
					.connections = 1,
					.answer_seconds = 60,
					.give_up_seconds = 3600 };
	return true;
}

/* A place of the loopback; who only binds it is not there, who listens lets the kernel connect. */
static void take_address(struct bed *b, bool listens)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof at;
	b->listens = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(bind(b->listens, (struct sockaddr *)&at, sizeof at) == 0);
	CU_ASSERT_FATAL(getsockname(b->listens, (struct sockaddr *)&at, &length) == 0);
	CU_ASSERT_FATAL(!listens || listen(b->listens, 8) == 0);
	snprintf(b->address, sizeof b->address, "https://127.0.0.1:%u/", ntohs(at.sin_port));
}

static bool put(void *with, struct store_txn *t, struct problem *p)
{
	static const struct errand_bounds wide = { 100, 1 << 20, 100, 1 << 20 };
	const struct errand_part part = { .octets = bytes_of_text("hello") };
	struct bed *b = with;
	struct errand e = { .kind = "answer",
			    .partner = "a-hospital",
			    .address = b->address,
			    .what = "ITI-18",
			    .parts = &part,
			    .content_type = "text/plain",
			    .made = system_clock.now(&system_clock) };
	return errand_put(t, &e, &wide, p);
}

static void bed_make(struct bed *b, bool listens)
{
	memset(b, 0, sizeof *b);
	fixture_open(&b->f);
	snprintf(b->folder, sizeof b->folder, "/tmp/minato-outbox-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b->folder));
	CU_ASSERT_FATAL(pki_make(b->folder, false));
	snprintf(b->ca, sizeof b->ca, "%s/ca.pem", b->folder);
	snprintf(b->us, sizeof b->us, "%s/client.pem", b->folder);
	take_address(b, listens);
	b->log = (struct log){ .fd = -1 };
	b->client = client_thread_start(&system_clock);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->client);
	b->outbox = outbox_start(&(struct rounds_settings){ .store = b->f.store,
							    .clock = &system_clock,
							    .random = &system_random,
							    .log = &b->log,
							    .node = "here",
							    .look_up = look_up,
							    .self = b },
				 b->client);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->outbox);
	fixture_must(&b->f, store_write(b->f.store, put, b, &b->f.problem));
	outbox_wake(b->outbox);
}

/* The outbox is stopped. */
static void bed_end(struct bed *b)
{
	char command[128];
	client_thread_stop(b->client);
	outbox_free(b->outbox);
	close(b->listens);
	fixture_close(&b->f);
	snprintf(command, sizeof command, "rm -r %s", b->folder);
	CU_ASSERT(system(command) == 0);
}

static bool first(struct bed *b, struct errand *out)
{
	struct store_txn *t = store_begin_read(b->f.store, &b->f.problem);
	bool there = errand_first(t, b->f.arena, "a-hospital", b->address, out);
	store_end(t);
	return there;
}

/* Waits for what the outbox counts. */
static struct rounds_counts until(struct bed *b, uint64_t later)
{
	struct rounds_counts n;
	do {
		sched_yield();
		outbox_count(b->outbox, &n);
	} while (n.later < later);
	return n;
}

static void not_reached(void)
{
	struct bed b;
	struct errand e;
	bed_make(&b, false);
	CU_ASSERT_EQUAL(until(&b, 1).done, 0);
	CU_ASSERT_FATAL(first(&b, &e));
	CU_ASSERT(e.attempts >= 1 && e.refusals == 0 && e.why != NULL);
	outbox_stop(b.outbox);
	outbox_wake(b.outbox);
	bed_end(&b);
}

/* Stopped while the client thread has the call: it comes back, and nothing is written of it. */
static void stops_while_under_way(void)
{
	struct bed b;
	struct errand e;
	bed_make(&b, true);
	int there = accept(b.listens, NULL, NULL); /* the call has begun */
	CU_ASSERT_FATAL(there >= 0);
	outbox_stop(b.outbox);
	CU_ASSERT_FATAL(first(&b, &e));
	CU_ASSERT(e.attempts == 0 && !e.aside);
	close(there);
	bed_end(&b);
}

static const struct test tests[] = { { "who is not there is tried again", not_reached },
				     { "stopped under way, it is as if it had not been tried",
				       stops_while_under_way },
				     { 0 } };

int main(void)
{
	calls_library_begin();
	int failed = suite_run("outbox", tests);
	calls_library_end();
	return failed;
}
