/* gateway/calling.c: an exchange asks other systems, and waits without a thread.
 *
 * A worker runs the transaction's call() and writes what it asks; a job keeps what is to be
 * recorded of it whatever becomes of us (gateway/calls_kept.c), and gives the calls to the client
 * thread (gateway/client/client_thread.h): from then on the exchange and its arena are that
 * thread's. When the last call is over it queues the exchange again, and a worker reads the
 * answers and runs call() anew. What has to be kept before anybody is asked goes the same way
 * (exchange_keep_first()): a job, and call() anew. Nothing of what a partner does ends more than
 * its own call: whatever comes of it that is no answer is a problem of the call, in our own
 * words. */
#include "gateway/journey.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "gateway/assertion/make.h"
#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/base/trace.h"
#include "gateway/client/circuits.h"
#include "gateway/client/client_thread.h"
#include "gateway/client/soap_call.h"
#include "gateway/config.h"
#include "gateway/locked_out.h"
#include "gateway/process.h"

/* Of an exchange's time a quarter is kept for what follows its calls: the job, and the answer. */
enum { PARTS = 4, PARTS_FOR_CALLS = 3, SECOND = 1000000 };

/* Of answers: a millisecond to go through. */
enum { LARGE = 1 << 20 };

/* ---- Asking ---- */

struct asking {
	struct journey *journey;
	bool asked;
};

static void let_go(void *file)
{
	spool_file_let_go(file);
}

/* The client thread opens no files (gateway/walls.h). */
static bool begin_file(struct journey *j, struct exchange_call *c)
{
	if (!c->what->spooled)
		return true;
	c->file = spool_file_begin(j->x.spools, &c->problem);
	c->over = c->file == NULL;
	if (c->file != NULL)
		arena_at_end(j->x.arena, let_go, c->file);
	return !c->over;
}

/* False: it is over before it is asked. */
static bool write_call(struct journey *j, struct exchange_call *c)
{
	struct exchange *x = &j->x;
	if (!begin_file(j, c))
		return false;
	const struct soap_call soap = {
		.url = partner_address(c->to, c->what->at),
		.action = c->what->action,
		.write = c->what->write,
		.write_headers = c->what->write_headers,
		.multipart = c->what->multipart,
		.parts = c->what->parts == NULL ? NULL : c->what->parts(c->request),
		.write_security = c->vouched == NULL ? NULL : assertion_write,
		.security = c->vouched,
		.what = c->request
	};
	const struct call_piece *pieces;
	c->sent = arena_new(x->arena, struct soap_sent);
	size_t count = soap_call_pieces(x->arena, x->random, &soap, c->sent, &pieces);
	c->message_id = c->sent->message_id;
	c->under_way = arena_new(x->arena, struct grouped_call);
	char *traceparent = x->trace == NULL ? NULL : arena_alloc(x->arena, TRACE_PARENT);
	if (traceparent != NULL)
		trace_write(x->trace, x->random, traceparent);
	*c->under_way = (struct grouped_call){
		.call = { .arena = x->arena,
			  .url = soap.url,
			  .once = c->what->once,
			  .us = c->to->identity,
			  .headers = { { "Content-Type", c->sent->content_type },
				       { "X-Minato-Exchange", x->id },
				       { "traceparent", traceparent } },
			  .header_count = traceparent == NULL ? 2 : 3,
			  .pieces = pieces,
			  .piece_count = count,
			  .answer_most = c->what->answer_most,
			  .to = c->file },
		.partner = c->to->name,
		.connections = c->to->connections,
		.seconds = c->to->answer_seconds,
	};
	return true;
}

/* Over before it is asked. */
static void refuse_call(struct journey *j, struct exchange_call *c)
{
	c->over = true;
	if (c->what->take != NULL)
		c->what->take(&j->x, c);
}

/* Whose gateway the operator has locked out is told nothing, and asked nothing. */
static bool is_locked_out(struct journey *j, struct exchange_call *c)
{
	const struct region *r = j->x.region;
	for (size_t i = 0; i < r->system_count; i++) {
		const struct registered_system *s = &r->systems[i];
		if (!text_equal(s->community, c->to->name)
		    || !locked_out_has(j->gateway->locked_out, s))
			continue;
		problem_set(&c->problem, PROBLEM_LOCKED_OUT,
			    "its gateway %s is locked out by the region's operator", s->name);
		refuse_call(j, c);
		return true;
	}
	return false;
}

/* A community that has not answered for a while is not waited for; of another nobody has a use for
 * an answer that lacks it. */
static bool is_spared(struct journey *j, struct exchange_call *c)
{
	if (c->what->take == NULL || j->replays != NULL
	    || circuits_ask(j->gateway->circuits, c->to->name))
		return false;
	problem_set(&c->problem, PROBLEM_BUSY,
		    "it has not answered the last %d times and more, and is asked again within "
		    "%d seconds",
		    CIRCUIT_FAILURES, CIRCUIT_SECONDS);
	refuse_call(j, c);
	return true;
}

