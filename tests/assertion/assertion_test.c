/* tests/assertion/assertion_test.c: assertions in WS-Security, the 40 samples and ours: at which
 * step each fails, and what is read of those that hold. */
#include "tests/base/suite.h"

#include <openssl/pem.h>
#include <string.h>

#include "gateway/assertion/assertion.h"
#include "gateway/assertion/memory.h"
#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_dom.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/signature/xml_signature.h"
#include "tests/base/failing.h"
#include "tests/envelope/samples.h"

FAILING(void *, calloc, (size_t n, size_t size), (n, size), NULL)
FAILING(xmlDoc *, xml_dom_of, (const struct xml_node *n), (n), NULL)
FAILING(bool, xml_signature_ready, (void), (), false)

/* 2026-01-15T00:30:00Z */
static const instant today = INT64_C(1768437000) * 1000000;
enum { SECOND = 1000000 };

/* As node-hospital-a.pem is known to the connection. */
#define NODE "node-hospital-a.pem"

static const char *const audiences[] = { "urn:oid:2.999.1.100", NULL };
static const char *const anybody[] = { "*", NULL };

static X509 *certificate(struct bytes pem)
{
	BIO *in = BIO_new_mem_buf(pem.data, (int)pem.length);
	X509 *x = PEM_read_bio_X509(in, NULL, NULL, NULL);
	BIO_free(in);
	return x;
}

static const char *sha256_of(struct arena *a, struct bytes pem)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	X509 *x = certificate(pem);
	X509_digest(x, EVP_sha256(), hash, &length);
	X509_free(x);
	return bytes_to_hex(a, (struct bytes){ hash, length });
}

/* An issuer, a node and a message; all of it is changed by the cases. */
struct stage {
	struct arena *arena;
	struct assertion_issuer issuer;
	struct assertion_policy policy;
	struct assertion_presented by;
	struct assertion_memory *memory;
};

static void stage_set(struct stage *s, struct bytes issuer, const char *entity, struct bytes node)
{
	s->issuer = (struct assertion_issuer){ .name = "test",
					       .entity_id = entity,
					       .certificates = { certificate(issuer) },
					       .most_lifetime = INT64_C(900) * SECOND,
					       .skew = INT64_C(60) * SECOND };
	s->policy = (struct assertion_policy){
		.issuers = &s->issuer, .issuer_count = 1, .audiences = audiences, .remembered = 8
	};
	s->by = (struct assertion_presented){ .policy = &s->policy,
					      .organizations = anybody,
					      .certificate_sha256 = sha256_of(s->arena, node),
					      .endpoint = "https://gw.example/xds/registry",
					      .peer_address = "192.0.2.1",
					      .now = today };
	s->memory = assertion_memory_create(&system_clock);
}

static void stage_end(struct stage *s)
{
	assertion_memory_destroy(s->memory);
	X509_free(s->issuer.certificates[0]);
	X509_free(s->issuer.certificates[1]);
	arena_destroy(s->arena);
}

/* The step a message ends at; MALFORMED is the reader's own: -1. */
static const struct assertion *verify(struct stage *s, struct bytes message)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message m;
	const struct xml_document *d = xml_read(s->arena, NULL, message, &p);
	if (d != NULL && !soap_open_secured(s->arena, d, &m, &p)
	    && p.code == PROBLEM_SECURITY_INVALID) {
		static const struct assertion wrapped = { .step = ASSERTION_PLACE };
		return &wrapped;
	}
	if (d == NULL || p.code != PROBLEM_NONE) {
		static const struct assertion unread = { .step = ASSERTION_STEPS };
		return &unread;
	}
	if (m.security_count > 1) {
		static const struct assertion several = { .step = ASSERTION_HEADERS };
		return &several;
	}
	return assertion_verify(s->arena, xml_root(d), m.security, &s->by, s->memory);
}

static void ends_at(const char *name, const struct assertion *v, enum assertion_step step)
{
	if (v->step != step)
		printf("\n%s: %s, expected %s\n", name,
		       v->step == ASSERTION_STEPS ? "unread" : assertion_step_row(v->step)->name,
		       step == ASSERTION_STEPS ? "unread" : assertion_step_row(step)->name);
	CU_ASSERT_EQUAL(v->step, step);
}

/* ---- The 40 ---- */

