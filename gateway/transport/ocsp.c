/* gateway/transport/ocsp.c: what a responder says of a certificate, and what a door does with
 * it. */
#include "gateway/transport/ocsp.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"

enum { STATUS_REQUEST = 5 }; /* RFC 7633 4.1, RFC 6066 8 */
enum { STRENGTH = 2 };       /* OpenSSL's security level: 112 bits */

static const int64_t second = 1000000;

const char *ocsp_word_name(enum ocsp_word word)
{
	static const char *const names[OCSP_WORDS] = { [OCSP_SAID_NOTHING] = "none",
						       [OCSP_SAID_GOOD] = "good",
						       [OCSP_SAID_REVOKED] = "revoked",
						       [OCSP_SAID_UNKNOWN] = "unknown" };
	return names[word];
}

/* ---- Asking ---- */

unsigned char *ocsp_question(X509 *leaf, X509 *issuer, size_t *length)
{
	OCSP_REQUEST *r = OCSP_REQUEST_new();
	OCSP_CERTID *id = OCSP_cert_to_id(NULL, leaf, issuer);
	unsigned char *der = NULL;
	int size = 0;
	if (r == NULL || id == NULL || OCSP_request_add0_id(r, id) == NULL)
		OCSP_CERTID_free(id);
	else
		size = i2d_OCSP_REQUEST(r, &der);
	OCSP_REQUEST_free(r);
	ERR_clear_error();
	*length = size > 0 ? (size_t)size : 0;
	return size > 0 ? der : NULL;
}

bool ocsp_url_fits(const char *url)
{
	size_t length = strlen(url);
	for (size_t i = 0; i < length; i++)
		if (url[i] <= ' ' || url[i] > '~' || strchr("\"<>\\^`{|}#@", url[i]) != NULL)
			return false;
	return length < OCSP_URL_MOST && text_starts(url, "http://") && length > strlen("http://");
}

bool ocsp_responder_of(X509 *leaf, char url[OCSP_URL_MOST])
{
	STACK_OF(OPENSSL_STRING) *all = X509_get1_ocsp(leaf);
	bool found = false;
	for (int i = 0; !found && i < sk_OPENSSL_STRING_num(all); i++) {
		const char *one = sk_OPENSSL_STRING_value(all, i);
		found = ocsp_url_fits(one);
		if (found)
			snprintf(url, OCSP_URL_MOST, "%s", one);
	}
	X509_email_free(all);
	ERR_clear_error();
	return found;
}

bool ocsp_must_staple(const X509 *leaf)
{
	TLS_FEATURE *features = X509_get_ext_d2i(leaf, NID_tlsfeature, NULL, NULL);
	bool must = false;
	for (int i = 0; !must && i < sk_ASN1_INTEGER_num(features); i++)
		must = ASN1_INTEGER_get(sk_ASN1_INTEGER_value(features, i)) == STATUS_REQUEST;
	sk_ASN1_INTEGER_pop_free(features, ASN1_INTEGER_free);
	ERR_clear_error();
	return must;
}

/* ---- Reading ---- */

static bool to_instant(const ASN1_GENERALIZEDTIME *t, instant *out)
{
	struct tm parts;
	if (t == NULL || ASN1_TIME_to_tm(t, &parts) != 1)
		return false;
	*out = (instant)timegm(&parts) * second;
	return true;
}

/* RFC 6960 2.3: such an answer is not signed. */
static const char *status_why(int status)
{
	switch (status) {
	case OCSP_RESPONSE_STATUS_SUCCESSFUL: return NULL;
	case OCSP_RESPONSE_STATUS_MALFORMEDREQUEST:
		return "the responder could not read what it was asked";
	case OCSP_RESPONSE_STATUS_INTERNALERROR: return "the responder has failed in itself";
	case OCSP_RESPONSE_STATUS_TRYLATER: return "the responder asks to be asked later";
	case OCSP_RESPONSE_STATUS_SIGREQUIRED: return "the responder answers signed questions only";
	case OCSP_RESPONSE_STATUS_UNAUTHORIZED:
		return "the responder does not answer for that authority, or not us";
	default: return "the responder's status is one that the standard does not have";
	}
}

