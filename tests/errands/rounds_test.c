/* tests/errands/rounds_test.c: what the rounds do with partners of every sort, case by case. */
#include "tests/base/suite.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "gateway/errands/kinds.h"
#include "tests/errands/scene.h"

#define FAULT(code)                                                                                \
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><s:Fault>"        \
	"<s:Code><s:Value>s:" code                                                                 \
	"</s:Value></s:Code><s:Reason><s:Text xml:lang=\"en\">of patient 101"                      \
	"</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>"
#define SOAP "application/soap+xml; charset=UTF-8"

static const struct behaviour well = { .status = 202 }, away = { .away = true },
			      silent = { .silent = true }, broken = { .status = 503 };

/* ---- What each answer means ---- */

enum fate { TAKEN, LATER, ASIDE };

static const struct {
	const char *why;
	struct behaviour how;
	enum fate fate;
	const char *told; /* within why */
} answers[] = {
	{ "202, as it should", { .status = 202 }, TAKEN, NULL },
	{ "200", { .status = 200 }, TAKEN, NULL },
	{ "204", { .status = 204 }, TAKEN, NULL },
	{ "200 and an envelope",
	  { .status = 200,
	    .type = SOAP,
	    .body = "<s:Envelope "
		    "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body/></s:Envelope>" },
	  TAKEN,
	  NULL },
	{ "200 and something broken",
	  { .status = 200, .type = SOAP, .body = "<s:Enve" },
	  TAKEN,
	  NULL },
	{ "200 and a page",
	  { .status = 200, .type = "text/html", .body = FAULT("Sender") },
	  TAKEN,
	  NULL },
	{ "not reached", { .away = true }, LATER, "not reached" },
	{ "a redirect", { .status = 302 }, ASIDE, "302" },
	{ "400", { .status = 400 }, ASIDE, "400" },
	{ "401", { .status = 401 }, ASIDE, "401" },
	{ "404", { .status = 404 }, ASIDE, "404" },
	{ "408 asks for another time", { .status = 408 }, LATER, "408" },
	{ "425 asks for another time", { .status = 425 }, LATER, "425" },
	{ "429 asks for another time", { .status = 429 }, LATER, "429" },
	{ "500", { .status = 500 }, LATER, "500" },
	{ "503", { .status = 503 }, LATER, "503" },
	{ "a fault of the sender",
	  { .status = 400, .type = SOAP, .body = FAULT("Sender") },
	  ASIDE,
	  "fault Sender" },
	{ "the same as 500",
	  { .status = 500, .type = SOAP, .body = FAULT("Sender") },
	  ASIDE,
	  "fault Sender" },
	{ "the same as 200",
	  { .status = 200, .type = SOAP, .body = FAULT("Sender") },
	  ASIDE,
	  "fault Sender" },
	{ "MustUnderstand",
	  { .status = 500, .type = SOAP, .body = FAULT("MustUnderstand") },
	  ASIDE,
	  "fault MustUnderstand" },
	{ "VersionMismatch",
	  { .status = 500, .type = SOAP, .body = FAULT("VersionMismatch") },
	  ASIDE,
	  "fault VersionMismatch" },
	{ "a fault of the receiver",
	  { .status = 500, .type = SOAP, .body = FAULT("Receiver") },
	  LATER,
	  "fault Receiver" },
	{ "the same as 200",
	  { .status = 200, .type = SOAP, .body = FAULT("Receiver") },
	  LATER,
	  "fault Receiver" },
	{ "a code of its own",
	  { .status = 200, .type = SOAP, .body = FAULT("Odd") },
	  LATER,
	  "fault Receiver" },
};

static void each_answer(void)
{
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct scene s;
		struct errand e;
		scene_open(&s);
		struct receiver *p = scene_receiver(&s, "a", answers[i].how);
		scene_node(&s, &s.one, "one");
		uint64_t number = scene_errand(&s, p, "x");
		scene_run(&s.one);
		bool there = scene_look(&s, number, &e);
		enum fate fate = !there ? TAKEN : e.aside ? ASIDE : LATER;
		bool told = answers[i].told == NULL
			    || (there && strstr(e.why, answers[i].told) != NULL);
		if (fate != answers[i].fate || !told || (there && strstr(e.why, "101") != NULL)) {
			fprintf(stderr, "%s: %s\n", answers[i].why, there ? e.why : "taken");
			CU_FAIL("an answer has another meaning");
		}
		CU_ASSERT_EQUAL(scene_findings(&s), 0);
		scene_close(&s);
	}
}

/* Nothing leaves for who is locked out, however long; afterwards it does. */
static void locked_out(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	struct receiver *p = scene_receiver(&s, "a", well);
	scene_node(&s, &s.one, "one");
	p->locked_out = true;
	uint64_t number = scene_errand(&s, p, "x");
	scene_run(&s.one);
	scene_pass(&s.one, 2 * (int64_t)s.give_up_seconds);
	CU_ASSERT(scene_look(&s, number, &e) && !e.aside);
	CU_ASSERT_STRING_EQUAL(e.why, "the system it is for is locked out");
	CU_ASSERT_EQUAL(scene_got(&s, p), 0);
	p->locked_out = false;
	scene_pass(&s.one, DAY);
	CU_ASSERT_FALSE(scene_look(&s, number, &e));
	CU_ASSERT_EQUAL(scene_got(&s, p), 1);
	CU_ASSERT_EQUAL(scene_findings(&s), 0);
	scene_close(&s);
}

