/* gateway/signature/signature.c: which form it has, its certificates, and the verdict on all of
 * it. */
#include "gateway/signature/signature.h"

#include <openssl/err.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/signature/base64url.h"
#include "gateway/signature/inside.h"

bool signature_is_format(const char *format_code)
{
	return text_equal(format_code, SIGNATURE_DETACHED)
	       || text_equal(format_code, SIGNATURE_ENVELOPING);
}

bool signature_unread(struct signature_read *r, enum signature_reason reason, const char *what)
{
	if (r->problem == SIGNATURE_HOLDS) {
		r->problem = reason;
		r->what = what;
	}
	return false;
}

/* A JSON object begins with its brace; white space may stand before it (RFC 8259: 2). */
static bool is_json(struct bytes octets)
{
	size_t i = 0;
	while (i < octets.length && strchr(" \t\r\n", octets.data[i]) != NULL
	       && octets.data[i] != '\0')
		i++;
	return i < octets.length && octets.data[i] == '{';
}

const struct signature_read *signature_read(struct arena *a, struct bytes octets)
{
	struct signature_read *r = arena_new(a, struct signature_read);
	r->arena = a;
	r->problem = SIGNATURE_HOLDS;
	if (octets.length > SIGNATURE_MOST)
		signature_unread(r, SIGNATURE_UNREADABLE, "it is larger than a signature may be");
	else if (is_json(octets) ? signature_read_jades(r, octets)
				 : signature_read_xades(r, octets))
		signature_tell_signer(r);
	return r;
}

const struct signature *signature_says(const struct signature_read *r)
{
	return r->problem == SIGNATURE_HOLDS ? &r->says : NULL;
}

static int hex_of(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)((at - digits) % 16);
}

const char *signature_unique_id(struct arena *a, const char *uri)
{
	static const char oid[] = "urn:oid:";
	const char *from = text_starts(uri, oid) ? uri + strlen(oid) : uri;
	char *out = arena_text(a, from), *to = out;
	for (; *from != '\0'; to++) {
		int high = *from == '%' ? hex_of(from[1]) : -1;
		int low = high < 0 ? -1 : hex_of(from[2]);
		*to = low < 0 || high + low == 0 ? *from : (char)(16 * high + low);
		from += low < 0 || high + low == 0 ? 1 : 3;
	}
	*to = '\0';
	return out;
}

/* The digits of a dateTime as an HL7 timestamp has them, which clock.h reads. */
bool signature_time(const char *text, instant *out)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	char dtm[40];
	size_t n = 0, i = 0;
	for (; form[i] != '\0'; i++) {
		if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
		if (form[i] == 'd')
			dtm[n++] = text[i];
	}
	if (text[i] == '.')
		for (i++; text[i] >= '0' && text[i] <= '9'; i++)
			;
	if (text_equal(text + i, "Z")) {
		dtm[n] = '\0';
		return instant_from_dtm(dtm, 0, out);
	}
	if ((text[i] != '+' && text[i] != '-') || strlen(text + i) != 6 || text[i + 3] != ':')
		return false;
	for (size_t k = 0; k < 6; k++)
		if (k != 3)
			dtm[n++] = text[i + k];
	dtm[n] = '\0';
	return instant_from_dtm(dtm, 0, out);
}

/* ---- The verdict ---- */

/* What is invalid goes before what is unverifiable, and of each what was found first. */
static int weight(enum signature_reason reason)
{
	static const int weights[] = {
		[SIGNATURE_VALID] = 0, [SIGNATURE_UNVERIFIABLE] = 1, [SIGNATURE_INVALID] = 2
	};
	return weights[signature_reason_row(reason)->result];
}

static void conclude(struct signature_verdict *v, enum signature_reason reason, const char *what)
{
	if (weight(reason) <= weight(v->reason))
		return;
	v->reason = reason;
	v->what = what;
}

struct hashing {
	EVP_MD_CTX *md;
	bool sound;
};

static void hash_take(void *with, struct bytes piece)
{
	struct hashing *h = with;
	h->sound = h->sound && EVP_DigestUpdate(h->md, piece.data, piece.length) == 1;
}

static enum signature_reason missing_as(enum signature_document found)
{
	return found == SIGNATURE_DOCUMENT_MISSING     ? SIGNATURE_DOCUMENT_NOT_HELD
	       : found == SIGNATURE_DOCUMENT_TOO_LARGE ? SIGNATURE_DOCUMENT_LARGE
						       : SIGNATURE_DOCUMENT_UNREADABLE;
}

static void free_hashing(void *md)
{
	EVP_MD_CTX_free(md);
}

