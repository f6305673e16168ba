/* gateway/expiries.c: what runs out, read of the files that the configuration names, and told. */
#include "gateway/expiries.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/process.h"
#include "gateway/transport/revocation_lists.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { SEEN_MEMORY = 32 << 20, TELLING_MEMORY = 1 << 20 };
enum { MOST_OF_A_FILE = 64 }; /* a bundle of authorities has some ten */
enum { TEXT = 320 };

static const int64_t day = INT64_C(24) * 3600 * 1000000;
static const int steps[EXPIRY_STEPS] = { 60, 30, 14, 7, 1, 0 };
enum { LAST_PART = 8 }; /* of a list's time */

/* Which keys name such files, and what follows when their time is over. section NULL: a door's. */
static const struct watched {
	const char *section, *key;
	bool list;
	const char *effect, *remedy;
} watched[] = {
	{ .key = "certificate",
	  .effect = "after that no system can connect there",
	  .remedy = "minato region renew --reload, or put a new one in its place and reload "
		    "(SIGHUP)" },
	{ .key = "ca",
	  .effect = "after that nobody can connect there whose certificate that authority issued",
	  .remedy = "put its new certificate beside the old one and reload (SIGHUP)" },
	{ .key = "crl",
	  .list = true,
	  .effect = "after that, and crl-grace, nobody it is about can connect there",
	  .remedy = "fetch the authority's present list, put it in its place and reload (SIGHUP)" },
	{ .section = "system",
	  .key = "certificate",
	  .effect = "after that it cannot connect",
	  .remedy = "ask it for its next certificate: minato facility renew" },
	{ .section = "system",
	  .key = "next-certificate",
	  .effect = "after that it cannot connect with it",
	  .remedy = "ask it for its next certificate: minato facility renew" },
	{ .section = "partner",
	  .key = "ca",
	  .effect = "after that nothing is sent to it",
	  .remedy = "put the authority's new certificate beside the old one and reload (SIGHUP)" },
	{ .section = "partner",
	  .key = "crl",
	  .list = true,
	  .effect = "after that nothing is sent to it",
	  .remedy = "fetch the authority's present list and put it in its place" },
	{ .section = "partner",
	  .key = "server-certificate",
	  .effect = "after that nothing is sent to it",
	  .remedy = "ask it for its next certificate, put it in its place and reload (SIGHUP)" },
	{ .section = "partner",
	  .key = "certificate",
	  .effect = "after that it need not take what is sent to it",
	  .remedy = "put a new one in its place and reload (SIGHUP)" },
	{ .section = "assertion-issuer",
	  .key = "certificate",
	  .effect = "after that its assertions are refused",
	  .remedy = "put its next certificate beside the old one and reload (SIGHUP)" },
	{ .section = "region",
	  .key = "assertion-certificate",
	  .effect = "after that other regions need not believe who we say asks",
	  .remedy = "give them its next certificate, put it in its place and reload (SIGHUP)" },
	{ .section = "audit-repository",
	  .key = "ca",
	  .effect = "after that no record is delivered there",
	  .remedy = "put the authority's new certificate beside the old one and reload (SIGHUP)" },
	{ .section = "audit-repository",
	  .key = "certificate",
	  .effect = "after that no record is delivered there",
	  .remedy = "put a new one in its place and reload (SIGHUP)" },
	{ .section = "region",
	  .key = "signature-anchors",
	  .effect = "after that signatures under it are not verified",
	  .remedy = "put the authority's new certificate beside the old one and reload (SIGHUP)" },
	{ .section = "region",
	  .key = "signature-revocations",
	  .list = true,
	  .effect = "after that signatures under it are not verified",
	  .remedy = "fetch the authority's present list, put it in its place and reload (SIGHUP)" },
};

static bool is_door(const char *section)
{
	static const char *const doors[] = { "https", "mllp", "https-door", "mllp-door",
					     "syslog-door" };
	size_t i = 0;
	while (i < COUNT(doors) && !text_equal(doors[i], section))
		i++;
	return i < COUNT(doors);
}

static bool is_of(const struct watched *w, const char *section)
{
	return w->section != NULL ? text_equal(w->section, section) : is_door(section);
}

