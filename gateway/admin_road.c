/* gateway/admin_road.c: the operator's requests: JSON over HTTP on a local socket.
 *
 * Who may: root, or the user the gateway runs as (the socket's peer credentials); look at patients,
 * of these, whom the region lets (service patient-operators). The operator's requests are
 * transactions like all others: the same road, the same audit. */
#include "gateway/journey.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/admin_request.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/door_failures.h"
#include "gateway/exposition.h"
#include "gateway/http_routes.h"
#include "gateway/long_work.h"
#include "gateway/metrics.h"
#include "gateway/process.h"
#include "gateway/readiness.h"
#include "gateway/status.h"
#include "gateway/storages.h"

#define JSON "application/json"
/* Whatever media type a document has: nothing that shows answers is to run it. */
#define OCTETS "application/octet-stream"

enum { BODY_MOST = 1 << 20 };

struct own_affair;

struct admin_reading {
	struct buffer body;
	size_t body_most;
	struct http_search search;
	const struct own_affair *own; /* no transaction; or NULL */
};

static bool may_operate(const struct head *h)
{
	return h->peer_uid == 0 || h->peer_uid == geteuid();
}

/* Some bring a file along. Which route it will be is found when all of it is there. */
static size_t body_most(struct journey *j)
{
	struct http_search s;
	http_search_begin(&s, j->x.arena, j->head->method, j->head->path);
	for (size_t i = 0; transactions[i] != NULL; i++) {
		const struct transaction *t = transactions[i];
		if (t->dialect != DIALECT_ADMIN || t->body_most == 0)
			continue;
		for (const struct route *r = t->routes; r->request != NULL; r++)
			if (http_search_try(&s, r))
				return t->body_most;
	}
	return BODY_MOST;
}

static bool admin_head(struct journey *j)
{
	struct exchange *x = &j->x;
	struct admin_reading *r = arena_new(x->arena, struct admin_reading);
	r->body = buffer_in(x->arena);
	r->body_most = body_most(j);
	j->reading = r;
	j->demands = DEMAND_OPERATOR;
	return may_operate(j->head)
	       || problem_set(&x->problem, PROBLEM_NOT_PERMITTED,
			      "only root and the gateway's own user may administer it");
}

/* By the numbers the kernel knows them by: names are looked up elsewhere, which no wall lets
 * through. */
static bool may_look_at_patients(const struct journey *j)
{
	const char *const *listed = j->configuration->service.patient_operators;
	const char *uid = arena_printf(j->x.arena, "%u", j->head->peer_uid);
	if (listed == NULL)
		return true;
	while (*listed != NULL && !text_equal(*listed, uid))
		listed++;
	return *listed != NULL;
}

/* The kernel says who is at the other end of a local socket. */
static void admin_identify(struct journey *j, struct requester *who)
{
	who->person.vouched = VOUCHED_BY_SYSTEM;
	who->person.name = arena_printf(j->x.arena, "uid %u", j->head->peer_uid);
	who->operates = may_operate(j->head);
	who->kept_from_patients = !may_look_at_patients(j);
}

static bool admin_take(struct journey *j, struct bytes octets)
{
	struct admin_reading *r = j->reading;
	struct buffer *body = &r->body;
	if (body->length + octets.length > r->body_most)
		return problem_set(&j->x.problem, PROBLEM_TOO_LARGE,
				   "the request is larger than %zu octets", r->body_most);
	buffer_append(body, octets.data, octets.length);
	return true;
}

/* 409: it is there, and cannot be done as this gateway is configured. */
static bool check_actors(struct journey *j)
{
	struct exchange *x = &j->x;
	const struct actors *which = &j->configuration->actors;
	unsigned with = x->transaction->works_with, off = 0;
	while (off < ACTOR_COUNT && ((with & 1U << off) == 0 || which->on[off]))
		off++;
	return off == ACTOR_COUNT
	       || problem_at(&x->problem, PROBLEM_ACTOR_OFF, actor_key((enum actor)off),
			     "%s works with the %s, which is off", x->transaction->name,
			     actor_name((enum actor)off));
}

static void find_transaction(struct journey *j, struct http_search *search)
{
	for (size_t i = 0; transactions[i] != NULL; i++) {
		if (transactions[i]->dialect != DIALECT_ADMIN)
			continue;
		for (const struct route *r = transactions[i]->routes; r->request != NULL; r++)
			if (http_search_try(search, r)) {
				j->x.transaction = transactions[i];
				j->route = r;
				return;
			}
	}
}

/* ---- What concerns the process and no patient: no transactions ---- */

static void answer_json(struct journey *j, int status, json_t *value);

static void answer_status(struct journey *j)
{
	answer_json(j, 200, status_describe(j->gateway, &j->x, &j->ready->seen));
}

static void answer_configuration(struct journey *j)
{
	answer_json(j, 200, status_configuration(j->gateway, &j->x));
}

static void answer_metrics(struct journey *j)
{
	enum exposition as = exposition_asked(head_header(j->head, "Accept"));
	journey_answer(j, 200, exposition_media_type(as), metrics_text(j->gateway, j->x.arena, as));
}

