/* gateway/ocsp_known.c: certificates that the configuration names and responders are asked about.
 * */
#include "gateway/ocsp_known.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/process.h"
#include "gateway/transport/ocsp_answers.h"

enum { MOST_OF_A_FILE = 64 };

static int no_passphrase(char *text, int room, int writing, void *with)
{
	(void)text, (void)room, (void)writing, (void)with;
	return -1;
}

/* Those of a file, in its order; fewer where it cannot be read, which others tell. */
static STACK_OF(X509) * read_all(const char *path)
{
	STACK_OF(X509) *all = sk_X509_new_null();
	FILE *f = path == NULL || all == NULL ? NULL : regular_stream(path);
	X509 *x;
	while (f != NULL && sk_X509_num(all) < MOST_OF_A_FILE
	       && (x = PEM_read_X509(f, NULL, no_passphrase, NULL)) != NULL)
		if (sk_X509_push(all, x) == 0)
			X509_free(x);
	if (f != NULL)
		fclose(f);
	ERR_clear_error(); /* the end of the file is one */
	return all;
}

static X509 *issuer_among(X509 *leaf, STACK_OF(X509) * some)
{
	X509 *found = NULL;
	for (int i = 0; found == NULL && i < sk_X509_num(some); i++) {
		X509 *x = sk_X509_value(some, i);
		if (X509_cmp(x, leaf) != 0 && X509_check_issued(x, leaf) == X509_V_OK
		    && X509_verify(leaf, X509_get0_pubkey(x)) == 1)
			found = x;
	}
	ERR_clear_error();
	return found;
}

/* Behind it in its own file, or among the door's authorities. Borrowed; NULL: neither. */
static X509 *issuer_of(X509 *leaf, STACK_OF(X509) * chain, STACK_OF(X509) * authorities)
{
	X509 *issuer = issuer_among(leaf, chain);
	return issuer != NULL ? issuer : issuer_among(leaf, authorities);
}

static struct ocsp_terms terms_of(const struct config_door *d)
{
	return (struct ocsp_terms){ .setting = (enum ocsp_setting)d->tls.ocsp,
				    .max_age = d->tls.ocsp_max_age,
				    .every = d->tls.ocsp_every,
				    .responder = d->tls.ocsp_responder };
}

static void want_systems(struct gateway *g, const struct configuration *c,
			 const struct config_door *d, STACK_OF(X509) * authorities)
{
	const struct ocsp_terms terms = terms_of(d);
	for (const struct config_value *v = c->values; v != NULL; v = v->next) {
		if (!text_equal(v->section, "system") || v->file == NULL
		    || (!text_equal(v->key, "certificate")
			&& !text_equal(v->key, "next-certificate")))
			continue;
		STACK_OF(X509) *chain = read_all(v->file);
		X509 *leaf = sk_X509_num(chain) > 0 ? sk_X509_value(chain, 0) : NULL;
		X509 *issuer = leaf == NULL ? NULL : issuer_of(leaf, chain, authorities);
		if (issuer != NULL)
			ocsp_answers_want(g->ocsp_answers, leaf, issuer, &terms, false);
		sk_X509_pop_free(chain, X509_free);
	}
}

/* Ours names its own responder; the door's is for who comes, and serves where ours names none. */
static void want_own(struct gateway *g, const struct config_door *d, STACK_OF(X509) * authorities)
{
	struct ocsp_terms terms = terms_of(d);
	char named[OCSP_URL_MOST];
	STACK_OF(X509) *chain = read_all(d->tls.certificate);
	X509 *leaf = sk_X509_num(chain) > 0 ? sk_X509_value(chain, 0) : NULL;
	X509 *issuer = leaf == NULL ? NULL : issuer_of(leaf, chain, authorities);
	bool has_own = issuer != NULL && ocsp_responder_of(leaf, named);
	if (has_own)
		terms.responder = NULL;
	if (has_own || (issuer != NULL && (terms.responder != NULL || ocsp_must_staple(leaf))))
		ocsp_answers_want(g->ocsp_answers, leaf, issuer, &terms, true);
	if (leaf != NULL && ocsp_must_staple(leaf)
	    && (issuer == NULL || (!has_own && terms.responder == NULL)))
		log_failure(&g->log,
			    "the certificate of a door insists on an OCSP answer beside it "
			    "(must-staple), and there is none to be had",
			    "who looks for one does not connect",
			    "put its issuer behind it in its file, and write ocsp-responder where "
			    "it names none");
	sk_X509_pop_free(chain, X509_free);
}

void ocsp_known_want(struct gateway *g, const struct configuration *c)
{
	for (const struct config_door *const *d = c->doors; *d != NULL; d++) {
		bool asks = (*d)->tls.ocsp != OCSP_OFF && (*d)->tls.clients != CERTIFICATES_NONE;
		if ((*d)->tls.certificate == NULL || (!asks && !(*d)->tls.ocsp_staple))
			continue;
		STACK_OF(X509) *authorities = read_all((*d)->tls.ca);
		if (asks)
			want_systems(g, c, *d, authorities);
		if ((*d)->tls.ocsp_staple)
			want_own(g, *d, authorities);
		sk_X509_pop_free(authorities, X509_free);
	}
}
