/* tests/client/mllp_calls_test.c: messages over MLLP to partners of every sort, over real TLS. */
#include "tests/base/suite.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/hl7_call.h"
#include "gateway/client/mllp_calls.h"
#include "schemas/tables/problem.h"
#include "tests/client/mllp_partner.h"
#include "tests/transport/pki.h"

#define MESSAGE "MSH|^~\\&|MINATO|R|C|H|20260101||ADT^A31^ADT_A05|77|P|2.5\rEVN||20260101\r"
#define ACK(code, id) "MSH|^~\\&|C|H|MINATO|R|20260101||ACK|1|P|2.5\rMSA|" code "|" id "\r"
#define FRAMED(text) "\v" text "\x1c\r"

enum { MOST = 8192, SECOND = 1000000 };

struct bed {
	struct clock clock; /* first */
	int64_t elapsed;
	char folder[64], server[96], other[96], client[96], ca[96];
	struct calls *calls;
	struct mllp_partner partner;
	struct arena *arena;
	struct call_piece pieces[2];
};

static int64_t tell(const struct clock *c)
{
	return ((const struct bed *)c)->elapsed;
}

static void name(struct bed *b, char into[96], const char *file)
{
	snprintf(into, 96, "%s/%s", b->folder, file);
}

static void bed_make(struct bed *b)
{
	memset(b, 0, sizeof *b);
	b->clock.elapsed = tell;
	snprintf(b->folder, sizeof b->folder, "/tmp/minato-mllp-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b->folder));
	CU_ASSERT_FATAL(pki_make(b->folder, false));
	name(b, b->server, "server.pem");
	name(b, b->other, "stranger.pem");
	name(b, b->client, "client.pem");
	name(b, b->ca, "ca.pem");
	b->arena = arena_create(1 << 20);
}

static void bed_end(struct bed *b)
{
	char command[128];
	arena_destroy(b->arena);
	snprintf(command, sizeof command, "rm -r %s", b->folder);
	CU_ASSERT(system(command) == 0);
}

static void begin(struct bed *b, const char *certificate, const struct manner *script, size_t steps)
{
	b->calls = calls_open(8, &b->clock);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->calls);
	mllp_partner_begin(&b->partner, certificate, b->ca, script, steps);
}

static void end(struct bed *b)
{
	calls_close(b->calls);
	mllp_partner_end(&b->partner);
}

static struct call *call_of(struct bed *b)
{
	struct call *c = arena_new(b->arena, struct call);
	b->pieces[0] = (struct call_piece){ .octets = bytes_of_text(MESSAGE), .fd = -1 };
	*c = (struct call){
		.arena = b->arena,
		.url = arena_printf(b->arena, "mllps://127.0.0.1:%u", b->partner.port),
		.us = { .ca = b->ca, .certificate = b->client },
		.pieces = b->pieces,
		.piece_count = 1,
		.answer_most = MOST,
	};
	return c;
}

/* Drives until one is over. */
static struct call *next_over(struct bed *b)
{
	struct caller *caller = calls_caller(b->calls);
	struct call *c;
	while ((c = caller->over(caller)) == NULL)
		calls_wait(b->calls, -1);
	return c;
}

static struct call *ask_at(struct bed *b, unsigned port)
{
	struct call *c = call_of(b);
	struct caller *caller = calls_caller(b->calls);
	c->url = arena_printf(b->arena, "mllps://127.0.0.1:%u", port);
	CU_ASSERT_FATAL(caller->begin(caller, c));
	CU_ASSERT_PTR_EQUAL_FATAL(next_over(b), c);
	return c;
}

static struct call *ask(struct bed *b)
{
	return ask_at(b, b->partner.port);
}

/* ---- What one answer is worth ---- */

