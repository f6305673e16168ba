/* tests/signature/signature_test.c: signatures over documents, of tests/cases/signature (made by
 * tests/samples/signatures.py): what each ends with, and that nothing else gets through. */
#include "tests/base/suite.h"

#include <openssl/x509v3.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/signature/inside.h"
#include "gateway/signature/signature.h"
#include "schemas/model/values.h"
#include "tests/envelope/samples.h"

/* 2026-01-15T00:30:00Z */
static const instant today = INT64_C(1768437000) * 1000000;

/* What tests/cases/signature holds beside signatures: documents by their uniqueIds. */
struct shelf {
	struct arena *arena;
	const char *without; /* this document is not there */
	enum signature_document instead;
	bool set_is_there, set_is_same;
	unsigned read;
};

static bool on_shelf(const char *unique_id)
{
	return text_equal(unique_id, "2.999.30.1") || text_equal(unique_id, "2.999.30.2");
}

static struct bytes file(struct arena *a, const char *name)
{
	return sample_ours(a, arena_printf(a, "signature/%s", name));
}

/* In small pieces, so that what counts pieces is tried. */
static enum signature_document read_document(void *self, const char *unique_id,
					     const struct signature_taker *to)
{
	struct shelf *s = self;
	s->read++;
	if (text_equal(unique_id, s->without))
		return s->instead;
	if (!on_shelf(unique_id))
		return SIGNATURE_DOCUMENT_MISSING;
	struct bytes all = file(s->arena, unique_id);
	for (size_t at = 0, step = 1; at < all.length; at += step, step = step % 5 + 1) {
		if (step > all.length - at)
			step = all.length - at;
		to->take(to->with, (struct bytes){ all.data + at, step });
	}
	return SIGNATURE_DOCUMENT_READ;
}

static enum signature_document look_at_set(void *self, const char *unique_id,
					   const struct signature *s, bool *same)
{
	const struct shelf *shelf = self;
	CU_ASSERT_STRING_EQUAL(unique_id, "2.999.30.9");
	CU_ASSERT_EQUAL(s->reference_count, 3);
	*same = shelf->set_is_same;
	return shelf->set_is_there ? SIGNATURE_DOCUMENT_READ : SIGNATURE_DOCUMENT_MISSING;
}

static struct signature_policy policy_of(struct arena *a, const char *anchors,
					 const char *revocations)
{
	struct signature_policy p = { .refuse_invalid = false };
	if (anchors != NULL)
		p.anchors = arena_text_n(a, (const char *)file(a, anchors).data,
					 file(a, anchors).length);
	if (revocations != NULL)
		p.revocations = arena_text_n(a, (const char *)file(a, revocations).data,
					     file(a, revocations).length);
	return p;
}

static struct signature_verdict verify_with(struct shelf *s, struct bytes octets,
					    const struct signature_policy *p, instant now)
{
	struct signature_documents d = { .self = s, .read = read_document, .set = look_at_set };
	return signature_verify(signature_read(s->arena, octets), &d, p, now);
}

static void is(const char *name, const struct signature_verdict *v, enum signature_reason reason)
{
	if (v->reason != reason)
		printf("\n%s: %s (%s), expected %s\n", name, signature_reason_row(v->reason)->name,
		       v->what == NULL ? "" : v->what, signature_reason_row(reason)->name);
	CU_ASSERT_EQUAL(v->reason, reason);
}

