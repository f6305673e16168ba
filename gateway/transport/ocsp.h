/* gateway/transport/ocsp.h: what a responder says of a certificate (RFC 6960, profile RFC 5019),
 * and what a door does with it.
 *
 * An answer is believed when who signed it is the certificate's issuer, or one the issuer gave a
 * certificate for that (id-kp-OCSPSigning) of which it says that it need not be asked about in turn
 * (id-pkix-ocsp-nocheck): one that could be revoked itself, and that nobody asks about, is no
 * better than none. Everything here is thread-safe; texts in why are static, nothing of a
 * responder's octets is in them. */
#ifndef GATEWAY_TRANSPORT_OCSP_H
#define GATEWAY_TRANSPORT_OCSP_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

enum {
	OCSP_SHA256 = 32,
	OCSP_ANSWER_MOST = 32 * 1024, /* one certificate's, with the responder's chain */
	OCSP_URL_MOST = 360,
	OCSP_SKEW_SECONDS = 300, /* a responder's clock, and ours */
};

/* The last word on a certificate. */
enum ocsp_word {
	OCSP_SAID_NOTHING,
	OCSP_SAID_GOOD,
	OCSP_SAID_REVOKED,
	OCSP_SAID_UNKNOWN,
	OCSP_WORDS
};

struct ocsp_said {
	enum ocsp_word word;
	instant this_update; /* 0: nothing was said yet */
	instant next_update; /* 0: the responder always knows something newer */
	instant revoked_at;  /* OCSP_SAID_REVOKED */
};

const char *ocsp_word_name(enum ocsp_word word); /* "none", "good", "revoked", "unknown" */

/* What is asked, as DER: to be freed by OPENSSL_free(). The id's digest is SHA-1, which every
 * responder takes (RFC 5019 2.1.1), and there is no nonce: answers made beforehand are as good, and
 * none is taken that is older than its predecessor. NULL: no memory. */
unsigned char *ocsp_question(X509 *leaf, X509 *issuer, size_t *length);
/* What it says of that certificate. NULL, or why it says nothing. */
const char *ocsp_read(struct bytes answer, X509 *leaf, X509 *issuer, instant now,
		      struct ocsp_said *out);
/* http://, and written one way only: no user, no fragment, nothing to be escaped. */
bool ocsp_url_fits(const char *url);
/* The first http:// responder the certificate names (AIA); false: none that fits. */
bool ocsp_responder_of(X509 *leaf, char url[OCSP_URL_MOST]);
/* The certificate insists on an answer beside it (RFC 7633: status_request). */
bool ocsp_must_staple(const X509 *leaf);

/* ---- What a door does ---- */

enum ocsp_setting { OCSP_OFF, OCSP_SOFT, OCSP_HARD, OCSP_SETTINGS };

/* How old what was said is. Current: until its nextUpdate, or, where it has none, as long as
 * max_age after its thisUpdate. Old: beyond, but less than max_age after its thisUpdate. Too old:
 * all else. */
enum ocsp_age { OCSP_CURRENT, OCSP_OLD, OCSP_TOO_OLD, OCSP_AGES };
enum ocsp_age ocsp_age_of(const struct ocsp_said *s, instant now, unsigned max_age_seconds);

/* The table of cases. What is said of whoever shows a certificate at a door whose key ocsp is
 *
 *	last word  age        off     soft                hard
 *	none yet   -          let in  let in              refused: no fresh answer
 *	good       current    let in  let in              let in
 *	good       old        let in  let in              refused: no fresh answer
 *	good       too old    let in  refused: no fresh   refused: no fresh answer
 *	revoked    any        let in  refused: revoked    refused: revoked
 *	unknown    any        let in  refused: unknown    refused: unknown
 *
 * With off nobody asks and nothing said elsewhere counts. A word that was not "good" has no end:
 * it holds until the responder says another, so silence makes nobody good again. Unknown is not
 * "nothing": the authority says that it never gave that certificate. */
enum ocsp_case { OCSP_LET_IN, OCSP_REFUSE_REVOKED, OCSP_REFUSE_UNKNOWN, OCSP_REFUSE_STALE };
enum ocsp_case ocsp_decide(enum ocsp_word word, enum ocsp_age age, enum ocsp_setting setting);

#endif
