/* tests/audit/record_test.c: the AuditMessage, octet for octet (DICOM PS3.15 A.5), of an event that
 * has everything, of one that has nothing, and of those that are no transaction's. */
#include "tests/base/suite.h"

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"

static const struct audit_source us = { .enterprise_site_id = "2.999.1",
					.source_id = "minato",
					.process_id = "4711",
					.host = "gw.example" };
static const instant when = INT64_C(1768436101234567); /* 2026-01-15T00:15:01.234567Z */

#define SOURCE                                                                                     \
	"<AuditSourceIdentification AuditEnterpriseSiteID=\"2.999.1\" AuditSourceID=\"minato\">"   \
	"<AuditSourceTypeCode csd-code=\"4\"/></AuditSourceIdentification>"
#define APPLICATION                                                                                \
	"<RoleIDCode csd-code=\"110150\" codeSystemName=\"DCM\" originalText=\"Application\"/>"
#define URI_CODE                                                                                   \
	"<ParticipantObjectIDTypeCode csd-code=\"12\" codeSystemName=\"RFC-3881\" "                \
	"originalText=\"URI\"/>"

static void says(struct arena *a, const struct audit_event *e, const char *expected)
{
	struct bytes got = audit_record_write(a, &us, e);
	bool same = bytes_equal(got, bytes_of_text(expected));
	CU_ASSERT_TRUE(same);
	if (!same)
		printf("\n%.*s\nexpected\n%s\n", (int)got.length, (const char *)got.data, expected);
}

static void everything(void)
{
	static const unsigned char query[] = "<q/>", value[] = { 0, 1, 255 };
	struct audit_detail second = { .type = "two", .value = value, .length = 3 };
	struct audit_detail detail = {
		.type = "one", .value = query, .length = 4, .next = &second
	};
	struct audit_object asked = {
		.id = "q1",
		.type_code = 2,
		.type_code_role = 24,
		.query = query,
		.query_length = 4,
		.id_type = { .code = "ITI-18", .scheme = "IHE Transactions", .display = "Query" },
		.details = &detail,
	};
	struct audit_object patient = {
		.id = "1^^^&2.999.1&ISO",
		.type_code = 1,
		.type_code_role = 1,
		.life_cycle = 6,
		.id_type = { .code = "2", .scheme = "RFC-3881" },
		.name = "a \"name\" & <more>",
		.next = &asked,
	};
	struct audit_participant own = { .user_id = "https://us",
					 .alternative_user_id = "4711",
					 .role = AUDIT_DESTINATION,
					 .network_access_point_type = 2 };
	struct audit_participant peer = {
		.user_name = "B clinic",
		.requestor = true,
		.role = AUDIT_SOURCE,
		.network_access_point = "192.0.2.7",
		.network_access_point_type = 2,
		.next = &own,
	};
	struct audit_event e = {
		.event_id = 110112,
		.action = AUDIT_EXECUTE,
		.time = when,
		.outcome = AUDIT_MAJOR,
		.outcome_description = "XDSStoreBusy",
		.participants = &peer,
		.objects = &patient,
		.type = { .code = "ITI-18", .scheme = "IHE Transactions", .display = "Query" },
	};
	struct arena *a = arena_create(1 << 20);
	says(a, &e,
	     "<AuditMessage><EventIdentification EventActionCode=\"E\" "
	     "EventDateTime=\"2026-01-15T00:15:01.234567Z\" EventOutcomeIndicator=\"12\">"
	     "<EventID csd-code=\"110112\" codeSystemName=\"DCM\" originalText=\"Query\"/>"
	     "<EventTypeCode csd-code=\"ITI-18\" codeSystemName=\"IHE Transactions\" "
	     "originalText=\"Query\"/>"
	     "<EventOutcomeDescription>XDSStoreBusy</EventOutcomeDescription></EventIdentification>"
	     "<ActiveParticipant UserID=\"unknown\" UserName=\"B clinic\" UserIsRequestor=\"true\" "
	     "NetworkAccessPointID=\"192.0.2.7\" NetworkAccessPointTypeCode=\"2\">"
	     "<RoleIDCode csd-code=\"110153\" codeSystemName=\"DCM\" originalText=\"Source Role "
	     "ID\"/>"
	     "</ActiveParticipant>"
	     "<ActiveParticipant UserID=\"https://us\" AlternativeUserID=\"4711\" "
	     "UserIsRequestor=\"false\">"
	     "<RoleIDCode csd-code=\"110152\" codeSystemName=\"DCM\" originalText=\"Destination "
	     "Role ID\"/>"
	     "</ActiveParticipant>" SOURCE
	     "<ParticipantObjectIdentification ParticipantObjectID=\"1^^^&amp;2.999.1&amp;ISO\" "
	     "ParticipantObjectTypeCode=\"1\" ParticipantObjectTypeCodeRole=\"1\" "
	     "ParticipantObjectDataLifeCycle=\"6\">"
	     "<ParticipantObjectIDTypeCode csd-code=\"2\" codeSystemName=\"RFC-3881\" "
	     "originalText=\"2\"/>"
	     "<ParticipantObjectName>a \"name\" &amp; &lt;more&gt;</ParticipantObjectName>"
	     "</ParticipantObjectIdentification>"
	     "<ParticipantObjectIdentification ParticipantObjectID=\"q1\" "
	     "ParticipantObjectTypeCode=\"2\" "
	     "ParticipantObjectTypeCodeRole=\"24\">"
	     "<ParticipantObjectIDTypeCode csd-code=\"ITI-18\" codeSystemName=\"IHE Transactions\" "
	     "originalText=\"Query\"/><ParticipantObjectQuery>PHEvPg==</ParticipantObjectQuery>"
	     "<ParticipantObjectDetail type=\"one\" value=\"PHEvPg==\"/>"
	     "<ParticipantObjectDetail type=\"two\" value=\"AAH/\"/>"
	     "</ParticipantObjectIdentification></AuditMessage>");
	arena_destroy(a);
}

