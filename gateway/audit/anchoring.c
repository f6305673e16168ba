/* gateway/audit/anchoring.c: signs the heads of the audit log now and then. */
#include "gateway/audit/anchoring.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/audit/courier.h"
#include "gateway/audit/received_end.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "store/audit_received.h"
#include "store/node.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { MEMORY = 4 << 20 };

struct anchoring {
	struct anchoring_settings set;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool running, ending;
	/* the thread's own */
	uint64_t last; /* number of the last anchor */
	unsigned char digest[AUDIT_HASH];
	bool failing;  /* told already */
	uint64_t turn; /* the chain that is named first, of those there are too many of */
	uint64_t named[NODES_MOST]; /* of each chain the entry the last anchor of it named */
	uint64_t received;          /* the last received entry that was noted in the log */
};

/* One turn of work with memory of its own. */
struct turn {
	struct anchoring *anchoring;
	struct arena *arena;
	struct problem problem;
	struct audit_heads seen;    /* in the snapshot */
	struct audit_head head;     /* the own chain's, in the job */
	struct audit_head received; /* of what others sent us */
	struct anchor anchor;
	char line[ANCHOR_LINE + 1];
	struct audit_event *event;
	bool done;
};

static bool in_turn(struct anchoring *n, struct turn *t, void (*work)(void *))
{
	*t = (struct turn){ .anchoring = n, .arena = arena_create(MEMORY) };
	bool whole = t->arena != NULL && arena_run(t->arena, work, t);
	if (!whole)
		problem_set(&t->problem, PROBLEM_OUT_OF_RESOURCES,
			    "no memory to anchor the audit log");
	arena_destroy(t->arena);
	return whole && t->done;
}

/* Starting. */

static bool append_event(void *with, struct store_txn *txn, struct problem *p)
{
	struct turn *t = with;
	if (audit_record_append(txn, t->arena, t->anchoring->set.source, t->event))
		return true;
	return problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "the audit record could not be kept");
}

/* A job of the turn: its findings and its memory. */
static bool write_in_turn(struct turn *t,
			  bool (*run)(void *with, struct store_txn *txn, struct problem *p),
			  struct problem *p)
{
	const struct store_block head = { &t->head, sizeof t->head };
	const struct store_afresh afresh = { t->arena, &head, 1 };
	return store_write_on_reserve(t->anchoring->set.store, &afresh, run, t, p);
}

static void tell_faults(struct turn *t, const struct anchors_verdict *v)
{
	const struct anchoring_settings *s = &t->anchoring->set;
	struct problem p = { .code = PROBLEM_NONE };
	for (const struct anchors_fault *f = v->faults; f != NULL; f = f->next)
		log_failure(
			s->log, f->what, "the audit log is not what it was; the gateway goes on",
			"minato audit verify; then ask the audit repositories for what is missing. "
			"After a restored backup: see minatod(8), ANCHORS");
	if (v->faults == NULL)
		return;
	struct audit_alert alert = {
		.name = "Audit Log Altered",
		.doing = AUDIT_DOING_ALTERED,
		.description = arena_printf(t->arena, "%s (%zu in all)", v->faults->what,
					    v->fault_count),
	};
	t->event = audit_alert(t->arena, s->source, &alert, s->clock->now(s->clock));
	if (!write_in_turn(t, append_event, &p))
		log_failure(s->log, p.what, "that the audit log was altered is not in it",
			    problem_row(p.code)->remedy);
	courier_wake(s->courier);
}

/* A file of anchors that cannot be read is told, too, and no reason not to serve. */
static void compare(void *with)
{
	struct turn *t = with;
	struct anchoring *n = t->anchoring;
	struct anchors_verdict v;
	struct store_txn *txn = store_begin_read(n->set.store, &t->problem);
	if (txn == NULL)
		return;
	bool read = anchors_compare(n->set.anchors, txn, t->arena, false, &v, &t->problem);
	t->done = !store_failed(txn);
	store_end(txn);
	if (!t->done)
		return;
	if (!read || v.gone != NULL) {
		struct anchors_fault *f = arena_new(t->arena, struct anchors_fault);
		*f = (struct anchors_fault){
			.what = read ? v.gone : arena_text(t->arena, t->problem.what),
			.next = read ? v.faults : NULL,
		};
		v.faults = f;
		v.fault_count = 1 + (read ? v.fault_count : 0);
	}
	for (const struct text_list *l = v.notes; read && l != NULL; l = l->next)
		log_write(n->set.log, LOG_NOTICE, "audit anchors: %s", l->value);
	n->last = v.last.number > v.noted ? v.last.number : v.noted;
	/* What is not as it should be is not built upon: the next signature must not speak for
	 * it. */
	if (v.fault_count == 0)
		memcpy(n->digest, v.last_digest, AUDIT_HASH);
	tell_faults(t, &v);
}