static const struct {
	const char *why;
	struct manner manner;
	bool answered, whole;
	const char *told; /* within what is said of it; NULL: it is an acknowledgment */
} rows[] = {
	{ "AA", { .octets = FRAMED(ACK("AA", "77")) }, true, true, NULL },
	{ "AE", { .octets = FRAMED(ACK("AE", "77")) }, true, true, NULL },
	{ "blanks around the frame",
	  { .octets = "\r\n" FRAMED(ACK("AA", "77")) "\r\n" },
	  true,
	  true,
	  NULL },
	{ "no CR behind FS", { .octets = "\v" ACK("AA", "77") "\x1c" }, true, true, NULL },
	{ "no CR behind FS, and closed",
	  { .octets = "\v" ACK("AA", "77") "\x1c", .closes = true },
	  true,
	  true,
	  NULL },
	{ "closed behind it",
	  { .octets = FRAMED(ACK("AA", "77")), .closes = true },
	  true,
	  true,
	  NULL },
	{ "two answers",
	  { .octets = FRAMED(ACK("AA", "77")) FRAMED(ACK("AE", "77")) },
	  true,
	  true,
	  NULL },
	{ "another's", { .octets = FRAMED(ACK("AA", "78")) }, true, true, "another message" },
	{ "nobody's", { .octets = FRAMED(ACK("AA", "")) }, true, true, "another message" },
	{ "an MSA-1 nobody knows", { .octets = FRAMED(ACK("YES", "77")) }, true, true, "MSA-1" },
	{ "no MSA", { .octets = FRAMED("MSH|^~\\&|C|H|||1||ACK|1|P|2.5\r") }, true, true, "MSA" },
	{ "two MSA", { .octets = FRAMED(ACK("AA", "77") "MSA|AE|77\r") }, true, true, "MSA" },
	{ "no message", { .octets = FRAMED("hello") }, true, true, "no HL7 v2 message" },
	{ "a page",
	  { .octets = "HTTP/1.1 400 Bad Request\r\n", .repeat = 100 },
	  true,
	  false,
	  "no frame" },
	{ "a frame within a frame", { .octets = "\vMSH|\vMSH|" }, true, false, "no frame" },
	{ "nothing", { .octets = NULL, .closes = true }, false, false, "without an answer" },
	{ "half an answer",
	  { .octets = "\vMSH|^~\\&|C|", .closes = true },
	  false,
	  false,
	  "broke off" },
};

static void each_answer(void)
{
	struct bed b;
	bed_make(&b);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hl7_reply reply;
		struct problem p = { .code = PROBLEM_NONE };
		begin(&b, b.server, &rows[i].manner, 1);
		struct call *c = ask(&b);
		bool is = hl7_call_read(b.arena, c, "77", &reply, &p);
		if (c->answered != rows[i].answered || c->whole != rows[i].whole
		    || is != (rows[i].told == NULL)
		    || (!is && strstr(p.what, rows[i].told) == NULL)) {
			fprintf(stderr, "%s: answered %d whole %d: %s\n", rows[i].why, c->answered,
				c->whole, p.what);
			CU_FAIL("an answer has another meaning");
		}
		CU_ASSERT_STRING_EQUAL(b.partner.got, FRAMED(MESSAGE));
		end(&b);
	}
	bed_end(&b);
}

/* As many octets as are taken, and one more. */
static void no_larger(void)
{
	for (size_t more = 0; more < 2; more++) {
		struct bed b;
		bed_make(&b);
		char *text = arena_alloc(b.arena, MOST + 8);
		memset(text, 'x', MOST + 8);
		text[0] = '\v';
		memcpy(text + 1 + MOST + more, "\x1c\r", 3);
		const struct manner manner = { .octets = text };
		begin(&b, b.server, &manner, 1);
		struct call *c = ask(&b);
		CU_ASSERT(c->answered && c->whole == (more == 0));
		CU_ASSERT(more == 0 ? c->body.length == MOST
				    : strstr(c->why, "larger than the 8192 octets") != NULL);
		end(&b);
		bed_end(&b);
	}
}

/* ---- Connections ---- */