static const struct {
	const char *file;
	enum assertion_step step;
} samples[] = {
	{ "ok-01-bearer-treat", ASSERTION_HOLDS },
	{ "ok-02-holder-of-key", ASSERTION_HOLDS },
	{ "ok-03-breakglass-etreat", ASSERTION_HOLDS },
	{ "ok-04-two-attribute-statements-and-consent-docid", ASSERTION_HOLDS },
	{ "ok-05-audience-or-within-one-restriction", ASSERTION_HOLDS },
	{ "bad-01-unsigned", ASSERTION_UNSIGNED },
	{ "bad-02-tampered-role", ASSERTION_DIGEST },
	{ "bad-03-expired", ASSERTION_EXPIRED },
	{ "bad-04-not-yet-valid", ASSERTION_EARLY },
	{ "bad-05-wrong-audience", ASSERTION_AUDIENCE },
	{ "bad-06-two-audience-restrictions-AND", ASSERTION_AUDIENCE },
	{ "bad-07-no-audience", ASSERTION_AUDIENCE },
	{ "bad-08-no-conditions", ASSERTION_CONDITIONS },
	{ "bad-09-unknown-issuer-same-key", ASSERTION_ISSUER },
	{ "bad-10-rogue-selfsigned-x509", ASSERTION_SIGNATURE },
	{ "bad-11-attacker-keyvalue", ASSERTION_SIGNATURE },
	{ "bad-12-node-cert-under-same-ca", ASSERTION_SIGNATURE },
	{ "bad-13-sha1-rsa", ASSERTION_ALGORITHM },
	{ "bad-14-saml-version-1.1", ASSERTION_VERSION },
	{ "bad-15-hok-presented-over-wrong-tls-client", ASSERTION_HOLDER },
	{ "bad-16-resource-id-is-other-patient", ASSERTION_HOLDS }, /* the request's to tell */
	{ "bad-17-no-subject", ASSERTION_SUBJECT },
	{ "bad-18-no-authnstatement", ASSERTION_AUTHN },
	{ "bad-19-lifetime-10-years", ASSERTION_LIFETIME },
	{ "bad-20-missing-security-header-content", ASSERTION_TOKEN },
	{ "bad-21-security-mustUnderstand-encrypteddata-only", ASSERTION_TOKEN_KIND },
	{ "xsw-1-forged-first-original-sibling", ASSERTION_PLACE },
	{ "xsw-2-original-first-forged-second", ASSERTION_PLACE },
	{ "xsw-3-original-inside-signature-object", ASSERTION_PLACE },
	{ "xsw-4-original-in-unknown-header", ASSERTION_PLACE },
	{ "xsw-5-duplicate-ID-forged-first", ASSERTION_PLACE },
	{ "xsw-6-original-in-body", ASSERTION_PLACE },
	{ "xsw-7-original-in-advice-of-forged", ASSERTION_PLACE },
	{ "xsw-8-detached-signature-of-original-on-forged", ASSERTION_PLACE },
	{ "xsw-9-comment-in-nameid", ASSERTION_TEXT },
	{ "xsw-10-second-security-header", ASSERTION_HEADERS },
	{ "xsw-11-doctype-attlist-redefines-id", ASSERTION_STEPS }, /* malformed, before all */
	{ "xsw-12-relative-namespace-c14n-failure", ASSERTION_DIGEST },
	{ "replay-01-first", ASSERTION_HOLDS },
	{ "replay-02-same-assertion-new-messageid", ASSERTION_HOLDS },
};

static struct bytes shared(struct arena *a, const char *name)
{
	struct bytes octets = { 0 };
	sample_shared(a, arena_printf(a, "security/saml/%s", name), &octets);
	return octets;
}

static bool shared_stage(struct stage *s)
{
	*s = (struct stage){ .arena = arena_create(SAMPLE_ARENA) };
	struct bytes issuer = shared(s->arena, "trust-idp.pem");
	if (issuer.length == 0) {
		arena_destroy(s->arena);
		return false;
	}
	stage_set(s, issuer, "https://idp.hie.example.jp/xua", shared(s->arena, NODE));
	return true;
}

static void the_forty_answer_as_their_readme_says(void)
{
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct stage s;
		if (!shared_stage(&s))
			return;
		if (text_starts(samples[i].file, "bad-15"))
			s.by.certificate_sha256 = "00";
		struct bytes octets = shared(s.arena,
					     arena_printf(s.arena, "%s.xml", samples[i].file));
		ends_at(samples[i].file, verify(&s, octets), samples[i].step);
		stage_end(&s);
	}
}

/* Whole messages of other countries, whose issuers nobody here knows: whatever is in them, none is
 * taken, and each ends at a step. */
static void strangers_are_refused(void)
{
	static const struct {
		const char *file;
		enum assertion_step step;
	} strangers[] = {
		{ "connect-saml_header_diff_order", ASSERTION_PLACE },
		{ "epr-assertion_only", ASSERTION_STEPS }, /* no request: refused before all */
		{ "epr-hcp-response", ASSERTION_STEPS },
	};
	for (size_t i = 0; i < COUNT(strangers); i++) {
		struct stage s;
		struct bytes octets = { 0 };
		if (!shared_stage(&s))
			return;
		sample_shared(
			s.arena,
			arena_printf(s.arena, "security/saml-upstream/%s.xml", strangers[i].file),
			&octets);
		ends_at(strangers[i].file, verify(&s, octets), strangers[i].step);
		stage_end(&s);
	}
}

