/* gateway/audit/courier.c: delivers the audit log to Audit Record Repositories over syslog-TLS. */
#include "gateway/audit/courier.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "gateway/audit/record.h"
#include "gateway/audit/record_parts.h"
#include "gateway/audit/sending.h"
#include "gateway/audit/syslog_tls.h"
#include "gateway/base/arena.h"
#include "gateway/base/backoff.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "store/audit_aside.h"
#include "store/audit_log.h"
#include "store/lease.h"
#include "store/node.h"
#include "store/store.h"

/* A batch is one connection, so large enough to pay for the handshake, small enough to be sent
 * again without regret; it also ends when its messages have filled half of its memory: the next
 * goes on there. A lease outlives the longest wait for a repository between two looks at it. */
enum {
	BATCH = 1000,
	BATCH_MEMORY = 64 << 20,
	BATCH_FULL = BATCH_MEMORY / 2,
	SECOND = 1000000,
	LEASE_SECONDS = 120,
	/* How often a batch is not taken, with pauses between, until it is sent in parts: a
	 * repository that is being restarted is none that refuses. */
	REFUSALS = 3,
	/* Of those set aside that the operator wants to be tried again, in a batch. */
	AGAIN = 100,
};

/* After a failure. Only who has the lease tries: nobody else comes back with him. */
static const struct backoff pauses = { .first = SECOND, .longest = 60 * (int64_t)SECOND };

/* Room for texts: which entry is damaged; who is away. */
enum { DAMAGE = 96, OUTAGE = SYSLOG_WHY + 128 };

struct round {
	struct courier *courier;
	struct courier_destination to;
	struct syslog_tls_kept kept;
	pthread_t thread;
	bool running;
	uint64_t delivered; /* entries, of all chains */
	int64_t unreachable_since;
	unsigned failures;   /* in a row */
	unsigned refusals;   /* of these, with a connection */
	int64_t pause;       /* seconds; 0: until the log grows */
	size_t known_length; /* a frame that was taken; 0: none yet */
	unsigned char known[SYSLOG_FRAME_MOST];
};

struct courier {
	struct store *store;
	const struct clock *clock;
	const struct log *log;
	char *hostname, *process_id;
	pthread_mutex_t lock;
	pthread_cond_t work;
	uint64_t grown; /* how often the log has grown */
	bool ending;
	int cancel_fd; /* eventfd: readable when everything is to end at once */
	size_t count;
	struct round *rounds; /* exchanged whole by courier_renew() */
};

enum fate { FAILED, DELIVERED, ELSEWHERE }; /* the last: another node is at it */

/* What a batch has of a chain: sequences looked at. last < first: none. */
struct stretch {
	uint64_t first, last;
};

/* One batch and what became of it. */
struct batch {
	struct round *round;
	struct arena *arena;
	const char *lease;
	instant began, now; /* the second: for the job under way */
	int64_t leased;     /* clock->elapsed() when the lease was taken last */
	struct stretch *chains;
	size_t chain_count;
	uint64_t before, after; /* entries of all chains: delivered, and with this batch */
	bool all;               /* behind it there is nothing as far as is known */
	bool ours;              /* the lease */
	instant until;          /* it is another's; 0: not as far as is known */
	struct parcel *parcels;
	enum fate fate;
	char why[SYSLOG_WHY];
};

/* ---- The lease ---- */

/* In a job: ours for that long from now. False: it is another's. */
static bool lease_for(struct batch *b, struct store_txn *t, int64_t seconds)
{
	instant until;
	return lease_take(t, b->lease, b->round->courier->hostname, b->now,
			  b->now + seconds * SECOND, &until);
}

static bool do_job(struct batch *b, bool (*run)(void *, struct store_txn *, struct problem *),
		   struct problem *p)
{
	struct courier *c = b->round->courier;
	const struct store_afresh nothing = { .arena = NULL };
	b->now = c->clock->now(c->clock);
	return store_write_on_reserve(c->store, &nothing, run, b, p);
}

/* Who delivered since we looked may have given it back already. */
static bool take_run(void *with, struct store_txn *t, struct problem *p)
{
	struct batch *b = with;
	(void)p;
	b->ours = true;
	for (size_t i = 0; b->ours && i < b->chain_count; i++) {
		uint64_t first = b->chains[i].first;
		b->ours = audit_log_acknowledged(t, b->round->to.name, audit_chain(first)) + 1
			  == first;
	}
	b->ours = b->ours && lease_for(b, t, LEASE_SECONDS);
	return !store_failed(t);
}

