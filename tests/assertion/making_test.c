/* tests/assertion/making_test.c: assertions of our own about who asks another region: what they
 * say, that they hold where ours are verified, and what is not said. */
#include "tests/base/suite.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "gateway/assertion/assertion.h"
#include "gateway/assertion/make.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_dom.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "gateway/signature/xml_signature.h"
#include "schemas/model/region.h"
#include "schemas/model/region_policy.h"
#include "tests/base/failing.h"

FAILING(xmlDoc *, xml_dom_of, (const struct xml_node *n), (n), NULL)
FAILING(bool, xml_signature_ready, (void), (), false)
FAILING(size_t, xml_signature_part_make,
	(xmlNode * reference, xmlNode *part, unsigned char out[XML_SIGNATURE_MOST]),
	(reference, part, out), 0)

/* 2026-01-15T00:30:00.25Z */
static const instant today = INT64_C(1768437000) * 1000000 + 250000;
enum { SECOND = 1000000 };

#define ENTITY "urn:oid:2.999.1.5"
#define ACT "2.16.840.1.113883.5.8"
#define REASON "urn:example:emergency-reason"

static const char *const theirs[] = { "urn:oid:2.999.30", NULL };
static const char *const anybody[] = { "*", NULL };
static const char *const clinics[] = { "2.999.1.200", NULL };

/* Both sides; all of it is changed by the cases. */
struct stage {
	struct arena *arena;
	X509 *certificate;
	EVP_PKEY *key;
	struct assertion_signer signer;
	struct partner partner;
	struct region region;
	struct registered_system system;
	struct coded_value role, purpose;
	struct requester who;
	struct assertion_issuer issuer;
	struct assertion_policy policy;
	struct assertion_presented by;
};

static X509 *certificate_of(EVP_PKEY *key)
{
	X509 *x = X509_new();
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	ASN1_TIME_set(X509_getm_notBefore(x), (time_t)(today / SECOND) - 86400);
	ASN1_TIME_set(X509_getm_notAfter(x), (time_t)(today / SECOND) + 86400);
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256());
	return x;
}

static const char *text_of(struct arena *a, X509 *x)
{
	unsigned char *der = NULL;
	int length = i2d_X509(x, &der);
	struct buffer b = buffer_in(a);
	buffer_base64(&b, (struct bytes){ der, (size_t)length });
	OPENSSL_free(der);
	return buffer_ended(&b);
}

static const char *sha256_of(struct arena *a, X509 *x)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	X509_digest(x, EVP_sha256(), hash, &length);
	return bytes_to_hex(a, (struct bytes){ hash, length });
}

/* Takes the key. */
static void stage_set(struct stage *s, EVP_PKEY *key)
{
	memset(s, 0, sizeof *s);
	s->arena = arena_create(1 << 22);
	s->key = key;
	s->certificate = certificate_of(key);
	s->signer = (struct assertion_signer){ .entity_id = ENTITY,
					       .key = key,
					       .certificate = text_of(s->arena, s->certificate),
					       .home_community = "urn:oid:2.999.1" };
	s->partner = (struct partner){ .name = "west",
				       .assertion_audience = theirs[0],
				       .emergency_reason = REASON };
	s->region = (struct region){ .name = "東の地域" };
	s->system = (struct registered_system){ .name = "b-clinic",
						.title = "B診療所",
						.organizations = clinics };
	s->role = (struct coded_value){ .code = "112247003",
					.scheme = "2.16.840.1.113883.6.96",
					.display = "Doctor & \"more\"" };
	s->purpose = (struct coded_value){ .code = "TREAT", .scheme = ACT };
	s->who = (struct requester){ .region = &s->region, .system = &s->system };
	s->issuer = (struct assertion_issuer){ .name = "east",
					       .entity_id = ENTITY,
					       .certificates = { s->certificate },
					       .most_lifetime = INT64_C(900) * SECOND };
	s->policy = (struct assertion_policy){ .issuers = &s->issuer,
					       .issuer_count = 1,
					       .audiences = theirs,
					       .remembered = 8,
					       .reason_attribute = REASON };
	s->by = (struct assertion_presented){ .policy = &s->policy,
					      .organizations = anybody,
					      .certificate_sha256 = "",
					      .endpoint = "https://west/xca",
					      .peer_address = "192.0.2.1",
					      .now = today };
}

