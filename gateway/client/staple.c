/* gateway/client/staple.c: an answer of OCSP that has to come beside a partner's certificate. */
#include "gateway/client/staple.h"

#include "gateway/base/clock.h"
#include "gateway/client/curl_handle.h"
#include "gateway/transport/ocsp.h"
#include "schemas/model/partner.h"

/* The chain as it was verified: the leaf, and who issued it. */
static const char *read(SSL *connection, const unsigned char *octets, long length)
{
	STACK_OF(X509) *chain = SSL_get0_verified_chain(connection);
	struct ocsp_said said;
	if (octets == NULL || length <= 0)
		return "it sent no OCSP answer beside its certificate (stapling), and ocsp = "
		       "staple asks for one";
	if (sk_X509_num(chain) < 2)
		return "nobody but itself issued its certificate, so that no OCSP answer about it "
		       "can hold";
	const char *why = ocsp_read((struct bytes){ octets, (size_t)length },
				    sk_X509_value(chain, 0), sk_X509_value(chain, 1),
				    system_clock.now(&system_clock), &said);
	if (why != NULL)
		return why;
	return said.word == OCSP_SAID_GOOD ? NULL
	       : said.word == OCSP_SAID_REVOKED
		       ? "its certificate is revoked by OCSP: the answer beside it says so"
		       : "the OCSP answer beside its certificate says that its authority does not "
			 "know it";
}

/* OpenSSL calls it when the partner's part of the handshake is there, with or without an answer. */
static int look(SSL *connection, void *with)
{
	const unsigned char *octets = NULL;
	long length = SSL_get_tlsext_status_ocsp_resp(connection, &octets);
	const char *why = read(connection, octets, length);
	*(const char **)with = why;
	return why == NULL;
}

void staple_ask(SSL_CTX *context, const char **why)
{
	SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
	SSL_CTX_set_tlsext_status_cb(context, look);
	SSL_CTX_set_tlsext_status_arg(context, (void *)why);
}

static CURLcode set_up(CURL *curl, void *context, void *with)
{
	(void)curl;
	curl_handle_spare(context);
	staple_ask(context, with);
	return CURLE_OK;
}

void staple_set_up(CURL *curl, const struct client_identity *us, const char **why)
{
	*why = NULL;
	if (!us->staple)
		return;
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, set_up);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, (void *)why);
}