/* A digest that can be forged signs nothing. */
static bool is_strong(const OCSP_BASICRESP *basic)
{
	int digest = NID_undef;
	int nid = OBJ_obj2nid(OCSP_resp_get0_tbs_sigalg(basic)->algorithm);
	return OBJ_find_sigid_algs(nid, &digest, NULL) == 1 && digest != NID_md5
	       && digest != NID_sha1 && digest != NID_md5_sha1 && digest != NID_md2
	       && digest != NID_md4 && digest != NID_mdc2 && digest != NID_ripemd160;
}

/* The delegate may be trusted without being asked about. */
static bool may_speak(OCSP_BASICRESP *basic, X509 *issuer)
{
	X509 *signer = NULL;
	STACK_OF(X509) *known = sk_X509_new_null();
	bool may = false;
	if (known != NULL && sk_X509_push(known, issuer) > 0
	    && OCSP_resp_get0_signer(basic, &signer, known) == 1)
		may = X509_cmp(signer, issuer) == 0
		      || X509_get_ext_by_NID(signer, NID_id_pkix_OCSP_noCheck, -1) >= 0;
	sk_X509_free(known);
	return may;
}

static bool is_signed(OCSP_BASICRESP *basic, X509 *issuer, instant now)
{
	X509_STORE *store = X509_STORE_new();
	STACK_OF(X509) *known = sk_X509_new_null();
	bool holds = store != NULL && known != NULL && sk_X509_push(known, issuer) > 0
		     && X509_STORE_add_cert(store, issuer) == 1;
	if (holds) {
		X509_VERIFY_PARAM *p = X509_STORE_get0_param(store);
		X509_VERIFY_PARAM_set_time(p, (time_t)(now / second));
		X509_VERIFY_PARAM_set_auth_level(p, STRENGTH);
		holds = OCSP_basic_verify(basic, known, store, OCSP_PARTIAL_CHAIN | OCSP_NOEXPLICIT)
			== 1;
	}
	sk_X509_free(known);
	X509_STORE_free(store);
	return holds;
}

static const char *check_times(const struct ocsp_said *s, instant now)
{
	static const int64_t skew = OCSP_SKEW_SECONDS * INT64_C(1000000);
	if (s->this_update > now + skew)
		return "its answer begins in the future: compare the clocks";
	if (s->next_update != 0 && s->next_update < s->this_update)
		return "its answer ends before it begins";
	if (s->next_update != 0 && s->next_update < now - skew)
		return "its answer has ended: it is one of long ago";
	return NULL;
}

/* By that digest of the issuer's name and key. */
static bool find(OCSP_BASICRESP *basic, const EVP_MD *digest, X509 *leaf, X509 *issuer,
		 struct ocsp_said *out, bool *whole)
{
	int status = 0, reason = 0;
	ASN1_GENERALIZEDTIME *revoked = NULL, *this_update = NULL, *next_update = NULL;
	OCSP_CERTID *id = OCSP_cert_to_id(digest, leaf, issuer);
	bool found = id != NULL
		     && OCSP_resp_find_status(basic, id, &status, &reason, &revoked, &this_update,
					      &next_update)
				== 1;
	OCSP_CERTID_free(id);
	if (!found)
		return false;
	*out = (struct ocsp_said){ .word = status == V_OCSP_CERTSTATUS_GOOD ? OCSP_SAID_GOOD
					   : status == V_OCSP_CERTSTATUS_REVOKED
						   ? OCSP_SAID_REVOKED
						   : OCSP_SAID_UNKNOWN };
	*whole = to_instant(this_update, &out->this_update)
		 && (next_update == NULL || to_instant(next_update, &out->next_update))
		 && (out->word != OCSP_SAID_REVOKED || to_instant(revoked, &out->revoked_at));
	return true;
}