/* False: another node is at it, or the store failed. */
static bool take(struct batch *b)
{
	struct courier *c = b->round->courier;
	struct problem p = { .code = PROBLEM_NONE };
	b->leased = c->clock->elapsed(c->clock);
	if (!do_job(b, take_run, &p)) {
		b->ours = false;
		snprintf(b->why, sizeof b->why, "its lease could not be taken: %.100s", p.what);
	} else if (!b->ours) {
		b->fate = ELSEWHERE;
	}
	return b->ours;
}

static bool keep(struct batch *b)
{
	const struct clock *clock = b->round->courier->clock;
	return clock->elapsed(clock) - b->leased < LEASE_SECONDS / 2 * (int64_t)SECOND || take(b);
}

static bool pause_run(void *with, struct store_txn *t, struct problem *p)
{
	struct batch *b = with;
	(void)p;
	return lease_for(b, t, b->round->pause);
}

/* The pause is every node's; if that cannot be written, the lease ends by itself. */
static void share_pause(struct batch *b)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (b->ours)
		do_job(b, pause_run, &p);
}

static bool is_elsewhere(struct batch *b, struct store_txn *t)
{
	struct lease is;
	if (!lease_look(t, b->arena, b->lease, &is) || is.until <= b->began
	    || text_equal(is.node, b->round->courier->hostname))
		return false;
	b->until = is.until;
	return true;
}

/* Who wrote an entry, as the header says it (RFC 5424 6.2.4, 6.2.6): whichever node delivers it,
 * and as often as it does. */
struct originator {
	const char *host, *process_id;
};

static struct originator originator_of(const struct batch *b, struct store_txn *t, uint64_t chain)
{
	const struct courier *c = b->round->courier;
	if (chain == store_node(t))
		return (struct originator){ c->hostname, c->process_id };
	const char *name = node_name(t, (unsigned)chain, b->arena);
	return (struct originator){ name == NULL ? "-" : name, "-" };
}

/* RFC 5424 6: facility 10, severity 5; the sequence lets a repository see repeats and gaps
 * (7.3.1): it counts what its originator submits, so each chain has its own. */
static struct bytes frame(struct arena *a, const struct originator *by, const struct audit_entry *e,
			  struct bytes message)
{
	char when[XML_TIME_TEXT], header[SYSLOG_HEADER_MOST];
	instant_to_xml(e->terms.time, when);
	int length = snprintf(
		header, sizeof header,
		"<85>1 %s %.255s minato %s IHE+RFC-3881 [meta sequenceId=\"%" PRIu64 "\"] ", when,
		by->host, by->process_id, (audit_place(e->sequence) - 1) % INT32_MAX + 1);
	struct buffer b = buffer_in(a);
	buffer_printf(&b, "%zu ", (size_t)length + message.length);
	buffer_append(&b, header, (size_t)length);
	buffer_append(&b, message.data, message.length);
	return buffer_bytes(&b);
}

/* What cannot be read any more cannot be delivered; the repository sees the gap. */
static void tell_damaged(const struct courier *c, uint64_t sequence)
{
	char error[DAMAGE], place[AUDIT_PLACE_TEXT];
	snprintf(error, sizeof error, "audit entry %s is damaged",
		 audit_place_text(sequence, place));
	log_failure(c->log, error, "it is not delivered; those after it are",
		    "run minato audit verify, and find out who changed the store");
}

static void add_entry(struct batch *b, const struct originator *by, const struct audit_entry *e,
		      bool again, struct parcel ***tail)
{
	struct courier *c = b->round->courier;
	struct bytes message;
	if (e->terms.local_only)
		return;
	if (!audit_record_render(b->arena, e, &message)) {
		tell_damaged(c, e->sequence);
		return;
	}
	**tail = arena_new(b->arena, struct parcel);
	***tail = (struct parcel){ .frame = frame(b->arena, by, e, message),
				   .sequence = e->sequence,
				   .again = again };
	*tail = &(**tail)->next;
}