static void stage_end(struct stage *s)
{
	X509_free(s->certificate);
	EVP_PKEY_free(s->key);
	arena_destroy(s->arena);
}

/* Somebody whom an assertion vouched for, in an emergency or not. */
static void person_asks(struct stage *s)
{
	s->who.person = (struct requesting_person){ .vouched = VOUCHED_BY_ASSERTION,
						    .issuer = "https://idp.example/xua",
						    .id = "dr.hyoji",
						    .display = "表示 <太郎>\r\n",
						    .organization = "B診療所 内科",
						    .organization_id = "urn:oid:2.999.1.201",
						    .reason = "unconscious",
						    .roles = &s->role };
	s->who.purposes = &s->purpose;
}

static struct bytes message_of(struct stage *s, const struct assertion_made *m)
{
	struct xml_writer *w = xml_writer_begin(s->arena);
	soap_begin(w, &(struct soap_headers){ .action = "urn:ihe:iti:2007:CrossGatewayQuery",
					      .message_id = "urn:uuid:1" });
	soap_begin_security(w);
	assertion_write(w, m);
	xml_close(w);
	soap_body(w);
	xml_open(w, "query");
	soap_end(w);
	return xml_writer_end(w);
}

static const struct assertion *read_again(struct stage *s, struct bytes message)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message m;
	const struct xml_document *d = xml_read(s->arena, NULL, message, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_FATAL(soap_open_secured(s->arena, d, &m, &p));
	CU_ASSERT_EQUAL(m.security_count, 1);
	return assertion_verify(s->arena, xml_root(d), m.security, &s->by, NULL);
}