/* ---- Ours ---- */

static const struct {
	const char *file;
	enum assertion_step step;
} own[] = {
	{ "bearer", ASSERTION_HOLDS },
	{ "holder", ASSERTION_HOLDS },
	{ "holder-second-key", ASSERTION_HOLDS },
	{ "holder-or-bearer", ASSERTION_HOLDS },
	{ "data", ASSERTION_HOLDS },
	{ "curve", ASSERTION_HOLDS },
	{ "sha512", ASSERTION_HOLDS },
	{ "key-info", ASSERTION_HOLDS },
	{ "prefixes", ASSERTION_HOLDS },
	{ "offset", ASSERTION_HOLDS },
	{ "skew", ASSERTION_HOLDS },
	{ "skew-ended", ASSERTION_HOLDS },
	{ "audiences", ASSERTION_HOLDS },
	{ "session", ASSERTION_HOLDS },
	{ "declared", ASSERTION_HOLDS },
	{ "once", ASSERTION_HOLDS },
	{ "alias", ASSERTION_HOLDS },
	{ "emergency", ASSERTION_HOLDS },
	{ "two-statements", ASSERTION_HOLDS },
	{ "npi", ASSERTION_HOLDS },
	{ "npi-coded", ASSERTION_HOLDS },
	{ "provider", ASSERTION_HOLDS },
	{ "not-emergency", ASSERTION_HOLDS },
	{ "two-emergencies", ASSERTION_HOLDS },
	{ "two-providers", ASSERTION_HOLDS },
	{ "second-holder", ASSERTION_HOLDS },
	{ "vouched-or-holder", ASSERTION_HOLDS },
	{ "no-organization", ASSERTION_HOLDS },
	{ "empty-value", ASSERTION_HOLDS },
	{ "delegates", ASSERTION_HOLDS },
	{ "other-organization", ASSERTION_HOLDS },
	{ "other-role-header", ASSERTION_HOLDS },
	{ "wrapped-first", ASSERTION_PLACE },
	{ "wrapped-second", ASSERTION_PLACE },
	{ "wrapped-advice", ASSERTION_PLACE },
	{ "wrapped-object", ASSERTION_PLACE },
	{ "wrapped-header", ASSERTION_PLACE },
	{ "wrapped-body", ASSERTION_PLACE },
	{ "wrapped-two-bodies", ASSERTION_PLACE },
	{ "wrapped-other-role", ASSERTION_PLACE },
	{ "detached", ASSERTION_SHAPE },
	{ "same-id", ASSERTION_ID },
	{ "two-securities", ASSERTION_HEADERS },
	{ "signature-elsewhere", ASSERTION_SHAPE },
	{ "two-signatures", ASSERTION_SHAPE },
	{ "object", ASSERTION_SHAPE },
	{ "two-references", ASSERTION_SHAPE },
	{ "no-uri", ASSERTION_SHAPE },
	{ "other-uri", ASSERTION_SHAPE },
	{ "outside-uri", ASSERTION_SHAPE },
	{ "inclusive", ASSERTION_SHAPE },
	{ "one-transform", ASSERTION_SHAPE },
	{ "wrong-order", ASSERTION_SHAPE },
	{ "three-transforms", ASSERTION_SHAPE },
	{ "xpath", ASSERTION_SHAPE },
	{ "enveloped-with", ASSERTION_SHAPE },
	{ "exclusive-with", ASSERTION_SHAPE },
	{ "prefixes-with", ASSERTION_SHAPE },
	{ "prefixes-many", ASSERTION_SHAPE },
	{ "c14n-inclusive", ASSERTION_SHAPE },
	{ "no-c14n", ASSERTION_SHAPE },
	{ "method-with", ASSERTION_SHAPE },
	{ "no-signed-info", ASSERTION_SHAPE },
	{ "no-value", ASSERTION_SHAPE },
	{ "no-reference", ASSERTION_SHAPE },
	{ "no-transforms", ASSERTION_SHAPE },
	{ "no-digest-method", ASSERTION_SHAPE },
	{ "no-digest-value", ASSERTION_SHAPE },
	{ "no-signature-method", ASSERTION_SHAPE },
	{ "no-issuer", ASSERTION_SHAPE },
	{ "value-not-base64", ASSERTION_SHAPE },
	{ "digest-not-base64", ASSERTION_SHAPE },
	{ "digest-method-with", ASSERTION_SHAPE },
	{ "unsigned", ASSERTION_UNSIGNED },
	{ "empty", ASSERTION_TOKEN },
	{ "encrypted", ASSERTION_TOKEN_KIND },
	{ "encrypted-data", ASSERTION_TOKEN_KIND },
	{ "saml-1", ASSERTION_TOKEN_KIND },
	{ "large", ASSERTION_SIZE },
	{ "many", ASSERTION_SIZE },
	{ "no-id", ASSERTION_ID },
	{ "id-number", ASSERTION_ID },
	{ "id-space", ASSERTION_ID },
	{ "id-long", ASSERTION_ID },
	{ "id-kana", ASSERTION_HOLDS },
	{ "sha1", ASSERTION_ALGORITHM },
	{ "sha1-digest", ASSERTION_ALGORITHM },
	{ "hmac", ASSERTION_ALGORITHM },
	{ "no-algorithm", ASSERTION_ALGORITHM },
	{ "issuer-other", ASSERTION_ISSUER },
	{ "issuer-comment", ASSERTION_ISSUER },
	{ "key-other", ASSERTION_SIGNATURE },
	{ "key-weak", ASSERTION_SIGNATURE },
	{ "key-value", ASSERTION_SIGNATURE },
	{ "changed-role", ASSERTION_DIGEST },
	{ "changed-name", ASSERTION_DIGEST },
	{ "changed-digest", ASSERTION_SIGNATURE },
	{ "relative-namespace", ASSERTION_DIGEST },
	{ "version", ASSERTION_VERSION },
	{ "no-version", ASSERTION_VERSION },
	{ "no-conditions", ASSERTION_CONDITIONS },
	{ "two-conditions", ASSERTION_CONDITIONS },
	{ "no-begin", ASSERTION_CONDITIONS },
	{ "no-end", ASSERTION_CONDITIONS },
	{ "no-zone", ASSERTION_CONDITIONS },
	{ "no-time", ASSERTION_CONDITIONS },
	{ "midnight-24", ASSERTION_CONDITIONS },
	{ "early", ASSERTION_EARLY },
	{ "expired", ASSERTION_EXPIRED },
	{ "long", ASSERTION_LIFETIME },
	{ "backwards", ASSERTION_LIFETIME },
	{ "no-audience", ASSERTION_AUDIENCE },
	{ "audience-other", ASSERTION_AUDIENCE },
	{ "audience-and", ASSERTION_AUDIENCE },
	{ "audience-empty", ASSERTION_AUDIENCE },
	{ "no-subject", ASSERTION_SUBJECT },
	{ "no-name", ASSERTION_SUBJECT },
	{ "empty-name", ASSERTION_SUBJECT },
	{ "two-subjects", ASSERTION_SUBJECT },
	{ "no-confirmation", ASSERTION_CONFIRMATION },
	{ "no-method", ASSERTION_CONFIRMATION },
	{ "other-method", ASSERTION_CONFIRMATION },
	{ "sender-vouches", ASSERTION_CONFIRMATION },
	{ "data-ended", ASSERTION_CONFIRMATION },
	{ "data-early", ASSERTION_CONFIRMATION },
	{ "data-no-time", ASSERTION_CONFIRMATION },
	{ "data-no-end", ASSERTION_CONFIRMATION },
	{ "recipient", ASSERTION_CONFIRMATION },
	{ "address", ASSERTION_CONFIRMATION },
	{ "holder-other", ASSERTION_HOLDER },
	{ "holder-not-base64", ASSERTION_HOLDER },
	{ "holder-nobody", ASSERTION_HOLDER },
	{ "no-authn", ASSERTION_AUTHN },
	{ "authn-no-instant", ASSERTION_AUTHN },
	{ "authn-future", ASSERTION_AUTHN },
	{ "session-ended", ASSERTION_AUTHN },
	{ "no-context", ASSERTION_CONTEXT },
	{ "comment-name", ASSERTION_TEXT },
	{ "comment-value", ASSERTION_TEXT },
	{ "name-with", ASSERTION_TEXT },
	{ "role-text", ASSERTION_ATTRIBUTES },
	{ "role-no-system", ASSERTION_ATTRIBUTES },
	{ "provider-no-root", ASSERTION_ATTRIBUTES },
	{ "provider-no-extension", ASSERTION_ATTRIBUTES },
	{ "two-organizations", ASSERTION_ATTRIBUTES },
	{ "two-patients", ASSERTION_ATTRIBUTES },
	{ "two-homes", ASSERTION_ATTRIBUTES },
	{ "audience-comment", ASSERTION_AUDIENCE },
	{ "value-empty", ASSERTION_SHAPE },
	{ "holder-ended", ASSERTION_CONFIRMATION },
	{ "organization-with", ASSERTION_ATTRIBUTES },
	{ "home-with", ASSERTION_ATTRIBUTES },
	{ "patient-with", ASSERTION_ATTRIBUTES },
};

