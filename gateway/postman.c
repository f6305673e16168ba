/* gateway/postman.c: answers that go somewhere else. */
#include "gateway/postman.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/journey.h"
#include "gateway/process.h"

/* Five tries within about half a minute: a consumer that restarts is met, one that is gone does not
 * hold the queue. A full queue drops the newest letter, with a line in the log. */
enum { TRIES = 5, QUEUE_MOST = 1000, CONNECT_SECONDS = 10, TOTAL_SECONDS = 60 };

/* One address has one of them at a time: who does not answer holds up nobody but himself, unless as
 * many as there are postmen do not. */
enum { POSTMEN = 4 };

struct letter {
	struct journey *journey;
	struct answer answer;	/* what would have gone back on the connection */
	unsigned tries;
	int64_t due;		/* clock->elapsed() */
	struct letter *next;
};

/* One thread, and where it is. */
struct round {
	struct postman *postman;
	pthread_t thread;
	const char *address;		/* under lock; NULL: nowhere */
};

struct postman {
	struct gateway *gateway;
	struct round rounds[POSTMEN];
	unsigned count;
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct letter *first;
	unsigned waiting;
	bool ending;
	_Atomic int64_t deadline;	/* of ending, monotonic; 0: not ending */
};

static const unsigned pause_seconds[TRIES] = { 0, 1, 3, 8, 20 };

/* What the receiver says back is not used: ITI TF-2: V.5 has no answer to an answer. */
static size_t ignore(char *data, size_t size, size_t count, void *with)
{
	(void)data;
	(void)with;
	return size * count;
}

/* Where curl is in the pieces of the answer, documents in files among them. */
struct reading {
	const struct answer *answer;
	size_t piece;
	uint64_t offset;	/* within that piece */
};

static uint64_t piece_length(const struct piece *p)
{
	return p->octets.data != NULL ? p->octets.length : p->fd >= 0 ? p->length : 0;
}

static size_t give(char *out, size_t size, size_t count, void *with)
{
	struct reading *r = with;
	for (; r->piece < r->answer->piece_count; r->piece++, r->offset = 0) {
		const struct piece *p = &r->answer->pieces[r->piece];
		uint64_t left = piece_length(p) - r->offset;
		size_t take = left < size * count ? (size_t)left : size * count;
		if (take == 0)
			continue;
		if (p->octets.data != NULL) {
			memcpy(out, p->octets.data + r->offset, take);
		} else {
			ssize_t got = pread(p->fd, out, take, (off_t)(p->offset + r->offset));
			if (got <= 0)
				return CURL_READFUNC_ABORT;
			take = (size_t)got;
		}
		r->offset += take;
		return take;
	}
	return 0;
}

static curl_off_t whole_length(const struct answer *a)
{
	uint64_t length = 0;
	for (size_t i = 0; i < a->piece_count; i++)
		length += piece_length(&a->pieces[i]);
	return (curl_off_t)length;
}

static struct curl_slist *headers_of(const struct answer *a)
{
	struct curl_slist *list = NULL;
	for (size_t i = 0; i < a->header_count; i++) {
		char line[512];
		int length = snprintf(line, sizeof line, "%s: %s", a->headers[i].name,
				      a->headers[i].value);
		struct curl_slist *longer = length < (int)sizeof line
						    ? curl_slist_append(list, line)
						    : NULL;
		if (longer == NULL) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

/* Time is up: whatever curl waits for. */
static int out_of_time(void *with, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	struct postman *p = with;
	const struct clock *clock = p->gateway->clock;
	int64_t deadline = atomic_load(&p->deadline);
	(void)a, (void)b, (void)c, (void)d;
	return deadline != 0 && clock->elapsed(clock) >= deadline;
}

static bool post(struct postman *p, const struct letter *l)
{
	struct gateway *g = p->gateway;
	const struct journey *j = l->journey;
	const struct configuration *c = j->configuration;
	struct curl_slist *headers = headers_of(&l->answer);
	struct reading reading = { .answer = &l->answer };
	CURL *curl = curl_easy_init();
	long status = 0;
	CURLcode code = CURLE_FAILED_INIT;
	char error[CURL_ERROR_SIZE] = "";

	if (curl != NULL && headers != NULL) {
		curl_easy_setopt(curl, CURLOPT_URL, j->reply_to);
		curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
		curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
		curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
		curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TOTAL_SECONDS);
		curl_easy_setopt(curl, CURLOPT_CAINFO, c->https.tls.ca);
		curl_easy_setopt(curl, CURLOPT_SSLCERT, c->https.tls.certificate);
		curl_easy_setopt(curl, CURLOPT_SSLKEY, c->https.tls.certificate);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
		curl_easy_setopt(curl, CURLOPT_READDATA, &reading);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, whole_length(&l->answer));
		curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
		curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
		curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, out_of_time);
		curl_easy_setopt(curl, CURLOPT_XFERINFODATA, p);
		curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
		code = curl_easy_perform(curl);
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	if (code == CURLE_OK && status / 100 == 2)
		return true;
	log_write(&g->log, LOG_WARNING,
		  "exchange %s: the answer did not reach its ReplyTo: %s (status %ld)", j->x.id,
		  code == CURLE_OK ? "refused" : error, status);
	return false;
}

