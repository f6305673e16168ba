/* gateway/signature/signer.c: the certificate a signature was made with: whose it is, and whether
 * he is believed.
 *
 * The path leads to the authorities that are configured and nowhere else, whatever the system's own
 * list says; what a signature brings may lie between. Each certificate of it has to hold at the
 * time the signer claims. That time is his word: once the certificate has ended, a thief of the key
 * could claim any, so that it is unverifiable then, and what was verified as it came, counts. */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/signature/inside.h"

/* Clocks differ by so much. */
enum { AHEAD = 5 * 60 };
enum { PATH_MOST = 8 };

static void free_certificate(void *x)
{
	X509_free(x);
}

void signature_add_certificate(struct signature_read *r, struct bytes der)
{
	const unsigned char *at = der.data;
	if (r->certificate_count == SIGNATURE_CERTIFICATES_MOST || der.length > SIGNATURE_MOST)
		return;
	X509 *x = d2i_X509(NULL, &at, (long)der.length);
	if (x == NULL) {
		ERR_clear_error();
		return;
	}
	arena_at_end(r->arena, free_certificate, x);
	r->certificates[r->certificate_count++] = x;
}

void signature_name_certificate(struct signature_read *r, const char *digest, struct bytes hash)
{
	const EVP_MD *md = EVP_get_digestbyname(digest);
	r->names_certificate = true;
	r->names_another = r->certificate_count > 0;
	for (unsigned i = 0; md != NULL && i < r->certificate_count; i++) {
		unsigned char own[EVP_MAX_MD_SIZE];
		unsigned length = 0;
		if (X509_digest(r->certificates[i], md, own, &length) == 1 && length == hash.length
		    && memcmp(own, hash.data, length) == 0) {
			r->signer = r->certificates[i];
			r->names_another = false;
		}
	}
}

static const char *name_text(struct arena *a, const X509_NAME *name)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	long length = out == NULL
				      || X509_NAME_print_ex(out, name, 0,
							    XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB)
						 < 0
			      ? 0
			      : BIO_get_mem_data(out, &text);
	char *copy = arena_try(a, (size_t)length + 1);
	if (copy != NULL && length > 0)
		memcpy(copy, text, (size_t)length);
	BIO_free(out);
	return copy != NULL && text_is_utf8((const unsigned char *)copy, strlen(copy)) ? copy : "";
}

static instant instant_of(const ASN1_TIME *t)
{
	struct tm parts;
	return ASN1_TIME_to_tm(t, &parts) == 1 ? (instant)timegm(&parts) * 1000000 : 0;
}

void signature_tell_signer(struct signature_read *r)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	if (r->signer == NULL && r->certificate_count > 0)
		r->signer = r->certificates[0];
	if (r->signer == NULL)
		return;
	r->says.signer = name_text(r->arena, X509_get_subject_name(r->signer));
	r->says.issuer = name_text(r->arena, X509_get_issuer_name(r->signer));
	r->says.valid_from = instant_of(X509_get0_notBefore(r->signer));
	r->says.valid_until = instant_of(X509_get0_notAfter(r->signer));
	if (X509_digest(r->signer, EVP_sha256(), hash, &length) == 1)
		r->says.certificate_sha256 = bytes_to_hex(r->arena, (struct bytes){ hash, length });
	signature_read_health_role(r);
}

/* ---- Its path ---- */

static bool add_anchors(X509_STORE *store, const char *pem)
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	bool some = false;
	X509 *x;
	while (in != NULL && (x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL) {
		some = X509_STORE_add_cert(store, x) == 1 || some;
		X509_free(x);
	}
	BIO_free(in);
	ERR_clear_error();
	return some;
}

/* On success the path is the caller's. */
static STACK_OF(X509) * path_of(const struct signature_read *r, const struct signature_policy *p)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *between = sk_X509_new_null(), *path = NULL;
	for (unsigned i = 0; between != NULL && i < r->certificate_count; i++)
		sk_X509_push(between, r->certificates[i]);
	if (store != NULL && ctx != NULL && between != NULL && add_anchors(store, p->anchors)
	    && X509_STORE_CTX_init(ctx, store, r->signer, between) == 1) {
		X509_VERIFY_PARAM *how = X509_STORE_CTX_get0_param(ctx);
		X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_PARTIAL_CHAIN
							 | X509_V_FLAG_NO_CHECK_TIME
							 | X509_V_FLAG_TRUSTED_FIRST);
		X509_VERIFY_PARAM_set_depth(how, PATH_MOST);
		X509_VERIFY_PARAM_set_auth_level(how, p->takes_sha1 ? 0 : 1);
		if (X509_verify_cert(ctx) == 1)
			path = X509_STORE_CTX_get1_chain(ctx);
	}
	sk_X509_free(between);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return path;
}

