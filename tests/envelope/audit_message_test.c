/* tests/envelope/audit_message_test.c: what others send as audit records, read as far as it can
 * be: the header of syslog, the AuditMessage, RFC 3881 before it, what was cut. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/audit_message.h"
#include "gateway/envelope/syslog_message.h"
#include "tests/envelope/samples.h"

#define T(text) (text), sizeof(text) - 1
#define MARK "\xef\xbb\xbf"

/* Header, then what is left of it: "PRI host application process kind|message"; NULL: none. */
static const struct {
	const char *why, *in;
	size_t length;
	const char *out;
} headers[] = {
	{ "as it should be", T("<85>1 2026-01-15T00:30:01.234Z gw minato 12 IHE+RFC-3881 - <A/>"),
	  "85 gw minato 12 IHE+RFC-3881|<A/>" },
	{ "nothing is known", T("<0>1 - - - - - - <A/>"), "0 - - - -|<A/>" },
	{ "a byte order mark", T("<84>1 - h a p m - " MARK "<A/>"), "84 h a p m|<A/>" },
	{ "structured data", T("<85>1 - h a p m [x y=\"z\"][w@1 v=\"a ] b\"] <A/>"),
	  "85 h a p m|<A/>" },
	{ "a quote in a value", T("<85>1 - h a p m [x y=\"a\\\"]b\"] <A/>"), "85 h a p m|<A/>" },
	{ "no message", T("<85>1 - h a p m -"), "85 h a p m|" },
	{ "other octets than text", T("<85>1 - h a p m - \xff\xfe"), "85 h a p m|\xff\xfe" },
	{ "no such priority", T("<192>1 - h a p m - x"), NULL },
	{ "a priority with a zero", T("<085>1 - h a p m - x"), NULL },
	{ "RFC 3164", T("<85>Jan 15 00:30:01 h a: x"), NULL },
	{ "another version", T("<85>2 - h a p m - x"), NULL },
	{ "an octet that is not ASCII", T("<85>1 - h\xc3\xa9 a p m - x"), NULL },
	{ "an empty field", T("<85>1 -  a p m - x"), NULL },
	{ "structured data without an end", T("<85>1 - h a p m [x y=\"z\" <A/>"), NULL },
	{ "no blank before the message", T("<85>1 - h a p m -x"), NULL },
	{ "octets", T("\x00\x01\x02"), NULL },
	{ "none", T(""), NULL },
};

static const char *dash(const char *text)
{
	return text == NULL ? "-" : text;
}

static void reads_headers(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(headers); i++) {
		struct bytes in = { (const unsigned char *)headers[i].in, headers[i].length };
		struct syslog_message m = syslog_message_read(a, in);
		const char *said = arena_printf(a, "%u %s %s %s %s|%.*s", m.priority, dash(m.host),
						dash(m.application), dash(m.process), dash(m.kind),
						(int)m.message.length,
						(const char *)m.message.data);
		CU_ASSERT_EQUAL(m.whole, headers[i].out != NULL);
		if (headers[i].out == NULL) {
			CU_ASSERT_EQUAL(m.message.length, headers[i].length);
			CU_ASSERT_PTR_NULL(m.host);
			continue;
		}
		if (strcmp(said, headers[i].out) != 0)
			printf("\n  %s: %s", headers[i].why, said);
		CU_ASSERT_STRING_EQUAL(said, headers[i].out);
	}
	struct syslog_message timed = syslog_message_read(
		a, bytes_of_text("<85>1 1970-01-01T09:00:01+09:00 h a p m - x"));
	CU_ASSERT(timed.timed && timed.time == 1000000);
	CU_ASSERT_FALSE(syslog_message_read(a, bytes_of_text("<85>1 today h a p m - x")).timed);
	arena_destroy(a);
}

#define EVENT                                                                                      \
	"<EventIdentification EventActionCode=\"E\" EventDateTime=\"1970-01-01T00:00:02Z\" "       \
	"EventOutcomeIndicator=\"0\">"
#define CODED                                                                                      \
	"<EventID csd-code=\"110112\" codeSystemName=\"DCM\" originalText=\"Query\"/>"             \
	"<EventTypeCode csd-code=\"ITI-18\" codeSystemName=\"IHE Transactions\"/>"                 \
	"</EventIdentification>"
#define OLD "<EventID code=\"110112\"/><EventTypeCode code=\"ITI-18\"/></EventIdentification>"
#define WHO                                                                                        \
	"<ActiveParticipant UserID=\"registry\" UserIsRequestor=\"false\"/>"                       \
	"<ActiveParticipant UserID=\"doctor &lt;a&gt;\" UserIsRequestor=\"true\"/>"
#define SOURCE "<AuditSourceIdentification AuditSourceID=\"src\"/>"
#define PATIENT                                                                                    \
	"<ParticipantObjectIdentification ParticipantObjectTypeCode=\"1\" "                        \
	"ParticipantObjectTypeCodeRole=\"1\" ParticipantObjectID=\"1^^^&amp;2.999&amp;ISO\"/>"
#define QUERY                                                                                      \
	"<ParticipantObjectIdentification ParticipantObjectTypeCode=\"2\" "                        \
	"ParticipantObjectTypeCodeRole=\"24\" ParticipantObjectID=\"q\"/>"
#define ROOT(inside) "<AuditMessage>" inside "</AuditMessage>"