static struct bytes file(struct arena *a, const char *name)
{
	return sample_ours(a, arena_printf(a, "assertion/%s", name));
}

static void own_stage(struct stage *s)
{
	*s = (struct stage){ .arena = arena_create(SAMPLE_ARENA) };
	stage_set(s, file(s->arena, "issuer.pem"), "https://idp.hie.example.jp/xua",
		  file(s->arena, "node.pem"));
	s->issuer.certificates[1] = certificate(file(s->arena, "curve.pem"));
}

static const struct assertion *present(struct stage *s, const char *name)
{
	return verify(s, file(s->arena, arena_printf(s->arena, "%s.xml", name)));
}

static void each_file_ends_as_it_is_to(void)
{
	for (size_t i = 0; i < COUNT(own); i++) {
		struct stage s;
		own_stage(&s);
		ends_at(own[i].file, present(&s, own[i].file), own[i].step);
		stage_end(&s);
	}
}

/* What an issuer's section allows, and the connection and the node. */
static void the_section_counts(void)
{
	static const char *const contexts[] = { "urn:x", NULL };
	static const char *const smartcard[] = {
		"urn:x", "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI", NULL
	};
	static const char *const others[] = { "2.999.1.201", NULL };
	static const char *const both[] = { "2.999.1.201", "2.999.1.200", NULL };
	static const char *const nurse[] = { "1^2.999.7", NULL };
	static const char *const doctor[] = { "112247003^2.16.840.1.113883.6.96", NULL };
	struct stage s;
	own_stage(&s);
	s.issuer.contexts = contexts;
	ends_at("another context", present(&s, "bearer"), ASSERTION_CONTEXT);
	s.issuer.contexts = smartcard;
	ends_at("that context", present(&s, "bearer"), ASSERTION_HOLDS);
	s.issuer.roles = nurse;
	ends_at("another role", present(&s, "bearer"), ASSERTION_ROLE);
	s.issuer.roles = doctor;
	ends_at("that role", present(&s, "bearer"), ASSERTION_HOLDS);
	ends_at("one of two roles", present(&s, "two-statements"), ASSERTION_ROLE);
	s.issuer.organizations = others;
	ends_at("another's people", present(&s, "bearer"), ASSERTION_ORGANIZATION);
	ends_at("nobody's people", present(&s, "no-organization"), ASSERTION_ORGANIZATION);
	s.issuer.organizations = both;
	ends_at("its people", present(&s, "bearer"), ASSERTION_HOLDS);
	s.issuer.organizations = NULL;
	s.by.organizations = both;
	ends_at("the node's people", present(&s, "bearer"), ASSERTION_HOLDS);
	ends_at("whose?", present(&s, "no-organization"), ASSERTION_ORGANIZATION);
	s.by.organizations = others;
	ends_at("another node's people", present(&s, "bearer"), ASSERTION_ORGANIZATION);
	s.by.organizations = NULL;
	ends_at("nobody's node", present(&s, "bearer"), ASSERTION_ORGANIZATION);
	s.by.organizations = both;
	ends_at("for us", present(&s, "bearer"), ASSERTION_HOLDS);
	s.policy.audiences = NULL;
	ends_at("a region that is no audience", present(&s, "bearer"), ASSERTION_AUDIENCE);
	stage_end(&s);
}

