/* gateway/transport/tls.c: node authentication (ITI TF-2: 3.19): who may connect, and how. */
#include "gateway/transport/tls.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "gateway/transport/tls_files.h"
#include "gateway/transport/tls_ocsp.h"
#include "gateway/transport/tls_words.h"

enum { GRACE = 0 }; /* of a store's data: whose place is the application's */
enum { DEPTH = 5 }; /* root, national, regional, hospital, node */

#define SUITES_13 "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256"
#define ECDHE_12                                                                                   \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"                               \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"                               \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
#define DHE_12 ":DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256"

/* ITI TF-2: 3.19.6.2.3 (STX: TLS 1.2 Floor using BCP195); DICOM PS3.15 B.13. Finite-field groups
 * have 2048 bits at least (RFC 7919), by the security level. */
static const struct profile {
	const char *name;
	int least;
	const char *suites13, *suites12;
} profiles[] = {
	{ "ihe-bcp195", TLS1_2_VERSION, SUITES_13, ECDHE_12 },
	{ "ihe-stx-strict", TLS1_2_VERSION, SUITES_13, ECDHE_12 DHE_12 },
	{ "dicom-b13", TLS1_2_VERSION, SUITES_13 ":TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256",
	  ECDHE_12 ":ECDHE-ECDSA-AES256-CCM:ECDHE-ECDSA-AES128-CCM" DHE_12 },
	{ "tls13-only", TLS1_3_VERSION, SUITES_13, NULL },
};

static const struct profile *profile_find(const char *name)
{
	for (size_t i = 0; i < COUNT(profiles); i++)
		if (text_equal(profiles[i].name, name == NULL ? "ihe-bcp195" : name))
			return &profiles[i];
	return NULL;
}

static bool profile_use(SSL_CTX *context, const struct profile *p)
{
	SSL_CTX_set_security_level(context, 2);
	SSL_CTX_set_options(context,
			    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET
				    | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
				    /* Both our framings tell a cut message by themselves. */
				    SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
					  | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(context, 1); /* header and payload of a record in one read(2) */
	return SSL_CTX_set_num_tickets(context, 0) == 1
	       && SSL_CTX_set_min_proto_version(context, p->least) == 1
	       && SSL_CTX_set_ciphersuites(context, p->suites13) == 1
	       && (p->suites12 == NULL || SSL_CTX_set_cipher_list(context, p->suites12) == 1)
	       && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384:ffdhe2048:ffdhe3072") == 1
	       && SSL_CTX_set_dh_auto(context, 1) == 1;
}

/* A list that should have been replaced is taken for a while, where the configuration says so: an
 * authority that is late, or cannot be reached, then stops nobody. */
static bool in_grace(X509_STORE_CTX *check)
{
	const X509_CRL *list = X509_STORE_CTX_get0_current_crl(check);
	const ASN1_TIME *next = list == NULL ? NULL : X509_CRL_get0_nextUpdate(list);
	X509_STORE *store = X509_STORE_CTX_get0_store(check);
	time_t from = time(NULL) - (time_t)(uintptr_t)X509_STORE_get_ex_data(store, GRACE);
	return X509_STORE_CTX_get_error(check) == X509_V_ERR_CRL_HAS_EXPIRED && next != NULL
	       && X509_cmp_time(next, &from) > 0;
}

/* Without a list of its issuer a CA in the middle passes, and so does a certificate that is trusted
 * directly: taking it off the file revokes it. A leaf never passes unasked. */
static bool tolerated(X509_STORE_CTX *check)
{
	return X509_STORE_CTX_get_error(check) == X509_V_ERR_UNABLE_TO_GET_CRL
	       && (X509_STORE_CTX_get_error_depth(check) > 0
		   || sk_X509_num(X509_STORE_CTX_get0_chain(check)) == 1);
}

/* The leaf comes last, when its chain holds: only then is a responder worth a look. The peer is
 * told by the alert that its certificate is revoked; who looks here, by whom. */
static bool ocsp_holds(SSL *connection, X509_STORE_CTX *check)
{
	struct tls_peer *peer = SSL_get_app_data(connection);
	long against = X509_STORE_CTX_get_error_depth(check) > 0
			       ? 0
			       : tls_ocsp_against(SSL_get_SSL_CTX(connection), check);
	if (against == 0)
		return true;
	if (peer != NULL)
		peer->ocsp = against;
	X509_STORE_CTX_set_error(check, against == TLS_REVOKED_BY_OCSP ? X509_V_ERR_CERT_REVOKED
								       : (int)against);
	return false;
}

static int verify(int passed, X509_STORE_CTX *check)
{
	SSL *connection = X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx());
	if (passed || tolerated(check) || in_grace(check)) {
		X509_STORE_CTX_set_error(check, X509_V_OK);
		if (!passed || connection == NULL || ocsp_holds(connection, check))
			return 1;
	}
	if (connection != NULL && SSL_get_app_data(connection) != NULL)
		tls_peer_remember(SSL_get_app_data(connection), X509_STORE_CTX_get0_cert(check));
	return 0;
}

