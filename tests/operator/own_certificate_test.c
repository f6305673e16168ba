/* tests/operator/own_certificate_test.c: the region's own certificate: what takes its place, and
 * what is refused and changes nothing. That it is done in one step, tests/operator/renewing
 * shows. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/own_certificate.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_files.h"
#include "gateway/operator/region_own.h"
#include "tests/operator/place.h"

#define SERVER "r/pki/server.pem"

static const int64_t day = INT64_C(24) * 3600 * 1000000;

struct scene {
	struct place place;
	const char *configuration;
	instant now;
	struct problem problem;
	struct own_renewed is; /* what came of the last renewal */
};

static const char *at(const struct scene *s, const char *name)
{
	return place_name(&s->place, name);
}

static bool lies(const struct scene *s, const char *name)
{
	return access(at(s, name), F_OK) == 0;
}

static void begin(struct scene *s)
{
	*s = (struct scene){ .now = system_clock.now(&system_clock) };
	CU_ASSERT_FATAL(place_begin(&s->place));
	struct region_plan plan = { .directory = at(s, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, s->place.arena, s->now, &s->problem));
	s->configuration = at(s, "r/minato.conf");
}

static void end(struct scene *s)
{
	place_end(&s->place);
}

typedef bool way(const struct own_renewal *r, struct arena *a, struct own_renewed *out,
		 struct problem *p);

static bool go(struct scene *s, way *run, const char *answer, const char *names)
{
	const struct own_renewal r = {
		.configuration = s->configuration, .names = names, .answer = answer, .now = s->now
	};
	s->problem = (struct problem){ .code = PROBLEM_NONE };
	return run(&r, s->place.arena, &s->is, &s->problem);
}

static struct pki_authority authority(const struct scene *s)
{
	return (struct pki_authority){ at(s, "r/pki/ca.pem"), at(s, "r/pki/private/ca.key") };
}

/* By the region's own authority, with its key. */
static const char *issue(struct scene *s, const char *name, enum pki_use use, instant when)
{
	const struct pki_authority ca = authority(s);
	const struct pki_subject subject = { .common_name = name,
					     .alternative_names = "DNS:localhost",
					     .use = use };
	s->problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_TRUE_FATAL(pki_certificate_make(&ca, &subject, at(s, name), when, &s->problem));
	return at(s, name);
}

static void nothing_is_left(const struct scene *s)
{
	CU_ASSERT_FALSE(lies(s, SERVER ".next"));
	CU_ASSERT_FALSE(lies(s, SERVER ".key"));
	CU_ASSERT_FALSE(lies(s, SERVER ".csr"));
	CU_ASSERT_FALSE(lies(s, SERVER ".crt"));
}

static bool is_a_pair(const struct scene *s)
{
	const char *why;
	struct stat st;
	return certificate_with_key(at(s, SERVER), at(s, "r/pki/ca.pem"), CERTIFICATE_OF_SERVER,
				    &why)
	       && stat(at(s, SERVER), &st) == 0 && (st.st_mode & 0777) == 0600;
}

static void by_our_authority(void)
{
	struct scene s;
	begin(&s);
	const char *first = place_read(&s.place, SERVER);
	CU_ASSERT_TRUE(go(&s, region_renew_own, NULL, NULL));
	CU_ASSERT_TRUE(is_a_pair(&s));
	CU_ASSERT_STRING_EQUAL(place_read(&s.place, SERVER ".before"), first);
	CU_ASSERT_STRING_EQUAL(s.is.names, own_names(s.place.arena, at(&s, SERVER ".before")));
	CU_ASSERT(s.is.dropped[0] == NULL && !s.is.authority_ends_first);
	CU_ASSERT(s.is.ends > s.now + 700 * day && strlen(s.is.sha256) == 64);
	nothing_is_left(&s);
	/* Other names; what it bears no longer is told. */
	const char *second = place_read(&s.place, SERVER);
	CU_ASSERT_TRUE(go(&s, region_renew_own, NULL, "DNS:localhost,DNS:hie.example.jp"));
	CU_ASSERT_STRING_EQUAL(s.is.names, "DNS:localhost, DNS:hie.example.jp");
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.is.dropped[0]);
	CU_ASSERT_STRING_EQUAL(s.is.dropped[0], "IP Address:127.0.0.1");
	CU_ASSERT_STRING_EQUAL(place_read(&s.place, SERVER ".before"), second);
	/* One that does not hold today takes no place, whatever the clock said when it was made. */
	s.now += 1000 * day;
	CU_ASSERT_FALSE(go(&s, region_renew_own, NULL, NULL));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_REQUEST_INVALID);
	CU_ASSERT_FALSE(lies(&s, SERVER ".next"));
	end(&s);
}