static const struct watched *watched_find(const char *section, const char *key)
{
	for (size_t i = 0; i < COUNT(watched); i++)
		if (is_of(&watched[i], section) && text_equal(watched[i].key, key))
			return &watched[i];
	return NULL;
}

/* What a struct expiries_seen is the first part of. */
struct held {
	struct expiries_seen seen;
	struct arena *arena;
	atomic_uint holds;
};

struct expiries {
	pthread_mutex_t lock; /* over seen */
	struct held *seen;
	pthread_mutex_t looking; /* one at a time */
};

struct expiries *expiries_create(void)
{
	struct expiries *e = calloc(1, sizeof *e);
	if (e == NULL)
		return NULL;
	pthread_mutex_init(&e->lock, NULL);
	pthread_mutex_init(&e->looking, NULL);
	return e;
}

void expiries_release(const struct expiries_seen *s)
{
	struct held *h = (struct held *)(void *)(uintptr_t)s;
	if (h != NULL && atomic_fetch_sub(&h->holds, 1) == 1)
		arena_destroy(h->arena);
}

void expiries_destroy(struct expiries *e)
{
	if (e == NULL)
		return;
	if (e->seen != NULL)
		expiries_release(&e->seen->seen);
	pthread_mutex_destroy(&e->looking);
	pthread_mutex_destroy(&e->lock);
	free(e);
}

const struct expiries_seen *expiries_hold(struct expiries *e)
{
	const struct expiries_seen *s = NULL;
	if (e == NULL)
		return NULL;
	pthread_mutex_lock(&e->lock);
	if (e->seen != NULL) {
		atomic_fetch_add(&e->seen->holds, 1);
		s = &e->seen->seen;
	}
	pthread_mutex_unlock(&e->lock);
	return s;
}

int expiry_days(const struct expiry *e, instant now)
{
	int64_t left = e->until - now;
	return (int)(left >= 0 ? left / day : -((-left + day - 1) / day));
}

unsigned expiry_step(const struct expiry *e, instant now)
{
	unsigned step = 0;
	while (step < EXPIRY_STEPS && e->until - now <= steps[step] * day)
		step++;
	bool early = e->list && step != 0
		     && steps[step - 1] * day * LAST_PART > e->until - e->since;
	return early ? 0 : step;
}

const char *expiry_remedy(const struct expiry *e)
{
	return watched_find(e->section, e->key)->remedy;
}

/* ---- Reading the files ---- */

struct reading {
	const struct configuration *configuration;
	struct held *held;
	struct arena *arena;
	struct expiry *all;
	size_t count, room, keys;
};

static bool to_instant(const ASN1_TIME *t, instant *out)
{
	struct tm parts;
	if (t == NULL || ASN1_TIME_to_tm(t, &parts) != 1)
		return false;
	*out = (instant)timegm(&parts) * 1000000;
	return true;
}

static void add(struct reading *r, const struct config_value *v, const struct expiry *found)
{
	if (r->count == r->room) {
		struct expiry *wider = arena_array(r->arena, struct expiry, 2 * r->room + 16);
		if (r->count != 0)
			memcpy(wider, r->all, r->count * sizeof *wider);
		r->all = wider;
		r->room = 2 * r->room + 16;
	}
	struct expiry *e = &r->all[r->count++];
	*e = *found;
	e->section = arena_text(r->arena, v->section);
	e->title = v->title == NULL ? NULL : arena_text(r->arena, v->title);
	e->key = arena_text(r->arena, v->key);
	e->key_of = r->keys;
}

/* Texts are taken by the arena, which may leave by a long jump: what OpenSSL gave goes first. */
struct parsed {
	struct expiry expiry;
	char subject[TEXT];
	bool good;
};

static void set_subject(struct parsed *p, const X509_NAME *name)
{
	BIO *text = BIO_new(BIO_s_mem());
	char *data = NULL;
	p->subject[0] = '\0';
	if (text != NULL && X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253) >= 0) {
		long size = BIO_get_mem_data(text, &data);
		snprintf(p->subject, sizeof p->subject, "%.*s", (int)size, data);
	}
	BIO_free(text);
}