/* What was set aside, and is to be tried again. */
static void add_aside(struct batch *b, struct store_txn *t, struct parcel ***tail)
{
	size_t count;
	const struct audit_aside *list = audit_aside_list(t, b->arena, b->round->to.name, true, 0,
							  AGAIN, &count);
	for (size_t i = 0; i < count; i++) {
		struct audit_cursor *one = audit_log_from(t, list[i].sequence, 1, b->arena);
		const struct audit_entry *e = audit_log_next(one);
		struct originator by = originator_of(b, t, audit_chain(list[i].sequence));
		if (e != NULL)
			add_entry(b, &by, e, true, tail);
	}
}

/* What one chain gives. */
struct share {
	unsigned entries;
	size_t octets;
};

static void add_chain(struct batch *b, struct store_txn *t, struct stretch *s, struct share share,
		      struct parcel ***tail)
{
	struct originator by = originator_of(b, t, audit_chain(s->first));
	struct audit_cursor *entries = audit_log_from(t, s->first, share.entries, b->arena);
	size_t full = arena_used(b->arena) + share.octets;
	for (const struct audit_entry *e;
	     arena_used(b->arena) < full && (e = audit_log_next(entries)) != NULL;
	     s->last = e->sequence)
		add_entry(b, &by, e, false, tail);
}

/* Chains that have something share a batch, so that none waits for another's end. */
static struct parcel *make_parcels(struct batch *b, struct store_txn *t,
				   const struct audit_heads *heads)
{
	struct parcel *first = NULL, **tail = &first;
	unsigned waiting = 0;
	add_aside(b, t, &tail);
	for (size_t i = 0; i < heads->count; i++)
		waiting += heads->heads[i].sequence >= b->chains[i].first;
	for (size_t i = 0; i < heads->count; i++) {
		if (heads->heads[i].sequence < b->chains[i].first)
			continue;
		struct share share = { (BATCH + waiting - 1) / waiting, BATCH_FULL / waiting };
		add_chain(b, t, &b->chains[i], share, &tail);
	}
	return first;
}

static bool may_go_on(void *with)
{
	return keep(with);
}

/* What the repository is asked with when it does not take a batch. A longer one is of an earlier
 * release's log. */
static void know(struct round *r, const struct parcel *p)
{
	while (p != NULL && (p->refused || p->frame.length > sizeof r->known))
		p = p->next;
	if (p == NULL)
		return;
	memcpy(r->known, p->frame.data, p->frame.length);
	r->known_length = p->frame.length;
}

static bool send_parcels(struct batch *b)
{
	struct round *r = b->round;
	const struct sending s = {
		.peer = { r->to.host, r->to.port, r->to.ca, r->to.certificate, &r->kept },
		.cancel_fd = r->courier->cancel_fd,
		.may_go_on = may_go_on,
		.with = b,
		.why = b->why,
	};
	struct bytes known = { r->known, r->known_length };
	enum sent sent = r->refusals < REFUSALS ? sending_whole(&s, b->parcels)
						: sending_apart(&s, b->parcels, known);
	if (sent == SENT)
		know(r, b->parcels);
	r->refusals = sent == SENT ? 0 : r->refusals + (sent == NOT_TAKEN);
	return sent == SENT;
}

static bool has_some(const struct batch *b)
{
	return b->after > b->before || b->parcels != NULL;
}

/* Where each chain goes on. */
static void find_chains(struct batch *b, struct store_txn *t, const struct audit_heads *heads)
{
	b->chains = arena_array(b->arena, struct stretch, heads->count);
	b->chain_count = heads->count;
	for (size_t i = 0; i < heads->count; i++) {
		uint64_t chain = audit_chain(heads->heads[i].sequence);
		uint64_t has = audit_log_acknowledged(t, b->round->to.name, chain);
		b->chains[i] = (struct stretch){ .first = has + 1, .last = has };
		b->before += audit_place(has);
	}
	b->after = b->before;
}

/* What there is to send, if it is not another's. */
static void look(struct batch *b, struct store_txn *t)
{
	struct audit_heads heads;
	b->lease = arena_printf(b->arena, "audit %s", b->round->to.name);
	bool read = audit_log_heads(t, b->arena, &heads);
	find_chains(b, t, &heads);
	if (is_elsewhere(b, t)) {
		b->fate = ELSEWHERE;
		return;
	}
	if (read)
		b->parcels = make_parcels(b, t, &heads);
	b->all = true;
	for (size_t i = 0; i < heads.count; i++) {
		b->after += b->chains[i].last + 1 - b->chains[i].first;
		b->all = b->all && b->chains[i].last == heads.heads[i].sequence;
	}
	if (store_failed(t))
		snprintf(b->why, sizeof b->why, "%.150s", store_problem(t)->what);
	else if (!has_some(b))
		b->fate = DELIVERED;
}

