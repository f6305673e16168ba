/* gateway/operator/pki.c: a region's own certificate authority, by OpenSSL. */
#include "gateway/operator/pki.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/owned_file.h"

enum { SERIAL_OCTETS = 16, CLOCK_SKEW_SECONDS = 300 };

struct extension {
	int nid;
	const char *value;
};

/* RFC 5280 4.2.1. */
static const struct extension authority_extensions[] = {
	{ NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
	{ NID_key_usage, "critical,keyCertSign,cRLSign" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
	{ 0, NULL }
};
static const struct extension server_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "serverAuth,clientAuth" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
	{ 0, NULL }
};
static const struct extension client_extensions[] = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "clientAuth" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
	{ 0, NULL }
};

static bool refuse(struct problem *p, const char *what)
{
	unsigned long error = ERR_get_error();
	ERR_clear_error();
	return problem_set(p, PROBLEM_INTERNAL, "could not %s: %s", what,
			   error == 0 ? "OpenSSL gives no reason" : ERR_reason_error_string(error));
}

/* A new file for a secret (or, open to all, for a certificate). */
static FILE *new_file(const char *path, mode_t mode, struct problem *p)
{
	int fd = owned_file_make(path, mode);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f == NULL) {
		int error = errno;
		if (fd >= 0)
			close(fd);
		problem_at(p, error == EEXIST ? PROBLEM_CONFLICT : PROBLEM_INTERNAL, path,
			   "could not make %s: %s", path, strerror(error));
	}
	return f;
}

static bool close_file(FILE *f, const char *path, bool written, struct problem *p)
{
	bool kept = fflush(f) == 0 && fsync(fileno(f)) == 0;
	kept = fclose(f) == 0 && kept;
	if (written && kept)
		return true;
	unlink(path);
	return problem_at(p, PROBLEM_STORE_FULL, path, "could not write %s: %s", path,
			  strerror(errno));
}

static bool add_extensions(X509 *x, X509 *issuer, const struct extension *list, const char *names)
{
	X509V3_CTX context;
	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
	for (; list->value != NULL; list++) {
		X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &context, list->nid, list->value);
		bool added = e != NULL && X509_add_ext(x, e, -1) == 1;
		X509_EXTENSION_free(e);
		if (!added)
			return false;
	}
	if (names == NULL)
		return true;
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &context, NID_subject_alt_name, names);
	bool added = e != NULL && X509_add_ext(x, e, -1) == 1;
	X509_EXTENSION_free(e);
	return added;
}

static bool set_serial(X509 *x)
{
	unsigned char octets[SERIAL_OCTETS];
	if (RAND_bytes(octets, sizeof octets) != 1)
		return false;
	octets[0] = (unsigned char)((octets[0] & 0x7f)
				    | 0x40); /* positive, never short: RFC 5280 4.1.2.2 */
	BIGNUM *n = BN_bin2bn(octets, sizeof octets, NULL);
	bool set = n != NULL && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
	BN_free(n);
	return set;
}

static bool add_name(X509_NAME *name, const char *field, const char *value)
{
	return value == NULL
	       || X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
					     (const unsigned char *)value, -1, -1, 0)
			  == 1;
}

/* All but the signature. */
static bool fill(X509 *x, EVP_PKEY *key, const char *common_name, const char *organization,
		 instant now, int days)
{
	time_t begin = (time_t)(now / 1000000) - CLOCK_SKEW_SECONDS;
	X509_NAME *name = X509_get_subject_name(x);
	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x)
	       && X509_time_adj_ex(X509_getm_notBefore(x), 0, 0, &begin) != NULL
	       && X509_time_adj_ex(X509_getm_notAfter(x), days, 0, &begin) != NULL
	       && add_name(name, "O", organization) && add_name(name, "CN", common_name)
	       && X509_set_pubkey(x, key) == 1;
}

