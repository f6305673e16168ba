/* tests/store/exchange_said_test.c: what was said in an exchange, written and read. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/exchange_said.h"

static const struct exchange_said whole = {
	.at = INT64_C(1768435200000000),
	.transaction = "ITI-41",
	.problem = "unknown-patient",
	.door = "https",
	.method = "POST",
	.path = "/xds/repository",
	.query = "a=b",
	.url = "https://192.0.2.1:8443/xds/repository",
	.address = "192.0.2.7",
	.port = 40000,
	.certificate = "00ff",
	.subject = "CN=a-hospital",
	.headers = { { "Content-Type", "application/soap+xml" }, { "SOAPAction", "" } },
	.header_count = 2,
	.request = { { (const unsigned char *)"a\0b", 3 }, 3, true },
	.answer = { { NULL, 0 }, 70000, false },
	.status = 200,
	.content_type = "text/xml",
	.elsewhere = true,
	.subjects = (const uint64_t[]){ 7, UINT64_MAX },
	.subject_count = 2,
};

static void all_of_it(void)
{
	struct arena *a = arena_create(1 << 20);
	struct exchange_said r;
	CU_ASSERT_TRUE_FATAL(exchange_said_read(a, exchange_said_write(a, &whole), &r));
	CU_ASSERT_EQUAL(r.at, whole.at);
	const char *const texts[][2] = { { r.transaction, whole.transaction },
					 { r.problem, whole.problem },
					 { r.door, whole.door },
					 { r.method, whole.method },
					 { r.path, whole.path },
					 { r.query, whole.query },
					 { r.url, whole.url },
					 { r.address, whole.address },
					 { r.certificate, whole.certificate },
					 { r.subject, whole.subject },
					 { r.content_type, whole.content_type },
					 { r.headers[0].name, "Content-Type" },
					 { r.headers[0].value, "application/soap+xml" },
					 { r.headers[1].name, "SOAPAction" },
					 { r.headers[1].value, "" } };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		CU_ASSERT_STRING_EQUAL(texts[i][0], texts[i][1]);
	CU_ASSERT_EQUAL(r.port, 40000);
	CU_ASSERT_EQUAL(r.header_count, 2);
	CU_ASSERT(r.request.whole && bytes_equal(r.request.octets, whole.request.octets));
	CU_ASSERT(!r.answer.whole && r.answer.length == 70000 && r.answer.octets.length == 0);
	CU_ASSERT_EQUAL(r.status, 200);
	CU_ASSERT_TRUE(r.elsewhere);
	CU_ASSERT(r.subject_count == 2 && r.subjects[0] == 7 && r.subjects[1] == UINT64_MAX);
	arena_destroy(a);
}

/* What is empty is "" and 0, never NULL. */
static void nothing_of_it(void)
{
	struct arena *a = arena_create(1 << 20);
	struct exchange_said r, empty = { .at = 1,
					  .transaction = "",
					  .problem = "",
					  .door = "",
					  .method = "",
					  .path = "",
					  .query = "",
					  .url = "",
					  .address = "",
					  .certificate = "",
					  .subject = "",
					  .content_type = "" };
	CU_ASSERT_TRUE_FATAL(exchange_said_read(a, exchange_said_write(a, &empty), &r));
	CU_ASSERT(*r.transaction == '\0' && *r.query == '\0' && *r.certificate == '\0');
	CU_ASSERT(r.header_count == 0 && r.subject_count == 0 && !r.request.whole);
	arena_destroy(a);
}

/* A file that was written by halves does not come here (its tag), but another release's may. */
static void what_is_none(void)
{
	struct arena *a = arena_create(16 << 20);
	struct exchange_said r;
	struct bytes b = exchange_said_write(a, &whole);
	for (size_t length = 0; length < b.length; length++) {
		unsigned char *cut = arena_alloc(a, length + 1);
		memcpy(cut, b.data, length);
		if (exchange_said_read(a, (struct bytes){ cut, length }, &r))
			CU_ASSERT(!r.request.whole || r.request.octets.length == r.request.length);
	}
	unsigned char *other = arena_alloc(a, b.length);
	memcpy(other, b.data, b.length);
	other[0] ^= 1; /* its version */
	CU_ASSERT_FALSE(exchange_said_read(a, (struct bytes){ other, b.length }, &r));
	struct exchange_said longer = whole; /* whole, and not as long as it was */
	longer.request.length = 4;
	CU_ASSERT_FALSE(exchange_said_read(a, exchange_said_write(a, &longer), &r));
	arena_destroy(a);
}

static const struct test tests[] = { { "all of it", all_of_it },
				     { "nothing of it", nothing_of_it },
				     { "what is none", what_is_none },
				     { 0 } };

int main(void)
{
	return suite_run("store: what was said in an exchange", tests);
}