static void instead_of_its_own(struct stage *s, const char *name)
{
	X509_free(s->issuer.certificates[0]);
	X509_free(s->issuer.certificates[1]);
	s->issuer.certificates[0] = certificate(file(s->arena, name));
	s->issuer.certificates[1] = NULL;
}

static void certificates_are_the_sections_own(void)
{
	static const char *const none[] = { "expired.pem", "to-come.pem", "weak.pem", "curve.pem" };
	for (size_t i = 0; i < COUNT(none); i++) {
		struct stage s;
		own_stage(&s);
		instead_of_its_own(&s, none[i]);
		ends_at(none[i], present(&s, "bearer"), ASSERTION_CERTIFICATE);
		stage_end(&s);
	}
	/* The node's is none of its issuer's, whoever issued both. */
	struct stage s;
	own_stage(&s);
	instead_of_its_own(&s, "node.pem");
	ends_at("node.pem", present(&s, "bearer"), ASSERTION_SIGNATURE);
	stage_end(&s);
	/* One whose key OpenSSL cannot read. */
	own_stage(&s);
	X509_free(s.issuer.certificates[1]);
	s.issuer.certificates[1] = s.issuer.certificates[0];
	s.issuer.certificates[0] = X509_new();
	ends_at("beside one without a key", present(&s, "bearer"), ASSERTION_HOLDS);
	X509_free(s.issuer.certificates[1]);
	s.issuer.certificates[1] = NULL;
	ends_at("without a key", present(&s, "bearer"), ASSERTION_CERTIFICATE);
	stage_end(&s);
}