static bool write_authority(const struct pki_authority *a, X509 *x, EVP_PKEY *key,
			    struct problem *p)
{
	FILE *f = new_file(a->key, 0600, p);
	if (f == NULL)
		return false;
	if (!close_file(f, a->key, PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1, p))
		return false;
	f = new_file(a->certificate, 0644, p);
	return f != NULL && close_file(f, a->certificate, PEM_write_X509(f, x) == 1, p);
}

bool pki_authority_make(const struct pki_authority *a, const char *common_name, instant now,
			struct problem *p)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	bool made = key != NULL && x != NULL
		    && fill(x, key, common_name, NULL, now, PKI_AUTHORITY_DAYS)
		    && X509_set_issuer_name(x, X509_get_subject_name(x)) == 1
		    && add_extensions(x, x, authority_extensions, NULL)
		    && X509_sign(x, key, EVP_sha256()) > 0;
	bool done = made ? write_authority(a, x, key, p)
			 : refuse(p, "make the region's certificate authority");
	X509_free(x);
	EVP_PKEY_free(key);
	return done;
}

bool pki_signing_key_make(const char *file, struct problem *p)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *f = key == NULL ? NULL : new_file(file, 0600, p);
	bool done = key != NULL ? f != NULL : refuse(p, "make a signing key");
	if (f != NULL)
		done = close_file(f, file,
				  PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1, p);
	EVP_PKEY_free(key);
	return done;
}

static bool read_authority(const struct pki_authority *a, X509 **x, EVP_PKEY **key,
			   struct problem *p)
{
	FILE *f = regular_stream(a->certificate);
	if (f != NULL) {
		*x = PEM_read_X509(f, NULL, NULL, NULL);
		fclose(f);
	}
	f = regular_stream(a->key);
	if (f != NULL) {
		*key = PEM_read_PrivateKey(f, NULL, NULL, (void *)"");
		fclose(f);
	}
	ERR_clear_error();
	if (*x != NULL && *key != NULL && X509_check_private_key(*x, *key) == 1)
		return true;
	return problem_at(p, PROBLEM_CONFIGURATION, a->key,
			  "%s and %s are not this region's own certificate authority",
			  a->certificate, a->key);
}

static bool sign(X509 *x, X509 *issuer, EVP_PKEY *issuer_key, EVP_PKEY *key,
		 const struct pki_subject *s, instant now)
{
	return fill(x, key, s->common_name, s->organization, now, PKI_CERTIFICATE_DAYS)
	       && X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1
	       && add_extensions(x, issuer,
				 s->use == PKI_SERVER ? server_extensions : client_extensions,
				 s->alternative_names)
	       && X509_sign(x, issuer_key, EVP_sha256()) > 0;
}

bool pki_certificate_make(const struct pki_authority *a, const struct pki_subject *subject,
			  const char *file, instant now, struct problem *p)
{
	X509 *issuer = NULL, *x = X509_new();
	EVP_PKEY *issuer_key = NULL, *key = EVP_EC_gen("P-256");
	bool done = read_authority(a, &issuer, &issuer_key, p);
	if (done && (x == NULL || key == NULL || !sign(x, issuer, issuer_key, key, subject, now)))
		done = refuse(p, "make the certificate");
	FILE *f = done ? new_file(file, 0600, p) : NULL;
	if (f != NULL)
		done = close_file(f, file,
				  PEM_write_X509(f, x) == 1
					  && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL)
						     == 1,
				  p);
	done = done && f != NULL;
	X509_free(x);
	X509_free(issuer);
	EVP_PKEY_free(key);
	EVP_PKEY_free(issuer_key);
	return done;
}

