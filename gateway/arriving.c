/* gateway/arriving.c: an exchange at its door: it arrives, its body is taken, its answer is laid
 * out for the door, and what it held is given back. What happens in between is exchange.c's. */
#include "gateway/journey.h"

#include "gateway/base/text.h"
#include "gateway/base/trace.h"
#include "gateway/bodies_kept.h"
#include "gateway/client/client_thread.h"
#include "gateway/config.h"
#include "gateway/doors.h"
#include "gateway/locked_out.h"
#include "gateway/process.h"
#include "gateway/rates.h"

/* By syslog: who is refused one has lost it, and a door that reads no faster holds him up. */
static bool is_audit_record(const struct journey *j)
{
	return text_equal(j->head->method, "SYSLOG");
}

/* Before its body: what is refused for that costs as little as can be. */
static void hold_to_rate(struct journey *j)
{
	static const char *const why[] = {
		[RATE_TOO_FAST] = "this system sends more requests a second than it may",
		[RATE_TOO_MANY] = "this system has as many exchanges under way as it may",
	};
	enum rate_verdict v = rates_take(j->gateway->rates, j->x.sender, j->began);
	j->rated = v == RATE_WITHIN;
	if (!j->rated)
		problem_said(&j->x.problem, PROBLEM_RATE, "", why[v]);
}

/* One that is told twice is told by nobody in particular (W3C Trace Context 3.2: one value). */
static const struct trace *trace_of(const struct journey *j)
{
	const struct head *h = j->head;
	const char *said = NULL;
	for (size_t i = 0; i < h->header_count; i++) {
		if (!text_equal_nocase(h->headers[i].name, "traceparent"))
			continue;
		if (said != NULL)
			return NULL;
		said = h->headers[i].value;
	}
	struct trace t, *kept;
	if (!trace_read(said, &t))
		return NULL;
	kept = arena_new(j->x.arena, struct trace);
	*kept = t;
	return kept;
}

void journey_begin(struct journey *j)
{
	struct gateway *g = j->gateway;
	struct exchange *x = &j->x;
	unsigned char id[8];

	x->random->fill(x->random, id, sizeof id);
	x->id = bytes_to_hex(x->arena, (struct bytes){ id, sizeof id });
	x->trace = trace_of(j);
	x->now = g->clock->now(g->clock);
	x->store = g->store;
	x->spools = g->spools;
	x->continuations = g->continuations;
	x->exchange_log = g->exchange_log;
	x->exchange_bodies = g->exchange_bodies;
	x->open_documents = g->open_documents;
	x->open_documents_most = j->configuration->service.open_documents;
	x->anchors = g->anchors;
	x->region = &j->configuration->region;
	x->peer_address = j->head->peer_address;
	x->endpoint = j->head->local_url;
	if (j->head->certificate_sha256 != NULL)
		x->sender = region_system_at(x->region, j->head->certificate_sha256, x->now);
}

static void stage_begin(void *with)
{
	struct journey *j = with;
	struct exchange *x = &j->x;
	x->random = j->gateway->random;
	journey_begin(j);
	x->stopping = door_unwanted(j->message);
	if (x->sender != NULL && !is_audit_record(j))
		hold_to_rate(j);
	j->road->begin(j);
}

static void *house_arrive(void *self, struct message *m, const struct head *head, int *refusal)
{
	struct gateway *g = self;
	const struct configuration *c = gateway_configuration(g);
	struct arena *a = arena_create_from(g->memory, c->service.exchange_memory);
	struct journey *j = a == NULL ? NULL : arena_try(a, sizeof *j);
	if (j == NULL) {
		arena_destroy(a);
		config_release(c);
		*refusal = 503;
		return NULL;
	}
	j->x.arena = a;
	j->gateway = g;
	j->configuration = c;
	j->message = m;
	j->head = head;
	j->door = config_door_named(c, head->door_name);
	j->road = road_of(j->door, head);
	j->began = g->clock->elapsed(g->clock);
	j->conclude.peer = head->peer;
	journey_guard(j, stage_begin);
	return j;
}

