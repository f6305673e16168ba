/* gateway/ocsp_asking.c: who asks responders about certificates, and keeps what they say. */
#include "gateway/ocsp_asking.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/client_thread.h"
#include "gateway/config.h"
#include "gateway/process.h"
#include "gateway/transport/ocsp_answers.h"
#include "store/ocsp_said.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	UNDER_WAY_MOST = 32,
	OF_ONE_RESPONDER = 4,
	ANSWER_SECONDS = 10, /* it has a signature to look up, no work to do */
	LOOK_SECONDS = 5,    /* what other nodes learned */
	QUESTION_MEMORY = 256 * 1024,
	LOOKING_MEMORY = 16 << 20,
	KEEPING_MEMORY = 1 << 20,
	SILENT_MOST = 64, /* responders that are told of each by itself */
	TEXT = 1024,
	FINGERPRINT = 2 * OCSP_SHA256 + 1
};

#define SECOND INT64_C(1000000)

/* Of a responder that did not answer when it was asked last. */
struct silent {
	char url[OCSP_URL_MOST]; /* "": free */
	instant since;
	bool alerted;
};

struct ocsp_asking {
	struct gateway *gateway;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* over what follows */
	pthread_cond_t wake;
	bool ending, woken;
	struct question *over;
	unsigned under_way;
	/* the thread's own */
	bool unread; /* and that was told */
	struct silent silent[SILENT_MOST];
};

/* One question, from when it is asked until its answer is dealt with. */
struct question {
	struct call_group group;
	struct grouped_call call;
	struct call_piece piece;
	struct arena *arena;
	struct ocsp_asking *asking;
	struct ocsp_due due;
	unsigned char *octets;
	struct question *next;
};

static void wake(void *self)
{
	struct ocsp_asking *a = self;
	pthread_mutex_lock(&a->lock);
	a->woken = true;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
}

struct ocsp_asking *ocsp_asking_create(struct gateway *g)
{
	struct ocsp_asking *a = calloc(1, sizeof *a);
	pthread_condattr_t monotonic;
	if (a == NULL)
		return NULL;
	a->gateway = g;
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&a->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	ocsp_answers_on_due(g->ocsp_answers, wake, a);
	return a;
}

static void release(struct question *q)
{
	X509_free(q->due.leaf);
	X509_free(q->due.issuer);
	OPENSSL_free(q->octets);
	arena_destroy(q->arena);
	free(q);
}

void ocsp_asking_destroy(struct ocsp_asking *a)
{
	if (a == NULL)
		return;
	for (struct question *q = a->over, *next; q != NULL; q = next) {
		next = q->next;
		release(q);
	}
	ocsp_answers_on_due(a->gateway->ocsp_answers, NULL, NULL);
	pthread_cond_destroy(&a->wake);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

/* ---- What others learned ---- */

struct looking {
	struct store_txn *txn;
	struct arena *arena;
	const struct ocsp_kept *all;
	size_t count;
};

static void read_all(void *with)
{
	struct looking *k = with;
	k->all = ocsp_said_all(k->txn, k->arena, &k->count);
}

/* True: somebody is refused now who was not. */
static bool put_all(struct gateway *g, const struct looking *k)
{
	bool worse = false;
	for (size_t i = 0; i < k->count; i++) {
		const struct ocsp_kept *o = &k->all[i];
		const struct ocsp_said said = { .word = (enum ocsp_word)o->word,
						.this_update = o->this_update,
						.next_update = o->next_update,
						.revoked_at = o->revoked_at };
		worse = ocsp_answers_put(g->ocsp_answers, o->sha256, &said, o->learned,
					 (struct bytes){ NULL, 0 })
				== OCSP_PUT_WORSE
			|| worse;
	}
	return worse;
}

bool ocsp_asking_look(struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct looking k = { .arena = arena_create(LOOKING_MEMORY),
			     .txn = store_begin_read(g->store, &p) };
	bool whole = k.arena != NULL && k.txn != NULL && arena_run(k.arena, read_all, &k)
		     && !store_failed(k.txn);
	store_end(k.txn);
	if (whole && put_all(g, &k) && g->front != NULL)
		front_recheck(g->front);
	arena_destroy(k.arena);
	if (!whole && !g->ocsp_asking->unread)
		log_failure(&g->log, "what responders said of certificates could not be read",
			    "what was known of it stays in force",
			    "look at the disk of the data directory");
	g->ocsp_asking->unread = !whole;
	return whole;
}

/* ---- Keeping what was said, and telling of it ---- */

static void fingerprint(const unsigned char sha256[OCSP_SHA256], char text[FINGERPRINT])
{
	for (unsigned i = 0; i < OCSP_SHA256; i++)
		snprintf(text + 2 * i, 3, "%02x", sha256[i]);
}

/* "the certificate of system b-clinic (SHA-256 ...)" */
static void name(struct gateway *g, const struct ocsp_due *due, char *out, size_t room)
{
	char text[FINGERPRINT];
	const struct configuration *c = gateway_configuration(g);
	fingerprint(due->sha256, text);
	const struct registered_system *s = region_system_by_certificate(&c->region, text);
	snprintf(out, room, "%s certificate%s%s (SHA-256 %s)", due->staple ? "a door's own" : "the",
		 s == NULL ? "" : " of system ", s == NULL ? "" : s->name, text);
	config_release(c);
}

struct keeping {
	struct gateway *gateway;
	struct arena *arena;
	struct ocsp_kept kept;
	char text[TEXT];
	bool older, told; /* by this try of the job */
	unsigned before;
};

static bool append_alert(struct keeping *k, struct store_txn *t, struct problem *p)
{
	struct gateway *g = k->gateway;
	struct audit_alert alert = { .name = "Certificate revoked",
				     .doing = AUDIT_DOING_OCSP_REVOKED,
				     .description = k->text };
	struct audit_event *event = audit_alert(k->arena, &g->source, &alert,
						store_clock(t)->now(store_clock(t)));
	event->outcome = AUDIT_SUCCESS;
	return audit_record_append(t, k->arena, &g->source, event)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "the audit record could not be kept");
}