static bool is_visited(const struct postman *p, const char *address)
{
	for (unsigned i = 0; i < p->count; i++)
		if (p->rounds[i].address != NULL && text_equal(p->rounds[i].address, address))
			return true;
	return false;
}

/* The earliest due letter to where no other is on his way, taken out; NULL when none is due. Sets *wait
 * to when to look again. */
static struct letter *take_due(struct postman *p, int64_t now, int64_t *wait)
{
	struct letter **best = NULL;
	for (struct letter **l = &p->first; *l != NULL; l = &(*l)->next)
		if ((best == NULL || (*l)->due < (*best)->due)
		    && !is_visited(p, (*l)->journey->reply_to))
			best = l;
	if (best == NULL)
		return NULL;
	if (!p->ending && (*best)->due > now) {
		*wait = (*best)->due - now;
		return NULL;
	}
	struct letter *l = *best;
	*best = l->next;
	return l;
}

static void finish(struct postman *p, struct letter *l)
{
	journey_let_go(l->journey);
	free(l);
	p->waiting--;
}

static void deliver(struct round *r, struct letter *l)
{
	struct postman *p = r->postman;
	struct gateway *g = p->gateway;
	r->address = l->journey->reply_to;
	pthread_mutex_unlock(&p->lock);
	bool done = !out_of_time(p, 0, 0, 0, 0) && post(p, l);
	pthread_mutex_lock(&p->lock);
	r->address = NULL;
	pthread_cond_broadcast(&p->work);	/* others may go there now */
	if (done || ++l->tries == TRIES || p->ending) {
		if (!done)
			log_failure(
				&g->log, "an asynchronous answer was given up after its last try",
				"the consumer has no answer to its query and may ask again",
				"see that the address in reply-to of its section can be reached");
		finish(p, l);
		return;
	}
	l->due = g->clock->elapsed(g->clock) + (int64_t)pause_seconds[l->tries] * 1000000;
	l->next = p->first;
	p->first = l;
}

static void wait_for_work(struct postman *p, int64_t micros)
{
	struct timespec until;
	if (micros < 0) {
		pthread_cond_wait(&p->work, &p->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += micros / 1000000;
	until.tv_nsec += micros % 1000000 * 1000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&p->work, &p->lock, &until);
}

static void *rounds(void *self)
{
	struct round *r = self;
	struct postman *p = r->postman;
	struct gateway *g = p->gateway;
	pthread_setname_np(pthread_self(), "postman");
	pthread_mutex_lock(&p->lock);
	while (!p->ending || p->first != NULL) {
		int64_t wait = -1;
		struct letter *l = take_due(p, g->clock->elapsed(g->clock), &wait);
		if (l != NULL)
			deliver(r, l);
		else
			wait_for_work(p, wait);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

struct postman *postman_start(struct gateway *g)
{
	struct postman *p = calloc(1, sizeof *p);
	pthread_condattr_t monotonic;
	if (p == NULL)
		return NULL;
	p->gateway = g;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&p->work, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&p->lock, NULL);
	for (unsigned i = 0; i < POSTMEN; i++) {
		struct round *r = &p->rounds[i];
		r->postman = p;
		if (pthread_create(&r->thread, NULL, rounds, r) != 0) {
			postman_stop(p, 0);
			return NULL;
		}
		pthread_mutex_lock(&p->lock);
		p->count++;
		pthread_mutex_unlock(&p->lock);
	}
	return p;
}

void postman_take(struct postman *p, struct journey *j)
{
	static const struct answer accepted = { .status = 202 };
	struct letter *l = calloc(1, sizeof *l);
	pthread_mutex_lock(&p->lock);
	bool room = l != NULL && p->waiting < QUEUE_MOST;
	if (room) {
		l->journey = j;
		l->answer = j->answer;
		l->next = p->first;
		p->first = l;
		p->waiting++;
		__atomic_add_fetch(&j->holders, 1, __ATOMIC_ACQ_REL);
		j->answer = accepted;
		pthread_cond_broadcast(&p->work);	/* not to one who waits for another's due */
	}
	pthread_mutex_unlock(&p->lock);
	if (!room) {
		static const struct answer busy = { .status = 503 };
		free(l);
		j->answer = busy;
		log_write(&p->gateway->log, LOG_WARNING,
			  "too many asynchronous answers wait; one was refused");
	}
}

void postman_stop(struct postman *p, unsigned seconds)
{
	if (p == NULL)
		return;
	const struct clock *clock = p->gateway->clock;
	atomic_store(&p->deadline, clock->elapsed(clock) + (int64_t)seconds * 1000000);
	pthread_mutex_lock(&p->lock);
	p->ending = true;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->count; i++)
		pthread_join(p->rounds[i].thread, NULL);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->work);
	free(p);
}