static const struct {
	const char *file;
	enum signature_reason reason;
} cases[] = {
	{ "valid.xml", SIGNATURE_HOLDS },
	{ "valid-ecdsa.xml", SIGNATURE_HOLDS },
	{ "valid-c14n.xml", SIGNATURE_HOLDS },
	{ "valid-exclusive.xml", SIGNATURE_HOLDS },
	{ "valid-manifest.xml", SIGNATURE_HOLDS },
	{ "valid-plain-oid.xml", SIGNATURE_HOLDS },
	{ "valid-one.xml", SIGNATURE_HOLDS },
	{ "valid-between.xml", SIGNATURE_HOLDS },
	{ "valid-no-time.xml", SIGNATURE_HOLDS },
	{ "valid-enveloping.xml", SIGNATURE_HOLDS },
	{ "valid-set.xml", SIGNATURE_HOLDS },
	{ "changed.xml", SIGNATURE_CHANGED },
	{ "changed-after.xml", SIGNATURE_BROKEN },
	{ "changed-time.xml", SIGNATURE_BROKEN },
	{ "changed-role.xml", SIGNATURE_BROKEN },
	{ "wrong-key.xml", SIGNATURE_BROKEN },
	{ "key-value.xml", SIGNATURE_BROKEN },
	{ "other-certificate.xml", SIGNATURE_OTHER_CERTIFICATE },
	{ "no-certificate.xml", SIGNATURE_NO_CERTIFICATE },
	{ "names-no-certificate.xml", SIGNATURE_CERTIFICATE_UNSIGNED },
	{ "wrapped.xml", SIGNATURE_UNREADABLE },
	{ "wrapped-in-object.xml", SIGNATURE_UNREADABLE },
	{ "moved-properties.xml", SIGNATURE_UNREADABLE },
	{ "same-id.xml", SIGNATURE_UNREADABLE },
	{ "extra-reference.xml", SIGNATURE_BROKEN },
	{ "properties-unsigned.xml", SIGNATURE_UNREADABLE },
	{ "signs-nothing.xml", SIGNATURE_SIGNS_NOTHING },
	{ "hmac.xml", SIGNATURE_UNKNOWN_ALGORITHM },
	{ "xslt.xml", SIGNATURE_UNKNOWN_ALGORITHM },
	{ "enveloped.xml", SIGNATURE_UNREADABLE },
	{ "external.xml", SIGNATURE_DOCUMENT_NOT_HELD },
	{ "twice.xml", SIGNATURE_UNREADABLE },
	{ "entity.xml", SIGNATURE_DOCUMENT_NOT_HELD },
	{ "not-base64.xml", SIGNATURE_UNREADABLE },
	{ "large.xml", SIGNATURE_DOCUMENT_NOT_HELD },
	{ "sha1.xml", SIGNATURE_WEAK_ALGORITHM },
	{ "weak-key.xml", SIGNATURE_WEAK_ALGORITHM },
	{ "huge.xml", SIGNATURE_UNREADABLE },
	{ "many.xml", SIGNATURE_DOCUMENT_NOT_HELD },
	{ "doctype.xml", SIGNATURE_UNREADABLE },
	{ "comment.xml", SIGNATURE_UNREADABLE },
	{ "cut.xml", SIGNATURE_UNREADABLE },
	{ "no-signature.xml", SIGNATURE_UNREADABLE },
	{ "expired.xml", SIGNATURE_EXPIRED },
	{ "outside-time.xml", SIGNATURE_OUTSIDE_ITS_TIME },
	{ "ahead.xml", SIGNATURE_TIME_AHEAD },
	{ "bad-time.xml", SIGNATURE_UNREADABLE },
	{ "unknown-issuer.xml", SIGNATURE_UNKNOWN_ISSUER },
	{ "self-signed.xml", SIGNATURE_UNKNOWN_ISSUER },
	{ "not-for-signing.xml", SIGNATURE_NOT_FOR_SIGNING },
	{ "valid.json", SIGNATURE_HOLDS },
	{ "valid-general.json", SIGNATURE_HOLDS },
	{ "valid-ps256.json", SIGNATURE_HOLDS },
	{ "valid-es256.json", SIGNATURE_HOLDS },
	{ "valid-stream.json", SIGNATURE_HOLDS },
	{ "valid-stream-plain.json", SIGNATURE_HOLDS },
	{ "valid-plain.json", SIGNATURE_HOLDS },
	{ "valid-payload.json", SIGNATURE_HOLDS },
	{ "valid-timestamp.json", SIGNATURE_HOLDS },
	{ "valid-etsiu.json", SIGNATURE_HOLDS },
	{ "large.json", SIGNATURE_DOCUMENT_NOT_HELD },
	{ "changed.json", SIGNATURE_CHANGED },
	{ "changed-stream.json", SIGNATURE_BROKEN },
	{ "wrong-key.json", SIGNATURE_BROKEN },
	{ "other-certificate.json", SIGNATURE_OTHER_CERTIFICATE },
	{ "no-certificate.json", SIGNATURE_NO_CERTIFICATE },
	{ "none.json", SIGNATURE_UNKNOWN_ALGORITHM },
	{ "hs256.json", SIGNATURE_UNKNOWN_ALGORITHM },
	{ "alg-beside.json", SIGNATURE_UNREADABLE },
	{ "wrong-kind.json", SIGNATURE_BROKEN },
	{ "crit.json", SIGNATURE_UNREADABLE },
	{ "crit-empty.json", SIGNATURE_UNREADABLE },
	{ "several.json", SIGNATURE_UNREADABLE },
	{ "twice.json", SIGNATURE_UNREADABLE },
	{ "hash-missing.json", SIGNATURE_UNREADABLE },
	{ "http-headers.json", SIGNATURE_UNREADABLE },
	{ "duplicate.json", SIGNATURE_UNREADABLE },
	{ "no-header.json", SIGNATURE_UNREADABLE },
	{ "bad-time.json", SIGNATURE_UNREADABLE },
	{ "cut.json", SIGNATURE_UNREADABLE },
};

