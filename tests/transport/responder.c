/* tests/transport/responder.c: a responder of OCSP, honest or not. */
#include "tests/transport/responder.h"

#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

enum { DAY = 86400 };

static void extend(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
}

/* Of that name; issuer NULL: its own. */
static X509 *begin(const char *name, long serial, EVP_PKEY *key, X509 *issuer, long until)
{
	X509 *x = X509_new();
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_gmtime_adj(X509_getm_notBefore(x), -2 * DAY);
	X509_gmtime_adj(X509_getm_notAfter(x), until);
	X509_set_pubkey(x, key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
				   (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(issuer == NULL ? x : issuer));
	return x;
}

static X509 *authority(const char *name, EVP_PKEY *key)
{
	X509 *x = begin(name, 1, key, NULL, DAY);
	extend(x, x, NID_basic_constraints, "critical,CA:TRUE");
	X509_sign(x, key, EVP_sha256());
	return x;
}

static X509 *delegate(long serial, EVP_PKEY *key, X509 *issuer, EVP_PKEY *by, int use, int nocheck,
		      long until)
{
	X509 *x = begin("responder", serial, key, issuer, until);
	extend(x, issuer, NID_ext_key_usage, use ? "OCSPSigning" : "clientAuth");
	if (nocheck)
		extend(x, issuer, NID_id_pkix_OCSP_noCheck, "NULL");
	X509_sign(x, by, EVP_sha256());
	return x;
}

void responder_begin_of(struct responder *r, EVP_PKEY *key, X509 *issuer, X509 *leaf)
{
	memset(r, 0, sizeof *r);
	r->key = key;
	r->issuer = issuer;
	r->leaf = leaf;
	for (int i = 1; i < SIGNERS; i++)
		r->keys[i] = EVP_EC_gen("P-256");
	EVP_PKEY *false_key = EVP_EC_gen("P-256");
	X509 *namesake = authority("ca", false_key);
	X509_set_subject_name(namesake, X509_get_subject_name(issuer));
	EVP_PKEY_up_ref(key);
	X509_up_ref(issuer);
	r->keys[THE_ISSUER] = key;
	r->certificates[THE_ISSUER] = issuer;
	r->certificates[A_DELEGATE] = delegate(11, r->keys[1], issuer, key, 1, 1, DAY);
	r->certificates[WITHOUT_NOCHECK] = delegate(12, r->keys[2], issuer, key, 1, 0, DAY);
	r->certificates[WITHOUT_THE_USE] = delegate(13, r->keys[3], issuer, key, 0, 1, DAY);
	r->certificates[AN_ENDED_DELEGATE] = delegate(14, r->keys[4], issuer, key, 1, 1, -DAY);
	r->certificates[A_STRANGER] = authority("stranger", r->keys[5]);
	r->certificates[A_NAMESAKE] = delegate(15, r->keys[6], namesake, false_key, 1, 1, DAY);
	r->other = begin("other", 21, r->keys[1], issuer, DAY);
	X509_sign(r->other, key, EVP_sha256());
	X509_free(namesake);
	EVP_PKEY_free(false_key);
}

void responder_begin(struct responder *r)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *its = EVP_EC_gen("P-256");
	X509 *issuer = authority("ca", key);
	X509 *leaf = begin("leaf", 20, its, issuer, DAY);
	extend(leaf, issuer, NID_info_access,
	       "OCSP;URI:https://ocsp.example/tls,OCSP;URI:http://ocsp.example/");
	extend(leaf, issuer, NID_tlsfeature, "status_request");
	X509_sign(leaf, key, EVP_sha256());
	EVP_PKEY_free(its);
	responder_begin_of(r, key, issuer, leaf);
}

void responder_end(struct responder *r)
{
	for (int i = 0; i < SIGNERS; i++) {
		EVP_PKEY_free(r->keys[i]);
		X509_free(r->certificates[i]);
	}
	EVP_PKEY_free(r->key);
	X509_free(r->issuer);
	X509_free(r->leaf);
	X509_free(r->other);
}

static void add_word(struct responder *r, const struct saying *s, OCSP_BASICRESP *basic)
{
	time_t now = time(NULL);
	OCSP_CERTID *id = OCSP_cert_to_id(s->sha256_id ? EVP_sha256() : NULL,
					  s->otherwise ? r->other : r->leaf, r->issuer);
	ASN1_TIME *this_update = ASN1_TIME_adj(NULL, now, 0, s->this_update);
	ASN1_TIME *next = s->next_update == 0 ? NULL : ASN1_TIME_adj(NULL, now, 0, s->next_update);
	ASN1_TIME *revoked = ASN1_TIME_adj(NULL, now, 0, -3600);
	OCSP_basic_add1_status(basic, id, s->status, OCSP_REVOKED_STATUS_KEYCOMPROMISE,
			       s->status == V_OCSP_CERTSTATUS_REVOKED ? revoked : NULL, this_update,
			       next);
	OCSP_CERTID_free(id);
	ASN1_TIME_free(this_update);
	ASN1_TIME_free(next);
	ASN1_TIME_free(revoked);
}

unsigned char *responder_say(struct responder *r, const struct saying *s, size_t *length)
{
	OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
	add_word(r, s, basic);
	if (s->nonce)
		OCSP_basic_add1_nonce(basic, NULL, 16);
	OCSP_basic_sign(basic, r->certificates[s->signer], r->keys[s->signer],
			s->sha1_sign ? EVP_sha1() : EVP_sha256(), NULL, 0);
	if (s->broken)
		((unsigned char *)OCSP_resp_get0_signature(basic)->data)[8] ^= 1;
	OCSP_RESPONSE *answer = OCSP_response_create(s->refusal, s->refusal ? NULL : basic);
	unsigned char *der = NULL;
	int size = i2d_OCSP_RESPONSE(answer, &der);
	OCSP_RESPONSE_free(answer);
	OCSP_BASICRESP_free(basic);
	*length = size > 0 ? (size_t)size : 0;
	return der;
}
