/* gateway/errands/visit.c: one errand on its way. */
#include "gateway/errands/visit.h"

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/errands/rounds.h"
#include "store/store.h"

/* Pieces among the keys are at most 64 KiB, of which a retrieval has 256; and a body to be
 * judged. */
enum { VISIT_MEMORY = 32 << 20, ANSWER_MOST = 64 << 10 };

/* What arena_run() is to do. */
struct preparing {
	struct visit *visit;
	const struct rounds_settings *settings;
	struct store_txn *txn;
	struct problem *problem;
	bool callable;
};

static void name(void *with)
{
	struct visit *v = with;
	v->partner = arena_text(v->arena, v->partner);
	v->address = arena_text(v->arena, v->address);
	v->lease = arena_printf(v->arena, "errands %s %s", v->partner, v->address);
}

struct visit *visit_create(const char *partner, const char *address)
{
	struct arena *a = arena_create(VISIT_MEMORY);
	struct visit *v = a == NULL ? NULL : arena_try(a, sizeof *v);
	if (v == NULL) {
		arena_destroy(a);
		return NULL;
	}
	*v = (struct visit){ .arena = a, .partner = partner, .address = address };
	if (arena_run(a, name, v))
		return v;
	arena_destroy(a);
	return NULL;
}

void visit_destroy(struct visit *v)
{
	if (v != NULL)
		arena_destroy(v->arena);
}

static bool settle(struct visit *v, enum verdict verdict, const char *why)
{
	v->over = true;
	v->verdict = verdict;
	v->answered = false;
	v->why = why;
	return false;
}

/* For good, unless it is us who lack something for now. */
static bool unreadable(struct preparing *m, const struct problem *p)
{
	if (p->code == PROBLEM_OUT_OF_RESOURCES || store_failed(m->txn))
		return settle(m->visit, VERDICT_LATER, "what it sends could not be read now");
	return settle(m->visit, VERDICT_NEVER, "what it sends cannot be read any more");
}

static bool open_parts(struct preparing *m, struct call_piece *pieces)
{
	struct visit *v = m->visit;
	struct problem p = { .code = PROBLEM_NONE };
	size_t n = 0;
	const struct errand_part *part = v->errand.parts;
	for (; part != NULL; part = part->next, n++) {
		struct blob_content content = { .fd = -1, .octets = part->octets };
		if (part->octets.data == NULL
		    && !blob_open(m->txn, part->blob.sha256, v->arena, &content, &p))
			return unreadable(m, &p);
		v->files += content.octets.data == NULL;
		pieces[n] = (struct call_piece){ .octets = content.octets,
						 .fd = content.fd,
						 .length = content.size };
	}
	v->call.call.pieces = pieces;
	v->call.call.piece_count = n;
	return true;
}

static uint64_t octets_of(const struct call *c)
{
	uint64_t octets = 0;
	for (size_t i = 0; i < c->piece_count; i++)
		octets += c->pieces[i].octets.data != NULL ? c->pieces[i].octets.length
							   : c->pieces[i].length;
	return octets;
}

/* The message as it is to be said now, or nothing. */
static bool compose_message(struct preparing *m, const struct errand_partner *to)
{
	struct visit *v = m->visit;
	struct call_piece *piece = arena_new(v->arena, struct call_piece);
	const struct rounds_settings *s = m->settings;
	if (!s->compose(s->self, v->arena, m->txn, &v->errand, to, &v->message))
		return settle(v, store_failed(m->txn) ? VERDICT_LATER : VERDICT_NEVER,
			      "what it would say cannot be made");
	if (v->message.nothing)
		return settle(v, VERDICT_TAKEN, NULL);
	*piece = (struct call_piece){ .octets = v->message.octets, .fd = -1 };
	v->call.call.pieces = piece;
	v->call.call.piece_count = 1;
	return true;
}

static bool make_body(struct preparing *m, const struct errand_partner *to)
{
	size_t count = 0;
	if (m->visit->kind->composed)
		return compose_message(m, to);
	for (const struct errand_part *part = m->visit->errand.parts; part != NULL;
	     part = part->next)
		count++;
	return open_parts(m, arena_array(m->visit->arena, struct call_piece, count));
}

static bool make_call(struct preparing *m, const struct errand_partner *to)
{
	struct visit *v = m->visit;
	struct call *c = &v->call.call;
	c->arena = v->arena;
	c->url = to->url;
	c->us = to->us;
	if (!make_body(m, to))
		return false;
	c->headers[c->header_count++] = (struct call_header){
		"Content-Type", v->kind->composed ? v->message.content_type : v->errand.content_type
	};
	if (v->errand.exchange != NULL)
		c->headers[c->header_count++] = (struct call_header){ "X-Minato-Exchange",
								      v->errand.exchange };
	c->answer_most = ANSWER_MOST;
	v->call.partner = to->name;
	v->call.connections = to->connections;
	v->call.seconds = to->answer_seconds + (unsigned)(octets_of(c) / SLOWEST_RATE);
	return true;
}

static bool compose(struct preparing *m)
{
	struct visit *v = m->visit;
	struct errand_queue q;
	struct errand_partner to = { .connections = 0 };
	if (!errand_queue_get(m->txn, v->arena, v->partner, v->address, &q)
	    || !errand_first(m->txn, v->arena, v->partner, v->address, &v->errand))
		return false;
	v->failures = q.failures;
	v->kind = errand_kind(v->errand.kind);
	if (v->kind == NULL)
		return settle(v, VERDICT_NEVER, "this version knows no errand of its kind");
	if (!m->settings->look_up(m->settings->self, v->arena, v->kind->purpose, &v->errand, &to))
		return settle(v, VERDICT_NEVER,
			      "the configuration does not list its address any more");
	if (to.locked_out)
		return settle(v, VERDICT_LATER, "the system it is for is locked out");
	v->connections = to.connections;
	instant since = v->errand.again != 0 ? v->errand.again : v->errand.made;
	v->give_up = since + (int64_t)to.give_up_seconds * 1000000;
	return make_call(m, &to);
}

static void prepare(void *with)
{
	struct preparing *m = with;
	m->callable = compose(m);
}

bool visit_prepare(struct visit *v, const struct rounds_settings *s, struct problem *p)
{
	struct preparing m = { .visit = v, .settings = s, .problem = p };
	m.txn = store_begin_read(s->store, p);
	if (m.txn == NULL)
		return false;
	if (!arena_run(v->arena, prepare, &m))
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for an errand");
	if (store_failed(m.txn))
		*p = *store_problem(m.txn);
	store_end(m.txn);
	return p->code == PROBLEM_NONE && m.callable;
}

static void judge(void *with)
{
	struct visit *v = with;
	v->verdict = v->kind->judge(v->arena, &v->call.call, v->message.id, &v->why);
}

/* What cannot be read of an answer is judged by its status alone next time; a partner that never
 * gets further is given up like one that is silent. */
void visit_judge(struct visit *v, instant now)
{
	settle(v, VERDICT_LATER, v->call.call.why);
	v->answered = v->call.call.answered;
	if (v->answered && !arena_run(v->arena, judge, v))
		v->why = "its answer could not be read";
	bool refused_often = v->answered && v->errand.refusals + 1 >= REFUSALS_MOST;
	if (v->verdict == VERDICT_LATER && (refused_often || now >= v->give_up))
		v->verdict = VERDICT_NEVER;
}