static void next_to_nothing(void)
{
	struct audit_object o = { .id_type = { .code = "9", .scheme = "RFC-3881" } };
	struct audit_event e = { .event_id = 1, .action = AUDIT_READ, .time = when, .objects = &o };
	struct arena *a = arena_create(1 << 20);
	says(a, &e,
	     "<AuditMessage><EventIdentification EventActionCode=\"R\" "
	     "EventDateTime=\"2026-01-15T00:15:01.234567Z\" EventOutcomeIndicator=\"0\">"
	     "<EventID csd-code=\"1\" codeSystemName=\"DCM\" "
	     "originalText=\"unknown\"/></EventIdentification>" SOURCE
	     "<ParticipantObjectIdentification ParticipantObjectID=\"\">"
	     "<ParticipantObjectIDTypeCode csd-code=\"9\" codeSystemName=\"RFC-3881\" "
	     "originalText=\"9\"/>"
	     "<ParticipantObjectName/></ParticipantObjectIdentification>"
	     "</AuditMessage>");
	arena_destroy(a);
}

#define APPLICATION_EVENT(code, name)                                                              \
	"<AuditMessage><EventIdentification EventActionCode=\"E\" "                                \
	"EventDateTime=\"2026-01-15T00:15:01.234567Z\" EventOutcomeIndicator=\"0\">"               \
	"<EventID csd-code=\"110100\" codeSystemName=\"DCM\" originalText=\"Application "          \
	"Activity\"/>"                                                                             \
	"<EventTypeCode csd-code=\"" code "\" codeSystemName=\"DCM\" originalText=\"" name "\"/>"  \
	"</EventIdentification>"                                                                   \
	"<ActiveParticipant UserID=\"minato\" AlternativeUserID=\"4711\" "                         \
	"UserIsRequestor=\"false\" "                                                               \
	"NetworkAccessPointID=\"gw.example\" NetworkAccessPointTypeCode=\"1\">" APPLICATION        \
	"</ActiveParticipant><ActiveParticipant UserID=\"uid 0\" UserIsRequestor=\"true\">"        \
	"<RoleIDCode csd-code=\"110151\" codeSystemName=\"DCM\" originalText=\"Application "       \
	"Launcher\"/>"                                                                             \
	"</ActiveParticipant>" SOURCE "</AuditMessage>"

static void our_own(void)
{
	struct arena *a = arena_create(1 << 20);
	struct audit_event *start = audit_application(a, &us, true, "uid 0", when);
	struct audit_event *stop = audit_application(a, &us, false, "uid 0", when);
	CU_ASSERT_STRING_EQUAL(start->transaction, "start");
	CU_ASSERT_STRING_EQUAL(stop->transaction, "stop");
	says(a, start, APPLICATION_EVENT("110120", "Application Start"));
	says(a, stop, APPLICATION_EVENT("110121", "Application Stop"));
	struct audit_event *anchored = audit_anchored(a, &us, "line", when);
	CU_ASSERT_STRING_EQUAL(anchored->transaction, "audit-anchor");
	CU_ASSERT_FALSE(anchored->local_only);
	says(a, anchored,
	     "<AuditMessage><EventIdentification EventActionCode=\"E\" "
	     "EventDateTime=\"2026-01-15T00:15:01.234567Z\" EventOutcomeIndicator=\"0\">"
	     "<EventID csd-code=\"110100\" codeSystemName=\"DCM\" originalText=\"Application "
	     "Activity\"/>"
	     "<EventTypeCode csd-code=\"audit-anchor\" codeSystemName=\"Minato\" "
	     "originalText=\"Audit Log Anchored\"/></EventIdentification>"
	     "<ActiveParticipant UserID=\"minato\" AlternativeUserID=\"4711\" "
	     "UserIsRequestor=\"true\" "
	     "NetworkAccessPointID=\"gw.example\" NetworkAccessPointTypeCode=\"1\">" APPLICATION
	     "</ActiveParticipant>" SOURCE
	     "<ParticipantObjectIdentification ParticipantObjectID=\"gw.example\" "
	     "ParticipantObjectTypeCode=\"2\" ParticipantObjectTypeCodeRole=\"13\">" URI_CODE
	     "<ParticipantObjectName>Security Audit Log</ParticipantObjectName>"
	     "<ParticipantObjectDetail type=\"Anchor\" value=\"bGluZQ==\"/>"
	     "</ParticipantObjectIdentification></AuditMessage>");
	arena_destroy(a);
}