static bool next_certificate(FILE *f, struct parsed *p)
{
	unsigned length = 0;
	X509 *x = PEM_read_X509(f, NULL, NULL, (void *)"");
	if (x == NULL)
		return false;
	p->good = to_instant(X509_get0_notBefore(x), &p->expiry.since)
		  && to_instant(X509_get0_notAfter(x), &p->expiry.until)
		  && X509_digest(x, EVP_sha256(), p->expiry.sha256, &length) == 1;
	set_subject(p, X509_get_subject_name(x));
	X509_free(x);
	return true;
}

static void read_one_list(const X509_CRL *list, struct parsed *p)
{
	unsigned length = 0;
	p->good = to_instant(X509_CRL_get0_lastUpdate(list), &p->expiry.since)
		  && to_instant(X509_CRL_get0_nextUpdate(list), &p->expiry.until)
		  && X509_CRL_digest(list, EVP_sha256(), p->expiry.sha256, &length) == 1;
	set_subject(p, X509_CRL_get_issuer(list));
}

static unsigned read_lists(const char *path, struct parsed *found)
{
	const char *ignored;
	unsigned count = 0;
	STACK_OF(X509_CRL) *lists = revocation_lists_read(path, &ignored);
	for (int i = 0; i < sk_X509_CRL_num(lists) && count < MOST_OF_A_FILE; i++) {
		found[count] = (struct parsed){ .expiry.list = true };
		read_one_list(sk_X509_CRL_value(lists, i), &found[count++]);
	}
	sk_X509_CRL_pop_free(lists, X509_CRL_free);
	return count;
}

static unsigned read_certificates(const char *path, struct parsed *found, unsigned most)
{
	unsigned count = 0;
	FILE *f = regular_stream(path);
	if (f == NULL)
		return 0;
	for (; count < most; count++) {
		found[count] = (struct parsed){ .expiry.list = false };
		if (!next_certificate(f, &found[count]))
			break;
	}
	fclose(f);
	ERR_clear_error(); /* the end of the file is one */
	return count;
}

/* Of our own pair, and of a system's, the first is meant: what stands behind it is its chain. */
static void read_file(struct reading *r, const struct config_value *v, const struct watched *w)
{
	struct parsed found[MOST_OF_A_FILE];
	bool first_only = text_equal(w->key, "certificate")
			  && !text_equal(w->section, "assertion-issuer");
	unsigned count = w->list ? read_lists(v->file, found)
				 : read_certificates(v->file, found,
						     first_only ? 1 : MOST_OF_A_FILE);
	for (unsigned i = 0; i < count; i++) {
		if (!found[i].good)
			continue;
		found[i].expiry.subject = arena_text(r->arena, found[i].subject);
		add(r, v, &found[i].expiry);
	}
}

static void read_all(void *with)
{
	struct reading *r = with;
	r->held = arena_new(r->arena, struct held);
	for (const struct config_value *v = r->configuration->values; v != NULL; v = v->next) {
		const struct watched *w = watched_find(v->section, v->key);
		if (w == NULL || v->file == NULL)
			continue;
		r->keys++;
		read_file(r, v, w);
	}
	r->held->arena = r->arena;
	r->held->seen = (struct expiries_seen){ r->count, r->all };
	atomic_init(&r->held->holds, 1);
}

static bool read_files(struct gateway *g)
{
	struct expiries *e = g->expiries;
	struct reading r = { .configuration = gateway_configuration(g),
			     .arena = arena_create(SEEN_MEMORY) };
	bool whole = r.arena != NULL && arena_run(r.arena, read_all, &r);
	config_release(r.configuration);
	if (!whole) {
		arena_destroy(r.arena);
		return false;
	}
	pthread_mutex_lock(&e->lock);
	struct held *before = e->seen;
	e->seen = r.held;
	pthread_mutex_unlock(&e->lock);
	if (before != NULL)
		expiries_release(&before->seen);
	return true;
}

/* ---- Telling ---- */

struct telling {
	struct gateway *gateway;
	struct arena *arena;
	const struct expiry *expiry;
	unsigned step;
	char text[TEXT];
	bool told; /* by this try of the job */
};