static void by_an_answer(void)
{
	struct scene s;
	begin(&s);
	const struct pki_authority ca = authority(&s);
	const struct pki_subject subject = { .common_name = "gateway",
					     .alternative_names = "DNS:localhost",
					     .use = PKI_SERVER };
	const char *first = place_read(&s.place, SERVER);
	CU_ASSERT_TRUE(go(&s, region_request_own, NULL, "DNS:localhost"));
	CU_ASSERT_STRING_EQUAL(place_read(&s.place, SERVER), first);
	const char *key = place_read(&s.place, SERVER ".key");
	/* Its answer may be on its way: there is no second request. */
	CU_ASSERT_FALSE(go(&s, region_request_own, NULL, NULL));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	CU_ASSERT_FALSE(go(&s, region_prepare_own, NULL, NULL));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	CU_ASSERT_EQUAL(unlink(at(&s, SERVER ".csr")), 0);
	CU_ASSERT_FALSE(go(&s, region_request_own, NULL, NULL)); /* the key alone says so */
	CU_ASSERT_STRING_EQUAL(place_read(&s.place, SERVER ".key"), key);
	CU_ASSERT_EQUAL(unlink(at(&s, SERVER ".key")), 0);
	CU_ASSERT_TRUE(go(&s, region_request_own, NULL, NULL));
	s.problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_TRUE_FATAL(pki_request_sign(&ca, &subject, at(&s, SERVER ".csr"),
					      at(&s, "answer"), s.now, &s.problem));
	CU_ASSERT_TRUE(go(&s, region_renew_own, at(&s, "answer"), NULL));
	CU_ASSERT_TRUE(is_a_pair(&s));
	CU_ASSERT_STRING_EQUAL(s.is.subject, "CN=gateway");
	nothing_is_left(&s);
	/* One that comes with its own key leaves a request that waits. */
	CU_ASSERT_TRUE(go(&s, region_request_own, NULL, NULL));
	CU_ASSERT_TRUE(go(&s, region_renew_own, issue(&s, "third", PKI_SERVER, s.now), NULL));
	CU_ASSERT_TRUE(is_a_pair(&s));
	CU_ASSERT(lies(&s, SERVER ".key") && lies(&s, SERVER ".csr"));
	end(&s);
}

static void prepared(void)
{
	struct scene s;
	begin(&s);
	const char *first = place_read(&s.place, SERVER);
	CU_ASSERT_TRUE(go(&s, region_prepare_own, NULL, NULL));
	CU_ASSERT_STRING_EQUAL(place_read(&s.place, SERVER), first);
	CU_ASSERT_PTR_NULL(strstr(place_read(&s.place, SERVER ".crt"), "PRIVATE KEY"));
	/* Others were told of that one. */
	CU_ASSERT_FALSE(go(&s, region_renew_own, NULL, NULL));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	CU_ASSERT_FALSE(go(&s, region_prepare_own, NULL, NULL));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	CU_ASSERT_TRUE(go(&s, region_renew_own, at(&s, SERVER ".crt"), NULL));
	CU_ASSERT_TRUE(is_a_pair(&s));
	nothing_is_left(&s);
	end(&s);
}

