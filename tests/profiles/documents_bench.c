/* tests/profiles/documents_bench.c: what documents cost in processor time, without transport and
 * audit: FindDocuments over a patient of ten (reading, searching, answering); ITI-41 on the
 * committer. */
#include "tests/base/suite.h"

#include <string.h>
#include <time.h>

#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "tests/profiles/documents.h"

static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t find(struct house *h, struct bytes body, double part[4])
{
	struct arena *a = arena_create(64 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	double at[5];
	at[0] = cpu();
	struct soap_message m = { .body = xml_root(xml_read(a, NULL, body, &p)) };
	struct exchange x = {
		.arena = a,
		.now = h->now,
		.random = &system_random,
		.region = &h->region,
		.soap = &m,
		.transaction = &iti18_registry_stored_query,
		.sender = region_system(&h->region, "b-clinic"),
		.store = h->store.store,
		.admission = house_admission(h),
	};
	at[1] = cpu();
	x.transaction->read(&x);
	x.txn = store_begin_read(h->store.store, &p);
	at[2] = cpu();
	x.transaction->handle(&x);
	store_end(x.txn);
	at[3] = cpu();
	struct xml_writer *w = xml_writer_begin(a);
	x.transaction->answer_xml(&x, w);
	size_t length = xml_writer_end(w).length;
	at[4] = cpu();
	for (unsigned i = 0; i < 4; i++)
		part[i] += at[i + 1] - at[i];
	arena_destroy(a);
	return length;
}

static void find_documents(void)
{
	enum { ROUNDS = 2000 };
	const unsigned rounds = ROUNDS;
	double part[4] = { 0 };
	size_t length = 0;
	struct house h;
	house_open(&h);
	h.region.hide_source_ids = true;
	for (unsigned i = 0; i < 10; i++)
		ask(&h, &iti42_register_document_set, "a-hospital",
		    message(&h, "ebrim/document.xml", h.patient), NULL);
	const char *body = message(&h, "stored_query/find_documents.xml", h.patient);
	for (unsigned i = 0; i < rounds; i++)
		length = find(&h, bytes_of_text(body), part);
	printf("FindDocuments, 10 entries, %zu octets: %.1f us (XML %.1f, read %.1f, search %.1f, "
	       "answer %.1f)\n",
	       length, (part[0] + part[1] + part[2] + part[3]) / rounds * 1e6,
	       part[0] / rounds * 1e6, part[1] / rounds * 1e6, part[2] / rounds * 1e6,
	       part[3] / rounds * 1e6);
	house_close(&h);
}

struct providing {
	struct exchange x;
	double cpu;
};

static bool provide_job(void *with, struct store_txn *t, struct problem *p)
{
	struct providing *one = with;
	double before = cpu();
	(void)p;
	one->x.txn = t;
	bool done = one->x.transaction->handle(&one->x);
	one->cpu = cpu() - before;
	return done;
}

static void provide_documents(void)
{
	enum { ROUNDS = 500 };
	char content[10240];
	double sum = 0;
	struct house h;
	house_open(&h);
	memset(content, 'x', sizeof content - 1);
	content[sizeof content - 1] = '\0';
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct arena *a = h.arena;
		const char *body = provide(
			&h,
			edit(&h,
			     edit(&h, message(&h, "ebrim/document.xml", h.patient), "name=\"hash\"",
				  "name=\"urn:x:h\""),
			     "name=\"size\"", "name=\"urn:x:s\""),
			"Document01");
		struct soap_message m = { .body = xml_root(
						  xml_read(a, NULL, bytes_of_text(body), &p)) };
		memcpy(content, body + 1000, 1000); /* each another document */
		snprintf(content, 20, "%u", i);
		struct providing one = { .x = {
						 .arena = a,
						 .now = ++h.now,
						 .random = &system_random,
						 .region = &h.region,
						 .soap = &m,
						 .transaction = &iti41_provide_and_register,
						 .sender = region_system(&h.region, "a-hospital"),
						 .store = h.store.store,
						 .admission = house_admission(&h),
						 .attachments = attach(&h, "Document01", content),
					 } };
		CU_ASSERT_TRUE_FATAL(one.x.transaction->read(&one.x));
		CU_ASSERT_TRUE(store_write(h.store.store, provide_job, &one, &p));
		sum += one.cpu;
	}
	printf("ITI-41 of 10 KiB on the committer, without flush: %.1f us\n", sum / ROUNDS * 1e6);
	house_close(&h);
}

int main(void)
{
	static const struct test tests[] = { { "FindDocuments of 10 entries", find_documents },
					     { "ITI-41 of 10 KiB", provide_documents },
					     { 0 } };
	return suite_run("bench: documents", tests);
}