/* What it is told of who asks; who cannot be told of in its words is not asked for. */
static bool is_unvouched(struct journey *j, struct exchange_call *c)
{
	struct exchange *x = &j->x;
	const struct assertion_signer *ours = &x->region->assertions.ours;
	if (c->to->assertion_audience == NULL)
		return false;
	c->vouched = assertion_make(x->arena, x->random, ours, c->to, &x->who, x->now, &c->problem);
	if (c->vouched == NULL)
		refuse_call(j, c);
	return c->vouched == NULL;
}

static void ask(void *with)
{
	struct asking *a = with;
	struct journey *j = a->journey;
	if (!j->x.transaction->call(&j->x) || j->x.problem.code != PROBLEM_NONE)
		return;
	if (j->x.first != NULL) {
		a->asked = true; /* of the store, first */
		return;
	}
	for (struct exchange_call *c = j->x.calls; c != NULL; c = c->next) {
		if (!c->over && !is_locked_out(j, c) && !is_spared(j, c) && !is_unvouched(j, c)
		    && write_call(j, c))
			a->asked = true;
	}
	if (a->asked)
		journey_prepare_ask(j);
}

/* What could not be read of the store is not absent. */
static void end_look(struct exchange *x)
{
	if (x->txn != NULL && store_failed(x->txn))
		x->problem = *store_problem(x->txn);
	store_end(x->txn);
	x->txn = NULL;
}

bool journey_call(struct journey *j)
{
	struct asking a = { .journey = j };
	if (!j->read || j->x.transaction->call == NULL)
		return false;
	bool whole = arena_run(j->x.arena, ask, &a);
	end_look(&j->x);
	if (!whole)
		journey_out_of_memory(j);
	j->read = j->x.problem.code == PROBLEM_NONE;
	return j->read && a.asked;
}

/* ---- Waiting ---- */

static void over(struct call_group *g)
{
	journey_answered((struct journey *)((char *)g - offsetof(struct journey, waits_for)));
}

unsigned journey_seconds(const struct journey *j)
{
	const struct config_door *d = j->door != NULL ? j->door : &j->configuration->https;
	return d->limits.total_seconds;
}

/* As long as the slowest of them may take, within the time the exchange has. */
static int64_t deadline(const struct journey *j)
{
	unsigned longest = 0;
	int64_t last = j->began + (int64_t)journey_seconds(j) * SECOND / PARTS * PARTS_FOR_CALLS;
	for (const struct exchange_call *c = j->x.calls; c != NULL; c = c->next)
		if (!c->over && c->to->answer_seconds > longest)
			longest = c->to->answer_seconds;
	int64_t until = j->gateway->clock->elapsed(j->gateway->clock) + (int64_t)longest * SECOND;
	return until < last ? until : last;
}

void journey_wait(struct journey *j)
{
	struct grouped_call **last = &j->waits_for.calls;
	for (struct exchange_call *c = j->x.calls; c != NULL; c = c->next) {
		if (c->over)
			continue;
		*last = c->under_way;
		last = &c->under_way->next;
	}
	*last = NULL;
	j->waits_for.until = deadline(j);
	j->waits_for.unwanted = door_left(j->message);
	j->waits_for.over = over;
	client_thread_take(j->gateway->client, &j->waits_for);
}

/* ---- Reading the answers ---- */

/* Before it is looked into. */
static bool is_no_answer(struct exchange_call *c, const struct call *got)
{
	struct problem *p = &c->problem;
	if (!got->answered)
		return !problem_set(p, PROBLEM_BUSY, "%s", got->why);
	if (got->status / 100 == 3)
		return !problem_set(p, PROBLEM_MALFORMED,
				    "it answered with HTTP status %d, which sends us elsewhere",
				    got->status);
	if (c->file != NULL && spool_file_problem(c->file) != NULL) {
		c->problem = *spool_file_problem(c->file);
		return true;
	}
	if (!got->whole && c->file == NULL && got->body.length == c->what->answer_most)
		return !problem_set(p, PROBLEM_TOO_LARGE,
				    "its answer is larger than the %zu octets we take",
				    c->what->answer_most);
	if (!got->whole && c->file == NULL)
		return !problem_set(p, PROBLEM_BUSY, "its answer broke off");
	return false;
}