static const char *read_basic(OCSP_BASICRESP *basic, X509 *leaf, X509 *issuer, instant now,
			      struct ocsp_said *out)
{
	bool whole = false;
	if (!is_strong(basic))
		return "its answer is signed by a digest that is broken";
	if (!is_signed(basic, issuer, now))
		return "its answer is signed by nobody whom the certificate's authority gave that "
		       "task";
	if (!may_speak(basic, issuer))
		return "its answer is signed by one who may be revoked itself: its certificate "
		       "lacks id-pkix-ocsp-nocheck";
	if (!find(basic, EVP_sha1(), leaf, issuer, out, &whole)
	    && !find(basic, EVP_sha256(), leaf, issuer, out, &whole))
		return "its answer is about another certificate";
	return whole ? check_times(out, now) : "a time in its answer cannot be read";
}

static const char *read_response(OCSP_RESPONSE *r, X509 *leaf, X509 *issuer, instant now,
				 struct ocsp_said *out)
{
	const char *why = status_why(OCSP_response_status(r));
	OCSP_BASICRESP *basic = why == NULL ? OCSP_response_get1_basic(r) : NULL;
	if (why == NULL)
		why = basic == NULL ? "its answer is of a kind that is not known here"
				    : read_basic(basic, leaf, issuer, now, out);
	OCSP_BASICRESP_free(basic);
	return why;
}

const char *ocsp_read(struct bytes answer, X509 *leaf, X509 *issuer, instant now,
		      struct ocsp_said *out)
{
	const unsigned char *at = answer.data;
	if (answer.length > OCSP_ANSWER_MOST)
		return "its answer is larger than is taken";
	OCSP_RESPONSE *r = answer.length == 0 ? NULL
					      : d2i_OCSP_RESPONSE(NULL, &at, (long)answer.length);
	struct ocsp_said said = { .word = OCSP_SAID_NOTHING };
	const char *why = r == NULL || at != answer.data + answer.length
				  ? "what it answered is no answer of OCSP"
				  : read_response(r, leaf, issuer, now, &said);
	OCSP_RESPONSE_free(r);
	ERR_clear_error();
	*out = why == NULL ? said : (struct ocsp_said){ .word = OCSP_SAID_NOTHING };
	return why;
}

/* ---- What a door does ---- */

enum ocsp_age ocsp_age_of(const struct ocsp_said *s, instant now, unsigned max_age_seconds)
{
	instant most = s->this_update + (int64_t)max_age_seconds * second;
	instant current = s->next_update != 0 ? s->next_update : most;
	if (s->this_update == 0)
		return OCSP_TOO_OLD;
	return now <= current ? OCSP_CURRENT : now <= most ? OCSP_OLD : OCSP_TOO_OLD;
}

/* The table of ocsp.h, row by row; soft and hard. */
static const enum ocsp_case cases[OCSP_WORDS][OCSP_AGES][2] = {
	[OCSP_SAID_NOTHING] = { { OCSP_LET_IN, OCSP_REFUSE_STALE },
				{ OCSP_LET_IN, OCSP_REFUSE_STALE },
				{ OCSP_LET_IN, OCSP_REFUSE_STALE } },
	[OCSP_SAID_GOOD] = { [OCSP_CURRENT] = { OCSP_LET_IN, OCSP_LET_IN },
			     [OCSP_OLD] = { OCSP_LET_IN, OCSP_REFUSE_STALE },
			     [OCSP_TOO_OLD] = { OCSP_REFUSE_STALE, OCSP_REFUSE_STALE } },
	[OCSP_SAID_REVOKED] = { { OCSP_REFUSE_REVOKED, OCSP_REFUSE_REVOKED },
				{ OCSP_REFUSE_REVOKED, OCSP_REFUSE_REVOKED },
				{ OCSP_REFUSE_REVOKED, OCSP_REFUSE_REVOKED } },
	[OCSP_SAID_UNKNOWN] = { { OCSP_REFUSE_UNKNOWN, OCSP_REFUSE_UNKNOWN },
				{ OCSP_REFUSE_UNKNOWN, OCSP_REFUSE_UNKNOWN },
				{ OCSP_REFUSE_UNKNOWN, OCSP_REFUSE_UNKNOWN } },
};

enum ocsp_case ocsp_decide(enum ocsp_word word, enum ocsp_age age, enum ocsp_setting setting)
{
	return setting == OCSP_OFF ? OCSP_LET_IN : cases[word][age][setting - OCSP_SOFT];
}
