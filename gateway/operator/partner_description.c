/* gateway/operator/partner_description.c: what a region says of itself to another. */
#include "gateway/operator/partner_description.h"

#include <jansson.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "profiles/actor.h"

static const char type[] = "minato-partner-description+jws";
static const char uris[] = "urn:ietf:rfc:3986"; /* FHIR: identifiers that are URIs */
static const char connections[] = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type";

/* A kind of question, and where it is asked. */
static const struct endpoint_row {
	const char *transaction;
	const char *connection; /* mCSD's code */
	enum actor actor;       /* ours that answers it */
} endpoints[] = {
	{ "ITI-55", "ihe-xcpd", DISCOVERY_GATEWAY },
	{ "ITI-38", "ihe-xca", RESPONDING_GATEWAY },
	{ "ITI-39", "ihe-xca", RESPONDING_GATEWAY },
	{ "ITI-80", "ihe-xdr", RESPONDING_GATEWAY },
};

static const struct certificate_row {
	const char *id;
	size_t at; /* in struct community_trust */
} certificates[] = {
	{ "authorities", offsetof(struct community_trust, ca) },
	{ "server", offsetof(struct community_trust, server) },
	{ "gateway", offsetof(struct community_trust, client) },
};

static struct bytes *pem_of(struct community_trust *t, const struct certificate_row *row)
{
	return (struct bytes *)((char *)t + row->at);
}

/* ---- Written ---- */

static void add(json_t *entries, json_t *resource)
{
	json_array_append_new(entries, json_pack("{s:o}", "resource", resource));
}

static json_t *organization(const struct configuration *c)
{
	json_t *all = json_array();
	for (size_t i = 0; i < COUNT(endpoints); i++)
		json_array_append_new(all, json_pack("{s:s+}", "reference", "Endpoint/",
						     endpoints[i].transaction));
	return json_pack("{s:s, s:s, s:[{s:s, s:s}], s:b, s:s, s:o}", "resourceType",
			 "Organization", "id", "region", "identifier", "system", uris, "value",
			 c->region.home_community_id, "active", 1, "name", c->region.name,
			 "endpoint", all);
}

static json_t *endpoint(const struct endpoint_row *row, const char *url, struct arena *a)
{
	return json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:[{s:s}], s:s}", "resourceType",
			 "Endpoint", "id", row->transaction, "status", "active", "connectionType",
			 "system", connections, "code", row->connection, "payloadType", "text",
			 row->transaction, "address",
			 arena_printf(a, "%s%s", url, actor_path(row->actor)));
}

static json_t *binary(const struct certificate_row *row, struct bytes pem, struct arena *a)
{
	struct buffer text = buffer_in(a);
	buffer_base64(&text, pem);
	return json_pack("{s:s, s:s, s:s, s:s}", "resourceType", "Binary", "id", row->id,
			 "contentType", "application/x-pem-file", "data", buffer_ended(&text));
}

static json_t *bundle(const struct configuration *c, const char *url, struct community_trust *t,
		      instant now, struct arena *a)
{
	char when[XML_TIME_TEXT];
	json_t *entries = json_array();
	instant_to_xml(now, when);
	add(entries, organization(c));
	for (size_t i = 0; i < COUNT(endpoints); i++)
		add(entries, endpoint(&endpoints[i], url, a));
	for (size_t i = 0; i < COUNT(certificates); i++)
		if (pem_of(t, &certificates[i])->length > 0)
			add(entries, binary(&certificates[i], *pem_of(t, &certificates[i]), a));
	return json_pack("{s:s, s:s, s:s, s:o}", "resourceType", "Bundle", "type", "collection",
			 "timestamp", when, "entry", entries);
}

/* The first certificate of a chain. */
static struct bytes first_of(struct bytes pem, struct arena *a)
{
	static const char end[] = "-----END CERTIFICATE-----\n";
	const char *text = arena_text_n(a, (const char *)pem.data, pem.length);
	const char *at = strstr(text, end);
	return at == NULL ? pem : (struct bytes){ pem.data, (size_t)(at - text) + strlen(end) };
}

bool partner_description_write(const struct configuration *c, const char *url,
			       const char *authorities, instant now, struct arena *a,
			       struct bytes *out, struct problem *p)
{
	const char *ours = c->https.tls.certificate;
	struct community_trust t = { 0 };
	struct buffer text = buffer_in(a);
	if (!region_read_certificates(ours, a, &t.client, p)
	    || !region_read_certificates(authorities, a, &t.ca, p))
		return false;
	t.client = first_of(t.client, a);
	json_t *b = bundle(c, url, &t, now, a);
	bool made = json_append(&text, b);
	json_decref(b);
	return made ? signed_file_write(a, buffer_bytes(&text), type, ours, out, p)
		    : problem_set(p, PROBLEM_INTERNAL, "there is no memory to describe the region");
}

