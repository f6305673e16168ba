/* gateway/revocations.c: the revocation lists of doors, read again when their files change. */
#include "gateway/revocations.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/process.h"
#include "gateway/transport/revocation_lists.h"
#include "store/revocations.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { TEXT = 512 };

/* A file as it was when its door got it. */
struct looked {
	struct looked *next;
	dev_t device;
	ino_t number;
	off_t size;
	struct timespec changed;
	char *door;
};

struct revocations {
	struct looked *first;
};

struct revocations *revocations_create(void)
{
	return calloc(1, sizeof(struct revocations));
}

void revocations_destroy(struct revocations *r)
{
	for (struct looked *l = r == NULL ? NULL : r->first, *next; l != NULL; l = next) {
		next = l->next;
		free(l->door);
		free(l);
	}
	free(r);
}

/* ---- What was used before ---- */

struct noting {
	unsigned char issuer[REVOCATION_ISSUER];
	instant this_update;
	bool older;
};

static bool note_run(void *with, struct store_txn *t, struct problem *p)
{
	struct noting *n = with;
	return revocation_note(t, n->issuer, n->this_update, &n->older)
	       || problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

static bool read_list(const X509_CRL *list, struct noting *out)
{
	struct tm parts;
	unsigned length = 0;
	const ASN1_TIME *this_update = X509_CRL_get0_lastUpdate(list);
	*out = (struct noting){ .older = false };
	bool good = this_update != NULL && ASN1_TIME_to_tm(this_update, &parts) == 1
		    && X509_NAME_digest(X509_CRL_get_issuer(list), EVP_sha256(), out->issuer,
					&length)
			       == 1;
	ERR_clear_error();
	if (good)
		out->this_update = (instant)timegm(&parts) * 1000000;
	return good;
}

/* NULL: it may be used; or why not. */
static const char *note_list(struct gateway *g, const X509_CRL *list)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct noting n;
	if (!read_list(list, &n))
		return "a list in it cannot be read";
	const struct store_block block = { &n, sizeof n };
	const struct store_afresh afresh = { .blocks = &block, .count = 1 };
	if (!store_write_on_reserve(g->store, &afresh, note_run, &n, &p))
		return "it could not be noted how new its list is";
	return n.older ? "its list is older than one that was used before" : NULL;
}

static const char *note_file(struct gateway *g, const char *path)
{
	const char *why = NULL;
	STACK_OF(X509_CRL) *lists = revocation_lists_read(path, &why);
	for (int i = 0; why == NULL && i < sk_X509_CRL_num(lists); i++)
		why = note_list(g, sk_X509_CRL_value(lists, i));
	sk_X509_CRL_pop_free(lists, X509_CRL_free);
	return why;
}

static bool has_lists(const struct config_door *d)
{
	return d->tls.crl != NULL && d->tls.clients != CERTIFICATES_NONE;
}

static void tell(struct gateway *g, const struct config_door *d, const char *why,
		 const char *effect)
{
	char text[TEXT];
	snprintf(text, sizeof text, "%s crl, %s: %s", d->section, d->tls.crl, why);
	log_failure(&g->log, text, effect, "fetch the authority's present list");
}

bool revocations_agree(struct gateway *g, const struct configuration *c)
{
	bool agree = true;
	for (const struct config_door *const *d = c->doors; *d != NULL; d++) {
		const char *why = has_lists(*d) ? note_file(g, (*d)->tls.crl) : NULL;
		if (why != NULL)
			tell(g, *d, why, "who is revoked since may be let in by it");
		agree = agree && why == NULL;
	}
	return agree;
}

/* ---- Files that change ---- */

static bool is_as_before(const struct looked *l, const struct stat *s)
{
	return l->device == s->st_dev && l->number == s->st_ino && l->size == s->st_size
	       && l->changed.tv_sec == s->st_mtim.tv_sec
	       && l->changed.tv_nsec == s->st_mtim.tv_nsec;
}

/* Of that door; made when it is looked at first. NULL: no memory. */
static struct looked *looked_of(struct revocations *r, const char *door)
{
	struct looked *l = r->first;
	while (l != NULL && !text_equal(l->door, door))
		l = l->next;
	if (l != NULL)
		return l;
	l = calloc(1, sizeof *l);
	if (l != NULL && (l->door = strdup(door)) == NULL) {
		free(l);
		l = NULL;
	}
	if (l != NULL) {
		l->next = r->first;
		r->first = l;
	}
	return l;
}

static void take(struct gateway *g, const struct config_door *d)
{
	static const char effect[] = "the list that was there before stays in use";
	const char *why = NULL;
	if (certificate_revocations(d->tls.crl, d->tls.ca, &why))
		why = note_file(g, d->tls.crl);
	if (why == NULL && gateway_renew_door(g, d, &why))
		log_write(&g->log, LOG_NOTICE, "the revocation list of the %s door was read anew",
			  d->name);
	else
		tell(g, d, why, effect);
}

void revocations_look(struct gateway *g)
{
	const struct configuration *c = gateway_configuration(g);
	for (const struct config_door *const *d = c->doors; *d != NULL; d++) {
		struct stat s;
		struct looked *l = has_lists(*d) && stat((*d)->tls.crl, &s) == 0
					   ? looked_of(g->revocations, (*d)->name)
					   : NULL;
		if (l == NULL || is_as_before(l, &s))
			continue;
		l->device = s.st_dev;
		l->number = s.st_ino;
		l->size = s.st_size;
		l->changed = s.st_mtim;
		take(g, *d);
	}
	config_release(c);
}