static bool load_more(SSL_CTX *context, const struct tls_profile_paths *paths, char why[TLS_WHY])
{
	bool loaded = true;
	for (const struct tls_more_authorities *m = paths->more == NULL ? NULL : *paths->more;
	     loaded && m != NULL; m = m->next)
		loaded = tls_load_authorities(context, m->ca, why)
			 && (m->crl == NULL || tls_load_revoked(context, m->crl, why));
	return loaded;
}

/* Whoever verifies nobody needs no authorities. */
static bool trust(SSL_CTX *context, const struct tls_profile_paths *paths, char why[TLS_WHY])
{
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
	int insist = paths->clients == CERTIFICATES_REQUIRED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
	if (paths->clients == CERTIFICATES_NONE) {
		SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
		return true;
	}
	if (!tls_load_authorities(context, paths->ca, why) || !load_more(context, paths, why))
		return false;
	if (paths->crl != NULL) {
		if (!tls_load_revoked(context, paths->crl, why))
			return false;
		flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
		X509_STORE_set_ex_data(SSL_CTX_get_cert_store(context), GRACE,
				       (void *)(uintptr_t)paths->crl_grace);
	}
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), flags);
	SSL_CTX_set_verify_depth(context, DEPTH);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | insist, verify);
	return true;
}

SSL_CTX *tls_context(const struct tls_profile_paths *paths, enum tls_role role, char why[TLS_WHY])
{
	const struct profile *p = profile_find(paths->profile);
	if (p == NULL) {
		snprintf(why, TLS_WHY, "no TLS profile is called \"%s\"", paths->profile);
		return NULL;
	}
	SSL_CTX *context = SSL_CTX_new(role == TLS_SERVER ? TLS_server_method()
							  : TLS_client_method());
	if (context == NULL || !profile_use(context, p)) {
		snprintf(why, TLS_WHY, "the TLS profile %s cannot be used: %s", p->name,
			 ERR_reason_error_string(ERR_peek_last_error()));
		ERR_clear_error();
	} else if (tls_load_pair(context, paths->certificate, why) && trust(context, paths, why)) {
		return context;
	}
	SSL_CTX_free(context);
	return NULL;
}

static int accept_any(int passed, X509_STORE_CTX *check)
{
	(void)passed;
	X509_STORE_CTX_set_error(check, X509_V_OK);
	return 1;
}