static bool read_door_failures(struct journey *j)
{
	const char *after = admin_request_member(&j->x, "after");
	uint64_t number;
	return after == NULL || text_to_number(after, UINT64_MAX, &number)
	       || problem_at(&j->x.problem, PROBLEM_REQUEST_INVALID, "after", "'%s' is no number",
			     after);
}

static void answer_door_failures(struct journey *j)
{
	answer_json(j, 200, door_failures_describe(j->gateway->door_failures, &j->x));
}

static void answer_work(struct journey *j)
{
	answer_json(j, 200, status_work(j->gateway, admin_request_member(&j->x, "name")));
}

/* It answers at once; what was cancelled says to its own client what became of it. */
static bool cancel_work(struct journey *j)
{
	struct problem *p = &j->x.problem;
	const char *name = admin_request_member(&j->x, "name");
	if (name == NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "name", "'name' is needed");
	return long_works_cancel(j->gateway->long_works, name, p);
}

static void answer_cancelled(struct journey *j)
{
	answer_json(j, 200, json_pack("{s:b}", "cancelled", 1));
}

static void answer_storages(struct journey *j)
{
	answer_json(j, 200, storages_describe(j->gateway, &j->x));
}

static bool find_quarantine(struct journey *j)
{
	return storages_quarantine(j->gateway, &j->x);
}

static void answer_quarantine(struct journey *j)
{
	answer_json(j, 200, j->x.result);
}

static bool release_quarantine(struct journey *j)
{
	return storages_release(j->gateway, &j->x);
}

static void answer_released(struct journey *j)
{
	answer_json(j, 200, j->x.result);
}

static const struct own_affair {
	struct route route;
	const char *takes;                 /* NULL: neither parameters nor a body */
	bool (*handle)(struct journey *j); /* NULL: there is nothing to be done */
	void (*answer)(struct journey *j);
	bool asks_ready; /* whether we are is tried before it is answered */
} own_affairs[] = {
	{ .route = { .request = "GET", .detail = "/admin/status" },
	  .asks_ready = true,
	  .answer = answer_status },
	{ .route = { .request = "GET", .detail = "/admin/configuration" },
	  .answer = answer_configuration },
	{ .route = { .request = "GET", .detail = "/admin/metrics" }, .answer = answer_metrics },
	{ .route = { .request = "GET", .detail = "/admin/work" },
	  .takes = "name",
	  .answer = answer_work },
	{ .route = { .request = "GET", .detail = "/admin/door-failures" },
	  .takes = "after",
	  .handle = read_door_failures,
	  .answer = answer_door_failures },
	{ .route = { .request = "GET", .detail = "/admin/ssmix2/storages" },
	  .answer = answer_storages },
	{ .route = { .request = "GET", .detail = "/admin/ssmix2/quarantine" },
	  .takes = "facility",
	  .handle = find_quarantine,
	  .answer = answer_quarantine },
	{ .route = { .request = "POST", .detail = "/admin/ssmix2/release", .media = JSON },
	  .takes = "facility path",
	  .handle = release_quarantine,
	  .answer = answer_released },
	{ .route = { .request = "POST", .detail = "/admin/work/cancel", .media = JSON },
	  .takes = "name",
	  .handle = cancel_work,
	  .answer = answer_cancelled },
};

static const struct own_affair *find_own(struct http_search *search)
{
	for (size_t i = 0; i < COUNT(own_affairs); i++)
		if (http_search_try(search, &own_affairs[i].route))
			return &own_affairs[i];
	return NULL;
}

static bool open_own_affair(struct journey *j, const struct own_affair *own, struct bytes body)
{
	struct exchange *x = &j->x;
	if (own->takes == NULL)
		return admin_request_is_bare(&x->problem, j->head->query, body);
	return admin_request_read(x, own->route.request, own->takes, j->head->query, body)
	       && (own->handle == NULL || own->handle(j));
}

/* What a client calls what it asks for, so that it can ask how far it is. */
static bool name_work(struct journey *j)
{
	const char *name = head_header(j->head, "X-Minato-Work");
	if (name == NULL || j->x.transaction->long_work == NULL)
		return true;
	if (!long_work_name_is_one(name))
		return problem_at(&j->x.problem, PROBLEM_REQUEST_INVALID, "X-Minato-Work",
				  "that is no name: 1 to %d letters, digits and '-'",
				  LONG_WORK_NAME);
	j->work.name = name;
	return true;
}

static const char *parameters_of(const struct transaction *t, const struct route *route)
{
	return t->parameters == NULL ? NULL : t->parameters[route - t->routes];
}

static bool media_fits(struct journey *j, const struct admin_reading *r)
{
	return r->search.found->media == NULL || r->body.length == 0
	       || http_media_fits(j->x.arena, r->search.found, head_header(j->head, "Content-Type"),
				  &j->x.problem);
}