struct anchoring *anchoring_open(const struct anchoring_settings *s)
{
	struct anchoring *n = calloc(1, sizeof *n);
	pthread_condattr_t monotonic;
	struct turn t;
	if (n == NULL)
		return NULL;
	n->set = *s;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&n->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&n->lock, NULL);
	if (in_turn(n, &t, compare))
		return n;
	log_failure(s->log, t.problem.what, "the gateway does not start",
		    problem_row(t.problem.code)->remedy);
	anchoring_close(n);
	return NULL;
}

/* Signing. */

/* In a job, so that it is told only when all before it is durable. */
static bool read_head(void *with, struct store_txn *txn, struct problem *p)
{
	struct turn *t = with;
	(void)p;
	return audit_log_head(txn, &t->head);
}

/* The first entry of the chain that no anchor of ours has named. False: there is none, or it is no
 * node's chain. */
static bool is_longer(const struct anchoring *n, const struct audit_head *head, uint64_t *first)
{
	uint64_t chain = audit_chain(head->sequence);
	*first = audit_number(chain, 1);
	if (chain < NODES_MOST && n->named[chain] >= *first)
		*first = n->named[chain] + 1;
	return chain < NODES_MOST && head->sequence >= *first;
}

/* By an entry that does not tell of an anchor; one that cannot be read does not. */
static bool has_grown(struct turn *t, struct store_txn *txn, const struct audit_head *head)
{
	uint64_t first;
	if (!is_longer(t->anchoring, head, &first))
		return false;
	struct audit_cursor *c = audit_log_from(txn, first, 0, t->arena);
	const struct audit_entry *e;
	do
		e = audit_log_next(c);
	while (e != NULL && text_equal(e->terms.transaction, audit_doing_name(AUDIT_DOING_ANCHOR)));
	return e != NULL || store_is_damaged(txn);
}

/* False: nobody has written, this node never has, or the store failed. */
static bool look_for_growth(struct turn *t)
{
	struct anchoring *n = t->anchoring;
	struct store_txn *txn = store_begin_read(n->set.store, &t->problem);
	bool grown = false, ours = false;
	if (txn == NULL)
		return false;
	if (!audit_log_heads(txn, t->arena, &t->seen))
		t->problem = *store_problem(txn);
	for (size_t i = 0; t->problem.code == PROBLEM_NONE && i < t->seen.count; i++) {
		const struct audit_head *head = &t->seen.heads[i];
		grown = grown || has_grown(t, txn, head);
		ours = ours
		       || (audit_chain(head->sequence) == store_node(txn)
			   && audit_place(head->sequence) != 0);
	}
	if (store_failed(txn) && !grown)
		t->problem = *store_problem(txn);
	store_end(txn);
	return grown && ours;
}

static bool note_anchor(void *with, struct store_txn *txn, struct problem *p)
{
	struct turn *t = with;
	struct audit_head head;
	return append_event(t, txn, p) && audit_log_head(txn, &head)
	       && audit_log_note_anchor(
		       txn, &(struct audit_anchored){ t->anchor.number, head.sequence });
}

/* Others that have grown, from the one on whose turn it is; then the turn is the next one's. */
static void name_others(struct turn *t)
{
	struct anchoring *n = t->anchoring;
	struct anchor *a = &t->anchor;
	const struct audit_heads *seen = &t->seen;
	size_t from = 0;
	while (from < seen->count && audit_chain(seen->heads[from].sequence) < n->turn)
		from++;
	for (size_t i = 0; i < seen->count && a->other_count < ANCHOR_OTHERS; i++) {
		const struct audit_head *head = &seen->heads[(from + i) % seen->count];
		uint64_t chain = audit_chain(head->sequence), first;
		if (chain == audit_chain(a->head.sequence) || !is_longer(n, head, &first))
			continue;
		a->others[a->other_count++] = *head;
		n->turn = chain + 1;
	}
}

