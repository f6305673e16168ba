/* tests/envelope/soap_test.c: SOAP 1.2 envelopes, read and written. ITI TF-2: V.3.2. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "schemas/tables/problem.h"
#include "tests/envelope/samples.h"

#define ADDRESSED PROBLEM_ADDRESSING_INVALID
#define REQUIRED PROBLEM_ADDRESSING_REQUIRED
#define UNKNOWN PROBLEM_MUST_UNDERSTAND

/* reply_to: what is expected where the case is not about it is NULL, as for anonymous. */
static const struct {
	const char *why, *file;
	enum problem_code problem;
	const char *reply_to;
} cases[] = {
	{ "all headers", "full", PROBLEM_NONE, NULL },
	{ "any prefix", "other-prefixes", PROBLEM_NONE, NULL },
	{ "white space around values", "trimmed", PROBLEM_NONE, NULL },
	{ "mustUnderstand counts in SOAP's namespace only", "must-in-addressing", PROBLEM_NONE,
	  NULL },
	{ "no ReplyTo: on this connection", "no-reply-to", PROBLEM_NONE, NULL },
	{ "ReplyTo elsewhere", "asynchronous", PROBLEM_NONE, "https://a.example/reply" },
	{ "ReplyTo none", "reply-to-none", PROBLEM_NONE, ADDRESSING_NONE },
	{ "no Action", "no-action", REQUIRED, NULL },
	{ "no MessageID", "no-message-id", REQUIRED, NULL },
	{ "no Header", "no-header", REQUIRED, NULL },
	{ "an older addressing", "wrong-addressing", REQUIRED, NULL },
	{ "two Actions", "two-actions", ADDRESSED, NULL },
	{ "two MessageIDs", "two-message-ids", ADDRESSED, NULL },
	{ "two ReplyTos", "two-reply-tos", ADDRESSED, NULL },
	{ "an empty Action", "empty-action", ADDRESSED, NULL },
	{ "ReplyTo without Address", "reply-to-without-address", ADDRESSED, NULL },
	{ "ReplyTo with nothing in it", "reply-to-empty-address", ADDRESSED, NULL },
	{ "headers nobody must know", "unknown-header", PROBLEM_NONE, NULL },
	{ "must be understood: 1", "unknown-must-1", UNKNOWN, NULL },
	{ "must be understood: true", "unknown-must-true", UNKNOWN, NULL },
	{ "... and has no namespace", "unknown-must-no-namespace", UNKNOWN, NULL },
	{ "need not: 0, false", "unknown-must-0", PROBLEM_NONE, NULL },
	{ "neither", "unknown-must-maybe", PROBLEM_MALFORMED, NULL },
	{ "the next node, that is us", "unknown-must-next", UNKNOWN, NULL },
	{ "by somebody else", "unknown-must-other-role", PROBLEM_NONE, NULL },
	{ "an unknown addressing header", "unknown-must-addressing", UNKNOWN, NULL },
	{ "understanding comes before addressing", "unknown-must-and-no-action", UNKNOWN, NULL },
	{ "nobody here reads WS-Security", "security", UNKNOWN, NULL },
	{ "... whatever it says", "two-securities", UNKNOWN, NULL },
	{ "a token for another, and one for us", "security-for-another", UNKNOWN, NULL },
	{ "a token nobody must understand", "security-may", PROBLEM_NONE, NULL },
	{ "reference parameters", "reference-parameters", PROBLEM_NONE, "https://a.example/reply" },
	{ "one that would be a header of ours", "reference-action", ADDRESSED, NULL },
	{ "two Addresses", "two-addresses", ADDRESSED, NULL },
	{ "nor headers of XCDR and XCPD", "community", UNKNOWN, NULL },
	{ "two bodies", "two-bodies", PROBLEM_MALFORMED, NULL },
	{ "two children", "two-children", PROBLEM_MALFORMED, NULL },
	{ "an empty body", "empty-body", PROBLEM_NONE, NULL },
	{ "no body", "no-body", PROBLEM_MALFORMED, NULL },
	{ "Header after Body", "header-after-body", PROBLEM_MALFORMED, NULL },
	{ "two Headers", "two-headers", PROBLEM_MALFORMED, NULL },
	{ "something beside the Body", "extra-child", PROBLEM_MALFORMED, NULL },
	{ "SOAP 1.1", "soap11", PROBLEM_VERSION_MISMATCH, NULL },
	{ "no envelope", "not-soap", PROBLEM_MALFORMED, NULL },
};