static void say(struct telling *k, instant now)
{
	const struct expiry *e = k->expiry;
	int days = expiry_days(e, now);
	char when[64];
	if (k->step < EXPIRY_STEPS)
		snprintf(when, sizeof when, "runs out in %d day%s", days, days == 1 ? "" : "s");
	else
		snprintf(when, sizeof when, "%s",
			 e->list ? "should have been replaced by now" : "has run out");
	snprintf(k->text, sizeof k->text, "%s %s%s%s: the %s %s", e->section,
		 e->title == NULL ? "" : e->title, e->title == NULL ? "" : " ", e->key,
		 e->list ? "revocation list" : "certificate", when);
}

/* Where another node has told it, or the clock was put right, only the step is noted. */
static bool tell_run(void *with, struct store_txn *t, struct problem *p)
{
	struct telling *k = with;
	struct gateway *g = k->gateway;
	const struct expiry *e = k->expiry;
	unsigned before = expiry_told(t, e->sha256);
	struct audit_alert alert = { .name = "Certificate expiry",
				     .doing = AUDIT_DOING_CERTIFICATE_EXPIRY,
				     .description = k->text };
	k->told = k->step > before;
	if (before == k->step)
		return true;
	if (!expiry_tell(t, e->sha256, k->step, e->until))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	if (!k->told)
		return true;
	struct audit_event *event = audit_alert(k->arena, &g->source, &alert,
						store_clock(t)->now(store_clock(t)));
	event->outcome = AUDIT_SUCCESS;
	return audit_record_append(t, k->arena, &g->source, event)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "the audit record could not be kept");
}

static bool write_step(struct telling *k, struct problem *p)
{
	const struct store_block told = { &k->told, sizeof k->told };
	const struct store_afresh afresh = { .arena = k->arena, .blocks = &told, .count = 1 };
	return store_write_on_reserve(k->gateway->store, &afresh, tell_run, k, p);
}

static void tell(struct gateway *g, const struct expiry *e, instant now)
{
	const struct watched *w = watched_find(e->section, e->key);
	struct telling k = { .gateway = g, .expiry = e, .step = expiry_step(e, now) };
	struct problem p = { .code = PROBLEM_NONE };
	k.arena = arena_create(TELLING_MEMORY);
	say(&k, now);
	bool kept = k.arena != NULL && write_step(&k, &p);
	arena_destroy(k.arena);
	if (!kept || k.told)
		log_failure(&g->log, k.text, w->effect, w->remedy);
	if (!kept)
		log_failure(&g->log, p.what, "this is not in the audit log, and is told again",
			    problem_row(p.code)->remedy);
	else if (k.told)
		courier_wake(g->courier);
}

struct comparing {
	struct store_txn *txn;
	const struct expiry *expiry;
	unsigned told;
};

static void compare(void *with)
{
	struct comparing *c = with;
	c->told = expiry_told(c->txn, c->expiry->sha256);
}

/* What was told is what is to be: most of the time of all. */
static bool is_told(struct gateway *g, const struct expiry *e, instant now)
{
	struct problem p = { .code = PROBLEM_NONE };
	unsigned step = expiry_step(e, now);
	struct comparing c = { .txn = store_begin_read(g->store, &p), .expiry = e };
	bool read = c.txn != NULL && arena_run(store_arena(c.txn), compare, &c)
		    && !store_failed(c.txn);
	store_end(c.txn);
	return read && c.told == step;
}

void expiries_look_at(struct gateway *g, instant now)
{
	pthread_mutex_lock(&g->expiries->looking);
	bool whole = read_files(g);
	const struct expiries_seen *s = expiries_hold(g->expiries);
	for (size_t i = 0; s != NULL && i < s->count; i++)
		if (!is_told(g, &s->all[i], now))
			tell(g, &s->all[i], now);
	expiries_release(s);
	pthread_mutex_unlock(&g->expiries->looking);
	if (!whole)
		log_failure(&g->log, "no memory to look at certificates",
			    "what runs out meanwhile is told later", NULL);
}

void expiries_look(struct gateway *g)
{
	expiries_look_at(g, g->clock->now(g->clock));
}
