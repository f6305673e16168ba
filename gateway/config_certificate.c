/* gateway/config_certificate.c: what the PEM files of a configuration hold. */
#include "gateway/config_certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/private_key.h"
#include "gateway/base/regular_file.h"
#include "gateway/transport/revocation_lists.h"

static const char weak_key[] = "its key is weak, or of a kind that is not taken";

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

/* Closes it; NULL: it could not be opened. */
static X509 *certificate_in(FILE *f, const char **why)
{
	if (f == NULL) {
		*why = errno == EMEDIUMTYPE ? regular_why(errno) : "it cannot be read";
		return NULL;
	}
	X509 *x = PEM_read_X509(f, NULL, no_passphrase, NULL);
	fclose(f);
	if (x == NULL)
		refuse(why, "there is no PEM certificate in it");
	return x;
}

static X509 *first_certificate(const char *path, const char **why)
{
	return certificate_in(regular_stream(path), why);
}

/* Closes it. */
static EVP_PKEY *key_in(int fd)
{
	FILE *f = fd >= 0 && lseek(fd, 0, SEEK_SET) == 0 ? fdopen(fd, "r") : NULL;
	if (f != NULL)
		return private_key_read(f);
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* By one opening: both are of one file, whatever takes its place meanwhile. The caller's, to be
 * freed; false: neither is given. */
static bool read_pair(const char *path, X509 **x, EVP_PKEY **key, const char **why)
{
	FILE *f = regular_stream(path);
	int same = f == NULL ? -1 : fcntl(fileno(f), F_DUPFD_CLOEXEC, 0);
	*x = certificate_in(f, why);
	*key = key_in(same);
	if (*x != NULL && *key == NULL)
		refuse(why, "there is no private key (without passphrase) in it");
	else if (*x != NULL && X509_check_private_key(*x, *key) != 1)
		refuse(why, "its private key is not that of its first certificate");
	else if (*x != NULL)
		return true;
	X509_free(*x);
	EVP_PKEY_free(*key);
	ERR_clear_error();
	return false;
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

/* All certificates of the file, in its order; NULL: why says what is wrong with it. */
static STACK_OF(X509) * certificates_of(const char *path, const char **why)
{
	STACK_OF(X509) *all = sk_X509_new_null();
	FILE *f = regular_stream(path);
	X509 *x;
	*why = f != NULL ? NULL : errno == EMEDIUMTYPE ? regular_why(errno) : "it cannot be read";
	while (f != NULL && all != NULL
	       && (x = PEM_read_X509(f, NULL, no_passphrase, NULL)) != NULL)
		if (sk_X509_push(all, x) == 0)
			X509_free(x);
	if (f != NULL && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		*why = "a certificate in it cannot be read";
	else if (f != NULL && sk_X509_num(all) < 1)
		*why = "there is no PEM certificate in it";
	if (f != NULL)
		fclose(f);
	ERR_clear_error();
	if (*why == NULL)
		return all;
	sk_X509_pop_free(all, X509_free);
	return NULL;
}

static bool issued_by(X509 *x, X509 *issuer)
{
	bool so = X509_check_issued(issuer, x) == X509_V_OK
		  && X509_verify(x, X509_get0_pubkey(issuer)) == 1;
	ERR_clear_error();
	return so;
}

static bool is_authority(X509 *x)
{
	return (X509_get_extension_flags(x) & EXFLAG_CA) != 0;
}

bool certificate_authorities(const char *path, const char **why)
{
	STACK_OF(X509) *all = certificates_of(path, why);
	bool fit = all != NULL;
	for (int i = 0; fit && i < sk_X509_num(all); i++) {
		X509 *x = sk_X509_value(all, i);
		if (X509_check_ca(x) == 0 && !issued_by(x, x))
			fit = refuse(why, "a certificate in it is no authority's");
	}
	sk_X509_pop_free(all, X509_free);
	return fit;
}

bool private_to_owner(const char *path, const char **why)
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

static bool in_force(X509 *x, bool to_come, const char **why)
{
	if (!to_come && X509_cmp_current_time(X509_get0_notBefore(x)) >= 0)
		return refuse(why, "its certificate is not yet valid");
	if (X509_cmp_current_time(X509_get0_notAfter(x)) <= 0)
		return refuse(why, "its certificate has expired");
	return true;
}

/* What clients are shown must lead to a root. One who issued the last of it and is not in the file
 * may be a root that only clients know, as long as something lies between. */
static bool chain_is_whole(STACK_OF(X509) * chain, const char *ca, const char **why)
{
	const char *ignored;
	int last = sk_X509_num(chain) - 1;
	X509 *end = sk_X509_value(chain, last);
	for (int i = 0; i < last; i++)
		if (!issued_by(sk_X509_value(chain, i), sk_X509_value(chain, i + 1)))
			return refuse(why,
				      "its certificates do not follow one another, each issued "
				      "by the next");
	if (issued_by(end, end))
		return true;
	STACK_OF(X509) *roots = ca == NULL ? NULL : certificates_of(ca, &ignored);
	bool found = false, is_root = false;
	for (int i = 0; !is_root && i < sk_X509_num(roots); i++) {
		X509 *x = sk_X509_value(roots, i);
		if (issued_by(end, x)) {
			found = true;
			is_root = issued_by(x, x);
		}
	}
	sk_X509_pop_free(roots, X509_free);
	return is_root || (!found && last > 0)
	       || refuse(why, "its chain is not whole: put the certificate of the authority that "
			      "issued the last one behind it");
}

static bool chain_fits(const char *path, const char *ca, enum certificate_use use, const char **why)
{
	static const int purposes[] = { [CERTIFICATE_OF_SERVER] = X509_PURPOSE_SSL_SERVER,
					[CERTIFICATE_OF_CLIENT] = X509_PURPOSE_SSL_CLIENT };
	STACK_OF(X509) *chain = certificates_of(path, why);
	bool fits = chain != NULL;
	if (fits && is_authority(sk_X509_value(chain, 0)))
		fits = refuse(why, "its first certificate is an authority's");
	else if (fits && X509_check_purpose(sk_X509_value(chain, 0), purposes[use], 0) != 1)
		fits = refuse(why, use == CERTIFICATE_OF_SERVER
					   ? "its certificate is not for a server"
					   : "its certificate is not for a client");
	for (int i = 0; fits && i < sk_X509_num(chain); i++)
		fits = in_force(sk_X509_value(chain, i), false, why);
	if (fits && use == CERTIFICATE_OF_SERVER)
		fits = chain_is_whole(chain, ca, why);
	sk_X509_pop_free(chain, X509_free);
	return fits;
}

static bool has_its_key(const char *path, const char **why)
{
	X509 *x;
	EVP_PKEY *key;
	if (!read_pair(path, &x, &key, why))
		return false;
	X509_free(x);
	EVP_PKEY_free(key);
	return true;
}

bool certificate_with_key(const char *path, const char *ca, enum certificate_use use,
			  const char **why)
{
	return private_to_owner(path, why) && has_its_key(path, why)
	       && chain_fits(path, ca, use, why);
}

static bool issued_list(X509_CRL *list, STACK_OF(X509) * authorities)
{
	bool found = false;
	for (int i = 0; !found && i < sk_X509_num(authorities); i++) {
		X509 *x = sk_X509_value(authorities, i);
		found = X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(x)) == 0
			&& X509_CRL_verify(list, X509_get0_pubkey(x)) == 1;
	}
	ERR_clear_error();
	return found;
}

bool certificate_revocations(const char *path, const char *ca, const char **why)
{
	const char *ignored;
	STACK_OF(X509_CRL) *lists = revocation_lists_read(path, why);
	STACK_OF(X509) *authorities = ca == NULL ? NULL : certificates_of(ca, &ignored);
	bool fit = lists != NULL;
	for (int i = 0; fit && authorities != NULL && i < sk_X509_CRL_num(lists); i++)
		if (!issued_list(sk_X509_CRL_value(lists, i), authorities))
			fit = refuse(why, "a list in it is of no authority in ca");
	sk_X509_pop_free(authorities, X509_free);
	sk_X509_CRL_pop_free(lists, X509_CRL_free);
	return fit;
}

bool certificate_list_is_pem(const char *path, const char **why)
{
	FILE *f = regular_stream(path);
	X509_CRL *list = f == NULL ? NULL : PEM_read_X509_CRL(f, NULL, no_passphrase, NULL);
	if (f != NULL)
		fclose(f);
	bool pem = list != NULL || refuse(why, "its list is not in PEM");
	X509_CRL_free(list);
	ERR_clear_error();
	return pem;
}

bool certificate_revocations_are_old(const char *path)
{
	const char *ignored;
	STACK_OF(X509_CRL) *lists = revocation_lists_read(path, &ignored);
	bool old = false;
	for (int i = 0; !old && i < sk_X509_CRL_num(lists); i++) {
		const ASN1_TIME *next = X509_CRL_get0_nextUpdate(sk_X509_CRL_value(lists, i));
		old = next != NULL && X509_cmp_current_time(next) <= 0;
	}
	sk_X509_CRL_pop_free(lists, X509_CRL_free);
	ERR_clear_error();
	return old;
}

X509_STORE *certificate_trust(const char *const authorities[], size_t count)
{
	X509_STORE *trust = X509_STORE_new();
	for (size_t i = 0; trust != NULL && i < count; i++) {
		const char *ignored;
		STACK_OF(X509) *all = authorities[i] == NULL
					      ? NULL
					      : certificates_of(authorities[i], &ignored);
		for (int n = 0; n < sk_X509_num(all); n++)
			X509_STORE_add_cert(trust, sk_X509_value(all, n));
		sk_X509_pop_free(all, X509_free);
	}
	ERR_clear_error();
	return trust;
}

void certificate_trust_free(X509_STORE *trust)
{
	X509_STORE_free(trust);
}

/* As a handshake would (gateway/transport/tls.c), but whatever day it is. */
static bool is_trusted(STACK_OF(X509) * chain, const X509_STORE *trust)
{
	X509_STORE_CTX *check = X509_STORE_CTX_new();
	bool trusted = trust != NULL && check != NULL
		       && X509_STORE_CTX_init(check, (X509_STORE *)trust, sk_X509_value(chain, 0),
					      chain)
				  == 1
		       && X509_STORE_CTX_set_purpose(check, X509_PURPOSE_SSL_CLIENT) == 1;
	if (trusted) {
		X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(check),
					    X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
		trusted = X509_verify_cert(check) == 1;
	}
	X509_STORE_CTX_free(check);
	ERR_clear_error();
	return trusted;
}

static bool can_be_read(const char *path)
{
	const char *ignored;
	X509 *x = first_certificate(path, &ignored);
	bool read = x != NULL;
	X509_free(x);
	return read;
}

enum certificate_fit certificate_of_system(const char *path, const X509_STORE *trust, bool to_come,
					   const char **why)
{
	STACK_OF(X509) *chain = certificates_of(path, why);
	X509 *own = sk_X509_value(chain, 0);
	bool fits = true;
	if (chain == NULL)
		return can_be_read(path) ? CERTIFICATE_UNFIT : CERTIFICATE_UNREAD;
	if (is_authority(own))
		fits = refuse(why, "it is an authority's, not a system's");
	else if (X509_check_purpose(own, X509_PURPOSE_SSL_CLIENT, 0) != 1)
		fits = refuse(why, "it is not for a client");
	else if (!is_trusted(chain, trust))
		fits = refuse(why,
			      "no authority in ca issued it (what lies between stands behind it)");
	bool holds = fits && in_force(own, to_come, why);
	sk_X509_pop_free(chain, X509_free);
	return holds ? CERTIFICATE_FITS : fits ? CERTIFICATE_OUT_OF_DATE : CERTIFICATE_UNFIT;
}

bool certificate_of_partner(const char *path, const char **why)
{
	STACK_OF(X509) *chain = certificates_of(path, why);
	bool fits = chain != NULL;
	if (fits && sk_X509_num(chain) > 1)
		fits = refuse(why, "there is more than one certificate in it");
	else if (fits && is_authority(sk_X509_value(chain, 0)))
		fits = refuse(why, "it is an authority's, not a partner's: name it as ca");
	else if (fits
		 && X509_check_purpose(sk_X509_value(chain, 0), X509_PURPOSE_SSL_SERVER, 0) != 1)
		fits = refuse(why, "it is not for a server");
	sk_X509_pop_free(chain, X509_free);
	return fits;
}

bool certificate_holds_today(const char *path, bool to_come, const char **why)
{
	X509 *x = first_certificate(path, why);
	bool holds = x != NULL && in_force(x, to_come, why);
	X509_free(x);
	return holds;
}

void certificates_free(X509 **all)
{
	for (; *all != NULL; all++)
		X509_free(*all);
}

bool key_is_strong(const EVP_PKEY *key)
{
	int kind = key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
	int bits = key == NULL ? 0 : EVP_PKEY_get_bits(key);
	return (kind == EVP_PKEY_RSA && bits >= 2048) || (kind == EVP_PKEY_EC && bits >= 256);
}

unsigned certificates_of_issuer(const char *path, X509 **out, unsigned most, const char **why)
{
	STACK_OF(X509) *all = certificates_of(path, why);
	int count = all == NULL ? 0 : sk_X509_num(all);
	unsigned taken = 0;
	if (count > (int)most)
		*why = "there are more certificates in it than are taken";
	for (int i = 0; i < count && *why == NULL; i++)
		if (!key_is_strong(X509_get0_pubkey(sk_X509_value(all, i))))
			*why = "a key in it is weak, or of a kind that is not taken";
	for (int i = 0; i < count && *why == NULL; i++) {
		out[taken] = sk_X509_value(all, i);
		X509_up_ref(out[taken++]);
	}
	sk_X509_pop_free(all, X509_free);
	ERR_clear_error();
	return taken;
}

bool certificate_of_signer(const char *path, X509 **x, EVP_PKEY **key, const char **why)
{
	if (!private_to_owner(path, why) || !read_pair(path, x, key, why))
		return false;
	if (key_is_strong(X509_get0_pubkey(*x)))
		return true;
	X509_free(*x);
	EVP_PKEY_free(*key);
	return refuse(why, weak_key);
}

void certificate_key_free(EVP_PKEY *key)
{
	EVP_PKEY_free(key);
}

const char *certificate_text(struct arena *a, const char *path)
{
	const char *ignored;
	X509 *x = first_certificate(path, &ignored);
	unsigned char *der = NULL;
	int length = x == NULL ? 0 : i2d_X509(x, &der);
	struct buffer text = buffer_in(a);
	if (length > 0)
		buffer_base64(&text, (struct bytes){ der, (size_t)length });
	OPENSSL_free(der);
	X509_free(x);
	return length > 0 ? buffer_ended(&text) : NULL;
}

bool certificates_hold_today(X509 *const *all, const char **why)
{
	bool holds = false;
	for (; !holds && *all != NULL; all++)
		holds = in_force(*all, false, why);
	return holds;
}

bool certificate_is_strong(const char *path, const char **why)
{
	X509 *x = first_certificate(path, why);
	bool strong = x != NULL && key_is_strong(X509_get0_pubkey(x));
	if (x != NULL && !strong)
		refuse(why, weak_key);
	X509_free(x);
	return strong;
}

static bool to_instant(const ASN1_TIME *t, instant *out)
{
	struct tm parts;
	if (t == NULL || ASN1_TIME_to_tm(t, &parts) != 1)
		return false;
	*out = (instant)timegm(&parts) * 1000000;
	return true;
}

bool certificate_term(const char *path, instant *begins, instant *ends)
{
	const char *ignored;
	X509 *x = first_certificate(path, &ignored);
	bool known = x != NULL && to_instant(X509_get0_notBefore(x), begins)
		     && to_instant(X509_get0_notAfter(x), ends);
	X509_free(x);
	return known;
}
