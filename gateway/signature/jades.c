/* gateway/signature/jades.c: a signature in JSON. DSGj, ITI TF-3: 5.10; RFC 7515 (JWS); ETSI TS 119
 * 182-1 (JAdES).
 *
 * One signature, of the protected header alone: what stands beside it is looked at only to see that
 * nothing but etsiU does, and libjose is given a JWS that we made of the three members that count.
 * The key is that of the certificate in the protected header, and its kind must be alg's. */
#include <jansson.h>
#include <jose/b64.h>
#include <jose/jws.h>
#include <jose/openssl.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/signature/base64url.h"
#include "gateway/signature/inside.h"
#include "schemas/model/values.h"

#define SIGD "http://uri.etsi.org/19182/"

enum { NAMES_MOST = 64 };

struct reading {
	struct signature_read *r;
	struct bytes octets;
	json_t *whole, *one, *header; /* whole's; header is ours */
	bool encoded;                 /* b64: the payload goes into it in base64url */
	bool done;
};

static bool unread(struct reading *g, const char *what)
{
	return signature_unread(g->r, SIGNATURE_UNREADABLE, what);
}

static void give_back(void *json)
{
	json_decref(json);
}

/* Freed with the arena. */
static json_t *kept(struct reading *g, json_t *json)
{
	if (json != NULL)
		arena_at_end(g->r->arena, give_back, json);
	return json;
}

