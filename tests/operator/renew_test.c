/* tests/operator/renew_test.c: a system's next certificate: which are taken, what stands in the
 * configuration then, and from when on the old one is nobody's. */
#include "tests/base/suite.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_files.h"
#include "tests/operator/place.h"

static const int64_t day = INT64_C(24) * 3600 * 1000000;

struct scene {
	struct place place;
	const char *configuration;
	instant now;
	struct problem problem;
};

static void begin(struct scene *s)
{
	*s = (struct scene){ .now = system_clock.now(&system_clock) };
	CU_ASSERT_FATAL(place_begin(&s->place));
	struct region_plan plan = { .directory = place_name(&s->place, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, s->place.arena, s->now, &s->problem));
	s->configuration = place_name(&s->place, "r/minato.conf");
}

static void end(struct scene *s)
{
	place_end(&s->place);
}

/* By the region's own authority, as of that moment. */
static const char *issue(struct scene *s, const char *name, instant when)
{
	const struct pki_authority ca = { place_name(&s->place, "r/pki/ca.pem"),
					  place_name(&s->place, "r/pki/private/ca.key") };
	const struct pki_subject subject = { .common_name = name, .use = PKI_CLIENT };
	const char *file = place_name(&s->place, name);
	s->problem.code = PROBLEM_NONE;
	CU_ASSERT_TRUE_FATAL(pki_certificate_make(&ca, &subject, file, when, &s->problem));
	return file;
}

static bool renew(struct scene *s, const char *name, const char *file, unsigned days, instant now)
{
	const struct renewal r = {
		.name = name, .file = file, .overlap_seconds = days * 24 * 3600, .now = now
	};
	s->problem = (struct problem){ .code = PROBLEM_NONE };
	return region_renew_facility(s->configuration, &r, s->place.arena, &s->problem);
}

static const struct configuration *load(struct scene *s)
{
	const struct config_fault *faults;
	const struct configuration *c = config_load(s->configuration, s->place.arena, &faults);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	return c;
}

static const char *sha256_of(struct scene *s, const char *file)
{
	char *out = arena_alloc(s->place.arena, CERTIFICATE_SHA256_TEXT);
	const char *why;
	CU_ASSERT_TRUE_FATAL(certificate_sha256(file, out, &why));
	return out;
}

static void beside_and_then_alone(void)
{
	struct scene s;
	begin(&s);
	const char *old = sha256_of(&s, place_name(&s.place, "r/pki/clients/d-pharmacy.pem"));
	const char *file = issue(&s, "second.pem", s.now), *second = sha256_of(&s, file);
	CU_ASSERT_TRUE(renew(&s, "d-pharmacy", file, 30, s.now));
	const struct configuration *c = load(&s);
	const struct region *r = &c->region;
	const struct registered_system *is = region_system(r, "d-pharmacy");
	CU_ASSERT_STRING_EQUAL(is->certificate_sha256, old);
	CU_ASSERT_STRING_EQUAL(is->next_certificate_sha256, second);
	instant until = is->certificate_until;
	CU_ASSERT(until >= s.now + 30 * day && until < s.now + 31 * day && until % day == 0);
	/* Both, until that moment; then the next alone. */
	CU_ASSERT_PTR_EQUAL(region_system_at(r, old, s.now), is);
	CU_ASSERT_PTR_EQUAL(region_system_at(r, old, until - 1), is);
	CU_ASSERT_PTR_NULL(region_system_at(r, old, until));
	CU_ASSERT_PTR_EQUAL(region_system_at(r, second, s.now), is);
	CU_ASSERT_PTR_EQUAL(region_system_at(r, second, until + day), is);
	CU_ASSERT_PTR_NULL(region_system_at(r, "nobody's", s.now));
	config_release(c);
	/* What was copied has no key in it. */
	const char *copy = place_read(
		&s.place,
		arena_printf(s.place.arena, "r/pki/clients/d-pharmacy-%.16s.pem", second));
	CU_ASSERT_PTR_NOT_NULL(strstr(copy, "BEGIN CERTIFICATE"));
	CU_ASSERT_PTR_NULL(strstr(copy, "PRIVATE KEY"));
	/* During the overlap there is no room for a third; after it the second moves up. */
	const char *other = issue(&s, "third.pem", s.now), *third = sha256_of(&s, other);
	CU_ASSERT_FALSE(renew(&s, "d-pharmacy", other, 0, until - 1));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	CU_ASSERT_TRUE(renew(&s, "d-pharmacy", other, 0, until));
	c = load(&s);
	is = region_system(&c->region, "d-pharmacy");
	CU_ASSERT_STRING_EQUAL(is->certificate_sha256, second);
	CU_ASSERT_STRING_EQUAL(is->next_certificate_sha256, third);
	CU_ASSERT_EQUAL(is->certificate_until, 0);
	config_release(c);
	end(&s);
}

