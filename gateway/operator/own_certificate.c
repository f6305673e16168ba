/* gateway/operator/own_certificate.c: what a certificate of ours says, in words. */
#include "gateway/operator/own_certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/region_own.h"

static const char between[] = ", ";

static X509 *first_certificate(const char *file)
{
	FILE *f = regular_stream(file);
	X509 *x = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, (void *)"");
	if (f != NULL)
		fclose(f);
	ERR_clear_error();
	return x;
}

/* What was written there; ends it. */
static const char *text_of(struct arena *a, BIO *b)
{
	char *data = NULL;
	long size = b == NULL ? 0 : BIO_get_mem_data(b, &data);
	const char *text = size > 0 ? arena_text_n(a, data, (size_t)size) : "";
	BIO_free(b);
	return text;
}

static const char *names_of(struct arena *a, const X509 *x)
{
	BIO *b = BIO_new(BIO_s_mem());
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; b != NULL && i < sk_GENERAL_NAME_num(names); i++) {
		BIO_puts(b, i == 0 ? "" : between);
		GENERAL_NAME_print(b, sk_GENERAL_NAME_value(names, i));
	}
	GENERAL_NAMES_free(names);
	return text_of(a, b);
}

static const char *name_of(struct arena *a, const X509_NAME *name)
{
	BIO *b = BIO_new(BIO_s_mem());
	if (b != NULL)
		X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	return text_of(a, b);
}

static const char *serial_of(struct arena *a, const X509 *x)
{
	BIO *b = BIO_new(BIO_s_mem());
	if (b != NULL)
		i2a_ASN1_INTEGER(b, X509_get0_serialNumber(x));
	return text_of(a, b);
}

const char *own_names(struct arena *a, const char *file)
{
	X509 *x = first_certificate(file);
	const char *names = x == NULL ? "" : names_of(a, x);
	X509_free(x);
	return names;
}

static bool has_name(const char *names, const char *name)
{
	size_t length = strlen(name);
	for (const char *at = names; (at = strstr(at, name)) != NULL; at += length)
		if ((at == names || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
			return true;
	return false;
}

const char *const *own_names_dropped(struct arena *a, const char *former, const char *names)
{
	size_t most = strlen(former) / strlen(between) + 2, count = 0;
	const char **dropped = arena_array(a, const char *, most);
	while (*former != '\0') {
		const char *end = strstr(former, between);
		size_t length = end == NULL ? strlen(former) : (size_t)(end - former);
		const char *name = arena_text_n(a, former, length);
		if (!has_name(names, name))
			dropped[count++] = name;
		former += length + (end == NULL ? 0 : strlen(between));
	}
	return dropped;
}

bool own_certificate_read(struct arena *a, const char *file, struct own_renewed *out)
{
	instant begins;
	char sha256[CERTIFICATE_SHA256_TEXT];
	const char *why;
	X509 *x = first_certificate(file);
	bool read = x != NULL && certificate_sha256(file, sha256, &why)
		    && certificate_term(file, &begins, &out->ends);
	if (read) {
		out->subject = name_of(a, X509_get_subject_name(x));
		out->issuer = name_of(a, X509_get_issuer_name(x));
		out->names = names_of(a, x);
		out->serial = serial_of(a, x);
		out->sha256 = arena_text(a, sha256);
	}
	X509_free(x);
	return read;
}
