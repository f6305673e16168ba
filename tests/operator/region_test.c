/* tests/operator/region_test.c: regions are made whole, and never twice. */
#include "tests/base/suite.h"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_files.h"
#include "tests/operator/place.h"

static bool make(struct place *p, const char *name, bool demo, struct problem *problem)
{
	struct region_plan plan = {
		.directory = place_name(p, name),
		.demo = demo,
		.https_port = 18443,
		.mllp_port = 12575,
		.admin_port = 18480,
	};
	return region_init(&plan, p->arena, system_clock.now(&system_clock), problem);
}

static X509 *certificate(const char *path)
{
	FILE *f = fopen(path, "r");
	X509 *x = f == NULL ? NULL : PEM_read_X509(f, NULL, NULL, NULL);
	if (f != NULL)
		fclose(f);
	return x;
}

static bool verifies(const char *ca, const char *leaf, int purpose)
{
	X509 *a = certificate(ca), *x = certificate(leaf);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *c = X509_STORE_CTX_new();
	bool ok = a != NULL && x != NULL && X509_STORE_add_cert(store, a) == 1
		  && X509_STORE_CTX_init(c, store, x, NULL) == 1
		  && X509_STORE_CTX_set_purpose(c, purpose) == 1;
	if (ok) {
		X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(c), X509_V_FLAG_X509_STRICT);
		ok = X509_verify_cert(c) == 1;
	}
	X509_STORE_CTX_free(c);
	X509_STORE_free(store);
	X509_free(x);
	X509_free(a);
	return ok;
}

static unsigned mode(const struct place *p, const char *name)
{
	struct stat s;
	return stat(place_name(p, name), &s) == 0 ? s.st_mode & 07777 : 0;
}

static const struct configuration *load(const struct place *p, const char *name)
{
	const struct config_fault *faults;
	return config_load(place_name(p, name), p->arena, &faults);
}

static void a_region_is_made(void)
{
	struct place p;
	struct problem problem = { 0 };
	CU_ASSERT_FATAL(place_begin(&p));
	CU_ASSERT_FATAL(make(&p, "r", true, &problem));
	const struct configuration *c = load(&p, "r/minato.conf");
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(c->https.port, 18443);
	CU_ASSERT_EQUAL(c->mllp.port, 12575);
	CU_ASSERT_EQUAL(c->admin.port, 18480);
	CU_ASSERT_STRING_EQUAL(c->region.affinity_domain, "2.999.1");
	CU_ASSERT_STRING_EQUAL(c->region.home_community_id, "urn:oid:2.999.10");
	CU_ASSERT_STRING_EQUAL(c->region.repository_unique_id, "2.999.20");
	CU_ASSERT_EQUAL(c->region.system_count, 4);
	const struct registered_system *b = region_system(&c->region, "b-clinic");
	CU_ASSERT_PTR_NOT_NULL_FATAL(b);
	CU_ASSERT_STRING_EQUAL(b->title, "B診療所");
	CU_ASSERT_STRING_EQUAL(b->institution_code, "1319952024");
	CU_ASSERT_STRING_EQUAL(b->domains[0], "1.2.392.100495.20.3.51.11319952024");
	CU_ASSERT_TRUE(b->lenient.resolve_own_ids);
	config_release(c);
	place_end(&p);
}

