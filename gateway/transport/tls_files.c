/* gateway/transport/tls_files.c: keys, certificates and revocation lists, from PEM files. */
#include "gateway/transport/tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "gateway/transport/revocation_lists.h"

enum { MOST = 16 * 1024 * 1024 }; /* a CRL of a national authority has a few MiB */

static bool because(char why[TLS_WHY], const char *path, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;
	snprintf(why, TLS_WHY, "%s: %s%s%s", path, what, reason != NULL ? ": " : "",
		 reason != NULL ? reason : "");
	ERR_clear_error();
	return false;
}

/* A private key is its owner's alone, and no link may lead elsewhere. */
static const char *private_fault(int fd, struct stat *s)
{
	if (fstat(fd, s) != 0)
		return strerror(errno);
	if (!S_ISREG(s->st_mode))
		return "is not a file";
	if (s->st_uid != geteuid() && s->st_uid != 0)
		return "holds a private key but belongs to another user; chown it";
	if ((s->st_mode & 077) != 0)
		return "holds a private key but others may read it; chmod 600";
	return NULL;
}

/* Read at once: from a descriptor OpenSSL takes PEM octet by octet, a system call each. What may be
 * a key lies in memory that is locked and cleared; there is little of that, so all else does not.
 * Closes fd. */
static BIO *whole_file(int fd, const BIO_METHOD *in, const char *path, char why[TLS_WHY])
{
	unsigned char piece[4096];
	BIO *file = BIO_new(in);
	bool good = file != NULL;
	ssize_t n = 0;
	while (good && (n = read(fd, piece, sizeof piece)) > 0)
		good = BIO_write(file, piece, (int)n) == (int)n;
	OPENSSL_cleanse(piece, sizeof piece);
	close(fd);
	if (good && n == 0)
		return file;
	because(why, path, n < 0 ? strerror(errno) : "no memory to read it");
	BIO_free(file);
	return NULL;
}

static BIO *open_private(const char *path, char why[TLS_WHY])
{
	struct stat s;
	int fd = regular_open(path, O_RDONLY | O_NOFOLLOW);
	if (fd < 0) {
		because(why, path,
			errno == ELOOP ? "is a symbolic link; name the file itself"
				       : regular_why(errno));
		return NULL;
	}
	const char *fault = private_fault(fd, &s);
	if (fault != NULL) {
		close(fd);
		because(why, path, fault);
		return NULL;
	}
	return whole_file(fd, BIO_s_secmem(), path, why);
}

static BIO *open_public(const char *path, char why[TLS_WHY])
{
	struct stat s;
	int fd = regular_open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &s) != 0 || s.st_size > MOST) {
		because(why, path, fd < 0 ? regular_why(errno) : "is too large");
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	return whole_file(fd, BIO_s_mem(), path, why);
}

/* A key with a pass phrase would stop the service at a prompt. */
static int no_pass_phrase(char *text, int room, int writing, void *with)
{
	(void)text, (void)room, (void)writing, (void)with;
	return -1;
}

static bool use_key(SSL_CTX *context, const char *path, BIO *file, char why[TLS_WHY])
{
	EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, no_pass_phrase, NULL);
	if (key == NULL)
		return because(why, path, "has no private key without pass phrase");
	bool used = SSL_CTX_use_PrivateKey(context, key) == 1;
	EVP_PKEY_free(key);
	return used || because(why, path, "the private key cannot be used");
}

static bool dated(X509 *leaf, const char *path, char why[TLS_WHY])
{
	if (X509_cmp_current_time(X509_get0_notBefore(leaf)) > 0)
		return because(why, path, "the certificate is not yet valid");
	if (X509_cmp_current_time(X509_get0_notAfter(leaf)) < 0)
		return because(why, path, "the certificate has expired");
	return true;
}

static bool use_chain(SSL_CTX *context, const char *path, BIO *file, char why[TLS_WHY])
{
	X509 *certificate = PEM_read_bio_X509(file, NULL, no_pass_phrase, NULL);
	if (certificate == NULL)
		return because(why, path, "has no certificate");
	bool used = dated(certificate, path, why);
	if (used && SSL_CTX_use_certificate(context, certificate) != 1)
		used = because(why, path, "the certificate cannot be used");
	X509_free(certificate);
	while (used
	       && (certificate = PEM_read_bio_X509(file, NULL, no_pass_phrase, NULL)) != NULL) {
		if (SSL_CTX_add1_chain_cert(context, certificate) != 1)
			used = because(why, path, "the chain cannot be used");
		X509_free(certificate);
	}
	ERR_clear_error(); /* the end of the file is one */
	return used;
}

bool tls_load_pair(SSL_CTX *context, const char *path, char why[TLS_WHY])
{
	BIO *file = open_private(path, why);
	if (file == NULL)
		return false;
	bool loaded = use_chain(context, path, file, why);
	if (loaded && BIO_seek(file, 0) != 0)
		loaded = because(why, path, "cannot be read twice");
	loaded = loaded && use_key(context, path, file, why);
	BIO_free(file);
	if (loaded && SSL_CTX_check_private_key(context) != 1)
		return because(why, path, "key and certificate do not belong together");
	return loaded;
}

bool tls_load_authorities(SSL_CTX *context, const char *path, char why[TLS_WHY])
{
	BIO *file = open_public(path, why);
	if (file == NULL)
		return false;
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	unsigned count = 0;
	bool added = true;
	for (X509 *c;
	     added && (c = PEM_read_bio_X509_AUX(file, NULL, no_pass_phrase, NULL)) != NULL;) {
		added = X509_STORE_add_cert(store, c) == 1
			&& SSL_CTX_add_client_CA(context, c) == 1;
		X509_free(c);
		count++;
	}
	BIO_free(file);
	if (!added || count == 0)
		return because(why, path,
			       added ? "has no certificate" : "a certificate cannot be used");
	ERR_clear_error();
	return true;
}

bool tls_load_revoked(SSL_CTX *context, const char *path, char why[TLS_WHY])
{
	const char *wrong;
	STACK_OF(X509_CRL) *lists = revocation_lists_read(path, &wrong);
	if (lists == NULL) {
		snprintf(why, TLS_WHY, "%s: %s", path, wrong);
		return false;
	}
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	bool added = true;
	for (int i = 0; added && i < sk_X509_CRL_num(lists); i++)
		added = X509_STORE_add_crl(store, sk_X509_CRL_value(lists, i)) == 1;
	sk_X509_CRL_pop_free(lists, X509_CRL_free);
	return added || because(why, path, "a list cannot be used");
}