/* The snapshot ends before anything is sent: a repository may read as slowly as it likes. */
static void deliver(void *with)
{
	struct batch *b = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(b->round->courier->store, &p);
	if (t == NULL) {
		snprintf(b->why, sizeof b->why, "%.150s", p.what);
		return;
	}
	look(b, t);
	store_end(t);
	if (has_some(b) && take(b) && send_parcels(b))
		b->fate = DELIVERED;
}

/* In the job that acknowledges the batch, so that nothing is ever in neither place. */
static void keep_aside(struct batch *b, struct store_txn *t)
{
	const char *name = b->round->to.name;
	for (const struct parcel *p = b->parcels; p != NULL; p = p->next)
		if (p->refused)
			audit_aside_put(t, name, p->sequence, b->now);
		else if (p->again)
			audit_aside_taken(t, name, p->sequence);
}

/* Another node may have taken over meanwhile, and sends it again. When there was nothing more the
 * lease is given back: whoever has something next takes it. What is there now is not asked here,
 * for then this job would conflict with all that others append. */
static bool acknowledge(void *with, struct store_txn *t, struct problem *p)
{
	struct batch *b = with;
	b->ours = lease_for(b, t, LEASE_SECONDS);
	bool kept = true;
	for (size_t i = 0; b->ours && kept && i < b->chain_count; i++)
		kept = audit_log_acknowledge(t, b->round->to.name, b->chains[i].last);
	if (!kept)
		return problem_set(p, PROBLEM_INTERNAL,
				   "the courier's place in the audit log could not be kept");
	if (b->ours)
		keep_aside(b, t);
	if (b->all)
		lease_end(t, b->lease, b->round->courier->hostname);
	return !store_failed(t);
}

static void tell_log(const struct round *r, const struct batch *b)
{
	const struct log *log = r->courier->log;
	if (b->fate == FAILED && r->unreachable_since == 0) {
		char error[OUTAGE];
		snprintf(error, sizeof error, "audit repository %s (%s port %u): %s", r->to.name,
			 r->to.host, r->to.port, b->why);
		log_failure(log, error,
			    "records wait in the audit log and are sent when it answers",
			    "see that it listens and trusts our certificate");
	} else if (b->fate != FAILED && r->unreachable_since != 0) {
		log_write(log, LOG_NOTICE,
			  b->fate == DELIVERED ? "audit repository %s takes records again"
					       : "audit repository %s is left to another node",
			  r->to.name);
	}
}

/* By their numbers only. */
static void tell_refused(const struct round *r, const struct batch *b)
{
	char error[OUTAGE + AUDIT_PLACE_TEXT], place[AUDIT_PLACE_TEXT];
	uint64_t first = 0;
	size_t count = 0;
	for (const struct parcel *p = b->parcels; p != NULL; p = p->next) {
		if (!p->refused)
			continue;
		first = count++ == 0 ? p->sequence : first;
	}
	if (count == 0)
		return;
	snprintf(error, sizeof error, "audit repository %s does not take audit entry %s (of %zu)",
		 r->to.name, audit_place_text(first, place), count);
	log_failure(r->courier->log, error, "set aside; those after it are delivered",
		    "see minato audit aside, and when the repository takes it minato audit retry");
}

static void tell(struct round *r, const struct batch *b)
{
	struct courier *c = r->courier;
	tell_log(r, b);
	pthread_mutex_lock(&c->lock);
	r->unreachable_since = b->fate != FAILED           ? 0
			       : r->unreachable_since != 0 ? r->unreachable_since
							   : b->began;
	if (b->fate != FAILED)
		r->delivered = b->fate == DELIVERED ? b->after : b->before;
	pthread_mutex_unlock(&c->lock);
}

/* How long it rests if there is nothing more; no longer than a lease, for clocks may be wrong. */
static void find_pause(struct round *r, const struct batch *b)
{
	int64_t left = (b->until - b->began + SECOND - 1) / SECOND;
	r->failures = b->fate == FAILED ? r->failures + 1 : 0;
	r->pause = b->fate == FAILED      ? backoff_pause(&pauses, r->failures, NULL) / SECOND
		   : b->until == 0        ? 0
		   : left < LEASE_SECONDS ? left
					  : LEASE_SECONDS;
}