static const struct assertion_made *made(struct stage *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct assertion_made *m = assertion_make(s->arena, &system_random, &s->signer,
							&s->partner, &s->who, today, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	CU_ASSERT_EQUAL(p.code, PROBLEM_NONE);
	return m;
}

static const struct assertion *heard(struct stage *s)
{
	return read_again(s, message_of(s, made(s)));
}

static void ends_at(const struct assertion *v, enum assertion_step step)
{
	if (v->step != step)
		printf("\nended at %s\n", assertion_step_row(v->step)->name);
	CU_ASSERT_EQUAL(v->step, step);
}

static void a_person_is_told_of(void)
{
	struct stage s;
	stage_set(&s, EVP_RSA_gen(2048));
	person_asks(&s);
	const struct assertion_made *m = made(&s);
	const struct assertion *v = read_again(&s, message_of(&s, m));
	ends_at(v, ASSERTION_HOLDS);
	CU_ASSERT_STRING_EQUAL(v->id, m->id);
	CU_ASSERT_STRING_EQUAL(v->person.id, "dr.hyoji@https://idp.example/xua");
	CU_ASSERT_STRING_EQUAL(v->person.name, "<dr.hyoji@https://idp.example/xua@" ENTITY ">");
	CU_ASSERT_STRING_EQUAL(v->person.name, m->name);
	CU_ASSERT_STRING_EQUAL(v->person.display, "表示 <太郎>");
	CU_ASSERT_STRING_EQUAL(v->person.organization, "B診療所 内科");
	CU_ASSERT_STRING_EQUAL(v->person.organization_id, "urn:oid:2.999.1.201");
	CU_ASSERT_STRING_EQUAL(v->person.home_community, "urn:oid:2.999.1");
	CU_ASSERT_STRING_EQUAL(v->person.roles->code, "112247003");
	CU_ASSERT_STRING_EQUAL(v->person.roles->scheme, "2.16.840.1.113883.6.96");
	CU_ASSERT_STRING_EQUAL(v->person.roles->display, "Doctor & \"more\"");
	CU_ASSERT_PTR_NULL(v->person.roles->next);
	CU_ASSERT_STRING_EQUAL(v->purposes->code, "TREAT");
	CU_ASSERT_FALSE(v->emergency);
	CU_ASSERT_PTR_NULL(v->person.reason);
	CU_ASSERT_STRING_NOT_EQUAL(made(&s)->id, m->id);
	stage_end(&s);
}

/* Here: by the region's rules, and by the system's flag. */
static void may_break_glass(struct stage *s)
{
	static const struct policy_code doctors[] = {
		{ .code = "112247003", .scheme = "2.16.840.1.113883.6.96", .names = 2 }
	};
	static const struct region_policy rules = {
		.codes = { [POLICY_ROLE] = { .all = doctors, .count = 1 } },
		.emergency = { .roles = 2 },
	};
	s->region.policy = &rules;
	s->system.emergency = true;
}

/* Why is told of who may break the glass here, and of nobody else. */
static void an_emergency_is_told(void)
{
	static const char *const codes[] = { "ETREAT", "BTG" };
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct stage s;
		stage_set(&s, EVP_EC_gen("P-256"));
		person_asks(&s);
		s.purpose.code = codes[i];
		s.who.emergency = true;
		CU_ASSERT_PTR_NULL(heard(&s)->person.reason);
		may_break_glass(&s);
		const struct assertion *v = heard(&s);
		ends_at(v, ASSERTION_HOLDS);
		CU_ASSERT_TRUE(v->emergency);
		CU_ASSERT_STRING_EQUAL(v->person.reason, "unconscious");
		s.partner.emergency_reason = NULL;
		CU_ASSERT_PTR_NULL(heard(&s)->person.reason);
		stage_end(&s);
	}
}

/* Without a person. */
static void a_system_is_told_of(void)
{
	static const struct {
		const char *const *organizations;
		const char *is;
	} rows[] = {
		{ clinics, "urn:oid:2.999.1.200" },
		{ anybody, "urn:oid:2.999.1" },
		{ anybody + 1, "urn:oid:2.999.1" },
		{ NULL, "urn:oid:2.999.1" },
	};
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		s.system.organizations = rows[i].organizations;
		const struct assertion *v = heard(&s);
		ends_at(v, ASSERTION_HOLDS);
		CU_ASSERT_STRING_EQUAL(v->person.id, "b-clinic");
		CU_ASSERT_STRING_EQUAL(v->person.display, "B診療所");
		CU_ASSERT_STRING_EQUAL(v->person.organization, "B診療所");
		CU_ASSERT_STRING_EQUAL(v->person.organization_id, rows[i].is);
		CU_ASSERT_PTR_NULL(v->person.roles);
		CU_ASSERT_PTR_NULL(v->purposes);
	}
	s.who = (struct requester){ .region = &s.region, .operates = true };
	const struct assertion *v = heard(&s);
	ends_at(v, ASSERTION_HOLDS);
	CU_ASSERT_STRING_EQUAL(v->person.id, "operator");
	CU_ASSERT_STRING_EQUAL(v->person.organization, "東の地域");
	CU_ASSERT_STRING_EQUAL(v->person.organization_id, "urn:oid:2.999.1");
	stage_end(&s);
}