static const char *text(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

static bool from_base64url(struct signature_read *r, const char *digits, struct bytes *out)
{
	size_t length = digits == NULL ? 0 : strlen(digits);
	unsigned char *octets = arena_alloc(r->arena, length + 1);
	size_t n = digits == NULL ? SIZE_MAX : jose_b64_dec_buf(digits, length, octets, length);
	*out = (struct bytes){ octets, n };
	return n != SIZE_MAX;
}

/* ---- Its frame ---- */

/* Flattened, or general with one signature (RFC 7515: 7.2). */
static bool read_frame(struct reading *g)
{
	json_t *all = json_object_get(g->whole, "signatures");
	g->one = all == NULL ? g->whole : json_array_get(all, 0);
	if (all != NULL
	    && (json_array_size(all) != 1 || json_object_get(g->whole, "signature") != NULL
		|| json_object_get(g->whole, "protected") != NULL))
		return unread(g, "it has not exactly one signature");
	if (text(g->one, "protected") == NULL || text(g->one, "signature") == NULL)
		return unread(g, "it has no protected header and signature");
	const json_t *beside = json_object_get(g->one, "header");
	if (beside != NULL
	    && (!json_is_object(beside)
		|| json_object_size(beside) != (json_object_get(beside, "etsiU") != NULL)))
		return unread(g, "something but etsiU stands in the unprotected header");
	return true;
}

static bool read_header(struct reading *g)
{
	struct bytes octets;
	if (!from_base64url(g->r, text(g->one, "protected"), &octets))
		return unread(g, "its protected header is not base64url");
	g->header = kept(g, json_loadb((const char *)octets.data, octets.length,
				       JSON_REJECT_DUPLICATES, NULL));
	if (!json_is_object(g->header))
		return unread(g, "its protected header is no JSON object");
	const char *alg = text(g->header, "alg");
	g->r->jws_algorithm = signature_algorithm(alg, ALGORITHM_SIGNS_JSON);
	return g->r->jws_algorithm != NULL
	       || signature_unread(g->r, SIGNATURE_UNKNOWN_ALGORITHM,
				   alg == NULL ? "" : arena_text(g->r->arena, alg));
}

/* What must be understood, is, or the signature is not read (RFC 7515: 4.1.11). */
static bool read_critical(struct reading *g)
{
	static const char *const known[] = { "b64", "sigD", "sigT", "srCms", "srAts", "sigPId" };
	const json_t *crit = json_object_get(g->header, "crit"), *b64;
	for (size_t i = 0; i < json_array_size(crit); i++) {
		const char *name = json_string_value(json_array_get(crit, i));
		size_t k = 0;
		while (k < COUNT(known) && !text_equal(known[k], name))
			k++;
		if (k == COUNT(known) || json_object_get(g->header, name) == NULL)
			return unread(g, "crit names what is not understood");
	}
	if (crit != NULL && json_array_size(crit) == 0)
		return unread(g, "crit names nothing");
	b64 = json_object_get(g->header, "b64");
	g->encoded = b64 == NULL || json_is_true(b64);
	return b64 == NULL || json_is_boolean(b64) || unread(g, "b64 is neither true nor false");
}

/* ---- What is signed ---- */

static bool add_document(struct reading *g, const char *uri, const char *hash_name,
			 const char *hash)
{
	struct signature_read *r = g->r;
	struct signature_reference *ref = arena_new(r->arena, struct signature_reference), **last;
	const struct signature_algorithm *a = signature_algorithm(hash_name, ALGORITHM_DIGESTS);
	if (text_empty(uri) || (hash_name != NULL && !from_base64url(r, hash, &ref->value)))
		return unread(g, "sigD does not say what is signed");
	ref->unique_id = signature_unique_id(r->arena, uri);
	ref->algorithm = arena_text(r->arena, hash_name);
	ref->digest = a == NULL ? NULL : a->digest;
	ref->encoded = g->encoded;
	for (last = &r->says.references; *last != NULL; last = &(*last)->next)
		if (text_equal((*last)->unique_id, ref->unique_id))
			return unread(g, "a document is named twice");
	*last = ref;
	return ++r->says.reference_count <= SIGNATURE_REFERENCES_MOST
	       || unread(g, "it names more documents than are taken");
}

static bool read_detached(struct reading *g, const json_t *sigd)
{
	const json_t *pars = json_object_get(sigd, "pars"),
		     *hashes = json_object_get(sigd, "hashV");
	const char *how = text(sigd, "mId");
	bool hashed = text_equal(how, SIGD "ObjectIdByURIHash");
	if (!hashed && !text_equal(how, SIGD "ObjectIdByURI"))
		return unread(g, "sigD names documents in a way that is not taken");
	if (!text_empty(text(g->whole, "payload")))
		return unread(g, "it is detached, and has a payload");
	if (hashed
	    && (json_array_size(hashes) != json_array_size(pars) || text(sigd, "hashM") == NULL))
		return unread(g, "sigD has not a hash for each document");
	g->r->payload_is_documents = !hashed;
	for (size_t i = 0; i < json_array_size(pars); i++)
		if (!add_document(g, json_string_value(json_array_get(pars, i)),
				  hashed ? text(sigd, "hashM") : NULL,
				  json_string_value(json_array_get(hashes, i))))
			return false;
	return true;
}

static bool read_signed(struct reading *g)
{
	const json_t *sigd = json_object_get(g->header, "sigD");
	const char *payload = text(g->whole, "payload");
	struct bytes octets;
	if (sigd != NULL)
		return read_detached(g, sigd);
	if (!g->encoded)
		return unread(g, "its payload is not encoded, and none of a detached one");
	if (payload != NULL && !from_base64url(g->r, payload, &octets))
		return unread(g, "its payload is not base64url");
	g->r->encloses = !text_empty(payload);
	return true;
}

/* ---- Who, when, what for ---- */

static void read_certificates(struct reading *g)
{
	const json_t *x5c = json_object_get(g->header, "x5c");
	struct bytes der;
	for (size_t i = 0; i < json_array_size(x5c); i++) {
		const char *base64 = json_string_value(json_array_get(x5c, i));
		if (base64 != NULL && bytes_from_base64(g->r->arena, base64, &der))
			signature_add_certificate(g->r, der);
	}
	g->r->names_certificate = g->r->certificate_count > 0;
	if (text(g->header, "x5t#S256") != NULL
	    && from_base64url(g->r, text(g->header, "x5t#S256"), &der))
		signature_name_certificate(g->r, "SHA256", der);
}

static void add_text(struct reading *g, struct text_value **list, const char *value)
{
	unsigned count = 0;
	if (text_empty(value))
		return;
	for (; *list != NULL; list = &(*list)->next)
		if (++count == NAMES_MOST)
			return;
	*list = arena_new(g->r->arena, struct text_value);
	(*list)->value = signature_unique_id(g->r->arena, value);
}

static void read_purposes(struct reading *g)
{
	const json_t *all = json_object_get(g->header, "srCms");
	for (size_t i = 0; i < json_array_size(all); i++)
		add_text(g, &g->r->says.purposes,
			 text(json_object_get(json_array_get(all, i), "commId"), "id"));
}

static void read_roles(struct reading *g)
{
	const json_t *all = json_object_get(g->header, "srAts");
	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *claimed = json_object_get(json_array_get(all, i), "claimed");
		for (size_t k = 0; k < json_array_size(claimed); k++) {
			const json_t *values = json_object_get(json_array_get(claimed, k), "vals");
			for (size_t n = 0; n < json_array_size(values); n++)
				add_text(g, &g->r->says.roles,
					 json_string_value(json_array_get(values, n)));
		}
	}
}