/* What broke off behind its root is an answer, and says so of what it lacks. */
static bool read_reply(struct arena *a, struct exchange_call *c, struct soap_reply *reply,
		       struct problem *why)
{
	const struct call *got = &c->under_way->call;
	if (c->file == NULL)
		return soap_call_read(a, c->sent, got->status, got->content_type, got->body, reply,
				      why);
	if (!soap_call_read_file(a, c->sent, got->status, got->content_type,
				 spool_file_descriptor(c->file), spool_file_length(c->file), reply,
				 why))
		return false;
	c->fd = spool_file_descriptor(c->file);
	c->ranges = reply->ranges;
	c->cut = reply->cut;
	if (!got->whole && c->cut.code == PROBLEM_NONE)
		problem_set(&c->cut, PROBLEM_BUSY, "its answer broke off");
	return true;
}

/* In our own words: what is wrong with it, or with us. */
static bool say_unread(struct exchange_call *c, const struct problem *why)
{
	const struct call *got = &c->under_way->call;
	if (why->code == PROBLEM_ADDRESSING_INVALID)
		return problem_set(&c->problem, why->code, "its answer is to another request");
	if (c->file != NULL && !got->whole)
		return problem_set(&c->problem, PROBLEM_BUSY, "its answer broke off");
	if (c->file != NULL && (why->code == PROBLEM_TOO_LARGE || why->code == PROBLEM_INTERNAL))
		return problem_set(&c->problem, why->code, "%s", why->what);
	return problem_set(&c->problem, PROBLEM_MALFORMED,
			   "it answered with HTTP status %d, and no SOAP that can be read",
			   got->status);
}

/* False: it is the problem's why. */
static bool is_answer(struct arena *a, struct exchange_call *c, struct soap_reply *reply)
{
	const struct call *got = &c->under_way->call;
	struct problem why = { .code = PROBLEM_NONE };
	if (is_no_answer(c, got))
		return false;
	if (!read_reply(a, c, reply, &why))
		return say_unread(c, &why);
	if (reply->message.fault != NULL)
		return problem_set(&c->problem, PROBLEM_MALFORMED,
				   "it answered with a SOAP fault (HTTP status %d)", got->status);
	return text_equal(reply->message.action, c->what->answer)
	       || problem_set(&c->problem, PROBLEM_ACTION_MISMATCH,
			      "its answer has not the action %s", c->what->answer);
}

static void read_answer(struct exchange_call *c, struct arena *a)
{
	struct soap_reply *reply = arena_new(a, struct soap_reply);
	c->over = true;
	if (is_answer(a, c, reply))
		c->answer = &reply->message;
}

/* Whether it counts is not who took it's to say: an answer that says no is one. */
static void tell_circuit(const struct journey *j, const struct exchange_call *c, bool counts)
{
	const struct call *got = &c->under_way->call;
	bool left = j->message != NULL && atomic_load(door_left(j->message));
	enum circuit_end end = counts                   ? CIRCUIT_ANSWERED
			       : left && !got->answered ? CIRCUIT_GIVEN_UP
							: CIRCUIT_FAILED;
	circuits_told(j->gateway->circuits, c->to->name, end, c->under_way->took);
}

/* One that is taken: its tree is gone before the next is read. */
struct taking {
	struct exchange *x;
	struct exchange_call *call;
	struct arena *each;
	bool counts;
};

static void take_answer(void *with)
{
	struct taking *t = with;
	read_answer(t->call, t->each);
	t->counts = t->call->answer != NULL;
	t->call->what->take(t->x, t->call);
}

/* An answer that no memory is left for ends its own call, and nobody else's. */
static void take_one(struct journey *j, struct exchange_call *c, struct arena *each)
{
	struct exchange *x = &j->x;
	struct taking t = { .x = x, .call = c, .each = each };
	bool whole = arena_run(x->arena, take_answer, &t);
	c->answer = NULL;
	arena_reset(each);
	tell_circuit(j, c, whole && t.counts);
	if (whole)
		return;
	c->problem = (struct problem){ .code = PROBLEM_NONE };
	problem_set(&c->problem, PROBLEM_TOO_LARGE,
		    "its answer needs more memory than exchange-memory leaves");
	c->what->take(x, c);
}

struct reading {
	struct exchange *x;
	struct exchange_call *call;
};

static void read_one(void *with)
{
	struct reading *r = with;
	read_answer(r->call, r->x->arena);
}

/* No answer has more than half of the memory that is left: what one partner says leaves room for
 * what the next one does, and for the answer to who asked us. */
static void read_within(struct exchange *x, struct exchange_call *c)
{
	struct reading r = { x, c };
	struct arena_mark before = arena_mark(x->arena);
	size_t left = arena_left(x->arena);
	if (arena_run(x->arena, read_one, &r) && arena_left(x->arena) >= left / 2)
		return;
	arena_rewind(x->arena, &before);
	c->over = true;
	c->answer = NULL;
	c->ranges = NULL;
	c->problem = (struct problem){ .code = PROBLEM_NONE };
	problem_set(&c->problem, PROBLEM_TOO_LARGE,
		    "to read its answer takes more memory than exchange-memory leaves");
}

