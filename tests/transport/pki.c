/* tests/transport/pki.c: a small authority, made when the test runs. */
#include "tests/transport/pki.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"

enum { DAY = 86400 };

struct node {
	EVP_PKEY *key;
	X509 *certificate;
};

static void add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	X509_add_ext(certificate, e, -1);
	X509_EXTENSION_free(e);
}

/* issuer NULL: signs itself. */
static struct node make(const char *name, long serial, const struct node *issuer, long from,
			long to)
{
	struct node n = { strcmp(name, "server-rsa") == 0 ? EVP_RSA_gen(2048)
			  : strcmp(name, "weak-rsa") == 0 ? EVP_RSA_gen(1024)
							  : EVP_EC_gen("P-256"),
			  X509_new() };
	const struct node *by = issuer != NULL ? issuer : &n;
	X509_set_version(n.certificate, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(n.certificate), serial);
	X509_gmtime_adj(X509_getm_notBefore(n.certificate), from);
	X509_gmtime_adj(X509_getm_notAfter(n.certificate), to);
	X509_set_pubkey(n.certificate, n.key);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(n.certificate), "CN", MBSTRING_UTF8,
				   (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(n.certificate, X509_get_subject_name(by->certificate));
	if (issuer == NULL) {
		add_extension(n.certificate, by->certificate, NID_basic_constraints,
			      "critical,CA:TRUE");
		add_extension(n.certificate, by->certificate, NID_key_usage,
			      "critical,keyCertSign,cRLSign");
	} else {
		add_extension(n.certificate, by->certificate, NID_subject_alt_name, "IP:127.0.0.1");
	}
	X509_sign(n.certificate, by->key, EVP_sha256());
	return n;
}

static FILE *create(const char *folder, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s.pem", folder, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool save(const char *folder, const char *name, const X509 *certificate, const EVP_PKEY *key)
{
	FILE *f = create(folder, name);
	if (f == NULL)
		return false;
	PEM_write_X509(f, certificate);
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	return fclose(f) == 0;
}

static bool save_list(const char *folder, const char *name, const struct node *ca, long to,
		      const long *serials, size_t count)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *now = X509_gmtime_adj(NULL, -2 * DAY), *next = X509_gmtime_adj(NULL, to);
	X509_CRL_set_version(list, 1);
	X509_CRL_set_issuer_name(list, X509_get_subject_name(ca->certificate));
	X509_CRL_set1_lastUpdate(list, now);
	X509_CRL_set1_nextUpdate(list, next);
	for (size_t i = 0; i < count; i++) {
		X509_REVOKED *r = X509_REVOKED_new();
		ASN1_INTEGER *serial = ASN1_INTEGER_new();
		ASN1_INTEGER_set(serial, serials[i]);
		X509_REVOKED_set_serialNumber(r, serial);
		X509_REVOKED_set_revocationDate(r, now);
		X509_CRL_add0_revoked(list, r);
		ASN1_INTEGER_free(serial);
	}
	X509_CRL_sort(list);
	X509_CRL_sign(list, ca->key, EVP_sha256());
	FILE *f = create(folder, name);
	bool saved = f != NULL && PEM_write_X509_CRL(f, list) == 1;
	saved = f != NULL && fclose(f) == 0 && saved;
	ASN1_TIME_free(now);
	ASN1_TIME_free(next);
	X509_CRL_free(list);
	return saved;
}

enum { CLIENT = 11, REVOKED = 13 };

static const struct {
	const char *name;
	long serial;
	bool other;
	long from, to;
} nodes[] = {
	{ "server", 2, false, -DAY, DAY },        { "server2", 3, false, -DAY, DAY },
	{ "server-rsa", 4, false, -DAY, DAY },    { "client", CLIENT, false, -DAY, DAY },
	{ "client2", 12, false, -DAY, DAY },      { "revoked", REVOKED, false, -DAY, DAY },
	{ "expired", 14, false, -2 * DAY, -DAY }, { "early", 15, false, DAY, 2 * DAY },
	{ "stranger", 16, true, -DAY, DAY },      { "weak-rsa", 17, false, -DAY, DAY },
};

bool pki_make(const char *folder, bool rsa)
{
	static const long listed[] = { REVOKED, CLIENT };
	struct node ca = make("Region CA", 1, NULL, -DAY, DAY);
	struct node other = make("Other CA", 1, NULL, -DAY, DAY);
	bool made = save(folder, "ca", ca.certificate, ca.key)
		    && save(folder, "other-ca", other.certificate, other.key)
		    && save_list(folder, "crl", &ca, DAY, listed, 1)
		    && save_list(folder, "crl-client", &ca, DAY, listed, 2)
		    && save_list(folder, "crl-server", &ca, DAY, &nodes[0].serial, 1)
		    && save_list(folder, "crl-old", &ca, -DAY, listed, 1);
	for (size_t i = 0; made && i < COUNT(nodes); i++) {
		if (!rsa && strstr(nodes[i].name, "rsa") != NULL)
			continue;
		struct node n = make(nodes[i].name, nodes[i].serial, nodes[i].other ? &other : &ca,
				     nodes[i].from, nodes[i].to);
		made = save(folder, nodes[i].name, n.certificate, n.key);
		if (i == 0)
			made = made && save(folder, "mismatch", n.certificate, ca.key);
		EVP_PKEY_free(n.key);
		X509_free(n.certificate);
	}
	EVP_PKEY_free(ca.key);
	X509_free(ca.certificate);
	EVP_PKEY_free(other.key);
	X509_free(other.certificate);
	return made;
}
