/* gateway/transport/tls_words.c: what a certificate that does not hold, and an alert of TLS, mean
 * in words. */
#include "gateway/transport/tls_words.h"

#include <stddef.h>

#include "gateway/base/text.h"

#define ISSUER "issuer-unknown"
#define ISSUER_REMEDY                                                                              \
	"if its authority is to be believed, add that authority's certificate to the file that "   \
	"key ca names; else it needs a certificate of one that is in it. Who does not send the "   \
	"authorities in the middle has to send them"
#define DATES_REMEDY "it needs a new certificate"
#define CLOCK_REMEDY "compare the clocks, here and there, and when the certificate begins"
#define WEAK "certificate-weak"
#define WEAK_REMEDY                                                                                \
	"it needs a certificate whose key has 2048 bits of RSA or 256 of an elliptic curve at "    \
	"least, signed with SHA-256 or better, and so do its authorities"
#define LIST_REMEDY                                                                                \
	"fetch the authority's revocation list of today into the file that key crl names, and "    \
	"reload"
#define PURPOSE_REMEDY                                                                             \
	"it needs a certificate whose extended key usage permits what it is used for: clientAuth " \
	"of who connects, serverAuth of who is called"

/* Rows are laid out by hand. */
/* clang-format off */
static const struct tls_words certificates[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, "certificate-expired", "the certificate has expired",
	  DATES_REMEDY },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "certificate-early", "the certificate is not yet valid",
	  CLOCK_REMEDY },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, ISSUER,
	  "an authority in the middle of its chain is not there", ISSUER_REMEDY },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, ISSUER,
	  "the authority that issued the certificate is not one we believe", ISSUER_REMEDY },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, ISSUER,
	  "the authority that issued the certificate is not one we believe", ISSUER_REMEDY },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, ISSUER,
	  "the certificate is signed by itself, and is not one we were told to believe",
	  ISSUER_REMEDY },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, ISSUER,
	  "its chain ends at an authority we do not believe", ISSUER_REMEDY },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE, "certificate-forged",
	  "the signature of the certificate does not hold: another authority of the same name, or "
	  "a forgery",
	  "ask who runs that system which authority issued it, by the fingerprint" },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG, "chain-too-long", "its chain of authorities is too long",
	  "it needs a certificate with at most five authorities above it" },
	{ X509_V_ERR_CERT_REVOKED, "certificate-revoked",
	  "the certificate has been revoked by its authority", DATES_REMEDY },
	{ X509_V_ERR_INVALID_CA, ISSUER, "what issued the certificate is no authority",
	  ISSUER_REMEDY },
	{ X509_V_ERR_INVALID_PURPOSE, "certificate-purpose",
	  "the certificate is not for this use", PURPOSE_REMEDY },
	{ X509_V_ERR_CERT_UNTRUSTED, "certificate-purpose",
	  "the certificate is not for this use", PURPOSE_REMEDY },
	{ X509_V_ERR_UNABLE_TO_GET_CRL, "revocation-list",
	  "there is no revocation list of the authority that issued the certificate", LIST_REMEDY },
	{ X509_V_ERR_CRL_HAS_EXPIRED, "revocation-list",
	  "the revocation list of its authority has ended", LIST_REMEDY },
	{ X509_V_ERR_CRL_NOT_YET_VALID, "revocation-list",
	  "the revocation list of its authority has not begun", LIST_REMEDY },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE, "revocation-list",
	  "the revocation list of its authority is not signed by that authority", LIST_REMEDY },
	{ TLS_REVOKED_BY_OCSP, "revoked-by-ocsp",
	  "the certificate is revoked by OCSP: its authority's responder said so", DATES_REMEDY },
	{ TLS_UNKNOWN_TO_OCSP, "unknown-to-ocsp",
	  "its authority's OCSP responder does not know the certificate",
	  "ask the authority whether it issued it; a new one may take it some minutes" },
	{ TLS_NO_FRESH_OCSP, "no-fresh-ocsp",
	  "no fresh OCSP answer about the certificate: its authority's responder said nothing, or "
	  "too long ago",
	  "it is asked meanwhile: try again in a minute; minato status says what the responder "
	  "answers. Key ocsp = soft lets in whom a silent responder says nothing of" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, WEAK, "the key of the certificate is too short",
	  WEAK_REMEDY },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, WEAK, "the key of an authority of it is too short",
	  WEAK_REMEDY },
	{ X509_V_ERR_CA_MD_TOO_WEAK, WEAK, "the certificate is signed by a digest that is broken",
	  WEAK_REMEDY },
	{ X509_V_ERR_HOSTNAME_MISMATCH, "certificate-name",
	  "the certificate bears another name than the one that was called",
	  "write the name it bears into url, or into server-name" },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, "certificate-name",
	  "the certificate bears another name than the one that was called",
	  "write the name it bears into url, or into server-name" },
};

