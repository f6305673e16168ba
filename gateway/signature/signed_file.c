/* gateway/signature/signed_file.c: octets in a file that says who signed them. */
#include "gateway/signature/signed_file.h"

#include <ctype.h>
#include <jansson.h>
#include <jose/b64.h>
#include <jose/jws.h>
#include <jose/openssl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"

enum { CHAIN_MOST = 8 };

static void give_back_json(void *json)
{
	json_decref(json);
}

static void give_back_certificate(void *x)
{
	X509_free(x);
}

static void give_back_key(void *key)
{
	EVP_PKEY_free(key);
}

static json_t *kept(struct arena *a, json_t *json)
{
	if (json != NULL)
		arena_at_end(a, give_back_json, json);
	return json;
}

/* RFC 7518: 3.1; NULL: a key that signs nothing here. */
static const char *algorithm_of(EVP_PKEY *key)
{
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA: return EVP_PKEY_get_bits(key) >= 2048 ? "PS256" : NULL;
	case EVP_PKEY_EC:
		return EVP_PKEY_get_bits(key) == 256   ? "ES256"
		       : EVP_PKEY_get_bits(key) == 384 ? "ES384"
		       : EVP_PKEY_get_bits(key) == 521 ? "ES512"
						       : NULL;
	default: return NULL;
	}
}

static json_t *jwk_of(struct arena *a, EVP_PKEY *key)
{
	const char *alg = key == NULL ? NULL : algorithm_of(key);
	json_t *jwk = alg == NULL ? NULL : kept(a, jose_openssl_jwk_from_EVP_PKEY(NULL, key));
	if (jwk != NULL)
		json_object_set_new(jwk, "alg", json_string(alg));
	return jwk;
}

/* ---- Written ---- */

struct writing {
	struct arena *arena;
	struct bytes octets;
	const char *type, *pem;
	struct bytes *out;
	struct problem *problem;
	bool done;
};

static bool add_certificate(struct arena *a, json_t *chain, X509 *x)
{
	unsigned char *der = NULL;
	int length = i2d_X509(x, &der);
	struct buffer text = buffer_in(a);
	if (length > 0)
		buffer_base64(&text, (struct bytes){ der, (size_t)length });
	OPENSSL_free(der);
	return length > 0 && json_array_append_new(chain, json_string(buffer_ended(&text))) == 0;
}

static json_t *chain_of(struct arena *a, FILE *f)
{
	json_t *chain = kept(a, json_array());
	X509 *x;
	bool whole = chain != NULL;
	while (whole && json_array_size(chain) < CHAIN_MOST
	       && (x = PEM_read_X509(f, NULL, NULL, (void *)"")) != NULL) {
		whole = add_certificate(a, chain, x);
		X509_free(x);
	}
	ERR_clear_error();
	return whole && json_array_size(chain) > 0 ? chain : NULL;
}

static json_t *encoded(struct bytes octets)
{
	return jose_b64_enc(octets.data, octets.length);
}

static bool sign(struct writing *w, json_t *chain, EVP_PKEY *key)
{
	json_t *jwk = jwk_of(w->arena, key);
	json_t *jws = kept(w->arena, json_pack("{s:o}", "payload", encoded(w->octets)));
	json_t *how = jwk == NULL ? NULL
				  : kept(w->arena, json_pack("{s:{s:O, s:s, s:O}}", "protected",
							     "alg", json_object_get(jwk, "alg"),
							     "typ", w->type, "x5c", chain));
	if (how == NULL || jws == NULL || !jose_jws_sig(NULL, jws, how, jwk))
		return problem_at(w->problem, PROBLEM_CONFIGURATION, w->pem,
				  "the key in it cannot sign (EC P-256, P-384, P-521, or RSA of "
				  "2048 bits)");
	struct buffer text = buffer_in(w->arena);
	json_append(&text, jws);
	buffer_byte(&text, '\n');
	*w->out = buffer_bytes(&text);
	return true;
}

static void write_file(void *with)
{
	struct writing *w = with;
	FILE *f = regular_stream(w->pem);
	json_t *chain = f == NULL ? NULL : chain_of(w->arena, f);
	EVP_PKEY *key = NULL;
	if (f != NULL) {
		rewind(f);
		key = PEM_read_PrivateKey(f, NULL, NULL, (void *)"");
		fclose(f);
		ERR_clear_error();
	}
	if (key != NULL)
		arena_at_end(w->arena, give_back_key, key);
	w->done = chain == NULL || key == NULL
			  ? problem_at(w->problem, PROBLEM_CONFIGURATION, w->pem,
				       "a certificate and its key cannot be read in it")
			  : sign(w, chain, key);
}

bool signed_file_write(struct arena *a, struct bytes octets, const char *type, const char *pem,
		       struct bytes *out, struct problem *p)
{
	struct writing w = { a, octets, type, pem, out, p, false };
	if (!json_beside_run(a, write_file, &w))
		return problem_set(p, PROBLEM_INTERNAL, "there is no memory to sign it");
	return w.done;
}

