/* gateway/transport/ocsp_answers.c: what responders said of the certificates this node meets. */
#include "gateway/transport/ocsp_answers.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"

enum { BUCKETS = 1024, RETRY_SECONDS = 15 };

#define SECOND INT64_C(1000000)
static const int64_t wanted_for = 24 * 3600 * SECOND;

struct entry {
	struct entry *next;
	unsigned char sha256[OCSP_SHA256];
	X509 *leaf, *issuer; /* NULL: another node met it */
	struct ocsp_said said;
	instant learned, failing;
	const char *why;
	int64_t met, due; /* elapsed; met 0: not by us */
	unsigned every, failures;
	bool under_way, staple, must;
	unsigned char *answer;
	size_t answer_length;
	instant answer_until; /* its nextUpdate: said may be what another node learned since */
	char responder[OCSP_URL_MOST]; /* "": none is known */
};

struct ocsp_answers {
	pthread_mutex_t lock; /* over all below */
	const struct clock *clock;
	void (*due)(void *self);
	void *self;
	unsigned count, left_out;
	struct entry *buckets[BUCKETS];
};

struct ocsp_answers *ocsp_answers_create(const struct clock *c)
{
	struct ocsp_answers *a = calloc(1, sizeof *a);
	if (a == NULL)
		return NULL;
	a->clock = c;
	pthread_mutex_init(&a->lock, NULL);
	return a;
}

static void free_entry(struct entry *e)
{
	X509_free(e->leaf);
	X509_free(e->issuer);
	free(e->answer);
	free(e);
}

void ocsp_answers_destroy(struct ocsp_answers *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *e = a->buckets[i], *next; e != NULL; e = next) {
			next = e->next;
			free_entry(e);
		}
	pthread_mutex_destroy(&a->lock);
	free(a);
}

void ocsp_answers_on_due(struct ocsp_answers *a, void (*due)(void *self), void *self)
{
	pthread_mutex_lock(&a->lock);
	a->due = due;
	a->self = self;
	pthread_mutex_unlock(&a->lock);
}

static struct entry **bucket_of(struct ocsp_answers *a, const unsigned char *sha256)
{
	return &a->buckets[(sha256[0] << 8 | sha256[1]) % BUCKETS];
}

static struct entry *find(struct ocsp_answers *a, const unsigned char *sha256)
{
	struct entry *e = *bucket_of(a, sha256);
	while (e != NULL && memcmp(e->sha256, sha256, OCSP_SHA256) != 0)
		e = e->next;
	return e;
}

/* NULL: no place, no memory. */
static struct entry *find_or_make(struct ocsp_answers *a, const unsigned char *sha256)
{
	struct entry *e = find(a, sha256), **bucket = bucket_of(a, sha256);
	if (e != NULL)
		return e;
	e = a->count < OCSP_ANSWERS_MOST ? calloc(1, sizeof *e) : NULL;
	if (e == NULL) {
		a->left_out++;
		return NULL;
	}
	memcpy(e->sha256, sha256, OCSP_SHA256);
	e->next = *bucket;
	*bucket = e;
	a->count++;
	return e;
}

static bool digest(const X509 *leaf, unsigned char sha256[OCSP_SHA256])
{
	unsigned length = 0;
	return X509_digest(leaf, EVP_sha256(), sha256, &length) == 1 && length == OCSP_SHA256;
}

static void keep(X509 **at, X509 *x)
{
	if (*at == x)
		return;
	X509_up_ref(x);
	X509_free(*at);
	*at = x;
}

/* One that ends sooner is asked for again when half of its time is over. */
static int64_t period(const struct entry *e)
{
	int64_t every = (int64_t)e->every * SECOND, half = (e->said.next_update - e->learned) / 2;
	if (e->said.next_update == 0 || half >= every)
		return every;
	return half < RETRY_SECONDS * SECOND ? RETRY_SECONDS * SECOND : half;
}

/* When its last answer, whoever learned it, is as old as it may become. */
static void set_due(struct ocsp_answers *a, struct entry *e)
{
	int64_t age = a->clock->now(a->clock) - e->learned, every = period(e);
	int64_t left = e->learned == 0 || age < 0 || age > every ? 0 : every - age;
	e->due = a->clock->elapsed(a->clock) + left;
}