/* ---- What is sent ---- */

/* ---- Messages that are made when they are sent ---- */

static const struct {
	const char *why, *answer;
	enum fate fate;
	const char *told;
} acknowledgments[] = {
	{ "AA", SCENE_ACK("AA", "77", ""), TAKEN, NULL },
	{ "CA", SCENE_ACK("CA", "77", ""), TAKEN, NULL },
	{ "AE", SCENE_ACK("AE", "77", "ERR||PID^1^3|204|E\r"), ASIDE, "answered AE, 204" },
	{ "AE, in words of its own", SCENE_ACK("AE", "77", "ERR||PID^1^3|of 101|E\r"), ASIDE,
	  "answered AE" },
	{ "AR", SCENE_ACK("AR", "77", ""), LATER, "answered AR" },
	{ "AR for now", SCENE_ACK("AR", "77", "ERR|||207|E\r"), LATER, "answered AR, 207" },
	{ "AR of the type", SCENE_ACK("AR", "77", "ERR|||200|E\r"), ASIDE, "answered AR, 200" },
	{ "AR of the version", SCENE_ACK("AR", "77", "ERR|||203|E\r"), ASIDE, "answered AR, 203" },
	{ "another's", SCENE_ACK("AA", "78", ""), LATER, "to another message" },
	{ "no message", "101 is fine", LATER, "no HL7 v2 message" },
	{ "not reached", NULL, LATER, "not reached" },
};

static void each_acknowledgment(void)
{
	for (size_t i = 0; i < COUNT(acknowledgments); i++) {
		struct scene s;
		struct errand e;
		const struct behaviour how = { .away = acknowledgments[i].answer == NULL,
					       .body = acknowledgments[i].answer };
		scene_open(&s);
		s.composing.text = "MSH|...";
		s.composing.id = "77";
		struct receiver *p = scene_consumer(&s, "a", how);
		scene_node(&s, &s.one, "one");
		uint64_t number = scene_notice(&s, p);
		scene_run(&s.one);
		bool there = scene_look(&s, number, &e);
		enum fate fate = !there ? TAKEN : e.aside ? ASIDE : LATER;
		const char *told = acknowledgments[i].told;
		if (fate != acknowledgments[i].fate
		    || (there && (strstr(e.why, told) == NULL || strstr(e.why, "101") != NULL))) {
			fprintf(stderr, "%s: %s\n", acknowledgments[i].why,
				there ? e.why : "taken");
			CU_FAIL("an acknowledgment has another meaning");
		}
		CU_ASSERT(s.composing.concluded == 1 && s.composing.said);
		CU_ASSERT_EQUAL(s.composing.answered, acknowledgments[i].answer != NULL);
		CU_ASSERT_EQUAL(s.composing.verdict, fate == TAKEN   ? VERDICT_TAKEN
						     : fate == ASIDE ? VERDICT_NEVER
								     : VERDICT_LATER);
		CU_ASSERT(how.away || text_equal(s.sent[0].octets, "MSH|..."));
		scene_close(&s);
	}
}

#define ENVELOPE(header, body)                                                                     \
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "                         \
	"xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>" header                       \
	"</s:Header><s:Body>" body "</s:Body></s:Envelope>"
#define V3_ACK(code, more)                                                                         \
	ENVELOPE("<a:Action s:mustUnderstand=\"true\">urn:hl7-org:v3:MCCI_IN000002UV01</a:Action>" \
		 "<a:RelatesTo>urn:uuid:77</a:RelatesTo>",                                         \
		 "<MCCI_IN000002UV01 xmlns=\"urn:hl7-org:v3\"><acknowledgement><typeCode "         \
		 "code=\"" code "\"/><targetMessage><id root=\"77\"/></targetMessage>" more        \
		 "</acknowledgement></MCCI_IN000002UV01>")
#define DETAIL(code)                                                                               \
	"<acknowledgementDetail typeCode=\"E\"><code code=\"" code "\"/></acknowledgementDetail>"

