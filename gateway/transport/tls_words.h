/* gateway/transport/tls_words.h: what a certificate that does not hold, and an alert of TLS, mean
 * in words, and what is to be done about each. RFC 5280 6.1; RFC 8446 6, RFC 5246 7.2.2.
 *
 * Static text in our own words: nothing of what a peer wrote. Thread-safe. */
#ifndef GATEWAY_TRANSPORT_TLS_WORDS_H
#define GATEWAY_TRANSPORT_TLS_WORDS_H

#include <openssl/x509_vfy.h>

/* What responders have against a certificate, among OpenSSL's numbers. */
enum {
	TLS_NO_FRESH_OCSP = X509_V_ERR_OCSP_VERIFY_NEEDED,
	TLS_REVOKED_BY_OCSP = X509_V_ERR_OCSP_VERIFY_FAILED,
	TLS_UNKNOWN_TO_OCSP = X509_V_ERR_OCSP_CERT_UNKNOWN,
};

struct tls_words {
	int number;       /* X509_V_ERR_..., or the alert's */
	const char *name; /* "certificate-expired"; of an alert as the RFC writes it */
	const char *what; /* "the certificate has expired" */
	/* For the operator of this gateway: when it is the certificate of a peer that he has to
	 * believe; of an alert: when a peer sent it. */
	const char *remedy;
};

/* Never NULL: what no row is about is told as a certificate that does not hold. */
const struct tls_words *tls_certificate_words(long error);
/* Never NULL: an alert nobody knows is "unknown". */
const struct tls_words *tls_alert_words(int number);

#endif