/* Nothing is changed by what is refused, and nothing left behind. */
static void refused(struct scene *s, const char *name, const char *file, enum problem_code code,
		    const char *why)
{
	const char *before = place_read(&s->place, "r/minato.conf");
	bool done = renew(s, name, file, 30, s->now);
	if (done || s->problem.code != code || strstr(s->problem.what, why) == NULL)
		fprintf(stderr, "%s: %s\n", why, done ? "taken" : s->problem.what);
	CU_ASSERT_FALSE(done);
	CU_ASSERT_EQUAL(s->problem.code, code);
	CU_ASSERT_PTR_NOT_NULL(strstr(s->problem.what, why));
	CU_ASSERT_STRING_EQUAL(place_read(&s->place, "r/minato.conf"), before);
}

/* One of a key that is weak, by the region's authority. */
static const char *issue_weak(struct scene *s)
{
	const char *file = place_name(&s->place, "weak.pem");
	FILE *f = fopen(place_name(&s->place, "r/pki/ca.pem"), "r");
	X509 *ca = PEM_read_X509(f, NULL, NULL, NULL), *x = X509_new();
	fclose(f);
	f = fopen(place_name(&s->place, "r/pki/private/ca.key"), "r");
	EVP_PKEY *issuer = PEM_read_PrivateKey(f, NULL, NULL, NULL), *key = EVP_RSA_gen(1024);
	fclose(f);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 4711);
	X509_gmtime_adj(X509_getm_notBefore(x), -3600);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_issuer_name(x, X509_get_subject_name(ca));
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"weak", -1, -1, 0);
	X509_set_pubkey(x, key);
	CU_ASSERT_FATAL(X509_sign(x, issuer, EVP_sha256()) > 0);
	f = fopen(file, "w");
	PEM_write_X509(f, x);
	fclose(f);
	X509_free(ca);
	X509_free(x);
	EVP_PKEY_free(issuer);
	EVP_PKEY_free(key);
	return file;
}

static void what_is_refused(void)
{
	struct scene s;
	begin(&s);
	const char *clients = place_name(&s.place, "r/pki/clients");
	struct arena *a = s.place.arena;
	refused(&s, "nobody", issue(&s, "good.pem", s.now), PROBLEM_NOT_FOUND, "no system");
	refused(&s, "d-pharmacy", arena_printf(a, "%s/a-hospital.pem", clients), PROBLEM_CONFLICT,
		"of system a-hospital");
	refused(&s, "d-pharmacy", arena_printf(a, "%s/d-pharmacy.pem", clients), PROBLEM_CONFLICT,
		"already");
	refused(&s, "d-pharmacy", place_name(&s.place, "r/pki/ca.pem"), PROBLEM_REQUEST_INVALID,
		"authority");
	refused(&s, "d-pharmacy", issue(&s, "old.pem", s.now - 1000 * day), PROBLEM_REQUEST_INVALID,
		"expired");
	refused(&s, "d-pharmacy", issue_weak(&s), PROBLEM_REQUEST_INVALID, "weak");
	refused(&s, "d-pharmacy", place_name(&s.place, "missing.pem"), PROBLEM_REQUEST_INVALID,
		"cannot be read");
	refused(&s, "d-pharmacy", s.configuration, PROBLEM_REQUEST_INVALID, "no PEM");
	end(&s);
}

/* A section that is written otherwise is left to whoever wrote it. */
static void another_hand(void)
{
	struct scene s;
	begin(&s);
	const char *text = place_read(&s.place, "r/minato.conf");
	const char *line = "\tcertificate = \"pki/clients/d-pharmacy.pem\"\n";
	const char *at = strstr(text, line);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	CU_ASSERT_TRUE(place_write(
		&s.place, "r/minato.conf",
		arena_printf(s.place.arena,
			     "%.*s\trole = \"x\" certificate = \"pki/clients/d-pharmacy.pem\"\n%s",
			     (int)(at - text), text, at + strlen(line))));
	const char *file = issue(&s, "good.pem", s.now);
	CU_ASSERT_FALSE(renew(&s, "d-pharmacy", file, 30, s.now));
	end(&s);
}