/* Of who is told by https: what he says of the message, or HTTP and SOAP say for him. */
static const struct {
	const char *why;
	struct behaviour how;
	enum fate fate;
	const char *told;
} acknowledgements_v3[] = {
	{ "CA", { .status = 200, .type = SOAP, .body = V3_ACK("CA", "") }, TAKEN, NULL },
	{ "AA", { .status = 200, .type = SOAP, .body = V3_ACK("AA", "") }, TAKEN, NULL },
	{ "CE",
	  { .status = 200, .type = SOAP, .body = V3_ACK("CE", DETAIL("204")) },
	  ASIDE,
	  "answered CE, 204" },
	{ "CR", { .status = 200, .type = SOAP, .body = V3_ACK("CR", "") }, LATER, "answered CR" },
	{ "CR for now",
	  { .status = 200, .type = SOAP, .body = V3_ACK("CR", DETAIL("207")) },
	  LATER,
	  "answered CR, 207" },
	{ "CR of the interaction",
	  { .status = 200, .type = SOAP, .body = V3_ACK("CR", DETAIL("NS200")) },
	  ASIDE,
	  "answered CR, NS200" },
	{ "CR of the processing id",
	  { .status = 200, .type = SOAP, .body = V3_ACK("CR", DETAIL("NS202")) },
	  ASIDE,
	  "answered CR, NS202" },
	{ "CR of the version",
	  { .status = 200, .type = SOAP, .body = V3_ACK("CR", DETAIL("NS203")) },
	  ASIDE,
	  "answered CR, NS203" },
	{ "CR of the processing mode",
	  { .status = 200, .type = SOAP, .body = V3_ACK("CR", DETAIL("NS250")) },
	  ASIDE,
	  "answered CR, NS250" },
	{ "CR of a sender nobody knows",
	  { .status = 200, .type = SOAP, .body = V3_ACK("CR", DETAIL("NS260")) },
	  LATER,
	  "answered CR, NS260" },
	{ "an acknowledgement with a status of failure",
	  { .status = 500, .type = SOAP, .body = V3_ACK("CA", "") },
	  LATER,
	  "HTTP status 500" },
	{ "a fault of the sender",
	  { .status = 400, .type = SOAP, .body = FAULT("Sender") },
	  ASIDE,
	  "fault Sender" },
	{ "a fault of the receiver",
	  { .status = 500, .type = SOAP, .body = FAULT("Receiver") },
	  LATER,
	  "fault Receiver" },
	{ "404", { .status = 404 }, ASIDE, "404" },
	{ "503", { .status = 503 }, LATER, "503" },
	{ "202 and nothing", { .status = 202 }, LATER, "HTTP status 202, and no SOAP" },
	{ "not reached", { .away = true }, LATER, "not reached" },
};

static void each_acknowledgement_v3(void)
{
	for (size_t i = 0; i < COUNT(acknowledgements_v3); i++) {
		struct scene s;
		struct errand e;
		scene_open(&s);
		s.composing.text = "<x/>";
		s.composing.id = "77";
		struct receiver *p = scene_receiver(&s, "a", acknowledgements_v3[i].how);
		scene_node(&s, &s.one, "one");
		uint64_t number = scene_notice(&s, p);
		scene_run(&s.one);
		bool there = scene_look(&s, number, &e);
		enum fate fate = !there ? TAKEN : e.aside ? ASIDE : LATER;
		const char *told = acknowledgements_v3[i].told;
		if (fate != acknowledgements_v3[i].fate
		    || (there && (told == NULL || strstr(e.why, told) == NULL))) {
			fprintf(stderr, "%s: %s\n", acknowledgements_v3[i].why,
				there ? e.why : "taken");
			CU_FAIL("an acknowledgement has another meaning");
		}
		CU_ASSERT(s.composing.misled == 0);
		CU_ASSERT(p->how.away || text_equal(s.sent[0].type, "made/too"));
		scene_close(&s);
	}
}

/* Made anew each time; nothing is said where there is nothing to say, and that is the end of it. */
static void made_when_it_is_sent(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	struct receiver *p = scene_consumer(&s, "a", away);
	s.composing.text = "one";
	s.composing.id = "77";
	scene_node(&s, &s.one, "one");
	uint64_t number = scene_notice(&s, p);
	scene_run(&s.one);
	s.composing.text = "two";
	p->how = (struct behaviour){ .body = SCENE_ACK("AR", "77", "") };
	scene_pass(&s.one, 5);
	CU_ASSERT_STRING_EQUAL(s.sent[0].octets, "two");
	s.composing.text = NULL;
	size_t sent = scene_got(&s, p);
	scene_pass(&s.one, 600);
	CU_ASSERT_FALSE(scene_look(&s, number, &e));
	CU_ASSERT(scene_got(&s, p) == sent && s.composing.verdict == VERDICT_TAKEN);
	CU_ASSERT_FALSE(s.composing.said);
	s.composing.cannot = true;
	number = scene_notice(&s, p);
	scene_pass(&s.one, 600);
	CU_ASSERT(scene_look(&s, number, &e) && e.aside && scene_got(&s, p) == sent);
	CU_ASSERT_EQUAL(s.composing.verdict, VERDICT_NEVER);
	CU_ASSERT_EQUAL(s.composing.left, s.begun); /* each that left, and no other */
	scene_close(&s);
}

/* What cannot be recorded has not ended: it is written again, and not sent again meanwhile. */
static void what_cannot_be_recorded(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	struct receiver *p = scene_consumer(
		&s, "a", (struct behaviour){ .body = SCENE_ACK("AA", "77", "") });
	s.composing = (struct composing){ .text = "one", .id = "77", .unkept = true };
	scene_node(&s, &s.one, "one");
	uint64_t number = scene_notice(&s, p);
	scene_pass(&s.one, 10);
	CU_ASSERT(scene_look(&s, number, &e) && scene_got(&s, p) == 1);
	s.composing.unkept = false;
	scene_pass(&s.one, 600);
	CU_ASSERT(!scene_look(&s, number, &e) && scene_got(&s, p) == 1);
	CU_ASSERT_EQUAL(s.composing.concluded, 1);
	scene_close(&s);
}

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_keep(t, with);
}