/* Whichever node keeps the word first tells it. */
static bool keep_run(void *with, struct store_txn *t, struct problem *p)
{
	struct keeping *k = with;
	k->told = false;
	if (!ocsp_said_keep(t, &k->kept, &k->before, &k->older))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	k->told = !k->older && k->kept.word == OCSP_SAID_REVOKED && k->before != OCSP_SAID_REVOKED;
	return !k->told || append_alert(k, t, p);
}

static instant ends(const X509 *leaf)
{
	struct tm parts;
	const ASN1_TIME *t = X509_get0_notAfter(leaf);
	return t != NULL && ASN1_TIME_to_tm(t, &parts) == 1 ? (instant)timegm(&parts) * SECOND : 1;
}

static bool keep(struct gateway *g, const struct question *q, const struct ocsp_said *said,
		 instant now, struct keeping *k)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct store_block told = { k, sizeof *k };
	char whose[TEXT / 4];
	*k = (struct keeping){ .gateway = g,
			       .arena = arena_create(KEEPING_MEMORY),
			       .kept = { .word = said->word,
					 .this_update = said->this_update,
					 .next_update = said->next_update,
					 .revoked_at = said->revoked_at,
					 .learned = now,
					 .until = ends(q->due.leaf) } };
	memcpy(k->kept.sha256, q->due.sha256, OCSP_SHA256);
	name(g, &q->due, whose, sizeof whose);
	snprintf(k->text, sizeof k->text, "%s is revoked by OCSP: %s said so", whose,
		 q->due.responder);
	const struct store_afresh afresh = { .arena = k->arena, .blocks = &told, .count = 1 };
	bool kept = k->arena != NULL && store_write_on_reserve(g->store, &afresh, keep_run, k, &p);
	arena_destroy(k->arena);
	if (!kept)
		log_failure(&g->log, p.what,
			    "what a responder said of a certificate is known to this node until it "
			    "stops, and to no other",
			    problem_row(p.code)->remedy);
	return kept;
}

static void tell_revoked(struct gateway *g, const struct question *q, const struct keeping *k,
			 bool kept)
{
	if (!k->told && kept)
		return;
	log_failure(&g->log, k->text,
		    q->due.staple ? "who looks does not believe us"
				  : "who shows it is refused, and its connections end",
		    q->due.staple
			    ? "minato region renew --reload, or put a new one in its place and "
			      "reload (SIGHUP)"
			    : "it needs a new certificate: minato facility renew");
	if (kept)
		courier_wake(g->courier);
}

/* ---- Responders that are silent ---- */