static void each_file_ends_as_it_is_to(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(SAMPLE_ARENA);
		struct shelf s = { .arena = a, .set_is_there = true, .set_is_same = true };
		struct signature_policy p = policy_of(a, "anchors.pem", NULL);
		struct signature_verdict v = verify_with(&s, file(a, cases[i].file), &p, today);
		is(cases[i].file, &v, cases[i].reason);
		arena_destroy(a);
	}
}

static struct signature_verdict verdict(struct shelf *s, const char *name, const char *anchors,
					const char *revocations, instant now)
{
	struct signature_policy p = policy_of(s->arena, anchors, revocations);
	return verify_with(s, file(s->arena, name), &p, now);
}

static void who_is_believed_is_configured(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct shelf s = { .arena = a };
	struct signature_verdict v = verdict(&s, "valid.xml", NULL, NULL, today);
	is("no anchors", &v, SIGNATURE_NO_ANCHORS);
	CU_ASSERT_PTR_NULL(v.anchors);
	v = verdict(&s, "valid.xml", "others.pem", NULL, today);
	is("others", &v, SIGNATURE_UNKNOWN_ISSUER);
	CU_ASSERT_EQUAL(strlen(v.anchors), 64);
	v = verdict(&s, "valid.xml", "2.999.30.1", NULL, today);
	is("no certificates", &v, SIGNATURE_UNKNOWN_ISSUER);
	/* What is broken is, whoever signed; what was changed, too. */
	v = verdict(&s, "wrong-key.xml", NULL, NULL, today);
	is("broken", &v, SIGNATURE_BROKEN);
	v = verdict(&s, "changed.xml", "others.pem", NULL, today);
	is("changed", &v, SIGNATURE_CHANGED);
	CU_ASSERT_STRING_EQUAL(v.what, "2.999.30.1");
	arena_destroy(a);
}

static void the_day_counts(void)
{
	static const instant year = INT64_C(366) * 24 * 3600 * 1000000;
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct shelf s = { .arena = a };
	struct signature_verdict v = verdict(&s, "valid.xml", "anchors.pem", NULL,
					     today + 8 * year);
	is("its last year", &v, SIGNATURE_HOLDS);
	v = verdict(&s, "valid.xml", "anchors.pem", NULL, today + 10 * year);
	is("ended", &v, SIGNATURE_EXPIRED);
	v = verdict(&s, "valid-no-time.xml", "anchors.pem", NULL, today + 10 * year);
	is("ended, no time", &v, SIGNATURE_EXPIRED);
	v = verdict(&s, "valid.xml", "anchors.pem", NULL, today - year);
	is("before it was signed", &v, SIGNATURE_TIME_AHEAD);
	v = verdict(&s, "ahead.xml", "anchors.pem", NULL, today + year);
	is("when it has come", &v, SIGNATURE_HOLDS);
	arena_destroy(a);
}