static const struct {
	const char *why;
	struct manner first;
	unsigned connections; /* of two messages, one after the other */
} kept[] = {
	{ "it is kept", { .octets = FRAMED(ACK("AA", "77")) }, 1 },
	{ "it was closed meanwhile", { .octets = FRAMED(ACK("AA", "77")), .closes = true }, 2 },
	{ "it said more than it was asked", { .octets = FRAMED(ACK("AA", "77")) "\v" }, 2 },
	{ "its answer was none", { .octets = "\v\v\vMSH\v" }, 2 },
};

static void connections(void)
{
	struct bed b;
	bed_make(&b);
	for (size_t i = 0; i < COUNT(kept); i++) {
		const struct manner script[] = { kept[i].first,
						 { .octets = FRAMED(ACK("AA", "77")) } };
		begin(&b, b.server, script, 2);
		ask(&b);
		struct call *c = ask(&b);
		if (!c->whole || atomic_load(&b.partner.connections) != kept[i].connections) {
			fprintf(stderr, "%s: %u connections, %s\n", kept[i].why,
				atomic_load(&b.partner.connections), c->why);
			CU_FAIL("another number of connections");
		}
		end(&b);
	}
	bed_end(&b);
}

/* A message that meets its connection closed is sent again, once; one whose answer has begun is
 * not. */
static void sent_again(void)
{
	static const struct manner script[] = {
		{ .octets = FRAMED(ACK("AA", "77")) }, { .octets = NULL, .closes = true },
		{ .octets = FRAMED(ACK("AA", "77")) }, { .octets = "\vMSH|", .closes = true },
		{ .octets = NULL, .closes = true },    { .octets = NULL, .closes = true },
	};
	struct bed b;
	bed_make(&b);
	begin(&b, b.server, script, COUNT(script));
	CU_ASSERT(ask(&b)->whole);
	CU_ASSERT(ask(&b)->whole);
	CU_ASSERT_EQUAL(atomic_load(&b.partner.messages), 3);
	CU_ASSERT_STRING_EQUAL(ask(&b)->why, "its answer broke off");
	CU_ASSERT_EQUAL(atomic_load(&b.partner.messages), 4);
	CU_ASSERT_STRING_EQUAL(ask(&b)->why, "it closed the connection without an answer");
	CU_ASSERT_EQUAL(atomic_load(&b.partner.messages), 5);
	end(&b);
	bed_end(&b);
}

/* Another identity of ours, or another CA, is another connection. */
static void not_mixed_up(void)
{
	static const struct manner good = { .octets = FRAMED(ACK("AA", "77")), .closes = false };
	struct bed b;
	struct caller *caller;
	bed_make(&b);
	begin(&b, b.server, &good, 1);
	ask(&b);
	struct call *c = call_of(&b);
	char second[96];
	name(&b, second, "client2.pem");
	c->us.certificate = second;
	caller = calls_caller(b.calls);
	CU_ASSERT_FATAL(caller->begin(caller, c));
	CU_ASSERT(caller->over(caller) == NULL);
	caller->give_up(caller, c); /* our partner serves one at a time, and the first rests */
	CU_ASSERT(ask(&b)->whole);
	CU_ASSERT_EQUAL(atomic_load(&b.partner.messages), 2);
	end(&b);
	bed_end(&b);
}

/* Nothing is said to who is not the partner, nor to nobody. */
static void not_the_partner(void)
{
	static const struct manner good = { .octets = FRAMED(ACK("AA", "77")) };
	struct bed b;
	bed_make(&b);
	begin(&b, b.other, &good, 1);
	struct call *c = ask(&b);
	CU_ASSERT(!c->answered && strstr(c->why, "certificate") != NULL);
	CU_ASSERT_EQUAL(atomic_load(&b.partner.messages), 0);
	unsigned port = b.partner.port;
	end(&b);
	begin(&b, b.server, &good, 1);
	c = call_of(&b);
	c->us.server_name = "somebody.example";
	struct caller *caller = calls_caller(b.calls);
	CU_ASSERT_FATAL(caller->begin(caller, c) && next_over(&b) == c);
	CU_ASSERT(!c->answered && strstr(c->why, "somebody.example") != NULL);
	CU_ASSERT_EQUAL(atomic_load(&b.partner.messages), 0);
	c = ask_at(&b, port); /* nobody is there any more */
	CU_ASSERT(!c->answered && c->why[0] != '\0');
	end(&b);
	bed_end(&b);
}

