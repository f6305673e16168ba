/* gateway/exchanges_noted.c: an exchange as the message log has it. */
#include "gateway/exchanges_noted.h"

#include "gateway/base/arena.h"
#include "gateway/base/withheld.h"
#include "gateway/config.h"
#include "gateway/exchange_headers.h"
#include "gateway/journey.h"
#include "gateway/process.h"
#include "store/exchange_log.h"
#include "store/store.h"

enum { NOTE_MEMORY = 128 * 1024 };

static bool is_noted(const struct journey *j)
{
	const struct exchange *x = &j->x;
	bool operators = x->transaction == NULL || x->transaction->dialect == DIALECT_ADMIN;
	return j->gateway->exchange_log != NULL && x->id != NULL
	       && !(operators && x->problem.code == PROBLEM_NONE);
}

static unsigned milliseconds_since(struct gateway *g, int64_t began)
{
	int64_t took = (g->clock->elapsed(g->clock) - began) / 1000;
	return took < 0 ? 0 : took > UINT32_MAX ? UINT32_MAX : (unsigned)took;
}

static const char *name_of(const struct problem *p)
{
	return p->code == PROBLEM_NONE ? "" : problem_row(p->code)->name;
}

/* What a message that was no transaction's did not keep to. */
static const char *section_at(enum door_kind door, enum problem_code problem)
{
	if (problem == PROBLEM_NODE_UNKNOWN || problem == PROBLEM_LOCKED_OUT)
		return "ITI TF-2: 3.19";
	switch (door) {
	case DOOR_HTTPS: return "ITI TF-2: Appendix V";
	case DOOR_MLLP: return "ITI TF-2: Appendix C";
	case DOOR_SYSLOG: return "ITI TF-2: 3.20";
	default: return "HACKING.md: Admin API";
	}
}

static void add_findings(struct arena *a, const struct finding *f, struct exchange_note *n)
{
	for (; f != NULL; f = f->next)
		if (n->finding_count < EXCHANGE_FINDINGS_MOST)
			n->findings[n->finding_count++] = (struct exchange_finding_note){
				.problem = name_of(&f->problem),
				.what = withheld_words(a, &f->problem),
				.where = withheld_place(&f->problem),
				.warning = f->warning
			};
		else
			n->findings_more++;
}

/* A batch is done although some of its messages are not: that is what is asked about. */
const struct problem *exchanges_refused_for(const struct exchange *x)
{
	const struct finding *f = x->problem.code == PROBLEM_NONE ? x->findings : NULL;
	while (f != NULL && f->warning)
		f = f->next;
	return f == NULL ? &x->problem : &f->problem;
}

static const char *who_of(const struct journey *j)
{
	const char *name = requester_name(&j->x.who);
	if (j->x.sender != NULL)
		return j->x.sender->name;
	return name != NULL ? name : j->head->certificate_subject;
}

struct noting {
	struct gateway *gateway;
	struct arena *arena;           /* where it is written */
	const struct journey *journey; /* whose problems are told; NULL: the note has it */
	const char *cut;               /* what a door said of it, in its own words; NULL: nothing */
	bool stranger;
	struct exchange_note note;
};

static void tell_message(struct noting *n)
{
	const struct exchange *x = &n->journey->x;
	const struct problem *p = exchanges_refused_for(x);
	n->note.problem = name_of(p);
	n->note.what = n->cut != NULL ? n->cut : withheld_words(n->arena, p);
	n->note.where = withheld_place(p);
	n->note.finding_count = n->note.findings_more = 0; /* it may be the second try */
	add_findings(n->arena, x->findings, &n->note);
	n->note.header_count = exchange_headers(n->arena, n->journey, n->note.headers);
}

static void note(void *with)
{
	struct noting *n = with;
	if (n->journey != NULL)
		tell_message(n);
	exchange_log_add(n->gateway->exchange_log, exchange_note_write(n->arena, &n->note),
			 n->stranger);
}

static void note_apart(struct noting *n)
{
	n->arena = arena_create_from(n->gateway->memory, NOTE_MEMORY);
	if (n->arena != NULL)
		arena_run(n->arena, note, n);
	arena_destroy(n->arena);
}

/* One that used up its memory is noted in memory of its own. */
void exchanges_note(struct journey *j)
{
	const struct exchange *x = &j->x;
	if (!is_noted(j))
		return;
	bool http = j->head->door != DOOR_MLLP && j->head->door != DOOR_SYSLOG;
	struct noting n = {
		.gateway = j->gateway,
		.arena = x->arena,
		.journey = j,
		.cut = j->cut,
		.stranger = x->sender == NULL && journey_is_told_as_number(j),
		.note = { .at = x->now,
			  .id = x->id,
			  .transaction = x->transaction == NULL ? "" : x->transaction->code,
			  .system = who_of(j),
			  .address = x->peer_address,
			  .door = j->head->door_name,
			  .section = x->transaction != NULL
					     ? x->transaction->section
					     : section_at(j->head->door, x->problem.code),
			  .step = j->failed,
			  .status = !http || j->answer.status < 0 ? 0 : (unsigned)j->answer.status,
			  .milliseconds = milliseconds_since(j->gateway, j->began) },
	};
	if (!arena_run(x->arena, note, &n))
		note_apart(&n);
}

void exchanges_note_peer(struct gateway *g, const struct refused_peer *peer, const char *id,
			 const char *who)
{
	enum problem_code problem = turned_away_problem(peer->status);
	struct noting n = {
		.gateway = g,
		.stranger = true,
		.note = { .at = g->clock->now(g->clock),
			  .id = id,
			  .system = who,
			  .address = peer->address,
			  .door = peer->door_name,
			  .section = peer->door == DOOR_HTTPS ? "RFC 9112"
							      : section_at(peer->door, problem),
			  .problem = problem_row(problem)->name,
			  .what = peer->reason,
			  .status = (unsigned)peer->status },
	};
	if (g->exchange_log != NULL)
		note_apart(&n);
}

/* Without it all goes on: it is for who asks what went wrong. */
void exchanges_open(struct gateway *g)
{
	const int64_t day = INT64_C(86400) * 1000000;
	const struct configuration *c = g->configuration;
	if (c->store.exchanges == 0) {
		exchange_log_forget(c->store.directory);
		return;
	}
	g->exchange_log = exchange_log_open(c->store.directory, c->store.exchanges,
					    c->store.exchange_days * day, g->clock->now(g->clock));
	if (g->exchange_log == NULL)
		log_failure(&g->log, "no memory for the exchanges that are kept",
			    "minato exchange list shows none", "lower store exchanges");
}

/* Not of the room that is kept for audit records. A disk that is full is told once. */
void exchanges_write(struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool written = g->exchange_log == NULL
		       || (store_has_room(g->store, &p)
			   && exchange_log_write(g->exchange_log, g->clock->now(g->clock), &p));
	if (!written && !g->exchanges_unwritten)
		log_failure(&g->log, p.what, "a crash would lose what minato exchange list shows",
			    problem_row(p.code)->remedy);
	g->exchanges_unwritten = !written;
}
