/* tests/profiles/iti46_test.c: the message by which a consumer is told in HL7 v3 (ITI TF-2:
 * 3.46.4.1.2). What may stand in it, and when it is sent, is tests/profiles/iti10_test.c's. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/pix/iti46_pix_update_notification_v3.h"

#define UUID "0af51c2e-6d6a-8e4f-9d0b-2f6a3a5c7d11"
#define DEVICE(role, code, oid)                                                                    \
	"<" role " typeCode=\"" code "\"><device classCode=\"DEV\" determinerCode=\"INSTANCE\">"   \
	"<id root=\"" oid "\"/></device></" role ">"

static const char message[] =
	"<PRPA_IN201302UV02 xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\"><id root=\"" UUID "\"/>"
	"<creationTime value=\"20231114221320\"/>"
	"<interactionId root=\"2.16.840.1.113883.1.6\" extension=\"PRPA_IN201302UV02\"/>"
	"<processingCode code=\"P\"/><processingModeCode code=\"T\"/><acceptAckCode "
	"code=\"AL\"/>" DEVICE("receiver", "RCV", "2.999.7.1")
		DEVICE("sender", "SND",
		       "2.999.10.1") "<controlActProcess classCode=\"CACT\" moodCode=\"EVN\">"
				     "<code code=\"PRPA_TE201302UV02\" "
				     "codeSystem=\"2.16.840.1.113883.1.6\"/>"
				     "<subject typeCode=\"SUBJ\" contextConductionInd=\"false\">"
				     "<registrationEvent classCode=\"REG\" moodCode=\"EVN\"><id "
				     "nullFlavor=\"NA\"/>"
				     "<statusCode code=\"active\"/><subject1 "
				     "typeCode=\"SBJ\"><patient classCode=\"PAT\">"
				     "<id root=\"2.999.101\" extension=\"1\" "
				     "assigningAuthorityName=\"A\"/>"
				     "<id root=\"2.999.102\" extension=\"a&lt;b\"/><statusCode "
				     "code=\"active\"/>"
				     "<patientPerson classCode=\"PSN\" "
				     "determinerCode=\"INSTANCE\"><name> </name></patientPerson>"
				     "</patient></subject1><custodian "
				     "typeCode=\"CST\"><assignedEntity classCode=\"ASSIGNED\">"
				     "<id "
				     "root=\"2.999.10.1\"/></assignedEntity></custodian></"
				     "registrationEvent></subject>"
				     "</controlActProcess></PRPA_IN201302UV02>";

static struct pix_update_v3 update_of(struct patient_identifier ids[2])
{
	ids[1] = (struct patient_identifier){ .id = "a<b", .universal_id = "2.999.102" };
	ids[0] = (struct patient_identifier){
		.id = "1", .namespace_id = "A", .universal_id = "2.999.101", .next = &ids[1]
	};
	return (struct pix_update_v3){ .id = UUID,
				       .sender = "2.999.10.1",
				       .receiver = "2.999.7.1",
				       .now = INT64_C(1700000000) * 1000000,
				       .ids = ids };
}

/* All ids in Patient.id, a name that is not null, and nothing more of the patient. */
static void the_message(void)
{
	struct arena *a = arena_create(1 << 20);
	struct patient_identifier ids[2];
	const struct pix_update_v3 u = update_of(ids);
	struct xml_writer *w = xml_writer_begin(a);
	pix_update_v3_write(w, &u);
	struct bytes octets = xml_writer_end(w);
	CU_ASSERT_STRING_EQUAL(arena_text_n(a, (const char *)octets.data, octets.length), message);
	arena_destroy(a);
}

/* Written twice for the same errand and ids the envelope is the same, octet by octet. */
static void the_same_again(void)
{
	struct arena *a = arena_create(1 << 20);
	struct patient_identifier ids[2];
	const struct pix_update_v3 u = update_of(ids);
	const struct soap_call call = { .url = "https://c.example/x",
					.action = PIX_UPDATE_V3_ACTION,
					.message_id = "urn:uuid:" UUID,
					.write = pix_update_v3_write,
					.what = &u };
	struct soap_sent one, two;
	soap_call_write(a, NULL, &call, &one);
	soap_call_write(a, NULL, &call, &two);
	CU_ASSERT_STRING_EQUAL(one.message_id, "urn:uuid:" UUID);
	CU_ASSERT_STRING_EQUAL(one.content_type, "application/soap+xml; charset=UTF-8; "
						 "action=\"urn:hl7-org:v3:PRPA_IN201302UV02\"");
	CU_ASSERT_EQUAL_FATAL(one.body.length, two.body.length);
	CU_ASSERT_EQUAL(memcmp(one.body.data, two.body.data, one.body.length), 0);
	arena_destroy(a);
}

static const struct test tests[] = { { "the message", the_message },
				     { "the same again", the_same_again },
				     { 0 } };

int main(void)
{
	return suite_run("ITI-46", tests);
}