static bool sign(struct turn *t)
{
	struct anchoring *n = t->anchoring;
	instant now = n->set.clock->now(n->set.clock);
	struct anchor *a = &t->anchor;
	*a = (struct anchor){ .number = n->last + 1, .time = now, .head = t->head };
	if (now < 0)
		a->time = 0; /* the line has no earlier time */
	memcpy(a->before, n->digest, AUDIT_HASH);
	name_others(t);
	if (!anchor_sign(a, n->set.anchors->key, t->line))
		return problem_set(&t->problem, PROBLEM_INTERNAL,
				   "the head of the audit log could not be signed");
	t->event = audit_anchored(t->arena, n->set.source, t->line, now);
	return true;
}

static void remember_named(struct anchoring *n, const struct anchor *a)
{
	n->named[audit_chain(a->head.sequence)] = a->head.sequence;
	for (size_t i = 0; i < a->other_count; i++)
		n->named[audit_chain(a->others[i].sequence)] = a->others[i].sequence;
}

static bool look_at_received(struct turn *t)
{
	struct store_txn *txn = store_begin_read(t->anchoring->set.store, &t->problem);
	if (txn == NULL)
		return false;
	bool read = received_head(txn, &t->received);
	if (!read)
		t->problem = *store_problem(txn);
	store_end(txn);
	return read;
}

/* What was received since is noted in the log first, and signed with it. */
static bool note_received(struct turn *t)
{
	struct anchoring *n = t->anchoring;
	if (!look_at_received(t))
		return false;
	if (audit_place(t->received.sequence) == 0 || t->received.sequence == n->received)
		return true;
	t->event = received_end_event(t->arena, n->set.source, &t->received,
				      n->set.clock->now(n->set.clock));
	if (!write_in_turn(t, append_event, &t->problem))
		return false;
	n->received = t->received.sequence;
	return true;
}

static void anchor(void *with)
{
	struct turn *t = with;
	struct anchoring *n = t->anchoring;
	if (!note_received(t))
		return;
	if (!look_for_growth(t)) {
		t->done = t->problem.code == PROBLEM_NONE;
		return;
	}
	if (!write_in_turn(t, read_head, &t->problem) || !sign(t)
	    || !anchors_append(n->set.anchors, t->line, &t->problem))
		return;
	n->last = t->anchor.number;
	anchor_digest(bytes_of_text(t->line), n->digest);
	if (!write_in_turn(t, note_anchor, &t->problem))
		return;
	remember_named(n, &t->anchor);
	t->done = true;
	courier_wake(n->set.courier);
}

static void take_turn(struct anchoring *n)
{
	struct turn t;
	bool done = in_turn(n, &t, anchor);
	if (!done && !n->failing)
		log_failure(n->set.log, t.problem.what,
			    "the audit log grows without anchors: who can write it can rewrite it "
			    "unseen",
			    problem_row(t.problem.code)->remedy);
	if (done && n->failing)
		log_write(n->set.log, LOG_NOTICE, "the audit log is anchored again");
	n->failing = !done;
}

static bool wait_or_end(struct anchoring *n)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += n->set.seconds;
	pthread_mutex_lock(&n->lock);
	for (int late = 0; !n->ending && late == 0;)
		late = pthread_cond_timedwait(&n->wake, &n->lock, &until);
	bool ending = n->ending;
	pthread_mutex_unlock(&n->lock);
	return ending;
}

static void *go(void *self)
{
	struct anchoring *n = self;
	bool ending;
	pthread_setname_np(pthread_self(), "anchoring");
	take_turn(n);
	do {
		ending = wait_or_end(n);
		take_turn(n);
	} while (!ending);
	return NULL;
}

bool anchoring_begin(struct anchoring *n)
{
	if (n->set.anchors->key != NULL)
		n->running = pthread_create(&n->thread, NULL, go, n) == 0;
	return n->running || n->set.anchors->key == NULL;
}

void anchoring_close(struct anchoring *n)
{
	if (n == NULL)
		return;
	pthread_mutex_lock(&n->lock);
	n->ending = true;
	pthread_cond_signal(&n->wake);
	pthread_mutex_unlock(&n->lock);
	if (n->running)
		pthread_join(n->thread, NULL);
	pthread_cond_destroy(&n->wake);
	pthread_mutex_destroy(&n->lock);
	free(n);
}
