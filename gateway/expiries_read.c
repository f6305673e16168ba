/* gateway/expiries_read.c: what runs out, of the files that the configuration names: one reading
 * for the daemon, which tells it, and for the tool. */
#include "gateway/expiries.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/transport/revocation_lists.h"

enum { MOST_OF_A_FILE = 64 }; /* a bundle of authorities has some ten */
enum { SUBJECT_TEXT = 320 };

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

const char *expiry_effect(const struct expiry *e)
{
	return watched_find(e->section, e->key)->effect;
}

const char *expiry_remedy(const struct expiry *e)
{
	return watched_find(e->section, e->key)->remedy;
}

/* ---- Reading the files ---- */

struct reading {
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
	e->file = arena_text(r->arena, v->file);
	e->key_of = r->keys;
}

/* Texts are taken by the arena, which may leave by a long jump: what OpenSSL gave goes first. */
struct parsed {
	struct expiry expiry;
	char subject[SUBJECT_TEXT];
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

void expiries_read(const struct configuration *c, struct arena *a, struct expiries_seen *out)
{
	struct reading r = { .arena = a };
	for (const struct config_value *v = c->values; v != NULL; v = v->next) {
		const struct watched *w = watched_find(v->section, v->key);
		if (w == NULL || v->file == NULL)
			continue;
		r.keys++;
		read_file(&r, v, w);
	}
	*out = (struct expiries_seen){ r.count, r.all };
}

static int by_end(const void *a, const void *b)
{
	const struct expiry *const *x = a, *const *y = b;
	return ((*x)->until > (*y)->until) - ((*x)->until < (*y)->until);
}

const struct expiry *const *expiries_sorted(const struct expiries_seen *s, struct arena *a)
{
	const struct expiry **sorted = arena_array(a, const struct expiry *, s->count + 1);
	for (size_t i = 0; i < s->count; i++)
		sorted[i] = &s->all[i];
	qsort(sorted, s->count, sizeof *sorted, by_end);
	return sorted;
}