static void it_is_whose_it_was_first(void)
{
	struct stage s;
	own_stage(&s);
	const char *node = s.by.certificate_sha256;
	ends_at("first", present(&s, "bearer"), ASSERTION_HOLDS);
	ends_at("again", present(&s, "bearer"), ASSERTION_HOLDS);
	s.by.certificate_sha256 = "00";
	ends_at("of another", present(&s, "bearer"), ASSERTION_REPLAY);
	s.by.certificate_sha256 = node;
	CU_ASSERT_EQUAL(assertion_memory_count(s.memory), 1);
	stage_end(&s);
	own_stage(&s);
	ends_at("once", present(&s, "once"), ASSERTION_HOLDS);
	ends_at("twice", present(&s, "once"), ASSERTION_REPLAY);
	stage_end(&s);
	own_stage(&s);
	node = s.by.certificate_sha256;
	s.by.certificate_sha256 = NULL;
	ends_at("over no certificate", present(&s, "bearer"), ASSERTION_HOLDS);
	ends_at("over none again", present(&s, "bearer"), ASSERTION_HOLDS);
	s.by.certificate_sha256 = node;
	ends_at("over one", present(&s, "bearer"), ASSERTION_REPLAY);
	stage_end(&s);
	/* Who is refused keeps nobody out. */
	own_stage(&s);
	node = s.by.certificate_sha256;
	s.by.organizations = NULL;
	s.by.certificate_sha256 = "00";
	ends_at("a thief", present(&s, "bearer"), ASSERTION_ORGANIZATION);
	s.by.organizations = anybody;
	s.by.certificate_sha256 = node;
	ends_at("its holder", present(&s, "bearer"), ASSERTION_HOLDS);
	s.policy.remembered = 1;
	ends_at("one too many", present(&s, "id-kana"), ASSERTION_FULL);
	ends_at("one that is known", present(&s, "bearer"), ASSERTION_HOLDS);
	assertion_memory_destroy(s.memory);
	s.memory = NULL;
	ends_at("without memory", present(&s, "once"), ASSERTION_HOLDS);
	stage_end(&s);
}

/* No memory for the library's copy of the signature, or of the assertion; no library. */
static void what_cannot_be_looked_at_is_refused(void)
{
	static const struct {
		const char *call;
		unsigned passing;
		enum assertion_step step;
	} rows[] = {
		{ "xml_dom_of", 0, ASSERTION_SIGNATURE },
		{ "xml_signature_ready", 0, ASSERTION_SIGNATURE },
		{ "xml_dom_of", 1, ASSERTION_DIGEST },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stage s;
		own_stage(&s);
		failing_arm(rows[i].call, rows[i].passing);
		ends_at(rows[i].call, present(&s, "bearer"), rows[i].step);
		CU_ASSERT_TRUE(failing_disarm());
		ends_at("and once more", present(&s, "bearer"), ASSERTION_HOLDS);
		stage_end(&s);
	}
}

static void says(const char *is, const char *expected)
{
	if (!text_equal(is, expected))
		printf("\n%s, expected %s\n", is == NULL ? "(nothing)" : is,
		       expected == NULL ? "(nothing)" : expected);
	CU_ASSERT_TRUE(text_equal(is, expected));
}

/* Whatever Attribute the region says it is, also one that means something besides. */
static void a_reason_is_read(void)
{
	static const struct {
		const char *name, *file, *reason;
	} rows[] = {
		{ NULL, "bearer", NULL },
		{ "urn:example:reason", "bearer", NULL },
		{ "urn:oasis:names:tc:xspa:1.0:subject:organization", "bearer", "病院A" },
		{ "urn:oasis:names:tc:xspa:1.0:subject:subject-id", "empty-value", NULL },
		/* what is no text */
		{ "urn:oasis:names:tc:xacml:2.0:subject:role", "bearer", NULL },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stage s;
		own_stage(&s);
		s.policy.reason_attribute = rows[i].name;
		const struct assertion *v = present(&s, rows[i].file);
		CU_ASSERT_EQUAL(v->step, ASSERTION_HOLDS);
		says(v->person.reason, rows[i].reason);
		stage_end(&s);
	}
}

