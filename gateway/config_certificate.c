/* gateway/config_certificate.c: what the PEM files of a configuration hold. */
#include "gateway/config_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/stat.h>

static bool refuse(const char **why, const char *sentence)
{
	ERR_clear_error();
	*why = sentence;
	return false;
}

/* No passphrase is ever asked for: a daemon has nobody to ask. */
static int no_passphrase(char *buffer, int size, int writing, void *self)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)self;
	return 0;
}

static X509 *first_certificate(const char *path, const char **why)
{
	FILE *f = fopen(path, "re");
	if (f == NULL) {
		*why = "it cannot be read";
		return NULL;
	}
	X509 *x = PEM_read_X509(f, NULL, no_passphrase, NULL);
	fclose(f);
	if (x == NULL)
		refuse(why, "there is no PEM certificate in it");
	return x;
}

bool certificate_sha256(const char *path, char out[CERTIFICATE_SHA256_TEXT], const char **why)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	X509 *x = first_certificate(path, why);
	if (x == NULL)
		return false;
	bool done = X509_digest(x, EVP_sha256(), digest, &length) == 1 && length == 32;
	X509_free(x);
	for (unsigned i = 0; done && i < length; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return done || refuse(why, "its fingerprint could not be computed");
}

bool certificate_authorities(const char *path, const char **why)
{
	X509 *x = first_certificate(path, why);
	X509_free(x);
	return x != NULL;
}

static bool owner_only(const char *path, const char **why)
{
	struct stat s;
	if (stat(path, &s) != 0)
		return refuse(why, "it cannot be read");
	if ((s.st_mode & 077) != 0)
		return refuse(
			why,
			"it holds a private key and others than its owner may read it: chmod 600");
	return true;
}

bool certificate_with_key(const char *path, const char **why)
{
	if (!owner_only(path, why))
		return false;
	X509 *x = first_certificate(path, why);
	FILE *f = x == NULL ? NULL : fopen(path, "re");
	EVP_PKEY *key = f == NULL ? NULL : PEM_read_PrivateKey(f, NULL, no_passphrase, NULL);
	bool ok = false;
	if (f != NULL)
		fclose(f);
	if (x == NULL)
		ok = false;
	else if (key == NULL)
		refuse(why, "there is no private key (without passphrase) in it");
	else if (X509_check_private_key(x, key) != 1)
		refuse(why, "its private key is not that of its first certificate");
	else if (X509_cmp_current_time(X509_get0_notBefore(x)) >= 0)
		refuse(why, "its certificate is not yet valid");
	else if (X509_cmp_current_time(X509_get0_notAfter(x)) <= 0)
		refuse(why, "its certificate has expired");
	else
		ok = true;
	EVP_PKEY_free(key);
	X509_free(x);
	return ok;
}

bool certificate_revocations(const char *path, const char **why)
{
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return refuse(why, "it cannot be read");
	X509_CRL *crl = PEM_read_X509_CRL(f, NULL, no_passphrase, NULL);
	fclose(f);
	if (crl == NULL)
		return refuse(why, "there is no PEM revocation list in it");
	X509_CRL_free(crl);
	return true;
}