/* sigTst, arcTst ... (TS 119 182-1: 5.3), of one component as it is or in base64url. */
static bool is_timestamp(struct reading *g, json_t *component)
{
	const char *text = json_string_value(component), *name;
	struct bytes octets;
	json_t *value;
	if (text != NULL && from_base64url(g->r, text, &octets))
		component = kept(g, json_loadb((const char *)octets.data, octets.length,
					       JSON_REJECT_DUPLICATES, NULL));
	json_object_foreach (component, name, value) {
		size_t length = strlen(name);
		if (length >= 3 && text_equal(name + length - 3, "Tst"))
			return true;
	}
	return false;
}

static void look_for_timestamps(struct reading *g)
{
	const json_t *beside = json_object_get(json_object_get(g->one, "header"), "etsiU");
	g->r->says.has_timestamp = json_object_get(g->header, "adoTst") != NULL;
	for (size_t i = 0;
	     !g->r->says.has_timestamp && i < json_array_size(beside) && i < NAMES_MOST; i++)
		g->r->says.has_timestamp = is_timestamp(g, json_array_get(beside, i));
}

static bool read_time(struct reading *g)
{
	const char *time = text(g->header, "sigT");
	const json_t *since = json_object_get(g->header, "iat");
	if (time != NULL && !signature_time(time, &g->r->says.claimed))
		return unread(g, "its sigT is none");
	if (time == NULL && json_is_integer(since) && json_integer_value(since) > 0
	    && json_integer_value(since) < INT64_C(253402300800))
		g->r->says.claimed = json_integer_value(since) * INT64_C(1000000);
	return true;
}

static bool keep_signed(struct reading *g)
{
	const json_t *payload = g->r->encloses ? json_object_get(g->whole, "payload") : NULL;
	const char *octets = payload == NULL ? "" : json_string_value(payload);
	g->r->jws = kept(g, json_pack("{s:s, s:s, s:s}", "protected", text(g->one, "protected"),
				      "signature", text(g->one, "signature"), "payload", octets));
	return g->r->jws != NULL || unread(g, "there is no memory for it");
}

static void read(void *with)
{
	struct reading *g = with;
	g->whole = kept(g, json_loadb((const char *)g->octets.data, g->octets.length,
				      JSON_REJECT_DUPLICATES, NULL));
	if (!json_is_object(g->whole)) {
		unread(g, "it is no JSON object");
		return;
	}
	g->done = read_frame(g) && read_header(g) && read_critical(g) && read_signed(g)
		  && read_time(g) && keep_signed(g);
	if (!g->done)
		return;
	read_certificates(g);
	read_roles(g);
	read_purposes(g);
	look_for_timestamps(g);
}

bool signature_read_jades(struct signature_read *r, struct bytes octets)
{
	struct reading g = { .r = r, .octets = octets };
	r->says.form = SIGNATURE_JADES;
	if (!json_beside_run(r->arena, read, &g))
		return unread(&g, "it takes more memory than there is for it");
	return g.done;
}

