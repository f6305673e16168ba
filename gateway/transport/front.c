/* gateway/transport/front.c: the front of the process, as others see it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/transport/inside.h"
#include "gateway/transport/tls_ocsp.h"

static bool has_tls(enum door_kind kind)
{
	return kind == DOOR_HTTPS || kind == DOOR_MLLP || kind == DOOR_SYSLOG;
}

const char *door_kind_name(enum door_kind kind)
{
	static const char *const names[] = { [DOOR_HTTPS] = "https",
					     [DOOR_MLLP] = "mllp",
					     [DOOR_ADMIN] = "admin",
					     [DOOR_LOCAL] = "local",
					     [DOOR_SYSLOG] = "syslog" };
	return names[kind];
}

static const char *name_of(const struct door_settings *s)
{
	return s->name != NULL ? s->name : door_kind_name(s->kind);
}

/* Of a door that listens no more; NULL is fine. */
static void door_free(struct door *d)
{
	if (d == NULL)
		return;
	terms_drop(d->terms);
	pthread_mutex_destroy(&d->lock);
	free(d->name);
	free(d->section);
	free(d->path);
	free(d);
}

static void free_all(struct front *f)
{
	for (unsigned i = 0; i < f->loop_count; i++)
		loop_destroy(f->loops[i]);
	loop_destroy(f->lane);
	loop_destroy(f->gate);
	for (struct door *d = atomic_load(&f->doors), *next; d != NULL; d = next) {
		next = d->next;
		door_end(d);
		door_free(d);
	}
	shares_destroy(f->peers);
	pthread_cond_destroy(&f->changed);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/* NULL: no memory, or no thread. */
static struct loop *start(struct front *f, enum loop_kind kind)
{
	struct loop *l = loop_create(f, kind);
	if (l == NULL || loop_start(l))
		return l;
	loop_destroy(l);
	return NULL;
}

static bool start_loops(struct front *f, unsigned count)
{
	f->gate = start(f, LOOP_GATE);
	f->lane = f->gate != NULL ? start(f, LOOP_LANE) : NULL;
	bool whole = f->lane != NULL;
	for (; whole && f->loop_count < count; f->loop_count += whole) {
		f->loops[f->loop_count] = start(f, LOOP_KNOWN);
		whole = f->loops[f->loop_count] != NULL;
	}
	return whole;
}

struct loop *front_next_loop(struct front *f)
{
	return f->loops[atomic_fetch_add(&f->next_loop, 1) % f->loop_count];
}

static void end_loops(struct front *f)
{
	for (unsigned i = 0; i < f->loop_count; i++)
		loop_end(f->loops[i]);
	if (f->lane != NULL)
		loop_end(f->lane);
	if (f->gate != NULL)
		loop_end(f->gate);
}

struct front *front_create(struct workers *workers, unsigned loops, const struct log *log)
{
	if (loops == 0)
		loops = 1;
	struct front *f = calloc(1, sizeof *f + loops * sizeof f->loops[0]);
	if (f == NULL)
		return NULL;
	f->workers = workers;
	f->log = log;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->changed, NULL);
	f->peers = shares_create();
	if (f->peers != NULL && start_loops(f, loops))
		return f;
	end_loops(f);
	free_all(f);
	return NULL;
}

static struct door *find(const struct front *f, const char *name)
{
	struct door *d = atomic_load(&f->doors);
	while (d != NULL && strcmp(d->name, name) != 0)
		d = d->next;
	return d;
}

static bool ask_ocsp(SSL_CTX *context, const struct door_settings *s, char why[TLS_WHY])
{
	if (s->answers == NULL || tls_ocsp_use(context, s->answers, &s->tls))
		return true;
	snprintf(why, TLS_WHY, "out of memory");
	return false;
}

static bool bring_tls(struct terms *t, const struct front *f, const struct door_settings *s,
		      char why[TLS_WHY])
{
	struct door *https = s->tls_of_https ? find(f, door_kind_name(DOOR_HTTPS)) : NULL;
	if (https == NULL) {
		t->tls = tls_context(&s->tls, TLS_SERVER, why);
		return t->tls != NULL && tls_prove(t->tls, &s->tls, why)
		       && ask_ocsp(t->tls, s, why);
	}
	struct terms *its = door_terms(https);
	t->tls = SSL_CTX_up_ref(its->tls) == 1 ? its->tls : NULL;
	terms_drop(its);
	return t->tls != NULL;
}

static struct terms *terms_create(const struct front *f, const struct door_settings *s,
				  char why[TLS_WHY])
{
	struct terms *t = calloc(1, sizeof *t);
	if (t == NULL) {
		snprintf(why, TLS_WHY, "out of memory");
		return NULL;
	}
	atomic_init(&t->references, 1);
	t->limits = s->limits;
	t->clients = has_tls(s->kind) ? s->tls.clients : CERTIFICATES_NONE;
	t->workers = s->workers == NULL ? f->workers : s->workers;
	t->large = s->large == NULL ? t->workers : s->large;
	if (!has_tls(s->kind) || bring_tls(t, f, s, why))
		return t;
	terms_drop(t);
	return NULL;
}