static void certificates_verify(void)
{
	struct place p;
	struct problem problem = { 0 };
	CU_ASSERT_FATAL(place_begin(&p));
	CU_ASSERT_FATAL(make(&p, "r", true, &problem));
	const char *ca = place_name(&p, "r/pki/ca.pem"),
		   *server = place_name(&p, "r/pki/server.pem");
	const char *client = place_name(&p, "r/pki/clients/a-hospital.pem");
	CU_ASSERT(verifies(ca, server, X509_PURPOSE_SSL_SERVER));
	CU_ASSERT(verifies(ca, server, X509_PURPOSE_SSL_CLIENT));
	CU_ASSERT(verifies(ca, client, X509_PURPOSE_SSL_CLIENT));
	CU_ASSERT_FALSE(verifies(ca, client, X509_PURPOSE_SSL_SERVER));
	CU_ASSERT_FALSE(verifies(client, server, X509_PURPOSE_SSL_SERVER));
	X509 *x = certificate(server);
	CU_ASSERT_EQUAL(X509_check_host(x, "localhost", 0, 0, NULL), 1);
	CU_ASSERT_EQUAL(X509_check_ip_asc(x, "127.0.0.1", 0), 1);
	CU_ASSERT_EQUAL(X509_check_ip_asc(x, "::1", 0), 1);
	X509_free(x);
	CU_ASSERT_EQUAL(mode(&p, "r/pki/private/ca.key"), 0600);
	CU_ASSERT_EQUAL(mode(&p, "r/pki/private"), 0700);
	CU_ASSERT_EQUAL(mode(&p, "r/pki/server.pem"), 0600);
	CU_ASSERT_EQUAL(mode(&p, "r/pki/clients/d-pharmacy.pem"), 0600);
	CU_ASSERT_EQUAL(mode(&p, "r/data"), 0700);
	place_end(&p);
}

static void nothing_is_overwritten(void)
{
	struct place p;
	struct problem again = { 0 }, other = { 0 }, fresh = { 0 };
	CU_ASSERT_FATAL(place_begin(&p));
	CU_ASSERT_FATAL(make(&p, "r", false, &fresh));
	const char *before = place_read(&p, "r/minato.conf");
	CU_ASSERT_FALSE(make(&p, "r", true, &again));
	CU_ASSERT_EQUAL(again.code, PROBLEM_CONFLICT);
	CU_ASSERT_STRING_EQUAL(place_read(&p, "r/minato.conf"), before);
	CU_ASSERT_EQUAL(mkdir(place_name(&p, "full"), 0700), 0);
	CU_ASSERT(place_write(&p, "full/letter", "mine"));
	CU_ASSERT_FALSE(make(&p, "full", false, &other));
	CU_ASSERT_EQUAL(other.code, PROBLEM_CONFLICT);
	CU_ASSERT_EQUAL(mode(&p, "full/pki"), 0);
	CU_ASSERT_EQUAL(mkdir(place_name(&p, "empty"), 0700), 0);
	CU_ASSERT(make(&p, "empty", false, &fresh));
	const struct configuration *c = load(&p, "empty/minato.conf");
	CU_ASSERT(c != NULL && c->region.system_count == 0);
	config_release(c);
	place_end(&p);
}

