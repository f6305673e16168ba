/* gateway/replaying.c: a former exchange is answered again, and nothing comes of it. */
#include "gateway/replaying.h"

#include <stddef.h>
#include <string.h>

#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "gateway/bodies_kept.h"
#include "gateway/config.h"
#include "gateway/doors.h"
#include "gateway/exchanges_noted.h"
#include "gateway/journey.h"
#include "gateway/process.h"
#include "profiles/actors/continuations.h"
#include "store/exchange_said.h"

enum { DRAWN_MOST = 4096, PIECE = 64 * 1024 };

/* Remembers what it gives, in hexadecimal digits, each time apart: ids that differ from the former
 * answer's for no other reason. */
struct recorder {
	struct random_source source;
	const struct random_source *from;
	char drawn[DRAWN_MOST];
	size_t length;
};

struct replaying {
	struct exchange *by; /* the operator's */
	const struct exchange_said *said;
	struct exchange_replayed *out;
	struct journey journey;
	struct head head;
	struct recorder recorder;
	struct continuations *continuations; /* its own: nobody goes on with what it begins */
};

static void draw(const struct random_source *source, void *out, size_t length)
{
	struct recorder *r = (struct recorder *)source;
	static const char digits[] = "0123456789abcdef";
	const unsigned char *octets = out;
	r->from->fill(r->from, out, length);
	if (r->length + 2 * length + 2 > sizeof r->drawn)
		return;
	for (size_t i = 0; i < length; i++) {
		r->drawn[r->length++] = digits[octets[i] >> 4];
		r->drawn[r->length++] = digits[octets[i] & 15];
	}
	r->drawn[r->length++] = ' ';
	r->drawn[r->length] = '\0';
}

/* ---- As it came ---- */

static void stage_begin(void *with)
{
	struct journey *j = with;
	journey_begin(j);
	j->road->begin(j);
}

static void fill_head(struct replaying *r)
{
	const struct exchange_said *s = r->said;
	struct header *headers = arena_array(r->by->arena, struct header, SAID_HEADERS_MOST);
	for (size_t i = 0; i < s->header_count; i++)
		headers[i] = (struct header){ s->headers[i].name, s->headers[i].value };
	r->head = (struct head){
		.door = text_equal(s->method, "MLLP") ? DOOR_MLLP : DOOR_HTTPS,
		.door_name = s->door,
		.method = s->method,
		.path = s->path,
		.query = s->query,
		.headers = headers,
		.header_count = s->header_count,
		.content_length = -1,
		.peer_address = s->address,
		.peer_port = s->port,
		.local_url = s->url,
		.certificate_sha256 = *s->certificate == '\0' ? NULL : s->certificate,
		.certificate_subject = s->subject,
	};
}

/* Those that wait for the answer stop it as they stop their own. */
static void fill_journey(struct replaying *r, struct journey *by)
{
	struct journey *j = &r->journey;
	j->gateway = by->gateway;
	j->configuration = by->configuration;
	j->head = &r->head;
	j->replays = r->said;
	j->door = config_door_named(j->configuration, r->head.door_name);
	j->road = road_of(j->door, &r->head);
	j->began = j->gateway->clock->elapsed(j->gateway->clock);
	j->time = TIME_TO_HASH;
	j->conclude.peer = by->conclude.peer;
	j->x.random = &r->recorder.source;
}

static void take_all(struct journey *j, struct bytes octets)
{
	bool more = true;
	while (more && octets.length > 0) {
		struct bytes piece = { octets.data, octets.length < PIECE ? octets.length : PIECE };
		more = journey_take(j, piece);
		octets.data += piece.length;
		octets.length -= piece.length;
	}
}

/* ---- What it does, and is undone ---- */

static bool asks(struct journey *j, struct exchange_replayed *out)
{
	if (!journey_call(j))
		return false;
	const struct exchange_call *c = j->x.calls;
	while (c != NULL && c->over)
		c = c->next;
	out->asks = c == NULL ? "a partner" : c->to->name;
	return true;
}

static void audit(void *with)
{
	struct journey *j = with;
	j->events = NULL;
	journey_audit(j);
}

/* Whose records it touches, in the operator's arena. */
static void say_subjects(struct replaying *r, struct store_txn *t)
{
	struct journey *j = &r->journey;
	uint64_t *subjects = arena_array(r->by->arena, uint64_t, SAID_SUBJECTS_MOST);
	r->out->subjects = subjects;
	r->out->subject_count = 0;
	if (!journey_guard(j, audit)
	    || !audit_record_prepare(t, j->x.arena, &j->gateway->source, j->events))
		return;
	for (const struct audit_event *e = j->events; e != NULL; e = e->next)
		for (size_t i = 0; i < e->subject_count; i++)
			if (r->out->subject_count < SAID_SUBJECTS_MOST)
				subjects[r->out->subject_count++] = e->subjects[i];
}

