/* tests/transport/responder.h: a responder of OCSP, honest or not, made when the test runs. */
#ifndef TESTS_TRANSPORT_RESPONDER_H
#define TESTS_TRANSPORT_RESPONDER_H

#include <openssl/x509.h>
#include <stddef.h>

/* Who signs. */
enum signer {
	THE_ISSUER,
	A_DELEGATE,      /* id-kp-OCSPSigning, id-pkix-ocsp-nocheck */
	WITHOUT_NOCHECK, /* a delegate that may be revoked itself */
	WITHOUT_THE_USE, /* a certificate of that issuer for something else */
	AN_ENDED_DELEGATE,
	A_STRANGER, /* an authority of its own */
	A_NAMESAKE, /* a delegate of another authority of the same name */
	SIGNERS
};

struct saying {
	enum signer signer;
	int status; /* V_OCSP_CERTSTATUS_... */
	/* Seconds from now; next 0: none */
	long this_update, next_update;
	int refusal;   /* OCSP_RESPONSE_STATUS_..., and no word; 0: the word */
	int otherwise; /* about another certificate */
	int sha256_id; /* the id by SHA-256 */
	int sha1_sign; /* signed over SHA-1 */
	int nonce;     /* with a nonce, which nobody asked for */
	int broken;    /* a bit of its signature is another */
};

struct responder {
	EVP_PKEY *key;
	X509 *issuer, *leaf, *other; /* other: beside leaf, of the same issuer */
	EVP_PKEY *keys[SIGNERS];
	X509 *certificates[SIGNERS];
};

/* The leaf names http://ocsp.example/ as its responder, and insists on being stapled. */
void responder_begin(struct responder *r);
/* Of an authority and a leaf that are there already; taken over. */
void responder_begin_of(struct responder *r, EVP_PKEY *key, X509 *issuer, X509 *leaf);
void responder_end(struct responder *r);
/* DER; to be freed with OPENSSL_free(). */
unsigned char *responder_say(struct responder *r, const struct saying *s, size_t *length);

#endif