/* One step of one side; false when it cannot go on. */
static bool step(SSL *side, bool *done)
{
	if (*done)
		return true;
	int result = SSL_do_handshake(side);
	*done = result == 1;
	if (result == 1)
		return true;
	int error = SSL_get_error(side, result);
	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

static bool shake_hands(SSL *server, SSL *client)
{
	BIO *a = NULL, *b = NULL;
	if (BIO_new_bio_pair(&a, 0, &b, 0) != 1)
		return false;
	SSL_set_bio(server, a, a);
	SSL_set_bio(client, b, b);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	SSL_set_verify(server, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
	SSL_set_verify(client, SSL_VERIFY_PEER, accept_any);
	bool served = false, connected = false;
	for (int round = 0; round < 64 && !(served && connected); round++)
		if (!step(client, &connected) || !step(server, &served))
			return false;
	return served && connected;
}

/* The other side of the proof: the same certificate and key. */
static SSL_CTX *mirror(SSL_CTX *server, const struct profile *p)
{
	SSL_CTX *other = SSL_CTX_new(TLS_client_method());
	STACK_OF(X509) *chain = NULL;
	if (other != NULL && profile_use(other, p)
	    && SSL_CTX_use_certificate(other, SSL_CTX_get0_certificate(server)) == 1
	    && SSL_CTX_use_PrivateKey(other, SSL_CTX_get0_privatekey(server)) == 1
	    && SSL_CTX_get0_chain_certs(server, &chain) == 1
	    && SSL_CTX_set1_chain(other, chain) == 1)
		return other;
	SSL_CTX_free(other);
	return NULL;
}

bool tls_prove(SSL_CTX *server, const struct tls_profile_paths *paths, char why[TLS_WHY])
{
	SSL_CTX *other = mirror(server, profile_find(paths->profile));
	if (other == NULL) {
		snprintf(why, TLS_WHY, "%s: cannot be used by a client: %s", paths->certificate,
			 ERR_reason_error_string(ERR_peek_last_error()));
		ERR_clear_error();
		return false;
	}
	SSL *s = SSL_new(server), *c = SSL_new(other);
	bool proven = s != NULL && c != NULL && shake_hands(s, c);
	if (!proven)
		snprintf(why, TLS_WHY, "%s: a handshake with this certificate fails: %s",
			 paths->certificate,
			 ERR_peek_last_error() == 0
				 ? "no common suite"
				 : ERR_reason_error_string(ERR_peek_last_error()));
	ERR_clear_error();
	SSL_free(s);
	SSL_free(c);
	SSL_CTX_free(other);
	return proven;
}

void tls_peer_remember(struct tls_peer *peer, X509 *leaf)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	if (leaf == NULL || peer->sha256[0] != '\0'
	    || X509_digest(leaf, EVP_sha256(), digest, &length) != 1)
		return;
	for (unsigned i = 0; i < length; i++)
		snprintf(peer->sha256 + 2 * i, 3, "%02x", digest[i]);
	BIO *text = BIO_new(BIO_s_mem());
	char *data = NULL;
	if (text != NULL
	    && X509_NAME_print_ex(text, X509_get_subject_name(leaf), 0, XN_FLAG_RFC2253) >= 0) {
		long size = BIO_get_mem_data(text, &data);
		peer->subject = strndup(data, (size_t)size);
	}
	BIO_free(text);
}

/* In our own words, for OpenSSL has none that say it. */
static struct tls_failing failing_of(long verified)
{
	bool by_ocsp = verified == TLS_REVOKED_BY_OCSP || verified == TLS_UNKNOWN_TO_OCSP
		       || verified == TLS_NO_FRESH_OCSP;
	return (struct tls_failing){ .why = verified == X509_V_OK ? NULL
					    : by_ocsp ? tls_certificate_words(verified)->what
						      : X509_verify_cert_error_string(verified),
				     .verified = verified };
}

struct tls_failing tls_recheck(SSL_CTX *today, SSL *connection)
{
	X509_STORE_CTX *check = X509_STORE_CTX_new();
	struct tls_failing f = { .why = "the certificate cannot be checked" };
	if (check != NULL
	    && X509_STORE_CTX_init(check, SSL_CTX_get_cert_store(today),
				   SSL_get0_peer_certificate(connection),
				   SSL_get_peer_cert_chain(connection))
		       == 1) {
		X509_STORE_CTX_set_default(check, "ssl_client");
		X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(check), SSL_CTX_get0_param(today));
		X509_STORE_CTX_set_verify_cb(check, verify);
		f = failing_of(X509_verify_cert(check) == 1 ? tls_ocsp_against(today, check)
							    : X509_STORE_CTX_get_error(check));
	}
	X509_STORE_CTX_free(check);
	ERR_clear_error();
	return f;
}

/* OpenSSL's reason is the alert's number and that, when the peer sent one. */
static int alert_of(unsigned long code)
{
	int reason = code == 0 || ERR_GET_LIB(code) != ERR_LIB_SSL ? 0 : ERR_GET_REASON(code);
	return reason > SSL_AD_REASON_OFFSET && reason < SSL_AD_REASON_OFFSET + 256
		       ? reason - SSL_AD_REASON_OFFSET
		       : 0;
}

struct tls_failing tls_failure(SSL *connection)
{
	unsigned long code = ERR_peek_error();
	struct tls_failing f = { .why = "the handshake was not finished",
				 .verified = SSL_get_verify_result(connection),
				 .alert = alert_of(code) };
	const struct tls_peer *peer = SSL_get_app_data(connection);
	if (f.verified != X509_V_OK)
		f = failing_of(peer != NULL && peer->ocsp != 0 ? peer->ocsp : f.verified);
	else if (code != 0 && ERR_GET_REASON(code) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE)
		f.why = "no certificate";
	else if (code != 0 && ERR_reason_error_string(code) != NULL)
		f.why = ERR_reason_error_string(code);
	ERR_clear_error();
	return f;
}
