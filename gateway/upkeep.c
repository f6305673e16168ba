/* gateway/upkeep.c: what has to be looked after now and then. */
#include "gateway/upkeep.h"

#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/consents_due.h"
#include "gateway/journey.h"
#include "gateway/process.h"
#include "gateway/refusals.h"
#include "store/asked_sets.h"
#include "store/blobs.h"
#include "store/pull_points.h"
#include "store/store.h"
#include "store/subscriptions.h"

enum { ROUND_SECONDS = 3600 };
enum { SWEEP_SECONDS = 5 }; /* how late a flood is told of, and a consent's time seen to */
/* no submission lasts a day */
static const int64_t orphan_grace = INT64_C(24) * 3600 * 1000000;
static const int64_t day = INT64_C(24) * 3600 * 1000000;
enum { QUESTION_DAYS = 7 }; /* nor does its source send it again after a week */
static const int warn_days[] = { 1, 7, 14, 30, 60 };

struct upkeep {
	struct gateway *gateway;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ending;
	atomic_bool stopping; /* the same, for what is under way */
	int warned;           /* the narrowest of warn_days told so far; 0: none */
};

static void collect_orphans(struct upkeep *c)
{
	struct gateway *g = c->gateway;
	struct blobs_collected gone = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	if (!blobs_collect(g->store, orphan_grace, &c->stopping, &gone, &p))
		log_failure(&g->log, p.what, "document files left by a crash stay on the disk",
			    problem_row(p.code)->remedy);
	else if (gone.files != 0)
		log_write(&g->log, LOG_NOTICE, "removed %u document files that belong to nothing",
			  gone.files);
}

/* Days until the certificate in that PEM file runs out; false if it cannot be read. */
static bool days_left(const char *path, int *days)
{
	FILE *f = regular_stream(path);
	X509 *certificate = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, NULL);
	int seconds = 0;
	bool read = certificate != NULL
		    && ASN1_TIME_diff(days, &seconds, NULL, X509_get0_notAfter(certificate)) == 1;
	X509_free(certificate);
	if (f != NULL)
		fclose(f);
	return read;
}

static void watch_certificate(struct upkeep *c)
{
	struct gateway *g = c->gateway;
	const struct configuration *now = gateway_configuration(g);
	int days = INT_MAX, level = 0;
	for (const struct config_door *const *d = now->doors; *d != NULL; d++) {
		int left = 0;
		if ((*d)->tls.certificate != NULL && days_left((*d)->tls.certificate, &left)
		    && left < days)
			days = left;
	}
	for (size_t i = sizeof warn_days / sizeof warn_days[0]; i-- > 0;)
		if (days < warn_days[i])
			level = warn_days[i];
	if (level != 0 && (c->warned == 0 || level < c->warned)) {
		char text[160];
		snprintf(text, sizeof text, "the gateway's certificate runs out in %d days", days);
		log_failure(&g->log, text, "after that no system can connect",
			    "put a new one in its place and reload (SIGHUP)");
		gateway_alert(g, "110113", "Certificate expiry", AUDIT_DOING_CERTIFICATE_EXPIRY,
			      text);
	}
	c->warned = level;
	config_release(now);
}

static bool pause_or_end(struct upkeep *c, unsigned seconds)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&c->lock);
	for (int late = 0; !c->ending && late == 0;)
		late = pthread_cond_timedwait(&c->wake, &c->lock, &until);
	bool ending = c->ending;
	pthread_mutex_unlock(&c->lock);
	return ending;
}

/* Until the next round. */
static bool sweep_or_end(struct upkeep *c)
{
	bool ending = false;
	for (unsigned waited = 0; !ending && waited < ROUND_SECONDS; waited += SWEEP_SECONDS) {
		ending = pause_or_end(c, SWEEP_SECONDS);
		refusals_sweep(c->gateway, false);
		consents_due_see_to(c->gateway, &c->stopping);
	}
	return ending;
}

/* What has had its time and takes room only; some at a time, until there is no more of it. */
struct forgetting {
	bool (*some)(struct store_txn *t, instant before, bool *more);
	const char *otherwise; /* what it is to the operator that it is still there */
	int days;              /* from when on it has had its time */
};
static const struct forgetting forgotten[] = {
	{ asked_sets_forget, "what nobody sends again is remembered longer", QUESTION_DAYS },
	{ subscriptions_sweep, "subscriptions that have ended are still listed", 0 },
	{ pull_points_sweep, "what nobody fetches waits longer", 0 },
};

struct forgetting_job {
	const struct forgetting *what;
	instant before;
	bool more;
};

static bool forget_run(void *with, struct store_txn *t, struct problem *p)
{
	struct forgetting_job *f = with;
	return f->what->some(t, f->before, &f->more)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static void forget(struct upkeep *c, const struct forgetting *what)
{
	struct gateway *g = c->gateway;
	struct forgetting_job f = { what, g->clock->now(g->clock) - what->days * day, true };
	struct problem p = { .code = PROBLEM_NONE };
	while (f.more && !atomic_load(&c->stopping) && p.code == PROBLEM_NONE)
		store_write(g->store, forget_run, &f, &p);
	if (p.code != PROBLEM_NONE)
		log_failure(&g->log, p.what, what->otherwise, problem_row(p.code)->remedy);
}

static void *rounds(void *self)
{
	struct upkeep *c = self;
	do {
		collect_orphans(c);
		calls_kept_settle(c->gateway, false);
		for (size_t i = 0; i < COUNT(forgotten); i++)
			forget(c, &forgotten[i]);
		watch_certificate(c);
		consents_due_see_to(c->gateway, &c->stopping);
	} while (!sweep_or_end(c));
	return NULL;
}

struct upkeep *upkeep_start(struct gateway *g)
{
	struct upkeep *c = calloc(1, sizeof *c);
	pthread_condattr_t monotonic;
	if (c == NULL)
		return NULL;
	c->gateway = g;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&c->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&c->lock, NULL);
	if (pthread_create(&c->thread, NULL, rounds, c) == 0)
		return c;
	pthread_cond_destroy(&c->wake);
	pthread_mutex_destroy(&c->lock);
	free(c);
	return NULL;
}

void upkeep_stop(struct upkeep *c)
{
	if (c == NULL)
		return;
	atomic_store(&c->stopping, true);
	pthread_mutex_lock(&c->lock);
	c->ending = true;
	pthread_cond_signal(&c->wake);
	pthread_mutex_unlock(&c->lock);
	pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->wake);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