static struct silent *silent_of(struct ocsp_asking *a, const char *url)
{
	struct silent *free = NULL;
	for (size_t i = 0; i < SILENT_MOST; i++) {
		if (text_equal(a->silent[i].url, url))
			return &a->silent[i];
		if (free == NULL && a->silent[i].url[0] == '\0')
			free = &a->silent[i];
	}
	return free;
}

/* How long a certificate may go unasked: the shortest of the doors'. */
static int64_t long_silence(struct gateway *g)
{
	const struct configuration *c = gateway_configuration(g);
	int64_t shortest = 24 * 3600 * SECOND;
	for (const struct config_door *const *d = c->doors; *d != NULL; d++) {
		int64_t every = (int64_t)(*d)->tls.ocsp_every * SECOND;
		bool asks = (*d)->tls.ocsp != OCSP_OFF || (*d)->tls.ocsp_staple;
		if (asks && every != 0 && every < shortest)
			shortest = every;
	}
	config_release(c);
	return shortest;
}

static void tell_silent(struct ocsp_asking *a, const struct question *q, const char *why)
{
	static const char effect[] = "what it said before counts as long as it may (keys ocsp, "
				     "ocsp-max-age); whom it never spoke of is let in where ocsp = "
				     "soft and refused where it is hard";
	struct gateway *g = a->gateway;
	struct silent *s = silent_of(a, q->due.responder);
	char text[TEXT];
	instant now = g->clock->now(g->clock);
	if (s == NULL)
		return;
	snprintf(text, sizeof text, "the OCSP responder %s gives no answer that counts: %s",
		 q->due.responder, why);
	if (s->url[0] == '\0') {
		*s = (struct silent){ .since = now };
		snprintf(s->url, sizeof s->url, "%s", q->due.responder);
		log_failure(&g->log, text, effect, "ask the authority, or see key ocsp-responder");
	}
	if (!s->alerted && now - s->since >= long_silence(g))
		s->alerted = gateway_alert(g, NULL, "Responder silent", AUDIT_DOING_OCSP_SILENT,
					   text);
}

static void tell_speaks(struct ocsp_asking *a, const struct question *q)
{
	struct silent *s = silent_of(a, q->due.responder);
	if (s == NULL || s->url[0] == '\0')
		return;
	log_write(&a->gateway->log, LOG_NOTICE, "the OCSP responder %s answers again", s->url);
	s->url[0] = '\0';
}

/* ---- Answers ---- */

/* NULL: out says it. */
static const char *read_answer(const struct question *q, instant now, struct ocsp_said *out)
{
	const struct call *c = &q->call.call;
	if (!c->answered)
		return "it does not answer";
	if (!c->whole)
		return "it broke off its answer, or answered more than is taken";
	if (c->status != 200)
		return "what it answered is not of status 200";
	return ocsp_read(c->body, q->due.leaf, q->due.issuer, now, out);
}

static void take(struct ocsp_asking *a, const struct question *q, const struct ocsp_said *said,
		 instant now)
{
	struct gateway *g = a->gateway;
	struct keeping k;
	bool kept = keep(g, q, said, now, &k);
	enum ocsp_put put = k.older && kept ? OCSP_PUT_OLDER
					    : ocsp_answers_put(g->ocsp_answers, q->due.sha256, said,
							       now, q->call.call.body);
	if (put == OCSP_PUT_OLDER) {
		static const char why[] = "its answer is older than one it gave before";
		ocsp_answers_failed(g->ocsp_answers, q->due.sha256, why);
		tell_silent(a, q, why);
		return;
	}
	tell_speaks(a, q);
	if (said->word == OCSP_SAID_REVOKED)
		tell_revoked(g, q, &k, kept);
	if (put == OCSP_PUT_WORSE)
		front_recheck(g->front);
}

static void settle(struct ocsp_asking *a, struct question *q)
{
	struct gateway *g = a->gateway;
	struct ocsp_said said;
	instant now = g->clock->now(g->clock);
	const char *why = read_answer(q, now, &said);
	if (why == NULL) {
		take(a, q, &said, now);
	} else {
		ocsp_answers_failed(g->ocsp_answers, q->due.sha256, why);
		tell_silent(a, q, why);
	}
	release(q);
}

/* ---- Questions ---- */

/* On the client's thread. */
static void over(struct call_group *g)
{
	struct question *q = (struct question *)((char *)g - offsetof(struct question, group));
	struct ocsp_asking *a = q->asking;
	pthread_mutex_lock(&a->lock);
	q->next = a->over;
	a->over = q;
	a->under_way--;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
}