static struct door *door_create(struct front *f, const struct door_settings *s)
{
	struct door *d = calloc(1, sizeof *d);
	if (d == NULL)
		return NULL;
	pthread_mutex_init(&d->lock, NULL);
	d->mail.deliver = door_begin;
	d->front = f;
	d->kind = s->kind;
	d->house = s->house;
	d->name = strdup(name_of(s));
	d->section = strdup(s->section != NULL ? s->section : name_of(s));
	bool whole = d->name != NULL && d->section != NULL;
	d->terms = whole ? terms_create(f, s, f->why) : NULL;
	d->fd = d->terms != NULL ? door_listen(s, f->why) : -1;
	if (d->fd < 0) {
		door_free(d);
		return NULL;
	}
	d->port = door_bound_port(d->fd);
	d->path = s->kind == DOOR_LOCAL ? strdup(s->address) : NULL;
	return d;
}

bool front_open(struct front *f, const struct door_settings *settings, const char **why)
{
	snprintf(f->why, sizeof f->why, "a door of that name is open already");
	struct door *d = NULL;
	if (find(f, name_of(settings)) == NULL) {
		snprintf(f->why, sizeof f->why, "out of memory");
		d = door_create(f, settings);
	}
	if (d == NULL) {
		*why = f->why;
		return false;
	}
	d->next = atomic_load(&f->doors);
	atomic_store(&f->doors, d);
	loop_post(f->gate, &d->mail);
	return true;
}

unsigned front_port(const struct front *f, const char *name)
{
	const struct door *d = find(f, name);
	return d != NULL ? d->port : 0;
}

bool front_renew(struct front *f, const struct door_settings *settings, const char **why)
{
	struct door *d = find(f, name_of(settings));
	struct terms *t = NULL, *before;
	snprintf(f->why, sizeof f->why, "no such door is open");
	if (d != NULL)
		t = terms_create(f, settings, f->why);
	if (t == NULL) {
		*why = f->why;
		return false;
	}
	pthread_mutex_lock(&d->lock);
	before = d->terms;
	d->terms = t;
	pthread_mutex_unlock(&d->lock);
	atomic_store(&d->renewed, system_clock.elapsed(&system_clock));
	terms_drop(before);
	return true;
}

void front_look_at_peers(struct front *f)
{
	atomic_fetch_add(&f->looks, 1);
}

void front_recheck(struct front *f)
{
	for (struct door *d = atomic_load(&f->doors); d != NULL; d = d->next)
		atomic_store(&d->renewed, system_clock.elapsed(&system_clock));
}

void front_stop(struct front *f, unsigned seconds)
{
	atomic_store(&f->deadline, system_clock.elapsed(&system_clock) + (int64_t)seconds * SECOND);
	if (!atomic_exchange(&f->stopping, true)) {
		for (unsigned i = 0; i < f->loop_count; i++)
			loop_post(f->loops[i], &f->loops[i]->stop);
		loop_post(f->lane, &f->lane->stop);
		loop_post(f->gate, &f->gate->stop);
	}
	pthread_mutex_lock(&f->lock);
	while (f->loops_stopped < f->loop_count + 2 || f->open > 0)
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
}

void front_destroy(struct front *f)
{
	if (f == NULL)
		return;
	front_stop(f, 0);
	/* A house that still owes an answer is waited for: its messages point here. */
	pthread_mutex_lock(&f->lock);
	while (f->alive > 0)
		pthread_cond_wait(&f->changed, &f->lock);
	pthread_mutex_unlock(&f->lock);
	end_loops(f);
	free_all(f);
}

/* Of the open, those not known yet; the two numbers are of two moments. */
static unsigned shaking_at(const struct door *d)
{
	unsigned open = atomic_load(&d->open), known = atomic_load(&d->known);
	return open > known ? open - known : 0;
}

void front_count(struct front *f, struct front_counts *out)
{
	*out = (struct front_counts){
		.accepted = f->accepted,
		.refused = f->refused,
		.displaced = f->displaced,
		.starved = f->starved,
		.stalled = f->stalled,
		.halted = f->halted,
		.shed = f->shed,
		.moved = f->moved,
		.requests = f->requests,
		.bytes_in = f->bytes_in,
		.bytes_out = f->bytes_out,
		.reading_ahead = f->reading_ahead,
	};
	for (const struct door *d = atomic_load(&f->doors); d != NULL; d = d->next)
		out->shaking += shaking_at(d);
	pthread_mutex_lock(&f->lock);
	out->open = f->open;
	pthread_mutex_unlock(&f->lock);
}

static void tell_shown(const struct terms *t, char out[DOOR_SHA256_TEXT])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	const X509 *x = t->tls == NULL ? NULL : SSL_CTX_get0_certificate(t->tls);
	if (x == NULL || X509_digest(x, EVP_sha256(), digest, &length) != 1)
		length = 0;
	for (unsigned i = 0; i < length; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

bool front_look(const struct front *f, const char *name, struct door_seen *out)
{
	struct door *d = find(f, name);
	if (d == NULL)
		return false;
	struct terms *today = door_terms(d);
	*out = (struct door_seen){ .open = atomic_load(&d->open),
				   .shaking = shaking_at(d),
				   .clients = today->clients };
	tell_shown(today, out->sha256);
	terms_drop(today);
	return true;
}