static void revocations_are_looked_up(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct shelf s = { .arena = a };
	struct signature_verdict v = verdict(&s, "valid.xml", "anchors.pem", NULL, today);
	CU_ASSERT_FALSE(v.revocation);
	v = verdict(&s, "valid.xml", "anchors.pem", "revoked.pem", today);
	is("revoked before", &v, SIGNATURE_REVOKED);
	v = verdict(&s, "valid.xml", "anchors.pem", "revoked-later.pem", today);
	is("revoked since", &v, SIGNATURE_EXPIRED);
	v = verdict(&s, "valid.xml", "anchors.pem", "revoked-another.pem", today);
	is("another", &v, SIGNATURE_HOLDS);
	CU_ASSERT_TRUE(v.revocation);
	v = verdict(&s, "valid-no-time.xml", "anchors.pem", "revoked-another.pem",
		    INT64_C(2051222400) * 1000000); /* 2035-01-01 */
	is("list of that day", &v, SIGNATURE_HOLDS);
	v = verdict(&s, "ahead.xml", "anchors.pem", "revoked-another.pem",
		    INT64_C(2051222401) * 1000000);
	is("an old list", &v, SIGNATURE_EXPIRED);
	arena_destroy(a);
}

static void sha1_holds_where_it_is_taken(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct shelf s = { .arena = a };
	struct signature_policy p = policy_of(a, "anchors.pem", NULL);
	p.takes_sha1 = true;
	struct signature_verdict v = verify_with(&s, file(a, "sha1.xml"), &p, today);
	is("sha1", &v, SIGNATURE_HOLDS);
	v = verify_with(&s, file(a, "weak-key.xml"), &p, today);
	is("a small key", &v, SIGNATURE_WEAK_ALGORITHM);
	arena_destroy(a);
}

static void documents_come_from_outside(void)
{
	static const struct {
		enum signature_document found;
		enum signature_reason reason;
	} ways[] = {
		{ SIGNATURE_DOCUMENT_MISSING, SIGNATURE_DOCUMENT_NOT_HELD },
		{ SIGNATURE_DOCUMENT_DAMAGED, SIGNATURE_DOCUMENT_UNREADABLE },
		{ SIGNATURE_DOCUMENT_TOO_LARGE, SIGNATURE_DOCUMENT_LARGE },
		{ SIGNATURE_DOCUMENT_STOPPED, SIGNATURE_DOCUMENT_UNREADABLE },
	};
	static const char *const files[] = { "valid.xml", "valid.json", "valid-stream.json" };
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(ways); i++)
		for (size_t k = 0; k < COUNT(files); k++) {
			struct shelf s = { .arena = a,
					   .without = "2.999.30.2",
					   .instead = ways[i].found };
			struct signature_verdict v = verdict(&s, files[k], "anchors.pem", NULL,
							     today);
			is(files[k], &v, ways[i].reason);
			CU_ASSERT_STRING_EQUAL(v.what, "2.999.30.2");
		}
	/* What a broken signature names is not read. */
	struct shelf s = { .arena = a };
	verdict(&s, "wrong-key.xml", "anchors.pem", NULL, today);
	CU_ASSERT_EQUAL(s.read, 0);
	arena_destroy(a);
}

static void a_submission_set_is_whole(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct shelf s = { .arena = a, .set_is_there = true };
	struct signature_verdict v = verdict(&s, "valid-set.xml", "anchors.pem", NULL, today);
	is("others in it", &v, SIGNATURE_SET_DIFFERS);
	s.set_is_there = false;
	v = verdict(&s, "valid-set.xml", "anchors.pem", NULL, today);
	is("not here", &v, SIGNATURE_DOCUMENT_NOT_HELD);
	arena_destroy(a);
}

static unsigned known(void *self, const char *unique_id, const char *digest, unsigned char *out)
{
	(void)self, (void)unique_id;
	memset(out, 7, 32);
	return text_equal(digest, "SHA256") ? 32 : 0;
}

static void a_hash_that_is_known_is_taken(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct shelf s = { .arena = a };
	struct signature_policy p = policy_of(a, "anchors.pem", NULL);
	struct signature_documents d = { .self = &s, .known = known, .read = read_document };
	struct signature_verdict v = signature_verify(signature_read(a, file(a, "valid.xml")), &d,
						      &p, today);
	is("valid.xml", &v, SIGNATURE_CHANGED);
	CU_ASSERT_EQUAL(s.read, 0);
	p.takes_sha1 = true;
	v = signature_verify(signature_read(a, file(a, "sha1.xml")), &d, &p, today);
	is("sha1.xml", &v, SIGNATURE_HOLDS);
	CU_ASSERT_EQUAL(s.read, 2);
	/* JAdES hashes what was encoded. */
	v = signature_verify(signature_read(a, file(a, "valid.json")), &d, &p, today);
	is("valid.json", &v, SIGNATURE_HOLDS);
	arena_destroy(a);
}