/* NULL: no memory. */
static struct question *write_question(struct ocsp_asking *a, const struct ocsp_due *due)
{
	struct question *q = calloc(1, sizeof *q);
	size_t length = 0;
	if (q == NULL)
		return NULL;
	q->asking = a;
	q->due = *due;
	q->arena = arena_create(QUESTION_MEMORY);
	q->octets = ocsp_question(due->leaf, due->issuer, &length);
	q->piece = (struct call_piece){ .octets = { q->octets, length }, .fd = -1 };
	q->call = (struct grouped_call){
		.call = { .arena = q->arena,
			  .url = q->due.responder,
			  .plain = true,
			  .headers = { { "Content-Type", "application/ocsp-request" } },
			  .header_count = 1,
			  .pieces = &q->piece,
			  .piece_count = 1,
			  .answer_most = OCSP_ANSWER_MOST },
		.partner = q->due.responder,
		.connections = OF_ONE_RESPONDER,
		.seconds = ANSWER_SECONDS,
	};
	q->group = (struct call_group){ .rank = CALLS_OF_ERRANDS, .calls = &q->call, .over = over };
	if (q->arena != NULL && q->octets != NULL)
		return q;
	q->due = (struct ocsp_due){ .leaf = NULL };
	release(q);
	return NULL;
}

static void ask(struct ocsp_asking *a, struct ocsp_due *due)
{
	struct gateway *g = a->gateway;
	struct question *q = write_question(a, due);
	if (q == NULL) {
		ocsp_answers_failed(g->ocsp_answers, due->sha256, "no memory to ask it");
		X509_free(due->leaf);
		X509_free(due->issuer);
		return;
	}
	pthread_mutex_lock(&a->lock);
	a->under_way++;
	pthread_mutex_unlock(&a->lock);
	q->group.until = g->clock->elapsed(g->clock) + 2 * ANSWER_SECONDS * SECOND;
	client_thread_take(g->client, &q->group);
}

/* ---- The thread ---- */

static unsigned under_way(struct ocsp_asking *a)
{
	pthread_mutex_lock(&a->lock);
	unsigned count = a->under_way;
	pthread_mutex_unlock(&a->lock);
	return count;
}

static void settle_all(struct ocsp_asking *a)
{
	pthread_mutex_lock(&a->lock);
	struct question *q = a->over;
	a->over = NULL;
	pthread_mutex_unlock(&a->lock);
	for (struct question *next; q != NULL; q = next) {
		next = q->next;
		settle(a, q);
	}
}

/* Until something is to be done; true: it is to end. */
static bool rest(struct ocsp_asking *a)
{
	int64_t wait = ocsp_answers_wait(a->gateway->ocsp_answers), most = LOOK_SECONDS * SECOND;
	struct timespec until;
	if (wait < 0 || wait > most || under_way(a) >= UNDER_WAY_MOST)
		wait = most;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (wait % SECOND) * 1000;
	until.tv_sec += wait / SECOND + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&a->lock);
	for (int late = 0; !a->ending && !a->woken && a->over == NULL && late == 0;)
		late = pthread_cond_timedwait(&a->wake, &a->lock, &until);
	bool ending = a->ending;
	a->woken = false;
	pthread_mutex_unlock(&a->lock);
	return ending;
}

static void *rounds(void *self)
{
	struct ocsp_asking *a = self;
	struct gateway *g = a->gateway;
	int64_t looked = g->clock->elapsed(g->clock);
	pthread_setname_np(pthread_self(), "ocsp");
	do {
		struct ocsp_due due;
		settle_all(a);
		while (under_way(a) < UNDER_WAY_MOST && ocsp_answers_next(g->ocsp_answers, &due))
			ask(a, &due);
		if (g->clock->elapsed(g->clock) - looked >= LOOK_SECONDS * SECOND) {
			looked = g->clock->elapsed(g->clock);
			ocsp_asking_look(g);
		}
	} while (!rest(a));
	return NULL;
}

bool ocsp_asking_start(void *self)
{
	struct gateway *g = self;
	struct ocsp_asking *a = g->ocsp_asking;
	a->started = pthread_create(&a->thread, NULL, rounds, a) == 0;
	return a->started;
}

void ocsp_asking_stop(struct gateway *g)
{
	struct ocsp_asking *a = g->ocsp_asking;
	if (a == NULL || !a->started)
		return;
	pthread_mutex_lock(&a->lock);
	a->ending = true;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	a->started = false;
}
