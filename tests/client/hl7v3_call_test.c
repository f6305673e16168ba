/* tests/client/hl7v3_call_test.c: what an answer to an HL7 v3 message of ours means: an accept
 * acknowledgement of that message, or a problem in our own words (ITI TF-2: O.1.2). */
#include "tests/base/suite.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/calls.h"
#include "gateway/client/hl7v3_call.h"

#define ID "0af51c2e-6d6a-8e4f-9d0b-2f6a3a5c7d11"
#define UPPER "0AF51C2E-6D6A-8E4F-9D0B-2F6A3A5C7D11"
#define OTHER "0af51c2e-6d6a-8e4f-9d0b-2f6a3a5c7d12"

#define ENVELOPE(action, relates_to, body)                                                         \
	"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "                         \
	"xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>" action relates_to            \
	"</s:Header><s:Body>" body "</s:Body></s:Envelope>"
#define ACTION(name) "<a:Action s:mustUnderstand=\"true\">urn:hl7-org:v3:" name "</a:Action>"
#define RELATES(id) "<a:RelatesTo>urn:uuid:" id "</a:RelatesTo>"
#define OURS ACTION("MCCI_IN000002UV01"), RELATES(ID)
#define BODY(name, content) "<" name " xmlns=\"urn:hl7-org:v3\">" content "</" name ">"
#define SAID(content) ENVELOPED(OURS, BODY("MCCI_IN000002UV01", content))
#define ENVELOPED(headers, body) ENVELOPE(headers, body)
#define ACK(content) SAID("<acknowledgement>" content "</acknowledgement>")
#define CODE(code) "<typeCode code=\"" code "\"/>"
#define TARGET(id) "<targetMessage><id root=\"" id "\"/></targetMessage>"
#define DETAIL(type, code)                                                                         \
	"<acknowledgementDetail " type "><code code=\"" code "\"/></acknowledgementDetail>"
#define E "typeCode=\"E\""

static const struct {
	const char *why, *body, *code, *error;
	enum hl7_acknowledged means;
} good[] = {
	{ "CA", ACK(CODE("CA") TARGET(ID)), "CA", "", HL7_ACCEPTED },
	{ "AA", ACK(CODE("AA") TARGET(ID)), "AA", "", HL7_ACCEPTED },
	{ "a UUID in capitals", ACK(CODE("CA") TARGET(UPPER)), "CA", "", HL7_ACCEPTED },
	{ "CE", ACK(CODE("CE") TARGET(ID) DETAIL(E, "204")), "CE", "204", HL7_ERROR },
	{ "AE", ACK(CODE("AE") TARGET(ID)), "AE", "", HL7_ERROR },
	{ "CR", ACK(CODE("CR") TARGET(ID) DETAIL(E, "NS200")), "CR", "NS200", HL7_REJECTED },
	{ "AR", ACK(CODE("AR") TARGET(ID) DETAIL("", "SYN101")), "AR", "SYN101", HL7_REJECTED },
	{ "a key", ACK(CODE("CE") TARGET(ID) DETAIL(E, "KEY204")), "CE", "KEY204", HL7_ERROR },
	{ "a warning is no error", ACK(CODE("CE") TARGET(ID) DETAIL("typeCode=\"W\"", "204")), "CE",
	  "", HL7_ERROR },
	{ "nor is what informs", ACK(CODE("CE") TARGET(ID) DETAIL("typeCode=\"I\"", "204")), "CE",
	  "", HL7_ERROR },
	{ "words of its own", ACK(CODE("CE") TARGET(ID) DETAIL(E, "of 101")), "CE", "", HL7_ERROR },
	{ "as long as a code", ACK(CODE("CE") TARGET(ID) DETAIL(E, "20x")), "CE", "", HL7_ERROR },
	{ "longer than a code", ACK(CODE("CE") TARGET(ID) DETAIL(E, "NS2000")), "CE", "",
	  HL7_ERROR },
	{ "a detail without a code", ACK(CODE("CE") TARGET(ID) "<acknowledgementDetail/>"), "CE",
	  "", HL7_ERROR },
};