static void what_it_says_is_read(void)
{
	static const char *const files[] = { "valid.xml", "valid.json" };
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(files); i++) {
		const struct signature *s = signature_says(signature_read(a, file(a, files[i])));
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		CU_ASSERT_EQUAL(s->form, i == 0 ? SIGNATURE_XADES : SIGNATURE_JADES);
		CU_ASSERT_STRING_EQUAL(s->signer, "CN=表 示男,O=示病院,C=JP");
		CU_ASSERT_STRING_EQUAL(s->issuer, "CN=Signature CA,O=示病院,C=JP");
		CU_ASSERT_EQUAL(strlen(s->certificate_sha256), 64);
		CU_ASSERT_EQUAL(s->claimed, INT64_C(1768035600) * 1000000);
		CU_ASSERT_EQUAL(s->valid_from, INT64_C(1735689600) * 1000000);
		CU_ASSERT_STRING_EQUAL(s->purposes->value, "1.2.840.10065.1.12.1.1");
		CU_ASSERT_PTR_NULL(s->purposes->next);
		CU_ASSERT_EQUAL(s->reference_count, 2);
		CU_ASSERT_STRING_EQUAL(s->references->unique_id, "2.999.30.1");
		CU_ASSERT_STRING_EQUAL(s->references->digest, "SHA256");
		CU_ASSERT_EQUAL(s->references->value.length, 32);
		CU_ASSERT_STRING_EQUAL(s->references->next->unique_id, "2.999.30.2");
	}
	const struct signature *s = signature_says(signature_read(a, file(a, "valid.xml")));
	CU_ASSERT_STRING_EQUAL(s->roles->value, "Medical Doctor");
	CU_ASSERT_PTR_NULL(signature_says(signature_read(a, file(a, "cut.xml"))));
	s = signature_says(signature_read(a, file(a, "expired.xml")));
	CU_ASSERT_EQUAL(s->claimed, INT64_C(1622505600) * 1000000); /* of +09:00 */
	CU_ASSERT_TRUE(signature_is_format(SIGNATURE_DETACHED));
	CU_ASSERT_TRUE(signature_is_format(SIGNATURE_ENVELOPING));
	CU_ASSERT_FALSE(signature_is_format("urn:ihe:iti:bppc:2007"));
	arena_destroy(a);
}

/* Any octet of it changed: never one that holds and says what the signer did not. */
static void no_octet_can_be_changed(const char *name, size_t step)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct bytes good = file(a, name);
	struct signature_policy p = policy_of(a, "anchors.pem", NULL);
	struct arena *each = arena_create(SAMPLE_ARENA);
	unsigned held = 0;
	for (size_t at = 0; at < good.length; at += step) {
		struct shelf s = { .arena = each };
		unsigned char *copy = arena_alloc(each, good.length);
		memcpy(copy, good.data, good.length);
		copy[at] ^= 1;
		struct bytes octets = { copy, good.length };
		const struct signature_read *r = signature_read(each, octets);
		struct signature_documents d = { .self = &s, .read = read_document };
		struct signature_verdict v = signature_verify(r, &d, &p, today);
		const struct signature *says = signature_says(r);
		if (v.reason == SIGNATURE_HOLDS) {
			held++;
			CU_ASSERT_EQUAL(says->reference_count, 2);
			CU_ASSERT_STRING_EQUAL(says->references->unique_id, "2.999.30.1");
			CU_ASSERT_EQUAL(says->claimed, INT64_C(1768035600) * 1000000);
			CU_ASSERT_STRING_EQUAL(says->signer, "CN=表 示男,O=示病院,C=JP");
		}
		arena_reset(each);
	}
	CU_ASSERT_TRUE(held < good.length / step / 20 + 3);
	arena_destroy(each);
	arena_destroy(a);
}

