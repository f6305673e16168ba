/* tests/operator/calling_test.c: a transaction that asks others before it is handled, on the whole
 * road: one that asks, and one that answers, are all this gateway has, and it asks itself. */
#include "tests/base/suite.h"

#include <stdatomic.h>
#include <string.h>

#include "gateway/base/shares.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/client/soap_client.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "gateway/operator/region_files.h"
#include "gateway/process.h"
#include "profiles/transaction.h"
#include "store/audit_log.h"
#include "store/calls_sent.h"
#include "store/keys.h"
#include "store/store_keys.h"
#include "tests/operator/place.h"

#define OURS "urn:test"

enum { ANSWER_MOST = 1 << 16, MUCH = 1 << 30 };

/* ---- Who is asked: tells the number it was asked with ---- */

static bool read_number(struct exchange *x)
{
	x->request = xml_attribute(x->soap->body, "number");
	return x->request != NULL;
}

/* What is asked has its record kept already. */
static atomic_uint unrecorded;

static bool look_for_record(struct exchange *x)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(x->store, &p);
	struct key sent;
	struct bytes key, row;
	key_begin(&sent, SPACE_OUTBOX_LAST - 1);
	struct store_cursor *c = store_scan_prefix(t, key_span(&sent), false);
	if (!store_next(c, &key, &row))
		unrecorded++;
	store_end(t);
	return true;
}

/* Of the next exchange that asks, if the store is told so. */
static bool cannot_keep;
bool __real_calls_sent_begin(struct store_txn *t, const struct calls_sent *c);
bool __wrap_calls_sent_begin(struct store_txn *t, const struct calls_sent *c);

bool __wrap_calls_sent_begin(struct store_txn *t, const struct calls_sent *c)
{
	return cannot_keep ? problem_set(store_problem(t), PROBLEM_STORE_FULL, "no room")
			   : __real_calls_sent_begin(t, c);
}

/* No file can be made for an answer, if so. */
static bool cannot_spool;
struct spool_file *__real_spool_file_begin(struct spools *all, struct problem *p);
struct spool_file *__wrap_spool_file_begin(struct spools *all, struct problem *p);
struct spool_file *__wrap_spool_file_begin(struct spools *all, struct problem *p)
{
	if (!cannot_spool)
		return __real_spool_file_begin(all, p);
	problem_set(p, PROBLEM_STORE_FULL, "no room");
	return NULL;
}

/* Who asks has much under way. */
static bool loud;
bool __wrap_share_is_loud(const struct share *share);
bool __wrap_share_is_loud(const struct share *share)
{
	(void)share;
	return loud;
}

/* Jobs that are expected and have neither come nor been taken back; of the others, of the loud. */
static atomic_int expected[2];
void __real_store_expect(struct store *s, bool behind);
void __wrap_store_expect(struct store *s, bool behind);
void __wrap_store_expect(struct store *s, bool behind)
{
	expected[behind]++;
	__real_store_expect(s, behind);
}

void __real_store_expect_no_more(struct store *s, bool behind);
void __wrap_store_expect_no_more(struct store *s, bool behind);
void __wrap_store_expect_no_more(struct store *s, bool behind)
{
	expected[behind]--;
	__real_store_expect_no_more(s, behind);
}

void __real_store_submit(struct store *s, struct store_job *j);
void __wrap_store_submit(struct store *s, struct store_job *j);
void __wrap_store_submit(struct store *s, struct store_job *j)
{
	expected[j->behind] -= j->expected;
	__real_store_submit(s, j);
}

static void tell_number(struct exchange *x, struct xml_writer *w)
{
	xml_open(w, "t:Told");
	xml_namespace_declare(w, "t", OURS);
	xml_put_attribute(w, "number", x->request);
	xml_close(w);
}

static const struct route ways_to_told[] = {
	{ .request = OURS ":ask", .detail = "Ask", .namespace_uri = OURS, .answer = OURS ":told" },
	{ 0 }
};
static const struct transaction told = {
	.code = "TOLD",
	.name = "Told",
	.section = "-",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.routes = ways_to_told,
	.access = STORE_READ,
	.read = read_number,
	.handle = look_for_record,
	.answer_xml = tell_number,
};

/* ---- Who asks: in rounds, by the mode of its request ---- */

static void write_ask(struct xml_writer *w, const void *request)
{
	xml_open(w, "t:Ask");
	xml_namespace_declare(w, "t", OURS);
	xml_put_attribute(w, "number", request);
	xml_close(w);
}