/* A connection is used for so long and no longer. */
static void made_anew(void)
{
	static const struct manner good = { .octets = FRAMED(ACK("AA", "77")) };
	struct bed b;
	bed_make(&b);
	begin(&b, b.server, &good, 1);
	ask(&b);
	b.elapsed += CLIENT_KEPT_SECONDS * (int64_t)SECOND - 1;
	ask(&b);
	CU_ASSERT_EQUAL(atomic_load(&b.partner.connections), 1);
	b.elapsed++;
	CU_ASSERT(ask(&b)->whole);
	CU_ASSERT_EQUAL(atomic_load(&b.partner.connections), 2);
	end(&b);
	bed_end(&b);
}

/* One more partner than connections rest: the one that rested longest is closed. */
static void as_many_rest_as_may(void)
{
	static const struct manner good = { .octets = FRAMED(ACK("AA", "77")) };
	struct mllp_partner *more = calloc(MLLP_KEPT_MOST, sizeof *more);
	struct bed b;
	bed_make(&b);
	begin(&b, b.server, &good, 1);
	ask(&b);
	for (size_t i = 0; i < MLLP_KEPT_MOST; i++) {
		b.elapsed++;
		mllp_partner_begin(&more[i], b.server, b.ca, &good, 1);
		ask_at(&b, more[i].port);
		if (i == MLLP_KEPT_MOST - 2) {
			ask(&b);
			CU_ASSERT_EQUAL(atomic_load(&b.partner.connections), 1);
		}
	}
	b.elapsed++;
	ask_at(&b, more[0].port);
	CU_ASSERT_EQUAL(atomic_load(&more[0].connections), 2);
	ask(&b);
	CU_ASSERT_EQUAL(atomic_load(&b.partner.connections), 1);
	end(&b);
	for (size_t i = 0; i < MLLP_KEPT_MOST; i++)
		mllp_partner_end(&more[i]);
	free(more);
	bed_end(&b);
}

/* Given up in the middle: its connection is not another's. */
static void given_up(void)
{
	static const struct manner script[] = { { .octets = NULL },
						{ .octets = FRAMED(ACK("AA", "77")) } };
	struct bed b;
	bed_make(&b);
	begin(&b, b.server, script, 2);
	struct call *c = call_of(&b);
	struct caller *caller = calls_caller(b.calls);
	CU_ASSERT_FATAL(caller->begin(caller, c));
	while (atomic_load(&b.partner.messages) == 0) {
		CU_ASSERT_FATAL(caller->over(caller) == NULL);
		calls_wait(b.calls, SECOND / 100);
	}
	caller->give_up(caller, c);
	CU_ASSERT(ask(&b)->whole);
	CU_ASSERT_EQUAL(atomic_load(&b.partner.connections), 2);
	end(&b);
	bed_end(&b);
}

static const struct test tests[] = {
	{ "each answer, and what is none", each_answer },
	{ "an answer has no more octets than are taken", no_larger },
	{ "a connection is kept for the next message", connections },
	{ "a message that meets its connection closed is sent again", sent_again },
	{ "a connection is for those whose certificates it has", not_mixed_up },
	{ "nothing is said to who is not the partner", not_the_partner },
	{ "a connection is made anew in time", made_anew },
	{ "as many rest as may", as_many_rest_as_may },
	{ "what was given up harms nobody", given_up },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as in the daemon */
	calls_library_begin();
	int failed = suite_run("MLLP calls", tests);
	calls_library_end();
	return failed;
}