static void a_changed_octet_is_seen(void)
{
	no_octet_can_be_changed("valid.xml", 7);
	no_octet_can_be_changed("valid.json", 13);
}

static void what_is_too_large_is_not_read(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	unsigned char *octets = arena_alloc(a, SIGNATURE_MOST + 1);
	memset(octets, ' ', SIGNATURE_MOST + 1);
	struct shelf s = { .arena = a };
	struct signature_policy p = { .anchors = NULL };
	struct signature_verdict v = verify_with(&s, (struct bytes){ octets, SIGNATURE_MOST + 1 },
						 &p, today);
	is("large", &v, SIGNATURE_UNREADABLE);
	CU_ASSERT_PTR_NOT_NULL(strstr(v.what, "larger"));
	v = verify_with(&s, (struct bytes){ octets, SIGNATURE_MOST }, &p, today);
	CU_ASSERT_PTR_NULL(strstr(v.what, "larger"));
	v = verify_with(&s, (struct bytes){ octets, 0 }, &p, today);
	is("nothing", &v, SIGNATURE_UNREADABLE);
	arena_destroy(a);
}

static void reasons_have_rows(void)
{
	unsigned valid = 0;
	for (unsigned i = 1; i < SIGNATURE_REASON_COUNT; i++) {
		const struct signature_reason_row *row = signature_reason_row(i);
		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		CU_ASSERT_TRUE(strlen(row->sentence) > 10);
		valid += row->result == SIGNATURE_VALID;
	}
	CU_ASSERT_EQUAL(valid, 1);
	CU_ASSERT_PTR_NULL(signature_reason_row(0));
	CU_ASSERT_PTR_NULL(signature_reason_row(SIGNATURE_REASON_COUNT));
	CU_ASSERT_STRING_EQUAL(signature_result_name(SIGNATURE_INVALID), "invalid");
}

/* What stands behind the SignedProperties is beside what is signed. */
static struct bytes with_beside(struct arena *a, const char *beside)
{
	static const char end[] = "</xades:SignedProperties>";
	struct bytes whole = file(a, "valid.xml");
	const unsigned char *at = memmem(whole.data, whole.length, end, strlen(end));
	struct buffer b = buffer_in(a);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	size_t before = (size_t)(at - whole.data) + strlen(end);
	buffer_append(&b, whole.data, before);
	buffer_text(&b, beside);
	buffer_append(&b, whole.data + before, whole.length - before);
	return buffer_bytes(&b);
}

#define UNSIGNED(text)                                                                             \
	"<xades:UnsignedProperties><xades:UnsignedSignatureProperties>" text                       \
	"</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"

