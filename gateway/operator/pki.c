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

#include "gateway/base/private_key.h"
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

static bool add_extensions(X509 *x, X509 *issuer, const struct extension *list)
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
	return true;
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

/* All but names and signature. */
static bool fill(X509 *x, EVP_PKEY *key, instant now, int days)
{
	time_t begin = (time_t)(now / 1000000) - CLOCK_SKEW_SECONDS;
	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x)
	       && X509_time_adj_ex(X509_getm_notBefore(x), 0, 0, &begin) != NULL
	       && X509_time_adj_ex(X509_getm_notAfter(x), days, 0, &begin) != NULL
	       && X509_set_pubkey(x, key) == 1;
}

/* ---- What a subject is called ---- */

static X509 *first_certificate(const char *path)
{
	FILE *f = regular_stream(path);
	X509 *x = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, (void *)"");
	if (f != NULL)
		fclose(f);
	ERR_clear_error();
	return x;
}

/* By words, or as another certificate has it. */
struct naming {
	X509_NAME *subject;
	X509_EXTENSION *alternative; /* NULL: none */
};

static void naming_end(struct naming *n)
{
	X509_NAME_free(n->subject);
	X509_EXTENSION_free(n->alternative);
}

static bool take_names(struct naming *n, const struct pki_subject *s, const X509 *like)
{
	const char *said = s->alternative_names;
	int at = said != NULL || like == NULL ? -1
					      : X509_get_ext_by_NID(like, NID_subject_alt_name, -1);
	n->subject = like == NULL ? X509_NAME_new() : X509_NAME_dup(X509_get_subject_name(like));
	if (said != NULL)
		n->alternative = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, said);
	else if (at >= 0)
		n->alternative = X509_EXTENSION_dup(X509_get_ext(like, at));
	return n->subject != NULL && (n->alternative != NULL || (said == NULL && at < 0))
	       && (like != NULL
		   || (add_name(n->subject, "O", s->organization)
		       && add_name(n->subject, "CN", s->common_name)));
}

static bool naming_begin(struct naming *n, const struct pki_subject *s, struct problem *p)
{
	X509 *like = s->like == NULL ? NULL : first_certificate(s->like);
	*n = (struct naming){ NULL, NULL };
	if (s->like != NULL && like == NULL)
		return problem_at(p, PROBLEM_CONFIGURATION, s->like,
				  "there is no PEM certificate in %s, or it cannot be read",
				  s->like);
	bool named = take_names(n, s, like) || refuse(p, "name the certificate");
	X509_free(like);
	return named;
}

static bool put_names(X509 *x, const struct naming *n)
{
	return X509_set_subject_name(x, n->subject) == 1
	       && (n->alternative == NULL || X509_add_ext(x, n->alternative, -1) == 1);
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
	bool made = key != NULL && x != NULL && fill(x, key, now, PKI_AUTHORITY_DAYS)
		    && add_name(X509_get_subject_name(x), "CN", common_name)
		    && X509_set_issuer_name(x, X509_get_subject_name(x)) == 1
		    && add_extensions(x, x, authority_extensions)
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
	FILE *f = regular_stream(a->key);
	*x = first_certificate(a->certificate);
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
		 const struct pki_subject *s, instant now, struct problem *p)
{
	struct naming n;
	bool signs = naming_begin(&n, s, p) && fill(x, key, now, PKI_CERTIFICATE_DAYS)
		     && X509_set_issuer_name(x, X509_get_subject_name(issuer)) == 1
		     && add_extensions(x, issuer,
				       s->use == PKI_SERVER ? server_extensions : client_extensions)
		     && put_names(x, &n) && X509_sign(x, issuer_key, EVP_sha256()) > 0;
	naming_end(&n);
	return signs;
}

