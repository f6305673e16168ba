/* gateway/operator/command_partner.c: other regions, in this region's own files: who they are,
 * where they are asked, by what they are known. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/client/admin_client.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/command.h"
#include "gateway/operator/partner_description.h"
#include "gateway/operator/region_inside.h"
#include "gateway/operator/region_partner.h"

static enum outcome failed(const struct invocation *i, const struct problem *p)
{
	enum outcome o = invocation_fail(i, p);
	return p->code == PROBLEM_CONFLICT ? OUTCOME_REFUSED : o;
}

static enum outcome misused(const struct invocation *i, const char *what, const char *remedy)
{
	fprintf(i->talk, "minato: %s\ndo: %s\n", what, remedy);
	return OUTCOME_USAGE;
}

static json_t *purposes_of(const struct partner *p)
{
	json_t *all = json_array();
	for (unsigned n = 0; n < PARTNER_PURPOSES; n++)
		if ((p->purposes & 1u << n) != 0)
			json_array_append_new(
				all, json_string(partner_purpose_name((enum partner_purpose)n)));
	return all;
}

/* Systems that ask on its behalf. */
static json_t *gateways_of(const struct region *r, const struct partner *p)
{
	json_t *all = json_array();
	for (size_t n = 0; n < r->system_count; n++)
		if (text_equal(r->systems[n].community, p->name))
			json_array_append_new(all, json_string(r->systems[n].name));
	return all;
}

/* What the daemon has seen of the communities since it started: {"communities": [...]}. NULL: it
 * does not run, or not for this user; the files say all else. */
static json_t *daemon_status(const struct invocation *i, const struct configuration *c)
{
	struct admin_answer answer;
	const struct admin_question q = { .socket = c->service.socket,
					  .method = "GET",
					  .path = "/admin/status" };
	admin_ask(i->arena, &q, &answer);
	return answer.reached && answer.status == 200 ? json_loads(answer.body, 0, NULL) : NULL;
}

/* In words. NULL: it was not asked since the daemon started. */
static const char *health_of(const struct invocation *i, const json_t *status, const char *partner)
{
	const json_t *one;
	size_t n;
	json_array_foreach (json_object_get(status, "communities"), n, one) {
		if (!text_equal(json_string_value(json_object_get(one, "community")), partner))
			continue;
		json_int_t failures = json_integer_value(json_object_get(one, "failures"));
		if (!json_is_true(json_object_get(one, "asked")))
			return arena_printf(i->arena,
					    "not asked for a while: %lld failures in a row",
					    failures);
		return failures == 0 ? "well"
				     : arena_printf(i->arena, "%lld failures in a row", failures);
	}
	return NULL;
}

enum outcome command_partner_list(struct invocation *i)
{
	static const struct column columns[] = { { .key = "name", .heading = "NAME" },
						 { .key = "for", .heading = "FOR" },
						 { .key = "home_community_id",
						   .heading = "COMMUNITY" },
						 { .key = "gateways", .heading = "ASKS US BY" },
						 { .key = "health", .heading = "HEALTH" },
						 { .key = "url", .heading = "URL" },
						 { 0 } };
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	json_t *rows = json_array(), *status = daemon_status(i, c);
	for (size_t n = 0; n < c->region.partner_count; n++) {
		const struct partner *p = &c->region.partners[n];
		json_array_append_new(
			rows,
			json_pack("{s:s, s:o, s:s*, s:o, s:s*, s:s, s:s*, s:s*}", "name", p->name,
				  "for", purposes_of(p), "home_community_id", p->home_community_id,
				  "gateways", gateways_of(&c->region, p), "health",
				  health_of(i, status, p->name), "url", p->url, "query_url",
				  p->query_url, "retrieve_url", p->retrieve_url));
	}
	output_rows(i->out, i->arena, i->format, rows, columns);
	json_decref(status);
	json_decref(rows);
	config_release(c);
	return OUTCOME_DONE;
}

/* ---- Added ---- */

/* From its description, which the operator of the other region sent, and whose fingerprint he told
 * by another way. */
static enum outcome read_description(struct invocation *i, struct community *k, const char *file)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct buffer text = buffer_in(i->arena);
	char signer[SIGNED_FILE_SHA256];
	const char *fingerprint = invocation_option(i, "fingerprint");
	if (fingerprint == NULL)
		return misused(i, "a description needs --fingerprint",
			       "ask the other region's operator for it, on the telephone: partner "
			       "describe told it");
	if (!region_read_text(file, &text, &p))
		return failed(i, &p);
	if (partner_description_read(buffer_bytes(&text), fingerprint, i->arena, k, signer, &p))
		return OUTCOME_DONE;
	enum outcome o = failed(i, &p);
	if (*signer != '\0')
		fprintf(i->talk, "it is signed by certificate %s\n", signer);
	return o;
}