/* It is told that there is one, and changes nothing. */
static void a_timestamp_is_told(void)
{
	static const struct {
		const char *beside;
		bool told;
	} rows[] = {
		{ "", false },
		{ UNSIGNED(""), false },
		{ UNSIGNED("<xades:SignatureTimeStamp/>"), true },
		{ UNSIGNED("<xades:CertificateValues/><x:ArchiveTimeStamp "
			   "xmlns:x=\"http://uri.etsi.org/01903/v1.4.1#\"/>"),
		  true },
		{ UNSIGNED("<xades:RevocationValues/>"), false },
		{ UNSIGNED("<xades:TimeStamped/>"), false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(16 << 20);
		struct shelf s = { .arena = a, .set_is_there = true, .set_is_same = true };
		struct signature_policy p = policy_of(a, "anchors.pem", NULL);
		struct bytes octets = with_beside(a, rows[i].beside);
		CU_ASSERT_EQUAL(signature_says(signature_read(a, octets))->has_timestamp,
				rows[i].told);
		CU_ASSERT_EQUAL(verify_with(&s, octets, &p, today).reason, SIGNATURE_HOLDS);
		arena_destroy(a);
	}
	struct arena *a = arena_create(16 << 20);
	CU_ASSERT_TRUE(
		signature_says(signature_read(a, file(a, "valid-timestamp.json")))->has_timestamp);
	CU_ASSERT_FALSE(
		signature_says(signature_read(a, file(a, "valid-etsiu.json")))->has_timestamp);
	arena_destroy(a);
}

/* The signer's certificate with those directory attributes. */
static const char *role_in(struct arena *a, const unsigned char *der, size_t length)
{
	struct signature_read r = { .arena = a, .signer = X509_new() };
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	ASN1_OCTET_STRING_set(value, der, (int)length);
	X509_EXTENSION *e = X509_EXTENSION_create_by_NID(NULL, NID_subject_directory_attributes, 0,
							 value);
	X509_add_ext(r.signer, e, -1);
	signature_read_health_role(&r);
	X509_EXTENSION_free(e);
	ASN1_OCTET_STRING_free(value);
	X509_free(r.signer);
	return r.says.health_role;
}

/* SEQUENCE { SEQUENCE { OID, SET { HCActorData } } }, of one-octet lengths. */
#define HC_ROLE 0x06, 0x06, 0x28, 0x81, 0x85, 0x42, 0x00, 0x01

static void a_health_role_is_told(void)
{
	/* SET OF HCActor { [0] { [0] the scheme's OID, [2] { UTF8String } } } */
	static const unsigned char doctor[] = { 0x30, 0x29, 0x30, 0x27, HC_ROLE, 0x31, 0x1d, 0x31,
						0x1b, 0x30, 0x19, 0xa0, 0x17,    0x31, 0x15, 0xa0,
						0x03, 0x06, 0x01, 0x2a, 0xa2,    0x0e, 0x0c, 0x0c,
						'P',  'h',  'y',  's',  'i',     'c',  'i',  'a',
						'n',  ' ',  'A',  'B' };
	/* The same text, tagged implicitly; and another attribute. */
	static const unsigned char implicit[] = { 0x30, 0x10, 0x30, 0x0e, HC_ROLE, 0x31,
						  0x04, 0x82, 0x02, 'M',  'D' };
	static const unsigned char another[] = { 0x30, 0x10, 0x30, 0x0e, 0x06, 0x06,
						 0x28, 0x81, 0x85, 0x42, 0x00, 0x02,
						 0x31, 0x04, 0x82, 0x02, 'M',  'D' };
	static const unsigned char two[] = { 0x30, 0x14, 0x30, 0x12, HC_ROLE, 0x31, 0x08, 0x82,
					     0x02, 'M',  'D',  0x82, 0x02,    'R',  'N' };
	static const unsigned char not_text[] = { 0x30, 0x10, 0x30, 0x0e, HC_ROLE, 0x31,
						  0x04, 0x82, 0x02, 0xff, 0xfe };
	static const struct {
		const unsigned char *der;
		size_t length;
		const char *role;
	} rows[] = {
		{ doctor, sizeof doctor, "Physician AB" }, { implicit, sizeof implicit, "MD" },
		{ another, sizeof another, NULL },         { two, sizeof two, "MD, RN" },
		{ not_text, sizeof not_text, NULL },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *role = role_in(a, rows[i].der, rows[i].length);
		CU_ASSERT_TRUE(role == rows[i].role || text_equal(role, rows[i].role));
		/* Cut anywhere, it is none, or a shorter one, and no harm. */
		for (size_t cut = 0; cut < rows[i].length; cut++)
			CU_ASSERT_PTR_NULL(role_in(a, rows[i].der, cut));
	}
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "a timestamp is told", a_timestamp_is_told },
	{ "a health role is told", a_health_role_is_told },
	{ "each file ends as it is to", each_file_ends_as_it_is_to },
	{ "who is believed is configured", who_is_believed_is_configured },
	{ "the day counts", the_day_counts },
	{ "revocations are looked up", revocations_are_looked_up },
	{ "SHA-1 holds where it is taken", sha1_holds_where_it_is_taken },
	{ "documents come from outside", documents_come_from_outside },
	{ "a submission set is whole", a_submission_set_is_whole },
	{ "a hash that is known is taken", a_hash_that_is_known_is_taken },
	{ "what it says is read", what_it_says_is_read },
	{ "a changed octet is seen", a_changed_octet_is_seen },
	{ "what is too large is not read", what_is_too_large_is_not_read },
	{ "reasons have rows", reasons_have_rows },
	{ 0 }
};

int main(void)
{
	json_arena_install();
	return suite_run("signature", tests);
}