/* True: something was delivered, here or elsewhere, so there may be more. */
static bool one_batch(struct round *r)
{
	struct courier *c = r->courier;
	struct batch b = { .round = r,
			   .began = c->clock->now(c->clock),
			   .arena = arena_create(BATCH_MEMORY) };
	struct problem p = { .code = PROBLEM_NONE };
	if (b.arena == NULL || !arena_run(b.arena, deliver, &b))
		snprintf(b.why, sizeof b.why, "no memory for a batch");
	bool some = b.fate == DELIVERED && has_some(&b);
	if (some && !do_job(&b, acknowledge, &p)) {
		log_write(c->log, LOG_WARNING, "%s; the records will be sent again", p.what);
		b.fate = FAILED;
	} else if (some && !b.ours) {
		b.fate = ELSEWHERE;
	} else if (some) {
		tell_refused(r, &b);
	}
	tell(r, &b);
	find_pause(r, &b);
	if (b.fate == FAILED)
		share_pause(&b);
	arena_destroy(b.arena);
	return (some && b.fate == DELIVERED) || (b.fate == ELSEWHERE && b.until == 0);
}

/* Sleeps until the log grows beyond seen, or for the pause; after a failure nothing shortens it. */
static void rest(struct round *r, uint64_t *seen)
{
	struct courier *c = r->courier;
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += r->pause;
	pthread_mutex_lock(&c->lock);
	int timed_out = 0;
	while (!c->ending && timed_out == 0 && (r->failures != 0 || c->grown == *seen)) {
		if (r->pause != 0)
			timed_out = pthread_cond_timedwait(&c->work, &c->lock, &until);
		else
			pthread_cond_wait(&c->work, &c->lock);
	}
	*seen = c->grown;
	pthread_mutex_unlock(&c->lock);
}

static bool is_ending(struct courier *c)
{
	pthread_mutex_lock(&c->lock);
	bool ending = c->ending;
	pthread_mutex_unlock(&c->lock);
	return ending;
}

/* Asked before it looks: what was written before the end was told is delivered, or tried. */
static void *go(void *self)
{
	struct round *r = self;
	uint64_t seen = 0;
	pthread_setname_np(pthread_self(), "courier");
	for (;;) {
		bool ending = is_ending(r->courier), more = one_batch(r);
		if (ending && !more)
			return NULL;
		if (!more)
			rest(r, &seen);
	}
}

static uint64_t delivered_to(struct store_txn *t, const char *name)
{
	struct audit_chains chains;
	uint64_t entries = 0;
	audit_log_chains(t, store_arena(t), &chains);
	for (size_t i = 0; i < chains.count; i++)
		entries += audit_place(audit_log_acknowledged(t, name, chains.numbers[i]));
	return entries;
}

struct remembering {
	struct store_txn *txn;
	struct round *rounds;
	size_t count;
};

static void remember_each(void *with)
{
	struct remembering *r = with;
	for (size_t i = 0; i < r->count; i++)
		r->rounds[i].delivered = delivered_to(r->txn, r->rounds[i].to.name);
}

/* What an earlier run delivered is delivered, whether or not the repository answers today. */
static void remember_delivered(struct courier *c, struct round *rounds, size_t count)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct remembering r = { .rounds = rounds, .count = count };
	r.txn = count == 0 ? NULL : store_begin_read(c->store, &p);
	if (r.txn != NULL && !arena_run(store_arena(r.txn), remember_each, &r))
		log_write(c->log, LOG_WARNING, "what was delivered is not shown: no memory");
	store_end(r.txn);
}

static bool copy_destination(struct round *r, const struct courier_destination *to)
{
	r->to = (struct courier_destination){
		.name = strdup(to->name),
		.host = strdup(to->host),
		.port = to->port,
		.ca = strdup(to->ca),
		.certificate = to->certificate == NULL ? NULL : strdup(to->certificate),
	};
	return r->to.name != NULL && r->to.host != NULL && r->to.ca != NULL
	       && (to->certificate == NULL || r->to.certificate != NULL);
}

static void free_rounds(struct round *rounds, size_t count)
{
	for (size_t i = 0; rounds != NULL && i < count; i++) {
		free((char *)rounds[i].to.name);
		free((char *)rounds[i].to.host);
		free((char *)rounds[i].to.ca);
		free((char *)rounds[i].to.certificate);
		syslog_tls_forget(&rounds[i].kept);
	}
	free(rounds);
}

