/* gateway/watch_road.c: who watches us: /health for those who send us traffic or stop to, /metrics
 * for Prometheus; short texts by HTTP. And what there is not at a door that serves no transactions.
 *
 * Nobody needs to be known for it. At the admin door, which is on a loopback address, the reason
 * why we are not ready is told; to others only that we are not. */
#include "gateway/journey.h"

#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/exposition.h"
#include "gateway/http_routes.h"
#include "gateway/metrics.h"
#include "gateway/process.h"
#include "gateway/readiness.h"

#define TEXT_PLAIN "text/plain; charset=utf-8"

/* Nothing here takes one; some clients send a few octets with whatever they ask. */
enum { BODY_MOST = 4096 };

/* Whoever comes from anywhere shares what was seen within a second: asking costs the store a
 * flush. Microseconds. */
enum { READY_SHARED = 1000000 };

/* A part that is not ready is tried anew by each question; seconds. */
#define READY_RETRY "1"

struct watched {
	struct route route;
	enum door_service service;
	bool asks_ready; /* whether we are is tried before it is answered */
	void (*answer)(struct journey *j);
};

struct watch_reading {
	struct http_search search;
	const struct watched *found;
	size_t body; /* octets */
};

static bool is_at_home(const struct journey *j)
{
	return j->head->door == DOOR_ADMIN;
}

static void answer_text(struct journey *j, int status, struct bytes text)
{
	journey_answer(j, status, TEXT_PLAIN, text);
}

static void answer_live(struct journey *j)
{
	answer_text(j, 200, bytes_of_text("ok\n"));
}

static void answer_metrics(struct journey *j)
{
	enum exposition as = exposition_asked(head_header(j->head, "Accept"));
	journey_answer(j, 200, exposition_media_type(as), metrics_text(j->gateway, j->x.arena, as));
}

/* The reason first, for who shows one line; then each part. */
static void tell_parts(struct buffer *b, const struct ready_seen *s, enum ready_part first)
{
	buffer_printf(b, "not ready: %s: %s\n", ready_part_name(first),
		      s->parts[first].problem.what);
	for (enum ready_part i = 0; i < READY_PARTS; i++)
		buffer_printf(b, "%s: %s\n", ready_part_name(i),
			      s->parts[i].unknown ? "could not be asked"
			      : s->parts[i].problem.code == PROBLEM_NONE
				      ? "ok"
				      : s->parts[i].problem.what);
}

static void answer_ready(struct journey *j)
{
	const struct ready_seen *s = &j->ready->seen;
	enum ready_part first = ready_first_problem(s);
	struct buffer b = buffer_in(j->x.arena);
	if (first == READY_PARTS)
		buffer_text(&b, "ok\n");
	else if (is_at_home(j))
		tell_parts(&b, s, first);
	else
		buffer_text(&b, "not ready\n");
	if (first != READY_PARTS)
		reply_say(&j->x.reply, j->x.arena, REPLY_RETRY_AFTER, READY_RETRY);
	answer_text(j, first == READY_PARTS ? 200 : 503, buffer_bytes(&b));
}

static const struct watched rows[] = {
	{ .route = { .request = "GET", .detail = "/metrics" },
	  .service = SERVES_METRICS,
	  .answer = answer_metrics },
	{ .route = { .request = "GET", .detail = "/health/live" },
	  .service = SERVES_HEALTH,
	  .answer = answer_live },
	{ .route = { .request = "GET", .detail = "/health/ready" },
	  .service = SERVES_HEALTH,
	  .asks_ready = true,
	  .answer = answer_ready },
};

static bool is_served(const struct journey *j, const struct watched *row)
{
	return j->door != NULL && (j->door->serves & row->service) != 0;
}

static bool watch_head(struct journey *j)
{
	struct watch_reading *r = arena_new(j->x.arena, struct watch_reading);
	j->reading = r;
	j->demands = DEMAND_NOBODY;
	http_search_begin(&r->search, j->x.arena, j->head->method, j->head->path);
	for (size_t i = 0; i < COUNT(rows) && r->found == NULL; i++)
		if (is_served(j, &rows[i]) && http_search_try(&r->search, &rows[i].route))
			r->found = &rows[i];
	return http_search_end(&r->search, &j->x.problem);
}

static bool watch_take(struct journey *j, struct bytes octets)
{
	struct watch_reading *r = j->reading;
	r->body += octets.length;
	return r->body <= BODY_MOST
	       || problem_set(&j->x.problem, PROBLEM_TOO_LARGE, "nothing here takes a body");
}

static bool watch_open(struct journey *j)
{
	const struct watch_reading *r = j->reading;
	if (r->found->asks_ready)
		journey_ask_ready(j, is_at_home(j) ? 0 : READY_SHARED);
	return true;
}

/* For the log, where a refusal is told: the address is told beside it. */
static void watch_identify(struct journey *j, struct requester *who)
{
	if (is_at_home(j)) {
		who->person.vouched = VOUCHED_BY_SYSTEM;
		who->person.name = "loopback";
	}
}

static void refuse(struct journey *j)
{
	const struct watch_reading *r = j->reading;
	const struct problem *why = &j->x.problem;
	struct buffer b = buffer_in(j->x.arena);
	buffer_text(&b, why->what);
	const char *before = "; here are ";
	for (size_t i = 0; i < COUNT(rows); i++)
		if (is_served(j, &rows[i])) {
			buffer_printf(&b, "%s%s", before, rows[i].route.detail);
			before = ", ";
		}
	buffer_byte(&b, '\n');
	if (why->code == PROBLEM_METHOD) /* RFC 9110 15.5.6 */
		reply_say(&j->x.reply, j->x.arena, REPLY_ALLOW, r->search.allow);
	answer_text(j, problem_row(why->code)->http, buffer_bytes(&b));
	j->answer.close = why->code == PROBLEM_TOO_LARGE;
}

static void watch_seal(struct journey *j, bool fault)
{
	const struct watch_reading *r = j->reading;
	if (fault || j->x.problem.code != PROBLEM_NONE)
		refuse(j);
	else
		r->found->answer(j);
}

const struct dialect_road watch_road = {
	.begin = watch_head,
	.take = watch_take,
	.open = watch_open,
	.identify = watch_identify,
	.seal = watch_seal,
};
