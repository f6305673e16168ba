/* tests/bench/assertions.c: how many assertions one core verifies a second (ITI-40): the envelope
 * is read, its signature verified, and what it says of the person read, each time anew. */
#include "tests/bench/bench.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/assertion/assertion.h"
#include "gateway/assertion/memory.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"

enum { MEMORY = 64 << 20, MESSAGE_MOST = 1 << 16 };
#define A_SECOND 2000                                         /* goal */
static const instant said_at = INT64_C(1768437000) * 1000000; /* 2026-01-15T00:30:00Z */

static double thread_cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static FILE *opened(const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", BENCH_ASSERTIONS, name);
	FILE *f = fopen(path, "rb");
	if (f == NULL) {
		fprintf(stderr, "bench: %s cannot be read\n", path);
		exit(1);
	}
	return f;
}

static bool verify(struct arena *a, struct bytes octets, const struct assertion_presented *by,
		   struct assertion_memory *memory, struct xml_parsers *parsers)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct soap_message m;
	struct xml_reader *r = xml_reader_begin(a, NULL, &p);
	xml_reader_reuse(r, parsers);
	xml_reader_feed(r, octets);
	const struct xml_document *d = xml_reader_end(r);
	return soap_open_secured(a, d, &m, &p)
	       && (by == NULL
		   || assertion_verify(a, xml_root(d), m.security, by, memory)->step
			      == ASSERTION_HOLDS);
}

/* Processor time of one, in microseconds; by NULL: only read. */
static double one_takes(struct bytes octets, const struct assertion_presented *by)
{
	struct assertion_memory *memory = assertion_memory_create(&system_clock);
	struct xml_parsers *parsers = xml_parsers_create();
	struct arena *a = arena_create(MEMORY);
	double begun = thread_cpu(), wanted = bench_number("BENCH_SECONDS", 1), spent;
	unsigned count = 0, held = 0;
	do {
		held += verify(a, octets, by, memory, parsers);
		arena_reset(a);
		count++;
		spent = thread_cpu() - begun;
	} while (spent < wanted);
	arena_destroy(a);
	xml_parsers_destroy(parsers);
	assertion_memory_destroy(memory);
	if (held != count)
		fprintf(stderr, "bench: %u of %u assertions did not hold\n", count - held, count);
	return held == count ? spent * 1e6 / count : 1e9;
}

void bench_assertions(struct bench *b)
{
	static const char *const audiences[] = { "urn:oid:2.999.1.100", NULL };
	static const char *const anybody[] = { "*", NULL };
	static unsigned char message[MESSAGE_MOST];
	FILE *pem = opened("issuer.pem"), *xml = opened("bearer.xml");
	struct assertion_issuer issuer = {
		.entity_id = "https://idp.hie.example.jp/xua",
		.certificates = { PEM_read_X509(pem, NULL, NULL, NULL) },
		.most_lifetime = INT64_C(900) * 1000000,
	};
	const struct assertion_policy policy = {
		.issuers = &issuer, .issuer_count = 1, .audiences = audiences, .remembered = 16
	};
	const struct assertion_presented by = { .policy = &policy,
						.organizations = anybody,
						.certificate_sha256 = "00",
						.now = said_at };
	struct bytes octets = { message, fread(message, 1, sizeof message, xml) };
	fclose(pem);
	fclose(xml);
	double read = one_takes(octets, NULL), all = one_takes(octets, &by);
	printf("assertion  %.0f us, of it reading the envelope %.0f us; %.0f a second and core",
	       all, read, 1e6 / all);
	bench_goal(b, 1e6 / all >= A_SECOND, "%d", A_SECOND);
	printf("\n");
	X509_free(issuer.certificates[0]);
}