static const struct outward ask = {
	.code = "ASK",
	.name = "Ask",
	.action = OURS ":ask",
	.answer = OURS ":told",
	.answer_most = ANSWER_MOST,
	.audit_event = 110106,
	.audit_action = AUDIT_READ,
	.write = write_ask,
};

/* The same, with an answer that goes to a file. */
static const struct outward ask_aside = {
	.code = "ASIDE",
	.name = "Ask",
	.action = OURS ":ask",
	.answer = OURS ":told",
	.spooled = true,
	.brings = true,
	.audit_event = 110107,
	.audit_action = AUDIT_CREATE,
	.write = write_ask,
};

/* Set before the gateway starts to answer. */
static struct partner ourselves, nobody = {
	.name = "nobody", .url = "https://127.0.0.1:1/", .connections = 1, .answer_seconds = 20
};

static bool read_mode(struct exchange *x)
{
	x->request = xml_attribute(x->soap->body, "mode");
	return x->request != NULL;
}

static size_t asked(const struct exchange *x)
{
	size_t count = 0;
	for (const struct exchange_call *c = x->calls; c != NULL; c = c->next)
		count++;
	return count;
}

/* One, then two at once, then none. */
static bool ask_in_rounds(struct exchange *x)
{
	size_t before = asked(x);
	for (size_t n = before + 1; n <= 2 * before + 1 && before < 3; n++)
		exchange_call(x, &ask, &ourselves, arena_printf(x->arena, "%zu", n));
	return true;
}

static bool call(struct exchange *x)
{
	const char *mode = x->request;
	if (text_equal(mode, "rounds"))
		return ask_in_rounds(x);
	if (text_equal(mode, "refuses"))
		return exchange_look(x) != NULL
		       && problem_set(&x->problem, PROBLEM_NOT_PERMITTED, "not after a look");
	if (text_equal(mode, "takes-much"))
		return arena_alloc(x->arena, MUCH) != NULL;
	if (text_starts(mode, "aside") && x->calls == NULL) {
		exchange_call(x, &ask_aside, &ourselves, "1");
		if (text_equal(mode, "aside-too"))
			exchange_call(x, &ask, &ourselves, "2");
	}
	if (text_equal(mode, "nobody") && x->calls == NULL) {
		exchange_call(x, &ask, &nobody, "1");
		exchange_call(x, &ask, &ourselves, "2");
	}
	return true;
}

static bool handle(struct exchange *x)
{
	struct buffer b = buffer_in(x->arena);
	for (const struct exchange_call *c = x->calls; c != NULL; c = c->next)
		buffer_printf(&b, "%s",
			      c->answer == NULL ? "-" : xml_attribute(c->answer->body, "number"));
	x->result = (void *)buffer_ended(&b);
	return true;
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	xml_open(w, "t:Asked");
	xml_namespace_declare(w, "t", OURS);
	xml_put_attribute(w, "of",
			  x->problem.code != PROBLEM_NONE ? problem_row(x->problem.code)->name
							  : (const char *)x->result);
	xml_close(w);
}

static const struct route ways_to_asks[] = { { .request = OURS ":begin",
					       .detail = "Begin",
					       .namespace_uri = OURS,
					       .answer = OURS ":asked" },
					     { 0 } };
static const struct transaction asks = {
	.code = "ASKS",
	.name = "Asks",
	.section = "-",
	.actor = DOCUMENT_REGISTRY,
	.dialect = DIALECT_SOAP,
	.routes = ways_to_asks,
	.access = STORE_WRITE,
	.audit_event = 110107,
	.audit_action = AUDIT_CREATE,
	.read = read_mode,
	.call = call,
	.handle = handle,
	.answer_xml = answer,
};

/* In place of those of profiles/transactions.mk. */
const struct transaction *const transactions[] = { &told, &asks, NULL };

/* ---- What comes of it ---- */

struct scene {
	struct place place;
	struct gateway gateway;
	struct https_client *client;
	uint64_t records;
};

static void begin(struct scene *s)
{
	static const struct log log = { .fd = STDERR_FILENO, .level = LOG_ERROR };
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_FATAL(place_begin(&s->place));
	struct region_plan plan = { .directory = place_name(&s->place, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, s->place.arena, system_clock.now(&system_clock), &p));
	CU_ASSERT_FATAL(gateway_start(&s->gateway, place_name(&s->place, "r/minato.conf"), &log));
	ourselves = (struct partner){
		.name = "ourselves",
		.connections = 2,
		.answer_seconds = 20,
		.url = arena_printf(s->place.arena, "https://127.0.0.1:%u/xds/registry",
				    front_port(s->gateway.front, "https")),
		.identity = { .ca = place_name(&s->place, "r/pki/ca.pem"),
			      .certificate = place_name(&s->place, "r/pki/clients/b-clinic.pem") },
	};
	nobody.identity = ourselves.identity;
	s->client = https_client_open(s->place.arena, &ourselves.identity, ANSWER_MOST, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->client);
}