static void facilities_are_added(void)
{
	struct place p;
	struct problem problem = { 0 }, same = { 0 }, owned = { 0 };
	struct facility e = { .name = "e-clinic",
			      .title = "E \"医院\" \\",
			      .domain = "1.2.392.5",
			      .namespace_id = "E" };
	struct facility f = { .name = "f-clinic", .title = "F", .domain = "1.2.392.5" };
	CU_ASSERT_FATAL(place_begin(&p));
	CU_ASSERT_FATAL(make(&p, "r", true, &problem));
	const char *conf = place_name(&p, "r/minato.conf");
	CU_ASSERT(
		region_add_facility(conf, &e, p.arena, system_clock.now(&system_clock), &problem));
	CU_ASSERT(verifies(place_name(&p, "r/pki/ca.pem"),
			   place_name(&p, "r/pki/clients/e-clinic.pem"), X509_PURPOSE_SSL_CLIENT));
	const char *after = place_read(&p, "r/minato.conf");
	CU_ASSERT_FALSE(
		region_add_facility(conf, &e, p.arena, system_clock.now(&system_clock), &same));
	CU_ASSERT_EQUAL(same.code, PROBLEM_CONFLICT);
	CU_ASSERT_FALSE(
		region_add_facility(conf, &f, p.arena, system_clock.now(&system_clock), &owned));
	CU_ASSERT_EQUAL(owned.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_STRING_EQUAL(place_read(&p, "r/minato.conf"), after);
	CU_ASSERT_EQUAL(mode(&p, "r/pki/clients/f-clinic.pem"), 0);
	CU_ASSERT_EQUAL(mode(&p, "r/minato.conf.new"), 0);
	const struct configuration *c = load(&p, "r/minato.conf");
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_STRING_EQUAL(region_system(&c->region, "e-clinic")->title, e.title);
	CU_ASSERT_STRING_EQUAL(region_domain(&c->region, NULL, "E")->owner, "e-clinic");
	config_release(c);
	place_end(&p);
}

static void authorities_are_needed(void)
{
	struct place p;
	struct problem problem = { 0 }, lost = { 0 };
	struct facility e = { .name = "e-clinic", .title = "E" };
	CU_ASSERT_FATAL(place_begin(&p));
	CU_ASSERT_FATAL(make(&p, "r", false, &problem));
	CU_ASSERT_EQUAL(unlink(place_name(&p, "r/pki/private/ca.key")), 0);
	CU_ASSERT_FALSE(region_add_facility(place_name(&p, "r/minato.conf"), &e, p.arena,
					    system_clock.now(&system_clock), &lost));
	CU_ASSERT_EQUAL(lost.code, PROBLEM_CONFIGURATION);
	CU_ASSERT_EQUAL(mode(&p, "r/pki/clients/e-clinic.pem"), 0);
	place_end(&p);
}

/* Asked until it can be read; an empty line is the preset, and so is all behind the end. */
static void words_are_asked_for(void)
{
	static const char answers[] = "港地域\n"
				      "a b\n"
				      "hie.example.jp, 2001:db8::1\n"
				      "here\n"
				      "\n"
				      "1.2.392.7.10\n";
	struct place p;
	struct region_plan plan = { .said = { [REGION_CONSENT] = "opt-out" } };
	char *talked = NULL;
	size_t size;
	CU_ASSERT_FATAL(place_begin(&p));
	FILE *in = fmemopen((void *)(uintptr_t)answers, strlen(answers), "r"),
	     *talk = open_memstream(&talked, &size);
	CU_ASSERT_FATAL(in != NULL && talk != NULL);
	region_words_ask(in, talk, p.arena, &plan);
	fclose(in);
	fclose(talk);
	CU_ASSERT_STRING_EQUAL(plan.said[REGION_NAME], "港地域");
	CU_ASSERT_STRING_EQUAL(region_hosts_names(p.arena, plan.said[REGION_HOSTS]),
			       "DNS:hie.example.jp,IP:2001:db8::1");
	CU_ASSERT_PTR_NULL(plan.said[REGION_AFFINITY_DOMAIN]);
	CU_ASSERT_STRING_EQUAL(plan.said[REGION_HOME_COMMUNITY], "urn:oid:1.2.392.7.10");
	CU_ASSERT_PTR_NULL(plan.said[REGION_REPOSITORY]);
	CU_ASSERT_STRING_EQUAL(plan.said[REGION_CONSENT], "opt-out");
	CU_ASSERT_PTR_NOT_NULL(strstr(talked, "write names such as"));
	CU_ASSERT_PTR_NOT_NULL(strstr(talked, "write an OID"));
	CU_ASSERT_PTR_NOT_NULL(strstr(talked, "[2.999.20, an example]"));
	CU_ASSERT_PTR_NULL(strstr(talked, "opt-in"));
	free(talked);
	place_end(&p);
}

int main(void)
{
	static const struct test tests[] = { { "a region is made", a_region_is_made },
					     { "certificates verify", certificates_verify },
					     { "nothing is overwritten", nothing_is_overwritten },
					     { "facilities are added", facilities_are_added },
					     { "authorities are needed", authorities_are_needed },
					     { "words are asked for", words_are_asked_for },
					     { 0 } };
	return suite_run("region", tests);
}