static void free_courier(struct courier *c)
{
	free_rounds(c->rounds, c->count);
	if (c->cancel_fd >= 0)
		close(c->cancel_fd);
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	free(c->hostname);
	free(c->process_id);
	free(c);
}

/* NULL: no memory. */
static struct round *make_rounds(struct courier *c, const struct courier_destination *to,
				 size_t count)
{
	struct round *rounds = calloc(count + 1, sizeof *rounds);
	bool whole = rounds != NULL;
	for (size_t i = 0; whole && i < count; i++) {
		rounds[i].courier = c;
		whole = copy_destination(&rounds[i], &to[i]);
	}
	if (whole)
		return rounds;
	free_rounds(rounds, count);
	return NULL;
}

static bool run_rounds(struct courier *c)
{
	for (size_t i = 0; i < c->count; i++) {
		struct round *r = &c->rounds[i];
		r->running = pthread_create(&r->thread, NULL, go, r) == 0;
		if (!r->running)
			return false;
	}
	return true;
}

struct courier *courier_start(struct store *s, const struct courier_destination *to, size_t count,
			      const char *hostname, const char *process_id,
			      const struct clock *clock, const struct log *log)
{
	struct courier *c = calloc(1, sizeof *c);
	pthread_condattr_t monotonic;
	if (c == NULL)
		return NULL;
	c->store = s;
	c->clock = clock;
	c->log = log;
	c->hostname = strdup(hostname);
	c->process_id = strdup(process_id);
	c->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&c->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&c->lock, NULL);
	c->rounds = make_rounds(c, to, count);
	c->count = c->rounds == NULL ? 0 : count;
	remember_delivered(c, c->rounds, c->count);
	if (c->hostname != NULL && c->process_id != NULL && c->cancel_fd >= 0 && c->rounds != NULL
	    && run_rounds(c))
		return c;
	courier_stop(c, 0);
	return NULL;
}

void courier_wake(struct courier *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->grown++;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
}

/* Ends the threads: by themselves within that time, else by the waits of syslog_tls.c ending. */
static void end_rounds(struct courier *c, unsigned seconds)
{
	struct timespec until;
	pthread_mutex_lock(&c->lock);
	c->ending = true;
	pthread_cond_broadcast(&c->work);
	pthread_mutex_unlock(&c->lock);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	for (size_t i = 0; i < c->count; i++) {
		if (!c->rounds[i].running)
			continue;
		if (pthread_timedjoin_np(c->rounds[i].thread, NULL, &until) == 0)
			continue;
		if (eventfd_write(c->cancel_fd, 1) != 0)
			log_write(c->log, LOG_WARNING, "the audit courier could not be hurried");
		pthread_join(c->rounds[i].thread, NULL);
	}
}

bool courier_renew(struct courier *c, const struct courier_destination *to, size_t count)
{
	struct round *fresh = make_rounds(c, to, count), *before = c->rounds;
	size_t count_before = c->count;
	eventfd_t cancelled;
	if (fresh == NULL)
		return false;
	end_rounds(c, 0);
	eventfd_read(c->cancel_fd, &cancelled);
	remember_delivered(c, fresh, count); /* now: the last batch may have come in meanwhile */
	pthread_mutex_lock(&c->lock);
	c->ending = false;
	c->rounds = fresh;
	c->count = count;
	pthread_mutex_unlock(&c->lock);
	free_rounds(before, count_before);
	return run_rounds(c);
}

void courier_stop(struct courier *c, unsigned seconds)
{
	if (c == NULL)
		return;
	end_rounds(c, seconds);
	free_courier(c);
}

struct courier_state *courier_look(struct courier *c, struct arena *a, size_t *count)
{
	pthread_mutex_lock(&c->lock);
	struct courier_state *out = arena_try(a, (c->count + 1) * sizeof *out);
	*count = out == NULL ? 0 : c->count;
	for (size_t i = 0; i < *count; i++) {
		const struct round *r = &c->rounds[i];
		size_t length = strlen(r->to.name) + 1;
		char *name = arena_try(a, length);
		out[i] = (struct courier_state){ .delivered = r->delivered,
						 .unreachable_since = r->unreachable_since };
		if (name != NULL)
			memcpy(name, r->to.name, length);
		out[i].name = name;
	}
	pthread_mutex_unlock(&c->lock);
	return out;
}