static void what_it_says_is_read(void)
{
	struct stage s;
	own_stage(&s);
	assertion_memory_destroy(s.memory); /* all have one ID */
	s.memory = NULL;
	const struct assertion *v = present(&s, "bearer");
	const struct requesting_person *p = &v->person;
	says(p->name, "<dr.sato@hospital-a.example.jp@https://idp.hie.example.jp/xua>");
	says(p->id, "dr.sato@hospital-a.example.jp");
	says(p->issuer, "https://idp.hie.example.jp/xua");
	says(p->display, "佐藤 太郎");
	says(p->organization, "病院A");
	says(p->organization_id, "urn:oid:2.999.1.200");
	says(p->home_community, "urn:oid:2.999.1.100");
	says(p->patient_id, "P000123^^^&2.999.1.100.1&ISO");
	says(p->provider_id, NULL);
	says(p->roles->code, "112247003");
	says(p->roles->scheme, "2.16.840.1.113883.6.96");
	says(v->purposes->code, "TREAT");
	says(v->id, "_a1");
	CU_ASSERT_PTR_EQUAL(v->issuer, &s.issuer);
	CU_ASSERT_EQUAL(p->vouched, VOUCHED_BY_ASSERTION);
	CU_ASSERT_FALSE(v->emergency || v->once);
	CU_ASSERT_EQUAL(v->ends, today + INT64_C(240) * SECOND);
	v = present(&s, "emergency");
	CU_ASSERT_TRUE(v->emergency);
	says(v->purposes->next->code, "EMERGENCY");
	CU_ASSERT_FALSE(present(&s, "not-emergency")->emergency);
	CU_ASSERT_TRUE(present(&s, "two-emergencies")->emergency);
	v = present(&s, "two-providers");
	says(v->person.provider_id, "1");
	says(v->person.display, "示 太郎");
	v = present(&s, "two-statements");
	says(v->person.roles->next->code, "HCP");
	says(present(&s, "npi")->person.provider_id, "1234567893");
	says(present(&s, "npi-coded")->person.provider_id, "1234567893");
	says(present(&s, "provider")->person.provider_id, "2.999.8^D-7");
	v = present(&s, "alias");
	says(v->person.alias, "sato");
	says(v->person.name, "sato<dr.sato@https://idp.hie.example.jp/xua>");
	v = present(&s, "delegates");
	says(v->person.delegates->id, "assistant-7");
	says(v->person.delegates->display, "示 助手");
	says(v->person.delegates->next->id, "batch");
	CU_ASSERT_PTR_NULL(v->person.delegates->next->next);
	CU_ASSERT_TRUE(present(&s, "once")->once);
	stage_end(&s);
}

/* Nothing of an assertion counts where one octet of it was changed. */
static void a_changed_octet_is_seen(void)
{
	struct stage s;
	own_stage(&s);
	struct bytes octets = file(s.arena, "bearer.xml");
	const char *text = (const char *)octets.data, *from = strstr(text, "<saml2:Assertion");
	const char *end = strstr(text, "</saml2:Assertion>");
	for (const char *at = from; at < end; at += 7) {
		struct arena_mark mark = arena_mark(s.arena);
		unsigned char *copy = arena_alloc(s.arena, octets.length);
		memcpy(copy, octets.data, octets.length);
		copy[at - text] ^= 1;
		const struct assertion *v = verify(&s, (struct bytes){ copy, octets.length });
		/* White space in a base64 and the like is not signed. */
		if (v->step == ASSERTION_HOLDS && v->person.id != NULL)
			says(v->person.id, "dr.sato@hospital-a.example.jp");
		arena_rewind(s.arena, &mark);
	}
	stage_end(&s);
}

static int64_t passed, shifted; /* of the civil clock: how far it was set */

static instant shows(const struct clock *c)
{
	(void)c;
	return INT64_C(1800000000) * SECOND + passed + shifted;
}

static int64_t passes(const struct clock *c)
{
	(void)c;
	return passed;
}

static struct assertion_claim claim_of(unsigned char key, unsigned char peer, int64_t lives)
{
	return (struct assertion_claim){ .key = { key }, .peer = { peer }, .lives = lives };
}

static void memory_forgets(void)
{
	static const struct clock clock = { .now = shows, .elapsed = passes };
	struct assertion_memory *m = assertion_memory_create(&clock);
	struct assertion_claim one = claim_of(1, 1, 10 * SECOND), two = claim_of(2, 1, SECOND);
	struct assertion_claim three = claim_of(3, 1, SECOND), theirs = claim_of(1, 2, SECOND);
	passed = 100 * SECOND;
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &one, 2), CLAIM_GRANTED);
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &two, 2), CLAIM_GRANTED);
	CU_ASSERT_EQUAL(assertion_memory_look(m, &one), CLAIM_GRANTED);
	CU_ASSERT_EQUAL(assertion_memory_look(m, &theirs), CLAIM_ANOTHERS);
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &theirs, 2), CLAIM_ANOTHERS);
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &three, 2), CLAIM_FULL);
	passed += SECOND / 2; /* looked through a moment ago */
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &three, 2), CLAIM_FULL);
	passed += SECOND;
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &three, 2), CLAIM_GRANTED);
	CU_ASSERT_EQUAL(assertion_memory_count(m), 2);
	passed += 10 * SECOND;
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &theirs, 2), CLAIM_GRANTED);
	assertion_memory_destroy(m);
	assertion_memory_destroy(NULL);
}