static void a_request(void)
{
	struct scene s;
	struct stat st;
	begin(&s);
	const char *here = s.place.directory;
	CU_ASSERT_TRUE(region_request_certificate(s.configuration, "d-pharmacy", here,
						  s.place.arena, &s.problem));
	CU_ASSERT_FATAL(stat(place_name(&s.place, "d-pharmacy.key"), &st) == 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	FILE *f = fopen(place_name(&s.place, "d-pharmacy.csr"), "r");
	X509_REQ *r = f == NULL ? NULL : PEM_read_X509_REQ(f, NULL, NULL, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	fclose(f);
	f = fopen(place_name(&s.place, "d-pharmacy.key"), "r");
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
	fclose(f);
	CU_ASSERT_EQUAL(X509_REQ_verify(r, X509_REQ_get0_pubkey(r)), 1);
	CU_ASSERT_EQUAL(X509_REQ_check_private_key(r, key), 1);
	STACK_OF(X509_EXTENSION) *asked = X509_REQ_get_extensions(r);
	CU_ASSERT_EQUAL(sk_X509_EXTENSION_num(asked), 4);
	sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
	EVP_PKEY_free(key);
	X509_REQ_free(r);
	/* None is ever overwritten; nobody is asked for who is not there. */
	CU_ASSERT_FALSE(region_request_certificate(s.configuration, "d-pharmacy", here,
						   s.place.arena, &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_CONFLICT);
	s.problem.code = PROBLEM_NONE;
	CU_ASSERT_FALSE(region_request_certificate(s.configuration, "nobody", here, s.place.arena,
						   &s.problem));
	CU_ASSERT_EQUAL(s.problem.code, PROBLEM_NOT_FOUND);
	end(&s);
}

/* Of what the key says. */
static void days(void)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = { { "2030-03-01", true }, { "2030-02-30", false },  { "2030-3-1", false },
		     { "20300301", false },  { "2030-03-01T", false }, { "soon", false },
		     { "2030-03-0x", false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		const struct config_fault *faults;
		begin(&s);
		CU_ASSERT_TRUE_FATAL(
			renew(&s, "d-pharmacy", issue(&s, "good.pem", s.now), 0, s.now));
		const char *text = place_read(&s.place, "r/minato.conf");
		const char *at = strstr(text, "\tnext-certificate = \"pki/clients/d-pharmacy-");
		CU_ASSERT_PTR_NOT_NULL_FATAL(at);
		CU_ASSERT_TRUE(place_write(&s.place, "r/minato.conf",
					   arena_printf(s.place.arena,
							"%.*s\tcertificate-until = \"%s\"\n%s",
							(int)(at - text), text, rows[i].text, at)));
		const struct configuration *c = config_load(s.configuration, s.place.arena,
							    &faults);
		if ((c != NULL) != rows[i].good)
			fprintf(stderr, "%s\n", rows[i].text);
		CU_ASSERT_EQUAL(c != NULL, rows[i].good);
		config_release(c);
		end(&s);
	}
}

/* ---- Another pair takes the file's place while it is read ---- */

struct exchanging {
	const char *pairs[2], *next, *file;
	atomic_bool over;
};

static void *exchange(void *with)
{
	struct exchanging *e = with;
	for (unsigned n = 0; !atomic_load(&e->over); n++)
		if (link(e->pairs[n % 2], e->next) != 0 || rename(e->next, e->file) != 0)
			break;
	return NULL;
}

static void exchanged_while_read(void)
{
	struct scene s;
	pthread_t thread;
	X509 *x;
	EVP_PKEY *key;
	const char *why = "";
	unsigned whole = 0, signs = 0, rounds = 300;
	begin(&s);
	struct exchanging e = { .pairs = { issue(&s, "a.pem", s.now), issue(&s, "b.pem", s.now) },
				.next = place_name(&s.place, "next.pem"),
				.file = issue(&s, "pair.pem", s.now) };
	CU_ASSERT_FATAL(pthread_create(&thread, NULL, exchange, &e) == 0);
	for (unsigned n = 0; n < rounds; n++) {
		whole += certificate_with_key(e.file, NULL, CERTIFICATE_OF_CLIENT, &why);
		if (!certificate_of_signer(e.file, &x, &key, &why))
			continue;
		signs += X509_check_private_key(x, key) == 1;
		X509_free(x);
		certificate_key_free(key);
	}
	atomic_store(&e.over, true);
	pthread_join(thread, NULL);
	if (whole != rounds || signs != rounds)
		fprintf(stderr, "%u and %u of %u: %s\n", whole, signs, rounds, why);
	CU_ASSERT_EQUAL(whole, rounds);
	CU_ASSERT_EQUAL(signs, rounds);
	CU_ASSERT_EQUAL(access(e.next, F_OK), -1); /* it was exchanged until the end */
	end(&s);
}

int main(void)
{
	static const struct test tests[] = { { "beside, and then alone", beside_and_then_alone },
					     { "what is refused", what_is_refused },
					     { "another hand", another_hand },
					     { "a request", a_request },
					     { "days", days },
					     { "exchanged while it is read", exchanged_while_read },
					     { 0 } };
	unsetenv("MINATO_CONF");
	return suite_run("renew", tests);
}