/* Its answer is made before it is undone, as in every job; then there is nothing to be kept. */
static bool change(void *with, struct store_txn *t, struct problem *p)
{
	struct replaying *r = with;
	journey_handle_in_job(&r->journey, t, p);
	return problem_set(p, PROBLEM_CANCELLED, "a replay is undone");
}

static void stage_read(void *with)
{
	journey_handle_in_snapshot(with);
}

static void write_undone(struct replaying *r)
{
	struct journey *j = &r->journey;
	struct problem p = { .code = PROBLEM_NONE };
	journey_weigh(j);
	j->tried = (struct store_block){ j, offsetof(struct journey, gateway) };
	const struct store_afresh afresh = { j->x.arena, &j->tried, 1 };
	store_write_afresh(j->gateway->store, &afresh, change, r, &p);
	if (p.code != PROBLEM_CANCELLED && j->x.problem.code == PROBLEM_NONE)
		j->x.problem = p;
}

static bool handle(struct replaying *r)
{
	struct journey *j = &r->journey;
	if (!j->read || asks(j, r->out))
		return r->out->asks == NULL;
	switch (journey_access(j)) {
	case STORE_READ: journey_guard(j, stage_read); return true;
	case STORE_WRITE: write_undone(r); return true;
	default:
		return problem_set(&r->by->problem, PROBLEM_REQUEST_INVALID,
				   "%s makes jobs of its own, which cannot be undone",
				   j->x.transaction->name);
	}
}

/* ---- What came of it ---- */

static void say_answer(struct replaying *r)
{
	struct journey *j = &r->journey;
	struct exchange_replayed *out = r->out;
	const struct problem *p = exchanges_refused_for(&j->x);
	struct arena *a = r->by->arena;
	out->problem = p->code == PROBLEM_NONE ? "" : problem_row(p->code)->name;
	out->what = arena_text(a, p->what);
	out->content_type = "";
	journey_answer_here(j);
	if (!j->sealed)
		j->sealed = journey_seal(j);
	if (!j->sealed)
		return;
	out->status = r->head.door == DOOR_HTTPS ? (unsigned)j->answer.status : 0;
	for (size_t i = 0; i < j->answer.header_count; i++)
		if (text_equal_nocase(j->answer.headers[i].name, "Content-Type"))
			out->content_type = arena_text(a, j->answer.headers[i].value);
	out->whole = bodies_of_answer(a, &j->answer, j->configuration->store.exchange_body_most,
				      &out->answer);
}

/* A snapshot of its own, where there is none any more: whom it is about is looked up there. */
static void say_whose(struct replaying *r)
{
	struct journey *j = &r->journey;
	struct problem p = { .code = PROBLEM_NONE };
	if (j->x.txn == NULL)
		j->x.txn = store_begin_read(j->gateway->store, &p);
	if (j->x.txn != NULL) {
		store_lean(j->x.txn, j->x.arena);
		say_subjects(r, j->x.txn);
	}
	journey_end_snapshot(j);
}

static void run(struct replaying *r)
{
	struct journey *j = &r->journey;
	r->out->began = j->gateway->clock->now(j->gateway->clock);
	journey_guard(j, stage_begin);
	j->x.stopping = r->by->stopping;
	j->x.continuations = r->continuations;
	take_all(j, r->said->request.octets);
	journey_open(j);
	if (!handle(r))
		return;
	say_answer(r);
	say_whose(r);
	r->out->ended = j->gateway->clock->now(j->gateway->clock);
	r->out->drawn = arena_text(r->by->arena, r->recorder.drawn);
}

/* Also where the operator's exchange runs out of memory amid it. */
static void end(void *with)
{
	struct replaying *r = with;
	struct arena *a = r->journey.x.arena;
	journey_end_snapshot(&r->journey);
	r->journey.x.arena = NULL;
	arena_destroy(a);
	continuations_destroy(r->continuations);
	r->continuations = NULL;
}

bool journey_replay(struct exchange *x, const struct exchange_said *said,
		    struct exchange_replayed *out)
{
	struct journey *by = (struct journey *)((char *)x - offsetof(struct journey, x));
	struct replaying *r = arena_new(x->arena, struct replaying);
	struct gateway *g = by->gateway;
	*r = (struct replaying){ .by = x,
				 .said = said,
				 .out = out,
				 .recorder = { .source = { draw }, .from = g->random } };
	*out = (struct exchange_replayed){ .problem = "", .what = "", .content_type = "" };
	fill_head(r);
	fill_journey(r, by);
	if (r->journey.door == NULL)
		return problem_set(&x->problem, PROBLEM_NOT_FOUND,
				   "the door %s, where it came in, is not configured any more",
				   said->door);
	arena_at_end(x->arena, end, r);
	r->journey.x.arena = arena_create_from(g->memory,
					       by->configuration->service.exchange_memory);
	r->continuations = continuations_create();
	if (r->journey.x.arena == NULL || r->continuations == NULL)
		problem_set(&x->problem, PROBLEM_OUT_OF_RESOURCES, "no memory for a replay");
	else
		run(r);
	end(r);
	return x->problem.code == PROBLEM_NONE;
}