/* "event type outcome user source patient object"; then " whole", " cut", or " none" */
static const struct {
	const char *why, *in, *out;
} messages[] = {
	{ "as DICOM has it", ROOT(EVENT CODED WHO SOURCE PATIENT QUERY),
	  "110112 ITI-18 0 doctor <a> src 1^^^&2.999&ISO q whole" },
	{ "as RFC 3881 had it", ROOT(EVENT OLD WHO SOURCE PATIENT),
	  "110112 ITI-18 0 doctor <a> src 1^^^&2.999&ISO - whole" },
	{ "with a declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" ROOT(EVENT CODED),
	  "110112 ITI-18 0 - - - - whole" },
	{ "nobody says he asked", ROOT("<ActiveParticipant UserID=\"x\"/>"),
	  "- - - x - - - whole" },
	{ "nothing in it", "<AuditMessage/>", "- - - - - - - whole" },
	{ "cut within a tag", "<AuditMessage>" EVENT CODED WHO "<AuditSourceIdent",
	  "110112 ITI-18 0 doctor <a> - - - cut" },
	{ "cut within a character", "<AuditMessage>" EVENT CODED "<x y=\"\xe5\xb1",
	  "110112 ITI-18 0 - - - - cut" },
	{ "something behind it", ROOT(EVENT CODED) "<more/>", "110112 ITI-18 0 - - - - cut" },
	{ "another root", "<Other>" EVENT CODED "</Other>", "- - - - - - - none" },
	{ "no XML", "su: failed", "- - - - - - - none" },
	{ "none", "", "- - - - - - - none" },
	{ "a DOCTYPE",
	  "<!DOCTYPE AuditMessage [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>" ROOT(EVENT CODED),
	  "- - - - - - - none" },
	{ "an entity nobody declared", ROOT(EVENT CODED "<x y=\"&e;\"/>" SOURCE),
	  "110112 ITI-18 0 - - - - cut" },
	{ "UTF-16", "\xff\xfe<\0A\0", "- - - - - - - none" },
};

static void reads_messages(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct audit_message m = audit_message_read(a, bytes_of_text(messages[i].in));
		const char *said = arena_printf(
			a, "%s %s %s %s %s %s %s %s", dash(m.event), dash(m.type), dash(m.outcome),
			dash(m.user), dash(m.source), m.patients == NULL ? "-" : m.patients->value,
			m.objects == NULL ? "-" : m.objects->value,
			m.whole    ? "whole"
			: m.is_one ? "cut"
				   : "none");
		if (strcmp(said, messages[i].out) != 0)
			printf("\n  %s: %s", messages[i].why, said);
		CU_ASSERT_STRING_EQUAL(said, messages[i].out);
		if (m.event != NULL)
			CU_ASSERT(m.timed && m.time == 2000000);
	}
	arena_destroy(a);
}

/* Of each list a bounded number, of each value a bounded length, and no memory is no crash. */
static void is_bounded(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA), *small = arena_create(64 * 1024);
	struct buffer b = buffer_in(a);
	size_t count = 0;
	buffer_text(&b, "<AuditMessage>");
	for (int i = 0; i < 1000; i++)
		buffer_text(&b, PATIENT);
	buffer_text(&b, "<ActiveParticipant UserID=\"");
	for (int i = 0; i < 2000; i++)
		buffer_byte(&b, 'x');
	buffer_text(&b, "\"/></AuditMessage>");
	struct audit_message m = audit_message_read(a, buffer_bytes(&b));
	for (const struct text_list *l = m.patients; l != NULL; l = l->next)
		count++;
	CU_ASSERT_EQUAL(count, AUDIT_MESSAGE_MOST);
	CU_ASSERT_PTR_NULL(m.user);
	CU_ASSERT(m.whole);
	while (arena_try(small, 16) != NULL)
		continue;
	CU_ASSERT_PTR_NULL(audit_message_read(small, bytes_of_text(ROOT(EVENT CODED))).event);
	arena_destroy(a);
	arena_destroy(small);
}

static void reads_every_prefix(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	static const char text[] = "<85>1 - h a p m - " ROOT(EVENT CODED WHO SOURCE PATIENT QUERY);
	for (size_t n = 0; n < sizeof text; n++) {
		struct syslog_message s = syslog_message_read(
			a, (struct bytes){ (const unsigned char *)text, n });
		struct audit_message m = audit_message_read(a, s.message);
		CU_ASSERT_EQUAL(m.whole, n == sizeof text - 1);
	}
	arena_destroy(a);
}

/* What other products send: each has an event, whatever else it lacks. */
static void reads_others(void)
{
	static const char *const folders[] = { "security/audit", "security/audit-upstream" };
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(folders); i++) {
		const char **names = sample_names(a, folders[i], ".xml");
		for (; names != NULL && *names != NULL; names++) {
			struct bytes octets;
			const char *path = arena_printf(a, "%s/%s", folders[i], *names);
			if (!sample_shared(a, path, &octets))
				continue;
			struct audit_message m = audit_message_read(a, octets);
			if (m.event == NULL || !m.timed || !m.whole)
				printf("\n  %s", path);
			CU_ASSERT(m.event != NULL && m.timed && m.whole);
		}
	}
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "the header of a syslog message", reads_headers },
	{ "an AuditMessage, as far as it is one", reads_messages },
	{ "bounds", is_bounded },
	{ "cut anywhere", reads_every_prefix },
	{ "what others send", reads_others },
	{ 0 },
};

int main(void)
{
	return suite_run("audit messages of others", tests);
}