static bool read_file(struct invocation *i, const char *option, struct bytes *out,
		      struct problem *p)
{
	const char *file = invocation_option(i, option);
	return file == NULL || region_read_certificates(file, i->arena, out, p);
}

static bool read_trust(struct invocation *i, struct community_trust *t, struct problem *p)
{
	return read_file(i, "ca", &t->ca, p) && read_file(i, "server-certificate", &t->server, p)
	       && read_file(i, "client-certificate", &t->client, p);
}

static enum outcome read_options(struct invocation *i, struct community *k)
{
	struct problem p = { .code = PROBLEM_NONE };
	k->home_community_id = invocation_option(i, "home-community-id");
	k->url = invocation_option(i, "url");
	k->query_url = invocation_option(i, "query-url");
	k->retrieve_url = invocation_option(i, "retrieve-url");
	k->title = invocation_option(i, "title");
	if (k->home_community_id == NULL || k->url == NULL)
		return misused(i, "a partner needs --home-community-id and --url, or --from FILE",
			       "write them as the other region says them");
	if (k->title == NULL)
		k->title = k->name;
	if (!read_trust(i, &k->trust, &p))
		return failed(i, &p);
	return (k->trust.ca.length > 0) != (k->trust.server.length > 0)
		       ? OUTCOME_DONE
		       : misused(i, "its servers are known by --ca or by --server-certificate",
				 "give one of them");
}

enum outcome command_partner_add(struct invocation *i)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct community k = { .name = i->arguments[0] };
	const char *from = invocation_option(i, "from");
	size_t plain = strspn(k.name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (plain == 0 || k.name[plain] != '\0' || k.name[0] == '-')
		return misused(
			i, arena_printf(i->arena, "\"%s\" cannot be the name of a partner", k.name),
			"name it with a-z, 0-9 and -, such as west");
	enum outcome o = from != NULL ? read_description(i, &k, from) : read_options(i, &k);
	if (o != OUTCOME_DONE)
		return o;
	if (!region_add_community(i->configuration, &k, i->arena, &p))
		return failed(i, &p);
	fprintf(i->talk, "%s (%s, %s) is a partner.\n", k.name, k.title, k.home_community_id);
	if (k.trust.client.length > 0)
		fprintf(i->talk,
			"It asks us as %s-gateway, and sees whom his consent lets it see "
			"(minato consent include).\n",
			k.name);
	fprintf(i->talk,
		"Let the daemon read its configuration again, then try it:\n"
		"  systemctl reload minatod     or: kill -HUP its process\n"
		"  minato partner probe %s\n",
		k.name);
	return OUTCOME_DONE;
}

enum outcome command_partner_trust(struct invocation *i)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct community_trust t = { 0 };
	if (!read_trust(i, &t, &p))
		return failed(i, &p);
	if ((t.ca.length > 0) == (t.server.length > 0))
		return misused(i, "what is it to be known by: --ca or --server-certificate?",
			       "give one of them, as its section has it");
	if (!region_trust_partner(i->configuration, i->arguments[0], &t, i->arena, &p))
		return failed(i, &p);
	fprintf(i->talk,
		"%s is known by that from the next connection on; at our doors from a reload on.\n",
		i->arguments[0]);
	return OUTCOME_DONE;
}

/* ---- Described ---- */

/* Where others reach us, without a path: our actors have theirs. */
static bool is_base(const char *url)
{
	return text_starts(url, "https://") && strpbrk(url + strlen("https://"), "/?#@") == NULL
	       && url[strlen("https://")] != '\0';
}

enum outcome command_partner_describe(struct invocation *i)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct bytes file;
	char sha256[CERTIFICATE_SHA256_TEXT];
	const char *url = invocation_option(i, "url"), *ca = invocation_option(i, "ca"),
		   *why = NULL;
	if (!is_base(url))
		return misused(
			i, arena_printf(i->arena, "--url \"%s\" is not where we are reached", url),
			"write https://HOST:PORT, as others know this host");
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	if (ca == NULL)
		ca = c->https.tls.ca;
	bool made = partner_description_write(c, url, ca, i->clock->now(i->clock), i->arena, &file,
					      &p)
		    && (certificate_sha256(c->https.tls.certificate, sha256, &why)
			|| problem_set(&p, PROBLEM_CONFIGURATION, "%s", why));
	config_release(c);
	if (!made)
		return failed(i, &p);
	fwrite(file.data, 1, file.length, i->out);
	fprintf(i->talk,
		"Send this to the other region. Tell its operator the fingerprint by another way, "
		"such as\non the telephone, for minato partner add NAME --from FILE --fingerprint "
		"...:\n%s\n",
		sha256);
	return OUTCOME_DONE;
}
