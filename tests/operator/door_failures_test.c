/* tests/operator/door_failures_test.c: what failed at our doors is told in order, the oldest gives
 * way, and each sort of failing has its words. */
#include "tests/base/suite.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/door_failures.h"
#include "gateway/transport/door.h"

static void the_oldest_give_way(void)
{
	struct door_failures *d = door_failures_create();
	struct door_failure f = { .finding = "x" }, got;
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_FALSE(door_failures_next(d, 0, &got));
	CU_ASSERT_EQUAL(door_failures_last(d), 0);
	for (unsigned i = 1; i <= DOOR_FAILURES_KEPT + 10; i++) {
		snprintf(f.what, sizeof f.what, "%u", i);
		door_failures_add(d, &f);
	}
	CU_ASSERT_EQUAL(door_failures_last(d), DOOR_FAILURES_KEPT + 10);
	uint64_t after = 0, count = 0;
	while (door_failures_next(d, after, &got)) {
		char wanted[24];
		snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)got.number);
		CU_ASSERT_STRING_EQUAL(got.what, wanted);
		CU_ASSERT(got.number > after);
		after = got.number;
		count++;
	}
	CU_ASSERT_EQUAL(count, DOOR_FAILURES_KEPT);
	CU_ASSERT_EQUAL(after, DOOR_FAILURES_KEPT + 10);
	CU_ASSERT_TRUE(door_failures_next(d, DOOR_FAILURES_KEPT + 9, &got));
	CU_ASSERT_FALSE(door_failures_next(d, after + 5, &got));
	door_failures_destroy(d);
	door_failures_destroy(NULL);
}

static const struct {
	const char *why;
	int status;
	long verified;
	int alert;
	const char *reason, *finding, *within;
} rows[] = {
	{ .why = "expired",
	  .verified = X509_V_ERR_CERT_HAS_EXPIRED,
	  .reason = "certificate has expired",
	  .finding = "certificate-expired",
	  .within = "has expired" },
	{ .why = "revoked",
	  .verified = X509_V_ERR_CERT_REVOKED,
	  .reason = "certificate revoked",
	  .finding = "certificate-revoked",
	  .within = "revoked" },
	{ .why = "unknown issuer",
	  .verified = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	  .reason = "unable to get local issuer certificate",
	  .finding = "issuer-unknown",
	  .within = "not one we believe" },
	{ .why = "they do not believe us",
	  .alert = 48,
	  .reason = "tlsv1 alert unknown ca",
	  .finding = "tls-alert",
	  .within = "48, unknown_ca" },
	{ .why = "an alert nobody knows",
	  .alert = 200,
	  .reason = "x",
	  .finding = "tls-alert",
	  .within = "200, unknown" },
	{ .why = "no certificate",
	  .reason = "no certificate",
	  .finding = "no-certificate",
	  .within = "showed no certificate" },
	{ .why = "gone",
	  .reason = "the handshake was not finished",
	  .finding = "tls-ended",
	  .within = "went away" },
	{ .why = "plain", .reason = "http request", .finding = "no-tls", .within = "without TLS" },
	{ .why = "old",
	  .reason = "unsupported protocol",
	  .finding = "tls-protocol",
	  .within = "TLS 1.1" },
	{ .why = "suites",
	  .reason = "no shared cipher",
	  .finding = "tls-suites",
	  .within = "no suite" },
	{ .why = "something else",
	  .reason = "bad extension",
	  .finding = "tls",
	  .within = "bad extension" },
	{ .why = "of HTTP",
	  .status = 400,
	  .reason = "two Host headers",
	  .finding = "malformed",
	  .within = "two Host headers" },
	{ .why = "of time",
	  .status = 408,
	  .reason = "too slow",
	  .finding = "timeout",
	  .within = "too slow" },
};

static void each_has_its_words(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		char id[REFUSAL_ID] = "";
		struct door_failure f;
		const struct refused_peer peer = {
			.door = DOOR_HTTPS,
			.door_name = "https",
			.address = "192.0.2.1",
			.certificate_sha256 = "ab",
			.status = rows[i].status,
			.verified = rows[i].verified,
			.alert = rows[i].alert,
			.reason = rows[i].reason,
			.id = id,
		};
		door_failure_of_peer(&peer, "CN=x", &f);
		if (!text_equal(f.finding, rows[i].finding)
		    || strstr(f.what, rows[i].within) == NULL || text_empty(f.remedy)) {
			fprintf(stderr, "%s: %s: %s\n", rows[i].why, f.finding, f.what);
			CU_FAIL("a failure is told otherwise");
		}
		CU_ASSERT_STRING_EQUAL(f.who, "CN=x");
		CU_ASSERT_STRING_EQUAL(f.sha256, "ab");
		CU_ASSERT_FALSE(f.admittable);
	}
}

static const struct test tests[] = { { "the oldest give way", the_oldest_give_way },
				     { "each sort of failing has its words", each_has_its_words },
				     { 0 } };

int main(void)
{
	return suite_run("door failures", tests);
}