/* Two keys of one chain are two; one of them is spent where either of two says that it is for one
 * use. */
static void memory_tells_apart(void)
{
	static const struct clock clock = { .now = shows, .elapsed = passes };
	struct assertion_claim one = claim_of(1, 1, SECOND), other = one, once = one;
	other.key[ASSERTION_KEY - 1] = 1;
	other.peer[0] = 2;
	once.once = true;
	struct assertion_memory *m = assertion_memory_create(&clock);
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &one, 2), CLAIM_GRANTED);
	CU_ASSERT_EQUAL(assertion_memory_look(m, &other), CLAIM_GRANTED);
	CU_ASSERT_EQUAL(assertion_memory_claim(m, &other, 2), CLAIM_GRANTED);
	CU_ASSERT_EQUAL(assertion_memory_count(m), 2);
	CU_ASSERT_EQUAL(assertion_memory_look(m, &one), CLAIM_GRANTED);
	CU_ASSERT_EQUAL(assertion_memory_look(m, &once), CLAIM_SPENT);
	failing_arm("calloc", 0);
	CU_ASSERT_PTR_NULL(assertion_memory_create(&clock));
	CU_ASSERT_TRUE(failing_disarm());
	assertion_memory_destroy(m);
}

/* What the clock is set by while an assertion that lives ten seconds is remembered; how long after
 * that, and whether it is still known then. Forgotten is only what can hold no more by either
 * clock. */
static void memory_outlives_a_clock_that_is_set(void)
{
	static const struct clock clock = { .now = shows, .elapsed = passes };
	static const struct {
		const char *why;
		int64_t by, after;
		bool known;
	} cases[] = {
		{ "it is not set, and it lives", 0, 9, true },
		{ "it is not set, and it is over", 0, 10, false },
		{ "forward, beyond its end: it may be set back", 3600, 5, true },
		{ "forward, and over by both", 3600, 10, false },
		{ "back an hour: it holds again in an hour", -3600, 11, true },
		{ "and then", -3600, 3600 + 9, true },
		{ "and is over at last", -3600, 3600 + 10, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct assertion_memory *m = assertion_memory_create(&clock);
		struct assertion_claim one = claim_of(1, 1, 10 * SECOND),
				       theirs = claim_of(1, 2, 10 * SECOND);
		passed = 100 * SECOND;
		shifted = 0;
		CU_ASSERT_EQUAL(assertion_memory_claim(m, &one, 2), CLAIM_GRANTED);
		shifted = cases[i].by * SECOND;
		passed += cases[i].after * SECOND;
		bool known = assertion_memory_look(m, &theirs) == CLAIM_ANOTHERS;
		if (known != cases[i].known)
			CU_FAIL(cases[i].why);
		assertion_memory_destroy(m);
	}
	shifted = 0;
}

static void steps_have_rows(void)
{
	for (enum assertion_step i = ASSERTION_MISSING; i < ASSERTION_STEPS; i++) {
		const struct assertion_step_row *row = assertion_step_row(i);
		CU_ASSERT_FALSE(text_empty(row->name) || text_empty(row->remedy));
		CU_ASSERT_NOT_EQUAL(row->problem, PROBLEM_NONE);
		CU_ASSERT_STRING_NOT_EQUAL(assertion_words(row->problem),
					   assertion_words(PROBLEM_NONE));
	}
}

static const struct test tests[] = {
	{ "the forty answer as their README says", the_forty_answer_as_their_readme_says },
	{ "strangers are refused", strangers_are_refused },
	{ "each file ends as it is to", each_file_ends_as_it_is_to },
	{ "the section counts", the_section_counts },
	{ "certificates are the section's own", certificates_are_the_sections_own },
	{ "it is whose it was first", it_is_whose_it_was_first },
	{ "what it says is read", what_it_says_is_read },
	{ "a reason is read", a_reason_is_read },
	{ "a changed octet is seen", a_changed_octet_is_seen },
	{ "memory forgets", memory_forgets },
	{ "memory tells apart", memory_tells_apart },
	{ "what cannot be looked at is refused", what_cannot_be_looked_at_is_refused },
	{ "memory outlives a clock that is set", memory_outlives_a_clock_that_is_set },
	{ "steps have rows", steps_have_rows },
	{ 0 }
};

int main(void)
{
	return suite_run("assertion", tests);
}