/* Whoever wrote the request has its key: it is signed by it. NULL: the problem says why. */
static EVP_PKEY *key_of_request(const char *path, struct problem *p)
{
	FILE *f = regular_stream(path);
	X509_REQ *r = f == NULL ? NULL : PEM_read_X509_REQ(f, NULL, NULL, (void *)"");
	EVP_PKEY *key = r == NULL ? NULL : X509_REQ_get_pubkey(r);
	const char *why = f == NULL ? "it cannot be read"
			  : r == NULL
				  ? "there is no request for a certificate (PKCS #10, PEM) in it"
			  : key == NULL                  ? "its key cannot be read"
			  : X509_REQ_verify(r, key) != 1 ? "it is not signed by the key it is about"
			  : key_is_strong(key)           ? NULL
					       : "its key is weak, or of a kind that is not "
						 "taken";
	if (f != NULL)
		fclose(f);
	X509_REQ_free(r);
	ERR_clear_error();
	if (why == NULL)
		return key;
	EVP_PKEY_free(key);
	problem_at(p, PROBLEM_REQUEST_INVALID, path, "%s: %s", path, why);
	return NULL;
}

bool pki_request_sign(const struct pki_authority *a, const struct pki_subject *subject,
		      const char *request_file, const char *file, instant now, struct problem *p)
{
	X509 *issuer = NULL, *x = X509_new();
	EVP_PKEY *issuer_key = NULL, *key = key_of_request(request_file, p);
	bool done = key != NULL && read_authority(a, &issuer, &issuer_key, p);
	if (done && (x == NULL || !sign(x, issuer, issuer_key, key, subject, now)))
		done = refuse(p, "sign the request");
	FILE *f = done ? new_file(file, 0644, p) : NULL;
	done = f != NULL && close_file(f, file, PEM_write_X509(f, x) == 1, p);
	X509_free(x);
	X509_free(issuer);
	EVP_PKEY_free(key);
	EVP_PKEY_free(issuer_key);
	return done;
}

static bool ask_for(STACK_OF(X509_EXTENSION) * list, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	if (e == NULL || sk_X509_EXTENSION_push(list, e) == 0) {
		X509_EXTENSION_free(e);
		return false;
	}
	return true;
}

/* Of key and purpose; who issues it says the others. */
static bool ask_for_all(X509_REQ *r, const struct pki_subject *s)
{
	const struct extension *asked = s->use == PKI_SERVER ? server_extensions
							     : client_extensions;
	STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	bool whole = list != NULL;
	for (; whole && asked->value != NULL; asked++)
		if (asked->nid == NID_basic_constraints || asked->nid == NID_key_usage
		    || asked->nid == NID_ext_key_usage)
			whole = ask_for(list, asked->nid, asked->value);
	whole = whole
		&& (s->alternative_names == NULL
		    || ask_for(list, NID_subject_alt_name, s->alternative_names))
		&& X509_REQ_add_extensions(r, list) == 1;
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	return whole;
}

static bool fill_request(X509_REQ *r, EVP_PKEY *key, const struct pki_subject *s)
{
	X509_NAME *name = X509_REQ_get_subject_name(r);
	return X509_REQ_set_version(r, X509_REQ_VERSION_1) == 1
	       && add_name(name, "O", s->organization) && add_name(name, "CN", s->common_name)
	       && X509_REQ_set_pubkey(r, key) == 1 && ask_for_all(r, s)
	       && X509_REQ_sign(r, key, EVP_sha256()) > 0;
}

bool pki_request_make(const struct pki_subject *subject, const char *key_file,
		      const char *request_file, struct problem *p)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *r = X509_REQ_new();
	bool done = key != NULL && r != NULL && fill_request(r, key, subject);
	FILE *f = done ? new_file(key_file, 0600, p) : NULL;
	if (!done)
		refuse(p, "make a request for a certificate");
	done = f != NULL
	       && close_file(f, key_file,
			     PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) == 1, p);
	f = done ? new_file(request_file, 0644, p) : NULL;
	if (done && f == NULL)
		unlink(key_file);
	done = f != NULL && close_file(f, request_file, PEM_write_X509_REQ(f, r) == 1, p);
	X509_REQ_free(r);
	EVP_PKEY_free(key);
	return done;
}
