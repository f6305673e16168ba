/* gateway/transport/tls_ocsp.c: a server's context and what responders said. */
#include "gateway/transport/tls_ocsp.h"

#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/transport/ocsp_answers.h"
#include "gateway/transport/tls_words.h"

/* Lives and ends with its context. */
struct using
{
	struct ocsp_answers *answers;
	struct ocsp_terms terms;
	char *responder;
	unsigned char own[OCSP_SHA256];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int place = -1; /* of a struct using in a context; written once */

static void release(void *parent, void *what, CRYPTO_EX_DATA *all, int index, long number,
		    void *pointer)
{
	struct using *u = what;
	(void)parent, (void)all, (void)index, (void)number, (void)pointer;
	if (u != NULL)
		free(u->responder);
	free(u);
}

static void take_place(void)
{
	place = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, release);
}

static struct using *of(const SSL_CTX *context)
{
	pthread_once(&once, take_place);
	return place < 0 ? NULL : SSL_CTX_get_ex_data(context, place);
}

/* A client asked for it; one that is not there, or no longer holds, is left out. */
static int staple(SSL *connection, void *ignored)
{
	struct using *u = of(SSL_get_SSL_CTX(connection));
	unsigned char *copy = NULL;
	(void)ignored;
	size_t length = u == NULL ? 0 : ocsp_answers_staple(u->answers, u->own, &copy);
	if (length == 0 || SSL_set_tlsext_status_ocsp_resp(connection, copy, (long)length) != 1) {
		OPENSSL_free(copy);
		return SSL_TLSEXT_ERR_NOACK;
	}
	return SSL_TLSEXT_ERR_OK;
}

static bool fill(struct using *u, SSL_CTX *context, struct ocsp_answers *a,
		 const struct tls_profile_paths *paths)
{
	unsigned length = 0;
	u->answers = a;
	u->responder = paths->ocsp_responder == NULL ? NULL : strdup(paths->ocsp_responder);
	u->terms = (struct ocsp_terms){ .setting = (enum ocsp_setting)paths->ocsp,
					.max_age = paths->ocsp_max_age,
					.every = paths->ocsp_every,
					.responder = u->responder };
	return (paths->ocsp_responder == NULL || u->responder != NULL)
	       && X509_digest(SSL_CTX_get0_certificate(context), EVP_sha256(), u->own, &length)
			  == 1;
}

bool tls_ocsp_use(SSL_CTX *context, struct ocsp_answers *a, const struct tls_profile_paths *paths)
{
	of(context); /* the place is there */
	struct using *u = calloc(1, sizeof *u);
	if (u == NULL || place < 0 || !fill(u, context, a, paths)
	    || SSL_CTX_set_ex_data(context, place, u) != 1) {
		release(NULL, u, NULL, 0, 0, NULL);
		return false;
	}
	if (paths->ocsp_staple)
		SSL_CTX_set_tlsext_status_cb(context, staple);
	return true;
}

long tls_ocsp_against(SSL_CTX *context, X509_STORE_CTX *chain)
{
	static const long against[] = {
		[OCSP_LET_IN] = 0,
		[OCSP_REFUSE_REVOKED] = TLS_REVOKED_BY_OCSP,
		[OCSP_REFUSE_UNKNOWN] = TLS_UNKNOWN_TO_OCSP,
		[OCSP_REFUSE_STALE] = TLS_NO_FRESH_OCSP,
	};
	struct using *u = of(context);
	STACK_OF(X509) *all = X509_STORE_CTX_get0_chain(chain);
	if (u == NULL || sk_X509_num(all) < 1)
		return 0;
	return against[ocsp_answers_judge(u->answers, sk_X509_value(all, 0),
					  sk_X509_num(all) > 1 ? sk_X509_value(all, 1) : NULL,
					  &u->terms)];
}