void journey_read_answers(struct journey *j)
{
	struct exchange *x = &j->x;
	struct arena *each = NULL;
	for (struct exchange_call *c = x->calls; c != NULL; c = c->next) {
		if (!c->out || c->over)
			continue;
		if (c->what->take == NULL) {
			read_within(x, c);
			continue;
		}
		each = each == NULL ? arena_create_within(x->arena) : each;
		take_one(j, c, each);
	}
	end_look(x);
}

bool journey_answers_are_large(const struct journey *j)
{
	uint64_t octets = 0;
	for (const struct exchange_call *c = j->x.calls; c != NULL; c = c->next)
		if (!c->over && c->file != NULL)
			octets += spool_file_length(c->file);
	return octets > LARGE;
}

/* ---- Audit: ITI TF-2: 3.20.7; each call is an event of its own, with us as its source ---- */

/* The host of https://HOST[:PORT]/..., an IPv6 address without its brackets. */
static const char *host_of(struct arena *a, const char *url)
{
	const char *at = strstr(url, "://");
	const char *host = at == NULL ? url : at + 3;
	bool bracketed = *host == '[';
	return arena_text_n(a, host + bracketed, strcspn(host + bracketed, bracketed ? "]" : ":/"));
}

void journey_audit_host(struct arena *a, const char *url, struct audit_participant *out)
{
	const char *host = host_of(a, url);
	bool numeric = strspn(host, "0123456789.") == strlen(host) || strchr(host, ':') != NULL;
	out->network_access_point = host;
	out->network_access_point_type = numeric ? 2 : 1;
}

/* As the partner's record calls who asks, so that the two are found by one name (3.40.4.2). */
static void audit_vouched(struct exchange *x, const struct exchange_call *c,
			  struct audit_participant **tail)
{
	if (c->vouched == NULL)
		return;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = arena_new(x->arena, struct audit_participant);
	**tail = (struct audit_participant){ .user_id = c->vouched->name_id,
					     .user_name = c->vouched->name,
					     .roles = c->vouched->roles };
}

static struct audit_participant *call_participants(struct journey *j, const struct exchange_call *c)
{
	struct arena *a = j->x.arena;
	const struct audit_source *us = &j->gateway->source;
	struct audit_participant *own = arena_new(a, struct audit_participant);
	struct audit_participant *other = arena_new(a, struct audit_participant);
	*own = (struct audit_participant){
		.user_id = ADDRESSING_ANONYMOUS,
		.alternative_user_id = us->process_id,
		.requestor = true,
		.role = c->what->brings ? AUDIT_DESTINATION : AUDIT_SOURCE,
		.network_access_point = us->host,
		.network_access_point_type = 1,
		.next = other,
	};
	const char *url = partner_address(c->to, c->what->at);
	*other = (struct audit_participant){ .user_id = url,
					     .role = c->what->brings ? AUDIT_SOURCE
								     : AUDIT_DESTINATION };
	journey_audit_host(a, url, other);
	journey_audit_persons(&j->x, &other->next);
	audit_vouched(&j->x, c, &other->next);
	return own;
}

/* What is not over: nothing is known of it, and nothing may ever be. */
static struct audit_event *call_event(struct journey *j, const struct exchange_call *c)
{
	struct exchange *x = &j->x;
	struct audit_event *e = arena_new(x->arena, struct audit_event);
	const char *problem = c->problem.code == PROBLEM_NONE ? NULL
							      : problem_row(c->problem.code)->name;
	const char *what = c->over ? problem : "cut short: whether it arrived is not known";
	*e = (struct audit_event){
		.event_id = c->what->audit_event,
		.action = c->what->audit_action,
		.time = x->now,
		.outcome = c->over ? journey_outcome(&c->problem) : AUDIT_SERIOUS,
		.outcome_description = what,
		.type = { .code = c->what->code,
			  .scheme = "IHE Transactions",
			  .display = c->what->name },
		.transaction = c->what->code,
		.purposes = x->who.purposes,
		.participants = call_participants(j, c),
		.system = requester_name(&x->who),
		.exchange = x->id,
		.problem = problem,
	};
	if (c->what->audited != NULL)
		c->what->audited(x, c, e);
	return e;
}

struct audit_event *journey_audit_calls(struct journey *j, bool ahead)
{
	struct audit_event *first = NULL, **last = &first;
	for (const struct exchange_call *c = j->x.calls; c != NULL; c = c->next) {
		/* what could not even be begun, or was never to leave, was not asked */
		if (!c->out && (!ahead || c->over))
			continue;
		*last = call_event(j, c);
		while (*last != NULL) /* it may be several */
			last = &(*last)->next;
	}
	return first;
}
