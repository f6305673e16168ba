/* tests/fuzz/assertion_fuzz.c: any document as a message with an assertion. It never holds, for
 * nobody has its issuer's key; and what is read only of one that is signed is read all the same, so
 * that all of it is reached. */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdlib.h>

#include "gateway/assertion/inside.h"
#include "gateway/base/clock.h"
#include "gateway/envelope/soap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A key that is forgotten at once. */
static X509 *made(void)
{
	EVP_PKEY *key = EVP_RSA_gen(2048);
	X509 *x = X509_new();
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600 * 24 * 365);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha256());
	EVP_PKEY_free(key);
	return x;
}

static void read_all(struct arena *a, const struct xml_node *root, const struct soap_message *m,
		     const struct assertion_presented *by)
{
	struct assertion out = { .step = ASSERTION_HOLDS };
	struct checking c = { .arena = a,
			      .by = by,
			      .envelope = root,
			      .security = m->security,
			      .issuer = by->policy->issuers,
			      .issuer_id = "x",
			      .out = &out };
	if (!assertion_is_small(&c) || !assertion_is_there(&c) || !assertion_id_is_its_own(&c))
		return;
	assertion_is_of_version_2(&c);
	if (assertion_has_conditions(&c)) {
		assertion_has_begun(&c);
		assertion_has_not_ended(&c);
		assertion_is_short(&c);
		assertion_is_for_us(&c);
	}
	assertion_has_subject(&c);
	assertion_is_confirmed(&c);
	assertion_is_holders(&c);
	if (assertion_tells_authentication(&c))
		assertion_context_is_taken(&c);
	assertion_is_no_replay(&c);
	assertion_is_uninterrupted(&c);
	if (assertion_attributes_are_read(&c)) {
		assertion_organization_may(&c);
		assertion_role_may(&c);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const some[] = { "urn:oid:2.999.1.100", "2.999.1.200", NULL };
	static struct assertion_issuer issuer = { .entity_id = "https://idp.hie.example.jp/xua",
						  .most_lifetime = INT64_C(900) * 1000000,
						  .organizations = some,
						  .roles = some };
	if (issuer.certificates[0] == NULL)
		issuer.certificates[0] = made();
	const struct assertion_policy policy = {
		.issuers = &issuer,
		.issuer_count = 1,
		.audiences = some,
		.remembered = 8,
		.reason_attribute = "urn:oasis:names:tc:xspa:1.0:subject:organization"
	};
	const struct assertion_presented by = { .policy = &policy,
						.organizations = some,
						.certificate_sha256 = "00",
						.endpoint = "https://gw.example/xds/registry",
						.peer_address = "192.0.2.1",
						.now = system_clock.now(&system_clock) };
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message m;
	const struct xml_document *d = xml_read(a, NULL, (struct bytes){ data, size }, &p);
	if (d != NULL && soap_open_secured(a, d, &m, &p) && m.security != NULL) {
		const struct assertion *v = assertion_verify(a, xml_root(d), m.security, &by, NULL);
		if (v->step == ASSERTION_HOLDS || v->step >= ASSERTION_STEPS
		    || v->person.name != NULL)
			abort();
		read_all(a, xml_root(d), &m, &by);
	}
	arena_destroy(a);
	return 0;
}