/* ---- Read ---- */

struct reading {
	struct arena *arena;
	struct problem *problem;
	struct community *out;
};

static bool refuse(struct reading *r, const char *what)
{
	return problem_set(r->problem, PROBLEM_REQUEST_INVALID, "the description: %s", what);
}

static const char *text_of(const struct reading *r, const json_t *object, const char *member)
{
	return arena_text(r->arena, json_string_value(json_object_get(object, member)));
}

static bool read_organization(struct reading *r, const json_t *o)
{
	const json_t *id = json_array_get(json_object_get(o, "identifier"), 0);
	r->out->title = text_of(r, o, "name");
	if (text_equal(json_string_value(json_object_get(id, "system")), uris))
		r->out->home_community_id = text_of(r, id, "value");
	return (!text_empty(r->out->title) && r->out->home_community_id != NULL
		&& text_starts(r->out->home_community_id, "urn:oid:"))
	       || refuse(r, "its Organization has no name, or no homeCommunityId");
}

static bool read_endpoint(struct reading *r, const json_t *o)
{
	const json_t *kind = json_array_get(json_object_get(o, "payloadType"), 0);
	const char *transaction = json_string_value(json_object_get(kind, "text"));
	const char *address = text_of(r, o, "address");
	if (text_equal(transaction, "ITI-55"))
		r->out->url = address;
	else if (text_equal(transaction, "ITI-38"))
		r->out->query_url = address;
	else if (text_equal(transaction, "ITI-39"))
		r->out->retrieve_url = address;
	else if (text_equal(transaction, "ITI-80"))
		r->out->submit_url = address;
	return address != NULL || refuse(r, "an Endpoint of it has no address");
}

static bool read_binary(struct reading *r, const json_t *o)
{
	const char *id = json_string_value(json_object_get(o, "id")),
		   *data = json_string_value(json_object_get(o, "data"));
	for (size_t i = 0; i < COUNT(certificates); i++)
		if (text_equal(id, certificates[i].id))
			return (data != NULL
				&& bytes_from_base64(r->arena, data,
						     pem_of(&r->out->trust, &certificates[i])))
			       || refuse(r, "a certificate of it is not in base64");
	return true;
}

/* What is of another kind is said to others than us. */
static bool read_entry(struct reading *r, const json_t *o)
{
	const char *kind = json_string_value(json_object_get(o, "resourceType"));
	return text_equal(kind, "Organization") ? read_organization(r, o)
	       : text_equal(kind, "Endpoint")   ? read_endpoint(r, o)
	       : text_equal(kind, "Binary")     ? read_binary(r, o)
						: true;
}

static bool read_bundle(struct reading *r, const json_t *b)
{
	const json_t *entries = json_object_get(b, "entry"), *entry;
	size_t n;
	if (!text_equal(json_string_value(json_object_get(b, "resourceType")), "Bundle"))
		return refuse(r, "it is no Bundle");
	json_array_foreach (entries, n, entry)
		if (!read_entry(r, json_object_get(entry, "resource")))
			return false;
	if (r->out->home_community_id == NULL)
		return refuse(r, "it has no Organization");
	if (r->out->url == NULL)
		return refuse(r, "it has no Endpoint for ITI-55");
	return r->out->trust.ca.length > 0 || r->out->trust.server.length > 0
	       || refuse(r, "it has no certificate to know its servers by");
}

/* Certificates and nothing else, and each whole: they are copied into files that are believed. */
static bool are_certificates(struct bytes pem)
{
	BIO *in = BIO_new_mem_buf(pem.data, (int)pem.length);
	unsigned count = 0;
	X509 *x;
	while (in != NULL && (x = PEM_read_bio_X509(in, NULL, NULL, (void *)"")) != NULL) {
		X509_free(x);
		count++;
	}
	bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	ERR_clear_error();
	BIO_free(in);
	return whole && count > 0;
}

bool partner_description_read(struct bytes file, const char *sha256, struct arena *a,
			      struct community *out, char signer[SIGNED_FILE_SHA256],
			      struct problem *p)
{
	struct reading r = { a, p, out };
	struct bytes payload;
	if (!signed_file_read(a, file, type, sha256, &payload, signer, p))
		return false;
	json_t *b = json_loadb((const char *)payload.data, payload.length, JSON_REJECT_DUPLICATES,
			       NULL);
	bool read = read_bundle(&r, b);
	json_decref(b);
	for (size_t i = 0; read && i < COUNT(certificates); i++) {
		struct bytes pem = *pem_of(&out->trust, &certificates[i]);
		read = pem.length == 0 || are_certificates(pem)
		       || refuse(&r, "what it says are certificates are none");
	}
	return read;
}