/* What stands in the path counts as what is said elsewhere, for whoever handles it. */
static bool take_values(struct exchange *x, const struct http_search *s)
{
	bool taken = true;
	for (size_t i = 0; taken && i < s->value_count; i++)
		taken = json_object_set_new(x->json, s->values[i].name,
					    json_string(s->values[i].value))
			== 0;
	return taken
	       || problem_set(&x->problem, PROBLEM_REQUEST_INVALID, "the path %s is not UTF-8",
			      s->path);
}

static bool admin_whole(struct journey *j)
{
	struct exchange *x = &j->x;
	struct admin_reading *r = j->reading;
	struct bytes octets = { r->body.data, r->body.length };
	http_search_begin(&r->search, x->arena, j->head->method, j->head->path);
	r->own = find_own(&r->search);
	if (r->own != NULL && r->own->asks_ready)
		journey_ask_ready(j, 0);
	if (r->own == NULL)
		find_transaction(j, &r->search);
	if (!http_search_end(&r->search, &x->problem) || !media_fits(j, r))
		return false;
	if (r->own != NULL)
		return open_own_affair(j, r->own, octets);
	return check_actors(j) && name_work(j)
	       && admin_request_read(x, j->route->request, parameters_of(x->transaction, j->route),
				     j->head->query, octets)
	       && take_values(x, &r->search);
}

static void admin_participants(struct journey *j, struct audit_event *e)
{
	struct exchange *x = &j->x;
	struct audit_participant *person = arena_new(x->arena, struct audit_participant);
	struct audit_participant *own = arena_new(x->arena, struct audit_participant);
	*person = (struct audit_participant){ .user_id = x->who.person.name,
					      .requestor = true,
					      .next = own };
	*own = (struct audit_participant){
		.user_id = j->gateway->source.source_id,
		.alternative_user_id = j->gateway->source.process_id,
		.role = AUDIT_APPLICATION,
		.network_access_point = j->gateway->source.host,
		.network_access_point_type = 1,
	};
	e->participants = person;
}

/* A list as newline-delimited JSON, one element a line: a long account of many things. */
static void answer_lines(struct journey *j, int status, json_t *list)
{
	struct buffer b = buffer_in(j->x.arena);
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_append(&b, json_array_get(list, i));
		buffer_byte(&b, '\n');
	}
	json_decref(list);
	journey_answer(j, status, REPLY_JSON_LINES, buffer_bytes(&b));
}

static void answer_json(struct journey *j, int status, json_t *value)
{
	struct buffer b = buffer_in(j->x.arena);
	bool written = json_append(&b, value);
	json_decref(value);
	buffer_text(&b, written ? "\n" : "{}\n");
	journey_answer(j, written ? status : 500, JSON, buffer_bytes(&b));
}

/* What departs is the answer: octets of a document, as they are. */
static void answer_octets(struct journey *j, const struct departure *d)
{
	struct piece *piece = arena_new(j->x.arena, struct piece);
	*piece = (struct piece){
		.octets = d->octets, .fd = d->fd, .length = d->length, .name = d->sha256
	};
	journey_answer(j, 200, OCTETS, (struct bytes){ 0 });
	j->answer.pieces = piece;
}

/* As the transaction says, where it says something. */
static void answer_transaction(struct journey *j)
{
	struct exchange *x = &j->x;
	int status = x->reply.status != 0 ? x->reply.status : 200;
	if (x->departures != NULL) {
		answer_octets(j, x->departures);
		return;
	}
	json_t *value = x->transaction->answer_json(x);
	if (text_equal(x->reply.media_type, REPLY_JSON_LINES))
		answer_lines(j, status, value);
	else
		answer_json(j, status, value);
}

static json_t *told_so_far(struct exchange *x)
{
	const struct transaction *t = x->transaction;
	return t == NULL || t->told_so_far == NULL ? NULL : t->told_so_far(x);
}

static void admin_seal(struct journey *j, bool fault)
{
	struct exchange *x = &j->x;
	(void)fault;
	if (x->problem.code != PROBLEM_NONE) {
		const struct problem_row *row = problem_row(x->problem.code);
		int status = row->http == 200 ? 409 : row->http;
		if (x->problem.code == PROBLEM_METHOD) /* RFC 9110 15.5.6 */
			reply_say(&x->reply, x->arena, REPLY_ALLOW,
				  ((struct admin_reading *)j->reading)->search.allow);
		answer_json(j, status,
			    json_pack("{s:s, s:s, s:s, s:s, s:i, s:s*, s:o*}", "error", row->name,
				      "what", x->problem.what, "where", x->problem.where, "do",
				      row->remedy == NULL ? "" : row->remedy, "exit",
				      row->exit_code, "exchange", x->id, "told", told_so_far(x)));
		return;
	}
	if (x->transaction == NULL)
		((struct admin_reading *)j->reading)->own->answer(j);
	else
		answer_transaction(j);
}

const struct dialect_road admin_road = {
	.begin = admin_head,
	.take = admin_take,
	.open = admin_whole,
	.identify = admin_identify,
	.participants = admin_participants,
	.seal = admin_seal,
};
