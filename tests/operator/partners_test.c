/* tests/operator/partners_test.c: another region becomes a partner: by its own description or by
 * what the operator says; and what is refused changes nothing. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/partner_description.h"
#include "gateway/operator/region_files.h"
#include "gateway/operator/region_inside.h"
#include "gateway/operator/region_partner.h"
#include "tests/operator/place.h"

/* Two regions side by side: ours, and its neighbour. */
struct scene {
	struct place place;
	const char *ours;
	const struct configuration *theirs;
	instant now;
	struct problem problem;
	struct bytes file; /* their description */
	char sha256[CERTIFICATE_SHA256_TEXT];
};

static const char *name(struct scene *s, const char *relative)
{
	return place_name(&s->place, relative);
}

static void describe(struct scene *s)
{
	const char *why;
	CU_ASSERT_TRUE_FATAL(partner_description_write(s->theirs, "https://localhost:9443",
						       s->theirs->https.tls.ca, s->now,
						       s->place.arena, &s->file, &s->problem));
	CU_ASSERT_TRUE_FATAL(certificate_sha256(s->theirs->https.tls.certificate, s->sha256, &why));
}

static void begin(struct scene *s)
{
	*s = (struct scene){ .now = system_clock.now(&system_clock) };
	CU_ASSERT_FATAL(place_begin(&s->place));
	struct region_plan ours = { .directory = name(s, "r"), .demo = true },
			   theirs = { .directory = name(s, "n"), .neighbour = true };
	CU_ASSERT_FATAL(region_init(&ours, s->place.arena, s->now, &s->problem));
	CU_ASSERT_FATAL(region_init(&theirs, s->place.arena, s->now, &s->problem));
	s->ours = name(s, "r/minato.conf");
	s->theirs = region_load(name(s, "n/minato.conf"), s->place.arena, &s->problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->theirs);
	describe(s);
}

static void end(struct scene *s)
{
	config_release(s->theirs);
	place_end(&s->place);
}

static bool read_theirs(struct scene *s, struct community *k)
{
	char signer[SIGNED_FILE_SHA256];
	*k = (struct community){ .name = "west" };
	return partner_description_read(s->file, s->sha256, s->place.arena, k, signer, &s->problem);
}

static const char *text_of(struct scene *s, const char *path)
{
	struct buffer b = buffer_in(s->place.arena);
	CU_ASSERT_TRUE(region_read_text(path, &b, &s->problem));
	return buffer_ended(&b);
}