bool pki_certificate_make(const struct pki_authority *a, const struct pki_subject *subject,
			  const char *file, instant now, struct problem *p)
{
	X509 *issuer = NULL, *x = X509_new();
	EVP_PKEY *issuer_key = NULL, *key = EVP_EC_gen("P-256");
	bool done = read_authority(a, &issuer, &issuer_key, p);
	if (done
	    && (x == NULL || key == NULL || !sign(x, issuer, issuer_key, key, subject, now, p)))
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
	if (done && (x == NULL || !sign(x, issuer, issuer_key, key, subject, now, p)))
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

static bool ask_for_names(STACK_OF(X509_EXTENSION) * list, const struct naming *n)
{
	X509_EXTENSION *e = n->alternative == NULL ? NULL : X509_EXTENSION_dup(n->alternative);
	if (n->alternative == NULL || (e != NULL && sk_X509_EXTENSION_push(list, e) != 0))
		return true;
	X509_EXTENSION_free(e);
	return false;
}

/* Of key and purpose; who issues it says the others. */
static bool ask_for_all(X509_REQ *r, const struct pki_subject *s, const struct naming *n)
{
	const struct extension *asked = s->use == PKI_SERVER ? server_extensions
							     : client_extensions;
	STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
	bool whole = list != NULL;
	for (; whole && asked->value != NULL; asked++)
		if (asked->nid == NID_basic_constraints || asked->nid == NID_key_usage
		    || asked->nid == NID_ext_key_usage)
			whole = ask_for(list, asked->nid, asked->value);
	whole = whole && ask_for_names(list, n) && X509_REQ_add_extensions(r, list) == 1;
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
	return whole;
}

static bool fill_request(X509_REQ *r, EVP_PKEY *key, const struct pki_subject *s, struct problem *p)
{
	struct naming n;
	bool filled = naming_begin(&n, s, p) && X509_REQ_set_version(r, X509_REQ_VERSION_1) == 1
		      && X509_REQ_set_subject_name(r, n.subject) == 1
		      && X509_REQ_set_pubkey(r, key) == 1 && ask_for_all(r, s, &n)
		      && X509_REQ_sign(r, key, EVP_sha256()) > 0;
	naming_end(&n);
	return filled;
}

bool pki_request_make(const struct pki_subject *subject, const char *key_file,
		      const char *request_file, struct problem *p)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509_REQ *r = X509_REQ_new();
	bool done = key != NULL && r != NULL && fill_request(r, key, subject, p);
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

bool pki_issued(const char *authority, const char *certificate)
{
	X509 *ca = first_certificate(authority), *x = first_certificate(certificate);
	bool issued = ca != NULL && x != NULL && X509_check_issued(ca, x) == X509_V_OK
		      && X509_verify(x, X509_get0_pubkey(ca)) == 1;
	X509_free(ca);
	X509_free(x);
	ERR_clear_error();
	return issued;
}

/* NULL: none of the files has it. */
static EVP_PKEY *key_of(const X509 *x, const char *const files[], const char **file)
{
	for (; *files != NULL; files++) {
		FILE *f = regular_stream(*files);
		EVP_PKEY *key = f == NULL ? NULL : private_key_read(f);
		bool fits = key != NULL && X509_check_private_key(x, key) == 1;
		*file = *files;
		ERR_clear_error();
		if (fits)
			return key;
		EVP_PKEY_free(key);
	}
	return NULL;
}

static bool copy_certificates(const char *from, FILE *to)
{
	FILE *f = regular_stream(from);
	bool copied = f != NULL;
	X509 *x;
	while (copied && (x = PEM_read_X509(f, NULL, NULL, (void *)"")) != NULL) {
		copied = PEM_write_X509(to, x) == 1;
		X509_free(x);
	}
	if (f != NULL)
		fclose(f);
	ERR_clear_error(); /* the end of the file is one */
	return copied;
}

const char *pki_pair_write(const char *certificates, const char *const keys[], const char *file,
			   struct problem *p)
{
	const char *found = NULL;
	X509 *x = first_certificate(certificates);
	EVP_PKEY *key = x == NULL ? NULL : key_of(x, keys, &found);
	if (x == NULL)
		problem_at(p, PROBLEM_REQUEST_INVALID, certificates,
			   "%s: there is no PEM certificate in it, or it cannot be read",
			   certificates);
	else if (key == NULL)
		problem_at(p, PROBLEM_REQUEST_INVALID, certificates,
			   "%s: it is the certificate of a key that is not here", certificates);
	FILE *f = key == NULL ? NULL : new_file(file, 0600, p);
	bool done = f != NULL
		    && close_file(f, file,
				  copy_certificates(certificates, f)
					  && PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL)
						     == 1,
				  p);
	X509_free(x);
	EVP_PKEY_free(key);
	return done ? found : NULL;
}