static bool may_sign(X509 *x)
{
	return (X509_get_key_usage(x) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) != 0;
}

static bool holds_at(X509 *x, instant when)
{
	return instant_of(X509_get0_notBefore(x)) <= when
	       && when <= instant_of(X509_get0_notAfter(x));
}

static enum signature_reason verify_times(const struct signature_read *r, STACK_OF(X509) * path,
					  instant now)
{
	instant claimed = r->says.claimed;
	if (claimed > now + INT64_C(1000000) * AHEAD)
		return SIGNATURE_TIME_AHEAD;
	if (claimed != 0 && !holds_at(r->signer, claimed))
		return SIGNATURE_OUTSIDE_ITS_TIME;
	for (int i = 0; i < sk_X509_num(path); i++)
		if (!holds_at(sk_X509_value(path, i), now)
		    || (claimed != 0 && !holds_at(sk_X509_value(path, i), claimed)))
			return SIGNATURE_EXPIRED;
	return SIGNATURE_HOLDS;
}

/* ---- Revocations ---- */

static bool is_list_of(X509_CRL *list, X509 *issuer)
{
	return X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(issuer)) == 0
	       && X509_CRL_verify(list, X509_get0_pubkey(issuer)) == 1;
}

static enum signature_reason look_up(X509_CRL *list, X509 *x, instant signed_at, instant now)
{
	X509_REVOKED *row = NULL;
	const ASN1_TIME *renewed = X509_CRL_get0_nextUpdate(list);
	if (X509_CRL_get0_by_cert(list, &row, x) == 1)
		return instant_of(X509_REVOKED_get0_revocationDate(row)) <= signed_at
			       ? SIGNATURE_REVOKED
			       : SIGNATURE_EXPIRED;
	return renewed != NULL && instant_of(renewed) < now ? SIGNATURE_REVOCATIONS_OLD
							    : SIGNATURE_HOLDS;
}

static enum signature_reason verify_one(const char *pem, X509 *x, X509 *issuer, instant signed_at,
					instant now, bool *looked)
{
	enum signature_reason reason = SIGNATURE_HOLDS;
	BIO *in = BIO_new_mem_buf(pem, -1);
	X509_CRL *list;
	while (in != NULL && reason == SIGNATURE_HOLDS
	       && (list = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL)) != NULL) {
		if (is_list_of(list, issuer)) {
			*looked = true;
			reason = look_up(list, x, signed_at, now);
		}
		X509_CRL_free(list);
	}
	BIO_free(in);
	ERR_clear_error();
	return reason;
}

static enum signature_reason verify_revocations(const struct signature_policy *p,
						STACK_OF(X509) * path, instant signed_at,
						instant now, bool *looked)
{
	enum signature_reason reason = SIGNATURE_HOLDS;
	for (int i = 0; reason == SIGNATURE_HOLDS && i + 1 < sk_X509_num(path); i++) {
		bool seen = false;
		reason = verify_one(p->revocations, sk_X509_value(path, i),
				    sk_X509_value(path, i + 1), signed_at, now, &seen);
		*looked = *looked || (i == 0 && seen);
	}
	return reason;
}

static const char *anchors_hash(struct arena *a, const char *pem)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	if (EVP_Digest(pem, strlen(pem), hash, &length, EVP_sha256(), NULL) != 1)
		return NULL;
	return bytes_to_hex(a, (struct bytes){ hash, length });
}

enum signature_reason signature_verify_signer(const struct signature_read *r,
					      const struct signature_policy *policy, instant now,
					      struct signature_verdict *v)
{
	instant signed_at = r->says.claimed != 0 ? r->says.claimed : now;
	if (!may_sign(r->signer))
		return SIGNATURE_NOT_FOR_SIGNING;
	if (policy->anchors == NULL)
		return SIGNATURE_NO_ANCHORS;
	v->anchors = anchors_hash(r->arena, policy->anchors);
	STACK_OF(X509) *path = path_of(r, policy);
	if (path == NULL)
		return SIGNATURE_UNKNOWN_ISSUER;
	enum signature_reason reason = verify_times(r, path, now);
	if (policy->revocations != NULL) {
		enum signature_reason revoked = verify_revocations(policy, path, signed_at, now,
								   &v->revocation);
		if (reason == SIGNATURE_HOLDS || revoked == SIGNATURE_REVOKED)
			reason = revoked;
	}
	sk_X509_pop_free(path, X509_free);
	return reason;
}
