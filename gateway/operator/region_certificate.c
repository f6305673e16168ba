/* gateway/operator/region_certificate.c: a certificate that somebody else made, before it becomes a
 * system's: whether it may, and a copy of it beside the configuration. */
#include <openssl/err.h>
#include <openssl/pem.h>

#include "gateway/base/bytes.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_doors.h"
#include "gateway/operator/conf_writer.h"
#include "gateway/operator/region_inside.h"

static bool is_anothers(const struct configuration *c, const char *name, const char *file,
			const char *sha256, struct problem *p)
{
	const struct registered_system *of = region_system_by_certificate(&c->region, sha256);
	if (of == NULL)
		return false;
	problem_at(p, PROBLEM_CONFLICT, file,
		   text_equal(of->name, name) ? "it is the certificate that %s has already"
					      : "it is the certificate of system %s",
		   of->name);
	return true;
}

bool region_certificate_fits(const struct configuration *c, const char *name, const char *file,
			     char sha256[CERTIFICATE_SHA256_TEXT], struct arena *a,
			     struct problem *p)
{
	const char *why = NULL;
	size_t count;
	const char *const *authorities = config_authorities(a, c, &count);
	struct x509_store_st *trust = certificate_trust(authorities, count);
	bool good = certificate_sha256(file, sha256, &why)
		    && certificate_of_system(file, trust, true, &why) == CERTIFICATE_FITS
		    && certificate_is_strong(file, &why);
	certificate_trust_free(trust);
	if (!good)
		return problem_at(p, PROBLEM_REQUEST_INVALID, file,
				  "it cannot be the certificate of %s: %s", name, why);
	return !is_anothers(c, name, file, sha256, p);
}

/* A key that was sent with them is the facility's, and stays out. */
bool region_certificate_copy(const char *from, const char *to, struct problem *p)
{
	FILE *f = regular_stream(from);
	BIO *out = BIO_new(BIO_s_mem());
	bool whole = f != NULL && out != NULL;
	X509 *x;
	char *data = NULL;
	while (whole && (x = PEM_read_X509(f, NULL, NULL, (void *)"")) != NULL) {
		whole = PEM_write_bio_X509(out, x) == 1;
		X509_free(x);
	}
	ERR_clear_error(); /* the end of the file is one */
	if (f != NULL)
		fclose(f);
	long size = whole ? BIO_get_mem_data(out, &data) : 0;
	bool written = whole
		       && conf_write_file(
			       to, (struct bytes){ (const unsigned char *)data, (size_t)size },
			       0644, p);
	BIO_free(out);
	return written || problem_set(p, PROBLEM_INTERNAL, "it could not be read twice");
}