/* Markup, a frame, a document in a file, one among the keys. */
static void in_the_same_octets(void)
{
	struct scene s;
	enum { LARGE = 3 * BLOB_SMALL };
	char *large, *whole;
	struct errand_part small = { 0 }, file = { .next = &small };
	struct errand_part frame = { .octets = bytes_of_text("--frame--"), .next = &file };
	struct errand_part markup = { .own = true, .next = &frame };
	scene_open(&s);
	large = arena_alloc(s.f.arena, LARGE + 1);
	memset(large, 'L', LARGE);
	blob_of_bytes(s.f.store, s.f.arena, bytes_of_text("<answer/>"), &markup.blob, &s.f.problem);
	blob_of_bytes(s.f.store, s.f.arena, bytes_of_text(large), &file.blob, &s.f.problem);
	blob_of_bytes(s.f.store, s.f.arena, bytes_of_text("small"), &small.blob, &s.f.problem);
	CU_ASSERT_TRUE(store_write(s.f.store, keep, &file.blob, &s.f.problem));
	CU_ASSERT_TRUE(store_write(s.f.store, keep, &small.blob, &s.f.problem));
	struct receiver *p = scene_receiver(&s, "a", broken);
	scene_errand_of(&s, p, &markup, "answer");
	scene_node(&s, &s.one, "one");
	scene_run(&s.one);
	p->how = well;
	scene_pass(&s.one, 5);
	whole = text_joined(s.f.arena, "<answer/>--frame--", large, "small", NULL);
	CU_ASSERT_EQUAL_FATAL(scene_got(&s, p), 2);
	CU_ASSERT_STRING_EQUAL(s.sent[0].octets, whole);
	CU_ASSERT_STRING_EQUAL(s.sent[1].octets, whole);
	CU_ASSERT_STRING_EQUAL(s.sent[1].type, "application/soap+xml");
	CU_ASSERT_STRING_EQUAL(s.sent[1].exchange, "e1");
	CU_ASSERT_EQUAL(scene_findings(&s), 0);
	scene_close(&s);
}