/* True: it is to be asked about now, and was not before. */
static bool meet(struct ocsp_answers *a, struct entry *e, X509 *leaf, X509 *issuer,
		 const struct ocsp_terms *terms)
{
	bool first = e->leaf == NULL;
	e->met = a->clock->elapsed(a->clock);
	if (e->met == 0)
		e->met = 1;
	keep(&e->leaf, leaf);
	keep(&e->issuer, issuer);
	if (first || e->every > terms->every)
		e->every = terms->every;
	if (terms->responder != NULL)
		snprintf(e->responder, sizeof e->responder, "%s", terms->responder);
	else if (first)
		ocsp_responder_of(leaf, e->responder);
	if (first)
		set_due(a, e);
	return first;
}

static void tell_due(struct ocsp_answers *a, bool soon)
{
	void (*due)(void *self) = a->due;
	if (soon && due != NULL)
		due(a->self);
}

enum ocsp_case ocsp_answers_judge(struct ocsp_answers *a, X509 *leaf, X509 *issuer,
				  const struct ocsp_terms *terms)
{
	unsigned char sha256[OCSP_SHA256];
	struct ocsp_said said = { .word = OCSP_SAID_NOTHING };
	bool soon = false;
	if (terms->setting == OCSP_OFF || issuer == NULL)
		return OCSP_LET_IN;
	if (!digest(leaf, sha256))
		return OCSP_REFUSE_STALE;
	pthread_mutex_lock(&a->lock);
	struct entry *e = find_or_make(a, sha256);
	if (e != NULL) {
		soon = meet(a, e, leaf, issuer, terms);
		said = e->said;
	}
	pthread_mutex_unlock(&a->lock);
	tell_due(a, soon);
	return ocsp_decide(said.word, ocsp_age_of(&said, a->clock->now(a->clock), terms->max_age),
			   terms->setting);
}

void ocsp_answers_want(struct ocsp_answers *a, X509 *leaf, X509 *issuer,
		       const struct ocsp_terms *terms, bool staple)
{
	unsigned char sha256[OCSP_SHA256];
	bool soon = false;
	if (!digest(leaf, sha256))
		return;
	pthread_mutex_lock(&a->lock);
	struct entry *e = find_or_make(a, sha256);
	if (e != NULL) {
		soon = meet(a, e, leaf, issuer, terms);
		if (staple && e->answer == NULL) {
			/* the store knows what was said, and not by which octets */
			e->due = e->met;
			soon = true;
		}
		e->staple = e->staple || staple;
		e->must = ocsp_must_staple(leaf);
	}
	pthread_mutex_unlock(&a->lock);
	tell_due(a, soon);
}

size_t ocsp_answers_staple(struct ocsp_answers *a, const unsigned char sha256[OCSP_SHA256],
			   unsigned char **copy)
{
	size_t length = 0;
	instant now = a->clock->now(a->clock);
	*copy = NULL;
	pthread_mutex_lock(&a->lock);
	struct entry *e = find(a, sha256);
	if (e != NULL && e->answer != NULL && e->said.word == OCSP_SAID_GOOD
	    && (e->answer_until == 0 || now < e->answer_until)) {
		*copy = OPENSSL_memdup(e->answer, e->answer_length);
		length = *copy == NULL ? 0 : e->answer_length;
	}
	pthread_mutex_unlock(&a->lock);
	return length;
}

/* ---- Whoever refreshes ---- */

static bool is_wanted(const struct entry *e, int64_t now)
{
	return e->leaf != NULL && e->responder[0] != '\0' && !e->under_way
	       && (e->staple || now - e->met < wanted_for);
}

bool ocsp_answers_next(struct ocsp_answers *a, struct ocsp_due *out)
{
	int64_t now = a->clock->elapsed(a->clock);
	struct entry *found = NULL;
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *e = a->buckets[i]; e != NULL; e = e->next)
			if (is_wanted(e, now) && e->due <= now
			    && (found == NULL || e->due < found->due))
				found = e;
	if (found != NULL) {
		found->under_way = true;
		X509_up_ref(found->leaf);
		X509_up_ref(found->issuer);
		*out = (struct ocsp_due){ .leaf = found->leaf,
					  .issuer = found->issuer,
					  .staple = found->staple };
		memcpy(out->sha256, found->sha256, OCSP_SHA256);
		memcpy(out->responder, found->responder, sizeof out->responder);
	}
	pthread_mutex_unlock(&a->lock);
	return found != NULL;
}

int64_t ocsp_answers_wait(struct ocsp_answers *a)
{
	int64_t now = a->clock->elapsed(a->clock), wait = -1;
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *e = a->buckets[i]; e != NULL; e = e->next) {
			int64_t left = e->due > now ? e->due - now : 0;
			if (is_wanted(e, now) && (wait < 0 || left < wait))
				wait = left;
		}
	pthread_mutex_unlock(&a->lock);
	return wait;
}

