/* tests/bench/people.c: who lives in the benches' region, and what is asked about them. */
#include "tests/bench/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEEDERS = 16, DOCUMENTS = 10, DOCUMENT = 256 };

struct load_request people_next(void *asking, unsigned client, uint64_t number)
{
	const struct asking *w = asking;
	return w->requests[(client + number * w->clients) % w->count];
}

const char *people_id(struct arena *a, unsigned person)
{
	return arena_printf(a, "P%u", 10000 + person);
}

/* The number in ten signs of one's own: names must not all be the same. */
static const char *spelled(struct arena *a, const char *begin, unsigned person,
			   const char *const digits[10])
{
	return arena_printf(a, "%s%s%s%s%s", begin, digits[person / 1000 % 10],
			    digits[person / 100 % 10], digits[person / 10 % 10],
			    digits[person % 10]);
}

static const char *feed_of(struct arena *a, const char *domain, unsigned person)
{
	static const char *const kanji[10] = { "零", "一", "二", "三", "四",
					       "五", "六", "七", "八", "九" };
	static const char *const kana[10] = { "ア", "イ", "ウ", "エ", "オ",
					      "カ", "キ", "ク", "ケ", "コ" };
	struct replacing with[] = { { "@DOMAIN@", domain },
				    { "@ID@", people_id(a, person) },
				    { "@FAMILY@", "山田" },
				    { "@GIVEN@", spelled(a, "健", person, kanji) },
				    { "@FAMILY-KANA@", "ヤマダ" },
				    { "@GIVEN-KANA@", spelled(a, "ケン", person, kana) },
				    { "@PHONE@", arena_printf(a, "031%07u", person) },
				    { "@SEX@", "M" },
				    { "@BIRTH@", "19410503" },
				    { "@POSTCODE@", "1950000" },
				    { "@ADDRESS@", "東京都町田市1-2-3" },
				    { 0 } };
	return message_text(a, "iti44.xml", with);
}

static struct asking queries(struct arena *a, const char *name, const char *path,
			     const char *domain, unsigned count)
{
	struct asking w = { arena_array(a, struct load_request, count), count, 1 };
	for (unsigned i = 0; i < count; i++) {
		struct replacing with[] = { { "@DOMAIN@", domain },
					    { "@ID@", people_id(a, i) },
					    { "@RETURN@", "LeafClass" },
					    { 0 } };
		w.requests[i] = message_plain(a, path, message_text(a, name, with));
	}
	return w;
}

struct asking people_pix(struct arena *a, const char *domain, unsigned count)
{
	return queries(a, "iti45.xml", "/pix", domain, count);
}

struct asking people_find(struct arena *a, const char *domain, unsigned count)
{
	return queries(a, "iti18.xml", "/xds/registry", domain, count);
}

struct load_request people_retrieve(struct arena *a, const char *unique)
{
	struct replacing with[] = { { "@UNIQUE@", unique }, { 0 } };
	/* MTOM, without a part but the root (ITI TF-2: 3.43.4.1.2). */
	const char *root = message_text(a, "iti43.xml", with);
	struct buffer body = buffer_in(a), all = buffer_in(a);
	buffer_printf(&body,
		      "--bench\r\nContent-Type: application/xop+xml; charset=UTF-8; "
		      "type=\"application/soap+xml\"\r\nContent-Transfer-Encoding: binary\r\n"
		      "Content-ID: <root@bench>\r\n\r\n%s\r\n--bench--\r\n",
		      root);
	buffer_printf(&all,
		      "POST /xds/repository HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
		      "multipart/related; type=\"application/xop+xml\"; start=\"<root@bench>\"; "
		      "start-info=\"application/soap+xml\"; boundary=\"bench\"\r\n"
		      "Content-Length: %zu\r\n\r\n",
		      body.length);
	buffer_append(&all, body.data, body.length);
	return (struct load_request){ .data = all.data, .length = all.length };
}

bool people_accepted(int status, const unsigned char *body, size_t length)
{
	return status == 200
	       && (memmem(body, length, "\"CA\"", 4) != NULL
		   || memmem(body, length, "\"AA\"", 4) != NULL
		   || memmem(body, length, "MSA|AA", 6) != NULL
		   || memmem(body, length, "ResponseStatusType:Success", 26) != NULL);
}

static bool accepted(void *with, unsigned client, int status, const unsigned char *body,
		     size_t length)
{
	(void)with, (void)client;
	return people_accepted(status, body, length);
}

static void tell_all(const struct load_target *target, struct asking *w, const char *what)
{
	struct load_result result;
	w->clients = w->count < FEEDERS ? w->count : FEEDERS;
	struct load_plan plan = { .target = *target,
				  .clients = w->clients,
				  .requests = w->count,
				  .next = people_next,
				  .look = accepted,
				  .with = w };
	load_run(&plan, &result);
	if (result.failed == 0)
		return;
	fprintf(stderr, "bench: %s: %llu refused: %s\n", what, (unsigned long long)result.failed,
		result.why);
	exit(1);
}

void people_register_at(struct arena *a, const struct place *p, const char *certificate,
			const char *domain, unsigned first, unsigned count)
{
	struct asking w = { arena_array(a, struct load_request, count), count, 1 };
	struct load_target target = place_target(p, certificate);
	for (unsigned i = 0; i < count; i++)
		w.requests[i] = message_plain(a, "/pix", feed_of(a, domain, first + i));
	tell_all(&target, &w, "ITI-44");
}

void people_register(struct arena *a, const struct place *p, unsigned first, unsigned count)
{
	people_register_at(a, p, p->a_hospital, A_DOMAIN, first, count);
	people_register_at(a, p, p->b_clinic, B_DOMAIN, first, count);
}

void people_feed(struct arena *a, const struct place *p, unsigned count)
{
	people_register(a, p, 0, count);
}

struct load_request people_registration_at(struct arena *a, const char *domain, unsigned person)
{
	return message_plain(a, "/pix", feed_of(a, domain, person));
}

struct load_request people_registration(struct arena *a, unsigned person)
{
	return people_registration_at(a, A_DOMAIN, person);
}

void people_share(struct arena *a, const struct place *p, unsigned sharing)
{
	struct asking w = { arena_array(a, struct load_request, sharing), sharing, 1 };
	struct load_target target = place_target(p, p->b_clinic);
	for (unsigned i = 0; i < sharing; i++) {
		struct submission_plan s = { .domain = B_DOMAIN,
					     .id = people_id(a, i),
					     .unique = arena_printf(a, "2.999.7.%u." SERIAL, i + 1),
					     .documents = DOCUMENTS,
					     .octets = DOCUMENT,
					     .times = 1 };
		w.requests[i] = message_submission(a, &s);
		struct serials places = message_serials(a, &w.requests[i]);
		message_number(&places, i);
	}
	tell_all(&target, &w, "ITI-41");
}

uint64_t people_ask(const struct load_target *target, const struct load_request *r, bool look)
{
	struct load_result result;
	struct asking w = { (struct load_request *)r, 1, 1 };
	struct load_plan plan = { .target = *target,
				  .clients = 1,
				  .requests = 1,
				  .next = people_next,
				  .look = NULL,
				  .with = &w };
	plan.look = look ? accepted : NULL;
	load_run(&plan, &result);
	if (result.failed != 0) {
		fprintf(stderr, "bench: a request was refused: %s\n", result.why);
		exit(1);
	}
	return result.bytes_in;
}