#define ALERT(own_requests, peer, node, name)                                                      \
	"<AuditMessage><EventIdentification EventActionCode=\"E\" "                                \
	"EventDateTime=\"2026-01-15T00:15:01.234567Z\" EventOutcomeIndicator=\"8\">"               \
	"<EventID csd-code=\"110113\" codeSystemName=\"DCM\" originalText=\"Security Alert\"/>"    \
	"<EventTypeCode csd-code=\"110126\" codeSystemName=\"DCM\" originalText=\"Node "           \
	"Authentication\"/>"                                                                       \
	"<EventOutcomeDescription>why</EventOutcomeDescription></EventIdentification>"             \
	"<ActiveParticipant UserID=\"minato\" AlternativeUserID=\"4711\" "                         \
	"UserIsRequestor=\"" own_requests "\"/>" peer SOURCE                                       \
	"<ParticipantObjectIdentification ParticipantObjectID=\"" node "\" "                       \
	"ParticipantObjectTypeCode=\"2\" ParticipantObjectTypeCodeRole=\"13\">"                    \
	"<ParticipantObjectIDTypeCode csd-code=\"110182\" codeSystemName=\"DCM\" "                 \
	"originalText=\"Node ID\"/>" name                                                          \
	"<ParticipantObjectDetail type=\"Alert Description\" value=\"d2h5\"/>"                     \
	"</ParticipantObjectIdentification></AuditMessage>"
#define NO_NAME "<ParticipantObjectName/>"
#define PEER(id)                                                                                   \
	"<ActiveParticipant UserID=\"" id "\" UserIsRequestor=\"false\" "                          \
	"NetworkAccessPointID=\"192.0.2.9\" NetworkAccessPointTypeCode=\"2\"/>"

static void alerts(void)
{
	struct audit_alert alert = { .code = "110126",
				     .name = "Node Authentication",
				     .doing = AUDIT_DOING_NODE_AUTHENTICATION,
				     .description = "why" };
	struct arena *a = arena_create(1 << 20);
	struct audit_event *e = audit_alert(a, &us, &alert, when);
	CU_ASSERT_STRING_EQUAL(e->transaction, "node-authentication");
	says(a, e, ALERT("true", "", "gw.example", NO_NAME));
	alert.address = "192.0.2.9";
	says(a, audit_alert(a, &us, &alert, when),
	     ALERT("false", PEER("192.0.2.9"), "192.0.2.9", NO_NAME));
	alert.who = "b-clinic";
	says(a, audit_alert(a, &us, &alert, when),
	     ALERT("false", PEER("b-clinic"), "192.0.2.9",
		   "<ParticipantObjectName>b-clinic</ParticipantObjectName>"));
	alert.code = NULL; /* DICOM has none */
	alert.doing = AUDIT_DOING_CERTIFICATE_EXPIRY;
	e = audit_alert(a, &us, &alert, when);
	CU_ASSERT_STRING_EQUAL(e->type.code, "certificate-expiry");
	CU_ASSERT_STRING_EQUAL(e->type.scheme, "Minato");
	arena_destroy(a);
}

static void meanings(void)
{
	static const struct {
		int code;
		const char *meaning;
	} rows[] = {
		{ 110100, "Application Activity" },
		{ 110101, "Audit Log Used" },
		{ 110106, "Export" },
		{ 110107, "Import" },
		{ 110110, "Patient Record" },
		{ 110112, "Query" },
		{ 110113, "Security Alert" },
		{ 110153, "Source Role ID" },
		{ 110154, "unknown" },
		{ 0, "unknown" },
		{ 110099, "unknown" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_STRING_EQUAL(audit_code_meaning(rows[i].code), rows[i].meaning);
}

static const struct test tests[] = {
	{ "everything", everything }, { "next to nothing", next_to_nothing },
	{ "our own", our_own },       { "alerts", alerts },
	{ "meanings", meanings },     { 0 }
};

int main(void)
{
	return suite_run("audit: messages", tests);
}