static void each_kind_of_key_signs(void)
{
	static const struct {
		const char *curve, *method;
	} rows[] = {
		{ NULL, "#rsa-sha256\"" },
		{ "P-256", "#ecdsa-sha256\"" },
		{ "P-384", "#ecdsa-sha384\"" },
		{ "P-521", "#ecdsa-sha512\"" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stage s;
		stage_set(&s,
			  rows[i].curve == NULL ? EVP_RSA_gen(3072) : EVP_EC_gen(rows[i].curve));
		struct bytes message = message_of(&s, made(&s));
		ends_at(read_again(&s, message), ASSERTION_HOLDS);
		CU_ASSERT_PTR_NOT_NULL(
			strstr(arena_text_n(s.arena, (const char *)message.data, message.length),
			       rows[i].method));
		stage_end(&s);
	}
}

static void a_key_that_cannot_sign_makes_none(void)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct stage s;
	stage_set(&s, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
	CU_ASSERT_PTR_NULL(
		assertion_make(s.arena, &system_random, &s.signer, &s.partner, &s.who, today, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_INTERNAL);
	stage_end(&s);
}

/* No memory for the library's copies, no library, no digest. */
static void what_cannot_be_made_is_not_half_made(void)
{
	static const struct {
		const char *call;
		unsigned passing;
	} rows[] = {
		{ "xml_dom_of", 0 },
		{ "xml_dom_of", 1 },
		{ "xml_dom_of", 2 },
		{ "xml_signature_ready", 0 },
		{ "xml_signature_part_make", 0 },
	};
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_PTR_NULL(assertion_make(s.arena, &system_random, &s.signer, &s.partner,
						  &s.who, today, &p));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(p.code, PROBLEM_INTERNAL);
	}
	ends_at(heard(&s), ASSERTION_HOLDS);
	stage_end(&s);
}

/* Nor does what cannot be read again. */
static void a_name_that_is_too_long_makes_none(void)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	size_t length = xml_limits_default.tag + 1;
	char *name = malloc(length + 1);
	memset(name, 'a', length);
	name[length] = '\0';
	s.role.display = name;
	person_asks(&s);
	struct arena *wide = arena_create(16 * length + (1 << 22));
	CU_ASSERT_PTR_NULL(
		assertion_make(wide, &system_random, &s.signer, &s.partner, &s.who, today, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_INTERNAL);
	arena_destroy(wide);
	free(name);
	stage_end(&s);
}

/* In its time, for whom it is, and signed by us. */
static void it_holds_there_and_then(void)
{
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	struct bytes message = message_of(&s, made(&s));
	s.by.now = today - SECOND;
	ends_at(read_again(&s, message), ASSERTION_EARLY);
	s.by.now = today - 250000 + INT64_C(1) * ASSERTION_LIVES * SECOND - 1;
	ends_at(read_again(&s, message), ASSERTION_HOLDS);
	s.by.now++;
	ends_at(read_again(&s, message), ASSERTION_EXPIRED);
	s.by.now = today;
	s.policy.audiences = clinics;
	ends_at(read_again(&s, message), ASSERTION_AUDIENCE);
	s.policy.audiences = theirs;
	s.issuer.entity_id = "urn:oid:2.999.1";
	ends_at(read_again(&s, message), ASSERTION_ISSUER);
	stage_end(&s);
}

static void a_changed_word_is_seen(void)
{
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	struct bytes message = message_of(&s, made(&s));
	char *text = (char *)arena_text_n(s.arena, (const char *)message.data, message.length);
	char *at = strstr(text, "b-clinic<");
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	*at = 'a';
	ends_at(read_again(&s, (struct bytes){ (unsigned char *)text, message.length }),
		ASSERTION_DIGEST);
	stage_end(&s);
}

static void it_may_be_for_its_holder(void)
{
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	s.partner.assertion_holder = text_of(s.arena, s.certificate);
	ends_at(heard(&s), ASSERTION_HOLDER);
	s.by.certificate_sha256 = sha256_of(s.arena, s.certificate);
	ends_at(heard(&s), ASSERTION_HOLDS);
	stage_end(&s);
}

/* What a region's gateway presents is of that region, or says of none. */
static void it_is_of_who_presents_it(void)
{
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	s.by.home = "urn:oid:2.999.1";
	ends_at(heard(&s), ASSERTION_HOLDS);
	s.by.home = "urn:oid:2.999.40";
	ends_at(heard(&s), ASSERTION_ORGANIZATION);
	s.signer.home_community = "";
	s.system.organizations = clinics;
	ends_at(heard(&s), ASSERTION_HOLDS);
	stage_end(&s);
}

/* ---- Purposes of use ---- */

static const struct purpose_row out[] = {
	{ "TREAT", ACT, "TREATMENT", "2.999.7" },
	{ "ETREAT", ACT, "EMERGENCY", "2.999.7" },
	{ NULL, NULL, NULL, NULL },
};
static const struct purpose_row in[] = {
	{ "TREATMENT", "2.999.7", "TREAT", ACT },
	{ "EMERGENCY", "2.999.7", "ETREAT", ACT },
	{ NULL, NULL, NULL, NULL },
};

static void purposes_are_told_in_their_words(void)
{
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	person_asks(&s);
	struct coded_value second = { .code = "ETREAT", .scheme = ACT };
	s.purpose.next = &second;
	s.partner.purposes_out = out;
	const struct assertion *v = heard(&s);
	ends_at(v, ASSERTION_HOLDS);
	CU_ASSERT_STRING_EQUAL(v->purposes->code, "TREATMENT");
	CU_ASSERT_STRING_EQUAL(v->purposes->scheme, "2.999.7");
	CU_ASSERT_STRING_EQUAL(v->purposes->next->code, "EMERGENCY");
	CU_ASSERT_FALSE(v->emergency);
	s.by.purposes = in;
	v = heard(&s);
	CU_ASSERT_STRING_EQUAL(v->purposes->code, "TREAT");
	CU_ASSERT_STRING_EQUAL(v->purposes->scheme, ACT);
	CU_ASSERT_STRING_EQUAL(v->purposes->next->code, "ETREAT");
	CU_ASSERT_TRUE(v->emergency);
	stage_end(&s);
}

/* None is guessed: of neither side, and of neither part of a code. */
static void unknown_purposes_are_refused(void)
{
	static const struct coded_value rows[] = {
		{ .code = "HRESCH", .scheme = ACT },
		{ .code = "TREAT", .scheme = "2.999.7" },
	};
	struct stage s;
	stage_set(&s, EVP_EC_gen("P-256"));
	person_asks(&s);
	s.by.purposes = in;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		s.purpose = rows[i];
		s.partner.purposes_out = NULL;
		ends_at(heard(&s), ASSERTION_PURPOSE);
		s.partner.purposes_out = out;
		CU_ASSERT_PTR_NULL(assertion_make(s.arena, &system_random, &s.signer, &s.partner,
						  &s.who, today, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_NOT_PERMITTED);
		CU_ASSERT_PTR_NOT_NULL(strstr(p.what, rows[i].code));
	}
	s.who.purposes = NULL;
	const struct assertion *v = heard(&s);
	ends_at(v, ASSERTION_HOLDS);
	CU_ASSERT_PTR_NULL(v->purposes);
	stage_end(&s);
}

static const struct test tests[] = {
	{ "a person is told of", a_person_is_told_of },
	{ "an emergency is told", an_emergency_is_told },
	{ "a system is told of", a_system_is_told_of },
	{ "each kind of key signs", each_kind_of_key_signs },
	{ "a key that cannot sign makes none", a_key_that_cannot_sign_makes_none },
	{ "what cannot be made is not half made", what_cannot_be_made_is_not_half_made },
	{ "a name that is too long makes none", a_name_that_is_too_long_makes_none },
	{ "it holds there and then", it_holds_there_and_then },
	{ "a changed word is seen", a_changed_word_is_seen },
	{ "it may be for its holder", it_may_be_for_its_holder },
	{ "it is of who presents it", it_is_of_who_presents_it },
	{ "purposes are told in their words", purposes_are_told_in_their_words },
	{ "unknown purposes are refused", unknown_purposes_are_refused },
	{ 0 }
};

int main(void)
{
	xml_seal();
	return suite_run("making", tests);
}