/* A large one has a second more for each MiB, and its lease outlives that. */
static void a_large_one_takes_longer(void)
{
	static const struct {
		size_t octets;
		unsigned seconds;
	} rows[] = {
		{ SLOWEST_RATE - 1, VISIT_SECONDS },
		{ SLOWEST_RATE, VISIT_SECONDS + 1 },
		{ 5 * (size_t)SLOWEST_RATE, VISIT_SECONDS + 5 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct errand_part part = { .own = true };
		scene_open(&s);
		struct bytes octets = { arena_alloc(s.f.arena, rows[i].octets), rows[i].octets };
		blob_of_bytes(s.f.store, s.f.arena, octets, &part.blob, &s.f.problem);
		struct receiver *p = scene_receiver(&s, "a", silent);
		scene_errand_of(&s, p, &part, "answer");
		scene_node(&s, &s.one, "one");
		scene_node(&s, &s.two, "two");
		scene_run(&s.one);
		CU_ASSERT_EQUAL_FATAL(s.one.count, 1);
		const struct grouped_call *begun = (struct grouped_call *)s.one.calls[0];
		CU_ASSERT_EQUAL(begun->seconds, rows[i].seconds);
		CU_ASSERT_EQUAL(scene_run(&s.two),
				(rows[i].seconds + VISIT_SECONDS) * (int64_t)SECOND);
		scene_close(&s);
	}
}

static void what_is_gone_is_set_aside(void)
{
	struct scene s;
	struct errand e;
	struct errand_part part = { .own = true };
	char place[512];
	unsigned char *large;
	scene_open(&s);
	large = arena_alloc(s.f.arena, 2 * BLOB_SMALL);
	struct bytes octets = { large, 2 * BLOB_SMALL };
	blob_of_bytes(s.f.store, s.f.arena, octets, &part.blob, &s.f.problem);
	struct receiver *p = scene_receiver(&s, "a", well);
	uint64_t lost = scene_errand_of(&s, p, &part, "answer");
	uint64_t odd = scene_errand_of(&s, p, &(struct errand_part){ .octets = { large, 1 } },
				       "odd");
	scene_errand(&s, p, "next");
	const char *hex = bytes_to_hex(s.f.arena, (struct bytes){ part.blob.sha256, BLOB_SHA256 });
	snprintf(place, sizeof place, "%s/blobs/%.2s/%s", s.f.directory, hex, hex);
	CU_ASSERT_EQUAL(remove(place), 0);
	scene_node(&s, &s.one, "one");
	scene_pass(&s.one, 10);
	CU_ASSERT_TRUE(scene_look(&s, lost, &e) && e.aside);
	CU_ASSERT(strstr(e.why, "cannot be read") != NULL);
	CU_ASSERT_TRUE(scene_look(&s, odd, &e) && e.aside);
	CU_ASSERT(strstr(e.why, "knows no errand of its kind") != NULL);
	CU_ASSERT_EQUAL(scene_got(&s, p), 1); /* the next is not in its way */
	scene_close(&s);
}

/* From now on no file can be opened; 0: as many as before. */
static void files_run_out(rlim_t *before)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (*before != 0) {
		limit.rlim_cur = *before;
	} else {
		int lowest = dup(STDIN_FILENO);
		close(lowest);
		*before = limit.rlim_cur;
		limit.rlim_cur = (rlim_t)lowest;
	}
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void what_cannot_be_opened_now_is_sent_later(void)
{
	struct scene s;
	struct errand e;
	struct errand_part part = { .own = true };
	rlim_t before = 0;
	scene_open(&s);
	struct bytes octets = { arena_alloc(s.f.arena, 2 * BLOB_SMALL), 2 * BLOB_SMALL };
	blob_of_bytes(s.f.store, s.f.arena, octets, &part.blob, &s.f.problem);
	struct receiver *p = scene_receiver(&s, "a", well);
	uint64_t number = scene_errand_of(&s, p, &part, "answer");
	scene_node(&s, &s.one, "one");
	files_run_out(&before);
	scene_run(&s.one);
	files_run_out(&before);
	CU_ASSERT_TRUE(scene_look(&s, number, &e) && !e.aside);
	CU_ASSERT_EQUAL(scene_got(&s, p), 0);
	scene_pass(&s.one, 2 * FIRST_PAUSE_SECONDS);
	CU_ASSERT_EQUAL(scene_got(&s, p), 1);
	scene_close(&s);
}

static void no_longer_allowed(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	struct receiver *p = scene_receiver(&s, "a", well), *q = scene_receiver(&s, "b", well);
	uint64_t one = scene_errand(&s, p, "1"), two = scene_errand(&s, q, "2");
	p->unlisted = q->unknown = true;
	scene_node(&s, &s.one, "one");
	scene_run(&s.one);
	CU_ASSERT_TRUE(scene_look(&s, one, &e) && e.aside);
	CU_ASSERT_TRUE(scene_look(&s, two, &e) && e.aside);
	CU_ASSERT_EQUAL(s.sent_count, 0);
	/* Listed again, and the operator says so. */
	p->unlisted = false;
	CU_ASSERT_TRUE(scene_again(&s, one));
	scene_run(&s.one);
	CU_ASSERT_EQUAL(scene_got(&s, p), 1);
	scene_close(&s);
}

/* ---- Who waits for whom ---- */

static void nobody_waits_for_the_dead(void)
{
	static const struct behaviour dead[] = {
		{ .silent = true }, { .away = true }, { .status = 503 }, { .status = 404 }
	};
	for (size_t i = 0; i < COUNT(dead); i++) {
		struct scene s;
		scene_open(&s);
		struct receiver *bad = scene_receiver(&s, "bad", dead[i]);
		struct receiver *good = scene_receiver(&s, "good", well);
		struct receiver *other_door = scene_receiver(&s, "bad", well);
		for (unsigned n = 0; n < 5; n++) {
			scene_errand(&s, bad, "x");
			scene_errand(&s, good, "x");
			scene_errand(&s, other_door, "x");
		}
		scene_node(&s, &s.one, "one");
		scene_run(&s.one);
		CU_ASSERT_EQUAL(scene_got(&s, good), 5);
		CU_ASSERT_EQUAL(scene_got(&s, other_door), 5);
		CU_ASSERT_EQUAL(scene_findings(&s), 0);
		scene_close(&s);
	}
}

/* As many silent ones as visits there are, and one less. */
static void silent_ones(void)
{
	for (unsigned many = VISITS_MOST - 1; many <= VISITS_MOST; many++) {
		struct scene s;
		char name[16];
		scene_open(&s);
		for (unsigned i = 0; i < many; i++) {
			snprintf(name, sizeof name, "silent%u", i);
			scene_errand(&s, scene_receiver(&s, name, silent), "x");
		}
		s.now++;
		struct receiver *good = scene_receiver(&s, "good", well);
		scene_errand(&s, good, "x");
		scene_node(&s, &s.one, "one");
		scene_run(&s.one);
		CU_ASSERT_EQUAL(scene_got(&s, good), many < VISITS_MOST);
		/* Their calls end by time; they rest, and nobody waits for them. */
		for (unsigned i = 0; i < many; i++)
			s.partners[i].how = away;
		scene_run(&s.one);
		CU_ASSERT_EQUAL(scene_got(&s, good), 1);
		scene_close(&s);
	}
}

/* Three systems have their answers sent to one address, which may have two calls at a time. */
static void no_more_connections(void)
{
	struct scene s;
	struct receiver *p[3];
	scene_open(&s);
	s.connections = 2;
	for (size_t i = 0; i < COUNT(p); i++) {
		p[i] = scene_receiver(&s, (const char *[]){ "a", "b", "c" }[i], silent);
		snprintf(p[i]->address, sizeof p[i]->address, "https://one.example/");
		scene_errand(&s, p[i], "x");
	}
	struct receiver *other = scene_receiver(&s, "d", well);
	scene_errand(&s, other, "x");
	scene_node(&s, &s.one, "one");
	scene_run(&s.one);
	CU_ASSERT_EQUAL(s.one.count, 2);
	CU_ASSERT_EQUAL(scene_got(&s, p[0]), 2);
	CU_ASSERT_EQUAL(scene_got(&s, other), 1);
	p[0]->how = well; /* who is asked by address is the first of them */
	scene_run(&s.one);
	CU_ASSERT_EQUAL(scene_got(&s, p[0]), 3);
	CU_ASSERT_EQUAL(scene_queue(&s, p[2]).waiting, 0);
	scene_close(&s);
}

static void in_order_and_back(void)
{
	struct scene s;
	scene_open(&s);
	struct receiver *p = scene_receiver(&s, "a", away);
	scene_errand(&s, p, "1");
	scene_errand(&s, p, "2");
	scene_node(&s, &s.one, "one");
	scene_pass(&s.one, 3600);
	scene_errand(&s, p, "3");
	CU_ASSERT_EQUAL(s.sent_count, 0);
	p->how = well;
	scene_pass(&s.one, LONGEST_PAUSE_SECONDS * 5 / 4);
	CU_ASSERT_EQUAL_FATAL(s.sent_count, 3);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(s.sent[i].octets[0], '1' + (char)i);
	CU_ASSERT_EQUAL(scene_queue(&s, p).waiting, 0);
	CU_ASSERT(scene_run(&s.one) < 0);
	scene_close(&s);
}

/* Each pause within a quarter of the doubled one, up to the longest. */
static void pauses(void)
{
	struct scene s;
	scene_open(&s);
	struct receiver *p = scene_receiver(&s, "a", away);
	scene_errand(&s, p, "1");
	scene_node(&s, &s.one, "one");
	int64_t base = FIRST_PAUSE_SECONDS * (int64_t)SECOND, least = INT64_MAX, most = 0;
	for (unsigned i = 0; i < 40; i++) {
		int64_t wait = scene_run(&s.one);
		CU_ASSERT(wait >= base * 3 / 4 && wait <= base * 5 / 4);
		CU_ASSERT_EQUAL(scene_queue(&s, p).failures, i + 1);
		if (base == LONGEST_PAUSE_SECONDS * (int64_t)SECOND) {
			least = wait < least ? wait : least;
			most = wait > most ? wait : most;
		}
		s.now += wait;
		base = base * 2 < LONGEST_PAUSE_SECONDS * (int64_t)SECOND
			       ? base * 2
			       : LONGEST_PAUSE_SECONDS * (int64_t)SECOND;
	}
	CU_ASSERT(least < most); /* they are spread */
	/* A clock that goes back a year keeps nobody waiting. */
	s.now -= INT64_C(365) * DAY * SECOND;
	p->how = well;
	scene_run(&s.one);
	CU_ASSERT_EQUAL(scene_got(&s, p), 1);
	scene_close(&s);
}

/* ---- When it is enough ---- */

static void given_up_by_age(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	s.give_up_seconds = 3600;
	struct receiver *p = scene_receiver(&s, "a", away);
	uint64_t number = scene_errand(&s, p, "1");
	scene_node(&s, &s.one, "one");
	scene_pass(&s.one, 3599);
	CU_ASSERT_TRUE(scene_look(&s, number, &e) && !e.aside);
	uint64_t later = scene_errand(&s, p, "2");
	scene_pass(&s.one, 1 + LONGEST_PAUSE_SECONDS * 5 / 4);
	CU_ASSERT_TRUE(scene_look(&s, number, &e) && e.aside);
	CU_ASSERT_TRUE(scene_look(&s, later, &e) && !e.aside);
	/* Asked for again it has its whole time, and its place. */
	CU_ASSERT_TRUE(scene_again(&s, number));
	scene_pass(&s.one, 3000);
	CU_ASSERT_TRUE(scene_look(&s, number, &e) && !e.aside);
	p->how = well;
	scene_pass(&s.one, LONGEST_PAUSE_SECONDS * 5 / 4);
	CU_ASSERT_EQUAL_FATAL(s.sent_count, 2);
	CU_ASSERT_STRING_EQUAL(s.sent[0].octets, "1");
	scene_close(&s);
}

static void refused_too_often(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	struct receiver *p = scene_receiver(&s, "a", broken);
	uint64_t number = scene_errand(&s, p, "1");
	scene_errand(&s, p, "2");
	scene_node(&s, &s.one, "one");
	for (unsigned i = 1; i < REFUSALS_MOST; i++)
		s.now += scene_run(&s.one);
	CU_ASSERT_EQUAL(scene_got(&s, p), REFUSALS_MOST - 1);
	CU_ASSERT_TRUE(scene_look(&s, number, &e) && !e.aside && e.refusals == REFUSALS_MOST - 1);
	scene_run(&s.one); /* at the time of the tenth; the next is tried at once */
	CU_ASSERT_TRUE(scene_look(&s, number, &e) && e.aside);
	CU_ASSERT_STRING_EQUAL(s.sent[s.sent_count - 1].octets, "2");
	scene_close(&s);
}

/* ---- What happens meanwhile ---- */

static void dropped_on_its_way(void)
{
	static const struct behaviour ends[] = {
		{ .status = 202 }, { .status = 503 }, { .status = 400 }, { .away = true }
	};
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct scene s;
		struct errand e;
		struct rounds_counts counts;
		scene_open(&s);
		struct receiver *p = scene_receiver(&s, "a", silent);
		uint64_t number = scene_errand(&s, p, "1");
		scene_node(&s, &s.one, "one");
		scene_run(&s.one);
		CU_ASSERT_TRUE(scene_drop(&s, number));
		p->how = ends[i];
		rounds_step(s.one.rounds);
		CU_ASSERT_FALSE(scene_look(&s, number, &e));
		p->how = well;
		uint64_t next = scene_errand(&s, p, "2");
		scene_pass(&s.one, 2);
		CU_ASSERT_FALSE(scene_look(&s, next, &e));
		rounds_count(s.one.rounds, &counts);
		CU_ASSERT_EQUAL(counts.visits, 0);
		CU_ASSERT_EQUAL(scene_findings(&s), 0);
		scene_close(&s);
	}
}