#define CHAIN_REMEDY                                                                               \
	"give who runs that system our certificate's authority to believe, or use a certificate "  \
	"of one it believes"
#define OURS_REMEDY "our certificate is not one it takes: ask who runs that system why, by its log"
#define SOFTWARE_REMEDY "ask who runs that system, by its log, what it did not understand"

/* RFC 8446 6.2 and, where it has none, RFC 5246 7.2.2. */
static const struct tls_words alerts[] = {
	{ 0, "close_notify", "the connection is over", SOFTWARE_REMEDY },
	{ 10, "unexpected_message", "a message was not one that was due", SOFTWARE_REMEDY },
	{ 20, "bad_record_mac", "what arrived is not what was sent",
	  "something between the two changes what passes: look for proxies and inspection" },
	{ 22, "record_overflow", "a record was too large", SOFTWARE_REMEDY },
	{ 40, "handshake_failure", "no set of parameters that both sides take",
	  "it has to offer TLS 1.2 or 1.3 with the suites of key tls-profile; of old software "
	  "this is also how it says that it wants another certificate" },
	{ 42, "bad_certificate", "the certificate is broken, or its signature does not hold",
	  OURS_REMEDY },
	{ 43, "unsupported_certificate", "the certificate is of a kind it does not take",
	  "use a certificate with another kind of key, such as RSA of 2048 bits" },
	{ 44, "certificate_revoked", "the certificate has been revoked",
	  "use a new certificate" },
	{ 45, "certificate_expired", "the certificate has expired, or is not yet valid, there",
	  "use a new certificate, or compare the clocks" },
	{ 46, "certificate_unknown", "the certificate does not hold for another reason",
	  OURS_REMEDY },
	{ 47, "illegal_parameter", "a field was out of its range", SOFTWARE_REMEDY },
	{ 48, "unknown_ca", "the authority that issued the certificate is not believed there",
	  CHAIN_REMEDY },
	{ 49, "access_denied", "the certificate holds, and its owner may not enter",
	  "ask who runs that system to admit our certificate" },
	{ 50, "decode_error", "a message could not be read", SOFTWARE_REMEDY },
	{ 51, "decrypt_error", "a signature of the handshake does not hold", SOFTWARE_REMEDY },
	{ 70, "protocol_version", "no version of TLS that both sides take",
	  "it has to take TLS 1.2 or 1.3" },
	{ 71, "insufficient_security", "it wants stronger suites than were offered",
	  "see key tls-profile" },
	{ 80, "internal_error", "something failed there that has nothing to do with us",
	  "ask who runs that system, by its log" },
	{ 86, "inappropriate_fallback", "a lower version was offered than both sides know",
	  SOFTWARE_REMEDY },
	{ 90, "user_canceled", "somebody ended it", SOFTWARE_REMEDY },
	{ 100, "no_renegotiation", "a handshake within the connection was wanted",
	  "handshakes within a connection are not done here" },
	{ 109, "missing_extension", "an extension is missing", SOFTWARE_REMEDY },
	{ 110, "unsupported_extension", "an extension was not asked for", SOFTWARE_REMEDY },
	{ 112, "unrecognized_name", "there is nobody of the name that was called",
	  "write the name it bears into url, or into server-name" },
	{ 113, "bad_certificate_status_response", "the stapled OCSP answer does not hold",
	  SOFTWARE_REMEDY },
	{ 115, "unknown_psk_identity", "a shared key is not known", SOFTWARE_REMEDY },
	{ 116, "certificate_required", "a certificate has to be shown, and was not",
	  "show a certificate of an authority that the other side names" },
	{ 120, "no_application_protocol", "no protocol within TLS that both sides take",
	  "it has to take HTTP/1.1" },
};
/* clang-format on */

static const struct tls_words *row(const struct tls_words *rows, size_t count, long number)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}

const struct tls_words *tls_certificate_words(long error)
{
	static const struct tls_words other = {
		-1, "certificate-invalid", "the certificate does not hold",
		"look at it and its chain: openssl x509 -text, openssl verify"
	};
	const struct tls_words *found = row(certificates, COUNT(certificates), error);
	return found != NULL ? found : &other;
}

const struct tls_words *tls_alert_words(int number)
{
	static const struct tls_words other = { -1, "unknown",
						"an alert that no standard we know has",
						SOFTWARE_REMEDY };
	const struct tls_words *found = row(alerts, COUNT(alerts), number);
	return found != NULL ? found : &other;
}