struct taking {
	struct journey *journey;
	struct bytes octets;
	bool more;
};

static void stage_take(void *with)
{
	struct taking *t = with;
	t->more = t->journey->road->take(t->journey, t->octets);
}

bool journey_take(struct journey *j, struct bytes octets)
{
	struct taking t = { .journey = j, .octets = octets };
	if (j->x.problem.code != PROBLEM_NONE)
		return false;
	if (!arena_run(j->x.arena, stage_take, &t))
		return journey_out_of_memory(j);
	return t.more;
}

static bool house_body(void *record, struct bytes octets)
{
	bodies_take(record, octets);
	return journey_take(record, octets);
}

/* Whoever waits for others on its behalf need not any more. */
static void house_left(void *self)
{
	struct gateway *g = self;
	client_thread_look(g->client);
}

static void house_gone(void *record, const char *why)
{
	struct journey *j = record;
	const struct trace *t = j->x.trace;
	log_write(&j->gateway->log, LOG_NOTICE, "exchange %s%s%s: %s",
		  j->x.id == NULL ? "-" : j->x.id, t == NULL ? "" : ", trace ",
		  t == NULL ? "" : t->id, why);
}

bool journey_serves(const struct journey *j, const struct transaction *t)
{
	return transaction_is_on(t, &j->configuration->actors);
}

static void house_release(void *record, bool sent)
{
	struct journey *j = record;
	const struct configuration *c = j->configuration;
	(void)sent;
	bodies_keep(j);
	if (j->rated)
		rates_give(j->gateway->rates, j->x.sender);
	arena_destroy(j->x.arena);
	config_release(c);
}

const struct house exchange_house = {
	/* self: set by process.c */
	.arrive = house_arrive,   .body = house_body, .whole = house_whole,
	.gone = house_gone,       .left = house_left, .release = house_release,
	.refused = house_refused, .cut = house_cut,   .words = house_words,
	.barred = house_barred,
};

/* What is said of an answer that is refused is not what was to be said of a success. */
static bool leaves(const struct journey *j, enum reply_field f)
{
	return j->x.reply.values[f] != NULL
	       && (j->x.problem.code == PROBLEM_NONE || reply_is_of_refusals(f));
}

/* Patients' data are in most answers: nobody between us and who asked keeps any. */
static void say_what_is_unsaid(struct journey *j, int status)
{
	struct exchange *x = &j->x;
	unsigned seconds = problem_row(x->problem.code)->retry_seconds;
	if (x->reply.values[REPLY_CACHE_CONTROL] == NULL)
		x->reply.values[REPLY_CACHE_CONTROL] = "no-store";
	if (status == 503 && x->problem.code != PROBLEM_NONE && seconds != 0)
		x->reply.values[REPLY_RETRY_AFTER] = arena_printf(x->arena, "%u", seconds);
}

void journey_answer(struct journey *j, int status, const char *content_type, struct bytes body)
{
	struct piece *piece = arena_new(j->x.arena, struct piece);
	struct header *headers = arena_array(j->x.arena, struct header, 2 + REPLY_FIELDS);
	size_t count = 0;
	*piece = (struct piece){ .octets = body, .fd = -1 };
	say_what_is_unsaid(j, status);
	if (content_type != NULL)
		headers[count++] = (struct header){ "Content-Type", content_type };
	if (j->x.id != NULL)
		headers[count++] = (struct header){ "X-Minato-Exchange", j->x.id };
	for (enum reply_field f = 0; f < REPLY_FIELDS; f++)
		if (leaves(j, f))
			headers[count++] = (struct header){ reply_field_name(f),
							    j->x.reply.values[f] };
	j->answer = (struct answer){ .status = status,
				     .headers = headers,
				     .header_count = count,
				     .pieces = piece,
				     .piece_count = 1 };
}