/* ---- Read ---- */

struct reading {
	struct arena *arena;
	struct bytes file;
	const char *type, *sha256;
	struct bytes *out;
	char *signer;
	struct problem *problem;
	json_t *jws, *header;
	X509 *certificate;
	bool done;
};

static bool refuse(struct reading *r, const char *what)
{
	return problem_set(r->problem, PROBLEM_REQUEST_INVALID, "%s", what);
}

static bool decode(struct reading *r, const char *member, struct bytes *out)
{
	const char *digits = json_string_value(json_object_get(r->jws, member));
	size_t length = digits == NULL ? 0 : strlen(digits);
	unsigned char *octets = arena_alloc(r->arena, length + 1);
	size_t n = digits == NULL ? SIZE_MAX : jose_b64_dec_buf(digits, length, octets, length);
	*out = (struct bytes){ octets, n };
	return n != SIZE_MAX || refuse(r, "it is not in base64url");
}

static bool read_frame(struct reading *r)
{
	struct bytes octets;
	r->jws = kept(r->arena, json_loadb((const char *)r->file.data, r->file.length,
					   JSON_REJECT_DUPLICATES, NULL));
	if (json_object_size(r->jws) != 3 || json_object_get(r->jws, "payload") == NULL
	    || json_object_get(r->jws, "protected") == NULL
	    || json_object_get(r->jws, "signature") == NULL)
		return refuse(r, "it is no signed file: payload, protected and signature");
	if (!decode(r, "protected", &octets))
		return false;
	r->header = kept(r->arena, json_loadb((const char *)octets.data, octets.length,
					      JSON_REJECT_DUPLICATES, NULL));
	const char *type = json_string_value(json_object_get(r->header, "typ"));
	if (json_object_get(r->header, "crit") != NULL)
		return refuse(r, "its signature asks for what is not understood (crit)");
	return text_equal(type, r->type) || refuse(r, "it is signed as something else");
}

static bool read_signer(struct reading *r)
{
	const json_t *first = json_array_get(json_object_get(r->header, "x5c"), 0);
	const char *text = json_string_value(first);
	struct bytes der;
	unsigned char hash[32];
	unsigned length = 0;
	if (text == NULL || !bytes_from_base64(r->arena, text, &der))
		return refuse(r, "it does not say by whom it is signed (x5c)");
	const unsigned char *at = der.data;
	r->certificate = d2i_X509(NULL, &at, (long)der.length);
	ERR_clear_error();
	if (r->certificate == NULL || at != der.data + der.length)
		return refuse(r, "its signer's certificate cannot be read");
	arena_at_end(r->arena, give_back_certificate, r->certificate);
	if (X509_digest(r->certificate, EVP_sha256(), hash, &length) != 1)
		return refuse(r, "its signer's certificate cannot be read");
	snprintf(r->signer, SIGNED_FILE_SHA256, "%s",
		 bytes_to_hex(r->arena, (struct bytes){ hash, length }));
	return true;
}

/* As people write it. */
static bool is_expected(const struct reading *r)
{
	const char *at = r->signer;
	for (const char *c = r->sha256; *c != '\0'; c++) {
		if (*c == ':' || *c == ' ')
			continue;
		if (*at == '\0' || tolower((unsigned char)*c) != *at++)
			return false;
	}
	return *at == '\0';
}

static bool verify(struct reading *r)
{
	json_t *jwk = jwk_of(r->arena, X509_get0_pubkey(r->certificate));
	const char *alg = json_string_value(json_object_get(r->header, "alg"));
	if (jwk == NULL || !text_equal(alg, json_string_value(json_object_get(jwk, "alg"))))
		return refuse(r, "its algorithm is not that of its signer's key");
	bool holds = jose_jws_ver(NULL, r->jws, NULL, jwk, false);
	ERR_clear_error();
	return holds || refuse(r, "its signature does not hold: it was changed");
}

static void read_file(void *with)
{
	struct reading *r = with;
	r->done = read_frame(r) && read_signer(r)
		  && (is_expected(r)
		      || refuse(r, "it is signed by another certificate than the one named"))
		  && verify(r) && decode(r, "payload", r->out);
}

bool signed_file_read(struct arena *a, struct bytes file, const char *type, const char *sha256,
		      struct bytes *out, char signer[SIGNED_FILE_SHA256], struct problem *p)
{
	struct reading r = { .arena = a,
			     .file = file,
			     .type = type,
			     .sha256 = sha256,
			     .out = out,
			     .signer = signer,
			     .problem = p };
	*signer = '\0';
	if (file.length > SIGNED_FILE_MOST)
		return refuse(&r, "it is larger than such a file can be");
	if (!json_beside_run(a, read_file, &r))
		return problem_set(p, PROBLEM_INTERNAL, "there is no memory to read it");
	return r.done;
}
