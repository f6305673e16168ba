/* gateway/client/probe_tls.c: what TLS does while a partner is tried, and what was seen of it. */
#include "gateway/client/probing.h"
#include "gateway/client/staple.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include "gateway/base/arena.h"

enum { SETTLE_MS = 250 };

/* ---- Within OpenSSL: nothing is allocated of the arena ---- */

static struct probing *probing_of(const SSL *s)
{
	return SSL_CTX_get_app_data(SSL_get_SSL_CTX(s));
}

static void note_state(const SSL *s, int where, int value)
{
	struct probing *p = probing_of(s);
	int alert = value & 0xff;
	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT && alert != SSL_AD_CLOSE_NOTIFY
	    && p->alert < 0)
		p->alert = alert;
	if ((where & SSL_CB_HANDSHAKE_DONE) != 0) {
		p->ssl = (SSL *)(uintptr_t)s; /* not to be changed here, but read later */
		p->protocol = SSL_get_version(s);
		p->suite = SSL_get_cipher_name(s);
	}
}

/* The verdict is OpenSSL's; here it is only noted, with whose it is. */
static int note_verdict(int passed, X509_STORE_CTX *check)
{
	struct probing *p = probing_of(
		X509_STORE_CTX_get_ex_data(check, SSL_get_ex_data_X509_STORE_CTX_idx()));
	X509 *leaf = X509_STORE_CTX_get0_cert(check);
	if (p->leaf == NULL && leaf != NULL && X509_up_ref(leaf) == 1)
		p->leaf = leaf;
	if (!passed && p->verified == X509_V_OK)
		p->verified = X509_STORE_CTX_get_error(check);
	return passed;
}

static CURLcode watch(CURL *curl, void *context, void *with)
{
	(void)curl;
	((struct probing *)with)->connected = true;
	SSL_CTX_set_app_data((SSL_CTX *)context, with);
	SSL_CTX_set_info_callback(context, note_state);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, note_verdict);
	if (((struct probing *)with)->partner->identity.staple)
		staple_ask(context, &((struct probing *)with)->unstapled);
	return CURLE_OK;
}

static int note_socket(void *with, curl_socket_t fd, curlsocktype purpose)
{
	(void)purpose;
	((struct probing *)with)->fd = fd;
	return CURL_SOCKOPT_OK;
}

/* By TLS 1.3 our handshake has ended before they have looked at our certificate. Who does not take
 * it sends an alert and resets the connection, so that a message sent meanwhile would fail, and the
 * alert with it. So they are given a moment to say so. Nothing else comes unasked. */
static int listen_first(void *with, char *their_ip, char *our_ip, int their_port, int our_port)
{
	struct probing *p = with;
	struct pollfd one = { .fd = p->fd, .events = POLLIN };
	unsigned char octet;
	(void)their_ip, (void)our_ip, (void)their_port, (void)our_port;
	if (p->ssl != NULL && poll(&one, 1, SETTLE_MS) > 0)
		SSL_peek(p->ssl, &octet, 1);
	ERR_clear_error();
	return p->alert >= 0 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

void probing_watch(struct probing *p)
{
	p->alert = -1;
	p->verified = X509_V_OK;
	curl_easy_setopt(p->curl, CURLOPT_SSL_CTX_FUNCTION, watch);
	curl_easy_setopt(p->curl, CURLOPT_SSL_CTX_DATA, p);
	curl_easy_setopt(p->curl, CURLOPT_SOCKOPTFUNCTION, note_socket);
	curl_easy_setopt(p->curl, CURLOPT_SOCKOPTDATA, p);
	curl_easy_setopt(p->curl, CURLOPT_PREREQFUNCTION, listen_first);
	curl_easy_setopt(p->curl, CURLOPT_PREREQDATA, p);
}

/* ---- Afterwards ---- */

/* What was written to a memory BIO, which it ends. */
static const char *text_of(struct arena *a, BIO *written)
{
	char *data = NULL;
	long length = written == NULL ? 0 : BIO_get_mem_data(written, &data);
	const char *text = arena_text_n(a, data == NULL ? "" : data, (size_t)length);
	BIO_free(written);
	return probing_text(a, text);
}

static const char *name_of(struct arena *a, const X509_NAME *name)
{
	BIO *b = BIO_new(BIO_s_mem());
	if (b != NULL)
		X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	return text_of(a, b);
}

static const char *time_of(struct arena *a, const ASN1_TIME *t)
{
	BIO *b = BIO_new(BIO_s_mem());
	if (b != NULL)
		ASN1_TIME_print(b, t);
	return text_of(a, b);
}

/* "DNS:partner.example IP Address:192.0.2.1", as OpenSSL writes them. */
static const char *names_of(struct arena *a, X509 *certificate)
{
	BIO *b = BIO_new(BIO_s_mem());
	GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; b != NULL && i < sk_GENERAL_NAME_num(names); i++) {
		BIO_puts(b, i == 0 ? "" : " ");
		GENERAL_NAME_print(b, sk_GENERAL_NAME_value(names, i));
	}
	GENERAL_NAMES_free(names);
	return text_of(a, b);
}

static const char *fingerprint_of(struct arena *a, X509 *certificate)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	if (X509_digest(certificate, EVP_sha256(), digest, &length) != 1)
		return "";
	return bytes_to_hex(a, (struct bytes){ digest, length });
}

static void tell_certificate(struct probing *p)
{
	struct probe_certificate *c = &p->out->theirs;
	c->subject = name_of(p->arena, X509_get_subject_name(p->leaf));
	c->issuer = name_of(p->arena, X509_get_issuer_name(p->leaf));
	c->names = names_of(p->arena, p->leaf);
	c->begins = time_of(p->arena, X509_get0_notBefore(p->leaf));
	c->ends = time_of(p->arena, X509_get0_notAfter(p->leaf));
	c->sha256 = fingerprint_of(p->arena, p->leaf);
	if (p->verified == X509_V_OK)
		p->out->seen[PROBE_CERTIFICATE] = arena_printf(
			p->arena, "%s, issued by %s, until %s", c->subject, c->issuer, c->ends);
}

void probing_tell_tls(struct probing *p)
{
	p->out->alert = p->alert;
	p->out->protocol = p->protocol;
	p->out->suite = p->suite;
	if (p->leaf != NULL)
		tell_certificate(p);
	if (p->protocol != NULL)
		p->out->seen[PROBE_TLS] = arena_printf(p->arena, "%s, %s", p->protocol, p->suite);
}