static const struct {
	const char *why, *body, *told;
	enum problem_code code;
} bad[] = {
	{ "nothing", "", "HTTP status 200, and no SOAP", PROBLEM_MALFORMED },
	{ "words", "220 mail.example ESMTP", "no SOAP", PROBLEM_MALFORMED },
	{ "XML that breaks off", "<s:Envelope", "no SOAP", PROBLEM_MALFORMED },
	{ "no action", ENVELOPE("", RELATES(ID), BODY("MCCI_IN000002UV01", "")), "no SOAP",
	  PROBLEM_MALFORMED },
	{ "to no request", ENVELOPE(ACTION("MCCI_IN000002UV01"), "", BODY("MCCI_IN000002UV01", "")),
	  "wsa:RelatesTo", PROBLEM_ADDRESSING_INVALID },
	{ "to another request",
	  ENVELOPE(ACTION("MCCI_IN000002UV01"), RELATES(OTHER), BODY("MCCI_IN000002UV01", "")),
	  "wsa:RelatesTo", PROBLEM_ADDRESSING_INVALID },
	{ "another interaction", ENVELOPED(OURS, BODY("PRPA_IN201310UV02", "")),
	  "no MCCI_IN000002UV01", PROBLEM_MALFORMED },
	{ "its body, empty", ENVELOPED(OURS, ""), "no MCCI_IN000002UV01", PROBLEM_MALFORMED },
	{ "another action",
	  ENVELOPE(ACTION("PRPA_IN201310UV02"), RELATES(ID),
		   BODY("MCCI_IN000002UV01",
			"<acknowledgement>" CODE("CA") TARGET(ID) "</acknowledgement>")),
	  "the action", PROBLEM_ACTION_MISMATCH },
	{ "no acknowledgement", SAID(""), "not one acknowledgement", PROBLEM_MALFORMED },
	{ "two of them", SAID("<acknowledgement/><acknowledgement/>"), "not one acknowledgement",
	  PROBLEM_MALFORMED },
	{ "of no message", ACK(CODE("CA")), "targetMessage", PROBLEM_ADDRESSING_INVALID },
	{ "of a message without id", ACK(CODE("CA") "<targetMessage/>"), "targetMessage",
	  PROBLEM_ADDRESSING_INVALID },
	{ "of two", ACK(CODE("CA") TARGET(ID) TARGET(ID)), "targetMessage",
	  PROBLEM_ADDRESSING_INVALID },
	{ "of another message", ACK(CODE("CA") TARGET(OTHER)), "targetMessage",
	  PROBLEM_ADDRESSING_INVALID },
	{ "of one with an extension",
	  ACK(CODE("CA") "<targetMessage><id root=\"" ID "\" extension=\"1\"/></targetMessage>"),
	  "targetMessage", PROBLEM_ADDRESSING_INVALID },
	{ "no code", ACK(TARGET(ID)), "typeCode nobody knows", PROBLEM_MALFORMED },
	{ "two codes", ACK(CODE("CA") CODE("CE") TARGET(ID)), "typeCode nobody knows",
	  PROBLEM_MALFORMED },
	{ "a code of its own", ACK(CODE("YES") TARGET(ID)), "typeCode nobody knows",
	  PROBLEM_MALFORMED },
};

static struct call answer_of(const char *body)
{
	return (struct call){ .answered = true,
			      .whole = true,
			      .status = 200,
			      .answer_most = 64 << 10,
			      .content_type = "application/soap+xml; charset=UTF-8",
			      .body = bytes_of_text(body) };
}

static void acknowledgements(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(good); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct hl7_reply reply;
		const struct call c = answer_of(good[i].body);
		bool read = hl7v3_call_read(a, &c, ID, &reply, &p);
		if (!read || !text_equal(reply.code, good[i].code)
		    || !text_equal(reply.error, good[i].error)
		    || reply.acknowledged != good[i].means) {
			fprintf(stderr, "%s: %s\n", good[i].why, read ? reply.error : p.what);
			CU_FAIL("an acknowledgement is read otherwise");
		}
	}
	arena_destroy(a);
}

static void no_acknowledgements(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct hl7_reply reply;
		const struct call c = answer_of(bad[i].body);
		bool read = hl7v3_call_read(a, &c, ID, &reply, &p);
		if (read || p.code != bad[i].code || strstr(p.what, bad[i].told) == NULL) {
			fprintf(stderr, "%s: %s\n", bad[i].why, read ? "read" : p.what);
			CU_FAIL("what is no acknowledgement is read otherwise");
		}
	}
	arena_destroy(a);
}

/* Nothing came; a part of it; as much as is taken and more. */
static void not_whole(void)
{
	static const struct {
		struct call call;
		const char *told;
	} rows[] = {
		{ { .why = "not answered in time" }, "not answered in time" },
		{ { .answered = true, .answer_most = 64, .body = { (unsigned char *)"<", 1 } },
		  "broke off" },
		{ { .answered = true, .answer_most = 1, .body = { (unsigned char *)"<", 1 } },
		  "larger than the 1 octets" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct hl7_reply reply;
		CU_ASSERT_FALSE(hl7v3_call_read(a, &rows[i].call, ID, &reply, &p));
		CU_ASSERT_PTR_NOT_NULL(strstr(p.what, rows[i].told));
	}
	arena_destroy(a);
}

static const struct test tests[] = { { "each acknowledgement", acknowledgements },
				     { "what is none", no_acknowledgements },
				     { "what is not whole", not_whole },
				     { 0 } };

int main(void)
{
	return suite_run("client: HL7 v3 acknowledgements", tests);
}