/* ---- Verified ---- */

struct verifying {
	const struct signature_read *r;
	const struct signature_documents *documents;
	enum signature_reason reason;
	const char *what;
};

/* The certificate's key, for its own algorithm and no other. */
static json_t *key_of(const struct signature_read *r)
{
	json_t *jwk = jose_openssl_jwk_from_EVP_PKEY(NULL, X509_get0_pubkey(r->signer));
	if (jwk != NULL)
		json_object_set_new(jwk, "alg", json_string(r->jws_algorithm->name));
	return jwk;
}

struct feeding {
	jose_io_t *io;
	bool sound;
};

static void feed(void *with, struct bytes piece)
{
	struct feeding *f = with;
	f->sound = f->sound && f->io->feed(f->io, piece.data, piece.length);
}

/* The payload is all documents in their order, each encoded for itself (TS 119 182-1: 5.2.8.3). */
static bool feed_documents(struct verifying *v, jose_io_t *io)
{
	struct feeding f = { .io = io, .sound = true };
	struct signature_taker to = { &f, feed };
	for (const struct signature_reference *ref = v->r->says.references; ref != NULL;
	     ref = ref->next) {
		struct base64url encoder = { .to = to };
		struct signature_taker encoding = { &encoder, base64url_take };
		enum signature_document found = v->documents->read(
			v->documents->self, ref->unique_id, ref->encoded ? &encoding : &to);
		base64url_end(&encoder);
		v->what = ref->unique_id;
		if (found != SIGNATURE_DOCUMENT_READ) {
			v->reason = found == SIGNATURE_DOCUMENT_MISSING
					    ? SIGNATURE_DOCUMENT_NOT_HELD
				    : found == SIGNATURE_DOCUMENT_TOO_LARGE
					    ? SIGNATURE_DOCUMENT_LARGE
					    : SIGNATURE_DOCUMENT_UNREADABLE;
			return false;
		}
	}
	v->what = v->r->jws_algorithm->name;
	return f.sound;
}

static void release_io(void *io)
{
	jose_io_decref(io);
}

static void verify_stream(struct verifying *v, json_t *jwk)
{
	jose_io_t *io = jose_jws_ver_io(NULL, v->r->jws, NULL, jwk, true);
	v->reason = SIGNATURE_BROKEN;
	if (io == NULL)
		return;
	arena_at_end(v->r->arena, release_io, io); /* reading documents may leave by a jump */
	if (feed_documents(v, io) && io->done(io))
		v->reason = SIGNATURE_HOLDS;
}

static void verify(void *with)
{
	struct verifying *v = with;
	json_t *jwk = key_of(v->r);
	if (jwk == NULL)
		v->reason = SIGNATURE_NO_CERTIFICATE;
	else if (v->r->payload_is_documents)
		verify_stream(v, jwk);
	else
		v->reason = jose_jws_ver(NULL, v->r->jws, NULL, jwk, true) ? SIGNATURE_HOLDS
									   : SIGNATURE_BROKEN;
	json_decref(jwk);
}

enum signature_reason signature_verify_jades(const struct signature_read *r,
					     const struct signature_documents *documents,
					     const char **what)
{
	struct verifying v = { .r = r,
			       .documents = documents,
			       .reason = SIGNATURE_UNREADABLE,
			       .what = r->jws_algorithm->name };
	const EVP_PKEY *key = X509_get0_pubkey(r->signer);
	if (key == NULL)
		return SIGNATURE_NO_CERTIFICATE;
	*what = v.what;
	if (!signature_key_fits(r->jws_algorithm, key))
		return SIGNATURE_BROKEN;
	json_beside_run(r->arena, verify, &v);
	*what = v.what;
	if (v.reason == SIGNATURE_HOLDS && !signature_key_is_strong(key))
		return SIGNATURE_WEAK_ALGORITHM;
	return v.reason;
}