/* What was taken is written as soon as it can be, and not sent again meanwhile. */
static void a_full_disk(void)
{
	for (int after = 0; after < 3; after++) {
		struct scene s;
		struct errand e;
		scene_open(&s);
		struct receiver *p = scene_receiver(&s, "a", well);
		uint64_t number = scene_errand(&s, p, "1");
		scene_node(&s, &s.one, "one");
		scene_full(after);
		scene_pass(&s.one, 1800);
		CU_ASSERT_EQUAL(scene_got(&s, p), after > 0);
		CU_ASSERT_EQUAL(scene_look(&s, number, &e), after < 2);
		scene_full(-1);
		scene_pass(&s.one, LONGEST_PAUSE_SECONDS * 5 / 4);
		CU_ASSERT_EQUAL(scene_got(&s, p), 1);
		CU_ASSERT_FALSE(scene_look(&s, number, &e));
		CU_ASSERT_EQUAL(scene_findings(&s), 0);
		scene_close(&s);
	}
}

static void killed_on_its_way(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	struct receiver *p = scene_receiver(&s, "a", silent);
	uint64_t number = scene_errand(&s, p, "1");
	scene_node(&s, &s.one, "one");
	scene_run(&s.one);
	scene_kill(&s.one);
	p->how = well;
	scene_node(&s, &s.one, "one");
	scene_run(&s.one); /* at once: the lease is its own */
	CU_ASSERT_EQUAL_FATAL(scene_got(&s, p), 2);
	CU_ASSERT_STRING_EQUAL(s.sent[0].octets, s.sent[1].octets);
	CU_ASSERT_STRING_EQUAL(s.sent[0].exchange, s.sent[1].exchange);
	CU_ASSERT_FALSE(scene_look(&s, number, &e));
	scene_close(&s);
}