static const struct xml_document *ours(struct arena *a, const char *file, struct problem *p)
{
	return xml_read(a, NULL, sample_ours(a, arena_printf(a, "soap/%s.xml", file)), p);
}

static void opens_and_refuses(void)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(SAMPLE_ARENA);
		struct soap_message m;
		struct problem p = { 0 };
		bool good = soap_open(a, ours(a, cases[i].file, &p), &m, &p);
		if (p.code != cases[i].problem || good != (p.code == PROBLEM_NONE)) {
			printf("%s: %d %s %s\n", cases[i].why, p.code, p.what, p.where);
			CU_FAIL("verdict");
		}
		if (good) {
			CU_ASSERT_STRING_EQUAL(m.action, "urn:act");
			CU_ASSERT_STRING_EQUAL(m.message_id, "urn:uuid:1");
			CU_ASSERT_TRUE(text_equal(m.reply_to, cases[i].reply_to));
		}
		arena_destroy(a);
	}
}

/* What the others of a message are read into; also of one that is refused. */
static void reads_headers(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct soap_message m;
	struct problem p = { 0 };
	CU_ASSERT_TRUE(soap_open(a, ours(a, "full", &p), &m, &p));
	CU_ASSERT_STRING_EQUAL(m.to, "https://gw.example/");
	CU_ASSERT_TRUE(xml_is(m.body, "urn:x", "x"));
	CU_ASSERT_TRUE(soap_open(a, ours(a, "asynchronous", &p), &m, &p));
	CU_ASSERT_STRING_EQUAL(m.fault_to, "https://a.example/fault");
	CU_ASSERT_TRUE(soap_open(a, ours(a, "empty-body", &p), &m, &p));
	CU_ASSERT_PTR_NULL(m.body);
	CU_ASSERT_FALSE(soap_open(a, ours(a, "security-for-another", &p), &m, &p));
	CU_ASSERT_EQUAL(m.not_understood_count, 1);
	p = (struct problem){ 0 };
	CU_ASSERT_FALSE(soap_open(a, ours(a, "two-securities", &p), &m, &p));
	CU_ASSERT_EQUAL(m.not_understood_count, 2);
	p = (struct problem){ 0 };
	CU_ASSERT_FALSE(soap_open(a, ours(a, "two-actions", &p), &m, &p));
	CU_ASSERT_STRING_EQUAL(m.problem_header, "Action");
	CU_ASSERT_STRING_EQUAL(m.problem_detail, "wsa:InvalidCardinality");
	p = (struct problem){ 0 };
	CU_ASSERT_FALSE(soap_open(a, ours(a, "unknown-must-1", &p), &m, &p));
	CU_ASSERT_STRING_EQUAL(m.message_id, "urn:uuid:1");
	CU_ASSERT_EQUAL(m.not_understood_count, 1);
	CU_ASSERT_STRING_EQUAL(xml_local(m.not_understood[0]), "odd");
	CU_ASSERT_FALSE(soap_open(a, NULL, &m, &p));
	arena_destroy(a);
}