static enum signature_reason hash_document(struct arena *a, const struct signature_documents *d,
					   const struct signature_reference *ref,
					   unsigned char *out, unsigned *length)
{
	struct hashing h = { .md = EVP_MD_CTX_new(), .sound = true };
	arena_at_end(a, free_hashing, h.md); /* reading documents may leave by a jump */
	const EVP_MD *md = EVP_get_digestbyname(ref->digest);
	h.sound = h.md != NULL && md != NULL && EVP_DigestInit_ex(h.md, md, NULL) == 1;
	struct signature_taker to = { &h, hash_take };
	struct base64url encoder = { .to = to };
	struct signature_taker encoding = { &encoder, base64url_take };
	enum signature_document found = d->read(d->self, ref->unique_id,
						ref->encoded ? &encoding : &to);
	base64url_end(&encoder);
	h.sound = h.sound && EVP_DigestFinal_ex(h.md, out, length) == 1;
	if (found != SIGNATURE_DOCUMENT_READ)
		return missing_as(found);
	return h.sound ? SIGNATURE_HOLDS : SIGNATURE_DOCUMENT_UNREADABLE;
}

static enum signature_reason verify_set(const struct signature_read *r,
					const struct signature_documents *d,
					const struct signature_reference *ref)
{
	bool same = false;
	enum signature_document found = d->set == NULL
						? SIGNATURE_DOCUMENT_MISSING
						: d->set(d->self, ref->unique_id, &r->says, &same);
	if (found != SIGNATURE_DOCUMENT_READ)
		return missing_as(found);
	return same ? SIGNATURE_HOLDS : SIGNATURE_SET_DIFFERS;
}

static enum signature_reason verify_document(const struct signature_read *r,
					     const struct signature_documents *d,
					     const struct signature_reference *ref)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	enum signature_reason reason = SIGNATURE_HOLDS;
	if (ref->submission_set)
		return verify_set(r, d, ref);
	if (ref->digest == NULL || ref->transformed)
		return SIGNATURE_UNKNOWN_ALGORITHM;
	if (d->known != NULL && !ref->encoded)
		length = d->known(d->self, ref->unique_id, ref->digest, hash);
	if (length == 0)
		reason = hash_document(r->arena, d, ref, hash, &length);
	if (reason != SIGNATURE_HOLDS)
		return reason;
	return length == ref->value.length && memcmp(hash, ref->value.data, length) == 0
		       ? SIGNATURE_HOLDS
		       : SIGNATURE_CHANGED;
}

static void verify_documents(const struct signature_read *r, const struct signature_documents *d,
			     const struct signature_policy *policy, struct signature_verdict *v)
{
	for (const struct signature_reference *ref = r->says.references; ref != NULL;
	     ref = ref->next) {
		if (!r->payload_is_documents)
			conclude(v, verify_document(r, d, ref), ref->unique_id);
		if (ref->weak && !policy->takes_sha1)
			conclude(v, SIGNATURE_WEAK_ALGORITHM, ref->algorithm);
	}
	if (r->weak && !policy->takes_sha1)
		conclude(v, SIGNATURE_WEAK_ALGORITHM, "SHA-1");
	if (r->says.references == NULL && !r->encloses)
		conclude(v, SIGNATURE_SIGNS_NOTHING, NULL);
}

struct signature_verdict signature_verify(const struct signature_read *r,
					  const struct signature_documents *documents,
					  const struct signature_policy *policy, instant now)
{
	struct signature_verdict v = { .reason = SIGNATURE_HOLDS, .when = now };
	const char *what = NULL;
	if (r->problem != SIGNATURE_HOLDS) {
		conclude(&v, r->problem, r->what);
		return v;
	}
	if (r->names_another)
		conclude(&v, SIGNATURE_OTHER_CERTIFICATE, NULL);
	if (r->signer == NULL) {
		conclude(&v, SIGNATURE_NO_CERTIFICATE, NULL);
		return v;
	}
	enum signature_reason reason = r->says.form == SIGNATURE_XADES
					       ? signature_verify_xades(r, &what)
					       : signature_verify_jades(r, documents, &what);
	conclude(&v, reason, what);
	/* What a broken signature says of documents, nobody has signed. */
	if (reason != SIGNATURE_BROKEN)
		verify_documents(r, documents, policy, &v);
	if (!r->names_certificate)
		conclude(&v, SIGNATURE_CERTIFICATE_UNSIGNED, NULL);
	/* No name: what is said of it may be logged, and who signs may be the patient. */
	conclude(&v, signature_verify_signer(r, policy, now, &v), NULL);
	ERR_clear_error();
	return v;
}