/* ---- Two nodes ---- */

static void one_node_at_a_time(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	struct receiver *p = scene_receiver(&s, "a", silent), *q = scene_receiver(&s, "b", well);
	uint64_t number = scene_errand(&s, p, "1");
	scene_node(&s, &s.one, "one");
	scene_node(&s, &s.two, "two");
	scene_run(&s.one);
	int64_t wait = scene_run(&s.two);
	CU_ASSERT_EQUAL(wait, LEASE_SECONDS * (int64_t)SECOND);
	CU_ASSERT_EQUAL(scene_got(&s, p), 1);
	scene_errand(&s, q, "2"); /* of another queue it is free to do */
	scene_run(&s.two);
	CU_ASSERT_EQUAL(scene_got(&s, q), 1);
	s.now += wait - 1;
	scene_run(&s.two);
	CU_ASSERT_EQUAL(scene_got(&s, p), 1);
	s.now += 1;
	p->how = broken; /* the first answer comes late, to the first node */
	scene_run(&s.two);
	CU_ASSERT_EQUAL(scene_got(&s, p), 2);
	CU_ASSERT_TRUE(scene_look(&s, number, &e));
	CU_ASSERT_EQUAL(e.attempts, 1);
	scene_run(&s.one);
	CU_ASSERT_TRUE(scene_look(&s, number, &e));
	CU_ASSERT_EQUAL(scene_findings(&s), 0);
	scene_close(&s);
}