static void opens_answers(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct soap_message m;
	struct problem p = { 0 };
	CU_ASSERT_TRUE(soap_open_answer(a, ours(a, "answer", &p), "urn:uuid:1", &m, &p));
	CU_ASSERT_STRING_EQUAL(m.relates_to, "urn:uuid:1");
	CU_ASSERT_PTR_NULL(m.fault);
	CU_ASSERT_TRUE(soap_open_answer(a, ours(a, "answer-fault", &p), "urn:uuid:1", &m, &p));
	CU_ASSERT_PTR_NOT_NULL(m.fault);
	CU_ASSERT_STRING_EQUAL(m.fault_code, "a:ActionNotSupported");
	CU_ASSERT_STRING_EQUAL(m.fault_reason, "no");
	CU_ASSERT_FALSE(soap_open_answer(a, ours(a, "answer", &p), "urn:uuid:2", &m, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_ADDRESSING_INVALID);
	arena_destroy(a);
}

static const char *ended(struct arena *a, struct xml_writer *w)
{
	struct bytes out = xml_writer_end(w);
	return arena_text_n(a, (const char *)out.data, out.length);
}

#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?><env:Envelope xmlns:env=\"" SOAP_NAMESPACE      \
	"\" xmlns:wsa=\"" ADDRESSING_NAMESPACE "\"><env:Header>"
#define MUST " env:mustUnderstand=\"true\""

static void writes_answers(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct xml_writer *w = xml_writer_begin(a);
	soap_begin(w, &(struct soap_headers){ .action = "urn:answer",
					      .message_id = "urn:uuid:2",
					      .relates_to = "a<b" });
	soap_body(w);
	xml_open(w, "x");
	soap_end(w);
	CU_ASSERT_STRING_EQUAL(ended(a, w), HEAD
			       "<wsa:Action" MUST ">urn:answer</wsa:Action>"
			       "<wsa:MessageID>urn:uuid:2</wsa:MessageID><wsa:RelatesTo>a&lt;b</"
			       "wsa:RelatesTo></env:Header>"
			       "<env:Body><x/></env:Body></env:Envelope>");
	arena_destroy(a);
}

/* WS-Addressing 1.0 SOAP Binding 2.4: as headers, whatever prefixes they and we have. */
static void returns_reference_parameters(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct problem p = { 0 };
	struct soap_message m, back;
	CU_ASSERT_TRUE_FATAL(soap_open(a, ours(a, "reference-parameters", &p), &m, &p));
	struct xml_writer *w = xml_writer_begin(a);
	soap_begin(w, &(struct soap_headers){ .action = "urn:answer",
					      .message_id = "urn:uuid:2",
					      .relates_to = "urn:uuid:1",
					      .parameters = m.reply_parameters });
	soap_body(w);
	soap_end(w);
	const struct xml_document *d = xml_read(a, NULL, xml_writer_end(w), &p);
	CU_ASSERT_TRUE_FATAL(soap_open_answer(a, d, "urn:uuid:1", &back, &p));
	const struct xml_node *key = xml_child(back.header, "urn:k", "key");
	const struct xml_node *other = xml_child(back.header, NULL, "other");
	CU_ASSERT_STRING_EQUAL(xml_text(a, key), "7");
	CU_ASSERT_STRING_EQUAL(xml_attribute_ns(key, ADDRESSING_NAMESPACE, "IsReferenceParameter"),
			       "true");
	CU_ASSERT_STRING_EQUAL(
		xml_attribute_ns(other, ADDRESSING_NAMESPACE, "IsReferenceParameter"), "true");
	CU_ASSERT_STRING_EQUAL(xml_resolve_prefix(xml_first_element(other), "wsa"),
			       "urn:no-addressing");
	arena_destroy(a);
}

/* A request of ours, with a header more, opens as a request. */
static void writes_requests(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	struct xml_writer *w = xml_writer_begin(a);
	soap_begin(w, &(struct soap_headers){ .action = "urn:act",
					      .message_id = "urn:uuid:2",
					      .to = "https://b.example/",
					      .reply_to_anonymous = true });
	xml_element_text(w, "more", "1");
	soap_body(w);
	xml_element_text(w, "x", "y");
	soap_end(w);
	struct bytes out = xml_writer_end(w);
	struct soap_message m;
	struct problem p = { 0 };
	CU_ASSERT_TRUE(soap_open(a, xml_read(a, NULL, out, &p), &m, &p));
	CU_ASSERT_STRING_EQUAL(m.to, "https://b.example/");
	CU_ASSERT_PTR_NULL(m.reply_to);
	CU_ASSERT_PTR_NOT_NULL(xml_child(m.header, NULL, "more"));
	CU_ASSERT_STRING_EQUAL(xml_text(a, m.body), "y");
	arena_destroy(a);
}

static const struct {
	enum problem_code problem;
	const char *action, *code, *subcode, *header;
} faults[] = {
	{ PROBLEM_MALFORMED, "soap/fault", "env:Sender", NULL, NULL },
	{ PROBLEM_VERSION_MISMATCH, "soap/fault", "env:VersionMismatch", NULL, "Upgrade" },
	{ PROBLEM_MUST_UNDERSTAND, "soap/fault", "env:MustUnderstand", NULL, "NotUnderstood" },
	{ PROBLEM_ADDRESSING_REQUIRED, "fault", "env:Sender", "wsa:MessageAddressingHeaderRequired",
	  NULL },
	{ PROBLEM_ADDRESSING_INVALID, "fault", "env:Sender", "wsa:InvalidAddressingHeader", NULL },
	{ PROBLEM_ACTION_NOT_SUPPORTED, "fault", "env:Sender", "wsa:ActionNotSupported", NULL },
	{ PROBLEM_PATH_UNKNOWN, "fault", "env:Sender", "wsa:DestinationUnreachable", NULL },
	{ PROBLEM_NOT_PERMITTED, "soap/fault", "env:Sender", NULL, NULL },
	{ PROBLEM_BUSY, "soap/fault", "env:Receiver", NULL, NULL },
	{ PROBLEM_INTERNAL, "soap/fault", "env:Receiver", NULL, NULL },
};

static const char *text_of(struct arena *a, const struct xml_node *n, const char *name)
{
	return xml_text(a, xml_child(n, SOAP_NAMESPACE, name));
}

static void check_fault(struct arena *a, size_t i, const struct soap_message *m)
{
	const struct xml_node *code = xml_child(m->fault, SOAP_NAMESPACE, "Code");
	const struct xml_node *subcode = xml_child(code, SOAP_NAMESPACE, "Subcode");
	const struct xml_node *detail = xml_child(m->fault, SOAP_NAMESPACE, "Detail");
	const struct xml_node *text = xml_first_element(
		xml_child(m->fault, SOAP_NAMESPACE, "Reason"));
	const struct xml_node *action = xml_child(m->header, ADDRESSING_NAMESPACE, "Action");
	CU_ASSERT_STRING_EQUAL(m->action,
			       arena_printf(a, ADDRESSING_NAMESPACE "/%s", faults[i].action));
	CU_ASSERT_STRING_EQUAL(xml_attribute_ns(action, SOAP_NAMESPACE, "mustUnderstand"), "true");
	CU_ASSERT_STRING_EQUAL(text_of(a, code, "Value"), faults[i].code);
	CU_ASSERT_TRUE(text_equal(text_of(a, subcode, "Value"), faults[i].subcode));
	CU_ASSERT_STRING_EQUAL(
		xml_attribute_ns(text, "http://www.w3.org/XML/1998/namespace", "lang"), "en");
	CU_ASSERT_STRING_EQUAL(m->fault_reason, "why <it> failed");
	CU_ASSERT_STRING_EQUAL(
		xml_attribute(xml_child(detail, "urn:minato:problem", "Problem"), "exchange"),
		"7f3a");
	/* WS-Addressing 1.0 SOAP Binding 6.4.2.4: Axis2 shows this, and not the reason. */
	const struct xml_node *asked = xml_child(detail, ADDRESSING_NAMESPACE, "ProblemAction");
	CU_ASSERT_EQUAL(asked != NULL, faults[i].problem == PROBLEM_ACTION_NOT_SUPPORTED);
	if (asked != NULL)
		CU_ASSERT_STRING_EQUAL(
			xml_text(a, xml_child(asked, ADDRESSING_NAMESPACE, "Action")), "urn:act");
	CU_ASSERT_STRING_EQUAL(m->relates_to, "urn:uuid:1");
	if (faults[i].header != NULL)
		CU_ASSERT_PTR_NOT_NULL(xml_child(m->header, SOAP_NAMESPACE, faults[i].header));
}

static void writes_faults(void)
{
	for (size_t i = 0; i < COUNT(faults); i++) {
		struct arena *a = arena_create(SAMPLE_ARENA);
		struct problem told = { 0 }, p = { 0 }, ignored = { 0 };
		struct soap_message m, request;
		struct xml_writer *w = xml_writer_begin(a);
		soap_open(a, ours(a, "unknown-must-1", &p), &request, &ignored);
		problem_at(&told, faults[i].problem, "/x", "why <it> failed");
		soap_write_fault(w, &(struct soap_fault_message){ .problem = &told,
								  .exchange = "7f3a",
								  .message_id = "urn:uuid:2",
								  .relates_to = "urn:uuid:1",
								  .request = &request });
		CU_ASSERT_TRUE(soap_open_answer(a, xml_read(a, NULL, xml_writer_end(w), &p),
						"urn:uuid:1", &m, &p));
		check_fault(a, i, &m);
		const struct xml_node *named = xml_child(m.header, SOAP_NAMESPACE, "NotUnderstood");
		if (named != NULL)
			CU_ASSERT_STRING_EQUAL(xml_resolve_prefix(named, "h"), "urn:u");
		arena_destroy(a);
	}
}

/* Others' messages: the envelopes open, or it is printed why not. */
static void opens_others_messages(void)
{
	static const struct {
		const char *file;
		enum problem_code problem;
	} known[] = {
		{ "xds/iti-43-request-epr-raw-saml.xml", PROBLEM_NONE },
		{ "xds/iti-42-request-xds-to-fhir.xml", PROBLEM_NONE },
		{ "identity/ITI-45_201309_epr-request.xml", PROBLEM_NONE },
		{ "security/malicious/xml/21-two-soap-bodies.xml", PROBLEM_MALFORMED },
	};
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(known); i++) {
		struct bytes in;
		struct soap_message m;
		struct problem p = { 0 };
		if (!sample_shared(a, known[i].file, &in))
			continue;
		soap_open(a, xml_read(a, NULL, in, &p), &m, &p);
		if (p.code != known[i].problem) {
			printf("%s: %d %s %s\n", known[i].file, p.code, p.what, p.where);
			CU_FAIL("verdict");
		}
	}
	arena_destroy(a);
}