/* Nothing is changed by what is refused, and nothing left behind. */
static void refused(struct scene *s, const char *answer, enum problem_code code, const char *why)
{
	const char *before = place_read(&s->place, SERVER);
	bool done = go(s, region_renew_own, answer, NULL);
	if (done || s->problem.code != code || strstr(s->problem.what, why) == NULL)
		fprintf(stderr, "%s: %d %s\n", why, s->problem.code, s->problem.what);
	CU_ASSERT_FALSE(done);
	CU_ASSERT_EQUAL(s->problem.code, code);
	CU_ASSERT_PTR_NOT_NULL(strstr(s->problem.what, why));
	CU_ASSERT_STRING_EQUAL(place_read(&s->place, SERVER), before);
	nothing_is_left(s);
}

static const char *keyless(struct scene *s)
{
	const char *text = place_read(&s->place, "stranger");
	CU_ASSERT_TRUE(
		place_write(&s->place, "keyless",
			    arena_text_n(s->place.arena, text,
					 (size_t)(strstr(text, "-----BEGIN PRIVATE") - text))));
	return at(s, "keyless");
}

static void what_is_refused(void)
{
	struct scene s;
	begin(&s);
	refused(&s, at(&s, SERVER), PROBLEM_CONFLICT, "there already");
	refused(&s, at(&s, "missing"), PROBLEM_REQUEST_INVALID, "cannot be read");
	refused(&s, s.configuration, PROBLEM_REQUEST_INVALID, "no PEM certificate");
	refused(&s, issue(&s, "client", PKI_CLIENT, s.now), PROBLEM_REQUEST_INVALID,
		"cannot take the place");
	refused(&s, issue(&s, "old", PKI_SERVER, s.now - 1000 * day), PROBLEM_REQUEST_INVALID,
		"cannot take the place");
	issue(&s, "stranger", PKI_SERVER, s.now);
	refused(&s, keyless(&s), PROBLEM_REQUEST_INVALID, "a key that is not here");
	/* Another is at work there. */
	int directory = open(at(&s, "r/pki"), O_RDONLY | O_DIRECTORY);
	CU_ASSERT_EQUAL_FATAL(flock(directory, LOCK_EX), 0);
	refused(&s, NULL, PROBLEM_CONFLICT, "another minato region renew");
	close(directory);
	/* Our authority cannot, or did not. */
	CU_ASSERT_EQUAL(rename(at(&s, "r/pki/private/ca.key"), at(&s, "away")), 0);
	refused(&s, NULL, PROBLEM_CONFIGURATION, "is not here");
	const struct pki_authority other = { at(&s, "other.pem"), at(&s, "other.key") };
	CU_ASSERT_TRUE_FATAL(pki_authority_make(&other, "other", s.now, &s.problem));
	CU_ASSERT_EQUAL(rename(at(&s, "other.pem"), at(&s, "r/pki/ca.pem")), 0);
	refused(&s, NULL, PROBLEM_CONFLICT, "did not issue it");
	end(&s);
}

static void no_file_of_ours(void)
{
	struct scene s;
	begin(&s);
	const char *text = place_read(&s.place, "r/minato.conf");
	CU_ASSERT_EQUAL(rename(at(&s, SERVER), at(&s, "real.pem")), 0);
	CU_ASSERT_EQUAL(symlink(at(&s, "real.pem"), at(&s, SERVER)), 0);
	refused(&s, NULL, PROBLEM_CONFIGURATION, "name the file itself");
	CU_ASSERT_EQUAL(unlink(at(&s, SERVER)), 0);
	refused(&s, NULL, PROBLEM_INTERNAL, "No such file");
	CU_ASSERT_TRUE(place_write(&s.place, "r/minato.conf", "nonsense\n"));
	refused(&s, NULL, PROBLEM_CONFIGURATION, "names no certificate");
	CU_ASSERT_TRUE(place_write(&s.place, "r/minato.conf", text));
	end(&s);
}

int main(void)
{
	static const struct test tests[] = { { "by our authority", by_our_authority },
					     { "by an answer", by_an_answer },
					     { "prepared", prepared },
					     { "what is refused", what_is_refused },
					     { "no file of ours", no_file_of_ours },
					     { 0 } };
	return suite_run("operator: own certificate", tests);
}