/* The lease was lost: what the first node heard counts for nothing, whatever it was. */
static void who_lost_the_lease_writes_nothing(void)
{
	struct scene s;
	struct errand e;
	scene_open(&s);
	struct receiver *p = scene_receiver(&s, "a", silent);
	uint64_t number = scene_errand(&s, p, "1");
	scene_node(&s, &s.one, "one");
	scene_node(&s, &s.two, "two");
	scene_run(&s.one);
	s.now += LEASE_SECONDS * (int64_t)SECOND;
	scene_run(&s.two); /* it waits now */
	CU_ASSERT_EQUAL(scene_got(&s, p), 2);
	p->how = (struct behaviour){ .status = 400 };
	rounds_step(s.one.rounds);
	CU_ASSERT_TRUE(scene_look(&s, number, &e) && !e.aside && e.attempts == 0);
	p->how = well;
	scene_run(&s.two);
	CU_ASSERT_FALSE(scene_look(&s, number, &e));
	CU_ASSERT_EQUAL(scene_findings(&s), 0);
	scene_close(&s);
}

/* ---- A crowd, at random ---- */

static unsigned draw(struct scene *s)
{
	s->seed = s->seed * 1664525u + 1013904223u;
	return s->seed >> 16;
}

static struct behaviour any(struct scene *s)
{
	static const struct behaviour some[] = { { .status = 202 },
						 { .status = 202 },
						 { .away = true },
						 { .silent = true },
						 { .status = 500 } };
	return some[draw(s) % COUNT(some)];
}

/* The n-th errand of each partner says n: they come in order, each once at least, whatever
 * happens. */
static bool came_in_order(const struct scene *s, const struct receiver *p, int last)
{
	int seen = 0;
	for (size_t i = 0; i < s->sent_count; i++) {
		int number = s->sent[i].to == p ? atoi(s->sent[i].octets) : seen;
		if (number < seen || number > seen + 1)
			return false;
		seen = number;
	}
	return seen == last;
}

static void a_crowd(void)
{
	enum { CROWD = 6, TURNS = 150 };
	struct scene s;
	int made[CROWD] = { 0 };
	char text[12];
	scene_open(&s);
	s.seed = 3;
	s.give_up_seconds = 30 * DAY;
	for (unsigned i = 0; i < CROWD; i++)
		scene_receiver(&s, (char[]){ (char)('a' + i), '\0' }, well);
	scene_node(&s, &s.one, "one");
	scene_node(&s, &s.two, "two");
	for (unsigned turn = 0; turn < TURNS; turn++) {
		unsigned which = draw(&s) % CROWD;
		struct node *n = draw(&s) % 2 == 0 ? &s.one : &s.two;
		snprintf(text, sizeof text, "%d", ++made[which]);
		scene_errand(&s, &s.partners[which], text);
		s.partners[draw(&s) % CROWD].how = any(&s);
		if (draw(&s) % 10 == 0) {
			scene_kill(n);
			scene_node(&s, n, n == &s.one ? "one" : "two");
		}
		scene_full(draw(&s) % 8 == 0 ? (int)(draw(&s) % 4) : -1);
		scene_pass(n, draw(&s) % 20);
		scene_full(-1);
	}
	for (unsigned i = 0; i < CROWD; i++)
		s.partners[i].how = well;
	scene_run(&s.one);
	scene_run(&s.two);
	for (unsigned i = 0; i < 3; i++) {
		scene_pass(&s.one, LEASE_SECONDS + 2 * LONGEST_PAUSE_SECONDS);
		scene_pass(&s.two, 1);
	}
	for (unsigned i = 0; i < CROWD; i++) {
		CU_ASSERT_TRUE(came_in_order(&s, &s.partners[i], made[i]));
		CU_ASSERT_EQUAL(scene_queue(&s, &s.partners[i]).waiting, 0);
	}
	CU_ASSERT_EQUAL(scene_findings(&s), 0);
	scene_close(&s);
}

static const struct test tests[] = {
	{ "what each answer means", each_answer },
	{ "who is locked out is sent nothing", locked_out },
	{ "sent again in the same octets", in_the_same_octets },
	{ "a large one takes longer", a_large_one_takes_longer },
	{ "what is gone is set aside", what_is_gone_is_set_aside },
	{ "what cannot be opened now is sent later", what_cannot_be_opened_now_is_sent_later },
	{ "not sent where it is no longer allowed", no_longer_allowed },
	{ "nobody waits for the dead", nobody_waits_for_the_dead },
	{ "silent ones, up to the bound and beyond", silent_ones },
	{ "no more connections than a partner takes", no_more_connections },
	{ "in order, when the partner is back", in_order_and_back },
	{ "pauses", pauses },
	{ "given up by age", given_up_by_age },
	{ "refused too often", refused_too_often },
	{ "dropped on its way", dropped_on_its_way },
	{ "a full disk", a_full_disk },
	{ "killed on its way", killed_on_its_way },
	{ "one node at a time", one_node_at_a_time },
	{ "who lost the lease writes nothing", who_lost_the_lease_writes_nothing },
	{ "a crowd at random", a_crowd },
	{ "each acknowledgment has its meaning", each_acknowledgment },
	{ "and by HL7 v3", each_acknowledgement_v3 },
	{ "a composed message is made when it is sent", made_when_it_is_sent },
	{ "what cannot be recorded has not ended", what_cannot_be_recorded },
	{ 0 }
};

int main(void)
{
	return suite_run("errands: rounds", tests);
}