struct task {
	struct arena *arena;
	struct bytes in;
	enum problem_code unread;
	bool done;
};

static void open_and_fault(void *with)
{
	struct task *t = with;
	struct problem p = { 0 }, refused = { 0 };
	struct soap_message m;
	const struct xml_document *d = xml_read(t->arena, NULL, t->in, &p);
	t->unread = p.code;
	if (d == NULL)
		return;
	soap_open(t->arena, d, &m, &refused);
	struct xml_writer *w = xml_writer_begin(t->arena);
	soap_write_fault(w, &(struct soap_fault_message){ .problem = &refused,
							  .relates_to = m.message_id,
							  .request = &m });
	t->done = xml_writer_end(w).length > 0;
}

static void fails_cleanly(void)
{
	struct arena *keep = arena_create(SAMPLE_ARENA);
	struct task t = { .in = sample_ours(keep, "soap/unknown-must-true.xml") };
	for (size_t n = 1; !t.done && n < 1000; n++) {
		t.arena = arena_create(SAMPLE_ARENA);
		arena_refuse_nth(t.arena, n);
		bool returned = arena_run(t.arena, open_and_fault, &t);
		if (returned && !t.done)
			CU_ASSERT_EQUAL(t.unread, PROBLEM_OUT_OF_RESOURCES);
		arena_destroy(t.arena);
	}
	CU_ASSERT_TRUE(t.done);
	arena_destroy(keep);
}

int main(void)
{
	static const struct test tests[] = { { "opens and refuses", opens_and_refuses },
					     { "reads headers", reads_headers },
					     { "opens answers", opens_answers },
					     { "writes answers", writes_answers },
					     { "writes requests", writes_requests },
					     { "reference parameters come back",
					       returns_reference_parameters },
					     { "writes faults", writes_faults },
					     { "opens others' messages", opens_others_messages },
					     { "fails cleanly", fails_cleanly },
					     { 0 } };
	return suite_run("envelope/soap", tests);
}