static void write_begin(struct xml_writer *w, const void *mode)
{
	xml_open(w, "t:Begin");
	xml_namespace_declare(w, "t", OURS);
	xml_put_attribute(w, "mode", mode);
	xml_close(w);
}

static const char *comes_of(struct scene *s, const char *mode)
{
	const struct soap_call soap = {
		.url = ourselves.url, .action = OURS ":begin", .write = write_begin, .what = mode
	};
	struct soap_reply reply;
	struct problem p = { .code = PROBLEM_NONE };
	if (!soap_client_call(s->client, s->place.arena, &system_random, &soap, &reply, &p))
		return arena_text(s->place.arena, p.what);
	return reply.message.fault != NULL ? "a fault" : xml_attribute(reply.message.body, "of");
}

/* The audit records of exchanges since the last look, by their transactions; those refused with
 * "!". The anchoring writes one of its own whenever it is ready. */
static const char *recorded(struct scene *s)
{
	struct arena *a = s->place.arena;
	struct problem p = { .code = PROBLEM_NONE };
	struct buffer b = buffer_in(a);
	struct store_txn *t = store_begin_read(s->gateway.store, &p);
	const struct audit_entry *e;
	for (struct audit_cursor *c = audit_log_from(t, s->records + 1, 0, a);
	     (e = audit_log_next(c)) != NULL;) {
		s->records = e->sequence;
		if (text_equal(e->terms.transaction, "audit-anchor"))
			continue;
		buffer_printf(&b, "%s%s%s", b.length == 0 ? "" : " ", e->terms.transaction,
			      e->terms.refused ? "!" : "");
	}
	store_end(t);
	return buffer_ended(&b);
}

static const struct {
	const char *why, *mode, *of, *records;
	bool cannot_keep, cannot_spool;
} cases[] = {
	{ "three calls in two rounds", "rounds", "123", "ASKS ASK ASK ASK", false, false },
	{ "who asks nobody is handled", "nobody-at-all", "", "ASKS", false, false },
	{ "one that cannot be reached harms its own call", "nobody", "-2", "ASKS ASK! ASK", false,
	  false },
	{ "a refusal after a look", "refuses", "not-permitted", "ASKS!", false, false },
	{ "no memory to ask with", "takes-much", "out-of-resources", "ASKS!", false, false },
	{ "what cannot be recorded is not asked", "rounds", "store-full", "ASKS!", true, false },
	{ "the same of who cannot be reached", "nobody", "store-full", "ASKS!", true, false },
	{ "an answer in a file", "aside", "1", "ASKS ASIDE", false, false },
	{ "beside one that is not", "aside-too", "12", "ASKS ASIDE ASK", false, false },
	{ "what there is no file for is not asked", "aside-too", "-2", "ASKS ASK", false, true },
	{ "nor is anybody, then", "aside", "-", "ASKS", false, true },
	{ "and again", "rounds", "123", "ASKS ASK ASK ASK", false, false },
};

static void each_case(bool is_loud)
{
	static struct scene s;
	s = (struct scene){ .records = 0 };
	loud = is_loud;
	begin(&s);
	recorded(&s);
	for (size_t i = 0; i < COUNT(cases); i++) {
		cannot_keep = cases[i].cannot_keep;
		cannot_spool = cases[i].cannot_spool;
		const char *of = comes_of(&s, cases[i].mode), *records = recorded(&s);
		if (!text_equal(of, cases[i].of) || !text_equal(records, cases[i].records))
			fprintf(stderr, "%s: %s, recorded: %s\n", cases[i].why, of, records);
		CU_ASSERT_STRING_EQUAL(of, cases[i].of);
		CU_ASSERT_STRING_EQUAL(records, cases[i].records);
	}
	CU_ASSERT_EQUAL(unrecorded, 0);
	gateway_stop(&s.gateway);
	place_end(&s.place);
	/* Or the committer waits for jobs that never come. */
	CU_ASSERT(expected[false] == 0 && expected[true] == 0);
}

static void each_case_of_a_quiet_one(void)
{
	each_case(false);
}

static void each_case_of_a_loud_one(void)
{
	each_case(true);
}

int main(void)
{
	static const struct test tests[] = { { "what comes of asking others",
					       each_case_of_a_quiet_one },
					     { "of whoever is loud", each_case_of_a_loud_one },
					     { 0 } };
	unsetenv("MINATO_CONF");
	return suite_run("calling", tests);
}
