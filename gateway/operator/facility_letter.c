/* gateway/operator/facility_letter.c: what a facility is told, so that it can connect. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/private_key.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/facility.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_inside.h"

static X509 *read_certificate(const char *path)
{
	FILE *f = path == NULL ? NULL : regular_stream(path);
	X509 *x = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, (void *)"");
	if (f != NULL)
		fclose(f);
	ERR_clear_error();
	return x;
}

/* Others than this machine reach it by that name. */
static const char *first_name(struct arena *a, X509 *x)
{
	GENERAL_NAMES *names = x == NULL ? NULL
					 : X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	char found[256] = "";
	for (int n = 0; found[0] == '\0' && n < sk_GENERAL_NAME_num(names); n++) {
		const GENERAL_NAME *g = sk_GENERAL_NAME_value(names, n);
		if (g->type != GEN_DNS)
			continue;
		snprintf(found, sizeof found, "%.*s", ASN1_STRING_length(g->d.dNSName),
			 (const char *)ASN1_STRING_get0_data(g->d.dNSName));
		if (text_equal(found, "localhost"))
			found[0] = '\0';
	}
	GENERAL_NAMES_free(names);
	return found[0] == '\0' ? NULL : arena_text(a, found);
}

const char *facility_our_name(struct arena *a, const char *certificate, const char *address)
{
	X509 *x = read_certificate(certificate);
	bool bears = x != NULL
		     && (X509_check_ip_asc(x, address, 0) == 1
			 || X509_check_host(x, address, 0, 0, NULL) == 1);
	const char *name = bears ? NULL : first_name(a, x);
	X509_free(x);
	return name;
}

static const char *our_name(struct arena *a, const struct config_door *d)
{
	X509 *x = read_certificate(d->tls.certificate);
	const char *name = first_name(a, x);
	X509_free(x);
	return name == NULL ? d->address : name;
}

/* By the region's own authority, where that issued ours; else he who brought it knows. */
static const char *our_authority(const struct invocation *i, const struct configuration *c)
{
	const char *path = region_beside(i->arena, config_real_path(i->arena, i->configuration),
					 "pki/ca.pem");
	return pki_issued(path, c->https.tls.certificate)
		       ? path
		       : arena_printf(i->arena, "the certificate of the authority that issued %s",
				      c->https.tls.certificate);
}

bool facility_has_key(const char *path)
{
	FILE *f = path == NULL ? NULL : regular_stream(path);
	EVP_PKEY *key = f == NULL ? NULL : private_key_read(f);
	bool has = key != NULL;
	EVP_PKEY_free(key);
	ERR_clear_error();
	return has;
}

static void add(json_t *letter, const char *key, const char *text)
{
	if (text != NULL)
		json_object_set_new(letter, key, json_string(text));
}

static void add_certificate(const struct invocation *i, json_t *letter,
			    const struct configuration *c, const struct registered_system *s)
{
	const char *file = facility_certificate(c, s->name, "certificate");
	if (facility_has_key(file))
		add(letter, "certificate_and_key",
		    arena_printf(i->arena, "%s (by a way that nobody else reads)", file));
	else
		add(letter, "certificate", file);
	add(letter, "certificate_sha256", s->certificate_sha256);
}

json_t *facility_letter(const struct invocation *i, const struct configuration *c,
			const struct registered_system *s)
{
	json_t *letter = json_object();
	struct arena *a = i->arena;
	add_certificate(i, letter, c, s);
	add(letter, "our_authority", our_authority(i, c));
	add(letter, "https",
	    arena_printf(a, "https://%s:%u", our_name(a, &c->https), c->https.port));
	add(letter, "mllp", arena_printf(a, "%s:%u", our_name(a, &c->mllp), c->mllp.port));
	add(letter, "domain", s->domains == NULL ? NULL : s->domains[0]);
	add(letter, "hl7_facility", s->hl7_facility);
	add(letter, "affinity_domain", c->region.affinity_domain);
	add(letter, "home_community_id", c->region.home_community_id);
	add(letter, "repository_unique_id", c->region.repository_unique_id);
	return letter;
}