/* Of two words of one second the worse holds. */
static bool is_older(const struct ocsp_said *said, const struct ocsp_said *before)
{
	bool worse = said->word == OCSP_SAID_REVOKED && before->word != OCSP_SAID_REVOKED;
	return said->this_update < before->this_update
	       || (said->this_update == before->this_update && said->word != before->word
		   && !worse);
}

static void keep_answer(struct entry *e, struct bytes answer)
{
	unsigned char *copy = answer.length == 0 ? NULL : malloc(answer.length);
	free(e->answer);
	e->answer = copy;
	e->answer_length = copy == NULL ? 0 : answer.length;
	if (copy != NULL)
		memcpy(copy, answer.data, answer.length);
}

static bool is_bad(enum ocsp_word word)
{
	return word == OCSP_SAID_REVOKED || word == OCSP_SAID_UNKNOWN;
}

static enum ocsp_put take(struct ocsp_answers *a, struct entry *e, const struct ocsp_said *said,
			  instant learned, struct bytes answer)
{
	bool ours = answer.length != 0;
	if (is_older(said, &e->said))
		return OCSP_PUT_OLDER;
	bool worse = is_bad(said->word) && !is_bad(e->said.word);
	e->said = *said;
	if (e->learned < learned)
		e->learned = learned;
	if (ours && e->staple) {
		keep_answer(e, answer);
		e->answer_until = said->next_update;
	}
	e->under_way = e->under_way && !ours;
	e->failing = 0;
	e->failures = 0;
	e->why = NULL;
	/* what another node learned saves us a question, but not the octets of a staple */
	if (ours || !e->staple)
		set_due(a, e);
	return worse ? OCSP_PUT_WORSE : OCSP_PUT;
}

enum ocsp_put ocsp_answers_put(struct ocsp_answers *a, const unsigned char sha256[OCSP_SHA256],
			       const struct ocsp_said *said, instant learned, struct bytes answer)
{
	enum ocsp_put put = OCSP_PUT;
	pthread_mutex_lock(&a->lock);
	struct entry *e = find_or_make(a, sha256);
	/* what is in the store is looked at every few seconds */
	if (e != NULL && (answer.length != 0 || learned > e->learned))
		put = take(a, e, said, learned, answer);
	pthread_mutex_unlock(&a->lock);
	return put;
}

void ocsp_answers_failed(struct ocsp_answers *a, const unsigned char sha256[OCSP_SHA256],
			 const char *why)
{
	pthread_mutex_lock(&a->lock);
	struct entry *e = find(a, sha256);
	if (e != NULL) {
		unsigned wait = RETRY_SECONDS << (e->failures < 8 ? e->failures : 8);
		if (e->failures++ == 0)
			e->failing = a->clock->now(a->clock);
		e->under_way = false;
		e->why = why;
		e->due = a->clock->elapsed(a->clock)
			 + (int64_t)(wait < e->every ? wait : e->every) * SECOND;
	}
	pthread_mutex_unlock(&a->lock);
}

/* ---- Whoever looks ---- */

static struct ocsp_seen seen_of(const struct entry *e, int64_t now)
{
	struct ocsp_seen s = {
		.said = e->said,
		.learned = e->learned,
		.failing = e->failing,
		.why = e->why,
		.wanted = e->leaf != NULL && (e->staple || now - e->met < wanted_for),
		.staple = e->staple,
		.must = e->must,
		.askable = e->responder[0] != '\0',
	};
	memcpy(s.sha256, e->sha256, OCSP_SHA256);
	memcpy(s.responder, e->responder, sizeof s.responder);
	return s;
}

void ocsp_answers_each(struct ocsp_answers *a, void (*look)(void *with, const struct ocsp_seen *s),
		       void *with)
{
	int64_t now = a->clock->elapsed(a->clock);
	pthread_mutex_lock(&a->lock);
	for (size_t i = 0; i < BUCKETS; i++)
		for (const struct entry *e = a->buckets[i]; e != NULL; e = e->next) {
			struct ocsp_seen s = seen_of(e, now);
			look(with, &s);
		}
	pthread_mutex_unlock(&a->lock);
}

unsigned ocsp_answers_left_out(struct ocsp_answers *a)
{
	pthread_mutex_lock(&a->lock);
	unsigned left_out = a->left_out;
	pthread_mutex_unlock(&a->lock);
	return left_out;
}