static void is_added_by_its_description(void)
{
	struct scene s;
	struct community k;
	begin(&s);
	CU_ASSERT_TRUE_FATAL(read_theirs(&s, &k));
	CU_ASSERT_STRING_EQUAL(k.home_community_id, "urn:oid:2.999.2.10");
	CU_ASSERT_STRING_EQUAL(k.url, "https://localhost:9443/xcpd");
	CU_ASSERT_STRING_EQUAL(k.query_url, "https://localhost:9443/xca/responding");
	CU_ASSERT_TRUE_FATAL(region_add_community(s.ours, &k, s.place.arena, &s.problem));
	const struct configuration *c = region_load(s.ours, s.place.arena, &s.problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	const struct partner *p = region_community(&c->region, "urn:oid:2.999.2.10");
	const struct registered_system *g = region_system(&c->region, "west-gateway");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	CU_ASSERT_STRING_EQUAL(p->name, "west");
	CU_ASSERT_FALSE(p->consent_assumed);
	CU_ASSERT_PTR_EQUAL(region_community_of(&c->region, g), p);
	/* its gateway is who signed, and is let in by its own authority */
	CU_ASSERT_STRING_EQUAL(g->certificate_sha256, s.sha256);
	CU_ASSERT_PTR_NOT_NULL(c->gateways);
	config_release(c);
	end(&s);
}

/* A place of the text is changed, or who is believed. */
static const struct {
	const char *what, *sha256, *from, *to, *says;
} spoilt[] = {
	{ "signed by somebody else", "00", NULL, NULL, "another certificate" },
	{ "another fingerprint of that length",
	  "0000000000000000000000000000000000000000000000000000000000000000", NULL, NULL,
	  "another certificate" },
	{ "its payload", NULL, "\"payload\":\"eyJ", "\"payload\":\"eyK", "does not hold" },
	{ "its frame", NULL, "\"payload\"", "\"paidload\"", "no signed file" },
	{ "its header", NULL, "\"protected\":\"", "\"protected\":\"!", "base64url" },
	{ "no JSON", NULL, "{", "[", "no signed file" },
};

static void what_was_changed_is_refused(void)
{
	struct scene s;
	struct community k;
	begin(&s);
	char whole[65];
	snprintf(whole, sizeof whole, "%s", s.sha256);
	struct bytes file = s.file;
	for (size_t i = 0; i < COUNT(spoilt); i++) {
		char *text = arena_text_n(s.place.arena, (const char *)file.data, file.length);
		if (spoilt[i].from != NULL) {
			char *at = strstr(text, spoilt[i].from);
			CU_ASSERT_PTR_NOT_NULL_FATAL(at);
			text = arena_printf(s.place.arena, "%.*s%s%s", (int)(at - text), text,
					    spoilt[i].to, at + strlen(spoilt[i].from));
		}
		s.file = bytes_of_text(text);
		snprintf(s.sha256, sizeof s.sha256, "%s",
			 spoilt[i].sha256 == NULL ? whole : spoilt[i].sha256);
		s.problem = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_FALSE(read_theirs(&s, &k));
		CU_ASSERT_EQUAL(s.problem.code, PROBLEM_REQUEST_INVALID);
		if (strstr(s.problem.what, spoilt[i].says) == NULL)
			printf("%s: %s\n", spoilt[i].what, s.problem.what);
		CU_ASSERT_PTR_NOT_NULL(strstr(s.problem.what, spoilt[i].says));
	}
	end(&s);
}

/* A Bundle that is signed, and lacks something. */
static const struct {
	const char *bundle, *says;
} lacking[] = {
	{ "[]", "no Bundle" },
	{ "{\"resourceType\":\"Patient\"}", "no Bundle" },
	{ "{\"resourceType\":\"Bundle\",\"entry\":[]}", "no Organization" },
	{ "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
	  "\"Organization\",\"name\":\"x\"}}]}",
	  "no homeCommunityId" },
	{ "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
	  "\"Organization\",\"name\":\"x\",\"identifier\":[{\"system\":\"urn:ietf:rfc:3986\","
	  "\"value\":\"urn:oid:2.999.9\"}]}}]}",
	  "no Endpoint for ITI-55" },
	{ "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
	  "\"Organization\",\"name\":\"x\",\"identifier\":[{\"system\":\"urn:ietf:rfc:3986\","
	  "\"value\":\"urn:oid:2.999.9\"}]}},{\"resource\":{\"resourceType\":\"Endpoint\","
	  "\"payloadType\":[{\"text\":\"ITI-55\"}]}}]}",
	  "no address" },
	{ "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
	  "\"Organization\",\"name\":\"x\",\"identifier\":[{\"system\":\"urn:ietf:rfc:3986\","
	  "\"value\":\"urn:oid:2.999.9\"}]}},{\"resource\":{\"resourceType\":\"Endpoint\","
	  "\"payloadType\":[{\"text\":\"ITI-55\"}],\"address\":\"https://x/y\"}}]}",
	  "no certificate" },
	{ "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Binary\","
	  "\"id\":\"server\",\"data\":\"?\"}}]}",
	  "not in base64" },
	{ "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":"
	  "\"Organization\",\"name\":\"x\",\"identifier\":[{\"system\":\"urn:ietf:rfc:3986\","
	  "\"value\":\"urn:oid:2.999.9\"}]}},{\"resource\":{\"resourceType\":\"Endpoint\","
	  "\"payloadType\":[{\"text\":\"ITI-55\"}],\"address\":\"https://x/y\"}},"
	  "{\"resource\":{\"resourceType\":\"Binary\",\"id\":\"server\",\"data\":\"eHh4\"}},"
	  "{\"resource\":{\"resourceType\":\"Location\"}}]}",
	  "certificates are none" },
};

static void what_lacks_something_is_refused(void)
{
	struct scene s;
	struct community k;
	begin(&s);
	for (size_t i = 0; i < COUNT(lacking); i++) {
		s.problem = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_TRUE_FATAL(
			signed_file_write(s.place.arena, bytes_of_text(lacking[i].bundle),
					  "minato-partner-description+jws",
					  s.theirs->https.tls.certificate, &s.file, &s.problem));
		CU_ASSERT_FALSE(read_theirs(&s, &k));
		if (strstr(s.problem.what, lacking[i].says) == NULL)
			printf("%s: %s\n", lacking[i].says, s.problem.what);
		CU_ASSERT_PTR_NOT_NULL(strstr(s.problem.what, lacking[i].says));
	}
	end(&s);
}

static void is_added_once(void)
{
	struct scene s;
	struct community k;
	begin(&s);
	CU_ASSERT_TRUE_FATAL(read_theirs(&s, &k));
	CU_ASSERT_TRUE_FATAL(region_add_community(s.ours, &k, s.place.arena, &s.problem));
	const char *before = text_of(&s, s.ours);
	CU_ASSERT_FALSE(region_add_community(s.ours, &k, s.place.arena, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	s.problem = (struct problem){ .code = PROBLEM_NONE };
	k.name = "east"; /* the same region by another name */
	CU_ASSERT_FALSE(region_add_community(s.ours, &k, s.place.arena, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	CU_ASSERT_STRING_EQUAL(text_of(&s, s.ours), before);
	end(&s);
}

/* What is said of it cannot be: nothing is left of it. */
static void what_cannot_be_leaves_nothing(void)
{
	struct scene s;
	struct community k;
	begin(&s);
	const char *before = text_of(&s, s.ours);
	CU_ASSERT_TRUE_FATAL(read_theirs(&s, &k));
	k.query_url = "http://elsewhere/";
	CU_ASSERT_FALSE(region_add_community(s.ours, &k, s.place.arena, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_STRING_EQUAL(text_of(&s, s.ours), before);
	CU_ASSERT_NOT_EQUAL(access(name(&s, "r/pki/partners/west-ca.pem"), F_OK), 0);
	CU_ASSERT_NOT_EQUAL(access(name(&s, "r/pki/partners/west-gateway.pem"), F_OK), 0);
	end(&s);
}

static void is_known_by_other_certificates(void)
{
	struct scene s;
	struct community k;
	struct community_trust t = { 0 }, pinned = { 0 }, none = { 0 };
	begin(&s);
	CU_ASSERT_TRUE_FATAL(read_theirs(&s, &k));
	CU_ASSERT_TRUE_FATAL(region_add_community(s.ours, &k, s.place.arena, &s.problem));
	CU_ASSERT_TRUE_FATAL(region_read_certificates(name(&s, "r/pki/ca.pem"), s.place.arena,
						      &t.ca, &s.problem));
	const char *file = name(&s, "r/pki/partners/west-ca.pem"), *before = text_of(&s, file);
	/* its gateway is from who would be believed no more */
	CU_ASSERT_FALSE(region_trust_partner(s.ours, "west", &t, s.place.arena, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_STRING_EQUAL(text_of(&s, file), before);
	s.problem = (struct problem){ .code = PROBLEM_NONE };
	/* both, until it has another */
	const char *both = arena_printf(s.place.arena, "%s%.*s", before, (int)t.ca.length,
					(const char *)t.ca.data);
	t.ca = bytes_of_text(both);
	CU_ASSERT_TRUE(region_trust_partner(s.ours, "west", &t, s.place.arena, &s.problem));
	CU_ASSERT_STRING_EQUAL(text_of(&s, file), both);
	/* a server's is no authority, nor is it what the section has */
	CU_ASSERT_TRUE_FATAL(region_read_certificates(name(&s, "n/pki/server.pem"), s.place.arena,
						      &pinned.server, &s.problem));
	CU_ASSERT_FALSE(region_trust_partner(s.ours, "west", &pinned, s.place.arena, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	s.problem = (struct problem){ .code = PROBLEM_NONE };
	none.ca = pinned.server;
	CU_ASSERT_FALSE(region_trust_partner(s.ours, "west", &none, s.place.arena, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_REQUEST_INVALID);
	s.problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_FALSE(region_trust_partner(s.ours, "east", &t, s.place.arena, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_NOT_FOUND);
	CU_ASSERT_STRING_EQUAL(text_of(&s, file), both);
	CU_ASSERT_NOT_EQUAL(access(name(&s, "r/pki/partners/west-ca.pem.before"), F_OK), 0);
	end(&s);
}

static void no_key_is_copied(void)
{
	struct scene s;
	struct bytes pem;
	begin(&s);
	CU_ASSERT_TRUE_FATAL(region_read_certificates(name(&s, "n/pki/server.pem"), s.place.arena,
						      &pem, &s.problem));
	const char *text = arena_text_n(s.place.arena, (const char *)pem.data, pem.length);
	CU_ASSERT_PTR_NULL(strstr(text, "PRIVATE"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "BEGIN CERTIFICATE"));
	CU_ASSERT_FALSE(region_read_certificates(name(&s, "n/minato.conf"), s.place.arena, &pem,
						 &s.problem));
	CU_ASSERT_FALSE(
		region_read_certificates(name(&s, "nobody"), s.place.arena, &pem, &s.problem));
	end(&s);
}

static void who_has_no_key_signs_nothing(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_FALSE(signed_file_write(s.place.arena, bytes_of_text("{}"), "x",
					  name(&s, "r/pki/ca.pem"), &s.file, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_FALSE(signed_file_write(s.place.arena, bytes_of_text("{}"), "x",
					  name(&s, "nobody"), &s.file, &s.problem));
	end(&s);
}

int main(void)
{
	static const struct test tests[] = {
		{ "a region is added by its description", is_added_by_its_description },
		{ "a description that was changed is refused", what_was_changed_is_refused },
		{ "a description that lacks something", what_lacks_something_is_refused },
		{ "a region is a partner once", is_added_once },
		{ "what cannot be leaves nothing", what_cannot_be_leaves_nothing },
		{ "a partner is known by other certificates", is_known_by_other_certificates },
		{ "no key is copied", no_key_is_copied },
		{ "who has no key signs nothing", who_has_no_key_signs_nothing },
		{ 0 }
	};
	unsetenv("MINATO_CONF");
	return suite_run("partners", tests);
}
